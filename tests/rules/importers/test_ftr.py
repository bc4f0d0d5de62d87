"""Site files of Full-Text RSS become rule files."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpage import Cleaner, CleanpageError, Rules
from cleanpage.rules.importers.ftr import import_folder, table
from cleanpage.rules.importers.sites import IMPORTED, MAX_BYTES, domain_of

from .conftest import Import

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "ftr-site-config"


def publisher(out: Path, domain: str = "a.example") -> dict[str, Any]:
    text = (out / "publishers" / domain.rpartition(".")[2] / f"{domain}.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def refused(report: Any) -> list[str]:
    return list(map(str, report.refused))


# --- directives --------------------------------------------------------------------------------


def test_every_directive(imported: Import, out: Path) -> None:
    report = imported(
        {
            "a.example.txt": """\
            # A made-up site
            body: //div[@id='story']
            body: (//article)[1]
            title: //h1[@class='head']
            title: substring-before(//title, ' - ')
            author: //meta[@name='author']/@content
            author: "Ann O'Example"
            date: //time/@datetime
            strip: //aside[contains(@class, 'related')]
            strip: //div[h3[text()='Tags']]
            strip: //p[contains(., 'Read also')]
            strip_id_or_class: newsletter-box
            strip_attr: //img/@srcset
            test_url: https://a.example/1
            test_contains: The bridge opens
            test_contains: on Monday: at noon
            test_url: https://a.example/2
            prune: no
            replace_string(<b:x>): <i>
            """
        }
    )
    assert refused(report) == []
    assert publisher(out) == {
        "publisher": "a.example",
        "domains": ["a.example"],
        "content": ["div#story", {"xpath": "(//article)[1]"}],
        "metadata": {
            "title": ['h1[class="head"]', {"xpath": "substring-before(//title, ' - ')"}],
            "authors": [{"xpath": "//meta[@name='author']/@content"}, {"value": "Ann O'Example"}],
            "published": [{"xpath": "//time/@datetime"}],
        },
        "strip_attributes": ["//img/@srcset"],
        "remove": {
            "newsletter": [".newsletter-box, #newsletter-box"],
            "related": ['aside[class*="related"]', {"css": "p", "text": "Read also"}],
            "chrome": [{"xpath": "//div[h3[text()='Tags']]"}],
        },
        "tests": [
            {"url": "https://a.example/1", "contains": ["The bridge opens", "on Monday: at noon"]},
            {"url": "https://a.example/2"},
        ],
    }
    (file,) = Rules.load(out).files
    assert len(file.content) == 2
    assert report.read == {
        "body": 2, "title": 2, "author": 2, "date": 1, "strip": 3, "strip_id_or_class": 1, "strip_attr": 1,
        "test_url": 2, "test_contains": 2, "prune": 1, "replace_string": 1,
    }  # fmt: skip
    assert dict(report.skipped) == {"prune": 1, "replace_string": 1}
    assert sum(report.imported.values()) == 16


def test_what_is_imported_cleans(imported: Import, out: Path) -> None:
    imported(
        {
            "a.example.txt": """\
            strip_id_or_class: related
            strip: //p[contains(., 'Read also')]
            strip: //a[contains(@href, '/newsletter')]/ancestor::section[1]
            strip_attr: //p/@data-x
            """
        }
    )
    cleaner = Cleaner(Rules.load(out))
    page = (
        '<p class="p_related" data-x="1">One.</p><div class="box related">More</div><p>Read also: this</p>'
        '<section><div>Letter</div><section><a href="/newsletter">Sign up</a></section></section>'
    )
    result = cleaner.clean(page, "https://www.a.example/1")
    assert result.text == "One.\nLetter"
    assert '<p class="p_related">' in result.html


@pytest.mark.parametrize(
    ("value", "css"),
    [
        ("box", ".box, #box"),
        ("'box'", ".box, #box"),
        ("2col", '[class~="2col"], [id="2col"]'),
        ("print:hidden", '[class~="print:hidden"], [id="print:hidden"]'),
        ("box wide", ".box.wide"),
        (".box", ".box"),
        ("#box", "#box"),
        (".box .wide", ".box .wide"),
        ("div.box > p", "div.box > p"),
        ("box.wide", ".box.wide"),
        ("img.wide", "img.wide"),
    ],
)
def test_names_match_whole(imported: Import, out: Path, value: str, css: str) -> None:
    assert refused(imported({"a.example.txt": f"strip_id_or_class: {value}"})) == []
    assert publisher(out)["remove"] == {"chrome": [css]}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("strip_id_or_class: ad-", "'ad-' is a part of a name"),
        ("strip_id_or_class: box #perhaps not!", "neither the name of a class or id nor a selector"),
        ("strip_id_or_class: //div[@id='x']", "neither the name of a class or id nor a selector"),
        ("strip_id_or_class: ''", "it has no value"),
        ("strip_id_or_class: strip_id_or_class: box", "neither the name"),
        ("strip: //h1", "could match everything: any <h1>"),
        ("strip: //p/text()", "selects texts or attributes"),
        ("strip: //img/@width", "selects texts or attributes"),
        ("strip: //*[contains(., 'Read also')]", "a text is also in everything around it"),
        ("strip: div[@id='x']", "does not begin at the page's root"),
        ("strip: //div[@id='x'", "broken XPath"),
        ("strip: //div[matches(@id, 'x')]", "calls matches(), which XPath 1.0 does not have"),
        ("strip: //div[@id and re:test(., 'x')]", "calls re:test()"),
        ("strip: //div[php:functionString('f', @id)]", "calls php:functionString()"),
        ("strip: //fb:like", "prefix"),
        ("strip: //div[@id=$x]", "has a variable"),
        ("strip:", "it has no value"),
        ("body: substring-before(//p, 'x')", "gives a str, not elements"),
        ("title: 'Always the same'", "no two articles share their title"),
        ("date: count(//time)", "gives a number"),
        ("strip_attr: //img", "selects no attributes"),
        ("strip_attr: //img/@src\nif_page_contains: //p", "attributes go from every page"),
        ("test_url: a.example/1", "no address of a page"),
        ("test_contains: x", "no test_url stands before it"),
        ("if_page_contains: //p", "no directive stands before it"),
    ],
)
def test_what_is_refused(imported: Import, out: Path, line: str, reason: str) -> None:
    report = imported({"a.example.txt": f"# head\n{line}\nstrip: //nav\n"})
    first = report.refused[0]
    assert (first.file, first.line, first.directive) == ("a.example.txt", 2, line.split(":")[0])
    assert reason in first.reason
    assert publisher(out)["remove"] == {"chrome": ["nav"]}  # the next line is not lost with it
    assert sum(row[1] - row[2] for row in table(report)) == len(report.refused)


@pytest.mark.parametrize("value", ["'Ann Example'", '"Ann Example"', "string('Ann Example')", "('Ann Example')"])
def test_an_author_in_quotes_is_the_author(imported: Import, out: Path, value: str) -> None:
    imported({"a.example.txt": f"author: {value}"})
    assert publisher(out)["metadata"] == {"authors": [{"value": "Ann Example"}]}


def test_a_condition_belongs_to_the_directive_before_it(imported: Import, out: Path) -> None:
    report = imported(
        {
            "a.example.txt": """\
            strip: //aside
            if_page_contains: //link[@rel='x']
            strip_id_or_class: box

            # between them
            if_page_contains: //p[text()='x']
            body: //main
            if_page_contains: //main
            strip: //nav
            single_page_link: //a
            if_page_contains: //b
            titel: //h1
            if_page_contains: //i
            """
        }
    )
    assert publisher(out)["remove"]["chrome"] == [
        {"css": "aside", "page_has": 'link[rel="x"]'},
        {"css": ".box, #box", "page_has": {"xpath": "//p[text()='x']"}},
        "nav",
    ]
    assert publisher(out)["content"] == [{"css": "main", "page_has": "main"}]
    assert refused(report) == [
        "a.example.txt:12: titel: unknown directive; did you mean 'title'?",
        "a.example.txt:13: if_page_contains: no directive stands before it",
    ]
    rows = {row[0]: row[1:] for row in table(report)}
    assert rows["if_page_contains"] == (5, 3, 1, 1)
    cleaner = Cleaner(Rules.load(out), ["chrome"])
    page = '<aside>Aside</aside><p class="box">Box</p><p>Text.</p>'
    assert cleaner.clean(page, "https://a.example/").text == "Aside\nBox\nText."
    assert cleaner.clean(f'<link rel="x">{page}<p>x</p>', "https://a.example/").text == "Text.\nx"


def test_a_misspelt_directive_is_named_with_the_nearest(imported: Import, out: Path) -> None:
    report = imported({"a.example.txt": "titl: //h1\ntest_rul: x\nxyzzy: 1\nno directive\nstrip: //nav\n"})
    assert refused(report) == [
        "a.example.txt:1: titl: unknown directive; did you mean 'title'?",
        "a.example.txt:2: test_rul: unknown directive; did you mean 'test_url'?",
        "a.example.txt:3: xyzzy: unknown directive",
        "a.example.txt:4: no directive: a line is `name: value`",
    ]
    assert "metadata" not in publisher(out)


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("strip_id_or_class: articleNewsletterBox", "newsletter"),
        ("strip_id_or_class: ads-2", "ad"),
        ("strip_id_or_class: headline", "chrome"),  # not `ad`
        ("strip_id_or_class: read-more-link", "related"),
        ("strip_id_or_class: kommentarbereich", "comments"),
        ("strip: //div[@id='cookieLayer']", "consent"),
        ("strip: //p[contains(., 'Lesen Sie auch')]", "related"),
        ("strip: //ins[@data-x='y']", "ad"),
        ("strip: //figure", "chrome"),
    ],
)
def test_words_say_the_category(imported: Import, out: Path, line: str, category: str) -> None:
    imported({"a.example.txt": line})
    assert list(publisher(out)["remove"]) == [category]


def test_awkward_texts_are_read_back_as_they_were(imported: Import, out: Path) -> None:
    texts = [
        "a: b",
        "x # y",
        "'single'",
        '"double"',
        "- dash",
        "both ' and \"",
        "back\\slash",
        "null",
        "{}",
        "ü😀\u2028z",
        "x:",
    ]
    lines = "".join(f"test_contains: {text}\n" for text in texts)
    assert refused(imported({"a.example.txt": f"test_url: https://a.example/?a=b: c#d\n{lines}"})) != []
    imported({"a.example.txt": f"test_url: https://a.example/?a=b#c\n{lines}"})
    (file,) = Rules.load(out).files
    assert list(file.tests[0].contains) == texts


# --- hosts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("a.example.txt", "a.example"),
        (".a.example.txt", "a.example"),
        ("www.a.example.txt", "a.example"),
        ("News.A.Example.txt", "news.a.example"),
        ("global.txt", ""),
        ("fingerprint.a.example.txt", ""),
        ("a b.example.txt", ""),
        ("..txt", ""),
    ],
)
def test_the_name_says_the_domain(name: str, domain: str) -> None:
    assert domain_of(name) == domain


def test_files_for_the_same_domain_are_joined(imported: Import, out: Path) -> None:
    report = imported(
        {
            ".a.example.txt": "body: //main\nstrip: //nav\n",
            "a.example.txt": "body: //article\nstrip: //nav\nstrip: //aside\n",
            "www.a.example.txt": "body: //section\n",
            "b.a.example.txt": "strip: //footer\n",
        }
    )
    assert publisher(out)["content"] == ["article", "main", "section"]
    assert publisher(out)["remove"] == {"chrome": ["nav", "aside"]}
    assert publisher(out, "b.a.example")["domains"] == ["b.a.example"]
    assert report.notes == [
        ".a.example.txt: joined with a.example.txt, which claims a.example too and goes first",
        "www.a.example.txt: joined with a.example.txt, which claims a.example too and goes first",
    ]
    assert refused(report) == []
    Rules.load(out)


def test_files_without_a_site_are_refused(imported: Import) -> None:
    report = imported({"global.txt": "strip: //nav\nif_page_contains: //p\n", "a.example.txt": "strip: //nav\n"})
    reason = "the file's name is no host, so it says no site that this is for"
    assert refused(report) == [f"global.txt:1: strip: {reason}", f"global.txt:2: if_page_contains: {reason}"]
    assert sum(report.imported.values()) == 1


# --- families ----------------------------------------------------------------------------------

SHARED = "body: //article\nstrip: //nav\nstrip: //aside\nstrip_id_or_class: ads\ntitle: //h1\n"


def test_files_that_repeat_each_other_become_a_family(imported: Import, out: Path) -> None:
    imported(
        {
            "b.example.txt": SHARED + "test_url: https://b.example/1\n",
            "a.example.txt": "# in another order\nstrip_id_or_class: ads\nstrip: //aside\n"
            "strip: //nav\nbody: //article\ntitle: //h1\n",
            "c.example.txt": "strip: //nav\n",
        }
    )
    family = yaml.safe_load((out / "families" / "a-example.yaml").read_text())
    assert family == {
        "content": ["article"],
        "metadata": {"title": ["h1"]},
        "remove": {"ad": [".ads, #ads"], "chrome": ["aside", "nav"]},
    }
    assert publisher(out) == {"publisher": "a.example", "domains": ["a.example"], "family": "a-example"}
    assert publisher(out, "b.example") == {
        "publisher": "b.example",
        "domains": ["b.example"],
        "family": "a-example",
        "tests": [{"url": "https://b.example/1"}],
    }
    assert "family" not in publisher(out, "c.example")


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        (SHARED + "strip: //footer\n", {"remove": {"chrome": ["footer"]}}),
        ("body: //main\n" + SHARED, {"content": ["main"]}),
        ("title: //h2\n" + SHARED, {"metadata": {"title": ["h2"]}}),
        (SHARED + "strip_attr: //img/@srcset\n", {"strip_attributes": ["//img/@srcset"]}),
        (SHARED + "body: //main\n", None),  # its own would have to come last
        (SHARED + "title: //h2\n", None),
        (SHARED.replace("strip: //nav\n", ""), None),  # the family would remove more
        (SHARED + "strip: //footer\nstrip: //header\nstrip: //form\n", None),  # too much of its own
    ],
)
def test_near_copies_join_if_nothing_changes(imported: Import, out: Path, lines: str, own: Any) -> None:
    imported({"a.example.txt": SHARED, "b.example.txt": SHARED, "c.example.txt": lines})
    found = publisher(out, "c.example")
    if own is None:
        assert "family" not in found
    else:
        assert found == {"publisher": "c.example", "domains": ["c.example"], "family": "a-example", **own}
    # Whether in a family or not, the publisher's rules say what its site file said.
    rules = Rules.load(out)
    removed = {rule.source for file in rules.for_host("c.example") for rule in file.remove}
    assert removed == {
        source for source in ("nav", "aside", "footer", "header", "form") if f"//{source}\n" in lines
    } | {".ads, #ads"}
    content = [where.source for file in rules.for_host("c.example") for where in file.content]
    assert content == [line.removeprefix("body: //") for line in lines.splitlines() if line.startswith("body")]


def test_what_little_files_share_is_chance(imported: Import, out: Path) -> None:
    imported({"a.example.txt": "body: //article\n", "b.example.txt": "body: //article\n"})
    assert not (out / "families").exists()


# --- files -------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def test_running_again_changes_nothing(imported: Import, out: Path) -> None:
    imported({"a.example.txt": SHARED, "b.example.txt": SHARED, ".c.example.txt": "strip: //nav\n"})
    before = contents(out)
    assert len(before) == 4
    assert imported({}).notes == []
    assert contents(out) == before
    assert before["publishers/example/c.example.yaml"].startswith(
        b"# Imported by `cleanpage rules import ftr`; the next import writes this file anew.\n# From .c.example.txt.\n"
    )


def test_a_file_of_somebody_else_is_not_overwritten(imported: Import, out: Path) -> None:
    mine = out / "publishers" / "example" / "b.example.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("domains: [b.example]\n")
    with pytest.raises(CleanpageError, match=r"b\.example\.yaml was not written by this command"):
        imported({"a.example.txt": "strip: //nav\n", "b.example.txt": "strip: //nav\n"})
    assert contents(out) == {"publishers/example/b.example.yaml": b"domains: [b.example]\n"}


def test_what_an_earlier_import_left_is_named(imported: Import, out: Path, tmp_path: Path) -> None:
    imported({"a.example.txt": "strip: //nav\n", "b.example.txt": "strip: //nav\n"})
    (tmp_path / "sites" / "b.example.txt").unlink()
    (note,) = imported({}).notes
    assert note.endswith("b.example.yaml: left by an earlier import, and of no site file now")
    assert "publishers/example/b.example.yaml" in contents(out)


# --- hostile input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", "x.example.txt:1: the file is empty"),
        (b" \n\t\n", "x.example.txt:1: the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", "x.example.txt:1: a binary file"),
        (b"strip: //nav\0", "x.example.txt:1: a binary file"),
        ("# eins\nstrip: //p[.='fünf']".encode("latin-1"), "x.example.txt:2: the file is not UTF-8: save it as UTF-8"),
        (b"strip: " + b"x" * MAX_BYTES, "x.example.txt:1: the file is larger than 1,048,576 bytes"),
        (b"strip: //" + b"x" * 1_000_000, "x.example.txt:1: a line of more than 8,192 characters"),
        (
            b"strip: //p[.='\x01']",
            r"""x.example.txt:1: strip: "//p[.='\x01']" has a character that no page can hold; """,
        ),
    ],
)
def test_files_that_are_none(imported: Import, out: Path, data: bytes, refusal: str) -> None:
    report = imported({"x.example.txt": data, "a.example.txt": "strip: //nav\n"})
    (found,) = refused(report)
    assert found.startswith(refusal)
    assert sorted(contents(out)) == ["publishers/example/a.example.yaml"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(imported: Import, out: Path, end: str, mark: str) -> None:
    report = imported({"a.example.txt": (mark + end.join(["strip: //nav", "", "titl: x", "strip: //aside"])).encode()})
    assert [refusal.line for refusal in report.refused] == [3]
    assert publisher(out)["remove"] == {"chrome": ["nav", "aside"]}


def test_folders_without_site_files(tmp_path: Path, out: Path) -> None:
    with pytest.raises(CleanpageError, match="no such folder"):
        import_folder(tmp_path / "nowhere", out)
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.yaml").write_text("x")
    with pytest.raises(CleanpageError, match=r"the folder holds no \.txt file"):
        import_folder(tmp_path, out)
    assert not out.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unreadable to this user")
def test_a_file_that_cannot_be_read(imported: Import, tmp_path: Path) -> None:
    imported({"a.example.txt": "strip: //nav\n", "b.example.txt": "strip: //nav\n"})
    (tmp_path / "sites" / "b.example.txt").chmod(0)
    assert refused(imported({})) == ["b.example.txt:1: the file cannot be read: Permission denied"]


HOSTILE = [
    "strip: //p" + "[a" * 3000,
    "strip: //p[" + "(" * 4000 + "@a" + ")" * 4000 + "]",
    "strip: " + "//p[@a or @b]" * 500,
    "strip: //" + "a" * 8000,
    "strip: //" + "a" * 4000 + ":" + "b" * 4000,
    "strip:" + " " * 8000 + "x",
    "strip" + " " * 8000,
    "strip" + "(" * 4000 + ")" * 4000,
    "strip_id_or_class: " + "ab " * 2700,
    "strip_id_or_class: " + ".a" * 4000,
    "strip_attr: //a" + "/@a[" * 2000,
    "author: " + '"' * 8000,
]


@pytest.mark.parametrize("line", HOSTILE)
def test_any_line_is_imported_or_refused(imported: Import, line: str) -> None:
    report = imported({"a.example.txt": f"{line}\n", "b.example.txt": "strip: //nav\n"})
    assert sum(report.imported.values()) + len(report.refused) == 2


@pytest.mark.timing
@pytest.mark.parametrize("line", HOSTILE)
def test_no_line_takes_long(imported: Import, line: str) -> None:
    started = time.process_time()
    imported({"a.example.txt": f"{line}\n" * 5, "b.example.txt": "strip: //nav\n"})
    assert time.process_time() - started < 2


# --- the real ones -----------------------------------------------------------------------------


@pytest.mark.skipif(
    not REAL.is_dir(), reason="needs the site files of Full-Text RSS, which are not a part of this project"
)
def test_nearly_all_of_the_real_site_files_are_imported(tmp_path: Path) -> None:
    report = import_folder(REAL, tmp_path)
    rows = [row for row in table(report) if row[0] in IMPORTED]
    assert sum(row[2] for row in rows) >= 0.95 * sum(row[1] for row in rows) > 10_000
    reasons = [refusal for refusal in report.refused if refusal.directive in IMPORTED]
    assert len(reasons) == sum(row[3] for row in rows)  # each with its reason
    assert all(refusal.reason for refusal in reasons)
    rules, problems = Rules.read(tmp_path)
    assert problems == []
    assert len(rules.files) == report.publishers + report.families
    before = contents(tmp_path)
    import_folder(REAL, tmp_path)
    assert contents(tmp_path) == before
