"""What could take a block, what a rule would change, and what is written."""

from __future__ import annotations

import os
from difflib import unified_diff
from errno import ENOSPC
from pathlib import Path

import pytest

from cleanpage import Rules
from cleanpage.authoring.edit import KEEP, Draft
from cleanpage.errors import CleanpageError, RuleError
from cleanpage.examples import run
from cleanpage.rules.ruleset import builtin_folder
from cleanpage.stored import Page
from cleanpage.workbench import answers
from cleanpage.workbench.choices import Choice
from cleanpage.workbench.saving import Folders, Target
from cleanpage.workbench.session import Session, score_of

from .support import HOST, RULES, markup, read_pages, write_site

BOX = Draft("chrome", ".tide-table")


def element(session: Session, text: str, number: int = 0) -> int:
    """The innermost element that holds a text."""
    outline = session.site_page(number).outline
    place = next(place for place, block in enumerate(outline.blocks) if text in block)
    return outline.covering(outline.block_first[place], outline.block_last[place])


def offered(session: Session, text: str) -> dict[tuple[str, str], Choice]:
    found = session.choices(0, element(session, text))
    return {(one.draft.css, one.draft.equals or one.draft.heading): one for one in found}


def diff(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


# --- choices -----------------------------------------------------------------------------------


def test_a_block_is_offered_the_names_of_what_it_stands_in(session: Session) -> None:
    one = offered(session, "At the mole")[".tide-table", ""]
    assert (one.blocks, one.elements, one.level) == (2, (element(session, "At the mole") - 2,), 1)
    assert (one.other_pages, one.other_blocks) == (2, 4)
    assert not one.article[0]


def test_names_that_a_build_tool_made_are_not_offered(session: Session) -> None:
    assert not [css for css, _ in offered(session, "At the mole") if "css-" in css]


def test_a_block_is_offered_its_words_and_its_heading(session: Session) -> None:
    found = offered(session, "High water today")
    assert found["h4", "High water today"].draft.equals == "High water today"
    assert found["div", "High water today"].draft.heading == "High water today"
    assert found["div", "High water today"].blocks == 2


def test_what_a_rule_takes_is_offered_the_names_that_could_keep_it(session: Session) -> None:
    found = session.choices(0, element(session, "More from the coast"), KEEP)
    (one,) = [one for one in found if one.draft.css == ".more-stories"]
    assert (one.draft.category, one.blocks, one.other_blocks, one.article[0]) == (KEEP, 3, 6, "")
    assert not [one for one in found if one.draft.conditions]


def test_what_takes_of_the_article_says_so_and_comes_last(session: Session) -> None:
    found = session.choices(0, element(session, "Nobody was hurt"))
    assert found
    assert all(one.article[0] for one in found if one.draft.css == ".story")
    flags = [bool(one.article[0]) for one in found]
    assert flags == sorted(flags)


def test_no_such_element_is_an_error(session: Session) -> None:
    for number in (0, -1, 10_000):
        with pytest.raises(CleanpageError, match="no element"):
            session.choices(0, number)


def test_a_selector_of_ones_own_is_tried(session: Session) -> None:
    assert session.tried(0, Draft("", "article > .byline")).blocks == 1
    assert session.tried(0, Draft("", "article > .byline")).article[0] == "By Hedda Lund"
    with pytest.raises(CleanpageError, match="no selector"):
        session.tried(0, Draft("", "p["))


def test_pages_of_other_sites_are_not_asked(tmp_path: Path, session: Session) -> None:
    other = Page("other.html", markup(9).encode(), "https://www.hills.example/9")
    assert len(session.others(0)) == 2
    assert len(Session([*session.pages, other]).others(0)) == 2
    assert Session([*session.pages, other]).others(3) == []


# --- previews ----------------------------------------------------------------------------------


def test_a_preview_says_what_goes_and_writes_nothing(session: Session, rule_file: Path) -> None:
    change = answers.preview(session, 0, BOX)
    assert change["lines"] == [("-", "High water today"), ("-", "At the mole: 4.12 and 16.40")]
    assert (change["gone"], change["back"], change["lost"]) == (9, 0, 0)
    assert change["article"]["kept"] == change["article"]["of"] > 0
    assert change["yaml"] == ["- .tide-table"]
    assert rule_file.read_text("utf-8") == RULES


def test_a_preview_says_what_is_lost_of_the_article(session: Session) -> None:
    change = answers.preview(session, 0, Draft("related", ".story"))
    assert change["lost"] == change["article"]["of"]
    assert any("Nobody was hurt" in line for line in change["article"]["gone"])


def test_a_rule_that_keeps_brings_back(session: Session) -> None:
    change = answers.preview(session, 0, Draft(KEEP, ".more-stories"))
    assert ("+", "More from the coast") in [tuple(line) for line in change["lines"]]
    assert change["back"] > 0 == change["gone"]


def test_a_preview_needs_a_category_and_a_selector(session: Session) -> None:
    for draft in (Draft("", ".x"), Draft("nonsense", ".x"), Draft("ad", " ")):
        with pytest.raises(CleanpageError, match="choose a"):
            session.preview(0, draft)
    with pytest.raises(RuleError):
        session.preview(0, Draft("ad", "p"))  # it could match everything


def test_without_a_folder_there_are_previews_and_no_saving(pages: Path) -> None:
    session = Session(read_pages(pages))
    assert answers.preview(session, 0, BOX)["gone"] == 9
    with pytest.raises(CleanpageError, match="--rules"):
        session.save(0, BOX)


def test_the_article_has_a_score(session: Session) -> None:
    score = score_of(session.looked(0).extraction)
    assert score is not None
    assert 0.5 < score <= 1


# --- saving ------------------------------------------------------------------------------------


def test_saving_puts_in_the_rule_and_its_example_and_changes_no_line(session: Session, rule_file: Path) -> None:
    saved = session.save(0, BOX)
    assert saved.has_example
    after = rule_file.read_text("utf-8")
    assert diff(RULES, after) == [
        "+  chrome:",
        "+    - .tide-table",
        "+  - html: |",
        "+      <article><p>This paragraph is the article's and stays.</p></article>",
        '+      <div class="tide-table">High water today At the mole: 4.12 and</div>',
        '+    removes: ["High water today At the mole: 4.12 and"]',
        '+    keeps: ["This paragraph is the article\'s and stays."]',
    ]
    (report,) = run(Rules.load(rule_file))
    assert (report.examples, report.failures, report.unshown) == (2, (), ())


def test_what_was_saved_is_in_force_at_once_and_knows_its_line(session: Session, rule_file: Path) -> None:
    session.save(0, BOX)
    removed = answers.page(session, 1)["removed"]
    (one,) = [one for one in removed if one["rule"] == "coast.example/chrome/.tide-table"]
    assert one["places"] == [{"file": str(rule_file), "line": 9}]
    assert rule_file.read_text("utf-8").splitlines()[8].strip() == "- .tide-table"


@pytest.mark.parametrize(
    "draft",
    [
        Draft("chrome", "h4", equals="High water today"),
        Draft("chrome", "div", heading="High water today"),
        Draft("chrome", ".story + .tide-table"),
        Draft("chrome", ".tide-table > p"),
        Draft("chrome", "div.tide-table h4 + p"),
    ],
)
def test_examples_show_rules_of_any_shape(session: Session, rule_file: Path, draft: Draft) -> None:
    saved = session.save(0, draft)
    (report,) = run(Rules.load(rule_file))
    assert not report.failures
    # What stands beside an element is no part of an example, so rules that ask for it have none.
    assert saved.has_example is ("+" not in draft.css)
    assert bool(report.unshown) is not saved.has_example


def test_undo_gives_back_the_file_to_the_byte(session: Session, rule_file: Path) -> None:
    session.save(0, BOX)
    session.save(0, Draft("ad", ".byline"))
    session.undo()
    assert ".byline" not in rule_file.read_text("utf-8")
    assert ".tide-table" in rule_file.read_text("utf-8")
    session.undo()
    assert rule_file.read_text("utf-8") == RULES
    assert not [one for one in session.looked(0).removals if "tide" in one.rule]
    with pytest.raises(CleanpageError, match="nothing has been saved"):
        session.undo()


def test_what_somebody_else_wrote_meanwhile_stays(session: Session, rule_file: Path) -> None:
    edited = RULES.replace("# since 2024", "# since 2023")
    rule_file.write_text(edited, "utf-8")
    session.save(0, BOX)
    assert "# since 2023" in rule_file.read_text("utf-8")
    rule_file.write_text(rule_file.read_text("utf-8") + "# mine\n", "utf-8")
    with pytest.raises(CleanpageError, match="changed since"):
        session.undo()
    assert rule_file.read_text("utf-8").endswith("# mine\n")


def test_a_file_with_a_byte_order_mark_keeps_it(pages: Path, rules: Path, rule_file: Path) -> None:
    rule_file.write_bytes(b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode())
    rule_file.chmod(0o640)
    Session(read_pages(pages), [rules]).save(0, BOX)
    data = rule_file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# The people")
    assert data.count(b"\n") == data.count(b"\r\n") == RULES.count("\n") + 7
    assert rule_file.stat().st_mode & 0o777 == 0o640


def test_a_site_without_a_file_gets_one(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    session = Session(read_pages(pages), [tmp_path / "empty"])
    path = tmp_path / "empty" / "publishers" / "example" / f"{HOST.removeprefix('www.')}.yaml"
    assert answers.page(session, 0)["target"] == {"file": str(path), "isNew": True}
    assert not path.exists()
    session.save(0, BOX)
    assert path.read_text("utf-8").startswith("publisher: The Coast\ndomains: [coast.example]\n\nremove:\n  chrome:\n")
    (report,) = run(Rules.load(path))
    assert (report.examples, report.failures) == (1, ())
    session.save(0, Draft("ad", ".byline"))
    assert path.read_text("utf-8").count("publisher:") == 1
    session.undo()
    session.undo()
    assert not path.exists()


def test_nothing_is_written_where_the_rule_is_a_mistake(session: Session, rule_file: Path) -> None:
    with pytest.raises(RuleError):
        session.save(0, Draft("ad", "div"))
    assert rule_file.read_text("utf-8") == RULES


def test_a_file_with_a_mistake_is_named_and_left(session: Session, rule_file: Path) -> None:
    rule_file.write_text(RULES.replace("remove:", "remvoe:"), "utf-8")
    with pytest.raises(CleanpageError, match="remvoe"):
        session.save(0, BOX)
    assert ".tide-table" not in rule_file.read_text("utf-8")


def test_rules_that_were_edited_elsewhere_are_read_again(session: Session, rule_file: Path) -> None:
    rule_file.write_text(RULES.replace(".more-stories   #", ".byline   #"), "utf-8")
    session.reload()
    rules = [one.rule for one in session.looked(0).removals]
    assert "coast.example/related/.byline" in rules
    assert "coast.example/related/.more-stories" not in rules


def test_only_what_was_named_may_be_written(tmp_path: Path, rules: Path, rule_file: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("domains: [a.de]\n", "utf-8")
    link = rules / "link.yaml"
    link.symlink_to(outside)
    folders = Folders([rules])
    assert folders.allows(rule_file)
    for path in (outside, link, rules / ".." / "outside.yaml", rules / "rules.txt", builtin_folder() / "x.yaml"):
        assert not folders.allows(path)
        with pytest.raises(CleanpageError, match="none of the folders"):
            folders.write(Target(path, "domains: [a.de]\n"), "domains: [b.de]\n")
    assert outside.read_text("utf-8") == "domains: [a.de]\n"
    assert Folders([outside]).allows(outside)
    assert not Folders([outside]).allows(rule_file)


def test_a_host_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for url in ("https://..%2f..%2fetc/", "https://a/../../b", "https://.../", "https://[::1]/", "https://x_y/"):
        session = Session([Page("p.html", markup(1).encode(), url)], [tmp_path / "mine"])
        with pytest.raises(CleanpageError, match="no site"):
            session.save(0, BOX)
    assert not list((tmp_path / "mine").iterdir())


def test_rules_that_come_with_cleanpage_are_worked_on_as_such(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "p")
    session = Session(read_pages(folder), [builtin_folder()])
    target = session.target(0)
    assert target.path == builtin_folder().resolve() / "publishers" / "example" / "coast.example.yaml"
    assert session._rules.own_pack is not None
    known = Session([Page("p.html", markup(1).encode(), "https://www.fr.de/x")], [builtin_folder()]).target(0)
    assert known.path.name == "fr.de.yaml"
    assert known.path.is_file()


def test_pages_that_do_not_say_their_site_need_one(tmp_path: Path, rules: Path) -> None:
    nameless = Page("p.html", markup(1).encode())
    with pytest.raises(CleanpageError, match="--domain"):
        Session([nameless]).preview(0, BOX)
    with pytest.raises(CleanpageError, match="--domain"):
        Session([nameless], [rules]).save(0, BOX)
    assert Session([nameless], [rules], domain="coast.example").save(0, BOX).has_example


def test_a_disk_that_is_full_costs_nothing(session: Session, rule_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CleanpageError, match="cannot be written"):
        session.save(0, BOX)
    assert rule_file.read_text("utf-8") == RULES
    assert list(rule_file.parent.iterdir()) == [rule_file]


def test_a_test_runs_the_examples_of_the_file(session: Session, rule_file: Path) -> None:
    assert session.test(0).failures == ()
    rule_file.write_text(RULES.replace("keeps: [Stays.]", "keeps: [Stays., More]"), "utf-8")
    report = answers.report(session.test(0))
    (failure,) = report["failures"]
    assert (failure["line"], failure["expected"], failure["rules"]) == (
        10,
        "More",
        ["coast.example/related/.more-stories"],
    )
