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
from pathlib import Path
from typing import Any

from cleanpage import Cleaner, PageError
from cleanpage.article.scorer import Scorer

from .data import SETS, LabelledPage, gold, load, page, vocabulary
from .evaluate import summary
from .model import train

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


def figures(
    root: Path, pages: Sequence[LabelledPage], scorers: Sequence[Scorer], homes: Sequence[int]
) -> dict[str, float]:
    """Extract the pages of each fold with its weights, and score all pages together.

    Args:
        root: the folder of labelled pages.
        pages: the pages.
        scorers: the weights of each fold.
        homes: the fold of each page.
    """
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
    return summary(outputs, truth)


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
    _, scorers, homes = train(pages, words)
    print(json.dumps(figures(given.data, pages, scorers, homes), indent=2))


if __name__ == "__main__":
    main()
