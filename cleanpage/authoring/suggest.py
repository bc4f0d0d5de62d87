"""Rules that a site may need: what repeats across its pages, is not the article, and no rule takes yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..outline import count_words
from ..rules.importers.vocabulary import Vocabulary
from ..rules.model import CATEGORIES
from ..rules.ruleset import builtin_folder
from ..rules.selectors import SelectorProblem, parse_css
from .candidates import Candidate, candidates
from .names import is_editorial, is_furniture
from .site import SitePage

# What says nothing of its category is taken for site furniture, which stays unless somebody asks for its removal.
UNCERTAIN = "chrome"
_SHORT_HEADING, _SHORT_LINE = 12, 20  # words
_MOST_SHOWN, _LONGEST_TEXT = 3, 80
_LEAST_WORDS = 1
# How much less a selector is worth for each step of its rank.
_FOR_RANK = 0.12
_LINKED = 0.6
_LINK_WORDS = 4  # of a headline


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that could be written.

    Attributes:
        css: its selector.
        equals: what the text of an element must be, empty if any will do.
        category: what it takes.
        pages: on how many pages it takes something.
        elements: how many elements it takes, on all pages.
        words: how many words, that no rule and no suggestion before it takes.
        texts: the beginnings of what it takes, each as it stands on a page.
    """

    css: str
    equals: str
    category: str
    pages: int
    elements: int
    words: int
    texts: tuple[str, ...]


@dataclass
class _Found:
    """What a candidate finds: by page, its elements, and the blocks in them."""

    candidate: Candidate
    elements: dict[int, list[int]] = field(default_factory=dict)
    blocks: dict[int, set[int]] = field(default_factory=dict)
    category: str = ""


def suggest(pages: Sequence[SitePage], least_pages: int | None = None) -> list[Suggestion]:
    """Propose rules for a site.

    A selector is proposed if it finds something on enough pages and nothing of the article on any. Of those that find
    the same, the shorter and surer one is taken; of those that find parts of each other's, the one that finds most, and
    then what the others add (greedy set cover).

    Args:
        pages: pages of the site; what stands in their `view` is what the rules leave so far.
        least_pages: on how many of them a selector must find something; two if there are two, or else one.
    """
    least = least_pages or min(2, len(pages))
    found = [one for one in _tried(pages) if len(one.blocks) >= least]
    for one in found:
        one.category = category_of(pages, one.candidate.css, one.elements)
    left = [set(range(len(page.view.text))) for page in pages]
    chosen: list[Suggestion] = []
    # What is certain goes first: a box of furniture around it would hide what it holds.
    for certain in (True, False):
        some = [one for one in found if (one.category != UNCERTAIN) is certain]
        while some:
            words, best = max(((_words_left(pages, one, left), one) for one in some), key=lambda pair: _worth(*pair))
            if words < _LEAST_WORDS:
                break
            chosen.append(_suggestion(pages, best, words))
            for place, blocks in best.blocks.items():
                left[place] -= blocks
            some = [one for one in some if one is not best and _words_left(pages, one, left) >= _LEAST_WORDS]
        if certain:
            chosen += _repeated_lines(pages, left, least)
    return chosen


def _repeated_lines(pages: Sequence[SitePage], left: list[set[int]], least: int) -> list[Suggestion]:
    """Short lines that stand on enough pages in the same words, speak of a category, and are in no article."""
    lines: dict[str, list[tuple[int, int]]] = {}
    for place, page in enumerate(pages):
        for block, text in enumerate(page.view.folded):
            if 1 < count_words(text) <= _SHORT_LINE:
                lines.setdefault(text, []).append((place, block))
    chosen = []
    for places in lines.values():
        on = {place for place, _ in places}
        new = [(place, block) for place, block in places if block in left[place]]
        if len(on) < least or not new or any(pages[place].editorial[block] for place, block in places):
            continue
        text = " ".join(pages[new[0][0]].view.text[new[0][1]].split())
        category = _vocabulary().category([text])
        tags = Counter(pages[place].tag_of(block) for place, block in places)
        if not category or len(tags) > 1 or category == UNCERTAIN:
            continue
        (tag,) = tags
        words = sum(pages[place].words[block] for place, block in new)
        chosen.append(Suggestion(tag, text, category, len(on), len(places), words, (text,)))
        for place, block in new:
            left[place].discard(block)
    return chosen


def _tried(pages: Sequence[SitePage]) -> list[_Found]:
    """The candidates of all pages that find nothing of any article."""
    known: dict[str, Candidate] = {}
    for page in pages:
        for number, element in enumerate(page.outline.elements):
            if number and page.words_in(number) and not page.touches_article(number):
                for candidate in candidates(element):
                    if not is_editorial(re.findall(r"[\w-]+", candidate.css)):
                        known.setdefault(candidate.css, candidate)
    tried = (_try(candidate, pages) for candidate in known.values())
    return [found for found in tried if found is not None]


def _try(candidate: Candidate, pages: Sequence[SitePage]) -> _Found | None:
    try:
        (selector,) = parse_css(candidate.css)
    except (SelectorProblem, ValueError):
        return None
    found = _Found(candidate)
    for place, page in enumerate(pages):
        numbers = page.matches(selector)
        if any(page.touches_article(number) for number in numbers):
            return None
        blocks = {block for number in numbers for block in range(*page.blocks_in(number))}
        if blocks:
            found.elements[place], found.blocks[place] = numbers, blocks
    return found


def _words_left(pages: Sequence[SitePage], one: _Found, left: Sequence[set[int]]) -> int:
    return sum(pages[place].words[block] for place, blocks in one.blocks.items() for block in blocks & left[place])


def _worth(words: int, one: _Found) -> tuple[float, int, str]:
    return words * (1 - _FOR_RANK * one.candidate.rank), -len(one.candidate.css), one.candidate.css


# --- categories --------------------------------------------------------------------------------


def category_of(pages: Sequence[SitePage], css: str, elements: Mapping[int, Sequence[int]]) -> str:
    """The category that the names in a selector, and the headings and the build of what it finds, speak of.

    Args:
        pages: pages of the site.
        css: the selector.
        elements: what it finds: the numbers of elements, by the places of pages.
    """
    names = re.findall(r"[\w-]+", css)
    if said := _vocabulary().category(names):
        return said
    if is_furniture(names):
        return UNCERTAIN
    votes = [_category_of(pages[place], number) for place, numbers in elements.items() for number in numbers]
    known = [vote for vote in votes if vote]
    best = max(sorted(set(known)), key=known.count, default="")
    return best if 2 * known.count(best) > len(votes) else UNCERTAIN


def _category_of(page: SitePage, number: int) -> str:
    """The category of an element: by its heading, if it has a short one, and by its links."""
    texts = page.text_in(number)
    if not texts or is_furniture(_names_around(page, number)):
        return ""
    if count_words(texts[0]) <= _SHORT_HEADING and (said := _vocabulary().category([texts[0]])):
        return said
    if _is_list_of_links(page, number):
        return "related"
    return ""


def _names_around(page: SitePage, number: int) -> list[str]:
    """The tags, roles and names of an element and of what it stands in."""
    elements = page.outline.elements
    line = [elements[one] for one in (number, *page.outline.ancestors(number)) if one]
    return [value for one in line for value in (str(one.tag), one.get("role", ""), one.get("id", ""))]


def _is_list_of_links(page: SitePage, number: int) -> bool:
    """Whether most of the words of an element are links as long as headlines."""
    outline = page.outline
    links = [link for link in outline.with_tag("a") if number <= link < outline.ends[number]]
    words = [page.words_in(link) for link in links]
    headlines = [count for count in words if count >= _LINK_WORDS]
    return bool(headlines) and sum(headlines) >= _LINKED * page.words_in(number)


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.load(builtin_folder() / "import" / "ftr.yaml")


# --- what is said of a suggestion --------------------------------------------------------------


def _suggestion(pages: Sequence[SitePage], one: _Found, words: int) -> Suggestion:
    numbers = [(pages[place], number) for place, some in one.elements.items() for number in some]
    texts = dict.fromkeys(_beginning(page.text_in(number)) for page, number in numbers)
    return Suggestion(
        one.candidate.css,
        "",
        one.category,
        len(one.blocks),
        len(numbers),
        words,
        tuple(text for text in texts if text)[:_MOST_SHOWN],
    )


def _beginning(texts: Iterable[str]) -> str:
    text = " / ".join(" ".join(part.split()) for part in texts)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1].rstrip() + "…"


def by_category(suggestions: Iterable[Suggestion]) -> dict[str, list[Suggestion]]:
    """Suggestions by category, in the order of categories."""
    groups: dict[str, list[Suggestion]] = {}
    for one in suggestions:
        groups.setdefault(one.category, []).append(one)
    return {category: groups[category] for category in CATEGORIES if category in groups}
