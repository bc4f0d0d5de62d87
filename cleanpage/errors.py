"""What can go wrong, as exceptions: every one that leaves the library is a `CleanpageError`."""

from __future__ import annotations

from collections.abc import Iterable


class CleanpageError(Exception):
    """The parent of every exception that cleanpage raises on purpose."""


class PageError(CleanpageError):
    """The input is no page, or one beyond the limits.

    Attributes:
        limit: what was met: `empty`, `binary`, `bytes`, `nodes`, `depth` or `markup`; with worker processes also
            `timeout`, `crash`, `memory` and `internal`.
        value: what the page has (bytes, nodes, levels), None where there is nothing to count.
        maximum: what is allowed, None where there is nothing to count.
    """

    def __init__(self, limit: str, message: str, *, value: int | None = None, maximum: int | None = None) -> None:
        super().__init__(message)
        self.limit = limit
        self.message = message
        self.value = value
        self.maximum = maximum

    def __reduce__(self) -> tuple[object, ...]:
        return _page_error, (self.limit, self.message, self.value, self.maximum)


def _page_error(limit: str, message: str, value: int | None, maximum: int | None) -> PageError:
    return PageError(limit, message, value=value, maximum=maximum)


class Problem:
    """One mistake in a rule file.

    Attributes:
        file: the rule file's name as it was given.
        line: counted from 1.
        column: counted from 1.
        message: what is wrong.
        hint: what to write instead, or an empty string.
    """

    __slots__ = ("column", "file", "hint", "line", "message")

    def __init__(self, file: str, line: int, column: int, message: str, hint: str = "") -> None:
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}"

    def __repr__(self) -> str:
        return f"Problem({str(self)!r})"


class RuleError(CleanpageError):
    """One or more rule files have mistakes. All that were found in one run are in `problems`.

    Attributes:
        problems: every mistake found, at least one, in the order of files and lines.
        file, line, column: where the first of them is (lines and columns count from 1).
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
        first = self.problems[0]
        self.file = first.file
        self.line = first.line
        self.column = first.column

    def __reduce__(self) -> tuple[object, ...]:
        return RuleError, (self.problems,)
