"""Notices in a hundred languages: known ones go, and unknown ones break nothing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleanpage
from cleanpage import Cleaner, Rules

from .notices import NOTICES
from .strategies import Page, is_subsequence, pages, visible_words

BEFORE, AFTER = "<h1>A bridge opens</h1><p>It opens on Monday.</p>", "<p>Nobody could say why it took so long.</p>"
WRITTEN: list[Callable[[str], str]] = [
    str,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFKC", text).replace(" ", "\N{NO-BREAK SPACE}"),
    lambda text: "".join(f"&#x{ord(character):x};" for character in text),
    lambda text: text.replace(" ", " \n\t ").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
]


@cache
def knowing(language: str) -> Cleaner:
    """Rules that know the notice of a language."""
    return Cleaner(Rules.parse(f"remove: {{consent: [{{equals: {json.dumps(NOTICES[language])}}}]}}"))


def test_there_are_a_hundred() -> None:
    assert len(NOTICES) >= 100
    assert len(set(NOTICES.values())) == len(NOTICES)


@pytest.mark.parametrize("language", NOTICES)
def test_a_known_notice_goes_however_it_is_written(language: str) -> None:
    for written in WRITTEN:
        for tag in ("p", "div dir=auto", "span"):
            notice = f"<{tag}>{written(NOTICES[language])}</{tag.split()[0]}>"
            result = knowing(language).clean(f"{BEFORE}<div>{notice}</div>{AFTER}")
            assert result.text == Cleaner(Rules()).clean(BEFORE + AFTER).text
            assert [removal.category for removal in result.removed] == ["consent"]


@settings(max_examples=60)
@given(pages(), st.sampled_from(sorted(NOTICES)), st.sampled_from(["p", "div", "section class=x"]), st.integers(0, 9))
def test_whatever_the_language_the_guarantees_hold(page: Page, language: str, tag: str, at: int) -> None:
    notice = f"<{tag}>{NOTICES[language]}</{tag.split()[0]}>"
    html = page.before + "".join([*page.blocks[:at], notice, *page.blocks[at:]]) + page.after
    for result in (cleanpage.clean(html), cleanpage.extract(html)):
        assert is_subsequence(result.text.split(), visible_words(html))
        again = cleanpage.clean(result.html) if result.text else result
        assert again.text == result.text
