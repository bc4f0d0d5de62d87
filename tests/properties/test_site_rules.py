"""What never breaks holds for rules as filter lists have them, too: for sites, by length, by levels, by lists in :not()."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, Rules

from .strategies import Page, as_rules, is_subsequence, long_pages, long_rules, pages, visible_words

URL = "https://www.example.com/sport/a.html"
SELECTORS = st.sampled_from(
    [
        ".box:not(.k, .ad > *)", ".teaser:is(.box *, :has(.k, b))", "[class='AD' i]", "p:not(:not(.k), .box p)",
        ".box:has(> p, + .ad)",
    ]
)  # fmt: skip


@st.composite
def site_rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule with any conditions, and some of those that lists bring."""
    rule = draw(long_rules(scopes=False))
    if draw(st.booleans()):
        rule.pop("xpath", None)
        rule["css"] = draw(SELECTORS)
    if draw(st.booleans()):
        rule["min_chars"] = draw(st.sampled_from([1, 20, 80]))
    if draw(st.booleans()):
        rule["scope"] = draw(st.sampled_from(["up 1", "up 2", "up 9"]))
    if draw(st.booleans()):
        sites = st.sampled_from(["example.com", "example.*", "~shop.example.com", "other.example", "~a.example.*"])
        rule["domains"] = draw(st.lists(sites, min_size=1, max_size=3, unique=True))
    if draw(st.integers(0, 3)) == 0:
        rule["path_matches"] = draw(st.sampled_from(["^/sport", "html$", "/news"]))
    return rule


SOME = st.lists(site_rules(), min_size=1, max_size=4).map(lambda some: {"ad": some})


def _rules(some: dict[str, Any]) -> Rules:
    try:
        return as_rules({"remove": some})
    except Exception as error:  # a rule of everything is refused
        assert "match everything" in str(error)
        return Rules()


@settings(max_examples=150)
@given(st.one_of(pages(), long_pages()), SOME)
def test_nothing_is_invented_and_once_is_enough(page: Page, some: dict[str, Any]) -> None:
    cleaner = Cleaner(_rules(some))
    result = cleaner.clean(page.html, url=URL)
    assert is_subsequence(result.text.split(), visible_words(page.html))
    again = cleaner.clean(result.html, url=URL)
    assert again.text == result.text
    assert [removal.rule for removal in again.removed if not removal.held_back] == []


@settings(max_examples=150)
@given(st.one_of(pages(), long_pages()), SOME, SOME)
def test_more_rules_never_add_text(page: Page, some: dict[str, Any], more: dict[str, Any]) -> None:
    fewer = _rules(some)
    few = Cleaner(fewer).clean(page.html, url=URL).text.split()
    many = Cleaner(fewer + _rules(more)).clean(page.html, url=URL).text.split()
    assert not Counter(many) - Counter(few)
    assert is_subsequence(many, few)
