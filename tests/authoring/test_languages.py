"""Phrases that stand in the file of another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpage import Rules
from cleanpage.authoring.languages import foreign, language_of
from cleanpage.authoring.lint import remarks
from cleanpage.rules.phrases import fold

FOLDER = "generic/languages"


@pytest.mark.parametrize(
    ("phrase", "own", "other"),
    [
        ("Lesen Sie auch die Beiträge zu diesem Thema", "fr", "de"),
        ("Read more of this in your inbox", "de", "en"),
        ("Abonnez-vous à notre lettre pour ne rien manquer", "de", "fr"),
        ("Suscríbete para leer todos los artículos de este autor", "it", "es"),
        ("Lees ook de andere verhalen over dit onderwerp", "de", "nl"),
        ("Подпишитесь на нашу рассылку", "de", "ru or uk"),
        ("구독하고 계속 읽기", "en", "ko"),
    ],
)
def test_phrases_of_another_language(phrase: str, own: str, other: str) -> None:
    assert foreign(fold(phrase), own) == other
    assert foreign(fold(phrase), other.split()[0]) == ""


@pytest.mark.parametrize("own", ["de", "fr", "tr", "ru", "ja"])
@pytest.mark.parametrize(
    "phrase",
    [
        "Newsletter",
        "Read more",
        "Sign up for free",
        "Facebook Twitter WhatsApp Mail",
        "Top News Sport Live",
        "Podcast",
        "01:23",
    ],
)
def test_short_phrases_and_what_everybody_says_are_left_alone(phrase: str, own: str) -> None:
    assert foreign(fold(phrase), own) == ""


def test_a_dotted_i_is_one_letter() -> None:
    assert foreign(fold("E-Posta İle Gönder"), "tr") == ""


def test_lint_names_the_phrase_and_its_language(tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "de.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "remove:\n  related:\n    - css: p\n      starts: [Lesen Sie auch, Read more of this in your inbox]\n"
        "lines:\n  related:\n    - line: All the stories that you have read\n",
        "utf-8",
    )
    (file,) = Rules.load(tmp_path).files
    assert language_of(file) == "de"
    found = [one for one in remarks([file]) if one.code == "language"]
    assert [(one.place.line, one.message.partition(",")[0]) for one in found] == [
        (3, "'Read more of this in your inbox' looks like en"),
        (7, "'All the stories that you have read' looks like en"),
    ]


def test_other_files_have_no_language(tmp_path: Path) -> None:
    for name in ("publishers/de/de.yaml", "generic/related.yaml", "families/en.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = "domains: [a.example]\n" if "publishers" in name else ""
        path.write_text(head + "remove: {related: [{css: p, starts: Read more of this in your inbox}]}\n")
    files = Rules.load(tmp_path).files
    assert [language_of(file) for file in files] == ["", "", ""]
    assert not [one for one in remarks(files) if one.code == "language"]
