"""Blocks of a site's pages that are known by their words: the same line everywhere, or the same beginning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..outline import count_words
from ..rules.importers.vocabulary import words_of
from ..rules.phrases import fold, fold_blocks
from .names import is_editorial
from .site import SitePage

_SHORT_LINE = 20  # words
# How a line begins that names what the link after it leads to, as in "Read also: …".
_OPENING = re.compile(r"[^:|]{2,40}?[:|](?=\s)")
_OPENING_WORDS, _HEADLINE_WORDS = 6, 4
_LINKED = 0.8  # of the words after it
_LONGEST_OPENED = 40  # words
Place = tuple[int, int]  # a page, and a block on it


@dataclass(frozen=True, slots=True)
class Wording:
    """Blocks that say the same, or begin alike.

    Attributes:
        tag: the tag of the elements that they are.
        phrase: what they say, as it stands on a page.
        places: where they are, all of them.
        max_words: the most words that such a block should have, None where the phrase is all of it.
    """

    tag: str
    phrase: str
    places: tuple[Place, ...]
    max_words: int | None = None


def repeated_lines(pages: Sequence[SitePage], least: int) -> Iterator[Wording]:
    """Short lines that stand on enough pages in the same words, and in no article."""
    lines: dict[str, list[Place]] = {}
    for place, page in enumerate(pages):
        for block, text in enumerate(page.view.folded):
            if 1 < count_words(text) <= _SHORT_LINE:
                lines.setdefault(text, []).append((place, block))
    for text, places in lines.items():
        phrase = plain(pages[places[0][0]].view.text[places[0][1]])
        if any(pages[place].editorial[block] for place, block in places) or fold(phrase) != text:
            continue
        yield from _worded(pages, places, least, phrase)


def openings(pages: Sequence[SitePage], least: int) -> Iterator[Wording]:
    """Beginnings of lines, on enough pages, after each of which there is a headline of another article, as a link.

    Such a line stands between the paragraphs of an article and seems to be one of them; what tells it apart is that
    the same words begin lines on other pages, and that all else in it is a link.
    """
    opened: dict[str, list[tuple[Place, str]]] = {}
    for place, page in enumerate(pages):
        for block, text in enumerate(page.view.text):
            found = _OPENING.match(text)
            if found and count_words(found[0]) <= _OPENING_WORDS and not is_editorial(words_of(found[0])):
                opened.setdefault(fold_blocks(found[0]), []).append(((place, block), found[0]))
    for some in opened.values():
        places = [place for place, _ in some]
        phrase = plain(some[0][1])
        rests = {pages[place].view.folded[block] for place, block in places}
        if len(rests) > 1 and all(_leads_on(pages[place], block, phrase) for place, block in places):
            longest = max(pages[place].words[block] for place, block in places)
            # Headlines to come may be longer.
            yield from _worded(pages, places, least, phrase, min(_LONGEST_OPENED, longest + longest // 2))


def plain(text: str) -> str:
    """A text on one line, without what cannot be seen or be written in a YAML file."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def _worded(
    pages: Sequence[SitePage], places: Sequence[Place], least: int, phrase: str, max_words: int | None = None
) -> Iterator[Wording]:
    tags = Counter(pages[place].tag_of(block) for place, block in places)
    if len({place for place, _ in places}) >= least and len(tags) == 1:
        yield Wording(next(iter(tags)), phrase, tuple(places), max_words)


def _leads_on(page: SitePage, block: int, opening: str) -> bool:
    """Whether nearly all that stands in a block after its beginning is one link that reads like a headline."""
    rest = page.words[block] - count_words(opening)
    first, last = page.view.first[block], page.view.last[block]
    if rest < _HEADLINE_WORDS or page.words[block] > _LONGEST_OPENED:
        return False
    outline = page.outline
    links = [link for link in outline.with_tag("a") if first <= outline.starts[link] and outline.stops[link] <= last]
    return max(map(page.words_of, links), default=0) >= _LINKED * rest
