"""Rule files as text: what an importer found is written in the format of the project's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import CleanpageError
from ..model import CATEGORIES

# In the order in which they are written.
METADATA_FIELDS = ("title", "authors", "published")
_PARTS: dict[str, tuple[str, ...]] = {
    "content": ("",),
    "metadata": METADATA_FIELDS,
    "strip_attributes": ("",),
    "remove": CATEGORIES,
    "tests": ("",),
}
_PLAIN = re.compile(r"[A-Za-z./(][^\\]*")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s(?:#|$)|^null$")
# What YAML wants escaped.
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_HEAD_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list in a rule file.

    Attributes:
        part: the key of the file it stands under, such as `remove`.
        group: the key under that: a category or a field of the metadata; empty for none.
        lines: the entry as YAML, without indentation.
    """

    part: str
    group: str
    lines: tuple[str, ...]


def scalar(text: str) -> str:
    """A text as YAML."""
    unprintable = _UNPRINTABLE.search(text)
    if not unprintable and _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text):
        return text
    if not unprintable and "'" not in text:
        return f"'{text}'"
    if not unprintable and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", escaped) + '"'


def scalars(key: str, texts: Iterable[str]) -> tuple[str, ...]:
    """A key with one text, or a list of them, as lines of YAML."""
    texts = tuple(texts)
    if len(texts) == 1:
        return (f"{key}: {scalar(texts[0])}",)
    return (f"{key}:", *(f"  - {scalar(text)}" for text in texts))


def comment(text: str) -> list[str]:
    """A text as a comment, in lines of a readable length."""
    lines, line = [], "#"
    for word in _UNPRINTABLE.sub("?", text).split():
        if len(line) + 1 + len(word) > _HEAD_WIDTH and line != "#":
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]


def render(head: Iterable[str], entries: Iterable[Entry]) -> tuple[str, dict[int, Entry]]:
    """A rule file.

    Args:
        head: what comes first, as lines of YAML.
        entries: its entries; those of one list keep their order.

    Returns:
        The file's text, and for each line the entry that stands there (lines count from 1).
    """
    lines = list(head)
    places: dict[int, Entry] = {}
    listed: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        listed.setdefault((entry.part, entry.group), []).append(entry)
    for part, groups in _PARTS.items():
        if any((part, group) in listed for group in groups):
            lines.append(f"{part}:")
        for group in groups:
            if group and (part, group) in listed:
                lines.append(f"  {group}:")
            indent = "    " if group else "  "
            for entry in listed.get((part, group), ()):
                for number, line in enumerate(entry.lines):
                    lines.append(f"{indent}{'  ' if number else '- '}{line}")
                    places[len(lines)] = entry
    return "\n".join(lines) + "\n", places


def write(folder: Path, files: Mapping[str, str], mark: str) -> list[Path]:
    """Write files; none if one of them is in the way.

    Args:
        folder: where to.
        files: texts by path below the folder.
        mark: how each of them begins; a file that is there and begins otherwise is not touched.

    Returns:
        Files of an earlier run that this one would not write; they are left as they are.

    Raises:
        CleanpageError: a file is in the way, or the folder cannot be written to.
    """
    paths = {folder / name: text for name, text in files.items()}
    try:
        strangers = [path for path in paths if path.exists() and not _has_mark(path, mark)]
        if strangers:
            more = f", nor are {len(strangers) - 1} more" if len(strangers) > 1 else ""
            raise CleanpageError(
                f"{strangers[0]} was not written by this command and is not overwritten{more}: "
                "name another folder, or move it away"
            )
        for path, text in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        there = (path for name in ("families", "publishers") for path in (folder / name).rglob("*.yaml"))
        return sorted(path for path in there if path not in paths and _has_mark(path, mark))
    except OSError as error:
        raise CleanpageError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None


def _has_mark(path: Path, mark: str) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark.encode())) == mark.encode()
