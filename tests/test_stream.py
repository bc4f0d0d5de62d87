"""What elements have, as it is written into the stream and taken apart."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Rules, stream
from cleanpage.outline import outline
from cleanpage.page import Limits, parse

PAGE = "<h2 class=a id=b>x</h2><my-x class=a>y</my-x><div hidden>z</div><noscript><h3>w</h3></noscript><dialog>v"


def test_facts() -> None:
    found = outline(parse(PAGE), Limits())
    said = [(facts.tag, facts.attributes, facts.rank, facts.hides) for facts in found.facts]
    assert said == [
        ("body", {}, 0, False),
        ("h2", {"class": "a", "id": "b"}, 2, False),
        ("my-x", {"class": "a"}, 0, False),
        ("div", {"hidden": ""}, 0, True),
        ("noscript", {}, 0, False),
        ("h3", {}, 0, False),  # what is not shown heads nothing
        ("dialog", {}, 0, True),
    ]
    assert found.tags == [element.tag for element in found.elements]
    assert found.facts[1].get("class") == "a"
    assert found.facts[1].get("style") is None


def test_elements_that_have_the_same_share_their_facts() -> None:
    first, second = (outline(parse(PAGE), Limits()) for _ in range(2))
    assert all(a is b for a, b in zip(first.facts, second.facts, strict=True))
    long = f"<p class='{'x' * 1000}'>a"
    first, second = (outline(parse(long), Limits()) for _ in range(2))
    assert first.facts[1] is not second.facts[1]  # what is long is not kept
    assert first.attribute("class") == second.attribute("class") == {"x" * 1000: [1]}


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MOST_FACTS", 5)
    cleaner = Cleaner(Rules.parse("remove: {ad: ['.x3']}"))
    for number in range(40):
        text = cleaner.clean(f"<p class=x{number}>a<p class=x{number + 1}>b").text
        assert text == {3: "b", 2: "a"}.get(number, "a\nb")
        assert len(stream._thread.facts) <= 5
    cleaner.clean("".join(f"<p id=x{number}>a" for number in range(100)))
    assert len(stream._thread.facts) <= 5


@pytest.mark.parametrize(
    "value", ["\ufdd6class x", "a\ufdd6id b", "\ufdd7", "a\ufdd6zz top", "\ufdd0\ufdd7p\ufdd7\ufdd1"]
)
def test_a_value_that_holds_marks_is_one_value(value: str) -> None:
    found = outline(parse(f"<p class='a' id='{value}'>x</p><p class=d>y"), Limits())
    assert found.attribute("class") == {"a": [1], "d": [2]}
    assert len(found.attribute("id")) == 1
    assert found.blocks == ["x", "y"]
