"""The rulebook of benchmarks/points.cpp, whole, and a township like its: fifty rules, five of them
with caps, of which one is over all that a household gets in a month; groups, conditions,
cool-downs, terms, deductions; a hundredth of the rows takes an earlier one back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from points_rulebook import FIRST_DAY, ROLES, Cap, Frame, Rule, Township, deed_id

AS_OF = np.datetime64("2026-12-31")
STAGES = ("posted", "published", "declared", "rejected")
DEEDS = tuple(deed_id(d) for d in range(40))
ADULT = 16
CHOSEN_ROLES = ("party_member", "veteran")


CAPS = {
    10: Cap("household", "month", 20),
    11: Cap("person", "month", 20),
    12: Cap("household", "week", 20),
    13: Cap("household", "year", 20),
    14: Cap("household", "month", 20, over="all"),
}


@dataclass(frozen=True)
class Rulebook:
    """The rules and what the accounts begin with."""

    rules: tuple[Rule, ...]
    opening: int = 100
    objection_days: int = 0

    def as_table(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "rulebook": {
                "id": "township",
                "villages": ["*"],
                "effective_from": str(FIRST_DAY),
                "opening": {"points": self.opening, "period": "year"},
                "below_floor": "clamp",
                "objection_days": self.objection_days,
            },
            "group": [{"id": "honours", "hit_policy": "max"}, {"id": "service"}],
            "rule": [rule.as_table() for rule in self.rules],
        }


def rulebook() -> Rulebook:
    """That of points.cpp; deeds 0 to 9 have two rules each."""
    return Rulebook(
        tuple(
            Rule(
                number=r,
                deed=r % 40,
                points=-3 if r % 9 == 8 else 1 + r % 7,
                per_hour=r % 3 == 0,
                units_max=2 if r % 6 == 0 else None,
                age_min=ADULT if r % 4 == 1 else None,
                roles=CHOSEN_ROLES if r % 10 == 2 else (),
                evidence_min=1 if r % 8 == 5 else 0,
                cooldown_days=7 if r % 10 == 7 else 0,
                expires_after_months=12 if r % 5 == 3 else 0,
                group=("honours" if r % 10 < 5 else "service") if r < 10 or r >= 40 else "",
                cap=CAPS.get(r),
            )
            for r in range(50)
        )
    )


def severe() -> Rulebook:
    """The same with little to begin with, dear deductions and short terms, so that floors hold and
    lots expire within the year: what the township of points.cpp does not come to."""
    book = rulebook()
    rules = tuple(
        replace(
            rule,
            points=rule.points * (4 if rule.points < 0 else 1),
            expires_after_months=2 if rule.expires_after_months else 0,
            cooldown_days=60 if rule.cooldown_days else 0,
            cap=None if rule.cap is None else replace(rule.cap, limit=6),
        )
        for rule in book.rules
    )
    return Rulebook(rules, opening=3, objection_days=3)


def township(rows: int, seed: int = 1, *, rows_a_household: int = 10) -> Township:
    """A register of a year, in the order in which deeds were done and numbered: two persons a
    household, seven hundred households a village. Ids are categories."""
    random = np.random.default_rng(seed)
    count = max(1, rows // rows_a_household)
    village_count = max(1, count // 700)
    household_ids = pd.Index([f"H{h:08}" for h in range(count)], dtype="str")
    person_ids = pd.Index([f"P{p:08}" for p in range(2 * count)], dtype="str")
    villages = [f"V{v:05}" for v in range(village_count)]

    def coded(codes: NDArray[Any], names: Any) -> pd.Categorical:
        return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))

    each = np.arange(count)
    households = Frame(
        {"household_id": household_ids, "village": coded(each * village_count // count, villages)}
    )
    persons = Frame(
        {
            "person_id": person_ids,
            "household_id": coded(np.repeat(each, 2), household_ids),
            "age": random.integers(0, 90, 2 * count),
            "role": coded(random.integers(0, 4, 2 * count), ROLES),
        }
    )
    household = random.integers(0, count, rows)
    deed = random.integers(0, 40, rows)
    nobody = (random.integers(0, 8, rows) == 0) & (deed != 11)  # whose cap is by person
    person = np.where(nobody, -1, 2 * household + random.integers(0, 2, rows))
    date = FIRST_DAY + (np.arange(rows) * 360 // rows).astype("timedelta64[D]")
    recorded = date + random.integers(0, 4, rows).astype("timedelta64[D]")
    published = np.where(random.integers(0, 4, rows) == 0, date + 2, np.datetime64("NaT"))
    objection = np.where(random.integers(0, 200, rows) == 0, 0, -1)
    stage = np.maximum(random.integers(-46, 4, rows), 0)
    stage[stage == 1] = 0  # 96 of 100 are posted, the others declared or rejected
    numbers = pd.Series([f"R{r:09}" for r in range(rows)], dtype="str")
    # One in a hundred takes back the row of its household before, unless that does so itself.
    by_household = np.argsort(household, kind="stable")
    reverses = random.integers(0, 100, rows)[by_household] == 0
    reverses[1:] &= (household[by_household][1:] == household[by_household][:-1]) & ~reverses[:-1]
    places = np.flatnonzero(reverses[1:]) + 1
    target = pd.Series(None, index=numbers.index, dtype="str")
    target.iloc[by_household[places]] = numbers.to_numpy()[by_household[places - 1]]
    register = Frame(
        {
            "register_no": numbers,
            "date": date.astype("datetime64[s]"),
            "household_id": coded(household, household_ids),
            "person_id": coded(person, person_ids),
            "deed": coded(deed, DEEDS),
            "units": random.integers(0, 4, rows),
            "evidence": random.integers(0, 3, rows),
            "witnesses": random.integers(0, 3, rows),
            "stage": coded(stage, STAGES),
            "recorded_on": recorded.astype("datetime64[s]"),
            "published_on": published.astype("datetime64[s]"),
            "reviewer": coded(random.integers(0, 20, rows), [f"reviewer{i:02}" for i in range(20)]),
            "objection": coded(objection, ["upheld"]),
            "reverses": target,
        }
    )
    return Township(households, persons, register)


def as_read(of: Township) -> Township:
    """The same as `read_csv` gives it: ids and words are texts."""

    def texts(frame: Frame) -> Frame:
        coded = frame.columns[frame.dtypes == "category"]
        return frame.astype(dict.fromkeys(coded, "str"))

    return Township(texts(of.households), texts(of.persons), texts(of.register))
