"""`cleanpage rules`: lint, test, explain, schema."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpage.rules.ruleset import builtin_folder

from .conftest import PAGE, RULES, Run

BAD = """\
domains: [https://www.x.example/]
family: nowhere
remove:
  realted: [.a]
  ad:
    - .b[
    - cs: .x
"""


def test_lint_finds_nothing_wrong(run: Run, rules: Path) -> None:
    result = run("rules", "lint", rules)
    assert (result.exit_code, result.stdout) == (0, "0 mistakes, 0 warnings in 1 file\n")


def test_lint_names_all_mistakes_of_all_files_with_their_places(run: Run, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(BAD)
    (tmp_path / "a.yaml").write_text("remove: {}\n\nremov: {}\n")
    result = run("rules", "lint", tmp_path / "b.yaml", "a.yaml", rules)
    lines = result.stdout.splitlines()
    assert result.exit_code == 2
    assert [line.partition(": ")[0] for line in lines[:-1]] == [
        "b.yaml:1:11",
        "b.yaml:2:9",
        "b.yaml:4:3",
        "b.yaml:6:7",
        "b.yaml:7:7",
        "a.yaml:3:1",
    ]
    assert "did you mean 'related'?" in lines[2]
    assert lines[-1] == "6 mistakes, 0 warnings in 3 files"


def test_lint_sees_files_together(run: Run, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text("domains: [x.example]\n")
    result = run("rules", "lint", "a.yaml", tmp_path / "b.yaml")
    assert result.exit_code == 2
    assert "b.yaml:1:11: the domain x.example is claimed twice, first in a.yaml:1" in result.stdout


def test_lint_reads_a_file_once(run: Run, rules: Path, tmp_path: Path) -> None:
    result = run("rules", "lint", rules, tmp_path / "my-rules", "my-rules")
    assert (result.exit_code, result.stdout) == (0, "0 mistakes, 0 warnings in 1 file\n")


def test_lint_warns_of_rules_that_no_example_shows(run: Run, tmp_path: Path) -> None:
    rules = RULES.replace("    - .more\n", "    - .more\n    - .unseen\n").replace("line: close", "line: [close, shut]")
    (tmp_path / "a.yaml").write_text(rules)
    (tmp_path / "b.yaml").write_text("remove: {ad: [.x, .y]}")
    result = run("rules", "lint", "a.yaml", "b.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "a.yaml:5:7: warning: no example shows rule a/related/.unseen",
        "b.yaml:1:1: warning: no examples; add `examples:` to show what the rules do",
        "0 mistakes, 2 warnings in 2 files",
    ]
    assert run("rules", "lint", "--no-warnings", "a.yaml", "b.yaml").stdout == "0 mistakes, 0 warnings in 2 files\n"


def test_rules_that_are_nowhere(run: Run) -> None:
    for name in ("lint", "test"):
        result = run("rules", name, "nowhere")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nowhere: no such file or folder" in result.stderr


def test_lint_names_marks_that_no_example_bears(run: Run, tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "foo.yaml").write_text(
        "marks:\n  - .foo-a\n  - {all: [.foo-b, .foo-c]}\nremove: {ad: [.x]}\n"
        "examples:\n  - html: <p class='foo-a foo-b'>One</p><p class=x>Two</p>\n    removes: Two\n"
    )
    result = run("rules", "lint", "families")
    assert result.stdout.splitlines() == [
        "families/foo.yaml:3:5: warning: no example's page has mark .foo-b and .foo-c",
        "0 mistakes, 1 warning in 1 file",
    ]
    assert result.exit_code == 0


# --- test --------------------------------------------------------------------------------------


def test_examples_that_hold(run: Run, rules: Path) -> None:
    result = run("rules", "test", rules)
    assert (result.exit_code, result.stdout) == (0, "2 examples in 1 file: all passed\n")


def test_a_failure_shows_place_expectation_difference_and_rule(run: Run, tmp_path: Path) -> None:
    wrong = RULES.replace("removes: [Home, Two.,", "removes: [One.,").replace("keeps: [One.]", "keeps: [Two.]", 1)
    (tmp_path / "a.yaml").write_text(wrong)
    result = run("rules", "test", tmp_path / "a.yaml")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "a.yaml:15:5: should have gone: One.",
        "    +One.",
        "a.yaml:15:5: should have stayed: Two.",
        "    taken by: a/related/.more",
        "     One.",
        "    -Two.",
        "2 examples in 1 file: 1 failed",
    ]


def test_broken_rules_are_not_tested(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(BAD)
    result = run("rules", "test", "b.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0].startswith("b.yaml:1:11: ")


# --- explain -----------------------------------------------------------------------------------


def test_explain_in_page_order(run: Run, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "g.yaml").write_text("remove: {player: [h1]}")
    own = ("--no-builtin", "--rules", rules, "--url", "https://news.example/")
    result = run("rules", "explain", "page.html", *own)
    assert result.exit_code == 0
    place = "my-rules/publishers/news.example.yaml"
    assert result.stdout == (
        "/html/body/p[2]\n"
        "  news.example/related/.more (related, 1 word) removed\n"
        f"  {place}:4\n"
        "  | Two.\n\n"
        "/html/body/p[3]\n"
        "  news.example/ad/equals(Advertisement) (ad, 1 word) removed\n"
        f"  {place}:8\n"
        "  | Advertisement\n\n"
        "2 blocks removed (2 words), 0 held back\n"
    )
    assert "nav.site" in run("rules", "explain", "page.html", *own, "--category", "chrome").stdout


def test_explain_a_text(run: Run, rules: Path) -> None:
    own = ("--no-builtin", "--rules", rules, "--url", "https://news.example/", "--input", "text")
    result = run("rules", "explain", "-", *own, input="One.\nclose\n")
    assert "line 2\n  news.example/player/line(close) (player, 1 word) removed\n" in result.stdout
    assert "news.example.yaml:13\n  | close\n" in result.stdout


def test_explain_what_was_held_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("remove: {ad: [.story]}")
    page = '<p class="story">' + "This is a sentence of the story that goes on and on for a while. " * 30
    result = run("rules", "explain", "-", "--no-builtin", "--rules", "r.yaml", input=page)
    assert "held back: it holds" in result.stdout
    assert result.stdout.endswith("0 blocks removed (0 words), 1 held back\n")


def test_explain_a_page_that_is_none(run: Run) -> None:
    result = run("rules", "explain", "nowhere.html")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "cleanpage: nowhere.html: no such file or folder\n"
    assert run("rules", "explain", "-", input="").stderr == "cleanpage: standard input: the page is empty\n"


def test_explain_says_which_family_was_found_and_by_what(run: Run, tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "foo.yaml").write_text("marks:\n  - .foo-a\nremove: {ad: [.x]}\n")
    (tmp_path / "page.html").write_text("<p class=foo-a>One</p><p class=x>Two</p>")
    result = run("rules", "explain", "page.html", "--no-builtin", "--rules", "families")
    assert result.stdout.splitlines()[:3] == [
        "family foo by its mark .foo-a  families/foo.yaml:2",
        "/html/body/p[2]",
        "  foo/ad/.x (ad, 1 word) removed",
    ]
    assert "families/foo.yaml:3" in result.stdout


# --- schema ------------------------------------------------------------------------------------


@pytest.fixture
def validator(run: Run) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run("rules", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_takes_good_files(validator: Any) -> None:
    validator.validate(yaml.safe_load(RULES))
    for path in sorted((*builtin_folder().glob("publishers/*/*.yaml"), *builtin_folder().glob("families/*.yaml"))):
        validator.validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "remov: {}",
        "remove: {realted: [.a]}",
        "remove: {ad: [{cs: .a}]}",
        "remove: {ad: [{css: .a, max_words: -1}]}",
        "remove: {ad: [{css: .a, scope: nearest}]}",
        "lines: {ad: [{from: a}]}",
        "examples: [{removes: [a]}]",
        "marks: .foo-a",
        "marks: [{all: [.foo-a]}]",
        "marks: [{any: [.foo-a, .foo-b]}]",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(validator: Any, run: Run, tmp_path: Path, text: str) -> None:
    assert not validator.is_valid(yaml.safe_load(text))
    (tmp_path / "a.yaml").write_text(text)
    assert run("rules", "lint", "a.yaml").exit_code == 2


def test_lint_warns_of_rules_that_every_page_pays_for(run: Run, tmp_path: Path) -> None:
    text = "remove:\n  ad:\n    - {xpath: '//div[@data-x]'}\n    - ':has(> .x)'\n    - {css: p, text: x}\n    - {xpath: //p/b, domains: [a.example]}\n    - .x > b\n"
    (tmp_path / "generic").mkdir()
    (tmp_path / "generic" / "r.yaml").write_text(text)
    result = run("rules", "lint", "generic/r.yaml")
    assert result.exit_code == 0
    costly = [line for line in result.stdout.splitlines() if "costs time on every page" in line]
    assert [line.split(": ")[0] for line in costly] == ["generic/r.yaml:3:7", "generic/r.yaml:4:7"]


def test_compile_makes_a_pack_that_clean_takes(run: Run, rules: Path, tmp_path: Path) -> None:
    result = run("rules", "compile", rules, "--out", "made.pack")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("made.pack: ")
    assert os.stat("made.pack").st_mode & 0o777 == 0o666 & ~_umask()
    assert [path.name for path in tmp_path.glob("*.p*")] == ["made.pack"]
    site = ("clean", "--no-builtin", "--url", "https://news.example/")
    page = "<p>One.</p><p class=promo>Two.</p>"
    assert run(*site, "--rules", "made.pack", input=page).stdout == run(*site, "--rules", rules, input=page).stdout
    assert run("rules", "compile", rules, "--out", "made.yaml").exit_code == 2
    assert run("rules", "compile", rules, "--out", "no/such/made.pack").exit_code == 2
    for command in (("rules", "lint", "made.pack"), ("rules", "compile", "made.pack", "--out", "other.pack")):
        result = run(*command)
        assert result.exit_code == 2
        assert "made.pack is a pack: give the rule files" in result.stderr
    Path("made.pack").write_bytes(Path("made.pack").read_bytes()[:-5])
    result = run(*site, "--rules", "made.pack", input=page)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("made.pack:1:1: the pack is cut short or damaged")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_explain_says_where_built_in_rules_stand(run: Run) -> None:
    page = "<p>One.</p><div class=newsletter-signup>Two.</div>"
    shown = run("rules", "explain", "-", input=page).stdout.splitlines()
    place = shown[shown.index("  generic/newsletter/.newsletter-signup (newsletter, 1 word) removed") + 1]
    assert place.startswith("  rules/generic/newsletter.yaml:")


# --- workbench ---------------------------------------------------------------------------------


def test_the_workbench_says_where_it_is_and_ends_with_the_key(
    run: Run, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanpage.workbench.server import Server

    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def interrupted(server: Server) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", interrupted)
    result = run("rules", "workbench", "page.html", "--rules", rules, "--domain", "news.example")
    assert result.exit_code == 0
    assert result.stdout.startswith("http://127.0.0.1:")
    assert opened == [result.stdout.strip()]
    assert "1 page open" in result.stderr
    assert run("rules", "workbench", "page.html", "--no-open").exit_code == 0
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.html"], "no such file"),
        (["page.html", "--rules", "nowhere"], "no such file or folder"),
        (["page.html", "--rules", "page.html"], "no rule file"),
        (["page.html", "--domain", "no domain"], "no domain"),
        (["page.html", "--port", "99999"], "--port"),
        (["page.html", "--category", "nonsense"], "unknown category"),
    ],
)
def test_the_workbench_refuses_what_it_cannot_open(run: Run, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    result = run("rules", "workbench", "--no-open", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_port_that_is_taken_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("rules", "workbench", "--no-open", "page.html", "--port", port)
    assert result.exit_code == 2
    assert str(port) in result.stderr


def test_a_mistake_in_the_rules_ends_the_workbench(run: Run, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    rules.write_text(rules.read_text("utf-8").replace("remove:", "remvoe:"), "utf-8")
    result = run("rules", "workbench", "--no-open", "page.html", "--rules", rules)
    assert result.exit_code == 2
    assert "remvoe" in result.stderr
