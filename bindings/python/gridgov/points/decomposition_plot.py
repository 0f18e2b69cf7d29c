"""The picture of a decomposition: what rules cause apart from what people do."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from gridgov import fonts
from gridgov.plot import save as save_figure
from gridgov.points.decomposition import halves
from gridgov.points.plot import one_line, quiet
from gridgov.points.settlement import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gridgov.errors import Language
    from gridgov.points.decomposition import Decomposition

_A4_WIDTH_INCH = 8.27
_INK, _SOFT, _TOTAL = "#2B2B2B", "#6E6E6E", "#B8B8B8"
#: Okabe and Ito (2008): apart for colour-blind eyes; lines by marker too, parts by hatching.
_RULES, _PEOPLE = "#0072B2", "#E69F00"
_LINES = ("#6E6E6E", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#2B2B2B")
_MARKERS = "osD^vP*X"
_REGISTERS_NAMED, _VILLAGES_MAX, _LABEL_MAX = 12, 12, 24
_TICKS_FLAT = 60  # letters of all names that find room beside each other

_TEXTS = {
    "en": {
        "points": "points earned less deducted",
        "lines": "every register under every set of rulebooks",
        "some": "{shown} of {count} sets of rulebooks",
        "before": "{register}, {rulebooks}",
        "rules": "by the rules",
        "people": "by what people did",
        "parts": "change {change}: by the rules {rules}, by what people did {people}",
        "villages": "change by village, points",
        "others": "{count} others",
        "nothing": "nothing changes",
    },
    "zh": {
        "points": "得分减扣分",
        "lines": "每份登记按每套规则结算",
        "some": "共 {count} 套规则，显示 {shown} 套",
        "before": "{register}，{rulebooks}",
        "rules": "规则变化带来的",
        "people": "大家所做的事带来的",
        "parts": "变化 {change}：规则变化带来 {rules}，大家所做的事带来 {people}",
        "villages": "各村的变化（分）",
        "others": "其余 {count} 个村",
        "nothing": "没有变化",
    },
}


@fonts.without_bold()
def save(
    decomposition: Decomposition,
    path: str | PathLike[str] | IO[bytes],
    *,
    language: Language = "en",
    dpi: float = 200,
) -> None:
    """Writes the picture at the width of an A4 page: every pair, the change in its two parts, and
    the parts by village."""
    from matplotlib.figure import Figure

    villages = _villages(decomposition, language)
    heights = [3.0, 1.7, 0.75 + 0.36 * max(1, len(villages))]
    figure: Figure = Figure(figsize=(_A4_WIDTH_INCH, 0.4 + sum(heights)), layout="constrained")
    lines, steps, by_village = figure.subplots(3, 1, height_ratios=heights)
    draw(decomposition, language=language, axes=lines)
    _steps(steps, decomposition, language)
    _by_village(by_village, villages, decomposition.unit_scale, language)
    fonts.apply(figure, language)
    save_figure(figure, path, dpi=dpi)


def draw(
    decomposition: Decomposition, *, language: Language = "en", axes: Axes | None = None
) -> Axes:
    """Draws the points of every register, a line a set of rulebooks (the first and the last seven
    at most), on axes of a figure of one's own where none are given."""
    texts = _TEXTS[language]
    if axes is None:
        from matplotlib.figure import Figure

        axes = Figure(figsize=(_A4_WIDTH_INCH, 3.2), layout="constrained").subplots()
    points = decomposition.points
    names, values = list(points.index), points.to_numpy() / decomposition.unit_scale
    most = len(_LINES)
    kept = (
        range(len(names)) if len(names) <= most else [0, *range(len(names) - most + 1, len(names))]
    )
    at = np.arange(points.shape[1])
    lines = [
        axes.plot(at, values[row], color=_LINES[place], marker=_MARKERS[place], linewidth=1.6,
                  markersize=5)[0]
        for place, row in enumerate(kept)
    ]  # fmt: skip
    step = -(-len(at) // _REGISTERS_NAMED)
    ticks = [one_line(name, 16) for name in points.columns[::step]]
    axes.set_xticks(at[::step], ticks)
    if sum(map(len, ticks)) > _TICKS_FLAT:
        axes.tick_params(axis="x", rotation=30)
    axes.set_xlim(-0.4, len(at) - 0.6)
    axes.axhline(0, color=_SOFT, linewidth=0.8)
    axes.margins(y=0.12)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    if not values.any():
        axes.set_ylim(-1, 1)
    axes.set_title(texts["lines"], fontsize=10, color=_INK, loc="left")
    if len(kept) < len(names):
        told = texts["some"].format(shown=len(kept), count=len(names))
        axes.set_title(told, fontsize=8, color=_SOFT, loc="right")
    axes.set_ylabel(texts["points"], fontsize=8, color=_INK)
    # Beside the lines, the highest first as at their right end.
    order = np.argsort([-values[row][-1] for row in kept], kind="stable").tolist()
    labels = [one_line(names[row], _LABEL_MAX) for row in kept]
    labels = [f" {label}" if label.startswith("_") else label for label in labels]  # else left out
    axes.legend([lines[i] for i in order], [labels[i] for i in order], frameon=False, fontsize=8,
                loc="center left", bbox_to_anchor=(1.0, 0.5), labelcolor=_INK)  # fmt: skip
    quiet(axes)
    fonts.apply(axes, language)
    return axes


def _steps(axes: Any, of: Decomposition, language: Language) -> None:
    """From the first to the last, the two parts between them."""
    texts, scale = _TEXTS[language], of.unit_scale
    summary = of.summary
    before, rules, people, after = (
        summary[name] for name in ("before", "rules_part", "people_part", "after")
    )
    ends = [
        texts["before"].format(register=one_line(register, 16), rulebooks=one_line(rulebooks, 16))
        for register, rulebooks in ((of.points.columns[k], of.points.index[k]) for k in (0, -1))
    ]
    labels = [ends[0], texts["rules"], texts["people"], ends[1]]
    starts = np.array([0, before, before + rules, 0]) / scale
    widths = np.array([before, rules, people, after]) / scale
    colours = [_TOTAL, _RULES, _PEOPLE, _TOTAL]
    bars = axes.barh([3, 2, 1, 0], widths, left=starts, color=colours, height=0.66)
    bars[2].set_hatch("....")
    bars[2].set_edgecolor("white")
    bars[2].set_linewidth(0.0)
    told = [
        shown(before, scale),
        _signed(rules, scale),
        _signed(people, scale),
        shown(after, scale),
    ]
    for place, (start, width, words) in enumerate(zip(starts, widths, told, strict=True)):
        _tell(axes, words, start + width, 3 - place, width >= 0)
    axes.set_yticks([3, 2, 1, 0], labels)
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    title = texts["parts"].format(
        change=_signed(after - before, scale), rules=told[1], people=told[2]
    )
    axes.set_title(title, fontsize=10, color=_INK, loc="left")
    _room(axes, [*starts, *(starts + widths)])
    quiet(axes)


def _villages(of: Decomposition, language: Language) -> list[tuple[str, float, float]]:
    """Villages and their parts, the greatest first; the rest as one."""
    frame = of.villages
    moved = frame[(frame["rules_part"] != 0) | (frame["people_part"] != 0)]
    size = moved["rules_part"].abs() + moved["people_part"].abs()
    order = size.sort_values(ascending=False, kind="stable").index
    rows = [
        (str(name), float(rules), float(people))
        for name, rules, people in moved.loc[order, ["village", "rules_part", "people_part"]]
        .itertuples(index=False)
    ]  # fmt: skip
    if len(rows) <= _VILLAGES_MAX:
        return rows
    first, rest = rows[: _VILLAGES_MAX - 1], rows[_VILLAGES_MAX - 1 :]
    label = _TEXTS[language]["others"].format(count=len(rest))
    return [*first, (label, sum(row[1] for row in rest), sum(row[2] for row in rest))]


def _by_village(
    axes: Any, rows: list[tuple[str, float, float]], scale: int, language: Language
) -> None:
    texts = _TEXTS[language]
    axes.set_title(texts["villages"], fontsize=10, color=_INK, loc="left")
    if not rows:
        axes.text(0.5, 0.5, texts["nothing"], ha="center", va="center", fontsize=9, color=_SOFT,
                  transform=axes.transAxes)  # fmt: skip
        axes.set_axis_off()
        return
    places = np.arange(len(rows))[::-1]
    names, rules, people = zip(*rows, strict=True)
    for key, parts, above, colour, hatch in (
        ("rules", rules, 0.19, _RULES, ""),
        ("people", people, -0.19, _PEOPLE, "...."),
    ):
        at, values = places + above, np.array(parts) / scale
        axes.barh(at, values, height=0.36, color=colour, hatch=hatch, edgecolor="white",
                  linewidth=0.0, label=texts[key])  # fmt: skip
        for place, value, units in zip(at, values, parts, strict=True):
            _tell(axes, _signed(units, scale), value, place, value >= 0)
    axes.set_yticks(places, [one_line(name, _LABEL_MAX) for name in names])
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    _room(axes, np.array([*rules, *people]) / scale)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5),
                labelcolor=_INK)  # fmt: skip
    quiet(axes)


def _room(axes: Any, ends: Iterable[float]) -> None:
    """Room beside bars from 0 for what is told there."""
    low, high = min(0.0, *ends), max(0.0, *ends)
    beside = 0.15 * (high - low) or 1.0
    axes.set_xlim(low - beside if low < 0 else low, high + beside)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def _tell(axes: Any, words: str, x: float, y: float, right: bool) -> None:
    axes.annotate(words, (x, y), xytext=(3 if right else -3, 0), textcoords="offset points",
                  ha="left" if right else "right", va="center", fontsize=7, color=_INK)  # fmt: skip


def _signed(units: float, scale: int) -> str:
    """Units, perhaps with a half, as points with their sign."""
    return f"{'+' if units > 0 else ''}{halves(units, scale)}"
