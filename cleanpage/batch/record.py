"""What is written for a page: one record if it went well, one error if not. Both are plain dicts, ready for JSON.

Adapters for other engines use `processed`, `record_of` and `error_of`, so that the same page gives the same record
everywhere.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from .document import Document

if TYPE_CHECKING:
    import pyarrow

    from ..api import Cleaner
    from ..result import Result

Mode = Literal["extract", "clean"]
Format = Literal["text", "markdown", "html"]
Record = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a page is processed, and what its record holds.

    Attributes:
        mode: `extract` the article, or `clean` the page. Text that was extracted before is cleaned in either case.
        format: the form of the page, which is also the name of the record's field.
        with_removed: whether the record lists what was removed.
        encoding: the encoding of every page, whatever it says of itself; None to find it.
    """

    mode: Mode = "extract"
    format: Format = "text"
    with_removed: bool = False
    encoding: str | None = None


def processed(document: Document, cleaner: Cleaner, shape: Shape) -> Result:
    """Put a document through the cleaner.

    Raises:
        PageError: it is no page, or one beyond the limits.
    """
    from ..page import decode

    if document.is_text:
        text = document.content
        if isinstance(text, bytes):
            text = decode(text, shape.encoding, document.content_type or "text/plain; charset=utf-8")[1].decode(
                "utf-8", "replace"
            )
        return cleaner.clean_text(text, document.url, document.date)
    process = cleaner.extract if shape.mode == "extract" else cleaner.clean
    encoding = shape.encoding if isinstance(document.content, bytes) else None
    return process(document.content, document.url, document.date, encoding, content_type=document.content_type)


def record_of(document: Document, result: Result, shape: Shape) -> Record:
    """The record of a page: where it came from, what it says of itself, what is left of it.

    What is not known is None (`authors`: an empty list). `published` is written by ISO 8601; `words` counts the words
    of the text, `removed_words` those that rules took; `truncated` is set where an archive holds only a part of the
    page. With `shape.with_removed`, `removed` lists the removals, those held back among them.
    """
    from ..outline import count_words

    about = result.metadata
    record: Record = {
        "id": document.id,
        "url": document.url,
        "source": document.source,
        "title": about.title or None,
        "authors": list(about.authors),
        "published": about.published and about.published.isoformat(),
        "language": about.language or None,
        "access": result.access.status,
        "truncated": document.truncated or None,
        shape.format: getattr(result, shape.format),
        "words": count_words(result.text),
        "removed_words": sum(removal.words for removal in result.removed if not removal.held_back),
    }
    if shape.with_removed:
        record["removed"] = [asdict(removal) for removal in result.removed]
    return record


def error_of(id: str, url: str | None, source: str, kind: str, message: str) -> Record:
    """The record of a page that failed.

    Args:
        id: as in `Document`.
        url: its address, if it is known.
        source: as in `Document`.
        kind: one word: a `PageError.limit`, a `DocumentError.kind`, or `timeout`, `crash`, `internal`.
        message: what went wrong, in words.
    """
    return {"id": id, "url": url, "source": source, "error": kind, "message": message}


def to_json(record: Record) -> bytes:
    """A record as a line of JSON, with its line end."""
    import orjson

    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # halves of surrogate pairs, which no encoding of Unicode has
        return orjson.dumps(_without_surrogates(record), option=orjson.OPT_APPEND_NEWLINE)


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case dict():
            return {key: _without_surrogates(one) for key, one in value.items()}
        case list() | tuple():
            return [_without_surrogates(one) for one in value]
    return value


def arrow_schema(shape: Shape) -> pyarrow.Schema:
    """The columns of a table of records."""
    import pyarrow as pa

    text, number = pa.string(), pa.int64()
    fields: dict[str, Any] = {
        "id": text,
        "url": text,
        "source": text,
        "title": text,
        "authors": pa.list_(text),
        "published": text,
        "language": text,
        "access": text,
        "truncated": text,
        # Large: a column of one row group can hold more than 2 GB.
        shape.format: pa.large_string(),
        "words": number,
        "removed_words": number,
    }
    if shape.with_removed:
        removal = {"rule": text, "category": text, "text": text, "path": text, "words": number}
        fields["removed"] = pa.list_(pa.struct({**removal, "held_back": pa.bool_(), "reason": text}))
    return pa.schema(list(fields.items()))


def error_schema() -> pyarrow.Schema:
    """The columns of a table of errors."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in ("id", "url", "source", "error", "message")])
