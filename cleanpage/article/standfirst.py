"""The paragraph between headline and article that sums it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.view import View
    from .blocks import Floats

# How many blocks above the article are looked at, and how many words a summary has.
_REACH, _FEWEST, _MOST = 15, 5, 90
# Which share of the words of the shorter of the two, a block and the page's description, is common to both.
_SHARED = 0.8


def standfirst(view: View, first: int, headline: int, description: str, link_density: Floats) -> int:
    """The block above an article that says what the page's description says; -1 if there is none.

    Scorers take it for a teaser: it stands apart, among dates and names, and often in an element of its own. The
    description, which editors write or systems copy from there, tells it from those.

    Args:
        view: the page's blocks.
        first: the first block of the article.
        headline: the block that is its headline.
        description: what the page says to have in store, folded.
        link_density: which share of each block stands in links.
    """
    wanted = set(description.split())
    if len(wanted) < _FEWEST:
        return -1
    for place in range(first - 1, max(headline, first - 1 - _REACH), -1):
        words = view.folded[place].split()
        if _FEWEST <= len(words) <= _MOST and link_density[place] < 0.5:
            mine = set(words)
            if len(mine & wanted) >= _SHARED * min(len(mine), len(wanted)):
                return place
    return -1
