"""Frames, dtypes, references and layers as analysts have them."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import pytest
import scipy.sparse
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov
from gridgov import DataError, UsageError, _core, inputs, planes

CHONGQING = (108.39, 31.16)
UTM = "EPSG:32649"


def places(count: int = 60, seed: int = 1, side_m: float = 2000.0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, side_m, (count, 2))


@pytest.fixture(scope="module")
def metres() -> pd.DataFrame:
    xy = places()
    return pd.DataFrame({"id": [f"h{i}" for i in range(60)], "x_m": xy[:, 0], "y_m": xy[:, 1]})


@pytest.fixture(scope="module")
def degrees(metres) -> pd.DataFrame:
    """The same households around Chongqing, in a plane of their own beside it."""
    plane = planes.MeridianPlane(108)
    x, y = plane.from_lonlat(np.array([CHONGQING[0]]), np.array([CHONGQING[1]]))
    lon, lat = plane.to_lonlat(
        np.ascontiguousarray(metres["x_m"] + x[0]), np.ascontiguousarray(metres["y_m"] + y[0])
    )
    return pd.DataFrame({"id": metres["id"], "lon": lon, "lat": lat})


# Columns and dtypes

TEXTS = ["东村", "西村", "东村", "西村"] * 15
TEXT_COLUMNS = {
    "list": TEXTS,
    "tuple": tuple(TEXTS),
    "numpy object": np.array(TEXTS, dtype=object),
    "numpy text": np.array(TEXTS),
    "series": pd.Series(TEXTS),
    "object series": pd.Series(TEXTS, dtype=object),
    "another index": pd.Series(TEXTS, index=range(60, 0, -1)),
    "string": pd.Series(TEXTS, dtype="string"),
    "arrow": pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string())),
    "pyarrow": pa.array(TEXTS),
    "categorical": pd.Categorical(TEXTS),
    "category series": pd.Series(TEXTS, dtype="category"),
    "index": pd.Index(TEXTS),
    "bytes": [text.encode() for text in TEXTS],
    "generator": None,
}


@pytest.mark.parametrize("kind", TEXT_COLUMNS)
def test_texts_of_any_type_are_the_same_texts(metres, kind):
    values = (text for text in TEXTS) if kind == "generator" else TEXT_COLUMNS[kind]
    p = gridgov.partition(metres, villages=values)
    assert p.households["village_id"].tolist() == TEXTS


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], ["1", "2", "3"]),
        (np.array([1, 2], dtype=np.int8), ["1", "2"]),
        (np.array([2**63], dtype=np.uint64), ["9223372036854775808"]),
        (pd.array([1, None, 3], dtype="Int64"), ["1", "", "3"]),
        ([1.0, np.nan, 2.5], ["1", "", "2.5"]),
        (pd.Series(["a", None, np.nan, pd.NA, ""]), ["a", "", "", "", ""]),
        (pd.Categorical(["b", None, "a"]), ["b", "", "a"]),
        (pd.Categorical([3, 1, None]), ["3", "1", ""]),
        (pa.array(["x", None]), ["x", ""]),
        ([10**20, "007", " a "], [str(10**20), "007", " a "]),
        ([], []),
    ],
)
def test_texts(values, expected):
    assert inputs.texts(values) == expected


@pytest.mark.parametrize(
    "values",
    [
        [True, False, True],
        np.array([True, False, True]),
        pd.array([True, None, True], dtype="boolean"),
        [1, 0, 2],
        [1.0, np.nan, -1.0],
        ["yes", "No", "1"],
        ["是", "否", "可"],
        [True, None, "x"],
        pd.Categorical(["Y", "n", "Y"]),
    ],
)
def test_truths(values):
    assert inputs.truths(values).tolist() == [True, False, True]


@pytest.mark.parametrize(
    "weights",
    [
        np.full(60, 2, dtype=np.int16),
        np.full(60, 2, dtype=np.float32),
        pd.array([2] * 60, dtype="Int64"),
        pd.array([2] * 60, dtype="Float64"),
        ["2"] * 60,
        pd.Series(["2.0"] * 60, dtype="string"),
        pd.Categorical(["2"] * 60),
        pa.array([2.0] * 60),
        [2] * 60,
    ],
)
def test_numbers_of_any_type_are_the_same_numbers(metres, weights):
    p = gridgov.partition(metres, weights=weights)
    assert p.courtyards["weight"].sum() == 120


@pytest.mark.parametrize(
    "weights", [pd.date_range("2026-01-01", periods=60), ["1,5"] * 60, [1j] * 60, ["两"] * 60]
)
def test_what_is_no_number_is_named_row_by_row(metres, weights):
    with pytest.raises(DataError) as error:
        gridgov.partition(metres, weights=weights)
    assert [finding.code for finding in error.value.findings] == ["not_a_number"] * 60
    assert error.value.records[:2] == ("h0", "h1")
    assert "weights" in error.value.findings[0].message("zh")


def test_columns_are_found_by_default_name_or_as_told(metres):
    frame = metres.rename(columns={"id": "household_id"}).assign(v=["a", "b"] * 30, k=1.0)
    p = gridgov.partition(frame, villages="v", weights="k")
    assert p.households["household_id"].tolist() == frame["household_id"].tolist()
    assert p.summary["villages"] == 2
    for options in ({"villages": "nowhere"}, {"ids": "x"}):
        with pytest.raises(UsageError) as error:
            gridgov.partition(frame, **options)
        assert error.value.code == "column_missing"
        assert "household_id" in str(error.value)
    twice = pd.concat([frame, frame[["v"]]], axis=1)
    with pytest.raises(UsageError) as error:
        gridgov.partition(twice, villages="v")
    assert error.value.code == "column_duplicate"


@pytest.mark.parametrize("missing", ["x_m", "y_m"])
def test_a_frame_without_coordinates_is_refused(metres, missing):
    with pytest.raises(UsageError) as error:
        gridgov.partition(metres.drop(columns=missing))
    assert error.value.findings[0].fields["column"] == missing
    with pytest.raises(UsageError, match="lon, lat"):
        gridgov.partition(pd.DataFrame({"id": ["a"]}))


def test_float_columns_reach_the_core_without_a_copy(metres):
    column = metres["x_m"]
    read = inputs.read(metres)
    assert np.shares_memory(read.x_m, column.to_numpy())


# References


def test_degrees_are_brought_into_a_local_plane(metres, degrees):
    p = gridgov.partition(degrees)
    assert np.allclose(np.diff(p.x_m), np.diff(metres["x_m"]), atol=1e-5)
    assert (p.labels_ == gridgov.partition(metres).labels_).all()
    assert pyproj.CRS(p.crs).is_projected
    assert "108" in p.summary["crs"]
    lon, lat = p.to_lonlat(p.x_m, p.y_m)
    assert np.allclose(lon, degrees["lon"], atol=1e-12)
    assert np.allclose(lat, degrees["lat"], atol=1e-12)


def test_the_local_plane_is_what_its_crs_says(degrees):
    p = gridgov.partition(degrees)
    transformer = pyproj.Transformer.from_crs("EPSG:4326", p.crs, always_xy=True)
    x, y = transformer.transform(degrees["lon"], degrees["lat"])
    assert np.allclose(p.x_m, x, atol=1e-5)
    assert np.allclose(p.y_m, y, atol=1e-5)


@pytest.mark.parametrize("crs", ["EPSG:4326", 4326, "EPSG:4490", pyproj.CRS("OGC:CRS84")])
def test_geographic_references(degrees, crs):
    expected = gridgov.partition(degrees)
    by_frame = gridgov.partition(degrees, crs=crs)
    by_array = gridgov.partition(degrees[["lon", "lat"]].to_numpy(), crs=crs)
    assert np.allclose(by_frame.x_m, expected.x_m, atol=1e-6)
    assert np.allclose(by_array.x_m, expected.x_m, atol=1e-6)
    assert (by_array.labels_ == expected.labels_).all()


def test_gcj02_is_undone(degrees):
    lon, lat = _core.gcj02_from_wgs84(degrees["lon"].to_numpy(), degrees["lat"].to_numpy())
    shifted = pd.DataFrame({"lon": lon, "lat": lat})
    expected = gridgov.partition(degrees)
    for name in ("gcj02", "GCJ-02"):
        p = gridgov.partition(shifted, crs=name)
        assert np.allclose(p.x_m, expected.x_m, atol=1e-3)
    taken_as_it_is = gridgov.partition(shifted)
    apart = np.hypot(taken_as_it_is.x_m - expected.x_m, taken_as_it_is.y_m - expected.y_m)
    assert 50 < apart.min() <= apart.max() < 1000


def test_a_geodataframe_in_metres_is_used_as_it_is(degrees):
    points = gpd.GeoDataFrame(
        degrees[["id"]], geometry=gpd.points_from_xy(degrees["lon"], degrees["lat"]), crs=4326
    )
    utm = points.to_crs(UTM)
    p = gridgov.partition(utm)
    assert (p.x_m == utm.geometry.x).all()
    assert p.crs == UTM
    assert p.to_geodataframe().crs == UTM
    assert p.households["household_id"].tolist() == degrees["id"].tolist()
    geographic = gridgov.partition(points)
    assert (geographic.labels_ == gridgov.partition(degrees).labels_).all()
    assert (gridgov.partition(points.geometry).labels_ == geographic.labels_).all()


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:2227"])
def test_web_mercator_and_feet_are_not_taken_for_metres(degrees, crs):
    points = gpd.GeoSeries(gpd.points_from_xy(degrees["lon"], degrees["lat"]), crs=4326)
    if crs == "EPSG:2227":  # California, feet
        points = gpd.GeoSeries(gpd.points_from_xy(degrees["lon"] - 230.5, degrees["lat"] + 6.5))
        points = points.set_crs(4326)
    p = gridgov.partition(points.to_crs(crs))
    expected = gridgov.partition(points)
    assert p.summary["mean_distance_m"] == pytest.approx(expected.summary["mean_distance_m"], 1e-4)


def test_a_geodataframe_must_say_what_its_numbers_mean(degrees):
    points = gpd.GeoSeries(gpd.points_from_xy(degrees["lon"], degrees["lat"]))
    with pytest.raises(UsageError) as error:
        gridgov.partition(points)
    assert error.value.code == "reference_missing"
    p = gridgov.partition(points, crs="EPSG:4326")
    assert (p.labels_ == gridgov.partition(degrees).labels_).all()


def test_geometries_that_are_no_points_are_named(degrees):
    shapes = list(gpd.points_from_xy(degrees["lon"], degrees["lat"]))
    shapes[3] = shapely.box(108, 31, 108.1, 31.1)
    with pytest.raises(DataError) as error:
        gridgov.partition(gpd.GeoSeries(shapes, crs=4326))
    assert [(f.code, f.row) for f in error.value.findings] == [("geometry_wrong", 3)]
    shapes[3], shapes[4] = None, shapely.Point()
    with pytest.raises(DataError) as error:
        gridgov.partition(gpd.GeoSeries(shapes, crs=4326))
    assert [(f.code, f.row) for f in error.value.findings] == [
        ("household_unlocated", 3),
        ("household_unlocated", 4),
    ]


def test_degrees_out_of_range_and_swapped_are_told_with_all_other_faults(degrees):
    frame = degrees.assign(weight=1.0)
    frame.loc[1, "lat"] = 91.0
    frame.loc[2, ["lon", "lat"]] = frame.loc[2, ["lat", "lon"]].to_numpy()
    frame.loc[3, "lon"] = 181.0
    frame.loc[4, "lon"] = np.inf
    frame.loc[5, "weight"] = 0.0
    with pytest.raises(DataError) as error:
        gridgov.partition(frame, weights="weight")
    assert [(f.code, f.records) for f in error.value.findings] == [
        ("lonlat_out_of_range", ("h1",)),
        ("lonlat_perhaps_swapped", ("h2",)),
        ("lonlat_out_of_range", ("h3",)),
        ("lonlat_out_of_range", ("h4",)),
        ("weight_not_positive", ("h5",)),
    ]


@pytest.mark.parametrize("crs", ["EPSG:4978", "moon", 10**9, object(), ""])
def test_references_that_are_none(degrees, crs):
    with pytest.raises(UsageError) as error:
        gridgov.partition(degrees, crs=crs)
    assert error.value.code == "reference_invalid"


def test_projected_references_need_metres(degrees):
    with pytest.raises(UsageError) as error:
        gridgov.partition(degrees, crs=UTM)
    assert error.value.code == "reference_invalid"


# Layers

RIVER = [[900.0, -500.0], [950.0, 1000.0], [1000.0, 2500.0]]


def river(crs=None, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(RIVER)] * 1, crs=crs)


@pytest.fixture(scope="module")
def river_degrees(degrees) -> gpd.GeoDataFrame:
    """The river of `metres` where `degrees` has its households."""
    plane = planes.MeridianPlane(108)
    x, y = plane.from_lonlat(np.array([CHONGQING[0]]), np.array([CHONGQING[1]]))
    line = np.array(RIVER) + np.array([x[0], y[0]])
    lonlat = np.column_stack(plane.to_lonlat(*np.ascontiguousarray(line.T)))
    return gpd.GeoDataFrame(geometry=[shapely.LineString(lonlat)], crs=4326)


def test_barriers_mean_the_same_in_every_reference(metres, degrees, river_degrees):
    expected = gridgov.partition(metres, barriers=river())
    assert expected.summary["components"] > gridgov.partition(metres).summary["components"]
    both = metres.merge(degrees, on="id")
    utm = degrees.set_index("id")
    utm = gpd.GeoDataFrame(geometry=gpd.points_from_xy(utm["lon"], utm["lat"]), crs=4326).to_crs(
        UTM
    )
    lonlat = shapely.get_coordinates(river_degrees.geometry.array)
    for p in (
        gridgov.partition(metres, barriers=[np.array(RIVER)]),
        gridgov.partition(metres, barriers=river().geometry),
        gridgov.partition(degrees, barriers=river_degrees),
        gridgov.partition(degrees, barriers=[lonlat]),
        gridgov.partition(degrees, barriers=river_degrees.to_crs(UTM)),
        gridgov.partition(degrees[["lon", "lat"]].to_numpy(), crs=4326, barriers=[lonlat]),
        gridgov.partition(both, barriers=river_degrees),
        gridgov.partition(both, barriers=river_degrees.to_crs(UTM)),
        gridgov.partition(both, barriers=river()),
        gridgov.partition(utm, barriers=river_degrees),
        gridgov.partition(utm, barriers=river_degrees.to_crs(UTM)),
    ):
        assert p.summary["components"] == expected.summary["components"]
        assert (p.labels_ == expected.labels_).all()


def test_planes_are_tied_by_the_households_and_the_residual_is_told(metres, degrees, river_degrees):
    both = metres.merge(degrees, on="id")
    p = gridgov.partition(both, barriers=river_degrees)
    assert p.plane.residual_m < 1e-4
    drawn = shapely.get_coordinates(p.barriers.geometry.array)
    assert np.allclose(drawn, RIVER, atol=1e-3)
    lon, lat = p.to_lonlat(both["x_m"], both["y_m"])
    assert np.allclose(lon, both["lon"], atol=1e-9)
    assert np.allclose(lat, both["lat"], atol=1e-9)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 60])
def test_planes_are_tied_by_few_households_too(metres, degrees, river_degrees, count):
    both = metres.merge(degrees, on="id").head(count)
    p = gridgov.partition(both, barriers=river_degrees)
    drawn = shapely.get_coordinates(p.barriers.geometry.array)
    assert np.allclose(drawn, RIVER, atol=5)


def test_a_rotated_plane_is_tied_as_well(degrees, metres, river_degrees):
    turn = np.array([[np.cos(0.5), np.sin(0.5)], [-np.sin(0.5), np.cos(0.5)]])
    xy = metres[["x_m", "y_m"]].to_numpy() @ turn
    both = degrees.assign(x_m=xy[:, 0], y_m=xy[:, 1])
    p = gridgov.partition(both, barriers=river_degrees)
    drawn = shapely.get_coordinates(p.barriers.geometry.array)
    assert np.allclose(drawn, np.array(RIVER) @ turn, atol=0.01)


def test_planes_that_disagree_are_told_only_where_it_matters(metres, degrees, river_degrees):
    both = metres.merge(degrees, on="id")
    both.loc[7, "x_m"] += 300
    with pytest.raises(DataError) as error:
        gridgov.partition(both, barriers=river_degrees)
    assert error.value.code == "planes_disagree"
    assert error.value.records == ("h7",)
    p = gridgov.partition(both)
    assert not p.plane.on_earth
    with pytest.raises(UsageError):
        p.to_lonlat([0.0], [0.0])


def test_metres_alone_cannot_take_a_layer_in_degrees(metres, river_degrees):
    with pytest.raises(UsageError) as error:
        gridgov.partition(metres, barriers=river_degrees)
    assert error.value.code == "planes_not_tied"
    assert "barriers" in str(error.value)


def test_layers_that_lie_elsewhere_are_a_fault(degrees, river_degrees):
    elsewhere = river_degrees.translate(5, 5).set_crs(4326, allow_override=True)
    with pytest.raises(DataError) as error:
        gridgov.partition(degrees, barriers=elsewhere)
    assert "layers_do_not_overlap" in [finding.code for finding in error.value.findings]


@pytest.mark.parametrize(
    ("columns", "passable"),
    [
        ({}, False),
        ({"bridge": [True]}, True),
        ({"bridge": ["yes"]}, True),
        ({"Bridge": ["viaduct"]}, True),
        ({"tunnel": ["no"], "bridge": [None]}, False),
        ({"tunnel": [1]}, True),
        ({"bridge": [False], "tunnel": ["是"]}, True),
        ({"bridge": [np.nan]}, False),
    ],
)
def test_bridges_and_tunnels_let_through(metres, columns, passable):
    whole = gridgov.partition(metres).summary["components"]
    p = gridgov.partition(metres, barriers=river(**columns))
    assert (p.summary["components"] == whole) == passable
    assert p.barriers["passable"].tolist() == [passable]


def test_polygons_and_collections_cut_with_all_their_rings(metres):
    hole = shapely.box(700, 700, 900, 900)
    lake = shapely.Polygon(shapely.box(500, 500, 1200, 1200).exterior, [hole.exterior])
    lines = shapely.MultiLineString([[[0, -10], [2000, -10]], [[0, -20], [2000, -20]]])
    nested = shapely.GeometryCollection([shapely.GeometryCollection([lake]), lines])
    layer = gpd.GeoDataFrame(
        {"bridge": [False, True]}, geometry=[nested, shapely.LineString([[0, 0], [1, 1]])]
    )
    p = gridgov.partition(metres, barriers=layer)
    assert len(p.barriers) == 5
    assert p.barriers["passable"].tolist() == [False] * 4 + [True]
    assert sorted(p.barriers.length.iloc[:4]) == [800.0, 2000.0, 2000.0, 2800.0]
    with_empty = gpd.GeoDataFrame(geometry=[None, shapely.LineString(), shapely.LineString(RIVER)])
    assert len(gridgov.partition(metres, barriers=with_empty).barriers) == 1
    points = gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)])
    with pytest.raises(DataError) as error:
        gridgov.partition(metres, barriers=points)
    assert error.value.code == "geometry_wrong"


@pytest.mark.parametrize("empty", [[], gpd.GeoDataFrame(geometry=[])])
def test_no_barriers_are_none(metres, empty):
    assert gridgov.partition(metres, barriers=empty).summary["components"] == 1


def test_roads_in_degrees(metres, degrees):
    order = np.argsort(metres["x_m"].to_numpy())
    nodes = degrees.iloc[order].reset_index(drop=True).assign(id=range(60))
    xy = metres.iloc[order][["x_m", "y_m"]].to_numpy()
    length_m = np.hypot(*np.diff(xy, axis=0).T)
    ways = pd.DataFrame({"u": range(59), "v": range(1, 60), "length_m": length_m})
    p = gridgov.partition(degrees, roads=(nodes, ways), metric="walk")
    planar = nodes.drop(columns=["lon", "lat"]).assign(x_m=xy[:, 0], y_m=xy[:, 1])
    q = gridgov.partition(metres, roads=(planar, ways), metric="walk")
    assert (p.labels_ == q.labels_).all()
    both = metres.merge(degrees, on="id")
    r = gridgov.partition(both, roads=(nodes, ways), metric="walk")
    assert (r.labels_ == q.labels_).all()
    with pytest.raises(UsageError) as error:
        gridgov.partition(degrees, roads=(planar, ways))
    assert error.value.code == "reference_missing"
    with pytest.raises(UsageError) as error:
        gridgov.partition(metres, roads=(nodes, ways))
    assert error.value.code == "planes_not_tied"


# Links


def ring(count: int = 60) -> list[tuple[int, int]]:
    return [(row, (row + 1) % count) for row in range(count)]


def test_links_of_every_kind_are_the_same_links(metres):
    xy = metres[["x_m", "y_m"]].to_numpy()
    pairs = ring()
    length_m = [float(np.hypot(*(xy[u] - xy[v]))) for u, v in pairs]
    ids = metres["id"].tolist()
    frame = pd.DataFrame(
        {"u": [ids[u] for u, _ in pairs], "v": [ids[v] for _, v in pairs], "length_m": length_m}
    )
    u, v = np.array(pairs).T
    matrix = scipy.sparse.coo_matrix((length_m, (u, v)), shape=(60, 60))
    graph = nx.Graph()
    graph.add_weighted_edges_from(frame.itertuples(index=False), weight="length_m")
    bare = nx.Graph(list(zip(frame["u"], frame["v"], strict=True)))
    expected = gridgov.partition(metres, links=frame)
    assert expected.summary["neighbours"] == "links"
    assert len(expected.links) == 60
    libpysal_weights = pytest.importorskip("libpysal.weights")
    libpysal_graph = pytest.importorskip("libpysal.graph")
    neighbours = {row: [(row - 1) % 60, (row + 1) % 60] for row in range(60)}
    by_row = libpysal_weights.W(neighbours, silence_warnings=True)
    by_id = libpysal_weights.W(
        {ids[row]: [ids[other] for other in others] for row, others in neighbours.items()},
        silence_warnings=True,
    )
    for links in (
        matrix,
        matrix.tocsr() + matrix.tocsr().T,
        graph,
        bare,
        by_row,
        by_id,
        libpysal_graph.Graph.from_W(by_id),
    ):
        p = gridgov.partition(metres, links=links)
        assert (p.labels_ == expected.labels_).all()
        assert np.allclose(p.links["length_m"], expected.links["length_m"])
    with pytest.raises(UsageError) as error:
        gridgov.partition(metres, links=scipy.sparse.eye(3))
    assert error.value.code == "shape_wrong"


def test_links_to_nobody_are_told(metres):
    graph = nx.Graph([("h0", "h1"), ("h1", "nobody")])
    with pytest.raises(DataError) as error:
        gridgov.partition(metres, links=graph)
    assert error.value.code == "link_unknown_household"
    assert error.value.records[0] == "nobody"


# Properties


@settings(max_examples=50, deadline=None)
@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-80, 80),
    x=st.floats(-5e4, 5e4),
    y=st.floats(-5e4, 5e4),
)
def test_the_local_plane_and_back(lon, lat, x, y):
    plane = planes.MeridianPlane.for_longitudes(np.array([lon]))
    x_m, y_m = plane.from_lonlat(np.array([lon]), np.array([lat]))
    back = plane.to_lonlat(x_m + x, y_m + y)
    again = plane.from_lonlat(*back)
    assert abs(again[0][0] - x_m[0] - x) < 1e-6
    assert abs(again[1][0] - y_m[0] - y) < 1e-6


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.text(), st.none(), st.integers(), st.floats()), max_size=8))
def test_texts_of_anything_are_texts_and_stable(values):
    found = inputs.texts(values)
    assert len(found) == len(values)
    assert all(isinstance(text, str) for text in found)
    assert inputs.texts(found) == found
