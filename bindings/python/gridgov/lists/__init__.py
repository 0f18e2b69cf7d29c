"""Lists: who must do what, who must not be asked, what is overdue, who is overloaded, and why.

>>> from gridgov import lists
>>> town = lists.catalogue({
...     "catalogue": {"id": "manyue", "unlisted": "refer", "effective_from": "2026-01-01"},
...     "actor": [{"id": "ganquan", "level": "village"}],
...     "item": [{"id": "N-7", "matter": "land/demolition", "list": "negative",
...               "actor": "level:village", "department": "district housing bureau"}],
... })
>>> lists.decide(town, actor="ganquan", matter="land/demolition", date="2026-03-01")
<gridgov.lists.Decision: refuse_negative by N-7>
"""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from gridgov.lists.auditing import Difference, audit, conflicts, diff
from gridgov.lists.casework import Cases, cases
from gridgov.lists.catalogue import Catalogue, catalogue
from gridgov.lists.decision import Decision, NearestMiss, decide, decide_columns
from gridgov.lists.duty import (
    Duties,
    Overload,
    WorkingDays,
    Workload,
    duties,
    occurrences,
    workload,
)
from gridgov.lists.matching import Matching, match
from gridgov.lists.procedures import Procedure, procedure
from gridgov.lists.spreadsheet import from_table, write_toml

if _TYPE_CHECKING:
    from gridgov.lists.pictures import duty_heatmap, referral_graph, workload_bars

_PICTURES = ("duty_heatmap", "referral_graph", "workload_bars")

__all__ = [
    "Cases",
    "Catalogue",
    "Decision",
    "Difference",
    "Duties",
    "Matching",
    "NearestMiss",
    "Overload",
    "Procedure",
    "WorkingDays",
    "Workload",
    "audit",
    "cases",
    "catalogue",
    "conflicts",
    "decide",
    "decide_columns",
    "diff",
    "duties",
    "duty_heatmap",
    "from_table",
    "match",
    "occurrences",
    "procedure",
    "referral_graph",
    "workload",
    "workload_bars",
    "write_toml",
]


if not _TYPE_CHECKING:  # a checker shall know every name, not take any

    def __getattr__(name: str) -> _Any:
        """The pictures: what draws them is imported when they are first asked for."""
        if name in _PICTURES:
            return getattr(_importlib.import_module("gridgov.lists.pictures"), name)
        raise AttributeError(f"module 'gridgov.lists' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
