"""The picture of a scale: the time that a page takes, and the memory, by number of rules."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .scale import BUILTIN, Scale, Size
from .timing import PARSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HOW_TO_GET_IT = "the plot needs matplotlib: pip install 'cleanpage[bench]'"
_TIME, _MEMORY, _INK, _GREY = "#0b6e8f", "#b3541e", "#222222", "#8a8a8a"
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that the picture is the same everywhere
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    # The same figures give the same file.
    "svg.hashsalt": "cleanpage",
    "svg.fonttype": "path",
}


def can_plot() -> bool:
    """Whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def write_plots(scale: Scale, folder: Path, stem: str = "scale") -> list[Path]:
    """Write the picture as PNG and as SVG.

    Args:
        scale: the figures.
        folder: where the files go.
        stem: their name.

    Raises:
        ImportError: matplotlib is not there.
        OSError: a file cannot be written.
    """
    from matplotlib import rc_context

    paths = [folder / f"{stem}.png", folder / f"{stem}.svg"]
    with rc_context(STYLE):
        figure = _figure(scale)
        figure.savefig(paths[0], dpi=160, metadata={"Software": None})
        figure.savefig(paths[1], metadata={"Date": None, "Creator": None})
    return paths


def scale_svg(scale: Scale) -> str:
    """The picture as SVG.

    Raises:
        ImportError: matplotlib is not there.
    """
    import io

    from matplotlib import rc_context

    written = io.StringIO()
    with rc_context(STYLE):
        _figure(scale).savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _figure(scale: Scale) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    sizes = sorted((size for size in scale.sizes if size.rules is not None), key=lambda size: size.rules or 0)
    _draw_time(upper, scale, sizes)
    _draw_memory(lower, sizes)
    return figure


def _draw_time(axes: Axes, scale: Scale, sizes: Sequence[Size]) -> None:
    _draw(axes, sizes, [size.ms for size in sizes], _TIME, [_time_label(size) for size in sizes])
    for size in scale.sizes:
        if size.name in (PARSE, BUILTIN):
            what = "parsing alone (lxml)" if size.name == PARSE else "built-in rules only"
            axes.axhline(size.ms, color=_GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
            axes.annotate(
                f"{what}: {size.ms:.1f} ms",
                (1, size.ms),
                xycoords=("axes fraction", "data"),
                xytext=(0, -4),
                textcoords="offset points",
                ha="right",
                va="top",
                color="#5f5f5f",
                fontsize=9,
            )
    axes.set_ylim(0, 1.3 * max(size.ms for size in scale.sizes))
    axes.set_ylabel("time a page, ms")
    axes.set_title("Time and memory by number of rules", loc="left", fontsize=13, fontweight="bold", pad=24)
    axes.annotate(
        f"mean of {scale.pages:,} {'page' if scale.pages == 1 else 'pages'} of {scale.kilobytes:.0f} kB, "
        f"best of {scale.rounds} {'round' if scale.rounds == 1 else 'rounds'}; filled: given rules, hollow: made ones",
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 8),
        textcoords="offset points",
        color="#5f5f5f",
        fontsize=9,
    )


def _time_label(size: Size) -> str:
    """The time, and the number of rules where no tick says it."""
    is_tick = str(size.rules).strip("0") == "1"
    return f"{size.ms:.1f}" if is_tick else f"{size.ms:.1f}\n({size.rules:,} rules)"


def _draw_memory(axes: Axes, sizes: Sequence[Size]) -> None:
    memory = [size.used_mb or 0.0 for size in sizes]
    _draw(axes, sizes, memory, _MEMORY, [f"{one:.0f}" for one in memory])
    axes.set_ylim(0, 1.3 * max(*memory, 1))
    axes.set_ylabel("memory for rules, MB")
    axes.set_xlabel("rules added to the built-in ones")


def _draw(axes: Axes, sizes: Sequence[Size], values: Sequence[float], colour: str, labels: Sequence[str]) -> None:
    from matplotlib.ticker import FuncFormatter

    counts = [size.rules or 1 for size in sizes]
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))
    axes.tick_params(which="minor", length=0)
    axes.margins(x=0.06)
    axes.plot(counts, values, color=colour, linewidth=2, zorder=2)
    for size, count, value, label in zip(sizes, counts, values, labels, strict=True):
        axes.plot(
            count, value, "o", markersize=7, color=colour, markerfacecolor="white" if size.made else colour, zorder=3
        )
        axes.annotate(
            label, (count, value), xytext=(0, 8), textcoords="offset points", ha="center", color=colour, linespacing=1.3
        )
