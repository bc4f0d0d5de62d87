"""Which rule file a new rule of a site goes to, and how it gets there."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..authoring.write import head
from ..errors import CleanpageError
from ..rules.model import RuleFile
from ..rules.reader import is_domain
from ..rules.ruleset import builtin_folder

_SUFFIXES = (".yaml", ".yml")
# What the names of the rule files that come with cleanpage begin with, in messages.
_BUILTIN = "rules/"


@dataclass(frozen=True, slots=True)
class Target:
    """The file that the rules of a site go to.

    Attributes:
        path: where it is, or will be.
        text: what it holds, or would to begin with; without a byte order mark.
        is_new: whether it is not there yet.
        has_mark: whether it begins with a byte order mark.
    """

    path: Path
    text: str
    is_new: bool = False
    has_mark: bool = False

    @property
    def key(self) -> str:
        """The first part of its rules' ids."""
        return self.path.stem


class Folders:
    """The rule files and folders that may be written to.

    Args:
        named: those that the user named.

    Raises:
        CleanpageError: one is not there, or is no rule file.
    """

    def __init__(self, named: Iterable[Path]) -> None:
        self.named = tuple(path.resolve() for path in named)
        for path in self.named:
            if not path.exists():
                raise CleanpageError(f"there are no rules at {path}: no such file or folder")
            if path.is_file() and path.suffix not in _SUFFIXES:
                raise CleanpageError(f"{path} is no rule file: name .yaml files, or folders of them")

    def allows(self, path: Path) -> bool:
        """Whether a file may be written: it is one of those named, or in a folder that was, links followed."""
        real = path.resolve()
        return real.suffix in _SUFFIXES and any(
            real == named or (named.is_dir() and real.is_relative_to(named)) for named in self.named
        )

    def target(self, host: str, files: Sequence[RuleFile], family: str, publisher: str) -> Target:
        """The file for the rules of a host: the one that is there, or a new one.

        Args:
            host: the host.
            files: the rule files that hold for it, nearest first.
            family: the family of the site, if it is known.
            publisher: the site's name, if it is known.

        Raises:
            CleanpageError: there is none that may be written.
        """
        if not self.named:
            raise CleanpageError("nothing may be written: start the workbench with --rules FOLDER")
        for file in files:
            path = path_of(file.name)
            if file.kind == "publisher" and self.allows(path):
                return read_target(path)
        domain = host.removeprefix("www.")
        if not is_domain(domain):
            raise CleanpageError(f"{host!r} is no site that rules could be for; name one with --domain")
        path = self._new_path(domain)
        if path.exists():  # but for other sites
            raise CleanpageError(f"{path} is there already, and its `domains:` are without {domain}; add it")
        return Target(path, "\n".join(head(domain, family, publisher)) + "\n", is_new=True)

    def _new_path(self, domain: str) -> Path:
        folder = next((path for path in self.named if path.is_dir()), None)
        if folder is None:
            raise CleanpageError(f"none of the rule files is for {domain}: start the workbench with --rules FOLDER")
        if "publishers" in folder.parent.parts:  # the folder of a country
            return folder / f"{domain}.yaml"
        publishers = folder if folder.name == "publishers" else folder / "publishers"
        return publishers / domain.rpartition(".")[2] / f"{domain}.yaml"

    def write(self, target: Target, text: str) -> None:
        """Write a file at once: whoever reads it meanwhile finds the one text or the other.

        Raises:
            CleanpageError: it may not be written, somebody else has written it in the meantime, or it cannot be.
        """
        path = target.path
        if not self.allows(path):
            raise CleanpageError(f"{path} is in none of the folders that --rules names")
        try:
            if target.is_new:
                path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() if target.is_new else read_target(path) != target:
                raise CleanpageError(f"{path} has been changed in the meantime; look at the page again")
            _replace(path.resolve(), ("\ufeff" if target.has_mark else "") + text)
        except OSError as error:
            raise CleanpageError(f"{path}: cannot be written: {error.strerror or error}") from error

    def remove(self, path: Path) -> None:
        """Remove a file that was new.

        Raises:
            CleanpageError: it may not be written, or cannot be removed.
        """
        if not self.allows(path):
            raise CleanpageError(f"{path} is in none of the folders that --rules names")
        try:
            path.unlink()
        except OSError as error:
            raise CleanpageError(f"{path}: cannot be removed: {error.strerror or error}") from error


def path_of(name: str) -> Path:
    """Where a rule file is, by the name that messages give it."""
    return builtin_folder() / name.removeprefix(_BUILTIN) if name.startswith(_BUILTIN) else Path(name)


def read_target(path: Path) -> Target:
    """A rule file that is there.

    Raises:
        CleanpageError: it cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CleanpageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CleanpageError(f"{path} is not UTF-8; save it as UTF-8") from error
    return Target(path, text.removeprefix("\ufeff"), has_mark=text.startswith("\ufeff"))


def _replace(path: Path, text: str) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
