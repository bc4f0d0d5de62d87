"""`cleanpage batch` on a large archive: nothing lost, killed again and again, flat memory, use of the cores.

    python benchmarks/batch.py [--records N] [--kills N] [--json FILE] [PART...]

PART is any of `faults kills memory speed`, all of them if none is named. The archive is made of the pages of the shared
data sets beside the checkout (else of the shipped examples), with responses that are no HTML, damaged gzip members,
wrong lengths, pages of 30 MB and empty bodies among them. `speed` compares with trafilatura in a process pool, if that
is installed, on the same pages and cores.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleanpage import Cleaner
from cleanpage.batch.record import Shape
from cleanpage.batch.sources import Reading, Sources
from cleanpage.batch.work import PageWork
from cleanpage.stored import read_pages

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
SEED = 20260101
HUGE = 30 << 20


# --- the archive -------------------------------------------------------------------------------


def pages(largest: int | None) -> list[tuple[str, bytes]]:
    """Addresses and pages to make archives of, but for those with more bytes than `largest`."""
    folders = [SHARED / name for name in ("news", "snippets", "wcxb") if (SHARED / name).is_dir()] or [
        ROOT / "examples"
    ]
    found = [page for folder in folders for page in read_pages(folder)[0]]
    found = [page for page in found if largest is None or len(page.html) <= largest]
    random.Random(SEED).shuffle(found)
    return [(page.url or f"https://www.example.com/{number}", page.html) for number, page in enumerate(found)]


@dataclass
class Made:
    """An archive.

    Attributes:
        path: where it is.
        ids: the id of every response, in their order.
        faults: how many responses have which fault.
    """

    path: Path
    ids: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)


def make_archive(path: Path, records: int, largest: int | None = None) -> Made:
    """Write an archive with so many responses, and requests between them."""
    made, dice, source = Made(path), random.Random(SEED), pages(largest)
    with path.open("wb") as file:
        for number in range(records):
            url, html = source[number % len(source)]
            url += f"{'&' if '?' in url else '?'}copy={number}"
            if number % 10 == 3:
                file.write(gzip.compress(_record(b"request", url, b"GET / HTTP/1.1\r\n\r\n"), 1))
            fault = _fault(number)
            made.ids.append(f"{path}#{file.tell()}")
            made.faults[fault or "none"] = made.faults.get(fault or "none", 0) + 1
            file.write(_member(fault, url, html, number, dice))
    return made


def _fault(number: int) -> str:
    if number % 4000 == 1999 or number == 150:
        return "30 MB"
    for every, at, fault in (
        (50, 7, "no HTML"),
        (100, 13, "damaged member"),
        (100, 37, "wrong length"),
        (200, 51, "empty body"),
        (500, 77, "truncated"),
        (200, 91, "not found"),
    ):
        if number % every == at:
            return fault
    return ""


def _member(fault: str, url: str, html: bytes, number: int, dice: random.Random) -> bytes:
    """A response as a gzip member, with a fault."""
    kind, status, more, length = "text/html", "200 OK", b"", None
    match fault:
        case "30 MB":
            html = (b"<p>" + b"word " * 200 + b"</p>") * (HUGE // 1007)
        case "no HTML":
            kind = dice.choice(["image/png", "application/pdf", "application/json"])
            html = dice.randbytes(5000)
        case "empty body":
            html = b""
        case "truncated":
            html, more = html[: len(html) // 2], b"WARC-Truncated: length\r\n"
        case "not found":
            status = "404 Not Found"
        case "wrong length":
            length = dice.choice([5, len(html) // 2, len(html) + 10_000, 10**12])
    headers, body = _coded(html, number)
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body
    member = gzip.compress(_record(b"response", url, http, length, more), 1)
    if fault == "damaged member":
        at = dice.randrange(len(member) // 4, len(member) - 8)
        member = member[:at] + dice.randbytes(4) + member[at + 4 :]
    return member


def _coded(html: bytes, number: int) -> tuple[str, bytes]:
    """A body as servers send it: as it is, in chunks, packed."""
    match number % 5:
        case 1:
            chunks = [html[at : at + 4096] for at in range(0, len(html), 4096)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
            return "Transfer-Encoding: chunked\r\n", body + b"0\r\n\r\n"
        case 2:
            return "Content-Encoding: gzip\r\n", gzip.compress(html, 1)
        case 3:
            return "Content-Encoding: deflate\r\n", zlib.compress(html, 1)
    return f"Content-Length: {len(html)}\r\n", html


def _record(type: bytes, url: str, block: bytes, length: int | None = None, more: bytes = b"") -> bytes:
    return (
        b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2025-06-01T10:00:00Z\r\n%s"
        b"Content-Type: application/http; msgtype=%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (type, url.encode(), more, type, len(block) if length is None else length, block)
    )


# --- running the command -----------------------------------------------------------------------


def start(archive: Path, out: Path, *more: str, workers: int = 2) -> subprocess.Popen[bytes]:
    """Start `cleanpage batch` as users do."""
    command = [sys.executable, "-m", "cleanpage", "batch", str(archive), "--out", str(out), "--workers", str(workers)]
    log = out.with_name(out.name + ".log").open("ab")
    return subprocess.Popen([*command, *more], stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT)


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def ids(out: Path) -> list[str]:
    """The ids of all records and errors."""
    return [json.loads(line)["id"] for path in (out, errors_of(out)) for line in lines(path)]


def errors_of(out: Path) -> Path:
    return out.with_name(out.name + ".errors.jsonl")


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name_and_rest = stat.read_text().rsplit(")", 1)
        except OSError:
            continue
        if int(name_and_rest[1].split()[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def memory(pid: int) -> int:
    """The memory of a process and its children, in bytes; what they share counts once (the proportional set size)."""
    return sum(_proportional(one) for one in (pid, *children(pid)))


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:  # it has ended
        pass
    return 0


# --- the parts ---------------------------------------------------------------------------------


def faults_and_memory(made: Made, folder: Path) -> dict[str, Any]:
    """Every response once; the memory of the whole tree over the pages."""
    out = folder / "whole.jsonl"
    process = start(made.path, out)
    began, samples = time.perf_counter(), []
    while process.poll() is None:
        samples.append((_progress(out), memory(process.pid)))
        time.sleep(0.5)
    seconds = time.perf_counter() - began
    found = ids(out)
    steady = [size for count, size in samples if 0.1 <= count / len(made.ids) <= 1]
    curve = {}
    for tenth in range(10):
        within = [size for count, size in samples if tenth <= 10 * count / len(made.ids) < tenth + 1]
        if within:
            curve[f"{tenth * 10}-{tenth * 10 + 10} %"] = round(sum(within) / len(within) / 1e6, 1)
    later = [value for key, value in curve.items() if not key.startswith("0-")]
    middle = sum(later) / len(later) if later else 0.0
    kinds: dict[str, int] = {}
    for line in lines(errors_of(out)):
        kind = json.loads(line)["error"]
        kinds[kind] = kinds.get(kind, 0) + 1
    return {
        "responses": len(made.ids),
        "faults": made.faults,
        "records": len(lines(out)),
        "errors": kinds,
        "missing": len(set(made.ids) - set(found)),
        "twice": len(found) - len(set(found)),
        "invented": len(set(found) - set(made.ids)),
        "seconds": round(seconds, 1),
        "pages/s": round(len(made.ids) / seconds, 1),
        "mean MB of the tree by tenths of the pages": curve,
        "widest deviation from their mean, % (from the second tenth on)": round(
            max((abs(value - middle) / middle * 100 for value in later), default=0.0), 1
        ),
        "most MB of the tree at any moment": round(max(steady, default=0) / 1e6, 1),
    }


_counted: dict[Path, tuple[int, int]] = {}


def _progress(out: Path) -> int:
    """How many records and errors are there, counted on from where counting stopped."""
    total = 0
    for path in (out, errors_of(out)):
        offset, count = _counted.get(path, (0, 0))
        if path.exists():
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read()
            _counted[path] = offset + len(data), count + data.count(b"\n")
        total += _counted.get(path, (0, 0))[1]
    return total


def kills(made: Made, folder: Path, count: int) -> dict[str, Any]:
    """Kill workers and the main process at random moments; the output has to be that of an undisturbed run."""
    calm, killed = folder / "calm.jsonl", folder / "killed.jsonl"
    began = time.perf_counter()
    start(made.path, calm).wait()
    usual = time.perf_counter() - began
    dice = random.Random(SEED)
    left, runs, of_main = count, 1, 0
    process = start(made.path, killed, "--checkpoint-seconds", "1")
    while left and process.poll() is None:
        time.sleep(dice.uniform(0.5, max(1.0, 1.6 * usual / count)))
        if process.poll() is not None:
            break
        workers = children(process.pid)
        left -= 1
        if dice.random() < 0.5 and workers:
            _kill(dice.choice(workers))
        else:
            of_main += 1
            _kill(process.pid)
            process.wait()
            runs += 1
            process = start(made.path, killed, "--checkpoint-seconds", "1")
    process.wait()
    return {
        "responses": len(made.ids),
        "kills": count - left,
        "of the main process": of_main,
        "starts": runs,
        "records equal": calm.read_bytes() == killed.read_bytes(),
        "errors equal": errors_of(calm).read_bytes() == errors_of(killed).read_bytes(),
        "every response once": sorted(ids(killed)) == sorted(made.ids),
        "seconds undisturbed": round(usual, 1),
    }


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def speed(made: Made, folder: Path) -> dict[str, Any]:
    """The command with one worker and with two, the same work without it, and trafilatura in a pool."""
    entries = [entry for entry in Sources([str(made.path)], Reading()).entries() if entry is not None]
    work = PageWork(Cleaner(), Shape())
    for entry in entries[:20]:
        work(entry)
    alone = _timed(lambda: [work(entry) for entry in entries])
    result: dict[str, Any] = {"pages": len(entries), "the work alone": alone}
    for workers in (1, 2):
        out = folder / f"speed-{workers}.jsonl"
        result[f"batch, {workers} worker(s)"] = _timed(
            lambda out=out, n=workers: start(made.path, out, workers=n).wait()
        )
    one, two = (result[f"batch, {n} worker(s)"] for n in (1, 2))
    result["two workers over one"] = round(one["seconds"] / two["seconds"], 2)
    result["overhead with one worker, % of seconds"] = round(100 * (one["seconds"] / alone["seconds"] - 1), 1)
    result["overhead with one worker, % of CPU seconds"] = round(100 * (one["cpu"] / alone["cpu"] - 1), 1)
    documents = [html for html in map(_html, entries) if html is not None]
    pools: dict[str, Callable[[bytes], Any]] = {"cleanpage.extract in a process pool": _extract}
    try:
        import trafilatura  # noqa: F401

        pools["trafilatura in a process pool"] = _trafilatura
    except ImportError:
        result["trafilatura"] = "not installed"
    for name, function in pools.items():
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.map(function, documents[:20], 10)
            began = time.perf_counter()
            for _ in pool.imap(function, documents, 8):
                pass
            seconds = time.perf_counter() - began
        result[name] = {"seconds": round(seconds, 2), "pages/s": round(len(documents) / seconds, 1)}
    result["documents in the pools"] = len(documents)
    for name in ("the work alone", "batch, 1 worker(s)", "batch, 2 worker(s)"):
        result[name]["pages/s"] = round(len(entries) / result[name]["seconds"], 1)
    return result


def _timed(call: Callable[[], Any]) -> dict[str, float]:
    """The seconds of a call, and those of the processor, children among them."""
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    began = time.perf_counter()
    call()
    seconds = time.perf_counter() - began
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))
    return {"seconds": round(seconds, 2), "cpu": round(cpu, 2)}


def _html(entry: Any) -> bytes | None:
    from cleanpage.batch.document import DocumentError

    try:
        return bytes(entry.read(8 << 20).content)
    except DocumentError:
        return None


def _extract(html: bytes) -> int:
    from cleanpage import PageError, extract

    try:
        return len(extract(html).text)
    except PageError:
        return 0


def _trafilatura(html: bytes) -> int:
    from trafilatura import extract

    return len(extract(html) or "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["faults", "kills", "memory", "speed", []], metavar="PART")
    parser.add_argument("--records", type=int, default=20_000, help="responses for faults and memory")
    parser.add_argument("--kill-records", type=int, default=3_000, help="responses for kills")
    parser.add_argument("--speed-records", type=int, default=1_000, help="responses for speed")
    parser.add_argument("--largest", type=int, metavar="BYTES", help="leave larger pages out, for a quicker run")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if not given")
    given = parser.parse_args()
    parts = given.parts or ["faults", "kills", "memory", "speed"]
    with _folder(given.folder) as folder:
        results: dict[str, Any] = {}
        if {"faults", "memory"} & set(parts):
            made = make_archive(folder / "whole.warc.gz", given.records, given.largest)
            results["faults and memory"] = faults_and_memory(made, folder)
        if "kills" in parts:
            made = make_archive(folder / "kills.warc.gz", given.kill_records, given.largest)
            results["kills"] = kills(made, folder, given.kills)
        if "speed" in parts:
            made = make_archive(folder / "speed.warc.gz", given.speed_records, given.largest)
            results["speed"] = speed(made, folder)
    text = json.dumps(results, indent=2)
    print(text)
    if given.json:
        given.json.write_text(text + "\n", "utf-8")


class _folder:
    """A folder that is given, or a temporary one."""

    def __init__(self, given: Path | None) -> None:
        self._given = given
        self._made = None if given else tempfile.TemporaryDirectory(prefix="cleanpage-batch-")

    def __enter__(self) -> Path:
        path = self._given or Path(self._made.name)  # type: ignore[union-attr]
        path.mkdir(parents=True, exist_ok=True)
        return path

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            self._made.cleanup()


if __name__ == "__main__":
    main()
