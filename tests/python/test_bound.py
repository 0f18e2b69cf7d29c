"""The lower bound and its certificate, from Python and on the command line."""

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gridgov

Run = Callable[..., Any]  # the fixture of conftest.py


def places(count: int = 240) -> Any:
    random = np.random.default_rng(5)
    hamlets = random.uniform(0, 1500, (count // 40, 2))
    return np.concatenate([random.normal(hamlet, 80, (40, 2)) for hamlet in hamlets])


@pytest.fixture(scope="module")
def bounded() -> gridgov.Partition:
    return gridgov.partition(places(), bound=True)


def test_the_summary_states_the_gap(bounded: gridgov.Partition) -> None:
    s = bounded.summary
    assert 0 < s["lower_bound_total_distance_m"] <= s["total_distance_m"]
    assert s["gap"] == s["total_distance_m"] / s["lower_bound_total_distance_m"] - 1
    assert s["gap"] < 0.15
    assert s["seconds"]["bound"] >= 0
    without = gridgov.partition(places())
    assert without.certificate is None
    assert without.summary["gap"] is None
    assert np.array_equal(without.labels_, bounded.labels_)


def test_the_same_bytes_on_any_threads(bounded: gridgov.Partition) -> None:
    again = gridgov.partition(places(), bound=True, threads=1)
    assert json.dumps(again.certificate) == json.dumps(bounded.certificate)
    assert pickle.loads(pickle.dumps(bounded)).certificate == bounded.certificate


def test_a_certificate_is_confirmed(bounded: gridgov.Partition) -> None:
    checked = gridgov.verify(places(), bounded, certificate=bounded.certificate)
    assert checked.holds
    assert checked.measures["gap"] == pytest.approx(bounded.summary["gap"], abs=1e-9)
    without = gridgov.verify(places(), bounded)
    assert without.measures["lower_bound_total_distance_m"] is None


def test_progress_counts_both_stages() -> None:
    shares: list[float] = []
    gridgov.partition(places(), bound=True, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


Change = Callable[[dict[str, Any]], object]


def set_in(*path: Any) -> Change:
    *outer, last, value = path

    def change(certificate: dict[str, Any]) -> None:
        part: Any = certificate
        for key in outer:
            part = part[key]
        part[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_in("bound_um", 10**15), "certificate_bound_too_high"),
        (set_in("components", "bound_um", 0, 10**15), "certificate_bound_too_high"),
        (set_in("households", "multiplier_um", 3, 10**10), "certificate_bound_too_high"),
        (set_in("households", "multiplier_um", 3, 2**62), "certificate_multiplier_out_of_range"),
        (set_in("households", "household_id", 3, "nobody"), "certificate_unknown_household"),
        (set_in("components", "household_id", 0, "nobody"), "certificate_unknown_household"),
        (set_in("components", "courtyards_least", 0, 30), "certificate_number_wrong"),
        (set_in("components", "weight_least_millionths", 0, 11), None),
        (set_in("components", "weight_least_millionths", 0, 10**8), "certificate_sizes_wrong"),
        (set_in("components", "weight_most_millionths", 0, 10**7), "certificate_sizes_wrong"),
        (set_in("components", "weight_most_millionths", 0, None), None),
        (set_in("rules", "min", 9), "certificate_rules_differ"),
        (set_in("rules", "metric", "walk"), "certificate_rules_differ"),
        (set_in("rules", "courtyards", 50), "certificate_number_wrong"),
    ],
)
def test_tampering_is_found(bounded: gridgov.Partition, change: Change, code: str | None) -> None:
    certificate = copy.deepcopy(bounded.certificate)
    assert certificate is not None
    change(certificate)
    checked = gridgov.verify(places(), bounded, certificate=certificate)
    codes = [finding.code for finding in checked.findings]
    if code is None:  # wider limits: the multipliers prove less of them, or as much
        assert set(codes) <= {"certificate_bound_too_high"}
    else:
        assert code in codes
        assert checked.measures["gap"] is None


def test_a_household_left_out_is_missed(bounded: gridgov.Partition) -> None:
    certificate = copy.deepcopy(bounded.certificate)
    assert certificate is not None
    for column in certificate["households"].values():
        del column[7]
    checked = gridgov.verify(places(), bounded, certificate=certificate)
    assert [finding.code for finding in checked.findings] == ["certificate_missing_household"]


@pytest.mark.parametrize(
    "change",
    [
        set_in("format", "other"),
        set_in("bound_um", 1.5),
        set_in("bound_um", True),
        set_in("bound_um", 2**70),
        set_in("rules", []),
        set_in("rules", "max", "x"),
        set_in("rules", "max", float("nan")),
        set_in("rules", "metric", []),
        set_in("households", None),
        set_in("households", "multiplier_um", [1]),
        set_in("households", "multiplier_um", 0, 2**64),
        set_in("households", "multiplier_um", 0, "1"),
        set_in("households", "household_id", 0, 7),
        set_in("households", "household_id", 0, "1"),
        set_in("components", "bound_um", {}),
    ],
)
def test_what_is_no_certificate(bounded: gridgov.Partition, change: Change) -> None:
    certificate = copy.deepcopy(bounded.certificate)
    assert certificate is not None
    change(certificate)
    with pytest.raises(gridgov.UsageError) as raised:
        gridgov.verify(places(), bounded, certificate=certificate)
    assert raised.value.code == "certificate_malformed"


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("metric", ["straight", "walk"])
def test_the_command_line(run: Run, metric: str) -> None:
    rows = [f"h{i},{x:.3f},{y:.3f}" for i, (x, y) in enumerate(places())]
    Path("h.csv").write_text("\n".join(["id,x_m,y_m", *rows]) + "\n")
    outcome = run("partition", "h.csv", "--bound", "--metric", metric, "--out", "d", "--json")
    assert outcome.code == 0
    summary = json.loads(outcome.out)
    assert summary["gap"] > 0
    assert set(json.loads(Path("d/certificate.json").read_text())) == {
        "format", "version", "rules", "lower_bound_total_distance_m", "bound_um", "components",
        "households",
    }  # fmt: skip
    command = ["verify", "h.csv", "d/households.csv", "--metric", metric]
    for links in ([], ["--links", "d/links.csv"]):
        checked = run(*command, *links, "--certificate", "d/certificate.json")
        assert checked.code == 0, checked.err
        assert f"{100 * summary['gap']:.2f} %" in checked.out
    certificate = json.loads(Path("d/certificate.json").read_text())
    certificate["bound_um"] += 10**9
    Path("c.json").write_text(json.dumps(certificate))
    assert run(*command, "--certificate", "c.json").code == 1
    refused = run(*command, "--certificate", "d/certificate.json", "--max", 31)
    assert refused.code == 1
    assert "30" in refused.out + refused.err


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "\xff", "[]", "9" * 5000])
def test_a_file_that_is_no_certificate(run: Run, content: str) -> None:
    rows = [f"h{i},{x:.3f},{y:.3f}" for i, (x, y) in enumerate(places())]
    Path("h.csv").write_text("\n".join(["id,x_m,y_m", *rows]) + "\n")
    assert run("partition", "h.csv", "--out", "d").code == 0
    Path("c.json").write_text(content, encoding="latin-1")
    assert run("verify", "h.csv", "d/households.csv", "--certificate", "c.json").code == 2
    assert run("verify", "h.csv", "d/households.csv", "--certificate", "no.json").code == 2
