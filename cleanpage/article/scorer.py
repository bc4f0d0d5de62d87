"""Boosted trees, evaluated by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .series import window_mean

_AT_ONCE = 512  # blocks, which bounds the memory that a large page takes


@dataclass(frozen=True)
class Forest:
    """An ensemble of oblivious trees: all nodes of a level ask the same (Kohavi and Li, 1995). A tree is then a table,
    and the answers are the bits of the place to look up.

    Attributes:
        feature: for each tree and level, the row of features that is asked.
        threshold: above which value the answer is yes; infinite where nothing is asked.
        value: for each tree, what its leaves add.
        bias: what is added to their sum.
    """

    feature: Any
    threshold: Any
    value: Any
    bias: float

    def logits(self, rows: Any) -> Any:
        """The sum of the trees' values for each block: the logarithm of the odds that it is of the article.

        Args:
            rows: the blocks' features, a row for each feature.
        """
        count = rows.shape[1]
        parts = [self._some(rows[:, low : low + _AT_ONCE]) for low in range(0, count, _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _some(self, rows: Any) -> Any:
        trees, depth = self.feature.shape
        answers = (rows[self.feature.ravel()] > self.threshold.reshape(-1, 1)).reshape(trees, depth, rows.shape[1])
        place = np.zeros((trees, rows.shape[1]), dtype=np.int64)
        for level in range(depth):
            place |= answers[:, level].astype(np.int64) << level
        place += (np.arange(trees) << depth)[:, None]
        # Added tree by tree, whatever the machine: the same sum everywhere.
        return self.value.ravel()[place].sum(axis=0, dtype=np.float64) + self.bias


@dataclass(frozen=True)
class Scorer:
    """The trained weights.

    Attributes:
        vocabulary: the words of class names and the like that are features.
        first: judges each block by itself and its surroundings.
        second: judges it again, knowing the first judgement of all blocks.
    """

    vocabulary: dict[str, int]
    first: Forest
    second: Forest

    def probabilities(self, rows: Any, peers: Any, words: Any) -> Any:
        """How likely each block is to be of the article.

        Args:
            rows: the blocks' features, a row for each feature.
            peers: what each block shares with others, as `Features.peers` gives it.
            words: how many words each has.
        """
        return sigmoid(self.second.logits(second_rows(self.first.logits(rows), rows, peers, words)))


def second_rows(logits: Any, rows: Any, peers: Any, words: Any) -> Any:
    """The features of the second stage: the first judgement of a block, its neighbours, its peers and the page."""
    count = len(logits)
    likely = sigmoid(logits)
    weighted = likely * words
    own: list[Any] = [logits]
    for step in (1, 2, 3, 4):
        padded = np.concatenate((np.full(step, -8.0), logits, np.full(step, -8.0)))
        own += [padded[:count], padded[2 * step :]]
    for reach in (3, 8, 20):
        own += [window_mean(likely, reach), window_mean(weighted, reach) / window_mean(words, reach)]
    running = np.cumsum(weighted)
    total = max(float(running[-1]) if count else 0.0, 1e-9)
    own += [(running - weighted) / total, np.full(count, np.log1p(total)), np.full(count, likely.max(initial=0))]
    own.append(np.full(count, total / max(float(np.sum(words)), 1.0)))
    # The most likely block before and after: whether it stands between parts of the article.
    peak = np.maximum.accumulate(logits) if count else logits
    own += [peak, np.maximum.accumulate(logits[::-1])[::-1] if count else logits]
    for kind in peers:
        _, group = np.unique(kind, return_inverse=True)
        size = np.bincount(group)
        by_words = np.bincount(group, weighted) / np.bincount(group, words)
        own += [by_words[group], (np.bincount(group, likely) / size)[group], np.log1p(size)[group]]
    return np.concatenate((np.stack(own).astype(np.float32), rows[:_FIRST_ROWS]))


_FIRST_ROWS = 48


def sigmoid(logits: Any) -> Any:
    """Probabilities from logarithms of odds, without the last digits, in which machines differ."""
    return np.round(1 / (1 + np.exp(-np.clip(logits, -30, 30))), 9)


def load(file: Any) -> Scorer:
    """Read weights from a file of arrays (no pickles)."""
    with np.load(file, allow_pickle=False) as arrays:
        words = arrays["vocabulary"].tolist()
        first, second = (_forest(arrays, stage) for stage in ("first", "second"))
        return Scorer({word: place for place, word in enumerate(words)}, first, second)


def _forest(arrays: Any, stage: str) -> Forest:
    return Forest(
        arrays[f"{stage}_feature"].astype(np.int64),
        arrays[f"{stage}_threshold"].astype(np.float32),
        arrays[f"{stage}_value"].astype(np.float32),
        float(arrays[f"{stage}_bias"]),
    )


@lru_cache(maxsize=1)
def builtin() -> Scorer:
    """The weights that are shipped."""
    with (files(__package__) / "weights.npz").open("rb") as file:
        return load(file)
