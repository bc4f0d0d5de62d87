"""Suggestions as a rule file, ready to be edited."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence

from .suggest import UNCERTAIN, Suggestion, by_category

_PLAIN = re.compile(r"[^\W\d_.][\w .-]*[\w.]|\.[\w.-]+")
_TELLS = re.compile(r"yes|no|on|off|true|false|null|~", re.IGNORECASE)
MOST_WORDS = 8  # of an example's text
_PARTS = re.compile(r"""#([\w-]+)|\.([\w-]+)|\[([a-z][a-z0-9_-]*)(?:="((?:[^"\\]|\\.)*)")?\]""")
# What an element holds its parts in.
_INNER = {
    "ul": ("<li>", "</li>"),
    "ol": ("<li>", "</li>"),
    "dl": ("<dd>", "</dd>"),
    "table": ("<tr><td>", "</td></tr>"),
}
KEPT = "This paragraph is the article's and stays."


def rule_file(domain: str, suggestions: Sequence[Suggestion], pages: int, family: str = "", publisher: str = "") -> str:
    """A rule file with suggestions.

    Each rule has a comment that says on how many pages it takes what, and an example of its own making.

    Args:
        domain: the site.
        suggestions: the rules.
        pages: how many pages they come from.
        family: the family that the site belongs to, if it is known.
        publisher: the publisher's name, the domain if it is not known.
    """
    lines = head(domain, family, publisher)
    if not suggestions:
        lines += ["", "# Nothing that repeats on the pages is left by the rules there are.", "remove: {}"]
        return "\n".join(lines) + "\n"
    lines += ["", "remove:"]
    for category, some in by_category(suggestions).items():
        if category == UNCERTAIN:
            lines.append("  # Removed only on demand: site furniture, and whatever else does not say what it is.")
        lines.append(f"  {category}:")
        for one in some:
            lines += _rule(one, pages)
    lines += ["", "examples:", *_example(suggestions)]
    return "\n".join(lines) + "\n"


def head(domain: str, family: str = "", publisher: str = "") -> list[str]:
    """The lines that a rule file for a site begins with."""
    lines = [f"publisher: {scalar(publisher or domain)}", f"domains: [{scalar(domain)}]"]
    return [*lines, f"family: {scalar(family)}"] if family else lines


def _rule(one: Suggestion, pages: int) -> list[str]:
    elements = "element" if one.elements == 1 else "elements"
    lines = [
        f"    # on {one.pages} of {pages} pages, {one.elements} {elements}, {one.words} words: {_comment(one.texts)}"
    ]
    conditions = {
        "equals": scalar(one.equals) if one.equals else "",
        "starts": scalar(one.starts) if one.starts else "",
        "max_words": str(one.max_words or ""),
        "scope": f"closest {one.closest}" if one.closest else "",
    }
    said = [f"      {name}: {value}" for name, value in conditions.items() if value]
    return [*lines, f"    - {'css: ' if said else ''}{scalar(one.css)}", *said]


def _comment(texts: Iterable[str]) -> str:
    return " | ".join(" ".join(text.split()) for text in texts)


def _example(suggestions: Sequence[Suggestion]) -> list[str]:
    """One page with an element for each rule."""
    said = {one: _text(one, number) for number, one in enumerate(suggestions, 1)}
    removes = list(dict.fromkeys(said.values()))
    return [
        "  - html: |",
        f"      <article><p>{KEPT}</p></article>",
        *(f"      {_within(one, element_for(one.css, text))}" for one, text in said.items()),
        f"    removes: [{', '.join(quoted(text) for text in removes)}]",
        f"    keeps: [{quoted(KEPT)}]",
    ]


def _text(one: Suggestion, number: int) -> str:
    if one.equals:
        return one.equals
    if one.starts:
        return f"{one.starts} ({number})"
    words = one.texts[0].replace(" / ", " ").split()[:MOST_WORDS] if one.texts else []
    # The number keeps apart what begins alike.
    return " ".join([*words, f"({number})"])


def _within(one: Suggestion, element: str) -> str:
    """An element in the one around it that the rule takes, if it takes that."""
    if not one.closest:
        return element
    inner = _INNER.get(one.closest, ("", ""))
    return f"<{one.closest}>{inner[0]}{element}{inner[1]}</{one.closest}>"


def element_for(css: str, text: str) -> str:
    """The smallest element that a selector of one element finds, as markup, with a text in it."""
    attributes: dict[str, str] = {}
    for name, class_name, attribute, value in _PARTS.findall(css):
        if name:
            attributes["id"] = name
        elif class_name:
            attributes["class"] = f"{attributes.get('class', '')} {class_name}".strip()
        else:
            attributes[attribute] = re.sub(r"\\(.)", r"\1", value)
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    # Tables and lists have parts that stand in them only; any other element does for a selector without a tag.
    tag = (re.match(r"[a-z][a-z0-9-]*", css) or ["div"])[0]
    return f"<{tag}{written}>{html.escape(text, quote=False)}</{tag}>"


def scalar(text: str) -> str:
    """A text as YAML, quoted where it must be."""
    return text if _PLAIN.fullmatch(text) and not _TELLS.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    # JSON strings are YAML strings, too.
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    written = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in written)
