"""Many pages at once, for `Cleaner.extract_many` and `Cleaner.clean_many`: what workers make, and what is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import PageError
from .page import Page
from .result import Result, made_elsewhere
from .workers import Failure, Pool, cores

# Always there, because it costs nothing once a page is done.
_ALWAYS = ("encoding", "evidence")
_FORMS = ("text", "html", "markdown", "removed", "access", "metadata")
# How many pages may be on their way.
_WINDOW = 256
_MAX_MEMORY = 400 << 20
_TRIAL = "<title>A page</title><h1>A page</h1><p>Its text.</p>"

Process = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes what is wanted of a page, in a worker."""

    process: Process
    ahead: tuple[str, ...]

    def result(self, page: Page) -> Result:
        return self.process(page.html, page.url, page.date, page.encoding, content_type=page.content_type)

    def prepare(self) -> None:
        """Import what pages need, which is not their time."""
        self(Page(_TRIAL))

    def __call__(self, page: Page) -> dict[str, Any] | PageError:
        try:
            result = self.result(page)
            return {name: getattr(result, name) for name in (*_ALWAYS, *self.ahead)}
        except PageError as error:
            return error


def results(
    process: Process,
    pages: Iterable[Page | tuple[bytes | str, str | None]],
    ahead: Iterable[str],
    workers: int | None,
    max_seconds: float | None,
) -> Iterator[Result | PageError]:
    """The results of pages, in their order; see `Cleaner.extract_many`."""
    making = _Making(process, tuple(dict.fromkeys(ahead)))
    for name in making.ahead:
        if name not in _FORMS:
            raise ValueError(f"a result has no {name!r}; ahead takes {', '.join(_FORMS)}")
    pool: Pool[Page, Page] = Pool(making, cores() if workers is None else workers, max_seconds, _MAX_MEMORY)
    return _results(pool, making, map(_page, pages))


def _results(pool: Pool[Page, Page], making: _Making, pages: Iterator[Page]) -> Iterator[Result | PageError]:
    with pool:
        for page, value, _ in pool.map(((page, page) for page in pages), window=_WINDOW):
            if isinstance(value, Failure):
                yield PageError(value.kind, value.message)
            elif isinstance(value, PageError):
                yield value
            else:
                yield made_elsewhere(value, _Again(making, page), _FORMS)


class _Again:
    """Makes the result of a page once more, in this process, for what was not made ahead."""

    def __init__(self, making: _Making, page: Page) -> None:
        self._making = making
        self._page = page
        self._result: Result | None = None

    def __call__(self) -> Result:
        if self._result is None:
            self._result = self._making.result(self._page)
        return self._result


def _page(given: Page | tuple[bytes | str, str | None]) -> Page:
    if isinstance(given, Page):
        return given
    if isinstance(given, tuple) and len(given) == 2:
        return Page(*given)
    raise TypeError(f"a page is (html, url) or a Page, not {type(given).__name__}")
