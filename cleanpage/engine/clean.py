"""A page's removals: matched, scoped, guarded, and done once each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from ..outline import Outline, count_words
from ..page import Document
from ..result import Removal
from ..rules.expressions import AttributePath
from ..rules.model import Scope
from .attributes import leave_out
from .guard import Guard
from .match import Context, Match, Matcher
from .program import Program
from .prose import Prose
from .prune import prune
from .view import Range, View, merge, subtract, within

# Each round removes something, and only what a removal uncovers needs another. Pages made for it can ask for as many
# rounds as they have elements; the work that all rounds may do together is bounded.
_MIN_ROUNDS, _MAX_WORK = 16, 500_000


@dataclass(frozen=True, slots=True)
class Hinting:
    """Which rules give hints and take nothing: what they would take is noted, for somebody else to decide.

    Attributes:
        categories: the categories of the rules that do.
        ranks: the ranks of those rules.
        asked: the categories of what is removed.
    """

    categories: frozenset[str]
    ranks: range
    asked: frozenset[str]

    def includes(self, match: Match) -> bool:
        """Whether a match is a hint."""
        rule = match.rule
        return rule.kind == "generic" and rule.category in self.categories and match.entry.rank in self.ranks


@dataclass(frozen=True, slots=True)
class Hint:
    """What a rule would take: a range of the stream."""

    start: int
    stop: int
    match: Match


@dataclass(slots=True)
class Taken:
    """What one match took, or would have taken."""

    match: Match
    ranges: list[Range]
    before: list[Range] = field(repr=False)  # what was gone already
    reason: str = ""


class Cleaning:
    """One page on its way through the engine.

    Args:
        document: the parsed page; its tree belongs to this cleaning.
        outline: its columns.
        programs: the rules, the most specific first.
        keeping: the rules that say what is never removed.
        context: what else decides which rules are meant.
        strip_attributes: which attributes the tree that is left is without.
        hinting: which rules give hints only; none if not given.

    Attributes:
        hints: what those would have taken, in the order it was found.
        instead: what is shown in place of a page that shows next to nothing, in words; empty for most pages.
    """

    def __init__(
        self,
        document: Document,
        outline: Outline,
        programs: tuple[Program, ...],
        keeping: tuple[Program, ...],
        context: Context,
        strip_attributes: tuple[AttributePath, ...] = (),
        hinting: Hinting | None = None,
    ) -> None:
        self.hinting = hinting
        self.hints: list[Hint] = []
        self.instead = ""
        self._hinted: set[tuple[int, int, int]] = set()
        self.document = document
        self.outline = outline
        self.strip_attributes = strip_attributes
        self.taken: list[Taken] = []
        self.held: list[Taken] = []
        self.kept: list[Range] = []  # what a rule says is never removed
        self._pruned: list[Range] = []
        self.is_pruned = False  # whether the tree has lost anything
        self._known_places: dict[int, dict[int, tuple[int, int]]] = {}
        # What scopes have found, so that no sibling or ancestor is looked at again for each match; the last two hold
        # for one view.
        self._closest: dict[tuple[int, int], int] = {}
        self._heads: dict[int, tuple[list[int], list[int]]] = {}
        self._runs: dict[int, int] = {}
        self._gone = merge(outline.hidden)
        self._removed: list[Range] = []
        self.view = View(outline, self._gone)
        if programs:
            self._run(programs, keeping, context.on(document.root, (*programs, *keeping)))

    def _run(self, programs: tuple[Program, ...], keeping: tuple[Program, ...], context: Context) -> None:
        outline, root = self.outline, self.document.root
        self.prose = prose = Prose(outline, self.view)
        kept = self.kept
        if keeping:
            everything = Matcher(outline, root, context, prose)
            kept = self.kept = merge((m.start, m.stop) for m in everything.first_round(keeping, self.view))
        matcher = Matcher(outline, root, context, prose)
        guard = Guard(outline, self.view, prose, context.by_mark)
        held: set[tuple[int, int, int]] = set()
        matches = list(matcher.first_round(programs, self.view))
        for _ in range(max(_MIN_ROUNDS, _MAX_WORK // len(outline))):
            if self.hinting:
                matches = list(self._without_hints(matches, self.hinting))
            taken = list(self._settle(matches, kept, guard, held))
            if taken:
                self._take(taken)
                if matcher.reads_tree:
                    self.prune()
            elif not matcher.put_off:
                break
            new = [r for one in taken for r in one.ranges]
            # What was held back may hold less by now.
            matches = [held.match for held in self.held]
            matches += matcher.next_round(programs, self.view, new)

        self.held = [one for one in self.held if not within(one.match.start, one.match.stop, self._removed)]

    def _without_hints(self, matches: list[Match], hinting: Hinting) -> Iterator[Match]:
        """The matches that take what they mean; the others are noted. A part of a line is always taken: there is
        nothing in it to decide about."""
        for match in matches:
            if not hinting.includes(match):
                if match.rule.category in hinting.asked:
                    yield match
                continue
            start, stop = self._scope(match)
            low, high = self.view.inside(start, stop)
            if low == high or self.view.last[low] > stop:
                if match.rule.category in hinting.asked:
                    yield match
                continue
            mark = (match.entry.rank, start, stop)
            if mark not in self._hinted:
                self._hinted.add(mark)
                self.hints.append(Hint(start, stop, match))

    def _take(self, taken: list[Taken]) -> None:
        self.taken += taken
        self._removed = merge(r for one in self.taken for r in one.ranges)
        self._gone = merge((*self.outline.hidden, *self._removed))
        self.view = View(self.outline, self._gone, self.view)
        self._heads.clear()
        self._runs.clear()

    def _settle(
        self, matches: list[Match], kept: list[Range], guard: Guard, held: set[tuple[int, int, int]]
    ) -> Iterator[Taken]:
        """Decide which piece goes to which match, so that each piece goes once: the widest match takes it, of two
        that are equal the one by the more specific rule."""
        spans = [(*self._scope(match), match) for match in matches]
        guard.weigh(spans, self.view)
        spans.sort(key=lambda span: (span[0], -span[1], *span[2].order))
        covered = -1
        for start, stop, match in spans:
            start = max(start, covered)
            if start >= stop or within(start, stop, self._removed):
                continue
            ranges = [r for part in subtract(start, stop, self._removed) for r in subtract(*part, kept)]
            if not ranges:
                continue
            reason = guard.objection(match, start, stop, self.view)
            if reason:
                mark = (match.entry.rank, start, stop)
                if mark not in held:
                    held.add(mark)
                    self.held.append(Taken(match, ranges, self._gone, reason))
                continue
            covered = stop
            yield Taken(match, ranges, self._gone)

    # --- scopes --------------------------------------------------------------------------------

    def _scope(self, match: Match) -> Range:
        """The range of the stream that goes with a match."""
        scope = match.rule.scope
        number = match.number
        if scope.kind == "self" or number <= 0:
            return match.start, match.stop
        outline = self.outline
        parent = outline.parents[number]
        match scope.kind:
            case "closest":
                found = self._find_closest(scope, number)
                if found > 0:
                    return outline.starts[found] - 1, outline.stops[found] + 1
                return match.start, match.stop
            case "up":
                above = outline.ancestors(number)[scope.levels - 1 : scope.levels]
                # Without so many levels, or if the last of them is the page itself, nothing is meant.
                within_page = above and above[0] > 0
                return (outline.starts[above[0]] - 1, outline.stops[above[0]] + 1) if within_page else (0, 0)
            case "rest":
                return match.start, outline.stops[parent]
            case "preceding":
                return outline.starts[parent], match.stop
            case "links":
                return match.start, self._links_end(number, parent)
            case _:
                return match.start, self._section_end(number, parent)

    def _find_closest(self, scope: Scope, number: int) -> int:
        """The element, or the nearest one around it, that a scope names; 0 for none."""
        outline, known = self.outline, self._closest
        way = []
        found = 0
        while number > 0:
            if (id(scope), number) in known:
                found = known[id(scope), number]
                break
            way.append((id(scope), number))
            if any(selector.matches(outline.elements[number]) for selector in scope.selectors):
                found = number
                break
            number = outline.parents[number]
        known.update(dict.fromkeys(way, found))
        return found

    def _links_end(self, number: int, parent: int) -> int:
        """Where the links after an element end: at the next sibling or text that is anything else."""
        outline, view, known = self.outline, self.view, self._runs
        reached = outline.stops[number] + 1
        sibling = outline.ends[number]
        way: list[tuple[int, int]] = []  # the siblings, and where those end that are links
        found = 0
        while sibling < outline.ends[parent]:
            if sibling in known:
                found = known[sibling]
                break
            start, stop = outline.starts[sibling] - 1, outline.stops[sibling] + 1
            low, high = view.inside(reached, start)
            inner_low, inner_high = view.inside(start, stop)
            is_empty = inner_low == inner_high
            ends_here = low < high or not (is_empty or self.prose.only_links(start, stop))
            way.append((sibling, 0 if ends_here or is_empty else stop))
            if ends_here:  # text of the parent itself, or a sibling that is no link
                break
            reached = stop
            sibling = outline.ends[sibling]
        for sibling, stop in reversed(way):
            found = known[sibling] = found or stop
        return found or outline.stops[number] + 1

    def _section_end(self, number: int, parent: int) -> int:
        """Where the section that begins with a heading ends: at the next sibling that is or begins with a heading
        of its rank or a higher one, or with its parent."""
        outline = self.outline
        rank = self._rank(number)
        children, ranks = self._headed(parent)
        for place in range(bisect_left(children, outline.ends[number]), len(children)):
            if not rank or ranks[place] <= rank:
                return outline.starts[children[place]] - 1
        return outline.stops[parent]

    def _headed(self, parent: int) -> tuple[list[int], list[int]]:
        """The children of an element that are or begin with a heading, and the ranks of those."""
        known = self._heads.get(parent)
        if known is None:
            outline = self.outline
            children: list[int] = []
            ranks: list[int] = []
            child = parent + 1
            while child < outline.ends[parent]:
                if rank := self._rank(child):
                    children.append(child)
                    ranks.append(rank)
                child = outline.ends[child]
            known = self._heads[parent] = children, ranks
        return known

    def _rank(self, number: int) -> int:
        """The rank of the heading that an element is, or that its text begins with; 0 for none."""
        outline = self.outline
        place = bisect_left(outline.headings, (number, 0))
        if place == len(outline.headings) or outline.headings[place][0] >= outline.ends[number]:
            return 0
        heading, rank = outline.headings[place]
        low, high = self.view.inside(outline.starts[number], outline.starts[heading])
        return rank if low == high else 0

    # --- the outcome ---------------------------------------------------------------------------

    def heeded(self, is_gone: Callable[[int, int], bool]) -> list[Taken]:
        """The hints that somebody else has followed, each piece once, the widest first.

        Args:
            is_gone: whether nothing in a range of the stream was kept.
        """
        asked = self.hinting.asked if self.hinting else frozenset()
        wanted = [hint for hint in self.hints if hint.match.rule.category in asked]
        heeded: list[Taken] = []
        covered = -1
        for hint in sorted(wanted, key=lambda hint: (hint.start, -hint.stop, *hint.match.order)):
            start = max(hint.start, covered)
            if start < hint.stop and is_gone(start, hint.stop):
                ranges = subtract(start, hint.stop, self._removed)
                if any(self.outline.shows_text(*one) for one in ranges):
                    heeded.append(Taken(hint.match, ranges, self._gone))
                covered = hint.stop
        return heeded

    def prune(self) -> None:
        """Take what was removed out of the tree."""
        new = [r for r in self._removed if not within(*r, self._pruned)]
        if new:
            self.is_pruned = True
            prune(self.outline, new, self.view)
            self._pruned = self._removed

    @property
    def blocks(self) -> list[str]:
        """The text blocks that are left."""
        return self.view.text

    @property
    def tree(self) -> etree._Element:
        """The root of the tree that is left."""
        self._finish()
        return self.document.root

    @property
    def visible_tree(self) -> etree._Element:
        """The element of the tree that is left which holds all that is shown."""
        self._finish()
        return self.outline.elements[0]

    def _finish(self) -> None:
        self.prune()
        self.is_pruned = True
        leave_out(self.document.root, self.strip_attributes)

    def in_page_order(self, others: Iterable[Taken] = ()) -> list[Taken]:
        """What was taken and what was held back, as `removals` reports it."""
        return sorted((*self.taken, *self.held, *others), key=lambda taken: taken.ranges[0][0])

    def removals(self, others: Iterable[Taken] = ()) -> tuple[Removal, ...]:
        """What was removed and what was held back, in page order.

        Args:
            others: what somebody else decided to remove.
        """
        views: dict[int, View] = {}  # one for each round
        removals = []
        for taken in self.in_page_order(others):
            view = views.get(id(taken.before))
            if view is None:
                view = views[id(taken.before)] = View(self.outline, taken.before)
            text = "\n".join(view.pieces(taken.ranges))
            match, held = taken.match, bool(taken.reason)
            removals.append(
                Removal(match.name, match.rule.category, text, self._path(match), count_words(text), held, taken.reason)
            )
        return tuple(removals)

    def _path(self, match: Match) -> str:
        outline = self.outline
        number = match.number if match.number >= 0 else outline.covering(match.start, match.stop)
        steps = [*reversed(outline.ancestors(number)), number]
        above = "/html/" if outline.tag(0) == "body" else "/"
        return above + "/".join(map(self._step, steps)) + ("" if match.number >= 0 else "/text()")

    def _step(self, number: int) -> str:
        outline = self.outline
        tag = outline.tag(number)
        if number == 0:
            return tag
        position, others = self._places(outline.parents[number])[number]
        return f"{tag}[{position}]" if others > 1 else tag

    def _places(self, parent: int) -> dict[int, tuple[int, int]]:
        """For each child: which one of its tag it is, and how many there are."""
        known = self._known_places.get(parent)
        if known is None:
            outline = self.outline
            children: dict[str, list[int]] = {}
            child = parent + 1
            while child < outline.ends[parent]:
                children.setdefault(outline.tag(child), []).append(child)
                child = outline.ends[child]
            known = self._known_places[parent] = {
                child: (place, len(same)) for same in children.values() for place, child in enumerate(same, 1)
            }
        return known
