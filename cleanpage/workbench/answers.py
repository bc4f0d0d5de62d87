"""What the workbench answers, as plain data for the browser."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from os.path import relpath
from pathlib import Path
from typing import Any

from ..authoring.edit import KEEP, Draft
from ..errors import CleanpageError
from ..examples import FileReport
from ..outline import count_words
from ..result import Removal
from ..rules.model import CATEGORIES, Place
from .choices import Choice
from .saving import path_of
from .session import Looked, Saved, Session, score_of

_MOST_LINES = 200  # of a difference
_LONGEST_TEXT = 4000  # characters of one removal


def draft_from(data: Mapping[str, Any]) -> Draft:
    """The rule that a request speaks of.

    Raises:
        CleanpageError: it is none.
    """
    values = {name: data.get(name, "") for name in ("category", "css", "equals", "heading")}
    if not all(isinstance(value, str) for value in values.values()):
        raise CleanpageError("a rule has a category, a selector and conditions, each a text")
    # One line each: that is how rule files have them.
    return Draft(**{name: " ".join(value.split()) for name, value in values.items()})


def start(session: Session) -> dict[str, Any]:
    """What there is to work on."""
    pages = [
        {"name": page.name, "url": page.url or "", "host": session.host(number)}
        for number, page in enumerate(session.pages)
    ]
    return {
        "pages": pages,
        "categories": [*CATEGORIES, KEEP],
        "folders": [shown(path) for path in session.folders.named],
        "revision": session.revision,
    }


def page(session: Session, number: int) -> dict[str, Any]:
    """One page, with what the rules make of it."""
    looked = session.looked(number)
    places = session.places(number)
    return {
        "number": number,
        "revision": session.revision,
        "removed": [_removal(one, places.get(one.rule, [])) for one in looked.removals],
        "text": "\n".join(looked.text),
        "article": _article(session, number, looked),
        "others": len(session.others(number)),
        "target": _target(session, number),
    }


def _removal(one: Removal, places: list[Place]) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "category": one.category,
        "text": one.text[:_LONGEST_TEXT],
        "path": one.path,
        "words": one.words,
        "held": one.held_back,
        "reason": one.reason,
        "places": [{"file": shown(path_of(place.file)), "line": place.line} for place in places],
    }


def _article(session: Session, number: int, looked: Looked) -> dict[str, Any]:
    extraction = looked.extraction
    kept, of, gone = session.kept(number, looked)
    return {
        "text": extraction.text,
        "evidence": list(extraction.evidence),
        "words": count_words(extraction.text),
        "blocks": len(extraction.chosen),
        "score": score_of(extraction),
        "kept": kept,
        "of": of,
        "gone": gone,
    }


def _target(session: Session, number: int) -> dict[str, Any]:
    try:
        target = session.target(number)
    except CleanpageError as error:
        return {"error": str(error)}
    return {"file": shown(target.path), "isNew": target.is_new}


def choice(one: Choice) -> dict[str, Any]:
    """A rule that could be written."""
    return {
        "category": one.draft.category,
        "css": one.draft.css,
        "equals": one.draft.equals,
        "heading": one.draft.heading,
        "level": one.level,
        "elements": list(one.elements),
        "blocks": one.blocks,
        "words": one.words,
        "otherPages": one.other_pages,
        "otherBlocks": one.other_blocks,
        "article": {"text": one.article[0], "page": one.article[1]} if one.article[0] else None,
    }


def choices(session: Session, number: int, element: int, kept: bool) -> dict[str, Any]:
    """The rules that could take an element, or those that could keep it."""
    found = session.choices(number, element, KEEP if kept else "")
    of_article = session.site_page(number).touches_article(element)
    return {"choices": [choice(one) for one in found], "isArticle": of_article, "others": len(session.others(number))}


def preview(session: Session, number: int, draft: Draft) -> dict[str, Any]:
    """What a rule would change on a page."""
    before, after = session.preview(number, draft)
    new = [one for one in after.removals if not one.held_back and not _is_among(one, before.removals)]
    held = [one for one in after.removals if one.held_back and not _is_among(one, before.removals)]
    lines = difference(before.text, after.text)
    return {
        "lines": lines[:_MOST_LINES],
        "more": max(len(lines) - _MOST_LINES, 0),
        "gone": sum(count_words(line) for sign, line in lines if sign == "-"),
        "back": sum(count_words(line) for sign, line in lines if sign == "+"),
        "removed": [_removal(one, []) for one in new],
        "held": [_removal(one, []) for one in held],
        "article": _article(session, number, after),
        "lost": session.kept(number, before)[0] - session.kept(number, after)[0],
        "yaml": draft.lines(),
    }


def difference(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """The lines that go (`-`) and that come back (`+`), in page order."""
    lines: list[tuple[str, str]] = []
    for what, low, high, new_low, new_high in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [("-", line) for line in before[low:high]] + [("+", line) for line in after[new_low:new_high]]
    return lines


def _is_among(one: Removal, others: tuple[Removal, ...]) -> bool:
    return any((one.path, one.text, one.held_back) == (other.path, other.text, other.held_back) for other in others)


def saved(session: Session, one: Saved) -> dict[str, Any]:
    """A rule that was written."""
    return {
        "file": shown(one.target.path),
        "diff": one.diff,
        "hasExample": one.has_example,
        "isNew": one.target.is_new,
        "revision": session.revision,
    }


def report(one: FileReport) -> dict[str, Any]:
    """What the examples of a file showed."""
    return {
        "file": shown(Path(one.file)),
        "examples": one.examples,
        "failures": [
            {
                "line": failure.place.line,
                "message": failure.message,
                "expected": failure.expected,
                "wanted": failure.wanted,
                "rules": list(failure.rules),
            }
            for failure in one.failures
        ],
        "unshown": [{"line": rule.place.line, "rule": rule.rule} for rule in one.unshown],
    }


def shown(path: Path) -> str:
    """A path as its user would write it: from the current folder on, if it is below."""
    try:
        return relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)
    except OSError:  # the current folder is gone
        return str(path)
