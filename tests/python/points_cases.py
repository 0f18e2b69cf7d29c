"""Random small townships for tests of points, made so that features meet: few ids, few days.

`cases()` is the strategy; `permuted`, `doubled`, `split`, `reversed_at_once` are transformations
under which the contract says what may change; `seen` counts what a result shows, so that it can be
held that every status and reason code does occur. Nothing here knows the engine.
"""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

import points_oracle as oracle

Table = list[dict[str, str]]


@dataclass(frozen=True)
class Case:
    """All that a settlement reads."""

    rulebooks: list[dict[str, Any]]
    households: Table
    persons: Table | None
    register: Table
    exchanges: Table
    goods: Table
    as_of: str

    def settle(self, **more: Any) -> oracle.Result:
        return oracle.settle(
            self.rulebooks,
            self.households,
            self.persons,
            self.register,
            self.exchanges,
            self.goods,
            more.get("as_of", self.as_of),
            more.get("previous"),
        )


# Days: month ends, year ends, a leap day, the ISO week that spans two years, equal days.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2027-12-30",
        "2027-12-31",
        "2028-01-01",
        "2028-01-02",
        "2028-01-03",
        "2028-01-31",
        "2028-02-01",
        "2028-02-28",
        "2028-02-29",
        "2028-03-01",
        "2028-03-31",
        "2028-04-30",
        "2028-06-30",
        "2028-07-01",
        "2028-12-31",
        "2029-01-01",
        "2029-02-28",
        "2029-03-01",
    )
)
BUSY_DAYS = DAYS[1:12]
FIRST_DAY, LAST_DAY = date(2027, 12, 1), date(2029, 3, 31)
VILLAGES = ("v1", "v2", "v3")
DEEDS = ("a", "b", "c")
DEED_WITHOUT_RULE = "d"

# Column, its table, its unary tests (all of one type) and its cells.
WHEN = {
    "role": (
        "persons",
        ('"member"', '"member","veteran"', 'not("member")', "null"),
        ("member", "veteran", ""),
    ),
    "age": ("persons", (">= 18", "[18..60)", "< 18, >= 60", "not(18)"), ("17", "18", "60", "")),
    "joined": (
        "persons",
        ('>= date("2028-02-29")', '(date("2027-01-01")..date("2028-02-29")]', "null"),
        ("2028-02-29", "2028-02-28", ""),
    ),
    "kind": (
        "households",
        ('"farm"', 'not("farm","shop")', "not(null)", '< "g"'),
        ("farm", "shop", "inn", ""),
    ),
    "size": ("households", ("> 2", "]1..3[", "-", "2.5"), ("1", "2", "2.5", "")),
    "severe": ("register", ("true", "false", "not(true)", "null, true"), ("true", "false", "")),
    "metres": (
        "register",
        ("<= -0.5", "[-1..1]", "1, 2", "> 0.25"),
        ("-1", "-0.5", "0.3", "2", ""),
    ),
}


@functools.lru_cache(maxsize=None, typed=True)
def pick(*values: Any) -> st.SearchStrategy[Any]:
    """One of these. Making a strategy costs more than drawing from it, so each is made once."""
    return st.sampled_from(values)


def often(usual: Any, *others: Any, weight: int = 3) -> st.SearchStrategy[Any]:
    """The usual value about `weight` times as often as the others together."""
    return pick(*[usual] * (weight * max(1, len(others))), *others)


def some_of(count: int, most: int) -> st.SearchStrategy[list[int]]:
    """Some of the places 0 to count, in any order."""
    if not count:
        return st.just([])
    return st.lists(st.integers(0, count - 1), max_size=min(count, most), unique=True)


def plus(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


# Rulebooks ----------------------------------------------------------------------------------------


@st.composite
def caps(draw: st.DrawFn, *, grouped: bool, named: bool) -> dict[str, Any]:
    cap: dict[str, Any] = {
        "over": draw(pick("rule", "all", *(["group"] * 2 if grouped else []))),
        "scope": draw(pick("household", "village", *(["person"] * 2 if named else []))),
        "period": draw(pick("month", "year", "week", "quarter", "day", "all_time")),
        "limit": draw(pick(1, 2, 3, 4, 6, 9, 12)),
    }
    if draw(st.booleans()):
        cap["mode"] = draw(pick("clip", "reject", "reject"))
    if draw(often(False, True)):
        cap["measure"] = "count"
        cap["limit"] = min(cap["limit"], 3)
    return cap


@st.composite
def rules(
    draw: st.DrawFn, place: int, groups: list[str], named: bool, persons: bool
) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": f"r{place}",
        "deed": draw(pick("a", *DEEDS)),
        "points": draw(pick(1, 2, 3, 5, 8, 12, -1, -2, -4, -7)),
        "per": draw(pick("occurrence", "occurrence", "hour", "person", "day")),
    }
    if draw(often(False, True)):
        rule["units_max"] = draw(st.integers(1, 3))
    if draw(often(True, False, weight=2)) and groups:
        rule["group"] = draw(pick(groups[0], *groups))
    columns = [name for name, column in WHEN.items() if persons or column[0] != "persons"]
    if draw(often(False, True, weight=3)):
        names: list[str] = draw(st.lists(pick(*columns), min_size=1, max_size=2, unique=True))
        rule["when"] = {name: draw(pick(*WHEN[name][1])) for name in names}
    if draw(often(False, True, weight=2)):
        rule["cooldown_days"] = draw(pick(1, 2, 30, 60, 90))
    if draw(often(False, True, weight=4)):
        rule["evidence_min"] = draw(st.integers(1, 2))
    if draw(often(False, True, weight=4)):
        rule["witness_min"] = draw(pick(1, 2))
    if draw(often(True, False, weight=2)):
        rule["expires_after_months"] = draw(pick(1, 1, 2, 3, 12))
    if draw(st.booleans()):
        one = caps(grouped="group" in rule, named=named)
        rule["caps"] = draw(st.lists(one, min_size=1, max_size=3))
    if draw(often(False, True, weight=2)):
        terms = ["P1M", "P3M", "end_of_year", "end_of_next_year", "none"]
        rule["freeze"] = draw(pick(*terms))
    if draw(often(False, True, weight=5)):
        rule["veto"] = True
    if draw(often(False, True)):
        others = [DEED_WITHOUT_RULE, *DEEDS]
        rule["nearest_of"] = draw(st.lists(pick(*others), min_size=1, max_size=2))
    return rule


CAP = {"over": "rule", "scope": "household", "period": "year", "limit": 3}


@st.composite
def plain_rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """An award that expires, a deduction, and one for what is rare: so that it does occur."""
    rare: dict[str, dict[str, Any]] = {
        "cooldown": {"cooldown_days": 60},
        "witnesses": {"witness_min": 2},
        "evidence": {"evidence_min": 2},
        "reject": {"caps": [{**CAP, "mode": "reject"}]},
        "count": {"caps": [{**CAP, "measure": "count", "limit": 1}]},
        "freeze": {"freeze": "P1M"},
        "group": {"group": "g1"},
    }
    return [
        {
            "id": "r0",
            "deed": "a",
            "points": draw(pick(3, 5, 8)),
            "expires_after_months": draw(pick(1, 1, 2)),
        },
        {"id": "r1", "deed": "b", "points": draw(pick(-2, -5, -12))},
        {"id": "r2", "deed": "c", "points": draw(pick(2, -3)), **rare[draw(pick(*rare))]},
    ]


@st.composite
def rulebooks(
    draw: st.DrawFn,
    *,
    name: str,
    villages: list[str],
    since: date,
    until: date | None,
    named: bool,
    persons: bool,
    policies: tuple[str, ...],
) -> dict[str, Any]:
    groups = ["g1", "g2"][: draw(pick(0, 1, 1, 2))]
    head: dict[str, Any] = {
        "id": name,
        "villages": villages,
        "effective_from": since,
        "unit_scale": 1,
        "floor": draw(often(0, 3, -5, weight=1)),
        "below_floor": draw(pick(*policies)),
        "objection_days": draw(pick(0, 1, 3, 15)),
        "year_end": draw(pick("carry", "clear")),
    }
    if until is not None:
        head["effective_to"] = until
    if draw(st.booleans()):
        period = draw(pick("year", "once"))
        head["opening"] = {"points": draw(st.integers(1, 12)), "period": period}
    if draw(st.booleans()):
        head["budget_yuan"] = draw(pick(100, 10000))
    plain = draw(plain_rules()) if draw(often(True, False, weight=2)) else []
    if any(rule.get("group") for rule in plain):
        groups = ["g1"]
    policies_of_groups = ["max", "first", "sum", "unique", "unique"]
    return {
        "rulebook": head,
        "group": [{"id": group, "hit_policy": draw(pick(*policies_of_groups))} for group in groups],
        "rule": plain
        + [
            draw(rules(place, groups, named, persons))
            for place in range(len(plain), len(plain) + draw(pick(1, 2, 3, 4, 5)))
        ],
    }


@st.composite
def books_of_a_town(
    draw: st.DrawFn,
    villages: list[str],
    named: bool,
    persons: bool,
    policies: tuple[str, ...],
) -> list[dict[str, Any]]:
    """1 to 3 rulebooks, never two in force for one village: versions, gaps, names and `*`."""
    middle = draw(pick(*BUSY_DAYS[1:]))
    resumed = draw(often(middle, middle + timedelta(days=20)))
    start = draw(often(FIRST_DAY, date(2027, 12, 31), date(2028, 1, 1), weight=2))
    shapes: dict[str, list[tuple[list[str], date, date | None]]] = {
        "one": [(["*"], start, None)],
        "versions": [(villages, start, middle), (villages, resumed, None)],
        "star versions": [(["*"], start, middle), (["*"], resumed, None)],
        "named for a time": [(["*"], start, None), (villages[:1], FIRST_DAY, middle)],
        "named later": [(["*"], start, None), (villages[:1], middle, None)],
        "both": [
            (["*"], start, None),
            (villages[:1], FIRST_DAY, middle),
            (villages[:1], resumed, LAST_DAY),
        ],
    }
    shape = draw(pick(*sorted(shapes)))
    shared: dict[str, Any] = {"named": named, "persons": persons, "policies": policies}
    return [
        draw(rulebooks(name=f"book{place}", villages=names, since=since, until=until, **shared))
        for place, (names, since, until) in enumerate(shapes[shape])
        if until is None or since < until
    ]


# Tables -------------------------------------------------------------------------------------------


def cells(column: str) -> st.SearchStrategy[str]:
    return pick(*WHEN[column][2])


@st.composite
def people(draw: st.DrawFn, households: Table) -> Table:
    """One or two persons a household, with dated attributes: a change, sometimes a gap."""
    rows = []
    for household in households:
        for place in range(draw(st.integers(1, 2))):
            change = draw(pick(*BUSY_DAYS))
            spans = {
                "always": [("", "")],
                "changes": [("", change.isoformat()), (change.isoformat(), "")],
                "with a gap": [("", change.isoformat()), (plus(change, 5), "")],
                "begins": [(change.isoformat(), "")],
            }[draw(pick("always", "changes", "with a gap", "begins"))]
            rows += [
                {
                    "person_id": f"{household['household_id']}p{place}",
                    "household_id": household["household_id"],
                    "role": draw(cells("role")),
                    "age": draw(cells("age")),
                    "joined": draw(cells("joined")),
                    "valid_from": since,
                    "valid_to": until,
                }
                for since, until in spans
            ]
    return rows


@st.composite
def deeds(draw: st.DrawFn, household_ids: list[str], named: bool, persons: bool) -> dict[str, str]:
    """One row, but for its number; the person is one whom PERSONS has."""
    household_id = draw(pick(*household_ids))
    day = draw(pick(*BUSY_DAYS + BUSY_DAYS + DAYS))
    stage = draw(
        often(
            "posted",
            "declared",
            "reviewed",
            "published",
            "published",
            "published",
            "rejected",
            weight=2,
        )
    )
    published_on = ""
    if stage == "published" or draw(often(False, True)):
        published_on = plus(day, draw(pick(0, 1, 2, 3, 28, 30)))
    late = draw(often(None, 0, 1, 2, 31, 60, 366, weight=2))
    return {
        "register_no": "",
        "date": day.isoformat(),
        "household_id": household_id,
        "person_id": f"{household_id}p0" if named or draw(st.booleans()) else "",
        "deed": draw(pick("a", "a", "a", *DEEDS, *DEEDS, DEED_WITHOUT_RULE)),
        "units": draw(pick("", "1", "2", "3", "5", "0")),
        "evidence": draw(often("a;b", "", "1", "2", "x", weight=1)),
        "witnesses": draw(often("Li;Wang", "", "1", weight=1)),
        "stage": stage,
        "reverses": "",
        "recorded_on": "" if late is None else plus(day, late),
        "published_on": published_on,
        "objection": draw(often("", "upheld", "overruled", weight=6)),
        "severe": draw(cells("severe")),
        "metres": draw(cells("metres")),
    }


@st.composite
def registers(draw: st.DrawFn, household_ids: list[str], named: bool, persons: bool) -> Table:
    least = draw(pick(0, 5, 12, 24))
    rows = draw(st.lists(deeds(household_ids, named, persons), min_size=least, max_size=32))
    for place, row in enumerate(rows):
        row["register_no"] = draw(pick("k", "b", "B", "乙")) + str(place)
    backs = []
    for place in draw(some_of(len(rows), 8)):
        target = rows[place]
        known = max(target["date"], target["recorded_on"], target["published_on"])
        delay = draw(pick(0, 0, 1, 3, 15, 30, 60, 366))
        back = {
            **target,
            "register_no": draw(pick("z", "A")) + str(place),
            "date": plus(date.fromisoformat(known), delay),
            "stage": draw(often("posted", "declared", "rejected", "published", weight=3)),
            "reverses": target["register_no"],
            "recorded_on": "",
            "published_on": "",
            "objection": "",
        }
        if back["stage"] == "published":
            back["published_on"] = back["date"]
        backs.append(back)
    return rows + backs


@st.composite
def goods_tables(draw: st.DrawFn) -> Table:
    keys = [("pot", "s1"), ("pan", "s1"), ("pot", "s2")]
    table = []
    for good, shop in keys:
        days = pick(*[FIRST_DAY] * 9 + list(BUSY_DAYS))
        for since in draw(st.lists(days, min_size=1, max_size=2, unique=True)):
            table.append(
                {
                    "good": good,
                    "title": good,
                    "points": str(draw(pick(1, 2, 3, 5))),
                    "stock": str(draw(pick(9, 4, 2, 1, 0))),
                    "shop": shop,
                    "effective_from": since.isoformat(),
                    "yuan": draw(pick("", "3", "7.5")),
                }
            )
    return table


@st.composite
def deals(draw: st.DrawFn, household_ids: list[str]) -> dict[str, str]:
    sold = [("pot", "s1"), ("pan", "s1"), ("pot", "s2")]
    good, shop = draw(pick(*sold * 3, ("cat", "s1"), ("pan", "s2")))
    return {
        "exchange_no": "",
        "date": draw(pick(*BUSY_DAYS + BUSY_DAYS + DAYS)).isoformat(),
        "household_id": draw(pick(*household_ids)),
        "good": good,
        "quantity": draw(pick("1", "1", "2")),
        "shop": shop,
        "returns": "",
    }


@st.composite
def cases(
    draw: st.DrawFn,
    policies: tuple[str, ...] = ("clamp", "reject", "allow", "carry"),
) -> Case:
    """A township without faults. Returns are kept only if what they return was accepted."""
    villages = list(VILLAGES[: draw(pick(1, 1, 2, 3))])
    persons, named = draw(st.booleans()), draw(st.booleans())
    household_ids = ["h1", "h2", "H3", "户4", "h5"][: draw(pick(1, 2, 2, 3, 5))]
    households = [
        {
            "household_id": household_id,
            "village": draw(pick(*villages)),
            "kind": draw(cells("kind")),
            "size": draw(cells("size")),
        }
        for household_id in household_ids
    ]
    least = draw(pick(0, 3, 8))
    exchanges = draw(st.lists(deals(household_ids), min_size=least, max_size=14))
    for place, row in enumerate(exchanges):
        row["exchange_no"] = draw(pick("x", "c")) + str(place)
    case = Case(
        rulebooks=draw(books_of_a_town(villages, named, persons, policies)),
        households=households,
        persons=draw(people(households)) if persons else None,
        register=draw(registers(household_ids, named, persons)),
        exchanges=exchanges,
        goods=draw(goods_tables()),
        as_of=draw(pick(*DAYS[14:] * 4, *DAYS[3:])).isoformat(),
    )
    for place in draw(some_of(len(exchanges), 4)):
        first = exchanges[place]
        day = date.fromisoformat(first["date"])
        back = {
            **first,
            "exchange_no": f"y{place}",
            "date": plus(day, draw(pick(0, 1, 31, 60, 366))),
            "returns": first["exchange_no"],
        }
        more = replace(case, exchanges=[*case.exchanges, back])
        # To the end of time, so that the case has no fault at whatever day it is split or ended.
        if not more.settle(as_of="2031-12-31").faults:
            case = more
    return case


# Transformations ----------------------------------------------------------------------------------


def permuted(case: Case, seed: int) -> Case:
    """The same rows in another order: nothing may change."""
    mixed = random.Random(seed)

    def mix(rows: Table) -> Table:
        return mixed.sample(rows, len(rows))

    return replace(
        case,
        rulebooks=mixed.sample(case.rulebooks, len(case.rulebooks)),
        households=mix(case.households),
        persons=None if case.persons is None else mix(case.persons),
        register=mix(case.register),
        exchanges=mix(case.exchanges),
        goods=mix(case.goods),
    )


def doubled(case: Case, seed: int) -> Case:
    """Some rows given twice, with the same content: nothing may change."""
    mixed = random.Random(seed)

    def twice(rows: Table) -> Table:
        return rows + [dict(row) for row in rows if mixed.random() < 0.4]

    return replace(
        case,
        register=twice(case.register),
        exchanges=twice(case.exchanges),
        goods=twice(case.goods),
        persons=None if case.persons is None else twice(case.persons),
    )


def split_days(case: Case) -> list[str]:
    """Days at which a settlement may be split: up to the as-of date."""
    return [day.isoformat() for day in DAYS if day.isoformat() <= case.as_of]


def unsettled(case: Case, first: oracle.Result) -> Case:
    """What is to be given to the second of two settlements: all that the first did not settle."""
    assert first.state is not None
    register, exchanges = first.state.register, first.state.exchanges
    return replace(
        case,
        register=[row for row in case.register if row["register_no"] not in register],
        exchanges=[row for row in case.exchanges if row["exchange_no"] not in exchanges],
    )


def known_by(case: Case, day: str) -> Case:
    """What was written down by a day, to be settled on it; rows that name later ones wait."""
    register = {row["register_no"]: row for row in case.register if known_on(row) <= day}
    exchanges = {row["exchange_no"]: row for row in case.exchanges if row["date"] <= day}
    return replace(
        case,
        register=[row for row in register.values() if (row["reverses"] or "") in {"", *register}],
        exchanges=[row for row in exchanges.values() if (row["returns"] or "") in {"", *exchanges}],
        as_of=day,
    )


def known_on(row: dict[str, str]) -> str:
    """The day on which a row is written down as it stands; it posts on that day or later."""
    if row["stage"] == "published":
        return row["published_on"]
    return max(row["recorded_on"] or row["date"], row["published_on"])


def reversed_at_once(case: Case, seed: int) -> tuple[Case, set[str]]:
    """One row more and one that takes it back at once; and the register_nos of the two.

    Where no rulebook carries, allows or has a floor below 0, every other entry, every exchange and
    every balance stay as they were (debts and overdrafts would be served by the award).
    """
    mixed = random.Random(seed)
    day = mixed.choice(BUSY_DAYS).isoformat()
    household_id = mixed.choice(case.households)["household_id"]
    row = {
        "register_no": "m!",
        "date": day,
        "household_id": household_id,
        "person_id": f"{household_id}p0",
        "deed": mixed.choice(DEEDS),
        "units": mixed.choice(["", "3"]),
        "evidence": "9",
        "witnesses": "9",
        "stage": "posted",
        "reverses": "",
        "recorded_on": "",
        "published_on": "",
        "objection": "",
        "severe": "true",
        "metres": "1",
    }
    back = {**row, "register_no": "m!!", "reverses": "m!"}
    return replace(case, register=[*case.register, row, back]), {"m!", "m!!"}


# What occurs --------------------------------------------------------------------------------------

ENTRY_CODES = (
    ("posted", ""),
    ("posted", "outranked"),
    ("posted", "capped"),
    ("posted", "cap_rejected"),
    ("posted", "floored"),
    ("posted", "reversal"),
    ("reversed", "reversed"),
    ("rejected", "stage_rejected"),
    ("rejected", "objection_upheld"),
    ("error", "unique_conflict"),
    ("pending", "pending_stage"),
    ("pending", "pending_publication"),
    ("no_match", "no_rulebook"),
    ("no_match", "unknown_deed"),
    ("no_match", "condition_failed"),
    ("no_match", "evidence_missing"),
    ("no_match", "witnesses_missing"),
    ("no_match", "cooldown"),
)
EXCHANGE_CODES = (
    ("accepted", ""),
    ("pending", ""),
    ("refused", "unknown_good"),
    ("refused", "not_in_force"),
    ("refused", "frozen"),
    ("refused", "out_of_stock"),
    ("refused", "insufficient_balance"),
)
EXPECTED = {
    *(f"entry {status} {code}" for status, code in ENTRY_CODES),
    *(f"exchange {status} {code}" for status, code in EXCHANGE_CODES),
    *(f"balance {name}" for name in (*oracle.COLUMNS, "pending")),
    *("exchange returned", "balance below 0", "vetoed", "partly floored", "partly capped"),
    *("pending below 0", "withdrawn", "reversed deduction", "late row"),
    *("debt served", "back to an expired lot"),
}


def seen(case: Case, result: oracle.Result) -> Counter[str]:
    """How often each status, reason and column that is not 0 occurs in a result."""
    found: Counter[str] = Counter()
    late = {row["register_no"] for row in case.register if row["recorded_on"] > row["date"]}
    for entry in result.entries:
        status, code, points = entry["status"], entry["reason_code"], entry["points"]
        found[f"entry {status} {code}"] += 1
        found["partly floored"] += code == "floored" and points != 0
        found["partly capped"] += code == "capped" and points != 0
        found["pending below 0"] += status == "pending" and points < 0
        found["withdrawn"] += code == "reversed" and points == 0 != entry["points_clipped"]
        found["reversed deduction"] += code == "reversed" and points < 0
        found["late row"] += status == "posted" and entry["register_no"] in late and points != 0
    taken_back = {row["register_no"] for row in case.register if row["reverses"]}
    taken_back |= {row["exchange_no"] for row in case.exchanges if row["returns"]}
    posted_on = {entry["register_no"]: entry["posted_on"] for entry in result.entries}
    for posting in result.ledger:
        account, source = posting["credit_account"], posting["source"]
        found["back to an expired lot"] += account == "expired" and source in taken_back
        found["debt served"] += account == "deducted" and posting["date"] > posted_on[source]
    for row in result.exchanges:
        found[f"exchange {row['status']} {row['reason_code']}"] += 1
        found["exchange returned"] += bool(row["returns"]) and row["status"] == "accepted"
    for row in result.balances:
        for name in (*oracle.COLUMNS, "pending"):
            found[f"balance {name}"] += row[name] != 0
        found["balance below 0"] += row["balance"] < 0
    found["vetoed"] += len(result.vetoed)
    return found


def missing(found: Iterable[str]) -> set[str]:
    """What should occur and does not."""
    return EXPECTED - set(+Counter(found))
