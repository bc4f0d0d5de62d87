"""What `result.access` says, on pages made for it."""

from __future__ import annotations

import json
import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given

import cleanpage
from cleanpage import Access, Cleaner, RuleError, Rules
from cleanpage.access.vocabulary import Vocabulary, vocabulary
from cleanpage.rules.ruleset import builtin_folder

from ..article.pages import article, page
from ..properties.strategies import Page, pages

# A notice of each kind, in languages that differ in more than words.
NOTICES = {
    ("en", "subscription"): ("You have read your last free article", "Subscribe to continue reading.", "£2 a month"),
    ("en", "adblock"): ("Your ad blocker is on", "Please pause it and reload to see the full article."),
    ("en", "consent"): ("Cookies", "To read this story without paying, accept cookies.", "Accept"),
    ("en", "login"): ("Log in to read the rest", "An account is free.", "Log in"),
    ("de", "subscription"): ("Weiterlesen mit Abo", "Lesen Sie alle Artikel für 3 Euro im Monat.", "Zum Angebot"),
    ("de", "login"): ("Weiterlesen?", "Registrieren Sie sich kostenlos, um diesen Artikel zu lesen."),
    ("fr", "subscription"): ("Cet article est réservé aux abonnés", "1 € le premier mois", "S'abonner"),
    ("pl", "adblock"): ("Wyłącz AdBlocka", "Dzięki reklamom artykuły są bezpłatne. Odśwież stronę, aby czytać dalej."),
    ("ja", "subscription"): ("この記事は有料会員限定です", "続きを読むには会員登録が必要です。", "月額500円"),
}
NEWS_STATEMENT = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The old bridge opens again"}
# The same paragraphs over again make an article as long as any.
LONG = 8


def notice(lines: tuple[str, ...]) -> str:
    return '<div class="x7f"><h3>{}</h3>{}</div>'.format(lines[0], "".join(f"<p>{line}</p>" for line in lines[1:]))


def cut(language: str, keep: int, after: str = "", *, times: int = 1, head: str = "") -> str:
    """A page whose article stops after some paragraphs."""
    headline, paragraphs, _ = article(language)
    body = "".join(f"<p>{one}</p>" for one in (paragraphs * times)[:keep])
    return page(headline, body + after, head=head, lang=language)


def stating(**properties: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({**NEWS_STATEMENT, **properties})}</script>'


def access(html: str) -> Access:
    return cleanpage.extract(html, url="https://www.example.com/bridge").access


# --- the article stops ---------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "kind"), NOTICES)
def test_a_teaser_stops_at_a_notice(language: str, kind: str) -> None:
    lines = NOTICES[language, kind]
    for keep in (1, 2, 4):
        found = access(cut(language, keep, notice(lines)))
        assert found.status == "teaser", (keep, found)
        assert any(one.startswith(f"{kind} notice after ") for one in found.evidence), found


@pytest.mark.parametrize(("language", "kind"), NOTICES)
def test_a_wall_stands_where_the_article_should_be(language: str, kind: str) -> None:
    found = access(cut(language, 0, notice(NOTICES[language, kind])))
    assert found.status == "wall", found
    assert any(one.startswith(f"{kind} notice where the article should be") for one in found.evidence), found


def test_the_rule_that_removed_the_notice_is_named() -> None:
    box = '<div class="paywall-notice"><p>Subscribe to continue reading this article.</p></div>'
    (reason,) = access(cut("en", 2, box)).evidence
    assert "removed by generic/subscription/" in reason


def test_what_comes_after_the_notice_is_no_article() -> None:
    lines = NOTICES["en", "subscription"]
    related = '<section class="box"><h2>More stories</h2>{}</section>'.format(
        "".join(f'<h3><a href="/{n}">Another bridge opens in another town, number {n}</a></h3>' for n in range(8))
    )
    html = cut("en", 2, notice(lines)).replace("</article>", "</article>" + related)
    assert access(html).status == "teaser"


# --- it does not ---------------------------------------------------------------------------------


def test_a_whole_article_is_full() -> None:
    for language in ("en", "de", "fr", "pl", "ja"):
        found = access(cut(language, 99))
        assert found.status == "full", (language, found)
        assert found.evidence[-1].startswith("text: ")


def test_a_notice_in_the_middle_stops_nothing() -> None:
    lines = NOTICES["en", "subscription"]
    _, paragraphs, _ = article("en")
    rest = "".join(f"<p>{one}</p>" for one in paragraphs * LONG)
    assert access(cut("en", 2, notice(lines) + rest)).status == "full"


def test_an_offer_after_a_long_article_stops_nothing() -> None:
    assert access(cut("en", 99, notice(NOTICES["en", "subscription"]), times=LONG)).status == "full"
    offer = notice(("Like what you read?", "Subscribe now: all articles for £2 a month.", "Subscribe"))
    assert access(cut("en", 99, offer)).status == "full"


def test_notices_before_and_around_the_article_stop_nothing() -> None:
    html = cut("en", 99, times=2)
    for kind in ("adblock", "consent", "login"):
        banner = notice(NOTICES["en", kind])
        assert access(html.replace("<main>", banner + "<main>")).status == "full"
        assert access(html.replace("</footer>", f"</footer>{banner}")).status == "full"


def test_an_article_about_subscriptions_is_full() -> None:
    paragraphs = (
        "<p>Subscribers only: that is how the newspaper wants to earn its living from now on, its editor said.</p>"
        "<p>To continue reading, visitors will have to log in, pay four pounds a month or accept cookies.</p>"
        "<p>Those who use an ad blocker will be asked to disable it before they see the full article.</p>"
        "<p>Other papers that tried the same lost half of their readers in a year, and two thirds of the young.</p>"
    )
    assert access(page("The end of free news", paragraphs)).status == "full"


def test_hidden_notices_stop_nothing() -> None:
    hidden = notice(NOTICES["en", "subscription"]).replace("<div", '<div style="display:none"')
    assert access(cut("en", 2, hidden)).status == "full"


def test_next_to_no_text_is_unknown() -> None:
    found = access(page("The old bridge opens again", "<p>Later.</p>"))
    assert (found.status, len(found.evidence)) == ("unknown", 1)
    assert "too few for an article" in found.evidence[0]


# --- what is declared ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [False, "False", "https://schema.org/False", ["false"]])
def test_what_is_declared_is_evidence_only(value: object) -> None:
    found = access(cut("en", 99, head=stating(isAccessibleForFree=value)))
    assert found.status == "full"
    assert found.evidence[0] == "isAccessibleForFree: false"


def test_a_part_that_is_not_free_and_not_there() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".premium-text, #more"}
    head = stating(isAccessibleForFree="False", hasPart=part)
    stops = access(cut("en", 2, '<div class="premium-text"></div>', head=head))
    assert stops.status == "teaser"
    assert "hasPart: 0 words of the text are in the part that is not free" in stops.evidence
    _, paragraphs, _ = article("en")
    rest = '<div class="premium-text">{}</div>'.format("".join(f"<p>{one}</p>" for one in paragraphs))
    assert access(cut("en", 2, rest, head=head)).status == "full"
    # What is no plain name is not followed.
    odd = {**part, "cssSelector": "main:has(> article) p"}
    assert access(cut("en", 2, head=stating(isAccessibleForFree=False, hasPart=odd))).status == "full"


def test_a_text_that_is_sold_and_ends_in_an_ellipsis() -> None:
    tail = "<p>The engineer, who has worked on the bridge for all of her life, told the council that…</p>"
    assert access(cut("en", 1, tail, head=stating(isAccessibleForFree=False))).status == "teaser"
    assert access(cut("en", 1, tail)).status == "full"


def test_microdata_declares_too() -> None:
    html = cut("en", 99, '<meta itemprop="isAccessibleForFree" content="true">')
    assert access(html).evidence[0] == "isAccessibleForFree: true"


def test_what_the_structured_data_states() -> None:
    _, paragraphs, _ = article("en")
    head = stating(articleBody="\n".join(paragraphs * 2))
    stated = access(cut("en", 0, head=head))
    assert stated.status == "full"
    assert any(one.startswith("articleBody: ") for one in stated.evidence)
    # Where a notice stands in the article's place, that is what the publisher means.
    assert access(cut("en", 0, notice(NOTICES["en", "login"]), head=head)).status == "wall"


# --- results -------------------------------------------------------------------------------------


def test_clean_and_extract_say_the_same() -> None:
    for html in (cut("de", 2, notice(NOTICES["de", "subscription"])), cut("en", 0, notice(NOTICES["en", "login"]))):
        assert cleanpage.clean(html).access == cleanpage.extract(html).access
        assert cleanpage.clean(html).access.status in ("teaser", "wall")


def test_asking_changes_nothing_whatever_was_asked_before() -> None:
    html = cut("en", 2, notice(NOTICES["en", "subscription"]), head=stating(isAccessibleForFree=True))
    for method in (cleanpage.clean, cleanpage.extract):
        first, last = method(html), method(html)
        before = (last.text, last.html, last.markdown, last.removed, last.metadata)
        assert first.access == last.access
        assert (first.text, first.html, first.markdown, first.removed, first.metadata) == before


def test_what_is_asked_later_sees_the_page_as_it_came() -> None:
    byline = '<p class="byline">By Ann Example</p>'
    html = cut("en", 4).replace("</article>", f"</article><aside class='newsletter-signup'>{byline}</aside>")
    result = cleanpage.extract(html)
    assert result.access.status == "full"
    assert "Ann Example" not in result.html
    assert result.metadata == cleanpage.extract(html).metadata


def test_nothing_is_assessed_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    import cleanpage.access

    def refuse(*arguments: object) -> Access:
        raise AssertionError("nobody asked")

    monkeypatch.setattr(cleanpage.access, "of_page", refuse)
    result = cleanpage.extract(cut("en", 4))
    assert result.text
    assert result.html
    assert result.removed is not None
    with pytest.raises(AssertionError, match="nobody asked"):
        _ = result.access


def test_results_take_it_along() -> None:
    result = cleanpage.extract(cut("en", 2, notice(NOTICES["en", "login"])))
    assert pickle.loads(pickle.dumps(result)).access == result.access


def test_what_was_extracted_says_no_more() -> None:
    html = cleanpage.extract(cut("en", 2, notice(NOTICES["en", "login"]))).html
    assert access(html).status == "unknown"


def test_it_needs_no_rules() -> None:
    bare = Cleaner(Rules(), categories=["ad"])
    assert bare.extract(cut("en", 2, notice(NOTICES["en", "subscription"]))).access.status == "teaser"


# --- texts ---------------------------------------------------------------------------------------


def test_texts_as_far_as_their_lines_tell() -> None:
    headline, paragraphs, _ = article("de")
    lines = list(NOTICES["de", "subscription"])
    whole = "\n".join([headline, *paragraphs])
    assert cleanpage.clean_text(whole).access.status == "full"
    teaser = cleanpage.clean_text("\n".join([headline, *paragraphs[:2], *lines, "Impressum", "Kontakt"]))
    assert teaser.access.status == "teaser"
    wall = cleanpage.clean_text("\n".join([headline, *lines]))
    assert wall.access.status == "wall"
    assert cleanpage.clean_text("").access.status == "unknown"
    assert (
        teaser.text == cleanpage.clean_text("\n".join([headline, *paragraphs[:2], *lines, "Impressum", "Kontakt"])).text
    )


# --- what never breaks ---------------------------------------------------------------------------


@given(pages())
def test_any_page(made: Page) -> None:
    found = Cleaner(Rules()).extract(made.html).access
    assert found.status in ("full", "teaser", "wall", "unknown")
    assert found.evidence


_HUGE = [
    "<p>Subscribe to continue reading.</p>" * 20_000,
    "<h1>Log in</h1><p>to read this</p>" * 10_000,
    "<div><p>cookies</p>" * 150 + "accept to continue " * 50_000,
    "<p>x</p><p>members only</p>" + "<p>y z</p>" * 30_000 + "<p>abo</p>",
    stating(hasPart=[{"isAccessibleForFree": False, "cssSelector": ".a," * 5_000}] * 100) + "<p class=a>x</p>" * 9_000,
]


@pytest.mark.parametrize("html", _HUGE)
def test_huge_pages(html: str) -> None:
    assert Cleaner(Rules()).extract(html).access.evidence


@pytest.mark.timing
def test_time_grows_with_the_page() -> None:
    def seconds(times: int) -> float:
        html = "<h1>Log in</h1><p>to read this</p><p>Subscribe to continue reading.</p><p>one two</p>" * times
        result = Cleaner(Rules()).extract(html)
        start = time.process_time()
        assert result.access
        return time.process_time() - start

    assert min(seconds(16_000) for _ in range(3)) < 8 * min(seconds(4_000) for _ in range(3))


# --- the vocabulary ------------------------------------------------------------------------------


def roles(text: str) -> set[str]:
    return {role for _, role in vocabulary().roles(text)}


def test_words_stand_alone() -> None:
    assert "subscription" in roles("das abo")
    assert "subscription" not in roles("das abotanische")
    assert "subscription" in roles("subscribers")  # subscri*
    assert "stops" in roles("この記事は続きを読むことができます")
    assert roles("") == set()


def test_the_vocabulary_is_no_rule_file() -> None:
    names = {Path(file.name).parent.name for file in Rules.load(builtin_folder()).all_files()}
    assert "access" not in names


def test_mistakes_in_the_vocabulary_are_named(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text("asks:\n  begging: [[x]]\nstops: [read on]\noffers: [[a*b, '']]\nmore: []\n", "utf-8")
    with pytest.raises(RuleError) as error:
        Vocabulary.load(path)
    places = [(problem.line, problem.column) for problem in error.value.problems]
    assert places == [(2, 3), (3, 9), (4, 11), (4, 16), (5, 1)]
    with pytest.raises(RuleError, match="install cleanpage again"):
        Vocabulary.load(tmp_path / "none.yaml")
