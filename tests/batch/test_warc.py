"""Archives: what is in a record, and where records begin and end when that is not as it should be."""

from __future__ import annotations

import gzip
import random
import zlib
from datetime import date
from typing import Any

import pytest

from cleanpage.batch.document import Document, DocumentError
from cleanpage.batch.warc import archived_pages

from .support import PAGE, URL, http, members, opened, record, stream, told

pytest.importorskip("fastwarc")
zstandard = pytest.importorskip("zstandard")

LIMIT = 1 << 20
BODY = PAGE.format(n=1).encode()


def entries(
    data: bytes, resume: Any = None, limit: int = LIMIT, seekable: bool = True, name: str = "x.warc.gz"
) -> list[Any]:
    return list(archived_pages(stream(data, seekable=seekable), name, limit, resume))


def only(block: bytes, *headers: str, **options: Any) -> Document | DocumentError:
    """The one document of an archive with one record."""
    (found,) = opened(entries(record(1, block, *headers, **options)), LIMIT)
    return found


def content(block: bytes, *headers: str) -> bytes:
    found = only(block, *headers)
    assert isinstance(found, Document), found
    assert isinstance(found.content, bytes)
    return found.content


# --- what is in a record -----------------------------------------------------------------------


def test_a_response() -> None:
    found = only(http(BODY))
    expected = Document(
        "x.warc.gz#0", "x.warc.gz", BODY, URL.format(n=1), False, "text/html; charset=utf-8", date(2024, 5, 6)
    )
    assert found == expected


def test_the_headers_decide_over_the_encoding() -> None:
    from cleanpage import Cleaner, Rules
    from cleanpage.batch.record import Shape, processed

    found = only(http("<p>Größe</p>".encode("cp1252"), kind="text/html; charset=windows-1252"))
    assert isinstance(found, Document)
    result = processed(found, Cleaner(Rules()), Shape(mode="clean"))
    assert (result.text, result.encoding) == ("Größe", "cp1252")


def test_a_truncated_page_says_so() -> None:
    found = only(http(BODY), "WARC-Truncated: length")
    assert isinstance(found, Document)
    assert found.truncated == "length"


def test_text_from_a_wet_file() -> None:
    found = only(b"Ein Satz.\n", type="conversion", kind="text/plain")
    assert isinstance(found, Document)
    assert (found.content, found.is_text) == (b"Ein Satz.\n", True)


def test_a_resource() -> None:
    assert isinstance(only(BODY, type="resource", kind="text/html"), Document)


def test_records_that_hold_no_page_are_passed_over() -> None:
    kinds = ("warcinfo", "request", "metadata", "revisit", "continuation")
    data = b"".join(record(kind, b"x", type=kind, kind="text/plain") for kind in kinds)
    assert told(opened(entries(data + record(2)))) == ["2"]


@pytest.mark.parametrize(
    "kind", ["image/png", "application/pdf", "application/json", "text/css", "Image/PNG; charset=utf-8"]
)
def test_what_is_no_page_is_an_error(kind: str) -> None:
    found = only(http(b"\x89PNG", kind=kind))
    assert isinstance(found, DocumentError)
    assert (found.kind, found.url) == ("type", URL.format(n=1))
    assert kind.partition(";")[0].lower() in found.message


def test_without_a_type_it_is_taken_for_markup() -> None:
    assert isinstance(only(http(BODY, kind=None)), Document)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "404 Not Found", "500 Oops", "304 Not Modified"])
def test_other_answers_are_errors(status: str) -> None:
    found = only(http(BODY, status=status))
    assert isinstance(found, DocumentError)
    assert found.kind == "status"
    assert status in found.message


@pytest.mark.parametrize("block", [b"", b"garbage", b"<html>\r\n\r\n", b"HTTP/1.1 what\r\n\r\nx"])
def test_no_http(block: bytes) -> None:
    found = only(block)
    assert isinstance(found, DocumentError)
    assert found.kind == "damaged"


def test_lines_that_end_without_carriage_return() -> None:
    assert content(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + BODY) == BODY


CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:100], BODY[100:])) + b"0\r\n\r\n"


def _brotli(data: bytes) -> bytes:
    from io import BytesIO

    from fastwarc.stream_io import BrotliWriter

    raw = BytesIO()
    writer = BrotliWriter(raw)
    writer.write(data)
    writer.close()
    return raw.getvalue()


CODED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    "Deflate": zlib.compress(BODY)[2:-4],  # as some servers send it
    "zstd": zstandard.compress(BODY),
    "gzip, deflate": zlib.compress(gzip.compress(BODY)),
}


@pytest.mark.parametrize("coding", CODED)
def test_packed_bodies(coding: str) -> None:
    assert content(http(CODED[coding], f"Content-Encoding: {coding}")) == BODY


def test_brotli() -> None:
    assert content(http(_brotli(BODY), "Content-Encoding: br")) == BODY


def test_chunks() -> None:
    assert content(http(CHUNKS, "Transfer-Encoding: chunked")) == BODY
    packed = gzip.compress(BODY)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert content(http(chunks, "Transfer-Encoding: chunked", "Content-Encoding: gzip")) == BODY


@pytest.mark.parametrize(
    "header",
    ["Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: strange"],
)
def test_crawlers_that_unpack_and_leave_the_header(header: str) -> None:
    assert content(http(BODY, header)) == BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_packed_body_that_was_cut(coding: str) -> None:
    body = (b"<p>" + random.Random(3).randbytes(3000).hex().encode()) * 3
    cut = (gzip if coding == "gzip" else zlib).compress(body)[:-200]
    found = only(http(cut, f"Content-Encoding: {coding}"))
    assert isinstance(found, DocumentError)
    assert found.kind == "damaged"
    part = content(http(cut, f"Content-Encoding: {coding}"), "WARC-Truncated: length")
    assert 1000 < len(part) < len(body)
    assert body.startswith(part)


def test_a_body_in_an_unknown_coding() -> None:
    found = only(http(b"\0\1\2\3" * 100, "Content-Encoding: compress"))
    assert isinstance(found, DocumentError)
    assert found.kind == "coding"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, zstandard.compress, _brotli])
def test_bombs_are_not_unpacked(pack: Any) -> None:
    names = {gzip.compress: "gzip", zlib.compress: "deflate", zstandard.compress: "zstd", _brotli: "br"}
    found = only(http(pack(bytes(40 << 20)), f"Content-Encoding: {names[pack]}"))
    assert isinstance(found, DocumentError)
    assert found.kind == "bytes"


# --- where records begin and end ---------------------------------------------------------------

FORMS = {
    "plain": b"".join,
    "members": lambda records: b"".join(members(records)),
    "one member": lambda records: gzip.compress(b"".join(records), mtime=0),
    "frames": lambda records: b"".join(map(zstandard.compress, records)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seekable", [True, False])
def test_going_on_after_any_entry(form: str, seekable: bool) -> None:
    records = [record(n, type="request" if n % 3 == 1 else "response") for n in range(9)]
    data = FORMS[form](records)
    found = entries(data)
    assert told(opened(found)) == ["0", "2", "3", "5", "6", "8"]
    assert len({entry.id for entry in found}) == len(found)
    for number, entry in enumerate(found):
        assert [one.id for one in entries(data, entry.resume, seekable=seekable)] == [
            one.id for one in found[number + 1 :]
        ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("length", [0, 5, 200, 5000, 10**7, 10**12, 10**30])
def test_lengths_that_are_not_true(form: str, place: int, length: int) -> None:
    data = FORMS[form]([record(n, length=length if n == place else None) for n in range(4)])
    found = opened(entries(data))
    assert told(found) == ["0", "1", "2", "3"]
    bodies = {one.content for one in found if isinstance(one, Document)}
    assert bodies == {PAGE.format(n=n).encode() for n in range(4)}


@pytest.mark.parametrize("text", [b"Content-Length: many", b"Content-Length: -5", b"X: 1"])
def test_no_length_at_all(text: bytes) -> None:
    broken = record(1).replace(b"Content-Length: ", text + b"\r\nX-Was: ", 1)
    assert told(opened(entries(record(0) + broken + record(2)))) == ["0", "1", "2"]


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_member_costs_itself_alone(seed: int) -> None:
    dice = random.Random(seed)
    packed = members(record(n) for n in range(6))
    victim, at = dice.randrange(6), dice.randrange(20, 150)
    packed[victim] = packed[victim][:at] + dice.randbytes(8) + packed[victim][at + 8 :]
    data = b"".join(packed)
    found = entries(data)
    assert told(opened(found)) == ["damaged" if n == victim else str(n) for n in range(6)]
    assert found[victim].id == f"x.warc.gz#{sum(map(len, packed[:victim])) or 0}"
    for number, entry in enumerate(found):
        assert [one.id for one in entries(data, entry.resume)] == [one.id for one in found[number + 1 :]]


def test_a_wrong_check_sum_is_damage() -> None:
    packed = members(record(n) for n in range(3))
    packed[1] = packed[1][:-8] + b"1234" + packed[1][-4:]
    assert told(opened(entries(b"".join(packed)))) == ["0", "damaged", "2"]


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_that_was_cut(form: str) -> None:
    data = FORMS[form]([record(n, http(random.Random(n).randbytes(500).hex().encode())) for n in range(3)])
    assert told(opened(entries(data[:-60]))) == ["0", "1", "damaged"]


@pytest.mark.parametrize("form", FORMS)
def test_pages_that_are_too_large(form: str) -> None:
    blocks = {1: http(b"<p>x" * 200_000), 2: http(b"<p>y" * 50)}
    data = FORMS[form]([record(n, blocks.get(n)) for n in range(4)])
    found = entries(data, limit=100_000)
    assert told(opened(found, 100_000)) == ["0", "bytes", "2", "3"]
    assert found[1].url == URL.format(n=1)


def test_a_page_about_archives_is_not_cut() -> None:
    body = b"<pre>" + record(7) + b"</pre>"
    assert content(http(body)) == body


def test_what_is_no_record() -> None:
    assert told(opened(entries(b"hello" + record(0) + record(1), name="x.warc"))) == ["damaged", "0", "1"]
    assert told(opened(entries(b"hello, world\n" * 50_000, name="x.warc"))) == ["damaged"]
    assert told(opened(entries(b"hello, world\n" * 50_000))) == ["damaged"]
    assert entries(b"") == []
    assert entries(b"\r\n\r\n", name="x.warc") == []
