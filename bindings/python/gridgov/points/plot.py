"""Pictures of points: who gains and who loses when rules change, and by which rule."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import fonts
from gridgov.faults import printable
from gridgov.plot import save as save_figure
from gridgov.points.settlement import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gridgov.errors import Language
    from gridgov.points.comparison import Comparison

_A4_WIDTH_INCH = 8.27
_INK, _SOFT = "#2B2B2B", "#6E6E6E"
#: Okabe and Ito's blue and vermilion (2008): apart for colour-blind eyes, and in grey by hatching.
_GAIN, _LOSS = "#0072B2", "#D55E00"
_BARS_MAX = 20
_LABEL_MAX = 28

_TEXTS = {
    "en": {
        "households": "households by change of balance",
        "count": "households",
        "change": "change of balance, points",
        "rules": "change by rule, points",
        "villages": "change by village, points",
        "title": "{gaining} gain, {losing} lose, {unchanged} as before",
        "nothing": "nothing changes",
        "others": "{count} others",
    },
    "zh": {
        "households": "各户余额的变化",
        "count": "户数",
        "change": "余额变化（分）",
        "rules": "各条规则的变化（分）",
        "villages": "各村的变化（分）",
        "title": "增加{gaining}户，减少{losing}户，不变{unchanged}户",
        "nothing": "没有变化",
        "others": "其余{count}项",
    },
}


@fonts.without_bold()
def save(
    comparison: Comparison,
    path: str | PathLike[str],
    *,
    language: Language = "en",
    dpi: float = 200,
) -> None:
    """Writes the picture at the width of an A4 page: households, rules, villages."""
    from matplotlib.figure import Figure

    rules = _largest(comparison.rules, "rule_id", language)
    villages = _largest(comparison.villages, "village", language)
    heights = [2.6, 0.6 + 0.28 * max(1, len(rules)), 0.6 + 0.28 * max(1, len(villages))]
    figure: Figure = Figure(figsize=(_A4_WIDTH_INCH, 0.5 + sum(heights)), layout="constrained")
    histogram, by_rule, by_village = figure.subplots(3, 1, height_ratios=heights)
    draw(comparison, language=language, axes=histogram)
    _bars(by_rule, rules, comparison.unit_scale, language, "rules")
    _bars(by_village, villages, comparison.unit_scale, language, "villages")
    fonts.apply(figure, language)
    save_figure(figure, path, dpi=dpi)


def draw(comparison: Comparison, *, language: Language = "en", axes: Axes | None = None) -> Axes:
    """Draws how many households gain and lose how much, on axes of a figure of one's own."""
    from matplotlib.ticker import MaxNLocator

    texts = _TEXTS[language]
    if axes is None:
        from matplotlib.figure import Figure

        axes = Figure(figsize=(_A4_WIDTH_INCH, 3.0), layout="constrained").subplots()
    change = comparison.households["change"].to_numpy(dtype=np.float64) / comparison.unit_scale
    counts = {name: comparison.summary[name] for name in ("gaining", "losing", "unchanged")}
    axes.set_title(texts["title"].format(**counts), fontsize=10, color=_INK, loc="left")
    if len(change):
        most = np.abs(change).max()
        if most <= 30 and (change == change.round()).all():  # a bar a whole number
            bins = np.arange(-most - 0.5, most + 1)
        else:
            bins = np.linspace(-most, most, 41)
        for sign, colour, hatch in ((1, _GAIN, ""), (-1, _LOSS, "////")):
            some = change[np.sign(change) == sign]
            axes.hist(
                some,
                bins=bins.tolist(),
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.5,
            )
    else:
        axes.text(0.5, 0.5, texts["nothing"], ha="center", va="center", fontsize=9,
                  color=_SOFT, transform=axes.transAxes)  # fmt: skip
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    axes.set_xlabel(texts["change"], fontsize=8, color=_INK)
    axes.set_ylabel(texts["count"], fontsize=8, color=_INK)
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    quiet(axes)
    fonts.apply(axes, language)
    return axes


def _largest(frame: pd.DataFrame, name: str, language: Language) -> list[tuple[str, int]]:
    """What changes most, the greatest first; the rest in one bar."""
    changed = frame[frame["change"] != 0]
    order = changed["change"].abs().sort_values(ascending=False, kind="stable").index
    ids, change = changed.loc[order, name].tolist(), changed.loc[order, "change"].tolist()
    bars = list(zip(ids, change, strict=True))
    if len(bars) <= _BARS_MAX:
        return bars
    rest = bars[_BARS_MAX - 1 :]
    label = _TEXTS[language]["others"].format(count=len(rest))
    return [*bars[: _BARS_MAX - 1], (label, sum(change for _, change in rest))]


def _bars(
    axes: Any, bars: list[tuple[str, int]], scale: int, language: Language, title: str
) -> None:
    texts = _TEXTS[language]
    axes.set_title(texts[title], fontsize=9, color=_INK, loc="left")
    if not bars:
        axes.text(0.5, 0.5, texts["nothing"], ha="center", va="center", fontsize=9,
                  color=_SOFT, transform=axes.transAxes)  # fmt: skip
        axes.set_axis_off()
        return
    places = np.arange(len(bars))[::-1]
    change = np.array([change / scale for _, change in bars])
    gains = change > 0
    axes.barh(places[gains], change[gains], color=_GAIN, height=0.7)
    axes.barh(places[~gains], change[~gains], color=_LOSS, height=0.7, hatch="////",
              edgecolor="white", linewidth=0.5)  # fmt: skip
    for place, (_, units) in zip(places, bars, strict=True):
        sign = "+" if units > 0 else ""
        axes.annotate(
            f"{sign}{shown(units, scale)}",
            (units / scale, place),
            xytext=(3 if units > 0 else -3, 0),
            textcoords="offset points",
            ha="left" if units > 0 else "right",
            va="center",
            fontsize=7,
            color=_INK,
        )
    axes.set_yticks(places, [one_line(label) for label, _ in bars])
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    axes.margins(x=0.15)
    quiet(axes)


def one_line(text: object, most: int = _LABEL_MAX) -> str:
    """A text as one line of what can be shown, no longer than the picture has room for."""
    return printable(" ".join(str(text).split()), most)


def quiet(axes: Axes) -> None:
    """Small ticks, and no frame above and at the right."""
    axes.tick_params(labelsize=7, colors=_INK, length=2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
