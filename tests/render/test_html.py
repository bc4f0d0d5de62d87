"""An article as HTML that is safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from lxml import etree

from cleanpage import Cleaner, Rules
from cleanpage.page import parse
from cleanpage.render.html import article_html

from ..properties.strategies import Page, pages
from ..properties.test_markdown import SOUPS

NONE = Cleaner(Rules())
SAFE = frozenset(
    "html body a abbr article b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small strong sub sup table tbody td tfoot th "
    "thead time tr u ul var".split()
)
ATTRIBUTES = frozenset("href src alt title lang dir datetime start value colspan rowspan width height".split())


def body(html: str) -> etree._Element:
    found = parse(html).root.find("body")
    assert found is not None
    return found


def article(html: str, base: str | None = None) -> str:
    """What is inside of the body."""
    return article_html(list(body(html)), base)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p onclick=x style=y class=z id=i lang=de dir=LTR>a</p>", '<p lang="de" dir="LTR">a</p>'),
        ("<p><a href='/x?a&amp;b=\"' target=_blank onclick=x>a</a></p>", '<p><a href="/x?a&amp;b=&quot;">a</a></p>'),
        ("<p><a href=' java&#10;script:x'>a</a> <a>b</a></p>", "<p>a b</p>"),
        ("<p><img src=i.png alt='<' width=5 height=x onerror=x srcset=j></p>", '<p><img src="i.png" alt="&lt;" width="5"></p>'),
        ("<p><img src='data:image/png;base64,AA'><img src='data:image/svg+xml,x'><img></p>", '<p><img src="data:image/png;base64,AA"></p>'),
        ("<main><header>a</header><font color=red>b</font></main>", "<div><div>a</div>b</div>"),
        ("<form><button>a</button><input value=b><textarea>c</textarea></form>", "<div><div>a</div><pre>c</pre></div>"),
        ("<p>a<script>x</script><style>x</style><iframe src=x>x</iframe><svg onload=x>x</svg><!-- x -->b</p>", "<p>ab</p>"),
        ("<p>a<span hidden>x</span>b<b style='display:none'> x</b></p>", "<p>a b</p>"),
        ("<div>a<div hidden>x</div>b<div hidden>x</div></div>", "<div>a<br>b</div>"),
        ("<ul><li hidden>x<li value=3>a</ul>", '<ul><li value="3">a</li></ul>'),
        ("<table><colgroup><col></colgroup><tr><td colspan=2 width=9>a</table>", '<table><tr><td colspan="2">a</td></tr></table>'),
        ("<p>1 &lt; 2 &amp;lt;</p>", "<p>1 &lt; 2 &amp;lt;</p>"),
    ],
)  # fmt: skip
def test_what_stays(html: str, expected: str) -> None:
    assert article(html) == expected


def test_several_elements() -> None:
    assert article("<p>a</p> x <p>b</p>") == "<p>a</p>\n<p>b</p>"
    assert article_html([]) == ""


def test_addresses_are_made_absolute_if_a_base_is_known() -> None:
    page = "<p><a href=b>a</a><img src=/i.png></p>"
    expected = '<p><a href="https://x.de/y/b">a</a><img src="https://x.de/i.png"></p>'
    assert article(page, "https://x.de/y/") == expected


def assert_safe_and_whole(html: str) -> None:
    result = NONE.clean(html)
    written = article_html([body(result.html)])
    assert NONE.clean(written or "<p>").text.split() == result.text.split()
    for element in parse(written or "<p>").root.iter("*"):
        assert element.tag in SAFE
        assert ATTRIBUTES.issuperset(element.attrib)
        assert not any(value.lower().strip().startswith("javascript:") for value in element.attrib.values())


@settings(max_examples=100)
@given(pages())
def test_pages(page: Page) -> None:
    assert_safe_and_whole(page.html)


@settings(max_examples=200)
@given(SOUPS)
def test_anything(html: str) -> None:
    assert_safe_and_whole(f"<div>{html}")


@pytest.mark.parametrize("tag", ["div", "span", "p", "a href=/x", "section"])
def test_deep_pages(tag: str) -> None:
    assert "tief" in article(f"<{tag}>" * 1900 + "tief")
