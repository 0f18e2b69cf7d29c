"""The oracle of lists: cases worked by hand from the contract, rule by rule, and second opinions.

The oracle is what the engine is judged by, so it must itself be judged: by hand, by dateutil where
that reads the rules as the contract does, by maximum flows of networkx, and by playing at random.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import networkx as nx
import pytest
from dateutil import rrule  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from . import lists_cases as cases
from . import lists_oracle as oracle
from .lists_oracle import Table

DAY = date(2026, 5, 4)

TOWN = """
[catalogue]
id = "town"
unlisted = "refer"
unlisted_certificate = "refuse"
[[actor]]
id = "kaizhou"
level = "district"
[[actor]]
id = "manyue"
level = "town"
parent = "kaizhou"
[[actor]]
id = "ganquan"
level = "village"
parent = "manyue"
[[actor]]
id = "shuanglin"
level = "village"
parent = "manyue"
[[actor]]
id = "ganquan-1"
level = "grid"
parent = "ganquan"
[[actor]]
id = "ganquan-1-yard"
level = "courtyard"
parent = "ganquan-1"
"""


def item(name: str, matter: str, on: str, actor: str = "level:village", more: str = "") -> str:
    return (
        f'[[item]]\nid = "{name}"\nmatter = "{matter}"\nlist = "{on}"\nactor = "{actor}"\n{more}\n'
    )


def town(*tables: str) -> list[Table]:
    return [tomllib.loads(TOWN + "".join(tables))]


def decide(layers: list[Table], matter: str, actor: str = "ganquan", **more: Any) -> Table:
    return oracle.decide(layers, actor, matter, more.pop("on", DAY), **more)


def verdict(layers: list[Table], matter: str, actor: str = "ganquan", **more: Any) -> str:
    return str(decide(layers, matter, actor, **more)["verdict"])


# --------------------------------------------------------------------------- layers of catalogues


def test_later_files_replace_withdraw_and_set() -> None:
    base = town(item("A", "a", "must"), item("B", "b", "must"), item("C", "c", "must"))[0]
    base["catalogue"]["effective_from"] = date(2026, 1, 1)
    village = tomllib.loads(
        '[catalogue]\nid = "v"\nunlisted = "allow"\neffective_to = 2027-01-01\n'
        + '[[withdraw]]\nid = "A"\n'
        + item("B", "b", "assist")
    )
    layers = [base, village]
    assert verdict(layers, "a") == "unlisted"
    assert decide(layers, "a")["default"] == "allow"
    assert verdict(layers, "b") == "assist"
    assert verdict(layers, "c") == "must"
    # Each item's dates default to its own file's.
    assert verdict(layers, "b", on=date(2025, 6, 1)) == "assist"
    assert verdict(layers, "b", on=date(2027, 1, 1)) == "unlisted"
    assert verdict(layers, "c", on=date(2025, 6, 1)) == "unlisted"
    assert verdict(layers, "c", on=date(2027, 1, 1)) == "must"
    head = oracle.merge(layers).head
    assert (head["id"], head["unlisted_certificate"]) == ("v", "refuse")
    assert head["effective_from"] == date(2026, 1, 1)


def test_faults_of_layers() -> None:
    with pytest.raises(oracle.Fault):
        oracle.merge(town(item("A", "a", "must"), item("A", "b", "must")))
    with pytest.raises(oracle.Fault):
        oracle.merge([*town(), {"withdraw": [{"id": "A"}]}])
    with pytest.raises(oracle.Fault):
        oracle.merge(town(item("A", "a//b", "must")))
    circle = [{"id": "x", "level": "grid", "parent": "y"}, {"id": "y", "level": "grid"}]
    circle[1]["parent"] = "x"
    with pytest.raises(oracle.Fault):
        oracle.decide([{"actor": circle}], "x", "a", DAY)


# ------------------------------------------------------------------------------- Meaning 1: decide


def test_in_force_from_the_first_day_up_to_but_not_on_the_last() -> None:
    dates = "effective_from = 2026-02-28\neffective_to = 2026-03-01"
    layers = town(item("A", "a", "must", more=dates))
    days = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert [verdict(layers, "a", on=day) for day in days] == ["unlisted", "must", "unlisted"]


def test_an_actor_or_its_level() -> None:
    layers = town(item("A", "a", "must"), item("B", "b", "must", "ganquan"))
    assert verdict(layers, "a", "shuanglin") == "must"
    assert verdict(layers, "a", "ganquan-1") == "unlisted"  # a grid is no village
    assert verdict(layers, "b", "ganquan") == "must"
    assert verdict(layers, "b", "shuanglin") == "unlisted"


def test_the_village_is_the_one_that_the_actor_is_or_lies_in() -> None:
    here = 'villages = ["ganquan"]'
    layers = town(
        item("A", "a", "must", more=here),
        item("B", "b", "must", "level:courtyard", here),
        item("C", "c", "must", "manyue", here),
        item("D", "d", "must", "manyue"),
        item("E", "e", "must", "shuanglin", here),
    )
    assert verdict(layers, "a", "ganquan") == "must"
    assert verdict(layers, "a", "shuanglin") == "unlisted"
    assert verdict(layers, "a", "shuanglin", village="ganquan") == "must"
    assert verdict(layers, "b", "ganquan-1-yard") == "must"
    # Above the villages only `*` matches, unless a village is given.
    assert verdict(layers, "c", "manyue") == "unlisted"
    assert verdict(layers, "c", "manyue", village="ganquan") == "must"
    assert verdict(layers, "d", "manyue") == "must"
    # For items that name an actor by id too.
    assert verdict(layers, "e", "shuanglin") == "unlisted"


def test_matters_cover_what_lies_below_by_whole_segments() -> None:
    layers = town(item("A", "land/dispute", "must", more='except = ["land/dispute/court"]'))
    assert verdict(layers, "land/dispute") == "must"
    assert verdict(layers, "land/dispute/water") == "must"
    assert verdict(layers, "land/disputes") == "unlisted"
    assert verdict(layers, "land") == "unlisted"
    assert verdict(layers, "land/dispute/court") == "unlisted"
    assert verdict(layers, "land/dispute/court/appeal") == "unlisted"
    assert verdict(layers, "land/dispute/courtyard") == "must"


def test_lists_rank_strictly_whatever_the_depth() -> None:
    layers = town(
        item("N", "a", "negative", more="effective_to = 2026-01-01"),
        item("R", "a/b", "reclaimed", more="effective_to = 2026-02-01"),
        item("M", "a/b", "must", more="effective_to = 2026-03-01"),
        item("S", "a/b/c", "assist", more="effective_to = 2026-04-01"),
        item("C", "a/b/c/d", "certify", more="effective_to = 2026-05-01"),
    )

    def at(month: int) -> tuple[str, str, list[str]]:
        first = date(2025, 12, 1) if month == 0 else date(2026, month, 1)
        told = decide(layers, "a/b/c/d", on=first)
        return told["verdict"], told["item"], told["overridden"]

    assert at(0) == ("refuse_negative", "N", ["R", "M", "S", "C"])
    assert at(1) == ("refuse_reclaimed", "R", ["M", "S", "C"])
    assert at(2) == ("must", "M", ["S", "C"])
    assert at(3) == ("assist", "S", ["C"])
    assert at(4) == ("may_certify", "C", [])
    assert verdict(layers, "a/b/c/d", on=date(2026, 5, 1)) == "unlisted"


def test_within_a_list_depth_then_file_then_id() -> None:
    base = town(item("B", "a/b", "must"), item("A", "a/b", "must"), item("Z", "a", "must"))[0]
    assert decide([base], "a/b/c")["item"] == "A"
    later = tomllib.loads(item("Y", "a/b", "must") + item("X", "a", "must"))
    told = decide([base, later], "a/b/c")
    assert (told["item"], told["overridden"]) == ("Y", ["A", "B", "X", "Z"])


def test_ids_rank_as_bytes() -> None:
    # U+FF21 has the smaller bytes although UTF-16 would put the emoji (a surrogate) first.
    layers = town(item("\U0001f600", "a", "must"), item("\uff21", "a", "must"))
    assert decide(layers, "a")["item"] == "\uff21"


def test_certificates() -> None:
    layers = town(
        item("N", "certificate/kinship", "negative"),
        item("C", "certificate/residence", "certify"),
        item("R", "certificate/income", "reclaimed"),
        item("W", "land", "certify"),
    )
    refused = decide(layers, "certificate/kinship/twins")
    assert (refused["verdict"], refused["item"]) == ("refuse_certificate", "N")
    assert refused["nearest_miss"] is None
    assert refused["default"] is None
    assert verdict(layers, "certificate/residence") == "may_certify"
    assert verdict(layers, "certificate/income") == "refuse_reclaimed"
    assert verdict(layers, "land") == "may_certify"
    nothing = decide(layers, "certificate/single")
    assert (nothing["verdict"], nothing["item"]) == ("refuse_certificate", None)
    assert nothing["default"] == "refuse"
    assert nothing["nearest_miss"]["item"] == "C"
    # A bare `certificate` is none, nor is what only begins so.
    assert verdict(layers, "certificate") == "unlisted"
    assert decide(layers, "certificate")["default"] == "refer"
    assert verdict(layers, "certificates/single") == "unlisted"
    layers[0]["catalogue"]["unlisted_certificate"] = "allow"
    allowed = decide(layers, "certificate/single")
    assert (allowed["verdict"], allowed["default"]) == ("unlisted", "allow")


def test_conditions() -> None:
    when = "when = { age = '>= 18', role = '\"party_member\",\"veteran\"' }"
    layers = town(item("A", "a", "must", more=when))
    good = {"age": 18, "role": "veteran"}
    assert verdict(layers, "a", attributes=good) == "must"
    assert verdict(layers, "a", attributes=good | {"age": 17.9}) == "unlisted"
    assert verdict(layers, "a", attributes={"age": 18}) == "unlisted"
    assert verdict(layers, "a", attributes=good | {"other": 1}) == "must"


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        (">= 18", [18, 18.5, 10**30], [17, None, "18", True]),
        ("< -1.5", [-2], [-1.5, 0, None]),
        ("[1..3]", [1, 2, 3], [0.99, 3.01, None]),
        ("(1..3)", [1.01, 2.99], [1, 3]),
        ("]1..3[", [1.01, 2.99], [1, 3]),
        ("[1..3)", [1], [3]),
        ("(1..3]", [3], [1]),
        ('"a", "b"', ["a", "b"], ["c", "A", None]),
        ("not(1, [5..7])", [0, 2, 8], [1, 5, 6.5, 7, None]),
        ('not("a")', ["b"], ["a", None]),
        ("true", [True], [False, None, 1]),
        ("not(true)", [False], [True, None, 1]),
        ("null", [None], [0, "", False]),
        ('null, "a"', [None, "a"], ["b"]),
        ("not(null)", [0, ""], [None]),
        ("-", [None, 0, "x"], []),
        ('date("2026-02-28")', [date(2026, 2, 28)], [date(2026, 3, 1), "2026-02-28"]),
        ('> date("2026-02-28")', [date(2026, 3, 1)], [date(2026, 2, 28), None]),
        ('"a\\"b"', ['a"b'], ["ab"]),
        ('"\\u5bb6"', ["家"], ["u5bb6"]),
    ],
)
def test_feel(test: str, yes: list[Any], no: list[Any]) -> None:
    assert [value for value in yes if not oracle.holds(test, value)] == []
    assert [value for value in no if oracle.holds(test, value)] == []


@pytest.mark.parametrize("text", ["", ">", "[1..2", "not(1", "1,", "x", "not", '"a', "1 2", "- 1,"])
def test_feel_that_is_none(text: str) -> None:
    with pytest.raises(oracle.Fault):
        oracle.holds(text, 1)


def test_attributes_are_literals_where_they_parse() -> None:
    texts = ["18", '"18"', "true", "null", 'date("2026-01-01")', "绿", "18 years", "-"]
    values = [oracle.attribute(text) for text in texts]
    assert values == [18, "18", True, None, date(2026, 1, 1), "绿", "18 years", "-"]


# ------------------------------------------------------------------------ Meaning 1: nearest miss


def miss(layers: list[Table], matter: str, actor: str = "ganquan", **more: Any) -> Table:
    told: Table = decide(layers, matter, actor, **more)["nearest_miss"]
    return told


def cost(layers: list[Table], name: str, matter: str, actor: str = "ganquan", **more: Any) -> int:
    whole = oracle.merge(layers)
    asked = oracle.request(whole, actor, matter, more.pop("on", DAY), **more)
    return oracle.miss_cost(whole, name, asked)


def test_each_failing_field_costs_one() -> None:
    everything = """
        villages = ["shuanglin", "ganquan-1"]
        effective_to = 2026-01-01
        except = ["a/b/c"]
        when = { age = ">= 18", poor = "true", role = "-" }
    """
    layers = town(item("A", "a/b", "must", "manyue", everything))
    told = decide(layers, "a/b/c/d", attributes={"age": 10})
    assert told["nearest_miss"] == {
        "item": "A",
        "changes": [
            {"field": "actor", "from": "ganquan", "to": "manyue"},
            {"field": "village", "from": "ganquan", "to": "ganquan-1"},
            {"field": "date", "from": DAY, "to": date(2025, 12, 31)},
            {"field": "age", "from": 10, "to": ">= 18"},
            {"field": "poor", "from": None, "to": "true"},
            {"field": "matter", "from": "a/b/c/d", "to": "a/b"},
        ],
    }
    # actor, village, date, two of three conditions, an except
    assert cost(layers, "A", "a/b/c/d", attributes={"age": 10}) == 6


@pytest.mark.parametrize(
    ("matter", "path", "positions"),
    [
        ("a", "a/b/c", 2),  # none at two positions
        ("a/x", "a/b/c", 2),  # another, and none
        ("a/x/c", "a/b/c", 1),  # the third is the same again
        ("a/b/x/y", "a/b/c", 1),
        ("a/b/c/d", "a/b/c", 0),
        ("a/c/b", "a/b/c", 2),
        ("a/b", "a/bb", 1),
    ],
)
def test_the_matter_costs_its_positions(matter: str, path: str, positions: int) -> None:
    layers = town(item("A", path, "assist"))
    assert cost(layers, "A", matter) == positions


def test_the_nearest_costs_least_then_has_the_smallest_id() -> None:
    layers = town(
        item("C", "a/b/c", "must"),  # 2 from a/x
        item("B", "a/y", "assist"),  # 1
        item("A", "a/x", "certify", "manyue", "effective_from = 2027-01-01"),  # 2
        item("D", "a/z", "must"),  # 1
        item("0", "a/x/n", "negative"),  # refuses: no candidate
        item("1", "b", "must"),  # another first segment: none
    )
    assert miss(layers, "a/x") == {
        "item": "B",
        "changes": [{"field": "matter", "from": "a/x", "to": "a/y"}],
    }
    assert miss(layers, "c") is None
    # At equal cost the smallest id, here at 2 each.
    assert miss(layers, "a/x", on=date(2026, 1, 1), actor="ganquan-1")["item"] == "A"


def test_dates_change_to_the_nearest_day_in_force() -> None:
    layers = town(
        item("A", "a", "must", more="effective_from = 2024-02-29\neffective_to = 2024-03-01")
    )
    for day in (date(2023, 1, 1), date(2024, 2, 28), date(2024, 3, 1), DAY):
        change = {"field": "date", "from": day, "to": date(2024, 2, 29)}
        assert miss(layers, "a", on=day)["changes"] == [change]


def test_above_the_villages_a_named_one_is_missing() -> None:
    layers = town(item("A", "a", "must", "manyue", 'villages = ["shuanglin", "ganquan"]'))
    change = {"field": "village", "from": None, "to": "ganquan"}
    assert miss(layers, "a", "manyue")["changes"] == [change]


# ---------------------------------------------------------------------------- Meaning 2: conflicts


@pytest.mark.parametrize(
    ("deny", "grant", "kind"),
    [
        ("a/b", "a/b", "error"),
        ("a", "a/b", "error"),  # the denying one lies above
        ("a/b", "a", "note"),  # the normal exception
        ("a/b", "a/c", None),
        ("a/b", "a/bb", None),
    ],
)
def test_conflicts_by_matter(deny: str, grant: str, kind: str | None) -> None:
    layers = town(item("N", deny, "negative"), item("M", grant, "must"))
    assert oracle.conflicts(layers) == ({("N", "M", kind)} if kind else set())


@pytest.mark.parametrize(
    ("deny", "grant", "meet"),
    [
        ("effective_to = 2026-01-01", "effective_from = 2026-01-01", False),
        ("effective_to = 2026-01-02", "effective_from = 2026-01-01", True),
        ('villages = ["ganquan"]', 'villages = ["shuanglin"]', False),
        ('villages = ["ganquan"]', 'villages = ["*"]', True),
        ('except = ["a"]', "", False),
        ("when = { age = '> 5' }", "when = { age = '< 6' }", True),  # 5.5 does
        ("when = { age = '> 5' }", "when = { age = '<= 5' }", False),
        ("when = { age = '> 5' }", "when = { age = 'null' }", False),
        ("when = { age = '-' }", "when = { age = 'null' }", True),
        ("when = { age = 'not(5)' }", "when = { age = '[5..5]' }", False),
        ("when = { age = '> 5' }", "when = { old = '<= 5' }", True),
        ("when = { role = 'not(\"a\")' }", "when = { role = 'not(\"b\")' }", True),
        ("when = { role = '\"a\"' }", "when = { role = '> 5' }", False),
        ("when = { poor = 'true' }", "when = { poor = 'not(false)' }", True),
    ],
)
def test_conflicts_by_the_other_fields(deny: str, grant: str, meet: bool) -> None:
    layers = town(item("R", "a", "reclaimed", more=deny), item("C", "a", "certify", more=grant))
    assert oracle.conflicts(layers) == ({("R", "C", "error")} if meet else set())


def test_conflicts_need_one_actor_and_take_any_village() -> None:
    layers = town(
        item("N", "a", "negative", "ganquan"),
        item("M", "a", "must", "level:village"),
        item("S", "a", "assist", "shuanglin"),
        item("C", "a", "certify", "level:town", 'villages = ["ganquan"]'),
        item("R", "a", "reclaimed", "manyue", 'villages = ["ganquan"]'),
    )
    assert oracle.conflicts(layers) == {("N", "M", "error"), ("R", "C", "error")}


def test_an_except_takes_part_of_a_conflict_away_or_all() -> None:
    part = town(item("N", "a", "negative", more='except = ["a/b"]'), item("M", "a", "must"))
    assert oracle.conflicts(part) == {("N", "M", "error")}
    whole = town(item("N", "a", "negative", more='except = ["a/b"]'), item("M", "a/b", "must"))
    assert oracle.conflicts(whole) == set()


# -------------------------------------------------------------------------- Meaning 3: duty windows


def duty(recurrence: str, more: str = "", first: str = "2026-01-01", on: str = "must") -> str:
    lines = f'recurrence = "{recurrence}"\neffective_from = {first}\n{more}'
    return item("A", "a", on, "ganquan", lines)


def row(day: str, name: str = "A", actor: str = "ganquan", waived: str = "") -> dict[str, str]:
    return {"date": day, "item": name, "actor": actor, "waived": waived}


def states(
    layers: list[Table], as_of: str, *evidence: dict[str, str], holidays: Iterable[Any] = ()
) -> list[tuple[str, str, str, str]]:
    found = oracle.windows(layers, evidence, holidays, date.fromisoformat(as_of))
    return [(w["opens"], w["due"], w["state"], w["done_on"]) for w in found]


MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=20"


def test_windows_open_on_the_occurrence_and_are_due_days_later() -> None:
    layers = town(duty(MONTHLY, "due_days = 10"))
    assert states(layers, "2026-01-19") == []
    assert states(layers, "2026-01-20") == [("2026-01-20", "2026-01-30", "pending", "")]
    assert states(layers, "2026-01-30") == [("2026-01-20", "2026-01-30", "pending", "")]
    assert states(layers, "2026-01-31") == [("2026-01-20", "2026-01-30", "missed", "")]
    evidence = [row("2026-01-30"), row("2026-01-20"), row("2026-03-19"), row("2026-03-20")]
    assert states(layers, "2026-04-30", *evidence) == [
        ("2026-01-20", "2026-01-30", "met", "2026-01-20"),
        ("2026-02-20", "2026-03-02", "late", "2026-03-19"),
        ("2026-03-20", "2026-03-30", "met", "2026-03-20"),
        ("2026-04-20", "2026-04-30", "pending", ""),
    ]


def test_without_due_days_it_is_due_the_day_before_the_next() -> None:
    layers = town(duty(MONTHLY))
    assert states(layers, "2026-03-01", row("2026-02-19"), row("2026-01-19")) == [
        ("2026-01-20", "2026-02-19", "met", "2026-02-19"),
        ("2026-02-20", "2026-03-19", "pending", ""),
    ]


def test_the_day_before_the_next_comes_first_where_earlier() -> None:
    layers = town(duty("FREQ=WEEKLY;BYDAY=MO", "due_days = 10"))
    assert states(layers, "2026-01-12", row("2026-01-12")) == [
        ("2026-01-05", "2026-01-11", "missed", ""),
        ("2026-01-12", "2026-01-18", "met", "2026-01-12"),
    ]
    # due the same day, so nothing can be late
    daily = town(duty("FREQ=DAILY;COUNT=2", "due_days = 5"))
    assert states(daily, "2026-01-08") == [
        ("2026-01-01", "2026-01-01", "missed", ""),
        ("2026-01-02", "2026-01-07", "missed", ""),
    ]


def test_effective_to_stands_for_the_next_occurrence() -> None:
    layers = town(duty(MONTHLY, "due_days = 10\neffective_to = 2026-02-25"))
    assert states(layers, "2026-05-01", row("2026-02-25")) == [
        ("2026-01-20", "2026-01-30", "missed", ""),
        ("2026-02-20", "2026-02-24", "missed", ""),
    ]
    last = town(duty("FREQ=MONTHLY;BYMONTHDAY=20;COUNT=1", "effective_to = 2026-02-25"))
    assert states(last, "2026-02-24") == [("2026-01-20", "2026-02-24", "pending", "")]


def test_with_neither_due_is_empty_and_it_stays_pending() -> None:
    layers = town(duty("FREQ=MONTHLY;BYMONTHDAY=20;COUNT=1"))
    assert states(layers, "2036-01-01") == [("2026-01-20", "", "pending", "")]
    assert states(layers, "2036-01-01", row("2030-01-01")) == [("2026-01-20", "", "pending", "")]
    waived = row("2030-01-01", waived="moved away")
    assert states(layers, "2036-01-01", waived) == [("2026-01-20", "", "waived", "")]


def test_waived_whatever_else_there_is() -> None:
    layers = town(duty(MONTHLY, "due_days = 10"))
    evidence = [row("2026-01-20"), row("2026-02-19", waived="snow"), row("2026-02-20", waived="x")]
    assert states(layers, "2026-02-20", *evidence) == [
        ("2026-01-20", "2026-01-30", "waived", ""),
        ("2026-02-20", "2026-03-02", "waived", ""),
    ]


def test_working_days_with_moved_ones() -> None:
    # National Day 2025: off 1 to 8 October; Sunday 28 September and Saturday 11 October worked.
    holidays = [{"date": f"2025-10-0{n}", "kind": "off"} for n in range(1, 9)]
    holidays += [{"date": day, "kind": "work"} for day in ("2025-09-28", "2025-10-11")]

    def due(first: str, days: int, moved: Iterable[Any] = holidays) -> str:
        more = f"due_days = {days}\nworkdays = true"
        layers = town(duty("FREQ=YEARLY", more, first=first))
        return states(layers, "2026-01-01", holidays=moved)[0][1]

    assert due("2025-09-26", 0) == "2025-09-26"
    assert due("2025-09-26", 1) == "2025-09-28"  # a Sunday of work
    assert due("2025-09-26", 3) == "2025-09-30"
    assert due("2025-09-26", 4) == "2025-10-09"
    assert due("2025-09-26", 6) == "2025-10-11"  # a Saturday of work
    assert due("2025-09-26", 7) == "2025-10-13"
    assert due("2025-09-26", 1, ()) == "2025-09-29"  # Monday to Friday else
    assert due("2025-10-03", 1) == "2025-10-09"  # opens on a holiday


def test_one_window_for_each_acting_actor() -> None:
    layers = town(
        item("A", "a", "must", more='recurrence = "FREQ=YEARLY"\neffective_from = 2026-01-01'),
        item(
            "B",
            "b",
            "assist",
            "level:grid",
            'recurrence = "FREQ=YEARLY"\neffective_from = 2026-01-01\nvillages = ["ganquan"]',
        ),
        item(
            "C",
            "c",
            "certify",
            "level:village",
            'recurrence = "FREQ=YEARLY"\neffective_from = 2026-01-01\nvillages = ["shuanglin"]',
        ),
        item("N", "n", "negative", more='recurrence = "FREQ=YEARLY"\neffective_from = 2026-01-01'),
        item("O", "o", "must"),
    )
    found = oracle.windows(layers, [row("2026-01-01", "A", "shuanglin")], [], DAY)
    assert [(w["item"], w["actor"], w["village"], w["state"]) for w in found] == [
        ("A", "ganquan", "ganquan", "pending"),
        ("A", "shuanglin", "shuanglin", "met"),
        ("B", "ganquan-1", "ganquan", "pending"),
        ("C", "shuanglin", "shuanglin", "pending"),
    ]


def test_windows_come_whatever_overrides_them_and_whatever_the_conditions() -> None:
    layers = town(duty("FREQ=YEARLY", "when = { age = '> 5' }"), item("N", "a", "negative"))
    assert len(states(layers, "2026-05-04")) == 1


def test_persons_of_the_lead() -> None:
    persons = """
        [[person]]
        id = "p2"
        posts = ["ganquan.secretary", "manyue.clerk"]
        [[person]]
        id = "p1"
        posts = ["ganquan.secretary", "ganquan.grid-03"]
        [[person]]
        id = "p3"
        posts = ["ganquan-1.head"]
    """

    def person(lead: str) -> str:
        layers = town(duty("FREQ=YEARLY", lead), persons)
        return oracle.windows(layers, [], [], DAY)[0]["person"]

    assert person('lead = "secretary"') == "p1;p2"
    assert person('lead = "grid-03"') == "p1"
    assert person('lead = "manyue.clerk"') == "p2"
    assert person('lead = "manyue"') == "p2"
    assert person('lead = "nobody"') == ""
    assert person("") == "p1;p2"  # the actor itself; ganquan-1 is another


def test_the_start_is_an_occurrence_only_if_it_matches() -> None:
    layers = town(duty(MONTHLY, first="2026-01-31"))
    assert [s[0] for s in states(layers, "2026-03-01")] == ["2026-02-20"]
    head = [tomllib.loads(TOWN.replace("[catalogue]", "[catalogue]\neffective_from = 2026-02-20"))]
    head[0]["item"] = tomllib.loads(duty(MONTHLY).replace("effective_from = 2026-01-01", ""))[
        "item"
    ]
    assert [s[0] for s in states(head, "2026-03-01")] == ["2026-02-20"]
    del head[0]["catalogue"]["effective_from"]
    with pytest.raises(oracle.Fault):
        states(head, "2026-03-01")


def test_faults_of_evidence() -> None:
    layers = town(duty(MONTHLY), item("N", "n", "negative"))
    assert states(layers, "2026-02-01", row("2026-02-01", "N"))
    with pytest.raises(oracle.Fault):
        states(layers, "2026-02-01", row("2026-02-01", "Z"))
    with pytest.raises(oracle.Fault):
        states(layers, "2026-02-01", row("2026-02-02"))


def test_rates() -> None:
    people = (
        '[[person]]\nid = "p1"\nposts = ["ganquan.x"]\n[[person]]\nid="p2"\nposts=["ganquan.y"]\n'
    )
    layers = town(duty("FREQ=MONTHLY;BYMONTHDAY=1", "due_days = 10"), people)
    evidence = [row("2026-01-11"), row("2026-02-12"), row("2026-04-01", waived="x")]
    found = oracle.rates(layers, evidence, [], date(2026, 5, 4))
    counts = {"windows": 5, "met": 1, "late": 1, "missed": 1, "waived": 1, "pending": 1}
    keys = [("item", "A"), ("actor", "ganquan"), ("village", "ganquan")]
    keys += [("person", "p1"), ("person", "p2")]
    assert found == [{"by": b, "key": k, **counts, "rate": Fraction(1, 3)} for b, k in keys]
    first = oracle.rates(layers, [], [], date(2026, 1, 1))[0]
    assert (first["pending"], first["rate"]) == (1, None)


def test_the_contracts_own_duties() -> None:
    # Disclosure on the 20th of each quarter's first month, however it is written.
    for text in (
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=20",
        "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=20",
    ):
        days, _ = oracle.occurrences_until(text, date(2026, 1, 1), date(2026, 12, 31))
        assert days == [date(2026, month, 20) for month in (1, 4, 7, 10)]
    # Training of every cadre at least once a year: one window of the whole year.
    layers = town(duty("FREQ=YEARLY"))
    assert states(layers, "2027-01-01", row("2026-12-31")) == [
        ("2026-01-01", "2026-12-31", "met", "2026-12-31"),
        ("2027-01-01", "2027-12-31", "pending", ""),
    ]


# -------------------------------------------------------------------------- Meaning 4: recurrences


def days(text: str, start: str, count: int) -> list[str]:
    found = oracle.occurrences(text, date.fromisoformat(start))
    return [day.isoformat() for day, _ in zip(found, range(count), strict=False)]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # Month ends and leap days.
        ("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 2026-07-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", "2026-01-31 2026-02-28 2026-03-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-31", "2026-02-01", "2026-03-01 2026-05-01 2026-07-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=29", "2027-12-30", "2028-01-29 2028-02-29 2028-03-29"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-1", "2026-03-01", "2027-02-28 2028-02-29"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29"),
        ("FREQ=YEARLY", "2096-02-29", "2096-02-29 2104-02-29"),
        ("FREQ=YEARLY;BYYEARDAY=60", "2026-03-01", "2026-03-01 2027-03-01 2028-02-29"),
        ("FREQ=YEARLY;BYYEARDAY=-306", "2026-03-01", "2026-03-01 2027-03-01 2028-03-01"),
        ("FREQ=YEARLY;BYYEARDAY=366", "2026-03-01", "2028-12-31 2032-12-31"),
        ("FREQ=DAILY;BYMONTHDAY=-1", "2026-02-01", "2026-02-28 2026-03-31 2026-04-30"),
        ("FREQ=DAILY;INTERVAL=10", "2028-02-25", "2028-02-25 2028-03-06"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", "2027-03-01", "2027-03-01 2028-03-01 2029-03-01"),
        # Week starts (RFC 5545, 3.8.5.3).
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05",
            "1997-08-05 1997-08-10 1997-08-19 1997-08-24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05",
            "1997-08-05 1997-08-17 1997-08-19 1997-08-31",
        ),
        ("FREQ=WEEKLY", "2026-01-01", "2026-01-01 2026-01-08"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-05-12 1998-05-11 1999-05-17"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2020-01-01", "2020-12-28 2026-12-28 2032-12-27"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2025-12-01", "2025-12-29 2027-01-04 2028-01-03"),
        (
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU",
            "2026-01-01",
            "2026-01-04 2027-01-03 2028-01-02",
        ),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2026-01-01", "2027-01-03"),
        # BYSETPOS counts within the whole period, COUNT from the start on, matching days only.
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997-09-29",
            "1997-09-29 1997-10-30 1997-11-27 1997-12-30",
        ),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "2026-01-07", "2026-01-12 2026-01-19"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "2026-01-07", "2026-01-07 2026-01-14"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15,20;BYSETPOS=1", "2026-01-10", "2026-02-01 2026-03-01"),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=1,-1", "2026-06-01", "2026-12-28 2027-01-04 2027-12-27"),
        ("FREQ=DAILY;BYDAY=SA,SU;BYSETPOS=-1", "2026-01-01", "2026-01-03 2026-01-04 2026-01-10"),
        ("FREQ=MONTHLY;BYMONTHDAY=20;COUNT=2", "2026-01-31", "2026-02-20 2026-03-20"),
        ("FREQ=DAILY;COUNT=1", "2026-01-31", "2026-01-31"),
        ("FREQ=DAILY;UNTIL=20260102", "2026-01-01", "2026-01-01 2026-01-02"),
        # Weekdays by number.
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17"),
        ("FREQ=YEARLY;BYDAY=-1FR", "2026-01-01", "2026-12-25 2027-12-31"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", "2026-01-01", "2026-05-10 2027-05-09"),
        ("FREQ=MONTHLY;BYDAY=5MO", "2026-01-01", "2026-03-30 2026-06-29 2026-08-31"),
        ("FREQ=MONTHLY;BYDAY=1FR,-1FR", "2026-01-01", "2026-01-02 2026-01-30 2026-02-06"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1998-02-13 1998-03-13 1998-11-13"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996-11-05",
            "1996-11-05 2000-11-07 2004-11-02",
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
            "1997-01-01",
            "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01",
        ),
        # Readings 19 to 21.
        ("FREQ=YEARLY;BYMONTHDAY=31", "2026-01-01", "2026-01-31 2026-03-31 2026-05-31"),
        ("FREQ=YEARLY;BYWEEKNO=20", "1997-05-12", "1997-05-12 1998-05-11"),
        (
            "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO",
            "2024-01-01",
            "2024-01-01 2024-12-30 2028-01-03",
        ),
    ],
)
def test_recurrences(text: str, start: str, expected: str) -> None:
    wanted = expected.split()
    assert days(text, start, len(wanted)) == wanted


@pytest.mark.parametrize("text", cases.NEVER)
def test_recurrences_that_never_occur(text: str) -> None:
    assert oracle.never_occurs(text, date(2026, 1, 1))


def test_recurrences_that_never_occur_by_their_interval() -> None:
    assert oracle.never_occurs("FREQ=YEARLY;INTERVAL=2", date(2025, 2, 28)) is False
    leap = "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29"
    assert oracle.never_occurs(leap, date(2025, 1, 1))
    assert not oracle.never_occurs(leap, date(2026, 1, 1))
    tuesdays = "FREQ=DAILY;INTERVAL=7;BYDAY=TU"
    assert oracle.never_occurs(tuesdays, date(2026, 1, 5))  # a Monday
    assert not oracle.never_occurs(tuesdays, date(2026, 1, 6))


@pytest.mark.parametrize(
    "text",
    """
    FREQ=HOURLY | FREQ=SECONDLY;COUNT=2 | FREQ=DAILY;INTERVAL=0 | FREQ=DAILY;COUNT=0 | INTERVAL=2
    FREQ=DAILY;FREQ=DAILY | FREQ=DAILY;COUNT=1;UNTIL=20260101 | FREQ=DAILY;BYSETPOS=1 | FREQ=DAILY;
    FREQ=WEEKLY;BYMONTHDAY=1 | FREQ=MONTHLY;BYYEARDAY=1 | FREQ=MONTHLY;BYWEEKNO=1 | FREQ=DAILY;X=1
    FREQ=WEEKLY;BYDAY=1MO | FREQ=DAILY;BYDAY=-1MO | FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO | FREQ=
    FREQ=MONTHLY;BYMONTHDAY=0 | FREQ=MONTHLY;BYMONTHDAY=32 | FREQ=MONTHLY;BYMONTH=13
    FREQ=MONTHLY;BYMONTH=-1 | FREQ=YEARLY;BYYEARDAY=367 | FREQ=YEARLY;BYDAY=54MO | FREQ=DAILY;WKST=X
    FREQ=DAILY;BYDAY=XX
    FREQ=DAILY;UNTIL=20260230 | FREQ=DAILY;UNTIL=x | FREQ=MONTHLY;BYMONTHDAY=1,,2
    FREQ=DAILY;BYHOUR=1
    """.replace("\n", "|").split("|"),
)
def test_recurrences_that_are_faults(text: str) -> None:
    with pytest.raises(oracle.Fault):
        oracle.parse_rule(text.strip())


def days_by_rrule(text: str, start: date, last: date) -> list[date]:
    noon = "T000000"
    clock = {d: rrule.datetime.datetime.combine(d, rrule.datetime.time()) for d in (start, last)}
    text = ";".join(
        part + noon if part.startswith("UNTIL") and "T" not in part[6:] else part
        for part in text.split(";")
    )
    return [d.date() for d in rrule.rrulestr(text, dtstart=clock[start]).between(
        clock[start], clock[last], inc=True
    )]  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(text=cases.recurrences(), start=st.sampled_from(cases.STARTS))
def test_recurrences_agree_with_rrule(text: str, start: date) -> None:
    last = start + timedelta(days=2200)
    # Of what never occurs again dateutil asks every day up to the year 9999.
    found, following = oracle.occurrences_until(text, start, last)
    if oracle.rrule_is_right(text) and (found or following):
        assert cases.compare_occurrences(text, start, last, days_by_rrule(text, start, last)) == []


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(text=cases.recurrences(), start=st.sampled_from(cases.STARTS))
def test_each_occurrence_satisfies_the_rule_by_itself(text: str, start: date) -> None:
    rule = oracle.with_start(oracle.parse_rule(text), start)
    found, following = oracle.occurrences_until(text, start, start + timedelta(days=1500))
    assert found == sorted(set(found))
    assert all(start <= day and oracle.fits(rule, day) for day in found)
    assert following is None or following > start + timedelta(days=1500)


# -------------------------------------------------------------------------------------- procedures


def procedure(*steps: str) -> Table:
    """Steps as `id[:flags] > next next`; p parallel, j join, wN workdays, N loop_max."""
    tables = []
    for text in steps:
        head, _, after = text.partition(">")
        name, _, flags = head.strip().partition(":")
        table: Table = {"id": name, "workdays": 1, "next": after.split()}
        table |= {"parallel": True} if "p" in flags else {}
        table |= {"join": True} if "j" in flags else {}
        for part in flags.split(","):
            if part.startswith("w"):
                table["workdays"] = int(part[1:])
            elif part.isdigit():
                table["loop_max"] = int(part)
        tables.append(table)
    return {"id": "p", "step": tables}


SOUND = {
    "a line": (procedure("a:w1 > b", "b:w5 >"), 6),
    "a choice": (procedure("a > b c", "b:w9 > d", "c:w2 > d", "d >"), 11),
    "a choice of ends": (procedure("a > b c", "b:w9 >", "c:w2 >"), 10),
    "parallel": (procedure("a:p > b c", "b:w9 > d", "c:w2 > e", "e:w8 > d", "d:j >"), 12),
    "a loop": (procedure("a > b", "b:2,w3 > a c", "c >"), 13),
    "a loop at itself": (procedure("a:3 > a b", "b >"), 5),
    "a loop with its test ahead": (procedure("a > b d", "b:w4,1 > a", "d >"), 1 + 4 + 1 + 1),
    "a loop in a branch": (procedure("a:p > b c", "b:1 > b d", "c > d", "d:j >"), 4),
    "a choice in a branch": (
        procedure("a:p > b e", "b > c d", "c > m", "d:w3 > m", "m > j", "e > j", "j:j >"),
        1 + 1 + 3 + 1 + 1,
    ),
    "one step": (procedure("a:w0 >"), 0),
    "a join of one": (procedure("a > b", "b:j >"), 2),
}
UNSOUND = {
    "fault": [procedure("a > x"), procedure("a > b b", "b >"), {"id": "p", "step": []}],
    "unreachable": [procedure("a >", "b > a"), procedure("a >", "b > c", "c > b")],
    "unbounded_way_back": [procedure("a > b", "b > a c", "c >")],
    "no_end": [
        procedure("a > b", "b:1 > a"),
        procedure("a > b c", "b >", "c > d", "d:1 > c"),
    ],
    "twice_at_once": [
        procedure("a:p > b c", "b > j", "c:1 > a j", "j:j >"),
        procedure("a:p > b c", "b > d", "c > d", "d > e", "e:j >"),
    ],
    "after_end": [
        procedure("a:p > b c", "b >", "c >"),
        procedure("a:p > b c", "b > d", "c > d", "d >"),
        procedure("a:p > b c", "b > j e", "c > j", "j:j >", "e >"),
    ],
    "join_cannot_fire": [
        procedure("a > b c", "b > j", "c > j", "j:j >"),
        procedure("a:p > b e", "b > c d", "c > j", "d > j", "e > j", "j:j >"),
    ],
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_procedures_and_their_longest_time(name: str) -> None:
    known, longest = SOUND[name]
    assert oracle.procedure_sound(known) == (True, "")
    assert oracle.longest_workdays(known) == longest
    assert cases.compare_procedure(known, True, longest) == []


@pytest.mark.parametrize(("reason", "known"), [(r, p) for r, all_ in UNSOUND.items() for p in all_])
def test_unsound_procedures(reason: str, known: Table) -> None:
    sound, told = oracle.procedure_sound(known)
    assert not sound
    assert told in oracle.procedure_reasons(known)
    assert reason in oracle.procedure_reasons(known)
    assert oracle.longest_workdays(known) is None
    assert cases.compare_procedure(known, True) != []


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(known=cases.procedures(), data=st.data())
def test_sound_procedures_played_at_random_end_in_time(known: Table, data: st.DataObject) -> None:
    longest = oracle.longest_workdays(known)
    if longest is None:
        return
    net = oracle.Net.read(known)
    backs = net.ways_back()
    used: Counter[oracle.Edge] = Counter()
    times = {(oracle.START, net.first): 0}
    end = 0
    for _ in range(40):
        ready = list(net.firings(frozenset(times)))
        assert ready, "stuck"
        step, taken, filled = data.draw(st.sampled_from(ready))
        if any(e in backs and used[e] >= net.steps[e[0]]["loop_max"] for e in filled):
            continue
        used.update(filled)
        end = max(times.pop(edge) for edge in taken) + net.steps[step]["workdays"]
        times |= dict.fromkeys(filled, end)
        if not filled:
            assert times == {}
            assert end <= longest
            return


# --------------------------------------------------------------------------- workloads and matches


def test_a_workload_and_the_smallest_proof() -> None:
    duties = [
        {"id": "d1", "hours": 3, "persons": ["p", "q"]},
        {"id": "d2", "hours": 2.5, "persons": ["q"]},
        {"id": "d3", "hours": 1, "persons": ["r"]},
    ]
    assert oracle.workload_feasible(duties, {"p": 3, "q": 2.5, "r": 1}) == (True, None)
    people = {"p": 2.5, "q": 2.5, "r": 1}
    assert oracle.workload_feasible(duties, people) == (False, (["d1", "d2"], ["p", "q"]))
    assert cases.compare_workload(duties, people, False, (["d2", "d1"], ["q", "p"])) == []
    assert cases.compare_workload(duties, people, False, (["d2"], ["q"])) != []
    # The smaller of two proofs; one without anybody is smaller still.
    assert oracle.workload_feasible(duties, people | {"r": 0.5})[1] == (["d3"], ["r"])
    nobody: list[Table] = [*duties, {"id": "d4", "hours": 0.5, "persons": []}]
    assert oracle.workload_feasible(nobody, people | {"r": 0.5})[1] == (["d4"], [])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(case=cases.workloads())
def test_workloads_agree_with_a_maximum_flow(case: tuple[list[Table], dict[str, Any]]) -> None:
    duties, people = case
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for duty_ in duties:
        graph.add_edge("source", duty_["id"], capacity=int(2 * duty_["hours"]))
        graph.add_edges_from((duty_["id"], person) for person in duty_["persons"])
    for person, capacity in people.items():
        graph.add_edge(person, "sink", capacity=int(2 * capacity))
    asked = sum(int(2 * duty_["hours"]) for duty_ in duties)
    feasible, proof = oracle.workload_feasible(duties, people)
    assert feasible == (nx.maximum_flow_value(graph, "source", "sink") == asked)
    assert cases.compare_workload(duties, people, feasible, proof) == []


def test_hours_of_a_month() -> None:
    people = '[[person]]\nid = "p1"\nposts = ["ganquan.x"]\n'
    layers = town(duty("FREQ=WEEKLY;BYDAY=MO", "hours = 1.5"), people)
    found = oracle.duties_of_days(layers, date(2026, 3, 1), date(2026, 3, 31))
    assert found == [{"id": "A@ganquan", "hours": Fraction(15, 2), "persons": ["p1"]}]


def need(name: str, amount: int, priority: int, village: str = "a", **more: str) -> dict[str, str]:
    base = {"need": name, "kind": "grain", "amount": str(amount), "village": village}
    return base | {"priority": str(priority), "from": "", "to": ""} | more


def source(name: str, amount: int, villages: str = "*", **more: str) -> dict[str, str]:
    base = {"id": name, "kind": "grain", "amount": str(amount), "villages": villages}
    return base | {"from": "", "to": ""} | more


def test_a_higher_priority_is_served_first_and_whole() -> None:
    needs = [need("n1", 3, 1), need("n2", 2, 2), need("n3", 2, 1, "b")]
    sources = [source("r1", 3, "a"), source("r2", 2)]
    # 2 for n2; then 1 of r1 for n1, and 2 of r2 for either: for n1, the smaller id.
    assert oracle.match_value(needs, sources) == (2, 3)
    assert oracle.served_one_by_one(needs, sources) == {"n1": 3, "n2": 2, "n3": 0}
    matches = [
        {"need": "n2", "source": "r1", "amount": "2"},
        {"need": "n1", "source": "r1", "amount": "1"},
        {"need": "n3", "source": "r2", "amount": "2"},
    ]
    unmet = [{"need": "n1", "amount": "2", "reason_code": "taken_by_higher_priority"}]
    assert cases.compare_match(needs, sources, matches, unmet) == []
    assert cases.compare_match(needs, sources, matches[:2], unmet) != []
    assert cases.compare_match(needs, sources, matches, []) != []


def test_why_a_need_is_unmet() -> None:
    def reason(*sources: dict[str, str], **more: str) -> str:
        return oracle.unmet_reason(need("n", 2, 1, **more), sources)

    january = {"from": "2026-01-01", "to": "2026-02-01"}
    february = {"from": "2026-02-01", "to": "2026-03-01"}
    assert reason() == "none_of_the_kind"
    assert reason(source("r", 9, kind="lamp")) == "none_of_the_kind"
    assert reason(source("r", 9, "b;c")) == "out_of_place"
    assert reason(source("r", 9, **january), **february) == "out_of_time"
    assert reason(source("r", 1), source("s", 9, "b")) == "too_little"
    assert reason(source("r", 1), source("s", 1)) == "taken_by_higher_priority"


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(case=cases.match_cases())
def test_matches_agree_with_flows_of_least_cost(
    case: tuple[list[dict[str, str]], list[dict[str, str]]],
) -> None:
    needs, sources = case
    levels = oracle.priorities(needs)
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for one in needs:
        weight = -(100 ** (len(levels) - levels.index(int(one["priority"]))))
        graph.add_edge(one["need"], "sink", capacity=int(one["amount"]), weight=weight)
    for other in sources:
        graph.add_edge("source", other["id"], capacity=int(other["amount"]), weight=0)
        for one in needs:
            if oracle.serves(one, other):
                graph.add_edge(other["id"], one["need"], weight=0)
    flow = nx.max_flow_min_cost(graph, "source", "sink")
    matches = [
        {"need": to, "source": other["id"], "amount": amount}
        for other in sources
        for to, amount in flow[other["id"]].items()
        if amount
    ]
    unmet = [
        {
            "need": one["need"],
            "amount": int(one["amount"]) - flow[one["need"]]["sink"],
            "reason_code": oracle.unmet_reason(one, sources),
        }
        for one in needs
        if flow[one["need"]]["sink"] < int(one["amount"])
    ]
    assert cases.compare_match(needs, sources, matches, unmet) == []


# ------------------------------------------------------------------- properties of decide itself


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(layers=cases.catalogues(), data=st.data())
def test_a_nearest_miss_is_reached_by_its_changes(layers: list[Table], data: st.DataObject) -> None:
    asked = data.draw(cases.requests(layers))
    told = oracle.decide(layers, **asked)
    assert cases.compare_decide(layers, asked, told) == []
    if told["nearest_miss"] is None:
        return
    whole = oracle.merge(layers)
    near = whole.items[told["nearest_miss"]["item"]]
    one = oracle.request(whole, **asked)
    changed = {"actor": one.actor, "matter": asked["matter"], "date": one.date}
    changed |= {"village": one.village, "attributes": dict(asked["attributes"])}
    for change in told["nearest_miss"]["changes"]:
        name, to = change["field"], change["to"]
        if name in near.when:
            good = [v for v in cases.VALUES[name] if oracle.holds(to, v)]
            changed["attributes"][name] = good[0]
        else:
            changed[name] = to
    levels = [a for a in whole.actors if oracle.actor_fits(whole, near, a)]
    if str(changed["actor"]).startswith("level:") and levels:
        changed["actor"] = levels[0]
    if changed["actor"] in whole.actors:
        if changed["village"] is None:  # as it stands: above the villages
            changed["village"] = whole.villages[0]
        assert oracle.applies(whole, near, oracle.request(whole, **changed))


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(layers=cases.catalogues(), data=st.data())
def test_no_request_finds_a_conflict_that_enumeration_missed(
    layers: list[Table], data: st.DataObject
) -> None:
    whole = oracle.merge(layers)
    found = oracle.conflicts(layers)
    assert cases.compare_conflicts(layers, found) == []
    for deny, grant in oracle.deny_grant_pairs(whole):
        asked = oracle.common_request(whole, deny, grant)
        assert (asked is not None) == any(pair[:2] == (deny.id, grant.id) for pair in found)
    for _ in range(5):
        asked = oracle.request(whole, **data.draw(cases.requests(layers)))
        both = [i for i in whole.items.values() if oracle.applies(whole, i, asked)]
        for deny in (i for i in both if i.kind in oracle.DENYING):
            for grant in (i for i in both if i.kind in oracle.GRANTING):
                assert any(pair[:2] == (deny.id, grant.id) for pair in found)


# ---------------------------------------------------------------- every outcome is drawn often


BATCH, BATCHES = 40, 25


def tally(
    strategy: st.SearchStrategy[Any],
    outcome: Callable[[Any], Iterable[str]],
    floors: Mapping[str, int],
) -> None:
    """Draws, at most BATCH × BATCHES times, until each outcome was seen as often as it should."""
    counts: Counter[str] = Counter()
    for batch in range(BATCHES):

        @seed(batch)
        @settings(
            max_examples=BATCH,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(value=strategy)
        def draw(value: Any) -> None:
            counts.update(set(outcome(value)))

        draw()
        if all(counts[name] >= floor for name, floor in floors.items()):
            return
    raise AssertionError({name: counts[name] for name in floors if counts[name] < floors[name]})


def decided() -> st.SearchStrategy[tuple[list[Table], Table]]:
    return cases.catalogues().flatmap(
        lambda layers: st.tuples(st.just(layers), cases.requests(layers))
    )


def test_every_verdict_is_drawn() -> None:
    def outcome(case: tuple[list[Table], Table]) -> Iterable[str]:
        told = oracle.decide(case[0], **case[1])
        yield told["verdict"]
        if told["item"] is None:
            yield f"default {told['default']}"
            yield "a near miss" if told["nearest_miss"] else "no near miss"
        else:
            yield "overridden" if told["overridden"] else "alone"
        for change in (told["nearest_miss"] or {"changes": []})["changes"]:
            name = change["field"]
            yield "change " + (name if name in ("actor", "village", "date", "matter") else "when")

    verdicts = [*oracle.VERDICTS.values(), "refuse_certificate", "unlisted"]
    changes = [f"change {name}" for name in ("actor", "village", "date", "matter", "when")]
    others = ["overridden", "alone", "a near miss", "no near miss"]
    others += [f"default {name}" for name in ("refuse", "refer", "allow")]
    tally(decided(), outcome, dict.fromkeys([*verdicts, *changes, *others], 1))


def test_every_kind_of_conflict_is_drawn() -> None:
    tally(
        cases.catalogues(),
        lambda layers: [pair[2] for pair in oracle.conflicts(layers)] or ["none"],
        {"error": 4, "note": 4, "none": 4},
    )


def test_every_state_is_drawn() -> None:
    def outcome(case: Table) -> Iterable[str]:
        try:
            found = oracle.windows(**case)
        except oracle.Fault:
            return ["fault"]
        states = [row["state"] for row in found]
        return [*states, *(["no due"] if any(not row["due"] for row in found) else [])]

    wanted = ("met", "late", "missed", "waived", "pending", "no due", "fault")
    tally(cases.duty_cases(), outcome, dict.fromkeys(wanted, 1))


def test_every_kind_of_recurrence_is_drawn() -> None:
    def outcome(text: str) -> Iterable[str]:
        yield from (part.partition("=")[0] for part in text.split(";"))
        yield text.split(";")[0]
        yield "never" if text in cases.NEVER else "some"

    wanted = [*oracle.RANGES, "BYDAY", "INTERVAL", "COUNT", "UNTIL", "WKST", "never"]
    wanted += [f"FREQ={freq}" for freq in oracle.CYCLE]
    tally(cases.recurrences(), outcome, dict.fromkeys(wanted, 4))


def test_every_reason_of_unsoundness_is_drawn() -> None:
    def outcome(known: Table) -> Iterable[str]:
        return oracle.procedure_reasons(known) or {"sound"}

    tally(cases.procedures(), outcome, dict.fromkeys([*oracle.REASONS, "sound"], 2))


def test_every_outcome_of_workload_and_match_is_drawn() -> None:
    def feasible(case: tuple[list[Table], dict[str, Any]]) -> Iterable[str]:
        return [str(oracle.workload_feasible(*case)[0])]

    def unmet(case: tuple[list[dict[str, str]], list[dict[str, str]]]) -> Iterable[str]:
        return [oracle.unmet_reason(need, case[1]) for need in case[0]]

    tally(cases.workloads(), feasible, {"True": 20, "False": 20})
    reasons = ("none_of_the_kind", "out_of_place", "out_of_time", "too_little")
    tally(cases.match_cases(), unmet, dict.fromkeys((*reasons, "taken_by_higher_priority"), 4))
