"""Weights that have not seen some of the pages: for figures on domains that are new to the scorer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..api import Cleaner
from ..article.scorer import Scorer, load
from ..errors import CleanpageError
from ..rules.ruleset import Rules
from .datasets import Case


def fold_of(domain: str, folds: int) -> int:
    """In which fold the pages of a registered domain are left out. It follows from the name alone."""
    return int.from_bytes(hashlib.sha256(domain.encode()).digest()[:8], "big") % folds


def fold_file(folder: Path, number: int) -> Path:
    """Where the weights of a fold are kept."""
    return folder / f"fold-{number}.npz"


@dataclass(frozen=True, slots=True)
class Folds:
    """Weights for each fold, trained without its domains.

    Attributes:
        paths: their files.
    """

    paths: tuple[Path, ...]

    @classmethod
    def read(cls, folder: Path) -> Folds:
        """The folds that `make train` has written to a folder.

        Raises:
            CleanpageError: there are none.
        """
        paths: list[Path] = []
        while (path := fold_file(folder, len(paths))).is_file():
            paths.append(path)
        if len(paths) < 2:
            raise CleanpageError(
                f"there are no weights of folds in {folder}: `make train` writes them; in a checkout they are in "
                "training/folds"
            )
        return cls(tuple(paths))

    def system(self, with_rules: bool) -> Callable[[Case, bytes], str]:
        """What extracts a page by the weights that have not seen its domain, with all built-in rules or none."""
        cleaner = Cleaner() if with_rules else Cleaner(Rules())

        def run(case: Case, html: bytes) -> str:
            scorer = _scorer(self.paths[fold_of(case.publisher, len(self.paths))])
            extraction, _ = cleaner._extraction(html, case.url, scorer=scorer)
            return extraction.text

        return run


@cache
def _scorer(path: Path) -> Scorer:
    try:
        with path.open("rb") as file:
            return load(file)
    except (OSError, ValueError, KeyError) as error:
        raise CleanpageError(f"{path}: no weights: {error}") from error
