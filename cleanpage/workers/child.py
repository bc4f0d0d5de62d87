"""What runs in a worker: take a piece, do it, send back what came of it, until nobody is there any more."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from . import frames

# Seconds after which a worker that nobody stops ends itself, over the time limit. It needs no interpreter: a piece that
# hangs in C code ends, too, although the pool is gone or does not look.
_GRACE = 5.0


def main(descriptor: int) -> None:
    """Work until the other end of a socket is closed.

    Args:
        descriptor: the socket's file descriptor.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool, which then closes the socket
    with socket.socket(fileno=descriptor) as sock, contextlib.suppress(OSError):
        _work(sock)
    os._exit(0)  # nothing here has anything to put in order


def _work(sock: socket.socket) -> None:
    start = frames.receive(sock)
    if start is None:
        return
    function, max_seconds, max_memory = pickle.loads(start)
    if hasattr(function, "prepare"):
        function.prepare()
    frames.send(sock, None)
    with open(os.devnull, "w") as nowhere:
        while (message := frames.receive(sock)) is not None:
            if max_seconds is not None:
                faulthandler.dump_traceback_later(max_seconds + _GRACE, exit=True, file=nowhere)
            answer = _done(function, message)
            faulthandler.cancel_dump_traceback_later()
            is_last = max_memory is not None and _is_beyond(max_memory)
            frames.send(sock, (*answer, is_last))
            del message, answer
            if is_last:
                return


def _done(function: Callable[[Any], Any], message: bytes) -> tuple[bool, Any, float]:
    """Whether a piece went well, what came of it, and the seconds it took."""
    start = time.perf_counter()
    try:
        value = function(pickle.loads(message))
        return True, pickle.dumps(value, protocol=5), time.perf_counter() - start
    except MemoryError:
        return False, ("memory", "there was not enough memory for it"), time.perf_counter() - start
    except Exception as error:
        # What the function does not turn into a value itself is a mistake in it, which must not cost the others.
        return False, ("internal", f"{type(error).__name__}: {error}"), time.perf_counter() - start


def _is_beyond(max_memory: int) -> bool:
    """Whether this process takes more memory, with all that it does not need given back."""
    if _memory() <= max_memory:
        return False
    give_back()
    return _memory() > max_memory


def give_back() -> None:
    """Give the system back what large pages have left free in between; glibc keeps it otherwise."""
    with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such call
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)


def _memory() -> int:
    """The memory of this process in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
