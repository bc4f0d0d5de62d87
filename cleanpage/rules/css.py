"""CSS as the authors of rules and filter lists write it: cssselect's parser and translator, with what they leave out.

What is added: lists and combinators in `:not()` and `:is()`, one in the other and in `:has()`; class names that begin
with `--`; attribute values without quotes that are no names (`[href=/x]`). Each `:not(…)` and `:is(…)` is parsed on its
own, cssselect sees a mark in its place, and the mark becomes a node of the tree again.
"""

from __future__ import annotations

import re
from typing import Any

from cssselect import ExpressionError, HTMLTranslator, SelectorSyntaxError
from cssselect import parser as cssselect

# How deep selectors may stand in one another. People write three levels at most.
MAX_DEPTH = 12
_TOKEN = re.compile(
    r"""\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|:(?P<function>-?[A-Za-z][A-Za-z-]*)\(|[^\\"':\[\](),.]+|.""",
    re.S | re.X,
)
_BARE_VALUE = re.compile(
    r"""(\[\s*[\w-]+\s*[~|^$*!]?=\s*)(?!-?[A-Za-z_][\w-]*\s*(?:[iIsS]\s*)?\])([^\s"'\[\]\\]+)((?:\s+[iIsS])?\s*\])""",
    re.A,
)
_ANY_OF, _NONE_OF = "-any-of", "-none-of"
_LISTS = {"not": _NONE_OF, "is": _ANY_OF, "where": _ANY_OF, "matches": _ANY_OF, "any": _ANY_OF, "-webkit-any": _ANY_OF}
_REVERSED = {
    " ": "ancestor::*",
    ">": "parent::*",
    "+": "preceding-sibling::*[1]",
    "~": "preceding-sibling::*",
}


class AnyOf:
    """`selector:is(…)` in a parsed tree."""

    def __init__(self, selector: Any, alternatives: list[Any]) -> None:
        self.selector = selector
        self.alternatives = alternatives


class NoneOf:
    """`selector:not(…)` in a parsed tree."""

    def __init__(self, selector: Any, alternatives: list[Any]) -> None:
        self.selector = selector
        self.alternatives = alternatives


class Translator(HTMLTranslator):
    """cssselect's translation to XPath, for these nodes too."""

    def xpath_anyof(self, node: AnyOf) -> Any:
        return self.xpath(node.selector).add_condition(self._any(node.alternatives))

    def xpath_noneof(self, node: NoneOf) -> Any:
        return self.xpath(node.selector).add_condition(f"not({self._any(node.alternatives)})")

    def _any(self, alternatives: list[Any]) -> str:
        return " or ".join(f"({self.condition(tree)})" for tree in alternatives)

    def condition(self, tree: Any) -> str:
        """What holds for an element that a selector matches, as an XPath predicate.

        Raises:
            ExpressionError: it cannot be said of the element alone.
        """
        if isinstance(tree, cssselect.CombinedSelector):
            own, before = self.condition(tree.subselector), self.condition(tree.selector)
            return f"({own}) and {_REVERSED[tree.combinator]}[{before}]"
        found = self.xpath(tree)
        if found.path:
            raise ExpressionError("a step to another element in :not() or :is()")
        found.add_name_test()
        return found.condition or "true()"


def parse(source: str) -> list[tuple[str, cssselect.Selector]]:
    """Parse a list of selectors.

    Returns:
        Each of them as it was written, and its tree.

    Raises:
        SelectorSyntaxError: it is broken.
    """
    return [(part, _Parser().selector(part, 0)) for part in split(source)]


def split(source: str) -> list[str]:
    """The selectors of a list, as they were written, without white space around them."""
    parts, start, place = [], 0, 0
    while place < len(source):
        token = _next(source, place)[0]
        if token[-1] in "([" and not token.startswith("\\"):
            place = closing(source, place + len(token)) + 1
            continue
        if token == ",":
            parts.append(source[start:place])
            start = place + 1
        place += len(token)
    return [part.strip() for part in (*parts, source[start:])]


def closing(source: str, place: int) -> int:
    """Where the bracket or parenthesis that is open at `place` is closed; the end of the source if it is not."""
    depth = 1
    while place < len(source):
        token = _next(source, place)[0]
        if token in (")", "]"):
            depth -= 1
            if not depth:
                return place
        elif token[-1] in "([" and not token.startswith("\\"):
            depth += 1
        place += len(token)
    return len(source)


def _next(source: str, place: int) -> re.Match[str]:
    found = _TOKEN.match(source, place)
    assert found is not None  # the pattern takes any character
    return found


class _Parser:
    """One selector on its way from text to tree."""

    def __init__(self) -> None:
        self.lists: list[list[Any]] = []

    def selector(self, source: str, depth: int) -> cssselect.Selector:
        if not source.strip():
            raise SelectorSyntaxError("a selector is missing")
        parsed = cssselect.parse(self.marked(source, depth))
        if len(parsed) != 1:
            raise SelectorSyntaxError("unexpected ','")
        parsed[0].parsed_tree = self.resolved(parsed[0].parsed_tree)
        return parsed[0]

    def marked(self, source: str, depth: int) -> str:
        """The source as cssselect can read it."""
        if depth > MAX_DEPTH:
            raise SelectorSyntaxError("selectors are nested too deep")
        made: list[str] = []
        place = 0
        while place < len(source):
            found = _next(source, place)
            token, name = found[0], (found["function"] or "").lower()
            place = found.end()
            if name in (_ANY_OF, _NONE_OF):
                raise SelectorSyntaxError(f"The pseudo-class :{name} is unknown")
            if name == "has" or name in _LISTS:
                end = closing(source, place)
                if end == len(source):
                    raise SelectorSyntaxError(f"Expected ')' after :{name}(")
                made.append(self.function(name, source[place:end], depth + 1))
                place = end + 1
            elif token == "[" and (bare := _BARE_VALUE.match(source, place - 1)):
                made.append(f'{bare[1]}"{bare[2]}"{bare[3]}')
                place = bare.end()
            elif token == "." and source.startswith("--", place):
                made.append(".\\-")
                place += 1
            else:
                made.append(token)
        return "".join(made)

    def function(self, name: str, inner: str, depth: int) -> str:
        if name == "has":
            return f":has({self.marked(inner, depth)})"
        alternatives = []
        for part in split(inner):
            one = self.selector(part, depth)
            if one.pseudo_element is not None:
                raise SelectorSyntaxError(f"a pseudo-element in :{name}()")
            alternatives.append(one.parsed_tree)
        self.lists.append(alternatives)
        return f':{_LISTS[name]}("{len(self.lists) - 1}")'

    def resolved(self, tree: Any) -> Any:
        """A tree with the nodes that the marks stand for."""
        if isinstance(tree, cssselect.Element | AnyOf | NoneOf):
            return tree
        tree.selector = self.resolved(tree.selector)
        if isinstance(tree, cssselect.CombinedSelector):
            tree.subselector = self.resolved(tree.subselector)
        elif isinstance(tree, cssselect.Relation):
            for _, inner in tree.arguments:
                inner.parsed_tree = self.resolved(inner.parsed_tree)
        elif isinstance(tree, cssselect.Function) and tree.name in (_ANY_OF, _NONE_OF):
            node = AnyOf if tree.name == _ANY_OF else NoneOf
            return node(tree.selector, self.lists[int(tree.arguments[0].value or "")])
        return tree
