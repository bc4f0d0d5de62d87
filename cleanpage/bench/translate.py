"""Selectors as XPath, by cssselect alone: a second opinion that shares no matching code with cleanpage.

What cssselect does not read is written in other words first: `:not(a, b)` as `:not(a):not(b)`, `:is(a, b)` as one
selector for each.
"""

from __future__ import annotations

import re

from cssselect import HTMLTranslator, SelectorError
from cssselect import parser as css
from lxml import etree

_LIST = re.compile(r":(?:is|where|matches)\(", re.I)
_NOT = re.compile(r":not\(", re.I)
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.""", re.S)
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")
# How many selectors one may be written out as.
_MOST_ALTERNATIVES = 200


class Untranslated(ValueError):
    """A selector that is not to be had as XPath; the message says why."""


_translator = HTMLTranslator()


def parts_of(source: str) -> list[str]:
    """The selectors of a list of them: what stands between the commas that are in no brackets or quotes."""
    blank = _QUOTED.sub(lambda found: "_" * len(found[0]), source)
    parts, start, depth = [], 0, 0
    for place, character in enumerate(blank):
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            parts.append(source[start:place].strip())
            start = place + 1
    return [*parts, source[start:].strip()]


def compiled_css(selector: str) -> etree.XPath:
    """A CSS selector without commas as an expression that finds all it matches in a tree.

    Raises:
        Untranslated: it cannot be said in a way that cssselect reads.
    """
    try:
        paths = [_translator.css_to_xpath(one) for one in _alternatives(selector)]
    except (SelectorError, RecursionError) as error:
        raise Untranslated(str(error) or type(error).__name__) from error
    return compiled_xpath(" | ".join(paths))


def compiled_xpath(expression: str) -> etree.XPath:
    """An XPath expression, ready to run.

    Raises:
        Untranslated: lxml refuses it.
    """
    try:
        return etree.XPath(expression, smart_strings=False)
    except (etree.XPathError, ValueError) as error:
        raise Untranslated(str(error)) from error


def elements_of(expression: etree.XPath, root: etree._Element) -> set[etree._Element]:
    """The elements of a tree that an expression selects."""
    try:
        found = expression(root)
    except etree.XPathError:  # it calls a function with what the page holds, and fails
        return set()
    return {one for one in found if isinstance(one, etree._Element)} if isinstance(found, list) else set()


def _alternatives(selector: str) -> list[str]:
    """A selector as several that cssselect reads."""
    waiting = [selector]
    readable: list[str] = []
    while waiting:
        one = waiting.pop(0)
        if len(waiting) + len(readable) > _MOST_ALTERNATIVES:
            raise css.SelectorSyntaxError("it takes too many selectors to write it out")
        try:
            css.parse(one)
        except SelectorError:
            rewritten = _rewritten(one)
            if rewritten is None:
                raise
            waiting += rewritten
        else:
            readable.append(one)
    return readable


def _rewritten(selector: str) -> list[str] | None:
    """What a selector amounts to with one list less in it, None if it has none."""
    if found := _bracket(selector, _NOT, several=True):
        before, inside, after = found
        return [f"{before}{''.join(f':not({one})' for one in parts_of(inside))}{after}"]
    found = _bracket(selector, _LIST)
    # One within other brackets cannot be drawn apart: "none of these" is no list of alternatives.
    if found and found[0].count("(") == found[0].count(")"):
        before, inside, after = found
        return [_joined(before, one, after) for one in parts_of(inside)]
    return None


def _joined(before: str, inside: str, after: str) -> str:
    """One of the alternatives of `before:is(inside)after`."""
    bare = _BRACKETS.sub("", _QUOTED.sub("", inside))
    if re.search(r"[\s>+~]", bare) and before.strip():
        raise css.SelectorSyntaxError(f"{inside!r} is more than one element")
    begins_compound = not before or before[-1] in " >+~"
    if not begins_compound and not inside.startswith((".", "#", "[", ":")):
        raise css.SelectorSyntaxError(f"{inside!r} begins with a tag")
    return f"{before}{inside}{after}"


def _bracket(selector: str, opening: re.Pattern[str], *, several: bool = False) -> tuple[str, str, str] | None:
    """What stands before, in and after the first brackets of a kind; with `several`, the first that hold a list."""
    blank = _QUOTED.sub(lambda found: "_" * len(found[0]), selector)
    for found in opening.finditer(blank):
        depth = 1
        for place in range(found.end(), len(blank)):
            depth += (blank[place] == "(") - (blank[place] == ")")
            if not depth:
                inside = selector[found.end() : place]
                if not several or len(parts_of(inside)) > 1:
                    return selector[: found.start()], inside, selector[place + 1 :]
                break
    return None
