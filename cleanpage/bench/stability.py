"""Whether the same pages still give the same texts: a ledger of their hashes, and what has changed since."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..authoring.revision import git
from ..errors import CleanpageError, PageError
from .datasets import Case, DataSet

MODES = ("clean", "extract")
# What texts depend on besides cleanpage: they are the same with the same versions of these.
_PARTS = ("lxml", "numpy", "google-re2", "ahocorasick-rs", "w3lib")
_DIGITS = 16  # of a hash: enough for a change to show
_AT_ONCE = 8  # pages

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What each page gave.

    Attributes:
        hashes: for each page, by set and id, the hashes of its texts in the order of `MODES`.
        versions: of what the texts depend on.
    """

    hashes: dict[str, list[str]]
    versions: dict[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, Texts]) -> Ledger:
        """The ledger of texts, by page and mode."""
        hashes = {page: [_hash(one[mode]) for mode in MODES] for page, one in sorted(texts.items())}
        return cls(hashes, {part: version(part) for part in _PARTS})

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """Read a ledger.

        Raises:
            CleanpageError: it cannot be read, or is none.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            hashes = {str(page): [str(one) for one in some] for page, some in data["pages"].items()}
            return cls(hashes, {str(part): str(one) for part, one in data["versions"].items()})
        except OSError as error:
            raise CleanpageError(f"{path}: cannot be read: {error.strerror}; --update makes a new ledger") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CleanpageError(f"{path} is no ledger: {error!r}; --update makes a new one") from error

    def write(self, path: Path) -> None:
        """Write it, a line for each page.

        Raises:
            CleanpageError: it cannot be written.
        """
        pages = ",\n".join(f"  {json.dumps(page)}: {json.dumps(some)}" for page, some in self.hashes.items())
        head = f'"modes": {json.dumps(MODES)},\n "versions": {json.dumps(self.versions)}'
        text = f'{{\n {head},\n "pages": {{\n{pages}\n }}\n}}\n'
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise CleanpageError(f"{path}: cannot be written: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one ledger differs from another.

    Attributes:
        changed: pages and modes whose texts are others.
        added: pages that are new.
        missing: pages that are no longer there.
        versions: parts whose version is another, with both.
    """

    changed: list[tuple[str, str]]
    added: list[str]
    missing: list[str]
    versions: dict[str, tuple[str, str]]

    @property
    def is_same(self) -> bool:
        return not (self.changed or self.added or self.missing)


def compare(before: Ledger, after: Ledger, sets: Iterable[str]) -> Comparison:
    """What has changed between two ledgers, in some data sets."""
    some = tuple(f"{name}/" for name in sets)
    old = {page: hashes for page, hashes in before.hashes.items() if page.startswith(some)}
    changed = [
        (page, mode)
        for page, hashes in after.hashes.items()
        if page in old
        for mode, one, other in zip(MODES, old[page], hashes, strict=False)
        if one != other
    ]
    versions = {
        part: (before.versions.get(part, "?"), one)
        for part, one in after.versions.items()
        if before.versions.get(part) != one
    }
    added = [page for page in after.hashes if page not in old]
    return Comparison(changed, added, [page for page in old if page not in after.hashes], versions)


def pages_of(sets: Sequence[DataSet]) -> dict[str, Case]:
    """The pages of data sets by set and id; those that a set borrows from another are left to that one."""
    return {f"{one.name}/{case.key}": case for one in sets for case in one.cases if case.path.parts[-3] == one.name}


def current_texts(
    cases: Mapping[str, Case], workers: int, progress: Callable[[str], None] = lambda message: None
) -> dict[str, Texts]:
    """What this version makes of pages, by page and mode.

    Args:
        cases: the pages.
        workers: processes to use.
        progress: is told how far it is.
    """
    found: dict[str, Texts] = {}
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for name, texts in zip(cases, pool.map(_texts, cases.values(), chunksize=_AT_ONCE), strict=True):
            found[name] = texts
            if len(found) % 100 == 0:
                progress(f"{len(found):,} of {len(cases):,} pages")
    return found


def texts_at(revision: str, cases: Mapping[str, Case], checkout: Path) -> dict[str, Texts]:
    """What another revision of the project makes of pages, by page and mode.

    The revision is laid out in a folder of its own, and its code is run by this Python.

    Args:
        revision: a commit, as git names it.
        cases: the pages.
        checkout: a folder of the repository.

    Raises:
        CleanpageError: there is no such revision, or it does not run.
    """
    with tempfile.TemporaryDirectory(prefix="cleanpage-") as folder:
        tree = Path(folder, "tree")
        git(checkout, "worktree", "add", "--detach", str(tree), revision)
        try:
            wanted = {name: [str(case.path.resolve()), case.url] for name, case in cases.items()}
            answer = _run_other(json.dumps(wanted), tree)
        finally:
            git(checkout, "worktree", "remove", "--force", str(tree))
    found: dict[str, Texts] = json.loads(answer)
    return found


def last_change(path: Path) -> str:
    """The revision in which a file was last changed.

    Raises:
        CleanpageError: it is in no repository.
    """
    found = git(path.parent, "log", "-1", "--format=%H", "--", path.name).strip()
    if not found:
        raise CleanpageError(f"{path}: no revision holds it; name one with --against")
    return found


# Runs in the other revision, and so relies on the public names alone.
_OTHER = """
import gzip, json, sys
import cleanpage
texts = {}
for name, (path, url) in json.load(sys.stdin).items():
    with open(path, "rb") as file:
        html = gzip.decompress(file.read()) if path.endswith(".gz") else file.read()
    texts[name] = {}
    for mode in ("clean", "extract"):
        try:
            texts[name][mode] = getattr(cleanpage, mode)(html, url=url).text
        except cleanpage.PageError as error:
            texts[name][mode] = f"PageError: {error}"
json.dump(texts, sys.stdout)
"""


def _run_other(given: str, tree: Path) -> str:
    command = [sys.executable, "-c", _OTHER]
    # Python looks for modules where it is started, before anywhere else.
    done = subprocess.run(command, input=given, cwd=tree, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        raise CleanpageError(f"the revision does not run: {reason[-1]}")
    return done.stdout


def _texts(case: Case) -> Texts:
    from .. import api

    html = case.html()
    texts: Texts = {}
    for mode in MODES:
        run: Any = getattr(api, mode)
        try:
            texts[mode] = run(html, url=case.url).text
        except PageError as error:
            texts[mode] = f"PageError: {error}"
    return texts


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
