"""The lines of a filter list: which are rules about elements, for which sites, under which heading.

Filter lists of Adblock Plus and uBlock Origin mix comments, directives, network rules and cosmetic rules. Only the last
say anything of a stored page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..sites import is_entry
from .abp_vocabulary import Vocabulary

# Longer lines are no rules that anyone wrote.
MAX_LINE = 200_000
_SEPARATOR = re.compile(r"#(?P<exception>@?)(?P<kind>[?$%]{0,2})#")
_PREFIX = re.compile(r"\[\$(?P<options>(?:\\.|[^\]\\])*)\]")
_NO_SITES = re.compile(r"""[|^=?"'()\s#]""")
_FILE = re.compile(r"^(?:\*{2,}\s*(?P<framed>\S+)\s*\*{2,}|(?P<bare>\w+\.txt))$")
_RULED = re.compile(r"^[-=]{3,}\s*(?P<title>[^-=].*?)\s*[-=]{3,}!?$")
_ADDRESS = re.compile(r"https?:|\|\||[#$]@?[?$%]*#|^[^\s]*[/^$*]\S*$|^[.#\[]")
# Network rules that switch cosmetic rules off for a site.
_SWITCH = re.compile(r"^@@.*\$.*\b(?:generichide|ghide|elemhide|ehide|specifichide|shide)\b")
_HEAD = re.compile(r"^(?P<name>Title|Version|Last modified|Homepage|Licen[sc]e)\s*:\s*(?P<value>.+)$", re.I)
_HEAD_LINES = 40
_CONDITION = re.compile(r"\s*(\|\||&&|[!()]|\w+)")


class Unsupported(Exception):
    """A rule that could mean something for a stored page and cannot be said in ours; the message says why."""


class NoMeaning(Exception):
    """A rule that means nothing for a stored page; the message names the kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a list; counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Sites:
    """Where a rule holds.

    Attributes:
        on: domains; empty for everywhere.
        off: domains where it does not, though `on` has a wider one or is empty.
    """

    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()

    @property
    def entries(self) -> list[str]:
        return [*sorted(self.on), *(f"~{domain}" for domain in sorted(self.off))]


@dataclass(slots=True)
class Line:
    """A cosmetic rule as it was read.

    Attributes:
        place, source: where it stands, and what.
        exception: whether it says where another rule does not hold.
        kind: what stands between the two `#`, besides `@`: empty, `?`, `$`, `$?` or `%`.
        domains: what stands before them.
        options: what stands in `[$…]` at the beginning.
        body: what stands after them.
        category: what its heading or its list's title says; empty for nothing.
    """

    place: Place
    source: str
    exception: bool
    kind: str
    domains: str
    options: str
    body: str
    category: str


@dataclass(slots=True)
class FilterList:
    """A list as it was read.

    Attributes:
        name: the file's name, as it was given.
        head: title, version and so on, as its first comments say.
        lines: its cosmetic rules.
        counts: how many comments, directives and network rules it has, and rules in blocks for no browser.
        broken: lines that are no text, each with the reason.
    """

    name: str
    head: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[Place, str, str]] = field(default_factory=list)


def read_list(data: bytes, name: str, vocabulary: Vocabulary) -> FilterList:
    """Read a filter list.

    Args:
        data: its bytes; UTF-8.
        name: what messages call it.
        vocabulary: what its headings and conditions mean.
    """
    made = FilterList(name)
    headings, blocks = _Headings(vocabulary), _Blocks(vocabulary)
    for number, raw in enumerate(re.split(rb"\r\n?|\n", data.removeprefix(b"\xef\xbb\xbf")), 1):
        place = Place(name, number)
        try:
            text = raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            made.broken.append((place, raw.decode("utf-8", "replace").strip(), "the line is not UTF-8"))
            continue
        if not text:
            continue
        if len(text) > MAX_LINE:
            made.broken.append((place, text, f"the line has more than {MAX_LINE:,} characters"))
        elif text.startswith(("!#", "!+")):
            made.counts["directives"] += 1
            blocks.directive(text)
        elif _is_comment(text):
            made.counts["comments"] += 1
            if number <= _HEAD_LINES and (found := _HEAD.match(text[1:].strip())):
                made.head.setdefault(found["name"].capitalize().replace("Licence", "License"), found["value"].strip())
            headings.comment(text[1:].strip())
        elif (line := _cosmetic(place, text)) is None:
            made.counts["network rules" if not _SWITCH.search(text) else "switches such as $generichide"] += 1
        elif blocks.never:
            made.counts["rules for no browser"] += 1
        else:
            line.category = headings.category or vocabulary.of_title(made.head.get("Title", ""))
            made.lines.append(line)
    return made


def _is_comment(text: str) -> bool:
    if text.startswith("!") or text == "#" or text.startswith("# "):
        return True
    return text.startswith("[") and not text.startswith("[$") and text.endswith("]") and "##" not in text


def _cosmetic(place: Place, text: str) -> Line | None:
    prefix = _PREFIX.match(text)
    start = prefix.end() if prefix else 0
    found = _SEPARATOR.search(text, start)
    if found is None:
        return None
    domains = text[start : found.start()].strip()
    if _NO_SITES.search(domains.replace(", ", ",")) and not domains.startswith("/"):
        return None
    return Line(
        place,
        text,
        bool(found["exception"]),
        found["kind"],
        domains,
        prefix["options"] if prefix else "",
        text[found.end() :].strip(),
        "",
    )


class _Headings:
    """Under which headings a line stands: a file's name, a ruled heading below it, a comment below that."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.levels = ["", "", ""]

    def comment(self, text: str) -> None:
        if not text or _HEAD.match(text):
            return
        if named := _FILE.match(text):
            self._set(0, named["framed"] or named["bare"])
        elif ruled := _RULED.match(text):
            self._set(1, ruled["title"])
        elif not _ADDRESS.search(text):  # a rule that was taken out, or a reference
            self._set(2, text)

    def _set(self, level: int, text: str) -> None:
        self.levels[level:] = [self.vocabulary.of_heading(text), "", ""][: 3 - level]

    @property
    def category(self) -> str:
        return next(filter(None, reversed(self.levels)), "")


class _Blocks:
    """The `!#if` blocks that a line stands in."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.open: list[bool | None] = []  # whether each one's condition holds; None for in some browsers

    def directive(self, text: str) -> None:
        word, _, rest = text[2:].strip().partition(" ")
        if word == "if":
            self.open.append(holds(rest, self.vocabulary.never))
        elif word == "else" and self.open:
            condition = self.open[-1]
            self.open[-1] = None if condition is None else not condition
        elif word == "endif" and self.open:
            self.open.pop()

    @property
    def never(self) -> bool:
        return any(condition is False for condition in self.open)


def holds(condition: str, never: frozenset[str]) -> bool | None:
    """Whether a condition of `!#if` holds: in every browser (True), in none (False), or in some (None)."""
    tokens = _CONDITION.findall(condition)[::-1]
    return _either(tokens, never, 0)


def _either(tokens: list[str], never: frozenset[str], depth: int) -> bool | None:
    value = _both(tokens, never, depth)
    while tokens and tokens[-1] == "||":
        tokens.pop()
        other = _both(tokens, never, depth)
        value = True if True in (value, other) else None if None in (value, other) else False
    return value


def _both(tokens: list[str], never: frozenset[str], depth: int) -> bool | None:
    value = _single(tokens, never, depth)
    while tokens and tokens[-1] == "&&":
        tokens.pop()
        other = _single(tokens, never, depth)
        value = False if False in (value, other) else None if None in (value, other) else True
    return value


def _single(tokens: list[str], never: frozenset[str], depth: int) -> bool | None:
    token = tokens.pop() if tokens else ""
    if token == "!" and depth < 20:
        inner = _single(tokens, never, depth + 1)
        return None if inner is None else not inner
    if token == "(" and depth < 20:
        inner = _either(tokens, never, depth + 1)
        if tokens and tokens[-1] == ")":
            tokens.pop()
        return inner
    return False if token in never else None


def sites_of(line: Line, more: Iterator[str] | tuple[str, ...] = ()) -> Sites:
    """Where a rule holds, as it says itself.

    Args:
        line: the rule.
        more: domains that its options name.

    Raises:
        Unsupported: it is for something else than domains.
    """
    if line.domains.startswith("/"):
        raise Unsupported("a regular expression for domains")
    on: set[str] = set()
    off: set[str] = set()
    for entry in (*line.domains.split(","), *more):
        domain = entry.strip().lower()
        if domain in ("", "*"):
            continue
        if not is_entry(domain):
            raise Unsupported(f"{entry.strip()!r} is no domain")
        (off if domain.startswith("~") else on).add(domain.removeprefix("~"))
    return Sites(frozenset(on), frozenset(off - on))
