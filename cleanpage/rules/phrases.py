"""Phrases, and the form in which they are compared with text.

A phrase and a text are *folded* alike before they are compared: case, Unicode form (NFKC), quotes, dashes, soft
hyphens and other invisible characters, and white space. So a rule is written once, as the notice reads.
"""

from __future__ import annotations

import re
import unicodedata

_ALIKE = {
    **dict.fromkeys("‘’‚‛′‵´ʼʹ＇‹›", "'"),
    **dict.fromkeys("“”„‟″‶«»＂〝〞", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
    # Soft hyphen, zero-width characters, direction marks, variation selectors: nothing a reader sees.
    **dict.fromkeys("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff", ""),
    **dict.fromkeys("\ufe0e\ufe0f", ""),
}
_SPACE = re.compile(r"[^\S\n]+")


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
        line = _replace_alike(unicodedata.normalize("NFKC", line))
        if not unicodedata.is_normalized("NFKC", line):  # what stood apart may now combine
            line = unicodedata.normalize("NFKC", line)
    return line


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
