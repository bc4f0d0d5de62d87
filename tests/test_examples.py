"""The examples of rule files, run as a library."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from cleanpage import RuleError, Rules
from cleanpage.examples import FileReport, families_for, ids_of, run, run_file
from cleanpage.rules.model import RuleFile
from cleanpage.rules.reader import read_rules


def _file(text: str, key: str = "site", kind: str | None = None) -> RuleFile:
    problems: list[object] = []
    file = read_rules(text, f"{key}.yaml", key, kind, problems)  # type: ignore[arg-type]
    assert file is not None
    assert not problems
    return file


def _report(text: str, *families: RuleFile, kind: str | None = None) -> FileReport:
    return run_file(_file(text, kind=kind), families)


def test_what_holds_fails_nothing() -> None:
    report = _report("""
remove:
  related: [.more]
  chrome: [.menu]
lines:
  player: [{line: close}]
examples:
  - html: <p class="menu">Home</p><p>One, <b>two</b>.</p><p class="more">Three.</p>
    removes: [Home, Three.]
    keeps: ["One, two."]
  - text: |
      close
      One,
      two.
    removes: [close]
    keeps: ["One, two."]
""")
    assert (report.file, report.examples, report.failures, report.unshown) == ("site.yaml", 2, (), ())


def test_what_should_have_gone_and_what_should_have_stayed() -> None:
    report = _report("""
remove:
  related: [.more, .none]
examples:
  - html: <p>One.</p><p class="more">Two.</p>
    removes: [One.]
    keeps: [Two.]
""")
    gone, stayed = report.failures
    assert (gone.message, gone.expected, gone.wanted, gone.rules) == ("should have gone", "One.", False, ())
    assert (stayed.message, stayed.expected, stayed.wanted) == ("should have stayed", "Two.", True)
    assert stayed.rules == ("site/related/.more",)
    assert (gone.before, gone.after) == ("One.\nTwo.", "One.")
    assert (gone.place.file, gone.place.line, gone.place.column) == ("site.yaml", 5, 5)
    assert [(rule.rule, rule.place.line) for rule in report.unshown] == [("site/related/.none", 3)]
    with pytest.raises(FrozenInstanceError):
        gone.message = "x"  # type: ignore[misc]


def test_every_rule_that_took_a_part_is_to_blame() -> None:
    report = _report("""
remove:
  related: [.a, .b, .c]
examples:
  - html: <p class="a">One.</p><p class="b">Two.</p><p class="c">Three.</p>
    keeps: ["One. Two."]
""")
    assert report.failures[0].rules == ("site/related/.a", "site/related/.b")


def test_a_rule_that_was_held_back_is_named() -> None:
    prose = "This is a sentence of the story that goes on and on for a while. " * 30
    report = _report(f"""
remove:
  related: [.story]
examples:
  - html: <p class="story">{prose}</p>
    removes: [a sentence of the story]
""")
    assert report.failures[0].rules == ("site/related/.story",)
    assert [rule.rule for rule in report.unshown] == ["site/related/.story"]


@pytest.mark.parametrize(
    "example",
    [
        "{html: <p>One.</p>, removes: [Two.]}",
        "{html: <p>One.</p>, keeps: [Two.]}",
        "{html: <script>Two.</script><p>One.</p>, removes: [Two.]}",
        "{html: <!-- nothing -->, keeps: [Two.]}",
        "{text: One., removes: [Two.]}",
        "{html: <p>Two.</p>, url: 'https://other.example/', removes: [Two.]}",
    ],
)
def test_an_example_that_is_wrong_itself(example: str) -> None:
    report = _report(f"domains: [site.example]\nremove: {{ad: [.a]}}\nexamples:\n  - {example}\n")
    (failure,) = report.failures
    assert failure.message.startswith("the example itself is wrong: ")
    assert failure.rules == ()


# --- families ----------------------------------------------------------------------------------

_PARENT = "remove: {ad: [.parent]}"
_CHILD = "family: parent\nremove: {ad: [.child]}"
_ALL = """
  - html: <p>One.</p><p class="child">Two.</p><p class="parent">Three.</p><p class="stranger">Four.</p>
    removes: [Two., Three.]
    keeps: [One., Four.]
"""


def test_a_publisher_has_its_families_and_theirs() -> None:
    families = (
        _file(_PARENT, "parent", "family"),
        _file(_CHILD, "child", "family"),
        _file("domains: [site.example]\nremove: {ad: [.stranger]}", "stranger", "family"),
    )
    report = _report(f"domains: [site.example]\nfamily: child\nexamples:{_ALL}", *families)
    assert (report.failures, report.unshown) == ((), ())


def test_a_family_needs_no_domains_and_may_use_those_of_its_members() -> None:
    parent = _file(_PARENT, "parent", "family")
    member = _ALL + "    url: https://member.example/news/\n"
    for more in ("", "domains: [first.example]\n"):
        text = f"{more}family: parent\nremove: {{ad: [.child]}}\nexamples:{_ALL}{member}"
        assert _report(text, parent, kind="family").failures == ()


def test_path_conditions_see_the_examples_address() -> None:
    report = _report("""
domains: [site.example]
remove:
  ad: [{css: .a, path: /sport/*}]
examples:
  - {html: '<p>One.</p><p class="a">Two.</p>', keeps: [Two.]}
  - {html: '<p>One.</p><p class="a">Two.</p>', url: 'https://www.site.example/sport/x', removes: [Two.]}
""")
    assert (report.failures, report.unshown) == ((), ())


def test_a_family_that_is_missing() -> None:
    text = f"domains: [site.example]\nfamily: nowhere\nexamples:{_ALL}"
    with pytest.raises(RuleError, match=r"site\.yaml:2:9: the family nowhere is not loaded"):
        _report(text)


def test_builtin_families_stand_in_for_those_that_are_not_given() -> None:
    assert families_for([_file("domains: [a.example]")]) == ()
    keys = [file.key for file in families_for([_file("domains: [a.example]\nfamily: ippen")])]
    assert "ippen" in keys
    own = _file(_PARENT, "ippen", "family")
    found = families_for([own, _file("domains: [a.example]\nfamily: funke")])
    assert [file for file in found if file.key == "ippen"] == [own]


# --- which rules an example shows --------------------------------------------------------------


def test_one_phrase_of_a_rule_is_enough() -> None:
    report = _report("""
remove:
  ad:
    - equals: [Ad, Advertisement]
    - {css: .box, starts: [Buy, Sell]}
    - {css: p, matches: '^offer [0-9]+'}
lines:
  ad:
    - {from: [Begin, Start], to: [End, Stop]}
    - {line: [x, y]}
examples:
  - html: <p>One.</p><p>Advertisement</p><div class="box">Sell it</div><p>Offer 12</p>
    removes: [Advertisement, Sell it, Offer 12]
  - text: "One.\\nStart\\nof it\\nEnd\\ny\\nTwo."
    removes: [Start, of it, End]
    keeps: [One., Two.]
""")
    assert (report.failures, report.unshown) == ((), ())


def test_keep_rules_need_no_example() -> None:
    report = _report(
        "keep: [.ticker]\nremove: {ad: [.a]}\nexamples:\n  - {html: '<p class=a>One.</p>', removes: [One.]}"
    )
    assert report.unshown == ()


def test_ids() -> None:
    file = _file("remove: {ad: [.a, {equals: [x, y]}, {css: .b, starts: z}]}\nlines: {ad: [{from: f, to: t}]}")
    assert [ids_of(rule) for rule in (*file.remove, *file.lines)] == [
        ("site/ad/.a",),
        ("site/ad/equals(x)", "site/ad/equals(y)"),
        ("site/ad/.b:starts(z)", "site/ad/.b"),
        ("site/ad/from(f)",),
    ]


def test_a_set_is_run_file_by_file() -> None:
    first = "domains: [a.example]\nremove: {ad: [.a]}\nexamples: [{html: '<p class=a>One.</p><p class=b>Two.</p>', keeps: [Two.]}]"
    second = "remove: {ad: [.b]}"
    reports = list(run(Rules([_file(first, "a"), _file(second, "b")])))
    assert [(report.file, report.examples, report.failures) for report in reports] == [
        ("a.yaml", 1, ()),
        ("b.yaml", 0, ()),
    ]
    assert [rule.rule for rule in reports[1].unshown] == ["b/ad/.b"]
