"""Settling points: what every register row gave and why, and what every household holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gridgov import _core, inputs, notebook
from gridgov.errors import DataError, Finding, Findings, Language, finding, usage_error
from gridgov.language import counted
from gridgov.options import threads_used
from gridgov.points import columns
from gridgov.points.rulebook import Given, Rulebooks, date_of, day_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gridgov.points.boards import Board
    from gridgov.points.statement import Statement

Progress = Callable[[float], object]

#: The columns of the tables, as the files have them.
ENTRIES = (
    "register_no",
    "date",
    "posted_on",
    "household_id",
    "rule_id",
    "status",
    "points",
    "points_clipped",
    "reason_code",
    "reason",
)
EXCHANGES = (
    "exchange_no",
    "date",
    "household_id",
    "good",
    "quantity",
    "shop",
    "returns",
    "points",
    "status",
    "reason_code",
    "reason",
)
ACCOUNTS = ("opening", "earned", "deducted", "redeemed", "expired", "forfeited", "pending")
BALANCES = ("household_id", *ACCOUNTS, "balance")
LEDGER = ("posting_no", "date", "debit_account", "credit_account", "points", "source", "hash")

NO_INDEX = 2**32 - 1
NO_DAY = 2**31 - 1
NO_HASH = "0" * 64

_STATUS: list[str] = _core.POINTS_WORDS["status"]
_REASON: list[str] = _core.POINTS_WORDS["reason"]
_EXCHANGE_STATUS: list[str] = _core.POINTS_WORDS["exchange_status"]
_REFUSAL: list[str] = _core.POINTS_WORDS["refusal"]


def settle(
    rulebooks: Rulebooks | Given | list[Given],
    households: Any,
    register: Any,
    *,
    as_of: Any,
    persons: Any = None,
    exchanges: Any = None,
    goods: Any = None,
    previous: Settlement | State | None = None,
    skip_faulty_villages: bool = False,
    keep_state: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> Settlement:
    """Settles a register of deeds under rulebooks, as it stands on a day.

    The same result for any order of the rows, any number of threads, and any split into settlements
    one after the other. All numbers of points are whole units.

    A table is a DataFrame, a mapping of columns or an Arrow table; further columns are ignored
    unless a rule's `when` names them. Ids are texts; dates are `datetime64`, Arrow dates or texts
    `YYYY-MM-DD`. Arrow-backed texts, categories and arrays of numbers are not copied.

    Args:
        rulebooks: `Rulebooks`, or what it takes.
        households: `household_id` or `id`, `village` (one village where it is absent).
        register: `register_no, date, household_id, deed, stage`, and where there are such
            `person_id, units, evidence, witnesses, reverses, recorded_on, reviewer, published_on,
            objection, mended_on`.
        as_of: The day.
        persons: `person_id, household_id`, and `valid_from, valid_to` where attributes are dated.
        exchanges: `exchange_no, date, household_id, good, quantity, shop`, and `returns`.
        goods: `good, points, stock, shop, effective_from`, and `title, yuan`.
        previous: A settlement, or its state, to go on from: the tables hold what is new since, and
            may hold what it knows, unchanged. What it posted is never rewritten.
        skip_faulty_villages: Leave out villages with faults, whole, instead of refusing all; not
            those that `previous` knows, whose ledger goes on.
        keep_state: False where nothing will go on from this settlement and it will not be pickled:
            less time and memory.
        threads: 0 for all; the result does not depend on it.
        progress: Called with the share done, 0 to 1. What it raises stops the work.

    Returns:
        The settlement, in frames.

    Raises:
        DataError: Every fault of every table, each with its table and row.
        UsageError: A column that is missing, a date that is none.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v-2026", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "study", "deed": "study", "points": 2, "caps": [
        ...         {"over": "rule", "scope": "household", "period": "year", "limit": 12}]}],
        ... }
        >>> register = {
        ...     "register_no": [f"r{i}" for i in range(10)],
        ...     "date": ["2026-03-01"] * 10, "household_id": ["h1"] * 10,
        ...     "deed": ["study"] * 10, "stage": ["posted"] * 10,
        ... }
        >>> s = points.settle(rules, {"household_id": ["h1"]}, register, as_of="2026-12-31")
        >>> s.balances["balance"].tolist(), s.summary["conserved"]
        ([12], True)
    """
    books = Rulebooks(rulebooks)
    given = {
        "households": households,
        "persons": persons,
        "register": register,
        "exchanges": exchanges,
        "goods": goods,
    }
    tables, day = columns.tables(given, books.columns()), day_of(as_of, "as_of")
    options: dict[str, Any] = {
        "threads": threads_used(threads),
        "skip_faulty_villages": bool(skip_faulty_villages),
        "progress": progress,
    }
    titles = _good_titles(goods, previous)
    if previous is None and not keep_state:
        made = _core.settle_points(books.core, tables, day, **options)
        return Settlement(made, books, good_titles=titles)
    state = _state_of(previous)
    try:
        made = _core.post_points(books.core, tables, day, state, **options)
        return Settlement(made, books, good_titles=titles)
    except DataError as error:
        if skip_faulty_villages and state.as_of is not None:
            kept = _kept_villages(error.findings, given, state)
            raise DataError([*error.findings, *kept]) from None
        raise


def _good_titles(goods: Any, previous: Settlement | State | None) -> dict[str, str]:
    """What goods are called: as of their last price; where several differ, the last in order."""
    titles = dict(getattr(previous, "good_titles", {}))
    of = {} if goods is None else columns.frame_columns(goods, "goods")
    if "title" in of:
        rows = [inputs.texts(of[name]) for name in ("effective_from", "title", "good")]
        for _, title, good in sorted(zip(*rows, strict=True)):
            if title.isprintable() and title.strip():
                titles[good] = title.strip()
    return titles


def _kept_villages(
    findings: Sequence[Finding], given: Mapping[str, Any], state: _core.PointsState
) -> list[Finding]:
    """For villages that cannot be left out, because a state knows them: a finding each."""
    households = columns.frame_columns(given["households"], "households")
    ids = inputs.texts(households["household_id"])
    one_village = [columns.ONE_VILLAGE] * len(ids)
    named = inputs.texts(households["village"]) if "village" in households else one_village
    village_of = dict(zip(ids, named, strict=False))
    known, faulty = set(state.settled().villages), set()
    for table in ("households", "persons", "register", "exchanges"):
        core_table = "deeds" if table == "register" else table
        rows = [f.row for f in findings if f.table == core_table and f.row is not None]
        if rows:
            column = columns.frame_columns(given[table], table)["household_id"]
            who = inputs.texts(column)
            faulty |= {village_of.get(who[row]) for row in rows if row < len(who)}
    return [
        finding("points_village_goes_on", records=[village], village=village)
        for village in sorted(known & faulty)
    ]


def post(
    events: Mapping[str, Any],
    state: State | None = None,
    *,
    rulebooks: Rulebooks | Given | list[Given],
    as_of: Any,
    threads: int = 0,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, State]:
    """Posts what is new, for a host that keeps the state in a database of its own.

    Args:
        events: The tables by name: `households, register`, and where there are such `persons,
            exchanges, goods`; see `settle`.
        state: What was posted before; None for nothing. `State.from_bytes` reads it back.
        rulebooks: See `settle`.
        as_of: The day; not before the state's.
        threads: 0 for all.
        progress: See `settle`.

    Returns:
        The entries that are new or changed, and the next state. Posting twice is once.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v-2026", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> deed = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...         "deed": ["meeting"], "stage": ["posted"]}
        >>> events = {"households": {"household_id": ["h1"]}, "register": deed}
        >>> entries, state = points.post(events, rulebooks=rules, as_of="2026-03-31")
        >>> entries[["register_no", "rule_id", "points"]].values.tolist()
        [['r1', 'meeting', 2]]
        >>> state = points.State.from_bytes(state.to_bytes())
        >>> entries, state = points.post(events, state, rulebooks=rules, as_of="2026-03-31")
        >>> len(entries)
        0
    """
    known = tuple(columns.COLUMNS)
    for name in events:
        if name not in known:
            raise usage_error("option_unknown", option="events", value=name, known=", ".join(known))
    tables: dict[str, Any] = {"households": None, "register": _NO_DEEDS} | dict(events)
    if tables["households"] is None:
        raise usage_error("column_missing", table="households", column="household_id", there="")
    settled = settle(
        rulebooks, **tables, as_of=as_of, previous=state, threads=threads, progress=progress
    )
    state = settled.state
    return settled.new_entries, state


_NO_DEEDS: dict[str, list[str]] = {name: [] for name in columns.REQUIRED["register"]}


def _state_of(previous: Any) -> _core.PointsState:
    if previous is None:
        return _core.PointsState()
    if isinstance(previous, Settlement):
        previous = previous.state
    if isinstance(previous, State):
        return previous.core
    raise usage_error(
        "type_wrong",
        option="previous",
        given=type(previous).__name__,
        wanted="a Settlement or a State",
    )


class State:
    """Everything that a next posting needs to know of those before. Immutable; pickles.

    Attributes:
        good_titles: Titles of goods by id, for reasons; not in the bytes.

    Examples:
        >>> from gridgov import points
        >>> points.State().as_of is None
        True
    """

    def __init__(
        self,
        core: _core.PointsState | None = None,
        good_titles: Mapping[str, str] | None = None,
    ) -> None:
        self.core = _core.PointsState() if core is None else core
        self.good_titles = dict(good_titles or {})

    @property
    def as_of(self) -> dt.date | None:
        """The day up to which everything is posted; None where nothing ever was."""
        return None if self.core.as_of is None else date_of(self.core.as_of)

    def to_bytes(self) -> bytes:
        """The state as bytes, versioned, with a SHA-256 of the rest."""
        return self.core.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """Reads it back. DataError where the bytes are no state, damaged or of a later version."""
        return cls(_core.PointsState.from_bytes(bytes(data)))

    def settlement(self, rulebooks: Rulebooks | Given | list[Given]) -> Settlement:
        """All that was posted, with the rulebooks that it was posted under."""
        return Settlement(self.core.settled(), Rulebooks(rulebooks), good_titles=self.good_titles)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> State:
        return self

    def __deepcopy__(self, memo: object) -> State:
        return self

    def __reduce__(self) -> Any:
        return _unpickled_state, (self.to_bytes(), self.good_titles)

    def __repr__(self) -> str:
        return f"<gridgov.points.State: as of {self.as_of}>"


def _unpickled_state(state: bytes, good_titles: dict[str, str]) -> State:
    return State(State.from_bytes(state).core, good_titles)


class Settlement:
    """A settlement: entries, exchanges, balances, ledger; why, and what comes next. Pickles.

    Attributes:
        rulebooks: The rulebooks that it was made under.
        good_titles: Titles of goods by id, where they are known; reasons name goods by them.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...             "deed": ["meeting"], "stage": ["posted"]}
        >>> s = points.settle(rules, {"household_id": ["h1", "h2"]}, register, as_of="2026-12-31")
        >>> s
        <gridgov.points.Settlement: as of 2026-12-31, 2 households, 1 register row, 2 points held>
        >>> s.entries[["register_no", "rule_id", "points"]].values.tolist()
        [['r1', 'meeting', 2]]
        >>> s.balances[["household_id", "balance"]].values.tolist()
        [['h1', 2], ['h2', 0]]
    """

    def __init__(
        self,
        core: _core.PointsSettlement,
        rulebooks: Rulebooks,
        told: tuple[list[str], list[Finding], NDArray[np.uint32] | None] | None = None,
        good_titles: Mapping[str, str] | None = None,
    ) -> None:
        self.core = core
        self.rulebooks = rulebooks
        self.good_titles = dict(good_titles or {})
        self._given = told

    @cached_property
    def _told(self) -> tuple[list[str], list[Finding], NDArray[np.uint32] | None]:
        """What no state holds: villages left out, their faults, new entries (None: all)."""
        if self._given is not None:
            return self._given
        core = self.core
        new = None if core.state is None else np.asarray(core.new_entries, np.uint32)
        return core.left_out, core.findings, new

    @property
    def as_of(self) -> dt.date:
        """The day."""
        return date_of(self.core.as_of)

    @cached_property
    def state(self) -> State:
        """What the next settlement goes on from (`previous`). UsageError where none was kept."""
        if self.core.state is None:
            raise usage_error("points_no_state")
        return State(self.core.state, self.good_titles)

    @property
    def villages(self) -> list[str]:
        """The villages, in byte order, but those left out."""
        return self.core.villages

    @property
    def left_out(self) -> list[str]:
        """Villages with faults that were left out (`skip_faulty_villages`)."""
        return list(self._told[0])

    @cached_property
    def findings(self) -> Findings:
        """Faults of the villages left out, and rows in error: two rules of a `unique` group."""
        return Findings([*self._told[1], *self._conflicts()])

    def _conflicts(self) -> list[Finding]:
        entries = self.core.entries()
        places = np.flatnonzero(entries["status"] == _STATUS.index("error"))
        of_row: dict[int, list[str]] = {}
        names = self.core.rules
        for place in places.tolist():
            rule = int(entries["rules"][place])
            named = of_row.setdefault(int(entries["rows"][place]), [])
            if rule != NO_INDEX:
                named.append(names[rule][1])
        if not of_row:
            return []
        rows = self.core.rows()
        numbers = columns.strings(rows["register_nos"])
        source = rows["source_rows"]
        return [
            finding(
                "points_rules_conflict",
                records=[numbers[row].as_py()],
                table="deeds",
                row=None if source[row] == NO_INDEX else int(source[row]),
                rules=", ".join(rules),
            )
            for row, rules in of_row.items()
        ]

    @property
    def holds(self) -> bool:
        """Whether no village was left out and no row is in error."""
        return not any(found.severity == "error" for found in self.findings)

    @cached_property
    def unit_scale(self) -> int:
        """Units that make a point when shown; 1 where rulebooks differ."""
        scales = {book["unit_scale"] for book in self.rulebooks}
        return int(scales.pop()) if len(scales) == 1 else 1

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Sums in units, liability and budget in yuan, and what was counted."""
        of = self.core.summary
        fen = of.pop("liability_fen")
        entries, exchanges = self.core.entries(), self.core.exchanges()
        return {
            "as_of": self.as_of.isoformat(),
            "rulebooks": self.rulebooks.ids,
            "villages": len(self.villages),
            "left_out_villages": self.left_out,
            "households": len(self.core.households()["balance"]),
            "register_rows": len(self.core.rows()["dates"]),
            "entries": _counts(entries["status"], _STATUS),
            "exchanges": _counts(exchanges["status"], _EXCHANGE_STATUS),
            "unit_scale": self.unit_scale,
            **{name: of[name] for name in ("issued", "held", "deducted", "redeemed", "expired")},
            **{name: of[name] for name in ("forfeited", "pending", "conserved")},
            "liability_yuan": None if fen is None else _yuan(fen),
            "budget_yuan": of["budget_yuan"],
        }

    @cached_property
    def entries(self) -> pd.DataFrame:
        """What rules gave: a row for each register row and rule that matched, or one for a row that
        none did. With reasons in English; `entries_in("zh")` has them in Chinese."""
        return self.entries_in("en")

    def entries_in(self, lang: Language) -> pd.DataFrame:
        """`entries` with reasons in a language."""
        return self._entries(None, lang)

    @cached_property
    def new_entries(self) -> pd.DataFrame:
        """Those of `entries` that this settlement added or changed."""
        new = self._told[2]
        return self.entries if new is None else self._entries(new, "en")

    def _entries(self, wanted: NDArray[np.uint32] | None, lang: Language) -> pd.DataFrame:
        entries, rows = self.core.entries(), self.core.rows()
        if wanted is not None:
            entries = {name: column[wanted] for name, column in entries.items()}
        at = entries["rows"]
        # A row that was not posted has no day of posting, though it may have one to come.
        code = entries["status"]
        posted = np.isin(
            code, [_STATUS.index(s) for s in ("posted", "reversed", "no_match", "error")]
        )
        posted_on = np.where(posted, rows["posted_on"][at], NO_DAY)
        reasons = _core.entry_reasons(self.core, self.rulebooks.core, wanted, lang == "zh")
        return pd.DataFrame(
            {
                "register_no": _taken(rows["register_nos"], at),
                "date": _dates(rows["dates"][at]),
                "posted_on": _dates(posted_on),
                "household_id": self._household_ids(rows["households"][at]),
                "rule_id": _named(entries["rules"], [rule for _, rule, _ in self.core.rules]),
                "status": _words(code, _STATUS),
                "points": entries["points"],
                "points_clipped": entries["points_clipped"],
                "reason_code": _words(entries["reasons"], _REASON),
                "reason": columns.strings(reasons).to_pandas(),
            }
        )

    def _household_ids(self, numbers: Any) -> Any:
        return _named(numbers, self._ids)

    @cached_property
    def _ids(self) -> list[str]:
        ids: list[str] = columns.strings(self.core.households()["ids"]).to_pylist()
        return ids

    @cached_property
    def exchanges(self) -> pd.DataFrame:
        """Each exchange, accepted or refused with its reason."""
        return self.exchanges_in("en")

    def exchanges_in(self, lang: Language) -> pd.DataFrame:
        """`exchanges` with reasons in a language."""
        of = self.core.exchanges()
        numbers = of["exchange_nos"]
        reasons = _core.exchange_reasons(
            self.core, self.rulebooks.core, lang == "zh", self.titles_in_order
        )
        return pd.DataFrame(
            {
                "exchange_no": columns.strings(numbers).to_pandas(),
                "date": _dates(of["dates"]),
                "household_id": self._household_ids(of["households"]),
                "good": _named(of["goods"], self.core.goods),
                "quantity": of["quantities"],
                "shop": _named(of["shops"], self.core.shops),
                "returns": _taken(numbers, of["returns"]),
                "points": of["points"],
                "status": _words(of["status"], _EXCHANGE_STATUS),
                "reason_code": _words(of["refusals"], _REFUSAL),
                "reason": columns.strings(reasons).to_pandas(),
            }
        )

    @cached_property
    def titles_in_order(self) -> list[str]:
        """Titles of the core's goods, in its order; empty where none is known."""
        return [self.good_titles.get(good, "") for good in self.core.goods]

    @cached_property
    def balances(self) -> pd.DataFrame:
        """Each household's account: balance = opening + earned − deducted − redeemed − expired −
        forfeited; `pending` stands outside."""
        of = self.core.households()
        frame = {"household_id": columns.strings(of["ids"]).to_pandas()}
        return pd.DataFrame(frame | {name: of[name] for name in (*ACCOUNTS, "balance")})

    @property
    def village_of(self) -> pd.Series:
        """The village of each household, by its id."""
        of = self.core.households()
        return pd.Series(
            _named(of["villages"], self.villages), index=pd.Index(self._ids), name="village"
        )

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Double-entry postings, chained by SHA-256."""
        return self.ledger_after(None)

    def ledger_after(
        self,
        day: Any,
        posting_no: int = 0,
        hash: str = NO_HASH,
    ) -> pd.DataFrame:
        """The postings dated after a day (None: all), going on from a posting and its hash."""
        after = None if day is None else day_of(day, "day")
        of = self.core.ledger(after=after, posting_no=posting_no, hash=hash)
        end = of.pop("end")
        frame = pd.DataFrame(
            {
                "posting_no": of["posting_no"],
                "date": _dates(of["date"]),
                "debit_account": columns.strings(of["debit_account"]).to_pandas(),
                "credit_account": columns.strings(of["credit_account"]).to_pandas(),
                "points": of["points"],
                "source": columns.strings(of["source"]).to_pandas(),
                "hash": columns.strings(of["hash"]).to_pandas(),
            }
        )
        frame.attrs["end"] = end
        return frame

    @cached_property
    def lots(self) -> pd.DataFrame:
        """Points that came at once and expire at once: issued and what is left of them."""
        of, entries, rows = self.core.lots(), self.core.entries(), self.core.rows()
        at = of["entries"]
        found = at != NO_INDEX
        row = np.full(len(at), NO_INDEX, np.uint32)
        row[found] = entries["rows"][at[found]]
        return pd.DataFrame(
            {
                "household_id": self._household_ids(of["households"]),
                "register_no": _taken(rows["register_nos"], row),
                "posted_on": _dates(of["posted_on"]),
                "expires_on": _dates(of["expires_on"]),
                "points": of["points"],
                "left": of["left"],
            }
        )

    @cached_property
    def shop_months(self) -> pd.DataFrame:
        """What each shop took in from each village in each month, and gave back."""
        of = self.core.shop_months()
        months = [f"{y:04d}-{m:02d}" for y, m in zip(of["year"], of["month"], strict=True)]
        counted: tuple[str, ...] = ("exchanges", "quantity", "points")
        counted += ("returns", "returned_quantity", "returned_points")
        return pd.DataFrame(
            {
                "shop": _named(of["shops"], self.core.shops),
                "village": _named(of["villages"], self.villages),
                "month": pd.Series(months, dtype="str"),
                **{name: of[name] for name in counted},
            }
        )

    def statement(self, household_id: str, lang: Language = "en") -> Statement:
        """A household's passbook: every line with its reason.

        Raises:
            UsageError: There is no such household.
        """
        from gridgov.points.statement import Statement

        return Statement(self, household_id, lang)

    def board(self, lang: Language = "en") -> Board:
        """Ranking, red list and black list on the day."""
        from gridgov.points.boards import Board

        return Board(self, lang=lang)

    def plot(
        self,
        axes: Axes | None = None,
        *,
        household: str | None = None,
        village: str | None = None,
        lang: Language = "en",
    ) -> Axes:
        """Draws balances over time: a household's, or how they spread over all or a village."""
        from gridgov.points import time_plot

        drawn: Axes = time_plot.over_time(
            self, axes, household=household, village=village, language=lang
        )
        return drawn

    def household_number(self, household_id: str) -> int:
        """A household's place in `balances`. UsageError where there is none."""
        number = self.core.household(str(household_id))
        if number is None:
            raise usage_error("points_household_unknown", household=household_id)
        return int(number)

    def shown(self, units: int, scale: int | None = None) -> str:
        """Units as points, for a person: with `unit_scale` 10 in tenths."""
        return shown(units, self.unit_scale if scale is None else scale)

    def __repr__(self) -> str:
        of = self.summary
        return (
            f"<gridgov.points.Settlement: as of {self.as_of}, "
            f"{counted(of['households'], 'household', 'households')}, "
            f"{counted(of['register_rows'], 'register row', 'register rows')}, "
            f"{counted(self.shown(of['held']), 'point', 'points')} held>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.balances, "households")

    def __copy__(self) -> Settlement:
        return Settlement(self.core, self.rulebooks, self._given, self.good_titles)

    def __deepcopy__(self, memo: object) -> Settlement:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return _unpickled, (self.state.to_bytes(), self.rulebooks, self._told, self.good_titles)


def _unpickled(
    state: bytes, rulebooks: Rulebooks, told: Any, good_titles: dict[str, str]
) -> Settlement:
    return Settlement(State.from_bytes(state).core.settled(), rulebooks, told, good_titles)


def shown(units: int, scale: int) -> str:
    """Units as points: `shown(125, 10)` is 12.5.

    >>> shown(-125, 10), shown(7, 1), shown(-5, 100)
    ('-12.5', '7', '-0.05')
    """
    if scale == 1:
        return str(units)
    whole, rest = divmod(abs(units), scale)
    decimals = len(str(scale)) - 1
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{decimals}d}"


def _yuan(fen: int) -> int | float:
    return fen // 100 if fen % 100 == 0 else fen / 100


def _counts(codes: NDArray[np.uint8], words: list[str]) -> dict[str, int]:
    counted = np.bincount(codes, minlength=len(words))
    return {word: int(count) for word, count in zip(words, counted, strict=False)}


def _dates(days: Any) -> NDArray[np.datetime64]:
    """Days as dates; none as NaT."""
    numbers = np.asarray(days, np.int64)
    stamps = numbers.astype("datetime64[D]").astype("datetime64[s]")
    stamps[numbers == NO_DAY] = np.datetime64("NaT")
    return stamps


def _words(codes: NDArray[np.uint8], words: list[str]) -> Any:
    return pd.Categorical.from_codes(codes.astype(np.int8), categories=pd.Index(words))


def _named(numbers: Any, names: list[str]) -> Any:
    """Numbers as the names that they stand for; names may repeat."""
    of_name = {name: place for place, name in enumerate(dict.fromkeys(names))}
    numbers = np.asarray(numbers, np.int64)
    if len(of_name) != len(names):
        code = np.array([of_name[name] for name in names] + [-1], np.int64)
        numbers = code[np.where(numbers == NO_INDEX, -1, numbers)]
    return pd.Categorical.from_codes(
        np.where(numbers == NO_INDEX, -1, numbers), categories=pd.Index(list(of_name), dtype="str")
    )


def _taken(buffers: tuple[Any, Any], places: Any) -> Any:
    """Texts by their places; none where there is none."""
    texts = columns.strings(buffers)
    places = np.asarray(places, np.int64)
    wanted = pa.array(places, mask=places == NO_INDEX)
    return texts.take(wanted).to_pandas()
