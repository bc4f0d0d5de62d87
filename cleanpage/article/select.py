"""From probabilities to the blocks of the article."""

from __future__ import annotations

from typing import Any

# Where no block reaches the threshold, those that come near the best are taken.
_NEAR_BEST = 0.5
# Less than so many words are no article: what comes near is taken with them.
_LEAST_WORDS = 25


def choose(likely: Any, words: Any, threshold: float) -> tuple[Any, str]:
    """The blocks of the article.

    Args:
        likely: how likely each block is to be of it; 0 for one that is out of the question.
        words: how many words each has.
        threshold: from which probability on one is taken.

    Returns:
        A mask, and how it was found.
    """
    chosen = likely >= threshold
    if int(words[chosen].sum()) >= _LEAST_WORDS:
        return chosen, "scorer"
    best = float(likely.max(initial=0.0))
    if best <= 0:
        return chosen, "nothing: no block may be the article"
    lower = (likely >= _NEAR_BEST * best) & (likely > 0)
    return chosen | lower, "scorer: no block is surely of an article, these come nearest"
