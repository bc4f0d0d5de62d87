"""Which rules only give hints where the article is looked for, and what the hints say of each block.

A header, a list of linked headlines or a box of comments is furniture around most articles, and is the content of a
listing, a product's page or a thread. What the generic rules of these categories would take is therefore not taken:
the scorer is told, and decides. Rules for a publisher or a family, and rules that somebody adds, are facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.clean import Hint
from .series import shifted, window_means

if TYPE_CHECKING:
    from .blocks import Blocks

_CATEGORIES = ("related", "chrome", "comments", "ad")
HINTED = frozenset(_CATEGORIES)
_REACH = 5  # blocks on either side, over which hints are counted
# The rows of what is noted: for each category the smallest range, then the smallest by a phrase, by structure, and the
# largest of all.
_PHRASE, _STRUCTURE, _MOST = range(len(_CATEGORIES), len(_CATEGORIES) + 3)


def columns(blocks: Blocks, hints: list[Hint]) -> list[Any]:
    """For each block, what the hints say of it.

    Args:
        blocks: the page's blocks.
        hints: what rules would take.
    """
    count = blocks.count
    before = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(blocks.words, out=before[1:])
    total = max(int(before[-1]), 1)
    lows = np.searchsorted(blocks.first, [hint.start for hint in hints])
    highs = np.searchsorted(blocks.first, [hint.stop for hint in hints])
    sizes = before[highs] - before[lows]
    opened = np.zeros((len(_CATEGORIES), count + 1))
    noted = np.zeros((len(_CATEGORIES) + 3, count))
    # The widest first, so that the narrowest have the last word.
    order = np.lexsort((lows, -sizes))
    order = order[lows[order] < highs[order]]
    places = (some.tolist() for some in (order, lows[order], highs[order], sizes[order]))
    for place, low, high, words in zip(*places, strict=True):
        match = hints[place].match
        row = _CATEGORIES.index(match.rule.category)
        opened[row, low] += 1
        opened[row, high] -= 1
        noted[row, low:high] = words
        part = noted[_MOST, low:high]
        np.maximum(part, words, out=part)
        if match.condition:
            noted[_PHRASE, low:high] = words
        elif match.rule.teasers is not None:
            noted[_STRUCTURE, low:high] = words
    number = opened.cumsum(axis=1)[:, :-1]
    covered = (noted[_MOST] > 0).astype(np.float64)
    page = ((number > 0) * blocks.words).sum(axis=1) / total
    logarithms = np.log1p(noted[:_MOST])
    return [
        number.clip(0, 4),
        logarithms[: len(_CATEGORIES)],
        noted[_MOST] / total,
        logarithms[len(_CATEGORIES) :],
        *shifted(covered, (1, -1)),
        *window_means(covered, (_REACH,)),
        np.repeat(page, count).reshape(len(page), count),
    ]
