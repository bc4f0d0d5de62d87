"""`cleanpage rules`: for those who write rules."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import coverage, imports, lint, options, sources, trial
from . import suggest as suggestions
from . import workbench as bench
from .console import bold, command, count, note, out, printable, relative, shortened

if TYPE_CHECKING:
    from ..result import Removal
    from ..rules.model import Place

# How much of a rule's id is worth reading where its place is given too, in characters.
_RULE = 120

app = typer.Typer(help="Check, test, understand and import rules.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(imports.app, name="import")
app.command("lint", short_help="Name the mistakes in rule files.")(lint.lint)
app.command("test", short_help="Run the examples of rule files, and their tests on stored pages.")(trial.try_rules)
app.command("coverage", short_help="Say which rules no longer fit fresh pages.")(coverage.coverage)
app.command("suggest", short_help="Propose rules for a site from some of its pages.")(suggestions.suggest)
app.command("workbench", short_help="See what rules do to pages, and write them, in a browser.")(bench.workbench)
app.command("new", short_help="Start a rule file for a site.")(suggestions.new)


@app.command("compile", short_help="Compile rule files to a pack that loads at once.")
def compile_rules(
    path: Annotated[list[Path], typer.Argument(metavar="PATH", help="Rule files, or folders of them.")],
    into: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The pack; its name ends in .pack.")],
) -> None:
    """Compile rule files to a pack.

    A pack holds the rules of many files, without their examples, and loads in milliseconds. It is given to
    `--rules` like the files it was made from, and holds nothing that could be run, so it may come from anywhere.
    """
    with command():
        from ..rules.cache import write
        from ..rules.ruleset import PACK_SUFFIX, Rules

        if into.suffix != PACK_SUFFIX:
            raise typer.BadParameter(
                f"{str(into)!r} is no name of a pack: end it in {PACK_SUFFIX}", param_hint="'--out'"
            )
        data = Rules.compile(*path)
        try:
            write(into, data)
        except OSError as error:
            raise typer.BadParameter(f"{into} cannot be written: {error.strerror}", param_hint="'--out'") from error
        note(f"{into}: {len(data):,} bytes")


@app.command(short_help="Say which rules fired on a page, and where.")
def explain(
    page: Annotated[str, typer.Argument(metavar="PAGE", help="A file, an http(s) address, or - for standard input.")],
    url: options.UrlOption = None,
    date: options.DateOption = None,
    encoding: options.EncodingOption = None,
    input: options.InputOption = sources.Kind.auto,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
    category: options.CategoryOption = None,
    max_bytes: options.MaxBytesOption = options.MAX_BYTES,
) -> None:
    """Say of one page which families it bears the marks of, and which rules fired or were held back, where, and what
    they took, in page order."""
    with command():
        given = options.Circumstances(url, date, encoding)
        cleaner = options.make_cleaner(rules, no_builtin, category, max_bytes)
        from ..errors import PageError
        from ..examples import places_of
        from ..rules.ruleset import host_of

        source = sources.Source(page)
        try:
            read = sources.read(source, input, max_bytes)
            removals = given.clean(cleaner, read)[0].removed
            borne = given.bearings(cleaner, read)
        except (sources.SourceError, PageError) as error:
            note(f"cleanpage: {source.label}: {error}")
            raise typer.Exit(1) from None
        host = host_of(given.url or read.url)[0]
        files = cleaner.rules.with_families(cleaner.rules.for_host(host), [one.family for one in borne])
        places = places_of((*files, *cleaner.rules.generic))
        for one in borne:
            place = relative(f"{one.mark.place.file}:{one.mark.place.line}")
            out(f"family {bold(one.family)} by its mark {shortened(one.mark.source, _RULE)}  {place}\n")
        for removal in removals:
            out(_explained(removal, places.get(removal.rule, [])))
        held = sum(removal.held_back for removal in removals)
        words = sum(removal.words for removal in removals if not removal.held_back)
        out(f"{count(len(removals) - held, 'block')} removed ({count(words, 'word')}), {held} held back\n")


class SchemaFormat(StrEnum):
    """What the rule format is written as."""

    json = "json"
    markdown = "markdown"


@app.command(short_help="Write the rule format as JSON Schema, or as a page.")
def schema(
    format: Annotated[
        SchemaFormat, typer.Option("--format", help="json: a JSON Schema; markdown: a page for people.")
    ] = SchemaFormat.json,
) -> None:
    """Write the rule format as JSON Schema, for editors that check and complete YAML files, or as a page to read."""
    with command():
        if format is SchemaFormat.markdown:
            from ..rules.handbook import handbook

            out(handbook())
            return
        import json

        from ..rules.format import schema as made

        out(json.dumps(made(), indent=2, ensure_ascii=False) + "\n")


# --- writing -----------------------------------------------------------------------------------


def _explained(removal: Removal, places: list[Place]) -> str:
    fate = f"held back: {removal.reason}" if removal.held_back else "removed"
    lines = [
        bold(printable(removal.path)),
        f"  {shortened(removal.rule, _RULE)} ({removal.category}, {count(removal.words, 'word')}) {fate}",
        f"  {' or '.join(relative(f'{place.file}:{place.line}') for place in places)}",
        *(f"  | {printable(line)}" for line in removal.text.split("\n") if line),
    ]
    return "".join(f"{line}\n" for line in lines if line.strip()) + "\n"
