"""The page of a town: what stands on it, layer by layer, and the row of each village."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from gridgov import _core, fonts, plot, report
from gridgov.points.boards import Board
from gridgov.town import pictures
from gridgov.town.results import (
    CourtyardsPart,
    DutiesPart,
    Part,
    PointsPart,
    Told,
    Town,
    WorkloadPart,
)
from gridgov.town.texts import TEXTS

#: Tables show up to so many rows and name the file that has all.
_ROWS_MOST = 200
_RECORDS_MOST = 8
_NAMES_MOST = 30
_GRAVENESS = {"error": 0, "warning": 1, "note": 2}


@fonts.without_bold()
def html(town: Town) -> str:
    """The report as one page of HTML; the same town gives the same page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridgov", package_path=""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    page = environment.get_template("town/page.html.jinja").render(_Page(town).contents())
    return page.encode("utf-8", "replace").decode()  # names of files that are no text


class _Page:
    """All texts, numbers and pictures of a page."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.text = TEXTS[town.language]
        self.villages = _Villages(town)

    def contents(self) -> dict[str, Any]:
        town, text = self.town, self.text
        overloaded = sorted({name for part in town.workloads for name in _overloaded(part)})
        attention = self._attention(len(overloaded))
        return {
            "t": text,
            "language": town.language,
            "as_of": text["as_of"].format(day=town.as_of) if town.as_of else "",
            "good": not attention,
            "verdict": text["attention"].format(what=text["comma"].join(attention))
            if attention
            else text["good"],
            "masking": text["masked" if town.mask.masked else "unmasked"],
            "town_numbers": self._numbers(),
            "columns": self.villages.columns(text),
            "firsts": self.villages.firsts(text),
            "villages": self.villages.rows(text),
            "villages_notes": self._villages_notes(),
            "courtyards": [self._courtyards(part) for part in town.courtyards],
            "points": [self._points(part) for part in town.points],
            "duties": [self._duties(part) for part in town.duties],
            "workloads": [self._workload(part) for part in town.workloads],
            "audits": [self._findings(part) | self._named(part) for part in town.audits],
            "referrals": self._referrals(),
            "made": [self._made(part) for part in town.parts],
            "inputs": sorted(
                {
                    (one["file"], one["sha256"])
                    for p in town.parts
                    for one in p.made.get("inputs", [])
                }
            ),
        }

    def _attention(self, overloaded: int) -> list[str]:
        """What an official must look at, in words."""
        town = self.town
        counts = {
            "broken": sum(int((p.courtyards["status"] != "within").sum()) for p in town.courtyards),
            "left_out": sum(len(part.left_out) for part in town.points),
            "missed": sum(_duty_counts(part)["missed"] for part in town.duties),
            "overloaded": overloaded,
            "infeasible": sum(int((~part.months["feasible"]).sum()) for part in town.workloads),
            "errors": sum(
                told.severity == "error" for part in town.parts for told in part.findings
            ),
        }
        found = [
            self.text[f"say_{name}"].format(count=f"{count:,}")
            for name, count in counts.items()
            if count
        ]
        if not all(part.settlement.summary["conserved"] for part in town.points):
            found.append(self.text["not_conserved"])
        return found

    def _numbers(self) -> list[tuple[str, str]]:
        text, total = self.text, self.villages.total
        shown = [(f"{len(self.villages.of):,}", text["tile_villages"])]
        for name in ("households", "count", "broken", "held", "met", "missed"):
            if total.get(name) is not None:
                shown.append((_shown(total[name]), text[f"tile_{name}"]))
        return shown

    def _villages_notes(self) -> list[str]:
        town, text = self.town, self.text
        notes = [text["villages_note"]]
        if self.villages.total.get("liability") is not None:
            notes.append(text["liability_note"])
        if town.workloads:
            notes.append(text["overload_note"])
        apart = self.villages.apart()
        if apart:
            names = self._listed([self.town.mask.text(name) for name in apart])
            notes.append(text["apart"].format(names=names))
            if town.catalogue is None and (town.duties or town.workloads):
                notes.append(text["apart_catalogue"])
        for part in town.workloads:
            months = sorted(part.months["month"].astype(str))
            if town.as_of and months and f"{town.as_of:%Y-%m}" not in months:
                span = {"first": months[0], "last": months[-1], "day": town.as_of}
                notes.append(text["months_elsewhere"].format(**span))
        return notes

    # Layers

    def _named(self, part: Part) -> dict[str, Any]:
        return {"source": part.source}

    def _findings(self, part: Part) -> dict[str, Any]:
        rows = []
        for told in sorted(part.findings, key=lambda told: _GRAVENESS[told.severity]):
            rows.append(
                {
                    "severity": told.severity,
                    "severity_text": self.text[told.severity],
                    "message": self.town.mask.text(told.message),
                    "records": self._records(told),
                }
            )
        return {
            "findings": rows[:_ROWS_MOST],
            "findings_more": self._more(len(rows), part, "findings.json"),
        }

    def _records(self, told: Told) -> str:
        shown = [self.town.mask.text(name) for name in told.records[:_RECORDS_MOST]]
        rest = len(told.records) - len(shown)
        more = self.text["and_more"].format(count=rest) if rest else ""
        return self.text["listed"].join(shown) + more

    def _more(self, count: int, part: Part, file: str) -> str:
        if count <= _ROWS_MOST:
            return ""
        name = f"{part.source}/{file}" if part.made else part.source
        return self.text["more"].format(rest=f"{count - _ROWS_MOST:,}", file=name)

    def _courtyards(self, part: CourtyardsPart) -> dict[str, Any]:
        text, mask, language = self.text, self.town.mask, self.town.language
        names = {key: name for points in self.town.points for key, name in points.names.items()}
        broken = part.courtyards[part.courtyards["status"] != "within"]
        rows: list[dict[Any, Any]] = broken.head(_ROWS_MOST).to_dict("records")
        for row in rows:
            head = str(row["head_household_id"])
            row["head"] = f"{mask.text(head)} {mask.name(names.get(head, ''))}".strip()
            row["status"] = _core.status_text(row["status"], chinese=language == "zh")
            row["unavoidable"] = text.get(row["unavoidable"], "")
            row["reason"] = mask.text(row["reason"])
        counts = [
            (f"{value:,}", text[name])
            for name in ("kept", "moved", "entered", "left")
            if isinstance(value := part.summary.get(name), int) and value
        ]
        drawn: Any = part  # has what `plot` reads of a Partition
        return self._named(part) | self._findings(part) | {
            "headline": plot.headline(_Counted(part), language),  # type: ignore[arg-type]
            "counts": counts,
            "map": part.map,
            "sizes": report.chart(plot.sizes, drawn, language),
            "distances": report.chart(plot.distances, drawn, language),
            "broken": rows,
            "broken_more": self._more(len(broken), part, "courtyards.csv"),
        }  # fmt: skip

    def _points(self, part: PointsPart) -> dict[str, Any]:
        text, mask, settlement = self.text, self.town.mask, part.settlement
        summary = settlement.summary
        numbers = [
            (_shown(_points_of(summary[name], settlement.unit_scale)), text[label])
            for name, label in (
                ("issued", "points_issued"),
                ("held", "points_held"),
                ("redeemed", "points_exchanged"),
                ("pending", "points_pending"),
            )
        ]
        for name, label in (("liability_yuan", "liability"), ("budget_yuan", "budget")):
            if summary[name] is not None:
                numbers.append((f"{summary[name]:,}", text[label]))
        board = Board(settlement, part.names, masked=mask.masked, lang=self.town.language)
        red: list[dict[Any, Any]] = board.red.to_dict("records")
        black: list[dict[Any, Any]] = board.black.to_dict("records")
        for row in [*red, *black]:
            row["balance"] = settlement.shown(row["balance"])
            row["who"] = f"{row['household_id']} {row['name']}".strip()
        for row in black:
            row["why"] = f"{row['register_no']} {row['reason']}".strip()
            row["until"] = row["until"] or text["until_it_rises"]
        exchanges = settlement.exchanges_in(self.town.language)
        refused = exchanges[exchanges["status"] == "refused"]
        refused_rows: list[dict[Any, Any]] = refused.head(_ROWS_MOST).to_dict("records")
        for row in refused_rows:
            row["date"] = "" if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}"
            row["who"] = "" if pd.isna(row["household_id"]) else mask.text(row["household_id"])
            row["good"] = "" if pd.isna(row["good"]) else row["good"]
            row["reason"] = mask.text(str(row["reason"]))
        left_out = self._listed([mask.text(name) for name in part.left_out])
        return self._named(part) | self._findings(part) | {
            "numbers": numbers,
            "conserved": summary["conserved"],
            "left_out": text["left_out"].format(names=left_out) if left_out else "",
            "pictures": [
                (title, uri)
                for title, uri in (
                    (text["held_over_time"], pictures.held_over_time(self.town, part, text)),
                    (text["balances"], pictures.balances(self.town, part, text)),
                )
                if uri
            ],
            "red": red[:_ROWS_MOST],
            "red_more": self._more(len(red), part, "state.bin"),
            "black": black[:_ROWS_MOST],
            "black_more": self._more(len(black), part, "state.bin"),
            "refused": refused_rows,
            "refused_more": self._more(len(refused), part, "exchanges.csv"),
        }  # fmt: skip

    def _duties(self, part: DutiesPart) -> dict[str, Any]:
        text, counts = self.text, _duty_counts(part)
        items = part.rates[part.rates["by"] == "item"]
        items = items.assign(failed=items["late"] + items["missed"])
        worst = items[items["failed"] > 0].sort_values(
            ["missed", "failed"], ascending=False, kind="stable"
        )
        rows = [
            {
                "item": row["key"],
                "title": self.town.titles.get(row["key"], ""),
                **{name: f"{row[name]:,}" for name in ("met", "late", "missed")},
                "rate": _percent(row["met"], row["met"] + row["failed"], text["no_rate"]),
            }
            for row in worst.head(_ROWS_MOST // 5).to_dict("records")
        ]
        judged = counts["met"] + counts["late"] + counts["missed"]
        shown = {name: f"{count:,}" for name, count in counts.items()}
        shown["rate"] = _percent(counts["met"], judged, text["no_rate"])
        return self._named(part) | self._findings(part) | {
            "line": text["duties_numbers"].format(**shown),
            "picture": pictures.duties(self.town, part),
            "worst": rows,
        }  # fmt: skip

    def _workload(self, part: WorkloadPart) -> dict[str, Any]:
        text, mask, catalogue = self.text, self.town.mask, self.town.catalogue
        overloaded = _overloaded(part)
        posts = {} if catalogue is None else dict(
            zip(catalogue.persons["person"], catalogue.persons["posts"], strict=True)
        )  # fmt: skip
        of = part.persons[part.persons["person"].isin(overloaded)]
        worst = of.sort_values("hours", ascending=False, kind="stable").drop_duplicates("person")
        people = [
            {
                "person": mask.person(str(row["person"])),
                "month": row["month"],
                "hours": f"{row['hours']:,.1f}",
                "capacity": ""
                if pd.isna(row["capacity_hours"])
                else f"{row['capacity_hours']:,.1f}",
                "posts": text["listed"].join(self._post(post) for post in posts[row["person"]])
                if row["person"] in posts
                else f"{row['posts']:.0f}",
            }
            for row in worst.head(_ROWS_MOST).to_dict("records")
        ]
        proofs = [
            text["overload"].format(
                month=one["month"],
                hours=f"{one['hours']:,.1f}",
                capacity=f"{one['capacity_hours']:,.1f}",
                persons=self._persons(one["persons"]),
                items=self._listed([duty["item"] for duty in one["duties"]]),
            )
            for one in part.overloads[:_ROWS_MOST]
        ]
        line = {
            "persons": f"{part.persons['person'].nunique():,}",
            "fit": int(part.months["feasible"].sum()),
            "months": len(part.months),
            "overloaded": f"{len(overloaded):,}",
        }
        return self._named(part) | self._findings(part) | {
            "line": text["workload_numbers"].format(**line),
            "picture": pictures.workload(self.town, part),
            "people": people,
            "people_more": self._more(len(worst), part, "persons.csv"),
            "proofs": proofs,
            "proofs_more": self._more(len(part.overloads), part, "summary.json"),
        }  # fmt: skip

    def _post(self, post: str) -> str:
        actor, dot, name = post.rpartition(".")
        return f"{self.town.titles.get(actor, actor)}{dot}{name}"

    def _persons(self, persons: Sequence[str]) -> str:
        return self._listed([self.town.mask.person(name) for name in persons])

    def _listed(self, names: Sequence[str]) -> str:
        names = list(dict.fromkeys(names))
        rest = len(names) - _NAMES_MOST
        more = self.text["and_more"].format(count=rest) if rest > 0 else ""
        return self.text["listed"].join(names[:_NAMES_MOST]) + more

    def _referrals(self) -> str:
        catalogue = self.town.catalogue
        return "" if catalogue is None else pictures.referrals(self.town, catalogue)

    def _made(self, part: Part) -> dict[str, Any]:
        made = part.made
        return {
            "source": part.source,
            "command": f"gridgov {made['command']}" if made else "",
            "version": made.get("version", ""),
        }


class _Counted:
    """What `plot.headline` reads, counted from the tables themselves."""

    def __init__(self, part: CourtyardsPart) -> None:
        grids = part.courtyards["grid_id"]
        self.summary = {
            "households": len(part.households),
            "courtyards": len(part.courtyards),
            "grids": int(grids[grids != ""].nunique()),
            "mean_distance_m": float(part.households["distance_to_head_m"].mean()),
        }


_COURTYARD_COLUMNS = ("count", "within", "broken", "mean")
_POINTS_COLUMNS = ("issued", "held", "exchanged", "liability")
_LISTS_COLUMNS = ("items", "met", "late", "missed")


class _Villages:
    """A row for each village: what each layer knows of it, by column; `total` of all."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.of: dict[str, dict[str, Any]] = {name: {} for name in town.villages_of_others}
        self.nowhere: dict[str, Any] = {}  # duties of the town, the district
        self.layers: dict[str, set[str]] = {}
        self.total: dict[str, Any] = {}
        self._posts = town.catalogue is not None
        for part in town.courtyards:
            self._courtyards(part)
        for points in town.points:
            self._points(points)
        for duties in town.duties:
            self._duties(duties)
        for load in town.workloads:
            self._workload(load)
        self._sum()

    def _row(self, village: str, layer: str) -> dict[str, Any]:
        self.layers.setdefault(layer, set()).add(village)
        return self.of.setdefault(village, {})

    def _courtyards(self, part: CourtyardsPart) -> None:
        drawn: Any = part
        for row in plot.village_table(drawn).reset_index(names="village").to_dict("records"):
            self._row(row["village"], "courtyards").update(
                households=int(row["households"]),
                count=int(row["courtyards"]),
                within=int(row["courtyards"] - row["broken_courtyards"]),
                broken=int(row["broken_courtyards"]),
                mean=float(row["mean_distance_m"]),
            )

    def _points(self, part: PointsPart) -> None:
        settlement = part.settlement
        scale = settlement.unit_scale
        frame = settlement.balances.assign(village=settlement.village_of.astype(str).to_numpy())
        sums = frame.groupby("village")[["opening", "earned", "redeemed", "balance"]].sum()
        counts = frame["village"].value_counts()
        core = settlement.core.summary
        for village in [*settlement.villages, *part.left_out]:
            row = self._row(village, "points")
            if village not in sums.index:
                continue
            opening, earned, redeemed, held = map(int, sums.loc[village].to_numpy())
            row.setdefault("households", int(counts[village]))
            row["issued"] = _points_of(opening + earned, scale)
            row["held"] = _points_of(held, scale)
            row["exchanged"] = _points_of(redeemed, scale)
            if core["liability_fen"] is not None:
                fen = _share(core["liability_fen"], held, core["held"])
                row["liability"] = Decimal(fen) / 100

    def _duties(self, part: DutiesPart) -> None:
        rates = part.rates
        windows = part.windows
        whole = _duty_counts(part)
        named = dict.fromkeys(("windows", "met", "late", "missed"), 0)
        village_of = windows["village"].astype(object).fillna("").astype(str)
        items = windows.groupby(village_of)["item"].nunique()
        for row in rates[rates["by"] == "village"].to_dict("records"):
            of = self._row(self.town.village(row["key"]), "lists")
            for name in named:
                named[name] += int(row[name])
                if name != "windows":
                    of[name] = of.get(name, 0) + int(row[name])
            if row["key"] in items.index:
                of["items"] = of.get("items", 0) + int(items[row["key"]])
        if whole["windows"] > named["windows"]:
            for name in ("met", "late", "missed"):
                self.nowhere[name] = self.nowhere.get(name, 0) + whole[name] - named[name]
            if "" in items.index:
                self.nowhere["items"] = self.nowhere.get("items", 0) + int(items[""])
        if len(windows):
            self.total["items"] = self.total.get("items", 0) + int(windows["item"].nunique())

    def _workload(self, part: WorkloadPart) -> None:
        """Overloaded posts where the catalogue says who holds which, else people by duties."""
        for row in self.of.values():
            row.setdefault("overloaded", 0)
        overloaded = _overloaded(part)
        self.total["overloaded"] = self.total.get("overloaded", 0)
        found: set[tuple[str, str]] = set()
        if self.town.catalogue is not None:
            persons = self.town.catalogue.persons
            actors = self.town.catalogue.actors
            village_of = dict(zip(actors["actor"], actors["village"], strict=True))
            for person, posts in zip(persons["person"], persons["posts"], strict=True):
                if person in overloaded:
                    found |= {(village_of.get(p.rpartition(".")[0]) or "", p) for p in posts}
        else:
            placed = set()
            for duties in self.town.duties:
                pairs = duties.windows[["person", "village"]].astype(object).fillna("")
                for together, village in pairs.drop_duplicates().itertuples(index=False):
                    for person in set(str(together).split(";")) & overloaded:
                        found.add((str(village), person))
                        placed.add(person)
            found |= {("", person) for person in overloaded - placed}
        for village, _ in found:
            row = self._row(self.town.village(village), "lists") if village else self.nowhere
            row["overloaded"] = row.get("overloaded", 0) + 1
        self.total["overloaded"] += len({what for _, what in found})

    def _sum(self) -> None:
        rows = [*self.of.values(), self.nowhere]
        names = ("households", *_COURTYARD_COLUMNS[:3], *_POINTS_COLUMNS, *_LISTS_COLUMNS[1:])
        for name in names:
            values = [row[name] for row in rows if row.get(name) is not None]
            if values:
                self.total[name] = sum(values)
        away_m = [part.households["distance_to_head_m"] for part in self.town.courtyards]
        if away_m:
            self.total["mean"] = float(pd.concat(away_m).mean())
        fen = [part.settlement.core.summary["liability_fen"] for part in self.town.points]
        if any(one is not None for one in fen):  # exact: the shares are rounded
            self.total["liability"] = Decimal(sum(one or 0 for one in fen)) / 100

    def columns(self, text: dict[str, str]) -> list[tuple[str, list[str]]]:
        """Headings of the layers, and of their columns."""
        metrics = {part.summary["metric"] for part in self.town.courtyards}
        mean = text[f"mean_{metrics.pop()}"] if len(metrics) == 1 else text["mean_distance"]
        groups = []
        if self.town.courtyards:
            groups.append((text["courtyards"], [*map(text.get, _COURTYARD_COLUMNS[:3]), mean]))
        if self.town.points:
            groups.append((text["points"], [text[name] for name in self._points_names()]))
        if self._lists_names():
            overloaded = "overloaded_posts" if self._posts else "overloaded"
            names = [overloaded if n == "overloaded" else n for n in self._lists_names()]
            groups.append((text["lists"], [text[name] for name in names]))
        return groups  # type: ignore[return-value]

    def firsts(self, text: dict[str, str]) -> list[int]:
        """The cells of a row that begin a layer; the first one is of the households."""
        places, place = [], 1
        for _, names in self.columns(text):
            places.append(place)
            place += len(names)
        return places

    def _points_names(self) -> list[str]:
        known = self.total.get("liability") is not None
        return [name for name in _POINTS_COLUMNS if known or name != "liability"]

    def _lists_names(self) -> list[str]:
        names = list(_LISTS_COLUMNS) if self.town.duties else []
        return [*names, "overloaded"] if self.town.workloads else names

    def rows(self, text: dict[str, str]) -> list[dict[str, Any]]:
        """The rows in words, the last of all together."""
        names = ["households"]
        names += _COURTYARD_COLUMNS if self.town.courtyards else ()
        names += self._points_names() if self.town.points else ()
        names += self._lists_names()

        def cells(row: dict[str, Any]) -> list[str]:
            return [_shown(row.get(name), text["none"]) for name in names]

        made = [
            {
                "village": self.town.mask.text(village),
                "cells": cells(row),
                "kind": "broken" if row.get("broken") or row.get("overloaded") else "",
            }
            for village, row in self.of.items()
        ]
        if any(self.nowhere.values()):
            made.append({"village": text["others_row"], "cells": cells(self.nowhere), "kind": ""})
        return [*made, {"village": text["total"], "cells": cells(self.total), "kind": "total"}]

    def apart(self) -> list[str]:
        """Villages that some of the layers do not have."""
        return [
            village
            for village in self.of
            if any(village not in there for there in self.layers.values())
        ]


def _overloaded(part: WorkloadPart) -> set[str]:
    over = part.persons[part.persons["hours"] > part.persons["capacity_hours"]]["person"]
    return {*over.astype(str), *(name for one in part.overloads for name in one["persons"])}


def _duty_counts(part: DutiesPart) -> dict[str, int]:
    items = part.rates[part.rates["by"] == "item"]
    names = ("windows", "met", "late", "missed", "waived", "pending")
    return {name: int(items[name].sum()) for name in names}


def _points_of(units: int, scale: int) -> Decimal:
    return Decimal(units) / scale


def _share(whole: int, part: int, of: int) -> int:
    """`whole` × `part` ÷ `of`, to the nearest, in integers."""
    return (2 * whole * part + of) // (2 * of) if of > 0 else 0


def _percent(part: int, of: int, none: str) -> str:
    return f"{100 * part / of:.1f} %" if of else none


def _shown(value: Any, none: str = "") -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return none
    if isinstance(value, float):
        return f"{value:,.0f}"
    return f"{value:,}"
