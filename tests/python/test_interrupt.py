"""Ctrl-C, progress, threads and forks."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import gridgov


def cloud(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 10_000, (count, 2))


def test_progress_rises_to_one_on_the_calling_thread():
    seen: list[float] = []
    threads = set()

    def progress(share: float) -> None:
        seen.append(share)
        threads.add(threading.get_ident())

    gridgov.partition(cloud(3000), progress=progress)
    assert seen[-1] == 1.0
    assert seen == sorted(seen)
    assert all(0 <= share <= 1 for share in seen)
    assert threads == {threading.get_ident()}


def test_what_progress_raises_stops_the_work():
    class Enough(Exception):
        pass

    def progress(share: float) -> None:
        raise Enough

    start = time.perf_counter()
    with pytest.raises(Enough):
        gridgov.partition(cloud(20_000), effort="best", progress=progress)
    assert time.perf_counter() - start < 20


def test_ctrl_c_raises_keyboard_interrupt_soon():
    script = textwrap.dedent(
        """
        import numpy as np, gridgov, signal, time
        # Even where a shell started the tests in the background, which makes them deaf to it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        places = np.random.default_rng(0).uniform(0, 10_000, (100_000, 2))
        def progress(share, told=[]):
            if not told:
                told.append(print("started", flush=True))
        try:
            gridgov.partition(places, effort="best", progress=progress)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        print(len(gridgov.partition(places[:100]).courtyards), flush=True)
        """
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "started\n"
        time.sleep(0.3)
        start = time.perf_counter()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "interrupted\n"
        assert time.perf_counter() - start < 10
        assert child.stdout.readline() == "5\n"
        assert child.wait(timeout=30) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_other_threads_run_while_the_core_works():
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        start = time.perf_counter()
        gridgov.partition(cloud(20_000), threads=1)
        seconds = time.perf_counter() - start
    finally:
        done.set()
        ticker.join()
    assert ticks > 20 * seconds  # with the GIL held it would tick a few times in all


def test_calls_from_several_threads_give_what_one_gives():
    places = cloud(1500)
    expected = gridgov.partition(places).labels_
    results: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: results.append(gridgov.partition(places).labels_))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all((labels == expected).all() for labels in results)


def _labels(places: np.ndarray) -> bytes:
    return gridgov.partition(places).labels_.tobytes()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_gives_what_its_parent_gives():
    places = cloud(500)
    expected = _labels(places)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_labels, [places] * 3) == [expected] * 3
