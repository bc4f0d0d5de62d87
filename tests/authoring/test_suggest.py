"""Rules proposed from the pages of a site."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import Cleaner, Rules
from cleanpage.authoring.names import is_editorial, is_furniture, is_stable
from cleanpage.authoring.site import _with_neighbours, hosts_of, publisher_of, read_site
from cleanpage.authoring.suggest import Suggestion, suggest
from cleanpage.authoring.write import rule_file
from cleanpage.cli import app
from cleanpage.stored import Page

PARAGRAPHS = [
    "The harbour of the small town was closed this morning after a ship had run aground in front of the old mole.",
    "Divers looked at the hull in the afternoon and found no leak in it, the harbour master said on Tuesday evening.",
    "Nobody was hurt. The ship is expected to be towed away with the next high tide, if the wind does not turn again.",
]

WHAT = ("boats and the nets", "lighthouse keeper", "fish market hall", "old railway line", "ferry to the islands")


def page(number: int, extra: str = "", inside: str = "") -> Page:
    links = "".join(f'<li><a href="/{n}-{number}">Older story {n} about the {WHAT[n]}</a></li>' for n in range(5))
    text = "".join(f"<p>{one} This is story number {number}.</p>" for one in PARAGRAPHS)
    html = f"""<!DOCTYPE html><html lang="en"><head><title>Story {number}</title>
<meta property="og:site_name" content="The Coast"><link rel="canonical" href="https://www.coast.example/{number}"></head>
<body class="css-1x2y3z"><div class="site-top"><a href="/">The Coast</a></div>
<article class="story"><h1>Story {number} of the coast</h1><p class="byline">By Hedda Lund</p>{text}{inside}</article>
<div class="css-9a8b7c xq-lantern"><h4>More from the coast</h4>
<ul>{links}</ul></div>
<div data-zone="letterbox"><p>Sign up for our newsletter about the sea.</p></div>{extra}</body></html>"""
    return Page(f"{number}.html", html.encode(), None)


def suggested(*pages: Page) -> dict[str, Suggestion]:
    return {one.css: one for one in suggest(read_site(pages, Cleaner(Rules())))}


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "related-articles",
        "c-newsletter",
        "teaser2",
        "more_on",
        "Box-Related",
        "h1-promo",
        "articleFooterLinks",
        "mehr-zum-thema",
    ],
)
def test_names_that_say_something(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize(
    "name",
    ["css-1x2y3z", "sc-bdVaJa", "jsx-2871293847", "mt-4", "flex", "col-md-6", "is-active", "Teaser_box__a8Kz3", "a3f8e21c",
     "post-18273", "kjWqPx", "xkcdvbn", "", "x" * 80, "related-7f3a9c"],
)  # fmt: skip
def test_names_that_will_not_last_or_say_nothing(name: str) -> None:
    assert not is_stable(name)


def test_parts_of_articles_and_of_sites() -> None:
    assert is_editorial(["c-article-byline"])
    assert not is_editorial(["related-articles"])
    assert is_furniture(["site-footer--wide"])


# --- suggestions -------------------------------------------------------------------------------


def test_what_repeats_outside_of_the_article_is_proposed() -> None:
    found = suggested(page(1), page(2), page(3))
    assert found[".xq-lantern"].category == "related"
    assert (found[".xq-lantern"].pages, found[".xq-lantern"].elements) == (3, 3)
    assert found['[data-zone="letterbox"]'].words == 24
    assert found[".site-top"].category == "chrome"
    assert not any("css-" in css or "story" in css or "byline" in css for css in found)


def test_nothing_is_proposed_that_takes_of_any_article() -> None:
    # On the third page the name stands on a paragraph of the article.
    words = (
        "The owner said that the crew had been on board for three weeks, and that he was glad to see all of them again."
    )
    paragraph = f'<p class="xq-lantern">{words}</p><p>{words.replace("crew", "captain")}</p>'
    found = suggested(page(1), page(2), page(3, inside=paragraph))
    assert ".xq-lantern" not in found
    assert "div.xq-lantern" in found


def test_once_is_not_enough_but_on_a_single_page() -> None:
    box = '<div class="weather-promo"><p>Sunny on Sunday, says our weather letter.</p></div>'
    assert ".weather-promo" not in suggested(page(1, box), page(2), page(3))
    assert ".weather-promo" in suggested(page(1, box))


def test_a_line_that_repeats_is_proposed_by_its_words() -> None:
    line = "<p>Subscribe to our newsletter now, it is free.</p>"
    found = suggested(page(1, line), page(2, line))
    assert (found["p"].equals, found["p"].category) == ("Subscribe to our newsletter now, it is free.", "newsletter")


def test_a_pitch_between_the_paragraphs_is_none_of_the_article() -> None:
    pitch = (
        '<div class="lantern-offer"><p>The Coast lives on what its readers pay.</p>'
        "<p>For a pound a week you get every story, and the tide tables before anybody else.</p></div>"
    )
    more = "<p>A second paragraph of story number {0} says that {0} boats were counted on that evening.</p>"
    pages = [page(n, inside=pitch + more.format(n)) for n in (1, 2)]
    # The same article twice says nothing of what the site repeats.
    assert ".lantern-offer" not in suggested(pages[0], pages[0])
    different = [Page(one.name, one.html.replace(b"harbour", word).replace(b"ship", word), None)
                 for one, word in zip(pages, (b"bakery", b"museum"), strict=True)]  # fmt: skip
    for number, paragraph in enumerate(PARAGRAPHS):
        new = f"Something else, numbered {number}, was reported from the islands in the bay on that day.".encode()
        different[1] = Page("2", different[1].html.replace(
            paragraph.replace("harbour", "museum").replace("ship", "museum").encode(), new), None)  # fmt: skip
    assert suggested(*different)[".lantern-offer"].pages == 2


def test_lines_that_begin_alike_and_lead_to_other_articles() -> None:
    def line(opening: str, text: str, rest: str = "") -> str:
        return f'<p>{opening} <a href="/x">{text}</a>{rest}</p>'

    first = line("From the logbook:", "Who pays for the harbour wall?") + line(
        "The mayor:", "He has never said so at all"
    )
    second = line("From the logbook:", "A lifeboat that nobody wanted to name") + line(
        "The mayor:", "No word of it", " was true, he told the council on Monday, and left the room."
    )
    found = {one.starts: one for one in suggested(page(1, inside=first), page(2, inside=second)).values() if one.starts}
    assert list(found) == ["From the logbook:"]
    assert (found["From the logbook:"].css, found["From the logbook:"].category) == ("p", "related")
    assert found["From the logbook:"].max_words is not None


def test_a_link_in_a_sentence_is_not_taken_out_of_it() -> None:
    # Below the article, where nothing says that it is one.
    links = '<div><a class="letter-link" href="/x">Our newsletter</a></div>' * 3
    sentence = '<p>There is more of it in <a class="letter-link" href="/x">our newsletter</a> every day.</p>'
    assert ".letter-link" in suggested(page(1, links), page(2, links))
    first = '<p><a class="letter-link" href="/x">Our newsletter</a> has more of it every single day.</p>'
    for line in (sentence, first):
        assert not any("letter-link" in css for css in suggested(page(1, links + line), page(2, links)))


def test_a_list_without_a_name_is_known_by_its_links() -> None:
    def links(number: int) -> str:
        items = "".join(
            f'<li><b>Kicker:</b> <a data-teaser-kind="logbook" href="/{n}{number}">Story {n} of {WHAT[n]}</a></li>'
            for n in range(2)
        )
        return f"<ul>{items}</ul>"

    found = suggested(page(1, links(1)), page(2, links(2)))
    one = found['[data-teaser-kind="logbook"]']
    assert (one.closest, one.category, one.pages) == ("ul", "related", 2)
    text = rule_file("coast.example", [one], 2)
    assert "scope: closest ul" in text
    cleaned = Cleaner(Rules.parse(text, "a.yaml", "coast.example")).clean(
        page(3, links(3)).html, "https://coast.example"
    )
    assert "Kicker" not in cleaned.text


def test_a_page_with_a_layout_of_its_own_is_not_held_against_others() -> None:
    box = '<div class="weather-corner"><p>Sunny on Sunday.</p></div><div class="letter-box"><p>Our newsletter, free.</p></div>'
    other = page(3, box).html.decode()
    for name in ("site-top", "story", "byline", "xq-lantern", "data-zone"):
        other = other.replace(name, f"other-{name[::-1]}")
    found = suggested(page(1), page(2), Page("3", other.encode(), None))
    assert found[".letter-box"].category == "newsletter"
    assert ".weather-corner" not in found  # what does not say what it is must be seen twice
    assert ".letter-box" not in suggested(page(1), page(2), page(3, box))


def test_what_cannot_be_written_in_yaml_is_left_out() -> None:
    odd = '<div class="promo-box"><p>Our app, \x9f\ufffe\u200bnow free.</p></div>'
    text = rule_file("coast.example", list(suggested(page(1, odd), page(2, odd)).values()), 2)
    assert "promo-box" in text
    assert Rules.parse(text, "a.yaml", "coast.example")


def test_what_rules_take_already_is_not_proposed(tmp_path: Path) -> None:
    path = tmp_path / "coast.example.yaml"
    path.write_text("publisher: The Coast\ndomains: [coast.example]\nremove:\n  related: [.xq-lantern]\n")
    pages = [Page(one.name, one.html, "https://www.coast.example/") for one in (page(1), page(2))]
    cleaner = Cleaner(Rules.load(path))
    assert not any("lantern" in one.css for one in suggest(read_site(pages, cleaner)))


def test_a_pitch_amid_the_article_is_proposed_with_its_button() -> None:
    pitch = '<div class="lantern-offer"><p>The paper lives on what its readers pay.</p><p>I want that</p></div>'
    assert ".lantern-offer" in suggested(page(1, inside=pitch), page(2, inside=pitch), page(3, inside=pitch))


@pytest.mark.parametrize(
    ("some", "others", "expected"),
    [
        ("..x..", ".y.y.", [1, 2, 3]),
        ("x....", ".yy.y", [0, 1, 2]),
        ("....x", "y.yy.", [2, 3, 4]),
        ("...", "yyy", []),
        ("", "", []),
    ],
)
def test_short_lines_go_with_those_beside_them(some: str, others: str, expected: list[int]) -> None:
    assert _with_neighbours([one == "x" for one in some], [one == "y" for one in others]) == expected


def test_the_site_says_what_it_is() -> None:
    pages = [page(1), page(2), Page("x", b"<p>x", "https://other.example/")]
    assert hosts_of(pages) == ["coast.example", "other.example"]
    assert publisher_of(pages) == "The Coast"


# --- the file ----------------------------------------------------------------------------------


def test_the_file_passes_its_own_check(tmp_path: Path) -> None:
    odd = '<div data-kind=\'say &quot;cheese&quot;\' class="yes no-promo">Our app: now with &lt;b&gt; and "quotes" at 12:30 # soon</div>'
    pages = read_site([page(1, odd), page(2, odd)], Cleaner(Rules()))
    text = rule_file("coast.example", suggest(pages), 2, publisher="Coast: the paper")
    path = tmp_path / "coast.example.yaml"
    path.write_text(text, "utf-8")
    for command in ("lint", "test"):
        result = CliRunner().invoke(app, ["rules", command, str(path)])
        assert result.exit_code == 0, text + result.output
        assert "warning:" not in result.output
    assert "# on 2 of 2 pages, 2 elements, " in text
    cleaned = Cleaner(Rules.load(path)).clean(page(4).html, url="https://coast.example/4").text
    assert "Older story" not in cleaned
    assert all(one in cleaned for one in PARAGRAPHS)


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    for number in (1, 2):
        (tmp_path / "pages" / f"{number}.html").write_bytes(page(number).html)
    return tmp_path / "pages"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["rules", *map(str, arguments)])
    return result.exit_code, result.output


def test_suggest_writes_a_file_once(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "coast.yaml"
    status, output = run("suggest", folder, "--no-builtin", "--out", path)
    assert status == 0, output
    assert path.read_text("utf-8").startswith("publisher: The Coast\ndomains: [coast.example]\n")
    assert ".xq-lantern" in path.read_text("utf-8")
    status, output = run("suggest", folder, "--no-builtin", "--out", path)
    assert status == 2
    assert "exists already" in output


def test_suggest_needs_pages_and_their_site(tmp_path: Path) -> None:
    assert "no such file or folder" in run("suggest", tmp_path / "none.html")[1]
    (tmp_path / "a.html").write_text("<p>text</p>")
    status, output = run("suggest", tmp_path / "a.html")
    assert status == 2
    assert "of which site they are" in output
    assert run("suggest", tmp_path / "a.html", "--domain", "a.example")[0] == 0


def test_new_names_the_family(folder: Path) -> None:
    status, output = run("new", "https://www.tz.de/muenchen/")
    assert status == 0
    assert "domains: [tz.de]\nfamily: ippen\n" in output
    assert "domains: [coast.example]" in run("new", folder)[1]
    for wrong in (["nowhere"], ["a.example", "b.example"]):
        assert run("new", *wrong)[0] == 2


def test_addresses_beside_the_pages_count(folder: Path) -> None:
    (folder / "gold.json").write_text(json.dumps([{"id": "1", "url": "https://sea.example/1"}]))
    assert "domains: [coast.example]" in run("suggest", folder / "2.html")[1]
    assert "domains: [sea.example]" in run("suggest", folder / "1.html")[1]
