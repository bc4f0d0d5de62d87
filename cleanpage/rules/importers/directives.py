"""What a directive of a site file says in the words of a rule file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import defs

from ..selectors import SelectorProblem, parse_css
from .files import Entry, scalar, scalars
from .sites import Directive
from .vocabulary import Vocabulary
from .xpath import Translation, has_id, has_token, to_css, translate

_METADATA = {"title": "title", "author": "authors", "date": "published"}
# Removals that no category is known for: site furniture, which stays unless it is asked for.
_UNKNOWN = "chrome"
_CONSTANT = re.compile(r"""(?:string\s*)?(?P<open>\(?)\s*(?P<quote>["'])(?P<value>.*)(?P=quote)\s*(?P<close>\)?)""")
_FROM_ROOT = re.compile(r"[(/]|\./|[a-z-]+\s*\(")
_LITERAL = re.compile(r""""([^"]*)"|'([^']*)'""")
_ELEMENT = re.compile(r"(?:/|::|^)\s*([a-z][a-z0-9-]*)")
_TOKEN = re.compile(r"[\w:@/%+-]*[\w@/%+-]")
_COMPOUND = re.compile(r"([A-Za-z][\w-]*)?((?:[.#][A-Za-z_-][\w-]*)*)")
_PART_OF_NAME = re.compile(r"[-_]$|^[-]")


class Refused(Exception):
    """A directive cannot be imported; the message says why."""


class Converter:
    """Makes entries of directives.

    Args:
        vocabulary: the words that say of which category a block is.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def entries(self, directives: Sequence[Directive]) -> Iterator[tuple[Directive, list[Entry] | Refused]]:
        """The entries of a file's directives, or why there are none."""
        url = ""
        texts: dict[str, list[str]] = {}
        tests: list[tuple[Directive, str]] = []
        for directive in directives:
            try:
                if not directive.value:
                    raise Refused("it has no value")
                if directive.name == "test_url":
                    url = directive.value
                    texts.setdefault(url, [])
                    tests.append((directive, url))
                elif directive.name == "test_contains":
                    if not url:
                        raise Refused("no test_url stands before it")
                    texts[url].append(directive.value)
                    tests.append((directive, url))
                else:
                    yield directive, self.entry(directive)
            except Refused as refused:
                yield directive, refused
        for directive, url in tests:
            yield directive, [_test(url, texts[url])]

    def entry(self, directive: Directive) -> list[Entry]:
        """The entries of a directive that stands for itself.

        Raises:
            Refused: there are none.
        """
        condition = _page_has(directive.condition)
        value = directive.value
        match directive.name:
            case "strip":
                return self.strip(value, condition)
            case "strip_id_or_class":
                css = css_of_names(value)
                return [_removal(self.category(value), Translation(css), condition)]
            case "body":
                return [Entry("content", "", _where(value, condition))]
            case "strip_attr":
                if condition:
                    raise Refused("if_page_contains behind it: attributes go from every page of a publisher")
                return [Entry("strip_attributes", "", (scalar(value),))]
            case "if_page_contains":
                raise Refused("no directive stands before it")
            case name:
                return [Entry("metadata", _METADATA[name], _value(value, condition))]

    def strip(self, xpath: str, condition: tuple[str, ...]) -> list[Entry]:
        _check_begin(xpath)
        literals = [one or other for one, other in _LITERAL.findall(xpath)]
        elements = _ELEMENT.findall(_LITERAL.sub("''", xpath))
        category = self.vocabulary.category(literals, elements) or _UNKNOWN
        translations = translate(xpath)
        if any(part.condition and part.css == "*" for part in translations):
            raise Refused("a text is also in everything around it, up to the page itself: name an element")
        if not translations:
            return [Entry("remove", category, (f"xpath: {scalar(xpath)}", *condition))]
        return [_removal(category, part, condition) for part in translations]

    def category(self, names: str) -> str:
        return self.vocabulary.category([names]) or _UNKNOWN


def css_of_names(value: str) -> str:
    """The selector for the value of `strip_id_or_class`: a class or id, whole; several classes; or plain CSS.

    Full-Text RSS looks for the value as a part of the attributes, and so `ad` removes what is marked `headline`, too.
    Here names match whole.

    Raises:
        Refused: it is none of these.
    """
    names = value.replace("'", "").replace('"', "").split()
    if not names:
        raise Refused("it has no value")
    if all(_TOKEN.fullmatch(name) for name in names):
        part = next((name for name in names if _PART_OF_NAME.search(name)), "")
        if part:
            raise Refused(f"{part!r} is a part of a name, and names match whole: write `[class*={part}]` by hand")
        if len(names) == 1:
            return f"{has_token('class', names[0])}, {has_id(names[0])}"
        return "".join(has_token("class", name) for name in names)
    css = _as_css(names)
    if not css:
        raise Refused("neither the name of a class or id nor a selector")
    try:
        parse_css(css)
    except SelectorProblem as wrong:
        raise Refused(str(wrong)) from None
    return css


def _as_css(names: list[str]) -> str:
    """CSS where a name was expected: compounds such as `div.box`, `.box.wide` or `box.wide`, joined by blanks or `>`.
    Empty for anything else: a word that is no element's name and has no dot before it may be a comment."""
    parts = []
    for name in names:
        found = _COMPOUND.fullmatch(name)
        if name == ">":
            parts.append(name)
        elif found is None or not name or (not found[2] and found[1] not in defs.tags):
            return ""
        elif found[1] and found[1] not in defs.tags:
            parts.append(f".{name}")  # the first class without its dot
        else:
            parts.append(name)
    return " ".join(parts)


def _removal(category: str, part: Translation, condition: tuple[str, ...]) -> Entry:
    if not part.condition and not part.scope and not condition:
        return Entry("remove", category, (scalar(part.css),))
    lines = [f"css: {scalar(part.css)}"]
    if part.condition:
        lines += scalars(part.condition, part.phrases)
    if part.scope:
        lines.append(f"scope: {part.scope}")
    return Entry("remove", category, (*lines, *condition))


def _where(xpath: str, condition: tuple[str, ...]) -> tuple[str, ...]:
    """Where elements are, as lines of an entry."""
    _check_begin(xpath)
    css = to_css(xpath)
    if css and not condition:
        return (scalar(css),)
    return (f"css: {scalar(css)}" if css else f"xpath: {scalar(xpath)}", *condition)


def _value(xpath: str, condition: tuple[str, ...]) -> tuple[str, ...]:
    """Where a value of the metadata is, as lines of an entry; a text in quotes is the value itself."""
    constant = _CONSTANT.fullmatch(xpath)
    if constant and constant["quote"] not in constant["value"] and bool(constant["open"]) == bool(constant["close"]):
        return (f"value: {scalar(constant['value'])}", *condition)
    return _where(xpath, condition)


def _page_has(condition: Directive | None) -> tuple[str, ...]:
    if condition is None:
        return ()
    _check_begin(condition.value)
    css = to_css(condition.value)
    return (f"page_has: {scalar(css)}",) if css else ("page_has:", f"  xpath: {scalar(condition.value)}")


def _test(url: str, texts: list[str]) -> Entry:
    lines = [f"url: {scalar(url)}"]
    if texts:
        lines += ["contains:", *(f"  - {scalar(text)}" for text in dict.fromkeys(texts))]
    return Entry("tests", "", tuple(lines))


def _check_begin(xpath: str) -> None:
    if not _FROM_ROOT.match(xpath):
        raise Refused("an expression that does not begin at the page's root finds nothing: begin with //")
