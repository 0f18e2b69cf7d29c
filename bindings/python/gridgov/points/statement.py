"""A household's passbook: every line with its reason, the lots that are left, what is owed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import Language
from gridgov.language import counted, text
from gridgov.points import columns
from gridgov.points.rulebook import date_of
from gridgov.points.settlement import NO_DAY, NO_INDEX, shown

if TYPE_CHECKING:
    from gridgov.points.settlement import Settlement

LINES = ("date", "kind", "source", "rule_id", "title", "points", "balance", "lots", "reason")
QUIET = ("date", "source", "rule_id", "title", "status", "points", "reason_code", "reason")
LOTS = ("source", "posted_on", "expires_on", "points", "left")


class Statement:
    """A household's passbook in a language. Points are units, but for the texts shown.

    Attributes:
        household_id: Whose it is.
        unit_scale: Units that make a point when shown, of the rulebook in force.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
        ... }
        >>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...             "deed": ["meeting"], "stage": ["posted"]}
        >>> s = points.settle(rules, {"household_id": ["h1"]}, register, as_of="2026-12-31")
        >>> s.statement("h1")
        <gridgov.points.Statement: h1, 1 line, 2 points>
        >>> s.statement("h1").lines[["date", "source", "points", "balance"]].values.tolist()
        [['2026-03-01', 'r1', 2, 2]]
    """

    def __init__(self, settlement: Settlement, household_id: str, lang: Language = "en") -> None:
        self._settlement = settlement
        self._core = settlement.core
        self._lang: Language = lang
        self._number = settlement.household_number(household_id)
        self._made = self._core.statement(self._number)
        self.household_id = str(household_id)
        village = self._core.households()["villages"][self._number]
        self.village = settlement.villages[int(village)]
        self.unit_scale = self._scale()

    def _scale(self) -> int:
        """Of the rulebook in force, or of the last one before, or the first one to come."""
        books = [
            book
            for book in self._settlement.rulebooks
            if self.village in book["villages"] or "*" in book["villages"]
        ]
        serving = self._settlement.rulebooks.in_force(self.village, self._settlement.as_of)
        books.sort(key=lambda book: (book["id"] != serving, book["effective_from"]))
        return int(books[0]["unit_scale"]) if books else 1

    def _say(self, key: str, **fields: Any) -> str:
        return text(f"points.{key}", self._lang, **fields)

    def shown(self, units: int) -> str:
        """Units as points."""
        return shown(units, self.unit_scale)

    @cached_property
    def _titles(self) -> dict[tuple[str, str], str]:
        first, second = ("zh", "en") if self._lang == "zh" else ("en", "zh")
        return {
            (book["id"], rule["id"]): rule["title"][first] or rule["title"][second] or rule["id"]
            for book in self._settlement.rulebooks
            for rule in book["rules"]
        }

    def _of_entry(self, entry: int) -> dict[str, str]:
        """What a line says of an entry."""
        row = int(self._core.entries()["rows"][entry])
        rule = int(self._core.entries()["rules"][entry])
        rulebook, rule_id, _ = ("", "", "") if rule == NO_INDEX else self._core.rules[rule]
        return {
            "source": columns.strings(self._core.rows()["register_nos"])[row].as_py(),
            "rule_id": rule_id,
            "title": self._titles.get((rulebook, rule_id), rule_id),
        }

    def _reason(self, entry: int) -> str:
        books = self._settlement.rulebooks.core
        return _core.entry_reason(self._core, books, entry, self._lang == "zh")

    def _of_exchange(self, exchange: int) -> dict[str, str]:
        of = self._core.exchanges()
        good, titles = int(of["goods"][exchange]), self._settlement.titles_in_order
        return {
            "source": columns.strings(of["exchange_nos"])[exchange].as_py(),
            "rule_id": "",
            "title": "" if good == NO_INDEX else titles[good] or self._core.goods[good],
        }

    def _lot_name(self, lot: int) -> str:
        of = self._core.lots()
        entry = int(of["entries"][lot])
        if entry == NO_INDEX:
            return self._say("line.opening_of", year=date_of(int(of["posted_on"][lot])).year)
        return self._of_entry(entry)["source"]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Every line that moved points, in time: `date, kind, source, rule_id, title, points,
        balance, lots, reason`. `lots` names what was taken from, or given back to, and how much."""
        rows = []
        reasons = _core.line_reasons(
            self._core,
            self._settlement.rulebooks.core,
            self._number,
            self._lang == "zh",
            self._settlement.titles_in_order,
        )
        for line, reason in zip(self._made["lines"], reasons, strict=True):
            about = {"source": "", "rule_id": "", "title": ""}
            if line["entry"] is not None:
                about = self._of_entry(line["entry"])
            elif line["exchange"] is not None:
                about = self._of_exchange(line["exchange"])
            elif line["lot"] is not None:
                about["source"] = self._lot_name(line["lot"])
            kind = line["kind"]
            if kind in ("opening", "expiry", "forfeit"):
                about["title"] = self._say(f"kind.{kind}")
            spent = [f"{self._lot_name(s['lot'])}: {s['points']}" for s in line["spends"]]
            rows.append(
                {
                    "date": date_of(line["day"]).isoformat(),
                    "kind": kind,
                    **about,
                    "reason": reason,
                    "points": line["points"],
                    "balance": line["balance"],
                    "lots": "; ".join(spent),
                }
            )
        return pd.DataFrame(rows, columns=list(LINES))

    def _spent(self, spends: list[dict[str, int]]) -> str:
        """Lots and what was taken from each, as points."""
        said = [
            self._say(
                "statement.lot", lot=self._lot_name(one["lot"]), points=self.shown(one["points"])
            )
            for one in spends
        ]
        return self._say("statement.comma").join(said)

    @cached_property
    def quiet(self) -> pd.DataFrame:
        """Register rows that moved nothing, with their reasons: pending, rejected, without a rule,
        capped or floored to 0."""
        entries, rows = self._core.entries(), self._core.rows()
        words = _core.POINTS_WORDS
        found = [
            {
                "date": date_of(int(rows["dates"][entries["rows"][entry]])).isoformat(),
                **self._of_entry(entry),
                "reason": self._reason(entry),
                "status": words["status"][entries["status"][entry]],
                "points": int(entries["points"][entry]),
                "reason_code": words["reason"][entries["reasons"][entry]],
            }
            for entry in self._made["quiet"]
        ]
        return pd.DataFrame(found, columns=list(QUIET))

    @cached_property
    def lots(self) -> pd.DataFrame:
        """What is left, first to expire first: `source, posted_on, expires_on, points, left`."""
        of = self._core.lots()
        rows = [
            {
                "source": self._lot_name(lot),
                "posted_on": date_of(int(of["posted_on"][lot])).isoformat(),
                "expires_on": _day(int(of["expires_on"][lot])),
                "points": int(of["points"][lot]),
                "left": int(of["left"][lot]),
            }
            for lot in self._made["lots"]
        ]
        return pd.DataFrame(rows, columns=list(LOTS))

    @property
    def balance(self) -> int:
        """In units."""
        return int(self._core.households()["balance"][self._number])

    @property
    def pending(self) -> int:
        """What pending rows would give, in units."""
        return int(self._core.households()["pending"][self._number])

    @cached_property
    def notes(self) -> list[str]:
        """What is owed and until when exchanges are refused, in sentences."""
        said = []
        for debt in self._made["debts"]:
            about = self._of_entry if debt["kind"] == "deduction" else self._of_exchange
            key = "note.overdrawn" if debt["overdrawn"] else "note.owed"
            source = about(debt["cause"])["source"]
            said.append(self._say(key, points=self.shown(debt["points"]), source=source))
        for term in self._made["frozen"]:
            source = "" if term["entry"] is None else self._of_entry(term["entry"])["source"]
            key = "note.frozen_for_ever" if term["until"] is None else "note.frozen"
            until = "" if term["until"] is None else date_of(term["until"] - 1).isoformat()
            said.append(self._say(key, source=source, until=until))
        return said

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "household_id": self.household_id,
            "village": self.village,
            "as_of": self._settlement.as_of.isoformat(),
            "unit_scale": self.unit_scale,
            "balance": self.balance,
            "pending": self.pending,
            "lines": self.lines.to_dict("records"),
            "without_effect": self.quiet.to_dict("records"),
            "lots": self.lots.to_dict("records"),
            "notes": self.notes,
        }

    def __str__(self) -> str:
        head = self._say(
            "statement.head",
            household=self.household_id,
            village=self.village,
            as_of=self._settlement.as_of.isoformat(),
            balance=self.shown(self.balance),
        )
        said = [head]
        for line, made in zip(self.lines.to_dict("records"), self._made["lines"], strict=True):
            spends = made["spends"]
            sign = "+" if line["points"] > 0 else ""
            points, balance = self.shown(line["points"]), self.shown(line["balance"])
            said.append(
                f"{line['date']}  {sign}{points}  ={balance}  "
                + (line["reason"] or _joined(line["title"], line["source"]))
            )
            if spends:
                said.append(self._say("statement.lots", lots=self._spent(spends)))
        if not self.quiet.empty:
            said.append(self._say("statement.quiet"))
            for line in self.quiet.to_dict("records"):
                what = _joined(line["source"], line["reason"])
                said.append(f"{line['date']}  {self._say('status.' + line['status'])}  {what}")
        if self.pending:
            said.append(self._say("statement.pending", points=self.shown(self.pending)))
        return "\n".join([*said, *self.notes])

    def _repr_html_(self) -> str:
        head = notebook.heading(str(self).splitlines()[0])
        return head + (notebook.first_rows(self.lines, "lines") if len(self.lines) else "")

    def __reduce__(self) -> Any:
        return Statement, (self._settlement, self.household_id, self._lang)

    def __repr__(self) -> str:
        return (
            f"<gridgov.points.Statement: {self.household_id}, "
            f"{counted(len(self.lines), 'line', 'lines')}, "
            f"{counted(self.shown(self.balance), 'point', 'points')}>"
        )


def _day(days: int) -> str:
    return "" if days == NO_DAY else date_of(days).isoformat()


def _joined(*parts: str) -> str:
    return " · ".join(dict.fromkeys(part for part in parts if part))
