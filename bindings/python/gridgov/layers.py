"""Coordinates and geographic layers as files hold them, on their way to the library.

What they refer to is settled here (an option, the file, the custom of its format); bringing all
layers into one plane is the library's part (gridgov.planes).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgov import geojson, tables
from gridgov.faults import Fault, Faults, printable

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

WGS84 = "EPSG:4326"
PLANAR = "planar"


def reference(text: str, option: str) -> str:
    """A reference as the library takes it, checked: "planar", "gcj02", or a CRS's name. Raises
    `Faults` with the name of the option, or of the file, that gave it."""
    folded = text.strip().casefold().replace("-", "").replace("_", "")
    if folded in {PLANAR, "gcj02"}:
        return folded
    if folded.endswith(("crs84", "epsg:4326", "epsg::4326", "wgs84")):
        return WGS84
    import pyproj

    given = {"option": option, "given": printable(text)}
    try:
        crs = pyproj.CRS.from_user_input(text.strip())
    except (pyproj.exceptions.CRSError, ValueError):
        raise Faults([Fault("crs_unknown", given)]) from None
    if not crs.is_projected and not crs.is_geographic:
        raise Faults([Fault("crs_unknown", given)])
    return text.strip()


def is_projected(crs: str) -> bool:
    """Whether coordinates in a reference are metres east and north."""
    if crs in {PLANAR, "gcj02", WGS84}:
        return crs == PLANAR
    import pyproj

    return bool(pyproj.CRS.from_user_input(crs).is_projected)


def coordinates(
    table: tables.Table, crs: str | None, option: str, empty: str = "fault"
) -> dict[str, NDArray[np.float64]]:
    """The columns x_m,y_m and lon,lat, as far as the table has them and the reference wants them.
    Faults are noted in the table. With `empty="nan"` both of a pair may be empty together."""
    pairs = {
        pair: np.isin(pair, list(table.columns)).all() for pair in (("x_m", "y_m"), ("lon", "lat"))
    }
    if crs is not None and crs != PLANAR:
        wanted = ("x_m", "y_m") if is_projected(crs) else ("lon", "lat")
        if not pairs[wanted]:
            fields = {"option": option, "crs": crs, "x": wanted[0], "y": wanted[1]}
            table.fault("crs_needs_columns", None, **fields, there=table.header())
            return {}
    if not any(pairs.values()):
        _missing(table)
        return {}
    found: dict[str, NDArray[np.float64]] = {}
    for pair, there in pairs.items():
        if there:
            found |= dict(zip(pair, _pair(table, *pair, empty), strict=True))
    return found


def _missing(table: tables.Table) -> None:
    """A pair of which one is there is named, else both pairs are."""
    for pair in (("x_m", "y_m"), ("lon", "lat")):
        if pair[0] in table or pair[1] in table:
            table.require(*pair)
            return
    table.fault("no_coordinates", None, there=table.header())


def _pair(
    table: tables.Table, first: str, second: str, empty: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    before = len(table.faults)
    a = table.numbers(first, empty="nan" if empty == "nan" else "fault")
    b = table.numbers(second, empty="nan" if empty == "nan" else "fault")
    named = {fault.line for fault in table.faults[before:]}
    for row in np.flatnonzero(np.isnan(a) != np.isnan(b)):
        if table.line(int(row)) not in named:
            table.fault("empty_number", int(row), name=first if np.isnan(a[row]) else second)
        a[row], b[row] = np.nan_to_num(a[row]), np.nan_to_num(b[row])
    return a, b


def _out_of_range(lon: float, lat: float) -> tuple[str, dict[str, str]]:
    swapped = abs(lat) <= 180 and abs(lon) <= 90
    code = "lonlat_perhaps_swapped" if swapped else "lonlat_out_of_range"
    return code, {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"}


def barriers(
    path: str | Path,
    crs: str | None,
    *,
    on_earth: bool,
    x_m: NDArray[np.float64] | None = None,
    y_m: NDArray[np.float64] | None = None,
) -> tuple[geopandas.GeoDataFrame, str]:
    """Lines, and areas whose outlines count, that cut links: a row each with `bridge`, `tunnel`,
    `kind`, `name`; and their reference, which may be "planar". Raises `Faults`.

    crs: what --barriers-crs says, else None. on_earth: whether it is known where the households
    lie on the earth; x_m, y_m: their metres, if they have any.
    """
    import geopandas
    import shapely

    name = str(path)
    read = _read_features(name)
    rows = [
        row
        for row, geometry in enumerate(read.geometries)
        if geometry is not None and shapely.length(geometry) > 0
    ]
    if not rows:
        raise Faults([Fault("no_lines", {}, name, 1)])
    shapes = np.array([read.geometries[row] for row in rows], dtype=object)
    if crs is None and read.crs is not None:
        crs = reference(read.crs, name)
    if crs is None:
        crs = _guess(name, shapely.get_coordinates(shapes), on_earth, x_m, y_m)
    if not is_projected(crs):
        _check_bounds(name, read, rows, shapes)
    columns: dict[str, list[Any]] = {
        key: [_truth(read.properties[row].get(key)) for row in rows] for key in ("bridge", "tunnel")
    }
    for key in ("kind", "name"):
        columns[key] = [str(read.properties[row].get(key) or "") for row in rows]
    return geopandas.GeoDataFrame(columns, geometry=shapes), crs


def _truth(value: Any) -> bool:
    """OpenStreetMap's yes, viaduct, T …, and its no, F, or nothing."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return tables.is_true(value) if isinstance(value, str) else bool(value)


def _guess(
    name: str,
    places: NDArray[np.float64],
    on_earth: bool,
    x_m: NDArray[np.float64] | None,
    y_m: NDArray[np.float64] | None,
) -> str:
    """What a file is in that does not say: lon,lat, as GeoJSON is; but beside households of a
    nameless plane, that plane, unless it would be a speck there, as degrees taken for metres."""
    in_range = bool((np.abs(places) <= [180, 90]).all())
    if x_m is None or y_m is None or (on_earth and in_range):
        return WGS84
    extent = float(np.hypot(*np.ptp(places, axis=0)))
    town = math.hypot(_extent(x_m), _extent(y_m))
    if in_range and extent < town / 1000:
        raise Faults([Fault("barriers_perhaps_lonlat", {}, name, 1)])
    return PLANAR


def _extent(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.ptp(known)) if len(known) else 0.0


def _check_bounds(
    name: str, read: geojson.Features, rows: Sequence[int], shapes: NDArray[Any]
) -> None:
    import shapely

    bounds = shapely.bounds(shapes)
    faults = []
    for at in np.flatnonzero((np.abs(bounds) > [180, 90, 180, 90]).any(axis=1)).tolist():
        x = max(bounds[at, [0, 2]], key=abs)
        y = max(bounds[at, [1, 3]], key=abs)
        code, fields = _out_of_range(float(x), float(y))
        faults.append(Fault(code, fields, name, read.lines[rows[at]]))
    if faults:
        raise Faults(faults)


def read_points(name: str) -> tables.Table:
    """A geographic file of points as a table: its properties, and lon,lat or x_m,y_m."""
    import pandas as pd

    read = _read_features(name)
    if not read.geometries:
        raise Faults([Fault("header_only", {}, name, 1)])
    faults = []
    places = np.full((len(read.geometries), 2), np.nan)
    for row, geometry in enumerate(read.geometries):
        if geometry is None or geometry.is_empty:
            continue
        if geometry.geom_type != "Point":
            fields = {"feature": row + 1, "kind": geometry.geom_type}
            faults.append(Fault("not_a_point", fields, name, read.lines[row]))
            continue
        places[row] = geometry.x, geometry.y
    if faults:
        raise Faults(faults)
    crs = reference(read.crs, name) if read.crs is not None else None
    if crs is None:
        crs = WGS84 if name.lower().endswith((".geojson", ".json")) else PLANAR
    pair = ["x_m", "y_m"] if is_projected(crs) else ["lon", "lat"]
    frame = pd.DataFrame(read.properties).drop(
        columns=["x_m", "y_m", "lon", "lat", "geometry"], errors="ignore"
    )
    frame[pair] = places
    table = tables.from_frame(name, frame, first_line=1)
    table.crs = crs
    if read.text:
        table.set_lines(lambda: np.array([line or 0 for line in read.lines]))
    return table


def _read_features(name: str) -> geojson.Features:
    if Path(name).suffix.lower() not in {".gpkg", ".shp", ".parquet", ".pq"}:
        return geojson.read(name)
    frame = _read_frame(name)
    crs = None
    if frame.crs is not None:
        authority = frame.crs.to_authority()
        crs = ":".join(authority) if authority else frame.crs.to_wkt()
    properties = frame.drop(columns=frame.geometry.name).to_dict("records")
    return geojson.Features("", list(frame.geometry), properties, crs)


def _read_frame(name: str) -> geopandas.GeoDataFrame:
    import geopandas

    tables.check_readable(name)
    try:
        if Path(name).suffix.lower() in {".parquet", ".pq"}:
            return geopandas.read_parquet(name)
        frame = geopandas.read_file(name)
    except Exception as error:  # whatever a broken file makes of GDAL is a fault of the file
        raise Faults([tables.unreadable(name, error)]) from None
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise Faults([Fault("no_geometry", {}, name)])
    return frame
