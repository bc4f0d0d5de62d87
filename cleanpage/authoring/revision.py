"""Rule files as they were in a git revision."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..errors import CleanpageError
from ..rules.model import RuleFile
from ..rules.ruleset import Rules


def files_at(revision: str, paths: Sequence[Path]) -> list[RuleFile]:
    """The rule files below some paths, as they were in a revision of the repository that the paths are in.

    Args:
        revision: a commit, as git names it.
        paths: files and folders of one repository.

    Raises:
        CleanpageError: git or the revision is not there.
        RuleError: a file of then is no rule file of now.
    """
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    top = Path(git(folder, "rev-parse", "--show-toplevel").strip())
    names = [str(path.resolve().relative_to(top.resolve())) for path in paths]
    listed = git(top, "ls-tree", "-r", "-z", "--name-only", "--end-of-options", revision, "--", *names)
    with tempfile.TemporaryDirectory(prefix="cleanpage-") as scratch:
        for name in filter(None, listed.split("\0")):
            if name.endswith((".yaml", ".yml")):
                # The folders say what kind a file is, so they are kept.
                path = Path(scratch, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(git(top, "show", "--end-of-options", f"{revision}:{name}"), "utf-8")
        return list(Rules.load(scratch).all_files()) if any(Path(scratch).rglob("*.y*ml")) else []


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder.

    Raises:
        CleanpageError: it is not there, or refuses.
    """
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, encoding="utf-8")
    except OSError as error:
        raise CleanpageError(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        raise CleanpageError(f"git {arguments[0]}: {reason[-1]}")
    return done.stdout
