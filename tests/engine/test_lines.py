"""Text that was extracted before: rules about lines, and rules about phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import Cleaner, Rules

from ..support import cleaner, gone, held, prose, remove


def line(rule: str) -> Cleaner:
    return cleaner(f"lines:\n  ad:\n    - {rule}\n")


def left(found: Cleaner, *lines: str) -> list[str]:
    return found.clean_text("\n".join(lines)).text.split("\n")


@pytest.mark.parametrize(
    ("rule", "lines", "expected"),
    [
        ("{line: Anzeige}", ["a", "Anzeige", "b"], ["a", "b"]),
        ("{line: Anzeige}", ["a", "  ANZEIGE ", "b"], ["a", "b"]),
        ("{line: Anzeige}", ["Anzeigen", "Die Anzeige"], ["Anzeigen", "Die Anzeige"]),
        ("{line: [eins, zwei]}", ["zwei", "drei", "eins"], ["drei"]),
        ("{line: Teilen}", ["• Teilen", "- Teilen", "* teilen", "› Teilen", "a"], ["› Teilen", "a"]),
        ("{line: 'a - b'}", ["A – B", "c"], ["c"]),
        # from … to, both lines included
        ("{from: beginn, to: ende}", ["a", "Hier Beginn!", "b", "c", "Das Ende.", "d"], ["a", "d"]),
        ("{from: beginn, to: ende}", ["Beginn und Ende", "a", "ende"], ["a", "ende"]),
        ("{from: beginn, to: ende}", ["beginn", "a", "b"], ["beginn", "a", "b"]),
        ("{from: beginn, to: ende}", ["ende", "beginn", "a"], ["ende", "beginn", "a"]),
        ("{from: [b1, b2], to: [e1, e2]}", ["b2", "x", "e1", "y", "b1", "e2", "z"], ["y", "z"]),
        ("{from: beginn, to: ende}", ["beginn", "a", "ende", "b", "ende"], ["b", "ende"]),
        ("{from: beginn, to: ende, max_lines: 3}", ["beginn", "a", "ende", "x"], ["x"]),
        ("{from: beginn, to: ende, max_lines: 3}", ["beginn", "a", "b", "ende"], ["beginn", "a", "b", "ende"]),
        ("{from: beginn, to: ende, max_lines: 3}", ["beginn", "", "a", "", "", "ende", "x"], ["x"]),
        ("{from: beginn, to: ende}", ["beginn", *["a"] * 38, "ende", "x"], ["x"]),
        ("{from: beginn, to: ende}", ["beginn", *["a"] * 39, "ende"], ["beginn", *["a"] * 39, "ende"]),
        ("{from: beginn, to: ende, max_lines: 1}", ["beginn ende", "x"], ["x"]),
        ("{from: beginn, to: ende}", ["beginn", "beginn", "a", "ende", "x"], ["x"]),
    ],
)  # fmt: skip
def test_lines(rule: str, lines: list[str], expected: list[str]) -> None:
    found = line(rule)
    assert left(found, *lines) == expected
    assert left(found, *expected) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n\nX\n\nb", "a\n\nb"),
        ("a\nX\n\nb", "a\n\nb"),
        ("a\n\nX\nb", "a\n\nb"),
        ("a\nX\nb", "a\nb"),
        ("a\n\nX\n\nX\n\nX\n\nb", "a\n\nb"),
        ("X\n\na", "a"),
        ("a\n\nX", "a"),
        ("a\n\nX\n", "a\n"),
        ("a\nX\n", "a\n"),
        ("X", ""),
        ("X\n", ""),
        ("\n\na\n\n\n\nb\n\n", "\n\na\n\n\n\nb\n\n"),
        ("a\n\n\n\nX\n\n\n\nb", None),
        ("a\n \t\nX\n \t\nb", "a\n \t\nb"),
        ("", ""),
        ("\n", "\n"),
    ],
)
def test_empty_lines_around_what_went(before: str, after: str | None) -> None:
    found = line("{line: X}")
    text = found.clean_text(before).text
    if after is None:
        assert text.startswith("a\n\n")
        assert text.endswith("\nb")
    else:
        assert text == after
    assert found.clean_text(text).text == text


@pytest.mark.parametrize(
    ("rule", "lines", "expected"),
    [
        ("{equals: Anzeige}", ["Anzeige", "• Anzeige", "Anzeige b"], ["Anzeige b"]),
        ("{css: p, starts: 'Lesen Sie auch'}", ["Lesen Sie auch: a", "- Lesen Sie auch: b", "c Lesen Sie auch"], ["c Lesen Sie auch"]),
        ("{css: div, text: jetzt abonnieren}", ["Hier jetzt abonnieren!", "jetzt nicht abonnieren"], ["jetzt nicht abonnieren"]),
        ("{css: section, heading: Mehr}", ["Mehr", "Mehr davon"], ["Mehr davon"]),
        ("{text: x, max_words: 2}", ["a x", "a b x"], ["a b x"]),
        ("{text: x, matches: '\\d'}", ["x 1", "x"], ["x"]),
        ("{text: x, starts: [a, b]}", ["a x", "b x", "c x"], ["c x"]),
        ("{css: 'p, li', text: x}", ["x", "y"], ["y"]),
        # what needs markup says nothing about lines
        ("{css: .x, text: x}", ["x"], ["x"]),
        ("{css: '[href]', text: x}", ["x"], ["x"]),
        ("{css: '#x', text: x}", ["x"], ["x"]),
        ("{css: div > p, text: x}", ["x"], ["x"]),
        ("{text: x, unless: a}", ["x"], ["x"]),
        ("{xpath: //p, text: x}", ["x"], ["x"]),
        (".x", ["x"], ["x"]),
    ],
)  # fmt: skip
def test_phrase_rules_on_lines(rule: str, lines: list[str], expected: list[str]) -> None:
    found = cleaner(remove(rule))
    assert left(found, *lines) == expected
    assert left(found, *expected) == expected


def test_paths_and_categories_on_lines() -> None:
    found = cleaner(remove("{text: x, path: /a/*}"))
    assert found.clean_text("x\ny", url="http://a.de/a/1").text == "y"
    assert found.clean_text("x\ny", url="http://a.de/b/1").text == "x\ny"
    assert cleaner(remove("{text: x}"), categories=["social"]).clean_text("x\ny").text == "x\ny"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_lines_that_stay_are_as_they_were(newline: str) -> None:
    before = newline.join(["  Eins\t zwei ", "Anzeige", "", "„Drei“ …\u00a0", ""])
    after = newline.join(["  Eins\t zwei ", "", "„Drei“ …\u00a0", ""])
    assert line("{line: Anzeige}").clean_text(before).text == after


def test_what_went_from_a_text() -> None:
    found = cleaner(
        "remove:\n  ad: [{equals: Werbung}]\nlines:\n  player: [{line: schließen}, {from: beginn, to: ende}]\n"
    )
    result = found.clean_text("a\n• Schließen\nb\n\n beginn \n\n x  y\nende\nWerbung\nc")
    assert result.text == "a\nb\n\nc"
    assert [(r.rule, r.category, r.text, r.path, r.words) for r in result.removed] == [
        ("rules/player/line(schließen)", "player", "• Schließen", "line 2", 2),
        ("rules/player/from(beginn)", "player", "beginn\nx y\nende", "line 5", 4),
        ("rules/ad/equals(Werbung)", "ad", "Werbung", "line 9", 1),
    ]
    assert result.encoding is None


def test_text_as_html() -> None:
    result = line("{line: Anzeige}").clean_text("a < b & c\n\nAnzeige\n  d")
    assert result.html == "<p>a &lt; b &amp; c</p>\n<p>d</p>"


def test_the_publishers_lines_come_first() -> None:
    rules = Rules.parse("{lines: {ad: [{line: x}]}, remove: {ad: [{equals: y}]}}", "g.yaml", "generic") + Rules.parse(
        "{publisher: A, domains: a.de, lines: {player: [{line: x}]}, remove: {social: [{equals: y}]}}", "a.yaml", "a.de"
    )
    result = Cleaner(rules).clean_text("x\ny\nz", url="http://a.de")
    assert [removal.rule for removal in result.removed] == ["a.de/player/line(x)", "a.de/social/equals(y)"]
    assert Cleaner(rules).clean_text("x\ny\nz").removed[0].rule == "generic/ad/line(x)"


def test_a_generic_rule_does_not_take_the_text() -> None:
    text = "\n".join(["beginn", *(prose(20, f"s{n}x") for n in range(10)), "ende", "rest"])
    result = line("{from: beginn, to: ende}").clean_text(text)
    assert result.text == text
    assert len(held(result)) == 1
    assert held(result)[0].words == 202
    assert gone(result) == []
    assert line("{from: beginn, to: ende}").clean_text(text + "\n" + prose(500)).text == "rest\n" + prose(500)


def test_what_was_held_back_in_a_text_is_held_back_again() -> None:
    rules = "lines:\n  ad:\n    - {from: beginn, to: ende}\n    - {line: weg}\n"
    text = "\n".join(["beginn", *["weg"] * 30, prose(90), "ende", prose(60, "r")])
    found = cleaner(rules)
    result = found.clean_text(text)
    assert found.clean_text(result.text).text == result.text


def test_a_text_without_rules_is_as_it_was() -> None:
    text = "a\r\n\r\n\tb \x0b\x0c\u2028c\n\n\n"
    assert Cleaner(Rules()).clean_text(text).text == text


def test_what_is_no_text() -> None:
    with pytest.raises(TypeError):
        Cleaner(Rules()).clean_text(b"a")  # type: ignore[arg-type]


LINES = st.lists(
    st.sampled_from(
        ["a", "Anzeige", "• Anzeige", "beginn", "ende", "beginn ende", "", " ", "\u2028", "ẞ…", "x\ry", "–"]
    ),
    max_size=30,
)
FOUND = cleaner(
    "lines:\n  ad:\n    - {line: Anzeige}\n    - {from: beginn, to: ende, max_lines: 4}\nremove:\n  ad: [{starts: beginn ende}]\n"
)


@given(LINES)
def test_the_lines_that_stay_keep_their_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    result = FOUND.clean_text(text)
    rest = iter(lines)
    assert all(one in rest for one in result.text.split("\n") if one.strip())
    assert "anzeige" not in result.text.lower()
    assert FOUND.clean_text(result.text).text == result.text
    went = sum(removal.text.count("\n") + 1 for removal in result.removed)
    full = [one for one in lines if one.strip()]
    assert went == len(full) - len([one for one in result.text.split("\n") if one.strip()])


def test_many_lines() -> None:
    text = "\n".join(["Text hier", "Anzeige"] * 50_000)
    assert line("{line: Anzeige}").clean_text(text).text == "\n".join(["Text hier"] * 50_000)
