"""The selectors that an element could be found by: short ones, by names that will last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..outline import class_tokens
from .names import is_stable

_NAME = re.compile(r"-?[^\W\d][\w-]*")
# Attributes that say something of one element only, or how it looks, or where it leads.
_NO_NAMES = frozenset(
    "class id style href src srcset alt title width height value name content for type target rel datetime lang dir "
    "tabindex action method d viewbox sizes loading hidden contenteditable".split()
)
_LONGEST_VALUE = 40  # characters
_MOST_CLASSES, _MOST_ATTRIBUTES = 12, 12


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A selector.

    Attributes:
        rank: how little one would like to rely on it, from 0.
        css: the selector.
        closest: the tag of the element around it that goes, empty if it goes itself.
    """

    rank: int
    css: str
    closest: str = ""


def candidates(element: etree._Element) -> Iterator[Candidate]:
    """The selectors that an element could be found by. No positions, and no names that look machine-made.

    Args:
        element: the element.
    """
    name = element.get("id", "")
    if is_stable(name):
        yield Candidate(0, f"#{name}" if _NAME.fullmatch(name) else f'[id="{_quoted(name)}"]')
    yield from _by_class(element)
    yield from _by_attribute(element)


def around(element: etree._Element, tag: str) -> Iterator[Candidate]:
    """The same for an element that has no name itself, by one that it holds.

    Args:
        element: what it holds.
        tag: its tag.
    """
    for one in candidates(element):
        yield Candidate(one.rank + 1, one.css, tag)


def _by_class(element: etree._Element) -> Iterator[Candidate]:
    tokens = [name for name in dict.fromkeys(class_tokens(element.get("class", ""))) if _NAME.fullmatch(name)]
    stable = [name for name in tokens[:_MOST_CLASSES] if is_stable(name)]
    for name in stable:
        yield Candidate(0, f".{name}")
        if isinstance(element.tag, str) and _NAME.fullmatch(element.tag):
            yield Candidate(1, f"{element.tag}.{name}")
    for place, one in enumerate(stable):
        for other in stable[place + 1 :]:
            yield Candidate(2, f".{one}.{other}")


def _by_attribute(element: etree._Element) -> Iterator[Candidate]:
    for name, value in list(element.attrib.items())[:_MOST_ATTRIBUTES]:
        name, value = str(name), str(value)
        if name in _NO_NAMES or name.startswith("on") or not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
            continue
        if name.startswith("aria-") and name != "aria-label":  # a state, not a name
            continue
        if len(value) <= _LONGEST_VALUE and is_stable(value) and not re.search(r"[\n\d\"{]", value):
            yield Candidate(1, f'[{name}="{_quoted(value)}"]')
        elif name.startswith("data-") and is_stable(name.removeprefix("data-")):
            yield Candidate(3 if value else 2, f"[{name}]")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
