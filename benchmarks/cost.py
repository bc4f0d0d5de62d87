"""What a crawl costs on paper: core-hours and money, from a measured speed and stated assumptions.

    python benchmarks/cost.py [PAGES] [--megabytes-per-second X] [--price X] [--overhead X]

PAGES is a folder of stored pages (.html or .html.gz) on which `extract` is timed, in CPU seconds of one core; or the
speed is given. What a crawl holds is an assumption, in `CRAWLS`: look it up for the crawl you mean. The time a page
takes grows with its bytes, so the bytes of a crawl count, not its pages. `--overhead` is for reading archives and
writing records; `benchmarks/batch.py` measures it.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cleanpage import Cleaner, CleanpageError
from cleanpage.stored import read_pages

_WARM = 20  # pages before the clock starts


@dataclass(frozen=True)
class Crawl:
    """What a crawl is assumed to hold.

    Attributes:
        name: what it is.
        pages: how many.
        kilobytes: of HTML, unpacked, in a page on average.
    """

    name: str
    pages: float
    kilobytes: float


CRAWLS = (Crawl("a month of CC-NEWS", 12e6, 200), Crawl("one full crawl of Common Crawl", 2.6e9, 150))


def main() -> None:
    """Measure if asked to, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="?", metavar="PAGES", help="a folder of stored pages to measure on")
    parser.add_argument("--megabytes-per-second", type=float, default=None, metavar="X", help="the speed of one core")
    parser.add_argument("--price", type=float, default=0.04, metavar="X", help="US dollars a core-hour")
    parser.add_argument("--overhead", type=float, default=0.15, metavar="X", help="of reading and writing, as a share")
    wanted = parser.parse_args()
    speed = wanted.megabytes_per_second or (measured(wanted.pages) if wanted.pages else None)
    if not speed:
        parser.error("name a folder of pages, or a speed: --megabytes-per-second")
    print(f"{speed:.1f} MB/s a core, {wanted.overhead:.0%} for reading and writing, ${wanted.price:.3f} a core-hour")
    for crawl in CRAWLS:
        hours = crawl.pages * crawl.kilobytes / 1000 / speed * (1 + wanted.overhead) / 3600
        print(
            f"{crawl.name}: {crawl.pages / 1e6:,.0f} million pages of {crawl.kilobytes:.0f} kB: "
            f"{hours:,.0f} core-hours, ${hours * wanted.price:,.0f}"
        )


def measured(folder: Path) -> float:
    """Megabytes of HTML that one core extracts articles from, in a second of CPU time."""
    pages, _ = read_pages(folder)
    cleaner = Cleaner()
    for page in pages[:_WARM]:
        cleaner.extract(page.html, url=page.url)
    start = time.process_time()
    for page in pages:
        _ = cleaner.extract(page.html, url=page.url).text
    seconds = time.process_time() - start
    print(f"{len(pages)} pages, {len(pages) / seconds:.0f} a second")
    return sum(len(page.html) for page in pages) / 1e6 / seconds


if __name__ == "__main__":
    try:
        main()
    except CleanpageError as error:
        sys.exit(f"{error}")
