"""Which tables can be written row by row."""

from __future__ import annotations

from lxml import etree

from ..stream import BREAKING, PREFORMATTED, UNSEEN

_STRUCTURE = {
    "table": frozenset(("caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr")),
    "thead": frozenset(("tr",)),
    "tbody": frozenset(("tr",)),
    "tfoot": frozenset(("tr",)),
    "tr": frozenset(("td", "th")),
    "colgroup": frozenset(("col",)),
}
_CELLS = frozenset(("td", "th"))
# What may break lines in a cell that is to be one line, and how often.
_IN_CELL = frozenset(("p", "div", "br", "center"))
_MOST_LINES = 3
# Rows of very different length would make more empty cells than there are others.
_MOST_EMPTY = 4


def is_simple(table: etree._Element) -> bool:
    """Whether a table is a grid of at least two columns whose cells are short lines.

    Tables for layout, with cells that span several rows or columns, or with tables, lists or headings inside, are not.
    """
    columns: list[int] = []
    lines = 0
    for node in table.iter(etree.Element):
        tag = node.tag
        if tag in _STRUCTURE:
            if node is not table and tag == "table":
                return False
            if not _holds_only(node, _STRUCTURE[tag]):
                return False
            if tag == "tr":
                columns.append(0)
        elif tag in _CELLS:
            if not columns or _spans(node):
                return False
            columns[-1] += 1
            lines = 0
        elif tag == "caption":
            if table[0] is not node:
                return False
            lines = 0
        elif tag != "col" and (tag in BREAKING or tag in PREFORMATTED):
            lines += 1
            if tag not in _IN_CELL or lines > _MOST_LINES:
                return False
    most = max(columns, default=0)
    return most > 1 and len(columns) > 1 and most * len(columns) <= _MOST_EMPTY * sum(columns)


def _holds_only(node: etree._Element, tags: frozenset[str]) -> bool:
    if node.text and not node.text.isspace():
        return False
    return all(
        (not isinstance(child.tag, str) or child.tag in tags or child.tag in UNSEEN)
        and (not child.tail or child.tail.isspace())
        for child in node
    )


def _spans(cell: etree._Element) -> bool:
    return any(cell.get(name, "1").strip() not in ("", "1") for name in ("colspan", "rowspan"))
