"""Train the weights that are shipped, and write down how.

    python -m training.train --data DATA [--cache FILE]

DATA holds the folders news, nuisance, wcxb and snippets. Writes `cleanpage/article/weights.npz`, the weights of each
fold (`training/folds`, for `cleanpage bench quality --cv`) and `training/record.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import catboost
import numpy as np
import sklearn

from cleanpage.bench.folds import fold_file

from .crossvalidate import FOLDS as FOLDER
from .crossvalidate import figures
from .data import SET_WEIGHT, SETS, digest, load
from .model import BLOCKS_A_PAGE, FIRST, FOLDS, SECOND, save, train
from .words import NAMES_C, TEXTS_C

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent / "cleanpage" / "article" / "weights.npz"
LICENCE = {
    "wcxb": "WCXB by Murrough Foley, CC BY 4.0; the weights are derived from its development split",
    "news": "flairNLP/fundus test data, MIT; the pages belong to their publishers and are not distributed",
    "nuisance": "labels made for this project",
    "snippets": "adbar/trafilatura evaluation data, Apache-2.0; the pages belong to their publishers",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds " + ", ".join(SETS))
    parser.add_argument(
        "--cache", type=Path, help="a file that keeps the pages' features between runs of the same code"
    )
    given = parser.parse_args()
    pages = load(given.data, given.cache)
    scorer, scorers = train(pages)
    save(scorer, WEIGHTS)
    FOLDER.mkdir(exist_ok=True)
    for number, one in enumerate(scorers):
        save(one, fold_file(FOLDER, number))
    measured = figures(given.data)
    record = {
        "data": {name: {"sha256": digest(given.data, name), "licence": LICENCE[name]} for name in (*SETS, "nuisance")},
        "pages": len(pages),
        "blocks": sum(len(page.words) for page in pages),
        "features": int(pages[0].rows.shape[0]),
        "words": {
            "of names": len(scorer.vocabulary.names.weights),
            "of texts": len(scorer.vocabulary.texts.weights),
            "kinds of pages": scorer.vocabulary.kinds,
            "C": {"names": NAMES_C, "texts": TEXTS_C},
        },
        "blocks_a_page": BLOCKS_A_PAGE,
        "set_weight": SET_WEIGHT,
        "first": FIRST,
        "second": SECOND,
        "versions": {
            "catboost": catboost.__version__,
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "cross_validation": {"folds": FOLDS, "by": "registered domain", "figures": measured},
        "weights_sha256": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
    }
    (HERE / "record.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record["cross_validation"], indent=2))


if __name__ == "__main__":
    main()
