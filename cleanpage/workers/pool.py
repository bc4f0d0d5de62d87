"""Processes that work on pieces, seen from the process that hands them out.

One thread, one socket for each worker, nothing that blocks: a worker that hangs, even with its socket full, holds up
nobody. Each worker has a piece to work on and a few to go on with. It works on them in turn, so that when it dies the
first one was at work, and the others can be given to another worker.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..errors import CleanpageError
from .frames import Inbox, packed

K = TypeVar("K")
T = TypeVar("T")

# How many pieces a worker has at most, and how many bytes of them beyond the first.
_DEPTH, _AHEAD = 4, 2 << 20
# How many pieces may wait for one before them, and how many bytes of what came of them.
_WINDOW, _WAITING = 4096, 32 << 20
# How often a piece is tried whose worker dies: something else may have killed it.
_ATTEMPTS = 3
# How many workers in a row may die before they are ready.
_STARTS = 8
_READ = 1 << 18
# Seconds that a worker may take over its time limit to send what it has made.
_SENDING = 2.0
# Seconds between two looks at a source that had nothing yet.
_PATIENCE = 0.05
# Seconds after which to see whether somebody wants it all to stop.
_LOOK = 0.5


class WorkersError(CleanpageError):
    """Workers cannot be started."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What came of a piece that failed.

    Attributes:
        kind: `timeout`, `crash` (its worker died), `memory`, or `internal` (an exception).
        message: what happened, in words.
    """

    kind: str
    message: str


@dataclass(eq=False, slots=True)
class _Piece(Generic[K]):
    tag: K
    frame: bytes
    attempts: int = 0
    is_done: bool = False
    value: Any = None  # a pickle, or a Failure
    seconds: float = 0.0

    def finish(self, value: bytes | Failure, seconds: float) -> None:
        self.is_done, self.value, self.seconds, self.frame = True, value, seconds, b""

    @property
    def weight(self) -> int:
        return len(self.value) if isinstance(self.value, bytes) else 0


@dataclass(eq=False, slots=True)
class _Worker(Generic[K]):
    process: subprocess.Popen[bytes]
    sock: socket.socket
    inbox: Inbox = field(default_factory=Inbox)
    outbox: deque[memoryview] = field(default_factory=deque)
    pieces: deque[_Piece[K]] = field(default_factory=deque)
    is_ready: bool = False
    since: float = 0.0  # when the first of its pieces began, as far as can be seen from here

    def is_at_work(self) -> bool:
        """Whether it has all of its first piece. What is still to be sent belongs to the last ones."""
        return self.is_ready and len(self.outbox) < len(self.pieces)

    def has_room(self) -> bool:
        ahead = sum(len(piece.frame) for piece in self.pieces)
        return not self.pieces or (len(self.pieces) < _DEPTH and ahead < _AHEAD)


class Pool(Generic[K, T]):
    """Worker processes that apply one function to many pieces. Used by one thread, as a context manager.

    Args:
        function: what to do with a piece; it is pickled once for each worker. What it returns is pickled, too; what it
            raises becomes a `Failure`. If it has a method `prepare`, that is called once in each worker, before the
            clock of the first piece starts.
        workers: how many processes, at least 1; they start as they are needed.
        max_seconds: how long a piece may take; its worker is killed then. None for no limit.
        max_memory: the bytes of memory above which a worker is replaced by a new one after a piece. None for no limit.
    """

    def __init__(
        self,
        function: Callable[[T], Any],
        workers: int,
        max_seconds: float | None = None,
        max_memory: int | None = None,
    ) -> None:
        if workers < 1:
            raise ValueError("workers must be at least 1")
        if max_seconds is not None and max_seconds <= 0:
            raise ValueError("max_seconds must be more than 0")
        self._size = workers
        self._max_seconds = max_seconds
        self._start_message = packed((function, max_seconds, max_memory))
        self._workers: list[_Worker[K]] = []
        self._selector = selectors.DefaultSelector()
        self._again: deque[_Piece[K]] = deque()
        self._finished: deque[_Piece[K]] = deque()
        self._held = 0  # bytes of what came of them
        self._failed_starts = 0
        self._stopped = False

    def __enter__(self) -> Pool[K, T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def processes(self) -> list[int]:
        """The ids of the worker processes."""
        return [worker.process.pid for worker in self._workers]

    def stop(self) -> None:
        """Let `map` end soon, without what is in work. To be called by a handler of signals, or from another thread."""
        self._stopped = True

    def close(self) -> None:
        """Stop all workers at once."""
        for worker in self._workers:
            self._end(worker)
        self._workers.clear()
        self._selector.close()

    def map(
        self, items: Iterable[tuple[K, T] | None], *, ordered: bool = True, window: int = _WINDOW
    ) -> Iterator[tuple[K, Any, float]]:
        """Apply the function to every item.

        Args:
            items: pairs of what is kept here and what is sent to a worker, taken one by one, in the thread of the
                caller, when there is room. A None among them says that there is nothing yet: the pool looks after its
                workers and asks again.
            ordered: whether what comes out has the order of what goes in.
            window: how many items may be on their way, among them those that wait for one before them.

        Yields:
            What was kept, what the function returned or a `Failure`, and the seconds it took.

        Raises:
            WorkersError: workers cannot be started.
        """
        feed = _Feed(items)
        waiting: deque[_Piece[K]] = deque()  # those in work or done, in the order in which they came
        while not self._stopped:
            for piece in self._ready(waiting, ordered):
                value = pickle.loads(piece.value) if isinstance(piece.value, bytes) else piece.value
                yield piece.tag, value, piece.seconds
                if self._stopped:
                    return
            self._fill(feed, waiting, window)
            if not waiting and feed.is_empty:
                return
            self._wait(_PATIENCE if feed.is_pausing else _LOOK)

    def _ready(self, waiting: deque[_Piece[K]], ordered: bool) -> Iterator[_Piece[K]]:
        """Take the pieces that can be given back."""
        while self._finished:
            if ordered and not waiting[0].is_done:
                return
            piece = waiting[0] if ordered else self._finished[0]
            # Both are at or near the front of the queues, but for what overtook a slow piece.
            self._finished.remove(piece)
            waiting.remove(piece)
            self._held -= piece.weight
            yield piece

    def _fill(self, feed: _Feed[K, T], waiting: deque[_Piece[K]], window: int) -> None:
        """Give the workers what they have room for."""
        while self._again or (len(waiting) < window and self._held < _WAITING and feed.has_next()):
            worker = self._idlest()
            if worker is None:
                return
            if self._again:
                piece = self._again.popleft()
            else:
                tag, item = feed.take()
                piece = _Piece(tag, packed(item))
                waiting.append(piece)
            self._give(worker, piece)

    # --- workers -------------------------------------------------------------------------------

    def _idlest(self) -> _Worker[K] | None:
        """A worker that can take one more piece, the one with the fewest; a new one if all are busy."""
        with_room = [worker for worker in self._workers if worker.has_room()]
        best = min(with_room, key=lambda worker: len(worker.pieces), default=None)
        if (best is None or best.pieces) and len(self._workers) < self._size:
            return self._start()
        return best

    def _start(self) -> _Worker[K]:
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            # The child finds its modules where this process does, and imports nothing of the caller's.
            code = (
                f"import sys; sys.path[:] = {sys.path!r}; "
                f"from cleanpage.workers.child import main; main({theirs.fileno()})"
            )
            # One thread each: there are as many workers as cores.
            environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **os.environ}
            try:
                process = subprocess.Popen(
                    [sys.executable, "-c", code],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=environment,
                )
            except OSError as error:
                ours.close()
                raise WorkersError(f"a worker process cannot be started: {error.strerror or error}") from error
        worker: _Worker[K] = _Worker(process, ours)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        self._post(worker, self._start_message)
        return worker

    def _end(self, worker: _Worker[K]) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(worker.sock)
        worker.sock.close()
        worker.process.kill()
        worker.process.wait()

    def _replace(self, worker: _Worker[K]) -> None:
        """Let go of a worker; what it had goes to others."""
        self._workers.remove(worker)
        self._end(worker)
        self._again.extendleft(reversed(worker.pieces))
        worker.pieces.clear()

    def _give(self, worker: _Worker[K], piece: _Piece[K]) -> None:
        if not worker.pieces:
            worker.since = time.monotonic()
        worker.pieces.append(piece)
        self._post(worker, piece.frame)

    def _post(self, worker: _Worker[K], message: bytes) -> None:
        worker.outbox.append(memoryview(message))
        self._flush(worker)

    def _flush(self, worker: _Worker[K]) -> None:
        """Send what the socket takes."""
        was_at_work = worker.is_at_work()
        try:
            while worker.outbox:
                sent = worker.sock.send(worker.outbox[0])
                worker.outbox[0] = worker.outbox[0][sent:]
                if not worker.outbox[0]:
                    worker.outbox.popleft()
        except BlockingIOError:
            pass
        except OSError:  # it has died, which reading will show
            worker.outbox.clear()
        if worker.is_at_work() and not was_at_work:
            worker.since = time.monotonic()
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.outbox else 0)
        if self._selector.get_key(worker.sock).events != wanted:
            self._selector.modify(worker.sock, wanted, worker)

    # --- what happens --------------------------------------------------------------------------

    def _wait(self, most: float) -> None:
        """Wait until something happens, and deal with it."""
        for key, events in self._selector.select(self._patience(most)):
            worker: _Worker[K] = key.data
            if events & selectors.EVENT_WRITE:
                self._flush(worker)
            if events & selectors.EVENT_READ:
                self._read(worker)
        if self._max_seconds is not None:
            for worker in list(self._workers):
                if self._is_late(worker):
                    self._kill_late(worker)

    def _patience(self, most: float) -> float:
        """How long to wait, in seconds, before looking at the clock again."""
        if self._max_seconds is None:
            return most
        now = time.monotonic()
        left = [worker.since + self._max_seconds - now for worker in self._workers if worker.is_at_work()]
        return max(0.0, min([most, *left]))

    def _is_late(self, worker: _Worker[K]) -> bool:
        assert self._max_seconds is not None
        limit = self._max_seconds + (_SENDING if worker.inbox.has_part else 0)
        return worker.is_at_work() and time.monotonic() > worker.since + limit

    def _kill_late(self, worker: _Worker[K]) -> None:
        # It may have finished while nobody looked.
        while self._is_late(worker) and worker in self._workers:
            if not self._read(worker):
                self._fail_first(worker, self._late())
                self._replace(worker)

    def _late(self) -> Failure:
        return Failure("timeout", f"it took more than {self._max_seconds:g} seconds")

    def _read(self, worker: _Worker[K]) -> bool:
        """Take what a worker has sent; whether there was anything."""
        try:
            data = worker.sock.recv(_READ)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._bury(worker)
            return True
        for message in worker.inbox.add(data):
            self._take(worker, pickle.loads(message))
        return True

    def _take(self, worker: _Worker[K], message: Any) -> None:
        worker.since = time.monotonic()
        if message is None:
            worker.is_ready = True
            self._failed_starts = 0
            return
        went_well, value, seconds, is_last = message
        self._finish(worker.pieces.popleft(), value if went_well else Failure(*value), seconds)
        if is_last:
            self._replace(worker)

    def _finish(self, piece: _Piece[K], value: bytes | Failure, seconds: float) -> None:
        piece.finish(value, seconds)
        self._finished.append(piece)
        self._held += piece.weight

    def _fail_first(self, worker: _Worker[K], failure: Failure) -> None:
        self._finish(worker.pieces.popleft(), failure, time.monotonic() - worker.since)

    def _bury(self, worker: _Worker[K]) -> None:
        """Deal with a worker that has died."""
        status = _exit_status(worker.process)
        if not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                raise WorkersError(f"worker processes cannot be started: the last one {_cause(status)} at once")
        elif worker.pieces:
            if self._max_seconds is not None and self._is_late(worker):
                self._fail_first(worker, self._late())  # it ended itself
            else:
                worker.pieces[0].attempts += 1
                if worker.pieces[0].attempts >= _ATTEMPTS:
                    message = f"its worker {_cause(status)}, {_ATTEMPTS} times in a row"
                    self._fail_first(worker, Failure("crash", message))
        self._replace(worker)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Feed(Generic[K, T]):
    """Items that are asked for one by one, and only when they are wanted."""

    def __init__(self, items: Iterable[tuple[K, T] | None]) -> None:
        self._items = iter(items)
        self._next: tuple[K, T] | None = None
        self.is_empty = False
        self.is_pausing = False

    def has_next(self) -> bool:
        """Whether there is an item now."""
        if self._next is None and not self.is_empty:
            try:
                self._next = next(self._items)
            except StopIteration:
                self.is_empty = True
            self.is_pausing = self._next is None and not self.is_empty
        return self._next is not None

    def take(self) -> tuple[K, T]:
        """That item."""
        item, self._next = self._next, None
        assert item is not None
        return item


def _exit_status(process: subprocess.Popen[bytes]) -> int | None:
    """How a process ended whose socket is closed; None if it has not quite."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(1)
    return None


def _cause(status: int | None) -> str:
    if status is None:
        return "closed its connection"
    if status >= 0:
        return f"ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was killed by {name}"
