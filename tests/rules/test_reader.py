"""A rule file with mistakes: each is named once, at its place, with what to write instead."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import CleanpageError, RuleError, Rules
from cleanpage.rules.format import CONTENT, EXAMPLE, FILE, LINE, RULE, schema
from cleanpage.rules.model import CATEGORIES

from ..support import problems


class Mistake(NamedTuple):
    line: str  # a line of the file, unique
    at: str  # where in the line the mistake is
    message: str
    hint: str


FILE_WITH_MISTAKES = """\
publisher: Beispielblatt
domains:
  - beispielblatt.de
  - https://www.beispielblatt.at/
  - beispielblatt.de
  - keine domain
family: ippne
contnet: article
remove:
  adblock:
    - .ok-1
    - .a > > .b
    - '*'
    - div
    - css: .c
      xpath: //div[@data-c]
    - css: .d
      max_words: zero
  newslettr:
    - .ok-2
  newsletter:
    - starts: ''
    - matches: 'Jetzt (anmelden'
    - css: p
      matches: 'x*'
    - css: .e
      starst: Jetzt anmelden
    - css: .f
      scope: sections
    - css: .g
      scope: closest
    - css: .h
      scope: closest >>
  related:
    - xpath: //div[@id='x'
    - css: .i
      since: 2024-13-01
    - css: .j
      since: 2024-05-01
      until: 2023-05-01
    - css: .k
      unless: ':('
    - css: .l
      path: sport/*
    - css: .m
      text:
        key: value
    - max_words: 3
    - css: .n
      css: .o
    - [a, b]
    - p::before
    - css: .p
      starts: []
    - xpath: count(//p)
  social: .share
  comments:
    -
    - xpath: //p[suche(.)]
    - ':is(.q'
    - svg|a
    - css: .r
      max_words: 0
    - css: '[lang=de x]'
keep:
  - section
  - .ok-3
lines:
  player:
    - from: Video
    - line: ok
      max_lines: 3
    - schließen
    - from: a
      to: b
      max_lines: -1
content:
  - css: article
    xpath: //article
examples:
  - removes: [x]
  - html: <p>x</p>
  - html: <p>x</p>
    text: x
    removes: [x]
"""

MISTAKES = [
    Mistake("  - https://www.beispielblatt.at/", "https", "is no domain", "beispielblatt.at"),
    Mistake("  - beispielblatt.de#2", "beispielblatt.de", "claimed twice", "remove one"),
    Mistake("  - keine domain", "keine", "is no domain", "example.com"),
    Mistake("family: ippne", "ippne", "unknown family", "'ippen'"),
    Mistake("contnet: article", "contnet", "unknown key", "'content'"),
    Mistake("    - .a > > .b", ".a", "broken selector", "CSS selector"),
    Mistake("    - '*'", "'*'", "match everything", "class, id or phrase"),
    Mistake("    - div", "div", "match everything", "class, id or phrase"),
    Mistake("      xpath: //div[@data-c]", "//div", "either css or xpath", "two rules"),
    Mistake("      max_words: zero", "zero", "whole number", ""),
    Mistake("  newslettr:", "newslettr", "unknown category", "'newsletter'"),
    Mistake("    - starts: ''", "''", "empty phrase", "words of the notice"),
    Mistake("    - matches: 'Jetzt (anmelden'", "'Jetzt", "broken regular expression", "RE2"),
    Mistake("      matches: 'x*'", "'x*'", "fits every text", "RE2"),
    Mistake("      starst: Jetzt anmelden", "starst", "unknown key", "'starts'"),
    Mistake("      scope: sections", "sections", "unknown scope", "'section'"),
    Mistake("      scope: closest", "closest", "needs a selector", "closest section"),
    Mistake("      scope: closest >>", "closest", "broken selector", "CSS selector"),
    Mistake("    - xpath: //div[@id='x'", "//div", "broken XPath", "XPath"),
    Mistake("      since: 2024-13-01", "2024", "is no date", "YYYY-MM-DD"),
    Mistake("      until: 2023-05-01", "2023", "before `since`", "swap"),
    Mistake("      unless: ':('", "':('", "broken selector", "CSS selector"),
    Mistake("      path: sport/*", "sport", "is no path", "/sport/*"),
    Mistake("        key: value", "key", "not a mapping", "quotes"),
    Mistake("    - max_words: 3", "max_words", "needs css, xpath or a phrase", "`css:`"),
    Mistake("      css: .o", "css", "stands here twice", "join"),
    Mistake("    - [a, b]", "[", "not a list", "CSS selector"),
    Mistake("    - p::before", "p::before", "pseudo-element", "CSS selector"),
    Mistake("      starts: []", "[]", "empty list", ""),
    Mistake("    - xpath: count(//p)", "count", "not elements", "XPath"),
    Mistake("  social: .share", ".share", "expected a list", "`- `"),
    Mistake("    -", "", "not nothing", "CSS selector"),
    Mistake("    - xpath: //p[suche(.)]", "//p", "calls suche()", "XPath"),
    Mistake("    - ':is(.q'", "':is", "broken selector", "CSS selector"),
    Mistake("    - svg|a", "svg", "namespace", "CSS selector"),
    Mistake("      max_words: 0", "0", "whole number", ""),
    Mistake("    - css: '[lang=de x]'", "'[lang", "broken selector", "CSS selector"),
    Mistake("  - section", "section", "match everything", "class, id or phrase"),
    Mistake("    - from: Video", "from", "needs `line`, or `from` and `to`", "add"),
    Mistake("      max_lines: 3", "3", "do not go together", "two rules"),
    Mistake("    - schließen", "schließen", "expected a rule for lines", "`line:`"),
    Mistake("      max_lines: -1", "-1", "whole number", ""),
    Mistake("  - css: article", "css", "either css or xpath", "`css:`"),
    Mistake("  - removes: [x]", "removes", "either html or text", "one of them"),
    Mistake("  - html: <p>x</p>", "html", "needs removes or keeps", "what must go or stay"),
    Mistake("  - html: <p>x</p>#2", "html", "either html or text", "one of them"),
]


def place_of(mistake: Mistake) -> tuple[int, int]:
    """Line and column of a mistake, counted from 1."""
    line, _, occurrence = mistake.line.partition("#")
    places = [number for number, text in enumerate(FILE_WITH_MISTAKES.split("\n"), 1) if text == line]
    number = places[int(occurrence or 1) - 1]
    # An empty value stands where the dash ends.
    column = line.index(mistake.at) + 1 if mistake.at else len(line) + 1
    return number, column


@pytest.fixture(scope="module")
def found() -> RuleError:
    with pytest.raises(RuleError) as caught:
        Rules.parse(FILE_WITH_MISTAKES, name="beispielblatt.de.yaml")
    return caught.value


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.line.strip())
def test_each_mistake_is_named_once_at_its_place(found: RuleError, mistake: Mistake) -> None:
    line, column = place_of(mistake)
    here = [problem for problem in found.problems if problem.line == line]
    assert [problem.column for problem in here] == [column]
    assert mistake.message in here[0].message
    assert mistake.hint in here[0].hint
    assert bool(mistake.hint) <= bool(here[0].hint)


def test_nothing_else_is_named(found: RuleError) -> None:
    expected = {place_of(mistake)[0] for mistake in MISTAKES}
    assert [str(p) for p in found.problems if p.line not in expected] == []
    assert len(found.problems) == len(MISTAKES) >= 40


def test_the_error_says_where_the_first_mistake_is(found: RuleError) -> None:
    first = found.problems[0]
    assert (found.file, found.line, found.column) == (first.file, first.line, first.column)
    assert found.file == "beispielblatt.de.yaml"
    assert str(found).split("\n")[0].startswith(f"beispielblatt.de.yaml:{first.line}:{first.column}: ")
    assert isinstance(found, CleanpageError)


def test_hints_are_given_for_numbers() -> None:
    """Every mistake comes with what to write instead."""
    with pytest.raises(RuleError) as caught:
        Rules.parse(FILE_WITH_MISTAKES)
    assert len([p for p in caught.value.problems if p.hint]) >= 0.85 * len(MISTAKES)


# --- mistakes in the YAML itself -----------------------------------------------------------------


def test_a_tab_in_the_indentation() -> None:
    assert problems("remove:\n  ad:\n    - .a\n\t- .b\n    - .c\n") == [
        "<rules>:4:1: a tab in the indentation; indent with spaces"
    ]


def test_a_tab_after_spaces_is_named_where_it_stands() -> None:
    (problem,) = problems("remove:\n  ad:\n    - .a\n   \t- .b\n    - .c\n")
    assert problem.startswith("<rules>:4:4: a tab")


def test_reading_goes_on_after_a_syntax_error() -> None:
    found = problems(
        "remove:\n"
        "  ad:\n"
        "    - text: Jetzt lesen: alles\n"
        "    - @anzeige\n"
        "    - .ok\n"
        "  relatd:\n"
        "    - .b\n"
        "  social:\n"
        "    - div\n"
    )
    assert len(found) == 4
    assert "<rules>:3:24: not valid YAML" in found[0]
    assert "quotes" in found[0]
    assert "<rules>:4:7: not valid YAML" in found[1]
    assert "<rules>:6:3: unknown category: relatd" in found[2]
    assert "<rules>:9:7: 'div' could match everything" in found[3]


def test_a_left_out_line_is_no_second_mistake() -> None:
    """A line that was left out because of one mistake may leave its key without a value."""
    assert len(problems("remove:\n\tad:\n")) == 1
    assert len(problems("remove: &all\n  ad: [.a]\n")) == 1


@pytest.mark.parametrize(
    ("line", "column"),
    [("    - &name .a", 7), ("    - *name", 7)],
)
def test_anchors_and_aliases_are_mistakes(line: str, column: int) -> None:
    (problem,) = problems(f"remove:\n  ad:\n    - .b\n{line}\n    - .c\n")
    assert problem.startswith(f"<rules>:4:{column}: anchors and aliases")
    assert "write the value out" in problem


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!!str x", "!mine x", "!!binary eA=="])
def test_tags_are_mistakes(tag: str) -> None:
    (problem,) = problems(f"remove:\n  ad:\n    - .b\n    - {tag}\n")
    assert problem.startswith("<rules>:4:7: the tag")


def test_a_second_document_is_a_mistake() -> None:
    found = problems("remove:\n  ad:\n    - .b\n---\nremove:\n  ad:\n    - .c\n")
    assert "<rules>:4:1: a second document begins here; remove the line `---`" in found


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n", "null\n"])
def test_an_empty_file_is_a_mistake(text: str) -> None:
    (problem,) = problems(text)
    assert "remove:" in problem


@pytest.mark.parametrize("text", ["- .a\n", "just words\n", "'quoted'\n", "[a, b]\n"])
def test_a_file_that_is_no_mapping(text: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith("<rules>:1:1: a rule file is a mapping")


@pytest.mark.parametrize(
    "text",
    ["remove:\n", "remove:\n  ad:\n", "keep:\n", "lines:\n", "lines:\n  ad:\n", "examples:\n", "remove: []\n"],
)
def test_an_empty_part_is_a_mistake(text: str) -> None:
    assert len(problems(text)) == 1


@pytest.mark.parametrize("text", ["remove:\n  ad: []\n", "keep: []\n", "remove: {}\n"])
def test_a_part_that_says_it_is_empty_is_no_mistake(text: str) -> None:
    assert problems(text) == []


def test_an_unknown_key_is_the_only_mistake_of_its_rule() -> None:
    (problem,) = problems("remove:\n  ad:\n    - ccs: .a\n")
    assert "did you mean 'css'" in problem


def test_a_family_in_a_generic_file_is_one_mistake() -> None:
    (problem,) = problems("family: nirgends\nremove:\n  ad:\n    - .a\n")
    assert "have no `family`" in problem


# --- hostile files -------------------------------------------------------------------------------

BOMB = (
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "remove: *i\n"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "remove:\n" + "".join(" " * depth + "ad:\n" for depth in range(1, 400)),
        "a: " * 1000,
        "remove: " + "x" * 5_000_000,
        "x" * 2_000_000,
        "\x00\x01\x02",
        "remove: \x07\n",
        "remove: \ud800\n",
        "%YAML 9.9\n---\nremove: {}\n",
        "'",
        '"\\x',
        "|",
        "? ? ?\n",
        "!!!",
        "&",
        "*",
        "<<: {remove: {}}\n",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_hostile_files_give_problems(text: str) -> None:
    assert problems(text)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        ("remove:\n  ad:\n    - .Größe\n".encode("latin-1"), 3, 10),
        (b"\xff\xfer\x00e\x00", 1, 1),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, 1),
    ],
)
def test_files_that_are_not_utf8(tmp_path: Path, data: bytes, line: int, column: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    with pytest.raises(RuleError) as caught:
        Rules.load(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column)
    assert "UTF-8" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("\x07", 1, 1),
        ("remove:\n  ad:\n    - a\x07\n", 3, 8),
        ("remove:\n  ad: [\ud800]\n", 2, 8),
        ("a: b\n\ud800", 2, 1),
    ],
)
def test_characters_that_no_rule_file_may_hold(text: str, line: int, column: int) -> None:
    with pytest.raises(RuleError) as caught:
        Rules.parse(text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column)


def test_binary_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(bytes(range(128)) * 50)
    with pytest.raises(RuleError):
        Rules.load(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffremove:\n  ad:\n    - .größe\n".encode())
    assert len(Rules.load(path)) == 1


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems(newline: str) -> None:
    text = newline.join(["remove:", "  ad:", "    - .a", "  adblok:", "    - .b", ""])
    (problem,) = problems(text)
    assert problem.startswith("<rules>:4:3: unknown category")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param('xpath: "//a\\0"', id="NUL in XPath"),
        pytest.param("xpath: \"//a[.='\\u0001']\"", id="control character in XPath"),
        pytest.param("css: \".a:contains('\\u0001')\"", id="control character in CSS"),
        pytest.param("css: \"[a='\\0']:nth-child(1)\"", id="NUL in CSS"),
    ],
)
def test_characters_that_no_page_can_hold(entry: str) -> None:
    """Whether they are a mistake or find nothing, no other exception leaves."""
    problems(f"remove:\n  ad:\n    - {entry}\n")


KEYS = [key.name for table in (FILE, RULE, LINE, CONTENT, EXAMPLE) for key in table]
SCALARS = st.one_of(
    st.sampled_from(
        ["", "*", "div", ".a", "//p", ".a:has(", "closest .x", "section", "2024-01-01", "x*", "(", "/a/*", "a.de", "3"]
    ),
    st.text(max_size=8),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*KEYS, *CATEGORIES, "x", ""]), inner, max_size=4),
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from([key.name for key in FILE]), TREES, max_size=6))
def test_any_structure_is_read_or_refused(tree: dict[str, object]) -> None:
    try:
        read = Rules.parse(json.dumps(tree))
    except RuleError as error:
        assert all(p.line >= 1 and p.column >= 1 and p.message for p in error.problems)
    else:
        assert len(read) >= 0


@given(st.text(alphabet=st.sampled_from("remove:\n  ad-.a'\"[]{}&*!|>#%@`,?\t\r\u2028\x85xß"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        Rules.parse(text)
    except RuleError as error:
        assert error.problems
        assert all(1 <= p.line for p in error.problems)


@given(st.binary(max_size=80))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("rules") / "a.yaml"
    path.write_bytes(data)
    try:
        Rules.load(path)
    except RuleError as error:
        assert error.file == str(path)


# --- the schema for editors says the same --------------------------------------------------------


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    assert check.is_valid({"remove": {"ad": [".a", {"css": "p", "starts": ["x"], "max_words": 3}]}})
    assert not check.is_valid({"remove": {"add": [".a"]}})
    assert not check.is_valid({"remove": {"ad": [{"ccs": ".a"}]}})
    assert not check.is_valid({"remove": {"ad": [{"css": ".a", "max_words": 0}]}})
    assert not check.is_valid({"remove": {"ad": [{"css": ".a", "scope": "sections"}]}})
    assert not check.is_valid({"lines": {"ad": [{"from": "x"}]}})


# --- sites, lengths, levels ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{css: .x, domains: example}", "'example' is no domain; write example.com"),
        ("{css: .x, domains: 'https://example.com'}", "is no domain"),
        ("{css: .x, domains: '*.example.com'}", "is no domain"),
        ("{css: .x, domains: ['*']}", "is no domain"),
        ("{css: .x, domains: ['~']}", "is no domain"),
        ("{css: .x, domains: [a.example, ~a.example]}", "contradicts"),
        ("{css: .x, domains: []}", "an empty list"),
        ("{css: .x, min_chars: 0}", "whole number from 1"),
        ("{css: .x, scope: up}", "`up` needs a number"),
        ("{css: .x, scope: up 0}", "`up` needs a number"),
        ("{css: .x, scope: up two}", "`up` needs a number"),
        ("{css: .x, path_matches: 'a('}", "broken regular expression"),
        ("{css: .x, path_matches: 'a*'}", "fits the empty path"),
    ],
)
def test_mistakes_in_sites_lengths_and_levels(rule: str, message: str) -> None:
    (problem,) = problems(f"remove: {{ad: [{rule}]}}")
    assert message in problem
    jsonschema = pytest.importorskip("jsonschema")
    if "path_matches" not in rule and "~a" not in rule:  # what a schema cannot say
        valid = jsonschema.Draft202012Validator(schema()).is_valid(yaml.safe_load(f"remove: {{ad: [{rule}]}}"))
        assert not valid


def test_sites_lengths_and_levels() -> None:
    text = "{css: .x, domains: [Example.com, ~a.example.*, 10.0.0.1], min_chars: 3, scope: up 2, path_matches: /a}"
    (rule,) = Rules.parse(f"remove: {{ad: [{text}]}}").files[0].remove
    assert rule.domains == ("example.com", "~a.example.*", "10.0.0.1")
    assert (rule.min_chars, rule.scope.kind, rule.scope.levels, rule.path_matches) == (3, "up", 2, ("/a",))
    twin = pickle.loads(pickle.dumps(rule))
    assert twin.sites == rule.sites
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(f"remove: {{ad: [{text}]}}"))
