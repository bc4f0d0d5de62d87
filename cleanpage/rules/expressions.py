"""XPath expressions that give something else than elements: attributes, or the values of an article's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from lxml import etree

from .selectors import SelectorProblem, try_xpath

_ATTRIBUTE = re.compile(r"(?:^|/|::)\s*(?:@|attribute::)\s*[\w*:.-]+\s*(?:\[[^\]]*\]\s*)*\)*\s*$")


@dataclass(frozen=True)
class AttributePath:
    """An XPath expression that selects attributes, such as `//img/@srcset`."""

    xpath: str

    @cached_property
    def compiled(self) -> etree.XPath:
        return etree.XPath(self.xpath)

    def find(self, root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
        """The attributes of a tree that are meant: each one's element and name.

        An expression that fails on this page finds nothing.
        """
        try:
            found = cast(Any, self.compiled(root))
        except etree.XPathError:
            return
        for value in found if isinstance(found, list) else ():
            if getattr(value, "is_attribute", False):
                yield value.getparent(), value.attrname

    def __getstate__(self) -> dict[str, object]:
        return {"xpath": self.xpath}


def parse_attributes(source: str) -> AttributePath:
    """Check an XPath expression that selects attributes.

    Raises:
        SelectorProblem: with what is wrong.
    """
    try_xpath(source)
    if not _ATTRIBUTE.search(source):
        raise SelectorProblem(f"XPath {source!r} selects no attributes")
    return AttributePath(source)


def parse_value(source: str) -> str:
    """Check an XPath expression that gives elements, attributes or a text.

    Raises:
        SelectorProblem: with what is wrong.
    """
    found = try_xpath(source)
    if not isinstance(found, (list, str)):
        kind = "a truth value" if isinstance(found, bool) else "a number"
        raise SelectorProblem(f"XPath {source!r} gives {kind}, not a text")
    return source
