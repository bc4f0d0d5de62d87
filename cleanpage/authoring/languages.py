"""Of which language a phrase is, where it shows: by its script, and by the function words in it.

Identifiers of languages want sentences; phrases of rules have four words. So nothing is guessed here. A phrase is said
to be of another language only if it has several words that are frequent there, and none, or next to none, of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ..rules.data import DataReader, read_data
from ..rules.model import LineRule, Phrase, Place, Rule, RuleFile
from ..rules.ruleset import builtin_folder
from ..rules.source import Node

# With the marks that folding takes off letters.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
_LEAST_WORDS, _LEAST_KNOWN = 4, 3  # words of a phrase; different ones among them that are another language's
_TIMES = 4  # so many of them for one that is its own language's
_LEAST_LETTERS = 6  # of a script


class Language(NamedTuple):
    """How a language shows.

    Attributes:
        script: the scripts that it is written in, as the Unicode names of letters begin.
        words: words that are frequent in it, in small letters.
    """

    script: frozenset[str]
    words: frozenset[str]


def language_of(file: RuleFile) -> str:
    """The language whose phrases a file holds, by its name; empty if it is not one of those that are known."""
    name = re.split(r"[\\/]", file.name)[-1].partition(".")[0]
    return name if file.kind == "generic" and name in _known() else ""


def foreign_phrases(file: RuleFile) -> Iterator[tuple[Place, str, str]]:
    """The phrases of a file that are clearly of another language than it is for.

    Args:
        file: a rule file.

    Yields:
        Where the rule stands, the phrase, and its language's code.
    """
    own = language_of(file)
    rules: tuple[Rule | LineRule, ...] = (*file.remove, *file.lines) if own else ()
    for rule in rules:
        for phrase in _phrases(rule):
            if other := foreign(phrase.folded, own):
                yield rule.place, phrase.source, other


def foreign(phrase: str, own: str) -> str:
    """The language that a phrase is clearly of, or those that it may be of, if none is its own; else empty.

    Args:
        phrase: the phrase, folded.
        own: the code of the language that it should be of.

    >>> foreign("read more of the news in your inbox", "de"), foreign("mehr news in der app", "de")
    ('en', '')
    """
    known = _known()
    words = set(_WORD.findall(phrase))
    scripts = _scripts(phrase)
    others = {code: language for code, language in known.items() if code != own and scripts <= language.script}
    # Words in Latin letters stand among those of every script: names, and what everybody understands.
    if scripts and not scripts & known[own].script and "LATIN" not in scripts:
        return _most_likely(words, others, 0)
    if len(words) < _LEAST_WORDS:
        return ""
    return _most_likely(words, others, max(_LEAST_KNOWN, _TIMES * len(words & known[own].words)))


def _most_likely(words: set[str], languages: dict[str, Language], least: int) -> str:
    """The languages that most of the words are of, empty if they are fewer than some."""
    # One letter is a word in many languages, or none.
    hits = {code: sum(len(word) > 1 for word in words & language.words) for code, language in languages.items()}
    most = max(hits.values(), default=0)
    return " or ".join(sorted(code for code, number in hits.items() if number == most)) if most >= least else ""


def _scripts(phrase: str) -> set[str]:
    """The scripts of a phrase, but for those that only a few letters are of."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, phrase):
        script = unicodedata.name(letter, "").partition(" ")[0]
        counts[script] = counts.get(script, 0) + 1
    return {script for script, count in counts.items() if count >= _LEAST_LETTERS}


def _phrases(rule: Rule | LineRule) -> tuple[Phrase, ...]:
    if isinstance(rule, LineRule):
        return (*rule.line, *rule.start, *rule.stop)
    return (*rule.text, *rule.starts, *rule.equals, *rule.heading)


@cache
def _known() -> dict[str, Language]:
    return read_data(builtin_folder() / "authoring" / "languages.yaml", _read)


def _read(reader: DataReader, root: Node) -> dict[str, Language]:
    languages = {}
    for code, node in reader.mapping(root, [str(key.value) for key, _ in root.value], "language"):
        parts = dict(reader.mapping(node, Language._fields, "part"))
        script, words = (
            frozenset(str(one.value) for one in reader.items(parts.get(name))) for name in Language._fields
        )
        languages[code] = Language(script, words)
    return languages
