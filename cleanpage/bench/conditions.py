"""Rules that are found by their phrases, decided plainly: each element that lxml finds for the selector is read, and
its text compared with each phrase as strings are compared.

What the text of an element is, and how it is folded, is the library's; where phrases are looked up has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..engine.view import View
from ..rules.filing import goes_by_phrase
from ..rules.model import Rule
from .translate import compiled_css, elements_of, parts_of


def is_plain(rule: Rule) -> bool:
    """Whether all its selectors go by its phrases, and all its conditions can be decided here: no heading, no regular
    expression, no count of paragraphs."""
    by_phrase = bool(rule.selectors) and all(goes_by_phrase(rule, selector) for selector in rule.selectors)
    return by_phrase and not rule.heading and not rule.matches and rule.max_paragraphs is rule.min_chars is None


class PlainConditions:
    """The conditions of a rule that `is_plain`.

    Args:
        rule: the rule.

    Raises:
        Untranslated: its `unless` is not to be had as XPath.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._unless = [compiled_css(part) for one in rule.unless for part in parts_of(one.source)]

    def met_by(self, elements: Iterable[etree._Element], root: etree._Element, view: View) -> set[etree._Element]:
        """Those of the elements of a page that meet the conditions."""
        excluding = {element for one in self._unless for element in elements_of(one, root)}
        return {element for element in elements if self._holds(element, view, excluding)}

    def _holds(self, element: etree._Element, view: View, excluding: set[etree._Element]) -> bool:
        rule, outline = self._rule, view.outline
        number = outline.numbers[element]
        start, stop = outline.starts[number], outline.stops[number]
        text = view.folded_text(start, stop)
        return (
            bool(text)
            and (not rule.text or any(phrase.folded in text for phrase in rule.text))
            and (not rule.starts or any(text.startswith(phrase.folded) for phrase in rule.starts))
            and (not rule.equals or any(text == phrase.folded for phrase in rule.equals))
            and (rule.max_words is None or view.words(start, stop) <= rule.max_words)
            and not any(inner in excluding and not _is_hidden(inner, view) for inner in element.iterdescendants("*"))
        )


def _is_hidden(element: etree._Element, view: View) -> bool:
    outline = view.outline
    number = outline.numbers[element]
    return any(start < outline.starts[number] and outline.stops[number] < stop for start, stop in outline.hidden)
