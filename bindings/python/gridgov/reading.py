"""Files into what `gridgov.partition`, `verify` and `compare` take, and their findings back into
files and lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from gridgov import inputs as library
from gridgov import layers, tables
from gridgov.errors import DataError, Finding, UsageError
from gridgov.faults import Fault, Faults, printable

Read = TypeVar("Read")


@dataclass(frozen=True)
class Request:
    """The files and columns that a user names; None where nothing was said."""

    households: Path
    id_column: str = "id"
    village_column: str | None = None
    weight_column: str | None = None
    head_column: str | None = None
    pin_column: str | None = None
    group_column: str | None = None
    links: Path | None = None
    roads: tuple[Path, Path] | None = None
    barriers: Path | None = None
    crs: str | None = None
    ways_crs: str | None = None
    barriers_crs: str | None = None
    unlocated: str = "refuse"


@dataclass
class Inputs:
    """What was read: arguments for the library, and where each row stands."""

    households: pd.DataFrame = field(default_factory=pd.DataFrame)
    assignment: pd.DataFrame | None = None
    certificate: Any = None  # as its JSON has it
    arguments: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: dict[str, tables.Table] = field(default_factory=dict)  # by the library's name of a table
    names: dict[str, str] = field(default_factory=dict)  # of the files, likewise

    def fault_of(self, finding: Finding) -> Fault:
        """A finding of the library, with its file and line if it stands in a table."""
        table = self.read.get(finding.table)
        line = None
        if table is not None and finding.row is not None:
            line = table.line(finding.row)
            finding = _with_lines(finding, table)
        return Fault(
            finding.code,
            file=self.names.get(finding.table) or self.names.get(finding.fields.get("layer", "")),
            line=line,
            records=tuple(finding.records),
            severity=finding.severity,
            finding=finding,
            sheet=None if table is None or line is None else table.sheet,
        )

    def all_faults(self) -> list[Fault]:
        """The faults of reading, and those that the library finds in what could be read; by file
        and line."""
        faults = list(self.faults)
        if not self.households.empty:
            try:
                library.read(self.households, **self.arguments)
            except DataError as error:
                faults += map(self.fault_of, error.findings)
            except UsageError as error:
                faults.append(self.fault_of(error.finding))
        return self.in_order(faults)

    def answer(self, question: Callable[[], Read]) -> Read:
        """The library's answer, or the faults that it finds: by file and line."""
        try:
            return question()
        except DataError as error:
            raise Faults(self.in_order(map(self.fault_of, error.findings))) from None
        except UsageError as error:
            raise Faults([self.fault_of(error.finding)]) from None

    def in_order(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults by file, as the files were named, and line."""
        place = {name: number for number, name in enumerate(self.names.values())}
        return sorted(faults, key=lambda f: (place.get(f.file or "", -1), f.line or 0))

    def keep(self, name: str, table: tables.Table) -> tables.Table:
        """Notes where a table's rows stand."""
        self.read[name] = table
        return table

    def trial(self, read: Callable[[], Read]) -> Read | None:
        """The result of a reader, or None with its faults collected."""
        try:
            return read()
        except Faults as error:
            self.faults.extend(error.faults)
            return None


def _with_lines(finding: Finding, table: tables.Table) -> Finding:
    """A finding whose message counts the file's lines and not the table's rows."""
    line = table.line(finding.row) if finding.row is not None else None
    if line is None or "first_row" not in finding.fields:
        return finding
    first = table.line(int(finding.fields["first_row"]) - 1)
    return replace(finding, row=line - 1, fields={**finding.fields, "first_row": str(first)})


def read(request: Request) -> Inputs:
    """Reads all files of a request. Faults are collected in the result, not raised: the library's
    own check of what could be read may find more."""
    inputs = Inputs()

    def reference(option: str, text: str | None) -> str | None:
        return None if text is None else inputs.trial(lambda: layers.reference(text, option))

    _households(inputs, request, reference("--crs", request.crs))
    if request.links is not None:
        _edges(inputs, request.links, "links")
    if request.roads is not None:
        _roads(inputs, *request.roads, reference("--ways-crs", request.ways_crs))
    if request.barriers is not None:
        _barriers(inputs, request, reference("--barriers-crs", request.barriers_crs))
    return inputs


#: The columns by which the header of each table is told from titles above it.
_COLUMNS = {
    "households": ("x_m", "y_m", "lon", "lat", "village"),
    "way_nodes": ("id", "x_m", "y_m", "lon", "lat"),
    "assignment": ("household_id", "courtyard_id", "head_household_id", "distance_to_head_m"),
    "links": ("u", "v", "length_m"),
    "ways": ("u", "v", "length_m"),
}


#: Other names of the columns of households, each for one thing only; taken where the name itself
#: is not there, and no option names another.
_OTHER_NAMES = {
    "id": ("户编号", "编号"),
    "village": ("村", "村名", "行政村"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
}


def _name_columns(table: tables.Table, request: Request) -> None:
    names = ["id"] if request.id_column == "id" else []
    names += ["village"] if request.village_column is None else []
    names += ["lon", "lat"] if "x_m" not in table else []
    for name in names:
        others = [other for other in _OTHER_NAMES[name] if other in table]
        if name not in table and len(others) == 1:
            table.columns[name] = table.columns[others[0]]
        elif name == "village" and len(others) > 1:  # else all would be one village, unsaid
            table.require(name, option={name: "--village-column"})


def _open(
    inputs: Inputs, path: Path, name: str, columns: Iterable[str] = ()
) -> tables.Table | None:
    inputs.files.append(path)
    inputs.names[name] = str(path)
    if name == "way_nodes":
        inputs.names["roads"] = str(path)  # so the library calls both files of ways together
    table = inputs.trial(lambda: tables.read(path, columns={*columns, *_COLUMNS[name]}))
    return None if table is None else inputs.keep(name, table)


def _collect(inputs: Inputs, table: tables.Table) -> None:
    inputs.faults.extend(table.faults)


def _households(inputs: Inputs, request: Request, crs: str | None) -> None:
    given = [
        request.id_column,
        request.village_column,
        request.weight_column,
        request.head_column,
        request.pin_column,
        request.group_column,
    ]
    wanted = [name for name in given if name is not None]
    others = [other for names in _OTHER_NAMES.values() for other in names]
    table = _open(inputs, request.households, "households", [*wanted, *others])
    if table is None:
        return
    _name_columns(table, request)
    table.require(*dict.fromkeys(wanted), option={"id": "--id-column"})
    village_column = request.village_column or "village"
    arguments = inputs.arguments
    if request.id_column in table:
        arguments["ids"] = table.ids(request.id_column)
    if crs is None and request.crs is None:
        crs = table.crs
    found = layers.coordinates(table, crs, "--crs", empty="nan")
    if crs == layers.PLANAR:
        found = {name: found[name] for name in ("x_m", "y_m") if name in found}
    elif crs is not None:
        arguments["crs"] = crs
    if village_column in table:
        arguments["villages"] = table.texts(village_column)
    for argument, column, convert in (
        ("weights", request.weight_column, table.numbers),
        ("heads", request.head_column, table.truths),
        ("pins", request.pin_column, table.texts),
        ("groups", request.group_column, table.texts),
    ):
        if column is not None and column in table:
            arguments[argument] = convert(column)
    arguments["unlocated"] = request.unlocated
    inputs.households = pd.DataFrame(found)
    _collect(inputs, table)


def _edges(inputs: Inputs, path: Path, name: str) -> pd.DataFrame | None:
    table = _open(inputs, path, name)
    if table is None:
        return None
    frame = None
    if table.require("u", "v", "length_m"):
        columns = {"u": table.texts("u"), "v": table.texts("v")}
        frame = pd.DataFrame(columns | {"length_m": table.numbers("length_m")})
        if name == "links":
            inputs.arguments["links"] = frame
    _collect(inputs, table)
    return frame


def _roads(inputs: Inputs, nodes_path: Path, ways_path: Path, crs: str | None) -> None:
    nodes = _open(inputs, nodes_path, "way_nodes")
    frame = None
    if nodes is not None:
        if nodes.require("id"):
            ids = nodes.ids("id")
            crs = crs or nodes.crs
            found = layers.coordinates(nodes, crs, "--ways-crs")
            if found:
                if crs == layers.PLANAR:
                    found = {name: found[name] for name in ("x_m", "y_m") if name in found}
                elif crs is not None:
                    inputs.arguments["roads_crs"] = crs
                frame = pd.DataFrame({"id": ids} | found)
        _collect(inputs, nodes)
    ways = _edges(inputs, ways_path, "ways")
    if frame is not None and ways is not None:
        inputs.arguments["roads"] = (frame, ways)


def _barriers(inputs: Inputs, request: Request, crs: str | None) -> None:
    path = request.barriers
    assert path is not None
    inputs.files.append(path)
    inputs.names["barriers"] = str(path)
    frame = inputs.households
    metres = "x_m" in frame
    projected = "crs" in inputs.arguments and layers.is_projected(inputs.arguments["crs"])
    read = inputs.trial(
        lambda: layers.barriers(
            path,
            crs,
            on_earth="lon" in frame or projected,
            x_m=frame["x_m"].to_numpy() if metres else None,
            y_m=frame["y_m"].to_numpy() if metres else None,
        )
    )
    if read is not None:
        inputs.arguments["barriers"], known = read
        if known != layers.PLANAR:
            inputs.arguments["barriers_crs"] = known


def read_assignment(inputs: Inputs, path: Path) -> None:
    """Reads who is in which courtyard, as somebody claims: household_id, courtyard_id and, where
    they are there, head_household_id and distance_to_head_m."""
    table = _open(inputs, path, "assignment")
    if table is None:
        return
    if table.require("household_id", "courtyard_id"):
        columns: dict[str, Any] = {
            "household_id": table.ids("household_id"),
            "courtyard_id": table.texts("courtyard_id"),
        }
        if "head_household_id" in table:
            columns["head_household_id"] = table.texts("head_household_id")
        if "distance_to_head_m" in table:
            columns["distance_to_head_m"] = table.numbers("distance_to_head_m", empty="nan")
        inputs.assignment = pd.DataFrame(columns)
    _collect(inputs, table)


def read_certificate(inputs: Inputs, path: Path) -> None:
    """Reads the certificate of a bound; the library says whether it is one."""
    inputs.files.append(path)
    inputs.names["certificate"] = str(path)
    try:
        inputs.certificate = json.loads(tables.read_bytes(str(path)).decode("utf-8-sig"))
    except Faults as error:
        inputs.faults.extend(error.faults)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or nested without end
        reason = printable(str(error), 200)
        inputs.faults.append(Fault("not_json_at_all", {"reason": reason}, file=str(path)))
