"""Lists beside general authorization engines: Cedar (cedarpy, in Rust) and pycasbin, on the same
items and the same requests as bench_lists, in one run; and a million requests by columns.

    ./run bench lists

prints what bench_lists measures and then CSV:

    program,items,requests,us_per_request,same

user CPU time, the best of three; `same`: the share of requests on which both say alike whether some
item of must, assist or certify applies and none of negative or reclaimed. Each engine gets the form
that suits it best: Cedar a hierarchy of matters and policies parsed beforehand, casbin its model in
memory. Neither tells which items were overridden, nor the nearest miss.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import re
import resource
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gridgov import lists

GRANTING = ("must", "assist", "certify")
GRANTED = {"must", "assist", "may_certify"}
CEDAR_REQUESTS, CASBIN_REQUESTS = 20_000, 200
Requests = dict[str, list[str]]


def user_seconds() -> float:
    """Processor seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def best_of_three(work: Callable[[], Any]) -> tuple[float, Any]:
    """The least user time of three runs, and what the last one gave."""
    best, answer = float("inf"), None
    for _ in range(3):
        begin = user_seconds()
        answer = work()
        best = min(best, user_seconds() - begin)
    return best, answer


def days(value: Any, absent: int) -> int:
    """A date as days, so that every engine compares whole numbers."""
    return absent if value is None else (value - dt.date(1970, 1, 1)).days


def least_age(item: dict[str, Any]) -> int:
    """The bound of `>= N`, the one test that the catalogue of bench_lists has; -1: none."""
    test = item.get("when", {}).get("age")
    if test is None:
        return -1
    found = re.fullmatch(r">= (\d+)", test)
    assert found is not None, test
    return int(found[1])


def dates_of(item: dict[str, Any], head: dict[str, Any]) -> tuple[int, int]:
    """First day, and first day no longer."""
    first = item.get("effective_from", head.get("effective_from"))
    return days(first, -(10**6)), days(item.get("effective_to", head.get("effective_to")), 10**6)


def by_cedar(tables: dict[str, Any], requests: Requests, count: int) -> tuple[float, list[bool]]:
    """Cedar: matters are a hierarchy, lists are permit and forbid."""
    import cedarpy

    policies = []
    for item in tables["item"]:
        first, end = dates_of(item, tables["catalogue"])
        age = least_age(item)
        who = (
            f'principal in Level::"{item["actor"].removeprefix("level:")}"'
            if item["actor"].startswith("level:")
            else f'principal == Actor::"{item["actor"]}"'
        )
        effect = "permit" if item["list"] in GRANTING else "forbid"
        condition = f"context.day >= {first} && context.day < {end}"
        if age >= 0:
            condition += f" && context has age && context.age >= {age}"
        policies.append(
            f'{effect}({who}, action, resource in Matter::"{item["matter"]}") '
            f"when {{ {condition} }};"
        )
    entities: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for actor in tables["actor"]:
        entities["Actor", actor["id"]] = [("Level", actor["level"])]
        entities["Level", actor["level"]] = []
    for matter in {*requests["matter"][:count], *(item["matter"] for item in tables["item"])}:
        parts = matter.split("/")
        for depth in range(1, len(parts) + 1):
            above = [("Matter", "/".join(parts[: depth - 1]))] if depth > 1 else []
            entities["Matter", "/".join(parts[:depth])] = above
    graph = cedarpy.Entities.from_json_str(
        json.dumps(
            [
                {
                    "uid": {"type": kind, "id": name},
                    "attrs": {},
                    "parents": [{"type": k, "id": n} for k, n in above],
                }
                for (kind, name), above in entities.items()
            ]
        )
    )
    handle = cedarpy.PolicySet.from_str("\n".join(policies))
    asked = [
        {
            "principal": {"type": "Actor", "id": actor},
            "action": {"type": "Action", "id": "ask"},
            "resource": {"type": "Matter", "id": matter},
            "context": {"day": int(day)},
        }
        for actor, matter, day in zip(
            requests["actor"][:count], requests["matter"][:count], requests["day"][:count],
            strict=True,
        )
    ]  # fmt: skip
    seconds, answers = best_of_three(lambda: cedarpy.is_authorized_batch(asked, handle, graph))
    return seconds, [answer.allowed for answer in answers]


CASBIN_MODEL = """
[request_definition]
r = actor, level, matter, day, age
[policy_definition]
p = actor, matter, first, end, age, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (r.actor == p.actor || r.level == p.actor) && covers(p.matter, r.matter) && \
within(r.day, p.first, p.end) && old(r.age, p.age)
"""


def by_casbin(tables: dict[str, Any], requests: Requests, count: int) -> tuple[float, list[bool]]:
    """pycasbin, with the path test and the comparisons as functions of Python's."""
    import casbin

    model = casbin.Enforcer.new_model(text=CASBIN_MODEL)
    enforcer = casbin.Enforcer(model)
    enforcer.add_function("covers", lambda above, one: one == above or one.startswith(above + "/"))
    enforcer.add_function("within", lambda day, first, end: int(first) <= int(day) < int(end))
    enforcer.add_function("old", lambda age, least: int(least) < 0 or int(age) >= int(least))
    for item in tables["item"]:
        first, end = dates_of(item, tables["catalogue"])
        effect = "allow" if item["list"] in GRANTING else "deny"
        enforcer.add_policy(
            item["actor"], item["matter"], str(first), str(end), str(least_age(item)), effect
        )
    levels = {actor["id"]: f"level:{actor['level']}" for actor in tables["actor"]}
    asked = [
        (actor, levels[actor], matter, day, "-1")
        for actor, matter, day in zip(
            requests["actor"][:count], requests["matter"][:count], requests["day"][:count],
            strict=True,
        )
    ]  # fmt: skip
    seconds, answers = best_of_three(lambda: [enforcer.enforce(*one) for one in asked])
    return seconds, answers


def main() -> int:
    """Runs bench_lists, then the others on what it wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-lists", type=Path, required=True)
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    if failed := subprocess.call([options.bench_lists]):
        return failed
    with tempfile.TemporaryDirectory() as folder:
        subprocess.check_call([options.bench_lists, "write", folder])
        text = (Path(folder) / "catalogue.toml").read_text(encoding="utf-8")
        with (Path(folder) / "requests.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    tables = tomllib.loads(text)
    requests = {name: [row[name] for row in rows] for name in ("actor", "matter", "day")}
    whole = lists.catalogue(tables)
    dates = np.array(requests["day"], dtype=np.int32)
    columns = {
        "actor": pa.array(requests["actor"], pa.large_string()),
        "matter": pa.array(requests["matter"], pa.large_string()),
        "date": dates.astype("datetime64[D]"),
    }
    coded = columns | {"actor": columns["actor"].dictionary_encode()}
    count, items = len(rows), len(tables["item"])
    print("\nprogram,items,requests,us_per_request,same", flush=True)

    def show(program: str, asked: int, seconds: float, same: float) -> None:
        print(f"{program},{items},{asked},{1e6 * seconds / asked:.3f},{same:.4f}", flush=True)

    seconds, frame = best_of_three(lambda: lists.decide_columns(columns, catalogue=whole))
    ours = frame["verdict"].isin(GRANTED).to_numpy()
    show("gridgov columns from Arrow", count, seconds, 1)
    seconds, _ = best_of_three(lambda: lists.decide_columns(coded, catalogue=whole))
    show("gridgov columns with a dictionary", count, seconds, 1)
    some = list(zip(requests["actor"], requests["matter"], columns["date"], strict=True))[:2000]
    seconds, _ = best_of_three(
        lambda: [lists.decide(whole, actor=a, matter=m, date=d) for a, m, d in some]
    )
    show("gridgov one by one, explained", len(some), seconds, 1)
    if options.without_peers:
        return 0
    for program, ask, most in (
        ("cedarpy (batch, parsed beforehand)", by_cedar, CEDAR_REQUESTS),
        ("pycasbin", by_casbin, CASBIN_REQUESTS),
    ):
        asked = min(most, count)
        seconds, answers = ask(tables, requests, asked)
        show(program, asked, seconds, float(np.mean(ours[:asked] == np.array(answers))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
