"""`cleanpage bench`: what cleaning costs, and whether its short cuts are sound."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import columns, command, count, not_written, note, out, printable, relative

if TYPE_CHECKING:
    from ..bench.index import Comparison, IndexCheck
    from ..bench.scale import Scale, Size
    from ..stored import Page

app = typer.Typer(
    help="Measure how good and how fast it is, and what changed.", no_args_is_help=True, rich_markup_mode=None
)


class Format(StrEnum):
    """What figures are written as."""

    text = "text"
    json = "json"


PagesArgument = Annotated[
    Path,
    typer.Argument(
        metavar="PAGES",
        help="A folder of .html, .htm or .html.gz pages. A gold.json in it or beside it tells their addresses.",
    ),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="PATH",
        help="A rule file, a folder of them, or a pack, added to the built-in ones. Repeatable.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write it. json: for programs.")]


@app.command(short_help="Measure time and memory for ever more rules.")
def scale(
    pages: PagesArgument,
    rules: RulesOption = None,
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write the figures there, as scale.json, and a plot of them, as scale.png and scale.svg (it needs "
            "cleanpage[bench]).",
        ),
    ] = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, metavar="N", help="How often each page is cleaned; the best time counts.")
    ] = 5,
    made: Annotated[
        int, typer.Option("--made", min=1, metavar="N", help="How many rules to make in the style of the given ones.")
    ] = 1_000_000,
    format: FormatOption = Format.text,
) -> None:
    """Measure the time a page takes and the memory that rules take, for 10, 100, 1,000, 10,000 and all given rules and
    for a million made ones, each time together with the built-in rules.

    The smaller numbers are evenly spaced samples of the given rules; without any, of the made ones, which then take
    after the built-in rules. Times are compared with parsing alone (lxml.html) and with the built-in rules only, all in
    one run: the systems take turns on each page, and each one's best time for a page counts. `removed` is the number of
    blocks removed from a page. Memory is the resident set of a process of its own, less that of one without rules, when
    the rules are loaded and when all pages are cleaned.
    """
    with command():
        found, problems = read(pages)
        if out_folder is not None:
            _make_folder(out_folder)
        from ..bench.scale import measure

        measured = measure(found, rules or [], made, rounds, progress)
        out(_scale_json(measured) if format is Format.json else _scale_table(measured))
        if out_folder is not None:
            _write_scale(measured, out_folder)
        if problems:
            raise typer.Exit(1)


@app.command(short_help="Check that the index of rules changes no answer.")
def index(
    pages: PagesArgument,
    rules: RulesOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="No more pages than this, evenly spaced.")
    ] = None,
    format: FormatOption = Format.text,
) -> None:
    """Check on real pages that the index changes no answer.

    Every selector is run on its own over every page by lxml, and must find the elements that the index finds; of rules
    that are found by a phrase, those whose text meets the conditions. A page takes some seconds for every ten thousand
    selectors. Exit status 1 if anything differs.
    """
    with command():
        found, problems = read(pages, limit)
        from ..bench.index import IndexCheck
        from ..rules.ruleset import Rules

        check = IndexCheck(Rules.builtin() + Rules.load(*(rules or ())))
        compared = []
        for number, page in enumerate(found, 1):
            one = check.compare(page)
            compared.append(one)
            if format is Format.text:
                out(_compared(f"{number}/{len(found)}", one))
            else:
                progress(f"{number}/{len(found)} {page.name}")
        out(_index_json(check, compared) if format is Format.json else _index_summary(check, compared))
        if problems or any(one.differences for one in compared):
            raise typer.Exit(1)


def read(folder: Path, limit: int | None = None) -> tuple[list[Page], list[str]]:
    """The pages that can be read. The others are named."""
    from ..stored import read_pages

    found, problems = read_pages(folder, limit)
    for problem in problems:
        note(f"cleanpage: {relative(problem)}")
    return found, problems


def progress(message: str) -> None:
    """Say what is being done, where somebody watches."""
    if sys.stderr is not None and sys.stderr.isatty():
        note(message)


def _make_folder(folder: Path) -> None:
    from ..bench.plot import HOW_TO_GET_IT, can_plot

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from None
    if not can_plot():  # said before minutes of measuring, not after
        note(f"cleanpage: {HOW_TO_GET_IT}; the figures are written without it")


def _write_scale(measured: Scale, folder: Path) -> None:
    from ..bench.plot import can_plot, write_plots

    path = folder / "scale.json"
    try:
        path.write_text(_scale_json(measured), "utf-8")
        if can_plot():
            write_plots(measured, folder)
    except OSError as error:
        raise not_written(Path(error.filename or path), error) from None


def _scale_json(measured: Scale) -> str:
    import json

    return json.dumps(measured.to_json(), indent=1) + "\n"


_COLUMNS = ("rules", "ms a page", "× lxml", "× built-in", "removed", "load ms", "MB loaded", "MB used")


def _scale_table(measured: Scale) -> str:
    said = f"{count(measured.pages, 'page')}, {measured.kilobytes:.0f} kB a page, best of {measured.rounds}"
    return f"{said}\n{columns([_COLUMNS, *map(_scale_row, measured.sizes)])}"


def _scale_row(size: Size) -> tuple[str, ...]:
    def cell(figure: float | None, places: int) -> str:
        return "" if figure is None else f"{figure:,.{places}f}"

    return (
        size.name,
        cell(size.ms, 2),
        cell(size.to_parse, 2),
        cell(size.to_builtin, 2),
        cell(size.removed, 1),
        cell(size.load_ms, 0),
        cell(size.loaded_mb, 1),
        cell(size.used_mb, 1),
    )


def _compared(number: str, one: Comparison) -> str:
    outcome = count(len(one.differences), "difference") if one.differences else "no difference"
    lines = [
        f"{number} {one.page}: {count(one.selectors, 'selector')}, {count(one.matches, 'match', 'matches')}, "
        f"{count(one.covered, 'element')} in them, {outcome}"
    ]
    lines += [
        f"    {difference.path}: only {difference.side} finds it, for {difference.selector} ({difference.rule})"
        for difference in one.differences
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


def _index_summary(check: IndexCheck, compared: list[Comparison]) -> str:
    differences = sum(len(one.differences) for one in compared)
    lines = [f"not compared: {selector}: {why}" for selector, why in sorted(check.untranslated.items())]
    if check.by_phrase:
        lines.append(
            f"not compared: {count(check.by_phrase, 'selector')} of rules found by a phrase, with other conditions"
        )
    lines.append(
        f"{count(len(compared), 'page')}, {count(check.selectors, 'selector')}, "
        f"{count(sum(one.matches for one in compared), 'match', 'matches')}: {count(differences, 'difference')}"
    )
    return "".join(f"{printable(line)}\n" for line in lines)


def _index_json(check: IndexCheck, compared: list[Comparison]) -> str:
    import json
    from dataclasses import asdict

    report = {
        "selectors": check.selectors,
        "not_compared": check.untranslated,
        "by_phrase": check.by_phrase,
        "pages": [asdict(one) for one in compared],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"
