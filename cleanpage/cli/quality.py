"""`cleanpage bench quality`: how good the texts of cleanpage and of others are, on pages whose truth is known."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .bench import Format, FormatOption, progress
from .console import command, count, out, printable

if TYPE_CHECKING:
    from ..bench.datasets import DataSet
    from ..bench.quality import Figure, Quality

FOLDS = Path("training", "folds")
_SHOWN_FAILURES, _SHOWN_FAULTS = 5, 40
SystemsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--system",
        metavar="NAME",
        help="What is measured: cleanpage.extract, .clean, .rules, .generic, .scorer or .plain; trafilatura, "
        "trafilatura_fast, resiliparse, readability, justext, boilerpy3, newspaper4k or goose3 (they need "
        "cleanpage[peers]); or package.module:function of your own, from (html: bytes, url) to text. Repeatable; "
        "if none is named, cleanpage's own.",
    ),
]
DataArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="A folder of data sets, or one of them: pages, <id>.html(.gz), and the truth about them, gold.json(.gz).",
    ),
]
SetsOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME", help="A data set. Repeatable; all if none is named.")
]
CvOption = Annotated[
    bool,
    typer.Option(
        "--cv", help="Cross-validated: judge each page by weights that were trained without any page of its domain."
    ),
]
FoldsOption = Annotated[Path, typer.Option("--folds", metavar="DIR", help="Where `make train` has left those weights.")]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Of each set no more pages than this, evenly spaced.")
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Processes to use; one for each core if not given.")
]


class Group(StrEnum):
    """How pages are grouped."""

    type = "type"
    country = "country"
    language = "language"
    publisher = "publisher"


def quality(
    data: DataArgument,
    systems: SystemsOption = None,
    sets: SetsOption = None,
    cv: CvOption = False,
    folds: FoldsOption = FOLDS,
    by: Annotated[
        list[Group] | None,
        typer.Option("--by", help="Show the figures by group, too. Repeatable."),
    ] = None,
    worst: Annotated[
        int, typer.Option("--worst", min=0, metavar="N", help="Show so many of the worst pages, with what is wrong.")
    ] = 0,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    format: FormatOption = Format.text,
) -> None:
    """Measure how good the texts of systems are on pages whose truth is known.

    What a data set's truth states decides what is measured: the words of the article (precision, recall, F1, the mean
    over pages); snippets that must be found and must not (pooled over pages); labelled blocks (the share of nuisance
    that is gone, of the article and of other editorial blocks that is still there). Behind each figure stands the
    interval that holds it in 95 of 100 samples of as many pages. A page on which a system fails counts as an empty
    answer; failures are counted and named.
    """
    with command():
        from ..bench.datasets import read_data_sets
        from ..bench.folds import Folds
        from ..bench.quality import measure_quality

        read = read_data_sets(data, sets or (), limit)
        held_out = Folds.read(folds) if cv else None
        names = systems or ["cleanpage.extract"]
        cores = workers or os.cpu_count() or 1
        done = []
        for one in measure_quality(names, read, folds=held_out, workers=cores, progress=progress):
            data_set = next(some for some in read if some.name == one.data_set)
            if format is Format.text:
                out(_text(one, data_set, by or [], worst))
            else:
                done.append(_json(one, data_set, by or list(Group), worst))
        if format is Format.json:
            out(json.dumps({"cross_validated": cv, "results": done}, ensure_ascii=False, indent=1) + "\n")


def _text(quality: Quality, data_set: DataSet, groups: list[Group], worst: int) -> str:
    from ..bench.quality import differences

    failed = f", {len(quality.failures)} failed" if quality.failures else ""
    pages = count(len(quality.answers), "page")
    lines = [f"{quality.system} on {quality.data_set} ({quality.measure.name}): {pages}{failed}"]
    width = max(map(len, quality.figures))
    lines += [f"  {name.ljust(width)}  {_figure(figure)}" for name, figure in quality.figures.items()]
    for group in groups:
        lines.append(f"  {quality.measure.headline} by {group}:")
        lines += [
            f"    {name}: {_figure(figure)}, {count(number, 'page')}"
            for name, (number, figure) in quality.by(group).items()
        ]
    for answer, score in quality.worst(worst):
        lines.append(f"  {answer.key}: {quality.measure.headline} {score:.4f}")
        faults = differences(quality, answer, data_set)
        lines += [f"    {fault}" for fault in faults[:_SHOWN_FAULTS]]
        if len(faults) > _SHOWN_FAULTS:
            lines.append(f"    … and {len(faults) - _SHOWN_FAULTS:,} more")
    for answer in quality.failures[:_SHOWN_FAILURES]:
        lines.append(f"  failed: {answer.key}: {answer.failure}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _figure(figure: Figure) -> str:
    return f"{figure.value:.4f}  [{figure.low:.4f}, {figure.high:.4f}]"


def _json(quality: Quality, data_set: DataSet, groups: list[Group], worst: int) -> dict[str, Any]:
    from dataclasses import asdict

    from ..bench.quality import differences

    return {
        "system": quality.system,
        "data_set": quality.data_set,
        "measure": quality.measure.name,
        "pages": len(quality.answers),
        "figures": {name: asdict(figure) for name, figure in quality.figures.items()},
        "groups": {
            str(group): {
                name: {"pages": pages, **asdict(figure)} for name, (pages, figure) in quality.by(group).items()
            }
            for group in groups
        },
        "failures": {answer.key: answer.failure for answer in quality.failures},
        "worst": [
            {"page": answer.key, quality.measure.headline: score, "faults": differences(quality, answer, data_set)}
            for answer, score in quality.worst(worst)
        ],
    }
