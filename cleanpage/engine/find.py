"""The elements of a page that a selector matches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from lxml import etree

from ..outline import Outline
from ..rules.selectors import Anchor, Complex, Compound, Selector

# From so many elements on, what stands around them is looked for once for all, and not from each.
MANY = 100


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
    keyed = sorted(_keyed(outline, Anchor(*selector.key, selector.attribute)))
    if selector.is_key:
        return keyed
    elements = outline.elements
    if len(keyed) > MANY and selector.complex.before:
        return _step_by_step(outline, selector.complex, keyed)
    return [number for number in keyed if selector.matches(elements[number])]


def _step_by_step(outline: Outline, complex_: Complex, keyed: list[int]) -> list[int]:
    """The elements of `keyed` that match, found from the first compound to the last: in one pass over the page for
    each, however many elements stand around one another."""
    first, *others = [compound for _, compound in complex_.before][::-1]
    found = _matching_compound(outline, first, _keyed(outline, first.anchor))
    top_parent = outline.elements[0].getparent()
    # What stands above all that is shown has no number of its own; as a parent it is called so.
    if top_parent is not None and first.matches(top_parent):
        found.append(-1)
    combinators = [combinator for combinator, _ in complex_.before][::-1]
    for compound, combinator in zip((*others, complex_.subject), combinators, strict=True):
        is_last = compound is complex_.subject
        numbers = _matching_compound(outline, compound, keyed if is_last else _keyed(outline, compound.anchor))
        found = _after(outline, sorted(found), combinator, numbers)
    return found


def _matching_compound(outline: Outline, compound: Compound, numbers: Iterable[int]) -> list[int]:
    elements = outline.elements
    return [number for number in sorted(numbers) if compound.matches(elements[number])]


def _after(outline: Outline, before: list[int], combinator: str, numbers: list[int]) -> list[int]:
    """Those of some elements that stand behind others, as a combinator says.

    Args:
        before: the others, in order.
        numbers: the elements, in order.
    """
    elements, parents = outline.elements, outline.parents
    known = frozenset(before)
    if combinator == ">":
        return [number for number in numbers if (number > 0 or -1 in known) and parents[number] in known]
    if combinator == " ":
        return _inside(outline, before, numbers)
    if combinator == "+":
        left = ((number, next(elements[number].itersiblings("*", preceding=True), None)) for number in numbers)
        return [number for number, one in left if one is not None and outline.numbers.get(one, -2) in known]
    first: dict[int, int] = {}  # of the children of an element
    for number in before:
        if number > 0 and elements[number].getparent() is not None:
            first.setdefault(parents[number], number)
    return [number for number in numbers if first.get(parents[number], number) < number]


def _inside(outline: Outline, around: list[int], numbers: list[int]) -> list[int]:
    """Those of some elements that stand in one of others; all lists are in order."""
    if around[:1] == [-1]:
        return numbers
    reach = [-1]  # how far the elements up to each of the others reach
    for number in around:
        reach.append(max(reach[-1], outline.ends[number]))
    return [number for number in numbers if number < reach[bisect_left(around, number)]]


def _keyed(outline: Outline, anchor: Anchor) -> Iterable[int]:
    """The elements that have what a selector needs."""
    kind, name, attribute = anchor
    match kind:
        case "class":
            return outline.with_class(name)
        case "id":
            return outline.attribute("id").get(name, ())
        case "attribute":
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
