"""What a page states of its article: its title, and the text that stands in its structured data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

_TITLES: Any = etree.XPath("(./head/meta[@property='og:title']/@content | ./head/title/text())[1]")
_DESCRIPTION: Any = etree.XPath(
    "(./head/meta[@name='description']/@content | ./head/meta[@property='og:description']/@content)[1]"
)
_JSON_LD: Any = etree.XPath("descendant-or-self::script[contains(@type, 'ld+json')]")
_KIND: Any = etree.XPath("(./head/meta[@property='og:type']/@content)[1]")
_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:https?://schema\.org/)?(\w+)"')
_TYPES_READ = 200_000  # characters of a script
# Structured data is read to this depth, and no more of it than this: more would be no statement about an article.
_DEEPEST, _MOST_VALUES = 12, 20_000


@dataclass(frozen=True)
class Stated:
    """What a page says of itself.

    Attributes:
        title, description: empty if it does not say them.
        kinds: what it says that it is: its type in OpenGraph, and those in its JSON-LD.
        json_ld: its JSON-LD, as it was written.
    """

    title: str = ""
    description: str = ""
    kinds: frozenset[str] = frozenset()
    json_ld: tuple[str, ...] = field(default=(), repr=False)


def stated(root: etree._Element) -> Stated:
    """What a page says of itself."""
    json_ld = tuple(script.text for script in _JSON_LD(root) if script.text)
    kinds = {str(name).lower() for text in json_ld for name in _TYPE.findall(text[:_TYPES_READ])}
    kinds.update("og " + str(kind).strip().lower() for kind in _KIND(root))
    return Stated(_first(_TITLES(root)), _first(_DESCRIPTION(root)), frozenset(kinds), json_ld)


def _first(found: list[Any]) -> str:
    return " ".join(str(found[0]).split()) if found else ""


def article_body(stated: Stated) -> str:
    """The longest `articleBody` of a page's JSON-LD, as lines of text; empty if there is none."""
    bodies = [value for text in stated.json_ld if "articleBody" in text for value in _bodies(text)]
    return _plain(max(bodies, key=len)) if bodies else ""


def _bodies(text: str) -> Iterator[str]:
    try:
        waiting: list[tuple[Any, int]] = [(json.loads(text, strict=False), 0)]
    except (ValueError, RecursionError):
        return
    read = 0
    while waiting and read < _MOST_VALUES:
        value, depth = waiting.pop()
        read += 1
        if depth > _DEEPEST:
            continue
        if isinstance(value, dict):
            body = value.get("articleBody")
            if isinstance(body, str):
                yield body
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]


def _plain(body: str) -> str:
    """A statement without the markup that some put into it."""
    body = body.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if "<" in body or "&" in body:
        try:
            tree = etree.HTML(body)
        except (etree.LxmlError, ValueError):
            tree = None
        if tree is not None:
            body = "\n".join(str(text) for text in tree.itertext())
    return "\n".join(line for line in (" ".join(line.split()) for line in body.splitlines()) if line)
