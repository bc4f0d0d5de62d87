"""Rules that a site may need: what repeats across its pages, is not the article, and no rule takes yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..outline import count_words
from ..rules.importers.vocabulary import Vocabulary
from ..rules.model import CATEGORIES
from ..rules.ruleset import builtin_folder
from ..rules.selectors import SelectorProblem, parse_css
from .candidates import Candidate, around, candidates
from .names import is_editorial, is_furniture
from .site import SitePage, layouts
from .wording import Wording, openings, plain, repeated_lines

# What says nothing of its category is taken for site furniture, which stays unless somebody asks for its removal.
UNCERTAIN = "chrome"
_SHORT_HEADING, _SHORT_NOTICE = 12, 30  # words
_MOST_SHOWN, _LONGEST_TEXT = 3, 80
_LEAST_WORDS = 1
_SEVERAL = 3  # elements on a page
# How much less a selector is worth for each step of its rank.
_FOR_RANK = 0.12
_LINKED, _LEADS_ON = 0.5, 0.3
_LINK_WORDS = 4  # of a headline
_LEAST_ITEMS, _LONGEST_ITEM = 2, 25  # items; words of one
_LISTS = ("ul", "ol", "dl", "table", "aside", "nav", "section")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that could be written.

    Attributes:
        css: its selector.
        equals: what the text of an element must be, empty if any will do.
        starts: how it must begin, empty if it may anyhow.
        max_words: how many words it may have then, None for any number.
        closest: the tag of the element around it that goes, empty if it goes itself.
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
    starts: str = ""
    max_words: int | None = None
    closest: str = ""


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
    then what the others add (greedy set cover). What says what it is, is proposed from one page alone if it repeats
    there, or if no other page has that layout.

    Args:
        pages: pages of the site; what stands in their `view` is what the rules leave so far.
        least_pages: on how many of them a selector must find something, whatever their layouts; if not given, two of
            those that have a layout in common.
    """
    sizes = layouts(pages)
    found = []
    for one in _tried(pages):
        one.category = category_of(pages, one.candidate.css, one.elements)
        if len(one.blocks) >= (least_pages or (1 if _repeats_on_a_page(pages, one, sizes) else min(2, len(pages)))):
            found.append(one)
    left = [set(range(len(page.view.text))) for page in pages]
    # What is certain goes first: a box of furniture around it would hide what it holds.
    chosen = _covering(pages, [one for one in found if one.category != UNCERTAIN], left)
    least = least_pages or min(2, len(pages))
    for wording in (*openings(pages, least), *repeated_lines(pages, least)):
        chosen += _worded(pages, wording, left)
    return chosen + _covering(pages, [one for one in found if one.category == UNCERTAIN], left)


def _repeats_on_a_page(pages: Sequence[SitePage], one: _Found, sizes: Sequence[int]) -> bool:
    """Whether a candidate is sure of its category, and finds so many things on a page, whether rules take most of them
    or not, or one on a page with a layout of its own, that other pages need not show it. Long paragraphs are no
    notices."""
    if one.category == UNCERTAIN or any(
        pages[place].words[block] > _SHORT_NOTICE for place, blocks in one.blocks.items() for block in blocks
    ):
        return False
    return any(
        sizes[place] == 1 or sum(bool(pages[place].words_of(number)) for number in numbers) >= _SEVERAL
        for place, numbers in one.elements.items()
    )


def _covering(pages: Sequence[SitePage], some: Sequence[_Found], left: list[set[int]]) -> list[Suggestion]:
    """The best of some candidates, then the best of the others for what is left, and so on."""
    chosen: list[Suggestion] = []
    while some:
        words, best = max(((_words_left(pages, one, left), one) for one in some), key=lambda pair: _worth(*pair))
        if words < _LEAST_WORDS:
            break
        chosen.append(_suggestion(pages, best, words))
        for place, blocks in best.blocks.items():
            left[place] -= blocks
        some = [one for one in some if one is not best and _words_left(pages, one, left) >= _LEAST_WORDS]
    return chosen


def _worded(pages: Sequence[SitePage], wording: Wording, left: list[set[int]]) -> Iterator[Suggestion]:
    """A rule for blocks that are known by their words, if they speak of a category and any is left."""
    new = [(place, block) for place, block in wording.places if block in left[place]]
    said = _vocabulary().category([wording.phrase]) or ("related" if wording.max_words else "")
    if not new or said in ("", UNCERTAIN):
        return
    words = sum(pages[place].words[block] for place, block in new)
    texts = tuple(dict.fromkeys(_beginning([pages[place].view.text[block]]) for place, block in new))[:_MOST_SHOWN]
    on = len({place for place, _ in wording.places})
    equals, starts = (wording.phrase, "") if wording.max_words is None else ("", wording.phrase)
    yield Suggestion(
        wording.tag, equals, said, on, len(wording.places), words, texts, starts, max_words=wording.max_words
    )
    for place, block in new:
        left[place].discard(block)


def _tried(pages: Sequence[SitePage]) -> list[_Found]:
    """The candidates of all pages that find nothing of any article."""
    known: dict[tuple[str, str], Candidate] = {}
    for page in pages:
        for number in range(1, len(page.outline.elements)):
            if page.words_in(number) and not page.touches_article(number):
                for candidate in _candidates(page, number):
                    if not is_editorial(re.findall(r"[\w-]+", candidate.css)):
                        known.setdefault((candidate.css, candidate.closest), candidate)
    tried = (_try(candidate, pages) for candidate in known.values())
    return [found for found in tried if found is not None]


def _candidates(page: SitePage, number: int) -> Iterator[Candidate]:
    """The candidates for an element: by its names, or, for a list of links without any, by those of its links."""
    element = page.outline.elements[number]
    own = list(candidates(element))
    if not own and element.tag in _LISTS and _is_list_of_links(page, number):
        links = _links_in(page, number)
        for link in dict.fromkeys((links[0], links[-1])):
            yield from around(page.outline.elements[link], str(element.tag))
    yield from own


def _try(candidate: Candidate, pages: Sequence[SitePage]) -> _Found | None:
    try:
        (selector,) = parse_css(candidate.css)
    except (SelectorProblem, ValueError):
        return None
    found = _Found(candidate)
    for place, page in enumerate(pages):
        numbers = page.matches(selector)
        if candidate.closest:
            numbers = sorted({one for number in numbers for one in _closest(page, number, candidate.closest)})
        if any(page.touches_article(number) or page.is_part_of_line(number) for number in numbers):
            return None
        blocks = {block for number in numbers for block in range(*page.blocks_in(number))}
        if blocks:
            found.elements[place], found.blocks[place] = numbers, blocks
    return found


def _closest(page: SitePage, number: int, tag: str) -> list[int]:
    """The nearest element of a tag that an element is or stands in, if there is one."""
    return [one for one in (number, *page.outline.ancestors(number)) if page.outline.tag(one) == tag][:1]


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
    votes = [
        _category_of(pages[place], number)
        for place, numbers in elements.items()
        for number in numbers
        if pages[place].words_in(number)
    ]
    known = [vote for vote in votes if vote]
    best = max(sorted(set(known)), key=known.count, default="")
    return best if 2 * known.count(best) > len(votes) else UNCERTAIN


def _category_of(page: SitePage, number: int) -> str:
    """The category of an element: by its heading, if it has a short one, and by its links."""
    texts = page.text_in(number)
    if not texts or is_furniture(_names_around(page, number)):
        return ""
    # A notice without a heading is short itself, and leads somewhere; a short paragraph does not.
    speaking = texts if _is_short_notice(page, number) else texts[:1]
    may_speak = speaking is texts or count_words(texts[0]) <= _SHORT_HEADING
    if may_speak and (said := _vocabulary().category(speaking)):
        return said
    if _is_list_of_links(page, number):
        return "related"
    return ""


def _is_short_notice(page: SitePage, number: int) -> bool:
    words = page.words_in(number)
    return words <= _SHORT_NOTICE and sum(map(page.words_of, _links_in(page, number))) >= _LEADS_ON * words


def _names_around(page: SitePage, number: int) -> list[str]:
    """The tags, roles and names of an element and of what it stands in."""
    elements = page.outline.elements
    line = [elements[one] for one in (number, *page.outline.ancestors(number)) if one]
    return [value for one in line for value in (str(one.tag), one.get("role", ""), one.get("id", ""))]


def _is_list_of_links(page: SitePage, number: int) -> bool:
    """Whether most of the words of an element are links as long as headlines, or each of its items is one of them."""
    words = [page.words_in(link) for link in _links_in(page, number)]
    headlines = [count for count in words if count >= _LINK_WORDS]
    if headlines and sum(headlines) >= _LINKED * page.words_in(number):
        return True
    outline = page.outline
    items = [item for item in outline.with_tag("li") if number < item < outline.ends[number] and page.words_in(item)]
    # A kicker may stand before the link.
    return len(items) >= _LEAST_ITEMS and all(
        _LINK_WORDS <= page.words_in(item) <= _LONGEST_ITEM and any(map(page.words_of, _links_in(page, item)))
        for item in items
    )


def _links_in(page: SitePage, number: int) -> list[int]:
    return [link for link in page.outline.with_tag("a") if number <= link < page.outline.ends[number]]


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
        closest=one.candidate.closest,
    )


def _beginning(texts: Iterable[str]) -> str:
    text = " / ".join(map(plain, texts))
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1].rstrip() + "…"


def by_category(suggestions: Iterable[Suggestion]) -> dict[str, list[Suggestion]]:
    """Suggestions by category, in the order of categories."""
    groups: dict[str, list[Suggestion]] = {}
    for one in suggestions:
        groups.setdefault(one.category, []).append(one)
    return {category: groups[category] for category in CATEGORIES if category in groups}
