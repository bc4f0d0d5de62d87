"""Where pages come from: files of every kind, folders of them, lists of addresses, standard input.

Everything streams: what is held does not depend on how much there is, but for the names in one folder. An entry knows
where to go on after it, across all sources, so that a run that was stopped begins there.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any, cast

from ..errors import CleanpageError
from .document import Broken, DocumentError, Entry, Place
from .files import PageFile, is_page_file, is_text_file
from .kind import Kind
from .lines import Fields, lines, looks_like_json
from .packed import DamagedError, PackedFile
from .parquet import rows
from .warc import archived_pages, looks_like_warc
from .web import Manners, fetched

_WEB = re.compile(r"https?://", re.I)
_PACKED = (".gz", ".zst", ".zstd")
_PARQUET_MAGIC = b"PAR1"
# How much of a file tells it from another, and how much of it tells its kind.
_HEAD, _SNIFF = 1 << 16, 1 << 10
_LONGEST_URL = 1 << 16
_SUFFIXES = {
    ".warc": Kind.warc,
    ".wet": Kind.warc,
    ".jsonl": Kind.jsonl,
    ".ndjson": Kind.jsonl,
    ".parquet": Kind.parquet,
    ".urls": Kind.urls,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read.

    Attributes:
        kind: what they hold; `auto` goes by the name of a file, or by its first bytes.
        fields: how the fields of JSON and the columns of Parquet are called.
        max_bytes: the most a page may have.
        manners: how pages are fetched.
    """

    kind: Kind = Kind.auto
    fields: Fields = field(default_factory=Fields)
    max_bytes: int = 8 << 20
    manners: Manners = field(default_factory=Manners)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file among all sources, or an address that is one; or what is left of it.

    Attributes:
        number: which of the sources it is, or which one it is in.
        path: its name; empty for addresses that are sources themselves.
        base: the bytes of the files before it.
        is_begun: whether some of it has been read.
        mark: what told the file from another when reading it began.
        inner: where to go on in it; None at its end.
    """

    number: int
    path: str
    base: int
    is_begun: bool = False
    mark: Any = None
    inner: Any = None


class Sources:
    """All pages of some sources, in an order that is always the same.

    Args:
        names: files, folders, patterns such as `crawl-*.warc.gz`, http(s) addresses, or `-` for standard input.
        reading: how to read them.
    """

    def __init__(self, names: Iterable[str], reading: Reading) -> None:
        self.names = list(dict.fromkeys(names))
        self.reading = reading
        self._owners = _owners(self.names)

    def entries(self, resume: Any = None) -> Iterator[Entry | None]:
        """The pages that have not been read, broken ones among them. A None says that none is there yet.

        Args:
            resume: where to go on, as an entry says it.

        Raises:
            CleanpageError: a source is not what it was when reading began.
        """
        for piece in self.pieces(resume):
            if not piece.path:
                yield from self._addresses(piece.number)
            elif piece.is_begun:
                yield from self._rest(piece)
            else:
                yield from self._file(piece)

    def pieces(self, resume: Any = None) -> Iterator[Piece]:
        """The files that have not been read to their end, and the addresses that have not been fetched, in order."""
        first, path, base, mark, inner = resume or (0, "", 0, None, None)
        for number, name in enumerate(self.names[first:], first):
            if _WEB.match(name):
                if number > first or resume is None:
                    yield Piece(number, "", base)
                continue
            after = path if number == first and resume else ""
            for file in self.files(number, after):
                if file == after and resume:
                    yield Piece(number, file, base, True, mark, inner)
                else:
                    yield Piece(number, file, base)
                base += self.size(file)

    def total_bytes(self) -> int:
        """How many bytes there are to read, as far as files tell it."""
        pages = (number for number, name in enumerate(self.names) if not _WEB.match(name))
        return sum(self.size(file) for number in pages for file in self.files(number, ""))

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 if that cannot be told."""
        return _size(path)

    # --- names ---------------------------------------------------------------------------------

    def files(self, number: int, after: str) -> Iterator[str]:
        """The files that a source stands for, from `after` on. What is named twice counts where it is named first."""
        name = self.names[number]
        if name == "-":
            yield name
            return
        for match in _matches(name):
            if self._owners.get(os.path.abspath(match)) != number:
                continue
            is_here = match == after or after.startswith(os.path.join(match, ""))
            if after and not is_here and match < after:
                continue
            if os.path.isdir(match):
                yield from self._in_folder(match, after if is_here else "")
            else:
                yield match

    def _in_folder(self, folder: str, after: str) -> Iterator[str]:
        is_empty = True
        for file in self._walk(folder, os.path.relpath(after, folder).split(os.sep) if after else []):
            is_empty = False
            yield file
        if is_empty and not after:
            yield folder  # which says, when it is read, what is wrong with it

    def _walk(self, folder: str, after: list[str]) -> Iterator[str]:
        """The files of a folder and those below it that can be read, by their names, from one on."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(
                    (entry.name, entry.is_dir(follow_symlinks=False))
                    for entry in found
                    if entry.is_dir(follow_symlinks=False) or self._is_wanted(entry.name)
                )
        except OSError:
            yield folder
            return
        for name, is_folder in entries:
            if after and name < after[0]:
                continue
            path = os.path.join(folder, name)
            if is_folder:
                yield from self._walk(path, after[1:] if after and name == after[0] else [])
            else:
                yield path

    def _is_wanted(self, name: str) -> bool:
        return is_page_file(name) or _by_name(name) is not None

    # --- files ---------------------------------------------------------------------------------

    def _rest(self, place: Piece) -> Iterator[Entry | None]:
        """What is left of a file of which some has been read."""
        if place.inner is None:
            return
        if place.path != "-" and not _is_same(place.mark, place.path):
            raise CleanpageError(
                f"{place.path} is not the file that was read when this run began: put it back, or begin anew "
                "with --restart"
            )
        yield from self._file(place, place.inner)

    def _file(self, place: Piece, inner: Any = None) -> Iterator[Entry | None]:
        """The pages of a file."""
        path = place.path
        try:
            if path == "-":
                if sys.stdin is None:
                    raise DocumentError("file", "standard input is closed")
                yield from self._wrapped(place, None, self._read(sys.stdin.buffer, self._kind_of_stdin(), place, inner))
                return
            if os.path.isdir(path):
                raise DocumentError("file", "the folder cannot be read, or holds no page")
            kind = self.kind(path)
            if kind in (Kind.html, Kind.text):
                size = _size(path)
                at = Place(path, path, [place.number, path, place.base, None, None], place.base + size)
                yield PageFile(*at, path, kind is Kind.text)
                return
            with open(path, "rb") as file:
                yield from self._wrapped(place, _mark(path), self._read(file, kind, place, inner))
        except DocumentError as error:
            yield _broken(place, error.kind, error.message)
        except OSError as error:
            yield _broken(place, "file", f"it cannot be read: {error.strerror or error}")

    def _read(self, file: IO[bytes], kind: Kind, place: Piece, inner: Any) -> Iterator[Entry | None]:
        reading, path = self.reading, place.path
        match kind:
            case Kind.warc:
                return archived_pages(file, path, reading.max_bytes, inner)
            case Kind.jsonl:
                return lines(file, path, reading.max_bytes, reading.fields, inner)
            case Kind.parquet:
                return rows(path, reading.fields, inner)
            case Kind.urls:
                return fetched(_listed(file, path, inner), reading.max_bytes, reading.manners)
            case _:
                raise DocumentError("file", f"a {kind} page cannot be read from here: give its file")

    def _wrapped(self, place: Piece, mark: Any, entries: Iterator[Entry | None]) -> Iterator[Entry | None]:
        """Entries of a file as entries of all sources."""
        for entry in entries:
            if entry is None:
                yield None
                continue
            resume = [place.number, place.path, place.base, mark, entry.resume]
            yield replace(entry, resume=resume, done=place.base + entry.done)

    def _addresses(self, number: int) -> Iterator[Entry | None]:
        """An address that is a source itself."""
        url = self.names[number]
        place = Place(url, url, [number, "", 0, None, None], 0)
        yield from fetched(iter([(place, url)]), self.reading.max_bytes, self.reading.manners)

    # --- kinds ---------------------------------------------------------------------------------

    def kind(self, path: str) -> Kind:
        """What a file holds."""
        if self.reading.kind is not Kind.auto:
            return self.reading.kind
        known = _by_name(path)
        if known is not None:
            return known
        if is_page_file(path):
            return Kind.text if is_text_file(path) else Kind.html
        with open(path, "rb") as file:
            return _by_content(file)

    def _kind_of_stdin(self) -> Kind:
        if self.reading.kind is not Kind.auto:
            return self.reading.kind
        assert sys.stdin is not None
        start = cast(io.BufferedReader, sys.stdin.buffer).peek(_HEAD)
        kind = _by_content(io.BytesIO(start))
        if kind in (Kind.html, Kind.parquet):
            raise DocumentError("file", "standard input is neither JSON Lines nor an archive; --input says what it is")
        return kind


def _matches(name: str) -> list[str]:
    """The files and folders that a name or a pattern stands for."""
    if os.path.lexists(name) or not glob.has_magic(name):
        return [name]
    return sorted(glob.glob(name, recursive=True)) or [name]


def _owners(names: list[str]) -> dict[str, int]:
    """For each file and folder that is named, the source that names it first; not for what is in a folder that is
    named, too."""
    owners: dict[str, int] = {}
    folders = set()
    for number, name in enumerate(names):
        if name == "-" or _WEB.match(name):
            continue
        for match in _matches(name):
            whole = os.path.abspath(match)
            owners.setdefault(whole, number)
            if os.path.isdir(match):
                folders.add(whole)
    return {whole: number for whole, number in owners.items() if folders.isdisjoint(_above(whole))}


def _above(path: str) -> Iterator[str]:
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        yield path


def _by_name(name: str) -> Kind | None:
    bare = name.lower()
    for suffix in _PACKED:
        bare = bare.removesuffix(suffix)
    return _SUFFIXES.get(os.path.splitext(bare)[1])


def _by_content(file: IO[bytes]) -> Kind:
    """What a file holds, by its first bytes."""
    data = b""
    try:
        part = next(PackedFile(file, bool).parts(), None)
        data = part.read(_SNIFF) if part is not None else b""
    except DamagedError:
        pass
    if looks_like_warc(data):
        return Kind.warc
    if data.startswith(_PARQUET_MAGIC):
        return Kind.parquet
    if looks_like_json(data):
        return Kind.jsonl
    if _WEB.match(data[: len("https://")].decode("latin-1")):
        return Kind.urls
    return Kind.html


def _listed(file: IO[bytes], name: str, resume: Any) -> Iterator[tuple[Place, str]]:
    """The addresses of a list, one a line; empty lines and those that begin with `#` are passed over."""
    done = 0
    for number, line in enumerate(iter(lambda: file.readline(_LONGEST_URL), b""), 1):
        done += len(line)
        url = line.decode("utf-8", "replace").strip()
        if number > (resume or 0) and url and not url.startswith("#"):
            yield Place(f"{name}#{number}", name, number, done), url


def _broken(place: Piece, kind: str, message: str) -> Broken:
    resume = [place.number, place.path, place.base, None, None]
    return Broken(place.path, place.path, resume, place.base, kind, message)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path) if path != "-" else 0
    except OSError:
        return 0


def _mark(path: str) -> list[Any]:
    """What tells a file from another: its size and its beginning."""
    with open(path, "rb") as file:
        return [os.path.getsize(path), hashlib.blake2b(file.read(_HEAD), digest_size=12).hexdigest()]


def _is_same(known: Any, path: str) -> bool:
    """Whether a file is the one that was marked, or has only grown."""
    try:
        now = _mark(path)
    except OSError:
        return False
    return now == known or bool(now[0] > known[0] >= _HEAD and now[1] == known[1])
