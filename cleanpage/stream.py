"""A page's tree written as one string: the text nodes a reader sees, in page order, with a mark where each element
opens and closes, and what each element has.

A style sheet run by libxslt does it: one C call instead of a walk over the tree in Python. What an element has (its
tag, and those of its attributes that rules ask for) is written after its opening mark. Elements that have the same are
common, on a page and across the pages of a site, so this is taken apart once, and kept up to a bound.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from itertools import islice

from lxml import etree

from .errors import PageError

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
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Other elements that pages have many of: with a template of their own they are written quicker.
_COMMON = ("a", "b", "em", "i", "label", "picture", "small", "span", "strong", "sup", "time")
_COMMON_UNSEEN = ("a", "div", "g", "img", "option", "p", "path", "rect", "source", "span", "use")

# The marks: noncharacters, which Unicode keeps for such internal use. A page that contains them all the same is
# noticed, because its marks do not count up to its elements, and read by the style sheet that drops them.
INLINE, INLINE_END, BLOCK, BLOCK_END, PRE, PRE_END, _HAS, EDGE = map(chr, range(0xFDD0, 0xFDD8))
FIRST_MARK = ord(INLINE)
MARKS = INLINE + INLINE_END + BLOCK + BLOCK_END + PRE + PRE_END
ALL_MARKS = MARKS + _HAS + EDGE
# What an element has stands between two `EDGE`s after its opening mark: its tag and, for each attribute, `_HAS`, its
# name, a blank and its value. A heading's rank is written as if it were an attribute, and so is the reason why an
# element is hidden by its name alone.
_RANK, _CLOSED = "#rank", "#closed"

_XSLT = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="utf-8"/>
<xsl:template match="comment()|processing-instruction()|@*"/>
<xsl:template mode="unseen" match="text()|comment()|processing-instruction()"/>
{templates}</xsl:stylesheet>"""
_ELEMENT = (
    """<xsl:template {which}>{mark}{edge}{tag}<xsl:apply-templates select="@*"/>{edge}"""
    """<xsl:apply-templates {inside}/>{end}</xsl:template>"""
)
_VALUE = """<xsl:template match="{which}">{name}<xsl:value-of select="{value}"/></xsl:template>"""
_SHOWN, _NOT_SHOWN = "", 'mode="unseen"'
# How texts, values and names are written as they stand, and on a page that contains marks.
_AS_IT_IS = "{}"
_WITHOUT_MARKS = f"translate({{}}, '{ALL_MARKS}', '')"
# The attributes that are always read: what most rules go by, and what hides an element.
ALWAYS_READ = frozenset(("class", "id", "style", "hidden"))
XML_NAME = re.compile("[a-z_][a-z0-9_.-]*")
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

# Sets of rules differ in the attributes they ask for, but a process has few of them.
_MOST_SHEETS = 64
# How many different ways of being made elements have that are remembered, and how long their texts may be.
_MOST_FACTS, _LONGEST = 10_000, 400


class Facts:
    """What an element has, as far as it was read: enough for a selector that asks for nothing else.

    Attributes:
        tag: its tag name.
        attributes: the values of its attributes, of those that were asked for.
        rank: 1 to 6 for a heading that is shown, else 0.
        hides: whether it says itself that a browser does not show it.
        is_kept: whether the same object is to stand for all elements that have the same, on all pages of this thread.
    """

    __slots__ = ("attributes", "hides", "is_kept", "rank", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], is_kept: bool) -> None:
        self.tag = tag
        self.rank = int(attributes.pop(_RANK, 0))
        self.hides = attributes.pop(_CLOSED, None) is not None or any(
            hides(name, attributes[name]) for name in ("hidden", "style") if name in attributes
        )
        self.attributes = attributes
        self.is_kept = is_kept

    def get(self, name: str) -> str | None:
        """The value of an attribute, as lxml's elements give it."""
        return self.attributes.get(name)


class _Thread(threading.local):
    """What is kept for each thread: libxslt ties a compiled style sheet to the thread that made it."""

    def __init__(self) -> None:
        self.sheets: dict[tuple[frozenset[str], str], etree.XSLT] = {}
        self.facts: dict[str, Facts] = {}


_thread = _Thread()


def written(top: etree._Element, attributes: frozenset[str], *, without_marks: bool = False) -> list[str]:
    """An element's stream in pieces: text with marks and what an element has, in turns, beginning and ending with text.

    Args:
        top: the element.
        attributes: names of attributes that are asked for.
        without_marks: for a page that contains marks itself: they are dropped.

    Raises:
        PageError: the tree is deeper than libxslt can follow.
    """
    form = _WITHOUT_MARKS if without_marks else _AS_IT_IS
    sheets = _thread.sheets
    sheet = sheets.get((attributes, form))
    if sheet is None:
        if len(sheets) >= _MOST_SHEETS:
            sheets.clear()
        sheet = sheets[attributes, form] = _compile(readable(attributes), form)
    try:
        return str(sheet(top)).split(EDGE)
    except (etree.XSLTError, ValueError) as error:
        raise PageError("markup", f"the page cannot be read: {error}") from error


@lru_cache(maxsize=_MOST_SHEETS)
def readable(attributes: frozenset[str]) -> frozenset[str]:
    """The attributes that are read when these are asked for: the style sheet cannot name any other."""
    return ALWAYS_READ | {name for name in attributes if XML_NAME.fullmatch(name)}


def facts_of(texts: list[str], attributes: frozenset[str]) -> list[Facts] | None:
    """What elements have, taken apart.

    Args:
        texts: as it was written.
        attributes: the names of attributes that may be there.

    Returns:
        None if any of it cannot be: a value that holds marks could pass for several.
    """
    known = _thread.facts
    found: list[Facts | None] = list(map(known.get, texts))
    if None in found:
        new: dict[str, Facts] = {}
        for place, text in enumerate(texts):
            if found[place] is None:
                facts = new.get(text) or _facts(text, attributes)
                if facts is None:
                    return None
                new[text] = found[place] = facts
        if len(known) + len(new) > _MOST_FACTS:
            known.clear()
        known.update(islice(((text, facts) for text, facts in new.items() if facts.is_kept), _MOST_FACTS))
    return found  # type: ignore[return-value]  # none is left out


def _facts(text: str, attributes: frozenset[str]) -> Facts | None:
    tag, *parts = text.split(_HAS)
    values: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition(" ")
        if name in values or not (name in attributes or name in (_RANK, _CLOSED)):
            return None
        values[name] = value
    return Facts(tag, values, len(text) <= _LONGEST)


def hides(name: str, value: str) -> bool:
    """Whether an element with this value of `style` or `hidden` is not shown."""
    return _HIDING.search(value) is not None if name == "style" else value.strip().lower() != "until-found"


def _compile(attributes: frozenset[str], form: str) -> etree.XSLT:
    inline, line, pre = (INLINE, INLINE_END), (BLOCK, BLOCK_END), (PRE, PRE_END)
    any_tag = f'<xsl:value-of select="{form.format("name()")}"/>'
    templates = [
        _element("*", inline, any_tag),
        *(_element(tag, inline, tag) for tag in _COMMON),
        *(_element(tag, line, tag) for tag in sorted(BREAKING - HEADINGS)),
        *(_element(tag, line, f"{tag}{_HAS}{_RANK} {tag[1:]}") for tag in sorted(HEADINGS)),
        *(_element(tag, pre, tag) for tag in sorted(PREFORMATTED)),
        *(_element(tag, inline, tag, inside=_NOT_SHOWN) for tag in sorted(UNSEEN)),
        _element("*", inline, any_tag, _NOT_SHOWN, _NOT_SHOWN),
        *(_element(tag, inline, tag, _NOT_SHOWN, _NOT_SHOWN) for tag in _COMMON_UNSEEN),
        _element("dialog[not(@open)]", line, f"dialog{_HAS}{_CLOSED} ", 'priority="1"'),
        *(_VALUE.format(which=f"@{n}", name=f"{_HAS}{n} ", value=form.format(".")) for n in sorted(attributes)),
    ]
    if form != _AS_IT_IS:
        templates.append(_VALUE.format(which="text()", name="", value=form.format(".")))
    return etree.XSLT(etree.fromstring(_XSLT.format(templates="".join(templates))))


def _element(which: str, marks: tuple[str, str], tag: str, how: str = "", inside: str = _SHOWN) -> str:
    return _ELEMENT.format(
        which=f'match="{which}" {how}', mark=marks[0], end=marks[1], tag=tag, edge=EDGE, inside=inside
    )
