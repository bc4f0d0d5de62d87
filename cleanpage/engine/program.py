"""Rules made ready to meet pages.

Rules are filed under what a page must have for them to fire (`rules.filing`). All phrases, and all parts of attribute
values, are searched for in one pass each (Aho and Corasick, 1975). A rule is made ready when the first page calls for
it, so the number of rules costs neither time per page nor time to load.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar, cast

from ..errors import Problem, RuleError
from ..outline import class_tokens
from ..rules.filing import (
    Filed,
    FiledRules,
    Filing,
    any_case_key,
    class_token,
    goes_by_phrase,
    id_token,
    is_inline,
    rarest_condition,
    site_token,
)
from ..rules.model import Phrase, PhraseCondition, Rule
from ..rules.selectors import Selector
from ..stream import Facts, readable

T = TypeVar("T")

# With so few attribute values to look for, looking for each is quicker than an automaton.
_FEW_VALUES = 4
# How many values of `class` attributes, and how many ways of being made, a program remembers the entries of.
_MOST_CLASS_VALUES = _MOST_FACTS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A rule under one of its selectors.

    Attributes:
        rank: the rule's place among all rules of a page, the most specific first.
        rule: the rule.
        selector: None for a rule about any text block.
        certain: whether the key alone decides.
    """

    rank: int
    rule: Rule
    selector: Selector | None
    certain: bool

    @property
    def is_direct(self) -> bool:
        """Whether what it is filed under stands on the element itself."""
        return self.selector is not None and self.selector.anchor[:2] == self.selector.key


@dataclass(frozen=True, slots=True, eq=False)
class PhraseEntry:
    """A rule under one of its phrases.

    Attributes:
        condition: the condition the phrase belongs to.
        phrase: the phrase.
        entry: the rule.
        tags: the tags that are enough to be meant; empty, with no `selectors`, for any text block.
        selectors: other selectors of which one is enough, by the tag of the element that may meet them; under an empty
            tag those that any other may meet.
        inline: whether elements within a line may be meant.
    """

    condition: PhraseCondition
    phrase: Phrase
    entry: Entry
    tags: frozenset[str]
    selectors: dict[str, tuple[Selector, ...]]
    inline: bool


class Called(NamedTuple):
    """The entries that an element calls for by what it has.

    Attributes:
        direct: those that mean the element itself, and whether what it has decides that.
        around: those that mean others around it.
    """

    direct: tuple[tuple[Entry, bool], ...]
    around: tuple[Entry, ...]


_UNKNOWN = Called((), ())


class Program:
    """Rules, filed and made ready as they are called for. Safe to share between threads.

    Args:
        filing: what is filed under what.
        rule: gives the rule of a number.
        rank: the rank of the rule with number 0.
    """

    def __init__(self, filing: Filing, rule: Callable[[int], Rule], rank: int = 0) -> None:
        self._filing = filing
        self._rule = rule
        self._rank = rank
        self._entries: dict[Filed, Entry] = {}
        self._phrase_entries: dict[int, tuple[PhraseEntry, ...]] = {}
        self._by_class_value: dict[str, tuple[tuple[Entry, ...], tuple[Entry, ...]]] = {}
        self._by_facts: dict[Facts, Called | None] = {}
        others = filing.others
        self.tags = others.tags
        self.attributes = frozenset(key.partition(" ")[0] for key in others.parts)
        self._read = readable(self.attributes)
        self.has_patterns = bool(others.patterns)
        # Most phrases count only where a block begins. The others are searched for everywhere.
        anywhere, at_start = others.anywhere.texts, others.at_start.texts
        self._anywhere = Search(anywhere)
        self._at_start = _Beginnings(at_start, len(anywhere))
        self.has_phrases = bool(anywhere or at_start)
        # The length of the longest phrase of either kind.
        self.reach_anywhere = max(map(len, anywhere), default=0)
        self.reach_at_start = max(map(len, at_start), default=0)
        self._value_searches = {name: _ValueSearch(parts) for name, parts in others.parts.items()}
        self._patterns = _PatternSet()

    @cached_property
    def page_has(self) -> frozenset[Selector]:
        """What rules want of a page as a whole."""
        return frozenset(s for number in self._filing.others.page_has for s in self._rule(number).page_has)

    @classmethod
    def of(cls, rules: Sequence[Rule], rank: int = 0) -> Program:
        """A program of rules, the most specific first."""
        return cls(FiledRules(rules), rules.__getitem__, rank)

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return self._filing.holds_any

    def entry(self, filed: Filed) -> Entry:
        """A rule under one of its selectors."""
        known = self._entries.get(filed)
        if known is None:
            number, place = filed
            rule = self._rule(number)
            selector = _at(rule, rule.selectors, place)
            made = Entry(self._rank + number, rule, selector, selector.is_key and not rule.has_conditions)
            known = self._entries.setdefault(filed, made)
        return known

    def phrase_entries(self, index: int) -> tuple[PhraseEntry, ...]:
        """The rules under a phrase."""
        known = self._phrase_entries.get(index)
        if known is None:
            anywhere, at_start = self._filing.others.anywhere, self._filing.others.at_start
            place = index - len(anywhere.texts)
            filed = anywhere.filed(index) if place < 0 else at_start.filed(place)
            made = tuple(self._phrase_entry(number, place) for number, place in filed)
            known = self._phrase_entries.setdefault(index, made)
        return known

    def _phrase_entry(self, number: int, place: int) -> PhraseEntry:
        rule = self._rule(number)
        condition = rarest_condition(rule) or "text"
        selectors = [selector for selector in rule.selectors if goes_by_phrase(rule, selector)]
        return PhraseEntry(
            condition,
            _at(rule, getattr(rule, condition), place),
            self._text_entry(number),
            frozenset(selector.key[1] for selector in selectors if selector.is_tag),
            _by_tag([selector for selector in selectors if not selector.is_tag]),
            is_inline(rule),
        )

    def _text_entry(self, number: int) -> Entry:
        """A rule as far as it goes by its text."""
        known = self._entries.get((number, -1))
        if known is None:
            made = Entry(self._rank + number, self._rule(number), None, False)
            known = self._entries.setdefault((number, -1), made)
        return known

    def _named(self, kind: str, name: str, token: str) -> Iterator[Entry]:
        """The entries under a token, less those of another one that shares its hash."""
        for filed in self._filing.find(token):
            entry = self.entry(filed)
            assert entry.selector is not None
            if entry.selector.anchor[:2] == (kind, name):
                yield entry

    def for_facts(self, facts: Facts) -> Called | None:
        """The entries that an element calls for by what it has; None for none.

        Sites repeat the same elements on all their pages, so the answers are kept, up to a bound.
        """
        known = self._by_facts.get(facts, _UNKNOWN)
        if known is _UNKNOWN:
            known = self._called_by(facts)
            if facts.is_kept:
                if len(self._by_facts) >= _MOST_FACTS:
                    self._by_facts.clear()
                self._by_facts[facts] = known
        return known

    def _called_by(self, facts: Facts) -> Called | None:
        called: dict[Entry, None] = {}
        for name, value in facts.attributes.items():
            if name == "class":
                called.update(dict.fromkeys(entry for entries in self.for_class(value) for entry in entries))
                continue
            if name == "id":
                called.update(dict.fromkeys(self.for_id(value)))
            if name in self.attributes:
                called.update(dict.fromkeys(self.for_values(name, [value])))
        called.update(dict.fromkeys(self.for_tag(facts.tag)))
        means = []
        for entry in called:
            if entry.is_direct:
                assert entry.selector is not None
                needs = entry.selector.own_attributes
                is_decided = needs is not None and needs <= self._read
                if not is_decided or entry.selector.matches_facts(facts):
                    means.append((entry, is_decided))
        around = tuple(entry for entry in called if not entry.is_direct)
        return Called(tuple(means), around) if means or around else None

    def for_class(self, value: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """The entries whose class, or part of a `class` attribute, this value has: those that mean elements with this
        value, and those that mean others around them. Their selectors may ask for more.

        Sites repeat the same few hundred values on all their pages, so the answers are kept, up to a bound.
        """
        known = self._by_class_value.get(value)
        if known is None:
            found = [
                entry for name in set(class_tokens(value)) for entry in self._named("class", name, class_token(name))
            ]
            found += self.for_values("class", [value])
            found.sort(key=lambda entry: entry.rank)
            direct = tuple(entry for entry in found if entry.is_direct)
            known = direct, tuple(entry for entry in found if not entry.is_direct)
            if len(self._by_class_value) >= _MOST_CLASS_VALUES:
                self._by_class_value.clear()
            self._by_class_value[value] = known
        return known

    def for_id(self, name: str) -> Iterator[Entry]:
        """The entries whose id this is."""
        return self._named("id", name, id_token(name))

    def for_values(self, name: str, values: Iterable[str]) -> Iterator[Entry]:
        """The entries under an attribute that may fit one of its values on a page."""
        if name in self._value_searches:
            yield from map(self.entry, self._value_searches[name].possible(values))
        if any_case_key(name) in self._value_searches:
            lower = [value.lower() for value in values]
            yield from map(self.entry, self._value_searches[any_case_key(name)].possible(lower))

    def for_site(self, names: Iterable[str]) -> Iterator[Entry]:
        """The entries that are for a site only, by the names that mean it, and name nothing that few pages have."""
        yield from map(self.entry, dict.fromkeys(f for name in names for f in self._filing.find(site_token(name))))

    def for_tag(self, name: str) -> Iterator[Entry]:
        """The entries that need a tag only."""
        return map(self.entry, self.tags.get(name, ()))

    def unkeyed(self) -> Iterator[Entry]:
        """The entries that every page may hold."""
        return map(self.entry, self._filing.others.unkeyed)

    def by_teasers(self) -> list[Entry]:
        """The entries about lists of teasers."""
        return [self._text_entry(number) for number in self._filing.others.teasers]

    def find_phrases(self, text: str, places: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        """Where phrases stand in a folded text: index for `phrase_entries`, start, stop.

        Args:
            text: the text.
            places: where phrases may stand that count at the beginning of a block only.
        """
        yield from self.find_anywhere(text)
        yield from self.find_at_start(text, places)

    def find_anywhere(self, text: str) -> Iterable[tuple[int, int, int]]:
        """Those of them that count wherever they stand."""
        return self._anywhere.find(text)

    def find_at_start(self, text: str, places: Iterable[int]) -> Iterable[tuple[int, int, int]]:
        """Those of them that count at the beginning of a block only."""
        return self._at_start.find(text, places)

    @cached_property
    def pattern_words(self) -> float:
        """How many words a text block may have at most that expressions are looked for in."""
        limits = [entry.rule.max_words for entry in self._pattern_entries]
        return max((math.inf if limit is None else limit for limit in limits), default=0)

    @cached_property
    def _pattern_entries(self) -> list[Entry]:
        return [self._text_entry(number) for number in self._filing.others.patterns]

    def possible_patterns(self, text: str) -> list[Entry]:
        """The entries about text blocks whose expression may be found in one of the lines of a text."""
        return self._patterns.possible(text, self._pattern_entries) if self.has_patterns else []


def _by_tag(selectors: list[Selector]) -> dict[str, tuple[Selector, ...]]:
    """Selectors by the tag they need; what needs none stands with each."""
    tags = dict.fromkeys([*(selector.key[1] for selector in selectors), ""]) if selectors else ()
    return {tag: tuple(selector for selector in selectors if selector.key[1] in (tag, "")) for tag in tags}


def _at(rule: Rule, parts: Sequence[T], place: int) -> T:
    if place < len(parts):
        return parts[place]
    # No file that was compiled here says so.
    where = rule.place
    message = "the index of the pack does not fit its rules"
    raise RuleError([Problem(where.file, where.line, where.column, message, "compile it again")])


class Search:
    """Many strings, looked for in one pass."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._automaton: Any = None
        self._lock = threading.Lock()

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """All occurrences: index of the string, start, stop."""
        if not self.texts:
            return []
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick, MatchKind

            with self._lock:
                self._automaton = AhoCorasick(self.texts, matchkind=MatchKind.Standard)
        return cast(list[tuple[int, int, int]], self._automaton.find_matches_as_indexes(text, overlapping=True))


class _Beginnings:
    """Many strings, looked for at given places.

    Those that begin with the same characters stand together, so a place takes two look-ups: one for the many strings
    that are long enough, one for the few that are shorter.

    Args:
        texts: the strings, in the order of their characters.
        first_index: the number of the first.
    """

    _OPENING = 5  # characters

    def __init__(self, texts: Sequence[str], first_index: int) -> None:
        self._texts = texts
        self._first_index = first_index
        width = self._OPENING
        self._short: defaultdict[str, list[int]] = defaultdict(list)
        begins: dict[str, int] = {}  # where those begin that share an opening
        for number, opening in enumerate([text[:width] for text in texts]):
            if len(opening) < width:
                self._short[opening[:1]].append(number)
            elif opening not in begins:
                begins[opening] = number
        self._begins = begins
        self._groups: dict[str, tuple[str, ...]] = {}

    def find(self, text: str, places: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        """The strings that begin at the places, as `Search.find` gives them."""
        texts, begins, short, width = self._texts, self._begins, self._short, self._OPENING
        for place in places:
            first = text[place : place + 1]
            if first in short:
                for number in short[first]:
                    if text.startswith(texts[number], place):
                        yield self._first_index + number, place, place + len(texts[number])
            opening = text[place : place + width]
            if opening in begins and text.startswith(group := self._group(opening), place):
                for number, one in enumerate(group, self._first_index + begins[opening]):
                    if text.startswith(one, place):
                        yield number, place, place + len(one)

    def _group(self, opening: str) -> tuple[str, ...]:
        """The strings that share an opening."""
        known = self._groups.get(opening)
        if known is None:
            rest = map(self._texts.__getitem__, range(self._begins[opening], len(self._texts)))
            with_it = takewhile(lambda one: one.startswith(opening), rest)
            known = self._groups.setdefault(opening, tuple(with_it))
        return known


class _ValueSearch:
    """Entries under one attribute, by the part of a value that they look for."""

    def __init__(self, parts: dict[str, list[Filed]]) -> None:
        self._always = parts.get("", [])
        texts = [text for text in parts if text]
        self._owners = [parts[text] for text in texts]
        self._search = Search(texts)

    def possible(self, values: Iterable[str]) -> list[Filed]:
        found = list(self._always)
        text = "\n".join(["", *values, ""])
        if len(self._owners) <= _FEW_VALUES:
            for needle, owners in zip(self._search.texts, self._owners, strict=True):
                if needle in text:
                    found += owners
            return found
        for index in sorted({match[0] for match in self._search.find(text)}):
            found += self._owners[index]
        return found


class _PatternSet:
    """Many regular expressions, looked for in one pass (RE2's sets)."""

    def __init__(self) -> None:
        self._compiled: tuple[Any, list[Entry]] | None = None
        self._lock = threading.Lock()

    def possible(self, text: str, entries: list[Entry]) -> list[Entry]:
        if self._compiled is None:
            with self._lock:
                self._compiled = self._compile(entries)
        patterns, owners = self._compiled
        if patterns is None:
            return owners
        return list(dict.fromkeys(owners[number] for number in sorted(patterns.Match(text) or ())))

    def _compile(self, entries: list[Entry]) -> tuple[Any, list[Entry]]:
        import re2

        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        compiled = re2.Set.SearchSet(options)
        owners = []
        for entry in entries:
            for pattern in entry.rule.matches:
                compiled.Add(f"(?m:{pattern})")
                owners.append(entry)
        try:
            compiled.Compile()
        except re2.error:  # together they are too large: each is looked for on its own
            return None, list(dict.fromkeys(owners))
        return compiled, owners
