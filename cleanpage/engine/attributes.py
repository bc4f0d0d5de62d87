"""Attributes are left out of the tree."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..outline import is_hidden
from ..rules.expressions import AttributePath


def leave_out(root: etree._Element, paths: Iterable[AttributePath]) -> None:
    """Take attributes off the elements of a tree.

    What hides an element, or shows it, stays: otherwise words would come or go with it.
    """
    for path in paths:
        for element, name in list(path.find(root)):
            hidden, value = is_hidden(element), _value(element, name)
            if value is None:
                continue
            del element.attrib[name]
            if is_hidden(element) != hidden:
                element.set(name, value)


def _value(element: etree._Element, name: str) -> str | None:
    """The value of an attribute; None if there is none, or if lxml cannot be asked for it: pages may have `<p {>`."""
    try:
        return element.get(name)
    except ValueError:
        return None
