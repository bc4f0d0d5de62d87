"""Articles that look like nuisance stay whole: each page in tests/counterexamples says the same with the rules as
without any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpage import Cleaner, Rules

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
    assert len(whole.text.split()) >= 20
    assert kept.text == whole.text, [removal.rule for removal in kept.removed if not removal.held_back]
    # The same article as a text that was extracted before.
    lines = whole.text
    found = WITH_RULES.clean_text(lines, url=url)
    assert found.text == lines, [removal.rule for removal in found.removed if not removal.held_back]


def test_there_are_enough_of_them() -> None:
    assert len(pages()) >= 60
    assert len(list(FOLDER.glob("*.yaml"))) >= 8
