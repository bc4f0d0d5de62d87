"""Site files of Full-Text RSS, made up, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cleanpage.rules.importers.ftr import Report, import_folder

Import = Callable[..., Report]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "rules"


@pytest.fixture
def imported(tmp_path: Path, out: Path) -> Import:
    """Import site files, given as text or bytes by the names of files."""

    def run(files: dict[str, str | bytes]) -> Report:
        folder = tmp_path / "sites"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return import_folder(folder, out)

    return run
