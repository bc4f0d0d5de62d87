"""Files, folders, lists: what is found, in which order, and that reading can go on anywhere."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanpage import CleanpageError
from cleanpage.batch.document import Document
from cleanpage.batch.lines import Fields
from cleanpage.batch.sources import Kind, Reading, Sources

from .support import PAGE, members, opened, record, told

for module in ("fastwarc", "orjson", "pyarrow", "zstandard"):
    pytest.importorskip(module)
import pyarrow as pa  # noqa: E402
import zstandard  # noqa: E402
from pyarrow import parquet  # noqa: E402


def found(*names: object, **reading: Any) -> list[Any]:
    return [entry for entry in Sources(map(str, names), Reading(**reading)).entries() if entry is not None]


def ids(entries: list[Any], folder: Path) -> list[str]:
    return [entry.id.removeprefix(f"{folder}/") for entry in entries]


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with something of everything."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "page.html").write_text("<p>B")
    (tmp_path / "b" / "notes.md").write_text("not a page")
    (tmp_path / "a.htm.gz").write_bytes(gzip.compress(b"<p>A"))
    (tmp_path / "c.txt").write_text("C\n")
    (tmp_path / "d.jsonl").write_bytes(lines({"html": "<p>D", "url": "https://d.example/1"}, {"text": "D2"}))
    (tmp_path / "e.jsonl.gz").write_bytes(gzip.compress(lines({"html": "1"})) + gzip.compress(lines({"html": "2"})))
    (tmp_path / "f.ndjson.zst").write_bytes(zstandard.compress(lines({"html": "1"}, {"html": "2"}, {"html": "3"})))
    table = pa.table({"html": [f"<p>{n}" for n in range(40)], "url": ["https://g.example/"] * 40, "other": range(40)})
    parquet.write_table(table, tmp_path / "g.parquet", row_group_size=7)
    (tmp_path / "h.warc.gz").write_bytes(b"".join(members(record(n) for n in range(3))))
    (tmp_path / "i.warc").write_bytes(b"".join(record(n) for n in range(2)))
    return tmp_path


def test_a_folder_in_the_order_of_its_names(mixed: Path) -> None:
    entries = found(mixed)
    told_ids = ids(entries, mixed)
    assert told_ids[:5] == ["a.htm.gz", "b/page.html", "c.txt", "d.jsonl#1", "d.jsonl#2"]
    assert told_ids[5:10] == ["e.jsonl.gz#1", "e.jsonl.gz#2", "f.ndjson.zst#1", "f.ndjson.zst#2", "f.ndjson.zst#3"]
    assert told_ids[10:50] == [f"g.parquet#{n}" for n in range(40)]
    assert [one.partition("#")[0] for one in told_ids[50:]] == ["h.warc.gz"] * 3 + ["i.warc"] * 2
    assert all(isinstance(one, Document) for one in opened(entries))


def test_reading_goes_on_after_every_entry(mixed: Path) -> None:
    names = [str(mixed / "c.txt"), str(mixed / "[h-i].*"), str(mixed)]
    entries = found(*names)
    for number, entry in enumerate(entries):
        resume = json.loads(json.dumps(entry.resume))
        rest = [one for one in Sources(names, Reading()).entries(resume) if one is not None]
        assert [(one.id, one.done) for one in rest] == [(one.id, one.done) for one in entries[number + 1 :]]


def test_progress_ends_with_all_bytes(mixed: Path) -> None:
    entries = found(mixed)
    done = [entry.done for entry in entries]
    assert done == sorted(done)
    assert done[-1] == Sources([str(mixed)], Reading()).total_bytes()


def test_what_is_named_twice_is_read_once(mixed: Path) -> None:
    entries = found(mixed / "c.txt", mixed / "*.txt", mixed / "." / "c.txt", mixed / "i.warc", mixed / "i.warc")
    assert ids(entries, mixed) == ["c.txt", "i.warc#0", entries[-1].id.removeprefix(f"{mixed}/")]
    whole = found(mixed / "b", mixed, mixed / "b" / "page.html")
    assert len({entry.id for entry in whole}) == len(whole) == len(found(mixed))


def test_what_cannot_be_read_is_an_entry(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 but no more")
    (tmp_path / "bad.html.gz").write_bytes(b"\x1f\x8b\x08 no")
    entries = found(tmp_path / "none.html", tmp_path / "empty", tmp_path / "bad.parquet", tmp_path / "bad.html.gz")
    assert told(opened(entries)) == ["file", "file", "damaged", "damaged"]
    assert "No such file" in opened(entries)[0].message  # type: ignore[union-attr]


def test_a_file_that_changed_is_not_gone_on_with(mixed: Path) -> None:
    path = mixed / "i.warc"
    (first, *_) = found(path)
    path.write_bytes(record(9) + path.read_bytes())
    with pytest.raises(CleanpageError, match="not the file that was read"):
        list(Sources([str(path)], Reading()).entries(first.resume))
    path.unlink()
    with pytest.raises(CleanpageError, match="--restart"):
        list(Sources([str(path)], Reading()).entries(first.resume))


def test_a_page_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>" * 1000)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    assert told(opened(found(tmp_path), 2000)) == ["bytes", "bytes"]


# --- JSON Lines --------------------------------------------------------------------------------


def test_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        lines(
            {"body": "<p>1", "link": "https://a.example/", "when": "2024-02-03T10:00:00Z"},
            {"plain": "one\ntwo", "body": None, "link": 7, "when": "soon"},
            {"html": "<p>3"},
            ["<p>4"],
        )
        + b"{broken\n\n   \n"
        + b'{"body": "\\ud800<p>5"}'
    )
    read = opened(found(path, fields=Fields("body", "plain", "link", "when")))
    first, second, third, fourth, fifth, sixth = read
    source = str(path)
    assert first == Document(f"{source}#1", source, "<p>1", "https://a.example/", date=date(2024, 2, 3))
    assert second == Document(f"{source}#2", source, "one\ntwo", None, True)
    assert told([third, fourth, fifth]) == ["fields", "json", "json"]
    assert isinstance(sixth, Document)
    assert (sixth.id, sixth.content) == (f"{source}#8", "\ud800<p>5")


def test_lines_that_are_too_long(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"html": "a"}, {"html": "b" * 300_000}, {"html": "c"}, {"html": "d" * 5000}))
    entries = found(path, max_bytes=2000)
    assert ids(entries, tmp_path) == [f"a.jsonl#{n}" for n in (1, 2, 3, 4)]
    assert [one.kind if hasattr(one, "kind") else one.content for one in opened(entries, 2000)] == [
        "a",
        "bytes",
        "c",
        "bytes",
    ]
    for number, entry in enumerate(entries):
        rest = Sources([str(path)], Reading(max_bytes=2000)).entries(entry.resume)
        assert [one.id for one in rest if one] == [one.id for one in entries[number + 1 :]]


def test_damage_in_packed_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    packed = [gzip.compress(lines({"html": f"<p>{n}"}, {"html": f"<p>{n}b"}), mtime=0) for n in range(3)]
    packed[1] = packed[1][:-20] + packed[1][-12:]
    path.write_bytes(b"".join(packed))
    entries = found(path)
    assert [getattr(one, "kind", None) or one.content for one in opened(entries)][-2:] == ["<p>2", "<p>2b"]
    assert "damaged" in told(opened(entries))
    for number, entry in enumerate(entries):
        rest = Sources([str(path)], Reading()).entries(entry.resume)
        assert [one.id for one in rest if one] == [one.id for one in entries[number + 1 :]]


# --- Parquet -----------------------------------------------------------------------------------


def test_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = {"html": ["<p>1", None, None], "text": [None, "two", None], "url": ["https://a.example/", None, None]}
    parquet.write_table(pa.table({**rows, "date": [date(2024, 1, 2)] * 3}), path)
    first, second, third = opened(found(path))
    source = str(path)
    day = date(2024, 1, 2)
    assert first == Document(f"{source}#0", source, "<p>1", "https://a.example/", date=day)
    assert second == Document(f"{source}#1", source, "two", None, True, date=day)
    assert told([third]) == ["fields"]


def test_a_damaged_row_group_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(
        pa.table({"html": [f"<p>{n}" * 50 for n in range(30)]}), path, row_group_size=10, compression="gzip"
    )
    with parquet.ParquetFile(path) as file:
        column = file.metadata.row_group(1).column(0)
        start = min(filter(None, (column.dictionary_page_offset, column.data_page_offset)))
    data = bytearray(path.read_bytes())
    data[start : start + 60] = bytes(60)
    path.write_bytes(data)
    entries = found(path)
    assert told(opened(entries)).count("damaged") == 1
    kept = [entry.id.rpartition("#")[2] for entry in entries]
    assert kept == [*map(str, range(11)), *map(str, range(20, 30))]
    rest = Sources([str(path)], Reading()).entries(entries[10].resume)
    assert [one.id for one in rest if one] == [one.id for one in entries[11:]]


# --- kinds -------------------------------------------------------------------------------------


def test_kinds_by_content(tmp_path: Path) -> None:
    for name, data in {
        "archive": record(1),
        "packed": gzip.compress(record(2)),
        "rows": lines({"html": "<p>3"}),
        "page": PAGE.format(n=4).encode(),
    }.items():
        (tmp_path / name).write_bytes(data)
    entries = found(*(tmp_path / name for name in ("archive", "packed", "rows", "page")))
    assert [type(entry).__name__ for entry in entries] == ["ArchivedPage", "ArchivedPage", "Line", "PageFile"]


def test_a_kind_that_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("just text")
    (entry,) = opened(found(path, kind=Kind.text))
    assert isinstance(entry, Document)
    assert entry.is_text


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    data = lines({"html": "1"}, {"html": "2"}, {"html": "3"})
    data = gzip.compress(data) if packed else data

    def standard_input() -> Any:
        raw = io.BytesIO(data)
        raw.seekable = lambda: False  # type: ignore[method-assign]
        return io.TextIOWrapper(io.BufferedReader(raw))  # type: ignore[type-var]

    monkeypatch.setattr(sys, "stdin", standard_input())
    entries = found("-")
    assert [entry.id for entry in entries] == ["-#1", "-#2", "-#3"]
    monkeypatch.setattr(sys, "stdin", standard_input())
    assert [one.id for one in Sources(["-"], Reading()).entries(entries[0].resume) if one] == ["-#2", "-#3"]


def test_standard_input_that_is_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"<p>x"))))  # type: ignore[type-var]
    (entry,) = opened(found("-"))
    assert "--input" in entry.message  # type: ignore[union-attr]
