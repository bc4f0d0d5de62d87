"""A stored page as markup that can do nothing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpage import Cleaner, Rules
from cleanpage.workbench.inert import Mark, document

from ..properties.strategies import Page
from ..properties.strategies import pages as any_pages
from .hostile import WORD, hostile_page

STYLE = "../frame.css"
ELEMENTS = {"html", "head", "meta", "title", "link", "body", "div", "span"}
ATTRIBUTES = {"data-n", "data-t", "data-r", "data-h", "data-c", "data-alt", "role", "aria-level", "aria-label", "lang", "dir"}  # fmt: skip
# What the values of attributes can be that are not texts of the page.
VALUES = {
    "data-n": r"\d+", "data-r": r"\d+", "data-h": r"\d+", "data-t": "[a-z0-9]+", "data-c": "[a-z]+", "role": "[a-z]+",
    "aria-level": "[1-6]", "lang": "[A-Za-z0-9-]+", "dir": "ltr|rtl|auto",
}  # fmt: skip


def shown(html: str, rules: str = "") -> str:
    """The document for a page."""
    cleaner = Cleaner(Rules.parse(rules) if rules else Rules())
    whole, _ = cleaner._cleaning(html, None, None, None, None, frozenset())
    cleaning, _ = cleaner._cleaning(html, None, None, None, None, cleaner.categories)
    taken = cleaning.in_page_order()
    marks = [Mark(one.ranges, place, one.match.rule.category, bool(one.reason)) for place, one in enumerate(taken)]
    return document(whole.outline, marks, STYLE)


def parsed(made: str) -> etree._Element:
    return etree.fromstring(made.encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True))


def body(html: str, rules: str = "") -> etree._Element:
    found = parsed(shown(html, rules)).find("body")
    assert found is not None
    return found


def assert_inert(made: str) -> None:
    root = parsed(made)
    head = root.find("head")
    assert head is not None
    assert [(e.tag, dict(e.attrib)) for e in head] == [
        ("meta", {"charset": "utf-8"}), ("title", {}), ("link", {"rel": "stylesheet", "href": STYLE})
    ]  # fmt: skip
    for element in root.iter():
        assert element.tag in ELEMENTS, element.tag
        if element not in head:
            assert element.tag not in ("meta", "title", "link"), element.tag
            for name, value in element.attrib.items():
                assert name in ATTRIBUTES, name
                assert name not in VALUES or re.fullmatch(VALUES[name], value), (name, value)


def test_nothing_that_could_act_is_left_of_a_hostile_page() -> None:
    made = shown(hostile_page("http://canary.example"))
    assert_inert(made)
    # What stands there as a text stays a text.
    for words in ("words with handlers", "button", "link", "data link", "download", "details", "dialog", "element"):
        assert f"{WORD} {words}" in made
    assert "&lt;script&gt;" in made


PIECES = st.sampled_from(
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)> <!-- --> <!-- <p> </div> </span> </body> "
    "<style> </style> <title> </title> <math><mtext> <table><tr><td> <p> <a href=javascript:alert(1)> <iframe> <base/href=//x> "
    "<form/action=x> <textarea> </textarea> <select><option> <template> <noscript> <![CDATA[ ]]> <?pi?> <plaintext> <xmp> "
    "<frameset> <head> <body/onload=x> <div/data-n=1> <span/data-r=0> <x:y/z=1> <p/lang='\"><b>'> <p/dir='\">'> <dialog/open> "
    "<img/alt='\"><script>'> <object> <pre> <li> <h1> <br> &lt;script&gt; &quot; ' \" > < text \x00 \ufdd0 \ud7ff".split(
        " "
    )
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=25).map("".join))
def test_nothing_that_could_act_is_left_of_any_markup(html: str) -> None:
    html = f"<p>Text.</p>{html}"
    made = shown(html, "remove: {related: ['[onclick], [data-n], [lang], pre', {starts: text}]}")
    assert_inert(made)


@given(any_pages())
def test_all_texts_of_a_page_are_there_and_no_others(page: Page) -> None:
    html = page.html
    cleaner = Cleaner(Rules())
    whole, _ = cleaner._cleaning(html, None, None, None, None, frozenset())
    text = "".join(parsed(shown(html)).find("body").itertext())  # type: ignore[union-attr]
    assert "".join(text.split()) == "".join("".join(whole.view.text).split())


def test_what_was_removed_is_marked_once_with_its_category() -> None:
    page = '<p>One.</p><div class="box"><p>Two <b>of</b> it.</p></div><p>Read also: three</p><p>Four.</p>'
    root = body(page, "remove: {related: ['.box', {starts: 'Read also:'}]}")
    marked = root.xpath(".//*[@data-r]")
    assert [(e.get("data-r"), e.get("data-c"), "".join(e.itertext())) for e in marked] == [
        ("0", "related", "Two of it."), ("1", "related", "Read also: three"),
    ]  # fmt: skip


def test_a_text_between_elements_can_be_marked_alone() -> None:
    root = body("<div>Anzeige<p>One is here to stay.</p></div>", "remove: {ad: [{equals: Anzeige}]}")
    (marked,) = root.xpath(".//*[@data-r]")
    assert (marked.tag, marked.text, dict(marked.attrib)) == ("span", "Anzeige", {"data-r": "0", "data-c": "ad"})


def test_what_was_held_back_is_marked_as_such() -> None:
    text = "The council met on Monday to talk about the bridge and the river. " * 12
    page = f'<main><div class="teaser"><p>{text}</p><p>{text}</p></div><p>End.</p></main>'
    (held,) = body(page, "remove: {related: [.teaser]}").xpath(".//*[@data-h]")
    assert held.get("data-c") == "related"
    assert not body(page, "remove: {related: [.teaser]}").xpath(".//*[@data-r]")


def test_a_part_that_is_kept_is_not_marked_with_what_stands_around_it() -> None:
    page = '<div class="box"><p>One.</p><p class="k">Two.</p><p>Three.</p></div><p>Four.</p>'
    marked = body(page, "domains: [x.de]\nremove: {related: [.box]}\nkeep: [.k]".replace("domains: [x.de]\n", ""))
    assert ["".join(e.itertext()) for e in marked.xpath(".//*[@data-r]")] == ["One.", "Three."]


def test_headings_lists_and_tables_keep_their_meaning() -> None:
    root = body(
        "<h2>Title</h2><ul><li>One</li></ul><table><tr><th>A</th></tr><tr><td>1</td></tr></table><div><li>Loose</li></div>"
    )
    roles = [(e.get("role"), e.get("aria-level")) for e in root.xpath(".//*[@role]")]
    assert roles[:3] == [("heading", "2"), ("list", None), ("listitem", None)]
    assert [role for role, _ in roles[3:]] == ["table", "row", "columnheader", "row", "cell"]


def test_pictures_are_named_and_what_is_hidden_is_not_there() -> None:
    root = body(
        '<p>One.</p><img src="/a.jpg" alt="A &quot;boat&quot;"><img src="/pixel.gif"><p hidden>No.</p><input type=hidden value=x>'
    )
    assert [e.get("aria-label") for e in root.xpath(".//*[@role='img']")] == ['img: A "boat"']
    assert "No." not in "".join(root.itertext())


def test_language_and_direction_of_a_page_are_kept_and_checked() -> None:
    made = shown('<html lang="ar" dir="RTL"><body><p lang=\'x"y\' dir="up">Text.</p></body></html>')
    assert '<html lang="ar" dir="rtl">' in made
    assert not parsed(made).xpath("//body//*[@lang or @dir]")


def test_a_page_may_be_thousands_of_levels_deep() -> None:
    assert "Deep." in shown("<div>" * 1500 + "Deep." + "</div>" * 1500)
