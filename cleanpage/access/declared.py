"""What a publisher declares of an article: whether it is free, and which part of the page is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..metadata.markup import Markup
from ..metadata.statements import Statements, Thing, texts

# `cssSelector` is for names; anything else is not followed: it comes from the page, and may cost what it likes.
_NAME = re.compile(r"\s*([a-z][a-z0-9]*)?([.#])(-?[_a-z][\w-]{0,100})\s*", re.I)
_MOST_PARTS = 20
_VALUES = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Declared:
    """A publisher's statement.

    Attributes:
        free: what `isAccessibleForFree` says of the article, None if nothing.
        classes, ids: names of the elements that are said not to be free.
    """

    free: bool | None = None
    classes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def declared(root: etree._Element, url: str) -> Declared:
    """What the page's JSON-LD, or else its microdata, declares of its article.

    Args:
        root: the page's tree, as it was parsed.
        url: the page's address, empty if unknown.
    """
    statements = Statements(root)
    for article in statements.articles([url, Markup(root).link("canonical")]):
        parts = [part for part in statements.things(article.get("hasPart")) if _free(part) is False]
        names = [name for part in parts for text in texts(part.get("cssSelector")) for name in _names(text)][
            :_MOST_PARTS
        ]
        free = _free(article)
        if free is None and parts:
            free = False
        if free is not None:
            return Declared(
                free,
                tuple(name for mark, name in names if mark == "."),
                tuple(name for mark, name in names if mark == "#"),
            )
    return Declared(next(_microdata(root), None))


def _free(thing: Thing) -> bool | None:
    value = thing.get("isAccessibleForFree")
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, bool) else _value(value)


def _value(value: object) -> bool | None:
    """A truth value that is written as a text: `False`, or `https://schema.org/False`."""
    return _VALUES.get(value.rpartition("/")[2].strip().casefold()) if isinstance(value, str) else None


def _names(selectors: str) -> Iterator[tuple[str, str]]:
    """The names in a list of selectors, each with its mark; nothing if one is more than a name."""
    found = [_NAME.fullmatch(part) for part in selectors[:1000].split(",")]
    if all(found):
        yield from ((one[2], one[3]) for one in found if one is not None)


def _microdata(root: etree._Element) -> Iterator[bool]:
    for element in root.iter("meta", "link", "span"):
        if "isaccessibleforfree" in (element.get("itemprop") or "").casefold().split():
            value = _value(element.get("content") or element.get("href") or element.text)
            if value is not None:
                yield value
