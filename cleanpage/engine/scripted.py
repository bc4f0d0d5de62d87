"""What a page's script would show, where the page already holds it.

Servers that stream React pages send parts hidden, each followed by a script that puts it where it belongs; forums that
are drawn by script alone bring their threads in `<noscript>`. No script is run here, and nothing is fetched.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from lxml import etree

from ..outline import Outline, count_words
from ..page import joined
from .view import View, merge

# Hidden parts are called S:0, S:1, …; the place of each is a template of the same number, B:0 or P:0.
# They come last, at the end of the body or of the element that the page is drawn in.
_PARTS: Any = etree.XPath("(./body | ./body/*)/div[@hidden][starts-with(@id, 'S:')]")
_PLACES: Any = etree.XPath(".//template[starts-with(@id, 'B:') or starts-with(@id, 'P:')]")
_INSTEAD: Any = etree.XPath(".//noscript")
# A page that shows fewer words than this is drawn by script, and what shows at least so many more is its text.
_NEXT_TO_NOTHING, _TEXT = 40, 50
_MUCH = 20_000  # characters of text and marks: a page that shows these need not be looked at


def put_parts_in_place(root: etree._Element) -> None:
    """Show the hidden parts of a streamed React page, each in its place."""
    parts = _PARTS(root)
    if not parts:
        return
    places = {place.get("id")[2:]: place for place in _PLACES(root)}
    for part in parts:
        del part.attrib["hidden"]
        place = places.get(part.get("id")[2:])
        if place is None or any(above is part for above in place.iterancestors()):
            continue
        tail, part.tail = part.tail, None
        before = part.getprevious()
        if tail and before is not None:
            before.tail = joined(before.tail, tail)
        elif tail:
            part.getparent().text = joined(part.getparent().text, tail)
        place.addprevious(part)


def show_instead(root: etree._Element, shown: Outline) -> str:
    """Show what a page that shows next to nothing has for readers without scripts, or hides until its script has run.

    Args:
        root: the page's tree, which is changed.
        shown: what it shows now.

    Returns:
        What is shown now; empty if there is nothing else.
    """
    if len(shown.stream) - sum(stop - start for start, stop in shown.hidden) > _MUCH:
        return ""
    words = accumulate(map(count_words, View(shown, merge(shown.hidden)).text))
    if any(so_far >= _NEXT_TO_NOTHING for so_far in words):
        return ""
    texts = [one for one in _INSTEAD(root) if count_words(" ".join(one.itertext())) >= _TEXT]
    for one in texts:
        one.tag = "div"
    if texts:
        return "noscript: the page shows next to nothing, and this to readers without scripts"
    for start, stop in shown.hidden:
        if count_words(shown.raw([(start, stop)])) >= _TEXT:
            element = shown.elements[shown.covering(start, stop)]
            if element.get("hidden") is None and element.get("style") is None:
                continue
            for name in ("hidden", "style"):
                element.attrib.pop(name, "")
            texts.append(element)
    return "hidden: the page shows next to nothing, and hides this until its script has run" if texts else ""
