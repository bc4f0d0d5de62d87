"""JSON Lines, packed or not: one page a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from typing import IO, Any

from .document import Broken, Document, DocumentError, Entry, Place
from .packed import DamagedError, PackedFile, Part

_READ = 1 << 16
# JSON writes a byte of a page with six at most; nobody writes more than a part of them so.
_LONGER = 2


@dataclass(frozen=True, slots=True)
class Fields:
    """How the fields, or columns, are called that hold a page.

    Attributes:
        html: its markup; what is looked for first.
        text: text that was extracted before.
        url: its address.
        date: the day it was fetched, by ISO 8601.
    """

    html: str = "html"
    text: str = "text"
    url: str = "url"
    date: str = "date"

    def document(self, id: str, source: str, row: dict[str, Any]) -> Document:
        """The document of a line or row.

        Raises:
            DocumentError: it holds none.
        """
        url = row.get(self.url)
        url = url if isinstance(url, str) and url else None
        for name, is_text in ((self.html, False), (self.text, True)):
            content = row.get(name)
            if isinstance(content, (str, bytes)):
                return Document(id, source, content, url, is_text, date=_date(row.get(self.date)))
        raise DocumentError("fields", f"it has neither the field {self.html!r} nor {self.text!r} with a text", url)


def _date(value: Any) -> Date | None:
    if isinstance(value, Date):  # a time is one, too
        return Date(value.year, value.month, value.day)
    try:
        return Date.fromisoformat(value[:10])
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Line(Entry):
    """A line of JSON.

    Attributes:
        data: the line.
        fields: how its fields are called.
    """

    data: bytes
    fields: Fields

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, max_bytes: int) -> Document:
        row = _parsed(self.data)
        if not isinstance(row, dict):
            raise DocumentError("json", "the line is no JSON object")
        return self.fields.document(self.id, self.source, row)


def _parsed(data: bytes) -> Any:
    import json

    import orjson

    try:
        return orjson.loads(data)
    except ValueError:
        try:  # it reads halves of surrogate pairs, too
            return json.loads(data.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError) as error:
            raise DocumentError("json", f"the line is no JSON: {error}") from None


def looks_like_json(data: bytes) -> bool:
    """Whether bytes are the beginning of a line of JSON."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def lines(file: IO[bytes], name: str, max_bytes: int, fields: Fields, resume: Any = None) -> Iterator[Entry]:
    """The lines of a file, but for empty ones.

    Args:
        file: the file, at its beginning.
        name: what it is called.
        max_bytes: the most a page may have.
        fields: how the fields are called.
        resume: where to go on, as an entry says it.
    """
    offset, skip, number = resume or (0, 0, 0)
    packed = PackedFile(file, looks_like_json, offset, name)
    waiting: tuple[Place, str, str] | None = None  # damage, reported when it is known where reading goes on
    for part in packed.parts():
        if waiting:
            yield _broken(*waiting, part.offset)
            waiting = None
        found = _Lines(part, max_bytes * _LONGER)
        found.pass_over(skip if part.offset == offset else 0)
        for data, problem in found:
            number += 1
            position = (part.offset, found.at) if packed.is_packed else (part.offset + found.at, 0)
            place = Place(f"{name}#{number}", name, [*position, number], packed.offset)
            if problem and part.is_damaged:
                waiting = place, *problem
            elif problem:
                yield Broken(*place, *problem)
            elif not data.isspace():
                yield Line(*place, data, fields)
    if waiting:
        yield _broken(*waiting, packed.offset)


def _broken(place: Place, kind: str, message: str, offset: int) -> Broken:
    return Broken(*place._replace(resume=[offset, 0, place.resume[2]]), kind, message)


class _Lines:
    """The lines of a part, each with what is wrong with it."""

    def __init__(self, part: Part, most: int) -> None:
        self.at = 0  # behind the last line, in bytes of the part
        self._part = part
        self._most = most

    def pass_over(self, count: int) -> None:
        while self.at < count and (data := self._part.read(min(_READ, count - self.at))):
            self.at += len(data)

    def __iter__(self) -> Iterator[tuple[bytes, tuple[str, str] | None]]:
        pending = bytearray()
        dropped = 0  # of a line that is too long
        try:
            while data := self._part.read(_READ):
                searched = len(pending)
                pending += data
                begin = 0
                while (end := pending.find(b"\n", max(begin, searched))) >= 0:
                    line, begin = bytes(pending[begin:end]), end + 1
                    self.at += dropped + len(line) + 1
                    yield self._judged(line, dropped)
                    dropped = 0
                del pending[:begin]
                if len(pending) + dropped > self._most:
                    dropped += len(pending)
                    pending.clear()
        except DamagedError as error:
            self.at += dropped + len(pending)
            yield b"", ("damaged", f"the file is damaged here: {error}")
            return
        if pending or dropped:
            self.at += dropped + len(pending)
            yield self._judged(bytes(pending), dropped)

    def _judged(self, line: bytes, dropped: int) -> tuple[bytes, tuple[str, str] | None]:
        if dropped or len(line) > self._most:
            return b"", ("bytes", f"the line has more than {self._most:,} bytes: more than a page may have")
        return line or b"\n", None
