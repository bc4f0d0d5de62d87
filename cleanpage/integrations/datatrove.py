"""A datatrove extractor, in the place of its `Trafilatura`: publishers' rules, and a reason for whatever is dropped.

    pipeline = [WarcReader("crawl/", glob_pattern="*.warc.gz"), Cleanpage(), JsonlWriter("articles/")]

Needs datatrove: `pip install cleanpage[datatrove]`.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date as Date
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.extractors.base import BaseExtractor, ExtractorSandbox
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.typeshelper import StatHints

from ..api import Cleaner, default_cleaner
from ..batch.document import Document as Page
from ..batch.record import Format, Mode, Record, Shape, error_of
from .attempt import attempt

# What the record of a page says of it, besides its text.
_ABOUT = ("title", "authors", "published", "language", "access", "words", "removed_words")
# Whatever loads lazily is loaded by it, before the time of a page runs.
_WARM_UP = ("<title>Page</title><p>A page.</p>", None, None)


class Cleanpage(BaseExtractor):  # type: ignore[misc]
    """Leaves of every document the article, and says in its metadata what the page is.

    The page's address (`metadata["url"]`) chooses the publisher's rules, the day it was fetched (`metadata["date"]`)
    those that held then; readers of WARC give both. Added to the metadata are `title`, `authors`, `published`,
    `language`, `access`, `words` and `removed_words`; what is not known is empty, never None, so that the columns of
    Parquet keep their types. A field that is there already stays.

    Pages are processed in another process, as in all of datatrove's extractors, so that one that hangs or takes its
    process down disturbs no other. Pages that fail and pages without an article are dropped and counted; the
    `exclusion_writer` gets them as they came, with the reason in `metadata["filter_reason"]`.

    Args:
        mode: `extract` the article, or `clean` the page.
        format: `text`, `markdown` or `html`.
        timeout: how long a page may take, in seconds; also how long a process may take to start.
        cleaner: what cleans the pages; None for the built-in rules.
        exclusion_writer: where to write documents that are dropped.
    """

    name = "🧹 cleanpage"
    _requires_dependencies = ["cleanpage"]  # noqa: RUF012

    def __init__(
        self,
        mode: Mode = "extract",
        format: Format = "text",
        timeout: float = 10,
        cleaner: Cleaner | None = None,
        exclusion_writer: DiskWriter | None = None,
    ) -> None:
        super().__init__(timeout)
        self.shape = Shape(mode, format)
        self.cleaner = cleaner
        self.exclusion_writer = exclusion_writer

    def extract(self, text: str) -> str:
        """The article of a page whose address is not known; empty if the page fails."""
        article: str = self.record(text).get(self.shape.format, "")
        return article

    def record(self, html: str, url: str | None = None, date: Date | None = None) -> Record:
        """The record of a page, or of its error. This is what runs in the other process."""
        return attempt(Page("", "", html, url, date=date), self.cleaner, self.shape)

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents of a pipeline, cleaned, in their order."""
        if self.cleaner is None:
            default_cleaner()  # before the first fork: processes that follow have it from here
        with ExitStack() as stack:
            sandbox = stack.enter_context(ExtractorSandbox(timeout=self.timeout, warmup_text=_WARM_UP))
            excluded = stack.enter_context(self.exclusion_writer) if self.exclusion_writer else None
            for document in data:
                self.stat_update(StatHints.total)
                with self.track_time():
                    record = self._record_of(document, sandbox)
                reason = record.get("error") or ("" if record[self.shape.format] else "no_article")
                if reason:
                    self.stat_update(StatHints.dropped, f"dropped_{reason}")
                    if excluded is not None:
                        document.metadata["filter_reason"] = (
                            f"{reason}: {record['message']}" if "message" in record else reason
                        )
                        excluded.write(document, rank)
                    continue
                document.text = record[self.shape.format]
                document.metadata = {**_about(record), **document.metadata}
                self.stat_update(StatHints.forwarded)
                self.update_doc_stats(document)
                yield document

    def _record_of(self, document: Document, sandbox: ExtractorSandbox) -> Record:
        """The record of a document, made in the sandbox, or of what went wrong there."""
        url = document.metadata.get("url")
        arguments = (document.text, url, _day(document.metadata.get("date")))
        try:
            record: Record = sandbox.process_document(arguments, self.record)
        except TimeoutError:
            return error_of(document.id, url, "", "timeout", f"it took more than {self.timeout:g} seconds")
        except (EOFError, OSError) as error:  # the other end of a pipe is gone
            return error_of(document.id, url, "", "crash", f"the process ended: {error or type(error).__name__}")
        return record


def _about(record: Record) -> dict[str, Any]:
    return {name: "" if record[name] is None else record[name] for name in _ABOUT}


def _day(value: Any) -> Date | None:
    """The day of a date as WARC writes it; None if there is none that can be read."""
    try:
        return Date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
