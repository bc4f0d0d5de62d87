"""What the characters of a page's stream count as, by one look into a table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy

from .stream import BLOCK, BLOCK_END, INLINE, INLINE_END, PRE, PRE_END

if TYPE_CHECKING:
    Codes = numpy.typing.NDArray[numpy.uint32]
    Kinds = numpy.typing.NDArray[numpy.uint8]

# The two lowest bits: 0 for text, 1 for white space, 2 for the marks of inline elements, 3 for those of elements that
# begin and end a line.
NOT_TEXT = 3
SPACE, INLINE_MARK, LINE_MARK = 1, 2, 3
# The others, for text: a character of a script without spaces, and what a sentence is made of.
IDEOGRAPH, SENTENCE_END, COMMA, DIGIT, UPPER, QUOTE = (1 << bit for bit in range(2, 8))

_FEW_SPACES = (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_SPACES = (*range(9, 14), *range(28, 33), *range(0x2000, 0x200B), *_FEW_SPACES)
_SENTENCE_ENDS = ".!?…。！？؟।｡‼⁇"
_COMMAS = ",;:،、，；：·|"
_QUOTES = '"„“”«»‚‘’「」『』'
_CASED = 0x3001  # beyond it, no script of pages has capitals or digits of its own


def kinds_of(codes: Codes) -> Kinds:
    """What each of some characters counts as. Whatever is beyond the first plane is text.

    Args:
        codes: their code points.
    """
    return _table().take(codes, mode="clip")


@lru_cache(maxsize=1)
def _table() -> Kinds:
    table = numpy.zeros(0x10000, dtype=numpy.uint8)
    table[[*_SPACES]] = SPACE
    table[[ord(INLINE), ord(INLINE_END)]] = INLINE_MARK
    table[[ord(BLOCK), ord(BLOCK_END), ord(PRE), ord(PRE_END)]] = LINE_MARK
    table[0x3040:0x3100] = table[0x3400:0xA000] = IDEOGRAPH
    characters = [chr(code) for code in range(_CASED)]
    table[[ord(c) for c in characters if c.isupper()]] |= UPPER
    table[[ord(c) for c in characters if c.isdecimal()]] |= DIGIT
    for group, bit in ((_SENTENCE_ENDS, SENTENCE_END), (_COMMAS, COMMA), (_QUOTES, QUOTE)):
        table[[ord(c) for c in group]] |= bit
    return table
