"""Points: village rulebooks, passbooks, exchange and a ledger that always adds up.

>>> from gridgov import points
>>> rules = points.Rulebooks('''
... [rulebook]
... id = "ganquan-2026"
... villages = ["*"]
... effective_from = 2026-01-01
...
... [[rule]]
... id = "volunteer"
... deed = "volunteer"
... points = 1
... per = "hour"
... units_max = 2
... ''')
>>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
...             "deed": ["volunteer"], "units": [5], "stage": ["posted"]}
>>> s = points.settle(rules, {"household_id": ["h1"]}, register, as_of="2026-03-31")
>>> s.balances["balance"].tolist()
[2]
"""

from gridgov.points.boards import Board
from gridgov.points.comparison import Comparison, compare
from gridgov.points.decomposition import Decomposition, decompose
from gridgov.points.ledger import verify_ledger
from gridgov.points.linting import lint
from gridgov.points.matching import Matches, match
from gridgov.points.rulebook import Rulebooks
from gridgov.points.settlement import Settlement, State, post, settle
from gridgov.points.statement import Statement

__all__ = [
    "Board",
    "Comparison",
    "Decomposition",
    "Matches",
    "Rulebooks",
    "Settlement",
    "State",
    "Statement",
    "compare",
    "decompose",
    "lint",
    "match",
    "post",
    "settle",
    "verify_ledger",
]


def __dir__() -> list[str]:
    return sorted(__all__)
