"""What words say of the block they stand in, and which words are known at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .naming import THOUSANDTHS, Naming

if TYPE_CHECKING:
    from .blocks import Floats

# Of a long block the first and the last words are read, and what it begins and ends with; a short one is a word of its
# own, too.
_FIRST, _LAST, _WHOLE = 10, 3, 4
# How many texts are remembered, and up to which length: the labels that a site repeats on all its pages.
_MOST_KNOWN, _LONGEST_KNOWN = 10_000, 60


def text_words(folded: str) -> set[str]:
    """The words that are read of a block.

    Args:
        folded: its text, as `fold_blocks` gives it.
    """
    head = folded.split(None, _FIRST + _LAST)
    if not head:
        return set()
    if len(head) > _FIRST + _LAST:
        tail = head[-1].rsplit(None, _LAST)[-_LAST:]
        if len(tail) < _LAST:
            tail = [*head[_FIRST:-1], *tail][-_LAST:]
        head[_FIRST:] = tail
    words = {*head, "^" + head[0], head[-1] + "$"}
    if len(head) <= _WHOLE:
        words.add("=" + " ".join(head))
    return words


class Lexicon:
    """What the words of blocks say of them. Safe to share between threads.

    Args:
        weights: for words as `text_words` gives them, in thousandths.
    """

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.weights = weights
        self._words = frozenset(weights)
        self._known: dict[str, float] = {}

    def scores(self, texts: Iterable[str]) -> Floats:
        """For each block what its words say: above 0 if it is rather of an article.

        Args:
            texts: those of the blocks, as `fold_blocks` gives them.
        """
        return np.fromiter(map(self._score, texts), dtype=np.float64)

    def _score(self, text: str) -> float:
        score = self._known.get(text)
        return self._add(text) if score is None else score

    def _add(self, text: str) -> float:
        words = text_words(text)
        found = words & self._words
        score = sum(map(self.weights.__getitem__, found)) / THOUSANDTHS / sqrt(len(words)) if found else 0.0
        if len(text) <= _LONGEST_KNOWN:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[text] = score
        return score


@dataclass(frozen=True)
class Vocabulary:
    """The words that the scorer knows.

    Attributes:
        names: of what elements are called.
        texts: of what stands in blocks.
        kinds: of what a page says that it is.
    """

    names: Naming
    texts: Lexicon
    kinds: tuple[str, ...]
