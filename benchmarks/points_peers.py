"""Points beside what people use today, pandas, and beside GoRules ZEN: the same rulebook on the
same rows.

    ./run bench points

prints what bench_points measures and then CSV:

    program,rows,seconds,ns_per_row,times,same

processor seconds of the process, user and system; `times`: ns a row, of those of gridgov without a
state, in the same run; `same`: the share of what a program yields that is what gridgov yields.

First the whole rulebook of points.cpp (points_rulebook_whole.py), with all that a settlement yields
but reasons in words (points_pandas_whole.py), the best of three runs in turn: from categories, from
texts as `read_csv` gives them, and with a severer rulebook, under which floors hold and lots
expire. Lines with a dash are parts of the line before. Then a simpler rulebook (points_rulebook.py)
for ZEN's sake. It has fifty rules, five of them with caps: hours, conditions, evidence, a group of
which the highest counts, cool-downs, deductions that stop at 0. Left out, to the advantage of the
others: reversals, exchanges, expiry within the year, `carry`, caps that other rules' entries use
up.

- pandas gets the columns as it likes them best (categories, whole numbers, dates) and here yields
  the points of every entry and the households' sums (points_pandas.py). It gives no reasons,
  nothing pending, no lots, no state.
- ZEN gets the one part that it can express: which rules match a row, and raw points. It stands
  beside `points.match`, which yields just that, and its `times` are of it, the best of three runs
  each. Rows that are rejected are left out, since ZEN knows no stages. `points.match` is given the
  tables as they are; ZEN's rows are made into its dicts beforehand, each with what PERSONS says of
  its person. It is asked in three ways: `evaluate_batch` with a table a deed and with one table,
  and one table in its loop mode.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import points_whole
from points_pandas import by_codes, by_frames, match_by_codes
from points_rulebook import AS_OF, Frame, Rule, Township, deed_id, rulebook, rules, township

from gridgov import points

ZEN_ROWS = 20_000


def by_gridgov(of: Township, book: points.Rulebooks, *, keep_state: bool) -> points.Settlement:
    """The call that users make, on one thread."""
    settled = points.settle(
        book,
        of.households,
        of.register,
        persons=of.persons,
        as_of=AS_OF,
        keep_state=keep_state,
        threads=1,
    )
    assert len(settled.balances) == len(of.households)  # made when asked for
    return settled


def entries_of(settlement: points.Settlement) -> Frame:
    """Posted entries that are not 0: row of the register, rule, points."""
    entries, rows = settlement.core.entries(), settlement.core.rows()
    numbers = np.array([int(rule[4:]) for _, rule, _ in settlement.core.rules] + [-1])
    counts = (entries["points"] != 0) & (entries["status"] == 0)
    rule = entries["rules"][counts].astype(np.int64)
    return Frame(
        {
            "rule": numbers[np.minimum(rule, len(numbers) - 1)],
            "points": entries["points"][counts],
            "row": rows["source_rows"][entries["rows"][counts]].astype(np.int64),
        }
    )


def share_of_both(entries: Frame, balances: Frame, ours: Frame, our_balances: Frame) -> float:
    """The share of entries that are the same, or of households, if that is less."""
    columns = ["row", "rule", "points"]
    keys = [
        np.sort(np.ravel_multi_index(
            (f["row"].to_numpy(), f["rule"].to_numpy(), f["points"].to_numpy() + 1000),
            (2**40, 64, 4096),
        ))
        for f in (entries[columns], ours[columns])
    ]  # fmt: skip
    both = len(np.intersect1d(*keys, assume_unique=True))
    names = ["household_id", "earned", "deducted", "balance"]
    merged = balances[names].merge(our_balances[names], on=names)
    most = max(len(balances), len(our_balances))
    return min(both / max(map(len, keys)), len(merged) / most)


def zen_table(of: list[Rule]) -> str:
    """A decision table that collects, with rules as its rows."""
    fields = ("deed", "age", "role", "evidence")
    inputs = [{"id": name, "name": name, "field": name} for name in fields]
    outputs = [{"id": name, "name": name, "field": name} for name in ("rule", "points")]
    lines = []
    for rule in of:
        hours = "units" if rule.units_max is None else f"min([units, {rule.units_max}])"
        lines.append(
            {
                "_id": rule.id,
                "deed": f'"{deed_id(rule.deed)}"',
                "age": "" if rule.age_min is None else f">= {rule.age_min}",
                "role": ", ".join(f'"{role}"' for role in rule.roles),
                "evidence": f">= {rule.evidence_min}" if rule.evidence_min else "",
                "rule": str(rule.number),
                "points": f"{rule.points} * {hours}" if rule.per_hour else str(rule.points),
            }
        )
    return json.dumps(
        {
            "hitPolicy": "collect",
            "inputs": inputs,
            "outputs": outputs,
            "rules": lines,
            "passThrough": False,
        }
    )


def zen_model(of: list[Rule], *, loop: bool) -> dict[str, Any]:
    """A decision with that table alone."""
    content = json.loads(zen_table(of))
    if loop:
        content |= {"executionMode": "loop", "inputField": "rows", "outputPath": "found"}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "content": {}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "out", "type": "outputNode", "name": "out", "content": {}},
    ]
    edges = [
        {"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b}
        for a, b in (("in", "table"), ("table", "out"))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def zen_ways(rows: list[dict[str, Any]], book: list[Rule]) -> dict[str, Callable[[], list[Any]]]:
    """Three ways to ask ZEN; each gives what matched, a list of matches a row."""
    import zen

    of_deed = {
        deed_id(d): zen_model([rule for rule in book if rule.deed == d], loop=False)
        for d in range(40)
    }
    content = of_deed | {"all": zen_model(book, loop=False), "loop": zen_model(book, loop=True)}
    # The engine compiles what it is given once.
    engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})
    by_deed = [{"key": row["deed"], "context": row} for row in rows]
    in_one = [{"key": "all", "context": row} for row in rows]
    chunks = [{"rows": rows[start : start + 1000]} for start in range(0, len(rows), 1000)]

    def batch(asked: list[Any]) -> list[Any]:
        return [answer["data"]["result"] for answer in engine.evaluate_batch(asked)]

    def loop() -> list[Any]:
        return [
            one for chunk in chunks for one in engine.evaluate("loop", chunk)["result"]["found"]
        ]

    return {
        "batch, a table a deed": lambda: batch(by_deed),
        "batch, one table": lambda: batch(in_one),
        "one table in a loop": loop,
    }


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of the best of three runs, and what it gave."""
    seconds, made = measured(work)
    return min(seconds, *(measured(work)[0] for _ in range(2))), made


def matching(of: Township, book: list[Rule], zen_rows: int) -> list[tuple[str, int, float, float]]:
    """Of `points.match` and ways to ask ZEN: rows, seconds, and the share of the first rows whose
    matches and raw points are those of a third program, pandas."""
    rejected = (of.register["stage"] == "rejected") | (of.register["objection"] == "upheld")
    register = of.register[~rejected]
    count = min(zen_rows, len(register))
    some = Township(of.households, of.persons, register.iloc[:count])
    matches = match_by_codes(some, book, posted_only=False)
    expected: list[dict[int, int]] = [{} for _ in range(count)]
    for rule, places, raw in matches.of_rule:
        for row, amount in zip(matches.rows[places].tolist(), raw.tolist(), strict=True):
            expected[row][rule.number] = amount
    person = some.register["person_id"].cat.codes.to_numpy()
    age, role = of.persons["age"].tolist(), of.persons["role"].tolist()
    columns = [some.register[name].tolist() for name in ("deed", "units", "evidence")]
    rows = [
        {
            "deed": deed,
            "units": units,
            "evidence": evidence,
            "age": None if p < 0 else age[p],
            "role": None if p < 0 else role[p],
        }
        for deed, units, evidence, p in zip(*columns, person.tolist(), strict=True)
    ]
    read = points.Rulebooks(rulebook(book))
    seconds, ours = best(
        lambda: points.match(read, of.households, register, persons=of.persons, threads=1)
    )
    met: list[dict[int, int]] = [{} for _ in range(count)]
    for row, rule, amount in zip(ours.rows, ours.rules, ours.points, strict=True):
        if row == count:
            break
        met[row][int(ours.names[rule][1][4:])] = int(amount)
    share = np.mean([a == b for a, b in zip(met, expected, strict=True)])
    found = [("gridgov: points.match", len(register), seconds, float(share))]
    for name, ask in zen_ways(rows, book).items():
        seconds, answers = best(ask)
        same = sum(
            {int(one["rule"]): int(one["points"]) for one in answer or []} == wanted
            for answer, wanted in zip(answers, expected, strict=True)
        )
        found.append((f"ZEN: {name}", count, seconds, same / count))
    return found


def measured(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of one run, and what it gave."""
    gc.collect()
    begin = time.process_time()
    made = work()
    return time.process_time() - begin, made


def side_by_side(rows: int, zen_rows: int) -> bool:
    """Prints the table; whether all agree."""
    book, of = rules(), township(rows)
    print("\nprogram,rows,seconds,ns_per_row,times,same", flush=True)
    ours = 0.0

    def show_whole(program: str, took: float, of_ours: float, same: float) -> None:
        each = 1e9 * took / rows
        times = f"{took / of_ours:.2f}"
        print(f'"{program}",{rows},{took:.3f},{each:.1f},{times},{same:.6f}', flush=True)

    whole_alike = points_whole.side_by_side(rows, show_whole)

    def show(program: str, rows: int, took: float, same: float) -> None:
        each = 1e9 * took / rows
        print(f"{program},{rows},{took:.3f},{each:.1f},{each / ours:.2f},{same:.6f}", flush=True)

    read = points.Rulebooks(rulebook(book))
    seconds, settlement = measured(lambda: by_gridgov(of, read, keep_state=False))
    kept, balances = entries_of(settlement), settlement.balances
    ours = 1e9 * seconds / rows
    show("gridgov", rows, seconds, 1)
    del settlement
    seconds, settlement = measured(lambda: by_gridgov(of, read, keep_state=True))
    alike = [share_of_both(entries_of(settlement), settlement.balances, kept, balances)]
    show("gridgov with a state to go on from", rows, seconds, alike[-1])
    del settlement
    for name, work in (("pandas by frames", by_frames), ("pandas on codes", by_codes)):
        seconds, (entries, sums) = measured(partial(work, of, book))
        alike.append(share_of_both(entries, sums, kept, balances))
        show(name, rows, seconds, alike[-1])
        del entries, sums
    del kept
    for name, matched_rows, seconds, same in matching(of, book, zen_rows):
        ours = 1e9 * seconds / matched_rows if name.startswith("gridgov") else ours
        show(name, matched_rows, seconds, same)
        alike.append(same)
    return whole_alike and min(alike) == 1


def main() -> int:
    """Runs bench_points, then all on one township."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-points", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--zen-rows", type=int, default=ZEN_ROWS)
    parser.add_argument("--only-peers", action="store_true", help="not bench_points")
    parser.add_argument("--without-peers", action="store_true", help="bench_points alone")
    options, others = parser.parse_known_args()
    if not options.only_peers:
        words = [options.bench_points, "--rows", str(options.rows), *others]
        if failed := subprocess.call(words):
            return failed
    if options.without_peers or side_by_side(options.rows, options.zen_rows):
        return 0
    print("the programs do not agree", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
