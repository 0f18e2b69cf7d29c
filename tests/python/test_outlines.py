"""Outlines are valid, disjoint, hold their households and lie near them, whatever the places."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov
from gridgov import colours, outlines

RANDOM = np.random.default_rng(7)
CIRCLE = np.linspace(0, 2 * np.pi, 500, endpoint=False)


def check(places, labels, shapes, tolerance_m=1e-3):
    """Valid; disjoint but for rounding; each place of a label touches its outline; no part of an
    outline is empty of houses or far from them."""
    located = np.isfinite(places).all(axis=1)
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) <= {3, 6}
    points = shapely.points(places[located])
    assert shapely.distance(points, shapes[labels[located]]).max() <= tolerance_m
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    below = one < other
    # On a raster: without one, GEOS itself errs on slivers.
    common = shapely.intersection(shapes[one[below]], shapes[other[below]], grid_size=1e-6)
    assert shapely.area(common).max(initial=0) <= 100 * tolerance_m
    parts, of = shapely.get_parts(shapes, return_index=True)
    parts, of = parts[~shapely.is_empty(parts)], of[~shapely.is_empty(parts)]
    for part, label in zip(parts, of, strict=True):
        mine = shapely.MultiPoint(places[located][labels[located] == label])
        assert part.distance(mine) <= tolerance_m
        corners = shapely.points(shapely.get_coordinates(part))
        assert shapely.distance(corners, mine.convex_hull).max() <= 30.5  # GEOS is 1 % exact here


def strips(places, size=20):
    """Labels by order of x, then y: neighbours mostly share one."""
    labels = np.empty(len(places), dtype=int)
    labels[np.lexsort(places.T[::-1])] = np.arange(len(places)) // size
    return labels


@pytest.mark.parametrize(
    "places",
    [
        pytest.param(RANDOM.normal(0, 300, (400, 2)), id="cloud"),
        pytest.param(np.mgrid[0:30, 0:30].reshape(2, -1).T * 20.0, id="raster"),
        pytest.param(np.c_[np.arange(200.0) * 15, np.zeros(200)], id="line"),
        pytest.param(np.c_[np.arange(200.0) * 0.1, np.arange(200.0) * 0.3], id="slope"),
        pytest.param(50 * np.c_[np.cos(CIRCLE), np.sin(CIRCLE)], id="circle"),
        pytest.param((50 * np.c_[np.cos(CIRCLE), np.sin(CIRCLE)]).round(2), id="rounded circle"),
        pytest.param(RANDOM.normal(0, 0.05, (500, 2)).round(3), id="within a metre"),
        pytest.param(np.r_[RANDOM.normal(0, 100, (60, 2)), [[9e7, -9e7]]], id="far outlier"),
        pytest.param(RANDOM.normal((5e5, 3.4e6), 100, (60, 2)), id="far origin"),
        pytest.param(RANDOM.integers(0, 4, (300, 2)) * 10.0, id="many at few places"),
        pytest.param(np.zeros((1, 2)), id="one"),
        pytest.param(np.array([[0.0, 0.0], [30.0, 40.0]]), id="two"),
    ],
)
@pytest.mark.parametrize("scattered", [False, True])
def test_outlines_of_any_places(places, scattered):
    labels = strips(places)
    if scattered:  # courtyards that no one would make
        labels = np.random.default_rng(1).permutation(labels)
    check(places, labels, outlines.around(places, labels))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-60, 60),
            st.integers(-60, 60),
            st.integers(0, 5),
            st.sampled_from([1, 0.25]),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_outlines_property(rows):
    table = np.array(rows, dtype=float)
    places, labels = table[:, :2] * table[:, 3:], table[:, 2].astype(int)
    check(places, labels, outlines.around(places, labels, 6))


def test_many_at_one_place_share_it_like_a_pie():
    labels = np.arange(1000) // 20
    places = np.full((1000, 2), 3.0)
    shapes = outlines.around(places, labels)
    check(places, labels, shapes)
    assert shapely.area(shapes) == pytest.approx(np.full(50, np.pi * 8**2 / 50), rel=0.1)


def test_ten_thousand_at_one_place():
    labels = np.arange(10_000) // 20
    shapes = outlines.around(np.full((10_000, 2), 3.0), labels)
    assert shapely.is_valid(shapes).all()
    assert shapely.distance(shapes, shapely.Point(3, 3)).max() < 1e-3
    assert shapely.area(shapes).sum() == pytest.approx(shapely.union_all(shapes).area)


def test_two_courtyards_at_one_place_touch_there():
    places = np.array([[0.0, 0.0], [0.0, 0.0], [100.0, 0.0], [-100.0, 0.0]])
    one, other = outlines.around(places, [0, 1, 0, 1])
    assert one.distance(shapely.Point(0, 0)) < 1e-6
    assert other.distance(shapely.Point(0, 0)) < 1e-6
    assert one.intersection(other).area < 1e-6


def test_households_without_place_are_passed_over():
    places = np.array([[0.0, 0.0], [np.nan, np.nan], [10.0, 0.0], [np.nan, 0.0]])
    shapes = outlines.around(places, [0, 0, 0, 1])
    assert not shapes[0].is_empty
    assert shapes[1].is_empty
    assert outlines.around(np.full((2, 2), np.nan), [0, 1])[1].is_empty


def test_outlines_hug_the_houses():
    """A courtyard of two hamlets has no share in the far field between others' houses."""
    ring = 200 * np.c_[np.cos(CIRCLE[::25]), np.sin(CIRCLE[::25])]
    shape = outlines.around(ring, np.zeros(len(ring), dtype=int))[0]
    assert shape.difference(shapely.Point(0, 0).buffer(231)).area == 0
    lone = outlines.around(np.array([[0.0, 0.0]]), [0])[0]
    assert lone.area <= np.pi * 30**2


def test_frame_of_a_partition(tmp_path):
    lon, lat = np.meshgrid(108.4 + np.arange(12) * 2e-4, 31.5 + np.arange(10) * 2e-4)
    frame = pd.DataFrame({"lon": lon.ravel(), "lat": lat.ravel(), "village": "满月"})
    partition = gridgov.partition(frame, grids=2)
    shapes = partition.outlines()
    assert shapes.columns.tolist() == [
        "courtyard_id", "grid_id", "village_id", "households", "weight", "head", "status",
        "geometry",
    ]  # fmt: skip
    assert len(shapes) == partition.summary["courtyards"]
    assert shapes["courtyard_id"].tolist() == partition.courtyards["courtyard_id"].tolist()
    assert shapes.crs.to_epsg() == 4326
    assert shapes.is_valid.all()
    corners = shapely.get_coordinates(shapes.geometry.to_numpy())
    assert (corners == corners.round(7)).all()
    away = shapely.distance(
        shapely.points(lon.ravel(), lat.ravel()), shapes.geometry.to_numpy()[partition.labels_]
    )
    assert away.max() <= 2e-7


def test_plane_without_a_name_stays_in_metres():
    partition = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)])
    shapes = partition.outlines()
    assert shapes.crs is None
    places = np.column_stack([partition.x_m, partition.y_m])
    check(places, partition.labels_, shapes.geometry.to_numpy(), tolerance_m=2e-3)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_paired_things_never_share_a_colour(data):
    count = data.draw(st.integers(1, 30))
    thing = st.integers(0, count - 1)
    pairs = data.draw(st.lists(st.tuples(thing, thing), max_size=200))
    numbers = colours.assign(count, pairs)
    shown = [colours.colour(int(number)) for number in numbers]
    assert all(shown[one] != shown[other] for one, other in pairs if one != other)
    assert (numbers >= 0).all()


def test_a_complete_graph_has_as_many_colours_as_things():
    pairs = [(one, other) for one in range(40) for other in range(one)]
    assert len({colours.colour(int(number)) for number in colours.assign(40, pairs)}) == 40


def test_few_colours_serve_a_map():
    places = np.random.default_rng(3).uniform(0, 2000, (3000, 2))
    cells = np.random.default_rng(4).uniform(0, 2000, (150, 2))
    labels = np.hypot(*(places[:, None] - cells).transpose(2, 0, 1)).argmin(axis=1)
    pairs = colours.neighbours(outlines.around(places, labels), 1.0)
    numbers = colours.assign(len(cells), pairs)
    assert numbers.max() < len(colours.PALETTE)
    assert np.bincount(numbers).min() > 10  # none is left out


def test_shades():
    assert colours.lighter("#000000", 1) == "#FFFFFF"
    assert colours.lighter("#102030", 0) == "#102030"
    assert colours.darker("#FFFFFF", 0.5) == "#808080"
