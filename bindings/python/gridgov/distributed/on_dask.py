"""Dask: a task a partition of whole villages, in the processes of a `dask.distributed` cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from gridgov.distributed.results import Progress, Result, told_of
from gridgov.distributed.villages import KEY, Frames, Work, outcomes, with_key
from gridgov.errors import usage_error


def run(
    work: Work,
    frames: dict[str, Any],
    local: dict[str, pd.DataFrame],
    village_of: Mapping[str, tuple[str, Mapping[str, str]]],
    *,
    split: bool,
    client: Any,
    advance: Progress,
) -> Result:
    """Runs a work over Dask DataFrames; see `gridgov.distributed.results.run`.

    Tasks depend on the graph of the tables alone, so that what dies with a worker is made again by
    another; the caller's process sees the told tables only.
    """
    import dask
    from dask import dataframe
    from dask.distributed import as_completed

    client = _client(client)
    given = frames | {
        name: dataframe.from_pandas(table, npartitions=1) for name, table in local.items()
    }
    keyed = {
        name: _keyed(table, work.village_columns[name], village_of.get(name))
        for name, table in given.items()
    }
    counts = {name: table.npartitions for name, table in keyed.items()}
    if split and len(set(counts.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise usage_error(
            "option_out_of_range", option="split", value=f"True ({listed} partitions)",
            wanted="tables with the same number of partitions",
        )  # fmt: skip
    if not split:
        # One number for all, and one hash: a village's rows of every table meet in one partition.
        most = max(counts.values())
        keyed = {
            name: table.shuffle(on=KEY, npartitions=most, ignore_index=True)
            for name, table in keyed.items()
        }
    shared = dask.delayed(work, traverse=False, pure=False)
    whole = dask.delayed(_whole, pure=False)
    parts = zip(*(table.to_delayed() for table in keyed.values()), strict=True)
    futures = client.compute([whole(shared, list(keyed), *part) for part in parts])
    small = client.map(_told, futures, names=work.told_tables, pure=False)
    gathered: dict[str, Frames] = {}
    for done, future in enumerate(as_completed(small)):
        gathered[future.key] = future.result()
        advance((done + 1) / len(small))
    told = told_of(work, [gathered[future.key] for future in small])
    return DaskResult(work, told, client, futures)


class DaskResult(Result):
    """Tables in the workers' memory, as futures; see `Result`."""

    def __init__(self, work: Work, told: Frames, client: Any, futures: list[Any]) -> None:
        super().__init__(work, told)
        self.findings += work.check(told)
        self._client, self._futures = client, futures

    def _frame(self, table: str) -> Any:
        from dask import dataframe

        picked = self._client.map(_picked, self._futures, name=table, pure=False)
        meta = self._work.schema(table).empty_table().to_pandas()
        return dataframe.from_delayed(picked, meta=meta, verify_meta=False)

    def _gathered(self, table: str) -> pd.DataFrame:
        picked = self._client.map(_arrow, self._futures, name=table, pure=False)
        frame: pd.DataFrame = pa.concat_tables(self._client.gather(picked)).to_pandas()
        return frame

    def release(self) -> None:
        for future in self._futures:
            future.release()
        self._futures = []


def _client(given: Any) -> Any:
    """The client given, or the current one; UsageError where there is none."""
    from dask.distributed import Client, get_client

    if given is None:
        try:
            return get_client()
        except ValueError:
            raise usage_error("engine_not_started") from None
    if not isinstance(given, Client):
        kind = type(given).__name__
        raise usage_error(
            "type_wrong", option="client", given=kind, wanted="a dask.distributed.Client"
        )
    return given


def _keyed(table: Any, column: str, follows: tuple[str, Mapping[str, str]] | None) -> Any:
    """The table with its villages in KEY, and without an index to carry along."""
    add: Callable[..., pd.DataFrame] = _with_village if follows else with_key
    arguments = follows if follows else (column,)
    meta = add(table._meta, *arguments)
    return table.map_partitions(add, *arguments, meta=meta)


def _with_village(frame: pd.DataFrame, column: str, villages: Mapping[str, str]) -> pd.DataFrame:
    named = with_key(frame, column)
    return named.assign(
        **{KEY: pd.array([villages.get(name, "") for name in named[KEY]], dtype="str")}
    )


def _whole(work: Work, names: list[str], *frames: pd.DataFrame) -> dict[str, pa.Table]:
    return outcomes(work, dict(zip(names, frames, strict=True)))


def _told(made: Mapping[str, pa.Table], names: list[str]) -> dict[str, pd.DataFrame]:
    return {name: made[name].to_pandas() for name in names}


def _picked(made: Mapping[str, pa.Table], name: str) -> pd.DataFrame:
    frame: pd.DataFrame = made[name].to_pandas()
    return frame


def _arrow(made: Mapping[str, pa.Table], name: str) -> pa.Table:
    return made[name]
