"""`cleanpage bench`: scale, index."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cleanpage.engine.program import Program

from .conftest import PAGE, Run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.html").write_text(PAGE.replace("One.", f"Page {number}."), "utf-8")
    return folder


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.yaml"
    path.write_text("remove: {related: [.more, '.never, nav.site > a'], ad: [{css: p, equals: Advertisement}]}\n")
    return path


# --- what both refuse --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["scale", "index"])
def test_pages_that_are_nowhere(run: Run, tmp_path: Path, name: str) -> None:
    result = run("bench", name, "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "cleanpage: there are no pages at nowhere: no such folder\n"
    (tmp_path / "empty").mkdir()
    result = run("bench", name, "empty")
    assert result.exit_code == 2
    assert "the folder holds no .html, .html.gz, .htm file" in result.stderr


@pytest.mark.parametrize("name", ["scale", "index"])
def test_rules_that_are_nowhere_or_broken(run: Run, tmp_path: Path, pages: Path, name: str) -> None:
    result = run("bench", name, pages, "--rules", "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "cleanpage: there are no rules at nowhere: no such file or folder\n"
    (tmp_path / "bad.yaml").write_text("remov: {}\n")
    result = run("bench", name, pages, "--rules", "bad.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("bad.yaml:1:1: ")


# --- index -------------------------------------------------------------------------------------


def test_index_that_agrees(run: Run, pages: Path, given: Path) -> None:
    result = run("bench", "index", pages, "--rules", given, "--limit", 2)
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.partition(": ")[0] for line in lines[:2]] == ["1/2 0.html", "2/2 1.html"]
    assert lines[0].endswith("no difference")
    assert lines[-1].startswith("2 pages, ")
    assert lines[-1].endswith(": 0 differences")


def test_index_that_differs(run: Run, pages: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "for_class", lambda self, value: ((), ()))
    result = run("bench", "index", pages, "--rules", given)
    assert result.exit_code == 1
    assert "    /html/body/p[2]: only lxml finds it, for .more (given/related/.more)\n" in result.stdout
    report = json.loads(run("bench", "index", pages, "--rules", given, "--format", "json").stdout)
    assert {"page", "rule", "selector", "path", "side"} == set(report["pages"][0]["differences"][0])


def test_an_unreadable_page_is_named_and_the_others_are_compared(run: Run, pages: Path) -> None:
    (pages / "1.html.gz").write_bytes(gzip.compress(b"<p>cut</p>" * 99)[:-12])
    result = run("bench", "index", pages)
    assert result.exit_code == 1
    assert result.stderr.startswith("cleanpage: pages/1.html.gz: ")
    assert result.stdout.splitlines()[-1].startswith("3 pages, ")


# --- scale -------------------------------------------------------------------------------------


def test_scale_as_a_table_and_as_files(run: Run, tmp_path: Path, pages: Path, given: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots need cleanpage[bench]")
    result = run("bench", "scale", pages, "--rules", given, "--made", 20, "--rounds", 1, "--out", "out/deep")
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines[0].startswith("3 pages, ")
    assert lines[1].split("  ")[0] == "rules"
    names = ["lxml_parse", "no rules", "built-in rules", "+ 3 given", "+ 20 made"]
    assert [line.split("  ")[0] for line in lines[2:]] == names
    assert sorted(path.name for path in (tmp_path / "out" / "deep").iterdir()) == [
        "scale.json",
        "scale.png",
        "scale.svg",
    ]
    report = json.loads((tmp_path / "out" / "deep" / "scale.json").read_text("utf-8"))
    assert [size["name"] for size in report["sizes"]] == names


def test_scale_without_matplotlib(
    run: Run, tmp_path: Path, pages: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleanpage.bench.plot.find_spec", lambda name: None)
    options = ("--rules", given, "--made", 5, "--rounds", 1, "--out", "out", "--format", "json")
    result = run("bench", "scale", pages, *options)
    assert result.exit_code == 0
    assert "pip install 'cleanpage[bench]'" in result.stderr
    assert json.loads(result.stdout)["pages"] == 3
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scale.json"]


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path, pages: Path) -> None:
    (tmp_path / "out").write_text("a file")
    result = run("bench", "scale", pages, "--out", "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("cleanpage: out: cannot be written: ")
