"""Words, then two stages of boosted trees, fitted and exported."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from cleanpage.article.features import in_surroundings, said_of_page, stacked
from cleanpage.article.scorer import Forest, Scorer, second_rows
from cleanpage.bench.folds import fold_of

from .data import LabelledPage
from .words import NAMES_C, TEXTS_C, Table, kinds_of_pages, vocabulary

FIRST: dict[str, Any] = {
    "loss_function": "CrossEntropy",
    "iterations": 300,
    "depth": 6,
    "learning_rate": 0.1,
    "l2_leaf_reg": 3.0,
    "rsm": 0.25,
    "border_count": 63,
    "boosting_type": "Plain",
    "bootstrap_type": "Bernoulli",
    "subsample": 0.8,
    "leaf_estimation_iterations": 1,
    "random_seed": 7,
    "thread_count": 1,
}
SECOND = {**FIRST, "iterations": 100, "depth": 5, "rsm": 0.5}
FOLDS = 5
BLOCKS_A_PAGE = 60


def _sample(pages: Sequence[LabelledPage], seed: int) -> list[tuple[Any, Any]]:
    """Of each page some blocks, so that long lists do not outnumber articles, and what their weights are raised by."""
    chance = np.random.default_rng(seed)
    sampled = []
    for page in pages:
        known = np.flatnonzero(page.weights > 0)
        some = np.sort(chance.permutation(known)[:BLOCKS_A_PAGE])
        sampled.append((some, len(known) / max(len(some), 1)))
    return sampled


Task = tuple[Any, Any, Any, dict[str, Any]]


def _task(rows: Iterable[Any], pages: Sequence[LabelledPage], parameters: dict[str, Any]) -> Task:
    """What a forest is fitted to: features, labels, weights, parameters."""
    sampled = _sample(pages, seed=5)
    return (
        np.concatenate([one[:, some].T for one, (some, _) in zip(rows, sampled, strict=True)]),
        np.concatenate([page.labels[some] for page, (some, _) in zip(pages, sampled, strict=True)]),
        np.concatenate([100 * up * page.weights[some] for page, (some, up) in zip(pages, sampled, strict=True)]),
        parameters,
    )


def _fit(task: Task) -> Forest:
    import catboost

    features, labels, weights, parameters = task
    model = catboost.CatBoost({**parameters, "verbose": 0, "allow_writing_files": False})
    model.fit(catboost.Pool(features, labels, weight=weights))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json")
        return forest(json.loads(path.read_text("utf-8")), parameters["depth"])


def train(pages: Sequence[LabelledPage]) -> tuple[Scorer, list[Scorer]]:
    """The weights from all pages, and for each fold weights that have not seen its domains.

    The trees learn from what words say by weights that have not seen the page's domain, and the second stage from
    judgements by a first stage that has not. For the weights of a fold these come from models of the other folds, in
    which its own pages have a part; what they say of its own pages they have learnt from others.

    Returns:
        The weights from all pages, and those of each fold.
    """
    homes = [fold_of(page.domain, FOLDS) for page in pages]
    folds = [[i for i, home in enumerate(homes) if home != fold] for fold in range(FOLDS)]
    sets = [*folds, list(range(len(pages)))]
    kinds = kinds_of_pages(pages)
    names, texts = Table(pages, [page.names for page in pages]), Table(pages, [page.texts for page in pages])
    of_names = [names.fit(pages, some, NAMES_C) for some in sets]
    of_texts = [texts.fit(pages, some, TEXTS_C) for some in sets]
    print("the words are weighed", flush=True)
    firsts_rows = [
        stacked(
            in_surroundings(texts.scores(number, of_texts[home]), page.words),
            in_surroundings(names.scores(number, of_names[home]), page.words),
            page.rows,
            said_of_page(kinds, page.kinds, len(page.words)),
        )
        for number, (page, home) in enumerate(zip(pages, homes, strict=True))
    ]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 2)) as pool:
        firsts = _forests(pool, firsts_rows, pages, sets, FIRST)
        print("the first stage is trained", flush=True)
        seconds_rows = [
            second_rows(firsts[home].logits(rows), rows, page.peers, page.words)
            for rows, page, home in zip(firsts_rows, pages, homes, strict=True)
        ]
        seconds = _forests(pool, seconds_rows, pages, sets, SECOND)
        print("the second stage is trained", flush=True)
    words = [vocabulary(names, a, texts, b, kinds) for a, b in zip(of_names, of_texts, strict=True)]
    scorers = [Scorer(*parts) for parts in zip(words, firsts, seconds, strict=True)]
    return scorers[-1], scorers[:-1]


def _forests(
    pool: ProcessPoolExecutor,
    rows: Sequence[Any],
    pages: Sequence[LabelledPage],
    sets: Sequence[Sequence[int]],
    parameters: dict[str, Any],
) -> list[Forest]:
    """A forest for each set of pages."""
    tasks = (_task([rows[i] for i in some], [pages[i] for i in some], parameters) for some in sets)
    return list(pool.map(_fit, tasks))


# --- export ------------------------------------------------------------------------------------


def forest(model: dict[str, Any], depth: int) -> Forest:
    """CatBoost's trees, as it writes them, as arrays. Levels that ask nothing are added to trees with fewer."""
    trees = model["oblivious_trees"]
    feature = np.zeros((len(trees), depth), dtype=np.int64)
    threshold = np.full((len(trees), depth), np.inf, dtype=np.float32)
    value = np.zeros((len(trees), 1 << depth), dtype=np.float32)
    flat = [one["flat_feature_index"] for one in model["features_info"]["float_features"]]
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"] or ()):
            feature[number, level] = flat[split["float_feature_index"]]
            threshold[number, level] = split["border"]
        leaves = tree["leaf_values"]
        value[number, : len(leaves)] = leaves
    scale, bias = model["scale_and_bias"]
    return Forest(feature, threshold, value * np.float32(scale), float(bias[0]))


def save(scorer: Scorer, path: Path) -> None:
    """Write the weights as compressed arrays."""
    names, texts = scorer.vocabulary.names.weights, scorer.vocabulary.texts.weights
    of_names = np.array(list(names.values()), dtype=np.int16).reshape(-1, 2)
    arrays: dict[str, Any] = {
        "names": np.array(list(names), dtype=str),
        "names_own": of_names[:, 0],
        "names_around": of_names[:, 1],
        "texts": np.array(list(texts), dtype=str),
        "texts_weight": np.array(list(texts.values()), dtype=np.int16),
        "kinds": np.array(scorer.vocabulary.kinds, dtype=str),
    }
    for name, trees in (("first", scorer.first), ("second", scorer.second)):
        arrays[f"{name}_feature"] = trees.feature.astype(np.uint16)
        arrays[f"{name}_threshold"] = trees.threshold
        arrays[f"{name}_value"] = trees.value
        arrays[f"{name}_bias"] = np.array(trees.bias)
    np.savez_compressed(path, **arrays)
