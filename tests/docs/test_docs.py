"""What the documentation shows is what happens: its code blocks are run, page by page."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from .blocks import DOCS, ROOT, Block, blocks, check_console, check_python, pages

# What is shown and not run: files without a title, output, commands that install.
_SHOWN = ("yaml", "html", "text", "sh", "bash", "toml", "json", "ini", "")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]+)?(#[^)\s]+)?\)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "benchmarks").symlink_to(ROOT / "benchmarks")
    return tmp_path


@pytest.mark.parametrize("page", pages())
def test_a_page_shows_what_happens(page: str, folder: Path) -> None:
    for block in blocks(page):
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, "utf-8")
        elif _is_run_here(block):
            (check_console if block.language == "console" else check_python)(block, folder)


def _is_run_here(block: Block) -> bool:
    if block.key == "tested":
        text = (ROOT / block.said).read_text("utf-8")
        assert Path(block.page).name in text, f"{block.page}:{block.line}: {block.said} does not name the page"
        return False
    if block.key == "not run":
        assert block.said, f"{block.page}:{block.line}: why is it not run?"
        return False
    if block.key == "needs" and importlib.util.find_spec(block.said) is None:
        return False
    assert block.language in ("python", "console", *_SHOWN), f"{block.page}:{block.line}: unknown {block.language!r}"
    return block.language in ("python", "console")


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    for target, _ in _LINK.findall(text):
        assert not target or (DOCS / page).parent.joinpath(target).resolve().exists(), target


@pytest.mark.parametrize("page", pages())
def test_python_stands_between_fences(page: str) -> None:
    """An indented block would be passed over."""
    text = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text("utf-8"), flags=re.M | re.S)
    assert not re.findall(r"^\n {4,}(?:import |from \w|def |class |\w+ = ).*", text, re.M)
