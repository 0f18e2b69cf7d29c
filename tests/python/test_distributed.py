"""`gridgov.distributed` on Dask: a real cluster of processes, and the same as the local call.

Spark has the same cases in test_spark.py. What both share stands in distributed_cases.py.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dask import dataframe
from dask.distributed import Client, LocalCluster

from gridgov import DataError, UsageError, distributed, errors, lists
from gridgov.distributed import courtyards, results, villages, watch

sys.path.insert(0, str(Path(__file__).parent))
import distributed_cases as cases

pytestmark = pytest.mark.filterwarnings("default")  # of Dask and its web server, not ours


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def dask(frame: pd.DataFrame, partitions: int = 3) -> Any:
    return dataframe.from_pandas(frame, npartitions=partitions, sort=False)


def shuffled(frame: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


# Partition ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 5])
def test_partition_is_the_local_call(client: Client, partitions: int) -> None:
    """Villages split over partitions, rows in another order, divisions unknown."""
    town = cases.town()
    table = dask(shuffled(town.households), partitions).clear_divisions()
    done = distributed.partition(table, **cases.OPTIONS, barriers=town.barriers)
    cases.check_partition(done, town)
    assert done.holds
    assert str(done).count("gridgov.distributed.Result: 6 villages") == 1


def test_results_stay_on_the_workers(client: Client) -> None:
    town = cases.town()
    done = distributed.partition(dask(town.households), **cases.OPTIONS)
    assert isinstance(done["households"], dataframe.DataFrame)
    sizes = done["households"].groupby("village_id").size().compute()
    assert sizes.to_dict() == town.households["village"].value_counts().to_dict()
    assert done["courtyards"].dtypes["weight"] == np.float64
    done.release()
    with pytest.raises(UsageError) as refused:
        done["balances"]
    assert refused.value.code == "option_unknown"


@pytest.mark.parametrize("kind", ["category", "arrow", "numbers"])
def test_columns_of_villages_of_any_kind(client: Client, kind: str) -> None:
    town = cases.town()
    frame = town.households.copy()
    if kind == "category":
        frame["village"] = frame["village"].astype("category")
    elif kind == "arrow":
        frame[["id", "village"]] = frame[["id", "village"]].astype("string[pyarrow]")
    else:
        frame["village"] = frame["village"].astype("category").cat.codes.astype(float)
    done = distributed.partition(dask(shuffled(frame)))
    cases.check_partition(done, frame, options={})


def test_an_empty_partition_and_a_village_of_one_household(client: Client) -> None:
    frame = cases.town().households
    one = frame[frame["village"] == frame["village"].iloc[0]].head(1)
    rest = frame[frame["village"] != frame["village"].iloc[0]]
    parts = [dask(rest, 2), dask(frame.head(0), 1), dask(one, 1)]
    done = distributed.partition(dataframe.concat(parts))
    cases.check_partition(done, pd.concat([rest, one]), options={})
    assert done.villages["households"].min() == 1


def test_nothing_at_all(client: Client) -> None:
    done = distributed.partition(dask(cases.town().households.head(0), 1))
    assert (len(done.villages), done.findings) == (0, [])
    assert len(done.collect("households")) == 0
    assert len(done["courtyards"].compute()) == 0


def test_split_already(client: Client) -> None:
    frame = cases.town().households
    parts = [dask(rows, 1) for _, rows in frame.groupby("village")]
    done = distributed.partition(dataframe.concat(parts), split=True)
    cases.check_partition(done, frame, options={})
    with pytest.raises(UsageError) as refused:
        distributed.partition(dask(shuffled(frame)), split=True)
    assert refused.value.code == "village_split"


def test_faults_are_told_with_their_village(client: Client) -> None:
    frame = cases.with_faults()
    with pytest.raises(DataError) as refused:
        distributed.partition(dask(shuffled(frame)))
    cases.check_faults(refused.value.findings, frame)
    done = distributed.partition(dask(shuffled(frame)), skip_faulty_villages=True)
    assert done.left_out == cases.faulty_villages(frame)
    cases.check_partition(done, frame[~frame["village"].fillna("").isin(done.left_out)], options={})
    assert not done.holds
    assert set(done.villages["status"]) == {"done", "faulty"}


def test_barriers_far_from_a_village_are_not_its_fault(client: Client) -> None:
    """The whole town's box meets them; that of most villages does not."""
    town = cases.town()
    frame = town.households.copy()
    places = {name: 200_000.0 * at for at, name in enumerate(frame["village"].unique())}
    frame["x_m"] += frame["village"].map(places)
    done = distributed.partition(dask(frame), barriers=town.barriers)
    cases.check_partition(done, frame, options={"barriers": town.barriers})


def test_progress(client: Client, capsys: Any) -> None:
    shares: list[float] = []
    distributed.partition(dask(cases.town().households), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    distributed.partition(dask(cases.town().households), progress=True)
    captured = capsys.readouterr()
    assert "gridgov" in captured.err
    assert captured.out == ""


def test_a_worker_that_is_killed(client: Client) -> None:
    """Killed while villages are computed there: what it had is made again, the same."""
    town = cases.town(households=20_000)
    killed: list[int] = []
    pids = client.run(os.getpid)

    def kill(_share: float) -> None:
        if not killed:
            killed.append(next(iter(pids.values())))
            os.kill(killed[0], signal.SIGKILL)

    done = distributed.partition(dask(shuffled(town.households), 8), effort="draft", progress=kill)
    assert killed
    cases.check_partition(done, town.households, options={"effort": "draft"})
    deadline = time.monotonic() + 30
    while len(now := set(client.run(os.getpid).values())) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert killed[0] not in now
    assert len(now) == 2


# Points -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 4])
def test_settle_is_the_local_call(client: Client, partitions: int) -> None:
    given = cases.accounts()
    tables = {name: dask(shuffled(frame), partitions) for name, frame in given.items()}
    done = distributed.settle(cases.RULES, **tables, goods=cases.GOODS, as_of=cases.AS_OF)
    cases.check_settle(done, given)


def test_only_the_tables_that_are_wanted(client: Client) -> None:
    given = cases.accounts()
    tables = {name: dask(frame) for name, frame in given.items()}
    done = distributed.settle(
        cases.RULES, **tables, goods=cases.GOODS, as_of=cases.AS_OF, tables=["balances"]
    )
    assert done.tables == ("balances",)
    with pytest.raises(UsageError):
        distributed.settle(cases.RULES, **tables, as_of=cases.AS_OF, tables=["accounts"])


def test_faults_of_a_register(client: Client) -> None:
    given = cases.accounts()
    register = given["register"].copy()
    register.loc[3, "household_id"] = "nobody"
    register.loc[7, "village"] = None
    tables = {"households": dask(given["households"]), "register": dask(register)}
    with pytest.raises(DataError) as refused:
        distributed.settle(cases.RULES, **tables, as_of=cases.AS_OF)
    named = {found.village for found in refused.value.findings}
    assert named == {given["register"].loc[3, "village"], ""}
    assert "nobody" in str(refused.value.findings[-1])
    done = distributed.settle(cases.RULES, **tables, as_of=cases.AS_OF, skip_faulty_villages=True)
    assert set(done.left_out) == named


def test_stock_that_villages_share(client: Client) -> None:
    given = cases.accounts()
    tables = {name: dask(frame) for name, frame in given.items()}
    goods = cases.GOODS | {"stock": [1, 1000]}
    with pytest.raises(DataError) as refused:
        distributed.settle(
            cases.RULES, **tables, goods=goods, as_of=cases.AS_OF, skip_faulty_villages=True
        )
    found = refused.value.findings[0]
    assert (found.code, len(refused.value.findings)) == ("stock_shared", 1)
    assert len(found.records) > 1


# Duties -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 3])
def test_duties_are_the_local_call(client: Client, partitions: int) -> None:
    done = distributed.duties(
        cases.CATALOGUE, dask(shuffled(cases.evidence()), partitions), as_of="2026-06-30"
    )
    cases.check_duties(done, cases.CATALOGUE, cases.evidence())


def test_leads_of_elsewhere_and_items_of_some_villages(client: Client) -> None:
    done = distributed.duties(cases.CROSSED, dask(cases.CROSSED_EVIDENCE, 1), as_of="2026-06-30")
    cases.check_duties(done, cases.CROSSED, cases.CROSSED_EVIDENCE)
    assert set(done.villages["village"]) == {"", "east", "west"}


def test_evidence_of_an_unknown_item(client: Client) -> None:
    evidence = cases.evidence().copy()
    evidence.loc[2, "item"] = "no-such"
    with pytest.raises(DataError) as refused:
        distributed.duties(cases.CATALOGUE, dask(evidence), as_of="2026-06-30")
    assert refused.value.code == "evidence_unknown_item"
    assert refused.value.findings[0].village == watch.village_of(
        lists.catalogue(cases.CATALOGUE)
    ).get(evidence.loc[2, "actor"], "")


# A caller's mistakes ------------------------------------------------------------------------------


def test_mistakes_are_told_before_a_worker_is_asked() -> None:
    frame = cases.town().households
    for options, code in [
        ({"min": 5, "max": 4}, "bounds_invalid"),
        ({"weights": "kilograms"}, "column_missing"),
        ({"weights": [1.0]}, "type_wrong"),
        ({"villages": "parish"}, "column_missing"),
        ({"effort": "great"}, "option_unknown"),
        ({"client": 1}, "type_wrong"),
    ]:
        with pytest.raises(UsageError) as refused:
            distributed.partition(dask(frame), **options)
        assert refused.value.code == code, options
    with pytest.raises(UsageError) as refused:
        distributed.partition(frame)
    assert refused.value.code == "type_wrong"


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = dask(cases.town().households)
    monkeypatch.setattr(results.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"pip install 'gridgov\[distributed\]'"):
        distributed.partition(table)
    with pytest.raises(UsageError, match=r"pip install 'gridgov\[distributed\]'"):
        distributed.partition(cases.town().households)
    with pytest.raises(UsageError, match=r"pip install 'gridgov\[spark\]'"):
        results.need("pyspark", "pyspark", "spark")


def test_importing_it_needs_no_engine() -> None:
    """In an interpreter of its own, where neither Dask nor PySpark can be imported."""
    code = (
        "import sys\n"
        "sys.modules.update(dask=None, distributed=None, pyspark=None)\n"
        "import gridgov.distributed\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# The function of a worker -------------------------------------------------------------------------


def test_the_columns_are_those_of_the_local_results() -> None:
    """None is left out or made up: a column added there has to be added here."""
    town = cases.town()
    local = cases.local_partition(town.households, cases.OPTIONS)
    for name, columns in courtyards.PartitionWork.tables.items():
        assert list(columns) == list(getattr(local, name).columns)
    settled = cases.local_settle(cases.accounts())
    for name, columns in distributed.accounts.TABLES.items():
        there = [c for c in getattr(settled, name).columns if c != "village"]
        assert list(columns) == ["village", *there]


def test_findings_travel_whole() -> None:
    found = errors.finding("duplicate_id", records=["甲"], table="households", row=2, first_row=1)
    table = villages.outcome(Failing(DataError([found])), "东村", {})["findings"].to_pandas()
    (back,) = villages.findings_of(table)
    assert (back.code, back.records, back.row) == (found.code, found.records, found.row)
    assert back.fields == found.fields
    assert str(back) == f"village 东村: {found}"
    assert back.message("zh").startswith("东村：")


class Failing(villages.Work):
    tables = {}  # noqa: RUF012
    measures = {}  # noqa: RUF012
    told = {}  # noqa: RUF012

    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, village: str, frames: Any) -> villages.Made:
        raise self.error


@pytest.mark.parametrize("page", ["distributed.md", "distributed.zh-CN.md"])
def test_the_guide_runs_as_written(page: str, capsys: Any) -> None:
    text = (cases.EXAMPLES.parent / "guide" / page).read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    exec(compile(shown, page, "exec"), {"__name__": "__main__"})
    assert "done" in capsys.readouterr().out


def test_the_guide_leaves_nothing_out() -> None:
    for page in ("distributed.md", "distributed.zh-CN.md"):
        text = (cases.EXAMPLES.parent / "guide" / page).read_text(encoding="utf-8")
        names = [*courtyards.PartitionWork.tables, *distributed.accounts.TABLES, *watch.TABLES]
        own = ["villages", "split=True", "skip_faulty_villages", "client", "progress", "threads"]
        missing = [name for name in [*names, *own] if f"`{name}" not in text]
        assert not missing, page
