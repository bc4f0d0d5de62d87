"""Folders of pages, read for measuring."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cleanpage import CleanpageError
from cleanpage.stored import evenly_spaced, read_pages


def test_pages_come_in_the_order_of_their_paths_with_their_addresses(pages: Path) -> None:
    found, problems = read_pages(pages)
    assert [(page.name, page.url) for page in found] == [
        ("one.html", "https://www.news.example/one"),
        ("three.htm", None),
        ("two.html.gz", "https://www.news.example/two"),
    ]
    assert b"page 2" in found[2].html
    assert problems == []


def test_a_list_in_the_folder_itself_may_be_packed_and_keyed(pages: Path) -> None:
    rows = {"three": {"url": "https://three.example/"}, "one": {"url": ""}}
    (pages / "gold.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    assert [page.url for page in read_pages(pages)[0]] == [
        "https://www.news.example/one",
        "https://three.example/",
        "https://www.news.example/two",
    ]


def test_what_is_no_page_is_named_and_left_out(pages: Path) -> None:
    (pages / "broken.html.gz").write_bytes(gzip.compress(b"<p>cut</p>" * 100)[:-20])
    (pages / "none.html").write_bytes(b"")
    (pages / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n")
    found, problems = read_pages(pages)
    assert len(found) == 3
    assert [problem.partition(": ")[0] for problem in problems] == [
        str(pages / name) for name in ("broken.html.gz", "none.html", "picture.html")
    ]
    assert problems[1].endswith("the page is empty")


def test_folders_without_pages(tmp_path: Path) -> None:
    with pytest.raises(CleanpageError, match="nowhere: no such folder"):
        read_pages(tmp_path / "nowhere")
    with pytest.raises(CleanpageError, match=r"holds no \.html"):
        read_pages(tmp_path)
    (tmp_path / "a.html").write_bytes(b"")
    with pytest.raises(CleanpageError, match=r"(?s)can be read:.*a\.html: the page is empty"):
        read_pages(tmp_path)


def test_a_list_of_pages_that_is_none(pages: Path) -> None:
    (pages / "gold.json").write_text("[1]")
    with pytest.raises(CleanpageError, match=r"gold\.json is no list of pages"):
        read_pages(pages)


def test_evenly_spaced() -> None:
    assert evenly_spaced(range(10), 5) == [0, 2, 4, 6, 8]
    assert evenly_spaced(range(10), 3) == [0, 3, 6]
    assert evenly_spaced(range(3), 5) == evenly_spaced(range(3), None) == [0, 1, 2]
