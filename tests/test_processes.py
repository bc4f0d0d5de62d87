"""One cleaner, whoever uses it: threads, forked and spawned processes, hash seeds, threads of numpy. The same bytes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cleanpage import Cleaner, PageError

from .hostile import entries

ROOT = Path(__file__).resolve().parent.parent
URL = "https://www.example.com/news/1.html"
# Hash seeds in turns with numbers of threads, so that few processes cover all of both.
PER_PROCESS = 7
SEEDS = range(21)
SCRIPT = """
import sys
from cleanpage import Cleaner
from tests.test_processes import digest
print(digest(Cleaner()))
"""


def digest(cleaner: Cleaner) -> str:
    """Everything that the pages of the corpus give."""
    found = hashlib.sha256()
    for data in entries.corpus("page"):
        for process in (cleaner.clean, cleaner.extract):
            try:
                found.update(repr(entries.forms(process(data, url=URL))).encode("utf-8", "replace"))
            except PageError as error:
                found.update(str(error).encode())
    text = cleaner.clean_text("Advertisement\nBridge opens\n• Read more\n", url=URL)
    found.update(repr(entries.forms(text)).encode())
    return found.hexdigest()


@pytest.fixture(scope="module")
def expected() -> str:
    return digest(Cleaner())


def test_sixteen_threads(expected: str) -> None:
    cleaner = Cleaner()  # which nobody has used yet: what is made when it is asked for is asked for by all at once
    with ThreadPoolExecutor(16) as pool:
        assert {*pool.map(lambda _: digest(cleaner), range(16))} == {expected}


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(method: str, expected: str) -> None:
    cleaner = Cleaner()
    digest(cleaner)  # a fork inherits what is ready, style sheets of libxslt among it
    context = multiprocessing.get_context(method)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest's own threads and fork
        with context.Pool(2) as pool:
            assert {*pool.map(digest, [cleaner] * 4, chunksize=1)} == {expected}


def test_a_pickled_cleaner(expected: str) -> None:
    assert digest(pickle.loads(pickle.dumps(Cleaner()))) == expected


@pytest.mark.parametrize("first", range(0, len(SEEDS), PER_PROCESS))
def test_hash_seeds_and_numbers_of_threads(first: int, expected: str) -> None:
    running = []
    for seed in SEEDS[first : first + PER_PROCESS]:
        threads = str(1 + seed % 4)
        env = {**os.environ, "PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT],
                cwd=ROOT,
                env={**env, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    assert {process.communicate(timeout=300)[0].strip() for process in running} == {expected}
