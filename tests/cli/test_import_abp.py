"""`cleanpage rules import abp`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run

LIST = """\
! Title: A test list
! ------- Newsletter -------
##.letter-box
site.example##p:has-text(Advertisement)
other.example##p:has-text(Advertisement)
##body
##.x:others()
site.example##+js(noop)
||ads.example^
"""
OPTIONS = ("--category", "ad", "--out", "made")


@pytest.fixture
def filters(tmp_path: Path) -> Path:
    path = tmp_path / "filters.txt"
    path.write_text(LIST, "utf-8")
    return path


def counts(table: str) -> dict[str, int]:
    """The numbers of a table by what they count, the later one where a name stands twice."""
    rows = [line.rsplit(None, 1) for line in table.splitlines() if line.startswith("  ")]
    return {name.strip(): int(number.replace(",", "")) for name, number in rows}


def test_import_counts_and_names(run: Run, filters: Path) -> None:
    result = run("rules", "import", "abp", filters, *OPTIONS)
    assert result.exit_code == 0
    found = counts(result.stdout)
    assert (found["imported"], found["joined with another"], found["scriptlets"], found["network rules"]) == (
        2,
        1,
        1,
        1,
    )
    assert found["… could match everything: any <body>"] == 1
    assert "taken: 3 of 5 that could mean something (60.00%)\nwrote made/generic/filters.yaml\n" in result.stdout
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == ["filters.txt:6", "filters.txt:7"]


def test_what_was_imported_is_linted_and_used(run: Run, filters: Path) -> None:
    run("rules", "import", "abp", filters, *OPTIONS)
    lint = run("rules", "lint", "--no-warnings", "made")
    assert (lint.exit_code, lint.stdout) == (0, "0 mistakes, 0 warnings in 1 file\n")
    page = "<h1>A</h1><p>b</p><p class=letter-box>c</p><p>Advertisement</p>"
    own = ("--no-builtin", "--rules", "made")
    assert run("clean", "-", *own, input=page).stdout.split() == ["A", "b", "Advertisement"]
    assert run("clean", "-", *own, "--url", "site.example", input=page).stdout.split() == ["A", "b"]
    why = run("rules", "explain", "-", *own, "--url", "site.example", input=page).stdout
    assert "generic/newsletter/.letter-box (newsletter, 1 word)" in why
    assert "made/generic/filters.yaml:" in why


def test_a_report_names_all_that_was_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "many.txt").write_text("##.fine\n" + "".join(f"##.x{n}:others()\n" for n in range(14)))
    short = run("rules", "import", "abp", "many.txt", *OPTIONS).stderr.splitlines()
    assert len(short) == 11
    assert short[-1] == "… and 4 more: --report FILE names them all"
    result = run("rules", "import", "abp", "many.txt", *OPTIONS, "--report", "report.txt")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = (tmp_path / "report.txt").read_text("utf-8").splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"many.txt:{n}" for n in range(2, 16)]
    assert all("others" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("filters.txt", "--out", "made"), "--category"),
        (("filters.txt", "--category", "ad"), "--out"),
        (("filters.txt", "--category", "adds", "--out", "made"), "unknown category 'adds'"),
        (("nowhere.txt", *OPTIONS), "nowhere.txt: cannot be read"),
        (("empty.txt", *OPTIONS), "no cosmetic rule"),
        (("binary.txt", *OPTIONS), "binary data"),
        (("filters.txt", *OPTIONS, "--report", "."), "is a folder"),
        (("filters.txt", *OPTIONS, "--report", "no/such/report.txt"), "cannot be written"),
        (("filters.txt", "--category", "ad", "--out", "empty.txt"), "cannot be written"),
    ],
)
def test_wrong_usage(run: Run, tmp_path: Path, filters: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.txt").write_bytes(b"\x00\xff##.x")
    result = run("rules", "import", "abp", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_files_of_others_are_not_overwritten(run: Run, tmp_path: Path, filters: Path) -> None:
    target = tmp_path / "made" / "generic" / "filters.yaml"
    target.parent.mkdir(parents=True)
    target.write_text("remove: {ad: [.mine]}\n")
    result = run("rules", "import", "abp", filters, *OPTIONS)
    assert result.exit_code == 2
    assert "filters.yaml is there already and was not written by an import: move it away" in result.stderr
    assert target.read_text() == "remove: {ad: [.mine]}\n"


def test_the_text_of_a_list_does_nothing_to_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("! Title: \x1b[2J\n##.a\n##.x\x1b[31m:others()\n")
    result = run("rules", "import", "abp", "bad.txt", *OPTIONS)
    assert "\x1b" not in result.stdout + result.stderr + (tmp_path / "made/generic/bad.yaml").read_text()


def test_help(run: Run) -> None:
    result = run("rules", "import", "abp", "--help")
    assert result.exit_code == 0
    assert "--report" in result.stdout
    assert "abp" in run("rules", "import", "--help").stdout
