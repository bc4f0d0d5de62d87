"""`cleanpage rules`: for those who write rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import coverage, imports, lint, options, sources
from . import suggest as suggestions
from .console import bold, command, note, out, printable, relative, shortened

if TYPE_CHECKING:
    from ..errors import Problem
    from ..examples import ExampleFailure
    from ..result import Removal
    from ..rules.model import Place, RuleFile
    from ..rules.ruleset import Rules

# How many lines of a difference are worth reading.
_MAX_DIFF = 12
# How much of a rule's id is worth reading where its place is given too, in characters.
_RULE = 120

app = typer.Typer(help="Check, test, understand and import rules.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(imports.app, name="import")
app.command("lint", short_help="Name the mistakes in rule files.")(lint.lint)
app.command("coverage", short_help="Say which rules no longer fit fresh pages.")(coverage.coverage)
app.command("suggest", short_help="Propose rules for a site from some of its pages.")(suggestions.suggest)
app.command("new", short_help="Start a rule file for a site.")(suggestions.new)

PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH", help="Rule files, or folders of them; the built-in rules if none.", show_default=False
    ),
]


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


@app.command("test", short_help="Run the examples of rule files.")
def run_examples(path: PathsArgument = None) -> None:
    """Run the examples of rule files, each with the rules of its file and that file's families only.

    The exit status is 1 if one of them shows something else than it says.
    """
    with command():
        from ..errors import RuleError
        from ..examples import run

        rules, problems = _read(path)
        if problems:
            raise RuleError(problems)
        files = examples = failed = 0
        for report in run(rules):
            files += 1
            examples += report.examples
            failed += len({failure.place for failure in report.failures})
            for failure in report.failures:
                out(_failure(failure))
        summary = f"{_count(examples, 'example')} in {_count(files, 'file')}"
        out(f"{summary}: {failed} failed\n" if failed else f"{summary}: all passed\n")
        if failed:
            raise typer.Exit(1)


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
        places = _places((*files, *cleaner.rules.generic))
        for one in borne:
            place = relative(f"{one.mark.place.file}:{one.mark.place.line}")
            out(f"family {bold(one.family)} by its mark {shortened(one.mark.source, _RULE)}  {place}\n")
        for removal in removals:
            out(_explained(removal, places.get(removal.rule, [])))
        held = sum(removal.held_back for removal in removals)
        words = sum(removal.words for removal in removals if not removal.held_back)
        out(f"{_count(len(removals) - held, 'block')} removed ({_count(words, 'word')}), {held} held back\n")


@app.command(short_help="Write the rule format as JSON Schema.")
def schema() -> None:
    """Write the rule format as JSON Schema, for editors that check and complete YAML files."""
    with command():
        import json

        from ..rules.format import schema as made

        out(json.dumps(made(), indent=2, ensure_ascii=False) + "\n")


# --- reading -----------------------------------------------------------------------------------


def _read(paths: list[Path] | None) -> tuple[Rules, list[Problem]]:
    from ..rules.ruleset import Rules, builtin_folder

    return Rules.read(*(paths or [builtin_folder()]))


# --- writing -----------------------------------------------------------------------------------


def _failure(failure: ExampleFailure) -> str:
    """A failure, its place first, so that editors find it."""
    place = failure.place
    lines = [bold(relative(printable(f"{place.file}:{place.line}:{place.column}: {failure.message}")))]
    if failure.expected:
        lines[0] += f": {printable(' '.join(failure.expected.split()))}"
    blame = "taken by" if failure.wanted else "held back"
    lines += [f"    {blame}: {shortened(rule, _RULE)}" for rule in failure.rules]
    lines += [f"    {line}" for line in _difference(failure)]
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


def _places(files: Iterable[RuleFile]) -> dict[str, list[Place]]:
    """Where the rules of files stand, by id."""
    from ..examples import ids_of, removing

    places: dict[str, list[Place]] = {}
    for file in files:
        for rule in removing(file):
            for id_ in ids_of(rule):
                places.setdefault(id_, []).append(rule.place)
    return places


def _explained(removal: Removal, places: list[Place]) -> str:
    fate = f"held back: {removal.reason}" if removal.held_back else "removed"
    lines = [
        bold(printable(removal.path)),
        f"  {shortened(removal.rule, _RULE)} ({removal.category}, {_count(removal.words, 'word')}) {fate}",
        f"  {' or '.join(relative(f'{place.file}:{place.line}') for place in places)}",
        *(f"  | {printable(line)}" for line in removal.text.split("\n") if line),
    ]
    return "".join(f"{line}\n" for line in lines if line.strip()) + "\n"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
