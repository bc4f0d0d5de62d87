"""`cleanpage rules import`: rules that were written for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from .console import command, note, out, printable

# How many refusals are worth reading without being asked for all.
_MOST_SHOWN = 10

app = typer.Typer(help="Make rule files of other programs' rules.", no_args_is_help=True, rich_markup_mode=None)

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
        out(_table(("directive", "read", "imported", "refused", "skipped"), rows))
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


def _table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Rows in columns: names to the left, numbers to the right."""
    cells = [list(head), *([f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for name, *numbers in cells:
        columns = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *columns]))
    return "".join(f"{line}\n" for line in lines)


def _show(lines: Sequence[str], what: str, report: Path | None) -> None:
    """The first of some lines on stderr, and where the others are."""
    for line in lines[:_MOST_SHOWN]:
        note(f"{what}: {line}")
    if len(lines) > _MOST_SHOWN:
        where = f"all of them are in {report}" if report is not None else "--report FILE writes all of them"
        note(f"… {len(lines) - _MOST_SHOWN:,} more; {where}")


def _write(path: Path, lines: Iterable[str]) -> None:
    from ..errors import CleanpageError

    try:
        path.write_bytes("".join(f"{printable(line)}\n" for line in lines).encode())
    except OSError as error:
        raise CleanpageError(f"{path}: cannot be written: {error.strerror}") from None
