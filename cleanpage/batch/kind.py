"""What sources hold: known to the command, too, which loads nothing else before it runs."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What sources hold."""

    auto = "auto"
    html = "html"
    text = "text"
    jsonl = "jsonl"
    parquet = "parquet"
    warc = "warc"
    urls = "urls"
