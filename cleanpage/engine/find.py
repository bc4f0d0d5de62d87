"""The elements of a page that a selector matches."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..outline import Outline
from ..rules.selectors import Selector


def matching(outline: Outline, root: etree._Element, selector: Selector) -> list[int]:
    """The numbers of the elements that a selector matches, in page order.

    Args:
        outline: the page.
        root: its tree, as far as it is left.
        selector: the selector; XPath is evaluated by lxml, what else on the elements that have the selector's key.
    """
    if selector.complex is None:
        numbers = outline.numbers
        found = (numbers.get(element, -1) for element in selector.find(root))
        return sorted(number for number in found if number >= 0)
    keyed = sorted(_keyed(outline, selector))
    if selector.is_key:
        return keyed
    elements = outline.elements
    return [number for number in keyed if selector.matches(elements[number])]


def _keyed(outline: Outline, selector: Selector) -> Iterable[int]:
    """The elements that have what a selector needs."""
    kind, name = selector.key
    match kind:
        case "class":
            return outline.with_class(name)
        case "id":
            return outline.attribute("id").get(name, ())
        case "attribute":
            attribute = selector.attribute
            assert attribute is not None
            found = outline.attribute(name)
            wanted = "" if attribute.any_case else attribute.value
            if attribute.operator == "=" and not attribute.any_case:
                return found.get(wanted, ())
            if attribute.operator == "*=" and wanted:
                return [n for value, numbers in found.items() if wanted in value for n in numbers]
            return [n for value, numbers in found.items() if attribute.admits(value) for n in numbers]
        case "tag":
            return outline.with_tag(name)
        case _:
            return range(len(outline))
