"""`cleanpage rules lint`: mistakes in rule files, and what is worth a second look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import command, count, note, out, printable, relative
from .options import RuleFilesArgument

if TYPE_CHECKING:
    from ..authoring.lint import Remark
    from ..errors import Problem
    from ..rules.ruleset import Rules


class LintFormat(StrEnum):
    """What is found is written as."""

    text = "text"
    json = "json"
    github = "github"


def lint(
    path: RuleFilesArgument = None,
    no_warnings: Annotated[bool, typer.Option("--no-warnings", help="Show mistakes only.")] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Leave out rules that stand twice, or find nothing that another rule does not take."
        ),
    ] = False,
    pages: Annotated[
        list[Path] | None,
        typer.Option(
            "--pages",
            metavar="PAGES",
            help="Stored pages, to say what the rules do on them. A gold.json beside them tells their addresses.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REVISION",
            help="With --pages: say on which pages the files do something else than in a git revision.",
        ),
    ] = None,
    format: Annotated[
        LintFormat,
        typer.Option("--format", help="How to write it. json: for programs; github: annotations of a workflow."),
    ] = LintFormat.text,
) -> None:
    """Name every mistake in rule files, and what is worth a second look.

    That is: rules that no example shows; rules that stand twice, or find nothing that another rule does not take;
    names that a build tool has made; selectors that every page pays for; texts that many an article has; phrases in the
    file of another language.
    With stored pages also, by effect: rules that find nothing on the pages they are for, or nothing that other rules do
    not take, and rules that take lines of articles; and with a git revision, how many pages on how many sites an edit
    changes, the ten that change most shown. Warnings leave the exit status as it is; mistakes make it 2. `--fix` leaves
    out needless rules that stand on a line of their own, and touches no other line.
    """
    if against is not None and not pages:
        raise typer.BadParameter("it needs pages: --pages DIR", param_hint="'--against'")
    with command():
        from ..authoring.lint import remarks
        from ..rules.ruleset import Rules, builtin_folder

        rules, problems = Rules.read(*(path or [builtin_folder()]))
        broken = {problem.file for problem in problems}
        found = [] if no_warnings and not fix else list(remarks(rules.files, broken))
        if fix:
            mended = _fix(found)
            note(f"{len(mended)} mended")
            found = [remark for remark in found if remark not in mended]
        if pages and not problems:
            effect = _Effect(rules, path or [builtin_folder()], pages)
            found += effect.remarks()
            if against is not None:
                for line in effect.impact(against):
                    note(line)
        files = len(broken.union(file.name for file in rules.files))
        out(_written(format, problems, [] if no_warnings else found, files))
        if problems:
            raise typer.Exit(2)


class _Effect:
    """What rules do on stored pages.

    Args:
        rules: the rules that are looked at.
        paths: the files and folders they are from.
        pages: files and folders of pages.
    """

    def __init__(self, rules: Rules, paths: list[Path], pages: list[Path]) -> None:
        from ..rules.ruleset import Rules, builtin_folder
        from ..stored import read_page_files

        self.files = list(rules.files)
        self.paths = paths
        self.others = list(Rules.load(builtin_folder()).all_files())
        self.pages, unread = read_page_files(pages)
        for problem in unread:
            note(f"cleanpage: {relative(problem)}")

    def remarks(self) -> list[Remark]:
        from ..authoring.effect import effects, rules_with

        return list(effects(self.files, rules_with(self.files, self.others), self.pages))

    def impact(self, revision: str) -> list[str]:
        """On how many pages the files do something else than in a revision, the worst ten shown."""
        from ..authoring.effect import WORST, changes, rules_with
        from ..authoring.revision import files_at

        before = rules_with(files_at(revision, self.paths), self.others)
        found = changes(before, rules_with(self.files, self.others), self.pages)
        sites = len({one.domain for one in found})
        lines = [f"changed since {revision}: {count(len(found), 'page')} on {count(sites, 'site')}"]
        for one in found[:WORST]:
            lines.append(f"  {one.page} ({one.domain}): {one.gone} words go, {one.back} come back: {one.text}")
        return lines


def _fix(found: Iterable[Remark]) -> list[Remark]:
    from ..authoring.fix import fix

    by_file: dict[str, list[Remark]] = {}
    for remark in found:
        by_file.setdefault(remark.place.file, []).append(remark)
    return [remark for name, some in by_file.items() for remark in fix(Path(name), some)]


def _written(format: LintFormat, problems: Sequence[Problem], warnings: Sequence[Remark], files: int) -> str:
    match format:
        case LintFormat.json:
            rows = [*map(_problem_row, problems), *map(_remark_row, warnings)]
            return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
        case LintFormat.github:
            rows = [*map(_problem_row, problems), *map(_remark_row, warnings)]
            return "".join(f"{_annotation(row)}\n" for row in rows)
        case _:
            lines = [relative(printable(str(one))) for one in (*problems, *warnings)]
            lines.append(
                f"{count(len(problems), 'mistake')}, {count(len(warnings), 'warning')} in {count(files, 'file')}"
            )
            return "".join(f"{line}\n" for line in lines)


def _problem_row(problem: Problem) -> dict[str, Any]:
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    where = {"file": relative(problem.file), "line": problem.line, "column": problem.column}
    return {**where, "level": "error", "code": "mistake", "message": message}


def _remark_row(remark: Remark) -> dict[str, Any]:
    where = {"file": relative(remark.place.file), "line": remark.place.line, "column": remark.place.column}
    return {**where, "level": "warning", "code": remark.code, "message": relative(remark.message)}


def _annotation(row: dict[str, Any]) -> str:
    """A workflow command of GitHub Actions."""
    place = ",".join(
        f"{name}={_escaped(str(row[key]), ':,')}"
        for name, key in (("file", "file"), ("line", "line"), ("col", "column"), ("title", "code"))
    )
    return f"::{row['level']} {place}::{_escaped(row['message'])}"


def _escaped(text: str, also: str = "") -> str:
    """A text as workflow commands want it: without what would end the line or the property."""
    for character in f"%\r\n{also}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
