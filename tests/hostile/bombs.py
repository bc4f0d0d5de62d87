"""Inputs that are large in one way each: pages, texts, rule files and archives, made by code, as large as asked for."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable

# Makes a page or a text of about so many bytes.
Maker = Callable[[int], str]

_WORDS = "the council met on Monday to talk about houses and bridges while people waited for trains that never came"


def _repeated(unit: str, before: str = "", after: str = "") -> Maker:
    return lambda size: before + unit * (size // len(unit.encode())) + after


def _numbered(unit: str, before: str = "", after: str = "") -> Maker:
    """Units with a number in each, so that no two are the same."""

    def make(size: int) -> str:
        count = size // (len(unit) + 5)
        return before + "".join([unit.replace("@", str(number)) for number in range(count)]) + after

    return make


def _in_article(maker: Maker) -> Maker:
    """Among the paragraphs of an article, so that what looks for one is not done at once."""
    article = "<h1>Bridge opens</h1>" + "".join(f"<p>{number} {_WORDS}, {_WORDS}.</p>" for number in range(8))
    return lambda size: f"<html><body><article>{article}</article>{maker(size)}</body></html>"


def _json_ld(maker: Maker) -> Maker:
    return lambda size: (
        f'<html><head><script type="application/ld+json">{maker(size)}</script></head><body><p>{_WORDS}</p></body></html>'
    )


def _nested(unit: str, close: str, levels: int) -> Maker:
    """Towers of elements in one another, each as deep as a page may be."""
    tower = unit * levels + "x" + close * levels
    return lambda size: tower * max(size // len(tower), 1)


# Bytes that nobody compresses.
def noise(size: int) -> bytes:
    state = zlib.crc32(b"noise")
    out = bytearray()
    while len(out) < size:
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        out += state.to_bytes(8, "little")
    return bytes(out[:size])


# --- pages -------------------------------------------------------------------------------------

PAGES: dict[str, Maker] = {
    # depth
    "open div": _repeated("<div>"),
    "open b": _repeated("<b>"),
    "open p and b": _repeated("<p><b>"),
    "open a": _repeated("<a href=/x>"),
    "open table cells": _repeated("<table><tr><td>"),
    "open li": _repeated("<ul><li>"),
    "open options": _repeated("<select><option>"),
    "open unknown": _numbered("<x@>"),
    "misnested": _repeated("<b><i><p></b></i>x</p>"),
    "end tags": _repeated("</p></div></b>", "<p>a</p>"),
    "end tags of what is open": _repeated("</x>", "<div><p>a"),
    "towers of div": _nested("<div>", "</div>", 1900),
    "towers of tables": _nested("<table><tr><td>", "</td></tr></table>", 600),
    "towers of lists": _nested("<ul><li>", "</li></ul>", 900),
    "towers of quotes": _nested("<blockquote>", "</blockquote>", 1900),
    "towers of links": _nested("<div><a href=/some/page>Four words of headline</a>", "</div>", 900),
    # siblings
    "paragraphs": _repeated("<p>x</p>"),
    "paragraphs of prose": _numbered(f"<p>@ {_WORDS}</p>"),
    "paragraphs in an article": _in_article(_repeated("<p>x</p>")),
    "boxes": _repeated("<div class=box><p>x</p></div>"),
    "line breaks": _repeated("x<br>"),
    "rules": _repeated("<hr>"),
    "headings": _repeated("<h2>More on this story</h2>"),
    "headings without text": _repeated("<h2></h2>"),
    "links in one line": _repeated("<a href=/a>Read more</a> "),
    "links of headlines": _in_article(_numbered("<li><a href=/news/@>Five words of a headline</a></li>", "<ul>", "</ul>")),
    "teasers": _in_article(_numbered("<div class=teaser><h3><a href=/news/@>Five words of a headline</a></h3><p>So so</p></div>")),
    "inline elements": _repeated("<b>a</b> ", "<p>", "</p>"),
    "spans of no text": _repeated("<span></span>", "<p>", "</p>"),
    "tables": _repeated("<table><tr><td>x</td></tr></table>"),
    "one table": _repeated("<tr><td>x</td></tr>", "<table>", "</table>"),
    "one row": _repeated("<td>x</td>", "<table><tr>", "</tr></table>"),
    "list items": _repeated("<li>x", "<ul>", "</ul>"),
    "hidden": _repeated("<div hidden>x</div>"),
    "hidden by style": _repeated("<p style='display: none'>x</p>"),
    "scripts": _repeated("<script>x()</script>"),
    "styles": _repeated("<style>a{b:c}</style>"),
    "templates": _repeated("<template id=B:0></template>", "", "<div hidden id=S:0>x</div>"),
    "streamed parts": _numbered("<template id=B:@></template><div hidden id=S:@>x</div>"),
    "noscript": _repeated("<noscript><p>x</p></noscript>"),
    "pre": _repeated("<pre>a\n b\n\n</pre>"),
    "forms": _repeated("<form><input><button>Go</button></form>"),
    "images": _repeated("<figure><img src=a><figcaption>x</figcaption></figure>"),
    "ruby": _repeated("<ruby>a<rp>(</rp><rt>b</rt></ruby>"),
    "metas": _repeated("<meta property=article:author content='Ann Example'>", "<html><head>", "</head><body>x"),
    "times": _repeated("<time datetime=2024-01-01>x</time>"),
    "bylines": _repeated("<p class=author>By Ann Example</p>"),
    # names and values
    "an attribute": lambda size: f"<p title='{'x' * size}'>a</p>",
    "a style": lambda size: f"<p style='{'display ;' * (size // 9)}'>a</p>",
    "a style of blanks": lambda size: f"<p style='display{' ' * size}'>a</p>",
    "an address": lambda size: f"<p><a href='http://{'x/' * (size // 2)}'>a</a></p>",
    "an address of data": lambda size: f"<p><img src='data:image/png;base64,{'x' * size}'>a</p>",
    "class names": lambda size: f"<p class='{' '.join(f'c{number}' for number in range(size // 8))}'>a</p>",
    "the same class names": lambda size: f"<p class='{'ad box ' * (size // 7)}'>a</p>",
    "elements with 10 kB of class names": _numbered(f"<p class='c@ {'name ' * 2000}'>a</p>"),
    "elements with names of their own": _numbered("<p class=c@ id=i@>a</p>"),
    "attributes": lambda size: f"<p {' '.join(f'a{number}=x' for number in range(size // 10))}>a</p>",
    "the same attribute": lambda size: f"<p {'a=x ' * (size // 4)}>a</p>",
    "a tag name": lambda size: f"<{'x' * size}>a",
    "names that rules look for": _repeated(
        "<div class='newsletter-signup paywall ad share related teaser' id=comments><p>Subscribe now</p></div>"
    ),
    # texts
    "words": _repeated("word ", "<p>", "</p>"),
    "a word": _repeated("x", "<p>", "</p>"),
    "blanks": _repeated(" ", "<p>a", "b</p>"),
    "line ends": _repeated("\n", "<p>a", "b</p>"),
    "blanks and line ends": _repeated(" \n\t", "<p>a", "b</p>"),
    "no-break spaces": _repeated("\u00a0", "<p>a", "b</p>"),
    "references": _repeated("&amp;", "<p>", "</p>"),
    "numbers of characters": _repeated("&#101;", "<p>", "</p>"),
    "broken references": _repeated("&x", "<p>", "</p>"),
    "Chinese": _repeated("我们在城里", "<p>", "</p>"),
    "combining marks": _repeated("\u0301", "<p>a", "</p>"),
    "marks out of order": _repeated("\u0301\u0323", "<p>a", "</p>"),
    "parts of marks out of order": _repeated("\u0f73\uff9e\u0301", "<p>a", "</p>"),
    "ligatures": _repeated("\ufdfa", "<p>", "</p>"),
    "right to left": _repeated("\u202eאב\u202c ", "<p>", "</p>"),
    "noncharacters": _repeated("\ufdd0\ufdd1", "<p>a", "</p>"),
    "NULs": _repeated("\0a", "<p>", "</p>"),
    "phrases": _repeated("Read more Advertisement Subscribe now Newsletter ", "<p>", "</p>"),
    "phrases in paragraphs": _repeated("<p>Advertisement</p><p>Read also: x</p>"),
    "signs of Markdown": _repeated("*_`[\\](<>)#|~ ", "<p>", "</p>"),
    "backticks": _repeated("` ``", "<p><code>", "</code></p>"),
    "less-than signs": _repeated("< ", "<p>", "</p>"),
    "less-than signs in one": _repeated("<", "<p>a", "</p>"),
    "preformatted": _repeated("a  b\n", "<pre>", "</pre>"),
    # what is no element
    "comments": _repeated("<!-- x -->", "<p>a"),
    "open comments": _repeated("<!-- ", "<p>a"),
    "comments after the end": _repeated("<!--a-->", "<html><body><p>a</p></body></html>", "x"),
    "blanks after the end": _repeated(" \n", "<html><body><p>a</p></body></html>", "x"),
    "ends": _repeated("</html>", "<p>a</p>", "<p>b</p>"),
    "ends with blanks": _repeated("</body ", "<p>a</p></html>", "<p>b</p></html>x"),
    "instructions": _repeated("<?x ?>", "<p>a"),
    "CDATA": _repeated("<![CDATA[x]]>", "<p>a"),
    "declarations": _repeated("<!DOCTYPE html>", "", "<p>a"),
    "charsets": _repeated("<meta charset=x>", "", "<p>a"),
    # statements
    "JSON lists": _json_ld(_repeated("[")),
    "JSON objects": _json_ld(_repeated('{"a":')),
    "JSON of many objects": _json_ld(lambda size: json.dumps([{"@type": "NewsArticle", "headline": "x"}] * (size // 44))),
    "JSON of many authors": _json_ld(
        lambda size: json.dumps({"@type": "Article", "author": [{"name": f"Ann {n}"} for n in range(size // 20)]})
    ),
    "JSON of blanks": _json_ld(lambda size: '{"@type":' + " " * size + "}"),
    "JSON of commas": _json_ld(lambda size: "[" + "," * size + "]"),
    "JSON of quotes": _json_ld(lambda size: "[" + '"' * size),
    "JSON of backslashes": _json_ld(lambda size: '["' + "\\" * size),
    "JSON of one number": _json_ld(lambda size: "[" + "9" * size + "]"),
    "articleBody": _json_ld(lambda size: json.dumps({"@type": "Article", "articleBody": f"{_WORDS} " * (size // 110)})),
    "articleBody of markup": _json_ld(lambda size: json.dumps({"@type": "Article", "articleBody": "<b>x" * (size // 4)})),
    "many statements": _repeated('<script type="application/ld+json">{"@type":"Article"}</script>', "", "<p>a</p>"),
}  # fmt: skip

TEXTS: dict[str, Maker] = {
    "lines": _repeated("a\n"),
    "lines that rules look for": _repeated("Advertisement\nRead more\nclose\n"),
    "a line": _repeated("word "),
    "a word": _repeated("x"),
    "empty lines": _repeated("\n", "a", "b"),
    "bullets": _repeated("• ", "", "a"),
    "beginnings without an end": _repeated("Please turn off your ad blocker\n"),
    "returns": _repeated("a\r"),
}


# --- rules -------------------------------------------------------------------------------------


def _rules(maker: Callable[[int], list[str]]) -> Maker:
    return lambda size: "remove:\n  ad:\n" + "".join(f"    - {entry}\n" for entry in maker(size))


def _quoted(text: str) -> str:
    return json.dumps(text)


RULES: dict[str, Maker] = {
    "aliases": lambda size: "a: &a [x, x]\n" + "".join(
        f"a{n}: &a{n} [{'*a' if n == 0 else f'*a{n - 1}'}, {'*a' if n == 0 else f'*a{n - 1}'}]\n" for n in range(size // 30)
    ),
    "YAML lists": _repeated("["),
    "YAML mappings": _repeated("{a: "),
    "YAML block lists": _repeated("- ", "remove:\n  "),
    "YAML indentation": lambda size: "".join(f"{' ' * n}a:\n" for n in range(int((2 * size) ** 0.5))),
    "YAML quotes": _repeated('"', "remove: "),
    "YAML keys": _numbered("a@: b\n"),
    "YAML explicit keys": _repeated("? "),
    "YAML tags": _repeated("!x "),
    "YAML errors": _repeated("a: b: c\n"),
    "YAML documents": _repeated("---\na: b\n"),
    "YAML tabs": _repeated("\t"),
    "a scalar": lambda size: f"remove: {'x' * size}",
    "selectors": _rules(lambda size: [f".c{n}" for n in range(size // 15)]),
    "selectors of one rule": _rules(lambda size: [_quoted(", ".join(f".c{n}" for n in range(size // 9)))]),
    "a selector of classes": _rules(lambda size: [_quoted(".x" * (size // 2))]),
    "a selector of children": _rules(lambda size: [_quoted("div > " * (size // 6) + ".x")]),
    "a selector of ancestors": _rules(lambda size: [_quoted("div " * (size // 4) + ".x")]),
    "a selector of attributes": _rules(lambda size: [_quoted("[a=b]" * (size // 5))]),
    ":not in :not": _rules(lambda size: [_quoted(".x" + ":not(" * (size // 6) + "a" + ")" * (size // 6))]),
    ":not beside :not": _rules(lambda size: [_quoted(".x" + ":not(.a)" * (size // 8))]),
    ":is beside :is": _rules(lambda size: [_quoted(".x" + ":is(.a, .b)" * (size // 11))]),
    ":has in :has": _rules(lambda size: [_quoted(".x" + ":has(" * (size // 6) + "a" + ")" * (size // 6))]),
    ":has beside :has": _rules(lambda size: [_quoted(".x" + ":has(.a .b)" * (size // 11))]),
    "brackets": _rules(lambda size: [_quoted("[" * size)]),
    "parentheses": _rules(lambda size: [_quoted(":is(" * (size // 4))]),
    "backslashes": _rules(lambda size: [_quoted("\\" * (size // 2))]),
    "an XPath of steps": _rules(lambda size: [f"xpath: {_quoted('//div' * (size // 5) + '[@x]')}"]),
    "an XPath of parentheses": _rules(lambda size: [f"xpath: {_quoted('(' * (size // 2) + '//a[@x]' + ')' * (size // 2))}"]),
    "an XPath of brackets": _rules(lambda size: [f"xpath: {_quoted('/@a[' * (size // 4))}"]),
    "an XPath of conditions": _rules(lambda size: [f"xpath: {_quoted('//a[' + ' or '.join(['@x'] * (size // 6)) + ']')}"]),
    "phrases": _rules(lambda size: [f"starts: [{', '.join(f'phrase {n}' for n in range(size // 14))}]"]),
    "a phrase": _rules(lambda size: [f"text: {_quoted('wort ' * (size // 5))}"]),
    "phrases of one letter": _rules(lambda size: [f"text: [{', '.join(['a', 'b'] * (size // 6))}]"]),
    "phrases that begin alike": _rules(lambda size: [f"starts: {_quoted('wort ' * n)}" for n in range(1, int((size / 3) ** 0.5))]),
    "a pattern": _rules(lambda size: [f"matches: {_quoted('a' * size)}"]),
    "a pattern of repetitions": _rules(lambda size: [f"matches: {_quoted('((a{100}){100}){100}')}"]),
    "a pattern of parentheses": _rules(lambda size: [f"matches: {_quoted('(' * (size // 2) + 'a' + ')' * (size // 2))}"]),
    "a pattern of stars": _rules(lambda size: [f"matches: {_quoted('(a*)*' * (size // 5) + 'b')}"]),
    "patterns": _rules(lambda size: [f"matches: 'a{n}.*b'" for n in range(size // 25)]),
    "lines": lambda size: "lines:\n  ad:\n" + "".join(f"    - {{from: a{n}, to: b, max_lines: 1000000}}\n" for n in range(size // 45)),
    "domains": lambda size: "publisher: x\ndomains:\n" + "".join(f"  - d{n}.example.com\n" for n in range(size // 22)),
    "domains of a rule": _rules(lambda size: [f"{{css: .x, domains: [{', '.join(f'd{n}.example.com' for n in range(size // 20))}]}}"]),
    "paths": _rules(lambda size: [f"{{css: .x, path: {_quoted('*a' * (size // 2))}}}"]),
    "examples": lambda size: "remove: {ad: [.x]}\nexamples:\n" + "  - {html: '<p>a', keeps: [a]}\n" * (size // 30),
    "levels": _rules(lambda size: ["{css: .x, scope: up " + "9" * size + "}"]),
    "a number": _rules(lambda size: ["{css: .x, max_words: " + "9" * size + "}"]),
}  # fmt: skip


# Rules of which each costs a page more than it should, and pages that make them: selector, unit, what stands around
# the units.
EXPENSIVE: dict[str, tuple[str, Maker]] = {
    "ancestors of nested elements": (".no div > div div > div div > div .x", _nested("<div>", "<p class=x>a</p></div>", 900)),
    "siblings before": (".y ~ .x", _repeated("<p class=x>a</p>")),
    "siblings before siblings": (".y ~ .z ~ .x", _repeated("<p class=z>a</p><p class=x>a</p>")),
    ":has on nested elements": ("div:has(.y)", _nested("<div>", "</div>", 1900)),
    ":not(:has()) on nested elements": (".x:not(:has(.y))", _nested("<div class=x>", "</div>", 1900)),
    ":nth-child": (".x:nth-child(3n)", _repeated("<p class=x>a</p>")),
    ":last-of-type": ("p.x:last-of-type", _repeated("<p class=x>a</p>")),
    ":first-child, again and again": (".x:first-child", _repeated("<p class=x>a</p>")),
    "a section without headings": ("{css: .x, scope: section}", _repeated("<p class=x>a</p>")),
    "rest": ("{css: .x, scope: rest}", _repeated("<p class=x>a</p>")),
    "preceding": ("{css: .x, scope: preceding}", _repeated("<p class=x>a</p>")),
    "links after links": ("{css: .x, scope: links}", _repeated("<p class=x><a href=/a>a</a></p>")),
    "closest of nested elements": ("{css: .x, scope: closest .no}", _nested("<div class=x>", "</div>", 1900)),
    "a phrase many times in a box": ("{css: div, text: word}", _repeated(f"<p>word {_WORDS}</p>", "<div>", "</div>")),
    "a phrase many times in nested boxes": ("{css: div, text: word}", _nested("<div>word", "</div>", 1900)),
    "a pattern over a box": ("{css: div, text: word, matches: nie}", _repeated(f"<p>word {_WORDS}</p>", "<div>", "</div>")),
    "a pattern at every depth": ("{css: div, matches: nie}", _nested("<div>word ", "</div>", 1900)),
    "elements of a line": ("{css: b, text: more}", _repeated("<b>more</b> x", "<p>", "</p>")),
    "elements of a line that begin so": ("{css: a, starts: more}", _repeated("<a>more b</a> more ", "<p>", "</p>")),
    "a phrase with unless": ("{css: div, text: word, unless: .y}", _repeated(f"<p>word {_WORDS}</p>", "<div>", "</div>")),
    "few words": ("{css: div, text: word, max_words: 3}", _repeated("<div>word a b c", "", "</div>")),
    "an XPath": ("{xpath: '//p[preceding::p[@y]]'}", _repeated("<p>a</p>")),
    "overlapping phrases": ("{text: aaaa}", _repeated("a", "<p>", "</p>")),
    "a hard pattern": ("{css: p, matches: '(a|b)*a(a|b){40}c'}", _repeated("ab", "<p>", "</p>")),
}  # fmt: skip


# --- archives ----------------------------------------------------------------------------------


def record(body: bytes, headers: bytes = b"Content-Type: text/html\r\n", length: int | None = None) -> bytes:
    """A WARC record of a response."""
    block = b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body
    stated = len(block) if length is None else length
    return (
        (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.example.com/\r\n"
            b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % stated
        )
        + block
        + b"\r\n\r\n"
    )


def packed_zeros(size: int) -> bytes:
    """A gzip member that becomes so many bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        for _ in range(size >> 20 or 1):
            file.write(b" " * min(size, 1 << 20))
    return out.getvalue()


def zstd_zeros(size: int) -> bytes:
    """A zstd frame that becomes so many bytes."""
    import zstandard

    packer = zstandard.ZstdCompressor(level=19).compressobj()
    parts = [packer.compress(b" " * min(size, 1 << 20)) for _ in range(size >> 20 or 1)]
    return b"".join([*parts, packer.flush()])


def _page() -> bytes:
    return f"<html><body><h1>Bridge</h1><p>{_WORDS}</p></body></html>".encode()


def _bomb_in_head(size: int) -> bytes:
    return record(_page(), b"Content-Type: text/html\r\n" + b"X: y\r\n" * (size // 6))


def _zstd_dictionary(size: int) -> bytes:
    frame = zstd_zeros(size)
    return b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame + _zstd(record(_page()))


def _zstd(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(data)


# Makes the bytes of an archive from a size, which is that of the unpacked or stored bytes.
ARCHIVES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "a bomb as body, gzip": ("a.warc", lambda size: record(packed_zeros(size), b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n")),
    "a bomb as body, deflate": ("a.warc", lambda size: record(zlib.compress(b" " * size), b"Content-Type: text/html\r\nContent-Encoding: deflate\r\n")),
    "a bomb as body, zstd": ("a.warc", lambda size: record(zstd_zeros(size), b"Content-Type: text/html\r\nContent-Encoding: zstd\r\n")),
    "a bomb in a bomb": ("a.warc", lambda size: record(gzip.compress(packed_zeros(size)), b"Content-Type: text/html\r\nContent-Encoding: gzip, gzip\r\n")),
    "many codings": ("a.warc", lambda size: record(_page(), b"Content-Type: text/html\r\nContent-Encoding: " + b"gzip," * 8000 + b"\r\n")),
    "a body that hardly packs": ("a.warc", lambda size: record(gzip.compress(noise(size), 1), b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n")),
    "chunks of one byte": ("a.warc", lambda size: record(b"1\r\na\r\n" * (size // 6) + b"0\r\n\r\n", b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n")),
    "a gzip bomb": ("a.warc.gz", packed_zeros),
    "a zstd bomb": ("a.warc.zst", zstd_zeros),
    "a zstd bomb as dictionary": ("a.warc.zst", _zstd_dictionary),
    "a broken zstd dictionary": ("a.warc.zst", lambda size: b"\x5d\x2a\x4d\x18" + (8).to_bytes(4, "little") + b"\x28\xb5\x2f\xfd\0\0\0\0" + _zstd(record(_page()))),
    "a zstd frame with a large window": ("a.warc.zst", lambda size: b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 100 + _zstd(record(_page()))),
    "zeros between members": ("a.warc.gz", lambda size: gzip.compress(record(_page())) + bytes(size) + gzip.compress(record(_page()))),
    "beginnings of gzip members": ("a.warc.gz", lambda size: b"\x1f\x8b\x08" * (size // 3) + gzip.compress(record(_page()))),
    "beginnings of zstd frames": ("a.warc.zst", lambda size: b"\x28\xb5\x2f\xfd" * (size // 4) + _zstd(record(_page()))),
    "a gzip member with an endless name": ("a.warc.gz", lambda size: b"\x1f\x8b\x08\x08\0\0\0\0\0\0" + b"a" * size),
    "members without data": ("a.warc.gz", lambda size: gzip.compress(b"") * (size // 20)),
    "small records": ("a.warc", lambda size: record(b"<p>a") * (size // len(record(b"<p>a")))),
    "records that state the largest length": ("a.warc", lambda size: record(b"<p>a", length=64 << 20) * (size // 240)),
    "records that state a huge length": ("a.warc", lambda size: record(b"<p>a", length=10**15) * (size // 240)),
    "an endless record": ("a.warc", lambda size: record(b"<p>a", length=10**15) + b"x" * size),
    "endless headers": ("a.warc", lambda size: b"WARC/1.0\r\n" + b"X: y\r\n" * (size // 6)),
    "endless HTTP headers": ("a.warc", _bomb_in_head),
    "junk": ("a.warc", lambda size: record(b"<p>a") + b"WARC/1.0" * (size // 8)),
    "white space": ("a.warc", lambda size: record(b"<p>a") + b"\r\n" * (size // 2) + record(b"<p>a")),
    "beginnings of records": ("a.warc", lambda size: b"WARC/1.0\r\n\r\n" * (size // 12)),
    "one line of JSON": ("a.jsonl", lambda size: b'{"html": "' + b"x" * size + b'"}\n{"html": "<p>a"}\n'),
    "JSON lists": ("a.jsonl", lambda size: b"[" * size + b'\n{"html": "<p>a"}\n'),
    "JSON objects": ("a.jsonl", lambda size: b'{"a":' * (size // 5) + b'\n{"html": "<p>a"}\n'),
    "empty lines": ("a.jsonl", lambda size: b"\n" * size + b'{"html": "<p>a"}\n'),
    "small lines": ("a.jsonl", lambda size: b'{"html": "<p>a"}\n' * (size // 17)),
    "a gzip bomb of one line": ("a.jsonl.gz", packed_zeros),
    "a zstd bomb of one line": ("a.jsonl.zst", zstd_zeros),
    "a gzip bomb as page": ("a.html.gz", packed_zeros),
}  # fmt: skip
