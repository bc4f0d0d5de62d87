"""What a source gives: entries, cheap and quick to list, and the documents that they become where there is time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date as Date
from typing import Any, NamedTuple

from ..errors import CleanpageError


class DocumentError(CleanpageError):
    """A document that cannot be read.

    Attributes:
        kind: one word for it, such as `damaged`, `type` or `bytes`; the error record's `error`.
        message: what is wrong, in words.
        url: the document's address, as far as it is known by now.
    """

    def __init__(self, kind: str, message: str, url: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.url = url

    def __reduce__(self) -> tuple[object, ...]:
        return DocumentError, (self.kind, self.message, self.url)


@dataclass(frozen=True, slots=True)
class Document:
    """A page, or text that was extracted before, with what is known of it.

    Attributes:
        id: the source and the position in it; the same each time the source is read.
        source: the name of the file or list it came from.
        content: markup or text; bytes are decoded later, as browsers do it.
        url: its address, None if it is not known.
        is_text: whether it is text that was extracted before, without markup.
        content_type: the HTTP header of that name.
        date: the day it was fetched.
        truncated: why the archive holds only a part of it (`WARC-Truncated`: `length`, `time`, `disconnect`, …); empty
            if it is whole.
    """

    id: str
    source: str
    content: bytes | str
    url: str | None = None
    is_text: bool = False
    content_type: str | None = None
    date: Date | None = None
    truncated: str = ""


class Place(NamedTuple):
    """Where an entry stands: the first fields of every `Entry`."""

    id: str
    source: str
    resume: Any
    done: int


@dataclass(frozen=True, slots=True)
class Entry(ABC):
    """A document that a source has found and not unpacked yet. It is picklable: workers do the unpacking.

    Attributes:
        id: as the document's.
        source: as the document's.
        resume: where the source goes on after this entry, as JSON can hold it. It means something to that source only.
        done: how many bytes of all sources have been read when this entry has been, packed as they are on the disk.
    """

    id: str
    source: str
    resume: Any
    done: int

    @property
    def url(self) -> str | None:
        """The document's address, if it is known before the document is read."""
        return None

    @property
    def size(self) -> int:
        """How many bytes of memory the entry holds, about."""
        return 0

    @abstractmethod
    def read(self, max_bytes: int) -> Document:
        """The document.

        Args:
            max_bytes: the most it may have, unpacked.

        Raises:
            DocumentError: it cannot be read, or is none.
        """


@dataclass(frozen=True, slots=True)
class Broken(Entry):
    """Where a document should be, and none can be read.

    Attributes:
        kind: as of `DocumentError`.
        message: as of `DocumentError`.
        address: the document's address, if that is known.
    """

    kind: str
    message: str
    address: str | None = None

    @property
    def url(self) -> str | None:
        return self.address

    def read(self, max_bytes: int) -> Document:
        raise DocumentError(self.kind, self.message, self.address)
