"""Results of every layer, as objects or as the directories that commands wrote, for one report."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov import _core, report, tables
from gridgov.errors import DataError, Finding, UsageError, finding, usage_error
from gridgov.faults import Fault, Faults, numbered, printable
from gridgov.language import Language
from gridgov.lists.catalogue import Catalogue, as_catalogue
from gridgov.lists.columns import day_of
from gridgov.lists.duty import STATES, Duties, Workload
from gridgov.partitioning import Partition
from gridgov.points import files
from gridgov.points.settlement import Settlement
from gridgov.town.masking import Mask

_JSON_BYTES_MAX = 1 << 28
_PIXELS_MAX = 50_000_000
_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Told:
    """A finding in words."""

    severity: str
    message: str
    records: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class CourtyardsPart:
    """A partition; `households`, `courtyards` and `summary` as `Partition` has them, and the map as
    a data URI. `plot` draws from it as from a `Partition`."""

    source: str
    households: pd.DataFrame
    courtyards: pd.DataFrame
    summary: Mapping[str, Any]
    map: str
    findings: list[Told]
    made: Mapping[str, Any]


@dataclass(frozen=True)
class PointsPart:
    """A settlement, and the names of its households."""

    source: str
    settlement: Settlement
    names: Mapping[str, str]
    left_out: list[str]
    findings: list[Told]
    made: Mapping[str, Any]

    @property
    def as_of(self) -> dt.date:
        """The day that it is of."""
        return self.settlement.as_of


@dataclass(frozen=True)
class DutiesPart:
    """Duties: windows and rates as `lists.Duties` has them."""

    source: str
    as_of: dt.date
    windows: pd.DataFrame
    rates: pd.DataFrame
    findings: list[Told]
    made: Mapping[str, Any]


@dataclass(frozen=True)
class WorkloadPart:
    """Hours against capacity: tables as `lists.Workload` has them, overloads as records."""

    source: str
    persons: pd.DataFrame
    posts: pd.DataFrame
    months: pd.DataFrame
    overloads: list[Mapping[str, Any]]
    findings: list[Told]
    made: Mapping[str, Any]


@dataclass(frozen=True)
class AuditPart:
    """What is wrong with a catalogue as a whole."""

    source: str
    findings: list[Told]
    made: Mapping[str, Any]


Part = CourtyardsPart | PointsPart | DutiesPart | WorkloadPart | AuditPart


@dataclass
class Town:
    """All that a report shows."""

    language: Language
    mask: Mask
    catalogue: Catalogue | None = None
    courtyards: list[CourtyardsPart] = field(default_factory=list)
    points: list[PointsPart] = field(default_factory=list)
    duties: list[DutiesPart] = field(default_factory=list)
    workloads: list[WorkloadPart] = field(default_factory=list)
    audits: list[AuditPart] = field(default_factory=list)

    @property
    def parts(self) -> list[Part]:
        """Every result, layer by layer."""
        return [*self.courtyards, *self.points, *self.duties, *self.workloads, *self.audits]

    @property
    def as_of(self) -> dt.date | None:
        """The day that points and duties are of; there is one or none."""
        return next((part.as_of for part in self.dated), None)

    @property
    def dated(self) -> list[PointsPart | DutiesPart]:
        """Results that are of a day."""
        return [*self.points, *self.duties]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Titles of the catalogue's actors and items, by id."""
        if self.catalogue is None:
            return {}
        found = {}
        own, other = ("title_zh", "title_en") if self.language == "zh" else ("title_en", "title_zh")
        for frame, name in ((self.catalogue.items, "item"), (self.catalogue.actors, "actor")):
            for key, first, second in zip(frame[name], frame[own], frame[other], strict=True):
                found[str(key)] = str(first or second or key)
        return found

    @cached_property
    def villages_of_others(self) -> list[str]:
        """Villages of courtyards and points, in the order in which they stand there."""
        found: dict[str, None] = {}
        for part in self.courtyards:
            found |= dict.fromkeys(part.courtyards["village_id"].tolist())
        for points in self.points:
            found |= dict.fromkeys([*points.settlement.villages, *points.left_out])
        return list(found)

    @cached_property
    def _village_of_actor(self) -> dict[str, str]:
        """For each actor of the catalogue that is a village: how the other layers call it."""
        if self.catalogue is None:
            return {}
        known = set(self.villages_of_others)
        found = {}
        actors = self.catalogue.actors
        for actor, *titles in zip(
            actors["actor"], actors["title_zh"], actors["title_en"], strict=True
        ):
            named = next((name for name in (actor, *titles) if name in known), None)
            if named is not None:
                found[str(actor)] = str(named)
        return found

    def village(self, actor: str) -> str:
        """The village that the lists call `actor`, as the other layers call it; by its title where
        it is in lists alone."""
        return self._village_of_actor.get(actor) or self.titles.get(actor, actor)


def gather(
    given: Iterable[Any],
    *,
    catalogue: Any = None,
    names: Mapping[str, str] | None = None,
    language: Language,
    masked: bool = True,
) -> Town:
    """All results, checked against each other. `Faults` for every directory that cannot be shown,
    for villages that are there twice and for days that differ; UsageError for what is no result."""
    faults: list[Fault] = []
    parts: list[Part] = []
    for one in given:
        try:
            if isinstance(one, str | os.PathLike):
                parts.append(_read(Path(one), language))
            else:
                parts.append(_of(one, language, names or {}))
        except Faults as error:
            faults += error.faults
    known = None if catalogue is None else as_catalogue(catalogue)
    town = Town(language, Mask(masked), known)
    for part in parts:
        of = {
            CourtyardsPart: town.courtyards, PointsPart: town.points, DutiesPart: town.duties,
            WorkloadPart: town.workloads, AuditPart: town.audits,
        }[type(part)]  # fmt: skip
        of.append(part)  # type: ignore[attr-defined]
    faults += _same_twice(town)
    faults += _other_days(town)
    if faults:
        raise Faults(faults)
    persons = {str(name) for part in town.workloads for name in part.persons["person"].unique()}
    if known is not None:
        persons |= set(known.persons["person"])
    for part in town.duties:
        for together in part.windows["person"].dropna().unique():
            persons |= set(str(together).split(";"))
    town.mask.learn(persons)
    return town


def _same_twice(town: Town) -> Iterator[Fault]:
    """What two results of a layer both tell of: a village, an actor's duties, a person's month."""
    groups: tuple[tuple[str, Sequence[Part], Any], ...] = (
        ("courtyards", town.courtyards, lambda part: part.courtyards["village_id"].unique()),
        ("points", town.points, lambda part: [*part.settlement.villages, *part.left_out]),
        ("duties", town.duties, _actors_with_duties),
        ("workload", town.workloads, _person_months),
        ("audit", town.audits, lambda part: [_inputs_of(part)] if _inputs_of(part) else []),
    )
    for layer, parts, keys_of in groups:
        before: dict[str, str] = {}
        for part in parts:
            keys = sorted({str(key) for key in keys_of(part)}, key=str.encode)
            twice = [key for key in keys if key in before]
            if twice:
                yield numbered(
                    "report_same_twice",
                    {
                        "path": printable(part.source, 200),
                        "other": printable(before[twice[0]], 200),
                        "layer": layer,
                        "what": printable(twice[0]),
                        "count": len(twice),
                    },
                )
            before |= {key: part.source for key in keys if key not in before}


def _actors_with_duties(part: DutiesPart) -> list[str]:
    return list(part.rates.loc[part.rates["by"] == "actor", "key"])


def _person_months(part: WorkloadPart) -> Iterator[str]:
    for person, month in zip(part.persons["person"], part.persons["month"], strict=True):
        yield f"{person} {month}"


def _inputs_of(part: AuditPart) -> str:
    return " ".join(str(one["sha256"]) for one in part.made.get("inputs", []))


def _other_days(town: Town) -> Iterator[Fault]:
    dated = town.dated
    for part in dated[1:]:
        if part.as_of != dated[0].as_of:
            yield numbered(
                "report_days_differ",
                {
                    "path": printable(part.source, 200),
                    "day": part.as_of,
                    "other": printable(dated[0].source, 200),
                    "other_day": dated[0].as_of,
                },
            )


# Results as objects


def _of(given: Any, language: Language, names: Mapping[str, str]) -> Part:
    if isinstance(given, Partition):
        reasons = given.reasons(language)
        return CourtyardsPart(
            source=type(given).__name__,
            households=given.households,
            courtyards=given.courtyards.assign(reason=reasons),
            summary=given.summary,
            map=report.map_image(given, language, 150),
            findings=[one for one in _told(given.findings, language) if one.message not in reasons],
            made={},
        )
    if isinstance(given, Settlement):
        return PointsPart(
            type(given).__name__, given, names, given.left_out, _told(given.findings, language), {}
        )
    if isinstance(given, Duties):
        findings = _told(given.findings, language)
        if len(given.unused_evidence):
            unused = finding(
                "lists_evidence_unused",
                severity="warning",
                row=int(given.unused_evidence[0]),
                count=len(given.unused_evidence),
            )
            findings += _told([unused], language)
        as_of = dt.date.fromisoformat(str(given.as_of))
        return DutiesPart(type(given).__name__, as_of, given.windows, given.rates, findings, {})
    if isinstance(given, Workload):
        return WorkloadPart(
            type(given).__name__,
            given.persons,
            given.posts,
            given.months,
            [overload.as_record() for overload in given.overloads],
            _but_overloads(_told(given.findings, language)),
            {},
        )
    if isinstance(given, list | tuple) and all(isinstance(one, Finding) for one in given):
        return AuditPart("lists.audit", _told(given, language), {})
    raise usage_error(
        "type_wrong",
        option="results",
        given=type(given).__name__,
        wanted="a Partition, a Settlement, Duties, a Workload, the findings of an audit, or a "
        "directory of results",
    )


def _told(findings: Iterable[Finding], language: Language) -> list[Told]:
    return [
        Told(one.severity, one.message(language), tuple(one.records), one.code) for one in findings
    ]


# Results as directories


def _read(path: Path, language: Language) -> Part:
    """A directory by what its manifest says that wrote it."""
    made = _manifest(path)
    command = made["command"]
    readers: dict[str, Callable[[Path, dict[str, Any]], Part]] = {
        "partition": _read_courtyards,
        "revise": _read_courtyards,
        "lists duties": _read_duties,
        "lists workload": _read_workload,
        "lists audit": _read_audit,
    }
    if command == "points settle":
        return _read_points(path, made, language)
    if command not in readers:
        raise _fault("report_not_shown", path, command=printable(command))
    try:
        return readers[command](path, made)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from None


def _manifest(path: Path) -> dict[str, Any]:
    """manifest.json, once it is proved to be one of ours."""
    try:
        there, listed = path.is_dir(), (path / "manifest.json").is_file()
    except (OSError, ValueError) as error:
        raise _fault("report_not_results", path, reason=str(error)) from None
    if not there:
        reason = "not a directory" if path.exists() else "no such directory"
        raise _fault("report_not_results", path, reason=reason)
    if not listed:
        raise _fault("report_not_results", path, reason="manifest.json")
    made = _json(path / "manifest.json")
    if made.get("program") != "gridgov" or not isinstance(made.get("command"), str):
        raise _damaged(path / "manifest.json", "program, command")
    inputs = made.get("inputs")
    if (
        not isinstance(made.get("version"), str)
        or not isinstance(inputs, list)
        or not all(
            isinstance(one, dict)
            and isinstance(one.get("file"), str)
            and isinstance(one.get("bytes"), int)
            and isinstance(one.get("sha256"), str)
            for one in inputs
        )
    ):
        raise _damaged(path / "manifest.json", "version, inputs")
    return made


def _json(path: Path) -> dict[str, Any]:
    """An object of JSON. Nesting and size are bounded: a hostile file ends in a fault."""
    try:
        with path.open("rb") as file:
            data = file.read(_JSON_BYTES_MAX + 1)
        if len(data) > _JSON_BYTES_MAX:
            raise _damaged(path, f"> {_JSON_BYTES_MAX} bytes")
        value = json.loads(data)
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    if not isinstance(value, dict):
        raise _damaged(path, type(value).__name__)
    return value


def _damaged(path: Path, reason: str) -> Faults:
    return _fault("report_damaged", path, reason=printable(reason, 200))


def _fault(code: str, path: Path, **fields: Any) -> Faults:
    return Faults([numbered(code, {"path": printable(path, 200), **fields})])


def _read_findings(path: Path) -> list[Told]:
    found = _json(path).get("findings")
    if not isinstance(found, list):
        raise _damaged(path, "findings")
    told: list[Told] = []
    for one in found:
        good = isinstance(one, dict) and isinstance(one.get("message"), str)
        if not good or one.get("severity") not in _SEVERITIES:
            raise _damaged(path, f"findings[{len(told)}]")
        records = one.get("records")
        if not isinstance(records, list) or not all(isinstance(name, str) for name in records):
            raise _damaged(path, f"findings[{len(told)}].records")
        message = one["message"]
        if isinstance(one.get("file"), str):
            line = f":{one['line']}" if isinstance(one.get("line"), int) else ""
            message = f"{one['file']}{line}: {message}"
        told.append(Told(one["severity"], message, tuple(records), str(one.get("code"))))
    return told


def _frame(
    path: Path,
    texts: Iterable[str],
    numbers: Iterable[str] = (),
    days: Iterable[str] = (),
    perhaps: Iterable[str] = (),
) -> pd.DataFrame:
    """A table of ours by column; in those of `perhaps` numbers may be missing. `Faults` by line."""
    texts, numbers, days, perhaps = (list(names) for names in (texts, numbers, days, perhaps))
    names = [*texts, *numbers, *days, *perhaps]
    table = tables.read(path, columns=names, may_be_empty=True)
    if not table.require(*names):
        raise Faults(table.faults)
    columns: dict[str, Any] = {name: pd.array(table.texts(name), dtype="str") for name in texts}
    columns |= {name: table.numbers(name) for name in numbers}
    columns |= {name: table.numbers(name, empty="nan") for name in perhaps}
    for name in days:
        cells = table.cells(name, "date").to_pylist()
        try:
            columns[name] = np.array(cells, dtype="datetime64[D]")
        except ValueError as error:
            raise _damaged(path, f"{name}: {error}") from None
    if table.faults:
        raise Faults(table.faults)
    return pd.DataFrame(columns)


def _counts(path: Path, frame: pd.DataFrame, *names: str) -> None:
    """Columns of whole numbers, none below 0."""
    for name in names:
        values = frame[name].to_numpy(dtype=float)
        if ((values < 0) | (values != np.floor(values)) | (values > 2**53)).any():
            raise _damaged(path, name)
        frame[name] = values.astype(np.int64)


def _size_of(path: Path, summary: Mapping[str, Any], name: str) -> float:
    """A bound of the sizes: finite and above 0, as the pictures need it."""
    value = summary.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e300:
        raise _damaged(path, name)
    return value


def _read_courtyards(path: Path, made: dict[str, Any]) -> CourtyardsPart:
    of_households, of_courtyards = path / "households.csv", path / "courtyards.csv"
    households = _frame(
        of_households,
        ("household_id", "courtyard_id", "village_id"),
        perhaps=("distance_to_head_m",),
    )
    courtyards = _frame(
        of_courtyards,
        ("courtyard_id", "grid_id", "village_id", "head_household_id", "status", "unavoidable",
         "reason"),
        ("households", "weight"),
        perhaps=("mean_distance_m", "max_distance_m"),
    )  # fmt: skip
    _counts(of_courtyards, courtyards, "households")
    for status in courtyards["status"].unique():
        try:
            _core.status_text(status, chinese=False)
        except Exception:  # whatever the core makes of a word that is none of its own
            raise _damaged(of_courtyards, f"status {printable(status)}") from None
    counted = households["courtyard_id"].value_counts().to_dict()
    stated = dict(zip(courtyards["courtyard_id"], courtyards["households"], strict=True))
    if len(stated) != len(courtyards) or {k: n for k, n in stated.items() if n} != counted:
        raise _damaged(of_courtyards, "households.csv ≠ courtyards.csv")
    summary = _json(path / "summary.json")
    for name in ("min", "max", "target"):
        _size_of(path / "summary.json", summary, name)
    if summary.get("metric") not in ("straight", "walk"):
        raise _damaged(path / "summary.json", "metric")
    findings = _read_findings(path / "findings.json")
    reasons = set(courtyards["reason"]) - {""}
    return CourtyardsPart(
        source=str(path),
        households=households,
        courtyards=courtyards,
        summary=summary,
        map=_picture(path / "map.png"),
        # A courtyard that is not within has its own row; its finding would only say it again.
        findings=[one for one in findings if one.message not in reasons],
        made=made,
    )


def _picture(path: Path) -> str:
    """The map as it was drawn, in few colours. Pixels are counted before any is unpacked."""
    from PIL import Image

    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            if image.width * image.height > _PIXELS_MAX:
                raise _damaged(path, f"{image.width} × {image.height}")
            return report.image_uri(image.convert("RGB"))
    except OSError as error:  # PIL's own are among these
        raise _damaged(path, error.strerror or str(error)) from None
    except (ValueError, SyntaxError, EOFError, Warning) as error:
        raise _damaged(path, str(error)) from None


def _read_points(path: Path, made: dict[str, Any], language: Language) -> PointsPart:
    found = files.read(path)
    try:
        settlement = found.settlement()
        findings = settlement.findings
    except (DataError, UsageError) as error:
        raise Faults(Fault(one.code, finding=one) for one in error.findings) from None
    left_out = _json(path / "summary.json").get("left_out_villages", [])
    if not isinstance(left_out, list) or not all(isinstance(name, str) for name in left_out):
        raise _damaged(path / "summary.json", "left_out_villages")
    told = _told(findings, language)
    return PointsPart(str(path), settlement, found.names, left_out, told, made)


def _read_duties(path: Path, made: dict[str, Any]) -> DutiesPart:
    summary = _json(path / "summary.json")
    try:
        as_of = np.datetime64(day_of(summary.get("as_of"), "as_of"), "D").item()
    except UsageError:
        raise _damaged(path / "summary.json", "as_of") from None
    windows = _frame(
        path / "windows.csv", ("item", "actor", "village", "person", "state"), days=("opens", "due")
    )
    for state in windows["state"].unique():
        if state not in STATES:
            raise _damaged(path / "windows.csv", f"state {printable(state)}")
    counts = ("windows", "met", "late", "missed", "waived", "pending")
    rates = _frame(path / "rates.csv", ("by", "key"), counts, perhaps=("rate",))
    _counts(path / "rates.csv", rates, *counts)
    findings = _read_findings(path / "findings.json")
    return DutiesPart(str(path), as_of, windows, rates, findings, made)


def _read_workload(path: Path, made: dict[str, Any]) -> WorkloadPart:
    persons = _frame(
        path / "persons.csv", ("person", "month"), ("hours", "posts"), perhaps=("capacity_hours",)
    )
    posts = _frame(path / "posts.csv", ("actor", "post", "month"), ("persons", "hours"))
    months = _frame(path / "months.csv", ("month", "feasible"))
    months["feasible"] = months["feasible"] == "true"
    overloads = _json(path / "summary.json").get("overloads")
    if not isinstance(overloads, list) or not all(map(_is_overload, overloads)):
        raise _damaged(path / "summary.json", "overloads")
    findings = _but_overloads(_read_findings(path / "findings.json"))
    return WorkloadPart(str(path), persons, posts, months, overloads, findings, made)


def _but_overloads(findings: list[Told]) -> list[Told]:
    """Overloads are shown as the proofs that they are, not a second time as findings."""
    return [told for told in findings if told.code != "workload_infeasible"]


def _is_overload(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("month"), str)
        and isinstance(one.get("persons"), list)
        and all(isinstance(name, str) for name in one["persons"])
        and isinstance(one.get("duties"), list)
        and all(
            isinstance(duty, dict) and isinstance(duty.get("item"), str) for duty in one["duties"]
        )
        and all(isinstance(one.get(name), int | float) for name in ("hours", "capacity_hours"))
    )


def _read_audit(path: Path, made: dict[str, Any]) -> AuditPart:
    return AuditPart(str(path), _read_findings(path / "findings.json"), made)
