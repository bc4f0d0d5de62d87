"""From an Arrow table of pages to an Arrow table of records: for Ray Data, Spark's `mapInArrow`, Daft, Polars, DuckDB.

Needs pyarrow: `pip install cleanpage[arrow]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..batch.document import Document
from ..batch.record import Format, Mode, Record, Shape, arrow_schema, error_of, to_json
from .attempt import attempt

if TYPE_CHECKING:
    import pyarrow as pa

    from ..api import Cleaner

# How many rows of the input are Python objects at a time.
_ROWS = 64


@dataclass(frozen=True)
class TableCleaner:
    """A function from a table of pages to a table of records, one a row, in the same order. It is picklable.

    The records are those of `cleanpage batch`. A page that fails has none of their fields but `id`, `url` and `source`,
    and says why in `error` (one word) and `message`, which are null in all others. No page raises an exception.

    Attributes:
        html: the column with the markup, `binary` (decoded as browsers do it) or `string`; None if there is none.
        text: the column with text that was extracted before, for rows whose markup is null; None if there is none.
        url: the column with the addresses, which choose the publishers' rules; None if there is none.
        id: the column that tells the rows apart; without one the address does.
        source: the column that says which file or crawl a row is from.
        content_type: the column with the HTTP header of that name.
        date: the column with the days on which the pages were fetched, dates or timestamps.
        mode: `extract` the article, or `clean` the page.
        format: `text`, `markdown` or `html`, which is also the name of the column that it comes in.
        with_removed: whether a column lists what was removed, and by which rule.
        encoding: the encoding of every page, whatever it says of itself.
        cleaner: what cleans the pages; None for the built-in rules.
    """

    html: str | None = "html"
    text: str | None = None
    url: str | None = "url"
    id: str | None = None
    source: str | None = None
    content_type: str | None = None
    date: str | None = None
    mode: Mode = "extract"
    format: Format = "text"
    with_removed: bool = False
    encoding: str | None = None
    cleaner: Cleaner | None = None

    def __post_init__(self) -> None:
        if self.html is None and self.text is None:
            raise ValueError("nothing to clean: name a column with html= or text=")

    @property
    def schema(self) -> pa.Schema:
        """The columns of the result, whatever the input: those of the record, then `error` and `message`."""
        import pyarrow as pa

        return pa.schema([*arrow_schema(self._shape), ("error", pa.string()), ("message", pa.string())])

    def __call__(self, table: pa.Table | pa.RecordBatch) -> pa.Table:
        """The records of a table's pages.

        Raises:
            ValueError: the table lacks a column that was named.
            TypeError: a column holds what cannot be a page, an address or a day.
        """
        import pyarrow as pa

        return pa.Table.from_batches(self._records(table), schema=self.schema)

    def batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same for a stream of batches, which are never all in memory: what `DataFrame.mapInArrow` takes.

        Raises:
            ValueError, TypeError: as above.
        """
        for batch in batches:
            yield from self._records(batch)

    @property
    def _shape(self) -> Shape:
        return Shape(self.mode, self.format, self.with_removed, self.encoding)

    def _records(self, table: pa.Table | pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The records of a table, some rows at a time."""
        schema, shape = self.schema, self._shape
        wanted = self._named_columns(table.schema)
        for start in range(0, table.num_rows, _ROWS):
            part = table.slice(start, _ROWS)
            columns = {role: _values(part.column(name)) for role, name in wanted.items()}
            rows = (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))
            yield _batch([self._record(row, shape) for row in rows], schema)

    def _named_columns(self, schema: pa.Schema) -> dict[str, str]:
        """The names of the columns by what they hold; each is there, and of a type that can hold it."""
        wanted = {}
        for role, fits, kind in _ROLES:
            name = getattr(self, role)
            if name is None:
                continue
            if schema.get_field_index(name) < 0:
                found = ", ".join(map(repr, schema.names)) or "none"
                raise ValueError(f"no single column {name!r} among the table's ({found}): say {role}=…, or {role}=None")
            type_ = schema.field(name).type
            if not fits(type_):
                raise TypeError(f"the column {name!r} holds {type_}; {role} is {kind}")
            wanted[role] = name
        return wanted

    def _record(self, row: dict[str, Any], shape: Shape) -> Record:
        url, html, text = row.get("url"), row.get("html"), row.get("text")
        source = row.get("source") or ""
        id_ = str(row["id"]) if row.get("id") is not None else url or ""
        content = text if html is None else html
        if content is None:
            return error_of(id_, url, source, "empty", "there is no page in this row")
        date = row.get("date")
        document = Document(
            id_,
            source,
            content,
            url,
            is_text=html is None,
            content_type=row.get("content_type"),
            date=date.date() if isinstance(date, datetime) else date,
        )
        return attempt(document, self.cleaner, shape)


# --- columns -----------------------------------------------------------------------------------


def _is_string(type_: pa.DataType) -> bool:
    from pyarrow import types

    return any(check(type_) for check in (types.is_string, types.is_large_string, types.is_string_view, types.is_null))


def _is_content(type_: pa.DataType) -> bool:
    from pyarrow import types

    binary = (types.is_binary, types.is_large_binary, types.is_binary_view, types.is_fixed_size_binary)
    return _is_string(type_) or any(check(type_) for check in binary)


def _is_day(type_: pa.DataType) -> bool:
    from pyarrow import types

    return any(check(type_) for check in (types.is_date, types.is_timestamp, types.is_null))


def _is_id(type_: pa.DataType) -> bool:
    from pyarrow import types

    return _is_string(type_) or types.is_integer(type_)


_ROLES = (
    ("html", _is_content, "a string or binary"),
    ("text", _is_content, "a string or binary"),
    ("url", _is_string, "a string"),
    ("id", _is_id, "a string or an integer"),
    ("source", _is_string, "a string"),
    ("content_type", _is_string, "a string"),
    ("date", _is_day, "a date or a timestamp"),
)


def _values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The values of a column. Strings that are not UTF-8, which Arrow does not check, are mended."""
    import pyarrow as pa

    if not _is_string(column.type) or pa.types.is_null(column.type):
        return [_value(one) for one in column]
    return [
        None if one is None else one.decode("utf-8", "replace") for one in column.cast(pa.large_binary()).to_pylist()
    ]


def _value(one: pa.Scalar) -> bytes | int | Date | None:
    try:
        value: bytes | int | Date | None = one.as_py()
    except (ValueError, OverflowError):  # a day outside of what Python knows
        return None
    return value


def _batch(records: list[Record], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    try:
        return pa.RecordBatch.from_pylist(records, schema)
    except UnicodeEncodeError:  # halves of surrogate pairs, which JSON is written without
        import orjson

        return pa.RecordBatch.from_pylist([orjson.loads(to_json(record)) for record in records], schema)
