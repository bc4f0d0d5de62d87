"""Articles that look like nuisance stay whole: each page in tests/counterexamples says the same with the rules as
without any."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpage import Cleaner, Rules
from cleanpage.rules.model import Mark, Place
from cleanpage.rules.selectors import parse_css

_MARKED = re.compile(r"<(?:h[2-6]|table|li|dt|figcaption|button)\b")
FOLDER = Path(__file__).parent / "counterexamples"
WITH_RULES = Cleaner()
WITHOUT = Cleaner(Rules())


def pages() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for page in yaml.safe_load(path.read_text("utf-8")):
            found.append(pytest.param(page["html"], page.get("url"), id=f"{path.stem}: {page['name']}"))
    return found


@pytest.mark.parametrize(("html", "url"), pages())
def test_an_article_stays_whole(html: str, url: str | None) -> None:
    kept, whole = WITH_RULES.clean(html, url=url), WITHOUT.clean(html, url=url)
    assert len(whole.text) >= 30
    assert kept.text == whole.text, [removal.rule for removal in kept.removed if not removal.held_back]
    if _MARKED.search(html):
        return
    # The same article as a text that was extracted before. Without its markup, a heading, a table's cell or an item of a
    # list that reads like a label cannot be told from one.
    lines = whole.text
    found = WITH_RULES.clean_text(lines, url=url)
    assert found.text == lines, [removal.rule for removal in found.removed if not removal.held_back]


@cache
def _of_every_family() -> Cleaner:
    """A cleaner that takes a page with a mark for one of every family that has marks."""
    mark = Mark((parse_css("#of-every-family"),), "#of-every-family", Place("", 1, 1))
    files = Rules.builtin(publishers=False).files
    return Cleaner(Rules(replace(file, domains=(), marks=(mark,) if file.marks else ()) for file in files))


@pytest.mark.parametrize(("html", "url"), pages())
def test_an_article_stays_whole_whatever_system_it_comes_from(html: str, url: str | None) -> None:
    page = html + '<div id="of-every-family"></div>'
    assert len(_of_every_family().bearings(page)) > 50
    kept = _of_every_family().clean(page, url=url)
    assert kept.text == WITHOUT.clean(page, url=url).text, [r.rule for r in kept.removed if not r.held_back]


def test_there_are_enough_of_them() -> None:
    assert len(pages()) >= 60
    assert len(list(FOLDER.glob("*.yaml"))) >= 8
