"""Random small catalogues, requests, evidence, recurrences, procedures, workloads and matches,
tuned so that every outcome is frequent; and what compares an engine's answers with the oracle's.

Each `compare_…` returns a list of differences, empty where all agrees. `None` given as an answer
means that the engine refused the data as faulty. What the contract leaves open (the numbered
readings of lists_oracle) is drawn as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from . import lists_oracle as oracle
from .lists_oracle import Date, Row, Table

Draw = st.DrawFn
T = TypeVar("T")
YEAR_START = Date(2026, 1, 1)


def weighted(**weights: int) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, weight in weights.items() for _ in range(weight)])


def often(draw: Draw, percent: int) -> bool:
    return draw(st.integers(0, 99)) < percent


# ---------------------------------------------------------------------------------- catalogues

DAYS = [
    Date(2025, 12, 31),
    Date(2026, 1, 1),
    Date(2026, 2, 28),
    Date(2026, 3, 1),
    Date(2026, 6, 30),
    Date(2026, 12, 31),
    Date(2027, 1, 1),
    Date(2028, 2, 29),
]
CONDITIONS = {
    "age": [">= 18", "< 18", "[18..60]", "(18..60)", "]60..90]", "18, 60", "not(18)", "null", "-"],
    "role": ['"party_member"', '"veteran","party_member"', 'not("veteran")', "null", '"老师"'],
    "poor": ["true", "false", "not(true)", "-"],
    "since": ['>= date("2026-01-01")', '[date("2025-06-01")..date("2026-01-01"))'],
    "income": ["<= 99.5", "[0..99.5)", "> -1", "not([0..50])"],
}
VALUES: dict[str, list[Any]] = {
    "age": [17, 18, 19, 59, 60, 61, 90, None],
    "role": ["party_member", "veteran", "老师", "other", None],
    "poor": [True, False, None],
    "since": [Date(2025, 5, 31), Date(2025, 6, 1), Date(2025, 12, 31), YEAR_START, None],
    "income": [Decimal("-1"), 0, 50, Decimal("99.5"), 100, None],
}
PERSONS = ["p1", "p2", "p3"]


@st.composite
def hierarchies(draw: Draw) -> list[Table]:
    """A town, one to three villages, and some of what lies below and above."""
    actors: list[Table] = [{"id": "town", "level": "town"}]
    if often(draw, 50):
        actors.insert(0, {"id": "district", "level": "district"})
        actors[1]["parent"] = "district"
    for village in ["a", "b", "c"][: draw(st.sampled_from([2, 3, 1]))]:
        actors.append({"id": village, "level": "village", "parent": "town"})
        if often(draw, 40):
            actors.append({"id": f"{village}-grid", "level": "grid", "parent": village})
            if often(draw, 50):
                parent = f"{village}-grid"
                actors.append({"id": f"{village}-yard", "level": "courtyard", "parent": parent})
    return actors


@st.composite
def matters(draw: Draw) -> str:
    root = draw(weighted(certificate=3, land=4, work=1))
    names = ["x", "y", "低保"] if root == "land" else ["x", "y", "yy"]
    return "/".join([root, *draw(st.lists(st.sampled_from(names), max_size=3))])


@st.composite
def dates_in_force(draw: Draw) -> Table:
    low, high = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True)))
    table: Table = {}
    if often(draw, 50):
        table["effective_from"] = low
    if often(draw, 40):
        table["effective_to"] = high
    return table


@st.composite
def conditions(draw: Draw) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=2, unique=True))
    return {name: draw(st.sampled_from(CONDITIONS[name])) for name in names}


@st.composite
def items(draw: Draw, name: str, actors: Sequence[Table]) -> Table:
    levels = sorted({actor["level"] for actor in actors})
    villages = [actor["id"] for actor in actors if actor["level"] == "village"]
    matter = draw(matters())
    by_level = draw(st.sampled_from([*["level:village"] * 3, *[f"level:{v}" for v in levels]]))
    by_id = draw(st.sampled_from([actor["id"] for actor in actors]))
    item: Table = {
        "id": name,
        "matter": matter,
        "list": draw(weighted(must=4, assist=5, certify=5, negative=3, reclaimed=3)),
        "actor": by_level if often(draw, 70) else by_id,
        **draw(dates_in_force()),
    }
    if often(draw, 50):
        item["villages"] = draw(
            st.lists(
                st.sampled_from([*villages, *villages, "*"]), min_size=1, max_size=2, unique=True
            )
        )
    if often(draw, 25):
        below = st.sampled_from([f"{matter}/{name}" for name in ("x", "y", "x/y")])
        item["except"] = draw(st.lists(below, min_size=1, max_size=2, unique=True))
    if often(draw, 45):
        item["when"] = draw(conditions())
    return item


@st.composite
def heads(draw: Draw) -> Table:
    head: Table = {}
    for key in ("unlisted", "unlisted_certificate"):
        if often(draw, 70):
            head[key] = draw(st.sampled_from(["refuse", "refer", "allow"]))
    if often(draw, 20):
        head["effective_from"] = Date(2026, 1, 1)
    if often(draw, 20):
        head["effective_to"] = Date(2027, 1, 1)
    return head


def sane(item: Table, head: Table) -> bool:
    """Whether an item is in force on some day, its file's dates being its defaults."""
    first = item.get("effective_from", head.get("effective_from"))
    end = item.get("effective_to", head.get("effective_to"))
    return first is None or end is None or first < end


@st.composite
def catalogues(draw: Draw, items_max: int = 8) -> list[Table]:
    """One to three files, with items replaced and withdrawn by later ones."""
    actors = draw(hierarchies())
    files: list[Table] = []
    names: list[str] = []
    for number in range(draw(st.sampled_from([1, 1, 2, 3]))):
        head = draw(heads())
        file: Table = {"catalogue": head, "item": []}
        if number == 0:
            head["id"] = "base"
            file["actor"] = actors
        elif names and often(draw, 40):
            gone = draw(st.sampled_from(names))
            names.remove(gone)
            file["withdraw"] = [{"id": gone}]
        gone_ids = {table["id"] for table in file.get("withdraw", [])}
        count = min(draw(st.sampled_from([2, 1, 3, 4, 6, 8, 0])), items_max)
        wanted = draw(st.lists(st.integers(1, 12), min_size=count, max_size=count, unique=True))
        for name in (f"i{n}" for n in wanted):
            item = draw(items(name, actors))
            if name not in gone_ids:
                file["item"].append(item)
                names += [] if name in names else [name]
        files.append(file)
    return files


@st.composite
def requests(draw: Draw, layers: Sequence[Table]) -> Table:
    """The arguments of decide: mostly those of some item, whole or with one field broken."""
    whole = oracle.merge(layers)
    granting = [item for item in whole.items.values() if item.kind in oracle.GRANTING]
    broken = draw(weighted(none=6, actor=1, village=4, date=3, when=3, matter=2, all=3))
    wanted = [item for item in granting if "*" not in item.villages]
    if broken == "when":
        wanted = [item for item in granting if item.when]
    elif broken == "date":
        wanted = [item for item in granting if item.first or item.end]
    found = wanted if broken in ("village", "when", "date") and wanted else [*whole.items.values()]
    near = draw(st.sampled_from(found)) if found and broken != "all" else None
    fit = near is not None
    actor = draw(st.sampled_from(sorted(whole.actors)))
    matter, day = draw(matters()), draw(st.sampled_from(DAYS))
    if broken == "all" and often(draw, 25):
        matter = "new/x"
    village = draw(st.sampled_from(whole.villages)) if often(draw, 25) else None
    attributes: Table = {}
    names = set(draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=1 if fit else 2)))
    if near is not None:
        serving = [a for a in whole.actors if oracle.actor_fits(whole, near, a)]
        if serving and broken != "actor":
            actor = draw(st.sampled_from(sorted(serving)))
        if "*" not in near.villages:
            others = [name for name in whole.villages if name not in near.villages]
            some = others if broken == "village" and others else near.villages
            village = draw(st.sampled_from(some))
        if broken == "matter":
            matter = draw(st.sampled_from([near.matter[0], near.matter[0] + "/x/yy/y"]))
        else:
            matter = near.path + draw(st.sampled_from(["", "", "/x", "/y", "/x/y", "/new"]))
        inside = [d for d in DAYS if oracle.date_fits(near, d)]
        outside = [d for d in DAYS if not oracle.date_fits(near, d)]
        chosen = outside if broken == "date" and outside else inside
        day = draw(st.sampled_from(chosen)) if chosen else day
        for name, test in near.when.items():
            bad = broken == "when" and often(draw, 70)
            values = [v for v in VALUES[name] if oracle.holds(test, v) != bad]
            attributes[name] = draw(st.sampled_from(values or VALUES[name]))
    for name in sorted(names - set(attributes)):
        attributes[name] = draw(st.sampled_from(VALUES[name]))
    return {
        "actor": actor,
        "matter": matter,
        "date": day,
        "village": village,
        "attributes": {name: value for name, value in attributes.items() if value is not None},
    }


# --------------------------------------------------------------------------------- recurrences

ALLOWED = {
    "DAILY": ["BYMONTH", "BYMONTHDAY", "BYDAY"],
    "WEEKLY": ["BYMONTH", "BYDAY"],
    "MONTHLY": ["BYMONTH", "BYMONTHDAY", "BYDAY"],
    "YEARLY": ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"],
}
EXAMPLES = {
    "BYMONTH": [1, 2, 3, 4, 6, 7, 10, 12],
    "BYWEEKNO": [1, 2, 20, 52, 53, -1, -53],
    "BYYEARDAY": [1, 59, 60, 61, 200, 365, 366, -1, -306, -366],
    "BYMONTHDAY": [1, 2, 13, 15, 20, 28, 29, 30, 31, -1, -2, -28, -29, -31],
    "BYSETPOS": [1, 2, 3, 5, -1, -2, -4],
}
STARTS = [
    Date(2024, 2, 29),
    Date(2025, 12, 29),
    Date(2025, 12, 31),
    Date(2026, 1, 1),
    Date(2026, 1, 31),
    Date(2026, 3, 1),
    Date(2026, 5, 20),
    Date(2027, 1, 3),
]
NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-30",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
    "FREQ=YEARLY;BYMONTH=1;BYYEARDAY=60",
    "FREQ=YEARLY;UNTIL=20230101",
    "FREQ=DAILY;UNTIL=20230101",
]


@st.composite
def recurrences(draw: Draw, never: int = 4) -> str:
    """RFC 5545 rules of every FREQ from DAILY up with every BY part; some can never occur."""
    return draw(st.sampled_from(NEVER)) if often(draw, never) else draw(built_recurrences())


@st.composite
def built_recurrences(draw: Draw) -> str:
    freq = draw(weighted(DAILY=2, WEEKLY=3, MONTHLY=4, YEARLY=4))
    allowed = ALLOWED[freq]
    used = draw(st.lists(st.sampled_from(allowed), max_size=3 if often(draw, 20) else 2))
    parts = {"FREQ": freq}
    if often(draw, 35):
        parts["INTERVAL"] = str(draw(st.sampled_from([2, 3, 4, 5, 7, 12])))
    for key in sorted(set(used) - {"BYDAY"}):
        values = draw(st.lists(st.sampled_from(EXAMPLES[key]), min_size=1, max_size=3, unique=True))
        parts[key] = ",".join(map(str, values))
    if "BYDAY" in used:
        ordinals = ["", ""]
        if freq == "MONTHLY" or (freq == "YEARLY" and "BYMONTH" in used):
            ordinals = ["", "", "1", "2", "5", "-1", "-2", "+3"]
        elif freq == "YEARLY":
            ordinals = ["", "1", "10", "53", "-1", "-53"]
        if "BYWEEKNO" in used:
            ordinals = [""]
        day = st.tuples(st.sampled_from(ordinals), st.sampled_from(oracle.WEEKDAYS))
        values_text = draw(st.lists(day.map("".join), min_size=1, max_size=4, unique=True))
        parts["BYDAY"] = ",".join(values_text)
    if used and often(draw, 35):
        places = st.lists(
            st.sampled_from(EXAMPLES["BYSETPOS"]), min_size=1, max_size=2, unique=True
        )
        parts["BYSETPOS"] = ",".join(map(str, draw(places)))
    ending = draw(weighted(COUNT=3, UNTIL=2, none=5))
    if ending == "COUNT":
        parts["COUNT"] = str(draw(st.sampled_from([1, 2, 3, 10, 40])))
    elif ending == "UNTIL":
        parts["UNTIL"] = draw(st.sampled_from(["20260131", "20260601", "20280229", "20301231"]))
    if often(draw, 30):
        parts["WKST"] = draw(st.sampled_from(["MO", "SU", "TH", "SA"]))
    first = parts.pop("FREQ")
    rest = draw(st.permutations(sorted(parts.items())))
    return ";".join([f"FREQ={first}", *(f"{key}={value}" for key, value in rest)])


# ------------------------------------------------------------------------------- duty windows


@st.composite
def holiday_rows(draw: Draw) -> list[dict[str, str]]:
    """Some days off and, for them, some Saturdays and Sundays of work."""
    numbers = draw(st.lists(st.integers(0, 400), max_size=12, unique=True))
    days = [YEAR_START + timedelta(days=number) for number in numbers]
    return [
        {"date": day.isoformat(), "kind": "work" if day.weekday() >= 5 else "off"} for day in days
    ]


@st.composite
def duty_catalogues(draw: Draw) -> list[Table]:
    """A catalogue of one file with recurring items, posts and persons."""
    actors = draw(hierarchies())
    ids = [actor["id"] for actor in actors]
    posts = [f"{actor}.{name}" for actor in ids for name in ("secretary", "clerk")]
    persons = [
        {"id": p, "posts": draw(st.lists(st.sampled_from(posts), max_size=4, unique=True))}
        for p in PERSONS
    ]
    head: Table = {"id": "duties", "effective_from": draw(st.sampled_from(STARTS[:6]))}
    if often(draw, 15):
        head["effective_to"] = Date(2026, 4, 1)
    tables = []
    for number in range(draw(st.integers(1, 4))):
        item = draw(items(f"i{number}", actors))
        item.pop("effective_from", None)
        item.pop("effective_to", None)
        start = head["effective_from"]
        if often(draw, 30):
            start = item["effective_from"] = draw(st.sampled_from(STARTS[:6]))
        if often(draw, 25):
            item["effective_to"] = start + timedelta(days=draw(st.integers(1, 120)))
        if item["list"] in oracle.DENYING and often(draw, 70):
            item["list"] = "must"
        if often(draw, 90):
            item["recurrence"] = draw(recurrences(never=1))
        if often(draw, 8):
            item["recurrence"] = draw(
                st.sampled_from(["FREQ=YEARLY;COUNT=1", "FREQ=DAILY;COUNT=2"])
            )
        elif often(draw, 60):
            item["due_days"] = draw(st.sampled_from([0, 1, 2, 5, 10, 40]))
            item["workdays"] = draw(st.booleans())
        lead = draw(st.sampled_from([None, "secretary", "secretary", "clerk", *ids[:2], posts[0]]))
        if lead is not None:
            item["lead"] = lead
        item["hours"] = draw(st.sampled_from([0.5, 1.5, 4, 20]))
        if sane(item, head):
            tables.append(item)
    return [{"catalogue": head, "actor": actors, "person": persons, "item": tables}]


@st.composite
def duty_cases(draw: Draw) -> Table:
    """The arguments of `windows`: evidence mostly inside, at the ends of, or between windows."""
    layers = draw(duty_catalogues())
    whole = oracle.merge(layers)
    holidays = draw(holiday_rows())
    last = max([*(i.first for i in whole.items.values() if i.first is not None), Date(2025, 1, 1)])
    as_of = last + timedelta(days=draw(st.integers(-5, 150)))
    table = oracle.holiday_table(holidays)
    open_windows = [
        (item, actor, span)
        for item in whole.items.values()
        for span in oracle.spans(whole, item, table, as_of)
        for actor in oracle.acting(whole, item)
    ]
    evidence: list[dict[str, str]] = []
    for _ in range(draw(st.integers(0, 12)) if whole.items else 0):
        if open_windows and often(draw, 90):
            item, actor, span = draw(st.sampled_from(open_windows))
            marks = [d for d in (span.opens, span.due, span.next, span.due) if d is not None]
            day = draw(st.sampled_from(marks)) + timedelta(days=draw(st.integers(-1, 2)))
        else:
            item = draw(st.sampled_from(sorted(whole.items.values(), key=lambda i: i.id)))
            actor = draw(st.sampled_from(sorted(whole.actors)))
            day = as_of - timedelta(days=draw(st.integers(0, 60)))
        day = min(day, as_of)
        evidence.append(
            {
                "date": day.isoformat(),
                "item": item.id,
                "actor": actor,
                "person": draw(st.sampled_from([*PERSONS, ""])),
                "village": whole.village_of(actor) or "",
                "note": "",
                "waived": "上级同意" if often(draw, 15) else "",
            }
        )
    if evidence and often(draw, 6):
        wrong = {"item": "unknown"} if often(draw, 50) else {"date": str(as_of + oracle.ONE_DAY)}
        evidence[-1] |= wrong
    return {"catalogue": layers, "evidence": evidence, "holidays": holidays, "as_of": as_of}


# ---------------------------------------------------------------------------------- procedures


@st.composite
def procedures(draw: Draw) -> Table:
    """Nested sequences, choices, parallel branches and loops; half of them then damaged."""
    steps: list[Table] = []

    def step(**more: Any) -> Table:
        table: Table = {"id": f"s{len(steps)}", "actor": "a", "workdays": draw(st.integers(0, 5))}
        table |= {"next": [], **more}
        steps.append(table)
        return table

    def block(budget: int) -> tuple[Table, Table]:
        """(its first step, its last step)"""
        kinds = ["task", "task"]
        if budget > 0:
            kinds = ["task", "sequence", "choice", "parallel", "loop"]
        kind = draw(st.sampled_from(kinds))
        if kind == "task":
            only = step()
            return only, only
        if kind == "sequence":
            (first, middle), (after, last) = block(budget - 1), block(budget - 1)
            middle["next"].append(after["id"])
            return first, last
        if kind == "loop":
            first, last = block(budget - 1)
            again = step(next=[first["id"]], loop_max=draw(st.integers(1, 3)))
            last["next"].append(again["id"])
            return first, again
        split = step(parallel=True) if kind == "parallel" else step()
        branches = [block(budget - 1) for _ in range(draw(st.integers(2, 3)))]
        meeting = step(join=True) if kind == "parallel" else step()
        for first, last in branches:
            split["next"].append(first["id"])
            last["next"].append(meeting["id"])
        return split, meeting

    first, last = block(draw(st.integers(1, 2)))
    steps.remove(first)
    steps.insert(0, first)
    if last["next"] or often(draw, 50):
        last["next"].append(step()["id"])
    if often(draw, 65):
        damage(draw, steps)
    procedure: Table = {"id": "p", "step": steps}
    if often(draw, 50):
        procedure["limit_workdays"] = draw(st.integers(1, 30))
    return procedure


def damage(draw: Draw, steps: list[Table]) -> None:
    """One change that often makes a procedure unsound, and sometimes does not."""
    ids = [one["id"] for one in steps]

    def having(key: str) -> list[Table]:
        return [one for one in steps if one.get(key)]

    kind = draw(
        weighted(
            isolated=1, lose=2, add=3, join=2, parallel=2, loop_max=3, no_join=4, choice=3,
            unknown=1, round=2,
        )
    )  # fmt: skip
    chosen = draw(st.sampled_from(steps))
    if kind == "isolated":
        steps.append({"id": "alone", "actor": "a", "workdays": 1, "next": [chosen["id"]]})
    elif kind == "lose" and (more := [one for one in steps if len(one["next"]) > 1]):
        draw(st.sampled_from(more))["next"].pop(draw(st.integers(0, 1)))
    elif kind == "add":
        to = draw(st.sampled_from(ids))
        chosen["next"] += [] if to in chosen["next"] else [to]
        if often(draw, 60):
            chosen["loop_max"] = 1
    elif kind == "join":
        chosen["join"] = True
    elif kind == "parallel":
        chosen["parallel"] = True
    elif kind in ("loop_max", "no_join", "choice"):
        key = {"loop_max": "loop_max", "no_join": "join", "choice": "parallel"}[kind]
        if having(key):
            del draw(st.sampled_from(having(key)))[key]
    elif kind == "unknown":
        chosen["next"].append("nowhere")
    elif kind == "round":
        end = [one for one in steps if not one["next"]][-1]
        end["next"].append(draw(st.sampled_from(ids)))
        end["loop_max"] = 1


# ---------------------------------------------------------------------- workloads and matches


@st.composite
def workloads(draw: Draw) -> tuple[list[Table], dict[str, Any]]:
    """(duties, capacity of each person), near the edge of what can be done."""
    people: dict[str, Any] = {
        p: draw(st.sampled_from([0, 1, 2, 2.5, 4])) for p in PERSONS[: draw(st.integers(1, 3))]
    }
    able = st.lists(st.sampled_from(sorted(people)), min_size=1, max_size=2, unique=True)
    duties: list[Table] = [
        {"id": f"d{n}", "hours": draw(st.sampled_from([0.5, 1, 1.5, 2, 3])), "persons": draw(able)}
        for n in range(draw(st.integers(1, 4)))
    ]
    return duties, people


@st.composite
def periods(draw: Draw) -> dict[str, str]:
    low, high = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=2, unique=True)))
    days = {"from": YEAR_START + timedelta(days=low), "to": YEAR_START + timedelta(days=high)}
    kept = [key for key in days if often(draw, 50)]
    return {key: days[key].isoformat() if key in kept else "" for key in days}


@st.composite
def match_cases(draw: Draw) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """(needs, sources): rows of text, as of files."""
    kinds, places = st.sampled_from(["grain", "lamp"]), st.sampled_from(["a", "b"])
    needs = [
        {
            "need": f"n{n}",
            "kind": draw(kinds),
            "amount": str(draw(st.integers(1, 4))),
            "village": draw(places),
            "priority": str(draw(st.integers(1, 3))),
            **draw(periods()),
        }
        for n in range(draw(st.integers(1, 4)))
    ]
    sources = [
        {
            "id": f"r{n}",
            "kind": draw(kinds),
            "amount": str(draw(st.integers(1, 4))),
            "villages": draw(st.sampled_from(["a", "b", "a;b", "*", "*"])),
            **draw(periods()),
        }
        for n in range(draw(st.integers(0, 3)))
    ]
    return needs, sources


# --------------------------------------------------------------------------------- comparisons


def plain(value: Any) -> Any:
    """A value as text files would show it, so that dates and numbers of any kind compare."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return float(value)
    return str(value)


def expected(call: Callable[[], T]) -> T | None:
    """What the oracle says; None where it finds the data faulty."""
    try:
        return call()
    except oracle.Fault:
        return None


def refusals(want: object, got: object) -> list[str]:
    if (want is None) == (got is None):
        return []
    return ["the oracle finds a fault" if want is None else "only the engine finds a fault"]


def compare_decide(layers: oracle.Layers, asked: Table, got: Table | None) -> list[str]:
    """`got` has decide's keys; `changes` in any order."""
    want = expected(lambda: oracle.decide(layers, **asked))
    if want is None or got is None:
        return refusals(want, got)
    differences = [
        f"{key}: {want[key]!r}, not {got.get(key)!r}"
        for key in ("verdict", "item", "default")
        if want[key] != got.get(key)
    ]
    if sorted(want["overridden"]) != sorted(got.get("overridden", [])):
        differences.append(f"overridden: {want['overridden']}, not {got.get('overridden')}")
    return differences + compare_nearest_miss(want["nearest_miss"], got.get("nearest_miss"))


def compare_nearest_miss(want: Table | None, got: Table | None) -> list[str]:
    if want is None or got is None:
        return [] if want is got else [f"nearest_miss: {want}, not {got}"]

    def sorted_changes(miss: Table) -> list[Any]:
        return sorted(miss["changes"], key=lambda change: str(change["field"]))

    def serves(one: Table, other: Table) -> bool:
        if one["field"] in ("actor", "village", "date", "matter"):
            return bool(plain(one) == plain(other))
        same = one["field"] == other["field"] and plain(one["from"]) == plain(other["from"])
        return same and (one["to"] == other["to"] or oracle.holds(one["to"], other["to"]))

    wanted, given = sorted_changes(want), sorted_changes(got)
    same = want["item"] == got["item"] and len(wanted) == len(given)
    if same and all(map(serves, wanted, given)):
        return []
    return [f"nearest_miss: {plain(want)}, not {plain(got)}"]


def compare_conflicts(
    layers: oracle.Layers, got: Iterable[tuple[str, str, str]] | None
) -> list[str]:
    """`got`: (item, item, "error" | "note"), the two in any order."""
    want = expected(lambda: oracle.conflicts(layers))
    if want is None or got is None:
        return refusals(want, got)
    wanted = {(frozenset(pair[:2]), pair[2]) for pair in want}
    given = {(frozenset(pair[:2]), pair[2]) for pair in got}
    missing = [f"missing {sorted(ids)} {kind}" for ids, kind in wanted - given]
    return sorted(missing + [f"wrong {sorted(ids)} {kind}" for ids, kind in given - wanted])


def compare_witness(layers: oracle.Layers, ids: Sequence[str], asked: Table) -> list[str]:
    """Whether the request shown with a conflict is matched by both of its items."""
    whole = oracle.merge(layers)
    one = oracle.request(whole, **asked)
    return [
        f"{name} does not apply to {plain(asked)}"
        for name in ids
        if not oracle.applies(whole, whole.items[name], one)
    ]


def compare_occurrences(
    text: str, start: Date, last: Date, got: Sequence[Date] | None
) -> list[str]:
    """`got`: all occurrences up to `last`."""
    want = expected(lambda: oracle.occurrences_until(text, start, last)[0])
    if want is None or got is None:
        return refusals(want, got)
    missing = [f"missing {day}" for day in sorted(set(want) - set(got))]
    wrong = [f"wrong {day}" for day in sorted(set(got) - set(want))]
    unordered = [] if list(got) == sorted(set(got)) else ["not in order, or twice"]
    return missing + wrong + unordered


def compare_windows(
    case: Table, got: Sequence[Row] | None, columns: Sequence[str] | None = None
) -> list[str]:
    """`case`: the arguments of `windows`; `got`: rows of text. `columns`: all but these are left
    out, so that readings 25 and 26 of `village` and `person` can be settled by themselves."""
    want = expected(lambda: oracle.windows(**case))
    if want is None or got is None:
        return refusals(want, got)
    names = columns or ("item", "actor", "village", "person", "opens", "due", "state", "done_on")
    wanted = sorted(tuple(row[name] for name in names) for row in want)
    given = sorted(tuple(str(row[name]) for name in names) for row in got)
    if wanted == given:
        return []
    missing = [f"missing {row}" for row in wanted if row not in given]
    wrong = [f"wrong {row}" for row in given if row not in wanted]
    return missing + wrong or [f"{len(wanted)} windows, not {len(given)}"]


def compare_rates(case: Table, got: Sequence[Row] | None) -> list[str]:
    """`rate` may be rounded to three places or more."""
    want = expected(lambda: oracle.rates(**case))
    if want is None or got is None:
        return refusals(want, got)
    counts = ("windows", "met", "late", "missed", "waived", "pending")
    wanted = {(row["by"], row["key"]): row for row in want}
    given = {(row["by"], row["key"]): row for row in got}
    differences = [f"missing {key}" for key in sorted(wanted.keys() - given.keys())]
    differences += [f"wrong {key}" for key in sorted(given.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & given.keys()):
        one, other = wanted[key], given[key]
        differences += [
            f"{key} {name}: {one[name]}, not {other[name]}"
            for name in counts
            if one[name] != int(other[name])
        ]
        rate = None if other["rate"] in ("", None) else float(other["rate"])
        if (rate is None) != (one["rate"] is None) or abs((rate or 0) - (one["rate"] or 0)) > 5e-4:
            differences.append(f"{key} rate: {one['rate']}, not {other['rate']}")
    return differences


def compare_procedure(procedure: Table, sound: bool, longest: int | None = None) -> list[str]:
    """`longest` is looked at where it is given and the procedure is sound."""
    want, reason = oracle.procedure_sound(procedure)
    if want != sound:
        return [f"sound: {want} {sorted(oracle.procedure_reasons(procedure))}, not {sound}"]
    most = oracle.longest_workdays(procedure) if want and longest is not None else longest
    return [] if most == longest else [f"longest: {most}, not {longest} {reason}"]


def compare_workload(
    duties: Sequence[Table],
    people: Mapping[str, Any],
    feasible: bool,
    proof: tuple[Sequence[str], Sequence[str]] | None,
) -> list[str]:
    """`proof`: (duties, people). It must hold and be as small as can be; ties are free."""
    want, smallest = oracle.workload_feasible(duties, people)
    if want != feasible:
        return [f"feasible: {want} {smallest}, not {feasible}"]
    if smallest is None or proof is None:
        return [] if smallest is proof else [f"proof: {smallest}, not {proof}"]
    ids, who = (sorted(part) for part in proof)
    able = sorted({p for duty in duties if duty["id"] in ids for p in duty["persons"]})
    differences = [] if able == who else [f"proof: {ids} can be done by {able}, not {who}"]
    if oracle.overload(duties, people, ids) <= 0:
        differences.append(f"proof: {ids} fit {able}")
    if len(ids) + len(who) != sum(map(len, smallest)):
        differences.append(f"proof: {smallest} is smaller than {ids} {who}")
    return differences


def compare_match(
    needs: Sequence[Row],
    sources: Sequence[Row],
    matches: Sequence[Row],
    unmet: Sequence[Row],
) -> list[str]:
    """`matches` and `unmet`: the rows of the two files. Any best division will do."""
    need_of = {need["need"]: need for need in needs}
    source_of = {source["id"]: source for source in sources}
    differences = []
    served = dict.fromkeys(need_of, 0)
    used = dict.fromkeys(source_of, 0)
    for row in matches:
        name, source, amount = row["need"], row["source"], int(row["amount"])
        served[name] += amount
        used[source] += amount
        if amount <= 0 or not oracle.serves(need_of[name], source_of[source]):
            differences.append(f"{source} cannot serve {name} with {amount}")
    differences += [
        f"{source} gives {amount}"
        for source, amount in used.items()
        if amount > int(source_of[source]["amount"])
    ]
    levels = oracle.priorities(needs)
    value = tuple(
        sum(n for name, n in served.items() if int(need_of[name]["priority"]) == level)
        for level in levels
    )
    best = oracle.match_value(needs, sources)
    if value != best:
        differences.append(f"served by priority {best}, not {value}")
    want = {
        (name, int(need["amount"]) - served[name], oracle.unmet_reason(need, sources))
        for name, need in need_of.items()
        if served[name] != int(need["amount"])
    }
    got = {(row["need"], int(row["amount"]), row["reason_code"]) for row in unmet}
    return differences + ([] if want == got else [f"unmet: {sorted(want)}, not {sorted(got)}"])
