"""Mutated and generated inputs over all entry points, counted: no other exception, no hang, no crash.

    python benchmarks/mutations.py --inputs N [--seed S] [--journal FILE] [--workers W] [--entry NAME...]
    python benchmarks/mutations.py --again NUMBER [--seed S]      # one of them, with what it is

Input number n of a seed is always the same: an entry point, an input of the corpus (`tests/hostile/corpus`, the shipped
examples and, where they stand beside the checkout, parts of the shared pages) or one made from nothing, and what was
done to it (`tests/hostile/mutations.py`). Some inputs of pages (one in `CHECKED`) are checked for what must hold for
any page: once is enough (where libxml2 reads what it has written), and the same again. What has been done is kept in
the journal, so that a run that was stopped goes on where it was. Each input may take `SECONDS`; one that takes longer,
or that ends the interpreter, is a fault like an exception, and is not tried again.
"""

from __future__ import annotations

import argparse
import faulthandler
import gzip
import json
import mmap
import os
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SHARED = ROOT.parent / "shared" / "data"

# How many inputs a process tries, the seconds that each may take, and one of how many is checked.
CHUNK, SECONDS, CHECKED = 2000, 60, 20
# Entry points by how often they are tried.
SHARES = {
    "page": 30, "page_as_text": 14, "text": 6, "circumstances": 5, "rules": 14, "selector": 8, "pack": 4, "json_ld": 7,
    "warc": 7, "jsonl": 5,
}  # fmt: skip
MOST_BYTES = 3000  # of a part of a real page


@cache
def real_pages() -> list[bytes]:
    """Some real pages, if they are there, and the examples."""
    files = [*sorted((ROOT / "examples").glob("*.html"))]
    for name in ("news", "snippets", "wcxb"):
        files += sorted((SHARED / name / "pages").glob("*.html.gz"))[::12]
    return [gzip.decompress(data) if (data := path.read_bytes())[:2] == b"\x1f\x8b" else data for path in files]


def some_page(random: Random) -> bytes:
    """A real page, most often a part of one."""
    page = random.choice(real_pages())
    if not random.randint(0, 60):
        return page
    start = random.randint(0, max(len(page) - MOST_BYTES, 0))
    head = page[:300] if random.randint(0, 1) else b""
    return head + page[start : start + random.randint(100, MOST_BYTES)]


def made(seed: int, number: int, only: list[str] | None = None) -> tuple[str, bytes]:
    """The input of a number: its entry point and its bytes."""
    from tests.hostile import mutations
    from tests.hostile.entries import MARKUP

    random = Random(f"{seed}:{number}")
    names = only or list(SHARES)
    (entry,) = random.choices(names, [SHARES[name] for name in names])
    kept = corpus_of(entry)
    kind = random.randint(0, 9)
    if entry in ("page", "page_as_text"):
        others = kept if kind < 2 else [some_page(random)]
        data = mutations.made(random) if kind >= 8 else random.choice(others)
    else:
        others, data = kept, random.choice(kept)
    return entry, mutations.mutated(random, data, others, markup=entry in MARKUP)


@cache
def corpus_of(entry: str) -> list[bytes]:
    from tests.hostile.entries import corpus

    return corpus(entry)


def check(data: bytes) -> None:
    """What must hold for any page."""
    from cleanpage import PageError
    from tests.hostile.entries import URL, cleaner

    try:
        once = cleaner().clean(data, url=URL)
        html, text = once.html, once.text
    except PageError:
        return
    same = cleaner().clean(data, url=URL)
    assert (same.text, same.html, same.removed) == (text, html, once.removed), "not the same again"
    try:
        twice, read = cleaner().clean(html, url=URL), without_rules().clean(html, url=URL)
    except PageError as error:
        if error.limit != "empty" or text:
            raise AssertionError(f"what came out is no page: {error}") from error
        return
    if (read.text, read.html) == (text, html):  # libxml2 does not always read what it has written
        assert twice.text == text, f"once is not enough: {_difference(text, twice.text)}"
        assert twice.html == html, f"once is not enough for the markup: {_difference(html, twice.html)}"


@cache
def without_rules() -> Any:
    import cleanpage

    return cleanpage.Cleaner(cleanpage.Rules())


def _difference(one: str, other: str) -> str:
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = max(place - 30, 0)
    return f"{one[begin : place + 50]!r} became {other[begin : place + 50]!r}"


# --- in a worker -------------------------------------------------------------------------------


def work(seed: int, first: int, stop: int, only: list[str] | None, progress: str) -> None:
    """Try inputs, one after the other; a line of JSON for each fault, and one at the end."""
    from tests.hostile.entries import ENTRIES

    with open(progress, "r+b") as file, mmap.mmap(file.fileno(), 16) as shared:
        counts: Counter[str] = Counter()
        longest = (0.0, first)
        for number in range(first, stop):
            shared[:8] = struct.pack("<q", number)
            entry, data = made(seed, number, only)
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            begin = time.perf_counter()
            try:
                ENTRIES[entry](data)
                if entry == "page" and number % CHECKED == 0:
                    check(data)
                    counts["checked"] += 1
            except Exception as error:
                where = traceback.format_exc(limit=-2).splitlines()[1:]
                print(
                    json.dumps({"fault": number, "entry": entry, "error": repr(error)[:500], "where": where}),
                    flush=True,
                )
            faulthandler.cancel_dump_traceback_later()
            longest = max(longest, (round(time.perf_counter() - begin, 2), number))
            counts[entry] += 1
            shared[8:] = struct.pack("<q", number + 1)
        print(json.dumps({"counts": counts, "longest": longest}), flush=True)


# --- around it ---------------------------------------------------------------------------------


def chunk(seed: int, first: int, stop: int, only: list[str] | None) -> list[dict[str, Any]]:
    """Try inputs in processes of their own, which are begun anew where one ends; what they say, line by line."""
    lines: list[dict[str, Any]] = []
    while first < stop:
        with tempfile.NamedTemporaryFile() as file:
            file.write(struct.pack("<qq", first, first))
            file.flush()
            command = [
                sys.executable,
                __file__,
                "--work",
                str(first),
                str(stop),
                "--seed",
                str(seed),
                "--progress",
                file.name,
            ]
            ended = subprocess.run(
                command + (["--entry", *only] if only else []), capture_output=True, text=True, check=False
            )
            lines += map(json.loads, ended.stdout.splitlines())
            number, _ = struct.unpack("<qq", Path(file.name).read_bytes())
        if ended.returncode == 0:
            break
        if ended.returncode == 1 and "Timeout" not in ended.stderr:
            raise RuntimeError(ended.stderr)  # a mistake of this file's
        entry, _ = made(seed, number, only)
        what = "takes too long" if "Timeout" in ended.stderr else f"ends the interpreter ({ended.returncode})"
        lines.append({"fault": number, "entry": entry, "error": what, "where": ended.stderr.splitlines()[-12:]})
        lines.append({"counts": {entry: 1, "lost count of": number - first}, "longest": [SECONDS, number]})
        first = number + 1
    return lines


def run(options: argparse.Namespace) -> int:
    journal: Path = options.journal
    key = [options.seed, options.entry]
    done: set[int] = set()
    lines: list[dict[str, Any]] = []
    if journal.exists():
        for line in map(json.loads, journal.read_text("utf-8").splitlines()):
            if line["key"] == key:
                done.add(line["chunk"])
                lines += line["lines"]
    chunks = [first for first in range(0, options.inputs, CHUNK) if first not in done]
    begin = time.monotonic()
    with ThreadPoolExecutor(options.workers) as pool, journal.open("a", encoding="utf-8") as out:

        def one(first: int) -> None:
            found = chunk(options.seed, first, min(first + CHUNK, options.inputs), options.entry)
            out.write(json.dumps({"key": key, "chunk": first, "lines": found}) + "\n")
            out.flush()
            lines.extend(found)
            for line in found:
                if "fault" in line:
                    print(f"FAULT {line['fault']} {line['entry']}: {line['error']}", flush=True)

        for number, _ in enumerate(pool.map(one, chunks), 1):
            if number % 5 == 0 or number == len(chunks):
                print(f"{number * CHUNK:,} inputs more, {time.monotonic() - begin:,.0f} s", flush=True)
    return report(lines)


def report(lines: list[dict[str, Any]]) -> int:
    counts: Counter[str] = Counter()
    longest: tuple[float, int] = (0.0, 0)
    faults = [line for line in lines if "fault" in line]
    for line in lines:
        counts.update(line.get("counts", {}))
        longest = max(longest, tuple(line.get("longest", longest)))
    checked = counts.pop("checked", 0)
    print(
        f"{sum(counts.values()):,} inputs: " + ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    )
    print(
        f"{checked:,} of the pages checked for what must hold; the longest took {longest[0]:.1f} s (input {longest[1]})"
    )
    print(f"{len(faults)} faults")
    for fault in faults:
        print(f"  {fault['fault']} {fault['entry']}: {fault['error']}")
    return 1 if faults else 0


def again(seed: int, number: int, only: list[str] | None) -> int:
    """Try one input, and leave it in a file."""
    from tests.hostile.entries import ENTRIES

    entry, data = made(seed, number, only)
    file = Path(tempfile.gettempdir()) / f"input-{seed}-{number}.{entry}"
    file.write_bytes(data)
    print(f"{file}: {len(data):,} bytes for {entry}")
    ENTRIES[entry](data)
    if entry == "page":
        check(data)
    print("no fault")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--journal", type=Path, default=Path("mutations.journal"))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--entry", nargs="+", choices=list(SHARES))
    parser.add_argument("--again", type=int, metavar="NUMBER")
    parser.add_argument("--work", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--progress", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.seed, *options.work, options.entry, options.progress)
        return 0
    if options.again is not None:
        return again(options.seed, options.again, options.entry)
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
