"""Times of systems that do the same work, measured side by side."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence

from ..stored import Page

System = Callable[[Page], object]
# The system that all others are compared with.
PARSE = "lxml_parse"


def parse_only(page: Page) -> object:
    """What any tool that reads pages with lxml takes at least."""
    import lxml.html

    return lxml.html.document_fromstring(page.html)


def all_times(
    systems: Mapping[str, System],
    pages: Sequence[Page],
    rounds: int,
    progress: Callable[[str], None] = lambda message: None,
) -> dict[str, list[list[float]]]:
    """Each system's times for each page, one a round, in seconds.

    The systems take turns on each page, so that a busy machine disturbs all of them alike, and none for long.

    Args:
        systems: what is measured, by name.
        pages: what they work on.
        rounds: how often.
        progress: is told of each round.
    """
    times: dict[str, list[list[float]]] = {name: [[] for _ in pages] for name in systems}
    for number in range(1, rounds + 1):
        progress(f"round {number} of {rounds}")
        gc.collect()
        for place, page in enumerate(pages):
            for name, run in systems.items():
                start = time.perf_counter()
                run(page)
                times[name][place].append(time.perf_counter() - start)
    return times


def best_times(
    systems: Mapping[str, System],
    pages: Sequence[Page],
    rounds: int,
    progress: Callable[[str], None] = lambda message: None,
) -> dict[str, list[float]]:
    """Each system's best time for each page, in seconds; the arguments are those of `all_times`."""
    times = all_times(systems, pages, rounds, progress)
    return {name: [min(of_page) for of_page in of_system] for name, of_system in times.items()}
