"""Markdown: CommonMark, with the pipe tables of GitHub Flavored Markdown.

The words are those of the plain text, in the same order. What Markdown cannot say is left out, words never: definition
lists become paragraphs, tables of any but the simplest kind the paragraphs of their cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from ..outline import preformatted_lines
from ..stream import HEADINGS, PREFORMATTED
from .blocks import Blocks
from .inline import CODE, EMPHASIS, STRONG, Line, Link, escape, escape_start, longest_backticks
from .links import safe_image, safe_link
from .tables import is_simple
from .walk import LINES, Step, walk

_STYLES = {
    "b": STRONG, "strong": STRONG, "dt": STRONG, "summary": STRONG, "em": EMPHASIS, "i": EMPHASIS,
    "code": CODE, "kbd": CODE, "samp": CODE, "tt": CODE,
}  # fmt: skip
_LISTS = frozenset(("ol", "ul", "menu", "dir"))
_CLOSING_MARKS = re.compile("(?<!#)#+$")
_BOLD = re.compile(r"\*\*[^*]+\*\*")
# A picture that small is there to count readers.
_PIXEL = frozenset(("0", "1", "0px", "1px"))


def markdown(elements: Iterable[etree._Element], base: str | None = None) -> str:
    """What a reader sees of elements, as Markdown.

    Args:
        elements: the elements, in page order, none inside another. They themselves are taken as shown.
        base: what relative addresses are relative to; without it they stay as they are.
    """
    writer = _Writer(base)
    for element in elements:
        writer.add(element)
    return writer.text


def markdown_of_lines(text: str) -> str:
    """A text without markup as Markdown: a paragraph for each line that is not empty."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n\n".join(escape_start(escape(line)) for line in lines if line)


@dataclass(slots=True, eq=False)
class _Table:
    node: etree._Element
    rows: list[list[str]] = field(default_factory=list)
    has_head: bool = True  # whether the first row names the columns


class _Writer:
    """Writes blocks, one after the other."""

    def __init__(self, base: str | None) -> None:
        self._base = base
        self._blocks = Blocks()
        self._line = Line()
        self._paragraph: list[str] = []  # the lines of it that a `<br>` has ended
        self._styles = dict.fromkeys((STRONG, EMPHASIS, CODE), 0)  # how many elements ask for each
        self._links: list[Link | None] = []
        # The heading or cell that is one line, whatever is in it; the preformatted element, and its text; the table.
        self._flat: etree._Element | None = None
        self._pre: etree._Element | None = None
        self._code: list[str] = []
        self._table: _Table | None = None

    @property
    def text(self) -> str:
        return self._blocks.text

    def add(self, element: etree._Element) -> None:
        """Write an element."""
        for step, node, text in walk(element):
            if step is Step.TEXT:
                self._add_text(text)
            elif step is Step.OPEN:
                self._open(node)
            elif step is Step.CLOSE:
                self._close(node)
            else:
                self._break()
        self._break()

    # --- lines ---------------------------------------------------------------------------------

    def _add_text(self, text: str) -> None:
        if self._pre is not None:
            self._code.append(text)
        else:
            style = sum(style for style, count in self._styles.items() if count)
            if self._flat is not None and self._table is None:
                style &= ~STRONG  # a heading is bold anyway
            self._line.add(text, style, self._links[-1] if self._links else None)

    def _break(self) -> None:
        """End the block."""
        if self._pre is not None or self._flat is not None:
            self._add_text("\n")
            return
        self._end_line()
        if self._paragraph:
            lines, self._paragraph = self._paragraph, []
            self._blocks.write([f"{line}\\" for line in lines[:-1]] + lines[-1:], is_paragraph=True)

    def _end_line(self) -> None:
        line = self._line.take()
        if line:
            self._paragraph.append(escape_start(line))

    def _line_break(self) -> None:
        """What `<br>` does: it ends the line, two of them the paragraph."""
        if self._pre is not None or self._flat is not None:
            self._add_text("\n")
            return
        count = len(self._paragraph)
        self._end_line()
        if count == len(self._paragraph):
            self._break()

    # --- elements ------------------------------------------------------------------------------

    def _open(self, node: etree._Element) -> None:
        tag = node.tag
        if tag == "br":
            self._line_break()
            return
        if tag in LINES:
            self._break()
        if tag in _STYLES:
            self._styles[_STYLES[tag]] += 1
        if tag == "a":
            address = safe_link(node.get("href"), self._base)
            self._links.append(Link(address) if address else None)
        elif tag == "img":
            self._add_image(node)
        elif self._pre is None and self._flat is None:
            self._open_block(node)

    def _close(self, node: etree._Element) -> None:
        tag = node.tag
        if tag == "br":
            return
        if node is self._flat:
            self._flat = None
            self._end_flat(node)
        elif node is self._pre:
            self._pre = None
            self._end_code()
        elif tag in LINES:
            self._break()
        if tag in _STYLES:
            self._styles[_STYLES[tag]] -= 1
        if tag == "a":
            self._links.pop()
        self._blocks.close(node)
        if self._table is not None and self._table.node is node:
            self._end_table(self._table)

    def _open_block(self, node: etree._Element) -> None:
        tag = node.tag
        if tag in HEADINGS or (self._table is not None and tag in ("td", "th")):
            self._flat = node
        elif tag in PREFORMATTED:
            self._pre = node
        elif tag in _LISTS:
            self._blocks.open_list(node)
        elif tag == "li":
            self._blocks.open_item(node)
        elif tag == "blockquote":
            self._blocks.open_quote(node)
        elif tag == "hr":
            self._blocks.rule()
        elif tag == "table" and is_simple(node):
            self._table = _Table(node)
        elif tag == "tr" and self._table is not None:
            self._table.rows.append([])

    def _add_image(self, node: etree._Element) -> None:
        address = safe_image(node, self._base)
        if (
            address is not None
            and self._pre is None
            and not _PIXEL.intersection((node.get("width"), node.get("height")))
        ):
            self._line.add_image(node.get("alt", ""), address, self._links[-1] if self._links else None)

    # --- what ends with its element --------------------------------------------------------------------------------

    def _end_flat(self, node: etree._Element) -> None:
        line = self._line.take()
        if self._table is not None:
            self._end_cell(self._table, node, line)
        elif line:
            marks = "#" * int(node.tag[1])
            self._blocks.write([f"{marks} " + _CLOSING_MARKS.sub(r"\\\g<0>", line)])

    def _end_cell(self, table: _Table, node: etree._Element, line: str) -> None:
        if len(table.rows) == 1 and not _is_head(node) and not _BOLD.fullmatch(line):
            table.has_head = False
        table.rows[-1].append(line.replace("|", "\\|"))

    def _end_code(self) -> None:
        text, self._code = "".join(self._code), []
        if text.strip():
            fence = "`" * max(3, longest_backticks(text) + 1)
            self._blocks.write([fence, *preformatted_lines(text).split("\n"), fence])

    def _end_table(self, table: _Table) -> None:
        self._table = None
        rows = [row for row in table.rows if any(row)]
        if not rows:
            return
        columns = max(map(len, rows))
        if not table.has_head or rows[0] is not table.rows[0]:
            rows.insert(0, [])
        rows = [row + [""] * (columns - len(row)) for row in rows]
        rows.insert(1, ["---"] * columns)
        self._blocks.write([f"| {' | '.join(row)} |" for row in rows])


def _is_head(cell: etree._Element) -> bool:
    return cell.tag == "th" or any(above.tag == "thead" for above in islice(cell.iterancestors(), 2))
