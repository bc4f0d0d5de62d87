"""How good `cleanpage rules suggest` is: publishers with stored pages, each with its own rules hidden.

    python benchmarks/suggest.py DATA [--pages 3] [--by publisher|family] [--only NAME] [--held-out] [--show]
                                      [--json FILE]

DATA is a folder of data sets as `cleanpage bench quality` reads it. Of each publisher (a registered domain) with enough
pages, its rule file is hidden, with the families that the file names and those that claim the domain; no publisher's
file is left in force. What `suggest` then proposes is measured:

- where blocks are labelled: the nuisance that is gone without the hidden file, with the proposals instead, and with the
  file; and the share of what the file gives that the proposals give;
- on every page whose truth is known: paragraphs, or snippets, of the article that the proposals take; apart from them
  (`~`) those that only the proposals of `chrome` take, which are removed on demand.

`--by family` takes the pages of all members of a family for one publisher's. `--held-out` measures each page with what
the other pages give. The exit status is 1 if a paragraph was taken, or less than half of what a file gives was given.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cleanpage import Cleaner, Rules
from cleanpage.authoring.site import read_site
from cleanpage.authoring.suggest import suggest
from cleanpage.authoring.write import rule_file
from cleanpage.bench.datasets import Case, read_data_sets
from cleanpage.bench.measures import NUISANCE, article_of, measure_for, shingles, squash, words
from cleanpage.errors import CleanpageError
from cleanpage.examples import takers
from cleanpage.rules.model import CATEGORIES, DEFAULT_CATEGORIES
from cleanpage.rules.ruleset import host_of
from cleanpage.stored import Page

ENOUGH = 0.5  # of what the hidden file gives
_LEAST_WORDS = 5  # of a paragraph that is looked for
_SURVIVES = 0.6  # of a paragraph's runs of words, for it to be there


@dataclass(frozen=True)
class Group:
    """Pages of a publisher, or of a family, with the labels where there are any."""

    name: str
    cases: list[Case]
    labels: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What the proposals for a group do: figures are counts, over its pages."""

    name: str
    pages: int
    proposals: int = 0
    labelled: int = 0
    hidden: int = 0
    proposed: int = 0
    built_in: int = 0
    checked: int = 0
    lost: list[str] = field(default_factory=list)
    lost_on_demand: list[str] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """Of what the hidden file gives, the share that the proposals give; None if it gives nothing."""
        gain = self.built_in - self.hidden
        return (self.proposed - self.hidden) / gain if gain > 0 else None

    @property
    def is_good(self) -> bool:
        return not self.lost and (self.share is None or self.share >= ENOUGH)


def main() -> int:
    """Measure, print a line for each publisher, and say whether all is as it should be."""
    wanted = _arguments()
    outcomes = []
    for group in _groups(wanted.data, wanted.by, wanted.pages):
        if wanted.only and group.name not in wanted.only:
            continue
        outcome = measure(group, held_out=wanted.held_out, show=wanted.show)
        outcomes.append(outcome)
        print(_line(outcome), flush=True)
    labelled = [one for one in outcomes if one.share is not None]
    enough = sum(one.share >= ENOUGH for one in labelled if one.share is not None)
    taken = sum(len(one.lost) for one in outcomes)
    print(
        f"{len(outcomes)} with {wanted.pages} pages or more: of {_sum(outcomes, 'checked')} paragraphs {taken} taken, "
        f"{sum(len(one.lost_on_demand) for one in outcomes)} more on demand (chrome)"
    )
    print(f"{enough} of {len(labelled)} whose own rules remove labelled nuisance get half of it or more")
    if wanted.json:
        rows = [{**asdict(one), "share": one.share} for one in outcomes]
        wanted.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if outcomes and all(one.is_good for one in outcomes) else 1


def measure(group: Group, *, held_out: bool, show: bool) -> Outcome:
    """Propose rules for a group of pages, its own rules hidden, and see what they do."""
    hidden = _without_own(group)
    cleaner = Cleaner(hidden)
    pages = [Page(case.key, case.html(), case.url) for case in group.cases]
    looked = read_site(pages, cleaner)
    outcome = Outcome(group.name, len(pages))
    for number, (case, page) in enumerate(zip(group.cases, pages, strict=True)):
        if number == 0 or held_out:
            others = [one for place, one in enumerate(looked) if not (held_out and place == number)]
            text = _proposed(group, others)
            outcome.proposals = max(outcome.proposals, text.count("    # on "))
            proposals = hidden + Rules.parse(text, f"{group.name}.yaml", "suggested")
        if show and (number == 0 or held_out):
            print(text)
        _compare(outcome, case, page, (cleaner, Cleaner(proposals), Cleaner()), group.labels.get(case.key))
        outcome.checked += len(_article(case.truth))
        outcome.lost += _lost(case, page, hidden, proposals, DEFAULT_CATEGORIES)
        on_demand = _lost(case, page, hidden, proposals, CATEGORIES)
        outcome.lost_on_demand += [text for text in on_demand if text not in outcome.lost]
    return outcome


def _lost(case: Case, page: Page, before: Rules, after: Rules, categories: Sequence[str]) -> list[str]:
    """What of the article is there with some rules, and not with others."""
    before_, after_ = (Cleaner(rules, categories).clean(page.html, page.url) for rules in (before, after))
    whole, left = _Text(before_.text), _Text(after_.text)
    if whole.flat == left.flat:
        return []
    gone = [text for text in _article(case.truth) if whole.holds(text) and not left.holds(text)]
    return [f"{case.key}: {text[:90]}  ({', '.join(takers(text, after_.removed)[:2])})" for text in gone]


def _proposed(group: Group, pages: Sequence[Any]) -> str:
    """What `rules suggest` writes, for all hosts of a group."""
    hosts = sorted({host_of(case.url)[0] for case in group.cases} - {""}) or ["page.invalid"]
    text = rule_file(hosts[0], suggest(pages), len(pages))
    # The file's second line names one site.
    return text.replace(f"domains: [{hosts[0]}]", f"domains: {json.dumps(hosts)}", 1)


def _compare(outcome: Outcome, case: Case, page: Page, cleaners: Sequence[Cleaner], labels: Any) -> None:
    if labels is None:
        return
    scores = [measure_for(labels).score(one.clean(page.html, page.url).text, labels) for one in cleaners]
    hidden, proposed, built_in = (round(sum(score[f"gone {name}"] for name in NUISANCE)) for score in scores)
    outcome.labelled += round(sum(scores[0][f"all {name}"] for name in NUISANCE))
    outcome.hidden, outcome.proposed = outcome.hidden + hidden, outcome.proposed + proposed
    outcome.built_in += built_in


# --- the pages ---------------------------------------------------------------------------------


def _groups(data: Path, by: str, least: int) -> Iterator[Group]:
    labels: dict[str, Any] = {}
    groups: defaultdict[str, dict[str, Case]] = defaultdict(dict)
    for data_set in read_data_sets(data):
        for case in data_set.cases:
            if "blocks" in case.truth:
                labels[case.key] = case.truth
            name = _family_of(case) if by == "family" else case.publisher
            # The labelled set has the pages of the others once more.
            if name and (case.key not in groups[name] or "blocks" not in case.truth):
                groups[name][case.key] = case
    for name, cases in sorted(groups.items()):
        if len(cases) >= least:
            yield Group(name, list(cases.values()), labels)


def _family_of(case: Case) -> str:
    files = Rules.builtin().for_host(host_of(case.url)[0])
    return next((file.key for file in files if file.kind == "family"), "")


def _without_own(group: Group) -> Rules:
    """The built-in rules that are left for pages whose publisher nobody has written anything for."""
    own = {
        file.key
        for case in group.cases
        for file in Rules.builtin().for_host(host_of(case.url)[0])
        if file.kind == "family"
    }
    files = list(Rules.builtin(publishers=False).all_files())
    while heirs := {file.key for file in files if file.family in own} - own:
        own |= heirs
    return Rules(file for file in files if file.key not in own)


# --- the truth ---------------------------------------------------------------------------------


def _article(truth: Any) -> list[str]:
    """The paragraphs of an article, or what is known to be in it."""
    known = list(truth["with"]) if "with" in truth and "body" not in truth and "main_content" not in truth else None
    return [text for text in known or article_of(truth).split("\n") if len(words(text)) >= _LEAST_WORDS]


class _Text:
    def __init__(self, text: str) -> None:
        self.flat = squash(text)
        self.runs = shingles(text)

    def holds(self, paragraph: str) -> bool:
        if squash(paragraph) in self.flat:
            return True
        wanted = shingles(paragraph)
        return (wanted & self.runs).total() > _SURVIVES * wanted.total()


# --- what is written ---------------------------------------------------------------------------


def _line(one: Outcome) -> str:
    line = f"{one.name:22} {one.pages:3} pages {one.proposals:3} proposals"
    if one.labelled:
        figures = (f"{count / one.labelled:.1%}" for count in (one.hidden, one.proposed, one.built_in))
        share = "" if one.share is None else f", {one.share:.0%} of the gain"
        line += "  nuisance removed {} -> {} (file: {})".format(*figures) + share
    line += f"  paragraphs taken {len(one.lost)} (and {len(one.lost_on_demand)} on demand) of {one.checked}"
    return "\n".join([line, *(f"    -{lost}" for lost in one.lost), *(f"    ~{lost}" for lost in one.lost_on_demand)])


def _sum(outcomes: Sequence[Outcome], name: str) -> int:
    return sum(getattr(one, name) for one in outcomes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="a folder of data sets")
    parser.add_argument("--pages", type=int, default=3, metavar="N", help="how many pages a publisher must have")
    parser.add_argument("--by", choices=("publisher", "family"), default="publisher")
    parser.add_argument("--only", action="append", metavar="NAME", help="this publisher alone; repeatable")
    parser.add_argument("--held-out", action="store_true", help="measure each page with what the others give")
    parser.add_argument("--show", action="store_true", help="print the proposals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CleanpageError as error:
        sys.exit(f"{error}")
