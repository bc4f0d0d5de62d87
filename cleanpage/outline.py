"""A page's visible text and where each element stands in it.

The page is written as one string, the *stream* (see `stream`): the text nodes a reader sees, in page order, with a
mark where each element opens and closes. The rest of the work is string work, and cost follows what rules match, not
the number of elements. An element is known by its number in page order, its text by a range of the stream.

A *block* is the text between two marks of elements that begin and end a line (block elements, table cells,
`<br>`); inline elements do not end it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, cast

import numpy
from lxml import etree

from .characters import IDEOGRAPH, INLINE_MARK, LINE_MARK, NOT_TEXT, kinds_of
from .page import PARSER_DEPTH, Document, Limits, check_depth, check_nodes
from .stream import (
    ALL_MARKS,
    BLOCK,
    BLOCK_END,
    FIRST_MARK,
    INLINE,
    INLINE_END,
    MARKS,
    PRE,
    PRE_END,
    XML_NAME,
    Facts,
    facts_of,
    hides,
    readable,
    written,
)  # fmt: skip

if TYPE_CHECKING:
    Codes = numpy.typing.NDArray[numpy.uint32]
    Kinds = numpy.typing.NDArray[numpy.uint8]
    Places = numpy.typing.NDArray[numpy.intp]

_HTML_SPACE = re.compile("[ \t\n\f\r]+")
# Scripts written without spaces, in which a character counts as a word.
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

_OPEN_MARKS = frozenset((INLINE, BLOCK, PRE))
_BLOCK_TEXT = re.compile(rf"[^\s{MARKS}][^{BLOCK}{BLOCK_END}{PRE}{PRE_END}]*")
# Characters that are no text, wherever a page has them.
NO_TEXT = dict.fromkeys(map(ord, ALL_MARKS))
_LINE_MARK = re.compile(f"[{BLOCK}{BLOCK_END}{PRE}{PRE_END}]")
_SHOWN_TEXT = re.compile(rf"[^\s{MARKS}]")
_NO_MARK = re.compile(f"[^{MARKS}]+")
_COUNT = etree.XPath("count(descendant-or-self::*)")


@lru_cache(maxsize=1024)
def _attribute_owners(name: str) -> Any:
    return etree.XPath(f"descendant-or-self::*/@{name}/..")


def count_words(text: str) -> int:
    """The number of words: runs between white space; in Chinese and Japanese script, each character."""
    if text.isascii():
        return len(text.split())
    ideographs = len(_IDEOGRAPHS.findall(text))
    return len(text.split()) if not ideographs else len(_IDEOGRAPHS.sub(" ", text).split()) + ideographs


def ideographs(text: str) -> int:
    """How many characters stand in a script that is written without spaces between words."""
    return 0 if text.isascii() else len(_IDEOGRAPHS.findall(text))


def class_tokens(value: str) -> list[str]:
    """The class names of a `class` attribute, split at the white space of HTML."""
    return value.split() if value.isascii() else _HTML_SPACE.split(value.strip(" \t\n\f\r"))


class Outline:
    """A page as columns.

    Attributes:
        facts: what each element has, from `body` on, in page order; an element's number is its index.
        stream: the visible text with marks.
        starts, stops: the range of the stream each element's content stands in.
        ends: the number after each element's last descendant.
        parents: the number of each element's parent, -1 for the first element.
        blocks: the text of each block, white space collapsed, never empty.
        block_first, block_last: the range of the stream that each block stands in; it begins with the first
            character that is no white space.
        hidden: the ranges of the stream that a browser does not show, in page order, none inside another.
        opens, closes, last_inside, above: `starts`, `stops`, `ends` and `parents` as arrays.
        depths: how many elements each stands in, as an array.
        characters: what each character of the stream counts as (see `characters`).
    """

    def __init__(self, top: etree._Element, count: int, attributes: frozenset[str], pieces: list[str]) -> None:
        self._top = top
        self._attributes = attributes
        self.is_sound = False  # whether the page's own text was told from the marks
        self.stream = "".join(pieces[::2])
        codes = numpy.frombuffer(self.stream.encode("utf-32-le", "replace"), dtype=numpy.uint32)
        marks = codes - FIRST_MARK
        places = numpy.flatnonzero(marks < len(ALL_MARKS))
        marks = marks[places]
        facts = facts_of(pieces[1::2], attributes) if _adds_up(marks, len(pieces) // 2, count) else None
        if facts is None:
            return
        self.is_sound = True
        self.facts = facts
        self.opens, self.closes, self.last_inside, self.above, self.depths = _spans(marks, places)
        self.starts: list[int] = self.opens.tolist()
        self.stops: list[int] = self.closes.tolist()
        self.ends: list[int] = self.last_inside.tolist()
        self.parents: list[int] = self.above.tolist()
        self.characters = kinds_of(codes)
        self._has_preformatted = PRE in self.stream
        self._preformatted = _preformatted(self.stream) if self._has_preformatted else []
        if self._has_preformatted:
            self.blocks, self.block_first, self.block_last = _mixed_blocks(self.stream, self._preformatted)
        else:
            self.blocks, self.block_first, self.block_last = _blocks(self.stream, self.characters, self.text_places)
        self.hidden = self._find_hidden()

    def _find_hidden(self) -> list[tuple[int, int]]:
        """The ranges of the elements that a browser does not show. Pages that hide all of themselves until a script has
        run are read as they are meant to be."""
        hidden: list[tuple[int, int]] = []
        for number in sorted(n for facts, numbers in self.alike if facts.hides for n in numbers):
            start, stop = self.starts[number], self.stops[number]
            if number and start < stop and (not hidden or start >= hidden[-1][1]):
                hidden.append((start, stop))
        return hidden

    def __len__(self) -> int:
        """The number of elements."""
        return len(self.facts)

    @cached_property
    def elements(self) -> list[etree._Element]:
        """The page's elements, as they are when they are first asked for."""
        return list(self._top.iter("*"))

    # --- elements by what rules look for -------------------------------------------------------

    def with_class(self, name: str) -> list[int]:
        """The numbers of the elements that have a class name."""
        return [
            number
            for value, numbers in self.attribute("class").items()
            if name in value and name in class_tokens(value)
            for number in numbers
        ]

    @cached_property
    def kinds(self) -> tuple[list[Facts], Places]:
        """What elements have, each once, in the order in which it comes first, and for each element the place of what
        it has among these."""
        places: dict[Facts, int] = dict.fromkeys(self.facts, 0)
        for place, facts in enumerate(places):
            places[facts] = place
        numbers = numpy.fromiter(map(places.__getitem__, self.facts), dtype=numpy.intp, count=len(self.facts))
        return list(places), numbers

    @cached_property
    def by_kind(self) -> tuple[Places, Places]:
        """The numbers of the elements, those with the same of `kinds` together, and where each kind begins among them,
        and one after the last would."""
        kinds, kind_of = self.kinds
        begins = numpy.zeros(len(kinds) + 1, dtype=numpy.intp)
        numpy.cumsum(numpy.bincount(kind_of, minlength=len(kinds)), out=begins[1:])
        return numpy.argsort(kind_of, kind="stable"), begins

    @cached_property
    def alike(self) -> list[tuple[Facts, list[int]]]:
        """The elements by what they have: each once, with the numbers of the elements that have it."""
        order, begins = self.by_kind
        numbers, borders = order.tolist(), begins.tolist()
        return [
            (facts, numbers[low:high]) for facts, low, high in zip(self.kinds[0], borders, borders[1:], strict=False)
        ]

    def attribute(self, name: str) -> dict[str, list[int]]:
        """The values of an attribute, each with the numbers of the elements that have it."""
        known = self._read_attributes.get(name)
        if known is None:
            known = self._read_attributes[name] = {}
            if name not in self._attributes:
                for element in self._with_attribute(name):
                    known.setdefault(element.get(name, ""), []).append(self.numbers[element])
        return known

    @cached_property
    def _read_attributes(self) -> dict[str, dict[str, list[int]]]:
        """The attributes that were read, by name; as `attribute` gives them."""
        read: dict[str, dict[str, list[int]]] = {}
        for facts, numbers in self.alike:
            for name, value in facts.attributes.items():
                values = read.setdefault(name, {})
                if value in values:
                    values[value] += numbers
                else:
                    values[value] = numbers.copy()
        return read

    def has_read(self, attributes: Iterable[str]) -> bool:
        """Whether the outline was made with these attributes."""
        return self._attributes.issuperset(attributes)

    def _with_attribute(self, name: str) -> list[etree._Element]:
        if XML_NAME.fullmatch(name):
            return cast(list[etree._Element], _attribute_owners(name)(self.elements[0]))
        return [element for element in self.elements if element.get(name) is not None]

    @cached_property
    def has_ideographs(self) -> bool:
        """Whether any part of the page stands in a script that is written without spaces between words."""
        return bool((self.characters & IDEOGRAPH).any())

    @cached_property
    def text_places(self) -> Places:
        """Where the stream has a character that is neither a mark nor white space."""
        return numpy.flatnonzero((self.characters & NOT_TEXT) == 0)

    @property
    def character_places(self) -> Places:
        """Where the stream has a character that is no mark."""
        return numpy.flatnonzero((self.characters & INLINE_MARK) == 0)  # the bit that both kinds of marks have

    @cached_property
    def block_words(self) -> list[int]:
        """How many words each block has."""
        if self.has_ideographs:
            return list(map(count_words, self.blocks))
        if self._has_preformatted:
            return [len(block.split()) for block in self.blocks]
        return [block.count(" ") + 1 for block in self.blocks]

    def with_tag(self, name: str) -> list[int]:
        """The numbers of the elements of a tag name, in page order."""
        return self._by_tag.get(name, [])

    @cached_property
    def _by_tag(self) -> dict[str, list[int]]:
        parts: dict[str, list[list[int]]] = {}
        for facts, numbers in self.alike:
            parts.setdefault(facts.tag, []).append(numbers)
        return {tag: some[0] if len(some) == 1 else sorted(chain.from_iterable(some)) for tag, some in parts.items()}

    @cached_property
    def headings(self) -> list[tuple[int, int]]:
        """The numbers of the elements h1 to h6, each with its rank."""
        return sorted((n, facts.rank) for facts, numbers in self.alike if facts.rank for n in numbers)

    def tag(self, number: int) -> str:
        """An element's tag name, as the page has it: removing gives elements another."""
        return self.facts[number].tag

    @cached_property
    def tags(self) -> list[str]:
        """Each element's tag name."""
        return [facts.tag for facts in self.facts]

    @cached_property
    def numbers(self) -> dict[etree._Element, int]:
        """Each element's number."""
        return dict(zip(self.elements, range(len(self)), strict=True))

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
            part = _without_marks(self.stream[start:stop])
            apart = done >= 0 and glues(text[-1:], part[:1]) and self.has_text(done, start)
            text += " " + part if apart else part
            done = stop
        return text

    def spaced(self, text: str, place: int) -> str:
        """The text of a block, or a part of it, with white space as it counts where the block begins."""
        if bisect_right(self._preformatted, place) % 2:
            return preformatted_lines(text)
        return " ".join(text.split())

    def has_text(self, start: int, stop: int) -> bool:
        """Whether a range of the stream holds anything but marks."""
        return _NO_MARK.search(self.stream, start, stop) is not None

    def shows_text(self, start: int, stop: int) -> bool:
        """Whether a range of the stream holds anything but marks and white space."""
        return _SHOWN_TEXT.search(self.stream, start, stop) is not None

    def ends_line(self, ranges: list[tuple[int, int]]) -> bool:
        """Whether any of the ranges of the stream holds the mark of an element that begins or ends a line."""
        return any(_LINE_MARK.search(self.stream, start, stop) for start, stop in ranges)


def _without_marks(text: str) -> str:
    # Looking for each mark is many times quicker than `translate`.
    for mark in MARKS:
        if mark in text:
            text = text.replace(mark, "")
    return text


def glues(before: str, after: str) -> bool:
    """Whether two characters side by side would be read as one word."""
    return before.isalnum() and after.isalnum()


def _blocks(stream: str, kinds: Kinds, text_at: Places) -> tuple[list[str], list[int], list[int]]:
    """The text of each block, and where it begins and ends, for a page without preformatted text."""
    line_at = numpy.flatnonzero(kinds == LINE_MARK)
    # Between two marks stands a block if any text does: the first that comes after the one comes before the other.
    after = numpy.searchsorted(text_at, line_at)
    with_text = numpy.flatnonzero(after[1:] > after[:-1])
    first, last = text_at[after[with_text]], line_at[with_text + 1]
    text = " ".join(stream.replace(INLINE, "").replace(INLINE_END, "").split())
    lines = text.replace(BLOCK, "\n").replace(BLOCK_END, "\n").split("\n")
    return [line for line in map(str.strip, lines) if line], first.tolist(), last.tolist()


def _mixed_blocks(stream: str, preformatted: list[int]) -> tuple[list[str], list[int], list[int]]:
    """The same for a page with preformatted text, which begins and ends at some places in turns."""
    texts, first, last = [], [], []
    for match in _BLOCK_TEXT.finditer(stream):
        text = match.group().replace(INLINE, "").replace(INLINE_END, "")
        texts.append(
            preformatted_lines(text) if bisect_right(preformatted, match.start()) % 2 else " ".join(text.split())
        )
        first.append(match.start())
        last.append(match.end())
    return texts, first, last


def _adds_up(marks: Codes, contents: int, elements: int) -> bool:
    """Whether there are as many marks as elements, and none that the page brought along."""
    if contents != elements or len(marks) != 2 * elements:
        return False
    return int(numpy.count_nonzero(marks & 1)) == elements and int(marks.max(initial=0)) < len(MARKS)


def _spans(marks: Codes, places: Places) -> tuple[Places, Places, Places, Places, Places]:
    """Where each element's content starts and stops, the number after its last descendant, its parent's, and its depth.

    Args:
        marks: the stream's marks, counted from the first.
        places: where they stand.
    """
    closing = (marks & 1).astype(bool)
    # The level an element's two marks stand on; on one level marks open and close in turns. The parser's own limit
    # keeps levels small enough for the quick sort of small integers.
    level = numpy.cumsum(1 - 2 * closing, dtype=numpy.int16) + closing
    order = numpy.argsort(level, kind="stable")
    number_at = numpy.cumsum(~closing) - 1
    starts = places[~closing] + 1
    count = len(starts)
    by_level = number_at[order[0::2]]  # the elements, level by level
    closed_at = order[1::2]
    stops = numpy.empty(count, dtype=numpy.intp)
    stops[by_level] = places[closed_at]
    ends = numpy.empty(count, dtype=numpy.intp)
    ends[by_level] = number_at[closed_at] + 1  # as many have opened when it closes
    # The parent is the last element before on the level above: a search among (level, number) pairs.
    levels = level[~closing].astype(numpy.int64)
    pairs = levels[by_level] * count + by_level
    above = numpy.full(count, -1, dtype=numpy.intp)
    above[1:] = pairs[numpy.searchsorted(pairs, (levels[1:] - 1) * count + numpy.arange(1, count)) - 1] % count
    return starts, stops, ends, above, levels - 1


def outline(document: Document, limits: Limits, attributes: frozenset[str] = frozenset()) -> Outline:
    """Read a page's tree.

    Args:
        document: the parsed page.
        limits: depth and number of nodes that are allowed.
        attributes: names of attributes that rules will ask for. Any other can be asked for, too, but costs a search.

    Raises:
        PageError: the tree is deeper or larger than the limits allow.
    """
    top = _top(document.root)
    elements = int(cast(float, _COUNT(top)))
    check_nodes(elements, limits)
    names = readable(attributes)
    made = Outline(top, elements, names, written(top, names))
    if not made.is_sound:
        made = Outline(top, elements, names, written(top, names, without_marks=True))
    if limits.max_depth < PARSER_DEPTH:
        check_depth(_deepest(made.stream), limits)
    return made


def _top(root: etree._Element) -> etree._Element:
    """The element that holds all that is shown: the body, unless the parser put something after it."""
    shown = [child for child in root if isinstance(child.tag, str) and child.tag != "head"]
    if len(shown) != 1 or shown[0].tag != "body":
        return root
    loose = [root.text, *(child.tail for child in root)]
    return root if any(text and not text.isspace() for text in loose) else shown[0]


def is_hidden(node: etree._Element) -> bool:
    """Whether an element itself says that a browser does not show it."""
    values = [(name, node.get(name)) for name in ("hidden", "style")]
    if any(value is not None and hides(name, value) for name, value in values):
        return True
    return node.tag == "dialog" and node.get("open") is None


def _deepest(stream: str) -> int:
    steps = (1 if mark in _OPEN_MARKS else -1 for mark in "".join(_NO_MARK.split(stream)))
    return max(accumulate(steps), default=0)


def _preformatted(stream: str) -> list[int]:
    """The offsets at which preformatted text begins and ends, in turns."""
    borders: list[int] = []
    depth = 0
    for match in re.finditer(f"[{PRE}{PRE_END}]", stream):
        opening = match.group() == PRE
        if depth == (0 if opening else 1):
            borders.append(match.start())
        depth += 1 if opening else -1
    return borders


def preformatted_lines(text: str) -> str:
    """Preformatted text as it stands, without blanks at the ends of lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
