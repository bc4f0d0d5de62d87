"""Phrases, and the form in which they are compared with text.

A phrase and a text are *folded* alike before they are compared: case, Unicode form (NFKC), quotes, dashes, soft
hyphens and other invisible characters, and white space. So a rule is written once, as the notice reads.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_ALIKE = {
    **dict.fromkeys("‘’‚‛′‵´ʼʹ＇‹›", "'"),
    **dict.fromkeys("“”„‟″‶«»＂〝〞", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
    # Soft hyphen, zero-width characters, direction marks, variation selectors: nothing a reader sees.
    **dict.fromkeys("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff", ""),
    **dict.fromkeys("\ufe0e\ufe0f", ""),
}
_SPACE = re.compile(r"[^\S\n]+")
# More characters in a row than Unicode's stream-safe text has marks (Unicode Standard Annex 15, 13), none of which
# belongs to the large blocks without marks.
_MANY_MARKS = re.compile(
    r"[^\x00-\u02ff\u2010-\u2027\u3030-\u3098\u309b-\ua66e\uac00-\ud7ff\uf900-\ufb1d\ufb1f-\ufe1f\ufe30-\uff9d\uffa0-\uffff]{31,}"
)
_PIECE = 4096  # characters of a line that are brought into normal form at once


def fold(text: str) -> str:
    """The form in which texts are compared. Folding twice changes nothing.

    Line ends are kept (other white space becomes one blank, none at the ends of a line), so that lines can be
    folded together and split again.
    """
    folded = fold_blocks(text)
    return _squeeze(folded if folded.isprintable() else _SPACE.sub(" ", folded))


def fold_blocks(text: str) -> str:
    """`fold` for text whose white space is collapsed already."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    folded = _replace_alike(folded)
    if not unicodedata.is_normalized("NFKC", folded):
        folded = "\n".join(map(_fold_again, folded.split("\n")))
    return _squeeze(folded)


def _fold_again(line: str) -> str:
    # The normal form of some letters has case again.
    return line if unicodedata.is_normalized("NFKC", line) else unify(unify(line).casefold())


def unify(text: str) -> str:
    """Fold all but case and white space: what regular expressions are matched against."""
    if text.isascii():
        return text
    text = _replace_alike(text)
    if not unicodedata.is_normalized("NFKC", text):
        text = "\n".join(map(_normal, text.split("\n")))  # most lines of most texts are in normal form
    return text


def _normal(line: str) -> str:
    if not unicodedata.is_normalized("NFKC", line):
        line = _replace_alike(_nfkc(line))
        if not unicodedata.is_normalized("NFKC", line):  # what stood apart may now combine
            line = _nfkc(line)
    return line


def _nfkc(line: str) -> str:
    """A line's NFKC, in time that grows with its length: Python's own puts marks in order one by one, each past all
    others, and writes what becomes longer to memory that is enlarged again and again."""
    line = _MANY_MARKS.sub(_in_order, line)
    if len(line) <= _PIECE:
        return unicodedata.normalize("NFKC", line)
    pieces, begin = [], 0
    while begin < len(line):
        end = begin + _PIECE
        while end < len(line) and not _stands_alone(line[end]):
            end += 1
        pieces.append(unicodedata.normalize("NFKC", line[begin:end]))
        begin = end
    return "".join(pieces)


def _in_order(found: re.Match[str]) -> str:
    """The compatibility decomposition of a text, its marks in canonical order (The Unicode Standard, 3.11)."""
    decomposed = "".join([unicodedata.normalize("NFKD", character) for character in found[0]])
    parts: list[str] = []
    for is_mark, run in groupby(decomposed, lambda character: unicodedata.combining(character) > 0):
        characters = list(run)
        parts += sorted(characters, key=unicodedata.combining) if is_mark else characters
    return "".join(parts)


def _stands_alone(character: str) -> bool:
    """Whether what comes before a character changes nothing of what it becomes: it begins with no mark, and no vowel or
    final of Hangul."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] != "M" and not "\u1160" <= first <= "\u11ff"


def _replace_alike(text: str) -> str:
    # Looking for each character is many times quicker than `translate`: pages hold few of these, if any.
    for character, alike in _ALIKE.items():
        if character in text:
            text = text.replace(character, alike)
    return text


def _squeeze(text: str) -> str:
    if "  " in text:
        text = _SPACE.sub(" ", text)
    if " \n" in text or "\n " in text or text[:1] == " " or text[-1:] == " ":
        text = "\n".join(line.strip(" ") for line in text.split("\n"))
    return text
