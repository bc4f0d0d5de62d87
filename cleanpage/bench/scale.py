"""What more rules cost: time a page, time to load and memory, for ever more of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..api import Cleaner
from ..rules.ruleset import Rules
from ..stored import Page
from .footprint import Footprint, OwnProcess, bare_footprint, footprint
from .packs import MadePack, write_packs
from .timing import PARSE, System, best_times, parse_only

NO_RULES, BUILTIN = "no rules", "built-in rules"
# A process is started so often for each number of rules; the best figures count.
_MOST_RUNS = 3
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What a number of rules costs.

    Attributes:
        name: what is measured.
        rules: how many rules are added to the built-in ones; None for what is only compared with.
        made: whether these are made ones.
        ms: milliseconds a page, on average.
        to_parse: that time, as a ratio to parsing alone.
        to_builtin: the same, to cleaning with the built-in rules only.
        removed: blocks removed a page, on average; None where nothing is.
        load_ms: milliseconds from nothing to the first page; None where nothing is loaded.
        loaded_mb: megabytes that the process holds then, less one without rules.
        used_mb: the same when all pages were cleaned.
    """

    name: str
    rules: int | None
    made: bool
    ms: float
    to_parse: float
    to_builtin: float
    removed: float | None = None
    load_ms: float | None = None
    loaded_mb: float | None = None
    used_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """What was measured.

    Attributes:
        pages: on how many pages.
        kilobytes: their mean size.
        rounds: how often each was cleaned by each system; the best of them counts.
        sizes: the figures, from what is compared with to the most rules.
    """

    pages: int
    kilobytes: float
    rounds: int
    sizes: tuple[Size, ...]

    def to_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        return asdict(self)


def measure(
    pages: Sequence[Page], paths: Sequence[Path], made: int, rounds: int, progress: Progress = lambda message: None
) -> Scale:
    """Measure what more rules cost on these pages.

    Args:
        pages: the pages.
        paths: the given rules, for `Rules.load`; without any, all are made.
        made: how many rules are made.
        rounds: how often each page is cleaned by each system.
        progress: is told what is being done.

    Raises:
        RuleError: with every mistake in the rules.
        CleanpageError: a path has no rules, or none from which others can be made.
    """
    with TemporaryDirectory(prefix="cleanpage-bench-") as scratch:
        alone = OwnProcess(Path(scratch) / "cache")
        progress("compiling the rules")
        packs = alone.run(write_packs, paths, made, Path(scratch))
        progress("loading them, each in a process of its own")
        bare = alone.run(bare_footprint, pages)
        runs = min(rounds, _MOST_RUNS)
        footprints = {BUILTIN: _best_footprint(alone, None, pages, runs)}
        footprints |= {_name(pack): _best_footprint(alone, pack.path, pages, runs) for pack in packs}
        cleaners = {NO_RULES: Cleaner(Rules()), BUILTIN: Cleaner()}
        cleaners |= {_name(pack): Cleaner(Rules.builtin() + Rules.load(pack.path)) for pack in packs}
        # The first time, rules are made ready; that is no part of what a page costs.
        removed = {name: _removed(cleaner, pages) for name, cleaner in cleaners.items()}
        systems = {PARSE: parse_only, **{name: _cleaning(cleaner) for name, cleaner in cleaners.items()}}
        times = {name: sum(best) for name, best in best_times(systems, pages, rounds, progress).items()}
    by_name = {_name(pack): pack for pack in packs}
    return Scale(
        len(pages),
        sum(len(page.html) for page in pages) / len(pages) / 1000,
        rounds,
        tuple(
            Size(
                name,
                by_name[name].rules if name in by_name else None,
                name in by_name and by_name[name].made,
                1000 * seconds / len(pages),
                seconds / times[PARSE],
                seconds / times[BUILTIN],
                removed.get(name),
                *_less(footprints.get(name), bare),
            )
            for name, seconds in times.items()
        ),
    )


def _name(pack: MadePack) -> str:
    return f"+ {pack.rules:,} {'made' if pack.made else 'given'}"


def _best_footprint(alone: OwnProcess, pack: Path | None, pages: Sequence[Page], runs: int) -> Footprint:
    found = [alone.run(footprint, pack, pages) for _ in range(runs)]
    return Footprint(*(min(getattr(one, name) for one in found) for name in Footprint.__dataclass_fields__))


def _less(one: Footprint | None, bare: Footprint) -> tuple[float, float, float] | tuple[()]:
    """Milliseconds and megabytes; memory less what a process takes anyway."""
    if one is None:
        return ()
    loaded, used = one.loaded_bytes - bare.loaded_bytes, one.used_bytes - bare.used_bytes
    return 1000 * one.load_seconds, loaded / 1e6, used / 1e6


def _removed(cleaner: Cleaner, pages: Sequence[Page]) -> float:
    removals = (removal for page in pages for removal in cleaner.clean(page.html, page.url).removed)
    return sum(not removal.held_back for removal in removals) / len(pages)


def _cleaning(cleaner: Cleaner) -> System:
    return lambda page: cleaner.clean(page.html, page.url).text
