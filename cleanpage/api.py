"""The way a page takes through cleanpage: parsed, matched, cleaned, rendered."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date as Date
from functools import cached_property
from typing import Any

from .engine.clean import Cleaning
from .engine.lines import LineProgram, TextCleaning
from .engine.match import Context
from .engine.program import Program
from .errors import PageError
from .outline import outline
from .page import Limits, parse
from .render.html import html as markup
from .render.html import html_of_lines
from .render.text import text as plain
from .result import Result
from .rules.model import CATEGORIES, DEFAULT_CATEGORIES, KINDS, RuleFile
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
    _prepared: _Prepared

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
        set_(self, "_prepared", _Prepared(self.rules))

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
        document = parse(html, encoding=encoding, content_type=content_type, limits=self.limits)
        host, path = host_of(url)
        programs = self._prepared.for_host(host)
        columns = outline(document, self.limits)
        context = Context(path, date, self.categories)
        cleaning = Cleaning(document, columns, programs.remove, programs.keep, context, programs.strip_attributes)
        return Result(
            document.encoding,
            lambda: plain(cleaning.blocks),
            lambda: markup(cleaning.tree, document.has_doctype),
            cleaning.removals,
        )

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
        context = Context(path, date, self.categories)
        cleaning = TextCleaning(text, self._prepared.for_host(host).lines, context)
        return Result(None, cleaning.text, lambda: html_of_lines(cleaning.text()), cleaning.removals)


class _Programs:
    """The rules for one host, made ready.

    Args:
        files: the host's rule files.
        after: what comes after them, for every host.
    """

    def __init__(self, files: tuple[RuleFile, ...], after: _Programs | None = None) -> None:
        self._files = sorted(files, key=lambda file: KINDS.index(file.kind))
        self._after = after
        rules = [rule for file in self._files for rule in file.remove]
        keep = [rule for file in self._files for rule in file.keep]
        # Ranks of specific rules come before those of generic ones.
        self.remove: tuple[Program, ...] = (Program(rules, -len(rules) if after is not None else 0),) if rules else ()
        self.keep: tuple[Program, ...] = (Program(keep),) if keep else ()
        self.strip_attributes = tuple(path for file in self._files for path in file.strip_attributes)
        if after is not None:
            self.remove += after.remove
            self.keep += after.keep
            self.strip_attributes += after.strip_attributes

    @cached_property
    def lines(self) -> tuple[LineProgram, ...]:
        """The rules for text without markup."""
        lines = [rule for file in self._files for rule in file.lines]
        rules = [rule for file in self._files for rule in file.remove]
        own = (LineProgram(lines, rules),) if lines or rules else ()
        return own + (self._after.lines if self._after is not None else ())


class _Prepared:
    """Rules made ready for hosts, each publisher's when its first page comes."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._lock = threading.RLock()
        self._generic: _Programs | None = None
        self._by_files: dict[tuple[RuleFile, ...], _Programs] = {}

    def for_host(self, host: str) -> _Programs:
        generic = self._generic
        if generic is None:
            with self._lock:
                generic = self._generic = self._generic or _Programs(self.rules.generic)
        files = self.rules.for_host(host) if host else ()
        if not files:
            return generic
        known = self._by_files.get(files)
        if known is None:
            with self._lock:
                known = _Programs(files, generic)
                self._by_files[files] = known
        return known


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


def clean_text(text: str, url: str | None = None, date: Date | None = None) -> Result:
    """`Cleaner.clean_text` with the built-in rules."""
    return default_cleaner().clean_text(text, url, date)
