"""The way a page takes through cleanpage: parsed, matched, cleaned, rendered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date as Date
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from .article.mark import was_extracted
from .engine.clean import Cleaning, Hinting
from .engine.lines import TextCleaning
from .engine.marks import Bearing
from .engine.match import Context, glob_matches
from .engine.prepared import Prepared
from .engine.scripted import put_parts_in_place, show_instead
from .errors import PageError
from .outline import Outline, outline
from .page import Document, Limits, Page, parse
from .render.html import html as markup
from .render.html import html_of_lines
from .render.links import base_of
from .render.text import text as plain
from .result import Access, Metadata, Result
from .rules.checks import nearest
from .rules.model import CATEGORIES, DEFAULT_CATEGORIES, Content, RuleFile
from .rules.ruleset import Rules, host_of

if TYPE_CHECKING:
    from .article.extract import Chooser, Extraction
    from .article.scorer import Scorer


class Cleaner:
    """Cleans pages with one set of rules. Immutable, reusable, safe to share between threads, picklable.

    Args:
        rules: the rules; `Rules.builtin()` if not given.
        categories: what to remove; every category but `chrome` if not given.
        limits: how large a page may be.
        extractor: what `extract` finds the article with: `cleanpage`, or `trafilatura` after the rules (it needs
            `cleanpage[trafilatura]`).

    Raises:
        ValueError: an unknown category or extractor.
        CleanpageError: the extractor is not installed.
        RuleError: the rules name a family that is not among them.
    """

    __slots__ = ("_prepared", "categories", "extractor", "limits", "rules")

    rules: Rules
    categories: frozenset[str]
    limits: Limits
    extractor: str
    _prepared: Prepared

    def __init__(
        self,
        rules: Rules | None = None,
        categories: Iterable[str] | None = None,
        limits: Limits | None = None,
        extractor: str = "cleanpage",
    ) -> None:
        chosen = frozenset(DEFAULT_CATEGORIES if categories is None else categories)
        for category in chosen.difference(CATEGORIES):
            raise ValueError(f"unknown category {category!r}: {nearest(category, CATEGORIES)}")
        set_ = object.__setattr__
        set_(self, "rules", Rules.builtin() if rules is None else rules)
        self.rules.require_families()
        set_(self, "categories", chosen)
        set_(self, "limits", limits or Limits())
        set_(self, "extractor", _checked(extractor))
        set_(self, "_prepared", Prepared(self.rules))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Cleaner cannot be changed; make another")

    def __reduce__(self) -> tuple[Any, ...]:
        return Cleaner, (self.rules, self.categories, self.limits, self.extractor)

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
        cleaning, files = self._cleaning(html, url, date, encoding, content_type, self.categories)
        original = self._original(cleaning, html, encoding, content_type)
        return Result(
            cleaning.document.encoding,
            lambda: plain(cleaning.blocks),
            lambda: markup(cleaning.tree, cleaning.document.has_doctype),
            lambda: _markdown(cleaning.visible_tree, cleaning, url),
            cleaning.removals,
            # Whether the article stops at a notice is told from the article, which `clean` does not look for.
            lambda: self.extract(html, url, date, encoding, content_type=content_type).access,
            lambda: _metadata(files, original(), url, date),
        )

    def extract(
        self,
        html: bytes | str,
        url: str | None = None,
        date: Date | None = None,
        encoding: str | None = None,
        *,
        content_type: str | None = None,
        extractor: str | None = None,
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
            extractor: instead of the cleaner's own: `cleanpage` or `trafilatura`.

        Raises:
            PageError: the input is no page, or one beyond the limits.
            ValueError: an unknown extractor.
            CleanpageError: the extractor is not installed.
        """
        chooser = _chooser(self.extractor if extractor is None else _checked(extractor), url)
        extraction, files = self._extraction(html, url, date, encoding, content_type, chooser=chooser)
        cleaning = extraction.cleaning
        extracted_before = was_extracted(cleaning.document.root)  # rendering it as HTML says so of any page
        original = self._original(cleaning, html, encoding, content_type)
        return Result(
            cleaning.document.encoding,
            lambda: extraction.text,
            lambda: extraction.html(base_of(cleaning.document.root, url)),
            lambda: _markdown(extraction.tree, cleaning, url),
            extraction.removals,
            lambda: _access(None if extracted_before else extraction, original(), url),
            lambda: _metadata(files, original(), url, date),
            extraction.evidence,
        )

    def _extraction(
        self,
        html: bytes | str,
        url: str | None,
        date: Date | None = None,
        encoding: str | None = None,
        content_type: str | None = None,
        scorer: Scorer | None = None,
        chooser: Chooser | None = None,
    ) -> tuple[Extraction, tuple[RuleFile, ...]]:
        """The article of a page, by the shipped weights, others or another engine, and the files of its publisher and
        families."""
        from .article.extract import Extraction

        if chooser is None:
            cleaning, files = self._article_cleaning(html, url, date, encoding, content_type)
        else:  # another engine is given no hints: to it, all rules are facts
            document = self._parsed(html, encoding, content_type)
            cleaning, files = self._cleaned(document, url, date, self._asked_of_article(document))
        return Extraction(cleaning, _contents(files, host_of(url)[1], date), scorer, chooser), files

    def _original(
        self, cleaning: Cleaning, html: bytes | str, encoding: str | None, content_type: str | None
    ) -> Callable[[], etree._Element]:
        """What gives the tree of a page as it came, whatever was taken out of it since."""

        @cache
        def parsed() -> etree._Element:
            return parse(html, encoding=encoding, content_type=content_type, limits=self.limits).root

        return lambda: parsed() if cleaning.is_pruned else cleaning.document.root

    def _cleaning(
        self,
        html: bytes | str,
        url: str | None,
        date: Date | None,
        encoding: str | None,
        content_type: str | None,
        categories: frozenset[str],
    ) -> tuple[Cleaning, tuple[RuleFile, ...]]:
        """A page that the rules have been applied to, and the files of its publisher and families."""
        return self._cleaned(self._parsed(html, encoding, content_type), url, date, categories)

    def _cleaned(
        self, document: Document, url: str | None, date: Date | None, categories: frozenset[str]
    ) -> tuple[Cleaning, tuple[RuleFile, ...]]:
        hinting = self._hinting(categories) if was_extracted(document.root) else None
        return self._applied(document, self._outline(document, url), url, date, categories, hinting)

    def _article_cleaning(
        self,
        html: bytes | str,
        url: str | None,
        date: Date | None,
        encoding: str | None,
        content_type: str | None,
    ) -> tuple[Cleaning, tuple[RuleFile, ...]]:
        """The same for a page whose article is looked for: some generic rules take nothing then, and give hints."""
        document = self._parsed(html, encoding, content_type)
        from .article.naming import NAMING

        columns = self._outline(document, url, NAMING)
        instead = show_instead(document.root, columns)
        if instead:
            columns = self._outline(document, url, NAMING)
        asked = self._asked_of_article(document)
        cleaning, files = self._applied(document, columns, url, date, asked, self._hinting(asked))
        cleaning.instead = instead
        return cleaning, files

    def _asked_of_article(self, document: Document) -> frozenset[str]:
        """What is removed where the article is looked for. Around an article alone, rules for furniture find what they
        would not find in a whole page."""
        return self.categories if was_extracted(document.root) else self.categories | {"chrome"}

    def _parsed(self, html: bytes | str, encoding: str | None, content_type: str | None) -> Document:
        document = parse(html, encoding=encoding, content_type=content_type, limits=self.limits)
        put_parts_in_place(document.root)
        return document

    def _outline(self, document: Document, url: str | None, besides: Iterable[str] = ()) -> Outline:
        attributes = self._prepared.attributes(host_of(url)[0])
        return outline(document, self.limits, attributes.union(besides) if besides else attributes)

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
    ) -> tuple[Cleaning, tuple[RuleFile, ...]]:
        host, path = host_of(url)
        prepared = self._prepared
        borne = prepared.marks.borne_by(document.root, columns)
        files = prepared.files(host, tuple(one.family for one in borne))
        programs = prepared.for_files(files)
        by_mark = (
            frozenset(file.key for file in set(files).difference(self.rules.for_host(host))) if borne else frozenset()
        )
        meant = categories | hinting.categories if hinting else categories
        context = Context(path, date, meant, host, by_mark=by_mark)
        remove, keep, attributes = programs.remove, programs.keep, programs.strip_attributes
        return Cleaning(document, columns, remove, keep, context, attributes, hinting), files

    def bearings(
        self, html: bytes | str, encoding: str | None = None, *, content_type: str | None = None
    ) -> tuple[Bearing, ...]:
        """The families whose marks a page bears, by name, each with one of its marks.

        Args:
            html: the page; bytes are decoded as browsers do it.
            encoding: overrides what the page says of itself.
            content_type: the HTTP header of that name, if there was one.

        Raises:
            PageError: the input is no page, or one beyond the limits.
        """
        document = parse(html, encoding=encoding, content_type=content_type, limits=self.limits)
        marks = self._prepared.marks
        return marks.borne_by(document.root, outline(document, self.limits, marks.attributes))

    def extract_many(
        self,
        pages: Iterable[Page | tuple[bytes | str, str | None]],
        workers: int | None = None,
        *,
        max_seconds: float | None = 60.0,
        ahead: Iterable[str] = ("text", "removed", "access", "metadata"),
    ) -> Iterator[Result | PageError]:
        """The articles of many pages, by worker processes, in the order of the pages.

        What goes wrong with a page is a value among the others, and costs no other page: a `PageError`, whose `limit`
        is `timeout` if the page took too long, `crash` if its worker died of it. The workers end when the iterator is
        exhausted, closed or forgotten. Nothing of the program is imported a second time, so it needs no guard around
        its main part.

        Args:
            pages: taken one by one as workers have room for them, each (html, url) or a `Page`.
            workers: how many processes; one for each core if not given.
            max_seconds: how long a page may take; None for no limit.
            ahead: what workers make of a result. The rest is made in this process when it is asked for, from the page,
                which is kept for as long as the result is.

        Raises:
            ValueError: `ahead` names nothing that a result has, or a number is out of range.
            WorkersError: processes cannot be started (while iterating).
        """
        from .many import results

        return results(self.extract, pages, ahead, workers, max_seconds)

    def clean_many(
        self,
        pages: Iterable[Page | tuple[bytes | str, str | None]],
        workers: int | None = None,
        *,
        max_seconds: float | None = 60.0,
        ahead: Iterable[str] = ("text", "removed"),
    ) -> Iterator[Result | PageError]:
        """Many pages minus nuisance; otherwise as `extract_many`."""
        from .many import results

        return results(self.clean, pages, ahead, workers, max_seconds)

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
            lambda: _access_of_lines(cleaning),
        )


# What finds articles.
EXTRACTORS = ("cleanpage", "trafilatura")


def _checked(extractor: str) -> str:
    """The name of an extractor that is there."""
    if extractor not in EXTRACTORS:
        raise ValueError(f"unknown extractor {extractor!r}: {nearest(extractor, EXTRACTORS)}")
    if extractor == "trafilatura":
        from .article.by_trafilatura import load

        load()
    return extractor


def _chooser(extractor: str, url: str | None) -> Chooser | None:
    if extractor != "trafilatura":
        return None
    from .article.by_trafilatura import choose

    return lambda cleaning: choose(cleaning, url)


def _access(extraction: Extraction | None, root: etree._Element, url: str | None) -> Access:
    # As with Markdown: most do not ask.
    from .access import of_page

    if extraction is None:
        return Access("unknown", ("text: extracted before, without what stood around it",))
    return of_page(extraction, root, url or "")


def _access_of_lines(cleaning: TextCleaning) -> Access:
    from .access import of_text

    return of_text(cleaning)


def _metadata(files: Iterable[RuleFile], root: etree._Element, url: str | None, date: Date | None) -> Metadata:
    """The metadata of a page, as it came: bylines may be among what was removed."""
    from .metadata import find_metadata
    from .metadata.publisher import given

    return find_metadata(root, url, given(files, root, url or "", host_of(url)[1], date))


def _contents(files: Iterable[RuleFile], path: str, date: Date | None) -> list[Content]:
    """Where the article is, as the rules of a publisher and its families say, the most specific first."""
    return [
        content
        for file in files
        for content in file.content
        if content.span.holds(date) and (not content.paths or any(glob_matches(glob, path) for glob in content.paths))
    ]


def _markdown(tree: etree._Element, cleaning: Cleaning, url: str | None) -> str:
    # Most ask for text alone: what it takes to write Markdown is imported by those who do not.
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
    extractor: str | None = None,
) -> Result:
    """`Cleaner.extract` with the built-in rules."""
    return default_cleaner().extract(html, url, date, encoding, content_type=content_type, extractor=extractor)


def clean_text(text: str, url: str | None = None, date: Date | None = None) -> Result:
    """`Cleaner.clean_text` with the built-in rules."""
    return default_cleaner().clean_text(text, url, date)
