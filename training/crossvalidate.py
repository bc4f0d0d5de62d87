"""Print how good the extractor is on pages of domains that its weights have not seen.

    python -m training.crossvalidate --data DATA

It measures the weights of folds that `training.train` has left in `training/folds`; `cleanpage bench quality --cv` says
more of the same. The rules are the shipped ones; they are not learnt from a part of the pages, so their share in the
figures is not cross-validated.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from cleanpage.bench.datasets import read_data_sets
from cleanpage.bench.folds import Folds
from cleanpage.bench.quality import measure_quality

from .data import SETS

FOLDS = Path(__file__).resolve().parent / "folds"
_PLACES = 4


def figures(root: Path) -> dict[str, Any]:
    """Extract the pages of each fold with its weights, and score all pages together.

    Args:
        root: the folder of labelled pages.
    """
    measured: dict[str, Any] = {}
    sets = read_data_sets(root, (*SETS, "nuisance"))
    for one in measure_quality(["cleanpage.extract"], sets, folds=Folds.read(FOLDS), workers=os.cpu_count() or 1):
        found = {name: round(figure.value, _PLACES) for name, figure in one.figures.items()}
        types = {name: round(figure.value, _PLACES) for name, (_, figure) in one.by("type").items() if name != "?"}
        measured[one.data_set] = {**found, "by type": types} if types else found
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds " + ", ".join(SETS))
    print(json.dumps(figures(parser.parse_args().data), indent=2))


if __name__ == "__main__":
    main()
