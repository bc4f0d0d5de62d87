"""Pipelines of datatrove over WARC files, with the extractor in them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner, Rules

from .conftest import ARTICLE, KEPT, REMOVED, example, framework, run_python, warc

for _name in ("datatrove", "warcio", "cchardet", "magic"):
    framework(_name)

from datatrove.data import Document  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402

from cleanpage.integrations.datatrove import Cleanpage  # noqa: E402

_URL = "https://www.example.com/"


def _documents(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines()]


def test_the_example_of_the_documentation_runs_over_a_warc(tmp_path: Path) -> None:
    pages = [(f"{_URL}{number}", ARTICLE.replace("two years", f"{number} years").encode()) for number in range(20)]
    pages.insert(7, (f"{_URL}nothing", b"<title>Nothing</title>"))
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl" / "one.warc.gz").write_bytes(warc(pages))
    run_python(example("datatrove.md"), tmp_path)
    articles = _documents(tmp_path / "articles")
    assert [one["metadata"]["url"] for one in articles] == [f"{_URL}{number}" for number in range(20)]
    for number, one in enumerate(articles):
        text = " ".join(one["text"].split())
        assert KEPT in text
        assert f"Monday, {number} years later" in text
        assert REMOVED not in text
        about = one["metadata"]
        assert (about["title"], about["authors"], about["language"]) == ("Bridge opens", ["Ann Example"], "en")
        assert about["date"] == "2024-03-16T10:00:00Z"
    (dropped,) = _documents(tmp_path / "dropped")
    assert dropped["metadata"]["url"] == f"{_URL}nothing"
    assert dropped["metadata"]["filter_reason"] == "no_article"
    assert dropped["text"] == "<title>Nothing</title>"


def _run(step: Cleanpage, *documents: Document) -> list[Document]:
    return list(step.run(iter(documents)))


def _stats(step: Cleanpage) -> dict[str, int]:
    return {name: value.total for name, value in step.stats.stats.items()}


def test_the_address_and_the_day_choose_the_rules_and_metadata_stays() -> None:
    rules = Rules.parse("domains: [example.com]\nremove: {ad: [{css: .old, until: 2020-01-01}]}", "r", "example.com")
    step = Cleanpage(mode="clean", cleaner=Cleaner(rules))
    html = "<title>Page</title><p>Text.</p><p class=old>Offer.</p>"
    made = _run(
        step,
        Document(html, "1", metadata={"url": _URL, "date": "2019-05-01T00:00:00Z", "title": "Another"}),
        Document(html, "2", metadata={"url": _URL, "date": "2024-05-01"}),
        Document(html, "3", metadata={"url": "https://elsewhere.org/", "date": "no day"}),
        Document(html, "4"),
    )
    both = "Text.\nOffer."
    assert [one.text for one in made] == ["Text.", both, both, both]
    assert [one.metadata["title"] for one in made] == ["Another", "Page", "Page", "Page"]
    assert made[0].metadata["removed_words"] == 1
    assert None not in made[3].metadata.values()


class _Hostile(Cleanpage):
    """One page of its hangs, one takes the process with it."""

    def record(self, html: str, url: str | None = None, date: Any = None) -> dict[str, Any]:
        if html == "hang":
            time.sleep(60)
        if html == "crash":
            os._exit(9)
        return super().record(html, url, date)


def test_pages_that_hang_crash_or_fail_are_written_with_the_reason(tmp_path: Path) -> None:
    step = _Hostile(timeout=5, exclusion_writer=JsonlWriter(str(tmp_path), compression=None))
    pages = [ARTICLE, "hang", ARTICLE, "crash", "", ARTICLE]
    made = _run(step, *(Document(text, str(number)) for number, text in enumerate(pages)))
    assert [one.id for one in made] == ["0", "2", "5"]
    assert all(KEPT in one.text for one in made)
    dropped = _documents(tmp_path)
    assert [(one["id"], one.get("text")) for one in dropped] == [("1", "hang"), ("3", "crash"), ("4", None)]
    reasons = [one["metadata"]["filter_reason"].split(":")[0] for one in dropped]
    assert reasons == ["timeout", "crash", "empty"]
    stats = _stats(step)
    assert (stats["total"], stats["forwarded"], stats["dropped"]) == (6, 3, 3)
    assert stats["dropped_timeout"] == stats["dropped_crash"] == stats["dropped_empty"] == 1


def test_it_also_extracts_from_a_text_alone() -> None:
    step = Cleanpage(format="markdown")
    assert KEPT in " ".join(step.extract(ARTICLE).split())
    assert step.extract("") == ""
    with pytest.raises(TypeError):
        Cleanpage(favour_precision=True)  # type: ignore[call-arg]
