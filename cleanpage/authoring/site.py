"""Pages of one site, each with what the rules leave of it and what of that is the article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate

from lxml import etree

from ..api import Cleaner
from ..engine.find import matching
from ..engine.view import Range, View
from ..metadata import find_metadata
from ..outline import Outline, count_words
from ..page import parse
from ..rules.phrases import fold_blocks
from ..rules.ruleset import Rules, host_of
from ..rules.selectors import Selector
from ..stored import Page

# Elements whose text is the article's, wherever they stand.
_EDITORIAL = ("h1", "figcaption", "time", "address", "blockquote")


@dataclass
class SitePage:
    """A stored page, as somebody who writes rules looks at it.

    Attributes:
        name: its name.
        root: its tree, nothing removed.
        outline: the same as columns.
        view: the blocks that the rules leave.
        editorial: for each of these whether it is the article's: its text, its title, who wrote it.
    """

    name: str
    root: etree._Element = field(repr=False)
    outline: Outline = field(repr=False)
    view: View = field(repr=False)
    editorial: list[bool] = field(repr=False)

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

    def words_in(self, number: int) -> int:
        """How many words an element has that the rules leave."""
        low, high = self.blocks_in(number)
        return self._words_before[high] - self._words_before[low]

    def tag_of(self, block: int) -> str:
        """The tag of the smallest element that holds a whole block."""
        return self.outline.tag(self.outline.covering(self.view.first[block], self.view.last[block]))

    def text_in(self, number: int) -> list[str]:
        """The blocks in an element that the rules leave."""
        return self.view.text[slice(*self.blocks_in(number))]


def read_site(pages: Iterable[Page], cleaner: Cleaner) -> list[SitePage]:
    """Look at pages of a site.

    Args:
        pages: the pages.
        cleaner: the rules that are there already.

    Raises:
        PageError: one of them is no page.
    """
    return [_look_at(page, cleaner) for page in pages]


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


def _look_at(page: Page, cleaner: Cleaner) -> SitePage:
    cleaning, _ = cleaner._cleaning(page.html, page.url, None, None, None, cleaner.categories)
    # What the article is, is judged with all out of the way that any site has, whatever rules were given.
    article, _ = generic_cleaner()._extraction(page.html, page.url)
    stripped = article.cleaning
    ranges = [(stripped.view.first[place], stripped.view.last[place]) for place in article.chosen]
    # Selectors are tried on the page as it came: removing leaves gaps that they might ask for.
    whole, _ = cleaner._cleaning(page.html, page.url, None, None, None, frozenset())
    root, view, outline = whole.document.root, cleaning.view, whole.outline
    names = _names(root, page)
    editorial = [
        _overlaps(ranges, first, last) or text in names
        for first, last, text in zip(view.first, view.last, view.folded, strict=True)
    ]
    for number in sorted(n for tag in _EDITORIAL for n in outline.with_tag(tag)):
        for place in range(*view.inside(outline.starts[number], outline.stops[number])):
            editorial[place] = True
    return SitePage(page.name, root, outline, view, editorial)


@cache
def generic_cleaner() -> Cleaner:
    """A cleaner with what holds on any site. It knows no publisher, so it can judge those who write for one."""
    return Cleaner(Rules.builtin(publishers=False))


def _names(root: etree._Element, page: Page) -> set[str]:
    """The title of a page and its authors, folded: lines that say no more than these are the article's."""
    found = find_metadata(root, page.url)
    return {folded for text in (found.title, *found.authors) if text and (folded := fold_blocks(text))}


def _overlaps(ranges: list[Range], start: int, stop: int) -> bool:
    return any(first < stop and start < last for first, last in ranges)
