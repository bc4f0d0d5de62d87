"""The archive of `benchmarks/batch.py` through `cleanpage batch` and through `--engine ray`, a worker killed half way.

    python benchmarks/ray_engine.py [--records N] [--workers N] [--folder FOLDER]

Both run as commands with as many workers. Of the second, the actor that works on pages is killed with SIGKILL when half
of the output is written. What both wrote has to be the same, byte for byte, and have every response exactly once.
Needs `cleanpage[ray]`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import batch


def below(pid: int) -> dict[int, int]:
    """The processes below one, each with its parent."""
    found = {}
    for child in batch.children(pid):
        found[child] = pid
        found.update(below(child))
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def kill_an_actor(pid: int) -> bool:
    """Kill an actor that has a process for pages below it; whether there was one."""
    for child, parent in below(pid).items():
        if "cleanpage.workers" in command(child) and "ray::" in command(parent):
            with contextlib.suppress(ProcessLookupError):
                os.kill(parent, signal.SIGKILL)
                return True
    return False


def run(archive: Path, out: Path, workers: int, *more: str, half: int = 0) -> tuple[float, bool]:
    """Run the command; kill an actor when so many bytes are written.

    Returns:
        The seconds it took, and whether something was killed.
    """
    killed, begin = False, time.perf_counter()
    process = batch.start(archive, out, "--checkpoint-seconds", "0.5", *more, workers=workers)
    while process.poll() is None:
        time.sleep(0.1)
        if half and not killed and out.exists() and out.stat().st_size >= half:
            killed = kill_an_actor(process.pid)
    if process.returncode not in (0, 1):
        sys.exit(f"the command ended with status {process.returncode}: {out}.log says why")
    return time.perf_counter() - begin, killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if not given")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        made = batch.make_archive(folder / "crawl.warc.gz", options.records)
        local, ray = folder / "local.jsonl", folder / "ray.jsonl"
        seconds, _ = run(made.path, local, options.workers)
        print(f"local: {seconds:.0f} s, {options.records / seconds:.1f} pages/s")
        half = local.stat().st_size // 2
        seconds, killed = run(made.path, ray, options.workers, "--engine", "ray", half=half)
        print(f"ray:   {seconds:.0f} s with its start, {options.records / seconds:.1f} pages/s; actor killed: {killed}")
        for name, path in (("records", ray), ("errors", batch.errors_of(ray))):
            same = path.read_bytes() == (local if name == "records" else batch.errors_of(local)).read_bytes()
            print(f"  {name}: {len(batch.lines(path)):,}, the same as without Ray: {same}")
        found = batch.ids(ray)
        missing, twice = len(set(made.ids) - set(found)), len(found) - len(set(found))
        print(f"  responses: {len(made.ids):,}; missing {missing}, twice {twice}")


if __name__ == "__main__":
    main()
