"""XPath in CSS: the same elements, or no translation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpage.rules.importers.xpath import Translation, has_id, has_token, to_css, translate
from cleanpage.rules.selectors import parse_css

TRANSLATED = {
    "//nav": "nav",
    " //nav ": "nav",
    ".//nav": "nav",
    "//div[@id='x']": "div#x",
    '//*[@id="x y"]': '[id="x y"]',
    "//div[@class='x y']": 'div[class="x y"]',
    "//div[(@class = 'x')]": 'div[class="x"]',
    "//div[contains(@class,'x')]": 'div[class*="x"]',
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' x ')]": ".x",
    "//a[contains(concat(' ',@rel,' '), ' x ')]": 'a[rel~="x"]',
    "//p[contains(concat(' ',normalize-space(@class),' '),' md:x ')]": 'p[class~="md:x"]',
    "//div[starts-with(@id, 'ad-')]": 'div[id^="ad-"]',
    "//p[not(@class)]": "p:not([class])",
    "//p[@class!='x']": 'p[class]:not([class="x"])',
    "//p[not(@id='a' or contains(@class, 'b'))]": 'p:not(#a):not([class*="b"])',
    "//p[@id='a' and @class][not(self::h1)]": "p#a[class]:not(h1)",
    "//p[@id='a' or @id='b']/a": "p#a > a, p#b > a",
    "//div/p//a": "div > p a",
    "//div | //p": "div, p",
    "/html/body/div[2]/p": "html > body > div:nth-of-type(2) > p",
    "//ul/li[1]": "ul > li:first-of-type",
    "//ul/li[last()]": "ul > li:last-of-type",
    "//ul/li[last()-1]": "ul > li:nth-last-of-type(2)",
    "//ul/li[position()>1]": "ul > li:nth-of-type(n+2)",
    "//ul/li[position()<=2][@id]": "ul > li:nth-of-type(-n+2)[id]",
    "//ul/*[1]": "ul > :first-child",
    "//p[a]": "p:has(> a)",
    "//p[./a]": "p:has(> a)",
    "//p[.//a[@id='x']]": "p:has(a#x)",
    "//div[p/a]": "div:has(> p > a)",
    "//a/parent::p": "p:has(> a)",
    "//a[@id]/..": ":has(> a[id])",
    "//a/parent::p/parent::div": "div:has(> p:has(> a))",
    "//p/self::p | //p/following-sibling::*": "p, p ~ *",
    "//p/following-sibling::*[1][self::a]": "p + a",
    "//p/following-sibling::a": "p ~ a",
    "//div/descendant::a": "div a",
}
KEPT = [
    "//div[@class='x'][1]",  # the first of those, not the first child
    "(//div)[1]",
    "//p[0]",
    "//div[h3[text()='x']]",  # one of its text nodes
    "//p[contains(text(), 'read also')]",
    "//p[contains(@class, '')]",
    "//p[contains(concat(' ', @class), ' x')]",
    "//p[contains(concat(' ', @class, ' '), ' x y ')]",
    "//P",
    "//p[@srcSet]",
    "//p[@class=x]",
    "//fb:like",
    "//p/text()",
    "//p/@id",
    "//p[",
    "//p]",
    "p",
    "/p",
    "count(//p)",
    "//p[@x > 3]",
    "//p/preceding-sibling::a",
    "//p/ancestor::div",
    "//*[@id]/ancestor::div[1]",  # of unknown tag: the scope takes the element itself if it is one
    "//div[@id]/ancestor::div[1]",
    "//div/p/ancestor::section[1]",
    "//p/following-sibling::a[1]",
    "//div/p/parent::div",
    "//p[contains(., 'read also')]/a",
    "//p[contains(., 'ad')]",  # too short to mind no case
    "//p[contains(., 'ANZEIGE')]",
    "//p[contains(., ' also ')]",
    "//p[contains(., 'read') and contains(., 'also')]",
    "//p[php:functionString('strtolower', @class) = 'x']",
    "//p[re:test(@class, 'x')]",
    "//p[not(@a and @b)]",
    "//p[@a or @b][@c or @d][@e or @f][@g or @h]",
    "//div//",
    "",
]


@pytest.mark.parametrize(("xpath", "css"), TRANSLATED.items())
def test_what_css_can_say(xpath: str, css: str) -> None:
    assert to_css(xpath) == css


@pytest.mark.parametrize("xpath", KEPT)
def test_what_stays_xpath(xpath: str) -> None:
    assert translate(xpath) == ()


@pytest.mark.parametrize(
    ("xpath", "parts"),
    [
        ("//p[contains(., 'Read also')]", [Translation("p", "text", ("Read also",))]),
        (
            "//p[a][starts-with(normalize-space(.), 'Read also:')]",
            [Translation("p:has(> a)", "starts", ("Read also:",))],
        ),
        ("//p[.='Read also']", [Translation("p", "equals", ("Read also",))]),
        ("//p[normalize-space()='Read also']", [Translation("p", "equals", ("Read also",))]),
        ("//p[contains(., 'Read') or contains(string(.), 'More')]", [Translation("p", "text", ("Read", "More"))]),
        (
            "//p[contains(., 'Read also')] | //nav | //h2[contains(., 'Read also')] | //aside",
            [Translation("p, h2", "text", ("Read also",)), Translation("nav, aside")],
        ),
        ("//a[@id='x']/ancestor::section[1]", [Translation("section a#x", scope="closest section")]),
    ],
)
def test_texts_and_scopes(xpath: str, parts: list[Translation]) -> None:
    assert list(translate(xpath)) == parts
    assert to_css(xpath) == ""


def test_names() -> None:
    assert (has_token("class", "a-b"), has_token("class", "1a"), has_token("class", "a:b")) == (
        ".a-b",
        '[class~="1a"]',
        '[class~="a:b"]',
    )
    assert (has_id("a_b"), has_id("1a")) == ("#a_b", '[id="1a"]')


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "class", "rel"]),
    st.sampled_from(["", "x", "a", "b", "x y", "ad-1", "md:x", "x  b"]),
    max_size=2,
)
TREES = st.recursive(
    st.builds(lambda tag, attributes: (tag, attributes, []), st.sampled_from(["p", "a", "li", "nav"]), ATTRIBUTES),
    lambda inner: st.tuples(
        st.sampled_from(["div", "p", "ul", "a", "section"]), ATTRIBUTES, st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=14,
)


def _element(tree: tuple[str, dict[str, str], list[object]]) -> etree._Element:
    tag, attributes, children = tree
    element = etree.Element(tag, attributes)
    element.extend(_element(child) for child in children)  # type: ignore[arg-type]
    return element


@given(st.lists(TREES, min_size=1, max_size=4))
def test_they_select_the_same(trees: list[tuple[str, dict[str, str], list[object]]]) -> None:
    root = etree.fromstring("<html><body/></html>")
    root[0].extend(map(_element, trees))
    for xpath, css in TRANSLATED.items():
        selectors = parse_css(css)
        by_css = [element for element in root.iter() if any(selector.matches(element) for selector in selectors)]
        assert by_css == root.xpath(xpath), (xpath, css)


@given(st.text(alphabet=st.sampled_from("//[]()@.*|'\"=,: pda12containsor")), st.sampled_from(list(TRANSLATED)))
def test_any_text_is_translated_or_not(noise: str, xpath: str) -> None:
    for text in (noise, xpath[: len(noise)] + noise, xpath + noise):
        for part in translate(text):
            assert parse_css(part.css)


def test_nesting_is_bounded() -> None:
    assert translate("//p[" + "(" * 5000 + "@a" + ")" * 5000 + "]") == ()
    assert translate("//p" + "[a" * 2000 + "]" * 2000) == ()
