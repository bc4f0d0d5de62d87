"""How good systems are on data sets, with what chance says about the figures."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import numpy as np

from ..errors import CleanpageError
from .datasets import Case, DataSet, language
from .folds import Folds
from .measures import Measure, measure_for
from .systems import System, load_system

GROUPS = ("type", "country", "language", "publisher")
DRAWS = 1000
_CHANCE = (2.5, 97.5)  # per cent
_AT_ONCE = 8  # pages
_LONGEST_REASON = 160  # characters


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and between which values it lies in 95 of 100 samples of as many pages (percentile bootstrap, Efron
    1979)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of a page.

    Attributes:
        key: the page's id.
        text: the text; empty where it failed.
        failure: the error, None if there was none.
        columns: what the measure gives for it.
        groups: the page's group by each of `GROUPS`.
    """

    key: str
    text: str = field(repr=False)
    failure: str | None
    columns: dict[str, float] = field(repr=False)
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a system is on a data set.

    Attributes:
        system: its name.
        data_set: the name of the set.
        measure: what was measured.
        figures: the figures over all pages.
        answers: what it made of each page, by id.
    """

    system: str
    data_set: str
    measure: Measure = field(repr=False)
    figures: dict[str, Figure]
    answers: tuple[Answer, ...] = field(repr=False)

    @property
    def failures(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.failure is not None]

    def by(self, group: str) -> dict[str, tuple[int, Figure]]:
        """Pages and the headline figure for each group of a kind, the largest first."""
        parts: dict[str, list[Answer]] = {}
        for answer in self.answers:
            parts.setdefault(answer.groups[group], []).append(answer)
        ordered = sorted(parts.items(), key=lambda part: (-len(part[1]), part[0]))
        figures = {name: _figures(self.measure, some).get(self.measure.headline) for name, some in ordered}
        return {name: (len(parts[name]), figure) for name, figure in figures.items() if figure is not None}

    def worst(self, most: int) -> list[tuple[Answer, float]]:
        """The pages with the lowest headline figure, each with it."""
        alone = [(answer, float(self._alone(answer))) for answer in self.answers]
        known = [one for one in alone if np.isfinite(one[1])]
        return sorted(known, key=lambda one: (one[1], one[0].key))[:most]

    def _alone(self, answer: Answer) -> Any:
        return self.measure.figures(answer.columns)[self.measure.headline]


def measure_quality(
    names: Sequence[str],
    sets: Sequence[DataSet],
    *,
    folds: Folds | None = None,
    workers: int = 1,
    progress: Callable[[str], None] = lambda message: None,
) -> Iterable[Quality]:
    """Measure systems on data sets, one after the other.

    A page on which a system fails counts as an empty answer.

    Args:
        names: the systems, as `load_system` takes them.
        sets: the data sets.
        folds: with them `cleanpage.extract` and `cleanpage.scorer` judge each page by weights that have not seen its
            domain.
        workers: processes to use. Quality does not depend on them.
        progress: is told what is being done.

    Raises:
        CleanpageError: a system is unknown or not installed, or a worker died.
    """
    for name in names:
        load_system(name)
    context = get_context("spawn")
    for name in names:
        with ProcessPoolExecutor(workers, context, _start, (name, folds, os.getcwd())) as pool:
            for data_set in sets:
                progress(f"{name} on {data_set.name}: {len(data_set.cases):,} pages")
                try:
                    answers = tuple(pool.map(_answer, data_set.cases, chunksize=_AT_ONCE))
                except BrokenProcessPool as error:
                    raise CleanpageError(f"{name} took its process down on a page of {data_set.name}") from error
                measure = measure_for(data_set.cases[0].truth)
                yield Quality(name, data_set.name, measure, _figures(measure, answers), answers)


def differences(quality: Quality, answer: Answer, data_set: DataSet) -> list[str]:
    """What is wrong with an answer: lines that it lacks (`-`) and lines that it has too many (`+`)."""
    truth = next(case.truth for case in data_set.cases if case.key == answer.key)
    return quality.measure.faults(answer.text, truth)


def _figures(measure: Measure, answers: Sequence[Answer]) -> dict[str, Figure]:
    names = sorted(answers[0].columns)
    table = np.array([[answer.columns[name] for name in names] for answer in answers])
    # The same seed for every system: all are measured on the same samples of pages.
    chance = np.random.default_rng(0)
    counts = chance.multinomial(len(answers), np.full(len(answers), 1 / len(answers)), size=DRAWS)
    samples = measure.figures(dict(zip(names, (counts @ table).T, strict=True)))
    values = measure.figures(dict(zip(names, table.sum(axis=0), strict=True)))
    # A sample may have nothing of a kind, and says nothing of it then.
    return {
        name: Figure(float(value), *map(float, np.nanpercentile(samples[name], _CHANCE)))
        for name, value in values.items()
        if np.isfinite(value)
    }


# --- in a worker -------------------------------------------------------------------------------

_worker: dict[str, Callable[[Case, bytes], str]] = {}


def _start(name: str, folds: Folds | None, folder: str) -> None:
    os.chdir(folder)
    logging.disable(logging.CRITICAL)  # some systems tell of every page
    if folds is not None and name in ("cleanpage.extract", "cleanpage.scorer"):
        _worker["run"] = folds.system(with_rules=name == "cleanpage.extract")
    else:
        _worker["run"] = _by_address(load_system(name))


def _by_address(system: System) -> Callable[[Case, bytes], str]:
    return lambda case, html: system(html, case.url)


def _answer(case: Case) -> Answer:
    html = case.html()
    text, failure = "", None
    try:
        text = _worker["run"](case, html) or ""
    except Exception as error:  # whatever another's system raises is its failure on this page, no reason to stop
        failure = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    columns = measure_for(case.truth).score(text, case.truth)
    groups = {
        "type": str(case.truth.get("page_type", "?")),
        "country": str(case.truth.get("country", "?")),
        "language": language(html),
        "publisher": case.publisher,
    }
    return Answer(case.key, text, failure, columns, groups)
