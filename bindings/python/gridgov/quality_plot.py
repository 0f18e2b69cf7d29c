"""A picture of a comparison: quality against time, an algorithm a mark that is named beside it."""

from __future__ import annotations

import itertools
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gridgov import colours, fonts
from gridgov.plot import save as save_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gridgov.errors import Language

_A4_WIDTH_INCH = 8.27
_INK, _SOFT = "#2B2B2B", "#6E6E6E"

#: By what they do: the beginnings of their names, colour (Okabe & Ito 2008), shape of the mark.
_FAMILIES = (
    (("gridgov",), "#0072B2", "o"),
    (("metis", "scotch", "kahip"), "#D55E00", "s"),
    (("k-means", "kmeans"), "#009E73", "^"),
    (("gerrychain", "tree"), "#CC79A7", "D"),
    (("spopt",), "#8A6D00", "v"),
    (("highs",), "#000000", "*"),
    ((), "#6E6E6E", "P"),
)

_TEXTS = {
    "en": {
        "seconds": "seconds",
        "bound": "mean distance to the head, % over the lower bound",
        "best": "mean distance to the head, % over the shortest within the rules",
        "title": "{instance}, {households:,} households",
        "broken": "{name} ({share:.0f} % broken)",
        "little": "{name} (< 1 % broken)",
        "marks": "filled: every courtyard is within the rules    hollow: some are not",
    },
    "zh": {
        "seconds": "用时（秒）",
        "bound": "到院长的平均距离，超出下界的百分比",
        "best": "到院长的平均距离，超出合标准方案中最短者的百分比",
        "title": "{instance}，{households:,} 户",
        "broken": "{name}（{share:.0f}%不合标准）",
        "little": "{name}（不到1%不合标准）",
        "marks": "实心：全部院落合标准    空心：有院落不合标准",
    },
}


def save(
    frame: pd.DataFrame, path: str | PathLike[str], *, language: Language = "en", dpi: float = 200
) -> None:
    """Writes what `figure_of` draws."""
    save_figure(figure_of(frame, language=language), path, dpi=dpi)


@fonts.without_bold()
def figure_of(frame: pd.DataFrame, *, language: Language = "en") -> Figure:
    """The picture, at the width of an A4 page.

    `frame` has a row per run: `algorithm, seconds, broken_share, mean_distance_m`, and where it has
    them `instance` and `n` (a panel an instance) and `lower_bound_mean_m`, which distances are then
    measured from. Runs of one algorithm are joined by a line, in the order of their seconds.
    """
    from matplotlib.figure import Figure

    panels = [("", frame)]
    if "instance" in frame:
        panels = [(str(name), rows) for name, rows in frame.groupby("instance", sort=False)]
    figure = Figure(figsize=(_A4_WIDTH_INCH, 0.4 + 4.6 * len(panels)), layout="constrained")
    every = np.atleast_1d(figure.subplots(len(panels), 1))
    for axes, (name, rows) in zip(every, panels, strict=True):
        _draw(axes, name, rows, _TEXTS[language])
    figure.supxlabel(_TEXTS[language]["marks"], fontsize=7, color=_SOFT)
    fonts.apply(figure, language)
    figure.draw_without_rendering()  # texts have their sizes now
    for axes in every:
        _place_names(axes)
    return figure


def _draw(axes: Axes, name: str, rows: pd.DataFrame, texts: dict[str, str]) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    reference_m, kind = _reference(rows)
    axes.set_xscale("log")
    # Linear up to 1 %, where ours lie, and logarithmic beyond.
    axes.set_yscale("symlog", linthresh=1.0, linscale=0.8)
    over = 100 * (rows["mean_distance_m"] / reference_m - 1)
    top = max(float(over.max()), 1.0)
    ticks = [tick for tick in (0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if tick <= 2 * top]
    bottom = min(float(over.min()), 0.0)
    ticks = [-tick for tick in reversed(ticks[1:]) if tick <= -bottom] + ticks
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.set_ylim(1.6 * bottom - 0.25, 1.6 * top)
    seconds = rows["seconds"].clip(lower=1e-4)
    axes.set_xlim(seconds.min() / 2.5, seconds.max() * 4)
    # 1, 2, 5 in every decade: runs may lie within one; and no formatter that writes formulas.
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(texts["seconds"], fontsize=8, color=_INK)
    axes.set_ylabel(texts[kind], fontsize=8, color=_INK)
    axes.tick_params(labelsize=7, colors=_INK)
    axes.grid(color="#E3E3E3", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if name:
        households = int(rows["n"].iloc[0]) if "n" in rows else 0
        title = texts["title"].format(instance=name, households=households)
        axes.set_title(title, fontsize=9, color=_INK, loc="left")
    for algorithm, runs in rows.assign(seconds=seconds, over=over).groupby("algorithm", sort=False):
        runs = runs.sort_values("seconds")
        colour, mark = _look(str(algorithm))
        if len(runs) > 1:
            axes.plot(runs["seconds"], runs["over"], color=colour, linewidth=0.8, alpha=0.6)
        for place, (_, run) in enumerate(runs.iterrows()):
            share = 100 * run["broken_share"]
            axes.plot(
                run["seconds"],
                run["over"],
                marker=mark,
                markersize=8 if mark == "*" else 5.5,
                color=colour,
                markerfacecolor=colour if share == 0 else "white",
                linestyle="none",
            )
            if place != len(runs) - 1:
                continue
            shape = "broken" if share >= 1 else "little"
            label = texts[shape].format(name=algorithm, share=share) if share else str(algorithm)
            axes.annotate(
                label,
                (run["seconds"], run["over"]),
                textcoords="offset points",
                xytext=(6, 0),
                fontsize=6.5,
                color=colours.darker(colour, 0.25),
                va="center",
                arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.4, "shrinkA": 0},
            )


def _reference(rows: pd.DataFrame) -> tuple[float, str]:
    """The mean distance that others are measured from, and what it is."""
    if "lower_bound_mean_m" in rows and rows["lower_bound_mean_m"].notna().any():
        return float(rows["lower_bound_mean_m"].max()), "bound"
    legal = rows.loc[rows["broken_share"] == 0, "mean_distance_m"]
    shortest_m = float((legal if len(legal) else rows["mean_distance_m"]).min())
    return max(shortest_m, 1e-9), "best"


def _look(algorithm: str) -> tuple[str, str]:
    return next(
        (colour, mark)
        for beginnings, colour, mark in _FAMILIES
        if not beginnings or algorithm.startswith(beginnings)
    )


def _place_names(axes: Axes) -> None:
    """Moves each name to where it covers least, in the order of drawing: greedy, but each looks at
    all marks and at the names placed before it."""
    from matplotlib.text import Annotation, Text
    from matplotlib.transforms import Bbox

    frame = axes.get_window_extent()
    point = axes.figure.dpi / 72
    taken = []
    for line in axes.lines:
        places = axes.transData.transform(line.get_xydata())
        reach = 4 * point
        if line.get_linestyle() != "None":  # joins marks: to be kept clear of as well
            along = np.linspace(0, len(places) - 1, 40 * len(places))
            known = np.arange(len(places))
            places = np.column_stack([np.interp(along, known, places[:, k]) for k in (0, 1)])
            reach = point
        taken += [Bbox.from_bounds(x - reach, y - reach, 2 * reach, 2 * reach) for x, y in places]
    steps = [
        (gap * dx, gap * dy)
        for gap, dx, dy in itertools.product((1.0, 1.8, 3.0, 4.5), (1, -1, 0), (0, 1, -1))
        if (dx, dy) != (0, 0)
    ]
    sides: dict[int, Literal["left", "center", "right"]] = {1: "left", 0: "center", -1: "right"}
    for name in axes.texts:
        if not isinstance(name, Annotation):
            continue
        least = np.inf
        for dx, dy in steps:
            side, position = sides[int(np.sign(dx))], (6 * dx, 8 * dy)
            name.set_horizontalalignment(side)
            name.set_position(position)
            box = Text.get_window_extent(name)  # without its line
            covered = sum(_overlap(box, other) for other in taken)
            outside = box.width * box.height - _overlap(box, frame)
            # What is farther from its mark is harder to read: a little costs as some covering does.
            cost = covered + 3 * outside + 6 * point**2 * (abs(dx) + abs(dy))
            if cost < least:
                least, best = cost, (side, position, box)
        name.set_horizontalalignment(best[0])
        name.set_position(best[1])
        taken.append(best[2])


def _overlap(one: Any, other: Any) -> float:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(width * height) if width > 0 and height > 0 else 0.0
