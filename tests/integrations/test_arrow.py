"""Tables of pages become tables of records, whatever is in them."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from typing import Any

import pytest

from cleanpage import Cleaner, Rules

from .conftest import ARTICLE, KEPT, REMOVED, example, framework

framework("pyarrow")

import pyarrow as pa  # noqa: E402

from cleanpage.batch.document import Document  # noqa: E402
from cleanpage.batch.record import Shape, processed, record_of  # noqa: E402
from cleanpage.integrations.arrow import TableCleaner  # noqa: E402

_URL = "https://www.example.com/bridge.html"


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    table.validate(full=True)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_row_is_the_record_of_a_batch() -> None:
    table = pa.table(
        {"html": [ARTICLE.encode()], "url": [_URL], "n": [7], "from": ["a.warc"], "day": [date(2024, 3, 16)]}
    )
    shape = Shape("clean", "markdown", with_removed=True)
    made = TableCleaner(id="n", source="from", date="day", mode="clean", format="markdown", with_removed=True)(table)
    document = Document("7", "a.warc", ARTICLE.encode(), _URL, date=date(2024, 3, 16))
    expected = record_of(document, processed(document, Cleaner(), shape), shape)
    assert expected["removed"]
    assert _rows(made) == [{**expected, "error": None, "message": None}]


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()])
def test_pages_come_in_any_type_that_can_hold_them(type_: pa.DataType) -> None:
    value = ARTICLE.encode() if "binary" in str(type_) else ARTICLE
    table = pa.table({"page": pa.array([value, None], type_), "url": pa.array([_URL, None], pa.string())})
    good, bad = _rows(TableCleaner(html="page")(table))
    assert KEPT in good["text"]
    assert REMOVED not in good["text"]
    assert (good["title"], good["authors"], good["error"]) == ("Bridge opens", ["Ann Example"], None)
    assert (bad["error"], bad["text"], bad["url"]) == ("empty", None, None)


def test_a_page_that_fails_has_an_error_and_its_neighbours_have_none() -> None:
    pages = [ARTICLE.encode(), b"", b"%PDF-1.4\x00\x01\x02" * 50, ARTICLE.encode()]
    rows = _rows(TableCleaner(url=None)(pa.table({"html": pages})))
    assert [row["error"] for row in rows] == [None, "empty", "binary", None]
    assert all((row["message"] is None) == (row["error"] is None) for row in rows)
    assert rows[0]["text"] == rows[3]["text"] != ""


def test_an_exception_that_is_no_page_error_stays_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Cleaner, "extract", broken)
    (row,) = _rows(TableCleaner()(pa.table({"html": [ARTICLE], "url": [_URL]})))
    assert (row["error"], row["message"], row["id"]) == ("internal", "RuntimeError: a bug", _URL)


def test_the_schema_does_not_depend_on_the_rows() -> None:
    schema = pa.schema({"html": pa.binary(), "url": pa.string()})
    for options in ({}, {"format": "html"}, {"with_removed": True}):
        cleaner = TableCleaner(**options)
        empty = cleaner(schema.empty_table())
        failed = cleaner(pa.table({"html": [b""], "url": [_URL]}, schema))
        null = cleaner(pa.table({"html": [None], "url": [None]}))  # columns of type null
        good = cleaner(pa.table({"html": [ARTICLE.encode()], "url": [_URL]}, schema))
        assert {one.schema for one in (empty, failed, null, good)} == {cleaner.schema}
        assert (empty.num_rows, failed.num_rows, null.num_rows, good.num_rows) == (0, 1, 1, 1)


def test_text_that_was_extracted_before_stands_in_for_markup() -> None:
    table = pa.table({"html": [None, ARTICLE], "text": ["A line.\nAnother.", "unused"], "url": [_URL, _URL]})
    rows = _rows(TableCleaner(text="text")(table))
    assert rows[0]["text"] == "A line.\nAnother."
    assert KEPT in rows[1]["text"]
    assert _rows(TableCleaner(html=None, text="text")(table))[1]["text"] == "unused"


def test_the_header_and_the_day_reach_the_page() -> None:
    rules = Rules.parse("domains: [example.com]\nremove: {ad: [{css: .old, until: 2020-01-01}]}", "r", "example.com")
    html = "<p class=old>Früher.</p><p>Über die Brücke.</p>".encode("cp1252")
    table = pa.table(
        {
            "html": [html] * 3,
            "url": [_URL] * 3,
            "type": ["text/html; charset=windows-1252"] * 3,
            "day": pa.array([datetime(2019, 5, 1), datetime(2024, 5, 1), None], pa.timestamp("s")),
        }
    )
    made = TableCleaner(content_type="type", date="day", mode="clean", cleaner=Cleaner(rules))(table)
    both = "Früher.\nÜber die Brücke."
    assert [row["text"] for row in _rows(made)] == ["Über die Brücke.", both, "Über die Brücke."]


def test_damaged_strings_are_mended_not_raised() -> None:
    damaged = pa.Array.from_buffers(pa.string(), 1, pa.array([b"<p>One \xff two.</p>"]).buffers())
    (row,) = _rows(TableCleaner(url=None, mode="clean")(pa.table({"html": damaged})))
    assert row["text"] == "One � two."
    table = pa.table({"html": ["<p>x</p>"], "when": pa.array([2**40], pa.timestamp("s"))})
    assert _rows(TableCleaner(url=None, date="when", mode="clean")(table))[0]["text"] == "x"


def test_text_that_no_unicode_encoding_has_is_written_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleanpage.integrations import arrow

    attempt = arrow.attempt
    monkeypatch.setattr(arrow, "attempt", lambda *arguments: {**attempt(*arguments), "title": "a\ud800b"})
    (row,) = _rows(TableCleaner(url=None)(pa.table({"html": [ARTICLE]})))
    assert row["title"] == "a\ufffdb"


def test_more_rows_than_are_taken_at_a_time_keep_their_order() -> None:
    pages = [f"<p>Page number {number}.</p>" for number in range(150)]
    table = pa.concat_tables([pa.table({"html": pages[:70]}), pa.table({"html": pages[70:]})])
    cleaner = TableCleaner(url=None, mode="clean")
    expected = [f"Page number {number}." for number in range(150)]
    assert [row["text"] for row in _rows(cleaner(table))] == expected
    batches = list(cleaner.batches(table.to_batches()))
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)
    assert [row["text"] for row in _rows(pa.Table.from_batches(batches))] == expected
    assert cleaner(table.to_batches()[0]).num_rows == 70
    assert list(cleaner.batches([])) == []


def test_what_cannot_be_a_page_is_wrong_usage() -> None:
    table = pa.table({"html": [1], "content": [ARTICLE]})
    with pytest.raises(ValueError, match=r"no single column 'url' among the table's .*'html', 'content'.*url=None"):
        TableCleaner(html="content")(table)
    with pytest.raises(TypeError, match="'html' holds int64; html is a string or binary"):
        TableCleaner(url=None)(table)
    with pytest.raises(TypeError, match="date is a date"):
        TableCleaner(html="content", url=None, date="content")(table)
    with pytest.raises(ValueError, match="name a column"):
        TableCleaner(html=None)


def test_it_travels_to_other_processes() -> None:
    rules = Rules.parse("remove: {related: [.see-also]}")
    there = pickle.loads(pickle.dumps(TableCleaner(url=None, mode="clean", cleaner=Cleaner(rules))))
    (row,) = _rows(there(pa.table({"html": ["<p>Text.</p><p class=see-also>More</p>"]})))
    assert row["text"] == "Text."


def test_the_example_of_the_documentation_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(example("arrow.md"), {})
    assert capsys.readouterr().out == "Bridge opens\nempty\n"
