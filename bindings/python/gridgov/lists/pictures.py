"""Pictures of lists: workload as bars, duties by actor and month, referrals with their circles."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from gridgov import fonts
from gridgov.lists import referral_plot
from gridgov.lists.catalogue import Catalogue, Language, as_catalogue
from gridgov.lists.duty import Duties, Workload
from gridgov.plot import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_A4_WIDTH_INCH = 8.27
_INK, _SOFT, _WITHIN, _OVER = "#2B2B2B", "#6E6E6E", "#0072B2", "#D55E00"  # Okabe & Ito (2008)
ROWS_MAX, MONTHS_MAX = 40, 24

_TEXTS = {
    "en": {
        "hours": "hours in the heaviest month",
        "capacity": "capacity",
        "workload": "Workload",
        "more": "the {shown} heaviest of {count}",
        "duties": "Duties met in time, by actor and month of opening",
        "rate": "share met in time",
        "none": "number: % met in time; dotted: pending; grey: nothing",
        "late": "{} late",
        "missed": "{} missed",
        "pending": "{} pending",
        "months": "the last {shown} of {count} months",
        "no_hours": "no hours",
        "no_duties": "no duties",
        "worst": "the {shown} lowest of {count} actors",
    },
    "zh": {
        "hours": "最多一个月的工时（小时）",
        "capacity": "每月可用工时",
        "workload": "工作负担",
        "more": "共{count}人，显示最重的{shown}人",
        "duties": "按时完成率（按主体和开始月份）",
        "rate": "按时完成率",
        "none": "数字：按时完成率（%）；点状：未到期；灰色：无事项",
        "late": "迟{}",
        "missed": "缺{}",
        "pending": "待{}",
        "months": "共{count}个月，显示最近{shown}个月",
        "no_hours": "没有工时",
        "no_duties": "没有履职事项",
        "worst": "共{count}个主体，显示最低的{shown}个",
    },
}


def workload_bars(
    workload: Workload, path: str | os.PathLike[str] | IO[bytes], *, language: Language = "en"
) -> None:
    """Draws the heaviest month of each person against the capacity, the heaviest first; over the
    capacity in another colour and with hatching, so that it shows in grey too.

    Examples:
        >>> from gridgov import lists
        >>> from io import BytesIO
        >>> load = lists.workload({
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "person": [{"id": "p1", "posts": ["ganquan.clerk"], "capacity_hours": 10}],
        ...     "item": [{"id": "M-1", "matter": "a", "list": "must", "actor": "ganquan",
        ...               "lead": "clerk", "hours": 3, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}],
        ... }, months=1)
        >>> picture = BytesIO()
        >>> lists.workload_bars(load, picture)
        >>> picture.getvalue()[1:4]
        b'PNG'
    """
    save(workload_figure(workload, language=language), path, dpi=150)


@fonts.without_bold()
def workload_figure(workload: Workload, *, language: Language = "en") -> Figure:
    """What `workload_bars` writes, as a figure."""
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
    for place, one, most in zip(places, hours, capacity, strict=True):
        # Within the bar where its words would stand on the capacity's mark.
        inside = most * 0.93 < one * 1.0 <= most or one < most < one + 0.12 * np.nanmax(hours)
        axes.annotate(f"{one:,.4g}", (one, place), xytext=(-4 if inside else 4, 0),
                      textcoords="offset points", ha="right" if inside else "left", va="center",
                      fontsize=7, color="white" if inside else _INK)  # fmt: skip
    names = [
        f"{referral_plot.cut(person)}  {month}"
        for person, month in zip(shown["person"], shown["month"], strict=True)
    ]
    axes.set_yticks(places, names, fontsize=8)
    axes.set_ylim(-0.7, max(len(shown), 4) - 0.3)
    axes.set_xlabel(say["hours"], fontsize=9, color=_INK)
    axes.set_title(say["workload"], loc="left", color=_INK)
    if np.isfinite(capacity).any():
        figure.legend(loc="outside lower right", frameon=False, fontsize=8)
    if not len(shown):
        axes.text(0.5, 0.5, say["no_hours"], transform=axes.transAxes, ha="center", color=_SOFT)
    if len(worst) > len(shown):
        axes.text(1, 1.01, say["more"].format(shown=len(shown), count=len(worst)), fontsize=8,
                  transform=axes.transAxes, ha="right", color=_SOFT)  # fmt: skip
    fonts.apply(figure, language)
    return figure


def duty_heatmap(
    duties: Duties, path: str | os.PathLike[str] | IO[bytes], *, language: Language = "en"
) -> None:
    """Draws the share met in time by actor and month in which windows opened, the lowest first, and
    in tables of few months what was late, missed and is still pending. Cividis, which colour-blind
    eyes read alike; hatched where everything is pending still.

    Examples:
        >>> from gridgov import lists
        >>> from io import BytesIO
        >>> found = lists.duties({
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "D-1", "matter": "disclosure", "list": "must", "actor": "ganquan",
        ...               "recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "due_days": 3}],
        ... }, as_of="2026-04-20")
        >>> picture = BytesIO()
        >>> lists.duty_heatmap(found, picture)
        >>> picture.getvalue()[1:4]
        b'PNG'
    """
    save(duty_figure(duties, language=language), path, dpi=150)


@fonts.without_bold()
def duty_figure(duties: Duties, *, language: Language = "en") -> Figure:
    """What `duty_heatmap` writes, as a figure."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    say = _TEXTS[language]
    counts = _by_actor_and_month(duties.windows)
    judged = counts[["met", "late", "missed"]].sum(axis=1)
    by_actor = counts.groupby(level=0).sum()
    rate = by_actor["met"] / by_actor[["met", "late", "missed"]].sum(axis=1)
    order = rate.sort_values(kind="stable", na_position="last").index
    shown, months = order[:ROWS_MAX], sorted(set(counts.index.get_level_values(1)))
    months_shown = months[-MONTHS_MAX:]
    figure, axes = _figure(len(shown))
    values = np.full((len(shown), len(months_shown)), np.nan)
    detailed = len(months_shown) <= 6
    row_of = {actor: row for row, actor in enumerate(shown)}
    column_of = {month: column for column, month in enumerate(months_shown)}
    for key, told in counts.iterrows():
        actor, month = cast("tuple[str, str]", key)
        row, column = row_of.get(actor), column_of.get(month)
        if row is None or column is None:
            continue
        all_judged = int(judged[actor, month])
        if all_judged:
            values[row, column] = told["met"] / all_judged
        elif told["pending"]:
            axes.add_patch(
                Rectangle((column, row), 1, 1, facecolor="#EEEEEE", hatch="....",
                          edgecolor="#C8C8C8", linewidth=0, zorder=1)
            )  # fmt: skip
        text = _cell(told, all_judged, detailed, say) if len(months_shown) <= 12 else ""
        dark = all_judged and values[row, column] < 0.6
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=7,
                  color="white" if dark else _INK, zorder=3)  # fmt: skip
    if values.size:
        colours = mpl.colormaps["cividis"].with_extremes(bad="#00000000")
        axes.set_facecolor("#DDDDDD")
        mesh = axes.pcolormesh(values, cmap=colours, vmin=0, vmax=1, edgecolors="white", zorder=2)
        axes.set(xlim=(0, values.shape[1]), ylim=(values.shape[0], 0))
        bar = figure.colorbar(mesh, ax=axes, shrink=min(1.0, 0.3 + 3 / values.shape[0]), pad=0.02)
        bar.set_label(say["rate"], fontsize=8)
        bar.ax.tick_params(labelsize=8)
        bar.ax.yaxis.set_major_formatter("{x:.0%}")
        step = max(1, -(-len(months_shown) // 18))
        axes.set_xticks(np.arange(len(months_shown))[::step] + 0.5, months_shown[::step],
                        rotation=45, ha="right", fontsize=8)  # fmt: skip
        axes.set_yticks(
            np.arange(len(shown)) + 0.5, [referral_plot.cut(actor) for actor in shown], fontsize=8
        )
    else:
        axes.text(0.5, 0.5, say["no_duties"], transform=axes.transAxes, ha="center", color=_SOFT)
        axes.set(xticks=[], yticks=[])
    axes.set_title(say["duties"], loc="left", color=_INK)
    notes = [say["none"]]
    if len(order) > len(shown):
        notes.append(say["worst"].format(shown=len(shown), count=len(order)))
    if len(months) > len(months_shown):
        notes.append(say["months"].format(shown=len(months_shown), count=len(months)))
    figure.supxlabel("    ".join(notes), fontsize=8, color=_SOFT)
    fonts.apply(figure, language)
    return figure


def _by_actor_and_month(windows: pd.DataFrame) -> pd.DataFrame:
    """How many windows of each state, a row an actor and month of opening."""
    table = pd.DataFrame(
        {
            "actor": windows["actor"].astype(str).to_numpy(),
            "month": windows["opens"].to_numpy().astype("datetime64[M]").astype(str),
            "state": windows["state"].astype(str).to_numpy(),
        }
    )
    counts = pd.crosstab([table["actor"], table["month"]], table["state"])
    return counts.reindex(columns=["met", "late", "missed", "pending"], fill_value=0)


def _cell(told: Any, judged: int, detailed: bool, say: dict[str, str]) -> str:
    share = f"{100 * told['met'] / judged:.0f}" if judged else ""
    wanted = ("late", "missed", "pending") if detailed else () if judged else ("pending",)
    rest = " ".join(say[name].format(told[name]) for name in wanted if told[name])
    return f"{share} ({rest})" if share and rest else share or rest


def referral_graph(
    catalogue: Any, path: str | os.PathLike[str] | IO[bytes], *, language: Language = "en"
) -> None:
    """Draws who sends matters on to whom; ways that lie on a circle are thick and vermilion, and
    circles are written out. What the path's ending says: svg, png or pdf.

    Examples:
        >>> from gridgov import lists
        >>> from io import BytesIO
        >>> picture = BytesIO()
        >>> lists.referral_graph({
        ...     "actor": [{"id": name, "level": "village"} for name in "ab"],
        ...     "referral": [{"from": "a", "to": "b", "matter": "land"},
        ...                  {"from": "b", "to": "a", "matter": "land"}],
        ... }, picture)
        >>> picture.getvalue()[1:4]
        b'PNG'
    """
    save(referral_figure(catalogue, language=language), path, dpi=150)


def referral_figure(catalogue: Any, *, language: Language = "en") -> Figure:
    """What `referral_graph` writes, as a figure."""
    whole = as_catalogue(catalogue)
    titles = _titles(whole, language)
    return referral_plot.figure_of(referral_plot.referrals_of(whole), titles, language=language)


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
    found = referral_plot.referrals_of(whole)
    names, ways, marked = found.names, found.ways, found.marked
    place = {name: at for at, name in enumerate(names)}
    lines = ["digraph referrals {", "  rankdir=LR; node [shape=box, style=rounded];"]
    lines += [f"  s{place[name]} [label={_quoted(titles.get(name, name))}];" for name in names]
    for (one, other), matters in sorted(ways.items(), key=lambda way: (place[way[0][0]], way[0])):
        style = ', color="#D55E00", penwidth=2.5' if (one, other) in marked else ""
        label = _quoted("\n".join(matters[:5]) + ("\n…" if len(matters) > 5 else ""))
        lines.append(f"  s{place[one]} -> s{place[other]} [label={label}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


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
