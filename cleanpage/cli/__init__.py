"""The command `cleanpage`: one module a command group, over the library's public interface.

Nothing here or in the modules of the groups imports the engine before a command runs, so that help comes at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from .. import __version__
from .batch import batch as batch_command
from .bench import app as bench_app
from .clean import clean as clean_command
from .clean import extract as extract_command
from .quality import quality as quality_command
from .report import report as report_command
from .rules import app as rules_app
from .speed import speed as speed_command
from .stability import stability as stability_command

# Plain help: rich would cost more time than all of the rest.
app = typer.Typer(
    name="cleanpage",
    help="Removes nuisance blocks from web pages, and says why.\n\nTo begin with: cleanpage extract page.html --why",
    epilog="Exit status: 0 all went well, 1 some pages failed (each is named), 2 wrong usage or rules.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("clean", no_args_is_help=False)(clean_command)
app.command("extract", no_args_is_help=False)(extract_command)
app.command("batch", no_args_is_help=True, short_help="Write a record for every page of archives, folders and lists.")(
    batch_command
)
app.add_typer(rules_app, name="rules")
bench_app.command("quality", short_help="Measure how good texts are, cleanpage's and others'.")(quality_command)
bench_app.command("speed", short_help="Measure how fast systems are, cleanpage and others.")(speed_command)
bench_app.command("report", short_help="Measure both, and draw it: one HTML file.")(report_command)
bench_app.command("stability", short_help="Check that the same pages still give the same texts.")(stability_command)
app.add_typer(bench_app, name="bench")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cleanpage {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command with the arguments of this process, and exit with its status."""
    app(prog_name="cleanpage")
