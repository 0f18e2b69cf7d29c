"""The whole rulebook of points_rulebook_whole.py in pandas, NumPy and Arrow's functions, by columns
throughout, with all that a settlement yields but its reasons in words: of every entry rule, status,
reason, points and points clipped; the nearest miss; accounts, and lots by when they expire.

Rows are brought into the order (household, posting day, register_no) by sorting one whole number
each, so that a household's sums are sums of stretches. What depends on what came before goes in
rounds: the k-th row of every household (or of every counter of a cap) at once. Of accounts only
those need rounds in which something is taken back, the floor holds, or a lot expires; all others
have closed forms.

It serves this rulebook, not any: a cap is of a rule that is alone for its deed and gives points, a
rule has at most one condition, a deed two rules, the only hit policy besides `sum` is `max`, the
only floor 0 with `clamp`, and one rulebook is in force all year. It checks ids, dates and what
takes back what, and stops at the first fault.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from points_pandas_accounts import Accounts, account, preview, tangled
from points_pandas_rows import (
    DAYS,
    NEVER,
    REASON,
    STATUS,
    Array,
    Entries,
    Rows,
    cap,
    cool,
    laid_out,
    matched,
    numbered,
    ordered,
)
from points_rulebook import Frame, Township
from points_rulebook_whole import Rulebook


@dataclass
class Settled:
    """What is made."""

    entries: Frame
    balances: Frame
    lots: Frame
    seconds: dict[str, float] = field(default_factory=dict)  # of the processor, by part


class Clock:
    """Processor seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.process_time()

    def lap(self, part: str) -> None:
        """What went by since the lap before belongs to this part."""
        now = time.process_time()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self._at
        self._at = now


def settle(of: Township, book: Rulebook) -> Settled:
    """A settlement of a township as of AS_OF."""
    clock = Clock()
    of = Township(of.households, of.persons, numbered(of.register))
    rows = ordered(of, book)
    clock.lap("order: ids, posting days, sort, what takes back what")
    found = matched(of, book, rows)
    clock.lap("match: conditions, nearest misses")
    cool(rows, found)
    clock.lap("cool-downs")
    entries = laid_out(book, rows, found)
    clock.lap("hit policies, entries laid out")
    cap(book, rows, entries)
    clock.lap("caps")
    accounts = account(book, rows, entries)
    clock.lap("accounts and lots: closed forms")
    tangled(book, rows, entries, accounts)
    clock.lap("accounts and lots: rounds where rows are taken back, floors hold, lots expire")
    preview(rows, entries, accounts)
    clock.lap("pending")
    settled = framed(of, book, rows, entries, accounts)
    clock.lap("frames")
    settled.seconds = clock.seconds
    return settled


def words(codes: Array, names: Sequence[str]) -> pd.Categorical:
    """Codes as what they stand for."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))


def dates(days: Array) -> Array:
    """Days since FIRST_DAY as dates."""
    table = np.append(DAYS.astype("datetime64[s]"), np.datetime64("NaT"))
    return table[days]


def framed(of: Township, book: Rulebook, rows: Rows, entries: Entries, made: Accounts) -> Settled:
    """All of it as frames."""
    place, miss = entries.row, entries.miss
    source = rows.source[place]
    numbers = of.register["register_no"].array
    shown = rows.posted_on.copy()
    shown[~rows.posted] = NEVER
    rule_ids = [rule.id for rule in book.rules]
    none = (entries.rule < 0) & (rows.target[place] < 0)
    frame = Frame(
        {
            "register_no": numbers.take(source),
            "date": dates(rows.day[place]),
            "posted_on": dates(shown[place]),
            "household_id": pd.Categorical.from_codes(
                rows.household[place], categories=rows.household_ids
            ),
            "rule_id": words(entries.rule, rule_ids),
            "status": words(entries.status, STATUS),
            "points": entries.points.astype(np.int64),
            "points_clipped": (entries.raw - entries.points).astype(np.int64),
            "reason_code": words(entries.reason, REASON),
            "nearest_rule": words(np.where(none, miss.miss_rule[place], np.int8(-1)), rule_ids),
            "nearest_requirement": np.where(none, miss.miss_requirement[place], np.int8(-1)),
            "nearest_row": np.where(none, miss.miss_row[place], np.int32(-1)),
        },
        copy=False,
    )
    balances = Frame(
        {
            "household_id": rows.household_ids,
            "opening": made.balance - made.earned + made.deducted + made.expired,
            "earned": made.earned,
            "deducted": made.deducted,
            "expired": made.expired,
            "pending": made.pending,
            "balance": made.balance,
        }
    )
    of_lot = np.where(made.lot_entry < 0, -1, source[made.lot_entry])
    lots = Frame(
        {
            "household_id": pd.Categorical.from_codes(
                made.lot_household, categories=rows.household_ids
            ),
            "register_no": numbers.take(of_lot, allow_fill=True),
            "posted_on": dates(made.lot_posted),
            "expires_on": dates(made.lot_expires),
            "points": made.lot_points.astype(np.int64),
            "left": made.lot_left.astype(np.int64),
        },
        copy=False,
    )
    return Settled(frame, balances, lots)
