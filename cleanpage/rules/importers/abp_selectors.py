"""The selectors of filter lists, with their procedural operators, as conditions and selectors of our rules.

A plain CSS selector stays as it is. Operators at its end that our format has conditions for (`:has-text()`,
`:min-text-length()`, `:upward(n)`, `:matches-path()`) become these. Everything else, operators within `:has()` and
`:not()` and chains of them above all, becomes an XPath expression: each operator is marked in the selector, cssselect
translates it, and the marks turn into XPath predicates and steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cssselect import ExpressionError, SelectorError
from cssselect import parser as cssselect
from cssselect.xpath import XPathExpr

from .. import css
from .abp_lines import NoMeaning, Unsupported
from .abp_regex import escape, literal, pattern_of, text_of, xpath_test

Value = str | int
Body = tuple[tuple[str, Value], ...]  # the keys of a rule, besides its domains

_TEXT, _LENGTH, _UPWARD, _PATH, _XPATH, _ATTRIBUTE = "text", "length", "upward", "path", "xpath", "attribute"
_OPERATORS = {
    "has-text": _TEXT, "-abp-contains": _TEXT, "contains": _TEXT,
    "min-text-length": _LENGTH,
    "upward": _UPWARD, "nth-ancestor": _UPWARD,
    "matches-path": _PATH,
    "xpath": _XPATH,
    "matches-attr": _ATTRIBUTE,
}  # fmt: skip
_OTHER_NAMES = {"-abp-has": ":has(", "if": ":has(", "if-not": ":not(:has("}
# What speaks of how a page is drawn or what scripts do to it, and the kind it is counted as.
_NO_MEANING = {
    **dict.fromkeys(("matches-css", "matches-css-before", "matches-css-after"), "style conditions"),
    **dict.fromkeys(("-abp-properties", "properties", "matches-media"), "style conditions"),
    **dict.fromkeys(("matches-prop", "matches-property"), "script conditions"),
    **dict.fromkeys(("remove-attr", "remove-class"), "changes of attributes and classes"),
    **dict.fromkeys(("watch-attr", "watch-attrs"), "observers"),
}
_NO_TEXT = frozenset(("script", "style", "link", "meta"))
_STYLE = re.compile(r"(?P<selector>.*?)\s*(?:\{(?P<braces>[^{}]*)\}|:style\((?P<operator>.*)\))\s*", re.S)
_HIDES = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|remove\s*:\s*true)\b", re.I)
_FUNCTION = re.compile(r"\\.|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|:(?P<name>-?[A-Za-z][\w-]*)\(|.", re.S)
_PSEUDO_ELEMENT = re.compile(r"(?<![\\:]):(?::[A-Za-z-]+|before\b|after\b|first-line\b|first-letter\b)")
_MARK = "-operator"
_MARKED = re.compile(rf':{_MARK}\("(\d+)"\)')
_LAST = re.compile(rf'(?P<before>.*):{_MARK}\("(?P<number>\d+)"\)', re.S)
_TAIL = re.compile(rf'(?P<css>.*?)(?P<tail>(?::{_MARK}\("\d+"\))*)', re.S)
# A text of fewer characters is searched for as it is written, since with any case `Ad` stands in `loading`.
_CLEAR_TEXT = 5
_REGEX_END = re.compile(r"(?<!\\)(?:\\\\)*/[a-z]*\s*\)")
_SIMPLE = re.compile(r"[.#]?-?[A-Za-z_][\w-]*", re.A)


@dataclass(frozen=True, slots=True)
class _Operator:
    kind: str
    argument: str


def translate(source: str, *, html_filter: bool = False) -> list[Body]:
    """The rules that a cosmetic rule's body stands for: one, or several for a list that no single rule can hold.

    Args:
        source: what stands after `##`.
        html_filter: whether a `^` stood before it.

    Raises:
        NoMeaning: it means nothing for a stored page.
        Unsupported: it cannot be said.
    """
    if source.startswith(("+js(", "script:inject(", "//scriptlet(")):
        raise NoMeaning("scriptlets")
    if html_filter and source.startswith("responseheader("):
        raise NoMeaning("HTTP headers")
    if not source:
        raise Unsupported("there is no selector")
    if _SIMPLE.fullmatch(source) and source not in _NO_TEXT:
        return [(("css", source),)]
    source = _without_style(source)
    marked, operators = _mark(source)
    if _PSEUDO_ELEMENT.search(re.sub(r"\"[^\"]*\"|'[^']*'|\[[^\]]*\]", "", marked)):
        raise NoMeaning("generated content")
    if not operators:
        _check_subject(marked)
        return [(("css", marked),)]
    return [_with_operators(part, operators) for part in css.split(marked)]


def _without_style(source: str) -> str:
    """A rule that styles is about elements only if it hides them."""
    found = _STYLE.fullmatch(source) if source.endswith(("}", ")")) else None
    if found is None:
        return source.removesuffix(":remove()")
    declared = found["braces"] if found["braces"] is not None else found["operator"]
    if not _HIDES.search(declared) or not found["selector"]:
        raise NoMeaning("styles")
    return found["selector"].removesuffix(":remove()")


# --- finding operators ---------------------------------------------------------------------------


def _mark(source: str, depth: int = 0) -> tuple[str, list[_Operator]]:
    """A selector with a mark for each procedural operator, which is CSS, and what the marks stand for."""
    if depth > css.MAX_DEPTH:
        raise Unsupported("selectors are nested too deep")
    made: list[str] = []
    operators: list[_Operator] = []
    place = 0
    while place < len(source):
        found = _FUNCTION.match(source, place)
        assert found is not None  # the pattern takes any character
        name = (found["name"] or "").lower()
        place = found.end()
        if name in _NO_MEANING:
            raise NoMeaning(_NO_MEANING[name])
        if name in _OPERATORS:
            end = _argument_end(source, place, _OPERATORS[name])
            operators.append(_Operator(_OPERATORS[name], source[place:end].strip()))
            made.append(f':{_MARK}("{len(operators) - 1}")')
            place = end + 1
        elif name in _OTHER_NAMES:
            end = _closing(source, place)
            inner, more = _mark(source[place:end], depth + 1)
            made.append(_OTHER_NAMES[name] + _renumbered(inner, len(operators)) + ")" * _OTHER_NAMES[name].count("("))
            operators += more
            place = end + 1
        elif name == _MARK:
            raise Unsupported(f"unknown operator :{name}()")
        else:
            made.append(found[0])
    return "".join(made).strip(), operators


def _renumbered(marked: str, by: int) -> str:
    return _MARKED.sub(lambda found: f':{_MARK}("{int(found[1]) + by}")', marked)


def _argument_end(source: str, place: int, kind: str) -> int:
    """Where an operator's argument ends: a text may hold single quotes, an expression single parentheses."""
    start = len(source) - len(source[place:].lstrip())
    first = source[start : start + 1]
    if first == "/" and kind != _PATH and not _is_pattern(source[place : _closing_or_end(source, place)]):
        found = _REGEX_END.search(source, start + 1)
    elif first in ("'", '"'):
        found = re.compile(rf"(?<!\\){first}\s*\)").search(source, start + 1)
    else:
        found = None
    return found.end() - 1 if found else _closing(source, place)


def _is_pattern(argument: str) -> bool:
    return pattern_of(argument.strip()) is not None


def _closing_or_end(source: str, place: int) -> int:
    try:
        return _closing(source, place)
    except Unsupported:
        return len(source)


def _closing(source: str, place: int) -> int:
    """Where a parenthesis is closed that opened before `place`. Quotes mean nothing."""
    depth = 1
    for found in re.compile(r"\\.|[()]", re.S).finditer(source, place):
        depth += (found[0] == "(") - (found[0] == ")")
        if not depth:
            return found.start()
    raise Unsupported("a parenthesis is not closed")


# --- conditions ----------------------------------------------------------------------------------


def _with_operators(marked: str, operators: list[_Operator]) -> Body:
    plain, paths = _take_paths(marked, operators)
    found = _TAIL.fullmatch(plain)
    assert found is not None  # the pattern takes anything
    # `.a > :has-text(b)` is about any element there.
    selector = re.sub(r"(^|[\s>+~])$", r"\1*", found["css"])
    tail = [operators[int(number)] for number in _MARKED.findall(found["tail"])]
    if not _MARKED.search(selector):
        _check_subject(selector)
        conditions = _conditions(tail)
        if conditions is not None:
            return (("css", selector), *conditions, *paths)
    return (("xpath", _xpath(plain, operators)), *paths)


def _take_paths(marked: str, operators: list[_Operator]) -> tuple[str, Body]:
    """The selector without its conditions on the page's address, and these."""
    paths: list[tuple[str, Value]] = []

    def take(found: re.Match[str]) -> str:
        operator = operators[int(found[1])]
        if operator.kind != _PATH:
            return found[0]
        opened = marked[: found.start()]
        if opened.count("(") - opened.count(")"):
            raise Unsupported("a condition on the path inside another operator")
        paths.append(path_condition(operator.argument))
        alone = re.search(r"[\s>+~]$", opened) and not re.match(r"[^\s>+~]", marked[found.end() :])
        return "*" if alone else ""

    plain = _MARKED.sub(take, marked)
    if len(paths) > 1:
        raise Unsupported("several conditions on the path")
    if re.match(r"\s*[>+~]", plain):
        plain = f"*{plain}"
    return plain.strip() or "*", tuple(paths)


def path_condition(argument: str) -> tuple[str, Value]:
    """The key and value that say the same of an address's path.

    Raises:
        Unsupported: it is about what the path does not hold.
    """
    pattern = pattern_of(argument)
    if pattern is not None:
        return "path_matches", pattern.re2_for_path
    text = text_of(argument)
    if not text or "?" in text:
        raise Unsupported("a condition on what follows the path" if text else "an empty path")
    if "*" in text:
        return "path_matches", escape(text)
    return "path", f"*{text}*"


def _conditions(operators: list[_Operator]) -> Body | None:
    """What operators at the end of a selector are in our format; None if that takes XPath."""
    made: dict[str, Value] = {}
    for operator in operators:
        if "scope" in made:
            return None
        key, value = _condition(operator)
        if not key or key in made:
            return None
        made[key] = value
    return tuple(made.items())


def _condition(operator: _Operator) -> tuple[str, Value]:
    argument = operator.argument
    match operator.kind:
        case "text":
            pattern = pattern_of(argument)
            if pattern is not None:
                return "matches", pattern.re2
            text = " ".join(text_of(argument).split())
            if not text:
                raise Unsupported("an empty text")
            return ("text", text) if len(text) >= _CLEAR_TEXT else ("matches", f"(?-i){escape(text)}")
        case "length":
            return "min_chars", _number(argument)
        case "upward" if argument.isdecimal():
            return "scope", f"up {_number(argument)}"
        case _:
            return "", ""


def _number(argument: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", argument):
        raise Unsupported(f"{argument!r} is no number from 1 to 9999")
    return int(argument)


def _check_subject(selector: str) -> None:
    """Refuse what is about scripts and styles, whose text no reader sees."""
    if not any(tag in selector for tag in _NO_TEXT):
        return
    if all(_subject(one.parsed_tree) in _NO_TEXT for _, one in _parse(selector)):
        raise NoMeaning("scripts and styles")


def _subject(tree: Any) -> str:
    if isinstance(tree, cssselect.CombinedSelector):
        tree = tree.subselector
    while not isinstance(tree, cssselect.Element):
        tree = tree.selector
    return (tree.element or "").lower()


def _parse(selector: str) -> list[tuple[str, cssselect.Selector]]:
    try:
        return css.parse(selector)
    except (SelectorError, RecursionError) as error:
        raise Unsupported(f"broken selector: {error}") from None


# --- XPath ---------------------------------------------------------------------------------------


def _xpath(marked: str, operators: list[_Operator]) -> str:
    """An XPath expression that finds what a selector with operators does."""
    last = _LAST.fullmatch(marked)
    if last and operators[int(last["number"])].kind == _XPATH:
        expression = text_of(operators[int(last["number"])].argument)
        if not last["before"]:
            return expression
        if expression.startswith(("/", "(")):
            # It begins at the root whatever came before, but only if that is there.
            return f"({expression})[{_xpath(last['before'], operators)}]"
    ((_, tree),) = _parse(marked)
    if _subject(tree.parsed_tree) in _NO_TEXT:
        raise NoMeaning("scripts and styles")
    try:
        found = str(_Translator(operators).xpath(tree.parsed_tree))
    except (ExpressionError, RecursionError) as error:
        raise Unsupported(str(error)) from None
    return "//" + found.removesuffix("/self::*")


class _Translator(css.Translator):
    """CSS and procedural operators to XPath."""

    def __init__(self, operators: list[_Operator]) -> None:
        super().__init__()
        self.operators = operators

    def xpath_function(self, function: Any) -> Any:
        if function.name != _MARK:
            return super().xpath_function(function)
        operator = self.operators[int(function.arguments[0].value)]
        before = self.xpath(function.selector)
        argument = operator.argument
        match operator.kind:
            case "text":
                return before.add_condition(xpath_test(".", argument))
            case "length":
                return before.add_condition(f"string-length() >= {_number(argument)}")
            case "attribute":
                return before.add_condition(_attribute_test(argument))
            case "upward":
                return _step(before, f"ancestor::*[{self._ancestor(argument)}]")
            case "xpath":
                return self._xpath_step(before, text_of(argument))
            case _:
                raise Unsupported("a condition on the path inside another operator")

    def _ancestor(self, argument: str) -> str:
        if argument.isdecimal():
            return str(_number(argument))
        conditions = " or ".join(f"({self.condition(one.parsed_tree)})" for _, one in _parse(argument))
        return f"{conditions}][1"

    def _xpath_step(self, before: Any, expression: str) -> Any:
        if expression.startswith(("/", "(")):
            raise Unsupported("an XPath expression from the root in the middle of a selector")
        return _step(before, expression.removeprefix("./"))

    def xpath_direct_adjacent_combinator(self, left: Any, right: Any) -> Any:
        """As cssselect's, for what goes on to other elements, too."""
        path = f"{left}/following-sibling::*[1]/self::{right.path}"
        return XPathExpr(path=path, element=right.element, condition=right.condition)

    def xpath_attrib_includes(self, xpath: Any, name: str, value: str | None) -> Any:
        """A shorter form of cssselect's, which people read."""
        if not value or re.search(r"\s", value):
            return xpath.add_condition("0")
        return xpath.add_condition(f"contains(concat(' ', normalize-space({name}), ' '), {literal(f' {value} ')})")


def _step(before: Any, step: str) -> Any:
    return XPathExpr(path=f"{before}/{step}/self::", element="*")


def _attribute_test(argument: str) -> str:
    """The condition that `:matches-attr("name"="value")` stands for."""
    name, equals, value = argument.partition("=")
    name, value = text_of(name.strip()), text_of(value.strip())
    if not re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.A):
        raise Unsupported("an expression for the name of an attribute")
    attribute = f"@{name.lower()}"
    if not equals:
        return attribute
    if pattern_of(value) is None:
        return f"{attribute} = {literal(value)}"
    return xpath_test(attribute, value)
