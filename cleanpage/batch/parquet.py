"""Parquet files: one page a row, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .document import Broken, Document, DocumentError, Entry, Place
from .lines import Fields

# Rows that are unpacked at once. Pages are large: more would only cost memory.
_ROWS = 16
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Row(Entry):
    """A row of a table.

    Attributes:
        row: its values by the names of their columns.
        fields: how the columns are called.
    """

    row: dict[str, Any]
    fields: Fields

    @property
    def size(self) -> int:
        return sum(len(value) for value in self.row.values() if isinstance(value, (str, bytes)))

    def read(self, max_bytes: int) -> Document:
        return self.fields.document(self.id, self.source, self.row)


def rows(path: str, fields: Fields, resume: Any = None) -> Iterator[Entry]:
    """The rows of a file.

    Args:
        path: the file.
        fields: how the columns are called.
        resume: where to go on, as an entry says it.

    Raises:
        DocumentError: the file is no Parquet file.
        OSError: it cannot be read.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, ValueError) as error:
        raise DocumentError("damaged", f"it cannot be read as Parquet: {_first_line(error)}") from None
    with file:
        begin, done = 0, resume or 0
        total = max(file.metadata.num_rows, 1)
        size = _size(path)
        columns = [name for name in vars_of(fields) if name in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            end = begin + file.metadata.row_group(group).num_rows
            if end > done:
                for number, row in _group(file, group, columns, begin, done):
                    place = Place(f"{path}#{number}", path, number + 1, size * (number + 1) // total)
                    if isinstance(row, str):
                        place = place._replace(resume=end)
                        yield Broken(*place, "damaged", f"from here to row {end - 1} the file is damaged: {row}")
                    else:
                        yield Row(*place, row, fields)
            begin = end


def _group(file: Any, group: int, columns: list[str], begin: int, done: int) -> Iterator[tuple[int, Any]]:
    """The numbers and values of rows, from number `done` on; in the place of a row what is wrong with it and those
    after it."""
    import pyarrow as pa

    number = begin
    try:
        for batch in file.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False):
            if number + batch.num_rows > done:
                for row in batch.to_pylist():
                    if number >= done:
                        yield number, row
                    number += 1
            else:
                number += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        yield number, _first_line(error)


def vars_of(fields: Fields) -> tuple[str, ...]:
    """The names of the columns that are wanted."""
    return fields.html, fields.text, fields.url, fields.date


def _size(path: str) -> int:
    import os

    return os.path.getsize(path)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
