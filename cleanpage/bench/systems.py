"""What turns a page into text: cleanpage in its parts, what others use instead, and whatever the user names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from ..errors import CleanpageError

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
        from ..rules.checks import nearest

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


def _extract() -> System:
    from ..api import Cleaner

    cleaner = Cleaner()
    return lambda html, url: cleaner.extract(html, url=url).text


def _scorer() -> System:
    from ..api import Cleaner
    from ..rules.ruleset import Rules

    cleaner = Cleaner(Rules())
    return lambda html, url: cleaner.extract(html, url=url).text


def _clean() -> System:
    from ..api import Cleaner

    cleaner = Cleaner()
    return lambda html, url: cleaner.clean(html, url=url).text


def _rules() -> System:
    from ..api import Cleaner
    from ..rules.model import CATEGORIES

    cleaner = Cleaner(categories=CATEGORIES)
    return lambda html, url: cleaner.clean(html, url=url).text


def _generic() -> System:
    from ..api import Cleaner
    from ..rules.ruleset import Rules

    cleaner = Cleaner(Rules.builtin(publishers=False))
    return lambda html, url: cleaner.clean(html, url=url).text


def _plain() -> System:
    from ..api import Cleaner
    from ..rules.ruleset import Rules

    cleaner = Cleaner(Rules())
    return lambda html, url: cleaner.clean(html, url=url).text


# --- others ------------------------------------------------------------------------------------


def _trafilatura() -> System:
    import trafilatura

    return lambda html, url: trafilatura.extract(html, include_comments=False) or ""


def _trafilatura_fast() -> System:
    import trafilatura

    return lambda html, url: trafilatura.extract(html, include_comments=False, fast=True) or ""


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
    "cleanpage.extract": _extract,
    "cleanpage.scorer": _scorer,
    "cleanpage.clean": _clean,
    "cleanpage.rules": _rules,
    "cleanpage.generic": _generic,
    "cleanpage.plain": _plain,
    "trafilatura": _trafilatura,
    "trafilatura_fast": _trafilatura_fast,
    "resiliparse": _resiliparse,
    "readability": _readability,
    "justext": _justext,
    "boilerpy3": _boilerpy3,
    "newspaper4k": _newspaper4k,
    "goose3": _goose3,
}
WHAT_THEY_ARE = {
    "cleanpage.extract": "the article: rules and scorer",
    "cleanpage.scorer": "the article by the scorer alone, without rules",
    "cleanpage.clean": "the page minus nuisance",
    "cleanpage.rules": "the page minus nuisance and site furniture, by rules alone",
    "cleanpage.generic": "the page minus nuisance, publishers' own rules left out",
    "cleanpage.plain": "the page's text, without any rules",
}
