"""Files into what `gridgov.points.settle` takes, and its findings back into files and lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from gridgov import reading, tables
from gridgov.errors import DataError, Finding
from gridgov.faults import Fault, Faults, near, printable
from gridgov.points import columns, files
from gridgov.points.rulebook import Rulebooks, kind_of
from gridgov.points.rulebook import files as rule_files

#: The core's name of each table, where it is another one.
_CORE_NAMES = {"register": "deeds"}


@dataclass
class Inputs(reading.Inputs):
    """What was read: rulebooks, tables by name, and where each row stands."""

    tables: dict[str, dict[str, pa.Array]] = field(default_factory=dict)
    household_names: dict[str, str] | None = None

    def fault_of(self, finding: Finding) -> Fault:
        """A finding with its file and line, be it of a table or of a rule file."""
        if finding.code == "option_out_of_range" and finding.fields["option"] == "as_of":
            given = printable(finding.fields["value"])
            return Fault("option_not_date", {"name": "--as-of", "given": given})
        in_table = finding.table in self.read and finding.row is not None
        if finding.fields.get("file") and not in_table:
            return files.rule_fault(finding)
        return super().fault_of(finding)

    def in_order(self, faults: Iterable[Fault]) -> list[Fault]:
        place = {name: number for number, name in enumerate(self.names.values())}
        return sorted(
            faults, key=lambda f: (place.get(f.file or "", -1), f.file or "", f.line or 0)
        )


def read_tables(inputs: Inputs, paths: dict[str, Path | None]) -> None:
    """Reads the tables that are given. Faults are collected."""
    for name, path in paths.items():
        if path is None:
            continue
        inputs.files.append(path)
        core_name = _CORE_NAMES.get(name, name)
        inputs.names[core_name] = str(path)
        may_be_empty = name != "households"
        known = ["id", "name", *(column for _, column, _ in columns.COLUMNS[name])]
        table = inputs.trial(partial(tables.read, path, columns=known, may_be_empty=may_be_empty))
        if table is None:
            continue
        inputs.keep(core_name, table)
        if name == "households" and "household_id" not in table and "id" in table:
            table.columns["household_id"] = table.columns["id"]
        if table.require(*columns.REQUIRED[name]):
            inputs.tables[name] = _cells(table, name)
            if name == "households" and "name" in table:
                ids, names = table.texts("household_id"), table.texts("name")
                inputs.household_names = dict(zip(ids, names, strict=True))
        inputs.faults.extend(table.faults)


def _cells(table: tables.Table, name: str) -> dict[str, pa.Array]:
    kinds: dict[str, Any] = {column: kind for _, column, kind in columns.COLUMNS[name]}
    if name == "goods":
        kinds["yuan"] = "number"
    return {column: table.cells(column, kinds.get(column, "text")) for column in table.names()}


def read_rules(inputs: Inputs, paths: Iterable[Path]) -> Rulebooks | None:
    """Rule files, directories of such included; None where there are faults, which it collects."""
    sources = []
    for given in paths:
        try:
            several = rule_files(given)
        except OSError as error:
            inputs.faults.append(Fault("unreadable", {"reason": error.strerror or ""}, str(given)))
            continue
        if not several:
            inputs.faults.append(Fault("no_rule_files", {}, printable(given, 200)))
        for path in several:
            inputs.files.append(path)
            inputs.names[f"rules {path}"] = str(path)
            text = inputs.trial(partial(_rule_text, path))
            if text is not None:
                sources.append((kind_of(path), text, str(path)))
    if inputs.faults:
        return None
    try:
        return Rulebooks.of_sources(sources)
    except DataError as error:
        inputs.faults.extend(map(files.rule_fault, error.findings))
        return None


def _rule_text(path: Path) -> str:
    data = tables.read_bytes(str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fields: dict[str, Any] = {"byte": error.start + 1}
        raise Faults([Fault("rules_not_utf8", fields, str(path), line)]) from None


def unknown_household(household: str, known: Iterable[str]) -> Fault:
    """A household that a directory of results does not have."""
    fields = {"household": printable(household)}
    meant = near(household, known)
    if meant is None:
        return Fault("household_not_there", fields)
    return Fault("household_not_there_near", fields | {"near": meant})
