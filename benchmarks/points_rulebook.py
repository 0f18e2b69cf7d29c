"""The rulebook and the register that points_peers.py gives to everyone: fifty rules, five of them
with caps, and a township's deeds of a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FIRST_DAY = np.datetime64("2026-01-01")
AS_OF = "2026-12-31"
OPENING, OBJECTION_DAYS = 5, 3
ROLES = ("resident", "party_member", "veteran", "student")
CAPPED_DEEDS = range(10, 15)  # half of all rows are theirs, so that caps hold
Frame = pd.DataFrame


@dataclass(frozen=True)
class Cap:
    """Points, or times, that a rule may still give in a calendar period."""

    scope: str
    period: str
    limit: int
    measure: str = "points"
    over: str = "rule"


@dataclass(frozen=True)
class Rule:
    """A rule, for all who are measured."""

    number: int
    deed: int
    points: int
    per_hour: bool = False
    units_max: int | None = None
    age_min: int | None = None
    roles: tuple[str, ...] = ()
    evidence_min: int = 0
    cooldown_days: int = 0
    expires_after_months: int = 0
    group: str = ""
    cap: Cap | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return f"rule{self.number:02}"

    def as_table(self) -> dict[str, Any]:
        """As a rulebook has it."""
        table: dict[str, Any] = {"id": self.id, "deed": deed_id(self.deed), "points": self.points}
        when = {}
        if self.age_min is not None:
            when["age"] = f">= {self.age_min}"
        if self.roles:
            when["role"] = ", ".join(f'"{role}"' for role in self.roles)
        if self.cap is not None:
            table["caps"] = [vars(self.cap)]
        given = {
            "per": "hour" if self.per_hour else None,
            "units_max": self.units_max,
            "evidence_min": self.evidence_min,
            "cooldown_days": self.cooldown_days,
            "expires_after_months": self.expires_after_months,
            "group": self.group,
            "when": when,
        }
        return table | {key: value for key, value in given.items() if value}


CAPS = {
    10: Cap("household", "year", 6),
    11: Cap("person", "quarter", 5),
    12: Cap("household", "month", 6),
    13: Cap("household", "quarter", 7),
    14: Cap("household", "week", 1, "count"),
}


def rules() -> list[Rule]:
    """Fifty; deeds 0 to 9 have two each."""
    return [
        Rule(
            number=r,
            deed=r % 40,
            points=-6 if r % 9 == 8 else 1 + r % 7,
            per_hour=r % 3 == 0,
            units_max=2 if r % 6 == 0 else None,
            age_min=16 if r % 4 == 1 else None,
            roles=("party_member", "veteran") if r % 10 == 2 else (),
            evidence_min=1 if r % 8 == 5 else 0,
            cooldown_days=7 if r % 10 == 7 else 0,
            group=("honours" if r % 10 < 5 else "service") if r < 10 or r >= 40 else "",
            cap=CAPS.get(r),
        )
        for r in range(50)
    ]


def rulebook(of: list[Rule]) -> dict[str, Any]:
    """The rulebook as JSON has it."""
    return {
        "rulebook": {
            "id": "township",
            "villages": ["*"],
            "effective_from": "2026-01-01",
            "opening": {"points": OPENING, "period": "year"},
            "below_floor": "clamp",
            "objection_days": OBJECTION_DAYS,
        },
        "group": [{"id": "honours", "hit_policy": "max"}, {"id": "service"}],
        "rule": [rule.as_table() for rule in of],
    }


def deed_id(deed: int) -> str:
    """What the register calls a deed."""
    return f"deed{deed:02}"


@dataclass(frozen=True)
class Township:
    """A register of a year, in the order in which deeds were done and numbered."""

    households: Frame
    persons: Frame
    register: Frame


def township(rows: int) -> Township:
    """Ten rows a household, two persons a household, seven hundred households a village."""
    random = np.random.default_rng(1)
    count = max(1, rows // 10)
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
    capped = random.random(rows) < 0.5
    deed = random.integers(0, 40, rows)
    deed[capped] = random.integers(CAPPED_DEEDS.start, CAPPED_DEEDS.stop, capped.sum())
    nobody = (random.integers(0, 8, rows) == 0) & (deed != 11)  # whose cap is by person
    person = np.where(nobody, -1, 2 * household + random.integers(0, 2, rows))
    day = np.arange(rows) * 355 // rows
    date = FIRST_DAY + day.astype("timedelta64[D]")
    recorded = date + random.integers(0, 4, rows).astype("timedelta64[D]")
    published = np.where(random.integers(0, 4, rows) == 0, date + 2, np.datetime64("NaT"))
    stage = np.maximum(random.integers(-47, 3, rows), 0)  # 96 of 100 are posted
    objection = np.where(random.integers(0, 200, rows) == 0, 0, -1)
    register = Frame(
        {
            "register_no": pd.Series([f"R{r:09}" for r in range(rows)], dtype="str"),
            "date": date.astype("datetime64[s]"),
            "household_id": coded(household, household_ids),
            "person_id": coded(person, person_ids),
            "deed": coded(deed, [deed_id(d) for d in range(40)]),
            "units": random.integers(0, 4, rows),
            "evidence": random.integers(0, 3, rows),
            "stage": coded(stage, ["posted", "declared", "rejected"]),
            "recorded_on": recorded.astype("datetime64[s]"),
            "published_on": published.astype("datetime64[s]"),
            "objection": coded(objection, ["upheld"]),
        }
    )
    return Township(households, persons, register)
