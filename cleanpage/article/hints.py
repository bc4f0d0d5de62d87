"""Which rules only give hints where the article is looked for, and what the hints say of each block.

A header, a list of linked headlines or a box of comments is furniture around most articles, and is the content of a
listing, a product's page or a thread. What the generic rules of these categories would take is therefore not taken:
the scorer is told, and decides. Rules for a publisher or a family, and rules that somebody adds, are facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.clean import Hint
from .series import shifted, window_mean

if TYPE_CHECKING:
    from .blocks import Blocks

_CATEGORIES = ("related", "chrome", "comments", "ad")
HINTED = frozenset(_CATEGORIES)
_REACH = 5  # blocks on either side, over which hints are counted


def columns(blocks: Blocks, hints: list[Hint]) -> list[Any]:
    """For each block, what the hints say of it.

    Args:
        blocks: the page's blocks.
        hints: what rules would take.
    """
    count = blocks.count
    before = np.concatenate(([0], np.cumsum(blocks.words)))
    total = max(int(before[-1]), 1)
    spans = []
    for hint in hints:
        low, high = blocks.view.inside(hint.start, hint.stop)
        if low < high:
            spans.append((int(before[high] - before[low]), low, high, hint))
    spans.sort(key=lambda span: (-span[0], span[1]))
    number = {category: np.zeros(count) for category in _CATEGORIES}
    least = {category: np.zeros(count) for category in _CATEGORIES}
    most, phrase, structure = np.zeros(count), np.zeros(count), np.zeros(count)
    for words, low, high, hint in spans:
        category = hint.match.rule.category
        number[category][low:high] += 1
        least[category][low:high] = words
        part = most[low:high]
        np.maximum(part, words, out=part)
        if hint.match.condition:
            phrase[low:high] = words
        elif hint.match.rule.teasers is not None:
            structure[low:high] = words
    covered = (most > 0).astype(np.float64)
    page = [np.full(count, float(((number[category] > 0) * blocks.words).sum()) / total) for category in _CATEGORIES]
    return [
        *(number[category].clip(0, 4) for category in _CATEGORIES),
        *(np.log1p(least[category]) for category in _CATEGORIES),
        most / total,
        np.log1p(phrase),
        np.log1p(structure),
        shifted(covered, 1),
        shifted(covered, -1),
        window_mean(covered, _REACH),
        *page,
    ]
