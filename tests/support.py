"""What many tests need."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from cleanpage import Cleaner, Removal, Result, RuleError, Rules


def rules(text: str, name: str = "<rules>", key: str = "rules") -> Rules:
    """Rules from indented YAML."""
    return Rules.parse(dedent(text), name=name, key=key)


def cleaner(text: str, **options: Any) -> Cleaner:
    """A cleaner with the rules of indented YAML and no others."""
    return Cleaner(rules(text), **options)


def remove(rule: str) -> str:
    """A rule file with one entry; the entry is written as a YAML flow value or as a selector."""
    return f"remove:\n  ad:\n    - {rule}\n"


def text_of(rule: str, html: str, **arguments: Any) -> list[str]:
    """The lines that are left of a page when one rule is applied."""
    return cleaner(remove(rule)).clean(html, **arguments).text.split("\n")


def problems(text: str) -> list[str]:
    """The mistakes that are found in a rule file."""
    try:
        Rules.parse(text)
    except RuleError as error:
        return list(map(str, error.problems))
    return []


def gone(result: Result) -> list[Removal]:
    """What was removed."""
    return [removal for removal in result.removed if not removal.held_back]


def held(result: Result) -> list[Removal]:
    """What was held back."""
    return [removal for removal in result.removed if removal.held_back]


def prose(words: int, stem: str = "wort") -> str:
    """A sentence of so many different words."""
    return " ".join(f"{stem}{number}" for number in range(words))
