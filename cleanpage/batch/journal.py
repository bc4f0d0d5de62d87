"""How far a run has come, kept in an SQLite file beside its output: what makes it possible to go on after a crash.

The output is made durable first, then the journal says so, in one transaction. Whatever was written after that is cut
off when the run goes on. The file stays locked for as long as a run uses it.
"""

from __future__ import annotations

import json
import sqlite3
from types import TracebackType
from typing import Any

from ..errors import CleanpageError

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT
)
"""


class Journal:
    """The journal of one run.

    Args:
        path: its file.
        arguments: what decides over the output, by the names that users know; they have to be the same each time.

    Raises:
        CleanpageError: another run uses it, it was begun with other arguments, or it cannot be read.
    """

    def __init__(self, path: str, arguments: dict[str, Any]) -> None:
        self._path = path
        arguments = json.loads(json.dumps(arguments))  # as they come back
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._begin(arguments)
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise CleanpageError(f"another run is writing this output: {path} is locked") from None
            if isinstance(error, sqlite3.Error):
                raise CleanpageError(f"{path} cannot be used as a journal ({error}); --restart begins anew") from None
            raise

    def _begin(self, arguments: dict[str, Any]) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA synchronous = FULL")
        run("BEGIN EXCLUSIVE")
        run(_TABLE)
        found = run("SELECT version, arguments, state FROM journal").fetchone()
        if found is None:
            run("INSERT INTO journal VALUES (1, ?, ?, NULL)", (_VERSION, json.dumps(arguments)))
            found = (_VERSION, None, None)
        run("COMMIT")
        version, known, state = found
        if version != _VERSION:
            raise CleanpageError(f"{self._path} was written by another version of cleanpage; --restart begins anew")
        if known is not None:
            self._compare(json.loads(known), arguments)
        self.state: Any = json.loads(state) if state else None

    def _compare(self, known: dict[str, Any], now: dict[str, Any]) -> None:
        names = [name for name in {**known, **now} if known.get(name) != now.get(name)]
        if names:
            said = "; ".join(f"{name}: {_short(known.get(name))}, now {_short(now.get(name))}" for name in names)
            raise CleanpageError(
                f"this output was begun with other arguments ({said}): give the same ones to go on, "
                "another --out, or --restart to begin anew"
            )

    def save(self, state: Any) -> None:
        """Set down how far the run has come, durably."""
        self._connection.execute("UPDATE journal SET state = ?", (json.dumps(state),))
        self.state = state

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def refuse_locked(path: str) -> None:
    """Check that no run uses a journal, whatever is in it.

    Raises:
        CleanpageError: one does.
    """
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise CleanpageError(f"another run is writing this output: {path} is locked") from None
    except sqlite3.DatabaseError:
        pass  # it is none
    finally:
        connection.close()


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"
