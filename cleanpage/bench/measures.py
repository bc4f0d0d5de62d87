"""How good a text is, by the truth about its page.

A measure gives each page a few numbers, its columns. Every figure is made of the sums of columns over pages, so that it
can be had for any choice of pages: for groups of them, and for the thousand samples behind a confidence interval.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..rules.model import CATEGORIES

Row = Mapping[str, Any]
# Figures from sums: each a number, or an array where the sums are.
Sums = Mapping[str, Any]

NUISANCE = tuple(category for category in CATEGORIES if category != "chrome")
# Scripts written without spaces: a character counts as a word.
_CJK = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_SHINGLE = 4  # words
_SHORT = 5  # words; fewer of them are compared as lines, not as runs of words
_SURVIVES, _WHOLE = 0.6, 0.995
_LONGEST_FAULT = 160  # characters


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured on the pages of a data set.

    Attributes:
        name: what it is called.
        score: the columns of a page, from a text and the truth.
        figures: the figures, from the sums of the columns.
        headline: the figure that stands for the others.
        faults: what is wrong with a text, line by line.
    """

    name: str
    score: Callable[[str, Row], dict[str, float]]
    figures: Callable[[Sums], dict[str, Any]]
    headline: str
    faults: Callable[[str, Row], list[str]]


def measure_for(row: Row) -> Measure:
    """What can be measured by a truth."""
    if "blocks" in row:
        return BLOCKS
    if "main_content" in row or isinstance(row.get("body"), list):
        return WORDS
    return SHINGLES if "body" in row else SNIPPETS


# --- words and runs of words -------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text, in small letters; in scripts without spaces each character is one."""
    return _WORD.findall(text.lower())


def squash(text: str) -> str:
    """A text in small letters, with single blanks."""
    return " ".join(text.lower().split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text; a shorter text is one run."""
    some = words(text)
    if not some:
        return Counter()
    return Counter(tuple(some[place : place + _SHINGLE]) for place in range(max(len(some) - _SHINGLE + 1, 1)))


def overlap(predicted: Counter[Any], reference: Counter[Any]) -> tuple[float, float, float]:
    """Precision, recall and F1 of words or runs of words, each counted as often as it occurs."""
    if not predicted or not reference:
        same = float(not predicted and not reference)
        return same, same, same
    common = (predicted & reference).total()
    precision, recall = common / predicted.total(), common / reference.total()
    return precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0


def article_of(row: Row) -> str:
    """The article's text, one block a line."""
    body = row["main_content"] if "main_content" in row else row["body"]
    return body if isinstance(body, str) else "\n".join(body)


def _score_words(output: str, row: Row) -> dict[str, float]:
    precision, recall, f1 = overlap(Counter(words(output)), Counter(words(article_of(row))))
    columns = {"pages": 1.0, "precision": precision, "recall": recall, "f1": f1}
    flat = squash(output)
    for name in ("with", "without"):
        found = [squash(snippet) in flat for snippet in row.get(name, ())]
        columns[name] = sum(found) / len(found) if found else 0.0
        columns[f"{name}_pages"] = float(bool(found))
    return columns


def _figures_of_words(sums: Sums) -> dict[str, Any]:
    figures = {name: _share(sums[name], sums["pages"]) for name in ("f1", "precision", "recall")}
    figures["snippets found"] = _share(sums["with"], sums["with_pages"])
    figures["snippets leaked"] = _share(sums["without"], sums["without_pages"])
    return figures


def _score_shingles(output: str, row: Row) -> dict[str, float]:
    precision, recall, _ = overlap(shingles(output), shingles(article_of(row)))
    return {"pages": 1.0, "answers": float(precision + recall > 0), "precision": precision, "recall": recall}


def _figures_of_shingles(sums: Sums) -> dict[str, Any]:
    # As the article extraction benchmark has it: the F1 of the mean precision of answers and the mean recall.
    precision, recall = _share(sums["precision"], sums["answers"]), _share(sums["recall"], sums["pages"])
    return {"f1": _share(2 * precision * recall, precision + recall), "precision": precision, "recall": recall}


def changed_lines(before: list[str], after: list[str]) -> list[str]:
    """The lines that went, with `-` before them, and those that came, with `+`."""
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def _differing_lines(output: str, row: Row) -> list[str]:
    return list(map(_short, changed_lines(_lines(article_of(row)), _lines(output))))


# --- snippets ----------------------------------------------------------------------------------


def _score_snippets(output: str, row: Row) -> dict[str, float]:
    flat = _blanks(output)
    found, leaked = (sum(_blanks(one).strip() in flat for one in row[name]) for name in ("with", "without"))
    missed, kept_out = len(row["with"]) - found, len(row["without"]) - leaked
    return {"pages": 1.0, "found": found, "leaked": leaked, "missed": missed, "kept out": kept_out}


def _figures_of_snippets(sums: Sums) -> dict[str, Any]:
    found, leaked, missed = sums["found"], sums["leaked"], sums["missed"]
    return {
        "f1": _share(2 * found, 2 * found + leaked + missed),
        "precision": _share(found, found + leaked),
        "recall": _share(found, found + missed),
        "snippets leaked": _share(leaked, leaked + sums["kept out"]),
    }


def _wrong_snippets(output: str, row: Row) -> list[str]:
    flat = _blanks(output)
    missed = [f"-{_short(_blanks(one))}" for one in row["with"] if _blanks(one).strip() not in flat]
    return missed + [f"+{_short(_blanks(one))}" for one in row["without"] if _blanks(one).strip() in flat]


# --- labelled blocks ---------------------------------------------------------------------------


class _Text:
    """A text in which labelled blocks are looked for, each line used up once.

    Args:
        output: the text.
        spare: short texts that are part of the article, too: a line of these is the article's first.
    """

    def __init__(self, output: str, spare: Sequence[str] = ()) -> None:
        self.lines = Counter(squash(line).strip("#*-•>| ") for line in output.splitlines())
        self.runs = shingles(output)
        self.spare = Counter(map(squash, spare))

    def holds(self, block: str) -> bool:
        if len(words(block)) >= _SHORT:
            wanted = shingles(block)
            return (wanted & self.runs).total() / wanted.total() > _SURVIVES
        key = squash(block)
        for counter in (self.spare, self.lines):
            if counter[key] > 0:
                counter[key] -= 1
                return counter is self.lines
        return False


def _score_blocks(output: str, row: Row) -> dict[str, float]:
    kept = [block["text"] for block in row["blocks"] if block["label"] == "keep"]
    text, plain = _Text(output, kept + list(row["body"])), _Text(output)
    body: Counter[tuple[str, ...]] = Counter()
    for paragraph in row["body"]:
        if len(words(paragraph)) >= _SHINGLE:
            body += shingles(paragraph)
    share = (body & plain.runs).total() / max(body.total(), 1)
    long = [one for one in kept if len(words(one)) >= _SHORT]
    columns = {"pages": 1.0, "body": share, "whole": float(share > _WHOLE)}
    columns |= {"keep": float(sum(map(plain.holds, long))), "keep_all": float(len(long))}
    columns |= {f"{kind} {category}": 0.0 for category in NUISANCE for kind in ("gone", "all")}
    for block in row["blocks"]:
        if block["label"] in NUISANCE and words(block["text"]):
            columns[f"all {block['label']}"] += 1
            columns[f"gone {block['label']}"] += not text.holds(block["text"])
    return columns


def _figures_of_blocks(sums: Sums) -> dict[str, Any]:
    gone, all_ = (sum(sums[f"{kind} {category}"] for category in NUISANCE) for kind in ("gone", "all"))
    shares = {category: _share(sums[f"gone {category}"], sums[f"all {category}"]) for category in NUISANCE}
    known = sum(np.isfinite(share).astype(float) for share in shares.values())
    return {
        "nuisance removed": _share(gone, all_),
        "mean of categories": _share(sum(map(np.nan_to_num, shares.values())), known),
        "body": _share(sums["body"], sums["pages"]),
        "whole body": _share(sums["whole"], sums["pages"]),
        "kept": _share(sums["keep"], sums["keep_all"]),
        **{f"removed {category}": share for category, share in shares.items()},
    }


def _wrong_blocks(output: str, row: Row) -> list[str]:
    kept = [block["text"] for block in row["blocks"] if block["label"] == "keep"]
    text, plain = _Text(output, kept + list(row["body"])), _Text(output)
    faults = [f"-body: {_short(one)}" for one in row["body"] if len(words(one)) >= _SHORT and not plain.holds(one)]
    for block in row["blocks"]:
        if block["label"] in NUISANCE and words(block["text"]) and text.holds(block["text"]):
            faults.append(f"+{block['label']}: {_short(block['text'])}")
    return faults


# --- what they share ---------------------------------------------------------------------------


def _share(part: Any, whole: Any) -> Any:
    """A part of a whole; not a number where there is nothing to have."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.greater(whole, 0))


def _blanks(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _lines(text: str) -> list[str]:
    return [line for line in map(squash, text.splitlines()) if line]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_FAULT else flat[: _LONGEST_FAULT - 1] + "…"


WORDS = Measure("words", _score_words, _figures_of_words, "f1", _differing_lines)
SHINGLES = Measure("runs of words", _score_shingles, _figures_of_shingles, "f1", _differing_lines)
SNIPPETS = Measure("snippets", _score_snippets, _figures_of_snippets, "f1", _wrong_snippets)
BLOCKS = Measure("blocks", _score_blocks, _figures_of_blocks, "nuisance removed", _wrong_blocks)
