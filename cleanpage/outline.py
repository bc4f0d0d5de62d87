"""A page's visible text and where each element stands in it.

A style sheet run by libxslt writes the page as one string, the *stream*: the text nodes a reader sees, in page
order, with a mark where each element opens and closes. One C call instead of a walk over the tree in Python;
the rest of the work is string work, and cost follows what rules match, not the number of elements. An element is
known by its number in page order, its text by a range of the stream.

A *block* is the text between two marks of elements that begin and end a line (block elements, table cells,
`<br>`); inline elements do not end it.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, cast

import numpy
from lxml import etree

from .errors import PageError
from .page import PARSER_DEPTH, Document, Limits, check_depth, check_nodes

# Elements that begin and end a line, by the rendering section of the HTML standard, and the form controls,
# which stand apart from the text around them.
_BREAKING = frozenset(
    "address article aside blockquote body br button caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html isindex legend li "
    "main menu nav ol optgroup option p search section summary table tbody td tfoot th thead tr ul".split()
)
# Elements in which line ends are line ends.
_PREFORMATTED = frozenset("listing plaintext pre textarea xmp".split())
# Elements whose content a browser does not show as text.
_UNSEEN = frozenset(
    "audio base canvas datalist embed head iframe img input link meta noembed noframes noscript object param rp script "
    "select source style svg template title track video".split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_HTML_SPACE = re.compile("[ \t\n\f\r]+")
# Scripts written without spaces, in which a character counts as a word.
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

# The marks: noncharacters, which Unicode keeps for such internal use. A page that contains them all the same is
# noticed, because its marks do not count up to its elements, and read by the style sheet that drops them.
_INLINE, _INLINE_END, _BLOCK, _BLOCK_END, _PRE, _PRE_END = map(chr, range(0xFDD0, 0xFDD6))
_FIRST_MARK = ord(_INLINE)
_MARKS = _INLINE + _INLINE_END + _BLOCK + _BLOCK_END + _PRE + _PRE_END
_OPEN_MARKS = frozenset((_INLINE, _BLOCK, _PRE))
_BLOCK_TEXT = re.compile(rf"[^\s{_MARKS}][^{_BLOCK}{_BLOCK_END}{_PRE}{_PRE_END}]*")
_DROP_MARKS = dict.fromkeys(map(ord, _MARKS))
_LINE_MARK = re.compile(f"[{_BLOCK}{_BLOCK_END}{_PRE}{_PRE_END}]")
_NO_MARK = re.compile(f"[^{_MARKS}]+")

_XSLT = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="utf-8"/>
<xsl:template match="comment()|processing-instruction()"/>
<xsl:template match="*">{inline}<xsl:apply-templates/>{inline_end}</xsl:template>
<xsl:template match="{breaking}">{block}<xsl:apply-templates/>{block_end}</xsl:template>
<xsl:template match="{preformatted}">{pre}<xsl:apply-templates/>{pre_end}</xsl:template>
<xsl:template match="{unseen}">{inline}<xsl:apply-templates mode="unseen"/>{inline_end}</xsl:template>
<xsl:template mode="unseen" match="*">{inline}<xsl:apply-templates mode="unseen"/>{inline_end}</xsl:template>
<xsl:template mode="unseen" match="text()|comment()|processing-instruction()"/>
{text}</xsl:stylesheet>"""
_PLAIN_TEXT = ""
_TEXT_WITHOUT_MARKS = (
    f"""<xsl:template match="text()"><xsl:value-of select="translate(., '{_MARKS}', '')"/></xsl:template>"""
)


_find_classes = etree.XPath("descendant-or-self::*[@class]")
_find_ids = etree.XPath("descendant-or-self::*[@id]")

# Attribute axes are far quicker than predicates on elements, and than asking each element. Pages that hide all of
# themselves until a script has run are read as they are meant to be: `descendant`, not `descendant-or-self`.
_maybe_hidden = etree.XPath(
    "descendant::*/@style[contains(., 'none') or contains(., 'hidden')"
    " or contains(., 'NONE') or contains(., 'HIDDEN')]/.."
    " | descendant::*/@hidden/.. | descendant::dialog[not(@open)]"
)
_XML_NAME = re.compile("[a-z][a-z0-9-]*")


@lru_cache(maxsize=1024)
def _attribute_values(name: str) -> Any:
    return etree.XPath(f"descendant-or-self::*/@{name}", smart_strings=False)


@lru_cache(maxsize=1024)
def _attribute_owners(name: str) -> Any:
    return etree.XPath(f"descendant-or-self::*/@{name}/..")


def count_words(text: str) -> int:
    """The number of words: runs between white space; in Chinese and Japanese script, each character."""
    if text.isascii():
        return len(text.split())
    ideographs = len(_IDEOGRAPHS.findall(text))
    return len(text.split()) if not ideographs else len(_IDEOGRAPHS.sub(" ", text).split()) + ideographs


def class_tokens(value: str) -> list[str]:
    """The class names of a `class` attribute, split at the white space of HTML."""
    return value.split() if value.isascii() else _HTML_SPACE.split(value.strip(" \t\n\f\r"))


class Outline:
    """A page as columns.

    Attributes:
        elements: the page's elements from `body` on, in page order; an element's number is its index.
        stream: the visible text with marks.
        starts, stops: the range of the stream each element's content stands in.
        ends: the number after each element's last descendant.
        parents: the number of each element's parent, -1 for the first element.
        blocks: the text of each block, white space collapsed, never empty.
        block_first, block_last: the range of the stream that each block stands in; it begins with the first
            character that is no white space.
        hidden: the ranges of the stream that a browser does not show, in page order, none inside another.
    """

    def __init__(self, elements: list[etree._Element], stream: str) -> None:
        self.elements = elements
        self.stream = stream
        self.blocks: list[str] = []
        self.block_first: list[int] = []
        self.block_last: list[int] = []
        self._find_blocks()
        self.starts, self.stops, self.ends, self.parents = _spans(stream)
        self.hidden: list[tuple[int, int]] = []
        # Distinct `class` values with the elements that have them: pages repeat a few hundred values.
        self._class_values: dict[str, list[int]] = {}
        self._find_names()

    def _find_names(self) -> None:
        """File the elements by their `class`, and find those that a browser does not show."""
        values = self._class_values
        for number, value in enumerate([element.get("class") for element in self.elements]):
            if value is not None:
                if value in values:
                    values[value].append(number)
                else:
                    values[value] = [number]
        maybe = cast(list[etree._Element], _maybe_hidden(self.elements[0]))
        for number in sorted(self.numbers[element] for element in maybe if is_hidden(element)):
            start, stop = self.starts[number], self.stops[number]
            if start < stop and (not self.hidden or start >= self.hidden[-1][1]):
                self.hidden.append((start, stop))

    def _find_blocks(self) -> None:
        preformatted = _preformatted(self.stream) if _PRE in self.stream else None
        add, first, last = self.blocks.append, self.block_first.append, self.block_last.append
        for match in _BLOCK_TEXT.finditer(self.stream):
            text = match.group()
            if _INLINE in text or _INLINE_END in text:
                text = text.replace(_INLINE, "").replace(_INLINE_END, "")
            start, stop = match.span()
            if preformatted is not None and bisect_right(preformatted, start) % 2:
                add(_lines(text))
            else:
                add(" ".join(text.split()))
            first(start)
            last(stop)

    # --- elements by what rules look for: asked of the tree when the first rule does -------------

    @cached_property
    def classes(self) -> dict[str, list[str]]:
        """The page's class names, each with the `class` values it occurs in."""
        classes: dict[str, list[str]] = {}
        for value in self._class_values:
            for name in value.split() if value.isascii() else class_tokens(value):
                if name in classes:
                    classes[name].append(value)
                else:
                    classes[name] = [value]
        return classes

    def with_class(self, name: str) -> list[int]:
        """The numbers of the elements that have a class name."""
        return [number for value in self.classes.get(name, ()) for number in self._class_values[value]]

    def attribute(self, name: str) -> dict[str, list[int]]:
        """The values of an attribute, each with the numbers of the elements that have it."""
        if name == "class":
            return self._class_values
        known = self._attributes.get(name)
        if known is None:
            known = self._attributes[name] = {}
            for element in self._with_attribute(name):
                known.setdefault(element.get(name, ""), []).append(self.numbers[element])
        return known

    def _with_attribute(self, name: str) -> list[etree._Element]:
        if _XML_NAME.fullmatch(name):
            return cast(list[etree._Element], _attribute_owners(name)(self.elements[0]))
        return [element for element in self.elements if element.get(name) is not None]

    def values(self, name: str) -> list[str]:
        """The values of an attribute that occur on the page; quicker than `attribute`, which knows where."""
        if name == "class":
            return list(self._class_values)
        known = self._values.get(name)
        if known is None:
            top = self.elements[0]
            known = _attribute_values(name)(top) if _XML_NAME.fullmatch(name) else list(self.attribute(name))
            self._values[name] = known
        return known

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def _attributes(self) -> dict[str, dict[str, list[int]]]:
        return {}

    @cached_property
    def _tag_of(self) -> list[str]:
        return [element.tag for element in self.elements]

    @cached_property
    def tags(self) -> frozenset[str]:
        """The tag names that occur."""
        return frozenset(self._tag_of)

    def with_tag(self, name: str) -> list[int]:
        """The numbers of the elements of a tag name."""
        known = self._by_tag.get(name)
        if known is None:
            known = self._by_tag[name] = [number for number, tag in enumerate(self._tag_of) if tag == name]
        return known

    @cached_property
    def _by_tag(self) -> dict[str, list[int]]:
        return {}

    @cached_property
    def headings(self) -> list[int]:
        """The numbers of the elements h1 to h6."""
        return [number for number, tag in enumerate(self._tag_of) if tag in HEADINGS]

    def tag(self, number: int) -> str:
        """An element's tag, also after it was taken out of the tree."""
        return self._tag_of[number]

    @cached_property
    def numbers(self) -> dict[etree._Element, int]:
        """Each element's number."""
        return dict(zip(self.elements, range(len(self.elements)), strict=True))

    # --- where elements stand ------------------------------------------------------------------

    def ancestors(self, number: int) -> list[int]:
        """An element's ancestors, nearest first."""
        found = []
        while (number := self.parents[number]) >= 0:
            found.append(number)
        return found

    def covering(self, start: int, stop: int) -> int:
        """The smallest element that holds a range of the stream."""
        number = max(bisect_right(self.starts, start) - 1, 0)
        while number > 0 and self.stops[number] < stop:
            number = self.parents[number]
        return number

    def inside(self, start: int, stop: int) -> range:
        """The elements that open within a range of the stream."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, stop))

    def raw(self, ranges: list[tuple[int, int]]) -> str:
        """The text of ranges of the stream as it stands there, without marks. Words that only meet because of what
        was between them stay apart."""
        text = ""
        done = -1
        for start, stop in ranges:
            part = self.stream[start:stop].translate(_DROP_MARKS)
            apart = done >= 0 and glues(text[-1:], part[:1]) and self.has_text(done, start)
            text += " " + part if apart else part
            done = stop
        return text

    def has_text(self, start: int, stop: int) -> bool:
        """Whether a range of the stream holds anything but marks."""
        return _NO_MARK.search(self.stream, start, stop) is not None

    def ends_line(self, ranges: list[tuple[int, int]]) -> bool:
        """Whether any of the ranges of the stream holds the mark of an element that begins or ends a line."""
        return any(_LINE_MARK.search(self.stream, start, stop) for start, stop in ranges)


def glues(before: str, after: str) -> bool:
    """Whether two characters side by side would be read as one word."""
    return before.isalnum() and after.isalnum()


def _spans(stream: str) -> tuple[list[int], list[int], list[int], list[int]]:
    """Where each element's content starts and stops, the number after its last descendant, and its parent's."""
    codes = numpy.frombuffer(stream.encode("utf-32-le", "replace"), dtype=numpy.uint32) - _FIRST_MARK
    places = numpy.flatnonzero(codes < len(_MARKS))
    closing = (codes[places] & 1).astype(bool)
    # The level an element's two marks stand on; on one level marks open and close in turns. The parser's own limit
    # keeps levels small enough for the quick sort of small integers.
    level = numpy.cumsum(1 - 2 * closing, dtype=numpy.int16) + closing
    order = numpy.argsort(level, kind="stable")
    number_at = numpy.cumsum(~closing) - 1
    starts = places[~closing] + 1
    count = len(starts)
    by_level = number_at[order[0::2]]  # the elements, level by level
    closed_at = order[1::2]
    stops = numpy.empty(count, dtype=numpy.int64)
    stops[by_level] = places[closed_at]
    ends = numpy.empty(count, dtype=numpy.int64)
    ends[by_level] = number_at[closed_at] + 1  # as many have opened when it closes
    # The parent is the last element before on the level above: a search among (level, number) pairs.
    levels = level[~closing].astype(numpy.int64)
    pairs = levels[by_level] * count + by_level
    above = pairs[numpy.searchsorted(pairs, (levels[1:] - 1) * count + numpy.arange(1, count)) - 1] % count
    return starts.tolist(), stops.tolist(), ends.tolist(), [-1, *above.tolist()]


def outline(document: Document, limits: Limits) -> Outline:
    """Read a page's tree.

    Args:
        document: the parsed page.
        limits: depth and number of nodes that are allowed.

    Raises:
        PageError: the tree is deeper or larger than the limits allow.
    """
    top = _top(document.root)
    elements = list(top.iter("*"))
    check_nodes(len(elements), limits)
    stream = _stream(top, _PLAIN_TEXT)
    if not _adds_up(stream, len(elements)):
        stream = _stream(top, _TEXT_WITHOUT_MARKS)
    if limits.max_depth < PARSER_DEPTH:
        check_depth(_deepest(stream), limits)
    return Outline(elements, stream)


def _top(root: etree._Element) -> etree._Element:
    """The element that holds all that is shown: the body, unless the parser put something after it."""
    shown = [child for child in root if isinstance(child.tag, str) and child.tag != "head"]
    if len(shown) != 1 or shown[0].tag != "body":
        return root
    loose = [root.text, *(child.tail for child in root)]
    return root if any(text and not text.isspace() for text in loose) else shown[0]


def is_hidden(node: etree._Element) -> bool:
    """Whether an element itself says that a browser does not show it."""
    hidden = node.get("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True
    style = node.get("style")
    if style is not None and _HIDING.search(style):
        return True
    return node.tag == "dialog" and node.get("open") is None


def _deepest(stream: str) -> int:
    steps = (1 if mark in _OPEN_MARKS else -1 for mark in "".join(_NO_MARK.split(stream)))
    return max(accumulate(steps), default=0)


def _preformatted(stream: str) -> list[int]:
    """The offsets at which preformatted text begins and ends, in turns."""
    borders: list[int] = []
    depth = 0
    for match in re.finditer(f"[{_PRE}{_PRE_END}]", stream):
        opening = match.group() == _PRE
        if depth == (0 if opening else 1):
            borders.append(match.start())
        depth += 1 if opening else -1
    return borders


def _lines(text: str) -> str:
    """Preformatted text as it stands, without blanks at the ends of lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


# --- the style sheets --------------------------------------------------------------------------


class _ThreadSheets(threading.local):
    """libxslt ties a compiled style sheet to the thread that made it."""

    def __init__(self) -> None:
        self.compiled: dict[str, etree.XSLT] = {}


_threads = _ThreadSheets()


def _stream(top: etree._Element, text_template: str) -> str:
    sheets = _threads.compiled
    sheet = sheets.get(text_template)
    if sheet is None:
        sheet = sheets[text_template] = etree.XSLT(
            etree.fromstring(
                _XSLT.format(
                    inline=_INLINE,
                    inline_end=_INLINE_END,
                    block=_BLOCK,
                    block_end=_BLOCK_END,
                    pre=_PRE,
                    pre_end=_PRE_END,
                    breaking="|".join(sorted(_BREAKING)),
                    preformatted="|".join(sorted(_PREFORMATTED)),
                    unseen="|".join(sorted(_UNSEEN)),
                    text=text_template,
                )
            )
        )
    try:
        return str(sheet(top))
    except (etree.XSLTError, ValueError) as error:
        raise PageError("markup", f"the page cannot be read: {error}") from error


def _adds_up(stream: str, elements: int) -> bool:
    opened = stream.count(_INLINE) + stream.count(_BLOCK) + stream.count(_PRE)
    closed = stream.count(_INLINE_END) + stream.count(_BLOCK_END) + stream.count(_PRE_END)
    return opened == closed == elements
