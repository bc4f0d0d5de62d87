"""What a reader sees of a tree, piece by piece, as `outline` decides it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from lxml import etree

from ..outline import NO_TEXT, glues, is_hidden
from ..stream import BREAKING, PREFORMATTED, UNSEEN

# Elements without content into which the parser puts what comes after them.
_OPEN_ENDED = frozenset(("source", "track", "embed", "param"))
# Elements before and after which a line ends.
LINES = BREAKING | PREFORMATTED


class Step(Enum):
    """What comes next on the way through a tree."""

    OPEN = auto()  # an element begins
    CLOSE = auto()  # an element ends
    TEXT = auto()
    BREAK = auto()  # a line ends, because of an element that is not shown itself


class Piece(NamedTuple):
    """One step.

    Attributes:
        step: what it is.
        node: the element that begins or ends, or that holds the text.
        text: the text as it stands in the page, never empty; empty for other steps.
    """

    step: Step
    node: etree._Element
    text: str = ""


def walk(top: etree._Element) -> Iterator[Piece]:
    """The visible pieces of an element, in page order. The element itself is taken as shown.

    Of elements without text of their own only images are among them. Words that only meet because something between
    them is hidden are kept apart by a blank.
    """
    hidden = 0  # how many of the open elements are not shown
    before, gap = "", False  # the last character of the line so far, and whether hidden text came after it
    # `iterwalk` would take the square of a run of comments: it takes each from the beginning of a list of them.
    opened: list[etree._Element] = []
    children: list[Iterator[etree._Element]] = [iter((top,))]
    while True:
        node = next(children[-1], None)
        opening = node is not None
        if node is None:
            if not opened:
                return
            children.pop()
            node = opened.pop()
        tag, text = node.tag, node.tail
        if isinstance(tag, str):  # no comment, no instruction
            if opening and (hidden or (node is not top and is_hidden(node))):
                hidden += 1
            unseen = tag in UNSEEN
            if opening:
                opened.append(node)
                children.append(iter(()) if unseen else iter(node))
                if unseen and tag in _OPEN_ENDED and not hidden:
                    yield from _images(node)
            if not hidden and (not unseen or tag == "img"):
                yield Piece(Step.OPEN if opening else Step.CLOSE, node)
            elif tag in LINES:
                yield Piece(Step.BREAK, node)
            if tag in LINES:
                before, gap = "", False
            if opening:
                text = None if unseen else node.text
            else:
                hidden -= hidden > 0
                text = None if node is top else text
        if text:
            text = text if text.isascii() else text.translate(NO_TEXT)
        if not text:
            continue
        if hidden:
            gap = True
            continue
        if gap and glues(before, text[0]):
            text = " " + text
        before, gap = text[-1], False
        yield Piece(Step.TEXT, node, text)


def _images(top: etree._Element) -> Iterator[Piece]:
    for image in top.iter("img"):
        if not is_hidden(image):
            yield Piece(Step.OPEN, image)
            yield Piece(Step.CLOSE, image)
