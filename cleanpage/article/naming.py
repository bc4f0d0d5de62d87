"""What elements are called, as far as it says something of the blocks that stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..outline import Outline
    from ..stream import Facts
    from .blocks import Ints

# Elements that enclose a block, by the HTML standard.
AROUND = (
    ("article",), ("main",), ("nav",), ("aside",), ("header",), ("footer",), ("section",), ("form",),
    ("figure", "picture"), ("table",), ("ul", "ol"), ("li",), ("blockquote",), ("a",), ("button",), ("dl",),
    ("details",), ("div",), ("p",), ("h1", "h2", "h3", "h4", "h5", "h6"),
)  # fmt: skip
# The attributes that name what an element is for, and what tells their words apart in a vocabulary.
NAMING = {"class": "", "id": "", "role": "role:", "itemprop": "item:", "itemtype": "type:"}
_LONGEST_VALUE = 500  # characters of a value that are read
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# How many values of attributes, and how many ways of being made, are remembered.
_MOST_KNOWN = 50_000
_BY_TAG: dict[str, tuple[int, ...]] = {}
for _row, _group in enumerate(AROUND):
    for _tag in _group:
        _BY_TAG[_tag] = (*_BY_TAG.get(_tag, ()), _row)


def name_tokens(value: str) -> list[str]:
    """The words that class names and ids consist of: `articleBody main_text` gives article, body, main, text."""
    return [token.lower() for token in _TOKEN.findall(value) if len(token) > 1]


class Naming:
    """The rows of features that an element counts for by its tag and its names: one for each group of `AROUND`, then
    one for each word of a vocabulary. Safe to share between threads.

    Sites repeat the same elements on all their pages, so the answers are kept, up to a bound.

    Args:
        vocabulary: words of class names, ids and the like, each with its place.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self._by_facts: dict[Facts, tuple[int, ...]] = {}
        self._by_value: dict[str, dict[str, tuple[int, ...]]] = {name: {} for name in NAMING}

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(AROUND) + len(self.vocabulary)

    def owners(self, outline: Outline) -> tuple[Ints, Ints]:
        """The elements of a page that count for anything: pairs of a row and an element.

        Args:
            outline: the page, read with the attributes of `NAMING`.
        """
        kinds, _ = outline.kinds
        order, begins = outline.by_kind
        known = self._by_facts
        found = [known[facts] if facts in known else self._add(facts) for facts in kinds]
        sizes = list(map(len, found))
        rows = np.fromiter(chain.from_iterable(found), dtype=np.intp, count=sum(sizes))
        kind = np.repeat(np.arange(len(kinds)), sizes)
        # Each pair of a row and a kind stands for all elements of the kind.
        low, many = begins[kind], begins[kind + 1] - begins[kind]
        ends = np.cumsum(many)
        place = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(low - (ends - many), many)
        return np.repeat(rows, many), order[place]

    def _add(self, facts: Facts) -> tuple[int, ...]:
        rows = list(_BY_TAG.get(facts.tag, ()))
        for name, value in facts.attributes.items():
            if name in NAMING:
                known = self._by_value[name].get(value)
                rows += self._add_value(name, value) if known is None else known
        made = tuple(rows)
        if facts.is_kept:
            _remember(self._by_facts, facts, made)
        return made

    def _add_value(self, name: str, value: str) -> tuple[int, ...]:
        vocabulary, prefix = self.vocabulary, NAMING[name]
        words = {prefix + token for token in name_tokens(value[:_LONGEST_VALUE])}
        made = tuple(sorted(len(AROUND) + vocabulary[word] for word in words if word in vocabulary))
        _remember(self._by_value[name], value, made)
        return made


def _remember(known: dict[Any, tuple[int, ...]], key: object, value: tuple[int, ...]) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = value
