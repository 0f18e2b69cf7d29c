"""`gridgov.distributed` on Spark in local mode: the same as the local call.

Heavy (a Java runtime, PySpark's 400 MB), so only where it is asked for:
`pip install 'gridgov[spark]'; GRIDGOV_TEST_SPARK=1 pytest tests/python/test_spark.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridgov import DataError, UsageError, distributed

if not os.environ.get("GRIDGOV_TEST_SPARK"):
    pytest.skip("set GRIDGOV_TEST_SPARK=1 to run it", allow_module_level=True)

sys.path.insert(0, str(Path(__file__).parent))
import distributed_cases as cases

pytestmark = pytest.mark.filterwarnings("default")  # of PySpark, not ours


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def sparked(spark: Any, frame: pd.DataFrame, partitions: int = 3) -> Any:
    mixed = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    return spark.createDataFrame(mixed).repartition(partitions)


def test_partition_is_the_local_call(spark: Any) -> None:
    town = cases.town()
    shares: list[float] = []
    done = distributed.partition(
        sparked(spark, town.households),
        **cases.OPTIONS,
        barriers=town.barriers,
        progress=shares.append,
    )
    cases.check_partition(done, town)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert done["households"].count() == len(town.households)
    assert dict(done["courtyards"].dtypes)["weight"] == "double"
    done.release()


def test_ids_beyond_what_floats_hold(spark: Any) -> None:
    """Whole numbers of 18 digits in a column that is null in another table's rows."""
    frame = cases.town().households.drop(columns="id")
    frame.insert(0, "id", range(500234199001010000, 500234199001010000 + len(frame)))
    done = distributed.partition(sparked(spark, frame))
    cases.check_partition(done, frame, options={})


def test_faults_are_told_with_their_village(spark: Any) -> None:
    frame = cases.with_faults()
    with pytest.raises(DataError) as refused:
        distributed.partition(sparked(spark, frame))
    cases.check_faults(refused.value.findings, frame)
    done = distributed.partition(sparked(spark, frame), skip_faulty_villages=True)
    assert done.left_out == cases.faulty_villages(frame)
    cases.check_partition(done, frame[~frame["village"].fillna("").isin(done.left_out)], options={})


def test_settle_is_the_local_call(spark: Any) -> None:
    given = cases.accounts()
    tables = {name: sparked(spark, frame) for name, frame in given.items()}
    done = distributed.settle(cases.RULES, **tables, goods=cases.GOODS, as_of=cases.AS_OF)
    cases.check_settle(done, given)
    assert dict(done["ledger"].dtypes)["date"] == "date"
    goods = cases.GOODS | {"stock": [1, 1000]}
    with pytest.raises(DataError) as refused:
        distributed.settle(cases.RULES, **tables, goods=goods, as_of=cases.AS_OF)
    assert refused.value.code == "stock_shared"


@pytest.mark.parametrize("crossed", [False, True])
def test_duties_are_the_local_call(spark: Any, crossed: bool) -> None:
    evidence = cases.CROSSED_EVIDENCE if crossed else cases.evidence()
    catalogue = cases.CROSSED if crossed else cases.CATALOGUE
    done = distributed.duties(catalogue, sparked(spark, evidence), as_of="2026-06-30")
    cases.check_duties(done, catalogue, evidence)


def test_a_caller_s_mistakes(spark: Any) -> None:
    table = sparked(spark, cases.town().households)
    with pytest.raises(UsageError) as refused:
        distributed.partition(table, weights="kilograms")
    assert refused.value.code == "column_missing"
    with pytest.raises(UsageError) as refused:
        distributed.partition(table.drop("x_m"))
    assert refused.value.code == "column_missing"
