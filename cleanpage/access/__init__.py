"""How much of an article the publisher let us see: all of it, the beginning of it, or a notice in its place.

Many pages declare what they sell and send it all the same, and nearly all speak of subscriptions somewhere. So what
counts is what stands where the article stops: a notice that says so, after some text (`teaser`) or right after the
headline (`wall`), and nothing of the article behind it. The declaration counts where the text agrees with it.
"""

from __future__ import annotations

from lxml import etree

from ..article.extract import Extraction
from ..engine.lines import TextCleaning
from ..engine.view import merge, within
from ..outline import Outline, count_words
from ..result import Access
from .declared import Declared, declared
from .notices import Notice, find_notices
from .sheet import Sheet, sheet_of_page, sheet_of_text
from .vocabulary import vocabulary

# An article of fewer words is none.
_LEAST_WORDS = 25
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
_ELLIPSES = ("…", "...")


def of_page(extraction: Extraction, root: etree._Element, url: str) -> Access:
    """What the publisher let us see of a page's article.

    Args:
        extraction: the page with its rules applied, and its article.
        root: the page's tree, as it was parsed.
        url: its address, empty if unknown.
    """
    outline, stated = extraction.outline, extraction.stated
    sheet = sheet_of_page(extraction.cleaning, extraction.chosen)
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
    sheet = sheet_of_text(cleaning)
    found = _stopping(sheet)
    return _stopped(sheet, *found, []) if found is not None else _unstopped(sheet, sheet.words, None, [])


# --- the parts of the decision ------------------------------------------------------------------


def _sold(outline: Outline, sheet: Sheet, claim: Declared) -> int | None:
    """How many words of the article stand in the parts of the page that are declared not to be free; None if the
    page does not say which they are."""
    if not claim.classes and not claim.ids:
        return None
    numbers = [number for name in claim.classes for number in outline.with_class(name)]
    numbers += [number for name in claim.ids for number in outline.attribute("id").get(name, ())]
    parts = merge((outline.starts[number] - 1, outline.stops[number] + 1) for number in numbers)
    return sum(piece.words for piece in sheet.pieces if piece.article and within(piece.first, piece.last, parts))


# --- what stops it -----------------------------------------------------------------------------


def _stopping(sheet: Sheet) -> tuple[Notice, int] | None:
    """The notice at which the article stops, and the words of the paragraphs before it: the first that stands after
    some text, or else the first in the article's place."""
    first = sheet.heads[0] if sheet.heads else 0
    wall = None
    for notice in find_notices(sheet.pieces, frozenset(sheet.heads), vocabulary()):
        begin = sheet.begin(notice.start)
        if notice.says_stop and begin is not None:
            before = sheet.prose(first, notice.start)
            if wall is not None and before < _LEAST_WORDS:
                continue  # what little stands between two notices is no text
            # Only what follows in the same part of the page is of the article: the rest are comments and teasers.
            after = sheet.prose(notice.stop, sheet.reach(begin, notice.stop))
            if after < max(_WORDS_AFTER, _SHARE_AFTER * before) and _is_near(sheet, notice, begin, before):
                if before:
                    return notice, before
                wall = notice
    return (wall, 0) if wall is not None else None


def _is_near(sheet: Sheet, notice: Notice, begin: int, before: int) -> bool:
    """Whether a notice stands where the article stops, or in its place."""
    between = [sheet.pieces[number] for number in sheet.between(begin, notice.start)[: _MOST_BETWEEN + 1]]
    if len(between) > _MOST_BETWEEN:
        return False
    if before:
        return before <= _LONG and sum(piece.words for piece in between) <= _GAP_AFTER_TEXT
    anywhere = sheet.prose(0, notice.start) + sheet.prose(notice.stop, len(sheet.pieces))
    gap = sum(piece.words for piece in between if piece.category in _BETWEEN)
    return anywhere < _WORDS_ANYWHERE and gap <= _GAP_AFTER_HEADLINE


def _stopped(sheet: Sheet, notice: Notice, before: int, evidence: list[str]) -> Access:
    first = next(piece.text for piece in sheet.pieces[notice.start : notice.stop])
    removed = f", removed by {notice.rule}" if notice.rule else ""
    where = f"after {before} words of text" if before else "where the article should be"
    evidence.append(f"{notice.kind} notice {where}{removed}: {first[:80]}")
    return Access("teaser" if before else "wall", tuple(evidence))


def _unstopped(sheet: Sheet, words: int, free: bool | None, evidence: list[str]) -> Access:
    last = next((p.text for p, n in zip(reversed(sheet.pieces), reversed(sheet.paragraphs), strict=True) if n), "")
    if words < _LEAST_WORDS:
        return Access("unknown", (*evidence, f"text: {words} words, too few for an article"))
    if free is False and words < _SHORT and last.endswith(_ELLIPSES):
        return Access("teaser", (*evidence, f"text: {words} words, which end in an ellipsis"))
    return Access("full", (*evidence, f"text: {words} words, and no notice stops it"))
