"""The rule format as a page to read, made from the tables that the reader checks files against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import format as tables
from .format import Key

_HEAD = """\
# The rule format

<!-- Made by `cleanpage rules schema --format markdown`; a test says when it must be made again. -->

A rule file is YAML in UTF-8. Where it lies says what kind of file it is: `publishers/<country>/<domain>.yaml` is for
one publisher, `families/<name>.yaml` for what several share, `generic/<category>.yaml` for every page. Whatever is not
named below (another key, another category) is a mistake, which `cleanpage rules lint` names with file, line, column and
what to write instead. For editors the same tables are a JSON Schema: `cleanpage rules schema`.

Phrases are compared after folding case, Unicode form, quotes, dashes, soft hyphens and white space. Class names and ids
match whole. `matches` and `path_matches` are regular expressions of RE2, which run in linear time.
"""
_SECTIONS: tuple[tuple[str, str, tuple[Key, ...]], ...] = (
    ("A file", "The keys of a file, all of them optional.", tables.FILE),
    (
        "A rule",
        "An entry of `remove` or `keep`: a CSS selector alone, or these keys. All conditions must hold. A rule without "
        "`css` and `xpath` is for any block of text.",
        tables.RULE,
    ),
    (
        "A line rule",
        "An entry of `lines`, for text without markup: `line` alone, or `from` and `to`.",
        tables.LINE,
    ),
    ("content", "An entry of `content`: a CSS selector alone, or these keys.", tables.CONTENT),
    ("metadata", "The keys of `metadata`.", tables.METADATA),
    ("A value of metadata", "An entry of one of them: a CSS selector alone, or these keys.", tables.VALUE),
    ("A selector of page_has", "An entry of `page_has`: a CSS selector alone, or one of these keys.", tables.SELECTOR),
    ("A mark", "An entry of `marks`: a CSS selector alone, or this key.", tables.MARK),
    ("An example", "An entry of `examples`: `html` or `text`, and what becomes of it.", tables.EXAMPLE),
    ("A test", "An entry of `tests`, for pages that are stored elsewhere.", tables.PAGE_TEST),
)


def handbook() -> str:
    """The rule format as Markdown."""
    return "\n".join([_HEAD, *_parts()])


def _parts() -> Iterator[str]:
    for title, what, keys in _SECTIONS:
        yield f"## {title}\n\n{what}\n"
        yield _table(("key", "value", "meaning"), ((f"`{key.name}`", key.shape, key.meaning) for key in keys))
    yield "## Values\n\nWhat stands in the middle columns above.\n"
    yield _table(("value", "what is written"), tables.SHAPES.items())
    yield "## Categories\n\nWhat a removed block is. `chrome` is removed only on demand (`--category`).\n"
    yield _table(("category", "what it is"), ((f"`{key.name}`", key.meaning) for key in tables.CATEGORY))
    yield "## Scopes\n\nHow much goes with an element that a rule finds.\n"
    yield _table(("scope", "what goes"), ((f"`{key.name}`", key.meaning) for key in tables.SCOPE))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *map(list, rows)]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;") if "`" not in text else text.replace("|", "\\|")
