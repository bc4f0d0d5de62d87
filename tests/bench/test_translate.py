"""Selectors in the words of XPath."""

from __future__ import annotations

import pytest
from lxml import html

from cleanpage.bench.translate import Untranslated, compiled_css, compiled_xpath, parts_of

TREE = html.document_fromstring(
    "<div id=1 class='x a'><p id=2 class='y b'></p><p id=3 class='z, w' title='A, b)'></p></div>"
    "<div id=4 class='x b'><span id=5 class=y></span></div>"
)


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        (".x", "1 4"),
        (".x:not(.a, .q)", "4"),
        (".x:not(.a, .b)", ""),
        (".y:not(p, .q):not(.r)", "5"),
        (":is(.x:not(.a), span)", "4 5"),
        (".x:is(.a:not(.q), .r) > p", "2 3"),
        (":where(div > p, span:not(.q))", "2 3 5"),
        ("p:not(.b)[title='A, b)']", "3"),
        (":is(.x:not(.a), .x:not(.b)) :is(p:not(.q), span:not(.q)).y", "2 5"),
    ],
)
def test_what_they_find(selector: str, ids: str) -> None:
    assert [element.get("id") for element in compiled_css(selector)(TREE)] == ids.split()


@pytest.mark.parametrize(
    "selector",
    [
        ".a[",
        ".x:not(:is(.a, .b:not(.c)))",  # "neither" is no list of alternatives
        ".x:is(.a:not(.q) .b)",
        ".x:is(p:not(.q))",  # .xp is another class
        ":is(.a:not(.q), .b)" * 12,  # 4,096 selectors
        ".no-such:thing",
        "#a\\e r",  # a control character
    ],
)
def test_what_cannot_be_said(selector: str) -> None:
    with pytest.raises(Untranslated) as caught:
        compiled_css(selector)
    assert str(caught.value)


def test_xpath_that_is_none() -> None:
    assert len(compiled_xpath("//p[@title]")(TREE)) == 1
    with pytest.raises(Untranslated):
        compiled_xpath("//p[")


def test_lists_are_split_outside_brackets_and_quotes() -> None:
    assert parts_of(""" .a , [b="c,d"],e:is(f, g):not(h) ,[i=',)'], .j\\,k""") == [
        ".a",
        '[b="c,d"]',
        "e:is(f, g):not(h)",
        "[i=',)']",
        ".j\\,k",
    ]
