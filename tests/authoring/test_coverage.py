"""Whether rules still fit fresh pages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import Cleaner, CleanpageError, Rules
from cleanpage.authoring.coverage import Figures, findings, joined, measure_coverage, read_figures, write_figures
from cleanpage.cli import app
from cleanpage.stored import Page

RULES = """publisher: The Coast
domains: [coast.example]
remove:
  related: [.recirc, .never]
  newsletter: [.letter]
"""
TEXT = "The harbour of the small town was closed this morning after a ship had run aground in front of the old mole."


def pages(names: str, count: int = 3, host: str = "www.coast.example") -> list[Page]:
    boxes = "".join(f'<div class="{name}"><p>A box of {name} with some words.</p></div>' for name in names.split())
    html = f"<html><body><article><h1>A ship</h1>{f'<p>{TEXT}</p>' * 4}</article>{boxes}</body></html>"
    return [Page(f"{n}.html", html.encode(), f"https://{host}/{n}") for n in range(count)]


@pytest.fixture
def cleaner(tmp_path: Path) -> Cleaner:
    path = tmp_path / "coast.example.yaml"
    path.write_text(RULES)
    return Cleaner(Rules.load(path))


def test_what_rules_did(cleaner: Cleaner) -> None:
    found = measure_coverage([*pages("recirc"), *pages("", 2, "sea.example")], cleaner, date(2026, 3, 1))
    (key,) = found.figures
    assert found.figures[key].rules == {"coast.example/related/.recirc": 3}
    assert found.figures[key].last == {"coast.example/related/.recirc": "2026-03-01"}
    assert found.idle == {key: ["coast.example/related/.never", "coast.example/newsletter/.letter"]}
    assert found.unknown == {"sea.example": 2}


def test_a_rule_that_takes_nothing_any_more_has_rotted(cleaner: Cleaner) -> None:
    before = measure_coverage(pages("recirc letter"), cleaner, date(2026, 3, 1)).figures
    now = measure_coverage(pages("recirc letter-2"), cleaner, date(2026, 4, 1))
    rot = [one for one in findings(before, now) if one.kind == "rot"]
    assert [one.message.partition(" took")[0] for one in rot] == ["coast.example/newsletter/.letter"]
    assert rot[0].message.endswith("took something on 3 of 3 pages, now nothing; last 2026-03-01")
    kept = joined(before, now.figures)["coast.example"]
    assert (kept.last["coast.example/newsletter/.letter"], kept.day) == ("2026-03-01", "2026-04-01")
    # Few pages say nothing.
    assert findings(before, measure_coverage(pages("recirc", 2), cleaner, date(2026, 4, 1))) == []


def test_more_that_is_left_is_drift(cleaner: Cleaner) -> None:
    before = measure_coverage(pages("recirc"), cleaner, date(2026, 3, 1)).figures
    now = measure_coverage(pages("recirc new-one new-two new-three new-four new-five"), cleaner, date(2026, 4, 1))
    assert [one.kind for one in findings(before, now)] == ["drift"]
    held = {
        key: Figures(one.pages, one.left, one.held - 2, one.rules, one.last, one.day)
        for key, one in now.figures.items()
    }
    assert ["held back" in one.message for one in findings(held, now)] == [True]


def test_figures_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    assert read_figures(path) == {}
    figures = {"coast.example": Figures(3, 0.25, 0.0, {"a": 3}, {"a": "2026-03-01"}, "2026-03-01")}
    write_figures(path, figures)
    assert read_figures(path) == figures
    for text in ("[]", "{", '{"publishers": {"a": {}}}'):
        path.write_text(text)
        with pytest.raises(CleanpageError, match="holds no figures"):
            read_figures(path)
    with pytest.raises(CleanpageError, match="cannot be written"):
        write_figures(tmp_path / "none" / "c.json", figures)


def test_the_command(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "coast.example.yaml").write_text(RULES)
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "gold.json").write_text(
        json.dumps([{"id": str(n), "url": f"https://coast.example/{n}"} for n in range(3)])
    )

    def run(names: str, *more: str) -> tuple[int, str]:
        for page in pages(names):
            (folder / page.name).write_bytes(page.html)
        state = ["--state", str(tmp_path / "c.json"), "--rules", str(rules), "--no-builtin"]
        result = CliRunner().invoke(app, ["rules", "coverage", str(folder), *state, *more])
        return result.exit_code, result.output

    status, output = run("recirc letter", "--date", "2026-03-01")
    assert status == 0, output
    assert "coast.example: 3 pages, " in output
    assert "1 of its own rules took nothing: coast.example/related/.never" in output
    report = tmp_path / "report.html"
    status, output = run("recirc", "--date", "2026-04-01", "--report", str(report), "--no-update")
    assert status == 1
    assert "rot: coast.example: coast.example/newsletter/.letter took something on 3 of 3 pages" in output
    assert '<td class="rot">rot</td>' in report.read_text("utf-8")
    assert "<script" not in report.read_text("utf-8")
    # The figures of the last run were left as they were.
    assert run("recirc")[0] == 1
    assert run("recirc")[0] == 0
