"""Filter lists of Adblock Plus and uBlock Origin: what a rule means there, its import does on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpage import Cleaner, CleanpageError, RuleError, Rules
from cleanpage.rules.importers.abp import Report, covers, import_lists, without
from cleanpage.rules.importers.abp_lines import Sites, holds
from cleanpage.rules.importers.abp_vocabulary import builtin, parse
from cleanpage.rules.model import CATEGORIES
from cleanpage.rules.ruleset import builtin_folder, host_of

LISTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "lists"
URL = "https://www.site.example/shop/tea"


def imported(folder: Path, *texts: str | bytes, category: str = "ad") -> tuple[Report, Rules]:
    """Import lists called a.txt, b.txt …; returns what was counted, and the rules as anyone would load them."""
    paths = []
    for name, text in zip("abcdef", texts, strict=False):
        paths.append(folder / f"{name}.txt")
        paths[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    report = import_lists(paths, category, folder / "out")
    rules, problems = Rules.read(*report.files) if report.files else (Rules(), [])
    assert problems == []
    return report, rules


def left_of(rules: Rules, page: str, url: str | None = URL) -> str:
    """What is left of a page, its lines joined by blanks."""
    return " ".join(Cleaner(rules, CATEGORIES).clean(page, url).text.split("\n"))


# --- what rules mean -----------------------------------------------------------------------------

PAGE = """
<div class=top id=t><h2>Ad</h2><p class="x y">one <b>Cookie</b></p></div>
<section class=wide data-kind=Promo><div><p class=q>two Sponsored</p><p class=x>loading</p></div><i>end</i></section>
<p class=z>three is a longer text</p><script class=x>Cookie</script>
"""
ALL = "Ad one Cookie two Sponsored loading end three is a longer text"


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("##.top", "two Sponsored loading end three is a longer text"),
        ("###t", "two Sponsored loading end three is a longer text"),
        ("##.top, .z", "two Sponsored loading end"),
        ("##.wide > div", "Ad one Cookie end three is a longer text"),
        ('##[data-kind="promo" i] p', "Ad one Cookie end three is a longer text"),
        # :has()
        ("##div:has(> h2)", "two Sponsored loading end three is a longer text"),
        ("#?#div:-abp-has(> h2, .none)", "two Sponsored loading end three is a longer text"),
        ("##div:has(.y):not(.wide)", "two Sponsored loading end three is a longer text"),
        ("##div:if(.y)", "two Sponsored loading end three is a longer text"),
        ("##.wide:if-not(.y)", "Ad one Cookie three is a longer text"),
        # texts
        ("##p:has-text(Cookie)", "Ad two Sponsored loading end three is a longer text"),
        ("#?#p:-abp-contains(Cookie)", "Ad two Sponsored loading end three is a longer text"),
        ('##p:has-text("longer text")', "Ad one Cookie two Sponsored loading end"),
        ("##:is(p, h2):has-text(Ad)", "one Cookie two Sponsored loading end three is a longer text"),
        ("##:is(p, h2):has-text(/^ad$/)", ALL),
        ("##:is(p, h2):has-text(/^ad$/i)", "one Cookie two Sponsored loading end three is a longer text"),
        (r"##p:has-text(/spon[a-z]+\b|\bone\b/i)", "Ad loading end three is a longer text"),
        ("##p:has-text(/Cookie|longer/)", "Ad two Sponsored loading end"),
        ("##p:has-text(one):has-text(Cookie)", "Ad two Sponsored loading end three is a longer text"),
        ("##p:has-text(one):has-text(Sponsored)", ALL),
        ("##.x:min-text-length(8)", "Ad two Sponsored loading end three is a longer text"),
        # ancestors
        ("##.top > h2:upward(1)", "two Sponsored loading end three is a longer text"),
        ("##.q:nth-ancestor(2)", "Ad one Cookie three is a longer text"),
        ("##.top > h2:upward(7)", ALL),
        ("##.q:upward(section)", "Ad one Cookie three is a longer text"),
        ("##.q:upward(p)", ALL),
        ("##.q:upward(.wide, .none)", "Ad one Cookie three is a longer text"),
        ("##p:has-text(Sponsored):upward(1)", "Ad one Cookie end three is a longer text"),
        ("##.q:upward(1):has-text(loading)", "Ad one Cookie end three is a longer text"),
        ("##.q:upward(section) > i", "Ad one Cookie two Sponsored loading three is a longer text"),
        # within others, and chained
        ("##div:has(> h2:has-text(Ad))", "two Sponsored loading end three is a longer text"),
        ("##div:has(> h2:has-text(/^(Ad|Sponsored)$/))", "two Sponsored loading end three is a longer text"),
        ("##div:has(> h2:has-text(/^aD?s?$/i))", "two Sponsored loading end three is a longer text"),
        ("##div:has(> h2:has-text(/d$/))", "two Sponsored loading end three is a longer text"),
        ("##div:has(> h2:has-text(/^d/))", ALL),
        ("##[class]:not(p, :has-text(Sponsored))", "two Sponsored loading end three is a longer text"),
        ("##.top:not(.none, :has-text(Sponsored))", "two Sponsored loading end three is a longer text"),
        ("##[class]:not(.q:has-text(Sponsored), .x, .top, .wide)", "Ad one Cookie two Sponsored loading end"),
        ("##h2:has-text(Ad) + p", "Ad two Sponsored loading end three is a longer text"),
        ("##.q:has-text(Spons) ~ .x", "Ad one Cookie two Sponsored end three is a longer text"),
        ("##.q:has-text(Spons) + .x:upward(1)", "Ad one Cookie end three is a longer text"),
        ("##.wide :has-text(loading)", "Ad one Cookie end three is a longer text"),
        ("##.wide > :has-text(/^end$/)", "Ad one Cookie two Sponsored loading three is a longer text"),
        ("##div:has(p:min-text-length(13))", "Ad one Cookie end three is a longer text"),
        # attributes, addresses, XPath
        ('##section:matches-attr("data-kind"="Promo")', "Ad one Cookie three is a longer text"),
        ('##section:matches-attr("data-kind"="/^pro/i")', "Ad one Cookie three is a longer text"),
        ('##section:matches-attr("data-kind"="/^pro/")', ALL),
        ("##.z:matches-path(/shop)", "Ad one Cookie two Sponsored loading end"),
        ("##:matches-path(/shop/) .z", "Ad one Cookie two Sponsored loading end"),
        (r"##.z:matches-path(/^\/shop\/\w+$/)", "Ad one Cookie two Sponsored loading end"),
        ("##.z:matches-path(/news)", ALL),
        ("##.z:matches-path(/^\\/Shop/)", ALL),
        ("##p:has-text(one):matches-path(/shop)", "Ad two Sponsored loading end three is a longer text"),
        ("##:xpath(//h2/../self::*[@id])", "two Sponsored loading end three is a longer text"),
        ("##:xpath('//p[contains(text(),\"two\")]')", "Ad one Cookie loading end three is a longer text"),
        ("##.q:xpath(../..)", "Ad one Cookie three is a longer text"),
        ("##.q:xpath(//h2)", "one Cookie two Sponsored loading end three is a longer text"),
        ("##.none:xpath(//h2)", ALL),
        # what hides, whatever it is called
        ("##.z:remove()", "Ad one Cookie two Sponsored loading end"),
        ("##.z {display: none !important;}", "Ad one Cookie two Sponsored loading end"),
        ("##.z { remove: true; }", "Ad one Cookie two Sponsored loading end"),
        ("#$#.z { display: none; }", "Ad one Cookie two Sponsored loading end"),
        ("##.z:style(visibility: hidden !important)", "Ad one Cookie two Sponsored loading end"),
        ("##^.z", "Ad one Cookie two Sponsored loading end"),
        ("##^p:has-text(longer)", "Ad one Cookie two Sponsored loading end"),
        # sites
        ("site.example##.z", "Ad one Cookie two Sponsored loading end"),
        ("other.example,site.*##.z", "Ad one Cookie two Sponsored loading end"),
        ("other.example##.z", ALL),
        ("site.example,~www.site.example##.z", ALL),
        ("~other.example##.z", "Ad one Cookie two Sponsored loading end"),
        ("~site.example##.z", ALL),
        ("*##.z", "Ad one Cookie two Sponsored loading end"),
        ("[$path=/shop]site.example##.z", "Ad one Cookie two Sponsored loading end"),
        ("[$path=|/shop/tea|]##.z", "Ad one Cookie two Sponsored loading end"),
        ("[$path=|/shop|]##.z", ALL),
        (r"[$path=/^\/(shop|news)/,domain=site.example|a.example]##.z", "Ad one Cookie two Sponsored loading end"),
        ("[$domain=a.example]##.z", ALL),
    ],
)
def test_what_a_rule_does(tmp_path: Path, rule: str, left: str) -> None:
    report, rules = imported(tmp_path, f"! Title: Test\n{rule}\n")
    assert (report.imported, report.refused, report.no_meaning) == (1, [], {})
    page = PAGE + "<p>" + "Text that stays as it is, sentence by sentence. " * 12
    assert left_of(rules, page).partition(" Text that stays")[0] == left


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("site.example##+js(noop, a)", "scriptlets"),
        ("site.example##script:inject(a)", "scriptlets"),
        ("site.example#%#window.a = 1;", "scriptlets"),
        ("site.example#$#log a", "snippets"),
        ("##.x:style(color: red !important)", "styles"),
        ("##body, html:style(overflow: auto)", "styles"),
        ("##.x {height: 0px;}", "styles"),
        ("##.x:matches-css(position: fixed)", "style conditions"),
        ("##.a:has(.x:matches-css-before(content: a))", "style conditions"),
        ("#?#div:-abp-properties(float: right)", "style conditions"),
        ("##.x:remove-attr(onclick)", "changes of attributes and classes"),
        ("##.x:remove-class(blur)", "changes of attributes and classes"),
        ("##.x:watch-attr(class)", "observers"),
        ("##.x::before", "generated content"),
        ("##.x:after", "generated content"),
        ("##^script:has-text(adblock)", "scripts and styles"),
        ("##^script[src], style.a", "scripts and styles"),
        ("##style:has-text(@media print):remove()", "scripts and styles"),
        ("##^responseheader(refresh)", "HTTP headers"),
    ],
)
def test_what_means_nothing_is_counted_by_kind(tmp_path: Path, rule: str, kind: str) -> None:
    report, rules = imported(tmp_path, rule)
    assert (dict(report.no_meaning), report.refused, len(rules)) == ({kind: 1}, [], 0)
    assert report.files == []


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("##body", "could match everything"),
        ("##div", "could match everything"),
        ("##:has(p)", "could match everything"),
        ("##", "no selector"),
        ("##.x > ", "broken selector"),
        ("##.x[", "broken selector"),
        ("##.x:others()", "cannot be used"),
        ("##.x:unknown-operator(a)", "cannot be used"),
        ("##.x:has-text(a", "a parenthesis is not closed"),
        ("##.x:has-text()", "an empty text"),
        ("##.x:has-text(/a(?=b)/)", "broken regular expression"),
        ("##.x:has-text(/a*/)", "every text"),
        ("##.x:has(p:has-text(/a.*b/))", "more than a few texts"),
        ("##.x:has(p:has-text(/(a/))", "a parenthesis is missing"),
        ("##.x:upward(0)", "no number from 1"),
        ("##.x:min-text-length(a)", "no number from 1"),
        ("##.x:not(:matches-path(/a))", "path inside another operator"),
        ("##.x:matches-path(/a?b=c)", "what follows the path"),
        ("##.x:matches-path(/a):matches-path(/b)", "several conditions on the path"),
        ("[$path=/a]##.x:matches-path(/b)", "several conditions on the path"),
        ("[$app=x]##.x", "the option $app"),
        ('##.x:matches-attr("/data-/"="a")', "the name of an attribute"),
        ("##.x:not(p:upward(1))", "a step to another element"),
        ("##:xpath(//p[)", "broken XPath"),
        ("##:xpath(//p/text())", "not elements"),
        ("localhost##.x", "'localhost' is no domain"),
        (r"/^site\d+\.example$/##.x", "a regular expression for domains"),
        ("##.x\x01", "no page can hold"),
    ],
)
def test_what_cannot_be_said_is_named_with_its_reason(tmp_path: Path, rule: str, reason: str) -> None:
    report, rules = imported(tmp_path, f"! a\n\n{rule}\n##.fine\n")
    (refused,) = report.refused
    assert reason in refused.reason
    assert str(refused).startswith(f"a.txt:3: {rule.strip()}: ")
    assert (report.imported, len(rules), round(report.share, 2)) == (1, 1, 0.5)


# --- exceptions and joining ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "domains"),
    [
        (["##.x", "#@#.x"], None),
        (["a.example##.x", "#@#.x"], None),
        (["##.x", "a.example#@#.x"], ("~a.example",)),
        (["a.example,b.example##.x", "b.example#@#.x"], ("a.example",)),
        (["a.example##.x", "a.example#@#.x"], None),
        (["www.a.example##.x", "a.example#@#.x"], None),
        (["www.a.example##.x", "a.*#@#.x"], None),
        (["a.example##.x", "www.a.example#@#.x"], ("a.example", "~www.a.example")),
        (["a.*##.x", "a.example#@#.x"], ("a.*", "~a.example")),
        (["a.example##.x", "b.example#@#.x"], ("a.example",)),
        (["a.example##.x", "a.example#@#.y"], ("a.example",)),
        (["##.x", "~a.example#@#.x"], ("a.example",)),
        (["a.example##.x:has-text(abcde)", "a.example#@?#.x:-abp-contains(abcde)"], None),
        # joined
        (["a.example##.x", "b.example##.x", "a.example##.x"], ("a.example", "b.example")),
        (["a.example##.x", "##.x", "b.example,~c.b.example##.x"], ()),
        (["b.example,~c.b.example##.x", "b.example,~c.b.example##.x"], ("b.example", "~c.b.example")),
    ],
)
def test_exceptions_and_joining(tmp_path: Path, lines: list[str], domains: tuple[str, ...] | None) -> None:
    """Across the files of a call: each line in a file of its own."""
    _, rules = imported(tmp_path, *lines, "##.other")
    found = [rule.domains for file in rules.files for rule in file.remove if rule.source != ".other"]
    assert found == ([] if domains is None else [domains])


def test_everything_is_counted_once(tmp_path: Path) -> None:
    text = """\
    [Adblock Plus 2.0]
    ! Title: Test
    # a comment, too
    ||ads.example^$script
    @@||site.example^$generichide
    !#include more.txt
    ##.a
    ##.a
    a.example##.b
    b.example##.b
    b.example,c.example##.c
    c.example#@#.c
    d.example##.d
    d.example#@#.d
    e.example#@#.nowhere
    ##div
    a.example##+js(noop)
    a.example#@#+js(noop)
    """
    report, rules = imported(tmp_path, text)
    assert report.read == {
        "comments": 3,
        "network rules": 1,
        "switches such as $generichide": 1,
        "directives": 1,
        "cosmetic rules": 8,
        "exceptions": 4,
    }
    assert (report.imported, report.joined, report.excepted, len(report.refused)) == (3, 2, 1, 1)
    assert (report.exceptions, report.idle_exceptions) == (2, 1)
    assert report.no_meaning == {"scriptlets": 1, "exceptions to scriptlets": 1}
    assert [rule.source for rule in rules.files[0].remove] == [".a", ".b", ".c"]


def test_an_exception_leaves_out_what_it_says() -> None:
    everywhere, only = Sites(), Sites(frozenset(["a.example"]))
    exception = Sites(frozenset(["a.example"]), frozenset(["b.a.example"]))
    assert without(everywhere, exception) == [
        Sites(off=frozenset(["a.example"])),
        Sites(on=frozenset(["b.a.example"])),
    ]
    assert without(only, exception) == [Sites(on=frozenset(["b.a.example"]))]
    assert without(Sites(off=frozenset(["b.a.example"])), exception) == [
        Sites(off=frozenset(["a.example", "b.a.example"]))
    ]
    assert covers("a.*", "www.a.example")
    assert not covers("www.a.example", "a.example")


# --- headings, titles, conditions ----------------------------------------------------------------


def test_headings_and_titles_say_the_category(tmp_path: Path) -> None:
    text = """\
! Title: A list of things
##.from-option
! *** lists/social_general_hide.txt ***
##.social-file
! ---------- Newsletter/Signup ----------
##.newsletter-ruled
! Outbrain
##.ad-comment
! ##.was-a-rule-about-cookies
! https://example.com/cookies
! /cookie-banner.
!
##.ad-still
! something else
##.newsletter-again
! ---------- Nothing known ----------
##.social-again
! consent_hide.txt
##.consent-file
"""
    _, rules = imported(tmp_path, text, "! Title: Cookie notices\n##.consent-title\n", category="feedback")
    found = {rule.source[1:]: rule.category for file in rules.files for rule in file.remove}
    expected = {name: name.partition("-")[0] for name in found}
    assert found == expected | {"from-option": "feedback"}
    assert len(found) == 9


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("!#if env_mobile\n##.x\n!#endif", ".x"),
        ("!#if env_mobile\n##.x\n!#else\n##.y\n!#endif", ".x .y"),
        ("!#if false\n##.x\n!#else\n##.y\n!#endif\n##.z", ".y .z"),
        ("!#if !false\n##.x\n!#else\n##.y\n!#endif", ".x"),
        ("!#if (adguard_app_windows && env_mobile)\n##.x\n!#if env_firefox\n##.y\n!#endif\n!#endif\n##.z", ".z"),
        ("!#if adguard_app_windows || ext_ublock\n##.x\n!#endif", ".x"),
        ("!#if\n##.x\n!#endif\n!#endif\n!#else\n##.y", ".x .y"),
    ],
)
def test_blocks_for_no_browser_are_left_out(tmp_path: Path, lines: str, kept: str) -> None:
    _, rules = imported(tmp_path, lines)
    assert " ".join(rule.source for rule in rules.files[0].remove) == kept


def test_conditions_are_true_false_or_open() -> None:
    never = frozenset(["no"])
    assert holds("no", never) is False
    assert holds("!no", never) is True
    assert holds("maybe", never) is None
    assert holds("maybe && no", never) is False
    assert holds("maybe || !no", never) is True
    assert holds("!(maybe || no) && x", never) is None
    assert holds("(" * 500 + "no", never) is not True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("section: {}", "unknown key: section; did you mean 'sections'?"),
        ("sections: {adds: [a]}", "unknown category: adds"),
        ("titles: {ad: [[a, {b: c}]]}", "expected a word"),
        ("titles: {ad: ['--']}", "expected a word"),
        ("sections: [a]", "expected a mapping, not a list"),
        ("conditions: {never: ['a b']}", "expected a word"),
        ("sections: {}\nsections: {}", "stands here twice"),
    ],
)
def test_a_vocabulary_is_checked(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, "v.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("v.yaml:")


def test_the_vocabulary_is_no_rule_file() -> None:
    assert builtin().of_heading("---- Share-Buttons ----") == "social"
    assert builtin().of_heading("shared") == ""
    _, problems = Rules.read(builtin_folder())
    assert problems == []


# --- files ---------------------------------------------------------------------------------------


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    text = "! Title: T\n! Version: 1\n! Licence: https://a.example/\x07\nb.example,a.example##.x\n##.y: \n##.z\n"
    report, _ = imported(tmp_path, text)
    first = report.files[0].read_bytes()
    assert imported(tmp_path, text)[0].files[0].read_bytes() == first
    head = first.decode().split("\n\n")[0].split("\n")
    assert head[0].startswith("# Written by `cleanpage rules import abp`")
    assert {"# Title: T", "# Version: 1", "# License: https://a.example/ "} >= set(head[2:5])
    assert "# From the filter list a.txt, with --category ad" in head
    assert "# Written: 2 rules (some stand for several of the list); refused: 1" in head


def test_files_of_others_stay(tmp_path: Path) -> None:
    target = tmp_path / "out" / "generic" / "a.yaml"
    target.parent.mkdir(parents=True)
    target.write_text("remove: {ad: [.mine]}\n")
    with pytest.raises(CleanpageError, match=r"a\.yaml is there already and was not written by an import"):
        imported(tmp_path, "##.x")
    assert target.read_text() == "remove: {ad: [.mine]}\n"


def test_two_lists_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("##.x")
    (tmp_path / "a.list").write_text("##.y")
    with pytest.raises(CleanpageError, match="would both be written"):
        import_lists([tmp_path / "a.txt", tmp_path / "a.list"], "ad", tmp_path / "out")


def test_a_large_list_becomes_several_files(tmp_path: Path) -> None:
    many = "".join(f"{'sub.' * 20}site{n}.example##.box-{n}-{'x' * 100}\n" for n in range(20_000))
    report, rules = imported(tmp_path, many)
    assert [path.name for path in report.files] == ["a.yaml", "a.2.yaml"]
    assert (len(rules), report.imported) == (20_000, 20_000)
    assert [path.name for path in imported(tmp_path, "##.x")[0].files] == ["a.yaml"]
    assert [path.name for path in (tmp_path / "out" / "generic").iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    "selector",
    [
        ".yes", "a-yes", "[a='x  y']", "#a", ".a:not(.b)", "[a='x: y']", '[a="x # y"]', "[a='it\\'s']", "[a=\"\u00e4\u4e2d\U0001f600\"]",
        ".a\\:b", "[a='\u200bx\u2028y']", "[a='\u00a0']", "[a='\\\\']", ".\u00e9t\u00e9", "[a='{}']", "[a='%@`|>']", ".-1",
    ],
)  # fmt: skip
def test_what_is_written_is_read_as_it_was(tmp_path: Path, selector: str) -> None:
    report, rules = imported(tmp_path, f"##{selector}\n##.other")
    if selector == ".-1":
        assert "broken selector" in report.refused[0].reason
    else:
        assert [rule.source for file in rules.files for rule in file.remove] == [selector, ".other"]


# --- hostile input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no cosmetic rule"),
        (b"! only a comment\n||a.example^\n", "no cosmetic rule"),
        (b"\x00\x01\x02##.x", "binary data"),
    ],
)
def test_what_is_no_list(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(CleanpageError, match=message):
        imported(tmp_path, data)
    assert not (tmp_path / "out").exists()


def test_no_such_list(tmp_path: Path) -> None:
    with pytest.raises(CleanpageError, match=r"nowhere\.txt: cannot be read"):
        import_lists([tmp_path / "nowhere.txt"], "ad", tmp_path / "out")


def test_lines_that_are_no_text_are_named(tmp_path: Path) -> None:
    report, rules = imported(tmp_path, b"##.a\r\n##.b\xff\r##.c\n\xef\xbb\xbf##.d\n")
    assert str(report.refused[0]) == "a.txt:2: ##.b\ufffd: the line is not UTF-8"
    assert [rule.source for rule in rules.files[0].remove][:2] == [".a", ".c"]


def test_a_byte_order_mark_is_no_part_of_a_rule(tmp_path: Path) -> None:
    _, rules = imported(tmp_path, b"\xef\xbb\xbf##.a\r\n")
    assert [rule.source for rule in rules.files[0].remove] == [".a"]


@pytest.mark.parametrize(
    "line",
    [
        "##." + "a" * 1_000_000,
        "##.x" + ":not(.a)" * 20_000,
        "##" + ".a" * 90_000,
        "##" + ".a > " * 30_000 + ".b",
        "##.x" + ":has(" * 30_000,
        "##.x" + ":has(.a" * 500 + ")" * 500,
        "##.x:has-text(" + "(" * 50_000 + ")" * 50_000 + ")",
        "##.x:has(p:has-text(/" + "(a|b)" * 5_000 + "/))",
        "##.x:has(p:has-text(/" + "(" * 5_000 + "a" + ")" * 5_000 + "/))",
        "##.x" + ":-abp-has(" * 5_000 + ".a" + ")" * 5_000,
        "##:xpath(" + "(" * 5_000 + "//p" + ")" * 5_000 + ")",
        "!#if " + "(" * 50_000,
        "a.example," * 15_000 + "##.x",
        "##" + ",".join(f".a{n}" for n in range(15_000)),
    ],
    ids=lambda line: line[:20],
)
def test_lines_made_to_hurt(tmp_path: Path, line: str) -> None:
    report, rules = imported(tmp_path, f"{line}\n##.fine\n")
    assert "fine" in [rule.source[1:] for rule in rules.files[0].remove]
    assert report.imported + len(report.refused) + report.joined >= 1


# --- the real lists ------------------------------------------------------------------------------


@pytest.mark.skipif(not LISTS.is_dir(), reason="needs the filter lists in ../shared/data/lists")
def test_nearly_all_of_the_real_lists_is_taken(tmp_path: Path) -> None:
    report = import_lists(sorted(LISTS.glob("*.txt")), "related", tmp_path)
    assert report.read["cosmetic rules"] > 70_000
    assert report.share >= 0.97
    assert all(refused.reason for refused in report.refused)
    rules, problems = Rules.read(tmp_path)
    assert (problems, len(rules) > 65_000) == ([], True)
    assert all(rule.sites for file in rules.files for rule in file.remove if rule.domains)
    assert host_of(URL)[0] == "www.site.example"
