"""`cleanpage rules test`: the examples of rule files, and their tests on stored pages."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import bold, coloured, command, count, note, out, printable, relative, shortened
from .options import RuleFilesArgument

if TYPE_CHECKING:
    from ..examples import ExampleFailure
    from ..rules.ruleset import Rules

# How many lines of a difference are worth reading.
_MAX_DIFF = 12
# How much of a rule's id is worth reading where its place is given too, in characters.
_RULE = 120
_GLANCE = 0.4  # seconds between two looks at the files
_COLOURS = {"-": typer.colors.RED, "+": typer.colors.GREEN}


def try_rules(
    path: RuleFilesArgument = None,
    pages: Annotated[
        list[Path] | None,
        typer.Option(
            "--pages",
            metavar="PAGES",
            help="Stored pages, for the `tests:` of the files. A gold.json beside them tells their addresses.",
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes, until Ctrl-C.")] = False,
) -> None:
    """Run the examples of rule files, each with the rules of its file and that file's families only.

    With stored pages the files' `tests` are run, too, with all rules that are in force: what a test says its page
    contains must be in the article, what it lacks must be gone. The exit status is 1 if an example or a test shows
    something else than it says.
    """
    with command():
        if not watch:
            if not _run(path, pages):
                raise typer.Exit(1)
            return
        try:
            _watch(path, pages)
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


def _watch(path: list[Path] | None, pages: list[Path] | None) -> None:
    from ..errors import CleanpageError, RuleError

    seen: dict[Path, int] | None = None
    while True:
        now = _stamps([*(path or _builtin()), *(pages or ())])
        if now != seen:
            seen = now
            try:
                _run(path, pages)
            except RuleError as error:
                for problem in error.problems:
                    note(relative(str(problem)))
            except CleanpageError as error:
                note(f"cleanpage: {error}")
            note("waiting for a change; Ctrl-C ends")
        time.sleep(_GLANCE)


def _stamps(paths: Iterable[Path]) -> dict[Path, int]:
    """When each file was last changed; one that is just being replaced is missing for a moment."""
    found: dict[Path, int] = {}
    for path in paths:
        below = [Path(folder, name) for folder, _, names in os.walk(path) for name in names]
        for file in below if path.is_dir() else [path]:
            try:
                found[file] = file.stat().st_mtime_ns
            except OSError:
                continue
    return found


def _builtin() -> list[Path]:
    from ..rules.ruleset import builtin_folder

    return [builtin_folder()]


def _run(path: list[Path] | None, pages: list[Path] | None) -> bool:
    """Run everything once; whether all was as it should be."""
    from ..errors import RuleError
    from ..examples import run
    from ..rules.ruleset import Rules

    rules, problems = Rules.read(*(path or _builtin()))
    if problems:
        raise RuleError(problems)
    files = examples = failed = 0
    for report in run(rules):
        files += 1
        examples += report.examples
        failed += len({failure.place for failure in report.failures})
        for failure in report.failures:
            out(_failure(failure))
    out(_summary(f"{count(examples, 'example')} in {count(files, 'file')}", failed))
    return not (_run_pages(rules, pages) if pages else 0) and not failed


def _run_pages(rules: Rules, pages: list[Path]) -> int:
    """Run the tests on stored pages; how many failed."""
    from ..authoring.effect import rules_with
    from ..authoring.trial import run_tests
    from ..rules.ruleset import Rules
    from ..stored import read_page_files

    read, unread = read_page_files(pages)
    for problem in unread:
        note(f"cleanpage: {relative(problem)}")
    report = run_tests(list(rules.files), rules_with(list(rules.files), Rules.load(*_builtin()).all_files()), read)
    for failure in report.failures:
        out(_failure(failure))
    failed = len({failure.place for failure in report.failures})
    without = f", {report.without:,} without a stored page" if report.without else ""
    out(_summary(f"{count(report.tests, 'test')} on {count(len(read), 'page')}{without}", failed))
    return failed


def _summary(what: str, failed: int) -> str:
    return f"{what}: {failed} failed\n" if failed else f"{what}: all passed\n"


def _failure(failure: ExampleFailure) -> str:
    """A failure, its place first, so that editors find it."""
    place = failure.place
    lines = [bold(relative(printable(f"{place.file}:{place.line}:{place.column}: {failure.message}")))]
    if failure.expected:
        lines[0] += f": {printable(' '.join(failure.expected.split()))}"
    blame = "taken by" if failure.wanted else "held back"
    lines += [f"    {blame}: {shortened(rule, _RULE)}" for rule in failure.rules]
    lines += [f"    {coloured(line, _COLOURS.get(line[:1]))}" for line in _difference(failure)]
    return "".join(f"{line}\n" for line in lines)


def _difference(failure: ExampleFailure) -> list[str]:
    """The lines around a failure: `-` what should have stayed, `+` what should have gone."""
    from difflib import unified_diff

    text = " ".join(failure.expected.split())
    if not text or not failure.before:
        return []
    got = failure.after.splitlines()
    if failure.wanted:
        expected = [line for line in failure.before.splitlines() if line in got or _touches(line, text)]
    else:
        expected = [line for line in got if not _touches(line, text)]
    lines = [printable(line) for line in unified_diff(expected, got, lineterm="", n=1)][2:]
    lines = [line for line in lines if not line.startswith("@@")]
    return lines if len(lines) <= _MAX_DIFF else [*lines[:_MAX_DIFF], f"… {len(lines) - _MAX_DIFF} more lines"]


def _touches(line: str, text: str) -> bool:
    line = " ".join(line.split())
    return bool(line) and (text in line or line in text)
