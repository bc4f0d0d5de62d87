"""Web archives: WARC and WET, packed or not.

Where records begin and end is decided here, because crawls contain broken ones: damaged members, lengths that are not
true, files that were cut. What is in a record (HTTP headers, chunks, packed bodies) is fastwarc's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from typing import IO, Any

from .body import Coded, bare, is_plain_text
from .document import Broken, Document, DocumentError, Entry, Place
from .packed import DamagedError, PackedFile, Part

# The most bytes that a record's or a response's headers may have.
_MAX_HEAD = 1 << 16
_READ = 1 << 16
_BEGIN = re.compile(rb"WARC/[01]\.\d+\r?\n")
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n\Z")
_SPACE = re.compile(rb"\s+")
_LONGEST_BOUNDARY = 16
_HEAD_END = re.compile(rb"\r?\n\r?\n")
# Records that hold a page. The others are about the crawl, or point to one of these.
_PAGES = (b"response", b"resource", b"conversion")


def looks_like_warc(data: bytes | bytearray) -> bool:
    """Whether bytes are the beginning of a record."""
    return data.startswith(b"WARC/")


@dataclass(frozen=True, slots=True)
class ArchivedPage(Entry):
    """A record of an archive.

    Attributes:
        head: the record's own headers.
        block: what follows them: HTTP headers and body, or the body alone.
    """

    head: bytes
    block: bytes

    @property
    def url(self) -> str | None:
        return _header(self.head, b"WARC-Target-URI").strip("<>") or None

    @property
    def size(self) -> int:
        return len(self.block)

    def read(self, max_bytes: int) -> Document:
        content_type: str | None = _header(self.head, b"Content-Type") or None
        body = self.block
        if content_type is not None and bare(content_type) == "application/http":
            content_type, body = self._response(max_bytes)
        is_text = is_plain_text(content_type, self.url)
        when = _header(self.head, b"WARC-Date")[:10]
        return Document(
            self.id,
            self.source,
            body,
            self.url,
            is_text,
            content_type,
            _date(when),
            _header(self.head, b"WARC-Truncated"),
        )

    def _response(self, max_bytes: int) -> tuple[str | None, bytes]:
        """The type and the body of an HTTP response.

        Raises:
            DocumentError: it is no page, or it cannot be unpacked.
        """
        from fastwarc import WarcRecord, WarcRecordType

        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.is_http = True
        record.set_bytes_content(self.block)
        try:
            record.parse_http(quirks_mode=True, max_header_len=_MAX_HEAD)
        except OSError as error:
            raise DocumentError("damaged", f"the HTTP headers cannot be read: {error}", self.url) from None
        headers = record.http_headers
        status = headers.status_code
        if status is None:
            raise DocumentError("damaged", "the record holds no HTTP response", self.url)
        if not 200 <= status < 300:
            raise DocumentError("status", f"the server answered {headers.status_line}"[:200], self.url)
        content_type = headers.get("Content-Type")
        is_plain_text(content_type, self.url)  # what is no page need not be unpacked
        coded = Coded(record.reader.read(), self.url, bool(_header(self.head, b"WARC-Truncated")))
        body = coded.unpacked(headers.get("Transfer-Encoding"), headers.get("Content-Encoding"), max_bytes)
        return content_type, body


def _header(head: bytes, name: bytes) -> str:
    """The value of a record's header; empty if it has none."""
    found = re.search(rb"^" + re.escape(name) + rb":[ \t]*([^\r\n]*)", head, re.I | re.M)
    return found[1].decode("utf-8", "replace").strip() if found else ""


def _date(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text)
    except ValueError:
        return None


# --- records -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """A record, or what is wrong with it.

    Attributes:
        at: where it begins in its part.
        head: its headers.
        block: what follows them.
        kind, problem: what is wrong, if anything is.
        is_last: whether nothing more can be read of the part.
    """

    at: int
    head: bytes = b""
    block: bytes = b""
    kind: str = ""
    problem: str = ""
    is_last: bool = False

    def is_page(self) -> bool:
        # Where not even the headers can be read, it may have been one.
        return not self.head or _header(self.head, b"WARC-Type").lower().encode() in _PAGES


def archived_pages(file: IO[bytes], name: str, max_bytes: int, resume: Any = None) -> Iterator[Entry]:
    """The pages of an archive: responses, resources and conversions, each exactly once, broken ones among them.

    Args:
        file: the archive, at its beginning.
        name: what it is called.
        max_bytes: the most a page may have.
        resume: where to go on, as an entry says it.
    """
    offset, skip = resume or (0, 0)
    packed = PackedFile(file, looks_like_warc, offset, name)
    waiting: tuple[_Found, str] | None = None  # damage, reported when it is known where reading goes on
    for part in packed.parts():
        if waiting:
            yield _entry(*waiting, name, packed, (part.offset, 0))
            waiting = None
        records = _Records(part, max_bytes + _MAX_HEAD, packed.is_packed)
        records.pass_over(skip if part.offset == offset else 0)
        for found in records:
            position = _position(part.offset, found.at, packed.is_packed)
            if found.is_last:
                waiting = (found, position) if found.is_page() else None
            elif found.is_page():
                yield _entry(found, position, name, packed, records.resume)
    if waiting:
        yield _entry(*waiting, name, packed, (packed.offset, 0))


def _position(offset: int, at: int, is_packed: bool) -> str:
    if not is_packed:
        return str(offset + at)
    return f"{offset}+{at}" if at else str(offset)


def _entry(found: _Found, position: str, name: str, packed: PackedFile, resume: tuple[int, int]) -> Entry:
    place = Place(f"{name}#{position}", name, list(resume), packed.offset)
    if found.kind:
        url = _header(found.head, b"WARC-Target-URI").strip("<>") or None
        return Broken(*place, found.kind, found.problem, url)
    return ArchivedPage(*place, found.head, found.block)


class _Records:
    """The records of a part.

    Args:
        part: the part.
        most: how many bytes a record may have.
        is_packed: whether the file is packed.
    """

    def __init__(self, part: Part, most: int, is_packed: bool) -> None:
        self._part = part
        self._most = most
        self._is_packed = is_packed
        self._data = bytearray()
        self._at = 0  # where the data begin in the part
        self._ended = False
        self._damage: DamagedError | None = None  # behind the data

    @property
    def resume(self) -> tuple[int, int]:
        """Where to go on after the records read so far: a part of the file, and how much of it to pass over."""
        if not self._is_packed:
            return self._part.offset + self._at, 0
        if self._ended and not self._data:
            return self._part.end, 0
        return self._part.offset, self._at

    def pass_over(self, count: int) -> None:
        """Go on behind the first so many bytes."""
        while self._at < count and self._have(1):
            self._drop(min(count - self._at, len(self._data)))

    def __iter__(self) -> Iterator[_Found]:
        head = b""
        at = self._at
        try:
            self._skip_space()
            while self._have(1):
                at, head = self._at, self._head()
                found = self._record(at, head) if head else self._junk(at)
                # The check sum of a packed part stands behind all of it, and is read with the space after the record.
                self._skip_space()
                if not self._data:
                    self._raise_damage()
                yield found
                at, head = self._at, b""
            self._raise_damage()
        except DamagedError as error:
            problem = f"the archive is damaged here: {error}"
            yield _Found(at, head, kind="damaged", problem=problem, is_last=True)

    def _have(self, size: int) -> bool:
        """Read on until so many bytes are there; whether they are."""
        while len(self._data) < size and not self._ended:
            try:
                data = self._part.read(_READ)
            except DamagedError as error:  # what comes before it is as good as ever
                self._damage, data = error, b""
            self._ended = not data
            self._data += data
        return len(self._data) >= size

    def _raise_damage(self) -> None:
        """Where more is needed than there is: say so, if that is because of damage."""
        if self._damage is not None:
            raise self._damage

    def _drop(self, count: int) -> None:
        del self._data[:count]
        self._at += count

    def _skip_space(self) -> None:
        while self._have(1) and (space := _SPACE.match(self._data)):
            self._drop(space.end())

    def _head(self) -> bytes:
        """The headers of the record that begins here; none if none does. They are taken."""
        self._have(_MAX_HEAD)
        end = _HEAD_END.search(self._data, 0, _MAX_HEAD)
        if end is None and len(self._data) < _MAX_HEAD:
            self._raise_damage()
        if end is None or not looks_like_warc(self._data):
            return b""
        head = bytes(self._data[: end.end()])
        self._drop(len(head))
        return head

    def _record(self, at: int, head: bytes) -> _Found:
        stated = _header(head, b"Content-Length")
        length = int(stated) if stated.isdecimal() and len(stated) < 19 else -1
        if 0 <= length <= self._most and self._ends_at(length):
            return _Found(at, head, self._take(length))
        # The length is not true, or the record is too large.
        end = self._find_boundary(self._most)
        if end is not None:
            return _Found(at, head, self._take(end))
        if not self._have(self._most + 1):
            self._raise_damage()
            block = self._take(len(self._data))
            bare = block.removesuffix(b"\r\n\r\n")
            if length > len(block) == len(bare) and not self._is_packed:
                return _Found(at, head, kind="damaged", problem="the archive ends in the middle of the record")
            return _Found(at, head, bare)
        self._skip_to_next()
        problem = f"the record has more than the {self._most - _MAX_HEAD:,} bytes allowed"
        return _Found(at, head, kind="bytes", problem=problem)

    def _take(self, size: int) -> bytes:
        data = bytes(self._data[:size])
        self._drop(size)
        return data

    def _ends_at(self, length: int) -> bool:
        """Whether another record, or nothing, follows after so many bytes."""
        self._have(length + _LONGEST_BOUNDARY)
        rest = bytes(self._data[length : length + _LONGEST_BOUNDARY]).lstrip()
        return len(self._data) >= length and (looks_like_warc(rest) or (not rest and not self._have(length + 17)))

    def _find_boundary(self, most: int) -> int | None:
        """Where this record ends, behind which comes the next one, within so many bytes."""
        start = 0
        while True:
            # Plain search is many times faster than an expression.
            while (found := self._data.find(b"\nWARC/", start, most)) >= 0:
                end = _EMPTY_LINE.search(self._data, max(found - 3, 0), found + 1)
                if end is not None and _BEGIN.match(self._data, found + 1):
                    return end.start()
                start = found + 1
            start = max(len(self._data) - _LONGEST_BOUNDARY, start)
            if len(self._data) >= most or not self._have(len(self._data) + 1):
                return None

    def _skip_to_next(self) -> None:
        """Leave what is left of this record, without keeping it."""
        while (found := self._find_boundary(_READ)) is None and self._have(_READ):
            self._drop(_READ - _LONGEST_BOUNDARY)
        self._drop(len(self._data) if found is None else found)

    def _skip_junk(self) -> None:
        """Leave all that comes before the next beginning of a record."""
        while (found := _BEGIN.search(self._data)) is None:
            self._drop(max(len(self._data) - _LONGEST_BOUNDARY, 0))
            if not self._have(len(self._data) + 1):
                break
        self._drop(len(self._data) if found is None else found.start())

    def _junk(self, at: int) -> _Found:
        """Something that is no record, up to the next one."""
        self._drop(1)
        self._skip_junk()
        return _Found(at, kind="damaged", problem="there is no record here, but something else")
