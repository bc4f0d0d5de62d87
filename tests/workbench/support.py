"""A small site with a rule file of its own, and a workbench for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleanpage.stored import Page, read_page_files
from cleanpage.workbench.server import Server
from cleanpage.workbench.session import Session

HOST = "www.coast.example"
PARAGRAPHS = (
    "The harbour of the small town was closed this morning after a ship had run aground in front of the old mole.",
    "Divers looked at the hull in the afternoon and found no leak in it, the harbour master said on Tuesday evening.",
    "Nobody was hurt. The ship is expected to be towed away with the next high tide, if the wind does not turn again.",
    "Two tugs have been waiting outside since noon, and the lifeboat went out with water and bread for the crew.",
)
RULES = """\
# The people at the Coast rebuild their site every autumn.
publisher: The Coast
domains: [coast.example]   # all of it

remove:
  related:
    - .more-stories   # since 2024

examples:
  - html: |
      <p>Stays.</p><aside class="more-stories">More</aside>
    removes: [More]
    keeps: [Stays.]   # the end
"""


def markup(number: int, inside: str = "", after: str = "") -> str:
    """A page of the site."""
    text = "".join(f"<p>{one} This is story number {number}.</p>" for one in PARAGRAPHS)
    return f"""<!doctype html><html lang="en"><head><title>Story {number}</title>
<meta property="og:site_name" content="The Coast"></head><body>
<header class="site-top"><a href="/">The Coast</a></header>
<article class="story"><h1>Story {number} of the coast</h1><p class="byline">By Hedda Lund</p>
<img src="https://pictures.example/{number}.jpg" alt="The mole in the morning">{text}{inside}</article>
<div class="tide-table xq-lantern"><h4>High water today</h4><p>At the mole: 4.12 and 16.40</p></div>
<aside class="more-stories"><h4>More from the coast</h4><ul><li><a href="/a">Older story about the boats and nets</a></li>
<li><a href="/b">Older story about the lighthouse keeper</a></li></ul></aside>{after}</body></html>"""


def write_site(folder: Path, *extra: str, pages: int = 3) -> Path:
    """Write pages of the site, those with `extra` after them first; returns their folder."""
    folder.mkdir()
    written = [markup(0, after=one) for one in extra] + [markup(number) for number in range(1, pages + 1)]
    for number, html in enumerate(written):
        (folder / f"story-{number}.html").write_text(html, "utf-8")
    rows = [{"id": f"story-{number}", "url": f"https://{HOST}/{number}"} for number in range(len(written))]
    (folder / "gold.json").write_text(json.dumps(rows), "utf-8")
    return folder


def write_rules(folder: Path) -> Path:
    """Write the site's rule file; returns the folder."""
    path = folder / "publishers" / "example" / "coast.example.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULES, "utf-8")
    return folder


def read_pages(folder: Path) -> list[Page]:
    pages, problems = read_page_files([folder])
    assert not problems
    return pages


@contextmanager
def serving(session: Session) -> Iterator[Server]:
    """A workbench that answers, on a port of its own."""
    server = Server(session)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
