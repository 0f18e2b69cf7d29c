"""Pictures of lists: workload as bars, duties by actor and month, referrals with their circles."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import fonts
from gridgov.lists.catalogue import Catalogue, Language, as_catalogue
from gridgov.lists.duty import Duties, Workload
from gridgov.lists.procedures import svg_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_A4_WIDTH_INCH = 8.27
_INK, _SOFT, _WITHIN, _OVER = "#2B2B2B", "#6E6E6E", "#0072B2", "#D55E00"  # Okabe & Ito (2008)
ROWS_MAX = 40

_TEXTS = {
    "en": {
        "hours": "hours in the heaviest month",
        "capacity": "capacity",
        "workload": "Workload",
        "more": "the {shown} heaviest of {count}",
        "duties": "Duties met in time, by actor and month of opening",
        "rate": "share met in time",
        "none": "grey: nothing to judge yet",
        "worst": "the {shown} lowest of {count} actors",
    },
    "zh": {
        "hours": "最多一个月的工时（小时）",
        "capacity": "每月可用工时",
        "workload": "工作负担",
        "more": "共{count}人，显示最重的{shown}人",
        "duties": "按时完成率（按主体和开始月份）",
        "rate": "按时完成率",
        "none": "灰色：尚无可评的事项",
        "worst": "共{count}个主体，显示最低的{shown}个",
    },
}


@fonts.without_bold()
def workload_bars(
    workload: Workload, path: str | os.PathLike[str], *, language: Language = "en"
) -> None:
    """Draws the heaviest month of each person against the capacity, the heaviest first; over the
    capacity in another colour and with hatching, so that it shows in grey too."""
    say = _TEXTS[language]
    worst = workload.persons.sort_values("hours", ascending=False, kind="stable")
    worst = worst[worst["hours"] > 0].drop_duplicates("person")
    shown = worst.head(ROWS_MAX)
    figure, axes = _figure(len(shown))
    places = np.arange(len(shown))[::-1]
    hours, capacity = shown["hours"].to_numpy(), shown["capacity_hours"].to_numpy()
    over = hours > capacity
    bars = axes.barh(places, hours, color=np.where(over, _OVER, _WITHIN), height=0.7)
    for bar, too_much in zip(bars, over, strict=True):
        bar.set_hatch("///" if too_much else "")
        bar.set_edgecolor("white")
    axes.vlines(
        capacity, places - 0.45, places + 0.45, color=_INK, linewidth=2, label=say["capacity"]
    )
    names = [
        f"{person}  {month}" for person, month in zip(shown["person"], shown["month"], strict=True)
    ]
    axes.set_yticks(places, names)
    axes.set_xlabel(say["hours"])
    axes.set_title(say["workload"], loc="left", color=_INK)
    if np.isfinite(capacity).any():
        axes.legend(loc="lower right", frameon=False)
    if len(worst) > len(shown):
        axes.text(1, 1.01, say["more"].format(shown=len(shown), count=len(worst)),
                  transform=axes.transAxes, ha="right", color=_SOFT)  # fmt: skip
    _save(figure, path, language)


@fonts.without_bold()
def duty_heatmap(
    duties: Duties, path: str | os.PathLike[str], *, language: Language = "en"
) -> None:
    """Draws the share met in time by actor and month in which windows opened; the lowest first.
    Cividis, which colour-blind eyes read alike; the share stands in each cell of small tables."""
    import matplotlib as mpl

    say = _TEXTS[language]
    windows = duties.windows
    judged = windows[windows["state"].isin(["met", "late", "missed"])]
    months = judged["opens"].to_numpy().astype("datetime64[M]").astype(str)
    met = (judged["state"] == "met").to_numpy()
    table = pd.DataFrame({"actor": judged["actor"].astype(str), "month": months, "met": met})
    rates = table.pivot_table(index="actor", columns="month", values="met", aggfunc="mean")
    order = table.groupby("actor")["met"].mean().sort_values(kind="stable").index
    shown = rates.loc[order[:ROWS_MAX]] if len(order) else rates
    figure, axes = _figure(len(shown))
    colours = mpl.colormaps["cividis"].with_extremes(bad="#DDDDDD")
    values = shown.to_numpy(dtype=float)
    if values.size:
        mesh = axes.pcolormesh(values, cmap=colours, vmin=0, vmax=1, edgecolors="white")
        axes.invert_yaxis()
        bar = figure.colorbar(mesh, ax=axes, shrink=0.6, pad=0.02)
        bar.set_label(say["rate"])
        bar.ax.yaxis.set_major_formatter("{x:.0%}")
        axes.set_xticks(np.arange(values.shape[1]) + 0.5, shown.columns, rotation=45, ha="right")
        axes.set_yticks(np.arange(values.shape[0]) + 0.5, shown.index)
        if values.shape[1] <= 12:
            for (row, column), value in np.ndenumerate(values):
                if np.isfinite(value):
                    axes.text(column + 0.5, row + 0.5, f"{100 * value:.0f}", ha="center",
                              va="center", fontsize=7,
                              color="white" if value < 0.6 else _INK)  # fmt: skip
    axes.set_title(say["duties"], loc="left", color=_INK)
    notes = [say["none"]]
    if len(order) > len(shown):
        notes.append(say["worst"].format(shown=len(shown), count=len(order)))
    figure.supxlabel("    ".join(notes), fontsize=8, color=_SOFT)
    _save(figure, path, language)


def referral_graph(
    catalogue: Any, path: str | os.PathLike[str], *, language: Language = "en"
) -> None:
    """Draws who sends matters on to whom as SVG; ways that lie on a circle are thick and vermilion.
    UsageError where Graphviz is not installed."""
    whole = as_catalogue(catalogue)
    svg = svg_of(referral_dot(whole, language=language))
    Path(path).write_text(svg, encoding="utf-8", newline="\n")


def referral_dot(catalogue: Any, *, language: Language = "en") -> str:
    """The referrals as Graphviz's DOT.

    >>> from gridgov import lists
    >>> actors = [{"id": name, "level": "village"} for name in "abc"]
    >>> ways = [("a", "b"), ("b", "a"), ("b", "c")]
    >>> dot = referral_dot({
    ...     "actor": actors,
    ...     "referral": [{"from": f, "to": t, "matter": "land"} for f, t in ways],
    ... })
    >>> [line.strip()[:8] for line in dot.splitlines() if "D55E00" in line]
    ['s0 -> s1', 's1 -> s0']
    """
    whole = as_catalogue(catalogue)
    titles = _titles(whole, language)
    ways: dict[tuple[str, str], list[str]] = {}
    for row in whole.referrals.itertuples(index=False):
        ways.setdefault((row[0], row[1]), []).append(row[2])
    names = sorted({name for way in ways for name in way}, key=str.encode)
    place = {name: at for at, name in enumerate(names)}
    after: dict[str, set[str]] = {name: set() for name in names}
    # A way is marked where one and the same matter, or one that covers it, comes back by it.
    circles = {matter for matters in ways.values() for matter in matters}
    marked: set[tuple[str, str]] = set()
    for matter in sorted(circles):
        after = {name: set() for name in names}
        for (one, other), matters in ways.items():
            if any(_covers(above, matter) for above in matters):
                after[one].add(other)
        reached = {name: _reached(after, name) for name in names}
        marked |= {(a, b) for a in names for b in after[a] if a in reached[b] or a == b}
    lines = ["digraph referrals {", "  rankdir=LR; node [shape=box, style=rounded];"]
    lines += [f"  s{place[name]} [label={_quoted(titles.get(name, name))}];" for name in names]
    for (one, other), matters in sorted(ways.items(), key=lambda way: (place[way[0][0]], way[0])):
        style = ', color="#D55E00", penwidth=2.5' if (one, other) in marked else ""
        label = _quoted("\n".join(matters[:5]) + ("\n…" if len(matters) > 5 else ""))
        lines.append(f"  s{place[one]} -> s{place[other]} [label={label}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _covers(above: str, matter: str) -> bool:
    return matter == above or matter.startswith(above + "/")


def _reached(after: dict[str, set[str]], start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for name in after[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found


def _titles(catalogue: Catalogue, language: Language) -> dict[str, str]:
    actors = catalogue.actors
    first, second = ("title_zh", "title_en") if language == "zh" else ("title_en", "title_zh")
    return {
        actor: one or other or actor
        for actor, one, other in zip(actors["actor"], actors[first], actors[second], strict=True)
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _figure(rows: int) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    height = 1.6 + 0.24 * max(rows, 4)
    figure = Figure(figsize=(_A4_WIDTH_INCH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Figure, path: str | os.PathLike[str], language: Language) -> None:
    fonts.apply(figure, language)
    figure.savefig(
        path, dpi=150, metadata={"Software": None} if str(path).endswith("png") else None
    )
