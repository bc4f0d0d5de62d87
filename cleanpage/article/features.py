"""What the scorer knows of each block: a row of numbers."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.prose import PROSE_WORDS
from ..rules.phrases import fold_blocks
from .blocks import COMMA, DIGIT, IDEOGRAPH, QUOTE, SENTENCE_END, UPPER, Blocks

if TYPE_CHECKING:
    from ..outline import Outline
    from .blocks import Floats, Ints

# Elements that a block stands in directly, and those that enclose it, by the HTML standard.
_OWN = (
    ("p",), ("li",), ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6"), ("td", "th"), ("div",), ("span",), ("a",),
    ("button", "label", "option", "input"), ("figcaption", "caption"), ("blockquote", "q", "cite"), ("pre", "code"),
    ("dt", "dd"), ("time", "address"), ("em", "strong", "b", "i", "small"),
)  # fmt: skip
_AROUND = (
    ("article",), ("main",), ("nav",), ("aside",), ("header",), ("footer",), ("section",), ("form",),
    ("figure", "picture"), ("table",), ("ul", "ol"), ("li",), ("blockquote",), ("a",), ("button",), ("dl",),
    ("details",), ("div",), ("p",), ("h1", "h2", "h3", "h4", "h5", "h6"),
)  # fmt: skip
_LEVELS = 5
_NEAR = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (2, 5, 15)
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def name_tokens(value: str) -> list[str]:
    """The words that class names and ids consist of: `articleBody main_text` gives article, body, main, text."""
    return [token.lower() for token in _TOKEN.findall(value) if len(token) > 1]


def named(outline: Outline, vocabulary: dict[str, int]) -> list[list[int]]:
    """For each word of a vocabulary: the elements whose class names or id contain it."""
    found: list[list[int]] = [[] for _ in vocabulary]
    for attribute in ("class", "id"):
        for value, numbers in outline.attribute(attribute).items():
            for token in set(name_tokens(value[:500])):
                place = vocabulary.get(token)
                if place is not None:
                    found[place] += numbers
    return found


class Features:
    """The rows of a page's blocks.

    Args:
        blocks: the page's blocks.
        title: the page's title as it says itself, empty if it does not.
        vocabulary: words of class names and ids, each with its column.
    """

    def __init__(self, blocks: Blocks, title: str, vocabulary: dict[str, int]) -> None:
        self.blocks = blocks
        self.title = title
        self.vocabulary = vocabulary

    def matrix(self) -> Any:
        """One row a block, as float32."""
        columns = [
            *self._own(),
            *self._position(),
            *self._around(),
            *self._ancestors(),
            *self._neighbours(),
            *self._page(),
        ]
        matrix = np.empty((self.blocks.count, len(columns) + len(self.vocabulary)), dtype=np.float32)
        for place, column in enumerate(columns):
            matrix[:, place] = column
        for place, numbers in enumerate(named(self.blocks.outline, self.vocabulary), len(columns)):
            matrix[:, place] = self.blocks.enclosing(numbers) if numbers else 0
        return matrix

    # --- columns -------------------------------------------------------------------------------

    @cached_property
    def _ends_sentence(self) -> Floats:
        closing = tuple(".!?…。！？؟।»”“\"')’:")
        return np.array([text.endswith(closing) for text in self.blocks.view.text], dtype=np.float64)

    @cached_property
    def _prose(self) -> Ints:
        """Each block's words if it is running text, else 0."""
        blocks = self.blocks
        return np.where((blocks.words >= PROSE_WORDS) & (blocks.link_density < 0.5), blocks.words, 0)

    def _own(self) -> list[Any]:
        blocks, outline = self.blocks, self.blocks.outline
        folded = [text.casefold() for text in blocks.view.text]
        often = Counter(folded)
        tags = outline.tags
        own_tags = [tags[number] for number in blocks.element.tolist()]
        parent_tags = [tags[number] for number in blocks.parents[blocks.element].tolist()]
        columns: list[Any] = [
            np.log1p(blocks.chars),
            np.log1p(blocks.words),
            blocks.chars / blocks.words,
            blocks.link_density,
            *(blocks.share_of(bit) for bit in (SENTENCE_END, COMMA, DIGIT, UPPER, QUOTE, IDEOGRAPH)),
            self._ends_sentence,
            [text[:1].isupper() for text in blocks.view.text],
            [often[text] for text in folded],
        ]
        for group in _OWN:
            columns.append([tag in group for tag in own_tags])
        for group in _OWN[:9]:
            columns.append([tag in group for tag in parent_tags])
        return columns

    def _position(self) -> list[Any]:
        blocks = self.blocks
        index = np.arange(blocks.count)
        before = blocks.text_before[blocks.first]
        total = max(int(blocks.text_before[-1]), 1)
        prose = np.concatenate(([0], np.cumsum(self._prose)))
        all_prose = max(int(prose[-1]), 1)
        removed = blocks.all_text[blocks.first] - before
        gap = np.diff(removed, prepend=0)
        heading = self._title_block()
        return [
            index / max(blocks.count, 1),
            np.minimum(index, 500),
            np.minimum(blocks.count - index, 500),
            before / total,
            prose[:-1] / all_prose,
            np.log1p(gap),
            np.clip(index - heading, -200, 200) if heading >= 0 else np.full(blocks.count, -300),
            np.full(blocks.count, heading >= 0),
            self._likeness_to_title,
        ]

    @cached_property
    def _likeness_to_title(self) -> Floats:
        """Which share of each short block's words the title has, if it has most of the title's."""
        wanted = set(fold_blocks(self.title).split())
        likeness = np.zeros(self.blocks.count)
        if wanted:
            for place in np.flatnonzero(self.blocks.words <= 40).tolist():
                words = set(fold_blocks(self.blocks.view.text[place].replace("\n", " ")).split())
                likeness[place] = len(words & wanted) / len(words | wanted)
        return likeness

    def _title_block(self) -> int:
        """The block that is the article's headline, -1 if none is known."""
        if not self.blocks.count:
            return -1
        best = int(np.argmax(self._likeness_to_title))
        if self._likeness_to_title[best] >= 0.5:
            return best
        main = [low for number, low, _ in self.blocks.view.headings if self.blocks.outline.tag(number) == "h1"]
        return main[0] if main else -1

    def _around(self) -> list[Any]:
        blocks, outline = self.blocks, self.blocks.outline
        return [
            blocks.enclosing([number for tag in group for number in outline.with_tag(tag)]).clip(0, 8)
            for group in _AROUND
        ]

    def _ancestors(self) -> list[Any]:
        blocks = self.blocks
        text, linked = blocks.of_elements(blocks.text_before), blocks.of_elements(blocks.linked_before)
        low = np.searchsorted(blocks.first, blocks.starts)
        inside = np.searchsorted(blocks.first, blocks.stops) - low
        running = np.concatenate(([0], np.cumsum(self._prose)))
        prose = running[low + inside] - running[low]
        all_prose, total = max(int(running[-1]), 1), max(int(blocks.text_before[-1]), 1)
        columns: list[Any] = []
        number = blocks.element
        for _ in range(_LEVELS):
            columns += [
                np.log1p(text[number]),
                text[number] / total,
                linked[number] / np.maximum(text[number], 1),
                np.log1p(inside[number]),
                prose[number] / all_prose,
                text[number] / np.maximum(inside[number], 1),
            ]
            number = blocks.parents[number]
        for share in (0.5, 0.8):
            # The smallest element with so much of the page's running text: the last in page order of those that
            # hold it, for they lie inside each other.
            holders = np.flatnonzero(prose >= share * all_prose)
            main = int(holders[-1]) if len(holders) else 0
            columns += [
                (blocks.element >= main) & (blocks.element < blocks.ends[main]),
                np.sign(blocks.element - main),
            ]
            first, stop = blocks.starts[main], blocks.stops[main]
            columns.append((blocks.first - first) / max(int(stop - first), 1))
        return columns

    def _neighbours(self) -> list[Any]:
        blocks = self.blocks
        columns: list[Any] = []
        parent = blocks.parents[blocks.element]
        measures: list[Any] = [
            np.log1p(blocks.words),
            blocks.link_density,
            self._ends_sentence,
            self._likeness_to_title,
        ]
        for step in _NEAR:
            columns += [shifted(measure, step) for measure in measures]
            columns.append(shifted(parent, step, -1) == parent)
        for reach in _WINDOWS:
            columns += [window_mean(measure, reach) for measure in (np.log1p(self._prose), blocks.link_density)]
            columns.append(window_mean(blocks.words, reach))
        return columns

    def _page(self) -> list[Any]:
        blocks = self.blocks
        prose = int(self._prose.sum())
        linked, total = int(blocks.linked_before[-1]), max(int(blocks.text_before[-1]), 1)
        values = [np.log1p(blocks.count), np.log1p(total), np.log1p(prose), linked / total]
        values.append(int((self._prose > 0).sum()))
        values.append(sum(blocks.outline.tag(number) == "h1" for number, *_ in blocks.view.headings))
        values += [min(len(blocks.outline.with_tag(tag)), 20) for tag in ("article", "main", "table", "form", "pre")]
        return [np.full(blocks.count, value) for value in values]


def shifted(values: Any, step: int, fill: float = 0) -> Any:
    """The value of the block so many places before (or, if negative, after)."""
    moved = np.full(len(values), fill, dtype=np.asarray(values).dtype)
    if abs(step) < len(values):
        if step > 0:
            moved[step:] = values[:-step]
        else:
            moved[:step] = values[-step:]
    return moved


def window_mean(values: Any, reach: int) -> Any:
    """The mean over each block and so many before and after it."""
    running = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    index = np.arange(len(values))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(values))
    return (running[high] - running[low]) / np.maximum(high - low, 1)
