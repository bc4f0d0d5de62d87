"""An article's title, taken from what a page states of it, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..rules.phrases import fold
from .dates import parse_date

_SEPARATOR = re.compile(r"\s+[-–—|·•:»›/ㅣ│｜]+\s+|\s*[|ㅣ│｜»›：]\s*|-(?=[^-\s]{1,12}[ㅣ│｜|])")
_WORD = re.compile(r"\w+")
# A heading shares at least this part of its words, or of the other's, with another title of the same article.
_LIKE = 0.3
_SIGNS = re.compile(r"[\W_]+")
MOST_PARTS = 12
# Names of sites and sections are shorter, in characters without white space and signs.
_LONGEST_NAME = 60


def bare_name(name: str) -> str:
    """A name without white space, signs and case, by which names of sites are compared."""
    return _SIGNS.sub("", fold(name))


def without_site(title: str, sites: Iterable[str], others: Iterable[str] = ()) -> str:
    """A title without the parts at its end that name the site, or give a date.

    Args:
        title: such as `Bridge opens | Region | Example News`.
        sites: the names of the site.
        others: other titles of the page: where one of them is all that stands before a separator, it is the title.
    """
    title = " ".join(title.split())
    names = {name for site in sites if (name := bare_name(site))}
    alike = {bare_name(other) for other in others}
    cuts = list(_SEPARATOR.finditer(title))[-MOST_PARTS:]
    end = len(title)
    for cut in reversed(cuts):
        if bare_name(title[cut.end() : end]) in names or _is_date(title[cut.end() : end]):
            end = cut.start()
        elif end < len(title) and cut[0] == "-" and _is_uncased(title[cut.start() - 1] + title[cut.end() : end]):
            end = cut.start()  # a section that is joined to the title, in a script without capitals
        elif bare_name(title[: cut.start()]) in alike and 0 < len(bare_name(title[cut.end() :])) < _LONGEST_NAME:
            return title[: cut.start()]
    return title[:end] or title


def chosen(social: str, headline: str, headings: Iterable[str], page: str, *, is_news: bool) -> str:
    """The title, of those that different sources give; empty if none does.

    News sites write what is shared for readers; where search engines are shown the same, and the statement about the
    article has another headline, that one was written for readers. Elsewhere it is the heading that readers see, and
    what is shared is for search engines.

    Args:
        social: what is shown where the page is shared.
        headline: what the statement about the article says.
        headings: the page's main headings, in their order.
        page: the text of `title`.
        is_news: whether the page states that it is a news article.
    """
    headings = list(headings)
    if is_news and social and headline and bare_name(social) == bare_name(page) != bare_name(headline):
        return headline
    heading = _article_heading(headings, [title for title in (social, headline, page) if title])
    if heading and not is_news:
        return heading
    return next((title for title in (social, headline, heading, page, *headings) if title), "")


def _article_heading(headings: list[str], others: list[str]) -> str:
    """The first heading that names what the page's other titles name, and not, say, the site; empty if none does."""
    known = [_words(title) for title in others]
    for heading in headings:
        words = _words(heading)
        if words and (not known or any(len(words & other) >= _LIKE * min(len(words), len(other)) for other in known)):
            return heading
    return ""


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(title)))


def dates_at_end(title: str) -> list[str]:
    """The parts of a title that are dates, as in `Bridge opens | Example News | 28.04.2024`."""
    return [part for part in _SEPARATOR.split(title)[1:][:MOST_PARTS] if _is_date(part)]


def _is_uncased(text: str) -> bool:
    return text[1:].isalpha() and text.upper() == text.lower()


def _is_date(text: str) -> bool:
    return len(text) < 30 and parse_date(text) is not None
