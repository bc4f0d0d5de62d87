"""What is worth a second look in rule files, and what can be mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import Rules
from cleanpage.authoring.fix import fix
from cleanpage.authoring.lint import Remark, remarks
from cleanpage.cli import app

SHOWN = """
examples:
  - html: <p>Text.</p><div class="one two">Box</div><div class="box">Box</div><div id="kjWqPx">Box</div><p>abo</p>
    removes: [Box]
"""


def read(tmp_path: Path, remove: str, **others: str) -> list[Remark]:
    path = tmp_path / "a.example.yaml"
    path.write_text(f"publisher: A\ndomains: [a.example]\n{others.pop('head', '')}remove:\n{remove}{SHOWN}", "utf-8")
    (tmp_path / "families").mkdir(exist_ok=True)
    for name, text in others.items():
        (tmp_path / "families" / f"{name}.yaml").write_text(text, "utf-8")
    found = list(remarks(Rules.load(tmp_path).files))
    return [one for one in found if one.code not in ("no-example", "no-examples")]


def codes(found: list[Remark]) -> list[tuple[str, int]]:
    return [(one.code, one.place.line) for one in found]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (".one", ".one.two"),
        (".one", "div.one"),
        (".one", ".box .one"),
        ("'[data-x]'", "'div[data-x].one'"),
    ],
)
def test_a_selector_that_another_covers(tmp_path: Path, first: str, second: str) -> None:
    found = read(tmp_path, f"  related:\n    - {first}\n    - {second}\n")
    assert codes(found) == [("covered", 6)]
    assert "a.example.yaml:5)" in found[0].message


@pytest.mark.parametrize(
    "rules",
    [
        "  related: [.one]\n  ad: [.one.two]\n",  # another category
        "  related:\n    - {css: .one, max_words: 5}\n    - .one.two\n",  # not sure
        "  related:\n    - {css: .one, path: /a/*}\n    - .one.two\n",
        "  related:\n    - .one\n    - {css: .one.two, scope: rest}\n",  # takes more
        "  related:\n    - .box .one\n    - .one.two\n",
    ],
)
def test_selectors_that_none_covers(tmp_path: Path, rules: str) -> None:
    found = codes(read(tmp_path, rules))
    assert found == []


def test_the_family_covers_too(tmp_path: Path) -> None:
    found = read(tmp_path, "  related: [.one.two]\n", head="family: f\n", f="remove:\n  related: [.one]\n")
    assert codes(found) == [("covered", 5)]
    assert "f.yaml:2)" in found[0].message


def test_rules_that_stand_twice(tmp_path: Path) -> None:
    twice = "    - {css: .one, starts: [Mehr, Less]}\n"
    assert codes(read(tmp_path, f"  related:\n{twice}    - .box\n{twice}")) == [("repeated", 7)]


def test_machine_made_names(tmp_path: Path) -> None:
    found = read(tmp_path, "  ad:\n    - '#kjWqPx'\n    - .css-1x2y3z > .one\n    - .teaser-2\n")
    assert codes(found) == [("machine-made", 5), ("machine-made", 6)]


def test_broad_conditions(tmp_path: Path) -> None:
    remove = "  subscription:\n    - text: abo\n    - {css: .one, text: abo}\n    - {text: abo, max_words: 9}\n"
    assert codes(read(tmp_path, remove)) == [("broad-text", 5)]


def test_built_in_rules_are_worth_no_second_look() -> None:
    result = CliRunner().invoke(app, ["rules", "lint"])
    assert result.exit_code == 0
    assert result.output.startswith("0 mistakes, 0 warnings in "), result.output


# --- mending -----------------------------------------------------------------------------------

CRLF = """publisher: A  # the paper\r
domains: [a.example]\r
remove:\r
  related:\r
    # all boxes\r
    - .one\r
    - .one.two   # needless\r
    - "div.one"\r
    - {css: .one.box, max_words: 5}\r
  ad:\r
    - .box\r
  social:\r
    - .share\r
    - '.share'\r
"""


def test_fix_leaves_out_lines_and_touches_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.example.yaml"
    path.write_bytes(CRLF.encode())
    mended = fix(path, remarks(Rules.load(path).files))
    assert codes(mended) == [("covered", 7), ("covered", 8), ("repeated", 14)]
    gone = ("    - .one.two   # needless\r\n", '    - "div.one"\r\n', "    - '.share'\r\n")
    expected = CRLF
    for line in gone:
        expected = expected.replace(line, "")
    assert path.read_bytes().decode() == expected
    assert fix(path, remarks(Rules.load(path).files)) == []


def test_fix_leaves_no_empty_list(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "f.yaml").write_text("remove:\n  ad: [.box]\n")
    path = tmp_path / "a.example.yaml"
    path.write_text(
        "publisher: A\ndomains: [a.example]\nfamily: f\nremove:\n  ad:\n    - .box.x\n  social:\n    - .share\n"
    )
    fix(path, [one for one in remarks(Rules.load(tmp_path).files) if one.place.file == str(path)])
    assert path.read_text() == ("publisher: A\ndomains: [a.example]\nfamily: f\nremove:\n  social:\n    - .share\n")
    # With nothing else to remove the file would say nothing: it stays as it is.
    path.write_text("publisher: A\ndomains: [a.example]\nfamily: f\nremove:\n  ad:\n    - .box.x\n")
    before = path.read_text()
    fix(path, [one for one in remarks(Rules.load(tmp_path).files) if one.place.file == str(path)])
    assert path.read_text() == before


# --- the command -------------------------------------------------------------------------------


def test_for_programs_and_for_workflows(tmp_path: Path) -> None:
    path = tmp_path / "a.example.yaml"
    path.write_text("publisher: A\ndomains: [a.example]\nremove:\n  ad:\n    - .css-1x2y3z\n    - div[\n")
    run = CliRunner()
    result = run.invoke(app, ["rules", "lint", str(path), "--format", "json"])
    assert result.exit_code == 2
    (row,) = json.loads(result.stdout)
    assert (row["line"], row["column"], row["level"], row["code"]) == (6, 7, "error", "mistake")
    path.write_text("publisher: A\ndomains: [a.example]\nremove:\n  ad:\n    - .css-1x2y3z\n")
    result = run.invoke(app, ["rules", "lint", str(path), "--format", "github"])
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("::warning file=")
    assert ",line=5,col=7,title=machine-made::" in first
    assert second.endswith("title=no-examples::no examples; add `examples:` to show what the rules do")


def test_fix_from_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.example.yaml"
    path.write_text("publisher: A\ndomains: [a.example]\nremove:\n  ad:\n    - .box\n    - .box\n")
    result = CliRunner().invoke(app, ["rules", "lint", str(path), "--fix"])
    assert result.exit_code == 0
    assert "1 mended" in result.output
    assert path.read_text().count(".box") == 1
