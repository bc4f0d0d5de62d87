"""XPath said in CSS: where an expression means the same as a selector, rules read better and run faster as CSS.

Only what is exact is translated, apart from the way texts are compared: phrases of rules are folded (case, quotes,
dashes, white space). Everything else stays XPath.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import NoReturn

from ..phrases import fold
from ..selectors import SelectorProblem, parse_css

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"[^"]*"|'[^']*')|(?P<number>\d+)(?![\d.])|(?P<name>[A-Za-z_][\w-]*+)(?![.:](?!:))
    |(?P<mark>//|::|\.\.|!=|<=|>=|[/|()\[\]@.,=<>*+-]))""",
    re.X | re.A,
)
_IDENTIFIER = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*")
_LOWER_NAME = re.compile(r"[a-z_][a-z0-9_-]*")
# How many selectors one expression may become: `or` within `or` multiplies.
_MOST_ALTERNATIVES = 12
# A phrase shorter than this, or one in capitals, says something else once its case is folded.
_LEAST_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Translation:
    """What an expression says, or one part of it.

    Attributes:
        css: which elements.
        condition: `text`, `starts` or `equals`, or empty for no phrases.
        phrases: of which one must fit.
        scope: how much goes with an element; empty for the element itself.
    """

    css: str
    condition: str = ""
    phrases: tuple[str, ...] = ()
    scope: str = ""


def translate(xpath: str) -> tuple[Translation, ...]:
    """An XPath expression in CSS: all parts together select what it selects. Empty if CSS cannot say it."""
    try:
        found = _merged(_Parser(xpath).union())
        for part in found:
            parse_css(part.css)
    except (_NotCss, SelectorProblem, RecursionError):
        return ()
    return found


def to_css(xpath: str) -> str:
    """An XPath expression as one CSS selector, or list of selectors; empty if it takes more than that."""
    found = translate(xpath)
    return found[0].css if len(found) == 1 and not found[0].condition and not found[0].scope else ""


def has_token(attribute: str, token: str) -> str:
    """The selector for a word of an attribute's value, such as a class name."""
    if attribute == "class" and _IDENTIFIER.fullmatch(token):
        return f".{token}"
    return f"[{attribute}~={_string(token)}]"


def has_id(value: str) -> str:
    """The selector for an id."""
    return f"#{value}" if _IDENTIFIER.fullmatch(value) else f"[id={_string(value)}]"


class _NotCss(Exception):
    pass


def _no() -> NoReturn:
    raise _NotCss


def _string(value: str) -> str:
    if not value or re.search(r"[\n\r\f\\]", value):
        _no()
    quote = '"' if '"' not in value else "'"
    if quote in value:
        _no()
    return f"{quote}{value}{quote}"


@dataclass(frozen=True, slots=True)
class _Part:
    """One way in which an element may meet a predicate.

    Attributes:
        parts: simple selectors, all of which hold.
        tag: the tag it must have, empty for any.
        condition, phrase: what its text must be.
    """

    parts: tuple[str, ...] = ()
    tag: str = ""
    condition: str = ""
    phrase: str = ""

    def __and__(self, other: _Part) -> _Part:
        if (self.tag and other.tag and self.tag != other.tag) or (self.condition and other.condition):
            _no()
        return _Part(
            (*self.parts, *(part for part in other.parts if part not in self.parts)),
            self.tag or other.tag,
            self.condition or other.condition,
            self.phrase or other.phrase,
        )


@dataclass(frozen=True, slots=True)
class _Path:
    """A selector as it grows from left to right: what comes before the last element, and that one."""

    before: str
    last: _Part
    scope: str = ""

    @property
    def css(self) -> str:
        parts = "".join(self.last.parts)
        return self.before + (self.last.tag + parts or "*")

    def then(self, combinator: str, tag: str) -> _Path:
        if self.last.condition or self.scope:
            _no()  # a text decides about something else than the element that goes
        return _Path(self.css + combinator, _Part(tag="" if tag == "*" else tag))


def _merged(paths: list[_Path]) -> tuple[Translation, ...]:
    """Selectors with the same condition joined by commas, phrases of the same selector joined to a list."""
    phrases: dict[tuple[str, str, str], dict[str, None]] = {}
    for path in paths:
        key = (path.css, path.last.condition, path.scope)
        phrases.setdefault(key, {})[path.last.phrase] = None
    joined: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for (css, condition, scope), texts in phrases.items():
        joined.setdefault((condition, tuple(filter(None, texts)), scope), []).append(css)
    return tuple(
        Translation(", ".join(css), condition, texts, scope) for (condition, texts, scope), css in joined.items()
    )


class _Parser:
    """Reads as much of XPath 1.0 as CSS has words for, and gives up at anything else."""

    def __init__(self, xpath: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        text = xpath.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                _no()
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()
        self.place = 0

    # --- tokens --------------------------------------------------------------------------------

    def peek(self, *values: str) -> bool:
        """Whether these tokens come next."""
        ahead = self.tokens[self.place : self.place + len(values)]
        return len(ahead) == len(values) and all(
            token[1] == value and token[0] != "string" for token, value in zip(ahead, values, strict=True)
        )

    def take(self, *values: str) -> bool:
        """Go past these tokens if they come next."""
        if self.peek(*values):
            self.place += len(values)
            return True
        return False

    def need(self, *values: str) -> None:
        if not self.take(*values):
            _no()

    def next(self, kind: str) -> str:
        if self.place >= len(self.tokens) or self.tokens[self.place][0] != kind:
            _no()
        self.place += 1
        return self.tokens[self.place - 1][1]

    def string(self) -> str:
        return self.next("string")[1:-1]

    def name(self) -> str:
        """The name of an element or attribute. XPath minds its case, and pages have lower-case names only."""
        name = self.next("name")
        if not _LOWER_NAME.fullmatch(name):
            _no()
        return name

    # --- paths ---------------------------------------------------------------------------------

    def union(self) -> list[_Path]:
        paths = self.path()
        while self.take("|"):
            paths += self.path()
        if self.place < len(self.tokens) or len(paths) > _MOST_ALTERNATIVES:
            _no()
        return paths

    def path(self) -> list[_Path]:
        self.take(".")
        if self.take("//"):
            paths = self.step([_Path("", _Part())], first=True)
        else:
            self.need("/", "html")
            paths = [_Path("", _Part(tag="html"))]
        while self.peek("/") or self.peek("//"):
            paths = self.step(paths)
        return paths

    def step(self, paths: list[_Path], *, first: bool = False) -> list[_Path]:
        """One step of a path and its predicates."""
        deep = first or not self.take("/")
        if not first and deep:
            self.need("//")
        if self.take(".."):
            return self.predicates([] if deep else [_parent(path, "*") for path in paths])
        axis = "child"
        if self.place + 1 < len(self.tokens) and self.tokens[self.place + 1][1] == "::":
            axis = self.next("name")
            self.need("::")
        tag = "*" if self.take("*") else self.name()
        if self.peek("("):
            _no()  # text(), node()
        match axis:
            case "child":
                joint = "" if first else " " if deep else " > "
                paths = [_Path("", _Part(tag=_tag(tag))) if first else path.then(joint, tag) for path in paths]
                paths = self.positions(paths)
            case "descendant" if not first and not deep:
                paths = [path.then(" ", tag) for path in paths]
            case "self" if not deep:
                paths = [replace(path, last=path.last & _Part(tag=_tag(tag))) for path in paths]
            case "parent" if not deep:
                paths = [_parent(path, tag) for path in paths]
            case "following-sibling" if not deep:
                nearest = tag == "*" and self.take("[", "1", "]")
                paths = [path.then(" + " if nearest else " ~ ", tag) for path in paths]
            case "ancestor" if not deep:
                self.need("[", "1", "]")
                paths = [_closest(path, tag) for path in paths]
            case _:
                _no()
        return self.predicates(paths)

    def positions(self, paths: list[_Path]) -> list[_Path]:
        """A place among the siblings, right after the name: later it counts only those that met what came before."""
        start = self.place
        if not self.take("["):
            return paths
        position = self.position()
        if position is None or not self.take("]"):
            self.place = start
            return paths
        return [replace(path, last=path.last & _Part((_nth(path.last.tag, *position),))) for path in paths]

    def position(self) -> tuple[str, str] | None:
        """The kind of place and its number as CSS writes it."""
        if self.take("position", "(", ")"):
            for operator, form in (("=", "{}"), ("<=", "-n+{}"), (">=", "n+{}"), ("<", "-n+{}"), (">", "n+{}")):
                if self.take(operator):
                    if self.take("last", "(", ")"):
                        return ("last", "1") if operator == "=" else None
                    number = int(self.next("number")) + {"<": -1, ">": 1}.get(operator, 0)
                    return ("", form.format(number)) if number > 0 else None
            return None
        if self.take("last", "(", ")"):
            return "last", str(int(self.next("number")) + 1) if self.take("-") else "1"
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "number":
            number = int(self.next("number"))
            return ("", str(number)) if number > 0 else None
        return None

    # --- predicates ----------------------------------------------------------------------------

    def predicates(self, paths: list[_Path]) -> list[_Path]:
        while self.take("["):
            parts = self.either()
            self.need("]")
            paths = [replace(path, last=path.last & part) for path, part in product(paths, parts)]
            if len(paths) > _MOST_ALTERNATIVES or any(path.scope for path in paths):
                _no()
        return paths

    def either(self) -> list[_Part]:
        parts = self.both()
        while self.take("or"):
            parts += self.both()
        return parts

    def both(self) -> list[_Part]:
        parts = self.one()
        while self.take("and"):
            parts = [left & right for left, right in product(parts, self.one())]
            if len(parts) > _MOST_ALTERNATIVES:
                _no()
        return parts

    def one(self) -> list[_Part]:
        if self.take("("):
            parts = self.either()
            self.need(")")
            return parts
        if self.take("not", "("):
            part = _none_of(self.either())
            self.need(")")
            return [part]
        if self.take("self", "::"):
            return [_Part(tag=self.name())]
        if self.peek("@"):
            return [self.attribute()]
        for function, operator in (("contains", "*="), ("starts-with", "^=")):
            if self.take(function, "("):
                part = self.comparison(operator)
                self.need(")")
                return [part]
        if self.peek("normalize-space") or self.peek("string") or (self.peek(".") and not self.peek(".", "/")):
            if self.peek(".", "//"):
                return [self.inside()]
            self.text()
            self.need("=")
            return [_phrase("equals", self.string())]
        return [self.inside()]

    def attribute(self) -> _Part:
        self.need("@")
        name = self.name()
        if self.take("="):
            value = self.string()
            return _Part((has_id(value) if name == "id" and value else f"[{name}={_string(value)}]",))
        if self.take("!="):
            return _Part((f"[{name}]", f":not([{name}={_string(self.string())}])"))
        return _Part((f"[{name}]",))

    def comparison(self, operator: str) -> _Part:
        """What `contains` or `starts-with` compares."""
        if self.take("@"):
            name = self.name()
            self.need(",")
            return _Part((f"[{name}{operator}{_string(self.string())}]",))
        if operator == "*=" and self.take("concat", "("):
            return _Part((self.token(),))
        self.text()
        self.need(",")
        return _phrase("text" if operator == "*=" else "starts", self.string())

    def token(self) -> str:
        """`concat(' ', normalize-space(@class), ' '), ' name '`: a word of an attribute's value."""
        if self.string() != " ":
            _no()
        self.need(",")
        if self.take("normalize-space", "("):
            self.need("@")
            name = self.name()
            self.need(")")
        else:
            self.need("@")
            name = self.name()
        self.need(",")
        if self.string() != " ":
            _no()
        self.need(")", ",")
        padded = self.string()
        word = padded.strip(" ")
        if padded != f" {word} " or not word or re.search(r"\s", word):
            _no()
        return has_token(name, word)

    def text(self) -> None:
        """The element's text: `.`, `normalize-space(.)`, `string(.)`."""
        if self.take("normalize-space", "(", ")") or self.take("string", "(", ")"):
            return
        if self.take("normalize-space", "(") or self.take("string", "("):
            self.text()
            self.need(")")
        else:
            self.need(".")

    def inside(self) -> _Part:
        """A path in a predicate: something that stands inside the element."""
        joint = "" if self.take(".", "//") else "> "
        if joint:
            self.take(".", "/")
        css = joint + self.descendant()
        while self.peek("/") or self.peek("//"):
            css += " " if self.take("//") else " > "
            self.take("/")
            css += self.descendant()
        return _Part((f":has({css})",))

    def descendant(self) -> str:
        tag = "*" if self.take("*") else self.name()
        if self.peek("(") or self.peek("::"):
            _no()
        paths = self.predicates(self.positions([_Path("", _Part(tag=_tag(tag)))]))
        if len(paths) != 1 or paths[0].last.condition:
            _no()
        return paths[0].css


def _tag(name: str) -> str:
    return "" if name == "*" else name


def _parent(path: _Path, tag: str) -> _Path:
    """The parent of a path's element."""
    if path.last.condition or path.scope:
        _no()
    own = replace(path, before="").css
    if not path.before:
        return _Path("", _Part((f":has(> {own})",), _tag(tag)))
    _no()  # the parent is known already, or CSS would have to name it twice


def _closest(path: _Path, tag: str) -> _Path:
    """The nearest ancestor of a kind. The scope `closest` takes the element itself if it is of that kind, or if there
    is no such ancestor: neither may be possible."""
    if path.before or path.last.condition or path.scope or not path.last.tag or tag in ("*", path.last.tag):
        _no()
    return _Path(f"{tag} ", path.last, f"closest {tag}")


def _nth(tag: str, kind: str, number: str) -> str:
    among = "of-type" if tag else "child"
    if number == "1":
        return f":{'last' if kind else 'first'}-{among}"
    return f":nth-{'last-' if kind else ''}{among}({number})"


def _none_of(parts: Iterable[_Part]) -> _Part:
    """That none of several simple things holds."""
    without = []
    for part in parts:
        if part.condition or len(part.parts) + bool(part.tag) != 1:
            _no()
        without.append(f":not({part.tag or part.parts[0]})")
    return _Part(tuple(without))


def _phrase(condition: str, phrase: str) -> _Part:
    """A condition on the element's text, unless folding would make it say something else."""
    folded = fold(phrase)
    if phrase != " ".join(phrase.split()) or len(folded) < _LEAST_PHRASE or (" " not in phrase and phrase.isupper()):
        _no()
    return _Part(condition=condition, phrase=phrase)
