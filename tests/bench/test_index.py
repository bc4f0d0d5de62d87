"""The index finds what lxml finds with each selector on its own, and the check would notice if it did not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import Rules
from cleanpage.bench.index import IndexCheck, _is_on
from cleanpage.engine.program import Entry, Program
from cleanpage.rules.pack import compile_rules
from cleanpage.rules.sites import Sites, names_of
from cleanpage.stored import Page, evenly_spaced, read_pages

from ..properties.strategies import Page as DrawnPage
from ..properties.strategies import as_rules, pages, rule_files
from ..support import rules
from .conftest import PAGE

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "news" / "pages"
RULES = """\
remove:
  ad:
    - .teaser-1
    - "#wall > p, a.share.button, .nowhere"
    - "[data-area^=related] li:not(.k)"
    - css: "[class*=tease]"
      max_words: 1
    - xpath: //section//li[@class]
    - css: p
      starts: Some words
    - css: li.k:first-child
      equals: One
    - css: p
      heading: Title
    - equals: Two
keep:
  - .teaser-1
"""
WORDS = Page("a.html", PAGE.format(n=1).encode())


def test_what_is_compared() -> None:
    check = IndexCheck(rules(RULES))
    assert (check.selectors, check.by_phrase, check.untranslated) == (9, 1, {})
    one = check.compare(WORDS)
    # Conditions and `keep` are left aside; the first li and the box are found twice.
    assert (one.page, one.selectors, one.matches, one.differences) == ("a.html", 9, 8, ())
    assert one.covered == 5  # the box with its p and a, and both li


@pytest.mark.parametrize("packed", [False, True], ids=["as read", "packed"])
def test_rules_are_taken_for_the_pages_address(packed: bool, tmp_path: Path) -> None:
    chosen = (
        rules("remove: {ad: [.k]}", "g.yaml", "generic")
        + rules("{domains: [news.example], remove: {ad: [{css: .share, path: /sport/*}, '#wall']}}", "n.yaml", "n")
        + rules("{domains: [www.news.example], remove: {ad: ['[data-area]']}}", "e.yaml", "e")
    )
    generic, other, publisher = sorted(chosen.files, key=lambda file: ("gen", "e", "n").index(file.key[:3]))
    family = dataclasses.replace(rules("remove: {ad: [.box]}", "f.yaml", "f").files[0], kind="family")
    chosen = Rules([generic, other, dataclasses.replace(publisher, family="f"), family])
    if packed:
        (tmp_path / "all.pack").write_bytes(compile_rules(chosen.files, "test"))
        chosen = Rules.load(tmp_path / "all.pack")
    check = IndexCheck(chosen)
    matches = {}
    sites = ("other.org/", "www.news.example/sport/", "m.news.example/a", "news.example/sport/b")
    for url in (None, *(f"https://{site}" for site in sites)):
        one = check.compare(dataclasses.replace(WORDS, url=url))
        assert one.differences == ()
        matches[url] = one.matches
    assert list(matches.values()) == [1, 1, 2, 3, 4]


@given(
    page=pages(),
    files=st.lists(rule_files(), min_size=1, max_size=3),
    url=st.sampled_from([None, "example.com/sport/"]),
)
def test_drawn_pages_and_rules(page: DrawnPage, files: list[dict[str, Any]], url: str | None) -> None:
    owners = [file for file in files if "domains" in file]
    for file in owners[1:]:  # no two files may claim a domain
        del file["domains"], file["publisher"]
    check = IndexCheck(as_rules(*files))
    assert check.untranslated == {}
    assert check.compare(Page("drawn", page.html.encode("utf-8", "replace"), url)).differences == ()


def test_what_the_index_loses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Program.for_class
    monkeypatch.setattr(Program, "for_class", lambda self, value: (whole(self, value)[0][1:], ()))
    (lost,) = IndexCheck(rules("remove: {ad: [.k, '#wall']}")).compare(WORDS).differences
    assert lost == type(lost)("a.html", "rules/ad/.k", ".k", "/html/body/section/ul/li[1]", "lxml")


def test_a_phrase_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "find_phrases", lambda self, text, places: iter(()))
    check = IndexCheck(rules("remove: {ad: [{css: 'p, h1', starts: [Nothing, Some words], max_words: 5}]}"))
    (lost,) = check.compare(WORDS).differences
    assert (lost.selector, lost.path, lost.side) == ("p, h1", "/html/body/div/p", "lxml")


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ("text: words of page", 1),
        ("text: words of page, max_words: 5", 1),
        ("text: words of page, max_words: 4", 0),
        ("equals: Some words of page 1.", 1),
        ("equals: Some words, text: words", 0),
        ("starts: Some, unless: b", 0),
        ("starts: Some, unless: u", 1),
    ],
)
def test_conditions_beside_a_phrase(conditions: str, matches: int) -> None:
    html = PAGE.format(n=1).replace("words of", "<b>words</b> of<i hidden><u>!</u></i>")
    check = IndexCheck(rules(f"remove: {{ad: [{{css: p, {conditions}}}]}}"))
    one = check.compare(Page("a.html", html.encode()))
    assert (check.by_phrase, one.matches, one.differences) == (0, matches, ())


def test_what_the_index_invents_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Program.for_class

    def with_another(self: Program, value: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        return whole(self, "k" if value == "page" else value)

    check = IndexCheck(rules("remove: {ad: ['.k, .other']}"))
    monkeypatch.setattr("cleanpage.rules.selectors.Compound.matches", lambda self, element: True)
    monkeypatch.setattr(Program, "for_class", with_another)
    html = "<div class=box><p class=page>a</p><p class=k>b</p></div>"
    (invented,) = check.compare(Page("b.html", html.encode())).differences
    assert (invented.side, invented.selector, invented.path) == ("index", ".k", "/html/body/div/p[1]")


def test_what_cannot_be_compared_is_named() -> None:
    check = IndexCheck(rules("""remove: {ad: [".k, #a\\\\e r", "#wall"]}"""))
    assert list(check.untranslated) == ["#a\\e r"]
    assert (check.selectors, check.compare(WORDS).differences) == (2, ())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages (../shared/data/news) are not beside this checkout")
def test_some_built_in_rules_on_some_real_pages() -> None:
    check = IndexCheck(Rules(_some_builtin(300)))
    found, _ = read_pages(SHARED, 10)
    compared = [check.compare(page) for page in found]
    assert [one.differences for one in compared] == [()] * 10
    assert sum(one.matches for one in compared) > 0
    assert check.selectors >= 200
    # Which rules the sample holds changes with them; lists of teasers are nothing that a selector finds.
    assert all("/teasers(" in rule for rule in check.untranslated)


def _some_builtin(count: int) -> Iterator[Any]:
    """Evenly spaced rules of those that come with cleanpage, in their files."""
    files = list(Rules.builtin().all_files())
    chosen = set(evenly_spaced([rule for file in files for rule in file.remove], count))
    for file in files:
        yield dataclasses.replace(file, remove=tuple(rule for rule in file.remove if rule in chosen), keep=(), lines=())


@given(
    st.lists(
        st.sampled_from(
            ["a.co.uk", "b.a.co.uk", "a.*", "b.a.*", "a.co.*", "x.de", "~a.co.uk", "~b.a.*", "~x.*", "~c.x.de"]
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda one: one.lstrip("~"),
    ),
    st.sampled_from(
        ["", "a.co.uk", "b.a.co.uk", "c.b.a.co.uk", "a.com", "b.a.com", "x.de", "c.x.de", "d.c.x.de", "x.fr", "co.uk"]
    ),
)
def test_sites_are_decided_alike(domains: list[str], host: str) -> None:
    assert _is_on(domains, host) == Sites.of(domains).include(names_of(host))
