"""What a mark may be: something that only one system's pages have.

A mark that most pages bear would give them a family's rules, whatever system they come from. So each is held against a
page that has what pages of any system have; `rules/marks/common.yaml` says what that is.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from lxml import etree

from .data import DataReader, read_data
from .model import Mark
from .source import Node

# The elements that may bear any of the common names, one inside the other as on a page.
_BEARERS = tuple("html body header main article section div aside nav ul li figure p span a footer".split())


def is_common(mark: Mark, folder: Path) -> bool:
    """Whether pages of any system bear a mark.

    Args:
        mark: the mark.
        folder: where the built-in rules are.

    Raises:
        RuleError: what says so cannot be read.
    """
    page = _common_page(folder / "marks" / "common.yaml")
    return all(any(selector.is_in(page) for selector in part) for part in mark.parts)


@cache
def _common_page(path: Path) -> etree._Element:
    return read_data(path, _page)


def _page(reader: DataReader, root: Node) -> etree._Element:
    said = dict(reader.mapping(root, ("names", "elements")))
    names = [escape(str(node.value)) for node in reader.items(said.get("names"))]
    page = [f'<{tag} class="{" ".join(names)}">' for tag in _BEARERS]
    page += [f'<div id="{name}"></div>' for name in names]
    page += [str(node.value) for node in reader.items(said.get("elements"))]
    return etree.fromstring("".join(page), etree.HTMLParser())
