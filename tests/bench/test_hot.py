"""How figures of the hot parts are compared with those that are kept."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

HOT = Path(__file__).parents[2] / "benchmarks" / "hot"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hot_compare", HOT / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_parts_are_ratios_to_parsing_alone(compare: ModuleType) -> None:
    run = {
        "benchmarks": [{"name": "lxml_parse", "stats": {"median": 2}}, {"name": "test_clean", "stats": {"median": 5}}]
    }
    assert compare.ratios(run) == {"lxml_parse": 1.0, "clean": 2.5}


def test_what_is_slower_new_or_missing_is_named(compare: ModuleType) -> None:
    assert compare.slower({"a": 1.4, "b": 0.5}, {"a": 1.0, "b": 1.0}) == []
    found = compare.slower({"a": 1.6, "new": 1.0}, {"a": 1.0, "gone": 1.0})
    assert [line.split(":")[0] for line in found] == ["a", "gone", "new"]


def test_every_part_has_a_figure() -> None:
    parts = {
        line[9 : line.index("(")]
        for line in (HOT / "test_parts.py").read_text().splitlines()
        if line.startswith("def test_")
    }
    assert set(json.loads((HOT / "baseline.json").read_text())) == parts
