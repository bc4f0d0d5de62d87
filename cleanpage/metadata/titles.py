"""An article's title, taken from what a page states of it, without the name of the site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..rules.phrases import fold
from .dates import parse_date

_SEPARATOR = re.compile(r"\s+[-–—|·•:»›/ㅣ│｜]+\s+|\s*[|ㅣ│｜»›]\s*|-(?=[^-\s]{1,12}[ㅣ│｜|])")
_SIGNS = re.compile(r"[\W_]+")
MOST_PARTS = 12


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
        elif bare_name(title[: cut.start()]) in alike and len(title[cut.start() :]) < 60:
            return title[: cut.start()]
    return title[:end] or title


def chosen(titles: list[str]) -> str:
    """The title that most of the sources give; of those that are given equally often, the first."""
    counts = Counter(map(bare_name, titles))
    return max(titles, key=lambda title: counts[bare_name(title)], default="")


def _is_date(text: str) -> bool:
    return len(text) < 30 and parse_date(text) is not None
