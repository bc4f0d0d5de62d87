"""Boosted trees, evaluated by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .naming import Naming
from .series import shifted, window_means
from .vocabulary import Lexicon, Vocabulary

_AT_ONCE = 512  # blocks, which bounds the memory that a large page takes


@dataclass(frozen=True)
class Forest:
    """An ensemble of oblivious trees: all nodes of a level ask the same (Kohavi and Li, 1995). A tree is then a table,
    and the answers are the bits of the place to look up.

    Attributes:
        feature: for each tree and level, the row of features that is asked.
        threshold: above which value the answer is yes; infinite where nothing is asked.
        value: for each tree, what its leaves add. There are no more than 8 levels.
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

    @cached_property
    def _asked(self) -> tuple[Any, Any]:
        """The rows and thresholds of all trees, level by level."""
        return self.feature.T.ravel(), self.threshold.T.reshape(-1, 1)

    @cached_property
    def _leaves(self) -> tuple[Any, Any]:
        """The values of all leaves, and where those of each tree begin."""
        trees, leaves = self.value.shape
        return self.value.ravel().astype(np.float64), (np.arange(trees) * leaves)[:, None]

    def _some(self, rows: Any) -> Any:
        trees, depth = self.feature.shape
        feature, threshold = self._asked
        answers = np.greater(rows.take(feature, axis=0), threshold).view(np.uint8).reshape(depth, trees, rows.shape[1])
        place = answers[depth - 1].copy()
        for level in range(depth - 2, -1, -1):
            place += place
            place += answers[level]
        leaves, begins = self._leaves
        # Added tree by tree, whatever the machine: the same sum everywhere.
        return leaves.take(place + begins).sum(axis=0) + self.bias


@dataclass(frozen=True)
class Scorer:
    """The trained weights.

    Attributes:
        vocabulary: the words that count, and for what.
        first: judges each block by itself and its surroundings.
        second: judges it again, knowing the first judgement of all blocks.
    """

    vocabulary: Vocabulary
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
    own: list[Any] = [logits, *shifted(logits, _NEAR, -8.0)]
    for mean, by_word, each in window_means(np.array([likely, weighted, words]), _WINDOWS):
        own += [mean, by_word / each]
    running = np.cumsum(weighted)
    total = max(float(running[-1]) if count else 0.0, 1e-9)
    page = [np.log1p(total), likely.max(initial=0), total / max(float(np.sum(words)), 1.0)]
    own += [(running - weighted) / total, *np.repeat(page, count).reshape(len(page), count)]
    # The most likely block before and after: whether it stands between parts of the article.
    own += [np.maximum.accumulate(logits), np.maximum.accumulate(logits[::-1])[::-1]]
    own.extend(_of_peers(peers, likely, weighted, words))
    return np.concatenate((np.array(own, dtype=np.float32), rows[:_FIRST_ROWS]))


def _of_peers(peers: Any, likely: Any, weighted: Any, words: Any) -> Any:
    """For each kind of peers how likely they are, word by word and block by block, and how many there are."""
    kinds = len(peers)
    width = int(peers.max(initial=0)) + 1
    place = (peers + (np.arange(kinds) * width)[:, None]).ravel()
    sums = (np.bincount(place, np.tile(one, kinds))[place] for one in (weighted, words, likely))
    by_words, all_words, by_block = sums
    size = np.bincount(place)[place]
    measures = np.array([by_words / all_words, by_block / size, np.log1p(size)])
    return measures.reshape(3, kinds, -1).swapaxes(0, 1).reshape(3 * kinds, -1)


_NEAR, _WINDOWS = (1, -1, 2, -2, 3, -3, 4, -4), (3, 8, 20)
_FIRST_ROWS = 64


def sigmoid(logits: Any) -> Any:
    """Probabilities from logarithms of odds, without the last digits, in which machines differ."""
    return np.round(1 / (1 + np.exp(-np.clip(logits, -30, 30))), 9)


def load(file: Any) -> Scorer:
    """Read weights from a file of arrays (no pickles)."""
    with np.load(file, allow_pickle=False) as arrays:
        names = zip(arrays["names_own"].tolist(), arrays["names_around"].tolist(), strict=True)
        vocabulary = Vocabulary(
            Naming(dict(zip(arrays["names"].tolist(), names, strict=True))),
            Lexicon(dict(zip(arrays["texts"].tolist(), arrays["texts_weight"].tolist(), strict=True))),
            tuple(arrays["kinds"].tolist()),
        )
        return Scorer(vocabulary, _forest(arrays, "first"), _forest(arrays, "second"))


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
