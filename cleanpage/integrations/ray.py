"""`cleanpage batch --engine ray`: the same work as a Ray Data pipeline, on one machine or many.

    files ──► read (tasks) ──► entries ──► work (actors) ──► what came of them ──► the run: output, journal

A file gives the same entries each time it is read, and an entry the same record each time it is worked on, so Ray may
do any of it again: a worker that is killed loses nothing. What came of the entries returns to the process that runs the
batch, in the order of the sources; it alone writes, as it does without Ray.

Needs Ray Data: `pip install cleanpage[ray]`.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..batch.document import Broken, Document, DocumentError, Entry
from ..batch.files import PageFile
from ..batch.kind import Kind
from ..batch.runner import Job, Ticket
from ..batch.sources import Piece, Reading, Sources
from ..batch.work import Done, PageWork
from ..errors import CleanpageError
from ..workers import Failure, Pool

if TYPE_CHECKING:
    import pyarrow as pa

# A name that is no path here: `s3://bucket/crawl`.
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.I)
_WEB = re.compile(r"https?://", re.I)
# How much a read task has to read at least before the next file is another's: files that are a page each are small.
_GROUP_FILES, _GROUP_BYTES = 64, 4 << 20
# How many read tasks are planned at a time; the names of their files are in memory.
_WAVE = 4096
# How many entries, and how many bytes of them, go to a worker at a time.
_BLOCK_ENTRIES, _BLOCK_BYTES = 64, 1 << 20
# What a cluster in this process has for what is on its way between its workers, in bytes.
_OBJECT_STORE = 1 << 30


@dataclass(frozen=True)
class RayEngine:
    """Does the work of a run with Ray Data.

    Args:
        address: the cluster to join, as `ray.init` takes it; None for one of this process's own. Where Ray runs in this
            process already, that is used.
        workers: how many actors work; None for as many as the cluster has CPUs. A cluster of this process's own has a
            CPU for each, or for each of the job's workers.

    A cluster's nodes need cleanpage, and the sources: a file system they share, or an object store (`s3://…`, `gs://…`),
    which is read with fsspec.
    """

    address: str | None = None
    workers: int | None = None

    @contextmanager
    def start(self, job: Job) -> Iterator[RayWork]:
        """What does a job's work.

        Raises:
            CleanpageError: Ray is not installed, no cluster answers, or the sources are none for it.
        """
        _check(job)
        with _cluster(self.address, self.workers or job.workers) as cpus:
            yield RayWork(job, self.workers or cpus)


class RayWork:
    """The work of one job, on a cluster that has been started."""

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._workers = workers
        self._sources = RemoteSources(job.sources, job.reading)
        self._is_stopped = False

    def stop(self) -> None:
        """Let `outcomes` end soon."""
        self._is_stopped = True

    def outcomes(self, resume: Any, take: Callable[[Ticket], bool]) -> Iterator[tuple[Ticket, Done | Failure, float]]:
        """What came of the entries from one place in the sources on, in their order.

        Args:
            resume: the place, as a ticket says it.
            take: is told of each entry; whether it is still to be written.
        """
        groups = iter(_groups(self._sources.pieces(resume), self._sources.size))
        while wave := list(islice(groups, _WAVE)):
            for table in self._tables(wave):
                for row in table.to_pylist():
                    if self._is_stopped:
                        return
                    ticket = Ticket(row["id"], row["source"], row["url"], json.loads(row["resume"]), row["done"])
                    if take(ticket):
                        yield ticket, pickle.loads(row["outcome"]), row["seconds"]

    def _tables(self, groups: list[list[Piece]]) -> Iterator[pa.Table]:
        """The tables of what came of the entries of some files."""
        import ray.data

        job = self._job
        with ray.data.DataContext.current(_context()):
            work = PageWork(job.cleaner, job.shape)
            dataset = (
                ray.data.from_items([{"pieces": pickle.dumps(one)} for one in groups], override_num_blocks=len(groups))
                # Reading takes little; it must find room where workers have all CPUs.
                .map_batches(
                    _Reader(job.reading),
                    batch_size=1,
                    num_cpus=0,
                    compute=ray.data.TaskPoolStrategy(size=max(2, self._workers // 4)),
                )
                .map_batches(
                    _Worker,
                    fn_constructor_args=(work, job.max_seconds, job.max_memory),
                    batch_size=None,
                    batch_format="pyarrow",
                    num_cpus=1,
                    compute=ray.data.ActorPoolStrategy(size=self._workers),
                )
            )
        with _errors_as_they_were():
            yield from dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=2)


# --- the cluster -------------------------------------------------------------------------------


def _check(job: Job) -> None:
    for name in job.sources:
        if name == "-" or _WEB.match(name) or job.reading.kind is Kind.urls:
            raise CleanpageError(f"{name}: Ray reads files; --engine local reads standard input and fetches addresses")
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise CleanpageError(f"Ray cannot be used ({error}): pip install 'cleanpage[ray]'") from None


@contextmanager
def _cluster(address: str | None, workers: int) -> Iterator[int]:
    """Have Ray running: the one that is, the cluster with that address, or one of our own.

    Yields:
        How many CPUs it has.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
    # At its default it says, each time, that actors could not be restarted if their arguments were lost. They are held.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray

    if ray.is_initialized():
        yield _cpus()
        return
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # That there are fewer files, or pages, than workers is nothing to warn of.
    warnings.filterwarnings("ignore", "The (maximum|minimum) number of concurrent", UserWarning)
    quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address is None:  # "local" is not the default: that is a cluster which runs on this machine, if one does
            ray.init("local", num_cpus=workers, include_dashboard=False, object_store_memory=_OBJECT_STORE, **quiet)
        else:
            ray.init(address=address, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        raise CleanpageError(f"Ray cannot be started, or does not answer: {error}") from error
    try:
        yield _cpus()
    finally:
        ray.shutdown()


def _cpus() -> int:
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)))


@contextmanager
def _errors_as_they_were() -> Iterator[None]:
    """Raise what a task raised for the user, instead of Ray's account of it.

    Raises:
        CleanpageError: that, or what Ray could not do.
    """
    from ray.exceptions import RayError

    try:
        yield
    except RayError as error:
        cause: BaseException | None = error
        while cause is not None:
            cause = getattr(cause, "cause", None) or cause.__cause__
            if isinstance(cause, CleanpageError) and not isinstance(cause, RayError):
                raise cause from None
        said = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        raise CleanpageError(f"Ray has given up: {said[-1]}") from error


def _context() -> Any:
    """How Ray Data works here: in order, in small pieces, quietly."""
    import ray.data

    context = ray.data.DataContext.get_current().copy()
    context.execution_options.preserve_order = True
    context.target_max_block_size = _BLOCK_BYTES
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return context


# --- reading -----------------------------------------------------------------------------------


class RemoteSources(Sources):
    """Sources among which may be folders, files and patterns in object stores, `s3://bucket/crawl-*.warc.gz`."""

    def __init__(self, names: Iterable[str], reading: Reading) -> None:
        super().__init__(names, reading)
        self._sizes: dict[str, int] = {}

    def files(self, number: int, after: str) -> Iterator[str]:
        name = self.names[number]
        if not _REMOTE.match(name):
            yield from super().files(number, after)
            return
        try:
            found = self._listed(name)
        except Exception as error:  # each store has errors of its own
            raise CleanpageError(f"{name} cannot be listed: {type(error).__name__}: {error}") from error
        self._sizes.update(found)
        for one in sorted(found) or [name]:
            if one >= after:
                yield one

    def size(self, path: str) -> int:
        return self._sizes.get(path, 0) if _REMOTE.match(path) else super().size(path)

    def _listed(self, name: str) -> dict[str, int]:
        """The files in an object store that a name stands for, with their sizes in bytes."""
        import fsspec

        system, path = fsspec.core.url_to_fs(name)
        if any(sign in path for sign in "*?["):
            found = system.glob(path, detail=True)
        else:
            found = system.find(path, detail=True)  # of a file, the file itself
            if path not in found:  # of a folder, what can be read there
                found = {one: about for one, about in found.items() if self._is_wanted(PurePosixPath(one).name)}
        return {system.unstrip_protocol(one): int(about.get("size") or 0) for one, about in found.items()}


def _groups(pieces: Iterable[Piece], size: Callable[[str], int]) -> Iterator[list[Piece]]:
    """Files that are read by one task each, or some small ones by one."""
    group: list[Piece] = []
    total = 0
    for piece in pieces:
        group.append(piece)
        total += size(piece.path)
        if len(group) >= _GROUP_FILES or total >= _GROUP_BYTES:
            yield group
            group, total = [], 0
    if group:
        yield group


class _Reader:
    """Reads files into blocks of entries. It runs in Ray's tasks."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, batch: dict[str, Any]) -> Iterator[dict[str, list[bytes]]]:
        block: list[bytes] = []
        size = 0
        for pickled in batch["pieces"]:
            for piece in pickle.loads(pickled):
                for entry in self._entries(piece):
                    block.append(pickle.dumps(entry))
                    size += len(block[-1])
                    if len(block) >= _BLOCK_ENTRIES or size >= _BLOCK_BYTES:
                        yield {"entry": block}
                        block, size = [], 0
        if block:
            yield {"entry": block}

    def _entries(self, piece: Piece) -> Iterator[Entry]:
        """The entries of a file, as those of all sources."""
        try:
            with _at_hand(piece.path) as path:
                for entry in self._entries_at(path, piece):
                    yield replace(
                        entry,
                        id=piece.path + entry.id.removeprefix(path),
                        source=piece.path,
                        resume=[piece.number, piece.path, piece.base, *entry.resume[3:]],
                        done=piece.base + entry.done,
                    )
        except DocumentError as error:
            place = [piece.number, piece.path, piece.base, None, None]
            yield Broken(piece.path, piece.path, place, piece.base, error.kind, error.message)

    def _entries_at(self, path: str, piece: Piece) -> Iterator[Entry]:
        sources = Sources([path], self._reading)
        if os.path.isfile(path) and sources.kind(path) is Kind.urls:
            raise DocumentError("file", "a list of addresses, which --engine local fetches")
        for entry in sources.entries([0, path, 0, piece.mark, piece.inner] if piece.is_begun else None):
            assert entry is not None  # only what is fetched can keep one waiting
            if isinstance(entry, PageFile) and path != piece.path:
                yield _loaded(entry, self._reading.max_bytes)
            else:
                yield entry


@contextmanager
def _at_hand(path: str) -> Iterator[str]:
    """A file where it can be opened: one in an object store is copied for as long as it is read.

    Raises:
        DocumentError: it cannot be copied.
    """
    if not _REMOTE.match(path):
        yield path
        return
    import fsspec

    with tempfile.TemporaryDirectory(prefix="cleanpage-") as folder:
        copy = os.path.join(folder, PurePosixPath(path).name or "file")
        try:
            with fsspec.open(path, "rb") as there, open(copy, "wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)
        except Exception as error:  # each store has errors of its own
            raise DocumentError("file", f"it cannot be read: {type(error).__name__}: {error}") from error
        yield copy


@dataclass(frozen=True, slots=True)
class _Loaded(Entry):
    """A page whose file is not where the worker is.

    Attributes:
        document: the page.
    """

    document: Document

    def read(self, max_bytes: int) -> Document:
        return replace(self.document, id=self.id, source=self.source)


def _loaded(entry: PageFile, max_bytes: int) -> Entry:
    place = (entry.id, entry.source, entry.resume, entry.done)
    try:
        return _Loaded(*place, entry.read(max_bytes))
    except DocumentError as error:
        return Broken(*place, error.kind, error.message)


# --- work --------------------------------------------------------------------------------------


class _Worker:
    """Works on blocks of entries. It is Ray's actor, with one process of its own below it.

    A page that hangs or takes its process down is an error of that page. Without that process it would take down the
    actor, and Ray would try it again for ever.
    """

    def __init__(self, work: PageWork, max_seconds: float | None, max_memory: int | None) -> None:
        self._pool: Pool[Entry, Entry] = Pool(work, 1, max_seconds, max_memory)

    def __call__(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        entries = map(pickle.loads, table["entry"].to_pylist())
        rows = [
            {
                "id": entry.id,
                "source": entry.source,
                "url": entry.url,
                "resume": json.dumps(entry.resume),
                "done": entry.done,
                "outcome": pickle.dumps(outcome),
                "seconds": seconds,
            }
            for entry, outcome, seconds in self._pool.map((entry, entry) for entry in entries)
        ]
        return pa.Table.from_pylist(rows, _schema())


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    names = {"id": text, "source": text, "url": text, "resume": text, "done": pa.int64(), "outcome": pa.large_binary()}
    return pa.schema([*names.items(), ("seconds", pa.float64())])
