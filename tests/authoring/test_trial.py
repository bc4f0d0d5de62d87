"""Tests of rule files on stored pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage.cli import app

TEXT = "The harbour of the small town was closed this morning after a ship had run aground in front of the old mole."
PAGE = f"""<html><head><title>A ship</title></head><body><article><h1>A ship</h1>{f'<p class="para">{TEXT}</p>' * 4}</article>
<div class="lampbox"><p>Another story of ours.</p></div></body></html>"""
RULES = """publisher: A
domains: [coast.example]
remove:
  related: [{selector}]
tests:
  - url: https://www.coast.example/ship/
    contains: [{contains}]
    lacks: [Another story]
  - url: https://coast.example/nowhere
    contains: [x]
examples:
  - html: <p>Text.</p><div class="lampbox">Box</div>
    removes: [Box]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(PAGE)
    (tmp_path / "pages" / "gold.json").write_text(json.dumps([{"id": "a", "url": "http://coast.example/ship"}]))
    return tmp_path


def run(folder: Path, selector: str = ".lampbox", contains: str = "front of the old mole") -> tuple[int, str]:
    path = folder / "coast.example.yaml"
    path.write_text(RULES.format(selector=selector, contains=contains))
    result = CliRunner().invoke(app, ["rules", "test", str(path), "--pages", str(folder / "pages")])
    return result.exit_code, result.output


def test_tests_that_hold(folder: Path) -> None:
    status, output = run(folder)
    assert status == 0
    assert "1 example in 1 file: all passed\n1 test on 1 page, 1 without a stored page: all passed\n" in output


def test_what_should_have_gone(folder: Path) -> None:
    status, output = run(folder, "'.lampbox:not(.lampbox)'")
    assert status == 1
    assert "coast.example.yaml:6:5: a.html: should have gone: Another story" in output
    assert "    +Another story of ours." in output


def test_what_should_be_in_the_article(folder: Path) -> None:
    status, output = run(folder, ".lampbox, p.para", "run aground in front")
    assert status == 1
    assert "should be in the article: run aground in front" in output
    assert "taken by: coast.example/related/p.para" in output


def test_a_text_that_the_page_has_not(folder: Path) -> None:
    status, output = run(folder, contains="no such words")
    assert status == 1
    assert "a.html has no such text: no such words" in output


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_watching(folder: Path) -> None:
    path = folder / "coast.example.yaml"
    path.write_text(RULES.format(selector=".lampbox", contains="x"))
    log = folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "cleanpage", "rules", "test", str(path), "--watch"]
        # Where the tests run in the background, they and all that they start are deaf to Ctrl-C.
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, preexec_fn=_hear_ctrl_c)
        try:
            _wait_for(log, "waiting for a change", 1)
            path.write_text(RULES.format(selector=".other", contains="x"))
            _wait_for(log, "waiting for a change", 2)
            path.write_text("remove: [")
            _wait_for(log, "waiting for a change", 3)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
    text = log.read_text()
    assert text.index("all passed") < text.index("should have gone: Box") < text.index("coast.example.yaml:1:")


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for(log: Path, text: str, times: int) -> None:
    for _ in range(600):
        if log.read_text().count(text) >= times:
            return
        time.sleep(0.1)
    pytest.fail(f"{text!r} was not said {times} times within a minute: {log.read_text()}")
