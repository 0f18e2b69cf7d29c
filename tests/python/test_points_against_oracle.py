"""The engine of points against the independent oracle, on random townships.

The suite takes a few hundred cases, always the same ones. For thousands of new ones:

    GRIDGOV_EXAMPLES=5000 ./run python -m pytest tests/python/test_points_against_oracle.py

Reason codes of the engine are finer than the oracle's: `ORACLE_CODES` translates them.
"""

import os
import random
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gridgov import DataError, _core, points

sys.path.insert(0, str(Path(__file__).parent))

import points_cases as town
import points_oracle as oracle

EXAMPLES = int(os.environ.get("GRIDGOV_EXAMPLES", "0"))
REQUIRED = {
    "register": ("register_no", "date", "household_id", "deed", "stage", "severe", "metres"),
    "exchanges": ("exchange_no", "date", "household_id", "good", "quantity", "shop"),
    "goods": ("good", "points", "stock", "shop", "effective_from"),
    "households": ("household_id", "village"),
    "persons": ("person_id", "household_id"),
}
ORACLE_CODES = {
    "given": "",
    "owed": "",
    "cap_clipped": "capped",
    "outbid": "outranked",
    "below_floor": "floored",
    "reverses": "reversal",
    "target_reversed": "reversed",
    "several_rules": "unique_conflict",
    "no_rule": "unknown_deed",
    "cooling_down": "cooldown",
}


def some(share: float = 1.0) -> settings:
    return settings(
        max_examples=max(1, int((EXAMPLES or 100) * share)),
        derandomize=EXAMPLES == 0,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def columns(rows: list[dict[str, str]] | None, table: str) -> dict[str, list[str]] | None:
    if rows is None:
        return None
    names = list(rows[0]) if rows else REQUIRED[table]
    return {name: [row.get(name, "") for row in rows] for name in names}


def settle(case: town.Case, **more: Any) -> points.Settlement:
    options: dict[str, Any] = {"as_of": case.as_of} | more
    return points.settle(
        case.rulebooks,
        columns(case.households, "households"),
        columns(case.register, "register"),
        persons=columns(case.persons, "persons"),
        exchanges=columns(case.exchanges, "exchanges"),
        goods=columns(case.goods, "goods"),
        **options,
    )


def rows_of(frame: Any) -> list[dict[str, Any]]:
    shown = frame.copy()
    for name in shown.columns:
        if shown[name].dtype.kind == "M":
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
    return shown.astype(object).to_dict("records")


def tables_of(
    case: town.Case, settled: points.Settlement, expected: oracle.Result
) -> dict[str, Any]:
    entries = rows_of(settled.entries)
    reversing = {row["register_no"] for row in case.register if row["reverses"]}
    ours = {(entry["register_no"], entry["rule_id"]): entry for entry in expected.entries}
    for entry in entries:
        code = entry["reason_code"]
        entry["reason_code"] = ORACLE_CODES.get(code, code)
        rule_id = oracle.plain(entry["rule_id"])
        if entry["status"] == "pending":  # the oracle says why it waits, the engine what it gives
            entry["reason_code"] = ours.get((entry["register_no"], rule_id), entry)["reason_code"]
        elif entry["status"] == "reversed":
            entry["reason_code"] = "reversed"
        elif code == "owed":  # told before a cap; the oracle names the cap, or that it reverses
            code = ours.get((entry["register_no"], rule_id), entry)["reason_code"]
            entry["reason_code"] = code if code in ("", "capped", "reversal") else "owed"
        elif entry["register_no"] in reversing and code == "target_reversed":
            entry["reason_code"] = "reversal"
    return {
        "entries": entries,
        "exchanges": rows_of(settled.exchanges),
        "balances": rows_of(settled.balances),
        "ledger": rows_of(settled.ledger),
        "summary": settled.summary,
    }


def differences(case: town.Case, settled: points.Settlement) -> list[str]:
    expected = case.settle()
    assert not expected.faults, expected.faults
    return oracle.compare(tables_of(case, settled, expected), expected)


@some(2.0)
@given(town.cases())
def test_engine_and_oracle_agree(case: town.Case) -> None:
    assert differences(case, settle(case)) == []


def test_the_cases_meet_everything() -> None:
    """Every status and reason occurs in the cases of the suite, in the engine's own words."""
    found: Counter[str] = Counter()

    @settings(max_examples=120, derandomize=True, deadline=None, database=None,
              phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(town.cases())
    def look(case: town.Case) -> None:
        settled = settle(case)
        found.update(settled.entries["status"])
        found.update(settled.entries["reason_code"])
        found.update(settled.exchanges["status"])
        found.update(settled.exchanges["reason_code"])

    look()
    words = _core.POINTS_WORDS
    wanted = {*words["status"], *words["reason"], *words["exchange_status"], *words["refusal"]}
    assert wanted - set(found) <= {"not_accepted"}


@some(0.5)
@given(town.cases(), st.integers(0, 2**32))
def test_order_repeats_and_threads_change_nothing(case: town.Case, seed: int) -> None:
    first = settle(case, threads=1)
    for other in (town.permuted(case, seed), town.doubled(case, seed)):
        again = settle(other, threads=2)
        assert again.summary == first.summary
        for name in ("entries", "exchanges", "balances", "ledger", "lots"):
            assert rows_of(getattr(again, name)) == rows_of(getattr(first, name))


@some(0.5)
@given(town.cases(), st.integers(0, 2**32))
def test_any_split_is_the_same(case: town.Case, seed: int) -> None:
    whole = settle(case)
    state = None
    days = town.split_days(case)
    for day in sorted(random.Random(seed).sample(days, min(len(days), 2))):
        known = town.known_by(case, day)
        first = settle(known, previous=state)
        assert differences(known, first) == []
        state = points.State.from_bytes(first.state.to_bytes())
    last = settle(case, previous=state)
    assert last.summary == whole.summary
    for name in ("entries", "exchanges", "balances", "ledger", "lots"):
        assert rows_of(getattr(last, name)) == rows_of(getattr(whole, name)), name
    assert last.state.to_bytes() == whole.state.to_bytes()


@some(0.5)
@given(town.cases(policies=("clamp", "reject")), st.integers(0, 2**32))
def test_a_row_reversed_at_once_leaves_no_trace(case: town.Case, seed: int) -> None:
    more, added = town.reversed_at_once(case, seed)
    if any(book["rulebook"]["floor"] < 0 for book in case.rulebooks):
        return
    before, after = settle(case), settle(more)
    others = [row for row in rows_of(after.entries) if row["register_no"] not in added]
    assert others == rows_of(before.entries)
    assert rows_of(after.exchanges) == rows_of(before.exchanges)
    assert after.balances["balance"].tolist() == before.balances["balance"].tolist()


@some(0.5)
@given(town.cases())
def test_points_are_conserved_and_floors_hold(case: town.Case) -> None:
    settled = settle(case)
    of = settled.summary
    assert of["conserved"]
    sums = ("held", "deducted", "redeemed", "expired", "forfeited")
    assert of["issued"] == sum(of[name] for name in sums)
    assert points.verify_ledger(settled.ledger) == []
    if all(b["rulebook"]["below_floor"] != "allow" for b in case.rulebooks):
        floor = min(0, *(b["rulebook"]["floor"] for b in case.rulebooks))
        assert (settled.balances["balance"] >= floor).all()
    left = settled.lots.groupby("household_id", observed=True)["left"].sum()
    for household_id, balance in zip(
        settled.balances["household_id"], settled.balances["balance"], strict=True
    ):
        if balance >= 0:
            assert left.get(household_id, 0) >= balance


@pytest.mark.parametrize("change", ["units", "date", "deed"])
def test_what_was_posted_may_not_change(change: str) -> None:
    case = town.Case(
        [{"rulebook": {"id": "v", "villages": ["*"], "effective_from": "2028-01-01"},
          "rule": [{"id": "r", "deed": "a", "points": 2, "per": "hour"}]}],
        [{"household_id": "h1", "village": "v1"}], None,
        [{"register_no": "r1", "date": "2028-01-05", "household_id": "h1", "deed": "a",
          "units": "2", "stage": "posted"}], [], [], "2028-01-31",
    )  # fmt: skip
    first = settle(case)
    other = {"units": "3", "date": "2028-01-06", "deed": "b"}[change]
    changed = replace(case, register=[case.register[0] | {change: other}], as_of="2028-02-28")
    with pytest.raises(DataError) as error:
        settle(changed, previous=first.state)
    assert error.value.code == "points_row_changed"
