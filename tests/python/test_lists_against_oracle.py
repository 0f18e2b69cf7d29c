"""The engine of lists against the oracle, on random cases: every answer the same.

Each test draws a few hundred cases. GRIDGOV_EXAMPLES=5000 draws so many instead:

    GRIDGOV_EXAMPLES=5000 ./run python -m pytest -q tests/python/test_lists_against_oracle.py
"""

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from dateutil import rrule  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gridgov import DataError, UsageError, lists
from gridgov.lists.decision import attribute

from . import lists_cases as cases
from . import lists_oracle as oracle
from .lists_oracle import Table

T = TypeVar("T")


def examples(count: int) -> settings:
    """So many cases, or as many as GRIDGOV_EXAMPLES says; always the same ones."""
    wanted = os.environ.get("GRIDGOV_EXAMPLES")
    return settings(
        max_examples=int(wanted) if wanted else count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def answer(call: Callable[[], T]) -> T | None:
    """What the engine says; None where it refuses."""
    try:
        return call()
    except (DataError, UsageError):
        return None


# ----------------------------------------------------------------------- decide and audit


def as_oracle(record: Table) -> Table:
    """A decision's record with values of attributes as the oracle has them."""
    miss = record["nearest_miss"]
    if miss is not None:
        for change in miss["changes"]:
            if change["field"] in cases.VALUES:
                for end in ("from", "to"):
                    value = change[end]
                    if isinstance(value, str) and value.startswith("date("):
                        change[end] = attribute(value)
    return record


def asked_of(layers: Sequence[Table], whole: lists.Catalogue | None, request: Table) -> list[str]:
    def decide() -> Table:
        assert whole is not None
        return as_oracle(lists.decide(whole, **request).as_record())

    return cases.compare_decide(layers, request, None if whole is None else answer(decide))


@examples(120)
@given(layers=cases.catalogues(), data=st.data())
def test_decide_and_nearest_miss(layers: list[Table], data: st.DataObject) -> None:
    whole = answer(lambda: lists.catalogue(*layers))
    for _ in range(4):
        request = data.draw(cases.requests(layers))
        assert asked_of(layers, whole, request) == []


@examples(40)
@given(layers=cases.catalogues(), data=st.data())
def test_decide_by_columns(layers: list[Table], data: st.DataObject) -> None:
    whole = lists.catalogue(*layers)
    requests = data.draw(st.lists(cases.requests(layers), min_size=1, max_size=6))
    columns: dict[str, list[Any]] = {
        name: [request[name] for request in requests]
        for name in ("actor", "matter", "date", "village")
    }
    for name in cases.VALUES:
        values = [request["attributes"].get(name) for request in requests]
        columns[name] = [float(v) if isinstance(v, Decimal) else v for v in values]
    found = lists.decide_columns(columns, catalogue=whole)
    for row, request in enumerate(requests):
        told = oracle.decide(layers, **request)
        got = found.loc[row]
        item = None if got["item"] != got["item"] else got["item"]
        assert (got["verdict"], item, got["status"]) == (told["verdict"], told["item"], "ok")


@examples(50)
@given(layers=cases.catalogues())
def test_conflicts_and_their_witnesses(layers: list[Table]) -> None:
    whole = lists.catalogue(*layers)
    found = lists.conflicts(whole)
    kinds = found["exception"].map({True: "note", False: "error"})
    pairs = list(zip(found["refusing"], found["granting"], kinds, strict=True))
    assert cases.compare_conflicts(layers, pairs) == []
    for row in found.to_dict("records"):
        request = {name: row[name] for name in ("actor", "matter", "date", "village", "attributes")}
        request["village"] = None if request["village"] != request["village"] else row["village"]
        both = [row["refusing"], row["granting"]]
        assert cases.compare_witness(layers, both, request) == []
        told = lists.decide(whole, **request)
        assert told.verdict.startswith("refuse")
        assert row["granting"] in told.overridden
    audited = {
        (finding.records[0], finding.records[1], finding.severity)
        for finding in lists.audit(whole)
        if finding.code in ("item_conflict", "item_exception")
    }
    assert audited == set(pairs)


# ----------------------------------------------------------------------------- recurrences


def engine_days(text: str, start: date, last: date) -> list[date] | None:
    found = answer(lambda: lists.occurrences(text, start, until=last))
    return None if found is None else found.tolist()


@examples(150)
@given(text=cases.recurrences(), start=st.sampled_from(cases.STARTS))
def test_occurrences(text: str, start: date) -> None:
    last = date(2034, 3, 1) if "YEARLY" in text else date(2028, 3, 1)
    assert cases.compare_occurrences(text, start, last, engine_days(text, start, last)) == []


@examples(100)
@given(text=cases.recurrences(), start=st.sampled_from(cases.STARTS))
def test_occurrences_agree_with_rrule(text: str, start: date) -> None:
    last = date(2030, 3, 1)
    found = engine_days(text, start, last)
    if not oracle.rrule_is_right(text) or not found:
        return  # where nothing follows, dateutil looks on to the year 9999
    bounded = text if "COUNT" in text or "UNTIL" in text else f"{text};UNTIL=20300301T000000"
    noon = rrule.rrulestr(bounded, dtstart=date_time(start))
    days = [moment.date() for moment in noon.between(date_time(start), date_time(last), inc=True)]
    assert found == days


def date_time(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


@pytest.mark.parametrize("text", cases.NEVER)
def test_what_never_occurs_is_told_at_once(text: str) -> None:
    assert engine_days(text, date(2026, 1, 1), date(9999, 12, 31)) == []


# ------------------------------------------------------------------------- windows and rates


def duties_of(case: Table) -> lists.Duties | None:
    def asked() -> lists.Duties:
        evidence, holidays = columns(case["evidence"]), columns(case["holidays"])
        return lists.duties(
            list(case["catalogue"]),
            evidence or None,
            as_of=case["as_of"],
            holidays=holidays or None,
        )

    return answer(asked)


def columns(rows: Sequence[Table]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


@examples(150)
@given(case=cases.duty_cases())
def test_windows_and_rates(case: Table) -> None:
    found = duties_of(case)
    rows = None
    rates = None
    if found is not None:
        shown = found.windows.astype(object).where(found.windows.notna(), "")
        for name in ("opens", "due", "done_on"):
            shown[name] = [str(day)[:10] for day in shown[name]]
        rows = shown.to_dict("records")
        table = found.rates.astype(object).where(found.rates.notna(), "")
        rates = table.to_dict("records")
    assert cases.compare_windows(case, rows) == []
    assert cases.compare_rates(case, rates) == []


@examples(60)
@given(case=cases.duty_cases())
def test_hours_of_a_month(case: Table) -> None:
    layers = case["catalogue"]
    whole = answer(lambda: lists.catalogue(*layers))
    if whole is None:
        return
    start = layers[0]["catalogue"]["effective_from"].replace(day=1)
    last = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    hours = 0.0
    vacant = set()
    for duty in oracle.duties_of_days(layers, start, last):
        if duty["persons"]:
            hours += float(duty["hours"])
        else:
            vacant.add(tuple(duty["id"].split("@")))
    load = lists.workload(whole, start=start, months=1)
    assert load.persons["hours"].sum() == pytest.approx(hours)
    assert set(load.persons["person"][load.persons["hours"] > 0]) <= set(cases.PERSONS)
    nobody = [one.records[:2] for one in load.findings if one.code == "duty_without_person"]
    assert vacant <= set(nobody)


# ------------------------------------------------------------- procedures, workload, match


@examples(150)
@given(known=cases.procedures())
def test_procedures(known: Table) -> None:
    layer = {"actor": [{"id": "a", "level": "village"}], "procedure": [known]}
    found = answer(lambda: lists.procedure(layer, "p"))
    sound = found is not None and found.sound
    longest = found.workdays_max if found is not None else None
    assert cases.compare_procedure(known, sound, longest) == []
    if found is not None and found.sound:
        limit = known.get("limit_workdays")
        over = limit is not None and found.workdays_max is not None and found.workdays_max > limit
        assert over == any(one.code == "procedure_over_limit" for one in found.findings)
        assert found.workdays_exact


@examples(150)
@given(case=cases.workloads())
def test_workloads_and_their_proofs(case: tuple[list[Table], dict[str, Any]]) -> None:
    duties, people = case
    layer = {
        "catalogue": {"effective_from": date(2026, 1, 1)},
        "actor": [{"id": f"at-{duty['id']}", "level": "village"} for duty in duties],
        "person": [
            {
                "id": person,
                "capacity_hours": capacity,
                "posts": [f"at-{duty['id']}.x" for duty in duties if person in duty["persons"]],
            }
            for person, capacity in people.items()
        ],
        "item": [
            {
                "id": duty["id"],
                "matter": "a",
                "list": "must",
                "actor": f"at-{duty['id']}",
                "lead": "x",
                "hours": duty["hours"],
                "recurrence": "FREQ=MONTHLY",
            }
            for duty in duties
        ],
    }
    load = lists.workload(layer, months=1)
    proofs = [([item for item, _ in one.duties], one.persons) for one in load.overloads]
    assert all(one.smallest for one in load.overloads)
    smallest = min(proofs, key=lambda proof: len(proof[0]) + len(proof[1]), default=None)
    assert cases.compare_workload(duties, people, load.feasible, smallest) == []


@examples(200)
@given(case=cases.match_cases())
def test_matches_and_reasons(case: tuple[list[Table], list[Table]]) -> None:
    needs, sources = case
    at = len(sources) // 2  # some are resources, some are projects
    parts = [columns(part) or None for part in (sources[:at], sources[at:])]
    found = lists.match(columns(needs), *parts)
    matches, unmet = found.matches.to_dict("records"), found.unmet.to_dict("records")
    assert cases.compare_match(needs, sources, matches, unmet) == []
    served = found.matches.groupby("need")["amount"].sum().to_dict()
    best = oracle.served_one_by_one(needs, sources)
    assert served == {need: amount for need, amount in best.items() if amount}
