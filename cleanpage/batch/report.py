"""The figures of a run as one HTML file with plots, which needs nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .summary import DURATIONS, Summary

if TYPE_CHECKING:
    from .runner import Job

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2733 }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem }
dt { color: #5b6b7b; font-size: .85rem } dd { margin: 0; font-size: 1.3rem }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif } svg text { fill: #1c2733 }
.bar { fill: #3d7ea6 } .line { fill: none; stroke: #3d7ea6; stroke-width: 2 } .axis { stroke: #c5ced6 }
table { border-collapse: collapse } td { padding: .15rem 1rem .15rem 0 } td.n { text-align: right }
td.t { overflow-wrap: anywhere }
"""
# Measures of the plots, in units of their view boxes.
_WIDTH, _ROW, _LABEL, _VALUE = 900, 24, 330, 110
_HEIGHT, _MARGIN = 220, 50
_LONGEST = 48

Rows = Sequence[tuple[str, float]]


def write_report(path: Path, job: Job, summary: Summary) -> None:
    """Write the report of a run.

    Raises:
        OSError: it cannot be written.
    """
    whole = f"{path}.begun"
    Path(whole).write_text(report(job, summary), "utf-8")
    os.replace(whole, path)


def report(job: Job, summary: Summary) -> str:
    """The report of a run, as HTML."""
    count = summary.pages + summary.failed
    rate = count / summary.seconds if summary.seconds else 0.0
    facts = (
        ("pages written", f"{summary.pages:,}"),
        ("pages failed", f"{summary.failed:,}"),
        ("time", f"{summary.seconds:,.0f} s"),
        ("pages a second", f"{rate:,.1f}"),
        ("read", f"{summary.done / 1e6:,.1f} MB"),
        ("words kept", f"{summary.words:,}"),
        ("words removed", f"{summary.removed.total():,}"),
    )
    words = [("kept", summary.words), *summary.removed.most_common()]
    sections = (
        ("Access", bars(summary.access.most_common())),
        ("Errors", bars(summary.errors.most_common())),
        ("Words kept, and removed by category", bars(words)),
        ("Rules that took most, in words", bars(summary.top_rules())),
        ("Time a page took", bars(_durations(summary))),
        ("Pages over time", curve(summary.points)),
        ("Slowest pages", _table((id, f"{seconds:.3f} s") for seconds, id in summary.slowest)),
    )
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    body = "".join(f"<h2>{escape(title)}</h2>{content}" for title, content in sections if content)
    head = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    arguments = _table((name, str(value)) for name, value in job.arguments().items() if value not in (None, False))
    title = escape(f"cleanpage batch: {os.path.basename(job.out.rstrip(os.sep))}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>Written {written}.</p><dl>{head}</dl>{body}<h2>Arguments</h2>{arguments}</html>\n"
    )


def bars(rows: Rows) -> str:
    """A chart with a bar for each row, as SVG; empty without rows."""
    if not rows:
        return ""
    most = max(value for _, value in rows) or 1
    room = _WIDTH - _LABEL - _VALUE
    parts = []
    for number, (name, value) in enumerate(rows):
        y = number * _ROW
        label = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        parts.append(
            f'<text x="{_LABEL - 10}" y="{y + 16}" text-anchor="end">{escape(label)}'
            f"<title>{escape(name)}</title></text>"
            f'<rect class="bar" x="{_LABEL}" y="{y + 3}" width="{room * value / most:.1f}" height="{_ROW - 7}"/>'
            f'<text x="{_LABEL + room * value / most + 6:.1f}" y="{y + 16}">{value:,}</text>'
        )
    return f'<svg viewBox="0 0 {_WIDTH} {len(rows) * _ROW}" role="img">{"".join(parts)}</svg>'


def curve(points: Sequence[tuple[float, float]]) -> str:
    """A curve through points, from the origin, as SVG; empty for less than two of them."""
    if len(points) < 2 or points[-1][0] <= 0:
        return ""
    end, most = points[-1][0], max(y for _, y in points) or 1
    width, height = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    places = " ".join(
        f"{_MARGIN + width * x / end:.1f},{_MARGIN + height * (1 - y / most):.1f}" for x, y in [(0, 0), *points]
    )
    bottom = _HEIGHT - _MARGIN
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
        f'<path class="axis" d="M{_MARGIN} {_MARGIN}V{bottom}H{_WIDTH - _MARGIN}" fill="none"/>'
        f'<polyline class="line" points="{places}"/>'
        f'<text x="{_MARGIN}" y="{_MARGIN - 10}">{most:,} pages</text>'
        f'<text x="{_WIDTH - _MARGIN}" y="{bottom + 20}" text-anchor="end">{end:,.0f} s</text></svg>'
    )


def _durations(summary: Summary) -> Rows:
    names = [f"up to {bound:g} s" for bound in DURATIONS] + [f"more than {DURATIONS[-1]:g} s"]
    return list(zip(names, summary.durations, strict=True)) if any(summary.durations) else []


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><td>{escape(name)}</td><td class="t">{escape(value)}</td></tr>' for name, value in rows)
    return f"<table>{cells}</table>" if cells else ""
