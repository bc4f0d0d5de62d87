"""Pages to measure on: a folder of them, with their addresses where a list beside them tells."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from .api import Cleaner
from .errors import CleanpageError, PageError
from .rules.ruleset import Rules

T = TypeVar("T")

SUFFIXES = (".html", ".html.gz", ".htm")
# Lists of pages: rows with `id` (the name of the page's file) and `url`, or those rows by id.
_LISTS = ("gold.json", "gold.json.gz")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to measure on.

    Attributes:
        name: its file's name.
        html: its bytes.
        url: its address, None if it is not known.
    """

    name: str
    html: bytes
    url: str | None = None


def read_pages(folder: Path, most: int | None = None) -> tuple[list[Page], list[str]]:
    """The pages in a folder and below it, in the order of their paths.

    Args:
        folder: where they are; lists of their addresses stand in it or beside it.
        most: no more pages than this, evenly spaced; None for all.

    Returns:
        The pages, and for each file that is none why it is left out.

    Raises:
        CleanpageError: there is no such folder, or no page in it that can be read.
    """
    if not folder.is_dir():
        raise CleanpageError(f"there are no pages at {folder}: no such folder")
    paths = _below(folder)
    if not paths:
        raise CleanpageError(f"there are no pages in {folder}: the folder holds no {', '.join(SUFFIXES)} file")
    return _read_all(evenly_spaced(paths, most), _addresses(folder), str(folder))


def read_page_files(paths: Sequence[Path]) -> tuple[list[Page], list[str]]:
    """The pages in files, and in folders and below them.

    Args:
        paths: where they are; lists of their addresses stand beside them, or beside their folder.

    Returns:
        The pages, and for each file that is none why it is left out.

    Raises:
        CleanpageError: there is no such file or folder, or no page that can be read.
    """
    files: list[Path] = []
    urls: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            raise CleanpageError(f"there is no page at {path}: no such file or folder")
        files += _below(path) if path.is_dir() else [path]
        urls |= _addresses(path if path.is_dir() else path.parent)
    where = ", ".join(map(str, paths))
    if not files:
        raise CleanpageError(f"there are no pages in {where}: no {', '.join(SUFFIXES)} file")
    return _read_all(files, urls, where)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES))


def _read_all(paths: Sequence[Path], urls: dict[str, str], where: str) -> tuple[list[Page], list[str]]:
    pages, problems = [], []
    for path in paths:
        try:
            page = Page(path.name, _read(path), urls.get(path.name.split(".htm")[0]))
            _check(page)
        except (OSError, EOFError, zlib.error, PageError) as error:
            problems.append(f"{path}: {getattr(error, 'strerror', None) or error}")
        else:
            pages.append(page)
    if not pages:
        raise CleanpageError("\n".join([f"none of the pages in {where} can be read:", *problems]))
    return pages, problems


def evenly_spaced(items: Sequence[T], most: int | None) -> list[T]:
    """At most so many of the items, in their order and evenly spaced over all of them."""
    if most is None or most >= len(items):
        return list(items)
    return [items[place * len(items) // most] for place in range(most)]


def _check(page: Page) -> None:
    """Raise `PageError` if it is no page, or one beyond the limits."""
    _ = Cleaner(Rules()).clean(page.html).text


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _addresses(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (beside / name for beside in (folder.parent, folder) for name in _LISTS):
        if path.is_file():
            try:
                found.update(_urls(json.loads(_read(path))))
            except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
                raise CleanpageError(
                    f"{path} is no list of pages: {error!r}; rows with `id` and `url` are expected"
                ) from error
    return found


def _urls(rows: Any) -> dict[str, str]:
    if isinstance(rows, dict):
        return {str(name): str(row["url"]) for name, row in rows.items() if row.get("url")}
    return {str(row["id"]): str(row["url"]) for row in rows if row.get("url")}
