"""Cases: a log of disputes, problems and needs; who had each when, circles, time, deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import Findings
from gridgov.lists.catalogue import as_catalogue
from gridgov.lists.columns import categorical, columns_of, dates, day_array, day_of, text_array

LEVELS = (*_core.LEVELS, "unknown")


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases, a row each.

    Attributes:
        cases: `case_id, kind, opened, ended, holder, hops, returns, circles`, days at each level
            (`courtyard_days` to `unknown_days`), `solved_at`, `month_due, month_state`,
            `confirmation_due, confirmation_state`.
        findings: Circles in the record, and what is odd in it.
        as_of: The day that all is of.

    Examples:
        >>> from gridgov import lists
        >>> log = {"case_id": ["1", "1"], "date": ["2026-03-01", "2026-03-03"],
        ...        "actor": ["village", "village"], "event": ["opened", "solved"]}
        >>> found = lists.cases(log, as_of="2026-04-30")
        >>> found.solved_by_level["village"], found.summary["days_at"]["village"]
        (1, 2)
    """

    cases: pd.DataFrame
    findings: Findings
    as_of: np.datetime64

    @property
    def solved_by_level(self) -> dict[str, int]:
        """How many were solved at each level."""
        counts = self.cases["solved_at"].value_counts()
        return {level: int(counts.get(level, 0)) for level in LEVELS}

    @property
    def summary(self) -> dict[str, Any]:
        """The figures over all cases."""
        cases = self.cases
        ended = cases["ended"].notna()
        return {
            "cases": len(cases),
            "open": int((~ended).sum()),
            "ended": int(ended.sum()),
            "with_circles": int((cases["circles"] > 0).sum()),
            "hops_mean": float(cases["hops"].mean()) if len(cases) else None,
            "hops_max": int(cases["hops"].max()) if len(cases) else None,
            "solved_at": self.solved_by_level,
            "days_at": {level: int(cases[f"{level}_days"].sum()) for level in LEVELS},
            "month": _counts(cases["month_state"]),
            "confirmation": _counts(cases["confirmation_state"]),
        }

    def __repr__(self) -> str:
        told = self.summary
        return (
            f"<gridgov.lists.Cases as of {self.as_of}: {told['cases']} cases, {told['open']} open, "
            f"{told['with_circles']} went in circles>"
        )

    def _repr_html_(self) -> str:
        tables = {"findings": self.findings.frame(), "cases": self.cases}
        return notebook.summary_and_tables(self, tables)


def _counts(states: pd.Series[Any]) -> dict[str, int]:
    counts = states.value_counts()
    return {state: int(counts.get(state, 0)) for state in _core.DEADLINE_STATES}


def cases(log: Any, *, as_of: Any, catalogue: Any = None, levels: Any = None) -> Cases:
    """Goes through a log of cases.

    Args:
        log: A frame, Arrow table or mapping `case_id, date, actor, event` and `kind`; event is
            `opened`, `referred`, `accepted`, `returned`, `agreed`, `solved` or `closed`, and
            `actor` who has the case from then on. Rows of one day in the order given.
        as_of: The day that all is of.
        catalogue: Says at which level an actor stands; or
        levels: A frame or mapping `actor, level`. Without either an actor named as a level stands
            there.

    Raises:
        DataError: Rows without a case or actor, unknown events, dates after `as_of`.

    Examples:
        >>> from gridgov import lists
        >>> log = {
        ...     "case_id": ["1", "1", "1", "1"],
        ...     "date": ["2026-03-01", "2026-03-03", "2026-03-10", "2026-03-12"],
        ...     "actor": ["village", "town", "village", "village"],
        ...     "event": ["opened", "referred", "returned", "solved"],
        ... }
        >>> found = lists.cases(log, as_of="2026-04-30")
        >>> found
        <gridgov.lists.Cases as of 2026-04-30: 1 cases, 0 open, 1 went in circles>
        >>> found.cases[["hops", "village_days", "town_days", "solved_at"]].values.tolist()
        [[2, 4, 7, 'village']]
    """
    found = columns_of(log, "cases", ("case_id", "date", "actor", "event"), ("kind",))
    standing = None
    if levels is not None:
        named = columns_of(levels, "levels", ("actor", "level"))
        standing = (text_array(named["actor"]), text_array(named["level"]))
    day = day_of(as_of, "as_of")
    told = _core.cases(
        text_array(found["case_id"]),
        day_array(found["date"]),
        text_array(found["actor"]),
        text_array(found["event"]),
        text_array(found["kind"]) if "kind" in found else None,
        day,
        standing,
        None if catalogue is None else as_catalogue(catalogue)._core,
    )
    days = told["days"].reshape(-1, len(LEVELS))
    states = list(_core.DEADLINE_STATES)
    columns: dict[str, Any] = {
        "case_id": pd.array(told["case_id"], dtype="str"),
        "kind": pd.array(told["kind"], dtype="str"),
        "opened": dates(told["opened"]),
        "ended": dates(told["ended"]),
        "holder": pd.array(told["holder"], dtype="str"),
        "hops": told["hops"],
        "returns": told["returns"],
        "circles": told["circles"],
    }
    columns |= {f"{level}_days": days[:, at] for at, level in enumerate(LEVELS)}
    columns |= {
        "solved_at": categorical(told["solved_at"], list(LEVELS)),
        "month_due": dates(told["month_due"]),
        "month_state": categorical(told["month_state"], states),
        "confirmation_due": dates(told["confirmation_due"]),
        "confirmation_state": categorical(told["confirmation_state"], states),
    }
    return Cases(pd.DataFrame(columns), Findings(told["findings"]), np.datetime64(day, "D"))
