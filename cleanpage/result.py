"""What comes out: plain frozen data, rendered only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Removal:
    """One piece that was taken out of a page, or held back, and why.

    Attributes:
        rule: the rule's stable id, such as `fr.de/related/.id-Recommendation`.
        category: one of the categories, such as `related`.
        text: the words that went, one block a line; empty for a box without words.
        path: where it stood, as an XPath on the parsed page, or `line N` of a text (from 1).
        words: how many words went.
        held_back: True if the piece is still there, because it looks like the article itself.
        reason: why it was held back; empty for what was removed.
    """

    rule: str
    category: str
    text: str
    path: str
    words: int
    held_back: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What the publisher let us see.

    Attributes:
        status: `full`, `teaser`, `wall` or `unknown`.
        evidence: the reasons, in words.
    """

    status: str = "unknown"
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """A cleaned page or text. Every form of it is made when it is first asked for, from one selection:
    asking for `html` changes no word of `text`.

    Attributes:
        encoding: the encoding the bytes were read with; None for `str` input.
        access: what the publisher let us see; `unknown` where it was not assessed.
        evidence: how the article was found; empty where none was looked for.
    """

    encoding: str | None
    _make_text: Callable[[], str] = field(repr=False, compare=False)
    _make_html: Callable[[], str] = field(repr=False, compare=False)
    _make_removed: Callable[[], tuple[Removal, ...]] = field(repr=False, compare=False)
    access: Access = Access()
    evidence: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text, one block a line. Paragraphs are never run together."""
        return self._make_text()

    @cached_property
    def html(self) -> str:
        """The page as markup, minus what was removed."""
        return self._make_html()

    @cached_property
    def removed(self) -> tuple[Removal, ...]:
        """Each piece that went, once, in page order; those with `held_back` are still in the page."""
        return self._make_removed()

    def __reduce__(self) -> tuple[object, ...]:
        # A parsed tree cannot travel to another process, what was made of it can.
        return _finished, (self.encoding, self.text, self.html, self.removed, self.access, self.evidence)


def _finished(
    encoding: str | None,
    text: str,
    html: str,
    removed: tuple[Removal, ...],
    access: Access,
    evidence: tuple[str, ...] = (),
) -> Result:
    return Result(encoding, _Constant(text), _Constant(html), _Constant(removed), access, evidence)


class _Constant(Generic[T]):
    """A callable that returns what it was given: picklable where a lambda is not."""

    def __init__(self, value: T) -> None:
        self.value = value

    def __call__(self) -> T:
        return self.value
