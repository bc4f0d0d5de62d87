"""Inputs made to be expensive, each in a process of its own with a limit on time and memory.

    python benchmarks/bounds.py [KIND...] [--only TEXT] [--megabytes N...] [--seconds S] [--memory GB] [--json FILE]

KIND is any of `clean extract clean_text rules expensive batch`, all of them if none is named. Each case is measured at
the sizes named, a factor of two apart; what is stated is the outcome (a result, or the error that it ended with), the
time of the processor and the memory of the largest, and how many times longer it took than the one before it. Where
times are short, the best of two runs counts. The command fails if a case ends otherwise than with a result, a
`PageError`, a `RuleError` or (in batch) records of errors, meets a limit, takes longer than `SECONDS_AT_LEAST` and
`SECONDS_A_MEGABYTE` allow, takes more memory than `MEGABYTES_AT_LEAST`, `MEGABYTES_A_MEGABYTE` and `KILOBYTES_A_TAG`
allow, or if doubling a page costs more than `MOST_FOR_DOUBLE` times.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

KINDS = ("clean", "extract", "clean_text", "rules", "expensive", "batch")
# What is promised: seconds and megabytes of memory, whatever the input, and for each of its megabytes. What an element
# takes does not depend on its size in the page, where `<br>` is four characters, so memory is promised by tags as well.
SECONDS_AT_LEAST, SECONDS_A_MEGABYTE = 3.0, 10.0
MEGABYTES_AT_LEAST, MEGABYTES_A_MEGABYTE, KILOBYTES_A_TAG = 400, 150, 3
MOST_FOR_DOUBLE = 2.3
# Shorter times say nothing about growth.
NOISE = 0.25
MB = 1_000_000


@dataclass
class Measured:
    """A case at one size."""

    megabytes: float
    seconds: float
    memory: float  # MB, the most that the process has had
    outcome: str
    tags: int = 0  # in a page: how many places may begin an element


@dataclass
class Case:
    """A case at all sizes."""

    kind: str
    name: str
    measured: list[Measured] = field(default_factory=list)
    fault: str = ""

    @property
    def growth(self) -> float | None:
        """How many times longer the largest took than the one before it, None if that says nothing."""
        if len(self.measured) < 2 or self.measured[-2].seconds < NOISE:
            return None
        return self.measured[-1].seconds / self.measured[-2].seconds


# --- in the process of a case ------------------------------------------------------------------


def work_of(kind: str, name: str, size: int, folder: Path) -> tuple[Callable[[], str], int]:
    """What a case does, ready to be timed: it says how it ended. And how many tags there are in its page."""
    import cleanpage
    from tests.hostile import bombs

    if kind == "rules":
        text = bombs.RULES[name](size)
        page = b"<p class=x>a</p><p class=c1>b</p>"
        return lambda: f"{len(cleanpage.Cleaner(cleanpage.Rules.parse(text)).clean(page).text)} characters", 0
    if kind == "expensive":
        rule, maker = bombs.EXPENSIVE[name]
        # With a publisher's rule, nothing is held back as it would be with a generic one.
        rules = f"publisher: X\ndomains: [example.com]\nremove:\n  ad:\n    - {rule}\n"
        cleaner, html = cleanpage.Cleaner(cleanpage.Rules.parse(rules)), maker(size)
        return lambda: _forms(cleaner.clean(html, url="https://example.com/")), _tags(html)
    if kind == "batch":
        return lambda: _batch(name, size, folder), 0
    cleaner = cleanpage.Cleaner()
    cleaner.extract("<p>a</p>").access  # noqa: B018 - imports take no time of a page
    if kind == "clean_text":
        text = bombs.TEXTS[name](size)
        return lambda: _forms(cleaner.clean_text(text)), 0
    html = bombs.PAGES[name](size)
    process = getattr(cleaner, kind)
    return lambda: _forms(process(html, url="https://www.example.com/news/1.html")), _tags(html)


def _tags(html: bytes | str) -> int:
    return len(re.findall("<[a-z]" if isinstance(html, str) else b"<[a-z]", html))


def _forms(result: object) -> str:
    """Ask for everything that a result has."""
    sizes = [len(str(getattr(result, name))) for name in ("text", "html", "markdown", "removed", "metadata", "access")]
    return f"{sizes[0]:,} characters"


def _batch(name: str, size: int, folder: Path) -> str:
    from cleanpage.batch.document import DocumentError
    from cleanpage.batch.sources import Reading, Sources
    from tests.hostile import bombs

    path, make = bombs.ARCHIVES[name]
    file = folder / path
    if not file.exists():
        file.write_bytes(make(size))
    pages, faults = 0, 0
    for entry in Sources([str(file)], Reading()).entries():
        if entry is not None:
            try:
                entry.read(Reading().max_bytes)
                pages += 1
            except DocumentError:
                faults += 1
    return f"{pages:,} pages, {faults:,} errors"


def run_case(kind: str, name: str, sizes: list[int], memory: float) -> None:
    """Measure a case at all sizes, in this process; a line of JSON for each."""
    from cleanpage import PageError, RuleError
    from cleanpage.errors import CleanpageError

    most = int(memory * (1 << 30))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    sys.setrecursionlimit(1000)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            work, tags = work_of(kind, name, size, Path(folder))
            if kind == "batch":
                work()  # writes the archive, too
            best = float("inf")
            for _ in range(2):
                begin = time.process_time()
                try:
                    outcome = work()
                except (PageError, RuleError) as error:
                    outcome = f"{type(error).__name__}: {getattr(error, 'limit', '') or str(error)[:60]}"
                except CleanpageError as error:
                    outcome = f"{type(error).__name__}: {error}"[:80]
                except Exception as error:
                    outcome = f"FAULT {type(error).__name__}: {error}"[:200]
                best = min(best, time.process_time() - begin)
                if best > 2:
                    break
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(asdict(Measured(size / MB, round(best, 4), round(peak, 1), outcome, tags))), flush=True)


# --- around it ---------------------------------------------------------------------------------


def measure(kind: str, name: str, options: argparse.Namespace) -> Case:
    """Measure a case in a process of its own."""
    case = Case(kind, name)
    sizes = [str(int(size * MB)) for size in options.megabytes]
    command = [sys.executable, __file__, "--case", kind, name, "--memory", str(options.memory), "--sizes", *sizes]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = running.communicate(timeout=options.seconds)
        ended = f"exit status {running.returncode}: {err.strip()[-200:]}" if running.returncode else ""
    except subprocess.TimeoutExpired:
        running.kill()
        out, err = running.communicate()
        ended = f"no end within {options.seconds} s"
    case.measured = [Measured(**json.loads(line)) for line in out.splitlines()]
    case.fault = ended or fault_of(case)
    return case


def fault_of(case: Case) -> str:
    """What is worse than promised, empty if nothing."""
    last = case.measured[-1]
    if last.outcome.startswith("FAULT"):
        return last.outcome
    if last.seconds > SECONDS_AT_LEAST + SECONDS_A_MEGABYTE * last.megabytes:
        return "too long"
    most = MEGABYTES_AT_LEAST + MEGABYTES_A_MEGABYTE * last.megabytes + KILOBYTES_A_TAG * last.tags / 1000
    if last.memory > most:
        return "too much memory"
    if case.growth is not None and case.growth > MOST_FOR_DOUBLE:
        return f"doubling costs {case.growth:.1f} times"
    return ""


def names_of(kind: str) -> list[str]:
    from tests.hostile import bombs

    return list(
        {
            "clean": bombs.PAGES,
            "extract": bombs.PAGES,
            "clean_text": bombs.TEXTS,
            "rules": bombs.RULES,
            "expensive": bombs.EXPENSIVE,
            "batch": bombs.ARCHIVES,
        }[kind]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=" ".join(KINDS))
    parser.add_argument("--only", default="", help="cases whose names contain this")
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=300, help="a case may take with all its sizes")
    parser.add_argument("--memory", type=float, default=12, help="GB that a process may have")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", type=int, nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        run_case(*options.case, options.sizes, options.memory)
        return 0
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"unknown: {', '.join(unknown)}; KIND is any of {' '.join(KINDS)}")
    cases = []
    print(f"{'case':<58}{'MB':>5} {'s':>8} {'× 2':>5} {'memory, MB':>11}  outcome")
    for kind in options.kinds or KINDS:
        for name in names_of(kind):
            if options.only in name:
                case = measure(kind, name, options)
                cases.append(case)
                print(_line(case), flush=True)
    faults = [case for case in cases if case.fault]
    print(f"{len(cases)} cases, {len(faults)} worse than promised")
    longest = max((case.measured[-1].seconds for case in cases if case.measured), default=0)
    largest = max((case.measured[-1].memory for case in cases if case.measured), default=0)
    print(f"the longest took {longest:.1f} s, the largest {largest:,.0f} MB")
    if options.json:
        options.json.write_text(json.dumps([asdict(case) for case in cases], indent=1) + "\n", "utf-8")
    return 1 if faults else 0


def _line(case: Case) -> str:
    if not case.measured:
        return f"{case.kind + ': ' + case.name:<58} {case.fault}"
    last, growth = case.measured[-1], case.growth
    grown = f"{growth:.2f}" if growth is not None else "–"
    fault = f"  ← {case.fault}" if case.fault else ""
    return (
        f"{case.kind + ': ' + case.name:<58}{last.megabytes:>5g} {last.seconds:>8.2f} {grown:>5} "
        f"{last.memory:>11,.0f}  {last.outcome}{fault}"
    )


if __name__ == "__main__":
    sys.exit(main())
