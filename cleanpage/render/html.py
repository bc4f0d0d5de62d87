"""Markup."""

from __future__ import annotations

from html import escape

from lxml import etree

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
    return etree.tostring(root.getroottree() if doctype else root, method="html", encoding="unicode")


def html_of_lines(text: str) -> str:
    """A text without markup as HTML: a paragraph for each line that is not empty."""
    return "\n".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in text.split("\n") if line.strip())
