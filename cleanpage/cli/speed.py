"""`cleanpage bench speed`: how fast cleanpage and others are on the same pages, in one run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from .bench import Format, FormatOption, PagesArgument, progress, read
from .console import columns, command, count, note, out
from .quality import SystemsOption

if TYPE_CHECKING:
    from ..bench.speed import Speed

_DEFAULT = ["cleanpage.extract", "cleanpage.clean"]
_COLUMNS = (
    "system",
    "× lxml",
    "(rounds)",
    "median page",
    "pages/s",
    "MB/s",
    "failed",
    "start s",
    "peak MB",
    "doubling",
)


def speed(
    pages: PagesArgument,
    systems: SystemsOption = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, metavar="N", help="How often each system works on each page.")
    ] = 5,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="No more pages than this, evenly spaced.")
    ] = None,
    format: FormatOption = Format.text,
) -> None:
    """Measure how fast systems are on the same pages, in one run.

    The systems take turns on each page. `× lxml` is the time for all pages as a ratio to parsing alone (lxml.html) in
    the same round: the median over rounds, and between what it lay; `median page` is that ratio on the median page, and
    its quartiles over pages. `start` is the time from the import to the first text in a new process, `peak` the most
    resident memory of a process that worked on all pages; `doubling` is the highest factor in time between a page and
    one of twice its size, up to sixteen times. Only ratios of one run can be compared; times depend on the machine.
    """
    with command():
        from ..bench.speed import measure_speed

        found, problems = read(pages, limit)
        measured = measure_speed(systems or _DEFAULT, found, rounds, progress)
        if format is Format.json:
            out(json.dumps([one.to_json() for one in measured], ensure_ascii=False, indent=1) + "\n")
        else:
            size = sum(len(page.html) for page in found) / len(found) / 1000
            note(f"{count(len(found), 'page')}, {size:.0f} kB a page, {count(rounds, 'round')}")
            out(columns([_COLUMNS, *map(_row, measured)]))
        if problems:
            raise typer.Exit(1)


def _row(one: Speed) -> tuple[str, ...]:
    low, middle, high = one.quartiles
    return (
        one.system,
        f"{one.ratio:.2f}",
        "({:.2f}-{:.2f})".format(*one.spread),
        f"{middle:.2f} ({low:.2f}-{high:.2f})",
        f"{one.pages_per_second:,.1f}",
        f"{one.megabytes_per_second:,.1f}",
        f"{one.failures:,}",
        f"{one.start_seconds:.2f}",
        f"{one.peak_bytes / 1e6:,.0f}",
        f"{one.doubling:.2f}",
    )
