"""Words that say of what category a block is: the vocabulary is data, read and checked here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..data import DataReader, read_data
from ..model import CATEGORIES
from ..source import Node

_PARTS = ("words", "elements")
# The most words of a name that are looked up together, as in `also-read`.
_LONGEST = 3
# What a name says, it says soon: more words than this are not looked at.
_MOST_WORDS = 100
_ENTRY = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){0,2}\*?")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Vocabulary:
    """Categories by the words of class names, ids and phrases, and by the names of elements.

    Args:
        words: each category's words, in the order in which categories win; one with `*` at its end stands for all
            that begin with it.
        elements: each category's elements.
    """

    def __init__(self, words: dict[str, list[str]], elements: dict[str, list[str]]) -> None:
        self._rank = {category: rank for rank, category in enumerate(words)}
        owners = [(word, category) for category, listed in words.items() for word in listed]
        self._words = {word: category for word, category in owners if word[-1] != "*"}
        self._stems = [(word[:-1], category) for word, category in owners if word[-1] == "*"]
        self._elements = {element: category for category, listed in elements.items() for element in listed}

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read a vocabulary.

        Raises:
            RuleError: with every mistake in it.
        """
        parts = read_data(path, _parts)
        return cls(parts.get("words", {}), parts.get("elements", {}))

    def category(self, names: Iterable[str], elements: Iterable[str] = ()) -> str:
        """The category that names and phrases speak of, else the one of the first element that has one; empty if they
        say nothing. More words together win over fewer, then the category that stands first."""
        found = [hit for name in names for hit in self._hits(words_of(name)[:_MOST_WORDS])]
        if found:
            return min(found, key=lambda hit: (-hit[0], self._rank[hit[1]]))[1]
        return next((self._elements[element] for element in elements if element in self._elements), "")

    def _hits(self, words: list[str]) -> Iterator[tuple[int, str]]:
        for length in range(1, _LONGEST + 1):
            for start in range(len(words) - length + 1):
                phrase = "-".join(words[start : start + length])
                if phrase in self._words:
                    yield length, self._words[phrase]
                else:
                    stems = ((stem, category) for stem, category in self._stems if stem.count("-") == length - 1)
                    yield from ((length, category) for stem, category in stems if phrase.startswith(stem))


def words_of(name: str) -> list[str]:
    """The words of a class name, an id or a phrase, in small letters: `relatedArticles-box2` has three."""
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", name))]


def _parts(reader: DataReader, root: Node) -> dict[str, dict[str, list[str]]]:
    parts: dict[str, dict[str, list[str]]] = {}
    for name, node in reader.mapping(root, _PARTS, "part"):
        owners: dict[str, str] = {}
        parts[name] = {
            category: list(_entries(reader, listed, category, owners))
            for category, listed in reader.mapping(node, CATEGORIES, "category")
        }
    return parts


def _entries(reader: DataReader, node: Node, category: str, owners: dict[str, str]) -> Iterator[str]:
    for entry in reader.items(node):
        word = entry.value if entry.kind == "text" else ""
        if not _ENTRY.fullmatch(word) or word != word.casefold():
            hint = "small letters, up to three words joined by -, perhaps * at the end"
            reader.problem(entry, f"{word!r} is no word of names", hint)
        elif word in owners:
            reader.problem(entry, f"{word!r} stands under {owners[word]} already", "remove one")
        else:
            owners[word] = category
            yield word
