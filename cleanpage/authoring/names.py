"""Which names of a page a rule can rely on: those that say what a block is, and will say so next year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ..rules.data import DataReader, read_data
from ..rules.importers.vocabulary import words_of
from ..rules.ruleset import builtin_folder
from ..rules.source import Node

_PARTS = re.compile(r"[^\W_]+")
_LONGEST = 60  # characters
_LEAST = 3  # characters of a word that says something
# Digits at two places among letters: 1a2b, x7Kq2, but not h1, ad4you or col2.
_MIXED = re.compile(r"[^\W\d_]*\d+(?!x\d)[^\W\d_]+\d+[^\W_]*")
_NUMBER, _LONG_NUMBER = re.compile(r"\d{3,}"), re.compile(r"\d{5,}")
_HEX = re.compile(r"(?=.*\d)[0-9a-f]{6,}")
_VOWEL = re.compile(r"[aeiouyäöüàâáãåæèéêëíìîïóòôõøúùûœąęієиоуюяеаыэё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-zA-Z]{7,}")
# Letters that change their case as often as no one writes words (kjWqPx): how often they do, of so many letters.
_RAISED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JUMBLED, _LEAST_JUMBLED, _MOST_JUMBLED = 0.3, 5, 12


class _Known(NamedTuple):
    generated: tuple[str, ...]
    styling: frozenset[str]
    editorial: frozenset[str]
    furniture: frozenset[str]


def is_stable(name: str) -> bool:
    """Whether a class name, an id or a value was written by somebody who meant something by it.

    Names that a build tool makes, that carry numbers of articles, or that say no more than how something looks, are
    not: they change, or are found everywhere.

    >>> is_stable("related-articles"), is_stable("css-1x2y3z"), is_stable("mt-4"), is_stable("Teaser_box__a8Kz3")
    (True, False, False, False)
    """
    if not name or len(name) > _LONGEST or _NUMBER.search(name) or is_made(name):
        return False
    return any(len(word) >= _LEAST and word not in _known().styling for word in words_of(name))


def is_made(name: str) -> bool:
    """Whether a class name or an id looks as if a program had made it.

    >>> is_made("sc-bdVaJa"), is_made("teaser-2")
    (True, False)
    """
    return name.casefold().startswith(_known().generated) or any(map(_is_made_part, _PARTS.findall(name)))


def is_editorial(names: Iterable[str]) -> bool:
    """Whether any of the names is one of an article's own parts: bylines, captions, dates, tags."""
    return _any_of(names, _known().editorial)


def is_furniture(names: Iterable[str]) -> bool:
    """Whether any of the names is one of a site's own parts: header, footer, navigation."""
    return _any_of(names, _known().furniture)


def _any_of(names: Iterable[str], words: frozenset[str]) -> bool:
    return any(word in words for name in names for word in words_of(name))


def _is_made_part(part: str) -> bool:
    """Whether a part of a name looks as if a program had made it."""
    if _LONG_NUMBER.search(part) or _HEX.fullmatch(part) or _MIXED.fullmatch(part):
        return True
    if _LEAST_JUMBLED <= len(part) <= _MOST_JUMBLED and len(_RAISED.findall(part)) >= _JUMBLED * len(part):
        return True
    return bool(_LATIN.fullmatch(part)) and not _VOWEL.search(part)


@cache
def _known() -> _Known:
    return read_data(builtin_folder() / "authoring" / "names.yaml", _read)


def _read(reader: DataReader, root: Node) -> _Known:
    parts = dict(reader.mapping(root, _Known._fields, "part"))
    generated, *words = ([str(node.value) for node in reader.items(parts.get(name))] for name in _Known._fields)
    return _Known(tuple(generated), *map(frozenset, words))
