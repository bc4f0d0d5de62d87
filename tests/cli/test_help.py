"""What a new user meets first: help that fits, completion in the shell, messages that say what to do."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cleanpage.cli import app

from .conftest import Run


def test_no_line_of_the_help_is_cut_off(run: Run) -> None:
    for group in ((), ("rules",), ("bench",), ("rules", "import")):
        result = run(*group, "--help")
        assert result.exit_code == 0
        commands = result.output.partition("Commands:")[2]
        assert commands
        assert "..." not in commands, commands


def test_the_help_says_how_to_begin(run: Run) -> None:
    assert "cleanpage extract page.html" in run("--help").output


@pytest.mark.parametrize(
    ("words", "number", "expected"),
    [("cleanpage ru", 1, "rules"), ("cleanpage rules sug", 2, "suggest"), ("cleanpage clean --form", 2, "--format")],
)
def test_bash_completes_commands_and_options(words: str, number: int, expected: str) -> None:
    asked = {"_CLEANPAGE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    result = CliRunner().invoke(app, [], env=asked, prog_name="cleanpage")
    assert result.output.split() == [expected]


def test_a_folder_without_pages_is_called_so(run: Run) -> None:
    result = run("rules", "suggest", ".")
    assert result.exit_code == 2
    assert "there are no pages in .: no .html" in result.stderr
