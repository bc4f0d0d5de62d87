"""Lists of teasers are told by their structure; the article's own lists are not."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Rules

PARAGRAPHS = [
    f"Der {n}. Absatz des Artikels erzählt in einem langen Satz, was an diesem Tag in der Stadt geschah und warum es alle {n} mal wunderte."
    for n in range(1, 5)
]
ARTICLE = "<h1>Ein Titel</h1>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
HEADLINES = [
    "Die Brücke wird gesperrt",
    "Rat streitet über den Haushalt",
    "Ein Fest für alle Kinder",
    "Sturm deckt viele Dächer ab",
]
RULES = Rules.parse("remove: {related: [{teasers: 3}]}")


def items(tag: str = "li", before: str = "", after: str = "", target: str = "/a/{}") -> str:
    return "".join(
        f"<{tag}>{before}<a href='{target.format(n)}'>{headline}</a>{after}</{tag}>"
        for n, headline in enumerate(HEADLINES)
    )


def left(page: str, rules: Rules = RULES) -> str:
    return Cleaner(rules).clean(page).text


@pytest.mark.parametrize(
    "teasers",
    [
        f"<ul>{items()}</ul>",
        f"<div><h3>Irgendetwas</h3><div class=x><div class=y>{items('div')}</div></div></div>",
        f"<div>{items('article', '<span>Politik</span>', '<p>Kurz gesagt.</p><time>12 Uhr</time>')}</div>",
        f"<section><h2>Aus der Redaktion</h2>{items('div', '<img src=x>')}</section>",
        f"<div>{items('div', '<h3>', '</h3>')}</div>",
        "<div>"
        + "".join(
            f"<a href=/{n}><div>Ort</div><h4>{h}</h4><p>Wie es dazu kam.</p></a>" for n, h in enumerate(HEADLINES)
        )
        + "</div>",
        "<div>"
        + "".join(
            f"<div><a href=/{n}><img></a><h4><a href=/{n}#top>{h}</a></h4></div>" for n, h in enumerate(HEADLINES)
        )
        + "</div>",
    ],
)
def test_lists_of_teasers_go(teasers: str) -> None:
    whole = "\n".join(["Ein Titel", *PARAGRAPHS])
    assert left(f"<article>{ARTICLE}</article>{teasers}") == whole
    assert left(f"<div>{teasers}</div><article>{ARTICLE}</article>") == whole
    found = Cleaner(RULES).clean(f"<article>{ARTICLE}</article>{teasers}")
    assert {removal.rule for removal in found.removed} == {"rules/related/teasers(3)"}
    assert Cleaner(RULES).clean(found.html).html == found.html


@pytest.mark.parametrize(
    "page",
    [
        # the article's own lists
        f"<article>{ARTICLE}<ul>{items()}</ul><p>{PARAGRAPHS[0]}</p></article>",
        f"<main><section>{ARTICLE}<h2>Orte</h2><ul>{items()}</ul><p>{PARAGRAPHS[0]}</p></section></main>",
        f"<article>{ARTICLE}</article><ul>{items(before='Mehr dazu steht wie immer in dem langen Text ')}</ul>",
        # contents, shops, menus
        f"<ul>{items(target='#a{}')}</ul><article>{ARTICLE}</article>",
        f"<a href=https://blatt.example/1>Startseite der Zeitung für alle</a><article>{ARTICLE}</article><a href=https://blatt.example/2>Ein Blick in das Archiv</a><ul>{items(target='https://laden{}.example/')}</ul>",
        f"<article>{ARTICLE}</article><ul>" + "".join(f"<li><a href=/{n}>Rubrik {n}</a>" for n in range(9)) + "</ul>",
        # what the site does not vouch for
        f"<article>{ARTICLE}</article><ul>{items(target='https://laden.example/{}').replace('<a ', '<a rel=nofollow ')}</ul>",
        # headings of the article's own parts, some of which are short; the first one stands before any paragraph
        "<article><h1>Ein Titel</h1><div>"
        + "".join(
            f"<figure><h2><a href=/bild/{n}>{HEADLINES[n % 4]}</a></h2>{'<p>Nur kurz gesagt.</p>' * (n % 2) or PARAGRAPHS[n % 4] * 3}</figure>"
            for n in range(1, 9)
        )
        + "</div></article>",
        # too few
        f"<article>{ARTICLE}</article><ul><li><a href=/1>{HEADLINES[0]}</a><li><a href=/2>{HEADLINES[1]}</a></ul>",
        # no article besides: a page of teasers, a short notice
        f"<h1>Titel</h1><ul>{items()}</ul>",
        f"<h1>Titel</h1><p>{PARAGRAPHS[0]}</p><ul>{items()}</ul>",
        # long parts are texts of their own
        f"<article>{ARTICLE}</article><div>{items('section', after='<p>' + ' '.join(PARAGRAPHS[:3]) + '</p>')}</div>",
        # all lead to the same page
        f"<article>{ARTICLE}</article><ul>{items(target='/gleich')}</ul>",
    ],
)
def test_other_lists_stay(page: str) -> None:
    assert left(page) == left(page, Rules())


def test_the_list_of_an_aside_within_the_text_goes() -> None:
    page = f"<article>{ARTICLE}<aside><h3>Auch das noch</h3><ul>{items()}</ul></aside><p>{PARAGRAPHS[0]}</p></article>"
    assert left(page) == "\n".join(["Ein Titel", *PARAGRAPHS, PARAGRAPHS[0]])


def test_single_teasers_go_where_the_list_holds_more() -> None:
    page = f"<article>{ARTICLE}</article><div><p>Über uns: eine Zeitung.</p>{items('div')}</div>"
    assert left(page) == "\n".join(["Ein Titel", *PARAGRAPHS, "Über uns: eine Zeitung."])


def test_other_conditions_and_selectors_count() -> None:
    page = f"<article>{ARTICLE}</article><ul class=a>{items()}</ul><ul class=b>{items()}<li class=x></ul>"
    kept = "\n".join(HEADLINES)
    for rule in ("{teasers: 3, css: .a}", "{teasers: 3, unless: .x}"):
        assert left(page, Rules.parse(f"remove: {{related: [{rule}]}}")).endswith(f"{PARAGRAPHS[-1]}\n{kept}")
    for rule in ("{teasers: 9}", "{teasers: 3, max_words: 10}", "{teasers: 3, css: ol}", "{teasers: 3, path: /x}"):
        assert left(page, Rules.parse(f"remove: {{related: [{rule}]}}")) == left(page, Rules())


def test_scripts_without_spaces() -> None:
    text = "".join(
        f"<p>{'市議会は今日、来年の予算について長い議論を行い、多くの市民が傍聴した。' * 2}{n}</p>" for n in range(4)
    )
    heads = ["来年の予算をめぐり議論続く", "新しい橋が来月に開通する", "台風で屋根が飛ばされた家"]
    listed = "".join(f"<li><a href=/{n}>{head}</a>" for n, head in enumerate(heads))
    short = "".join(f"<li><a href=/{n}>政治{n}</a>" for n in range(5))
    page = f"<article>{text}</article><ul>{listed}</ul><ul>{short}</ul>"
    assert left(page).endswith("3\n政治0\n政治1\n政治2\n政治3\n政治4")


def test_a_list_of_links_to_a_shop_is_none_of_the_sites_own() -> None:
    page = (
        f"<a href=https://blatt.example/1>Ein Blick in das Archiv</a><article>{ARTICLE}</article>"
        f"<ul>{items(target='https://laden.example/{}')}</ul>"
    )
    assert HEADLINES[0] in Cleaner(RULES).clean(page, url="https://www.blatt.example/heute").text
    assert HEADLINES[0] not in Cleaner(RULES).clean(page, url="https://www.laden.example/heute").text


def test_the_rule_needs_two_at_least() -> None:
    with pytest.raises(Exception, match="a whole number from 2"):
        Rules.parse("remove: {related: [{teasers: 1}]}")
