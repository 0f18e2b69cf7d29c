"""What the tests of both engines share: towns, accounts, duties, and local calls beside them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import gridgov
from gridgov import lists, points

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
OPTIONS: dict[str, Any] = {
    "groups": "group",
    "heads": "may_be_head",
    "grid_courtyards": (3, 6),
    "effort": "draft",
}


@cache
def town(households: int = 1500) -> gridgov.Township:
    return gridgov.simulate_township(households=households, villages=6, seed=2)


def local_partition(frame: pd.DataFrame, options: dict[str, Any]) -> gridgov.Partition:
    return gridgov.partition(frame.sort_values("id").reset_index(drop=True), **options)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as texts, as tables of many villages have them."""
    frame = frame.reset_index(drop=True)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].astype("str").where(frame[name].notna())
            frame[name] = pd.array(frame[name], dtype="str")
    return frame


def same(made: pd.DataFrame, local: pd.DataFrame) -> None:
    """Values bit for bit, types too."""
    pd.testing.assert_frame_equal(
        plain(made), plain(local), check_exact=True, check_freq=False, check_column_type=False
    )


def check_partition(done: Any, given: Any, options: dict[str, Any] | None = None) -> None:
    """One local call of the whole town, village by village."""
    frame, chosen = given, options
    if options is None:
        frame, chosen = given.households, OPTIONS | {"barriers": given.barriers}
    local = local_partition(frame, chosen)
    names = sorted(local.households["village_id"].unique(), key=str.encode)
    assert [
        name
        for name, status in zip(done.villages["village"], done.villages["status"], strict=True)
        if status == "done"
    ] == names
    for table in ("households", "courtyards", "grids"):
        made, whole = done.collect(table), getattr(local, table)
        assert len(made) == (0 if whole is None else len(whole))
        for name in names if whole is not None else []:
            same(made[made["village_id"] == name], whole[whole["village_id"] == name])
    of = done.villages[done.villages["status"] == "done"]
    assert of["households"].sum() == local.summary["households"]
    assert of["broken_courtyards"].sum() == local.summary["broken_courtyards"]


def with_faults() -> pd.DataFrame:
    """Two villages with two faults each, one household without a village."""
    frame = town().households.copy()
    frame["village"] = frame["village"].astype(object)
    for name in frame["village"].unique()[[1, 4]]:
        rows = frame.index[frame["village"] == name]
        frame.loc[rows[0], "x_m"] = float("nan")
        frame.loc[rows[1], "id"] = frame.loc[rows[2], "id"]
    frame.loc[frame.index[frame["village"] == frame["village"].unique()[0]][0], "village"] = None
    return frame


def faulty_villages(frame: pd.DataFrame) -> list[str]:
    return ["", *sorted(frame["village"].dropna().unique()[[1, 4]], key=str.encode)]


def check_faults(findings: list[Any], frame: pd.DataFrame) -> None:
    """All faults, each with its village and in its words."""
    named = [found.village for found in findings]
    assert sorted(set(named), key=str.encode) == faulty_villages(frame)
    assert len(findings) == 5
    assert sum(found.code == "duplicate_id" for found in findings) == 2
    assert findings[0].code == "empty_village"
    for found in findings[1:]:
        assert str(found).startswith(f"village {found.village}: household ")


# Points -------------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "rulebook": {
        "id": "v-2026",
        "villages": ["*"],
        "effective_from": "2026-01-01",
        "opening": {"points": 30, "period": "year"},
        "below_floor": "clamp",
    },
    "rule": [
        {"id": "help", "deed": "help", "points": 3, "per": "hour", "units_max": 2},
        {"id": "study", "deed": "study", "points": 5, "when": {"size": ">= 3"},
         "caps": [{"over": "rule", "scope": "village", "period": "month", "limit": 25}]},
        {"id": "litter", "deed": "litter", "points": -20, "evidence_min": 1},
        {"id": "lend", "deed": "lend", "points": 8, "expires_after_months": 2},
    ],
}  # fmt: skip
AS_OF = "2026-06-30"
GOODS = {
    "good": ["kettle", "pot"],
    "points": [20, 50],
    "stock": [10_000, 1000],
    "shop": ["shop-1", "shop-1"],
    "effective_from": ["2026-01-01", "2026-01-01"],
}


@cache
def _accounts() -> dict[str, pd.DataFrame]:
    names = [f"村{n}" for n in range(7)]
    deeds = ("help", "study", "litter", "lend", "nap")
    households = pd.DataFrame(
        [
            {"household_id": f"{village}-{n}", "village": village, "size": 1 + n % 5}
            for at, village in enumerate(names)
            for n in range(1 if at == 0 else 12)
        ]
    )
    rows = [
        {
            "register_no": f"r{n:05}",
            "date": f"2026-{1 + n % 6:02}-{1 + n * 7 % 28:02}",
            "household_id": households["household_id"][n * 11 % len(households)],
            "village": households["village"][n * 11 % len(households)],
            "deed": deeds[n * 5 % len(deeds)],
            "units": 1 + n % 3,
            "evidence": n % 3,
            "witnesses": n % 4,
            "stage": ("posted", "posted", "posted", "reviewed")[n % 4],
            "reviewer": "赵敏" if n % 2 else None,
            "published_on": f"2026-{1 + n % 6:02}-28",
        }
        for n in range(600)
    ]
    exchanges = [
        {
            "exchange_no": f"x{n:04}",
            "date": f"2026-{2 + n % 5:02}-15",
            "household_id": households["household_id"][n * 5 % len(households)],
            "village": households["village"][n * 5 % len(households)],
            "good": ("kettle", "pot")[n % 2],
            "quantity": 1 + n % 2,
            "shop": "shop-1",
        }
        for n in range(60)
    ]
    return {
        "households": households,
        "register": pd.DataFrame(rows),
        "exchanges": pd.DataFrame(exchanges),
    }


def accounts() -> dict[str, pd.DataFrame]:
    return {name: frame.copy() for name, frame in _accounts().items()}


def local_settle(given: dict[str, pd.DataFrame]) -> points.Settlement:
    return points.settle(RULES, **given, goods=GOODS, as_of=AS_OF)


def check_settle(done: Any, given: dict[str, pd.DataFrame]) -> None:
    """Each village as its own local call, hashes included; and as a part of the whole town's."""
    whole = local_settle(given)
    village_of = whole.village_of.astype("str")
    names = sorted(given["households"]["village"].unique(), key=str.encode)
    assert done.villages["village"].tolist() == names
    assert done.villages["conserved"].all()
    assert done.villages["held"].sum() == whole.summary["held"]
    for table in done.tables:
        made, town_wide = done.collect(table), getattr(whole, table)
        assert len(made) == len(town_wide) > 0, table
        if "household_id" in made.columns:
            in_town = village_of.reindex(town_wide["household_id"].astype("str")).to_numpy()
        for name in names:
            own = made[made["village"] == name].drop(columns="village")
            alone = {k: frame[frame["village"] == name] for k, frame in given.items()}
            same(own, getattr(local_settle(alone), table).drop(columns="village", errors="ignore"))
            if "household_id" in made.columns:
                same(own, town_wide[in_town == name])
    chain = done.collect("ledger")
    for name in names:
        own = chain[chain["village"] == name].drop(columns="village")
        assert points.verify_ledger(own) == []
    # One chain over all: the same postings, in other numbers and hashes.
    columns = ["date", "debit_account", "credit_account", "points", "source"]
    first = chain[columns].sort_values(columns, ignore_index=True)
    same(first, whole.ledger[columns].sort_values(columns, ignore_index=True))


# Duties -------------------------------------------------------------------------------------------

CATALOGUE = [
    EXAMPLES / "lists" / f"{name}.toml"
    for name in ("manyue-actors", "manyue-town", "manyue-villages")
]
MONTHLY = {"list": "must", "recurrence": "FREQ=MONTHLY;BYMONTHDAY=5", "due_days": 10}
CROSSED = {
    "catalogue": {"id": "crossed", "effective_from": "2026-01-01"},
    "actor": [
        {"id": "town", "level": "town"},
        {"id": "west", "level": "village", "parent": "town"},
        {"id": "east", "level": "village", "parent": "town"},
        {"id": "east-grid", "level": "grid", "parent": "east"},
    ],
    "person": [
        {"id": "p1", "posts": ["town.clerk", "west.clerk"]},
        {"id": "p2", "posts": ["east.clerk"]},
        {"id": "p3", "posts": ["east-grid.head", "town.clerk"]},
    ],
    "item": [
        {"id": "A", "matter": "a", "actor": "level:village", "lead": "town.clerk", **MONTHLY},
        {"id": "B", "matter": "b", "actor": "level:village", "lead": "clerk", **MONTHLY},
        {"id": "C", "matter": "c", "actor": "level:village", "villages": ["east"], **MONTHLY},
        {"id": "D", "matter": "d", "actor": "west", "lead": "east.clerk", **MONTHLY},
        {"id": "E", "matter": "e", "actor": "level:grid", "lead": "head", **MONTHLY},
        {"id": "F", "matter": "f", "actor": "level:town", "lead": "clerk", **MONTHLY},
        {"id": "G", "matter": "g", "actor": "town", "lead": "town", **MONTHLY},
        {"id": "H", "matter": "h", "actor": "east", "villages": ["west"], **MONTHLY},
    ],
}
CROSSED_EVIDENCE = pd.DataFrame(
    [
        ("2026-02-06", "A", "west", ""),
        ("2026-02-07", "A", "east", ""),
        ("2026-03-30", "B", "east", ""),
        ("2026-04-06", "C", "east", "x"),
        ("2026-04-06", "C", "west", ""),  # not a village of C: in no window
        ("2026-05-06", "D", "west", ""),
        ("2026-05-06", "E", "east-grid", ""),
        ("2026-01-06", "F", "town", ""),
        ("2026-01-06", "G", "nobody", ""),
    ],
    columns=["date", "item", "actor", "waived"],
)


def evidence() -> pd.DataFrame:
    path = EXAMPLES / "lists" / "evidence.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def check_duties(done: Any, catalogue: Any, evidence: pd.DataFrame) -> None:
    """Windows and rates of one local call; shares by item and person add up."""
    local = lists.duties(catalogue, evidence, as_of="2026-06-30")
    order = ["item", "actor", "opens"]
    made = done.collect("windows").sort_values(order, ignore_index=True)
    same(made, plain(local.windows).sort_values(order, ignore_index=True))
    rates = done.collect("rates")
    counts = ["windows", "met", "late", "missed", "waived", "pending"]
    for by in ("actor", "village"):
        own = rates[rates["by"] == by].drop(columns="village").sort_values("key")
        same(own, local.rates[local.rates["by"] == by].sort_values("key"))
    for by in ("item", "person"):
        added = rates[rates["by"] == by].groupby("key", as_index=False)[counts].sum()
        whole = local.rates[local.rates["by"] == by][["key", *counts]]
        same(
            added[added["windows"] > 0].sort_values("key"),
            whole[whole["windows"] > 0].sort_values("key"),
        )
    assert done.villages["windows"].sum() == local.window_count
    assert done.villages["unused_evidence"].sum() == len(local.unused_evidence)
    assert sorted(found.code for found in done.findings) == sorted(
        found.code for found in local.findings
    )
