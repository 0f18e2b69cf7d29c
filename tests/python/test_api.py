"""The entry points: what they return, what they promise, what they refuse."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov
from gridgov import DataError, UsageError, _core

COURTYARD_COLUMNS = [
    "courtyard_id", "grid_id", "village_id", "households", "weight", "head_household_id",
    "mean_distance_m", "max_distance_m", "status", "unavoidable", "reason",
]  # fmt: skip
HOUSEHOLD_COLUMNS = [
    "household_id", "courtyard_id", "grid_id", "village_id", "head_household_id",
    "distance_to_head_m", "located",
]  # fmt: skip
SUMMARY_KEYS = {
    "households", "villages", "components", "courtyards", "grids", "min", "max", "target",
    "broken_courtyards", "broken_households", "broken_proved_unavoidable", "total_distance_m",
    "mean_distance_m", "max_distance_m", "lower_bound_total_distance_m", "gap", "metric", "crs",
    "seed", "effort", "threads", "seconds", "version",
}  # fmt: skip


def lattice(columns: int, rows: int, spacing_m: float = 10.0) -> np.ndarray:
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    return np.column_stack([x.ravel(), y.ravel()]) * spacing_m


def cloud(count: int, seed: int = 0, side_m: float = 1000.0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, side_m, (count, 2))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    places = cloud(120, seed=5)
    return pd.DataFrame(
        {
            "id": [f"h{row:03}" for row in range(120)],
            "x_m": places[:, 0],
            "y_m": places[:, 1],
            "village": np.where(places[:, 0] < 500, "东村", "西村"),
        }
    )


# partition


def test_partition_of_a_line_is_the_obvious_one():
    line = np.column_stack([np.arange(60) * 10.0, np.zeros(60)])
    p = gridgov.partition(line, effort="best")
    assert p.labels_.tolist() == sorted(p.labels_.tolist())
    assert np.bincount(p.labels_).tolist() in ([20, 20, 20], [19, 20, 21], [21, 20, 19])
    assert p.summary["total_distance_m"] == 3 * 1000.0
    assert p.holds


def test_result_has_the_contract_s_columns_and_keys(frame):
    p = gridgov.partition(frame, grids=3)
    assert list(p.courtyards.columns) == COURTYARD_COLUMNS
    assert list(p.households.columns) == HOUSEHOLD_COLUMNS
    assert list(p.links.columns) == ["u", "v", "length_m"]
    assert p.summary.keys() >= SUMMARY_KEYS
    assert set(p.summary["seconds"]) == {"input", "neighbours", "partition", "grids"}
    assert p.summary["version"] == gridgov.__version__
    assert (p.summary["min"], p.summary["threads"] >= 1) == (10, True)
    assert p.summary["gap"] is None
    assert p.summary["grids"] == p.courtyards["grid_id"].nunique() == 3
    assert gridgov.partition(frame).grids is None


def test_grids_measure_what_they_are(frame):
    shares: list[float] = []
    p = gridgov.partition(frame, grids=3, effort="draft", progress=shares.append)
    assert shares == sorted(shares)
    courtyards = p.courtyards.set_index("courtyard_id")
    place = frame.set_index("id")[["x_m", "y_m"]]
    total = 0.0
    for grid in p.grids.itertuples():
        members = courtyards[courtyards["grid_id"] == grid.grid_id]
        assert grid.courtyards == len(members)
        assert grid.households == members["households"].sum()
        heads = place.loc[members["head_household_id"]].to_numpy()
        metres = np.hypot(*(heads[:, None] - heads).T) @ members["households"].to_numpy()
        centre = members.index.get_loc(grid.centre_courtyard_id)
        assert metres[centre] == pytest.approx(metres.min())
        assert grid.mean_distance_m * grid.households == pytest.approx(metres.min())
        total += metres.min()
    assert p.summary["grid_total_distance_m"] == pytest.approx(total)
    assert p.summary["grid_mean_distance_m"] == pytest.approx(total / len(frame))
    assert p.summary["grid_max_distance_m"] == p.grids["max_distance_m"].max()
    assert p.summary["grid_imbalance"] >= 1


def test_frames_agree_with_labels_and_with_each_other(frame):
    p = gridgov.partition(frame)
    ids = p.courtyards["courtyard_id"].to_numpy()
    assert p.households["household_id"].tolist() == frame["id"].tolist()
    assert p.households["courtyard_id"].tolist() == ids[p.labels_].tolist()
    assert p.households["village_id"].tolist() == frame["village"].tolist()
    assert p.courtyards["households"].tolist() == np.bincount(p.labels_).tolist()
    assert np.isclose(p.households["distance_to_head_m"].sum(), p.summary["total_distance_m"])
    by_courtyard = p.households.groupby("courtyard_id", sort=False)["distance_to_head_m"]
    mean = by_courtyard.mean()[p.courtyards["courtyard_id"]]
    assert np.allclose(mean, p.courtyards["mean_distance_m"])
    place = frame.set_index("id")[["x_m", "y_m"]]
    heads = place.loc[p.households["head_household_id"]].to_numpy()
    walks = np.hypot(*(place.to_numpy() - heads).T)
    assert np.allclose(walks, p.households["distance_to_head_m"], atol=1e-5)


def test_arrays_are_read_only_and_numbers_are_borrowed_from_the_core():
    p = gridgov.partition(cloud(100))
    assert p.labels_.dtype == np.int32
    assert p.labels_.shape == (100,)
    assert set(p.labels_) == set(range(len(p.courtyards)))
    for array in (p.labels_, p.x_m, p.y_m):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert isinstance(p.labels_.base, _core.Partition)


def test_the_result_does_not_change_with_the_caller_s_array():
    places = cloud(60)
    p = gridgov.partition(places)
    before = p.x_m.copy()
    places[:] = 0
    assert (p.x_m == before).all()


@pytest.mark.parametrize("array", [np.asfortranarray, lambda a: a[::-1][::-1], np.ndarray.tolist])
def test_any_array_layout_gives_the_same(array):
    places = cloud(80)
    assert (gridgov.partition(array(places)).labels_ == gridgov.partition(places).labels_).all()


def test_same_seed_same_bytes_for_any_number_of_threads(frame):
    results = [gridgov.partition(frame, threads=threads) for threads in (1, 2, 3, 0)]
    assert len({result.labels_.tobytes() for result in results}) == 1
    assert [result.summary["threads"] for result in results[:3]] == [1, 2, 3]


def test_pickled_results_keep_everything(frame):
    barrier = [np.array([[500.0, -10.0], [500.0, 1010.0]])]
    p = gridgov.partition(frame, barriers=barrier, grids=2)
    q = pickle.loads(pickle.dumps(p))
    pd.testing.assert_frame_equal(p.households, q.households)
    pd.testing.assert_frame_equal(p.courtyards, q.courtyards)
    pd.testing.assert_frame_equal(p.links, q.links)
    assert q.summary == p.summary
    assert q.findings == p.findings
    assert (q.labels_ == p.labels_).all()
    assert not q.labels_.flags.writeable
    assert len(q.barriers) == 1
    assert repr(q) == repr(p)


def test_repr_and_html_say_what_there_is():
    p = gridgov.partition(lattice(20, 20), ids=[f"<b>{row}</b>" for row in range(400)])
    assert "400 households, 20 courtyards" in repr(p)
    page = p._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>0</b>" not in page
    assert "10 more courtyards" in page


def test_a_village_too_small_is_told_with_its_reason():
    places = cloud(30)
    p = gridgov.partition(places, villages=["big"] * 23 + ["small"] * 7)
    row = p.courtyards.set_index("village_id").loc["small"]
    assert (row["status"], row["unavoidable"]) == ("undersize", "proved")
    assert "7 households" in row["reason"]
    assert "7户" in p.reasons("zh")[int(p.labels_[-1])]
    assert p.summary["broken_courtyards"] == p.summary["broken_proved_unavoidable"] == 1
    assert not p.holds
    assert [f.code for f in p.findings if f.severity == "error"] == ["village_too_small"]


def test_weights_heads_pins_and_previous_are_heard():
    places = lattice(10, 6)
    weights = np.where(np.arange(60) < 30, 0.5, 2.0)
    heads = np.zeros(60, bool)
    heads[::3] = True
    pins = [None] * 60
    pins[0] = pins[1] = "pair"
    p = gridgov.partition(places, weights=weights, heads=heads, pins=pins, previous=["a"] * 60)
    sums = np.bincount(p.labels_, weights)
    assert np.allclose(sums, p.courtyards["weight"])
    assert ((sums >= 10) & (sums <= 30)).all()
    assert heads[p.courtyards["head_household_id"].astype(int)].all()
    assert p.labels_[0] == p.labels_[1]


def test_groups_are_kept_together_where_it_costs_little():
    places = np.column_stack([np.arange(40) * 10.0, np.zeros(40)])
    groups = ["a"] * 15 + ["b"] * 25
    p = gridgov.partition(places, groups=groups, group_weight=1e6, effort="best")
    assert [len(set(p.labels_[rows])) for rows in (slice(0, 15), slice(15, 40))] == [1, 1]


def test_unlocated_households_are_refused_or_placed_with_their_group():
    places = lattice(6, 5).astype(float)
    places[7] = np.nan
    groups = ["g"] * 10 + [""] * 20
    with pytest.raises(DataError) as refused:
        gridgov.partition(places, groups=groups)
    assert refused.value.code == "household_unlocated"
    assert refused.value.records == ("7",)
    p = gridgov.partition(places, groups=groups, unlocated="group")
    assert p.households["located"].tolist() == [row != 7 for row in range(30)]
    assert np.isnan(p.households.loc[7, "distance_to_head_m"])
    assert p.to_geodataframe().geometry.iloc[7] is None
    assert gridgov.verify(places, p, groups=groups, unlocated="group").holds


def test_courtyards_and_grids_by_number(frame):
    assert gridgov.partition(frame, courtyards=8).summary["courtyards"] == 8
    p = gridgov.partition(frame, min=2, max=6, target=4, grid_courtyards=(3, 6))
    sizes = p.courtyards.groupby("grid_id").size()
    assert sizes.between(3, 6).all()
    assert p.courtyards.groupby("grid_id")["village_id"].nunique().eq(1).all()


def test_barriers_cut_links():
    places = lattice(20, 2)
    river = [np.array([[95.0, -100.0], [95.0, 100.0]])]
    p = gridgov.partition(places, barriers=river)
    assert p.summary["components"] == 2
    side = places[:, 0] < 95
    assert not set(p.labels_[side]) & set(p.labels_[~side])


def test_links_longer_than_allowed_are_left_out():
    places = np.concatenate([lattice(5, 4), lattice(5, 4) + np.array([200, 0])])
    assert gridgov.partition(places).summary["components"] == 1
    p = gridgov.partition(places, max_link_m=100)
    assert p.summary["components"] == 2
    assert p.links["length_m"].max() <= 100


def test_roads_give_neighbours_and_walks():
    nodes = pd.DataFrame({"id": ["a", "b"], "x_m": [0.0, 400.0], "y_m": [0.0, 0.0]})
    ways = pd.DataFrame({"u": ["a"], "v": ["b"], "length_m": [400.0]})
    places = np.column_stack([np.arange(20) * 20.0, np.full(20, 5.0)])
    p = gridgov.partition(places, roads=(nodes, ways), metric="walk")
    assert p.summary["neighbours"] == "ways"
    assert p.summary["components"] == 1
    straight = gridgov.partition(places, metric="straight")
    assert p.summary["total_distance_m"] > straight.summary["total_distance_m"]
    assert p.roads[0]["id"].tolist() == ["a", "b"]
    assert p.roads[1]["length_m"].tolist() == [400.0]


def test_one_household_is_a_result_and_none_is_a_fault():
    p = gridgov.partition([[3.0, 4.0]])
    assert p.labels_.tolist() == [0]
    assert p.summary["broken_courtyards"] == 1
    assert p.courtyards["head_household_id"].tolist() == ["0"]
    for nothing in ([], np.empty((0, 2)), pd.DataFrame({"x_m": [], "y_m": []})):
        with pytest.raises(DataError) as error:
            gridgov.partition(nothing)
        assert error.value.code == "no_households"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"min": 5, "max": 4}, "bounds_invalid"),
        ({"min": 0}, "bounds_invalid"),
        ({"min": float("nan")}, "option_not_finite"),
        ({"target": 50}, "target_outside_bounds"),
        ({"min": "10"}, "option_out_of_range"),
        ({"target": None}, "option_out_of_range"),
        ({"seed": -1}, "option_out_of_range"),
        ({"seed": 2**64}, "option_out_of_range"),
        ({"threads": -1}, "option_out_of_range"),
        ({"threads": 10**6}, "option_out_of_range"),
        ({"courtyards": 0}, "option_out_of_range"),
        ({"courtyards": 2.5}, "option_out_of_range"),
        ({"grids": 0}, "option_out_of_range"),
        ({"grids": 2, "grid_courtyards": (1, 2)}, "grids_options_conflict"),
        ({"grid_courtyards": (3, 2)}, "bounds_invalid"),
        ({"grid_courtyards": 3}, "option_out_of_range"),
        ({"metric": "crow"}, "option_unknown"),
        ({"effort": []}, "option_unknown"),
        ({"unlocated": "drop"}, "option_unknown"),
        ({"group_weight": -1}, "option_negative"),
        ({"group_weight": float("inf")}, "option_not_finite"),
        ({"max_link_m": 0}, "length_out_of_range"),
        ({"max_link_m": float("nan")}, "length_out_of_range"),
        ({"ids": "id"}, "column_without_frame"),
        ({"weights": 3}, "type_wrong"),
        ({"links": 3}, "type_wrong"),
        ({"links": pd.DataFrame({"u": [], "v": []})}, "column_missing"),
        ({"roads": pd.DataFrame()}, "type_wrong"),
        ({"barriers": 3}, "type_wrong"),
        ({"barriers": [np.zeros(4)]}, "shape_wrong"),
        ({"crs": "EPSG:nonsense"}, "reference_invalid"),
    ],
)
def test_a_caller_s_mistake_is_a_usage_error(options, code):
    with pytest.raises(UsageError) as error:
        gridgov.partition(lattice(5, 4), **options)
    assert error.value.code == code
    assert error.value.number == gridgov.codes()[code]
    assert len(error.value.findings) == 1
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((3, 3)), np.zeros(4), "abc", 5, [["a", "b"]], None, np.zeros((1, 2), complex)],
)
def test_households_that_are_none(wrong):
    with pytest.raises(UsageError) as error:
        gridgov.partition(wrong)
    assert error.value.code in {"type_wrong", "shape_wrong"}


@pytest.mark.parametrize(
    ("columns", "codes", "records"),
    [
        ({"ids": ["a", "a", "c"]}, ["duplicate_id"], ("a",)),
        ({"ids": ["a", None, ""]}, ["empty_id", "empty_id"], ()),
        ({"ids": [1e17, 1.0, 2.0]}, ["id_inexact"], ()),
        ({"ids": np.array([1e17, 1.0, -1e17])}, ["id_inexact"] * 2, ()),
        ({"ids": ["a", "b"]}, ["column_length"], ()),
        ({"ids": ["a", "\ud800", "c"]}, ["text_not_utf8"], None),
        ({"weights": [1, -1, np.nan]}, ["weight_not_positive"] * 2, ("1", "2")),
        ({"weights": [1, np.inf, 1e10]}, None, ("1", "2")),
        ({"weights": ["1", "two", "3"]}, ["not_a_number"], ("1",)),
        ({"villages": ["v", "", None]}, ["empty_village"] * 2, ("1", "2")),
        ({"pins": ["p", "p", ""], "villages": ["a", "b", "a"]}, ["pin_across_villages"], None),
    ],
)
def test_every_fault_of_the_data_is_told(columns, codes, records):
    with pytest.raises(DataError) as error:
        gridgov.partition([[0, 0], [1, 1], [2, 2]], **columns)
    if codes is not None:
        assert [finding.code for finding in error.value.findings] == codes
    if records is not None:
        assert error.value.records == records
    assert str(error.value)
    assert all(finding.message("zh") for finding in error.value.findings)


@pytest.mark.parametrize("hostile", [np.inf, -np.inf, 1e308, -1e9])
def test_hostile_coordinates_are_named(hostile):
    places = lattice(4, 3).astype(float)
    places[5, 0] = hostile
    with pytest.raises(DataError) as error:
        gridgov.partition(places)
    assert error.value.records == ("5",)


def test_masked_coordinates_are_missing_ones():
    places = np.ma.masked_array(np.zeros((3, 2)), mask=[[0, 0], [1, 0], [0, 0]])
    with pytest.raises(DataError) as error:
        gridgov.partition(places)
    assert error.value.records == ("1",)


def test_faults_of_several_tables_come_together():
    links = pd.DataFrame({"u": ["0", "nobody"], "v": ["0", "1"], "length_m": [1.0, -1.0]})
    with pytest.raises(DataError) as error:
        gridgov.partition([[0, 0], [1, np.inf]], weights=[1, 0], links=links)
    told = {(finding.table, finding.code) for finding in error.value.findings}
    assert {table for table, _ in told} == {"households", "links"}
    assert len(told) >= 4


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_town_is_partitioned_into_what_the_verifier_confirms(data):
    count = data.draw(st.integers(1, 60))
    whole = st.integers(-20, 20)  # few places: duplicates, lines, lattices
    xy = data.draw(st.lists(st.tuples(whole, whole), min_size=count, max_size=count))
    villages = data.draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count))
    weights = data.draw(st.lists(st.floats(0.1, 8), min_size=count, max_size=count))
    least = data.draw(st.integers(1, 12))
    most = data.draw(st.integers(least, 40))
    target = (least + most) / 2
    options = {"weights": weights, "villages": villages, "min": least, "max": most}
    p = gridgov.partition(xy, **options, target=target, effort="draft")
    assert p.labels_.shape == (count,)
    assert set(p.labels_) == set(range(len(p.courtyards)))
    checked = gridgov.verify(xy, p, **options)
    assert checked.measures["broken_courtyards"] == p.summary["broken_courtyards"]
    assert np.isclose(checked.measures["total_distance_m"], p.summary["total_distance_m"])
    assert checked.holds == (p.summary["broken_courtyards"] == 0)
    assert (checked.frame["one_village"]).all()


# Estimator


def test_estimator_is_partition_with_options_first():
    places = cloud(90)
    estimator = gridgov.Courtyards(min=5, max=15, target=10)
    labels = estimator.fit_predict(places)
    expected = gridgov.partition(places, min=5, max=15, target=10)
    assert (labels == expected.labels_).all()
    assert (estimator.labels_ == labels).all()
    assert estimator.partition_.summary["courtyards"] == labels.max() + 1
    assert estimator.get_params() == gridgov.Courtyards().get_params() | {
        "min": 5,
        "max": 15,
        "target": 10,
    }
    assert repr(estimator) == "Courtyards(min=5, max=15, target=10)"
    with pytest.raises(UsageError, match="n_clusters"):
        estimator.set_params(n_clusters=3)


# verify


def test_verify_names_every_broken_rule():
    line = [(10.0 * row, 0.0) for row in range(20)]
    frame = pd.DataFrame({"household_id": [str(row) for row in range(20)], "courtyard_id": "a"})
    frame.loc[12:, "courtyard_id"] = "b"
    checked = gridgov.verify(line, frame, min=10, max=11)
    assert [f.code for f in checked.findings] == ["courtyard_oversize", "courtyard_undersize"]
    assert not checked
    assert checked.frame["courtyard_id"].tolist() == ["a", "b"]
    assert checked.frame["oversize"].tolist() == [True, False]
    assert checked.measures["broken_share"] == 1.0
    assert gridgov.verify(line, frame, min=8, max=12)


def test_verify_tells_who_is_missing_unknown_or_twice():
    line = [(10.0 * row, 0.0) for row in range(4)]
    frame = pd.DataFrame(
        {"household_id": ["0", "1", "1", "x", "2"], "courtyard_id": ["a", "a", "b", "a", None]}
    )
    checked = gridgov.verify(line, frame, min=1, max=9)
    told = [(f.code, f.records) for f in checked.findings]
    assert ("assignment_duplicate_household", ("1",)) in told
    assert ("assignment_unknown_household", ("x",)) in told
    assert ("assignment_empty_courtyard", ("2",)) in told
    assert ("assignment_missing_household", ("3",)) in told
    assert not checked.holds


def test_verify_checks_heads_and_distances_that_are_claimed():
    line = [(10.0 * row, 0.0) for row in range(11)]
    p = gridgov.partition(line)
    claim = p.households.copy()
    assert gridgov.verify(line, claim).holds
    claim.loc[3, "distance_to_head_m"] += 1
    assert [f.code for f in gridgov.verify(line, claim).findings] == ["distance_wrong"]
    claim = p.households.drop(columns="distance_to_head_m")
    claim["head_household_id"] = "0"
    assert [f.code for f in gridgov.verify(line, claim).findings] == ["head_not_medoid"]


@pytest.mark.parametrize(
    ("assignment", "code"),
    [
        (["a"], "shape_wrong"),
        (None, "type_wrong"),
        ("ab", "type_wrong"),
        (pd.DataFrame({"household_id": ["0"]}), "column_missing"),
    ],
)
def test_verify_refuses_what_is_no_assignment(assignment, code):
    with pytest.raises(UsageError) as error:
        gridgov.verify([[0, 0], [1, 1]], assignment)
    assert error.value.code == code


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=24, max_size=24))
def test_verify_agrees_with_counting(labels):
    line = [(10.0 * row, 0.0) for row in range(24)]
    checked = gridgov.verify(line, labels, min=4, max=9)
    sizes = pd.Series(labels).value_counts()
    for row in checked.frame.itertuples():
        members = [place for place, label in enumerate(labels) if str(label) == row.courtyard_id]
        assert row.households == sizes[int(row.courtyard_id)] == len(members)
        assert row.connected == (members[-1] - members[0] == len(members) - 1)
        assert row.undersize == (len(members) < 4)
        assert row.oversize == (len(members) > 9)


# compare and simulate


def test_compare_runs_every_algorithm_under_the_verifier():
    town = gridgov.simulate_township(households=300, villages=2, seed=3)
    table = gridgov.compare(town.households, barriers=town.barriers)
    assert table["algorithm"].tolist() == list(gridgov.algorithms())
    assert list(table.columns) == [
        "algorithm", "seconds", "courtyards", "broken_share", "disconnected_share",
        "mean_distance_m", "max_distance_m",
    ]  # fmt: skip
    ours = gridgov.partition(town.households, barriers=town.barriers)
    row = table.set_index("algorithm").loc["gridgov-standard"]
    assert np.isclose(row["mean_distance_m"], ours.summary["mean_distance_m"])
    assert row["courtyards"] == ours.summary["courtyards"]
    with pytest.raises(UsageError) as error:
        gridgov.compare(town.households, ["oracle"])
    assert error.value.code == "unknown_algorithm"
    assert all(gridgov.algorithms().values())


def test_a_township_is_the_same_for_the_same_seed_and_fits_the_model():
    town = gridgov.simulate_township(households=200, villages=3, seed=9)
    again = gridgov.simulate_township(households=200, villages=3, seed=9)
    pd.testing.assert_frame_equal(town.households, again.households)
    assert len(town.households) == 200
    assert set(town.villages["village"]) == set(town.households["village"])
    assert town.households["id"].is_unique
    other = gridgov.simulate_township(households=200, villages=3, seed=10)
    assert not town.households["x_m"].equals(other.households["x_m"])
    p = gridgov.partition(town.households, roads=town.roads, heads="may_be_head", metric="walk")
    assert p.summary["households"] == 200
    assert (
        gridgov.verify(
            town.households, p, roads=town.roads, heads="may_be_head", metric="walk"
        ).measures["broken_courtyards"]
        == p.summary["broken_courtyards"]
    )


@pytest.mark.parametrize("options", [{"villages": 0}, {"households": 1}, {"households": 10**12}])
def test_a_township_that_cannot_be(options):
    with pytest.raises(UsageError) as error:
        gridgov.simulate_township(**options)
    assert error.value.code == "simulate_counts_invalid"
