"""One village in one worker: tables in, Arrow tables out, faults as data. Nothing here knows an
engine."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from gridgov import inputs
from gridgov.errors import DataError, Finding, Language, UsageError

#: The column by which tables are split: the village's name as text, empty where it is missing.
KEY = "gridgov_village"
TEXT, WHOLE, REAL, TRUTH = pa.large_string(), pa.int64(), pa.float64(), pa.bool_()
DATE = pa.timestamp("s")
DONE, FAULTY, REFUSED = "done", "faulty", "refused"
#: Told to the caller's process of every village, beside what its layer measures.
VILLAGES = {"village": TEXT, "status": TEXT, "errors": WHOLE}
FINDINGS = {"village": TEXT, "finding": TEXT}

Frames = Mapping[str, pd.DataFrame]
Columns = Mapping[str, pa.DataType]


@dataclass(frozen=True, slots=True)
class VillageFinding(Finding):
    """A finding and the village that it is of. `row` counts the village's rows in its worker."""

    village: str = ""

    def message(self, lang: Language = "en") -> str:
        """What is wrong, after the village's name."""
        told = Finding.message(self, lang)
        name = self.village or ("(no village)" if lang == "en" else "（未填村名）")
        return f"village {name}: {told}" if lang == "en" else f"{name}：{told}"

    def __str__(self) -> str:
        return self.message()


@dataclass(frozen=True)
class Made:
    """What a village's computation gave.

    Attributes:
        tables: By name, with at least the columns that `Work.tables` names.
        measures: Of the village, by the names of `Work.measures`.
        findings: What is worth knowing.
        told: Further tables for the caller's process, by the names of `Work.told`.
    """

    tables: Mapping[str, pd.DataFrame]
    measures: Mapping[str, Any]
    findings: Sequence[Finding] = ()
    told: Mapping[str, pd.DataFrame] | None = None


class Work(ABC):
    """A layer's part: what is done with one village. Pickled to the workers; deterministic.

    Attributes:
        village_columns: The village's column of each table that comes in.
        key_columns: Columns of ids and words, which must not pass as rounded numbers.
        tables: The columns of each table that goes out.
        measures: What is told of each village.
        told: Small tables that go to the caller's process.
    """

    village_columns: Mapping[str, str]
    key_columns: frozenset[str]
    tables: Mapping[str, Columns]
    measures: Columns
    told: Mapping[str, Columns]

    @abstractmethod
    def run(self, village: str, frames: Frames) -> Made:
        """One village by the local function. DataError and UsageError as that raises them."""

    def check(self, told: Frames) -> list[VillageFinding]:
        """Faults that only all villages together show."""
        return []

    def schema(self, table: str) -> pa.Schema:
        """The columns of a table that goes out."""
        own = {"villages": {**VILLAGES, **self.measures}, "findings": FINDINGS}
        return pa.schema(list({**own, **self.told, **self.tables}[table].items()))

    @property
    def told_tables(self) -> list[str]:
        """What goes to the caller's process: a row a village, a row a finding, and `told`."""
        return ["villages", "findings", *self.told]


def outcome(work: Work, village: str, frames: Frames) -> dict[str, pa.Table]:
    """Every table that goes out, of one village; faults become its status and findings."""
    status, made = DONE, Made({}, {})
    findings: Sequence[Finding]
    try:
        made = work.run(village, frames)
        findings = made.findings
    except DataError as error:
        status, findings = FAULTY, error.findings
    except UsageError as error:
        status, findings = REFUSED, error.findings
    errors = sum(finding.severity == "error" for finding in findings)
    row = {"village": village, "status": status, "errors": errors, **made.measures}
    tables = {
        "villages": pd.DataFrame([row]),
        "findings": pd.DataFrame(
            {"village": [village] * len(findings), "finding": [_packed(one) for one in findings]}
        ),
        **(made.told or {}),
        **made.tables,
    }
    names = [*work.told_tables, *work.tables]
    return {name: _arrow(tables.get(name), work.schema(name)) for name in names}


def outcomes(work: Work, frames: Frames) -> dict[str, pa.Table]:
    """Every table that goes out, of the villages that stand whole in these frames; by village in
    byte order. Each frame has the column KEY."""
    groups = {
        name: {str(village): rows for village, rows in frame.groupby(KEY, sort=False)}
        for name, frame in frames.items()
    }
    found = sorted({village for of in groups.values() for village in of}, key=by_bytes)
    made = [
        outcome(
            work,
            village,
            {
                name: of.get(village, frames[name].iloc[:0]).drop(columns=KEY)
                for name, of in groups.items()
            },
        )
        for village in found
    ]
    return {
        name: pa.concat_tables([one[name] for one in made])
        if made
        else work.schema(name).empty_table()
        for name in [*work.told_tables, *work.tables]
    }


def with_key(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The frame with its villages as texts in KEY: categories, numbers and missing ones alike."""
    return frame.assign(**{KEY: pd.array(inputs.texts(frame[column]), dtype="str")})


def by_bytes(text: str) -> bytes:
    """The order of ids and names."""
    return text.encode("utf-8", errors="surrogateescape")


def sorted_by_id(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows in the order of their ids, so that the order in which they came changes nothing."""
    ids = inputs.texts(inputs.column_of(frame, column, "households"))
    order = sorted(range(len(ids)), key=lambda row: by_bytes(ids[row]))
    return frame.iloc[order].reset_index(drop=True)


def first_column(frame: pd.DataFrame, village: str, name: str = "village") -> pd.DataFrame:
    """A table with the village as its first column."""
    column = pd.array([village] * len(frame), dtype="str")
    rest = frame.drop(columns=name, errors="ignore")
    rest.insert(0, name, pd.Series(column, index=rest.index))
    return rest


def findings_of(table: pd.DataFrame) -> list[VillageFinding]:
    """The findings that villages told, by village in byte order."""
    rows = zip(table["village"].tolist(), table["finding"].tolist(), strict=True)
    ordered = sorted(rows, key=lambda row: by_bytes(row[0]))
    return [_unpacked(village, json.loads(packed)) for village, packed in ordered]


def _packed(found: Finding) -> str:
    names = ("code", "number", "severity", "table", "row")
    record = {name: getattr(found, name) for name in names}
    return json.dumps(
        record | {"records": list(found.records), "fields": dict(found.fields)}, ensure_ascii=True
    )


def _unpacked(village: str, record: dict[str, Any]) -> VillageFinding:
    records: Iterable[str] = record.pop("records")
    return VillageFinding(**record, records=tuple(records), village=village)


def _arrow(frame: pd.DataFrame | None, schema: pa.Schema) -> pa.Table:
    """A frame as Arrow: those columns, those types; categories as texts."""
    if frame is None or frame.empty:
        return schema.empty_table()
    columns = []
    for field in schema:
        if field.name not in frame.columns:
            columns.append(pa.nulls(len(frame), field.type))
            continue
        column = pa.array(frame[field.name], from_pandas=True)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
