"""`cleanpage rules import`: rules that other tools have, as rule files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import columns, command, note, out, printable, shortened

if TYPE_CHECKING:
    from ..rules.importers.abp import Report

# How many refused rules are named where no report was asked for, and how much of each.
_FIRST, _WIDTH = 10, 200

app = typer.Typer(help="Turn rules of other tools into rule files.", no_args_is_help=True, rich_markup_mode=None)


@app.command(short_help="Import filter lists of Adblock Plus and uBlock Origin.")
def abp(
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Filter lists, as text files.")],
    category: Annotated[
        str,
        typer.Option(
            "--category",
            metavar="NAME",
            help="What the rules remove where neither a heading in the list nor its title says it.",
        ),
    ],
    to: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder for the rule files: DIR/generic/<list>.yaml.")
    ],
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Where to name every refused rule and its reason.")
    ] = None,
) -> None:
    """Import the cosmetic rules of Adblock Plus and uBlock Origin filter lists.

    Rules that mean nothing for a stored page (network rules, scriptlets, styles) are counted and left out; rules that
    could mean something and cannot be said are counted and named. Exceptions (#@#) hold across all lists of one call.
    A file that is there already is overwritten only if an earlier import wrote it.
    """
    with command():
        if report is not None and report.is_dir():
            raise typer.BadParameter(f"{report} is a folder", param_hint="'--report'")
        _check_category(category)
        from ..rules.importers.abp import import_lists

        made = import_lists(file, category, to)
        out(_summary(made))
        if report is not None:
            _write(report, map(str, made.refused))
        else:
            _first_refused(made)


OutOption = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Where the rule files go: into publishers/ and families/ there."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write everything that was refused to a file, with the reasons."),
]


@app.command(short_help="Import site files of Full-Text RSS.")
def ftr(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of site files, such as example.com.txt.")],
    out_folder: OutOption,
    report: ReportOption = None,
) -> None:
    """Make rule files of site files of Full-Text RSS: one for each publisher, and families for what repeats.

    What is read: body, strip, strip_id_or_class, strip_attr, title, author, date, if_page_contains, test_url and
    test_contains. The other directives are about fetching and repairing pages; they are counted and skipped. A file
    that was not written by this command is never overwritten. The exit status is 1 if nothing could be imported.
    """
    with command():
        from ..rules.importers.ftr import import_folder, table

        made = import_folder(folder, out_folder)
        rows = table(made)
        out(_columns(("directive", "read", "imported", "refused", "skipped"), rows))
        imported, read = sum(row[2] for row in rows), sum(row[1] - row[4] for row in rows)
        share = f" ({imported / read:.1%})" if read else ""
        out(
            f"\nsite files: {made.sites:,}, publishers: {made.publishers:,}, families: {made.families:,}\n"
            f"{imported:,} of {read:,} lines imported{share}\n"
        )
        refused = [str(refusal) for refusal in made.refused]
        _show(refused, "refused", report)
        _show(made.notes, "note", report)
        if report is not None:
            _write(report, [*(f"refused: {line}" for line in refused), *(f"note: {line}" for line in made.notes)])
        if not imported:
            raise typer.Exit(1)


def _check_category(category: str) -> None:
    from ..rules.checks import nearest
    from ..rules.model import CATEGORIES

    if category not in CATEGORIES:
        hint = nearest(category, CATEGORIES)
        raise typer.BadParameter(f"unknown category {category!r}: {hint}", param_hint="'--category'")


def _summary(report: Report) -> str:
    rows: list[tuple[str, int | None]] = [("read", None)]
    rows += sorted(report.read.items())
    rows += [
        ("cosmetic rules", None),
        ("imported", report.imported),
        ("joined with another", report.joined),
        ("left no site by exceptions", report.excepted),
        ("refused", len(report.refused)),
        ("exceptions", None),
        ("worked in", report.exceptions),
        ("that met no rule", report.idle_exceptions),
    ]
    if report.no_meaning:
        rows += [("without meaning for a stored page", None), *sorted(report.no_meaning.items())]
    reasons = _reasons(report)
    if reasons:
        rows += [("refused", None), *reasons]
    width = max(len(name) for name, _ in rows) + 4
    lines = [f"{name}:" if number is None else f"  {name:<{width}}{number:>9,}" for name, number in rows]
    whole = report.accepted + len(report.refused)
    lines.append(f"taken: {report.accepted:,} of {whole:,} that could mean something ({report.share:.2%})")
    lines += [f"wrote {path}" for path in report.files]
    return "".join(f"{line}\n" for line in lines)


def _reasons(report: Report) -> list[tuple[str, int]]:
    """How often each reason was given, without what differs from rule to rule."""
    import re
    from collections import Counter

    counts = Counter(re.sub(r"""(["']).*\1""", "…", one.reason.partition("; ")[0]) for one in report.refused)
    return [(shortened(reason, 80), number) for reason, number in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]


def _first_refused(report: Report) -> None:
    for one in report.refused[:_FIRST]:
        place = f"{one.place.file}:{one.place.line}"
        note(f"{place}: {shortened(one.source, _WIDTH)}: {shortened(one.reason, _WIDTH)}")
    more = len(report.refused) - _FIRST
    if more > 0:
        note(f"… and {more:,} more: --report FILE names them all")


def _columns(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Rows in columns, with numbers as people read them."""
    return columns([head, *([f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows)])


def _show(lines: Sequence[str], what: str, report: Path | None) -> None:
    """The first of some lines on stderr, and where the others are."""
    for line in lines[:_FIRST]:
        note(f"{what}: {line}")
    if len(lines) > _FIRST:
        where = f"all of them are in {report}" if report is not None else "--report FILE writes all of them"
        note(f"… {len(lines) - _FIRST:,} more; {where}")


def _write(path: Path, lines: Iterable[str]) -> None:
    from ..errors import CleanpageError

    try:
        path.write_bytes("".join(f"{printable(line)}\n" for line in lines).encode())
    except OSError as error:
        raise CleanpageError(f"{path}: cannot be written: {error.strerror}") from None
