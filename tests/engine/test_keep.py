"""What is never removed, whatever matches inside or around it."""

from __future__ import annotations

from datetime import date

import pytest

from ..support import cleaner, gone

KEEP = "remove:\n  ad: [.x, {css: .y, scope: rest}, {equals: Anzeige}]\nkeep: [.k]\n"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p class=k>a<p class=x>b", "a"),
        ("<p class='k x'>a<p class=x>b", "a"),
        ("<div class=k>a<p class=x>b</p></div>", "a\nb"),
        ("<div class=k>a<p>Anzeige</p></div><p>Anzeige", "a\nAnzeige"),
        ("<div class=x>a<p class=k>b</p>c</div><p>d", "b\nd"),
        ("<div class=x>a<div>c<p class=k>b</p></div></div>", "b"),
        ("<div class=x>a <b class=k>b</b> c</div>", "b"),
        ("<div><p class=y>a</p>b<div class=k>c</div>d</div><p>e", "c\ne"),
        ("<div class=x><p class=k>a</p>b<p class=k>c</p></div>", "a\nc"),
        ("<div class=x><div class=k>a<div class=x>b<p class=k>c</p></div></div>d</div>", "a\nb\nc"),
        ("<div class=x><ul><li>a<li class=k>b<li>c</ul></div>", "b"),
        ("<table class=x><tr><td>a<td class=k>b<tr><td>c</table>", "b"),
    ],
)
def test_keep_inside_and_around(html: str, left: str) -> None:
    found = cleaner(KEEP)
    result = found.clean(html)
    assert result.text == left
    again = found.clean(result.html)
    assert (again.text, again.html) == (result.text, result.html)


def test_the_way_to_what_is_kept_stays() -> None:
    html = '<div class="x" id="i"><p>a</p><ul title="t"><li>b</li><li class="k">c</li></ul>d</div>'
    result = cleaner(KEEP).clean(html)
    assert result.html == (
        '<html><body><div class="x" id="i"><ul title="t"><li class="k">c</li></ul></div></body></html>'
    )
    assert [removal.text for removal in gone(result)] == ["a\nb\nd"]


def test_keep_has_conditions_too() -> None:
    rules = "remove:\n  ad: [.x]\nkeep:\n  - {css: .x, text: Ticker}\n  - {css: .x, path: /live/*, until: 2024-01-01}\n"
    html = "<p class=x>Ticker 1<p class=x>b<p>c"
    found = cleaner(rules)
    assert found.clean(html).text == "Ticker 1\nc"
    assert found.clean(html, url="http://a.de/live/1").text == "Ticker 1\nb\nc"
    assert found.clean(html, url="http://a.de/live/1", date=date(2025, 1, 1)).text == "Ticker 1\nc"


def test_keep_of_a_publisher_holds_against_generic_rules() -> None:
    from cleanpage import Cleaner, Rules

    rules = Rules.parse("remove: {ad: [.x]}") + Rules.parse(
        "{publisher: A, domains: a.de, keep: [.k]}", name="a.de.yaml", key="a.de"
    )
    html = "<div class=x><p class=k>a</p>b</div><p>c"
    assert Cleaner(rules).clean(html, url="http://a.de").text == "a\nc"
    assert Cleaner(rules).clean(html, url="http://b.de").text == "c"


def test_keep_deep_inside() -> None:
    depth = 1500
    html = f"<div class=x>{'<div>a' * depth}<p class=k>b</p>{'c</div>' * depth}</div><p>d"
    result = cleaner(KEEP).clean(html)
    assert result.text == "b\nd"
    assert result.html.count("<div") == depth + 1
    assert len(gone(result)) == 1
    assert gone(result)[0].words == 2 * depth


def test_many_kept_pieces() -> None:
    html = "<div class=x>" + "<p>a</p><p class=k>b</p>" * 3000 + "</div>"
    assert cleaner(KEEP).clean(html).text == "\n".join("b" * 3000)
