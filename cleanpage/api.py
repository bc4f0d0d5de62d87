"""The way a page takes through cleanpage: parsed, matched, cleaned, rendered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import date as Date
from typing import Any

from lxml import etree

from .article.mark import was_extracted
from .engine.clean import Cleaning, Hinting
from .engine.lines import TextCleaning
from .engine.match import Context, glob_matches
from .engine.prepared import Prepared
from .engine.scripted import put_parts_in_place, show_instead
from .errors import PageError
from .outline import Outline, outline
from .page import Document, Limits, parse
from .render.html import html as markup
from .render.html import html_of_lines
from .render.text import text as plain
from .result import Metadata, Result
from .rules.model import CATEGORIES, DEFAULT_CATEGORIES, Content
from .rules.reader import nearest
from .rules.ruleset import Rules, host_of


class Cleaner:
    """Cleans pages with one set of rules. Immutable, reusable, safe to share between threads, picklable.

    Args:
        rules: the rules; `Rules.builtin()` if not given.
        categories: what to remove; every category but `chrome` if not given.
        limits: how large a page may be.

    Raises:
        ValueError: an unknown category.
        RuleError: the rules name a family that is not among them.
    """

    __slots__ = ("_prepared", "categories", "limits", "rules")

    rules: Rules
    categories: frozenset[str]
    limits: Limits
    _prepared: Prepared

    def __init__(
        self, rules: Rules | None = None, categories: Iterable[str] | None = None, limits: Limits | None = None
    ) -> None:
        chosen = frozenset(DEFAULT_CATEGORIES if categories is None else categories)
        for category in chosen.difference(CATEGORIES):
            raise ValueError(f"unknown category {category!r}: {nearest(category, CATEGORIES)}")
        set_ = object.__setattr__
        set_(self, "rules", Rules.builtin() if rules is None else rules)
        self.rules.require_families()
        set_(self, "categories", chosen)
        set_(self, "limits", limits or Limits())
        set_(self, "_prepared", Prepared(self.rules))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Cleaner cannot be changed; make another")

    def __reduce__(self) -> tuple[Any, ...]:
        return Cleaner, (self.rules, self.categories, self.limits)

    def clean(
        self,
        html: bytes | str,
        url: str | None = None,
        date: Date | None = None,
        encoding: str | None = None,
        *,
        content_type: str | None = None,
    ) -> Result:
        """The page, minus nuisance.

        Args:
            html: the page; bytes are decoded as browsers do it.
            url: its address, which chooses the publisher's rules.
            date: the day it was fetched, for rules that hold for a time; without it every rule applies.
            encoding: overrides what the page says of itself.
            content_type: the HTTP header of that name, if there was one.

        Raises:
            PageError: the input is no page, or one beyond the limits.
        """
        cleaning = self._cleaning(html, url, date, encoding, content_type, self.categories)
        return Result(
            cleaning.document.encoding,
            lambda: plain(cleaning.blocks),
            lambda: markup(cleaning.tree, cleaning.document.has_doctype),
            lambda: _markdown(cleaning.visible_tree, cleaning, url),
            cleaning.removals,
            _make_metadata=self._metadata_of(cleaning, html, url, date, encoding, content_type),
        )

    def extract(
        self,
        html: bytes | str,
        url: str | None = None,
        date: Date | None = None,
        encoding: str | None = None,
        *,
        content_type: str | None = None,
    ) -> Result:
        """The article of a page, without its title.

        The rules go first, those for site furniture included: what they remove does not come back, and what they
        `keep` stays. Of what is left, a publisher's `content` or else a trained scorer says which blocks are the
        article. Of the generic rules that come with cleanpage, those for furniture, related articles, comments and
        advertisements remove nothing here by themselves: on the pages of a shop or a forum they would take the
        content. They are hints to the scorer, and reported where it followed them. `Result.evidence` says how the
        article was found. Markup that comes from here is known by a mark in it, and extracting from it changes nothing.

        Args:
            html: the page; bytes are decoded as browsers do it.
            url: its address, which chooses the publisher's rules.
            date: the day it was fetched, for rules that hold for a time; without it every rule applies.
            encoding: overrides what the page says of itself.
            content_type: the HTTP header of that name, if there was one.

        Raises:
            PageError: the input is no page, or one beyond the limits.
        """
        from .article.extract import Extraction

        cleaning = self._article_cleaning(html, url, date, encoding, content_type)
        extraction = Extraction(cleaning, self._contents(url, date))
        return Result(
            cleaning.document.encoding,
            lambda: extraction.text,
            lambda: extraction.html,
            lambda: _markdown(parse(extraction.html).root, cleaning, url),
            extraction.removals,
            _make_metadata=self._metadata_of(cleaning, html, url, date, encoding, content_type),
            evidence=extraction.evidence,
        )

    def _metadata_of(
        self,
        cleaning: Cleaning,
        html: bytes | str,
        url: str | None,
        date: Date | None,
        encoding: str | None,
        content_type: str | None,
    ) -> Callable[[], Metadata]:
        """What finds a page's metadata, on the page as it came: bylines may be among what was removed."""
        host, path = host_of(url)

        def metadata() -> Metadata:
            from .metadata import find_metadata
            from .metadata.publisher import given

            root = cleaning.document.root
            if cleaning.is_pruned:
                root = parse(html, encoding=encoding, content_type=content_type, limits=self.limits).root
            return find_metadata(root, url, given(self.rules.for_host(host), root, path, date))

        return metadata

    def _cleaning(
        self,
        html: bytes | str,
        url: str | None,
        date: Date | None,
        encoding: str | None,
        content_type: str | None,
        categories: frozenset[str],
    ) -> Cleaning:
        """A page that the rules have been applied to."""
        document = self._parsed(html, encoding, content_type)
        hinting = self._hinting(categories) if was_extracted(document.root) else None
        return self._applied(document, self._outline(document, url), url, date, categories, hinting)

    def _article_cleaning(
        self,
        html: bytes | str,
        url: str | None,
        date: Date | None,
        encoding: str | None,
        content_type: str | None,
    ) -> Cleaning:
        """The same for a page whose article is looked for: some generic rules take nothing then, and give hints."""
        document = self._parsed(html, encoding, content_type)
        columns = self._outline(document, url)
        instead = show_instead(document.root, columns)
        if instead:
            columns = self._outline(document, url)
        # Around an article alone, rules for furniture find what they would not find in a whole page.
        asked = self.categories if was_extracted(document.root) else self.categories | {"chrome"}
        cleaning = self._applied(document, columns, url, date, asked, self._hinting(asked))
        cleaning.instead = instead
        return cleaning

    def _parsed(self, html: bytes | str, encoding: str | None, content_type: str | None) -> Document:
        document = parse(html, encoding=encoding, content_type=content_type, limits=self.limits)
        put_parts_in_place(document.root)
        return document

    def _outline(self, document: Document, url: str | None) -> Outline:
        return outline(document, self.limits, self._prepared.for_host(host_of(url)[0]).attributes)

    def _hinting(self, asked: frozenset[str]) -> Hinting:
        from .article.hints import HINTED

        return Hinting(HINTED, self._prepared.own_ranks, asked)

    def _applied(
        self,
        document: Document,
        columns: Outline,
        url: str | None,
        date: Date | None,
        categories: frozenset[str],
        hinting: Hinting | None,
    ) -> Cleaning:
        host, path = host_of(url)
        programs = self._prepared.for_host(host)
        context = Context(path, date, categories | hinting.categories if hinting else categories, host)
        return Cleaning(document, columns, programs.remove, programs.keep, context, programs.strip_attributes, hinting)

    def _contents(self, url: str | None, date: Date | None) -> list[Content]:
        """Where the article is, as the publisher's rules say, the most specific first."""
        host, path = host_of(url)
        files = self.rules.for_host(host) if host else ()
        return [
            content
            for file in files
            for content in file.content
            if content.span.holds(date)
            and (not content.paths or any(glob_matches(glob, path) for glob in content.paths))
        ]

    def clean_text(self, text: str, url: str | None = None, date: Date | None = None) -> Result:
        """Text that was extracted before, minus nuisance. The lines that stay keep their order and every character.

        Args:
            text: the text, in lines.
            url: the address of its page, which chooses the publisher's rules.
            date: the day it was fetched.

        Raises:
            PageError: the text is beyond the limits.
        """
        if not isinstance(text, str):
            raise TypeError(f"a text is str, not {type(text).__name__}")
        if len(text) > self.limits.max_bytes:
            message = f"the text has {len(text):,} characters, more than the {self.limits.max_bytes:,} allowed"
            raise PageError("bytes", message, value=len(text), maximum=self.limits.max_bytes)
        host, path = host_of(url)
        context = Context(path, date, self.categories, host)
        cleaning = TextCleaning(text, self._prepared.for_host(host).lines, context)
        return Result(
            None,
            cleaning.text,
            lambda: html_of_lines(cleaning.text()),
            lambda: _markdown_of_lines(cleaning.text()),
            cleaning.removals,
        )


def _markdown(tree: etree._Element, cleaning: Cleaning, url: str | None) -> str:
    # Most ask for text alone: what it takes to write Markdown is imported by those who do not.
    from .render.links import base_of
    from .render.markdown import markdown

    return markdown([tree], base_of(cleaning.document.root, url))


def _markdown_of_lines(text: str) -> str:
    from .render.markdown import markdown_of_lines

    return markdown_of_lines(text)


_default: Cleaner | None = None
_default_lock = threading.Lock()


def default_cleaner() -> Cleaner:
    """The cleaner with the built-in rules that the functions below share."""
    global _default
    if _default is None:
        with _default_lock:
            if _default is None:
                _default = Cleaner()
    return _default


def clean(
    html: bytes | str,
    url: str | None = None,
    date: Date | None = None,
    encoding: str | None = None,
    *,
    content_type: str | None = None,
) -> Result:
    """`Cleaner.clean` with the built-in rules."""
    return default_cleaner().clean(html, url, date, encoding, content_type=content_type)


def extract(
    html: bytes | str,
    url: str | None = None,
    date: Date | None = None,
    encoding: str | None = None,
    *,
    content_type: str | None = None,
) -> Result:
    """`Cleaner.extract` with the built-in rules."""
    return default_cleaner().extract(html, url, date, encoding, content_type=content_type)


def clean_text(text: str, url: str | None = None, date: Date | None = None) -> Result:
    """`Cleaner.clean_text` with the built-in rules."""
    return default_cleaner().clean_text(text, url, date)
