"""A set of rules: loaded from files, checked as a whole, asked by host."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import CleanpageError, Problem, RuleError
from .cache import cached_pack
from .checks import nearest
from .model import Kind, Mark, Place, RuleFile
from .pack import Pack, compile_rules, digest

_FOLDERS: dict[str, Kind] = {"publishers": "publisher", "families": "family", "generic": "generic"}
_SUFFIXES = (".yaml", ".yml")
# What stands in these folders beside the built-in rules is vocabulary, no rules.
_VOCABULARIES = ("access", "authoring", "import", "marks", "metadata")


@dataclass(frozen=True)
class _Part:
    """A pack as a part of a set.

    Attributes:
        pack: the pack.
        publishers: whether sites are known by their domains; else no file of a publisher is meant, and families are
            known by their marks only.
        builtin: whether it is that of the rules that come with cleanpage.
    """

    pack: Pack
    publishers: bool = True
    builtin: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        # The built-in rules need not travel.
        return (_builtin_part, (self.publishers,)) if self.builtin else (_Part, (self.pack, self.publishers))

    def for_domain(self, domain: str) -> list[RuleFile]:
        return self.pack.for_domain(domain) if self.publishers else []

    def files(self) -> Iterator[RuleFile]:
        return (file for file in self.pack.files() if self.publishers or file.kind != "publisher")


class Rules:
    """An immutable set of rules. `Rules()` is empty; sets are added with `+`.

    Small sets are kept as they were read. Large ones, and those that come with cleanpage, are compiled to packs, from
    which the files of a publisher and single generic rules are read when a page asks for them.
    """

    def __init__(self, files: Iterable[RuleFile] = (), *, _parts: Iterable[_Part] = ()) -> None:
        self._read: tuple[RuleFile, ...] = tuple(files)
        # In an order that does not depend on how they came.
        self._parts = tuple(sorted(_parts, key=lambda part: part.pack.made_from))
        self._families: dict[str, list[RuleFile]] = {}
        self._domains: dict[str, list[RuleFile]] = {}
        for file in sorted(self._read, key=_order):
            if file.kind == "family":
                self._families.setdefault(file.key, []).append(file)
            for domain in file.domains:
                self._domains.setdefault(domain, []).append(file)

    @classmethod
    def builtin(cls, publishers: bool = True) -> Rules:
        """The rules that come with cleanpage, without their examples (`Rules.load` reads those, too).

        Args:
            publishers: whether to include the rules of single publishers; without them, generic rules and families,
                which are then known by their marks and not by the domains of their members.
        """
        return cls(_parts=[_builtin_part(publishers)])

    @classmethod
    def load(cls, *paths: str | Path) -> Rules:
        """Load rule files, all rule files in folders and below them, or packs made by `cleanpage rules compile`.

        What is large is compiled, and kept compiled for the next time (see `rules.cache`).

        Raises:
            RuleError: with every mistake in all of the files, or what is wrong with a pack.
            CleanpageError: there is no such file or folder.
        """
        packs = [Path(path) for path in paths if Path(path).suffix == PACK_SUFFIX and Path(path).is_file()]
        loaded = cls(_parts=[_Part(_read_pack(path)) for path in packs])
        files = _all_paths(path for path in map(Path, paths) if path not in packs)
        if not files:
            return loaded
        if sum(path.stat().st_size for path in files) < _LARGE:
            return loaded + cls._load_all(files)
        made_from = _digest_of(files)
        pack = cached_pack(made_from, lambda: cls._compile_all(files, made_from), str(files[0].parent))
        return loaded + cls(_parts=[_Part(pack)])

    @classmethod
    def compile(cls, *paths: str | Path) -> bytes:
        """The pack of rule files, and of those in folders: what `Rules.load` reads from a file named `.pack`.

        Raises:
            RuleError: with every mistake in all of the files.
            CleanpageError: there is no such file or folder.
        """
        files = _all_paths(map(Path, paths))
        return cls._compile_all(files, _digest_of(files))

    @classmethod
    def _compile_all(cls, files: list[Path], made_from: str) -> bytes:
        return _compile(cls._load_all(files, examples=False), made_from)

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
        from .reader import read_rules  # most need compiled rules only, and no YAML

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
        return cls._read_all(_all_paths(map(Path, paths)))

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
        parts: dict[str, _Part] = {}
        for part in (*self._parts, *other._parts):
            known = parts.get(part.pack.made_from)
            if known is None or part.publishers:
                parts[part.pack.made_from] = part
        return Rules(dict.fromkeys((*self._read, *other._read)), _parts=parts.values())

    def __len__(self) -> int:
        """The number of rules."""
        files = [*self._read, *(file for part in self._parts if not part.publishers for file in part.files())]
        whole = sum(part.pack.size for part in self._parts if part.publishers)
        return whole + sum(len(file.remove) + len(file.keep) + len(file.lines) for file in files)

    def __repr__(self) -> str:
        packs = "".join(f" and {part.pack.name}" for part in self._parts)
        return f"<Rules: {len(self)} in {len(self._read)} files{packs}>"

    @property
    def digest(self) -> str:
        """What tells this set of rules from another, across processes and versions of cleanpage."""
        parts = [(part.pack.made_from, str(part.publishers).encode()) for part in self._parts]
        read = sorted(self._read, key=lambda file: (file.kind, file.key, file.name))
        return digest([*parts, ("read", compile_rules(read, ""))])

    @property
    def files(self) -> tuple[RuleFile, ...]:
        """The rule files, but for those of the publishers that come with cleanpage (`all_files` has them, too)."""
        packed = (f for part in self._parts for f in part.files() if not (part.builtin and f.kind == "publisher"))
        return (*self._read, *packed)

    # --- checks on the set as a whole ----------------------------------------------------------

    def check(self) -> list[Problem]:
        """Mistakes that show only when files are seen together: families that do not exist or go in circles, domains
        that two files claim, and marks that pages of other systems bear, too."""
        problems = []
        known = {*self._families, *_builtin_families()}
        for file in self._read:
            if file.family and file.family_place:
                if file.family not in known:
                    problems.append(
                        _at(file.family_place, f"unknown family: {file.family}", nearest(file.family, known))
                    )
                elif file.kind == "family" and file.key in self._parents(file):
                    circle = " → ".join([file.key, *self._parents(file)])
                    problems.append(_at(file.family_place, f"families in a circle: {circle}", "remove one `family:`"))
        owners: dict[str, Place] = {}
        for file in self._read:
            for domain, place in zip(file.domains, file.domain_places, strict=True):
                if domain in owners:
                    owner = owners[domain]
                    where = f"{owner.file}:{owner.line}" if owner.file != file.name else f"line {owner.line}"
                    problems.append(_at(place, f"the domain {domain} is claimed twice, first in {where}", "remove one"))
                else:
                    owners[domain] = place
        for mark in (mark for file in self._read for mark in file.marks):
            from .marks import is_common  # it reads YAML, which those who load packs do without

            if is_common(mark, builtin_folder()):
                message = f"pages of any system bear the mark {mark.source!r}"
                problems.append(_at(mark.place, message, "name what only this system has, or several with `all:`"))
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
        missing = [file for file in self._read if file.family and not self._family(file.family)]
        if missing:
            raise RuleError([_family_missing(file) for file in missing])

    # --- what a page needs ---------------------------------------------------------------------

    @property
    def generic(self) -> tuple[RuleFile, ...]:
        """The files that hold on every page, in the order of their names. Those of packs are read whole for it."""
        packed = (file for part in self._parts for file in part.pack.generic_files())
        return tuple(sorted((*self.unpacked_generic, *packed), key=_order))

    @property
    def unpacked_generic(self) -> tuple[RuleFile, ...]:
        """Those of them that are in no pack, in the same order."""
        return tuple(sorted((f for f in self._read if f.kind == "generic"), key=_order))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs."""
        return tuple(part.pack for part in self._parts)

    @property
    def own_pack(self) -> Pack | None:
        """The one of the rules that come with cleanpage, if they are in the set."""
        return next((part.pack for part in self._parts if part.builtin), None)

    def for_host(self, host: str) -> tuple[RuleFile, ...]:
        """The files of the most specific publisher for a host, and its families, nearest first.

        Raises:
            RuleError: a family is not in this set.
        """
        for domain in _suffixes(host):
            files = list(self._domains.get(domain, ()))
            files += [file for part in self._parts for file in part.for_domain(domain)]
            if files:
                return tuple(self._with_families(files))
        return ()

    @property
    def marks(self) -> list[tuple[str, Mark]]:
        """What families are known by: the names of the families, each with a mark.

        Raises:
            RuleError: a pack is damaged.
        """
        read = [(file.key, mark) for file in self._read for mark in file.marks]
        return read + [one for part in self._parts for one in part.pack.marks]

    def with_families(self, files: Iterable[RuleFile], names: Iterable[str]) -> tuple[RuleFile, ...]:
        """Files, and those of the named families that are not among them; with those, their own families.

        Raises:
            RuleError: a family is not in this set.
        """
        found = dict.fromkeys(files)
        for name in names:
            found.update(dict.fromkeys(self._with_families(self._family(name))))
        return tuple(found)

    def _family(self, key: str) -> list[RuleFile]:
        return [*self._families.get(key, ()), *(file for part in self._parts for file in part.pack.family(key))]

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
                families = self._family(file.family)
                if not families:
                    raise RuleError([_family_missing(file)])
                yield from families
                waiting += families

    def all_files(self) -> Iterator[RuleFile]:
        """Every file of the set.

        Raises:
            RuleError: a pack is damaged.
        """
        yield from self._read
        for part in self._parts:
            yield from part.files()


PACK_SUFFIX = ".pack"
# Rule files of together so many bytes are worth compiling.
_LARGE = 300_000
_BUILTIN: dict[Path, Pack] = {}
_TOP_KEY = re.compile(r"^[a-z_]+:", re.M)


def _read_pack(path: Path) -> Pack:
    try:
        return Pack(path.read_bytes(), str(path))
    except OSError as error:
        raise CleanpageError(f"the rules at {path} cannot be read: {error.strerror}") from error


def _compile(rules: Rules, made_from: str) -> bytes:
    return compile_rules(sorted(rules.files, key=_order), made_from)


def _builtin_part(publishers: bool) -> _Part:
    folder = builtin_folder()
    pack = _BUILTIN.get(folder)
    if pack is None:
        pack = _BUILTIN.setdefault(folder, _builtin_pack(folder))
    return _Part(pack, publishers, builtin=True)


def _builtin_pack(folder: Path) -> Pack:
    """The pack of the built-in rules: the one in the wheel, if the rules are as they were when it was made."""
    sources = _builtin_sources(folder)
    made_from = digest(sources)
    shipped = folder / BUILTIN_PACK
    if shipped.is_file():
        with contextlib.suppress(RuleError):  # of another version, or damaged: it is made again
            pack = Pack(shipped.read_bytes(), "the built-in rules")
            if pack.made_from == made_from:
                return pack
    return cached_pack(made_from, lambda: compile_builtin(folder), "the built-in rules")


def forget_builtin() -> None:
    """Let the built-in rules be looked at again when they are next asked for: their files may have changed since."""
    _BUILTIN.clear()


BUILTIN_PACK = f"builtin{PACK_SUFFIX}"


def _builtin_sources(folder: Path) -> list[tuple[str, bytes]]:
    """The built-in rule files: their names below the folder, which are the same on every machine, and contents."""
    return [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for name in _FOLDERS
        for path in _rule_paths(folder / name)
    ]


def compile_builtin(folder: Path) -> bytes:
    """The pack of the rules that come with cleanpage.

    Args:
        folder: where they are.

    Raises:
        RuleError: with every mistake in all of the files.
    """
    problems: list[Problem] = []
    read = [
        read_file(folder / name, problems, examples=False, name=f"rules/{name}")
        for name, _ in sorted(_builtin_sources(folder))
    ]
    rules = Rules(file for file in read if file is not None)
    problems += rules.check()
    if problems:
        raise RuleError(problems)
    return _compile(rules, digest(_builtin_sources(folder)))


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
    vocabularies = [builtin_folder() / name for name in _VOCABULARIES]
    found = []
    for here, _, names in os.walk(folder):
        named = [Path(here, name) for name in names if name.endswith(_SUFFIXES)]
        if named and not any(map(Path(here).resolve().is_relative_to, vocabularies)):
            found += [path for path in named if path.is_file()]
    return sorted(found)


def _paths_at(path: Path) -> list[Path]:
    """A rule file itself, or the rule files in a folder and below it."""
    if not path.exists():
        raise CleanpageError(f"there are no rules at {path}: no such file or folder")
    if path.suffix == PACK_SUFFIX and path.is_file():
        raise CleanpageError(f"{path} is a pack: give the rule files that it was made from")
    paths = _rule_paths(path) if path.is_dir() else [path]
    if not paths:
        raise CleanpageError(f"there are no rules at {path}: the folder holds no .yaml file")
    return paths


def _all_paths(paths: Iterable[Path]) -> list[Path]:
    """Rule files and those in folders, each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _paths_at(path):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _digest_of(files: Iterable[Path]) -> str:
    try:
        return digest((str(path), path.read_bytes()) for path in files)
    except OSError as error:
        raise CleanpageError(f"{error.filename} cannot be read: {error.strerror}") from error


def read_file(
    path: Path, problems: list[Problem], *, examples: bool = True, name: str | None = None
) -> RuleFile | None:
    """Read a rule file; the folders it is in say what kind it is. Mistakes are added to `problems`.

    Without `examples`, a part at the end of the file that holds them is not read: half the time of many files. With
    `name`, messages call the file so.
    """
    name = str(path) if name is None else name
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
    from .reader import read_rules

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
