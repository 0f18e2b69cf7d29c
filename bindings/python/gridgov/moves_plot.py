"""Pictures of a revision: the courtyards before and after, side by side, and who moved.

Courtyards that anything happened to are in colour, the same before and after; the others are grey.
"""

from __future__ import annotations

import math
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov import colours, fonts, outlines, plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gridgov.errors import Language
    from gridgov.revision import Revision

_A4_INCH = (8.27, 11.69)
_INK, _SOFT, _MOVED, _PAPER = "#2B2B2B", "#6E6E6E", "#D55E00", "#FBFAF6"
_GREY, _GREY_EDGE = "#E9E7E1", "#C4C0B6"
#: Up to so many courtyards that changed, each shows its id.
_NAMED_MOST = 60
_LINES_MOST = 4000
_DOTS: dict[str, Any] = {"marker": "o", "linestyle": "none", "zorder": 5}
#: Kinds of households in the picture, in the order of drawing.
_STAY, _ENTERED, _MOVED_KIND = 0, 1, 2

TEXTS = {
    "en": {
        "title": "Courtyards before and after",
        "before": "Before",
        "after": "After",
        "counts": "{kept:,} households stay, {moved:,} move, {entered:,} are new, {left:,} left; "
        "no fewer than {moved_lower_bound:,} had to move",
        "changed": "{shown:,} of {count:,} courtyards changed",
        "stay": "household",
        "moved": "moves",
        "entered": "new",
        "head": "head",
        "line": "to its new head",
        "same": "courtyard as before",
        "other": "courtyard that changed",
    },
    "zh": {
        "title": "调整前后对照图",
        "before": "调整前",
        "after": "调整后",
        "counts": "{kept:,} 户不动，{moved:,} 户调整，{entered:,} 户新增，{left:,} 户迁出；"
        "至少须调整 {moved_lower_bound:,} 户",
        "changed": "{count:,} 个院落中有 {shown:,} 个变动",
        "stay": "农户",
        "moved": "调整的农户",
        "entered": "新增的农户",
        "head": "院长",
        "line": "指向新院长",
        "same": "未变动的院落",
        "other": "有变动的院落",
    },
}


@fonts.without_bold()
def page(revision: Revision, *, language: Language = "en", village: str | None = None) -> Figure:
    """A figure of A4: before and after, beside each other or one above the other as the ground is.

    Shows the surroundings of all that changed; village: of what changed in this one. Households
    that left are counted, not drawn: where they were is not known any more.
    """
    from matplotlib.figure import Figure

    change = _Change(revision, village)
    low, high = change.frame()
    wide = high[0] - low[0] > high[1] - low[1]
    figure = Figure(figsize=_A4_INCH if wide else _A4_INCH[::-1])
    width, height = figure.get_size_inches()
    side, top, bottom, gap = 0.4, 1.0, 0.75, 0.3
    across, down = (1, 2) if wide else (2, 1)
    each = (width - 2 * side - (across - 1) * gap) / across
    tall = (height - top - bottom - (down - 1) * gap) / down
    text = TEXTS[language]
    for place, name in enumerate(("before", "after")):
        x = side + (0 if wide else place * (each + gap))
        y = bottom + ((1 - place) * (tall + gap) if wide else 0)
        axes = figure.add_axes((x / width, y / height, each / width, tall / height))
        change.draw(axes, name == "after", low, high, language)
        axes.set_title(text[name], loc="left", fontsize=11, color=_INK, pad=4)
    counts = text["counts"].format(**{name: revision.summary[name] for name in _COUNTS})
    told = text["changed"].format(shown=len(change.touched), count=len(revision.courtyards))
    title = text["title"] if village is None else village
    figure.text(side / width, 1 - 0.3 / height, title, fontsize=15, fontweight="bold",
                color=_INK, va="center")  # fmt: skip
    figure.text(side / width, 1 - 0.58 / height, f"{counts}\n{told}", fontsize=8.5, color=_SOFT,
                va="center")  # fmt: skip
    figure.legend(
        *change.legend(text), loc="lower center", ncols=7, frameon=False, fontsize=8,
        labelcolor=_INK, bbox_to_anchor=(0.5, 0.15 / height),
    )  # fmt: skip
    fonts.apply(figure, language)
    return figure


_COUNTS = ("kept", "moved", "entered", "left", "moved_lower_bound")


def save(
    revision: Revision,
    path: str | PathLike[str] | IO[bytes],
    *,
    language: Language = "en",
    dpi: float = 200,
    **options: Any,
) -> None:
    """Writes the page; options as of `page`."""
    plot.save(page(revision, language=language, **options), path, dpi=dpi)


def moves(revision: Revision, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draws the courtyards after on `ax`, or on a figure of its own: who is new, who moved and to
    which head."""
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.figure(figsize=(8, 8), layout="constrained").add_subplot()
    change = _Change(revision, None)
    change.draw(ax, True, *change.frame(), language)
    ax.legend(*change.legend(TEXTS[language]), loc="best", fontsize=8, framealpha=0.9)
    fonts.apply(ax, language)
    return ax


class _Change:
    """What changed, by household and courtyard."""

    def __init__(self, revision: Revision, village: str | None) -> None:
        households, changes = revision.households, revision.changes
        self.places = np.column_stack([revision.x_m, revision.y_m]).astype(np.float64)
        self.located: NDArray[np.bool_] = np.asarray(np.isfinite(self.places).all(axis=1))
        after = households["courtyard_id"].to_numpy(dtype=object)
        before = after.copy()
        self.kind = np.full(len(after), _STAY)
        row_of = {one: row for row, one in enumerate(households["household_id"])}
        self.touched: set[str] = set()
        for household, old, new, why in changes.itertuples(index=False):
            self.touched |= {name for name in (old, new) if name}
            row = row_of.get(household)
            if row is None:
                continue  # it left
            before[row] = old
            self.kind[row] = _ENTERED if why == "entered" else _MOVED_KIND
        self.names = sorted({*before.tolist(), *after.tolist()} - {""}, key=str.encode)
        place = {name: number for number, name in enumerate(self.names)}
        self.of = [
            np.array([place.get(name, -1) for name in names], dtype=np.int64)
            for names in (before, after)
        ]
        self.shapes = [
            outlines.around(self.places, of, len(self.names)) if (of >= 0).any() else
            np.full(len(self.names), shapely.Polygon(), dtype=object)
            for of in self.of
        ]  # fmt: skip
        in_village = np.ones(len(after), dtype=bool)
        if village is not None:
            in_village = (households["village_id"] == village).to_numpy()
            here = {*before[in_village].tolist(), *after[in_village].tolist()}
            self.touched &= here
        changed = np.isin(after, list(self.touched)) | np.isin(before, list(self.touched))
        self.focus = self.located & in_village & changed
        if not self.focus.any():
            self.focus = self.located & in_village
        pairs = [colours.neighbours(shapes, 10.0) for shapes in self.shapes]
        # A courtyard before is also a neighbour of one after that took over its ground.
        tree = shapely.STRtree(self.shapes[0])
        pairs.append(tree.query(self.shapes[1], predicate="intersects").T)
        self.hues = colours.assign(len(self.names), np.concatenate(pairs))
        head = households["head_household_id"].map(row_of)
        self.head = head.fillna(-1).to_numpy(dtype=np.int64)

    def frame(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and greatest corner of what changed."""
        here = self.places[self.focus] if self.focus.any() else np.zeros((1, 2))
        low, high = here.min(axis=0), here.max(axis=0)
        margin = np.maximum(0.06 * (high - low).max(), 30.0)
        return low - margin, high + margin

    def draw(self, ax: Axes, after: bool, low: Any, high: Any, language: Language) -> None:
        """One of the two, framed."""
        from matplotlib.collections import LineCollection, PathCollection

        paper = np.array(ax.get_window_extent().size)
        reach = float(((high - low) / paper).max()) * paper / 2
        (left, bottom), (right, top) = (low + high) / 2 - reach, (low + high) / 2 + reach
        ax.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
        ax.set_aspect("equal", adjustable="box")
        ax.set_facecolor(_PAPER)
        for spine in ax.spines.values():
            spine.set(color=_GREY_EDGE, linewidth=0.8)
        shapes, of = self.shapes[after], self.of[after]
        touched = np.array([name in self.touched for name in self.names], dtype=bool)
        there = ~shapely.is_empty(shapes)
        for which, layer in ((~touched & there, 2), (touched & there, 3)):
            rows = np.flatnonzero(which)
            hues = [colours.colour(int(self.hues[row])) for row in rows]
            changed = layer == 3
            ax.add_collection(
                PathCollection(
                    [plot.path_of(shapes[row]) for row in rows],
                    facecolors=[colours.lighter(hue, 0.5) for hue in hues] if changed else _GREY,
                    edgecolors=[colours.darker(hue, 0.3) for hue in hues]
                    if changed
                    else _GREY_EDGE,
                    linewidths=0.9 if changed else 0.5,
                    zorder=layer,
                ),
                autolim=False,
            )
        per_point = 2 * reach[0] / (paper[0] * 72 / ax.figure.dpi)
        apart = math.sqrt(np.prod(high - low) / max(1, int(self.focus.sum()))) / per_point
        dot = float(np.clip(0.13 * apart, 0.8, 2.8))
        present = np.asarray(self.located & (of >= 0))
        moved = np.asarray(present & (self.kind == _MOVED_KIND))
        if after:
            heads = self.head[moved]
            good = (heads >= 0) & self.located[np.maximum(heads, 0)]
            ends = np.stack([self.places[moved][good], self.places[heads[good]]], axis=1)
            ax.add_collection(
                LineCollection(list(ends[:_LINES_MOST]), colors=_MOVED, linewidths=0.9,
                               zorder=4, alpha=0.9),
                autolim=False,
            )  # fmt: skip
        entered = self.kind == _ENTERED
        marks: tuple[tuple[Any, dict[str, Any]], ...] = (
            (present & (self.kind == _STAY), {"color": _SOFT, "markersize": dot}),
            (present & entered, {"color": "white", "markeredgecolor": _INK, "marker": "s",
                                 "markersize": 1.25 * dot + 1.2, "markeredgewidth": 0.9}),
            (moved, {"color": _MOVED, "markersize": 1.5 * dot + 1.2, "marker": "D",
                     "markeredgecolor": "white", "markeredgewidth": 0.4}),
        )  # fmt: skip
        for which, style in marks:
            x, y = self.places[which].T
            ax.plot(x, y, **{**_DOTS, **style})
        if after:
            led = np.asarray((self.head >= 0) & np.isin(of, np.flatnonzero(touched)))
            heads = np.unique(self.head[led])
            heads = heads[self.located[heads]]
            x, y = self.places[heads].T
            ax.scatter(x, y, s=(2.4 * dot + 2.5) ** 2, marker="*", facecolor="white",
                       edgecolor=_INK, linewidth=0.6, zorder=6)  # fmt: skip
        if touched.sum() <= _NAMED_MOST:
            self._name(ax, np.flatnonzero(touched & there), shapes)

    def _name(self, ax: Axes, rows: NDArray[np.intp], shapes: NDArray[Any]) -> None:
        """Ids of courtyards that changed, above them, never one over another."""
        taken: list[Any] = []
        for row in rows[np.argsort(-shapely.area(shapes[rows]), kind="stable")]:
            left, _, right, top = shapely.bounds(shapes[row])
            label = ax.annotate(
                self.names[row], ((left + right) / 2, top), xytext=(0, 1.5),
                textcoords="offset points", ha="center", va="bottom", fontsize=7, color=_INK,
                zorder=7, path_effects=plot.halo(1.8), annotation_clip=True,
            )  # fmt: skip
            fonts.apply(label)
            box = label.get_window_extent()
            if any(box.overlaps(other) for other in taken):
                label.remove()
            else:
                taken.append(box)

    def legend(self, text: dict[str, str]) -> tuple[list[Any], list[str]]:
        """Handles and words for what is in the picture."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        def mark(**style: Any) -> Any:
            return Line2D([], [], linestyle="none", **style)

        hue = colours.PALETTE[0]
        made: dict[str, Any] = {
            "stay": mark(marker="o", color=_SOFT, markersize=3),
            "moved": mark(marker="D", color=_MOVED, markersize=5),
            "entered": mark(marker="s", color="white", markeredgecolor=_INK, markersize=5),
            "head": mark(marker="*", color="white", markeredgecolor=_INK, markersize=9),
            "line": Line2D([], [], color=_MOVED, linewidth=1),
            "other": Patch(facecolor=colours.lighter(hue, 0.5), edgecolor=colours.darker(hue, 0.3)),
            "same": Patch(facecolor=_GREY, edgecolor=_GREY_EDGE),
        }
        absent = set()
        if not (self.kind == _MOVED_KIND).any():
            absent |= {"moved", "line"}
        if not (self.kind == _ENTERED).any():
            absent.add("entered")
        if not self.touched:
            absent |= {"other", "head"}
        names = [name for name in made if name not in absent]
        return [made[name] for name in names], [text[name] for name in names]
