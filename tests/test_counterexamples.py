"""Articles that look like nuisance stay whole: each page in tests/counterexamples says the same with the rules as
without any."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpage import Cleaner, Rules

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


def test_there_are_enough_of_them() -> None:
    assert len(pages()) >= 60
    assert len(list(FOLDER.glob("*.yaml"))) >= 8
