"""The hot parts, each on its own (pytest-benchmark): `make hot` runs them and compares them with `baseline.json`.

The page is a shipped example, sixteen times over, so full of nuisance; parsing alone is one of the parts, all others
are compared as ratios to it, so that another machine gives nearly the same figures.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cleanpage
from cleanpage.article.blocks import Blocks
from cleanpage.article.features import Features
from cleanpage.article.scorer import builtin
from cleanpage.article.statement import stated
from cleanpage.bench.speed import grow
from cleanpage.bench.timing import PARSE, parse_only
from cleanpage.engine.prepared import Prepared
from cleanpage.outline import outline
from cleanpage.page import Limits, parse
from cleanpage.rules.ruleset import Rules
from cleanpage.stored import Page

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "article.html"
URL = "https://www.example.com/news/"

Run = Callable[[], object]


@pytest.fixture(scope="module")
def page() -> Page:
    return list(grow([Page("article", EXAMPLE.read_bytes(), URL)]))[-1]


@pytest.fixture(autouse=True)
def without_collections() -> None:
    """Garbage of the part before is not this part's."""
    gc.collect()


def test_lxml_parse(benchmark: Any, page: Page) -> None:
    benchmark.name = PARSE
    benchmark(parse_only, page)


def test_parse(benchmark: Any, page: Page) -> None:
    benchmark(parse, page.html)


def test_outline(benchmark: Any, page: Page) -> None:
    root, attributes = parse(page.html), Prepared(Rules.builtin()).attributes("")
    benchmark(outline, root, Limits(), attributes)


def test_clean(benchmark: Any, page: Page) -> None:
    cleaner = cleanpage.Cleaner()
    benchmark(lambda: cleaner.clean(page.html, page.url))


def test_text(benchmark: Any, page: Page) -> None:
    cleaner = cleanpage.Cleaner()
    benchmark(lambda: cleaner.clean(page.html, page.url).text)


def test_html(benchmark: Any, page: Page) -> None:
    cleaner = cleanpage.Cleaner()
    benchmark(lambda: cleaner.clean(page.html, page.url).html)


def test_markdown(benchmark: Any, page: Page) -> None:
    cleaner = cleanpage.Cleaner()
    benchmark(lambda: cleaner.clean(page.html, page.url).markdown)


def _features(page: Page) -> tuple[Run, Features]:
    cleaning, _ = cleanpage.Cleaner()._article_cleaning(page.html, page.url, None, None, None)

    def blocks() -> Blocks:
        return Blocks(cleaning.outline, cleaning.view)

    said = stated(cleaning.document.root)
    return blocks, Features(blocks(), said, cleaning.hints)


def test_blocks(benchmark: Any, page: Page) -> None:
    benchmark(_features(page)[0])


def test_features(benchmark: Any, page: Page) -> None:
    of_page = _features(page)[1]

    def fresh() -> object:
        # What a page's features remember is counted each time.
        return Features(Blocks(of_page.blocks.outline, of_page.blocks.view), of_page.stated, of_page.hints).matrix(
            builtin().vocabulary
        )

    benchmark(fresh)


def test_score(benchmark: Any, page: Page) -> None:
    features = _features(page)[1]
    rows, peers, words = features.matrix(builtin().vocabulary), features.peers(), features.blocks.words
    benchmark(lambda: builtin().probabilities(rows, peers, words))


def test_extract(benchmark: Any, page: Page) -> None:
    cleaner = cleanpage.Cleaner()
    benchmark(lambda: cleaner.extract(page.html, page.url).text)


def test_load_rules(benchmark: Any) -> None:
    """The pack is read, and what the first page needs of it."""
    benchmark(lambda: cleanpage.Cleaner(Rules.builtin()).clean(b"<p>A page.</p>").text)
