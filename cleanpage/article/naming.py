"""What elements are called, as far as it says something of the blocks that stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..outline import Outline
    from ..stream import Facts
    from .blocks import Blocks, Floats, Ints

# Weights are whole numbers, whose sum is the same in any order.
THOUSANDTHS = 1000
# Elements that enclose a block, by the HTML standard.
AROUND = (
    ("article",), ("main",), ("nav",), ("aside",), ("header",), ("footer",), ("section",), ("form",),
    ("figure", "picture"), ("table",), ("ul", "ol"), ("li",), ("blockquote",), ("a",), ("button",), ("dl",),
    ("details",), ("div",), ("p",), ("h1", "h2", "h3", "h4", "h5", "h6"),
)  # fmt: skip
_BY_TAG = {tag: row for row, group in enumerate(AROUND) for tag in group}
# The attributes that name what an element is for, and what tells their words apart in a vocabulary.
NAMING = {"class": "", "id": "", "role": "role:", "itemprop": "item:", "itemtype": "type:"}
_LONGEST_VALUE = 500  # characters of a value that are read
_SHORTEST = 3  # letters of a word
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MOST_KNOWN = 10_000  # ways of being made that are remembered


def tags_around(outline: Outline) -> tuple[Ints, Ints]:
    """The elements of a page that are of a group of `AROUND`: pairs of the group's number and an element."""
    kinds, kind_of = outline.kinds
    group = np.array([_BY_TAG.get(facts.tag, -1) for facts in kinds], dtype=np.intp)[kind_of]
    elements = np.flatnonzero(group >= 0)
    return group[elements], elements


def name_words(facts: Facts) -> set[str]:
    """The words that an element's names consist of: `class="articleBody main_text" role=main` gives article, body,
    main, text, role:main."""
    return {
        NAMING[name] + token.lower()
        for name, value in facts.attributes.items()
        if name in NAMING
        for token in _TOKEN.findall(value[:_LONGEST_VALUE])
        if len(token) >= _SHORTEST
    }


class Naming:
    """What the names of elements say of the blocks that stand in them. Safe to share between threads.

    Sites repeat the same elements on all their pages, so what each is worth is kept, up to a bound.

    Args:
        weights: for words of names, in thousandths: what they say of the blocks whose own element, or the one around
            it, bears them, and what they say of all blocks inside.
    """

    def __init__(self, weights: Mapping[str, tuple[int, int]]) -> None:
        self.weights = weights
        self._known: dict[Facts, tuple[int, int]] = {}

    def scores(self, blocks: Blocks) -> Floats:
        """For each block what the names of the elements around it say: above 0 if it is rather of an article.

        Args:
            blocks: their outline was made with the attributes of `NAMING`.
        """
        kinds, kind_of = blocks.outline.kinds
        found = [self._known.get(facts) or self._add(facts) for facts in kinds]
        own, around = np.array(found, dtype=np.int64).reshape(-1, 2).T
        near = own[kind_of[blocks.element]] + own[kind_of[blocks.parents[blocks.element]]]
        far = around[kind_of]
        elements = np.flatnonzero(far)
        return np.asarray(near + blocks.sums_around(elements, far[elements])) / THOUSANDTHS

    def _add(self, facts: Facts) -> tuple[int, int]:
        weights = self.weights
        found = [weights[word] for word in name_words(facts) if word in weights]
        made = (sum(own for own, _ in found), sum(around for _, around in found))
        if facts.is_kept:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[facts] = made
        return made
