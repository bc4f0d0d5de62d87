"""Plain text."""

from __future__ import annotations

from collections.abc import Iterable


def text(blocks: Iterable[str]) -> str:
    """Text blocks, one a line (preformatted ones keep their own lines)."""
    return "\n".join(blocks)
