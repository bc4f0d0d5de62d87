"""Pictures of systems side by side: quality against time, by kind of page, what is left in, how long pages take."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np

from .measures import BLOCKS, NUISANCE
from .plot import STYLE
from .quality import Figure, Quality
from .speed import Speed
from .timing import PARSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

P = ParamSpec("P")
T = TypeVar("T")

_OURS, _OTHERS, _GREY = "#0b6e8f", "#b3541e", "#5f5f5f"
_PALETTE = (
    "#b3541e",
    "#6a5acd",
    "#4d7c0f",
    "#a21caf",
    "#92400e",
    "#475569",
    "#be123c",
    "#0f766e",
    "#a16207",
    "#64748b",
)
_MARKERS = "osD^vPX<>*"
_LABEL_SIZE, _DEEPEST = 8.5, 0.25  # points; how far below the best the scale of quality goes
# What leaves the furniture of a page in on purpose is not compared where the article is asked for.
_FURNISHED = frozenset(("cleanpage.clean", "cleanpage.generic", "cleanpage.plain"))
_LEAST_OF_A_GROUP, _MOST_GROUPS = 5, 14  # pages; rows of a plot
# What stands for quality where more is measured than one figure: both have to be high.
BALANCE = "nuisance removed and body kept (harmonic mean)"


def quality_of(one: Quality) -> tuple[str, Figure]:
    """The figure by which systems are compared, and what it is."""
    if one.measure is not BLOCKS:
        return one.measure.headline, one.figures[one.measure.headline]
    gone, body = one.figures["nuisance removed"], one.figures["body"]
    return BALANCE, Figure(*(_harmonic(getattr(gone, end), getattr(body, end)) for end in ("value", "low", "high")))


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def front(points: Mapping[str, tuple[float, float]]) -> list[str]:
    """The systems on the Pareto front, the fastest first: no other is as fast and as good, and better in either.

    Args:
        points: of each system its time and its quality.

    >>> front({"a": (1, 0.5), "b": (2, 0.9), "c": (3, 0.8)})
    ['a', 'b']
    """
    found: list[str] = []
    best = float("-inf")
    for name in sorted(points, key=lambda name: (points[name][0], -points[name][1], name)):
        if points[name][1] > best:
            found.append(name)
            best = points[name][1]
    return found


def points_of(qualities: Iterable[Quality], speeds: Iterable[Speed]) -> dict[str, tuple[float, float]]:
    """Time, as a ratio to parsing alone, and quality of the systems that have both."""
    times = {one.system: one.ratio for one in speeds}
    return {one.system: (times[one.system], quality_of(one)[1].value) for one in qualities if one.system in times}


# --- pictures ----------------------------------------------------------------------------------


def _styled(draw: Callable[P, T]) -> Callable[P, T]:
    """Drawn in the look of all pictures."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> T:
        from matplotlib import rc_context

        with rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


@_styled
def pareto(qualities: Sequence[Quality], speeds: Mapping[str, Sequence[Speed]]) -> str:
    """Quality against time for each data set, as SVG.

    Args:
        qualities: of all systems on all data sets.
        speeds: of the systems on each data set, by its name.
    """
    names = [name for name in dict.fromkeys(one.data_set for one in qualities) if name in speeds]
    rows = -(-len(names) // 2)
    figure = _drawing(10.5, 4.3 * rows + 0.4)
    panels = np.atleast_1d(figure.subplots(rows, min(len(names), 2))).ravel()
    labels = []
    for axes, name in zip(panels, names, strict=False):
        of_set = [one for one in qualities if one.data_set == name and is_compared(one)]
        labels.append(_draw_front(axes, name, of_set, points_of(of_set, speeds[name])))
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    figure.draw_without_rendering()  # only then is known where points lie
    for axes, some in zip(panels, labels, strict=False):
        _label(axes, some)
    return _svg(figure, "Quality against time")


def is_compared(one: Quality) -> bool:
    """Whether a system means to give what a data set has: some leave a page's furniture in on purpose."""
    return one.measure is BLOCKS or one.system not in _FURNISHED


Labels = dict[str, tuple[float, float]]


def _draw_front(axes: Axes, name: str, of_set: Sequence[Quality], points: Labels) -> Labels:
    label, _ = quality_of(of_set[0])
    best = front(points)
    values = [value for _, value in points.values()]
    high = max(values)
    # What is far below all others is drawn at the edge.
    low = min(value for value in values if value >= high - _DEEPEST)
    room = max(high - low, 0.02)
    bottom = low - 0.1 * room
    axes.set_ylim(bottom, min(high + 0.1 * room, 1.02))
    axes.plot(
        [points[one][0] for one in best],
        [points[one][1] for one in best],
        drawstyle="steps-post",
        color=_GREY,
        linewidth=1,
        linestyle=(0, (4, 3)),
        zorder=1,
    )
    intervals = {one.system: quality_of(one)[1] for one in of_set}
    labels: Labels = {}
    for system, (time, value) in points.items():
        colour = _OURS if _is_ours(system) else _OTHERS
        size = 8 if _is_ours(system) else 6
        if value < low:
            axes.plot(time, bottom, "v", color=colour, markersize=size, zorder=3, clip_on=False)
            labels[f"{system} ({value:.2f})"] = (time, bottom)
            continue
        interval = intervals[system]
        axes.plot([time, time], [interval.low, interval.high], color=colour, linewidth=1, alpha=0.35, zorder=2)
        axes.plot(time, value, "o", color=colour, markersize=size, zorder=3)
        labels[system] = (time, value)
    times = [time for time, _ in points.values()]
    axes.set_xscale("log")
    axes.set_xlim(0.7 * min(times), 2.2 * max(times))
    _plain_ticks(axes)
    axes.set_xlabel("time, × parsing alone (lxml)")
    axes.set_ylabel(label if len(label) < 20 else "nuisance removed & body kept")
    axes.set_title(f"{name}: {len(of_set[0].answers):,} pages", loc="left", fontsize=11, fontweight="bold")
    return labels


def _label(axes: Axes, labels: Labels) -> None:
    """Write names at points, each at the nearest place where it lies on no other name and no point."""
    scale = axes.figure.dpi / 72
    height = 1.3 * _LABEL_SIZE * scale
    places = {name: tuple(map(float, axes.transData.transform(at))) for name, at in labels.items()}
    taken = [(x - 5 * scale, y - 5 * scale, x + 5 * scale, y + 5 * scale) for x, y in places.values()]
    frame = axes.bbox
    for name, (x, y) in sorted(places.items(), key=lambda place: (not _is_ours(place[0]), place[0])):
        width = 0.62 * _LABEL_SIZE * scale * len(name)
        fitting = (
            (left, low, left + width, low + height)
            for left, low in _around(x, y, width, height, scale)
            if frame.x0 <= left
            and left + width <= frame.x1
            and frame.y0 + height / 4 <= low
            and low + height <= frame.y1
        )
        box = next((one for one in fitting if not any(_overlap(one, other) for other in taken)), None)
        box = box or (x + 7 * scale, y - height / 2, x + 7 * scale + width, y + height / 2)
        taken.append(box)
        at = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        is_near = abs(at[1] - y) < 2 * height and abs(at[0] - x) < width
        axes.annotate(
            name,
            labels[name],
            xytext=((at[0] - x) / scale, (at[1] - y) / scale),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_LABEL_SIZE,
            color=_OURS if _is_ours(name) else _OTHERS,
            fontweight="bold" if _is_ours(name) else "normal",
            arrowprops=None if is_near else {"arrowstyle": "-", "color": "#c5ced6", "linewidth": 0.7},
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        ).set_in_layout(False)


Box = tuple[float, float, float, float]


def _around(x: float, y: float, width: float, height: float, scale: float) -> Iterator[tuple[float, float]]:
    """Lower left corners of boxes around a point, the nearest first."""
    gap = 8 * scale
    for step in range(14):
        for up in (step, -step) if step else (0,):
            low = y - height / 2 + up * 0.6 * height
            yield x + gap, low
            yield x - gap - width, low
            if step > 1:
                yield x - width / 2, low


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@_styled
def by_group(qualities: Sequence[Quality], group: str) -> str | None:
    """The headline figure by a kind of page, as SVG; None if there are not two kinds with pages enough.

    Args:
        qualities: of all systems on one data set.
        group: one of `GROUPS`.
    """
    parts = {one.system: one.by(group) for one in qualities if is_compared(one)}
    some = next(iter(parts.values()))
    kinds = [name for name, (pages, _) in some.items() if pages >= _LEAST_OF_A_GROUP and name != "?"][:_MOST_GROUPS]
    if len(kinds) < 2:
        return None
    rows = {f"{kind} ({some[kind][0]:,})": [_value(parts[one].get(kind)) for one in parts] for kind in kinds}
    title = f"{qualities[0].data_set}: {qualities[0].measure.headline} by {group}"
    return _dots(title, list(parts), rows, qualities[0].measure.headline)


@_styled
def nuisance_left(qualities: Sequence[Quality]) -> str | None:
    """The share of nuisance that is left in, by category, as SVG; None if nothing of the kind was measured."""
    some = [one for one in qualities if one.measure is BLOCKS]
    known = [name for name in NUISANCE if some and f"removed {name}" in some[0].figures]
    if not known:
        return None
    rows: dict[str, list[float | None]] = {
        name: [1 - one.figures[f"removed {name}"].value for one in some] for name in known
    }
    rows["body lost"] = [1 - one.figures["body"].value for one in some]
    return _dots("Nuisance left, by category, and the article lost", [one.system for one in some], rows, "share")


@_styled
def times(name: str, speeds: Sequence[Speed]) -> str:
    """How long pages take, as a ratio to parsing alone: median, quartiles, 5 and 95 per cent of pages, as SVG."""
    ordered = sorted((one for one in speeds if one.system != PARSE), key=lambda one: -one.ratio)
    figure = _drawing(8.5, 0.42 * len(ordered) + 1.4)
    axes = figure.subplots()
    for row, one in enumerate(ordered):
        colour = _OURS if _is_ours(one.system) else _OTHERS
        low, first, middle, third, high = np.percentile(one.page_ratios, (5, 25, 50, 75, 95))
        axes.plot([low, high], [row, row], color=colour, linewidth=1.2)
        axes.plot([first, third], [row, row], color=colour, linewidth=6, alpha=0.45, solid_capstyle="butt")
        axes.plot(middle, row, "o", color=colour, markersize=6)
    axes.set_yticks(range(len(ordered)), [one.system for one in ordered])
    axes.set_xscale("log")
    _plain_ticks(axes)
    axes.axvline(1, color=_GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlabel("time a page, × parsing alone (lxml); dot: median page, bar: quartiles, line: 5 to 95 % of pages")
    axes.set_title(f"{name}: how long a page takes", loc="left", fontsize=11, fontweight="bold")
    return _svg(figure, f"{name}: time a page")


def _dots(title: str, systems: Sequence[str], rows: Mapping[str, Sequence[float | None]], label: str) -> str:
    figure = _drawing(8.5, 0.46 * len(rows) + 1.9)
    axes = figure.subplots()
    others = [name for name in systems if not _is_ours(name)]
    ours = [name for name in systems if _is_ours(name)]
    for place, name in enumerate(systems):
        is_ours = _is_ours(name)
        number = (ours if is_ours else others).index(name)
        axes.plot(
            [_number(values[place]) for values in rows.values()],
            range(len(rows)),
            _MARKERS[number % len(_MARKERS)],
            color=_OURS if is_ours else _PALETTE[number % len(_PALETTE)],
            markersize=9 if is_ours else 6,
            alpha=1 if is_ours else 0.75,
            label=name,
            zorder=3 if is_ours else 2,
            linestyle="none",
        )
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.grid(axis="y", color="#e5e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(label)
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8.5)
    return _svg(figure, title)


def _value(part: tuple[int, Figure] | None) -> float | None:
    return None if part is None else part[1].value


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _is_ours(system: str) -> bool:
    return system.startswith("cleanpage.")


def _plain_ticks(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.tick_params(axis="x", which="minor", length=0)


def _drawing(width: float, height: float) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    return Drawing(figsize=(width, height), layout="constrained")


def _svg(figure: Drawing, title: str) -> str:
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    return written.getvalue()
