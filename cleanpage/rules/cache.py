"""Where packs are kept that cleanpage compiles by itself, so that large folders of rules are read once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from ..errors import RuleError
from .pack import Pack

# Packs of older states of the rules are dropped beyond so many.
_MOST_PACKS = 16
_SUFFIX = ".pack"


def folder() -> Path | None:
    """The folder of cached packs: what the environment variable CLEANPAGE_CACHE says, else the place that the system
    has for such files. None where the variable is empty: nothing is kept."""
    said = os.environ.get("CLEANPAGE_CACHE")
    if said is not None:
        return Path(said) if said.strip() else None
    try:
        home = Path.home()
    except RuntimeError:  # no home
        return None
    if sys.platform == "win32":
        above = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        above = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return above / "cleanpage"


def cached_pack(made_from: str, make: Callable[[], bytes], name: str) -> Pack:
    """The pack of a state of rule files: from the cache, else compiled and, where that is possible, kept.

    Args:
        made_from: the digest of the files.
        make: compiles them.
        name: what messages call the pack.

    Raises:
        RuleError: the files have mistakes.
    """
    where = folder()
    if where is not None:
        # A damaged pack, or one that another version made, is as good as none.
        with contextlib.suppress(OSError, RuleError):
            pack = Pack((where / (made_from + _SUFFIX)).read_bytes(), name)
            if pack.made_from == made_from:
                return pack
    data = make()
    if where is not None:
        with contextlib.suppress(OSError):
            _keep(where, made_from, data)
    return Pack(data, name)


def _keep(where: Path, made_from: str, data: bytes) -> None:
    where.mkdir(parents=True, exist_ok=True)
    write(where / (made_from + _SUFFIX), data)
    packs = sorted(where.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
    for path in packs[:-_MOST_PACKS]:
        path.unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    import secrets  # for those who write, which are few

    # A name of its own, so that two processes that write the same file do not meet; and unlike a temporary file's, its
    # rights are those of any file that the user makes.
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
