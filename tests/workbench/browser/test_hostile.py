"""A page that tries everything, opened in the workbench: it can do nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cleanpage.stored import Page
from cleanpage.workbench.server import Server
from cleanpage.workbench.session import Session

from ..hostile import WORD, hostile_page
from ..support import HOST, serving

# Time for what a page might do by itself: refreshes, loads, timers.
A_WHILE = 1500  # milliseconds


class Canary(ThreadingHTTPServer):
    """Another server on this machine, which nothing must ask: it notes each connection."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Noting)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.asked.append("a connection")
        return True


class _Noting(BaseHTTPRequestHandler):
    server: Canary

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def canary() -> Iterator[Canary]:
    server = Canary()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Watched:
    """A window with the workbench, and what it did: requests that leave, windows, dialogs, downloads."""

    def __init__(self, page: Any, server: Server) -> None:
        self.page, self.address = page, server.address
        self.left: list[str] = []
        self.navigated: list[str] = []
        context = page.context
        context.on("request", lambda request: self._request(request.url))
        context.on("page", lambda other: self.left.append(f"a window: {other.url}"))
        page.on("dialog", lambda dialog: (self.left.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page.on("download", lambda one: self.left.append(f"a download: {one.url}"))
        page.on("worker", lambda one: self.left.append(f"a worker: {one.url}"))
        page.on("framenavigated", lambda frame: self.navigated.append(frame.url))

    def _request(self, url: str) -> None:
        if not url.startswith(self.address):
            self.left.append(url)

    def assert_nothing_happened(self, frames: int = 2) -> None:
        assert self.left == []
        assert self.page.url == self.address
        # The frame, and nothing in it.
        assert len(self.page.frames) == frames
        assert all(url.startswith(f"{self.address}pages/") for url in self.navigated), self.navigated
        for frame in self.page.frames:
            assert frame.evaluate("window.pwned") is None
        assert self.page.evaluate("localStorage.length") == 0


@pytest.fixture
def hostile() -> Iterator[tuple[Session, Canary]]:
    with canary() as other:
        html = hostile_page(f"http://127.0.0.1:{other.server_address[1]}")
        yield Session([Page("hostile.html", html.encode(), f"https://{HOST}/x")]), other


def use(watched: Watched) -> None:
    """Do with the page what somebody might: click all of it, walk over it by keys, send its forms."""
    page = watched.page
    frame = page.frame_locator("#frame")
    for text in ("words with handlers", "button", "link", "script link", "data link", "download", "details", "element"):
        target = frame.get_by_text(f"{WORD} {text}", exact=True).first
        target.hover(force=True)
        target.click(force=True)
        target.click(force=True, modifiers=["Control"])
        target.dblclick(force=True)
        page.keyboard.press("Enter")
    page.locator("#frame").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    for key in "jjwxx234":
        page.keyboard.press(key)
    page.wait_for_timeout(A_WHILE)


def test_a_stored_page_can_do_nothing(
    open_workbench: Callable[..., Any], hostile: tuple[Session, Canary], screenshots: Path
) -> None:
    session, other = hostile
    with serving(session) as server:
        page = open_workbench(server)
        watched = Watched(page, server)
        page.reload()
        page.wait_for_selector("body[data-ready]")
        watched.navigated.clear()
        page.wait_for_timeout(A_WHILE)
        use(watched)
        page.screenshot(path=screenshots / "hostile.png")
        watched.assert_nothing_happened()
        assert other.asked == []
        # In the frame there is what was written for it, and no more.
        tags = page.frames[1].evaluate("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].sort()")
        assert tags == ["body", "div", "head", "html", "link", "meta", "span", "title"]


def test_its_document_can_do_nothing_in_a_window_of_its_own(browser: Any, hostile: tuple[Session, Canary]) -> None:
    session, other = hostile
    with serving(session) as server:
        context = browser.new_context()
        left: list[str] = []
        context.on("request", lambda request: left.append(request.url))
        page = context.new_page()
        page.goto(f"{server.address}pages/0")
        page.wait_for_timeout(A_WHILE)
        # The browser itself asks for a picture of the site, and gets none.
        assert {url.rpartition("/")[2] for url in left} <= {"0", "frame.css", "categories.css", "favicon.ico"}
        assert page.url == f"{server.address}pages/0"
        assert other.asked == []
        context.close()


def test_even_unsanitised_it_runs_nothing_and_reaches_nobody(
    browser: Any, hostile: tuple[Session, Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second wall alone: the raw page in the workbench's frame. Connections that ask for nothing (`preconnect`) are
    all that a policy does not forbid; no address is asked for."""
    session, other = hostile
    raw = session.pages[0].html.decode()
    monkeypatch.setattr(session, "frame", lambda number, style: raw)
    with serving(session) as server:
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        watched = Watched(page, server)
        refused: list[str] = []
        page.on("requestfailed", lambda request: refused.append(request.url))
        page.goto(server.address)
        page.wait_for_timeout(A_WHILE)
        page.mouse.click(300, 400)
        page.wait_for_timeout(A_WHILE)
        assert page.url == server.address
        assert page.title() == "cleanpage workbench"
        assert page.evaluate("window.pwned") is None
        for frame in page.frames[1:2]:
            assert frame.evaluate("window.pwned") is None
        assert [path for path in other.asked if path != "a connection"] == []
        assert not [one for one in watched.left if one.startswith(("a window", "a dialog", "a download", "a worker"))]
        page.context.close()


def test_the_tests_would_notice(browser: Any, hostile: tuple[Session, Canary]) -> None:
    """The same page without any of it: its scripts run, and its requests leave."""
    session, other = hostile
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "**/page.html", lambda route: route.fulfill(body=session.pages[0].html.decode(), content_type="text/html")
    )
    page.goto(f"http://127.0.0.1:{other.server_address[1]}/page.html", wait_until="commit")
    asked: set[str] = set()
    for _ in range(80):
        page.wait_for_timeout(A_WHILE)
        asked = {path for path in other.asked if path.startswith("/")}
        if len(asked) >= 5:
            break
    context.close()
    assert len(asked) >= 5
    assert {"/image", "/sheet.css", "/run"} & asked
