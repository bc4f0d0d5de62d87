"""Addresses: fetched politely, from a server of our own."""

from __future__ import annotations

import gzip
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cleanpage.batch import web
from cleanpage.batch.document import Document, DocumentError
from cleanpage.batch.sources import Reading, Sources
from cleanpage.batch.web import Manners

from .support import opened, told

pytest.importorskip("protego")


class Site(ThreadingHTTPServer):
    """A site that counts what is asked of it."""

    robots = "User-agent: *\nDisallow: /private/\n"
    robots_status = 200
    elsewhere = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.times: list[float] = []
        self.at_once = Counter[int]()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        with site.lock:
            site.asked.append(self.path)
            site.times.append(time.monotonic())
            site.at_once[1] += 1
            site.at_once[2] = max(site.at_once[1], site.at_once[2])
        try:
            time.sleep(0.02)
            self._answer(site)
        finally:
            with site.lock:
                site.at_once[1] -= 1

    def _answer(self, site: Site) -> None:
        body, headers, status = f"<p>Page {self.path}".encode(), {"Content-Type": "text/html"}, 200
        match self.path:
            case "/robots.txt":
                body, status = site.robots.encode(), site.robots_status
            case "/moved":
                status, headers["Location"] = 302, "/final"
            case "/circle":
                status, headers["Location"] = 302, "/circle"
            case "/elsewhere":
                status, headers["Location"] = 302, site.elsewhere
            case "/to-private":
                status, headers["Location"] = 302, "/private/x"
            case "/missing":
                status = 404
            case "/picture":
                headers["Content-Type"] = "image/png"
            case "/text":
                headers["Content-Type"] = "text/plain; charset=iso-8859-1"
                body = "Größe".encode("latin-1")
            case "/packed":
                headers["Content-Encoding"] = "gzip"
                body = gzip.compress(body)
            case "/bomb":
                headers["Content-Encoding"] = "gzip"
                body = gzip.compress(bytes(5_000_000))
            case "/large":
                body = bytes(3_000_000)
            case "/broken":
                headers["Content-Length"] = "100000"
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def other() -> Iterator[Site]:
    with Site() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


LIMIT = 1_000_000


def fetch(*urls: str, private: bool = True, delay: float = 0.0) -> list[Document | DocumentError]:
    reading = Reading(manners=Manners(delay, private), max_bytes=LIMIT)
    return opened((entry for url in urls for entry in Sources([url], reading).entries()), LIMIT)


def listed(path: Path, resume: Any = None, delay: float = 0.0) -> list[Any]:
    reading = Reading(manners=Manners(delay, True), max_bytes=LIMIT)
    return [entry for entry in Sources([str(path)], reading).entries(resume) if entry is not None]


def test_pages(site: Site) -> None:
    page, text, packed = fetch(f"{site.url}/a", f"{site.url}/text", f"{site.url}/packed")
    assert isinstance(page, Document)
    assert (page.id, page.url, page.content) == (f"{site.url}/a", f"{site.url}/a", b"<p>Page /a")
    assert page.date is not None
    assert isinstance(text, Document)
    assert text.is_text
    assert isinstance(packed, Document)
    assert packed.content == b"<p>Page /packed"


def test_a_redirection_is_followed(site: Site) -> None:
    (found,) = fetch(f"{site.url}/moved")
    assert isinstance(found, Document)
    assert found.url == f"{site.url}/final"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/circle", "web"),
        ("/missing", "status"),
        ("/picture", "type"),
        ("/large", "bytes"),
        ("/bomb", "bytes"),
        ("/broken", "damaged"),
        ("/private/x", "robots"),
        ("/to-private", "robots"),
    ],
)
def test_what_is_no_page(site: Site, path: str, kind: str) -> None:
    assert told(fetch(f"{site.url}{path}")) == [kind]
    assert "/private/x" not in site.asked


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)", "http://"])
def test_only_the_web(site: Site, target: str) -> None:
    site.elsewhere = target
    assert told(fetch(f"{site.url}/elsewhere")) == ["web"]


def test_private_networks_are_left_alone(site: Site) -> None:
    port = site.server_port
    urls = [f"http://{host}:{port}/" for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0")]
    found = fetch(*urls, private=False)
    assert {one.kind for one in found if isinstance(one, DocumentError)} <= {"web", "robots"}
    assert len(found) == len(urls)
    assert not any(isinstance(one, Document) for one in found)
    assert site.asked == []


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "::1", "fe80::1%eth0"])
def test_what_is_private(address: str) -> None:
    assert not web._is_public(address)
    assert web._is_public("93.184.216.34")


@pytest.mark.parametrize(("status", "kind"), [(404, None), (403, None), (500, "robots"), (503, "robots")])
def test_sites_without_robots(site: Site, status: int, kind: str | None) -> None:
    site.robots_status = status
    (found,) = fetch(f"{site.url}/a")
    assert (found.kind if isinstance(found, DocumentError) else None) == kind


def test_a_list(site: Site, other: Site, tmp_path: Path) -> None:
    path = tmp_path / "list.urls"
    urls = [f"{where.url}/{n}" for n in range(6) for where in (site, other)]
    path.write_text("# a list\n\n" + "\n".join(urls) + "\nnonsense\n")
    entries = listed(path)
    assert [entry.id for entry in entries] == [f"{path}#{n}" for n in range(3, 16)]
    assert [entry.url for entry in entries[:-1]] == urls
    assert told(opened(entries))[-1] == "web"
    for where in (site, other):
        assert where.asked == ["/robots.txt", *(f"/{n}" for n in range(6))]
        assert where.at_once[2] == 1, "one request at a time to a host"
    assert [entry.id for entry in listed(path, entries[4].resume)] == [entry.id for entry in entries[5:]]


def test_pauses(site: Site, tmp_path: Path) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 0.3\n"
    path = tmp_path / "list.urls"
    path.write_text("\n".join(f"{site.url}/{n}" for n in range(4)))
    listed(path, delay=0.1)
    gaps = [later - earlier for earlier, later in zip(site.times, site.times[1:], strict=False)]
    assert gaps[0] > 0.09
    assert min(gaps[1:]) > 0.29


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    assert told(fetch("http://127.0.0.1:9/")) == ["robots"]
