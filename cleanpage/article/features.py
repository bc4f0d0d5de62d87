"""What the scorer knows of each block: a row of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.prose import PROSE_WORDS
from ..rules.phrases import fold_blocks
from .blocks import HIGHEST, LEVELS, Blocks
from .hints import columns as hint_columns
from .naming import AROUND, NAMING, tags_around
from .series import running, shifted, window_means

if TYPE_CHECKING:
    from ..engine.clean import Hint
    from .blocks import Floats, Ints
    from .statement import Stated
    from .vocabulary import Vocabulary

# Elements that a block stands in directly, by the HTML standard.
_OWN = (
    ("p",), ("li",), ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6"), ("td", "th"), ("div",), ("span",), ("a",),
    ("button", "label", "option", "input"), ("figcaption", "caption"), ("blockquote", "q", "cite"), ("pre", "code"),
    ("dt", "dd"), ("time", "address"), ("em", "strong", "b", "i", "small"),
)  # fmt: skip
_OF_PARENTS = 9  # so many of the first are asked of the element around, too
_TAGS = {tag: place for place, tag in enumerate(chain.from_iterable(_OWN), 1)}
# For each of those tags, and before them for any other: which of the groups it is of.
_MEANT = np.array([[tag in group for group in _OWN] for tag in ("", *_TAGS)])
_COUNTED = ("article", "main", "table", "form", "pre")  # elements of which a page has few or many
_ROW = 3  # so many siblings that are alike are a row
_NEAR = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (2, 5, 15)
_AROUND_SCORES = (3, 10)
_CLOSING = frozenset(".!?…。！？؟।»”“\"')’:")  # what a sentence ends with
# Which blocks are compared with the title and the description, by their words.
_LIKE_TITLE, _LIKE_DESCRIPTION = (0, 40), (4, 80)


class Features:
    """The rows of a page's blocks.

    Args:
        blocks: the page's blocks; its outline was made with the attributes of `NAMING`.
        stated: what the page says of itself.
        hints: what rules would take.
    """

    def __init__(self, blocks: Blocks, stated: Stated, hints: list[Hint]) -> None:
        assert blocks.outline.has_read(NAMING)
        self.blocks = blocks
        self.stated = stated
        self.hints = hints

    def matrix(self, vocabulary: Vocabulary) -> Any:
        """One row a feature, one column a block, as float32.

        Args:
            vocabulary: the words that count, and for what.
        """
        words = self.blocks.words
        texts, names = vocabulary.texts.scores(self.blocks.view.folded), vocabulary.names.scores(self.blocks)
        return stacked(
            [*in_surroundings(texts, words), *in_surroundings(names, words)],
            self.told_by_page(),
            said_of_page(vocabulary.kinds, self.stated.kinds, self.blocks.count),
        )

    def told_by_page(self) -> Any:
        """The rows that need no vocabulary."""
        return stacked(
            self._own(),
            self._position(),
            self.blocks.enclosing(*tags_around(self.blocks.outline), len(AROUND)).clip(0, 8),
            self._ancestors(),
            self._neighbours(),
            self._page(),
            hint_columns(self.blocks, self.hints),
            self._groups(),
            self._sections(),
        )

    # --- rows ----------------------------------------------------------------------------------

    @cached_property
    def _ends_sentence(self) -> Floats:
        return np.array([text[-1] in _CLOSING for text in self.blocks.view.text], dtype=np.float64)

    @cached_property
    def _prose(self) -> Ints:
        """Each block's words if it is running text, else 0."""
        blocks = self.blocks
        return np.where((blocks.words >= PROSE_WORDS) & (blocks.link_density < 0.5), blocks.words, 0)

    @cached_property
    def _prose_before(self) -> Ints:
        """How many of them stand before each block, and in all."""
        before = np.zeros(self.blocks.count + 1, dtype=np.int64)
        np.cumsum(self._prose, out=before[1:])
        return before

    @cached_property
    def _log_words(self) -> Floats:
        return np.log1p(self.blocks.words)

    @cached_property
    def _parent(self) -> Ints:
        return self.blocks.parents[self.blocks.element]

    def _own(self) -> list[Any]:
        blocks = self.blocks
        folded = _casefolded(blocks.view.text)
        often = Counter(folded)
        meant = _MEANT[self._tags]
        return [
            np.log1p(blocks.chars),
            self._log_words,
            blocks.chars / blocks.words,
            blocks.link_density,
            blocks.shares,
            self._ends_sentence,
            np.array([text[0].isupper() for text in blocks.view.text]),
            np.array(list(map(often.__getitem__, folded))),
            meant[blocks.element].T,
            meant[self._parent, :_OF_PARENTS].T,
        ]

    @cached_property
    def _tags(self) -> Ints:
        """For each element the place of its tag in `_TAGS`."""
        kinds, kind_of = self.blocks.outline.kinds
        return np.array([_TAGS.get(facts.tag, 0) for facts in kinds])[kind_of]

    def _position(self) -> list[Any]:
        blocks = self.blocks
        count = blocks.count
        index = np.arange(count)
        before = blocks.text_before[blocks.first]
        total = max(int(blocks.text_before[-1]), 1)
        all_prose = max(int(self._prose_before[-1]), 1)
        heading = self._title_block()
        return [
            index / max(count, 1),
            np.minimum(index, 500),
            np.minimum(count - index, 500),
            before / total,
            self._prose_before[:-1] / all_prose,
            np.log1p(np.diff(blocks.removed_before, prepend=0)),
            np.clip(index - heading, -200, 200) if heading >= 0 else np.full(count, -300),
            np.full(count, heading >= 0),
            self._likeness_to_title,
        ]

    @cached_property
    def _likeness_to_title(self) -> Floats:
        """Which share of each short block's words the title has, if it has most of the title's."""
        wanted = set(fold_blocks(self.stated.title).split())
        return self._likeness(wanted, *_LIKE_TITLE) if wanted else np.zeros(self.blocks.count)

    @cached_property
    def _likeness_to_description(self) -> Floats:
        """Which share of each block's words the page's description has, if it has most of the description's."""
        wanted = set(fold_blocks(self.stated.description).split())
        return self._likeness(wanted, *_LIKE_DESCRIPTION) if len(wanted) > 2 else np.zeros(self.blocks.count)

    def _likeness(self, wanted: set[str], least: int, most: int) -> Floats:
        """Which share of the words of each block, and of some others, are common to both; 0 for blocks of fewer or more
        words than are asked for."""
        likeness = np.zeros(self.blocks.count)
        lists = self._word_lists
        alien = np.fromiter(map(wanted.isdisjoint, lists), dtype=bool, count=len(lists))
        meant = ~alien & (self.blocks.words >= least) & (self.blocks.words <= most)
        for place in np.flatnonzero(meant).tolist():
            words = set(lists[place])
            likeness[place] = len(words & wanted) / len(words | wanted)
        return likeness

    @cached_property
    def _word_lists(self) -> list[list[str]]:
        """The words of each block that may be asked for."""
        few = (self.blocks.words <= max(_LIKE_TITLE[1], _LIKE_DESCRIPTION[1])).tolist()
        return [text.split() if is_few else [] for text, is_few in zip(self.blocks.view.folded, few, strict=True)]

    def _title_block(self) -> int:
        """The block that is the article's headline, -1 if none is known."""
        if not self.blocks.count:
            return -1
        best = int(np.argmax(self._likeness_to_title))
        if self._likeness_to_title[best] >= 0.5:
            return best
        main = [low for number, low, _ in self.blocks.view.headings if self.blocks.outline.tag(number) == "h1"]
        return main[0] if main else -1

    def _ancestors(self) -> list[Any]:
        blocks = self.blocks
        low = blocks.first_inside
        inside = np.searchsorted(blocks.first, blocks.stops) - low
        prose = self._prose_before[low + inside] - self._prose_before[low]
        all_prose, total = max(int(self._prose_before[-1]), 1), max(int(blocks.text_before[-1]), 1)
        number = blocks.chain[:LEVELS]
        text, linked, held = blocks.element_text[number], blocks.element_linked[number], inside[number]
        columns = [
            _level_by_level(
                np.log1p(text),
                text / total,
                linked / np.maximum(text, 1),
                np.log1p(held),
                prose[number] / all_prose,
                text / np.maximum(held, 1),
            )
        ]
        for share in (0.5, 0.8):
            # The smallest element with so much of the page's running text: the last in page order of those that
            # hold it, for they lie inside each other.
            holders = np.flatnonzero(prose >= share * all_prose)
            main = int(holders[-1]) if len(holders) else 0
            first, stop = blocks.starts[main], blocks.stops[main]
            columns += [
                (blocks.element >= main) & (blocks.element < blocks.ends[main]),
                np.sign(blocks.element - main),
                (blocks.first - first) / max(int(stop - first), 1),
            ]
        return columns

    def _neighbours(self) -> list[Any]:
        blocks = self.blocks
        parent = self._parent
        measures = np.array([self._log_words, blocks.link_density, self._ends_sentence, self._likeness_to_title])
        columns: list[Any] = []
        for near, theirs in zip(shifted(measures, _NEAR), shifted(parent, _NEAR, -1), strict=True):
            columns += [near, theirs == parent]
        columns += window_means(np.array([np.log1p(self._prose), blocks.link_density, blocks.words]), _WINDOWS)
        return columns

    def peers(self) -> Any:
        """What each block shares with others: numbers, one row for each kind of peers, the same for all that share it.

        The kinds: the same tags and class names of the block's element and of the one around it; the elements around
        it, up to the fourth; the row it stands in; its section.
        """
        blocks = self.blocks
        names = self._names
        pairs = names[blocks.element] * (int(names.max(initial=0)) + 1) + names[self._parent]
        alike = np.unique(pairs, return_inverse=True)[1]
        rank = np.zeros(blocks.count, dtype=np.intp)
        rank[[low for _, low, _ in blocks.view.headings]] = 1
        return np.stack([alike, *blocks.chain[1:LEVELS], self._row, np.cumsum(rank)])

    @cached_property
    def _names(self) -> Ints:
        """For each element a number that those share which have the same tag and the same class names."""
        kinds, kind_of = self.blocks.outline.kinds
        known: dict[tuple[str, str | None], int] = {}
        names = [known.setdefault((facts.tag, facts.attributes.get("class")), len(known)) for facts in kinds]
        return np.array(names, dtype=np.intp)[kind_of]

    def _groups(self) -> list[Any]:
        """What stands in rows of alike: posts of a thread, rows of a table, teasers. Siblings are alike if they have
        the same tag and the same class names."""
        blocks = self.blocks
        text = blocks.element_text
        key = blocks.parents * (int(self._names.max(initial=0)) + 1) + self._names
        _, group = np.unique(key, return_inverse=True)
        full = text > 0
        size = np.bincount(group, full)
        mass = np.bincount(group, text)
        links = np.bincount(group, blocks.element_linked)
        total = max(int(blocks.text_before[-1]), 1)
        share, each, density = mass / total, mass / np.maximum(size, 1), links / np.maximum(mass, 1)
        measures = np.array([np.log1p(size), share, density, np.log1p(each)])
        # The row a block stands in: of those around it the one that holds most of the page.
        is_row = size >= _ROW
        held = np.where(is_row, share, 0)[group[blocks.chain]]
        index = np.arange(blocks.count)
        widest = held.argmax(axis=0)
        best = np.where(held[widest, index] > 0, blocks.chain[widest, index], 0)
        inside = best > 0
        self._row = group[best]
        its_text = text[best]
        wordy = is_row & (density < 0.3) & (each > 100)
        page = [float(share[some].max(initial=0)) for some in (is_row, wordy)]
        return [
            _level_by_level(*measures[:, group[blocks.chain[:LEVELS]]]),
            np.minimum(blocks.outline.depths[blocks.element], HIGHEST),
            np.where(inside, measures[:, self._row], 0),
            np.where(inside, its_text / np.maximum(each[self._row], 1), 0),
            np.where(inside, (blocks.first - blocks.starts[best]) / np.maximum(its_text, 1), 0),
            np.repeat(page, blocks.count).reshape(len(page), blocks.count),
        ]

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
        prose = self._prose_before
        words, linked = running(np.array([blocks.words, blocks.words * blocks.link_density]))
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

    def _page(self) -> Any:
        blocks = self.blocks
        linked, total = int(blocks.linked_before[-1]), max(int(blocks.text_before[-1]), 1)
        outline = blocks.outline
        values = [
            *np.log1p([blocks.count, total, int(self._prose_before[-1])]),
            linked / total,
            np.count_nonzero(self._prose),
            sum(outline.tag(number) == "h1" for number, *_ in blocks.view.headings),
            *(min(len(outline.with_tag(tag)), 20) for tag in _COUNTED),
        ]
        return np.repeat(np.array(values, dtype=np.float64), blocks.count).reshape(len(values), blocks.count)


def in_surroundings(scores: Floats, words: Ints) -> list[Any]:
    """Rows that show the blocks' scores, and those of the blocks around them.

    Args:
        scores: what the words of each block, or of its names, say.
        words: how many words each has.
    """
    count = len(scores)
    weighted = np.array([scores * words, words])
    means = [by_word / many for by_word, many in window_means(weighted, _AROUND_SCORES)]
    page = float(weighted[0].sum()) / max(float(weighted[1].sum()), 1.0)
    return [scores, *shifted(scores, (1, -1, 2, -2)), *means, np.full(count, page)]


def said_of_page(known: tuple[str, ...], said: Iterable[str], count: int) -> Any:
    """A row for each kind of pages, with ones if the page says that it is of it.

    Args:
        known: the kinds.
        said: those that the page says.
        count: how many blocks it has.
    """
    said = frozenset(said)
    return np.repeat(np.array([kind in said for kind in known], dtype=np.float32), count).reshape(len(known), count)


def stacked(*parts: Any) -> Any:
    """Rows, some of them several on top of each other, as one array."""
    rows = chain.from_iterable(([part] if isinstance(part, np.ndarray) else part) for part in parts)
    return np.concatenate([row if row.ndim > 1 else row[None] for row in rows], dtype=np.float32)


def _casefolded(texts: list[str]) -> list[str]:
    folded = "\n".join(texts).casefold().split("\n")
    # Preformatted texts have lines of their own.
    return folded if len(folded) == len(texts) else [text.casefold() for text in texts]


def _level_by_level(*measures: Any) -> Any:
    """The rows of several measures of the elements around blocks, those of a level together."""
    return np.array(measures).swapaxes(0, 1).reshape(-1, measures[0].shape[-1])
