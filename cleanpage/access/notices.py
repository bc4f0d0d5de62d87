"""Notices that may stand where an article stops: found among the blocks of a page by what they say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from .vocabulary import AGREEMENTS, CLOSED, ELSEWHERE, KINDS, OFFERS, REQUESTS, STOPS, Vocabulary

# Blocks with more words are paragraphs, which may speak of anything.
_LONGEST = 80
# Blocks of one notice that say nothing of it, such as prices: so many in a row, with so many words each.
_GAP, _GAP_WORDS = 3, 25
_MOST_WORDS = 250
# A block of the article with more words is of a notice only if it says by itself what a notice says.
_SENTENCE = 12
# A notice that is one block has no more words than this.
_MOST_ALONE = 35


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of text.

    Attributes:
        text: it, folded.
        words: how many words it has.
        article: whether it is of the article.
        category, rule: as what a rule removed it, and which; empty if none did.
        first, last: the range it stands in, in the stream of the page; for a text the number of its line.
    """

    text: str
    words: int
    article: bool = False
    category: str = ""
    rule: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Blocks that read like a notice.

    Attributes:
        start, stop: the first of the blocks, and the one after the last.
        kind: what it asks for.
        says_stop: whether it says that reading ends here; if not, it offers more of anything.
        rule: the first rule that removed a part of it; empty if none did.
    """

    start: int
    stop: int
    kind: str
    says_stop: bool
    rule: str = ""


def find_notices(pieces: list[Piece], heads: frozenset[int], vocabulary: Vocabulary) -> list[Notice]:
    """The notices among blocks, in their order.

    Args:
        pieces: the blocks.
        heads: places among them that no notice reaches across: where headlines end.
        vocabulary: the words of notices.
    """
    roles = _roles(pieces, vocabulary)
    return [
        notice
        for start, stop in _runs(pieces, roles, heads)
        if not _is_prose(pieces[start:stop]) and (notice := _judged(start, stop, pieces, roles)) is not None
    ]


def _is_prose(pieces: list[Piece]) -> bool:
    """Whether blocks are paragraphs of an article that speaks of such notices: these have headings and buttons, or
    are short."""
    if not all(piece.words > _SENTENCE for piece in pieces):
        return False
    return len(pieces) > 1 or pieces[0].words > _MOST_ALONE


def _roles(pieces: list[Piece], vocabulary: Vocabulary) -> list[frozenset[str]]:
    """What each block says."""
    starts = [0, *(end + number for number, end in enumerate(accumulate(len(piece.text) for piece in pieces), 1))]
    found: list[set[str]] = [set() for _ in pieces]
    for place, role in vocabulary.roles("\n".join(piece.text for piece in pieces)):
        found[bisect_right(starts, place) - 1].add(role)
    return [
        frozenset(one) if piece.words <= _LONGEST and not _is_elsewhere(one) else frozenset()
        for one, piece in zip(found, pieces, strict=True)
    ]


def _is_elsewhere(roles: set[str]) -> bool:
    """Whether a block asks for a login to do something else than read."""
    return ELSEWHERE in roles and roles.isdisjoint(("subscription", "adblock", "consent"))


def _runs(pieces: list[Piece], roles: list[frozenset[str]], heads: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Blocks that say something of a notice, with what stands between them."""
    start = stop = words = 0
    for number, piece in enumerate(pieces):
        follows = stop == number > 0
        if not _speaks(piece, roles[number], follows):
            continue
        between = pieces[stop:number]
        near = number - stop <= _GAP and all(one.words <= _GAP_WORDS and not one.article for one in between)
        near = near and heads.isdisjoint(range(stop, number + 1))
        if stop and near and words + piece.words <= _MOST_WORDS:
            stop = number + 1
        else:
            if stop:
                yield start, stop
            start, stop, words = number, number + 1, 0
        words += piece.words
    if stop:
        yield start, stop


def _speaks(piece: Piece, roles: frozenset[str], follows: bool) -> bool:
    """Whether a block is of a notice.

    Args:
        piece: the block.
        roles: what it says.
        follows: whether the block before it is of one.
    """
    if piece.category in KINDS:
        return True
    if piece.article and piece.words > _SENTENCE and not follows:
        return any(_fits(kind, roles) for kind in KINDS) or CLOSED in roles
    return bool(roles)


def _fits(kind: str, roles: Iterable[str]) -> bool:
    """Whether words speak of one kind of notice, and say that reading ends here."""
    if kind not in roles:
        return False
    match kind:
        case "adblock":
            return REQUESTS in roles or STOPS in roles
        case "consent":
            return AGREEMENTS in roles and STOPS in roles
        case _:
            return STOPS in roles


def _judged(start: int, stop: int, pieces: list[Piece], roles: list[frozenset[str]]) -> Notice | None:
    said = frozenset(role for number in range(start, stop) for role in roles[number])
    category, rule = next(((one.category, one.rule) for one in pieces[start:stop] if one.category in KINDS), ("", ""))
    # An ad blocker or consent is only spoken of where it is asked for; of subscriptions many notices speak.
    for kind in ("adblock", "consent", "login", "subscription"):
        if _fits(kind, said):
            if kind == "login" and _fits("subscription", said):
                continue
            return Notice(start, stop, kind, True, rule)
    if CLOSED in said:
        return Notice(start, stop, "subscription", True, rule)
    if category or (OFFERS in said and "subscription" in said):
        return Notice(start, stop, category or "subscription", False, rule)
    return None
