"""The blocks of what is left of a page, as columns: what each holds, and the elements it stands in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..characters import COMMA, DIGIT, IDEOGRAPH, LINE_MARK, NOT_TEXT, QUOTE, SENTENCE_END, UPPER
from ..engine.view import View
from ..outline import Outline

if TYPE_CHECKING:
    Ints = np.typing.NDArray[np.signedinteger[Any]]
    Floats = np.typing.NDArray[np.float64]

# The classes of characters of which blocks have shares.
_SHARES = (SENTENCE_END, COMMA, DIGIT, UPPER, QUOTE, IDEOGRAPH)
# How many elements around a block are described, and up to which height they are looked at at all.
LEVELS, HIGHEST = 5, 40
_MOST_CELLS = 1_000_000  # of a table of groups and blocks, which bounds the memory that a large page takes


def _running(mask: Any) -> Ints:
    """How many of a mask are true before each place."""
    total = np.zeros(len(mask) + 1, dtype=np.int32)
    np.cumsum(mask, out=total[1:])
    return total


class Blocks:
    """The blocks of a view, as columns.

    Args:
        outline: the page.
        view: what is left of it.

    Attributes:
        count: how many blocks there are.
        first, last: the range of the stream each stands in.
        element: the number of the smallest element that holds each.
        starts, stops, ends, parents: those of the outline's elements; the first element is its own parent.
    """

    def __init__(self, outline: Outline, view: View) -> None:
        self.outline = outline
        self.view = view
        self.count = len(view.text)
        self.first = np.array(view.first, dtype=np.intp)
        self.last = np.array(view.last, dtype=np.intp)
        self.starts, self.stops, self.ends = outline.opens, outline.closes, outline.last_inside
        self.parents = np.maximum(outline.above, 0)
        self.element = self._covering()
        self._characters = self._left()

    def _covering(self) -> Ints:
        number = np.maximum(np.searchsorted(self.starts, self.first, side="right") - 1, 0)
        while True:
            outside = (self.stops[number] < self.last) & (number > 0)
            if not outside.any():
                return number
            number = np.where(outside, self.parents[number], number)

    def _left(self) -> Any:
        """What the characters of the stream count as, without those that are gone."""
        characters = self.outline.characters
        if self.view.gone:
            characters = characters.copy()
            for start, stop in self.view.gone:
                characters[start:stop] = LINE_MARK
        return characters

    @cached_property
    def _is_text(self) -> Any:
        return self._characters & NOT_TEXT == 0

    @cached_property
    def text_before(self) -> Ints:
        """For each place of the stream: how many characters that are left stand before it."""
        return _running(self._is_text)

    @cached_property
    def linked_before(self) -> Ints:
        """The same for characters in links."""
        links = self.outline.with_tag("a")
        if not links:
            return np.zeros(len(self._characters) + 1, dtype=np.int32)
        starts, stops = self.starts[links], self.stops[links]
        # Links within others add nothing.
        reached = np.maximum.accumulate(stops)
        outer = np.append(True, starts[1:] >= reached[:-1])
        borders = np.column_stack((starts[outer], stops[outer])).ravel()
        lengths = np.diff(borders, prepend=0, append=len(self._characters))
        linked = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
        return _running(self._is_text & linked)

    @cached_property
    def removed_before(self) -> Ints:
        """For each block: how many characters that stood before it are gone."""
        return np.searchsorted(self.outline.text_places, self.first) - self.text_before[self.first]

    @cached_property
    def words(self) -> Ints:
        """How many words each block has; at least 1. An ideograph is one."""
        begins = self._is_text.copy()
        begins[1:] &= ~self._is_text[:-1]
        if self.outline.has_ideographs:
            begins |= self._characters & IDEOGRAPH != 0
        return np.maximum(self.of_blocks(_running(begins)), 1)

    @cached_property
    def shares(self) -> Floats:
        """Which share of each block's characters are ends of sentences, commas, digits, capitals, quotes and
        ideographs, a row for each."""
        some = np.flatnonzero(self._characters & sum(_SHARES))
        classes = self._characters[some] & np.array(_SHARES, dtype=np.uint8)[:, None] != 0
        before = np.zeros((len(_SHARES), len(some) + 1), dtype=np.int32)
        np.cumsum(classes, axis=1, out=before[:, 1:])
        low, high = np.searchsorted(some, self.first), np.searchsorted(some, self.last)
        return (before[:, high] - before[:, low]) / self.chars

    def of_blocks(self, before: Ints) -> Ints:
        """A running count, for each block."""
        return before[self.last] - before[self.first]

    def of_elements(self, before: Ints) -> Ints:
        """A running count, for each element."""
        return before[self.stops] - before[self.starts]

    @cached_property
    def chars(self) -> Ints:
        """How many characters each block has, without white space; at least 1."""
        return np.maximum(self.of_blocks(self.text_before), 1)

    @cached_property
    def linked_chars(self) -> Ints:
        """How many of them stand in links."""
        return self.of_blocks(self.linked_before)

    @cached_property
    def link_density(self) -> Floats:
        """Which share of each block stands in links."""
        return self.linked_chars / self.chars

    @cached_property
    def element_text(self) -> Ints:
        """How many characters that are left each element holds."""
        return self.of_elements(self.text_before)

    @cached_property
    def element_linked(self) -> Ints:
        """How many of them stand in links."""
        return self.of_elements(self.linked_before)

    @cached_property
    def first_inside(self) -> Ints:
        """For each element the first block that begins in it or after it."""
        return np.searchsorted(self.first, self.starts)

    @cached_property
    def chain(self) -> Any:
        """For each block the element that holds it, in the row below the one around that, and so on, to the height
        where only the first element is left: but at least `LEVELS`, and at most `HIGHEST` rows."""
        highest = int(self.outline.depths[self.element].max(initial=0)) + 1
        chain = np.empty((min(max(highest, LEVELS), HIGHEST), self.count), dtype=np.intp)
        chain[0] = self.element
        for level in range(1, len(chain)):
            self.parents.take(chain[level - 1], out=chain[level], mode="clip")
        return chain

    def sums_around(self, elements: Ints, values: Ints) -> Ints:
        """For each block the sum of whole numbers that elements around it have.

        Args:
            elements: numbers of elements.
            values: what each of them has.
        """
        low, high = self._inside
        size = self.count + 1
        opened = np.bincount(low[elements], values, size) - np.bincount(high[elements], values, size)
        return np.cumsum(opened).astype(np.int64)[:-1]

    @cached_property
    def _inside(self) -> tuple[Ints, Ints]:
        """For each element the blocks that stand in it: the first of them, and the one after the last."""
        low = self.first_inside
        return low, np.maximum(np.searchsorted(self.last, self.stops, side="right"), low)

    def enclosing(self, rows: Ints, elements: Ints, count: int) -> Any:
        """For each of some groups of elements and each block: in how many of the group it stands.

        Args:
            rows: numbers of groups, one for each of `elements`.
            elements: numbers of elements.
            count: how many groups there are.
        """
        low, high = self._inside
        found = np.zeros((count, self.count), dtype=np.int32)
        width = self.count + 1
        at_once = max(_MOST_CELLS // width, 1)
        for begin in range(0, count, at_once):
            some = slice(None) if at_once >= count else (rows >= begin) & (rows < begin + at_once)
            few = min(at_once, count - begin)
            place = (rows[some] - begin) * width
            opened = np.bincount(place + low[elements[some]], minlength=few * width)
            opened -= np.bincount(place + high[elements[some]], minlength=few * width)
            found[begin : begin + few] = opened.reshape(few, width).cumsum(axis=1)[:, :-1]
        return found
