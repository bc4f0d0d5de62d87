"""Where pages come from: files, folders, web addresses, standard input."""

from __future__ import annotations

import os
import re
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from urllib.request import OpenerDirector, Request

_SUFFIXES = (".html", ".htm", ".xhtml", ".txt")
_WEB = re.compile(r"https?://", re.I)
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.I)
_CHUNK = 1 << 16
# Seconds to wait for a server's next bytes, and for all of them.
_PATIENCE = 30.0
_DEADLINE = 120.0


class Kind(StrEnum):
    """What a source holds."""

    auto = "auto"
    html = "html"
    text = "text"


class SourceError(Exception):
    """A source that cannot be read, with the reason."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read a page from.

    Attributes:
        name: a path, an address, or `-` for standard input.
        problem: why it cannot be read, if that is known already.
    """

    name: str
    problem: str = ""

    @property
    def label(self) -> str:
        """What messages call it."""
        return "standard input" if self.name == "-" else self.name


@dataclass(frozen=True, slots=True)
class Page:
    """What a source held.

    Attributes:
        data: the bytes.
        is_text: whether it is text that was extracted before.
        url: the address it was fetched from in the end, None if it was not fetched.
        content_type: the HTTP header of that name, None if there was none.
    """

    data: bytes
    is_text: bool
    url: str | None = None
    content_type: str | None = None


def expand(names: Iterable[str]) -> Iterator[Source]:
    """Sources by name: a folder stands for every page in it and below it, in the order of their names."""
    for name in names:
        other = _OTHER_SCHEME.match(name)
        if _WEB.match(name) or name == "-":
            yield Source(name)
        elif other and not os.path.exists(name):
            yield Source(name, f"{other[1]} addresses cannot be fetched, only http and https")
        elif os.path.isdir(name):
            yield from _in_folder(name)
        else:
            yield Source(name)


def _in_folder(folder: str) -> Iterator[Source]:
    problems: list[OSError] = []
    paths = [
        os.path.join(above, name)
        for above, _, names in os.walk(folder, onerror=problems.append)
        for name in names
        if name.lower().removesuffix(".gz").endswith(_SUFFIXES)
    ]
    for problem in problems:
        yield Source(str(problem.filename), f"the folder cannot be read: {problem.strerror}")
    if not paths and not problems:
        yield Source(folder, f"the folder holds no page ({' '.join(_SUFFIXES)}, each also with .gz)")
    yield from map(Source, sorted(paths, key=lambda path: path.split(os.sep)))


def read(source: Source, kind: Kind, max_bytes: int) -> Page:
    """Read a source.

    Args:
        source: the source.
        kind: what it holds; `auto` goes by the name of a file or the type a server states.
        max_bytes: the most it may hold, once decompressed.

    Raises:
        SourceError: it cannot be read, or holds more.
    """
    if source.problem:
        raise SourceError(source.problem)
    try:
        if source.name == "-":
            if sys.stdin is None:
                raise SourceError("it is closed")
            return Page(_limited(sys.stdin.buffer, max_bytes), kind is Kind.text)
        if _WEB.match(source.name):
            return _fetch(source.name, kind, max_bytes)
        return _read_file(source.name, kind, max_bytes)
    except FileNotFoundError:
        raise SourceError("no such file or folder") from None
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _read_file(path: str, kind: Kind, max_bytes: int) -> Page:
    is_text = kind is Kind.text or (kind is Kind.auto and path.lower().removesuffix(".gz").endswith(".txt"))
    with open(path, "rb") as file:
        data = _gunzip(file, max_bytes) if path.lower().endswith(".gz") else _limited(file, max_bytes)
    return Page(data, is_text)


def _gunzip(file: IO[bytes], max_bytes: int) -> bytes:
    import gzip

    with gzip.GzipFile(fileobj=file) as unpacked:
        return _limited(unpacked, max_bytes)


def _limited(stream: Any, max_bytes: int, deadline: float = float("inf")) -> bytes:
    """All of a stream, if that is not more than allowed."""
    chunks, size = [], 0
    while chunk := stream.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise SourceError(f"it holds more than the {max_bytes:,} bytes allowed; --max-bytes allows more")
        if time.monotonic() > deadline:
            raise SourceError(f"the server took more than {_DEADLINE:.0f} seconds")
    return b"".join(chunks)


# --- the web -----------------------------------------------------------------------------------


def _fetch(url: str, kind: Kind, max_bytes: int) -> Page:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError

    deadline = time.monotonic() + _DEADLINE
    try:
        with _opener().open(_request(url), timeout=_PATIENCE) as response:
            data = _limited(response, max_bytes, deadline)
            headers, address = response.headers, response.url
    except HTTPError as error:
        error.close()
        raise SourceError(f"the server answered {error.code} {error.reason}") from None
    except URLError as error:
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise SourceError(f"cannot be fetched: {reason}") from None
    except TimeoutError:
        raise SourceError(f"the server was silent for {_PATIENCE:.0f} seconds") from None
    except (HTTPException, ValueError) as error:
        raise SourceError(f"cannot be fetched: {error or type(error).__name__}") from None
    _check_length(len(data), headers.get("Content-Length"))
    data = _unpacked(data, headers.get("Content-Encoding", ""), max_bytes)
    stated = headers.get_content_type() if "Content-Type" in headers else ""
    is_text = kind is Kind.text or (kind is Kind.auto and stated == "text/plain")
    return Page(data, is_text, address, headers.get("Content-Type"))


def _request(url: str) -> Request:
    from urllib.request import Request

    from .. import __version__

    headers = {"User-Agent": f"cleanpage/{__version__}", "Accept": "text/html,*/*;q=0.5", "Accept-Encoding": "identity"}
    return Request(_ascii(url), headers=headers)


def _ascii(url: str) -> str:
    """An address as it goes over the wire: browsers show it with letters that HTTP does not know."""
    from urllib.parse import quote, urlsplit, urlunsplit

    parts = urlsplit(url)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    path, query = (quote(part, safe="%/:=&?~+!$,;'@()*[]|") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, host, path, query, ""))


def _opener() -> OpenerDirector:
    """urllib for http and https alone: no other kind of address is opened, not even after a redirection."""
    from urllib import request
    from urllib.parse import urlsplit

    class WebOnly(request.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if urlsplit(newurl).scheme not in ("http", "https"):
                raise SourceError(f"the server redirects to {newurl}; only http and https are followed")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.UnknownHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        WebOnly(),
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _check_length(size: int, stated: str | None) -> None:
    if stated is not None and stated.isdecimal() and int(stated) > size:
        raise SourceError(f"the connection broke off after {size:,} of {int(stated):,} bytes")


def _unpacked(data: bytes, encoding: str, max_bytes: int) -> bytes:
    """What a server packed although it was asked not to."""
    import io

    match encoding.strip().lower():
        case "" | "identity":
            return data
        case "gzip" | "x-gzip":
            return _gunzip(io.BytesIO(data), max_bytes)
        case _:
            raise SourceError(f"the server sent it packed as {encoding}, which cannot be unpacked here")
