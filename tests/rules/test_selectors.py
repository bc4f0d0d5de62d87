"""Selectors decide on an element as cssselect's XPath does on a tree."""

from __future__ import annotations

import pickle

import pytest
from cssselect import HTMLTranslator, SelectorError
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cleanpage import Cleaner, Rules
from cleanpage.outline import outline
from cleanpage.page import Limits, parse
from cleanpage.rules.selectors import SelectorProblem, parse_css, parse_xpath

TAGS = ("div", "p", "a", "section", "ul", "li", "my-box")
NAMES = ("a", "b", "box", "box-1", "Ä", "_x")
VALUES = ("", "a", "b", "a b", "a-b", "box", "x/box/y", "Box", "de", "de-AT")

# --- trees ---------------------------------------------------------------------------------------


def attributes() -> st.SearchStrategy[dict[str, str]]:
    tokens = st.lists(st.sampled_from(NAMES), max_size=3)
    blank = st.sampled_from([" ", "\t", "\n ", "  "])
    classes = st.builds(lambda tokens, blank: blank.join(tokens), tokens, blank)
    return st.fixed_dictionaries(
        {},
        optional={
            "class": classes,
            "id": st.sampled_from(NAMES),
            "data-x": st.sampled_from(VALUES),
            "href": st.sampled_from(VALUES),
            "lang": st.sampled_from(("de", "en", "de-AT")),
        },
    )


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """A tree built node by node, with texts and comments in between."""
    root = etree.Element("html")
    body = etree.SubElement(root, "body")
    open_elements = [body]
    for _ in range(draw(st.integers(1, 14))):
        parent = draw(st.sampled_from(open_elements[-3:]))
        if draw(st.integers(0, 5)) == 0:
            parent.append(etree.Comment("x"))
        element = etree.SubElement(parent, draw(st.sampled_from(TAGS)), draw(attributes()))
        if draw(st.booleans()):
            element.text = draw(st.sampled_from(["", " ", "text"]))
        element.tail = draw(st.sampled_from([None, " ", "more"]))
        open_elements.append(element)
    return root


# --- selectors -----------------------------------------------------------------------------------


def attribute_selectors() -> st.SearchStrategy[str]:
    name = st.sampled_from(("class", "id", "data-x", "href", "DATA-X"))
    operator = st.sampled_from(("=", "~=", "|=", "^=", "$=", "*=", "!="))
    return st.one_of(
        name.map("[{}]".format),
        st.builds('[{}{}"{}"]'.format, name, operator, st.sampled_from(VALUES)),
    )


SIMPLE = st.one_of(
    st.sampled_from(NAMES).map(".{}".format),
    st.sampled_from(NAMES).map("#{}".format),
    attribute_selectors(),
)
HARD = st.sampled_from(
    [
        ":first-child", ":last-child", ":only-child", ":nth-child(2n+1)", ":nth-child(2)", ":nth-last-child(2)",
        ":first-of-type", ":empty", ":lang(de)", ":has(> p)", ":has(.a)", ":has(+ p)", ":has(p)", ":has(b, div)",
        ":link", ":root", ":hover",
    ]
)  # fmt: skip


@st.composite
def compounds(draw: st.DrawFn, depth: int = 1) -> str:
    tag = draw(st.sampled_from(("", "", "*", *TAGS, "DIV")))
    parts = draw(st.lists(SIMPLE, max_size=2))
    if depth:
        inner = compounds(0)
        parts += draw(
            st.lists(
                st.one_of(
                    HARD.filter(lambda part: not (tag in ("", "*") and "of-type" in part)),
                    inner.map(":not({})".format),
                    st.lists(inner, min_size=1, max_size=2).map(lambda many: f":is({', '.join(many)})"),
                    inner.map(":where({})".format),
                ),
                max_size=2,
            )
        )
    return (tag + "".join(parts)) or "*"


@st.composite
def selectors(draw: st.DrawFn) -> str:
    parts = [draw(compounds())]
    for _ in range(draw(st.integers(0, 3))):
        parts += [draw(st.sampled_from((" ", " > ", " + ", " ~ "))), draw(compounds())]
    return "".join(parts)


@settings(max_examples=400)
@given(trees(), selectors())
def test_matches_what_lxml_finds(tree: etree._Element, source: str) -> None:
    expected = set(etree.XPath(HTMLTranslator().css_to_xpath(source))(tree.getroottree()))
    found = {element for element in tree.iter("*") for one in parse_css(source) if one.matches(element)}
    assert found == expected


@given(trees(), st.lists(selectors(), min_size=2, max_size=3))
def test_a_list_matches_what_one_of_it_does(tree: etree._Element, sources: list[str]) -> None:
    together = parse_css(", ".join(sources))
    assert len(together) == len(sources)
    for element in tree.iter("*"):
        alone = any(one.matches(element) for source in sources for one in parse_css(source))
        assert any(one.matches(element) for one in together) == alone


@settings(max_examples=150)
@given(trees(), selectors())
def test_the_key_is_needed(tree: etree._Element, source: str) -> None:
    """What a selector is filed under is what every element that matches has."""
    (selector,) = parse_css(source)
    kind, name = selector.key
    for element in tree.iter("*"):
        if not selector.matches(element):
            continue
        match kind:
            case "id":
                assert element.get("id") == name
            case "class":
                assert name in element.get("class", "").split()
            case "attribute":
                assert element.get(name) is not None
                assert selector.attribute is not None
                assert selector.attribute.admits(element.get(name, ""))
            case "tag":
                assert element.tag == name


@settings(max_examples=150)
@given(trees(), selectors())
def test_a_page_is_cleaned_of_what_lxml_finds(tree: etree._Element, source: str) -> None:
    """The whole way: the index must not lose an element that the selector matches."""
    html = etree.tostring(tree, method="html", encoding="unicode")
    rule = f"{source}".replace("'", "''")
    try:
        cleaner = Cleaner(Rules.parse(f"{{publisher: x, domains: x.de, remove: {{ad: ['{rule}']}}}}"))
    except Exception as error:  # a selector of everything is refused
        assert "match everything" in str(error)
        return
    root = parse(html).root
    body = root.find("body")
    wanted = set(etree.XPath(HTMLTranslator().css_to_xpath(source))(root.getroottree()))
    stays = [
        text.strip()
        for element in body.iter("*")
        for text, owner in ((element.text, element), (element.tail, element.getparent()))
        if text and text.strip() and not wanted.intersection((owner, *owner.iterancestors()))
    ]
    # What stood first or last once others were gone may have gone too; nothing that was hit may have stayed.
    left = "".join(cleaner.clean(html, url="http://x.de").text.split())
    if not wanted - {body, root}:
        assert left == "".join("".join(text.split()) for text in body.itertext() if text)
    assert len(left) <= sum(len("".join(text.split())) for text in stays)


# --- single cases --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "html", "left"),
    [
        (".newsletter", "<p class='newsletter-box'>a<p class='x newsletter'>b", "a"),
        ("[class*=newsletter-]", "<p class='newsletter-box'>a<p class='x newsletter'>b", "b"),
        (".Box", "<p class=box>a<p class=Box>b", "a"),
        ("#Box", "<p id=box>a<p id=Box>b", "a"),
        ("P.x", "<p class=x>a<P CLASS=x>b<div class=x>c", "c"),
        ("my-box.x", "<my-box class=x>a</my-box><p class=x>b", "b"),
        (".x > .y", "<div class=x>a<p><b class=y>b</b></p><p class=y>c</div>", "a\nb"),
        (".x .y", "<div class=x>a<p><b class=y>b</b></p><p class=y>c</div>", "a"),
        (".x + .y", "<p class=x>a<p class=y>b<p>c", "a\nc"),
        (".x ~ .y", "<p class=y>0<p class=x>a<p class=y>b<p class=y>c", "0\na"),
        (".x + .y", "<p class=x>a</p><!-- c --> <p class=y>b", "a"),
        (".\\31 a", "<p class=1a>a<p>b", "b"),
        (".ä", "<p class=ä>a<p>b", "b"),
        (".a\\:b", "<p class='a:b'>a<p>b", "b"),
        ("[data-x='']", "<p data-x>a<p data-x=1>b", "b"),
        ("[data-x]:not([data-x='1'])", "<p data-x>a<p data-x=1>b", "b"),
        (":is(.x, .y) p", "<div class=x><p>a</div><div class=y><p>b</div><div><p>c</div>", "c"),
        (".x:has(img)", "<p class=x>a<img><p class=x>b", "b"),
        (".x:has(> img)", "<p class=x>a<b><img></b><p class=x>b<img>", "a"),
        (".x:contains(Werbung)", "<p class=x>Werbung<p class=x>b", "b"),
        (".x:nth-child(2)", "<p class=x>a<p class=x>b", "a"),
        (".x", "<p class='\nx\t'>a<p class='y\fx'>b<p class='x\u00a0y'>c", "c"),
        (".x, .y", "<p class=x>a<p class=y>b<p class=z>c", "c"),
    ],
)
def test_selectors_on_pages(selector: str, html: str, left: str) -> None:
    rule = selector.replace("'", "''")
    file = f"{{publisher: x, domains: x.de, remove: {{ad: ['{rule}']}}}}"
    assert Cleaner(Rules.parse(file)).clean(html, url="x.de").text == left


@pytest.mark.parametrize(
    ("selector", "positional"),
    [
        (".x:not(a, .y)", False),
        (".x:not(a):has(p)", False),
        (".x:not(a):has(> p)", False),
        (".x:not(.y p)", False),
        (".x:not(.y + p)", True),
        (".x:not(:has(p))", True),
        (".x:not(:has(> p))", True),
        (".x:not(a):first-child", True),
        (".x + p", True),
    ],
)
def test_what_may_begin_to_match(selector: str, positional: bool) -> None:
    assert [one.positional for one in parse_css(selector)] == [positional]


@pytest.mark.parametrize(
    "source",
    ["", ".a >", "> .a", ".a,", "a|b", "p::before", "[a=b x]", ".a:nth-child(2n+)", ":not()", ":foo", "(((", ".a:not("]
    + [":not(" * 400 + ".a" + ")" * 400, r".a:has(#b\e r)"],
    ids=lambda source: source[:20],
)
def test_broken_selectors(source: str) -> None:
    with pytest.raises(SelectorProblem):
        parse_css(source)


@pytest.mark.parametrize(
    "source", ["//p[", "//p[x()]", "//x:p", "//p[$a]", "1", "'a'", "true()", "count(//p)", "(" * 4000]
)
def test_broken_xpath(source: str) -> None:
    with pytest.raises(SelectorProblem):
        parse_xpath(source)


@pytest.mark.parametrize(
    "source",
    [
        "//@class",
        "//p/text()",
    ],
)
def test_xpath_that_can_never_give_an_element(source: str) -> None:
    with pytest.raises(SelectorProblem):
        parse_xpath(source)


def test_xpath_that_fails_on_a_page_finds_nothing() -> None:
    selector = parse_xpath("//p[substring(., number(@x)) = 'a']")
    assert selector.find(parse("<p x=y>a").root) == []


@given(selectors())
def test_selectors_travel(source: str) -> None:
    try:
        one = parse_css(source)
    except SelectorError as error:  # pragma: no cover
        raise AssertionError(source) from error
    twin = pickle.loads(pickle.dumps(one))
    tree = parse("<div class=a><p class=b id=a>x<a href=a>y</a></p></div>").root
    for element in tree.iter("*"):
        assert [s.matches(element) for s in one] == [s.matches(element) for s in twin]


def test_selectors_in_an_outline_of_a_page_without_body() -> None:
    document = parse("<frameset><frame></frameset>")
    assert outline(document, Limits()).elements[0].tag == "html"


# --- what cssselect leaves out -------------------------------------------------------------------

PAGE = """
<div id=top class="a b" data-x="Hello World"><p class=c>1<b class=d>2</b></p><p class="e --x">3</p>
<section class=a><p>4</p><a href=/x width=300>5</a><i></i></section></div><p class="md:f c" title='a"b'>6</p>
"""


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("p:not(.c, .e)", "4"),
        ("p:not(.c,.e , section > p)", ""),
        ("p:not(:not(.c))", "12 6"),
        ("p:not(section p)", "12 3 6"),
        ("p:not(.c + p)", "12 4 6"),
        ("p:not(:is(.c, .e):not(.d))", "4"),
        ("p:is(div > p, section > .z)", "12 3"),
        ("p:IS( .c , section * ):Not(#x)", "12 4 6"),
        (":where(.a.b, section) > p", "12 3 4"),
        ("p:-webkit-any(.c)", "12 6"),
        ("div:has(> p > .d, .zzz) > .e", "3"),
        ("p:has(+ p)", "12"),
        ("p:has(+ .e ~ section)", "12"),
        ("p:has(~ section a[href])", "12 3"),
        ("p:has(>b)", "12"),
        ("p:has(:not(b, i))", ""),
        ("p:not(:has(b, i))", "3 4 6"),
        ("p:has(+ p:is(div > p, .q))", "12"),
        ("section:has(p:not(.c, .e) + a) a", "5"),
        ('[data-x="hello world" i] > .e', "3"),
        ('[data-x="hello world"] > .e', ""),
        ('[data-x="Hello World"s] > .e', "3"),
        ("[data-x^=HELLO i] > .e", "3"),
        ("[data-x*=WORLD i] > .e", "3"),
        ("[data-x~=hello I] > .e", "3"),
        ('p:not([class="E --X" i]):not(.c, section p)', ""),
        ("a[href=/x]", "5"),
        ("a[width=300]", "5"),
        ("a[ href ^= / ]", "5"),
        (".--x", "3"),
        ("p.e.--x:not(.--y)", "3"),
        (".md\\:f", "6"),
        (".md\\:f:not(.a\\,b, .c\\))", "6"),
        ("[title='a\"b']", "6"),
        ('[title="a\\"b"]', "6"),
        ("p:is([title='a\"b'], [title=')'])", "6"),
        ("DIV>P:Not( .C )", "12 3"),
        ("section *:not(p):not(:empty)", "5"),
        ("section>a:nth-child( 2 )", "5"),
    ],
)
def test_selectors_beyond_cssselect(source: str, texts: str) -> None:
    root = parse(PAGE).root
    found = [element for element in root.iter("*") for one in parse_css(source) if one.matches(element)]
    assert " ".join("".join(element.itertext()) for element in found) == texts
    assert [one.source for one in parse_css(source)] == [source]


def test_a_list_keeps_what_was_written() -> None:
    assert [one.source for one in parse_css(" .a:not(.b,.c) ,[x=','], .d")] == [".a:not(.b,.c)", "[x=',']", ".d"]


def test_selectors_beyond_cssselect_take_part_in_the_index() -> None:
    rules = "{remove: {ad: ['[data-x=\"BOX\" i]', '[data-y*=\"Box\" i]', '[data-z=box i]']}}"
    html = "<p data-x=Box>1<p data-y='a bOx b'>2<p data-z=BOX>3<p data-z=boxes>4<p data-x=boxes>5"
    assert Cleaner(Rules.parse(rules)).clean(html).text == "4\n5"


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (".a,,.b", "missing"),
        (".a:not(.b,)", "missing"),
        (".a:not()", "missing"),
        (".a:is(.b", "after :is"),
        (".a:not(p::before)", "pseudo-element"),
        (".a:not(svg|b)", "namespace"),
        ('.a:-none-of("0")', "unknown"),
        ('.a:not(.b):-any-of("0")', "unknown"),
        ("[a=/b x]", "Expected"),
        (":is(" * 40 + ".a" + ")" * 40, "too deep"),
        ("*:nth-of-type(2)", "not implemented"),
    ],
)
def test_what_is_still_broken_says_why(source: str, word: str) -> None:
    with pytest.raises(SelectorProblem, match=word):
        parse_css(source)


@settings(max_examples=150)
@given(trees(), st.lists(compounds(0), min_size=1, max_size=3), selectors())
def test_lists_in_not_and_is_mean_what_they_say(tree: etree._Element, inner: list[str], outer: str) -> None:
    """`:not(a, b)` is neither, `:is(a, b)` is either, whatever a and b are; in `:has()`, too, where lxml decides."""
    many = ", ".join([*inner, outer])
    alone = {e for e in tree.iter("*") for s in [*inner, outer] for one in parse_css(s) if one.matches(e)}
    (none_of,), (any_of,) = parse_css(f":not({many})"), parse_css(f":is({many})")
    (above,) = parse_css(f":has(> :is({many}))")
    for element in tree.iter("*"):
        assert any_of.matches(element) == (element in alone)
        assert none_of.matches(element) == (element not in alone)
        assert above.matches(element) == any(child in alone for child in element.iterchildren("*"))


@pytest.mark.parametrize(
    "name", [r"\c ontent", r"\1 x", r"\ffff a", r"\{a", r"\{\}", r"\{x\}a", r"a\}"]
)  # fmt: skip
@pytest.mark.parametrize(
    "form", ["[{}]", "{}", "p[{}=x]", "div > p[{}='x' i]", ":not([{}])", "p:has({})", "p:nth-child(2)[{}] a"]
)
def test_names_that_no_element_can_have_are_refused(form: str, name: str) -> None:
    with pytest.raises(SelectorProblem, match=r"no page can hold|it has a brace"):
        parse_css(form.format(name))


def test_values_may_be_anything() -> None:
    cleaner = Cleaner(Rules.parse(r"remove: {ad: ['[a=\{x]', '.b\{', '#c\}']}"))
    page = "<p a='{x'>1</p><p class='b{'>2</p><p id='c}'>3</p><p>5</p>"
    assert cleaner.clean(page).text == "5"
