"""Pages and rules made to be slow.

Each case is measured at two sizes on the same machine and must not grow like a square: eight times the page may take
25 times as long, which leaves room for a busy machine and still tells 8 from 64.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cleanpage import Result

from ..support import cleaner, prose, remove

STEP, ROOM = 8, 25
# Less than this is noise.
SECONDS = 0.02


def seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def rendered(result: Result) -> tuple[str, str]:
    return result.text, result.html


def assert_linear(work: Callable[[int], object], size: int) -> None:
    work(10)
    small = seconds(lambda: work(size))
    large = seconds(lambda: work(STEP * size))
    assert large < ROOM * max(small, SECONDS), f"{small:.3f} s for {size}, {large:.3f} s for {STEP * size}"


def siblings(inner: str, outer: str = "<div>{}</div>") -> Callable[[int], str]:
    return lambda count: outer.format(inner * count)


def quadratic(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, reason=f"grows like a square: {reason}")


CASES = [
    pytest.param(".x", siblings("<p class=x>a</p><p>b</p>"), 400, id="siblings with a class"),
    pytest.param("{css: p, equals: Anzeige}", siblings("<p>Anzeige</p><p>b</p>"), 400, id="siblings with a phrase"),
    pytest.param("{equals: Anzeige}", siblings("Anzeige<br>b<br>"), 1000, id="texts in one element"),
    pytest.param("{css: div, text: Werbung}", siblings(f"<p>Werbung {prose(30)}</p>"), 500, id="a phrase many times in a box"),
    pytest.param("{css: div, text: Werbung, unless: p}", siblings(f"<p>Werbung {prose(30)}</p>"), 500, id="a phrase in a box that stays"),
    pytest.param("{css: div, text: Werbung, matches: nie}", siblings(f"<p>Werbung {prose(30)}</p>"), 500, id="a pattern over a box"),
    pytest.param("{css: p, text: a, max_words: 3}", siblings("<p>a b c d</p>"), 1000, id="too many words"),
    pytest.param("{css: a, equals: Mehr}", siblings("<a>Mehr</a> wort ", "<p>{}</p>"), 40, id="links in one line"),
    pytest.param("{css: a, starts: Mehr}", siblings("<a>Mehr b</a> Mehr ", "<p>{}</p>"), 24, id="links that start so in one line"),
    pytest.param("{css: b, text: Mehr}", siblings("<b>Mehr</b> x", "<p>{}</p>"), 150, id="parts of one line"),
    pytest.param("{css: .x, scope: rest}", siblings("<p class=x>a</p>"), 1000, id="rest"),
    pytest.param("{css: .x, scope: preceding}", siblings("<p class=x>a</p>"), 1000, id="preceding"),
    pytest.param("{css: .x, scope: section}", siblings("<p class=x>a</p>"), 400, id="section without headings"),
    pytest.param("{css: .x, scope: section}", siblings("<h2 class=x>a</h2><p>b</p>"), 400, id="section with headings"),
    pytest.param("{css: .x, scope: closest section}", siblings("<p class=x>a</p>"), 400, id="closest"),
    pytest.param("{css: .y ~ .x}", siblings("<p class=x>a</p>"), 250, id="siblings before"),
    pytest.param("{css: '.x:nth-child(3n)'}", siblings("<p class=x>a</p>"), 600, id="nth-child"),
    pytest.param("{css: '.x:has(.y)'}", siblings("<p class=x>a</p>"), 1000, id="has"),
    pytest.param("{css: 'div:has(.y)', text: a}", siblings("<div>a", "{}"), 30, id="has on nested boxes"),
    pytest.param("{css: .no div div div .x}", siblings("<div>", "{}<p class=x>a"), 12, id="ancestors, again and again"),
    pytest.param("{css: .no div .x}", siblings("<div><p class=x>a</p>", "{}"), 30, id="ancestors of many"),
    pytest.param("{css: div, text: tief}", siblings("<div>tief", "{}"), 40, id="a phrase at every depth"),
    pytest.param("{css: .x, unless: .y}", siblings("<div class=x>a", "{}<i class=y></i>"), 200, id="unless at every depth"),
    pytest.param("{css: .x, text: nie}", siblings("<div class=x>a b c", "{}"), 200, id="text at every depth"),
    pytest.param("'.x:first-child'", siblings("<p class=x>a</p>"), 40, id="a chain of removals", marks=quadratic("each round looks at the whole page")),
    pytest.param("{xpath: '//p[@x]'}", siblings("<p x>a</p><p>b</p>"), 400, id="XPath"),
    pytest.param("{css: p, matches: '(a|b)*a(a|b){40}c'}", siblings("<p>abababababababababab</p>"), 500, id="a hard pattern"),
    pytest.param("{css: p, matches: '(a+)+$'}", siblings("a", "<p>{}b</p>"), 5000, id="a pattern other engines hang on"),
    pytest.param("{css: '[data-x*=y]'}", siblings("<p data-x=axb>a</p>"), 1000, id="attributes"),
    pytest.param("{text: aa}", siblings("a", "<p>{}</p>"), 20_000, id="overlapping phrases"),
]  # fmt: skip


@pytest.mark.timing
@pytest.mark.parametrize(("rule", "page", "size"), CASES)
def test_time_grows_like_the_page(rule: str, page: Callable[[int], str], size: int) -> None:
    found = cleaner("publisher: X\ndomains: [x.de]\n" + remove(rule))
    assert_linear(lambda count: rendered(found.clean(page(count), url="http://x.de")), size)


@pytest.mark.timing
def test_time_for_the_reasons_grows_like_the_page() -> None:
    found = cleaner(remove(".x"))
    page = siblings("<p class=x>a</p><p>b</p>")
    assert_linear(lambda count: found.clean(page(count)).removed, 200)


LINES = [
    pytest.param(
        "{from: a, to: nie, max_lines: 1000000}",
        "a b\n",
        250,
        id="spans without an end",
    ),
    pytest.param("{from: a, to: b}", "a\nc\nb\n", 3000, id="spans"),
    pytest.param("{line: a}", "a\nb\n", 5000, id="lines"),
]


@pytest.mark.timing
@pytest.mark.parametrize(("rule", "unit", "size"), LINES)
def test_time_grows_like_the_text(rule: str, unit: str, size: int) -> None:
    found = cleaner(f"lines:\n  ad:\n    - {rule}\n")
    assert_linear(lambda count: rendered(found.clean_text(unit * count)), size)


def test_a_hundred_thousand_siblings() -> None:
    rules = "remove:\n  ad:\n    - .x\n    - {css: p, starts: Anzeige}\n    - {equals: weg}\n"
    html = "<div>" + "<p class=x>a</p><p>Anzeige b</p><p>weg</p><p>da</p>" * 25_000 + "</div>"
    result = cleaner(rules).clean(html)
    assert result.text == "\n".join(["da"] * 25_000)
    assert result.html.count("<p") == 25_000


def test_as_many_rules_as_words() -> None:
    selectors = "".join(f"    - .c{number}\n    - {{css: p, starts: phrase{number} x}}\n" for number in range(3000))
    found = cleaner("remove:\n  ad:\n" + selectors)
    html = "".join(f"<p class=c{number}>a</p><p>phrase{number} x y</p><p>b</p>" for number in range(0, 3000, 3))
    assert found.clean(html).text == "\n".join(["b"] * 1000)


@pytest.mark.parametrize("depth", [1000, 1900])
@pytest.mark.parametrize("tag", ["div", "span", "section"])
def test_deep_pages(depth: int, tag: str) -> None:
    rules = "remove:\n  ad:\n    - {css: .x, scope: closest .y}\n    - {text: weg, max_words: 3}\n    - {css: .z, scope: rest}\n"
    html = f"<p>vor</p>{f'<{tag}>' * depth}<p class=y><b class=x>a</b>b</p><p>weg</p><p>da</p><p class=z>c</p>"
    assert cleaner(rules).clean(html).text == "vor\nda"


def test_a_page_of_one_long_line() -> None:
    html = "<p>" + "wort " * 500_000 + "<b class=x>weg</b></p>"
    assert len(cleaner(remove(".x")).clean(html).text) == 5 * 500_000 - 1


def test_attributes_without_number() -> None:
    many = " ".join(f"a{number}=x" for number in range(20_000))
    classes = " ".join(f"c{number}" for number in range(50_000))
    html = f"<p {many}>a</p><p class='{classes}'>b</p>"
    assert cleaner("remove:\n  ad: ['.c49999', '[a19999=y]']\n").clean(html).text == "a"
