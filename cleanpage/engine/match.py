"""Which rules fire where on a page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from lxml import etree

from ..outline import Outline
from ..rules.model import PHRASE_CONDITIONS, Phrase, Rule
from ..rules.phrases import unify
from ..rules.selectors import Selector
from ..rules.sites import names_of
from .find import MANY, matching
from .program import Entry, PhraseEntry, Program
from .prose import Prose
from .teasers import teaser_lists
from .view import Range, View, merge, within

# How many elements are few.
_FEW_ELEMENTS = 100
# A phrase that was found: its number in the program, the first and the last block it stands in, whether it begins
# where the one begins, and ends where the other ends.
Hit = tuple[int, int, int, bool, bool]


@dataclass(slots=True)
class Match:
    """A rule that fired.

    Attributes:
        entry: the rule.
        number: the element it fired on, -1 for a run of text that is no element of its own.
        start, stop: the range of the stream that is meant, the element's marks included.
        condition, phrase: what fired, where the rule was found by a phrase.
        selector: the selector that matched, where the rule has several.
    """

    entry: Entry
    number: int
    start: int
    stop: int
    condition: str = ""
    phrase: str = ""
    selector: str = ""

    @property
    def rule(self) -> Rule:
        return self.entry.rule

    @property
    def order(self) -> tuple[int, str, str, str]:
        """What decides between matches of the same range."""
        return self.entry.rank, self.condition, self.phrase, self.selector

    @property
    def name(self) -> str:
        return self.rule.name(self.condition, self.phrase, self.selector)


@dataclass(frozen=True, slots=True)
class Context:
    """What a page's rules are chosen by, besides the page.

    Attributes:
        path: the path of its URL, empty if unknown.
        day: when it was fetched, None if unknown.
        categories: which are removed.
        host: the host of its URL, empty if unknown.
        present: the selectors of `page_has` that match something in the page.
        by_mark: the names of the families that only a mark says the page belongs to.
    """

    path: str
    day: date | None
    categories: frozenset[str]
    host: str = ""
    present: frozenset[Selector] = frozenset()
    by_mark: frozenset[str] = frozenset()
    names: tuple[str, ...] = field(init=False, repr=False)  # all that mean the host in rules

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names_of(self.host))

    def admits(self, rule: Rule) -> bool:
        """Whether a rule is meant for this page."""
        if rule.category and rule.category not in self.categories:
            return False
        if rule.sites is not None and not rule.sites.include(self.names):
            return False
        if rule.paths and not any(glob_matches(glob, self.path) for glob in rule.paths):
            return False
        if rule.path_matches and not any(found_in_path(pattern, self.path) for pattern in rule.path_matches):
            return False
        if rule.page_has and self.present.isdisjoint(rule.page_has):
            return False
        return rule.span.holds(self.day)

    def on(self, root: etree._Element, programs: Iterable[Program]) -> Context:
        """The same for a page whose tree is at hand: what the rules want of the page as a whole is decided here, once
        for each selector, before anything is removed."""
        wanted = {selector for program in programs for selector in program.page_has}
        if not wanted:
            return self
        return replace(self, present=frozenset(selector for selector in wanted if selector.is_in(root)))


def glob_matches(glob: str, path: str) -> bool:
    """Whether a URL path fits a glob: `*` stands for anything, slashes included, `?` for one character."""
    return _glob(glob).fullmatch(path) is not None


@lru_cache(maxsize=4096)
def _glob(glob: str) -> Any:
    import re2

    wild = {"*": "(?s:.*)", "?": "(?s:.)"}
    return re2.compile("".join(wild.get(character) or re2.escape(character) for character in glob))


def found_in_path(pattern: str, path: str) -> bool:
    """Whether a regular expression is found in a URL path. Case counts there."""
    return bool(path) and _path_pattern(pattern).search(path) is not None


@lru_cache(maxsize=4096)
def _path_pattern(pattern: str) -> Any:
    import re2

    return re2.compile(pattern)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)


class Matcher:
    """Finds the matches of programs on one page, round by round.

    The first round tries every rule the page's names and words call for. What can only fire once something else is
    gone (a phrase that now stands first, a box that is now short) is tried again in later ones.
    """

    def __init__(self, outline: Outline, root: etree._Element, context: Context, prose: Prose) -> None:
        self.outline = outline
        self.root = root
        self.context = context
        self.prose = prose
        self._waiting: list[tuple[Entry, int]] = []  # elements that met their selector, not yet its conditions
        self._unseen: set[int] = set()  # those of them that were not looked at yet
        self._positional: dict[Selector, list[Entry]] = {}
        self._touched: set[int] | None = None  # the elements that have changed; None for all, in the first round
        self._numbers: dict[Selector, list[int]] = {}
        self._sets: dict[Selector, frozenset[int]] = {}
        self._asked: dict[Selector, int] = {}  # how often an element was decided by what stands around it
        # What was looked at in this round, so that a phrase that stands in many places costs no more each time: the
        # elements around phrases, whether conditions held, and the lines.
        self._around_seen: set[tuple[int, int]] = set()
        self._held: dict[tuple[int, int, str], bool] = {}
        self._first_hits: dict[Program, list[Hit]] = {}

    @property
    def reads_tree(self) -> bool:
        """Whether later rounds must see the tree without what was removed."""
        return bool(self._positional) or any(
            selector.positional for entry, _ in self._waiting for selector in entry.rule.unless
        )

    @property
    def put_off(self) -> bool:
        """Whether elements were not looked at because something around them was thought to go."""
        return bool(self._unseen)

    def first_round(self, programs: Sequence[Program], view: View) -> Iterator[Match]:
        """All matches on the whole page."""
        outline = self.outline
        for program in programs:
            uncertain = []
            taken = []
            for entry, number in self._by_selector(program):
                if entry.certain:
                    for match in self._decide(entry, number, view):
                        yield match
                        taken.append((match.start, match.stop))
                else:
                    uncertain.append((entry, number))
            # What lies in something that goes anyway need not be looked at, unless that is held back after all.
            merged = merge(taken)
            for entry, number in uncertain:
                # What must be long enough is looked at while it is whole.
                can_wait = entry.rule.scope.kind == "self" and entry.rule.min_chars is None
                inside = can_wait and within(outline.starts[number], outline.stops[number], merged)
                if inside:
                    self._waiting.append((entry, number))
                    self._unseen.add(number)
                else:
                    yield from self._decide(entry, number, view)
            yield from self._by_text(program, view)
        yield from self._by_teasers(programs, view)

    def next_round(self, programs: Sequence[Program], view: View, removed: Iterable[Range]) -> Iterator[Match]:
        """The matches that what was removed last made possible: on the elements around it."""
        outline = self.outline
        touched: set[int] = set()
        for start, stop in removed:
            number = outline.covering(start, stop)
            while number >= 0 and number not in touched:
                touched.add(number)
                number = outline.parents[number]
        self._touched = touched
        for known in (self._numbers, self._sets, self._around_seen, self._held):
            known.clear()
        waiting, self._waiting = self._waiting, []
        for entry, number in waiting:
            if _is_gone(outline, number, view):
                continue
            if number in touched or number in self._unseen:
                yield from self._decide(entry, number, view)
            else:
                self._waiting.append((entry, number))
        self._unseen.clear()
        for selector, entries in self._positional.items():
            for number in self._matched(selector):
                if not _is_gone(outline, number, view):
                    for entry in entries:
                        yield from self._decide(entry, number, view, wait=False)
        for program in programs:
            yield from self._by_text(program, view)
        yield from self._by_teasers(programs, view)

    # --- by selector ---------------------------------------------------------------------------

    def selected(self, programs: Iterable[Program]) -> Iterator[tuple[Entry, int]]:
        """Every element that the index finds for a rule's selector, whatever the rule's conditions: for checks."""
        for program in programs:
            yield from self._by_selector(program)

    def _by_selector(self, program: Program) -> Iterator[tuple[Entry, int]]:
        outline, admits = self.outline, self.context.admits
        called: dict[Entry, None] = {}
        for facts, numbers in outline.alike:
            found = program.for_facts(facts)
            if found is None:
                continue
            for entry, is_decided in found.direct:
                if not admits(entry.rule):
                    continue
                selector = entry.selector
                assert selector is not None
                if selector.positional:
                    self._note_positional(entry, selector)
                for number in numbers:
                    if is_decided or self._meets(selector, number):
                        yield entry, number
            called.update(dict.fromkeys(found.around))
        called.update(dict.fromkeys(program.for_site(self.context.names)))
        called.update(dict.fromkeys(program.unkeyed()))
        for entry in called:
            selector = entry.selector
            assert selector is not None
            if not admits(entry.rule):
                continue
            if selector.positional:
                self._note_positional(entry, selector)
            for number in self._matched(selector):
                yield entry, number

    def _note_positional(self, entry: Entry, selector: Selector) -> None:
        entries = self._positional.setdefault(selector, [])
        if entry not in entries:
            entries.append(entry)

    def _meets(self, selector: Selector, number: int) -> bool:
        """Whether an element matches a selector. What stands around many is looked for once for all of them."""
        if selector.complex is None:
            return number in self._matched_set(selector)
        if selector.complex.before:
            asked = self._asked[selector] = self._asked.get(selector, 0) + 1
            if asked > MANY:
                return number in self._matched_set(selector)
        return selector.matches(self.outline.elements[number])

    def _matched(self, selector: Selector) -> list[int]:
        """The elements that a selector matches, in page order."""
        known = self._numbers.get(selector)
        if known is None:
            known = self._numbers[selector] = matching(self.outline, self.root, selector)
        return known

    def _decide(self, entry: Entry, number: int, view: View, *, wait: bool = True) -> Iterator[Match]:
        if number == 0:
            return  # the page itself
        if entry.certain or self._holds(entry.rule, number, view):
            several = entry.selector is not None and len(entry.rule.selectors) > 1
            yield self._match(entry, number, selector=entry.selector.source if several and entry.selector else "")
        elif wait:
            self._waiting.append((entry, number))

    def _match(self, entry: Entry, number: int, condition: str = "", phrase: str = "", selector: str = "") -> Match:
        start, stop = self.outline.starts[number] - 1, self.outline.stops[number] + 1
        return Match(entry, number, start, stop, condition, phrase, selector)

    # --- by structure --------------------------------------------------------------------------

    def _by_teasers(self, programs: Iterable[Program], view: View) -> Iterator[Match]:
        entries = [entry for program in programs for entry in program.by_teasers() if self.context.admits(entry.rule)]
        if not entries:
            return
        for found in teaser_lists(self.outline, view, self.prose, self.context.host):
            for entry in entries:
                rule = entry.rule
                if rule.teasers is None or found.size < rule.teasers:
                    continue
                for number in found.numbers:
                    selector = self._first_matching(rule.selectors, number)
                    if selector is not None and self._holds(rule, number, view):
                        yield self._match(entry, number, selector=selector)

    def _first_matching(self, selectors: tuple[Selector, ...], number: int) -> str | None:
        """The first of a rule's selectors that an element meets, empty if there is none to meet; None if it meets
        none."""
        for selector in selectors:
            if number in self._matched_set(selector):
                return selector.source
        return None if selectors else ""

    # --- by text -------------------------------------------------------------------------------

    def _by_text(self, program: Program, view: View) -> Iterator[Match]:
        if program.has_phrases and view.text:
            yield from self._by_phrase(program, view)
        if program.has_patterns and view.text:
            yield from self._by_pattern(program, view)

    def _by_pattern(self, program: Program, view: View) -> Iterator[Match]:
        before, most = view.words_before, program.pattern_words
        numbers = range(len(view.text)) if self._touched is None else filter(view.changed, range(len(view.text)))
        blocks = [block for block in numbers if before[block + 1] - before[block] <= most]
        if not blocks:
            return
        text = unify("\n".join([view.text[block].replace("\n", " ") for block in blocks]))
        for entry in program.possible_patterns(text):
            if self.context.admits(entry.rule):
                for block, line in zip(blocks, text.split("\n"), strict=True):
                    if _any_pattern(entry.rule.matches, line):
                        yield from self._block(entry, block, block, view, "", "")

    def _by_phrase(self, program: Program, view: View) -> Iterator[Match]:
        seen: set[tuple[int, int]] = set()
        lines: set[tuple[PhraseEntry, int, int]] = set()  # looked through, however often a phrase stands in them
        for index, first, last, at_start, at_end in self._hits(program, view):
            for filed in program.phrase_entries(index):
                condition, entry = filed.condition, filed.entry
                whole = at_start if condition == "starts" else condition == "text" or (at_start and at_end)
                if not (whole or filed.inline) or not self.context.admits(entry.rule):
                    continue
                if condition == "text":
                    if (entry.rank, first) in seen:
                        continue  # another phrase of the same rule was found in this block
                    seen.add((entry.rank, first))
                if not filed.tags and not filed.selectors:
                    if self._touched is None or self._may_be_new(first, last, view):
                        yield from self._block(entry, first, last, view, condition, filed.phrase.source)
                    continue
                line = (filed, first, last)
                if filed.inline and line not in lines and (self._touched is None or view.changed(first)):
                    lines.add(line)
                    yield from self._within_line(filed, first, last, view)
                if whole:
                    yield from self._around(filed, first, last, view)

    def _hits(self, program: Program, view: View) -> Iterable[Hit]:
        """Where phrases stand in what is left."""
        known = self._first_hits.get(program)
        if known is None:
            found = program.find_phrases(view.joined, view.offsets[:-1])
            hits = list(_by_block(view, found))
            self._first_hits[program] = [(i, view.origin[a], view.origin[b], s, e) for i, a, b, s, e in hits]
            return hits
        # What was found in whole blocks is found there still; new is only what stands in blocks that were cut, or
        # across a place where something was taken out between two blocks.
        now = {origin: block for block, origin in enumerate(view.origin) if origin >= 0}
        hits = [
            (index, now[first], now[last], at_start, at_end)
            for index, first, last, at_start, at_end in known
            if first in now and last in now and now[last] - now[first] == last - first
        ]
        hits += [hit for hit in _by_block(view, _at_seams(program, view)) if view.is_new(hit[1], hit[2])]
        return hits

    def _block(self, entry: Entry, first: int, last: int, view: View, condition: str, phrase: str) -> Iterator[Match]:
        """A rule about text blocks: the smallest element that holds the block and nothing else, or the bare text."""
        start, stop = view.first[first], view.last[last]
        rule = entry.rule
        if rule.max_words is not None and view.block_words(first, last + 1) > rule.max_words:
            return
        number = self._element_of(first, last, view)
        if number is not None:
            if self._holds(rule, number, view, condition):
                yield self._match(entry, number, condition, phrase)
        elif not rule.unless and holds_in_text(
            rule, " ".join(view.folded[first : last + 1]), unify(" ".join(view.text[first : last + 1])), condition
        ):
            yield Match(entry, -1, start, stop, condition, phrase)

    def _may_be_new(self, first: int, last: int, view: View) -> bool:
        """Whether a run of blocks was not there as it is now in the round before."""
        if first != last or view.changed(first):
            return True
        assert self._touched is not None
        return self.outline.covering(view.first[first], view.last[last]) in self._touched

    def _element_of(self, first: int, last: int, view: View) -> int | None:
        outline = self.outline
        number = outline.covering(view.first[first], view.last[last])
        if not self._holds_only(number, first, last, view):
            return None
        while number > 0:  # a lone wrapper goes with what it wraps
            parent = outline.parents[number]
            if parent <= 0 or outline.ends[parent] != outline.ends[number] or parent != number - 1:
                break
            if not self._holds_only(parent, first, last, view):
                break
            number = parent
        return number if number > 0 else None

    def _holds_only(self, number: int, first: int, last: int, view: View) -> bool:
        start, stop = self.outline.starts[number], self.outline.stops[number]
        return view.inside(start, stop) == (first, last + 1) and view.last[last] <= stop

    def _around(self, filed: PhraseEntry, first: int, last: int, view: View) -> Iterator[Match]:
        """The elements around a phrase that a rule's selectors name, from the innermost outwards."""
        outline, entry = self.outline, filed.entry
        rule, condition = entry.rule, filed.condition
        number = outline.covering(view.first[first], view.last[last])
        while number >= 0:
            low, high = view.inside(outline.starts[number], outline.stops[number])
            if low > first or high <= last:  # an inline element that the line goes beyond
                number = outline.parents[number]
                continue
            if condition == "starts" and low != first:
                break
            if condition == "equals" and (low, high) != (first, last + 1):
                break
            if condition == "heading" and low != first and self._heading(number, view) != (first, last + 1):
                break
            if rule.max_words is not None and view.block_words(low, high) > rule.max_words:
                break
            if condition == "text":  # wherever in an element the phrase stands, the same holds for it and all above
                seen = id(filed), number
                if seen in self._around_seen:
                    break
                self._around_seen.add(seen)
            if self._touched is not None and number not in self._touched:
                number = outline.parents[number]
                continue
            if (
                number
                and (selector := self._selects(filed, number))
                and self._holds_once(entry, number, view, condition)
            ):
                yield self._match(entry, number, condition, filed.phrase.source, selector)
            number = outline.parents[number]

    def _within_line(self, filed: PhraseEntry, first: int, last: int, view: View) -> Iterator[Match]:
        """Elements that are a part of a line."""
        outline, entry = self.outline, filed.entry
        starts, stops, tags = outline.starts, outline.stops, outline.tags
        begin = view.first[first]
        inside = outline.inside(begin, view.last[last])
        low, high = inside.start, inside.stop
        while low > 1 and stops[low - 1] > begin and starts[low - 1] > begin - 64:
            low -= 1  # elements that open right before the line's first character
        least, by_tag, by_selector = len(filed.phrase.folded) // 2, filed.tags, filed.selectors
        for number in range(low, high):
            start, stop = starts[number], stops[number]
            if stop - start < least or not (tags[number] in by_tag or by_selector):
                continue
            selector = self._selects(filed, number)
            if not selector:
                continue
            lowest, highest = view.inside(start, stop)
            if lowest < highest and view.last[highest - 1] <= stop:
                continue  # holds whole lines: found on the way outwards
            text = view.folded_text(start, stop)
            if text and _meets(filed.condition, filed.phrase, text) and self._holds(entry.rule, number, view, ""):
                yield self._match(entry, number, filed.condition, filed.phrase.source, selector)

    def _selects(self, filed: PhraseEntry, number: int) -> str:
        """The selector of a rule that an element meets, empty if none."""
        tag = self.outline.tag(number)
        if tag in filed.tags:
            return tag
        for selector in filed.selectors.get(tag) or filed.selectors.get("", ()):
            if self._meets(selector, number):
                return selector.source
        return ""

    def _matched_set(self, selector: Selector) -> frozenset[int]:
        known = self._sets.get(selector)
        if known is None:
            known = self._sets[selector] = frozenset(self._matched(selector))
        return known

    # --- conditions ----------------------------------------------------------------------------

    def _holds(self, rule: Rule, number: int, view: View, known: str = "") -> bool:
        """Whether a rule's conditions hold for an element; `known` is a phrase condition that is known to."""
        start, stop = self.outline.starts[number], self.outline.stops[number]
        if rule.max_words is not None and view.words(start, stop) > rule.max_words:
            return False
        if rule.min_chars is not None and len(" ".join(view.lines(start, stop))) < rule.min_chars:
            return False
        if rule.max_paragraphs is not None and self.prose.paragraphs(start, stop, view) > rule.max_paragraphs:
            return False
        if rule.has_phrases or rule.matches:
            low, high = view.inside(start, stop)
            text = view.folded_text(start, stop)
            if not text:
                return False
            if not _phrases_hold(rule, ("equals", "starts", "text"), text, known):
                return False
            if rule.heading and known != "heading":
                heads = {view.folded[low]} if low < high else {text}
                if heading := self._heading(number, view):
                    heads.add(" ".join(view.folded[heading[0] : heading[1]]))
                if not any(phrase.folded in heads for phrase in rule.heading):
                    return False
            if rule.matches and not _any_pattern(rule.matches, unify(" ".join(view.lines(start, stop)))):
                return False
        return not rule.unless or not self._contains(rule.unless, number, view)

    def _holds_once(self, entry: Entry, number: int, view: View, known: str) -> bool:
        """The same, remembered for this round."""
        key = entry.rank, number, known
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._holds(entry.rule, number, view, known)
        return held

    def _heading(self, number: int, view: View) -> tuple[int, int] | None:
        """The blocks of an element's first heading, unless running text comes before it: then it heads a part only."""
        found = view.first_heading(number)
        if found and self.prose.paragraphs(self.outline.starts[number], view.first[found[0]], view):
            return None
        return found

    def _contains(self, selectors: tuple[Selector, ...], number: int, view: View) -> bool:
        """Whether anything that is left and shown inside an element matches one of the selectors."""
        outline, end = self.outline, self.outline.ends[number]
        # Within few elements, a look at their tags is quicker than finding all of a page that match.
        tags = outline.tags[number + 1 : end] if end - number <= _FEW_ELEMENTS else None
        for selector in selectors:
            if tags is not None and selector.is_tag and selector.key[1] not in tags:
                continue
            found = self._matched(selector)
            for place in range(bisect_right(found, number), len(found)):
                if found[place] >= end:
                    break
                inner = found[place]
                hidden = within(outline.starts[inner], outline.stops[inner], outline.hidden)
                if not hidden and not _is_gone(outline, inner, view):
                    return True
        return False


def holds_in_text(rule: Rule, folded: str, unified: str, known: str) -> bool:
    """Whether a rule's phrases and expressions hold for a text that is no element.

    Args:
        rule: the rule.
        folded: the text, folded.
        unified: the text, folded but for case.
        known: a phrase condition that is known to hold.
    """
    if rule.min_chars is not None and len(unified) < rule.min_chars:
        return False
    if not _phrases_hold(rule, PHRASE_CONDITIONS, folded, known):
        return False
    return not rule.matches or _any_pattern(rule.matches, unified)


def _is_gone(outline: Outline, number: int, view: View) -> bool:
    return within(outline.starts[number] - 1, outline.stops[number] + 1, view.gone)


def _at_seams(program: Program, view: View) -> Iterator[tuple[int, int, int]]:
    """The phrases in the parts of the joined blocks that may hold new ones."""
    offsets, folded = view.offsets, view.folded
    reach = program.reach_anywhere
    parts = merge(
        (max(offsets[block] - reach, 0), offsets[block] + reach + (len(folded[block]) if view.changed(block) else 0))
        for block in view.seams
    )
    for begin, end in parts:
        for index, start, stop in program.find_anywhere(view.joined[begin:end]):
            yield index, begin + start, begin + stop
    places: set[int] = set()
    for block in view.seams:
        low = bisect_left(offsets, offsets[block] - program.reach_at_start)
        places.update(offsets[low : block + view.changed(block)])
    yield from program.find_at_start(view.joined, sorted(places))


def _by_block(view: View, found: Iterable[tuple[int, int, int]]) -> Iterator[Hit]:
    """Phrases in the joined blocks, with the blocks they stand in."""
    offsets, folded = view.offsets, view.folded
    for index, start, stop in found:
        first = bisect_right(offsets, start) - 1
        last = first
        if stop > offsets[first] + len(folded[first]):
            last = bisect_left(offsets, stop) - 1
        yield index, first, last, start == offsets[first], stop == offsets[last] + len(folded[last])


def _phrases_hold(rule: Rule, conditions: Iterable[str], text: str, known: str) -> bool:
    return all(
        any(_meets(condition, phrase, text) for phrase in phrases)
        for condition in conditions
        if condition != known and (phrases := getattr(rule, condition))
    )


def _meets(condition: str, phrase: Phrase, text: str) -> bool:
    match condition:
        case "text":
            return phrase.folded in text
        case "starts":
            return text.startswith(phrase.folded)
        case _:
            return text == phrase.folded


def _any_pattern(patterns: tuple[str, ...], text: str) -> bool:
    return any(_pattern(pattern).search(text) is not None for pattern in patterns)
