"""What the tests of all adapters need: pages, and the frameworks themselves."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable

import pytest

from tests.docs.blocks import ROOT, blocks, run_python

__all__ = ["ROOT", "run_python"]

ARTICLE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bridge opens – Example News</title>
<meta property="og:title" content="Bridge opens"><meta name="author" content="Ann Example">
<meta property="article:published_time" content="2024-03-15T09:20:00+00:00"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Bridge opens</h1>
<p>The new bridge over the river opens on Monday, two years later than the city had planned, and after a winter in which
floods took away the scaffolding twice and the builders had to begin again.</p>
<p>From six in the morning buses cross it every ten minutes. Cars have to wait until the summer, because the road on the
western bank is still being widened, said the mayor, who had promised another date.</p>
<div class="newsletter-signup">Get our newsletter.</div>
<p>Cyclists get a lane of their own on each side. A ferry that has crossed here since the bridge burnt down makes its
last journey on Sunday evening, and takes its passengers for nothing.</p></article>
<footer>Imprint</footer></body></html>"""
KEPT, REMOVED = "The new bridge over the river opens on Monday", "Get our newsletter."


def framework(name: str) -> None:
    """Skip a test whose framework is not installed. In `.ci/run`, where all of them have to be, it fails instead."""
    if os.environ.get("CLEANPAGE_TEST_ALL_EXTRAS"):
        __import__(name)
    else:
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'cleanpage[integrations]'")


def example(page: str, number: int = 0) -> str:
    """A Python example in a page of the documentation."""
    return [block.code for block in blocks(f"integrations/{page}") if block.language == "python"][number]


def warc(pages: Iterable[tuple[str, bytes]], content_type: str = "text/html") -> bytes:
    """A WARC file, each record its own gzip member, from addresses and pages."""
    records = []
    for number, (url, body) in enumerate(pages):
        http = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (content_type.encode(), len(body))
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
            f"WARC-Target-URI: {url}\r\nWARC-Date: 2024-03-16T10:00:00Z\r\n"
            f"WARC-Identified-Payload-Type: {content_type}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http) + len(body)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + http + body + b"\r\n\r\n", mtime=0))
    return b"".join(records)
