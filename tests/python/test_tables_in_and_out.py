"""Tables as analysts hold them, into every layer: pandas types, indexes, views, geographic frames,
weights and graphs; and out again: references and indexes kept, arrays that nobody can change."""

import copy

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import gridgov
from gridgov import _core, lists, points

UTM = "EPSG:32648"
SIZES = {"min": 5, "max": 15, "target": 10}


@pytest.fixture(scope="module")
def town() -> gpd.GeoDataFrame:
    """Households near Chongqing in lon, lat, with an index that says nothing of the order."""
    random = np.random.default_rng(5)
    geometry = gpd.points_from_xy(
        107.4 + random.uniform(0, 0.01, 60), 30.3 + random.uniform(0, 0.01, 60)
    )
    columns = {"id": [f"h{row}" for row in range(60)], "village": ["东村"] * 30 + ["西村"] * 30}
    index = pd.Index(random.permutation(60) + 1000, name="door")
    return gpd.GeoDataFrame(columns, index=index, geometry=geometry, crs=4326)


# Geographic frames


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", UTM, "EPSG:4546", "EPSG:3857"])
def test_the_reference_and_the_index_come_back(town, crs):
    given = town.to_crs(crs)
    p = gridgov.partition(given, **SIZES)
    found = p.to_geodataframe()
    assert found.crs == given.crs
    assert found.index.equals(given.index)
    assert found.index.name == "door"
    # closer than a centimetre, in whichever unit
    assert found.to_crs(UTM).distance(given.to_crs(UTM)).max() < 0.01
    assert found["household_id"].tolist() == given["id"].tolist()
    joined = given.join(found[["courtyard_id"]])
    assert joined["courtyard_id"].tolist() == p.households["courtyard_id"].tolist()


def test_an_active_geometry_of_another_name_and_columns_beside_it(town):
    given = town.rename_geometry("door_step")
    given["geometry"] = "not one"
    p = gridgov.partition(given, **SIZES)
    assert (p.labels_ == gridgov.partition(town, **SIZES).labels_).all()
    assert p.to_geodataframe().crs == town.crs


def test_households_without_a_place_have_none_again(town):
    given = town.to_crs(UTM)
    given.loc[given.index[3], "geometry"] = None
    p = gridgov.partition(given, groups=given["village"], unlocated="group", **SIZES)
    found = p.to_geodataframe()
    assert found.geometry.isna().tolist() == [row == 3 for row in range(60)]
    assert not found["located"].iloc[3]


def test_metres_without_a_name_have_none_again():
    frame = pd.DataFrame({"x_m": np.arange(20.0), "y_m": 0.0}, index=list("abcdefghijklmnopqrst"))
    found = gridgov.partition(frame).to_geodataframe()
    assert found.crs is None
    assert found.index.equals(frame.index)
    assert (found.geometry.x == frame["x_m"]).all()
    assert gridgov.partition(frame.to_numpy()).to_geodataframe().index.equals(pd.RangeIndex(20))


@pytest.mark.parametrize("crs", ["EPSG:4326", UTM])
def test_geographic_frames_into_every_function(town, crs):
    given = town.to_crs(crs)
    p = gridgov.partition(given, **SIZES)
    q = gridgov.revise(p, given.iloc[:-2], **SIZES)
    assert q.left == 2
    assert q.to_geodataframe().crs == given.crs
    assert q.to_geodataframe().index.equals(given.index[:-2])
    assert gridgov.verify(given, p, min=5, max=15).holds
    assert gridgov.verify(given, q.to_geodataframe(), min=5, max=15).findings[0].code != ""
    shuffled = p.to_geodataframe().sample(frac=1, random_state=1)
    assert gridgov.verify(given, shuffled, min=5, max=15).holds
    compared = gridgov.compare(given, "gridgov-standard", **SIZES)
    assert compared["mean_distance_m"].tolist() == [p.summary["mean_distance_m"]]


# Indexes, views, types: partition


def test_neither_index_nor_layout_counts(town):
    frame = pd.DataFrame(
        {"id": town["id"], "x_m": town.to_crs(UTM).geometry.x, "y_m": town.to_crs(UTM).geometry.y}
    )
    people = pd.Series(np.arange(60) % 3 + 1, index=frame.index)
    expected = gridgov.partition(frame, weights=people, **SIZES)
    twice = frame.set_axis([7] * 60)
    assert (gridgov.partition(twice, weights=people, **SIZES).labels_ == expected.labels_).all()
    assert gridgov.partition(twice, **SIZES).to_geodataframe().index.tolist() == [7] * 60
    wide = np.zeros((60, 6), order="F")
    wide[:, 1], wide[:, 4] = frame["x_m"], frame["y_m"]
    view = wide[:, 1:5:3]
    assert not view.flags.c_contiguous
    long = np.repeat(people.to_numpy(), 2)[::2]
    again = gridgov.partition(view, ids=frame["id"].to_numpy(), weights=long, **SIZES)
    assert (again.labels_ == expected.labels_).all()
    view.flags.writeable = False
    locked = gridgov.partition(view, ids=frame["id"].to_numpy(), weights=long, **SIZES)
    assert (locked.labels_ == expected.labels_).all()


ID_COLUMNS = {
    "integers": np.arange(60),
    "unsigned": np.arange(60, dtype=np.uint64) + 2**63,
    "nullable": pd.array(range(60), dtype="Int64"),
    "arrow integers": pd.array(range(60), dtype=pd.ArrowDtype(pa.int64())),
    "texts": pd.array([f"h{row}" for row in range(60)], dtype="string"),
    "arrow texts": pd.array([f"h{row}" for row in range(60)], dtype=pd.ArrowDtype(pa.string())),
    "large arrow texts": pa.array([f"h{row}" for row in range(60)], pa.large_string()),
    "category": pd.Categorical([f"h{row}" for row in range(60)]),
    "index": pd.Index([f"h{row}" for row in range(60)]),
    "python": list(range(60)),
}


@pytest.mark.parametrize("kind", ID_COLUMNS)
def test_ids_of_any_type_come_back_as_texts(town, kind):
    ids = ID_COLUMNS[kind]
    p = gridgov.partition(town, ids=ids, **SIZES)
    listed = ids.to_pylist() if isinstance(ids, pa.Array) else list(ids)
    assert p.households["household_id"].tolist() == [str(one) for one in listed]
    q = gridgov.revise(dict(zip(listed, p.labels_.tolist(), strict=True)), town, ids=ids, **SIZES)
    assert q.moved == 0
    assert gridgov.explain(p, listed[7]).household_id == str(listed[7])


# Weights and graphs


def test_graphs_of_integers_texts_and_weights(town):
    ring = [(row, (row + 1) % 30) for row in range(30)]
    ring += [(u + 30, v + 30) for u, v in ring]
    graph = nx.Graph()
    graph.add_edges_from((f"h{u}", f"h{v}", {"length": 10.0 + u}) for u, v in ring)
    p = gridgov.partition(town, links=graph, **SIZES)
    lengths = {frozenset((f"h{u}", f"h{v}")): 10.0 + u for u, v in ring}
    found = p.links.itertuples(index=False)
    assert {frozenset((row.u, row.v)): row.length_m for row in found} == lengths
    integers = nx.relabel_nodes(graph, {f"h{row}": row for row in range(60)})
    numbered = gridgov.partition(town, ids=range(60), links=integers, **SIZES)
    assert (numbered.labels_ == p.labels_).all()
    directed = gridgov.partition(town, links=graph.to_directed(), **SIZES)
    assert (directed.labels_ == p.labels_).all()
    several = nx.MultiGraph(graph)
    several.add_edge("h0", "h1", length=3.0)
    shorter = gridgov.partition(town, links=several, **SIZES).links
    assert shorter["length_m"].min() == 3.0


def test_libpysal_of_a_frame_with_an_index_of_its_own(town):
    weights = pytest.importorskip("libpysal.weights")
    graph = pytest.importorskip("libpysal.graph")
    metres = town.to_crs(UTM)
    by_door = metres.set_index("id", drop=False)
    knn = graph.Graph.build_knn(by_door.geometry, 6)
    p = gridgov.partition(by_door, links=knn, **SIZES)
    assert p.summary["neighbours"] == "links"
    same = gridgov.partition(by_door, links=knn.to_W(), **SIZES)
    assert (same.labels_ == p.labels_).all()
    by_row = weights.KNN.from_array(np.column_stack([metres.geometry.x, metres.geometry.y]), k=6)
    assert (gridgov.partition(metres, links=by_row, **SIZES).labels_ == p.labels_).all()


# Points


RULES = {
    "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
    "rule": [
        {"id": "work", "deed": "work", "points": 2, "per": "hour", "units_max": 8,
         "when": {"age": ">= 18", "member": "true"}},
    ],
}  # fmt: skip


def account_tables() -> dict[str, pd.DataFrame]:
    """Numbers as ids, missing cells, truths and dates, as objects."""
    count = 24
    return {
        "households": pd.DataFrame({"household_id": range(6), "village": ["东", "西"] * 3}),
        "persons": pd.DataFrame(
            {"person_id": range(6), "household_id": range(6), "age": [17, 18, 40, 70, None, 30],
             "member": [True, True, False, True, True, None]}
        ),
        "register": pd.DataFrame(
            {"register_no": range(count), "date": pd.date_range("2026-02-01", periods=count),
             "household_id": [row % 6 for row in range(count)],
             "person_id": [row % 6 for row in range(count)],
             "deed": ["work", "work", "rest"] * (count // 3),
             "units": [row % 5 for row in range(count)],
             "stage": ["posted"] * count}
        ),
    }  # fmt: skip


def nullable(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.convert_dtypes()


def arrow_backed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.convert_dtypes(dtype_backend="pyarrow")


def categories(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = ("units", "age", "member", "date")
    return frame.astype({name: "category" for name in frame if name not in numbers})


def texts(frame: pd.DataFrame) -> pd.DataFrame:
    made = frame.convert_dtypes()
    for name in made.columns:
        if name != "member":
            made[name] = made[name].astype("string")
    return made


def same_index(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis([3] * len(frame))


def strided(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame.index.repeat(2)].iloc[::2]


KINDS = [nullable, arrow_backed, categories, texts, same_index, strided, pa.Table.from_pandas, dict]


@pytest.mark.parametrize("kind", KINDS)
def test_points_of_any_type_are_the_same_points(kind):
    tables = account_tables()
    expected = points.settle(RULES, **tables, as_of="2026-12-31")
    assert expected.summary["entries"]["posted"] > 0
    assert expected.summary["entries"]["no_match"] > 0
    made = {name: kind(frame) for name, frame in tables.items()}
    settled = points.settle(RULES, **made, as_of="2026-12-31")
    pd.testing.assert_frame_equal(settled.entries, expected.entries)
    assert settled.ledger["hash"].tolist() == expected.ledger["hash"].tolist()


# Lists


CATALOGUE = {
    "catalogue": {"effective_from": "2026-01-01"},
    "actor": [{"id": "7", "level": "village"}],
    "item": [
        {"id": "12", "matter": "disclosure", "list": "must", "actor": "7",
         "recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "due_days": 3},
        {"id": "13", "matter": "certificate/age", "list": "certify", "actor": "7",
         "when": {"age": ">= 18", "member": "true"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_lists_of_any_type_are_the_same_lists(kind):
    day = pd.Timestamp("2026-01-20")
    evidence = pd.DataFrame(
        {"date": [day, day + pd.Timedelta(days=40), day + pd.Timedelta(days=59)],
         "item": [12] * 3, "actor": [7] * 3, "waived": [None, "yes", None]}
    )  # fmt: skip
    expected = lists.duties(CATALOGUE, evidence, as_of="2026-06-01")
    assert expected.counts["met"] == 2
    assert expected.counts["waived"] == 1
    found = lists.duties(CATALOGUE, kind(evidence), as_of="2026-06-01")
    pd.testing.assert_frame_equal(found.windows, expected.windows)
    log = pd.DataFrame(
        {"case_id": [1, 1, 2], "date": [day] * 3, "actor": ["village", "town", "village"],
         "event": ["opened", "referred", "opened"]}
    )  # fmt: skip
    told = lists.cases(kind(log), as_of="2026-04-30").cases
    pd.testing.assert_frame_equal(told, lists.cases(log, as_of="2026-04-30").cases)
    needs = pd.DataFrame(
        {"need": [1, 2], "kind": ["lamp", "road"], "amount": [3, 4], "priority": [1, 2]}
    )
    have = pd.DataFrame({"id": [5], "kind": ["lamp"], "amount": [2]})
    matched = lists.match(kind(needs), kind(have))
    assert matched.matches[["need", "source", "amount"]].to_numpy().tolist() == [["1", "5", 2]]
    assert matched.unmet["amount"].tolist() == [1, 4]
    ask = pd.DataFrame(
        {"actor": [7] * 4, "matter": ["certificate/age"] * 4, "date": [day] * 4,
         "age": [17, 40, None, 40], "member": [True, True, True, None]}
    )  # fmt: skip
    verdicts = lists.decide_columns(kind(ask), catalogue=CATALOGUE)["verdict"].tolist()
    assert verdicts == ["refuse_certificate", "may_certify"] + ["refuse_certificate"] * 2


def test_an_index_of_requests_is_kept():
    ask = pd.DataFrame(
        {"actor": ["7"] * 2, "matter": ["disclosure"] * 2, "date": ["2026-03-01"] * 2}, [4, 4]
    )
    assert lists.decide_columns(ask, catalogue=CATALOGUE).index.tolist() == [4, 4]


# Arrays out


def test_arrays_are_the_core_s_own_and_read_only():
    p = gridgov.partition([(10.0 * row, 0.0) for row in range(40)], **SIZES)
    assert isinstance(p.labels_.base, _core.Partition)
    s = points.settle(RULES, **account_tables(), as_of="2026-12-31")
    once, twice = s.core.households()["balance"], s.core.households()["balance"]
    assert np.shares_memory(once, twice)
    d = lists.duties(CATALOGUE, as_of="2026-06-01")
    e = gridgov.Courtyards(**SIZES).fit([(10.0 * row, 0.0) for row in range(40)])
    assert e.labels_ is e.partition_.labels_
    for array in (p.labels_, p.x_m, p.y_m, e.labels_, once, d.unused_evidence):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_frames_are_the_caller_s_own():
    p = gridgov.partition([(10.0 * row, 0.0) for row in range(40)], **SIZES)
    p.courtyards.loc[0, "weight"] = -1.0
    assert p.summary["courtyards"] == len(p.households["courtyard_id"].unique())
    s = points.settle(RULES, **account_tables(), as_of="2026-12-31")
    before = s.core.households()["balance"].copy()
    s.balances.loc[:, "balance"] = 99
    assert (s.core.households()["balance"] == before).all()
    assert 99 not in s.board().ranking["balance"].tolist()
    d = lists.duties(CATALOGUE, as_of="2026-06-01")
    d.rates.loc[0, "met"] = 7
    assert d.rates["met"].iloc[0] == 7


def test_results_do_not_change_with_the_tables_that_made_them():
    tables = account_tables()
    expected = copy.deepcopy(tables)
    s = points.settle(RULES, **tables, as_of="2026-12-31")
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, expected[name])  # nor they with the call
        frame.iloc[:, 0] = 0
    again = points.settle(RULES, **expected, as_of="2026-12-31")
    pd.testing.assert_frame_equal(s.entries, again.entries)
