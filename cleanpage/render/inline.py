"""A line of Markdown: runs of text with emphasis, code, links and images.

Escaping and the rules for delimiters are those of the CommonMark specification, version 0.31.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

STRONG, EMPHASIS, CODE = 1, 2, 4
# A link around many blocks is written in each, but not in thousands: that would take the square of the page's size.
_MOST_REPEATS = 8

_SPECIAL = re.compile(r"[\\`*\[\]<~]|&(?=#?\w+;|$)|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"(?:#{1,6}(?=\s|$)|[+-](?=[-|:\s]|$)|>|=+\s*$|[|:](?=[-|:\s]))")
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BACKTICKS = re.compile("`+")
_NOT_IN_ADDRESS = re.compile(r'[\s\x00-\x20\x7f-\xa0<>()\\"`|]')
_ENTITY = re.compile(r"&(?=#?\w+;)")


@dataclass(slots=True, eq=False)
class Link:
    """A link of the page.

    Attributes:
        address: where it leads.
        left: how often it may still be written.
    """

    address: str
    left: int = _MOST_REPEATS

    def may_be_written(self) -> bool:
        """Whether it may be written once more, which counts as done."""
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class _Run:
    """Text of one style. An image is a run of its own."""

    style: int
    link: Link | None
    parts: list[str] = field(default_factory=list)
    image: str = ""
    spaced: bool = False  # whether white space comes before it

    @property
    def text(self) -> str:
        return " ".join(self.parts)


class Line:
    """Collects the runs of a line."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def add(self, text: str, style: int, link: Link | None) -> None:
        """Add text as it stands in the page.

        Args:
            text: the text.
            style: `STRONG`, `EMPHASIS` and `CODE`, added up.
            link: the link that it stands in.
        """
        if style & CODE:
            style = CODE  # in code nothing is emphasised
        last = self._runs[-1] if self._runs else None
        if last is None or last.image or last.style != style or last.link is not link:
            last = _Run(style, link)
            self._runs.append(last)
        last.parts.append(text)

    def add_image(self, alt: str, address: str, link: Link | None) -> None:
        """Add an image.

        Args:
            alt: the words that stand for it.
            address: where it is.
            link: the link that it stands in.
        """
        self._runs.append(_Run(0, link, image=f"![{escape(' '.join(alt.split()))}]({_destination(address)})"))

    def take(self) -> str:
        """The line as Markdown, without what the start of a line needs; empty if there is nothing in it. The next line
        begins."""
        if not self._runs:
            return ""
        runs, self._runs = _collapsed(self._runs), []
        out: list[str] = []
        for link, group in _by_link(runs):
            if out and group[0].spaced:
                out.append(" ")
            if link is None:
                _write(group, out)
                continue
            if out and out[-1].endswith("!"):
                out[-1] = out[-1][:-1] + "\\!"  # or it would be an image
            out.append("[")
            _write(group, out, "]")
            out.append(f"]({_destination(link.address)})")
        return "".join(out)


def escape(text: str) -> str:
    """Text in which nothing means anything to a Markdown parser, but for the start of a line."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def escape_start(line: str) -> str:
    """A line of Markdown that begins as a paragraph does, whatever its first words are."""
    if _LINE_START.match(line):
        return "\\" + line
    return _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line


def longest_backticks(text: str) -> int:
    """The length of the longest row of backticks in a text."""
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _destination(address: str) -> str:
    return _ENTITY.sub("&amp;", _NOT_IN_ADDRESS.sub(lambda match: quote(match.group()), address))


def _collapsed(runs: list[_Run]) -> list[_Run]:
    """The runs with white space collapsed, told apart only where they differ."""
    left: list[_Run] = []
    spaced = False
    current: Link | None = None
    link: Link | None = None
    for run in runs:
        raw = "".join(run.parts)
        words = " ".join(raw.split())
        if not words and not run.image:
            spaced = spaced or bool(raw)
            continue
        spaced = bool(left) and (spaced or raw[:1].isspace())
        if run.link is not current:
            current = run.link
            link = current if current is not None and current.may_be_written() else None
        last = left[-1] if left else None
        same = last is not None and last.style == run.style and last.link is link
        apart = bool(run.image) or (spaced and bool(run.style & CODE))
        if last is not None and same and not last.image and not apart:
            if spaced:
                last.parts.append(words)
            else:
                last.parts[-1:] = [last.parts[-1] + words]
        else:
            left.append(_Run(run.style, link, [words], run.image, spaced))
        spaced = raw[-1:].isspace()
    return left


def _by_link(runs: list[_Run]) -> Iterator[tuple[Link | None, list[_Run]]]:
    """The runs that stand in one link or in none, each time."""
    start = 0
    for place in range(1, len(runs) + 1):
        if place == len(runs) or runs[place].link is not runs[start].link:
            yield runs[start].link, runs[start:place]
            start = place


def _write(runs: list[_Run], out: list[str], end: str = "") -> None:
    """Write the runs of one link, or of none.

    Args:
        runs: the runs.
        out: what is written so far; it grows.
        end: what comes after.
    """
    emphasised = False
    for place, run in enumerate(runs):
        if place and run.spaced:
            out.append(" ")
        if run.image:
            out.append(run.image)
            emphasised = False
            continue
        if run.style & CODE:
            out.append(_code(run.text))
            emphasised = False
            continue
        text = escape(run.text)
        following = runs[place + 1] if place + 1 < len(runs) else None
        if following is None:
            after = end
        elif following.spaced:
            after = ""
        else:
            after = "!" if following.image else following.text[0]
        touching = emphasised and not run.spaced
        before = out[-1][-1] if out else ""
        emphasised = bool(run.style) and not touching and _can_emphasise(before, text, after)
        marks = ("*" if run.style & EMPHASIS else "") + ("**" if run.style & STRONG else "") if emphasised else ""
        out.append(f"{marks}{text}{marks}")


def _can_emphasise(before: str, text: str, after: str) -> bool:
    """Whether delimiters around a text would be read as such: they must not stand between a letter and a mark of
    punctuation that is inside."""
    opens = not _is_punctuation(text[0]) or _is_apart(before)
    return opens and (not _is_punctuation(text[-1]) or _is_apart(after))


def _is_apart(neighbour: str) -> bool:
    # Older versions of the specification count no symbols as punctuation.
    return not neighbour or neighbour == " " or unicodedata.category(neighbour)[0] == "P"


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _code(text: str) -> str:
    ticks = "`" * (longest_backticks(text) + 1)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"
