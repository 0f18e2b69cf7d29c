"""Inputs as analysts have them, turned into the columns that the core takes.

Arrays, frames, GeoDataFrames; lists, sparse matrices, weights and graphs; layers of lines. Every
layer is brought into one plane. Faults of all of them are collected, those of the core included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core
from gridgov.errors import DataError, Finding, finding, usage_error
from gridgov.planes import WGS84, Floats, Plane, Reference, plane_of, reference, tied

#: Texts that mean no, beside the empty one; everything else means yes.
NO = frozenset(
    {"", "0", "0.0", "-", "f", "false", "n", "no", "none", "null", "nan", "off"}
    | {"否", "无", "不", "不能", "不可", "×", "✗"}
)
_EXACT_INTEGER_MAX = 2.0**53


@dataclass
class Lines:
    """Polylines in the plane: line i has the vertices offsets[i] to offsets[i + 1]."""

    offsets: NDArray[np.int64]
    x_m: Floats
    y_m: Floats
    passable: NDArray[np.uint8]
    kind: list[str]  #: what it is ("river"), for maps; empty where nobody says


@dataclass
class Network:
    """Ways in the plane."""

    node_ids: list[str]
    node_x_m: Floats
    node_y_m: Floats
    u: list[str]
    v: list[str]
    length_m: Floats


@dataclass
class Inputs:
    """A town's columns in one plane, and the town made of them."""

    x_m: Floats
    y_m: Floats
    plane: Plane
    ids: list[str] | None
    barriers: Lines | None
    roads: Network | None
    town: _core.Town
    findings: list[Finding] = field(default_factory=list)
    #: What the households' coordinates were given in, as geopandas takes it; None: in the plane.
    reference: Any = None
    index: pd.Index | None = None  #: of the households' frame

    def household_ids(self) -> list[str]:
        """Ids as given, or the row numbers."""
        return [str(row) for row in range(len(self.x_m))] if self.ids is None else self.ids


def read(
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
    unlocated: str = "refuse",
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
) -> Inputs:
    """Everything that a town is made from, as ``gridgov.partition`` takes it."""
    reader = _Reader(households)
    id_texts = reader.column(ids, "ids", ("id", "household_id"))
    id_list = None if id_texts is None else reader.ids(id_texts, "households")
    x_m, y_m, plane = reader.places(crs, id_list)
    columns: dict[str, Any] = {"ids": id_list}
    for name, given, defaults in (
        ("villages", villages, ("village",)),
        ("pins", pins, ()),
        ("groups", groups, ()),
        ("previous", previous, ()),
    ):
        values = reader.column(given, name, defaults)
        columns[name] = None if values is None else texts(values)
    weight_values = reader.column(weights, "weights")
    if weight_values is not None:
        columns["weights"] = reader.numbers(weight_values, "weights", "households", id_list)
    head_values = reader.column(heads, "heads")
    if head_values is not None:
        columns["may_be_head"] = truths(head_values).astype(np.uint8)

    network = None if roads is None else reader.roads(roads, plane, roads_crs)
    lines = None if barriers is None else reader.barriers(barriers, plane, barriers_crs)
    if links is not None:
        columns["links"] = reader.links(links, id_list, x_m, y_m)
    if network is not None:
        columns["ways"] = tuple(vars(network).values())
    if lines is not None:
        columns["barriers"] = (lines.offsets, lines.x_m, lines.y_m, lines.passable)
    place = choice(unlocated, "unlocated", ("refuse", "group")) == "group"
    try:
        town, notes = _core.make_town(x_m, y_m, **columns, place_unlocated=place)
    except DataError as error:
        raise DataError([*reader.faults, *error.findings]) from None
    if reader.faults:
        raise DataError(reader.faults)
    index = None if reader.frame is None else reader.frame.index
    return Inputs(
        x_m, y_m, plane, id_list, lines, network, town, notes, _given_in(reader.own), index
    )


def _given_in(own: Reference | None) -> Any:
    if own is None:
        return None
    return "EPSG:4326" if own.crs is None else own.crs  # of GCJ-02 what it stands for


class _Reader:
    """Reads columns off one set of households and collects the faults of all layers."""

    def __init__(self, households: Any) -> None:
        self.faults: list[Finding] = []
        #: What the households' coordinates were given in; None: metres in a plane without a name.
        self.own: Reference | None = None
        if _is_geoseries(households):
            households = households.to_frame("geometry")
        self.frame = households if isinstance(households, pd.DataFrame) else None
        if self.frame is None:
            try:
                if isinstance(households, np.ma.MaskedArray):
                    households = np.ma.filled(households.astype(np.float64), np.nan)
                if np.iscomplexobj(households):
                    raise TypeError
                places = np.asarray(households, dtype=np.float64)
            except (TypeError, ValueError):
                kind = type(households).__name__
                wanted = "an (n, 2) array of numbers, a DataFrame or a GeoDataFrame"
                raise usage_error(
                    "type_wrong", option="households", given=kind, wanted=wanted
                ) from None
            if places.size == 0:
                places = places.reshape(0, 2)
            if places.ndim != 2 or places.shape[1] != 2:
                raise usage_error(
                    "shape_wrong", option="households", given=places.shape, wanted="(n, 2)"
                )
            self.array = places

    def column(self, given: Any, option: str, defaults: Sequence[str] = ()) -> Any:
        """A column as values: given as such, by name, or by a default name; else None."""
        if given is None:
            for name in defaults:
                if self.frame is not None and name in self.frame.columns:
                    return column_of(self.frame, name, "households")
            return None
        if isinstance(given, str):
            if self.frame is None:
                raise usage_error("column_without_frame", option=option, column=given)
            return column_of(self.frame, given, "households")
        if not isinstance(given, Iterable) and not hasattr(given, "__array__"):
            kind = type(given).__name__
            wanted = "values, one for each household, or the name of a column"
            raise usage_error("type_wrong", option=option, given=kind, wanted=wanted)
        return given

    def ids(self, values: Any, table: str) -> list[str]:
        """Ids as texts; a number that was rounded is none."""
        series = _series(values)
        if series.dtype.kind == "f" or series.dtype == object:
            for row, value in enumerate(series.tolist()):
                if isinstance(value, float) and abs(value) >= _EXACT_INTEGER_MAX:
                    self.faults.append(finding("id_inexact", table=table, row=row, value=value))
        return texts(series)

    def numbers(self, values: Any, column: str, table: str, ids: list[str] | None) -> Floats:
        """Numbers; a missing one is NaN, and a text that is none is a fault."""
        series = _series(values)
        if series.dtype.kind in "fiub":
            if isinstance(series.dtype, np.dtype):
                return _contiguous(series.to_numpy())
            return _contiguous(series.to_numpy(dtype=np.float64, na_value=np.nan))
        if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype.kind in "mMc":
            series = pd.Series(texts(series), dtype=object)
        converted = pd.to_numeric(series, errors="coerce")
        if converted.dtype.kind == "c":
            converted = pd.Series(np.full(len(series), np.nan))
        numbers = converted.to_numpy(dtype=np.float64, na_value=np.nan)
        blank = np.fromiter(
            (text.strip().lower() in {"", "nan"} for text in texts(series)), bool, len(series)
        )
        for row in np.flatnonzero(np.isnan(numbers) & ~blank).tolist():
            name = _record(row, table, ids)
            self.faults.append(
                finding(
                    "not_a_number",
                    records=name,
                    table=table,
                    row=row,
                    column=column,
                    value=repr(str(series.iloc[row]))[:60],
                )
            )
        numbers = np.array(numbers)
        numbers[np.isnan(numbers) & ~blank] = 1.0  # told; and not told again by the core
        return _contiguous(numbers)

    # Households

    def places(self, crs: Any, ids: list[str] | None) -> tuple[Floats, Floats, Plane]:
        """x_m, y_m and their plane."""
        known = None if crs is None else reference(crs, "crs")
        if self.frame is None:
            first = np.ascontiguousarray(self.array[:, 0])
            second = np.ascontiguousarray(self.array[:, 1])
            return (
                (first, second, Plane()) if known is None else self._in(known, first, second, ids)
            )
        if _is_geoframe(self.frame):
            if known is None:
                known = _reference_of(self.frame, "households", "crs")
            return self._in(known, *self._points(self.frame), ids)
        names = set(self.frame.columns)
        degrees = {"lon", "lat"} <= names
        if {"x_m", "y_m"} <= names:
            x_m = self._frame_numbers(self.frame, "x_m", "households", ids)
            y_m = self._frame_numbers(self.frame, "y_m", "households", ids)
            if known is not None and known.projected:
                return self._in(known, x_m, y_m, ids)
            if not degrees:
                return x_m, y_m, Plane()
            lonlat = self._lonlat(self.frame, known or WGS84, "households", ids)
            return x_m, y_m, tied(x_m, y_m, *lonlat, ids)
        if degrees:
            if known is not None and known.projected:
                raise usage_error("reference_invalid", option="crs", value=known.name)
            lon = self._frame_numbers(self.frame, "lon", "households", ids)
            lat = self._frame_numbers(self.frame, "lat", "households", ids)
            return self._in(known or WGS84, lon, lat, ids)
        wanted = "x_m" if "y_m" in names else "y_m" if "x_m" in names else "x_m, y_m (or lon, lat)"
        raise usage_error(
            "column_missing", table="households", column=wanted, there=_names(self.frame)
        )

    def _in(
        self, given: Reference, first: Floats, second: Floats, ids: list[str] | None
    ) -> tuple[Floats, Floats, Plane]:
        """Households given in a reference."""
        self.own = given
        if not given.projected:
            first, second = self._checked_lonlat(first, second, "households", ids)
        plane, x_m, y_m = plane_of(given, first, second)
        return x_m, y_m, plane

    def _points(self, frame: Any) -> tuple[Floats, Floats]:
        import shapely

        geometries = np.asarray(frame.geometry.array, dtype=object)
        kinds = shapely.get_type_id(geometries)  # −1: missing
        for row in np.flatnonzero((kinds != 0) & (kinds != -1)).tolist():
            self.faults.append(
                finding(
                    "geometry_wrong",
                    table="households",
                    row=row,
                    layer="households",
                    given=geometries[row].geom_type,
                    wanted="a point (for buildings: frame.representative_point())",
                )
            )
        points = geometries.copy()
        points[shapely.is_empty(points)] = None
        x, y = shapely.get_x(points), shapely.get_y(points)  # NaN where there is no point
        wrong = kinds > 0
        if wrong.any():
            x[wrong], y[wrong] = _somewhere(x), _somewhere(y)
        return _contiguous(x), _contiguous(y)

    def _frame_numbers(
        self, frame: pd.DataFrame, column: str, table: str, ids: list[str] | None = None
    ) -> Floats:
        return self.numbers(column_of(frame, column, table), column, table, ids)

    def _lonlat(
        self, frame: pd.DataFrame, given: Reference, table: str, ids: list[str] | None
    ) -> tuple[Floats, Floats]:
        """WGS 84 longitude and latitude of a frame."""
        lon = self._frame_numbers(frame, "lon", table, ids)
        lat = self._frame_numbers(frame, "lat", table, ids)
        lon, lat = self._checked_lonlat(lon, lat, table, ids)
        return given.to_lonlat(lon, lat)

    def _checked_lonlat(
        self, lon: Floats, lat: Floats, table: str, ids: list[str] | None
    ) -> tuple[Floats, Floats]:
        wrong = (np.abs(lon) > 180) | (np.abs(lat) > 90)
        if not wrong.any():
            return lon, lat
        for row in np.flatnonzero(wrong).tolist():
            swapped = abs(lon[row]) <= 90 and abs(lat[row]) <= 180
            self.faults.append(
                finding(
                    "lonlat_perhaps_swapped" if swapped else "lonlat_out_of_range",
                    records=_record(row, table, ids),
                    table=table,
                    row=row,
                    lon=f"{lon[row]:.12g}",
                    lat=f"{lat[row]:.12g}",
                )
            )
        lon, lat = lon.copy(), lat.copy()
        lon[wrong], lat[wrong] = _somewhere(lon[~wrong]), _somewhere(lat[~wrong])
        return lon, lat

    # Layers

    def _places_of_layer(
        self, frame: pd.DataFrame, plane: Plane, crs: Any, option: str, ids: list[str], table: str
    ) -> tuple[Floats, Floats]:
        """A frame's x_m, y_m or lon, lat in the plane; meant as those of the households are."""
        names = set(frame.columns)
        metres, degrees = {"x_m", "y_m"} <= names, {"lon", "lat"} <= names
        meant = self.own if crs is None else reference(crs, option)
        if metres and (meant is None or meant.projected):
            x_m = self._frame_numbers(frame, "x_m", table, ids)
            y_m = self._frame_numbers(frame, "y_m", table, ids)
            return (x_m, y_m) if meant is None else plane.from_reference(meant, x_m, y_m, table)
        if degrees and (crs is None or (meant is not None and not meant.projected)):
            geographic = WGS84 if meant is None or meant.projected else meant
            lonlat = self._lonlat(frame, geographic, table, ids)
            return plane.from_reference(WGS84, *lonlat, table)
        if metres:
            raise usage_error("reference_missing", layer=table, option=option)
        wanted = "x_m, y_m (or lon, lat)"
        raise usage_error("column_missing", table=table, column=wanted, there=_names(frame))

    def roads(self, roads: Any, plane: Plane, crs: Any) -> Network:
        """A pair of frames: nodes (id, x_m, y_m or lon, lat) and ways (u, v, length_m)."""
        if not (
            isinstance(roads, tuple | list)
            and len(roads) == 2
            and all(isinstance(part, pd.DataFrame) for part in roads)
        ):
            wanted = "a pair of frames: nodes (id, x_m, y_m) and ways (u, v, length_m)"
            kind = type(roads).__name__
            raise usage_error("type_wrong", option="roads", given=kind, wanted=wanted)
        nodes, ways = roads
        node_ids = self.ids(column_of(nodes, "id", "way_nodes"), "way_nodes")
        x_m, y_m = self._places_of_layer(nodes, plane, crs, "roads_crs", node_ids, "way_nodes")
        return Network(node_ids, x_m, y_m, *self._edges(ways, "ways"))

    def _edges(self, frame: pd.DataFrame, table: str) -> tuple[list[str], list[str], Floats]:
        u = self.ids(column_of(frame, "u", table), table)
        v = self.ids(column_of(frame, "v", table), table)
        return u, v, self._frame_numbers(frame, "length_m", table, u)

    def barriers(self, barriers: Any, plane: Plane, crs: Any) -> Lines:
        """Lines from a GeoDataFrame, a GeoSeries, or a list of (k, 2) arrays given as the
        households are.
        """
        if _is_geoseries(barriers):
            barriers = barriers.to_frame("geometry")
        meant = self.own if crs is None else reference(crs, "barriers_crs")
        if _is_geoframe(barriers):
            if crs is None and (barriers.crs is not None or self.own is not None):
                meant = _reference_of(barriers, "barriers", "barriers_crs")
            places, offsets, rows = self._lines_of_layer(barriers)
            passable = np.zeros(len(barriers), dtype=bool)
            for name in barriers.columns:
                if str(name).lower() in {"bridge", "tunnel"}:
                    passable |= truths(column_of(barriers, name, "barriers"))
            passable = passable[rows]
            kinds = texts(barriers["kind"]) if "kind" in barriers else [""] * len(barriers)
            kind = [kinds[row] for row in rows]
        else:
            places, offsets = _lines_of_arrays(barriers)
            passable = np.zeros(len(offsets) - 1, dtype=bool)
            kind = [""] * len(passable)
        x, y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        if meant is not None:
            if not meant.projected:
                x, y = self._checked_lonlat(x, y, "barriers", None)
            x, y = plane.from_reference(meant, x, y, "barriers")
        return Lines(offsets, x, y, passable.astype(np.uint8), kind)

    def _lines_of_layer(self, layer: Any) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        import shapely

        geometries = np.asarray(layer.geometry.array, dtype=object)
        rows = np.arange(len(geometries))
        while True:  # collections of collections
            collections = shapely.get_type_id(geometries) >= 4
            if not collections.any():
                break
            geometries, of = shapely.get_parts(geometries, return_index=True)
            rows = rows[of]
        kinds = shapely.get_type_id(geometries)
        for row in np.unique(rows[kinds == 0]).tolist():
            self.faults.append(
                finding(
                    "geometry_wrong",
                    table="barriers",
                    row=row,
                    layer="barriers",
                    given="Point",
                    wanted="a line, or a polygon whose rings are barriers",
                )
            )
        polygons = kinds == 3
        rings, of_ring = shapely.get_rings(geometries[polygons], return_index=True)
        straight = (kinds == 1) | (kinds == 2)
        lines = np.concatenate([geometries[straight], rings])
        rows = np.concatenate([rows[straight], rows[polygons][of_ring]])
        lines, rows = lines[~shapely.is_empty(lines)], rows[~shapely.is_empty(lines)]
        order = np.argsort(rows, kind="stable")
        lines, rows = lines[order], rows[order]
        places, of = shapely.get_coordinates(lines, return_index=True)
        offsets = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(lines)))])
        return places, offsets.astype(np.int64), rows

    # Links

    def links(
        self, links: Any, ids: list[str] | None, x_m: Floats, y_m: Floats
    ) -> tuple[list[str], list[str], Floats]:
        """The neighbour graph: a frame u, v, length_m; a sparse matrix of lengths; libpysal
        weights or a networkx graph (without lengths: straight distances).
        """
        if isinstance(links, pd.DataFrame):
            return self._edges(links, "links")
        names = [str(row) for row in range(len(x_m))] if ids is None else ids
        if hasattr(links, "tocoo"):
            u, v, length_m = _edges_of_matrix(links, len(x_m))
            return [names[row] for row in u], [names[row] for row in v], length_m
        if hasattr(links, "neighbors") and hasattr(links, "id_order"):  # libpysal.weights.W
            pairs = [(u, v, None) for u, others in links.neighbors.items() for v in others]
            keys = list(links.neighbors)
        elif hasattr(links, "adjacency") and hasattr(links, "unique_ids"):  # libpysal.graph.Graph
            pairs = [(u, v, None) for u, v in links.adjacency.index]
            keys = list(links.unique_ids)
        elif hasattr(links, "edges") and hasattr(links, "nodes"):  # networkx
            pairs = [
                (u, v, data.get("length_m", data.get("length")))
                for u, v, data in links.edges(data=True)
            ]
            keys = list(links.nodes)
        else:
            wanted = "a frame u, v, length_m, a sparse matrix, libpysal weights or a networkx graph"
            kind = type(links).__name__
            raise usage_error("type_wrong", option="links", given=kind, wanted=wanted)
        return _edges_of_pairs(pairs, keys, names, x_m, y_m)


def _edges_of_matrix(matrix: Any, households: int) -> tuple[list[int], list[int], Floats]:
    if matrix.shape != (households, households):
        raise usage_error(
            "shape_wrong", option="links", given=matrix.shape, wanted=(households, households)
        )
    entries = matrix.tocoo()
    u = np.minimum(entries.row, entries.col).astype(np.int64)
    v = np.maximum(entries.row, entries.col).astype(np.int64)
    length_m = np.asarray(entries.data, dtype=np.float64)
    order = np.lexsort([length_m, v, u])
    u, v, length_m = u[order], v[order], length_m[order]
    first = np.ones(len(u), dtype=bool)
    first[1:] = (u[1:] != u[:-1]) | (v[1:] != v[:-1])  # of both directions the shorter
    return u[first].tolist(), v[first].tolist(), _contiguous(length_m[first])


def _edges_of_pairs(
    pairs: Iterable[tuple[Any, Any, Any]],
    keys: list[Any],
    names: list[str],
    x_m: Floats,
    y_m: Floats,
) -> tuple[list[str], list[str], Floats]:
    row_of = {name: row for row, name in enumerate(names)}
    name_of = dict(zip(keys, texts(pd.Series(keys, dtype=object)), strict=True))
    if not all(name in row_of for name in name_of.values()) and set(keys) == set(range(len(names))):
        name_of = dict(enumerate(names))  # weights made without ids number the rows
    lengths: dict[tuple[str, str], float] = {}
    for first, second, given in pairs:
        if first == second and given is None:
            continue  # libpysal's way to write a household without neighbours
        u, v = sorted((name_of[first], name_of[second]))
        if given is not None:
            length_m = float(given)
        elif u in row_of and v in row_of:
            a, b = row_of[u], row_of[v]
            length_m = float(np.nan_to_num(np.hypot(x_m[a] - x_m[b], y_m[a] - y_m[b])))
        else:
            length_m = 0.0  # the core tells that there is no such household
        known = lengths.get((u, v))
        lengths[u, v] = length_m if known is None else min(known, length_m)
    u_texts = [u for u, _ in lengths]
    v_texts = [v for _, v in lengths]
    return u_texts, v_texts, np.fromiter(lengths.values(), np.float64, len(lengths))


def _lines_of_arrays(barriers: Any) -> tuple[Floats, NDArray[np.int64]]:
    wanted = "a GeoDataFrame of lines or a list of (k, 2) arrays"
    kind = type(barriers).__name__
    try:
        lines = [np.asarray(line, dtype=np.float64) for line in barriers]
    except (TypeError, ValueError):
        raise usage_error("type_wrong", option="barriers", given=kind, wanted=wanted) from None
    for line in lines:
        if line.ndim != 2 or line.shape[1] != 2:
            raise usage_error(
                "shape_wrong", option="barriers", given=line.shape, wanted="(k, 2) for each line"
            )
    offsets = np.cumsum([0, *(len(line) for line in lines)], dtype=np.int64)
    places = np.concatenate(lines) if lines else np.empty((0, 2))
    return places, offsets


def column_of(frame: pd.DataFrame, name: Any, table: str) -> Any:
    """A column of a frame; UsageError where there is none, or more than one."""
    if name not in frame.columns:
        raise usage_error("column_missing", table=table, column=name, there=_names(frame))
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        raise usage_error("column_duplicate", table=table, column=name)
    return column


def texts(values: Any) -> list[str]:
    """Texts of any column: whole numbers without a point, the missing as the empty text.

    >>> texts([1.0, None, "a", 7])
    ['1', '', 'a', '7']
    """
    series = _series(values)
    if isinstance(series.dtype, pd.CategoricalDtype):
        names = [*texts(pd.Series(series.dtype.categories)), ""]
        return [names[code] for code in series.cat.codes]
    if isinstance(series.dtype, pd.StringDtype):
        listed: list[str] = series.to_numpy(dtype=object, na_value="").tolist()
        return listed
    if series.dtype.kind in "iu" and not series.hasnans:
        return [str(value) for value in series.tolist()]
    return [_text(value) for value in series.tolist()]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="surrogateescape")  # the core tells which are not UTF-8
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def truths(values: Any) -> NDArray[np.bool_]:
    """Yes or no of any column: no is a missing value, 0, false, or one of the texts that mean no.

    >>> truths(["yes", "no", "", 1, None, "是", "否"]).tolist()
    [True, False, False, True, False, True, False]
    """
    series = _series(values)
    if series.dtype.kind == "b":
        known: NDArray[np.bool_] = series.to_numpy(dtype=bool, na_value=False)
        return known
    listed = texts(series)
    return np.fromiter((text.strip().lower() not in NO for text in listed), bool, len(listed))


def choice(value: Any, option: str, known: Sequence[str]) -> str:
    """One of the known words; UsageError for any other."""
    if value not in known:
        raise usage_error("option_unknown", option=option, value=value, known=", ".join(known))
    return str(value)


def _series(values: Any) -> Any:
    """A pandas series of any column; what has no type of its own stays objects, so that no text is
    reinterpreted.
    """
    if isinstance(values, pd.Series):
        return values
    if isinstance(values, pd.Index | pd.api.extensions.ExtensionArray):
        return pd.Series(values)
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiubM":
        return pd.Series(values)
    if hasattr(values, "to_pylist"):  # pyarrow
        values = values.to_pylist()
    return pd.Series(np.fromiter(values, dtype=object), dtype=object)


def _contiguous(numbers: Any) -> Floats:
    return np.ascontiguousarray(numbers, dtype=np.float64)


def _somewhere(numbers: Floats) -> float:
    """A harmless coordinate in place of one that is told as a fault."""
    known = numbers[np.isfinite(numbers)]
    return float(np.median(known)) if len(known) else 0.0


def _reference_of(frame: Any, layer: str, option: str) -> Reference:
    if frame.crs is None:
        raise usage_error("reference_missing", layer=layer, option=option)
    return reference(frame.crs, option)


def _record(row: int, table: str, ids: list[str] | None) -> tuple[str, ...]:
    """The id of a row; households without ids are called by their row."""
    if ids is None:
        return (str(row),) if table == "households" else ()
    return (ids[row],) if row < len(ids) else ()


def _names(frame: pd.DataFrame) -> str:
    shown = ", ".join(str(name) for name in frame.columns[:20])
    return shown + (", …" if len(frame.columns) > 20 else "")


def _is_geoframe(value: Any) -> bool:
    """Whether a frame has an active geometry; geopandas need not be loaded to tell."""
    if not (isinstance(value, pd.DataFrame) and hasattr(type(value), "to_crs")):
        return False
    return getattr(value, "active_geometry_name", None) is not None


def _is_geoseries(value: Any) -> bool:
    return isinstance(value, pd.Series) and hasattr(type(value), "to_crs")
