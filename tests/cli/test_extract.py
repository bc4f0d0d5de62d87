"""`cleanpage extract`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from cleanpage.cli import app

from ..article.pages import article

_, PARAGRAPHS, HTML = article("en")


def test_the_article_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(HTML, encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", str(path), "--why"])
    assert (result.exit_code, result.stdout.splitlines()) == (0, PARAGRAPHS)
    assert "article found by scorer" in " ".join(result.stderr.split())


def test_a_record_says_how_the_article_was_found() -> None:
    result = CliRunner().invoke(app, ["extract", "--format", "json"], input=HTML)
    record = json.loads(result.stdout)
    assert record["text"].splitlines() == PARAGRAPHS
    assert record["evidence"] == ["scorer"]


def test_a_record_says_what_the_publisher_let_us_see() -> None:
    wall = "<div><h3>Members only</h3><p>Subscribe to continue reading.</p></div>"
    for html, status in ((HTML, "full"), (HTML.replace(PARAGRAPHS[2], wall).replace(PARAGRAPHS[3], ""), "teaser")):
        result = CliRunner().invoke(app, ["extract", "--format", "json"], input=html)
        access = json.loads(result.stdout)["access"]
        assert access["status"] == status
        assert access["evidence"]


def test_markup_and_text() -> None:
    result = CliRunner().invoke(app, ["extract", "--format", "html"], input=HTML)
    assert "<p>" in result.stdout
    assert "<nav" not in result.stdout
    text = CliRunner().invoke(app, ["extract", "--input", "text"], input="One.\nTwo.\n")
    assert text.stdout == "One.\nTwo.\n"


def test_what_is_no_page_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(" ", encoding="utf-8")
    (tmp_path / "b.html").write_text(HTML, encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", str(tmp_path)])
    assert (result.exit_code, result.stdout.splitlines()) == (1, PARAGRAPHS)
    assert "a.html" in result.stderr
