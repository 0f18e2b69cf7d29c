"""An independent, naive evaluator of points, written from the contract of points alone.

It is the engine's judge, so it shares nothing with it: plain Python, row by row, one function a
numbered rule ("rule 6" below is rule 6 of the contract's Meaning), every counter recounted from the
entries whenever it is needed. Slow on purpose, clear on purpose.

    settle(rulebooks, households, persons, register, exchanges, goods, as_of, previous) -> Result

Where the contract may be read in two ways, this file reads it so:

Posting and pending (rules 1, 2)
 C1  A row that is not posted and not rejected is `pending` even where no rule matches it or
     where it would be a unique conflict: rule 1 says "it is pending". The reason code tells why.
 C2  `rejected` rows have one entry, without a rule, 0 points; their rules are not looked for.
 C3  `published` without `published_on` is a fault. So are an unknown stage, a date that is none.
 C4  `posted_on` is empty for pending and rejected rows; a row that matched nothing has it.
 C5  objection_days are those of the rulebook in force on the row's own date; 0 where there is none.
 C6  "After all else" on the as-of date: after exchanges and the year end of that day as well.
Matching (rules 3 to 5)
 C7  A rule may have its own effective_from and effective_to ("rulebook and rule in force").
 C8  "No rule at all" for nearest_of: not even one out of force or whose conditions fail.
 C9  The same rule_id in two rulebooks is the same rule for the cool-down, as it is for counters.
 C10 "Award other than 0": what caps let through, before the floor, as counters take it.
 C11 A `when` column is PERSONS' if PERSONS has such a column at all; no falling through to the
     other tables where the person is missing.
 C12 A cell is typed by the literals of the test; one that cannot be read so is a fault. A test
     mixes no types but `null`. Two PERSONS rows valid on one day, or a person_id that a given
     PERSONS does not have, are faults; a person without a row valid on that day is missing.
 C13 Evidence: empty is 0, digits are the number, else the count of non-empty items.
 C14 A unique conflict makes every entry of the row `error`, those of other groups too.
Caps (rule 6)
 C15 A counter is kept within the village ("villages are independent"), and by sign.
 C16 A count cap has room for the whole award or for none; `reject` and `clip` are then the same but
     for the reason code. A reject cap looks at the raw points, not at what other caps left of them.
 C17 The fault "person cap without person_id" needs the rule to have matched and won its group.
 C18 Period, scope and over key the counter; limit, mode and measure do not. A count grows by each
     entry given other than 0 by the caps, even if the floor then left 0.
Balance (rules 7, 8)
 C19 Opening: on the first day of a calendar year on which a rulebook with a yearly opening serves
     the village (so also when a `*` rulebook begins to serve it again), if none came this year;
     `once` on the first such day if none ever came.
 C20 balance = lots − overdraft. Any policy with a negative floor can overdraw; every new lot repays
     the oldest overdraft first, whatever the policy in force by then, and only then carried debts.
 C21 A carried debt takes a later award whole, even where the balance is below a positive floor.
     Debts are served in the order in which they arose.
 C22 Points that come back to an old lot (a returned deduction or exchange) are no new lot and no
     award: they repay neither overdraft nor carried debt.
 C23 Lots of the same expiry, posting day and register_no: in the order of the rules in the file.
     An opening's register_no is empty.
 C24 Floor, policy: of the rulebook in force on the row's date; year end: on 31 December; of an
     exchange: on its date. Where none is in force: floor 0, clamp, carry over.
 C25 An overdraft (or carried debt) that a later lot paid has "taken from" that lot: the reversal of
     the deduction gives it back to that lot. What is still unpaid is cancelled; a cancelled
     overdraft counts as a returned deduction (it had been deducted), a cancelled debt does not.
Reversal (rule 9)
 C26 A row that is reversed before it posts, in the order of rule 2 (the reversing row's own day and
     register_no), is withdrawn: when its day comes its entries are `reversed` with 0 points; until
     then they are pending with 0. The reversing row posts with 0 on its own day. Cool-downs and hit
     policies are not asked, so that nothing between the two rewrites what the reversing row shows.
 C27 A pending row is "reversed" by any row that names it and is not rejected, pending ones too.
 C28 A pending reversal of a posted row shows what it would take, the floor applied.
 C29 Of a row with several entries, deductions are given back before awards are taken back, so that
     a row reversed at once leaves things as if it had never been.
 C30 The reversing row's points are the opposite but where the floor lets less be taken. An award
     whose lot expired or was forfeited is taken back as a deduction (the text says so).
 C31 Targets that matched nothing or were in error become `reversed` too; rejected ones stay so, the
     reversing row then posts with 0.
 C32 Faults: unknown target, a target that reverses, itself, two reversing rows (rejected ones are
     not counted), a target of another household.
Exchange (rule 10)
 C33 unknown_good: no shop ever has it; not_in_force: this shop does not have it that day.
 C34 `returns` of an exchange that is not accepted (refused, later in the order, a return, returned
     before) is a fault; good, quantity and shop of a returning row are not looked at. A return
     dated after the as-of date is pending. The exchange returned stays `accepted`.
Continuing (rule 11)
 C35 Known are the rows that had posted (matched or not) and exchanges dated up to the previous
     as-of date. Pending ones are not kept: they are to be given again, and may have changed.
 C36 A household that is new, or a rulebook that changed the past, is a fault: the replay differs.
Freeze, veto
 C37 Losers of a hit policy and rows in error freeze nothing and veto nothing; capped, floored and
     0-unit entries do.
Results
 C38 debit is where points come from: issuer → household:H (opening, award, returned deduction),
     household:H → deducted | redeemed:SHOP | expired | forfeited, redeemed:SHOP → household:H.
 C39 budget_yuan is the sum over villages of the rulebook in force on the as-of date.
 C40 liability_yuan is exact (a Fraction); held may be below 0, and so may it.
 C41 points_clipped of a reversing row's entries is what the floor kept; of a withdrawn row's
     entries the raw points.
 C42 unit_scale is for printing; here every number of points is whole units.
 C43 The reason code of an entry that was both capped and floored is `floored`.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = Mapping[str, str]
Rules = Mapping[str, Any]


class Fault(Exception):
    """Bad input: the whole settlement is refused."""


@dataclass
class State:
    """What a settlement leaves for the next: its as-of date and all that had happened by then."""

    as_of: date
    register: dict[str, dict[str, str]]
    exchanges: dict[str, dict[str, str]]
    ledger: list[dict[str, Any]]


@dataclass
class Result:
    entries: list[dict[str, Any]] = field(default_factory=list)
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    balances: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    vetoed: list[tuple[str, int]] = field(default_factory=list)
    state: State | None = None


# Dates -------------------------------------------------------------------------------------------


def day_of(text: str | date, what: str) -> date:
    if isinstance(text, date):
        return text
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise Fault(f"{what}: {text!r} is no date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Fault(f"{what}: {text!r} is no date") from None


def add_days(day: date, days: int, what: str) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise Fault(f"{what}: beyond the calendar") from None


def month_end(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]


def add_months(day: date, months: int) -> date:
    """Rule 8: the same day of the month, or the month's last where there is none."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, month_end(year, month)))


def period_of(day: date, period: str) -> tuple[Any, ...]:
    """The calendar period that a day lies in."""
    if period == "day":
        return (day.year, day.month, day.day)
    if period == "week":
        return tuple(day.isocalendar()[:2])
    if period == "month":
        return (day.year, day.month)
    if period == "quarter":
        return (day.year, (day.month - 1) // 3)
    if period == "year":
        return (day.year,)
    if period == "all_time":
        return ()
    raise Fault(f"period: {period!r} is none")


def in_force(rules: Rules, day: date) -> bool:
    """`effective_from` inclusive, `effective_to` exclusive, each may be absent."""
    since, until = rules.get("effective_from"), rules.get("effective_to")
    return (since is None or day_of(since, "effective_from") <= day) and (
        until is None or day < day_of(until, "effective_to")
    )


def by_bytes(text: str) -> bytes:
    return text.encode("utf-8")


def whole(text: str, what: str, least: int = 0) -> int:
    if not re.fullmatch(r"[0-9]+", text) or int(text) < least:
        raise Fault(f"{what}: {text!r} is no whole number of at least {least}")
    return int(text)


# FEEL unary tests ---------------------------------------------------------------------------------

TOKEN = re.compile(
    r'\s*(?:(?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<name>[A-Za-z]+)|(?P<sign><=|>=|\.\.|[<>(),\[\]-]))"
)
Literal = tuple[str, Any]  # the type's name and the value


def feel_tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if not match or match.lastgroup is None:
            raise Fault(f"unary test {text!r}: cannot be read at {place}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
    return found


class UnaryTests:
    """The unary tests of one cell: `holds(cell)`."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = feel_tokens(text)
        self.any = self.tokens == [("sign", "-")]
        self.negated = False
        self.tests: list[tuple[str, Any]] = []
        if not self.any:
            self.read()
        kinds = {kind for test in self.tests for kind in kinds_of(test)} - {"null"}
        if len(kinds) > 1:
            raise Fault(f"unary test {text!r}: mixes {sorted(kinds)}")
        self.kind = kinds.pop() if kinds else "string"

    def read(self) -> None:
        if self.tokens[:2] == [("name", "not"), ("sign", "(")]:
            if self.tokens[-1] != ("sign", ")"):
                raise Fault(f"unary test {self.text!r}: not( is not closed")
            self.negated = True
            self.tokens = self.tokens[2:-1]
        self.tests.append(self.test())
        while self.tokens:
            self.expect(",")
            self.tests.append(self.test())

    def expect(self, *signs: str) -> str:
        if not self.tokens or self.tokens[0][1] not in signs or self.tokens[0][0] != "sign":
            raise Fault(f"unary test {self.text!r}: expected one of {signs}")
        return self.tokens.pop(0)[1]

    def test(self) -> tuple[str, Any]:
        if not self.tokens:
            raise Fault(f"unary test {self.text!r}: ends early")
        kind, text = self.tokens[0]
        if kind == "sign" and text in ("<", "<=", ">", ">="):
            self.tokens.pop(0)
            return (text, self.ordered())
        if kind == "sign" and text in ("[", "(", "]"):
            self.tokens.pop(0)
            least = self.ordered()
            self.expect("..")
            most = self.ordered()
            end = self.expect("]", ")", "[")
            return ("range", (text != "[", least, most, end != "]"))
        return ("=", self.literal())

    def ordered(self) -> Literal:
        """An endpoint: something that has an order."""
        literal = self.literal()
        if literal[0] in ("null", "boolean"):
            raise Fault(f"unary test {self.text!r}: {literal[0]} has no order")
        return literal

    def literal(self) -> Literal:
        if not self.tokens:
            raise Fault(f"unary test {self.text!r}: ends early")
        kind, text = self.tokens.pop(0)
        if kind == "number":
            return ("number", Fraction(text))
        if kind == "string":
            return ("string", unquote(text))
        if kind == "name" and text in ("true", "false"):
            return ("boolean", text == "true")
        if kind == "name" and text == "null":
            return ("null", None)
        if kind == "name" and text == "date":
            self.expect("(")
            inner = self.tokens.pop(0) if self.tokens else ("", "")
            if inner[0] != "string":
                raise Fault(f"unary test {self.text!r}: date needs a string")
            self.expect(")")
            return ("date", day_of(unquote(inner[1]), self.text))
        raise Fault(f"unary test {self.text!r}: {text!r} is no value")

    def holds(self, cell: str | None) -> bool:
        """Rule 3: a missing value satisfies only `null` and `-`, and no `not(…)`."""
        if self.any:
            return True
        if cell is None or cell == "":
            return not self.negated and ("=", ("null", None)) in self.tests
        value = typed(cell, self.kind)
        return any(satisfied(test, value) for test in self.tests) != self.negated


@functools.cache
def unary_tests(text: str) -> UnaryTests:
    return UnaryTests(text)


def kinds_of(test: tuple[str, Any]) -> list[str]:
    operator, operand = test
    return [operand[1][0], operand[2][0]] if operator == "range" else [operand[0]]


def unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def typed(cell: str, kind: str) -> Any:
    if kind == "number":
        if not re.fullmatch(r"-?(\d+(\.\d+)?|\.\d+)", cell):
            raise Fault(f"cell {cell!r}: a number was expected")
        return Fraction(cell)
    if kind == "boolean":
        if cell not in ("true", "false"):
            raise Fault(f"cell {cell!r}: true or false was expected")
        return cell == "true"
    if kind == "date":
        return day_of(cell, "cell")
    return cell


def satisfied(test: tuple[str, Any], value: Any) -> bool:
    operator, operand = test
    if operator == "range":
        least_open, (_, least), (_, most), most_open = operand
        above = value > least if least_open else value >= least
        below = value < most if most_open else value <= most
        return bool(above and below)
    kind, other = operand
    if kind == "null":
        return False
    compared = {"=": value == other}
    if operator != "=":
        compared = {
            "<": value < other,
            "<=": value <= other,
            ">": value > other,
            ">=": value >= other,
        }
    return bool(compared[operator])


# What the settlement keeps ------------------------------------------------------------------------


@dataclass(eq=False)
class Lot:
    """Points that came at once and expire at once."""

    posted_on: date
    register_no: str
    place: int  # of the rule in the file
    expires_on: date | None
    left: int

    def order(self) -> tuple[Any, ...]:
        """Rule 8: first to expire, none expires last, first posted, smallest register_no."""
        return (self.expires_on or date.max, self.posted_on, by_bytes(self.register_no), self.place)

    def expired(self, today: date) -> bool:
        return self.expires_on is not None and self.expires_on <= today


@dataclass(eq=False)
class Spend:
    """What a deduction or an exchange took, lot by lot, and what it could not take yet."""

    source: str
    took: list[tuple[Lot, int]] = field(default_factory=list)
    overdrawn: int = 0  # counted as taken, from no lot yet
    owed: int = 0  # carried: not counted as taken yet

    def taken(self) -> int:
        return sum(points for _, points in self.took) + self.overdrawn


@dataclass(eq=False)
class Account:
    lots: list[Lot] = field(default_factory=list)
    spends: list[Spend] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)
    opening_years: set[int] = field(default_factory=set)

    def balance(self) -> int:
        return sum(lot.left for lot in self.lots) - sum(spend.overdrawn for spend in self.spends)


@dataclass(eq=False)
class Entry:
    register_no: str
    deed_on: date
    household_id: str
    village: str
    person_id: str
    rule: Rules | None = None
    place: int = 0
    posted_on: date | None = None
    status: str = "posted"
    raw: int = 0
    given: int = 0  # after caps, before the floor
    points: int = 0
    reason_code: str = ""
    reversal: bool = False
    lot: Lot | None = None
    spend: Spend | None = None

    @property
    def rule_id(self) -> str:
        return str(self.rule["id"]) if self.rule else ""

    def row(self) -> dict[str, Any]:
        return {
            "register_no": self.register_no,
            "date": self.deed_on.isoformat(),
            "posted_on": self.posted_on.isoformat() if self.posted_on else "",
            "household_id": self.household_id,
            "rule_id": self.rule_id,
            "status": self.status,
            "points": self.points,
            "points_clipped": self.raw - self.points,
            "reason_code": self.reason_code,
            "reason": "",
        }


@dataclass(eq=False)
class Freeze:
    household_id: str
    since: date
    until: date  # exclusive
    register_no: str


@dataclass(eq=False)
class Stock:
    version: str
    left: int


@dataclass
class World:
    """Everything known at one moment of the settlement."""

    rulebooks: list[Rules]
    households: dict[str, Row]
    persons: list[Row] | None
    columns: dict[str, str]  # of `when`: the table that has it
    register: dict[str, Row]
    goods: list[Row]
    reversed_by: dict[str, Row] = field(default_factory=dict)
    posting_days: dict[str, date | None] = field(default_factory=dict)
    today: date = date.min
    accounts: dict[str, Account] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    exchanges: dict[str, tuple[Row, Spend]] = field(default_factory=dict)  # accepted, not returned
    exchange_rows: list[dict[str, Any]] = field(default_factory=list)
    stocks: dict[tuple[str, str], Stock] = field(default_factory=dict)
    freezes: list[Freeze] = field(default_factory=list)
    vetoes: list[tuple[str, int, str]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    expiry_days: set[date] = field(default_factory=set)

    def village(self, household_id: str) -> str:
        return self.households[household_id].get("village", "all")

    def rulebook(self, village: str, day: date) -> Rules | None:
        """The one in force; `*` serves villages that no other in force names."""
        here = [book for book in self.rulebooks if in_force(book["rulebook"], day)]
        named = [book for book in here if village in book["rulebook"]["villages"]]
        serving = named or [book for book in here if "*" in book["rulebook"]["villages"]]
        if len(serving) > 1:
            raise Fault(f"rulebook: two in force for {village} on {day}")
        return serving[0] if serving else None

    def book(self, debit: str, credit: str, points: int, source: str) -> None:
        if points:
            self.ledger.append(
                {
                    "posting_no": len(self.ledger) + 1,
                    "date": self.today.isoformat(),
                    "debit_account": debit,
                    "credit_account": credit,
                    "points": points,
                    "source": source,
                }
            )


@dataclass(frozen=True)
class Terms:
    floor: int = 0
    below_floor: str = "clamp"


def terms(world: World, household_id: str, day: date) -> Terms:
    rulebook = world.rulebook(world.village(household_id), day)
    if rulebook is None:
        return Terms()
    head = rulebook["rulebook"]
    return Terms(head.get("floor", 0), head.get("below_floor", "clamp"))


# Rule 1: when a row posts -------------------------------------------------------------------------


def is_rejected(row: Row) -> bool:
    return row["stage"] == "rejected" or row.get("objection", "") == "upheld"


def posting_day(world: World, row: Row) -> date | None:
    """The day on which a row posts; None at the stages before, and where it was rejected."""
    number = row["register_no"]
    if number not in world.posting_days:
        world.posting_days[number] = find_posting_day(world, row)
    return world.posting_days[number]


def find_posting_day(world: World, row: Row) -> date | None:
    what = f"register {row['register_no']}"
    if is_rejected(row) or row["stage"] in ("declared", "reviewed"):
        return None
    day = day_of(row["date"], what)
    rulebook = world.rulebook(world.village(row["household_id"]), day)
    objection_days = rulebook["rulebook"].get("objection_days", 0) if rulebook else 0
    published = row.get("published_on", "")
    free_on = add_days(day_of(published, what), objection_days, what) if published else None
    if row["stage"] == "published":
        if free_on is None:
            raise Fault(f"{what}: published without published_on")
        return free_on
    recorded_on = day_of(row.get("recorded_on", "") or row["date"], what)
    return recorded_on if free_on is None else max(recorded_on, free_on)


def pending_code(row: Row) -> str:
    return "pending_stage" if row["stage"] in ("declared", "reviewed") else "pending_publication"


# Rule 2: order ------------------------------------------------------------------------------------


def row_order(world: World, row: Row) -> tuple[date, bytes]:
    """(posting day, register_no); rows that do not post come after all."""
    return (posting_day(world, row) or date.max, by_bytes(row["register_no"]))


def is_withdrawn(world: World, row: Row) -> bool:
    """C26: reversed before it posts."""
    reversing = world.reversed_by.get(row["register_no"])
    if reversing is None or is_rejected(row) or posting_day(world, reversing) is None:
        return False
    return row_order(world, reversing) < row_order(world, row)


# Rule 3: which rules match ------------------------------------------------------------------------


def count_items(text: str) -> int:
    text = text.strip()
    if re.fullmatch(r"[0-9]+", text):
        return int(text)
    return len([item for item in text.split(";") if item.strip()])


def column_value(world: World, row: Row, column: str) -> str | None:
    """A column of `when`: of PERSONS, else of HOUSEHOLDS, else of the register."""
    table = world.columns[column]
    if table == "register":
        return row.get(column)
    if table == "households":
        return world.households[row["household_id"]].get(column)
    person_id = row.get("person_id", "")
    if not person_id or world.persons is None:
        return None
    day = day_of(row["date"], "register")
    valid = [person for person in world.persons if person["person_id"] == person_id]
    valid = [
        person
        for person in valid
        if (not person.get("valid_from") or day_of(person["valid_from"], "persons") <= day)
        and (not person.get("valid_to") or day < day_of(person["valid_to"], "persons"))
    ]
    if len(valid) > 1:
        raise Fault(f"persons {person_id}: two rows valid on {day}")
    return valid[0].get(column) if valid else None


def first_miss(world: World, row: Row, rule: Rules, cooling: bool = True) -> tuple[int, str] | None:
    """None if a rule for this deed matches, else how far it gets and the code of what failed."""
    day = day_of(row["date"], "register")
    if not in_force(rule, day):
        return (1, "rule_not_in_force")
    for column, text in rule.get("when", {}).items():
        if not unary_tests(text).holds(column_value(world, row, column)):
            return (2, "condition_failed")
    if count_items(row.get("evidence", "")) < rule.get("evidence_min", 0):
        return (3, "evidence_missing")
    if count_items(row.get("witnesses", "")) < rule.get("witness_min", 0):
        return (4, "witnesses_missing")
    for entry in world.entries if cooling else ():
        if (
            entry.rule_id == rule["id"]
            and entry.household_id == row["household_id"]
            and entry.status == "posted"
            and not entry.reversal
            and entry.given != 0
            and abs((day - entry.deed_on).days) < rule.get("cooldown_days", 0)
        ):
            return (5, "cooldown")
    return None


def matching_rules(
    world: World, row: Row, cooling: bool = True
) -> tuple[list[tuple[int, Rules]], str]:
    """The rules that match and their places in the file; if none, the nearest miss."""
    rulebook = world.rulebook(world.village(row["household_id"]), day_of(row["date"], "register"))
    if rulebook is None:
        return [], "no_rulebook"
    rules = list(enumerate(rulebook.get("rule", [])))
    serving = [(place, rule) for place, rule in rules if rule["deed"] == row["deed"]]
    if not serving:
        serving = [item for item in rules if row["deed"] in item[1].get("nearest_of", [])]
    misses = [(first_miss(world, row, rule, cooling), place, rule) for place, rule in serving]
    matched = [(place, rule) for miss, place, rule in misses if miss is None]
    failed = [miss for miss, _, _ in misses if miss is not None]
    code = max(failed, key=lambda miss: miss[0])[1] if failed else "unknown_deed"
    return matched, "" if matched else code


# Rule 4: raw points -------------------------------------------------------------------------------


def raw_points(row: Row, rule: Rules) -> int:
    units = whole(row.get("units", "") or "1", f"register {row['register_no']}: units")
    if rule.get("per", "occurrence") == "occurrence":
        units = 1
    return int(rule["points"]) * min(units, int(rule.get("units_max", units)))


# Rule 5: hit policies -----------------------------------------------------------------------------


def apply_hit_policies(world: World, entries: list[Entry]) -> None:
    """Marks losers (`outranked`, 0 points) and, on a unique conflict, the whole row (`error`)."""
    if not entries:
        return
    rulebook = world.rulebook(entries[0].village, entries[0].deed_on)
    assert rulebook is not None
    for group in rulebook.get("group", []):
        policy = group.get("hit_policy", "sum")
        members = [entry for entry in entries if entry.rule and rule_group(entry) == group["id"]]
        if policy == "sum" or len(members) < 2:
            continue
        if policy == "unique":
            for entry in entries:
                entry.status, entry.reason_code = "error", "unique_conflict"
            return
        winner = members[0]
        if policy == "max":
            winner = max(members, key=lambda entry: (entry.raw, -entry.place))
        for entry in members:
            if entry is not winner:
                entry.reason_code = "outranked"


def rule_group(entry: Entry) -> str | None:
    return entry.rule.get("group") if entry.rule else None


# Rule 6: caps -------------------------------------------------------------------------------------


def scope_key(entry: Entry, scope: str) -> str:
    if scope == "person":
        if not entry.person_id:
            raise Fault(f"register {entry.register_no}: a person cap, but no person_id")
        return entry.person_id
    return {"household": entry.household_id, "village": entry.village}[scope]


def is_counted(entry: Entry, other: Entry, cap: Rules) -> bool:
    """Whether an earlier entry grew the counter that a cap on this entry looks at."""
    if other.status != "posted" or other.reversal or other.village != entry.village:
        return False
    if (other.given > 0) != (entry.raw > 0) or other.given == 0:
        return False
    if cap["over"] == "rule" and other.rule_id != entry.rule_id:
        return False
    if cap["over"] == "group" and rule_group(other) != rule_group(entry):
        return False
    if cap["scope"] == "person" and other.person_id != scope_key(entry, "person"):
        return False
    if cap["scope"] == "household" and other.household_id != entry.household_id:
        return False
    return period_of(other.deed_on, cap["period"]) == period_of(entry.deed_on, cap["period"])


def apply_caps(world: World, entry: Entry) -> None:
    """Given = the least of the raw points and what every cap has left, by absolute value."""
    assert entry.rule is not None
    raw = abs(entry.raw)
    given, refused = raw, False
    for cap in entry.rule.get("caps", []):
        scope_key(entry, cap["scope"])
        counted = [other for other in world.entries if is_counted(entry, other, cap)]
        if cap.get("measure", "points") == "count":
            room = raw if len(counted) < cap["limit"] else 0
        else:
            room = max(0, cap["limit"] - sum(abs(other.given) for other in counted))
        if room < raw and cap.get("mode", "clip") == "reject":
            refused = True
        given = min(given, room)
    if refused:
        given = 0
    if given < raw:
        entry.reason_code = "cap_rejected" if refused else "capped"
    entry.given = given if entry.raw > 0 else -given


# Rules 7 and 8: openings, lots, floors ------------------------------------------------------------


def give(
    world: World,
    household_id: str,
    points: int,
    source: str,
    *,
    place: int = 0,
    expires_on: date | None = None,
    opening: bool = False,
) -> Lot:
    """A new lot: an award or an opening. It first repays overdraft, then, if an award, debts."""
    account = world.accounts[household_id]
    lot = Lot(world.today, "" if opening else source, place, expires_on, points)
    account.lots.append(lot)
    account.totals["opening" if opening else "earned"] += points
    world.book("issuer", f"household:{household_id}", points, source)
    if expires_on is not None:
        world.expiry_days.add(expires_on)
    for spend in account.spends:
        paid = min(spend.overdrawn, lot.left)
        if paid:
            spend.overdrawn -= paid
            spend.took.append((lot, paid))
            lot.left -= paid
    if not opening:
        for spend in account.spends:
            paid = min(spend.owed, lot.left)
            if paid:
                spend.owed -= paid
                spend.took.append((lot, paid))
                lot.left -= paid
                account.totals["deducted"] += paid
                world.book(f"household:{household_id}", "deducted", paid, spend.source)
    return lot


def take(world: World, household_id: str, points: int, spend: Spend) -> None:
    """Takes points from the lots in order; what no lot has becomes overdraft."""
    account = world.accounts[household_id]
    if spend not in account.spends:
        account.spends.append(spend)
    for lot in sorted(account.lots, key=Lot.order):
        taken = min(lot.left, points)
        if taken:
            lot.left -= taken
            points -= taken
            spend.took.append((lot, taken))
    spend.overdrawn += points


def deduct(world: World, household_id: str, points: int, spend: Spend, by: Terms) -> int:
    """A deduction under the floor policy; returns what the entry shows, as a positive number."""
    account = world.accounts[household_id]
    above = max(0, account.balance() - by.floor)
    if by.below_floor == "reject":
        taken = points if points <= above else 0
    elif by.below_floor == "allow":
        taken = points
    else:
        taken = min(points, above)
    take(world, household_id, taken, spend)
    account.totals["deducted"] += taken
    world.book(f"household:{household_id}", "deducted", taken, spend.source)
    if by.below_floor == "carry":
        spend.owed += points - taken
        return points
    return taken


def give_back(world: World, household_id: str, spend: Spend, source: str) -> int:
    """Returns what a spend took to its lots; what it could not take yet is cancelled.

    What goes back to an expired lot expires at once. The caller books the return beforehand.
    """
    account = world.accounts[household_id]
    points = spend.taken()
    for lot, taken in spend.took:
        if lot.expired(world.today):
            account.totals["expired"] += taken
            world.book(f"household:{household_id}", "expired", taken, source)
        else:
            lot.left += taken
    spend.took, spend.overdrawn, spend.owed = [], 0, 0
    return points


def expire(world: World) -> None:
    for household_id in sorted(world.accounts, key=by_bytes):
        account = world.accounts[household_id]
        for lot in account.lots:
            if lot.left and lot.expired(world.today):
                account.totals["expired"] += lot.left
                source = lot.register_no
                world.book(f"household:{household_id}", "expired", lot.left, source)
                lot.left = 0


def open_accounts(world: World) -> None:
    for household_id in sorted(world.accounts, key=by_bytes):
        rulebook = world.rulebook(world.village(household_id), world.today)
        opening = rulebook["rulebook"].get("opening") if rulebook else None
        years = world.accounts[household_id].opening_years
        if rulebook is None or opening is None:
            continue
        if world.today.year in years or (opening["period"] == "once" and years):
            continue
        years.add(world.today.year)
        source = rulebook["rulebook"]["id"]
        give(world, household_id, opening["points"], source, opening=True)


def end_year(world: World) -> None:
    if (world.today.month, world.today.day) != (12, 31):
        return
    for household_id in sorted(world.accounts, key=by_bytes):
        rulebook = world.rulebook(world.village(household_id), world.today)
        if rulebook is None or rulebook["rulebook"].get("year_end", "carry") != "clear":
            continue
        account = world.accounts[household_id]
        for lot in account.lots:
            account.totals["forfeited"] += lot.left
            world.book(f"household:{household_id}", "forfeited", lot.left, "year_end")
            lot.left = 0


# Freeze and veto ----------------------------------------------------------------------------------


def freeze_end(term: str, since: date) -> date:
    """The first day on which exchanges are free again."""
    months = re.fullmatch(r"P(\d+)M", term)
    if months:
        return add_months(since, int(months[1]))
    if term == "end_of_year":
        return date(since.year + 1, 1, 1)
    if term == "end_of_next_year":
        return date(since.year + 2, 1, 1)
    raise Fault(f"freeze: {term!r} is none")


def apply_freeze_and_veto(world: World, entry: Entry) -> None:
    assert entry.rule is not None
    term = entry.rule.get("freeze", "none")
    if term != "none":
        until = freeze_end(term, world.today)
        freeze = Freeze(entry.household_id, world.today, until, entry.register_no)
        world.freezes.append(freeze)
    if entry.rule.get("veto", False):
        world.vetoes.append((entry.household_id, world.today.year, entry.register_no))


def lift_freeze_and_veto(world: World, register_no: str) -> None:
    world.freezes = [freeze for freeze in world.freezes if freeze.register_no != register_no]
    world.vetoes = [veto for veto in world.vetoes if veto[2] != register_no]


# A row posts --------------------------------------------------------------------------------------


def blank_entry(world: World, row: Row) -> Entry:
    return Entry(
        register_no=row["register_no"],
        deed_on=day_of(row["date"], f"register {row['register_no']}"),
        household_id=row["household_id"],
        village=world.village(row["household_id"]),
        person_id=row.get("person_id", ""),
    )


def judge(world: World, row: Row) -> list[Entry]:
    """Rules 3 to 5: an entry for each rule that matches, or the one that says why there is none."""
    matched, miss = matching_rules(world, row)
    blank = blank_entry(world, row)
    if not matched:
        return [replace(blank, status="no_match", reason_code=miss)]
    entries = [
        replace(blank, rule=rule, place=place, raw=raw_points(row, rule)) for place, rule in matched
    ]
    apply_hit_policies(world, entries)
    return entries


def post_row(world: World, row: Row) -> list[Entry]:
    """Posts one row today."""
    entries = judge(world, row)
    by = terms(world, row["household_id"], day_of(row["date"], "register"))
    for entry in entries:
        entry.posted_on = world.today
        if entry.status == "posted" and entry.reason_code != "outranked":
            post_entry(world, entry, by)
        world.entries.append(entry)
    return entries


def post_entry(world: World, entry: Entry, by: Terms) -> None:
    """Rule 6, then the award as a lot or the deduction under the floor policy."""
    assert entry.rule is not None
    apply_caps(world, entry)
    if entry.given > 0:
        months = entry.rule.get("expires_after_months")
        expires_on = None if months is None else add_months(world.today, months)
        entry.lot = give(
            world,
            entry.household_id,
            entry.given,
            entry.register_no,
            place=entry.place,
            expires_on=expires_on,
        )
        entry.points = entry.given
    elif entry.given < 0:
        entry.spend = Spend(entry.register_no)
        shown = deduct(world, entry.household_id, -entry.given, entry.spend, by)
        entry.points = -shown
        if entry.points != entry.given:
            entry.reason_code = "floored"
    apply_freeze_and_veto(world, entry)


# Rule 9: reversal ---------------------------------------------------------------------------------


def post_reversal(world: World, row: Row) -> list[Entry]:
    """Reverses a target that posted before: one opposite entry for each of its entries."""
    target_no = row["reverses"]
    targets = [entry for entry in world.entries if entry.register_no == target_no]
    by = terms(world, row["household_id"], day_of(row["date"], "register"))
    shown = {}
    for entry in sorted(targets, key=lambda entry: entry.points > 0):  # C29: deductions first
        shown[entry.place] = -entry.points
        if entry.points < 0:
            return_deduction(world, entry, row["register_no"])
        elif entry.points > 0:
            shown[entry.place] = -take_back_award(world, entry, row["register_no"], by)
    for entry in targets:
        entry.status, entry.reason_code = "reversed", "reversed"
    lift_freeze_and_veto(world, target_no)
    opposite = opposite_entries(world, row, targets)
    for entry in opposite:
        points = shown.get(entry.place, 0)
        entry.reason_code = "reversal" if points == entry.points else "floored"
        entry.posted_on, entry.raw, entry.points = world.today, entry.points, points
    world.entries.extend(opposite)
    return opposite


def opposite_entries(world: World, row: Row, targets: Iterable[Entry]) -> list[Entry]:
    """One for each of the target's; one without a rule where it has none (C31: it was rejected)."""
    blank = replace(blank_entry(world, row), reversal=True)
    return [
        replace(blank, rule=entry.rule, place=entry.place, points=-entry.points)
        for entry in targets
    ] or [blank]


def return_deduction(world: World, entry: Entry, source: str) -> None:
    assert entry.spend is not None
    points = entry.spend.taken()
    world.accounts[entry.household_id].totals["earned"] += points
    world.book("issuer", f"household:{entry.household_id}", points, source)
    give_back(world, entry.household_id, entry.spend, source)


def take_back_award(world: World, entry: Entry, source: str, by: Terms) -> int:
    """First what is left of its own lot whatever the floor, the rest as a deduction; what is taken,
    or owed."""
    assert entry.lot is not None
    own = min(entry.lot.left, entry.points)
    entry.lot.left -= own
    world.accounts[entry.household_id].totals["deducted"] += own
    world.book(f"household:{entry.household_id}", "deducted", own, source)
    if entry.points == own:
        return own
    return own + deduct(world, entry.household_id, entry.points - own, Spend(source), by)


def withdrawn_entries(world: World, row: Row) -> list[Entry]:
    """C26: an entry for each rule that matches, whatever cools down or wins."""
    matched, miss = matching_rules(world, row, cooling=False)
    blank = blank_entry(world, row)
    if not matched:
        return [replace(blank, status="no_match", reason_code=miss)]
    return [
        replace(blank, rule=rule, place=place, raw=raw_points(row, rule)) for place, rule in matched
    ]


def post_withdrawn(world: World, row: Row, reversing: Row) -> None:
    """C26: the row had been taken back before its day: nothing is given, nothing taken."""
    entries = withdrawn_entries(world, row)
    for entry in entries:
        entry.posted_on = world.today
        entry.status, entry.reason_code = "reversed", "reversed"
    opposite = opposite_entries(world, reversing, entries)
    for entry in opposite:
        entry.posted_on, entry.reason_code = posting_day(world, reversing), "reversal"
    world.entries += entries + opposite


# Rule 10: exchanges -------------------------------------------------------------------------------


def good_in_force(world: World, good: str, shop: str, day: date) -> tuple[bool, Row | None]:
    """Whether any shop ever has the good, and the row in force in this one."""
    known = any(row["good"] == good for row in world.goods)
    rows = [row for row in world.goods if (row["good"], row["shop"]) == (good, shop)]
    current = [row for row in rows if day_of(row["effective_from"], "goods") <= day]
    return known, max(current, key=lambda row: row["effective_from"], default=None)


def current_stock(world: World, version: Row) -> Stock:
    """The stock; a later effective_from replaces what remained."""
    key = (version["good"], version["shop"])
    if key not in world.stocks or world.stocks[key].version != version["effective_from"]:
        left = whole(version["stock"], "goods: stock")
        world.stocks[key] = Stock(version["effective_from"], left)
    return world.stocks[key]


def refusal(world: World, row: Row) -> str:
    """The first reason that holds, or nothing."""
    known, version = good_in_force(world, row["good"], row["shop"], world.today)
    quantity = whole(row["quantity"], f"exchange {row['exchange_no']}: quantity", 1)
    if not known:
        return "unknown_good"
    if version is None:
        return "not_in_force"
    if any(
        freeze.household_id == row["household_id"] and freeze.since <= world.today < freeze.until
        for freeze in world.freezes
    ):
        return "frozen"
    if current_stock(world, version).left < quantity:
        return "out_of_stock"
    cost = whole(version["points"], "goods: points") * quantity
    floor = terms(world, row["household_id"], world.today).floor
    if world.accounts[row["household_id"]].balance() - cost < floor:
        return "insufficient_balance"
    return ""


def post_exchange(world: World, row: Row) -> None:
    if row.get("returns", ""):
        post_return(world, row)
        return
    code = refusal(world, row)
    if code:
        world.exchange_rows.append(exchange_row(row, "refused", code))
        return
    _, version = good_in_force(world, row["good"], row["shop"], world.today)
    assert version is not None
    quantity = int(row["quantity"])
    current_stock(world, version).left -= quantity
    points = int(version["points"]) * quantity
    spend = Spend(row["exchange_no"])
    take(world, row["household_id"], points, spend)
    world.accounts[row["household_id"]].totals["redeemed"] += points
    account = f"household:{row['household_id']}"
    world.book(account, f"redeemed:{row['shop']}", points, row["exchange_no"])
    world.exchanges[row["exchange_no"]] = (row, spend)
    world.exchange_rows.append(exchange_row(row, "accepted", ""))


def post_return(world: World, row: Row) -> None:
    """Gives an accepted exchange back: points to the same lots, goods to the current stock."""
    if row["returns"] not in world.exchanges:
        raise Fault(f"exchange {row['exchange_no']}: returns no accepted exchange")
    first, spend = world.exchanges.pop(row["returns"])
    if first["household_id"] != row["household_id"]:
        raise Fault(f"exchange {row['exchange_no']}: returns another household's")
    points = spend.taken()
    world.accounts[row["household_id"]].totals["redeemed"] -= points
    account = f"household:{row['household_id']}"
    world.book(f"redeemed:{first['shop']}", account, points, row["exchange_no"])
    give_back(world, row["household_id"], spend, row["exchange_no"])
    _, version = good_in_force(world, first["good"], first["shop"], world.today)
    assert version is not None
    current_stock(world, version).left += int(first["quantity"])
    world.exchange_rows.append(exchange_row(row, "accepted", ""))


def exchange_row(row: Row, status: str, code: str) -> dict[str, Any]:
    return {**row, "status": status, "reason_code": code, "reason": ""}


# Rule 1 again: what is pending --------------------------------------------------------------------


def pending_entries(world: World, row: Row) -> list[Entry]:
    """What a row would give if it alone posted today, after all else; changes nothing."""
    target = world.register.get(row.get("reverses", ""))
    posted = target is not None and any(e.register_no == row["reverses"] for e in world.entries)
    if target is not None and posted:
        account = world.accounts[row["household_id"]]
        mine = [entry for entry in world.entries if entry.household_id == row["household_id"]]
        account, mine = copy.deepcopy((account, mine))
        trial = replace(
            world,
            accounts={row["household_id"]: account},
            entries=mine,
            freezes=list(world.freezes),
            vetoes=list(world.vetoes),
            ledger=[],
        )
        entries = post_reversal(trial, row)
    elif target is not None:
        entries = opposite_entries(
            world, row, [] if is_rejected(target) else pending_entries(world, target)
        )
        for entry in entries:
            entry.points = 0
    elif row["register_no"] in world.reversed_by:
        entries = withdrawn_entries(world, row)
    else:
        trial = replace(
            world,
            accounts={row["household_id"]: copy.deepcopy(world.accounts[row["household_id"]])},
            entries=list(world.entries),
            freezes=list(world.freezes),
            vetoes=list(world.vetoes),
            ledger=[],
            expiry_days=set(),
        )
        entries = post_row(trial, row)
    reversed_before = row["register_no"] in world.reversed_by
    for entry in entries:
        if entry.status in ("posted", "reversed"):
            entry.reason_code = pending_code(row)
        entry.status, entry.posted_on = "pending", None
        entry.points = 0 if reversed_before else entry.points
    return entries


def unposted_entries(world: World, row: Row) -> list[Entry]:
    """Of a row that `live` did not meet: pending, or C26, taking back what has not come yet."""
    entries = pending_entries(world, row)
    day = posting_day(world, row)
    if row.get("reverses", "") and day is not None and day <= world.today:
        for entry in entries:
            entry.status, entry.reason_code = "posted", "reversal"
            entry.posted_on, entry.points = day, 0
    return entries


# Rule 12: conservation, and the results -----------------------------------------------------------

COLUMNS = ("opening", "earned", "deducted", "redeemed", "expired", "forfeited")


def balances(world: World, pending: Counter[str]) -> list[dict[str, Any]]:
    rows = []
    for household_id in sorted(world.accounts, key=by_bytes):
        totals = world.accounts[household_id].totals
        row: dict[str, Any] = {"household_id": household_id}
        row.update({column: totals[column] for column in COLUMNS})
        row["pending"] = pending[household_id]
        row["balance"] = world.accounts[household_id].balance()
        rows.append(row)
    return rows


def summary(world: World, rows: list[dict[str, Any]]) -> dict[str, Any]:
    total = {column: sum(row[column] for row in rows) for column in (*COLUMNS, "pending")}
    held = sum(row["balance"] for row in rows)
    issued = total["opening"] + total["earned"]
    gone = total["deducted"] + total["redeemed"] + total["expired"] + total["forfeited"]
    return {
        "issued": issued,
        "held": held,
        "deducted": total["deducted"],
        "redeemed": total["redeemed"],
        "expired": total["expired"],
        "forfeited": total["forfeited"],
        "pending": total["pending"],
        "conserved": issued == held + gone and is_ledger_right(world.ledger, rows),
        "liability_yuan": liability(world, held),
        "budget_yuan": budget(world),
    }


def is_ledger_right(ledger: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
    """The ledger, added up by account, says the same as the balances."""
    accounts: Counter[str] = Counter()
    for posting in ledger:
        accounts[posting["debit_account"]] -= posting["points"]
        accounts[posting["credit_account"]] += posting["points"]
    redeemed = sum(points for name, points in accounts.items() if name.startswith("redeemed:"))
    return (
        all(accounts[f"household:{row['household_id']}"] == row["balance"] for row in rows)
        and all(
            accounts[name] == sum(row[name] for row in rows)
            for name in ("deducted", "expired", "forfeited")
        )
        and redeemed == sum(row["redeemed"] for row in rows)
        and sum(accounts.values()) == 0
    )


def liability(world: World, held: int) -> Fraction | None:
    """Held × the highest yuan per point among goods in force that have `yuan`."""
    rates = []
    for good, shop in {(row["good"], row["shop"]) for row in world.goods}:
        _, version = good_in_force(world, good, shop, world.today)
        if version is not None and version.get("yuan", "") and int(version["points"]):
            rates.append(Fraction(version["yuan"]) / int(version["points"]))
    return held * max(rates) if rates else None


def budget(world: World) -> int | None:
    villages = {world.village(household_id) for household_id in world.households}
    books = [world.rulebook(village, world.today) for village in sorted(villages)]
    heads = [book["rulebook"] for book in books if book]
    sums = [head["budget_yuan"] for head in heads if "budget_yuan" in head]
    return sum(sums) if sums else None


# The ledger's chain -------------------------------------------------------------------------------


def hashed_bytes(posting: Mapping[str, Any], hash_before: str) -> bytes:
    """The bytes under one posting's hash. THE layout for the founder to settle, only here.

    The hash before (lower-case hex, empty for the first posting) and the fields in the contract's
    order, parted by U+001F, UTF-8.
    """
    names = ("posting_no", "date", "debit_account", "credit_account", "points", "source")
    return "\x1f".join([hash_before, *(str(posting[name]) for name in names)]).encode("utf-8")


def check_chain(ledger: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a ledger's numbers and hashes."""
    wrong, before = [], ""
    for place, posting in enumerate(ledger, 1):
        if int(posting["posting_no"]) != place:
            wrong.append(f"posting {posting['posting_no']} stands at {place}")
        expected = hashlib.sha256(hashed_bytes(posting, before)).hexdigest()
        if posting["hash"] != expected:
            wrong.append(f"posting {posting['posting_no']}: hash {posting['hash']}, not {expected}")
        before = str(posting["hash"])
    return wrong


# Reading the tables -------------------------------------------------------------------------------


def once(rows: Iterable[Row], key: Iterable[str], table: str) -> list[dict[str, str]]:
    """Rows by their key: the same content twice counts once, other content is a fault."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        identity = tuple(row[name] for name in key)
        if found.setdefault(identity, dict(row)) != dict(row):
            raise Fault(f"{table} {'/'.join(identity)}: given twice with other content")
    return list(found.values())


STAGES = ("declared", "reviewed", "published", "posted", "rejected")


def check_register(world: World) -> None:
    for row in world.register.values():
        what = f"register {row['register_no']}"
        day_of(row["date"], what)
        if row["household_id"] not in world.households:
            raise Fault(f"{what}: unknown household {row['household_id']}")
        if row["stage"] not in STAGES:
            raise Fault(f"{what}: unknown stage {row['stage']!r}")
        whole(row.get("units", "") or "1", f"{what}: units")
        person_id = row.get("person_id", "")
        known = {person["person_id"] for person in world.persons or []}
        if person_id and world.persons is not None and person_id not in known:
            raise Fault(f"{what}: unknown person {person_id}")
        posting_day(world, row)


def check_reversals(world: World) -> None:
    for row in world.register.values():
        target_no = row.get("reverses", "")
        if not target_no:
            continue
        what = f"register {row['register_no']}"
        target = world.register.get(target_no)
        if target is None:
            raise Fault(f"{what}: reverses nothing ({target_no})")
        if target is row:
            raise Fault(f"{what}: reverses itself")
        if target.get("reverses", "") and not is_rejected(target):
            raise Fault(f"{what}: reverses a reversal")
        if target["household_id"] != row["household_id"]:
            raise Fault(f"{what}: reverses another household's row")
        if is_rejected(row):
            continue
        if target_no in world.reversed_by:
            raise Fault(f"{what}: {target_no} is reversed twice")
        world.reversed_by[target_no] = row


def check_rulebooks(world: World) -> None:
    ids = Counter(book["rulebook"]["id"] for book in world.rulebooks)
    for name, count in ids.items():
        if count > 1:
            raise Fault(f"rulebook {name}: given twice")
    days = {
        day_of(head[name], "rulebook")
        for book in world.rulebooks
        for head in [book["rulebook"]]
        for name in ("effective_from", "effective_to")
        if name in head
    }
    villages = {world.village(household_id) for household_id in world.households}
    for village in villages:
        for day in days:
            world.rulebook(village, day)  # which refuses two in force
    for book in world.rulebooks:
        groups = {group["id"] for group in book.get("group", [])}
        seen: set[str] = set()
        for rule in book.get("rule", []):
            what = f"rulebook {book['rulebook']['id']}: rule {rule['id']}"
            if rule["id"] in seen:
                raise Fault(f"{what}: given twice")
            seen.add(rule["id"])
            if "group" in rule and rule["group"] not in groups:
                raise Fault(f"{what}: undeclared group {rule['group']}")
            for column, text in rule.get("when", {}).items():
                unary_tests(text)
                if column not in world.columns and world.register:
                    raise Fault(f"{what}: column {column!r} is in no table")
            for cap in rule.get("caps", []):
                if cap["over"] == "group" and "group" not in rule:
                    raise Fault(f"{what}: a cap over the group of a rule without group")


def when_columns(
    households: list[dict[str, str]], persons: list[Row] | None, register: Iterable[Row]
) -> dict[str, str]:
    columns = {name: "register" for row in register for name in row}
    columns.update({name: "households" for row in households for name in row})
    columns.update({name: "persons" for row in persons or [] for name in row})
    return columns


# Rule 11: continuing ------------------------------------------------------------------------------


def with_known(
    previous: State | None, given: list[dict[str, str]], key: str, table: str
) -> list[dict[str, str]]:
    """The rows given and those known before, which may be given again, unchanged."""
    if previous is None:
        return given
    known = previous.register if table == "register" else previous.exchanges
    merged = {row[key]: row for row in given}
    for name, row in known.items():
        if merged.setdefault(name, row) != row:
            raise Fault(f"{table} {name}: was settled before with other content")
    return list(merged.values())


def check_past(world: World, previous: State, exchanges: list[dict[str, str]], until: date) -> None:
    if until < previous.as_of:
        raise Fault("as-of: before that of the previous settlement")
    for number, row in world.register.items():
        day = posting_day(world, row)
        if day is not None and day <= previous.as_of and number not in previous.register:
            raise Fault(f"register {number}: would post on {day}; record it on a later day")
    for row in exchanges:
        day = day_of(row["date"], "exchange")
        if day <= previous.as_of and row["exchange_no"] not in previous.exchanges:
            raise Fault(f"exchange {row['exchange_no']}: record it on a later day")


def check_ledger_kept(previous: State, ledger: list[dict[str, Any]]) -> None:
    kept = [posting for posting in ledger if posting["date"] <= previous.as_of.isoformat()]
    if kept != previous.ledger:
        raise Fault("previous: the past would change")


# The settlement -----------------------------------------------------------------------------------


def settle(
    rulebooks: list[dict[str, Any]],
    households: list[dict[str, str]],
    persons: list[dict[str, str]] | None,
    register: list[dict[str, str]],
    exchanges: list[dict[str, str]] | None,
    goods: list[dict[str, str]] | None,
    as_of: str,
    previous: State | None = None,
) -> Result:
    """Settles everything up to and on the as-of date. With faults, only the faults are returned."""
    try:
        return settle_or_fault(
            rulebooks, households, persons, register, exchanges or [], goods or [], as_of, previous
        )
    except Fault as fault:
        return Result(faults=[str(fault)])


def settle_or_fault(
    rulebooks: list[dict[str, Any]],
    households: list[dict[str, str]],
    persons: list[dict[str, str]] | None,
    register: list[dict[str, str]],
    exchanges: list[dict[str, str]],
    goods: list[dict[str, str]],
    as_of: str,
    previous: State | None,
) -> Result:
    until = day_of(as_of, "as-of")
    id_column = "household_id" if any("household_id" in row for row in households) else "id"
    households = once(households, [id_column], "household")
    register = once(register, ["register_no"], "register")
    register = with_known(previous, register, "register_no", "register")
    exchanges = once(exchanges, ["exchange_no"], "exchange")
    exchanges = with_known(previous, exchanges, "exchange_no", "exchanges")
    known_persons: list[Row] | None = None
    if persons is not None:
        known_persons = [row for place, row in enumerate(persons) if row not in persons[:place]]
    world = World(
        rulebooks=list(rulebooks),
        households={row[id_column]: row for row in households},
        persons=known_persons,
        columns=when_columns(households, known_persons, register),
        register={row["register_no"]: row for row in register},
        goods=list(once(goods, ["good", "shop", "effective_from"], "good")),
        accounts={row[id_column]: Account() for row in households},
    )
    check_rulebooks(world)
    check_register(world)
    check_reversals(world)
    for deal in exchanges:
        if deal["household_id"] not in world.households:
            raise Fault(f"exchange {deal['exchange_no']}: unknown household")
        day_of(deal["date"], f"exchange {deal['exchange_no']}")
    if previous is not None:
        check_past(world, previous, exchanges, until)

    live(world, exchanges, until)

    world.today = until
    entries = list(world.entries)
    done = {entry.register_no for entry in entries}
    for row in world.register.values():
        if row["register_no"] not in done and not is_rejected(row):
            entries += unposted_entries(world, row)
    for deal in exchanges:
        if day_of(deal["date"], "exchange") > until:
            world.exchange_rows.append(exchange_row(deal, "pending", ""))
    if previous is not None:
        check_ledger_kept(previous, world.ledger)
    return results(world, entries, exchanges, until)


def live(world: World, exchanges: list[dict[str, str]], until: date) -> None:
    """Rule 7: day by day, expiry, openings, rows in order, exchanges by number, year end."""
    days = days_of_interest(world, exchanges, until)
    while days:
        world.today = min(days)
        days.remove(world.today)
        expire(world)
        open_accounts(world)
        today = [row for row in world.register.values() if posting_day(world, row) == world.today]
        for row in sorted(today, key=lambda row: by_bytes(row["register_no"])):
            reversing = world.reversed_by.get(row["register_no"])
            if reversing is not None and is_withdrawn(world, row):
                post_withdrawn(world, row, reversing)
            elif row.get("reverses", ""):
                target = world.register[row["reverses"]]
                if not is_withdrawn(world, target):
                    post_reversal(world, row)
            else:
                post_row(world, row)
        deals = [row for row in exchanges if day_of(row["date"], "exchange") == world.today]
        for deal in sorted(deals, key=lambda row: by_bytes(row["exchange_no"])):
            post_exchange(world, deal)
        end_year(world)
        days |= {day for day in world.expiry_days if world.today < day <= until}


def days_of_interest(world: World, exchanges: list[dict[str, str]], until: date) -> set[date]:
    """Every day on which something can happen, but for expiry, which `live` adds."""
    days = {day for row in world.register.values() if (day := posting_day(world, row)) is not None}
    days |= {day_of(row["date"], "exchange") for row in exchanges}
    for book in world.rulebooks:
        for name in ("effective_from", "effective_to"):
            if name in book["rulebook"]:
                days.add(day_of(book["rulebook"][name], "rulebook"))
    days = {day for day in days if day <= until}
    for year in range(min(days, default=until).year, until.year + 1):
        days |= {date(year, 1, 1), date(year, 12, 31)}
    return {day for day in days if day <= until}


def results(
    world: World, entries: list[Entry], exchanges: list[dict[str, str]], until: date
) -> Result:
    for row in world.register.values():
        if is_rejected(row):
            code = "stage_rejected" if row["stage"] == "rejected" else "objection_upheld"
            entries.append(replace(blank_entry(world, row), status="rejected", reason_code=code))
    pending: Counter[str] = Counter()
    for entry in entries:
        if entry.status == "pending":
            pending[entry.household_id] += entry.points
    entries.sort(key=lambda entry: (by_bytes(entry.register_no), entry.place))
    rows = balances(world, pending)
    known = {
        number: dict(row)
        for number, row in world.register.items()
        if (day := posting_day(world, row)) is not None and day <= until
    }
    return Result(
        entries=[entry.row() for entry in entries],
        exchanges=sorted(world.exchange_rows, key=lambda row: by_bytes(row["exchange_no"])),
        balances=rows,
        ledger=world.ledger,
        summary=summary(world, rows),
        vetoed=sorted({(household_id, year) for household_id, year, _ in world.vetoes}),
        state=State(
            until,
            known,
            {row["exchange_no"]: row for row in exchanges if row["date"] <= until.isoformat()},
            copy.deepcopy(world.ledger),
        ),
    )


# Comparing ----------------------------------------------------------------------------------------

# Of a row that matched nothing the nearest miss is a matter of taste: any of these will do.
NEAREST_MISSES = {
    "rule_not_in_force",
    "condition_failed",
    "evidence_missing",
    "witnesses_missing",
    "cooldown",
}
# Which of these is named first where several clip is not the contract's.
CLIPPED = {"capped", "cap_rejected", "floored"}


def plain(value: Any) -> str:
    """A cell as text, whether it came from CSV, a column of integers, or a DataFrame."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def compare(result_of_engine: Mapping[str, Any], expected: Result) -> list[str]:
    """Every difference between the engine's tables and the oracle's.

    `result_of_engine` maps `entries`, `exchanges`, `balances`, `ledger` to rows (cells of any type)
    and `summary` to a row or a list of one; a table that is absent is not compared. Strict on
    statuses and points; reason codes where the contract leaves no choice; the ledger by its sums
    for each day and pair of accounts, since order and grouping of a day's postings are free.
    """
    found: list[str] = []
    if "entries" in result_of_engine:
        found += compare_entries(result_of_engine["entries"], expected.entries)
    for table, key, columns in (
        ("exchanges", "exchange_no", ("status", "reason_code")),
        ("balances", "household_id", (*COLUMNS, "pending", "balance")),
    ):
        if table in result_of_engine:
            ours = getattr(expected, table)
            found += compare_rows(table, result_of_engine[table], ours, (key,), columns)
    if "ledger" in result_of_engine:
        right, left = ledger_sums(expected.ledger), ledger_sums(result_of_engine["ledger"])
        found += [
            f"ledger {'/'.join(place)}: engine {left[place]}, oracle {right[place]}"
            for place in sorted(left.keys() | right.keys())
            if left[place] != right[place]
        ]
    if "summary" in result_of_engine:
        found += compare_summary(result_of_engine["summary"], expected.summary)
    return found


def by_key(
    rows: Iterable[Mapping[str, Any]], key: tuple[str, ...]
) -> tuple[dict[tuple[str, ...], Mapping[str, Any]], list[str]]:
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    twice = []
    for row in rows:
        identity = tuple(plain(row[name]) for name in key)
        if identity in found:
            twice.append("/".join(identity))
        found[identity] = row
    return found, twice


def compare_rows(
    table: str,
    theirs: Iterable[Mapping[str, Any]],
    ours: Iterable[Mapping[str, Any]],
    key: tuple[str, ...],
    columns: tuple[str, ...],
) -> list[str]:
    engine, twice = by_key(theirs, key)
    oracle, _ = by_key(ours, key)
    found = [f"{table} {identity}: twice in the engine's" for identity in twice]
    for identity in sorted(engine.keys() | oracle.keys()):
        what = f"{table} {'/'.join(identity)}"
        if identity not in engine or identity not in oracle:
            found.append(f"{what}: only the {'engine' if identity in engine else 'oracle'} has it")
            continue
        for column in columns:
            left, right = plain(engine[identity][column]), plain(oracle[identity][column])
            if left != right:
                found.append(f"{what}: {column}: engine {left!r}, oracle {right!r}")
    return found


def compare_entries(theirs: list[Mapping[str, Any]], ours: list[dict[str, Any]]) -> list[str]:
    key = ("register_no", "rule_id")
    columns = ("date", "household_id", "status", "points")
    found = compare_rows("entries", theirs, ours, key, columns)
    engine, _ = by_key(theirs, key)
    for entry in ours:
        identity = (entry["register_no"], entry["rule_id"])
        if identity not in engine:
            continue
        other = engine[identity]
        what = f"entries {'/'.join(identity)}"
        names = []
        if entry["status"] in ("posted", "reversed"):
            names.append("posted_on")
        if entry["status"] == "posted" and entry["reason_code"] != "reversal":
            names.append("points_clipped")
        for name in names:
            if plain(other[name]) != plain(entry[name]):
                left, right = plain(other[name]), plain(entry[name])
                found.append(f"{what}: {name}: engine {left!r}, oracle {right!r}")
        left, right = plain(other["reason_code"]), entry["reason_code"]
        alike = any(left in codes and right in codes for codes in (NEAREST_MISSES, CLIPPED))
        if left != right and not alike:
            found.append(f"{what}: reason_code: engine {left!r}, oracle {right!r}")
    return found


def ledger_sums(ledger: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str, str]]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for posting in ledger:
        key = (plain(posting["date"]), posting["debit_account"], posting["credit_account"])
        sums[key] += int(plain(posting["points"]))
    return sums


def compare_summary(theirs: Any, ours: Mapping[str, Any]) -> list[str]:
    engine: Mapping[str, Any] = theirs[0] if isinstance(theirs, list) else theirs
    found = []
    for name, right in ours.items():
        left = engine[name]
        if name == "liability_yuan" and left is not None and right is not None:
            same = abs(float(left) - float(right)) <= 0.005 + 1e-9 * abs(float(right))
        else:
            same = plain(left) == plain(right)
        if not same:
            found.append(f"summary {name}: engine {left!r}, oracle {right!r}")
    return found
