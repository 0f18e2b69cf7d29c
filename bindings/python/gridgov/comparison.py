"""Algorithms side by side, under one verifier."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov import _core, inputs
from gridgov.options import Metric, Unlocated, longest_link_m, partition_options
from gridgov.verification import claim_of, verification


def algorithms() -> dict[str, str]:
    """Every algorithm of this build by name, with the paper or program that it follows.

    >>> "gridgov-standard" in algorithms()
    True
    """
    return dict(_core.algorithms())


def compare(
    households: Any,
    algorithms: Sequence[str] | str | None = None,
    *,
    ids: Any = None,
    weights: Any = None,
    villages: Any = None,
    heads: Any = None,
    pins: Any = None,
    groups: Any = None,
    links: Any = None,
    roads: Any = None,
    barriers: Any = None,
    max_link_m: float | None = None,
    metric: Metric = "straight",
    min: float = 10,
    max: float = 30,
    target: float = 20,
    courtyards: int | None = None,
    group_weight: float = 100.0,
    unlocated: Unlocated = "refuse",
    seed: int = 0,
    threads: int = 1,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
) -> pd.DataFrame:
    """Runs partition algorithms on the same neighbour graph and verifies what they return.

    Args:
        households: As `gridgov.partition` takes them; the keywords mean what they mean there, but
            `threads` is 1 by default, so that seconds compare.
        algorithms: Names as `gridgov.algorithms()` lists them; by default all of them.

    Returns:
        A row per algorithm: `algorithm, seconds` (from the neighbour graph to labels),
        `courtyards, broken_share, disconnected_share` (of households), `mean_distance_m,
        max_distance_m`.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(60)]
        >>> gridgov.compare(line, ["gridgov-draft"])["broken_share"].tolist()
        [0.0]
    """
    options = partition_options(
        min=min,
        max=max,
        target=target,
        courtyards=courtyards,
        metric=metric,
        group_weight=group_weight,
        seed=seed,
        threads=threads,
    )
    if isinstance(algorithms, str):
        algorithms = [algorithms]
    wanted = [name for name, _ in _core.algorithms()] if algorithms is None else list(algorithms)
    read = inputs.read(
        households,
        ids=ids,
        weights=weights,
        villages=villages,
        heads=heads,
        pins=pins,
        groups=groups,
        links=links,
        roads=roads,
        barriers=barriers,
        unlocated=unlocated,
        crs=crs,
        roads_crs=roads_crs,
        barriers_crs=barriers_crs,
    )
    graph = _core.neighbours(read.town, link_m_max=longest_link_m(max_link_m))
    rows = []
    for name in wanted:
        start = time.perf_counter()
        labels = _core.algorithm_labels(name, read.town, graph, options)
        seconds = round(time.perf_counter() - start, 3)
        found = verification(read.town, graph, claim_of(labels, read.town), options).measures
        kept = ("broken_share", "disconnected_share", "mean_distance_m", "max_distance_m")
        row = {"algorithm": name, "seconds": seconds, "courtyards": found["courtyards"]}
        rows.append(row | {key: found[key] for key in kept})
    return pd.DataFrame(rows)
