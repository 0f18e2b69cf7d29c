"""Recurring duties: windows, evidence, rates; and the hours that they take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov import _core, notebook
from gridgov.errors import Findings
from gridgov.lists.catalogue import Catalogue, as_catalogue
from gridgov.lists.columns import (
    NO_DAY,
    NO_ROW,
    TextArray,
    categorical,
    columns_of,
    dates,
    day_array,
    day_of,
    text_array,
)
from gridgov.options import integer, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gridgov.errors import Language

WINDOWS = ("item", "actor", "village", "person", "opens", "due", "state", "done_on")
RATES = ("by", "key", "windows", "met", "late", "missed", "waived", "pending", "rate")
STATES = tuple(_core.DUTY_STATES)


def occurrences(rule: str, start: Any, *, until: Any, since: Any = None) -> NDArray[np.datetime64]:
    """The days of an RFC 5545 recurrence from `start` (DTSTART), up to `until`, both included.

    Raises:
        UsageError: The rule is none, or shorter than daily.

    Examples:
        >>> from gridgov import lists
        >>> lists.occurrences(
        ...     "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=20", "2026-01-01", until="2026-12-31"
        ... ).astype(str).tolist()
        ['2026-01-20', '2026-04-20', '2026-07-20', '2026-10-20']
    """
    first = day_of(start, "start")
    begin = first if since is None else day_of(since, "since")
    return dates(_core.occurrences(rule, first, begin, day_of(until, "until")))


class WorkingDays:
    """A calendar: Monday to Friday but for a table of days off and days made up for (调休).

    Args:
        holidays: A frame or mapping `date, kind` (`off` or `work`); None: no holidays.

    Examples:
        >>> from gridgov import lists
        >>> calendar = lists.WorkingDays({"date": ["2026-01-01", "2026-01-04"],
        ...                               "kind": ["off", "work"]})
        >>> str(calendar.after("2025-12-31", 2))
        '2026-01-04'
    """

    def __init__(self, holidays: Any = None) -> None:
        self._given: tuple[Any, TextArray] | None = None
        if holidays is not None:
            found = columns_of(holidays, "holidays", ("date", "kind"))
            self._given = (day_array(found["date"]), text_array(found["kind"]))
        self._core = self._made()

    def _made(self) -> _core.WorkingDays:
        return _core.WorkingDays() if self._given is None else _core.WorkingDays(*self._given)

    def __getstate__(self) -> dict[str, Any]:
        return {"_given": self._given}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._core = self._made()

    def __repr__(self) -> str:
        days = "no" if self._given is None else len(self._given[0])
        return f"<gridgov.lists.WorkingDays: {days} days other than the week's>"

    def is_working(self, date: Any) -> bool:
        """Whether people work on a day."""
        return self._core.is_working(day_of(date, "date"))

    def after(self, date: Any, days: int) -> np.datetime64:
        """The `days`-th working day after a day, which itself does not count."""
        return np.datetime64(self._core.after(day_of(date, "date"), days), "D")

    def count(self, first: Any, end: Any) -> int:
        """Working days from `first` to the day before `end`."""
        return self._core.count(day_of(first, "first"), day_of(end, "end"))


@dataclass(frozen=True, eq=False)
class Duties:
    """Windows of recurring duties and what the evidence says of them.

    Attributes:
        windows: `item, actor, village, person, opens, due, state, done_on`; by item, actor, day.
        rates: `by` (`item`, `actor`, `village`, `person`, `metric`), `key, windows, met, late,
            missed, waived, pending, rate`; rate = met ÷ (met + late + missed).
        unused_evidence: Rows of evidence that fall into no window.
        findings: Actors in the evidence that the catalogue does not know: warnings.
        as_of: The day that the states are of.
        window_count: How many windows there are, even where `windows` was not asked for.

    Examples:
        >>> from gridgov import lists
        >>> town = {
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "D-1", "matter": "disclosure", "list": "must", "actor": "ganquan",
        ...               "recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "due_days": 3}],
        ... }
        >>> done = {"date": ["2026-01-21"], "item": ["D-1"], "actor": ["ganquan"]}
        >>> found = lists.duties(town, done, as_of="2026-03-01")
        >>> found.counts["met"], found.counts["missed"], found.window_count
        (1, 1, 2)
    """

    windows: pd.DataFrame
    rates: pd.DataFrame
    unused_evidence: NDArray[np.uint32]
    findings: Findings
    as_of: np.datetime64
    window_count: int

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.unused_evidence.flags.writeable = False

    @property
    def counts(self) -> dict[str, int]:
        """Windows by state."""
        items = self.rates[self.rates["by"] == "item"]
        return {state: int(items[state].sum()) for state in STATES}

    def plot(self, *, lang: Language = "en") -> Figure:
        """The share met in time by actor and month, as a figure."""
        from gridgov.lists import pictures

        drawn: Figure = pictures.duty_figure(self, language=lang)
        return drawn

    def __repr__(self) -> str:
        told = ", ".join(f"{count} {state}" for state, count in self.counts.items() if count)
        return f"<gridgov.lists.Duties as of {self.as_of}: {self.window_count} windows ({told})>"

    def _repr_html_(self) -> str:
        tables = {"findings": self.findings.frame(), "rates": self.rates}
        return notebook.summary_and_tables(self, tables)


def duties(
    catalogue: Any,
    evidence: Any = None,
    *,
    as_of: Any,
    holidays: Any = None,
    metrics: Any = None,
    windows: bool = True,
) -> Duties:
    """One window for each occurrence of each recurring item, and the rates.

    Args:
        catalogue: A `Catalogue`, or what `catalogue` takes.
        evidence: What was done: a frame, Arrow table or mapping `date, item, actor` and `waived`
            (not empty: waived); None: nothing. Any order.
        as_of: The day up to which windows open and that their states are of.
        holidays: `date, kind` (`off`, `work`), or `WorkingDays`.
        metrics: Path of a TOML file of `[[metric]]`: rates that the town defines.
        windows: False: rates alone, for millions of windows.

    Raises:
        DataError: Evidence of an unknown item or actor, or of a day after `as_of`, and what is
            wrong with recurrences, holidays and metrics.

    Examples:
        >>> from gridgov import lists
        >>> town = {
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "D-1", "matter": "disclosure", "list": "must", "actor": "ganquan",
        ...               "recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "due_days": 3}],
        ... }
        >>> done = {"date": ["2026-01-21", "2026-02-27"], "item": ["D-1"] * 2,
        ...         "actor": ["ganquan"] * 2}
        >>> found = lists.duties(town, done, as_of="2026-04-20")
        >>> found.windows["state"].tolist()
        ['met', 'late', 'missed', 'pending']
        >>> found
        <gridgov.lists.Duties as of 2026-04-20: 4 windows (1 pending, 1 met, 1 late, 1 missed)>
    """
    whole_ = as_catalogue(catalogue)
    given = {name: [] for name in ("date", "item", "actor")} if evidence is None else evidence
    found = columns_of(given, "evidence", ("date", "item", "actor"), ("waived",))
    calendar = holidays if isinstance(holidays, WorkingDays) else WorkingDays(holidays)
    day = day_of(as_of, "as_of")
    told = _core.duties(
        whole_._core,
        day_array(found["date"]),
        text_array(found["item"]),
        text_array(found["actor"]),
        text_array(found["waived"]) if "waived" in found else None,
        calendar._core,
        day,
        windows,
        None if metrics is None else _metrics(metrics),
    )
    return Duties(
        _windows(whole_, told["windows"], told["person_sets"]),
        _rates(whole_, told["rates"], told["metrics"]),
        told["unused_evidence"],
        Findings(told["findings"]),
        np.datetime64(day, "D"),
        told["window_count"],
    )


def _metrics(given: Any) -> tuple[bytes, str]:
    path = Path(given)
    return path.read_bytes(), str(path)


def _windows(
    catalogue: Catalogue, table: dict[str, NDArray[Any]], persons: list[str]
) -> pd.DataFrame:
    core = catalogue._core
    actors = core.actors
    names: list[str] = actors["actor"]
    place = {name: at for at, name in enumerate(names)}
    village_of = np.array([place.get(name, NO_ROW) for name in actors["village"]] or [NO_ROW])
    return pd.DataFrame(
        {
            "item": categorical(table["item"], core.items["item"]),
            "actor": categorical(table["actor"], names),
            "village": categorical(village_of[table["actor"]], names),
            "person": categorical(table["persons"], persons),
            "opens": dates(table["opens"]),
            "due": dates(table["due"]),
            "state": categorical(table["state"], list(STATES)),
            "done_on": dates(table["done_on"]),
        }
    )


def _rates(
    catalogue: Catalogue, table: dict[str, NDArray[Any]], metrics: list[str]
) -> pd.DataFrame:
    core = catalogue._core
    actors: list[str] = core.actors["actor"]
    names = {
        "item": core.items["item"],
        "actor": actors,
        "village": actors,
        "person": core.persons["person"],
        "metric": metrics,
    }
    kinds = [_core.RATES_BY[code] for code in table["by"]]
    keys = [names[kind][key] for kind, key in zip(kinds, table["key"], strict=True)]
    judged = table["rate_denominator"].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(judged > 0, table["rate_numerator"] / judged, np.nan)
    columns: dict[str, Any] = {
        "by": pd.array(kinds, dtype="str"),
        "key": pd.array(keys, dtype="str"),
    }
    counts = ("windows", "met", "late", "missed", "waived", "pending")
    columns |= {name: table[name].astype(np.int64) for name in counts}
    return pd.DataFrame(columns | {"rate": rate})


@dataclass(frozen=True)
class Overload:
    """A proof that hours do not fit: these duties can be done by nobody but these persons, and take
    more hours than they have.

    Attributes:
        duties: (item, actor), most hours first.
        smallest: No proof has fewer persons, and none with these persons fewer duties.

    Examples:
        >>> from gridgov import lists
        >>> load = lists.workload({
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "person": [{"id": "p1", "posts": ["ganquan.clerk"], "capacity_hours": 10}],
        ...     "item": [{"id": "M-1", "matter": "a", "list": "must", "actor": "ganquan",
        ...               "lead": "clerk", "hours": 3, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}],
        ... }, months=1)
        >>> proof = load.overloads[0]
        >>> proof.persons, proof.hours, proof.capacity_hours
        (['p1'], 12.0, 10.0)
    """

    month: Any
    duties: list[tuple[str, str]]
    persons: list[str]
    hours: float
    capacity_hours: float
    smallest: bool

    def as_record(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "month": f"{self.month:%Y-%m}",
            "duties": [{"item": item, "actor": actor} for item, actor in self.duties],
            "persons": self.persons,
            "hours": self.hours,
            "capacity_hours": self.capacity_hours,
            "smallest": self.smallest,
        }


@dataclass(frozen=True, eq=False)
class Workload:
    """Hours against capacity.

    Attributes:
        persons: `person, month, hours, capacity_hours, posts, subsidy`; hours that several may do
            are shared evenly; no capacity: not known.
        posts: `actor, post, persons, month, hours`; post empty: the actor itself leads; persons:
            how many share the hours, 0 where nobody does.
        months: `month, feasible`: whether all hours fit, however they are shared.
        overloads: A proof for each group of people where a month does not fit.
        findings: The same as findings, and duties that nobody leads.

    Examples:
        >>> from gridgov import lists
        >>> load = lists.workload({
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "person": [{"id": "p1", "posts": ["ganquan.clerk"], "capacity_hours": 20}],
        ...     "item": [{"id": "M-1", "matter": "a", "list": "must", "actor": "ganquan",
        ...               "lead": "clerk", "hours": 3, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}],
        ... }, months=2)
        >>> load.feasible, load.persons[["month", "hours"]].values.tolist()
        (True, [['2026-01', 12.0], ['2026-02', 12.0]])
    """

    persons: pd.DataFrame
    posts: pd.DataFrame
    months: pd.DataFrame
    overloads: list[Overload]
    findings: Findings

    @property
    def feasible(self) -> bool:
        """Whether every month fits."""
        return bool(self.months["feasible"].all())

    @property
    def overloaded(self) -> list[str]:
        """Persons whose even share exceeds their capacity in some month, or whom a proof names."""
        over = self.persons[self.persons["hours"] > self.persons["capacity_hours"]]
        named = {person for overload in self.overloads for person in overload.persons}
        return sorted({*over["person"].tolist(), *named}, key=lambda name: name.encode())

    def plot(self, *, lang: Language = "en") -> Figure:
        """Each person's heaviest month against the capacity, as a figure."""
        from gridgov.lists import pictures

        drawn: Figure = pictures.workload_figure(self, language=lang)
        return drawn

    def __repr__(self) -> str:
        months = self.months["feasible"]
        return (
            f"<gridgov.lists.Workload: {int(months.sum())} of {len(months)} months fit; "
            f"{len(self.overloaded)} of {self.persons['person'].nunique()} persons overloaded>"
        )

    def _repr_html_(self) -> str:
        tables = {"findings": self.findings.frame(), "persons' months": self.persons}
        return notebook.summary_and_tables(self, tables)


def workload(
    catalogue: Any,
    *,
    start: Any = None,
    months: int = 12,
    capacity_hours: float | None = None,
    subsidy_percent: float | None = None,
    subsidy_posts: int | None = None,
) -> Workload:
    """Hours from items and recurrences on posts and persons, month by month.

    Args:
        catalogue: A `Catalogue`, or what `catalogue` takes.
        start: Any day of the first month; by default the catalogue's `effective_from`.
        months: How many, from 1 to 120.
        capacity_hours: A month's capacity of persons who state none; without it they take any load.
        subsidy_percent, subsidy_posts: Who qualifies for an overload subsidy in a month: at least
            so many percent of the capacity, and at least so many posts, as far as given.

    Examples:
        >>> from gridgov import lists
        >>> load = lists.workload({
        ...     "catalogue": {"effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "person": [{"id": "p1", "posts": ["ganquan.clerk"], "capacity_hours": 10}],
        ...     "item": [{"id": "M-1", "matter": "a", "list": "must", "actor": "ganquan",
        ...               "lead": "clerk", "hours": 3, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}],
        ... }, months=3)
        >>> load
        <gridgov.lists.Workload: 0 of 3 months fit; 1 of 1 persons overloaded>
        >>> load.overloads[0].duties, load.overloads[0].hours
        ([('M-1', 'ganquan')], 15.0)
    """
    whole_ = as_catalogue(catalogue)
    core = whole_._core
    found = _core.workload(
        core,
        NO_DAY if start is None else day_of(start, "start"),
        integer(months, "months", 0, 2**31 - 1),
        None if capacity_hours is None else number(capacity_hours, "capacity_hours"),
        None if subsidy_percent is None else number(subsidy_percent, "subsidy_percent"),
        None if subsidy_posts is None else integer(subsidy_posts, "subsidy_posts", 0, 2**31 - 1),
    )
    first_days = dates(found["months"])
    names = [str(day)[:7] for day in first_days]
    posts, persons = found["posts"], found["persons"]
    capacity = np.where(persons["capacity_hours"] < 0, np.nan, persons["capacity_hours"])
    return Workload(
        persons=pd.DataFrame(
            {
                "person": categorical(persons["person"], core.persons["person"]),
                "month": categorical(persons["month"], names),
                "hours": persons["hours"],
                "capacity_hours": capacity,
                "posts": persons["posts"],
                "subsidy": persons["subsidy"].astype(bool),
            }
        ),
        posts=pd.DataFrame(
            {
                "actor": categorical(posts["actor"], core.actors["actor"]),
                "post": pd.array(posts["post"], dtype="str"),
                "persons": posts["persons"],
                "month": categorical(posts["month"], names),
                "hours": posts["hours"],
            }
        ),
        months=pd.DataFrame(
            {"month": pd.array(names, dtype="str"), "feasible": found["feasible"].astype(bool)}
        ),
        overloads=[Overload(**overload) for overload in found["overloads"]],
        findings=Findings(found["findings"]),
    )
