"""`cleanpage bench report`: quality and speed of cleanpage and others, measured in one run and drawn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ..errors import CleanpageError
from .bench import progress
from .console import command, not_written, note
from .quality import FOLDS, CvOption, DataArgument, FoldsOption, LimitOption, SetsOption, SystemsOption, WorkersOption


def report(
    data: DataArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the report goes, an HTML file.")],
    plots: Annotated[
        Path | None,
        typer.Option(
            "--plots", metavar="DIR", help="Write the two main pictures there, too: pareto.svg, nuisance.svg."
        ),
    ] = None,
    systems: SystemsOption = None,
    sets: SetsOption = None,
    cv: CvOption = False,
    folds: FoldsOption = FOLDS,
    limit: LimitOption = None,
    speed_pages: Annotated[
        int,
        typer.Option("--speed-pages", min=1, metavar="N", help="Of each set so many pages, evenly spaced, for times."),
    ] = 40,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, metavar="N", help="How often each system works on each of these.")
    ] = 3,
    made: Annotated[
        int,
        typer.Option("--made", min=0, metavar="N", help="Measure the cost of rules up to so many made ones; 0: not."),
    ] = 100_000,
    worst: Annotated[
        int, typer.Option("--worst", min=0, metavar="N", help="Show so many of each system's worst pages.")
    ] = 3,
    workers: WorkersOption = None,
) -> None:
    """Measure quality and speed of systems on the same pages in one run, and draw them into one HTML file.

    It shows quality against time, the figures by type and language of pages, the nuisance that is left by category, how
    long pages take, what more rules cost, failures, and each system's worst pages. Without `--system` it measures all
    that are installed (`pip install 'cleanpage[peers]'`). It takes some minutes for every hundred pages, most of them
    for the slowest systems.
    """
    with command():
        from ..bench.datasets import read_data_sets
        from ..bench.folds import Folds
        from ..bench.plot import HOW_TO_GET_IT, can_plot

        if not can_plot():
            raise CleanpageError(f"{HOW_TO_GET_IT} (`bench quality` and `bench speed` give the figures without it)")
        read = read_data_sets(data, sets or (), limit)
        held_out = Folds.read(folds) if cv else None
        # What cannot be written is said before minutes of measuring, not after.
        for folder in [out.parent, *([plots] if plots else [])]:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise not_written(folder, error) from None
        from ..bench.compared import nuisance_left, pareto
        from ..bench.report import html, installed, measure_all

        there, missing = (systems, []) if systems else installed()
        for one in missing:
            note(f"cleanpage: left out: {one}")
        measured = measure_all(
            there,
            read,
            folds=held_out,
            workers=workers or os.cpu_count() or 1,
            speed_pages=speed_pages,
            rounds=rounds,
            made_rules=made,
            missing=missing,
            progress=progress,
        )
        files = {out: html(measured, worst)}
        if plots:
            files[plots / "pareto.svg"] = pareto(measured.qualities, measured.speeds)
            left = next((svg for name in measured.speeds if (svg := nuisance_left(measured.of(name)))), None)
            if left is not None:
                files[plots / "nuisance.svg"] = left
        for path, text in files.items():
            try:
                path.write_text(text, "utf-8")
            except OSError as error:
                raise not_written(path, error) from None
            note(f"{path}: written")
