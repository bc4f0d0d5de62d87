"""The words that metadata is found by: data that comes with the rules, read once and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import lru_cache
from pathlib import Path

from ..rules.data import DataReader, read_data
from ..rules.phrases import fold
from ..rules.ruleset import builtin_folder
from ..rules.source import Node

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
        return read_data(path, _vocabulary)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with cleanpage, read when it is first asked for.

    Raises:
        RuleError: it is missing or damaged.
    """
    return Vocabulary.load(builtin_folder() / "metadata" / "vocabulary.yaml")


def _vocabulary(reader: DataReader, root: Node) -> Vocabulary:
    parts = dict(reader.mapping(root, _KEYS))
    lists = {name: tuple(_texts(reader, parts.get(name))) for name in _LISTS}
    folded = {name: tuple(map(fold, words)) for name, words in lists.items()}
    meta, elements = reader.mapping(parts.get("meta"), FIELDS), reader.mapping(parts.get("elements"), _ELEMENTS)
    return Vocabulary(
        {name: tuple(_texts(reader, node)) for name, node in meta},
        dict(_types(reader, parts.get("types"))),
        frozenset(lists["foreign"]),
        frozenset(lists["bodies"]),
        {name: frozenset(_texts(reader, node)) for name, node in elements},
        tuple(sorted(folded["by"], key=len, reverse=True)),
        frozenset(folded["and"]),
        frozenset(folded["roles"]),
        folded["suffixes"],
        frozenset(folded["agencies"]),
        frozenset(folded["nobody"]),
        dict(_months(reader, parts.get("months"))),
        frozenset(lists["month_first"]),
        dict(_zones(reader, parts.get("zones"))),
    )


def _texts(reader: DataReader, node: Node | None) -> Iterator[str]:
    for item in reader.items(node):
        if item.kind == "text":
            yield str(item.value)
        else:
            reader.problem(item, f"expected a word, not {item.what}")


def _types(reader: DataReader, node: Node | None) -> Iterator[tuple[str, int]]:
    for rank, group in enumerate(reader.items(node)):
        yield from ((name, rank) for name in _texts(reader, group))


def _months(reader: DataReader, node: Node | None) -> Iterator[tuple[str, int]]:
    owners: dict[str, str] = {}
    for key, names in reader.mapping(node, tuple(map(str, range(1, 13)))):
        for name in map(fold, _texts(reader, names)):
            if owners.setdefault(name, key) != key:
                reader.problem(names, f"{name!r} is month {owners[name]} already", "leave it out of one")
            yield name, int(key)


def _zones(reader: DataReader, node: Node | None) -> Iterator[tuple[str, timezone]]:
    names = [key.value for key, _ in node.value if key.kind == "text"] if node and node.kind == "mapping" else []
    for key, value in reader.mapping(node, names):
        found = _OFFSET.fullmatch(str(value.value))
        if found is None:
            reader.problem(value, f"{value.value!r} is no offset", 'write it as in "+01:00"')
            continue
        offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
        yield key.upper(), timezone(-offset if found[1] == "-" else offset)
