"""Markdown: every kind of block and of line, and what a parser reads in it."""

from __future__ import annotations

import pickle
from textwrap import dedent

import pytest

from cleanpage import Cleaner, Rules

from ..support import cleaner, remove
from .reading import rendered, tokens, words

NONE = Cleaner(Rules())
URL = "https://www.example.com/news/bridge.html"


def markdown(html: str, url: str | None = None) -> str:
    return NONE.clean(html, url=url).markdown


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>Eins</h1><h3>Drei</h3><p>Text</p>", "# Eins\n\n### Drei\n\nText"),
        ("<h2><b>Eins</b><div>zwei</div> <br>drei #</h2>", "## Eins zwei drei \\#"),
        ("<p>a<br>b</p><p>c<br><br>d", "a\\\nb\n\nc\n\nd"),
        ("<p>a</p><hr><hr><p>b", "a\n\n___\n\nb"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e", "- a\n- b\n  - c\n- d\n\ne"),
        ("<ol start=9><li>a<li><p>b<p>c<li>d</ol>", "9. a\n10. b\n\n    c\n11. d"),
        ("<ol><li>a<ol start=5><li>b</ol></ol>", "1. a\n\n   5. b"),
        ("<ul><li>a</ul><ul><li>b</ul><ul><li>c</ul>", "- a\n\n* b\n\n- c"),
        ("<ol><li>a</ol><ol><li>b</ol>", "1. a\n\n1) b"),
        ("<ul><li>a</li><ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<ul><li> <li>a<li><img></ul>", "- a"),
        ("<ul><li><h3>a</h3><p>b</ul>", "- ### a\n\n  b"),
        ("<li>a<li>b", "a\n\nb"),
        ("<blockquote><p>a<p>b<blockquote>c</blockquote></blockquote><blockquote>d", "> a\n>\n> b\n>\n> > c\n\n> d"),
        ("<blockquote><ul><li>a<li>b</ul></blockquote>", "> - a\n> - b"),
        ("<ul><li><blockquote>a<br>b</blockquote></ul>", "- > a\\\n  > b"),
        ("<pre>a *b*\n\n  c</pre>", "```\na *b*\n\n  c\n```"),
        ("<pre><code>x ``` y\n````</code></pre>", "`````\nx ``` y\n````\n`````"),
        ("<blockquote><pre>a\n\nb", "> ```\n> a\n>\n> b\n> ```"),
        ("<dl><dt>a<dd>b<dd>c</dl>", "**a**\n\nb\n\nc"),
        ("<figure><img src=a.jpg alt='Ein  Bild'><figcaption>Eine <i>Brücke</i></figcaption></figure>", "![Ein Bild](a.jpg)\n\nEine *Brücke*"),
        ("<details><summary>a</summary>b</details>", "**a**\n\nb"),
        ("", ""),
    ],
)  # fmt: skip
def test_blocks(html: str, expected: str) -> None:
    assert markdown(f"<body>{html}") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>a</b> <strong>b</strong> <i>c</i> <em><b>d</b></em>", "**a b** *c* ***d***"),
        ("<b> a </b>b", "**a** b"),
        ("<b>W</b>ort und <i>Wör</i>ter", "**W**ort und *Wör*ter"),
        ("a<b>„b“</b>c <b>„d“</b> e", "a„b“c **„d“** e"),
        ("<b>a</b><i>b</i>", "**a**b"),
        ("H<sub>2</sub>O und x<sup>2</sup>", "H2O und x2"),
        ("<code>a</code> <code>a ` b</code> <code>`</code> <b><code>c</code></b>", "`a` ``a ` b`` `` ` `` `c`"),
        ("<a href=/x>a <b>b</b></a>c", "[a **b**](/x)c"),
        ("wow!<a href=/x>a</a>", "wow\\![a](/x)"),
        ("<a href='/x y(1)|`\\'>a</a>", "[a](/x%20y%281%29%7C%60%5C)"),
        ("<a href='?a&amp;copy;=1'>a</a>", "[a](?a&amp;copy;=1)"),
        ("<a href=/x><img src=i.png alt='a]b'></a>", "[![a\\]b](i.png)](/x)"),
        ("<a href=/x> </a><a href=/y></a>a", "a"),
        ("<a name=x>a</a> <a href=''>b</a>", "a b"),
        ("<img src=i.png width=1 height=1>a<img>b<img alt=c>", "ab"),
        ("<img src='data:image/gif;base64,AA' srcset='/i.png 2x, /j.png'>", "![](/i.png)"),
        ("<img src='data:image/gif;base64,AA' alt=b>a", "a"),
        ("<picture><source srcset=x.png><img src=i.png></picture>", "![](i.png)"),
    ],
)
def test_lines(html: str, expected: str) -> None:
    assert markdown(f"<p>{html}</p>") == expected


@pytest.mark.parametrize(
    "text",
    [
        "* a", "*a*", "**a**", "_a_", "__a__", "a_b_c", "[a](b)", "[a]: b", "![a](b)", "<b>", "<!-- a -->", "&lt;", "&#35;", "&copy;",
        "# a", "###### a", "#", "> a", "- a", "+ a", "-", "---", "===", "***", "* * *", "1. a", "123) a", "1.", "`a`", "```", "~~~", "~a~",
        "|a|b|", "| --- |", "a\\", "\\*", "a!", "https://example.com/_a_", "<https://example.com>", "a@b.de", "- - -", ":--", "    a", "\ta",
        "+1", "1.000", "#a", "-5",
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame", ["<p>{}", "<h2>{}", "<ul><li>{}", "<p>x<br>{}", "<b>{}", "<a href=/>{}", "<table><tr><th>a<th>{0}<tr><td>{0}<td>c", "<img src=i alt='{}'>a"])  # fmt: skip
def test_text_that_would_mean_something(text: str, frame: str) -> None:
    import html

    result = NONE.clean(frame.format(html.escape(text)))
    assert words(result.markdown) == result.text.split()
    kinds = {token.type for token in tokens(result.markdown)}
    allowed = {"h2": "heading", "ul": "list", "b>": "strong", "a ": "link", "ta": "table", "im": "image"}.get(
        frame[1:3], "-"
    )
    for kind in (
        "heading",
        "list",
        "strong",
        "em_",
        "link",
        "table",
        "image",
        "fence",
        "code",
        "html",
        "hr",
        "blockquote",
    ):
        assert kind == allowed or not any(found.startswith((kind, f"bullet_{kind}")) for found in kinds), (kind, kinds)


def test_lines_of_a_text_are_escaped() -> None:
    result = NONE.clean_text("1. *a*\n\n  - b\r\n# <c>\n")
    assert result.markdown == "1\\. \\*a\\*\n\n\\- b\n\n\\# \\<c>"
    assert words(result.markdown) == result.text.split()


# --- tables --------------------------------------------------------------------------------------


def test_a_simple_table() -> None:
    html = "<table><caption>Tore<tr><th>Wer<th>Wie <b>viele</b><tr><td>A|B<td><a href=/b>2</a><br>3<tr><td>C</table>"
    expected = """\
        Tore

        | Wer | Wie **viele** |
        | --- | --- |
        | A\\|B | [2](/b) 3 |
        | C |  |"""
    assert markdown(html) == dedent(expected)
    assert rendered(markdown(html)).count("<td") == 4


@pytest.mark.parametrize(
    ("first", "head"),
    [
        ("<thead><tr><td>a<td>b</thead>", "| a | b |"),
        ("<tr><td><b>a</b><td><b>b</b>", "| **a** | **b** |"),
        ("<tr><th>a<td>b", "|  |  |"),
        ("<tr><td>a<td>b", "|  |  |"),
        ("<tr><td><td> <tr><td>a<td>b", "|  |  |"),
    ],
)
def test_the_head_of_a_table(first: str, head: str) -> None:
    assert markdown(f"<table>{first}<tr><td>c<td>d</table>").split("\n")[:2] == [head, "| --- | --- |"]


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td>a<tr><td>b",
        "<tr><td>a<td>b",
        "<tr><td colspan=2>a<td>b<tr><td>c<td>d",
        "<tr><td>a<td rowspan=2>b<tr><td>c",
        "<tr><td>a<td><table><tr><td>b<td>c<tr><td>d</table><tr><td>e<td>f",
        "<tr><td>a<td><ul><li>b</ul><tr><td>c<td>d",
        "<tr><td>a<td><p>b<p>c<p>d<p>e<tr><td>f<td>g",
        "<tr><td>a<td><pre>b</pre><tr><td>c<td>d",
        "<tr><td>a<td>b</tr>c<tr><td>d<td>e",
        "<tr><td>a<td>b<tr><td>c<td>d<caption>e</caption>",
    ],
)
def test_any_other_table_is_the_paragraphs_of_its_cells(table: str) -> None:
    result = NONE.clean(f"<table>{table}</table>")
    assert "---" not in result.markdown or "<table><tr><td>b" in table
    assert words(result.markdown) == result.text.split()
    assert result.text.split() == sorted(result.text.split())


# --- safety --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["javascript:a", " JAVASCRIPT:a", "java\tscript:a", "\x01javascript:a", "data:text/html,a", "vbscript:a", "file:///a", "blob:a", "x:a", "javascript&colon;a"],
)  # fmt: skip
def test_no_link_runs_anything(address: str) -> None:
    html = f'<p><a href="{address}">a</a> <img src="{address}" alt=b></p>'
    assert markdown(html) == "a" if "&colon" not in address else "](" not in markdown(html)
    assert markdown(html, url=URL) == markdown(html)


def test_what_a_browser_does_not_show_is_not_there() -> None:
    html = (
        "<p>a<span hidden>x<img src=i></span>b<script>x</script><!-- x -->c<b style='display: none'> x</b>.</p>"
        "<svg><title>x</title></svg><noscript><img src=i></noscript><iframe>x</iframe><dialog>x</dialog><p onclick=x>d</p>"
    )
    assert markdown(html) == "a bc.\n\nd"
    assert NONE.clean(html).text == "a bc.\nd"


def test_comments_and_instructions_between_words() -> None:
    html = "<p><!-- x -->a<!-- x --><?x?>b <b><!-- x -->c</b><?x?>d<!-- x --></p><!-- x -->e<p hidden>x<!-- x -->y</p>f"
    assert markdown(html) == "ab **c**d\n\ne\n\nf"
    assert markdown("<p>a</p>" + "<!-- x --><?x?>" * 1000 + "<p>b</p>" + "<!-- x -->" * 1000) == "a\n\nb"


def test_what_was_removed_is_not_there() -> None:
    result = cleaner(remove(".x")).clean("<ul><li>a<li class=x>b<li>c</ul>d<b class=x>e</b>f")
    assert result.markdown == "- a\n- c\n\nd f"


def test_relative_addresses_are_kept_unless_the_page_s_own_is_known() -> None:
    page = "<a href=x.html>a</a> <a href='#b'>b</a> <a href=//c.de/>c</a> <img src=/i.png>"
    assert markdown(page) == "[a](x.html) [b](#b) [c](//c.de/) ![](/i.png)"
    assert markdown(page, URL) == (
        f"[a](https://www.example.com/news/x.html) [b]({URL}#b) [c](https://c.de/) ![](https://www.example.com/i.png)"
    )
    based = f"<head><base href='/other/'></head><body>{page}"
    assert "[a](https://www.example.com/other/x.html)" in markdown(based, URL)
    assert markdown(page, "example.com") == markdown(page)
    assert markdown("<a href='http://[x'>a</a><a href='//[y'>b</a>", URL) == "[a](http://[x)[b](//[y)"


def test_a_link_around_many_blocks_is_written_a_few_times() -> None:
    page = "<a href=/x>" + "<div>a</div>" * 20 + "</a>"
    found = markdown(page)
    assert (found.count("[a](/x)"), found.count("a"), words(found)) == (8, 20, ["a"] * 20)


# --- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["<div>", "<ul><li>a", "<blockquote>a", "<b>", "<a href=/x>a", "<table><tr><td>a", "<dl><dd>a", "<pre>", "<h2><div>"])  # fmt: skip
def test_deep_pages(unit: str) -> None:
    depth = 1900 // unit.count("<")
    result = NONE.clean(f"{unit * depth}<p>end</p>")
    assert words(result.markdown) == result.text.split()
    assert len(result.markdown) < 100_000


def test_it_travels_with_the_result() -> None:
    result = NONE.clean("<h1>a</h1>")
    assert pickle.loads(pickle.dumps(result)).markdown == result.markdown == "# a"
