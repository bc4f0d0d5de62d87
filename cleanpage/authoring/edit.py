"""Rules and examples added to the text of a rule file: lines are put in, and no other line changes.

A writer of YAML would lay the file out anew. Here the file is only read, for the places where things end, and what is
added is written there, as the lines around it are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from ..errors import CleanpageError, Problem, RuleError
from ..rules.model import Place, RuleFile
from ..rules.reader import read_rules
from .write import quoted, scalar

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KEEP = "keep"
# What stands above `remove:` in the files that come with cleanpage, and what stands above `keep:`.
_HEAD = ("publisher", "domains", "family", "marks", "content", "metadata", "strip_attributes", "page")
_INDENT = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that somebody is about to write.

    Attributes:
        category: what it removes; `keep` for a rule that says what is never removed.
        css: its selector.
        equals: what the text of an element must be; empty for any.
        heading: what its first heading must be; empty for any.
    """

    category: str
    css: str
    equals: str = ""
    heading: str = ""

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """The conditions besides the selector."""
        return [(name, text) for name, text in (("equals", self.equals), ("heading", self.heading)) if text]

    def lines(self) -> list[str]:
        """The rule as an entry of a list, in YAML."""
        if not self.conditions:
            return [f"- {scalar(self.css)}"]
        return [f"- css: {scalar(self.css)}", *(f"  {name}: {scalar(text)}" for name, text in self.conditions)]

    def in_brackets(self) -> str:
        """The same between brackets, as `[…]` holds it."""
        if not self.conditions:
            return quoted(self.css)
        return "{" + ", ".join(f"{name}: {quoted(text)}" for name, text in [("css", self.css), *self.conditions]) + "}"


def with_rule(text: str, draft: Draft) -> str:
    """A rule file with one rule more, as the last of its category.

    Args:
        text: the file.
        draft: the rule.

    Raises:
        CleanpageError: it is not YAML that holds a mapping.
    """
    edit = _Edit(text)
    if draft.category == KEEP:
        edit.add_to(edit.root, KEEP, draft)
        return edit.text
    remove = edit.value_of(edit.root, "remove")
    if isinstance(remove, yaml.MappingNode) and remove.value:
        edit.add_to(remove, draft.category, draft)
    else:
        inside = [f"{' ' * _INDENT}{draft.category}:", *_shifted(draft.lines(), 2 * _INDENT)]
        edit.put_section("remove", inside, remove)
    return edit.text


def with_example(text: str, example: Sequence[str]) -> str:
    """A rule file with one example more, as the last.

    Args:
        text: the file.
        example: the example as an entry of a list, in YAML.

    Raises:
        CleanpageError: it is not YAML that holds a mapping, or its examples stand between brackets.
    """
    edit = _Edit(text)
    known = edit.value_of(edit.root, "examples")
    if isinstance(known, yaml.SequenceNode) and known.value:
        if known.flow_style:
            raise CleanpageError("the file's examples stand between brackets: write them as a list first")
        edit.put_after(known, _shifted(example, known.start_mark.column))
    else:
        edit.put_section("examples", _shifted(example, _INDENT), known)
    return edit.text


def checked(before: str, after: str, name: str, key: str) -> RuleFile:
    """The rule file that an edited text is.

    Args:
        before: the text as it was, empty for a new file.
        after: the text as it is.
        name: what messages call the file.
        key: its short name.

    Raises:
        RuleError: with every mistake that the edit, or somebody before, has made.
        CleanpageError: the edit has changed a line that it should not have, or a rule that was there.
    """
    problems: list[Problem] = []
    file = read_rules(after, name, key, "publisher", problems)
    if problems or file is None:
        raise RuleError(problems or [Problem(name, 1, 1, "the file is empty")])
    if before:
        old = read_rules(before, name, key, "publisher", [])
        if old is not None and (_said(old) - _said(file) or (_said(file) - _said(old)).total() > 1):
            raise CleanpageError(f"{name}: the rule cannot be added without changing others; add it by hand")
    return file


def _said(file: RuleFile) -> Counter[str]:
    """What the rules of a file say, wherever they stand."""
    return Counter(repr(replace(rule, place=Place(file.name, 1, 1))) for rule in (*file.remove, *file.keep))


class _Edit:
    """The text of a rule file while things are put into it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        try:
            root = yaml.compose(text, Loader=_Loader)
        except yaml.YAMLError as error:
            raise CleanpageError(f"the file is not valid YAML, mend it first: {error}") from error
        if not isinstance(root, yaml.MappingNode):
            raise CleanpageError("the file holds no mapping; begin it with `publisher:`")
        self.root = root

    @staticmethod
    def value_of(mapping: yaml.MappingNode, name: str) -> Any:
        """The value of a key, None if it is not there."""
        return next((value for key, value in mapping.value if key.value == name), None)

    def add_to(self, mapping: yaml.MappingNode, name: str, draft: Draft) -> None:
        """Put a rule at the end of the list that a key of a mapping holds."""
        known = self.value_of(mapping, name)
        if isinstance(known, yaml.SequenceNode) and known.flow_style:
            place = self._end(known.value[-1]) if known.value else known.end_mark.index - 1
            self._insert(place, f"{', ' if known.value else ''}{draft.in_brackets()}")
        elif isinstance(known, yaml.SequenceNode):
            self.put_after(known, _shifted(draft.lines(), known.start_mark.column))
        elif isinstance(known, yaml.ScalarNode) and not known.value:
            key = next(key for key, value in mapping.value if value is known)
            self.put_after(known, _shifted(draft.lines(), key.start_mark.column + self._step(mapping)))
        elif known is not None:
            raise CleanpageError(f"`{name}:` holds no list, mend it first")
        elif mapping is self.root:
            self.put_section(name, _shifted(draft.lines(), _INDENT), None)
        elif mapping.flow_style:
            self._insert(self._end(mapping.value[-1][1]), f", {name}: [{draft.in_brackets()}]")
        else:
            column = mapping.start_mark.column
            inside = _shifted(draft.lines(), self._step(mapping))
            self.put_after(mapping, _shifted([f"{name}:", *inside], column))

    def put_section(self, name: str, inside: Sequence[str], known: Any) -> None:
        """Put a key of the file with what it holds: where it stands without anything, or else where such keys do."""
        if known is not None:
            key = next(key for key, value in self.root.value if value is known)
            # `{}` and `[]` go, what may stand behind them stays.
            start, stop = key.end_mark.index + 1, self._end(known)
            self.text = self.text[:start] + (self.text[stop:] if stop > start else self.text[start:])
            self._put_lines(self._line_after(start - 1), inside)
            return
        above = [pair for pair in self.root.value if name != "examples" and pair[0].value in self._above(name)]
        _, last = (above or self.root.value)[-1]
        place = self._line_after(self._end(last)) if above else len(self.text)
        below = self.text[place:].partition("\n")[0].strip()
        self._put_lines(place, ["", f"{name}:", *inside, *([""] if below else [])])

    @staticmethod
    def _above(name: str) -> tuple[str, ...]:
        return _HEAD if name == "remove" else (*_HEAD, "remove")

    def put_after(self, node: yaml.Node, lines: Sequence[str]) -> None:
        """Put lines after the line on which a value ends."""
        self._put_lines(self._line_after(self._end(node)), lines)

    def _put_lines(self, place: int, lines: Sequence[str]) -> None:
        if place and not self.text[:place].endswith("\n"):  # the last line has no end
            self._insert(place, self._line_end)
            place += len(self._line_end)
        self._insert(place, "".join(line + self._line_end for line in lines))

    def _insert(self, place: int, text: str) -> None:
        self.text = self.text[:place] + text + self.text[place:]

    def _line_after(self, place: int) -> int:
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def _end(self, node: Any) -> int:
        """Where the last character of a value stands, and one more."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return max(self._end(last[1]), last[0].end_mark.index) if isinstance(last, tuple) else self._end(last)
        end = int(node.end_mark.index)
        # Where a text of several lines ends is noticed where the next thing begins.
        return len(self.text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end

    @staticmethod
    def _step(mapping: yaml.MappingNode) -> int:
        """How much deeper than its key a list in a mapping stands."""
        for key, value in mapping.value:
            if isinstance(value, yaml.SequenceNode) and not value.flow_style:
                return int(value.start_mark.column - key.start_mark.column)
        return _INDENT


def _shifted(lines: Sequence[str], columns: int) -> list[str]:
    return [" " * columns + line if line else line for line in lines]
