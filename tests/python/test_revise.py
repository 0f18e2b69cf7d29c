"""Revision: the Python API, the command, the files, ids over several years."""

import csv
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import cli

Run = Callable[..., Any]  # the fixture of conftest.py


def town(count: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 30 * count**0.5, (count, 2))
    frame = pd.DataFrame(places, columns=["x_m", "y_m"])
    frame.insert(0, "id", [f"h{i}" for i in range(count)])
    return frame


def next_year(frame: pd.DataFrame, seed: int, name: str) -> pd.DataFrame:
    """A twentieth leaves, as many come."""
    rng = np.random.default_rng(seed)
    stay = frame[rng.random(len(frame)) > 0.05]
    count = len(frame) - len(stay)
    come = stay.sample(count, random_state=seed).copy()
    come["id"] = [f"{name}{i}" for i in range(count)]
    come["x_m"] += rng.uniform(-20, 20, count)
    return pd.concat([stay, come], ignore_index=True)


def whereabouts(partition: gridgov.Partition) -> dict[str, str]:
    frame = partition.households
    return dict(zip(frame["household_id"], frame["courtyard_id"], strict=True))


def check(previous: dict[str, str], now: pd.DataFrame, after: gridgov.Revision) -> None:
    """Counts and changes by plain definitions; and the verifier agrees."""
    where = whereabouts(after)
    both = [name for name in now["id"] if name in previous]
    moved = {name for name in both if where[name] != previous[name]}
    left = set(previous) - set(now["id"])
    entered = set(now["id"]) - set(previous)
    s = after.summary
    assert (s["kept"], s["moved"]) == (len(both) - len(moved), len(moved))
    assert (s["entered"], s["left"]) == (len(entered), len(left))
    assert s["moved_lower_bound"] <= s["moved"]
    changes = after.changes.set_index("household_id")
    assert set(changes.index) == moved | left | entered
    assert set(changes.index[changes["why"] == "entered"]) == entered
    assert set(changes.index[changes["why"] == "left"]) == left
    for name in moved:
        row = changes.loc[name]
        assert row["from_courtyard_id"] == previous[name]
        assert row["to_courtyard_id"] == where[name]
        assert row["why"] in {"undersize", "oversize", "disconnected", "shorter"}
    assert gridgov.verify(now, after.households).holds == (s["broken_courtyards"] == 0)


def test_years_go_by_and_no_id_is_given_twice() -> None:
    now = town(600)
    result: gridgov.Partition = gridgov.partition(now)
    lived = set(result.courtyards["courtyard_id"])
    for year in range(1, 6):
        before = whereabouts(result)
        alive = set(result.courtyards["courtyard_id"])
        now = next_year(now, year, f"y{year}-")
        result = gridgov.revise(result, now)
        assert isinstance(result, gridgov.Revision)
        check(before, now, result)
        assert result.moved <= 1.5 * result.moved_lower_bound + 5
        new = set(result.courtyards["courtyard_id"]) - alive
        assert not new & lived
        lived |= new
        assert set(result.retired_ids) | set(result.courtyards["courtyard_id"]) == lived


def test_nothing_changes_where_nothing_changed() -> None:
    now = town(200)
    first = gridgov.partition(now)
    again = gridgov.revise(first, now)
    assert len(again.changes) == 0
    names = ["courtyard_id", "head_household_id", "total_distance_m"]
    pd.testing.assert_frame_equal(again.households, first.households)
    assert again.summary[names[2]] == first.summary[names[2]]
    assert (again.courtyards["previous_head_extra_m"] == 0).all()


def test_drawn_by_hand_in_every_form() -> None:
    now = town(60)
    drawn = {name: f"{i // 15} 组" for i, name in enumerate(now["id"])}
    drawn["somebody gone"] = "9 组"
    by_mapping = gridgov.revise(drawn, now)
    check(drawn, now, by_mapping)
    frame = pd.DataFrame({"household_id": drawn.keys(), "courtyard_id": drawn.values()})
    for form in (frame, pd.Series(drawn)):
        other = gridgov.revise(form, now)
        pd.testing.assert_frame_equal(other.changes, by_mapping.changes)
    assert "9 组" in by_mapping.retired_ids
    with pytest.raises(gridgov.UsageError, match="previous"):
        gridgov.revise(3, now)
    twice = pd.concat([frame, frame[:2]])
    with pytest.raises(gridgov.DataError) as error:
        gridgov.revise(twice, now)
    assert [f.code for f in error.value.findings] == ["assignment_duplicate_household"] * 2


def test_keep_and_lock() -> None:
    now = town(400)
    cells = (now["x_m"] // 100 * 10 + now["y_m"] // 200).astype(int)
    drawn = {name: f"c{cell}" for name, cell in zip(now["id"], cells, strict=True)}
    plain = gridgov.revise(drawn, now)
    check(drawn, now, plain)
    shorter = gridgov.revise(drawn, now, keep=30)
    check(drawn, now, shorter)
    saved = plain.summary["total_distance_m"] - shorter.summary["total_distance_m"]
    assert shorter.moved > plain.moved
    assert saved >= 30 * (shorter.moved - plain.moved) - 1e-6
    locked = plain.courtyards["courtyard_id"].iloc[0]
    held = gridgov.revise(drawn, now, lock=[locked])
    assert not (held.changes[["from_courtyard_id", "to_courtyard_id"]] == locked).any(axis=None)
    with pytest.raises(gridgov.UsageError) as error:
        gridgov.revise(drawn, now, lock=["nowhere"])
    assert error.value.code == "unknown_locked_courtyard"
    with pytest.raises(gridgov.UsageError):
        gridgov.revise(drawn, now, keep=-1)


def test_a_revision_is_pickled() -> None:
    after = gridgov.revise({}, town(40))
    again = pickle.loads(pickle.dumps(after))
    pd.testing.assert_frame_equal(again.changes, after.changes)
    assert again.summary == after.summary
    assert repr(again).startswith("<gridgov.Revision: 0 moved, 40 entered, 40 households")


@pytest.mark.usefixtures("without_pictures")
class TestCommand:
    def test_a_directory_goes_on_living(self, run: Run, tmp_path: Path) -> None:
        years = [town(120)]
        for year in (1, 2, 3):
            years.append(next_year(years[-1], year, f"y{year}-"))
        for year, frame in enumerate(years):
            frame.to_csv(tmp_path / f"{year}.csv", index=False)
        assert run("partition", "0.csv", "--out", "r0").code == 0
        lived: set[str] = set()
        for year in (1, 2, 3):
            outcome = run("revise", f"r{year - 1}", f"{year}.csv", "--out", f"r{year}", "--json")
            assert outcome.code == 0, outcome.err
            summary = json.loads(outcome.out)
            changes = (tmp_path / f"r{year}/changes.csv").read_text(encoding="utf-8")
            rows = list(csv.DictReader(changes.splitlines()))
            reasons = [row["why"] for row in rows]
            assert reasons.count("entered") == summary["entered"]
            assert reasons.count("left") == summary["left"]
            assert len(reasons) == sum(summary[name] for name in ("entered", "left", "moved"))
            assert list(rows[0]) == [
                "household_id",
                "from_courtyard_id",
                "to_courtyard_id",
                "why",
            ]
            written = json.loads((tmp_path / f"r{year}/summary.json").read_text())
            assert written["moved_lower_bound"] <= written["moved"]
            checked = run(
                "verify", f"{year}.csv", f"r{year}/households.csv", "--links", f"r{year}/links.csv"
            )
            assert checked.code == 0
            alive = set(pd.read_csv(f"r{year}/courtyards.csv")["courtyard_id"])
            retired = set(pd.read_csv(f"r{year}/retired_courtyards.csv")["courtyard_id"])
            assert not alive & retired
            assert lived - alive <= retired
            lived |= alive

    def test_locks_in_one_or_many(self, run: Run, tmp_path: Path, households: Any) -> None:
        (tmp_path / "h.csv").write_text(households(60))
        rows = "".join(f"h{i},c{i // 20}\n" for i in range(60))
        (tmp_path / "drawn.csv").write_text("household_id,courtyard_id\n" + rows)
        one = run("revise", "drawn.csv", "h.csv", "--lock", "c0", "c2", "--out", "a", "--quiet")
        many = run(
            "revise", "--lock", "c0", "--lock", "c2", "drawn.csv", "h.csv", "--out", "b", "--quiet"
        )
        assert one.code == many.code == 0, one.err + many.err
        assert Path("a/changes.csv").read_bytes() == Path("b/changes.csv").read_bytes()
        assert json.loads(Path("a/manifest.json").read_text())["options"]["lock"] == ["c0", "c2"]
        wrong = run("revise", "drawn.csv", "h.csv", "--lock", "c9", "--out", "c", "--lang", "zh")
        assert wrong.code == 2
        assert "c9" in wrong.err

    def test_faults_have_file_and_line(self, run: Run, tmp_path: Path, households: Any) -> None:
        (tmp_path / "h.csv").write_text(households(20))
        (tmp_path / "drawn.csv").write_text("household_id,courtyard_id\nh1,a\nh2,a\nh1,b\n")
        outcome = run("revise", "drawn.csv", "h.csv", "--out", "out")
        assert outcome.code == 2
        assert "drawn.csv:4: h1: " in outcome.err
        assert run("revise", "nothing", "h.csv", "--out", "out").code == 2
        (tmp_path / "empty").mkdir()
        assert run("revise", "empty", "h.csv", "--out", "out").code == 2

    def test_an_old_result_is_not_overwritten(
        self, run: Run, tmp_path: Path, households: Any
    ) -> None:
        (tmp_path / "h.csv").write_text(households(40))
        assert run("partition", "h.csv", "--out", "r").code == 0
        assert run("revise", "r", "h.csv", "--out", "r", "--force").code == 2


def test_spread_leaves_others_alone() -> None:
    assert cli._spread(["revise", "a", "b", "--lock", "x", "y", "--keep", "3"]) == [
        *("revise", "a", "b", "--lock", "x", "--lock", "y", "--keep", "3")
    ]
    for words in (["revise", "--lock", "x", "a", "b"], ["verify", "a", "b", "--lock", "x", "y"]):
        assert cli._spread(words) == words
