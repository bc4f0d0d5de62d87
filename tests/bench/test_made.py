"""Made rules take after given ones, and are different from them and from each other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cleanpage import CleanpageError, Rules
from cleanpage.bench.made import Maker
from cleanpage.bench.packs import write_packs
from cleanpage.rules.model import Rule

from ..support import rules

GIVEN = """\
remove:
  ad:
    - .teaser-box
    - "#topBanner"
    - div.ad > a[href^="https://shop.example/"]
    - aside[data-x="side-bar"]:not(.main-part), .under_line
    - "[data-flag]"
    - css: p
      starts: [Read our other stories, "See also:"]
      max_words: 20
    - xpath: //div[@class]
    - matches: ^advert
    - equals: Advertisement
"""
KINDS = re.compile(r"[A-Za-z]+")


def given() -> list[Rule]:
    return list(rules(GIVEN).files[0].remove)


def shape(rule: Rule) -> tuple[object, ...]:
    """A rule without its words."""
    keys = tuple(selector.key[0] for selector in rule.selectors)
    return keys, KINDS.sub("w", rule.source).count(","), len(rule.starts), len(rule.equals), rule.max_words


def test_only_what_names_something_is_a_template() -> None:
    sources = [rule.source for rule in Maker(given()).templates]
    assert sources == [rule.source for rule in given()[:4]] + ["p", ""]


def test_they_keep_the_mix_and_change_the_names() -> None:
    maker = Maker(given())
    made = list(maker.rules(6 * 300))
    assert Counter(map(shape, made)) == {shape(rule): 300 for rule in maker.templates}
    assert len({(rule.source, rule.starts, rule.equals) for rule in made}) == len(made)
    assert not {rule.source for rule in made if rule.source} & {rule.source for rule in given() if rule.source} - {"p"}
    for rule in made:
        assert all(phrase.folded.strip() for phrase in (*rule.starts, *rule.equals))


def test_how_names_are_written_stays() -> None:
    made = [rule.source for rule in Maker(given()).rules(60)]
    assert all(re.fullmatch(r"\.[a-z]+-[a-z]+(-\d+)?", source) for source in made[::6])
    assert all(re.fullmatch(r"#[a-z]+[A-Z][a-z]*(-\d+)?", source) for source in made[1::6])
    assert all(source.startswith("div.") and '> a[href^="' in source for source in made[2::6])


def test_the_same_in_every_process() -> None:
    code = (
        "import sys; from cleanpage import Rules; from cleanpage.bench.made import Maker\n"
        "maker = Maker(Rules.parse(sys.argv[1]).files[0].remove)\n"
        "print([(rule.source, [p.source for p in rule.starts]) for rule in maker.rules(200)])"
    )
    runs = {
        subprocess.check_output([sys.executable, "-c", code, GIVEN], env={"PYTHONHASHSEED": seed, "PYTHONPATH": _HOME})
        for seed in ("1", "2")
    }
    assert len(runs) == 1


_HOME = str(Path(__file__).resolve().parents[2])


def test_nothing_to_make_rules_from() -> None:
    with pytest.raises(CleanpageError, match="no rules can be made"):
        Maker(rules("remove: {ad: ['[data-flag]']}").files[0].remove)


# --- packs -------------------------------------------------------------------------------------


def test_packs_of_given_rules(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    names = [f".name-{number}" for number in range(150)]
    (folder / "a.yaml").write_text(f"remove: {{ad: [{', '.join(names[:100])}]}}\nkeep: [.kept-one]\n")
    (folder / "b.yaml").write_text(f"domains: [b.example]\nremove: {{ad: [{', '.join(names[100:])}]}}\n")
    packs = write_packs([folder], 40, tmp_path)
    assert [(pack.rules, pack.made) for pack in packs] == [(10, False), (100, False), (151, False), (40, True)]
    loaded = [Rules.load(pack.path) for pack in packs]
    assert [len(one) for one in loaded] == [10, 100, 151, 40]
    # Evenly spaced over all files, which stay what they were.
    assert [len(file.remove) for file in loaded[0].all_files()] == [7, 3]
    assert len(loaded[0].for_host("b.example")) == 1
    assert [rule.source for rule in next(loaded[2].all_files()).keep] == [".kept-one"]
    assert {rule.key for file in loaded[3].all_files() for rule in file.remove} == {"made"}


def test_packs_without_given_rules(tmp_path: Path) -> None:
    packs = write_packs([], 1_200, tmp_path)
    assert [(pack.rules, pack.made) for pack in packs] == [(10, True), (100, True), (1_000, True), (1_200, True)]
    assert [len(Rules.load(pack.path)) for pack in packs] == [10, 100, 1_000, 1_200]
