"""Which families a page bears the marks of.

The page's own names pull the few marks that they may fit, as with rules: what is looked at are the class names, ids and
attributes that the outline has read anyway, and the elements by which a head says who made a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from lxml import etree

from ..outline import Outline, class_tokens
from ..rules.model import Mark
from ..rules.selectors import Selector

# The elements that say who made a page, in its head or anywhere else.
_SAYING = ("meta", "link", "script", "style")
# How many values of `class` attributes are remembered.
_MOST_CLASS_VALUES = 50_000


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
        self._by_class: dict[str, list[Selector]] = {}
        self._by_id: dict[str, list[Selector]] = {}
        self._by_value: dict[tuple[str, str], list[Selector]] = {}
        self._by_attribute: dict[str, list[Selector]] = {}
        for selector in dict.fromkeys(s for _, mark in self._marks for part in mark.parts for s in part):
            self._file(selector)
        self._by_class_value: dict[str, tuple[Selector, ...]] = {}

    def _file(self, selector: Selector) -> None:
        kind, name = selector.key
        attribute = selector.attribute
        if kind == "class":
            self._by_class.setdefault(name, []).append(selector)
        elif kind == "id":
            self._by_id.setdefault(name, []).append(selector)
        elif attribute is not None and attribute.operator == "=" and not attribute.any_case:
            self._by_value.setdefault((name, attribute.value), []).append(selector)
        else:
            self._by_attribute.setdefault(name, []).append(selector)

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes by which marks are found on what a page shows."""
        filed = (s for table in (self._by_value, self._by_attribute) for found in table.values() for s in found)
        return frozenset(selector.key[1] for selector in filed if _is_shown(selector))

    def borne_by(self, root: etree._Element, outline: Outline) -> tuple[Bearing, ...]:
        """The families whose marks a page bears, by name, each with the first of its marks.

        Args:
            root: the page's tree, as it was parsed.
            outline: the same as columns, made with `attributes`.
        """
        found = self._found(root, outline)
        if not found:
            return ()
        borne: dict[str, Mark] = {}
        for family, mark in self._marks:
            if family not in borne and all(not found.isdisjoint(part) for part in mark.parts):
                borne[family] = mark
        return tuple(Bearing(family, mark) for family, mark in borne.items())

    def _found(self, root: etree._Element, outline: Outline) -> set[Selector]:
        """The selectors that match anything."""
        elements = outline.elements
        found: set[Selector] = set()

        def test(selectors: Sequence[Selector], numbers: Iterable[int]) -> None:
            for selector in selectors:
                if selector not in found and any(selector.matches(elements[number]) for number in numbers):
                    found.add(selector)

        for value, numbers in outline.attribute("class").items():
            if selectors := self._for_class(value):
                test(selectors, numbers)
        ids = outline.attribute("id")
        for name in self._by_id.keys() & ids.keys():
            test(self._by_id[name], ids[name])
        for attribute in self.attributes:
            for value, numbers in outline.attribute(attribute).items():
                test(self._for_attribute(attribute, value), numbers)
        self._add_said(root, found)
        return found

    def _for_class(self, value: str) -> tuple[Selector, ...]:
        """The selectors for which a value of a `class` attribute has the class."""
        known = self._by_class_value.get(value)
        if known is None:
            names = dict.fromkeys(class_tokens(value))
            known = tuple(selector for name in names for selector in self._by_class.get(name, ()))
            if len(self._by_class_value) >= _MOST_CLASS_VALUES:
                self._by_class_value.clear()
            self._by_class_value[value] = known
        return known

    def _for_attribute(self, name: str, value: str) -> Sequence[Selector]:
        """The selectors that a value of another attribute fits."""
        others = self._by_attribute.get(name, ())
        fitting = [s for s in others if s.attribute is not None and s.attribute.admits(value)]
        return [*self._by_value.get((name, value), ()), *fitting]

    def _add_said(self, root: etree._Element, found: set[Selector]) -> None:
        """The selectors that match the root or one of the elements that say who made a page."""
        for element in (root, *root.iter(*_SAYING)):
            for name, value in cast(list[tuple[str, str]], element.items()):
                if name == "class":
                    selectors: Sequence[Selector] = self._for_class(value)
                elif name == "id":
                    selectors = self._by_id.get(value, ())
                else:
                    selectors = self._for_attribute(name, value)
                for selector in selectors:
                    if selector not in found and selector.matches(element):
                        found.add(selector)


def _is_shown(selector: Selector) -> bool:
    """Whether a selector may mean other elements than those that say who made a page."""
    tag = selector.complex.subject.tag if selector.complex is not None else ""
    return tag not in ("html", *_SAYING)
