"""`./run bench peers`: ours and partitioners of others under one verifier, a table and a picture.

Those of C++ (ours, METIS, Scotch, the baselines) are run by bench_partition, those of PyPI here,
each run in a process of its own with a limit on its time: all on the same neighbour graph, with the
same number of courtyards, on one thread; seconds are the processor's. Those that go on improving
run once, then as long as gridgov-best takes, then as long as the limit: what time buys.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

import gridgov
from gridgov import inputs, peers, quality_plot
from gridgov.comparison import Comparison

#: The contract's of ./run bench partition, and three more.
FIGURES = ["seconds", "broken_share", "disconnected_share", "mean_distance_m", "max_distance_m"]
MORE = ["courtyards", "lower_bound_mean_m", "note"]
COLUMNS = ["instance", "n", "algorithm", "seed", *FIGURES, *MORE]
#: METIS comes with bench_partition, at the better of two settings.
PEERS = [name for name in peers.PEERS if name != "metis-kway"]
Row = dict[str, Any]


def main(words: list[str]) -> int:
    """Prints a row a run as CSV and writes the picture."""
    parser = argparse.ArgumentParser(prog="./run bench peers", description=__doc__)
    parser.add_argument("--households", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--nearest", nargs="+", type=int, default=[0], metavar="N",
        help="only the N households nearest to the middle of each place; 0 for all",
    )  # fmt: skip
    parser.add_argument("--algorithms", nargs="+", metavar="A", choices=PEERS, default=PEERS)
    parser.add_argument("--limit", type=float, default=60, metavar="S", help="seconds for a run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bound", action="store_true", help="measure from the lower bound")
    parser.add_argument("--picture", type=Path, default=Path("out/bench/peers.png"))
    parser.add_argument("--bench-partition", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--run", help=argparse.SUPPRESS)  # one peer, in this process
    parser.add_argument("--seconds", type=float, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.run is not None:
        print(json.dumps(run_here(given.run, given.households[0], given)))
        return 0
    out = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
    out.writeheader()
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        out.writerow({name: _rounded(name, row.get(name, "")) for name in COLUMNS})
        sys.stdout.flush()

    status = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in places(given, Path(folder)):
            found, of_bench = run_bench(file, given)
            status = status or of_bench
            for row in found:
                add(row)
            best = next((row for row in found if row["algorithm"] == "gridgov-best"), {})
            for name in given.algorithms:
                for seconds in budgets(name, float(best.get("seconds", 0)), given.limit):
                    row = run_apart(name, file, seconds, given)
                    row["lower_bound_mean_m"] = best.get("lower_bound_mean_m", "")
                    add(row)
                    if row["note"].startswith("no answer"):
                        break
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame[frame["note"].isna() | (frame["note"] == "")].copy()
    numbers = [*FIGURES, "lower_bound_mean_m"]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    quality_plot.save(frame.astype({"n": int}), given.picture)
    print(f"picture: {given.picture}", file=sys.stderr)
    return status


def places(given: argparse.Namespace, folder: Path) -> list[Path]:
    """Households files, the smallest place first; cut to size where that is asked for."""
    sized = []
    for file in given.households:
        frame = pd.read_csv(file, dtype={"id": str})[["id", "x_m", "y_m"]]
        for nearest in given.nearest:
            if nearest == 0:
                sized.append((len(frame), file.resolve()))
            elif nearest < len(frame):
                places_m = frame[["x_m", "y_m"]]
                away = ((places_m - places_m.median()) ** 2).sum(axis=1)
                cut = folder / f"{_instance(file)}-{nearest}" / "households.csv"
                cut.parent.mkdir()
                frame.loc[sorted(away.nsmallest(nearest).index)].to_csv(cut, index=False)
                sized.append((nearest, cut))
    return [file for _, file in sorted(sized)]


def budgets(name: str, best_s: float, limit_s: float) -> list[float]:
    """How long a peer may go on: one run for most."""
    if name == "highs":
        return [limit_s]
    if not peers.PEERS[name].improves:
        return [0.0]
    return [0.0, *sorted({min(best_s, limit_s), limit_s} - {0.0})]


def run_bench(file: Path, given: argparse.Namespace) -> tuple[list[Row], int]:
    """Rows of bench_partition, and its exit code."""
    if given.bench_partition is None:
        return [], 0
    command = [given.bench_partition, "--households", file, "--seed", str(given.seed)]
    command += ["--processor-time", *(["--bound"] if given.bound else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    return list(csv.DictReader(done.stdout.splitlines())), done.returncode


def run_apart(name: str, file: Path, seconds: float, given: argparse.Namespace) -> Row:
    """One run of a peer in a process of its own; where it gives no answer the note says why."""
    command = [sys.executable, __file__, "--run", name, "--households", file]
    command += ["--seconds", str(seconds), "--seed", str(given.seed), "--limit", str(given.limit)]
    one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    row: Row = {"instance": _instance(file), "n": _households(file), "algorithm": name}
    row["seed"] = given.seed
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=os.environ | one_thread,
    )
    if done.returncode == 0:
        return row | json.loads(done.stdout.splitlines()[-1])
    why = done.stderr.strip().splitlines()[-1:] if done.returncode > 0 else []
    return row | {"note": f"no answer: {why[0]}" if why else f"no answer in {given.limit:g} s"}


def run_here(name: str, file: Path, given: argparse.Namespace) -> Row:
    """One run of a peer; the kernel ends this process where it takes more time, or 6 GiB."""
    read = inputs.read(pd.read_csv(file, dtype={"id": str})[["id", "x_m", "y_m"]])
    comparison = Comparison(read, seed=given.seed, clock=time.process_time)
    allowed_s = int(time.process_time() + given.seconds + given.limit) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed_s, allowed_s))
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    try:
        row = comparison.row(name, given.seconds)
    except gridgov.UsageError as error:
        return {"note": f"no answer: {error.finding.fields.get('what', error)}"}
    return row | {"note": ""}


def _instance(file: Path) -> str:
    return file.resolve().parent.name if file.stem == "households" else file.stem


def _households(file: Path) -> int:
    with file.open(encoding="utf-8") as lines:
        return sum(1 for _ in lines) - 1


def _rounded(name: str, value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return f"{value:.6f}" if name.endswith("share") else f"{value:.4f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
