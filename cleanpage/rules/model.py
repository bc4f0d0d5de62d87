"""What a rule is: plain data, as it was read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .expressions import AttributePath
from .selectors import Selector
from .sites import Sites

CATEGORIES = (
    "adblock", "subscription", "newsletter", "consent", "related", "social", "comments", "app", "login", "donation",
    "ad", "feedback", "player", "chrome",
)  # fmt: skip
# Site furniture is removed only when asked for.
DEFAULT_CATEGORIES = CATEGORIES[:-1]

Kind = Literal["publisher", "family", "generic"]
KINDS: tuple[Kind, ...] = ("publisher", "family", "generic")  # the most specific first
PhraseCondition = Literal["text", "starts", "equals", "heading"]
PHRASE_CONDITIONS: tuple[PhraseCondition, ...] = ("text", "starts", "equals", "heading")
ScopeKind = Literal["self", "closest", "up", "section", "links", "rest", "preceding"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a rule file; lines and columns count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it was written, and folded for comparison."""

    source: str
    folded: str


@dataclass(frozen=True, slots=True)
class Scope:
    """How much goes with a matched element."""

    kind: ScopeKind = "self"
    selectors: tuple[Selector, ...] = ()  # for `closest`
    levels: int = 0  # for `up`


@dataclass(frozen=True, slots=True)
class Span:
    """When a rule or a layout held: days, both included; None for open ends."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether a page fetched on `day` is meant; without a day every page is."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


ALWAYS = Span()


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One entry of `remove` or `keep`.

    Attributes:
        key: the file's short name, such as `fr.de`, `ippen` or `generic`.
        kind: the kind of file it stands in.
        category: what it removes; empty for `keep`.
        selectors: which elements; empty for any text block.
        source: the selectors as written, empty for none.
        text, starts, equals, heading: phrases of which one must fit; empty for no such condition.
        matches: regular expressions of which one must be found.
        unless: selectors of which none may be found inside.
        max_words: the most words an element may have, None for any number.
        min_chars: the fewest characters of text it may have, None for any number.
        teasers: how many teasers of other articles the element must be a list of, None for no such condition.
        max_paragraphs: the most paragraphs of running text it may hold, None for any number.
        paths: globs of which one must fit the URL's path; empty for any path.
        path_matches: regular expressions of which one must be found in it; empty for any path.
        domains: the sites it is for, as they were written; empty for all.
        sites: the same, made ready; None for all.
        page_has: selectors of which one must match something in the page; empty for any page.
    """

    key: str
    kind: Kind
    category: str
    selectors: tuple[Selector, ...]
    source: str
    place: Place
    text: tuple[Phrase, ...] = ()
    starts: tuple[Phrase, ...] = ()
    equals: tuple[Phrase, ...] = ()
    heading: tuple[Phrase, ...] = ()
    matches: tuple[str, ...] = ()
    unless: tuple[Selector, ...] = ()
    max_words: int | None = None
    max_paragraphs: int | None = None
    paths: tuple[str, ...] = ()
    scope: Scope = Scope()
    span: Span = ALWAYS
    min_chars: int | None = None
    path_matches: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    page_has: tuple[Selector, ...] = ()
    teasers: int | None = None
    sites: Sites | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.domains:
            object.__setattr__(self, "sites", Sites.of(self.domains))

    @property
    def has_phrases(self) -> bool:
        return bool(self.text or self.starts or self.equals or self.heading)

    @property
    def has_conditions(self) -> bool:
        """Whether an element that meets the selector must meet anything else."""
        limited = not (self.max_words is self.max_paragraphs is self.min_chars is self.teasers is None)
        return bool(self.has_phrases or self.matches or self.unless or limited)

    def name(self, condition: str = "", phrase: str = "", selector: str = "") -> str:
        """The rule's stable id.

        Args:
            condition, phrase: what fired, where the rule was found by a phrase.
            selector: which of its selectors matched, where it has several.
        """
        label = selector or (self.source if len(self.selectors) <= 1 else "")
        if not condition and self.teasers is not None:
            condition, phrase = "teasers", str(self.teasers)
        if not condition and self.matches:
            condition, phrase = "matches", self.matches[0]
        if condition:
            label += f"{':' if label else ''}{condition}({phrase})"
        return f"{self.key}/{self.category or 'keep'}/{label}"


@dataclass(frozen=True, slots=True, eq=False)
class LineRule:
    """One entry of `lines`: a line, or all lines from one to another.

    Attributes:
        line: phrases that a line equals.
        start, stop: phrases that the first and the last line of a span contain.
        max_lines: the most lines a span may have, empty ones not counted.
    """

    key: str
    kind: Kind
    category: str
    place: Place
    line: tuple[Phrase, ...] = ()
    start: tuple[Phrase, ...] = ()
    stop: tuple[Phrase, ...] = ()
    max_lines: int = 40
    span: Span = ALWAYS

    def name(self, phrase: str) -> str:
        """The rule's stable id, for the phrase that fired."""
        return f"{self.key}/{self.category}/{'line' if self.line else 'from'}({phrase})"


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Where the article is."""

    selectors: tuple[Selector, ...]
    source: str
    paths: tuple[str, ...] = ()
    span: Span = ALWAYS
    page_has: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Where a value of an article's metadata is; exactly one of selectors, xpath, value and json_ld is set.

    Attributes:
        selectors: the element whose text it is; empty for none.
        xpath: an expression that gives elements, attributes or a text; empty for none.
        value: the value itself; empty for none.
        paths: globs of which one must fit the URL's path; empty for any path.
        page_has: selectors of which one must match something in the page; empty for any page.
        json_ld: a property of what the page's JSON-LD states of the article; empty for none.
    """

    selectors: tuple[Selector, ...] = ()
    xpath: str = ""
    value: str = ""
    paths: tuple[str, ...] = ()
    span: Span = ALWAYS
    page_has: tuple[Selector, ...] = ()
    json_ld: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ArticleMetadata:
    """Where an article's metadata is: for each field, the first that gives a text counts."""

    title: tuple[Value, ...] = ()
    authors: tuple[Value, ...] = ()
    published: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PageTest:
    """A page of the site, texts that its article must contain, all of them, and texts that must be gone."""

    place: Place
    url: str
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A page or text with what must go and what must stay."""

    place: Place
    html: str = ""
    text: str = ""
    url: str = ""
    removes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What a system leaves on its pages, by which they are known wherever they stand.

    Attributes:
        parts: for each thing that a page must have, the selectors of which one must match something.
        source: the same as written, for messages.
    """

    parts: tuple[tuple[Selector, ...], ...]
    source: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class RuleFile:
    """A rule file.

    Attributes:
        name: the file's name as given, for messages.
        key: its short name, the first part of its rules' ids.
        kind: `publisher`, `family` or `generic`.
        title: the publisher's name.
        domains: the sites it is for, with their subdomains.
        family: the family it belongs to, or empty.
        metadata: where the article's title, authors and date are.
        strip_attributes: which attributes the HTML is written without.
        tests: pages of the site and what their articles contain.
        marks: of which one makes a page of any site one of the family.
    """

    name: str
    key: str
    kind: Kind
    title: str = ""
    domains: tuple[str, ...] = ()
    family: str = ""
    content: tuple[Content, ...] = ()
    remove: tuple[Rule, ...] = ()
    keep: tuple[Rule, ...] = ()
    lines: tuple[LineRule, ...] = ()
    examples: tuple[Example, ...] = ()
    domain_places: tuple[Place, ...] = field(default=(), compare=False)
    family_place: Place | None = field(default=None, compare=False)
    metadata: ArticleMetadata = ArticleMetadata()
    strip_attributes: tuple[AttributePath, ...] = ()
    tests: tuple[PageTest, ...] = ()
    marks: tuple[Mark, ...] = ()
