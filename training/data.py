"""Labelled pages: their blocks as the scorer sees them, and which of them are of the article."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cleanpage import Cleaner, PageError
from cleanpage.article.blocks import Blocks
from cleanpage.article.features import Features, name_tokens
from cleanpage.article.statement import title
from cleanpage.rules.model import CATEGORIES

SETS = ("news", "wcxb", "snippets")
# How many pages with the whole body known are worth against each other: there are few of news.
SET_WEIGHT = {"news": 3.0, "wcxb": 1.0, "snippets": 1.0}
VOCABULARY_SIZE = 240
_CJK = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
# Under a public suffix of two labels a registered domain has three.
_SECOND_LEVEL = frozenset("ac co com edu gov net or org ne go blogspot wordpress".split())


@dataclass
class LabelledPage:
    """One page.

    Attributes:
        key: its data set and name.
        domain: its registered domain, by which pages are told apart in cross-validation.
        rows: the features of its blocks.
        words: how many words each block has.
        labels: which share of each block is of the article.
        weights: how much each label counts; 0 where it is not known.
    """

    key: str
    domain: str
    rows: Any = field(repr=False)
    words: Any = field(repr=False)
    labels: Any = field(repr=False)
    weights: Any = field(repr=False)


def gold(root: Path, name: str) -> dict[str, dict[str, Any]]:
    """The truth about a data set's pages."""
    packed, plain = root / name / "gold.json.gz", root / name / "gold.json"
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else plain.read_text("utf-8")
    data = json.loads(text)
    return data if isinstance(data, dict) else {row["id"]: row for row in data}


def page(root: Path, name: str, key: str) -> bytes:
    """A page's bytes."""
    return gzip.decompress((root / name / "pages" / f"{key}.html.gz").read_bytes())


def digest(root: Path, name: str) -> str:
    """What a data set consists of."""
    total = hashlib.sha256()
    for path in sorted((root / name).rglob("*.gz")) + sorted((root / name).glob("gold.json")):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def registered_domain(url: str | None, key: str) -> str:
    """The domain that somebody has registered; a page without an address is a domain of its own."""
    host = re.sub(r"^[a-z]+://", "", (url or "").lower()).split("/")[0].split(":")[0].rsplit("@")[-1]
    labels = host.split(".")
    if len(labels) < 2:
        return key
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-size:])


# --- labels ------------------------------------------------------------------------------------


def tokens(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def squash(text: str) -> str:
    return " ".join(text.lower().split())


def _shingles(some: list[str]) -> list[tuple[str, ...]]:
    return [tuple(some[place : place + 4]) for place in range(len(some) - 3)]


def labels_of_text(blocks: list[str], lines: list[str]) -> Any:
    """Which share of each block stands in the article's text. Short blocks count if they are a line of it and stand
    among its longer ones."""
    known: set[tuple[str, ...]] = set()
    for grams in (_shingles(tokens("\n".join(lines))), *(_shingles(tokens(line)) for line in lines)):
        known.update(grams)
    pieces = Counter(" ".join(tokens(part)) for line in lines for part in (line, *line.split(" | ")))
    everything = " " + " ".join(tokens("\n".join(lines))) + " "
    labels = np.zeros(len(blocks))
    short = []
    for place, text in enumerate(blocks):
        mine = tokens(text)
        grams = _shingles(mine)
        if len(mine) >= 5:
            labels[place] = sum(gram in known for gram in grams) / len(grams)
        elif mine:
            short.append((place, " ".join(mine)))
    long = np.flatnonzero(labels > 0.6)
    first, last = (int(long[0]), int(long[-1])) if len(long) else (0, len(blocks))
    for place, text in short:
        among = first - 1 <= place <= last + 2
        if among and pieces[text] > 0:
            labels[place] = 1.0
        elif among and first < place < last and len(text) > 3 and f" {text} " in everything:
            labels[place] = 0.5
    return labels


def labels_of_snippets(blocks: list[str], row: dict[str, Any]) -> tuple[Any, Any]:
    """Labels of the blocks that hold a snippet, and which those are."""
    labels, known = np.zeros(len(blocks)), np.zeros(len(blocks))
    flat = [squash(text) for text in blocks]
    for name, value in (("without", 0.0), ("with", 1.0)):
        for snippet in map(squash, row[name]):
            for place, text in enumerate(flat):
                if snippet and snippet in text:
                    labels[place], known[place] = value, 1.0
    return labels, known


# --- features ----------------------------------------------------------------------------------


def vocabulary(root: Path) -> list[str]:
    """The words of class names and ids that most domains use."""
    domains: dict[str, set[str]] = {}
    for name in SETS:
        for key, row in gold(root, name).items():
            domain = registered_domain(row.get("url"), key)
            text = page(root, name, key).decode("utf-8", "replace")
            values = set(re.findall(r"""\b(?:class|id)\s*=\s*["']([^"'<>]{1,300})["']""", text))
            for token in {token for value in values for token in name_tokens(value)}:
                domains.setdefault(token, set()).add(domain)
    ranked = sorted(domains, key=lambda token: (-len(domains[token]), token))
    return sorted(token for token in ranked[: VOCABULARY_SIZE + 20] if len(token) > 2)[:VOCABULARY_SIZE]


_worker: dict[str, Any] = {}


def _start(root: Path, words: list[str]) -> None:
    _worker.update(
        root=root,
        words={word: place for place, word in enumerate(words)},
        cleaner=Cleaner(categories=CATEGORIES),
        nuisance=gold(root, "nuisance"),
    )


def _label(item: tuple[str, str, dict[str, Any]]) -> LabelledPage | None:
    name, key, row = item
    try:
        cleaning, _ = _worker["cleaner"]._cleaning(
            page(_worker["root"], name, key), row.get("url"), None, None, None, frozenset(CATEGORIES)
        )
    except PageError:
        return None
    blocks = Blocks(cleaning.outline, cleaning.view)
    if not blocks.count:
        return None
    rows = Features(blocks, title(cleaning.document.root), _worker["words"]).matrix()
    texts = cleaning.view.text
    words = np.array([max(len(tokens(text)), 1) for text in texts], dtype=np.float64)
    if name == "snippets":
        labels, known = labels_of_snippets(texts, row)
        weights = known / max(known.sum(), 1) * 0.5
    else:
        lines = row["body"] if name == "news" else row["main_content"].splitlines()
        labels = labels_of_text(texts, [line for line in lines if line.strip()])
        weights = words / (sum(len(tokens(line)) for line in lines) + 30) + 0.003
        weights = np.minimum(weights, 1.0) / max(weights.sum() / 2, 1.0)
        nuisance = _worker["nuisance"].get(key) if name == "news" else None
        if nuisance:
            bad = {
                squash(block["text"])
                for block in nuisance["blocks"]
                if block["label"] not in ("body", "keep", "chrome")
            }
            weights += [0.02 * (squash(text) in bad) for text in texts]
    domain = registered_domain(row.get("url"), key)
    return LabelledPage(f"{name}/{key}", domain, rows, words, labels, weights * SET_WEIGHT[name])


def load(root: Path, words: list[str], cache: Path | None = None) -> list[LabelledPage]:
    """Every labelled page that has text. With `cache`, a file of an earlier run of the same code is used again."""
    if cache is not None and cache.exists():
        with cache.open("rb") as file:
            return pickle.load(file)  # a file of our own
    items = [(name, key, row) for name in SETS for key, row in sorted(gold(root, name).items())]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 2), initializer=_start, initargs=(root, words)) as pool:
        pages = [one for one in pool.map(_label, items, chunksize=8) if one is not None]
    if cache is not None:
        with cache.open("wb") as file:
            pickle.dump(pages, file)
    return pages
