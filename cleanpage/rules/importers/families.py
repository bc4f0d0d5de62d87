"""Sites that repeat each other become families: what they share is written once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .files import Entry

# Fewer entries than this are alike by chance.
_LEAST_SHARED = 3
# What a near copy may have of its own: so many entries, or this share of what it has in common with its family.
_OWN, _OWN_SHARE = 2, 0.25
# Lists in which the first entry that finds something counts. A publisher's own entries come before its family's.
_ORDERED = ("content", "metadata")


@dataclass(slots=True)
class Site:
    """What a publisher's file will say.

    Attributes:
        domain: the publisher's domain.
        sources: the names of the site files it was made of.
        entries: in their order, none twice.
    """

    domain: str
    sources: list[str]
    entries: list[Entry]

    @property
    def rules(self) -> list[Entry]:
        """What may be shared: everything but tests."""
        return [entry for entry in self.entries if entry.part != "tests"]


@dataclass(slots=True)
class Family:
    """Sites, and what they have in common.

    Attributes:
        name: its name, from the first of its domains.
        entries: what all of them share.
        sites: at least two.
    """

    name: str
    entries: list[Entry]
    sites: list[Site] = field(default_factory=list)


def group(sites: Iterable[Site]) -> list[Family]:
    """The families among sites: those that say the same but for their tests, and near copies, which say that and a
    little more. The result does not depend on the order of the sites.

    A near copy joins only if nothing changes by it: it has all of the family's entries, and where the order counts,
    its own come first.
    """
    groups: dict[tuple[Entry, ...], list[Site]] = {}
    for site in sorted(sites, key=lambda site: site.domain):
        rules = site.rules
        if len(rules) >= _LEAST_SHARED:
            groups.setdefault(_normal(rules), []).append(site)
    bases = {entries: alike for entries, alike in groups.items() if len(alike) > 1}
    singles = [(entries, alike) for entries, alike in groups.items() if len(alike) == 1]
    for entries, alike in sorted(singles, key=lambda item: (len(item[0]), item[1][0].domain)):
        bases.setdefault(_base_of(entries, bases) or entries, []).extend(alike)
    families = []
    for entries, members in bases.items():
        if len(members) > 1:
            members.sort(key=lambda site: site.domain)
            families.append(Family(members[0].domain.replace(".", "-"), list(entries), members))
    return sorted(families, key=lambda family: family.name)


def own_entries(site: Site, family: Family) -> list[Entry]:
    """What a member of a family has of its own."""
    shared = set(family.entries)
    return [entry for entry in site.entries if entry not in shared]


def _normal(rules: list[Entry]) -> tuple[Entry, ...]:
    """The same entries in the same order for all that mean the same."""
    ordered = [entry for entry in rules if entry.part in _ORDERED]
    others = [entry for entry in rules if entry.part not in _ORDERED]
    return (
        *sorted(ordered, key=lambda entry: (entry.part, entry.group)),
        *sorted(others, key=lambda entry: (entry.part, entry.group, entry.lines)),
    )


def _base_of(rules: tuple[Entry, ...], bases: Iterable[tuple[Entry, ...]]) -> tuple[Entry, ...] | None:
    """The largest of the bases that these rules repeat, with little of their own."""
    all_rules = set(rules)
    best: tuple[Entry, ...] | None = None
    for base in bases:
        if len(rules) - len(base) > max(_OWN, _OWN_SHARE * len(base)) or (best and len(base) <= len(best)):
            continue
        if all_rules.issuperset(base) and _own_come_first(rules, base):
            best = base
    return best


def _own_come_first(rules: tuple[Entry, ...], base: tuple[Entry, ...]) -> bool:
    """Whether the lists in which order counts end with the base's."""
    for key in {(entry.part, entry.group) for entry in base if entry.part in _ORDERED}:
        ours = [entry for entry in rules if (entry.part, entry.group) == key]
        theirs = [entry for entry in base if (entry.part, entry.group) == key]
        if ours[len(ours) - len(theirs) :] != theirs:
            return False
    return True
