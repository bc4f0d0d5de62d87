"""Pages of one site, each with what the rules leave of it and what of that is the article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate

from lxml import etree

from ..api import Cleaner
from ..engine.find import matching
from ..engine.view import Range, View
from ..metadata import find_metadata
from ..outline import Outline, class_tokens, count_words
from ..page import parse
from ..rules.phrases import fold_blocks
from ..rules.ruleset import Rules, host_of
from ..rules.selectors import Selector
from ..stored import Page
from .names import is_stable

# Elements whose text is the article's, wherever they stand.
_EDITORIAL = ("h1", "figcaption", "time", "address", "blockquote")
# Fewer words than these may be the same in two articles, and more of them are: what an institute says below each.
_LEAST_REPEATED, _MOST_REPEATED = 4, 30
# Pages that share so much of what seems to be their articles show the same one.
SAME_ARTICLE = 0.3
# Pages that share so many of their stable names have the same layout.
_SAME_LAYOUT = 0.25


@dataclass
class SitePage:
    """A stored page, as somebody who writes rules looks at it.

    Attributes:
        name: its name.
        root: its tree, nothing removed.
        outline: the same as columns.
        view: the blocks that the rules leave.
        editorial: for each of these whether it is the article's: its text, its title, who wrote it.
        names: the class names, ids and names of attributes on the page that say something.
    """

    name: str
    root: etree._Element = field(repr=False)
    outline: Outline = field(repr=False)
    view: View = field(repr=False)
    editorial: list[bool] = field(repr=False)
    names: frozenset[str] = field(repr=False)

    @cached_property
    def words(self) -> list[int]:
        """How many words each block has."""
        return [count_words(text) for text in self.view.text]

    @cached_property
    def _editorial_before(self) -> list[int]:
        return list(accumulate(self.editorial, initial=0))

    @cached_property
    def _words_before(self) -> list[int]:
        return list(accumulate(self.words, initial=0))

    def matches(self, selector: Selector) -> list[int]:
        """The numbers of the elements that a selector finds."""
        return matching(self.outline, self.root, selector)

    def blocks_in(self, number: int) -> tuple[int, int]:
        """The blocks in an element: first, and one after the last."""
        return self.view.inside(self.outline.starts[number], self.outline.stops[number])

    def touches_article(self, number: int) -> bool:
        """Whether an element holds anything of the article, or is a part of a block that is."""
        low, high = self.blocks_in(number)
        before = low - 1
        if before >= 0 and self.view.last[before] > self.outline.starts[number] and self.editorial[before]:
            return True
        return self._editorial_before[high] > self._editorial_before[low]

    def is_part_of_line(self, number: int) -> bool:
        """Whether an element stands within a line that says more, as a link in a sentence does."""
        low, high = self.blocks_in(number)
        start, stop = self.outline.starts[number], self.outline.stops[number]
        begun = [low - 1] if low and self.view.last[low - 1] > start else []
        open_ = [high - 1] if high > low and self.view.last[high - 1] > stop else []
        return any(self.words[block] - self.words_of(number) >= _LEAST_REPEATED for block in begun + open_)

    def words_in(self, number: int) -> int:
        """How many words an element has that the rules leave."""
        low, high = self.blocks_in(number)
        return self._words_before[high] - self._words_before[low]

    def words_of(self, number: int) -> int:
        """How many words stand in an element, which may be a part of a line."""
        return count_words(self.outline.raw([(self.outline.starts[number], self.outline.stops[number])]))

    def tag_of(self, block: int) -> str:
        """The tag of the smallest element that holds a whole block."""
        return self.outline.tag(self.outline.covering(self.view.first[block], self.view.last[block]))

    def text_in(self, number: int) -> list[str]:
        """The blocks in an element that the rules leave."""
        return self.view.text[slice(*self.blocks_in(number))]


def read_site(pages: Iterable[Page], cleaner: Cleaner) -> list[SitePage]:
    """Look at pages of a site.

    What says the same, word for word, on pages with different articles is none of theirs, wherever it stands; nor is a
    short line beside it that does, such as the button below a pitch. By itself a short line says too little for that.

    Args:
        pages: the pages.
        cleaner: the rules that are there already.

    Raises:
        PageError: one of them is no page.
    """
    looked = [_look_at(page, cleaner) for page in pages]
    texts = [_seeming(page, surely) for page, surely in looked]
    for place, (page, surely) in enumerate(looked):
        mine = texts[place]
        others = [number for number, other in enumerate(texts) if number != place and not _is_same(mine, other)]
        repeated = {text for number in others for text in texts[number] if text in mine}
        lines = {text for number in others for text in looked[number][0].view.folded}
        gone = [text in repeated and n <= _MOST_REPEATED for text, n in zip(page.view.folded, page.words, strict=True)]
        short = [text in lines and n < _LEAST_REPEATED for text, n in zip(page.view.folded, page.words, strict=True)]
        for block in _with_neighbours(gone, short):
            page.editorial[block] &= surely[block]
    return [page for page, _ in looked]


def _with_neighbours(some: Sequence[bool], others: Sequence[bool]) -> list[int]:
    """The places of some blocks, and of those others that stand beside them, or beside such a one."""
    found = list(some)
    for places in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        for place in places:
            before = place - places.step
            found[place] = found[place] or (others[place] and found[before])
    return [place for place, one in enumerate(found) if one]


def layouts(pages: Sequence[SitePage]) -> list[int]:
    """For each page how many of the pages have its layout, itself included: they share many of their names."""
    alike = [
        [len(one.names & other.names) >= _SAME_LAYOUT * max(len(one.names | other.names), 1) for other in pages]
        for one in pages
    ]
    return [max(sum(row), 1) for row in alike]


def _seeming(page: SitePage, surely: Sequence[bool]) -> dict[str, int]:
    """The texts that seem to be a page's article, folded, with their words; its title and the like left out."""
    blocks = zip(page.view.folded, page.words, page.editorial, surely, strict=True)
    return {text: words for text, words, one, sure in blocks if one and not sure and words >= _LEAST_REPEATED}


def _is_same(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether two texts, by their blocks, are for a good part the same."""
    common = sum(one[text] for text in one.keys() & other.keys())
    return common > SAME_ARTICLE * min(sum(one.values()), sum(other.values()))


def hosts_of(pages: Iterable[Page]) -> list[str]:
    """The hosts that pages are of, by their addresses or what they say of it themselves, without `www.`: the most
    frequent first."""
    addresses = (page.url or find_metadata(parse(page.html).root).url for page in pages)
    hosts = Counter(host.removeprefix("www.") for address in addresses if (host := host_of(address)[0]))
    return sorted(hosts, key=lambda host: (-hosts[host], host))


def publisher_of(pages: Iterable[Page]) -> str:
    """The name of the site that most pages give, empty if none does."""
    names = [name for page in pages if (name := find_metadata(parse(page.html).root, page.url).site)]
    return max(sorted(set(names)), key=names.count, default="")


def _look_at(page: Page, cleaner: Cleaner) -> tuple[SitePage, list[bool]]:
    """A page, and for each block whether it is the article's by what it is, not only by where it stands."""
    cleaning, _ = cleaner._cleaning(page.html, page.url, None, None, None, cleaner.categories)
    # What the article is, is judged with all out of the way that any site has, whatever rules were given.
    article, _ = generic_cleaner()._extraction(page.html, page.url)
    stripped = article.cleaning
    ranges = [(stripped.view.first[place], stripped.view.last[place]) for place in article.chosen]
    # Selectors are tried on the page as it came: removing leaves gaps that they might ask for.
    whole, _ = cleaner._cleaning(page.html, page.url, None, None, None, frozenset())
    root, view, outline = whole.document.root, cleaning.view, whole.outline
    titles = _titles(root, page)
    surely = [text in titles for text in view.folded]
    for number in sorted(n for tag in _EDITORIAL for n in outline.with_tag(tag)):
        for place in range(*view.inside(outline.starts[number], outline.stops[number])):
            surely[place] = True
    editorial = [
        sure or _overlaps(ranges, first, last) for sure, first, last in zip(surely, view.first, view.last, strict=True)
    ]
    return SitePage(page.name, root, outline, view, editorial, _names_on(outline)), surely


def _names_on(outline: Outline) -> frozenset[str]:
    found: set[str] = set()
    for element in outline.elements:
        found.update(class_tokens(element.get("class", "")), filter(None, [element.get("id")]))
        found.update(name for name in map(str, element.attrib) if name.startswith("data-"))
    return frozenset(filter(is_stable, found))


@cache
def generic_cleaner() -> Cleaner:
    """A cleaner with what holds on any site. It knows no publisher, so it can judge those who write for one."""
    return Cleaner(Rules.builtin(publishers=False))


def _titles(root: etree._Element, page: Page) -> set[str]:
    """The title of a page and its authors, folded: lines that say no more than these are the article's."""
    found = find_metadata(root, page.url)
    return {folded for text in (found.title, *found.authors) if text and (folded := fold_blocks(text))}


def _overlaps(ranges: list[Range], start: int, stop: int) -> bool:
    return any(first < stop and start < last for first, last in ranges)
