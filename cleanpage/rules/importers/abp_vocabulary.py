"""What the words of filter lists mean: `rules/import/abp.yaml`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..data import DataReader, parse_data, read_data
from ..model import CATEGORIES
from ..ruleset import builtin_folder
from ..source import Node

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"\w+", re.A)
_PARTS = ("sections", "titles", "conditions")

Words = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words of filter lists mean.

    Attributes:
        sections: for each category, in the order in which they count, the words in headings that stand for it, each
            between blanks.
        titles: the same for the titles of lists.
        never: the conditions of `!#if` that never hold.
    """

    sections: Words
    titles: Words
    never: frozenset[str]

    def of_heading(self, heading: str) -> str:
        """The category that a heading stands for, empty for none."""
        return _category(self.sections, heading)

    def of_title(self, title: str) -> str:
        """The category that a list's title stands for, empty for none."""
        return _category(self.titles, title)


def builtin() -> Vocabulary:
    """The vocabulary that comes with cleanpage.

    Raises:
        RuleError: with every mistake in it.
    """
    return read_data(builtin_folder() / "import" / "abp.yaml", _vocabulary)


def parse(text: str, file: str) -> Vocabulary:
    """Read a vocabulary.

    Raises:
        RuleError: with every mistake.
    """
    return parse_data(text, file, _vocabulary)


def _vocabulary(reader: DataReader, root: Node) -> Vocabulary:
    parts = dict(reader.mapping(root, _PARTS))
    never = dict(reader.mapping(parts.get("conditions"), ["never"], "key of conditions"))
    return Vocabulary(
        _words(reader, parts.get("sections")),
        _words(reader, parts.get("titles")),
        frozenset(_texts(reader, never.get("never"), lambda word: bool(_NAME.fullmatch(word)))),
    )


def _words(reader: DataReader, node: Node | None) -> Words:
    return tuple(
        (name, tuple(_spread(text) for text in _texts(reader, value, lambda text: bool(_WORD.search(text)))))
        for name, value in reader.mapping(node, CATEGORIES, "category")
    )


def _category(words: Words, text: str) -> str:
    spread = _spread(text)
    return next((category for category, phrases in words if any(phrase in spread for phrase in phrases)), "")


def _spread(text: str) -> str:
    """The words of a text, each between blanks, so that whole words are found by `in`."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _texts(reader: DataReader, node: Node | None, fits: Callable[[str], bool]) -> list[str]:
    """The texts of a list, those of lists in it included."""
    if node is None:
        return []
    if node.kind == "list":
        return [text for part in node.value for text in _texts(reader, part, fits)]
    if node.kind == "text" and fits(node.value):
        return [str(node.value)]
    reader.problem(node, f"expected a word, not {node.value or node.what!r}")
    return []
