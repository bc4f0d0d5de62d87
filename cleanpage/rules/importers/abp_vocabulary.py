"""What the words of filter lists mean: `rules/import/abp.yaml`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...errors import Problem, RuleError
from ..model import CATEGORIES
from ..reader import nearest
from ..ruleset import builtin_folder
from ..source import Node, read

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
    path = builtin_folder() / "import" / "abp.yaml"
    return parse(path.read_text("utf-8"), str(path))


def parse(text: str, file: str) -> Vocabulary:
    """Read a vocabulary.

    Raises:
        RuleError: with every mistake.
    """
    problems: list[Problem] = []
    root = read(text, file, problems)
    parts = _mapping(root, _PARTS, "key", file, problems) if root is not None else {}
    never = _mapping(parts.get("conditions"), ["never"], "key of conditions", file, problems)
    made = Vocabulary(
        _words(parts.get("sections"), file, problems),
        _words(parts.get("titles"), file, problems),
        frozenset(_texts(never.get("never"), lambda word: bool(_NAME.fullmatch(word)), file, problems)),
    )
    if problems:
        raise RuleError(problems)
    return made


def _words(node: Node | None, file: str, problems: list[Problem]) -> Words:
    found = _mapping(node, CATEGORIES, "category", file, problems)
    return tuple(
        (name, tuple(_spread(text) for text in _texts(value, lambda text: bool(_WORD.search(text)), file, problems)))
        for name, value in found.items()
    )


def _category(words: Words, text: str) -> str:
    spread = _spread(text)
    return next((category for category, phrases in words if any(phrase in spread for phrase in phrases)), "")


def _spread(text: str) -> str:
    """The words of a text, each between blanks, so that whole words are found by `in`."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _mapping(
    node: Node | None, known: tuple[str, ...] | list[str], what: str, file: str, problems: list[Problem]
) -> dict[str, Node]:
    found: dict[str, Node] = {}
    if node is None:
        return found
    if node.kind != "mapping":
        problems.append(Problem(file, node.line, node.column, f"expected a mapping, not {node.what}"))
        return found
    for key, value in node.value:
        if key.kind != "text" or key.value not in known:
            name = key.value if key.kind == "text" else key.what
            problems.append(Problem(file, key.line, key.column, f"unknown {what}: {name}", nearest(str(name), known)))
        elif key.value in found:
            problems.append(Problem(file, key.line, key.column, f"{key.value!r} stands here twice", "join the two"))
        else:
            found[key.value] = value
    return found


def _texts(node: Node | None, fits: Callable[[str], bool], file: str, problems: list[Problem]) -> list[str]:
    """The texts of a list, those of lists in it included."""
    if node is None:
        return []
    if node.kind == "list":
        return [text for part in node.value for text in _texts(part, fits, file, problems)]
    if node.kind == "text" and fits(node.value):
        return [str(node.value)]
    problems.append(Problem(file, node.line, node.column, f"expected a word, not {node.value or node.what!r}"))
    return []
