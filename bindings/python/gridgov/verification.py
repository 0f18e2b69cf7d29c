"""Checking an assignment, trusting nothing of who made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov import _core, certificates, inputs, notebook
from gridgov.errors import Findings, finding, usage_error
from gridgov.options import Metric, Unlocated, longest_link_m, partition_options
from gridgov.partitioning import Partition

_NO_HOUSEHOLD = 2**32 - 1


@dataclass(frozen=True, eq=False, repr=False)
class Verification:
    """What holds of an assignment.

    Attributes:
        findings: Every rule that is broken.
        frame: A row per courtyard: `courtyard_id, households, weight, connected, oversize,
            undersize, one_village`.
        measures: `courtyards, broken_courtyards, broken_share` and `disconnected_share` (of
            households), `total_distance_m, mean_distance_m, max_distance_m` to the true medoids;
            with a certificate that holds also `lower_bound_total_distance_m` and `gap`, else None.

    True where it holds.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(40)]
        >>> checked = gridgov.verify(line, ["a"] * 15 + ["b"] * 25, max=20)
        >>> checked
        <gridgov.Verification: does not hold; 1 of 2 courtyards broken, 1 finding, mean 53.0 m>
        >>> checked.frame[["courtyard_id", "oversize"]].values.tolist()
        [['a', False], ['b', True]]
    """

    findings: Findings
    frame: pd.DataFrame
    measures: dict[str, Any]

    @property
    def holds(self) -> bool:
        """Whether every rule holds."""
        return not any(found.severity == "error" for found in self.findings)

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        of, count = self.measures, len(self.findings)
        told = "holds" if self.holds else "does not hold"
        return (
            f"<gridgov.Verification: {told}; {of['broken_courtyards']} of {of['courtyards']} "
            f"courtyards broken, {count} finding{'' if count == 1 else 's'}, "
            f"mean {of['mean_distance_m']:.1f} m>"
        )

    def _repr_html_(self) -> str:
        tables = {"findings": self.findings.frame(), "courtyards": self.frame}
        return notebook.summary_and_tables(self, tables)


def verify(
    households: Any,
    assignment: Any,
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
    unlocated: Unlocated = "refuse",
    certificate: Any = None,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
) -> Verification:
    """Verifies any assignment of households to courtyards; it shares no code with the solver.

    Every household in exactly one courtyard; sizes from `min` to `max`; each courtyard connected
    and in one village; pins together; and, where the assignment names them, heads allowed and
    medoids, and distances right.

    Args:
        households: As `gridgov.partition` takes them; the keywords mean what they mean there.
        assignment: A frame `household_id, courtyard_id` (and `head_household_id`,
            `distance_to_head_m`, if they are to be checked), a `Partition`, or a label per
            household in their order.
        certificate: The certificate of a bound, as certificate.json holds it: the bound is proved
            anew, by code that shares nothing with what made it.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(20)]
        >>> gridgov.verify(line, ["a"] * 10 + ["b"] * 10).holds
        True
        >>> checked = gridgov.verify(line, ["a", "b"] * 10)
        >>> [finding.code for finding in checked.findings]
        ['courtyard_disconnected', 'courtyard_disconnected']
    """
    options = partition_options(min=min, max=max, target=min, metric=metric)
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
    claim = _Claim(assignment, read.household_ids())
    found = verification(read.town, graph, claim, options)
    if certificate is None:
        return found
    bound_m, findings = certificates.check(
        certificate, read.town, graph, read.household_ids(), min=min, max=max, metric=metric
    )
    found.findings.extend(findings)
    if not findings:
        found.measures["lower_bound_total_distance_m"] = bound_m
        found.measures["gap"] = certificates.gap(found.measures["total_distance_m"], bound_m)
    return found


def verification(
    town: _core.Town, graph: _core.Neighbours, claim: _Claim, options: _core.Options
) -> Verification:
    """Verifies a claim about a town whose neighbours are known."""
    checked = _core.verify(
        town,
        graph,
        labels=claim.labels,
        head_of_household=claim.heads,
        distance_to_head_m=claim.distances_m,
        courtyard_ids=claim.courtyard_ids,
        options=options,
    )
    frame = pd.DataFrame(
        {
            "courtyard_id": pd.array(claim.courtyard_ids, dtype="str"),
            "households": checked.households.astype(np.int64),
            "weight": checked.weight,
            "connected": checked.connected.astype(bool),
            "oversize": checked.oversize.astype(bool),
            "undersize": checked.undersize.astype(bool),
            "one_village": checked.one_village.astype(bool),
        }
    )
    sound = frame["connected"] & ~frame["oversize"] & ~frame["undersize"] & frame["one_village"]
    in_broken = int(frame.loc[~sound, "households"].sum())
    in_pieces = int(frame.loc[~frame["connected"], "households"].sum())
    measures = {
        "courtyards": len(frame),
        "broken_courtyards": int((~sound).sum()),
        "broken_share": in_broken / town.households,
        "disconnected_share": in_pieces / town.households,
        "total_distance_m": checked.total_distance_m,
        "mean_distance_m": checked.mean_distance_m,
        "max_distance_m": checked.max_distance_m,
        "lower_bound_total_distance_m": None,
        "gap": None,
    }
    return Verification(Findings([*claim.findings, *checked.findings]), frame, measures)


class _Claim:
    """An assignment joined to the households by id."""

    def __init__(self, assignment: Any, ids: list[str]) -> None:
        self.findings = Findings()
        self.heads: Any = None
        self.distances_m: Any = None
        if isinstance(assignment, Partition):
            assignment = assignment.households
        if isinstance(assignment, pd.DataFrame):
            self._join(assignment, ids)
            return
        if isinstance(assignment, str) or not isinstance(assignment, Iterable):
            raise usage_error(
                "type_wrong",
                option="assignment",
                given=type(assignment).__name__,
                wanted="a frame household_id, courtyard_id, or a label for each household",
            )
        labels = inputs.texts(assignment)
        if len(labels) != len(ids):
            raise usage_error(
                "shape_wrong",
                option="assignment",
                given=(len(labels),),
                wanted=f"({len(ids)},): a label for each household",
            )
        self._number(np.arange(len(ids)), labels, len(ids))

    def _number(self, rows: Any, names: list[str], households: int) -> None:
        """Numbers courtyards in the order in which they come; an empty name is none."""
        codes, courtyard_ids = pd.factorize(np.array([name or None for name in names], object))
        self.courtyard_ids: list[str] = [str(name) for name in courtyard_ids]
        self.labels = np.full(households, -1, dtype=np.int32)
        self.labels[rows] = codes

    def _join(self, frame: pd.DataFrame, ids: list[str]) -> None:
        named = inputs.texts(inputs.column_of(frame, "household_id", "assignment"))
        courtyards = inputs.texts(inputs.column_of(frame, "courtyard_id", "assignment"))
        row_of = {name: row for row, name in enumerate(ids)}
        first_of: dict[str, int] = {}
        kept = []
        for row, (name, courtyard) in enumerate(zip(named, courtyards, strict=True)):
            if name not in row_of:
                self._fault("assignment_unknown_household", name, row, courtyard=courtyard)
            elif name in first_of:
                first_row = first_of[name] + 1
                self._fault("assignment_duplicate_household", name, row, first_row=first_row)
            else:
                first_of[name] = row
                if courtyard == "":
                    self._fault("assignment_empty_courtyard", name, row)
                kept.append(row)
        rows = [row_of[named[row]] for row in kept]
        self._number(rows, [courtyards[row] for row in kept], len(ids))
        if "head_household_id" in frame.columns:
            heads = inputs.texts(frame["head_household_id"])
            self.heads = np.full(len(ids), _NO_HOUSEHOLD, dtype=np.uint32)
            self.heads[rows] = [row_of.get(heads[row], _NO_HOUSEHOLD) for row in kept]
        if "distance_to_head_m" in frame.columns:
            given = pd.to_numeric(frame["distance_to_head_m"], errors="coerce")
            distances_m = given.to_numpy(dtype=np.float64, na_value=np.nan)
            self.distances_m = np.full(len(ids), np.nan)
            self.distances_m[rows] = distances_m[kept]

    def _fault(self, code: str, name: str, row: int, **fields: Any) -> None:
        found = finding(code, records=[name], table="assignment", row=row, **fields)
        self.findings.append(found)


def claim_of(labels: Any, town: _core.Town) -> _Claim:
    """A claim of plain labels."""
    return _Claim(labels, [town.id(row) for row in range(town.households)])
