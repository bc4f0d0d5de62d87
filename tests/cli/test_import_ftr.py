"""`cleanpage rules import`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "a.example.txt").write_text(
        "strip: //nav\nstrip: //h1\ntitl: //h1\ntidy: no\ntest_url: https://a.example/1\n"
    )
    (folder / ".a.example.txt").write_text("strip_id_or_class: ads\n")
    return folder


def test_counts_go_to_stdout_and_refusals_to_stderr(run: Run, sites: Path) -> None:
    result = run("rules", "import", "ftr", sites, "--out", "rules")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["directive", "read", "imported", "refused", "skipped"]
    assert ["strip", "2", "1", "1", "0"] in lines
    assert ["strip_id_or_class", "1", "1", "0", "0"] in lines
    assert ["tidy", "1", "0", "0", "1"] in lines
    assert result.stdout.endswith("\nsite files: 2, publishers: 1, families: 0\n3 of 4 lines imported (75.0%)\n")
    assert result.stderr.splitlines() == [
        "refused: a.example.txt:2: strip: 'h1' could match everything: any <h1>; name a class, id or phrase",
        "refused: a.example.txt:3: titl: unknown directive; did you mean 'title'?",
        "note: .a.example.txt: joined with a.example.txt, which claims a.example too and goes first",
    ]
    assert run("rules", "lint", "rules", "--no-warnings").exit_code == 0
    page = '<nav>Menu</nav><p>Text.</p><p class="ads">Buy</p>'
    cleaned = run("clean", "-", "--rules", "rules", "--no-builtin", "--url", "a.example", input=page)
    assert cleaned.stdout == "Menu\nText.\n"


def test_the_report_has_all_of_it(run: Run, sites: Path, tmp_path: Path) -> None:
    (sites / "b.example.txt").write_text("strip: //h1\n" * 30)
    result = run("rules", "import", "ftr", sites, "--out", "rules", "--report", "report.txt")
    assert len(result.stderr.splitlines()) == 12
    assert "… 22 more; all of them are in report.txt" in result.stderr
    report = (tmp_path / "report.txt").read_text("utf-8").splitlines()
    assert len(report) == 33
    assert report[-1].startswith("note: .a.example.txt: joined")
    assert (
        "… 22 more; --report FILE writes all of them" in run("rules", "import", "ftr", sites, "--out", "rules").stderr
    )
    assert run("rules", "import", "ftr", sites, "--out", "rules", "--report", "no/where").stderr.endswith(
        "cleanpage: no/where: cannot be written: No such file or directory\n"
    )


def test_nothing_to_import(run: Run, sites: Path, tmp_path: Path) -> None:
    result = run("rules", "import", "ftr", "nowhere", "--out", "rules")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "cleanpage: there are no site files at nowhere: no such folder\n"
    for path in sites.iterdir():
        path.write_text("strip: //h1\n")
    result = run("rules", "import", "ftr", sites, "--out", "rules")
    assert result.exit_code == 1
    assert "publishers: 0, families: 0\n0 of 2 lines imported (0.0%)" in result.stdout
    assert not (tmp_path / "rules").exists()


def test_what_is_in_the_way_stays(run: Run, sites: Path, tmp_path: Path) -> None:
    mine = tmp_path / "rules" / "publishers" / "example" / "a.example.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("domains: [a.example]\n")
    result = run("rules", "import", "ftr", sites, "--out", "rules")
    assert result.exit_code == 2
    assert "was not written by this command and is not overwritten" in result.stderr
    assert mine.read_text() == "domains: [a.example]\n"


def test_help_says_what_is_read(run: Run) -> None:
    assert "import" in run("rules", "--help").stdout
    assert "strip_id_or_class" in run("rules", "import", "ftr", "--help").stdout
