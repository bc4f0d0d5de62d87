"""What the hot parts cost as ratios to parsing alone, beside the figures that are kept in the repository.

    python benchmarks/hot/compare.py RUN.json [--update]

RUN.json is what `pytest benchmarks/hot --benchmark-json RUN.json` writes; `make hot` does both. Ends with status 1 if a
part costs more than 1.5 times what `baseline.json` has for it, or is missing from either. `--update` writes that file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PARSE = "lxml_parse"
BASELINE = Path(__file__).resolve().parent / "baseline.json"
# Machines differ in what they do well: less than this may be chance.
TOLERANCE = 1.5


def ratios(run: Mapping[str, Any]) -> dict[str, float]:
    """The median of each part, as a ratio to that of parsing alone.

    Args:
        run: what pytest-benchmark has written.
    """
    medians = {one["name"].removeprefix("test_"): one["stats"]["median"] for one in run["benchmarks"]}
    return {name: median / medians[PARSE] for name, median in medians.items()}


def slower(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """What is wrong with a run, in a line for each part."""
    found = [
        f"{name}: {now[name]:.2f} x lxml_parse, {now[name] / before[name]:.2f} times what it was"
        for name in before
        if name in now and now[name] > TOLERANCE * before[name]
    ]
    found += [f"{name}: was not measured" for name in before if name not in now]
    return found + [
        f"{name}: {BASELINE.name} has no figure for it, --update writes one" for name in now if name not in before
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    now = ratios(json.loads(options.run.read_text("utf-8")))
    before: dict[str, float] = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    for name, ratio in now.items():
        was = f"{before[name]:8.2f} before" if name in before else ""
        print(f"{name:14} {ratio:8.2f} x lxml_parse {was}".rstrip())
    if options.update:
        BASELINE.write_text(
            json.dumps({name: round(ratio, 3) for name, ratio in now.items()}, indent=1) + "\n", "utf-8"
        )
        return 0
    wrong = slower(now, before)
    print("\n".join(wrong) or "nothing is slower than it was", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
