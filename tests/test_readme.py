"""What the README shows is what happens."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import Cleaner, Rules
from cleanpage.cli import app
from cleanpage.examples import run

_ROOT = Path(__file__).resolve().parent.parent
_README = (_ROOT / "README.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _README, re.M | re.S)


def test_the_library_does_what_the_comments_say(capsys) -> None:  # type: ignore[no-untyped-def]
    first, second = _blocks("python")
    names: dict[str, object] = {}
    exec(first, names)
    promised = re.findall(r"^(?:.*print\(.*\))?\s*# (.+)$", first, re.M)
    assert capsys.readouterr().out.splitlines() == promised
    exec(second, names)
    assert names["result"].text == "Text."  # type: ignore[attr-defined]


def test_the_rules_are_good_and_their_examples_show_them() -> None:
    text, family, pages = _blocks("yaml")
    (report,) = run(Rules.parse(text, "README.md", "example.com"))
    assert (report.examples, report.failures, report.unshown) == (2, (), ())
    rules = Rules.parse(family, "README.md", "example-cms")
    page = '<p class="story-page">Text.</p><p data-module-name="more">More</p>'
    assert Cleaner(rules).clean(page).text == "Text."
    assert len(rules.marks) == 3
    (file,) = Rules.parse(pages, "README.md", "example.com").files
    assert (len(file.content), len(file.metadata.authors), len(file.tests)) == (2, 4, 1)


def test_from_nothing_to_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = (block for block in _blocks("console") if "bench report" in block)
    install, *commands = [line.removeprefix("$ ").split("#")[0].strip() for line in block.splitlines()]
    assert install.startswith("pip install")
    shutil.copytree(_ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    said = {}
    for command in commands:
        if "bench report" in command:
            command += " --system cleanpage.extract --rounds 1 --made 0"
        result = CliRunner().invoke(app, command.split()[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
        said[" ".join(command.split()[1:3])] = result.output
    assert len(Path("cleaned.jsonl").read_text("utf-8").splitlines()) == 3
    assert "The Post lives on" in Cleaner().clean(Path("examples/tidewick/mill.html").read_bytes()).text
    text, _, why = said["clean examples/tidewick/mill.html"].partition("removed (")
    assert "The Post lives on" not in text
    assert "The Post lives on" in why
    assert "<svg" in Path("report.html").read_text("utf-8")
