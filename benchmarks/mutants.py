"""Mutation testing of `cleanpage/rules` and `cleanpage/engine`: are mistakes noticed by the tests?

    python benchmarks/mutants.py [--sample N] [--seed S] [--session FILE]

cosmic-ray makes every small mistake it knows in the code, one at a time (`cosmic-ray.toml`), in a copy of the checkout.
All of them would take days, so a sample is drawn: the same for the same seed and the same code. A mutant is killed if
the tests fail or take too long. What survives is printed as a difference, to be read: it is a gap in the tests, or
changes nothing. With `--session` the results are kept, and a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is left out of the copy.
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".fuzz", "dist")
# The tests that should notice, the quickest first.
TESTS = [
    "tests/engine",
    "tests/rules",
    "tests/hostile",
    "tests/properties/test_guarantees.py",
    "tests/test_examples.py",
]
GOOD_CACHE = "CLEANPAGE_GOOD_CACHE"


def run_tests() -> int:
    """Run the tests on the checkout as it is now. Rules that the mutant compiles are seen by no other one."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        shutil.copytree(os.environ[GOOD_CACHE], cache)
        env = {**os.environ, "CLEANPAGE_CACHE": str(cache), "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
        return subprocess.run(command, env=env, check=False).returncode


def sample(session: Path, count: int, seed: int) -> int:
    """Leave so many of a session's mutants, drawn at random; how many there were."""
    with sqlite3.connect(session) as db:
        # Those that are left out have a result already. Ids are new each time, so the order is that of the places.
        wanted = """select job_id from mutation_specs where job_id not in (select job_id from work_results)
            order by module_path, operator_name, occurrence, start_pos_row, start_pos_col"""
        ids = [row[0] for row in db.execute(wanted)]
        kept = random.Random(seed).sample(ids, min(count, len(ids)))
        marks = ",".join("?" * len(kept))
        for table in ("mutation_specs", "work_results", "work_items"):
            db.execute(f"delete from {table} where job_id not in ({marks})", kept)
    return len(ids)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--session", type=Path)
    parser.add_argument("--tests", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tests:
        return run_tests()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "cleanpage"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        cache = Path(folder) / "cache"
        bin_ = str(Path(sys.executable).parent)
        env = {**os.environ, "PYTHONPATH": str(copy), GOOD_CACHE: str(cache), "CLEANPAGE_CACHE": str(cache)}
        env["PATH"] = f"{bin_}{os.pathsep}{env.get('PATH', '')}"
        warm = "import cleanpage; cleanpage.clean('<p>a')"
        subprocess.run([sys.executable, "-c", warm], cwd=copy, env=env, check=True)
        session = (options.session or Path(folder) / "session.sqlite").resolve()

        def cosmic_ray(*arguments: str) -> str:
            command = [sys.executable, "-m", "cosmic_ray.cli", *arguments]
            return subprocess.run(command, cwd=copy, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout

        if not session.exists():
            cosmic_ray("init", "cosmic-ray.toml", str(session))
            subprocess.run(
                [f"{bin_}/cr-filter-operators", str(session), "cosmic-ray.toml"], cwd=copy, env=env, check=True
            )
            total = sample(session, options.sample, options.seed)
            print(f"{total:,} mutants, of which {options.sample} are tried", flush=True)
        cosmic_ray("exec", "cosmic-ray.toml", str(session))
        return report(cosmic_ray("dump", str(session)))


def report(dump: str) -> int:
    results = [json.loads(line) for line in dump.splitlines()]
    tried = [(item, result) for item, result in results if result and result.get("test_outcome")]
    survived = [(item, result) for item, result in tried if result["test_outcome"] == "survived"]
    killed = len(tried) - len(survived)
    print(f"{len(tried)} mutants tried, {killed} killed ({killed / max(len(tried), 1):.0%})")
    for item, result in survived:
        place = item["mutations"][0]
        print(f"\n{place['module_path']}:{place['start_pos'][0]} {place['operator_name']}\n{result['diff']}")
    return 0 if len(survived) <= 0.2 * len(tried) else 1


if __name__ == "__main__":
    sys.exit(main())
