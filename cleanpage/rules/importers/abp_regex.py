"""Regular expressions of filter lists, in the forms that our rules can hold.

Lists have the syntax of JavaScript. A condition of its own becomes one of RE2. XPath has none that takes linear time;
an expression that stands for a few texts (`/^(?:Ad|Sponsored)$/`) becomes comparisons with these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..phrases import unify
from .abp_lines import Unsupported

# As many texts as a person would still write out.
_MOST_TEXTS = 120
_LITERAL = re.compile(r"/(?P<pattern>.*)/(?P<flags>[a-z]*)", re.S)
_ESCAPED_SLASH = re.compile(r"(\\[^/u])|\\/|\\u([0-9A-Fa-f]{4})|\\u\{([0-9A-Fa-f]+)\}")
_SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression as a list has it."""

    source: str
    any_case: bool = False
    flags: str = ""

    @property
    def re2(self) -> str:
        """The same for RE2, as `matches` takes it: case is ignored there unless the expression says otherwise."""
        flags = "".join(sorted({"m", "s"} & set(self.flags)))
        prefix = f"(?{flags})" if self.any_case and flags else "" if self.any_case else f"(?{flags}-i)"
        return prefix + unify(_ESCAPED_SLASH.sub(_for_re2, self.source))

    @property
    def re2_for_path(self) -> str:
        """The same for RE2, as `path_matches` takes it, where case counts."""
        return ("(?i)" if self.any_case else "") + _ESCAPED_SLASH.sub(_for_re2, self.source)


def _for_re2(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    code = found[2] or found[3]
    return f"\\x{{{code}}}" if code else "/"


def pattern_of(argument: str) -> Pattern | None:
    """The regular expression that an operator's argument is, None if it is a text."""
    found = _LITERAL.fullmatch(argument)
    if found is None or not found["pattern"]:
        return None
    if set(found["flags"]) - set("dgimsuvy"):
        return None
    return Pattern(found["pattern"], "i" in found["flags"], found["flags"])


def text_of(argument: str) -> str:
    """The text that an operator's argument is: quotes around it are no part of it."""
    if len(argument) > 1 and argument[0] == argument[-1] and argument[0] in "\"'":
        return re.sub(r"\\([\"'\\])", r"\1", argument[1:-1])
    return argument


def escape(text: str) -> str:
    """An expression that fits a text and nothing else."""
    return _SPECIAL.sub(r"\\\1", text)


def xpath_test(of: str, argument: str) -> str:
    """An XPath condition that a string passes as it would the argument of `:has-text()`.

    Args:
        of: the string, as an XPath expression.
        argument: a text that the string contains, or a regular expression that is found in it.

    Raises:
        Unsupported: the expression stands for too many texts.
    """
    pattern = pattern_of(argument)
    if pattern is None:
        text = text_of(argument)
        if not text:
            raise Unsupported("an empty text")
        return f"contains({of}, {literal(text)})"
    found = _Expansion(pattern.source).found()
    if pattern.any_case:
        letters = sorted({c for one in found for c in one.text.lower() + one.text.upper() if c.lower() != c})
        pairs = [(c, c.lower()) for c in letters if len(c.lower()) == 1]
        if pairs:
            upper, lower = ("".join(part) for part in zip(*pairs, strict=True))
            of = f"translate({of}, {literal(upper)}, {literal(lower)})"
        found = [_Text(one.text.lower(), one.at_start, one.at_end) for one in found]
    return " or ".join(dict.fromkeys(one.test(of) for one in found))


def literal(text: str) -> str:
    """A text as XPath writes it."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    at_start: bool = False
    at_end: bool = False

    def then(self, other: _Text) -> _Text:
        if (self.at_end and (other.text or other.at_start)) or (other.at_start and self.text):
            raise Unsupported("a regular expression that anchors in the middle, inside another operator")
        return _Text(self.text + other.text, self.at_start or other.at_start, self.at_end or other.at_end)

    def test(self, of: str) -> str:
        text = literal(self.text)
        if self.at_start and self.at_end:
            return f"{of} = {text}"
        if not self.text:
            raise Unsupported("a regular expression that fits the empty text")
        if self.at_start:
            return f"starts-with({of}, {text})"
        if self.at_end:
            return f"substring({of}, string-length({of}) - {len(self.text) - 1}) = {text}"
        return f"contains({of}, {text})"


class _Expansion:
    """The texts that an expression stands for."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.depth = 0

    def found(self) -> list[_Text]:
        texts = self._alternatives()
        if self.place < len(self.source):
            raise self._too_rich()
        return texts

    def _too_rich(self) -> Unsupported:
        return Unsupported("a regular expression inside another operator that stands for more than a few texts")

    def _peek(self) -> str:
        return self.source[self.place : self.place + 1]

    def _alternatives(self) -> list[_Text]:
        texts = self._sequence()
        while self._peek() == "|":
            self.place += 1
            texts += self._sequence()
        if len(texts) > _MOST_TEXTS:
            raise self._too_rich()
        return texts

    def _sequence(self) -> list[_Text]:
        texts = [_Text("")]
        while self._peek() not in ("", "|", ")"):
            parts = self._atom()
            if self._peek() == "?":
                self.place += 1
                parts = [*parts, _Text("")]
            if self._peek() in ("*", "+", "{", "?"):
                raise self._too_rich()
            if len(texts) * len(parts) > _MOST_TEXTS:
                raise self._too_rich()
            texts = [text.then(part) for text in texts for part in parts]
        return texts

    def _atom(self) -> list[_Text]:
        character = self._peek()
        self.place += 1
        match character:
            case "^":
                return [_Text("", at_start=True)]
            case "$":
                return [_Text("", at_end=True)]
            case "(":
                return self._group()
            case "[":
                return [_Text(one) for one in self._class()]
            case "\\":
                return [_Text(self._escape())]
            case "." | "*" | "+" | "?" | "{":
                raise self._too_rich()
            case _:
                return [_Text(character)]

    def _group(self) -> list[_Text]:
        if self.source.startswith("?:", self.place):
            self.place += 2
        elif self._peek() == "?" or self.depth > 20:
            raise self._too_rich()
        self.depth += 1
        texts = self._alternatives()
        self.depth -= 1
        if self._peek() != ")":
            raise Unsupported("a broken regular expression: a parenthesis is missing")
        self.place += 1
        return texts

    def _class(self) -> Iterable[str]:
        end = self.source.find("]", self.place)
        members = self.source[self.place : end]
        if end < 0 or not members or any(mark in members for mark in "^-\\"):
            raise self._too_rich()
        self.place = end + 1
        return members

    def _escape(self) -> str:
        character = self._peek()
        self.place += 1
        if not character or character.isalnum():
            raise self._too_rich()
        return character
