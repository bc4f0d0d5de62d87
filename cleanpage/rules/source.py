"""YAML with positions, read from events so that nothing in a file is lost or expanded.

A rule file is plain data: mappings, lists and scalars. Anchors, aliases and tags are mistakes here (they have no use
in a rule file, and an alias can stand for gigabytes). After a syntax error the line is left out and the file is read
again, so one run names every mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from ..errors import Problem

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 12
MAX_SYNTAX_ERRORS = 50

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A value of a rule file.

    Attributes:
        value: str for a scalar, a list of nodes, or a list of pairs (key node, value node) for a mapping; None for
            an empty value.
        kind: `text`, `list`, `mapping` or `empty`.
        line, column: counted from 1.
        plain: whether a scalar was written without quotes.
    """

    value: Any
    kind: str
    line: int
    column: int
    plain: bool = False

    @property
    def what(self) -> str:
        return {"text": "text", "list": "a list", "mapping": "a mapping", "empty": "nothing"}[self.kind]


def read(text: str, file: str, problems: list[Problem]) -> Node | None:
    """Read a rule file.

    Args:
        text: the file's content.
        file: its name, for messages.
        problems: where mistakes are added.

    Returns:
        The file's mapping, or None if there is none.
    """
    if len(text) > MAX_BYTES:
        problems.append(Problem(file, 1, 1, f"the file is larger than {MAX_BYTES:,} characters", "split it"))
        return None
    surrogate = re.search("[\ud800-\udfff]", text)
    if surrogate:
        line, column = _place(text, surrogate.start())
        problems.append(Problem(file, line, column, "a lone surrogate, which no text may hold", "remove it"))
        return None
    lines = text.split("\n")
    found: list[Problem] = []
    for _ in range(MAX_SYNTAX_ERRORS):
        try:
            root = _build(yaml.parse("\n".join(lines), Loader=_Loader), file)
        except yaml.MarkedYAMLError as error:
            line, problem = _syntax_problem(error, file, lines)
            found.append(problem)
            if not _blank(lines, line):
                break
        except yaml.YAMLError as error:  # characters that no YAML file may hold
            found.append(_reader_problem(error, file, text))
            break
        except _Mistake as mistake:
            found.append(mistake.problem)
            if not _blank(lines, mistake.problem.line - 1):
                break
        else:
            problems += found
            if root is None and not found:
                problems.append(Problem(file, 1, 1, "the file is empty", "begin with `remove:` or `publisher:`"))
            return root
    problems += found
    return None


class _Mistake(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _build(events: Iterator[Any], file: str) -> Node | None:
    root: Node | None = None
    open_nodes: list[Node] = []
    keys: list[Node | None] = []  # for each open mapping, the key that waits for its value

    def add(node: Node) -> None:
        nonlocal root
        if not open_nodes:
            root = node
            return
        above = open_nodes[-1]
        if above.kind == "list":
            above.value.append(node)
        elif keys[-1] is None:
            keys[-1] = node
        else:
            above.value.append((keys[-1], node))
            keys[-1] = None

    documents = 0
    for event in events:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Mistake(Problem(file, line, column, "a second document begins here", "remove the line `---`"))
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Mistake(
                Problem(file, line, column, "anchors and aliases are not part of the format", "write the value out")
            )
        elif isinstance(event, yaml.NodeEvent):
            tag = getattr(event, "tag", None)
            if tag is not None and tag != "!":
                raise _Mistake(Problem(file, line, column, f"the tag {tag} is not part of the format", "remove it"))
            if isinstance(event, yaml.ScalarEvent):
                plain = not event.style  # None or "", as the loader likes
                empty = plain and event.value in ("", "~", "null")
                add(Node(event.value, "empty" if empty else "text", line, column, plain))
                continue
            if len(open_nodes) >= MAX_DEPTH:
                raise _Mistake(Problem(file, line, column, "values are nested too deep", "see the rule format"))
            mapping = isinstance(event, yaml.MappingStartEvent)
            node = Node([], "mapping" if mapping else "list", line, column)
            add(node)
            open_nodes.append(node)
            keys.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            open_nodes.pop()
            keys.pop()
    return root


def _syntax_problem(error: yaml.MarkedYAMLError, file: str, lines: list[str]) -> tuple[int, Problem]:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    while line > 0 and not lines[line].strip():
        line -= 1  # the parser often notices only where the next thing begins
        column = 0
    tab = lines[line].find("\t")
    if tab >= 0 and not lines[line][:tab].strip():
        return line, Problem(file, line + 1, tab + 1, "a tab in the indentation", "indent with spaces")
    hint = ""
    if "mapping values" in str(error.problem):
        hint = 'put the text in quotes: "…: …"'
    elif "cannot start any token" in str(error.problem):
        hint = "put the text in quotes"
    return line, Problem(file, line + 1, column + 1, f"not valid YAML: {error.problem}", hint)


def _reader_problem(error: yaml.YAMLError, file: str, text: str) -> Problem:
    line, column = _place(text, min(getattr(error, "position", 0) or 0, len(text)))
    return Problem(file, line, column, "a character that YAML does not allow", "remove it")


def _place(text: str, position: int) -> tuple[int, int]:
    """The line and column of a position, counted from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _blank(lines: list[str], line: int) -> bool:
    """Leave a line out; False if there was nothing in it to leave out."""
    if line >= len(lines) or not lines[line].strip():
        return False
    lines[line] = ""
    return True
