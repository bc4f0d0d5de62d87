"""Running text: what tells an article's paragraphs from lists of links, labels and buttons."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import accumulate

from ..outline import Outline
from .view import View

# A block of at least so many words, less than half of it links, counts as prose.
PROSE_WORDS = 15


class _Counts:
    """How much prose the blocks of a view hold.

    Attributes:
        view: what is left of the page.
        words: for each block, its words if it is prose, else 0.
    """

    def __init__(self, view: View, words: list[int]) -> None:
        self.view = view
        self.words = words

    @cached_property
    def words_before(self) -> list[int]:
        """How many words of prose stand before each block, and how many in all."""
        return [0, *accumulate(self.words)]

    @cached_property
    def paragraphs_before(self) -> list[int]:
        """How many blocks of prose stand before each block, and how many in all."""
        return [0, *accumulate(map(bool, self.words))]


class Prose:
    """Tells which blocks of a page are prose. Judged on the page as it came, so that removals change no answer.

    Args:
        outline: the page.
        whole: the page before anything was removed.
    """

    def __init__(self, outline: Outline, whole: View) -> None:
        self.outline = outline
        self.whole = whole
        self._counts: _Counts | None = None  # of the view that was asked for last

    def words(self, start: int, stop: int, now: View) -> int:
        """How many words of prose are left in a range of the stream."""
        low, high = now.inside(start, stop)
        before = self._of(now).words_before
        return before[high] - before[low]

    def of_blocks(self, now: View) -> list[int]:
        """For each block that is left: its words if it is prose, else 0."""
        return self._of(now).words

    def paragraphs(self, start: int, stop: int, now: View) -> int:
        """How many blocks of prose are left in a range of the stream."""
        low, high = now.inside(start, stop)
        before = self._of(now).paragraphs_before
        return before[high] - before[low]

    @cached_property
    def all_words(self) -> int:
        """How many words of prose the page had when it came."""
        return sum(self._by_place.values())

    def _of(self, now: View) -> _Counts:
        counts = self._counts
        if counts is None or counts.view is not now:
            known = self._by_place
            counts = self._counts = _Counts(now, [known.get(first, 0) for first in now.first])
        return counts

    @cached_property
    def _by_place(self) -> dict[int, int]:
        """The words of each block that is prose, by the place where it begins."""
        whole = self.whole
        words = whole.words_before
        return {
            first: count
            for block, first in enumerate(whole.first)
            if (count := words[block + 1] - words[block]) >= PROSE_WORDS
            and 2 * self.linked(block) < len(whole.text[block])
        }

    def linked(self, block: int) -> int:
        """How many characters of a block stand in links."""
        outline, whole = self.outline, self.whole
        start, stop = whole.first[block], whole.last[block]
        around = outline.covering(start, stop)
        if any(outline.tag(number) == "a" for number in (around, *outline.ancestors(around))):
            return len(whole.text[block])
        linked = 0
        number, end = bisect_left(outline.starts, start, lo=around), outline.ends[around]
        # Elements that open right before the block's first character are in it, too.
        while number - 1 > around and outline.stops[number - 1] > start:
            number -= 1
        while number < end and outline.starts[number] <= stop:
            if outline.tag(number) == "a":
                linked += outline.stops[number] - max(outline.starts[number], start)
            number += 1
        return linked

    def only_links(self, start: int, stop: int) -> bool:
        """Whether a range holds text, and all its blocks stand in links for the most part."""
        whole = self.whole
        low, high = whole.inside(start, stop)
        return low < high and all(10 * self.linked(block) >= 7 * len(whole.text[block]) for block in range(low, high))
