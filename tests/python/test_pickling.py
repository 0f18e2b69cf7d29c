"""Every input and result is pickled and copied whole: by all protocols, to forked and spawned
processes."""

import copy
import multiprocessing
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import DataError, UsageError, lists, points

sys.path.insert(0, str(Path(__file__).parent))
from results_cases import HOUSEHOLDS, REGISTER, everything, rules

WAYS = {f"protocol {p}": p for p in range(2, pickle.HIGHEST_PROTOCOL + 1)}


def through(way, thing):
    """A thing after a way there and back."""
    if way in WAYS:
        return pickle.loads(pickle.dumps(thing, WAYS[way]))
    return {"copy": copy.copy, "deepcopy": copy.deepcopy}[way](thing)


def assert_same(one, other, path="it"):
    """The same type and content, all the way down; frames and arrays by value."""
    assert type(one) is type(other), path
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
        assert one.flags.writeable == other.flags.writeable, path
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for key in one:
            assert_same(one[key], other[key], f"{path}[{key!r}]")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), path
        for place, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{path}[{place}]")
    elif type(one).__module__.startswith("gridgov") and not isinstance(one, gridgov.Finding):
        assert repr(one) == repr(other)
        for name in public(one):
            assert_same(getattr(one, name), getattr(other, name), f"{path}.{name}")
    elif not callable(one):
        assert one == other or one != one, path


def public(thing):
    """Names of a thing's values: neither hidden, nor its methods, nor the core's objects."""
    skipped = {"core", "crs", "barriers", "plane"} if hasattr(thing, "core") else {"args"}
    names = [name for name in dir(thing) if not name.startswith("_") and name not in skipped]
    return [name for name in names if not callable(getattr(thing, name))]


@pytest.mark.parametrize("way", [*WAYS, "copy", "deepcopy"])
@pytest.mark.parametrize("name", everything())
def test_everything_comes_back_the_same(name, way):
    thing = everything()[name]
    again = through(way, thing)
    assert_same(thing, again)
    if hasattr(thing, "_repr_html_"):
        assert again._repr_html_() == thing._repr_html_()


def test_the_comparison_of_these_tests_sees_differences():
    one, other = everything()["points.Settlement"], everything()["points.Settlement going on"]
    with pytest.raises(AssertionError):
        assert_same(one, other)
    with pytest.raises(AssertionError):
        assert_same(everything()["lists.Workload"], lists.workload(everything()["lists.Catalogue"]))


def test_a_settlement_keeps_what_its_call_alone_told():
    left = pickle.loads(pickle.dumps(everything()["points.Settlement with villages left out"]))
    assert left.left_out == ["b"]
    assert not left.holds
    assert left.summary["left_out_villages"] == ["b"]
    going_on = pickle.loads(pickle.dumps(everything()["points.Settlement going on"]))
    assert going_on.new_entries["register_no"].tolist() == ["r2"]


def test_settlements_go_on_from_unpickled_ones():
    first = {name: column[:1] for name, column in REGISTER.items()}
    before = points.settle(rules(), HOUSEHOLDS, first, as_of="2026-03-01")
    after = points.settle(
        rules(),
        HOUSEHOLDS,
        REGISTER,
        as_of="2026-12-31",
        previous=pickle.loads(pickle.dumps(before)),
    )
    assert after.ledger.equals(everything()["points.Settlement"].ledger)


def test_without_a_state_a_settlement_is_copied_but_not_pickled():
    settled = points.settle(rules(), HOUSEHOLDS, REGISTER, as_of="2026-12-31", keep_state=False)
    assert copy.deepcopy(settled).balances.equals(settled.balances)
    with pytest.raises(UsageError) as error:
        pickle.dumps(settled)
    assert error.value.code == "points_no_state"


def test_copies_have_frames_of_their_own():
    for name in ("Partition", "points.Settlement", "lists.Catalogue"):
        thing = copy.deepcopy(everything()[name])
        frame = {"Partition": "households", "points.Settlement": "balances"}.get(name, "items")
        getattr(thing, frame)["note"] = "mine"
        assert "note" not in getattr(everything()[name], frame)


def test_calendars_work_after_they_were_pickled():
    calendar = pickle.loads(pickle.dumps(everything()["lists.WorkingDays"]))
    assert not calendar.is_working("2026-01-01")
    assert calendar.is_working("2026-01-02")


@pytest.mark.parametrize("name", ["UsageError", "DataError"])
def test_faults_keep_code_records_and_both_languages(name):
    fault = everything()[name]
    fault.add_note("in village a")
    again = pickle.loads(pickle.dumps(fault))
    assert (again.code, again.number, again.records) == (fault.code, fault.number, fault.records)
    assert again.findings == fault.findings
    assert str(again) == str(fault)
    assert again.findings[0].message("zh") == fault.findings[0].message("zh")
    assert again.__notes__ == fault.__notes__
    assert repr(fault) == f"{name}({fault.code}: {fault})"


def _told(thing):
    """What another process says of a thing, and the thing."""
    return repr(thing), thing


def _refused(places):
    return gridgov.partition(places, weights=[-1] * len(places))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of fork beside threads, from 3.12 on
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_through_processes(start):
    things = list(everything().values())
    with multiprocessing.get_context(start).Pool(1) as pool:
        for thing, (told, again) in zip(things, pool.map(_told, things), strict=True):
            assert told == repr(thing) == repr(again)
        with pytest.raises(DataError) as error:
            pool.apply(_refused, ([(0.0, 0.0), (1.0, 1.0)],))
    assert error.value.records == ("0", "1")
