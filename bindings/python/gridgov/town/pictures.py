"""Pictures of a town's report, as data URIs: points over time and by household, duties, hours."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import fonts, plot, report
from gridgov.colours import PALETTE
from gridgov.lists import pictures

if TYPE_CHECKING:
    from gridgov.lists.catalogue import Catalogue
    from gridgov.town.results import DutiesPart, PointsPart, Town, WorkloadPart

_A4_WIDTH_INCH = 7.3  # within the margins of the page
_INK, _SOFT, _BLUE = "#2B2B2B", "#6E6E6E", "#0072B2"
_STYLES = ("-", "--", ":", "-.")
_MARKERS = "osD^v<>P"
#: So many villages have a line of their own; the others are one.
_LINES_MAX = 7


def held_over_time(town: Town, part: PointsPart, text: dict[str, str]) -> str:
    """Points that the households of each village hold at the end of each month; lines differ in
    colour, dashes and marks, so that they differ in grey too."""
    settlement = part.settlement
    ledger = settlement.ledger
    months = ledger["date"].to_numpy().astype("datetime64[M]")
    if not len(months):
        return ""
    village_of = {f"household:{one}": v for one, v in settlement.village_of.astype(str).items()}
    first, last = months.min(), np.datetime64(part.as_of, "M")
    span = np.arange(first, last + 1)
    held: dict[str, Any] = {
        village: np.zeros(len(span), np.int64) for village in settlement.villages
    }
    for account, sign in (("credit_account", 1), ("debit_account", -1)):
        villages = ledger[account].map(village_of)
        moved = pd.DataFrame({"village": villages, "month": months, "points": ledger["points"]})
        sums = moved.groupby(["village", "month"], as_index=False)["points"].sum()
        places = (sums["month"].to_numpy().astype("datetime64[M]") - first).astype(int)
        for village, place, points in zip(sums["village"], places, sums["points"], strict=True):
            held[village][place] += sign * int(points)
    held = {village: np.cumsum(changes) for village, changes in held.items()}
    order = sorted(held, key=lambda village: (-int(held[village][-1]), village))
    lines = [(village, held[village]) for village in order[:_LINES_MAX]]
    if len(order) > _LINES_MAX:
        rest = order[_LINES_MAX - 1 :]
        others = text["others"].format(count=len(rest))
        lines = [*lines[: _LINES_MAX - 1], (others, sum(held[village] for village in rest))]
    figure, axes = _figure(2.9)
    names = span.astype(str)
    for place, (village, values) in enumerate(lines):
        axes.plot(
            np.arange(len(span)),
            values / settlement.unit_scale,
            label=f" {village}" if village.startswith("_") else village,  # else it has no key
            color=_INK if place >= len(PALETTE) else (*PALETTE[:4], "#000000", PALETTE[5])[place],
            linestyle=_STYLES[place % len(_STYLES)],
            marker=_MARKERS[place],
            markersize=4,
            linewidth=1.6,
        )
    step = max(1, math.ceil(len(span) / 12))
    axes.set_xticks(np.arange(len(span))[::step], names[::step], rotation=30, ha="right")
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.set_ylabel(text["held_points"])
    axes.set_title(text["held_over_time"], loc="left")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return _svg(town, figure)


def balances(town: Town, part: PointsPart, text: dict[str, str]) -> str:
    """How many households have which balance."""
    settlement = part.settlement
    values = settlement.balances["balance"].to_numpy(dtype=float) / settlement.unit_scale
    if not len(values):
        return ""
    figure, axes = _figure(2.6)
    low, high = min(0.0, values.min()), max(1.0, values.max())
    axes.hist(values, bins=min(40, max(8, math.ceil(math.sqrt(len(values))))), range=(low, high),
              color="#7FB7DE", edgecolor="white", linewidth=0.5)  # fmt: skip
    axes.set_ylim(top=1.18 * axes.get_ylim()[1])  # room for the median's words
    middle = float(np.median(values))
    axes.axvline(middle, color=_INK, linewidth=1.2, linestyle="--")
    axes.annotate(text["median"].format(middle), (middle, 1), xycoords=("data", "axes fraction"),
                  xytext=(4, -10), textcoords="offset points", fontsize=8, color=_INK)  # fmt: skip
    axes.set_xlabel(text["balance_points"])
    axes.set_ylabel(text["households"])
    axes.set_title(text["balances"], loc="left")
    return _svg(town, figure)


def duties(town: Town, part: DutiesPart) -> str:
    """The share met in time by actor and month."""
    windows = part.windows
    if not windows["state"].isin(["met", "late", "missed"]).any():
        return ""
    label = _distinct(
        windows["actor"].astype(str).unique(), lambda actor: town.titles.get(actor, actor)
    )
    shown = windows.assign(actor=windows["actor"].astype(str).map(label))
    return _png(lambda file: pictures.duty_heatmap(
        SimpleNamespace(windows=shown), file, language=town.language  # type: ignore[arg-type]
    ))  # fmt: skip


def workload(town: Town, part: WorkloadPart) -> str:
    """The heaviest month of each person against the capacity."""
    persons = part.persons
    if not (persons["hours"] > 0).any():
        return ""
    label = _distinct(persons["person"].astype(str).unique(), town.mask.person)
    shown = persons.assign(person=persons["person"].astype(str).map(label))
    return _png(lambda file: pictures.workload_bars(
        SimpleNamespace(persons=shown), file, language=town.language  # type: ignore[arg-type]
    ))  # fmt: skip


def referrals(town: Town, catalogue: Catalogue) -> str:
    """Who sends matters on to whom; empty where nobody does."""
    if not len(catalogue.referrals):
        return ""
    return _svg(town, pictures.referral_figure(catalogue, language=town.language))


def _distinct(ids: Any, shown: Callable[[str], str]) -> dict[str, str]:
    """What stands for each id; numbered where two would look alike (masked names do)."""
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for one in sorted(ids, key=str.encode):
        label = shown(one)
        taken[label] = taken.get(label, 0) + 1
        found[one] = label if taken[label] == 1 else f"{label} ({taken[label]})"
    return found


def _figure(height_inch: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_A4_WIDTH_INCH, height_inch), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=_INK)
    axes.title.set_color(_INK)
    axes.title.set_fontsize(10)
    return figure, axes


def _svg(town: Town, figure: Any) -> str:
    fonts.apply(figure, town.language)
    file = io.BytesIO()
    plot.save(figure, file, format="svg")
    return report.data_uri("image/svg+xml", file.getvalue())


def _png(draw: Callable[[Any], None]) -> str:
    from PIL import Image

    file = io.BytesIO()
    draw(file)
    with Image.open(file) as image:
        return report.image_uri(image.convert("RGB"))
