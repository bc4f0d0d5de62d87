"""The mark of markup that holds an article alone."""

from __future__ import annotations

from lxml import etree

MARK, ARTICLE = "data-cleanpage", "article"


def was_extracted(root: etree._Element) -> bool:
    """Whether a page is markup that an extraction has made."""
    return any(element.get(MARK) == ARTICLE for element in (root, *root.iterchildren("body")))
