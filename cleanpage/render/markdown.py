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

from ..outline import HEADINGS, PREFORMATTED, preformatted_lines
from .inline import CODE, EMPHASIS, STRONG, Line, Link, escape, escape_start, longest_backticks
from .links import safe_image, safe_link
from .tables import is_simple
from .walk import LINES, Step, walk

_STYLES = {
    "b": STRONG, "strong": STRONG, "dt": STRONG, "summary": STRONG, "em": EMPHASIS, "i": EMPHASIS,
    "code": CODE, "kbd": CODE, "samp": CODE, "tt": CODE,
}  # fmt: skip
_LISTS = frozenset(("ol", "ul", "menu", "dir"))
# Lists and quotes inside each other; what is deeper is written on the last level. Every line repeats the marks of all
# levels it is in, and parsers give up after 20, of which a list takes two.
_DEEPEST = 8
_CLOSING_MARKS = re.compile("(?<!#)#+$")
_LARGEST_NUMBER = 999_999_999
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
class _List:
    node: etree._Element
    ordered: bool
    number: int = 1  # of the next item
    mark: str = ""  # `-` or `*`, `.` or `)`: chosen when the first item is written


@dataclass(slots=True, eq=False)
class _Frame:
    """What stands before every line of a quote or of a list's item."""

    node: etree._Element
    items: _List | None = None  # the list of which it is an item
    prefix: str = "> "
    started: bool = False


@dataclass(slots=True, eq=False)
class _Table:
    node: etree._Element
    rows: list[list[str]] = field(default_factory=list)
    has_head: bool = True  # whether the first row names the columns


class _Writer:
    """Writes blocks, one after the other."""

    def __init__(self, base: str | None) -> None:
        self._base = base
        self._out: list[str] = []
        self._last_frames: tuple[_Frame, ...] = ()  # those of the last block
        self._last_kind = ""
        self._frames: list[_Frame] = []
        self._lists: list[_List] = []
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
        return "\n".join(self._out)

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
            self._write([f"{line}\\" for line in lines[:-1]] + lines[-1:], "paragraph")

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
        if self._frames and self._frames[-1].node is node:
            self._frames.pop()
        if self._lists and self._lists[-1].node is node:
            self._lists.pop()
        elif self._table is not None and self._table.node is node:
            self._end_table(self._table)

    def _open_block(self, node: etree._Element) -> None:
        tag = node.tag
        if tag in HEADINGS or (self._table is not None and tag in ("td", "th")):
            self._flat = node
        elif tag in PREFORMATTED:
            self._pre = node
        elif tag in _LISTS:
            self._open_list(node)
        elif tag == "li":
            self._open_item(node)
        elif tag == "blockquote":
            self._open_frame(_Frame(node))
        elif tag == "hr":
            if self._out and self._last_kind != "rule":
                self._write(["___"], "rule")
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

    # --- lists and quotes ----------------------------------------------------------------------

    def _open_frame(self, frame: _Frame) -> None:
        if len(self._frames) < _DEEPEST:
            self._frames.append(frame)

    def _open_list(self, node: etree._Element) -> None:
        inside = self._lists[-1] if self._lists else None
        if inside is not None and inside.mark and node.getparent() is inside.node:
            # A list right inside of a list belongs to the item before it.
            width = len(self._marker(inside, inside.number - 1))
            self._open_frame(_Frame(node, inside, " " * width, started=True))
        self._lists.append(_List(node, node.tag == "ol", _start(node)))

    def _open_item(self, node: etree._Element) -> None:
        if self._lists and node.getparent() is self._lists[-1].node:
            self._open_frame(_Frame(node, self._lists[-1]))

    def _marker(self, items: _List, number: int) -> str:
        return f"{number}{items.mark} " if items.ordered else f"{items.mark} "

    def _start_item(self, frame: _Frame, items: _List, level: int) -> str:
        """The mark of a new item, on a level of frames."""
        if not items.mark:
            # Two lists in a row need different marks, or they would be one.
            before = self._last_frames[level].items if level < len(self._last_frames) else None
            first, second = (".", ")") if items.ordered else ("-", "*")
            taken = before is not None and before.ordered == items.ordered and before.mark == first
            items.mark = second if taken else first
        marker = self._marker(items, items.number)
        items.number = min(items.number + 1, _LARGEST_NUMBER)
        frame.prefix = " " * len(marker)
        return marker

    # --- blocks --------------------------------------------------------------------------------

    def _write(self, lines: list[str], kind: str) -> None:
        """Write a block.

        Args:
            lines: its lines.
            kind: what it is; only what another block may follow at once is a `paragraph`.
        """
        frames = self._frames
        level = next((level for level, frame in enumerate(frames) if not frame.started), len(frames))
        before = "".join(frame.prefix for frame in frames[:level])
        if self._out and not self._is_tight(level):
            self._out.append(before.rstrip())
        first = before
        for place in range(level, len(frames)):
            frame = frames[place]
            frame.started = True
            first += self._start_item(frame, frame.items, place) if frame.items is not None else frame.prefix
        rest = "".join(frame.prefix for frame in frames)
        self._out.append(first + lines[0])
        self._out += [rest + line if line else rest.rstrip() for line in lines[1:]]
        self._last_frames, self._last_kind = tuple(frames), kind

    def _is_tight(self, level: int) -> bool:
        """Whether the next block follows the last one without an empty line between: the next item of a list, and the
        first one of a list in an item. Not every list may follow a paragraph so."""
        last, frames = self._last_frames, self._frames
        items = frames[level].items if level < len(frames) else None
        if items is None or self._last_kind != "paragraph":
            return False
        if level < len(last):
            return last[level].items is items
        return bool(level) and frames[level - 1].items is not None and (not items.ordered or items.number == 1)

    def _end_flat(self, node: etree._Element) -> None:
        line = self._line.take()
        if self._table is not None:
            self._end_cell(self._table, node, line)
        elif line:
            marks = "#" * int(node.tag[1])
            self._write([f"{marks} " + _CLOSING_MARKS.sub(r"\\\g<0>", line)], "heading")

    def _end_cell(self, table: _Table, node: etree._Element, line: str) -> None:
        if len(table.rows) == 1 and not _is_head(node) and not _BOLD.fullmatch(line):
            table.has_head = False
        table.rows[-1].append(line.replace("|", "\\|"))

    def _end_code(self) -> None:
        text, self._code = "".join(self._code), []
        if text.strip():
            fence = "`" * max(3, longest_backticks(text) + 1)
            self._write([fence, *preformatted_lines(text).split("\n"), fence], "code")

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
        self._write([f"| {' | '.join(row)} |" for row in rows], "table")


def _is_head(cell: etree._Element) -> bool:
    return cell.tag == "th" or any(above.tag == "thead" for above in islice(cell.iterancestors(), 2))


def _start(node: etree._Element) -> int:
    """The number of a list's first item."""
    value = node.get("start", "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 1
