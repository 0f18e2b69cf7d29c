"""Rules of grid governance: households into courtyards of neighbours, points and lists.

`partition` makes courtyards and grids, `revise` brings them up to date, `verify` checks any, and
`explain` says why a household is where it is. `gridgov.points` settles points under villages'
rulebooks, `gridgov.lists` holds who must do what. `gridgov.distributed` does the same past one
machine; `write_report` joins the three.

Faults of data raise `DataError` with every fault, a caller's mistake `UsageError`; both are
ValueErrors. Results show themselves in notebooks, pickle, and are safe to share by threads.

>>> import gridgov
>>> p = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)])
>>> p.labels_.max() + 1, p.summary["broken_courtyards"]
(np.int32(3), 0)
"""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from gridgov._core import version as _version
from gridgov.comparison import algorithms, compare
from gridgov.errors import DataError, Finding, Findings, UsageError, codes
from gridgov.estimator import Courtyards
from gridgov.partitioning import Partition, partition
from gridgov.revision import Revision, revise
from gridgov.simulation import Township, simulate_township
from gridgov.town import write_report
from gridgov.verification import Verification, verify
from gridgov.wishes import Explanation, explain

if _TYPE_CHECKING:
    from gridgov import conditions, distributed, lists, points

__version__ = _version()

_LAYERS = ("conditions", "distributed", "lists", "points")

__all__ = [
    "Courtyards",
    "DataError",
    "Explanation",
    "Finding",
    "Findings",
    "Partition",
    "Revision",
    "Township",
    "UsageError",
    "Verification",
    "__version__",
    "algorithms",
    "codes",
    "compare",
    "conditions",
    "distributed",
    "explain",
    "lists",
    "partition",
    "points",
    "revise",
    "simulate_township",
    "verify",
    "write_report",
]


if not _TYPE_CHECKING:  # a checker shall know every name, not take any

    def __getattr__(name: str) -> _Any:
        """The layers, imported when they are first asked for."""
        if name in _LAYERS:
            return _importlib.import_module(f"gridgov.{name}")
        raise AttributeError(f"module 'gridgov' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
