"""One page through the cleaner, for pipelines in which a page must not end all the others."""

from __future__ import annotations

from ..api import Cleaner, default_cleaner
from ..batch.document import Document
from ..batch.record import Record, Shape, error_of, processed, record_of
from ..errors import PageError


def attempt(document: Document, cleaner: Cleaner | None, shape: Shape) -> Record:
    """The record of a page, or of what went wrong with it, which has an `error`. It never raises.

    Args:
        document: the page.
        cleaner: what cleans it; None for the one with the built-in rules that a process shares.
        shape: how it is processed, and what the record holds.
    """
    try:
        return record_of(document, processed(document, cleaner or default_cleaner(), shape), shape)
    except PageError as error:
        return error_of(document.id, document.url, document.source, error.limit, str(error))
    except Exception as error:  # not meant to happen; but a crawl of a week must outlive it
        return error_of(document.id, document.url, document.source, "internal", f"{type(error).__name__}: {error}")
