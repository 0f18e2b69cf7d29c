"""Of points_pandas_whole.py the first half: a register in order, which rules match, cool-downs, hit
policies and caps, up to what each entry is given before balances are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from points_rulebook import FIRST_DAY, ROLES, Frame, Rule, Township
from points_rulebook_whole import AS_OF, DEEDS, STAGES, Rulebook

Array = NDArray[Any]

STATUS = ("posted", "pending", "rejected", "no_match", "reversed")
POSTED, PENDING, REJECTED, NO_MATCH, REVERSED = range(5)
REASON = (
    "given",
    "cap_clipped",
    "outbid",
    "below_floor",
    "reverses",
    "target_reversed",
    "stage_rejected",
    "objection_upheld",
    "condition_failed",
    "evidence_missing",
    "cooling_down",
)
GIVEN, CLIPPED, OUTBID, FLOORED, REVERSES, TARGET_REVERSED, STAGE, OBJECTION = range(8)
CONDITION, EVIDENCE, COOLING = range(8, 11)

#: Days are counted from FIRST_DAY. A row without a posting day comes after all others.
NEVER = 2047
LAST_DAY = int((AS_OF - FIRST_DAY).astype(int))
DAYS = FIRST_DAY + np.arange(NEVER).astype("timedelta64[D]")
MONTH = DAYS.astype("datetime64[M]").astype(np.int32) - FIRST_DAY.astype("datetime64[M]").astype(
    int
)
WEEK = ((DAYS - FIRST_DAY).astype(np.int32) + (FIRST_DAY.astype(int) + 3) % 7) // 7
#: What `month` is to `day`: a number below 64 of each period of the year.
PERIODS = {"month": MONTH, "week": WEEK, "year": np.zeros(NEVER, np.int32)}
LATER = np.int32(2**31 - 1)


@dataclass
class Rows:
    """The register in the order (household, posting day, register_no); columns by place."""

    source: Array  # row of the register
    household: Array  # place in `household_ids`
    day: Array
    posted_on: Array
    stage: Array  # STAGE, OBJECTION; 0: not rejected
    deed: Array  # without rows that are rejected or take another back: they are 127
    person: Array
    units: Array
    evidence: Array
    target: Array  # of a row that takes back: the place of the other; −1
    back: Array  # of a row: the place from which it is taken back, LATER: never
    void: Array  # taken back before it posts
    begins: Array  # places at which a household's begin
    household_ids: Any

    @property
    def posted(self) -> Array:
        """Which rows post."""
        return self.posted_on <= LAST_DAY


# The register in order ----------------------------------------------------------------------------


def codes_of(values: pd.Series, ids: Any) -> Array:
    """Places of values in `ids`; −1 of what is missing. Raises KeyError for what is not there."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        if values.cat.categories.equals(ids):
            return codes
        place = np.append(ids.get_indexer(values.cat.categories).astype(np.int32), -1)
        if (place[codes] < 0).sum() > (codes < 0).sum():
            raise KeyError(values.name)
        return place[codes]
    texts = pa.array(values, from_pandas=True)
    found = pc.index_in(texts, value_set=pa.array(ids).cast(texts.type), skip_nulls=True)
    if found.null_count > texts.null_count:
        raise KeyError(values.name)
    return pc.fill_null(found, -1).to_numpy(zero_copy_only=False)


def days_of(values: pd.Series, missing: int) -> Array:
    """Days since FIRST_DAY."""
    stamps = values.to_numpy()
    seconds = stamps.view(np.int64) - FIRST_DAY.astype("datetime64[s]").astype(np.int64)
    days = (seconds // 86_400).astype(np.int16)
    if values.hasnans:
        days[np.isnat(stamps)] = missing
    return days


def in_order(texts: pd.Series) -> bool:
    """Whether they ascend, none twice."""
    values = pa.array(texts, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.null_count == 0 and pc.all(pc.less(values[:-1], values[1:])).as_py() is not False


def numbered(register: Frame) -> Frame:
    """A register in the order of its numbers."""
    if in_order(register["register_no"]):
        return register
    register = register.sort_values("register_no", ignore_index=True)
    if not in_order(register["register_no"]):
        raise ValueError("register_no: missing or given twice")
    return register


def ordered(of: Township, book: Rulebook) -> Rows:
    """The register in order, checked, with what takes what back."""
    register, households = of.register, of.households
    village = households["village"]
    if isinstance(village.dtype, pd.CategoricalDtype):
        village = village.cat.codes
    if not (village.is_monotonic_increasing and in_order(households["household_id"])):
        households = households.sort_values(["village", "household_id"], ignore_index=True)
    household_ids = pd.Index(households["household_id"])
    count = len(register)
    household = codes_of(register["household_id"], household_ids)
    if (household < 0).any():
        raise ValueError("household_id: missing")
    stage = codes_of(register["stage"], pd.Index(STAGES, dtype="str"))
    upheld = (register["objection"] == "upheld").to_numpy()
    dropped = (stage == STAGES.index("rejected")) | upheld
    kind = np.where(dropped, np.where(upheld & (stage != 3), OBJECTION, STAGE), 0).astype(np.int8)
    day = days_of(register["date"], NEVER)
    recorded = days_of(register["recorded_on"], NEVER)
    recorded = np.where(recorded == NEVER, day, recorded)
    free = days_of(register["published_on"], -1 - book.objection_days) + np.int16(
        book.objection_days
    )
    posted_on = np.where(stage == 0, np.maximum(recorded, free), np.int16(NEVER))
    published = (stage == 1) & (free >= 0)
    if published.any():
        posted_on[published] = free[published]
    posted_on[dropped] = NEVER
    if min(day.min(), posted_on.min()) < 0 or max(day.max(), recorded.max()) >= NEVER:
        raise ValueError("date: out of the year")
    for name in ("units", "evidence"):
        if register[name].min() < 0:
            raise ValueError(f"{name}: below 0")

    bits = max(1, (count - 1).bit_length())
    keys = (household.astype(np.int64) << 11 | posted_on) << bits | np.arange(count)
    keys.sort()
    source = (keys & ((1 << bits) - 1)).astype(np.int32)
    keys >>= bits
    posted_on = (keys & NEVER).astype(np.int16)
    household = (keys >> 11).astype(np.int32)
    begins = np.flatnonzero(np.diff(household, prepend=-1))

    kind, day = kind[source], day[source]
    deed = codes_of(register["deed"], pd.Index(DEEDS, dtype="str")).astype(np.int8)[source]
    deed[kind != 0] = 127
    rows = Rows(
        source,
        household,
        day,
        posted_on,
        kind,
        deed,
        codes_of(register["person_id"], pd.Index(of.persons["person_id"])).astype(np.int32)[source],
        register["units"].to_numpy().astype(np.int32)[source],
        register["evidence"].to_numpy().astype(np.int32)[source],
        np.full(count, -1, np.int32),
        np.full(count, LATER, np.int32),
        np.zeros(count, bool),
        begins,
        household_ids,
    )
    take_back(register, rows)
    return rows


def take_back(register: Frame, rows: Rows) -> None:
    """Finds what rows take back, checks it, and what of it comes before its target posts."""
    reverses = register["reverses"]
    taking = np.flatnonzero(reverses.notna().to_numpy())
    if not len(taking):
        return
    names = pa.array(reverses.iloc[taking], from_pandas=True)
    hit = pc.index_in(pa.array(register["register_no"]), value_set=names)
    hit = pc.fill_null(hit, -1).to_numpy(zero_copy_only=False)
    there = np.flatnonzero(hit >= 0)
    target = np.full(len(taking), -1)
    target[hit[there]] = there
    place = np.empty(len(rows.source), np.int32)
    place[rows.source] = np.arange(len(rows.source), dtype=np.int32)
    taker, taken = place[taking], place[target]
    stands = rows.stage[taker] == 0
    taker, taken, target = taker[stands], taken[stands], target[stands]
    if (target < 0).any() or (rows.household[taker] != rows.household[taken]).any():
        raise ValueError("reverses: not a row of the household's")
    rows.deed[taker] = 127
    rows.target[taker] = taken
    if (rows.target[taken] >= 0).any() or len(np.unique(taken)) < len(taken):
        raise ValueError("reverses: a row that reverses, or twice")
    posts = rows.posted[taker]
    before = posts & (taker < taken)  # or the target is pending, and so comes later
    rows.void[taken[before | ~rows.posted[taken]]] = True
    after = posts & rows.posted[taken] & (taker > taken)
    rows.back[taken[after]] = taker[after]


# Which rules match --------------------------------------------------------------------------------


@dataclass
class Found:
    """What matched, rule by rule, and what did not."""

    of_rule: list[tuple[Rule, Array, Array]]  # places, ascending, and raw points
    count: Array  # of a row: rules that matched
    miss_reason: Array
    miss_rule: Array
    miss_requirement: Array  # −1: not of `when`
    miss_row: Array  # that it cools down after; −1


def matched(of: Township, book: Rulebook, rows: Rows) -> Found:
    """Which rules match which rows, and of rows that none does the nearest."""
    count = len(rows.source)
    age = np.append(of.persons["age"].to_numpy().astype(np.int16), -1)
    role = of.persons["role"]
    if not isinstance(role.dtype, pd.CategoricalDtype):
        role = pd.Series(pd.Categorical(role, categories=pd.Index(ROLES, dtype="str")))
    role_codes = np.append(role.cat.codes.to_numpy(), -1)
    by_deed = np.argsort(rows.deed, kind="stable")
    ends = np.searchsorted(rows.deed[by_deed], np.arange(len(DEEDS) + 1))
    found = Found(
        [],
        np.zeros(count, np.int8),
        np.zeros(count, np.int8),
        np.full(count, -1, np.int8),
        np.full(count, -1, np.int8),
        np.full(count, -1, np.int32),
    )
    rules_of: dict[int, list[Rule]] = {}
    for rule in book.rules:
        rules_of.setdefault(rule.deed, []).append(rule)
    for deed, of_deed in rules_of.items():
        places = by_deed[ends[deed] : ends[deed + 1]]
        least = np.full(len(places), 127, np.int8)
        for rule in of_deed:
            fails = np.zeros(len(places), np.int8)
            lacks = None
            if rule.age_min is not None:
                fails += ~(age[rows.person[places]] >= rule.age_min)
            if rule.roles:
                wanted = np.isin(
                    np.arange(-1, len(ROLES)), [ROLES.index(name) for name in rule.roles]
                )
                fails += ~wanted[role_codes[rows.person[places]] + 1]
            unmet = fails > 0
            if rule.evidence_min:
                lacks = rows.evidence[places] < rule.evidence_min
                fails += lacks
            passes = fails == 0
            nearer = np.flatnonzero(fails < least)
            least[nearer] = fails[nearer]
            missed = nearer[fails[nearer] > 0]
            if len(missed):
                at = places[missed]
                found.miss_rule[at] = rule.number
                found.miss_reason[at] = np.where(unmet[missed], CONDITION, EVIDENCE)
                found.miss_requirement[at] = np.where(unmet[missed], 0, -1)
            kept = places if passes.all() else places[passes]
            raw = np.full(len(kept), rule.points, np.int32)
            if rule.per_hour:
                units = rows.units[kept]
                raw *= units if rule.units_max is None else np.minimum(units, rule.units_max)
            found.count[kept] += 1
            found.of_rule.append((rule, kept, raw))
    found.of_rule.sort(key=lambda match: match[0].number)
    return found


def rounds(group: Array) -> Iterator[tuple[int, Array]]:
    """The first of every group, the second of every group and so on; groups stand together."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    rank = np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group))))
    if len(rank) == 0:
        return
    by_rank = np.argsort(rank.astype(np.int16), kind="stable")
    at = 0
    for k, size in enumerate(np.bincount(rank)):
        yield k, by_rank[at : at + size]
        at += size


def cool(rows: Rows, found: Found) -> None:
    """Takes out what cools down after an earlier row of the household's."""
    cooled: list[tuple[Rule, Array, Array]] = []
    for number, (rule, places, raw) in enumerate(found.of_rule):
        if not rule.cooldown_days:
            continue
        live = np.flatnonzero(~rows.void[places])
        household = rows.household[places[live]]
        again = np.zeros(len(live), bool)
        again[1:] = household[1:] == household[:-1]
        again[:-1] |= again[1:]
        live, household = live[again], household[again]
        at = places[live]
        day, back, posted = rows.day[at].astype(np.int32), rows.back[at], rows.posted[at]
        starts = posted & (raw[live] != 0)
        after = np.full(len(at), -1)  # the place that it cools down after
        for k, now in rounds(household):
            for j in range(k):
                # The household's j-th stands k − j places before.
                earlier = now - (k - j)
                near = starts[earlier] & (np.abs(day[now] - day[earlier]) < rule.cooldown_days)
                near &= (after[earlier] < 0) & (back[earlier] > at[now])
                near &= (after[now] < 0) | (day[earlier] < rows.day[after[now]])
                after[now[near]] = at[earlier[near]]
        cold = np.flatnonzero(after >= 0)
        if not len(cold):
            continue
        keep = np.ones(len(places), bool)
        keep[live[cold]] = False
        found.of_rule[number] = (rule, places[keep], raw[keep])
        found.count[at[cold]] -= 1
        cooled.append((rule, at[cold], after[cold]))
    for rule, places, after in reversed(cooled):  # of several the first in the file is told
        none = found.count[places] == 0
        places, after = places[none], after[none]
        found.miss_reason[places] = COOLING
        found.miss_rule[places] = rule.number
        found.miss_requirement[places] = -1
        found.miss_row[places] = rows.source[after]


# Entries ------------------------------------------------------------------------------------------


@dataclass
class Entries:
    """A row for each row of the register and rule that matched, or one where none did."""

    first: Array  # of a row: its first entry
    count: Array
    row: Array  # place
    rule: Array
    status: Array
    reason: Array
    raw: Array
    given: Array  # after caps, of rows that post or would
    points: Array
    miss: Found


def laid_out(book: Rulebook, rows: Rows, found: Found) -> Entries:
    """All entries in order, and what hit policies leave."""
    taker = np.flatnonzero(rows.target >= 0)
    taken = rows.target[taker]
    count = np.maximum(found.count, 1)
    count[taker] = count[taken]
    first = np.cumsum(count, dtype=np.int32) - count
    size = int(first[-1] + count[-1]) if len(first) else 0
    row = np.repeat(np.arange(len(count), dtype=np.int32), count)
    entries = Entries(
        first,
        count,
        row,
        np.full(size, -1, np.int8),
        np.empty(size, np.int8),
        np.zeros(size, np.int8),
        np.zeros(size, np.int32),
        np.zeros(size, np.int32),
        np.zeros(size, np.int32),
        found,
    )
    # Statuses by row, spread at once.
    posted = rows.posted
    status = np.where(posted, np.where(found.count > 0, POSTED, NO_MATCH), PENDING).astype(np.int8)
    status[rows.stage != 0] = REJECTED
    status[(rows.back != LATER) | (rows.void & posted)] = REVERSED
    status[taker] = np.where(posted[taker], POSTED, PENDING)
    entries.status = status[row]
    # Reasons of rows that no rule matched, or that were rejected; the others' come after.
    lone = np.flatnonzero(found.count == 0)
    entries.reason[first[lone]] = np.where(
        rows.stage[lone] != 0, rows.stage[lone], found.miss_reason[lone]
    )
    seen = np.zeros(len(count), np.int8)
    honours: dict[int, list[tuple[Array, Array]]] = {}
    for rule, places, raw in found.of_rule:
        at = first[places]
        if rule.number >= len(DEEDS) or rule.deed < len(book.rules) - len(DEEDS):
            at = at + seen[places]  # a deed of two rules
            seen[places] += 1
        entries.rule[at] = rule.number
        entries.raw[at] = raw
        entries.given[at] = raw
        if rule.group == "honours":
            honours.setdefault(rule.deed, []).append((places, at))
    for pair in honours.values():
        places, other = pair[-1]
        both = other[found.count[places] == 2]
        loser = np.where(entries.raw[both] > entries.raw[both - 1], both - 1, both)
        loser = loser[~rows.void[row[loser]]]
        entries.reason[loser] = OUTBID
        entries.given[loser] = 0
    gone = np.flatnonzero(rows.void)
    for j in range(2):
        at = first[gone[found.count[gone] > j]] + j
        entries.reason[at] = TARGET_REVERSED
        entries.given[at] = 0
    # What takes back has an entry for each of the other's.
    posts_before = posted[taken] & ~rows.void[taken] & (rows.stage[taken] == 0)
    reason = np.where(posts_before | (rows.stage[taken] != 0), REVERSES, TARGET_REVERSED)
    for j in range(2):
        some = count[taker] > j
        at = first[taker[some]] + j
        entries.rule[at] = entries.rule[first[taken[some]] + j]
        entries.reason[at] = reason[some]
    return entries


def cap(book: Rulebook, rows: Rows, entries: Entries) -> None:
    """What caps leave: first those over a rule's own entries, then those over all."""
    for over in ("rule", "all"):
        group, at = [], []
        for rule in book.rules:
            if rule.cap is None or rule.cap.over != over:
                continue
            mine = np.flatnonzero(entries.rule == rule.number)
            mine = mine[entries.given[mine] != 0]
            place = entries.row[mine]
            who = rows.person[place] if rule.cap.scope == "person" else rows.household[place]
            if (who < 0).any():
                raise ValueError("person_id: missing where a cap is by person")
            key = who.astype(np.int64) << 6 | PERIODS[rule.cap.period][rows.day[place]]
            group.append((key << 20 | rule.cap.limit) << 6 | (rule.number if over == "rule" else 0))
            at.append(mine)
        if not at:
            continue
        asks = np.concatenate(at)
        groups = np.concatenate(group)
        given = within_caps(rows, entries, asks, groups, over == "all")
        entries.reason[asks[given < entries.given[asks]]] = CLIPPED
        entries.given[asks] = given


def within_caps(rows: Rows, entries: Entries, asks: Array, groups: Array, over_all: bool) -> Array:
    """What entries get of what their counters have left. Counters grow by what is given and shrink
    when it is taken back; what is pending holds nothing."""
    names, group = np.unique(groups, return_inverse=True)
    limit = (names >> 6 & 0xFFFFF).astype(np.int32)
    place = entries.row[asks]
    who, sizes = np.arange(len(asks)), entries.given[asks]
    event = [(group, place, who, np.zeros(len(asks), np.int8))]
    returned = np.flatnonzero(rows.back[place] != LATER)
    event.append(
        (group[returned], rows.back[place[returned]], returned, np.ones(len(returned), np.int8))
    )
    if over_all:  # the household's other entries of the month
        month = rows.household * np.int32(64) + MONTH[rows.day]
        of_month = np.full(int(month.max()) + 1, -1, np.int32)
        of_month[month[place]] = group
        near = np.flatnonzero((of_month[month] >= 0) & rows.posted)
        for j in range(2):
            at = entries.first[near[entries.count[near] > j]] + j
            at = at[entries.given[at] > 0]
            at = at[~np.isin(at, asks)]
            here = entries.row[at]
            fixed = np.arange(len(sizes), len(sizes) + len(at))
            sizes = np.concatenate([sizes, entries.given[at]])
            event.append((of_month[month[here]], here, fixed, np.full(len(at), 2, np.int8)))
            gone = np.flatnonzero(rows.back[here] != LATER)
            event.append((of_month[month[here[gone]]], rows.back[here[gone]], fixed[gone],
                          np.ones(len(gone), np.int8)))  # fmt: skip
    group, place, who, kind = (np.concatenate(column) for column in zip(*event, strict=True))
    order = np.argsort(group.astype(np.int64) << 32 | place, kind="stable")
    group, place, who, kind = group[order], place[order], who[order], kind[order]
    holds = rows.posted[place]
    used = np.zeros(len(names), np.int32)
    for _, now in rounds(group):
        g, w = group[now], who[now]
        ask = kind[now] == 0
        amount = np.where(ask, np.minimum(sizes[w], np.maximum(limit[g] - used[g], 0)), sizes[w])
        sizes[w] = amount
        amount[kind[now] == 1] *= -1
        used[g] += np.where(holds[now], amount, 0)
    return sizes[: len(asks)]
