"""Cosmetic rules of Adblock Plus and uBlock Origin lists become rule files.

The way of a rule: its line is read under its heading (`abp_lines`), its selector translated (`abp_selectors`), the
exceptions of all lists taken out of its sites, rules that differ in their sites only joined, and what is left written
and read again by the reader of rule files (`abp_files`), which has the last word on what is a rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import CleanpageError
from ..sites import names_of
from . import abp_files, abp_vocabulary
from .abp_lines import FilterList, Line, NoMeaning, Place, Sites, Unsupported, read_list, sites_of
from .abp_selectors import Body, path_condition, translate

MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule that could mean something for a stored page, and is not among the written ones."""

    place: Place
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.source}: {self.reason}"


@dataclass(slots=True)
class Report:
    """What became of the rules of some lists. Every cosmetic rule is counted once.

    Attributes:
        files: what was written.
        read: how many lines of each kind there were: cosmetic rules, exceptions, comments …
        imported: rules that stand in a file.
        joined: rules that a written one holds, too.
        excepted: rules that exceptions leave no site.
        exceptions: exceptions that took something from a rule.
        idle_exceptions: exceptions that met no rule.
        no_meaning: rules that mean nothing for a stored page, by kind.
        refused: the others, each with its reason.
    """

    files: list[Path] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    imported: int = 0
    joined: int = 0
    excepted: int = 0
    exceptions: int = 0
    idle_exceptions: int = 0
    no_meaning: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many of the rules that could mean something were understood and taken."""
        return self.imported + self.joined + self.excepted

    @property
    def share(self) -> float:
        """How many that is of those that could mean something, 0 to 1; 1 if there are none."""
        whole = self.accepted + len(self.refused)
        return self.accepted / whole if whole else 1.0


@dataclass(slots=True, eq=False)
class _Part:
    """What one line asks for on some sites.

    Attributes:
        source: the line.
        number: the list it stands in.
    """

    source: Line
    number: int
    category: str
    body: Body
    sites: Sites


@dataclass(slots=True, eq=False)
class _Entry:
    """A rule to be written, and the lines it stands for."""

    category: str
    body: Body
    sites: Sites
    parts: list[_Part]

    @property
    def keys(self) -> abp_files.Keys:
        return (*self.body, ("domains", tuple(self.sites.entries))) if self.sites.entries else self.body


def import_lists(paths: Sequence[Path], category: str, out: Path) -> Report:
    """Turn filter lists into rule files `out/generic/<name of the list>.yaml`.

    Args:
        paths: the lists. Exceptions of one hold for the rules of all.
        category: what a rule removes if neither a heading nor the title of its list says it.
        out: the folder, which is made if it is not there.

    Raises:
        CleanpageError: a list cannot be read, none has a cosmetic rule, or a file is in the way.
    """
    vocabulary = abp_vocabulary.builtin()
    targets = abp_files.targets(paths, out)
    lists = [read_list(_read(path), path.name, vocabulary) for path in paths]
    if not any(one.lines for one in lists):
        raise CleanpageError(f"no cosmetic rule (example.com##.box) in {', '.join(map(str, paths))}")
    report = Report()
    parts, exceptions = _translated(lists, category, report)
    parts = _excepted(parts, exceptions, report)
    entries = _joined(parts)
    by_list: dict[int, list[_Entry]] = {number: [] for number in range(len(lists))}
    for entry in entries:
        by_list[entry.parts[0].number].append(entry)
    refusals = {number: abp_files.refusals([(e.category, e.keys) for e in own]) for number, own in by_list.items()}
    _settle(by_list, refusals, report)
    for number, own in by_list.items():
        rules = [(e.category, e.keys) for place, e in enumerate(own) if place not in refusals[number]]
        head = _head(lists[number], len(rules), report, category)
        report.files += abp_files.write(targets[number], head, rules)
    report.refused.sort(key=lambda one: ([path.name for path in paths].index(one.place.file), one.place.line))
    return report


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CleanpageError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise CleanpageError(f"{path}: larger than {MAX_BYTES:,} bytes, which no filter list is")
    if b"\0" in data:
        raise CleanpageError(f"{path}: not a filter list: it holds binary data")
    return data


# --- from lines to parts -------------------------------------------------------------------------


def _translated(lists: list[FilterList], category: str, report: Report) -> tuple[list[_Part], list[_Part]]:
    """What the lines ask for: rules, and exceptions to them."""
    rules: list[_Part] = []
    exceptions: list[_Part] = []
    for number, one in enumerate(lists):
        report.read.update(one.counts)
        report.refused += [Refused(place, source, reason) for place, source, reason in one.broken]
        for line in one.lines:
            report.read["exceptions" if line.exception else "cosmetic rules"] += 1
            try:
                sites, bodies = _meaning(line)
            except NoMeaning as kind:
                report.no_meaning[f"exceptions to {kind}" if line.exception else str(kind)] += 1
            except Unsupported as reason:
                if line.exception:
                    report.idle_exceptions += 1  # no rule says the same, since that would be refused, too
                else:
                    report.refused.append(Refused(line.place, line.source, str(reason)))
            else:
                made = [_Part(line, number, line.category or category, body, sites) for body in bodies]
                (exceptions if line.exception else rules).extend(made)
    return rules, exceptions


def _meaning(line: Line) -> tuple[Sites, list[Body]]:
    """Where a line holds, and what it asks for.

    Raises:
        NoMeaning, Unsupported: it does not.
    """
    if line.kind.startswith("%"):
        raise NoMeaning("scriptlets")
    if line.kind.startswith("$") and not line.body.endswith("}"):
        raise NoMeaning("snippets")
    html_filter = line.body.startswith("^")
    bodies = translate(line.body.removeprefix("^"), html_filter=html_filter)
    domains, keys = _options(line.options)
    if keys and any(key in ("path", "path_matches") for body in bodies for key, _ in body):
        raise Unsupported("several conditions on the path")
    return sites_of(line, domains), [(*body, *keys) for body in bodies]


def _options(options: str) -> tuple[tuple[str, ...], Body]:
    """The domains and conditions in `[$…]` before a rule."""
    domains: tuple[str, ...] = ()
    keys: Body = ()
    for option in filter(None, re.split(r"(?<!\\),", options)):
        name, _, value = option.replace("\\,", ",").partition("=")
        if name == "domain" and value:
            domains = tuple(value.split("|"))
        elif name == "path" and value:
            if not value.startswith("/") or not value.endswith("/") or len(value) == 1:
                bare = value.strip("|")
                glob = f"{'' if value.startswith('|') else '*'}{bare}{'' if value.endswith('|') else '*'}"
                keys = (("path", glob),)
            else:
                keys = (path_condition(value),)
        else:
            raise Unsupported(f"the option ${name}")
    return domains, keys


# --- exceptions and joining ----------------------------------------------------------------------


def _excepted(parts: list[_Part], exceptions: list[_Part], report: Report) -> list[_Part]:
    """The rules without the sites on which exceptions say they do not hold."""
    by_body: dict[Body, list[_Part]] = {}
    for exception in exceptions:
        by_body.setdefault(exception.body, []).append(exception)
    left: list[_Part] = []
    used: set[int] = set()
    alive: set[int] = set()
    for part in parts:
        remaining = [part.sites]
        for exception in by_body.get(part.body, ()):
            after = [sites for one in remaining for sites in without(one, exception.sites)]
            if after != remaining:
                used.add(id(exception.source))
            remaining = after
        left += [_Part(part.source, part.number, part.category, part.body, sites) for sites in remaining]
        if remaining:
            alive.add(id(part.source))
    report.excepted += len({id(part.source) for part in parts} - alive)
    report.exceptions += len(used)
    report.idle_exceptions += len({id(exception.source) for exception in exceptions} - used)
    return left


def covers(wide: str, narrow: str) -> bool:
    """Whether a domain (or a name with `.*`) has another one in it."""
    return wide == narrow or narrow.endswith(f".{wide}") or wide in names_of(narrow)


def without(sites: Sites, exception: Sites) -> list[Sites]:
    """Where a rule still holds beside an exception; empty for nowhere."""
    kept: list[Sites] = []
    if exception.off:
        # What the exception leaves out, it leaves as it is.
        inside = frozenset(d for d in exception.off if _reaches(sites, d))
        inside |= frozenset(d for d in sites.on if any(covers(wide, d) for wide in exception.off))
        if inside:
            kept = [Sites(inside, frozenset(d for d in sites.off if any(covers(one, d) for one in inside)))]
    if not exception.on:
        return kept
    on = frozenset(d for d in sites.on if not any(covers(wide, d) for wide in exception.on))
    if sites.on and not on:
        return kept
    off = frozenset(d for d in exception.on if not on or any(covers(wide, d) for wide in on))
    return [Sites(on, sites.off | off), *kept]


def _reaches(sites: Sites, domain: str) -> bool:
    """Whether a rule holds on a domain."""
    on = {wide for wide in sites.on if covers(wide, domain)}
    off = {wide for wide in sites.off if covers(wide, domain)}
    if sites.on and not on:
        return False
    return max(map(len, off), default=-1) < max(map(len, on), default=0)


def _joined(parts: list[_Part]) -> list[_Entry]:
    """One rule for all parts that differ in their sites only, as far as one can hold them."""
    groups: dict[tuple[str, Body], list[_Part]] = {}
    for part in parts:
        groups.setdefault((part.category, part.body), []).append(part)
    entries = []
    for (category, body), group in groups.items():
        entries += [_Entry(category, body, sites, own) for sites, own in _unions(group)]
    return entries


def _unions(group: list[_Part]) -> list[tuple[Sites, list[_Part]]]:
    if any(part.sites == Sites() for part in group):
        everywhere = [part for part in group if part.sites == Sites()]
        return [(Sites(), everywhere + [part for part in group if part.sites != Sites()])]
    same: dict[Sites, list[_Part]] = {}
    listed: list[_Part] = []
    for part in group:
        if part.sites.off:
            same.setdefault(part.sites, []).append(part)
        else:
            listed.append(part)
    made = list(same.items())
    if listed:
        made.append((Sites(frozenset(d for part in listed for d in part.sites.on)), listed))
    return made


def _settle(by_list: dict[int, list[_Entry]], refusals: dict[int, dict[int, str]], report: Report) -> None:
    """Count what became of each line: refused if a part of it is, imported if one stands in a rule first."""
    refused: dict[int, tuple[Line, str]] = {}
    first: set[int] = set()
    all_lines: dict[int, Line] = {}
    for number, own in by_list.items():
        for place, entry in enumerate(own):
            all_lines.update((id(part.source), part.source) for part in entry.parts)
            if place in refusals[number]:
                for part in entry.parts:
                    refused.setdefault(id(part.source), (part.source, refusals[number][place]))
            else:
                first.add(id(entry.parts[0].source))
    report.refused += [Refused(line.place, line.source, reason) for line, reason in refused.values()]
    report.imported = len(first - refused.keys())
    report.joined = len(all_lines.keys() - refused.keys() - first)


def _head(one: FilterList, rules: int, report: Report, category: str) -> list[str]:
    """What the first comment of a file says."""
    refused = sum(refusal.place.file == one.name for refusal in report.refused)
    lines = [f"{name}: {value}" for name, value in sorted(one.head.items())]
    counted = Counter("exceptions" if line.exception else "cosmetic rules" for line in one.lines) + one.counts
    lines.append("Read: " + ", ".join(f"{number:,} {what}" for what, number in sorted(counted.items())))
    lines.append(f"Written: {rules:,} rules (some stand for several of the list); refused: {refused:,}")
    return [f"From the filter list {one.name}, with --category {category}", *lines]
