"""The whole rulebook of points.cpp by gridgov and by pandas (points_pandas_whole.py), for
points_peers.py: processor seconds, the best of several runs in turn, and whether all that they
yield is the same."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import points_pandas_whole
from points_pandas_whole import Settled
from points_rulebook import Frame, Township
from points_rulebook_whole import AS_OF, Rulebook, as_read, rulebook, severe, township

from gridgov import points

RUNS = 3
Show = Callable[[str, float, float, float], None]  # program, seconds, those of gridgov, same


def by_gridgov(of: Township, book: points.Rulebooks) -> points.Settlement:
    """The call that users make, on one thread; balances are made when asked for."""
    settled = points.settle(
        book,
        of.households,
        of.register,
        persons=of.persons,
        as_of=str(AS_OF),
        keep_state=False,
        threads=1,
    )
    assert len(settled.balances) == len(of.households)
    return settled


def with_frames(of: Township, book: points.Rulebooks) -> points.Settlement:
    """The same, and all of it as frames, with a reason in words for each entry."""
    settled = by_gridgov(of, book)
    assert len(settled.lots) + len(settled.entries) > 0
    return settled


def share_alike(ours: points.Settlement, theirs: Settled, register: Frame) -> float:
    """The share of cells that are the same, in the column in which it is least."""
    shares = []

    def alike(one: pd.Series, other: pd.Series) -> None:
        one, other = (column.astype(object).reset_index(drop=True) for column in (one, other))
        if len(one) != len(other):
            shares.append(0.0)
        elif len(one):
            shares.append(float(((one == other) | (one.isna() & other.isna())).mean()))

    for name in ("entries", "balances", "lots"):
        left, right = getattr(ours, name), getattr(theirs, name)
        for column in left.columns.intersection(right.columns):
            alike(left[column], right[column])
    # The nearest miss: ours is told in words.
    reason = ours.entries["reason"]
    found = theirs.entries
    missed = ours.entries["rule_id"].isna().to_numpy() & found["nearest_rule"].notna().to_numpy()
    told = reason[missed].str.extract(r"(rule\d\d)(?:, which asks for (age|role) )?")
    alike(told[0], found["nearest_rule"][missed])
    alike(told[1].isna(), found["nearest_requirement"][missed] < 0)
    before = reason[missed].str.extract(r", and (R\d+) did")[0]
    rows = found["nearest_row"][missed].to_numpy()
    cooled = before.notna().to_numpy()
    alike(before[cooled], register["register_no"].iloc[rows[cooled]])
    nearest = ours.entries["reason_code"].isin(
        ["condition_failed", "evidence_missing", "cooling_down"]
    )
    alike(nearest, found["nearest_rule"].notna())
    return min(shares)


def measured(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of one run, and what it gave."""
    gc.collect()
    begin = time.process_time()
    made = work()
    return time.process_time() - begin, made


def compared(of: Township, book: Rulebook, what: str, show: Show, *, whole: bool) -> float:
    """Shows both; the share that is the same. `whole` shows frames and parts as well."""
    read = points.Rulebooks(book.as_table())
    ours, frames, theirs = [], [], []
    parts: dict[str, float] = {}
    same = 1.0
    for run in range(RUNS):
        seconds, settlement = measured(lambda: by_gridgov(of, read))
        ours.append(seconds)
        if whole:
            frames.append(measured(lambda: with_frames(of, read))[0])
        seconds, settled = measured(lambda: points_pandas_whole.settle(of, book))
        if not theirs or seconds < min(theirs):
            parts = settled.seconds
        theirs.append(seconds)
        if run == 0:
            same = share_alike(settlement, settled, of.register)
        del settlement, settled
    base = float(np.min(ours))
    show(f"gridgov, {what}", base, base, 1)
    if whole:
        show(f"gridgov, {what}, as frames with reasons in words", min(frames), base, 1)
    show(f"pandas, {what}", min(theirs), base, same)
    if whole:
        for part, seconds in parts.items():
            show(f"- {part}", seconds, base, same)
    return same


def side_by_side(rows: int, show: Show) -> bool:
    """Shows all; whether all agree."""
    of, book = township(rows), rulebook()
    alike = [
        compared(of, book, "the whole rulebook", show, whole=True),
        compared(as_read(of), book, "the whole rulebook from texts", show, whole=False),
        compared(of, severe(), "floors that hold and short terms", show, whole=False),
    ]
    return min(alike) == 1
