"""Work grows like the input, for inputs made to be expensive: counted in lines of Python, not timed.

What libxml2, RE2 and other libraries do is not counted; `benchmarks/bounds.py` measures time and memory.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from cleanpage import Cleaner, PageError, RuleError, Rules
from cleanpage.batch.body import Coded
from cleanpage.batch.document import DocumentError
from cleanpage.batch.sources import Reading, Sources

from ..properties.counting import steps
from . import bombs, entries

BUILTIN = Cleaner(Rules.builtin(publishers=False))
URL = "https://example.com/"
# Four times the input may take five times the work, and what beginning takes.
TIMES, ROOM, START = 4, 5.5, 4000
# What is only bounded: by how deep pages may be, by how often rules are tried again.
BOUNDED = {":first-child, again and again", ":last-of-type"}


@pytest.mark.parametrize("name", bombs.PAGES)
def test_work_grows_like_the_page(name: str) -> None:
    def work(size: int) -> int:
        html = bombs.PAGES[name](size)
        return steps(lambda: _text(html))

    work(300)
    small, large = work(3000), work(TIMES * 3000)
    assert large < ROOM * small + START


def _text(html: str) -> None:
    try:
        result = BUILTIN.clean(html)
        result.html  # noqa: B018
        result.removed  # noqa: B018
    except PageError:
        pass


@pytest.mark.parametrize("name", [name for name in bombs.EXPENSIVE if name not in BOUNDED and "nested" not in name])
def test_work_of_expensive_rules_grows_like_the_page(name: str) -> None:
    rule, maker = bombs.EXPENSIVE[name]
    cleaner = Cleaner(Rules.parse(f"publisher: X\ndomains: [example.com]\nremove:\n  ad:\n    - {rule}\n"))

    def work(size: int) -> int:
        html = maker(size)
        return steps(lambda: cleaner.clean(html, url=URL).html)

    work(4000)
    small, large = work(4000), work(TIMES * 4000)
    assert large < ROOM * small + START


@pytest.mark.parametrize("name", [name for name in bombs.EXPENSIVE if "nested" in name])
def test_work_of_expensive_rules_is_bounded_by_the_depth_of_pages(name: str) -> None:
    rule, maker = bombs.EXPENSIVE[name]
    cleaner = Cleaner(Rules.parse(f"publisher: X\ndomains: [example.com]\nremove:\n  ad:\n    - {rule}\n"))
    html = maker(1)
    count = html.count("<")
    assert steps(lambda: cleaner.clean(html, url=URL).text) < 300 * count + START


@pytest.mark.parametrize("name", bombs.TEXTS)
def test_work_grows_like_the_text(name: str) -> None:
    def work(size: int) -> int:
        text = bombs.TEXTS[name](size)
        return steps(lambda: BUILTIN.clean_text(text).html)

    work(2000)
    small, large = work(2000), work(TIMES * 2000)
    assert large < ROOM * small + START


@pytest.mark.parametrize("name", bombs.RULES)
def test_work_grows_like_the_rule_file(name: str) -> None:
    def work(size: int) -> int:
        text = bombs.RULES[name](size)
        return steps(lambda: _used(text))

    work(3000)
    small, large = work(3000), work(TIMES * 3000)
    assert large < ROOM * small + 20_000


def _used(text: str) -> None:
    try:
        Cleaner(Rules.parse(text)).clean("<p class=x>a</p>")
    except RuleError as error:
        assert all(problem.line > 0 and problem.column > 0 for problem in error.problems)


@pytest.mark.parametrize("name", bombs.ARCHIVES)
def test_archives_end_with_pages_or_errors(name: str, tmp_path: Path) -> None:
    path, make = bombs.ARCHIVES[name]
    file = tmp_path / path
    file.write_bytes(make(20_000))
    for entry in Sources([str(file)], Reading(max_bytes=10_000)).entries():
        assert entry is not None
        try:
            document = entry.read(10_000)
        except DocumentError:
            continue
        assert len(document.content) <= 4 * 10_000


# --- single finds ------------------------------------------------------------------------------


def test_comments_after_the_end_of_a_page() -> None:
    """They could be read as one comment or as several: all of the ways were tried, twice as many for each comment."""
    html = "<html><body><p>a</p></body></html>" + "<!--x-->" * 60 + "<p>b</p>"
    assert BUILTIN.clean(html).text == "a\nb"


def test_a_page_with_two_roots() -> None:
    assert BUILTIN.clean("<html/><p>a</p>").text == "a"
    assert BUILTIN.clean("<!><html/>  <title>t</title><p>a").metadata.title == "t"


@pytest.mark.parametrize("name", ["{", "{}", "\x1a", '"', "{x}y", "a:b"])
def test_odd_names_of_attributes(name: str) -> None:
    cleaner = Cleaner(Rules.parse("strip_attributes: ['//@*']\nremove: {ad: [.x, '[data-x]']}\n") + Rules.builtin())
    for html in (f"<html {name}><p class=x>a</p><p>b", f"<p {name} {name}=1 class=x>a</p><p {name}>b"):
        assert cleaner.clean(html).text == "b"
        assert cleaner.extract(html).html


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1c", "\ufffe", "\uffff", "\x7f", "\ufdd0"])
def test_characters_that_a_tree_cannot_be_given(character: str) -> None:
    """They are moved with the text before the body's first element, and with that of streamed parts."""
    head = f"<html><head><article>a</article>{character}</head>b{character}c<p>d</p>"
    assert BUILTIN.clean(head).text.split()[0] == "a"
    parts = f"<body><main><template id=B:0></template></main><div hidden id=S:0>x</div>y{character}z"
    assert "x" in BUILTIN.clean(parts).text


def test_text_without_references_is_read_the_same_again() -> None:
    cleaner = Cleaner(Rules())
    for html in ("<p>a<plaintext>&amp; <b>", "<ul><xmp>&lt;</xmp>b</ul>c", "<iframe>&<p></iframe>d", "<p>a&#13;b"):
        once = cleaner.clean(html)
        again = cleaner.clean(once.html)
        assert (again.text, again.html) == (once.text, once.html)


def test_a_part_of_preformatted_text_keeps_its_white_space() -> None:
    cleaner = Cleaner(Rules.parse("remove: {ad: [.x]}"))
    once = cleaner.clean("<pre>a  b\u00a0c <b class=x>d</b>\n e</pre>")
    assert once.text == "a  b\u00a0c\n e"
    assert cleaner.clean(once.html).text == once.text


def test_patterns_too_large_to_be_looked_for_together() -> None:
    patterns = "".join(f"    - {{matches: '(?:a{number}[^x]{{200}}){{4}}b', max_words: 900}}\n" for number in range(60))
    cleaner = Cleaner(Rules.parse(f"remove:\n  ad:\n    - matches: ^weg$\n{patterns}"))
    assert cleaner.clean("<p>weg</p><p>da</p>").text == "da"


def test_a_set_of_patterns_that_cannot_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    import re2

    class Refusing:
        @staticmethod
        def SearchSet(options: object) -> Refusing:
            return Refusing()

        def Add(self, pattern: str) -> None: ...

        def Compile(self) -> None:
            raise re2.error("failed to compile Set")

    cleaner = Cleaner(Rules.parse("remove: {ad: [{matches: ^weg$}, {matches: nie}]}"))
    monkeypatch.setattr(re2, "Set", Refusing)
    assert cleaner.clean("<p>weg</p><p>da</p>").text == "da"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("'" + ".x" * 5001 + "'", "too many for a CSS selector"),
        ("{text: '" + "x" * 10_001 + "'}", "too many for a phrase"),
        ("{xpath: '//p[" + "@a or " * 2000 + "@b]'}", "too many for a XPath expression"),
        ("{matches: '" + "x" * 2001 + "'}", "more than 2,000 characters"),
        ("{css: .x, path: '/" + "x" * 2001 + "'}", "more than 2,000 characters"),
        ("'" + "div " * 70 + ".x'", "more than 64 combinators"),
        ("'p:not(" + "div:not(.a) > " * 70 + ".x)'", "more than 64 combinators"),
    ],
)
def test_rules_longer_than_anybody_writes(rule: str, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rules.parse(f"remove:\n  ad:\n    - {rule}\n")
    (problem,) = caught.value.problems
    assert says in str(problem)
    assert problem.line == 3


def test_a_body_that_is_unpacked_in_steps_is_whole() -> None:
    data = bombs.noise(300_000)
    assert Coded(gzip.compress(data, 1), None).unpacked(None, "gzip", 1 << 20) == data
    with pytest.raises(DocumentError, match="more than the 1,000 bytes"):
        Coded(gzip.compress(data), None).unpacked(None, "gzip", 1000)
    with pytest.raises(DocumentError, match="damaged"):
        Coded(gzip.compress(data, 1)[:200_000], None).unpacked(None, "gzip", 1 << 20)


# --- the corpus --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", entries.ENTRIES)
def test_the_corpus(name: str) -> None:
    found = entries.corpus(name)
    assert found
    for data in found:
        entries.ENTRIES[name](data)


def test_an_archive_is_read_on_in_its_middle() -> None:
    """The entry's own check: a fault in where reading goes on is one here."""
    from cleanpage.batch.warc import archived_pages

    data = entries.corpus("warc")[0]
    found = [entry.id for entry in archived_pages(io.BytesIO(data), "a.warc", 1 << 20, None)]
    assert len(found) > 2


def test_alias_bombs_are_named_with_their_place() -> None:
    with pytest.raises(RuleError) as caught:
        Rules.parse("a: &a [x, x]\nb: &b [*a, *a]\nremove: {ad: [.x]}\n")
    assert "1:4: anchors and aliases are not part of the format" in str(caught.value)
