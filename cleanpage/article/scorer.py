"""Boosted trees, evaluated by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .features import window_mean

_AT_ONCE = 2048  # blocks, which bounds the memory that a large page takes


@dataclass(frozen=True)
class Forest:
    """An ensemble of regression trees in flat arrays.

    Attributes:
        feature: for each node, the column that it asks.
        threshold: up to which value the answer is the left child; infinite for leaves.
        left: the left child, the right one comes next; a leaf is its own.
        value: what a leaf adds.
        roots: where each tree begins.
        depth: the most steps from a root to a leaf.
    """

    feature: Any
    threshold: Any
    left: Any
    value: Any
    roots: Any
    depth: int

    def logits(self, rows: Any) -> Any:
        """The sum of the trees' values for each row: the logarithm of the odds that a block is of the article."""
        parts = [self._some(rows[low : low + _AT_ONCE]) for low in range(0, len(rows), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _some(self, rows: Any) -> Any:
        flat = np.ascontiguousarray(rows).ravel()
        offset = (np.arange(len(rows)) * rows.shape[1])[:, None]
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            node = self.left[node] + (flat[offset + self.feature[node]] > self.threshold[node])
        return self.value[node].sum(axis=1, dtype=np.float64)


@dataclass(frozen=True)
class Scorer:
    """The trained weights.

    Attributes:
        vocabulary: the words of class names and ids that are columns.
        first: judges each block by itself and its surroundings.
        second: judges it again, knowing the first judgement of all blocks.
        threshold: from which probability on a block is of the article.
    """

    vocabulary: dict[str, int]
    first: Forest
    second: Forest
    threshold: float

    def probabilities(self, rows: Any, words: Any) -> Any:
        """How likely each block is to be of the article.

        Args:
            rows: the blocks' features.
            words: how many words each has.
        """
        logits = self.first.logits(rows)
        return sigmoid(self.second.logits(second_rows(logits, rows, words)))


def second_rows(logits: Any, rows: Any, words: Any) -> Any:
    """The features of the second stage: the first judgement of a block, its neighbours and the page."""
    count = len(logits)
    likely = sigmoid(logits)
    weighted = likely * words
    columns: list[Any] = [logits]
    for step in (1, 2, 3, 4):
        padded = np.concatenate((np.full(step, -8.0), logits, np.full(step, -8.0)))
        columns += [padded[:count], padded[2 * step :]]
    for reach in (3, 8, 20):
        columns += [window_mean(likely, reach), window_mean(weighted, reach) / window_mean(words, reach)]
    running = np.cumsum(weighted)
    total = max(float(running[-1]) if count else 0.0, 1e-9)
    columns += [(running - weighted) / total, np.full(count, np.log1p(total)), np.full(count, likely.max(initial=0))]
    columns.append(np.full(count, total / max(float(np.sum(words)), 1.0)))
    # The most likely block before and after: whether it stands between parts of the article.
    peak = np.maximum.accumulate(logits) if count else logits
    columns += [peak, np.maximum.accumulate(logits[::-1])[::-1] if count else logits]
    return np.column_stack((*columns, rows[:, :_FIRST_COLUMNS])).astype(np.float32)


_FIRST_COLUMNS = 48


def sigmoid(logits: Any) -> Any:
    """Probabilities from logarithms of odds."""
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def load(file: Any) -> Scorer:
    """Read weights from a file of arrays (no pickles)."""
    with np.load(file, allow_pickle=False) as arrays:
        words = arrays["vocabulary"].tolist()
        first, second = (_forest(arrays, stage) for stage in ("first", "second"))
        return Scorer({word: place for place, word in enumerate(words)}, first, second, float(arrays["threshold"]))


def _forest(arrays: Any, stage: str) -> Forest:
    return Forest(
        arrays[f"{stage}_feature"].astype(np.int64),
        arrays[f"{stage}_threshold"].astype(np.float32),
        arrays[f"{stage}_left"].astype(np.int64),
        arrays[f"{stage}_value"].astype(np.float32),
        arrays[f"{stage}_roots"].astype(np.int64),
        int(arrays[f"{stage}_depth"]),
    )


@lru_cache(maxsize=1)
def builtin() -> Scorer:
    """The weights that are shipped."""
    with (files(__package__) / "weights.npz").open("rb") as file:
        return load(file)
