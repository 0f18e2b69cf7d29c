"""Matching by itself: the API, and against the independent oracle on random townships."""

import os
import pickle
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from gridgov import DataError, UsageError, points

sys.path.insert(0, str(Path(__file__).parent))

import points_cases as town
import points_oracle as oracle

EXAMPLES = int(os.environ.get("GRIDGOV_EXAMPLES", "0"))
RULES = {
    "rulebook": {"id": "v-2026", "villages": ["*"], "effective_from": "2026-01-01"},
    "group": [{"id": "best", "hit_policy": "max"}],
    "rule": [
        {"id": "study", "deed": "study", "points": 2, "group": "best", "cooldown_days": 30},
        {"id": "long", "deed": "study", "points": 3, "per": "hour", "units_max": 4,
         "group": "best", "when": {"age": ">= 16"},
         "caps": [{"over": "rule", "scope": "household", "period": "year", "limit": 1}]},
        {"id": "litter", "deed": "litter", "points": -5, "evidence_min": 1},
    ],
}  # fmt: skip
HOUSEHOLDS = pd.DataFrame({"household_id": ["h1", "h2"], "village": ["east", "west"]})
PERSONS = pd.DataFrame({"person_id": ["p1", "p2"], "household_id": ["h1", "h2"], "age": [15, 16]})
REGISTER = pd.DataFrame(
    {
        "register_no": ["r1", "r2", "r3", "r4", "r5", "r6"],
        "date": [
            "2026-03-01",
            "2026-03-02",
            "2026-03-03",
            "2026-03-04",
            "2025-03-05",
            "2026-03-06",
        ],
        "household_id": ["h1", "h2", "h1", "h1", "h2", "h2"],
        "person_id": ["p1", "p2", None, None, "p2", "p2"],
        "deed": ["study", "study", "litter", "litter", "study", "study"],
        "units": [9, 9, None, None, 9, None],
        "evidence": ["", "", "photo", "", "", ""],
        "stage": ["posted", "declared", "posted", "posted", "posted", "rejected"],
    }
)


def test_what_rows_meet():
    m = points.match(RULES, HOUSEHOLDS, REGISTER, persons=PERSONS)
    assert m.frame.to_dict("list") == {
        "row": [0, 1, 1, 2],
        "rulebook": ["v-2026"] * 4,
        "rule_id": ["study", "study", "long", "litter"],
        "points": [2, 2, 12, -5],
    }
    assert m.offsets.tolist() == [0, 1, 3, 4, 4, 4, 4]
    assert m.rules.tolist() == [0, 0, 1, 2]
    assert m.names[1] == ("v-2026", "long", "best")
    assert m.unmatched.tolist() == [3, 4, 5]
    assert len(m) == 4
    assert (m.left_out, m.findings) == ([], [])
    assert repr(m) == "<gridgov.points.Matches: 4 of 6 register rows and 3 rules>"
    assert "<table" in m._repr_html_()


def test_columns_are_read_only_and_pickle():
    m = points.match(RULES, HOUSEHOLDS, REGISTER, persons=PERSONS)
    again = pickle.loads(pickle.dumps(m))
    for one in (m, again):
        for column in (one.offsets, one.rules, one.points, one.rows):
            assert not column.flags.writeable
    pd.testing.assert_frame_equal(again.frame, m.frame)


@pytest.mark.parametrize("form", ["categories", "arrow", "dict"])
def test_tables_of_every_kind(form):
    import pyarrow as pa

    register: Any = REGISTER
    if form == "categories":
        register = REGISTER.astype(dict.fromkeys(["household_id", "person_id", "deed"], "category"))
    elif form == "arrow":
        register = pa.Table.from_pandas(REGISTER)
    else:
        register = {name: REGISTER[name].tolist() for name in REGISTER}
    wanted = points.match(RULES, HOUSEHOLDS, REGISTER, persons=PERSONS)
    m = points.match(RULES, HOUSEHOLDS, register, persons=PERSONS, threads=2)
    pd.testing.assert_frame_equal(m.frame, wanted.frame)


def test_nothing_to_match():
    m = points.match(RULES, HOUSEHOLDS, REGISTER.iloc[:0], persons=PERSONS)
    assert (len(m), m.offsets.tolist(), m.unmatched.tolist()) == (0, [0], [])
    assert m.frame.empty
    none = points.match([], HOUSEHOLDS, REGISTER.assign(person_id=None))
    assert len(none) == 0
    assert none.frame.empty
    assert len(none.unmatched) == 6


def test_bad_rows_are_told_as_by_settle():
    bad = REGISTER.assign(
        household_id=["h1", "h9", "h1", "h1", "h2", "h2"],
        date=["2026-02-30", *REGISTER["date"][1:]],
        stage=["posted", "posted", "gone", "posted", "posted", "posted"],
    )
    with pytest.raises(DataError) as settled:
        points.settle(RULES, HOUSEHOLDS, bad, persons=PERSONS, as_of="2026-12-31")
    with pytest.raises(DataError) as matched:
        points.match(RULES, HOUSEHOLDS, bad, persons=PERSONS)
    assert matched.value.findings == settled.value.findings
    assert len(matched.value.findings) == 3
    with pytest.raises(UsageError, match="stage"):
        points.match(RULES, HOUSEHOLDS, REGISTER.drop(columns="stage"), persons=PERSONS)
    with pytest.raises(DataError) as unknown:
        points.match(RULES, HOUSEHOLDS, REGISTER)  # nobody has an age
    assert {found.code for found in unknown.value.findings} == {"condition_unknown_column"}


def test_faulty_villages_left_out():
    bad = REGISTER.assign(units=[9, 9, None, "many", 9, None])
    m = points.match(RULES, HOUSEHOLDS, bad, persons=PERSONS, skip_faulty_villages=True)
    assert m.left_out == ["east"]
    assert [found.code for found in m.findings] == ["points_number_invalid"]
    assert m.frame["row"].tolist() == [1, 1]


def test_progress_stops_it():
    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        points.match(RULES, HOUSEHOLDS, REGISTER, persons=PERSONS, progress=stop)


def expected_of(case: town.Case) -> list[list[tuple[str, int]]]:
    """What rows meet by the oracle, row by row."""
    register, households = case.register, case.households
    persons = None
    if case.persons is not None:
        persons = [row for place, row in enumerate(case.persons) if row not in case.persons[:place]]
    world = oracle.World(
        rulebooks=list(case.rulebooks),
        households={row["household_id"]: row for row in households},
        persons=persons,
        columns=oracle.when_columns(households, persons, register),
        register={row["register_no"]: row for row in register},
        goods=[],
    )
    seen, expected = set(), []
    for row in register:
        counts = not oracle.is_rejected(row) and not row.get("reverses")
        counts = counts and row["register_no"] not in seen
        seen.add(row["register_no"])
        met = oracle.matching_rules(world, row, cooling=False)[0] if counts else []
        expected.append([(rule["id"], oracle.raw_points(row, rule)) for _, rule in met])
    return expected


def columns(rows: list[dict[str, str]] | None, names: tuple[str, ...]) -> Any:
    if rows is None:
        return None
    return {
        name: [row.get(name, "") for row in rows] for name in (list(rows[0]) if rows else names)
    }


def matched(case: town.Case, **options: Any) -> points.Matches:
    required = ("register_no", "date", "household_id", "deed", "stage", "severe", "metres")
    return points.match(
        case.rulebooks,
        columns(case.households, ("household_id",)),
        columns(case.register, required),
        persons=columns(case.persons, ("person_id", "household_id")),
        **options,
    )


def met_of(m: points.Matches) -> list[list[tuple[str, int]]]:
    pairs = list(zip(m.frame["rule_id"], m.points.tolist(), strict=True))
    ends = m.offsets.tolist()
    return [pairs[first:last] for first, last in pairwise(ends)]


@settings(
    max_examples=EXAMPLES or 150,
    derandomize=EXAMPLES == 0,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(town.cases())
def test_match_and_oracle_agree(case: town.Case) -> None:
    m = matched(case)
    assert met_of(m) == expected_of(case)
    assert np.array_equal(matched(case, threads=2).rules, m.rules)
    of_number: dict[str, list[list[tuple[str, int]]]] = defaultdict(list)
    for row, met in zip(case.register, met_of(m), strict=True):
        of_number[row["register_no"]].append(met)
    again = town.permuted(case, 7)
    for row, met in zip(again.register, met_of(matched(again)), strict=True):
        assert met in of_number[row["register_no"]]
