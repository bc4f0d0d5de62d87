"""What is left of a page: its text blocks without the ranges that were removed or are hidden."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from ..outline import Outline, count_words
from ..rules.phrases import fold_blocks

Range = tuple[int, int]


def merge(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order, those that touch or overlap joined."""
    merged: list[Range] = []
    for start, stop in sorted(ranges):
        if merged and start <= merged[-1][1]:
            if stop > merged[-1][1]:
                merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    return merged


def subtract(start: int, stop: int, holes: list[Range]) -> list[Range]:
    """A range without the merged `holes`."""
    left = []
    for place in range(max(bisect_right(holes, (start,)) - 1, 0), len(holes)):
        hole_start, hole_stop = holes[place]
        if hole_start >= stop:
            break
        if hole_stop <= start:
            continue
        if hole_start > start:
            left.append((start, hole_start))
        start = hole_stop
    if start < stop:
        left.append((start, stop))
    return left


def within(start: int, stop: int, ranges: list[Range]) -> bool:
    """Whether a range lies in one of the merged `ranges`."""
    place = bisect_right(ranges, (start, stop))
    if place < len(ranges) and ranges[place][0] == start and ranges[place][1] >= stop:
        return True
    return place > 0 and ranges[place - 1][0] <= start and ranges[place - 1][1] >= stop


class View:
    """The blocks that are left.

    Attributes:
        text: each block's text.
        first, last: the range of the stream each one stands in.
        origin: the number each one had on the whole page, -1 for one that has lost a part of itself.
    """

    def __init__(self, outline: Outline, gone: list[Range], before: View | None = None) -> None:
        self.outline = outline
        self.gone = gone
        self.text: list[str] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.origin: list[int] = []
        self._cut(outline, gone)
        self._known = before._folded_by_origin if before is not None else {}

    def _cut(self, outline: Outline, gone: list[Range]) -> None:
        texts, firsts, lasts = outline.blocks, outline.block_first, outline.block_last
        done = 0
        for start, stop in gone:
            # The blocks that overlap the range; the first of them may begin before it.
            low = bisect_right(firsts, start) - 1
            low = max(low if low >= 0 and lasts[low] > start else low + 1, done)
            high = bisect_left(firsts, stop, lo=low)
            self._take(range(done, low))
            for number in range(low, high):
                if firsts[number] < start or lasts[number] > stop:
                    self._take_part(number, gone)
            done = max(done, high)
        self._take(range(done, len(texts)))

    def _take(self, numbers: range) -> None:
        part = slice(numbers.start, numbers.stop)
        self.text += self.outline.blocks[part]
        self.first += self.outline.block_first[part]
        self.last += self.outline.block_last[part]
        self.origin += numbers

    def _take_part(self, number: int, gone: list[Range]) -> None:
        start, stop = self.outline.block_first[number], self.outline.block_last[number]
        left = subtract(start, stop, gone)
        text = self.outline.spaced(self.outline.raw(left), start)
        if text:
            self.text.append(text)
            self.first.append(left[0][0])
            self.last.append(left[-1][1])
            self.origin.append(-1)

    # --- folded text ---------------------------------------------------------------------------

    @cached_property
    def folded(self) -> list[str]:
        """Each block's folded text."""
        known = self._known
        if not known:
            folded = fold_blocks("\n".join(self.text)).split("\n")
            # Preformatted blocks have lines of their own.
            return folded if len(folded) == len(self.text) else [_fold_one(block) for block in self.text]
        return [
            known[origin] if origin in known else _fold_one(block)
            for origin, block in zip(self.origin, self.text, strict=True)
        ]

    @cached_property
    def _folded_by_origin(self) -> dict[int, str]:
        return {origin: text for origin, text in zip(self.origin, self.folded, strict=True) if origin >= 0}

    @cached_property
    def joined(self) -> str:
        """The folded blocks with a blank between them: where phrases are searched."""
        return " ".join(self.folded)

    @cached_property
    def offsets(self) -> list[int]:
        """Where each block begins in `joined`, and where one after the last would."""
        return [0, *(end + number for number, end in enumerate(accumulate(map(len, self.folded)), 1))]

    @cached_property
    def seams(self) -> list[int]:
        """The blocks that have lost a part of themselves, or the block that stood before them."""
        origin = self.origin
        return [
            block for block, number in enumerate(origin) if number < 0 or (block and origin[block - 1] != number - 1)
        ]

    def is_new(self, first: int, last: int) -> bool:
        """Whether a run of blocks did not stand like this on the whole page."""
        place = bisect_right(self.seams, first)
        return self.origin[first] < 0 or (place < len(self.seams) and self.seams[place] <= last)

    # --- measures ------------------------------------------------------------------------------

    def inside(self, start: int, stop: int) -> tuple[int, int]:
        """The blocks that begin in a range of the stream: first, and one after the last."""
        low = bisect_left(self.first, start)
        return low, bisect_left(self.first, stop, lo=low)

    def lines(self, start: int, stop: int) -> list[str]:
        """The text that is left in a range of the stream, block by block."""
        low, high = self.inside(start, stop)
        if self._is_whole(low, high, start, stop):
            return self.text[low:high]
        if low > 0 and self.last[low - 1] > start:
            low -= 1
        lines = []
        for number in range(low, high):
            first, last = max(self.first[number], start), min(self.last[number], stop)
            text = " ".join(self.outline.raw(subtract(first, last, self.gone)).split())
            if text:
                lines.append(text)
        return lines

    def pieces(self, ranges: Iterable[Range]) -> list[str]:
        """The text that is left in several ranges, block by block."""
        return [line for start, stop in ranges for line in self.lines(start, stop)]

    def folded_text(self, start: int, stop: int) -> str:
        """The folded text that is left in a range of the stream, blocks joined by blanks."""
        low, high = self.inside(start, stop)
        if self._is_whole(low, high, start, stop):
            return self.joined[self.offsets[low] : max(self.offsets[high] - 1, 0)]
        return fold_blocks(" ".join(self.lines(start, stop)).replace("\n", " "))

    def _is_whole(self, low: int, high: int, start: int, stop: int) -> bool:
        """Whether the blocks `low` to `high` are all that is left in a range, with nothing of them outside."""
        return (low == 0 or self.last[low - 1] <= start) and (high == low or self.last[high - 1] <= stop)

    def words(self, start: int, stop: int) -> int:
        """How many words are left in a range of the stream."""
        low, high = self.inside(start, stop)
        if self._is_whole(low, high, start, stop):
            return self.block_words(low, high)
        return sum(map(count_words, self.lines(start, stop)))

    def block_words(self, low: int, high: int) -> int:
        """How many words the blocks `low` to `high` have."""
        before = self.words_before
        return before[high] - before[low]

    @cached_property
    def words_before(self) -> list[int]:
        """How many words stand before each block, and how many in all."""
        known = self.outline.block_words
        pairs = zip(self.origin, self.text, strict=True)
        return [0, *accumulate([known[o] if o >= 0 else count_words(text) for o, text in pairs])]

    def changed(self, block: int) -> bool:
        """Whether a block has lost a part of itself."""
        return self.origin[block] < 0

    @cached_property
    def headings(self) -> list[tuple[int, int, int]]:
        """The headings that have text left: number, first block, one after the last."""
        outline = self.outline
        found = []
        for number, _ in outline.headings:
            low, high = self.inside(outline.starts[number], outline.stops[number])
            if low < high:
                found.append((number, low, high))
        return found

    def first_heading(self, number: int) -> tuple[int, int] | None:
        """The blocks of the first heading with text inside an element."""
        place = bisect_left(self.headings, (number, 0, 0))
        if place < len(self.headings) and self.headings[place][0] < self.outline.ends[number]:
            return self.headings[place][1:]
        return None


def _fold_one(text: str) -> str:
    return fold_blocks(text.replace("\n", " ")).replace("\n", " ")
