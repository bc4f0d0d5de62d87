"""Bytes or text become a tree: the only place that decodes and parses.

The encoding is found in the order of the WHATWG HTML standard (byte order mark, the protocol's charset,
`<meta>`), then by trying UTF-8, then by a detector. Parsing is libxml2's, without network, without entity
expansion, and within limits that are met with `PageError`.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import date as Date
from typing import Any

from lxml import etree

from .errors import PageError

# libxml2 stops at an element nested deeper than this, and drops what follows.
PARSER_DEPTH = 2048


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a page may be. What is beyond is refused with `PageError` before it can cost much.

    Attributes:
        max_bytes: length of the input, in bytes (characters for `str` input).
        max_nodes: elements in the parsed page.
        max_depth: levels of nesting; the parser itself follows at most `PARSER_DEPTH`.
    """

    max_bytes: int = 64 * 1024 * 1024
    max_nodes: int = 1_000_000
    max_depth: int = PARSER_DEPTH

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_nodes", "max_depth"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if self.max_depth > PARSER_DEPTH:
            raise ValueError(f"max_depth can be at most {PARSER_DEPTH}: the parser itself stops there")


@dataclass(frozen=True, slots=True)
class Page:
    """A page with what is known of it, for what takes many pages.

    Attributes:
        html: the page; bytes are decoded as browsers do it.
        url: its address, which chooses the publisher's rules.
        date: the day it was fetched, for rules that hold for a time.
        encoding: overrides what the page says of itself.
        content_type: the HTTP header of that name.
    """

    html: bytes | str
    url: str | None = None
    date: Date | None = None
    encoding: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page.

    Attributes:
        root: the tree's root element; the tree belongs to this document alone.
        encoding: the encoding the bytes were read with, None for `str` input.
        has_doctype: whether the page has a document type of its own (the parser gives every tree one).
    """

    root: etree._Element
    encoding: str | None
    has_doctype: bool = False


def parse(
    html: bytes | str, *, encoding: str | None = None, content_type: str | None = None, limits: Limits | None = None
) -> Document:
    """Parse a page.

    Args:
        html: the page.
        encoding: overrides everything the page says about itself. Only for bytes.
        content_type: the value of the HTTP header, such as `text/html; charset=utf-8`.
        limits: how large the page may be.

    Raises:
        PageError: no page, or one beyond the limits.
        LookupError: `encoding` names no encoding that Python knows.
    """
    limits = limits or Limits()
    if len(html) > limits.max_bytes:
        raise PageError(
            "bytes",
            f"the page has {len(html):,} bytes, more than the {limits.max_bytes:,} allowed by max_bytes",
            value=len(html),
            maximum=limits.max_bytes,
        )
    name: str | None
    if isinstance(html, str):
        name, data = None, _utf8(html.removeprefix("\ufeff"))
    elif isinstance(html, (bytes, bytearray, memoryview)):
        name, data = decode(bytes(html), encoding, content_type)
    else:
        raise TypeError(f"a page is bytes or str, not {type(html).__name__}")
    if not data or data.isspace():
        raise PageError("empty", "the page is empty")
    # Half of all `<` open an element at most; a page far beyond that need not be built to be refused.
    if len(data) > 4 * limits.max_nodes and (opened := data.count(b"<")) > 4 * limits.max_nodes:
        raise _too_many_nodes(opened, limits)
    if b"\0" in data:
        data = data.replace(b"\0", b"")  # as browsers do in text; libxml2 would put U+FFFD in its place
    data = _end_once(data)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise PageError("markup", f"the page cannot be parsed: {error}") from error
    if root is None:
        raise PageError("empty", "the page has no content")
    last_error = parser.error_log.last_error
    if last_error is not None and last_error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        check_depth(PARSER_DEPTH + 1, limits)
    _join_roots(root)
    _end_head(root)
    _write_out_raw(root)
    return Document(root, name, _DOCTYPE.search(data, 0, _SNIFF) is not None)


def _join_roots(root: etree._Element) -> None:
    """Let a page have one root. After `<html/>`, which closes nothing for browsers, libxml2 begins another."""
    others = [other for other in root.itersiblings() if isinstance(other.tag, str)]
    for other in others:
        root.append(other)
    if others:
        etree.strip_tags(root, "html")


def _write_out_raw(root: etree._Element) -> None:
    """Replace the elements whose text is read as it stands, without references: libxml2 writes it with them, and would
    read something else the next time. The first two show their text, the others do not."""
    for element in list(root.iter("xmp", "plaintext")):
        element.tag = "textarea"
    for element in root.iter("iframe", "noembed", "noframes"):
        element.text = None


# What may stand in a head (HTML standard, "in head"); whatever else opens, the body begins with it.
_IN_HEAD = "base basefont bgsound link meta noframes noscript script style template title".split()
_BEYOND_HEAD: Any = etree.XPath(f"head/*[not({' or '.join(f'self::{tag}' for tag in _IN_HEAD)})][1]")


def _end_head(root: etree._Element) -> None:
    """Let the body begin where the standard does. libxml2 leaves what it does not know, such as `article`, in the head
    if nothing before it has opened the body."""
    found = _BEYOND_HEAD(root)
    if not found:
        return
    head = found[0].getparent()
    moved = head[head.index(found[0]) :]
    body = root.find("body")
    if body is None:
        body = etree.Element("body")
        head.addnext(body)
    if body.text:
        moved[-1].tail = joined(moved[-1].tail, body.text)
        body.text = None
    body[0:0] = moved


# What a parsed page may hold, and lxml does not let a text be set to.
_NOT_SETTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def joined(one: str | None, other: str | None) -> str:
    """Two texts of a page as one that an element can be given: characters that cannot be, which nobody sees, are left
    out, or are a blank where they are white space."""
    return _NOT_SETTABLE.sub(lambda found: " " if found[0].isspace() else "", (one or "") + (other or ""))


_ENDING = re.compile(rb"<(?P<close>/?)script|</(?:body|html)\s*>", re.I)
_END = re.compile(rb"</html")
# No part is read twice, whatever follows: what else comments could be is not tried.
_NOTHING = re.compile(rb"(?:\s++|<!--(?>.*?-->))*+", re.S)


def _end_once(data: bytes) -> bytes:
    """Browsers read what stands after `</html>` as a part of the body, libxml2 drops it: where there is anything, the
    end tags, which are optional, are taken out."""
    last = data.rfind(b"</html")
    # A compiled expression finds the first one in half the time that `find` takes.
    first = _END.search(data)
    if first is None or (first.start() == last and _NOTHING.fullmatch(data, data.find(b">", last) + 1)):
        return data
    parts, done, in_script = [], 0, False
    for match in _ENDING.finditer(data):
        if match["close"] is not None:
            in_script = not match["close"]
        elif not in_script:  # within a script the words are no tag
            parts.append(data[done : match.start()])
            done = match.end()
    return b"".join([*parts, data[done:]])


def check_depth(depth: int, limits: Limits) -> None:
    """Raise `PageError` if elements nested `depth` deep are beyond the limits."""
    if depth > limits.max_depth:
        raise PageError(
            "depth",
            f"elements are nested deeper than the {limits.max_depth:,} levels that max_depth allows",
            value=depth,
            maximum=limits.max_depth,
        )


def _too_many_nodes(count: int, limits: Limits) -> PageError:
    return PageError(
        "nodes",
        f"the page has about {count:,} elements, more than the {limits.max_nodes:,} allowed by max_nodes",
        value=count,
        maximum=limits.max_nodes,
    )


def check_nodes(count: int, limits: Limits) -> None:
    """Raise `PageError` if a tree of `count` elements is beyond the limits."""
    if count > limits.max_nodes:
        raise _too_many_nodes(count, limits)


# --- encoding ----------------------------------------------------------------------------------

# The encodings of the WHATWG Encoding Standard, and UTF-32, by Python's names.
_ENCODINGS = frozenset(
    "ascii big5 big5hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp874 cp932 cp949 "
    "euc_jp euc_kr gb18030 gb2312 gbk hz iso2022_jp iso8859-1 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 "
    "iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 koi8-r koi8-u mac-cyrillic mac-roman "
    "shift_jis tis-620 utf-16 utf-16-be utf-16-le utf-32 utf-32-be utf-32-le utf-8".split()
)
# File signatures of what crawls store under a page's name: pictures, archives, documents, programs.
_SIGNATURES = (
    b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd",
    b"\x7fELF", b"MZ\x90", b"OggS", b"ID3", b"wOFF", b"wOF2", b"\x00\x00\x01\x00", b"7z\xbc\xaf", b"\xfd7zXZ",
    b"\x00asm", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
# Bytes that no text has: the "binary data bytes" of the WHATWG MIME Sniffing standard, without NUL, which
# broken pages contain and UTF-16 consists of.
_BINARY = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_SNIFF = 4096
_DOCTYPE = re.compile(rb"<!doctype\s", re.I)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAYBE_DECLARED = re.compile(rb"charset|encoding", re.I)


def decode(data: bytes, encoding: str | None = None, content_type: str | None = None) -> tuple[str, bytes]:
    """Find the encoding of a page's bytes.

    Returns:
        The encoding's name and the same page as UTF-8, without byte order mark.

    Raises:
        PageError: the bytes are a picture, an archive or another binary file.
        LookupError: `encoding` is unknown.
    """
    if encoding is not None:
        known = _known_encoding(encoding)
        if known is None:
            raise LookupError(f"{encoding!r} is no encoding of web pages; see the WHATWG Encoding Standard")
        return known, _recode(_without_bom(data), known)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name, _recode(data[len(bom) :], name)
    _refuse_binary(data)
    declared, by_protocol = _declared(data, content_type)
    if declared is not None and (by_protocol or declared == "utf-8"):
        return declared, _recode(data, declared)
    # Crawls store pages as UTF-8 that still declare what they were sent in. No text in another encoding is valid
    # UTF-8 by chance, unless it is all ASCII.
    if _is_utf8(data) and (declared is None or not data.isascii()):
        return "utf-8", data
    if declared is not None:
        return declared, _recode(data, declared)
    name = _detect(data)
    return name, _recode(data, name)


def _without_bom(data: bytes) -> bytes:
    for bom, _ in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :]
    return data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _recode(data: bytes, name: str) -> bytes:
    if name == "utf-8":
        return data  # the parser puts U+FFFD for what is not valid
    try:
        return _utf8(data.decode(name, "replace"))
    except (UnicodeError, LookupError, AssertionError):  # codecs that know no "replace", or are none for text
        return data.decode("utf-8", "replace").encode()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return _SURROGATE.sub("\ufffd", text).encode()


def _refuse_binary(data: bytes) -> None:
    head = data[:_SNIFF]
    nothing_like_markup = b"<" not in head
    signed = head.startswith(_SIGNATURES)
    strange = len(head) - len(head.translate(None, _BINARY))
    # A page may hold a stray control character; a file in which they are common is no page.
    if signed or strange > len(head) // 10 or (nothing_like_markup and strange > len(head) // 100 + 2):
        raise PageError("binary", "the input is a binary file, not a page")


def _declared(data: bytes, content_type: str | None) -> tuple[str | None, bool]:
    """The encoding that the protocol or the page declares, under the names that browsers give them, and whether it
    was the protocol."""
    if content_type is None and not _MAYBE_DECLARED.search(data, 0, _SNIFF):
        return None, False
    from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

    name = _known_encoding(http_content_type_encoding(content_type)) if content_type else None
    if name is not None:
        return name, True
    name = _known_encoding(html_body_declared_encoding(data[:_SNIFF]))
    if name is not None and name.startswith(("utf-16", "utf-32")):
        name = "utf-8"  # a declaration that can be read byte by byte cannot be true
    return name, False


def _known_encoding(name: str | None) -> str | None:
    """Python's name of an encoding that web pages may have, None for any other (Python knows many that are no
    encodings of text, and some that take quadratic time)."""
    if name is None:
        return None
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found in _ENCODINGS else None


def _detect(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Enough for a guess, and bounded: the detector's cost grows with what it reads.
    best = from_bytes(re.sub(rb"<[^<>]*>", b" ", data[:65536])[:16384]).best()
    return codecs.lookup(best.encoding).name if best is not None else "cp1252"
