"""What the scorer knows of each block: a row of numbers."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.prose import PROSE_WORDS
from ..rules.phrases import fold_blocks
from .blocks import COMMA, DIGIT, IDEOGRAPH, QUOTE, SENTENCE_END, UPPER, Blocks
from .hints import columns as hint_columns
from .series import shifted, window_mean

if TYPE_CHECKING:
    from ..engine.clean import Hint
    from ..outline import Outline
    from .blocks import Floats, Ints
    from .statement import Stated

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
_OF_PARENTS = 9  # so many of the first are asked of the element around, too
_LEVELS = 5
# Ancestors are looked at up to this height, and so many siblings that are alike are a row.
_HIGHEST, _ROW = 40, 3
_NEAR = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (2, 5, 15)
# The attributes that name what an element is for, and what tells their words apart in a vocabulary.
NAMING = {"class": "", "id": "", "role": "role:", "itemprop": "item:", "itemtype": "type:"}
_LONGEST_VALUE = 500  # characters of a value that are read
PAGE = "page:"  # before the words for what a page is
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def name_tokens(value: str) -> list[str]:
    """The words that class names and ids consist of: `articleBody main_text` gives article, body, main, text."""
    return [token.lower() for token in _TOKEN.findall(value) if len(token) > 1]


@lru_cache(maxsize=20_000)
def _tokens_of(value: str) -> frozenset[str]:
    """The words of a value. Sites repeat the same few hundred values on all their pages."""
    return frozenset(name_tokens(value))


def named(outline: Outline, vocabulary: dict[str, int]) -> dict[int, list[int]]:
    """For the words of a vocabulary that a page has: the elements whose class names, id and the like contain it."""
    found: dict[int, list[int]] = {}
    for attribute, prefix in NAMING.items():
        for value, numbers in outline.attribute(attribute).items():
            for token in _tokens_of(value[:_LONGEST_VALUE]):
                place = vocabulary.get(prefix + token)
                if place is not None:
                    found.setdefault(place, []).extend(numbers)
    return found


class Features:
    """The rows of a page's blocks.

    Args:
        blocks: the page's blocks.
        stated: what the page says of itself.
        hints: what rules would take.
        vocabulary: words of class names, ids and the like, each with its column.
    """

    def __init__(self, blocks: Blocks, stated: Stated, hints: list[Hint], vocabulary: dict[str, int]) -> None:
        self.blocks = blocks
        self.stated = stated
        self.hints = hints
        self.vocabulary = vocabulary

    def matrix(self) -> Any:
        """One row a feature, one column a block, as float32."""
        columns = [
            *self._own(),
            *self._position(),
            *self._around(),
            *self._ancestors(),
            *self._neighbours(),
            *self._page(),
            *hint_columns(self.blocks, self.hints),
            *self._groups(),
            *self._sections(),
        ]
        matrix = np.zeros((len(columns) + len(self.vocabulary), self.blocks.count), dtype=np.float32)
        for place, column in enumerate(columns):
            matrix[place] = column
        words = named(self.blocks.outline, self.vocabulary)
        matrix[[len(columns) + place for place in words]] = self.blocks.enclosing(list(words.values()))
        for kind in self.stated.kinds:
            if PAGE + kind in self.vocabulary:
                matrix[len(columns) + self.vocabulary[PAGE + kind]] = 1
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
        blocks = self.blocks
        folded = [text.casefold() for text in blocks.view.text]
        often = Counter(folded)
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
        number, names = self._tags
        meant = np.array([[name in group for name in names] for group in _OWN])
        return [
            *columns,
            *meant[:, number[blocks.element]],
            *meant[:_OF_PARENTS, number[blocks.parents[blocks.element]]],
        ]

    @cached_property
    def _tags(self) -> tuple[Ints, list[str]]:
        """For each element the number of its tag name, and those names."""
        known: dict[str, int] = {}
        numbers = [known.setdefault(tag, len(known)) for tag in self.blocks.outline.tags]
        return np.array(numbers, dtype=np.int64), list(known)

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
        wanted = set(fold_blocks(self.stated.title).split())
        likeness = np.zeros(self.blocks.count)
        if wanted:
            for place in np.flatnonzero(self.blocks.words <= 40).tolist():
                words = set(self.blocks.view.folded[place].split())
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
        groups = [[number for tag in group for number in outline.with_tag(tag)] for group in _AROUND]
        return list(blocks.enclosing(groups).clip(0, 8))

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

    def peers(self) -> Any:
        """What each block shares with others: numbers, one row for each kind of peers, the same for all that share it.

        The kinds: the same tags and class names of the block's element and of the one around it; the elements around
        it, up to the fourth; the row it stands in; its section.
        """
        blocks = self.blocks
        names = self._names
        alike = names[blocks.element] * (int(names.max(initial=0)) + 1) + names[blocks.parents[blocks.element]]
        rows = [alike]
        number = blocks.element
        for _ in range(4):
            number = blocks.parents[number]
            rows.append(number)
        rank = np.zeros(blocks.count, dtype=np.int64)
        rank[[low for _, low, _ in blocks.view.headings]] = 1
        return np.stack([*rows, self._row, np.cumsum(rank)])

    @cached_property
    def _names(self) -> Ints:
        """For each element a number that those share which have the same tag and the same class names."""
        outline = self.blocks.outline
        classes = np.zeros(len(self.blocks.parents), dtype=np.int64)
        for number, owners in enumerate(outline.attribute("class").values(), 1):
            classes[owners] = number
        tags, names = self._tags
        return classes * len(names) + tags

    def _groups(self) -> list[Any]:
        """What stands in rows of alike: posts of a thread, rows of a table, teasers. Siblings are alike if they have
        the same tag and the same class names."""
        blocks = self.blocks
        text = blocks.of_elements(blocks.text_before)
        linked = blocks.of_elements(blocks.linked_before)
        key = blocks.parents * (int(self._names.max(initial=0)) + 1) + self._names
        _, group = np.unique(key, return_inverse=True)
        full = text > 0
        size = np.bincount(group, full)[group]
        mass = np.bincount(group, text)[group]
        links = np.bincount(group, linked)[group]
        total = max(int(blocks.text_before[-1]), 1)
        share, each, density = mass / total, mass / np.maximum(size, 1), links / np.maximum(mass, 1)
        columns: list[Any] = []
        number = blocks.element
        best = np.zeros(blocks.count, dtype=np.int64)
        depth = np.zeros(blocks.count)
        for level in range(_HIGHEST):
            if level < _LEVELS:
                columns += [np.log1p(size[number]), share[number], density[number], np.log1p(each[number])]
            better = (size[number] >= _ROW) & (share[number] > np.where(best > 0, share[best], 0))
            best = np.where(better, number, best)
            depth += number > 0
            if level >= _LEVELS and not number.any():
                break
            number = blocks.parents[number]
        inside = best > 0
        self._row = group[best]
        columns += [
            depth,
            *(np.where(inside, values[best], 0) for values in (np.log1p(size), share, density, np.log1p(each))),
            np.where(inside, text[best] / np.maximum(each[best], 1), 0),
            np.where(inside, (blocks.first - blocks.starts[best]) / np.maximum(text[best], 1), 0),
        ]
        rows = (size >= _ROW) & full
        columns.append(np.full(blocks.count, float(share[rows].max(initial=0))))
        wordy = rows & (density < 0.3) & (each > 100)
        columns.append(np.full(blocks.count, float(share[wordy].max(initial=0))))
        return columns

    def _sections(self) -> list[Any]:
        """The headings above and below, and what stands between them."""
        blocks = self.blocks
        count = blocks.count
        index = np.arange(count)
        rank = np.zeros(count)
        for number, low, _ in blocks.view.headings:
            rank[low] = int(blocks.outline.tag(number)[1])
        opening = np.maximum.accumulate(np.where(rank > 0, index, -1)) if count else index
        following = np.where(rank > 0, index, count)
        closing = np.append(np.minimum.accumulate(following[::-1])[::-1], count)[1:] if count else index
        headed = opening >= 0
        begin, end = np.maximum(opening, 0), closing
        prose = np.concatenate(([0], np.cumsum(self._prose)))
        words = np.concatenate(([0], np.cumsum(blocks.words)))
        linked = np.concatenate(([0], np.cumsum(blocks.words * blocks.link_density)))
        section = words[end] - words[begin]
        main = np.cumsum(rank == 1)
        return [
            rank,
            np.where(headed, rank[begin], 0) if count else rank,
            np.where(headed, index - opening, 300).clip(0, 300),
            np.where(headed, words[index] - words[begin], -1),
            np.log1p(prose[end] - prose[begin]),
            (linked[end] - linked[begin]) / np.maximum(section, 1),
            np.log1p(section),
            (closing - index).clip(0, 300),
            np.where(headed, self._likeness_to_title[begin], 0),
            np.where(headed, blocks.link_density[begin], 0),
            main.clip(0, 5),
            np.cumsum(rank > 0) / max(int((rank > 0).sum()), 1),
            self._likeness_to_description,
        ]

    @cached_property
    def _likeness_to_description(self) -> Floats:
        """Which share of each block's words the page's description has, if it has most of the description's."""
        wanted = set(fold_blocks(self.stated.description).split())
        likeness = np.zeros(self.blocks.count)
        if len(wanted) > 2:
            for place in np.flatnonzero((self.blocks.words >= 4) & (self.blocks.words <= 80)).tolist():
                words = set(self.blocks.view.folded[place].split())
                likeness[place] = len(words & wanted) / len(words | wanted)
        return likeness

    def _page(self) -> list[Any]:
        blocks = self.blocks
        prose = int(self._prose.sum())
        linked, total = int(blocks.linked_before[-1]), max(int(blocks.text_before[-1]), 1)
        values = [np.log1p(blocks.count), np.log1p(total), np.log1p(prose), linked / total]
        values.append(int((self._prose > 0).sum()))
        values.append(sum(blocks.outline.tag(number) == "h1" for number, *_ in blocks.view.headings))
        values += [min(len(blocks.outline.with_tag(tag)), 20) for tag in ("article", "main", "table", "form", "pre")]
        return [np.full(blocks.count, value) for value in values]
