"""`cleanpage rules suggest` and `rules new`: rule files that begin with what a site's pages have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from . import options
from .console import command, note, out, relative

if TYPE_CHECKING:
    from ..api import Cleaner
    from ..stored import Page

DomainOption = Annotated[
    str | None,
    typer.Option("--domain", metavar="DOMAIN", help="The site, if the pages do not say it.", show_default=False),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="The file to write; stdout if not given. It must not exist."),
]


def suggest(
    pages: Annotated[list[Path], typer.Argument(metavar="PAGES", help="Pages of one site: files, or folders of them.")],
    domain: DomainOption = None,
    into: OutOption = None,
    least: Annotated[
        int | None,
        typer.Option("--least", min=1, metavar="N", help="On how many pages a rule must take something, 2 or more."),
    ] = None,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
) -> None:
    """Propose rules for a site from some of its pages.

    What repeats across the pages, is not the article, and is not taken by the rules there are, is proposed as a rule
    file: short selectors without positions and machine-made names, and lines that are the same on several pages. No
    proposal takes anything of any article in the pages. A comment says how often each finds something, and what. What
    does not say what it is stands under `chrome`, which is removed only on demand: give it its category.
    """
    with command():
        read = _read(pages)
        cleaner = options.make_cleaner(rules, no_builtin, None, options.MAX_BYTES)
        _write(into, _suggested(read, domain or _domain_of(read), cleaner, least))


def new(
    sources: Annotated[
        list[str], typer.Argument(metavar="DOMAIN|PAGE...", help="A domain, or stored pages of one site.")
    ],
    domain: DomainOption = None,
    into: OutOption = None,
) -> None:
    """Start a rule file for a site: its family, if that is known, and with pages the rules that `suggest` proposes."""
    with command():
        cleaner = options.make_cleaner(None, False, None, options.MAX_BYTES)
        paths = [Path(source) for source in sources]
        if any(path.exists() for path in paths):
            read = _read(paths)
            _write(into, _suggested(read, domain or _domain_of(read), cleaner, None))
            return
        if len(sources) > 1:
            raise typer.BadParameter(
                f"there is no {sources[0]}: name one domain, or pages that exist (and theirs with --domain)"
            )
        host = urlsplit(sources[0] if "//" in sources[0] else f"//{sources[0]}").hostname or ""
        if "." not in host:
            raise typer.BadParameter(f"{sources[0]!r} is neither a domain nor a page: example.com, page.html")
        from ..authoring.write import rule_file

        _write(into, rule_file(host.removeprefix("www."), [], 0, _family(cleaner, host)))


def _read(paths: list[Path]) -> list[Page]:
    from ..stored import read_page_files

    found, problems = read_page_files(paths)
    for problem in problems:
        note(f"cleanpage: {relative(problem)}")
    return found


def _domain_of(pages: list[Page]) -> str:
    """The site that the pages say they are of."""
    from ..authoring.site import hosts_of

    hosts = hosts_of(pages)
    if not hosts:
        raise typer.BadParameter("the pages do not say of which site they are; name it", param_hint="'--domain'")
    if len(hosts) > 1:
        note(
            f"cleanpage: some pages say they are of {', '.join(hosts[1:])}; --domain names another site than {hosts[0]}"
        )
    return hosts[0]


def _suggested(pages: list[Page], domain: str, cleaner: Cleaner, least: int | None) -> str:
    from ..authoring.site import publisher_of, read_site
    from ..authoring.suggest import suggest as make
    from ..authoring.write import rule_file
    from ..stored import Page

    at_home = [Page(page.name, page.html, page.url or f"https://{domain}/") for page in pages]
    suggestions = make(read_site(at_home, cleaner), least)
    return rule_file(domain, suggestions, len(pages), _family(cleaner, domain), publisher_of(at_home))


def _family(cleaner: Cleaner, host: str) -> str:
    files = cleaner.rules.for_host(host)
    return next((Path(file.name).stem for file in files if file.kind == "family"), "")


def _write(path: Path | None, text: str) -> None:
    if path is None:
        out(text)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise typer.BadParameter(f"{path} exists already; choose another name", param_hint="'--out'") from None
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="'--out'") from error
    note(f"{path}: written; `cleanpage rules lint {path}` checks it")
