"""Phrases and texts are compared after folding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
