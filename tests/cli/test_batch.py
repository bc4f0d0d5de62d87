"""`cleanpage batch`, as users see it."""

from __future__ import annotations

import importlib.util
import json
import re
import xml.etree.ElementTree
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run

needed = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("fastwarc", "orjson", "protego", "pyarrow", "zstandard")),
    reason="cleanpage[batch] is not installed",
)
PAGE = (
    "<title>Page {n}</title><h1>Page {n}</h1><p>A sentence of page {n} that is long enough to be its text.</p>"
    '<p class="more">Two.</p><p>Advertisement</p>'
)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    rows: list[Any] = [{"html": PAGE.format(n=n), "url": f"https://news.example/{n}"} for n in range(6)]
    rows[3] = {"html": ""}
    path = tmp_path / "pages.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def batch(run: Run, rules: Path) -> Run:
    def batch(*args: object, input: str | bytes | None = None) -> Any:
        return run("batch", "--no-builtin", "--rules", rules, "--workers", 1, *args, input=input)

    return batch


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@needed
def test_records_errors_and_summary(batch: Run, pages: Path, tmp_path: Path) -> None:
    result = batch("pages.jsonl", "--out", "out.jsonl")
    assert result.exit_code == 1
    assert result.stdout == ""
    written = records(tmp_path / "out.jsonl")
    assert [one["id"] for one in written] == [f"pages.jsonl#{n}" for n in (1, 2, 3, 5, 6)]
    assert written[0]["text"].endswith("that is long enough to be its text.")
    assert [one["error"] for one in records(tmp_path / "out.jsonl.errors.jsonl")] == ["empty"]
    said = result.stderr
    assert "5 pages written, 1 failed" in said
    assert re.search(r"access\s+pages\n.*\n\s*unknown\s+5", said)
    assert re.search(r"related\s+5\n", said)
    assert "news.example/related/.more" in said
    assert "slowest pages" in said
    assert "why pages failed: out.jsonl.errors.jsonl" in said


@needed
def test_nothing_fails(batch: Run, pages: Path) -> None:
    pages.write_text(pages.read_text().splitlines()[0])
    assert batch("pages.jsonl", "--out", "out.parquet").exit_code == 0


@needed
def test_modes_and_formats(batch: Run, pages: Path, tmp_path: Path) -> None:
    batch("pages.jsonl", "--out", "out.jsonl", "--mode", "clean", "--format", "markdown", "--with-removed")
    first = records(tmp_path / "out.jsonl")[0]
    assert first["markdown"].startswith("# Page 0")
    assert [one["category"] for one in first["removed"]] == ["related", "ad"]


@needed
def test_again_and_anew(batch: Run, pages: Path) -> None:
    batch("pages.jsonl", "--out", "out.jsonl")
    again = batch("pages.jsonl", "--out", "out.jsonl")
    assert (again.exit_code, "complete already" in again.stderr) == (1, True)
    other = batch("pages.jsonl", "--out", "out.jsonl", "--mode", "clean")
    assert other.exit_code == 2
    assert '--mode: "extract", now "clean"' in other.stderr
    assert "--restart" in other.stderr
    anew = batch("pages.jsonl", "--out", "out.jsonl", "--mode", "clean", "--restart")
    assert (anew.exit_code, "complete already" in anew.stderr) == (1, False)


@needed
def test_the_report_stands_alone(batch: Run, pages: Path, tmp_path: Path) -> None:
    batch("pages.jsonl", "--out", "out.jsonl", "--report", "report.html")
    report = (tmp_path / "report.html").read_text()
    assert "<title>cleanpage batch: out.jsonl</title>" in report
    assert not re.search(r"(?:src|href)=|@import|url\(", report)
    plots = re.findall(r"<svg.*?</svg>", report)
    assert len(plots) >= 5
    for plot in plots:
        xml.etree.ElementTree.fromstring(plot)
    for words in ("news.example/related/.more", "pages.jsonl#1", "Words kept, and removed by category", "empty"):
        assert words in report


@needed
def test_standard_input(batch: Run, pages: Path, tmp_path: Path) -> None:
    fields = ("--html-field", "page", "--url-field", "at")
    line = json.dumps({"page": PAGE.format(n=1), "at": "https://news.example/7"})
    result = batch("-", "--input", "jsonl", "--out", "out.jsonl", *fields, input=line)
    assert result.exit_code == 0
    assert records(tmp_path / "out.jsonl")[0]["url"] == "https://news.example/7"


@needed
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--out", "out.csv"], ".jsonl.zst or .parquet"),
        (["--out", "out.jsonl", "--category", "adds"], "unknown category"),
        (["--out", "out.jsonl", "--encoding", "klingon"], "is no encoding"),
        (["--out", "out.jsonl", "--mode", "eat"], "--mode"),
        (["--out", "out.jsonl", "--max-nodes", "0"], "--max-nodes"),
        ([], "--out"),
    ],
)
def test_wrong_usage(batch: Run, pages: Path, args: list[str], words: str) -> None:
    result = batch("pages.jsonl", *args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_without_its_parts_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "fastwarc" else known(name))
    result = run("batch", "x.jsonl", "--out", "y.jsonl")
    assert result.exit_code == 2
    assert "needs fastwarc: pip install 'cleanpage[batch]'" in result.stderr
