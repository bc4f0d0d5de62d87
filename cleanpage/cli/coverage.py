"""`cleanpage rules coverage`: whether rules still fit fresh pages."""

from __future__ import annotations

from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .console import command, not_written, note, out, printable, relative

if TYPE_CHECKING:
    from ..authoring.coverage import Coverage, Finding

STATE = Path("coverage.json")


def coverage(
    pages: Annotated[
        list[Path],
        typer.Argument(
            metavar="PAGES",
            help="Fresh pages: files, or folders of them. A gold.json beside them tells their addresses.",
        ),
    ],
    state: Annotated[
        Path, typer.Option("--state", metavar="FILE", help="The figures of the last run, and of this one when it ends.")
    ] = STATE,
    no_update: Annotated[bool, typer.Option("--no-update", help="Keep the figures of the last run.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write what was found as a page, too.")
    ] = None,
    date: options.DateOption = None,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
) -> None:
    """Measure what the rules of publishers do on a sample of fresh pages, against the figures of the last run.

    Rot: a rule that took something on many of a publisher's pages and takes nothing now. Drift: much more is left on
    its pages than last time, or much more is held back. Three pages of a publisher are needed to say so. The day on
    which each rule last took something is kept with the figures. Exit status 1 if anything has rotted or drifted, or a
    page could not be read.
    """
    with command():
        from ..authoring.coverage import findings, joined, measure_coverage, read_figures, write_figures
        from ..stored import read_page_files

        before = read_figures(state)
        read, problems = read_page_files(pages)
        cleaner = options.make_cleaner(rules, no_builtin, None, options.MAX_BYTES)
        day = date.date() if date is not None else Date.today()
        now = measure_coverage(read, cleaner, day)
        found = findings(before, now)
        out(_text(now, found))
        for problem in (*problems, *now.failed):
            note(f"cleanpage: {relative(problem)}")
        if report is not None:
            from ..authoring.coverage_page import coverage_page

            _write(report, coverage_page(now, before, found, day.isoformat()))
        if not no_update:
            write_figures(state, joined(before, now.figures))
        if found or problems or now.failed:
            raise typer.Exit(1)


def _text(now: Coverage, found: list[Finding]) -> str:
    lines = [f"{one.kind}: {one.publisher}: {one.message}" for one in found]
    for key, one in now.figures.items():
        lines.append(
            f"{key}: {one.pages} pages, {one.left:.0%} of what is left is not the article, {len(one.rules)} rules took "
            f"something, {one.held:.1f} removals a page held back"
        )
        if key in now.idle:
            lines.append(f"  {len(now.idle[key])} of its own rules took nothing: {', '.join(now.idle[key])}")
    if now.unknown:
        lines.append(f"{sum(now.unknown.values())} pages of {len(now.unknown)} sites without a file")
    lines.append(f"{len(found)} findings")
    return "".join(f"{printable(line)}\n" for line in lines)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise not_written(path, error) from None
