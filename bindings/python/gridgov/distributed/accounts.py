"""Points settled, village by village on many workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gridgov.distributed import results
from gridgov.distributed.villages import (
    DATE,
    TEXT,
    TRUTH,
    WHOLE,
    Frames,
    Made,
    VillageFinding,
    Work,
    by_bytes,
    first_column,
)
from gridgov.errors import codes, usage_error
from gridgov.inputs import choice, texts
from gridgov.points import columns, settlement
from gridgov.points.rulebook import Given, Rulebooks, day_of

TABLES = {
    "entries": {
        "village": TEXT,
        "register_no": TEXT,
        "date": DATE,
        "posted_on": DATE,
        "household_id": TEXT,
        "rule_id": TEXT,
        "status": TEXT,
        "points": WHOLE,
        "points_clipped": WHOLE,
        "reason_code": TEXT,
        "reason": TEXT,
    },
    "exchanges": {
        "village": TEXT,
        "exchange_no": TEXT,
        "date": DATE,
        "household_id": TEXT,
        "good": TEXT,
        "quantity": WHOLE,
        "shop": TEXT,
        "returns": TEXT,
        "points": WHOLE,
        "status": TEXT,
        "reason_code": TEXT,
        "reason": TEXT,
    },
    "balances": {
        "village": TEXT,
        "household_id": TEXT,
        **dict.fromkeys((*settlement.ACCOUNTS, "balance"), WHOLE),
    },
    "ledger": {
        "village": TEXT,
        "posting_no": WHOLE,
        "date": DATE,
        "debit_account": TEXT,
        "credit_account": TEXT,
        "points": WHOLE,
        "source": TEXT,
        "hash": TEXT,
    },
    "lots": {
        "village": TEXT,
        "household_id": TEXT,
        "register_no": TEXT,
        "posted_on": DATE,
        "expires_on": DATE,
        "points": WHOLE,
        "left": WHOLE,
    },
    "shop_months": {
        "village": TEXT,
        "shop": TEXT,
        "month": TEXT,
        **dict.fromkeys(("exchanges", "quantity", "points", "returns"), WHOLE),
        **dict.fromkeys(("returned_quantity", "returned_points"), WHOLE),
    },
}
MEASURES = {
    "households": WHOLE,
    "register_rows": WHOLE,
    "issued": WHOLE,
    "held": WHOLE,
    "pending": WHOLE,
    "conserved": TRUTH,
}
ASKED = {"village": TEXT, "good": TEXT, "shop": TEXT, "quantity": WHOLE}


def settle(
    rulebooks: Rulebooks | Given | list[Given],
    households: Any,
    register: Any,
    *,
    as_of: Any,
    persons: Any = None,
    exchanges: Any = None,
    goods: Any = None,
    villages: str = "village",
    tables: Sequence[str] = tuple(TABLES),
    threads: int = 1,
    split: bool = False,
    skip_faulty_villages: bool = False,
    client: Any = None,
    progress: results.ProgressLike = None,
) -> results.Result:
    """`gridgov.points.settle` of every village, each with a ledger of its own.

    Each village's tables are those of the local call of that village, hashes included; those of a
    local call of all villages but for `posting_no` and `hash`, which there run in one chain over
    all. The order of partitions, workers and rows changes nothing.

    Args:
        rulebooks: Of the whole town; see `gridgov.points.settle`.
        households, register, persons, exchanges: Dask or Spark DataFrames of one engine, each with
            the village's column: of the household that the row is about.
        as_of: The day.
        goods: A local table of the whole town. Where villages exchange in one shop and its stock
            may not do for all of them, they are not independent: refused (`stock_shared`).
        villages: The column by which every table is split.
        tables: Which tables are wanted, of `entries, exchanges, balances, ledger, lots,
            shop_months`.
        threads: Of one village.
        split: Every village stands whole in the partition of the same number of every table. Dask
            only; a village found in two is refused.
        skip_faulty_villages: Leave out villages with faults, whole, instead of refusing all.
        client, progress: See `gridgov.distributed.partition`.

    Raises:
        DataError: Every fault of every village, each a `VillageFinding`; `stock_shared` always.
        UsageError: Missing columns, unknown tables, an engine that is missing.
    """
    for name in tables:
        choice(name, "tables", tuple(TABLES))
    day_of(as_of, "as_of")
    given = {
        "households": households,
        "register": register,
        "persons": persons,
        "exchanges": exchanges,
    }
    frames = {name: frame for name, frame in given.items() if frame is not None}
    for name, frame in frames.items():
        there = results.columns_of(frame, name)
        for column in (villages, *columns.REQUIRED[name]):
            if column not in there and (name, column) != ("households", "household_id"):
                raise usage_error(
                    "column_missing", table=name, column=column, there=", ".join(there)
                )
    work = SettleWork(Rulebooks(rulebooks), goods, as_of, villages, frozenset(frames))
    work.tables = {name: TABLES[name] for name in TABLES if name in tables}
    work.threads = threads
    return results.run(
        work,
        frames,
        split=split,
        skip_faulty_villages=skip_faulty_villages,
        client=client,
        progress=progress,
    )


class SettleWork(Work):
    """`gridgov.points.settle` of one village."""

    measures = MEASURES
    told = {"asked": ASKED}  # noqa: RUF012
    threads = 1

    def __init__(
        self, rulebooks: Rulebooks, goods: Any, as_of: Any, villages: str, given: frozenset[str]
    ) -> None:
        self.rulebooks, self.goods, self.as_of, self.villages = rulebooks, goods, as_of, villages
        self.tables = TABLES
        self.village_columns = dict.fromkeys(given, villages)
        keys = {name for of in columns.COLUMNS.values() for _, name, kind in of if kind == "key"}
        self.key_columns = frozenset({*keys, "id", villages})

    def run(self, village: str, frames: Frames) -> Made:
        given: dict[str, Any] = dict(frames)
        households = given.pop("households")
        if self.villages != "village":
            households = households.assign(village=households[self.villages])
        settled = settlement.settle(
            self.rulebooks, households, given.pop("register"), **given, goods=self.goods,
            as_of=self.as_of, keep_state=False, threads=self.threads,
        )  # fmt: skip
        tables = {name: first_column(getattr(settled, name), village) for name in self.tables}
        measures = {name: settled.summary[name] for name in MEASURES}
        told = {"asked": first_column(_asked(settled), village)} if "exchanges" in frames else {}
        return Made(tables, measures, settled.findings, told)

    def check(self, told: Frames) -> list[VillageFinding]:
        """Stock that more than one village draws on, and that may not do for all of them."""
        if self.goods is None or told["asked"].empty:
            return []
        goods = columns.frame_columns(self.goods, "goods")
        names = zip(texts(goods["good"]), texts(goods["shop"]), strict=True)
        stock = pd.to_numeric(pd.Series(texts(goods["stock"])), errors="coerce").fillna(0)
        least: dict[tuple[str, str], int] = {}
        for pair, there in zip(names, stock.tolist(), strict=True):
            least[pair] = min(int(there), least.get(pair, int(there)))
        found = []
        for keys, rows in told["asked"].groupby(["good", "shop"]):
            good, shop = keys if isinstance(keys, tuple) else (keys, "")
            pair = str(good), str(shop)
            names_of = sorted(set(rows["village"]), key=by_bytes)
            if len(names_of) < 2 or int(rows["quantity"].sum()) <= least.get(pair, 2**62):
                continue
            fields = {"good": pair[0], "shop": pair[1], "villages": ", ".join(names_of)}
            found.append(
                VillageFinding(
                    "stock_shared", codes()["stock_shared"], "error", tuple(names_of), fields,
                    village=names_of[0],
                )
            )  # fmt: skip
        return found


def _asked(settled: settlement.Settlement) -> pd.DataFrame:
    """How much of each good was asked for in each shop, refused or not."""
    of = settled.core.exchanges()
    bought = np.asarray(of["returns"], np.int64) == settlement.NO_INDEX
    frame = settled.exchanges.loc[bought, ["good", "shop", "quantity"]].astype(
        {"good": "str", "shop": "str"}
    )
    asked: pd.DataFrame = frame.groupby(["good", "shop"], as_index=False)["quantity"].sum()
    return asked
