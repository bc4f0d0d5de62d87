"""Names of authors, taken out of what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..rules.phrases import fold
from .vocabulary import vocabulary

# A byline is short; of a longer text only so much is read.
LONGEST = 400
MOST = 50
_ADDRESS = re.compile(r"https?:|www\.|\.(?:html?|php)\b|^/|^#", re.I)
_MAIL = re.compile(r"\(?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*\)?")
_HANDLE = re.compile(r"(?:^|\s)@\w+")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_JOINTS = re.compile(r"\s*[,;|•·、，；\n]\s*|\s+[/–—-]\s+")
_EDGES = ' \t\n,;:.|•·–—-/*"„“”»«'
_DIGIT = re.compile(r"\d")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_WORDS = 6
# Characters of what may stand in a name in small letters, or short with a full stop: van, der, bin, Dr.
_SHORT = 3


def names_in(text: str, sites: Iterable[str] = (), *, stated: bool = False) -> list[str]:
    """The names in a byline, or in what a page states as its author, in their order and each once.

    Args:
        text: such as `Von Anna Beispiel und Max Muster, dpa`.
        sites: names of the site, which is no person's name.
        stated: whether the text is known to be a name, so that one word is enough.
    """
    known = frozenset(map(fold, sites))
    found: list[str] = []
    for part in _parts(text[:LONGEST], known):
        name = _name(part, known, stated)
        if name and not (found and _is_role(name)):
            found.append(name)
    return distinct(found)


def persons(names: list[str], sites: Iterable[str] = ()) -> list[str]:
    """The names without those of agencies and of the site, unless there are no others."""
    others = {fold(site) for site in sites} | vocabulary().agencies
    return [name for name in names if fold(name) not in others] or names


def distinct(names: Iterable[str]) -> list[str]:
    """Names in their order, each once, by the way they fold; at most `MOST`."""
    return list({fold(name): name for name in reversed(list(names)[:MOST])}.values())[::-1]


def without_by(text: str) -> str:
    """A byline without the words it begins with, such as `Von` or `By`."""
    for _ in range(3):
        left = _shortened(text)
        if left == text:
            break
        text = left
    return text


def begins_with_by(text: str) -> bool:
    """Whether a text begins as bylines do."""
    return _shortened(text) != text


def _shortened(text: str) -> str:
    text = text.strip(_EDGES)
    words = text.split()
    for phrase in vocabulary().by:
        count = len(phrase.split())
        if len(words) > count or (len(words) == count and words[-1:][0].endswith(":")):
            start = fold(" ".join(words[:count])).rstrip(":")
            if start == phrase:
                return " ".join(words[count:]).strip(_EDGES)
    return text


def _parts(text: str, sites: frozenset[str]) -> Iterator[str]:
    """The pieces of a byline between the signs and words that join names."""
    text = _MAIL.sub(" ", _HANDLE.sub(" ", text))
    joints = vocabulary().joints
    for piece in _JOINTS.split(_BRACKETS.sub("", without_by(text))):
        words: list[str] = []
        split = piece.split()
        for place, word in enumerate(split):
            # A letter that joins two names also stands within one, before its last word.
            within = len(word) == 1 and word.isalpha() and len(split) - place < 3
            if fold(word) in joints and not within and _may_end(words, sites):
                yield " ".join(words)
                words = []
            else:
                words.append(word)
        yield " ".join(words)


def _may_end(words: list[str], sites: frozenset[str]) -> bool:
    """Whether a name may end here."""
    if len(words) != 1:
        return len(words) > 1
    return words[0].isupper() or fold(words[0]) in vocabulary().agencies or fold(words[0]) in sites


def _name(part: str, sites: frozenset[str], stated: bool) -> str:
    """A piece of a byline as a name; empty if it is none."""
    known = vocabulary()
    name = without_by(part).strip(_EDGES)
    for suffix in known.suffixes:
        name = name.removesuffix(suffix).strip(_EDGES)
    folded = fold(name)
    if not name or _ADDRESS.search(name) or folded in known.nobody or not any(map(str.isalpha, name)):
        return ""
    if folded in known.agencies or folded in sites:
        return name
    if stated:
        return "" if folded.split()[0] in known.roles and len(folded.split()) < 3 else name
    return name if _is_likely(name, folded) else ""


def _is_role(name: str) -> bool:
    """Whether words after a name say what the person does."""
    words = fold(name).split()
    return not vocabulary().roles.isdisjoint((words[0], words[-1]))


def _is_likely(name: str, folded: str) -> bool:
    """Whether words from the page itself look like a person's name."""
    if _DIGIT.search(name) or any(sign in name for sign in "?!:…@"):
        return False
    words = name.split()
    if _IDEOGRAPHS.fullmatch("".join(words)):
        return 2 <= len("".join(words)) <= 8
    if not 2 <= len(words) <= _WORDS or not vocabulary().roles.isdisjoint(folded.split()):
        return False
    if any(len(word) > _SHORT and (word.endswith(".") or word[:1].islower()) for word in words):
        return False  # a sentence
    return sum(word[:1].isupper() for word in words) >= 2 and words[0][:1].isupper() and words[-1][:1].isupper()
