"""Text without markup: rules about lines, and rules about phrases, applied to the lines a crawl stored."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from ..outline import count_words
from ..result import Removal
from ..rules.model import LineRule, Phrase, Rule
from ..rules.phrases import fold, unify
from .match import Context, holds_in_text
from .program import PhraseEntry, Program, Search

_BULLET = re.compile(r"[\s•·*‣▪▫■□●○◦➤►▶>|–—-]+(?=\S)")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A generic rule may not take more than this share of a text, if it is more than a few words.
_MOST_SHARE, _FEW_WORDS = 0.4, 100


def for_lines(rule: Rule) -> Rule | None:
    """A rule about elements as one about lines, or None if it needs markup: a class or any other name, a position, or
    something inside the element or elsewhere. With only a tag, or nothing, the phrase says it all."""
    if not rule.has_phrases or rule.unless or rule.page_has or not all(selector.is_tag for selector in rule.selectors):
        return None
    return replace(rule, selectors=(), source="" if len(rule.selectors) > 1 else rule.source)


class LineProgram:
    """Rules about lines, filed. Immutable, and safe to share between threads.

    Args:
        lines: rules from `lines`, the most specific first.
        rules: rules from `remove`, the most specific first.
    """

    def __init__(self, lines: Iterable[LineRule], rules: Iterable[Rule]) -> None:
        self.phrases = Program.of([made for rule in rules if (made := for_lines(rule)) is not None])
        self.equal: defaultdict[str, list[tuple[int, LineRule, Phrase]]] = defaultdict(list)
        starts: defaultdict[str, list[tuple[int, LineRule, Phrase]]] = defaultdict(list)
        for rank, rule in enumerate(lines):
            for phrase in rule.line:
                self.equal[phrase.folded].append((rank, rule, phrase))
            for phrase in rule.start:
                starts[phrase.folded].append((rank, rule, phrase))
        # Where a span may begin.
        self.starts = [starts[text] for text in sorted(starts)]
        self.start_search = Search(sorted(starts))


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines `first` to `last` (places among the lines that are left) that a rule would take."""

    first: int
    last: int
    rank: tuple[int, int]
    name: str
    category: str
    generic: bool


class TextCleaning:
    """A stored text on its way through the engine.

    Args:
        text: the text; its lines end with line feeds.
        programs: the rules, the most specific first.
        context: what else decides which rules are meant.
    """

    def __init__(self, text: str, programs: tuple[LineProgram, ...], context: Context) -> None:
        self.lines = text.split("\n")
        self.context = context
        self._removals: list[tuple[int, Removal]] = []
        readable = _SURROGATE.sub("\ufffd", text.replace("\r", " "))
        folded = fold(readable).split("\n")
        if len(folded) != len(self.lines):  # a character that folds into a line end
            folded = [fold(line).replace("\n", " ") for line in readable.split("\n")]
        self.folded = folded
        self.left = [number for number, line in enumerate(folded) if line]
        self.removed: dict[int, Removal] = {}  # with what each line was removed
        self.words = sum(map(count_words, self.lines))
        self._held: set[tuple[str, int]] = set()
        self._span_ends: dict[LineRule, list[int]] = {}  # where the spans of each rule may end, in this round
        if programs:
            while self._round(programs):
                pass

    def text(self) -> str:
        """What is left. The lines are as they were; of the empty lines around what went, one side stays."""
        kept = set(self.left)
        lines: list[str] = []
        after_removed = False
        for number, line in enumerate(self.lines):
            if self.folded[number]:
                if number not in kept:
                    after_removed = True
                    continue
                after_removed = False
            elif after_removed and (not lines or not lines[-1].strip()):
                continue
            lines.append(line)
        if after_removed:
            while lines and not lines[-1].strip():
                lines.pop()
            if self.lines[-1] == "" and lines:
                lines.append("")
        return "\n".join(lines)

    def removals(self) -> tuple[Removal, ...]:
        """What was removed and what was held back, in the order of lines."""
        return tuple(removal for _, removal in sorted(self._removals, key=lambda entry: entry[0]))

    def _round(self, programs: tuple[LineProgram, ...]) -> bool:
        found = [f for rank, program in enumerate(programs) for f in self._find(program, rank)]
        found.sort(key=lambda f: (f.first, -f.last, f.rank, f.name))
        gone: set[int] = set()
        covered = -1
        for one in found:
            first = max(one.first, covered + 1)
            if first > one.last:
                continue
            numbers = self.left[first : one.last + 1]
            text = "\n".join(" ".join(self.lines[number].split()) for number in numbers)
            words = count_words(text)
            reason = ""
            if one.generic and words > _FEW_WORDS and words > _MOST_SHARE * self.words:
                reason = f"it holds {words / self.words:.0%} of the text, more than {_MOST_SHARE:.0%}"
                if (one.name, numbers[0]) in self._held:
                    continue
                self._held.add((one.name, numbers[0]))
            else:
                gone.update(numbers)
                covered = one.last
            removal = Removal(one.name, one.category, text, f"line {numbers[0] + 1}", words, bool(reason), reason)
            self._removals.append((numbers[0], removal))
            if not reason:
                self.removed.update(dict.fromkeys(numbers, removal))
        self.left = [number for number in self.left if number not in gone]
        return bool(gone)

    def _find(self, program: LineProgram, rank: int) -> Iterator[_Found]:
        left, folded = self.left, self.folded
        if not left:
            return
        lines = [folded[number] for number in left]
        self._span_ends.clear()
        offsets = [0, *(end + place for place, end in enumerate(accumulate(map(len, lines)), 1))]
        joined = "\n".join(lines)
        for index, start, _ in program.start_search.find(joined):
            place = bisect_right(offsets, start) - 1
            for number, rule, phrase in program.starts[index]:
                if self._admits(rule) and (last := self._span_end(rule, place, lines)) is not None:
                    yield self._found(place, last, (rank, number), rule, phrase)
        for place, line in enumerate(lines):
            bare = without_bullet(line)
            for number, rule, phrase in program.equal.get(bare, ()):
                if self._admits(rule):
                    yield self._found(place, place, (rank, number), rule, phrase)
        begins = [offset + len(line) - len(without_bullet(line)) for offset, line in zip(offsets, lines, strict=False)]
        for index, start, stop in program.phrases.find_phrases(joined, sorted({*offsets[:-1], *begins})):
            place = bisect_right(offsets, start) - 1
            line, begin = lines[place], begins[place]
            for filed in program.phrases.phrase_entries(index):
                rule_ = filed.entry.rule
                if self.context.admits(rule_) and self._line_holds(filed, start <= begin, stop, offsets[place], line):
                    yield _Found(
                        place,
                        place,
                        (rank, filed.entry.rank),
                        rule_.name(filed.condition, filed.phrase.source),
                        rule_.category,
                        rule_.kind == "generic",
                    )

    def _found(self, first: int, last: int, rank: tuple[int, int], rule: LineRule, phrase: Phrase) -> _Found:
        return _Found(first, last, rank, rule.name(phrase.source), rule.category, rule.kind == "generic")

    def _admits(self, rule: LineRule) -> bool:
        return rule.category in self.context.categories and rule.span.holds(self.context.day)

    def _span_end(self, rule: LineRule, first: int, lines: list[str]) -> int | None:
        ends = self._span_ends.get(rule)
        if ends is None:
            stops = [phrase.folded for phrase in rule.stop]
            ends = [place for place, line in enumerate(lines) if any(stop in line for stop in stops)]
            self._span_ends[rule] = ends
        place = bisect_left(ends, first)
        return ends[place] if place < len(ends) and ends[place] < first + rule.max_lines else None

    def _line_holds(self, filed: PhraseEntry, at_start: bool, stop: int, offset: int, line: str) -> bool:
        rule = filed.entry.rule
        at_end = stop == offset + len(line)
        match filed.condition:
            case "equals" | "heading":
                fits = at_start and at_end
            case "starts":
                fits = at_start
            case _:
                fits = True
        if not fits or (rule.max_words is not None and count_words(line) > rule.max_words):
            return False
        return holds_in_text(rule, without_bullet(line), unify(line), filed.condition)


def without_bullet(line: str) -> str:
    """A folded line without the marks of a list before it."""
    found = _BULLET.match(line)
    return line[found.end() :] if found else line
