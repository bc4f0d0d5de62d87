"""Fuzzing of every entry point, led by what of the code an input reaches (atheris, libFuzzer).

    python benchmarks/fuzz.py [ENTRY...] [--seconds S | --inputs N] [--seed N] [--found DIR]

ENTRY is any of those in `tests/hostile/entries.py`, all of them if none is named; `--seconds` is what all of them take
together, `--inputs` how many each gets, which with `--seed` and a new folder are the same ones in every run. Fuzzing
begins with the corpus in the repository. What is found in between is kept in `--found`, so that the next run goes on
with it, and so are inputs that end otherwise than they may, or take longer than `SECONDS_AN_INPUT`: make a test of
each. Without atheris (wheels for Linux and some versions of Python: `pip install atheris`) the same entries take the
inputs that `tests/hostile/mutations.py` makes, which nothing leads; that is said.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random, SystemRandom

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SECONDS_AN_INPUT, LONGEST_INPUT, MEMORY = 20, 8192, 4096  # seconds, bytes, MB
# What is watched while it runs; what it stands on is as it is.
WATCHED = ["cleanpage"]


def fuzz(entry: str, seconds: int, inputs: int, seed: int, found: Path) -> None:
    """Fuzz an entry in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=WATCHED):
        from tests.hostile import entries

    folder, faults = found / entry, found / "faults"
    seeds = found / f"{entry}-seeds"
    for one in (folder, faults, seeds):
        one.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(entries.corpus(entry)):
        (seeds / str(number)).write_bytes(data)
    options = [
        sys.argv[0],
        f"-runs={inputs}" if inputs else f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-max_len={LONGEST_INPUT}",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={faults}/{entry}-",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([*options, str(folder), str(seeds)], entries.ENTRIES[entry])
    atheris.Fuzz()


def mutate(entry: str, seconds: int, inputs: int, seed: int, found: Path) -> int:
    """The same without atheris; how many inputs were tried."""
    from tests.hostile import entries, mutations

    corpus, random, tried = entries.corpus(entry), Random(seed), 0
    end = time.monotonic() + seconds
    while tried < inputs if inputs else time.monotonic() < end:
        data = mutations.mutated(random, random.choice(corpus), corpus, markup=entry in entries.MARKUP)
        try:
            entries.ENTRIES[entry](data)
        except Exception:
            (found / "faults").mkdir(parents=True, exist_ok=True)
            (found / "faults" / f"{entry}-{tried}").write_bytes(data)
            raise
        tried += 1
    return tried


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", nargs="*", metavar="ENTRY")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--inputs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--found", type=Path, default=ROOT / ".fuzz")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        fuzz(options.one, options.seconds, options.inputs, options.seed, options.found)
        return 0
    from tests.hostile.entries import ENTRIES

    names = options.entries or list(ENTRIES)
    if unknown := set(names) - set(ENTRIES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; ENTRY is any of {', '.join(ENTRIES)}")
    options.seconds = max(options.seconds // len(names), 1)
    each = f"{options.inputs:,} inputs" if options.inputs else f"{options.seconds} s"
    options.seed = options.seed or SystemRandom().randrange(1, 1 << 31)
    led = importlib.util.find_spec("atheris") is not None
    if not led:
        print("atheris is not installed: inputs are made at random, and nothing leads them")
    failed = [name for name in names if not _try(name, options, led)]
    print(f"{len(names)} entries, {each} each, seed {options.seed}; faults in: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def _try(name: str, options: argparse.Namespace, led: bool) -> bool:
    """Fuzz an entry; whether no fault was found."""
    if not led:
        tried = mutate(name, options.seconds, options.inputs, options.seed, options.found)
        print(f"{name}: {tried:,} inputs", flush=True)
        return True
    command = [
        sys.executable,
        __file__,
        "--one",
        name,
        "--seconds",
        str(options.seconds),
        "--found",
        str(options.found),
    ]
    command += ["--inputs", str(options.inputs), "--seed", str(options.seed)]
    same = {**os.environ, "PYTHONHASHSEED": "0"}  # what leads it is the same in every run, too
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=same)
    said = ended.stderr.splitlines()
    counted = next((line.split()[-1] for line in said if "number_of_executed_units" in line), "?")
    print(f"{name}: {counted} inputs", flush=True)
    if ended.returncode:
        print("\n".join((ended.stdout.splitlines() + said)[-25:]))
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
