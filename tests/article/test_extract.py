"""`extract`: the article alone."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import cleanpage
from cleanpage import Cleaner, PageError, Rules
from cleanpage.article.extract import Extraction
from cleanpage.article.naming import Naming
from cleanpage.article.scorer import Forest, Scorer
from cleanpage.article.vocabulary import Lexicon, Vocabulary

from ..support import rules
from .pages import ARTICLES, article, page

HEADLINE, *PARAGRAPHS = ARTICLES["en"]
BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
PLAIN = Cleaner(Rules())


@pytest.mark.parametrize("language", sorted(ARTICLES))
def test_the_article_and_nothing_else(language: str) -> None:
    _, paragraphs, html = article(language)
    for result in (cleanpage.extract(html), PLAIN.extract(html)):
        assert result.text.split("\n") == paragraphs
        assert result.evidence == ("scorer",)


def test_the_title_is_not_repeated() -> None:
    repeated = page(HEADLINE, f"<h2>{HEADLINE}</h2>{BODY}")
    assert PLAIN.extract(repeated).text.split("\n") == PARAGRAPHS


def test_a_title_within_a_sentence_stays() -> None:
    sentence = f"{HEADLINE}, wrote the paper of the town on its first page on Monday, and so it did."
    assert sentence in PLAIN.extract(page(HEADLINE, BODY + f"<p>{sentence}</p>")).text


def test_lists_tables_quotes_and_subheadings_stay_in_their_order() -> None:
    first, second, third, fourth = PARAGRAPHS
    body = (
        f"<p>{first}</p><h2>What it cost the town</h2><p>{second}</p>"
        "<ul><li>Two million went into the arches of the bridge.</li>"
        "<li>One million went into the new railings along both sides.</li>"
        "<li>The rest went into lights, signs and the paint of the deck.</li></ul>"
        f"<blockquote><p>{third}</p></blockquote>"
        "<table><tr><th>Year of the work</th><th>Money that was spent</th></tr>"
        "<tr><td>The first year</td><td>one million and a half</td></tr>"
        "<tr><td>The second year</td><td>two million and a half</td></tr></table>"
        f"<p>{fourth}</p>"
    )
    lines = PLAIN.extract(page(HEADLINE, body)).text.split("\n")
    wanted = [first, "What it cost the town", second, "Two million went into the arches of the bridge.", third, fourth]
    assert [line for line in lines if line in wanted] == wanted
    assert "The rest went into lights, signs and the paint of the deck." in lines
    assert "two million and a half" in lines


def test_question_and_answer_stay() -> None:
    turns = [
        "Why did the repairs take two years and not one, as the council had promised?",
        PARAGRAPHS[2],
        "When will cars be able to use the bridge again, and will they have to pay?",
        PARAGRAPHS[3],
    ]
    body = f"<p>{PARAGRAPHS[0]}</p>" + "".join(
        f"<p><strong>{one}</strong></p>" if number % 2 == 0 else f"<p>{one}</p>" for number, one in enumerate(turns)
    )
    assert PLAIN.extract(page(HEADLINE, body)).text.split("\n") == [PARAGRAPHS[0], *turns]


def test_text_html_and_what_was_removed_agree() -> None:
    html = page(HEADLINE, BODY + '<div class="newsletter-signup">Get our newsletter.</div>')
    result = cleanpage.extract(html)
    assert [removal.category for removal in result.removed if removal.text == "Get our newsletter."] == ["newsletter"]
    assert Cleaner(Rules()).clean(result.html).text == result.text == "\n".join(PARAGRAPHS)
    assert "<nav" not in result.html
    assert "newsletter" not in result.html


def test_what_is_kept_stays_and_what_is_removed_does_not_return() -> None:
    html = page(HEADLINE, BODY.replace("<p>", '<p class="more">', 1)).replace(
        "<p>© News</p>", "<p class=note>© News</p>"
    )
    cleaner = Cleaner(rules("keep: [.note]\nremove: {related: [.more]}"))
    result = cleaner.extract(html)
    assert result.text.split("\n") == [*PARAGRAPHS[1:], "© News"]
    assert any(reason.startswith("keep") for reason in result.evidence)


def test_content_bounds_the_search() -> None:
    html = page(HEADLINE, BODY + f"<div class=box><p>{PARAGRAPHS[0]} Or so they say.</p></div>")
    html = html.replace(BODY, f"<div class=story>{BODY}</div>")
    cleaner = Cleaner(rules("publisher: News\ndomains: [news.example]\ncontent: .story"))
    result = cleaner.extract(html, url="https://news.example/bridge")
    assert result.text.split("\n") == PARAGRAPHS
    assert result.evidence[0] == "rule: content .story"
    elsewhere = cleaner.extract(html, url="https://other.example/bridge")
    assert elsewhere.evidence == ("scorer",)


def test_content_that_is_not_there_is_no_bound() -> None:
    cleaner = Cleaner(rules("publisher: News\ndomains: [news.example]\ncontent: .gone"))
    assert cleaner.extract(article("en")[2], url="https://news.example/").text.split("\n") == PARAGRAPHS


# --- the page's own statement --------------------------------------------------------------------


def _stating(body: str, stated: str) -> str:
    data = json.dumps({"@graph": [{"@type": "NewsArticle", "articleBody": stated}]})
    return page(HEADLINE, body, head=f'<script type="application/ld+json">{data}</script>')


def test_a_page_without_its_article_gives_what_it_states() -> None:
    stated = "\n\n".join(PARAGRAPHS).replace("northern", "<b>northern</b>")
    result = PLAIN.extract(_stating("<p>Loading.</p>", stated))
    assert result.text.split() == " ".join(PARAGRAPHS).split()
    assert result.evidence[-1].startswith("articleBody")
    assert PLAIN.extract(result.html).text == result.text


def test_a_page_with_its_article_does_not() -> None:
    result = PLAIN.extract(_stating(BODY, " ".join(PARAGRAPHS) + " And some more."))
    assert result.text.split("\n") == PARAGRAPHS
    assert result.evidence == ("scorer",)


def test_what_a_rule_took_does_not_return_by_the_statement() -> None:
    cleaner = Cleaner(rules("remove: {subscription: [.paid]}"))
    html = _stating(f"<p>{PARAGRAPHS[0]}</p><div class=paid>{BODY}</div>", " ".join(PARAGRAPHS))
    assert not any(reason.startswith("articleBody") for reason in cleaner.extract(html).evidence)


@pytest.mark.parametrize(
    "data", ["{", "[" * 100_000, '{"articleBody": 3}', '{"articleBody": "short"}', "null", "\\u0000"]
)
def test_a_broken_statement_is_none(data: str) -> None:
    html = page(HEADLINE, BODY, head=f'<script type="application/ld+json">{data} "articleBody"</script>')
    assert PLAIN.extract(html).text.split("\n") == PARAGRAPHS


# --- hostile input -------------------------------------------------------------------------------


@pytest.mark.parametrize("html", ["", "   ", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_page_is_an_error(html: str | bytes) -> None:
    with pytest.raises(PageError):
        cleanpage.extract(html)


@pytest.mark.parametrize("html", ["<p></p>", "<script>x</script>", "<div hidden>x</div>", "<nav></nav>"])
def test_a_page_without_text_has_no_article(html: str) -> None:
    result = PLAIN.extract(html)
    assert (result.text, result.evidence) == ("", ("nothing: the page has no text",))
    assert PLAIN.clean(result.html).text == ""


def test_a_page_without_an_article_gives_something_or_nothing_but_no_error() -> None:
    result = PLAIN.extract(page("Topics", ""))
    assert result.evidence
    assert PLAIN.extract("<p>Text.</p>").text == "Text."


def test_deep_and_odd_markup() -> None:
    PLAIN.extract("<div>" * 1500 + "x" + "</div>" * 1500)
    PLAIN.extract("<table>" * 50 + "<a><p>" * 50 + "\ufdd0\ufdd1 text \U0001f600" + "\ud800")
    PLAIN.extract('<p class="' + "a" * 100_000 + '">x</p>')


def test_a_huge_page_gives_its_running_text() -> None:
    html = "<p>a b</p>" * 50_001 + BODY
    result = PLAIN.extract(html)
    assert result.evidence[0].startswith("running text")
    assert result.text.split("\n")[-4:] == PARAGRAPHS[-4:]


def test_a_huge_page_of_short_lines_is_not_left_empty() -> None:
    lines = "<p>a b</p>" * 50_001
    assert PLAIN.extract(lines).text.count("a b") == 50_001
    assert PLAIN.extract('<nav><a href="/x">to x</a></nav>' + lines).text.startswith("a b\n")


# --- around it -----------------------------------------------------------------------------------


def test_a_result_travels() -> None:
    result = cleanpage.extract(article("de")[2])
    copy = pickle.loads(pickle.dumps(result))
    assert (copy.text, copy.html, copy.removed, copy.evidence) == (
        result.text,
        result.html,
        result.removed,
        result.evidence,
    )


def test_the_order_of_asking_changes_nothing() -> None:
    html = article("fr")[2]
    one, two = PLAIN.extract(html), PLAIN.extract(html)
    assert (one.html, one.text) == (two.html, two.text)
    text, markup = two.text, two.html
    assert (text, markup) == (one.text, one.html)


def test_cleaning_has_no_evidence() -> None:
    assert PLAIN.clean(BODY).evidence == ()


def test_the_weights_are_arrays_and_small() -> None:
    path = Path(cleanpage.__file__).parent / "article" / "weights.npz"
    assert path.stat().st_size < 500_000
    record = json.loads((Path(__file__).parents[2] / "training" / "record.json").read_text("utf-8"))
    import hashlib

    assert hashlib.sha256(path.read_bytes()).hexdigest() == record["weights_sha256"]


def _weights(bias: float) -> Scorer:
    """Weights that say the same of every block."""
    forest = Forest(np.zeros((0, 1), np.int64), np.zeros((0, 1), np.float32), np.zeros((0, 2), np.float32), bias)
    return Scorer(Vocabulary(Naming({}), Lexicon({}), ()), forest, forest)


def _extraction(html: str, bias: float, cleaner: Cleaner = PLAIN) -> Extraction:
    return cleaner._extraction(html, None, scorer=_weights(bias))[0]


def test_an_extraction_takes_other_weights() -> None:
    assert _extraction(article("en")[2], -9.0).evidence == ("nothing: no block is likely to be of an article",)
    assert _extraction(article("en")[2], -1.5).evidence == (
        "scorer: no block is surely of an article, these come nearest",
    )
    assert _extraction(article("en")[2], 9.0).evidence == ("scorer",)


# --- its markup ----------------------------------------------------------------------------------


def test_the_html_is_safe_to_show() -> None:
    body = BODY.replace("<p>", "<p onclick=x style='color:red'>", 1).replace(
        "</p>", "<script>x</script> <a href='javascript:x'>here</a><img src=x onerror=x></p>", 1
    )
    result = PLAIN.extract(page(HEADLINE, body))
    assert "here" in result.text
    for unsafe in ("script", "onclick", "onerror", "style", "<nav"):
        assert unsafe not in result.html
    assert PLAIN.clean(result.html).text == result.text


def test_addresses_are_absolute_and_the_language_is_kept() -> None:
    body = BODY.replace("<p>", "<p><a href='b#c'>See</a> ", 1)
    html = page(HEADLINE, body).replace("<html", "<html dir=ltr").replace("<head>", "<head><base href='/a/'>")
    result = PLAIN.extract(html, url="https://news.example/bridge")
    assert '<a href="https://news.example/a/b#c">See</a>' in result.html
    assert "https://news.example/a/b#c" in result.markdown
    assert result.html.startswith('<body data-cleanpage="article" lang="en" dir="ltr">')
    assert 'href="b#c"' in PLAIN.extract(html).html


def test_what_is_nothing_without_the_element_around_it_keeps_that() -> None:
    cells = "".join(f"<td>{paragraph}</td>" for paragraph in PARAGRAPHS)
    result = PLAIN.extract(page(HEADLINE, f"<table><tr>{cells}</tr></table>"))
    assert result.text.split("\n") == PARAGRAPHS
    assert "<table>" in result.html
    assert result.html.count("<td>") == len(PARAGRAPHS)


# --- rules that give hints -----------------------------------------------------------------------

COMMENTS = (
    '<section class="comments"><h2>Comments</h2><p>I walked over it and it was fine, thank you very much.</p></section>'
)
THREAD = page(HEADLINE, BODY + COMMENTS)


def test_what_a_generic_rule_of_ours_hints_at_may_stay() -> None:
    kept = _extraction(THREAD, 9.0, Cleaner())
    assert "I walked over it" in kept.text
    assert not any("I walked over it" in removal.text for removal in kept.removals())
    assert "I walked over it" not in Cleaner().clean(THREAD).text


def test_what_a_hint_was_followed_on_is_reported() -> None:
    removed = [one for one in cleanpage.extract(THREAD).removed if "I walked over it" in one.text]
    assert [(one.category, one.held_back) for one in removed] == [("comments", False)]
    assert "I walked over it" not in cleanpage.extract(THREAD).text


def test_only_what_was_asked_for_is_reported() -> None:
    result = Cleaner(categories=["newsletter"]).extract(THREAD)
    assert {one.category for one in result.removed} <= {"newsletter", "chrome"}


def test_a_rule_that_somebody_adds_is_a_fact() -> None:
    cleaner = Cleaner(Rules.builtin() + rules("remove: {comments: [.comments]}"))
    extraction = _extraction(THREAD, 9.0, cleaner)
    assert "I walked over it" not in extraction.text
    assert any("I walked over it" in removal.text for removal in extraction.removals())


def test_what_was_kept_against_a_hint_stays_when_it_is_cleaned_again() -> None:
    once = _extraction(THREAD, 9.0, Cleaner())
    assert cleanpage.extract(once.html()).text == once.text
    assert cleanpage.clean(once.html()).text == once.text


# --- what a page's script would show -------------------------------------------------------------


def test_the_parts_of_a_streamed_page_stand_in_their_places() -> None:
    first, *others = PARAGRAPHS
    body = f'<p>{first}</p><template id="B:1f"></template>'
    html = page(HEADLINE, body).replace(
        "</body>",
        f'<div hidden id="S:1f">{"".join(f"<p>{one}</p>" for one in others)}</div><div hidden>x y</div></body>',
    )
    for result in (PLAIN.extract(html), PLAIN.clean(html)):
        assert "\n".join(PARAGRAPHS) in result.text
        assert "x y" not in result.text
    assert PLAIN.extract(html).text.split("\n") == PARAGRAPHS


def test_a_part_without_a_place_is_shown_where_it_is() -> None:
    assert (
        PLAIN.clean('<p>One.</p><div hidden id="S:0">Two.</div> three <p>Four.</p>').text == "One.\nTwo.\nthree\nFour."
    )
    nested = '<p>One.</p><div hidden id="S:0"><template id="B:0"></template>Two.</div>'
    assert PLAIN.clean(nested).text == "One.\nTwo."


def test_a_page_drawn_by_script_gives_what_it_has_for_readers_without() -> None:
    html = f"<body><div id=app>Loading</div><noscript><article>{BODY}</article></noscript></body>"
    result = PLAIN.extract(html)
    assert result.text.split("\n") == PARAGRAPHS
    assert result.evidence[0].startswith("noscript")
    assert PLAIN.extract(result.html).text == result.text
    assert PLAIN.clean(html).text == "Loading"


def test_a_notice_for_readers_without_scripts_is_not_the_page() -> None:
    html = f"{article('en')[2]}<noscript>{BODY}</noscript>"
    assert PLAIN.extract(html).text.split("\n") == PARAGRAPHS
    assert PLAIN.extract("<p>Text.</p><noscript>Please enable JavaScript to see this page.</noscript>").text == "Text."


def test_a_page_that_hides_all_of_itself_is_read() -> None:
    for hiding in ("hidden", 'style="visibility:hidden"'):
        result = PLAIN.extract(f"<body><div {hiding}><article>{BODY}</article></div></body>")
        assert result.text.split("\n") == PARAGRAPHS
        assert result.evidence[0].startswith("hidden")
