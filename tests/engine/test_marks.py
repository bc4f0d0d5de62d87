"""Families that a page is known to belong to by what it bears."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, Rules
from cleanpage.engine import prepared

from ..properties.strategies import Page, is_subsequence, pages, some_rules

FAMILY = """
marks:
  - meta[name=generator][content^="Foocms"]
  - '#foo-app, link#foo-css'
  - script[src*="cdn.foo.example/"]
  - html[data-foo]
  - '[data-foo-part]'
  - body.foo-theme
  - '[data-foo-kind=story]'
  - all: [.foo-story, .foo-rail]
content: .foo-text
metadata: {authors: .foo-author}
remove: {ad: [.box]}
"""
BOX = '<p>Text.</p><p class="box">Box.</p>'


def _rules(**families: str) -> Rules:
    found = Rules()
    for name, text in families.items():
        found += Rules.parse(text, f"families/{name}.yaml", name)
    return found


CLEANER = Cleaner(_rules(foo=FAMILY))


@pytest.mark.parametrize(
    "page",
    [
        '<head><meta name="generator" content="Foocms 3"></head>',
        '<div id="foo-app"></div>',
        '<head><link id="foo-css"></head>',
        '<head><script src="https://cdn.foo.example/a.js"></script></head>',
        '<p>Davor.</p><script async src="//cdn.foo.example/a.js"></script>',
        "<html data-foo>",
        '<body class="page foo-theme">',
        "<div data-foo-part>",
        '<div data-foo-kind="story">',
        '<div class="x foo-story"><div class="foo-rail"></div></div>',
        # What is not shown, and what rules remove, tells as much.
        '<div hidden><p id="foo-app"></p></div>',
        '<div class="box" data-foo-part></div>',
    ],
)
def test_a_page_with_a_mark_gets_the_familys_rules(page: str) -> None:
    result = CLEANER.clean(page + BOX, url="https://unknown.example/a.html")
    assert [removal.rule for removal in result.removed if removal.text] == ["foo/ad/.box"]
    assert "Text." in result.text
    assert "Box." not in CLEANER.clean(page + BOX).text
    assert [one.family for one in CLEANER.bearings(page + BOX)] == ["foo"]


@pytest.mark.parametrize(
    "page",
    [
        "",
        '<head><meta name="generator" content="Barcms, not Foocms"></head>',
        '<head><meta name="description" content="Foocms"></head>',
        '<head><link id="foo-css-2"></head>',
        '<img src="https://cdn.foo.example/a.jpg">',
        "<p>#foo-app .foo-story data-foo-part</p>",
        '<div class="foo-theme">',
        '<div data-foo-kind="stories">',
        "<div data-foo>",
        '<div class="foo-story"></div>',
        '<div class="foo-story-foo-rail foo-rail"></div>',
    ],
)
def test_a_page_without_one_does_not(page: str) -> None:
    assert CLEANER.clean(page + BOX).text.endswith("Text.\nBox.")
    assert CLEANER.bearings(page + BOX) == ()


def test_the_mark_that_was_found_is_told() -> None:
    (bearing,) = CLEANER.bearings('<div class="foo-story"></div><div class="foo-rail" data-foo-part></div>')
    assert (bearing.mark.source, bearing.mark.place.line) == (".foo-story and .foo-rail", 10)


def test_the_publisher_comes_first_and_then_the_family_of_the_domain() -> None:
    """Of rules that want the same, the more specific one is told."""
    page = '<div id="foo-app"></div>' + BOX
    by_mark = _rules(foo=FAMILY)
    by_domain = by_mark + _rules(bar="{domains: [a.example], marks: [.bar-x], remove: {ad: [.box]}}")
    everything = by_domain + Rules.parse("{domains: [b.a.example], remove: {ad: [.box]}}", key="b")
    everything += Rules.parse("remove: {ad: [.box]}", key="generic")

    def rule(rules: Rules, host: str) -> list[str]:
        return [removal.rule for removal in Cleaner(rules).clean(page, url=f"https://{host}/").removed]

    assert rule(everything, "b.a.example") == ["b/ad/.box"]
    assert rule(everything, "a.example") == ["bar/ad/.box"]
    assert rule(everything, "other.example") == ["foo/ad/.box"]
    assert rule(by_mark, "b.a.example") == ["foo/ad/.box"]


def test_a_family_counts_for_what_a_publishers_file_leaves() -> None:
    """More rules never add text: a file for the site does not switch off what its pages were known by."""
    page = '<div id="foo-app"></div><p class="note">Note.</p>' + BOX
    own = Rules.parse("{domains: [a.example], remove: {ad: [.note]}}", key="a")
    assert Cleaner(_rules(foo=FAMILY) + own).clean(page, url="https://a.example/").text == "Text."


def test_a_family_brings_its_own_family(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "foo.yaml").write_text("{family: house, marks: ['#foo-app'], remove: {ad: [.box]}}")
    (tmp_path / "families" / "house.yaml").write_text("{marks: [.h-h], keep: [.k]}")
    page = '<div id="foo-app"></div><p>Text.</p><div class="box">Box.<p class="k">Kept.</p></div>'
    assert Cleaner(Rules.load(tmp_path)).clean(page).text == "Text.\nKept."


def test_several_families() -> None:
    rules = _rules(foo=FAMILY, bar="{marks: [.bar-x], remove: {ad: [.note]}}")
    page = '<div id="foo-app"></div><p class="note bar-x">Note.</p>' + BOX
    assert [one.family for one in Cleaner(rules).bearings(page)] == ["bar", "foo"]
    assert Cleaner(rules).clean(page).text == "Text."


def test_where_the_article_is_and_who_wrote_it() -> None:
    page = '<div id="foo-app"></div><div class="foo-text"><p>Short.</p></div><i class="foo-author">Ann Example</i>'
    result = CLEANER.extract(page)
    assert result.text == "Short."
    assert result.metadata.authors == ("Ann Example",)
    assert CLEANER.extract(result.html).text == "Short."


def test_an_article_is_held_back_from_a_familys_rule() -> None:
    story = " ".join(f"word{number}" for number in range(400))
    result = CLEANER.clean(f'<div id="foo-app"></div><div class="box"><p>{story}.</p></div><p>More.</p>')
    assert story in result.text
    assert [removal.held_back for removal in result.removed] == [True]


def test_a_family_by_its_mark_takes_no_short_article() -> None:
    """A site's own file may say that a small box is nuisance though it holds all prose; a mark is not so sure."""
    story = " ".join(f"word{number}" for number in range(60))
    rules = _rules(foo="{domains: [a.example], marks: ['#foo-app'], remove: {ad: [.box, .head]}}")
    page = f'<div id="foo-app"></div><div class="box"><p>{story}.</p></div>'
    titled = f'<div id="foo-app"></div><div class="head"><h1>Title</h1><p>{story}.</p></div><p>{story} {story}.</p>'
    for html, kept in ((page, story), (titled, "Title")):
        assert kept in Cleaner(rules).clean(html, url="https://b.example/").text
        assert kept in Cleaner(rules).clean(html).text
        assert kept not in Cleaner(rules).clean(html, url="https://a.example/").text


def test_text_without_markup_bears_no_marks() -> None:
    rules = _rules(foo="{marks: ['#foo-app'], remove: {ad: [{equals: Box.}]}}")
    assert Cleaner(rules).clean_text("#foo-app\nText.\nBox.").text == "#foo-app\nText.\nBox."


def test_domains_of_families_count_only_with_publishers() -> None:
    family = next(f for f in Rules.builtin().all_files() if f.kind == "family" and f.domains)
    host = family.domains[0]
    assert family in Rules.builtin().for_host(host)
    assert Rules.builtin(publishers=False).for_host(host) == ()
    assert Rules.builtin(publishers=False).marks == Rules.builtin().marks


def test_in_a_pack_and_pickled_it_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "foo.yaml").write_text(FAMILY)
    (tmp_path / "rules.pack").write_bytes(Rules.compile(tmp_path))
    page = '<div class="foo-story"></div><div class="foo-rail"></div>' + BOX
    packed = Cleaner(Rules.load(tmp_path / "rules.pack"))
    for cleaner in (packed, pickle.loads(pickle.dumps(packed)), pickle.loads(pickle.dumps(CLEANER))):
        assert cleaner.clean(page).text == "Text."
        assert cleaner.clean(BOX).text == "Text.\nBox."
        assert [one.mark.source for one in cleaner.bearings(page)] == [".foo-story and .foo-rail"]


def test_what_is_kept_ready_is_bounded_and_shared_by_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_MOST_MARKED", 3)
    names = [f"f{number}" for number in range(6)]
    rules = _rules(**{name: f"{{marks: [.{name}-x], remove: {{ad: [.{name}-y]}}}}" for name in names})
    cleaner = Cleaner(rules)

    def left(number: int) -> str:
        chosen = [name for place, name in enumerate(names) if number >> place & 1]
        page = "<p>Text.</p>" + "".join(
            f'<p class="{name}-x">{name}</p><p class="{name}-y">Box.</p>' for name in chosen
        )
        return cleaner.clean(page + '<p class="f9-y">Box.</p>').text

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(left, [*range(64)] * 3))
    assert found[:64] == found[64:128] == found[128:]
    assert found[5] == "Text.\nf0\nf2\nBox."
    assert len(cleaner._prepared._by_marks) <= 3


# --- what never breaks ---------------------------------------------------------------------------

FAMILIES = st.tuples(some_rules(), st.sampled_from([".anzeige-x", "[data-x]", "p[class]", "#top-x"]))
MARKED = st.sampled_from(['<p class="anzeige-x">', '<p data-x="1">', '<p id="top-x">', "<p>"])


def _family(rules: dict[str, object], mark: str, key: str) -> Rules:
    import json

    mark = ".anzeige-x, .box-x" if mark == "p[class]" else mark
    return Rules.parse(json.dumps({"marks": [mark], "remove": rules}), key=key)


@settings(max_examples=100)
@given(pages(), st.lists(FAMILIES, min_size=1, max_size=2), st.lists(MARKED, max_size=2))
def test_once_is_enough_and_more_rules_never_add_text(
    page: Page, families: list[tuple[dict[str, object], str]], marked: list[str]
) -> None:
    html = page.html + "".join(f"{one}Marke</p>" for one in marked)
    rules, left = Rules(), None
    for number, (some, mark) in enumerate(families):
        rules += _family(some, mark, f"family{number}")
        cleaner = Cleaner(rules)
        result = cleaner.clean(html, url="https://www.example.com/sport/artikel.html")
        if left is not None:
            assert is_subsequence(result.text.split(), left)
        left = result.text.split()
        assert cleaner.clean(result.html, url="https://www.example.com/sport/artikel.html").text == result.text
