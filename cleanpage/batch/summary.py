"""What came of many pages, in figures."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_SLOWEST = 10
# How many points in time are kept, and the bounds of the classes of durations, in seconds.
_POINTS = 500
DURATIONS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Figures about one page.

    Attributes:
        access: its access status.
        words: how many words were kept.
        removed: for each rule that removed something, its category and how many words it took.
    """

    access: str
    words: int
    removed: tuple[tuple[str, str, int], ...]


@dataclass(slots=True)
class Summary:
    """Figures about a run. They are kept in its journal, and go on counting when it does.

    Attributes:
        pages: how many records were written.
        failed: how many errors.
        seconds: how long the run has taken so far, in all its sessions.
        work: the seconds of work on the pages, of all workers together.
        done: bytes of the sources that were read, as they are stored.
        errors: errors by kind.
        access: pages by access status.
        words: words kept.
        removed: words removed, by category.
        rules: words removed, by rule.
        slowest: the seconds that the slowest pages took, and their ids, the slowest first.
        durations: how many pages fall into each class of `DURATIONS`, the last one being those beyond.
        points: seconds since the beginning, with the number of pages and errors until then.
    """

    pages: int = 0
    failed: int = 0
    seconds: float = 0.0
    work: float = 0.0
    done: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    access: Counter[str] = field(default_factory=Counter)
    words: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    durations: list[int] = field(default_factory=lambda: [0] * (len(DURATIONS) + 1))
    points: list[tuple[float, int]] = field(default_factory=list)

    def add_page(self, id: str, seconds: float, figures: PageFigures) -> None:
        self.pages += 1
        self.access[figures.access] += 1
        self.words += figures.words
        for rule, category, words in figures.removed:
            self.removed[category] += words
            self.rules[rule] += words
        self._add_time(id, seconds)

    def add_error(self, id: str, seconds: float, kind: str) -> None:
        self.failed += 1
        self.errors[kind] += 1
        self._add_time(id, seconds)

    def _add_time(self, id: str, seconds: float) -> None:
        self.work += seconds
        self.durations[sum(seconds > bound for bound in DURATIONS)] += 1
        if len(self.slowest) < _SLOWEST or seconds > self.slowest[-1][0]:
            self.slowest = heapq.nlargest(_SLOWEST, [*self.slowest, (round(seconds, 4), id)])

    def add_point(self) -> None:
        """Set down how far the run is now; after long, only every second point is kept."""
        self.points.append((round(self.seconds, 2), self.pages + self.failed))
        if len(self.points) > _POINTS:
            del self.points[1:-1:2]

    def top_rules(self, count: int = 10) -> list[tuple[str, int]]:
        """The rules that took most, with the words they took."""
        return self.rules.most_common(count)

    def to_plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Summary:
        made = cls(**data)
        for name in ("errors", "access", "removed", "rules"):
            setattr(made, name, Counter(data[name]))
        made.slowest = _pairs(data["slowest"])
        made.points = _pairs(data["points"])
        return made


def _pairs(lists: Iterable[list[Any]]) -> list[Any]:
    return [tuple(pair) for pair in lists]
