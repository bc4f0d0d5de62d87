"""What a page must have for a rule to fire, and the rules filed under it.

A rule is filed under the rarest name its selector needs: an id, a class, an attribute's value. One that names only a
tag, or nothing, is filed under its phrases or the sites it is for. So a page's own names and words pull the few rules
that may fire, and the time for a page does not depend on the number of rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .model import PhraseCondition, Rule
from .selectors import Selector

# A rule under one of its selectors: the rule's number, and the selector's in the rule.
Filed = tuple[int, int]
# A rule under one of its phrases: the rule's number, and the phrase's among those of its rarest condition.
FiledPhrase = tuple[int, int]

# The condition that a rule is filed under, if it has several: the one that is met least often.
_RAREST_FIRST: tuple[PhraseCondition, ...] = ("equals", "heading", "starts", "text")
# Elements whose text may be a part of a line only.
INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub "
    "sup time tt u var".split()
)


def class_token(name: str) -> str:
    return f".{name}"


def id_token(name: str) -> str:
    return f"#{name}"


def site_token(domain: str) -> str:
    return f"@{domain}"


def any_case_key(name: str) -> str:
    """What stands for an attribute where the case of its values does not count."""
    return f"{name} i"


class Filing(Protocol):
    """Filed rules, however they are kept."""

    @property
    def others(self) -> Others: ...

    @property
    def holds_any(self) -> bool:
        """Whether anything is filed."""

    def find(self, token: str) -> Sequence[Filed]:
        """The rules under a class, an id or, for want of these, a site."""


class Phrases(Protocol):
    """Phrases in the order of their characters, and what is filed under each."""

    @property
    def texts(self) -> Sequence[str]: ...

    def filed(self, index: int) -> Sequence[FiledPhrase]:
        """What is filed under the phrase of a place among them."""


@dataclass(slots=True)
class ListedPhrases:
    """Phrases, as they were read."""

    texts: list[str] = field(default_factory=list)
    lists: list[list[FiledPhrase]] = field(default_factory=list)

    @classmethod
    def of(cls, phrases: Mapping[str, list[FiledPhrase]], texts: Iterable[str]) -> ListedPhrases:
        """Some of the phrases in a mapping."""
        texts = sorted(texts)
        return cls(texts, [phrases[text] for text in texts])

    def filed(self, index: int) -> list[FiledPhrase]:
        return self.lists[index]


@dataclass(slots=True)
class Others:
    """What is filed under other than names.

    Attributes:
        parts: for each attribute (and each `any_case_key`), the parts of its values that rules look for; an empty one
            for any value.
        tags: what needs a tag only.
        unkeyed: what needs nothing.
        patterns: the numbers of rules about text blocks that go by regular expressions.
        at_start: phrases that count only where a block begins.
        anywhere: phrases that count wherever they stand.
        texts: the numbers of the rules that have phrases or expressions.
        teasers: the numbers of those about lists of teasers.
        page_has: the numbers of those that want something of the page as a whole.
    """

    parts: dict[str, dict[str, list[Filed]]] = field(default_factory=dict)
    tags: dict[str, list[Filed]] = field(default_factory=dict)
    unkeyed: list[Filed] = field(default_factory=list)
    patterns: list[int] = field(default_factory=list)
    at_start: Phrases = field(default_factory=ListedPhrases)
    anywhere: Phrases = field(default_factory=ListedPhrases)
    texts: list[int] = field(default_factory=list)
    teasers: list[int] = field(default_factory=list)
    page_has: list[int] = field(default_factory=list)

    @property
    def holds_any(self) -> bool:
        phrases = (self.at_start.texts, self.anywhere.texts)
        return any((self.parts, self.tags, self.unkeyed, self.patterns, *phrases, self.teasers))


class FiledRules:
    """Rules, filed. A rule's number is its place among them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.named: defaultdict[str, list[Filed]] = defaultdict(list)
        self.others = Others()
        phrases: defaultdict[str, list[FiledPhrase]] = defaultdict(list)
        anywhere: set[str] = set()
        for number, rule in enumerate(rules):
            self._file(number, rule, phrases, anywhere)
        self.others.anywhere = ListedPhrases.of(phrases, anywhere)
        self.others.at_start = ListedPhrases.of(phrases, phrases.keys() - anywhere)

    @property
    def holds_any(self) -> bool:
        return bool(self.named) or self.others.holds_any

    def find(self, token: str) -> Sequence[Filed]:
        return self.named.get(token, ())

    def _file(self, number: int, rule: Rule, phrases: defaultdict[str, list[FiledPhrase]], anywhere: set[str]) -> None:
        if rule.has_phrases or rule.matches:
            self.others.texts.append(number)
        if rule.page_has:
            self.others.page_has.append(number)
        if rule.teasers is not None:
            self.others.teasers.append(number)
            return
        condition = rarest_condition(rule)
        for place, selector in enumerate(rule.selectors):
            if not goes_by_phrase(rule, selector):
                self._file_selector((number, place), selector, rule)
        if condition is not None and (not rule.selectors or any(goes_by_phrase(rule, s) for s in rule.selectors)):
            everywhere = condition == "text" or is_inline(rule)
            for place, phrase in enumerate(getattr(rule, condition)):
                phrases[phrase.folded].append((number, place))
                if everywhere:
                    anywhere.add(phrase.folded)
        elif condition is None and not rule.selectors:
            self.others.patterns.append(number)

    def _file_selector(self, filed: Filed, selector: Selector, rule: Rule) -> None:
        kind, name, attribute = selector.anchor
        others = self.others
        sites = [domain for domain in rule.domains if not domain.startswith("~")]
        if sites and not selector.anchor.is_rare:
            for site in sites:
                self.named[site_token(site)].append(filed)
            return
        match kind:
            case "class":
                self.named[class_token(name)].append(filed)
            case "id":
                self.named[id_token(name)].append(filed)
            case "attribute":
                assert attribute is not None
                key = any_case_key(name) if attribute.any_case else name
                others.parts.setdefault(key, {}).setdefault(attribute.needle, []).append(filed)
            case "tag":
                others.tags.setdefault(name, []).append(filed)
            case _:
                others.unkeyed.append(filed)


def unanchored(rule: Rule) -> list[Selector]:
    """The selectors of a generic rule that no class, id, attribute, tag, phrase or site narrows down: each is decided
    on the whole of every page."""
    if rule.kind != "generic" or any(not domain.startswith("~") for domain in rule.domains):
        return []
    return [s for s in rule.selectors if s.anchor.kind == "any" and not goes_by_phrase(rule, s)]


def rarest_condition(rule: Rule) -> PhraseCondition | None:
    """The condition under whose phrases a rule is filed, if it is filed under phrases."""
    return next((name for name in _RAREST_FIRST if getattr(rule, name)), None)


def goes_by_phrase(rule: Rule, selector: Selector) -> bool:
    """Whether a rule is filed under its phrases for a selector: one that names nothing rare."""
    return rule.has_phrases and selector.key[0] not in ("id", "class", "attribute")


def is_inline(rule: Rule) -> bool:
    """Whether elements within a line may be meant by the selectors that go by phrases."""
    tags = [selector.key[1] for selector in rule.selectors if goes_by_phrase(rule, selector)]
    return any(not tag or tag in INLINE for tag in tags)
