"""A set of rules: loaded from files, checked as a whole, asked by host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from ..errors import CleanpageError, Problem, RuleError
from .model import Kind, Place, RuleFile
from .reader import nearest, read_rules

_FOLDERS: dict[str, Kind] = {"publishers": "publisher", "families": "family", "generic": "generic"}
_SUFFIXES = (".yaml", ".yml")
# A folder beside those of rules: what the importers of other programs' rules know.
_NO_RULES = "import"


class Rules:
    """An immutable set of rules. `Rules()` is empty; sets are added with `+`.

    Attributes:
        files: the rule files that are loaded. Those of built-in publishers are loaded when a page asks for them
            and are not among these.
    """

    def __init__(self, files: Iterable[RuleFile] = (), *, _builtin: _Publishers | None = None) -> None:
        self.files: tuple[RuleFile, ...] = tuple(files)
        self._builtin = _builtin
        self._families: dict[str, list[RuleFile]] = {}
        self._domains: dict[str, list[RuleFile]] = {}
        for file in sorted(self.files, key=_order):
            if file.kind == "family":
                self._families.setdefault(file.key, []).append(file)
            for domain in file.domains:
                self._domains.setdefault(domain, []).append(file)

    @classmethod
    def builtin(cls, publishers: bool = True) -> Rules:
        """The rules that come with cleanpage, without their examples (`Rules.load` reads those, too).

        Args:
            publishers: whether to include the rules of single publishers; without them, generic rules and families.
        """
        folder = builtin_folder()
        key = str(folder)
        if key not in _BUILTIN:
            paths = [path for name in ("generic", "families") for path in _rule_paths(folder / name)]
            _BUILTIN[key] = cls._load_all(paths, examples=False)
        loaded = _BUILTIN[key]
        return cls(loaded.files, _builtin=_Publishers(folder / "publishers") if publishers else None)

    @classmethod
    def load(cls, path: str | Path) -> Rules:
        """Load a rule file, or all rule files in a folder and below it.

        Raises:
            RuleError: with every mistake in all of the files.
            CleanpageError: there is no such file or folder.
        """
        return cls._load_all(_paths_at(Path(path)))

    @classmethod
    def parse(cls, text: str, name: str = "<rules>", key: str = "rules") -> Rules:
        """Read rules from a string, in the format of a rule file.

        Args:
            text: the rules.
            name: what messages call the file.
            key: the first part of the rules' ids.

        Raises:
            RuleError: with every mistake.
        """
        problems: list[Problem] = []
        file = read_rules(text, name, key, None, problems)
        rules = cls([file] if file is not None else [])
        problems += rules.check()
        if problems:
            raise RuleError(problems)
        return rules

    @classmethod
    def read(cls, *paths: str | Path) -> tuple[Rules, list[Problem]]:
        """Load rule files, and those in folders, without stopping at mistakes: for tools that check rules.

        Returns:
            What could be read, as one set, and every mistake in the order of files and lines.

        Raises:
            CleanpageError: there is no such file or folder, or no rule file in it.
        """
        found: dict[Path, Path] = {}
        for path in map(Path, paths):
            for file in _paths_at(path):
                found.setdefault(file.resolve(), file)
        return cls._read_all(list(found.values()))

    @classmethod
    def _read_all(cls, paths: list[Path], *, examples: bool = True) -> tuple[Rules, list[Problem]]:
        problems: list[Problem] = []
        files = [file for path in paths if (file := read_file(path, problems, examples=examples)) is not None]
        rules = cls(files)
        problems += rules.check()
        order = {str(path): number for number, path in enumerate(paths)}
        problems.sort(key=lambda p: (order.get(p.file, -1), p.line, p.column))
        return rules, problems

    @classmethod
    def _load_all(cls, paths: list[Path], *, examples: bool = True) -> Rules:
        rules, problems = cls._read_all(paths, examples=examples)
        if problems:
            raise RuleError(problems)
        return rules

    def __add__(self, other: Rules) -> Rules:
        if not isinstance(other, Rules):
            return NotImplemented
        files = list(dict.fromkeys((*self.files, *other.files)))
        return Rules(files, _builtin=self._builtin or other._builtin)

    def __len__(self) -> int:
        """The number of rules that are loaded."""
        return sum(len(file.remove) + len(file.keep) + len(file.lines) for file in self.files)

    def __repr__(self) -> str:
        more = " and the built-in publishers" if self._builtin is not None else ""
        return f"<Rules: {len(self)} in {len(self.files)} files{more}>"

    # --- checks on the set as a whole ----------------------------------------------------------

    def check(self) -> list[Problem]:
        """Mistakes that show only when files are seen together: families that do not exist or go in circles, and
        domains that two files claim."""
        problems = []
        known = {*self._families, *_builtin_families()}
        for file in self.files:
            if file.family and file.family_place:
                if file.family not in known:
                    problems.append(
                        _at(file.family_place, f"unknown family: {file.family}", nearest(file.family, known))
                    )
                elif file.kind == "family" and file.key in self._parents(file):
                    circle = " → ".join([file.key, *self._parents(file)])
                    problems.append(_at(file.family_place, f"families in a circle: {circle}", "remove one `family:`"))
        owners: dict[str, Place] = {}
        for file in self.files:
            for domain, place in zip(file.domains, file.domain_places, strict=True):
                if domain in owners:
                    owner = owners[domain]
                    where = f"{owner.file}:{owner.line}" if owner.file != file.name else f"line {owner.line}"
                    problems.append(_at(place, f"the domain {domain} is claimed twice, first in {where}", "remove one"))
                else:
                    owners[domain] = place
        return problems

    def _parents(self, file: RuleFile) -> list[str]:
        names: list[str] = []
        while file.family and file.family not in names:
            names.append(file.family)
            if file.family not in self._families:
                break
            file = self._families[file.family][0]
        return names

    def require_families(self) -> None:
        """Check that every family a loaded file belongs to is in this set.

        Raises:
            RuleError: one is not.
        """
        missing = [file for file in self.files if file.family and file.family not in self._families]
        if missing:
            raise RuleError([_family_missing(file) for file in missing])

    # --- what a page needs ---------------------------------------------------------------------

    @property
    def generic(self) -> tuple[RuleFile, ...]:
        """The files that hold on every page, in the order of their names."""
        return tuple(sorted((f for f in self.files if f.kind == "generic"), key=_order))

    def for_host(self, host: str) -> tuple[RuleFile, ...]:
        """The files of the most specific publisher for a host, and its families, nearest first.

        Raises:
            RuleError: a family is not in this set.
        """
        for domain in _suffixes(host):
            files = list(self._domains.get(domain, ()))
            if self._builtin is not None:
                files += [file for file in self._builtin.load(domain) if file not in files]
            if files:
                return tuple(self._with_families(files))
        return ()

    def _with_families(self, files: list[RuleFile]) -> Iterator[RuleFile]:
        seen: set[str] = set()
        yield from (file for file in files if file.kind == "publisher")
        waiting = [file for file in files if file.kind == "family"]
        seen.update(file.key for file in waiting)
        yield from waiting
        waiting = list(files)
        while waiting:
            file = waiting.pop(0)
            if file.family and file.family not in seen:
                seen.add(file.family)
                families = self._families.get(file.family)
                if families is None:
                    raise RuleError([_family_missing(file)])
                yield from families
                waiting += families

    def all_files(self) -> Iterator[RuleFile]:
        """Every file of the set, those of built-in publishers included.

        Raises:
            RuleError: a built-in publisher's file has mistakes.
        """
        yield from self.files
        if self._builtin is not None:
            yield from self._builtin.all()


class _Publishers:
    """The files of a folder, each read when a page of its publisher comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths: dict[str, list[Path]] | None = None
        self._files: dict[Path, RuleFile] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _Publishers, (self.folder,)

    def load(self, domain: str) -> list[RuleFile]:
        if self._paths is None:
            paths: dict[str, list[Path]] = {}
            for path in _rule_paths(self.folder):
                for claimed in _claimed_domains(path.read_text("utf-8")):
                    paths.setdefault(claimed, []).append(path)
            self._paths = paths
        return [self._file(path) for path in self._paths.get(domain, ())]

    def _file(self, path: Path) -> RuleFile:
        file = self._files.get(path)
        if file is None:
            problems: list[Problem] = []
            file = read_file(path, problems, examples=False)
            if problems or file is None:
                raise RuleError(problems)
            self._files[path] = file
        return file

    def all(self) -> Iterator[RuleFile]:
        yield from map(self._file, _rule_paths(self.folder))


def _claimed_domains(text: str) -> list[str]:
    """The domains of a rule file, read no further than they stand (near its beginning)."""
    domains: list[str] = []
    depth, waiting = 0, False
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            if waiting:
                break
        elif isinstance(event, yaml.ScalarEvent):
            if waiting:
                domains.append(event.value.lower())
                if depth == 1:
                    break
            elif depth == 1 and event.value == "domains":
                waiting = True
    return domains


_BUILTIN: dict[str, Rules] = {}
_TOP_KEY = re.compile(r"^[a-z_]+:", re.M)


def builtin_folder() -> Path:
    """Where the rules that come with cleanpage are: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_rules"
    return shipped if shipped.is_dir() else package.parent / "rules"


def _builtin_families() -> set[str]:
    return {path.stem for path in _rule_paths(builtin_folder() / "families")}


def _rule_paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return sorted(path for path in found if path.relative_to(folder).parts[0] != _NO_RULES)


def _paths_at(path: Path) -> list[Path]:
    """A rule file itself, or the rule files in a folder and below it."""
    if not path.exists():
        raise CleanpageError(f"there are no rules at {path}: no such file or folder")
    paths = _rule_paths(path) if path.is_dir() else [path]
    if not paths:
        raise CleanpageError(f"there are no rules at {path}: the folder holds no .yaml file")
    return paths


def read_file(path: Path, problems: list[Problem], *, examples: bool = True) -> RuleFile | None:
    """Read a rule file; the folders it is in say what kind it is. Mistakes are added to `problems`.

    Without `examples`, a part at the end of the file that holds them is not read: half the time of many files.
    """
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(Problem(name, 1, 1, f"the file cannot be read: {error.strerror}"))
        return None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        problems.append(Problem(name, line, column, "the file is not UTF-8", "save it as UTF-8"))
        return None
    kind = next((_FOLDERS[part] for part in reversed(path.parts[:-1]) if part in _FOLDERS), None)
    end = -1 if examples else text.find("\nexamples:")
    if end >= 0 and not _TOP_KEY.search(text, end + 1 + len("examples:")):
        text = text[: end + 1]
    return read_rules(text, name, "generic" if kind == "generic" else path.stem, kind, problems)


def _family_missing(file: RuleFile) -> Problem:
    place = file.family_place or Place(file.name, 1, 1)
    return _at(place, f"the family {file.family} is not loaded", "add the rules that define it")


def _order(file: RuleFile) -> tuple[object, ...]:
    """An order of files that does not depend on how they came: by name, those of the same name by what they say."""
    return file.key, file.name, [(rule.name(), repr(rule.place)) for rule in (*file.remove, *file.keep)]


def host_of(url: str | None) -> tuple[str, str]:
    """The host and path of a URL; empty where it has none or cannot be read."""
    if not url:
        return "", ""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        path = (parts.path or "/").encode("utf-8", "replace").decode()  # lone surrogates fit no rule
        return (parts.hostname or "").rstrip("."), path
    except ValueError:
        return "", ""


def _suffixes(host: str) -> Iterator[str]:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _at(place: Place, message: str, hint: str) -> Problem:
    return Problem(place.file, place.line, place.column, message, hint)
