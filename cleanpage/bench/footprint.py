"""What a set of rules takes in a process of its own: time to load, and memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from ..api import Cleaner
from ..errors import CleanpageError
from ..rules.ruleset import Rules
from ..stored import Page

P = ParamSpec("P")
T = TypeVar("T")

_STATM = Path("/proc/self/statm")
_TINY = b"<p>A page.</p>"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process takes.

    Attributes:
        load_seconds: from nothing to the first page, a tiny one, cleaned.
        loaded_bytes: the resident set then.
        used_bytes: the resident set when all pages were cleaned.
    """

    load_seconds: float
    loaded_bytes: int
    used_bytes: int


class OwnProcess:
    """Runs functions in processes of their own, one after the other, that share nothing but a cache of packs.

    Args:
        cache: the folder of the cache.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function returns or raises in a new process; all of it has to be picklable.

        Raises:
            CleanpageError: the process was ended from outside.
        """
        # Spawned, not forked: a fork would begin with all that this process holds.
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(1, context, _set_cache, (str(self._cache),)) as pool:
                return pool.submit(work, *args, **kwargs).result()
        except BrokenProcessPool:
            raise CleanpageError(
                "a process that measured was ended, perhaps for want of memory: make fewer rules"
            ) from None


def _set_cache(folder: str) -> None:
    os.environ["CLEANPAGE_CACHE"] = folder


def bare_footprint(pages: Sequence[Page]) -> Footprint:
    """What a process takes that cleans the pages with no rules."""
    return _footprint(Rules, pages)


def footprint(pack: Path | None, pages: Sequence[Page]) -> Footprint:
    """What a process takes that cleans the pages with the built-in rules, and those of a pack."""
    return _footprint(lambda: Rules.builtin() + Rules.load(*([pack] if pack else [])), pages)


def _footprint(load: Callable[[], Rules], pages: Sequence[Page]) -> Footprint:
    _ = Cleaner(Rules()).clean(_TINY).text  # what is imported on the way is no part of any rules
    start = time.perf_counter()
    cleaner = Cleaner(load())
    _ = cleaner.clean(_TINY).text
    seconds = time.perf_counter() - start
    loaded = resident_set()
    for page in pages:
        _ = cleaner.clean(page.html, page.url).text
    return Footprint(seconds, loaded, resident_set())


def resident_set() -> int:
    """The memory that this process holds now, in bytes.

    Raises:
        CleanpageError: the system does not tell.
    """
    gc.collect()
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        return 1024 * int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(os.getpid())]))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise CleanpageError(
            f"this system does not tell the memory of a process, neither in {_STATM} nor by ps"
        ) from error
