"""A page or a text as blocks, with what is known of each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from ..engine.clean import Cleaning
from ..engine.lines import TextCleaning
from ..engine.view import Range, View, merge
from ..outline import count_words, ideographs
from ..result import Removal
from .notices import Piece
from .vocabulary import Vocabulary, vocabulary

# A block of so many words is a paragraph, of so many if it ends as a sentence does. In scripts without blanks two
# characters count as a word.
_PARAGRAPH, _SENTENCE = 12, 6
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", '."', '!"', '?"', '".')
# No paragraph stands in these: what does is a caption, an entry of a list, a heading, or what goes with it.
_NO_PARAGRAPHS = frozenset("figure figcaption li dl address h1 h2 h3 h4 h5 h6 hgroup table".split())
# What has more words is no caption, whatever it is called, and what holds it is none further up either.
_LONGEST_ASIDE, _MOST_LEVELS = 90, 6


class Sheet:
    """A page or a text, as blocks.

    Args:
        pieces: the blocks, in their order.
        paragraphs: for each, its words if it is a paragraph of the article, else 0.
        heads: the places among the blocks where headlines end, in their order.
        reach: gives for a range of blocks the one after the last block of the part of the page they stand in.
    """

    def __init__(
        self, pieces: list[Piece], paragraphs: list[int], heads: list[int], reach: Callable[[int, int], int]
    ) -> None:
        self.pieces = pieces
        self.paragraphs = paragraphs
        self.heads = heads
        self.reach = reach
        self.words = sum(piece.words for piece in pieces if piece.article)
        self._before = [0, *accumulate(paragraphs)]
        self._article = [number for number, piece in enumerate(pieces) if piece.article]

    def prose(self, start: int, stop: int) -> int:
        """How many words the paragraphs in a range of blocks have."""
        return self._before[max(stop, start)] - self._before[start]

    def begin(self, stop: int) -> int | None:
        """Where what a notice at a place would stop begins: after the headline before it, or with the article."""
        place = bisect_right(self.heads, stop)
        if place:
            return self.heads[place - 1]
        return self._article[0] if self._article and self._article[0] < stop else None

    def between(self, begin: int, stop: int) -> range:
        """The blocks between the article's last one, or its headline, and a notice."""
        place = bisect_left(self._article, stop)
        last = self._article[place - 1] if place else -1
        return range(max(last + 1, begin), stop)


def sheet_of_text(cleaning: TextCleaning) -> Sheet:
    """The lines of a text that was extracted before, those that were removed among them."""
    kept = set(cleaning.left)
    pieces = [
        Piece(text, count_words(text), number in kept, *_reason(cleaning.removed.get(number)), number, number + 1)
        for number, text in enumerate(cleaning.folded)
        if text
    ]
    return Sheet(pieces, [_prose_words(piece) for piece in pieces], [0], lambda start, stop: len(pieces))


def _reason(removal: Removal | None) -> tuple[str, str]:
    return (removal.category, removal.rule) if removal is not None else ("", "")


def sheet_of_page(cleaning: Cleaning, chosen: Iterable[int]) -> Sheet:
    """The blocks of a page, those that were removed among them.

    Args:
        cleaning: the page, with its rules applied.
        chosen: which of the blocks that are left are the article.
    """
    outline, left = cleaning.outline, cleaning.view
    whole = View(outline, merge(outline.hidden))
    article = merge((left.first[place], left.last[place]) for place in chosen)
    reason = _reasons(cleaning)
    pieces = [
        Piece(text, count_words(text), _overlaps(first, last, article), *reason(first, last), first, last)
        for text, first, last in zip(whole.folded, whole.first, whole.last, strict=True)
    ]
    asides = _Asides(whole, vocabulary())
    prose = list(map(_prose_words, pieces))
    paragraphs = [0 if words and asides.hold(piece) else words for words, piece in zip(prose, pieces, strict=True)]
    heads = [high for number, _, high in whole.headings if outline.tag(number) == "h1"]

    def reach(start: int, stop: int) -> int:
        box = outline.covering(pieces[start].first, pieces[stop - 1].last)
        return bisect_left(whole.first, outline.stops[box])

    return Sheet(pieces, paragraphs, heads, reach)


def _reasons(cleaning: Cleaning) -> Callable[[int, int], tuple[str, str]]:
    """Gives for a range of the stream as what it was removed, and by which rule; empty for what is left."""
    removed = sorted(
        (part, taken.match.rule.category, taken.match.name) for taken in cleaning.taken for part in taken.ranges
    )
    starts = [part[0] for part, _, _ in removed]

    def reason(first: int, last: int) -> tuple[str, str]:
        place = bisect_right(starts, first) - 1
        return removed[place][1:] if place >= 0 and removed[place][0][1] >= last else ("", "")

    return reason


class _Asides:
    """Tells which blocks go with a text and are none: captions, entries of lists, notes about authors."""

    def __init__(self, whole: View, words: Vocabulary) -> None:
        self.whole = whole
        self.outline = whole.outline
        self.words = words
        # As the page has them: asking for its markup may leave attributes out.
        self.names = {n: value for value, numbers in self.outline.attribute("class").items() for n in numbers}
        self._known: dict[int, bool] = {}

    def hold(self, piece: Piece) -> bool:
        """Whether a block stands in one."""
        number = self.outline.covering(piece.first, piece.last)
        for _ in range(_MOST_LEVELS):
            known = self._known.get(number)
            if known is None:
                known = self._known[number] = self._is_aside(number)
            if known:
                return True
            number = self.outline.parents[number]
            if number <= 0:
                break
        return False

    def _is_aside(self, number: int) -> bool:
        if self.outline.tag(number) not in _NO_PARAGRAPHS and not self.words.names_aside(self.names.get(number, "")):
            return False
        words = self.whole.words(self.outline.starts[number], self.outline.stops[number])
        return words <= _LONGEST_ASIDE


def _overlaps(first: int, last: int, ranges: list[Range]) -> bool:
    place = bisect_right(ranges, (first, last))
    return (place > 0 and ranges[place - 1][1] > first) or (place < len(ranges) and ranges[place][0] < last)


def _prose_words(piece: Piece) -> int:
    """The words of a paragraph of the article, 0 for a block that is none."""
    if not piece.article:
        return 0
    words = piece.words - ideographs(piece.text) // 2
    least = _SENTENCE if piece.text.endswith(_SENTENCE_ENDS) else _PARAGRAPH
    return words if words >= least else 0
