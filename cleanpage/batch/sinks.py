"""Where records go: JSON Lines, packed or not, and Parquet.

A sink is told when to make durable what it has. What it says then goes into the journal, and a sink that is opened with
it forgets everything that was written later: whenever a run was killed, the next one goes on from a whole record.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Protocol

from ..errors import CleanpageError

if TYPE_CHECKING:
    import pyarrow

_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3
# How many bytes of records, as JSON, become a row group.
_ROW_GROUP = 16 << 20
_COPY = 1 << 20


class Sink(Protocol):
    """Takes records, each a line of JSON."""

    def write(self, line: bytes) -> None:
        """Take a record."""

    def checkpoint(self) -> Any:
        """Make durable what was taken.

        Returns:
            What the sink is to be opened with to go on from here, as JSON can hold it.
        """

    def finish(self) -> None:
        """Bring the output into its final form, durably. Doing it again after a crash does no harm."""

    def clean_up(self) -> None:
        """Remove what is not needed any more, after the journal knows that the output is final."""

    def close(self) -> None:
        """Let go of files, as they are."""


def open_sink(path: str, schema: Callable[[], pyarrow.Schema], state: Any) -> Sink:
    """A sink by the name of its file: `.parquet`, `.jsonl`, also with `.gz` or `.zst`; a folder gets Parquet files.

    Args:
        path: the file or folder.
        schema: makes the columns of a table.
        state: what `checkpoint` returned; None for a new output.

    Raises:
        CleanpageError: the name says no format, or the output is not what it was.
    """
    if is_folder(path):
        return ParquetSink(path.rstrip(os.sep), schema, state, into_one=False)
    bare = path.lower()
    if bare.endswith(".parquet"):
        return ParquetSink(path, schema, state, into_one=True)
    if bare.removesuffix(".gz").removesuffix(".zst").endswith((".jsonl", ".ndjson")):
        return LineSink(path, state)
    raise CleanpageError(f"{path}: records are written to .jsonl, .jsonl.gz, .jsonl.zst or .parquet, or to a folder/")


def is_folder(path: str) -> bool:
    """Whether an output is a folder: there is one, or the name ends like that of one."""
    return path.endswith(os.sep) or os.path.isdir(path)


# --- JSON Lines --------------------------------------------------------------------------------


class LineSink:
    """Lines in a file. In a packed one, what is made durable at once is a member, or frame, of its own.

    Raises:
        CleanpageError: the file is shorter than what was made durable.
    """

    def __init__(self, path: str, state: Any) -> None:
        self._path = path
        offset = int(state or 0)
        is_new = not os.path.exists(path)
        self._file: IO[bytes] = open(path, "w+b" if is_new or state is None else "r+b")  # noqa: SIM115
        if os.fstat(self._file.fileno()).st_size < offset:
            raise CleanpageError(f"{path} is shorter than what was written to it; --restart begins anew")
        self._file.truncate(offset)
        self._file.seek(offset)
        self._packer: Any = None
        if is_new:
            sync_folder(os.path.dirname(path))

    def write(self, line: bytes) -> None:
        if self._packer is None:
            self._packer = _packer(self._path)
        self._file.write(self._packer.compress(line))

    def checkpoint(self) -> int:
        if self._packer is not None:
            self._file.write(self._packer.flush())
            self._packer = None
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self) -> None:
        self.checkpoint()

    def clean_up(self) -> None:
        pass

    def close(self) -> None:
        self._file.close()


class _Plain:
    def compress(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def _packer(path: str) -> Any:
    if path.lower().endswith(".gz"):
        return zlib.compressobj(_GZIP_LEVEL, wbits=16 + zlib.MAX_WBITS)
    if path.lower().endswith(".zst"):
        import zstandard

        return zstandard.ZstdCompressor(_ZSTD_LEVEL, write_checksum=True).compressobj()
    return _Plain()


def sync_folder(path: str) -> None:
    """Make durable which files a folder holds."""
    descriptor = os.open(path or ".", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Parquet -----------------------------------------------------------------------------------


class ParquetSink:
    """Records in Parquet, which cannot be appended to: they are collected as lines, and those become a part of their
    own when they are a row group.

    A folder keeps the parts. For one file, they are put together at the end.
    """

    def __init__(self, path: str, schema: Callable[[], pyarrow.Schema], state: Any, *, into_one: bool) -> None:
        self._path = path
        self._schema = schema()
        self._into_one = into_one
        self._folder = f"{path}.parts" if into_one else path
        self._parts: int = state[0] if state else 0
        tail: int | None = state[1] if state else None
        os.makedirs(self._folder, exist_ok=True)
        self._forget_others()
        self._tail = LineSink(self._tail_path(), tail)

    def write(self, line: bytes) -> None:
        self._tail.write(line)

    def checkpoint(self) -> list[int]:
        size = self._tail.checkpoint()
        if size >= _ROW_GROUP:
            self._make_part()
            size = 0
        return [self._parts, size]

    def finish(self) -> None:
        if self._tail.checkpoint() or not self._parts:
            self._make_part()
        if self._into_one:
            self._durably(self._path, self._write_all)

    def clean_up(self) -> None:
        self._tail.close()
        if self._into_one:
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._forget_others(tail=False)

    def close(self) -> None:
        self._tail.close()

    def _make_part(self) -> None:
        """Make a part of the lines. They stay until the journal knows of it."""
        source = self._tail_path()
        self._durably(self._part_path(self._parts), lambda path: self._write_part(source, path))
        self._tail.close()
        self._parts += 1
        self._tail = LineSink(self._tail_path(), None)

    def _write_part(self, source: str, target: str) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        with parquet.ParquetWriter(target, self._schema, compression="zstd") as writer, open(source, "rb") as lines:
            import orjson

            writer.write_table(pa.Table.from_pylist([orjson.loads(line) for line in lines], self._schema))

    def _write_all(self, target: str) -> None:
        from pyarrow import parquet

        with parquet.ParquetWriter(target, self._schema, compression="zstd") as writer:
            for number in range(self._parts):
                with parquet.ParquetFile(self._part_path(number)) as part:
                    for group in range(part.num_row_groups):
                        writer.write_table(part.read_row_group(group))

    def _durably(self, path: str, write: Callable[[str], None]) -> None:
        """Write a file so that it is there as a whole or not at all."""
        begun = f"{path}.begun"
        write(begun)
        with open(begun, "rb") as file:
            os.fsync(file.fileno())
        os.replace(begun, path)
        sync_folder(os.path.dirname(path))

    def _part_path(self, number: int) -> str:
        return os.path.join(self._folder, f"part-{number:05d}.parquet")

    def _tail_path(self) -> str:
        # Readers of whole folders pass over names that begin so.
        return os.path.join(self._folder, f"_tail-{self._parts:05d}.jsonl")

    def _forget_others(self, *, tail: bool = True) -> None:
        """Remove what the journal does not know of, or not any more."""
        known = {self._part_path(number) for number in range(self._parts)}
        if tail:
            known.add(self._tail_path())
        for path in _ours(self._folder):
            if path not in known:
                os.remove(path)


def _ours(folder: str) -> Iterator[str]:
    """The files in a folder that a sink may have made."""
    for name in sorted(os.listdir(folder)):
        if name.startswith(("part-", "_tail-")) and name.endswith((".parquet", ".jsonl", ".begun")):
            yield os.path.join(folder, name)


def remove_output(path: str) -> None:
    """Remove what an earlier run has written. A folder itself stays, with everything that is not a part."""
    if os.path.isdir(path):
        for part in _ours(path):
            os.remove(part)
    else:
        for made in (path, f"{path}.begun"):
            if os.path.exists(made):
                os.remove(made)
        shutil.rmtree(f"{path}.parts", ignore_errors=True)


def is_empty(path: str) -> bool:
    """Whether there is no output yet."""
    return not any(True for _ in _ours(path)) if os.path.isdir(path) else not os.path.exists(path)
