"""Inputs spoiled: truncated, bits flipped, spliced, attributes shuffled, wrapped, white space changed, comments put in …

Every function takes a source of random numbers first, so that an input can be made again. Any object like
`random.Random` will do, also one of Hypothesis (`strategies.randoms(use_true_random=False)`), which then makes the
input smaller when it has found a fault.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[Random, bytes], bytes]

# What breaks readers of markup, text and YAML, put in anywhere.
TOKENS = [
    b"<", b">", b"</", b"/>", b"<!--", b"-->", b"--!>", b"<!", b"<?", b"?>", b"<![CDATA[", b"]]>", b"&", b"&#", b"&#x",
    b"&#0;", b"&#xD800;", b"&#x110000;", b"&amp", b"&notit;", b"&NotEqualTilde;", b"&#128;", b"&#xFDD0;", b"&#xFFFE;",
    b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
    b"\xef\xb7\x90", b"\xef\xb7\x96", b"\xef\xb7\x97", b"\xef\xbf\xbe", b"\xe2\x80\xae", b"\xe2\x80\x8d", b"\xcc\x81",
    b"\xc2\xad", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\r", b"\x7f", b"\xef\xb7\xba", b"\xc4\xb0",
    b"<script>", b"</script>", b"<style>", b"</style>", b"<textarea>", b"<title>", b"<plaintext>", b"<xmp>", b"<pre>",
    b"<template>", b"<template shadowrootmode=open>", b"</template>", b"<noscript>", b"</noscript>", b"<svg>", b"<math>",
    b"<svg><foreignObject>", b"<math><mi>", b"<frameset>", b"<body>", b"<html>", b"<head>", b"</body>", b"</html>",
    b"<table>", b"<tr>", b"<td>", b"</table>", b"<caption>", b"<select>", b"<option>", b"<form>", b"<a>", b"<b>", b"<p>",
    b"<li>", b"<dd>", b"<ruby>", b"<rp>", b"<image>", b"<isindex>", b"<dialog>", b"<dialog open>", b"<details>",
    b"<x-y>", b"<o:p>", b"<\xc3\xa4>", b"<h1>", b"</h1>", b"<br>", b"</br>", b"</p>", b"<div hidden>", b"<slot>",
    b'<div id="S:0" hidden>', b'<template id="B:0">', b'<div style="display:none">', b'<p class="ad newsletter paywall">',
    b'<script type="application/ld+json">{"@type":"Article","articleBody":"', b'"}</script>', b'<meta charset="utf-16">',
    b'<meta charset="shift_jis">', b'<base href="//x">', b'<html data-cleanpage="article">', b'<a href="javascript:x">',
    b"Advertisement", b"Subscribe now", b"Bitte deaktivieren Sie Ihren Adblocker", b"Lesen Sie auch:", b"Newsletter",
    b"{", b"}", b"[", b"]", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b":", b": ", b",", b"- ", b"? ", b"| ", b">-\n",
    b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"%YAML 9.9\n", b"---\n", b"...\n", b"\t", b"#", b"@", b"`",
    b"null", b"~", b"1e999", b"-0", b"99999999999999999999", b"2024-02-30", b":not(", b":has(", b":is(", b":nth-child(",
    b"[class*=", b"::before", b">", b"+", b" ~ ", b"|", b"*", b"//*", b"/..", b"ancestor::", b"re:test(", b"$x",
    b"WARC/1.0\r\n", b"\r\n\r\n", b"Content-Length: ", b"Content-Length: -1\r\n", b"Content-Encoding: gzip\r\n",
    b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1 200 OK\r\n", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18",
]  # fmt: skip
_TAG = re.compile(rb"<([a-zA-Z][^\s<>/]{0,40})((?:\s[^<>]{0,2000})?)>")
_ATTRIBUTE = re.compile(rb"[^\s=\"'<>]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_TEXT = re.compile(rb">[^<]+<")
_CHARSETS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "iso8859-2", "cp1251", "koi8-r", "shift_jis",
    "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr", "cp1255", "cp1256", "utf-32",
)  # fmt: skip
_WRAPPERS = (
    b"div", b"section", b"article", b"table><tr><td", b"blockquote", b"b", b"a href=/x", b"noscript", b"template",
    b"details", b"dialog", b"main", b"aside class=related", b"div hidden", b"pre", b"ul><li", b"svg", b"form", b"x-box",
    b"div class='article-body'", b"html", b"body", b"head", b"center", b"font", b"select", b"button", b"textarea",
)  # fmt: skip
_SPACES = (b" ", b"\n", b"\t", b"\r\n", b"\f", b"  \n  ", b"\xc2\xa0", b"\xe3\x80\x80", b"\xe2\x80\xa8", b"\x0b", b"")


def _place(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def _span(random: Random, data: bytes, most: int = 400) -> tuple[int, int]:
    start = _place(random, data)
    return start, min(start + random.randint(0, most), len(data))


# --- bytes -------------------------------------------------------------------------------------


def truncated(random: Random, data: bytes) -> bytes:
    place = _place(random, data)
    return data[:place] if random.randint(0, 2) else data[place:]


def bits_flipped(random: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if out:
            out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def bytes_changed(random: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(random.choice((1, 2, 8))):
        if out:
            out[random.randrange(len(out))] = random.randrange(256)
    return bytes(out)


def cut_out(random: Random, data: bytes) -> bytes:
    start, stop = _span(random, data)
    return data[:start] + data[stop:]


def repeated(random: Random, data: bytes) -> bytes:
    start, stop = _span(random, data, 60)
    return data[:stop] + data[start:stop] * random.choice((1, 2, 10, 100)) + data[stop:]


def moved(random: Random, data: bytes) -> bytes:
    start, stop = _span(random, data)
    part, rest = data[start:stop], data[:start] + data[stop:]
    place = _place(random, rest)
    return rest[:place] + part + rest[place:]


def tokens_put_in(random: Random, data: bytes) -> bytes:
    for _ in range(random.choice((1, 1, 2, 5))):
        place = _place(random, data)
        data = data[:place] + random.choice(TOKENS) + data[place:]
    return data


def spliced(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one with the end of another, or a part of one within another."""
    if random.randint(0, 1):
        return data[: _place(random, data)] + other[_place(random, other) :]
    start, stop = _span(random, other, 2000)
    place = _place(random, data)
    return data[:place] + other[start:stop] + data[place:]


# --- markup ------------------------------------------------------------------------------------


def _some(random: Random, pattern: re.Pattern[bytes], data: bytes, change: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Change some of what a pattern finds."""
    share = random.choice((0.02, 0.2, 1.0))
    return pattern.sub(lambda found: change(found) if random.random() < share else found[0], data)


def attributes_shuffled(random: Random, data: bytes) -> bytes:
    def shuffled(found: re.Match[bytes]) -> bytes:
        attributes = _ATTRIBUTE.findall(found[2])
        random.shuffle(attributes)
        if attributes and not random.randint(0, 3):
            attributes.append(random.choice(attributes))  # twice
        return b"<" + b" ".join([found[1], *attributes]) + b">"

    return _some(random, _TAG, data, shuffled)


def attributes_put_in(random: Random, data: bytes) -> bytes:
    new = (
        b" hidden", b" class=ad", b" class='related teaser'", b" id=comments", b" style='display:none'", b" style=''",
        b" class", b" class='\n\t'", b" hidden=until-found", b" open", b" =x", b" a=b a=c", b" data-x='\xef\xb7\x90'",
        b" class='x' class='y'", b" itemprop=author", b" rel='next nofollow'", b" colspan=999999999", b" dir=rtl", b" href",
    )  # fmt: skip
    return _some(random, _TAG, data, lambda found: b"<" + found[1] + random.choice(new) + found[2] + b">")


def tags_changed(random: Random, data: bytes) -> bytes:
    """Elements get the names of others, are not closed, or closed twice."""

    def changed(found: re.Match[bytes]) -> bytes:
        kind = random.randint(0, 3)
        if kind == 0:
            return b""
        if kind == 1:
            return found[0] * 2
        if kind == 2:
            return b"</" + found[1] + b">"
        return b"<" + random.choice(_WRAPPERS).split(b">")[0] + found[2] + b">"

    return _some(random, _TAG, data, changed)


def wrapped(random: Random, data: bytes) -> bytes:
    start, stop = _span(random, data, max(len(data), 1))
    if random.randint(0, 1):
        start, stop = 0, len(data)
    opening, closing = b"", b""
    for _ in range(random.choice((1, 1, 3, 60))):
        name = random.choice(_WRAPPERS)
        opening += b"<" + name + b">"
        closing = b"".join(b"</" + part.split()[0] + b">" for part in reversed(name.split(b"><"))) + closing
    if not random.randint(0, 3):
        closing = b""
    return data[:start] + opening + data[start:stop] + closing + data[stop:]


def spaces_changed(random: Random, data: bytes) -> bytes:
    return _some(random, re.compile(rb"\s+"), data, lambda found: random.choice(_SPACES))


def comments_put_in(random: Random, data: bytes) -> bytes:
    comment = random.choice(
        (b"<!-- x -->", b"<!---->", b"<!-->", b"<!--[if IE]>x<![endif]-->", b"<!-- <p>x -->", b"<?php x ?>")
    )
    return _some(random, _TEXT, data, lambda found: found[0][:1] + comment + found[0][1:-1] + comment + b"<")


def characters_written_out(random: Random, data: bytes) -> bytes:
    """Characters of texts as references, of every form."""

    def written(found: re.Match[bytes]) -> bytes:
        text = found[0][1:-1].decode("utf-8", "replace")
        forms = ("&#{};", "&#{}", "&#x{:x};", "&#X{:X}")
        return b">" + "".join(random.choice(forms).format(ord(c)) for c in text).encode() + b"<"

    return _some(random, _TEXT, data, written)


def escaped(random: Random, data: bytes) -> bytes:
    return html.escape(data.decode("utf-8", "replace")).encode()


def recoded(random: Random, data: bytes) -> bytes:
    """In another encoding, which the page may know nothing of."""
    text = data.decode("utf-8", "replace")
    return text.encode(random.choice(_CHARSETS), random.choice(("replace", "ignore", "xmlcharrefreplace")))


def misread(random: Random, data: bytes) -> bytes:
    """As UTF-8 of what somebody has read in the wrong encoding."""
    return data.decode(random.choice(("cp1252", "cp1251", "latin-1")), "replace").encode()


def with_charset(random: Random, data: bytes) -> bytes:
    name = random.choice((*_CHARSETS, "x-user-defined", "utf-7", "idna", "zlib", "unicode_escape", "rot13", "\0", ""))
    return b'<meta charset="' + name.encode() + b'">' + data


BYTES: list[Mutation] = [truncated, bits_flipped, bytes_changed, cut_out, repeated, moved, tokens_put_in]
MARKUP: list[Mutation] = [
    attributes_shuffled, attributes_put_in, tags_changed, wrapped, spaces_changed, comments_put_in,
    characters_written_out, escaped, recoded, misread, with_charset,
]  # fmt: skip


def mutated(random: Random, data: bytes, others: Sequence[bytes], *, markup: bool = True) -> bytes:
    """An input spoiled in one way or several.

    Args:
        random: where random numbers come from.
        data: the input.
        others: inputs that parts may be taken from.
        markup: whether it is markup, so that it can be spoiled as such.
    """
    for _ in range(random.choice((1, 1, 2, 3))):
        if others and not random.randint(0, 7):
            data = spliced(random, data, random.choice(others))
        else:
            kinds = MARKUP if markup and random.randint(0, 1) else BYTES
            data = random.choice(kinds)(random, data)
    return data


# --- made from nothing -------------------------------------------------------------------------

_WORDS = (
    b"council bridge Monday river Anzeige Newsletter abonnieren Teilen Read also: \xd0\xb4\xd0\xbe\xd0\xbc \xd7\xa9\xd7\x9c"
    b"\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xe6\x88\x91\xe4\xbb\xac \xe0\xb8\xaa\xe0\xb8\xa7 e\xcc\x81 2024-01-01 "
    b"&amp; &nbsp; &lt;b&gt; \xc2\xad \xe2\x80\xa6 *a* _b_ [c](d) # | ` 0:00"
).split(b" ")
_TAGS = (
    b"div p p p span a b i em h1 h2 h3 ul ol li table tr td th tbody caption dl dt dd section article aside main nav "
    b"header footer figure figcaption img br hr pre code textarea select option button input form label iframe script "
    b"style template noscript svg math path title meta link base video audio source object embed canvas details summary "
    b"dialog ruby rt rp blockquote q cite time address small sub sup font center marquee frameset frame plaintext xmp "
    b"listing x-box o:p my-element slot portal h7 image isindex keygen menuitem rb rtc wbr"
).split()


def made(random: Random, depth: int = 5) -> bytes:
    """Markup that nobody wrote: elements of every name in one another, closed as it happens."""
    parts: list[bytes] = []
    for _ in range(random.randint(1, 6)):
        kind = random.randint(0, 9)
        if kind <= 3 or not depth:
            parts.append(b" ".join(random.choice(_WORDS) for _ in range(random.choice((1, 3, 20)))))
        elif kind == 4:
            parts.append(random.choice(TOKENS))
        else:
            tag = random.choice(_TAGS)
            opening = attributes_put_in(random, b"<" + tag + b">")
            closing = b"</" + (tag if random.randint(0, 5) else random.choice(_TAGS)) + b">"
            parts.append(opening + made(random, depth - 1) + (closing if random.randint(0, 6) else b""))
    return b"".join(parts)
