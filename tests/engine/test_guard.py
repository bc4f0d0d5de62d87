"""The article survives."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Rules

from ..support import cleaner, gone, held, prose, remove

ARTICLE = "".join(f"<p>{prose(40, f'satz{number}x')}</p>" for number in range(10))


def publisher(rule: str) -> Cleaner:
    return Cleaner(Rules.parse("publisher: X\ndomains: [x.de]\n" + remove(rule), key="x.de"))


@pytest.mark.parametrize(
    "rule",
    [
        ".artikel",
        "{css: .artikel, text: satz3x5}",
        "{css: div, text: satz3x5}",
        "{css: div, starts: Titel}",
        "{css: div, starts: Titel, max_words: 5000}",
        "{css: .satz, scope: rest}",
        "{css: .satz, scope: closest div}",
        "{equals: Titel, scope: section}",
        "{equals: Titel, scope: closest div}",
        "{xpath: '//div'  , text: satz1x1}",
        "{css: div, matches: satz1x1}",
    ],
)
def test_a_generic_rule_does_not_take_the_article(rule: str) -> None:
    html = f"<nav>Start</nav><div class=artikel><h1>Titel</h1><p class=satz>{prose(30)}</p>{ARTICLE}</div><footer>Ende</footer>"
    result = cleaner(remove(rule)).clean(html)
    assert result.text == Cleaner(Rules()).clean(html).text
    assert gone(result) == []
    assert len(held(result)) >= 1
    for removal in held(result):
        assert removal.reason
        assert removal.category == "ad"
        assert removal.words > 100
        assert removal.path.startswith("/html/body")


@pytest.mark.parametrize("rule", [".artikel", "{css: div, text: satz3x5}"])
def test_nor_does_a_publishers_rule_that_takes_most_of_it(rule: str) -> None:
    html = f"<nav>Start</nav><div class=artikel>{ARTICLE}</div><footer>Ende</footer>"
    result = publisher(rule).clean(html, url="http://x.de")
    assert "satz3x5" in result.text
    assert len(held(result)) == 1


def test_a_box_with_little_prose_goes() -> None:
    html = f"<div>{ARTICLE}</div><div class=box><p>{prose(60)}</p></div>"
    result = cleaner(remove(".box")).clean(html)
    assert "wort5" not in result.text
    assert held(result) == []


def test_a_notice_goes_that_names_itself_in_full() -> None:
    html = f"<div>{ARTICLE}</div><p>{prose(200, 'lang')}</p>"
    assert "lang5" not in cleaner(remove("{equals: '%s'}" % prose(200, "lang"))).clean(html).text


def test_links_are_no_prose() -> None:
    box = "<div class=box>" + "".join(f"<p><a>{prose(30, f'l{n}x')}</a></p>" for n in range(20)) + "</div>"
    result = cleaner(remove(".box")).clean(f"<div>{ARTICLE}</div>{box}")
    assert "l3x3" not in result.text


@pytest.mark.parametrize("order", [0, 1])
def test_a_page_of_notices_only(order: int) -> None:
    """A short notice in place of an article goes: it is no prose worth a guard."""
    html = "<div class=box><p>Bitte deaktivieren Sie Ihren Werbeblocker.</p></div>" + "<nav>Start</nav>" * order
    assert "deaktivieren" not in cleaner(remove(".box")).clean(html).text


def test_what_is_held_back_does_not_keep_smaller_matches_back() -> None:
    rules = "remove:\n  ad:\n    - .artikel\n    - .klein\n"
    html = f"<div class=artikel>{ARTICLE}<p class=klein>weg</p></div>"
    result = cleaner(rules).clean(html)
    assert "weg" not in result.text
    assert [(removal.rule, removal.held_back) for removal in result.removed] == [
        ("rules/ad/.artikel", True),
        ("rules/ad/.klein", False),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        ".in",
        "{css: .in, max_words: 70}",
        "{css: .in, text: c5}",
        ".box > .in",
        "'[data-in]'",
        "{xpath: '//p[@data-in]'}",
        "{css: p, starts: c0, max_words: 70}",
    ],
)
def test_what_is_held_back_does_not_hide_what_is_in_it(rule: str) -> None:
    html = f"<p>{prose(60, 'a')}</p><div class=box>{ARTICLE}<p class=in data-in>{prose(60, 'c')}</p></div>"
    result = cleaner(f"remove:\n  ad:\n    - .box\n    - {rule}\n").clean(html)
    assert "c0" not in result.text.split()
    assert "satz3x5" in result.text.split()


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            f"<p>{prose(100, 'a')}</p><div class=box><p>{prose(60, 'b')}</p><p class=in>{prose(60, 'c')}</p></div>",
            id="one place",
        ),
        pytest.param(
            f"<p>{prose(30, 'a')}</p>"
            + f"<div class=box><p>{prose(20, 'b')}</p><p class=in>{prose(60, 'c')}</p></div>" * 2,
            id="several places together",
        ),
    ],
)
def test_what_was_held_back_once_is_held_back_again_or_goes_at_once(html: str) -> None:
    found = cleaner("remove:\n  ad:\n    - .box\n    - .in\n    - .in\n")
    result = found.clean(html)
    assert found.clean(result.html).text == result.text


@pytest.mark.parametrize("rule", [".absatz", "{css: p, starts: Satz}", "{css: p, text: satz, max_words: 60}"])
def test_nor_does_a_rule_take_it_piece_by_piece(rule: str) -> None:
    html = "<h1>Titel</h1>" + ARTICLE.replace("<p>", "<p class=absatz>Satz ")
    result = cleaner(remove(rule)).clean(html)
    assert result.text == Cleaner(Rules()).clean(html).text


TOPICS = {
    "adblock": [
        "Werbeblocker sind auf jedem vierten Rechner eingerichtet, und die Verlage wehren sich seit Jahren dagegen.",
        "„Bitte deaktivieren Sie Ihren Adblocker“, steht dann über der Seite, und manche Leser tun es sogar.",
        "Andere schalten den Adblocker nicht aus und gehen, so zeigt es eine Umfrage unter tausend Menschen.",
        "Ein Abo ohne Werbung ist die Antwort der großen Häuser; ob es sich lohnt, bleibt ihr Geheimnis.",
    ],
    "cookies": [
        "Fast jede Seite fragt zuerst: „Wir verwenden Cookies“, und darunter steht ein großer grüner Knopf.",
        "Wer „Alle akzeptieren“ wählt, stimmt der Verarbeitung durch Hunderte von Partnern zu, sagt die Behörde.",
        "Cookies speichern kleine Texte im Browser, die eine Seite später wieder lesen kann, etwa den Warenkorb.",
        "Das Gericht verlangt, dass ein Nein so leicht sein muss wie ein Ja, doch viele Knöpfe sind gut versteckt.",
    ],
    "newsletter": [
        "Der Newsletter ist zurück: Nie haben sich so viele Menschen für Briefe per E-Mail angemeldet wie heute.",
        "Ein guter Newsletter erscheint immer zur gleichen Zeit und hört auf, bevor der Kaffee kalt geworden ist.",
        "Jetzt anmelden, heißt es überall, aber das Abmelden dauert oft länger, als ein Mensch Geduld haben kann.",
        "Verlage schätzen ihn, weil er ihnen gehört und kein fremdes Netzwerk zwischen ihnen und den Lesern steht.",
    ],
    "subscription": [
        "Mit dem Satz „Weiterlesen mit Abo“ endet heute mancher Artikel, der früher für alle zu lesen gewesen ist.",
        "Das Digitalabo kostet im ersten Monat einen Euro und dann zehn, jederzeit kündbar, wie es im Kleingedruckten heißt.",
        "Wer schon Abonnent ist und sich hier anmelden soll, hat das Passwort oft vergessen, klagen die Redaktionen.",
        "Die Zahl der Abonnenten wächst trotzdem, und sie bezahlen inzwischen mehr, als die Anzeigen einbringen.",
    ],
}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("times", [1, 4])
def test_an_article_about_notices_stays_whole(topic: str, times: int) -> None:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in TOPICS[topic] * times)
    html = f"<html><body><article><h1>Was taugt {topic}?</h1>{paragraphs}</article></body></html>"
    result = Cleaner(Rules.builtin(publishers=False)).clean(html)
    assert result.text == Cleaner(Rules()).clean(html).text
    lines = "\n".join(TOPICS[topic] * times)
    assert Cleaner(Rules.builtin(publishers=False)).clean_text(lines).text == lines


@pytest.mark.parametrize("inner", ["<i hidden>x</i>", "<i style='display:none'><u>x</u></i>", "<b hidden><i>x</i></b>"])
@pytest.mark.parametrize("unless", ["i", "i, u", "p > i, b > i"])
def test_what_is_hidden_inside_an_element_does_not_spare_it(inner: str, unless: str) -> None:
    found = cleaner(f"remove:\n  ad:\n    - {{css: p, starts: Nur hier, unless: '{unless}'}}\n")
    assert found.clean(f"<p>Nur hier{inner}</p><p>bleibt").text == "bleibt"
    assert (
        found.clean(f"<p>Nur hier{inner.replace('hidden', '').replace('display', 'x')}</p><p>bleibt").text != "bleibt"
    )
