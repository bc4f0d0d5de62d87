"""Made rules, in the style of given ones: to measure with more rules than anybody has written.

A made rule is a given one with other names: each word in a class, an id, an attribute's value or a phrase is replaced
by a word that the given rules use elsewhere. So the mix of kinds, the lengths of names and how they are written stay as
they are, and no vocabulary stands here. The same given rules make the same rules, on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from random import Random
from typing import Any

from ..errors import CleanpageError
from ..rules.filing import goes_by_phrase
from ..rules.model import PHRASE_CONDITIONS, Phrase, Place, Rule
from ..rules.phrases import fold
from ..rules.selectors import SelectorProblem, parse_css

_FILE = "made.yaml"
# The names in a selector: values of attributes, classes and ids. What is escaped stays as it is.
_NAMES = re.compile(
    r"""(?P<attribute>\[[\w-]+[~|^$*]?=)(?P<quote>["']?)(?P<value>[^"'\]\\]*)(?P=quote)\]|(?P<mark>[.#])(?P<name>[\w-]+)"""
)
_NAME_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_PHRASE_WORD = re.compile(r"[^\W\d_]+")
# How often a rule that was made already is drawn again before a number tells it from the others.
_DRAWS = 4


class Maker:
    """Makes rules in the style of given ones.

    Attributes:
        templates: the given rules that others can be made from. One that names nothing but a tag, the presence of an
            attribute or a regular expression is about as much of a page however often it is repeated.

    Args:
        rules: the given rules.

    Raises:
        CleanpageError: none of them names anything that can be varied.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.templates = [rule for rule in rules if _is_variable(rule)]
        if not self.templates:
            raise CleanpageError("no rules can be made: none of those given names a class, an id or a phrase")
        self._name_words = _words(_NAME_WORD, map(_names_of, self.templates))
        self._phrase_words = _words(_PHRASE_WORD, (p.source for rule in self.templates for p in _phrases_of(rule)))

    def rules(self, count: int) -> Iterator[Rule]:
        """So many different rules, none of them a given one."""
        random = Random(count)
        known = {_identity(rule) for rule in self.templates}
        for number in range(count):
            template = self.templates[number % len(self.templates)]
            made = self._new(template, random, known, number)
            known.add(_identity(made))
            yield replace(made, key="made", kind="generic", place=Place(_FILE, number + 1, 1))

    def _new(self, template: Rule, random: Random, known: set[int], number: int) -> Rule:
        for _ in range(_DRAWS):
            made = self._varied(template, random, "")
            if _identity(made) not in known:
                return made
        return self._varied(template, random, str(number))

    def _varied(self, rule: Rule, random: Random, ending: str) -> Rule:
        """A rule with other names; the ending is put to each of them."""

        def other_name(found: re.Match[str]) -> str:
            text = found["name"] or found["value"]
            made = _replaced(text, _NAME_WORD, self._name_words, random, "-") + (f"-{ending}" if ending else "")
            if found["name"]:
                return found["mark"] + made
            return f"{found['attribute']}{found['quote']}{made if text else ''}{found['quote']}]"

        changes: dict[str, Any] = {
            name: tuple(self._other_phrase(phrase, random, ending) for phrase in phrases)
            for name in PHRASE_CONDITIONS
            if (phrases := getattr(rule, name))
        }
        source = _NAMES.sub(other_name, rule.source)
        try:
            selectors = parse_css(source) if rule.selectors else ()
        except SelectorProblem:  # a name that is read otherwise than it was found here
            source, selectors = rule.source, rule.selectors
        return replace(rule, selectors=selectors, source=source, **changes)

    def _other_phrase(self, phrase: Phrase, random: Random, ending: str) -> Phrase:
        made = _replaced(phrase.source, _PHRASE_WORD, self._phrase_words, random, " ") + (
            f" {ending}" if ending else ""
        )
        return Phrase(made, fold(made).replace("\n", " "))


def _is_variable(rule: Rule) -> bool:
    if any(selector.complex is None for selector in rule.selectors) or (not rule.selectors and not rule.has_phrases):
        return False
    return all(
        goes_by_phrase(rule, selector)
        or selector.key[0] in ("class", "id")
        or (selector.attribute is not None and bool(_NAME_WORD.search(selector.attribute.value)))
        for selector in rule.selectors
    )


def _identity(rule: Rule) -> int:
    """What tells a rule from others: a number, as there may be millions, and the same one in every process."""
    written = "\n".join((rule.source, *(phrase.source for phrase in _phrases_of(rule))))
    return int.from_bytes(blake2b(written.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _phrases_of(rule: Rule) -> list[Phrase]:
    return [phrase for condition in PHRASE_CONDITIONS for phrase in getattr(rule, condition)]


def _names_of(rule: Rule) -> str:
    return " ".join(found["name"] or found["value"] or "" for found in _NAMES.finditer(rule.source))


def _words(word: re.Pattern[str], texts: Iterable[str]) -> list[str]:
    return sorted({found.lower() for text in texts for found in word.findall(text) if len(found) > 1})


def _replaced(text: str, word: re.Pattern[str], words: list[str], random: Random, joint: str) -> str:
    """A text with other words, of at least two: single ones are rare among names, and common on pages."""
    made, count = word.subn(lambda found: _like(found[0])(random.choice(words)), text)
    return made if count > 1 or not words else f"{made}{joint}{random.choice(words)}"


def _like(text: str) -> Callable[[str], str]:
    """How another word is written in a text's place."""
    if text.islower():
        return str
    return str.upper if text.isupper() and len(text) > 1 else str.capitalize
