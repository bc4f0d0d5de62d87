"""The words by which notices are known: data that comes with the rules, read once and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..engine.program import Search
from ..rules.data import DataReader, read_data
from ..rules.phrases import fold
from ..rules.ruleset import builtin_folder
from ..rules.source import Node

KINDS = ("subscription", "adblock", "consent", "login")
# What else a notice says.
STOPS, OFFERS, REQUESTS, AGREEMENTS, CLOSED = "stops", "offers", "requests", "agreements", "closed"
ELSEWHERE = "elsewhere"
_LISTS = (STOPS, OFFERS, REQUESTS, AGREEMENTS, CLOSED, ELSEWHERE)
# Scripts without blanks between words, or whose words take endings without any mark.
_NAME_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class _Term:
    """A word or phrase.

    Attributes:
        text: it, folded.
        role: one of `KINDS`, or what else it says.
        open: whether anything may follow it in the same word.
    """

    text: str
    role: str
    open: bool

    def stands(self, text: str, start: int, stop: int) -> bool:
        """Whether an occurrence is a word of its own."""
        if _UNSPACED.match(self.text):
            return True
        if start and text[start - 1].isalnum() and self.text[0].isalnum():
            return False
        return self.open or stop == len(text) or not (text[stop].isalnum() and self.text[-1].isalnum())


class Vocabulary:
    """What notices say.

    Args:
        terms: the words and phrases, each with its role; one that ends in `*` may have any ending.
        asides: words of the class names of what goes with a text and is none: captions, leads, notes about authors.
    """

    def __init__(self, terms: list[tuple[str, str]], asides: frozenset[str] = frozenset()) -> None:
        self.asides = asides
        self._terms: dict[str, list[_Term]] = {}
        for word, role in terms:
            text = fold(word.rstrip("*"))
            self._terms.setdefault(text, []).append(_Term(text, role, word.endswith("*")))
        self._search = Search(sorted(self._terms))

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read a vocabulary.

        Raises:
            RuleError: with every mistake in it.
        """
        return read_data(path, lambda reader, root: _vocabulary(cls, reader, root))

    def names_aside(self, value: str) -> bool:
        """Whether the value of a `class` attribute is that of what goes with a text."""
        return not self.asides.isdisjoint(word.casefold() for word in _NAME_WORD.findall(_CAMEL.sub(" ", value[:300])))

    def roles(self, text: str) -> Iterator[tuple[int, str]]:
        """What a folded text says: the place of each word or phrase, and its role."""
        for index, start, stop in self._search.find(text):
            for term in self._terms[self._search.texts[index]]:
                if term.stands(text, start, stop):
                    yield start, term.role


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with cleanpage, read when it is first asked for.

    Raises:
        RuleError: it is missing or damaged.
    """
    return Vocabulary.load(builtin_folder() / "access" / "vocabulary.yaml")


def _vocabulary(make: type[Vocabulary], reader: DataReader, root: Node) -> Vocabulary:
    terms: list[tuple[str, str]] = []
    asides: frozenset[str] = frozenset()
    for name, node in reader.mapping(root, ("asks", "asides", *_LISTS)):
        if name == "asks":
            for kind, words in reader.mapping(node, KINDS, "kind of notice"):
                terms += ((word, kind) for word in _words(reader, words))
        elif name == "asides":
            asides = frozenset(_words(reader, node))
        else:
            terms += ((word, name) for word in _words(reader, node))
    return make(terms, asides)


def _words(reader: DataReader, node: Node) -> Iterator[str]:
    """The words of a list of lists."""
    for group in reader.items(node):
        for item in reader.items(group):
            word = str(item.value) if item.kind == "text" else ""
            if not fold(word.rstrip("*")) or "*" in word[:-1]:
                reader.problem(item, f"expected a word or phrase, not {item.value if word else item.what}")
            else:
                yield word
