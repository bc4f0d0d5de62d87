"""The words that metadata is found by: data that comes with the rules, read once and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import lru_cache
from pathlib import Path

from ..errors import Problem, RuleError
from ..rules.phrases import fold
from ..rules.reader import nearest
from ..rules.ruleset import builtin_folder
from ..rules.source import Node, read

FIELDS = ("title", "authors", "published", "modified", "language", "site", "url", "description", "image")
_ELEMENTS = ("authors", "published", "modified", "other")
_LISTS = ("foreign", "bodies", "by", "and", "roles", "suffixes", "agencies", "nobody", "month_first")
_KEYS = ("meta", "types", "elements", "months", "zones", *_LISTS)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True)
class Vocabulary:
    """What pages call things.

    Attributes:
        meta: for each field the names of `meta` elements, the best first.
        types: schema.org's types of articles with their rank, 0 for the best.
        foreign: properties under which other things than the article stand.
        bodies: types of organizations.
        elements: for each field, and for `other`, the words of class names.
        by, roles, suffixes, agencies, nobody: words around names, folded.
        joints: words that join two names, folded.
        months: numbers from 1 by folded names.
        month_first: languages in which the month comes before the day.
        zones: time zones by their names, in capitals.
    """

    meta: dict[str, tuple[str, ...]]
    types: dict[str, int]
    foreign: frozenset[str]
    bodies: frozenset[str]
    elements: dict[str, frozenset[str]]
    by: tuple[str, ...]
    joints: frozenset[str]
    roles: frozenset[str]
    suffixes: tuple[str, ...]
    agencies: frozenset[str]
    nobody: frozenset[str]
    months: dict[str, int]
    month_first: frozenset[str]
    zones: dict[str, timezone]

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read a vocabulary.

        Raises:
            RuleError: with every mistake in it.
        """
        problems: list[Problem] = []
        try:
            root = read(path.read_text("utf-8-sig"), str(path), problems)
        except (OSError, UnicodeDecodeError) as error:
            hint = "install cleanpage again"
            raise RuleError([Problem(str(path), 1, 1, f"the vocabulary cannot be read: {error}", hint)]) from None
        made = _Reader(str(path), problems).vocabulary(root) if root is not None else None
        if problems or made is None:
            raise RuleError(problems)
        return made


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with cleanpage, read when it is first asked for.

    Raises:
        RuleError: it is missing or damaged.
    """
    return Vocabulary.load(builtin_folder() / "metadata" / "vocabulary.yaml")


class _Reader:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def problem(self, node: Node, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, node.line, node.column, message, hint))

    def vocabulary(self, root: Node) -> Vocabulary:
        parts = dict(self.mapping(root, _KEYS))
        lists = {name: tuple(self.texts(parts.get(name))) for name in _LISTS}
        folded = {name: tuple(map(fold, words)) for name, words in lists.items()}
        return Vocabulary(
            {name: tuple(self.texts(node)) for name, node in self.mapping(parts.get("meta"), FIELDS)},
            dict(self.types(parts.get("types"))),
            frozenset(lists["foreign"]),
            frozenset(lists["bodies"]),
            {name: frozenset(self.texts(node)) for name, node in self.mapping(parts.get("elements"), _ELEMENTS)},
            tuple(sorted(folded["by"], key=len, reverse=True)),
            frozenset(folded["and"]),
            frozenset(folded["roles"]),
            folded["suffixes"],
            frozenset(folded["agencies"]),
            frozenset(folded["nobody"]),
            dict(self.months(parts.get("months"))),
            frozenset(lists["month_first"]),
            dict(self.zones(parts.get("zones"))),
        )

    def mapping(self, node: Node | None, known: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
        for key, value in self.pairs(node):
            if key.value in known:
                yield key.value, value
            else:
                self.problem(key, f"unknown key: {key.value}", nearest(str(key.value), known))

    def pairs(self, node: Node | None) -> list[tuple[Node, Node]]:
        if node is not None and node.kind == "mapping":
            pairs: list[tuple[Node, Node]] = node.value
            return pairs
        if node is not None:
            self.problem(node, f"expected a mapping, not {node.what}")
        return []

    def items(self, node: Node | None) -> list[Node]:
        if node is not None and node.kind == "list":
            items: list[Node] = node.value
            return items
        if node is not None:
            self.problem(node, f"expected a list, not {node.what}")
        return []

    def texts(self, node: Node | None) -> Iterator[str]:
        for item in self.items(node):
            if item.kind == "text":
                yield str(item.value)
            else:
                self.problem(item, f"expected a word, not {item.what}")

    def types(self, node: Node | None) -> Iterator[tuple[str, int]]:
        for rank, group in enumerate(self.items(node)):
            yield from ((name, rank) for name in self.texts(group))

    def months(self, node: Node | None) -> Iterator[tuple[str, int]]:
        owners: dict[str, str] = {}
        for key, names in self.mapping(node, tuple(map(str, range(1, 13)))):
            for name in map(fold, self.texts(names)):
                if owners.setdefault(name, key) != key:
                    self.problem(names, f"{name!r} is month {owners[name]} already", "leave it out of one")
                yield name, int(key)

    def zones(self, node: Node | None) -> Iterator[tuple[str, timezone]]:
        for key, value in self.pairs(node):
            found = _OFFSET.fullmatch(str(value.value))
            if found is None:
                self.problem(value, f"{value.value!r} is no offset", 'write it as in "+01:00"')
                continue
            offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
            yield str(key.value).upper(), timezone(-offset if found[1] == "-" else offset)
