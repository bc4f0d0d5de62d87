"""Running text: what tells an article's paragraphs from lists of links, labels and buttons."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from ..outline import Outline, count_words
from .view import View

# A block of at least so many words, less than half of it links, counts as prose.
PROSE_WORDS = 15


class Prose:
    """Tells which blocks of a page are prose. Judged on the page as it came, so that removals change no answer.

    Args:
        outline: the page.
        whole: the page before anything was removed.
    """

    def __init__(self, outline: Outline, whole: View) -> None:
        self.outline = outline
        self.whole = whole
        self._known: dict[int, int] = {}

    def words(self, start: int, stop: int, now: View) -> int:
        """How many words of prose are left in a range of the stream."""
        low, high = now.inside(start, stop)
        return sum(map(self._at, now.first[low:high]))

    def of_blocks(self, now: View) -> list[int]:
        """For each block that is left: its words if it is prose, else 0."""
        if now is self.whole:
            return list(map(self._of, range(len(now.text))))
        return list(map(self._at, now.first))

    def paragraphs(self, start: int, stop: int, now: View) -> int:
        """How many blocks of prose are left in a range of the stream."""
        low, high = now.inside(start, stop)
        if now is self.whole:
            return sum(self._of(block) > 0 for block in range(low, high))
        return sum(self._at(first) > 0 for first in now.first[low:high])

    @cached_property
    def all_words(self) -> int:
        """How many words of prose the page had when it came."""
        return sum(map(self._of, range(len(self.whole.text))))

    def _at(self, first: int) -> int:
        whole = self.whole.first
        block = bisect_left(whole, first)
        return self._of(block) if block < len(whole) and whole[block] == first else 0

    def _of(self, block: int) -> int:
        """The words of a block if it is prose, else 0."""
        known = self._known.get(block)
        if known is None:
            text = self.whole.text[block]
            words = count_words(text) if len(text) >= PROSE_WORDS else 0
            known = words if words >= PROSE_WORDS and 2 * self.linked(block) < len(text) else 0
            self._known[block] = known
        return known

    def linked(self, block: int) -> int:
        """How many characters of a block stand in links."""
        outline, whole = self.outline, self.whole
        start, stop = whole.first[block], whole.last[block]
        around = outline.covering(start, stop)
        if any(outline.elements[number].tag == "a" for number in (around, *outline.ancestors(around))):
            return len(whole.text[block])
        linked = 0
        number, end = bisect_left(outline.starts, start, lo=around), outline.ends[around]
        # Elements that open right before the block's first character are in it, too.
        while number - 1 > around and outline.stops[number - 1] > start:
            number -= 1
        while number < end and outline.starts[number] <= stop:
            if outline.elements[number].tag == "a":
                linked += outline.stops[number] - max(outline.starts[number], start)
            number += 1
        return linked

    def only_links(self, start: int, stop: int) -> bool:
        """Whether a range holds text, and all its blocks stand in links for the most part."""
        whole = self.whole
        low, high = whole.inside(start, stop)
        return low < high and all(10 * self.linked(block) >= 7 * len(whole.text[block]) for block in range(low, high))
