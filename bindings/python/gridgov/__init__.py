"""Rules of grid governance: households into courtyards of neighbours.

>>> import gridgov
>>> p = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)])
>>> p.labels_.max() + 1, p.summary["broken_courtyards"]
(np.int32(3), 0)
"""

from gridgov._core import version as _version
from gridgov.comparison import algorithms, compare
from gridgov.errors import DataError, Finding, UsageError, codes
from gridgov.estimator import Courtyards
from gridgov.partitioning import Partition, partition
from gridgov.revision import Revision, revise
from gridgov.simulation import Township, simulate_township
from gridgov.town import write_report
from gridgov.verification import Verification, verify
from gridgov.wishes import Explanation, explain

__version__ = _version()

__all__ = [
    "Courtyards",
    "DataError",
    "Explanation",
    "Finding",
    "Partition",
    "Revision",
    "Township",
    "UsageError",
    "Verification",
    "__version__",
    "algorithms",
    "codes",
    "compare",
    "explain",
    "partition",
    "revise",
    "simulate_township",
    "verify",
    "write_report",
]
