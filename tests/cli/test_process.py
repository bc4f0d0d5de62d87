"""The command as users run it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cleanpage

_COMMAND = [sys.executable, "-m", "cleanpage"]
_HOME = str(Path(cleanpage.__file__).resolve().parent.parent)


def _environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": _HOME, **changes}


def _run(*args: str, input: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*_COMMAND, *args], input=input, capture_output=True, env=_environment(**changes), timeout=60)


def test_help_needs_neither_parser_nor_engine() -> None:
    code = (
        "import sys; sys.argv = ['cleanpage', '--help']\n"
        "from cleanpage.cli import main\n"
        "try: main()\n"
        "finally: print(*{'lxml', 'yaml', 'rich.table', 'cleanpage.api', 'urllib.request'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=_environment(), timeout=60)
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert lines[0].startswith("Usage: cleanpage")
    assert lines[-1] == ""  # none of these modules was imported


def test_version() -> None:
    assert _run("--version").stdout.decode().split() == ["cleanpage", cleanpage.__version__]


def test_output_is_utf_8_whatever_the_locale() -> None:
    done = _run("clean", "--no-builtin", "--why", input="<p>Größe 😀</p>".encode(), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "Größe 😀\n".encode())


def test_a_text_is_cleaned_byte_for_byte() -> None:
    text = b"One\r\n\n \tTwo \x0b\x85 \xc2\xa0\n"
    assert _run("clean", "--no-builtin", "--input", "text", "--encoding", "latin-1", input=text).stdout == text.decode(
        "latin-1"
    ).encode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="pipes of another kind")
def test_a_reader_that_goes_away_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*_COMMAND, "clean", "--no-builtin", "-"],
            input=b"<p>One.</p>",
            stdout=writing,
            stderr=subprocess.PIPE,
            env=_environment(),
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals to be had")
def test_a_terminal_is_no_page() -> None:
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [*_COMMAND, "clean"], stdin=theirs, capture_output=True, env=_environment(), timeout=60, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nothing to clean" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk at hand")
def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "wb") as full:
        command = [*_COMMAND, "clean", "--no-builtin", "-"]
        done = subprocess.run(
            command, input=b"<p>One.</p>", stdout=full, stderr=subprocess.PIPE, env=_environment(), timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"cleanpage: the output cannot be written: ")
    assert b"Traceback" not in done.stderr


def test_an_example_page_of_the_repository() -> None:
    page = Path(_HOME, "examples", "artikel.html")
    if not page.exists():
        pytest.skip("not in a checkout")
    done = _run("clean", str(page), "--url", "https://www.fr.de/politik/", "--why", COLUMNS="160")
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "Henrike Solvander" in text
    assert "Das Freibad" not in text
    assert b".id-Recommendation" in done.stderr
