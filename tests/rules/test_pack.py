"""Packs say what the files said that they were made from, and never anything else."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pickle
import random
import sys
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner, CleanpageError, RuleError, Rules
from cleanpage.rules import cache, filing, pack, ruleset
from cleanpage.rules.model import RuleFile
from cleanpage.rules.pack import MAGIC, Pack, check_sum, compile_rules

GENERIC = """
remove:
  ad:
    - .anzeige
    - '#werbung, [data-ad], [data-kind="x y"], [href^="https://ads.example/"], aside[title*="Anz"]'
    - {css: 'div.a > p:not(.b)', max_words: 20, unless: [h1, .c], path: /sport/*, since: 2020-01-01, until: 2030-12-31}
    - {xpath: '//p[@data-x]', max_paragraphs: 0}
  newsletter:
    - {css: 'section, .nl', heading: Newsletter, scope: section}
    - {css: p, starts: ['Jetzt abonnieren', "Ohne „Gänsefüße“"], max_words: 30}
    - {equals: Anzeige}
    - {text: im Postfach, css: a, scope: closest section}
    - {matches: '^Lesen Sie .* auch:', css: p}
    - {matches: 'Teilen [0-9]+'}
  app:
    - {css: p, text: nur hier, page_has: .gibtesnicht}
    - {css: .dort, page_has: aside, domains: [blatt.example, ~sport.blatt.example], min_chars: 2, path_matches: '^/a/[0-9]'}
    - {css: .darin, scope: up 1, domains: [anderes.*]}
    - {css: 'section[data-x] em, [data-kind="Q" i]', domains: [anderes.example]}
    - {css: em, domains: [anderes.example]}
    - {css: '.a > em', max_words: 5}
keep:
  - .wichtig
lines:
  player:
    - line: schließen
    - {from: Anfang, to: Ende, max_lines: 3}
"""
FAMILY = "{family: grund, remove: {social: [.teilen]}}"
GROUND = "{remove: {login: [.anmelden]}}"
PUBLISHER = """
publisher: Blatt
domains: [blatt.example]
family: haus
content: [{css: article, path: /a/*}]
metadata: {title: [{json_ld: headline}, h1], authors: [{xpath: "//meta[@name='author']/@content"}, {value: Ann}], published: {xpath: //time/@datetime}}
strip_attributes: [//p/@data-x]
tests: [{url: "https://blatt.example/1", contains: Text}]
remove: {related: [.mehr]}
keep: [.ticker]
examples: [{html: <p class=mehr>x</p>, removes: x}]
"""
PAGE = """<h1>Titel</h1><p>Text der bleibt und bleibt.</p><p class=anzeige>1</p><p id=werbung>2</p><p data-ad>3</p>
<p data-kind="x y">4</p><p data-kind="x y z">bleibt</p><a href="https://ads.example/a">5</a><aside title="Anz.">6</aside>
<p class=dort>16</p><div><p class=darin>17</p></div><p>nur hier</p><p>18 <em>kursiv</em></p><p data-kind=q>19</p>
<div class=a><p>7</p><p class=b>bleibt</p></div><p data-x=1>8</p><section><h2>Newsletter</h2><p>9</p></section>
<p>Jetzt abonnieren!</p><p>Ohne "Gänsefüße"</p><p>Anzeige</p><section><p><a>Jeden Tag im Postfach</a></p></section>
<p>Lesen Sie hier auch: 10</p><p>Teilen 11</p><p class="anzeige wichtig">bleibt</p><p class=mehr>12</p>
<p class=teilen>13</p><p class=anmelden>14</p><p class="mehr ticker">bleibt</p>"""
TEXT = "Bleibt\nschließen\nAnfang\nweg\nEnde\nJetzt abonnieren\nAnzeige\nBleibt"
URLS = (None, "https://blatt.example/sport/1", "https://www.blatt.example/a/1", "https://anderes.example/sport/2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "generic/alles.yaml": GENERIC,
        "families/haus.yaml": FAMILY,
        "families/grund.yaml": GROUND,
        "publishers/blatt.example.yaml": PUBLISHER,
    }.items():
        (tmp_path / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / name).write_text(text, "utf-8")
    return tmp_path / "rules"


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "rules.pack"
    path.write_bytes(Rules.compile(folder))
    return path


def seen(cleaner: Cleaner) -> list[Any]:
    """All that a cleaner says about the page and the text."""
    results = [cleaner.clean(PAGE, url=url) for url in URLS] + [cleaner.clean_text(TEXT, url=url) for url in URLS]
    return [(result.text, result.html, result.removed) for result in results]


def test_a_pack_says_what_its_files_say(folder: Path, packed: Path) -> None:
    plain, compiled = seen(Cleaner(Rules.load(folder))), seen(Cleaner(Rules.load(packed)))
    assert compiled == plain
    left = [text.replace("Titel\nText der bleibt und bleibt.\nbleibt\n", "").split("\n") for text, *_ in plain[:4]]
    common = ["nur hier", "18 kursiv", "19"]
    assert left == [
        ["16", "17", *common, "7", "bleibt", "bleibt"],
        ["16", "17", *common, "bleibt", "bleibt", "bleibt"],
        ["17", *common, "7", "bleibt", "bleibt", "bleibt"],
        ["16", "nur hier", "18", "bleibt", "bleibt"],
    ]
    assert plain[5][0] == "Bleibt\nBleibt"


def test_every_field_of_every_rule_comes_back(folder: Path, packed: Path) -> None:
    read = {file.key: file for file in Rules.load(folder).files}
    for file in Rules.load(packed).all_files():
        for field in fields(RuleFile):
            was, is_ = getattr(read[file.key], field.name), getattr(file, field.name)
            if field.name == "examples":
                assert is_ == ()
            elif field.name in ("remove", "keep", "lines", "content", "tests"):
                assert list(map(values, is_)) == list(map(values, was))
            elif field.name == "metadata":
                assert repr(is_) == repr(was)
            else:
                assert is_ == was, field.name
    assert len(Rules.load(packed)) == len(Rules.load(folder)) - 2  # rules for lines are no records of their own


def values(rule: Any) -> dict[str, Any]:
    """A rule's fields; selectors by what they say."""
    said = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return {name: repr(value) if "Selector" in repr(value) else value for name, value in said.items()}


def test_packs_and_files_are_added(folder: Path, packed: Path) -> None:
    own = Rules.parse("remove: {ad: ['#eigenes']}")
    one, other = Rules.load(packed) + own, own + Rules.load(packed)
    page = PAGE + "<p id=eigenes>15</p>"
    texts = {Cleaner(rules).clean(page, url=URLS[1]).text for rules in (one, other, own + Rules.load(folder))}
    assert len(texts) == 1
    assert "15" not in texts.pop()
    assert len(Rules.load(packed) + Rules.load(packed)) == len(Rules.load(packed))
    assert len(Rules.load(packed, folder)) == len(Rules.load(packed)) + len(Rules.load(folder))


def test_packs_travel(packed: Path) -> None:
    cleaner = Cleaner(Rules.load(packed))
    assert seen(pickle.loads(pickle.dumps(cleaner))) == seen(cleaner)


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    one = Rules.compile(folder)
    os.utime(folder / "generic/alles.yaml", (1, 1))
    assert Rules.compile(folder) == one
    again = [*Rules.load(folder).files]
    random.Random(1).shuffle(again)
    assert compile_rules(sorted(again, key=ruleset._order), Pack(one).made_from) == one
    (folder / "generic/alles.yaml").write_text(GENERIC + "\n# x\n", "utf-8")
    assert Pack(Rules.compile(folder)).made_from != Pack(one).made_from


def test_files_with_mistakes_are_not_compiled(folder: Path) -> None:
    (folder / "generic/b.yaml").write_text("remove: {ads: [.x]}", "utf-8")
    with pytest.raises(RuleError, match=r"b\.yaml:1:10: unknown category"):
        Rules.compile(folder)
    with pytest.raises(CleanpageError, match="no such file"):
        Rules.compile(folder / "nichts")


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 10, len(MAGIC), 30, 40, 200, 1000, -40, -33, -32, -1])
def test_a_truncated_pack_is_refused(packed: Path, length: int) -> None:
    data = packed.read_bytes()[:length]
    with pytest.raises(RuleError, match=r"rules\.pack:1:1: .*(no pack|cut short|damaged)"):
        (packed.write_bytes(data), Rules.load(packed))


def test_a_damaged_pack_is_refused_wherever_the_damage_is(packed: Path) -> None:
    data = packed.read_bytes()
    chance = random.Random(0)
    for place in {*chance.sample(range(len(data)), 300), 0, len(data) - 1}:
        broken = bytearray(data)
        broken[place] ^= 1 << chance.randrange(8)
        with pytest.raises(RuleError):
            Pack(bytes(broken))


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"remove: {ad: [.x]}", b"PK\3\4" + b"x" * 99, b"\x80\x04." * 9])
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.pack"
    path.write_bytes(data)
    with pytest.raises(RuleError, match="no pack of rules"):
        Rules.load(path)


def test_another_version_is_refused(packed: Path) -> None:
    data = packed.read_bytes().replace(b'{"version":%d,' % pack.VERSION, b'{"version":9,', 1)
    with pytest.raises(RuleError, match="format version 9"):
        Pack(data)
    other = packed.read_bytes().replace(pack._shape().encode(), b"0" * len(pack._shape()), 1)
    with pytest.raises(RuleError, match="made by another version of cleanpage"):
        Pack(other)


def with_section(data: bytes, name: str, change: Any) -> bytes:
    """A pack in which one section says something else, with a check sum that fits."""
    start = len(MAGIC) + 8
    length = int.from_bytes(data[len(MAGIC) : start], "little")
    head = json.loads(data[start : start + length])
    sections = {
        key: data[start + length + first : start + length + first + size]
        for key, (first, size) in head["sections"].items()
    }
    sections[name] = change(sections[name])
    about = {key: value for key, value in head.items() if key not in ("sections", "version", "shape")}
    return pack._assemble(sections, about)


HOSTILE: list[Any] = [
    None, 0, -1, 1.5, "", "x", [], {}, [[]], [None], [{}], {"": 0}, {"x": [1]}, [[1, 2, 3]], [10**9], [[10**9, 10**9]],
    {"x": [[10**9, 0]]}, {"x": {"y": [[0, 10**9]]}}, [0] * 7, [{}, {}, [[0, 99]], [99], [], [], []],
    [{}, {}, [], [], [99], [99], [99]], [{1: 2}, 3, 4, 5, 6, 7, 8], [{}, {}, 5, 5, 5], ["x"], ["b", "a"], ["x"] * 50,
    [{"blatt.example": [99]}, {}, 99, 0, 0], [{"blatt.example": ["x"]}, {}, 0, 0, 0], "[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize(
    "section",
    ["hosts", "files", "remove", "keep", "remove.others", "keep.others", "remove.at_start", "remove.anywhere"],
)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_pack_made_to_harm_is_refused_or_harmless(packed: Path, section: str, number: int) -> None:
    hostile = HOSTILE[number]
    new = hostile.encode() if hostile == "[" * 5000 else json.dumps(hostile).encode()
    if section in ("files", "remove", "keep"):  # records keep their lengths
        data = with_section(packed.read_bytes(), section, lambda old: (new * len(old))[: len(old)])
    else:
        data = with_section(packed.read_bytes(), section, lambda _: new)
    harmless_or_refused(data)


@pytest.mark.parametrize(
    "section",
    ["files.ends", "remove.ends", "remove.buckets", "remove.entries", "keep.buckets"]
    + ["remove.at_start.ends", "remove.at_start.filed", "remove.anywhere.ends", "remove.anywhere.filed"],
)
@pytest.mark.parametrize("new", [b"", b"\xff" * 4, b"\0" * 8, b"\xff" * 400, b"\1\0\0\0" * 99, b"abc"])
def test_tables_made_to_harm_are_refused_or_harmless(packed: Path, section: str, new: bytes) -> None:
    harmless_or_refused(with_section(packed.read_bytes(), section, lambda _: new))
    same_length = with_section(packed.read_bytes(), section, lambda old: (new * len(old))[: len(old)])
    harmless_or_refused(same_length)


@pytest.mark.parametrize("section", ["remove.buckets", "keep.buckets", "remove.at_start.ends", "remove.anywhere.ends"])
def test_tables_that_lead_beyond_their_ends_are_refused_or_harmless(packed: Path, section: str) -> None:
    def zigzag(old: bytes) -> bytes:
        count = len(old) // 4 - 1
        return (b"\0\0\0\0\xff\xff\xff\x0f" * count)[: 4 * count] + old[4 * count :]

    harmless_or_refused(with_section(packed.read_bytes(), section, zigzag))


def harmless_or_refused(data: bytes) -> None:
    try:
        rules = Rules(_parts=[ruleset._Part(Pack(data))])
        list(rules.all_files())
        seen(Cleaner(rules))
    except RuleError as error:
        assert "pack" in str(error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"Teilen [0-9]+"', b'"Teilen [0-9)+"'),
        (b'".anzeige"', b'".anzei[e"'),
        (b'".anzeige"', b'"p       "'),
        (b'"Jetzt abonnieren"', b'"                "'),
        (b'"newsletter"', b'"newslettre"'),
        (b'"closest"', b'"closets"'),
        (b'"2020-01-01"', b'"2020-13-01"'),
    ],
)
def test_rules_in_a_pack_are_checked_like_those_in_files(packed: Path, old: bytes, new: bytes) -> None:
    data = packed.read_bytes()
    assert old in data
    rules = Rules(_parts=[ruleset._Part(Pack(with_section(data, "remove", lambda part: part.replace(old, new))))])
    with pytest.raises(RuleError, match="the pack is damaged"):
        list(rules.all_files())


# --- the index -----------------------------------------------------------------------------------


def test_names_with_the_same_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zlib, "crc32", lambda data: len(data))
    rules = Rules.parse("remove: {ad: [.ab, .cd, '#ef', '#gh', '[ij=k]', '[lm=n]', 'p.op']}")
    data = compile_rules(rules.files, "x")
    cleaner = Cleaner(Rules(_parts=[ruleset._Part(Pack(data))]))
    page = "<p class=ab>1<p class=xy>2<p id=gh>3<p id=xy>4<p ij=k>5<p ij=n>6<p lm=n>7<div class=op>8</div><p class=op>9"
    assert cleaner.clean(page).text.split() == ["2", "4", "6", "8"]


def phrases_of(phrases: filing.Phrases) -> dict[str, list[filing.FiledPhrase]]:
    return {text: list(phrases.filed(index)) for index, text in enumerate(phrases.texts)}


def test_filed_rules_and_packed_rules_agree(folder: Path, packed: Path) -> None:
    rules = [rule for file in Rules.load(folder).files if file.kind == "generic" for rule in file.remove]
    eager, compiled = filing.FiledRules(rules), Pack(packed.read_bytes()).filing("remove")
    for field in dataclasses.fields(filing.Others):
        mine, other = getattr(compiled.others, field.name), getattr(eager.others, field.name)
        assert (mine == other) if isinstance(other, list | dict) else (phrases_of(mine) == phrases_of(other) != {})
    for token, found in eager.named.items():
        assert list(compiled.find(token)) == found
    assert list(compiled.find(".gibtesnicht")) == []


# --- the cache -----------------------------------------------------------------------------------


@pytest.fixture
def large(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of rules that counts as large."""
    monkeypatch.setattr(ruleset, "_LARGE", 0)
    monkeypatch.setenv("CLEANPAGE_CACHE", str(tmp_path / "cache"))
    return folder


def test_what_was_compiled_is_kept_until_the_rules_change(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = seen(Cleaner(Rules.load(large)))
    where = cache.folder()
    assert where is not None
    assert len(list(where.iterdir())) == 1
    with monkeypatch.context() as patch:
        patch.setattr(ruleset, "compile_rules", None)  # it is not called again
        assert seen(Cleaner(Rules.load(large))) == expected
    (large / "generic/alles.yaml").write_text("remove: {ad: [.neu]}", "utf-8")
    assert Cleaner(Rules.load(large)).clean("<p>a<p class=neu>b<p class=anzeige>c").text == "a\nc"
    assert len(list(where.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"x", MAGIC + b"\0" * 50])
def test_a_damaged_pack_in_the_cache_is_made_again(large: Path, damage: bytes) -> None:
    expected = seen(Cleaner(Rules.load(large)))
    where = cache.folder()
    assert where is not None
    (path,) = where.iterdir()
    good = path.read_bytes()
    path.write_bytes(damage)
    assert seen(Cleaner(Rules.load(large))) == expected
    assert path.read_bytes() == good


def test_without_a_place_to_keep_packs_all_works(large: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected = seen(Cleaner(Rules.load(large)))
    (tmp_path / "file").write_text("")
    for place in ("", " ", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        monkeypatch.setenv("CLEANPAGE_CACHE", place)
        assert seen(Cleaner(Rules.load(large))) == expected


@pytest.mark.parametrize(
    ("system", "said", "expected"),
    [
        ("linux", {}, ".cache"),
        ("linux", {"XDG_CACHE_HOME": "xdg"}, "xdg"),
        ("win32", {}, "AppData/Local"),
        ("win32", {"LOCALAPPDATA": "local"}, "local"),
    ],
)
def test_packs_are_kept_where_the_system_has_such_files(
    system: str, said: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("CLEANPAGE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, place in said.items():
        monkeypatch.setenv(name, str(tmp_path / place))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache.folder() == tmp_path / expected / "cleanpage"


def test_old_packs_are_dropped(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_PACKS", 3)
    where = cache.folder()
    assert where is not None
    for number in range(6):
        (large / "generic/alles.yaml").write_text(f"remove: {{ad: [.neu{number}]}}", "utf-8")
        Rules.load(large)
        for age, path in enumerate(sorted(where.iterdir(), key=lambda path: path.stat().st_mtime_ns)):
            os.utime(path, (age + 10, age + 10))
    assert len(list(where.iterdir())) == 3


def test_a_check_sum_is_of_all_bytes() -> None:
    assert check_sum(b"a") != check_sum(b"b")


def test_a_section_that_begins_at_no_whole_number() -> None:
    """Numbers that stand anywhere are read as well as others, or refused; nothing else is raised."""
    whole = compile_rules(Rules.parse("remove: {ad: [.x, {starts: Werbung}]}").files, "x")
    start = len(MAGIC) + 8
    length = int.from_bytes(whole[len(MAGIC) : start], "little")
    head = json.loads(whole[start : start + length])
    for name, (begin, size) in head["sections"].items():
        moved = {**head, "sections": {**head["sections"], name: [begin + 1, max(size - 4, 0)]}}
        text = json.dumps(moved, separators=(",", ":"), ensure_ascii=False).encode()
        assert len(text) <= length + 8
        text = text.ljust(length + 8)
        body = (
            whole[: len(MAGIC)] + len(text).to_bytes(8, "little") + text + whole[start + length : -len(check_sum(b""))]
        )
        with contextlib.suppress(RuleError):
            found = Rules(_parts=[ruleset._Part(Pack(body + check_sum(body)))])
            Cleaner(found).clean("<p class=x>a</p><p>Werbung b</p>")
