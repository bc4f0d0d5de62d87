"""Words that say of what category a block is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpage import RuleError, Rules
from cleanpage.rules.importers.vocabulary import Vocabulary, words_of
from cleanpage.rules.ruleset import builtin_folder


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("relatedArticles-box2", ["related", "articles", "box"]),
        ("ECR-IN_ARTICLE", ["ecr", "in", "article"]),
        ("HTMLBox", ["html", "box"]),
        ("À lire aussi:", ["à", "lire", "aussi"]),
        ("_2ezKP", ["ez", "kp"]),
        ("", []),
    ],
)
def test_words_of_names(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_more_words_win_then_the_first_category() -> None:
    vocabulary = Vocabulary(
        {"newsletter": ["letter"], "related": ["more-from", "box*"], "ad": ["more"]}, {"ad": ["ins"]}
    )
    assert vocabulary.category(["more"]) == "ad"
    assert vocabulary.category(["more-from-letter"]) == "related"
    assert vocabulary.category(["box-letter"]) == "newsletter"
    assert vocabulary.category(["boxes"]) == "related"
    assert vocabulary.category(["inbox"], ["ins"]) == "ad"
    assert vocabulary.category(["letter"], ["ins"]) == "newsletter"
    assert vocabulary.category(["x"], ["p", "div"]) == ""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("word: {}", 1, "did you mean 'words'?"),
        ("words:\n  adds: [x]", 2, "unknown category: adds"),
        ("words:\n  ad: x", 2, "expected a list"),
        ("words:\n  ad: [a, B]", 2, "'B' is no word of names"),
        ("words:\n  ad: [a-b-c-d]", 2, "is no word of names"),
        ("words:\n  ad: [a2]", 2, "is no word of names"),
        ("words:\n  ad: [a]\n  app: [a]", 3, "'a' stands under ad already"),
        ("words:\n  ad: [a]\n  ad: [b]", 3, "stands here twice"),
        ("words: [a]", 1, "expected a mapping"),
        ("words:\n\tad: [a]", 2, "a tab in the indentation"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(text)
    with pytest.raises(RuleError) as caught:
        Vocabulary.load(path)
    assert caught.value.line == line
    assert message in str(caught.value)
    with pytest.raises(RuleError, match="cannot be read"):
        Vocabulary.load(tmp_path / "nowhere.yaml")


def test_what_importers_know_is_no_rule_file() -> None:
    folder = builtin_folder()
    assert (folder / "import" / "ftr.yaml").is_file()
    rules, problems = Rules.read(folder)
    assert problems == []
    assert not [file.name for file in rules.files if "import" in Path(file.name).relative_to(folder).parts]
    assert Vocabulary.load(folder / "import" / "ftr.yaml").category(["newsletter"]) == "newsletter"


def test_a_folder_may_have_that_name(tmp_path: Path) -> None:
    folder = tmp_path / "import"
    (folder / "import").mkdir(parents=True)
    (folder / "mine.yaml").write_text("remove: {ad: [.x]}")
    (folder / "import" / "words.yaml").write_text("remove: {ad: [.y]}")
    assert len(Rules.load(folder)) == 2
