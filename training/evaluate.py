"""How good extracted texts are, by the measures of the data sets."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from typing import Any

from .data import squash, tokens

NUISANCE = frozenset(
    "adblock subscription newsletter consent related social comments app login donation ad feedback player".split()
)


def overlap(predicted: str, reference: str) -> float:
    """Word F1, words counted as often as they occur."""
    some, others = Counter(tokens(predicted)), Counter(tokens(reference))
    if not some or not others:
        return float(not some and not others)
    return 2 * sum((some & others).values()) / (sum(some.values()) + sum(others.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    some = tokens(text)
    return Counter([tuple(some[place : place + 4]) for place in range(max(len(some) - 3, 1))] if some else [])


def snippets(output: str, row: dict[str, Any]) -> tuple[int, int, int]:
    """Required snippets found, forbidden ones found, required ones missed."""
    flat = re.sub(r"\s+", " ", output)
    found, leaked = (sum(re.sub(r"\s+", " ", one).strip() in flat for one in row[name]) for name in ("with", "without"))
    return found, leaked, len(row["with"]) - found


def nuisance(output: str, row: dict[str, Any]) -> tuple[int, int, float]:
    """Labelled nuisance blocks that are gone, all of them, and the share of the body that is still there."""
    lines = Counter(squash(line).strip("#*-•>| ") for line in output.splitlines())
    grams = _shingles(output)
    body: Counter[tuple[str, ...]] = Counter()
    for paragraph in row["body"]:
        if len(tokens(paragraph)) >= 4:
            body += _shingles(paragraph)
    spare = Counter(squash(one["text"]) for one in row["blocks"] if one["label"] == "keep")
    spare.update(map(squash, row["body"]))
    labelled = [one["text"] for one in row["blocks"] if one["label"] in NUISANCE and tokens(one["text"])]
    gone = sum(not _survives(text, lines, grams, spare) for text in labelled)
    return gone, len(labelled), sum((body & grams).values()) / max(1, sum(body.values()))


def _survives(text: str, lines: Counter[str], grams: Counter[tuple[str, ...]], spare: Counter[str]) -> bool:
    if len(tokens(text)) >= 5:
        wanted = _shingles(text)
        return sum((wanted & grams).values()) / sum(wanted.values()) > 0.6
    key = squash(text)
    for counter in (spare, lines):  # the same short text may also be a part of the article
        if counter[key] > 0:
            counter[key] -= 1
            return counter is lines
    return False


def summary(outputs: dict[tuple[str, str], str], truth: dict[str, dict[str, dict[str, Any]]]) -> dict[str, float]:
    """The figures for a set of outputs.

    Args:
        outputs: the text of each page, by data set and name.
        truth: the truth of each data set, by name.
    """
    figures: dict[str, float] = {}
    for name, body in (("news", lambda row: "\n".join(row["body"])), ("wcxb", lambda row: row["main_content"])):
        scores = [overlap(outputs[name, key], body(row)) for key, row in truth[name].items()]
        figures[f"{name}_f1"] = statistics.mean(scores)
        if name == "wcxb":
            kinds = [row["page_type"] for row in truth[name].values()]
            for kind in sorted(set(kinds)):
                some = [score for score, its in zip(scores, kinds, strict=True) if its == kind]
                figures[f"wcxb_{kind}_f1"] = statistics.mean(some)
    counts = [snippets(outputs["snippets", key], row) for key, row in truth["snippets"].items()]
    found, leaked, missed = (sum(column) for column in zip(*counts, strict=True))
    figures["snippets_f1"] = 2 * found / (2 * found + leaked + missed)
    results = [nuisance(outputs["news", key], row) for key, row in truth["nuisance"].items()]
    figures["nuisance_removed"] = sum(gone for gone, _, _ in results) / sum(number for _, number, _ in results)
    figures["body"] = statistics.mean(body for _, _, body in results)
    figures["whole_body_pages"] = statistics.mean(body > 0.995 for _, _, body in results)
    return {name: round(value, 4) for name, value in figures.items()}
