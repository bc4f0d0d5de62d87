"""What turns a page into text: cleanpage in its parts, what others use instead, and whatever the user names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from ..api import Cleaner
from ..errors import CleanpageError
from ..rules.checks import nearest
from ..rules.model import CATEGORIES
from ..rules.ruleset import Rules

# From a page's bytes and address to its text, one block a line.
System = Callable[[bytes, str | None], str]


def load_system(name: str) -> System:
    """A system by its name.

    Args:
        name: one of `SYSTEMS`, or `package.module:function` for any function of (html: bytes, url: str | None) that
            returns text.

    Raises:
        CleanpageError: there is no such system, or it is not installed.
    """
    module, colon, function = name.partition(":")
    if colon:
        return _named(module, function)
    if name not in SYSTEMS:
        raise CleanpageError(
            f"unknown system {name!r}: {nearest(name, list(SYSTEMS))}; package.module:function names one of yours"
        )
    try:
        return SYSTEMS[name]()
    except ImportError as error:
        raise CleanpageError(f"{name} is not installed ({error}): pip install 'cleanpage[peers]'") from error


def _named(module: str, function: str) -> System:
    # A user's own function lies where he is, as for `python -m`.
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise CleanpageError(f"there is no system {module}:{function}: {error}") from error
    if not callable(found):
        raise CleanpageError(f"{module}:{function} is no function of (html: bytes, url: str | None)")
    return lambda html, url: str(found(html, url) or "")


# --- cleanpage ---------------------------------------------------------------------------------


def _of_ours(
    mode: Literal["clean", "extract"], rules: Rules | None = None, categories: Iterable[str] | None = None
) -> System:
    cleaner = Cleaner(rules, categories)
    run = cleaner.clean if mode == "clean" else cleaner.extract
    return lambda html, url: run(html, url=url).text


# --- others ------------------------------------------------------------------------------------


def _trafilatura(fast: bool = False) -> System:
    import trafilatura

    return lambda html, url: trafilatura.extract(html, include_comments=False, fast=fast) or ""


def _resiliparse() -> System:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def run(html: bytes, url: str | None) -> str:
        tree = HTMLTree.parse_from_bytes(html, detect_encoding(html))
        return str(extract_plain_text(tree, main_content=True, alt_texts=False))

    return run


def _readability() -> System:
    import html_text
    from readability import Document

    return lambda html, url: str(html_text.extract_text(Document(_decoded(html)).summary()))


def _justext() -> System:
    import justext

    stop_words = justext.get_stoplist("English")

    def run(html: bytes, url: str | None) -> str:
        return "\n".join(one.text for one in justext.justext(html, stop_words) if not one.is_boilerplate)

    return run


def _boilerpy3() -> System:
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor(raise_on_failure=False)
    return lambda html, url: str(extractor.get_content(_decoded(html)))


def _newspaper4k() -> System:
    import newspaper

    def run(html: bytes, url: str | None) -> str:
        article = newspaper.Article(url or "http://example.com/", fetch_images=False)
        article.download(input_html=_decoded(html))
        article.parse()
        return str(article.text)

    return run


def _goose3() -> System:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})
    return lambda html, url: str(goose.extract(raw_html=_decoded(html)).cleaned_text)


def _decoded(html: bytes) -> str:
    """For those who take text only."""
    return html.decode("utf-8", "replace")


SYSTEMS: dict[str, Callable[[], System]] = {
    # The article, by rules and scorer, or by the scorer alone.
    "cleanpage.extract": lambda: _of_ours("extract"),
    "cleanpage.scorer": lambda: _of_ours("extract", Rules()),
    # The page minus nuisance; with site furniture gone, too; without publishers' own rules; without any.
    "cleanpage.clean": lambda: _of_ours("clean"),
    "cleanpage.rules": lambda: _of_ours("clean", categories=CATEGORIES),
    "cleanpage.generic": lambda: _of_ours("clean", Rules.builtin(publishers=False)),
    "cleanpage.plain": lambda: _of_ours("clean", Rules()),
    "trafilatura": _trafilatura,
    "trafilatura_fast": lambda: _trafilatura(fast=True),
    "resiliparse": _resiliparse,
    "readability": _readability,
    "justext": _justext,
    "boilerpy3": _boilerpy3,
    "newspaper4k": _newspaper4k,
    "goose3": _goose3,
}
