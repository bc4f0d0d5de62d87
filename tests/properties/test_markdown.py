"""The Markdown says what the text says, whatever the page."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, Rules

from ..render.reading import tokens, words
from .strategies import Page, as_rules, pages, rule_files

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "news"
EMPTY = Cleaner(Rules())
URL = "https://www.example.com/sport/artikel.html"

# Characters that mean something in Markdown, in HTML or to whoever splits words, and some that do not.
SOUP = st.text(
    st.sampled_from(list("*_`[]()<>#+-=.!|~:&;\\\"' \n\tab1é中.,/$^\u00a0\u00ad\u200b\u2028\U0001f600\u0301")),
    max_size=12,
)
PIECES = st.one_of(
    SOUP.map(lambda text: text.replace("<", "&lt;")),
    st.sampled_from(
        [
            "a", "b ", " c", "**", "***", "* * *", "___", "---", "===", "# ", "1. ", "2) ", "- ", "+ ", "&gt; ", "```", "~~~",
            "[x]: y", "![", "](z)", "|-|-|", "a|b", "&amp;lt;", "&amp;#35;", "&lt;b>", "&lt;!--", "http://a.de/_b_", "\\", "!",
            "<br>", "<br><br>", "<hr>", "<wbr>", "<img src=i.png alt='a ] * `'>", "<img src='data:image/png;base64,AA'>",
            "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<em>", "</em>", "<strong>", "<code>", "</code>",
            "<a href='/x y(z)|`'>", "<a href='javascript:x'>", "<a href='a?b&amp;copy;=1'>", "</a>", "<sup>", "</sup>",
            "<ul>", "</ul>", "<ol start=7>", "<ol>", "</ol>", "<li>", "</li>", "<blockquote>", "</blockquote>",
            "<pre>", "</pre>", "<h2>", "</h2>", "<table>", "</table>", "<tr>", "<td>", "<th>", "</tr>", "<caption>", "</caption>",
            "<dl><dt>", "<dd>", "</dl>", "<span hidden>x</span>", "<div hidden>x</div>", "<b style='display:none'>x</b>",
            "<figure><figcaption>", "</figure>", "<script>x</script>", "<button>", "</button>", "<textarea>", "</textarea>",
        ]
    ),
)  # fmt: skip
SOUPS = st.lists(PIECES, max_size=30).map("".join)


@settings(max_examples=150)
@given(pages(), st.lists(rule_files(), max_size=1))
def test_the_words_of_a_page(page: Page, files: list[dict[str, Any]]) -> None:
    result = Cleaner(as_rules(*files)).clean(page.html, url=URL)
    assert words(result.markdown) == result.text.split()


@settings(max_examples=400)
@given(SOUPS)
def test_the_words_of_anything(html: str) -> None:
    result = EMPTY.clean(f"<p>{html}")
    assert words(result.markdown) == result.text.split()
    assert not [token for token in tokens(result.markdown) if token.type.startswith("html")]


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_the_words_of_a_text(text: str) -> None:
    result = EMPTY.clean_text(text)
    assert words(result.markdown) == text.split()


@settings(max_examples=50)
@given(pages())
def test_asking_for_it_changes_nothing_else(page: Page) -> None:
    asked, not_asked = EMPTY.clean(page.html), EMPTY.clean(page.html)
    assert asked.markdown == asked.markdown
    assert (asked.text, asked.html) == (not_asked.text, not_asked.html)
    assert not_asked.markdown == asked.markdown


def _sample() -> list[dict[str, Any]]:
    path = DATA / "gold.json"
    return json.loads(path.read_text("utf-8"))[::5] if path.is_file() else []


@pytest.mark.skipif(not _sample(), reason="the real pages (../shared/data/news) are not beside this checkout")
@pytest.mark.parametrize("entry", _sample(), ids=lambda entry: entry["id"])
def test_the_words_of_real_pages(entry: dict[str, Any]) -> None:
    html = gzip.decompress((DATA / "pages" / f"{entry['id']}.html.gz").read_bytes())
    result = EMPTY.clean(html, url=entry["url"])
    assert words(result.markdown) == result.text.split()
