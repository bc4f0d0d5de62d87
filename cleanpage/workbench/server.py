"""The workbench's server: for one browser, on this machine.

The standard library's server does: there is one user, a dozen addresses, and nothing that a framework would make
shorter; and the workbench runs wherever cleanpage does, without an extra.

Who may ask:
- The server listens on 127.0.0.1 only.
- Every address begins with the session's token, which no page on the web knows, and which no other server on this
  machine is sent, as a cookie would be.
- `Host` must be this server: a name that somebody else's DNS turns to 127.0.0.1 is refused.
- `Origin` and `Sec-Fetch-Site`, where the browser sends them, must be this server's own.

What is asked for is never a path: files are served by name from a table, pages by their number.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from ..errors import CleanpageError
from . import answers
from .session import Session

ADDRESS = "127.0.0.1"
_MOST_BYTES = 64 * 1024  # of a request
_SECONDS = 60  # that a connection may be silent

# Scripts and styles are the workbench's own files; nothing else is fetched, framed by others, or sent anywhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
# The stored page: no script, nothing fetched but the style sheet. `allow-same-origin` lets the workbench reach into the
# document; the other way would take a script, and there none can run.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "no-store",
}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_INDEX = "index.html"
# The addresses below the token.
_FRAME = re.compile(r"pages/([0-9]{1,9})")
_PAGE = re.compile(r"api/pages/([0-9]{1,9})(?:/([a-z]+))?")


class Refused(Exception):
    """A request that is not answered, with the status that says why."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Server(ThreadingHTTPServer):
    """Serves one session.

    Args:
        session: pages and rules.
        port: where to listen; 0 for any port that is free.

    Attributes:
        token: what every address begins with.
        files: what is served as it is, by name.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, session: Session, port: int = 0) -> None:
        super().__init__((ADDRESS, port), Handler)
        self.session = session
        self.token = secrets.token_urlsafe(32)
        static = files(__package__) / "static"
        self.files = {file.name: file.read_bytes() for file in static.iterdir() if _suffix(file.name) in _TYPES}

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that it answers to."""
        return f"{ADDRESS}:{self.port}", f"localhost:{self.port}"

    @property
    def address(self) -> str:
        """Where the workbench is, with the token."""
        return f"http://{ADDRESS}:{self.port}/{self.token}/"


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "cleanpage", ""
    timeout = _SECONDS

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, method: Callable[[str], tuple[bytes, str, str]]) -> None:
        try:
            body, kind, policy = method(self._admitted())
            status = HTTPStatus.OK
        except Refused as refusal:
            status, policy = refusal.status, _POLICY
            body, kind = _json({"error": str(refusal)})
            self.close_connection = True  # a body that was not read would be taken for the next request
        except CleanpageError as error:
            status, policy = HTTPStatus.UNPROCESSABLE_ENTITY, _POLICY
            body, kind = _json({"error": str(error)})
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # --- who may ask ---------------------------------------------------------------------------

    def _admitted(self) -> str:
        """The address that is asked for, without the token, once it is clear that it may be.

        Raises:
            Refused: it may not.
        """
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            raise Refused(HTTPStatus.FORBIDDEN, "this is not the host that was asked for")
        for origin in self.headers.get_all("Origin", []):
            if origin.lower() not in (f"http://{host}" for host in self.server.hosts):
                raise Refused(HTTPStatus.FORBIDDEN, "another site may not ask")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Refused(HTTPStatus.FORBIDDEN, "another site may not ask")
        if not self.path.startswith("/"):
            raise Refused(HTTPStatus.FORBIDDEN, "this is no proxy")
        token, slash, rest = urlsplit(f"//host{self.path}").path[1:].partition("/")
        if not slash or not hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "the address lacks the session's token: use the one the command shows")
        return rest

    # --- what is answered ----------------------------------------------------------------------

    def _get(self, name: str) -> tuple[bytes, str, str]:
        name = name or _INDEX
        file = self.server.files.get(name)
        if file is not None:
            return file, _TYPES[_suffix(name)], _POLICY
        if found := _FRAME.fullmatch(name):
            number = self._page(found[1])
            with self.server.session.lock:
                return self.server.session.frame(number, "../frame.css").encode(), "text/html", _FRAME_POLICY
        with self.server.session.lock:
            if name == "api/start":
                return *_json(answers.start(self.server.session)), _POLICY
            if (found := _PAGE.fullmatch(name)) and not found[2]:
                number = self._page(found[1])
                threading.Thread(target=self.server.session.warm, args=(number,), daemon=True).start()
                return *_json(answers.page(self.server.session, number)), _POLICY
        raise Refused(HTTPStatus.NOT_FOUND, "there is no such address")

    def _post(self, name: str) -> tuple[bytes, str, str]:
        data = self._body()
        with self.server.session.lock:
            if name in _FOR_ALL:
                return *_json(_FOR_ALL[name](self.server.session)), _POLICY
            found = _PAGE.fullmatch(name)
            if found and found[2] in _FOR_PAGES:
                return *_json(_FOR_PAGES[found[2]](self.server.session, self._page(found[1]), data)), _POLICY
        raise Refused(HTTPStatus.NOT_FOUND, "there is no such address")

    def _page(self, digits: str) -> int:
        number = int(digits)
        if number >= len(self.server.session.pages):
            raise Refused(HTTPStatus.NOT_FOUND, "there is no such page")
        return number

    def _body(self) -> dict[str, Any]:
        if self.headers.get_content_type() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a request is JSON")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or self.headers.get("Transfer-Encoding"):
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "a request says how long it is")
        if int(length) > _MOST_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too large")
        try:
            data = json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError):
            raise Refused(HTTPStatus.BAD_REQUEST, "the request is no JSON") from None
        if not isinstance(data, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "the request is no JSON object")
        return data

    def log_message(self, format: str, *args: Any) -> None:
        """The command's output is not for every request."""


def _choices(session: Session, number: int, data: dict[str, Any]) -> dict[str, Any]:
    element = data.get("element")
    if not isinstance(element, int) or isinstance(element, bool):
        raise Refused(HTTPStatus.BAD_REQUEST, "which element is a number")
    return answers.choices(session, number, element, data.get("keep") is True)


def _tried(session: Session, number: int, data: dict[str, Any]) -> dict[str, Any]:
    return answers.choice(session.tried(number, answers.draft_from(data)))


def _preview(session: Session, number: int, data: dict[str, Any]) -> dict[str, Any]:
    return answers.preview(session, number, answers.draft_from(data))


def _save(session: Session, number: int, data: dict[str, Any]) -> dict[str, Any]:
    draft = answers.draft_from(data)
    return answers.saved(session, session.save(number, draft, data.get("example", True) is True))


def _test(session: Session, number: int, data: dict[str, Any]) -> dict[str, Any]:
    return answers.report(session.test(number))


def _undo(session: Session) -> dict[str, Any]:
    return {"file": answers.shown(session.undo()), "revision": session.revision}


def _reload(session: Session) -> dict[str, Any]:
    session.reload()
    return {"revision": session.revision}


_FOR_ALL: dict[str, Callable[[Session], dict[str, Any]]] = {"api/undo": _undo, "api/reload": _reload}
_FOR_PAGES: dict[str, Callable[[Session, int, dict[str, Any]], dict[str, Any]]] = {
    "choices": _choices,
    "try": _tried,
    "preview": _preview,
    "save": _save,
    "test": _test,
}


def _json(data: dict[str, Any]) -> tuple[bytes, str]:
    # Pages may hold lone surrogates, which no file of JSON may.
    return json.dumps(data).encode("ascii"), "application/json"


def _suffix(name: str) -> str:
    return name[name.rfind(".") :]
