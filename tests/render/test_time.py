"""Pages made to be slow to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleanpage import Cleaner, Rules
from cleanpage.page import parse
from cleanpage.render.html import article_html

from ..engine.test_hostile import assert_linear, siblings

NONE = Cleaner(Rules())

CASES = [
    pytest.param(siblings("<p>a</p>"), 2000, id="paragraphs"),
    pytest.param(siblings("a<br>"), 2000, id="lines"),
    pytest.param(siblings("<b>a</b><i>b</i> ", "<p>{}</p>"), 1000, id="runs in one line"),
    pytest.param(siblings("<code>`</code>", "<p>{}</p>"), 1000, id="code in one line"),
    pytest.param(siblings("`", "<pre>{}</pre>"), 50_000, id="backticks"),
    pytest.param(siblings("#", "<h2>{}x</h2>"), 50_000, id="marks at the end of a heading"),
    pytest.param(siblings("&_![", "<p>{}</p>"), 20_000, id="marks to escape"),
    pytest.param(siblings("=", "<p>{}x</p>"), 50_000, id="a line under a heading that is none"),
    pytest.param(siblings("<a href=/x>!</a>", "<p>{}</p>"), 1000, id="links in one line"),
    pytest.param(siblings("<a href=x>a</a>b ", f"<a href=/{'x' * 5000}>{{}}</a>"), 500, id="links in a long link"),
    pytest.param(siblings("<div>a</div>", f"<a href=/{'x' * 5000}>{{}}</a>"), 1000, id="blocks in a long link"),
    pytest.param(siblings("a<span hidden>x</span>", "<p>{}</p>"), 1000, id="hidden parts"),
    pytest.param(siblings("<li>a", "<ul>{}</ul>"), 1000, id="items"),
    pytest.param(siblings("<ul><li>a", "{}"), 100, id="lists in lists"),
    pytest.param(siblings("<blockquote>a", "{}"), 200, id="quotes in quotes"),
    pytest.param(siblings("<table><tr><td>a", "{}"), 60, id="tables in tables"),
    pytest.param(siblings("<tr><td>a<td>b", "<table>{}</table>"), 500, id="rows"),
    pytest.param(lambda count: f"<table><tr>{'<td>a' * count}{'<tr><td>b' * count}</table>", 500, id="one long row"),
    pytest.param(siblings("<picture><source><img src=i></picture>"), 500, id="pictures"),
    pytest.param(siblings("<source><img src=i>"), 100, id="pictures that nothing ends"),
    pytest.param(siblings("<p>a<div>b</div>"), 500, id="blocks in paragraphs"),
]


@pytest.mark.timing
@pytest.mark.parametrize(("page", "size"), CASES)
def test_time_for_markdown_grows_like_the_page(page: Callable[[int], str], size: int) -> None:
    assert_linear(lambda count: NONE.clean(page(count), url="https://example.com/").markdown, size)


@pytest.mark.timing
@pytest.mark.parametrize(("page", "size"), CASES)
def test_time_for_an_article_grows_like_it(page: Callable[[int], str], size: int) -> None:
    assert_linear(lambda count: article_html([parse(page(count)).root], "https://example.com/"), size)


@pytest.mark.parametrize(("page", "size"), CASES)
def test_length_grows_like_the_page(page: Callable[[int], str], size: int) -> None:
    small, large = (len(NONE.clean(page(count)).markdown) for count in (size, 4 * size))
    assert large <= 8 * small + 1000
