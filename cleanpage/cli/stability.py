"""`cleanpage bench stability`: whether the same pages still give the same texts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .bench import progress
from .console import command, count, note, out, printable, shortened

if TYPE_CHECKING:
    from ..bench.datasets import Case, DataSet
    from ..bench.stability import Comparison, Texts

LEDGER = Path("benchmarks", "stability.json")
_LONGEST_LINE, _MOST_LINES = 160, 30
_LAST = "last"


def stability(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="A folder of data sets, or one of them: pages, <id>.html(.gz), and gold.json(.gz)."
        ),
    ],
    ledger: Annotated[Path, typer.Option("--ledger", metavar="FILE", help="The hashes of the texts.")] = LEDGER,
    update: Annotated[bool, typer.Option("--update", help="Write the ledger anew.")] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REVISION",
            help="Show what changed since a git revision, as lines with - and +, with the scores before and after; "
            "`last`: since the ledger was last written.",
        ),
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME", help="A data set. Repeatable; all if none is named.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", help="Processes to use; one for each core if not given."),
    ] = None,
) -> None:
    """Compare what `clean` and `extract` make of every page of a folder with what they made of it before.

    The ledger holds a hash of each text. Exit status 1 if a text is another, or a page is new or gone, unless the
    ledger is updated. The texts themselves are in no ledger: with `--against` the other revision of the checkout is run
    on the pages that changed, to show them side by side.
    """
    with command():
        from ..bench.datasets import read_data_sets
        from ..bench.stability import Ledger, compare, current_texts, pages_of

        read = read_data_sets(data, sets or ())
        cases = pages_of(read)
        before = Ledger({}, {}) if update and not ledger.exists() else Ledger.read(ledger)
        texts = current_texts(cases, workers or os.cpu_count() or 1, progress)
        after = Ledger.of(texts)
        found = compare(before, after, [one.name for one in read])
        out(_summary(found, len(cases)))
        if against is not None and found.changed:
            _show(found, {name: cases[name] for name, _ in found.changed}, texts, against, ledger)
        if update:
            others = {page: hashes for page, hashes in before.hashes.items() if not page.startswith(_prefixes(read))}
            Ledger(dict(sorted({**others, **after.hashes}.items())), after.versions).write(ledger)
            note(f"{ledger}: written")
        elif not found.is_same:
            raise typer.Exit(1)


def _prefixes(read: list[DataSet]) -> tuple[str, ...]:
    return tuple(f"{one.name}/" for one in read)


def _summary(found: Comparison, pages: int) -> str:
    lines = [f"version of {part}: {old} in the ledger, {new} here" for part, (old, new) in found.versions.items()]
    lines += [f"changed: {page} ({mode})" for page, mode in found.changed]
    lines += [f"new: {page}" for page in found.added]
    lines += [f"gone: {page}" for page in found.missing]
    changed = len({page for page, _ in found.changed})
    lines.append(f"{count(pages, 'page')}: {changed:,} changed, {len(found.added):,} new, {len(found.missing):,} gone")
    return "".join(f"{printable(line)}\n" for line in lines)


def _show(found: Comparison, cases: dict[str, Case], texts: dict[str, Texts], against: str, ledger: Path) -> None:
    """What the changed pages gave at another revision beside what they give now."""
    from ..bench.measures import changed_lines, measure_for
    from ..bench.stability import last_change, texts_at

    revision = last_change(ledger) if against == _LAST else against
    earlier = texts_at(revision, cases, Path.cwd())
    totals: dict[tuple[str, str], list[float]] = {}
    for page, mode in found.changed:
        old, new = earlier[page][mode], texts[page][mode]
        truth = cases[page].truth
        measure = measure_for(truth)
        scores = [float(measure.figures(measure.score(text, truth))[measure.headline]) for text in (old, new)]
        total = totals.setdefault((page.split("/")[0], mode), [0.0, 0.0, 0.0])
        totals[page.split("/")[0], mode] = [total[0] + scores[0], total[1] + scores[1], total[2] + 1]
        out(f"\n{page} ({mode}): {measure.headline} {scores[0]:.4f} before, {scores[1]:.4f} now\n")
        lines = changed_lines(old.splitlines(), new.splitlines())
        shown = [printable(shortened(line, _LONGEST_LINE)) for line in lines[:_MOST_LINES]]
        out("".join(f"  {line}\n" for line in shown))
        if len(lines) > _MOST_LINES:
            out(f"  … and {len(lines) - _MOST_LINES:,} more lines\n")
    out("\n")
    for (name, mode), (old_sum, new_sum, number) in totals.items():
        out(
            f"{name} ({mode}), {count(int(number), 'changed page')}: mean {old_sum / number:.4f} before, "
            f"{new_sum / number:.4f} now\n"
        )
