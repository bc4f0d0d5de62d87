"""The code blocks of the documentation, and how each is run.

A page is one session: its blocks run in turn, in one folder that begins with a copy of `examples/`
and with `benchmarks/`.

- A block with a title (```` ```yaml title="rules/a.yaml" ````) is a file, and is written.
- `console`: lines that begin with `$ ` are commands, what follows is what they say; `…` stands for anything, also for
  whole lines.
- `python`: a script in a process of its own; what stands behind `#` after a `print(…)` is what it prints.
- Other languages are shown, not run.

A comment before a block says what else there is to know:

- `<!-- needs: scrapy -->`: it is run where that can be imported.
- `<!-- tested: tests/integrations/test_scrapy.py -->`: it is run there.
- `<!-- not run: it needs a cluster -->`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from cleanpage.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
_FENCE = re.compile(
    r"(?:^<!-- *(?P<key>needs|tested|not run): *(?P<said>.*?) *-->\n+)?"
    r"^(?P<indent> *)```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=indent)```$",
    re.M | re.S,
)
_TITLE = re.compile(r'title="([^"]+)"')
_PROMISE = re.compile(r"print\(.*\)  # (.+)$", re.M)
_SHELL = re.compile(r"[|<>&;*$`]")
_LONGEST = 300  # seconds


@dataclass(frozen=True)
class Block:
    """A code block.

    Attributes:
        page: the file it stands in, from `docs/`.
        line: where it begins.
        language: what it is written in.
        code: what stands in it.
        title: the file that it is, empty if it is none.
        key, said: the comment before it.
    """

    page: str
    line: int
    language: str
    code: str
    title: str = ""
    key: str = ""
    said: str = ""


def pages() -> list[str]:
    """The pages of the documentation, from `docs/`."""
    return sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def blocks(page: str) -> Iterator[Block]:
    """The code blocks of a page, in their order."""
    text = (DOCS / page).read_text("utf-8")
    for found in _FENCE.finditer(text):
        title = _TITLE.search(found["info"])
        code = re.sub(f"^{found['indent']}", "", found["code"], flags=re.M)
        line = text.count("\n", 0, found.start("language")) + 1
        yield Block(
            page, line, found["language"], code, title[1] if title else "", found["key"] or "", found["said"] or ""
        )


def run_python(code: str, folder: Path, *arguments: str) -> str:
    """Run a script in a folder, in a process of its own.

    Returns:
        What it wrote, to stdout and stderr.
    """
    script = folder / "script.py"
    script.write_text(code, "utf-8")
    return _run([sys.executable, script.name, *arguments], folder)


def check_python(block: Block, folder: Path) -> None:
    """Run a block of Python; it prints what it promises."""
    output = run_python(block.code, folder).splitlines()
    for promised in _PROMISE.findall(block.code):
        assert promised in output, f"{block.page}:{block.line}: {promised!r} is promised, not: {output}"


def check_console(block: Block, folder: Path) -> None:
    """Run the commands of a block, each as it is written; they say what stands below them."""
    commands = re.split(r"^\$ ", block.code, flags=re.M)
    assert not commands[0].strip(), f"{block.page}:{block.line}: a line before the first command"
    for text in commands[1:]:
        command, expected = _split(text)
        output = _said_by(command, folder)
        pattern = r"\s*".join(map(_line_pattern, expected.strip().splitlines()))
        shown = f"{block.page}:{block.line}: $ {command}\n{output}"
        assert re.fullmatch(pattern, output.strip(), re.S), shown + f"\n--- is not what is promised:\n{expected}"


def _split(text: str) -> tuple[str, str]:
    """A command, which goes on where a line ends in a backslash, and what it should say."""
    command, _, expected = re.sub(r"\\\n\s*", "", text).partition("\n")
    return re.sub(r"\s+# .*$", "", command).strip(), expected


def _line_pattern(line: str) -> str:
    return ".*?".join(map(re.escape, re.split("…", " ".join(line.split())))).replace(r"\ ", r"\s+")


def _said_by(command: str, folder: Path) -> str:
    arguments = shlex.split(command)
    if arguments[0] == "cleanpage" and not _SHELL.search(command):
        before = Path.cwd()
        os.chdir(folder)
        try:
            result = CliRunner().invoke(app, arguments[1:])
        finally:
            os.chdir(before)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.output
    python = shlex.quote(sys.executable)
    names = f'python() {{ {python} "$@"; }}; cleanpage() {{ {python} -m cleanpage "$@"; }}'
    return _run(["bash", "-c", f"{names}; {command}"], folder)


def _run(command: list[str], folder: Path) -> str:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    # The name and address that git wants are nobody's.
    who = {f"GIT_{role}_{what}": "author" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TERM": "dumb", "PYSPARK_PYTHON": sys.executable, **who},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_LONGEST,
    )
    output = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, output
    return output
