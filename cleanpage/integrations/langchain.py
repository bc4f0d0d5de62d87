"""A LangChain document transformer: documents with markup become documents with the article.

Needs langchain-core: `pip install cleanpage[langchain]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import BaseDocumentTransformer, Document

from ..api import Cleaner
from ..batch.document import Document as Page
from ..batch.record import Format, Mode, Record, Shape
from .attempt import attempt

# What the record of a page says of its article.
_ABOUT = ("title", "authors", "published", "language", "access")


class CleanpageTransformer(BaseDocumentTransformer):  # type: ignore[misc]
    """Leaves of every document the article, and adds what the page says of it.

    A document's `page_content` is the markup, `metadata["source"]` its address, as loaders write it. The result has
    the same `id` and metadata, with `title`, `authors`, `published`, `language` and `access` added as far as they are
    known. A page that fails becomes an empty document whose `metadata["error"]` says why: none is dropped, none raises.

    Args:
        mode: `extract` the article, or `clean` the page.
        format: `text`, `markdown` or `html`.
        url_key: where in the metadata the page's address is, which chooses the publisher's rules.
        cleaner: what cleans the pages; None for the built-in rules.
    """

    def __init__(
        self,
        mode: Mode = "extract",
        format: Format = "text",
        url_key: str = "source",
        cleaner: Cleaner | None = None,
    ) -> None:
        self.shape = Shape(mode, format)
        self.url_key = url_key
        self.cleaner = cleaner

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> Sequence[Document]:
        """The documents, cleaned, in the same order."""
        return [self._transformed(document) for document in documents]

    def _transformed(self, document: Document) -> Document:
        url = document.metadata.get(self.url_key)
        page = Page(document.id or "", "", document.page_content, url if isinstance(url, str) else None)
        record = attempt(page, self.cleaner, self.shape)
        return Document(
            id=document.id,
            page_content=record.get(self.shape.format, ""),
            metadata={**document.metadata, **_about(record)},
        )


def _about(record: Record) -> dict[str, Any]:
    if "error" in record:
        return {"error": f"{record['error']}: {record['message']}"}
    return {name: record[name] for name in _ABOUT if record[name]}
