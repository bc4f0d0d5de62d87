"""What the workbench knows: stored pages, the rules that are in force, and what became of both."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from functools import cached_property
from pathlib import Path

from ..api import Cleaner
from ..article.extract import Extraction
from ..authoring.edit import KEEP, Draft, checked, with_example, with_rule
from ..authoring.example import example_for
from ..authoring.site import SitePage, generic_cleaner, hosts_of, publisher_of, read_site
from ..engine.clean import Cleaning
from ..errors import CleanpageError
from ..examples import FileReport, places_of, run_file
from ..outline import count_words
from ..result import Removal
from ..rules.model import CATEGORIES, Place, RuleFile
from ..rules.phrases import fold_blocks
from ..rules.ruleset import Rules, builtin_folder, host_of
from ..stored import Page, evenly_spaced
from .choices import Choice, choices, tried
from .inert import Mark, document
from .saving import Folders, Target, read_target

# On how many other pages of a site a rule is tried. More would tell little that these do not.
MOST_OTHERS = 60
# How long a line of an article must be for its loss to be noticed, in words.
_LINE = 8
_PAUSE = 0.002  # seconds


@dataclass(frozen=True)
class Looked:
    """One page, with what the rules do to it.

    Attributes:
        cleaning: the page, with the rules applied.
        files: the rule files that hold for it.
        removals: what they took and held back.
        marks: the same, as parts of the page.
        extraction: its article.
    """

    cleaning: Cleaning
    files: tuple[RuleFile, ...]
    removals: tuple[Removal, ...]
    marks: tuple[Mark, ...]
    extraction: Extraction

    @cached_property
    def text(self) -> list[str]:
        """The blocks that the rules leave."""
        return [line for block in self.cleaning.blocks for line in block.split("\n")]


@dataclass(frozen=True)
class Saved:
    """A rule that was written.

    Attributes:
        target: the file as it was.
        text: what it holds now.
        category: what the rule removes.
        diff: the lines that changed, as `diff -u` shows them.
        has_example: whether an example was written with it.
    """

    target: Target
    text: str
    category: str
    diff: str
    has_example: bool


class Session:
    """Pages and rules that one author works on. One request at a time: `lock` is held around each.

    Args:
        pages: the pages.
        rules: what may be written: rule files, and folders of them.
        builtin: whether the rules that come with cleanpage are in force, too.
        domain: the site of pages that do not say of which they are.
        categories: what is removed.

    Raises:
        RuleError: with every mistake in the rules.
        CleanpageError: there are no rules where some are named.
    """

    def __init__(
        self,
        pages: Sequence[Page],
        rules: Sequence[Path] = (),
        *,
        builtin: bool = True,
        domain: str | None = None,
        categories: Iterable[str] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.pages = [replace(page, url=_address(page, domain)) for page in pages]
        self.folders = Folders(rules)
        self._builtin = builtin
        self._looked: dict[int, Looked] = {}
        self._site: dict[int, SitePage] = {}
        self._article_lines: dict[int, list[str]] = {}
        self._saved: list[Saved] = []
        self._edited: dict[Path, RuleFile] = {}
        self.revision = 0
        self._rules = self._read_rules()
        self._asked = Cleaner(Rules(), categories).categories
        self._cleaner = Cleaner(self._rules, self._asked)

    def _read_rules(self) -> Rules:
        # Rules that come with cleanpage are in force as such, even where they are what is worked on.
        own = builtin_folder().resolve()
        named = self.folders.named
        if self._builtin:
            named = tuple(path for path in named if not (path.is_relative_to(own) or own.is_relative_to(path)))
        filled = [path for path in named if path.is_file() or any(path.rglob("*.y*ml"))]
        return (Rules.builtin() if self._builtin else Rules()) + Rules.load(*filled)

    # --- pages ---------------------------------------------------------------------------------

    def host(self, number: int) -> str:
        """The host of a page, empty if it is not known."""
        return host_of(self.pages[number].url)[0]

    def looked(self, number: int) -> Looked:
        """A page, with what the rules do to it.

        Raises:
            IndexError: there is no such page.
        """
        known = self._looked.get(number)
        if known is None:
            known = self._looked[number] = self._look(number, self._cleaner)
        return known

    def _look(self, number: int, cleaner: Cleaner) -> Looked:
        page = self.pages[number]
        cleaning, files = cleaner._cleaning(page.html, page.url, None, None, None, cleaner.categories)
        extraction, _ = cleaner._extraction(page.html, page.url)
        taken = cleaning.in_page_order()
        marks = tuple(
            Mark(one.ranges, place, one.match.rule.category, bool(one.reason)) for place, one in enumerate(taken)
        )
        return Looked(cleaning, files, cleaning.removals(), marks, extraction)

    def site_page(self, number: int) -> SitePage:
        """A page, as somebody who writes rules looks at it."""
        known = self._site.get(number)
        if known is None:
            (known,) = read_site([self.pages[number]], self._cleaner)
            self._site[number] = known
        return known

    def others(self, number: int) -> list[int]:
        """The other pages of a page's site: not more than will tell."""
        host = _site_of(self.host(number))
        same = [place for place in range(len(self.pages)) if place != number and _site_of(self.host(place)) == host]
        return evenly_spaced(same, MOST_OTHERS) if host else []

    def warm(self, number: int) -> None:
        """Look at the other pages of a page's site before somebody asks for it; for a thread of its own."""
        with self.lock:
            revision, others = self.revision, self.others(number)
        for other in others:
            with self.lock:
                if self.revision != revision:
                    return
                self.site_page(other)
            time.sleep(_PAUSE)  # somebody may be waiting for the lock

    def frame(self, number: int, style: str) -> str:
        """A page as a document that can do nothing, with what was removed marked in it.

        Args:
            number: which page.
            style: the address of the document's style sheet.
        """
        return document(self.site_page(number).outline, self.looked(number).marks, style)

    def places(self, number: int) -> dict[str, list[Place]]:
        """Where the rules that hold for a page stand, by id."""
        # The files as they are now have the last word on where their rules stand.
        edited = {file.key for file in self._edited.values()}
        files = [file for file in self.looked(number).files if file in self._edited.values() or file.key not in edited]
        return {**self._generic_places, **places_of(files)}

    @cached_property
    def _generic_places(self) -> dict[str, list[Place]]:
        return places_of(self._rules.generic)

    # --- rules ---------------------------------------------------------------------------------

    def choices(self, number: int, element: int, category: str = "") -> list[Choice]:
        """The rules that could take an element of a page, or `keep` it.

        Raises:
            CleanpageError: the page has no such element.
        """
        page = self.site_page(number)
        if not 0 < element < len(page.outline):
            raise CleanpageError(f"the page has no element {element}")
        return choices(page, element, [self.site_page(other) for other in self.others(number)], category)

    def tried(self, number: int, draft: Draft) -> Choice:
        """What a rule would take.

        Raises:
            CleanpageError: its selector is none.
        """
        return tried(draft, self.site_page(number), [self.site_page(other) for other in self.others(number)])

    def target(self, number: int) -> Target:
        """The file that the rules for a page go to.

        Raises:
            CleanpageError: there is none that may be written.
        """
        files = self.looked(number).files
        known = [path for path, file in self._edited.items() if file in files]
        if known and known[0].exists():
            return read_target(known[0])
        family = next((file.key for file in files if file.kind == "family"), "")
        return self.folders.target(self.host(number), files, family, publisher_of([self.pages[number]]))

    def preview(self, number: int, draft: Draft) -> tuple[Looked, Looked]:
        """A page, with what the rules do to it, and what they and one more do. Nothing is written.

        Raises:
            CleanpageError: the rule is none, or cannot be added.
        """
        _check(draft)
        target = self._target_or_none(number)
        file = checked(target.text, with_rule(target.text, draft), str(target.path), target.key)
        edited = {**self._edited, target.path: file}
        after = self._look(number, self._cleaner_with(edited.values(), draft.category))
        if draft.category in (*self._cleaner.categories, KEEP):
            return self.looked(number), after
        # What else the category takes is not this rule's doing.
        return self._look(number, self._cleaner_with(self._edited.values(), draft.category)), after

    def _target_or_none(self, number: int) -> Target:
        """The file that the rules for a page go to, or one that stands for it where nothing may be written."""
        if self.folders.named:
            return self.target(number)
        host = self.host(number).removeprefix("www.")
        if not host:
            raise CleanpageError("the page does not say of which site it is: start the workbench with --domain")
        return Target(Path(f"{host}.yaml"), f"domains: [{host}]\n", is_new=True)

    def _cleaner_with(self, edited: Iterable[RuleFile], *categories: str) -> Cleaner:
        """A cleaner with files as they were edited. What is saved is looked for, whatever was asked for."""
        saved = {*categories, *(one.category for one in self._saved)}
        return Cleaner(self._rules + Rules(edited), self._asked | saved & set(CATEGORIES))

    def written(self, number: int, draft: Draft, with_an_example: bool) -> tuple[Target, str, bool]:
        """A rule file with a rule and its example: the file as it is, what it would hold, and whether an example could
        be made.

        Raises:
            CleanpageError: the rule is none, or cannot be added, or there is no file for it.
        """
        _check(draft)
        target = self.target(number)
        text = with_rule(target.text, draft)
        checked("" if target.is_new else target.text, text, str(target.path), target.key)
        example = self._example(number, target, draft, text) if with_an_example else None
        return target, with_example(text, example) if example else text, example is not None

    def _example(self, number: int, target: Target, draft: Draft, text: str) -> list[str] | None:
        page = self.site_page(number)
        found = tried(draft, page, []).elements
        element = next((one for one in found if page.text_in(one)), found[0] if found else None)
        if element is None:
            return None

        def shows(example: list[str]) -> bool:
            file = checked("", with_example(text, example), str(target.path), target.key)
            report = self._run(replace(file, examples=file.examples[-1:]))
            return not report.failures

        texts = page.text_in(element) or _text_of(page, element)
        return example_for(draft, page.outline.elements[element], texts, shows)

    def save(self, number: int, draft: Draft, with_an_example: bool = True) -> Saved:
        """Write a rule to the file of the page's site, and an example if one can be made.

        Raises:
            CleanpageError: the rule is none, or the file cannot be written.
        """
        target, text, has_example = self.written(number, draft, with_an_example)
        self.folders.write(target, text)
        before = "" if target.is_new else target.text
        old, new = (part.splitlines(keepends=True) for part in (before, text))
        diff = "".join(unified_diff(old, new, target.path.name, target.path.name))
        self._saved.append(Saved(target, text, draft.category, diff, has_example))
        self._take_over(target.path, text)
        return self._saved[-1]

    def undo(self) -> Path:
        """Take back the last rule that was written.

        Raises:
            CleanpageError: there is none, or somebody has changed the file since.
        """
        if not self._saved:
            raise CleanpageError("nothing has been saved yet")
        last = self._saved[-1]
        now = read_target(last.target.path)
        if now.text != last.text:
            raise CleanpageError(f"{last.target.path} has been changed since; undo it by hand")
        if last.target.is_new:
            self.folders.remove(last.target.path)
        else:
            self.folders.write(now, last.target.text)
        self._saved.pop()
        self._take_over(last.target.path, "" if last.target.is_new else last.target.text)
        return last.target.path

    def reload(self) -> None:
        """Read the rules again, for somebody has edited them elsewhere.

        Raises:
            RuleError: with every mistake in them; those that were in force stay so.
        """
        from ..rules.ruleset import forget_builtin

        forget_builtin()
        self._rules = self._read_rules()
        self._edited.clear()
        self.__dict__.pop("_generic_places", None)
        self._look_again()

    def _take_over(self, path: Path, text: str) -> None:
        """Let a file that was written be in force, and all pages be looked at again."""
        self._edited.pop(path, None)
        if text:
            self._edited[path] = checked("", text, str(path), path.stem)
        self._look_again()

    def _look_again(self) -> None:
        self._cleaner = self._cleaner_with(self._edited.values())
        self._looked.clear()
        self._site.clear()
        self.revision += 1

    def test(self, number: int) -> FileReport:
        """Run the examples of the file that a page's rules go to.

        Raises:
            CleanpageError: there is none.
            RuleError: with every mistake in it.
        """
        target = self.target(number)
        if target.is_new:
            raise CleanpageError(f"there is no {target.path} yet: save a rule first")
        return self._run(checked("", target.text, str(target.path), target.key))

    def _run(self, file: RuleFile) -> FileReport:
        return run_file(file, self._rules.with_families((), [file.family] if file.family else ()))

    # --- the article ---------------------------------------------------------------------------

    def article_lines(self, number: int) -> list[str]:
        """The longer lines of a page's article, as it is found without the rules of its publisher."""
        known = self._article_lines.get(number)
        if known is None:
            page = self.pages[number]
            text = generic_cleaner().extract(page.html, url=page.url).text
            known = [line for line in text.splitlines() if count_words(line) >= _LINE]
            self._article_lines[number] = known
        return known

    def kept(self, number: int, looked: Looked) -> tuple[int, int, list[str]]:
        """How many of the longer lines of the article the rules leave, how many there are, and those that go."""
        left = set(map(fold_blocks, looked.text))
        lines = self.article_lines(number)
        gone = [line for line in lines if fold_blocks(line) not in left]
        return len(lines) - len(gone), len(lines), gone


def score_of(extraction: Extraction) -> float | None:
    """How likely the scorer holds the words of an article to be the article's, on average; None where it was not
    asked."""
    likely = extraction.likely
    if likely is None or not extraction.chosen:
        return None
    words = [count_words(extraction.cleaning.view.text[place]) for place in extraction.chosen]
    weighed = sum(float(likely[place]) * count for place, count in zip(extraction.chosen, words, strict=True))
    return weighed / max(sum(words), 1)


def _check(draft: Draft) -> None:
    if draft.category not in (*CATEGORIES, KEEP):
        raise CleanpageError(f"choose a category: {', '.join(CATEGORIES)}, or {KEEP}")
    if not draft.css.strip():
        raise CleanpageError("choose a selector")


def _text_of(page: SitePage, number: int) -> list[str]:
    """The blocks of an element as the page came, whatever rules take."""
    outline = page.outline
    start, stop = outline.starts[number], outline.stops[number]
    return [text for text, first in zip(outline.blocks, outline.block_first, strict=True) if start <= first < stop]


def _address(page: Page, domain: str | None) -> str | None:
    """The address of a page: the one it is known by, or that it states, or else one of a site that was named."""
    if page.url:
        return page.url
    if domain:
        return f"https://{domain}/"
    hosts = hosts_of([page])
    return f"https://{hosts[0]}/" if hosts else None


def _site_of(host: str) -> str:
    return host.removeprefix("www.")
