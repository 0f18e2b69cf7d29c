"""Of points_pandas_whole.py the second half: accounts and lots, by closed forms where they serve
and in rounds where rows are taken back, floors hold or lots expire; and what is pending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from points_pandas_rows import (
    DAYS,
    FLOORED,
    LAST_DAY,
    NEVER,
    PENDING,
    Array,
    Entries,
    Rows,
    days_of,
    rounds,
)
from points_rulebook_whole import Rulebook


@dataclass
class Accounts:
    """Sums by household, lots, and what rounds still have to look at."""

    earned: Array
    deducted: Array
    expired: Array
    balance: Array
    pending: Array
    rounds: Array  # of a household: whether rounds are needed
    amount: Array  # of an entry: what it moves, if it posts
    lot_household: Array
    lot_entry: Array  # −1: an opening
    lot_posted: Array
    lot_expires: Array
    lot_points: Array
    lot_left: Array
    lot_begins: Array  # of a household: its first lot, the opening
    state: Lots | None = None


def stretches(values: Array, begins: Array) -> Array:
    """Sums of stretches, none of which is empty."""
    return np.add.reduceat(values, begins, dtype=np.int64) if len(begins) else np.zeros(0, np.int64)


def lowest(values: Array, begins: Array) -> Array:
    """The least running sum of each stretch."""
    sums = np.cumsum(values, dtype=np.int64)
    before = sums[begins] - values[begins]
    return np.minimum.reduceat(sums, begins) - before if len(begins) else before


def expiry_days(posted_on: Array, months: Array) -> Array:
    """The day on which lots are gone, NEVER: none."""
    table = np.full((max(1, int(months.max(initial=0)) + 1), NEVER + 1), NEVER, np.int16)
    for term in np.unique(months[months > 0]).tolist():
        first = pd.Series(DAYS[: LAST_DAY + 1].astype("datetime64[s]")) + pd.DateOffset(months=term)
        table[term, : LAST_DAY + 1] = days_of(first, NEVER)
    return table[months, posted_on]


def account(book: Rulebook, rows: Rows, entries: Entries) -> Accounts:
    """Accounts as they are where nothing is taken back, no floor holds and no lot expires."""
    count = len(rows.household_ids)
    amount = entries.given
    posted = rows.posted
    if not posted.all():
        amount = np.where(posted[entries.row], amount, np.int32(0))
    entries.points[:] = amount
    with_rows = rows.household[rows.begins]
    begins = entries.first[rows.begins]
    award = np.maximum(amount, 0)
    earned, deducted = np.zeros(count, np.int64), np.zeros(count, np.int64)
    earned[with_rows] = stretches(award, begins)
    deducted[with_rows] = earned[with_rows] - stretches(amount, begins)
    in_rounds = np.zeros(count, bool)
    in_rounds[with_rows] = lowest(amount, begins) + book.opening < 0

    months = np.array([rule.expires_after_months for rule in book.rules], np.int8)
    with_term = np.append(months > 0, False)
    # Deductions take lots that expire first, in the order in which they came. What is left of those
    # is their running sum, less the lowest that it has been below 0.
    first_to_go = np.where(with_term[entries.rule] | (amount < 0), amount, np.int32(0))
    of_terms = np.zeros(count, np.int64)
    of_terms[with_rows] = stretches(np.maximum(first_to_go, 0), begins)
    left = np.zeros(count, np.int64)
    left[with_rows] = stretches(first_to_go, begins) - np.minimum(lowest(first_to_go, begins), 0)
    taken_of_terms = of_terms - left

    lots = np.flatnonzero(amount > 0)
    place = entries.row[lots]
    of = rows.household[place]
    lot_begins = np.cumsum(np.bincount(of, minlength=count) + 1) - 1
    lot_begins = np.append(0, lot_begins[:-1] + 1) if count else lot_begins
    at = np.arange(len(lots)) + of + 1
    size = len(lots) + count

    def column(openings: int, awards: Array, kind: Any) -> Array:
        made = np.full(size, openings, kind)
        made[at] = awards
        return made

    made = Accounts(
        earned,
        deducted,
        np.zeros(count, np.int64),
        book.opening + earned - deducted,
        np.zeros(count, np.int64),
        in_rounds,
        amount,
        np.repeat(np.arange(count, dtype=np.int32), np.diff(np.append(lot_begins, size))),
        column(-1, lots, np.int32),
        column(0, rows.posted_on[place], np.int16),
        column(NEVER, expiry_days(rows.posted_on[place], months[entries.rule[lots]]), np.int16),
        column(book.opening, amount[lots], np.int32),
        np.empty(0),
        lot_begins,
    )
    expiring = made.lot_expires != NEVER
    points = made.lot_points
    in_rounds[made.lot_household[made.lot_expires <= LAST_DAY]] = True

    def first_in_first_out(of_kind: Array, taken: Array) -> Array:
        issued = np.cumsum(np.where(of_kind, points, np.int32(0)), dtype=np.int64)
        before = issued[lot_begins] - np.where(of_kind[lot_begins], points[lot_begins], 0)
        return issued - (before + taken)[made.lot_household]

    over = np.where(
        expiring,
        first_in_first_out(expiring, taken_of_terms),
        first_in_first_out(~expiring, deducted - taken_of_terms),
    )
    made.lot_left = np.clip(over, 0, points)
    return made


@dataclass
class Lots:
    """Lots of some households, a line each, in the order in which they are spent."""

    line: Array  # of a household: its line, −1
    left: Array
    expires: Array
    balance: Array
    spent: Array  # of an entry that is taken back: what it took, lot by lot
    spent_of: Array  # of an entry: its line in `spent`, −1

    def take(self, lines: Array, wanted: Array) -> Array:
        """Takes points, first from what expires first; what was taken from each lot."""
        left = self.left[lines]
        before = np.cumsum(left, axis=1) - left
        taken = np.clip(wanted[:, None] - before, 0, left)
        self.left[lines] = left - taken
        self.balance[lines] -= wanted
        return taken

    def deduct(self, lines: Array, wanted: Array) -> tuple[Array, Array]:
        """A deduction that stops at 0: how much, and of which lots."""
        taken = np.minimum(wanted, np.maximum(self.balance[lines], 0))
        return taken, self.take(lines, taken)

    def expire(self, lines: Array, day: Array) -> Array:
        """What expires by a day."""
        gone = np.where(self.expires[lines] <= day[:, None], self.left[lines], 0)
        self.left[lines] -= gone
        sums = gone.sum(axis=1)
        self.balance[lines] -= sums
        return sums

    def take_back_award(self, lines: Array, column: Array, points: Array) -> Array:
        """First from its own lot, the rest as a deduction; how much."""
        own = np.minimum(points, self.left[lines, column])
        self.left[lines, column] -= own
        self.balance[lines] -= own
        taken, _ = self.deduct(lines, points - own)
        return own + taken

    def give_back(self, lines: Array, spent: Array, day: Array) -> tuple[Array, Array]:
        """To the lots that it was taken from; how much, and what of it expires at once."""
        self.left[lines] += spent
        back = spent.sum(axis=1)
        self.balance[lines] += back
        return back, self.expire(lines, day)


def tangled(book: Rulebook, rows: Rows, entries: Entries, made: Accounts) -> None:
    """Rounds over what moves in households that closed forms do not serve."""
    count = len(rows.household_ids)
    taker = np.flatnonzero((rows.target >= 0) & ~rows.void[rows.target])
    taker = taker[rows.posted[rows.target[taker]]]  # pending ones as well
    target = rows.target[taker]
    both = [
        (entries.first[taker[some]] + j, entries.first[target[some]] + j)
        for j in range(2)
        for some in [entries.count[taker] > j]
    ]
    back = np.concatenate([pair[0] for pair in both])
    forth = np.concatenate([pair[1] for pair in both])
    moved = made.amount[forth] != 0
    back, forth = back[moved], forth[moved]
    made.rounds[rows.household[entries.row[back]]] = True
    households = np.flatnonzero(made.rounds)
    if not len(households):
        return
    line = np.full(count, -1, np.int32)
    line[households] = np.arange(len(households))
    # Lots, a line a household, by (expiry, as they came).
    some = np.flatnonzero(made.rounds[made.lot_household])
    of = line[made.lot_household[some]]
    order = np.argsort(of.astype(np.int64) << 16 | made.lot_expires[some], kind="stable")
    column = np.empty(len(made.lot_household), np.int32)
    first = np.flatnonzero(np.diff(of, prepend=-1))
    column[some[order]] = np.arange(len(some)) - first[of]
    width = int(column[some].max()) + 1
    lots = Lots(
        line,
        np.zeros((len(households), width), np.int32),
        np.full((len(households), width), NEVER, np.int16),
        np.full(len(households), book.opening, np.int64),
        np.zeros((len(back), width), np.int32),
        np.full(len(entries.row), -1, np.int32),
    )
    lots.expires[of, column[some]] = made.lot_expires[some]
    lots.left[line[households], column[made.lot_begins[households]]] = book.opening
    lots.spent_of[forth] = np.arange(len(forth))
    made.state = lots
    lot_of = np.full(len(entries.row), -1, np.int32)
    lot_of[made.lot_entry[some]] = column[some]

    # Events: entries that move something, and what takes them back; of a row deductions go back
    # before awards are taken back.
    mine = np.flatnonzero(made.rounds[rows.household])
    at = np.repeat(entries.first[mine], entries.count[mine])
    at += np.arange(len(at)) - np.repeat(np.cumsum(entries.count[mine]) - entries.count[mine],
                                         entries.count[mine])  # fmt: skip
    at = at[made.amount[at] != 0]
    posts = rows.posted[entries.row[back]]
    event = np.concatenate([at, back[posts]])
    of_event = np.concatenate([np.full(len(at), -1), forth[posts]])
    award = made.amount[np.where(of_event < 0, event, of_event)] > 0
    order = np.lexsort((event, award & (of_event >= 0), entries.row[event]))
    event, of_event, award = event[order], of_event[order], award[order]
    lines = line[rows.household[entries.row[event]]]
    day = rows.posted_on[entries.row[event]]
    earned, deducted, expired = (np.zeros(len(households), np.int64) for _ in range(3))
    expires = bool((lots.expires <= LAST_DAY).any())
    for _, now in rounds(lines):
        if expires:
            expired[lines[now]] += lots.expire(lines[now], day[now])
        backs = of_event[now] >= 0
        e = now[~backs & award[now]]
        points = made.amount[event[e]]
        lots.left[lines[e], lot_of[event[e]]] += points
        lots.balance[lines[e]] += points
        earned[lines[e]] += points
        e = now[~backs & ~award[now]]
        taken, of_lots = lots.deduct(lines[e], -made.amount[event[e]])
        entries.points[event[e]] = -taken
        deducted[lines[e]] += taken
        kept = lots.spent_of[event[e]]
        lots.spent[kept[kept >= 0]] = of_lots[kept >= 0]
        e = now[backs & award[now]]
        points = made.amount[of_event[e]]
        taken = lots.take_back_award(lines[e], lot_of[of_event[e]], points)
        entries.points[event[e]] = -taken
        deducted[lines[e]] += taken
        e = now[backs & ~award[now]]
        given, gone = lots.give_back(lines[e], lots.spent[lots.spent_of[of_event[e]]], day[e])
        entries.points[event[e]] = given
        earned[lines[e]] += given
        expired[lines[e]] += gone
    if expires:
        expired += lots.expire(np.arange(len(households)), np.full(len(households), LAST_DAY))
    floored = event[(of_event < 0) & ~award]
    entries.reason[floored[entries.points[floored] != made.amount[floored]]] = FLOORED
    entries.raw[back] = -entries.points[forth]
    floored = back[posts & (made.amount[forth] > 0)]
    entries.reason[floored[entries.points[floored] != entries.raw[floored]]] = FLOORED
    made.earned[households], made.deducted[households] = earned, deducted
    made.expired[households], made.balance[households] = expired, lots.balance
    made.lot_left[some] = lots.left[of, column[some]]
    if not posts.all():
        preview_back(rows, entries, made, back[~posts], forth[~posts], lot_of)


# What is pending ----------------------------------------------------------------------------------


def preview_back(
    rows: Rows, entries: Entries, made: Accounts, back: Array, forth: Array, lot_of: Array
) -> None:
    """What pending rows would take back, each by itself after all else."""
    state = made.state
    assert state is not None
    row, alone = np.unique(entries.row[back], return_inverse=True)
    lines = state.line[rows.household[row]]
    trial = Lots(
        state.line,
        state.left[lines],
        state.expires[lines],
        state.balance[lines],
        state.spent,
        state.spent_of,
    )
    last = np.full(len(back), LAST_DAY)
    deduction = np.flatnonzero(made.amount[forth] < 0)
    for _, now in rounds(np.sort(alone[deduction])):  # at most one of a row here
        e = deduction[np.argsort(alone[deduction], kind="stable")][now]
        spent = state.spent[state.spent_of[forth[e]]]
        entries.points[back[e]], _ = trial.give_back(alone[e], spent, last[e])
    award = np.flatnonzero(made.amount[forth] > 0)
    award = award[np.lexsort((back[award], alone[award]))]
    for _, now in rounds(alone[award]):
        e = award[now]
        points = made.amount[forth[e]]
        taken = trial.take_back_award(alone[e], lot_of[forth[e]], points)
        entries.points[back[e]] = -taken
        entries.reason[back[e[taken < points]]] = FLOORED


def preview(rows: Rows, entries: Entries, made: Accounts) -> None:
    """What pending rows would give, each by itself after all else."""
    alone = ~rows.posted & (rows.stage == 0)
    places = np.flatnonzero(alone & (rows.target < 0) & ~rows.void)
    held = made.balance[rows.household[places]]
    for j in range(2):
        some = np.flatnonzero(entries.count[places] > j)
        at = entries.first[places[some]] + j
        given = entries.given[at]
        points = np.where(given < 0, -np.minimum(-given, np.maximum(held[some], 0)), given)
        entries.points[at] = points
        entries.reason[at[points != given]] = FLOORED
        held[some] += points
    at = np.flatnonzero(entries.status == PENDING)
    made.pending[:] = np.bincount(
        rows.household[entries.row[at]], entries.points[at], len(made.pending)
    ).astype(np.int64)
