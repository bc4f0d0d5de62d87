"""Workers that hang, die and misbehave, and what becomes of the pieces."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleanpage.workers import Failure, Pool, WorkersError

from . import functions


def run(function: Callable[[Any], Any], pieces: Iterable[Any], *, ordered: bool = True, **options: Any) -> list[Any]:
    options = {"workers": 2, "max_seconds": 30.0, **options}
    with Pool(function, **options) as pool:
        return [(tag, value) for tag, value, _ in pool.map(((p, p) for p in pieces), ordered=ordered)]


def test_the_order_is_kept() -> None:
    assert run(functions.double, range(500)) == [(number, 2 * number) for number in range(500)]


def test_without_order_everything_comes_once() -> None:
    pieces = [("slow", 0.3), *range(50)]
    found = run(functions.misbehave, pieces, ordered=False)
    assert sorted(map(str, found)) == sorted(str((piece, piece)) for piece in pieces)
    assert found[0][0] != pieces[0]


def test_nothing_in_nothing_out_and_no_process() -> None:
    with Pool(functions.double, 2) as pool:
        assert list(pool.map([])) == []
        assert pool.processes == []


def test_no_more_processes_than_pieces() -> None:
    assert len({value for _, value in run(functions.process, range(1), workers=8)}) == 1


@pytest.mark.parametrize(
    ("piece", "kind", "words"),
    [
        ("hang", "timeout", "more than 0.4 seconds"),
        ("hang for good", "timeout", "more than 0.4 seconds"),
        ("die", "crash", "killed by SIGKILL, 3 times"),
        ("exit", "crash", "ended with status 3"),
        ("leave", "crash", "ended with status"),
        ("raise", "internal", "ValueError: no such thing"),
    ],
)
def test_a_piece_that_misbehaves_costs_no_other(piece: str, kind: str, words: str) -> None:
    pieces = [1, 2, 3, piece, 4, 5, 6]
    found = run(functions.misbehave, pieces, max_seconds=0.4)
    assert [tag for tag, _ in found] == pieces
    failure = found.pop(3)[1]
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert words in failure.message
    assert [value for _, value in found] == [1, 2, 3, 4, 5, 6]


def test_a_worker_that_something_else_kills_loses_nothing(tmp_path: Path) -> None:
    pieces = [("die once", str(tmp_path / str(number))) for number in range(5)]
    assert [value for _, value in run(functions.misbehave, pieces)] == pieces


def test_large_pieces_and_large_results() -> None:
    sizes = [10, 5 << 20, 0, 3 << 20]
    assert [len(value) for _, value in run(functions.large, sizes)] == sizes
    pieces = [b"y" * (5 << 20), b"", b"z" * (3 << 20)]
    assert [value for _, value in run(functions.misbehave, pieces)] == pieces


def test_a_large_piece_behind_one_that_hangs() -> None:
    pieces: list[Any] = ["hang", b"y" * (5 << 20), "hang", b"z"]
    found = [value for _, value in run(functions.misbehave, pieces, workers=1, max_seconds=0.4)]
    assert [getattr(value, "kind", value) for value in found] == ["timeout", pieces[1], "timeout", b"z"]


def test_memory_that_a_worker_keeps_is_given_back() -> None:
    with Pool(functions.keep, 1, max_memory=200 << 20) as pool:
        processes = [value for _, value, _ in pool.map((n, 60 << 20) for n in range(8))]
    assert 1 < len(set(processes)) < 8


def test_items_are_taken_as_they_are_wanted() -> None:
    taken = 0

    def items() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for taken in range(1, 100_001):
            yield taken, taken

    with Pool(functions.double, 1) as pool:
        results = pool.map(items(), window=64)
        for _ in range(3):
            next(results)
        assert taken <= 64 + 3 + 1


def test_a_source_that_pauses_holds_up_nothing() -> None:
    def items() -> Iterator[tuple[int, int] | None]:
        yield 1, 1
        while not done:
            yield None
        yield 2, 2

    done: list[int] = []
    with Pool(functions.double, 1) as pool:
        for tag, _, _ in pool.map(items()):
            done.append(tag)
    assert done == [1, 2]


def test_what_a_consumer_does_in_between_is_not_the_pages_time() -> None:
    with Pool(functions.misbehave, 1, max_seconds=0.5) as pool:
        found = []
        for _, value, _ in pool.map((p, p) for p in [1, b"x" * (2 << 20), 3, 4, 5, 6]):
            found.append(value)
            time.sleep(0.7)
    assert not any(isinstance(value, Failure) for value in found)


def test_an_exception_in_the_source_ends_the_workers() -> None:
    def items() -> Iterator[tuple[int, int]]:
        yield 1, 1
        raise OSError("the disk is gone")

    pool: Pool[int, int] = Pool(functions.double, 1)
    with pytest.raises(OSError, match="the disk is gone"), pool:
        list(pool.map(items()))
    assert pool.processes == []


def test_workers_that_cannot_start_are_reported(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkersError, match="cannot be started"):
        run(functions.Unloadable(), [1])
    assert "this cannot be loaded" in capfd.readouterr().err


def test_closing_ends_the_processes() -> None:
    with Pool(functions.misbehave, 2) as pool:
        results = pool.map((p, p) for p in [1, "hang", "hang", "hang"])
        next(results)
        pids = pool.processes
        assert pids
    assert not any(map(_is_running, pids))


def test_workers_end_with_a_program_that_is_killed() -> None:
    program = (
        "import sys; from cleanpage.workers import Pool; from tests.workers import functions\n"
        "pool = Pool(functions.misbehave, 2)\n"
        "for tag, _, _ in pool.map((p, p) for p in [1, 2, *[('slow', 0.5)] * 100]):\n"
        "    print(*pool.processes, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    _wait_until(lambda: not any(map(_is_running, pids)))


def test_a_program_without_a_guard(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from cleanpage.workers import Pool\n"
        "from tests.workers.functions import double\n"
        "print('begun')\n"
        "with Pool(double, 2) as pool:\n"
        "    print([value for _, value, _ in pool.map((n, n) for n in range(3))])\n"
    )
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert run.stdout.splitlines() == ["begun", "[0, 2, 4]"], run.stderr


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers"):
        Pool(functions.double, 0)
    with pytest.raises(ValueError, match="max_seconds"):
        Pool(functions.double, 1, max_seconds=0)


def _is_running(pid: int) -> bool:
    gc.collect()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def _wait_until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
