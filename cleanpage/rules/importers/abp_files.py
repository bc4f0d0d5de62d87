"""Imported rules as rule files: written, checked by the reader of rule files, and told from files that people wrote."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import CleanpageError, Problem
from ..model import CATEGORIES
from ..reader import read_rules
from ..source import MAX_BYTES

Keys = tuple[tuple[str, str | int | tuple[str, ...]], ...]
Rule = tuple[str, Keys]  # the category, and what stands under the rule's keys

MARK = "# Written by `cleanpage rules import abp`, which overwrites this file when it runs again."
_ROOM = 64 * 1024  # for the comment at the head of a file
_WIDTH = 118
_PLAIN = re.compile(r"[A-Za-z.][A-Za-z0-9_.>~+ -]*(?<! )", re.A)
# What YAML, or an editor that reads it, takes for something else than text.
_NO_TEXT = re.compile(r"null|true|false|yes|no|on|off|y|n|\.inf|\.nan|[.\d]+(?:e[+-]?\d+)?", re.I)


def targets(paths: Sequence[Path], out: Path) -> list[Path]:
    """The files that lists are written to.

    Raises:
        CleanpageError: two lists would be written to the same file, or a file is there that this did not write.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        target = out / "generic" / f"{path.stem}.yaml"
        if target in found:
            raise CleanpageError(f"{found[target]} and {path} would both be written to {target}: rename one of them")
        found[target] = path
        for file in (target, *_continuations(target)):
            if file.exists() and not _is_ours(file):
                raise CleanpageError(f"{file} is there already and was not written by an import: move it away")
    return list(found)


def refusals(rules: Sequence[Rule]) -> dict[int, str]:
    """Which rules the reader of rule files refuses, by their place in the sequence, and why."""
    refused: dict[int, str] = {}
    for places in _chunks(rules):
        text, lines = _render([rules[place] for place in places])
        problems: list[Problem] = []
        read_rules(text, "", "generic", "generic", problems)
        order = _order([rules[place] for place in places])
        for problem in problems:
            place = places[order[bisect_right(lines, problem.line) - 1]]
            refused.setdefault(place, f"{problem.message}{'; ' if problem.hint else ''}{problem.hint}")
    return refused


def write(target: Path, head: Sequence[str], rules: Sequence[Rule]) -> list[Path]:
    """Write rules to a file, and what it cannot hold to others beside it; those of an earlier run are replaced.

    Returns:
        The files; none if there are no rules.

    Raises:
        CleanpageError: they cannot be written.
    """
    comment = "".join(f"# {_one_line(line)}\n" for line in head)
    written: list[Path] = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for number, places in enumerate(_chunks(rules), 1):
            file = target if number == 1 else target.with_suffix(f".{number}.yaml")
            text, _ = _render([rules[place] for place in places])
            file.write_bytes(f"{MARK}\n{comment}\n{text}".encode())
            written.append(file)
        for file in (target, *_continuations(target)):
            if file not in written and file.exists():
                file.unlink()
    except OSError as error:
        raise CleanpageError(f"{error.filename or target}: cannot be written: {error.strerror}") from None
    return written


def _continuations(target: Path) -> list[Path]:
    pattern = re.compile(rf"{re.escape(target.stem)}\.[2-9]\d*\.yaml")
    folder = target.parent
    return sorted(file for file in folder.iterdir() if pattern.fullmatch(file.name)) if folder.is_dir() else []


def _is_ours(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(MARK.encode())) == MARK.encode()
    except OSError:
        return False


def _chunks(rules: Sequence[Rule]) -> Iterator[list[int]]:
    """The places of the rules of each file: as many as the reader takes."""
    places: list[int] = []
    size = 0
    for place, (_, keys) in enumerate(rules):
        length = sum(len(line) + 1 for line in _entry(keys))
        if places and size + length > MAX_BYTES - _ROOM:
            yield places
            places, size = [], 0
        places.append(place)
        size += length
    if places:
        yield places


# --- YAML ----------------------------------------------------------------------------------------


def _order(rules: Sequence[Rule]) -> list[int]:
    """The places of the rules in the order in which they are written: by category, then as they came."""
    return sorted(range(len(rules)), key=lambda place: CATEGORIES.index(rules[place][0]))


def _render(rules: Sequence[Rule]) -> tuple[str, list[int]]:
    """A rule file, and the line on which each rule begins, counted from 1."""
    made = ["remove:"]
    starts = []
    category = ""
    for place in _order(rules):
        if rules[place][0] != category:
            category = rules[place][0]
            made.append(f"  {category}:")
        starts.append(len(made) + 1)
        made += _entry(rules[place][1])
    return "\n".join(made) + "\n", starts


def _entry(keys: Keys) -> list[str]:
    if len(keys) == 1 and keys[0][0] == "css":
        return [f"    - {_scalar(str(keys[0][1]))}"]
    lines: list[str] = []
    for name, value in keys:
        lead = "    - " if not lines else "      "
        if isinstance(value, tuple):
            lines += _list(f"{lead}{name}: [", value)
        else:
            lines.append(f"{lead}{name}: {value if isinstance(value, int) else _scalar(value)}")
    return lines


def _list(lead: str, values: tuple[str, ...]) -> list[str]:
    lines = [lead]
    for number, value in enumerate(values, 1):
        part = value + ("]" if number == len(values) else ",")
        if len(lines[-1]) + 1 + len(part) > _WIDTH and lines[-1] != lead:
            lines.append(" " * 10 + part)
        else:
            lines[-1] += part if lines[-1] == lead else f" {part}"
    return lines


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _NO_TEXT.fullmatch(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _one_line(text: str) -> str:
    """A text that a comment can hold: without line ends, and not endless."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= 300 else f"{line[:300]}…"
