"""Mending rule files where a line can go without a loss; comments, order and all other lines stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import Problem
from ..rules.reader import read_rules
from .lint import Code, Remark

# What can be mended by leaving out the line that is remarked upon.
MENDED: tuple[Code, ...] = ("covered", "repeated")
# An entry of a list that stands on a line alone, and is all of the rule.
_ENTRY = re.compile(r"""\s*-\s+(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^'"\s{\[>|&*!%@`#][^#]*?(?<!:))\s*(?:\s#.*)?""")
_KEY = re.compile(r"\s+[a-z]+:(?:\s+#.*)?")


def fix(path: Path, remarks: Iterable[Remark]) -> list[Remark]:
    """Leave out the rules of a file that another rule makes needless.

    Args:
        path: the file.
        remarks: what is worth a second look in it.

    Returns:
        What was mended. A line that cannot go alone stays: one that holds more than a selector, or with which the file
        would have a mistake.

    Raises:
        OSError: the file cannot be read or written.
    """
    before = path.read_bytes()
    lines = before.decode("utf-8-sig").splitlines(keepends=True)
    mended: list[Remark] = []
    for remark in sorted(remarks, key=lambda one: -one.place.line):
        place = remark.place.line - 1
        if remark.code not in MENDED or place >= len(lines) or not _ENTRY.fullmatch(lines[place].rstrip("\r\n")):
            continue
        # The last of a list goes with the key that it stands under.
        for above in (place, place - 1):
            left = lines[:above] + lines[place + 1 :]
            if (above == place or _KEY.fullmatch(lines[above].rstrip())) and _has_no_mistake("".join(left), path):
                lines = left
                mended.append(remark)
                break
    if mended:
        mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        path.write_bytes(mark + "".join(lines).encode("utf-8"))
    return mended[::-1]


def _has_no_mistake(text: str, path: Path) -> bool:
    problems: list[Problem] = []
    read_rules(text, str(path), path.stem, None, problems)
    return not problems
