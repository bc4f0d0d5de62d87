"""When a rule fires."""

from __future__ import annotations

from datetime import date

import pytest

from ..support import cleaner, gone, prose, remove, text_of


@pytest.mark.parametrize(
    ("rule", "html", "left"),
    [
        # text: contained, over inline elements and over the blocks of a box
        ("{css: p, text: mehr erfahren}", "<p>Hier Mehr <b>er</b>fahren Sie<p>bleibt", ["bleibt"]),
        ("{css: .b, text: eins zwei}", "<div class=b><p>eins<p>zwei</div><p>bleibt", ["bleibt"]),
        ("{css: .b, text: zwei eins}", "<div class=b><p>eins<p>zwei</div><p>x", ["eins", "zwei", "x"]),
        ("{css: div, text: x}", "<div>ax<p>b</div><p>c", ["c"]),
        # starts
        ("{css: p, starts: 'Lesen Sie auch:'}", "<p>Lesen Sie auch: a<p>b Lesen Sie auch: c", ["b Lesen Sie auch: c"]),
        ("{css: p, starts: [Mehr, Auch]}", "<p>Auch das<p>Mehr<p>Nicht mehr", ["Nicht mehr"]),
        ("{css: div, starts: Mehr}", "<div><h3>Mehr</h3><p>a</div><div><p>a</p>Mehr</div>", ["a", "Mehr"]),
        # equals: the whole text
        ("{css: p, equals: Anzeige}", "<p>Anzeige<p>Anzeigen<p>Eine Anzeige", ["Anzeigen", "Eine Anzeige"]),
        ("{css: div, equals: eins zwei}", "<div><p>eins<p>zwei</div><div><p>eins zwei<p>drei</div>", ["eins zwei", "drei"]),
        ("{css: a, equals: teilen}", "<p>Text <a>Teilen</a> mehr <a>nicht teilen</a>", ["Text mehr nicht teilen"]),
        # heading: the first heading, or the first block
        ("{css: section, heading: Mehr}", "<section><i>a</i><h3>Mehr</h3>b</section><section>c</section>", ["c"]),
        ("{css: section, heading: Mehr}", "<section><p>Mehr</p>b</section><section><p>a</p>Mehr</section>", ["a", "Mehr"]),
        ("{css: section, heading: Mehr}", "<section><h2>a</h2><h3>Mehr</h3></section>", ["a", "Mehr"]),
        ("{css: div, heading: Mehr}", "<div><div><h2><b>Me</b>hr</h2></div>a</div><p>b", ["b"]),
        # matches
        ("{css: p, matches: '^jetzt \\w+ lesen$'}", "<p>Jetzt gratis lesen<p>Jetzt lesen", ["Jetzt lesen"]),
        ("{css: p, matches: '\\d+ €'}", "<p>ab 5 € im Monat<p>ab 5 im Monat", ["ab 5 im Monat"]),
        ("{css: p, matches: [a+b, x-y]}", "<p>caab<p>x–y<p>z", ["z"]),
        ("{matches: '^anzeige \\d$'}", "<p>Anzeige 1<div>b<br>Anzeige 2</div>", ["b"]),
        # unless
        ("{css: .b, unless: .ok}", "<p class=b>a<p class=b>b<i class=ok></i>", ["b"]),
        ("{css: .b, unless: .ok}", "<p class='b ok'>a<p>b", ["b"]),
        ("{css: .b, unless: [.x, 'img[src]']}", "<p class=b>a<img src=x><p class=b>b<i class=x></i><p class=b>c", ["a", "b"]),
        ("{css: .b, unless: 'a, p'}", "<div class=b>a<p>b</div><div class=b>c</div>", ["a", "b"]),
        # max_words
        ("{css: .b, max_words: 2}", "<p class=b>a b<p class=b>c d e", ["c d e"]),
        ("{text: anzeige, max_words: 2}", "<p>Anzeige hier<p>Anzeige steht hier", ["Anzeige steht hier"]),
        # min_chars: of the text, not of the markup
        ("{css: .b, min_chars: 5}", "<p class=b>ab <i>c</i><p class=b>a  b&nbsp;<i>cd</i>", ["ab c"]),
        ("{css: .b, min_chars: 5}", "<div class=b><p>ab<p>cd</div><div class=b><p>ab<p>c</div>", ["ab", "c"]),
        ("{text: a, min_chars: 3}", "<p>ab<p>abc<div>ab<br>abcd</div>", ["ab", "ab"]),
        # all must hold
        ("{css: .b, starts: a, text: b, matches: c$}", "<p class=b>a b c<p class=b>a b<p class=b>b c<p>a b c", ["a b", "b c", "a b c"]),
        ("{css: p, equals: [a b], text: c}", "<p>a b<p>c", ["a b", "c"]),
        ("{starts: a, heading: a}", "<p>a<p>a b", ["a b"]),
        # any text block, when only a phrase is given
        ("{equals: Anzeige}", "<ul><li>Anzeige<li>a</ul><div>Anzeige<p>b</p></div>", ["a", "b"]),
        ("{equals: Anzeige}", "<p>a<br>Anzeige<br>b</p>", ["a", "b"]),
        ("{equals: Anzeige}", "<p>a <span>Anzeige</span></p>", ["a Anzeige"]),
        ("{equals: Anzeige}", "<table><tr><td>Anzeige<td>a</table>", ["a"]),
        ("{starts: 'Mehr zum Thema'}", "<div><p>Mehr zum Thema: a</p><p>b</p></div>", ["b"]),
        # the same phrase, written differently
        ("{equals: '\"Mehr\" – jetzt…'}", "<p>„MEHR“ - jetzt...<p>b", ["b"]),
        ("{css: p, starts: don't}", "<p>Don’t miss<p>b", ["b"]),
        ("{css: p, text: straße}", "<p>STRASSE<p>b", ["b"]),
        # XPath
        ("{xpath: '//p[@data-x]'}", "<p data-x>a<p>b", ["b"]),
        ("{xpath: '//p[@data-x]/..', text: a}", "<div><p data-x>a<p>b</div><div><p data-x>c</div>", ["c"]),
        ("{xpath: '//p[@data-x] | //b[@data-x]'}", "<p data-x>a<p>b <b data-x>c</b>", ["b"]),
        ("{xpath: '//comment()[1]/..', text: a}", "<p><!-- x -->a<p>b", ["b"]),
        # a part of a list of selectors
        ("{css: '.a, .b', text: x}", "<p class=a>x<p class=b>y x<p class=a>z", ["z"]),
        # a rule about everything with a class
        ("{css: '.a *', equals: x}", "<div class=a><p>x</p><b>y</b></div><p>x", ["y", "x"]),
    ],
)  # fmt: skip
def test_conditions(rule: str, html: str, left: list[str]) -> None:
    assert text_of(rule, html) == left


@pytest.mark.parametrize("after", ["", " ", "<br>", " <img src=x>", "<p></p>"])
def test_a_line_goes_with_the_element_that_holds_nothing_else(after: str) -> None:
    result = cleaner(remove("{equals: Anzeige}")).clean(f"<body><div>Anzeige{after}</div><p>b</p></body>")
    assert result.html == "<html><body><p>b</p></body></html>"


@pytest.mark.parametrize(
    ("glob", "path", "fires"),
    [
        ("/sport/*", "/sport/1", True),
        ("/sport/*", "/sport/a/b/c.html", True),
        ("/sport/*", "/sport", False),
        ("/sport/*", "/kultur/sport/1", False),
        ("*/sport/*", "/kultur/sport/1", True),
        ("/a?c", "/abc", True),
        ("/a[bc]", "/ac", False),  # only * and ? are wild
        ("/a[bc]", "/a[bc]", True),
        ("/a.b", "/axb", False),
        ("/*", "/", True),
        ("/ä*", "/äb", True),
        ("[/sport/*, /kultur/*]", "/kultur/1", True),
        ("*a*b*c*", "/" + "ab" * 300, False),
    ],
)
def test_path(glob: str, path: str, fires: bool) -> None:
    rule = f"{{css: .x, path: {glob if glob.startswith('[/') else repr(glob)}}}"
    left = text_of(rule, "<p>a<p class=x>b", url=f"https://a.de{path}")
    assert left == (["a"] if fires else ["a", "b"])


def test_path_without_a_url() -> None:
    assert text_of("{css: .x, path: /a/*}", "<p>a<p class=x>b") == ["a", "b"]


@pytest.mark.parametrize(
    "glob", ["/[z-a]/*", "/[!z-a]/*", "/[", "/[]", "/[!]", "/[a", "/**", "/\\", "/(", "/a{2}", "/+"]
)
def test_a_strange_glob(glob: str) -> None:
    text_of(f"{{css: .x, path: '{glob}'}}", "<p>a<p class=x>b", url="https://a.de/b/c")


@pytest.mark.parametrize("pattern", ["(?i)a", "a|b", "^a$", r"\C", "a#b", "(?P<x>a)"])
def test_an_accepted_pattern_can_be_used(pattern: str) -> None:
    assert text_of(f"{{matches: '{pattern}'}}", "<p>xyz<p>q") == (["xyz", "q"] if pattern != r"\C" else [""])


DATES = "{css: .x, since: 2024-03-01, until: 2024-05-31}"


@pytest.mark.parametrize(
    ("day", "fires"),
    [
        (None, True),
        (date(2024, 2, 29), False),
        (date(2024, 3, 1), True),
        (date(2024, 5, 31), True),
        (date(2024, 6, 1), False),
    ],
)
def test_dates(day: date | None, fires: bool) -> None:
    assert text_of(DATES, "<p>a<p class=x>b", date=day) == (["a"] if fires else ["a", "b"])
    lines = cleaner("lines:\n  ad:\n    - {line: b, since: 2024-03-01, until: 2024-05-31}\n")
    assert lines.clean_text("a\nb", date=day).text == ("a" if fires else "a\nb")


def test_open_ends() -> None:
    html = "<p>a<p class=x>b"
    assert text_of("{css: .x, since: 2024-03-01}", html, date=date(2030, 1, 1)) == ["a"]
    assert text_of("{css: .x, since: 2024-03-01}", html, date=date(2020, 1, 1)) == ["a", "b"]
    assert text_of("{css: .x, until: 2024-03-01}", html, date=date(2020, 1, 1)) == ["a"]
    assert text_of("{css: .x, until: 2024-03-01}", html, date=date(2030, 1, 1)) == ["a", "b"]


def test_categories_are_chosen() -> None:
    rules = "remove:\n  ad: [.a]\n  related: [.b]\n  chrome: [.c]\nlines:\n  ad: [{line: x}]\n  related: [{line: y}]\n"
    html = "<p>0<p class=a>1<p class=b>2<p class=c>3"
    assert cleaner(rules).clean(html).text == "0\n3"
    assert cleaner(rules, categories=["related"]).clean(html).text == "0\n1\n3"
    assert cleaner(rules, categories=["chrome", "ad"]).clean(html).text == "0\n2"
    assert cleaner(rules, categories=[]).clean(html).text == "0\n1\n2\n3"
    assert cleaner(rules, categories=["related"]).clean_text("x\ny").text == "x"


# --- what a removal makes possible ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "html", "left"),
    [
        # max_words is met once a box inside is gone
        (["{css: .b, max_words: 3}", ".in"], f"<div class=b>a b c<p class=in>{prose(9)}</div><p>x", "x"),
        # a text stands first once what stood before is gone
        (["{css: div, starts: Mehr}", ".in"], "<div><p class=in>a</p><p>Mehr</p>b</div><p>x", "x"),
        # a text is all there is
        (["{css: div, equals: Mehr}", ".in"], "<div><p class=in>a</p><p>Mehr</p></div><p>x", "x"),
        # a heading is the first
        (["{css: section, heading: Mehr}", ".in"], "<section><h2 class=in>a</h2><h3>Mehr</h3>b</section><p>x", "x"),
        # a block is whole
        (["{equals: Mehr}", ".in"], "<p>Mehr <b class=in>a</b></p><p>x", "x"),
        # what forbade it is gone
        (["{css: .b, unless: .ok}", ".in"], "<div class=b>a<p class=in><i class=ok></i></div><p>x", "x"),
        # a place among others has changed
        ([".b:first-child", ".in"], "<div><p class=in>a</p><p class=b>b</p>c</div>", "c"),
        ([".b + .c", ".in"], "<p class=b>a</p><p class=in>x</p><p class=c>b</p><p>d", "a\nd"),
        (["{xpath: '//p[@class=\"b\"][1]'}", ".in"], "<div><p class=in>a</p><p class=b>b</p></div><p>x", "x"),
        # a phrase begins where a removed one ended
        (["{css: p, text: eins zwei}", ".in"], "<p>eins <i class=in>und</i> zwei</p><p>x", "x"),
    ],
)
def test_what_a_removal_makes_possible(rules: list[str], html: str, left: str) -> None:
    text = "remove:\n  ad:\n" + "".join(f"    - {rule}\n" for rule in rules)
    result = cleaner(text).clean(html)
    assert result.text == left
    again = cleaner(text).clean(result.html)
    assert (again.text, again.html) == (result.text, result.html)


@pytest.mark.parametrize("links", [13, 40])
def test_a_long_chain_of_removals(links: int) -> None:
    found = cleaner(remove(".x:first-child"))
    html = f"<div>{''.join(f'<p class=x>w{n}</p>' for n in range(links))}</div>"
    assert found.clean(html).text == found.clean(found.clean(html).html).text


def test_a_chain_of_a_few_removals() -> None:
    html = "<div>" + "".join(f"<p class=x>w{n}</p>" for n in range(8)) + "</div><p>Ende"
    assert text_of(".x:first-child", html) == ["Ende"]


def test_a_rule_fires_on_many_elements() -> None:
    result = cleaner(remove("{css: p, equals: Anzeige}")).clean("<p>Anzeige</p><p>a</p>" * 50)
    assert result.text == "\n".join("a" * 50)
    assert len(gone(result)) == 50


# --- the sites of a rule -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domains", "url", "holds"),
    [
        ("example.com", "https://example.com/", True),
        ("example.com", "https://www.Example.com/a", True),
        ("example.com", "https://myexample.com/", False),
        ("example.com", "https://example.org/", False),
        ("example.com", None, False),
        ("[example.org, example.com]", "https://a.b.example.com/", True),
        # any public suffix
        ("example.*", "https://www.example.com/", True),
        ("example.*", "https://example.co.uk/", True),
        ("example.*", "https://a.example.com.au/", True),
        ("example.*", "https://example.museum/", True),
        ("example.*", "https://example.some.uk/", False),
        ("example.*", "https://example.co.museum/", False),
        ("example.*", "https://com/", False),
        ("a.example.*", "https://example.com/", False),
        # but not there
        ("[example.com, ~shop.example.com]", "https://www.example.com/", True),
        ("[example.com, ~shop.example.com]", "https://shop.example.com/", False),
        ("[example.com, ~shop.example.com]", "https://a.shop.example.com/", False),
        ("[example.com, ~shop.example.com, de.shop.example.com]", "https://de.shop.example.com/", True),
        ("[example.*, ~example.de]", "https://www.example.de/", False),
        ("[example.*, ~example.de]", "https://www.example.at/", True),
        ("[example.com, ~example.*]", "https://example.com/", True),
        # everywhere but there
        ("~example.com", "https://www.example.com/", False),
        ("~example.com", "https://example.org/", True),
        ("['~example.com', '~example.org']", "https://example.org/", False),
        ("~example.com", None, True),
        # addresses
        ("127.0.0.1", "http://127.0.0.1:8000/", True),
        ("bücher.example", "https://bücher.example/", True),
    ],
)
def test_domains(domains: str, url: str | None, holds: bool) -> None:
    left = text_of(f"{{css: .x, domains: {domains}}}", "<p class=x>a<p>b", url=url)
    assert left == (["b"] if holds else ["a", "b"])


def test_domains_on_rules_of_every_kind_of_file() -> None:
    text = "publisher: x\ndomains: [x.example]\nremove: {{ad: [{{css: .x, domains: {0}}}]}}\nkeep: [{{css: .k, domains: {0}}}]"
    page = "<div class=x>a<p class=k>b</p></div><p>c"
    here = cleaner(text.format("[a.x.example]"))
    assert here.clean(page, "https://a.x.example/").text == "b\nc"
    assert here.clean(page, "https://b.x.example/").text == "a\nb\nc"


def test_domains_decide_on_text_without_markup() -> None:
    here = cleaner(remove("{equals: Werbung, domains: x.example}"))
    assert here.clean_text("Werbung\nText", "https://x.example/").text == "Text"
    assert here.clean_text("Werbung\nText", "https://y.example/").text == "Werbung\nText"


@pytest.mark.parametrize(
    ("pattern", "url", "holds"),
    [
        ("^/shop/", "https://x.example/shop/a", True),
        ("^/shop/", "https://x.example/a/shop/", False),
        ("/Shop", "https://x.example/shop", False),
        ("(?i)/Shop", "https://x.example/shop", True),
        ("[/a, /b]", "https://x.example/b", True),
        ("shop", "https://x.example/?q=shop", False),
        ("^/", None, False),
    ],
)
def test_path_matches(pattern: str, url: str | None, holds: bool) -> None:
    pattern = pattern if pattern.startswith("[/") else f"'{pattern}'"
    left = text_of(f"{{css: .x, path_matches: {pattern}}}", "<p class=x>a<p>b", url=url)
    assert left == (["b"] if holds else ["a", "b"])


def test_what_is_long_enough_is_looked_at_while_it_is_whole() -> None:
    """More rules never add text: a rule that takes the end of a long box does not save its beginning."""
    page = (
        "<div class=outer><div class=long>" + prose(10) + "<p class=inner>" + prose(10, "ende") + "</p></div></div><p>b"
    )
    long = "    - {css: .long, min_chars: 80}\n"
    alone = cleaner(f"remove:\n  ad:\n{long}").clean(page).text
    more = cleaner(f"remove:\n  ad:\n{long}    - .inner\n    - .outer\n").clean(page).text
    assert alone == more == "b"
