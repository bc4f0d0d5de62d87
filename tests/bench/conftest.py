"""Pages and rules to measure with."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

PAGE = """<!DOCTYPE html><html><head><title>{n}</title></head><body class="page">
<div id="wall" class="box teaser-{n}"><p>Some words of page {n}.</p><a class="share button" href="/x?a={n}">Share</a></div>
<article><h1>Title {n}</h1><p>The text of the article, which is long enough to be one, stands here.</p></article>
<section data-area="related-links"><ul><li class="k">One</li><li>Two</li></ul></section></body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of three pages, packed and not, with a list of addresses beside it."""
    folder = tmp_path / "set" / "pages"
    folder.mkdir(parents=True)
    (folder / "one.html").write_text(PAGE.format(n=1), "utf-8")
    (folder / "two.html.gz").write_bytes(gzip.compress(PAGE.format(n=2).encode()))
    (folder / "three.htm").write_text(PAGE.format(n=3), "utf-8")
    rows = [{"id": name, "url": f"https://www.news.example/{name}"} for name in ("one", "two")]
    (folder.parent / "gold.json").write_text(json.dumps(rows), "utf-8")
    return folder
