"""What comes out: plain frozen data, rendered only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article is called, who wrote it and when. What is not known is empty.

    Attributes:
        title: without the site's name.
        authors: names, in the order in which the page gives them.
        published, modified: always aware of a time zone, UTC where the page names none; midnight where it gives only
            the day.
        language: as BCP 47 writes it, such as `de-AT`.
        site: the site's name.
        url: the canonical address.
        description: what the page says to have in store.
        image: the address of a picture.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str = ""
    site: str = ""
    url: str = ""
    description: str = ""
    image: str = ""


@dataclass(frozen=True)
class Result:
    """A cleaned page or text. Every form of it is made when it is first asked for, from one selection:
    asking for `html` changes no word of `text`.

    Attributes:
        encoding: the encoding the bytes were read with; None for `str` input.
        evidence: how the article was found; empty where none was looked for.
    """

    encoding: str | None
    _make_text: Callable[[], str] = field(repr=False, compare=False)
    _make_html: Callable[[], str] = field(repr=False, compare=False)
    _make_markdown: Callable[[], str] = field(repr=False, compare=False)
    _make_removed: Callable[[], tuple[Removal, ...]] = field(repr=False, compare=False)
    _make_access: Callable[[], Access] = field(default=Access, repr=False, compare=False)
    _make_metadata: Callable[[], Metadata] = field(default=Metadata, repr=False, compare=False)
    evidence: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text, one block a line. Paragraphs are never run together."""
        return self._make_text()

    @cached_property
    def html(self) -> str:
        """The same as markup. From `clean` it is the page, minus what was removed; from `extract` an article in a
        `body`, safe to show: of a short list of elements and attributes, without scripts."""
        return self._make_html()

    @cached_property
    def markdown(self) -> str:
        """The same as Markdown: CommonMark with pipe tables. Its words are those of `text`."""
        return self._make_markdown()

    @cached_property
    def removed(self) -> tuple[Removal, ...]:
        """Each piece that went, once, in page order; those with `held_back` are still in the page."""
        return self._make_removed()

    @cached_property
    def access(self) -> Access:
        """What the publisher let us see, and how that is known. Asking for it changes nothing else."""
        return self._make_access()

    @cached_property
    def metadata(self) -> Metadata:
        """Title, authors, dates and what else the page says of its article; empty for a text."""
        return self._make_metadata()

    def __reduce__(self) -> tuple[object, ...]:
        # A parsed tree cannot travel to another process, what was made of it can.
        made = (self.text, self.html, self.markdown, self.removed)
        return _finished, (self.encoding, *made, self.access, self.metadata, self.evidence)


def _finished(
    encoding: str | None,
    text: str,
    html: str,
    markdown: str,
    removed: tuple[Removal, ...],
    access: Access,
    metadata: Metadata,
    evidence: tuple[str, ...] = (),
) -> Result:
    made = (_Constant(text), _Constant(html), _Constant(markdown), _Constant(removed))
    return Result(encoding, *made, _Constant(access), _Constant(metadata), evidence)


def made_elsewhere(made: dict[str, Any], again: Callable[[], Result], forms: Iterable[str]) -> Result:
    """A result of which some was made in another process.

    Args:
        made: what was made, by the names of the attributes.
        again: makes the whole result here.
        forms: the attributes that `again` makes when they are asked for, unless they are among what was made.
    """
    result = object.__new__(Result)
    # As the attributes keep themselves once they are made.
    result.__dict__.update({f"_make_{form}": _Form(again, form) for form in forms}, **made)
    return result


class _Form:
    """A callable that makes one form of a result."""

    def __init__(self, again: Callable[[], Result], name: str) -> None:
        self.again = again
        self.name = name

    def __call__(self) -> Any:
        return getattr(self.again(), self.name)


class _Constant(Generic[T]):
    """A callable that returns what it was given: picklable where a lambda is not."""

    def __init__(self, value: T) -> None:
        self.value = value

    def __call__(self) -> T:
        return self.value
