"""Past one machine: villages are independent, so partition, settle and duties run village by
village on the workers of a Dask or a Spark cluster.

A table is a Dask DataFrame or a Spark DataFrame; which engine works is told by its type. It is
split by village once (or is said to be already), each village is computed by the local function in
one worker, and the results stay on the workers as tables of the same engine until `collect` is
asked for. What they hold is what the local call gives, village by village, whatever the partitions,
the workers and their order.

    from dask import dataframe
    from dask.distributed import Client
    from gridgov import distributed

    with Client():
        done = distributed.partition(dataframe.read_parquet("households"), progress=True)
        done["households"].to_parquet("courtyards")
        print(done.villages)

Dask comes with `pip install 'gridgov[distributed]'`, PySpark with `pip install 'gridgov[spark]'`
(and a Java runtime).
"""

from gridgov.distributed.accounts import settle
from gridgov.distributed.courtyards import partition
from gridgov.distributed.results import Result
from gridgov.distributed.villages import VillageFinding
from gridgov.distributed.watch import duties

__all__ = ["Result", "VillageFinding", "duties", "partition", "settle"]


def __dir__() -> list[str]:
    return sorted(__all__)
