"""A run: entries go to workers, what they make goes to the output, and the journal follows.

Every entry ends in the output or in the file of errors, exactly once. What is not durable when a run is killed is made
again by the next one: records and errors are cut back to where the journal says, and the sources begin there, too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..api import Cleaner
from ..errors import CleanpageError
from ..workers import Failure, Pool
from .document import Entry
from .journal import Journal, refuse_locked
from .record import Shape, arrow_schema
from .sinks import LineSink, Sink, is_empty, open_sink, remove_output
from .sources import Reading, Sources
from .summary import Summary
from .work import Done, PageWork, failed

# Seconds between two checkpoints, and how many bytes of records are not yet durable at most.
_INTERVAL, _UNSAVED = 5.0, 64 << 20


@dataclass(frozen=True)
class Job:
    """What a run does.

    Attributes:
        sources: files, folders, patterns, addresses, or `-`.
        out: the file or folder for the records.
        cleaner: what cleans the pages.
        reading: how sources are read.
        shape: what a record holds.
        workers: how many processes work.
        max_seconds: how long a page may take, None for no limit.
        max_memory: the bytes of memory above which a worker is replaced, None for no limit.
        ordered: whether the records have the order of the sources.
        interval: seconds between two checkpoints.
    """

    sources: tuple[str, ...]
    out: str
    cleaner: Cleaner
    reading: Reading = field(default_factory=Reading)
    shape: Shape = field(default_factory=Shape)
    workers: int = 1
    max_seconds: float | None = 60.0
    max_memory: int | None = 240 << 20
    ordered: bool = True
    interval: float = _INTERVAL

    @property
    def errors_path(self) -> str:
        return f"{self.out.rstrip(os.sep)}.errors.jsonl"

    @property
    def journal_path(self) -> str:
        return f"{self.out.rstrip(os.sep)}.journal"

    def arguments(self) -> dict[str, Any]:
        """What decides over the output, by the names that users know."""
        reading, shape, cleaner = self.reading, self.shape, self.cleaner
        return {
            "SOURCE": list(self.sources),
            "--mode": shape.mode,
            "--format": shape.format,
            "--with-removed": shape.with_removed,
            "--encoding": shape.encoding,
            "--input": str(reading.kind),
            "--html-field": reading.fields.html,
            "--text-field": reading.fields.text,
            "--url-field": reading.fields.url,
            "--date-field": reading.fields.date,
            "--max-bytes": reading.max_bytes,
            "--max-nodes": cleaner.limits.max_nodes,
            "--category": sorted(cleaner.categories),
            "rules": cleaner.rules.digest,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended.

    Attributes:
        summary: the figures.
        is_finished: whether all pages are done; otherwise it was stopped, and can go on.
        was_finished: whether there was nothing left to do when it began.
    """

    summary: Summary
    is_finished: bool
    was_finished: bool = False


@dataclass(eq=False, slots=True)
class Ticket:
    """What is kept of an entry while it is in work: what it says of itself, and whether it is written."""

    id: str
    source: str
    url: str | None
    resume: Any
    done: int
    is_written: bool = False


class Work(Protocol):
    """The work of one job."""

    def outcomes(self, resume: Any, take: Callable[[Ticket], bool]) -> Iterator[tuple[Ticket, Any, float]]:
        """What came of the entries from one place in the sources on.

        Args:
            resume: the place, as a ticket says it; None for the beginning.
            take: to be told of each entry, in the order of the sources; whether it is still to be written.

        Yields:
            The ticket of an entry, what came of it (`Done` or `Failure`), and the seconds it took.
        """

    def stop(self) -> None:
        """Let `outcomes` end soon. To be called by a handler of signals."""


class Engine(Protocol):
    """Where the work of a job is done."""

    def start(self, job: Job) -> AbstractContextManager[Work]:
        """Have what does a job's work."""


class LocalEngine:
    """Processes on this machine."""

    @contextlib.contextmanager
    def start(self, job: Job) -> Iterator[Work]:
        pool: Pool[Ticket, Entry]
        with Pool(PageWork(job.cleaner, job.shape), job.workers, job.max_seconds, job.max_memory) as pool:
            yield _LocalWork(job, pool)


class _LocalWork:
    def __init__(self, job: Job, pool: Pool[Ticket, Entry]) -> None:
        self._job = job
        self._pool = pool

    def outcomes(self, resume: Any, take: Callable[[Ticket], bool]) -> Iterator[tuple[Ticket, Any, float]]:
        entries = Sources(self._job.sources, self._job.reading).entries(resume)
        return self._pool.map(_to_do(entries, take), ordered=self._job.ordered)

    def stop(self) -> None:
        self._pool.stop()


def _to_do(entries: Iterable[Entry | None], take: Callable[[Ticket], bool]) -> Iterator[tuple[Ticket, Entry] | None]:
    for entry in entries:
        if entry is None:
            yield None
            continue
        ticket = Ticket(entry.id, entry.source, entry.url, entry.resume, entry.done)
        if take(ticket):
            yield ticket, entry


def run(
    job: Job,
    observe: Callable[[Summary], None] | None = None,
    *,
    restart: bool = False,
    engine: Engine | None = None,
) -> Report:
    """Do a job, or go on with it.

    Args:
        job: the job.
        observe: called after each page with the figures so far.
        restart: forget what an earlier run has done.
        engine: where the work is done; in processes of this machine if not given.

    Raises:
        CleanpageError: the job cannot be begun or gone on with; what was done stays as it is.
        OSError: the output cannot be written.
    """
    if restart:
        _forget(job)
    if not os.path.exists(job.journal_path):
        for path in (job.out, job.errors_path):
            if not is_empty(path):
                raise CleanpageError(f"{path} exists, but no run that can go on; --restart overwrites it")
    with Journal(job.journal_path, job.arguments()) as journal:
        state = journal.state or {}
        if state.get("finished"):
            return Report(Summary.from_plain(state["summary"]), True, was_finished=True)
        with contextlib.ExitStack() as files:
            records = open_sink(job.out, lambda: arrow_schema(job.shape), state.get("records"))
            files.callback(records.close)
            errors = LineSink(job.errors_path, state.get("errors"))
            files.callback(errors.close)
            return _Run(job, journal, records, errors, state).go(engine or LocalEngine(), observe or (lambda _: None))


def _forget(job: Job) -> None:
    """Remove what an earlier run has done, unless it is still at it."""
    if os.path.exists(job.journal_path):
        refuse_locked(job.journal_path)
        os.remove(job.journal_path)
    remove_output(job.out)
    with contextlib.suppress(FileNotFoundError):
        os.remove(job.errors_path)


class _Run:
    def __init__(self, job: Job, journal: Journal, records: Sink, errors: LineSink, state: dict[str, Any]) -> None:
        self.job = job
        self.journal = journal
        self.records = records
        self.errors = errors
        self.resume = state.get("resume")
        # Those behind `resume` that are written, because they overtook others.
        self.beyond: set[str] = set(state.get("beyond", ()))
        self.open: deque[Ticket] = deque()
        self.summary = Summary.from_plain(state["summary"]) if "summary" in state else Summary()
        self.unsaved = 0
        self.before = self.summary.seconds
        self.began = self.saved = time.monotonic()

    def go(self, engine: Engine, observe: Callable[[Summary], None]) -> Report:
        job = self.job
        with engine.start(job) as work, _stopped_by_signals(work) as stopped:
            for ticket, value, seconds in work.outcomes(self.resume, self._take):
                self._write(ticket, value, seconds)
                observe(self.summary)
                if time.monotonic() - self.saved >= job.interval or self.unsaved >= _UNSAVED:
                    self._save()
        if stopped.is_set():
            self._save()
            return Report(self.summary, False)
        self._save()
        self.records.finish()
        self.errors.finish()
        self._save(finished=True)
        self.records.clean_up()
        return Report(self.summary, True)

    def _take(self, ticket: Ticket) -> bool:
        """Keep in mind an entry whose turn it is; whether it is still to be written."""
        self.open.append(ticket)
        if ticket.id not in self.beyond:
            return True
        ticket.is_written = True
        self._advance()
        return False

    def _write(self, ticket: Ticket, value: Any, seconds: float) -> None:
        """Write what came of an entry, and count it."""
        if isinstance(value, Failure):
            value = failed(ticket.id, ticket.url, ticket.source, value.kind, value.message)
        assert isinstance(value, Done)
        if isinstance(value.figures, str):
            self.errors.write(value.line)
            self.summary.add_error(ticket.id, seconds, value.figures)
        else:
            self.records.write(value.line)
            self.summary.add_page(ticket.id, seconds, value.figures)
        self.unsaved += len(value.line)
        self.summary.seconds = self.before + time.monotonic() - self.began
        self.beyond.add(ticket.id)
        ticket.is_written = True
        self._advance()

    def _advance(self) -> None:
        """Move the place to go on from behind all entries that are written without a gap."""
        while self.open and self.open[0].is_written:
            ticket = self.open.popleft()
            self.beyond.discard(ticket.id)
            self.resume = ticket.resume
            self.summary.done = ticket.done

    def _save(self, *, finished: bool = False) -> None:
        self.summary.add_point()
        self.journal.save(
            {
                "records": None if finished else self.records.checkpoint(),
                "errors": self.errors.checkpoint(),
                "resume": self.resume,
                "beyond": sorted(self.beyond),
                "summary": self.summary.to_plain(),
                "finished": finished,
            }
        )
        self.saved, self.unsaved = time.monotonic(), 0


@contextlib.contextmanager
def _stopped_by_signals(work: Work) -> Iterator[threading.Event]:
    """Let Ctrl-C and SIGTERM end a run between two pages; a second one ends it at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    known: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _: Any) -> None:
        stopped.set()
        work.stop()
        signal.signal(number, known[number])

    for number in known:
        signal.signal(number, stop)
    try:
        yield stopped
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
