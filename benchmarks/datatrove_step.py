"""datatrove's Trafilatura step beside the step of `cleanpage.integrations.datatrove`, on the same documents.

    python benchmarks/datatrove_step.py [FOLDER] [--pages N] [--rounds N] [--json FILE]

FOLDER holds pages as for `benchmarks/speed.py`. Both steps run as they do in a pipeline: each document goes to the
step's other process and its text comes back. They take turns, and the best time of each counts, so that a busy machine
disturbs both alike. Every round has a new process, because the deduplication that datatrove asks of trafilatura
remembers what it has seen. Needs `cleanpage[datatrove]` and trafilatura; which version of it is part of the output.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.extractors.base import BaseExtractor

import cleanpage
from cleanpage.integrations.datatrove import Cleanpage
from cleanpage.page import decode
from cleanpage.stored import Page, read_pages

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "news"
SECONDS = 30.0

STEPS: dict[str, Callable[[], BaseExtractor]] = {
    "Trafilatura, as datatrove sets it": lambda: Trafilatura(timeout=SECONDS),
    "Trafilatura, no deduplication": lambda: Trafilatura(timeout=SECONDS, deduplicate=False),
    "Cleanpage": lambda: Cleanpage(timeout=SECONDS),
    "Cleanpage, mode=clean": lambda: Cleanpage(mode="clean", timeout=SECONDS),
}


def documents(pages: list[Page]) -> list[Document]:
    """Pages as datatrove's readers give them: decoded, with their address."""
    return [
        Document(
            decode(page.html)[1].decode("utf-8", "replace"), page.name, metadata={"url": page.url} if page.url else {}
        )
        for page in pages
    ]


def run(make: Callable[[], BaseExtractor], pages: list[Page]) -> tuple[float, int, int]:
    """One round of a step: the seconds it took, the documents that came out, and their words."""
    step, given = make(), documents(pages)
    step.extract("<p>What is imported late is imported now.</p>")
    start = time.perf_counter()
    made = list(step.run(iter(given)))
    return time.perf_counter() - start, len(made), sum(len(one.text.split()) for one in made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = SHARED if SHARED.is_dir() else ROOT / "examples"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--pages", type=int, help="no more pages than this, evenly spaced")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        pages, problems = read_pages(options.folder, options.pages)
    except cleanpage.CleanpageError as error:
        sys.exit(str(error))
    for problem in problems:
        print(problem, file=sys.stderr)
    best: dict[str, tuple[float, int, int]] = {}
    for _ in range(options.rounds):
        for name, make in STEPS.items():
            found = run(make, pages)
            best[name] = min(best.get(name, found), found)
    first = next(iter(best.values()))[0]
    print(f"{len(pages)} pages; datatrove {version('datatrove')}, trafilatura {version('trafilatura')}")
    report = {}
    for name, (seconds, count, words) in best.items():
        report[name] = {
            "pages_per_second": len(pages) / seconds,
            "ratio": first / seconds,
            "made": count,
            "words": words,
        }
        print(
            f"  {name:34} {len(pages) / seconds:6.1f} pages/s, {first / seconds:5.2f} x as fast as the first; "
            f"{count} documents, {words:,} words"
        )
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
