"""Pages from the web, served by the tests themselves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from .conftest import Run

_PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/plain": (200, {"Content-Type": "text/html"}, b"<p>One.</p>"),
    "/charset": (200, {"Content-Type": "text/html; charset=iso-8859-2"}, "<p>Łódź</p>".encode("iso-8859-2")),
    "/text": (200, {"Content-Type": "text/plain; charset=utf-8"}, "1 < 2 ≠ 3\n".encode()),
    "/packed": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"<p>Two.</p>")),
    "/bomb": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(bytes(1_000_000))),
    "/brotli": (200, {"Content-Type": "text/html", "Content-Encoding": "br"}, b"x"),
    "/short": (200, {"Content-Type": "text/html", "Content-Length": "999"}, b"<p>Half a"),
    "/large": (200, {"Content-Type": "text/html"}, b"<p>" + b"x" * 1000),
    "/gr%C3%B6%C3%9Fe?q=%C3%BC": (200, {"Content-Type": "text/html"}, b"<p>Three.</p>"),
    "/moved": (302, {"Location": "/plain"}, b""),
    "/to-file": (302, {"Location": "file:///etc/hostname"}, b""),
    "/to-ftp": (302, {"Location": "ftp://127.0.0.1/x"}, b""),
    "/circle": (302, {"Location": "/circle"}, b""),
    "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n"),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, body = _PAGES.get(self.path, (404, {}, b"<p>Not here.</p>"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def fetch(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def fetch(*args: object) -> object:
        return run("clean", "--no-builtin", *args)

    return fetch


def test_a_page(fetch: Run, site: str) -> None:
    result = fetch(f"{site}/plain")
    assert (result.exit_code, result.stdout) == (0, "One.\n")


def test_the_server_says_what_it_sends(fetch: Run, site: str) -> None:
    assert fetch(f"{site}/charset").stdout == "Łódź\n"
    assert fetch(f"{site}/text").stdout == "1 < 2 ≠ 3\n"
    assert fetch(f"{site}/packed").stdout == "Two.\n"


def test_the_address_chooses_the_rules_unless_one_is_given(fetch: Run, site: str) -> None:
    def url(*args: str) -> str:
        return str(json.loads(fetch("--format", "json", *args).stdout)["url"])

    assert url(f"{site}/moved") == f"{site}/plain"
    assert url(f"{site}/moved", "--url", "https://news.example/") == "https://news.example/"


def test_an_address_as_browsers_show_it(fetch: Run, site: str) -> None:
    assert fetch(f"{site}/größe?q=ü#top").stdout == "Three.\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/gone", "the server answered 404"),
        ("/to-file", "not allowed"),
        ("/to-ftp", "only http and https are followed"),
        ("/circle", "302"),
        ("/short", "broke off after 9 of 999 bytes"),
        ("/large", "more than the 500 bytes allowed"),
        ("/bomb", "more than the 500 bytes allowed"),
        ("/brotli", "packed as br"),
        ("/picture", "binary"),
    ],
)
def test_a_page_that_cannot_be_had(fetch: Run, site: str, path: str, reason: str) -> None:
    result = fetch("--max-bytes", 500, site + path, f"{site}/plain")
    assert (result.exit_code, result.stdout) == (1, "One.\n")
    assert result.stderr.startswith(f"cleanpage: {site}{path}: ")
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://[", "https://a b/", "http://127.0.0.1:port/", "http://"]
)
def test_an_address_that_leads_nowhere(fetch: Run, url: str) -> None:
    result = fetch(url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"cleanpage: {url}: ")
