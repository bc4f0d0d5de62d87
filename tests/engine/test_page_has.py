"""Rules for pages that have something somewhere."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Rules

from ..support import cleaner

PAGE = '<head><link rel="amphtml" href="/amp"></head><body class="long"><p>Text.</p><p class="x">Box.</p></body>'


@pytest.mark.parametrize(
    ("page_has", "left"),
    [
        ("body.long", "Text."),
        ("body.short", "Text.\nBox."),
        ("'[rel=amphtml]'", "Text."),
        ("link", "Text."),
        ("[.nothing, .x]", "Text."),
        ("{xpath: '//link[@rel=\"amphtml\"]'}", "Text."),
        ("{xpath: //aside}", "Text.\nBox."),
        ("[{xpath: //aside}, {css: p + p}]", "Text."),
    ],
)
@pytest.mark.parametrize("rule", ["css: .x", "{css: p, equals: Box.}", "equals: Box.", "matches: B.x"])
def test_a_rule_holds_on_pages_that_have_it(rule: str, page_has: str, left: str) -> None:
    entry = rule.strip("{}")
    text = f"remove:\n  ad:\n    - {{{entry}, page_has: {page_has}}}\n"
    assert cleaner(text).clean(PAGE).text == left


def test_the_page_is_asked_before_anything_is_removed() -> None:
    """Otherwise the order of rules would decide."""
    rules = """
    remove:
      ad:
        - .first
        - {css: .second, page_has: .first}
        - {equals: Third, page_has: .first}
    """
    page = '<p class="first">a</p><p class="second">b</p><p>Third</p><p>Text.</p>'
    assert cleaner(rules).clean(page).text == "Text."


def test_what_is_kept_may_depend_on_the_page() -> None:
    rules = "{remove: {ad: [.x]}, keep: [{css: .x, page_has: .y}]}"
    assert cleaner(rules).clean('<p>a</p><p class="x">b</p>').text == "a"
    assert cleaner(rules).clean('<p class="y">a</p><p class="x">b</p>').text == "a\nb"


def test_text_without_markup_has_no_page_to_ask() -> None:
    rules = Rules.parse("remove: {ad: [{equals: Anzeige, page_has: .x}, {equals: Werbung}]}")
    assert Cleaner(rules).clean_text("Text.\nAnzeige\nWerbung").text.split("\n") == ["Text.", "Anzeige"]


@pytest.mark.xfail(reason="what was not in the page is not in the output either, but the other way round it may be")
def test_cleaning_again_changes_nothing_where_a_rule_asks_for_what_is_not_there() -> None:
    clean = cleaner("{remove: {ad: [.x, {css: .y, page_has: 'body:not(:has(.x))'}]}}").clean
    once = clean('<p>Text.</p><p class="x">Box.</p><p class="y">More.</p>')
    assert clean(once.html).text == once.text
