"""The blocks of what is left of a page, as columns: what each holds, and the elements it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.view import View
from ..outline import Outline

if TYPE_CHECKING:
    Ints = np.typing.NDArray[np.int64]
    Floats = np.typing.NDArray[np.float64]

# What a character counts as; the bits of a table that is made once.
TEXT, LINKED, SENTENCE_END, COMMA, DIGIT, UPPER, QUOTE, IDEOGRAPH = (1 << bit for bit in range(8))
_SENTENCE_ENDS = ".!?…。！？؟।｡‼⁇"
_COMMAS = ",;:،、，；：·|"
_QUOTES = '"„“”«»‚‘’「」『』'
_MOST_CELLS = 1_000_000  # of a table of groups and elements, which bounds the memory that a large page takes
# The marks of the stream: noncharacters of Unicode.
_MARKS = range(0xFDD0, 0xFDE0)


@lru_cache(maxsize=1)
def _character_table() -> Any:
    table = np.full(0x10000, TEXT, dtype=np.uint8)
    characters = [chr(code) for code in range(0x3001)]
    table[[ord(c) for c in characters if c.isspace()]] = 0
    table[list(_MARKS)] = 0
    table[[ord(c) for c in characters if c.isupper()]] |= UPPER
    table[[ord(c) for c in characters if c.isdecimal()]] |= DIGIT
    for group, bit in ((_SENTENCE_ENDS, SENTENCE_END), (_COMMAS, COMMA), (_QUOTES, QUOTE)):
        table[[ord(c) for c in group]] |= bit
    table[0x3040:0x3100] |= IDEOGRAPH
    table[0x3400:0xA000] |= IDEOGRAPH
    return table


def _running(mask: Any) -> Ints:
    """How many of a mask are true before each place."""
    total = np.zeros(len(mask) + 1, dtype=np.int64)
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
        starts, stops, ends, parents: those of the outline's elements.
    """

    def __init__(self, outline: Outline, view: View) -> None:
        self.outline = outline
        self.view = view
        self.count = len(view.text)
        self.first = np.array(view.first, dtype=np.int64)
        self.last = np.array(view.last, dtype=np.int64)
        self.starts = np.array(outline.starts, dtype=np.int64)
        self.stops = np.array(outline.stops, dtype=np.int64)
        self.ends = np.array(outline.ends, dtype=np.int64)
        self.parents = np.maximum(np.array(outline.parents, dtype=np.int64), 0)
        self.element = self._covering()
        self._flags = self._classify()

    def _covering(self) -> Ints:
        number = np.maximum(np.searchsorted(self.starts, self.first, side="right") - 1, 0)
        while True:
            outside = (self.stops[number] < self.last) & (number > 0)
            if not outside.any():
                return number
            number = np.where(outside, self.parents[number], number)

    def _classify(self) -> Any:
        codes = np.frombuffer(self.outline.stream.encode("utf-32-le", "replace"), dtype=np.uint32)
        flags = _character_table()[np.minimum(codes, 0xFFFF)]
        linked = np.zeros(len(codes) + 1, dtype=np.int8)
        links = self.outline.with_tag("a")
        if links:
            np.add.at(linked, self.starts[links], 1)
            np.subtract.at(linked, self.stops[links], 1)
            flags[np.cumsum(linked[:-1]) > 0] |= LINKED
        self.all_text = _running(flags & TEXT != 0)
        for start, stop in self.view.gone:
            flags[start:stop] = 0
        return flags

    def _running_count(self, *bits: int) -> Ints:
        mask = self._flags & TEXT != 0
        for bit in bits:
            mask = mask & (self._flags & bit != 0)
        return _running(mask)

    @cached_property
    def text_before(self) -> Ints:
        """For each place of the stream: how many characters that are left stand before it."""
        return self._running_count()

    @cached_property
    def linked_before(self) -> Ints:
        """The same for characters in links."""
        return self._running_count(LINKED)

    @cached_property
    def words_before(self) -> Ints:
        """The same for words; an ideograph is one."""
        text = self._flags & TEXT != 0
        begins = text.copy()
        begins[1:] &= ~text[:-1]
        return _running(begins | (self._flags & IDEOGRAPH != 0))

    def share_of(self, bit: int) -> Floats:
        """Which share of each block's characters is of a class."""
        return self.of_blocks(self._running_count(bit)) / self.chars

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
    def words(self) -> Ints:
        """How many words each block has; at least 1."""
        return np.maximum(self.of_blocks(self.words_before), 1)

    @cached_property
    def link_density(self) -> Floats:
        """Which share of each block stands in links."""
        return self.of_blocks(self.linked_before) / self.chars

    def enclosing(self, groups: Sequence[Sequence[int]]) -> Any:
        """For each of some groups of elements and each block: in how many of the group it stands.

        Args:
            groups: the elements' numbers, in any order.
        """
        found = np.zeros((len(groups), self.count), dtype=np.int32)
        elements = len(self.ends) + 1
        at_once = max(_MOST_CELLS // elements, 1)
        for low in range(0, len(groups), at_once):
            some = groups[low : low + at_once]
            numbers = np.array([number for group in some for number in group], dtype=np.int64)
            row = np.repeat(np.arange(len(some)), [len(group) for group in some]) * elements
            size = len(some) * elements
            opened = np.bincount(row + numbers, minlength=size) - np.bincount(row + self.ends[numbers], minlength=size)
            found[low : low + at_once] = np.cumsum(opened.reshape(len(some), elements), axis=1)[:, self.element]
        return found
