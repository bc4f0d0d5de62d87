"""Memory after many pages, in one process: no page leaves anything behind.

    python benchmarks/memory.py [--pages N] [--seed S]

Each page is another one: a part of a real page or of the corpus, spoiled (`tests/hostile/mutations.py`), of another
host, cleaned and extracted, with everything that a result has. What the process holds is stated at powers of ten, as
workers measure it: after the allocator has given back what it keeps in reserve between large pages. The command fails
if it has grown by more than `MOST` megabytes over the last nine tenths of `--pages`. Caches that are bounded fill on
the way.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
MOST = 40  # MB


def resident() -> float:
    """What the process holds, in MB, after it has given back what it only keeps in reserve."""
    from cleanpage.workers.child import give_back

    gc.collect()
    give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def work(seed: int) -> Callable[[int], None]:
    import mutations as library

    from cleanpage import Cleaner, PageError
    from tests.hostile import mutations
    from tests.hostile.entries import corpus, forms

    cleaner, kept = Cleaner(), corpus("page")

    def one(number: int) -> None:
        random = Random(f"{seed}:{number}")
        page = library.some_page(random) if number % 4 else random.choice(kept)
        data = mutations.mutated(random, page, kept)
        url = f"https://www.site{number}.example.com/a/{number}.html"
        try:
            forms(cleaner.clean(data, url=url))
            forms(cleaner.extract(data, url=url))
        except PageError:
            pass

    return one


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    one, begin, held = work(options.seed), time.monotonic(), {}
    marks = sorted({100, 1000, 10_000, 100_000, options.pages // 10, options.pages})
    for number in range(1, options.pages + 1):
        one(number)
        if number in marks:
            held[number] = resident()
            print(f"{number:>9,} pages {held[number]:>8.1f} MB {time.monotonic() - begin:>8.0f} s", flush=True)
    grown = held[options.pages] - held[options.pages // 10]
    print(f"grown by {grown:.1f} MB over the last nine tenths")
    return 1 if grown > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
