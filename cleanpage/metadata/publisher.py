"""What rule files say about where an article's metadata is, looked up on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from functools import cached_property
from itertools import repeat
from typing import Any, cast

from lxml import etree

from ..engine.match import glob_matches
from ..rules.model import RuleFile, Value
from ..rules.selectors import Selector
from .markup import Markup, text_of
from .statements import Statements, Thing, plain, texts

# Elements or texts that one entry may give.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Given:
    """What the publisher's rules find on a page. For each field the first entry that gives a text counts.

    Attributes:
        title, authors, published: the texts it gives; empty if no entry does.
    """

    title: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()


def given(files: Iterable[RuleFile], root: etree._Element, url: str, path: str, day: Date | None) -> Given:
    """Look up what the files of a publisher and its families say.

    Args:
        files: the most specific first.
        root: the page's tree, as it was parsed.
        url: the page's address.
        path: the path of the address.
        day: when it was fetched, None if unknown.
    """
    said = [file.metadata for file in files]
    lookup = _Lookup(root, url, path, day)
    return Given(
        lookup.first(value for one in said for value in one.title),
        lookup.first(value for one in said for value in one.authors),
        lookup.first(value for one in said for value in one.published),
    )


@dataclass(frozen=True)
class _Lookup:
    root: etree._Element
    url: str
    path: str
    day: Date | None

    @cached_property
    def statements(self) -> Statements:
        """What the page's JSON-LD says, read if a rule asks for it."""
        return Statements(self.root)

    @cached_property
    def articles(self) -> list[Thing]:
        return self.statements.articles([self.url, Markup(self.root).link("canonical")])

    def first(self, values: Iterable[Value]) -> tuple[str, ...]:
        for value in values:
            texts = tuple(self.texts(value)) if self.is_meant(value) else ()
            if texts:
                return texts
        return ()

    def is_meant(self, value: Value) -> bool:
        if value.paths and not any(glob_matches(glob, self.path) for glob in value.paths):
            return False
        if value.page_has and not any(selector.is_in(self.root) for selector in value.page_has):
            return False
        return value.span.holds(self.day)

    def texts(self, value: Value) -> Iterator[str]:
        if value.value:
            yield value.value
        for found in (*self.selected(value.selectors), *self.evaluated(value.xpath)):
            text = " ".join(plain(found).split()) if isinstance(found, str) else text_of(found)
            if text:
                yield text
        if value.json_ld:
            yield from next(filter(None, map(self.stated, self.articles, repeat(value.json_ld))), ())

    def stated(self, article: Thing, name: str) -> list[str]:
        """The texts that a statement holds under a name; for a person or another thing, what it is called."""
        return [text for thing in self.statements.things(article.get(name)) for text in texts(thing.get("name"))]

    def selected(self, selectors: tuple[Selector, ...]) -> list[etree._Element]:
        """The elements that any of the selectors matches, in page order."""
        direct = [selector for selector in selectors if selector.complex is not None]
        found = [element for selector in selectors if selector.complex is None for element in selector.find(self.root)]
        if direct:
            found += [one for one in self.root.iter("*") if any(selector.matches(one) for selector in direct)]
        return found[:_MOST]

    def evaluated(self, xpath: str) -> list[Any]:
        """What an expression gives. One that fails on this page gives nothing."""
        if not xpath:
            return []
        try:
            found = cast(Any, etree.XPath(xpath, smart_strings=False)(self.root))
        except etree.XPathError:
            return []
        listed = found if isinstance(found, list) else [found]
        return [one for one in listed[:_MOST] if isinstance(one, (str, etree._Element))]
