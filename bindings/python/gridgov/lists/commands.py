"""What each command of `gridgov lists` does: files in, the library's answer, files out, an exit
code. As in gridgov.commands, everything is read and asked before anything is written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from gridgov import lists, output, tables
from gridgov.commands import BROKEN, DONE
from gridgov.console import Console, number
from gridgov.errors import DataError, Finding, UsageError, finding
from gridgov.faults import Fault, Faults, printable
from gridgov.lists import auditing, casework, decision, duty, matching, pictures
from gridgov.lists.catalogue import SUFFIXES, files_of
from gridgov.lists.columns import day_of
from gridgov.manifest import manifest

Answer = TypeVar("Answer")

#: Columns of the tables: needed, and wanted.
_EVIDENCE = ("date", "item", "actor")
_LOG = ("case_id", "date", "actor", "event")
_NEEDS = ("need", "kind", "amount", "village", "priority", "from", "to")
_SOURCES = ("id", "kind", "amount", "villages", "from", "to")
_KINDS: dict[str, tables.Kind] = {
    "date": "date", "from": "date", "to": "date", "amount": "number", "priority": "number",
}  # fmt: skip


@dataclass
class Inputs:
    """All that a command reads, and its faults."""

    files: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    tables: dict[str, tables.Table] = field(default_factory=dict)

    def catalogue(self, paths: Iterable[Path]) -> lists.Catalogue | None:
        """A catalogue; None where it has faults."""
        found: list[Path] = []
        before = len(self.faults)
        for path in paths:
            inner = files_of(path) if path.is_dir() else [path]
            if not inner:
                fields = {"suffixes": ", ".join(SUFFIXES)}
                self.faults.append(Fault("no_catalogue_in", fields, str(path)))
            found += inner
        for path in found:
            try:
                tables.check_readable(str(path))
            except Faults as error:
                self.faults += error.faults
        self.files += found
        if len(self.faults) > before:
            return None
        return self.asked(lambda: lists.catalogue(*found))

    def table(
        self,
        name: str,
        path: Path,
        needed: Iterable[str],
        optional: Iterable[str] = (),
        may_be_empty: bool = False,
    ) -> dict[str, Any]:
        """Columns of a table; empty where it has faults. Nothing done yet, no projects this year:
        some tables may have a header alone."""
        self.files.append(path)
        try:
            table = tables.read(path, columns=(*needed, *optional))
        except Faults as error:
            if may_be_empty and [fault.code for fault in error.faults] == ["header_only"]:
                return {column: [] for column in needed}
            self.faults += error.faults
            return {}
        self.tables[name] = table
        good = table.require(*needed)
        found = {
            column: table.cells(column, _KINDS.get(column, "key"))
            for column in (*needed, *optional)
            if column in table
        }
        self.faults += table.faults
        return found if good and not table.faults else {}

    def asked(self, question: Callable[[], Answer]) -> Answer | None:
        """The library's answer; None, and the faults noted, where it refuses."""
        try:
            return question()
        except (DataError, UsageError) as error:
            self.faults += map(self.fault_of, error.findings)
            return None

    def checked(self) -> None:
        """Raises the faults, if there are any: by file and line."""
        if self.faults:
            places = {str(path): place for place, path in reversed(list(enumerate(self.files)))}
            raise Faults(
                sorted(
                    self.faults,
                    key=lambda fault: (places.get(fault.file or "", -1), fault.line or 0),
                )
            )

    def fault_of(self, found: Finding) -> Fault:
        """A finding with its file and line."""
        file = found.fields.get("file")
        line_text = found.fields.get("line")
        line = int(line_text) if line_text else None
        sheet = None
        table = self.tables.get(found.table)
        if table is not None and found.row is not None:
            file, line, sheet = table.path, table.line(found.row), table.sheet
        return Fault(
            found.code,
            {},
            file,
            line,
            found.records,
            found.severity,
            found,
            sheet,
        )


def audit(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists audit`"""
    inputs = Inputs()
    destination = _destination(options, inputs, options.catalogue)
    catalogue = _needed(inputs, inputs.catalogue(options.catalogue))
    rules = {
        "referral_hops_max": options.referral_hops_max,
        "title_similarity_min": options.title_similarity_min,
    }
    found = _needed(inputs, inputs.asked(lambda: auditing.audit(catalogue, **rules)))
    faults = [inputs.fault_of(one) for one in found]
    counts = {f"{severity}s": sum(one.severity == severity for one in found) for severity in _GRAVE}
    summary = catalogue.counts | {"items": len(catalogue.items), "actors": len(catalogue.actors)}
    summary |= counts
    _write(
        destination,
        "lists audit",
        options,
        inputs,
        {
            "referrals.png": lambda path: pictures.referral_graph(
                catalogue, path, language=console.language
            ),
            "summary.json": summary,
            "findings.json": {"findings": _records(faults, console)},
        },
    )
    console.result(summary | {"findings": _records(faults, console)})
    console.summary(
        (console.say(f"label.lists.{name}"), str(value)) for name, value in summary.items()
    )
    console.findings(faults, None if options.out is None else str(options.out / "findings.json"))
    _told_written(destination, options, console)
    return _code(found)


_GRAVE = ("error", "warning", "note")


def decide(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists decide`"""
    inputs = Inputs()
    attributes = {}
    for given in options.attribute or []:
        name, equals, value = given.partition("=")
        if not equals or not name:
            fields = {"name": "--attribute", "given": printable(given)}
            inputs.faults.append(Fault("option_not_pair", fields))
        attributes[name] = decision.attribute(value)
    _day(inputs, "--date", options.date)
    catalogue = _needed(inputs, inputs.catalogue(options.catalogue))
    answer = _needed(
        inputs,
        inputs.asked(
            lambda: decision.decide(
                catalogue,
                actor=options.actor,
                matter=options.matter,
                date=options.date,
                village=options.village,
                attributes=attributes,
            )
        ),
    )
    console.result(answer.as_record(console.language) | {"findings": []})
    console.text(answer.explanation(console.language).rstrip("\n"))
    return DONE


def diff(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists diff`"""
    inputs = Inputs()
    destination = _destination(options, inputs, [options.old, options.new])
    older, newer = inputs.catalogue([options.old]), inputs.catalogue([options.new])
    inputs.checked()
    assert older is not None
    assert newer is not None
    found = _needed(inputs, inputs.asked(lambda: auditing.diff(older, newer)))
    items = found.items.assign(
        leads_older=[";".join(names) for names in found.items["leads_older"]],
        leads_newer=[";".join(names) for names in found.items["leads_newer"]],
    )
    _write(
        destination,
        "lists diff",
        options,
        inputs,
        {"items.csv": items, "loads.csv": found.loads, "summary.json": found.as_record()},
    )
    console.result(found.as_record() | {"findings": []})
    console.text(found.text(console.language).rstrip("\n"))
    _told_written(destination, options, console)
    return DONE


def duties(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists duties`"""
    inputs = Inputs()
    files = [*options.catalogue, options.evidence, options.holidays, options.metrics]
    destination = _destination(options, inputs, files)
    _day(inputs, "--as-of", options.as_of)
    catalogue = inputs.catalogue(options.catalogue)
    evidence = inputs.table("evidence", options.evidence, _EVIDENCE, ("waived",), may_be_empty=True)
    calendar: Any = None
    if options.holidays is not None:
        holidays = inputs.table("holidays", options.holidays, ("date", "kind"), may_be_empty=True)
        calendar = inputs.asked(lambda: lists.WorkingDays(holidays)) if holidays else None
    if options.metrics is not None:
        inputs.files.append(options.metrics)
        try:
            tables.check_readable(str(options.metrics))
        except Faults as error:
            inputs.faults += error.faults
    readable = catalogue is not None and evidence and not _missing(inputs, options.metrics)
    found = None
    if readable:
        found = inputs.asked(
            lambda: duty.duties(
                catalogue,
                evidence,
                as_of=options.as_of,
                holidays=calendar,
                metrics=options.metrics,
            )
        )
    answer = _needed(inputs, found)
    findings = list(answer.findings)
    if len(answer.unused_evidence):
        findings.append(
            finding(
                "lists_evidence_unused",
                severity="warning",
                table="evidence",
                row=int(answer.unused_evidence[0]),
                count=len(answer.unused_evidence),
            )
        )
    faults = [inputs.fault_of(one) for one in findings]
    overall = _overall(answer.rates)
    summary = {"as_of": str(answer.as_of), "windows": answer.window_count, **answer.counts}
    summary |= {"rate": overall, "unused_evidence": len(answer.unused_evidence)}
    _write(
        destination,
        "lists duties",
        options,
        inputs,
        {
            "duties.png": lambda path: pictures.duty_heatmap(
                answer, path, language=console.language
            ),
            "windows.csv": _texts_of_dates(answer.windows),
            "rates.csv": answer.rates,
            "summary.json": summary,
            "findings.json": {"findings": _records(faults, console)},
        },
    )
    console.result(summary | {"findings": _records(faults, console)})
    shown = summary | {"rate": "" if overall is None else f"{100 * overall:.1f} %"}
    console.summary(
        (console.say(f"label.lists.{name}"), str(value)) for name, value in shown.items()
    )
    console.findings(faults, str(options.out / "findings.json"))
    _told_written(destination, options, console)
    return _code(findings)


def _overall(rates: pd.DataFrame) -> float | None:
    by_item = rates[rates["by"] == "item"]
    judged = int(by_item[["met", "late", "missed"]].to_numpy().sum())
    return int(by_item["met"].sum()) / judged if judged else None


def workload(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists workload`"""
    inputs = Inputs()
    destination = _destination(options, inputs, options.catalogue)
    if options.from_ is not None:
        _day(inputs, "--from", options.from_)
    catalogue = _needed(inputs, inputs.catalogue(options.catalogue))
    found = _needed(
        inputs,
        inputs.asked(
            lambda: duty.workload(
                catalogue,
                start=options.from_,
                months=options.months,
                capacity_hours=options.capacity_hours,
                subsidy_percent=options.subsidy_percent,
                subsidy_posts=options.subsidy_posts,
            )
        ),
    )
    faults = [inputs.fault_of(one) for one in found.findings]
    subsidy = found.persons[found.persons["subsidy"]]
    summary = {
        "feasible": found.feasible,
        "months": len(found.months),
        "infeasible_months": found.months["month"][~found.months["feasible"]].tolist(),
        "persons": int(found.persons["person"].nunique()),
        "overloaded": found.overloaded,
        "subsidy": [
            {"person": person, "month": month}
            for person, month in zip(subsidy["person"], subsidy["month"], strict=True)
        ],
        "overloads": [overload.as_record() for overload in found.overloads],
    }
    _write(
        destination,
        "lists workload",
        options,
        inputs,
        {
            "workload.png": lambda path: pictures.workload_bars(
                found, path, language=console.language
            ),
            "persons.csv": found.persons,
            "posts.csv": found.posts,
            "months.csv": found.months,
            "summary.json": summary,
            "findings.json": {"findings": _records(faults, console)},
        },
    )
    console.result(
        summary
        | {
            "person_months": found.persons.to_dict("records"),
            "post_months": found.posts.to_dict("records"),
            "findings": _records(faults, console),
        }
    )
    fit, months = int(found.months["feasible"].sum()), len(found.months)
    counts = {"months_fit": f"{fit} / {months}", "overloaded": str(len(found.overloaded))}
    console.summary((console.say(f"label.lists.{name}"), text) for name, text in counts.items())
    _workload_table(found, console)
    console.findings(faults, None if options.out is None else str(options.out / "findings.json"))
    _told_written(destination, options, console)
    return _code(found.findings)


PERSONS_SHOWN = 20


def _workload_table(found: duty.Workload, console: Console) -> None:
    """A line a person who carries something, the heaviest first: the mean and the worst month."""
    persons = found.persons
    share = persons["hours"] / persons["capacity_hours"].where(persons["capacity_hours"] > 0)
    worst = persons.assign(share=share)[persons["hours"] > 0]
    worst = worst.sort_values(
        ["share", "hours"], ascending=False, kind="stable", na_position="last"
    )
    worst = worst.drop_duplicates("person")
    mean = persons.groupby("person", observed=True)["hours"].mean()
    rows = [
        [
            row["person"],
            str(row["posts"]),
            number(mean[row["person"]]),
            f"{number(row['hours'])} ({row['month']})",
            number(row["capacity_hours"]),
            "" if pd.isna(row["share"]) else f"{100 * row['share']:.0f} %",
        ]
        for row in worst.head(PERSONS_SHOWN).to_dict("records")
    ]
    names = ("person", "posts", "hours_mean", "hours_max", "capacity", "share")
    if rows:
        console.table([console.say(f"label.lists.{name}") for name in names], rows)
    if len(worst) > PERSONS_SHOWN:
        console.note("say.lists_more", count=len(worst) - PERSONS_SHOWN)


def flow(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists flow`"""
    inputs = Inputs()
    out: Path = options.out
    suffix = out.suffix.lower()
    if suffix not in (".svg", ".mmd"):
        inputs.faults.append(Fault("flow_suffix", {"path": printable(out, 200)}))
    elif out.exists() and not options.force:
        inputs.faults.append(Fault("out_exists", {"path": printable(out, 200)}))
    elif out.is_dir():
        inputs.faults.append(Fault("is_a_directory", {}, str(out)))
    elif not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        fields = {"path": printable(out, 200), "reason": str(out.parent)}
        inputs.faults.append(Fault("out_unwritable", fields))
    catalogue = _needed(inputs, inputs.catalogue(options.catalogue))
    if any(out.resolve() == path.resolve() for path in inputs.files):
        inputs.faults.append(Fault("out_exists", {"path": printable(out, 200)}))
    found = inputs.asked(lambda: lists.procedure(catalogue, options.procedure))
    checked = _needed(inputs, found)
    language = console.language
    drawing = _needed(
        inputs,
        inputs.asked(lambda: (checked.svg if suffix == ".svg" else checked.mermaid)(language)),
    )
    _put(out, drawing)
    faults = [inputs.fault_of(one) for one in checked.findings]
    console.result(checked.as_record() | {"findings": _records(faults, console)})
    days = checked.workdays_max
    console.summary(
        [
            (console.say("label.lists.procedure"), checked.id),
            (console.say("label.lists.sound"), console.say(f"label.lists.{checked.sound}")),
            (console.say("label.lists.workdays_max"), "" if days is None else str(days)),
            (console.say("label.lists.limit_workdays"), str(checked.limit_workdays or "")),
            (console.say("label.lists.longest_course"), " → ".join(checked.longest_course[:30])),
        ]
    )
    console.findings(faults)
    console.note("say.written", path=out)
    return _code(checked.findings)


def _put(path: Path, text: str) -> None:
    """Writes a file whole, or not at all."""
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name[:50]}.",
            suffix=".partial", delete=False,
        ) as file:  # fmt: skip
            name = file.name
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as error:
        fields = {"path": printable(path, 200), "reason": error.strerror or ""}
        raise Faults([Fault("out_unwritable", fields)]) from None
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def cases(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists cases`"""
    inputs = Inputs()
    destination = _destination(options, inputs, [options.log, *(options.catalogue or [])])
    _day(inputs, "--as-of", options.as_of)
    log = inputs.table("cases", options.log, _LOG, ("kind",))
    catalogue = inputs.catalogue(options.catalogue) if options.catalogue else None
    inputs.checked()
    found = _needed(
        inputs,
        inputs.asked(lambda: casework.cases(log, as_of=options.as_of, catalogue=catalogue)),
    )
    faults = [inputs.fault_of(one) for one in found.findings]
    summary = {"as_of": str(found.as_of)} | found.summary
    frame = _texts_of_dates(found.cases)
    _write(
        destination,
        "lists cases",
        options,
        inputs,
        {
            "cases.csv": frame,
            "summary.json": summary,
            "findings.json": {"findings": _records(faults, console)},
        },
    )
    rows = [
        {name: None if value == "" else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    console.result(summary | {"case_rows": rows, "findings": _records(faults, console)})
    say = console.say
    shown = [(say(f"label.lists.{name}"), number(summary[name], 2)) for name in _CASE_LABELS]
    for name in ("solved_at", "days_at", "month", "confirmation"):
        told = ", ".join(
            f"{say(f'label.lists.{key}')} {count}" for key, count in summary[name].items() if count
        )
        shown.append((say(f"label.lists.{name}"), told))
    console.summary(shown)
    console.findings(faults, None if options.out is None else str(options.out / "findings.json"))
    _told_written(destination, options, console)
    return _code(found.findings)


_CASE_LABELS = ("cases", "open", "ended", "with_circles", "hops_mean", "hops_max")


def match(options: SimpleNamespace, console: Console) -> int:
    """`gridgov lists match`"""
    inputs = Inputs()
    files = [options.needs, options.resources, options.projects]
    destination = _destination(options, inputs, files)
    needs = inputs.table("needs", options.needs, _NEEDS)
    resources = inputs.table("resources", options.resources, _SOURCES, may_be_empty=True)
    projects = inputs.table("projects", options.projects, _SOURCES, may_be_empty=True)
    inputs.checked()
    found = _needed(inputs, inputs.asked(lambda: matching.match(needs, resources, projects)))
    summary = found.summary
    unmet = found.unmet_in(console.language)
    faults = [inputs.fault_of(one) for one in found.reasons]
    _write(
        destination,
        "lists match",
        options,
        inputs,
        {"matches.csv": found.matches, "unmet.csv": unmet, "summary.json": summary},
    )
    console.result(summary | {"findings": _records(faults, console)})
    console.summary(
        (console.say(f"label.lists.{name}"), str(value))
        for name, value in summary.items()
        if name != "reasons"
    )
    console.findings(faults, str(options.out / "unmet.csv"))
    _told_written(destination, options, console)
    return DONE


# What the commands share


def _needed(inputs: Inputs, answer: Answer | None) -> Answer:
    """An answer without which there is no going on."""
    inputs.checked()
    assert answer is not None
    return answer


def _missing(inputs: Inputs, path: Path | None) -> bool:
    return path is not None and any(fault.file == str(path) for fault in inputs.faults)


def _day(inputs: Inputs, option: str, given: str) -> None:
    try:
        day_of(given, option)
    except UsageError:
        fields = {"name": option, "given": printable(given)}
        inputs.faults.append(Fault("option_not_date", fields))


def _destination(
    options: SimpleNamespace, inputs: Inputs, files: Iterable[Path | None]
) -> output.Destination | None:
    """Where the results will be, checked before any work; None where none are wanted."""
    if options.out is None:
        return None
    try:
        known = [path for path in files if path is not None]
        return output.Destination(options.out, options.force, known)
    except Faults as error:
        inputs.faults += error.faults
        return None


def _write(
    destination: output.Destination | None,
    command: str,
    options: SimpleNamespace,
    inputs: Inputs,
    contents: Mapping[str, Any],
) -> None:
    if destination is None:
        return
    record = manifest(command, vars(options), inputs.files)
    with destination.open() as directory:
        for name, content in contents.items():
            if isinstance(content, pd.DataFrame):
                tables.write_csv(content, directory / name)
            elif callable(content):
                content(directory / name)
            else:
                output.write_json(directory / name, content)
        output.write_json(directory / "manifest.json", record)


def _told_written(
    destination: output.Destination | None, options: SimpleNamespace, console: Console
) -> None:
    if destination is not None:
        console.note("say.written", path=options.out)


def _texts_of_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as ISO 8601, the missing as empty texts."""
    shown = frame.copy()
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind == "M":
            days, codes = np.unique(column.to_numpy().astype("datetime64[D]"), return_inverse=True)
            texts = ["" if np.isnat(day) else str(day) for day in days]
            shown[name] = pd.Categorical.from_codes(codes.astype(np.int64), pd.Index(texts))
        elif isinstance(column.dtype, pd.CategoricalDtype) and column.isna().any():
            kinds = column if "" in column.cat.categories else column.cat.add_categories([""])
            shown[name] = kinds.fillna("")
    return shown


def _records(faults: Iterable[Fault], console: Console) -> list[dict[str, Any]]:
    return [fault.as_record(console.language) for fault in faults]


def _code(findings: Iterable[Finding]) -> int:
    return BROKEN if any(one.severity == "error" for one in findings) else DONE
