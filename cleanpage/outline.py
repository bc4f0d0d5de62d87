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
from itertools import accumulate, count
from typing import TYPE_CHECKING, Any, cast

import numpy
from lxml import etree

from .errors import PageError
from .page import PARSER_DEPTH, Document, Limits, check_depth, check_nodes

# Elements that begin and end a line, by the rendering section of the HTML standard, and the form controls,
# which stand apart from the text around them.
BREAKING = frozenset(
    "address article aside blockquote body br button caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html isindex legend li "
    "main menu nav ol optgroup option p search section summary table tbody td tfoot th thead tr ul".split()
)
# Elements in which line ends are line ends.
PREFORMATTED = frozenset("listing plaintext pre textarea xmp".split())
# Elements whose content a browser does not show as text.
UNSEEN = frozenset(
    "audio base canvas datalist embed head iframe img input link meta noembed noframes noscript object param rp script "
    "select source style svg template title track video".split()
)
if TYPE_CHECKING:
    Codes = numpy.typing.NDArray[numpy.uint32]
    Kinds = numpy.typing.NDArray[numpy.uint8]
    Places = numpy.typing.NDArray[numpy.intp]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_HTML_SPACE = re.compile("[ \t\n\f\r]+")
# Scripts written without spaces, in which a character counts as a word.
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

# The marks: noncharacters, which Unicode keeps for such internal use. A page that contains them all the same is
# noticed, because its marks do not count up to its elements, and read by the style sheet that drops them.
_INLINE, _INLINE_END, _BLOCK, _BLOCK_END, _PRE, _PRE_END, _HAS, _CONTENT = map(chr, range(0xFDD0, 0xFDD8))
_FIRST_MARK = ord(_INLINE)
_MARKS = _INLINE + _INLINE_END + _BLOCK + _BLOCK_END + _PRE + _PRE_END
_OPEN_MARKS = frozenset((_INLINE, _BLOCK, _PRE))
_BLOCK_TEXT = re.compile(rf"[^\s{_MARKS}][^{_BLOCK}{_BLOCK_END}{_PRE}{_PRE_END}]*")
_ALL_MARKS = len(_MARKS + _HAS + _CONTENT)
_DROP_MARKS = dict.fromkeys(map(ord, _MARKS))
# Characters that are no text, wherever a page has them.
NO_TEXT = dict.fromkeys(map(ord, _MARKS + _HAS + _CONTENT))
_LINE_MARK = re.compile(f"[{_BLOCK}{_BLOCK_END}{_PRE}{_PRE_END}]")
_SHOWN_TEXT = re.compile(rf"[^\s{_MARKS}]")
_NO_MARK = re.compile(f"[^{_MARKS}]+")
# What an element has is written between its opening mark and `_CONTENT`: for each attribute `_HAS`, a letter that
# stands for its name, and its value. A heading's rank is written as if it were an attribute, and so is the reason why
# an element is hidden by its name alone.
_FACTS = re.compile(f"({_HAS}[^{_CONTENT}]*)")
_HEADING, _CLOSED = "heading", "closed"
_FIRST_LETTER = 0x100

# How characters count for blocks: 0 for text, 1 for white space, 2 for the marks of inline elements, 3 for those of
# elements that begin and end a line, 4 for text in scripts without spaces. Whatever is beyond the first plane is text.
_KINDS = numpy.zeros(0x10000, dtype=numpy.uint8)
_KINDS[[code for code in range(0x3001) if chr(code).isspace()]] = 1
_KINDS[[ord(_INLINE), ord(_INLINE_END)]] = 2
_KINDS[[ord(_BLOCK), ord(_BLOCK_END), ord(_PRE), ord(_PRE_END)]] = 3
_KINDS[0x3040:0x3100] = _KINDS[0x3400:0xA000] = _IDEOGRAPH = 4
_NO_TEXT_KIND = 3  # the bits that text has not

_XSLT = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="utf-8"/>
<xsl:template match="comment()|processing-instruction()|@*"/>
<xsl:template mode="unseen" match="text()|comment()|processing-instruction()"/>
{templates}</xsl:stylesheet>"""
_ELEMENT = (
    """<xsl:template {which}>{mark}{fact}<xsl:apply-templates select="@*"/>{content}"""
    """<xsl:apply-templates {inside}/>{end}</xsl:template>"""
)
_SHOWN, _NOT_SHOWN = "", 'mode="unseen"'
# How texts and values are written as they stand, and on a page that contains marks.
_AS_IT_IS = "."
_WITHOUT_MARKS = f"translate(., '{_MARKS}{_HAS}{_CONTENT}', '')"
# The attributes that are always read: what most rules go by, and what hides an element.
_ATTRIBUTES = frozenset(("class", "id", "style", "hidden"))
_XML_NAME = re.compile("[a-z_][a-z0-9_.-]*")


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
        elements: the page's elements from `body` on, in page order; an element's number is its index.
        stream: the visible text with marks.
        starts, stops: the range of the stream each element's content stands in.
        ends: the number after each element's last descendant.
        parents: the number of each element's parent, -1 for the first element.
        blocks: the text of each block, white space collapsed, never empty.
        block_first, block_last: the range of the stream that each block stands in; it begins with the first
            character that is no white space.
        hidden: the ranges of the stream that a browser does not show, in page order, none inside another.
        opens, closes: `starts` and `stops` as arrays.
    """

    def __init__(self, elements: list[etree._Element], page: str, attributes: tuple[str, ...]) -> None:
        self.elements = elements
        self.is_sound = False  # whether the page's own text was told from the marks
        self._facts: dict[str, dict[str, list[int]]] = {name: {} for name in (_HEADING, _CLOSED, *attributes)}
        parts = _FACTS.split(page)
        texts = parts[::2]
        opened = list(accumulate([text.count(_CONTENT) for text in texts]))
        self.stream = "".join(texts).replace(_CONTENT, "")
        codes = numpy.frombuffer(self.stream.encode("utf-32-le", "replace"), dtype=numpy.uint32)
        marks = codes - _FIRST_MARK
        places = numpy.flatnonzero(marks < _ALL_MARKS)
        marks = marks[places]
        if not _adds_up(marks, opened[-1], len(elements)) or not self._file(parts[1::2], opened):
            return
        self.is_sound = True
        self.opens, self.closes, self.ends, self.parents = _spans(marks, places)
        self.starts: list[int] = self.opens.tolist()
        self.stops: list[int] = self.closes.tolist()
        self._kinds = _KINDS.take(codes, mode="clip")
        self._has_preformatted = _PRE in self.stream
        if self._has_preformatted:
            self.blocks, self.block_first, self.block_last = _mixed_blocks(self.stream)
        else:
            self.blocks, self.block_first, self.block_last = _blocks(self.stream, self._kinds, self.text_places)
        self.hidden = self._find_hidden()

    def _file(self, facts_of: list[str], numbers: list[int]) -> bool:
        """File the elements under what they have: for each name, the values with the elements' numbers.

        Returns:
            Whether all that was read are facts. A value that holds marks could pass for several of them.
        """
        by_letter = {chr(letter): values for letter, values in enumerate(self._facts.values(), _FIRST_LETTER)}
        # Elements alike in all that is asked for are common: their facts are taken apart once.
        alike: dict[str, list[int]] = {}
        for facts, number in zip(facts_of, numbers, strict=False):
            if facts in alike:
                alike[facts].append(number)
            else:
                alike[facts] = [number]
        for facts, owners in alike.items():
            letters = set()
            for fact in facts[1:].split(_HAS):
                letter, value = fact[:1], fact[1:]
                values = by_letter.get(letter)
                if values is None or letter in letters:
                    return False
                letters.add(letter)
                known = values.get(value)
                values[value] = owners if known is None else known + owners
        return True

    def _find_hidden(self) -> list[tuple[int, int]]:
        """The ranges of the elements that a browser does not show. Pages that hide all of themselves until a script has
        run are read as they are meant to be."""
        numbers = [n for numbers in self.attribute(_CLOSED).values() for n in numbers]
        for name in ("hidden", "style"):
            for value, owners in self.attribute(name).items():
                if _hides(name, value):
                    numbers += owners
        hidden: list[tuple[int, int]] = []
        for number in sorted(numbers):
            start, stop = self.starts[number], self.stops[number]
            if number and start < stop and (not hidden or start >= hidden[-1][1]):
                hidden.append((start, stop))
        return hidden

    # --- elements by what rules look for -------------------------------------------------------

    def with_class(self, name: str) -> list[int]:
        """The numbers of the elements that have a class name."""
        return [
            number
            for value, numbers in self.attribute("class").items()
            if name in value and name in class_tokens(value)
            for number in numbers
        ]

    def attribute(self, name: str) -> dict[str, list[int]]:
        """The values of an attribute, each with the numbers of the elements that have it."""
        known = self._facts.get(name)
        if known is None:
            known = self._facts[name] = {}
            for element in self._with_attribute(name):
                known.setdefault(element.get(name, ""), []).append(self.numbers[element])
        return known

    def present(self, names: frozenset[str]) -> list[str]:
        """Those of the attributes that occur."""
        facts = self._facts
        return sorted(name for name in names if facts.get(name, True) and self.attribute(name))

    def _with_attribute(self, name: str) -> list[etree._Element]:
        if _XML_NAME.fullmatch(name):
            return cast(list[etree._Element], _attribute_owners(name)(self.elements[0]))
        return [element for element in self.elements if element.get(name) is not None]

    @cached_property
    def has_ideographs(self) -> bool:
        """Whether any part of the page stands in a script that is written without spaces between words."""
        return bool((self._kinds == _IDEOGRAPH).any())

    @cached_property
    def text_places(self) -> Places:
        """Where the stream has a character that is neither a mark nor white space."""
        return numpy.flatnonzero((self._kinds & _NO_TEXT_KIND) == 0)

    @cached_property
    def block_words(self) -> list[int]:
        """How many words each block has."""
        if self._has_preformatted or self.has_ideographs:
            return list(map(count_words, self.blocks))
        return [block.count(" ") + 1 for block in self.blocks]

    def with_tag(self, name: str) -> list[int]:
        """The numbers of the elements of a tag name."""
        return self._by_tag.get(name, [])

    @cached_property
    def _by_tag(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, tag in enumerate(self.tags):
            if tag in found:
                found[tag].append(number)
            else:
                found[tag] = [number]
        return found

    @cached_property
    def headings(self) -> list[tuple[int, int]]:
        """The numbers of the elements h1 to h6, each with its rank."""
        return sorted((n, int(rank)) for rank, numbers in self.attribute(_HEADING).items() for n in numbers)

    def tag(self, number: int) -> str:
        """An element's tag name."""
        return self.tags[number]

    @cached_property
    def tags(self) -> list[str]:
        """Each element's tag name, as the page has it: removing gives elements another."""
        return [element.tag for element in self.elements]

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

    def shows_text(self, start: int, stop: int) -> bool:
        """Whether a range of the stream holds anything but marks and white space."""
        return _SHOWN_TEXT.search(self.stream, start, stop) is not None

    def ends_line(self, ranges: list[tuple[int, int]]) -> bool:
        """Whether any of the ranges of the stream holds the mark of an element that begins or ends a line."""
        return any(_LINE_MARK.search(self.stream, start, stop) for start, stop in ranges)


def glues(before: str, after: str) -> bool:
    """Whether two characters side by side would be read as one word."""
    return before.isalnum() and after.isalnum()


def _blocks(stream: str, kinds: Kinds, text_at: Places) -> tuple[list[str], list[int], list[int]]:
    """The text of each block, and where it begins and ends, for a page without preformatted text."""
    line_at = numpy.flatnonzero(kinds == 3)
    # Between two marks stands a block if any text does: the first that comes after the one comes before the other.
    after = numpy.searchsorted(text_at, line_at)
    with_text = numpy.flatnonzero(after[1:] > after[:-1])
    first, last = text_at[after[with_text]], line_at[with_text + 1]
    text = " ".join(stream.replace(_INLINE, "").replace(_INLINE_END, "").split())
    lines = text.replace(_BLOCK, "\n").replace(_BLOCK_END, "\n").split("\n")
    return [line for line in map(str.strip, lines) if line], first.tolist(), last.tolist()


def _mixed_blocks(stream: str) -> tuple[list[str], list[int], list[int]]:
    """The same for a page with preformatted text."""
    preformatted = _preformatted(stream)
    texts, first, last = [], [], []
    for match in _BLOCK_TEXT.finditer(stream):
        text = match.group().replace(_INLINE, "").replace(_INLINE_END, "")
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
    return int(numpy.count_nonzero(marks & 1)) == elements and int(marks.max(initial=0)) < len(_MARKS)


def _spans(marks: Codes, places: Places) -> tuple[Places, Places, list[int], list[int]]:
    """Where each element's content starts and stops, the number after its last descendant, and its parent's.

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
    ends = numpy.empty(count, dtype=numpy.int64)
    ends[by_level] = number_at[closed_at] + 1  # as many have opened when it closes
    # The parent is the last element before on the level above: a search among (level, number) pairs.
    levels = level[~closing].astype(numpy.int64)
    pairs = levels[by_level] * count + by_level
    above = pairs[numpy.searchsorted(pairs, (levels[1:] - 1) * count + numpy.arange(1, count)) - 1] % count
    return starts, stops, ends.tolist(), [-1, *above.tolist()]


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
    elements = list(top.iter("*"))
    check_nodes(len(elements), limits)
    names = _readable(attributes)
    made = Outline(elements, _page(top, names, _AS_IT_IS), names)
    if not made.is_sound:
        made = Outline(elements, _page(top, names, _WITHOUT_MARKS), names)
    if limits.max_depth < PARSER_DEPTH:
        check_depth(_deepest(made.stream), limits)
    return made


@lru_cache(maxsize=64)
def _readable(attributes: frozenset[str]) -> tuple[str, ...]:
    """The attributes that are read with the page: the style sheet cannot name any other than these."""
    return tuple(sorted(_ATTRIBUTES | {name for name in attributes if _XML_NAME.fullmatch(name)}))


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
    if any(value is not None and _hides(name, value) for name, value in values):
        return True
    return node.tag == "dialog" and node.get("open") is None


def _hides(name: str, value: str) -> bool:
    return _HIDING.search(value) is not None if name == "style" else value.strip().lower() != "until-found"


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


def preformatted_lines(text: str) -> str:
    """Preformatted text as it stands, without blanks at the ends of lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


# --- the style sheets --------------------------------------------------------------------------


# Sets of rules differ in the attributes they ask for, but a process has few of them.
_MOST_SHEETS = 64


class _ThreadSheets(threading.local):
    """libxslt ties a compiled style sheet to the thread that made it."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[tuple[str, ...], str], etree.XSLT] = {}


_threads = _ThreadSheets()


def _page(top: etree._Element, attributes: tuple[str, ...], value: str) -> str:
    """The stream, with what each element has."""
    sheets = _threads.compiled
    sheet = sheets.get((attributes, value))
    if sheet is None:
        if len(sheets) >= _MOST_SHEETS:
            sheets.clear()
        sheet = sheets[attributes, value] = _compile(attributes, value)
    try:
        return str(sheet(top))
    except (etree.XSLTError, ValueError) as error:
        raise PageError("markup", f"the page cannot be read: {error}") from error


def _compile(attributes: tuple[str, ...], value: str) -> etree.XSLT:
    letters = (f"{_HAS}{chr(letter)}" for letter in count(_FIRST_LETTER))
    heading, closed = next(letters), next(letters)
    line = (_BLOCK, _BLOCK_END)
    templates = [
        _element('match="*"', (_INLINE, _INLINE_END)),
        _element(_any_of(BREAKING - HEADINGS), line),
        _element(_any_of(PREFORMATTED), (_PRE, _PRE_END)),
        _element(_any_of(UNSEEN), (_INLINE, _INLINE_END), inside=_NOT_SHOWN),
        _element(f'match="*" {_NOT_SHOWN}', (_INLINE, _INLINE_END), inside=_NOT_SHOWN),
        _element('match="dialog[not(@open)]" priority="1"', line, closed),
    ]
    templates += [_element(f'match="h{rank}"', line, f"{heading}{rank}") for rank in range(1, 7)]
    written = [f'match="@{name}">{next(letters)}' for name in attributes]
    if value != _AS_IT_IS:
        written.append('match="text()">')
    templates += [f'<xsl:template {one}<xsl:value-of select="{value}"/></xsl:template>' for one in written]
    return etree.XSLT(etree.fromstring(_XSLT.format(templates="".join(templates))))


def _element(which: str, marks: tuple[str, str], fact: str = "", inside: str = _SHOWN) -> str:
    return _ELEMENT.format(which=which, mark=marks[0], end=marks[1], fact=fact, content=_CONTENT, inside=inside)


def _any_of(tags: frozenset[str]) -> str:
    return f'match="{"|".join(sorted(tags))}"'
