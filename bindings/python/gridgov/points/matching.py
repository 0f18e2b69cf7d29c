"""Matching by itself: which rules of the rulebooks in force register rows meet."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core, notebook
from gridgov.errors import Finding
from gridgov.options import threads_used
from gridgov.points import columns
from gridgov.points.rulebook import Given, Rulebooks
from gridgov.points.settlement import Progress


def match(
    rulebooks: Rulebooks | Given | list[Given],
    households: Any,
    register: Any,
    *,
    persons: Any = None,
    skip_faulty_villages: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
) -> Matches:
    """Which rules each row of a register meets, and their raw points: what `settle` starts from.

    A rule is met when its `deed` is the row's (or, where no rule has that, its `nearest_of` names
    it), every test of its `when` holds, and `evidence_min` and `witness_min` are reached. Raw
    points are the rule's `points`, times the units where it has `per` (blank: 1; at most
    `units_max` count). Cool-downs, the hit policies of groups, caps and floors are not applied,
    and a declared row is matched like a posted one. A row meets nothing where no rulebook is in
    force in its village on its date, where it is rejected or an objection was upheld, where it
    takes another back, or where it stood before (given twice, the same).

    Tables are given as to `settle`, checked as there, and not copied where they are typed. The same
    result for any number of threads.

    Args:
        rulebooks: `Rulebooks`, or what it takes.
        households: See `settle`.
        register: See `settle`.
        persons: See `settle`.
        skip_faulty_villages: Leave out villages with faults instead of refusing all: their rows
            meet nothing.
        threads: 0 for all.
        progress: Called with the share done, 0 to 1. What it raises stops the work.

    Returns:
        The matches, in columns and as a frame.

    Raises:
        DataError: Every fault of every table, each with its table and row.
        UsageError: A column that is missing.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v-2026", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [
        ...         {"id": "helping", "deed": "volunteer", "points": 1, "per": "hour",
        ...          "units_max": 2},
        ...         {"id": "elder", "deed": "volunteer", "points": 3, "when": {"age": ">= 60"}},
        ...     ],
        ... }
        >>> register = {
        ...     "register_no": ["r1", "r2", "r3"], "date": ["2026-03-01"] * 3,
        ...     "household_id": ["h1"] * 3, "person_id": ["p1", "p2", "p2"], "units": [5, 1, 1],
        ...     "deed": ["volunteer", "volunteer", "feast"], "stage": ["posted"] * 3,
        ... }
        >>> persons = {"person_id": ["p1", "p2"], "household_id": ["h1", "h1"], "age": [30, 71]}
        >>> m = points.match(rules, {"household_id": ["h1"]}, register, persons=persons)
        >>> m.frame
           row rulebook  rule_id  points
        0    0   v-2026  helping       2
        1    1   v-2026  helping       1
        2    1   v-2026    elder       3
        >>> m.unmatched.tolist()
        [2]
    """
    books = Rulebooks(rulebooks)
    given = {"households": households, "persons": persons, "register": register}
    return Matches(
        **_core.match_points(
            books.core,
            columns.tables(given, books.columns()),
            threads=threads_used(threads),
            skip_faulty_villages=bool(skip_faulty_villages),
            progress=progress,
        )
    )


class Matches:
    """Which rules rows met: columns in compressed rows, read-only; a frame. Pickles.

    What row r of the register met stands at places `offsets[r]` to `offsets[r + 1]` of `rules` and
    `points`, in the order of its rulebook's file.

    Attributes:
        offsets: A place each row, and an end.
        rules: Numbers of rules, into `names`.
        points: Raw points, in units.
        names: (rulebook, rule, group) of every rule, by rulebook, then as in its file.
        left_out: Villages with faults that were left out (`skip_faulty_villages`).
        findings: Why they were left out.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> register = {"register_no": ["r1", "r2"], "date": ["2026-03-01"] * 2,
        ...             "household_id": ["h1"] * 2, "deed": ["meeting", "other"],
        ...             "stage": ["posted"] * 2}
        >>> m = points.match(rules, {"household_id": ["h1"]}, register)
        >>> m.offsets.tolist(), m.points.tolist(), m.unmatched.tolist()
        ([0, 1, 1], [2], [1])
    """

    def __init__(
        self,
        offsets: NDArray[np.int64],
        rules: NDArray[np.uint32],
        raw_points: NDArray[np.int64],
        names: list[tuple[str, str, str]],
        left_out: list[str],
        findings: list[Finding],
    ) -> None:
        self.offsets = offsets
        self.rules = rules
        self.points = raw_points
        self.names = names
        self.left_out = left_out
        self.findings = findings
        for column in (offsets, rules, raw_points):
            column.setflags(write=False)  # as they are, but for those that were pickled

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The row of the register of each match, ascending."""
        rows = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        rows.setflags(write=False)
        return rows

    @property
    def unmatched(self) -> NDArray[np.int64]:
        """Rows that met no rule. Why, and by what they missed the nearest, `settle` tells."""
        return np.flatnonzero(np.diff(self.offsets) == 0)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a match: `row` (of the register, from 0), `rulebook`, `rule_id`, `points`."""
        return pd.DataFrame(
            {
                "row": self.rows,
                "rulebook": self._named(0),
                "rule_id": self._named(1),
                "points": self.points,
            }
        )

    def _named(self, part: int) -> pd.Categorical:
        names = [name[part] for name in self.names]
        known = list(dict.fromkeys(names))
        number = {name: place for place, name in enumerate(known)}
        code = np.array([number[name] for name in names], np.int32)
        return pd.Categorical.from_codes(code[self.rules], categories=pd.Index(known, dtype="str"))

    def __len__(self) -> int:
        return len(self.rules)

    def __repr__(self) -> str:
        return (
            f"<gridgov.points.Matches: {len(self)} of {len(self.offsets) - 1} register rows and "
            f"{len(self.names)} rules>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.frame, "matches")

    def __reduce__(self) -> Any:
        columns = (self.offsets, self.rules, self.points)
        return Matches, (*columns, self.names, self.left_out, self.findings)
