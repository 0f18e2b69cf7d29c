"""Ledgers as somebody hands them in: is the chain whole?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core, inputs
from gridgov.errors import Finding, Findings, usage_error
from gridgov.points import columns
from gridgov.points.settlement import LEDGER, NO_HASH


def verify_ledger(
    ledger: Any,
    *,
    posting_no: int = 0,
    hash: str = NO_HASH,
) -> Findings:
    """Checks a ledger's chain: numbers that ascend by one, dates that do not descend, points above
    0, and every hash. Trusts nothing of who made it.

    Args:
        ledger: `posting_no, date, debit_account, credit_account, points, source, hash`.
        posting_no: The posting before the first; 0 at the beginning.
        hash: That posting's hash.

    Returns:
        What is wrong, by row; nothing where all is well.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> register = {"register_no": ["r1", "r2"], "date": ["2026-03-01"] * 2,
        ...             "household_id": ["h1"] * 2, "deed": ["meeting"] * 2,
        ...             "stage": ["posted"] * 2}
        >>> s = points.settle(rules, {"household_id": ["h1"]}, register, as_of="2026-12-31")
        >>> points.verify_ledger(s.ledger)
        []
        >>> changed = s.ledger.assign(points=[2, 20])
        >>> [finding.code for finding in points.verify_ledger(changed)]
        ['ledger_hash_wrong']
    """
    return Findings(chain(ledger, posting_no, hash)[0])


def chain(ledger: Any, posting_no: int, hash: str) -> tuple[list[Finding], int, str]:
    """The findings, and where the chain ends."""
    found = columns.frame_columns(ledger, "ledger")
    for name in LEDGER:
        if name not in found:
            there = ", ".join(found)
            raise usage_error("column_missing", table="ledger", column=name, there=there)
    given = {
        "posting_no": ("integers", _numbers(found["posting_no"])),
        "date": columns.date(found["date"]),
        "points": columns.number(found["points"]),
    }
    keys = ("debit_account", "credit_account", "source", "hash")
    given |= {name: columns.key(found[name]) for name in keys}
    return _core.verify_ledger(given, posting_no=posting_no, hash=hash)


def _numbers(values: Any) -> NDArray[np.int64]:
    """Posting numbers; what is none is −1, which no chain has."""
    numbers = pd.to_numeric(pd.Series(inputs.texts(values)), errors="coerce")
    whole = numbers.notna() & (numbers % 1 == 0) & (numbers.abs() < 2**53)
    return numbers.where(whole, -1).to_numpy(dtype=np.int64)
