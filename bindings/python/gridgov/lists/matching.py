"""Needs matched with resources and projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov import _core, inputs, notebook
from gridgov.errors import Finding, Findings, finding
from gridgov.lists.catalogue import Language
from gridgov.lists.columns import columns_of, day_array, refuse, text_array, whole_array

MATCHES = ("need", "source", "amount")
UNMET = ("need", "amount", "reason_code", "reason")


@dataclass(frozen=True, eq=False)
class Matching:
    """What goes where.

    Attributes:
        matches: `need, source, amount`, and `source_table` (`resources` or `projects`); by need.
        reasons: For each unmet need a finding that says why; its code is `none_of_the_kind`,
            `too_little`, `out_of_place`, `out_of_time` or `taken_by_higher_priority`.
        amounts: What is missing, in the same order.

    Examples:
        >>> from gridgov import lists
        >>> m = lists.match({"need": ["n1"], "kind": ["lamp"], "amount": [3]},
        ...                 {"id": ["r1"], "kind": ["lamp"], "amount": [1]})
        >>> m.summary["amount_met"], m.unmet["reason_code"].tolist()
        (1, ['too_little'])
    """

    matches: pd.DataFrame
    reasons: Findings
    amounts: list[int]

    @property
    def unmet(self) -> pd.DataFrame:
        """`need, amount, reason_code, reason` in English."""
        return self.unmet_in("en")

    def unmet_in(self, lang: Language) -> pd.DataFrame:
        """`need, amount, reason_code, reason` in a language."""
        return pd.DataFrame(
            {
                "need": pd.array([reason.records[0] for reason in self.reasons], dtype="str"),
                "amount": np.array(self.amounts, dtype=np.int64),
                "reason_code": pd.array([one.code for one in self.reasons], dtype="str"),
                "reason": pd.array([one.message(lang) for one in self.reasons], dtype="str"),
            }
        )

    @property
    def summary(self) -> dict[str, Any]:
        """Amounts met and unmet, and why."""
        codes = [reason.code for reason in self.reasons]
        return {
            "matches": len(self.matches),
            "amount_met": int(self.matches["amount"].sum()),
            "unmet": len(self.amounts),
            "amount_unmet": sum(self.amounts),
            "reasons": {code: codes.count(code) for code in sorted(set(codes))},
        }

    def __repr__(self) -> str:
        told = self.summary
        return (
            f"<gridgov.lists.Matching: {told['amount_met']} met in {told['matches']} matches, "
            f"{told['amount_unmet']} of {told['unmet']} needs unmet>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_tables(self, {"matches": self.matches, "needs": self.unmet})


def match(needs: Any, resources: Any = None, projects: Any = None) -> Matching:
    """Matches needs with resources and projects: as much as can be, the largest priority first;
    and says of each need that is not wholly met why.

    Args:
        needs: A frame, Arrow table or mapping `need, kind, amount` and `village, priority, from,
            to`; amounts are whole.
        resources, projects: The same of `id, kind, amount` and `villages` (parted by `;`, or `*`),
            `from, to`. A day `to` is the first one no longer; empty is open.

    Raises:
        DataError: Every fault of the three tables.

    Examples:
        >>> from gridgov import lists
        >>> m = lists.match(
        ...     {"need": ["n1", "n2"], "kind": ["lamp"] * 2, "amount": [3, 3],
        ...      "village": ["a", "b"], "priority": [1, 2]},
        ...     {"id": ["r1"], "kind": ["lamp"], "amount": [4], "villages": ["a;b"]},
        ... )
        >>> m.matches[["need", "source", "amount"]].values.tolist()
        [['n1', 'r1', 1], ['n2', 'r1', 3]]
        >>> m.unmet[["need", "amount", "reason_code"]].values.tolist()
        [['n1', 2, 'taken_by_higher_priority']]
    """
    faults: list[Finding] = []
    wanted = _columns(needs, "needs", ("need", "kind", "amount"), _NEED, faults)
    have = _columns(_or_empty(resources), "resources", ("id", "kind", "amount"), _SOURCE, faults)
    plan = _columns(_or_empty(projects), "projects", ("id", "kind", "amount"), _SOURCE, faults)
    refuse(faults)
    need, project, source, amount, _unmet, missing, reasons = _core.match(wanted, have, plan)
    need_ids = inputs.texts(_given(needs, "need"))
    ids = [inputs.texts(_given(_or_empty(table), "id")) for table in (resources, projects)]
    return Matching(
        pd.DataFrame(
            {
                "need": pd.array([need_ids[row] for row in need], dtype="str"),
                "source": pd.array(
                    [ids[table][row] for table, row in zip(project, source, strict=True)],
                    dtype="str",
                ),
                "amount": np.array(amount),
                "source_table": pd.array(
                    [("resources", "projects")[table] for table in project], dtype="str"
                ),
            }
        ),
        Findings(reasons),
        missing.tolist(),
    )


_NEED = ("village", "priority", "from", "to")
_SOURCE = ("villages", "from", "to")


def _or_empty(table: Any) -> Any:
    return {"id": [], "kind": [], "amount": []} if table is None else table


def _given(table: Any, column: str) -> Any:
    values = columns_of(table, "", (column,))[column]
    return values.to_pylist() if hasattr(values, "to_pylist") else values


def _columns(
    table: Any, name: str, needed: tuple[str, ...], optional: tuple[str, ...], faults: list[Finding]
) -> dict[str, Any]:
    found = columns_of(table, name, needed, optional)

    def wrong_day(column: str) -> Callable[[int, Any], None]:
        return lambda row, cell: faults.append(
            finding("lists_not_a_date", table=name, row=row, column=column, value=cell)
        )

    result: dict[str, Any] = dict.fromkeys((*needed, *optional))
    for column, values in found.items():
        if column in ("amount", "priority"):
            result[column] = whole_array(values, name, column, faults)
        elif column in ("from", "to"):
            result[column] = day_array(values, wrong_day(column))
        else:
            result[column] = text_array(values)
    return result
