"""The proof that the index changes no answer: every selector on its own, run over the whole page by lxml, finds the
elements that the index finds.

Each selector is taken as it was written, translated by cssselect and evaluated by libxml2: neither the index nor the
matcher nor the parsed form of a selector has a part in it, and which files a page's address calls for is decided anew.
Conditions, guards and `keep` are left out on both sides. Only a rule that has a phrase and names no class, id or
attribute is found by the phrase: there the conditions are decided too, plainly (`bench.conditions`), or the rule is
counted as one that was not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from ..engine.match import Context, Matcher
from ..engine.prepared import Prepared, Programs
from ..engine.prose import Prose
from ..engine.view import View, merge
from ..outline import outline
from ..page import Document, Limits, parse
from ..rules.filing import goes_by_phrase
from ..rules.model import CATEGORIES, Rule, RuleFile
from ..rules.ruleset import Rules, host_of
from ..rules.selectors import Selector
from ..stored import Page
from .conditions import PlainConditions, is_plain
from .translate import Untranslated, compiled_css, compiled_xpath, elements_of, parts_of

Side = Literal["index", "lxml"]
# A rule under one of its selectors, as that was written; under all of them, if it is found by its phrases.
Part = tuple[Rule, str]
# What lxml is to run: whether it is XPath as it stands, and what was written.
Written = tuple[bool, str]
Found = dict[Part, set[etree._Element]]


@dataclass(frozen=True, slots=True)
class Difference:
    """An element that only one side finds.

    Attributes:
        page: the page's name.
        rule: the rule's id.
        selector: the selector, as it was written.
        path: where the element stands.
        side: which side has it.
    """

    page: str
    rule: str
    selector: str
    path: str
    side: Side


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared on a page.

    Attributes:
        page: its name.
        selectors: how many different selectors lxml evaluated.
        matches: how many pairs of a rule and an element lxml found.
        covered: how many elements lie in those, themselves included.
        differences: what the two sides do not agree on.
    """

    page: str
    selectors: int
    matches: int
    covered: int
    differences: tuple[Difference, ...]


class IndexCheck:
    """Compares the index of a set of rules with the plain evaluation of each of their selectors.

    Attributes:
        untranslated: the selectors that could not be compared, with the reason.
        by_phrase: how many selectors of rules that are found by phrases could not be compared, as such a rule has a
            condition that is not decided plainly.

    Args:
        rules: the rules.

    Raises:
        RuleError: a pack is damaged.
    """

    def __init__(self, rules: Rules) -> None:
        self.untranslated: dict[str, str] = {}
        self.by_phrase = 0
        self._prepared = Prepared(rules)
        self._files = list(rules.all_files())
        self._compiled: dict[Written, etree.XPath] = {}
        self._written: dict[tuple[Rule, Selector], str] = {}
        self._conditions: dict[Rule, PlainConditions] = {}
        self._parts: dict[RuleFile, list[tuple[Part, Written]]] = {
            file: [part for rule in file.remove for part in self._translated(rule)] for file in self._files
        }

    @property
    def selectors(self) -> int:
        """How many different selectors can be compared."""
        return len(self._compiled)

    def _translated(self, rule: Rule) -> Iterator[tuple[Part, Written]]:
        """The selectors of a rule that can be compared, each with what lxml is to run for it."""
        if rule.teasers is not None or rule.page_has:
            self.untranslated[rule.name()] = "it goes by what the page as a whole is"
            return
        is_xpath = any(selector.complex is None for selector in rule.selectors)
        written = [rule.source] if is_xpath else parts_of(rule.source) if rule.selectors else []
        if len(written) != len(rule.selectors):
            self.untranslated[rule.source] = f"it is read as {len(rule.selectors)} selectors, not as {len(written)}"
            return
        if is_plain(rule):
            yield from self._found_by_phrase(rule, [(is_xpath, one) for one in written])
            return
        for selector, one in zip(rule.selectors, written, strict=True):
            if goes_by_phrase(rule, selector):
                self.by_phrase += 1
            elif self._compile((is_xpath, one)):
                self._written[rule, selector] = one
                yield (rule, one), (is_xpath, one)

    def _found_by_phrase(self, rule: Rule, written: list[Written]) -> Iterator[tuple[Part, Written]]:
        try:
            conditions = PlainConditions(rule)
        except Untranslated:
            self.by_phrase += len(written)
            return
        if all(map(self._compile, written)):
            self._conditions[rule] = conditions
            yield from (((rule, rule.source), one) for one in written)

    def _compile(self, written: Written) -> bool:
        is_xpath, one = written
        if written not in self._compiled and one not in self.untranslated:
            try:
                self._compiled[written] = compiled_xpath(one) if is_xpath else compiled_css(one)
            except Untranslated as error:
                self.untranslated[one] = str(error)
        return written in self._compiled

    def compare(self, page: Page) -> Comparison:
        """Both sides' answers for a page.

        Raises:
            PageError: it is no page.
        """
        root = parse(page.html).root
        host, path = host_of(page.url)
        programs = self._prepared.for_host(host)
        columns = outline(Document(root, None), Limits(), programs.attributes)
        whole = View(columns, merge(columns.hidden))
        context = Context(path, None, frozenset(CATEGORIES), host)
        matcher = Matcher(columns, root, context, Prose(columns, whole))
        written, plain = self._by_lxml(root, host, path, whole)
        indexed = self._by_index(matcher, programs, whole)
        return Comparison(
            page.name,
            written,
            sum(map(len, plain.values())),
            len({inner for found in plain.values() for one in found for inner in one.iter("*")}),
            (*_only(page, "index", indexed, plain), *_only(page, "lxml", plain, indexed)),
        )

    def _by_index(self, matcher: Matcher, programs: Programs, whole: View) -> Found:
        elements = whole.outline.elements
        found: Found = {}
        for entry, number in matcher.selected(programs.remove):
            written = self._written.get((entry.rule, entry.selector)) if entry.selector is not None else None
            if number and written is not None:
                found.setdefault((entry.rule, written), set()).add(elements[number])
        for match in matcher.first_round(programs.remove, whole):
            if match.number > 0 and match.rule in self._conditions:
                found.setdefault((match.rule, match.rule.source), set()).add(elements[match.number])
        return found

    def _by_lxml(self, root: etree._Element, host: str, path: str, whole: View) -> tuple[int, Found]:
        """How many selectors were run, and what those of the rules that are meant for the page found."""
        shown = _shown(root)
        answers: dict[Written, set[etree._Element]] = {}
        found: Found = {}
        for file in _files_for(host, self._files):
            for part, written in self._parts[file]:
                if not _is_meant(part[0], host, path):
                    continue
                if written not in answers:
                    answers[written] = elements_of(self._compiled[written], root) & shown
                conditions = self._conditions.get(part[0])
                answer = conditions.met_by(answers[written], root, whole) if conditions else answers[written]
                if answer:
                    found.setdefault(part, set()).update(answer)
        return len(answers), found


def _only(page: Page, side: Side, having: Found, lacking: Found) -> Iterator[Difference]:
    """What one side has and the other lacks, in page order for each rule."""
    for (rule, written), found in having.items():
        left = found - lacking.get((rule, written), set())
        for path in sorted(one.getroottree().getpath(one) for one in left):
            yield Difference(page.name, rule.name(), written, path, side)


def _shown(root: etree._Element) -> set[etree._Element]:
    """The elements that removing is about: those in the body, or, where something stands beside it, in the page."""
    above = [child for child in root.iterchildren("*") if child.tag != "head"]
    loose = "".join(filter(None, (root.text, *(child.tail for child in root)))).strip()
    top = above[0] if len(above) == 1 and above[0].tag == "body" and not loose else root
    return set(top.iterdescendants("*"))


# --- which rules are meant, decided plainly ----------------------------------------------------


def _files_for(host: str, files: Iterable[RuleFile]) -> list[RuleFile]:
    """The files that a host calls for: the generic ones, those of its most specific domain, and their families."""
    files = list(files)
    labels = host.split(".")
    domains = [".".join(labels[place:]) for place in range(len(labels) - 1)]
    own: list[RuleFile] = next(filter(None, ([f for f in files if domain in f.domains] for domain in domains)), [])
    for file in own:  # grows on the way, as families have families
        own += [f for f in files if f.kind == "family" and f.key == file.family and f not in own]
    return [file for file in files if file.kind == "generic" or file in own]


def _is_meant(rule: Rule, host: str, path: str) -> bool:
    """Whether a rule holds for pages of a host at a path."""
    if rule.paths and not any(_glob(glob).fullmatch(path) for glob in rule.paths):
        return False
    if rule.path_matches and not any(re.search(pattern, path) for pattern in rule.path_matches):
        return False
    return _is_on(rule.domains, host)


def _is_on(domains: Iterable[str], host: str) -> bool:
    """Whether a rule holds on a host: what the entry says that names most of it."""
    positive = any(not domain.startswith("~") for domain in domains)
    fitting = [
        (*named, not domain.startswith("~")) for domain in domains if (named := _named(domain.lstrip("~"), host))
    ]
    return max(fitting)[-1] if fitting else not positive


def _named(domain: str, host: str) -> tuple[int, int] | None:
    """How much of a host a domain names, None if it does not mean it: its labels and, the fewer the better, those
    that `*` stands for."""
    suffix = r"(?:[^.]+|[^.]{1,3}\.[^.]{2})" if domain.endswith(".*") else ""
    base = domain.removesuffix("*") if suffix else domain
    found = re.fullmatch(rf"(?:.+\.)?({re.escape(base)}({suffix}))", host)
    return (found[1].count("."), -len(found[2].split(".")) if found[2] else 0) if found else None


def _glob(glob: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(character) or re.escape(character) for character in glob), re.S)
