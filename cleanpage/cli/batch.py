"""`cleanpage batch`: many pages, nothing lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..batch.kind import Kind
from . import options
from .console import command, note, printable, shortened, stderr_console

if TYPE_CHECKING:
    from ..batch import runner
    from ..batch.runner import Job, Report
    from ..batch.summary import Summary

# What the extra `cleanpage[batch]` brings, by the names of its modules.
_NEEDED = ("fastwarc", "orjson", "protego", "pyarrow", "zstandard")
# Seconds between two lines about the progress, where no terminal shows it.
_LINE_EVERY = 15.0
_ID = 90  # characters of an id in tables


class Mode(StrEnum):
    """What becomes of a page."""

    extract = "extract"
    clean = "clean"


class Form(StrEnum):
    """What a page is written as."""

    text = "text"
    markdown = "markdown"
    html = "html"


class Engine(StrEnum):
    """What runs the work."""

    local = "local"
    ray = "ray"


def batch(
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files, folders, patterns, http(s) addresses, or - for standard input: .html and .txt (also .gz); "
            ".jsonl, .warc, .wet (also .gz, .zst); .parquet; .urls, a list of addresses, one a line.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="OUT",
            help="Where the records go: .jsonl, .jsonl.gz, .jsonl.zst, .parquet, or a folder/ for several Parquet "
            "files. Pages that failed go to OUT.errors.jsonl.",
            show_default=False,
        ),
    ],
    mode: Annotated[Mode, typer.Option("--mode", help="The article alone, or the page minus nuisance.")] = Mode.extract,
    format: Annotated[
        Form, typer.Option("--format", help="What a record holds of the page. It is also the field's name.")
    ] = Form.text,
    with_removed: Annotated[
        bool, typer.Option("--with-removed", help="Records list what was removed, and by which rule.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", help="Processes that work. [default: one for each core]"),
    ] = None,
    unordered: Annotated[
        bool, typer.Option("--unordered", help="Write records as they are ready, not in the order of the sources.")
    ] = False,
    max_seconds: Annotated[
        float,
        typer.Option("--max-seconds-per-page", min=0.1, metavar="SECONDS", help="A page that takes longer failed."),
    ] = 60.0,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", min=1, metavar="N", help="The most bytes a page may have, once decompressed.")
    ] = 8 << 20,
    max_nodes: Annotated[
        int,
        typer.Option(
            "--max-nodes",
            min=1,
            metavar="N",
            help="The most elements a page may have. An element takes about a kilobyte of a worker's memory.",
        ),
    ] = 250_000,
    input: Annotated[
        Kind, typer.Option("--input", help="What the sources hold. auto: by their names, else by their first bytes.")
    ] = Kind.auto,
    html_field: Annotated[
        str, typer.Option("--html-field", metavar="NAME", help="Where JSON and Parquet hold HTML.")
    ] = "html",
    text_field: Annotated[
        str, typer.Option("--text-field", metavar="NAME", help="Where they hold text that was extracted before.")
    ] = "text",
    url_field: Annotated[str, typer.Option("--url-field", metavar="NAME", help="Where they hold the address.")] = "url",
    date_field: Annotated[
        str, typer.Option("--date-field", metavar="NAME", help="Where they hold the day a page was fetched.")
    ] = "date",
    encoding: options.EncodingOption = None,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
    category: options.CategoryOption = None,
    delay: Annotated[
        float,
        typer.Option("--delay", min=0, metavar="SECONDS", help="The pause between two requests to one host."),
    ] = 1.0,
    private: Annotated[
        bool, typer.Option("--private-addresses", help="Fetch from private networks, too, and from this machine.")
    ] = False,
    checkpoint: Annotated[
        float,
        typer.Option(
            "--checkpoint-seconds", min=0.1, metavar="SECONDS", help="How much work a kill can cost: it is done again."
        ),
    ] = 5.0,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew: OUT and its errors are overwritten.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the summary with plots, too.")
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="What runs the work: this machine's processes, or Ray (extra cleanpage[ray]), which also reads files "
            "in object stores, such as s3://bucket/crawl/*.warc.gz.",
        ),
    ] = Engine.local,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address",
            metavar="ADDRESS",
            help="The Ray cluster to join, such as ray-head:6379 or auto. Without it, one is started here. "
            "--workers is all of its CPUs then, if not given.",
        ),
    ] = None,
) -> None:
    """Write a record for every page of many: to OUT, or, if the page failed, with the reason to OUT.errors.jsonl.

    A run that was stopped or killed goes on where it was when it is started again with the same arguments: no page
    twice, none lost. Ctrl-C stops it at once, between two pages. OUT.journal says how far it has come.
    """
    with command():
        _require_parts()
        from ..api import Cleaner
        from ..batch.lines import Fields
        from ..batch.record import Shape
        from ..batch.runner import Job, run
        from ..batch.sources import Reading
        from ..batch.web import Manners
        from ..page import Limits
        from ..workers import cores

        if encoding is not None:
            options.Circumstances(None, None, encoding)  # which checks it
        fields = Fields(html_field, text_field, url_field, date_field)
        cleaner = options.make_cleaner(rules, no_builtin, category, max_bytes)
        job = Job(
            sources=tuple(source),
            out=out,
            cleaner=Cleaner(cleaner.rules, cleaner.categories, Limits(max_bytes, max_nodes)),
            reading=Reading(input, fields, max_bytes, Manners(delay, private)),
            shape=Shape(mode.value, format.value, with_removed, encoding),
            workers=workers or cores(),
            max_seconds=max_seconds,
            ordered=not unordered,
            interval=checkpoint,
        )
        chosen = _engine(engine, ray_address, workers)
        with _progress(job) as observe:
            ended = run(job, observe, restart=restart, engine=chosen)
        _conclude(job, ended, report)


def _require_parts() -> None:
    from importlib.util import find_spec

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        note(f"cleanpage: batch needs {', '.join(missing)}: pip install 'cleanpage[batch]'")
        raise typer.Exit(2)


def _engine(name: Engine, ray_address: str | None, workers: int | None) -> runner.Engine:
    from ..batch.runner import LocalEngine

    if name is Engine.local:
        if ray_address is not None:
            raise typer.BadParameter("it is for --engine ray", param_hint="'--ray-address'")
        return LocalEngine()
    from ..integrations.ray import RayEngine

    return RayEngine(ray_address, workers)


# --- while it runs -----------------------------------------------------------------------------


@contextmanager
def _progress(job: Job) -> Iterator[Callable[[Summary], None]]:
    """Show how far a run is: a bar on a terminal, elsewhere a line now and then."""
    if sys.stderr is not None and sys.stderr.isatty():
        with _bar(job) as observe:
            yield observe
    else:
        yield _Lines(job)


class _Pace:
    """How fast a run is, and what is left.

    Only this session counts, since earlier ones may have had another machine.
    """

    def __init__(self, job: Job) -> None:
        import threading
        import time

        self._clock = time.monotonic
        self._begin: tuple[float, int, int] | None = None
        self.total = 0
        # Large folders take a while to count.
        threading.Thread(target=self._count, args=(job,), daemon=True).start()

    def _count(self, job: Job) -> None:
        from ..batch.sources import Sources

        self.total = Sources(job.sources, job.reading).total_bytes()

    def line(self, summary: Summary) -> str:
        """The state of a run in one line."""
        count = summary.pages + summary.failed
        if self._begin is None:
            self._begin = self._clock(), count - 1, summary.done
        begin, first, read = self._begin
        seconds = max(self._clock() - begin, 1e-3)
        rate = (summary.done - read) / seconds
        errors = "1 error" if summary.failed == 1 else f"{summary.failed:,} errors"
        said = [f"{count:,} pages", f"{(count - first) / seconds:,.1f} pages/s", f"{rate / 1e6:,.2f} MB/s", errors]
        if self.total and rate > 0 and summary.done <= self.total:
            said.append(
                f"{100 * summary.done / self.total:.0f} %, {_duration((self.total - summary.done) / rate)} left"
            )
        return ", ".join(said)


class _Lines:
    """Progress as a line now and then."""

    def __init__(self, job: Job) -> None:
        import time

        self._clock = time.monotonic
        self._pace = _Pace(job)
        self._last = self._clock()

    def __call__(self, summary: Summary) -> None:
        now = self._clock()
        if now - self._last >= _LINE_EVERY:
            self._last = now
            note(f"cleanpage: {self._pace.line(summary)}")
        elif summary.pages + summary.failed == 1:
            self._pace.line(summary)  # from here on it counts


@contextmanager
def _bar(job: Job) -> Iterator[Callable[[Summary], None]]:
    import time

    from rich.progress import BarColumn, Progress, TextColumn

    pace = _Pace(job)
    last = 0.0
    with Progress(BarColumn(), TextColumn("{task.description}"), console=stderr_console(), transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def observe(summary: Summary) -> None:
            nonlocal last
            if time.monotonic() - last > 0.2:
                last = time.monotonic()
                total = pace.total or None
                progress.update(task, description=pace.line(summary), completed=summary.done, total=total)

        yield observe


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


# --- when it ends ------------------------------------------------------------------------------


def _conclude(job: Job, ended: Report, report: Path | None) -> None:
    """Say what came of it, and exit with the status that says the same."""
    if ended.was_finished:
        note(f"cleanpage: {job.out} is complete already; --restart begins anew")
    _show(ended.summary)
    if report is not None:
        from ..batch.report import write_report

        write_report(report, job, ended.summary)
    if ended.summary.failed:
        note(f"cleanpage: why pages failed: {job.errors_path}")
    if not ended.is_finished:
        note("cleanpage: stopped; the same command goes on from here")
        raise typer.Exit(130)
    if ended.summary.failed:
        raise typer.Exit(1)


def _show(summary: Summary) -> None:
    """Write the figures of a run to stderr."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = stderr_console()
    rate = (summary.pages + summary.failed) / summary.seconds if summary.seconds else 0.0
    console.print(
        f"{summary.pages:,} pages written, {summary.failed:,} failed, in {_duration(summary.seconds)} "
        f"({rate:,.1f} pages/s); {summary.words:,} words kept, {summary.removed.total():,} removed",
        style="bold",
        soft_wrap=True,
    )
    tables = (
        ("access", "pages", summary.access.most_common()),
        ("errors", "pages", summary.errors.most_common()),
        ("category", "words removed", summary.removed.most_common()),
        ("rules that took most", "words removed", summary.top_rules()),
    )
    for title, unit, rows in tables:
        if rows:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
            table.add_column(title, no_wrap=True, style="cyan")
            table.add_column(unit, justify="right", no_wrap=True)
            for name, count in rows:
                table.add_row(Text(printable(shortened(name, _ID))), f"{count:,}")
            console.print(table)
    if summary.slowest:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column("slowest pages", no_wrap=True, style="cyan")
        table.add_column("seconds", justify="right", no_wrap=True)
        for seconds, id in summary.slowest:
            table.add_row(Text(printable(shortened(id, _ID))), f"{seconds:.3f}")
        console.print(table)
