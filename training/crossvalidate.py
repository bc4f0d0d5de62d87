"""Print how good the extractor is on pages of domains that its weights have not seen.

    python -m training.crossvalidate --data DATA [--cache FILE]

The rules are the shipped ones; they are not learnt from a part of the pages, so their share in the figures is not
cross-validated.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleanpage import Cleaner, PageError
from cleanpage.article.scorer import Scorer

from .data import SETS, LabelledPage, gold, load, page, vocabulary
from .evaluate import summary
from .model import best_threshold, fit, fold_of

FOLDS = 3
_worker: dict[str, Any] = {}


def _start(root: Path, scorers: Sequence[Scorer]) -> None:
    _worker.update(root=root, scorers=scorers, cleaner=Cleaner())


def _text(item: tuple[str, str, str | None, int]) -> str:
    name, key, url, fold = item
    cleaner: Cleaner = _worker["cleaner"]
    try:
        html = page(_worker["root"], name, key)
        extraction, _ = cleaner._extraction(html, url, scorer=_worker["scorers"][fold])
        return extraction.text
    except PageError:
        return ""


def train_folds(pages: Sequence[LabelledPage], words: list[str]) -> list[Scorer]:
    """For each fold weights that have not seen its domains. The threshold is one for all folds and chosen on all
    pages: a single number."""
    homes = fold_of(pages, FOLDS, seed=3).tolist()
    scorers = []
    for fold in range(FOLDS):
        scorers.append(fit([one for one, home in zip(pages, homes, strict=True) if home != fold], words))
        print(f"fold {fold + 1} of {FOLDS} trained", flush=True)
    likely = [scorers[home].probabilities(one.rows, one.words) for one, home in zip(pages, homes, strict=True)]
    threshold = best_threshold(pages, likely)
    return [replace(scorer, threshold=threshold) for scorer in scorers]


def figures(root: Path, pages: Sequence[LabelledPage], scorers: Sequence[Scorer]) -> dict[str, float]:
    """Extract the pages of each fold with its weights, and score all pages together."""
    homes = fold_of(pages, FOLDS, seed=3).tolist()
    fold_by_key = {one.key: home for one, home in zip(pages, homes, strict=True)}
    truth = {name: gold(root, name) for name in (*SETS, "nuisance")}
    items = [
        # A page without any text is in no fold: whichever scorer sees it finds nothing.
        (name, key, row.get("url"), fold_by_key.get(f"{name}/{key}", 0))
        for name in SETS
        for key, row in truth[name].items()
    ]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 2), initializer=_start, initargs=(root, scorers)) as pool:
        texts = list(pool.map(_text, items, chunksize=16))
    outputs = {(name, key): text for (name, key, *_), text in zip(items, texts, strict=True)}
    return {"threshold": scorers[0].threshold, **summary(outputs, truth)}


def arguments(description: str | None) -> argparse.Namespace:
    """The arguments of this and of `training.train`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds " + ", ".join(SETS))
    parser.add_argument(
        "--cache", type=Path, help="a file that keeps the pages' features between runs of the same code"
    )
    return parser.parse_args()


def main() -> None:
    given = arguments(__doc__)
    words = vocabulary(given.data)
    pages = load(given.data, words, given.cache)
    print(json.dumps(figures(given.data, pages, train_folds(pages, words)), indent=2))


if __name__ == "__main__":
    main()
