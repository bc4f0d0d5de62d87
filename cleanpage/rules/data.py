"""Data files beside the rules (vocabularies), read and checked as rule files are: every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from ..errors import Problem, RuleError
from .checks import nearest
from .source import Node, read

T = TypeVar("T")


class DataReader:
    """Takes a data file apart and notes what is wrong with it.

    Args:
        file: its name, for messages.
        problems: where mistakes are added.
    """

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def problem(self, node: Node, message: str, hint: str = "") -> None:
        """Note a mistake."""
        self.problems.append(Problem(self.file, node.line, node.column, message, hint))

    def mapping(self, node: Node | None, known: Iterable[str], what: str = "key") -> Iterator[tuple[str, Node]]:
        """The entries of a mapping whose keys are known, each once; of nothing, none."""
        if node is None:
            return
        if node.kind != "mapping":
            self.problem(node, f"expected a mapping, not {node.what}")
            return
        seen = set()
        for key, value in node.value:
            name = str(key.value) if key.kind == "text" else key.what
            if key.kind != "text" or name not in known:
                self.problem(key, f"unknown {what}: {name}", nearest(name, known))
            elif name in seen:
                self.problem(key, f"{name!r} stands here twice", "join the two")
            else:
                seen.add(name)
                yield name, value

    def items(self, node: Node | None) -> list[Node]:
        """The entries of a list; of nothing, none."""
        if node is None:
            return []
        if node.kind != "list":
            self.problem(node, f"expected a list, not {node.what}")
            return []
        return list(node.value)


def read_data(path: Path, make: Callable[[DataReader, Node], T]) -> T:
    """Read a data file that comes with cleanpage.

    Args:
        path: the file.
        make: makes what it says of its root.

    Raises:
        RuleError: with every mistake in it.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the vocabulary cannot be read: {error}"
        raise RuleError([Problem(str(path), 1, 1, message, "install cleanpage again")]) from None
    return parse_data(text, str(path), make)


def parse_data(text: str, file: str, make: Callable[[DataReader, Node], T]) -> T:
    """The same for a text.

    Raises:
        RuleError: with every mistake in it.
    """
    problems: list[Problem] = []
    root = read(text, file, problems)
    made = make(DataReader(file, problems), root) if root is not None else None
    if problems or made is None:
        raise RuleError(problems or [Problem(file, 1, 1, "the file says nothing", "install cleanpage again")])
    return made
