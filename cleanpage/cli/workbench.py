"""`cleanpage rules workbench`: a local web page to see what rules do, and to write them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .console import command, count, note, out, relative

if TYPE_CHECKING:
    from ..workbench.server import Server


def workbench(
    pages: Annotated[list[Path], typer.Argument(metavar="PAGES", help="Stored pages: files, or folders of them.")],
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            "--rules",
            metavar="PATH",
            help="A rule file, or a folder of them, to work on: added to the built-in ones, and what rules are saved "
            "in. Nothing else is written. Repeatable.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Where to listen; 0 for any port that is free.")
    ] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser; the address is written.")] = False,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="DOMAIN", help="The site of pages that do not say it.", show_default=False),
    ] = None,
    no_builtin: options.BuiltinOption = False,
    category: options.CategoryOption = None,
) -> None:
    """See what the rules do to stored pages, and write the ones that are missing, in a browser.

    The page as it was stored stands on the left, what was removed coloured by category, what was held back hatched.
    Pick a block to see its rule, or the selectors that could find it, with what each takes on this page and on the
    other pages of the site. Saved rules go to the site's file, with an example, and change no other line of it.

    It is served on 127.0.0.1 only, under an address that nobody else knows. Nothing of a stored page is run, and
    nothing is fetched. Ctrl-C ends it.
    """
    with command():
        server = _server(pages, rules or [], port, no_builtin, domain, category)
        out(f"{server.address}\n")
        note(f"{count(len(server.session.pages), 'page')} open; Ctrl-C ends")
        if not no_open:
            import webbrowser

            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            raise typer.Exit(0) from None
        finally:
            server.server_close()


def _server(
    paths: list[Path],
    rules: list[Path],
    port: int,
    no_builtin: bool,
    domain: str | None,
    category: list[str] | None,
) -> Server:
    from ..rules.reader import is_domain
    from ..stored import read_page_files
    from ..workbench.server import Server
    from ..workbench.session import Session

    if domain is not None and not is_domain(domain):
        raise typer.BadParameter(f"{domain!r} is no domain: write example.com", param_hint="'--domain'")
    pages, problems = read_page_files(paths)
    for problem in problems:
        note(f"cleanpage: {relative(problem)}")
    chosen = options.categories(category)
    session = Session(pages, rules, builtin=not no_builtin, domain=domain, categories=chosen)
    try:
        return Server(session, port)
    except OSError as error:
        raise typer.BadParameter(f"{port} cannot be listened on: {error.strerror}", param_hint="'--port'") from error
