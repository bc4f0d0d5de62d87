"""A Scrapy item pipeline: items with a page become items with the article.

    ITEM_PIPELINES = {"cleanpage.integrations.scrapy.CleanpagePipeline": 300}

The settings, with what holds if they are left out:

    CLEANPAGE_MODE = "extract"        # the article; or "clean": the page, minus nuisance
    CLEANPAGE_FORMAT = "text"         # or "markdown", "html": the form, and the item's field that it goes to
    CLEANPAGE_HTML_FIELD = "html"     # the item's field with the page; the page is not passed on
    CLEANPAGE_URL_FIELD = "url"       # the item's field with its address
    CLEANPAGE_RULES = []              # rule files and folders, added to the built-in rules
    CLEANPAGE_WITH_REMOVED = False    # whether a field `removed` lists what was removed, and by which rule

Needs Scrapy: `pip install cleanpage[scrapy]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from datetime import date as Date
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import is_asyncio_available

from ..api import Cleaner
from ..batch.document import Document
from ..batch.record import Record, Shape
from ..rules.ruleset import Rules
from .attempt import attempt

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy.statscollectors import StatsCollector

# What of a record is the item's own affair: the spider knows better where it was.
_NOT_OURS = ("id", "url", "source", "truncated")


def page(response: Response) -> dict[str, Any]:
    """The fields of an item that this pipeline works on: the page's bytes, its address, what the server said of it."""
    headers = response.headers
    return {
        "url": response.url,
        "html": response.body,
        "content_type": _header(headers.get("Content-Type")),
        "fetched": _day(_header(headers.get("Date"))),
    }


class CleanpagePipeline:
    """Puts the page of each item through cleanpage, in a thread, so that the crawl goes on meanwhile.

    The item gets the fields of the record that `cleanpage batch` writes. What the spider has found itself stays, but
    for the text. `content_type` (the HTTP header) and `fetched` (the day), if the item has them, help to read the page.
    An item whose class declares its fields gets those it declares. Items without a page pass untouched.

    A page that fails leaves an item without a text, whose `error` says why; an item that cannot hold an `error` is
    dropped with that reason. The crawl's statistics count pages, errors by kind, and words removed.

    Args:
        cleaner: what cleans the pages.
        shape: how, and what an item gets.
        html_field, url_field: the fields of an item with the page and its address.
        stats: the crawl's.
    """

    def __init__(
        self,
        cleaner: Cleaner,
        shape: Shape,
        stats: StatsCollector | None = None,
        html_field: str = "html",
        url_field: str = "url",
    ) -> None:
        self.cleaner = cleaner
        self.shape = shape
        self.stats = stats
        self.html_field = html_field
        self.url_field = url_field

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanpagePipeline:
        """The pipeline that the settings ask for.

        Raises:
            ValueError: a setting is none of its values.
            CleanpageError: the rules cannot be used.
        """
        settings = crawler.settings
        shape = Shape(
            _choice(settings, "CLEANPAGE_MODE", ("extract", "clean")),
            _choice(settings, "CLEANPAGE_FORMAT", ("text", "markdown", "html")),
            settings.getbool("CLEANPAGE_WITH_REMOVED"),
        )
        rules = Rules.builtin() + Rules.load(*settings.getlist("CLEANPAGE_RULES"))
        fields = settings.get("CLEANPAGE_HTML_FIELD", "html"), settings.get("CLEANPAGE_URL_FIELD", "url")
        return cls(Cleaner(rules), shape, crawler.stats, *fields)

    async def process_item(self, item: Any, spider: Spider | None = None) -> Any:
        """The item, with the article in place of the page.

        Raises:
            DropItem: the page failed, and the item has no field `error`.
        """
        adapter = ItemAdapter(item)
        content = adapter.get(self.html_field)
        if content is None:
            return item
        document = Document(
            id="",
            source="",
            content=content,
            url=adapter.get(self.url_field),
            content_type=adapter.get("content_type"),
            date=adapter.get("fetched"),
        )
        record = await _in_thread(attempt, document, self.cleaner, self.shape)
        self._count(record)
        self._fill(adapter, record)
        return item

    def _fill(self, adapter: ItemAdapter, record: Record) -> None:
        """Give an item the fields of a record, and take the page from it."""
        names = ("error", *record)  # what a dict holds; all others declare what they do
        fields = names if isinstance(adapter.item, dict) else adapter.field_names()
        if self.html_field != self.shape.format or "error" in record:
            _take(adapter, self.html_field)
        if "error" in record:
            reason = f"{record['error']}: {record['message']}"
            if "error" not in fields:
                raise DropItem(f"{adapter.get(self.url_field)}: {reason}")
            adapter["error"] = reason
            return
        adapter[self.shape.format] = record[self.shape.format]
        for name, value in record.items():
            if name in fields and name not in _NOT_OURS and adapter.get(name) in (None, "", [], ()):
                adapter[name] = value

    def _count(self, record: Record) -> None:
        if self.stats is None:
            return
        self.stats.inc_value("cleanpage/pages")
        if "error" in record:
            self.stats.inc_value(f"cleanpage/errors/{record['error']}")
        else:
            self.stats.inc_value("cleanpage/words", record["words"])
            self.stats.inc_value("cleanpage/removed_words", record["removed_words"])


def _take(adapter: ItemAdapter, field: str) -> None:
    """Take a value out of an item; an object keeps the attribute, without the value."""
    if isinstance(adapter.item, MutableMapping):
        del adapter[field]
    else:
        adapter[field] = None


async def _in_thread(function: Callable[..., Record], *arguments: Any) -> Record:
    if is_asyncio_available():
        return await asyncio.to_thread(function, *arguments)
    from twisted.internet.threads import deferToThread

    record: Record = await deferToThread(function, *arguments)
    return record


def _choice(settings: BaseSettings, name: str, values: tuple[str, ...]) -> Any:
    value = settings.get(name, values[0])
    if value not in values:
        raise ValueError(f"{name} is {value!r}; write one of {', '.join(map(repr, values))}")
    return value


def _header(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _day(http_date: str | None) -> Date | None:
    """The day of a `Date` header; None if there is none that can be read."""
    try:
        return parsedate_to_datetime(http_date).date() if http_date else None
    except ValueError:
        return None
