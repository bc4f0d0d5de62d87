"""Systems side by side in one HTML file, which needs nothing else: pictures, figures, and the worst pages."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from .. import __version__
from ..errors import CleanpageError
from ..stored import Page, evenly_spaced
from .compared import by_group, front, is_compared, nuisance_left, pareto, points_of, quality_of, times
from .datasets import DataSet
from .folds import Folds
from .plot import scale_svg
from .quality import Quality, differences, measure_quality
from .scale import Scale
from .scale import measure as measure_scale
from .speed import Speed, measure_speed
from .systems import SYSTEMS, load_system

Progress = Callable[[str], None]
_GROUPS = ("type", "language")
_SHOWN_FAULTS = 30
_SCALE_PAGES, _SCALE_ROUNDS = 20, 3

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem;
  color: #1c2733; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem } h3 { font-size: 1rem; margin: 1.5rem 0 .3rem }
figure { margin: 1rem 0; overflow-x: auto } figure svg { max-width: 100%; height: auto }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem } th, td { padding: .2rem .8rem .2rem 0; text-align: right }
th:first-child, td:first-child { text-align: left } thead th { border-bottom: 1px solid #c5ced6; font-weight: 600 }
tr.ours td { color: #0b6e8f; font-weight: 600 } .i { color: #5b6b7b; font-size: .85em; font-weight: 400 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; background: #f5f7f9; padding: .6rem }
summary { cursor: pointer } p.small { color: #5b6b7b; font-size: .9rem }
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured in one run.

    Attributes:
        qualities: of each system on each data set.
        speeds: of each system on the pages of each data set, by its name.
        scale: what more rules cost; None if it was not measured.
        sets: the data sets.
        cross_validated: whether pages were judged by weights that had not seen their domains.
        missing: systems that are not installed, and why.
    """

    qualities: tuple[Quality, ...]
    speeds: dict[str, tuple[Speed, ...]]
    scale: Scale | None
    sets: tuple[DataSet, ...] = field(repr=False)
    cross_validated: bool
    missing: tuple[str, ...] = ()

    def of(self, data_set: str) -> list[Quality]:
        """The systems' quality on a data set."""
        return [one for one in self.qualities if one.data_set == data_set]

    def front(self, data_set: str) -> list[str]:
        """The systems on its Pareto front of time and quality."""
        compared = [one for one in self.of(data_set) if is_compared(one)]
        return front(points_of(compared, self.speeds.get(data_set, ())))


def installed(names: Iterable[str] = tuple(SYSTEMS)) -> tuple[list[str], list[str]]:
    """Which systems can be measured here, and why others cannot."""
    there, missing = [], []
    for name in names:
        try:
            load_system(name)
            there.append(name)
        except CleanpageError as error:
            missing.append(str(error))
    return there, missing


def measure_all(
    names: Sequence[str],
    sets: Sequence[DataSet],
    *,
    folds: Folds | None = None,
    workers: int = 1,
    speed_pages: int = 40,
    rounds: int = 3,
    made_rules: int = 0,
    missing: Sequence[str] = (),
    progress: Progress = lambda message: None,
) -> Report:
    """Measure quality and speed of systems on the same pages.

    Args:
        names: the systems.
        sets: the data sets.
        folds: as for `measure_quality`.
        workers: processes for quality; speed is measured in one.
        speed_pages: how many pages of each set, evenly spaced, time is measured on.
        rounds: how often each system works on each of these.
        made_rules: with up to how many made rules the cost of more rules is measured; 0 for not at all.
        missing: what is said of systems that are left out.
        progress: is told what is being done.

    Raises:
        CleanpageError: as `measure_quality` and `measure_speed`.
    """
    speeds: dict[str, tuple[Speed, ...]] = {}
    known: dict[tuple[Path, ...], tuple[Speed, ...]] = {}
    pages: list[Page] = []
    for data_set in sets:
        cases = evenly_spaced(data_set.cases, speed_pages)
        paths = tuple(case.path for case in cases)
        if paths not in known:  # labels of the same pages take no second run
            pages = [Page(case.key, case.html(), case.url) for case in cases]
            progress(f"time on {data_set.name}: {len(pages):,} pages")
            known[paths] = tuple(measure_speed(names, pages, rounds, progress))
        speeds[data_set.name] = known[paths]
    scale = None
    if made_rules:
        progress("time and memory with more rules")
        scale = measure_scale(evenly_spaced(pages, _SCALE_PAGES), [], made_rules, _SCALE_ROUNDS, progress)
    qualities = tuple(measure_quality(names, sets, folds=folds, workers=workers, progress=progress))
    return Report(qualities, speeds, scale, tuple(sets), folds is not None, tuple(missing))


def html(report: Report, worst: int = 3) -> str:
    """The report as one HTML file.

    Args:
        report: what was measured.
        worst: so many of each system's worst pages are shown for each data set.
    """
    sections = [_introduction(report), _picture(pareto(report.qualities, report.speeds))]
    for data_set in report.sets:
        sections += _section(report, data_set, worst)
    if report.scale is not None:
        sections += ["<h2>Time and memory by number of rules</h2>", _picture(scale_svg(report.scale))]
    body = "\n".join(sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>cleanpage and others, side by side</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _introduction(report: Report) -> str:
    pages = ", ".join(f"{len(one.cases):,} of {escape(one.name)}" for one in report.sets)
    weights = (
        "cleanpage.extract and cleanpage.scorer judge each page by weights trained without any page of its domain."
        if report.cross_validated
        else "The shipped weights were trained on pages of these sets, if these are the labelled pages of the project."
    )
    fronts = "".join(f"<li>{escape(one.name)}: {escape(', '.join(report.front(one.name)))}</li>" for one in report.sets)
    left_out = "".join(f"<li>left out: {escape(one)}</li>" for one in report.missing)
    return (
        "<h1>cleanpage and others, side by side</h1>"
        f"<p>Measured in one run: {pages}. Times are ratios to parsing alone (lxml.html) on the same pages; the "
        "systems took turns on each page. Behind each figure stands the interval that holds it in 95 of 100 samples "
        f"of as many pages. {weights}</p>"
        f'<p class="small">cleanpage {escape(__version__)}, Python {escape(platform.python_version())}, '
        f"{escape(platform.machine())}</p>"
        f"<p>On the Pareto front, where nothing else is both better and faster:</p><ul>{fronts}{left_out}</ul>"
    )


def _section(report: Report, data_set: DataSet, worst: int) -> list[str]:
    of_set, speeds = report.of(data_set.name), report.speeds[data_set.name]
    sections = [f"<h2>{escape(data_set.name)}</h2>", _figures(of_set, speeds)]
    left = nuisance_left(of_set)
    pictures = [left, *(by_group(of_set, group) for group in _GROUPS), times(data_set.name, speeds)]
    sections += [_picture(one) for one in pictures if one is not None]
    sections += [_costs(speeds)]
    sections += [_pages(one, data_set, worst) for one in of_set if worst or one.failures]
    return sections


def _figures(of_set: Sequence[Quality], speeds: Sequence[Speed]) -> str:
    names = [name for name in of_set[0].figures if not name.startswith("removed ")]
    ratios = {one.system: one.ratio for one in speeds}
    rows = []
    for one in sorted(of_set, key=lambda one: -quality_of(one)[1].value):
        cells = [
            f'{figure.value:.4f} <span class="i">{figure.low:.3f}-{figure.high:.3f}</span>' if figure else ""
            for figure in map(one.figures.get, names)
        ]
        rows.append([escape(one.system), *cells, f"{ratios[one.system]:.2f}", f"{len(one.failures):,}"])
    return _table(["system", *names, "× lxml", "failed"], rows)


def _costs(speeds: Sequence[Speed]) -> str:
    head = ["system", "× lxml", "rounds", "median page", "pages/s", "MB/s", "start s", "peak MB", "doubling"]
    rows = []
    for one in sorted(speeds, key=lambda one: one.ratio):
        low, middle, high = one.quartiles
        rows.append(
            [
                escape(one.system),
                f"{one.ratio:.2f}",
                "{:.2f}-{:.2f}".format(*one.spread),
                f'{middle:.2f} <span class="i">{low:.2f}-{high:.2f}</span>',
                f"{one.pages_per_second:,.1f}",
                f"{one.megabytes_per_second:,.1f}",
                f"{one.start_seconds:.2f}",
                f"{one.peak_bytes / 1e6:,.0f}",
                f"{one.doubling:.2f}",
            ]
        )
    return "<h3>Time and memory</h3>" + _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = []
    for row in rows:
        ours = ' class="ours"' if row[0].startswith("cleanpage.") else ""
        lines.append(f"<tr{ours}>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>")
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _pages(one: Quality, data_set: DataSet, worst: int) -> str:
    parts = []
    for answer, score in one.worst(worst):
        faults = differences(one, answer, data_set)
        more = [f"… and {len(faults) - _SHOWN_FAULTS:,} more"] if len(faults) > _SHOWN_FAULTS else []
        listed = "\n".join([*faults[:_SHOWN_FAULTS], *more])
        parts.append(
            f"<p>{escape(answer.key)}: {escape(one.measure.headline)} {score:.4f}</p><pre>{escape(listed)}</pre>"
        )
    parts += [f"<p>failed: {escape(bad.key)}: {escape(str(bad.failure))}</p>" for bad in one.failures[:_SHOWN_FAULTS]]
    failed = f", {len(one.failures):,} failed" if one.failures else ""
    return f"<details><summary>{escape(one.system)}: the worst pages{failed}</summary>{''.join(parts)}</details>"


def _picture(svg: str) -> str:
    """A picture within the page: without the head of a file."""
    return f"<figure>{svg[svg.index('<svg') :]}</figure>"
