"""Ranges of the stream are taken out of the tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

import numpy
from lxml import etree

from ..outline import Outline, glues
from .view import Range, View, subtract, within

# No page can hold an element of this name: HTML has no namespaces.
_REMOVED = "{cleanpage}removed"


def prune(outline: Outline, ranges: list[Range], view: View) -> None:
    """Remove ranges from a page's tree.

    Where a text would run on into the next one, the first element of a range stays, emptied, to keep them apart: as a
    `<br>` between two lines, as a blank between two words.

    Args:
        outline: the page.
        ranges: merged ranges of its stream; each begins and ends between elements or texts.
        view: what is left of the page without them.
    """
    pruning = _Pruning(outline, ranges, view)
    # Most ranges are whole elements. The others cover some of an element's children: looked at once for each
    # element, however many ranges it has.
    partly: defaultdict[int, list[Range]] = defaultdict(list)
    for start, stop in ranges:
        number = bisect_left(outline.starts, start + 1)
        if number < len(outline.starts) and outline.starts[number] == start + 1 and outline.stops[number] + 1 == stop:
            pruning.remove(number)
        else:
            partly[outline.covering(start, stop)].append((start, stop))
    waiting = list(partly.items())
    while waiting:
        waiting += pruning.remove_children(*waiting.pop())
    etree.strip_elements(outline.elements[0], _REMOVED, with_tail=False)


class _Pruning:
    def __init__(self, outline: Outline, ranges: list[Range], view: View) -> None:
        self.outline = outline
        self.ranges = ranges
        self.gone = view.gone
        left = _Left(outline, view.gone)
        self.separators = {start: tag for start, stop in ranges if (tag := _separator(start, stop, view, left))}

    def remove(self, number: int) -> None:
        """Take an element out, or leave what keeps its neighbours apart."""
        outline = self.outline
        element = outline.elements[number]
        separator = ""
        if self.separators:
            place = bisect_right(self.ranges, (outline.starts[number], -1)) - 1
            separator = self.separators.pop(self.ranges[place][0], "")
        if separator:
            element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs do not know it
            element.tag = separator
            element.text = " " if separator == "span" else None
        else:
            element.tag = _REMOVED

    def remove_children(self, number: int, ranges: list[Range]) -> list[tuple[int, list[Range]]]:
        """Take out the children and texts of an element that lie in the ranges; returns the children, with their part
        of the ranges, that lie in them in part."""
        outline = self.outline
        element = outline.elements[number]
        deeper: list[tuple[int, list[Range]]] = []
        # The text nodes between two elements: where they begin in the stream, and whose text or tail they are.
        position = outline.starts[number]
        holders: list[tuple[etree._Element, str]] = [(element, "text")]
        for node in element:
            child = outline.numbers.get(node)
            if child is None:  # a comment
                holders.append((node, "tail"))
                continue
            start, stop = outline.starts[child] - 1, outline.stops[child] + 1
            self._empty(position, start, holders, ranges)
            if within(start, stop, ranges):
                self.remove(child)
            elif inside := _overlapping(start + 1, stop - 1, ranges):
                deeper.append((child, inside))
            position, holders = stop, [(node, "tail")]
        self._empty(position, outline.stops[number], holders, ranges)
        return deeper

    def _empty(self, start: int, stop: int, holders: list[tuple[etree._Element, str]], ranges: list[Range]) -> None:
        """Drop the text between two elements if all its words lie in the ranges."""
        if _overlapping(start, stop, ranges) and not self.outline.raw(subtract(start, stop, self.gone)).strip():
            for node, name in holders:
                setattr(node, name, None)


class _Left:
    """The characters of a page that are left, marks aside: looked up, so that a line with gaps is not read for each.

    Args:
        outline: the page.
        gone: merged ranges of its stream that are not left.
    """

    def __init__(self, outline: Outline, gone: list[Range]) -> None:
        self._stream = outline.stream
        self._places = outline.character_places
        if gone:
            starts, stops = numpy.array(gone).T
            # A place is gone if more ranges have begun up to it than have ended.
            begun = numpy.searchsorted(starts, self._places, side="right")
            ended = numpy.searchsorted(stops, self._places, side="right")
            self._places = self._places[begun == ended]

    def before(self, place: int, limit: int) -> str:
        """The last character before a place, not before `limit`; empty if there is none."""
        number = int(numpy.searchsorted(self._places, place)) - 1
        return self._at(number) if number >= 0 and self._places[number] >= limit else ""

    def behind(self, place: int, limit: int) -> str:
        """The first character from a place on, before `limit`; empty if there is none."""
        number = int(numpy.searchsorted(self._places, place))
        return self._at(number) if number < len(self._places) and self._places[number] < limit else ""

    def _at(self, number: int) -> str:
        return self._stream[self._places[number]]


def _separator(start: int, stop: int, view: View, left: _Left) -> str:
    """What must stay in place of a range: `br`, `span` for a blank, or nothing."""
    outline = view.outline
    before = bisect_right(view.first, start) - 1
    if before < 0:
        return ""
    if view.last[before] > start:  # within a block that is left in part
        one, other = left.before(start, view.first[before]), left.behind(stop, view.last[before])
        return "span" if glues(one, other) and outline.has_text(start, stop) else ""
    if before + 1 == len(view.first):
        return ""
    between = subtract(view.last[before], view.first[before + 1], view.gone)
    return "" if outline.ends_line(between) else "br"


def _overlapping(start: int, stop: int, ranges: list[Range]) -> list[Range]:
    """The parts of merged ranges that lie between two places."""
    low = max(bisect_right(ranges, (start, stop)) - 1, 0)
    near = ranges[low : bisect_left(ranges, (stop, stop))]
    return [(max(a, start), min(b, stop)) for a, b in near if a < stop and b > start]
