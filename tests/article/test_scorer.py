"""The scorer's arithmetic and the choice of blocks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cleanpage.article.scorer import Forest, second_rows
from cleanpage.article.select import HIGHEST, LOWEST, choose, threshold


def _forest(trees: int, depth: int, rows: int) -> Forest:
    chance = np.random.default_rng(4)
    return Forest(
        chance.integers(0, rows, (trees, depth)),
        chance.normal(size=(trees, depth)).astype(np.float32),
        chance.normal(size=(trees, 1 << depth)).astype(np.float32),
        0.25,
    )


@pytest.mark.parametrize("count", [0, 1, 7, 1300])
def test_a_forest_is_the_sum_of_its_trees(count: int) -> None:
    forest = _forest(9, 4, 6)
    rows = np.random.default_rng(1).normal(size=(6, count)).astype(np.float32)
    for block, found in zip(range(count), forest.logits(rows), strict=True):
        wanted = forest.bias
        for feature, border, value in zip(forest.feature, forest.threshold, forest.value, strict=True):
            asked = zip(feature, border, strict=True)
            wanted += float(value[sum((rows[f, block] > b) << level for level, (f, b) in enumerate(asked))])
        assert found == pytest.approx(wanted, abs=1e-9)


def test_a_block_is_judged_alike_whatever_stands_with_it_in_a_batch() -> None:
    forest = _forest(30, 5, 6)
    rows = np.random.default_rng(2).normal(size=(6, 700)).astype(np.float32)
    alone = [forest.logits(rows[:, place : place + 1])[0] for place in range(700)]
    assert forest.logits(rows).tolist() == alone


def test_the_second_stage_sees_every_block() -> None:
    logits = np.array([-3.0, 2.0, 2.0, -3.0])
    rows = np.zeros((60, 4), np.float32)
    peers = np.array([[0, 1, 1, 0]])
    made = second_rows(logits, rows, peers, np.array([1, 20, 20, 1]))
    assert made.shape[1] == 4
    assert np.isfinite(made).all()
    assert made[0].tolist() == logits.tolist()


def test_the_threshold_expects_the_best_score() -> None:
    likely, words = np.array([0.6, 0.28, 0.22, 0.02]), np.array([100, 60, 80, 400])
    all_likely = float(likely @ words)

    def expected(chosen: tuple[int, ...]) -> float:
        picked = list(chosen)
        return float((likely * words)[picked].sum()) / (float(words[picked].sum()) + all_likely + 10)

    best = max((c for n in range(1, 5) for c in itertools.combinations(range(4), n)), key=expected)
    chosen, reason = choose(likely, words)
    assert tuple(np.flatnonzero(chosen)) == best
    assert reason == "scorer"


def test_the_threshold_has_bounds() -> None:
    words = np.full(3, 50)
    assert threshold(np.array([0.99, 0.98, 0.97]), words) == HIGHEST
    assert threshold(np.array([0.05, 0.04, 0.03]), words) == LOWEST
    assert threshold(np.zeros(0), np.zeros(0)) == HIGHEST
