"""The examples of rule files, run: what a rule file says of itself, held against what the rules do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from .api import Cleaner
from .engine.marks import MarkIndex
from .errors import PageError
from .outline import outline
from .page import Limits, parse
from .result import Removal, Result
from .rules.model import CATEGORIES, PHRASE_CONDITIONS, Example, LineRule, Mark, Place, Rule, RuleFile
from .rules.ruleset import Rules, host_of

# Where a family or a generic file without domains meets its examples: a name that can belong to no site (RFC 2606).
_NOWHERE = "page.invalid"


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """Something that an example expects and the rules do not do.

    Attributes:
        place: where the example begins.
        message: what is wrong, in words.
        expected: the text of `removes` or `keeps`; empty where the example could not be run at all.
        wanted: whether that text should have stayed (`keeps`) or gone (`removes`).
        rules: the ids of the rules to blame: those that took a text of `keeps`, or that were held back from one of
            `removes`.
        before: the example's plain text.
        after: what the rules left of it.
    """

    place: Place
    message: str
    expected: str = ""
    wanted: bool = True
    rules: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class UnshownRule:
    """A rule that removes something in no example of its file.

    Attributes:
        place: where the rule stands.
        rule: its id, with its first phrase where it has several.
    """

    place: Place
    rule: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What the examples of one rule file showed.

    Attributes:
        file: the rule file's name.
        examples: how many it has.
        failures: what went wrong, in the order of the file.
        unshown: the rules that no example shows, in the order of the file.
        unshown_marks: the marks that no example's page bears, in the order of the file.
    """

    file: str
    examples: int
    failures: tuple[ExampleFailure, ...] = ()
    unshown: tuple[UnshownRule, ...] = ()
    unshown_marks: tuple[Mark, ...] = ()


def run(rules: Rules) -> Iterator[FileReport]:
    """Run the examples of every file of a set, each with the rules of its file and that file's families only.

    Args:
        rules: the set. A family that is not in it may be one of those that come with cleanpage.

    Raises:
        RuleError: a file cannot be read, or names a family that is nowhere.
    """
    files = list(rules.all_files())
    families = families_for(files)
    for file in files:
        yield run_file(file, families)


def families_for(files: Iterable[RuleFile]) -> tuple[RuleFile, ...]:
    """The family files among some files, and of those that come with cleanpage the ones with other names.

    Raises:
        RuleError: the families that come with cleanpage cannot be read.
    """
    files = tuple(files)
    families = [file for file in files if file.kind == "family"]
    own = {family.key for family in families}
    if any(file.family and file.family not in own for file in files):
        families += [f for f in Rules.builtin(publishers=False).files if f.kind == "family" and f.key not in own]
    return tuple(families)


def run_file(file: RuleFile, families: Sequence[RuleFile] = ()) -> FileReport:
    """Run the examples of one rule file.

    Args:
        file: the rule file.
        families: family files, among which its own are found by name.

    Raises:
        RuleError: a family that the file names is not among them.
    """
    failures: list[ExampleFailure] = []
    fired: set[str] = set()
    cleaner = _cleaner(file, families) if file.examples else None
    for example in file.examples:
        assert cleaner is not None
        url = example.url or f"https://{(*file.domains, _NOWHERE)[0]}/"
        if file.kind == "publisher" and not _belongs(host_of(url)[0], file.domains):
            message = f"the example itself is wrong: {url} is on none of the file's domains"
            failures.append(ExampleFailure(example.place, message))
            continue
        try:
            whole, cleaned = _clean(_nothing_removed(), example, url), _clean(cleaner, example, url)
        except PageError as error:
            failures.append(ExampleFailure(example.place, f"the example itself is wrong: {error}"))
            continue
        failures += _check(example, whole.text, cleaned)
        fired.update(removal.rule for removal in cleaned.removed if not removal.held_back)
    return FileReport(
        file.name, len(file.examples), tuple(failures), tuple(_unshown(file, fired)), tuple(_unshown_marks(file))
    )


def removing(file: RuleFile) -> tuple[Rule | LineRule, ...]:
    """The rules of a file that remove something."""
    return (*file.remove, *file.lines)


def ids_of(rule: Rule | LineRule) -> tuple[str, ...]:
    """Every id that a rule can have in a removal, one for each of its phrases."""
    if isinstance(rule, LineRule):
        return tuple(rule.name(phrase.source) for phrase in rule.line or rule.start)
    # A rule that is found by a class or an id is known by that, whatever its phrases.
    found_by: list[tuple[str, str]] = [
        (name, phrase.source) for name in PHRASE_CONDITIONS for phrase in getattr(rule, name)
    ]
    if rule.selectors or not found_by:
        found_by.append(("", ""))
    selectors = [selector.source for selector in rule.selectors] if len(rule.selectors) > 1 else [""]
    return tuple(dict.fromkeys(rule.name(*phrase, selector) for phrase in found_by for selector in selectors))


def places_of(files: Iterable[RuleFile]) -> dict[str, list[Place]]:
    """Where the rules of files stand, by every id that they can have in a removal."""
    places: dict[str, list[Place]] = {}
    for file in files:
        for rule in removing(file):
            for id_ in ids_of(rule):
                places.setdefault(id_, []).append(rule.place)
    return places


# --- one example -------------------------------------------------------------------------------


def _cleaner(file: RuleFile, families: Sequence[RuleFile]) -> Cleaner:
    """A cleaner that applies a file to every page of its examples."""
    if file.kind == "generic":
        return Cleaner(Rules([file]), CATEGORIES)
    # A family's rules are meant for its members' pages, and a member may have a file of its own.
    hosts = [host_of(example.url)[0] for example in file.examples if example.url] if file.kind == "family" else []
    claimed = tuple(dict.fromkeys((*file.domains, *filter(None, hosts), _NOWHERE)))
    chain = _chain(file, families)
    parents = [family for family in families if family.key in chain]
    # Only the file itself claims domains, so that no relative of it is taken for the page's publisher.
    set_ = Rules([replace(file, domains=claimed), *(replace(parent, domains=()) for parent in parents)])
    set_.for_host(claimed[0])  # tells now if a family is missing
    return Cleaner(set_, CATEGORIES)


def _chain(file: RuleFile, families: Sequence[RuleFile]) -> set[str]:
    """The names of a file's families, those of its families included, without its own."""
    names: set[str] = set()
    waiting = [file.family]
    while waiting:
        name = waiting.pop()
        if name and name not in names:
            names.add(name)
            waiting += [family.family for family in families if family.key == name]
    return names - {file.key if file.kind == "family" else ""}


@cache
def _nothing_removed() -> Cleaner:
    return Cleaner(Rules())


def _clean(cleaner: Cleaner, example: Example, url: str) -> Result:
    return cleaner.clean(example.html, url) if example.html else cleaner.clean_text(example.text, url)


def _belongs(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _check(example: Example, before: str, cleaned: Result) -> Iterator[ExampleFailure]:
    """Hold what came out against what the example says, after folding white space."""
    whole, left = fold_blanks(before), fold_blanks(cleaned.text)

    def failure(message: str, text: str, wanted: bool, rules: Iterable[str] = ()) -> ExampleFailure:
        blame = tuple(dict.fromkeys(rules))
        return ExampleFailure(example.place, message, text, wanted, blame, before, cleaned.text)

    for wanted, texts in ((False, example.removes), (True, example.keeps)):
        for text in texts:
            if fold_blanks(text) not in whole:
                message = "the example itself is wrong: its page has no such text"
                yield failure(message, text, wanted)
            elif wanted and fold_blanks(text) not in left:
                yield failure("should have stayed", text, wanted, takers(text, cleaned.removed))
            elif not wanted and fold_blanks(text) in left:
                held = (r.rule for r in cleaned.removed if r.held_back and fold_blanks(text) in fold_blanks(r.text))
                yield failure("should have gone", text, wanted, held)


def takers(text: str, removed: Iterable[Removal]) -> list[str]:
    """The rules that took a text, or a part of it where none took it whole."""
    gone = [(removal.rule, fold_blanks(removal.text)) for removal in removed if not removal.held_back]
    text = fold_blanks(text)
    whole = [rule for rule, taken in gone if text in taken]
    return whole or [rule for rule, taken in gone if taken and taken in text]


def _unshown(file: RuleFile, fired: set[str]) -> Iterator[UnshownRule]:
    for rule in removing(file):
        ids = ids_of(rule)
        if fired.isdisjoint(ids):
            yield UnshownRule(rule.place, ids[0])


def _unshown_marks(file: RuleFile) -> Iterator[Mark]:
    index = MarkIndex((str(number), mark) for number, mark in enumerate(file.marks))
    borne: set[str] = set()
    for example in file.examples if file.marks else ():
        with suppress(PageError):
            page = parse(example.html)
            borne.update(one.family for one in index.borne_by(page.root, outline(page, Limits(), index.attributes)))
    yield from (mark for number, mark in enumerate(file.marks) if str(number) not in borne)


def fold_blanks(text: str) -> str:
    """A text with single blanks, as texts of rule files are compared."""
    return " ".join(text.split())
