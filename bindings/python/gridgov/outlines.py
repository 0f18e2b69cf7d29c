"""Outlines: a polygon per courtyard, as a person would draw it around the houses.

A household owns the ground that is nearer to it than to any other (its Voronoi cell). A courtyard's
outline is the concave hull of its houses, widened by a margin and cut to the ground that its
households own. So outlines of different courtyards never overlap, each holds all of its households,
and all of it lies near them.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import geopandas

    from gridgov.partitioning import Partition

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Shapes = NDArray[Any]  # of shapely geometries

#: Coordinates of outlines are whole units of this many decimals: a centimetre, a millimetre.
_DEGREE_DECIMALS, _METRE_DECIMALS = 7, 3
#: Polygons are cut on a raster of a micrometre: on none, GEOS errs on slivers now and then.
_GRID_M = 1e-6
_KEPT: WeakKeyDictionary[Partition, Shapes] = WeakKeyDictionary()


def outlines(partition: Partition) -> geopandas.GeoDataFrame:
    """A row per courtyard, in the order of the labels, with its polygon.

    Columns: courtyard_id, grid_id, village_id, households, weight, head (a household id), status,
    geometry. A courtyard in several parts is a MultiPolygon; one without any located household has
    an empty polygon.

    The reference is EPSG:4326 where the plane lies on the Earth, rounded to 1e-7 degrees (a
    centimetre), else none, rounded to a millimetre. Disjoint and complete but for that rounding.
    """
    import geopandas

    shapes = in_plane(partition)
    crs, decimals = None, _METRE_DECIMALS
    if partition.plane.on_earth:
        shapes = shapely.transform(
            shapes, lambda corners: np.column_stack(partition.to_lonlat(*corners.T))
        )
        crs, decimals = "EPSG:4326", _DEGREE_DECIMALS
    shapes = _polygons(shapely.set_precision(_polygons(shapes), 10.0**-decimals))
    columns = {
        "courtyard_id": "courtyard_id",
        "grid_id": "grid_id",
        "village_id": "village_id",
        "households": "households",
        "weight": "weight",
        "head_household_id": "head",
        "status": "status",
    }
    frame = partition.courtyards[list(columns)].rename(columns=columns).reset_index(drop=True)
    return geopandas.GeoDataFrame(frame, geometry=shapes, crs=crs)


def in_plane(partition: Partition) -> Shapes:
    """The outlines of a partition's courtyards in its own plane of metres, by label.

    Kept as long as the partition is: a result is drawn several times.
    """
    if partition not in _KEPT:
        places = np.column_stack([partition.x_m, partition.y_m])
        _KEPT[partition] = around(places, partition.labels_, len(partition.courtyards))
    return _KEPT[partition].copy()


def around(
    places: ArrayLike,
    labels: ArrayLike,
    count: int | None = None,
    *,
    concavity: float = 0.2,
    margin_min_m: float = 8.0,
    margin_max_m: float = 30.0,
) -> Shapes:
    """Disjoint outlines around labelled places.

    places: (n, 2) metres; rows with a NaN are passed over. labels: (n,) from 0; rows with a
    negative one are passed over. count: how many outlines, by default the greatest label + 1.
    concavity: 1 for convex hulls, 0 for the most indented ones. The margin around the houses is
    half the median distance from one to the next, within [margin_min_m, margin_max_m]. Places of
    different labels that fall together (to the millimetre) share the ground like slices of a pie,
    so that each outline still reaches the place.

    Returns (count,) valid Polygons or MultiPolygons, empty where a label has no located place.
    Deterministic for one version of GEOS.
    """
    spots = np.asarray(places, dtype=np.float64)
    of = np.asarray(labels, dtype=np.int64)
    if count is None:
        count = int(of.max(initial=-1)) + 1
    result = np.full(count, shapely.Polygon(), dtype=object)
    located = np.isfinite(spots).all(axis=1) & (of >= 0)
    if not located.any():
        return result

    present, owner = np.unique(of[located], return_inverse=True)
    origin = np.median(spots[located], axis=0).round()  # small numbers keep geometry exact
    spots = (spots[located] - origin).round(_METRE_DECIMALS)
    houses = gathered(spots, owner, len(present))
    margins = _margins(spots, owner, margin_min_m, margin_max_m)
    bands = shapely.buffer(_hulls(houses, concavity), margins, quad_segs=4)
    grounds = _grounds(spots, owner)
    shapes = _polygons(shapely.intersection(bands, grounds, grid_size=_GRID_M))
    shapes = _inhabited(shapes, houses)
    result[present] = shapely.transform(shapes, lambda corners: corners + origin)
    return result


def gathered(places: ArrayLike, labels: ArrayLike, count: int) -> Shapes:
    """The located places of each label, 0 … count − 1, as a MultiPoint."""
    spots, of = np.asarray(places, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    located = np.flatnonzero(np.isfinite(spots).all(axis=1) & (of >= 0))
    located = located[np.argsort(of[located], kind="stable")]
    result = np.full(count, shapely.MultiPoint(), dtype=object)
    return np.asarray(shapely.multipoints(spots[located], indices=of[located], out=result))


def _margins(spots: Floats, owner: Rows, least_m: float, most_m: float) -> Floats:
    """By outline: half the median distance from a house to the next one anywhere."""
    distinct, which = np.unique(spots, axis=0, return_inverse=True)
    points = shapely.points(distinct)
    (here, _), away_m = shapely.STRtree(points).query_nearest(
        points, exclusive=True, return_distance=True, all_matches=False
    )
    next_m = np.zeros(len(distinct))
    next_m[here] = away_m
    next_m = next_m[which.ravel()]
    next_m = next_m[np.lexsort([next_m, owner])]
    _, first, size = np.unique(np.sort(owner), return_index=True, return_counts=True)
    return np.asarray(np.clip(next_m[first + size // 2] / 2, least_m, most_m))


def _hulls(houses: Shapes, concavity: float) -> Shapes:
    """Concave hulls; convex ones of places that GEOS cannot triangulate (nearly on one line)."""
    try:
        return np.asarray(shapely.concave_hull(houses, ratio=concavity))
    except shapely.GEOSException:
        hulls = shapely.convex_hull(houses)
        for row, mine in enumerate(houses):
            with contextlib.suppress(shapely.GEOSException):
                hulls[row] = shapely.concave_hull(mine, ratio=concavity)
        return np.asarray(hulls)


def _grounds(spots: Floats, owner: Rows) -> Shapes:
    """What each outline's households own: the union of their Voronoi cells."""
    distinct, which = np.unique(spots, axis=0, return_inverse=True)
    cells = _cells(distinct)
    claims = np.unique(np.column_stack([owner, which.ravel()]), axis=0)  # who has houses where
    of, place = claims.T
    pieces = cells[place]
    sliced = np.zeros(of[-1] + 1, dtype=bool)
    for contested in np.flatnonzero(np.bincount(place) > 1):
        rows = np.flatnonzero(place == contested)
        pieces[rows] = _slices(cells[contested], distinct[contested], len(rows))
        sliced[of[rows]] = True
    pieces = _by_row(pieces, of)
    # Whole cells share their corners, which makes their union quick; slices do not, and cells
    # that are thin to the last bit need not.
    grounds = np.full(len(sliced), None, dtype=object)
    with contextlib.suppress(shapely.GEOSException):
        grounds[~sliced] = shapely.coverage_union_all(pieces[~sliced], axis=1)
    whole = shapely.area(pieces).sum(axis=1, where=~shapely.is_missing(pieces))
    odd = ~shapely.is_valid(grounds)
    odd |= ~(np.abs(shapely.area(grounds) - whole) <= 1e-9 * whole)
    grounds[odd] = shapely.union_all(pieces[odd], axis=1, grid_size=_GRID_M)
    return grounds


def _cells(places: Floats) -> Shapes:
    """The Voronoi cells of distinct places, in their order, in a box well around them."""
    box = shapely.box(*(places.min(axis=0) - 1000), *(places.max(axis=0) + 1000))
    if len(places) == 1:
        return np.array([box], dtype=object)
    random = np.random.default_rng(0)
    # GEOS errs on many points of one circle or of a raster: cells overlap or cross themselves.
    # A shake by a micrometre, a thousandth of what tells places apart, heals that.
    for shake_m in (1e-6, 1e-5, 1e-4):
        sites = shapely.multipoints(places + random.uniform(-shake_m, shake_m, places.shape))
        diagram = shapely.voronoi_polygons(sites, extend_to=box, ordered=True)
        cells = shapely.get_parts(diagram)
        covered = shapely.area(cells).sum() / shapely.area(shapely.box(*diagram.bounds))
        if abs(covered - 1) < 1e-9 and shapely.is_valid(cells).all():
            break
    return np.asarray(cells)


def _slices(cell: shapely.Polygon, place: Floats, count: int) -> Shapes:
    """A cell cut into equal angles around its place."""
    low, high = np.reshape(cell.bounds, (2, 2))
    reach = 2 * np.hypot(*(high - low))
    angles = np.linspace(0, 2 * np.pi, 3 * count + 1)  # three steps a slice, each below half a turn
    rim = place + reach * np.column_stack([np.cos(angles), np.sin(angles)])
    fans = [shapely.Polygon([place, *rim[3 * k : 3 * k + 4]]) for k in range(count)]
    return np.asarray(shapely.intersection(cell, fans))


def _inhabited(shapes: Shapes, houses: Shapes) -> Shapes:
    """Without parts that hold no house (a hull may graze a distant corner of its ground)."""
    shapes = shapes.copy()
    for row in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        parts = shapely.get_parts(shapes[row])
        kept = parts[shapely.dwithin(parts, houses[row], 0.001)]
        shapes[row] = kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
    return shapes


def _polygons(geometries: Shapes) -> Shapes:
    """Made valid, Polygons or MultiPolygons only."""
    shapes = np.array(geometries, dtype=object)
    kind = shapely.get_type_id(shapes)
    odd = ~shapely.is_valid(shapes) | ((kind != 3) & (kind != 6))
    for row in np.flatnonzero(odd):
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapes[row])))
        parts = parts[shapely.get_type_id(parts) == 3]
        shapes[row] = shapely.union_all(parts) if len(parts) else shapely.Polygon()
    return shapes


def _by_row(pieces: Shapes, row: Rows) -> Shapes:
    """Pieces as a matrix, a row for each number of `row` (0 … greatest), padded with None."""
    size = np.bincount(row)
    order = np.argsort(row, kind="stable")
    column = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    matrix = np.full((len(size), int(size.max(initial=0))), None, dtype=object)
    matrix[row[order], column] = pieces[order]
    return matrix
