"""Site files of Full-Text RSS become rule files.

Each file is named after its host and becomes a publisher; files that repeat each other become a family. What is
written is read back by the reader of rule files first, and what that refuses is refused here: nothing is written
that `cleanpage rules lint` would complain of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import CleanpageError, Problem
from ..model import Kind, RuleFile
from ..reader import read_rules
from ..ruleset import Rules, builtin_folder
from .directives import Converter, Refused
from .families import Family, Site, group, own_entries
from .files import Entry, comment, render, write
from .sites import IMPORTED, Directive, Refusal, SiteFile, read_folder
from .vocabulary import Vocabulary

_MARK = "# Imported by `cleanpage rules import ftr`"
_HEAD = f"{_MARK}; the next import writes this file anew."


@dataclass(slots=True)
class Report:
    """What became of the site files.

    Attributes:
        read, imported, skipped: lines by the name of their directive.
        refused: everything that could not be imported, in the order of files and lines.
        notes: what else is worth knowing.
        sites, publishers, families: how many files were read and written.
    """

    read: Counter[str] = field(default_factory=Counter)
    imported: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sites: int = 0
    publishers: int = 0
    families: int = 0

    def refuse(self, directive: Directive, reason: str) -> None:
        self.refused.append(Refusal(directive.file, directive.line, directive.name, reason))

    def refused_count(self, name: str) -> int:
        """How many lines of a directive were refused."""
        return self.read[name] - self.imported[name] - self.skipped[name]


def import_folder(folder: Path, out: Path) -> Report:
    """Make rule files of the site files in a folder.

    Args:
        folder: where the site files are; those below it are not read.
        out: where the rule files go, into `publishers/` and `families/`.

    Raises:
        CleanpageError: there are no site files, or a file in `out` is in the way.
        RuleError: the vocabulary has mistakes.
    """
    converter = Converter(Vocabulary.load(builtin_folder() / "import" / "ftr.yaml"))
    report = Report()
    sites = [made for files in _by_domain(read_folder(folder), report) if (made := _site(files, converter, report))]
    families = group(sites)
    files = _rule_files(sites, families)
    _check(files)
    left = write(out, files, _MARK)
    report.notes += [f"{path}: left by an earlier import, and of no site file now" for path in left]
    report.publishers, report.families = len(sites), len(families)
    report.refused.sort(key=lambda refusal: (refusal.file, refusal.line))
    return report


def _by_domain(files: Iterable[SiteFile], report: Report) -> list[list[SiteFile]]:
    """Site files by domain; what belongs to no domain is refused.

    Files for a domain, its subdomains and its `www.` are joined: a domain of a rule file stands for all of them, and
    no two files may claim it.
    """
    by_domain: dict[str, list[SiteFile]] = {}
    for site in files:
        report.sites += 1
        report.refused += site.refused
        report.read.update([directive.name for directive in site.directives] + site.skipped)
        report.read.update(directive.condition.name for directive in site.directives if directive.condition)
        report.skipped.update(site.skipped)
        if site.domain:
            by_domain.setdefault(site.domain, []).append(site)
            continue
        for directive in site.directives:
            report.refuse(directive, "the file's name is no host, so it says no site that this is for")
            if directive.condition:
                report.refuse(directive.condition, "the file's name is no host, so it says no site that this is for")
    groups = [sorted(group, key=lambda site: site.rank) for _, group in sorted(by_domain.items())]
    for first, *others in groups:
        for other in others:
            claim = f"joined with {first.name}, which claims {first.domain} too and goes first"
            report.notes.append(f"{other.name}: {claim}")
    return groups


def _site(files: list[SiteFile], converter: Converter, report: Report) -> Site | None:
    """The publisher that site files for the same domain make, or None if nothing is left to say."""
    domain = files[0].domain
    made: list[tuple[Directive, list[Entry]]] = []
    for file in files:
        for directive, entries in converter.entries(file.directives):
            if isinstance(entries, Refused):
                _refuse(directive, str(entries), report)
            else:
                made.append((directive, entries))
    refused = _refused_entries(domain, list(dict.fromkeys(entry for _, entries in made for entry in entries)))
    kept: dict[Entry, None] = {}
    for directive, entries in made:
        reason = next((refused[entry] for entry in entries if entry in refused), "")
        if reason:
            _refuse(directive, reason, report)
            continue
        kept.update(dict.fromkeys(entries))
        report.imported[directive.name] += 1
        if directive.condition:
            report.imported[directive.condition.name] += 1
    return Site(domain, [file.name for file in files], list(kept)) if kept else None


def _refuse(directive: Directive, reason: str, report: Report) -> None:
    report.refuse(directive, reason)
    if directive.condition:
        report.refuse(directive.condition, f"the {directive.name} before it is refused")


def _refused_entries(domain: str, entries: list[Entry]) -> dict[Entry, str]:
    """The entries that the reader of rule files refuses, and why."""
    refused: dict[Entry, str] = {}
    while True:
        text, places = render(_publisher_head(domain), [entry for entry in entries if entry not in refused])
        problems: list[Problem] = []
        read_rules(text, domain, domain, "publisher", problems)
        for problem in problems:
            if problem.line not in places:  # the file as a whole, as when it is too large
                return dict.fromkeys(entries, _reason(problem))
            refused.setdefault(places[problem.line], _reason(problem))
        if not problems:
            return refused


def _reason(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}" if problem.hint else problem.message


# --- files -------------------------------------------------------------------------------------


def _rule_files(sites: list[Site], families: list[Family]) -> dict[str, str]:
    """The rule files, by their paths."""
    files: dict[str, str] = {}
    family_of = {site.domain: family for family in families for site in family.sites}
    for family in families:
        sources = ", ".join(source for site in family.sites for source in site.sources)
        head = [_HEAD, *comment(f"What these have in common: {sources}.")]
        files[f"families/{family.name}.yaml"] = render(head, family.entries)[0]
    for site in sites:
        own = family_of.get(site.domain)
        head = [_HEAD, *comment(f"From {' and '.join(site.sources)}."), *_publisher_head(site.domain)]
        if own is not None:
            head.append(f"family: {own.name}")
        entries = site.entries if own is None else own_entries(site, own)
        country = site.domain.rpartition(".")[2]
        files[f"publishers/{country}/{site.domain}.yaml"] = render(head, entries)[0]
    return files


def _publisher_head(domain: str) -> list[str]:
    return [f"publisher: {domain}", f"domains: [{domain}]"]


def _check(files: dict[str, str]) -> None:
    """Read all that is about to be written, as one set of rules.

    Raises:
        CleanpageError: it has a mistake, which would be one of this module.
    """
    problems: list[Problem] = []
    read: list[RuleFile] = []
    for name, text in files.items():
        kind: Kind = "family" if name.startswith("families/") else "publisher"
        file = read_rules(text, name, Path(name).stem, kind, problems)
        if file is not None:
            read.append(file)
    problems += Rules(read).check()
    if problems:
        raise CleanpageError(f"the imported rules do not fit together: {problems[0]}")


def table(report: Report) -> list[tuple[str, int, int, int, int]]:
    """The counts by directive: its name, and how many lines were read, imported, refused and skipped; first those
    that are imported, then those that are another program's work."""
    others = sorted(name for name in report.skipped if name not in IMPORTED)
    return [
        (name, report.read[name], report.imported[name], report.refused_count(name), report.skipped[name])
        for name in (*IMPORTED, *others)
    ]
