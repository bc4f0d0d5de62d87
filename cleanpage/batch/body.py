"""What HTTP says of a body: its type, and how it was packed on the way."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .document import DocumentError

_READ = 1 << 16
_MARKUP = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/vnd.wap.xhtml+xml")
_TEXT = "text/plain"
_UNPACKED = ("", "identity", "none", "utf-8")
# How much of a body is looked at to see whether it is markup.
_SNIFF = 1024


def bare(content_type: str | None) -> str:
    """A type without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_plain_text(content_type: str | None, url: str | None) -> bool:
    """Whether a body is text without markup. What has no type is taken for markup, as browsers do it.

    Raises:
        DocumentError: it is neither.
    """
    kind = bare(content_type)
    if kind and kind != _TEXT and kind not in _MARKUP:
        raise DocumentError("type", f"it is {kind[:100]}, not a page", url)
    return kind == _TEXT


@dataclass(frozen=True, slots=True)
class Coded:
    """A body as it came over the wire.

    Attributes:
        data: its bytes.
        url: its address, for messages.
        is_cut: whether it is known that only a part of it is there.
    """

    data: bytes
    url: str | None
    is_cut: bool = False

    def unpacked(self, transfer: str | None, content: str | None, max_bytes: int) -> bytes:
        """The body without its codings. Crawlers that unpack it often leave the headers as they were.

        Args:
            transfer: the header `Transfer-Encoding`.
            content: the header `Content-Encoding`.
            max_bytes: the most it may have, unpacked.

        Raises:
            DocumentError: it cannot be unpacked, or it is larger.
        """
        body = self.data
        if (transfer or "").strip().lower().endswith("chunked"):
            body = _unchunked(body, max_bytes)
        for coding in reversed((content or "").lower().split(",")):
            body = self._without(coding.strip(), body, max_bytes)
        return body

    def _without(self, coding: str, body: bytes, max_bytes: int) -> bytes:
        if not body or coding in _UNPACKED:
            return body
        unpack = _CODINGS.get(coding)
        if unpack is None:
            if _is_markup(body):
                return body
            raise DocumentError("coding", f"the body is packed as {coding[:50]}, which cannot be unpacked", self.url)
        try:
            unpacked, is_whole = unpack(body, max_bytes)
        except ValueError:
            if _is_markup(body):
                return body
            raise DocumentError("damaged", f"the body cannot be unpacked as {coding}", self.url) from None
        if len(unpacked) > max_bytes:
            raise DocumentError("bytes", f"unpacked, the body has more than the {max_bytes:,} bytes allowed", self.url)
        if not is_whole and not self.is_cut:
            raise DocumentError("damaged", f"the body is damaged: only a part can be unpacked as {coding}", self.url)
        return unpacked


def _is_markup(body: bytes) -> bool:
    return b"<" in body[:_SNIFF] and b"\0" not in body[:_SNIFF]


# --- codings: each gives what can be unpacked, and whether that is all; ValueError if it is nothing --------------


def _unchunked(body: bytes, max_bytes: int) -> bytes:
    """A body without the marks between its chunks; as it is, if it has none."""
    from fastwarc.stream_io import ChunkedReader

    try:
        return _read_all(ChunkedReader(io.BytesIO(body)), max_bytes)[0]
    except ValueError:
        return body


def _gunzipped(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    return _inflated(body, max_bytes, 16 + zlib.MAX_WBITS)


def _deflated(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    try:
        return _inflated(body, max_bytes, zlib.MAX_WBITS)
    except ValueError:  # some servers leave the head of zlib's format out
        return _inflated(body, max_bytes, -zlib.MAX_WBITS)


def _inflated(body: bytes, max_bytes: int, format: int) -> tuple[bytes, bool]:
    unpacker = zlib.decompressobj(wbits=format)
    packed, taken = memoryview(body), 0
    parts, size = [], 0
    try:
        while not unpacker.eof and size <= max_bytes:
            # Little at once: what is not used of it is copied each time.
            data = packed[taken : taken + _READ]
            part = unpacker.decompress(data, _READ)
            if not part and not data:
                break
            taken += len(data) - len(unpacker.unconsumed_tail)
            parts.append(part)
            size += len(part)
    except zlib.error:
        if not size:
            raise ValueError from None
        return b"".join(parts), False
    return b"".join(parts), unpacker.eof or size > max_bytes


def _brotli(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    from fastwarc.stream_io import BrotliReader

    return _read_all(BrotliReader(io.BytesIO(body)), max_bytes)


def _zstd(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    from fastwarc.stream_io import ZstdReader

    return _read_all(ZstdReader(io.BytesIO(body)), max_bytes)


def _read_all(reader: Any, max_bytes: int) -> tuple[bytes, bool]:
    """What can be read, up to a little more than allowed, and whether it ended well."""
    parts: list[bytes] = []
    size = 0
    try:
        while size <= max_bytes and (part := reader.read(_READ)):
            parts.append(part)
            size += len(part)
    except OSError:
        if not size:
            raise ValueError from None
        return b"".join(parts), False
    return b"".join(parts), True


_CODINGS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _brotli,
    "zstd": _zstd,
}
