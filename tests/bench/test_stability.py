"""The ledger of texts."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage.bench.stability import Ledger, compare, texts_at
from cleanpage.cli import app

PAGE = "<html><body><article><h1>Title</h1><p>{text}</p></article></body></html>"
TEXT = "The harbour of the small town was closed this morning after a ship had run aground."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "news"
    (folder / "pages").mkdir(parents=True)
    rows = [{"id": name, "url": f"https://www.news.example/{name}", "body": [TEXT]} for name in ("one", "two")]
    (folder / "gold.json").write_text(json.dumps(rows), "utf-8")
    for row in rows:
        write(folder.parent, row["id"], TEXT)
    (folder.parent / "labels").mkdir()  # borrows its page, so that it is not counted twice
    (folder.parent / "labels" / "gold.json").write_text(json.dumps([{"id": "one", "body": [TEXT]}]), "utf-8")
    return folder.parent


def write(data: Path, name: str, text: str) -> None:
    (data / "news" / "pages" / f"{name}.html.gz").write_bytes(gzip.compress(PAGE.format(text=text).encode()))


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bench", "stability", "--workers", "1", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_change_shows_until_the_ledger_is_updated(data: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    status, output = run(data, "--ledger", ledger, "--update")
    assert (status, "2 pages: 0 changed, 2 new, 0 gone" in output) == (0, True)
    assert run(data, "--ledger", ledger) == (0, "2 pages: 0 changed, 0 new, 0 gone\n")
    write(data, "two", "Another text.")
    status, output = run(data, "--ledger", ledger)
    assert status == 1
    assert "changed: news/two (clean)" in output
    assert "news/one" not in output
    assert run(data, "--ledger", ledger, "--update")[0] == 0
    assert run(data, "--ledger", ledger)[0] == 0


def test_pages_that_come_and_go(data: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    run(data, "--ledger", ledger, "--update")
    rows = [{"id": name, "body": [TEXT]} for name in ("one", "three")]
    (data / "news" / "gold.json").write_text(json.dumps(rows), "utf-8")
    write(data, "three", TEXT)
    status, output = run(data, "--ledger", ledger)
    assert status == 1
    assert "new: news/three" in output
    assert "gone: news/two" in output


def test_other_versions_are_named() -> None:
    before = Ledger({"a/x": ["1", "2"], "b/y": ["1", "2"]}, {"lxml": "1"})
    found = compare(before, Ledger({"a/x": ["1", "3"]}, {"lxml": "2"}), ["a"])
    assert found.changed == [("a/x", "extract")]
    assert found.missing == []
    assert found.versions == {"lxml": ("1", "2")}


@pytest.mark.parametrize(("text", "message"), [("[]", "is no ledger"), ("{", "is no ledger"), (None, "cannot be read")])
def test_what_is_no_ledger(data: Path, tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "ledger.json"
    if text is not None:
        path.write_text(text)
    status, output = run(data, "--ledger", path)
    assert status == 2
    assert message in output
    assert "--update makes" in output


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_against_another_revision(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A project of its own, whose first revision gave other texts.
    project = tmp_path / "project"
    (project / "cleanpage").mkdir(parents=True)
    (project / "cleanpage" / "__init__.py").write_text(
        "class PageError(Exception): pass\n"
        "class Result: text = 'An older text.'\n"
        "def clean(html, url=None): return Result()\n"
        "def extract(html, url=None): raise PageError('too old')\n"
    )
    ledger = project / "ledger.json"
    run(data, "--ledger", ledger, "--update")
    content = json.loads(ledger.read_text())
    content["pages"]["news/one"] = ["0", "0"]
    ledger.write_text(json.dumps(content))
    git = ["git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    # What is in the checkout now is not what is asked for.
    (project / "cleanpage" / "__init__.py").write_text("raise ImportError('the wrong revision')\n")
    monkeypatch.chdir(project)
    status, output = run(data, "--ledger", ledger, "--against", "last")
    assert status == 1
    assert "news/one (clean): f1 0.0" in output
    assert "  -An older text.\n" in output
    assert f"  +{TEXT}\n" in output
    assert "  -PageError: too old\n" in output
    assert "news (clean), 1 changed page: mean" in output
    status, output = run(data, "--ledger", ledger, "--against", "nowhere")
    assert status == 2
    assert "git worktree: " in output
    assert texts_at("HEAD", {}, project) == {}
