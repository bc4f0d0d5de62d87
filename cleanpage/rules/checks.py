"""What must hold for a rule, wherever it comes from: a rule file, or a pack."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from .model import CATEGORIES, PHRASE_CONDITIONS, Mark, Rule
from .sites import is_entry

# A page without a single class, id or attribute: a rule that takes anything of it without looking at the text could
# take any article.
_CANARY = etree.fromstring(
    "<html><body><main><article><h1>a</h1><h2>a</h2><p>a<span>a</span><a>a</a></p><div><p>a</p></div>"
    "<ul><li>a</li></ul><ol><li>a</li></ol><section><p>a</p></section><table><tr><td>a</td></tr></table>"
    "<blockquote><p>a</p></blockquote></article></main></body></html>"
)
# What a mark looks for in a value: a shorter part stands in too many of them.
_SHORTEST_PART = 3
# Characters of a regular expression, or of a glob. RE2 reads a text in linear time, times the length of the expression.
LONGEST_PATTERN = 2000


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint with the valid spelling that is nearest to a word, or with all of them if none is near."""
    from difflib import get_close_matches

    words = sorted(words)
    near = get_close_matches(word.lower(), words, 1, 0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"write one of {', '.join(words)}" if words else ""


def check_pattern(pattern: str, what: str = "text") -> str:
    """What is wrong with a regular expression that is searched in a text or in `what`, or an empty string."""
    if len(pattern) > LONGEST_PATTERN:
        return f"a regular expression of more than {LONGEST_PATTERN:,} characters"
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0]
        return f"broken regular expression: {reason.decode() if isinstance(reason, bytes) else reason}"
    try:
        re2.compile(f"(?:{pattern})", options)
    except re2.error:
        return "broken regular expression: \\Q without \\E"
    return f"a regular expression that fits the empty {what} fits every {what}" if compiled.search("") else ""


def wrong_with(rule: Rule) -> str:
    """What is wrong with a rule that comes from elsewhere than a rule file, or an empty string: what the reader of rule
    files makes sure of."""
    if rule.category and rule.category not in CATEGORIES:
        return f"unknown category: {rule.category}"
    phrases = [phrase for condition in PHRASE_CONDITIONS for phrase in getattr(rule, condition)]
    if not all(phrase.folded.strip() for phrase in phrases):
        return "an empty phrase"
    if not (rule.selectors or phrases or rule.matches or rule.teasers):
        return "a rule without selectors and phrases"
    if any(selector.complex is None for selector in rule.scope.selectors):
        return "`closest` takes tags, classes, ids and attributes only"
    if not all(map(is_entry, rule.domains)):
        return "a domain that is none"
    if any(len(path) > LONGEST_PATTERN for path in rule.paths):
        return f"a path of more than {LONGEST_PATTERN:,} characters"
    taken = taken_of_canary(rule)
    return next(
        filter(None, map(check_pattern, (*rule.matches, *rule.path_matches))),
        f"it could match any <{taken}>" if taken else "",
    )


def taken_of_canary(rule: Rule) -> str:
    """The tag of what a rule would take of a page that has nothing but tags, or an empty string."""
    if rule.has_phrases or rule.matches or rule.teasers is not None:
        return ""
    for selector in rule.selectors:
        if selector.key[0] in ("id", "class", "attribute"):
            continue  # nothing in the canary has one
        if selector.complex is None:
            taken = selector.find(_CANARY)
        else:
            taken = [element for element in _CANARY.iter() if selector.matches(element)]
        if taken:
            return str(taken[0].tag)
    return ""


def wrong_with_mark(mark: Mark) -> str:
    """What is wrong with the form of a mark, or an empty string."""
    if not mark.parts or not all(mark.parts):
        return "a mark without a selector"
    for selector in (selector for part in mark.parts for selector in part):
        if selector.complex is None or selector.key[0] not in ("id", "class", "attribute"):
            return f"the mark {selector.source!r} names no class, id or attribute"
        for attribute in selector.complex.subject.attributes:
            if attribute.operator in ("^=", "$=", "*=") and len(attribute.value) < _SHORTEST_PART:
                return f"the mark {selector.source!r} goes by {attribute.value!r}, which stands in too many values"
    return ""
