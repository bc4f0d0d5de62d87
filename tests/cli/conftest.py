"""The command, run within the tests' own process; `tests/cli/test_process.py` runs it as users do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cleanpage.cli import app

RULES = """\
domains: [news.example]
remove:
  related:
    - .more
    - css: p
      starts: "Read also:"
  ad:
    - equals: Advertisement
  chrome:
    - nav.site
lines:
  player:
    - line: close
examples:
  - html: |
      <nav class="site">Home</nav><p>One.</p><p class="more">Two.</p><p>Read also: Three.</p><p>Advertisement</p>
    removes: [Home, Two., "Read also:", Advertisement]
    keeps: [One.]
  - text: |
      close
      One.
    removes: [close]
    keeps: [One.]
"""
PAGE = '<nav class="site">Home</nav><h1>Title</h1><p>One.</p><p class="more">Two.</p><p>Advertisement</p>'

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in an empty folder; arguments as on the command line, `input` is stdin."""
    monkeypatch.chdir(tmp_path)

    def run(*args: object, input: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "my-rules" / "publishers" / "news.example.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULES, "utf-8")
    return path


@pytest.fixture
def clean(run: Run, rules: Path) -> Run:
    """`cleanpage clean` with the rules above alone, on a page of their publisher."""

    def clean(*args: object, input: str | bytes | None = None) -> Result:
        own = ("--no-builtin", "--rules", rules, "--url", "https://www.news.example/a")
        return run("clean", *own, *args, input=input)

    return clean
