"""Files that are a page each."""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from typing import IO, Any

from .document import Document, DocumentError, Entry

PAGES = (".html", ".htm", ".xhtml", ".txt")
_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class PageFile(Entry):
    """A file that holds one page. The worker reads it.

    Attributes:
        path: where it is.
        is_text: whether it is text that was extracted before.
    """

    path: str
    is_text: bool

    def read(self, max_bytes: int) -> Document:
        try:
            with open(self.path, "rb") as file:
                content = self._unpacked(file, max_bytes)
        except OSError as error:
            raise DocumentError("file", f"the file cannot be read: {error.strerror or error}") from None
        return Document(self.id, self.source, content, is_text=self.is_text)

    def _unpacked(self, file: IO[bytes], max_bytes: int) -> bytes:
        if not self.path.lower().endswith(".gz"):
            return limited(file, max_bytes)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return limited(unpacked, max_bytes)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DocumentError("damaged", f"the file cannot be unpacked: {error}") from None


def limited(stream: Any, max_bytes: int) -> bytes:
    """All of a stream.

    Raises:
        DocumentError: that is more than allowed.
    """
    parts, size = [], 0
    while part := stream.read(_READ):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise DocumentError("bytes", f"it holds more than the {max_bytes:,} bytes allowed")
    return b"".join(parts)


def is_page_file(name: str) -> bool:
    """Whether a file is a page, by its name."""
    return name.lower().removesuffix(".gz").endswith(PAGES)


def is_text_file(name: str) -> bool:
    """Whether a file is text that was extracted before, by its name."""
    return os.path.basename(name).lower().removesuffix(".gz").endswith(".txt")
