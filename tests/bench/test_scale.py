"""What more rules cost: figures and picture."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cleanpage import CleanpageError, RuleError
from cleanpage.bench.footprint import OwnProcess, resident_set
from cleanpage.bench.plot import write_plots
from cleanpage.bench.scale import Scale, Size, measure
from cleanpage.bench.timing import best_times
from cleanpage.stored import Page, read_pages

SCALE = Scale(
    132,
    251.4,
    5,
    (
        Size("lxml_parse", None, False, 2.0, 1.0, 0.2),
        Size("built-in rules", None, False, 10.0, 5.0, 1.0, 20.0, 60.0, 5.0, 9.0),
        Size("+ 10 given", 10, False, 10.1, 5.05, 1.01, 20.0, 60.0, 5.0, 9.0),
        Size("+ 45,517 given", 45_517, False, 11.2, 5.6, 1.12, 21.0, 70.0, 8.0, 14.0),
        Size("+ 1,000,000 made", 1_000_000, True, 11.0, 5.5, 1.1, 20.0, 90.0, 90.0, 99.0),
    ),
)


def test_figures_for_each_number_of_rules(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "given.yaml").write_text(f"remove: {{ad: [{', '.join(f'.box-{n}' for n in range(11))}, .k]}}\n")
    found, _ = read_pages(pages)
    told: list[str] = []
    scale = measure(found, [tmp_path / "given.yaml"], 30, 2, told.append)
    assert (scale.pages, scale.rounds) == (3, 2)
    by_name = {size.name: size for size in scale.sizes}
    assert list(by_name) == ["lxml_parse", "no rules", "built-in rules", "+ 10 given", "+ 12 given", "+ 30 made"]
    assert [size.rules for size in scale.sizes] == [None, None, None, 10, 12, 30]
    assert [size.made for size in scale.sizes] == [False] * 5 + [True]
    parse, builtin = by_name["lxml_parse"], by_name["built-in rules"]
    assert parse.to_parse == builtin.to_builtin == 1
    for size in scale.sizes:
        assert size.to_parse == pytest.approx(size.ms / parse.ms)
        assert size.to_builtin == pytest.approx(size.ms / builtin.ms)
        assert (size.load_ms is None) == (size.used_mb is None) == (size.name in ("lxml_parse", "no rules"))
    assert by_name["+ 12 given"].removed == builtin.removed + 1  # .k, on each page
    assert told[-1] == "round 2 of 2"
    assert json.loads(json.dumps(scale.to_json()))["sizes"][3]["name"] == "+ 10 given"


def test_bad_rules_are_told_as_elsewhere(pages: Path, tmp_path: Path) -> None:
    found, _ = read_pages(pages)
    (tmp_path / "bad.yaml").write_text("remov: {}\n")
    with pytest.raises(RuleError, match=r"bad\.yaml:1:1"):
        measure(found, [tmp_path / "bad.yaml"], 5, 1)
    with pytest.raises(CleanpageError, match="no such file or folder"):
        measure(found, [tmp_path / "nowhere"], 5, 1)


def test_systems_take_turns_and_the_best_time_counts() -> None:
    calls: list[tuple[str, str]] = []
    pauses = iter([0.02, 0.001, 0.001, 0.02])

    def system(name: str) -> Callable[[Page], object]:
        def run(page: Page) -> None:
            calls.append((name, page.name))
            if name == "slow":
                time.sleep(next(pauses))

        return run

    best = best_times({"slow": system("slow"), "quick": system("quick")}, [Page("a", b""), Page("b", b"")], 2)
    assert calls == [("slow", "a"), ("quick", "a"), ("slow", "b"), ("quick", "b")] * 2
    assert best["slow"][0] >= 0.001
    assert best["slow"][1] >= 0.001
    assert all(time_ < 0.02 for time_ in best["quick"])


def _held(count: int) -> int:
    before = resident_set()
    held = bytearray(b"x" * count)
    grown = resident_set() - before
    del held
    return grown


def test_memory_is_that_of_a_process_of_its_own(tmp_path: Path) -> None:
    grown = OwnProcess(tmp_path).run(_held, 50_000_000)
    assert 40e6 < grown < 120e6


def _end(status: int) -> None:
    os._exit(status)


def test_a_process_that_is_ended_is_said(tmp_path: Path) -> None:
    with pytest.raises(CleanpageError, match="make fewer rules"):
        OwnProcess(tmp_path).run(_end, 9)


def test_memory_that_the_system_does_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleanpage.bench.footprint._STATM", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CleanpageError, match="does not tell"):
        resident_set()


# --- the picture -------------------------------------------------------------------------------


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots need cleanpage[bench]")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths = write_plots(SCALE, tmp_path / name)
        assert [path.name for path in paths] == ["scale.png", "scale.svg"]
    for name in ("scale.png", "scale.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    svg = (tmp_path / "a" / "scale.svg").read_text("utf-8")
    assert "date" not in svg.lower()
    assert (tmp_path / "a" / "scale.png").read_bytes().startswith(b"\x89PNG")
    # Other figures, another picture.
    write_plots(replace(SCALE, pages=131), tmp_path / "b")
    assert (tmp_path / "b" / "scale.svg").read_text("utf-8") != svg
