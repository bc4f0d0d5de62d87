"""One system in a process of its own: how long it takes to be ready, and how much memory it takes.

    python -m cleanpage.bench.once SYSTEM < pages

`pages` is a pickled list of `Page`. Writes a JSON object.
"""

import time

_START = time.perf_counter()

# What follows costs time that belongs to a system of ours, and to no other.
import contextlib  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import pickle  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402

from cleanpage.bench.systems import load_system  # noqa: E402
from cleanpage.bench.timing import PARSE, parse_only  # noqa: E402

_IMPORTED = time.perf_counter() - _START


def main() -> None:
    """Measure the system that the first argument names."""
    name = sys.argv[1]
    logging.disable(logging.CRITICAL)
    pages = pickle.load(sys.stdin.buffer)
    before = time.perf_counter()
    system = load_system(name) if name != PARSE else None
    seconds = 0.0
    for place, page in enumerate(pages):
        with contextlib.suppress(Exception):  # a failure on a page is counted elsewhere
            system(page.html, page.url) if system is not None else parse_only(page)
        if not place:
            seconds = time.perf_counter() - before
    print(json.dumps({"seconds": seconds, "imported": _IMPORTED, "peak": _peak()}))


def _peak() -> int:
    """The most resident memory of this process so far, in bytes."""
    with contextlib.suppress(OSError), open("/proc/self/status", "rb") as file:
        # What `getrusage` tells on Linux may be the memory of the process that started this one.
        return next(1024 * int(line.split()[1]) for line in file if line.startswith(b"VmHWM:"))
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
