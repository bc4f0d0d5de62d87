"""Who may ask the workbench, and for what."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleanpage.workbench.server import ADDRESS, Server
from cleanpage.workbench.session import Session

from .support import RULES, serving

DRAFT = {"category": "chrome", "css": ".tide-table"}


@pytest.fixture
def server(session: Session) -> Iterator[Server]:
    with serving(session) as server:
        yield server


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def data(self) -> Any:
        return json.loads(self.body)


def ask(server: Server, address: str, data: object = None, *, method: str = "", **headers: str) -> Answer:
    """Ask for an address below the token, as the workbench's own page does; `headers` with underscores override."""
    return ask_whole(server, f"/{server.token}/{address}", data, method=method, **headers)


def ask_whole(server: Server, path: str, data: object = None, *, method: str = "", **headers: str) -> Answer:
    sent = {"Host": f"{ADDRESS}:{server.port}"}
    body = None
    if data is not None:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent |= {"Content-Type": "application/json", "Origin": f"http://{ADDRESS}:{server.port}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=30)
    try:
        connection.putrequest(method or ("GET" if body is None else "POST"), path, skip_host=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        if body is not None and "Content-Length" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return Answer(connection.getresponse())
    finally:
        connection.close()


# --- who may ask -------------------------------------------------------------------------------


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address.startswith(f"http://127.0.0.1:{server.port}/")


def test_the_page_and_what_it_needs_are_answered(server: Server) -> None:
    for name in ("", "index.html", "app.js", "app.css", "frame.css", "icon.svg", "pages/0", "api/start", "api/pages/0"):
        answer = ask(server, name)
        assert answer.status == 200, name
        assert answer.body


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "", "127.0.0.1.evil.example:{port}"]
)
def test_a_foreign_host_is_refused(server: Server, host: str) -> None:
    assert ask(server, "api/start", Host=host.format(port=server.port)).status == 403
    assert ask(server, "api/pages/0/save", DRAFT, Host=host.format(port=server.port)).status == 403


def test_two_hosts_are_refused(server: Server) -> None:
    with socket.create_connection((ADDRESS, server.port), timeout=30) as raw:
        host = f"{ADDRESS}:{server.port}"
        raw.sendall(f"GET /{server.token}/ HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n".encode())
        assert b" 403 " in raw.recv(200)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "file://"]
)
def test_a_foreign_origin_is_refused(server: Server, rule_file: Path, origin: str) -> None:
    assert ask(server, "api/start", Origin=origin.format(port=server.port)).status == 403
    assert ask(server, "api/pages/0/save", DRAFT, Origin=origin.format(port=server.port)).status == 403
    assert rule_file.read_text("utf-8") == RULES


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_starts_is_refused(server: Server, site: str) -> None:
    assert ask(server, "", Sec_Fetch_Site=site).status == 403
    assert ask(server, "api/pages/0/save", DRAFT, Sec_Fetch_Site=site).status == 403


def test_without_the_token_everything_is_refused(server: Server) -> None:
    token = server.token
    wrong = ("", token[:-1], f"{token}x", token.swapcase(), "x" * len(token), "é")
    for path in ("/", "/api/start", "/app.js", "/pages/0", *(f"/{one}/api/start" for one in wrong[:5]), f"/{token}"):
        answer = ask_whole(server, path)
        assert answer.status == 403, path
        assert token.encode() not in answer.body
    for one in ("/api/pages/0/save", f"/{'x' * len(token)}/api/pages/0/save"):
        assert ask_whole(server, one, DRAFT).status == 403
    assert ask_whole(server, f"http://evil.example/{token}/").status == 403


def test_every_session_has_a_token_of_its_own(server: Server, session: Session) -> None:
    other = Server(session)
    other.server_close()
    assert other.token != server.token
    assert len(server.token) >= 40


# --- what may be asked for ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "static/../server.py", "server.py", "../server.py",
        "/etc/passwd", "//etc/passwd", "pages/../../secret.txt", "pages/../gold.json", "pages/story-0.html", "pages/99",
        "pages/-1", "pages/0/", "pages/0x0", "pages/%D9%A0", "api/pages/99", "api/files", "api/", "app.js/", "app.js%00", ".",
        "..", "__init__.py", "icon.svg?/../../x/../../etc/passwd/..", "pages/" + "9" * 300,
    ],
)  # fmt: skip
def test_paths_outside_of_what_was_opened_are_refused(server: Server, pages: Path, address: str) -> None:
    (pages.parent / "secret.txt").write_text("SECRET", "utf-8")
    answer = ask(server, address)
    assert answer.status == (200 if "?" in address else 404)
    for words in (b"SECRET", b"root:", b"import ", b'"url"'):
        assert words not in answer.body


def test_other_methods_are_not_answered(server: Server) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PATCH"):
        assert ask(server, "api/start", method=method).status == 501
    assert ask(server, "api/start", {}).status == 404
    assert ask(server, "api/pages/0/save").status == 404


def test_a_request_is_json_of_no_great_length(server: Server) -> None:
    assert ask(server, "api/pages/0/try", DRAFT, Content_Type="text/plain").status == 415
    assert ask(server, "api/pages/0/try", DRAFT, Content_Type="application/x-www-form-urlencoded").status == 415
    assert ask(server, "api/pages/0/try", DRAFT, Content_Length="1000000000").status == 413
    assert ask(server, "api/pages/0/try", DRAFT, Content_Length="-1").status == 411
    assert ask(server, "api/pages/0/try", b"{").status == 400
    assert ask(server, "api/pages/0/try", [1]).status == 400
    assert ask(server, "api/pages/0/try", b"[" * 60_000).status == 400
    assert ask(server, "api/pages/0/choices", {"element": "1"}).status == 400
    assert ask(server, "api/pages/0/choices", {"element": True}).status == 400


def test_what_goes_wrong_is_said(server: Server) -> None:
    answer = ask(server, "api/pages/0/try", {"css": "p["})
    assert (answer.status, "no selector" in answer.data["error"]) == (422, True)
    assert ask(server, "api/pages/0/try", {"css": 1}).status == 422
    assert ask(server, "api/pages/0/choices", {"element": 10**9}).status == 422
    assert ask(server, "api/undo", {}).status == 422


def test_a_rule_is_never_more_than_a_line(server: Server, rule_file: Path) -> None:
    draft = {"category": "chrome", "css": ".tide-table\n  ad:\n    - .x", "example": False}
    assert ask(server, "api/pages/0/save", draft).status == 422
    assert rule_file.read_text("utf-8") == RULES
    draft = {"category": "chrome", "css": "h4", "equals": "High water\n- today", "example": False}
    assert ask(server, "api/pages/0/save", draft).status == 200
    assert "      equals: High water - today" in rule_file.read_text("utf-8").splitlines()


def test_a_file_cannot_be_named(server: Server, tmp_path: Path, rule_file: Path) -> None:
    draft = {**DRAFT, "file": str(tmp_path / "other.yaml"), "path": "../../x.yaml", "host": "evil.example"}
    assert ask(server, "api/pages/0/save", draft).status == 200
    assert not (tmp_path / "other.yaml").exists()
    assert ".tide-table" in rule_file.read_text("utf-8")


# --- what is answered --------------------------------------------------------------------------


def test_every_answer_forbids_what_it_does_not_need(server: Server) -> None:
    for answer in (ask(server, ""), ask(server, "app.js"), ask(server, "api/start"), ask_whole(server, "/")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_stored_page_may_run_and_fetch_nothing(server: Server) -> None:
    policy = ask(server, "pages/0").headers["Content-Security-Policy"]
    parts = [part.split() for part in policy.split(";")]
    assert ["default-src", "'none'"] in parts
    assert ["sandbox", "allow-same-origin"] in parts
    assert not [part for part in parts if part[0].startswith(("script", "img", "connect", "font", "frame-src"))]


def test_the_whole_way_without_a_browser(server: Server, rule_file: Path) -> None:
    start = ask(server, "api/start").data
    assert [page["host"] for page in start["pages"]] == ["www.coast.example"] * 3
    page = ask(server, "api/pages/0").data
    assert page["target"] == {"file": str(rule_file), "isNew": False}
    assert page["others"] == 2
    assert "Nobody was hurt" in page["text"]
    assert [one["category"] for one in page["removed"]] == ["related"]
    number = ask(server, "pages/0").body.decode().partition("High water today")[0].rpartition('data-n="')[2]
    choices = ask(server, "api/pages/0/choices", {"element": int(number.partition('"')[0])}).data["choices"]
    (choice,) = [one for one in choices if one["css"] == ".tide-table"]
    assert (choice["blocks"], choice["otherPages"], choice["article"]) == (2, 2, None)
    assert ask(server, "api/pages/0/preview", DRAFT).data["gone"] == 9
    saved = ask(server, "api/pages/0/save", DRAFT).data
    assert saved["hasExample"]
    assert "+    - .tide-table" in saved["diff"].splitlines()
    report = ask(server, "api/pages/0/test", {}).data
    assert (report["examples"], report["failures"], report["unshown"]) == (2, [], [])
    assert ask(server, "api/undo", {}).data["file"] == str(rule_file)
    assert rule_file.read_text("utf-8") == RULES
    assert ask(server, "api/reload", {}).status == 200
