"""How fast systems are on the same pages, in one run: time a page, as pages grow, from a cold start; and memory."""

from __future__ import annotations

import json
import logging
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from ..errors import CleanpageError
from ..stored import Page
from .systems import System, load_system
from .timing import PARSE, all_times, parse_only

# A system and what it comes from start in so many processes; the best of them counts.
_STARTS = 3
_GROWTH = 4  # doublings
_BODY = re.compile(rb"<body\b[^>]*>(.*)</body\s*>", re.I | re.S)
_LEAST_GROWN, _MOST_GROWN = 20_000, 100_000  # bytes of the page that is repeated
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a system is.

    Attributes:
        system: its name.
        seconds: its median time for each page.
        ratios: for each round, its time for all pages, as a ratio to parsing alone in the same round.
        page_ratios: for each page, its median time, as a ratio to parsing alone.
        failures: on how many pages it failed; their time counts until it did.
        megabytes: how many millions of bytes the pages have.
        start_seconds: from the import to the first text, in a new process.
        peak_bytes: the most resident memory of a process that has worked on all pages.
        growth: for pages of growing size, their bytes and seconds.
    """

    system: str
    seconds: tuple[float, ...]
    ratios: tuple[float, ...]
    page_ratios: tuple[float, ...]
    failures: int
    megabytes: float
    start_seconds: float
    peak_bytes: int
    growth: tuple[tuple[int, float], ...]

    @property
    def ratio(self) -> float:
        """The time for all pages, as a ratio to parsing alone: the median over rounds."""
        return median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest of these ratios over rounds."""
        return min(self.ratios), max(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The quartiles of the ratio to parsing alone over pages."""
        if len(self.page_ratios) < 2:
            return (self.page_ratios[0],) * 3
        low, middle, high = quantiles(self.page_ratios, n=4, method="inclusive")
        return low, middle, high

    @property
    def pages_per_second(self) -> float:
        return len(self.seconds) / sum(self.seconds)

    @property
    def megabytes_per_second(self) -> float:
        return self.megabytes / sum(self.seconds)

    @property
    def doubling(self) -> float:
        """The highest factor in time between a page and one of twice its size."""
        times = [seconds for _, seconds in self.growth]
        return max((after / before for before, after in pairwise(times)), default=float("nan"))

    def to_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        low, middle, high = self.quartiles
        return {
            "system": self.system,
            "ratio": self.ratio,
            "spread": self.spread,
            "page ratio": {"quartile 1": low, "median": middle, "quartile 3": high},
            "ms a page": 1000 * sum(self.seconds) / len(self.seconds),
            "pages/s": self.pages_per_second,
            "MB/s": self.megabytes_per_second,
            "failures": self.failures,
            "cold start s": self.start_seconds,
            "peak MB": self.peak_bytes / 1e6,
            "doubling": self.doubling,
            "growth": [{"bytes": size, "seconds": seconds} for size, seconds in self.growth],
        }


def measure_speed(
    names: Sequence[str], pages: Sequence[Page], rounds: int, progress: Progress = lambda message: None
) -> list[Speed]:
    """Measure how fast systems are on pages. Parsing alone (`lxml_parse`) is measured with them.

    In a round each page is given to each system in turn, so that a busy machine disturbs all of them alike.

    Args:
        names: the systems, as `load_system` takes them.
        pages: the pages.
        rounds: how often.
        progress: is told what is being done.

    Raises:
        CleanpageError: a system is unknown or not installed, or its process ended.
    """
    systems = {PARSE: _parse, **{name: load_system(name) for name in dict.fromkeys(names) if name != PARSE}}
    works = {name: partial(_works, system) for name, system in systems.items()}
    with _silence():
        failures = {name: sum(not run(page) for page in pages) for name, run in works.items()}
        times = all_times(works, pages, rounds, progress)
        progress("pages of growing size")
        grown = list(grow(pages))
        by_size = all_times(works, grown, rounds)
    speeds = []
    for name in systems:
        progress(f"{name} in a process of its own")
        seconds, peak = alone(name, pages)
        # By page and by round: a median is little disturbed by what else the machine does.
        typical = [median(of_page) for of_page in times[name]]
        parse = [median(of_page) for of_page in times[PARSE]]
        totals, parse_totals = ([sum(one) for one in zip(*times[who], strict=True)] for who in (name, PARSE))
        speeds.append(
            Speed(
                name,
                tuple(typical),
                tuple(one / base for one, base in zip(totals, parse_totals, strict=True)),
                tuple(one / base for one, base in zip(typical, parse, strict=True)),
                failures[name],
                sum(len(page.html) for page in pages) / 1e6,
                seconds,
                peak,
                tuple((len(page.html), median(some)) for page, some in zip(grown, by_size[name], strict=True)),
            )
        )
    return speeds


def grow(pages: Sequence[Page]) -> Iterator[Page]:
    """Pages of growing size, each twice as long as the one before: what stands in the body of one of the pages, the
    median of those of 20 to 100 kB where there are any, again and again."""
    fitting = [page for page in pages if _LEAST_GROWN <= len(page.html) <= _MOST_GROWN] or list(pages)
    base = sorted(fitting, key=lambda page: (len(page.html), page.name))[len(fitting) // 2]
    found = _BODY.search(base.html)
    start, stop = found.span(1) if found else (0, len(base.html))
    for doubling in range(_GROWTH + 1):
        body = base.html[start:stop] * 2**doubling
        yield Page(f"{base.name} x {2**doubling}", base.html[:start] + body + base.html[stop:], base.url)


def alone(name: str, pages: Sequence[Page]) -> tuple[float, int]:
    """In a new process: seconds from the import to the first text, and the most memory that all pages took, in bytes.

    Raises:
        CleanpageError: the process ended.
    """
    found = []
    for run in range(_STARTS):
        some = pages if not run else pages[:1]
        command = [sys.executable, "-m", "cleanpage.bench.once", name]
        # A user's own function lies where he is, as for `python -m`.
        done = subprocess.run(command, input=pickle.dumps(list(some)), capture_output=True)
        if done.returncode:
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise CleanpageError(f"{name} does not work in a process of its own: {''.join(last) or done.returncode}")
        found.append(json.loads(done.stdout.splitlines()[-1]))
    own = name.startswith("cleanpage.")
    seconds = min(one["seconds"] + (one["imported"] if own else 0.0) for one in found)
    return seconds, found[0]["peak"]


def _works(system: System, page: Page) -> bool:
    try:
        system(page.html, page.url)
    except Exception:  # whatever another's system raises is its failure on this page, no reason to stop
        return False
    return True


def _parse(html: bytes, url: str | None) -> str:
    parse_only(Page("", html, url))
    return ""


@contextmanager
def _silence() -> Iterator[None]:
    """Some systems tell of every page."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
