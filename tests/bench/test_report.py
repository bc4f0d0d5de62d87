"""The report: who is on the front, what is drawn, and that the file needs nothing else."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from lxml import etree
from typer.testing import CliRunner

from cleanpage.bench.compared import front, quality_of
from cleanpage.bench.measures import BLOCKS, WORDS
from cleanpage.bench.quality import Figure, Quality
from cleanpage.cli import app

pytest.importorskip("matplotlib", reason="cleanpage[bench] is not installed")

SENTENCE = "The harbour of the small town number {n} was closed this morning after a ship had run aground."
PITCH = "Get our morning letter about ships every day <script>alert(1)</script>."


def nothing(html: bytes, url: str | None) -> str:
    """A system of the user's own that is fast, and of no use."""
    return ""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twelve pages of two types and two languages, with words of articles and with labelled blocks."""
    rows: dict[str, dict[str, dict[str, Any]]] = {"labels": {}, "words": {}}
    for number in range(12):
        text = SENTENCE.format(n=number)
        language = "de" if number % 2 else "en"
        page = f'<html lang="{language}"><body><article><h1>Closed</h1><p>{text}</p></article><p>Get our letter.</p></body>'
        row = {"url": f"https://www.example.com/{number}", "page_type": "forum" if number % 2 else "article"}
        rows["words"][str(number)] = {**row, "main_content": text}
        blocks = [{"text": "Get our letter.", "label": "newsletter"}, {"text": text, "label": "body"}]
        rows["labels"][str(number)] = {**row, "body": [text], "blocks": blocks}
        (tmp_path / "words" / "pages").mkdir(parents=True, exist_ok=True)
        (tmp_path / "words" / "pages" / f"{number}.html.gz").write_bytes(gzip.compress(page.encode()))
    for name, some in rows.items():
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "gold.json").write_text(json.dumps(some), "utf-8")
    return tmp_path


def test_the_front_holds_what_nothing_beats() -> None:
    points = {
        "slow and best": (9.0, 0.9),
        "fast": (1.0, 0.5),
        "beaten": (10.0, 0.9),
        "middle": (3.0, 0.7),
        "worse": (4.0, 0.6),
    }
    assert front(points) == ["fast", "middle", "slow and best"]
    assert front({"twin": (1.0, 0.5), "same": (1.0, 0.5)}) == ["same"]
    assert front({}) == []


def test_quality_where_more_than_one_figure_counts() -> None:
    words = Quality("a", "set", WORDS, {"f1": Figure(0.9, 0.8, 1.0)}, ())
    assert quality_of(words) == ("f1", Figure(0.9, 0.8, 1.0))
    everything_gone = {"nuisance removed": Figure(1, 1, 1), "body": Figure(0, 0, 0)}
    assert quality_of(Quality("a", "set", BLOCKS, everything_gone, ()))[1] == Figure(0, 0, 0)
    half = {"nuisance removed": Figure(0.5, 0.4, 0.6), "body": Figure(1, 1, 1)}
    assert quality_of(Quality("a", "set", BLOCKS, half, ()))[1].value == pytest.approx(2 / 3)


def test_the_command_writes_a_file_that_needs_nothing_else(data: Path, tmp_path: Path) -> None:
    out, plots = tmp_path / "new" / "report.html", tmp_path / "plots"
    arguments = ["bench", "report", str(data), "--out", str(out), "--plots", str(plots), "--workers", "1"]
    arguments += ["--speed-pages", "3", "--rounds", "1", "--made", "20", "--worst", "2"]
    arguments += ["--system", "cleanpage.plain", "--system", "cleanpage.extract", "--system", f"{__name__}:nothing"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    text = out.read_text("utf-8")
    page = lxml.html.document_fromstring(text)
    headings = [heading.text_content() for heading in page.iter("h2")]
    assert headings == ["labels", "words", "Time and memory by number of rules"]
    # The front, what is left by category, types and languages of each set, times of each, and the cost of rules.
    assert len(page.findall(".//figure/svg")) == 1 + 1 + 2 * 2 + 2 + 1
    assert not re.search(r'(?:src|href)="(?!#)', text.replace('xlink:href="#', ""))
    assert not page.findall(".//script")
    assert "url(http" not in text
    assert "nothing" in page.xpath("string(//ul)")  # on the front: nothing is as fast
    rows = [[cell.text_content().split()[0] for cell in row] for row in page.findall(".//tbody/tr")]
    assert {row[0] for row in rows} == {"cleanpage.plain", "cleanpage.extract", f"{__name__}:nothing", "lxml_parse"}
    assert "+newsletter: Get our letter." in text  # what the plain text of a worst page has too much
    for name in ("pareto.svg", "nuisance.svg"):
        assert etree.parse(plots / name).getroot().tag.endswith("svg")


def test_what_cannot_be_is_said_before_anything_is_measured(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    common = ["bench", "report", str(data), "--system", "cleanpage.plain", "--out"]
    done = CliRunner().invoke(app, [*common, str(tmp_path / "file" / "report.html")])
    assert done.exit_code == 2
    assert "file" in done.output
    monkeypatch.setattr("cleanpage.bench.plot.can_plot", lambda: False)
    done = CliRunner().invoke(app, [*common, str(tmp_path / "report.html")])
    assert done.exit_code == 2
    assert "pip install 'cleanpage[bench]'" in done.output
