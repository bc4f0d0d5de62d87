"""trafilatura as another engine: it says which blocks of a page are the article.

It sees what the rules have left of the page. What it returns is looked up among the page's own blocks, in its order, so
that its article is rendered as any other, and holds no word that the page has not.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from lxml import etree

from ..engine.clean import Cleaning
from ..errors import CleanpageError
from ..render.html import html as markup
from ..rules.phrases import fold

HOW_TO_GET_IT = "extractor 'trafilatura' needs the extra of that name: pip install 'cleanpage[trafilatura]'"
# Elements of its result that begin a line of their own.
_LINES = frozenset("body p head item cell quote code list table row ab div fw lb graphic".split())
_WORD = re.compile(r"\w+")
# A block that is no line of the result is of the article if so many of its runs of words stand in other lines.
_RUN, _COVERED, _LEAST_WORDS = 4, 0.6, 5


def load() -> Any:
    """The library.

    Raises:
        CleanpageError: it, or what it needs, is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise CleanpageError(f"{HOW_TO_GET_IT} ({error})") from None
    return trafilatura


def choose(cleaning: Cleaning, url: str | None) -> tuple[Any, str]:
    """The blocks of the article, as trafilatura sees it.

    Args:
        cleaning: the page, with the rules applied.
        url: its address.

    Returns:
        A mask of the blocks that are left, and how they were found.

    Raises:
        CleanpageError: trafilatura is not installed.
    """
    library = load()
    blocks = [_squeezed(text) for text in cleaning.view.text]
    wanted = np.zeros(len(blocks), dtype=bool)
    page = markup(cleaning.tree, cleaning.document.has_doctype)
    try:
        found = library.bare_extraction(page, url=url, include_comments=False, with_metadata=False)
    except Exception as error:  # whatever the page does to it, no other exception may leave the library
        logging.getLogger(__name__).debug("trafilatura failed", exc_info=True)
        return wanted, f"trafilatura {library.__version__}: failed: {type(error).__name__}"
    if found is None or found.body is None:
        return wanted, f"trafilatura {library.__version__}: found nothing"
    wanted[_matched(blocks, [line for line in map(_squeezed, _lines(found.body)) if line])] = True
    return wanted, f"trafilatura {library.__version__}"


def _squeezed(text: str) -> str:
    """A text by which a block and a line are compared: its words."""
    return " ".join(_WORD.findall(fold(text)))


def _lines(body: etree._Element) -> Iterator[str]:
    """The lines of a result."""
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _LINES:
            yield "".join(parts)
            parts = []
        text = element.text if event == "start" else element.tail if element is not body else None
        if text:
            parts.append(text)
    yield "".join(parts)


def _matched(blocks: list[str], lines: list[str]) -> list[int]:
    """The blocks that stand among the lines: each line is one block, the next that reads the same; what is not found
    so is compared by its runs of words."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        places[block].append(place)
    found: set[int] = set()
    loose: set[tuple[str, ...]] = set()
    reached = 0
    for line in lines:
        same = places.get(line)
        if same is None:
            loose.update(_runs(line))
            continue
        next_ = bisect_left(same, reached)
        place = same[next_ if next_ < len(same) else 0]
        found.add(place)
        reached = place + 1
    if loose:
        found.update(place for place, block in enumerate(blocks) if place not in found and _is_covered(block, loose))
    return sorted(found)


def _runs(text: str) -> list[tuple[str, ...]]:
    words = text.split()
    return [tuple(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)]


def _is_covered(block: str, loose: set[tuple[str, ...]]) -> bool:
    runs = _runs(block)
    return len(runs) > _LEAST_WORDS - _RUN and sum(run in loose for run in runs) >= _COVERED * len(runs)
