"""How a program finds phrases, and what it remembers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleanpage import Cleaner, Rules
from cleanpage.engine import program
from cleanpage.engine.program import Program, _Beginnings

TEXTS = st.text("ab ", min_size=1, max_size=9)


@given(st.sets(TEXTS, max_size=30), st.text("ab ", max_size=40), st.integers(0, 9))
def test_strings_are_found_where_they_begin(strings: set[str], text: str, first_index: int) -> None:
    texts = sorted(strings)
    places = range(0, len(text), 2)
    expected = sorted(
        (first_index + number, place, place + len(one))
        for number, one in enumerate(texts)
        for place in places
        if text.startswith(one, place)
    )
    beginnings = _Beginnings(texts, first_index)
    assert sorted(beginnings.find(text, places)) == expected
    assert sorted(beginnings.find(text, places)) == expected  # what was grouped stays


def test_what_is_remembered_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(program, "_MOST_FACTS", 10)
    rules = Rules.parse("remove: {ad: ['.x5', '#y7', 'p[id]:not(.z)']}")
    cleaner = Cleaner(rules)
    for number in range(50):
        left = cleaner.clean(f"<div class=x{number}>a{number}</div><div id=y{number}>b{number}</div><p>c</p>").text
        assert left.split() == [*([f"a{number}"] * (number != 5)), *([f"b{number}"] * (number != 7)), "c"]
    (made,) = cleaner._prepared.for_host("").remove
    assert isinstance(made, Program)
    assert len(made._by_facts) <= 10
