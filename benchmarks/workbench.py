"""How quick the workbench answers on real pages, and how often it can make an example.

    python benchmarks/workbench.py PAGES [--blocks N] [--every N]

PAGES is a folder of stored pages, with a list of their addresses in or beside it. Of every page, or of every Nth, some
blocks that no rule takes and that are not of the article are picked at random, the same in every run. Measured is what
the server does for each, without the browser: showing the page, offering selectors, and previewing the first of them;
and whether the rule could be written with an example that shows it. Nothing is written.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from cleanpage.authoring.edit import Draft
from cleanpage.errors import CleanpageError
from cleanpage.stored import read_pages
from cleanpage.workbench import answers
from cleanpage.workbench.session import Session

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--blocks", type=int, default=3, help="how many blocks of a page (3)")
    parser.add_argument("--every", type=int, default=1, help="every Nth page (1)")
    given = parser.parse_args()
    pages, _ = read_pages(given.pages)
    with tempfile.TemporaryDirectory() as folder:
        measure(Session(pages, [Path(folder)]), given.blocks, given.every)


def measure(session: Session, blocks: int, every: int) -> None:
    """Ask for everything, and print the figures."""
    chance = random.Random(0)
    took: dict[str, list[float]] = {"show a page": [], "offer selectors": [], "preview a rule": []}
    offered = without = examples = refused = 0
    for number in range(0, len(session.pages), every):
        timed(took["show a page"], show, session, number)
        page = session.site_page(number)
        others = [place for place, editorial in enumerate(page.editorial) if not editorial]
        for place in chance.sample(others, min(blocks, len(others))):
            element = page.outline.covering(page.view.first[place], page.view.last[place])
            if not element:
                continue
            choices = timed(took["offer selectors"], session.choices, number, element)
            if not choices:
                without += 1
                continue
            offered += 1
            one = choices[0].draft
            draft = Draft(one.category or "related", one.css, one.equals, one.heading)
            try:
                timed(took["preview a rule"], answers.preview, session, number, draft)
                examples += session.written(number, draft, True)[2]
            except CleanpageError as error:
                refused += 1
                print(f"refused: {error}")
    for what, seconds in took.items():
        if seconds:
            print(f"{what:16} {len(seconds):5}  median {statistics.median(seconds):.3f} s, most {max(seconds):.3f} s")
    print(
        f"blocks with a selector {offered} of {offered + without}, examples {examples} of {offered}, refused {refused}"
    )


def show(session: Session, number: int) -> None:
    """What is asked for when a page is opened."""
    answers.page(session, number)
    session.frame(number, "frame.css")


def timed(seconds: list[float], work: Callable[..., T], *given: Any) -> T:
    """Do something, and note how long it took."""
    begun = time.perf_counter()
    done = work(*given)
    seconds.append(time.perf_counter() - begun)
    return done


if __name__ == "__main__":
    main()
