"""What words say of blocks."""

from __future__ import annotations

from itertools import accumulate, repeat

import pytest

from cleanpage.article import naming, vocabulary
from cleanpage.article.blocks import Blocks
from cleanpage.article.features import in_surroundings, said_of_page
from cleanpage.article.naming import NAMING, Naming, name_words
from cleanpage.article.vocabulary import Lexicon, text_words
from cleanpage.engine.view import View
from cleanpage.outline import outline
from cleanpage.page import Limits, parse


def blocks_of(html: str) -> Blocks:
    columns = outline(parse(html), Limits(), frozenset(NAMING))
    return Blocks(columns, View(columns, []))


@pytest.mark.parametrize(
    ("folded", "words"),
    [
        ("", set()),
        ("share", {"share", "^share", "share$", "=share"}),
        ("read more here", {"read", "more", "here", "^read", "here$", "=read more here"}),
        ("a b c d e", {"a", "b", "c", "d", "e", "^a", "e$"}),
    ],
)
def test_the_words_of_a_block(folded: str, words: set[str]) -> None:
    assert text_words(folded) == words


@pytest.mark.parametrize("count", range(9, 20))
def test_of_a_long_block_the_first_and_the_last_words_count(count: int) -> None:
    words = [f"w{number}" for number in range(count)]
    expected = {*words[:10], *words[-3:], "^w0", words[-1] + "$"}
    assert text_words(" ".join(words)) == expected


def test_a_lexicon_weighs_by_how_many_words_there_are() -> None:
    lexicon = Lexicon({"more": -2000, "^more": -1000, "house": 500})
    assert lexicon.scores(["more", "the house", "nothing", "more"]).tolist() == [
        -3 / 4**0.5,
        0.5 / 5**0.5,
        0,
        -3 / 4**0.5,
    ]


def test_what_is_remembered_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_MOST_KNOWN", 3)
    monkeypatch.setattr(naming, "_MOST_KNOWN", 3)
    texts = [f"word{number} more" for number in range(9)] * 2
    lexicon = Lexicon({"more": 1000})
    assert len(set(lexicon.scores(texts).tolist())) == 1
    assert len(lexicon._known) <= 3
    html = "".join(f"<p class='a{'b' * number} text'>x</p>" for number in range(9))
    names = Naming({"text": (1000, 0)})
    assert names.scores(blocks_of(html)).tolist() == [1.0] * 9
    assert len(names._known) <= 3


def test_the_words_of_names() -> None:
    html = '<div class="articleBody main_text UI x" id="PageTop" role=main itemprop="articleBody" title="other">x</div>'
    (facts,) = (facts for facts in blocks_of(html).outline.kinds[0] if facts.tag == "div")
    expected = {"article", "body", "main", "text", "page", "top", "role:main", "item:article", "item:body"}
    assert name_words(facts) == expected


def test_names_count_for_what_stands_inside() -> None:
    html = "<div class=outer><p class=text>a</p><div><section class=outer><p>b</p></section></div></div><p class=text>c</p>"
    blocks = blocks_of(html)
    assert Naming({"outer": (0, 10), "text": (1000, 0)}).scores(blocks).tolist() == [1.01, 0.02, 1.0]
    # Of its own elements that is the one that holds it and the one around that.
    assert Naming({"outer": (7, 0)}).scores(blocks).tolist() == [0.007, 0.007, 0.0]


def test_the_names_of_many_elements_add_up_exactly() -> None:
    depth = 300
    html = "".join(f"<div class=deep><p>{number}</p>" for number in range(depth))
    found = Naming({"deep": (0, 1)}).scores(blocks_of(html)).tolist()
    assert found == [n / 1000 for n in accumulate(repeat(1, depth))]


def test_rows_about_surroundings() -> None:
    blocks = blocks_of("<p>a b c</p><p>d</p>")
    rows = in_surroundings(Lexicon({"=d": 2000}).scores(["a b c", "d"]), blocks.words)
    assert [row.shape for row in rows] == [(2,)] * 8
    assert rows[0].tolist() == [0, 1]
    assert rows[2].tolist() == [1, 0]  # the one after
    assert rows[-1].tolist() == [0.25, 0.25]  # the page, word by word


def test_kinds_of_pages() -> None:
    assert said_of_page(("article", "product"), ["product", "other"], 3).tolist() == [[0, 0, 0], [1, 1, 1]]
    assert said_of_page((), ["product"], 3).shape == (0, 3)
