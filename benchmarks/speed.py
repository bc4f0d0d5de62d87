"""How long cleaning takes, as a ratio to parsing alone, both measured in one run on the same pages.

    python benchmarks/speed.py [FOLDER] [--rounds N] [--json FILE]

FOLDER holds pages (.html or .html.gz, in it or below it); without one, the pages of the shared data set are taken
where they stand beside the checkout, else the shipped examples. Systems take turns on each page, and each system's
best time a page counts, so that a busy machine disturbs all of them alike and none for long. Start-up times are those
of whole processes, less that of a bare Python.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lxml.html

import cleanpage

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "news"
Page = tuple[bytes, str | None]


def pages(folder: Path) -> list[Page]:
    """All pages in a folder, with their addresses where the data set knows them."""
    paths = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz", ".htm")))
    urls = addresses(folder)
    return [(read(path), urls.get(path.name.split(".html")[0])) for path in paths]


def read(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def addresses(folder: Path) -> dict[str, str]:
    for name in ("gold.json", "gold.json.gz"):
        if (folder / name).exists():
            rows = json.loads(read(folder / name))
            return {row["id"]: row["url"] for row in (rows.values() if isinstance(rows, dict) else rows)}
    return {}


def systems() -> dict[str, Callable[[Page], object]]:
    """What is measured; the first is what the others are compared with."""
    none = cleanpage.Cleaner(rules=cleanpage.Rules())
    generic = cleanpage.Cleaner(rules=cleanpage.Rules.builtin(publishers=False))
    everything = cleanpage.Cleaner()
    return {
        "lxml_parse": lambda page: lxml.html.document_fromstring(page[0]),
        "no rules": lambda page: none.clean(page[0], url=page[1]).text,
        "generic rules": lambda page: generic.clean(page[0], url=page[1]).text,
        "built-in rules": lambda page: everything.clean(page[0], url=page[1]).text,
    }


def measure(chosen: list[Page], rounds: int) -> dict[str, list[float]]:
    """Each system's best time for each page, in seconds."""
    running = systems()
    best = {name: [float("inf")] * len(chosen) for name in running}
    for _ in range(rounds):
        for number, page in enumerate(chosen):
            for name, run in running.items():
                start = time.perf_counter()
                run(page)
                best[name][number] = min(best[name][number], time.perf_counter() - start)
    return best


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
    chosen = pages(options.folder)
    if not chosen:
        sys.exit(f"{options.folder} holds no .html or .html.gz file")
    best = measure(chosen, options.rounds)
    parse = best["lxml_parse"]
    report: dict[str, dict[str, float]] = {}
    print(f"{len(chosen)} pages, {sum(len(html) for html, _ in chosen) / len(chosen) / 1000:.0f} kB a page")
    for name, times in best.items():
        ratios = [one / base for one, base in zip(times, parse, strict=True)]
        report[name] = {
            "ms": 1000 * statistics.mean(times),
            "ratio": sum(times) / sum(parse),
            "median_ratio": statistics.median(ratios),
        }
        ms, ratio, median = report[name].values()
        print(f"  {name:16} {ms:7.2f} ms a page  {ratio:5.2f} x lxml_parse (median page {median:.2f} x)")
    report["start"] = start_up()
    for name, seconds in report["start"].items():
        print(f"  {name:36} {seconds:.3f} s")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
