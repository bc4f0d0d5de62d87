"""The article survives: what a rule may not take.

A guard looks at prose, blocks of running text outside of links, and never at how a page may look after other rules:
what is held back depends on the match and the page as it came, not on the other rules. So more rules never bring
text back, and what was held back once is held back again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from ..outline import Outline
from .match import Match
from .prose import Prose
from .view import Range, View, merge

# Less prose than this is never worth a guard.
_LITTLE = 25
# The share of the page's prose that a rule may take, and the prose it may take whatever its share: for a rule that
# goes by a class or a phrase somewhere inside, for one that names how the notice begins and how long it may be or
# knows a list of teasers by its structure, and for one written for this publisher or its system.
_WEAK = (0.4, 100)
_STRONG = (0.6, 150)
_SPECIFIC = (0.6, 150)
# A weak rule that takes nearly all prose takes the article, however short it is.
_NEARLY_ALL = 0.8


class Guard:
    """Decides whether a match takes the article.

    Args:
        outline: the page.
        whole: the page before anything was removed.
        prose: which of its blocks are prose.
        by_mark: the names of the families that only a mark says the page belongs to.
    """

    def __init__(self, outline: Outline, whole: View, prose: Prose, by_mark: frozenset[str] = frozenset()) -> None:
        self.outline = outline
        self.whole = whole
        self.prose = prose
        self.by_mark = by_mark
        self._together: dict[int, int] = {}

    def weigh(self, spans: Iterable[tuple[int, int, Match]], now: View) -> None:
        """Add up what each rule would take in all its places, so that none takes the article piece by piece."""
        ranges: defaultdict[int, list[Range]] = defaultdict(list)
        for start, stop, match in spans:
            if match.rule.kind == "generic":
                ranges[match.entry.rank].append((start, stop))
        for rank, parts in ranges.items():
            if len(parts) > 1:
                whole = sum(self.prose.words(start, stop, now) for start, stop in merge(parts))
                self._together[rank] = max(whole, self._together.get(rank, 0))

    def objection(self, match: Match, start: int, stop: int, now: View) -> str:
        """Why a range may not be removed, or an empty string.

        Args:
            match: the rule that fired.
            start, stop: the range of the stream that would go.
            now: what is left of the page.
        """
        rule = match.rule
        if rule.equals and rule.scope.kind == "self":
            return ""  # nothing goes but the phrase itself
        alone = self.prose.words(start, stop, now) if now.words(start, stop) >= _LITTLE else 0
        prose = max(alone, self._together.get(match.entry.rank, 0))
        if prose < _LITTLE:
            return ""
        share = prose / max(self.prose.all_words, 1)
        where = "it holds" if prose == alone else "with its other places it holds"
        nearly_all = f"{where} {share:.0%} of the page's prose" if share >= _NEARLY_ALL else ""
        if rule.kind != "generic":
            most, enough = _SPECIFIC
            if nearly_all and rule.key in self.by_mark:
                return nearly_all
        elif rule.teasers is not None or (rule.max_words is not None and (rule.starts or rule.heading)):
            most, enough = _STRONG
        else:
            most, enough = _WEAK
            if nearly_all:
                return nearly_all
        if share >= most and prose >= enough:
            return f"{where} {share:.0%} of the page's prose, more than {most:.0%}"
        unproven = rule.kind == "generic" or rule.key in self.by_mark
        if unproven and alone >= _LITTLE and self._holds_title(start, stop):
            return "it holds the page's main heading and text below it"
        return ""

    def _holds_title(self, start: int, stop: int) -> bool:
        titles = self._titles
        return bool(titles) and all(start < title < stop for title in titles)

    @cached_property
    def _titles(self) -> list[int]:
        outline = self.outline
        return [outline.starts[number] for number, _, _ in self.whole.headings if outline.tag(number) == "h1"]
