"""What a worker does with an entry: read it, clean it, write its record."""

from __future__ import annotations

from dataclasses import dataclass

from ..api import Cleaner
from ..errors import PageError
from .document import Document, DocumentError, Entry
from .record import Shape, error_of, processed, record_of, to_json
from .summary import PageFigures

_TRIAL = "<title>A page</title><h1>A page</h1><p>Its text.</p>"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an entry.

    Attributes:
        line: the record or the error, as a line of JSON.
        figures: what to count; for an error its kind.
    """

    line: bytes
    figures: PageFigures | str


@dataclass(frozen=True, slots=True)
class PageWork:
    """Makes records of entries. Picklable; each worker has one.

    Attributes:
        cleaner: what cleans.
        shape: what is wanted.
    """

    cleaner: Cleaner
    shape: Shape

    def prepare(self) -> None:
        """Import what pages need, which is not their time."""
        document = Document("", "", _TRIAL)
        to_json(record_of(document, processed(document, self.cleaner, self.shape), self.shape))

    def __call__(self, entry: Entry) -> Done:
        url = entry.url
        try:
            document = entry.read(self.cleaner.limits.max_bytes)
            url = document.url or url
            result = processed(document, self.cleaner, self.shape)
            line = to_json(record_of(document, result, self.shape))
        except DocumentError as error:
            return failed(entry.id, error.url or url, entry.source, error.kind, error.message)
        except PageError as error:
            return failed(entry.id, url, entry.source, error.limit, error.message)
        gone = [removal for removal in result.removed if not removal.held_back]
        removed: dict[tuple[str, str], int] = {}
        for removal in gone:
            key = removal.rule, removal.category
            removed[key] = removed.get(key, 0) + removal.words
        return Done(line, PageFigures(result.access.status, _words(result.text), _flat(removed)))


def _words(text: str) -> int:
    from ..outline import count_words

    return count_words(text)


def _flat(removed: dict[tuple[str, str], int]) -> tuple[tuple[str, str, int], ...]:
    return tuple((rule, category, words) for (rule, category), words in removed.items())


def failed(id: str, url: str | None, source: str, kind: str, message: str) -> Done:
    """What came of an entry that failed."""
    return Done(to_json(error_of(id, url, source, kind, message)), kind)
