"""What is worth a second look in rule files that hold no mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Literal

from ..errors import RuleError
from ..examples import families_for, run_file
from ..rules.filing import unanchored
from ..rules.model import ALWAYS, Place, Rule, RuleFile, Scope
from ..rules.selectors import Complex, Compound, Selector
from .languages import foreign_phrases, language_of
from .names import is_made

Code = Literal[
    "no-examples",
    "no-example",
    "unanchored",
    "machine-made",
    "covered",
    "repeated",
    "broad-text",
    "language",
    "idle",
    "needless",
    "takes-article",
]
# A text condition alone says little if it is no longer than this.
_SHORT_TEXT = 8  # characters
_LONGEST_NAME = 120  # characters


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a rule file that is worth a second look.

    Attributes:
        place: where it stands.
        code: the kind of remark.
        message: what it is, and what could be done.
    """

    place: Place
    code: Code
    message: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}:{self.place.column}: warning: {self.message}"


def remarks(files: Sequence[RuleFile], broken: Iterable[str] = ()) -> Iterator[Remark]:
    """What is worth a second look, in the order of files and of what is looked for.

    Args:
        files: the rule files.
        broken: the names of files with mistakes, which are left for later.
    """
    families = families_for(files)
    chains = {family.key: family for family in families}
    left = set(broken)
    for file in files:
        if file.name not in left:
            yield from _of_names(file)
            yield from _covered(file, chains)
            yield from _of_conditions(file)
            yield from _of_languages(file)
            yield from _of_examples(file, families)


# --- selectors ---------------------------------------------------------------------------------


def _of_names(file: RuleFile) -> Iterator[Remark]:
    for rule in (*file.remove, *file.keep):
        for selector in unanchored(rule):
            yield Remark(
                rule.place,
                "unanchored",
                f"{_short(selector.source)!r} names nothing that few pages have, so it costs time on every page; name "
                "a class, an id or an attribute, or add `domains:`",
            )
        for selector in rule.selectors:
            for name in dict.fromkeys(_names(selector)):
                if is_made(name):
                    yield Remark(
                        rule.place,
                        "machine-made",
                        f"{_short(name)!r} looks machine-made, and will be another one soon; name what lasts",
                    )


def _names(selector: Selector) -> Iterator[str]:
    """The class names and ids that a selector asks for."""
    if selector.complex is not None:
        for compound in _compounds(selector.complex):
            yield from (*compound.ids, *compound.classes)


def _compounds(complex_: Complex) -> Iterator[Compound]:
    yield complex_.subject
    yield from (compound for _, compound in complex_.before)


def _covered(file: RuleFile, families: dict[str, RuleFile]) -> Iterator[Remark]:
    """Rules whose elements another rule takes whatever they hold: one of the file, or of a family of it."""
    written: dict[object, Rule] = {}
    for rule in file.remove:
        written.setdefault(_wording(rule), rule)
    everything: dict[str, list[tuple[Compound, Rule]]] = {}
    for rule in chain(written.values(), *(family.remove for family in _line_of(file, families))):
        if _is_sure(rule):
            for selector in rule.selectors:
                if selector.complex is not None and not selector.complex.before:
                    everything.setdefault(rule.category, []).append((selector.complex.subject, rule))
    index = {category: _Sure(entries) for category, entries in everything.items()}
    for rule in file.remove:
        first = written[_wording(rule)]
        if first is not rule:
            yield Remark(rule.place, "repeated", f"this rule stands at line {first.place.line} already; remove one")
            continue
        if rule.kind == "generic" and (rule.has_phrases or rule.matches):
            continue  # what its words tell of is not held back where its name alone would be
        for selector in rule.selectors:
            by = index[rule.category].covering(selector, rule) if rule.category in index else None
            if by is not None and rule.scope == Scope():
                yield Remark(
                    rule.place,
                    "covered",
                    f"{_short(selector.source)!r} finds nothing that {_short(by.source)!r} does not take "
                    f"({by.place.file}:{by.place.line}); remove it",
                )


class _Sure:
    """Selectors that take whatever they find, filed by one name each."""

    def __init__(self, entries: Iterable[tuple[Compound, Rule]]) -> None:
        self._by_name: dict[object, list[tuple[Compound, Rule]]] = {}
        for compound, rule in entries:
            self._by_name.setdefault(compound.key, []).append((compound, rule))

    def covering(self, selector: Selector, rule: Rule) -> Rule | None:
        """A rule, not this one, that takes all that a selector of this one can find."""
        if selector.complex is None:
            return None
        subject = selector.complex.subject
        keys: list[object] = [("id", name) for name in subject.ids]
        keys += [("class", name) for name in subject.classes]
        keys += [("attribute", one.name) for one in subject.attributes]
        keys += [("tag", subject.tag)] if subject.tag else []
        for key in keys:
            for compound, other in self._by_name.get(key, ()):
                if other is not rule and _asks_no_more(compound, subject):
                    return other
        return None


def _asks_no_more(one: Compound, other: Compound) -> bool:
    """Whether each element that is `other` is `one`, too."""
    return (
        one.tag in ("", other.tag)
        and one.hard in (None, other.hard)
        and all(set(getattr(one, name)) <= set(getattr(other, name)) for name in _ALL_OF)
    )


# The parts of a compound selector of which all must hold.
_ALL_OF = tuple(one.name for one in fields(Compound) if one.name not in ("tag", "hard"))


def _is_sure(rule: Rule) -> bool:
    """Whether a rule takes whatever its selectors find, on every page."""
    limited = rule.has_conditions or rule.paths or rule.path_matches or rule.domains or rule.page_has
    return not limited and rule.span == ALWAYS and rule.scope == Scope()


def _wording(rule: Rule) -> object:
    """What a rule says, all but where it stands."""
    phrases = [[phrase.folded for phrase in some] for some in (rule.text, rule.starts, rule.equals, rule.heading)]
    limits = (rule.max_words, rule.max_paragraphs, rule.min_chars, rule.teasers)
    where = (rule.paths, rule.path_matches, rule.domains, rule.span)
    selectors = [[one.source for one in some] for some in (rule.selectors, rule.unless, rule.page_has)]
    scope = (rule.scope.kind, rule.scope.levels, [one.source for one in rule.scope.selectors])
    return repr((rule.category, selectors, phrases, rule.matches, limits, where, scope))


def _line_of(file: RuleFile, families: dict[str, RuleFile]) -> list[RuleFile]:
    """A file's family, that one's family, and so on."""
    line: list[RuleFile] = []
    while (family := families.get(file.family)) is not None and family not in line:
        line.append(family)
        file = family
    return line


# --- conditions and examples -------------------------------------------------------------------


def _of_conditions(file: RuleFile) -> Iterator[Remark]:
    for rule in file.remove:
        limited = rule.max_words is not None or rule.max_paragraphs is not None
        if not rule.selectors and not limited:
            for phrase in rule.text:
                if len(phrase.folded) <= _SHORT_TEXT and phrase.folded.isascii():
                    yield Remark(
                        rule.place,
                        "broad-text",
                        f"any text with {phrase.source!r} in it goes; say more of it, or add `max_words:`",
                    )


def _of_languages(file: RuleFile) -> Iterator[Remark]:
    for place, phrase, code in foreign_phrases(file):
        yield Remark(
            place,
            "language",
            f"{_short(phrase)!r} looks like {code}, and this file is for {language_of(file)}; move it to the file of "
            "its language",
        )


def _of_examples(file: RuleFile, families: Sequence[RuleFile]) -> Iterator[Remark]:
    try:
        report = run_file(file, families)
    except RuleError:  # its family is in a file with mistakes
        return
    if not file.examples and (file.remove or file.lines):
        place = Place(file.name, 1, 1)
        yield Remark(place, "no-examples", "no examples; add `examples:` to show what the rules do")
        return
    for rule in report.unshown:
        yield Remark(rule.place, "no-example", f"no example shows rule {_short(rule.rule)}")
    for mark in report.unshown_marks:
        yield Remark(mark.place, "no-example", f"no example's page has mark {_short(mark.source)}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"
