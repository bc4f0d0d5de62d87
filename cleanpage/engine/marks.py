"""Which families a page bears the marks of.

The page's own names pull the few marks that they may fit, as with rules: what is looked at are the class names, ids and
attributes that the outline has read anyway, and the elements by which a head says who made a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from ..outline import Outline, class_tokens
from ..rules.model import Mark
from ..rules.selectors import Attribute, Selector
from .program import Search

# The elements that say who made a page, in its head or anywhere else.
_SAYING = ("meta", "link", "script", "style")
# How many values of `class` attributes are remembered.
_MOST_CLASS_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Bearing:
    """A family whose mark a page bears."""

    family: str
    mark: Mark


class MarkIndex:
    """The marks of families, filed. Safe to share between threads.

    Args:
        marks: the names of the families, each with a mark.
    """

    def __init__(self, marks: Iterable[tuple[str, Mark]]) -> None:
        self._marks = sorted(marks, key=lambda pair: (pair[0], pair[1].source))
        self._marks_with: dict[Selector, list[int]] = {}
        for place, (_, mark) in enumerate(self._marks):
            for selector in (selector for part in mark.parts for selector in part):
                self._marks_with.setdefault(selector, []).append(place)
        self._selectors = list(self._marks_with)
        self._by_class: dict[str, list[Selector]] = {}
        self._by_value: dict[str, dict[str, list[Selector]]] = {}
        by_part: dict[str, list[Selector]] = {}
        self._said_by: dict[str, tuple[str, ...]] = {}
        for selector in self._selectors:
            self._file(selector, by_part)
        self._by_part = {name: _Parts(selectors) for name, selectors in by_part.items()}
        self._by_class_value: dict[str, tuple[Selector, ...]] = {}

    def _file(self, selector: Selector, by_part: dict[str, list[Selector]]) -> None:
        kind, name = selector.key
        attribute = selector.attribute
        if kind == "class":
            self._by_class.setdefault(name, []).append(selector)
        elif attribute is None:
            self._by_value.setdefault("id", {}).setdefault(name, []).append(selector)
        elif attribute.operator == "=" and not attribute.any_case:
            self._by_value.setdefault(name, {}).setdefault(attribute.value, []).append(selector)
        else:
            by_part.setdefault(name, []).append(selector)
        tag = _tag_of(selector)
        if tag in _SAYING:
            names = {*self._said_by.get(tag, ()), _attribute_of(selector)}
            self._said_by[tag] = tuple(sorted(names))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes by which marks are found on what a page shows."""
        return frozenset(_attribute_of(selector) for selector in self._selectors if _is_shown(selector))

    def borne_by(self, root: etree._Element, outline: Outline) -> tuple[Bearing, ...]:
        """The families whose marks a page bears, by name, each with the first of its marks.

        Args:
            root: the page's tree, as it was parsed.
            outline: the same as columns, made with `attributes`.
        """
        found = self._found(root, outline)
        borne: dict[str, Mark] = {}
        for place in sorted({place for selector in found for place in self._marks_with[selector]}):
            family, mark = self._marks[place]
            if family not in borne and all(not found.isdisjoint(part) for part in mark.parts):
                borne[family] = mark
        return tuple(Bearing(family, mark) for family, mark in borne.items())

    def _found(self, root: etree._Element, outline: Outline) -> set[Selector]:
        """The selectors that match anything."""
        elements = outline.elements
        found: set[Selector] = set()
        for name in self.attributes:
            values = outline.attribute(name)
            for selector, value in self._fitting(name, values):
                if selector not in found and any(selector.matches(elements[number]) for number in values[value]):
                    found.add(selector)
        for name, owners in self._said(root, outline).items():
            for selector, value in self._fitting(name, owners):
                if selector not in found and any(map(selector.matches, owners[value])):
                    found.add(selector)
        return found

    def _said(self, root: etree._Element, outline: Outline) -> dict[str, dict[str, list[etree._Element]]]:
        """The attributes of the root, and those of the elements that say who made a page that marks ask for: for each,
        the values with their owners."""
        said: dict[str, dict[str, list[etree._Element]]] = {}
        for own, said_of_root in root.items() if self._selectors else ():
            said[str(own)] = {str(said_of_root): [root]}
        for tag, names in self._said_by.items():
            shown = [outline.elements[number] for number in outline.with_tag(tag)]
            in_head = [element for head in root.iterchildren("head") for element in head.iter(tag)]
            for name in names:
                values = said.setdefault(name, {})
                for element in (*in_head, *shown):
                    value = element.get(name)
                    if value is not None:
                        values.setdefault(value, []).append(element)
        return said

    def _fitting(self, name: str, values: Mapping[str, object]) -> list[tuple[Selector, str]]:
        """The selectors that a value of an attribute may fit, each with the value."""
        if name == "class":
            known = self._by_class_value
            found: list[tuple[Selector, str]] = []
            for value in values:
                selectors = known.get(value)
                if selectors is None:
                    selectors = self._for_class(value)
                if selectors:
                    found += [(selector, value) for selector in selectors]
            return found
        whole = self._by_value.get(name, {})
        fitting = [(selector, value) for value in whole.keys() & values.keys() for selector in whole[value]]
        parts = self._by_part.get(name)
        if parts is not None and values:
            for selector, attribute in parts.possible("\n".join(["", *values, ""])):
                fitting += [(selector, value) for value in values if attribute.admits(value)]
        return fitting

    def _for_class(self, value: str) -> tuple[Selector, ...]:
        """The selectors that a value of a `class` attribute may fit. It is remembered, up to a bound: sites repeat the
        same few hundred values on all their pages."""
        names = dict.fromkeys(class_tokens(value))
        found = [selector for name in names for selector in self._by_class.get(name, ())]
        found += self._by_value.get("class", {}).get(value, ())
        parts = self._by_part.get("class")
        if parts is not None:
            found += [selector for selector, attribute in parts.all if attribute.admits(value)]
        if len(self._by_class_value) >= _MOST_CLASS_VALUES:
            self._by_class_value.clear()
        self._by_class_value[value] = tuple(found)
        return tuple(found)


class _Parts:
    """Selectors that go by parts of an attribute's values, all looked for in one pass.

    Attributes:
        all: the selectors, each with its condition.
    """

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self.all = [(selector, selector.attribute) for selector in selectors if selector.attribute is not None]
        self._always = [one for one in self.all if not _searchable(one[1])]
        self._searched = [one for one in self.all if _searchable(one[1])]
        self._search = Search([attribute.needle for _, attribute in self._searched])

    def possible(self, text: str) -> list[tuple[Selector, Attribute]]:
        """Those that may fit one of the values of a text, which stand on a line each."""
        hits = sorted({index for index, _, _ in self._search.find(text)})
        return [*self._always, *(self._searched[index] for index in hits)]


def _searchable(attribute: Attribute) -> bool:
    """Whether a condition can be looked for in a text, as it is written."""
    return bool(attribute.needle) and not attribute.any_case


def _attribute_of(selector: Selector) -> str:
    """The attribute by which a selector is found."""
    kind, name = selector.key
    return name if kind == "attribute" else kind


def _tag_of(selector: Selector) -> str:
    return selector.complex.subject.tag if selector.complex is not None else ""


def _is_shown(selector: Selector) -> bool:
    """Whether a selector may mean what a page shows, and not only elements that say who made it."""
    return _tag_of(selector) not in ("html", *_SAYING)
