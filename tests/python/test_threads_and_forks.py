"""Many threads on one object; processes forked after the parent has worked with threads; Ctrl-C."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gridgov
from gridgov import lists, points

sys.path.insert(0, str(Path(__file__).parent))
from results_cases import HOUSEHOLDS, REGISTER, catalogue, everything, rules


def at_once(work, count=24):
    """What so many calls from eight threads give."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: work(), range(count)))


#: What threads do to one shared object, with frames made at first sight among it.
SHARED = {
    "rulebooks": lambda: points.settle(
        SHARED_RULES, HOUSEHOLDS, REGISTER, as_of="2026-12-31"
    ).ledger["hash"].tolist(),
    "state": lambda: points.settle(
        rules(), HOUSEHOLDS, REGISTER, as_of="2026-12-31", previous=everything()["points.State"]
    ).balances["balance"].tolist(),
    "settlement": lambda: [
        SETTLED.statement("h1").lines["balance"].tolist(),
        SETTLED.ledger["hash"].tolist(),
        SETTLED.entries_in("zh")["reason"].tolist(),
        SETTLED.board().ranking["rank"].tolist(),
    ],
    "catalogue": lambda: [
        lists.decide(TOWN, actor="ganquan", matter="visits", date="2026-03-01").verdict,
        lists.duties(TOWN, as_of="2026-04-01").counts,
        lists.workload(TOWN, months=2).persons["hours"].tolist(),
        [one.code for one in lists.audit(TOWN)],
        TOWN.items["item"].tolist(),
    ],
    "partition": lambda: [
        gridgov.explain(everything()["Partition"], "16").distance_m,
        gridgov.revise(everything()["Partition"], [(10.0 * i, 0.0) for i in range(44)]).left,
        everything()["Partition"].households["courtyard_id"].tolist(),
    ],
}  # fmt: skip
SHARED_RULES = points.Rulebooks(rules())
SETTLED = points.settle(rules(), HOUSEHOLDS, REGISTER, as_of="2026-12-31")
TOWN = lists.catalogue(catalogue())


@pytest.mark.parametrize("name", SHARED)
def test_threads_share_one_object(name):
    found = at_once(SHARED[name])
    assert all(one == found[0] for one in found)
    assert found[0] == SHARED[name]()


def _work(seed):
    """All layers, with threads of the core."""
    places = np.random.default_rng(seed).uniform(0, 1000, (400, 2))
    p = gridgov.partition(places, threads=4)
    s = points.settle(rules(), HOUSEHOLDS, REGISTER, as_of="2026-12-31", threads=4)
    d = lists.duties(catalogue(), as_of="2026-04-01")
    return p.labels_.tobytes(), s.ledger["hash"].tolist(), d.counts


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of fork beside threads, from 3.12 on
def test_forks_after_threads_of_ours_give_the_same():
    expected = [_work(seed) for seed in range(3)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(_work, range(3))) == expected
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_work, range(3)).get(timeout=120) == expected
    assert _work(0) == expected[0]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc")
def test_no_thread_outlives_its_call():
    """What makes forks safe: between calls there is no thread that could hold a lock."""
    code = """
        import os, numpy as np, gridgov
        from gridgov import points
        import sys; sys.path.insert(0, {here!r})
        from results_cases import HOUSEHOLDS, REGISTER, rules
        before = len(os.listdir("/proc/self/task"))
        places = np.random.default_rng(1).uniform(0, 3000, (5000, 2))
        gridgov.partition(places, threads=4)
        points.settle(rules(), HOUSEHOLDS, REGISTER, as_of="2026-12-31", threads=4)
        print(len(os.listdir("/proc/self/task")) - before)
    """
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code).format(here=here)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "0"


#: Even where a shell started the tests in the background, which makes them deaf to it.
HEEDS_CTRL_C = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


def interrupted_after(code):
    """Runs code that says "go" and works on; the status after Ctrl-C, and what it said."""
    with subprocess.Popen(
        [sys.executable, "-c", HEEDS_CTRL_C + textwrap.dedent(code)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        try:
            assert program.stdout.readline() == "go\n"
            program.send_signal(signal.SIGINT)
            return program.communicate(timeout=60)
        finally:
            program.kill()


def test_ctrl_c_stops_a_long_settlement():
    said, errors = interrupted_after("""
        import numpy as np, pandas as pd, threading
        from gridgov import points
        count = 400_000
        rules = {"rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
                 "rule": [{"id": "m", "deed": "m", "points": 2, "caps": [
                     {"over": "rule", "scope": "household", "period": "year", "limit": 12}]}]}
        ids = np.char.add("h", np.arange(count).astype(str))
        register = pd.DataFrame({"register_no": ids, "date": "2026-03-01", "household_id": ids,
                                 "deed": "m", "stage": "posted"})
        def tell(done):
            global told
            if not told:
                told = True
                print("go", flush=True)
        told = False
        rounds = 0
        try:
            while True:
                points.settle(rules, {"household_id": ids}, register, as_of="2026-12-31",
                              progress=tell)
                rounds += 1
        except KeyboardInterrupt:
            print("stopped")
    """)
    assert said.split() == ["stopped"], errors
