"""What every layer shares: which engine, splitting by village, the result on the workers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import util
from typing import Any

import pandas as pd

from gridgov.distributed.villages import (
    DONE,
    FAULTY,
    REFUSED,
    Frames,
    VillageFinding,
    Work,
    by_bytes,
    findings_of,
)
from gridgov.errors import DataError, UsageError, usage_error

Progress = Callable[[float], object]
ProgressLike = Progress | bool | None


class Result(ABC):
    """Tables that stay on the workers, and what was told of every village.

    `result[name]` is a table as a DataFrame of the engine, in no order of villages, each village's
    rows together and in the local call's order; nothing is computed again while the result lives
    (but what dies with a worker: Dask and Spark make that anew, the same).

    Attributes:
        villages: A row a village, in byte order: `village`, `status` (`done`, `faulty`), `errors`
            (findings of that severity), and what the layer measures.
        findings: Of all villages, by village.
        tables: The names of the tables.
    """

    def __init__(self, work: Work, told: Frames) -> None:
        self._work = work
        order = sorted(
            range(len(told["villages"])), key=lambda row: by_bytes(told["villages"]["village"][row])
        )
        self.villages = told["villages"].iloc[order].reset_index(drop=True)
        self.findings: list[VillageFinding] = findings_of(told["findings"])
        self.tables = tuple(work.tables)

    @property
    def holds(self) -> bool:
        """Whether no village was left out and no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def left_out(self) -> list[str]:
        """Villages with faults, in byte order."""
        names: list[str] = self.villages.loc[self.villages["status"] == FAULTY, "village"].tolist()
        return names

    def __getitem__(self, table: str) -> Any:
        if table not in self.tables:
            raise usage_error(
                "option_unknown", option="table", value=table, known=", ".join(self.tables)
            )
        return self._frame(table)

    @abstractmethod
    def _frame(self, table: str) -> Any:
        """A table on the workers."""

    @abstractmethod
    def _gathered(self, table: str) -> pd.DataFrame:
        """A table in the caller's process, in any order of villages."""

    @abstractmethod
    def release(self) -> None:
        """Frees what the workers hold for this result."""

    def collect(self, table: str) -> pd.DataFrame:
        """A whole table in the caller's process, villages in byte order. It has to fit there."""
        if table not in self.tables:
            self[table]
        frame = self._gathered(table)
        name = "village" if "village" in frame.columns else "village_id"
        places = {
            village: place for place, village in enumerate([*self.villages["village"].tolist()])
        }
        places.setdefault("", -1)
        order = frame[name].fillna("").map(places)
        return frame.iloc[order.argsort(kind="stable").to_numpy()].reset_index(drop=True)

    def __repr__(self) -> str:
        left_out = f", {len(self.left_out)} left out" if self.left_out else ""
        return (
            f"<gridgov.distributed.Result: {len(self.villages)} villages{left_out}; "
            f"{', '.join(self.tables)}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{repr(self)[1:-1]}</p>{self.villages.head(10).to_html(index=False)}"


def run(
    work: Work,
    frames: Mapping[str, Any],
    *,
    split: bool,
    skip_faulty_villages: bool,
    client: Any,
    progress: ProgressLike,
    local: Frames | None = None,
    village_of: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
) -> Result:
    """Runs a layer's work on the engine of the frames.

    Args:
        work: What is done with one village.
        frames: Tables of the engine.
        split: They are split by village already.
        skip_faulty_villages: Whether villages with faults are left out.
        client: Of Dask.
        progress: See `gridgov.distributed.partition`.
        local: Tables of the caller's process that are split with the others.
        village_of: Of a table whose villages follow from another column: that column and the
            village of each of its values; the empty name for others.
    """
    kinds = {engine_of(frame, name) for name, frame in frames.items()}
    if len(kinds) > 1:
        raise usage_error(
            "type_wrong",
            option="tables",
            given=" and a ".join(sorted(kinds)),
            wanted="tables of one engine",
        )
    given = dict(frames), dict(local or {}), dict(village_of or {})
    result: Result
    with _shown(progress) as advance:
        if kinds == {"dask"}:
            from gridgov.distributed import on_dask

            result = on_dask.run(work, *given, split=split, client=client, advance=advance)
        else:
            from gridgov.distributed import on_spark

            result = on_spark.run(work, *given, advance=advance)
    try:
        _refuse(result, skip_faulty_villages)
    except (DataError, UsageError):
        result.release()
        raise
    return result


def engine_of(frame: Any, name: str) -> str:
    """`dask` or `spark`. UsageError for anything else, telling what to install."""
    package = type(frame).__module__.partition(".")[0]
    if package in ("dask", "dask_expr"):
        need("dask", "distributed", "distributed")
        return "dask"
    if package == "pyspark":
        need("pyspark", "pyspark", "spark")
        return "spark"
    if util.find_spec("dask") is None and util.find_spec("pyspark") is None:
        raise usage_error("engine_missing", name="dask", extra="distributed")
    wanted = "a Dask DataFrame or a Spark DataFrame"
    raise usage_error("type_wrong", option=name, given=type(frame).__name__, wanted=wanted)


def need(name: str, module: str, extra: str) -> None:
    """UsageError where an engine's package is missing, telling what to install."""
    if util.find_spec(module) is None:
        raise usage_error("engine_missing", name=name, extra=extra)


def columns_of(frame: Any, name: str) -> list[str]:
    """The names of a table's columns. UsageError where it is no table of an engine, or two columns
    have one name."""
    engine_of(frame, name)
    names = [str(column) for column in frame.columns]
    for column in names:
        if names.count(column) > 1:
            raise usage_error("column_duplicate", table=name, column=column)
    return names


def _refuse(result: Result, skip_faulty_villages: bool) -> None:
    """What the villages told, as exceptions."""
    repeated = result.villages["village"].duplicated()
    if repeated.any():
        village = result.villages["village"][repeated].iloc[0]
        raise usage_error("village_split", village=village)
    status = dict(zip(result.villages["village"], result.villages["status"], strict=True))
    for found in result.findings:
        if status[found.village] == REFUSED:
            raise UsageError(found)
    shared = [found for found in result.findings if found.code == "stock_shared"]
    faults = [found for found in result.findings if status[found.village] != DONE]
    if shared or (faults and not skip_faulty_villages):
        raise DataError([*faults, *shared])


@contextmanager
def _shown(progress: ProgressLike) -> Iterator[Progress]:
    """A bar on stderr, the caller's function, or nothing."""
    if progress is not True:
        yield progress if callable(progress) else lambda _share: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (TextColumn("gridgov"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def told_of(work: Work, tables: Sequence[Frames]) -> dict[str, pd.DataFrame]:
    """The small tables of all villages in one, with the faults that only all show."""
    told = {}
    for name in work.told_tables:
        empty = work.schema(name).empty_table().to_pandas()
        parts = [of[name] for of in tables if len(of[name])]
        told[name] = pd.concat(parts, ignore_index=True) if parts else empty
    return told
