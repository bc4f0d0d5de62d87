"""How long cleaning takes, as a ratio to parsing alone, both measured in one run on the same pages.

    python benchmarks/speed.py [FOLDER] [--rounds N] [--json FILE]

FOLDER holds pages (.html or .html.gz, in it or below it); without one, the pages of the shared data set are taken
where they stand beside the checkout, else the shipped examples. Systems take turns on each page, and each system's
best time a page counts, so that a busy machine disturbs all of them alike and none for long. The stages of cleaning
with the built-in rules are what each takes over the one before it. Start-up times are those of whole processes, less
that of a bare Python.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cleanpage
from cleanpage.bench.timing import PARSE, System, best_times, parse_only
from cleanpage.engine.prepared import Prepared
from cleanpage.outline import outline
from cleanpage.page import Limits, decode, parse
from cleanpage.stored import read_pages

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "news"


def systems() -> dict[str, System]:
    """What is measured."""

    def cleaning(rules: cleanpage.Rules) -> System:
        cleaner = cleanpage.Cleaner(rules)
        return lambda page: cleaner.clean(page.html, url=page.url).text

    extracting = cleanpage.Cleaner()
    return {
        PARSE: parse_only,
        "no rules": cleaning(cleanpage.Rules()),
        "generic rules": cleaning(cleanpage.Rules.builtin(publishers=False)),
        "built-in rules": cleaning(cleanpage.Rules.builtin()),
        "extract": lambda page: extracting.extract(page.html, url=page.url).text,
    }


def stages() -> dict[str, System]:
    """What is done to a page on its way to clean text, each as far as one stage further than the one before."""
    cleaner = cleanpage.Cleaner()
    attributes = Prepared(cleaner.rules).attributes("")
    return {
        "decode": lambda page: decode(page.html),
        "parse": lambda page: parse(page.html),
        "outline": lambda page: outline(parse(page.html), Limits(), attributes),
        "match": lambda page: cleaner.clean(page.html, url=page.url),
        "text": lambda page: cleaner.clean(page.html, url=page.url).text,
        "html": lambda page: cleaner.clean(page.html, url=page.url).html,
    }


def process_seconds(*arguments: str, runs: int = 7) -> float:
    """The best time of a whole process."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def start_up() -> dict[str, float]:
    """Start-up times in seconds, each over that of the step before it."""
    example = ROOT / "examples" / "article.html"
    bare = process_seconds("-c", "pass")
    imported = process_seconds("-c", "import cleanpage")
    cleaned = process_seconds("-c", f"import cleanpage; cleanpage.clean(open({str(example)!r}, 'rb').read()).text")
    return {
        "import cleanpage, over bare Python": imported - bare,
        "the first clean, after the import": cleaned - imported,
        "cleanpage --help, whole process": process_seconds("-m", "cleanpage", "--help"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = SHARED if SHARED.is_dir() else ROOT / "examples"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        chosen, problems = read_pages(options.folder)
    except cleanpage.CleanpageError as error:
        sys.exit(str(error))
    for problem in problems:
        print(problem, file=sys.stderr)
    best = best_times({**systems(), **stages()}, chosen, options.rounds)
    walk = {name: best.pop(name) for name in stages()}
    parse = best[PARSE]
    report: dict[str, dict[str, float]] = {}
    print(f"{len(chosen)} pages, {sum(len(page.html) for page in chosen) / len(chosen) / 1000:.0f} kB a page")
    for name, times in best.items():
        ratios = [one / base for one, base in zip(times, parse, strict=True)]
        report[name] = {
            "ms": 1000 * statistics.mean(times),
            "ratio": sum(times) / sum(parse),
            "median_ratio": statistics.median(ratios),
        }
        ms, ratio, median = report[name].values()
        print(f"  {name:16} {ms:7.2f} ms a page  {ratio:5.2f} x lxml_parse (median page {median:.2f} x)")
    report["stages"] = {}
    before = 0.0
    for name, times in walk.items():
        # What the text takes, who asks for HTML alone does not wait for.
        report["stages"][name] = 1000 * (sum(times) - before) / len(chosen)
        before = sum(walk["match"] if name == "text" else times)
        print(f"  {name:16} {report['stages'][name]:7.2f} ms a page")
    report["start"] = start_up()
    for name, seconds in report["start"].items():
        print(f"  {name:36} {seconds:.3f} s")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
