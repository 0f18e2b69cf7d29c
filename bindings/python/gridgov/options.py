"""Options of a partition as Python hands them in, checked and handed to the core."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from gridgov import _core
from gridgov.errors import usage_error
from gridgov.inputs import choice

Metric = Literal["straight", "walk"]
Effort = Literal["draft", "standard", "best"]
Unlocated = Literal["refuse", "group"]

_INTEGER_MAX = 2**63 - 1
_THREADS_MAX = 1024


def partition_options(
    *,
    min: float,
    max: float,
    target: float,
    courtyards: int | None = None,
    metric: str = "straight",
    effort: str = "standard",
    group_weight: float = 100.0,
    seed: int = 0,
    threads: int = 0,
) -> _core.Options:
    """The core's options; UsageError for what contradicts itself."""
    efforts = ("draft", "standard", "best")
    return _core.Options(
        weight_min=number(min, "min"),
        weight_max=number(max, "max"),
        weight_target=number(target, "target"),
        courtyards=None if courtyards is None else integer(courtyards, "courtyards", 1),
        walk=choice(metric, "metric", ("straight", "walk")) == "walk",
        effort=efforts.index(choice(effort, "effort", efforts)),
        group_weight_m=number(group_weight, "group_weight"),
        seed=integer(seed, "seed", 0, 2**64 - 1),
        threads=threads_used(threads),
    )


def grid_rules(grids: int | None, grid_courtyards: Sequence[int] | None) -> _core.GridRules:
    """How many grids, or how many courtyards in each."""
    least = most = None
    if grid_courtyards is not None:
        wanted = "a pair: the least and the most courtyards of a grid"
        try:
            least, most = grid_courtyards
        except (TypeError, ValueError):
            raise usage_error(
                "option_out_of_range",
                option="grid_courtyards",
                value=grid_courtyards,
                wanted=wanted,
            ) from None
        least = integer(least, "grid_courtyards", 1)
        most = integer(most, "grid_courtyards", 1)
    return _core.GridRules(
        grids=None if grids is None else integer(grids, "grids", 1),
        courtyards_min=least,
        courtyards_max=most,
    )


def longest_link_m(max_link_m: float | None) -> float:
    """The limit on links, infinite where there is none."""
    return float("inf") if max_link_m is None else number(max_link_m, "max_link_m")


def threads_used(threads: int) -> int:
    """The number of threads: as given, or as many as this process may use."""
    given = integer(threads, "threads", 0, _THREADS_MAX)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return given or min(usable or 1, _THREADS_MAX)


def number(value: Any, option: str) -> float:
    """A number; UsageError for anything else."""
    if isinstance(value, int | float | np.integer | np.floating):
        try:
            return float(value)
        except OverflowError:
            return float("inf")
    raise usage_error("option_out_of_range", option=option, value=repr(value), wanted="a number")


def integer(value: Any, option: str, least: int, most: int = _INTEGER_MAX) -> int:
    """A whole number within limits; UsageError for anything else."""
    whole = isinstance(value, int | np.integer) or (
        isinstance(value, float | np.floating) and float(value).is_integer()
    )
    if not whole or not least <= value <= most:
        wanted = f"a whole number of at least {least}"
        if most != _INTEGER_MAX:
            wanted = f"a whole number from {least} to {most}"
        raise usage_error("option_out_of_range", option=option, value=repr(value), wanted=wanted)
    return int(value)


def plain(value: float) -> float | int:
    """10 for 10.0, as people write it."""
    return int(value) if float(value).is_integer() else float(value)
