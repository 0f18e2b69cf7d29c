"""Partitioners of others under our verifier: adaptors, names, picture, benchmark, its tables."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import inputs, peers, quality_plot
from gridgov.comparison import Comparison

ROOT = Path(__file__).parents[2]
HEADER = (
    "instance,n,algorithm,seed,seconds,broken_share,disconnected_share,mean_distance_m,"
    "max_distance_m"
)

TWO_HIGHS = "k-means-constrained has loaded a HiGHS of its own: not both in one process"


@pytest.fixture
def town() -> pd.DataFrame:
    """Two villages: 30 households in a lattice of uneven steps, and 4 far away."""
    rng = np.random.default_rng(7)
    x_m = [10.0 * (i % 6) for i in range(30)] + [5000.0 + 10 * i for i in range(4)]
    y_m = [12.0 * (i // 6) for i in range(30)] + [0.0] * 4
    frame = pd.DataFrame({"id": [f"h{i}" for i in range(34)], "x_m": x_m, "y_m": y_m})
    frame["x_m"] += rng.uniform(0, 3, 34).round(2)
    frame["village"] = ["near"] * 30 + ["far"] * 4
    return frame


RULES = {"min": 4, "max": 8, "target": 6}


@pytest.mark.parametrize("name", peers.PEERS)
def test_an_installed_peer_labels_everybody(name: str, town: pd.DataFrame) -> None:
    if peers.missing(peers.PEERS[name]):
        pytest.skip(f"pip install {peers.PEERS[name].packages}")
    if name == "highs" and "ortools" in sys.modules:
        pytest.skip(TWO_HIGHS)
    comparison = Comparison(inputs.read(town), **RULES)
    labels = comparison.labels(name, 1.0)
    assert labels.shape == (34,)
    assert labels.dtype == np.int32
    assert labels.min() == 0
    assert set(labels) == set(range(labels.max() + 1))
    assert len(set(labels[30:])) == 1  # the other village by itself
    assert labels[30] not in labels[:30]
    if name != "spopt-max-p":  # it chooses the number by itself
        assert len(set(labels[:30])) == 5


@pytest.mark.skipif(peers.missing(peers.PEERS["highs"]), reason="needs highspy")
@pytest.mark.parametrize("seed", range(3))
def test_the_exact_peer_is_never_beaten(seed: int) -> None:
    if "ortools" in sys.modules:
        pytest.skip(TWO_HIGHS)
    places = np.random.default_rng(seed).uniform(0, 100, (18, 2)).round(1)
    names = ["highs", *gridgov.algorithms()]
    frame = gridgov.compare(places, names, **RULES, seconds=30).set_index("algorithm")
    exact = frame.loc["highs"]
    assert exact["broken_share"] == 0
    legal = frame[frame["broken_share"] == 0]
    assert (legal["mean_distance_m"] >= exact["mean_distance_m"] - 1e-9).all()
    assert frame.loc["gridgov-best", "mean_distance_m"] == pytest.approx(exact["mean_distance_m"])


def spy(seen: list[peers.Region]) -> peers.Peer:
    """A peer that cuts along x and keeps what it was given."""

    def label(region: peers.Region) -> Any:
        seen.append(region)
        order = np.argsort(np.argsort(region.x_m, kind="stable"))
        return 7 + order * region.courtyards // len(order)

    return peers.Peer(label, (), "spy", "here")


def test_what_a_peer_is_given(town: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[peers.Region] = []
    monkeypatch.setitem(peers.PEERS, "spy", spy(seen))
    shuffled = town.sample(frac=1, random_state=1).reset_index(drop=True)
    shuffled["weight"] = np.where(shuffled["id"] == "h0", 2.0, 1.0)
    shuffled.loc[shuffled["id"] == "h9", ["x_m", "y_m"]] = np.nan
    shuffled["group"] = np.where(shuffled["id"].isin(["h9", "h8"]), "east", None)
    frame = gridgov.compare(
        shuffled, "spy", weights="weight", groups="group", unlocated="group", seconds=6.8, **RULES
    )
    assert frame["courtyards"].tolist() == [6]
    (region,) = seen  # the small village needs nobody to cut it
    near = shuffled[shuffled["village"] == "near"]
    assert region.x_m.size == 30
    assert region.weights.sum() == 31
    assert region.courtyards == 5  # 31 ÷ 6
    assert region.seconds == pytest.approx(6.0)  # its share by households
    where = dict(zip(near["id"], range(30), strict=True))
    assert region.x_m[where["h9"]] == region.x_m[where["h8"]]  # placed with its group
    # Every link both ways, rows in order, lengths those between the places.
    of = np.repeat(np.arange(30), np.diff(region.offsets))
    links = set(zip(of.tolist(), region.targets.tolist(), strict=True))
    assert {(v, u) for u, v in links} == links
    assert sorted(links) == list(zip(of.tolist(), region.targets.tolist(), strict=True))
    apart_m = np.hypot(*(region.places[of] - region.places[region.targets]).T)
    assert region.lengths_m == pytest.approx(apart_m, abs=1e-5)
    assert len(list(region.links())) == len(links) // 2
    assert region.imbalance == pytest.approx(8 / (31 / 5) - 1)
    assert set(region.whole_weights) == {1000, 2000}
    assert 1 <= region.link_weights.min() <= region.link_weights.max() <= 10_000


def test_a_number_of_courtyards_is_shared_out(
    town: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[peers.Region] = []
    monkeypatch.setitem(peers.PEERS, "spy", spy(seen))
    names = ["spy", "hilbert", "kmeans-repaired", "gridgov-draft"]
    frame = gridgov.compare(town, names, courtyards=7, **RULES)
    assert frame["courtyards"].tolist() == [7, 7, 7, 7]
    assert seen[0].courtyards == 6


def test_a_missing_peer_is_named_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = peers.Peer(lambda region: region.targets, ("no_such_module.part",), "no-such", "-")
    monkeypatch.setitem(peers.PEERS, "absent", absent)
    with pytest.raises(gridgov.UsageError) as caught:
        gridgov.compare(object(), ["gridgov-draft", "absent"])  # the households are not looked at
    assert caught.value.code == "peer_not_installed"
    assert str(caught.value) == "absent is not installed: pip install no-such"
    assert "未安装absent" in caught.value.finding.message("zh")


def test_an_unknown_name_is_refused_with_all_known_ones() -> None:
    with pytest.raises(gridgov.UsageError) as caught:
        gridgov.compare([[0, 0]], "simulated-annealing")
    assert caught.value.code == "unknown_algorithm"
    for name in ("gridgov-best", "kmeans-repaired", "k-means-constrained", "highs"):
        assert name in str(caught.value)


@pytest.mark.parametrize("seconds", [-1, float("nan"), "soon"])
def test_seconds_are_a_number_from_0(seconds: Any) -> None:
    with pytest.raises(gridgov.UsageError) as caught:
        gridgov.compare([[0, 0]], "hilbert", seconds=seconds)
    assert caught.value.code == "option_out_of_range"


def test_a_peer_that_gives_up_is_told(town: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    def label(_: peers.Region) -> Any:
        raise peers.NoAnswer("not solved in 1 s")

    monkeypatch.setitem(peers.PEERS, "weary", peers.Peer(label, (), "weary", "-"))
    with pytest.raises(
        gridgov.UsageError, match="weary gave no answer: not solved in 1 s"
    ) as caught:
        gridgov.compare(town, "weary", **RULES)
    assert caught.value.code == "peer_failed"


def test_restarts_keep_the_shortest() -> None:
    places = np.array([[0.0, 0], [1, 0], [10, 0], [11, 0]])
    region = peers.Region(
        *places.T, np.ones(4), np.array([0, 1, 3, 5, 6]), np.array([1, 0, 2, 1, 3, 2]),
        np.ones(6), 2, 1, 3, 0, 5.0, clock=iter(range(100)).__next__,
    )  # fmt: skip
    answers = {0: [0, 1, 1, 1], 1: [0, 0, 1, 1], 2: [0, 1, 0, 1]}
    label = peers._best_of_restarts(region, lambda seed: np.array(answers[seed % 3]))
    assert label.tolist() == [0, 0, 1, 1]
    assert region.distance_m(label) == 2.0


def test_compare_draws(town: pd.DataFrame, tmp_path: Path, run: Any) -> None:
    town.to_csv(tmp_path / "town.csv", index=False)
    words = ["compare", tmp_path / "town.csv", "--min", 4, "--max", 8, "--target", 6]
    for lang in ("en", "zh"):
        outcome = run(*words, "--out", f"compared-{lang}", "--lang", lang, "--seconds", 1)
        assert outcome.code == 0
        assert (tmp_path / f"compared-{lang}" / "comparison.png").stat().st_size > 10_000
    outcome = run(*words, "--seconds", "soon")
    assert outcome.code == 2
    assert "--seconds" in outcome.err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_names_every_algorithm(lang: Any, tmp_path: Path) -> None:
    rows = [
        {"instance": place, "n": 1000, "algorithm": name, "seconds": seconds,
         "broken_share": share, "mean_distance_m": mean_m, "lower_bound_mean_m": bound_m}
        for place, bound_m in (("one", 48.0), ("two", np.nan))
        for name, seconds, share, mean_m in (
            ("gridgov-best", 1.0, 0, 50.0), ("gridgov-draft", 0.0, 0, 51.0),
            ("metis-kway", 0.1, 0, 60.0), ("kahip-fast", 0.1, 0.2, 60.0),
            ("gerrychain-recom", 1, 0, 70.0), ("gerrychain-recom", 9, 0.001, 55.0),
            ("spopt-max-p", 30, 0, 80.0), ("highs", 60, 0, 49.9), ("k-means", 2, 0.5, 47.0),
            ("another", 1e-5, 1, 500.0),
        )
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    quality_plot.save(frame, tmp_path / "picture.svg", language=lang)
    drawn = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert drawn.count("<!-- gridgov-best -->") == 2
    for name in frame["algorithm"].unique():
        assert re.search(f"<!-- {name}[ （-]", drawn), name
    texts = quality_plot._TEXTS[lang]
    assert f"<!-- {texts['bound']} -->" in drawn
    assert f"<!-- {texts['best']} -->" in drawn


def load(name: str) -> Any:
    """A script of benchmarks/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tables_of_the_benchmark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv = tmp_path / "rows.csv"
    csv.write_text(
        f"{HEADER},courtyards,lower_bound_mean_m,note\n"
        "lauf_de,6530,gridgov-draft,0,0.0180,0,0,47.1,700.0,,45.0,\n"
        "lauf_de,6530,gridgov-best,0,1.5,0,0,45.1,700.0,,45.0,\n"
        "lauf_de,6530,metis-kway,0,0.1040,0.01,0,52.0,900.0,,45.0,\n"
        "lauf_de,6530,spopt-max-p,0,,,,,,,,no answer in 60 s\n",
        encoding="utf-8",
    )
    tables = load("tables")
    assert tables.main([str(csv), "--settlements"]) == 0
    header, _, line = capsys.readouterr().out.splitlines()
    assert "draft ÷ METIS: mean, time" in header
    assert line.startswith(
        "| lauf_de | 6,530 | 47.1, 0.018 | 45.1, 1.5 | 52.0, 0.104 | 0.906, 0.173 |"
    )
    assert line.endswith("| 0, 1.0 % | 4.67 % | 0.22 % |")
    assert tables.main([str(csv)]) == 0
    title, _, header, *lines = capsys.readouterr().out.splitlines()
    assert title == "**lauf_de, 6,530 households**"
    assert [line.split(" | ")[0] for line in lines[1:]] == [
        "| gridgov-best", "| gridgov-draft", "| metis-kway", "| spopt-max-p",
    ]  # fmt: skip
    assert len({line.count("|") for line in [header, *lines]}) == 1


@pytest.mark.skipif(peers.missing(peers.PEERS["highs"]), reason="needs highspy")
def test_the_benchmark_of_peers(town: pd.DataFrame, tmp_path: Path) -> None:
    town.iloc[:30].to_csv(tmp_path / "tiny.csv", index=False)
    script = ROOT / "benchmarks" / "peers.py"
    command = [sys.executable, script, "--households", tmp_path / "tiny.csv", "--nearest", "25"]
    command += ["--algorithms", "highs", "--limit", "30", "--picture", tmp_path / "picture.png"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    header, line = done.stdout.splitlines()
    assert header.startswith(f"{HEADER},")
    row = dict(zip(header.split(","), line.split(","), strict=True))
    assert row["algorithm"] == "highs"
    assert (row["n"], row["courtyards"], row["note"]) == ("25", "1", "")
    assert float(row["broken_share"]) == 0
    assert (tmp_path / "picture.png").exists()


def test_the_benchmark_has_the_contracts_columns(town: pd.DataFrame, tmp_path: Path) -> None:
    program = ROOT / "build" / "bench" / "benchmarks" / "bench_partition"
    source = ROOT / "benchmarks" / "partition.cpp"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        pytest.skip("./run bench partition has not been built since its source changed")
    file = tmp_path / "tiny.csv"
    town.iloc[:30].to_csv(file, index=False)
    command = [str(program), "--households", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == HEADER
    names = [line.split(",")[2] for line in lines[1:]]
    assert {*gridgov.algorithms(), "metis-kway", "metis-recursive", "scotch"} == {*names}
    assert all(line.count(",") == HEADER.count(",") for line in lines)


def test_pins_of_the_benchmark_name_every_peer() -> None:
    pins = (ROOT / "benchmarks" / "peers.txt").read_text(encoding="utf-8").lower()
    for name, peer in peers.PEERS.items():
        if name != "metis-kway":  # Debian's, by bench_partition
            assert f"\n{peer.packages}==" in pins, name
