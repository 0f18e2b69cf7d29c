"""Households into courtyards."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core, certificates, inputs, notebook
from gridgov.errors import Findings, Language
from gridgov.options import (
    Effort,
    Metric,
    Unlocated,
    grid_rules,
    longest_link_m,
    partition_options,
    plain,
    threads_used,
)
from gridgov.planes import Floats, Plane

if TYPE_CHECKING:
    import geopandas
    from matplotlib.axes import Axes

Progress = Callable[[float], object]

_NO_HOUSEHOLD = 2**32 - 1


def partition(
    households: Any,
    *,
    ids: Any = None,
    weights: Any = None,
    villages: Any = None,
    heads: Any = None,
    pins: Any = None,
    groups: Any = None,
    previous: Any = None,
    links: Any = None,
    roads: Any = None,
    barriers: Any = None,
    max_link_m: float | None = None,
    metric: Metric = "straight",
    min: float = 10,
    max: float = 30,
    target: float = 20,
    courtyards: int | None = None,
    grids: int | None = None,
    grid_courtyards: Sequence[int] | None = None,
    group_weight: float = 100.0,
    unlocated: Unlocated = "refuse",
    effort: Effort = "standard",
    seed: int = 0,
    threads: int = 0,
    bound: bool = False,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
    progress: Progress | None = None,
) -> Partition:
    """Partitions households into connected courtyards of neighbours, each with a head.

    In this order: least weight in courtyards that break a rule; the number of courtyards that the
    target size gives; least total distance to the heads. The result is the same on any machine, for
    any number of threads; it depends on the seed, never on the order of calls.

    Every column is either values, one for each household, or the name of a column of the frame.
    Missing values: NaN, None, NA and the empty text.

    Args:
        households: An (n, 2) array of metres (of lon, lat where `crs` is geographic); a DataFrame
            with `x_m`, `y_m`, or else `lon`, `lat`; or a GeoDataFrame of points. Degrees and Web
            Mercator are brought into a local transverse Mercator plane; projected metres are used
            as they are.
        ids: Unique ids, kept as text. Default: column `id` or `household_id`, else row numbers.
        weights: What a household counts towards the size of its courtyard, above 0. Default: 1.
        villages: A courtyard never crosses a village. Default: column `village`, else one village.
        heads: Who may be head: true, non-zero, or any text but those that mean no. Default: all.
        pins: Households with the same value share a courtyard.
        groups: Natural villages or 组: kept together where that costs less than `group_weight`.
        previous: The courtyard of each household before.
        links: The neighbour graph, given: a frame `u, v, length_m`, a sparse matrix of lengths,
            libpysal weights or a networkx graph.
        roads: Ways to walk on: a pair of frames, nodes (`id, x_m, y_m` or `id, lon, lat`) and ways
            (`u, v, length_m`). Neighbours and walks follow them.
        barriers: Lines that cut links: a GeoDataFrame, where true `bridge` or `tunnel` lets
            through, or a list of (k, 2) arrays given as the households are.
        max_link_m: No link longer than this.
        metric: How far the head is: `straight`, or `walk` along the links or ways.
        min: The least weight of a courtyard.
        max: The greatest weight of a courtyard.
        target: The weight that sets the number of courtyards.
        courtyards: That number itself, instead.
        grids: Courtyards are grouped into this many grids;
        grid_courtyards: or into grids of (least, most) courtyards.
        group_weight: Metres that a household split off its group costs.
        unlocated: Households without coordinates: `refuse`, or place them with their `group`.
        effort: `draft`, `standard` or `best`.
        seed: Of the search.
        threads: 0 for all; the result does not depend on it.
        bound: Also find a lower bound on the total distance, and so how much shorter it could be
            at most (`summary["gap"]`), with what proves it (`certificate`).
        crs: What the households' coordinates mean, for instance `EPSG:4326` (the default for
            lon, lat) or `gcj02`. With a frame of both x_m, y_m and lon, lat it tells of lon, lat.
        roads_crs: The same of `roads`.
        barriers_crs: The same of `barriers`.
        progress: Called with the share done, 0 to 1, about 20 times a second. What it raises stops
            the work, as Ctrl-C does.

    Returns:
        The courtyards, in frames and arrays.

    Raises:
        UsageError: Options that contradict each other, missing columns.
        DataError: Data that cannot be used, with every fault.

    Examples:
        Sixty households along a road, ten metres apart:

        >>> import numpy as np
        >>> import gridgov
        >>> p = gridgov.partition(np.column_stack([np.arange(60) * 10.0, np.zeros(60)]))
        >>> p.summary["courtyards"], p.summary["mean_distance_m"]
        (3, 50.0)
        >>> p.courtyards["status"].tolist()
        ['within', 'within', 'within']

        A frame with villages; columns by name:

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"id": [f"h{i}" for i in range(40)], "x_m": range(40), "y_m": 0,
        ...                       "village": ["东村"] * 20 + ["西村"] * 20})
        >>> gridgov.partition(frame).courtyards["village_id"].tolist()
        ['东村', '西村']
    """
    clock = Clock()
    options = partition_options(
        min=min,
        max=max,
        target=target,
        courtyards=courtyards,
        metric=metric,
        effort=effort,
        group_weight=group_weight,
        seed=seed,
        threads=threads,
    )
    rules = grid_rules(grids, grid_courtyards)
    link_m_max = longest_link_m(max_link_m)
    read = inputs.read(
        households,
        ids=ids,
        weights=weights,
        villages=villages,
        heads=heads,
        pins=pins,
        groups=groups,
        previous=previous,
        links=links,
        roads=roads,
        barriers=barriers,
        unlocated=unlocated,
        crs=crs,
        roads_crs=roads_crs,
        barriers_crs=barriers_crs,
    )
    clock.stage("input")
    graph = _core.neighbours(read.town, link_m_max=link_m_max, threads=threads_used(threads))
    clock.stage("neighbours")
    last = 0.9 if rules.wanted else 1.0  # grids are little beside courtyards
    solved = _core.solve(
        read.town, graph, options, _share(progress, 0, 0.2 * last if bound else last)
    )
    clock.stage("partition")
    bounded = None
    if bound:
        bounded = _core.lower_bound(
            read.town, graph, solved, options, _share(progress, 0.2 * last, last)
        )
        clock.stage("bound")
    grouped = None
    if rules.wanted:
        grouped = _core.group_into_grids(
            read.town, graph, solved, rules, options, _share(progress, last, 1)
        )
        clock.stage("grids")
    summary = summary_of(
        read,
        graph,
        solved,
        grouped,
        bounded,
        min=min,
        max=max,
        target=target,
        metric=metric,
        seed=seed,
        effort=effort,
        threads=threads,
        seconds=clock.seconds,
    )
    result = Partition(read, graph, solved, grouped, summary)
    result.rules = rules_of(summary, group_weight, max_link_m)
    if bounded is not None:
        rules_of_bound = {name: summary[name] for name in ("min", "max", "target", "metric")}
        result.certificate = certificates.certificate(
            bounded, read.household_ids(), rules_of_bound | {"courtyards": courtyards}
        )
    return result


def summary_of(
    read: inputs.Inputs,
    graph: _core.Neighbours,
    solved: _core.Partition,
    grouped: _core.Grids | None,
    bounded: _core.Bound | None,
    *,
    min: float,
    max: float,
    target: float,
    metric: str,
    seed: int,
    effort: str,
    threads: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """Counts, measures and options by name, as summary.json has them."""
    return {
        "households": read.town.households,
        "villages": len(read.town.villages),
        "components": graph.components,
        "courtyards": len(solved.ids),
        "grids": 0 if grouped is None else len(grouped.ids),
        "min": plain(min),
        "max": plain(max),
        "target": plain(target),
        "broken_courtyards": solved.broken_courtyards,
        "broken_households": solved.broken_households,
        "broken_proved_unavoidable": solved.broken_proved_unavoidable,
        "components_proved_optimal": solved.components_proved_optimal,
        "total_distance_m": solved.total_distance_m,
        "mean_distance_m": solved.mean_distance_m,
        "max_distance_m": solved.max_distance_m,
        **_grid_measures(grouped),
        "lower_bound_total_distance_m": None if bounded is None else bounded.total_distance_m,
        "gap": None
        if bounded is None
        else certificates.gap(solved.total_distance_m, bounded.total_distance_m),
        "metric": metric,
        "neighbours": graph.source,
        "crs": read.plane.name,
        "seed": int(seed),
        "effort": effort,
        "threads": threads_used(threads),
        "seconds": seconds,
        "version": _core.version(),
    }


def rules_of(
    summary: dict[str, Any], group_weight: float, max_link_m: float | None
) -> dict[str, Any]:
    """What `gridgov.explain` has to know of a result, beside its tables."""
    rules = {name: summary[name] for name in ("min", "max", "target", "metric", "neighbours")}
    return rules | {"group_weight": plain(group_weight), "max_link_m": max_link_m}


def _share(progress: Progress | None, first: float, last: float) -> Progress | None:
    """Progress of one of several stages."""
    if progress is None:
        return None
    return lambda done: progress(first + (last - first) * done)


class Partition:
    """Courtyards of a town, as `gridgov.partition` returns them.

    Attributes:
        labels_: A courtyard per household, int32 (n,), 0 to courtyards − 1; read-only.
        x_m, y_m: Where the households are, in the plane; NaN where that is not known. Read-only.
        plane: The plane: its `name`, its `crs`, and `to_lonlat` if it is `on_earth`.
        summary: Counts, measures and options by name, as summary.json has them.
        findings: What is wrong with the result (severity `error`), or worth knowing.
        certificate: What proves the lower bound, as certificate.json has it; None without `bound`.
        rules: The rules that it was made under, as `gridgov.explain` needs them.

    Results are pickled with all of their columns.

    Examples:
        >>> import gridgov
        >>> p = gridgov.partition([(10.0 * i, 0.0) for i in range(40)], ids=range(100, 140))
        >>> p
        <gridgov.Partition: 40 households, 2 courtyards, mean 50.0 m to the head>
        >>> p.holds, p.labels_[:3].tolist(), p.labels_.flags.writeable
        (True, [0, 0, 0], False)
        >>> p.households[["household_id", "courtyard_id", "distance_to_head_m"]].head(2)
          household_id courtyard_id  distance_to_head_m
        0          100        all-1                90.0
        1          101        all-1                80.0
    """

    labels_: NDArray[np.int32]
    x_m: Floats
    y_m: Floats
    plane: Plane
    summary: dict[str, Any]
    findings: Findings
    certificate: dict[str, Any] | None
    rules: dict[str, Any]

    def __init__(
        self,
        read: inputs.Inputs,
        graph: _core.Neighbours,
        solved: _core.Partition,
        grouped: _core.Grids | None,
        summary: dict[str, Any],
    ) -> None:
        self.labels_ = solved.labels
        self.x_m, self.y_m = _kept(read.x_m), _kept(read.y_m)
        self.plane = read.plane
        self._reference, self._index = read.reference, read.index
        self.summary = summary
        self.certificate = None
        self.rules = {}
        #: weights, may be head, pins, groups: what no table of the result holds
        self._town_columns = _core.town_columns(read.town)
        self.findings = Findings([*read.findings, *graph.findings, *solved.findings])
        if grouped is not None:
            self.findings += grouped.findings
        self._ids = read.household_ids()
        self._village_names = read.town.villages
        self._village_of = read.town.village_of
        self._distance_m = solved.distance_to_head_m
        self._links = graph.links()
        self._barriers = read.barriers
        self._roads = read.roads
        self._reasons = {
            "en": _core.reasons(solved, chinese=False),
            "zh": _core.reasons(solved, chinese=True),
        }
        self._grids = None if grouped is None else _grid_columns(grouped, solved, read.town)
        grid_ids = np.array(["", *(grouped.ids if grouped is not None else [])], dtype=object)
        self._grid_of = (
            np.zeros(len(solved.ids), dtype=np.int32)
            if grouped is None
            else grouped.grid_of_courtyard + 1
        )
        heads = np.array([*self._ids, ""], dtype=object)
        head = np.where(solved.head == _NO_HOUSEHOLD, len(self._ids), solved.head)
        self._courtyards = {
            "courtyard_id": solved.ids,
            "grid_id": grid_ids[self._grid_of],
            "village_id": np.array(self._village_names, dtype=object)[solved.village],
            "households": solved.households.astype(np.int64),
            "weight": solved.weight,
            "head_household_id": heads[head],
            "mean_distance_m": solved.mean_distances_m,
            "max_distance_m": solved.max_distances_m,
            "status": solved.status,
            "unavoidable": solved.unavoidable,
            "reason": self._reasons["en"],
        }

    @property
    def crs(self) -> str | None:
        """The plane's reference for geopandas and pyproj; None where the plane has no name."""
        return self.plane.crs

    @cached_property
    def courtyards(self) -> pd.DataFrame:
        """A row per courtyard, in the order of the labels: `courtyard_id, grid_id, village_id,
        households, weight, head_household_id, mean_distance_m, max_distance_m, status, unavoidable,
        reason`. Status is `within`, `undersize`, `oversize` or `disconnected`.
        """
        return frame_of(self._courtyards)

    @cached_property
    def grids(self) -> pd.DataFrame | None:
        """A row per grid, in the order of their smallest courtyards: `grid_id, village_id,
        courtyards, households, centre_courtyard_id, mean_distance_m, max_distance_m` (households'
        distances, from the head of their courtyard to the head of the centre); None where no grids
        were asked for.
        """
        return None if self._grids is None else frame_of(self._grids)

    @cached_property
    def households(self) -> pd.DataFrame:
        """A row per household, as given: `household_id, courtyard_id, grid_id, village_id,
        head_household_id, distance_to_head_m, located`.
        """
        columns = {
            name: np.asarray(self._courtyards[name], dtype=object)[self.labels_]
            for name in ("courtyard_id", "grid_id", "head_household_id")
        }
        return frame_of(
            {
                "household_id": self._ids,
                "courtyard_id": columns["courtyard_id"],
                "grid_id": columns["grid_id"],
                "village_id": np.array(self._village_names, dtype=object)[self._village_of],
                "head_household_id": columns["head_household_id"],
                "distance_to_head_m": self._distance_m,
                "located": np.isfinite(self.x_m) & np.isfinite(self.y_m),
            }
        )

    @cached_property
    def links(self) -> pd.DataFrame:
        """The neighbour graph that connectedness was held to: `u, v, length_m` by household id."""
        u, v, length_m = self._links
        ids = np.array(self._ids, dtype=object)
        return frame_of({"u": ids[u], "v": ids[v], "length_m": length_m})

    @property
    def link_rows(self) -> NDArray[np.int64]:
        """The neighbour graph as an (m, 2) array of household rows."""
        u, v, _ = self._links
        return np.column_stack([u, v]).astype(np.int64)

    @cached_property
    def barriers(self) -> geopandas.GeoDataFrame | None:
        """Barriers in the plane, a row per line: `passable, kind, geometry`; None without any."""
        lines = self._barriers
        if lines is None:
            return None
        import geopandas
        import shapely

        sizes = np.diff(lines.offsets)
        drawable = np.flatnonzero(sizes >= 2)
        of = np.repeat(np.arange(len(sizes)), sizes)
        places = np.column_stack([lines.x_m, lines.y_m])
        kept = sizes[of] >= 2
        of = np.repeat(np.arange(len(drawable)), sizes[drawable])
        geometry: Any = shapely.linestrings(places[kept], indices=of) if len(of) else []
        passable = lines.passable[drawable].astype(bool)
        columns = {"passable": passable, "kind": [lines.kind[row] for row in drawable]}
        return geopandas.GeoDataFrame(columns, geometry=geometry, crs=self.crs)

    @cached_property
    def roads(self) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """Ways in the plane: nodes `id, x_m, y_m` and ways `u, v, length_m`; or None."""
        ways = self._roads
        if ways is None:
            return None
        nodes = {"id": ways.node_ids, "x_m": ways.node_x_m, "y_m": ways.node_y_m}
        return frame_of(nodes), frame_of({"u": ways.u, "v": ways.v, "length_m": ways.length_m})

    @property
    def holds(self) -> bool:
        """Whether every courtyard is within the rules and no finding is an error."""
        errors = any(finding.severity == "error" for finding in self.findings)
        return self.summary["broken_courtyards"] == 0 and not errors

    def reasons(self, lang: Language = "en") -> list[str]:
        """Why each courtyard is not within the rules, in a language; empty for those that are."""
        return list(self._reasons[lang])

    def to_lonlat(self, x_m: Any, y_m: Any) -> tuple[Floats, Floats]:
        """WGS 84 longitude and latitude of places in the plane; UsageError where not `on_earth`."""
        first = np.ascontiguousarray(x_m, dtype=np.float64)
        return self.plane.to_lonlat(first, np.ascontiguousarray(y_m, dtype=np.float64))

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """`households` with a point each, in the reference and with the index that they were given
        in: what was lon, lat is lon, lat again (of GCJ-02 as WGS 84). Without a reference where
        metres were given without one.

        Examples:
            >>> import geopandas, gridgov
            >>> town = geopandas.GeoDataFrame(
            ...     {"id": [f"h{i}" for i in range(40)]}, index=range(7, 47),
            ...     geometry=geopandas.points_from_xy(
            ...         [107.4 + i / 9000 for i in range(40)], [30.3] * 40, crs="EPSG:4490"))
            >>> found = gridgov.partition(town).to_geodataframe()
            >>> found.crs == town.crs, bool((found.index == town.index).all())
            (True, True)
        """
        import geopandas

        points = geopandas.GeoSeries.from_xy(self.x_m, self.y_m, crs=self.crs)
        if self._reference is not None and self.crs is not None:
            points = points.to_crs(self._reference)
        points[~self.households["located"].to_numpy()] = None
        frame = geopandas.GeoDataFrame(self.households.copy(), geometry=points)
        return frame if self._index is None else frame.set_axis(self._index, axis=0)

    def outlines(self) -> geopandas.GeoDataFrame:
        """A polygon per courtyard around its households."""
        from gridgov.outlines import outlines

        return outlines(self)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """The map: courtyards, heads, links and barriers; on `ax`, or on a figure of its own."""
        from gridgov import plot

        drawn: Axes = plot.map(self, ax=ax, **options)
        return drawn

    def to_html_map(
        self, path: str | Path, *, lang: Language = "en", title: str | None = None
    ) -> None:
        """Writes the map as one HTML file to look into: moves, zooms, finds ids; no network."""
        from gridgov import map_page

        map_page.write(self, path, language=lang, title=title)

    def save(self, directory: str | Path, **options: Any) -> Path:
        """Writes everything that `gridgov partition` writes into a directory."""
        from gridgov import output

        return Path(output.write(self, directory, **options) or directory)

    def __repr__(self) -> str:
        s = self.summary
        broken = f", {s['broken_courtyards']} not within" if s["broken_courtyards"] else ""
        grids = f" in {s['grids']} grids" if s["grids"] else ""
        return (
            f"<gridgov.Partition: {s['households']} households, {s['courtyards']} courtyards{grids}"
            f"{broken}, mean {s['mean_distance_m']:.1f} m to the head>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.courtyards, "courtyards")

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for array in (self.labels_, self.x_m, self.y_m, self._distance_m, *self._links):
            array.flags.writeable = False


class Clock:
    """Seconds by stage, whole milliseconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = round(now - self._last, 3)
        self._last = now


def _grid_columns(
    grouped: _core.Grids, solved: _core.Partition, town: _core.Town
) -> dict[str, Any]:
    """What `Partition.grids` shows."""
    return {
        "grid_id": grouped.ids,
        "village_id": np.array(town.villages, dtype=object)[grouped.village],
        "courtyards": grouped.courtyards.astype(np.int64),
        "households": grouped.households.astype(np.int64),
        "centre_courtyard_id": np.array(solved.ids, dtype=object)[grouped.centre],
        "mean_distance_m": grouped.mean_distances_m,
        "max_distance_m": grouped.max_distances_m,
    }


def _grid_measures(grouped: _core.Grids | None) -> dict[str, float | None]:
    """The summary's measures of grids; None without any."""
    return {
        "grid_total_distance_m": None if grouped is None else grouped.total_distance_m,
        "grid_mean_distance_m": None if grouped is None else grouped.mean_distance_m,
        "grid_max_distance_m": None if grouped is None else grouped.max_distance_m,
        "grid_imbalance": None if grouped is None else grouped.imbalance,
    }


def frame_of(columns: dict[str, Any]) -> pd.DataFrame:
    """A frame; texts as pandas' string type whatever they hold."""
    frame = pd.DataFrame(columns)
    for name, values in columns.items():
        if not isinstance(values, np.ndarray) or values.dtype == object:
            frame[name] = pd.array(np.asarray(values, dtype=object), dtype="str")
    return frame


def _kept(given: Floats) -> Floats:
    """A read-only copy, which the caller's own array cannot change."""
    copy = given.copy()
    copy.flags.writeable = False
    return copy
