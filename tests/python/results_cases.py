"""One of every result and input object of the package, for the tests of what all have in common."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import gridgov
from gridgov import lists, points

ROAD = [(10.0 * row, 0.0) for row in range(45)]
SIZES = {"min": 10, "max": 20, "target": 15}
HOUSEHOLDS = {"household_id": ["h1", "h2"], "village": ["a", "b"]}
REGISTER = {
    "register_no": ["r1", "r2"],
    "date": ["2026-03-01", "2026-03-02"],
    "household_id": ["h1", "h2"],
    "deed": ["meeting", "meeting"],
    "stage": ["posted", "posted"],
}


def rules(given: int = 2) -> dict[str, Any]:
    """A rulebook of one rule."""
    return {
        "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        "rule": [{"id": "meeting", "deed": "meeting", "points": given}],
    }


def catalogue(hours: float = 3) -> dict[str, Any]:
    """A catalogue with a duty, a certificate and a procedure."""
    return {
        "catalogue": {"id": "t", "effective_from": "2026-01-01"},
        "actor": [{"id": "ganquan", "level": "village"}],
        "person": [{"id": "p1", "posts": ["ganquan.clerk"], "capacity_hours": 10}],
        "item": [
            {
                "id": "M-1", "matter": "visits", "list": "must", "actor": "ganquan",
                "lead": "clerk", "hours": hours, "recurrence": "FREQ=WEEKLY;BYDAY=MO",
                "due_days": 3,
            },
            {
                "id": "C-1", "matter": "certificate/residence", "list": "certify",
                "actor": "level:village", "when": {"age": ">= 18"},
            },
        ],
        "procedure": [
            {
                "id": "aid", "limit_workdays": 5,
                "step": [
                    {"id": "apply", "actor": "ganquan", "workdays": 1, "next": ["check"]},
                    {"id": "check", "actor": "ganquan", "workdays": 5},
                ],
            }
        ],
    }  # fmt: skip


def _raised(wrong: dict[str, Any]) -> Exception:
    try:
        gridgov.partition(ROAD, **wrong)
    except ValueError as error:
        return error
    raise AssertionError(wrong)


@cache
def everything() -> dict[str, Any]:
    """By a name of its own: results of all layers, what they are made of, and faults."""
    barrier = [np.array([[5.0, -1.0], [5.0, 1.0]])]
    day = {"as_of": "2026-12-31"}
    partition = gridgov.partition(ROAD, **SIZES)
    settled = points.settle(rules(), HOUSEHOLDS, REGISTER, **day)
    first = {name: column[:1] for name, column in REGISTER.items()}
    before = points.settle(rules(), HOUSEHOLDS, first, as_of="2026-03-01")
    damaged = REGISTER | {"date": ["2026-03-01", "never"]}
    town = lists.catalogue(catalogue())
    certificate = {"actor": "ganquan", "matter": "certificate/residence", "date": "2026-03-01"}
    refused = lists.decide(town, **certificate, attributes={"age": 17})
    log = {"case_id": ["1"], "date": ["2026-03-01"], "actor": ["village"], "event": ["opened"]}
    load = lists.workload(town, months=3)
    return {
        "Partition": partition,
        "Partition with all": gridgov.partition(
            ROAD, **SIZES, grids=1, bound=True, barriers=barrier
        ),
        "Revision": gridgov.revise(partition, [*ROAD, (450.0, 0.0)], **SIZES),
        "Verification": gridgov.verify(ROAD, partition, min=10, max=15),
        "Explanation": gridgov.explain(partition, "16"),
        "Township": gridgov.simulate_township(households=60, villages=2),
        "Courtyards": gridgov.Courtyards(min=5).fit(ROAD),
        "Finding": gridgov.verify(ROAD, ["a", "b", "a"] * 15).findings[0],
        "Findings": gridgov.verify(ROAD, ["a", "b", "a"] * 15).findings,
        "UsageError": _raised({"min": 5, "max": 4}),
        "DataError": _raised({"weights": [-1] * 45}),
        "points.Rulebooks": points.Rulebooks(rules()),
        "points.Settlement": settled,
        "points.Settlement with villages left out": points.settle(
            rules(), HOUSEHOLDS, damaged, skip_faulty_villages=True, **day
        ),
        "points.Settlement going on": points.settle(
            rules(), HOUSEHOLDS, REGISTER, previous=before, **day
        ),
        "points.State": settled.state,
        "points.State of nothing": points.State(),
        "points.Statement": settled.statement("h1", "zh"),
        "points.Board": settled.board("zh").with_names({"h1": "张三"}),
        "points.Board unmasked": settled.board().unmasked(),
        "points.Comparison": points.compare(rules(2), rules(3), HOUSEHOLDS, REGISTER, **day),
        "points.Decomposition": points.decompose(
            {"old": rules(2), "new": rules(3)},
            {"2026": {"households": HOUSEHOLDS, "register": REGISTER} | day},
        ),
        "lists.Catalogue": town,
        "lists.Decision": refused,
        "lists.NearestMiss": refused.nearest_miss,
        "lists.Duties": lists.duties(town, as_of="2026-04-01"),
        "lists.Workload": load,
        "lists.Overload": load.overloads[0],
        "lists.WorkingDays": lists.WorkingDays({"date": ["2026-01-01"], "kind": ["off"]}),
        "lists.Cases": lists.cases(log, as_of="2026-04-30"),
        "lists.Matching": lists.match(
            {"need": ["n1"], "kind": ["lamp"], "amount": [3]},
            {"id": ["r1"], "kind": ["lamp"], "amount": [1]},
        ),
        "lists.Difference": lists.diff(town, catalogue(5)),
        "lists.Procedure": lists.procedure(town, "aid"),
    }  # fmt: skip
