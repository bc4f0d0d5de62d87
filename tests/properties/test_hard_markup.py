"""The guarantees over markup that is rare or broken, alone and among the paragraphs of a page."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Rules

from .strategies import HARD

EMPTY, BUILTIN = Cleaner(Rules()), Cleaner(Rules.builtin(publishers=False))
AROUND = [
    "{}",
    "<!DOCTYPE html><html><head><title>T</title></head><body><main>{}</main></body></html>",
    "<p>vor</p>{}<p>nach",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("markup", "shown"), HARD)
def test_hard_markup(markup: str, shown: str, around: str) -> None:
    html = around.format(markup)
    words = around.format(shown) if around == AROUND[0] else shown
    if around == AROUND[2]:
        words = f"vor {shown} nach"
    for cleaner in (EMPTY, BUILTIN):
        once = cleaner.clean(html)
        assert once.text.split() == words.split()
        again = cleaner.clean(once.html)
        assert (again.text, again.html) == (once.text, once.html)
        assert cleaner.clean(html).html == once.html
