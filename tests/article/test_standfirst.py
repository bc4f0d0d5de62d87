"""The paragraph between headline and article."""

from __future__ import annotations

import numpy as np

from cleanpage import Cleaner, Rules
from cleanpage.article.extract import Extraction
from cleanpage.article.naming import Naming
from cleanpage.article.scorer import Forest, Scorer
from cleanpage.article.vocabulary import Lexicon, Vocabulary

from .pages import ARTICLES, page

PLAIN = Cleaner(Rules())
HEADLINE, *PARAGRAPHS = ARTICLES["en"]
BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
LEAD = "After years of quarrels the council has found the money that the crossing needs."
DESCRIPTION = f'<meta name="description" content="{LEAD}">'


def scorer_against(*words: str) -> Scorer:
    """Weights that take every block except those with a word."""
    first = Forest(np.zeros((1, 1), np.int64), np.full((1, 1), -0.1, np.float32), np.array([[-9, 9]], np.float32), 0.0)
    second = Forest(first.feature, np.zeros((1, 1), np.float32), first.value, 0.0)
    return Scorer(Vocabulary(Naming({}), Lexicon(dict.fromkeys(words, -9000)), ()), first, second)


def extracted(above: str, head: str = DESCRIPTION) -> Extraction:
    """A page with something between headline and article that the scorer leaves out."""
    scorer = scorer_against("quarrels", "topic", "topics", "news")
    return PLAIN._extraction(page(HEADLINE, above + BODY, head=head), None, scorer=scorer)[0]


def test_what_the_description_says_is_of_the_article() -> None:
    found = extracted(f"<div><span>{LEAD}</span></div><p>by quarrels</p>")
    assert found.text.split("\n") == [LEAD, *PARAGRAPHS]
    assert any(reason.startswith("standfirst") for reason in found.evidence)
    assert LEAD not in extracted(f"<p>{LEAD}</p>", head="").text


def test_a_part_of_the_description_will_do() -> None:
    longer = DESCRIPTION.replace(LEAD, f"{LEAD} It took them three nights, and several votes.")
    assert LEAD in extracted(f"<p>{LEAD}</p>", longer).text


def test_others_are_left_out() -> None:
    other = "Of quarrels and votes: seven recipes for the harvest that you can cook in an hour."
    for above in (f"<p>{other}</p>", f"<p><a href=/x>{LEAD}</a></p>", f"<p>{LEAD}</p>" + "<p>of quarrels</p>" * 15):
        assert "quarrels" not in extracted(above).text


def test_it_stands_below_the_headline() -> None:
    html = page(HEADLINE, BODY, head=DESCRIPTION).replace("<header>", f"<header><p>{LEAD}</p>", 1)
    found = PLAIN._extraction(html, None, scorer=scorer_against("quarrels", "topic", "topics", "news"))[0]
    assert LEAD not in found.text
