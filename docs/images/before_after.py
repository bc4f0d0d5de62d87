"""The picture of a page before and after, for the README.

    python docs/images/before_after.py [--chromium PATH]

Cleans `examples/article.html`, lays both pages side by side in a style of its own, and has Chromium draw them to
`docs/images/before-after.png`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html

import cleanpage
from cleanpage.rules.model import CATEGORIES

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "examples" / "article.html"
_OF_PAGES = """<style>
body { font: 15px/1.5 Georgia, "DejaVu Serif", serif; margin: 0; padding: 14px 22px; color: #1c2733; background: #fff }
h1 { font-size: 25px; line-height: 1.2 } h2, h3 { font-size: 17px } p, ul { margin: 8px 0 } a { color: #0b6e8f }
.removed { background: #fdf1e7; outline: 2px solid #e2a36f; padding: 4px 10px; margin: 8px 0 }
nav ul { display: flex; gap: 14px; list-style: none; padding: 0 } img { display: none }
</style>"""
_FRAME = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 18px; padding: 18px; background: #eef1f4;
  font: 600 16px system-ui, "DejaVu Sans", sans-serif; color: #1c2733 }}
iframe {{ width: 100%; height: {height}px; border: 1px solid #c5ced6; border-radius: 8px; background: #fff }}
p {{ margin: 0 0 8px }}</style>
<div><p>before</p><iframe sandbox srcdoc="{before}"></iframe></div>
<div><p>after: {words} words in {blocks} blocks removed</p>
<iframe sandbox srcdoc="{after}"></iframe></div>"""
_WIDTH, _HEIGHT = 1240, 900


def frame() -> str:
    """The page that is drawn."""
    html = PAGE.read_text("utf-8")
    # With furniture gone, too: the picture is about the article.
    result = cleanpage.Cleaner(categories=CATEGORIES).clean(html, url="https://www.example.com/news/")
    gone = [removal for removal in result.removed if not removal.held_back]
    before = lxml.html.document_fromstring(html)
    for removal in gone:
        for element in before.xpath(removal.path.removesuffix("/text()")):
            element.set("class", "removed")
    return _FRAME.format(
        height=_HEIGHT - 80,
        before=escape(_OF_PAGES + lxml.html.tostring(before, encoding="unicode")),
        after=escape(_OF_PAGES + result.html),
        words=sum(removal.words for removal in gone),
        blocks=len(gone),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    chromium = parser.parse_args().chromium
    if not chromium:
        sys.exit("there is no chromium: install it, or name it with --chromium")
    with TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(frame(), "utf-8")
        picture = f"--screenshot={HERE / 'before-after.png'}"
        size = f"--window-size={_WIDTH},{_HEIGHT}"
        common = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--virtual-time-budget=3000",
            size,
            picture,
        ]
        subprocess.run([*common, page.as_uri()], check=True, timeout=120, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
