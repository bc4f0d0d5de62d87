"""The work of finding an article grows like the page, whatever the page is made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleanpage import Cleaner, Rules
from cleanpage.engine.view import subtract

from ..properties.test_guarantees import steps

GENERIC = Cleaner(Rules.builtin(publishers=False))
_TEXT = "The council decided on Monday that the park in the north of the town will be made a good deal larger."
SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda n: f"<p>{_TEXT} {n}</p>",
    "a line of links": lambda n: f'<a href="/{n}">{_TEXT}</a> ',
    "a line of notices": lambda n: f"<b>Read more: {n}</b> <a href='/x'>Share on Twitter</a> ",
    "notices": lambda n: f"<p>{_TEXT}</p><p>Advertisement</p>",
    "hidden parts": lambda n: f"<p>{_TEXT}<span hidden>x{n}</span></p>",
    "classes with ids": lambda n: f"<div class=box id=box{n}>{_TEXT}</div>",
    "tables": lambda n: f"<table><tr><td>{_TEXT}</td><td>{n}</td></tr></table>",
    "siblings without text": lambda n: "<i></i>",
    "headings": lambda n: f"<h2>Part {n}</h2><p>{_TEXT}</p>",
    "teasers": lambda n: f"<div class=teaser><a href='/{n}'>{_TEXT}</a><p>{_TEXT}</p></div>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_page_is_twice_the_work(shape: str) -> None:
    def work(times: int, first: int) -> int:
        # No number comes twice: what was read before would be remembered.
        html = f"<h1>The park</h1><p>{_TEXT}</p>" + "".join(map(SHAPES[shape], range(first, first + times)))
        return steps(lambda: GENERIC.extract(html).text)

    work(8, 1000)
    assert work(400, 2000) <= 2.3 * work(200, 3000)


def test_deep_nesting_is_no_more_work() -> None:
    def work(depth: int) -> int:
        html = "<div>" * depth + f"<p>{_TEXT}</p>" * 20 + "</div>" * depth
        return steps(lambda: GENERIC.extract(html).text)

    work(10)
    assert work(800) <= 2.3 * work(400)


def test_a_range_is_cut_without_copying_all_holes() -> None:
    class Holes(list[tuple[int, int]]):
        def __getitem__(self, key: object) -> object:  # type: ignore[override]
            assert not isinstance(key, slice)
            return super().__getitem__(key)  # type: ignore[index]

    holes = Holes((place, place + 5) for place in range(0, 1000, 10))
    assert subtract(498, 512, holes) == [(498, 500), (505, 510)]
