"""Phrases and texts are compared after folding."""

from __future__ import annotations

import sys
import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.rules import phrases
from cleanpage.rules.phrases import fold

from ..support import text_of

ALIKE = [
    ("Jetzt ABONNIEREN", "jetzt abonnieren"),
    ("„Mehr“ »Mehr« “Mehr”", '"Mehr" "Mehr" "Mehr"'),
    ("Don’t don‘t don′t", "don't don't don't"),
    ("a – b — c ‑ d − e", "a - b - c - d - e"),
    ("News\u00adletter", "Newsletter"),
    ("News\u200bletter\u2060", "Newsletter"),
    ("STRASSE straße STRAẞE", "strasse strasse strasse"),
    ("ﬁnden", "finden"),
    ("Ａｎｚｅｉｇｅ", "anzeige"),
    ("e\u0301tude", "étude"),
    ("a\u00a0b\u2003c\td", "a b c d"),
    ("  a  b  ", "a b"),
    ("½ № ㎏", "1⁄2 no kg"),
    ("Mehr …", "Mehr ..."),
    ("ΟΔΟΣ", "οδος"),
    ("\ufeffa", "a"),
    ("❤\ufe0f", "❤"),
    ("\u200ea\u200f", "a"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Über", "Uber"), ("a b", "ab"), ("schon", "schön"), ("1", "l")])
def test_not_alike(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike_in_pages(one: str, other: str) -> None:
    """Whichever of the two is in the rule and whichever on the page."""
    for phrase, text in ((one, other), (other, one)):
        rule = '{equals: "%s"}' % phrase.replace('"', '\\"').replace("\t", "\\t")
        assert text_of(rule, f"<p>{text}</p><p>bleibt</p>") == ["bleibt"]


FOLDABLE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            " \n\t\u00a0\u00ad\u200b\u2026\u0345\u0390\u1e9eßİıſＡﬁ‘’“”–—\u0301\u0300\u0327ΣςΟ´¨˜\u037e\u1fbe"
        ),
    ),
    max_size=30,
)


@given(FOLDABLE)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(FOLDABLE)
def test_line_ends_are_kept_and_lines_fold_alone(text: str) -> None:
    folded = fold(text)
    assert folded.count("\n") == text.count("\n")
    assert folded.split("\n") == [fold(line) for line in text.split("\n")]


@given(FOLDABLE)
def test_a_folded_text_is_normal_and_tidy(text: str) -> None:
    folded = fold(text)
    assert unicodedata.is_normalized("NFKC", folded)
    assert "  " not in folded
    assert all(line == line.strip(" ") for line in folded.split("\n"))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=40))
def test_ascii_folds_to_lower_case(text: str) -> None:
    lines = [" ".join(line.split()) for line in text.lower().split("\n")]
    assert fold(text).split("\n") == lines


# --- normal form ---------------------------------------------------------------------------------

EVERYTHING = list(map(chr, range(sys.maxunicode + 1)))
MARKS = [character for character in EVERYTHING if unicodedata.combining(unicodedata.normalize("NFKD", character)[0])]
LETTERS = [chr(n) for n in (*range(0x20, 0x250), *range(0x900, 0xE80), *range(0x1100, 0x1200), 0xAC00, 0xAC01, 0xFDFA)]


def test_every_mark_is_put_in_order() -> None:
    assert not [mark for mark in MARKS if phrases._MANY_MARKS.fullmatch(mark * 31) is None]


def test_what_combines_with_what_comes_before_does_not_stand_alone() -> None:
    # The last parts of the characters that are composed, vowels and finals of Hangul among them.
    parts = {one: unicodedata.normalize("NFD", one) for one in EVERYTHING}
    seconds = {part[-1] for one, part in parts.items() if len(part) > 1 and unicodedata.normalize("NFC", part) == one}
    assert len(seconds) > 100
    assert not [one for one in seconds.union(MARKS) if phrases._stands_alone(one)]
    assert phrases._stands_alone("a")
    assert phrases._stands_alone("ﷺ")


@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_normal_form_piece_by_piece(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "_PIECE", piece)
    random = Random(1)
    for number in range(3000):
        pool = (MARKS, LETTERS, MARKS + LETTERS)[number % 3]
        text = "".join(random.choices(pool, k=random.randint(0, 90)))
        assert phrases._nfkc(text) == unicodedata.normalize("NFKC", text), ascii(text)
        assert fold(fold(text)) == fold(text)
