"""The public names, and what they cost to import."""

from __future__ import annotations

import subprocess
import sys

import cleanpage


def test_every_public_name_is_there() -> None:
    for name in cleanpage.__all__:
        assert getattr(cleanpage, name).__module__.startswith("cleanpage.")
    assert set(cleanpage.__all__) <= set(dir(cleanpage))
    assert not hasattr(cleanpage, "extrakt")


def test_the_import_alone_loads_nothing_else() -> None:
    code = "import cleanpage, sys; print([name for name in sys.modules if name.startswith(('cleanpage.', 'lxml'))])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
