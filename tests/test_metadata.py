"""What pages say of their articles, on pages made for it."""

from __future__ import annotations

import json
import pickle
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage import Cleaner, Metadata, RuleError, Rules
from cleanpage.metadata import language_tag
from cleanpage.metadata.dates import date_in_url, parse_date
from cleanpage.metadata.names import names_in, persons
from cleanpage.metadata.titles import without_site
from cleanpage.metadata.vocabulary import Vocabulary, vocabulary
from cleanpage.rules.phrases import fold
from cleanpage.rules.ruleset import builtin_folder

from .support import cleaner

PLAIN = Cleaner(Rules())
URL = "https://www.example.com/news/bridge.html"


def of(html: str, url: str | None = URL) -> Metadata:
    return PLAIN.clean(html, url=url).metadata


def stating(statement: Any, rest: str = "") -> Metadata:
    text = statement if isinstance(statement, str) else json.dumps(statement)
    return of(
        f'<html><head><script type="application/ld+json">{text}</script>{rest}</head><body><p>Text.</p></body></html>'
    )


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Bridge opens",
    "author": [{"@type": "Person", "name": "Ann Example"}, {"@type": "Person", "name": "Bob Sample"}],
    "datePublished": "2024-04-28T10:00:00+02:00",
    "dateModified": "2024-04-28T12:30:00Z",
    "inLanguage": "en_GB",
    "publisher": {"@type": "Organization", "name": "Example News"},
    "description": "On Monday.",
    "image": ["/bridge.jpg"],
}
BERLIN = timezone(timedelta(hours=2))


# --- statements ----------------------------------------------------------------------------------


def test_everything_a_statement_says() -> None:
    assert stating(ARTICLE) == Metadata(
        title="Bridge opens",
        authors=("Ann Example", "Bob Sample"),
        published=datetime(2024, 4, 28, 10, tzinfo=BERLIN),
        modified=datetime(2024, 4, 28, 12, 30, tzinfo=UTC),
        language="en-GB",
        site="Example News",
        url=URL,
        description="On Monday.",
        image="https://www.example.com/bridge.jpg",
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        [ARTICLE],
        {"@graph": [{"@type": "WebPage", "name": "Another name"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        [[{"@type": "BreadcrumbList", "itemListElement": []}], [ARTICLE]],
    ],
)
def test_wherever_the_article_stands(wrapped: Any) -> None:
    found = stating(wrapped)
    assert (found.title, found.authors) == ("Bridge opens", ("Ann Example", "Bob Sample"))


def test_a_statement_about_another_page_comes_last() -> None:
    other = {**ARTICLE, "headline": "Tunnel closes", "url": "https://www.example.com/news/tunnel.html"}
    assert stating([other, {**ARTICLE, "url": URL + "?ref=x"}]).title == "Bridge opens"


def test_what_an_article_only_mentions_is_not_the_article() -> None:
    page = {"@type": "Article", "headline": "Bridge opens", "mentions": {**ARTICLE, "headline": "Tunnel closes"}}
    assert stating(page).title == "Bridge opens"
    assert stating(page).authors == ()


def test_references_are_followed() -> None:
    person = {"@type": "Person", "@id": "#ann", "name": "Ann Example"}
    assert stating({"@graph": [{**ARTICLE, "author": {"@id": "#ann"}}, person]}).authors == ("Ann Example",)


def test_names_in_parts() -> None:
    person = {"@type": "Person", "givenName": "Ann", "familyName": "Example"}
    assert stating({**ARTICLE, "author": person}).authors == ("Ann Example",)


@pytest.mark.parametrize(
    "broken",
    [
        "//<![CDATA[\n{}\n//]]>",
        "<!-- {} -->",
        "{};",
        "[{},]",
        "/*<![CDATA[*/{}/*]]>*/",
    ],
)
def test_what_is_safely_repaired(broken: str) -> None:
    assert stating(broken.replace("{}", json.dumps(ARTICLE))).title == "Bridge opens"


def test_line_ends_in_strings_and_commas_too_many() -> None:
    text = '{"@type": "NewsArticle", "headline": "Bridge,] \n opens",\n "author": ["Ann Example",],}'
    found = stating(text)
    assert (found.title, found.authors) == ("Bridge,] opens", ("Ann Example",))


def test_what_is_cut_short_says_nothing() -> None:
    assert stating(json.dumps(ARTICLE)[:-30], "<title>Tunnel</title>").title == "Tunnel"


def test_references_to_characters_and_markup_are_read() -> None:
    assert stating({**ARTICLE, "headline": "Br&uuml;cke &amp;amp; <em>Tunnel</em>"}).title == "Brücke & Tunnel"


# --- titles --------------------------------------------------------------------------------------


def test_the_sites_name_goes_from_the_end() -> None:
    head = (
        '<meta property="og:site_name" content="Example News"><title>Bridge opens – now | Region | EXAMPLE NEWS</title>'
    )
    assert of(head + "<h1>Bridge opens – now</h1>").title == "Bridge opens – now"
    assert of(head).title == "Bridge opens – now | Region"


def test_the_host_is_a_name_of_the_site() -> None:
    assert of("<title>Bridge opens - example.com</title>").title == "Bridge opens"
    assert of("<title>Bridge opens - Example</title>").title == "Bridge opens"


@pytest.mark.parametrize("title", ["A - B", "Example", "|", "2024-04-28", "Bridge – a report"])
def test_other_titles_stay(title: str) -> None:
    assert without_site(title, ["News"]) == title


def test_a_date_at_the_end_goes() -> None:
    assert without_site("Bridge opens | News | 28.04.2024", ["News"]) == "Bridge opens"


def test_what_is_shared_comes_first_unless_search_engines_get_the_same() -> None:
    heads = '<meta property="og:title" content="{}"><title>{}</title>'
    assert stating(ARTICLE, heads.format("The bridge, at last", "Bridge news")).title == "The bridge, at last"
    assert stating(ARTICLE, heads.format("Bridge news", "Bridge news")).title == "Bridge opens"


def test_elsewhere_the_heading_is_the_title() -> None:
    head = (
        '<meta property="og:site_name" content="Example"><meta property="og:title" content="{} | Example">'
        "<title>Bridge guide | Example</title>"
    )
    # The first heading that has to do with what is shared: not a site's name, not a box beside the article.
    page = (
        head.format("Bridge guide 2024") + "<h1>Ann writes</h1><h1>A guide to every bridge</h1><h1>Bridge guides</h1>"
    )
    assert of(page).title == "A guide to every bridge"
    assert of(head.format("Bridge guide 2024") + "<h1>Ann writes</h1>").title == "Bridge guide 2024"
    assert of("<h1>Ann writes</h1><title>Bridge guide</title>").title == "Bridge guide"
    assert of("<h1>Ann writes</h1>").title == "Ann writes"
    # A news site words its headline for readers, and shares it.
    assert stating(ARTICLE, head.format("The bridge opens") + "<h1>Bridge opens now</h1>").title == "The bridge opens"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("다리가 열렸다-정치ㅣ한국일보", "다리가 열렸다"),  # a section between the title and the site
        ("K-팝ㅣ한국일보", "K-팝"),
        ("Wi-Fi|Example", "Wi-Fi"),
    ],
)
def test_a_section_goes_with_the_site(title: str, bare: str) -> None:
    assert without_site(title, ["한국일보", "Example"]) == bare


# --- authors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Example and Bob Sample", ["Ann Example", "Bob Sample"]),
        ("Von Anna Beispiel, Max Muster und Eva Probe", ["Anna Beispiel", "Max Muster", "Eva Probe"]),
        ("Par Anne Exemple et Paul Modèle", ["Anne Exemple", "Paul Modèle"]),
        ("Por: Ana Ejemplo y José Ortega y Gasset", ["Ana Ejemplo", "José Ortega y Gasset"]),
        ("Ann Example, Chief Political Correspondent", ["Ann Example"]),
        ("Ann Example | ann@example.com | @ann", ["Ann Example"]),
        ("Anna Beispiel (Text), Max Muster (Fotos)", ["Anna Beispiel", "Max Muster"]),
        ("Text: Anna Beispiel", ["Anna Beispiel"]),
        ("https://example.com/ann", []),
        ("Ann Example, ANN EXAMPLE", ["Ann Example"]),
        ("Anna Beispiel und Max Muster, dpa", ["Anna Beispiel", "Max Muster", "dpa"]),
        ("admin", []),
        ("", []),
    ],
)
def test_names_in_bylines(byline: str, names: list[str]) -> None:
    assert names_in(byline, stated=True) == names


@pytest.mark.parametrize(
    "line", ["The bridge opens on Monday.", "Lesezeit 3 Minuten", "Ann", "Follow us", "12:30 Uhr", "Share This!"]
)
def test_what_is_no_name(line: str) -> None:
    assert names_in(line) == []


def test_agencies_and_the_site_are_authors_where_nobody_else_is() -> None:
    assert persons(["Ann Example", "dpa", "Example News"], ["Example News"]) == ["Ann Example"]
    assert persons(["dpa", "Example News"], ["Example News"]) == ["dpa", "Example News"]


def test_a_byline_on_the_page_is_better_than_the_sites_name() -> None:
    page = (
        '<meta name="author" content="Example News"><meta property="og:site_name" content="Example News">{}<p>Text.</p>'
    )
    assert of(page.format("")).authors == ("Example News",)
    assert of(page.format('<div class="article-byline">By Ann Example</div>')).authors == ("Ann Example",)


def test_a_byline_on_the_page_is_better_than_an_agency() -> None:
    byline = '<p class="byline">By Ann Example</p>'
    assert stating({**ARTICLE, "author": "dpa"}).authors == ("dpa",)
    assert of(f'<meta name="author" content="dpa"><p>Text.</p>{byline}').authors == ("Ann Example",)


def test_bylines_that_stand_side_by_side_and_in_no_class() -> None:
    pair = '<div><a class="authorName">Ann Example</a> <a class="authorName">Bob Sample</a></div>'
    assert of(pair).authors == ("Ann Example", "Bob Sample")
    assert of(
        "<h1>Bridge opens</h1><p>By Ann Example</p><p>By then Many People Came to see the bridge.</p>"
    ).authors == ("Ann Example",)


def test_who_comments_or_stands_in_the_footer_is_no_author() -> None:
    page = '<div class="comment-author">Carl Reader</div><footer><p class="author">Dora Agency</p></footer>'
    assert of(page).authors == ()


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04-28T10:00:00+02:00", "2024-04-28T10:00:00+02:00"),
        ("2024-04-28T10:00:00.123Z", "2024-04-28T10:00:00.123000+00:00"),
        ("2024-04-28 10:00:00 +0200", "2024-04-28T10:00:00+02:00"),
        ("2024-04-28 10:00", "2024-04-28T10:00:00+00:00"),
        ("2024-4-8", "2024-04-08T00:00:00+00:00"),
        ("20240428", "2024-04-28T00:00:00+00:00"),
        ("20240428T101500Z", "2024-04-28T10:15:00+00:00"),
        ("202404281015", "2024-04-28T10:15:00+00:00"),
        ("1714298400", "2024-04-28T10:00:00+00:00"),
        ("1714298400000", "2024-04-28T10:00:00+00:00"),
        ("Sun, 28 Apr 2024 10:00:00 GMT", "2024-04-28T10:00:00+00:00"),
        ("Fri Apr 28 19:20:36 CEST 2023", "2023-04-28T19:20:36+02:00"),
        ("28.04.2024, 10.30 Uhr", "2024-04-28T10:30:00+00:00"),
        ("28. April 2024 um 10:30 Uhr", "2024-04-28T10:30:00+00:00"),
        ("April 28, 2024 at 5:30 PM EDT", "2024-04-28T17:30:00-04:00"),
        ("12:05 am, 28 April 2024", "2024-04-28T00:00:00+00:00"),
        ("28 de abril de 2024", "2024-04-28T00:00:00+00:00"),
        ("le 1er mai 2024 à 7h30", "2024-05-01T07:30:00+00:00"),
        ("28 kwietnia 2024", "2024-04-28T00:00:00+00:00"),
        ("28 апреля 2024, 10:15", "2024-04-28T10:15:00+00:00"),
        ("2024年4月28日 10時15分", "2024-04-28T10:15:00+00:00"),
        ("2024.04.28. 10:15", "2024-04-28T10:15:00+00:00"),
        ("Erstellt: 28.04.2024", "2024-04-28T00:00:00+00:00"),
        ("05.04.2025 05.04.2025", "2025-04-05T00:00:00+00:00"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "31.02.2024", "2024-13-01", "0000-00-00", "99/99/2024", "9999999999", "28 Quux 2024", "2024"]
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_the_language_says_which_is_the_month() -> None:
    found = [parse_date("4/5/2024", language) for language in ("en-US", "en-GB", "de")]
    assert [day and (day.month, day.day) for day in found] == [(4, 5), (5, 4), (5, 4)]


def test_days_in_addresses() -> None:
    assert date_in_url("/news/2024/04/28/bridge") == datetime(2024, 4, 28, tzinfo=UTC)
    assert date_in_url("/news/bridge-20240428.html") == datetime(2024, 4, 28, tzinfo=UTC)
    assert date_in_url("/news/12345678/2024/bridge") is None


def test_dates_on_the_page() -> None:
    time_ = '<article><h1>Bridge</h1><time datetime="2024-04-28T10:00Z">yesterday</time></article>'
    words = '<h1>Bridge</h1><span class="publish-date">28. April 2024</span><span class="updated">29. April 2024</span>'
    assert of(time_).published == datetime(2024, 4, 28, 10, tzinfo=UTC)
    found = of(words)
    assert (found.published, found.modified) == (datetime(2024, 4, 28, tzinfo=UTC), datetime(2024, 4, 29, tzinfo=UTC))
    assert of('<meta itemprop="datePublished" content="2024-04-28">').published == datetime(2024, 4, 28, tzinfo=UTC)
    assert of("<p>Text.</p>", "https://example.com/2024/04/28/x").published == datetime(2024, 4, 28, tzinfo=UTC)


# --- the page ------------------------------------------------------------------------------------


def test_a_line_beside_the_heading_may_be_a_date() -> None:
    page = "<p>1 May 2020</p>{}<h1>Bridge opens</h1><div><p>Ann Example</p><p>Apr 28, 2024</p></div>"
    assert of(page.format("<p>x</p>" * 20)).published == datetime(2024, 4, 28, tzinfo=UTC)
    assert of(page.format("")).published == datetime(2020, 5, 1, tzinfo=UTC)
    # A sentence with a date in it is none, and whatever is called a date comes first.
    assert (
        of("<h1>Bridge opens</h1><p>On 28 April 2024 the bridge opened for the first time in years.</p>").published
        is None
    )
    assert of('<h1>Bridge opens</h1><p>1 May 2020</p><time datetime="2024-04-28">').published == datetime(
        2024, 4, 28, tzinfo=UTC
    )


def test_the_canonical_address_must_be_one() -> None:
    assert of('<link rel="canonical" href="/a?b=1">').url == "https://www.example.com/a?b=1"
    assert of('<link rel="canonical" href="javascript:alert(1)">').url == URL
    assert of('<link rel="canonical" href="/a">', None).url == ""
    assert of('<link rel="canonical" href="http://[broken">').url == URL


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("de_at", "de-AT"),
        ("EN", "en"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("fr, en", "fr"),
        ("german", ""),
        ("", ""),
        ("de--", ""),
    ],
)
def test_languages(said: str, tag: str) -> None:
    assert language_tag(said) == tag


# --- the publisher's rules -----------------------------------------------------------------------

OWN = """
domains: [example.com]
metadata:
  title: [.none, .headline]
  authors:
    - css: .by
      path: /blog/*
    - xpath: //meta[@name='writer']/@content
    - value: Ann Example
  published:
    - xpath: string(//b[@class='when'])
"""
PAGE = '<meta property="og:title" content="Other"><meta name="date" content="2020-01-01"><h2 class="headline">Bridge <i>opens</i></h2><b class="when">28.4.2024</b><p class="by">Von Max Muster</p>'


def test_rules_come_first_for_their_publisher() -> None:
    found = cleaner(OWN).clean(PAGE, url=URL).metadata
    assert (found.title, found.authors, found.published) == (
        "Bridge opens",
        ("Ann Example",),
        datetime(2024, 4, 28, tzinfo=UTC),
    )
    assert cleaner(OWN).clean(PAGE, url="https://example.com/blog/x").metadata.authors == ("Max Muster",)
    elsewhere = cleaner(OWN).clean(PAGE, url="https://example.org/").metadata
    assert (elsewhere.title, elsewhere.published) == ("Other", datetime(2020, 1, 1, tzinfo=UTC))


def test_rules_name_what_a_statement_says() -> None:
    rules = (
        "domains: [example.com]\nmetadata:\n  title: [{json_ld: headline}, h1]\n"
        "  authors:\n    - json_ld: editor\n  published:\n    - json_ld: dateModified\n"
    )
    statement = json.dumps({**ARTICLE, "editor": [{"@id": "#e"}, "Bob Sample"]})
    other = json.dumps([{"@type": "WebPage", "headline": "The site"}, {"@id": "#e", "name": "Eve Example"}])
    page = "".join(f'<script type="application/ld+json">{text}</script>' for text in (other, statement))
    page += '<meta property="og:title" content="The bridge, at last"><h1>A bridge</h1>'
    found = cleaner(rules).clean(page, url=URL).metadata
    assert (found.title, found.authors) == ("Bridge opens", ("Eve Example", "Bob Sample"))
    assert found.published == datetime(2024, 4, 28, 12, 30, tzinfo=UTC)
    # Where there is no such statement, the next entry counts.
    assert cleaner(rules).clean("<title>T</title><h1>A bridge</h1><h2>T</h2>", url=URL).metadata.title == "A bridge"


def test_a_layout_has_its_time() -> None:
    rules = "domains: [example.com]\nmetadata:\n  title:\n    - {css: h2, until: 2023-12-31}\n"
    page = "<h1>New</h1><h2>Old</h2>"
    found = [
        cleaner(rules).clean(page, url=URL, date=day).metadata.title for day in (date(2023, 1, 1), date(2024, 1, 1))
    ]
    assert found == ["Old", "New"]


def test_an_expression_that_fails_gives_nothing() -> None:
    rules = "domains: [example.com]\nmetadata:\n  title:\n    - xpath: //h1[substring('a', $x)]\n"
    with pytest.raises(RuleError):
        cleaner(rules)


# --- results -------------------------------------------------------------------------------------


def test_metadata_does_not_depend_on_what_was_asked_before() -> None:
    html = '<div class="by author">By Ann Example</div><h1>Bridge</h1><p>Text.</p>'
    cleaned = cleaner("remove: {ad: [.by]}\n")
    first, second = cleaned.clean(html), cleaned.clean(html)
    assert "Ann" not in second.html
    assert first.metadata == second.metadata
    assert first.metadata.authors == ("Ann Example",)
    assert "Ann" not in first.html


def test_results_take_it_along_and_texts_have_none() -> None:
    result = PLAIN.clean(f'<script type="application/ld+json">{json.dumps(ARTICLE)}</script><p>Text.</p>', url=URL)
    assert pickle.loads(pickle.dumps(result)).metadata == result.metadata
    assert PLAIN.clean_text("Text.").metadata == Metadata() == cleanpage.Metadata()


# --- hostile pages -------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["NewsArticle", "2024-04-28", "#a"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@id",
                    "@graph",
                    "headline",
                    "author",
                    "name",
                    "datePublished",
                    "image",
                    "publisher",
                    "url",
                    "mainEntityOfPage",
                    "givenName",
                    "inLanguage",
                    "@value",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(_JSON)
def test_statements_of_any_shape(statement: Any) -> None:
    found = stating(json.dumps(statement).replace("<", "\\u003c"))
    assert all(isinstance(name, str) and name for name in found.authors)
    assert all(day is None or day.tzinfo is not None for day in (found.published, found.modified))
    json.dumps([found.title, found.authors, found.site], ensure_ascii=False).encode()


@given(st.text(max_size=60))
def test_dates_and_names_of_any_shape(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is not None
    assert all(name.strip() == name and name for name in names_in(text, ["X"], stated=True))
    assert without_site(text, [text]).strip() in " ".join(text.split())
    assert language_tag(text) == language_tag(language_tag(text)) or language_tag(text)


_WORDS = st.lists(
    st.sampled_from(
        ["Ann", "Example", "By", "and", "|", "News", "–", "Bridge", "opens", "2024-04-28", ",", "Ünal", "of"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@given(_WORDS, _WORDS, _WORDS, _WORDS, _WORDS)
def test_words_come_from_the_page(title: str, social: str, heading: str, byline: str, stated: str) -> None:
    statement = json.dumps({"@type": "NewsArticle", "headline": stated, "author": byline})
    html = (
        f'<title>{title}</title><meta property="og:title" content="{social}"><h1>{heading}</h1>'
        f'<p class="byline">{byline}</p><script type="application/ld+json">{statement}</script>'
    )
    found = of(html)
    page = fold(" \n".join((title, social, heading, byline, stated)))
    for text in (found.title, *found.authors):
        assert fold(text) in page


_DEEP = 100_000


_HUGE_STATEMENTS = [
    "[" * _DEEP + "]" * _DEEP,
    '{"a":' * _DEEP + "1" + "}" * _DEEP,
    '"' + '\\"' * 500_000,
    "," * 500_000,
    '{"headline": ' + "9" * 100_000 + "}",
    json.dumps([{**ARTICLE, "headline": ""}] * 3_000),
    json.dumps({**ARTICLE, "author": [{"name": "By " * 2_000}] * 5_000}),
    json.dumps({**ARTICLE, "headline": "- | " * 100_000}),
    json.dumps({**ARTICLE, "datePublished": "1" * 500_000}),
]
_HUGE_PAGES = [
    '<div class="author">' * 1_000 + "By " * 5_000,
    '<span class="author date">x</span>' * 20_000,
    '<meta name="author" content="By Ann Example and Bob Sample">' * 20_000,
    "<h1>" + "<p>By </p>" * 20_000,
    '<time class="published">' + "1 " * 200_000 + "</time>",
    "<title>" + "a - b | " * 50_000 + "</title>",
]


@pytest.mark.parametrize("script", _HUGE_STATEMENTS)
def test_huge_statements(script: str) -> None:
    assert stating(script).url == URL


@pytest.mark.parametrize("body", _HUGE_PAGES)
def test_huge_pages(body: str) -> None:
    assert of(body).url == URL


@pytest.mark.timing
def test_huge_pages_take_no_time() -> None:
    started = time.process_time()
    for script in _HUGE_STATEMENTS:
        stating(script)
    for body in _HUGE_PAGES:
        of(body)
    assert time.process_time() - started < 10


# --- the vocabulary ------------------------------------------------------------------------------


def test_the_vocabulary_is_no_rule_file() -> None:
    assert vocabulary().months["märz"] == 3
    names = {Path(file.name).name for file in Rules.load(builtin_folder()).all_files()}
    assert "vocabulary.yaml" not in names


def test_mistakes_in_the_vocabulary_are_named(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text("months:\n  1: [jan]\n  2: [jan]\nzones: {CET: one}\nmonhts: []\nmeta: {titel: [x]}\nby: yes\n")
    with pytest.raises(RuleError) as caught:
        Vocabulary.load(path)
    assert [(problem.line, problem.column) for problem in sorted(caught.value.problems, key=lambda p: p.line)] == [
        (3, 6),
        (4, 14),
        (5, 1),
        (6, 8),
        (7, 5),
    ]
    with pytest.raises(RuleError, match="cannot be read"):
        Vocabulary.load(tmp_path / "none.yaml")
