"""Sets of rules made ready for the pages of a host, each publisher's when its first page comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial

from ..rules.expressions import AttributePath
from ..rules.model import KINDS, RuleFile
from ..rules.pack import Pack
from ..rules.ruleset import Rules
from .lines import LineProgram
from .marks import MarkIndex
from .program import Program

# How many sets of files that marks called for are kept ready. There are as many as publishers, and more only where
# pages bear marks at random.
_MOST_MARKED = 2_000


class Programs:
    """What a page is matched with, the most specific rules first.

    Attributes:
        remove: the rules that say what goes.
        keep: those that say what never does.
        attributes: the attributes that either name.
        strip_attributes: the attributes that the page's markup is written without.

    Args:
        lines: makes the rules for text without markup, when the first text comes.
    """

    def __init__(
        self,
        remove: Iterable[Program],
        keep: Iterable[Program],
        lines: Callable[[], Iterable[LineProgram]],
        strip_attributes: Iterable[AttributePath] = (),
    ) -> None:
        self.remove = tuple(remove)
        self.keep = tuple(keep)
        self.attributes = frozenset(name for program in (*self.remove, *self.keep) for name in program.attributes)
        self.strip_attributes = tuple(strip_attributes)
        self._lines = lines

    @cached_property
    def lines(self) -> tuple[LineProgram, ...]:
        """The rules for text without markup."""
        return tuple(self._lines())


def _of_files(files: Iterable[RuleFile], rank: int | None = None) -> Programs:
    """The programs of rule files; without a rank, their ranks end where those of generic rules begin."""
    files = sorted(files, key=lambda file: KINDS.index(file.kind))
    remove = [rule for file in files for rule in file.remove]
    keep = [rule for file in files for rule in file.keep]

    def lines() -> Iterator[LineProgram]:
        of_lines = [rule for file in files for rule in file.lines]
        if of_lines or remove:
            yield LineProgram(of_lines, remove)

    first = -len(remove) if rank is None else rank
    strip = [path for file in files for path in file.strip_attributes]
    return Programs([Program.of(remove, first)] if remove else [], [Program.of(keep)] if keep else [], lines, strip)


def _of_pack(pack: Pack, rank: int) -> Programs:
    """The programs of the generic rules in a pack."""
    remove = Program(pack.filing("remove"), partial(pack.rule, "remove"), rank)
    keep = Program(pack.filing("keep"), partial(pack.rule, "keep"))

    def lines() -> Iterator[LineProgram]:
        yield LineProgram(pack.generic_lines(), pack.generic_texts())

    strip = pack.generic_strip_attributes()
    return Programs([remove] if remove else [], [keep] if keep else [], lines, strip)


def _joined(programs: Iterable[Programs]) -> Programs:
    programs = list(programs)
    return Programs(
        (program for one in programs for program in one.remove),
        (program for one in programs for program in one.keep),
        lambda: (line for one in programs for line in one.lines),
        (path for one in programs for path in one.strip_attributes),
    )


def _ranks_of(rules: Rules) -> range:
    """The ranks that the generic rules which come with cleanpage get."""
    rank = 0
    for pack in rules.packs:
        if pack is rules.own_pack:
            return range(rank, rank + pack.generic_rules)
        rank += pack.generic_rules
    return range(0)


class Prepared:
    """A set of rules, made ready as pages ask for them. Safe to share between threads.

    Args:
        rules: the set.

    Attributes:
        own_ranks: the ranks of the generic rules that come with cleanpage.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._lock = threading.RLock()
        self.own_ranks = _ranks_of(rules)
        self._by_files: dict[tuple[RuleFile, ...], Programs] = {}
        self._by_marks: dict[tuple[RuleFile, ...], Programs] = {}

    @cached_property
    def marks(self) -> MarkIndex:
        """What families are known by."""
        return MarkIndex(self.rules.marks)

    def attributes(self, host: str) -> frozenset[str]:
        """The attributes that the outlines of a host's pages are read with."""
        return self.for_host(host).attributes | self.marks.attributes

    def for_host(self, host: str) -> Programs:
        """What pages of a host are matched with, unless they bear marks; without a host, the generic rules.

        Raises:
            RuleError: a pack is damaged, or a family is missing.
        """
        files = self.rules.for_host(host) if host else ()
        known = self._by_files.get(files)
        if known is None:
            with self._lock:
                known = self._by_files.get(files) or self._make(files)
                self._by_files[files] = known
        return known

    def for_files(self, files: tuple[RuleFile, ...]) -> Programs:
        """What a page is matched with for which some files count, as `files` gives them, besides the generic ones.

        Raises:
            RuleError: a pack is damaged.
        """
        known = self._by_files.get(files) or self._by_marks.get(files)
        if known is None:
            with self._lock:
                known = self._by_marks.get(files) or self._make(files)
                if len(self._by_marks) >= _MOST_MARKED:
                    self._by_marks.clear()
                self._by_marks[files] = known
        return known

    def files(self, host: str, families: tuple[str, ...]) -> tuple[RuleFile, ...]:
        """The files that say something of a page besides the generic ones: of its publisher and families, those by
        whose marks it is known last.

        Raises:
            RuleError: a pack is damaged, or a family is missing.
        """
        files = self.rules.for_host(host) if host else ()
        return self.rules.with_families(files, families) if families else files

    def _make(self, files: tuple[RuleFile, ...]) -> Programs:
        if files:
            return _joined([_of_files(files), self.for_host("")])
        parts, rank = [], 0
        for pack in self.rules.packs:
            parts.append(_of_pack(pack, rank))
            rank += pack.generic_rules
        return _joined([*parts, _of_files(self.rules.unpacked_generic, rank)])
