"""A page's text blocks, and where each element stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cleanpage import Cleaner, Rules
from cleanpage.engine.view import View, merge
from cleanpage.outline import Outline, class_tokens, count_words, outline
from cleanpage.page import Limits, parse
from cleanpage.stream import UNSEEN as NOT_SHOWN

NONE = Cleaner(Rules())


def blocks(html: str) -> list[str]:
    text = NONE.clean(html).text
    return text.split("\n") if text else []


def read(html: str) -> tuple[etree._Element, Outline]:
    document = parse(html)
    return document.root, outline(document, Limits())


# --- blocks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p><p>b</p>", ["a", "b"]),
        ("<div>a<p>b</p>c</div>d", ["a", "b", "c", "d"]),
        ("<h1>a</h1>b<ul><li>c<li>d</ul>", ["a", "b", "c", "d"]),
        ("<p>a<br>b<br/>c", ["a", "b", "c"]),
        ("<table><caption>t</caption><tr><th>a<td>b<tr><td>c<td>d</table>", ["t", "a", "b", "c", "d"]),
        ("<dl><dt>a<dd>b</dl>", ["a", "b"]),
        ("<blockquote>a</blockquote><figure><img><figcaption>b</figcaption></figure>", ["a", "b"]),
        ("<p>a<hr>b", ["a", "b"]),
        ("<details><summary>a</summary>b</details>", ["a", "b"]),
        ("<button>a</button><button>b</button>", ["a", "b"]),
        ("a<address>b</address>c", ["a", "b", "c"]),
        ("<main>a</main><nav>b</nav><aside>c</aside><search>d</search>", ["a", "b", "c", "d"]),
    ],
)
def test_block_elements_end_lines(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p>eins zwei</p>",
        "<p>ei<b>ns</b> <i>zw</i>ei</p>",
        "<p>eins <a href=x>zwei</a></p>",
        "<p>eins<!-- k --> zwei</p>",
        "<p>ei<!-- k -->ns zwei</p>",
        "<p>eins<?php x ?> zwei</p>",
        "<p>eins\n\t  zwei  </p>",
        "<p>eins&nbsp;zwei</p>",
        "<p>eins&#8195;zwei</p>",
        "<p><span> eins </span><span> zwei </span></p>",
        "<p>eins<wbr> zwei</p>",
        "<p>ei<wbr>ns zwei</p>",
        "<p><my-word>eins</my-word> <o:p>zwei</o:p></p>",
        "<p>eins<img alt=x> zwei</p>",
        "<p>eins<script>x</script> zwei</p>",
        "<p>eins <ruby>zwei<rp>(</rp><rp>)</rp></ruby></p>",
    ],
)
def test_inline_elements_do_not(html: str) -> None:
    assert blocks(html) == ["eins zwei"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>weg</script>", "<style>weg</style>", "<template><p>weg</p></template>", "<noscript><p>weg</p></noscript>",
        "<svg><text>weg</text></svg>", "<svg><title>weg</title></svg>", "<title>weg</title>", "<iframe>weg</iframe>",
        "<object>weg</object>", "<video>weg</video>", "<audio>weg</audio>", "<canvas>weg</canvas>",
        "<select><option>weg</select>", "<datalist><option>weg</datalist>", "<!-- weg -->", "<?weg ?>",
        "<dialog>weg</dialog>", "<p hidden>weg</p>", "<p hidden=''>weg</p>", "<p hidden=hidden>weg</p>",
        "<p style='display:none'>weg</p>", "<p style='color: red; DISPLAY : NONE'>weg</p>",
        "<p style='visibility: hidden'>weg</p>", "<div hidden><p>weg</p><p>weg</p></div>",
        "<div hidden><div hidden>weg</div>weg</div>", "<p><span hidden>weg</span></p>", "<img alt=weg title=weg>",
        "<input value=weg placeholder=weg>", "<noframes>weg</noframes>", "<noembed>weg</noembed>",
        "<div style='display:none !important'>weg</div>",
    ],
)  # fmt: skip
def test_what_a_reader_does_not_see_is_not_in_the_text(html: str) -> None:
    assert blocks(f"<p>vor</p>{html}<p>nach</p>") == ["vor", "nach"]


@pytest.mark.parametrize(
    "html",
    [
        "<dialog open>da</dialog>", "<p hidden=until-found>da</p>", "<p style='display:block'>da</p>",
        "<p style='-x-display: none-such'>da</p>", "<p data-hidden>da</p>", "<p aria-hidden=true>da</p>",
        "<details>da</details>", "<textarea>da</textarea>", "<center>da</center>", "<font>da</font>",
        "<unknown-box>da</unknown-box>", "<p class=hidden>da</p>", "<label>da</label>", "<math><mi>da</mi></math>",
    ],
)  # fmt: skip
def test_what_a_reader_may_see_is(html: str) -> None:
    assert blocks(f"<p>vor</p>{html}<p>nach</p>") == ["vor", "da", "nach"]


def test_a_page_hidden_as_a_whole_until_a_script_has_run_is_read() -> None:
    assert blocks("<body style='display:none'><p>a</p></body>") == ["a"]


def test_hidden_in_the_middle_of_a_line() -> None:
    assert blocks("<p>eins <span hidden>weg</span>zwei</p>") == ["eins zwei"]


def test_preformatted_text_keeps_its_lines() -> None:
    assert blocks("<pre>\na  b\n   c\n\nd\n</pre>") == ["a  b", "   c", "", "d"]
    assert blocks("<p>x</p><pre>a\n b</pre><p>y\nz</p>") == ["x", "a", " b", "y z"]
    assert blocks("<textarea>a\n b</textarea><p>c\nd</p>") == ["a", " b", "c d"]
    assert blocks("<pre><b>a</b>\n<i>b</i></pre>") == ["a", "b"]


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><p>a</p></body><p>b</p></html>",
        "<html><body><p>a</p></body></html><p>b</p>",
        "<html><body><p>a</p></body></html>b",
        "<html><body><p>a</p></body></html><html><body><p>b</p></body></html>",
    ],
)
def test_text_after_the_body_was_closed(html: str) -> None:
    assert blocks(html) == ["a", "b"]


def test_text_before_the_body_was_opened() -> None:
    assert blocks("<p>a</p><html><body><p>b</p></body></html>") == ["a", "b"]
    assert blocks("a<head><title>x</title></head><body><p>b</p></body>") == ["a", "b"]


def test_pages_without_text() -> None:
    assert blocks("<html><body></body></html>") == []
    assert blocks("<frameset><frame src=x></frameset>") == []
    assert NONE.clean("<img>").text == ""


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" ", 0),
        ("a", 1),
        ("a b\nc\u00a0d", 4),
        ("ein – zwei", 3),
        ("東京", 2),
        ("日本語 text です", 6),
        ("한국어 텍스트", 2),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(max_size=40))
def test_class_names_are_split_at_the_white_space_of_html(value: str) -> None:
    tokens = [token for token in class_tokens(value) if token]
    page = etree.Element("p")
    for token in tokens:
        assert token in value
    if value.isascii() and value.isprintable():
        page.set("class", value)
        assert tokens == page.get("class", "").split()


# --- where elements stand ------------------------------------------------------------------------

TAGS = st.sampled_from(["div", "p", "span", "b", "ul", "li", "pre", "table", "tr", "td", "script", "br", "h2", "my-x"])
CHARACTERS = st.sampled_from("ab \nü東\ufdd0\ufdd3😀&<\u00a0")


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    root = etree.Element("html")
    body = etree.SubElement(root, "body")
    places = [body]
    for _ in range(draw(st.integers(0, 16))):
        parent = draw(st.sampled_from(places[-4:]))
        if draw(st.integers(0, 6)) == 0:
            parent.append(etree.Comment("x"))
            parent[-1].tail = draw(st.text(CHARACTERS, max_size=3))
        node = etree.SubElement(parent, draw(TAGS))
        node.text = draw(st.text(CHARACTERS, max_size=4))
        node.tail = draw(st.text(CHARACTERS, max_size=3))
        if draw(st.integers(0, 7)) == 0:
            node.set("hidden", "")
        if draw(st.integers(0, 2)) == 0:
            node.set("class", draw(st.sampled_from(["a", "b", "a b", " "])))
        if draw(st.integers(0, 3)) == 0:
            node.set(draw(st.sampled_from(["id", "href", "data-x"])), draw(st.sampled_from(["1", "2", ""])))
        places.append(node)
    return root


class Tree:
    """A parsed page in the shape of a Document, built without the parser."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.encoding = None


def columns(root: etree._Element) -> Outline:
    made: Any = Tree(root)
    return outline(made, Limits())


@settings(max_examples=150)
@given(trees())
def test_columns_are_what_lxml_says(root: etree._Element) -> None:
    found = columns(root)
    body = root.find("body")
    elements = list(body.iter("*"))
    number_of = {element: number for number, element in enumerate(elements)}
    assert found.elements == elements
    assert list(found.parents) == [number_of.get(element.getparent(), -1) for element in elements]
    assert list(found.ends) == [number + sum(1 for _ in e.iter("*")) for number, e in enumerate(elements)]
    for number, element in enumerate(elements):
        assert found.ancestors(number) == [number_of[a] for a in element.iterancestors() if a in number_of]


UNSEEN = ("script",)


def visible(element: etree._Element) -> str:
    """The text in an element, with what is not shown left out, by lxml alone."""
    if element.tag in UNSEEN:
        return ""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(visible(child))
        parts.append(child.tail or "")
    return "".join(parts)


@settings(max_examples=150)
@given(trees())
def test_the_stream_between_start_and_stop_is_an_elements_text(root: etree._Element) -> None:
    found = columns(root)
    drop = dict.fromkeys(range(0xFDD0, 0xFDD6))
    for number, element in enumerate(found.elements):
        if any(a.tag in UNSEEN for a in element.iterancestors()):
            continue
        start, stop = found.starts[number], found.stops[number]
        assert found.raw([(start, stop)]) == visible(element).translate(drop)
        assert start <= stop
        if number:
            parent = found.parents[number]
            assert found.starts[parent] <= start - 1 < stop + 1 <= found.stops[parent]
        inside = found.inside(start + 1, stop)
        assert list(inside) == list(range(number + 1, found.ends[number]))
        assert found.covering(start, stop) in (number, *range(number, found.ends[number]))


@settings(max_examples=150)
@given(trees())
def test_blocks_hold_all_visible_text_in_order(root: etree._Element) -> None:
    found = columns(root)
    drop = dict.fromkeys(range(0xFDD0, 0xFDD6))
    assert "".join("".join(found.blocks).split()) == "".join(visible(root.find("body")).translate(drop).split())
    assert all(block.strip() for block in found.blocks)
    assert list(found.block_first) == sorted(found.block_first)
    assert all(a <= b for a, b in zip(found.block_last, found.block_first[1:], strict=False))
    for block, first, last in zip(found.blocks, found.block_first, found.block_last, strict=True):
        assert found.raw([(first, last)]).split() == block.split()


@settings(max_examples=150)
@given(trees())
def test_names_and_hidden_parts(root: etree._Element) -> None:
    found = columns(root)
    elements = found.elements
    for name in ("a", "b", "c"):
        expected = [n for n, e in enumerate(elements) if name in (e.get("class") or "").split()]
        assert sorted(found.with_class(name)) == expected
    for name in ("id", "class", "href", "data-x", "hidden"):
        expected_values: dict[str, list[int]] = {}
        for number, element in enumerate(elements):
            value = element.get(name)
            if value is not None:
                expected_values.setdefault(value, []).append(number)
        assert {v: sorted(n) for v, n in found.attribute(name).items()} == expected_values
    assert set(found.tags) == {element.tag for element in elements}
    assert found.headings == [
        (n, 2)
        for n, e in enumerate(elements)
        if e.tag == "h2" and not any(above.tag in NOT_SHOWN for above in e.iterancestors())
    ]
    hidden = [n for n, e in enumerate(elements) if e.get("hidden") is not None]
    ranges = merge((found.starts[n], found.stops[n]) for n in hidden if found.starts[n] < found.stops[n])
    assert merge(found.hidden) == ranges
    shown = "".join("".join(View(found, merge(found.hidden)).text).split())
    for node in root.xpath("//*[@hidden]"):
        for inner in node.iter():
            inner.text = None
            if inner is not node:
                inner.tail = None
    drop = dict.fromkeys(range(0xFDD0, 0xFDD6))
    assert shown == "".join(visible(root.find("body")).translate(drop).split())


@pytest.mark.parametrize("code", range(0xFDD0, 0xFDD9))
@pytest.mark.parametrize("place", ["<p class='a{}b' id={} title='{}'>x</p>", "<p class=a>{}x{}</p>", "<p>x<b>{}</b>{}"])
def test_marks_in_the_page_are_text_and_mean_nothing(code: int, place: str) -> None:
    mark = chr(code)
    for page in (place.replace("{}", mark), place.replace("{}", f"{mark}ĀĂ")):
        root, found = read(f"<h1 class=c>h</h1>{page}<p class=d hidden>y")
        assert len(found.starts) == len(found.elements) == len(root.find("body").xpath("descendant-or-self::*"))
        assert found.attribute("class")["c"] == [1]
        assert [n for n, e in enumerate(found.elements) if e.get("class") == "d"] == found.attribute("class")["d"]
        assert len(found.hidden) == 1
        assert found.headings == [(1, 1)]
        assert "".join(found.blocks).translate(dict.fromkeys(map(ord, "ĀĂ"))).replace(mark, "") == "hxy"


def test_attributes_that_are_asked_for_are_read_with_the_page() -> None:
    document = parse("<p data-x=1 href=' a b '>a<p data-x=1 aria-label=ä>b<svg><path data-x=2></svg>", limits=Limits())
    wanted = frozenset(("data-x", "href", "aria-label", "data:y", "ü"))
    found = outline(document, Limits(), wanted)
    other = outline(document, Limits())
    for name in wanted:
        assert found.attribute(name) == other.attribute(name)
    assert found.attribute("data-x") == {"1": [1, 2], "2": [4]}
    assert found.attribute("href") == {" a b ": [1]}


def test_an_empty_class_is_a_value() -> None:
    _, found = read("<p class=''>a<p class>b<p>c")
    assert found.attribute("class") == {"": [1, 2]}
    assert Cleaner(Rules.parse("remove: {ad: ['p[class]']}")).clean("<p class=''>a<p>b").text == "b"


def test_an_outline_of_a_parsed_page() -> None:
    root, found = read("<body><div id=a class='x y'><p>eins</p>zwei</div></body>")
    assert [e.tag for e in found.elements] == ["body", "div", "p"]
    assert found.blocks == ["eins", "zwei"]
    assert found.with_class("y") == [1]
    assert found.attribute("id") == {"a": [1]}
    assert root.find("body") is found.elements[0]
