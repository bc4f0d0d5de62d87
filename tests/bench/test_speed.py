"""How fast systems are: what is counted, and the command. How fast they are here decides no test."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import CleanpageError
from cleanpage.bench.speed import Speed, alone, grow, measure_speed
from cleanpage.cli import app
from cleanpage.stored import Page, read_pages


def fails_on_two(html: bytes, url: str | None) -> str:
    """A system of the user's own."""
    if b"page 2" in html:
        raise RuntimeError("out of order")
    return "text"


SPEED = Speed(
    "cleanpage.clean", (0.1, 0.3), (4.0, 6.0, 5.0), (4.0, 6.0), 1, 0.8, 0.5, 100_000_000, ((1, 1.0), (2, 3.0))
)


def test_figures_of_a_system() -> None:
    assert (SPEED.ratio, SPEED.spread, SPEED.quartiles) == (5.0, (4.0, 6.0), (4.5, 5.0, 5.5))
    assert (SPEED.pages_per_second, SPEED.megabytes_per_second, SPEED.doubling) == (5.0, 2.0, 3.0)
    assert json.loads(json.dumps(SPEED.to_json()))["peak MB"] == 100.0


def test_all_systems_work_on_all_pages(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleanpage.bench.speed.alone", lambda name, some: (0.1, len(some)))
    found, _ = read_pages(pages)
    measured = measure_speed(["cleanpage.plain", f"{__name__}:fails_on_two"], found, 2)
    assert [one.system for one in measured] == ["lxml_parse", "cleanpage.plain", f"{__name__}:fails_on_two"]
    assert [one.failures for one in measured] == [0, 0, 1]
    for one in measured:
        assert len(one.seconds) == len(one.page_ratios) == 3
        assert len(one.ratios) == 2
        assert all(seconds > 0 for seconds in one.seconds)
        assert one.megabytes == pytest.approx(sum(len(page.html) for page in found) / 1e6)
    assert measured[0].ratios == (1.0, 1.0)


def test_pages_grow_by_what_is_in_their_body() -> None:
    page = Page("a", b"<html><head><title>T</title></head><body><p>One.</p></body></html>", "https://www.example.com/")
    grown = list(grow([page]))
    assert [one.html.count(b"<p>One.</p>") for one in grown] == [1, 2, 4, 8, 16]
    assert {one.html.count(b"<title>") for one in grown} == {1}
    assert {one.url for one in grown} == {"https://www.example.com/"}
    assert [one.html.count(b"<p>") for one in grow([Page("b", b"<p>Bare.", None)])] == [1, 2, 4, 8, 16]


def test_a_process_of_its_own_tells_time_and_memory(pages: Path) -> None:
    found, _ = read_pages(pages)
    seconds, peak = alone("cleanpage.plain", found)
    assert seconds > 0
    assert 5_000_000 < peak < 2_000_000_000


def test_a_system_that_takes_its_process_down_is_named(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "falls.py").write_text("import os\n\n\ndef over(html, url):\n    os._exit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path)]))
    found, _ = read_pages(pages)
    with pytest.raises(CleanpageError, match="falls:over does not work in a process of its own: 3"):
        alone("falls:over", found)


def test_the_command(pages: Path) -> None:
    arguments = ["bench", "speed", str(pages), "--system", "cleanpage.plain", "--rounds", "1", "--limit", "2"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    head, parse, ours = shown.stdout.splitlines()
    assert head.split()[:3] == ["system", "×", "lxml"]
    assert parse.split()[:2] == ["lxml_parse", "1.00"]
    assert ours.split()[0] == "cleanpage.plain"
    data = json.loads(CliRunner().invoke(app, [*arguments, "--format", "json"]).stdout)
    assert [one["system"] for one in data] == ["lxml_parse", "cleanpage.plain"]
    assert data[0]["ratio"] == 1.0


def test_an_unknown_system_is_named(pages: Path) -> None:
    shown = CliRunner().invoke(app, ["bench", "speed", str(pages), "--system", "trafilatur"])
    assert shown.exit_code == 2
    assert "did you mean" in shown.output
