"""What the command writes, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from errno import EBADF
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from ..errors import CleanpageError

# How wide tables are where no terminal says how wide it is, in columns.
_WIDTH = 120
# Control characters, halves of surrogate pairs, and marks that turn the direction of a line around.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")


@contextmanager
def command() -> Iterator[None]:
    """Around the body of every command: what goes wrong on the way ends it with a message and the right status."""
    from ..errors import CleanpageError, RuleError

    try:
        yield
    except RuleError as error:
        for problem in error.problems:
            note(relative(str(problem)))
        raise typer.Exit(2) from None
    except CleanpageError as error:
        note(f"cleanpage: {error}")
        raise typer.Exit(2) from None
    except BrokenPipeError:
        _abandon_output()  # whoever reads the output has seen enough: no failure
        raise typer.Exit(0) from None
    except OSError as error:
        if error.filename is not None:
            note(f"cleanpage: {error.filename}: cannot be read: {error.strerror}")
            raise typer.Exit(2) from None
        # Reading a source never ends here, so this is the output: a full disk, a closed file.
        note(f"cleanpage: the output cannot be written: {error.strerror or error}")
        _abandon_output()
        raise typer.Exit(1) from None


def out(text: str, *, errors: str = "replace") -> None:
    """Write to stdout as UTF-8, whatever the locale and without touching line ends.

    Args:
        text: what to write.
        errors: what becomes of lone surrogates, as for `str.encode`.
    """
    if sys.stdout is None:  # closed before the command began
        raise OSError(EBADF, os.strerror(EBADF))
    sys.stdout.buffer.write(text.encode("utf-8", errors))
    sys.stdout.buffer.flush()  # so that notes on stderr come after what they are about


def note(text: str) -> None:
    """Write a line to stderr."""
    if sys.stderr is not None:  # print would take stdout instead
        print(printable(text), file=sys.stderr)


def bold(text: str) -> str:
    """Set off a text on stdout where that is a terminal."""
    return text if _is_plain() else typer.style(text, bold=True)


def coloured(text: str, colour: str | None) -> str:
    """Colour a text on stdout where that is a terminal."""
    return text if colour is None or _is_plain() else typer.style(text, fg=colour)


def _is_plain() -> bool:
    return sys.stdout is None or not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))


def stderr_console() -> Console:
    """Where tables go."""
    from rich.console import Console

    known = "COLUMNS" in os.environ or (sys.stderr is not None and sys.stderr.isatty())
    return Console(stderr=True, width=None if known else _WIDTH, highlight=False)


def printable(text: str) -> str:
    """A text without characters that a terminal would obey: pages and names of files are not to be trusted."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def shortened(text: str, most: int) -> str:
    """A text on one line, and of no more than so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns: names to the left, numbers to the right."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for name, *numbers in cells:
        others = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *others]).rstrip())
    return "".join(f"{line}\n" for line in lines)


def count(number: int, what: str, several: str = "") -> str:
    """A number with what is counted, which becomes `several` (or takes an s) unless it is one."""
    return f"{number:,} {what if number == 1 else several or what + 's'}"


def not_written(path: Path, error: OSError) -> CleanpageError:
    """What to raise where a file cannot be written."""
    from ..errors import CleanpageError

    return CleanpageError(f"{path}: cannot be written: {error.strerror or error}")


def relative(text: str) -> str:
    """A message with the paths of files below the current folder as seen from there."""
    try:
        here = os.path.join(os.getcwd(), "")
    except OSError:  # the folder is gone
        return text
    # Only where a path begins, and nothing if everything is below.
    return text if here == os.sep else re.sub(rf"(?<![^\s(]){re.escape(here)}", "", text)


def _abandon_output() -> None:
    """Let nothing that is still buffered fail once more when the process ends."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
            except (OSError, ValueError):
                pass
