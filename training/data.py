"""Labelled pages: their blocks as the scorer sees them, and which of them are of the article."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cleanpage import Cleaner, PageError
from cleanpage.article.blocks import Blocks
from cleanpage.article.features import Features
from cleanpage.article.statement import stated
from cleanpage.bench.datasets import registered_domain
from cleanpage.bench.measures import squash
from cleanpage.bench.measures import words as words_of

from .words import Counted, words_of_names, words_of_texts

SETS = ("news", "wcxb", "snippets")
# How many pages with the whole body known are worth against each other: there are few of news.
SET_WEIGHT = {"news": 3.0, "wcxb": 1.0, "snippets": 1.0}


@dataclass
class LabelledPage:
    """One page.

    Attributes:
        key: its data set and name.
        domain: its registered domain, by which pages are told apart in cross-validation.
        rows: the features of its blocks that need no vocabulary, a row for each feature.
        names: the words of what the elements around its blocks are called.
        texts: the words of its blocks.
        kinds: what it says that it is.
        peers: what its blocks share with others.
        words: how many words each block has.
        labels: which share of each block is of the article.
        weights: how much each label counts; 0 where it is not known.
    """

    key: str
    domain: str
    rows: Any = field(repr=False)
    names: Counted = field(repr=False)
    texts: Counted = field(repr=False)
    kinds: frozenset[str]
    peers: Any = field(repr=False)
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


# --- labels ------------------------------------------------------------------------------------


def _shingles(some: list[str]) -> list[tuple[str, ...]]:
    return [tuple(some[place : place + 4]) for place in range(len(some) - 3)]


def labels_of_text(blocks: list[str], lines: list[str]) -> Any:
    """Which share of each block stands in the article's text. Short blocks count if they are a line of it and stand
    among its longer ones."""
    known: set[tuple[str, ...]] = set()
    for grams in (_shingles(words_of("\n".join(lines))), *(_shingles(words_of(line)) for line in lines)):
        known.update(grams)
    pieces = Counter(" ".join(words_of(part)) for line in lines for part in (line, *line.split(" | ")))
    everything = " " + " ".join(words_of("\n".join(lines))) + " "
    labels = np.zeros(len(blocks))
    short = []
    for place, text in enumerate(blocks):
        mine = words_of(text)
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


_worker: dict[str, Any] = {}


def _start(root: Path) -> None:
    _worker.update(root=root, cleaner=Cleaner())
    _worker["nuisance"] = gold(root, "nuisance")


def _items(root: Path) -> list[tuple[str, str, dict[str, Any]]]:
    return [(name, key, row) for name in SETS for key, row in sorted(gold(root, name).items())]


def _label(item: tuple[str, str, dict[str, Any]]) -> LabelledPage | None:
    name, key, row = item
    html, url = page(_worker["root"], name, key), row.get("url")
    try:
        cleaning, _ = _worker["cleaner"]._article_cleaning(html, url, None, None, None)
    except PageError:
        return None
    blocks = Blocks(cleaning.outline, cleaning.view)
    if not blocks.count:
        return None
    says = stated(cleaning.document.root)
    features = Features(blocks, says, cleaning.hints)
    rows, peers = features.told_by_page(), features.peers()
    texts = cleaning.view.text
    words = np.array([max(len(words_of(text)), 1) for text in texts], dtype=np.float64)
    if name == "snippets":
        labels, known = labels_of_snippets(texts, row)
        weights = known / max(known.sum(), 1) * 0.5
    else:
        lines = row["body"] if name == "news" else row["main_content"].splitlines()
        labels = labels_of_text(texts, [line for line in lines if line.strip()])
        weights = words / (sum(len(words_of(line)) for line in lines) + 30) + 0.003
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
    return LabelledPage(
        f"{name}/{key}",
        domain,
        rows,
        words_of_names(blocks),
        words_of_texts(cleaning.view.folded),
        says.kinds,
        peers,
        blocks.words,
        labels,
        weights * SET_WEIGHT[name],
    )


def load(root: Path, cache: Path | None = None) -> list[LabelledPage]:
    """Every labelled page that has text. With `cache`, a file of an earlier run of the same code is used again."""
    if cache is not None and cache.exists():
        with cache.open("rb") as file:
            return pickle.load(file)  # a file of our own
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 2), initializer=_start, initargs=(root,)) as pool:
        pages = [one for one in pool.map(_label, _items(root), chunksize=8) if one is not None]
    if cache is not None:
        with cache.open("wb") as file:
            pickle.dump(pages, file)
    return pages
