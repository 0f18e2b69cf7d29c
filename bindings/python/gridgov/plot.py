"""Pictures of a partition: the map, and histograms of courtyard sizes and of distances.

Nothing here changes matplotlib's settings. Lengths on paper are in points (1/72 inch).
"""

from __future__ import annotations

import itertools
import math
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov import colours, fonts, outlines

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gridgov.errors import Language
    from gridgov.partitioning import Partition

Floats = NDArray[np.float64]

#: From so many households on, a map leaves out links and keeps dots as pixels.
LARGE = 20_000
#: Up to so many courtyards, each shows its number.
_NUMBERED_MOST = 240
#: Up to so many villages are named, the largest ones.
_NAMES_MOST = 200
_A4_INCH = (8.27, 11.69)

_PAPER, _INK, _SOFT = "#FBFAF6", "#2B2B2B", "#6E6E6E"
_LINK, _WAY, _RIVER, _ROAD = "#4A4A4A", "#C9BC9C", "#5B9BD5", "#7A7A7A"
_BROKEN, _HEAD = "#D1281F", "#FFFFFF"
_TARGET = "#0072B2"
#: Lines of a map by what they are.
LINE_COLOURS = {"way": _WAY, "river": _RIVER, "barrier": _ROAD, "passable": "#6B4F2A"}
_BARRIER_WIDTHS = {"river": 1.6, "barrier": 1.4, "passable": 1.2}
#: What the legend names, in its order.
_LEGEND = (
    "household",
    "head",
    "courtyard",
    "broken",
    "grid",
    "link",
    "way",
    "river",
    "barrier",
    "passable",
)
_GRID = "#1F1F1F"
#: What a barrier's kind says if it is water.
_WATER = "river|stream|canal|water|lake|reservoir|pond|河|江|溪|湖|水|渠|塘"
#: Where a name may stand beside the middle of its village, in its own sizes.
_AROUND = [
    np.array(step) for step in itertools.product((-1.5, -0.75, 0, 0.75, 1.5), (-2, -1, 0, 1, 2))
]

TEXTS = {
    "en": {
        "title": "Courtyards",
        "household": "household",
        "head": "head",
        "courtyard": "courtyard",
        "broken": "courtyard not within the rules",
        "link": "neighbours",
        "way": "way",
        "river": "river, water",
        "barrier": "barrier",
        "passable": "bridge, tunnel",
        "grid": "grid",
        "north": "N",
        "metres": "{:,.0f} m",
        "kilometres": "{:,.0f} km",
        "weight": "weight of a courtyard",
        "size": "households in a courtyard",
        "courtyards": "courtyards",
        "households": "households",
        "min": "least {}",
        "max": "most {}",
        "target": "target {}",
        "distance_straight": "straight line to the head, metres",
        "distance_walk": "walk to the head, metres",
        "mean": "mean {:,.0f} m",
        "far": "nine in ten within {:,.0f} m",
        "heavier": "{} more beyond {}",
        "beyond": "{} more beyond {:,.0f} m, up to {:,.0f} m",
        "count_households": "{:,} households",
        "count_courtyards": "{:,} courtyards",
        "count_grids": "{:,} grids",
        "comma": ", ",
        "headline_mean": "; mean distance to the head {mean:,.0f} m",
    },
    "zh": {
        "title": "善美小院划分图",
        "household": "农户",
        "head": "院长",
        "courtyard": "院落",
        "broken": "不合标准的院落",
        "link": "相邻关系",
        "way": "道路",
        "river": "河流、水面",
        "barrier": "阻隔线",
        "passable": "桥梁、隧道",
        "grid": "网格",
        "north": "北",
        "metres": "{:,.0f} 米",
        "kilometres": "{:,.0f} 公里",
        "weight": "每个院落的权重",
        "size": "每个院落的户数",
        "courtyards": "院落数",
        "households": "户数",
        "min": "最少 {}",
        "max": "最多 {}",
        "target": "目标 {}",
        "distance_straight": "到院长家的直线距离（米）",
        "distance_walk": "到院长家的步行距离（米）",
        "mean": "平均 {:,.0f} 米",
        "far": "九成农户在 {:,.0f} 米以内",
        "heavier": "另有 {} 个超过 {}",
        "beyond": "另有 {} 户超过 {:,.0f} 米，最远 {:,.0f} 米",
        "count_households": "{:,} 户",
        "count_courtyards": "{:,} 个院落",
        "count_grids": "{:,} 个网格",
        "comma": "，",
        "headline_mean": "，到院长家平均 {mean:,.0f} 米",
    },
}


@fonts.without_bold()
def map(  # noqa: A001 (it is called as plot.map)
    partition: Partition,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    title: str | None = None,
    village: str | None = None,
    numbers: bool | None = None,
    links: bool | None = None,
) -> Axes:
    """Draws the map of a partition: courtyards in colours unlike their neighbours', households as
    dots, heads as ringed stars, links, ways, barriers, grids, villages' names, a scale bar.

    ax: where to draw; absent: a new pyplot figure of A4, upright or not as the town is.
    language: "en" or "zh". title: absent, a plain one; empty, none.
    village: show the surroundings of this one only.
    numbers: each courtyard's and each grid's number within its village, where there is room for
        it; absent: for up to 240 courtyards in sight.
    links: the neighbour graph; absent: for up to 20,000 households in sight.
    Returns the axes, whose data coordinates are the partition's plane.
    """
    if ax is None:
        from matplotlib import pyplot as plt

        ax = _axes(plt.figure(figsize=_page(partition, village)))
    _Map(partition, ax, language, village).draw(title, numbers, links)
    return ax


def save_map(
    partition: Partition,
    path: str | PathLike[str] | IO[bytes],
    *,
    language: Language = "en",
    dpi: float = 200,
    format: str | None = None,
    **options: Any,
) -> None:
    """Writes the map as a page of A4, of the kind that its ending or `format` names (png, svg,
    pdf). The same partition gives the same file with the same versions of matplotlib and fonts."""
    save(page(partition, language=language, **options), path, dpi=dpi, format=format)


@fonts.without_bold()
def page(partition: Partition, *, village: str | None = None, **options: Any) -> Figure:
    """A figure of A4 with the map of a partition, or of a village in it; options as of `map`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=_page(partition, village))
    map(partition, _axes(figure), village=village, **options)
    return figure


@fonts.without_bold()
def save(figure: Figure, path: Any, *, dpi: float = 200, format: str | None = None) -> None:
    """Writes a figure without the date and names of programs."""
    from matplotlib import rc_context

    kind = (format or str(path).rsplit(".", 1)[-1]).lower()
    silent = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    with rc_context({"svg.hashsalt": "gridgov"}):
        figure.savefig(path, dpi=dpi, format=format, metadata=silent.get(kind))


def sizes(partition: Partition, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draws how many courtyards have which weight, with the rules' least, target and most.

    Those beyond twice the most are counted in words.
    """
    text = TEXTS[language]
    ax = _chart(ax)
    weight = partition.courtyards["weight"].to_numpy(dtype=float)
    low, high, target = (float(partition.summary[name]) for name in ("min", "max", "target"))
    reach = float(min(weight.max(initial=high), 2 * high))
    if (weight == weight.round()).all():  # a bar a whole number, or some of them
        step = math.ceil(reach / 60)
        bins = np.arange(-0.5, reach + step, step)
    else:
        bins = np.linspace(0, reach, 31)
    within = (weight >= low) & (weight <= high)
    ax.hist(
        [weight[within], weight[~within]],
        bins=bins.tolist(),
        stacked=True,
        color=["#7FB7DE", _BROKEN],
        edgecolor="white",
        linewidth=0.5,
    )
    _whole(ax.yaxis)
    for value, name, colour in (
        (low, "min", _INK),
        (high, "max", _INK),
        (target, "target", _TARGET),
    ):
        _mark(ax, value, text[name].format(_plain(value)), colour)
    heavier = int((weight > bins[-1]).sum())
    if heavier:
        _aside(ax, text["heavier"].format(heavier, _plain(reach)))
    counted = bool((weight == partition.courtyards["households"].to_numpy()).all())
    ax.set_xlabel(text["size" if counted else "weight"])
    ax.set_ylabel(text["courtyards"])
    fonts.apply(ax, language)
    return ax


def distances(partition: Partition, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draws how many households are how far from their head; the farthest of a thousand are
    counted in words."""
    text = TEXTS[language]
    ax = _chart(ax)
    away_m = partition.households["distance_to_head_m"].to_numpy(dtype=float)
    away_m = away_m[np.isfinite(away_m)]
    if len(away_m):
        reach = max(1.05 * float(np.quantile(away_m, 0.995)), 1.0)
        ax.hist(
            away_m, bins=40, range=(0, reach), color="#8CC7B0", edgecolor="white", linewidth=0.5
        )
        ax.set_xlim(0, reach)
        mean, far = float(away_m.mean()), float(np.quantile(away_m, 0.9))
        _mark(ax, mean, text["mean"].format(mean), _INK, "right")
        _mark(ax, far, text["far"].format(far), _TARGET, "left")
        beyond = int((away_m > reach).sum())
        if beyond:
            _aside(ax, text["beyond"].format(beyond, reach, away_m.max()))
    _whole(ax.yaxis)
    ax.set_xlabel(text["distance_" + str(partition.summary["metric"])])
    ax.set_ylabel(text["households"])
    fonts.apply(ax, language)
    return ax


@fonts.without_bold()
def histograms(partition: Partition, *, language: Language = "en") -> Figure:
    """A figure as wide as A4: `sizes` beside `distances`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_A4_INCH[0], 3.2), layout="constrained")
    for axes, draw in zip(figure.subplots(1, 2), (sizes, distances), strict=True):
        draw(partition, axes, language=language)
    return figure


def save_histograms(
    partition: Partition,
    path: str | PathLike[str] | IO[bytes],
    *,
    language: Language = "en",
    dpi: float = 200,
) -> None:
    """Writes `histograms`."""
    save(histograms(partition, language=language), path, dpi=dpi)


def headline(partition: Partition, language: Language, village: str | None = None) -> str:
    """The partition, or its part in a village, in one line."""
    text, numbers = TEXTS[language], partition.summary
    if village is not None:
        numbers = dict(village_table(partition).astype(object).loc[village])
    counts = []
    for name in ("households", "courtyards", "grids"):
        if numbers[name]:
            count = text[f"count_{name}"].format(numbers[name])
            counts.append(count.removesuffix("s") if numbers[name] == 1 else count)
    line = text["comma"].join(counts)
    if math.isfinite(numbers["mean_distance_m"]):
        line += text["headline_mean"].format(mean=numbers["mean_distance_m"])
    return line


def village_table(partition: Partition) -> pd.DataFrame:
    """A row per village, in the order of their courtyards: households, courtyards, grids,
    mean_distance_m, max_distance_m, broken_courtyards."""
    courtyards, households = partition.courtyards, partition.households
    by = courtyards.groupby("village_id", sort=False)
    away_m = households.groupby("village_id")["distance_to_head_m"]
    table = by.agg(
        households=("households", "sum"),
        courtyards=("courtyard_id", "size"),
        grids=("grid_id", lambda ids: ids[ids != ""].nunique()),
    )
    table["mean_distance_m"] = away_m.mean()
    table["max_distance_m"] = away_m.max()
    table["broken_courtyards"] = by["status"].agg(lambda status: (status != "within").sum())
    return table


class _Map:
    """One map being drawn."""

    def __init__(
        self, partition: Partition, ax: Axes, language: Language, village: str | None = None
    ) -> None:
        self.partition, self.ax, self.language, self.village = partition, ax, language, village
        self.text = TEXTS[language]
        self.labels = np.asarray(partition.labels_)
        self.places = np.column_stack([partition.x_m, partition.y_m]).astype(np.float64)
        self.located = np.isfinite(self.places).all(axis=1)
        households = partition.households
        self.head = (households["head_household_id"] == households["household_id"]).to_numpy()
        self.shapes = outlines.in_plane(partition)
        self.legend: dict[str, Any] = {}
        self._frame(_focus(partition, village))

    def _frame(self, focus: NDArray[np.bool_]) -> None:
        """Limits that show the households in focus and fill the axes; metres per point of paper."""
        here = self.places[focus] if focus.any() else np.zeros((1, 2))
        low, high = here.min(axis=0), here.max(axis=0)
        paper = np.array(self.ax.get_window_extent().size) * 72 / self.ax.figure.dpi
        extent = np.maximum(high - low, 60.0) * 1.08
        self.metres_per_point = float((extent / paper).max())
        extent = self.metres_per_point * paper
        middle = (low + high) / 2
        self.low, self.high = middle - extent / 2, middle + extent / 2
        self.ax.set_xlim(self.low[0], self.high[0])
        self.ax.set_ylim(self.low[1], self.high[1])
        self.ax.set_aspect("equal", adjustable="box")
        self.ax.set_xticks([])
        self.ax.set_yticks([])
        self.ax.set_facecolor(_PAPER)
        for spine in self.ax.spines.values():
            spine.set(color="#C9C4B8", linewidth=0.8)
        with np.errstate(invalid="ignore"):
            self.shown = ((self.places >= self.low) & (self.places <= self.high)).all(axis=1)
        self.large = int(self.shown.sum()) > LARGE
        spots = shapely.points(np.unique(here, axis=0))
        _, away_m = shapely.STRtree(spots).query_nearest(
            spots, exclusive=True, return_distance=True, all_matches=False
        )
        apart = np.median(away_m) / self.metres_per_point if len(away_m) else 10.0
        #: The width of a household's dot, in points: houses stay apart, yet visible.
        self.dot = float(np.clip(0.55 * apart, 0.7, 3.2))

    def draw(self, title: str | None, numbers: bool | None, links: bool | None) -> None:
        if numbers is None:
            numbers = len(np.unique(self.labels[self.shown])) <= _NUMBERED_MOST
        self._ways()
        self._courtyards()
        if links if links is not None else not self.large:
            self._links()
        self._barriers()
        self._households()
        grids = self._grids()
        self._heads()
        if numbers:
            self._numbers()
        self._scale()
        self._north()
        self._legend()
        self._title((self.village or self.text["title"]) if title is None else title)
        fonts.apply(self.ax, self.language)
        names = self._villages()
        if numbers and grids is not None:
            self._grid_numbers(*grids, names)

    def _ways(self) -> None:
        self._lines(way_lines(self.partition), "way", _WAY, 0.9, 2)

    def _courtyards(self) -> None:
        from matplotlib.patches import Patch

        near = colours.neighbours(self.shapes, 2 * self.metres_per_point)
        across = np.unique(np.sort(self.labels[self.partition.link_rows], axis=1), axis=0)
        numbers = colours.assign(len(self.shapes), np.concatenate([near, across]))
        self.hues = [colours.colour(int(number)) for number in numbers]
        broken = (self.partition.courtyards["status"] != "within").to_numpy()
        thin = 0.2 if self.large else 0.6
        self._areas(~broken, thin, 3)
        self._areas(broken, thin + 0.5, 3.1, edge=_BROKEN, hatch="/////")
        hue = colours.PALETTE[0]
        self.legend["courtyard"] = Patch(
            facecolor=colours.lighter(hue, 0.55), edgecolor=colours.darker(hue, 0.2), linewidth=0.8
        )
        if broken.any():
            self.legend["broken"] = Patch(
                facecolor=_PAPER, edgecolor=_BROKEN, hatch="/////", linewidth=1.3
            )

    def _areas(
        self, which: Any, width: float, layer: float, edge: str | None = None, hatch: str = ""
    ) -> None:
        from matplotlib.collections import PathCollection

        rows = np.flatnonzero(
            which & shapely.intersects(self.shapes, shapely.box(*self.low, *self.high))
        )
        if not len(rows):
            return
        self.ax.add_collection(
            PathCollection(
                [path_of(self.shapes[row]) for row in rows],
                facecolors=[colours.lighter(self.hues[row], 0.55) for row in rows],
                edgecolors=edge or [colours.darker(self.hues[row], 0.2) for row in rows],
                linewidths=width,
                hatch=hatch or None,
                zorder=layer,
                alpha=0.85,
                rasterized=self.large,
            ),
            autolim=False,
        )

    def _links(self) -> None:
        ends = self.places[self.partition.link_rows]
        self._lines(ends[np.isfinite(ends).all(axis=(1, 2))], "link", _LINK, 0.25, 4, alpha=0.35)

    def _barriers(self) -> None:
        for name, lines in barrier_lines(self.partition).items():
            layer = 5.1 if name == "passable" else 5.0
            self._lines(lines, name, LINE_COLOURS[name], _BARRIER_WIDTHS[name], layer)

    def _lines(
        self, lines: Any, name: str, colour: str, width: float, layer: float, alpha: float = 1.0
    ) -> None:
        """Lines in one style, with an entry in the legend if any of them is in sight."""
        from matplotlib.collections import LineCollection
        from matplotlib.lines import Line2D

        lines = self._in_sight(lines)
        if not len(lines):
            return
        collection = LineCollection(
            lines,
            colors=colour,
            linewidths=width,
            alpha=alpha,
            zorder=layer,
            capstyle="round",
            joinstyle="round",
            rasterized=self.large,
        )
        self.ax.add_collection(collection, autolim=False)
        self.legend[name] = Line2D([], [], color=colour, linewidth=max(width, 0.8), alpha=alpha)

    def _in_sight(self, lines: Any) -> Any:
        """Those of some lines, (m, 2, 2) or a list, whose boxes meet the map's."""
        if isinstance(lines, np.ndarray):
            low, high = lines.min(axis=1), lines.max(axis=1)
        else:
            low = np.array([line.min(axis=0) for line in lines]).reshape(-1, 2)
            high = np.array([line.max(axis=0) for line in lines]).reshape(-1, 2)
        rows = np.flatnonzero(((high >= self.low) & (low <= self.high)).all(axis=1))
        return lines[rows] if isinstance(lines, np.ndarray) else [lines[row] for row in rows]

    def _households(self) -> None:
        from matplotlib.lines import Line2D

        style: dict[str, Any] = {
            "marker": "o",
            "linestyle": "none",
            "color": _INK,
            "markeredgewidth": 0.0,
        }
        x, y = self.places[self.shown].T
        self.ax.plot(x, y, markersize=self.dot, zorder=6, rasterized=self.large, **style)
        self.legend["household"] = Line2D([], [], markersize=2.6, **style)

    def _heads(self) -> None:
        """A star each, the larger the more room its courtyard takes on the paper."""
        from matplotlib.lines import Line2D

        head = self.head & self.shown
        broken = (self.partition.courtyards["status"] != "within").to_numpy()
        extent = np.sqrt(shapely.area(self.shapes)) / self.metres_per_point
        size = np.clip(0.3 * extent, 2.2, 8.0)[self.labels[head]]
        edge = np.where(broken, _BROKEN, _INK)[self.labels[head]]
        x, y = self.places[head].T
        self.ax.scatter(
            x, y, s=size**2, marker="*", facecolor=_HEAD, edgecolor=edge,
            linewidth=0.3 if self.large else 0.5, zorder=8, rasterized=self.large,
        )  # fmt: skip
        self.legend["head"] = Line2D(
            [], [], marker="*", linestyle="none", color=_HEAD, markeredgecolor=_INK,
            markeredgewidth=0.6, markersize=8,
        )  # fmt: skip

    def _grids(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Grids' outlines; returns their shapes, and the grid of each courtyard."""
        from matplotlib.collections import PathCollection
        from matplotlib.lines import Line2D

        grid = self.partition.courtyards["grid_id"].to_numpy()
        if not self.partition.summary["grids"]:
            return None
        _, of = np.unique(grid.astype(str), return_inverse=True)
        margin = 4 * self.metres_per_point
        shapes = outlines.around(
            self.places,
            of.ravel()[self.labels],
            concavity=0.5,
            margin_min_m=margin + 8,
            margin_max_m=margin + 30,
        )
        width = 0.9 if self.large else 1.3
        self.ax.add_collection(
            PathCollection(
                [path_of(shape) for shape in shapes if not shape.is_empty],
                facecolors="none",
                edgecolors=_GRID,
                linewidths=width,
                zorder=7,
                joinstyle="round",
            ),
            autolim=False,
        )
        self.legend["grid"] = Line2D([], [], color=_GRID, linewidth=1.3)
        return shapes, of.ravel()

    def _grid_numbers(self, shapes: np.ndarray, grid_of: np.ndarray, names: Any) -> None:
        """Each grid's number within its village, off the villages' names: beside its courtyards if
        there is room, or else on them, off their heads."""
        point = self.metres_per_point
        heads = shapely.union_all(shapely.points(self.places[self.head & self.shown]))
        taken = (
            shapely.buffer(shapely.union_all(self.shapes), 1.5 * point),
            shapely.buffer(heads, 4 * point),
        )
        ids, villages = (
            self.partition.courtyards[name].to_numpy() for name in ("grid_id", "village_id")
        )
        shown = np.unique(grid_of[np.unique(self.labels[self.shown])])
        for grid, shape in zip(shown, shapely.difference(shapes[shown], names), strict=True):
            row = int(np.argmax(grid_of == grid))
            if not ids[row]:
                continue
            for ground in shapely.difference(shape, taken):
                if ground.is_empty:
                    continue
                room = shapely.maximum_inscribed_circle(ground, tolerance=0.5 * point)
                if room.length / point < 6:
                    continue
                x, y = room.coords[0]
                label = self.ax.text(
                    x, y, ids[row].removeprefix(f"{villages[row]}-"), color=_GRID, fontsize=8.5,
                    fontweight="bold", ha="center", va="center", zorder=8.5,
                    path_effects=halo(1.6), clip_on=True,
                )  # fmt: skip
                fonts.apply(label, self.language)
                break

    def _numbers(self) -> None:
        """Each courtyard's number within its village, where there is room for it: between the
        houses if it can be, never on the head."""
        point = self.metres_per_point
        rows = np.flatnonzero(np.bincount(self.labels[self.shown], minlength=len(self.shapes)))
        houses = outlines.gathered(self.places, self.labels, len(self.shapes))[rows]
        heads = shapely.union_all(shapely.points(self.places[self.head & self.shown]))
        free = shapely.difference(self.shapes[rows], shapely.buffer(heads, 4 * point))
        between = shapely.difference(free, shapely.buffer(houses, (self.dot / 2 + 0.5) * point))
        names = self.partition.courtyards["courtyard_id"].to_numpy()
        villages = self.partition.courtyards["village_id"].to_numpy()
        for row, *choices in zip(rows, between, free, strict=True):
            for ground in choices:
                if ground.is_empty:
                    continue
                room = shapely.maximum_inscribed_circle(ground, tolerance=0.5 * point)
                radius = room.length / point
                if radius < 3.2:
                    continue
                x, y = room.coords[0]
                self.ax.text(
                    x, y, names[row].removeprefix(f"{villages[row]}-"), color=_INK,
                    fontsize=float(np.clip(1.3 * radius, 5.5, 9.0)), ha="center", va="center",
                    zorder=8.5, path_effects=halo(1.2), clip_on=True,
                )  # fmt: skip
                break

    def _villages(self) -> Any:
        """Villages' names, the largest first, each where it covers the fewest houses nearby; a
        name that finds no room beside the others is left out. Returns the ground they take."""
        villages = self.partition.households["village_id"].to_numpy().astype(str)
        names, of, size = np.unique(villages[self.shown], return_inverse=True, return_counts=True)
        if self.partition.summary["villages"] < 2:
            return shapely.MultiPolygon()
        to_paper = self.ax.transData
        dots = to_paper.transform(self.places[self.shown])
        some = dots[:: len(dots) // LARGE + 1]
        window = self.ax.get_window_extent()
        unit = self.ax.figure.dpi / 72
        fontsize = float(np.clip(13 - len(names) / 12, 7.0, 11.5))
        taken: list[Any] = []
        for row in np.argsort(-size, kind="stable")[:_NAMES_MOST]:
            if names[row] == self.village:
                continue  # the title says it
            middle = np.median(dots[of == row], axis=0)
            label = self.ax.text(
                0, 0, names[row], transform=None, fontsize=fontsize, fontweight="bold", color=_INK,
                ha="center", va="center", zorder=9, path_effects=halo(2.2),
            )  # fmt: skip
            fonts.apply(label, self.language)
            box = label.get_window_extent()
            half = np.array([box.width, box.height]) / 2 + 2 * unit
            best = None
            for step in _AROUND:
                spot = middle + step * (half * [1.0, 1.6] + 6 * unit)
                inside = (spot - half > [window.x0, window.y0]).all() and (
                    spot + half < [window.x1, window.y1]
                ).all()
                if not inside or any(
                    (abs(spot - other) < half + other_half).all() for other, other_half in taken
                ):
                    continue
                covered = (abs(some - spot) < half).all(axis=1).sum()
                cost = covered + 6 * np.hypot(*step)
                if best is None or cost < best[0]:
                    best = (cost, spot)
            if best is None:
                label.remove()
                continue
            taken.append((best[1], half))
            label.set_transform(to_paper)
            label.set_position(tuple(to_paper.inverted().transform(best[1])))
        to_ground = to_paper.inverted().transform
        corners = [(to_ground(spot - half), to_ground(spot + half)) for spot, half in taken]
        return shapely.union_all([shapely.box(*low, *high) for low, high in corners])

    def _scale(self) -> None:
        width = self.high[0] - self.low[0]
        length = _round_length(width / 5)
        name = "kilometres" if length >= 1000 else "metres"
        step = 12 * self.metres_per_point
        x, y = self.low[0] + 1.2 * step, self.low[1] + 1.2 * step
        half = length / 2
        for start, colour in ((x, _INK), (x + half, "white")):
            self.ax.fill_between(
                [start, start + half], y, y + 0.33 * step,
                facecolor=colour, edgecolor=_INK, linewidth=0.6, zorder=10,
            )  # fmt: skip
        said = length / 1000 if name == "kilometres" else length
        for spot, label in ((x, "0"), (x + length, self.text[name].format(said))):
            self.ax.text(
                spot, y + 0.55 * step, label, fontsize=7.5, color=_INK,
                ha="center", va="bottom", zorder=10, path_effects=halo(2.0),
            )  # fmt: skip

    def _north(self) -> None:
        arrow = {"arrowstyle": "-|>,head_width=.28,head_length=.6", "color": _INK, "linewidth": 1.1}
        x = self.high[0] - 16 * self.metres_per_point
        top = self.high[1] - 12 * self.metres_per_point
        self.ax.annotate(
            "", (x, top), (x, top - 26 * self.metres_per_point), arrowprops=arrow, zorder=10
        )
        self.ax.text(
            x, top - 28 * self.metres_per_point, self.text["north"], fontsize=8.5, color=_INK,
            ha="center", va="top", zorder=10, path_effects=halo(2.0),
        )  # fmt: skip

    def _legend(self) -> None:
        names = [name for name in _LEGEND if name in self.legend]
        self.ax.legend(
            [self.legend[name] for name in names],
            [self.text[name] for name in names],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.008),
            ncols=math.ceil(len(names) / 2) if len(names) > 5 else len(names),
            frameon=False,
            fontsize=8,
            labelcolor=_INK,
            handlelength=1.8,
            columnspacing=1.6,
        )

    def _title(self, title: str) -> None:
        if not title:
            return
        self.ax.set_title(title, loc="left", fontsize=15, fontweight="bold", color=_INK, pad=20)
        self.ax.text(
            0, 1.006, headline(self.partition, self.language, self.village),
            transform=self.ax.transAxes, fontsize=9, color=_SOFT, ha="left", va="bottom",
        )  # fmt: skip


def way_lines(partition: Partition) -> Floats:
    """The ways of a partition, (m, 2, 2), in its plane."""
    if partition.roads is None:
        return np.empty((0, 2, 2))
    import pandas as pd

    nodes, ways = partition.roads
    rows = pd.Index(nodes["id"])
    at = nodes[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    ends = np.column_stack([rows.get_indexer(ways["u"]), rows.get_indexer(ways["v"])])
    return np.asarray(at[ends[(ends >= 0).all(axis=1)]])


def barrier_lines(partition: Partition) -> dict[str, list[Floats]]:
    """The barriers of a partition by what they are: `river`, `barrier`, `passable`."""
    barriers = partition.barriers
    if barriers is None or not len(barriers):
        return {}
    water = np.zeros(len(barriers), dtype=bool)
    if "kind" in barriers:
        kinds = barriers["kind"].fillna("").astype(str).str.lower()
        water = kinds.str.contains(_WATER).to_numpy()
    passable = barriers["passable"].to_numpy(dtype=bool)
    shapes = barriers.geometry.to_numpy()
    which_are = {"river": water & ~passable, "barrier": ~water & ~passable, "passable": passable}
    return {
        name: [shapely.get_coordinates(shape) for shape in shapes[which]]
        for name, which in which_are.items()
    }


def lines_of(partition: Partition, ways_most: int) -> dict[str, list[Floats]]:
    """Ways, unless they are more than `ways_most`, and barriers, in the order of drawing."""
    ways = way_lines(partition)
    return {"way": list(ways) if len(ways) <= ways_most else []} | barrier_lines(partition)


def path_of(shape: Any) -> Any:
    """A polygon, or several, as one path with its holes."""
    from matplotlib.path import Path

    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
    parts = [Path(shapely.get_coordinates(ring), closed=True) for ring in rings]
    return Path.make_compound_path(*parts)


def halo(width: float) -> list[Any]:
    """A white rim around letters, so that they stay legible on anything."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground="white", alpha=0.9)]


def _focus(partition: Partition, village: str | None) -> NDArray[np.bool_]:
    """The located households, all or of one village."""
    focus = np.isfinite(partition.x_m) & np.isfinite(partition.y_m)
    if village is not None:
        focus &= (partition.households["village_id"] == village).to_numpy()
    return focus


def _page(partition: Partition, village: str | None) -> tuple[float, float]:
    """A4, upright or not as the town is."""
    focus = _focus(partition, village)
    wide = focus.any() and np.ptp(partition.x_m[focus]) > np.ptp(partition.y_m[focus])
    return _A4_INCH[::-1] if wide else _A4_INCH


def _axes(figure: Figure) -> Axes:
    """The one axes of a page, with room for a title above and a legend below."""
    width, height = figure.get_size_inches()
    side, top, bottom = 0.45 / width, 0.75 / height, 0.75 / height
    return figure.add_axes((side, bottom, 1 - 2 * side, 1 - top - bottom))


def _chart(ax: Axes | None) -> Axes:
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.figure(figsize=(6, 3.2), layout="constrained").add_subplot()
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(_SOFT)
    ax.tick_params(colors=_INK, labelsize=8)
    ax.grid(axis="y", color="#E4E1DA", linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def _whole(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins="auto", integer=True))


def _mark(ax: Axes, value: float, label: str, colour: str, side: str = "center") -> None:
    """An upright line with its words above."""
    ax.axvline(value, color=colour, linewidth=1.0, linestyle=(0, (4, 2)))
    ax.text(
        value, 1.01, label, transform=ax.get_xaxis_transform(), fontsize=7.5, color=colour,
        ha=side, va="bottom",
    )  # fmt: skip


def _aside(ax: Axes, words: str) -> None:
    """What the chart leaves out, in its upper right corner."""
    ax.text(
        0.99, 0.97, words, transform=ax.transAxes, fontsize=7.5, color=_SOFT, ha="right", va="top"
    )


def _round_length(length_m: float) -> float:
    """The longest of 1, 2, 5 × 10ᵏ metres that is no longer."""
    power = 10.0 ** math.floor(math.log10(length_m))
    return next(digit * power for digit in (5, 2, 1) if digit * power <= length_m)


def _plain(number: float) -> str:
    return f"{number:,.10g}"
