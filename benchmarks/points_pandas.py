"""The rulebook of points_rulebook.py in pandas, by columns throughout: `by_frames` as one writes
it, `by_codes` as one does after a day with a profiler. Both yield the points of every entry that is
not 0 and the households' sums, as gridgov does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from points_rulebook import (
    FIRST_DAY,
    OBJECTION_DAYS,
    OPENING,
    ROLES,
    Cap,
    Frame,
    Rule,
    Township,
    deed_id,
)


@dataclass(frozen=True)
class Matches:
    """What matched: for each rule places in `rows`, ascending, and raw points."""

    rows: NDArray[np.int64]  # of the register, in the order of posting
    of_rule: list[tuple[Rule, NDArray[np.int64], NDArray[np.int64]]]


def match_by_codes(of: Township, book: list[Rule], *, posted_only: bool = True) -> Matches:
    """Rows in the order of posting, and which rules match them with what raw points; cool-downs
    and groups are not looked at."""
    register = of.register
    recorded, published = register["recorded_on"], register["published_on"]
    published = published + pd.Timedelta(days=OBJECTION_DAYS)
    posted_on = recorded.where(~(published > recorded), published)
    day = (posted_on - FIRST_DAY).dt.days.to_numpy(dtype=np.int16)
    if posted_only:
        posts = ((register["stage"] == "posted") & (register["objection"] != "upheld")).to_numpy()
        kept = np.flatnonzero(posts)
    else:
        kept = np.arange(len(register))
    # Register numbers ascend with the rows, so a stable sort by day leaves equals in their order;
    # of 16-bit numbers it is a radix sort.
    rows = kept[np.argsort(day[kept], kind="stable")]
    deed = register["deed"].cat.codes.to_numpy()[rows]
    by_deed = np.argsort(deed, kind="stable")
    ends = np.searchsorted(deed[by_deed], np.arange(41))
    person = register["person_id"].cat.codes.to_numpy()
    # The last stands for no person, code -1.
    age = np.append(of.persons["age"].to_numpy(), -1)
    role = np.append(of.persons["role"].cat.codes.to_numpy(), -1)
    units, evidence = register["units"].to_numpy(), register["evidence"].to_numpy()
    found = []
    for rule in book:
        places = by_deed[ends[rule.deed] : ends[rule.deed + 1]]
        at = rows[places]
        passes = np.ones(len(places), dtype=bool)
        if rule.age_min is not None:
            passes &= age[person[at]] >= rule.age_min
        if rule.roles:
            passes &= np.isin(role[person[at]], [ROLES.index(name) for name in rule.roles])
        if rule.evidence_min:
            passes &= evidence[at] >= rule.evidence_min
        if not passes.all():
            places, at = places[passes], at[passes]
        raw = np.full(len(places), rule.points)
        if rule.per_hour:
            raw *= units[at] if rule.units_max is None else np.minimum(units[at], rule.units_max)
        found.append((rule, places, raw))
    return Matches(rows, found)


def by_codes(of: Township, book: list[Rule]) -> tuple[Frame, Frame]:
    """The entries that are not 0, and the households' sums."""
    matches = match_by_codes(of, book)
    register = of.register
    date = register["date"]
    household_of = register["household_id"].cat.codes.to_numpy()
    made, rivals = [], []
    for rule, every, all_raw in matches.of_rule:
        places, raw = every[all_raw != 0], all_raw[all_raw != 0]
        at = matches.rows[places]
        if rule.cooldown_days:
            warm = warm_rows(date.iloc[at], household_of[at], rule.cooldown_days)
            places, raw = places[warm], raw[warm]
        if rule.cap is not None:
            who = register[f"{rule.cap.scope}_id"].cat.codes.to_numpy()
            raw = capped(raw, who[at], date.iloc[at], rule.cap)
        if rule.group == "honours":
            rivals.append(Frame({"place": every, "rule": rule.number, "points": all_raw}))
        else:
            made.append(Frame({"place": places, "rule": rule.number, "points": raw}))
    # Of the honours for one row the highest, of equals the first in the file.
    honours = pd.concat(rivals, ignore_index=True)
    made.append(honours.loc[honours.groupby("place", sort=False)["points"].idxmax()])
    entries = pd.concat(made, ignore_index=True)
    entries = entries[entries["points"] != 0]
    order = np.argsort(entries["place"].to_numpy() * 64 + entries["rule"].to_numpy())
    entries = entries.iloc[order].reset_index(drop=True)
    entries["row"] = matches.rows[entries.pop("place")]
    return settled(entries, of)


def by_frames(of: Township, book: list[Rule]) -> tuple[Frame, Frame]:
    """The entries that are not 0, and the households' sums: a frame a rule."""
    register = of.register[
        (of.register["stage"] == "posted") & (of.register["objection"] != "upheld")
    ]
    published = register["published_on"] + pd.Timedelta(days=OBJECTION_DAYS)
    posted_on = register["recorded_on"].where(~(published > register["recorded_on"]), published)
    # Of one category with the register's, so that the merge is one of codes.
    same = of.persons["person_id"].astype(of.register["person_id"].dtype)
    about = of.persons[["age", "role"]].assign(person_id=same)
    deeds = (
        register[["date", "household_id", "person_id", "deed", "units", "evidence"]]
        .assign(posted_on=posted_on, row=register.index)
        .merge(about, on="person_id", how="left")
        .sort_values(["posted_on", "row"], ignore_index=True)
    )
    made, rivals = [], []
    for rule in book:
        hit = deeds["deed"] == deed_id(rule.deed)
        if rule.age_min is not None:
            hit &= deeds["age"] >= rule.age_min
        if rule.roles:
            hit &= deeds["role"].isin(rule.roles)
        if rule.evidence_min:
            hit &= deeds["evidence"] >= rule.evidence_min
        found = deeds[hit]
        raw = pd.Series(rule.points, index=found.index)
        if rule.per_hour:
            raw = rule.points * found["units"].clip(upper=rule.units_max)
        found = found.assign(rule=rule.number, points=raw)
        if rule.group != "honours":
            found = found[found["points"] != 0]
        if rule.cooldown_days:
            who = found["household_id"].cat.codes.to_numpy()
            found = found[warm_rows(found["date"], who, rule.cooldown_days)]
        if rule.cap is not None:
            who = found[f"{rule.cap.scope}_id"].cat.codes.to_numpy()
            found["points"] = capped(found["points"].to_numpy(), who, found["date"], rule.cap)
        (rivals if rule.group == "honours" else made).append(found[["row", "rule", "points"]])
    honours = pd.concat(rivals)  # their index is the place in the order of posting
    best = honours.reset_index(names="place").sort_values(
        ["place", "points", "rule"], ascending=[True, False, True]
    )
    made.append(best.drop_duplicates("place").set_index("place"))
    entries = pd.concat(made)
    entries = entries[entries["points"] != 0].reset_index(names="place")
    entries = entries.sort_values(["place", "rule"], ignore_index=True).drop(columns="place")
    return settled(entries, of)


def warm_rows(date: pd.Series, household: NDArray[Any], days: int) -> NDArray[np.bool_]:
    """Which rows a cool-down lets through. A round takes the first row that each household has left
    and drops what is too near to it."""
    left = Frame({"day": (date - FIRST_DAY).dt.days.to_numpy(), "household": household})
    warm = np.zeros(len(left), dtype=bool)
    while len(left):
        first = left.drop_duplicates("household")
        warm[first.index] = True
        again = left.drop(first.index)
        last = first.set_index("household")["day"].reindex(again["household"]).to_numpy()
        left = again[(again["day"] - last).abs() >= days]
    return warm


def capped(raw: NDArray[Any], who: NDArray[Any], date: pd.Series, cap: Cap) -> NDArray[Any]:
    """Points that a cap over the rule's own entries lets through, in order."""
    if cap.period == "week":
        period = date.dt.isocalendar().week.to_numpy(dtype=np.int64)
    elif cap.period == "year":
        period = np.zeros(len(raw), dtype=np.int64)
    else:
        period = getattr(date.dt, cap.period).to_numpy(dtype=np.int64)
    amount = pd.Series(np.ones_like(raw) if cap.measure == "count" else raw)
    used = amount.groupby(who.astype(np.int64) * 64 + period, sort=False).cumsum()
    given = used.clip(upper=cap.limit) - (used - amount).clip(upper=cap.limit)
    return np.where(given > 0, raw, 0) if cap.measure == "count" else given.to_numpy()


def settled(entries: Frame, of: Township) -> tuple[Frame, Frame]:
    """Deductions stopped at 0, and the sums. A balance that stops at 0 is the running sum less the
    lowest that it has been below 0."""
    ids = of.register["household_id"].array
    who = ids[entries["row"].to_numpy()]
    running = OPENING + entries["points"].groupby(who, observed=False, sort=False).cumsum()
    low = running.groupby(who, observed=False, sort=False).cummin().clip(upper=0)
    stopped = (low < 0).to_numpy()
    before = low[stopped].groupby(who[stopped], observed=True, sort=False).shift(fill_value=0)
    entries.loc[stopped, "points"] += before - low[stopped]
    award = entries["points"] > 0
    amount = entries["points"].abs()

    def sums(some: pd.Series) -> NDArray[np.int64]:
        return np.bincount(
            who.codes[some], weights=amount[some], minlength=len(of.households)
        ).astype(np.int64)

    balances = Frame({"household_id": of.households["household_id"], "earned": sums(award)})
    balances["deducted"] = sums(~award)
    balances["balance"] = OPENING + balances["earned"] - balances["deducted"]
    return entries[entries["points"] != 0], balances
