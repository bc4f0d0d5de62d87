"""The rules that could take a block: by names of it and of what it stands in, by its words, by its heading."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..authoring.candidates import candidates
from ..authoring.edit import KEEP, Draft
from ..authoring.names import is_furniture
from ..authoring.site import SitePage
from ..authoring.suggest import UNCERTAIN, category_of
from ..errors import CleanpageError
from ..outline import count_words
from ..rules.phrases import fold_blocks
from ..rules.selectors import Selector, SelectorProblem, parse_css

_MOST_LEVELS, _MOST_CHOICES = 8, 24
_LONGEST_LINE, _LONGEST_HEADING = 20, 12  # words
_LONGEST_SAMPLE = 100  # characters
# How sure a rule by words is, on the scale of selectors.
_BY_EQUALS, _BY_HEADING = 2, 1


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule that could be written, and what it would take.

    Attributes:
        draft: the rule, with the category that is most likely; empty for none.
        rank: how little one would like to rely on it, from 0.
        level: how far above the block the element stands that it is for.
        elements: the numbers of the elements that it finds on this page.
        blocks, words: how many of both, of those that the rules leave, it would take on this page.
        other_pages, other_blocks: on how many of the other pages it finds anything, and how many blocks there.
        article: the first text of an article that it would take, with the name of its page; empty for none.
        article_words: how many words of articles, on all pages.
    """

    draft: Draft
    rank: int
    level: int
    elements: tuple[int, ...]
    blocks: int
    words: int
    other_pages: int
    other_blocks: int
    article: tuple[str, str] = ("", "")
    article_words: int = 0


def choices(page: SitePage, number: int, others: Sequence[SitePage], category: str = "") -> list[Choice]:
    """The rules that could take an element: those that take nothing of any article first, then the surest, then those
    for the nearest element.

    Args:
        page: the page.
        number: the number of the element.
        others: other pages of the site.
        category: `keep` for rules that keep the element, where others take it; else what is likely.
    """
    found: dict[tuple[str, ...], Choice] = {}
    for level, rank, draft in _drafts(page, number, category):
        key = (draft.css, draft.equals, draft.heading)
        if key not in found:
            one = tried(draft, page, others, rank, level)
            if number in _within(page, one.elements):
                found[key] = one
    ordered = sorted(found.values(), key=_order)
    return ordered[:_MOST_CHOICES]


def _order(one: Choice) -> tuple[object, ...]:
    return bool(one.article[0]), one.rank, one.article_words, one.level, len(one.draft.css), one.draft.css


def tried(draft: Draft, page: SitePage, others: Sequence[SitePage], rank: int = 0, level: int = 0) -> Choice:
    """What a rule would take.

    Args:
        draft: the rule; without a category it gets the likely one.
        page: the page in front.
        others: other pages of the site.
        rank: how little one would like to rely on it.
        level: how far above the block its element stands.

    Raises:
        CleanpageError: its selector is none.
    """
    selectors = _parsed(draft.css)
    pages = [page, *others]
    found = [_elements(draft, selectors, one) for one in pages]
    is_kept = draft.category == KEEP
    blocks_in = _all_blocks_in if is_kept else SitePage.blocks_in
    blocks = [
        {b for n in numbers for b in range(*blocks_in(one, n))} for one, numbers in zip(pages, found, strict=True)
    ]
    words = page.outline.block_words if is_kept else page.words
    editorial = [] if is_kept else pages  # what is kept costs no article anything
    category = draft.category or _category(pages, draft.css, found)
    return Choice(
        Draft(category, draft.css, draft.equals, draft.heading),
        rank,
        level,
        tuple(found[0]),
        len(blocks[0]),
        sum(words[block] for block in blocks[0]),
        sum(bool(some) for some in found[1:]),
        sum(map(len, blocks[1:])),
        next(_article_in(editorial, found), ("", "")),
        sum(one.words[b] for one, some in zip(editorial, blocks, strict=False) for b in some if one.editorial[b]),
    )


def _category(pages: Sequence[SitePage], css: str, found: Sequence[Sequence[int]]) -> str:
    """The likely category; empty where nothing says what it is."""
    category = category_of(pages, css, dict(enumerate(found)))
    is_sure = category != UNCERTAIN or is_furniture(re.findall(r"[\w-]+", css))
    return category if is_sure else ""


def _parsed(css: str) -> Sequence[Selector]:
    try:
        return parse_css(css)
    except (SelectorProblem, ValueError) as error:
        raise CleanpageError(f"{css!r} is no selector: {error}") from error


def _all_blocks_in(page: SitePage, number: int) -> tuple[int, int]:
    """The blocks in an element, those that rules take included: first, and one after the last."""
    outline = page.outline
    first = bisect_left(outline.block_first, outline.starts[number])
    return first, bisect_left(outline.block_first, outline.stops[number], lo=first)


def _drafts(page: SitePage, number: int, category: str) -> Iterator[tuple[int, int, Draft]]:
    """Rules for an element and for those that it stands in: level, rank, rule."""
    outline = page.outline
    line = [one for one in (number, *outline.ancestors(number)) if one][:_MOST_LEVELS]
    for level, one in enumerate(line):
        for candidate in candidates(outline.elements[one]):
            yield level, candidate.rank, Draft(category, candidate.css)
        if category:
            continue  # words are looked for in what is left
        texts = page.text_in(one)
        tag = outline.tag(one)
        if len(texts) == 1 and 1 < count_words(texts[0]) <= _LONGEST_LINE:
            yield level, _BY_EQUALS, Draft("", tag, equals=_on_one_line(texts[0]))
        elif len(texts) > 1 and count_words(texts[0]) <= _LONGEST_HEADING:
            yield level, _BY_HEADING, Draft("", tag, heading=_on_one_line(texts[0]))


def _elements(draft: Draft, selectors: Iterable[Selector], page: SitePage) -> list[int]:
    """The elements that a rule finds on a page."""
    numbers = sorted({number for selector in selectors for number in page.matches(selector)} - {0})
    if draft.equals:
        wanted = fold_blocks(draft.equals)
        numbers = [one for one in numbers if [wanted] == [fold_blocks(_on_one_line(" ".join(page.text_in(one))))]]
    if draft.heading:
        wanted = fold_blocks(draft.heading)
        numbers = [one for one in numbers if wanted in _headings(page, one)]
    return numbers


def _headings(page: SitePage, number: int) -> list[str]:
    """The texts that count as an element's heading: its first heading, and its first block."""
    low, high = page.blocks_in(number)
    found = page.view.first_heading(number)
    heading = " ".join(page.view.folded[slice(*found)]) if found else ""
    return [heading, *page.view.folded[low : min(low + 1, high)]]


def _within(page: SitePage, numbers: Iterable[int]) -> set[int]:
    """The elements, and those that stand in them."""
    return {one for number in numbers for one in range(number, page.outline.ends[number])}


def _article_in(pages: Sequence[SitePage], found: Sequence[Sequence[int]]) -> Iterator[tuple[str, str]]:
    for page, numbers in zip(pages, found, strict=False):
        for number in numbers:
            if page.touches_article(number):
                low, high = page.blocks_in(number)
                taken = (page.view.text[block] for block in range(low, high) if page.editorial[block])
                yield _shortened(next(taken, "a part of a paragraph")), page.name


def _on_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _shortened(text: str) -> str:
    line = _on_one_line(text)
    return line if len(line) <= _LONGEST_SAMPLE else line[: _LONGEST_SAMPLE - 1].rstrip() + "…"
