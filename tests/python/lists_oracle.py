"""A naive evaluator of lists, written from the contract's text alone; clear, slow, and independent
of the engine: it shares no code with it and was written without sight of it.

Catalogues are what `tomllib` gives: one dict a file, the most general file first. Readings that the
text leaves open are numbered, so that a difference can be settled by number; the engine has the
same (docs/explanation/lists.md, duties.md):

Layers
 1. `[[withdraw]]` takes away an item of an earlier file, before its own file's items are added;
    nothing to take away is a fault, and so is an id twice in one file.
 2. An item that replaces one counts as of the later file, for the dates as for the ranks.
 3. Tables without an id (delegation, referral) are only ever added.
 4. `effective_from` and `effective_to` default to the item's own file's, each alone. A recurrence
    of an item that has neither takes the merged catalogue's `effective_from`; without any: a fault.
 5. `villages` absent is `["*"]`; `unlisted` and `unlisted_certificate` absent are `refuse`.
decide
 6. Matters of certificates take their default from `unlisted_certificate`, all others from
    `unlisted`; a certificate that nothing covers under `refer` or `allow` is `unlisted`.
 7. `default` is null where an item applies; it is `refuse` beside `refuse_certificate` of nothing.
 8. A reclaimed certificate is `refuse_reclaimed`; `certify` gives `may_certify` of any matter.
 9. Several `except` of one item that hit cost 1 together ("an `except` that hits" is one field).
10. An `except` that hits shows as the change of `matter` to the item's (nothing else is named).
11. What no request can reach is no candidate: no day in force, no village, an `except` at or above
    the item's own matter. Conditions are not asked whether they can be met, actors not whether any
    of the level exists.
12. The fields are judged on the request as it stands: where `actor` would change, the village that
    would follow from it is not taken for granted.
13. An attribute changes from its value (null if absent) to some value that satisfies the test. Here
    `to` is the test itself; `compare_nearest_miss` asks whether the engine's value satisfies it.
14. The smallest village "that serves" is the smallest that the item names.
FEEL
15. Values of another kind than the test's make it neither true nor false; `not(…)` is true only
    where every test in it is false. `null` beside others in a list holds for an absent value,
    within `not(…)` not.
16. A `when` that is no string in TOML stands for equality with that value.
Conflict
17. The pair is (denying item, granting item). `V` may be any village whatever the actor, or none.
18. Equal matters are an error; so are matters apart (a request still matches both only if one lies
    above the other, so: the granting one lies below the denying).
Recurrences
19. A YEARLY rule with BYMONTHDAY but no BYMONTH serves every month (RFC 5545's "expand").
20. YEARLY is by calendar years: a day of BYWEEKNO's week belongs to the year that it lies in,
    although the week may be counted in the year before or after; matters only with INTERVAL above
    1 or BYSETPOS. (dateutil: the same.)
21. BYWEEKNO alone serves the weekday of DTSTART. (dateutil: all seven.)
22. BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY together: days that satisfy all of them.
23. Nothing occurs after 9998-12-31. UNTIL includes its day; of a date-time the day counts.
24. Faults: unknown or repeated parts, numbers out of RFC 5545's ranges, COUNT beside UNTIL, and all
    its MUST NOTs (BYHOUR and shorter among them).
Duty windows
25. A named actor has its window whatever the item's `villages`; `level:x` only those whose village
    is named (`*`: all), actors above the villages only with `*`.
26. `village`: the one that the acting actor is or lies in, else empty. `person`: who holds the
    lead's post (POST at the acting actor, ACTOR.POST), or any post of the actor where the lead is
    one or is absent. A lead with the id of an actor is that actor.
27. An empty due: the window stays `pending` whatever the evidence, but for `waived`.
28. Evidence that falls in no window, or of an actor that has none, serves nothing and is no fault.
29. `done_on`: the first row of evidence, whether `met` or `late`.
30. Windows are sorted by item, opens, actor. Rates: each of several persons counts a window once; a
    window without village or person has no row there.
Procedures
31. It starts at its first step. A join waits for all steps that lead to it (so a choice within a
    branch must first meet at a step that is no join). Several ends are well; once one is reached,
    nothing may be under way elsewhere.
32. A way back is an edge to a step that every path to its own step leads through; `loop_max` stands
    at the step that goes back, and counts all its ways back per case, not per entry. A circle of
    other edges, or without `loop_max`: not sound. Soundness itself does not count.
33. Longest time: the slowest of parallel branches counts, choices and ways back at their worst.
Workload
34. Hours can be divided among all who may do a duty; the smallest proof is the fewest duties and
    people together, ties by ids.
match
35. A larger `priority` is served first, and never less for the sake of smaller ones; of one
    priority the smaller id. Amounts are whole and divisible; `to` is exclusive, empty dates are
    open, one common day is enough.
36. Reasons, the first that holds: nothing of the kind, none of it for the village, none of that in
    time, all of that together less than the amount, else taken by others of the same or a higher
    priority.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any, TypeAlias

Date: TypeAlias = dt.date
Table = dict[str, Any]
Row = Mapping[str, Any]

GRANTING = ("must", "assist", "certify")
DENYING = ("negative", "reclaimed")
ORDER = ("negative", "reclaimed", "must", "assist", "certify")
VERDICTS = {
    "negative": "refuse_negative",
    "reclaimed": "refuse_reclaimed",
    "must": "must",
    "assist": "assist",
    "certify": "may_certify",
}
ONE_DAY = timedelta(days=1)
ENDLESS = Date.max


class Fault(ValueError):
    """Bad data by the contract."""


# ---------------------------------------------------------------------------------------- catalogue


@dataclass
class Item:
    """An item as it stands after its layers are merged."""

    id: str
    file: int
    kind: str  # the list that it stands on
    matter: tuple[str, ...]
    excepts: list[tuple[str, ...]]
    actor: str
    lead: str | None
    villages: list[str]
    first: Date | None
    end: Date | None  # the first day no longer in force
    when: dict[str, Any]
    table: Table

    @property
    def path(self) -> str:
        return "/".join(self.matter)


@dataclass
class Catalogue:
    """All files of a catalogue in one."""

    head: Table = field(default_factory=dict)
    actors: dict[str, Table] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    persons: dict[str, Table] = field(default_factory=dict)
    procedures: dict[str, Table] = field(default_factory=dict)
    laws: dict[str, Table] = field(default_factory=dict)
    sanctions: dict[str, Table] = field(default_factory=dict)
    delegations: list[Table] = field(default_factory=list)
    referrals: list[Table] = field(default_factory=list)

    def level(self, actor: str) -> str:
        return str(self.actors[actor]["level"])

    def village_of(self, actor: str) -> str | None:
        """The village that an actor is or lies in; None above the villages."""
        seen = set()
        at: str | None = actor
        while at is not None:
            if at in seen or at not in self.actors:
                raise Fault(f"actor {at}")
            seen.add(at)
            if self.level(at) == "village":
                return at
            at = self.actors[at].get("parent")
        return None

    @property
    def villages(self) -> list[str]:
        return by_bytes(a for a in self.actors if self.level(a) == "village")


Layers = Catalogue | Table | Sequence[Table]


def by_bytes(ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda text: text.encode())


def split_matter(path: str) -> tuple[str, ...]:
    segments = tuple(path.split("/"))
    if not all(segments):
        raise Fault(f"matter {path!r}")
    return segments


def merge(layers: Layers) -> Catalogue:
    """One catalogue of its files, the most general first."""
    if isinstance(layers, Catalogue):
        return layers
    files = [layers] if isinstance(layers, dict) else list(layers)
    whole = Catalogue()
    for number, file in enumerate(files):
        head = file.get("catalogue", {})
        whole.head.update(head)
        for table in file.get("withdraw", []):
            if whole.items.pop(table["id"], None) is None:
                raise Fault(f"withdraw {table['id']}")
        for kind in ("actor", "person", "procedure", "law", "sanction"):
            tables = file.get(kind, [])
            no_duplicates(kind, tables)
            getattr(whole, kind + "s").update({table["id"]: table for table in tables})
        no_duplicates("item", file.get("item", []))
        for table in file.get("item", []):
            whole.items[table["id"]] = Item(
                id=table["id"],
                file=number,
                kind=table["list"],
                matter=split_matter(table["matter"]),
                excepts=[split_matter(path) for path in table.get("except", [])],
                actor=table["actor"],
                lead=table.get("lead"),
                villages=list(table.get("villages", ["*"])),
                first=table.get("effective_from", head.get("effective_from")),
                end=table.get("effective_to", head.get("effective_to")),
                when=dict(table.get("when", {})),
                table=table,
            )
        whole.delegations += file.get("delegation", [])
        whole.referrals += file.get("referral", [])
    return whole


def no_duplicates(kind: str, tables: list[Table]) -> None:
    ids = [table["id"] for table in tables]
    if len(ids) != len(set(ids)):
        raise Fault(f"{kind}: an id twice")


# ------------------------------------------------------------------------------------------- FEEL

TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?(?:\d+\.\d+|\d+|\.\d+)(?![\w]))
          |(?P<string>"(?:[^"\\]|\\.)*")
          |(?P<name>[A-Za-z]+)
          |(?P<mark>\.\.|<=|>=|[-<>()\[\],]))""",
    re.VERBOSE,
)
Value = Decimal | str | bool | Date | None


@dataclass(frozen=True)
class Test:
    """One test of a list: `mark` is a comparison, or the brackets of a range."""

    mark: str
    low: Value
    high: Value = None


@dataclass(frozen=True)
class UnaryTests:
    any: bool  # `-`
    negated: bool
    tests: tuple[Test, ...]


class Reader:
    """Reads unary tests from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise Fault(f"FEEL {text!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()

    def next(self) -> tuple[str, str]:
        return self.tokens[0] if self.tokens else ("end", "")

    def take(self, *wanted: str) -> str:
        kind, text = self.next()
        if kind == "end" or (wanted and text not in wanted):
            raise Fault(f"FEEL {self.text!r}")
        self.tokens.pop(0)
        return text

    def whole(self) -> UnaryTests:
        if self.next() == ("mark", "-") and len(self.tokens) == 1:
            return UnaryTests(any=True, negated=False, tests=())
        negated = self.next() == ("name", "not")
        if negated:
            self.take("not")
            self.take("(")
        tests = [self.test()]
        while self.next() == ("mark", ","):
            self.take(",")
            tests.append(self.test())
        if negated:
            self.take(")")
        if self.tokens:
            raise Fault(f"FEEL {self.text!r}")
        return UnaryTests(any=False, negated=negated, tests=tuple(tests))

    def test(self) -> Test:
        kind, text = self.next()
        if kind == "mark" and text in ("<", "<=", ">", ">="):
            return Test(self.take(), self.endpoint())
        if kind == "mark" and text in ("[", "(", "]"):
            opening = self.take()
            low = self.endpoint()
            self.take("..")
            high = self.endpoint()
            closing = self.take("]", ")", "[")
            left = "[" if opening == "[" else "("
            return Test(left + ("]" if closing == "]" else ")"), low, high)
        return Test("=", self.endpoint())

    def endpoint(self) -> Value:
        kind, text = self.next()
        self.take()
        if kind == "number":
            return Decimal(text)
        if kind == "string":
            return unquote(text)
        if (kind, text) == ("mark", "-") and self.next()[0] == "number":
            return -Decimal(self.take())
        if kind == "name" and text in ("true", "false"):
            return text == "true"
        if (kind, text) == ("name", "null"):
            return None
        if (kind, text) == ("name", "date"):
            self.take("(")
            kind, inner = self.next()
            if kind != "string":
                raise Fault(f"FEEL {self.text!r}")
            self.take()
            self.take(")")
            return as_date(unquote(inner))
        raise Fault(f"FEEL {self.text!r}")


def unquote(text: str) -> str:
    escapes = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))",
        lambda m: chr(int(m[1], 16)) if m[1] else escapes[m[2]],
        text[1:-1],
    )


def as_date(value: Any) -> Date:
    if isinstance(value, Date):
        return value
    try:
        return Date.fromisoformat(str(value))
    except ValueError as error:
        raise Fault(f"date {value!r}") from error


def optional_date(value: Any) -> Date | None:
    return None if value is None or value == "" else as_date(value)


def feel_value(value: Any) -> Value:
    """A value of Python's as one of FEEL's."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if value is None or isinstance(value, bool | str | Decimal | Date):
        return value
    raise Fault(f"value {value!r}")


def attribute(text: str) -> Value:
    """What `--attribute k=TEXT` means: a FEEL literal where it parses as one, else a string."""
    try:
        reader = Reader(text)
        value = reader.endpoint()
        return text if reader.tokens else value
    except Fault:
        return text


@cache
def parse_tests(text: str) -> UnaryTests:
    return Reader(text).whole()


def tests_of(condition: Any) -> UnaryTests:
    if isinstance(condition, str):
        return parse_tests(condition)
    return UnaryTests(any=False, negated=False, tests=(Test("=", feel_value(condition)),))


def kind_of(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Decimal):
        return "number"
    return "string" if isinstance(value, str) else "date"


def compared(value: Value, mark: str, bound: Value) -> bool | None:
    """`value mark bound`; None where the kinds do not allow it."""
    if mark == "=":
        if value is None or bound is None:
            return value is bound
        return value == bound if kind_of(value) == kind_of(bound) else None
    if kind_of(value) != kind_of(bound) or kind_of(value) in ("null", "boolean"):
        return None
    left: Any = value
    right: Any = bound
    results: dict[str, bool] = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return results[mark]


def passes(value: Value, test: Test) -> bool | None:
    if test.mark in ("=", "<", "<=", ">", ">="):
        return compared(value, test.mark, test.low)
    above = compared(value, ">=" if test.mark[0] == "[" else ">", test.low)
    below = compared(value, "<=" if test.mark[1] == "]" else "<", test.high)
    if above is None or below is None:
        return None
    return above and below


def holds(condition: Any, value: Any) -> bool:
    """Whether a value (None: absent) satisfies unary tests."""
    tests = tests_of(condition)
    if tests.any:
        return True
    known = feel_value(value)
    if known is None:
        return not tests.negated and any(t == Test("=", None) for t in tests.tests)
    results = [passes(known, test) for test in tests.tests]
    if tests.negated:
        return all(result is False for result in results)
    return any(result is True for result in results)


# ------------------------------------------------------------------------------------------ decide


@dataclass(frozen=True)
class Request:
    actor: str
    matter: tuple[str, ...]
    date: Date
    village: str | None
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)


def request(
    catalogue: Catalogue,
    actor: str,
    matter: str,
    date: Date,
    village: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Request:
    if actor not in catalogue.actors:
        raise Fault(f"actor {actor}")
    if village is not None and village not in catalogue.villages:
        raise Fault(f"village {village}")
    place = village if village is not None else catalogue.village_of(actor)
    return Request(actor, split_matter(matter), date, place, attributes or {})


def covers(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a path is another or lies above it, by whole segments."""
    return list(below[: len(above)]) == list(above)


def actor_fits(catalogue: Catalogue, item: Item, actor: str) -> bool:
    return item.actor in (actor, "level:" + catalogue.level(actor))


def village_fits(item: Item, village: str | None) -> bool:
    return "*" in item.villages or (village is not None and village in item.villages)


def date_fits(item: Item, date: Date) -> bool:
    return (item.first is None or item.first <= date) and (item.end is None or date < item.end)


def except_hits(item: Item, matter: Sequence[str]) -> bool:
    return any(covers(path, matter) for path in item.excepts)


def matter_fits(item: Item, matter: Sequence[str]) -> bool:
    return covers(item.matter, matter) and not except_hits(item, matter)


def applies(catalogue: Catalogue, item: Item, asked: Request) -> bool:
    return (
        date_fits(item, asked.date)
        and actor_fits(catalogue, item, asked.actor)
        and village_fits(item, asked.village)
        and matter_fits(item, asked.matter)
        and all(holds(test, asked.attributes.get(name)) for name, test in item.when.items())
    )


def is_certificate(matter: Sequence[str]) -> bool:
    return len(matter) > 1 and matter[0] == "certificate"


def decide(
    catalogue: Layers,
    actor: str,
    matter: str,
    date: Date,
    village: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Table:
    """What the lists say of a request."""
    whole = merge(catalogue)
    asked = request(whole, actor, matter, date, village, attributes)
    found = [item for item in whole.items.values() if applies(whole, item, asked)]
    found.sort(key=lambda i: (ORDER.index(i.kind), -len(i.matter), -i.file, i.id.encode()))
    certificate = is_certificate(asked.matter)
    if found:
        verdict = VERDICTS[found[0].kind]
        if certificate and found[0].kind == "negative":
            verdict = "refuse_certificate"
        return {
            "verdict": verdict,
            "item": found[0].id,
            "overridden": [item.id for item in found[1:]],
            "nearest_miss": None,
            "default": None,
        }
    default = whole.head.get("unlisted_certificate" if certificate else "unlisted", "refuse")
    return {
        "verdict": "refuse_certificate" if certificate and default == "refuse" else "unlisted",
        "item": None,
        "overridden": [],
        "nearest_miss": nearest_miss(whole, asked),
        "default": default,
    }


def nearest_miss(catalogue: Catalogue, asked: Request) -> Table | None:
    misses = [
        (cost, item.id.encode(), {"item": item.id, "changes": changes})
        for item in catalogue.items.values()
        if item.kind in GRANTING and item.matter[0] == asked.matter[0] and reachable(item)
        for cost, changes in [miss(catalogue, item, asked)]
    ]
    return min(misses, key=lambda entry: entry[:2])[2] if misses else None


def reachable(item: Item) -> bool:
    in_force = item.first is None or item.end is None or item.first < item.end
    return in_force and bool(item.villages) and not except_hits(item, item.matter)


def miss(catalogue: Catalogue, item: Item, asked: Request) -> tuple[int, list[Table]]:
    """What it costs to reach an item, and what would have to change."""
    changes: list[Table] = []

    def change(name: str, old: Any, new: Any) -> None:
        changes.append({"field": name, "from": old, "to": new})

    if not actor_fits(catalogue, item, asked.actor):
        change("actor", asked.actor, item.actor)
    if not village_fits(item, asked.village):
        change("village", asked.village, by_bytes(item.villages)[0])
    if not date_fits(item, asked.date):
        if item.first is not None and asked.date < item.first:
            change("date", asked.date, item.first)
        elif item.end is not None:
            change("date", asked.date, item.end - ONE_DAY)
    for name, test in sorted(item.when.items(), key=lambda pair: pair[0].encode()):
        if not holds(test, asked.attributes.get(name)):
            change(name, asked.attributes.get(name), test)
    cost = len(changes)
    apart = sum(
        place >= len(asked.matter) or asked.matter[place] != segment
        for place, segment in enumerate(item.matter)
    )
    hit = except_hits(item, asked.matter)
    if apart or hit:
        change("matter", "/".join(asked.matter), item.path)
    return cost + apart + hit, changes


def miss_cost(catalogue: Layers, item: str, asked: Request) -> int:
    whole = merge(catalogue)
    return miss(whole, whole.items[item], asked)[0]


# --------------------------------------------------------------------------------------- conflicts


def conflicts(catalogue: Layers) -> set[tuple[str, str, str]]:
    """Every (denying item, granting item, "error" | "note") that some request matches both of."""
    whole = merge(catalogue)
    found = set()
    for deny, grant in deny_grant_pairs(whole):
        if common_request(whole, deny, grant) is not None:
            below = deny.matter != grant.matter and covers(grant.matter, deny.matter)
            found.add((deny.id, grant.id, "note" if below else "error"))
    return found


def deny_grant_pairs(catalogue: Catalogue) -> Iterator[tuple[Item, Item]]:
    items = catalogue.items.values()
    for deny, grant in product(items, items):
        if deny.kind in DENYING and grant.kind in GRANTING:
            yield deny, grant


def common_request(catalogue: Catalogue, one: Item, two: Item) -> Request | None:
    """The first request of the finite universe that matters which both items apply to."""
    both = (one, two)
    names = by_bytes({name for item in both for name in item.when})
    for actor in catalogue.actors:
        if not all(actor_fits(catalogue, item, actor) for item in both):
            continue
        for village in [*catalogue.villages, None]:
            if not all(village_fits(item, village) for item in both):
                continue
            for day in universe_of_dates(catalogue):
                if not all(date_fits(item, day) for item in both):
                    continue
                for matter in universe_of_matters(catalogue):
                    if not all(matter_fits(item, matter) for item in both):
                        continue
                    for values in product(*(universe_of_values(catalogue, n) for n in names)):
                        given = dict(zip(names, values, strict=True))
                        asked = Request(actor, matter, day, village, given)
                        if all(applies(catalogue, item, asked) for item in both):
                            return asked
    return None


def universe_of_dates(catalogue: Catalogue) -> list[Date]:
    ends = {d for item in catalogue.items.values() for d in (item.first, item.end) if d is not None}
    near = {d + n * ONE_DAY for d in ends for n in (-1, 0, 1)}
    return sorted(near) or [Date(2026, 1, 1)]


def universe_of_matters(catalogue: Catalogue) -> list[tuple[str, ...]]:
    named = {p for item in catalogue.items.values() for p in [item.matter, *item.excepts]}
    return sorted(named | {(*path, "fresh") for path in named})


def universe_of_values(catalogue: Catalogue, name: str) -> list[Value]:
    """Absent, each bound of every condition, and something on either side and between."""
    bounds = {
        (kind_of(bound), bound)
        for item in catalogue.items.values()
        if name in item.when
        for test in tests_of(item.when[name]).tests
        for bound in (test.low, test.high)
        if bound is not None
    }
    numbers = sorted(Decimal(str(v)) for k, v in bounds if k == "number")
    values: list[Value] = [None, True, False, "fresh", ""]
    values += [Decimal(0)] if not numbers else [numbers[0] - 1, numbers[-1] + 1]
    values += [(a + b) / 2 for a, b in pairwise(numbers)]
    values += numbers
    for kind, bound in bounds:
        if kind == "string":
            values += [str(bound), str(bound) + "\0"]
        elif kind == "date" and isinstance(bound, Date):
            values += [bound - ONE_DAY, bound, bound + ONE_DAY]
    if not any(kind == "date" for kind, _ in bounds):
        values.append(Date(2026, 1, 1))
    return values


# ------------------------------------------------------------------------------------- recurrences

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# After so many periods the Gregorian calendar, weekdays included, repeats: 400 years are 146,097
# days and 20,871 weeks.
CYCLE = {"YEARLY": 400, "MONTHLY": 4800, "WEEKLY": 20871, "DAILY": 146097}
RANGES = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYSETPOS": (1, 366, True),
}


@dataclass(frozen=True)
class Rule:
    freq: str
    interval: int = 1
    count: int | None = None
    until: Date | None = None
    wkst: int = 0
    bymonth: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byday: tuple[tuple[int, int], ...] = ()  # (ordinal or 0, weekday)
    bysetpos: tuple[int, ...] = ()


def parse_rule(text: str) -> Rule:
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        key, equals, value = part.partition("=")
        if not equals or not value or key in parts:
            raise Fault(f"recurrence {text!r}")
        parts[key] = value
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *RANGES}
    if not set(parts) <= known or parts.get("FREQ") not in CYCLE:
        raise Fault(f"recurrence {text!r}")
    freq = parts["FREQ"]
    lists = {
        key: tuple(whole_number(v, low, high, negative) for v in parts[key].split(","))
        for key, (low, high, negative) in RANGES.items()
        if key in parts
    }
    byday = tuple(weekday(v) for v in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    if (
        ("COUNT" in parts and "UNTIL" in parts)
        or ("BYWEEKNO" in parts and freq != "YEARLY")
        or ("BYYEARDAY" in parts and freq != "YEARLY")
        or ("BYMONTHDAY" in parts and freq == "WEEKLY")
        or (any(n for n, _ in byday) and (freq in ("DAILY", "WEEKLY") or "BYWEEKNO" in parts))
        or (set(lists) == {"BYSETPOS"} and not byday)
    ):
        raise Fault(f"recurrence {text!r}")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise Fault(f"recurrence {text!r}")
    until = None
    if "UNTIL" in parts:
        digits = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(T\d{6}Z?)?", parts["UNTIL"])
        if digits is None:
            raise Fault(f"recurrence {text!r}")
        until = as_date("-".join(digits.groups()[:3]))
    return Rule(
        freq=freq,
        interval=whole_number(parts.get("INTERVAL", "1"), 1, 10**9),
        count=whole_number(parts["COUNT"], 1, 10**9) if "COUNT" in parts else None,
        until=until,
        wkst=WEEKDAYS.index(parts.get("WKST", "MO")),
        bymonth=lists.get("BYMONTH", ()),
        byweekno=lists.get("BYWEEKNO", ()),
        byyearday=lists.get("BYYEARDAY", ()),
        bymonthday=lists.get("BYMONTHDAY", ()),
        byday=byday,
        bysetpos=lists.get("BYSETPOS", ()),
    )


def whole_number(text: str, low: int, high: int, negative: bool = False) -> int:
    if not re.fullmatch(r"[+-]?\d{1,10}" if negative else r"\d{1,10}", text):
        raise Fault(f"number {text!r}")
    number = int(text)
    if not low <= abs(number) <= high:
        raise Fault(f"number {text!r}")
    return number


def weekday(text: str) -> tuple[int, int]:
    ordinal, name = text[:-2], text[-2:]
    if name not in WEEKDAYS:
        raise Fault(f"weekday {text!r}")
    return (whole_number(ordinal, 1, 53, True) if ordinal else 0), WEEKDAYS.index(name)


def with_start(rule: Rule, start: Date) -> Rule:
    """What the rule leaves open, taken from DTSTART."""
    given = dict(vars(rule))
    if rule.freq == "YEARLY" and not (
        rule.byweekno or rule.byyearday or rule.bymonthday or rule.byday
    ):
        given["bymonth"] = rule.bymonth or (start.month,)
        given["bymonthday"] = (start.day,)
    elif rule.freq == "YEARLY" and rule.byweekno:
        if not (rule.byyearday or rule.bymonthday or rule.byday):
            given["byday"] = ((0, start.weekday()),)
    elif rule.freq == "MONTHLY" and not (rule.bymonthday or rule.byday):
        given["bymonthday"] = (start.day,)
    elif rule.freq == "WEEKLY" and not rule.byday:
        given["byday"] = ((0, start.weekday()),)
    return Rule(**given)


def month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year_length(year) == 366 else 28
    return 30 if month in (4, 6, 9, 11) else 31


def year_length(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def counted(position: int, length: int) -> tuple[int, int]:
    """A place from 1 on, from the front and from the back."""
    return position, position - length - 1


def week_start(day: Date, wkst: int) -> Date:
    return day - ((day.weekday() - wkst) % 7) * ONE_DAY


@cache
def week_number(day: Date, wkst: int) -> tuple[int, int, int]:
    """(the year that counts the week, its number, its number from the back)."""
    monday = week_start(day, wkst)
    # The week belongs to the year that has four or more of its days: that of its fourth day.
    year = (monday + 3 * ONE_DAY).year
    first = week_start(Date(year, 1, 4), wkst)  # 4 January always lies in week 1
    last = week_start(Date(year, 12, 28), wkst)  # 28 December always in the last
    number, length = (monday - first).days // 7 + 1, (last - first).days // 7 + 1
    return year, *counted(number, length)


def fits(rule: Rule, day: Date) -> bool:
    """Whether a day satisfies every BY part but BYSETPOS, looked at by itself."""
    if rule.bymonth and day.month not in rule.bymonth:
        return False
    in_month = counted(day.day, month_length(day.year, day.month))
    if rule.bymonthday and not set(in_month) & set(rule.bymonthday):
        return False
    number = (day - Date(day.year, 1, 1)).days + 1
    in_year = counted(number, year_length(day.year))
    if rule.byyearday and not set(in_year) & set(rule.byyearday):
        return False
    if rule.byday:
        by_month = rule.freq == "MONTHLY" or bool(rule.bymonth)
        ahead, behind = in_month if by_month else in_year
        nth = {0, (ahead - 1) // 7 + 1, -((-behind - 1) // 7 + 1)}
        if not any(day.weekday() == name and n in nth for n, name in rule.byday):
            return False
    return not rule.byweekno or bool(set(week_number(day, rule.wkst)[1:]) & set(rule.byweekno))


def days_between(first: Date, last: Date) -> Iterator[Date]:
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield Date.fromordinal(number)


def days_of_period(rule: Rule, start: Date, number: int) -> list[Date] | None:
    """All days of the period that lies `number` intervals after DTSTART's; None past year 9999."""
    steps = number * rule.interval
    if rule.freq == "YEARLY":
        year = start.year + steps
        if year > 9998:
            return None
        return list(days_between(Date(year, 1, 1), Date(year, 12, 31)))
    if rule.freq == "MONTHLY":
        year, month = divmod(start.year * 12 + start.month - 1 + steps, 12)
        if year > 9998:
            return None
        first = Date(year, month + 1, 1)
        return list(days_between(first, Date(year, month + 1, month_length(year, month + 1))))
    length = 7 if rule.freq == "WEEKLY" else 1
    monday = week_start(start, rule.wkst) if length == 7 else start
    ordinal = monday.toordinal() + steps * length
    if ordinal + length > Date(9999, 1, 1).toordinal():
        return None
    return [Date.fromordinal(ordinal + n) for n in range(length)]


def occurrences(text: str, start: Date) -> Iterator[Date]:
    """Every occurrence in order, period by period and day by day."""
    rule = with_start(parse_rule(text), start)
    cycle = CYCLE[rule.freq] // math.gcd(CYCLE[rule.freq], rule.interval)
    given = empty = 0
    number = 0
    while empty <= cycle + 1:
        days = days_of_period(rule, start, number)
        number += 1
        if days is None or (rule.until is not None and days and days[0] > rule.until):
            return
        chosen = [day for day in days if fits(rule, day)]
        if rule.bysetpos:
            length = len(chosen)
            places = {p - 1 if p > 0 else length + p for p in rule.bysetpos}
            chosen = [chosen[p] for p in sorted(places) if 0 <= p < length]
        empty = 0 if chosen else empty + 1
        for day in chosen:
            if day < start:
                continue
            if rule.until is not None and day > rule.until:
                return
            given += 1
            yield day
            if given == rule.count:
                return


@cache
def occurrences_until(text: str, start: Date, last: Date) -> tuple[list[Date], Date | None]:
    """All occurrences up to a day, and the next one after it."""
    found: list[Date] = []
    for day in occurrences(text, start):
        if day > last:
            return found, day
        found.append(day)
    return found, None


def never_occurs(text: str, start: Date) -> bool:
    return next(occurrences(text, start), None) is None


def rrule_is_right(text: str) -> bool:
    """Whether dateutil reads the rule as the contract does. It cuts the first week at DTSTART
    before it counts BYSETPOS, wants numbered and plain weekdays of one BYDAY both to hold, misses
    the days in December of a week 1 that is counted from the back (-53), and gives a lone BYWEEKNO
    all seven days (reading 21)."""
    rule = parse_rule(text)
    if rule.freq == "WEEKLY" and rule.bysetpos:
        return False
    if len({ordinal == 0 for ordinal, _ in rule.byday}) > 1:
        return False
    if any(week <= -52 for week in rule.byweekno):
        return False
    return not rule.byweekno or bool(rule.byyearday or rule.bymonthday or rule.byday)


# ------------------------------------------------------------------------------------ duty windows


def is_workday(day: Date, holidays: Mapping[Date, str]) -> bool:
    if day in holidays:
        return holidays[day] == "work"
    return day.weekday() < 5


def holiday_table(rows: Iterable[Row]) -> dict[Date, str]:
    table: dict[Date, str] = {}
    for row in rows:
        day, kind = as_date(row["date"]), str(row["kind"])
        if kind not in ("off", "work") or table.get(day, kind) != kind:
            raise Fault(f"holiday {day}")
        table[day] = kind
    return table


def add_workdays(day: Date, count: int, holidays: Mapping[Date, str]) -> Date:
    while count > 0:
        day += ONE_DAY
        count -= is_workday(day, holidays)
    return day


def persons_of(catalogue: Catalogue, item: Item, actor: str) -> list[str]:
    """Who holds the post of an item's lead where `actor` acts."""
    lead = item.lead if item.lead is not None else actor
    if lead in catalogue.actors:
        return by_bytes(
            p
            for p, table in catalogue.persons.items()
            if any(actor_of_post(catalogue, post) == lead for post in table.get("posts", []))
        )
    post = lead if actor_of_post(catalogue, lead) else f"{actor}.{lead}"
    return by_bytes(p for p, t in catalogue.persons.items() if post in t.get("posts", []))


def actor_of_post(catalogue: Catalogue, post: str) -> str | None:
    fitting = [actor for actor in catalogue.actors if post.startswith(actor + ".")]
    return max(fitting, key=len, default=None)


def acting(catalogue: Catalogue, item: Item) -> list[str]:
    """The actors that an item gives duties to."""
    if not item.actor.startswith("level:"):
        return [item.actor]
    level = item.actor.removeprefix("level:")
    return by_bytes(
        actor
        for actor in catalogue.actors
        if catalogue.level(actor) == level and village_fits(item, catalogue.village_of(actor))
    )


def start_of(catalogue: Catalogue, item: Item) -> Date:
    start = item.first if item.first is not None else catalogue.head.get("effective_from")
    if start is None:
        raise Fault(f"item {item.id} has no start")
    return as_date(start)


@dataclass
class Span:
    """A window before evidence is looked at. `next`: the first day that is no longer its own."""

    opens: Date
    due: Date | None
    next: Date | None


def spans(
    catalogue: Catalogue, item: Item, holidays: Mapping[Date, str], as_of: Date
) -> list[Span]:
    recurrence = item.table.get("recurrence")
    if recurrence is None or item.kind not in GRANTING:
        return []
    last = as_of if item.end is None else min(as_of, item.end - ONE_DAY)
    days, following = occurrences_until(recurrence, start_of(catalogue, item), last)
    due_days = item.table.get("due_days")
    result = []
    for opens, after in zip(days, [*days, following][1:], strict=True):
        ends = [day for day in (after, item.end) if day is not None]
        next_day = min(ends) if ends else None
        dues = [] if next_day is None else [next_day - ONE_DAY]
        if due_days is not None and item.table.get("workdays", False):
            dues.append(add_workdays(opens, due_days, holidays))
        elif due_days is not None:
            dues.append(opens + due_days * ONE_DAY)
        result.append(Span(opens, min(dues) if dues else None, next_day))
    return result


def windows(
    catalogue: Layers, evidence: Iterable[Row], holidays: Iterable[Row], as_of: Date
) -> list[dict[str, str]]:
    """The rows of windows.csv."""
    whole = merge(catalogue)
    table = holiday_table(holidays)
    rows = list(evidence)
    for row in rows:
        if row["item"] not in whole.items or as_date(row["date"]) > as_of:
            raise Fault(f"evidence {dict(row)}")
    result = []
    for item in whole.items.values():
        for span in spans(whole, item, table, as_of):
            for actor in acting(whole, item):
                mine = [
                    row
                    for row in rows
                    if (row["item"], row["actor"]) == (item.id, actor)
                    and span.opens <= as_date(row["date"])
                    and (span.next is None or as_date(row["date"]) < span.next)
                ]
                state, done_on = state_of(span, mine, as_of)
                result.append(
                    {
                        "item": item.id,
                        "actor": actor,
                        "village": whole.village_of(actor) or "",
                        "person": ";".join(persons_of(whole, item, actor)),
                        "opens": span.opens.isoformat(),
                        "due": "" if span.due is None else span.due.isoformat(),
                        "state": state,
                        "done_on": "" if done_on is None else done_on.isoformat(),
                    }
                )
    result.sort(key=lambda row: (row["item"].encode(), row["opens"], row["actor"].encode()))
    return result


def state_of(span: Span, mine: Sequence[Row], as_of: Date) -> tuple[str, Date | None]:
    if any(row.get("waived") for row in mine):
        return "waived", None
    if mine and span.due is not None:
        done_on = min(as_date(row["date"]) for row in mine)
        return ("met" if done_on <= span.due else "late"), done_on
    return ("pending" if span.due is None or as_of <= span.due else "missed"), None


def rates(
    catalogue: Layers, evidence: Iterable[Row], holidays: Iterable[Row], as_of: Date
) -> list[Table]:
    """The rows of rates.csv; `rate` is a Fraction or None."""
    return rates_of(windows(catalogue, evidence, holidays, as_of))


def rates_of(rows: Sequence[Mapping[str, str]]) -> list[Table]:
    result: list[Table] = []
    for by in ("item", "actor", "village", "person"):
        keys = {key for row in rows for key in row[by].split(";") if key}
        for key in by_bytes(keys):
            states = [row["state"] for row in rows if key in row[by].split(";")]
            counts = {s: states.count(s) for s in ("met", "late", "missed", "waived", "pending")}
            judged = counts["met"] + counts["late"] + counts["missed"]
            rate = Fraction(counts["met"], judged) if judged else None
            result.append({"by": by, "key": key, "windows": len(states), **counts, "rate": rate})
    return result


# -------------------------------------------------------------------------------------- procedures

Edge = tuple[str, str]
START = "(start)"


@dataclass
class Net:
    """A procedure as a graph of steps."""

    steps: dict[str, Table]
    first: str
    edges: list[Edge]

    @classmethod
    def read(cls, procedure: Table) -> "Net":
        tables = procedure.get("step", [])
        no_duplicates("step", tables)
        steps = {table["id"]: table for table in tables}
        edges = [(table["id"], to) for table in tables for to in table.get("next", [])]
        if not steps or any(to not in steps for _, to in edges) or len(set(edges)) != len(edges):
            raise Fault(f"procedure {procedure.get('id')}")
        return cls(steps, tables[0]["id"], edges)

    def __post_init__(self) -> None:
        around = [(START, self.first), *self.edges]
        self.into = {step: [edge for edge in around if edge[1] == step] for step in self.steps}
        self.out_of = {step: [e for e in self.edges if e[0] == step] for step in self.steps}

    def reached(self, start: str, without: str | None = None) -> set[str]:
        """All steps on paths from one, itself included, that avoid another."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            step = waiting.pop()
            if step not in found and step != without:
                found.add(step)
                waiting += [to for _, to in self.out_of[step]]
        return found

    def ways_back(self) -> set[Edge]:
        """Edges to a step that every path from the start to their own step leads through."""
        return {
            (step, to)
            for step, to in self.edges
            if step in self.reached(self.first)
            and (step == to or step not in self.reached(self.first, without=to))
        }

    def has_circle(self, edges: Iterable[Edge]) -> bool:
        left = set(edges)
        while left:
            targets = {to for _, to in left}
            kept = {edge for edge in left if edge[0] in targets}
            if kept == left:
                return True
            left = kept
        return False

    def firings(
        self, marking: frozenset[Edge]
    ) -> Iterator[tuple[str, frozenset[Edge], list[Edge]]]:
        """Each (step, edges that it empties, edges that it fills) that can happen next."""
        for step, table in self.steps.items():
            into = self.into[step]
            marked = [edge for edge in into if edge in marking]
            if table.get("join", False):
                taken = [frozenset(into)] if into and len(marked) == len(into) else []
            else:
                taken = [frozenset([edge]) for edge in marked]
            out = self.out_of[step]
            given = [out] if table.get("parallel", False) or not out else [[edge] for edge in out]
            for tokens, edges in product(taken, given):
                yield step, tokens, edges


# The first of these that holds is the one that `procedure_sound` tells.
REASONS = (
    "fault",
    "unreachable",
    "unbounded_way_back",
    "no_end",
    "twice_at_once",
    "after_end",
    "join_cannot_fire",
)


def procedure_sound(procedure: Table) -> tuple[bool, str]:
    reasons = procedure_reasons(procedure)
    return not reasons, next((reason for reason in REASONS if reason in reasons), "")


def procedure_reasons(procedure: Table) -> set[str]:
    """Everything that makes a procedure unsound, by looking at every state that it can come to."""
    try:
        net = Net.read(procedure)
    except Fault:
        return {"fault"}
    reasons = set()
    reached = net.reached(net.first)
    if reached != set(net.steps):
        reasons.add("unreachable")
    ends = {step for step in net.steps if not net.out_of[step]}
    if any(not net.reached(step) & ends for step in net.steps):
        reasons.add("no_end")
    bounded = {edge for edge in net.ways_back() if net.steps[edge[0]].get("loop_max") is not None}
    if net.has_circle(set(net.edges) - bounded):
        reasons.add("unbounded_way_back")

    done: frozenset[Edge] = frozenset()
    begin = frozenset([(START, net.first)])
    followers: dict[frozenset[Edge], set[frozenset[Edge]]] = {}
    fired = set()
    waiting = [begin]
    while waiting:
        marking = waiting.pop()
        if marking in followers:
            continue
        followers[marking] = set()
        for step, taken, given in net.firings(marking):
            fired.add(step)
            rest = marking - taken
            if not given and rest:
                reasons.add("after_end")
            if rest & set(given):
                reasons.add("twice_at_once")
                continue
            followers[marking].add(rest | set(given))
        waiting += followers[marking]
    # States from which the end can still be reached:
    leading: dict[frozenset[Edge], set[frozenset[Edge]]] = {done: set()}
    for marking, after in followers.items():
        for one in after:
            leading.setdefault(one, set()).add(marking)
    closing: set[frozenset[Edge]] = set()
    waiting = [done] if done in followers else []
    while waiting:
        marking = waiting.pop()
        if marking not in closing:
            closing.add(marking)
            waiting += leading.get(marking, set())
    lost = set(followers) - closing
    stuck = any(not followers[marking] for marking in lost)
    # States beyond a step started twice were not followed, so prove nothing.
    if (stuck or reached - fired) and "twice_at_once" not in reasons:
        reasons.add("join_cannot_fire")
    if lost and not reasons:
        reasons.add("no_end")  # it can turn for ever without a way out
    return reasons


def longest_workdays(procedure: Table) -> int | None:
    """The longest that a sound procedure can take; None if it is not sound."""
    if procedure_reasons(procedure):
        return None
    net = Net.read(procedure)
    backs = net.ways_back()
    turning = sorted({step for step, _ in backs})

    @cache
    def longest(tokens: frozenset[tuple[Edge, int]], uses: tuple[int, ...]) -> int | None:
        times = dict(tokens)
        best: int | None = None
        ready = sorted(net.firings(frozenset(times)), key=lambda f: (f[0], sorted(f[1])))
        step, taken = ready[0][0], ready[0][1]
        for other, emptied, given in ready:
            if (other, emptied) != (step, taken):
                continue  # in a sound procedure the order of what is ready makes no difference
            used = list(uses)
            for edge in given:
                if edge in backs:
                    used[turning.index(edge[0])] += 1
            if any(n > net.steps[at]["loop_max"] for n, at in zip(used, turning, strict=True)):
                continue
            end = max(times[edge] for edge in taken) + net.steps[step].get("workdays", 0)
            left = {edge: time for edge, time in times.items() if edge not in taken}
            left |= dict.fromkeys(given, end)
            total = longest(frozenset(left.items()), tuple(used)) if left else end
            if total is not None and (best is None or total > best):
                best = total
        return best

    return longest(frozenset([((START, net.first), 0)]), (0,) * len(turning))


# ---------------------------------------------------------------------------------------- workload


def exact(number: Any) -> Fraction:
    return Fraction(str(number))


def workload_feasible(
    duties: Sequence[Table], people: Mapping[str, Any]
) -> tuple[bool, tuple[list[str], list[str]] | None]:
    """Whether hours fit capacities: `duties` have `id`, `hours` and `persons` (who may do them).

    By Hall's theorem they do unless some duties ask for more than all who may do any of them have;
    every set of duties is tried. The proof: the smallest such duties and people.
    """
    proofs = []
    for size in range(1, len(duties) + 1):
        for chosen in combinations(duties, size):
            ids = by_bytes(duty["id"] for duty in chosen)
            who = by_bytes({p for duty in chosen for p in duty["persons"]})
            if overload(duties, people, ids) > 0:
                proofs.append((len(ids) + len(who), ids, who))
    if not proofs:
        return True, None
    _, ids, who = min(proofs)
    return False, (ids, who)


def overload(duties: Sequence[Table], people: Mapping[str, Any], ids: Sequence[str]) -> Fraction:
    """By how many hours some duties exceed all who may do any of them."""
    chosen = [duty for duty in duties if duty["id"] in ids]
    who = {p for duty in chosen for p in duty["persons"]}
    return sum((exact(duty["hours"]) for duty in chosen), Fraction(0)) - sum(
        (exact(people[p]) for p in who), Fraction(0)
    )


def duties_of_days(catalogue: Layers, first: Date, last: Date) -> list[Table]:
    """`workload_feasible`'s duties: hours of all occurrences in some days, by actor."""
    whole = merge(catalogue)
    result = []
    for item in whole.items.values():
        count = sum(first <= span.opens for span in spans(whole, item, {}, last))
        hours = exact(item.table.get("hours", 0)) * count
        for actor in acting(whole, item) if hours else []:
            who = persons_of(whole, item, actor)
            result.append({"id": f"{item.id}@{actor}", "hours": hours, "persons": who})
    return result


# ------------------------------------------------------------------------------------------- match


def parted(value: Any) -> list[str]:
    return [part for part in value.split(";") if part] if isinstance(value, str) else list(value)


def in_place(need: Row, source: Row) -> bool:
    villages = parted(source["villages"])
    return "*" in villages or need["village"] in villages


def in_time(need: Row, source: Row) -> bool:
    starts = [optional_date(row.get("from")) or Date.min for row in (need, source)]
    ends = [optional_date(row.get("to")) or ENDLESS for row in (need, source)]
    return max(starts) < min(ends)


def serves(need: Row, source: Row) -> bool:
    return need["kind"] == source["kind"] and in_place(need, source) and in_time(need, source)


def priorities(needs: Sequence[Row]) -> list[int]:
    """All priorities, the one to be served first ahead."""
    return sorted({int(need["priority"]) for need in needs}, reverse=True)


def match_value(needs: Sequence[Row], sources: Sequence[Row]) -> tuple[int, ...]:
    """The most that can be served, by priority, first things first; by trying everything."""
    levels = priorities(needs)
    return most_of(needs, [levels.index(int(need["priority"])) for need in needs], sources)


def served_one_by_one(needs: Sequence[Row], sources: Sequence[Row]) -> dict[str, int]:
    """What each need gets where each, by priority and then by id, gets as much as it can."""
    ordered = sorted(needs, key=lambda need: (-int(need["priority"]), need["need"].encode()))
    amounts = most_of(ordered, list(range(len(ordered))), sources)
    return {need["need"]: amount for need, amount in zip(ordered, amounts, strict=True)}


def most_of(needs: Sequence[Row], ranks: Sequence[int], sources: Sequence[Row]) -> tuple[int, ...]:
    """The most that can be served, by the needs' ranks, the first rank first."""
    ranked = max(ranks, default=-1) + 1

    @cache
    def best(place: int, left: tuple[int, ...]) -> tuple[int, ...]:
        if place == len(needs):
            return (0,) * ranked
        need = needs[place]
        most = (-1,) * ranked
        for given in splits(int(need["amount"]), need, left, sources):
            rest = tuple(have - take for have, take in zip(left, given, strict=True))
            value = list(best(place + 1, rest))
            value[ranks[place]] += sum(given)
            most = max(most, tuple(value))
        return most

    return best(0, tuple(int(source["amount"]) for source in sources))


def splits(
    amount: int, need: Row, left: Sequence[int], sources: Sequence[Row]
) -> Iterator[tuple[int, ...]]:
    """Every way to give a need at most its amount from what sources have left."""
    if not left:
        yield ()
        return
    most = min(amount, left[0]) if serves(need, sources[0]) else 0
    for taken in range(most + 1):
        for rest in splits(amount - taken, need, left[1:], sources[1:]):
            yield (taken, *rest)


def unmet_reason(need: Row, sources: Sequence[Row]) -> str:
    """Why a need is not wholly served, given that no better division exists."""
    kind = [source for source in sources if source["kind"] == need["kind"]]
    place = [source for source in kind if in_place(need, source)]
    time = [source for source in place if in_time(need, source)]
    if not kind:
        return "none_of_the_kind"
    if not place:
        return "out_of_place"
    if not time:
        return "out_of_time"
    if sum(int(source["amount"]) for source in time) < int(need["amount"]):
        return "too_little"
    return "taken_by_higher_priority"
