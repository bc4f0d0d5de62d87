"""What a page states of itself as JSON-LD, in the terms of schema.org.

Statements are the publisher's and may be anything: broken, huge, nested without end. What is read is bounded, and
what does not have the type that belongs there counts as not said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from lxml import etree

from .vocabulary import vocabulary

# Characters of JSON that are read on a page, and objects that are looked at.
MAX_CHARACTERS = 4_000_000
MAX_OBJECTS = 20_000
# Statements about articles that are asked.
MAX_ARTICLES = 20
# Values in one property, such as authors.
MAX_VALUES = 100
# A string, closed or not, or a comma before a closing bracket. Each part is possessive, so no text is read twice.
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|,(?=\s*+[}\]])', re.S)

Thing = dict[str, Any]


class Statements:
    """The JSON-LD of a page.

    Args:
        root: the page's tree.
    """

    def __init__(self, root: etree._Element) -> None:
        self._by_id: dict[str, Thing] = {}
        self._found: list[tuple[int, int, Thing]] = []
        for place, (depth, thing) in enumerate(_things(_parsed(root))):
            name = thing.get("@id")
            if isinstance(name, str) and len(thing) > len(self._by_id.get(name, ())):
                self._by_id[name] = thing
            if depth >= 0:
                self._found.append((depth, place, thing))

    def articles(self, urls: Iterable[str]) -> list[Thing]:
        """What is said of the page's article, the best statement first.

        Args:
            urls: the page's addresses; a statement about another one comes last.
        """
        ranks, own = vocabulary().types, {_bare(url) for url in urls if url}
        ranked = []
        for depth, place, thing in self._found:
            rank = min((ranks[name] for name in types_of(thing) if name in ranks), default=None)
            if rank is not None:
                about = {_bare(url) for url in self._addresses(thing)}
                foreign = bool(about and own and not about & own)
                ranked.append((_is_list(thing) or foreign, rank, not about & own, depth, place, thing))
        ranked.sort(key=lambda entry: entry[:5])
        return [entry[-1] for entry in ranked[:MAX_ARTICLES]]

    def sites(self) -> Iterator[str]:
        """Names of the site and its publisher."""
        for _, _, thing in self._found:
            for publisher in self.things(thing.get("publisher")):
                yield from texts(publisher.get("name"))
        for _, _, thing in self._found:
            if "WebSite" in types_of(thing):
                yield from texts(thing.get("name"))

    def things(self, value: object) -> Iterator[Thing]:
        """The objects that a property holds; for a text the object with that name."""
        for one in _listed(value):
            if isinstance(one, dict):
                known = self._by_id.get(one["@id"]) if isinstance(one.get("@id"), str) else None
                yield {**known, **one} if known is not None and known is not one else one
            elif isinstance(one, str):
                yield {"name": one}

    def _addresses(self, thing: Thing) -> Iterator[str]:
        for name in ("url", "mainEntityOfPage"):
            for one in _listed(thing.get(name)):
                if isinstance(one, dict):
                    one = one.get("@id") or one.get("url")
                if isinstance(one, str) and one.startswith(("http://", "https://")):
                    yield one


def types_of(thing: Thing) -> list[str]:
    """The types of an object, without the name of the vocabulary."""
    return [
        one.rstrip("/").rpartition("/")[2].rpartition(":")[2]
        for one in _listed(thing.get("@type"))
        if isinstance(one, str)
    ]


def texts(value: object) -> Iterator[str]:
    """The texts that a property holds, without character references and superfluous white space."""
    for one in _listed(value):
        if isinstance(one, dict):
            one = one.get("@value")
        if isinstance(one, (str, int)) and not isinstance(one, bool):
            text = " ".join(plain(str(one)).split()) if isinstance(one, str) or abs(one) < 10**15 else ""
            if text:
                yield text


# Text of any of the fields is shorter than this.
MAX_TEXT = 5000
_REFERENCE = re.compile(r"&[#\w]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # a JSON string may hold lone ones, no output may
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def plain(text: str) -> str:
    """A text without markup that is written in it: publishers encode twice."""
    text = _SURROGATE.sub("\ufffd", text[:MAX_TEXT])
    if _REFERENCE.search(text):
        text = _SURROGATE.sub("\ufffd", unescape(unescape(text)))
    return _TAG.sub("", text) if "<" in text else text


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        flat = [
            one for entry in value[:MAX_VALUES] for one in (entry[:MAX_VALUES] if isinstance(entry, list) else [entry])
        ]
        return flat[:MAX_VALUES]
    return [value]


def _is_list(thing: Thing) -> bool:
    return "itemListElement" in thing


def _bare(url: str) -> str:
    """A URL without what does not decide which page is meant."""
    return re.sub(r"^https?://(?:www\.|m\.|amp\.)?|[?#].*$", "", url[:2000], flags=re.S).rstrip("/").casefold()


def _parsed(root: etree._Element) -> Iterator[Any]:
    left = MAX_CHARACTERS
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").casefold():
            continue
        text = script.text or ""
        left -= len(text)
        if left < 0:
            return
        yield from _values(text)


def _values(text: str) -> Iterator[Any]:
    """The value of a script; of one that is no JSON, what is left when comments around it and commas too many are
    taken away. What is broken otherwise says nothing."""
    for attempt in (str, _unwrapped, _without_commas):
        try:
            yield json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
        return


def _unwrapped(text: str) -> str:
    text = text.strip()
    for start in ("//", "/*", "<!--"):
        text = text.removeprefix(start).lstrip()
    text = text.removeprefix("<![CDATA[").lstrip().removeprefix("*/").strip().rstrip(";").rstrip()
    for end in ("-->", "*/", "]]>", "//", "/*"):
        text = text.removesuffix(end).rstrip()
    return text.rstrip(";")


def _without_commas(text: str) -> str:
    return _STRING_OR_COMMA.sub(lambda found: found[0] if found[0][0] == '"' else "", _unwrapped(text))


def _things(values: Iterable[Any]) -> Iterator[tuple[int, Thing]]:
    """Every object, with how deep it stands; -1 for one that is about something else than the page."""
    foreign = vocabulary().foreign
    left = MAX_OBJECTS
    for value in values:
        waiting: list[tuple[int, Any]] = [(0, value)]
        while waiting:
            depth, one = waiting.pop()
            left -= 1
            if left < 0:
                return
            if isinstance(one, list):
                waiting.extend(
                    (depth, entry) for entry in reversed(one[:MAX_OBJECTS]) if isinstance(entry, (dict, list))
                )
            elif isinstance(one, dict):
                yield depth, one
                for name, entry in reversed(one.items()):
                    if isinstance(entry, (dict, list)):
                        deeper = depth if name == "@graph" else depth + 1
                        waiting.append((-1 if depth < 0 or name in foreign else deeper, entry))
