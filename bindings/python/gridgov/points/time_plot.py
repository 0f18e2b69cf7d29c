"""Pictures of balances over time, of one household or of many, and of the board."""

from __future__ import annotations

import math
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import fonts
from gridgov.plot import save as save_figure
from gridgov.points.boards import mask_number
from gridgov.points.plot import one_line, quiet
from gridgov.points.settlement import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gridgov.errors import Language
    from gridgov.points.boards import Board
    from gridgov.points.settlement import Settlement

_A4_WIDTH_INCH = 8.27
_INK, _SOFT, _BLUE = "#2B2B2B", "#6E6E6E", "#0072B2"
#: The red list is an honour; both lists are told by a word too, and in grey by hatching.
_RED, _BLACK, _PLAIN = "#D55E00", "#2B2B2B", "#A9CCE3"
#: Rows of a board's picture, over all villages, and villages with a panel.
_ROWS_MAX, _ROWS_LEAST, _VILLAGES_MAX = 48, 5, 8
_LABEL_MAX = 24
_MONTHS_NAMED = 14

_TEXTS = {
    "en": {
        "over_time": "Balances at the end of each month",
        "of_village": "{village}: balances at the end of each month",
        "of_household": "Balance of {household}",
        "points": "points",
        "median": "median household",
        "half": "half of the households",
        "most": "eight in ten",
        "held": "Points held by all households",
        "held_yuan": "Points held by all households: worth {yuan} yuan on {day}",
        "no_postings": "nothing was posted",
        "board": "Board on {day}",
        "red": "red list",
        "black": "black list",
        "plain": "on neither list",
        "both": "{shown} of {count} households",
        "more_villages": "{count} more villages: choose one by name",
        "no_households": "no households",
    },
    "zh": {
        "over_time": "各月末余额",
        "of_village": "{village}各月末余额",
        "of_household": "{household} 的余额",
        "points": "分",
        "median": "中位数",
        "half": "中间一半农户",
        "most": "中间八成农户",
        "held": "全部农户结余积分",
        "held_yuan": "全部农户结余积分（{day} 值 {yuan} 元）",
        "no_postings": "没有入账",
        "board": "{day} 积分榜",
        "red": "红榜",
        "black": "黑榜",
        "plain": "未上榜",
        "both": "共 {count} 户，显示 {shown} 户",
        "more_villages": "另有 {count} 个村，可按村名分别出图",
        "no_households": "没有农户",
    },
}


def month_ends(settlement: Settlement, village: str | None = None) -> pd.DataFrame:
    """Each household's balance in units at the end of each month up to the settlement's day (the
    last column: on that day): a row a household, a column a month `YYYY-MM`."""
    moved = _moved(settlement)
    ids = settlement.village_of
    kept = ids.index if village is None else ids.index[(ids == village).to_numpy()]
    moved = moved[moved["household_id"].isin(kept)]
    last = np.datetime64(settlement.as_of, "M")
    months = moved["date"].to_numpy().astype("datetime64[M]")
    span = np.arange(months.min() if len(months) else last, last + 1)
    held = np.zeros((len(kept), len(span)), dtype=np.int64)
    rows = kept.get_indexer(pd.Index(moved["household_id"]))
    places = (months - span[0]).astype(np.int64)
    np.add.at(held, (rows, places), moved["points"].to_numpy(dtype=np.int64))
    return pd.DataFrame(np.cumsum(held, axis=1), index=kept, columns=span.astype(str))


def _moved(settlement: Settlement) -> pd.DataFrame:
    """What each posting adds to a household's account or takes from it, in the ledger's order."""
    ledger = settlement.ledger
    parts = []
    for account, sign in (("credit_account", 1), ("debit_account", -1)):
        names = ledger[account].astype("str")
        of_household = names.str.startswith("household:").to_numpy(dtype=bool)
        rows = ledger[of_household]
        parts.append(
            pd.DataFrame(
                {
                    "household_id": names[of_household].str.removeprefix("household:"),
                    "date": rows["date"],
                    "points": sign * rows["points"].to_numpy(dtype=np.int64),
                }
            )
        )
    return pd.concat(parts).sort_index(kind="stable")


@fonts.without_bold()
def over_time(
    settlement: Settlement,
    axes: Axes | None = None,
    *,
    household: str | None = None,
    village: str | None = None,
    language: Language = "en",
    masked: bool = True,
) -> Axes:
    """Draws balances over time, on axes of a figure of one's own where none are given.

    household: this one's, posting by posting; absent: the median household's at each month's end,
    with the bands that hold half and eight in ten of all, or of those of `village`. masked: numbers
    of citizens in the title are hidden in part. UsageError for a household that is not known.
    """
    texts = _TEXTS[language]
    if axes is None:
        from matplotlib.figure import Figure

        axes = Figure(figsize=(_A4_WIDTH_INCH, 3.2), layout="constrained").subplots()
    if household is not None:
        _one(settlement, axes, household, texts)
        name = mask_number(household) if masked else household
        _named(axes, "of_household", texts, household=name)
    else:
        _many(month_ends(settlement, village) / settlement.unit_scale, axes, texts)
        _named(axes, "over_time" if village is None else "of_village", texts, village=village)
    fonts.apply(axes, language)
    return axes


def _named(axes: Axes, key: str, texts: dict[str, str], **fields: str | None) -> None:
    axes.set_title(one_line(texts[key].format(**fields), 60), fontsize=10, color=_INK, loc="left")
    axes.set_ylabel(texts["points"], fontsize=8, color=_INK)
    quiet(axes)


def _one(settlement: Settlement, axes: Axes, household: str, texts: dict[str, str]) -> None:
    import matplotlib.dates

    mdates: Any = matplotlib.dates  # its functions have no types

    settlement.household_number(household)  # refuses one that is not there
    moved = _moved(settlement)
    mine = moved[moved["household_id"] == household]
    if mine.empty:
        _empty(axes, texts["no_postings"])
        return
    by_day = mine.groupby("date")["points"].sum().cumsum() / settlement.unit_scale
    days = by_day.index.to_numpy().astype("datetime64[D]")
    end = np.datetime64(settlement.as_of, "D")
    x = mdates.date2num(np.concatenate([[days[0]], days, [end]]))
    y = np.concatenate([[0.0], by_day.to_numpy(), [by_day.iloc[-1]]])
    axes.plot(x, y, drawstyle="steps-post", color=_BLUE, linewidth=1.6)
    axes.plot(x[1:-1], y[1:-1], "o", color=_BLUE, markersize=3.5)
    axes.fill_between(x, y, step="post", color=_BLUE, alpha=0.12, linewidth=0)
    told = shown(int(mine["points"].sum()), settlement.unit_scale)
    axes.annotate(told, (x[-1], y[-1]), xytext=(4, 0), textcoords="offset points", fontsize=8,
                  va="center", color=_INK, annotation_clip=False)  # fmt: skip
    axes.axhline(0, color=_SOFT, linewidth=0.8)
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=10))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m-%d"))
    axes.tick_params(axis="x", rotation=30)


def _many(held: pd.DataFrame, axes: Axes, texts: dict[str, str]) -> None:
    if held.empty:
        _empty(axes, texts["no_households"])
        return
    values = held.to_numpy(dtype=float)
    bands = np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9], axis=0)
    x = np.arange(values.shape[1])
    if len(x) == 1:  # a band of one month would have no width
        x, bands = np.array([-0.3, 0.3]), np.repeat(bands, 2, axis=1)
    axes.fill_between(x, bands[0], bands[4], color=_BLUE, alpha=0.15, linewidth=0,
                      label=texts["most"])  # fmt: skip
    axes.fill_between(x, bands[1], bands[3], color=_BLUE, alpha=0.35, linewidth=0,
                      label=texts["half"])  # fmt: skip
    axes.plot(x, bands[2], color=_INK, linewidth=1.8, label=texts["median"])
    axes.axhline(0, color=_SOFT, linewidth=0.8)
    low, high = axes.get_ylim()
    if high - low < 1e-6 or not bands.any():
        axes.set_ylim(-1, 1)
    _months(axes, held.columns)
    axes.legend(frameon=False, fontsize=8, loc="upper left", labelcolor=_INK)


def _months(axes: Axes, names: Any) -> None:
    step = max(1, math.ceil(len(names) / _MONTHS_NAMED))
    axes.set_xticks(np.arange(len(names))[::step], list(names)[::step], rotation=30, ha="right")
    axes.set_xlim(-0.6, len(names) - 0.4)


@fonts.without_bold()
def save_over_time(
    settlement: Settlement,
    path: str | PathLike[str] | IO[bytes],
    *,
    household: str | None = None,
    village: str | None = None,
    language: Language = "en",
    dpi: float = 200,
    masked: bool = True,
) -> None:
    """Writes balances over time at the width of an A4 page; below them, unless they are one
    household's, all points held, which is what may be redeemed."""
    from matplotlib.figure import Figure

    texts = _TEXTS[language]
    if household is not None:
        figure = Figure(figsize=(_A4_WIDTH_INCH, 3.2), layout="constrained")
        over_time(settlement, figure.subplots(), household=household, language=language,
                  masked=masked)  # fmt: skip
        save_figure(figure, path, dpi=dpi)
        return
    figure = Figure(figsize=(_A4_WIDTH_INCH, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 2])
    held = month_ends(settlement, village)
    _many(held / settlement.unit_scale, above, texts)
    _named(above, "over_time" if village is None else "of_village", texts, village=village)
    total = held.to_numpy().sum(axis=0) / settlement.unit_scale
    x = np.arange(len(total))
    below.bar(x, total, color="#7FB7DE", width=0.7)
    below.axhline(0, color=_SOFT, linewidth=0.8)
    if not total.any():
        below.set_ylim(-1, 1)
    told = shown(int(held.iloc[:, -1].sum()), settlement.unit_scale)
    below.annotate(told, (x[-1], total[-1]), xytext=(0, 2), textcoords="offset points",
                   ha="center", va="bottom", fontsize=8, color=_INK)  # fmt: skip
    below.margins(y=0.15)
    below.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    _months(below, held.columns)
    yuan = settlement.summary["liability_yuan"]
    key = "held" if yuan is None or village is not None else "held_yuan"
    title = texts[key].format(yuan=yuan, day=settlement.as_of.isoformat())
    below.set_title(title, fontsize=10, color=_INK, loc="left")
    below.set_ylabel(texts["points"], fontsize=8, color=_INK)
    quiet(below)
    fonts.apply(figure, language)
    save_figure(figure, path, dpi=dpi)


@fonts.without_bold()
def board(
    board: Board,
    path: str | PathLike[str] | IO[bytes],
    *,
    village: str | None = None,
    language: Language = "en",
    dpi: float = 200,
) -> None:
    """Writes the board: a bar a household, the first ranks and all of the black list, by village
    (or of one); names and numbers as the board shows them, masked or not."""
    save_figure(board_figure(board, village=village, language=language), path, dpi=dpi)


@fonts.without_bold()
def board_figure(board: Board, *, village: str | None = None, language: Language = "en") -> Any:
    """The board as a figure; see `board`."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    texts, scale = _TEXTS[language], board.settlement.unit_scale
    ranking = board.ranking.assign(black=board.on_black_list())
    if village is not None:
        ranking = ranking[ranking["village"] == village]
    names = list(dict.fromkeys(ranking["village"].tolist()))
    drawn = names[:_VILLAGES_MAX]
    most = max(_ROWS_LEAST, _ROWS_MAX // max(1, len(drawn)))
    panels = [_rows(ranking[ranking["village"] == name], most) for name in drawn]
    heights = [0.55 + 0.19 * max(1, len(rows)) for rows, _ in panels] or [1.0]
    figure = Figure(figsize=(_A4_WIDTH_INCH, 0.9 + sum(heights)), layout="constrained")
    every = np.atleast_1d(figure.subplots(len(heights), 1, height_ratios=heights))
    for axes, name, (rows, count) in zip(every, drawn, panels, strict=False):
        _panel(axes, rows, scale, texts)
        told = texts["both"].format(shown=len(rows), count=count) if count > len(rows) else ""
        axes.set_title(one_line(name, 40), fontsize=10, color=_INK, loc="left")
        axes.set_title(told, fontsize=8, color=_SOFT, loc="right")
    if not drawn:
        _empty(every[0], texts["no_households"])
    day = board.settlement.as_of.isoformat()
    title = texts["board"].format(day=day)
    if len(names) > len(drawn):
        title += "\n" + texts["more_villages"].format(count=len(names) - len(drawn))
    figure.suptitle(title, fontsize=13, x=0.02, ha="left", color=_INK)
    figure.legend(
        [Patch(facecolor=_RED), Patch(facecolor=_BLACK, hatch="////", edgecolor="white"),
         Patch(facecolor=_PLAIN)],
        [texts[key] for key in ("red", "black", "plain")],
        loc="outside lower center", ncols=3, frameon=False, fontsize=8, labelcolor=_INK,
    )  # fmt: skip
    fonts.apply(figure, language)
    return figure


def _rows(ranking: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """The first ranks and those of the black list, and how many there are."""
    first = ranking.head(most)
    black = ranking[ranking["black"] & ~ranking.index.isin(first.index)]
    black = black.head(most)
    kept = first.head(max(most - len(black), (most + 1) // 2))
    return pd.concat([kept, black.head(most - len(kept))]).sort_index(), len(ranking)


def _panel(axes: Axes, rows: pd.DataFrame, scale: int, texts: dict[str, str]) -> None:
    places = np.arange(len(rows))[::-1]
    balance = rows["balance"].to_numpy(dtype=float) / scale
    red, black = rows["red"].to_numpy(dtype=bool), rows["black"].to_numpy(dtype=bool)
    colours = np.where(black, _BLACK, np.where(red, _RED, _PLAIN))
    bars = axes.barh(places, balance, color=colours.tolist(), height=0.72)
    for bar, listed in zip(bars, black, strict=True):
        if listed:
            bar.set_hatch("////")
            bar.set_edgecolor("white")
            bar.set_linewidth(0.0)
    for place, units, x, is_red, is_black in zip(
        places, rows["balance"], balance, red, black, strict=True
    ):
        words = [shown(int(units), scale)]
        words += [texts["red"]] * bool(is_red) + [texts["black"]] * bool(is_black)
        axes.annotate("  ".join(words), (x, place), xytext=(3 if x >= 0 else -3, 0),
                      textcoords="offset points", ha="left" if x >= 0 else "right", va="center",
                      fontsize=7, color=_INK)  # fmt: skip
    labels = [
        f"{rank}.  {one_line(f'{name} {one}'.strip(), _LABEL_MAX)}"
        for rank, name, one in zip(rows["rank"], rows["name"], rows["household_id"], strict=True)
    ]
    axes.set_yticks(places, labels)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    if not balance.any():
        axes.set_xlim(0, 1)
    axes.margins(x=0.22)
    quiet(axes)


def _empty(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes, fontsize=9,
              color=_SOFT)  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
