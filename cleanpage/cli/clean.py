"""`cleanpage clean`: pages, minus nuisance. `cleanpage extract`: the article alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from . import options, sources
from .console import command, note, out, printable, shortened, stderr_console

if TYPE_CHECKING:
    from rich.table import Table

    from ..api import Cleaner
    from ..result import Removal, Result

# How much of a rule's id and of a removed text a table shows, in characters.
_RULE, _TEXT = 100, 80


class Format(StrEnum):
    """What a cleaned page is written as."""

    text = "text"
    markdown = "markdown"
    html = "html"
    json = "json"


SourceArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE",
        help="Files, folders, http(s) addresses, or - for standard input, which is also read if none is given. "
        "A folder stands for its .html, .htm, .xhtml and .txt files, also with .gz, and those below it.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="How to write it. markdown: CommonMark with pipe tables. "
        "json: one object a line, with the page's metadata, what the publisher let us see (access: full, teaser, wall "
        "or unknown, with evidence), and what was removed.",
    ),
]
WhyOption = Annotated[bool, typer.Option("--why", help="Say on stderr what was removed, and by which rule.")]
# How one page is processed: what is known of it, the cleaner, the page.
Process = Callable[[options.Circumstances, "Cleaner", sources.Page], "tuple[Result, str | None]"]


def clean(
    source: SourceArgument = None,
    format: FormatOption = Format.text,
    url: options.UrlOption = None,
    date: options.DateOption = None,
    encoding: options.EncodingOption = None,
    input: options.InputOption = sources.Kind.auto,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
    category: options.CategoryOption = None,
    max_bytes: options.MaxBytesOption = options.MAX_BYTES,
    why: WhyOption = False,
) -> None:
    """Write pages to stdout, minus nuisance blocks.

    A text that was extracted before (.txt, or --input text) keeps every line that stays as it was. Several pages are
    separated by an empty line.
    """
    with command():
        names = source or _standard_input()
        given = options.Circumstances(url, date, encoding)
        cleaner = options.make_cleaner(rules, no_builtin, category, max_bytes)
        _write_all(options.Circumstances.clean, given, cleaner, sources.expand(names), input, format, why)


def extract(
    source: SourceArgument = None,
    format: FormatOption = Format.text,
    url: options.UrlOption = None,
    date: options.DateOption = None,
    encoding: options.EncodingOption = None,
    input: options.InputOption = sources.Kind.auto,
    rules: options.RulesOption = None,
    no_builtin: options.BuiltinOption = False,
    category: options.CategoryOption = None,
    extractor: options.ExtractorOption = options.Extractor.cleanpage,
    max_bytes: options.MaxBytesOption = options.MAX_BYTES,
    why: WhyOption = False,
) -> None:
    """Write the article of each page to stdout, without its title.

    The rules go first, those for site furniture included. A text that was extracted before (.txt, or --input text) is
    cleaned line by line. Several pages are separated by an empty line.
    """
    with command():
        names = source or _standard_input()
        given = options.Circumstances(url, date, encoding)
        cleaner = options.make_cleaner(rules, no_builtin, category, max_bytes, extractor)
        _write_all(options.Circumstances.extract, given, cleaner, sources.expand(names), input, format, why)


def _write_all(
    process: Process,
    given: options.Circumstances,
    cleaner: Cleaner,
    names: Iterable[sources.Source],
    kind: sources.Kind,
    format: Format,
    why: bool,
) -> None:
    """Process pages one by one and write them; exit with 1 if some failed."""
    from ..errors import PageError

    separator, failed = "", False
    for one in names:
        try:
            page = sources.read(one, kind, cleaner.limits.max_bytes)
            result, used = process(given, cleaner, page)
            written = _render(result, format, one.name, given.url or page.url, used)
        except (sources.SourceError, PageError) as error:
            note(f"cleanpage: {one.label}: {error}")
            failed = True
            continue
        if written:
            out(separator + written, errors="backslashreplace" if format is Format.json else "replace")
            separator = "" if format is Format.json else "\n"
        if why:
            _explain(one.label, result)
            if not (given.url or page.url):
                _explain_site(one.label, result, cleaner)
    if failed:
        raise typer.Exit(1)


def _standard_input() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise typer.BadParameter(
            "nothing to clean: name a file, a folder or an address, or pipe a page in", param_hint="'[SOURCE]...'"
        )
    return ["-"]


def _render(result: Result, format: Format, source: str, url: str | None, encoding: str | None) -> str:
    """A cleaned page, as it is written. Nothing is left of a page only if it is empty."""
    match format:
        case Format.text:
            return _with_line_end(result.text)
        case Format.markdown:
            return _with_line_end(result.markdown)
        case Format.html:
            return _with_line_end(result.html)
        case Format.json:
            return _record(result, source, url, encoding)


def _with_line_end(text: str) -> str:
    """A text with one line end behind it, its own if it has one."""
    bare = text.rstrip("\r\n")
    if not bare:
        return ""
    return bare + ("\r\n" if text[len(bare) :].startswith("\r\n") else "\n")


def _record(result: Result, source: str, url: str | None, encoding: str | None) -> str:
    import json
    from dataclasses import asdict

    from ..outline import count_words

    record: dict[str, object] = {
        "source": source,
        "url": url,
        "encoding": encoding,
        **_metadata(result),
        "text": result.text,
        "words": count_words(result.text),
        "access": {"status": result.access.status, "evidence": list(result.access.evidence)},
        "removed": [asdict(removal) for removal in result.removed],
    }
    if result.evidence:
        record["evidence"] = list(result.evidence)
    return json.dumps(record, ensure_ascii=False) + "\n"


def _metadata(result: Result) -> dict[str, object]:
    """What the page says of its article, as a record holds it: dates by ISO 8601, None for what is not known."""
    found = result.metadata
    return {
        "title": found.title or None,
        "authors": list(found.authors),
        "published": found.published and found.published.isoformat(),
        "modified": found.modified and found.modified.isoformat(),
        "language": found.language or None,
        "site": found.site or None,
        "canonical_url": found.url or None,
        "description": found.description or None,
        "image": found.image or None,
    }


# --- why ---------------------------------------------------------------------------------------


def _explain(label: str, result: Result) -> None:
    """Write tables of what was removed from a page, and of what was held back, to stderr."""
    removed = [removal for removal in result.removed if not removal.held_back]
    held = [removal for removal in result.removed if removal.held_back]
    console = stderr_console()
    words = sum(removal.words for removal in removed)
    blocks = "1 block" if len(removed) == 1 else f"{len(removed)} blocks"
    heading = f"{blocks} removed ({words:,} words)" if removed else "nothing removed"
    if result.evidence:
        heading += f"; article found by {'; '.join(result.evidence)}"
    console.print(f"{printable(label)}: {heading}", markup=False, style="bold", soft_wrap=True)
    if removed:
        console.print(_table(removed))
    if held:
        console.print("held back, because it looks like the article itself:", style="bold")
        console.print(_table(held, reasons=True))


def _explain_site(label: str, result: Result, cleaner: Cleaner) -> None:
    """Say that rules for the site of a page did not count, if there are any, because nobody said where it is from."""
    from ..rules.ruleset import host_of

    host = host_of(result.metadata.url)[0]
    if host and cleaner.rules.for_host(host):
        said = f"without an address the rules of no site count; the page says it is of {host}: --url {host}"
        stderr_console().print(f"{printable(label)}: {printable(said)}", markup=False, soft_wrap=True)


def _table(removals: list[Removal], *, reasons: bool = False) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("category", no_wrap=True, style="cyan")
    table.add_column("rule", overflow="fold", ratio=2)
    table.add_column("words", justify="right", no_wrap=True)
    table.add_column("text", overflow="fold", ratio=3)
    if reasons:
        table.add_column("why it stayed", overflow="fold", ratio=2)
    for removal in removals:
        cells = [removal.category, shortened(removal.rule, _RULE), str(removal.words), shortened(removal.text, _TEXT)]
        if reasons:
            cells.append(removal.reason)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table
