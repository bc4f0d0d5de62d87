"""Two stages of boosted trees, fitted and exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from cleanpage.article.scorer import Forest, Scorer, second_rows

from .data import LabelledPage

FIRST = {
    "objective": "cross_entropy",
    "learning_rate": 0.09,
    "num_leaves": 31,
    "max_depth": 7,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}
SECOND = {**FIRST, "num_leaves": 15, "max_depth": 5, "feature_fraction": 0.5, "learning_rate": 0.08}
FIRST_TREES, SECOND_TREES = 180, 90
INNER_FOLDS = 2
BLOCKS_A_PAGE = 90
THRESHOLDS = np.round(np.arange(0.25, 0.7, 0.05), 2)


def fold_of(pages: Sequence[LabelledPage], folds: int, seed: int) -> Any:
    """The fold of each page: the pages of a domain stay together, large domains are dealt out first."""
    domains: dict[str, int] = {}
    for page in pages:
        domains[page.domain] = domains.get(page.domain, 0) + 1
    shuffled = np.random.default_rng(seed).permutation(sorted(domains)).tolist()
    sizes = [0] * folds
    home = {}
    for domain in sorted(shuffled, key=lambda name: -domains[name]):
        home[domain] = sizes.index(min(sizes))
        sizes[home[domain]] += domains[domain]
    return np.array([home[page.domain] for page in pages])


def _sample(pages: Sequence[LabelledPage], seed: int) -> list[tuple[Any, Any]]:
    """Of each page some blocks, so that long lists do not outnumber articles, and what their weights are raised by."""
    chance = np.random.default_rng(seed)
    sampled = []
    for page in pages:
        known = np.flatnonzero(page.weights > 0)
        some = np.sort(chance.permutation(known)[:BLOCKS_A_PAGE])
        sampled.append((some, len(known) / max(len(some), 1)))
    return sampled


def _fit(rows: list[Any], pages: Sequence[LabelledPage], parameters: dict[str, Any], trees: int) -> Any:
    sampled = _sample(pages, seed=5)
    data = lightgbm.Dataset(
        np.concatenate([one[some] for one, (some, _) in zip(rows, sampled, strict=True)]),
        np.concatenate([page.labels[some] for page, (some, _) in zip(pages, sampled, strict=True)]),
        weight=np.concatenate(
            [100 * raised * page.weights[some] for page, (some, raised) in zip(pages, sampled, strict=True)]
        ),
    )
    return lightgbm.train(parameters, data, trees)


def fit(pages: Sequence[LabelledPage], words: list[str], threshold: float = 0.5) -> Scorer:
    """Train both stages. The second one learns from judgements of pages that the first had not seen."""
    inner = fold_of(pages, INNER_FOLDS, seed=11)
    judged: list[Any] = [None] * len(pages)
    for fold in range(INNER_FOLDS):
        some = [page for page, home in zip(pages, inner, strict=True) if home != fold]
        model = _fit([page.rows for page in some], some, FIRST, FIRST_TREES)
        for place in np.flatnonzero(inner == fold).tolist():
            judged[place] = model.predict(pages[place].rows, raw_score=True)
    rows = [second_rows(judged[i], page.rows, page.words) for i, page in enumerate(pages)]
    second = forest(_fit(rows, pages, SECOND, SECOND_TREES))
    first = forest(_fit([page.rows for page in pages], pages, FIRST, FIRST_TREES))
    return Scorer({word: place for place, word in enumerate(words)}, first, second, threshold)


def best_threshold(pages: Sequence[LabelledPage], likely: Sequence[Any]) -> float:
    """The threshold with the highest mean F1 over the pages whose whole article is known, news and others alike.

    Args:
        pages: the pages.
        likely: the probabilities of each one's blocks, by weights that had not seen it.
    """
    means = []
    for threshold in THRESHOLDS:
        scores: dict[str, list[float]] = {}
        for page, probability in zip(pages, likely, strict=True):
            chosen, article = page.words * (probability >= threshold), page.words * page.labels
            score = 2 * float(chosen @ page.labels) / max(float(chosen.sum() + article.sum()), 1.0)
            scores.setdefault(page.key.split("/")[0], []).append(score)
        means.append(float(np.mean([np.mean(scores[name]) for name in ("news", "wcxb")])))
        print(f"threshold {threshold:.3f}: {means[-1]:.4f}", flush=True)
    return float(THRESHOLDS[int(np.argmax(means))])


# --- export ------------------------------------------------------------------------------------


def forest(booster: Any) -> Forest:
    """LightGBM's trees as flat arrays; the children of a node are neighbours."""
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    value: list[float] = []
    roots, deepest = [], 0

    def place_for(number: int) -> int:
        place = len(feature)
        for one in range(place, place + number):
            feature.append(0)
            threshold.append(np.inf)
            left.append(one)
            value.append(0.0)
        return place

    for tree in booster.dump_model()["tree_info"]:
        root = place_for(1)
        roots.append(root)
        waiting = [(tree["tree_structure"], root, 0)]
        while waiting:
            node, place, depth = waiting.pop()
            deepest = max(deepest, depth)
            if "left_child" not in node:
                value[place] = node["leaf_value"]
                continue
            children = place_for(2)
            feature[place], left[place] = node["split_feature"], children
            threshold[place] = _single(node["threshold"])
            waiting += [(node["left_child"], children, depth + 1), (node["right_child"], children + 1, depth + 1)]
    return Forest(
        np.array(feature, dtype=np.int64),
        np.array(threshold, dtype=np.float32),
        np.array(left, dtype=np.int64),
        np.array(value, dtype=np.float32),
        np.array(roots, dtype=np.int64),
        deepest,
    )


def _single(threshold: float) -> np.float32:
    """The largest number of single precision up to a threshold: the same values of that precision lie below it."""
    single = np.float32(threshold)
    return single if float(single) <= threshold else np.nextafter(single, np.float32(-np.inf))


def save(scorer: Scorer, path: Path) -> None:
    """Write the weights as compressed arrays."""
    arrays: dict[str, Any] = {
        "vocabulary": np.array(list(scorer.vocabulary)),
        "threshold": np.array(scorer.threshold),
    }
    for name, trees in (("first", scorer.first), ("second", scorer.second)):
        arrays[f"{name}_feature"] = trees.feature.astype(np.uint16)
        arrays[f"{name}_threshold"] = trees.threshold
        arrays[f"{name}_left"] = trees.left.astype(np.uint16)
        arrays[f"{name}_value"] = trees.value
        arrays[f"{name}_roots"] = trees.roots.astype(np.uint16)
        arrays[f"{name}_depth"] = np.array(trees.depth)
    np.savez_compressed(path, **arrays)
