"""How much of an article the publisher let us see: all of it, the beginning of it, or a notice in its place.

Many pages declare what they sell and send it all the same, and nearly all speak of subscriptions somewhere. So what
counts is what stands where the article stops: a notice that says so, after some text (`teaser`) or right after the
headline (`wall`), and nothing of the article behind it. The declaration counts where the text agrees with it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from lxml import etree

from ..article.extract import Extraction
from ..engine.clean import Cleaning
from ..engine.lines import TextCleaning
from ..engine.view import Range, View, merge, within
from ..outline import Outline, count_words, ideographs
from ..result import Access, Removal
from .declared import Declared, declared
from .notices import Notice, Piece, find_notices
from .vocabulary import vocabulary

# An article of fewer words is none.
_LEAST_WORDS = 25
# A block of so many words is a paragraph, of so many if it ends as a sentence does. In scripts without blanks two
# characters count as a word.
_PARAGRAPH, _SENTENCE = 12, 6
# No paragraph stands in these: what does is a caption, an entry of a list, a heading, or what goes with it.
_NO_PARAGRAPHS = "figure figcaption li dl address h1 h2 h3 h4 h5 h6 hgroup table".split()
# What has more words is no caption, whatever it is called.
_LONGEST_ASIDE = 90
# Words of other things that may stand between the text and the notice that stops it, and between the headline and a
# notice in the text's place (picture, date), there without what rules remove as buttons and other notices.
_MOST_BETWEEN = 200
_BETWEEN = frozenset(("", "chrome", "related", "comments"))
_GAP_AFTER_TEXT, _GAP_AFTER_HEADLINE = 40, 150
# After more words than this, a notice offers more of the site to those who have read to the end.
_LONG = 500
# A notice stops the article if less than this share of it comes after, or less than so many words.
_SHARE_AFTER, _WORDS_AFTER = 0.15, 80
# It stands in the article's place if all paragraphs of the page have fewer words than this.
_WORDS_ANYWHERE = 150
# What is declared to be sold is missing if fewer words than this stand there, and the text is shorter than this.
_EMPTY, _SHORT = 20, 250
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", '."', '!"', '?"', '".')
_ELLIPSES = ("…", "...")


class _Sheet:
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


def of_page(extraction: Extraction, root: etree._Element, url: str) -> Access:
    """What the publisher let us see of a page's article.

    Args:
        extraction: the page with its rules applied, and its article.
        root: the page's tree, as it was parsed.
        url: its address, empty if unknown.
    """
    outline, stated = extraction.outline, extraction.stated
    sheet = _of_outline(extraction.cleaning, extraction.chosen)
    claim = declared(root, url)
    evidence = [f"isAccessibleForFree: {str(claim.free).lower()}"] if claim.free is not None else []
    if stated:
        evidence.append(f"articleBody: {count_words(stated)} words, which the page's own text lacks")
    found = _stopping(sheet)
    if found is not None:
        notice, before = found
        return _stopped(sheet, notice, before, evidence)
    words = max(sheet.words, count_words(stated))
    sold = _sold(outline, sheet, claim)
    if sold is not None and not stated:
        evidence.append(f"hasPart: {sold} words of the text are in the part that is not free")
        if sold < _EMPTY and _LEAST_WORDS <= words < _SHORT:
            return Access("teaser", (*evidence, f"text: {words} words"))
    return _unstopped(sheet, words, claim.free, evidence)


def of_text(cleaning: TextCleaning) -> Access:
    """The same for a text that was extracted before, as far as its lines tell."""
    kept = set(cleaning.left)
    pieces = [
        Piece(text, count_words(text), number in kept, *_reason(cleaning.removed.get(number)), number, number + 1)
        for number, text in enumerate(cleaning.folded)
        if text
    ]
    paragraphs = [_prose_words(piece) for piece in pieces]
    sheet = _Sheet(pieces, paragraphs, [0], lambda start, stop: len(pieces))
    found = _stopping(sheet)
    return _stopped(sheet, *found, []) if found is not None else _unstopped(sheet, sheet.words, None, [])


def _reason(removal: Removal | None) -> tuple[str, str]:
    return (removal.category, removal.rule) if removal is not None else ("", "")


# --- the page ----------------------------------------------------------------------------------


def _of_outline(cleaning: Cleaning, chosen: Iterable[int]) -> _Sheet:
    outline, left = cleaning.outline, cleaning.view
    whole = View(outline, merge(outline.hidden))
    article = merge((left.first[place], left.last[place]) for place in chosen)
    removed = sorted(
        (part, taken.match.rule.category, taken.match.name) for taken in cleaning.taken for part in taken.ranges
    )
    starts = [part[0] for part, _, _ in removed]

    def reason(first: int, last: int) -> tuple[str, str]:
        place = bisect_right(starts, first) - 1
        return removed[place][1:] if place >= 0 and removed[place][0][1] >= last else ("", "")

    pieces = [
        Piece(text, count_words(text), _overlaps(first, last, article), *reason(first, last), first, last)
        for text, first, last in zip(whole.folded, whole.first, whole.last, strict=True)
    ]
    is_aside = vocabulary().names_aside
    asides = [number for tag in _NO_PARAGRAPHS for number in outline.with_tag(tag)]
    asides += [n for value, numbers in outline.attribute("class").items() if is_aside(value) for n in numbers]
    ranges = ((outline.starts[number], outline.stops[number]) for number in asides)
    elsewhere = merge(one for one in ranges if whole.words(*one, _LONGEST_ASIDE) <= _LONGEST_ASIDE)
    paragraphs = [0 if within(piece.first, piece.last, elsewhere) else _prose_words(piece) for piece in pieces]
    heads = [high for number, _, high in whole.headings if outline.tag(number) == "h1"]

    def reach(start: int, stop: int) -> int:
        box = outline.covering(pieces[start].first, pieces[stop - 1].last)
        return bisect_left(whole.first, outline.stops[box])

    return _Sheet(pieces, paragraphs, heads, reach)


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


def _sold(outline: Outline, sheet: _Sheet, claim: Declared) -> int | None:
    """How many words of the article stand in the parts of the page that are declared not to be free; None if the
    page does not say which they are."""
    if not claim.classes and not claim.ids:
        return None
    numbers = [number for name in claim.classes for number in outline.with_class(name)]
    numbers += [number for name in claim.ids for number in outline.attribute("id").get(name, ())]
    parts = merge((outline.starts[number] - 1, outline.stops[number] + 1) for number in numbers)
    return sum(piece.words for piece in sheet.pieces if piece.article and within(piece.first, piece.last, parts))


# --- what stops it -----------------------------------------------------------------------------


def _stopping(sheet: _Sheet) -> tuple[Notice, int] | None:
    """The notice at which the article stops, and the words of the paragraphs before it."""
    first = sheet.heads[0] if sheet.heads else 0
    for notice in find_notices(sheet.pieces, frozenset(sheet.heads), vocabulary()):
        begin = sheet.begin(notice.start)
        if notice.says_stop and begin is not None:
            before = sheet.prose(first, notice.start)
            # Only what follows in the same part of the page is of the article: the rest are comments and teasers.
            after = sheet.prose(notice.stop, sheet.reach(begin, notice.stop))
            if after < max(_WORDS_AFTER, _SHARE_AFTER * before) and _is_near(sheet, notice, begin, before):
                return notice, before
    return None


def _is_near(sheet: _Sheet, notice: Notice, begin: int, before: int) -> bool:
    """Whether a notice stands where the article stops, or in its place."""
    between = [sheet.pieces[number] for number in sheet.between(begin, notice.start)[: _MOST_BETWEEN + 1]]
    if len(between) > _MOST_BETWEEN:
        return False
    if before:
        return before <= _LONG and sum(piece.words for piece in between) <= _GAP_AFTER_TEXT
    anywhere = sheet.prose(0, notice.start) + sheet.prose(notice.stop, len(sheet.pieces))
    gap = sum(piece.words for piece in between if piece.category in _BETWEEN)
    return anywhere < _WORDS_ANYWHERE and gap <= _GAP_AFTER_HEADLINE


def _stopped(sheet: _Sheet, notice: Notice, before: int, evidence: list[str]) -> Access:
    first = next(piece.text for piece in sheet.pieces[notice.start : notice.stop])
    removed = f", removed by {notice.rule}" if notice.rule else ""
    where = f"after {before} words of text" if before else "where the article should be"
    evidence.append(f"{notice.kind} notice {where}{removed}: {first[:80]}")
    return Access("teaser" if before else "wall", tuple(evidence))


def _unstopped(sheet: _Sheet, words: int, free: bool | None, evidence: list[str]) -> Access:
    last = next((p.text for p, n in zip(reversed(sheet.pieces), reversed(sheet.paragraphs), strict=True) if n), "")
    if words < _LEAST_WORDS:
        return Access("unknown", (*evidence, f"text: {words} words, too few for an article"))
    if free is False and words < _SHORT and last.endswith(_ELLIPSES):
        return Access("teaser", (*evidence, f"text: {words} words, which end in an ellipsis"))
    return Access("full", (*evidence, f"text: {words} words, and no notice stops it"))
