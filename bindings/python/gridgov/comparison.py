"""Algorithms side by side, under one verifier."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core, inputs, peers
from gridgov.errors import usage_error
from gridgov.options import Metric, Unlocated, longest_link_m, number, partition_options
from gridgov.verification import claim_of, verification


def algorithms() -> dict[str, str]:
    """Every algorithm of this build by name, with the paper or program that it follows.

    Examples:
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
    seconds: float = 10.0,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
) -> pd.DataFrame:
    """Runs partition algorithms on the same neighbour graph and verifies what they return.

    Args:
        households: As `gridgov.partition` takes them; the keywords mean what they mean there, but
            `threads` is 1 by default, so that seconds compare.
        algorithms: Names as `gridgov.algorithms()` lists them, by default all of those; and of
            others' programs where they are installed: `metis-kway`, `kahip-fast`, `kahip-strong`,
            `k-means`, `k-means-constrained`, `gerrychain-tree`, `gerrychain-recom`, `spopt-max-p`,
            `spopt-skater`, `highs` (exact, for small places).
        seconds: How long those of them that go on improving may do so.

    Returns:
        A row per algorithm: `algorithm, seconds` (from the neighbour graph to labels),
        `courtyards, broken_share, disconnected_share` (of households), `mean_distance_m,
        max_distance_m`.

    Raises:
        UsageError: A name that is not known (`unknown_algorithm`) or needs a package that is not
            there (`peer_not_installed`), before anything runs; one that gave up (`peer_failed`).

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(60)]
        >>> gridgov.compare(line, ["gridgov-draft"])["broken_share"].tolist()
        [0.0]
    """
    wanted = _known(algorithms)
    given_s = number(seconds, "seconds")
    if not given_s >= 0:
        raise usage_error(
            "option_out_of_range", option="seconds", value=seconds, wanted="0 or more"
        )
    comparison = Comparison(
        inputs.read(
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
        ),
        max_link_m=max_link_m,
        min=min,
        max=max,
        target=target,
        courtyards=courtyards,
        metric=metric,
        group_weight=group_weight,
        seed=seed,
        threads=threads,
    )
    return pd.DataFrame([comparison.row(name, given_s) for name in wanted])


def _known(algorithms: Sequence[str] | str | None) -> list[str]:
    """The names asked for, each known and installed."""
    ours = [name for name, _ in _core.algorithms()]
    if algorithms is None:
        return ours
    wanted = [algorithms] if isinstance(algorithms, str) else list(algorithms)
    for name in wanted:
        if name in ours:
            continue
        if name not in peers.PEERS:
            known = ", ".join([*ours, *peers.PEERS])
            raise usage_error("unknown_algorithm", name=name, known=known)
        if peers.missing(peers.PEERS[name]):
            packages = peers.PEERS[name].packages
            raise usage_error("peer_not_installed", name=name, packages=packages)
    return wanted


class Comparison:
    """One place, one neighbour graph, one set of rules: what all algorithms are given."""

    def __init__(
        self,
        read: inputs.Inputs,
        *,
        max_link_m: float | None = None,
        min: float = 10,
        max: float = 30,
        target: float = 20,
        seed: int = 0,
        threads: int = 1,
        clock: peers.Clock = time.perf_counter,
        **options: Any,
    ) -> None:
        self.read = read
        self.options = partition_options(
            min=min, max=max, target=target, seed=seed, threads=threads, **options
        )
        self.graph = _core.neighbours(read.town, link_m_max=longest_link_m(max_link_m))
        self._min, self._max, self._seed = float(min), float(max), int(seed)
        self._clock = clock

    def labels(self, name: str, seconds: float) -> NDArray[np.int32]:
        """What an algorithm answers: a label per household."""
        if name not in peers.PEERS:
            return _core.algorithm_labels(name, self.read.town, self.graph, self.options)
        try:
            return peers.labels(
                peers.PEERS[name],
                self.read,
                self.graph,
                self.options,
                seconds=seconds,
                clock=self._clock,
                min=self._min,
                max=self._max,
                seed=self._seed,
            )
        except Exception as error:  # whatever somebody else's program raises
            what = f"{error or type(error).__name__}"
            raise usage_error("peer_failed", name=name, what=what) from error

    def row(self, name: str, seconds: float) -> dict[str, Any]:
        """An algorithm's seconds, and what the verifier finds."""
        if name in peers.PEERS:
            for module in peers.PEERS[name].modules:
                with contextlib.suppress(Exception):  # what is wrong is told when it is run
                    importlib.import_module(module)
        start = self._clock()
        labels = self.labels(name, seconds)
        taken_s = round(self._clock() - start, 3)
        claim = claim_of(labels, self.read.town)
        found = verification(self.read.town, self.graph, claim, self.options).measures
        kept = ("broken_share", "disconnected_share", "mean_distance_m", "max_distance_m")
        row = {"algorithm": name, "seconds": taken_s, "courtyards": found["courtyards"]}
        return row | {key: found[key] for key in kept}
