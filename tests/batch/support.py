"""Archives and files for tests."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from typing import Any

from cleanpage.batch.document import Document, DocumentError, Entry

RULES = """\
remove:
  ad:
    - .ad
"""
PAGE = (
    "<!doctype html><html lang=en><title>{n}</title><h1>Title {n}</h1>"
    "<p>The text of page {n} is long enough to be an article, and nobody would call it an advertisement at all.</p>"
    "<p>It has a second paragraph, too, which says that the number of the page is {n}.</p><p class=ad>Buy {n}!</p>"
)
URL = "https://www.site.example/{n}"


def http(body: bytes, *headers: str, status: str = "200 OK", kind: str | None = "text/html; charset=utf-8") -> bytes:
    """An HTTP response."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def record(
    n: int | str,
    block: bytes | None = None,
    *headers: str,
    type: str = "response",
    kind: str = "application/http; msgtype=response",
    length: int | None = None,
) -> bytes:
    """A record of an archive."""
    if block is None:
        block = http(PAGE.format(n=n).encode())
    lines = [
        "WARC/1.0",
        f"WARC-Type: {type}",
        f"WARC-Target-URI: {URL.format(n=n)}",
        "WARC-Date: 2024-05-06T07:08:09Z",
        f"WARC-Record-ID: <urn:uuid:{n}>",
        f"Content-Type: {kind}",
        *headers,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def members(records: Iterable[bytes]) -> list[bytes]:
    """Each record as a gzip member."""
    return [gzip.compress(one, mtime=0) for one in records]


def stream(data: bytes, *, seekable: bool = True) -> io.BytesIO:
    """Bytes as a file."""
    file = io.BytesIO(data)
    if not seekable:
        file.seekable = lambda: False  # type: ignore[method-assign]
    return file


def opened(entries: Iterable[Entry | None], max_bytes: int = 1 << 20) -> list[Document | DocumentError]:
    """What entries hold, or what is wrong with them."""
    found: list[Document | DocumentError] = []
    for entry in entries:
        if entry is not None:
            try:
                found.append(entry.read(max_bytes))
            except DocumentError as error:
                found.append(error)
    return found


def told(found: Iterable[Document | DocumentError]) -> list[Any]:
    """The end of a document's address, or the kind of an error."""
    return [one.kind if isinstance(one, DocumentError) else (one.url or one.id).rsplit("/", 1)[-1] for one in found]
