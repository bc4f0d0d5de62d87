"""Rules made ready to meet pages: each filed under what a page must have for it to fire.

A rule is filed under the rarest name its selector needs: an id, a class, an attribute's value. One that names only a
tag, or nothing, is filed under its phrases. All phrases, and all parts of attribute values, are searched for in one
pass each (Aho and Corasick, 1975). So a page's own names and words pull the few rules that may fire: the time for a
page follows the page, and the number of rules costs memory only.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from ..outline import class_tokens
from ..rules.model import Phrase, PhraseCondition, Rule
from ..rules.selectors import Selector

# The condition that a rule is filed under, if it has several: the one that is met least often.
_RAREST_FIRST: tuple[PhraseCondition, ...] = ("equals", "heading", "starts", "text")
# Elements whose text may be a part of a line only.
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub "
    "sup time tt u var".split()
)
# With so few attribute values to look for, looking for each is quicker than an automaton.
_FEW_VALUES = 4
# How many values of `class` attributes a program remembers the entries of.
_MOST_CLASS_VALUES = 50_000


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


@dataclass(frozen=True, slots=True, eq=False)
class PhraseEntry:
    """A rule under one of its phrases.

    Attributes:
        condition: the condition the phrase belongs to.
        phrase: the phrase.
        entry: the rule.
        tags: the tags that are enough to be meant; empty, with no `selectors`, for any text block.
        selectors: other selectors of which one is enough.
        inline: whether elements within a line may be meant.
    """

    condition: PhraseCondition
    phrase: Phrase
    entry: Entry
    tags: frozenset[str]
    selectors: tuple[Selector, ...]
    inline: bool


class Program:
    """Rules, filed. Immutable, and safe to share between threads.

    Args:
        rules: the most specific first.
        rank: the rank of the first of them.
    """

    def __init__(self, rules: Iterable[Rule], rank: int = 0) -> None:
        self.classes: defaultdict[str, list[Entry]] = defaultdict(list)
        self.ids: defaultdict[str, list[Entry]] = defaultdict(list)
        self.attributes: defaultdict[str, list[Entry]] = defaultdict(list)
        self.tags: defaultdict[str, list[Entry]] = defaultdict(list)
        self.unkeyed: list[Entry] = []
        self.pattern_blocks: list[Entry] = []
        self.page_has: set[Selector] = set()
        self.phrases: list[tuple[PhraseEntry, ...]] = []
        # For each phrase, whether it only counts where an element's text begins.
        self.only_at_start: list[bool] = []
        filed: defaultdict[str, list[PhraseEntry]] = defaultdict(list)
        for rank_, rule in enumerate(rules, rank):
            self._add(rank_, rule, filed)
        phrases = sorted(filed)
        for text in phrases:
            self.phrases.append(tuple(filed[text]))
            self.only_at_start.append(not any(one.inline or one.condition == "text" for one in filed[text]))
        self._phrase_search = _Search(phrases)
        self.longest_phrase = max(map(len, phrases), default=0)
        self._value_searches = {name: _ValueSearch(entries) for name, entries in self.attributes.items()}
        self._patterns = _PatternSet(self.pattern_blocks)
        self._by_class_value: dict[str, tuple[Entry, ...]] = {}

    def _add(self, rank: int, rule: Rule, filed: defaultdict[str, list[PhraseEntry]]) -> None:
        self.page_has.update(rule.page_has)
        simple = not rule.has_conditions
        condition = next((name for name in _RAREST_FIRST if getattr(rule, name)), None)
        tags: set[str] = set()
        others: list[Selector] = []
        for selector in rule.selectors:
            if condition is None or selector.key[0] in ("id", "class", "attribute"):
                self._file(Entry(rank, rule, selector, simple and selector.is_key), selector)
            elif selector.is_tag:
                tags.add(selector.key[1])
            else:
                others.append(selector)
        if condition is not None and (tags or others or not rule.selectors):
            inline = bool(tags & _INLINE) or any(not s.key[1] or s.key[1] in _INLINE for s in others)
            entry = Entry(rank, rule, None, False)
            for phrase in getattr(rule, condition):
                made = PhraseEntry(condition, phrase, entry, frozenset(tags), tuple(others), inline)
                filed[phrase.folded].append(made)
        elif condition is None and not rule.selectors:
            self.pattern_blocks.append(Entry(rank, rule, None, False))

    def _file(self, entry: Entry, selector: Selector) -> None:
        kind, name = selector.key
        match kind:
            case "class":
                self.classes[name].append(entry)
            case "id":
                self.ids[name].append(entry)
            case "attribute":
                self.attributes[name].append(entry)
            case "tag":
                self.tags[name].append(entry)
            case _:
                self.unkeyed.append(entry)

    def for_class(self, value: str) -> tuple[Entry, ...]:
        """The entries whose class, or part of a `class` attribute, this value has; their selectors may ask for more.

        Sites repeat the same few hundred values on all their pages, so the answers are kept, up to a bound.
        """
        known = self._by_class_value.get(value)
        if known is None:
            found = [entry for name in set(class_tokens(value)) for entry in self.classes.get(name, ())]
            if "class" in self._value_searches:
                found += self._value_searches["class"].possible([value])
            found.sort(key=lambda entry: entry.rank)
            known = tuple(found)
            if len(self._by_class_value) >= _MOST_CLASS_VALUES:
                self._by_class_value.clear()
            self._by_class_value[value] = known
        return known

    def find_phrases(self, text: str) -> list[tuple[int, int, int]]:
        """All occurrences of all phrases in a folded text: index into `phrases`, start, stop."""
        return self._phrase_search.find(text)

    def possible_values(self, name: str, values: list[str]) -> list[Entry]:
        """The entries under an attribute that may fit one of its values on a page."""
        return self._value_searches[name].possible(values)

    def possible_patterns(self, text: str) -> list[Entry]:
        """The entries about text blocks whose expression may be found in one of the lines of a text."""
        return self._patterns.possible(text) if self.pattern_blocks else []


class _Search:
    """Many strings, looked for in one pass."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._automaton: Any = None
        self._lock = threading.Lock()

    def find(self, text: str) -> list[tuple[int, int, int]]:
        if not self.texts:
            return []
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick, MatchKind

            with self._lock:
                self._automaton = AhoCorasick(self.texts, matchkind=MatchKind.Standard)
        return cast(list[tuple[int, int, int]], self._automaton.find_matches_as_indexes(text, overlapping=True))


class _ValueSearch:
    """Entries under one attribute, by the value they look for."""

    def __init__(self, entries: list[Entry]) -> None:
        self.always: list[Entry] = []
        by_value: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            needle = entry.selector.attribute.needle if entry.selector and entry.selector.attribute else ""
            if needle:
                by_value[needle].append(entry)
            else:
                self.always.append(entry)
        texts = sorted(by_value)
        self.owners = [by_value[text] for text in texts]
        self.search = _Search(texts)

    def possible(self, values: list[str]) -> list[Entry]:
        found = list(self.always)
        text = "\n".join(["", *values, ""])
        if len(self.owners) <= _FEW_VALUES:
            for needle, owners in zip(self.search.texts, self.owners, strict=True):
                if needle in text:
                    found += owners
            return found
        for index in {match[0] for match in self.search.find(text)}:
            found += self.owners[index]
        return found


class _PatternSet:
    """Many regular expressions, looked for in one pass (RE2's sets)."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self.owners = [entry for entry in entries for _ in entry.rule.matches]
        self._set: Any = None
        self._lock = threading.Lock()

    def possible(self, text: str) -> list[Entry]:
        if self._set is None:
            with self._lock:
                self._set = self._compile()
        found = self._set.Match(text)
        return list(dict.fromkeys(self.owners[number] for number in sorted(found or ())))

    def _compile(self) -> Any:
        import re2

        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        compiled = re2.Set.SearchSet(options)
        for entry in self.entries:
            for pattern in entry.rule.matches:
                compiled.Add(f"(?m:{pattern})")
        compiled.Compile()
        return compiled
