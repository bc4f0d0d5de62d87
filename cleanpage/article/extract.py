"""The article of a page: found, put together, and rendered when somebody asks for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
from lxml import etree

from ..engine.clean import Cleaning
from ..engine.find import matching
from ..engine.prose import PROSE_WORDS
from ..engine.prune import prune
from ..engine.view import Range, View, merge, within
from ..outline import count_words
from ..page import parse
from ..render.html import article_html, html_of_lines, inherited
from ..render.text import text as plain
from ..result import Removal
from ..rules.model import Content
from ..rules.phrases import fold_blocks
from . import statement
from .blocks import Blocks
from .features import Features
from .mark import ARTICLE, MARK, was_extracted
from .scorer import Scorer, builtin
from .select import choose
from .standfirst import standfirst
from .statement import Stated

# Beyond so many blocks a page is a list or a log: its running text is taken, at a fraction of the cost.
_MOST_SCORED = 50_000
# A page lacks the article that it states if fewer than this share of the statement's runs of words stand in its text.
_LACKING, _RUN = 0.3, 5
_LEAST_STATED = 40  # words

# Elements that are nothing without the one around them.
_OF_OTHERS = frozenset("caption col colgroup dd dt figcaption li summary tbody td tfoot th thead tr".split())

# What says which blocks that are left are the article, as a mask of them, and how they were found.
Chooser = Callable[[Cleaning], tuple[Any, str]]


class Extraction:
    """The article of one page.

    Args:
        cleaning: the page, with the rules applied.
        contents: where the article is, as the publisher's rules say; of these the first that is found bounds the
            search.
        scorer: the weights; those that are shipped if not given.
        chooser: says which blocks that are left are the article, and how they were found; the scorer if not given.

    Attributes:
        evidence: how the article was found.
        chosen: the numbers of the blocks of the cleaned page that are the article.
        stated: the page's own statement of the article, where that is used instead; else empty.
        likely: how likely the scorer holds each block of the cleaned page to be of the article; None where it was not
            asked.
    """

    def __init__(
        self,
        cleaning: Cleaning,
        contents: Iterable[Content] = (),
        scorer: Scorer | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        self.cleaning = cleaning
        self.chooser = chooser
        self.outline = cleaning.outline
        self.scorer = scorer
        self.evidence: tuple[str, ...] = ()
        self.stated = ""
        self.likely: Any = None
        self._pruned = False
        root = cleaning.document.root
        if was_extracted(cleaning.document.root):
            self.chosen = list(range(len(cleaning.view.text)))
            self._note("extracted before")
            return
        if cleaning.instead:
            self._note(cleaning.instead)
        stated = statement.stated(root)
        self.chosen = self._find(stated, list(contents))
        body = statement.article_body(stated)
        if body and self._lacks(body):
            self.stated = body
            self._note("articleBody: the page's text lacks the article that its structured data states")

    def _note(self, reason: str) -> None:
        self.evidence += (reason,)

    # --- the search ----------------------------------------------------------------------------

    def _find(self, stated: Stated, contents: list[Content]) -> list[int]:
        view = self.cleaning.view
        blocks = Blocks(self.outline, view)
        if not blocks.count:
            self._note("nothing: the page has no text")
            return []
        admitted = self._admitted(contents)
        if blocks.count > _MOST_SCORED:
            self._note(f"running text: more than {_MOST_SCORED:,} blocks")
            loose = (blocks.link_density < 0.5) & admitted
            wanted = (blocks.words >= PROSE_WORDS) & loose
            wanted = wanted if wanted.any() else loose  # a log, or a list of short sentences
        elif self.chooser is not None:
            wanted, reason = self.chooser(self.cleaning)
            self._note(reason)
            wanted = wanted & admitted & ~self._repeats_title(stated.title)
        else:
            wanted = self._scored(blocks, stated, admitted)
        if self.cleaning.kept:
            kept = [within(first, last, self.cleaning.kept) for first, last in zip(view.first, view.last, strict=True)]
            if any(kept):
                self._note("keep: a rule keeps a part of the page")
                wanted = wanted | np.array(kept)
        return np.flatnonzero(wanted).tolist()

    def _scored(self, blocks: Blocks, stated: Stated, admitted: Any) -> Any:
        scorer = self.scorer or builtin()
        features = Features(blocks, stated, self.cleaning.hints)
        rows = features.matrix(scorer.vocabulary)
        self.likely = scorer.probabilities(rows, features.peers(), blocks.words)
        possible = admitted & ~self._repeats_title(stated.title)
        wanted, reason = choose(self.likely * possible, blocks.words)
        self._note(reason)
        if wanted.any():
            self._add_standfirst(wanted, possible, stated, blocks)
        return wanted

    def _add_standfirst(self, wanted: Any, possible: Any, stated: Stated, blocks: Blocks) -> None:
        view = blocks.view
        first = int(np.argmax(wanted))
        headlines = [low for number, low, _ in view.headings if low < first and self.outline.tag(number) == "h1"]
        if headlines:
            description = fold_blocks(stated.description)
            place = standfirst(view, first, headlines[-1], description, blocks.link_density)
            if place >= 0 and possible[place]:
                wanted[place] = True
                self._note("standfirst: it says what the page's description says")

    def _repeats_title(self, title: str) -> Any:
        """The blocks that are the title over again: the headline itself, and a line that says the same."""
        view, outline = self.cleaning.view, self.outline
        titles = {folded for folded in (fold_blocks(title.replace("\n", " ")),) if folded}
        main = [(low, high) for number, low, high in view.headings if outline.tag(number) == "h1"]
        headlines = {place for low, high in main[:1] for place in range(low, high)}
        titles.update(view.folded[place] for place in headlines)
        return np.fromiter(map(titles.__contains__, view.folded), dtype=bool, count=len(view.folded))

    def _admitted(self, contents: list[Content]) -> Any:
        """The blocks among which the article is looked for."""
        view, root = self.cleaning.view, self.cleaning.document.root
        for content in contents:
            if content.page_has and not any(selector.is_in(root) for selector in content.page_has):
                continue
            numbers = [number for selector in content.selectors for number in matching(self.outline, root, selector)]
            ranges = merge((self.outline.starts[number] - 1, self.outline.stops[number] + 1) for number in numbers)
            inside = [within(first, last, ranges) for first, last in zip(view.first, view.last, strict=True)]
            if any(inside):
                self._note(f"rule: content {content.source}")
                return np.array(inside)
        return np.ones(len(view.text), dtype=bool)

    def _lacks(self, stated: str) -> bool:
        """Whether the page's own text, with all that was removed, is without the article that it states."""
        words = fold_blocks(stated.replace("\n", " ")).split()
        found = (count_words(self.cleaning.view.text[place]) for place in self.chosen)
        # Labels and links are no article, however many there are.
        if count_words(stated) < _LEAST_STATED or 2 * sum(n for n in found if n >= PROSE_WORDS) > count_words(stated):
            return False
        whole = View(self.outline, merge(self.outline.hidden))
        shown = whole.joined.split()
        runs = {tuple(shown[place : place + _RUN]) for place in range(len(shown) - _RUN + 1)}
        stated_runs = [tuple(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)]
        return sum(run in runs for run in stated_runs) < _LACKING * max(len(stated_runs), 1)

    # --- the outcome ---------------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """The article, one block a line."""
        if self.stated:
            return self.stated
        return plain(self.cleaning.view.text[place] for place in self.chosen)

    def removals(self) -> tuple[Removal, ...]:
        """What rules removed, and what they gave a hint of that the article is without."""
        view = self.cleaning.view
        begins = [view.first[place] for place in self.chosen]
        ends = [view.last[place] for place in self.chosen]
        heeded = self.cleaning.heeded(lambda start, stop: not _any_between(begins, ends, start, stop))
        return self.cleaning.removals(heeded)

    def html(self, base: str | None = None) -> str:
        """The article as HTML that is safe to show.

        Args:
            base: what relative addresses are relative to; without it they stay as they are.
        """
        if self.stated:
            written, attributes = html_of_lines(self.stated), ""
        elif self.chosen:
            self._prune()
            element = self.outline.elements[self._main]
            while element.tag in _OF_OTHERS and (around := element.getparent()) is not None:
                element = around
            written, attributes = article_html([element], base), inherited(element)
        else:
            written, attributes = "", ""
        return f'<body {MARK}="{ARTICLE}"{attributes}>\n{written}\n</body>'

    @property
    def tree(self) -> etree._Element:
        """The element that holds all that is shown, without what is not of the article."""
        if self.stated:
            return parse(self.html()).root
        self._prune()
        return self.cleaning.visible_tree

    def _prune(self) -> None:
        """Take everything else out of the page's tree."""
        cleaning = self.cleaning
        cleaning.prune()
        if self._pruned:
            return
        self._pruned = True
        if len(self.chosen) < len(cleaning.view.text):
            ranges = self._left_out()
            removed = merge([*cleaning.view.gone, *ranges])
            cleaning.is_pruned = True
            prune(self.outline, ranges, View(self.outline, removed, cleaning.view))

    @cached_property
    def _main(self) -> int:
        """The number of the innermost element that holds the whole of the article."""
        view = self.cleaning.view
        return self.outline.covering(view.first[self.chosen[0]], view.last[self.chosen[-1]])

    def _left_out(self) -> list[Range]:
        """The ranges of the stream without the article: of each other block the widest element that holds nothing of
        the article, and all that stands around the element that holds the whole of it."""
        outline, view = self.outline, self.cleaning.view
        first, stop = outline.starts[0], outline.stops[0]
        if not self.chosen:
            return [(first, stop)]
        begins = [view.first[place] for place in self.chosen]
        ends = [view.last[place] for place in self.chosen]
        main = self._main
        ranges = [(first, outline.starts[main] - 1), (outline.stops[main] + 1, stop)] if main else []
        done = -1
        chosen = set(self.chosen)
        for place in range(*view.inside(outline.starts[main], outline.stops[main])):
            start, last = view.first[place], view.last[place]
            if place in chosen or last <= done:
                continue
            number, widest = outline.covering(start, last), -1
            while number != main and not _any_between(begins, ends, outline.starts[number], outline.stops[number]):
                widest, number = number, outline.parents[number]
            if widest >= 0:
                start, last = outline.starts[widest] - 1, outline.stops[widest] + 1
            ranges.append((start, last))
            done = last
        return merge((a, b) for a, b in ranges if a < b)


def _any_between(begins: list[int], ends: list[int], start: int, stop: int) -> bool:
    """Whether any block, of those in order, overlaps a range."""
    place = bisect_left(ends, start + 1)
    return place < len(begins) and begins[place] < stop
