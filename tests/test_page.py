"""Bytes become a page: encodings, limits, and what is no page."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage import Cleaner, CleanpageError, Limits, PageError, Rules
from cleanpage.page import PARSER_DEPTH, parse

TEXT = "Größe, naïve Œuvre"
NONE = Cleaner(Rules())


def read(html: bytes | str, **arguments: str) -> tuple[str | None, str]:
    result = NONE.clean(html, **arguments)
    return result.encoding, result.text


def page(meta: str, text: str = TEXT) -> str:
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


# --- encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bom", "codec", "name"),
    [
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"\xff\xfe", "utf-16-le", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be", "utf-16-be"),
    ],
)
def test_a_byte_order_mark_decides_over_header_and_meta(bom: bytes, codec: str, name: str) -> None:
    data = bom + page("<meta charset=iso-8859-1>").encode(codec)
    assert read(data, content_type="text/html; charset=koi8-r") == (name, TEXT)


def test_the_header_decides_over_meta() -> None:
    data = page("<meta charset=koi8-r>").encode("cp1252")
    assert read(data, content_type="text/html; charset=iso-8859-1") == ("cp1252", TEXT)
    assert read(data, content_type='Text/HTML;Charset="windows-1252"') == ("cp1252", TEXT)


@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset=windows-1251>",
        '<meta CHARSET="Windows-1251" />',
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<meta content='text/html; charset=cp1251' http-equiv=content-type>",
    ],
)
def test_meta_decides_where_nothing_else_does(meta: str) -> None:
    assert read(page(meta, "Привет, мир").encode("cp1251")) == ("cp1251", "Привет, мир")


def test_latin_1_is_read_as_browsers_read_it() -> None:
    assert read(page("<meta charset=iso-8859-1>", "5 €").encode("cp1252")) == ("cp1252", "5 €")


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "us-ascii", "windows-1251"])
def test_pages_that_were_stored_as_utf8_under_an_old_meta(charset: str) -> None:
    """Crawls store pages as UTF-8 and leave the declaration as it was."""
    assert read(page(f"<meta charset={charset}>").encode()) == ("utf-8", TEXT)


def test_the_header_is_believed_even_where_the_bytes_are_utf8() -> None:
    name, text = read(page("").encode(), content_type="text/html; charset=iso-8859-1")
    assert name == "cp1252"
    assert text != TEXT


def test_a_declared_encoding_stays_where_the_bytes_do_not_speak_against_it() -> None:
    assert read(page("<meta charset=iso-8859-1>", "only ascii").encode())[1] == "only ascii"


def test_utf8_without_a_declaration() -> None:
    assert read(page("").encode()) == ("utf-8", TEXT)


def test_detection_where_nothing_is_declared() -> None:
    russian = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 20
    _, text = read(page("", russian).encode("cp1251"))
    assert text == russian.strip()
    german = "Größere Übungen müssen häufig über Straßen führen. " * 20
    _, text = read(page("", german).encode("latin-1"))
    assert text == german.strip()


def test_a_declaration_of_utf16_that_was_read_byte_by_byte_is_wrong() -> None:
    assert read(page("<meta charset=utf-16>").encode()) == ("utf-8", TEXT)


@pytest.mark.parametrize("encoding", ["koi8-r", "KOI8_R", "koi8_r"])
def test_the_caller_overrides_everything(encoding: str) -> None:
    data = page("<meta charset=utf-8>", "Привет").encode("koi8-r")
    assert read(data, encoding=encoding, content_type="text/html; charset=utf-8") == ("koi8-r", "Привет")


def test_an_encoding_that_nobody_knows_is_the_callers_mistake() -> None:
    with pytest.raises(LookupError):
        NONE.clean(b"<p>a", encoding="no-such-encoding")


def test_strings_have_no_encoding() -> None:
    assert read(page("<meta charset=koi8-r>")) == (None, TEXT)
    assert read("\ufeff<p>a") == (None, "a")


# Python knows codecs that are no encodings of text on the web.
PYTHONS_OWN = ["unicode_escape", "raw_unicode_escape", "hex", "rot13", "zlib", "idna", "punycode", "undefined"]


@pytest.mark.parametrize("charset", [*PYTHONS_OWN, "utf-7", "no-such", "", "\x7f", "a" * 5000])
@pytest.mark.parametrize("place", ["meta", "header"])
def test_a_declaration_no_browser_knows_is_no_declaration(charset: str, place: str) -> None:
    text = "Gr\u00fc\u00dfe \\u0041 +AGE-"
    data = page(f'<meta charset="{charset}">' if place == "meta" else "", text).encode("cp1252")
    header = f"text/html; charset={charset}" if place == "header" else "text/html"
    name, found = read(data, content_type=header)
    assert found == text
    assert name not in PYTHONS_OWN


@pytest.mark.timing
def test_no_declaration_makes_time_explode() -> None:
    def seconds(count: int) -> float:
        data = b"<meta charset=punycode><p>\xfc" + b"a" * 4 * count + b"-" + b"b0c1d" * count
        begin = time.perf_counter()
        NONE.clean(data)
        return time.perf_counter() - begin

    seconds(100)
    assert seconds(32_000) < 32 * max(seconds(4_000), 0.02)


def test_bytes_that_are_not_valid_become_replacement_characters() -> None:
    assert read(b"<meta charset=utf-8><p>a\xffb \xed\xa0\x80c")[1].replace("\ufffd", "") == "ab c"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes(kind: type) -> None:
    assert read(kind(b"<p>a")) == ("utf-8", "a")


@pytest.mark.parametrize("wrong", [None, 1, ["<p>a"], object()])
def test_what_is_neither_bytes_nor_text(wrong: object) -> None:
    with pytest.raises(TypeError):
        NONE.clean(wrong)  # type: ignore[arg-type]


# --- no page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("html", [b"", "", b"  \n\t ", "\ufeff", b"\xef\xbb\xbf", b"\xff\xfe", b"\0\0\0", "<!-- x -->"])
def test_empty_input_is_refused(html: bytes | str) -> None:
    with pytest.raises(PageError) as caught:
        NONE.clean(html)
    assert caught.value.limit == "empty"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a\x01\0\x01\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"PK\x03\x04\x14\0\0\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
        b"\x7fELF\x02\x01\x01",
        b"wOF2\0\x01\0\0",
        bytes(range(1, 32)) * 100,
        bytes((i * 7 + 1) % 32 for i in range(500)),
    ],
    ids=lambda data: repr(data[:6]),
)
def test_binary_input_is_refused(data: bytes) -> None:
    with pytest.raises(PageError) as caught:
        NONE.clean(data)
    assert caught.value.limit == "binary"
    assert isinstance(caught.value, CleanpageError)


def test_text_without_markup_is_a_page() -> None:
    assert read("just text") == (None, "just text")
    assert read(b"1 < 2 & 3 > 2") == ("utf-8", "1 < 2 & 3 > 2")


def test_stray_control_characters_do_not_make_a_page_binary() -> None:
    assert read(b"<p>a\x0bb\x02</p>" + b"<p>text</p>" * 20)[1].endswith("text")


# --- limits --------------------------------------------------------------------------------------


def refused(html: bytes | str, limits: Limits) -> PageError:
    with pytest.raises(PageError) as caught:
        Cleaner(Rules(), limits=limits).clean(html)
    return caught.value


def test_too_many_bytes() -> None:
    limits = Limits(max_bytes=100)
    error = refused(b"<p>" + b"a" * 98, limits)
    assert (error.limit, error.value, error.maximum) == ("bytes", 101, 100)
    assert Cleaner(Rules(), limits=limits).clean(b"<p>" + b"a" * 97).text == "a" * 97
    with pytest.raises(PageError) as caught:
        Cleaner(Rules(), limits=limits).clean_text("a" * 101)
    assert caught.value.limit == "bytes"


@pytest.mark.parametrize("unit", ["<p>a</p>", "<p>", "<br>", "<b>a"])
def test_too_many_elements(unit: str) -> None:
    error = refused(unit * 1000, Limits(max_nodes=500))
    assert error.limit == "nodes"
    assert error.maximum == 500
    assert error.value is not None
    assert error.value > 500
    assert refused(unit * 50_000, Limits(max_nodes=500)).limit == "nodes"


def test_text_full_of_angle_brackets_has_few_elements() -> None:
    text = "1 < 2 " * 400
    assert Cleaner(Rules(), limits=Limits(max_nodes=500)).clean(f"<p>{text}</p>").text == text.strip()


def nested(depth: int, tag: str = "div") -> str:
    return f"<{tag}>" * depth + "tief" + f"</{tag}>" * depth


def test_too_deep() -> None:
    limits = Limits(max_depth=50)
    assert Cleaner(Rules(), limits=limits).clean(nested(40)).text == "tief"
    error = refused(nested(60), limits)
    assert (error.limit, error.maximum) == ("depth", 50)


@pytest.mark.parametrize("depth", [PARSER_DEPTH + 10, 10_000, 100_000])
@pytest.mark.parametrize("tag", ["div", "b", "svg", "ul", "span"])
def test_deeper_than_the_parser_goes(depth: int, tag: str) -> None:
    assert refused(nested(depth, tag), Limits()).limit == "depth"


@pytest.mark.parametrize("tag", ["div", "b", "svg", "span", "pre"])
def test_as_deep_as_the_parser_goes(tag: str) -> None:
    text = NONE.clean(nested(2000, tag) + "<p>Ende</p>").text
    assert text.split("\n")[-1] == "Ende"


def test_limits_are_checked() -> None:
    for name in ("max_bytes", "max_nodes", "max_depth"):
        with pytest.raises(ValueError, match=name):
            Limits(**{name: 0})
    with pytest.raises(ValueError, match="at most"):
        Limits(max_depth=PARSER_DEPTH + 1)


# --- strange characters --------------------------------------------------------------------------


def test_nul_is_left_out() -> None:
    assert read(b"<p>a\0b</p>\0<p>c</p>") == ("utf-8", "ab\nc")
    assert read("<p>a\0b</p>") == (None, "ab")


def test_lone_surrogates_become_replacement_characters() -> None:
    assert read("<p>a\ud800b\udfffc") == (None, "a\ufffdb\ufffdc")


MARKS = [chr(code) for code in range(0xFDD0, 0xFDF0)]


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
@pytest.mark.parametrize("form", ["{}", "&#x{:x};", "&#{:d};"])
def test_noncharacters_in_pages_confuse_nothing(mark: str, form: str) -> None:
    written = form.format(ord(mark) if ":" in form else mark)
    html = f"<div><p>a{written}b</p>{written}<p title='{written}' class=x>c</p><p>d{written}</p></div>"
    expected = Cleaner(Rules.parse("remove: {ad: [.x]}")).clean(html.replace(written, ""))
    result = Cleaner(Rules.parse("remove: {ad: [.x]}")).clean(html)
    visible = [line for line in result.text.translate(dict.fromkeys(map(ord, MARKS))).split("\n") if line]
    assert visible == expected.text.split("\n") == ["ab", "d"]
    assert len(result.removed) == 1
    assert result.removed[0].text == "c"


@given(
    st.lists(
        st.sampled_from([*MARKS[:7], "a", " ", "<p>", "</p>", "<b>", "</b>", "<br>", "<pre>", "</pre>"]), max_size=25
    )
)
def test_noncharacters_anywhere(parts: list[str]) -> None:
    html = "<div>x" + "".join(parts) + "</div><p>Ende"
    drop = dict.fromkeys(map(ord, MARKS))
    assert "".join(NONE.clean(html).text.translate(drop).split()) == "".join(
        NONE.clean(html.translate(drop)).text.split()
    )


# --- whatever the bytes --------------------------------------------------------------------------

PIECES = [
    b"<", b">", b"</", b"/>", b"<!", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"&", b"&#", b"&#x110000;", b"&#0;",
    b"&lt;", b"'", b'"', b"=", b"p", b"div", b"script", b"style", b"table", b"td", b"svg", b"select", b"a", b"b", b"html",
    b"body", b"head", b"frameset", b"plaintext", b"textarea", b"title", b"template", b"xmp", b" ", b"\n", b"\0", b"\xff",
    b"\xc3", b"\xbc", b"\xed\xa0\x80", b"\xef\xb7\x90", b"\x1b", b"class", b"id", b"hidden", b"text",
]  # fmt: skip
BUILTIN = Cleaner()


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)))
def test_no_other_exception_leaves(data: bytes) -> None:
    try:
        result = BUILTIN.clean(data, url="https://www.example.com/a")
        assert isinstance(result.text, str)
        assert isinstance(result.html, str)
        assert isinstance(result.removed, tuple)
    except PageError as error:
        assert error.limit in ("empty", "binary", "bytes", "nodes", "depth", "markup")


@given(st.text(max_size=100), st.text(max_size=20), st.text(max_size=20))
def test_no_text_url_or_header_brings_an_exception(html: str, url: str, header: str) -> None:
    try:
        BUILTIN.clean(html, url=f"https://{url}")
        BUILTIN.clean(html.encode("utf-8", "replace"), content_type=header)
    except PageError:
        pass
    assert isinstance(BUILTIN.clean_text(html, url=url).text, str)


@pytest.mark.parametrize(
    "file",
    [
        "remove: {ad: [{text: Anzeige}]}",
        "lines: {ad: [{from: Anzeige, to: Ende}]}",
        "lines: {ad: [{line: Anzeige}]}",
    ],
)
def test_lone_surrogates_in_stored_text(file: str) -> None:
    found = Cleaner(Rules.parse(file)).clean_text("Anzeige\nText \ud800\nEnde\nRest \udfff")
    assert "Rest" in found.text
    assert "Anzeige" not in found.text


def test_lone_surrogates_in_a_url() -> None:
    Cleaner(Rules.parse("remove: {ad: [{css: .x, path: /a/*}]}")).clean("<p class=x>a", url="http://a.de/\ud800")


def test_the_module_functions() -> None:
    assert cleanpage.clean(b"<p>a", content_type="text/html").text == "a"
    assert cleanpage.clean_text("a\nb").text == "a\nb"
    assert parse("<p>a").root.tag == "html"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<title>a</title><article><p>One.</p></article>", "One."),
        ("<!DOCTYPE html><script>x</script><article><p>One.</p></article><p>Two.", "One.\nTwo."),
        ("<meta charset=utf-8><section>One.</section> two <p>Three.", "One.\ntwo\nThree."),
        ("<html><head><title>a</title><main>One.</main></head><body>Two.<p>Three.</body></html>", "One.\nTwo.\nThree."),
        ("<custom-page>One.</custom-page><footer>Two.</footer>", "One.\nTwo."),
    ],
)
def test_the_body_begins_where_the_head_cannot_go_on(html: str, text: str) -> None:
    assert Cleaner(Rules()).clean(html).text == text
    root = parse(html).root
    assert [child.tag for child in root] == ["head", "body"] or root.find("head") is None


def test_a_head_keeps_what_may_stand_in_it() -> None:
    head = (
        "<meta charset=utf-8><title>a</title><link href=x><style>b</style><noscript>c</noscript><template>d</template>"
    )
    root = parse(f"<html><head>{head}</head><body><p>One.</p></body></html>").root
    assert len(root.find("head")) == 6
