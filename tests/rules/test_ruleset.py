"""Sets of rules: folders, sums, hosts, families, and the way to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import cleanpage
from cleanpage import Cleaner, CleanpageError, RuleError, Rules
from cleanpage.rules.ruleset import host_of

from ..support import gone, rules


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def publisher(domains: str, css: str, family: str = "") -> str:
    return f"publisher: X\ndomains: {domains}\n{f'family: {family}' if family else ''}\nremove:\n  ad: [.{css}]\n"


def keys(rules: Rules, host: str) -> list[str]:
    return [file.key for file in rules.for_host(host)]


# --- loading -------------------------------------------------------------------------------------


def test_a_folder_is_loaded_with_all_below_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "publishers/de/blatt.de.yaml": publisher("[blatt.de]", "a", "haus"),
            "publishers/at/blatt.at.yml": publisher("blatt.at", "b"),
            "families/haus.yaml": "remove:\n  ad: [.c]\n",
            "generic/ad.yaml": "remove:\n  ad: [.d, .e]\n",
            "README.md": "no rules",
        },
    )
    loaded = Rules.load(tmp_path)
    assert len(loaded) == 5
    assert {(file.key, file.kind) for file in loaded.files} == {
        ("blatt.de", "publisher"),
        ("blatt.at", "publisher"),
        ("haus", "family"),
        ("generic", "generic"),
    }
    assert keys(loaded, "www.blatt.de") == ["blatt.de", "haus"]
    assert [file.key for file in loaded.generic] == ["generic"]


def test_one_file_is_loaded(tmp_path: Path) -> None:
    write(tmp_path, {"mine.yaml": "remove:\n  ad: [.a]\n"})
    assert len(Rules.load(tmp_path / "mine.yaml")) == 1
    assert len(Rules.load(str(tmp_path / "mine.yaml"))) == 1


def test_examples_are_loaded_too(tmp_path: Path) -> None:
    write(tmp_path, {"mine.yaml": "remove:\n  ad: [.a]\nexamples:\n  - {html: '<p class=a>x</p>', removes: [x]}\n"})
    (file,) = Rules.load(tmp_path).files
    assert [example.html for example in file.examples] == ["<p class=a>x</p>"]


@pytest.mark.parametrize("name", ["nothing-here", "empty"])
def test_nothing_to_load(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CleanpageError, match="no rules"):
        Rules.load(tmp_path / name)


def test_mistakes_in_several_files_come_together_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "generic/b.yaml": "remove:\n  ad: [div]\n  x: [.a]\n",
            "generic/a.yaml": "remove:\n  ad: ['*']\n",
        },
    )
    with pytest.raises(RuleError) as caught:
        Rules.load(tmp_path)
    found = [(Path(p.file).name, p.line) for p in caught.value.problems]
    assert found == [("a.yaml", 2), ("b.yaml", 2), ("b.yaml", 3)]


def test_families_in_a_circle(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "families/a.yaml": "family: b\nremove:\n  ad: [.a]\n",
            "families/b.yaml": "family: c\nremove:\n  ad: [.b]\n",
            "families/c.yaml": "family: a\nremove:\n  ad: [.c]\n",
            "families/d.yaml": "family: a\nremove:\n  ad: [.d]\n",
            "publishers/x.de.yaml": publisher("x.de", "x", "d"),
        },
    )
    with pytest.raises(RuleError, match="in a circle") as caught:
        Rules.load(tmp_path)
    assert {Path(p.file).stem for p in caught.value.problems} == {"a", "b", "c"}
    assert all((p.line, p.column) == (1, 9) and "remove one" in p.hint for p in caught.value.problems)


def test_a_family_of_itself(tmp_path: Path) -> None:
    write(tmp_path, {"families/a.yaml": "remove:\n  ad: [.a]\nfamily: a\n"})
    with pytest.raises(RuleError, match="in a circle") as caught:
        Rules.load(tmp_path)
    assert [(p.line, p.column) for p in caught.value.problems] == [(3, 9)]


def test_a_domain_in_two_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "publishers/a.yaml": publisher("[x.de, y.de]", "a"),
            "publishers/b.yaml": publisher("[z.de, y.de]", "b"),
        },
    )
    with pytest.raises(RuleError) as caught:
        Rules.load(tmp_path)
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line, problem.column) == ("b.yaml", 2, 17)
    assert "y.de is claimed twice" in problem.message
    assert "a.yaml:2" in problem.message


def test_an_unknown_family(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"families/verlagshaus.yaml": "keep: [.a]\n", "publishers/x.yaml": publisher("x.de", "a", "verlagshuas")},
    )
    with pytest.raises(RuleError) as caught:
        Rules.load(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (3, 9)
    assert "'verlagshaus'" in problem.hint


# --- sums ----------------------------------------------------------------------------------------


def test_sets_are_added() -> None:
    one, two = rules("remove: {ad: [.a]}"), rules("remove: {ad: [.b, .c]}")
    assert len(Rules()) == 0
    assert len(one + two) == 3
    assert len(one + one) == 1
    assert len(Rules() + one + Rules()) == 1
    assert len(one) == 1  # neither side changes
    with pytest.raises(TypeError):
        one + "rules"  # type: ignore[operator]
    assert "3 in 2 files" in repr(one + two)


def test_own_rules_are_added_to_the_built_in_ones() -> None:
    both = Rules.builtin() + rules("{publisher: X, domains: beispielblatt.de, remove: {ad: [.eigenes]}}", key="own")
    cleaner = Cleaner(both)
    html = "<p>eins</p><p class=eigenes>zwei</p>"
    assert cleaner.clean(html, url="https://beispielblatt.de/").text == "eins"
    assert cleaner.clean(html, url="https://beispielblatt.at/").text == "eins\nzwei"


def test_built_in_rules_are_there() -> None:
    everything, less = Rules.builtin(), Rules.builtin(publishers=False)
    assert len(less.generic) > 5
    assert any(file.kind == "family" for file in less.files)
    assert not any(file.kind == "publisher" for file in less.files)
    publishers = [file for file in everything.all_files() if file.kind == "publisher"]
    assert len(publishers) > 5
    domain = publishers[0].domains[0]
    assert publishers[0].key in keys(everything, f"www.{domain}")
    assert publishers[0].key not in keys(less, f"www.{domain}")


def test_the_functions_use_the_built_in_rules() -> None:
    page = "<p>eins</p><div id=adblock-notice>zwei</div>"
    assert cleanpage.clean(page).text == "eins"
    assert Cleaner(Rules()).clean(page).text == "eins\nzwei"


# --- hosts ---------------------------------------------------------------------------------------

HOSTS = (
    rules("{publisher: A, domains: [blatt.de], remove: {ad: [.a]}}", key="blatt.de")
    + rules("{publisher: B, domains: [sport.blatt.de], remove: {ad: [.b]}}", key="sport.blatt.de")
    + rules("{publisher: C, domains: [co.uk], remove: {ad: [.c]}}", key="co.uk")
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("blatt.de", ["blatt.de"]),
        ("www.blatt.de", ["blatt.de"]),
        ("a.b.c.blatt.de", ["blatt.de"]),
        ("sport.blatt.de", ["sport.blatt.de"]),
        ("live.sport.blatt.de", ["sport.blatt.de"]),
        ("wochenblatt.de", []),
        ("blatt.de.example", []),
        ("sportblatt.de", []),
        ("de", []),
        ("", []),
        (".", []),
        ("..blatt.de", ["blatt.de"]),
        ("x.co.uk", ["co.uk"]),
    ],
)
def test_the_most_specific_domain_wins(host: str, expected: list[str]) -> None:
    assert keys(HOSTS, host) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://WWW.Blatt.DE/a/b?c#d", ("www.blatt.de", "/a/b")),
        ("http://user:pw@blatt.de:8080", ("blatt.de", "/")),
        ("blatt.de/x", ("blatt.de", "/x")),
        ("//blatt.de/x", ("blatt.de", "/x")),
        ("https://blatt.de./x", ("blatt.de", "/x")),
        ("http://[::1", ("", "")),
        ("", ("", "")),
        (None, ("", "")),
        ("file:///a/x.html", ("", "/a/x.html")),
    ],
)
def test_host_and_path_of_a_url(url: str | None, expected: tuple[str, str]) -> None:
    assert host_of(url) == expected


def test_the_publisher_comes_first_then_its_families_from_the_nearest(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "families/gross.yaml": "remove: {ad: [.x]}\n",
            "families/klein.yaml": "family: gross\nremove: {ad: [.x]}\n",
            "publishers/a.de.yaml": publisher("a.de", "y", "klein"),
            "generic/ad.yaml": "remove: {ad: [.x, .y]}\n",
        },
    )
    loaded = Rules.load(tmp_path)
    assert keys(loaded, "a.de") == ["a.de", "klein", "gross"]
    result = Cleaner(loaded).clean("<p class=x>1</p><p class=y>2</p>", url="http://a.de")
    assert [removal.rule for removal in result.removed] == ["klein/ad/.x", "a.de/ad/.y"]


def test_a_family_may_name_sites_without_a_file_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, {"families/haus.yaml": "domains: [b.de]\nremove: {ad: [.x]}\n"})
    cleaner = Cleaner(Rules.load(tmp_path))
    assert cleaner.clean("<p>1<p class=x>2", url="http://www.b.de").text == "1"
    assert cleaner.clean("<p>1<p class=x>2", url="http://www.c.de").text == "1\n2"


def test_a_family_that_is_not_loaded_is_an_error_that_says_so(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"families/haus.yaml": "remove: {ad: [.x]}\n", "publishers/a.de.yaml": publisher("a.de", "y", "haus")},
    )
    loaded = Rules.load(tmp_path)
    alone = Rules(file for file in loaded.files if file.kind == "publisher")
    with pytest.raises(RuleError, match="family haus is not loaded"):
        Cleaner(alone).clean("<p>1", url="http://a.de/")


# --- the way to another process ------------------------------------------------------------------

FULL = """
publisher: Beispielblatt
domains: [beispielblatt.de]
content: {css: article, since: 2020-01-01}
remove:
  ad:
    - .a > .b ~ p:not(.c)
    - css: 'div:has(> .d)'
      text: [Anzeige, Werbung]
      scope: closest section
    - xpath: //p[@data-x]
    - matches: 'Jetzt \\w+'
      max_words: 5
      path: /sport/*
      until: 2030-01-01
    - css: '[href*="x"]'
      unless: .e
keep: [.f]
lines:
  player:
    - line: [schließen, Vollbild]
    - {from: a, to: b}
examples:
  - html: <p>x</p>
    keeps: [x]
"""
PAGE = (
    "<section><div><i class=d></i>Anzeige</div></section><p data-x>eins<p>zwei <a href=xy>drei</a>"
    "<p>Jetzt lesen<div class=f><p data-x>vier</div>"
)


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_rules_and_cleaners_travel(used: bool, protocol: int) -> None:
    loaded = Rules.parse(FULL, "beispielblatt.de.yaml", "beispielblatt.de")
    cleaner = Cleaner(loaded, categories=["ad", "player"])
    expected = cleaner.clean(PAGE, url="http://beispielblatt.de/sport/1") if used else None
    there = pickle.loads(pickle.dumps(loaded, protocol))
    twin = pickle.loads(pickle.dumps(cleaner, protocol))
    expected = expected or cleaner.clean(PAGE, url="http://beispielblatt.de/sport/1")
    assert expected.text == "zwei\nvier"
    for other in (twin, Cleaner(there, categories=["ad", "player"])):
        found = other.clean(PAGE, url="http://beispielblatt.de/sport/1")
        assert (found.text, found.html, found.removed) == (expected.text, expected.html, expected.removed)
        assert other.clean_text("Vollbild\nText", url="http://beispielblatt.de/").text == "Text"
    assert twin.categories == {"ad", "player"}


def test_built_in_cleaners_travel_without_the_publishers_files() -> None:
    cleaner = Cleaner()
    domain = next(file for file in cleaner.rules.all_files() if file.kind == "publisher").domains[0]
    before = len(pickle.dumps(cleaner))
    twin = pickle.loads(pickle.dumps(cleaner))
    page = "<p>eins</p><div id=adblock-notice>zwei</div>"
    found, expected = twin.clean(page, url=f"https://{domain}/"), cleaner.clean(page, url=f"https://{domain}/")
    assert (found.text, found.removed) == (expected.text, expected.removed)
    assert len(pickle.dumps(cleaner)) < 2 * before


def test_results_and_errors_travel() -> None:
    result = Cleaner(rules("remove: {ad: [.a]}")).clean(b"<p>eins<p class=a>zwei")
    twin = pickle.loads(pickle.dumps(result))
    assert (twin.text, twin.html, twin.removed, twin.encoding) == (
        result.text,
        result.html,
        result.removed,
        result.encoding,
    )
    assert len(gone(twin)) == 1
    with pytest.raises(RuleError) as caught:
        rules("remove: {x: [.a]}")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    with pytest.raises(cleanpage.PageError) as refused:
        cleanpage.clean(b"")
    assert pickle.loads(pickle.dumps(refused.value)).limit == "empty"


# --- the cleaner ---------------------------------------------------------------------------------


def test_a_cleaner_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Cleaner(Rules()).rules = Rules()  # type: ignore[misc]


def test_an_unknown_category() -> None:
    with pytest.raises(ValueError, match="did you mean 'newsletter'"):
        Cleaner(Rules(), categories=["newslettr"])
