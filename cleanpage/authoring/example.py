"""Examples made from pages: the markup that a rule needs to be shown, and the first words of what it takes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from .edit import KEEP, Draft
from .write import KEPT, MOST_WORDS, element_for, quoted

_MOST_ATTRIBUTES, _LONGEST_VALUE = 6, 80
_NAMING = re.compile(r"class|id|role|data-[a-z0-9_-]+|aria-label|itemprop")
_TAG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
# As few levels above an element as will do, but no more than this.
_MOST_LEVELS = 6


def example_for(
    draft: Draft, element: etree._Element, texts: Sequence[str], shows: Callable[[list[str]], bool]
) -> list[str] | None:
    """An example for a rule, as an entry of a list in YAML: the smallest one that shows what it must.

    Args:
        draft: the rule.
        element: an element that it takes.
        texts: the blocks in it.
        shows: whether the rule file, with an example, does what the example says.

    Returns:
        None if the rule takes nothing that an example of this kind can show.
    """
    said = _words(texts)
    for markup, text in _markups(draft, element, said, len(texts) > 1):
        example = _entry(markup, text, draft.category == KEEP)
        if shows(example):
            return example
    return None


def _markups(draft: Draft, element: etree._Element, said: str, several: bool) -> Iterator[tuple[str, str]]:
    """Markup that a rule might take, each with the text in it; the shortest first."""
    if draft.equals:
        yield element_for(draft.css, draft.equals), draft.equals
    elif draft.heading:
        rest = said if several and said != draft.heading else "More"
        inside = f"<h3>{html.escape(draft.heading, quote=False)}</h3><p>{html.escape(rest, quote=False)}</p>"
        yield _wrapped(element_for(draft.css, ""), inside), rest
        yield from ((markup, rest) for markup in _with_parents(element, inside))
    else:
        yield element_for(draft.css, said), said
    text = draft.equals or said
    yield from ((markup, text) for markup in _with_parents(element, html.escape(text, quote=False)))


def _wrapped(empty: str, inside: str) -> str:
    start, _, end = empty.rpartition("</")
    return f"{start}{inside}</{end}"


def _with_parents(element: etree._Element, inside: str) -> Iterator[str]:
    """An element with the names it has on its page, alone and in more and more of what it stands in there."""
    markup = inside
    for node in [element, *element.iterancestors()][: _MOST_LEVELS + 1]:
        if node.tag in ("body", "html"):
            return
        tag = node.tag if isinstance(node.tag, str) and _TAG.fullmatch(node.tag) else "div"
        markup = f"<{tag}{_names(node)}>{markup}</{tag}>"
        yield markup


def _names(node: etree._Element) -> str:
    pairs = [(str(name), " ".join(str(value).split())) for name, value in node.attrib.items()]
    naming = [pair for pair in pairs if _NAMING.fullmatch(pair[0]) and len(pair[1]) <= _LONGEST_VALUE]
    return "".join(f' {name}="{html.escape(_plain(value))}"' for name, value in naming[:_MOST_ATTRIBUTES])


def _words(texts: Sequence[str]) -> str:
    """The first words of a text, in a form that an example can hold."""
    words = " ".join(_plain(text) for text in texts).split()
    return " ".join(words[:MOST_WORDS])


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _entry(markup: str, text: str, is_kept: bool) -> list[str]:
    kept = [KEPT, text] if is_kept else [KEPT]
    lines = ["- html: |", f"    <article><p>{KEPT}</p></article>", f"    {markup}"]
    lines += [] if is_kept else [f"  removes: [{quoted(text)}]"]
    return [*lines, f"  keeps: [{', '.join(map(quoted, kept))}]"]
