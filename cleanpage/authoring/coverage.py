"""Whether rules still fit: which ones match fresh pages, how much is left, and what has changed since last time.

A rule that took something on many pages and takes nothing any more has rotted: the site has another layout. Pages on
which much more is left than last time, or much more is held back, have drifted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from pathlib import Path
from typing import Any

from ..api import Cleaner
from ..errors import CleanpageError
from ..examples import ids_of, removing
from ..outline import count_words
from ..rules.model import RuleFile
from ..rules.ruleset import host_of
from ..stored import Page

# With fewer pages a rule that takes nothing says nothing.
LEAST_PAGES = 3
# A rule that took something on so many of the pages is missed when it takes nothing.
_COMMON = 0.3
# So much more of a page's words must be left, and so many times as much, to be called drift.
_MORE, _TIMES = 0.1, 1.5


@dataclass(slots=True)
class Figures:
    """What rules did on the pages of a publisher.

    Attributes:
        pages: how many.
        left: of the words that `clean` leaves, the share that is not the article's (mean over pages). Headlines,
            captions and site furniture count too, so what matters is how it changes.
        held: removals held back, a page.
        rules: on how many pages each rule took something, by id.
        last: the day on which each rule last took something, by id.
        day: the day of the pages.
    """

    pages: int = 0
    left: float = 0.0
    held: float = 0.0
    rules: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    day: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that somebody should look at.

    Attributes:
        publisher: the key of its rule file.
        kind: `rot` or `drift`.
        message: what has changed.
    """

    publisher: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What rules did on pages, by the keys of publishers' files.

    Attributes:
        figures: for each publisher.
        idle: rules of the publishers' own files that took nothing on any page, by publisher.
        unknown: hosts without a file of their own, with how many pages.
        failed: pages that could not be read, with the reason.
    """

    figures: dict[str, Figures]
    idle: dict[str, list[str]]
    unknown: dict[str, int]
    failed: list[str]


def measure_coverage(pages: Iterable[Page], cleaner: Cleaner, day: Date) -> Coverage:
    """Measure what rules do on pages.

    Args:
        pages: fresh pages, with their addresses.
        cleaner: the rules.
        day: when the pages were fetched.
    """
    by_key: dict[str, list[Page]] = {}
    files: dict[str, RuleFile] = {}
    unknown: dict[str, int] = {}
    for page in pages:
        host = host_of(page.url)[0]
        own = next((file for file in cleaner.rules.for_host(host) if file.kind == "publisher"), None) if host else None
        if own is None:
            unknown[host or "(no address)"] = unknown.get(host or "(no address)", 0) + 1
        else:
            files[own.key] = own
            by_key.setdefault(own.key, []).append(page)
    failed: list[str] = []
    figures = {key: _figures(some, cleaner, day, failed) for key, some in sorted(by_key.items())}
    idle = {key: _idle(files[key], one.rules) for key, one in figures.items() if one.pages >= LEAST_PAGES}
    return Coverage(figures, {key: rules for key, rules in idle.items() if rules}, unknown, failed)


def _figures(pages: Sequence[Page], cleaner: Cleaner, day: Date, failed: list[str]) -> Figures:
    found = Figures(day=day.isoformat())
    left = 0.0
    held = 0
    for page in pages:
        try:
            cleaned = cleaner.clean(page.html, url=page.url, date=day)
            article = count_words(cleaner.extract(page.html, url=page.url, date=day).text)
            whole = count_words(cleaned.text)
        except CleanpageError as error:
            failed.append(f"{page.name}: {error}")
            continue
        found.pages += 1
        left += max(whole - article, 0) / max(whole, 1)
        held += sum(removal.held_back for removal in cleaned.removed)
        for rule in {removal.rule for removal in cleaned.removed if not removal.held_back}:
            found.rules[rule] = found.rules.get(rule, 0) + 1
            found.last[rule] = found.day
    found.left, found.held = left / max(found.pages, 1), held / max(found.pages, 1)
    return found


def _idle(file: RuleFile, fired: dict[str, int]) -> list[str]:
    ids = [ids_of(rule) for rule in removing(file)]
    return [some[0] for some in ids if not any(one in fired for one in some)]


# --- what has changed --------------------------------------------------------------------------


def findings(before: dict[str, Figures], now: Coverage) -> list[Finding]:
    """What has changed since last time, for publishers with enough pages both times."""
    found: list[Finding] = []
    for key, new in now.figures.items():
        old = before.get(key)
        if old is None or min(old.pages, new.pages) < LEAST_PAGES:
            continue
        for rule, pages in sorted(old.rules.items()):
            if pages >= _COMMON * old.pages and rule not in new.rules:
                last = old.last.get(rule, old.day)
                found.append(
                    Finding(
                        key, "rot", f"{rule} took something on {pages} of {old.pages} pages, now nothing; last {last}"
                    )
                )
        if new.left > old.left + _MORE and new.left > _TIMES * old.left:
            found.append(
                Finding(key, "drift", f"{new.left:.0%} of what is left is not the article, {old.left:.0%} last time")
            )
        if new.held > old.held + 1 and new.held > _TIMES * old.held:
            found.append(
                Finding(key, "drift", f"{new.held:.1f} removals a page are held back, {old.held:.1f} last time")
            )
    return found


def joined(before: dict[str, Figures], now: dict[str, Figures]) -> dict[str, Figures]:
    """The figures to keep: the new ones, with the days on which rules that took nothing now last took something."""
    kept = dict(before)
    for key, figures in now.items():
        old = before.get(key)
        last = {**(old.last if old else {}), **figures.last}
        kept[key] = Figures(figures.pages, figures.left, figures.held, figures.rules, last, figures.day)
    return dict(sorted(kept.items()))


# --- kept figures ------------------------------------------------------------------------------


def read_figures(path: Path) -> dict[str, Figures]:
    """The figures of the last run; none if there was none.

    Raises:
        CleanpageError: the file cannot be read, or holds something else.
    """
    if not path.exists():
        return {}
    try:
        rows: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return {key: _row(row) for key, row in rows["publishers"].items()}
    except OSError as error:
        raise CleanpageError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CleanpageError(f"{path} holds no figures of `rules coverage`: {error!r}; name another file") from error


def _row(row: dict[str, Any]) -> Figures:
    rules = {str(rule): int(pages) for rule, pages in row["rules"].items()}
    last = {str(rule): str(day) for rule, day in row["last"].items()}
    return Figures(int(row["pages"]), float(row["left"]), float(row["held"]), rules, last, str(row["day"]))


def write_figures(path: Path, figures: dict[str, Figures]) -> None:
    """Keep figures for the next run.

    Raises:
        CleanpageError: the file cannot be written.
    """
    rows = {
        key: {
            "day": one.day,
            "pages": one.pages,
            "left": round(one.left, 4),
            "held": round(one.held, 4),
            "rules": dict(sorted(one.rules.items())),
            "last": dict(sorted(one.last.items())),
        }
        for key, one in figures.items()
    }
    try:
        path.write_text(json.dumps({"publishers": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise CleanpageError(f"{path}: cannot be written: {error.strerror}") from error
