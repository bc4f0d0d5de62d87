"""Every removal has a reason, and is told once."""

from __future__ import annotations

import itertools

import pytest
from lxml import etree

from cleanpage import Cleaner, Rules
from cleanpage.page import parse

from ..support import cleaner, gone, prose, remove


@pytest.mark.parametrize(
    ("rule", "html", "name", "text", "path"),
    [
        (".x", "<p>a<p class=x>b  c", "rules/ad/.x", "b c", "/html/body/p[2]"),
        ("'.x , .y'", "<p class=y>b", "rules/ad/.y", "b", "/html/body/p"),
        ("{xpath: '//p[@x]'}", "<p x>b", "rules/ad///p[@x]", "b", "/html/body/p"),
        ("{css: p, starts: [A,  'Mehr  lesen']}", "<p>mehr lesen: b", "rules/ad/p:starts(Mehr lesen)", "mehr lesen: b", "/html/body/p"),
        ("{equals: Anzeige}", "<div>a<p>Anzeige</div>", "rules/ad/equals(Anzeige)", "Anzeige", "/html/body/div/p"),
        ("{equals: Anzeige}", "<div>a<br>Anzeige</div>", "rules/ad/equals(Anzeige)", "Anzeige", "/html/body/div/text()"),
        ("{css: .x, text: b}", "<p class=x>b", "rules/ad/.x", "b", "/html/body/p"),
        ("{css: section, heading: H}", "<section><h2>H</h2>b<p>c</section>", "rules/ad/section:heading(H)", "H\nb\nc", "/html/body/section"),
        (".x", "<ul><li>a<li><b>b</b><li class=x>c</ul>", "rules/ad/.x", "c", "/html/body/ul/li[3]"),
        (".x", "<p>a <b class=x>b</b>", "rules/ad/.x", "b", "/html/body/p/b"),
        (".x", "<div class=x><script>s</script><p hidden>h</p></div>a", "rules/ad/.x", "", "/html/body/div"),
        (".x", "<pre class=x>a\n  b</pre>", "rules/ad/.x", "a\n  b", "/html/body/pre"),
    ],
)  # fmt: skip
def test_a_removal_says_what_went_and_why(rule: str, html: str, name: str, text: str, path: str) -> None:
    (removal,) = cleaner(remove(rule)).clean(html).removed
    assert (removal.rule, removal.category, removal.text, removal.path) == (name, "ad", text, path)
    assert removal.words == len(text.split())
    assert not removal.held_back
    assert removal.reason == ""


def test_the_path_finds_the_piece_on_the_parsed_page() -> None:
    html = "<div><p>a<p class=x>b</p></div><div><ul><li class=x>c<li>d</ul><p>e <i>f</i><i class=x>g</i></p></div>"
    root = parse(html).root
    for removal in cleaner(remove(".x")).clean(html).removed:
        (element,) = root.xpath(removal.path)
        assert "".join(element.itertext()) == removal.text


def test_removals_come_in_page_order() -> None:
    html = "".join(f"<p class={name}>{name}</p>" for name in "cabbac")
    result = cleaner("remove:\n  ad: [.a, .b]\n  related: [.c]\n").clean(html)
    assert [removal.text for removal in result.removed] == list("cabbac")


def test_a_piece_is_told_once() -> None:
    """By the widest match; of two equal ones, by the rule that comes first."""
    rules = "remove:\n  ad: [.b, .a, p]\n".replace(", p]", ", {css: p, text: eins}]")
    result = cleaner(rules).clean("<div class=a><p class='a b'>eins</p><p>zwei</p></div><p class='a b'>drei</p>")
    assert [(removal.rule, removal.text) for removal in result.removed] == [
        ("rules/ad/.a", "eins\nzwei"),
        ("rules/ad/.b", "drei"),
    ]


def test_what_went_before_is_not_told_again() -> None:
    """A box that goes after a piece of it had gone is told without that piece."""
    rules = "remove:\n  ad:\n    - .in\n    - {css: .b, max_words: 2}\n"
    result = cleaner(rules).clean(f"<div class=b>a b<p class=in>{prose(5)}</p></div>")
    words = sorted(" ".join(removal.text for removal in result.removed).split())
    assert words == sorted(f"a b {prose(5)}".split())
    assert sum(removal.words for removal in result.removed) == 7


def test_publisher_then_family_then_generic() -> None:
    generic = Rules.parse("remove: {ad: [.x, .y, .z]}", "g.yaml", "generic")
    publisher = Rules.parse("{publisher: A, domains: a.de, remove: {related: [.x]}}", "a.de.yaml", "a.de")
    html = "<p class=x>1<p class=y>2"
    for rules in (generic + publisher, publisher + generic):
        found = Cleaner(rules).clean(html, url="http://a.de").removed
        assert [(r.rule, r.category) for r in found] == [("a.de/related/.x", "related"), ("generic/ad/.y", "ad")]
        found = Cleaner(rules).clean(html, url="http://b.de").removed
        assert [r.rule for r in found] == ["generic/ad/.x", "generic/ad/.y"]


def test_the_order_of_files_does_not_matter() -> None:
    parts = [
        Rules.parse(f"remove: {{{category}: [.x, {{css: p, text: [eins, zwei]}}]}}", f"{category}.yaml", "generic")
        for category in ("ad", "related", "social")
    ]
    html = "<p class=x>eins</p><p>zwei</p><div class=x><p>eins zwei</p></div>"
    outcomes = set()
    for order in itertools.permutations(parts):
        rules = Rules()
        for part in order:
            rules += part
        outcomes.add(Cleaner(rules).clean(html).removed)
    assert len(outcomes) == 1


def test_the_order_of_sets_without_names_does_not_matter() -> None:
    one, two = Rules.parse("remove: {ad: [.x]}"), Rules.parse("remove: {related: [.x]}")
    html = "<p class=x>eins"
    assert Cleaner(one + two).clean(html).removed == Cleaner(two + one).clean(html).removed


# --- html ----------------------------------------------------------------------------------------


def html_of(rule: str, html: str) -> str:
    return cleaner(remove(rule)).clean(html).html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p id="a" class="b c" data-d="1">x</p><p class="x">y</p>', '<p id="a" class="b c" data-d="1">x</p>'),
        ('<a href="/a?b=1&amp;c=2" title="ä &lt; ö" data-x=\'"\'>x</a>', None),
        ("<!-- vor --><p>a<!-- in --></p><!-- nach -->", None),
        ("<script>if (a < b && c) { x('</p>') }</script><style>p > a {}</style><p>a</p>", None),
        ('<img src="a.png" alt="b"><br><hr><input value="c">', None),
        ("<pre>\n a\n  b</pre>", None),
        ("<p>a &amp; b &lt; c</p>", None),
        ("<template><p>a</p></template><noscript><p>b</p></noscript><p hidden>c</p>", None),
        ("<p>a <b class=x>weg</b> c</p>", "<p>a  c</p>"),
        ("<ul>\n<li>a</li>\n<li class=x>b</li>\n<li>c</li>\n</ul>", "<ul>\n<li>a</li>\n\n<li>c</li>\n</ul>"),
    ],
)
def test_html_is_the_page_without_what_went(html: str, expected: str | None) -> None:
    assert html_of(".x", f"<html><head></head><body>{html}</body></html>") == (
        f"<html><head></head><body>{html if expected is None else expected}</body></html>"
    )


@pytest.mark.parametrize(
    "doctype",
    ["", "<!DOCTYPE html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'],
)  # fmt: skip
def test_the_document_type_is_the_pages_own(doctype: str) -> None:
    result = html_of(".x", f"{doctype}<html><body><p>a</p></body></html>")
    assert result.replace("\n", "") == f"{doctype}<html><body><p>a</p></body></html>"


def test_head_is_left_alone() -> None:
    head = '<head><meta charset="iso-8859-1"><title>Anzeige</title><link rel="x" href="y"></head>'
    assert html_of("{equals: Anzeige}", f'<html lang="de">{head}<body><p>a</p></body></html>') == (
        f'<html lang="de">{head}<body><p>a</p></body></html>'
    )


def test_nothing_is_left_of_the_engine_in_the_page() -> None:
    html = "<div class=x><p class=k>a</p>b</div><p>c <i class=x>d</i></p><ul><li class=x>e</ul>"
    out = cleaner("remove: {ad: [.x]}\nkeep: [.k]\n").clean(html).html
    assert "cleanpage" not in out
    tags = {element.tag for element in etree.HTML(out).iter()}
    assert tags <= {"html", "body", "div", "p", "ul", "i"}


@pytest.mark.parametrize(
    "html",
    [
        "<div>foo<div class=x>weg</div>bar</div>",
        "<p>foo<br class=x>bar</p>",
        "<div>foo<ul class=x><li>weg</ul>bar</div>",
        "<div>foo<table class=x><tr><td>weg</table><b>bar</b></div>",
    ],
)
def test_words_do_not_run_together_in_html(html: str) -> None:
    found = cleaner(remove(".x"))
    result = found.clean(html)
    assert result.text == "foo\nbar"
    assert found.clean(result.html).text == result.text
    assert "foobar" not in result.html


def test_words_do_not_run_together_in_text() -> None:
    assert "foobar" not in cleaner(remove(".x")).clean("<p>foo<span class=x> weg </span>bar</p>").text


@pytest.mark.parametrize("inside", ["<img class=x>", "<span class=x></span>", "<i class=x><!-- a --></i>"])
def test_a_word_stays_whole_when_an_element_without_text_goes(inside: str) -> None:
    result = cleaner(remove(".x")).clean(f"<p>Wort{inside}stamm</p>")
    assert result.text == "Wortstamm"
    assert "Wortstamm" in result.html


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    result = cleaner(remove(".x")).clean("<p>a<p class=x>b")
    assert "text" not in vars(result)
    assert "html" not in vars(result)
    assert result.text == "a"
    assert "html" not in vars(result)
    before = result.text
    assert "class" not in result.html
    assert len(gone(result)) == 1
    assert result.text is before


def test_each_form_may_be_asked_for_first() -> None:
    html = "<div><p>a</p><p class=x>b</p><p class=x>c <i>d</i></p></div><p>e"
    found = cleaner(remove(".x"))
    outcomes = set()
    for order in itertools.permutations(["text", "html", "removed"]):
        result = found.clean(html)
        for name in order:
            getattr(result, name)
        outcomes.add((result.text, result.html, result.removed))
    assert len(outcomes) == 1
