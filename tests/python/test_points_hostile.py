"""Hostile files for points: cycles, repetitions, absurd numbers and days, prices that clash, files
of ten megabytes. A fault by file and line with nothing written, or a status a row."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gridgov import DataError, points, tables

pytestmark = pytest.mark.usefixtures("without_pictures")
Run = Callable[..., Any]  # the fixture of conftest.py
Found = list[tuple[str, int | None, str]]  # file, line, code

RULES = """[rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
below_floor = "clamp"
objection_days = 3
opening = { points = 100, period = "year" }

[[rule]]
id = "study"
deed = "study"
points = 2

[[rule]]
id = "volunteer"
deed = "volunteer"
points = 1
per = "hour"
units_max = 2
"""
HOUSEHOLDS = "household_id,village\nh1,east\nh2,east\nh3,west\n"
REGISTER = "register_no,date,household_id,deed,units,stage,reverses,published_on\n"
EXCHANGES = "exchange_no,date,household_id,good,quantity,shop,returns\n"
GOODS = "good,title,points,stock,shop,effective_from,yuan\n"
KETTLE = "kettle,壶,10,5,s1,2026-01-01,50"
X = "x,2026-03-01,h1,kettle,1,s1,"


def lines(rows: str | list[str]) -> str:
    listed = rows.split("\n") if isinstance(rows, str) else rows
    return "".join(f"{row}\n" for row in listed if row)


def settle(
    run: Run,
    *more: object,
    register: str | list[str] | bytes = "",
    exchanges: str | list[str] | None = None,
    goods: str | list[str] = KETTLE,
    rules: str = RULES,
    rule_file: str = "rules.toml",
    as_of: str = "2026-12-31",
    out: str = "out",
) -> Any:
    for old in Path().glob("rules.*"):
        old.unlink()
    Path(rule_file).write_text(rules, encoding="utf-8")
    Path("households.csv").write_text(HOUSEHOLDS)
    rows = register if isinstance(register, bytes) else (REGISTER + lines(register)).encode()
    Path("register.csv").write_bytes(rows)
    given = ["--households", "households.csv", "--register", "register.csv", "--as-of", as_of]
    if exchanges is not None:
        Path("exchanges.csv").write_text(EXCHANGES + lines(exchanges))
        Path("goods.csv").write_text(GOODS + lines(goods), encoding="utf-8")
        given += ["--exchanges", "exchanges.csv", "--goods", "goods.csv"]
    return run("points", "settle", rule_file, *given, "--out", out, "--json", *more)


def found(outcome: Any) -> Found:
    """The faults of a run that was refused; the fixture holds that nothing was written."""
    assert outcome.code == 2, outcome.out
    assert outcome.err
    findings = json.loads(outcome.out)["findings"]
    assert all(one["severity"] == "error" and one["message"] for one in findings)
    return [(one["file"], one.get("line"), one["code"]) for one in findings]


def table(name: str, out: str = "out") -> pd.DataFrame:
    return pd.read_csv(f"{out}/{name}.csv", keep_default_na=False, dtype=str)


def statuses(out: str = "out") -> list[tuple[str, ...]]:
    shown = table("exchanges", out)[["exchange_no", "status", "reason_code"]]
    return list(shown.itertuples(index=False, name=None))


A = "a,2026-03-01,h1,study,,posted,,"
#: What the register holds, and the line and code of each fault.
REVERSALS: dict[str, tuple[list[str], list[tuple[int, str]]]] = {
    "two that reverse each other": (
        ["a,2026-03-01,h1,,,posted,b,", "b,2026-03-02,h1,,,posted,a,"],
        [(2, "reversal_of_reversal"), (3, "reversal_of_reversal")],
    ),
    "two that do, with deeds, of one day": (
        ["a,2026-03-01,h1,study,,posted,b,", "b,2026-03-01,h1,study,,posted,a,"],
        [(2, "reversal_of_reversal"), (3, "reversal_of_reversal")],
    ),
    "three in a circle": (
        [f"{row},2026-03-01,h1,,,posted,{of}," for row, of in ("ab", "bc", "ca")],
        [(line, "reversal_of_reversal") for line in (2, 3, 4)],
    ),
    "a circle that only waits": (
        ["a,2026-03-01,h1,,,declared,b,", "b,2026-03-02,h1,,,reviewed,a,"],
        [(2, "reversal_of_reversal"), (3, "reversal_of_reversal")],
    ),
    "a chain": (
        [A, "b,2026-03-02,h1,,,posted,a,", "c,2026-03-03,h1,,,posted,b,"],
        [(4, "reversal_of_reversal")],
    ),
    "itself": (["a,2026-03-01,h1,study,,posted,a,"], [(2, "reversal_of_itself")]),
    "nothing": ([A, "b,2026-03-02,h1,,,posted,c,"], [(3, "reversal_of_nothing")]),
    "twice": (
        [A, "b,2026-03-02,h1,,,posted,a,", "c,2026-03-03,h1,,,declared,a,"],
        [(4, "reversed_twice")],
    ),
    "of another household": (
        [A, "b,2026-03-02,h2,,,posted,a,"],
        [(3, "reversal_of_other_household")],
    ),
}


@pytest.mark.parametrize("name", REVERSALS)
def test_reversals(name: str, run: Run) -> None:
    rows, faults = REVERSALS[name]
    expected = [("register.csv", line, code) for line, code in faults]
    assert found(settle(run, register=rows)) == expected
    # The same faults where the villages at fault may be left out: they are in no result.
    skipped = settle(run, "--skip-faulty-villages", register=rows)
    assert skipped.code == 1
    assert table("balances")["household_id"].tolist() == ["h3"]
    assert table("entries").empty


def test_what_is_rejected_reverses_nothing(run: Run) -> None:
    rows = ["a,2026-03-01,h1,study,,posted,,", "b,2026-03-02,h1,,,rejected,a,",
            "c,2026-03-03,h1,,,rejected,b,", "d,2026-03-04,h1,,,posted,b,"]  # fmt: skip
    assert settle(run, register=rows).code == 0
    entries = table("entries").set_index("register_no")
    assert entries["points"].to_dict() == {"a": "2", "b": "0", "c": "0", "d": "0"}
    assert entries["status"].to_dict() == {
        "a": "posted", "b": "rejected", "c": "rejected", "d": "posted",
    }  # fmt: skip


#: Rows settled by 31 March, rows given later, and what is wrong with these.
LATER: dict[str, tuple[list[str], list[str], list[tuple[int, str]]]] = {
    "of a reversal posted before": (
        [A, "b,2026-03-02,h1,,,posted,a,"],
        ["c,2026-04-01,h1,,,posted,b,"],
        [(2, "reversal_of_reversal")],
    ),
    "of what was reversed before": (
        [A, "b,2026-03-02,h1,,,posted,a,"],
        ["c,2026-04-01,h1,,,posted,a,"],
        [(2, "reversed_twice")],
    ),
    "of what will be reversed": (
        [A, "b,2026-03-30,h1,,,published,a,2026-03-30"],
        ["c,2026-04-01,h1,,,posted,a,"],
        [(2, "reversed_twice")],
    ),
    "of nothing that is known": (
        [A],
        ["c,2026-04-01,h1,,,posted,z,"],
        [(2, "reversal_of_nothing")],
    ),
    "of another household's": (
        [A],
        ["c,2026-04-01,h2,,,posted,a,"],
        [(2, "reversal_of_other_household")],
    ),
    "a posted row that turns into one": (
        [A],
        ["a,2026-03-01,h1,study,,posted,b,", "b,2026-04-01,h1,,,posted,a,"],
        [(2, "points_row_changed")],
    ),
    "a circle closed later": (
        ["a,2026-03-01,h1,study,,declared,,", "b,2026-03-02,h1,,,declared,a,"],
        ["a,2026-04-01,h1,,,posted,b,"],
        [(2, "reversal_of_reversal"), (2, "reversal_of_reversal")],
    ),
    "a circle of rows given anew": (
        ["a,2026-03-01,h1,study,,declared,,", "b,2026-03-02,h1,,,declared,a,"],
        ["a,2026-04-01,h1,,,posted,b,", "b,2026-04-02,h1,,,posted,a,"],
        [(2, "reversal_of_reversal"), (3, "reversal_of_reversal")],
    ),
    "itself, later": (
        ["a,2026-03-01,h1,study,,declared,,"],
        ["a,2026-04-01,h1,study,,posted,a,"],
        [(2, "reversal_of_itself")],
    ),
    "the target of one that waits becomes one": (
        [A, "p,2026-03-02,h1,study,,declared,,", "q,2026-03-30,h1,,,published,p,2026-03-30"],
        ["p,2026-04-01,h1,,,posted,a,"],
        [(2, "reversal_of_reversal")],
    ),
    "the target of one that waits moves": (
        ["p,2026-03-02,h1,study,,declared,,", "q,2026-03-30,h1,,,published,p,2026-03-30"],
        ["p,2026-04-01,h2,study,,posted,,"],
        [(2, "reversal_of_other_household")],
    ),
}


@pytest.mark.parametrize("name", LATER)
def test_reversals_across_settlements(name: str, run: Run) -> None:
    first, later, faults = LATER[name]
    assert settle(run, register=first, as_of="2026-03-31", out="first").code == 0
    expected = [("register.csv", line, code) for line, code in faults]
    assert found(settle(run, "--previous", "first", register=later)) == expected
    # Without them it goes on, and may be gone on from.
    assert settle(run, "--previous", "first", register=first, out="second").code == 0
    assert settle(run, "--previous", "second", as_of="2027-01-31", out="third").code == 0
    assert settle(run, register=first, as_of="2027-01-31", out="whole").code == 0
    for name_of in ("entries", "balances", "ledger"):
        whole = Path(f"whole/{name_of}.csv").read_bytes()
        assert Path(f"third/{name_of}.csv").read_bytes() == whole


#: An exchange with one cell changed, and the code of its fault.
CELLS: dict[str, tuple[str, str]] = {
    "unknown household": ("x,2026-03-01,h9,kettle,1,s1,", "points_unknown_household"),
    "no household": ("x,2026-03-01,,kettle,1,s1,", "points_value_missing"),
    "no good": ("x,2026-03-01,h1,,1,s1,", "points_value_missing"),
    "no number": (",2026-03-01,h1,kettle,1,s1,", "empty_id"),
    **{
        f"quantity {given}": (f'x,2026-03-01,h1,kettle,"{given}",s1,', "points_number_invalid")
        for given in (
            "0", "-1", "1.5", "-0", "1e308", "1e-308", "nan", "inf", "-inf", "two", "0x10", "+-5",
            "1,000", "1000000001", "9223372036854775808", "-9223372036854775808", "9" * 400,
        )
    },
    "no quantity": ("x,2026-03-01,h1,kettle,,s1,", "points_value_missing"),
    **{
        f"date {given}": (f"x,{given},h1,kettle,1,s1,", "points_date_invalid")
        for given in ("0000-00-00", "2026-02-29", "2026-13-01", "10000-01-01", "1/3/2026", "-1")
    },
    "no date": ("x,,h1,kettle,1,s1,", "points_value_missing"),
    "a day's number": ("x,46082,h1,kettle,1,s1,", "date_is_serial"),
    "a return of itself": ("x,2026-03-01,h1,kettle,1,s1,x", "return_of_itself"),
    "a return of nothing": ("x,2026-03-01,h1,kettle,1,s1,y", "return_of_nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_exchanges(name: str, run: Run) -> None:
    row, code = CELLS[name]
    sound = "w,2026-02-01,h2,kettle,1,s1,"
    assert found(settle(run, exchanges=[sound, row])) == [("exchanges.csv", 3, code)]


def test_exchanges_at_the_edge_of_what_is_sound(run: Run) -> None:
    rows = ["a,0001-01-01,h1,kettle,1,s1,", "b,2024-02-29,h1,kettle,1,s1,",
            "c,2026-03-01,h1,kettle,1.0,s1,", "d,2026-03-02,h1,kettle,1000000000,s1,",
            "e,2026-03-03,h1,pot,1,s1,", "f,2026-03-04,h1,kettle,1,s9,",
            "g,2026-03-05,h1,kettle,１,s1,", "h,9999-12-31,h1,kettle,1,s1,",
            "i,2026-03-06,h1,kettle,,s1,d", "j,2026-03-07,h1,kettle,,s1,c"]  # fmt: skip
    assert settle(run, exchanges=rows).code == 0
    assert statuses() == [
        ("a", "refused", "not_in_force"),
        ("b", "refused", "not_in_force"),
        ("c", "accepted", ""),
        ("d", "refused", "out_of_stock"),
        ("e", "refused", "unknown_good"),
        ("f", "refused", "not_in_force"),
        ("g", "accepted", ""),
        ("i", "refused", "not_accepted"),
        ("j", "accepted", ""),
        ("h", "pending", ""),
    ]
    assert table("balances")["balance"].tolist() == ["90", "100", "100"]


def test_an_exchange_given_twice(run: Run) -> None:
    again = f"{X}\n{X}"
    assert settle(run, exchanges=again).code == 0
    assert table("balances")["redeemed"].tolist() == ["10", "0", "0"]
    for other in (
        X.replace(",1,s1", ",2,s1"),
        X.replace("03-01", "03-02"),
        X.replace("h1", "h2"),
        X.replace("s1", "s2"),
        X.replace("kettle", "pot"),
    ):
        repeated = [("exchanges.csv", 3, "points_row_repeated")]
        assert found(settle(run, exchanges=[X, other], out="none"))[:1] == repeated
    assert settle(run, exchanges=X, as_of="2026-03-31", out="first").code == 0
    following = ("--previous", "first")
    assert settle(run, *following, exchanges=again, out="second").code == 0
    assert table("balances", "second")["redeemed"].tolist() == ["10", "0", "0"]
    assert Path("second/ledger.csv").read_bytes() == Path("out/ledger.csv").read_bytes()
    changed = [("exchanges.csv", 2, "points_row_changed")]
    other = X.replace(",1,s1", ",2,s1")
    assert found(settle(run, *following, exchanges=other, out="none")) == changed
    late = [("exchanges.csv", 2, "points_posts_in_the_past")]
    other = X.replace("x,", "y,")
    assert found(settle(run, *following, exchanges=other, out="none")) == late


E, R = "e,2026-05-01,h1,kettle,1,s1,", "r,2026-05-02,h1,kettle,1,s1,e"
#: Exchanges settled by 31 March, exchanges given later, and what is wrong with these.
RETURNS: dict[str, tuple[list[str], list[str], list[tuple[int, str]]]] = {
    "each other": (
        [],
        ["e,2026-05-01,h1,kettle,1,s1,r", R],
        [(2, "return_of_return"), (3, "return_of_return")],
    ),
    "twice": ([], [E, R, R.replace("r,", "s,")], [(4, "returned_twice")]),
    "of another household's": ([], [E, R.replace("h1", "h2")], [(3, "return_of_other_household")]),
    "again, across": ([E, R], ["s,2026-06-01,h1,kettle,1,s1,e"], [(2, "returned_twice")]),
    "again and earlier, across": (
        [E, R],
        ["d,2026-05-01,h1,kettle,1,s1,e"],
        [(2, "returned_twice")],
    ),
    "of what becomes a return": ([X, E, R], [f"{E}x"], [(2, "return_of_return")]),
    "of what moves": ([E, R], [E.replace("h1", "h2")], [(2, "return_of_other_household")]),
}


@pytest.mark.parametrize("name", RETURNS)
def test_returns(name: str, run: Run) -> None:
    first, later, faults = RETURNS[name]
    assert settle(run, exchanges=first, as_of="2026-03-31", out="first").code == 0
    outcome = settle(run, "--previous", "first", exchanges=later)
    assert found(outcome) == [("exchanges.csv", line, code) for line, code in faults]
    assert settle(run, "--previous", "first", exchanges=first, out="second").code == 0
    assert settle(run, exchanges=first, out="whole").code == 0
    for name_of in ("exchanges", "balances", "ledger"):
        whole = Path(f"whole/{name_of}.csv").read_bytes()
        assert Path(f"second/{name_of}.csv").read_bytes() == whole


#: A row of goods with one cell changed, the code of its fault, and what that shows of the cell.
GOOD_CELLS: dict[str, tuple[str, str, str]] = {
    **{
        f"{column} {given}": (
            f"kettle,壶,{values.get('points', 10)},{values.get('stock', 5)},s1,2026-01-01,"
            f"{values.get('yuan', 50)}",
            "points_number_invalid",
            given,
        )
        for column, given in (
            *(("points", given) for given in ("-1", "1.5", "nan", "1e308", "1000000000001")),
            *(("stock", given) for given in ("-1", "0.5", "inf", "many", "9223372036854775808")),
            *(("yuan", given) for given in ("-1", "-0.01", "1.234", "nan", "inf", "1e999999999")),
        )
        for values in ({column: given},)
    },
    "yuan without end": ("kettle,壶,10,5,s1,2026-01-01,10000000001", "points_number_invalid", ""),
    **{
        f"from {given}": (f"kettle,壶,10,5,s1,{given},50", "points_date_invalid", given)
        for given in ("0000-00-00", "2026-02-29", "10000-01-01", "soon")
    },
    "from no day": ("kettle,壶,10,5,s1,,50", "points_value_missing", ""),
    "no price": ("kettle,壶,,5,s1,2026-01-01,50", "points_value_missing", ""),
    "no stock": ("kettle,壶,10,,s1,2026-01-01,50", "points_value_missing", ""),
    "no good": (",壶,10,5,s1,2026-01-01,50", "empty_id", ""),
}


@pytest.mark.parametrize("name", GOOD_CELLS)
def test_goods(name: str, run: Run) -> None:
    row, code, shown = GOOD_CELLS[name]
    outcome = settle(run, exchanges=X, goods=["pot,锅,1,1,s1,2026-01-01,", row])
    assert found(outcome) == [("goods.csv", 3, code)]
    assert re.search(rf"(?<![\w.]){re.escape(shown)}(?![\w.])", outcome.err), outcome.err


def test_prices_that_clash_and_prices_that_leave_gaps(run: Run) -> None:
    for other in (KETTLE.replace(",10,", ",11,"), KETTLE.replace(",5,", ",6,"), KETTLE[:-2] + "60"):
        clash = [("goods.csv", 4, "good_price_repeated")]
        goods = [KETTLE, "pot,锅,1,1,s1,2026-01-01,", other]
        assert found(settle(run, exchanges=X, goods=goods, out="none")) == clash
    # The same twice is one, the same elsewhere another's. Each range ends where the next begins,
    # with the next one's stock; before the first there is no price; the last never ends.
    goods = [
        "kettle,壶,20,1,s1,2026-04-01,50",
        "kettle,壶,10,5,s1,2026-03-01,50",
        "kettle,壶,10,5,s1,2026-03-01,50",
        "kettle,壶,15,5,s2,2026-03-01,50",
        "kettle,壶,1,1,s1,9999-12-31,50",
    ]
    rows = ["a,2026-02-28,h1,kettle,1,s1,", "b,2026-03-01,h1,kettle,1,s1,",
            "c,2026-03-31,h2,kettle,1,s1,", "d,2026-03-31,h2,kettle,1,s2,",
            "e,2026-04-01,h1,kettle,1,s1,", "f,2026-04-01,h3,kettle,1,s1,"]  # fmt: skip
    assert settle(run, exchanges=rows, goods=goods).code == 0
    assert statuses() == [
        ("a", "refused", "not_in_force"),
        ("b", "accepted", ""),
        ("c", "accepted", ""),
        ("d", "accepted", ""),
        ("e", "accepted", ""),
        ("f", "refused", "out_of_stock"),
    ]
    assert table("exchanges")["points"].tolist() == ["0", "10", "10", "15", "20", "20"]


def given_units(units: Any) -> tuple[list[int], list[tuple[int | None, str]]]:
    """Points a row, or the rows at fault with the cell as the fault shows it."""
    count = len(units)
    register = {
        "register_no": [f"r{row}" for row in range(count)],
        "date": ["2026-03-01"] * count,
        "household_id": ["h1"] * count,
        "deed": ["volunteer"] * count,
        "stage": ["posted"] * count,
        "units": units,
    }
    try:
        settled = points.settle(RULES, {"household_id": ["h1"]}, register, as_of="2026-12-31")
    except DataError as error:
        findings = error.findings
    else:
        return settled.entries["points"].tolist(), []
    assert {one.code for one in findings} == {"points_number_invalid"}
    assert {one.table for one in findings} == {"deeds"}
    assert all(one.records == (f"r{one.row}",) for one in findings)
    return [], [(one.row, one.fields["value"]) for one in findings]


SOUND = {
    "float64 with NaN": np.array([1, np.nan, 2, -0.0, 1e9]),
    "float32 with NaN": np.array([1, np.nan, 2, -0.0, 1e9], np.float32),
    "float64 of a frame": pd.DataFrame({"units": [1.0, None, 2.0, 0.0, 1e9]})["units"],
    "Float64": pd.Series([1.0, None, 2.0, 0.0, 1e9], dtype="Float64"),
    "Int64": pd.Series([1, None, 2, 0, 10**9], dtype="Int64"),
    "UInt64": pd.Series([1, None, 2, 0, 10**9], dtype="UInt64"),
    "Arrow": pa.array([1, None, 2, 0, 10**9]),
    "Arrow's texts": pa.array(["1", None, "2.0", "-0", "1e9"]),
    "objects": np.array([1, None, 2.0, "0", 10**9], object),
    "texts": ["1", "", " 2 ", "-0", "1e9"],
    "categories": pd.Series(["1", None, "2", "0", "1e9"], dtype="category"),
}


@pytest.mark.parametrize("name", SOUND)
def test_units_that_are_sound(name: str) -> None:
    assert given_units(SOUND[name]) == ([1, 1, 2, 0, 2], [])


ABSURD: dict[str, tuple[Any, list[tuple[int, str]]]] = {
    "float64": (
        np.array([1, np.inf, -np.inf, 1e308, -1e308, 1.5, 5e-324, -1, 1e9 + 1, np.nan]),
        [(1, "inf"), (2, "-inf"), (3, "1e+308"), (4, "-1e+308"), (5, "1.5"), (6, "5e-324"),
         (7, "-1"), (8, "1000000001")],
    ),
    "float32": (np.array([1, np.inf, 0.5], np.float32), [(1, "inf"), (2, "0.5")]),
    "float64 of a frame": (
        pd.DataFrame({"units": [1.0, float("inf"), None]})["units"], [(1, "inf")],
    ),
    "Float64": (pd.Series([1.0, None, 2.5], dtype="Float64"), [(2, "2.5")]),
    "int64": (
        np.array([1, -1, 10**9 + 1, 2**63 - 1, -(2**63)]),
        [(1, "-1"), (2, "1000000001"), (3, "9223372036854775807"), (4, "-9223372036854775808")],
    ),
    "uint64": (
        np.array([1, 2**63, 2**64 - 1], np.uint64),
        [(1, "9223372036854775808"), (2, "18446744073709551615")],
    ),
    "UInt64": (pd.Series([1, None, 2**63], dtype="UInt64"), [(2, "9223372036854775808")]),
    "Arrow": (pa.array([1, None, 2**64 - 1], pa.uint64()), [(2, "18446744073709551616")]),
    "objects": ([1, 2**70, 1 + 2j], [(1, "1180591620717411303424"), (2, "(1+2j)")]),
    "texts": (
        ["1", "nan", "NaN", "inf", "-inf", "1e308", "1e999", "1e-999", "0x10", "1_0", "--1", "٣"],
        [(1, "nan"), (2, "NaN"), (3, "inf"), (4, "-inf"), (5, "1e308"), (6, "1e999"),
         (7, "1e-999"), (8, "0x10"), (9, "1_0"), (10, "--1"), (11, "٣")],
    ),
    "categories": (pd.Series(["1", "nan", None], dtype="category"), [(1, "nan")]),
    "days": (pd.to_datetime(pd.Series(["2026-01-01"])), [(0, "2026-01-01 00:00:00")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ABSURD)
def test_units_that_are_absurd(name: str) -> None:
    units, expected = ABSURD[name]
    assert given_units(units) == ([], expected)


@pytest.mark.parametrize("units", ["nan", "inf", "-inf", "1e308", "-1", "0.5", "#N/A", "1e999"])
def test_units_of_a_file(units: str, run: Run) -> None:
    rows = [A, f"b,2026-03-01,h1,volunteer,{units},posted,,"]
    code = "formula_error" if units == "#N/A" else "points_number_invalid"
    assert found(settle(run, register=rows)) == [("register.csv", 3, code)]


@pytest.mark.parametrize(
    ("encoding", "separator", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("gb18030", ",", "\r\n"),
        ("gb18030", "\t", "\n"),
        ("utf-16", "\t", "\r\n"),
    ],
)
@pytest.mark.parametrize(
    "rows", [[], [A, "b,2026-03-01,h3,志愿,,入账,,", "户,2026-03-02,h2,study,,公示,,"]]
)
def test_a_register_in_any_encoding(
    rows: list[str], encoding: str, separator: str, end: str, run: Run
) -> None:
    """With rows and without one: the same bytes come out."""
    assert settle(run, register=rows, out="plain").code == 0
    text = (REGISTER + lines(rows)).replace(",", separator).replace("\n", end)
    mark = "\ufeff" if encoding == "gb18030" else ""  # which some editors write there too
    for data in (text, mark + text):
        outcome = settle(run, "--force", register=data.encode(encoding), out="other")
        assert outcome.code == 0, outcome.err
        for name in ("entries", "balances", "ledger"):
            plain = Path(f"plain/{name}.csv").read_bytes()
            assert Path(f"other/{name}.csv").read_bytes() == plain
    assert len(table("entries", "other")) == len(rows)
    assert table("balances", "other")["opening"].tolist() == ["100"] * 3


def test_a_register_without_rows_goes_on(run: Run) -> None:
    assert settle(run, register=A, as_of="2026-03-31", out="first").code == 0
    assert settle(run, "--previous", "first", register=[], as_of="2026-06-30", out="next").code == 0
    assert Path("next/ledger.csv").read_bytes() == Path("first/ledger.csv").read_bytes()
    assert found(settle(run, register=b"")) == [("register.csv", 1, "empty_file")]


def test_rows_given_again_in_other_columns(run: Run) -> None:
    """As texts, as days, or not at all: a column that says nothing changes no row."""
    base: dict[str, Any] = {
        "register_no": ["a", "b"],
        "date": ["2026-03-01", "2026-03-02"],
        "household_id": ["h1", "h2"],
        "deed": ["study", "volunteer"],
        "stage": ["posted", "posted"],
    }
    blank: dict[str, list[Any]] = {
        "published_on": [pd.Series(["", ""]), pd.to_datetime(pd.Series([None, None]))],
        "recorded_on": [pd.Series(["", ""]), pd.to_datetime(pd.Series([None, None]))],
        "units": [["", ""], np.array([np.nan, np.nan]), pd.Series([None, None], dtype="Int64")],
        "evidence": [["", ""], np.array([np.nan, np.nan]), [0, 0]],
        "reverses": [["", ""], pd.Series([None, None], dtype="category")],
        "person_id": [["", ""]],
        "objection": [["", "none"]],
    }
    registers = [base, base | {"date": pd.to_datetime(pd.Series(base["date"]))}]
    registers += [base | {name: column} for name, columns in blank.items() for column in columns]
    households = {"household_id": ["h1", "h2"]}
    for first in registers[:4]:
        state = points.settle(RULES, households, first, as_of="2026-03-31").state
        for again in registers:
            settled = points.settle(RULES, households, again, as_of="2026-04-30", previous=state)
            assert len(settled.new_entries) == 0
    # So do files.
    assert settle(run, register=A, as_of="2026-03-31", out="first").code == 0
    for columns, cells in (("", ""), (",published_on,recorded_on,units,evidence", ",,,,")):
        header = "register_no,date,household_id,deed,stage"
        data = f"{header}{columns}\na,2026-03-01,h1,study,posted{cells}\n".encode()
        assert settle(run, "--previous", "first", "--force", register=data).code == 0


def test_texts_of_arrow_s_that_lead_astray() -> None:
    """Arrow itself looks at the first and last offset alone."""
    offsets = np.array([0, 2, 1, 3])
    numbers = pa.LargeStringArray.from_buffers(
        3, pa.py_buffer(offsets), pa.py_buffer(b"abc"), null_count=0
    )
    register = {
        "register_no": numbers,
        "date": ["2026-03-01"] * 3,
        "household_id": ["h1"] * 3,
        "deed": ["study"] * 3,
        "stage": ["posted"] * 3,
    }
    with pytest.raises(ValueError, match="offsets"):
        points.settle(RULES, {"household_id": ["h1"]}, register, as_of="2026-12-31")


#: Rule files that say something twice, and the line on which they do.
TWICE: dict[str, tuple[str, str, int]] = {
    "a key": ("toml", RULES.replace("objection_days = 3", "floor = 0\nfloor = 0"), 7),
    "a quoted key": ("toml", RULES.replace("objection_days = 3", 'floor = 0\n"floor" = 0'), 7),
    "a key of an inline table": ("toml", RULES.replace('"year" }', '"year", points = 1 }'), 7),
    "a table": ("toml", RULES + "\n[rulebook]\n", 21),
    "a table and an array": ("toml", RULES + '\n[rule]\nid = "x"\n', 21),
    "a dotted key": ("toml", RULES.replace("objection_days = 3", "opening.points = 1"), 7),
    "a key of JSON": ("json", '{"rulebook": {"id": "v",\n"floor": 0,\n"floor": 0}}', 3),
    "an escaped key of JSON": ("json", '{"rulebook": {"id": "v",\n"\\u0069d": "v"}}', 2),
    "a table of JSON": ("json", '{"rulebook": {},\n\n"rulebook": {}}', 3),
}


@pytest.mark.parametrize("name", TWICE)
def test_what_a_rule_file_says_twice(name: str, run: Run) -> None:
    kind, rules, line = TWICE[name]
    outcome = settle(run, register=A, rules=rules, rule_file=f"rules.{kind}")
    assert [(file, at) for file, at, _ in found(outcome)] == [(f"rules.{kind}", line)]


MEGABYTES = 10_000_000
BOOK: dict[str, Any] = {
    "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
    "rule": [{"id": "study", "deed": "study", "points": 2}],
}
MANY = [
    {"id": f"r{place}", "deed": f"d{place}", "points": 1, "title": "t" * 200}
    for place in range(40_000)
]
#: Ten megabytes that are a rulebook.
LARGE: dict[str, Callable[[], tuple[str, str]]] = {
    "a comment of TOML": lambda: ("toml", f"# {'x' * MEGABYTES}\n{RULES}"),
    "comments of TOML": lambda: ("toml", f"# {'x' * 77}\n" * (MEGABYTES // 80) + RULES),
    "a title of TOML": lambda: ("toml", f'{RULES}title = "{"题" * (MEGABYTES // 3)}"\n'),
    "rules of TOML": lambda: (
        "toml",
        RULES
        + "".join(
            f"\n[[rule]]\n{chr(10).join(f'{key} = {json.dumps(of)}' for key, of in rule.items())}\n"
            for rule in MANY
        ),
    ),
    "blanks of JSON": lambda: ("json", f"{' ' * MEGABYTES}\n{json.dumps(BOOK)}"),
    "a title of JSON": lambda: (
        "json",
        json.dumps(BOOK | {"rulebook": BOOK["rulebook"] | {"title": "x" * MEGABYTES}}),
    ),
    "rules of JSON": lambda: ("json", json.dumps(BOOK | {"rule": [*BOOK["rule"], *MANY]})),
}


@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes_that_are_a_rulebook(name: str, run: Run) -> None:
    kind, rules = LARGE[name]()
    assert len(rules.encode()) > 0.98 * MEGABYTES
    rows = [A, "b,2026-03-02,h1,d39999,,posted,,"]
    began = time.process_time()
    assert settle(run, register=rows, rules=rules, rule_file=f"rules.{kind}").code == 0
    assert time.process_time() - began < 20  # seconds of a slow machine; one or two of others
    entries = table("entries").set_index("register_no")["points"].to_dict()
    assert entries == {"a": "2", "b": "1" if name.startswith("rules") else "0"}


#: Ten megabytes of nesting, and the line of their fault.
NESTED: dict[str, tuple[str, Callable[[], str], int]] = {
    "arrays of TOML": ("toml", lambda: f"{RULES}x = {'[' * MEGABYTES}\n", 20),
    "closed arrays of TOML": (
        "toml",
        lambda: f"{RULES}x = {'[' * (MEGABYTES // 2)}{']' * (MEGABYTES // 2)}\n",
        20,
    ),
    "arrays of TOML, a line each": ("toml", lambda: "x = " + "[\n" * (MEGABYTES // 2), 101),
    "tables of TOML": ("toml", lambda: f"{RULES}x = {'{a=' * (MEGABYTES // 3)}\n", 20),
    "a dotted key of TOML": ("toml", lambda: f"{RULES}{'a.' * (MEGABYTES // 2)}a = 1\n", 20),
    "a header of TOML": ("toml", lambda: f"{RULES}[{'a.' * (MEGABYTES // 2)}a]\n", 20),
    "arrays of JSON": ("json", lambda: '{"x":\n' + "[" * MEGABYTES, 2),
    "closed arrays of JSON": (
        "json",
        lambda: '{"rule":\n' + "[" * (MEGABYTES // 2) + "]" * (MEGABYTES // 2) + "}",
        2,
    ),
    "tables of JSON": ("json", lambda: '{"a":' * (MEGABYTES // 5), 1),
    "tables of JSON, a line each": ("json", lambda: '{"a":\n' * (MEGABYTES // 6), 101),
}


@pytest.mark.parametrize("name", NESTED)
def test_ten_megabytes_of_nesting(name: str, run: Run) -> None:
    kind, rules, line = NESTED[name]
    began = time.process_time()
    outcome = settle(run, register=A, rules=rules(), rule_file=f"rules.{kind}")
    assert time.process_time() - began < 10
    assert found(outcome) == [(f"rules.{kind}", line, "document_too_deep")]
    assert len(outcome.err) < 500


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is asked of Linux")
def test_ten_megabytes_of_nesting_take_little_memory(tmp_path: Path) -> None:
    asked = """
import sys
from pathlib import Path
from gridgov import DataError, points
def most():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024
before = most()
for path in sys.argv[1:]:
    try:
        points.Rulebooks(path)
    except DataError:
        continue
    raise SystemExit(f"{path} was read")
print(most() - before)
"""
    paths = []
    for place, (kind, rules, _) in enumerate(NESTED.values()):
        paths.append(tmp_path / f"{place}.{kind}")
        paths[-1].write_text(rules())
    done = subprocess.run(
        [sys.executable, "-c", asked, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"GRIDGOV_TRACEBACK": "1"},
    )
    assert int(done.stdout) < 200  # megabytes: a few times the file


def test_arrow_s_threads_get_nothing_of_python_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They let go of it when they please: while Python exited, it ended in "terminate called
    without an active exception"."""
    import pyarrow.csv
    import pyarrow.parquet

    given: list[Any] = []

    def asked(reader: Any) -> Any:
        def read(source: Any, **options: Any) -> Any:
            parsing = options.get("parse_options")
            given.append((type(source), parsing and parsing.invalid_row_handler))
            return reader(source, **options)

        return read

    monkeypatch.setattr(pyarrow.csv, "read_csv", asked(pyarrow.csv.read_csv))
    monkeypatch.setattr(pyarrow.parquet, "read_table", asked(pyarrow.parquet.read_table))
    (tmp_path / "a.csv").write_text(HOUSEHOLDS)
    (tmp_path / "ragged.csv").write_text(HOUSEHOLDS + "h4\n")
    pd.DataFrame({"id": ["a"]}).to_parquet(tmp_path / "a.parquet")
    assert tables.read(tmp_path / "a.csv").rows == 3
    ragged = tables.read(tmp_path / "ragged.csv")
    assert (ragged.rows, [fault.line for fault in ragged.faults]) == (3, [5])
    assert tables.read(tmp_path / "a.parquet").rows == 1
    assert len(given) == 4  # ragged rows are read once more without them
    assert set(given) == {(pa.BufferReader, None)}
