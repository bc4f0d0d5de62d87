"""What the elements of a page say of it: `meta` and `link`, microdata, bylines, dates, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from .names import begins_with_by, names_in
from .statements import plain
from .vocabulary import FIELDS, vocabulary

# Elements that are looked at for bylines and dates, and the most characters such a text has.
MAX_ELEMENTS = 20_000
MAX_BYLINE = 200
_MAX_TEXT = 1000
_MAX_NODES = 100  # of a byline's own elements
_MAX_VALUES = 20  # of `meta` elements with one name
_MAX_NAMED = 100
_AFTER_HEADING, _BEFORE_HEADING = 80, 12
_LONGEST_DATE = 45  # characters: `Updated on Wednesday, 28 September 2024, 10:00`
_LONGEST_LINE = 80  # characters: a byline that is known by its first word only
_LINES = frozenset(("p", "div", "span", "li", "address", "small", "em", "a"))
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "button"))
_ELSEWHERE = frozenset(("nav", "footer", "aside", "head", "form"))
_NAMED = ("class", "id", "rel", "itemprop", "data-testid", "data-qa", "data-component")


class Markup:
    """A page's elements, looked through once.

    Args:
        root: the page's tree; it is not changed.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.meta: dict[str, list[str]] = {}
        for element in root.iter("meta"):
            content = element.get("content")
            if content and (text := " ".join(plain(content).split())):
                for attribute in ("property", "name", "itemprop", "http-equiv"):
                    name = element.get(attribute)
                    if name:
                        values = self.meta.setdefault(name.strip().casefold(), [])
                        if len(values) < _MAX_VALUES:
                            values.append(text)

    def said(self, field: str) -> Iterator[list[str]]:
        """What the `meta` elements say for a field, name by name."""
        for name in vocabulary().meta.get(field, ()):
            if name in self.meta:
                yield self.meta[name]

    def link(self, rel: str) -> str:
        """The address of the first `link` of a kind; empty if there is none."""
        for element in self.root.iter("link"):
            if rel in (element.get("rel") or "").casefold().split() and element.get("href"):
                return (element.get("href") or "").strip()[:_MAX_TEXT]
        return ""

    @cached_property
    def headings(self) -> list[str]:
        """The page's `h1`, in their order."""
        return [text for element in _first(self.root.iter("h1"), _MAX_VALUES) if (text := text_of(element))]

    @cached_property
    def title(self) -> str:
        """The text of `title`."""
        return next((text for element in _first(self.root.iter("title"), 3) if (text := text_of(element))), "")

    @property
    def language(self) -> str:
        """What `lang` says of the page."""
        element = next(self.root.iter("html"), self.root)
        return (
            element.get("lang")
            or element.get("{http://www.w3.org/XML/1998/namespace}lang")
            or element.get("xml:lang")
            or ""
        )

    @cached_property
    def _elements(self) -> list[etree._Element]:
        return list(_first(_body(self.root), MAX_ELEMENTS))

    @cached_property
    def _named(self) -> dict[str, list[etree._Element]]:
        """The elements of the page's body whose names speak of a field, those that stand elsewhere left out."""
        found: dict[str, list[etree._Element]] = {field: [] for field in FIELDS}
        words_of_field = vocabulary().elements
        other = words_of_field.get("other", frozenset())
        for element in self._elements:
            words = _words(element)
            if words:
                for field, known in words_of_field.items():
                    fits = field != "other" and not known.isdisjoint(words) and other.isdisjoint(words)
                    if fits and len(found[field]) < _MAX_NAMED:
                        found[field].append(element)
        return found

    def bylines(self, sites: tuple[str, ...]) -> Iterator[list[str]]:
        """The names in the elements that are called after authors."""
        candidates = self._named["authors"]
        for number, element in enumerate(candidates):
            names = names_in(text_of(element, MAX_BYLINE), sites)
            if names:
                yield names + [name for one in self._alike(element, candidates[number + 1 :]) for name in one]

    def lines_by(self, sites: tuple[str, ...]) -> Iterator[list[str]]:
        """The names in the lines after the heading that begin as bylines do."""
        for element in self._after_heading():
            text = text_of(element, MAX_BYLINE)
            if len(text) <= _LONGEST_LINE and begins_with_by(text) and (names := names_in(text, sites)):
                yield names

    def _alike(self, element: etree._Element, others: list[etree._Element]) -> Iterator[list[str]]:
        """The names in the elements that stand beside one, and are called as it is."""
        near = {id(one) for one in (element.getparent(), *_above(element, 2))}
        for other in others[:10]:
            if other.get("class") == element.get("class") and other.tag == element.tag:
                parents = (other.getparent(), *_above(other, 2))
                if any(id(parent) in near for parent in parents):
                    yield names_in(text_of(other, MAX_BYLINE))

    def _after_heading(self) -> Iterator[etree._Element]:
        """The first lines after the first heading."""
        start = next((number for number, element in enumerate(self._elements) if element.tag == "h1"), None)
        if start is not None:
            after = self._elements[start + 1 : start + 1 + _AFTER_HEADING]
            yield from (element for element in after if element.tag in _LINES)

    def dates(self, field: str) -> Iterator[str]:
        """What microdata, `time` elements and elements that are called after a date say, in this order."""
        item = {"published": "datepublished", "modified": "datemodified"}[field]
        for element in _first(self.root.iter("meta", "time", "span", "div", "p", "abbr"), MAX_ELEMENTS):
            if item in (element.get("itemprop") or "").casefold().split():
                yield element.get("datetime") or element.get("content") or text_of(element, MAX_BYLINE)
        named = self._named[field]
        if field == "published":
            times = [element for element in self._elements if element.tag == "time"]
            times.sort(key=lambda element: element.get("pubdate") is None)
            changed = {id(element) for element in self._named["modified"]}
            yield from (_moment(element) for element in times if id(element) not in changed)
        else:
            yield from (_moment(element) for element in named if element.tag == "time")
        yield from (text_of(element, MAX_BYLINE) for element in named if element.tag != "time")

    def dated_lines(self) -> Iterator[str]:
        """The short lines around the heading: one of them may be a date, whatever it is called."""
        start = next((number for number, element in enumerate(self._elements) if element.tag == "h1"), None)
        if start is not None:
            for element in self._elements[max(start - _BEFORE_HEADING, 0) : start + 1 + _AFTER_HEADING]:
                text = text_of(element, MAX_BYLINE) if element.tag in _LINES else ""
                if len(text) <= _LONGEST_DATE:
                    yield text


def text_of(element: etree._Element, limit: int = _MAX_TEXT) -> str:
    """The text of an element, on one line; of a longer or larger one only the beginning."""
    parts: list[str] = []
    length = 0
    for number, (event, node) in enumerate(etree.iterwalk(element, events=("start", "end"))):
        if event == "start":
            text = node.text if isinstance(node.tag, str) and node.tag not in _UNSEEN else None
        else:
            text = node.tail if node is not element else None
        if text:
            parts.append(text)
            length += len(text)
        if event == "start" and isinstance(node.tag, str) and node.tag in ("br", "div", "p", "li"):
            parts.append(" ")
        if length > 4 * limit or number > _MAX_NODES:
            break
    return " ".join("".join(parts).split())[:limit]


def _moment(element: etree._Element) -> str:
    return element.get("datetime") or element.get("content") or text_of(element, MAX_BYLINE)


def _body(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of a page but for its navigation, its footer and what stands beside."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str):
            continue
        if element.tag in _ELSEWHERE:
            walk.skip_subtree()
        else:
            yield element


def _words(element: etree._Element) -> set[str]:
    names = [value for name in _NAMED if (value := element.get(name))]
    if not names:
        return set()
    return {word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", " ".join(names)[:300]))}


def _above(element: etree._Element, levels: int) -> Iterator[etree._Element]:
    parent = element.getparent()
    for _ in range(levels):
        if parent is None or parent.tag in ("body", "html"):
            return
        yield parent
        parent = parent.getparent()


def _first(elements: Iterator[etree._Element], most: int) -> Iterator[etree._Element]:
    for _, element in zip(range(most), elements, strict=False):
        yield element
