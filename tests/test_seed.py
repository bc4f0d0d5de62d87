"""The stored article that the project began with: its notices go, every other line stays as it was."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

import cleanpage

SEED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "seed"
pytestmark = pytest.mark.skipif(not SEED.is_dir(), reason="the shared data is not beside this checkout")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SEED / "expected.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def lines(expected: dict[str, Any]) -> list[str]:
    return (SEED / expected["file"]).read_text("utf-8").split("\n")


def bare(line: str) -> str:
    return " ".join(line.strip().removeprefix("•").split())


def split(lines: list[str], expected: dict[str, Any]) -> tuple[set[str], list[str]]:
    """What must go, and the lines that must stay."""
    gone = set(map(bare, expected["must_go"]))
    either = set(map(bare, expected["either"]))
    return gone, [line for line in lines if line.strip() and bare(line) not in gone | either]


def test_as_text(expected: dict[str, Any], lines: list[str]) -> None:
    gone, stay = split(lines, expected)
    result = cleanpage.clean_text("\n".join(lines), url=expected["url"])
    left = result.text.split("\n")
    assert not gone & set(map(bare, left))
    either = set(map(bare, expected["either"]))
    assert [line for line in left if line.strip() and bare(line) not in either] == stay
    assert {removal.category for removal in result.removed} == {"adblock", "player", "related", "comments"}


def page(lines: list[str], gone: set[str]) -> str:
    """The article as a page in markup of our own: the notice in a box above it, its lines in paragraphs and lists."""
    paragraphs: list[str] = []
    notice: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        text = html.escape(bare(line), quote=False)
        item = f"<li>{text}</li>" if line.strip().startswith("•") else f"<p>{text}</p>"
        (notice if bare(line) in gone and not paragraphs else paragraphs).append(item)
    return (
        "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>Artikel</title></head><body>"
        f"<div class=hinweis>{''.join(notice)}</div><main><article>{''.join(paragraphs)}</article></main></body></html>"
    )


def test_as_a_page(expected: dict[str, Any], lines: list[str]) -> None:
    gone, stay = split(lines, expected)
    result = cleanpage.clean(page(lines, gone), url=expected["url"])
    left = result.text.split("\n")
    either = set(map(bare, expected["either"]))
    assert not gone & set(left)
    assert [line for line in left if line not in either] == list(map(bare, stay))
