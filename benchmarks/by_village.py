"""`./run bench distributed`: many villages on two workers beside one process, and what an engine
costs. (Not called distributed.py: that would hide the package of that name.)

Households are made village by village into Parquet files, several villages a file, so that no
process ever holds all of them but the local call. Then, each in a process of its own so that memory
is told apart: the local call on all processors and on one; Dask with two workers (files split by
village already, and shuffled); Spark in local mode with two threads, if PySpark is there. The
overhead of an engine is its time on two workers less half of the local call's on one thread.
Nothing is gathered: every run ends when all courtyards are known, where they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

import pandas as pd

import gridgov

COLUMNS = ["id", "x_m", "y_m", "village"]
RUNS = ("local", "local-1", "dask-split", "dask-shuffle", "spark")


def make(directory: Path, households: int, village_size: int, files: int) -> None:
    """Villages of `village_size` households, far from each other, in `files` Parquet files."""
    villages = max(1, households // village_size)
    patterns = [
        gridgov.simulate_township(households=village_size, villages=1, seed=seed).households
        for seed in range(16)
    ]
    side = int(villages**0.5) + 1
    for file in range(files):
        parts = []
        for village in range(file, villages, files):
            part = patterns[village % len(patterns)][["id", "x_m", "y_m"]].copy()
            part["id"] = f"v{village:06}-" + part["id"]
            part["x_m"] += 20_000.0 * (village % side)
            part["y_m"] += 20_000.0 * (village // side)
            part["village"] = f"v{village:06}"
            parts.append(part)
        empty = pd.DataFrame(columns=COLUMNS)
        frame = pd.concat(parts, ignore_index=True) if parts else empty
        frame.to_parquet(directory / f"{file:04}.parquet", index=False, row_group_size=1 << 20)


def measure(run: str, directory: Path, effort: Any) -> dict[str, Any]:
    """One run, in this process: seconds in all and of the computation, and what came out."""
    begun = time.perf_counter()
    result = RUN[run](directory, effort)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return result | {
        "run": run,
        "seconds_in_all": round(time.perf_counter() - begun, 2),
        "driver_mb": used // 1024,
        "largest_child_mb": workers // 1024,
    }


def told(villages: pd.DataFrame, seconds: float) -> dict[str, Any]:
    """Figures of a result, and a digest of every village's: households, courtyards, and the total
    distance to the decimetre, since the local call's is added up in another order here."""
    rows = zip(
        villages["village"],
        villages["households"],
        villages["courtyards"],
        villages["total_distance_m"].round(1),
        strict=True,
    )
    lines = sorted(f"{name} {households} {courts} {m:.1f}" for name, households, courts, m in rows)
    return {
        "villages": len(villages),
        "households": int(villages["households"].sum()),
        "seconds": round(seconds, 2),
        "digest": hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16],
    }


def local(directory: Path, effort: Any, threads: int = 0) -> dict[str, Any]:
    """One call of all households."""
    frame = pd.read_parquet(directory, columns=COLUMNS)
    begun = time.perf_counter()
    found = gridgov.partition(frame, effort=effort, threads=threads)
    seconds = time.perf_counter() - begun
    villages = (
        found.households.groupby("village_id", observed=True)
        .agg(
            households=("household_id", "size"),
            courtyards=("courtyard_id", "nunique"),
            total_distance_m=("distance_to_head_m", "sum"),
        )
        .reset_index(names="village")
    )
    return told(villages, seconds)


def on_dask(directory: Path, effort: Any, split: bool) -> dict[str, Any]:
    """Two processes of one thread."""
    from dask import dataframe
    from dask.distributed import Client, LocalCluster

    from gridgov import distributed

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        table = dataframe.read_parquet(directory, columns=COLUMNS, split_row_groups=False)
        begun = time.perf_counter()
        done = distributed.partition(
            table, effort=effort, split=split, client=client, progress=sys.stderr.isatty()
        )
        return told(done.villages, time.perf_counter() - begun)


def on_spark(directory: Path, effort: Any) -> dict[str, Any]:
    """Local mode, two Python workers."""
    from pyspark.sql import SparkSession

    from gridgov import distributed

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", str(len(list(directory.iterdir()))))
        .getOrCreate()
    )
    try:
        table = session.read.parquet(str(directory))
        begun = time.perf_counter()
        done = distributed.partition(table, effort=effort, progress=sys.stderr.isatty())
        return told(done.villages, time.perf_counter() - begun)
    finally:
        session.stop()


RUN: dict[str, Callable[[Path, Any], dict[str, Any]]] = {
    "local": local,
    "local-1": lambda directory, effort: local(directory, effort, threads=1),
    "dask-split": lambda directory, effort: on_dask(directory, effort, split=True),
    "dask-shuffle": lambda directory, effort: on_dask(directory, effort, split=False),
    "spark": on_spark,
}


def table(rows: list[dict[str, Any]]) -> str:
    """The runs as Markdown."""
    alone = next((row["seconds"] for row in rows if row["run"] == "local-1"), None)
    lines = [
        "| run | villages | households | s | s with start | overhead s | driver MB | digest |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        over = ""
        if alone is not None and not row["run"].startswith("local"):
            over = f"{row['seconds'] - alone / 2:.1f}"
        cells = [row["run"], row["villages"], row["households"], row["seconds"]]
        cells += [row["seconds_in_all"], over, row["driver_mb"], row["digest"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=10_000_000)
    parser.add_argument("--village-size", type=int, default=1000, help="households a village")
    parser.add_argument("--files", type=int, default=64, help="Parquet files, partitions of Dask")
    parser.add_argument("--effort", default="draft", choices=("draft", "standard", "best"))
    parser.add_argument("--runs", nargs="+", default=list(RUNS), choices=RUNS)
    parser.add_argument("--measure", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.directory, given.effort)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        make(directory, given.households, given.village_size, given.files)
        rows = []
        for run in given.runs:
            if run == "spark" and util.find_spec("pyspark") is None:
                print("spark: PySpark is not installed (gridgov[spark])", file=sys.stderr)
                continue
            words = [sys.executable, __file__, "--measure", run, "--directory", str(directory)]
            done = subprocess.run(
                [*words, "--effort", given.effort], stdout=subprocess.PIPE, text=True, check=False
            )
            if done.returncode != 0:
                print(f"{run}: failed", file=sys.stderr)
                return 1
            rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(table(rows))
        if len({row["digest"] for row in rows}) > 1:
            print("the results differ", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
