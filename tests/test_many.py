"""Many pages through the library: an iterator in, an iterator out."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from cleanpage import Cleaner, Limits, Page, PageError, Result, Rules

RULES = Rules.parse(
    "domains: [a.example]\nremove: {ad: [.ad], related: [{css: .more, until: 2024-01-01}, '.odd:has(i)']}"
)
CLEANER = Cleaner(RULES)
HTML = (
    "<html lang=de><title>Titel</title><h1>Titel</h1><p>Der Text der Seite {n} ist lang genug, um einer zu sein, und "
    "niemand würde ihn kürzen wollen.</p><p class=ad>Anzeige {n}</p><p class=more>Mehr</p>"
)
PAGES = [(HTML.format(n=n), "https://a.example/x") for n in range(20)]


def both(pages: Any, **options: Any) -> list[Result | PageError]:
    return list(CLEANER.extract_many(pages, **{"workers": 2, **options}))


def test_the_same_as_one_by_one() -> None:
    for many, one in ((CLEANER.extract_many, CLEANER.extract), (CLEANER.clean_many, CLEANER.clean)):
        results = list(many(iter(PAGES), workers=2))
        assert len(results) == len(PAGES)
        for result, (html, url) in zip(results, PAGES, strict=True):
            expected = one(html, url)
            assert isinstance(result, Result)
            for name in ("text", "html", "markdown", "removed", "metadata", "access", "evidence", "encoding"):
                assert getattr(result, name) == getattr(expected, name), name
            assert result == expected
            copy = pickle.loads(pickle.dumps(result))
            assert (copy.text, copy.html, copy.removed) == (expected.text, expected.html, expected.removed)


def test_pages_with_what_is_known_of_them() -> None:
    html = "<p class=more>Größe".encode("latin-1")
    pages = [
        Page(html, "https://a.example/", date(2024, 6, 1), "latin-1"),
        Page(html, "https://a.example/", date(2023, 6, 1), "latin-1"),
        Page(html, content_type="text/html; charset=cp1252"),
    ]
    texts = [(r.text, r.encoding) for r in CLEANER.clean_many(pages, workers=1) if isinstance(r, Result)]
    assert texts == [("Größe", "iso8859-1"), ("", "iso8859-1"), ("Größe", "cp1252")]


def test_errors_are_values() -> None:
    found = both([PAGES[0], (b"", None), (b"%PDF-1.4 \1\2\3", None), PAGES[1]])
    assert [getattr(one, "limit", None) for one in found] == [None, "empty", "binary", None]


def test_limits_hold() -> None:
    cleaner = Cleaner(RULES, limits=Limits(max_bytes=100))
    (found,) = cleaner.extract_many([("x" * 200, None)], workers=1)
    assert isinstance(found, PageError)
    assert (found.limit, found.value, found.maximum) == ("bytes", 200, 100)


def test_an_encoding_that_is_none_is_a_value_too() -> None:
    found = both([Page(b"<p>x", encoding="klingon"), PAGES[0]])
    assert isinstance(found[0], PageError)
    assert "klingon" in found[0].message
    assert isinstance(found[1], Result)


def test_time_limits() -> None:
    slow = ("<p>word " * 200_000, "https://a.example/")
    found = both([PAGES[0], slow, PAGES[1]], max_seconds=0.05)
    assert isinstance(found[1], PageError)
    assert found[1].limit == "timeout"


def test_what_is_made_ahead() -> None:
    (result,) = CLEANER.extract_many(PAGES[:1], workers=1, ahead=["markdown"])
    assert {name for name in vars(result) if not name.startswith("_")} == {"encoding", "evidence", "markdown"}
    with pytest.raises(ValueError, match="no 'Text'; ahead takes text, html"):
        CLEANER.extract_many(PAGES, ahead=["Text"])


def test_what_is_no_page() -> None:
    with pytest.raises(TypeError, match=r"\(html, url\) or a Page, not str"):
        list(CLEANER.extract_many(["<p>x"]))  # type: ignore[list-item]
    with pytest.raises(ValueError, match="workers"):
        CLEANER.extract_many(PAGES, workers=0)


def test_pages_are_taken_as_they_are_wanted_and_no_process_is_left() -> None:
    taken = 0

    def pages() -> Iterator[tuple[str, str]]:
        nonlocal taken
        while True:
            taken += 1
            yield PAGES[0]

    before = _children()
    results = CLEANER.extract_many(pages(), workers=2)
    assert _children() == before, "nothing is started before it is used"
    for _ in range(5):
        next(results)
    assert taken < 300
    assert len(_children() - before) == 2
    del results
    gc.collect()
    assert _children() == before


def _children() -> set[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    return {line.split()[0] for line in listed.stdout.splitlines() if "cleanpage.workers" in line}
