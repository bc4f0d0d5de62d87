"""Pages whose truth is known: folders of them, as people who compare extractors publish them.

A data set is a folder with a list of truths, `gold.json` or `gold.json.gz`, and its pages, `<id>.html` or
`<id>.html.gz`, there or in its folder `pages`. The list holds a row for each page, by its id or with an `id` in it.
What a row states decides what is measured:

- `blocks` (each with `text` and `label`) and `body` (paragraphs): which nuisance is gone, and how much of the article;
- `main_content` (text) or `body` (paragraphs): the words of the article;
- `body` (text): runs of four words of it;
- only `with` and `without` (texts): what must be found and what must not.

A set without pages of its own takes those of the sets beside it that have the same ids.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import CleanpageError
from ..rules.data import read_data
from ..rules.ruleset import builtin_folder
from ..stored import evenly_spaced

_LISTS = ("gold.json", "gold.json.gz")
_PAGES = (".html", ".html.gz")
_LANGUAGE = re.compile(rb"""<html\b[^>]*?\slang\s*=\s*["']?\s*([a-zA-Z]{2,3})\b""", re.IGNORECASE)
_HEAD = 20_000  # bytes, among which the language is declared


@dataclass(frozen=True, slots=True)
class Case:
    """A page and the truth about it.

    Attributes:
        key: its id.
        path: the file that holds its bytes.
        url: its address, None if it is not known.
        truth: the row of the list.
    """

    key: str
    path: Path
    url: str | None
    truth: Mapping[str, Any] = field(repr=False)

    @property
    def publisher(self) -> str:
        """The registered domain; a page without an address is one of its own."""
        return registered_domain(self.url, self.key)

    def html(self) -> bytes:
        """The page's bytes.

        Raises:
            CleanpageError: the file cannot be read.
        """
        try:
            data = self.path.read_bytes()
            return gzip.decompress(data) if self.path.suffix == ".gz" else data
        except (OSError, EOFError, zlib.error) as error:
            raise CleanpageError(f"{self.path}: {getattr(error, 'strerror', None) or error}") from error


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pages of one list.

    Attributes:
        name: the folder's.
        cases: the pages, by id.
    """

    name: str
    cases: tuple[Case, ...]


def read_data_sets(folder: Path, names: Sequence[str] = (), most: int | None = None) -> list[DataSet]:
    """The data sets in a folder, or the one that it is.

    Args:
        folder: a data set, or a folder of data sets.
        names: which of them; all if none is named.
        most: of each no more pages than this, evenly spaced by id.

    Raises:
        CleanpageError: the folder holds no data set, or not one of these names, or a list cannot be read.
    """
    if not folder.is_dir():
        raise CleanpageError(f"there are no pages at {folder}: no such folder")
    home = folder.parent if _list_of(folder) else folder
    sets = [one for one in ([folder] if _list_of(folder) else sorted(home.iterdir())) if _list_of(one)]
    if not sets:
        raise CleanpageError(f"there is no data set in {folder}: no folder in it holds {' or '.join(_LISTS)}")
    known = [one.name for one in sets]
    for name in names:
        if name not in known:
            raise CleanpageError(f"there is no data set {name!r} in {folder}: it holds {', '.join(known)}")
    found = [_read_set(one, home, most) for one in sets if not names or one.name in names]
    return [one for one in found if one.cases]


def language(html: bytes) -> str:
    """The language that a page declares, as two or three letters; `?` if it declares none."""
    found = _LANGUAGE.search(html[:_HEAD])
    return found[1].decode("ascii").lower() if found else "?"


def registered_domain(url: str | None, key: str) -> str:
    """The domain that somebody has registered.

    >>> registered_domain("https://www.news.example.co.uk/a", "page 1")
    'example.co.uk'
    >>> registered_domain(None, "page 1")
    'page 1'
    """
    host = re.sub(r"^[a-z]+://", "", (url or "").lower()).split("/")[0].split(":")[0].rsplit("@")[-1]
    labels = host.split(".")
    if len(labels) < 2:
        return key
    size = 3 if len(labels) > 2 and labels[-2] in _second_level() else 2
    return ".".join(labels[-size:])


@cache
def _second_level() -> frozenset[str]:
    """The names before the last one that make a public suffix with it."""
    path = builtin_folder() / "authoring" / "sites.yaml"
    return read_data(
        path,
        lambda reader, root: frozenset(
            str(node.value) for _, names in reader.mapping(root, ("second_level",)) for node in reader.items(names)
        ),
    )


def _list_of(folder: Path) -> Path | None:
    return next((folder / name for name in _LISTS if (folder / name).is_file()), None)


def _read_set(folder: Path, home: Path, most: int | None) -> DataSet:
    rows = _rows(_list_of(folder) or folder)
    beside = [folder, *(one for one in sorted(home.iterdir()) if one != folder)]
    places = [folder, *(one / "pages" for one in beside if (one / "pages").is_dir())]
    cases = []
    for key in evenly_spaced(sorted(rows), most):
        paths = (place / f"{key}{suffix}" for place in places for suffix in _PAGES)
        path = next(filter(Path.is_file, paths), None)
        if path is None:
            raise CleanpageError(
                f"{folder}: there is no page for {key!r}: {key}.html or {key}.html.gz is expected, there or in pages/"
            )
        url = rows[key].get("url")
        cases.append(Case(key, path, str(url) if url else None, rows[key]))
    return DataSet(folder.name, tuple(cases))


def _rows(path: Path) -> dict[str, dict[str, Any]]:
    try:
        data = path.read_bytes()
        rows = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        by_key = rows if isinstance(rows, dict) else {row["id"]: row for row in rows}
        # Lists of something else that lie beside data sets are none.
        return {str(key): row for key, row in by_key.items() if isinstance(row, dict) and is_truth(row)}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CleanpageError(f"{path} is no list of truths: {error!r}; rows with `id` are expected") from error


def is_truth(row: Mapping[str, Any]) -> bool:
    """Whether a row states something that can be measured."""
    return any(name in row for name in ("blocks", "main_content", "body")) or {"with", "without"} <= row.keys()
