"""Markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from lxml import etree

from ..stream import PREFORMATTED
from .links import safe_image, safe_link
from .walk import LINES, Piece, Step, walk

_END_TAG_LEFT_OUT = frozenset("colgroup dd dt li option p tbody td tfoot th thead tr".split())


def html(root: etree._Element, doctype: bool) -> str:
    """A tree as HTML.

    Args:
        root: the root element.
        doctype: whether to write the document type, and comments outside of the root.
    """
    for element in root.iter("*"):
        if element.tag in _END_TAG_LEFT_OUT and not len(element) and not element.text:
            # libxml2 writes no end tag for these when they are empty, and what follows would be read as inside; an
            # empty text makes it write one.
            element.text = ""
    written = etree.tostring(root.getroottree() if doctype else root, method="html", encoding="unicode")
    return written.replace("\r", "&#13;")  # as it stands, it would be read as a line end


def html_of_lines(text: str) -> str:
    """A text without markup as HTML: a paragraph for each line that is not empty."""
    return "\n".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in text.split("\n") if line.strip())


# --- an article ----------------------------------------------------------------------------------

# What an article may hold, and what else may stand in its tags.
_EMPTY = frozenset(("br", "hr", "img"))
_KEPT = _EMPTY | frozenset(
    "a abbr article b bdi bdo blockquote caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
    "i ins kbd li mark ol p pre q rp rt ruby s samp section small strong sub sup table tbody td tfoot th thead time tr "
    "u ul var".split()
)
_COLUMNS = frozenset(("col", "colgroup"))  # nothing but columns may stand where they do
_NUMBER = re.compile(r"-?\d{1,9}", re.A)
_WORD = re.compile(r"[\w:.+ -]{1,60}", re.A)
_TEXT = re.compile(".*", re.S)
# The attributes that stay besides addresses: what their values may be, and the elements; None is any.
_ATTRIBUTES: dict[str, tuple[re.Pattern[str], frozenset[str] | None]] = {
    "lang": (_WORD, None),
    "dir": (re.compile("ltr|rtl|auto", re.I), None),
    "datetime": (_WORD, frozenset(("time", "del", "ins"))),
    "title": (_TEXT, frozenset(("abbr", "dfn"))),
    "alt": (_TEXT, frozenset(("img",))),
    "width": (_NUMBER, frozenset(("img",))),
    "height": (_NUMBER, frozenset(("img",))),
    "start": (_NUMBER, frozenset(("ol",))),
    "value": (_NUMBER, frozenset(("li",))),
    "colspan": (_NUMBER, frozenset(("td", "th"))),
    "rowspan": (_NUMBER, frozenset(("td", "th"))),
}


def article_html(elements: Iterable[etree._Element], base: str | None = None) -> str:
    """What a reader sees of elements, as HTML that is safe to show: without scripts, styles, forms, frames and whatever
    else is not on a short list of elements and attributes. Elements that are not on it lose their tags; those that end
    a line become `div` or `pre`. The words are those of the plain text.

    Args:
        elements: the elements, in page order, none inside another. They themselves are taken as shown.
        base: what relative addresses are relative to; without it they stay as they are.
    """
    writer = _Writer(base)
    return "\n".join(filter(None, map(writer.written, elements)))


def inherited(element: etree._Element) -> str:
    """The attributes, as they are written in a tag, that hold for an element because one around it has them: the
    language, and which way it is written."""
    around = (element, *element.iterancestors())
    written = ""
    for name in ("lang", "dir"):
        value = next(filter(None, (one.get(name) for one in around)), "")
        if _ATTRIBUTES[name][0].fullmatch(value):
            written += f' {name}="{escape(value)}"'
    return written


class _Writer:
    def __init__(self, base: str | None) -> None:
        self._base = base
        self._out: list[str] = []
        self._links: list[bool] = []  # the open links, and which of them is written
        # Whether the line has text so far, and whether something that is not shown ended it.
        self._begun = self._broken = False

    def written(self, element: etree._Element) -> str:
        """One element as HTML."""
        for piece in walk(element):
            self._add(piece)
        text, self._out = "".join(self._out), []
        return text

    def _add(self, piece: Piece) -> None:
        node = piece.node
        if piece.step is Step.BREAK:
            self._broken = self._begun
            return
        if piece.step is Step.TEXT:
            if self._broken and not piece.text.isspace():
                self._out.append("<br>")
                self._broken = False
            self._begun = self._begun or not piece.text.isspace()
            self._out.append(escape(piece.text, quote=False))
            return
        if node.tag in LINES:
            self._begun = self._broken = False
        self._out.append(self._open(node) if piece.step is Step.OPEN else self._close(node))

    def _open(self, node: etree._Element) -> str:
        tag = _kept_as(node)
        if not tag:
            return ""
        attributes = dict(self._attributes(node))
        if tag == "a":
            # A link inside of a link is none.
            self._links.append("href" in attributes and True not in self._links)
            if not self._links[-1]:
                return ""
        if tag == "img" and "src" not in attributes:
            return ""
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        return f"<{tag}{written}>"

    def _close(self, node: etree._Element) -> str:
        tag = _kept_as(node)
        if tag == "a" and not self._links.pop():
            return ""
        return f"</{tag}>" if tag and tag not in _EMPTY else ""

    def _attributes(self, node: etree._Element) -> Iterator[tuple[str, str]]:
        if node.tag == "img":
            source = safe_image(node, self._base, data=True)
            if source is not None:
                yield "src", source
        elif node.tag == "a":
            address = safe_link(node.get("href"), self._base)
            if address is not None:
                yield "href", address
        for name, (pattern, tags) in _ATTRIBUTES.items():
            value = node.get(name)
            if value is not None and (tags is None or node.tag in tags) and pattern.fullmatch(value):
                yield name, value


def _kept_as(node: etree._Element) -> str:
    """What an element is written as; empty for one that loses its tags."""
    tag: str = node.tag
    if tag == "p" and any(child.tag in LINES and child.tag != "br" for child in node):
        return "div"  # a block would end the paragraph
    if tag in _KEPT:
        return tag
    if tag in PREFORMATTED:
        return "pre"
    return "div" if tag in LINES and tag not in _COLUMNS else ""
