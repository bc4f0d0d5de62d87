"""Where the time of extracting goes, part by part, as ratios to parsing alone on the same pages in one run.

    python benchmarks/extract.py [DATA] [--set NAME] [--every N] [--rounds N] [--json FILE]

DATA holds labelled data sets, as `cleanpage bench quality` reads them; without it the shared ones are taken where they
stand beside the checkout. Every Nth page of the set (`wcxb` if not said) is a sample of it. lxml_parse and `extract`
take turns on each page, and of the rounds the median counts, page by page and part by part. What is measured is the
processor's time in this thread, which a busy machine disturbs less than the clock. A part's time is without that of
the parts within it; what no part claims is `rest`.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cleanpage
import cleanpage.api
import cleanpage.engine.match
from cleanpage.article import extract, statement
from cleanpage.article.blocks import Blocks
from cleanpage.article.features import Features
from cleanpage.article.naming import Naming
from cleanpage.article.scorer import Scorer
from cleanpage.article.vocabulary import Lexicon
from cleanpage.bench.datasets import Case, read_data_sets
from cleanpage.bench.timing import PARSE, parse_only
from cleanpage.engine.clean import Cleaning
from cleanpage.engine.marks import MarkIndex
from cleanpage.stored import Page

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
WHOLE, REST = "extract", "rest"
# The parts, each with what does its work: an object and the name by which it is called.
PARTS: dict[str, list[tuple[Any, str]]] = {
    "parse": [(cleanpage.api, "parse")],
    "outline": [(cleanpage.api, "outline")],
    "marks of families": [(MarkIndex, "borne_by")],
    "rules": [(Cleaning, "__init__")],
    "rules: teasers": [(cleanpage.engine.match, "teaser_lists")],
    "statement": [(statement, "stated"), (statement, "article_body")],
    "blocks": [(Blocks, "__init__")],
    "features": [(Features, "matrix"), (Features, "peers")],
    "features: words": [(Naming, "scores"), (Lexicon, "scores")],
    "features: tags around": [(sys.modules[Features.__module__], "tags_around"), (Blocks, "enclosing")],
    "features: hints": [(sys.modules[Features.__module__], "hint_columns")],
    "scorer": [(Scorer, "probabilities"), (extract, "choose")],
}


class Clock:
    """Time by parts.

    Attributes:
        spent: seconds, by the name of the part.
    """

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, which tells this clock how long it took."""

        @functools.wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            start = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                whole = time.thread_time() - start
                self.spent[part] += whole - self._inner.pop()
                if self._inner:
                    self._inner[-1] += whole

        return run

    @contextmanager
    def watching(self, parts: dict[str, list[tuple[Any, str]]]) -> Any:
        """Time what is called in the meantime."""
        before = [(owner, name, getattr(owner, name)) for places in parts.values() for owner, name in places]
        for part, places in parts.items():
            for owner, name in places:
                setattr(owner, name, self.timed(part, getattr(owner, name)))
        try:
            yield
        finally:
            for owner, name, function in before:
                setattr(owner, name, function)


def measure(pages: list[Page], rounds: int) -> dict[str, list[float]]:
    """For each page the median time of parsing alone, of extracting, and of its parts, in seconds."""
    cleaner = cleanpage.Cleaner()

    def parsing(page: Page) -> None:
        parse_only(page)  # and forget, which takes its time, too

    def extracting(page: Page) -> object:
        return cleaner.extract(page.html, url=page.url).text

    samples: list[dict[str, list[float]]] = [defaultdict(list) for _ in pages]
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        gc.collect()
        for page, times in zip(pages, samples, strict=True):
            clock = Clock()
            clock.timed(PARSE, parsing)(page)
            clock.timed(WHOLE, extracting)(page)
            inner = Clock()
            with inner.watching(PARTS):
                inner.timed(REST, extracting)(page)
            for name in (PARSE, WHOLE):
                times[name].append(clock.spent[name])
            for name in (*PARTS, REST):
                times[name].append(inner.spent[name])
    names = (PARSE, WHOLE, *PARTS, REST)
    return {name: [statistics.median(times[name]) for times in samples] for name in names}


def readable(cases: Iterable[Case]) -> list[Page]:
    """Those of some pages that cleanpage and lxml can read."""
    pages = []
    for case in cases:
        page = Page(case.key, case.html(), case.url)
        try:
            parse_only(page)
            cleanpage.extract(page.html, page.url)
        except Exception as error:
            print(f"{case.key}: {error}", file=sys.stderr)
            continue
        pages.append(page)
    return pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--set", default="wcxb", dest="data_set")
    parser.add_argument("--every", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        cases = [case for one in read_data_sets(options.data, [options.data_set]) for case in one.cases]
    except cleanpage.CleanpageError as error:
        sys.exit(str(error))
    pages = readable(cases[:: options.every])
    found = measure(pages, options.rounds)
    parse = sum(found[PARSE])
    report = {name: sum(times) / parse for name, times in found.items()}
    size = sum(len(page.html) for page in pages) / len(pages)
    print(f"{len(pages)} pages, {size / 1000:.0f} kB a page, lxml_parse {1000 * parse / len(pages):.2f} ms a page")
    for name, ratio in report.items():
        print(f"  {name:18} {1000 * sum(found[name]) / len(pages):7.2f} ms  {ratio:6.2f} x lxml_parse")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
