"""How often title, authors and day of publication are found, on pages where they are known.

    python benchmarks/metadata.py [FOLDER] [--folds N] [--misses FIELD] [--type TYPE] [--peer] [--json FILE]

FOLDER holds `gold.json` (a list of objects with `id`, `url`, `publisher`, `title`, `authors`, `published`), or
`gold.json.gz` (such objects by their ids, as WCXB has them), and `pages/<id>.html.gz`; without one, the shared data set
is taken where it stands beside the checkout. Titles and sets of authors count if they are the same after folding, as
rules compare phrases; a day if it is the same one in the time zone of either side. A figure is the share of the pages
for which the truth is known; beside it stands the worst one of N folds, each of which holds all pages of its
publishers. `cleanpage.generic` is cleanpage without the files of publishers, as it is on the pages of an unknown one.
`--type` takes pages of one type only. `--peer` measures trafilatura on the same pages, if it can be imported.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cleanpage
from cleanpage.rules.phrases import fold

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "news"
FIELDS = ("title", "authors", "published")
Found = dict[str, Any]


def of_cleanpage(cleaner: cleanpage.Cleaner) -> Callable[[bytes, str], Found]:
    """Metadata as cleanpage finds it."""

    def find(html: bytes, url: str) -> Found:
        metadata = cleaner.clean(html, url=url).metadata
        return {"title": metadata.title, "authors": metadata.authors, "published": metadata.published}

    return find


def of_trafilatura(html: bytes, url: str) -> Found:
    """Metadata as trafilatura finds it."""
    from trafilatura import extract_metadata

    found = extract_metadata(html, default_url=url)
    if found is None:
        return {"title": "", "authors": (), "published": None}
    day = datetime.fromisoformat(found.date).replace(tzinfo=UTC) if found.date else None
    return {"title": found.title or "", "authors": tuple((found.author or "").split("; ")), "published": day}


def read_gold(folder: Path) -> list[Found]:
    """What is known of the pages of a folder.

    Raises:
        OSError: there is no such file.
    """
    path = folder / "gold.json"
    if path.exists():
        return list(json.loads(path.read_text("utf-8")))
    by_id = json.loads(gzip.decompress((folder / "gold.json.gz").read_bytes()))
    return [_entry(name, entry) for name, entry in by_id.items()]


def _entry(name: str, entry: Found) -> Found:
    """What WCXB knows of a page, by the names that are used here. A month without a day is no day."""
    author, published = entry.get("author"), entry.get("published") or ""
    return {
        **entry,
        "id": name,
        "publisher": urlsplit(entry["url"]).hostname or "",
        "authors": [author] if author else [],
        "published": published if len(published) >= len("2024-04-28") else "",
    }


def is_right(field: str, truth: Any, found: Any) -> bool:
    """Whether a field is right."""
    if field == "title":
        return fold(" ".join(truth.split())) == fold(" ".join(found.split()))
    if field == "authors":
        return set(map(fold, truth)) == set(map(fold, found))
    if found is None:
        return False
    day = datetime.fromisoformat(truth)
    if found.date() == day.date():
        return True
    return day.tzinfo is not None and found.astimezone(day.tzinfo).date() == day.date()


def measure(
    entries: list[Found], folder: Path, find: Callable[[bytes, str], Found], misses: str
) -> dict[str, list[Any]]:
    """For each field the outcome on each page: True, False, or None where the truth is not known."""
    outcomes: dict[str, list[Any]] = {field: [] for field in FIELDS}
    for entry in entries:
        html = gzip.decompress((folder / "pages" / f"{entry['id']}.html.gz").read_bytes())
        found = find(html, entry["url"])
        for field in FIELDS:
            right = is_right(field, entry[field], found[field]) if entry[field] else None
            outcomes[field].append(right)
            if right is False and field == misses:
                print(f"{entry['id']}: {entry[field]!r}, found {found[field]!r}")
    return outcomes


def report(outcomes: dict[str, list[Any]], folds: list[int], count: int) -> dict[str, dict[str, float]]:
    """The share of right pages for each field, and that of the worst fold."""
    figures = {}
    for field, right in outcomes.items():
        known = [(one, part) for one, part in zip(right, folds, strict=True) if one is not None]
        shares = [[one for one, part in known if part == number] for number in range(count)]
        worst = min(sum(one) / len(one) for one in shares if one)
        figures[field] = {"share": sum(one for one, _ in known) / len(known), "worst_fold": worst, "pages": len(known)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--misses", choices=FIELDS, default="")
    parser.add_argument("--type", default="", help="pages of this type only, where the truth names types")
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        entries = read_gold(options.folder)
    except OSError as error:
        sys.exit(f"{options.folder} holds no gold.json: {error.strerror}; name a folder that does")
    entries = [entry for entry in entries if options.type in ("", entry.get("page_type", ""))]
    # The same publishers in the same fold every time, whatever the order of the pages.
    folds = [zlib.crc32(entry["publisher"].encode()) % options.folds for entry in entries]
    systems: dict[str, Callable[[bytes, str], Found]] = {
        "cleanpage": of_cleanpage(cleanpage.Cleaner()),
        "cleanpage.generic": of_cleanpage(cleanpage.Cleaner(cleanpage.Rules.builtin(publishers=False))),
    }
    if options.peer:
        systems["trafilatura"] = of_trafilatura
    figures = {}
    for name, find in systems.items():
        start = time.perf_counter()
        figures[name] = report(measure(entries, options.folder, find, options.misses), folds, options.folds)
        print(f"{name}: {1000 * (time.perf_counter() - start) / len(entries):.1f} ms a page, with parsing and cleaning")
        for field, figure in figures[name].items():
            print(
                f"  {field:10} {figure['share']:.3f} of {figure['pages']} pages, worst fold {figure['worst_fold']:.3f}"
            )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
