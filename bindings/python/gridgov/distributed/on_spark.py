"""Spark: `groupBy(village).applyInPandas`, a group a village."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import pandas as pd
import pyarrow as pa

from gridgov.distributed.results import Progress, Result, told_of
from gridgov.distributed.villages import KEY, Frames, Work, outcome

#: Which table a row is of, in the one table that is grouped, and in the one that comes back.
_TABLE = "gridgov_table"
_BACK = f"{KEY} string, {_TABLE} string, rows binary"
_SECONDS_BETWEEN_LOOKS = 0.2


def run(
    work: Work,
    frames: dict[str, Any],
    local: dict[str, pd.DataFrame],
    village_of: Mapping[str, tuple[str, Mapping[str, str]]],
    *,
    advance: Progress,
) -> Result:
    """Runs a work over Spark DataFrames; see `gridgov.distributed.results.run`.

    All tables become one, a column of each under its table's name, which is shuffled by village
    once; what comes back is a row a village and table, packed as Arrow, kept by Spark (memory, then
    disk). Ids and words travel as texts, since pandas makes rounded numbers of whole ones that are
    null in other tables' rows.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions as f

    session = next(iter(frames.values())).sparkSession
    given = frames | {name: session.createDataFrame(table) for name, table in local.items()}
    parts, columns, kinds = [], {}, {}
    for name, table in given.items():
        follows = village_of.get(name)
        key = _as_text(table, follows[0] if follows else work.village_columns[name])
        if follows:
            pairs = [(actor, village) for actor, village in follows[1].items()]
            known = session.createDataFrame(pairs, "gridgov_of string, gridgov_in string")
            table = table.withColumn("gridgov_of", key).join(
                f.broadcast(known), "gridgov_of", "left"
            )
            key = f.coalesce(f.col("gridgov_in"), f.lit(""))
        columns[name] = [c for c in table.columns if c not in ("gridgov_of", "gridgov_in")]
        texts = {c for c in columns[name] if c in work.key_columns}
        kinds[name] = {
            c: kind for c, kind in table.dtypes if c not in texts and kind in _WHOLE_KINDS
        }
        chosen = [
            (_as_text(table, c, null=True) if c in texts else f.col(f"`{c}`")).alias(f"{name}/{c}")
            for c in columns[name]
        ]
        parts.append(table.select(key.alias(KEY), f.lit(name).alias(_TABLE), *chosen))
    one = reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts)
    packed = (
        one.groupBy(KEY)
        .applyInPandas(_of_village(work, columns, kinds), _BACK)
        .persist(StorageLevel.MEMORY_AND_DISK)
    )
    wanted = packed.where(f.col(_TABLE).isin(work.told_tables)).select(_TABLE, "rows")
    nothing = {name: pd.DataFrame() for name in work.told_tables}
    rows = _watched(session, wanted.collect, advance)
    told = told_of(work, [{**nothing, name: _unpacked(raw).to_pandas()} for name, raw in rows])
    return SparkResult(work, told, packed)


_WHOLE_KINDS = ("tinyint", "smallint", "int", "bigint")


class SparkResult(Result):
    """Tables that Spark keeps, packed by village; see `Result`."""

    def __init__(self, work: Work, told: Frames, packed: Any) -> None:
        super().__init__(work, told)
        self.findings += work.check(told)
        self._packed = packed

    def _rows(self, table: str) -> Any:
        from pyspark.sql import functions as f

        return self._packed.where(f.col(_TABLE) == table)

    def _frame(self, table: str) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        schema = _spark_schema(self._work.schema(table))

        def unpack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for raw in batch.column(0):
                    yield from _unpacked(raw.as_py()).cast(schema).to_batches()

        return self._rows(table).select("rows").mapInArrow(unpack, from_arrow_schema(schema))

    def _gathered(self, table: str) -> pd.DataFrame:
        empty = self._work.schema(table).empty_table()
        rows = self._rows(table).select("rows").collect()
        whole = pa.concat_tables([empty, *(_unpacked(row[0]) for row in rows)])
        frame: pd.DataFrame = whole.to_pandas()
        return frame

    def release(self) -> None:
        self._packed.unpersist()


def _of_village(
    work: Work, columns: Mapping[str, list[str]], kinds: Mapping[str, Mapping[str, str]]
) -> Callable[[tuple[Any, ...], pd.DataFrame], pd.DataFrame]:
    """The function of a group: its rows parted into tables again, and what they gave packed."""

    def run(key: tuple[Any, ...], rows: pd.DataFrame) -> pd.DataFrame:
        village = str(key[0])
        frames = {}
        for name, names in columns.items():
            own = rows.loc[rows[_TABLE] == name, [f"{name}/{c}" for c in names]]
            own = own.set_axis(names, axis="columns").reset_index(drop=True)
            for column, _ in kinds[name].items():
                if own[column].dtype.kind != "i":
                    own[column] = own[column].astype("Int64")
            frames[name] = own
        made = outcome(work, village, frames)
        packed = [(village, name, _packed(table)) for name, table in made.items() if len(table)]
        return pd.DataFrame(packed, columns=[KEY, _TABLE, "rows"])

    return run


def _as_text(table: Any, column: str, null: bool = False) -> Any:
    """A column as the local call reads ids: whole numbers without a point; missing ones empty."""
    from pyspark.sql import functions as f

    given = f.col(f"`{column}`")
    text = given.cast("string")
    if dict(table.dtypes)[column] in ("float", "double"):
        whole = (given == f.floor(given)) & (f.abs(given) < 2**53)
        text = f.when(f.isnan(given), None).when(whole, given.cast("bigint").cast("string"))
        text = text.otherwise(given.cast("string"))
    return text if null else f.coalesce(text, f.lit(""))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(raw: Any) -> pa.Table:
    with pa.ipc.open_stream(bytes(raw)) as reader:
        return reader.read_all()


def _spark_schema(schema: pa.Schema) -> pa.Schema:
    """Days as Spark's dates, texts as its strings."""
    kinds = {pa.large_string(): pa.string(), pa.timestamp("s"): pa.date32()}
    return pa.schema([(field.name, kinds.get(field.type, field.type)) for field in schema])


def _watched(session: Any, action: Callable[[], Any], advance: Progress) -> Any:
    """Runs an action in a thread of its own and tells the share of its tasks that are done."""
    try:
        context = session.sparkContext
    except Exception:  # Spark Connect has none, and tells by an error of its own
        return action()
    from concurrent.futures import Future
    from concurrent.futures import wait as wait_for

    from pyspark import InheritableThread

    group, done = f"gridgov-{uuid.uuid4()}", Future[Any]()

    def work() -> None:
        try:
            context.setJobGroup(group, "gridgov", interruptOnCancel=True)
            done.set_result(action())
        except BaseException as error:
            done.set_exception(error)

    InheritableThread(target=work, daemon=True).start()
    tracker, reached = context.statusTracker(), 0.0
    try:
        while not done.done():
            wait_for([done], timeout=_SECONDS_BETWEEN_LOOKS)
            tasks = finished = 0
            for job in tracker.getJobIdsForGroup(group):
                for stage in getattr(tracker.getJobInfo(job), "stageIds", ()):
                    of = tracker.getStageInfo(stage)
                    tasks += of.numTasks if of else 0
                    finished += of.numCompletedTasks if of else 0
            if tasks:
                reached = max(reached, min(finished / tasks, 1.0))
                advance(reached)
    except BaseException:
        context.cancelJobGroup(group)
        raise
    result = done.result()
    advance(1.0)
    return result
