"""Certificates of lower bounds: what proves a bound, as JSON holds it, and its check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov import _core
from gridgov.errors import Finding, UsageError, finding, usage_error
from gridgov.options import Metric, partition_options, plain

FORMAT = "gridgov certificate 1"

_NOT_LIMITED = 2**63 - 1
_INTEGERS = {
    "courtyards_least": "courtyards_least",
    "courtyards_most": "courtyards_most",
    "weight_least_millionths": "weight_least",
    "weight_most_millionths": "weight_most",
    "bound_um": "component_um",
}


def certificate(bound: _core.Bound, ids: list[str], rules: Mapping[str, Any]) -> dict[str, Any]:
    """A bound as certificate.json has it: columns of components, columns of households."""
    rows = np.flatnonzero(bound.component_of != 2**32 - 1)
    components: dict[str, Any] = {"household_id": [ids[row] for row in bound.household]}
    for name, column in _INTEGERS.items():
        components[name] = getattr(bound, column).tolist()
    components["weight_most_millionths"] = [
        None if weight == _NOT_LIMITED else weight
        for weight in components["weight_most_millionths"]
    ]
    return {
        "format": FORMAT,
        "version": _core.version(),
        "rules": {name: rules[name] for name in ("min", "max", "target", "courtyards", "metric")},
        "lower_bound_total_distance_m": bound.total_distance_m,
        "bound_um": bound.total_um,
        "components": components,
        "households": {
            "household_id": [ids[row] for row in rows],
            "multiplier_um": bound.multiplier_um[rows].tolist(),
        },
    }


def gap(total_distance_m: float, bound_m: float) -> float | None:
    """Total ÷ bound − 1; None where there is no bound to speak of."""
    if bound_m > 0:
        return total_distance_m / bound_m - 1
    return 0.0 if total_distance_m == 0 else None


def metres(total_um: int) -> float:
    """Micrometres as metres, rounded down."""
    return total_um * (1e-6 * (1 - 2.0**-51))


def check(
    given: Any,
    town: _core.Town,
    graph: _core.Neighbours,
    ids: list[str],
    *,
    min: float,
    max: float,
    metric: Metric,
) -> tuple[float, list[Finding]]:
    """The bound that a certificate proves, in metres, and why it does not hold, if it does not.

    Raises `UsageError` (certificate_malformed) for what is no certificate.
    """
    read = _Reader(given)
    rules = read.rules()
    try:
        claimed = partition_options(**rules)
    except UsageError as error:
        raise _malformed("rules", error.finding.message()) from None
    within = min <= rules["target"] <= max
    wanted = partition_options(
        min=min,
        max=max,
        target=rules["target"] if within else min,
        courtyards=rules["courtyards"],
        metric=metric,
    )
    row_of = {name: row for row, name in enumerate(ids)}
    findings: list[Finding] = []
    names, multipliers = read.households()
    known = np.fromiter((row_of.get(name, -1) for name in names), np.int64, len(names))
    findings += [
        finding("certificate_unknown_household", records=[names[at]])
        for at in np.flatnonzero(known < 0)
    ]
    multiplier_um = np.zeros(len(ids), dtype=np.int64)
    multiplier_um[known[known >= 0]] = multipliers[known >= 0]
    columns = read.components()
    first = [row_of.get(name, -1) for name in columns["household_id"]]
    findings += [
        finding("certificate_unknown_household", records=[name])
        for name, row in zip(columns["household_id"], first, strict=True)
        if row < 0
    ]
    findings += _missing(town, ids, known, rules["max"])
    if findings:
        return 0.0, findings
    total_um, _relaxed, findings = _core.check_certificate(
        town,
        graph,
        multiplier_um=multiplier_um,
        household=np.array(first, dtype=np.uint32),
        **{column: columns[name] for name, column in _INTEGERS.items()},
        total_um=read.whole(given, "bound_um"),
        claimed=claimed,
        options=wanted,
    )
    return metres(total_um), findings


def _missing(
    town: _core.Town,
    ids: list[str],
    known: NDArray[np.int64],
    weight_max: float,
) -> list[Finding]:
    """Households that need a multiplier and have none: those with a place, but for the ones too
    heavy for any courtyard, with who follows them."""
    named = np.zeros(len(ids), dtype=bool)
    named[known[known >= 0]] = True
    anchor = town.anchor_of
    weight = town.weights.copy()
    needed = ~named
    if len(anchor):
        follows = anchor != 2**32 - 1
        np.add.at(weight, anchor[follows], weight[follows])
        needed &= ~follows
    needed &= weight <= weight_max + 1e-9
    return [
        finding("certificate_missing_household", records=[ids[row]])
        for row in np.flatnonzero(needed)
    ]


def _malformed(part: str, reason: str) -> UsageError:
    return usage_error("certificate_malformed", part=part, reason=reason)


class _Reader:
    """Takes a certificate apart, trusting nothing of it."""

    def __init__(self, given: Any) -> None:
        if not isinstance(given, Mapping) or given.get("format") != FORMAT:
            raise _malformed("format", f"not {FORMAT!r}")
        self._given = given

    def rules(self) -> dict[str, Any]:
        rules = self._part(self._given, "rules", Mapping)
        read = {name: rules.get(name) for name in ("min", "max", "target", "courtyards", "metric")}
        for name in ("min", "max", "target"):
            if not isinstance(read[name], int | float) or isinstance(read[name], bool):
                raise _malformed(f"rules.{name}", "not a number")
            read[name] = plain(read[name]) if abs(read[name]) < 1e15 else float("nan")
        return read

    def households(self) -> tuple[list[str], NDArray[np.int64]]:
        part = self._part(self._given, "households", Mapping)
        names = self._names(part, "households")
        if len(set(names)) != len(names):
            raise _malformed("households.household_id", "an id comes twice")
        return names, self._integers(part, "multiplier_um", len(names))

    def components(self) -> dict[str, Any]:
        part = dict(self._part(self._given, "components", Mapping))
        names = self._names(part, "components")
        limits = part.get("weight_most_millionths")
        if isinstance(limits, list):
            part["weight_most_millionths"] = [
                _NOT_LIMITED if limit is None else limit for limit in limits
            ]
        columns = {name: self._integers(part, name, len(names)) for name in _INTEGERS}
        return {"household_id": names} | columns

    def whole(self, part: Any, name: str) -> int:
        value = part.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
            raise _malformed(name, "not a whole number of 64 bits")
        return value

    @staticmethod
    def _part(given: Any, name: str, kind: type) -> Any:
        part = given.get(name)
        if not isinstance(part, kind):
            raise _malformed(name, "missing, or of another kind")
        return part

    def _names(self, part: Any, where: str) -> list[str]:
        names: list[str] = self._part(part, "household_id", list)
        if not all(isinstance(name, str) for name in names):
            raise _malformed(f"{where}.household_id", "ids are texts")
        return names

    def _integers(self, part: Any, name: str, length: int) -> NDArray[np.int64]:
        values = self._part(part, name, list)
        if len(values) != length:
            raise _malformed(name, f"{len(values)} entries where {length} are needed")
        if not all(type(value) is int and abs(value) < 2**63 for value in values):
            raise _malformed(name, "not all are whole numbers of 64 bits")
        return np.array(values, dtype=np.int64)
