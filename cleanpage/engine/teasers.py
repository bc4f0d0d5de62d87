"""Lists of teasers: the headlines of other articles, each a link, in a row.

What tells them from the article's own links is how they stand, whatever the publisher calls them: several parts of one
element, alike, each with one link to another page of the site that makes up a line of its own and reads like a
headline, and little text besides. Menus have shorter links, references in a text stand within lines, tables of
contents lead to the page itself, shopping lists to other sites.

The search for repeated parts follows the idea of mining data records (Liu, Grossman and Zhai, 2003): the largest
element around a headline that holds no other one is a part, its parent the list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy

from ..outline import Outline, count_words, ideographs
from ..stream import HEADINGS
from .prose import Prose
from .view import Range, View, merge, within

# A headline has so many words at least; in Chinese and Japanese script so many characters stand for a word.
_HEADLINE_WORDS = 4
_CHARACTERS_A_WORD = 3
# A teaser has so many words at most, so many of them in running text, and so many links. Its headline is so large a
# share of it.
_MOST_WORDS, _MOST_PROSE, _MOST_LINKS, _LEAST_SHARE = 80, 45, 6, 0.15
# A page with lists of teasers around an article has so many words of running text besides, not less than so large a
# part of what stands in the lists, in so many paragraphs; one with less is a list itself.
_ARTICLE_WORDS, _ARTICLE_SHARE, _ARTICLE_PARAGRAPHS = 60, 0.75, 3
# The article's text stands in an element that holds so much of the running text besides the lists.
_MAIN_SHARE = 0.6
# After an article's text there follow so many teasers at most; a longer list is a part of it.
_MOST_AT_END = 12
# Elements that stand for themselves, also between two paragraphs.
_ASIDE = frozenset(("aside", "nav", "section", "footer"))
_LINE_SHARE = 0.7  # a link that is so much of a line is the line
_SHORTEST = 2 * _HEADLINE_WORDS - 1  # characters
_LOCAL = ("#", "javascript:", "mailto:", "tel:", "sms:", "whatsapp:", "data:")


@dataclass(frozen=True, slots=True)
class TeaserList:
    """A list of teasers.

    Attributes:
        size: how many there are.
        numbers: the element that holds them and nothing else, or each of them.
    """

    size: int
    numbers: tuple[int, ...]


def teaser_lists(outline: Outline, view: View, prose: Prose, host: str = "") -> list[TeaserList]:
    """The lists of teasers on a page that holds an article, in page order.

    Args:
        outline: the page.
        view: what is left of it.
        prose: which of its blocks are prose.
        host: where it was found, empty if unknown.
    """
    return list(_Search(outline, view, prose, host).lists())


class _Search:
    def __init__(self, outline: Outline, view: View, prose: Prose, host: str) -> None:
        self.home = _site_of(host)
        self.outline = outline
        self.view = view
        self.prose = prose
        self.links = outline.with_tag("a")
        self.targets: dict[int, str] = {}
        self.words: dict[int, float] = {}
        self._ideographs = outline.has_ideographs
        self._find_headlines()
        self.headlines = list(self.targets)
        self._prose_words = prose.of_blocks(view)
        self._ranges: list[Range] = []  # where teasers stand
        self._paragraphs: list[int] = []
        self._sums = [0]

    def lists(self) -> Iterator[TeaserList]:
        view = self.view
        found = [(above, parts) for above, parts in self._parts().items() if len(parts) > 1]
        self._ranges = merge(self._range(part) for _, parts in found for part in parts)
        self._find_paragraphs()
        inside = sum(view.words(start, stop) for start, stop in self._ranges)
        least = max(_ARTICLE_WORDS, _ARTICLE_SHARE * inside)
        if len(self._paragraphs) < _ARTICLE_PARAGRAPHS or self._sums[-1] < least:
            return
        for above, parts in sorted(found):
            whole = self._whole(above, parts)
            places = (whole,) if whole is not None else tuple(parts)
            # What else stands between the parts may be the article's text, whichever of them comes first.
            if not any(self._in_text(place, len(parts)) for place in places):
                yield TeaserList(len(parts), places)

    # --- headlines -----------------------------------------------------------------------------

    def _find_headlines(self) -> None:
        """Find the links to other pages of the site that read like headlines."""
        outline = self.outline
        found: list[tuple[int, str, str]] = []
        sites: Counter[str] = Counter()
        for number, words in self._lines():
            link = outline.elements[number]
            target = (link.get("href") or "").strip()
            if not target or target.startswith(_LOCAL):
                continue
            site = _site(target)
            if site and site != self.home and _is_unvouched(link.get("rel") or ""):
                continue
            if site:
                sites[site] += 1
            self.words[number] = words
            found.append((number, target, site))
        # A page that links to many shops is no page of theirs.
        own = self.home if self.home in sites else min(sites, key=lambda site: (-sites[site], site), default="")
        self.targets = {
            number: target.partition("#")[0].partition("?")[0]
            for number, target, site in found
            if not site or site == own
        }

    def _lines(self) -> Iterator[tuple[int, float]]:
        """The links that make up lines of their own, and have as many words as a headline: numbers and words."""
        outline, view = self.outline, self.view
        links = numpy.array(self.links, dtype=numpy.intp)
        starts, stops = outline.opens[links], outline.closes[links]
        # Menus are full of links that are too short for a headline.
        long = numpy.flatnonzero(stops - starts >= _SHORTEST)
        if not len(long) or not view.text:
            return
        starts, stops = starts[long], stops[long]
        firsts, lasts = numpy.array(view.first), numpy.array(view.last)
        low, high = numpy.searchsorted(firsts, starts), numpy.searchsorted(firsts, stops)
        begins = low < high
        line = numpy.where(begins, low, low - 1)  # the one it begins, or stands in
        shown = (line >= 0) & (lasts[line] > starts)
        if self._ideographs:
            whole = numpy.zeros_like(begins)
        else:
            text = outline.text_places
            after = numpy.searchsorted(text, stops)
            next_text = text[numpy.minimum(after, len(text) - 1)]
            whole = begins & ((after == len(text)) | (next_text >= lasts[high - 1]))
        before = numpy.array(view.words_before)
        words = before[high] - before[low]
        # One that is a part of a line makes up most of it.
        lengths = numpy.fromiter(map(len, view.text), dtype=numpy.intp, count=len(view.text))
        most = (begins & (lasts[line] <= stops)) | (stops - starts >= _LINE_SHARE * lengths[line])
        wanted = numpy.flatnonzero(shown & numpy.where(whole, words >= _HEADLINE_WORDS, most))
        for place, is_whole in zip(wanted.tolist(), whole[wanted].tolist(), strict=True):
            found = float(words[place]) if is_whole else self._words(int(starts[place]), int(stops[place]))
            if found >= _HEADLINE_WORDS:
                yield self.links[long[place]], found

    def _words(self, start: int, stop: int) -> float:
        if not self._ideographs:
            return self.view.words(start, stop)
        return sum(map(_words, self.view.lines(start, stop)))

    # --- parts ---------------------------------------------------------------------------------

    def _parts(self) -> dict[int, list[int]]:
        """The parts of lists, by the element above them."""
        outline = self.outline
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for headline, before, after in zip(self.headlines, *self._neighbours(), strict=True):
            part = headline
            # The largest element in which no link leads elsewhere.
            while (above := outline.parents[part]) > 0 and before < above and outline.ends[above] <= after:
                part = above
            known = parts[outline.parents[part]]
            if (not known or known[-1] != part) and self._is_teaser(part):
                known.append(part)
        for above, known in parts.items():
            tags = Counter(map(outline.tag, known))
            parts[above] = [part for part in known if tags[outline.tag(part)] > 1]
        return parts

    def _inside(self, number: int) -> list[int]:
        """The headlines in an element, itself included."""
        return self.headlines[
            bisect_left(self.headlines, number) : bisect_left(self.headlines, self.outline.ends[number])
        ]

    def _neighbours(self) -> tuple[list[int], list[int]]:
        """For each headline, the last one before and the first one after it that lead to another page."""
        numbers, targets = self.headlines, [*self.targets.values()]
        before, after = [-1] * len(numbers), [len(self.outline)] * len(numbers)
        for place in range(1, len(numbers)):
            same = targets[place] == targets[place - 1]
            before[place] = before[place - 1] if same else numbers[place - 1]
        for place in range(len(numbers) - 2, -1, -1):
            same = targets[place] == targets[place + 1]
            after[place] = after[place + 1] if same else numbers[place + 1]
        return before, after

    def _is_teaser(self, part: int) -> bool:
        outline = self.outline
        start, stop = outline.starts[part], outline.stops[part]
        links = bisect_left(self.links, outline.ends[part]) - bisect_left(self.links, part)
        if links > _MOST_LINKS or self.prose.words(start, stop, self.view) > _MOST_PROSE:
            return False
        words = self._words(start, stop)
        return words <= _MOST_WORDS and max(map(self.words.__getitem__, self._inside(part))) >= _LEAST_SHARE * words

    # --- places --------------------------------------------------------------------------------

    def _range(self, number: int) -> Range:
        return self.outline.starts[number] - 1, self.outline.stops[number] + 1

    def _whole(self, above: int, parts: list[int]) -> int | None:
        """The largest element that holds a list and, besides, headings only."""
        ranges = merge(map(self._range, parts))
        whole = None
        while above > 0 and self._only_headings(above, ranges):
            whole = above
            ranges = [self._range(above)]
            above = self.outline.parents[above]
        return whole

    def _only_headings(self, number: int, ranges: list[Range]) -> bool:
        outline, view = self.outline, self.view
        low, high = view.inside(outline.starts[number], outline.stops[number])
        for block in range(low, high):
            first = view.first[block]
            place = bisect_left(ranges, (first + 1,)) - 1
            if place >= 0 and first < ranges[place][1]:
                continue
            around = outline.covering(first, view.last[block])
            if not any(outline.tag(one) in _TITLES for one in (around, *outline.ancestors(around)[:3])):
                return False
        return True

    def _in_text(self, number: int, size: int) -> bool:
        """Whether a list stands in the article's text, as a list of its own does: between its paragraphs, or at their
        end and long, in no element that stands for itself."""
        outline = self.outline
        first, last = self._text
        if outline.starts[number] < first or not self._main < number < outline.ends[self._main]:
            return False
        if outline.starts[number] > last and size <= _MOST_AT_END:
            return False
        above = [number, *outline.ancestors(number)]
        return not any(outline.tag(one) in _ASIDE and not self._has_text(one) for one in above)

    def _has_text(self, number: int) -> bool:
        """Whether any of the article's paragraphs stand in an element."""
        start, stop = self._range(number)
        place = bisect_left(self._paragraphs, start)
        return place < len(self._paragraphs) and self._paragraphs[place] < stop

    @cached_property
    def _main(self) -> int:
        """The smallest element that holds most of the running text besides the lists."""
        firsts, sums = self._paragraphs, self._sums
        most = _MAIN_SHARE * sums[-1]
        main, child = 0, 1
        while child < self.outline.ends[main]:
            start, stop = self._range(child)
            if sums[bisect_left(firsts, stop)] - sums[bisect_left(firsts, start)] >= most:
                main, child = child, child + 1
            else:
                child = self.outline.ends[child]
        return main

    @cached_property
    def _text(self) -> Range:
        """Where the first and the last paragraph in that element begin."""
        start, stop = self._range(self._main)
        low, high = bisect_left(self._paragraphs, start), bisect_left(self._paragraphs, stop)
        return (self._paragraphs[low], self._paragraphs[high - 1]) if low < high else (0, 0)

    def _find_paragraphs(self) -> None:
        """Find the running text besides the lists: where each paragraph begins, and the words before it."""
        for first, words in zip(self.view.first, self._prose_words, strict=True):
            if words and not within(first, first + 1, self._ranges):
                self._paragraphs.append(first)
                self._sums.append(self._sums[-1] + words)


_TITLES = (HEADINGS - {"h1"}) | {"header"}


def _is_unvouched(rel: str) -> bool:
    """Whether a site does not vouch for where its link leads: to a shop, or to where it was paid for."""
    return "nofollow" in rel or "sponsored" in rel


def _site(target: str) -> str:
    """The last two labels of a link's host; empty for a link within the site."""
    _, mark, rest = target.partition("//")
    if not mark:
        return ""
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
    return _site_of(host)


def _site_of(host: str) -> str:
    return ".".join(host.lower().rsplit(".", 2)[-2:])


def _words(text: str) -> float:
    """The words of a text, ideographs counted as the parts of words that they are."""
    found = ideographs(text)
    return count_words(text) - found + found / _CHARACTERS_A_WORD
