"""From probabilities to the blocks of the article."""

from __future__ import annotations

from typing import Any

import numpy as np

# Whatever the page, a block that is less likely than this is not taken, and one that is more likely than that is: a
# paragraph that is lost weighs more than a line too many.
LOWEST, HIGHEST = 0.2, 0.3
_DOUBT = 10  # words, added where what is taken is weighed: against taking a single word of a page without an article
# Where no block reaches the threshold, those that come near the best are taken, unless they are unlikely, too, and
# fewer words can be expected than an article has: an empty shelf of a shop, a page that is to keep robots out.
_NEAR_BEST, _LEAST_LIKELY = 0.5, 0.15
# Less than so many words are no article: what comes near is taken with them.
_LEAST_WORDS = 25


def threshold(likely: Any, words: Any) -> float:
    """From which probability on the blocks of a page are taken, for the highest F1 that can be expected.

    The best choice of so many blocks are the most likely ones, and of those choices the best has the highest ratio of
    the words that are expected to be right to all that are taken or should be (Ye, Chai, Lee and Chieu, 2012). Where
    the page leaves little doubt that is close to one half, elsewhere lower.
    """
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum((likely * words)[order])
    all_words = np.cumsum(words[order]) + (right[-1] if len(right) else 0.0) + _DOUBT
    best = float(likely[order][np.argmax(right / all_words)]) if len(order) else HIGHEST
    return min(max(best, LOWEST), HIGHEST)


def choose(likely: Any, words: Any) -> tuple[Any, str]:
    """The blocks of the article.

    Args:
        likely: how likely each block is to be of it; 0 for one that is out of the question.
        words: how many words each has.

    Returns:
        A mask, and how it was found.
    """
    chosen = likely >= threshold(likely, words)
    if int(words[chosen].sum()) >= _LEAST_WORDS:
        return chosen, "scorer"
    best = float(likely.max(initial=0.0))
    if 0 < best < _LEAST_LIKELY and float((likely * words).sum()) < _LEAST_WORDS:
        return chosen, "nothing: no block is likely to be of an article"
    if best <= 0:
        return chosen, "nothing: no block may be the article"
    lower = (likely >= _NEAR_BEST * best) & (likely > 0)
    return chosen | lower, "scorer: no block is surely of an article, these come nearest"
