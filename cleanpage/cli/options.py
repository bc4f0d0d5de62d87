"""Options that several commands share, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date as Date
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .sources import Kind, Page

if TYPE_CHECKING:
    from ..api import Cleaner
    from ..engine.marks import Bearing
    from ..result import Result


class Extractor(StrEnum):
    """What finds articles."""

    cleanpage = "cleanpage"
    trafilatura = "trafilatura"


MAX_BYTES = 64 * 1024 * 1024

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="The page's address, which chooses the publisher's rules. It holds for every source; "
        "a page that is fetched has its own.",
    ),
]
DateOption = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="The day the page was fetched, for rules that hold for a time. Without it every rule applies.",
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="The page's encoding, whatever it says of itself."),
]
InputOption = Annotated[
    Kind,
    typer.Option("--input", help="What the sources hold. auto: .txt and text/plain are text, all others HTML."),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", metavar="PATH", help="A rule file, or a folder of them, added to the built-in ones. Repeatable."
    ),
]
BuiltinOption = Annotated[bool, typer.Option("--no-builtin", help="Leave the built-in rules out.")]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar="NAME",
        help="Remove exactly these categories, instead of all but chrome (site furniture). "
        "Repeatable, or with commas; `all` stands for every one.",
    ),
]
ExtractorOption = Annotated[
    Extractor,
    typer.Option(
        "--extractor",
        help="What finds the article in what the rules have left. trafilatura: it needs cleanpage[trafilatura].",
    ),
]
MaxBytesOption = Annotated[
    int, typer.Option("--max-bytes", min=1, metavar="N", help="The most bytes a page may have, once decompressed.")
]


def make_cleaner(
    rules: Iterable[Path] | None,
    no_builtin: bool,
    category: list[str] | None,
    max_bytes: int,
    extractor: Extractor = Extractor.cleanpage,
) -> Cleaner:
    """A cleaner as the options say.

    Raises:
        RuleError: with every mistake in the rules.
        CleanpageError: a path has no rules, or the extractor is not installed.
    """
    from ..api import Cleaner
    from ..page import Limits
    from ..rules.ruleset import Rules

    chosen = categories(category)
    added = Rules.load(*(rules or ()))
    return Cleaner(
        added if no_builtin else Rules.builtin() + added, chosen, Limits(max_bytes=max_bytes), extractor.value
    )


def categories(names: list[str] | None) -> tuple[str, ...]:
    """The categories that `--category` asks for."""
    from ..rules.checks import nearest
    from ..rules.model import CATEGORIES, DEFAULT_CATEGORIES

    if not names:
        return DEFAULT_CATEGORIES
    asked = [part.strip() for name in names for part in name.split(",") if part.strip()]
    known = (*CATEGORIES, "all")
    for name in asked or [""]:
        if name not in known:
            raise typer.BadParameter(f"unknown category {name!r}: {nearest(name, known)}", param_hint="'--category'")
    return CATEGORIES if "all" in asked else tuple(asked)


class Circumstances:
    """What is known of the pages, besides the pages.

    Args:
        url: their address.
        date: when they were fetched.
        encoding: their encoding.

    Raises:
        typer.BadParameter: the address or the encoding cannot be.
    """

    def __init__(self, url: str | None, date: datetime | None, encoding: str | None) -> None:
        from ..rules.ruleset import host_of

        if url is not None and not host_of(url)[0]:
            raise typer.BadParameter(f"{url!r} names no site: write https://example.com/", param_hint="'--url'")
        if encoding is not None:
            _check_encoding(encoding)
        self.url = url
        self.date: Date | None = date.date() if date is not None else None
        self.encoding = encoding

    def clean(self, cleaner: Cleaner, page: Page) -> tuple[Result, str | None]:
        """Clean a page.

        Returns:
            The result, and the encoding the page was read with.

        Raises:
            PageError: it is no page.
        """
        return self._process(cleaner, cleaner.clean, page)

    def extract(self, cleaner: Cleaner, page: Page) -> tuple[Result, str | None]:
        """The same for the article alone. A text that was extracted before is cleaned."""
        return self._process(cleaner, cleaner.extract, page)

    def bearings(self, cleaner: Cleaner, page: Page) -> tuple[Bearing, ...]:
        """The families whose marks a page bears. A text that was extracted before bears none.

        Raises:
            PageError: it is no page.
        """
        if page.is_text:
            return ()
        return cleaner.bearings(page.data, self.encoding, content_type=page.content_type)

    def _process(self, cleaner: Cleaner, process: Callable[..., Result], page: Page) -> tuple[Result, str | None]:
        """Put a page through the cleaner.

        Returns:
            The result, and the encoding the page was read with.

        Raises:
            PageError: it is no page.
        """
        url = self.url or page.url
        if page.is_text:
            encoding, text = decode_text(page.data, self.encoding, page.content_type)
            return cleaner.clean_text(text, url, self.date), encoding
        result = process(page.data, url, self.date, self.encoding, content_type=page.content_type)
        return result, result.encoding


def decode_text(data: bytes, encoding: str | None, content_type: str | None) -> tuple[str, str]:
    """The encoding of a text without markup, and the text. Its line ends stay as they are.

    Raises:
        PageError: the bytes are no text.
    """
    from ..page import decode

    if encoding is None and content_type is None:
        try:  # a text that mentions a charset declares none
            return "utf-8", data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    name, recoded = decode(data, encoding, content_type)
    return name, recoded.decode("utf-8", "replace").removeprefix("\ufeff")


def _check_encoding(name: str) -> None:
    try:
        b"a".decode(name, "replace")  # refuses what is no encoding of text, too
    except (LookupError, ValueError):
        message = f"{name!r} is no encoding that Python knows: write one such as utf-8 or cp1252"
        raise typer.BadParameter(message, param_hint="'--encoding'") from None


RuleFilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH", help="Rule files, or folders of them; the built-in rules if none.", show_default=False
    ),
]
