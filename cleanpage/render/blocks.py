"""Blocks of Markdown, one below the other, in lists and quotes."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

# Lists and quotes inside each other; what is deeper is written on the last level. Every line repeats the marks of all
# levels it is in, and parsers give up after 20, of which a list takes two.
_DEEPEST = 8
_LARGEST_NUMBER = 999_999_999


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


class Blocks:
    """Collects blocks, each with the marks of the lists and quotes it stands in."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._frames: list[_Frame] = []
        self._lists: list[_List] = []
        self._last_frames: tuple[_Frame, ...] = ()  # those of the last block
        self._last_is_paragraph = self._last_is_rule = False

    @property
    def text(self) -> str:
        """All of them."""
        return "\n".join(self._out)

    # --- lists and quotes ----------------------------------------------------------------------

    def open_quote(self, node: etree._Element) -> None:
        """A quote begins."""
        self._open(_Frame(node))

    def close(self, node: etree._Element) -> None:
        """An element ends, of whatever kind."""
        if self._frames and self._frames[-1].node is node:
            self._frames.pop()
        if self._lists and self._lists[-1].node is node:
            self._lists.pop()

    def _open(self, frame: _Frame) -> None:
        if len(self._frames) < _DEEPEST:
            self._frames.append(frame)

    def open_list(self, node: etree._Element) -> None:
        """A list begins."""
        inside = self._lists[-1] if self._lists else None
        if inside is not None and inside.mark and node.getparent() is inside.node:
            # A list right inside of a list belongs to the item before it.
            width = len(self._marker(inside, inside.number - 1))
            self._open(_Frame(node, inside, " " * width, started=True))
        self._lists.append(_List(node, node.tag == "ol", _start(node)))

    def open_item(self, node: etree._Element) -> None:
        """An item of a list begins; one without a list is none."""
        if self._lists and node.getparent() is self._lists[-1].node:
            self._open(_Frame(node, self._lists[-1]))

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

    def write(self, lines: list[str], *, is_paragraph: bool = False) -> None:
        """Write a block.

        Args:
            lines: its lines.
            is_paragraph: whether it is one: only those may an item follow at once.
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
        self._last_frames, self._last_is_paragraph, self._last_is_rule = tuple(frames), is_paragraph, False

    def _is_tight(self, level: int) -> bool:
        """Whether the next block follows the last one without an empty line between: the next item of a list, and the
        first one of a list in an item. Not every list may follow a paragraph so."""
        last, frames = self._last_frames, self._frames
        items = frames[level].items if level < len(frames) else None
        if items is None or not self._last_is_paragraph:
            return False
        if level < len(last):
            return last[level].items is items
        return bool(level) and frames[level - 1].items is not None and (not items.ordered or items.number == 1)

    def rule(self) -> None:
        """Write a line across the page, but not above everything, nor below another."""
        if self._out and not self._last_is_rule:
            self.write(["___"])
            self._last_is_rule = True


def _start(node: etree._Element) -> int:
    """The number of a list's first item."""
    value = node.get("start", "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 1
