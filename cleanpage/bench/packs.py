"""Packs of ever more rules: samples of given rules, all of them, and made ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..rules.model import Rule, RuleFile
from ..rules.pack import compile_rules
from ..rules.ruleset import PACK_SUFFIX, Rules
from ..stored import evenly_spaced
from .made import Maker

SIZES = (10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class MadePack:
    """A pack to measure with.

    Attributes:
        rules: how many rules are in it.
        made: whether they are made ones.
        path: its file.
    """

    rules: int
    made: bool
    path: Path


def write_packs(paths: Sequence[Path], made: int, folder: Path) -> list[MadePack]:
    """Write packs of 10, 100, 1,000, 10,000 and all rules, and of so many made ones.

    Without given rules, the smaller packs are samples of the made ones, which take after the built-in rules.

    Args:
        paths: the given rules, for `Rules.load`.
        made: how many are made; 0 for none.
        folder: where the packs go.

    Raises:
        RuleError: with every mistake in the rules.
        CleanpageError: a path has no rules, or none from which others can be made.
    """
    files = list((Rules.load(*paths) if paths else Rules.builtin()).all_files())
    written = [_write(some, folder, made=False) for some in _samples(files)] if paths else []
    if made:
        rules = list(Maker(rule for file in files for rule in file.remove).rules(made))
        sizes = [] if paths else [size for size in SIZES if size < made]
        for some in (*(evenly_spaced(rules, size) for size in sizes), rules):
            file = RuleFile("made.yaml", "made", "generic", remove=tuple(some))
            written.append(_write([file], folder, made=True))
    return written


def _samples(files: Sequence[RuleFile]) -> Iterator[list[RuleFile]]:
    """Evenly spaced samples of the rules for pages in these files, and all of them."""
    places = [(number, rule) for number, file in enumerate(files) for rule in (*file.remove, *file.keep)]
    for size in SIZES:
        if size < len(places):
            chosen: dict[int, set[Rule]] = {}
            for number, rule in evenly_spaced(places, size):
                chosen.setdefault(number, set()).add(rule)
            yield [
                _only(file, chosen.get(number, set()))
                for number, file in enumerate(files)
                if number in chosen or file.kind == "family"
            ]
    yield [_only(file, {*file.remove, *file.keep}) for file in files]


def _only(file: RuleFile, rules: set[Rule]) -> RuleFile:
    """A file with some of its rules, and none for text without markup."""
    remove, keep = (tuple(rule for rule in of_file if rule in rules) for of_file in (file.remove, file.keep))
    return replace(file, remove=remove, keep=keep, lines=())


def _write(files: Sequence[RuleFile], folder: Path, *, made: bool) -> MadePack:
    count = sum(len(file.remove) + len(file.keep) for file in files)
    path = folder / f"{'made' if made else 'given'}-{count}{PACK_SUFFIX}"
    path.write_bytes(compile_rules(files, path.stem))
    return MadePack(count, made, path)
