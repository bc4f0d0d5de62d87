"""What `rules coverage` found, as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .coverage import Coverage, Figures, Finding

_STYLE = """
:root { color-scheme: light dark;
  --ink: #1d2733; --paper: #fff; --soft: #5b6876; --line: #d9e0e6; --bar: #0b6e8f; --bad: #b3541e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #10161c; --soft: #9aa7b4; --line: #2b3640; --bar: #4fb3d4; --bad: #e58a55 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .2rem }
h2 { font-size: 1.1rem; margin-top: 2rem }
p.sub { color: var(--soft); margin-top: 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top; border-bottom: 1px solid var(--line) }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.bar { display: inline-block; height: .6rem; background: var(--bar); border-radius: 2px }
.rot, .drift { color: var(--bad) }
code { font-size: .9em; overflow-wrap: anywhere }
details { margin: .3rem 0 }
summary { cursor: pointer }
"""


def coverage_page(now: Coverage, before: dict[str, Figures], found: Sequence[Finding], day: str) -> str:
    """A page that stands alone: nothing is loaded, nothing runs."""
    pages = sum(one.pages for one in now.figures.values())
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>Coverage of rules, {escape(day)}</title><style>{_STYLE}</style></head><body>",
        "<h1>Coverage of rules</h1>",
        f'<p class="sub">{pages:,} pages of {len(now.figures):,} publishers, {escape(day)}</p>',
        *_findings(found),
        *_publishers(now, before),
        *_idle(now),
        *_unknown(now),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _findings(found: Sequence[Finding]) -> list[str]:
    if not found:
        return ["<h2>Changes</h2><p>Nothing has rotted or drifted since the last run.</p>"]
    rows = [
        f'<tr><td>{escape(one.publisher)}</td><td class="{one.kind}">{one.kind}</td><td>{escape(one.message)}</td></tr>'
        for one in found
    ]
    head = "<tr><th>Publisher</th><th>What</th><th>How</th></tr>"
    return ["<h2>Changes</h2><table>", head, *rows, "</table>"]


def _publishers(now: Coverage, before: dict[str, Figures]) -> list[str]:
    rows = []
    for key, one in sorted(now.figures.items(), key=lambda item: (-item[1].left, item[0])):
        old = before.get(key)
        last = f"{old.left:.0%}" if old else "–"
        bar = f'<span class="bar" style="width:{one.left * 8:.2f}rem"></span>'
        rows.append(
            f'<tr><td>{escape(key)}</td><td class="n">{one.pages}</td><td class="n">{one.left:.0%}</td><td>{bar}</td>'
            f'<td class="n">{last}</td><td class="n">{one.held:.1f}</td><td class="n">{len(one.rules)}</td></tr>'
        )
    numbers = ("Pages", "Not article", "", "Last time", "Held back a page", "Rules that took")
    head = "<tr><th>Publisher</th>" + "".join(f'<th class="n">{name}</th>' for name in numbers) + "</tr>"
    note = (
        '<p class="sub">Not article: the share of the words that are left which the article search does not choose; '
        "headlines, captions and site furniture count too.</p>"
    )
    return ["<h2>Publishers</h2>", note, "<table>", head, *rows, "</table>"]


def _idle(now: Coverage) -> list[str]:
    if not now.idle:
        return []
    parts = ["<h2>Rules that took nothing</h2>"]
    for key, rules in now.idle.items():
        last = now.figures[key].last
        items = "".join(f"<li><code>{escape(rule)}</code> {escape(last.get(rule, ''))}</li>" for rule in rules)
        parts.append(f"<details><summary>{escape(key)}: {len(rules)}</summary><ul>{items}</ul></details>")
    return parts


def _unknown(now: Coverage) -> list[str]:
    if not now.unknown:
        return []
    items = "".join(f"<li>{escape(host)}: {pages:,}</li>" for host, pages in sorted(now.unknown.items()))
    return ["<h2>Pages of sites without a file</h2>", f"<ul>{items}</ul>"]
