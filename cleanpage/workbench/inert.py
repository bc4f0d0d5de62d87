"""A stored page as markup that can do nothing.

Nothing of the page's own markup is passed on. Its tree is written anew with two elements, `div` and `span`, for which
HTML has no parsing rules of their own, so a browser builds the very tree that is written here; with attributes of ours;
and with its texts, escaped. There are no addresses in it, and so nothing to fetch, follow or send.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lxml import etree

from ..outline import Outline
from ..stream import BREAKING, HEADINGS, PREFORMATTED, UNSEEN

# What stands for itself with a word, where a browser would fetch or play something.
_PLACEHOLDERS = frozenset("audio embed iframe img input object video".split())
# Whose looks the style sheet of the frame knows.
_STYLED = frozenset(
    "a article aside b blockquote br button caption cite code dd del details dl dt em figcaption figure footer h1 h2 "
    "h3 h4 h5 h6 header hr i label li main mark nav ol p pre q s section small strong sub summary sup table tbody td "
    "tfoot th thead time tr u ul".split()
)
_ROLES = {
    "ul": "list", "ol": "list", "li": "listitem", "table": "table", "tr": "row", "td": "cell", "th": "columnheader",
    "blockquote": "blockquote", "figure": "figure", "p": "paragraph",
}  # fmt: skip
_NEED_PARENTS = {"li": ("ul", "ol"), "tr": ("table", "tbody", "thead", "tfoot"), "td": ("tr",), "th": ("tr",)}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_DIRECTIONS = ("ltr", "rtl", "auto")
_LONGEST_ALT = 200  # characters
# What no text of a document in HTML may hold, and what would turn its direction around.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_DOCUMENT = """<!doctype html>
<html{attributes}>
<head><meta charset="utf-8"><title>The stored page</title><link rel="stylesheet" href="{style}"></head>
<body>{body}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a part of a page.

    Attributes:
        ranges: the part, as ranges of its stream.
        number: which of the removals it is, from 0.
        category: what the rule says it is.
        held_back: whether it is still there.
    """

    ranges: Sequence[tuple[int, int]]
    number: int
    category: str
    held_back: bool


def document(outline: Outline, marks: Iterable[Mark], style: str) -> str:
    """A page as a document of its own.

    Args:
        outline: the page, nothing removed.
        marks: what became of its parts.
        style: the address of the style sheet.
    """
    top = outline.elements[0]
    languages = (top.get("lang"), *(above.get("lang") for above in top.iterancestors()))
    directions = (top.get("dir"), *(above.get("dir") for above in top.iterancestors()))
    attributes = _language(languages) + _direction(directions)
    body = "".join(_Writer(outline, marks).pieces())
    return _DOCUMENT.format(attributes=attributes, style=escape(style), body=body)


class _Layer:
    """Marks of one kind, asked for by places: those that were removed, or those that were held back."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        spans = sorted((start, -stop, mark.number) for mark in marks for start, stop in mark.ranges if start < stop)
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.numbers: list[int] = []
        for start, negative, number in spans:
            stop = -negative
            # What was held back may stand inside something else that was.
            if self.stops and start < self.stops[-1]:
                continue
            self.starts.append(start)
            self.stops.append(stop)
            self.numbers.append(number)

    def holding(self, start: int, stop: int) -> int:
        """The mark that holds a range, -1 for none."""
        place = bisect_right(self.starts, start) - 1
        return self.numbers[place] if place >= 0 and stop <= self.stops[place] else -1

    def touching(self, start: int, stop: int) -> int:
        """The mark that a range overlaps, -1 for none."""
        place = bisect_right(self.starts, stop - 1) - 1
        return self.numbers[place] if place >= 0 and start < self.stops[place] and self.starts[place] < stop else -1


class _Writer:
    """Writes a tree, element by element and without recursion: pages may be thousands of levels deep."""

    def __init__(self, outline: Outline, marks: Iterable[Mark]) -> None:
        self.outline = outline
        self.marks = {mark.number: mark for mark in marks}
        self.removed = _Layer(mark for mark in self.marks.values() if not mark.held_back)
        self.held = _Layer(mark for mark in self.marks.values() if mark.held_back)
        self.inside: list[tuple[int, int]] = [(-1, -1)]  # the marks of each element that is open
        self.position = 0

    def pieces(self) -> Iterable[str]:
        outline = self.outline
        walk = etree.iterwalk(outline.elements[0], events=("start", "end", "comment", "pi"))
        open_tags: list[str] = []
        for event, node in walk:
            if event == "start":
                number = outline.numbers[node]
                if number and (outline.tag(number) in UNSEEN or outline.facts[number].hides):
                    yield self._placeholder(number, node)
                    open_tags.append("")
                    walk.skip_subtree()
                else:
                    tag = _tag_for(outline.tag(number))
                    yield f"<{tag}{self._attributes(number, node)}>"
                    open_tags.append(tag)
                    self.position = outline.starts[number]
                    yield self._text(node.text)
            elif event == "end":
                number = outline.numbers[node]
                tag = open_tags.pop()
                if tag:
                    self.inside.pop()
                    yield f"</{tag}>"
                self.position = outline.stops[number] + 1
                if number:
                    yield self._text(node.tail)
            else:  # a comment
                yield self._text(node.tail)

    def _attributes(self, number: int, node: etree._Element) -> str:
        outline = self.outline
        name = outline.tag(number)
        written = f' data-n="{number}"'
        if name in _STYLED or name in PREFORMATTED:
            written += f' data-t="{name if name in _STYLED else "pre"}"'
        if name in HEADINGS:
            written += f' role="heading" aria-level="{name[1]}"'
        elif name in _ROLES and self._is_at_home(number, name):
            written += f' role="{_ROLES[name]}"'
        written += _language([node.get("lang")]) + _direction([node.get("dir")])
        start, stop = outline.starts[number] - 1, outline.stops[number] + 1
        marks = self.removed.holding(start, stop), self.held.holding(start, stop)
        written += self._marked(marks)
        self.inside.append(marks)
        return written

    def _is_at_home(self, number: int, name: str) -> bool:
        """Whether an element stands where one of its role must."""
        parents = _NEED_PARENTS.get(name)
        above = self.outline.parents[number]
        return parents is None or (above >= 0 and self.outline.tag(above) in parents)

    def _marked(self, marks: tuple[int, int]) -> str:
        """The attributes for marks that what stands around does not bear."""
        written = ""
        for name, number, around in zip("rh", marks, self.inside[-1], strict=True):
            if number >= 0 and number != around:
                written += f' data-{name}="{number}" data-c="{escape(self.marks[number].category)}"'
        return written

    def _placeholder(self, number: int, node: etree._Element) -> str:
        name = self.outline.tag(number)
        if name not in _PLACEHOLDERS or self.outline.facts[number].hides or node.get("type") == "hidden":
            return ""
        said = " ".join(_clean(node.get("alt") or node.get("title") or node.get("placeholder") or "").split())
        if name == "img" and not said:
            return ""
        start, stop = self.outline.starts[number] - 1, self.outline.stops[number] + 1
        marked = self._marked((self.removed.holding(start, stop), self.held.holding(start, stop)))
        label = escape(f"{name}: {said[:_LONGEST_ALT]}" if said else name)
        return (
            f'<span data-n="{number}" data-t="media" data-alt="{label}" role="img" aria-label="{label}"{marked}></span>'
        )

    def _text(self, text: str | None) -> str:
        if not text:
            return ""
        start, self.position = self.position, self.position + len(text)
        written = escape(_clean(text), quote=False)
        if text.isspace():
            return written
        marked = self._marked((self.removed.touching(start, self.position), self.held.touching(start, self.position)))
        return f"<span{marked}>{written}</span>" if marked else written


def _tag_for(name: str) -> str:
    return "div" if name in BREAKING or name in PREFORMATTED or name in ("html", "body") else "span"


def _clean(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text)


def _language(values: Iterable[str | None]) -> str:
    found = next((value for value in values if value and _LANGUAGE.fullmatch(value)), None)
    return f' lang="{found}"' if found else ""


def _direction(values: Iterable[str | None]) -> str:
    found = next((value.lower() for value in values if value and value.lower() in _DIRECTIONS), None)
    return f' dir="{found}"' if found else ""
