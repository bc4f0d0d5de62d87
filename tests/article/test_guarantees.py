"""What never breaks, for `extract`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, PageError, Rules

from ..properties.strategies import Page, articles, as_rules, is_subsequence, pages, rule_files, visible_words
from .pages import ARTICLES, article

URL = "https://www.example.com/sport/artikel.html"
FILES = st.lists(rule_files(), min_size=1, max_size=2)
GENERIC = Cleaner(Rules.builtin(publishers=False))


@settings(max_examples=80)
@given(pages(), FILES)
def test_nothing_is_invented(page: Page, files: list[dict[str, Any]]) -> None:
    result = Cleaner(as_rules(*files)).extract(page.html, url=URL)
    visible = visible_words(page.html)
    assert is_subsequence(result.text.split(), visible)
    assert is_subsequence(visible_words(result.html), visible)
    assert visible_words(result.html) == result.text.split()


@settings(max_examples=80)
@given(pages(), FILES)
def test_what_a_rule_took_stays_away(page: Page, files: list[dict[str, Any]]) -> None:
    cleaner = Cleaner(as_rules(*files))
    everything = Cleaner(cleaner.rules, categories=cleaner.categories | {"chrome"})
    assert is_subsequence(
        cleaner.extract(page.html, url=URL).text.split(), everything.clean(page.html, url=URL).text.split()
    )


@settings(max_examples=80)
@given(st.one_of(pages(), articles()))
def test_once_is_enough(page: Page) -> None:
    cleaner = Cleaner(Rules())
    once = cleaner.extract(page.html, url=URL)
    twice = cleaner.extract(once.html, url=URL)
    assert (twice.text, twice.html) == (once.text, once.html)


@settings(max_examples=40)
@given(articles())
def test_once_is_enough_with_the_built_in_rules(page: Page) -> None:
    once = GENERIC.extract(page.html, url=URL)
    assert GENERIC.extract(once.html, url=URL).text == once.text
    assert GENERIC.clean(once.html, url=URL).text == once.text


@settings(max_examples=40)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
def test_whatever_the_input_no_other_error_leaves(data: bytes | str) -> None:
    with contextlib.suppress(PageError):
        assert isinstance(GENERIC.extract(data).html, str)


def _digest() -> str:
    total = hashlib.sha256()
    for language in sorted(ARTICLES):
        result = GENERIC.extract(article(language)[2])
        total.update(repr((result.text, result.html, result.removed, result.evidence)).encode())
    return total.hexdigest()


def test_same_in_same_out_in_every_process() -> None:
    code = "from tests.article.test_guarantees import _digest; print(_digest())"
    printed = set()
    for seed, threads in (("0", "1"), ("1", "4")):
        environment = {
            **os.environ,
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads),
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        printed.add(done.stdout.strip())
    assert printed == {_digest()}


def test_same_in_same_out_in_every_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: _digest(), range(8)))) == 1


def test_same_in_same_out_in_every_worker() -> None:
    made = [article(language)[2] for language in sorted(ARTICLES)]
    here = [GENERIC.extract(html).text for html in made]
    found = [result.text for result in GENERIC.extract_many([(html, None) for html in made], workers=2)]
    assert found == here


def test_same_in_same_out_whatever_was_read_before() -> None:
    """What is remembered of elements and names, of this page and of others, changes nothing."""
    fresh = _digest()
    other = article("en")[2].replace("<p>", '<p class="article-body main" id="content">')
    GENERIC.extract(other)
    assert _digest() == fresh
