"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from cleanpage import Rules
from cleanpage.examples import run

_README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


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
    text, pages = _blocks("yaml")
    (report,) = run(Rules.parse(text, "README.md", "example.com"))
    assert (report.examples, report.failures, report.unshown) == (2, (), ())
    (file,) = Rules.parse(pages, "README.md", "example.com").files
    assert (len(file.content), len(file.metadata.authors), len(file.tests)) == (2, 4, 1)
