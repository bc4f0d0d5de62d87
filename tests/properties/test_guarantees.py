"""What never breaks, on pages and rules that nobody thought of."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, Result, Rules

from .counting import steps
from .strategies import (
    CLASSES,
    PHRASES,
    Page,
    articles,
    as_rules,
    chains,
    inline,
    is_subsequence,
    line_files,
    long_pages,
    long_rules,
    notice_for,
    notices,
    pages,
    rule_files,
    sentences,
    simple_rules,
    some_rules,
    visible_words,
)

URL = "https://www.example.com/sport/artikel.html"
GENERIC = Rules.builtin(publishers=False)
BUILTIN = Cleaner(GENERIC)
EMPTY = Cleaner(Rules())

FILES = st.lists(rule_files(), min_size=1, max_size=2)
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(PHRASES),
        st.sampled_from(PHRASES).map("• {}".format),
        st.just(""),
        sentences(),
        inline("fr", 5),
    ),
    max_size=25,
).map("\n".join)


def forms(result: Result) -> tuple[Any, ...]:
    return result.text, result.html, result.removed


# --- 1: nothing is invented ----------------------------------------------------------------------


@settings(max_examples=80)
@given(pages(), FILES)
def test_nothing_is_invented(page: Page, files: list[dict[str, Any]]) -> None:
    result = Cleaner(as_rules(*files)).clean(page.html, url=URL)
    visible = visible_words(page.html)
    assert is_subsequence(result.text.split(), visible)
    assert is_subsequence(visible_words(result.html), visible)
    for removal in result.removed:
        assert is_subsequence(removal.text.split(), visible)
    event(f"{len(result.removed) > 0} removed")


@settings(max_examples=60)
@given(pages())
def test_without_rules_everything_visible_stays(page: Page) -> None:
    result = EMPTY.clean(page.html)
    assert result.text.split() == visible_words(page.html) == visible_words(result.html)
    assert result.removed == ()


@settings(max_examples=80)
@given(pages(), FILES)
def test_every_word_stays_or_is_told_to_have_gone(page: Page, files: list[dict[str, Any]]) -> None:
    result = Cleaner(as_rules(*files)).clean(page.html, url=URL)
    gone = [removal for removal in result.removed if not removal.held_back]
    told = Counter(word for removal in gone for word in removal.text.split())
    assert Counter(result.text.split()) + told == Counter(visible_words(page.html))


@settings(max_examples=60)
@given(TEXTS, FILES)
def test_nothing_is_invented_in_text(text: str, files: list[dict[str, Any]]) -> None:
    result = Cleaner(as_rules(*files)).clean_text(text, url=URL)
    assert is_subsequence((line for line in result.text.split("\n") if line.strip()), text.split("\n"))
    gone = [removal for removal in result.removed if not removal.held_back]
    told = Counter(word for removal in gone for word in removal.text.split())
    assert Counter(result.text.split()) + told == Counter(text.split())


# --- 2: once is enough ---------------------------------------------------------------------------


@settings(max_examples=300)
@given(pages(), FILES)
def test_once_is_enough(page: Page, files: list[dict[str, Any]]) -> None:
    cleaner = Cleaner(as_rules(*files))
    once = cleaner.clean(page.html, url=URL)
    twice = cleaner.clean(once.html, url=URL)
    assert twice.text == once.text
    assert twice.html == once.html
    # A box may be left, empty, around what is kept in it.
    assert [removal for removal in twice.removed if not removal.held_back and removal.text] == []


@settings(max_examples=100)
@given(long_pages(), some_rules())
def test_once_is_enough_where_much_is_held_back(page: Page, some: dict[str, Any]) -> None:
    cleaner = Cleaner(as_rules({"remove": some}))
    once = cleaner.clean(page.html, url=URL)
    twice = cleaner.clean(once.html, url=URL)
    assert (twice.text, twice.html) == (once.text, once.html)


@given(chains())
def test_once_is_enough_where_rules_wait_for_one_another(chain: tuple[str, list[Any]]) -> None:
    html, some = chain
    cleaner = Cleaner(as_rules({"publisher": "x", "domains": ["example.com"], "remove": {"ad": some}}))
    once = cleaner.clean(html, url=URL)
    assert set(once.text.split("\n")) >= {"Vorweg", "Danach"}
    if "first-child" not in str(some):
        assert once.text == "Vorweg\nDanach"
    twice = cleaner.clean(once.html, url=URL)
    assert (twice.text, twice.html) == (once.text, once.html)


@settings(max_examples=80)
@given(TEXTS, FILES)
def test_once_is_enough_for_text(text: str, files: list[dict[str, Any]]) -> None:
    cleaner = Cleaner(as_rules(*files))
    once = cleaner.clean_text(text, url=URL).text
    assert cleaner.clean_text(once, url=URL).text == once


@given(st.integers(1, 3), st.lists(st.sampled_from(["Anzeige", "• Anzeige", "", "Teilen"]), min_size=2, max_size=6))
def test_once_is_enough_for_text_where_rules_wait_for_one_another(most: int, between: list[str]) -> None:
    """A span that is too long until lines of it are gone."""
    file = {
        "lines": {"ad": [{"line": ["Anzeige", "Teilen"]}, {"from": "Beginn", "to": "Ende", "max_lines": most}]},
        "remove": {"social": [{"equals": "Beginn Anzeige"}]},
    }
    cleaner = Cleaner(as_rules(file))
    once = cleaner.clean_text("\n".join(["Vorweg", "Beginn", *between, "Ende", "Danach"])).text
    assert [line for line in once.split("\n") if line] == (
        ["Vorweg", "Danach"] if most > 1 else ["Vorweg", "Beginn", "Ende", "Danach"]
    )
    assert cleaner.clean_text(once).text == once


@given(pages())
def test_once_is_enough_with_the_built_in_rules(page: Page) -> None:
    once = BUILTIN.clean(page.html)
    twice = BUILTIN.clean(once.html)
    assert (twice.text, twice.html) == (once.text, once.html)


# --- 3: same in, same out ------------------------------------------------------------------------

FIXED_PAGES = [
    "".join(
        f"<div class='{a} {b}' id=top data-x><h2>{p}</h2><p class={b}>{p} x</p><p>Text</p>{p}</div>"
        for (a, b), p in zip(itertools.permutations(CLASSES, 2), itertools.cycle(PHRASES), strict=False)
    ),
    "<ul>" + "".join(f"<li class={name}>{phrase}" for name in CLASSES for phrase in PHRASES) + "</ul>",
]
FIXED_RULES = {
    "remove": {
        "ad": [".ad", {"css": ".box, .teaser", "starts": list(PHRASES), "scope": "closest div"}, "[data-x] > p.k"],
        "related": [
            ".teaser",
            {"equals": list(PHRASES)},
            {"css": "p", "text": ["x", "Anzeige"], "max_words": 5},
            ".ad",
        ],
        "social": [{"css": ".share-bar, .k, #top", "heading": list(PHRASES)}, {"xpath": "//li[@class='k']"}],
    },
    "keep": [".artikel"],
}

SCRIPT = """
import sys
from tests.properties.test_guarantees import FIXED_PAGES, FIXED_RULES, GENERIC, digest
from tests.properties.strategies import as_rules
from cleanpage import Cleaner
print(digest(Cleaner(as_rules(FIXED_RULES) + GENERIC)))
"""


def digest(cleaner: Cleaner) -> str:
    found = [repr(forms(cleaner.clean(page, url=URL))) for page in FIXED_PAGES]
    found += [repr(forms(cleaner.clean_text("\n".join(PHRASES * 3), url=URL)))]
    return hashlib.sha256("".join(found).encode()).hexdigest()


def test_the_same_in_every_process() -> None:
    here = digest(Cleaner(as_rules(FIXED_RULES) + GENERIC))
    root = Path(__file__).resolve().parents[2]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "4242")
    ]
    assert {process.communicate(timeout=120)[0].strip() for process in running} == {here}


@settings(max_examples=15)
@given(st.lists(pages(), min_size=4, max_size=8), FILES)
def test_the_same_in_every_thread(some: list[Page], files: list[dict[str, Any]]) -> None:
    cleaner = Cleaner(as_rules(*files) + GENERIC)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda page: forms(cleaner.clean(page.html, url=URL)), some * 3))
    alone = Cleaner(as_rules(*files) + GENERIC)
    assert together == [forms(alone.clean(page.html, url=URL)) for page in some] * 3


@given(pages(), st.lists(rule_files(), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_the_same_in_every_order_of_files(page: Page, files: list[dict[str, Any]], random: Any) -> None:
    parts = [Rules.parse(json.dumps(file), f"{number}.yaml", f"file{number % 2}") for number, file in enumerate(files)]
    shuffled = random.sample(parts, len(parts))
    one, other = Rules(), Rules()
    for part, other_part in zip(parts, shuffled, strict=True):
        one, other = one + part, other + other_part
    assert forms(Cleaner(one).clean(page.html, url=URL)) == forms(Cleaner(other).clean(page.html, url=URL))


@given(pages(), FILES)
def test_the_same_again(page: Page, files: list[dict[str, Any]]) -> None:
    """A cleaner keeps nothing of the pages it has seen."""
    cleaner = Cleaner(as_rules(*files))
    first = forms(cleaner.clean(page.html, url=URL))
    cleaner.clean("<div class=box>Anzeige<p class=k>Teilen</div>", url=URL).html  # noqa: B018
    assert forms(cleaner.clean(page.html, url=URL)) == first
    assert forms(cleaner.clean(page.html.encode(), url=URL, encoding="utf-8")) == first


# --- 4: more rules never add text ----------------------------------------------------------------


def less_or_equal(more_rules: Rules, fewer_rules: Rules, page: Page) -> None:
    fewer = Cleaner(fewer_rules).clean(page.html, url=URL).text.split()
    more = Cleaner(more_rules).clean(page.html, url=URL).text.split()
    assert not Counter(more) - Counter(fewer)
    assert is_subsequence(more, fewer)


@settings(max_examples=80)
@given(pages(), simple_rules(), simple_rules())
def test_more_names_never_add_text(page: Page, some: dict[str, Any], more: dict[str, Any]) -> None:
    fewer = as_rules({"remove": some})
    less_or_equal(fewer + Rules.parse(json.dumps({"remove": more}), "more.yaml", "more"), fewer, page)


@settings(max_examples=300)
@given(pages(), some_rules(), some_rules())
def test_more_rules_never_add_text(page: Page, some: dict[str, Any], more: dict[str, Any]) -> None:
    fewer = as_rules({"remove": some})
    less_or_equal(fewer + Rules.parse(json.dumps({"remove": more}), "more.yaml", "more"), fewer, page)


@settings(max_examples=100)
@given(long_pages(), some_rules(scopes=False), some_rules(scopes=False))
def test_more_rules_never_add_text_where_much_is_held_back(
    page: Page, some: dict[str, Any], more: dict[str, Any]
) -> None:
    fewer = as_rules({"remove": some})
    less_or_equal(fewer + Rules.parse(json.dumps({"remove": more}), "more.yaml", "more"), fewer, page)


PROSE = " ".join(f"w{number}" for number in range(12))


@pytest.mark.xfail(strict=True, reason="what one rule takes can be what another one waits for")
@pytest.mark.parametrize(
    ("some", "more", "html"),
    [
        # A rule waits for another one to make its box short; a third one takes the words it begins with.
        (
            [".ad", {"css": ".box", "starts": "Teilen", "max_words": 5}],
            [".k"],
            f"<div class=box><b class=k>Teilen</b> eins zwei<p class=ad>{PROSE}</p></div>",
        ),
        # A rule about what stands beside something, which another one takes.
        ([".ad", ".k + .box"], [".k"], "<p class=k>a</p><p class=ad>b</p><p class=box>c</p>"),
        # The same with an expression, and with the whole text.
        (
            [".ad", {"css": ".box", "equals": "Teilen jetzt"}],
            [".k"],
            "<div class=box><b class=k>Teilen</b> jetzt<p class=ad>b</p></div>",
        ),
    ],
)
def test_more_rules_never_add_text_in_later_rounds(some: list[Any], more: list[Any], html: str) -> None:
    fewer = as_rules({"publisher": "x", "domains": ["example.com"], "remove": {"ad": some}})
    extra = {"publisher": "x", "domains": ["example.com"], "remove": {"ad": [*some, *more]}}
    less_or_equal(as_rules(extra), fewer, Page("", (html,), ""))


@settings(max_examples=150)
@given(TEXTS, line_files(), line_files())
def test_more_rules_never_add_lines(text: str, some: dict[str, Any], more: dict[str, Any]) -> None:
    fewer = Cleaner(as_rules(some)).clean_text(text, url=URL).text.split("\n")
    both = Cleaner(as_rules(some, more)).clean_text(text, url=URL).text.split("\n")
    assert is_subsequence((line for line in both if line.strip()), fewer)


# --- 5: insertion is undone ----------------------------------------------------------------------

KNOWN = notices(GENERIC)


def test_there_are_many_known_notices() -> None:
    assert len(KNOWN) > 300


@settings(max_examples=300)
@given(articles(least=3), st.lists(st.tuples(st.integers(0, 8), st.sampled_from(KNOWN)), min_size=1, max_size=3))
def test_the_insertion_of_known_notices_is_undone(page: Page, inserted: list[tuple[int, tuple[str, str]]]) -> None:
    clean = BUILTIN.clean(page.html)
    assume(clean.removed == ())
    spoiled = page.with_inserted((place, notice) for place, (_, notice) in inserted)
    assert BUILTIN.clean(spoiled).text == clean.text


@pytest.mark.parametrize("number", range(8))
def test_every_known_notice_is_undone(number: int) -> None:
    """Each one that comes with cleanpage, once, in a page that stays the same."""
    body = (
        "<p>Der Rat hat gestern lange über neue Häuser beraten, bevor es im Süden zu regnen begann und alle gingen.</p>"
    )
    page = Page("<article><h1>Der Rat berät</h1>", (body, body, body), "</article>")
    expected = BUILTIN.clean(page.html).text
    failed = [
        (name, notice)
        for name, notice in KNOWN[number::8]
        if BUILTIN.clean(page.with_inserted([(2, notice)])).text != expected
    ]
    assert failed == []


@settings(max_examples=80)
@given(articles(least=3), st.lists(long_rules(scopes=False), min_size=1, max_size=3), st.data())
def test_the_insertion_of_notices_for_any_rule_is_undone(
    page: Page, some: list[dict[str, Any]], data: st.DataObject
) -> None:
    rules = as_rules({"publisher": "x", "domains": ["example.com"], "remove": {"ad": some}})
    written = [notice for rule in rules.files[0].remove if (notice := notice_for(rule)) is not None]
    assume(written)
    cleaner = Cleaner(rules)
    clean = cleaner.clean(page.html, url=URL)
    assume(clean.removed == ())
    places = data.draw(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(written)), min_size=1, max_size=3))
    assert cleaner.clean(page.with_inserted(places), url=URL).text == clean.text


# --- 6: the article survives ---------------------------------------------------------------------

TAKING = st.sampled_from(
    [
        ".artikel",
        "#artikel",
        "[data-artikel]",
        {"css": ".artikel", "text": "Kennwort"},
        {"css": "div", "text": "Kennwort"},
        {"css": "div", "starts": "Anfang"},
        {"css": "div", "starts": "Anfang", "max_words": 5000},
        {"css": "div", "heading": "Anfang"},
        {"css": "div", "matches": "kenn[w]ort"},
        {"css": ".kopf", "scope": "rest"},
        {"css": ".kopf", "scope": "section"},
        {"css": ".kopf", "scope": "closest div"},
        {"css": ".fuss", "scope": "preceding"},
        {"equals": "Anfang", "scope": "rest"},
        {"equals": "Anfang", "scope": "section"},
        {"text": "Kennwort", "scope": "closest div"},
        {"xpath": "//div[@data-artikel]"},
        ".absatz",
        {"css": "p", "starts": "Absatz"},
        {"css": "p", "text": "Absatz"},
        {"text": "Absatz"},
    ]
)


@settings(max_examples=70)
@given(
    st.lists(sentences("de", 25, 40), min_size=10, max_size=14), TAKING, st.lists(st.sampled_from(CLASSES), max_size=2)
)
def test_the_article_survives(paragraphs: list[str], taking: Any, beside: list[str]) -> None:
    article = "".join(f"<p class=absatz>Absatz {text}</p>" for text in paragraphs)
    boxes = "".join(f"<div class={name}>Kleines</div>" for name in beside)
    html = (
        f"<nav>Start</nav>{boxes}<div class=artikel id=artikel data-artikel><h1 class=kopf>Anfang</h1>{article}"
        f"<p>Kennwort</p><p class=fuss>Ende</p></div>{boxes}"
    )
    result = Cleaner(as_rules({"remove": {"ad": [taking]}})).clean(html)
    survived = sum(text in result.text for text in paragraphs)
    assert survived == len(paragraphs)
    assert any(removal.held_back and removal.reason for removal in result.removed)


@settings(max_examples=60)
@given(articles(least=5, most=8))
def test_the_built_in_rules_leave_articles_alone(page: Page) -> None:
    assert BUILTIN.clean(page.html).text == EMPTY.clean(page.html).text


# --- 7: bounded ----------------------------------------------------------------------------------


@settings(max_examples=25)
@given(pages(most=4), simple_rules(), st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3))
def test_work_grows_like_the_page(page: Page, names: dict[str, Any], phrases: list[str]) -> None:
    rules = as_rules({"remove": {**names, "player": [{"equals": phrases}, {"css": "p", "starts": phrases}]}})
    cleaner = Cleaner(rules)
    body = "".join(page.blocks)

    def work(times: int) -> int:
        html = "<p>x</p>" + f"<div>{body}</div>" * times
        return steps(lambda: cleaner.clean(html).html)

    work(2)
    small, large = work(8), work(32)
    assert large < 6 * small + 2000


@settings(max_examples=15)
@given(pages(most=4))
def test_work_of_the_built_in_rules_grows_like_the_page(page: Page) -> None:
    body = "".join(page.blocks)

    def work(times: int) -> int:
        html = f"<div>{body}</div>" * times
        return steps(lambda: BUILTIN.clean(html).text)

    work(2)
    small, large = work(8), work(32)
    assert large < 6 * small + 2000


def test_work_does_not_grow_with_the_rules() -> None:
    """Rules that a page does not call for cost nothing for the page."""
    html = "".join(f"<p class={name}>{phrase} und mehr</p>" for name in CLASSES for phrase in PHRASES)

    def work(count: int) -> int:
        more = [f".fremd-{n}" for n in range(count)] + [{"starts": f"fremde Worte {n}"} for n in range(count)]
        cleaner = Cleaner(as_rules({"remove": {"ad": [".ad", *more]}}))
        cleaner.clean(html)
        return steps(lambda: cleaner.clean(html).text)

    assert work(2000) < 1.5 * work(10) + 2000
