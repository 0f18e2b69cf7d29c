"""Households into courtyards, village by village on many workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov import partitioning
from gridgov.distributed import results
from gridgov.distributed.villages import (
    REAL,
    TEXT,
    TRUTH,
    WHOLE,
    Frames,
    Made,
    Work,
    sorted_by_id,
)
from gridgov.errors import DataError, usage_error
from gridgov.inputs import choice
from gridgov.options import (
    Effort,
    Metric,
    Unlocated,
    grid_rules,
    longest_link_m,
    partition_options,
)

HOUSEHOLDS = {
    "household_id": TEXT,
    "courtyard_id": TEXT,
    "grid_id": TEXT,
    "village_id": TEXT,
    "head_household_id": TEXT,
    "distance_to_head_m": REAL,
    "located": TRUTH,
}
COURTYARDS = {
    "courtyard_id": TEXT,
    "grid_id": TEXT,
    "village_id": TEXT,
    "households": WHOLE,
    "weight": REAL,
    "head_household_id": TEXT,
    "mean_distance_m": REAL,
    "max_distance_m": REAL,
    "status": TEXT,
    "unavoidable": TEXT,
    "reason": TEXT,
}
GRIDS = {
    "grid_id": TEXT,
    "village_id": TEXT,
    "courtyards": WHOLE,
    "households": WHOLE,
    "centre_courtyard_id": TEXT,
    "mean_distance_m": REAL,
    "max_distance_m": REAL,
}
MEASURES = {
    "households": WHOLE,
    "courtyards": WHOLE,
    "broken_courtyards": WHOLE,
    "grids": WHOLE,
    "total_distance_m": REAL,
    "crs": TEXT,
}


def partition(
    households: Any,
    *,
    ids: str | None = None,
    weights: str | None = None,
    villages: str = "village",
    heads: str | None = None,
    pins: str | None = None,
    groups: str | None = None,
    previous: str | None = None,
    roads: Any = None,
    barriers: Any = None,
    max_link_m: float | None = None,
    metric: Metric = "straight",
    min: float = 10,
    max: float = 30,
    target: float = 20,
    grid_courtyards: Sequence[int] | None = None,
    group_weight: float = 100.0,
    unlocated: Unlocated = "refuse",
    effort: Effort = "standard",
    seed: int = 0,
    threads: int = 1,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
    split: bool = False,
    skip_faulty_villages: bool = False,
    client: Any = None,
    progress: results.ProgressLike = None,
) -> results.Result:
    """`gridgov.partition` of every village of a Dask or Spark DataFrame of households.

    Each village's rows are those of the local call of all households in the order of their ids,
    bit for bit, for any partitions, workers and order of rows, as far as coordinates are metres
    (with lon, lat: where all villages have the same central meridian, see `villages["crs"]`).

    Args:
        households: A Dask or Spark DataFrame with ids and coordinates, as `gridgov.partition`
            takes a frame. Ids must be unique in the town; only a village's own are checked.
        ids: The column of ids. Default: `id` or `household_id`.
        villages: The column by which the table is split.
        weights, heads, pins, groups, previous: Names of columns.
        roads, barriers: Layers of the whole town, as local frames; sent to every worker.
        max_link_m, metric, min, max, target, grid_courtyards: See `gridgov.partition`. Numbers of
            courtyards or grids for the whole town cannot be given: they would tie villages.
        group_weight, unlocated, effort, seed, crs, roads_crs, barriers_crs: Likewise.
        threads: Of one village; the workers are many already.
        split: Every village already stands whole in one partition: nothing is moved. Dask only; a
            village found in two is refused.
        skip_faulty_villages: Leave out villages with faults (`Result.villages` says which), instead
            of refusing all.
        client: The `dask.distributed.Client`. Default: the current one.
        progress: True for a bar on stderr, or a function that is called with the share done.

    Returns:
        Tables `households`, `courtyards` and `grids`, with the columns of `gridgov.Partition`,
        texts where that has categories.

    Raises:
        DataError: Every fault of every village, each a `VillageFinding`.
        UsageError: Options that contradict each other, missing columns, an engine that is missing.
    """
    partition_options(  # told here, before a worker is asked
        min=min, max=max, target=target, metric=metric, effort=effort, group_weight=group_weight,
        seed=seed, threads=threads,
    )  # fmt: skip
    grid_rules(None, grid_courtyards)
    longest_link_m(max_link_m)
    choice(unlocated, "unlocated", ("refuse", "group"))
    there = results.columns_of(households, "households")
    if ids is None:
        ids = "id" if "id" in there else "household_id"
    named = {
        "ids": ids,
        "weights": weights,
        "villages": villages,
        "heads": heads,
        "pins": pins,
        "groups": groups,
        "previous": previous,
    }
    for option, column in named.items():
        if column is not None and not isinstance(column, str):
            kind = type(column).__name__
            raise usage_error("type_wrong", option=option, given=kind, wanted="a column's name")
        if column is not None and column not in there:
            raise usage_error(
                "column_missing", table="households", column=column, there=", ".join(there)
            )
    options = dict(
        named,
        roads=roads, barriers=barriers, max_link_m=max_link_m, metric=metric, min=min, max=max,
        target=target, grid_courtyards=grid_courtyards, group_weight=group_weight,
        unlocated=unlocated, effort=effort, seed=seed, threads=threads, crs=crs,
        roads_crs=roads_crs, barriers_crs=barriers_crs,
    )  # fmt: skip
    return results.run(
        PartitionWork(options),
        {"households": households},
        split=split,
        skip_faulty_villages=skip_faulty_villages,
        client=client,
        progress=progress,
    )


class PartitionWork(Work):
    """`gridgov.partition` of one village."""

    tables = {"households": HOUSEHOLDS, "courtyards": COURTYARDS, "grids": GRIDS}  # noqa: RUF012
    measures = MEASURES
    told = {}  # noqa: RUF012

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.village_columns = {"households": options["villages"]}
        named = (options[name] for name in ("ids", "villages", "pins", "groups", "previous"))
        self.key_columns = frozenset(name for name in named if name is not None)

    def run(self, village: str, frames: Frames) -> Made:
        households = sorted_by_id(frames["households"], self.options["ids"])
        found = self._partition(households)
        tables = {"households": found.households, "courtyards": found.courtyards}
        if found.grids is not None:
            tables["grids"] = found.grids
        measures = {name: found.summary[name] for name in MEASURES}
        return Made(tables, measures, found.findings)

    def _partition(self, households: pd.DataFrame) -> partitioning.Partition:
        try:
            return partitioning.partition(households, **self.options)
        except DataError as error:
            # The town's barriers may all be far from one village, which they then do not touch.
            away = all(
                finding.code == "layers_do_not_overlap" and finding.table == "barriers"
                for finding in error.findings
            )
            if not away:
                raise
        return partitioning.partition(
            households, **{**self.options, "barriers": None, "barriers_crs": None}
        )
