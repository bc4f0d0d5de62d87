"""`cleanpage clean`: sources, options, formats, exit status."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cleanpage import Limits
from cleanpage.cli import options

from .conftest import PAGE, Run


def test_standard_input_is_read_when_nothing_is_named(clean: Run) -> None:
    result = clean(input=PAGE)
    assert (result.exit_code, result.stdout) == (0, "Home\nTitle\nOne.\n")
    assert clean("-", input=PAGE).stdout == result.stdout


def test_a_file_whose_name_says_text_is_text(clean: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"close\n\tOne <b>.  \n")
    assert clean("a.txt").stdout_bytes == b"\tOne <b>.  \n"
    assert clean("--input", "html", "a.txt").stdout == "close One .\n"


def test_every_kept_line_of_a_text_stays_character_for_character(clean: Run) -> None:
    text = "\ufeff  One “two” \u00a0three\u200b\r\n\r\n\r\n\tclose \r\n • four\x0cfive\u2028six\r\n\r\nß\u0301 \U0001f600\r\n\r\n"
    result = clean("--input", "text", input=text.encode())
    expected = "  One “two” \u00a0three\u200b\r\n\r\n\r\n • four\x0cfive\u2028six\r\n\r\nß\u0301 \U0001f600\r\n"
    assert result.stdout_bytes == expected.encode()


def test_a_text_in_another_encoding(clean: Run) -> None:
    assert clean("--input", "text", input="Größe\nclose\n".encode("utf-16")).stdout == "Größe\n"
    assert clean("--input", "text", "--encoding", "cp1250", input="Łódź\n".encode("cp1250")).stdout == "Łódź\n"
    about = '<meta charset="latin-1"> is what the line said, wrote Łukasz.\n'
    assert clean("--input", "text", input=about.encode()).stdout == about


def test_a_page_in_another_encoding(clean: Run) -> None:
    page = "<p>Łódź</p>".encode("cp1250")
    assert clean("--encoding", "cp1250", input=page).stdout == "Łódź\n"
    record = json.loads(clean("--encoding", "cp1250", "--format", "json", input=page).stdout)
    assert record["encoding"] == "cp1250"


def test_a_folder_stands_for_its_pages_in_the_order_of_names(clean: Run, tmp_path: Path) -> None:
    for name in ("b/z.htm", "b/a.HTML", "a.xhtml", "c.html.gz", "b-a.html", "d.txt.gz", "b/.x.txt"):
        path = tmp_path / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = f"<p>{name}</p>".encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    for name in ("e.pdf", "f.html.bak", "html"):
        (tmp_path / "pages" / name).write_text("no page")
    lines = clean("--format", "json", "pages").stdout.splitlines()
    sources = [Path(json.loads(line)["source"]).relative_to("pages").as_posix() for line in lines]
    assert sources == ["a.xhtml", "b/.x.txt", "b/a.HTML", "b/z.htm", "b-a.html", "c.html.gz", "d.txt.gz"]
    texts = [json.loads(line)["text"] for line in lines]
    assert texts[1] == "<p>b/.x.txt</p>"
    assert texts[-2:] == ["c.html.gz", "<p>d.txt.gz</p>"]


def test_texts_of_several_pages_are_separated_by_an_empty_line(clean: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\n\n")
    (tmp_path / "b.txt").write_text("close")
    (tmp_path / "c.txt").write_text("Two.")
    assert clean("a.txt", "b.txt", "c.txt").stdout == "One.\n\nTwo.\n"


def test_one_failing_page_stops_no_other(clean: Run, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text("<p>One.</p>")
    (tmp_path / "last.html").write_text("<p>Two.</p>")
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "empty.html").write_bytes(b" \n")
    (tmp_path / "broken.html.gz").write_bytes(gzip.compress(b"<p>Three.</p>" * 99)[:-12])
    (tmp_path / "folder").mkdir()
    names = ("good.html", "gone.html", "picture.html", "empty.html", "broken.html.gz", "folder", "ftp://y", "last.html")
    result = clean(*names)
    assert result.exit_code == 1
    assert result.stdout == "One.\n\nTwo.\n"
    said = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in said] == [["cleanpage", name] for name in names[1:-1]]
    for line, reason in zip(said, ("no such file", "binary", "empty", "ended", "holds no page", "http"), strict=True):
        assert reason in line


def test_a_page_may_be_too_large(clean: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>One.</p>")
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(b"<p>" + b"x" * 1_000_000))
    assert clean("--max-bytes", 11, "a.html").exit_code == 0
    for args in (["--max-bytes", 10, "a.html"], ["--max-bytes", 999_999, "b.html.gz"]):
        result = clean(*args)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"more than the {args[1]:,} bytes allowed" in result.stderr
        assert "--max-bytes" in result.stderr
    assert clean("--max-bytes", 0, "a.html").exit_code == 2


def test_the_default_limit_is_the_librarys() -> None:
    assert Limits().max_bytes == options.MAX_BYTES


# --- formats -----------------------------------------------------------------------------------


def test_json_is_one_object_a_line(clean: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    result = clean("--format", "json", "a.html", "-", input=PAGE)
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["source"], second["source"]) == ("a.html", "-")
    about = ["title", "authors", "published", "modified", "language", "site", "canonical_url", "description", "image"]
    assert list(first) == ["source", "url", "encoding", *about, "text", "words", "access", "removed"]
    assert (first["url"], first["encoding"], first["words"]) == ("https://www.news.example/a", "utf-8", 3)
    assert first["text"] == "Home\nTitle\nOne."
    assert first["removed"][0] == {
        "rule": "news.example/related/.more",
        "category": "related",
        "text": "Two.",
        "path": "/html/body/p[2]",
        "words": 1,
        "held_back": False,
        "reason": "",
    }


def test_json_says_what_the_page_says_of_its_article(clean: Run) -> None:
    head = '<html lang="en"><meta name="author" content="Ann Example"><meta name="date" content="2024-04-28T10:00Z">'
    result = clean("--format", "json", input=f"{head}<title>Bridge opens</title><p>One.")
    record = json.loads(result.stdout)
    assert (record["title"], record["authors"]) == ("Bridge opens", ["Ann Example"])
    assert (record["published"], record["modified"]) == ("2024-04-28T10:00:00+00:00", None)
    assert (record["language"], record["canonical_url"]) == ("en", "https://www.news.example/a")
    text = json.loads(clean("--format", "json", "--input", "text", input="One.").stdout)
    assert (text["title"], text["authors"], text["text"]) == (None, [], "One.")


def test_json_with_a_name_that_is_no_unicode(clean: Run, tmp_path: Path) -> None:
    name = "caf\udce9.html"
    try:
        (tmp_path / name).write_text("<p>One.</p>")
    except (OSError, UnicodeError):
        pytest.skip("the file system takes Unicode names only")
    assert json.loads(clean("--format", "json", name).stdout)["source"] == name


def test_html(clean: Run) -> None:
    result = clean("--format", "html", input=PAGE)
    assert "<p>One.</p>" in result.stdout
    assert "Two." not in result.stdout
    assert result.stdout.endswith("</html>\n")


def test_markdown(clean: Run) -> None:
    page = "<h1>Title</h1><ul><li><a href=/b>One.</a><li class=more>Two.</ul>"
    assert clean("--format", "markdown", input=page).stdout == "# Title\n\n- [One.](https://www.news.example/b)\n"


def test_markdown_of_a_text(clean: Run) -> None:
    text = "# One\nclose\n\nTwo *three*\n"
    assert clean("--format", "markdown", "--input", "text", input=text).stdout == "\\# One\n\nTwo \\*three\\*\n"
    assert clean("--format", "markdown", "--input", "text", input="close\n").stdout == ""


def test_html_of_a_text(clean: Run) -> None:
    assert clean("--format", "html", "--input", "text", input="a < b\nclose\n").stdout == "<p>a &lt; b</p>\n"


def test_nothing_left_is_no_line(clean: Run) -> None:
    assert clean("--input", "text", input="close\n").stdout == ""
    assert clean(input='<p class="more">Two.</p>').stdout == ""


# --- rules -------------------------------------------------------------------------------------


def test_the_url_chooses_the_rules(run: Run, rules: Path) -> None:
    own = ("clean", "--no-builtin", "--rules", rules)
    assert "Two." in run(*own, "--url", "https://other.example/", input=PAGE).stdout
    assert "Two." not in run(*own, "--url", "news.example", input=PAGE).stdout
    assert "Two." in run(*own, input=PAGE).stdout


def test_rules_are_added_to_the_builtin_ones(run: Run, rules: Path) -> None:
    page = '<h1>Title</h1><p>One.</p><p class="more">Two.</p><div class="newsletter-signup">Subscribe</div>'
    site = ("--url", "https://news.example/", "--rules", rules)
    assert run("clean", *site, input=page).stdout == "Title\nOne.\n"
    assert run("clean", *site, "--no-builtin", input=page).stdout == "Title\nOne.\nSubscribe\n"
    assert run("clean", "--no-builtin", input=page).stdout == "Title\nOne.\nTwo.\nSubscribe\n"


def test_rules_may_be_a_folder_and_several(run: Run, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("remove: {ad: [.banner]}")
    page = '<p>One.</p><p class="more">Two.</p><p class="banner">Three.</p>'
    own = ("clean", "--no-builtin", "--rules", tmp_path / "my-rules", "--rules", "more.yaml")
    assert run(*own, "--url", "https://news.example/", input=page).stdout == "One.\n"


def test_categories_are_exactly_those_named(clean: Run) -> None:
    assert clean("--category", "related", input=PAGE).stdout == "Home\nTitle\nOne.\nAdvertisement\n"
    assert clean("--category", "chrome", "--category", "ad", input=PAGE).stdout == "Title\nOne.\nTwo.\n"
    assert clean("--category", "chrome, ad", input=PAGE).stdout == "Title\nOne.\nTwo.\n"
    assert clean("--category", "all", input=PAGE).stdout == "Title\nOne.\n"


def test_the_date_chooses_the_layout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("remove: {ad: [{css: .banner, until: '2020-12-31'}]}")
    page = '<p>One.</p><p class="banner">Two.</p>'
    own = ("clean", "--no-builtin", "--rules", "r.yaml")
    assert run(*own, input=page).stdout == "One.\n"
    assert run(*own, "--date", "2020-12-31", input=page).stdout == "One.\n"
    assert run(*own, "--date", "2021-01-01", input=page).stdout == "One.\nTwo.\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--category", "realted"], "did you mean 'related'"),
        (["--category", ","], "unknown category"),
        (["--encoding", "utf-9"], "is no encoding"),
        (["--encoding", "base64"], "is no encoding"),
        (["--date", "yesterday"], "does not match"),
        (["--url", "/politik/"], "names no site"),
        (["--url", ""], "names no site"),
        (["--format", "latex"], "--format"),
        (["--input", "pdf"], "--input"),
        (["--rules", "nowhere.yaml"], "no such file or folder"),
        (["--rules", "."], "holds no .yaml file"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_usage(run: Run, args: list[str], message: str) -> None:
    result = run("clean", *args, "-", input=PAGE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


def test_mistakes_in_rules_are_all_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("remove:\n  ad: [.a[, '*']\n")
    (tmp_path / "b.yaml").write_text("remov: {}\n")
    result = run("clean", "--rules", "a.yaml", "--rules", tmp_path / "b.yaml", "-", input=PAGE)
    assert (result.exit_code, result.stdout) == (2, "")
    for place in ("a.yaml:", "b.yaml:1:1: unknown key"):
        assert any(line.startswith(place) for line in result.stderr.splitlines()), result.stderr


def test_a_family_left_out_with_the_builtin_rules(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("domains: [news.example]\nfamily: ippen\n")
    result = run("clean", "--no-builtin", "--rules", "r.yaml", "--url", "https://news.example/", input=PAGE)
    assert result.exit_code == 2
    assert result.stderr.startswith("r.yaml:2:9: the family ippen is not loaded")


# --- why ---------------------------------------------------------------------------------------


def test_why_names_category_rule_words_and_text(clean: Run) -> None:
    result = clean("--why", input=PAGE)
    assert result.stdout == "Home\nTitle\nOne.\n"
    rows = [line.split() for line in result.stderr.splitlines()]
    assert rows[0] == "standard input: 2 blocks removed (2 words)".split()
    assert rows[1] == ["category", "rule", "words", "text"]
    assert ["related", "news.example/related/.more", "1", "Two."] in rows
    assert ["ad", "news.example/ad/equals(Advertisement)", "1", "Advertisement"] in rows
    assert "\x1b" not in result.stderr  # no colours: this is no terminal


def test_why_nothing(clean: Run) -> None:
    assert clean("--why", input="<p>One.</p>").stderr == "standard input: nothing removed\n"


def test_why_rules_of_the_site_did_not_count(run: Run, tmp_path: Path) -> None:
    (tmp_path / "news.example.yaml").write_text("domains: [news.example]\nremove: {related: [.more]}")
    page = '<link rel=canonical href="https://www.news.example/a"><p>One.</p><p class=more>Two.</p>'
    told = "the page says it is of www.news.example: --url www.news.example"
    options = ("clean", "--no-builtin", "--rules", "news.example.yaml", "--why")
    assert told in run(*options, input=page).stderr
    assert told not in run(*options, "--url", "news.example", input=page).stderr
    assert "says it is of" not in run(*options, input=page.replace("news.example", "other.example")).stderr


def test_why_something_was_held_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("remove: {ad: [.story]}")
    prose = "This is a sentence of the story, and the story is long enough to be all that there is. " * 30
    page = f'<p class="story">{prose}</p>'
    result = run("clean", "--no-builtin", "--rules", "r.yaml", "--why", input=page)
    assert prose.strip() in result.stdout
    assert "held back" in result.stderr
    assert "generic/ad/.story" in result.stderr or "r/ad/.story" in result.stderr
    assert "prose" in result.stderr


def test_why_shortens_and_shows_no_control_characters(clean: Run) -> None:
    page = '<p>One.</p><p class="more">[red]\x1b[31mx\x1b[0m ' + "word " * 200 + "end</p>"
    said = clean("--why", input=page).stderr
    assert "\x1b" not in said
    assert "[red]" in said  # no markup of ours
    assert "…" in said
    assert "end" not in said
