"""`./run bench exact`: small towns with a known optimum, and how near each effort comes.

Thirty towns of 60 to 300 households, one component each: hamlets of Gaussian scatter and one
household in ten anywhere, from fixed seeds. Two in three take the usual sizes (10 to 30, target
20), the others have narrower ones (16 to 24) or weights. The optimum, contiguity included, is
proved by `_core.solve_exactly`; with --highs also by a mixed-integer program where that is done in
time, and the two must agree. Prints CSV, a row a case: `gap_…` is what is longer than the optimum,
as a share of it, and `proved_by` is empty where the work did not suffice (the gap is then against
the shortest division known). What was proved is kept under /tmp for the next run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from gridgov import _core, peers

EFFORTS = ("draft", "standard", "best")
KEPT = Path(tempfile.gettempdir()) / "gridgov-exact-cases"


@dataclass(frozen=True)
class Case:
    """A town with one component and the rules for it."""

    name: str
    x_m: Any
    y_m: Any
    weights: Any
    smallest: float
    largest: float
    target: float

    def options(self, effort: int) -> _core.Options:
        """The rules, and how hard to look."""
        return _core.Options(
            weight_min=self.smallest,
            weight_max=self.largest,
            weight_target=self.target,
            courtyards=None,
            walk=False,
            effort=effort,
            group_weight_m=0.0,
            seed=0,
            threads=1,
        )

    def key(self) -> str:
        """A name for what is proved of it."""
        digest = hashlib.sha256()
        for column in (self.x_m, self.y_m, self.weights):
            digest.update(column.tobytes())
        digest.update(repr((self.smallest, self.largest, self.target)).encode())
        return digest.hexdigest()[:24]


def cases(count: int) -> Iterator[Case]:
    """The towns. Python's own generator gives the same numbers in every version."""
    for number in range(count):
        draw = random.Random(f"exact {number}")
        households = 60 + 240 * number // max(1, count - 1)
        hamlets = households // 45 + 1
        side_m = 600 * math.sqrt(hamlets)
        centres = [
            (draw.uniform(0, side_m), draw.uniform(0, side_m), draw.uniform(60, 200))
            for _ in range(hamlets)
        ]
        points = []
        for _ in range(households):
            x_m, y_m, spread_m = draw.choice(centres)
            if draw.random() < 0.1:
                points.append((draw.uniform(0, side_m), draw.uniform(0, side_m)))
            else:
                points.append((draw.gauss(x_m, spread_m), draw.gauss(y_m, spread_m)))
        weights = np.ones(households)
        kind, sizes = "", (10.0, 30.0, 20.0)
        if number % 6 == 2:
            kind, sizes = "-narrow", (16.0, 24.0, 20.0)
        if number % 6 == 5:
            kind = "-weights"
            weights = np.array([draw.randrange(2, 15) / 8 for _ in range(households)])
        x_m, y_m = np.round(np.array(points), 3).T.copy()
        yield Case(f"{number:02}{kind}", x_m, y_m, weights, *sizes)


def by_highs(case: Case, town: _core.Town, graph: _core.Neighbours, seconds: float) -> float | None:
    """The optimum in metres by a mixed-integer program, if that is done in time."""
    read = cast(Any, SimpleNamespace(town=town, x_m=case.x_m, y_m=case.y_m))
    try:
        labels = peers.labels(
            peers.PEERS["highs"],
            read,
            graph,
            case.options(2),
            min=case.smallest,
            max=case.largest,
            seed=0,
            seconds=seconds,
        )
    except peers.NoAnswer:
        return None
    return _core.measure(town, graph, labels, case.options(2)).total_distance_m


def main(words: list[str]) -> int:
    """Prints the table; 1 if two proofs disagree or a legal division is shorter than an optimum."""
    parser = argparse.ArgumentParser(prog="./run bench exact", description=__doc__)
    parser.add_argument("--cases", type=int, default=30, metavar="N")
    parser.add_argument("--work", type=int, default=3_000_000_000, help="limit for a proof of ours")
    parser.add_argument("--highs", type=float, default=0, metavar="SECONDS", help="for each case")
    given = parser.parse_args(words)
    KEPT.mkdir(exist_ok=True)
    print("case,n,k,optimum,proved_by,seconds", *(f"gap_{effort}" for effort in EFFORTS), sep=",")
    gaps: dict[str, list[float]] = {effort: [] for effort in EFFORTS}
    wrong = 0
    for case in cases(given.cases):
        town, _ = _core.make_town(case.x_m, case.y_m, weights=case.weights)
        graph = _core.neighbours(town, link_m_max=math.inf)
        found = [_core.solve(town, graph, case.options(effort), None) for effort in range(3)]
        courtyards = len(found[-1].ids)
        kept = KEPT / f"{case.key()}-{courtyards}.json"
        known: dict[str, Any] = {"proved_by": ""}
        if kept.exists():
            known = json.loads(kept.read_text())
        if "ours" not in known["proved_by"]:
            begin = time.process_time()
            (exact,) = _core.solve_exactly(
                town, graph, found[-1].labels, case.options(2), work_limit=given.work
            ).components
            known["seconds"] = time.process_time() - begin
            known["optimum"] = exact.total_distance_m
            known["proved_by"] = "ours" if exact.status == "optimal" else ""
        if given.highs > 0 and "highs" not in known["proved_by"]:
            optimum = by_highs(case, town, graph, given.highs)
            if optimum is not None:
                if known["proved_by"] and abs(optimum / known["optimum"] - 1) > 1e-6:
                    print(f"{case.name}: HiGHS says {optimum}", file=sys.stderr)
                    wrong += 1
                known["optimum"] = min(optimum, known["optimum"])
                known["proved_by"] += "+highs" if known["proved_by"] else "highs"
        if known["proved_by"]:
            kept.write_text(json.dumps(known))
        row = [case.name, len(case.x_m), courtyards, f"{known['optimum']:.6f}"]
        row += [known["proved_by"], f"{known['seconds']:.2f}"]
        for effort, partition in zip(EFFORTS, found, strict=True):
            gap = partition.total_distance_m / known["optimum"] - 1
            if partition.broken_courtyards or len(partition.ids) != courtyards:
                gap = math.inf
            elif known["proved_by"] and gap < -1e-8:
                print(f"{case.name}: {effort} is shorter than the optimum", file=sys.stderr)
                wrong += 1
            gaps[effort].append(gap)
            row.append(f"{max(gap, 0.0):.6f}")
        print(*row, sep=",", flush=True)
    for effort in EFFORTS:
        optimal = sum(gap < 1e-8 for gap in gaps[effort])
        print(
            f"{effort}: {optimal} of {len(gaps[effort])} optimal, "
            f"mean gap {100 * np.mean(gaps[effort]):.3f} %, worst {100 * max(gaps[effort]):.3f} %",
            file=sys.stderr,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
