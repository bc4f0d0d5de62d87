"""Rules and examples put into rule files: only the lines that must change do."""

from __future__ import annotations

from collections import Counter
from difflib import ndiff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import Rules
from cleanpage.authoring.edit import KEEP, Draft, checked, with_example, with_rule
from cleanpage.errors import CleanpageError, RuleError
from cleanpage.rules.model import CATEGORIES, RuleFile

FILE = """\
# Our own notes: do not sort this file.
publisher: 'Example News'   # as they write it
domains: [news.example,
          old-news.example]

remove:
  related:
    # The box below each story.
    - .more-stories   # since 2024
    - css: p
      starts: ["Read also:",   "See also:"]

    # the last one
  ad: [.ad-slot, "p.ad"]   # two


lines:
  player:
    - line: close

examples:
  - html: |
      <p>Stays.</p><aside class="more-stories">More 🙂</aside>

      # no comment
    removes: [More]
    keeps: [Stays.]   # the end
# really
"""
EXAMPLE = ["- html: |", '    <p>Kept.</p><p class="x">Gone.</p>', "  removes: [Gone.]", "  keeps: [Kept.]"]


def read(text: str) -> RuleFile:
    return checked("", text, "news.example.yaml", "news.example")


def added(before: str, after: str) -> list[str]:
    """The lines that came; none may have gone."""
    changes = [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert not [line for line in changes if line[0] == "-"], changes
    return [line[2:] for line in changes]


def test_a_rule_goes_to_the_end_of_its_category_and_no_other_line_changes() -> None:
    assert added(FILE, with_rule(FILE, Draft("related", ".late-box"))) == ["    - .late-box"]


def test_a_rule_with_a_condition_is_written_in_the_long_form() -> None:
    after = with_rule(FILE, Draft("related", "p", equals='He said: "no"'))
    assert added(FILE, after) == ['    - css: "p"', "      equals: 'He said: \"no\"'"]


def test_a_category_that_is_not_there_is_begun() -> None:
    assert added(FILE, with_rule(FILE, Draft("newsletter", ".letter"))) == ["  newsletter:", "    - .letter"]


def test_a_category_without_anything_is_filled() -> None:
    begun = FILE.replace("  ad: [", "  app:  # soon\n  ad: [")
    assert added(begun, with_rule(begun, Draft("app", ".foot"))) == ["    - .foot"]


def test_a_list_in_brackets_gets_longer_and_keeps_its_comment() -> None:
    after = with_rule(FILE, Draft("ad", '[data-x="y"]'))
    assert after == FILE.replace("""[.ad-slot, "p.ad"]   # two""", """[.ad-slot, "p.ad", '[data-x="y"]']   # two""")


def test_what_is_kept_gets_a_section_of_its_own() -> None:
    after = with_rule(FILE, Draft(KEEP, ".ticker"))
    assert sorted(added(FILE, after)) == ["", "  - .ticker", "keep:"]
    assert added(after, with_rule(after, Draft(KEEP, ".other"))) == ["  - .other"]


def test_an_example_goes_to_the_end_even_behind_what_looks_like_a_comment() -> None:
    after = with_example(FILE, EXAMPLE)
    assert added(FILE, after) == ["  " + line for line in EXAMPLE]
    assert [one.removes for one in read(after).examples] == [("More",), ("Gone.",)]
    assert "# no comment" in read(after).examples[0].html


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_stay_as_they_are(line_end: str, last: bool) -> None:
    before = "domains: [news.example]\nremove:\n  ad:\n  - .a".replace("\n", line_end) + (line_end if last else "")
    after = with_example(with_rule(before, Draft("ad", ".b")), EXAMPLE)
    assert after.startswith(before)
    assert after.count("\n") == after.count(line_end)
    assert f"  - .a{line_end}  - .b{line_end}" in after  # as deep as the one before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("domains: [a.de]\n", "domains: [a.de]\n\nremove:\n  ad:\n    - .x-y\n"),
        ("domains: [a.de]\nremove: {}   # soon\n", "domains: [a.de]\nremove:   # soon\n  ad:\n    - .x-y\n"),
        ("domains: [a.de]\nremove:\n", "domains: [a.de]\nremove:\n  ad:\n    - .x-y\n"),
        ("domains: [a.de]\nremove: {ad: [.b]}\n", 'domains: [a.de]\nremove: {ad: [.b, ".x-y"]}\n'),
        ("domains: [a.de]\nremove: {app: [.b]}\n", 'domains: [a.de]\nremove: {app: [.b], ad: [".x-y"]}\n'),
        ("domains: [a.de]\nremove: {ad: []}\n", 'domains: [a.de]\nremove: {ad: [".x-y"]}\n'),
        (
            "domains: [a.de]\nkeep:\n  - .k\n",
            "domains: [a.de]\n\nremove:\n  ad:\n    - .x-y\n\nkeep:\n  - .k\n",
        ),
    ],
)
def test_files_of_any_shape_take_a_rule(before: str, after: str) -> None:
    assert with_rule(before, Draft("ad", ".x-y")) == after
    assert [rule.source for rule in read(after).remove][-1] == ".x-y"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("remove: [\n", "not valid YAML"),
        ("- a\n", "no mapping"),
        ("domains: [a.de]\nremove: {ad: .b}\n", "holds no list"),
    ],
)
def test_what_cannot_be_edited_says_why(text: str, words: str) -> None:
    with pytest.raises(CleanpageError, match=words):
        with_rule(text, Draft("ad", ".x"))


def test_examples_in_brackets_are_left_to_their_author() -> None:
    with pytest.raises(CleanpageError, match="brackets"):
        with_example("domains: [a.de]\nexamples: [{html: <p>x</p>, keeps: [x]}]\n", EXAMPLE)


def test_a_mistake_in_the_rule_is_one_of_the_file() -> None:
    with pytest.raises(RuleError) as caught:
        checked(FILE, with_rule(FILE, Draft("related", "p:::q")), "news.example.yaml", "news.example")
    assert caught.value.line == 12


def test_an_edit_that_changes_other_rules_is_refused() -> None:
    after = with_rule(FILE, Draft("related", ".new")).replace(".more-stories ", ".fewer-stories ")
    with pytest.raises(CleanpageError, match="without changing others"):
        checked(FILE, after, "news.example.yaml", "news.example")


SELECTORS = st.sampled_from([".x-y", "#z", "p.q", '[data-v="1 2"]', "section > .r", "my-tag"])
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
DRAFTS = st.builds(
    Draft,
    category=st.sampled_from([*CATEGORIES, KEEP]),
    css=SELECTORS,
    equals=st.one_of(st.just(""), TEXTS),
    heading=st.one_of(st.just(""), TEXTS),
)
FILES = st.sampled_from(
    [FILE, "domains: [a.de]\n", "domains: [a.de]\nremove: {ad: [.b]}", "domains: [a.de]\r\nkeep: []\r\n# end"]
)


@given(FILES, st.lists(DRAFTS, min_size=1, max_size=4))
def test_whatever_is_added_says_what_it_should_and_leaves_the_rest(text: str, drafts: list[Draft]) -> None:
    before = Counter(rule.name() for rule in (*read(text).remove, *read(text).keep))
    for draft in drafts:
        if draft.category != KEEP or not draft.conditions:
            after = with_rule(text, draft)
            file = checked(text, after, "a.de.yaml", "a.de")
            rules = file.keep if draft.category == KEEP else [r for r in file.remove if r.category == draft.category]
            new = next(r for r in reversed(rules) if r.source == draft.css)
            assert [p.source for p in new.equals] == [draft.equals] * bool(draft.equals)
            assert [p.source for p in new.heading] == [draft.heading] * bool(draft.heading)
            for line in text.splitlines():
                if "[" not in line and "{" not in line:  # what stands between brackets may get longer
                    assert line in after.splitlines()
            text = after
    assert not before - Counter(rule.name() for rule in (*read(text).remove, *read(text).keep))
    assert Rules.parse(text)
