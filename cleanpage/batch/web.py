"""Pages from the web, fetched politely: as robots.txt allows, one request at a time to each host, with a pause."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import date as Date
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from .body import Coded, is_plain_text
from .document import Broken, Document, DocumentError, Entry, Place

_THREADS = 16
# How many addresses may be on their way, and how many bytes of them may wait.
_AHEAD, _WAITING = 64, 32 << 20
_READ = 1 << 16
# Seconds to wait for a server's next bytes, and for all of a page.
_PATIENCE, _DEADLINE = 30.0, 120.0
_REDIRECTS = 10
_ROBOTS_BYTES = 500_000  # as much as RFC 9309 wants to be read
_LONGEST_DELAY = 60.0
# How many hosts are remembered.
_HOSTS = 4096
_AGENT = "cleanpage"


@dataclass(frozen=True, slots=True)
class Manners:
    """How pages are fetched.

    Attributes:
        delay: seconds between two requests to one host; robots.txt may ask for more.
        private: whether addresses in private networks may be fetched.
    """

    delay: float = 1.0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched(Entry):
    """A page that a server sent.

    Attributes:
        body: as it came over the wire.
        address: where it was in the end.
        content_type, coding, transfer: the headers of these names.
        day: when it was fetched.
    """

    body: bytes
    address: str
    content_type: str | None
    coding: str | None
    day: Date

    @property
    def url(self) -> str | None:
        return self.address

    @property
    def size(self) -> int:
        return len(self.body)

    def read(self, max_bytes: int) -> Document:
        is_text = is_plain_text(self.content_type, self.address)
        body = Coded(self.body, self.address).unpacked(None, self.coding, max_bytes)
        return Document(self.id, self.source, body, self.address, is_text, self.content_type, self.day)


@dataclass(slots=True)
class _Wanted:
    place: Place
    url: str
    host: str
    future: Future[Entry] | None = None


def fetched(wanted: Iterator[tuple[Place, str]], max_bytes: int, manners: Manners) -> Iterator[Entry | None]:
    """Fetch addresses, several hosts at a time, and give the pages in their order; None while none is there.

    Args:
        wanted: the addresses.
        max_bytes: the most a page may have.
        manners: how to fetch them.
    """
    client = _Client(max_bytes, manners)
    window: deque[_Wanted] = deque()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="cleanpage-fetch") as threads:
        try:
            while True:
                while len(window) < _AHEAD and (one := next(wanted, None)):
                    window.append(_Wanted(*one, _host(one[1])))
                if not window:
                    return
                _start(window, client, threads)
                first = window[0].future
                if first is not None and first.done():
                    window.popleft()
                    yield first.result()
                else:
                    yield None
        finally:
            client.stop()
            threads.shutdown(wait=False, cancel_futures=True)


def _start(window: deque[_Wanted], client: _Client, threads: ThreadPoolExecutor) -> None:
    """Begin to fetch what is next for each host that is asked for nothing."""
    futures = [one.future for one in window if one.future is not None]
    waiting = sum(future.result().size for future in futures if future.done())
    busy = {one.host for one in window if one.future is not None and not one.future.done()}
    for one in window:
        if len(busy) >= _THREADS or (waiting > _WAITING and one is not window[0]):
            return
        if one.future is None and one.host not in busy:
            one.future = threads.submit(client.entry, one.place, one.url)
        if one.future is not None and one.future.done():
            continue
        busy.add(one.host)  # in the order of the list, for each host


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


# --- requests ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    robots: dict[str, Any] = field(default_factory=dict)  # by scheme and port
    delay: float = 0.0


class _Client:
    """Fetches pages for several threads."""

    def __init__(self, max_bytes: int, manners: Manners) -> None:
        self._max_bytes = max_bytes
        self._manners = manners
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def entry(self, place: Place, url: str) -> Entry:
        """The page at an address, or what is wrong with it."""
        try:
            return self._follow(place, url)
        except DocumentError as error:
            return Broken(*place, error.kind, error.message, error.url or url)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return Broken(*place, "web", f"it cannot be fetched: {reason}", url)

    def _follow(self, place: Place, url: str) -> Fetched:
        deadline = time.monotonic() + _DEADLINE
        for _ in range(_REDIRECTS + 1):
            url = _checked(url)
            with self._turn(url) as host:
                self._obey(host, url, deadline)
                response = _Response(url, self._manners.private, self._max_bytes, deadline)
            if response.location is None:
                break
            url = urljoin(url, response.location)
        else:
            raise DocumentError("web", f"more than {_REDIRECTS} redirections", url)
        if not 200 <= response.status < 300:
            raise DocumentError("status", f"the server answered {response.status} {response.reason}"[:200], url)
        headers = response.headers
        today = datetime.now(UTC).date()
        content_type, coding = headers.get("Content-Type"), headers.get("Content-Encoding")
        return Fetched(*place, response.body, url, content_type, coding, today)

    @contextmanager
    def _turn(self, url: str) -> Iterator[_Host]:
        """Be the only one that asks a host, and not too soon after the last one."""
        name = _host(url)
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            self._hosts.move_to_end(name)
            if len(self._hosts) > _HOSTS:
                self._hosts.popitem(last=False)
        with host.lock:
            self._pause(host)
            try:
                yield host
            finally:
                host.free_at = time.monotonic() + max(self._manners.delay, host.delay)

    def _pause(self, host: _Host) -> None:
        if self._stopped.wait(max(0.0, host.free_at - time.monotonic())):
            raise DocumentError("web", "fetching was stopped")

    def _obey(self, host: _Host, url: str, deadline: float) -> None:
        """Ask robots.txt, once for each server.

        Raises:
            DocumentError: the page is not for programs.
        """
        parts = urlsplit(url)
        if parts.netloc not in host.robots:
            host.robots[parts.netloc] = self._robots(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
            host.free_at = time.monotonic() + self._manners.delay
            robots = host.robots[parts.netloc]
            host.delay = min(float((robots and robots.crawl_delay(_AGENT)) or 0), _LONGEST_DELAY)
            self._pause(host)
        robots = host.robots[parts.netloc]
        if robots is None:
            raise DocumentError("robots", "the site's robots.txt cannot be read, so nothing of it is fetched", url)
        if not robots.can_fetch(url, _AGENT):
            raise DocumentError("robots", "the site's robots.txt asks not to fetch it", url)

    def _robots(self, url: str) -> Any:
        """What a site allows, by RFC 9309: everything if it has no such file, nothing if it does not answer."""
        from protego import Protego

        deadline = time.monotonic() + _PATIENCE
        try:
            for _ in range(_REDIRECTS):
                response = _Response(url, self._manners.private, _ROBOTS_BYTES, deadline, cut=True)
                if response.location is None:
                    break
                url = _checked(urljoin(url, response.location))
            if response.status >= 500:
                return None
            body = response.body if response.status < 300 else b""
            return Protego.parse(body.decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException, ValueError, DocumentError):
            return None


class _Response:
    """What a server answers to one request. Redirections are not followed here.

    Raises:
        DocumentError: the page is too large, takes too long, or is in a private network.
        OSError, http.client.HTTPException: the server cannot be reached, or speaks no HTTP.
    """

    def __init__(self, url: str, private: bool, max_bytes: int, deadline: float, *, cut: bool = False) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        assert parts.hostname is not None
        connection = kind(parts.hostname, parts.port, timeout=_PATIENCE)
        if not private:
            connection._create_connection = _public_connection  # type: ignore[attr-defined]
        try:
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            headers = {"User-Agent": _agent(), "Accept": "text/html,*/*;q=0.5", "Accept-Encoding": "identity"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            self.status, self.reason, self.headers = answer.status, answer.reason, answer.headers
            redirects = answer.status in (301, 302, 303, 307, 308)
            self.location = answer.headers.get("Location") if redirects else None
            self.body = b"" if self.location is not None else _body(answer, max_bytes, deadline, cut)
        finally:
            connection.close()


def _body(answer: http.client.HTTPResponse, max_bytes: int, deadline: float, cut: bool) -> bytes:
    parts, size = [], 0
    while part := answer.read1(_READ):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            if cut:
                break
            raise DocumentError("bytes", f"it has more than the {max_bytes:,} bytes allowed")
        if time.monotonic() > deadline:
            raise DocumentError("web", "the server took too long")
    stated = answer.headers.get("Content-Length", "")
    if not cut and stated.isdecimal() and int(stated) > size:
        raise DocumentError("damaged", f"the connection broke off after {size:,} of {int(stated):,} bytes")
    return b"".join(parts)


def _agent() -> str:
    from .. import __version__

    return f"{_AGENT}/{__version__}"


def _checked(url: str) -> str:
    """An address as it goes over the wire.

    Raises:
        DocumentError: it is none of the web.
    """
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https"):
            raise DocumentError("web", "only http and https addresses are fetched", url)
        if not parts.hostname:
            raise DocumentError("web", "the address names no host", url)
        host = parts.hostname.encode("idna").decode("ascii") if not parts.hostname.isascii() else parts.hostname
        netloc = f"[{host}]" if ":" in host else host
        netloc += f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        raise DocumentError("web", "this is no address", url) from None
    path, query = (quote(part, safe="%/:=&?~+!$,;'@()*[]|") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _public_connection(address: tuple[str, int], timeout: Any = None, source_address: Any = None) -> socket.socket:
    """Connect to a host, but to none in a private network: neither by its name nor after a redirection."""
    host, port = address
    error: OSError | None = None
    for _, _, _, _, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not _is_public(str(found[0])):
            continue
        try:
            return socket.create_connection((str(found[0]), port), timeout, source_address)
        except OSError as failed:
            error = failed
    if error is not None:
        raise error
    raise DocumentError("web", f"{host} is in a private network; --private-addresses allows it")


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_global
