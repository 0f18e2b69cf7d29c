"""What a result's directory holds, to the letter."""

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov
from gridgov import cli, output, tables
from gridgov.console import Console, number
from gridgov.faults import Fault, Faults

Run = Callable[..., Any]  # the fixture of conftest.py

FILES = [
    "courtyards.csv",
    "courtyards.geojson",
    "findings.json",
    "grids.csv",
    "histograms.png",
    "households.csv",
    "links.csv",
    "manifest.json",
    "map.html",
    "map.png",
    "report.html",
    "rules.json",
    "summary.json",
    "town.csv",
]
SUMMARY = [
    "households", "villages", "components", "courtyards", "grids", "min", "max", "target",
    "broken_courtyards", "broken_households", "broken_proved_unavoidable", "total_distance_m",
    "mean_distance_m", "max_distance_m", "lower_bound_total_distance_m", "gap", "metric", "crs",
    "seed", "effort", "threads", "seconds", "version",
]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A township and its partition, with everything: grids, barriers, one village too small."""
    base = tmp_path_factory.mktemp("done")
    made = ["simulate", "township", "--households", "300", "--villages", "3", "--seed", "3"]
    assert cli.main([*made, "--out", str(base / "town"), "--quiet"]) == 0
    table = base / "town" / "households.csv"
    with table.open("a") as file:
        file.writelines(f"X{i},{i * 9},-3000,小村,1组,true,3\n" for i in range(7))
    arguments = ["--barriers", str(base / "town" / "barriers.geojson"), "--grids", "5"]
    command = ["partition", str(table), *arguments, "--out", str(base / "out"), "--quiet"]
    assert cli.main(command) == 1
    return base


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_files(done: Path) -> None:
    assert sorted(path.name for path in (done / "out").iterdir()) == FILES
    assert sorted(path.name for path in done.iterdir()) == ["out", "town"]


def test_columns(done: Path) -> None:
    columns = {
        "households.csv": output.HOUSEHOLDS,
        "courtyards.csv": output.COURTYARDS,
        "links.csv": output.LINKS,
    }
    contract = {
        "households.csv": "household_id,courtyard_id,grid_id,village_id,head_household_id,"
        "distance_to_head_m",
        "courtyards.csv": "courtyard_id,grid_id,village_id,households,weight,head_household_id,"
        "mean_distance_m,max_distance_m,status,unavoidable,reason",
        "links.csv": "u,v,length_m",
    }
    for name, header in contract.items():
        assert ",".join(columns[name]) == header
        assert (done / "out" / name).read_text().startswith(header)


def test_text_files_are_utf8_with_line_feeds(done: Path) -> None:
    for path in (done / "out").iterdir():
        if path.suffix != ".png":
            data = path.read_bytes()
            assert b"\r" not in data
            assert not data.startswith(b"\xef\xbb\xbf")
            data.decode()


def test_tables_agree(done: Path) -> None:
    """Everything recomputed from households.csv and the input."""
    households = read(done / "out" / "households.csv")
    courtyards = read(done / "out" / "courtyards.csv").set_index("courtyard_id")
    given = read(done / "town" / "households.csv").set_index("id")
    summary = json.loads((done / "out" / "summary.json").read_text())
    assert households["household_id"].tolist() == given.index.tolist()
    assert (households["village_id"].to_numpy() == given["village"].to_numpy()).all()
    places = given[["x_m", "y_m"]].astype(float)
    ends = places.loc[households["head_household_id"]].to_numpy() - places.to_numpy()
    distance_m = np.hypot(*ends.T)
    written_m = households["distance_to_head_m"].astype(float)
    np.testing.assert_allclose(written_m, distance_m, atol=1e-6)
    assert written_m.sum() == pytest.approx(summary["total_distance_m"], abs=1e-3)
    assert written_m.mean() == pytest.approx(summary["mean_distance_m"], abs=1e-6)
    assert written_m.max() == pytest.approx(summary["max_distance_m"], abs=1e-6)
    groups = households.assign(d=distance_m).groupby("courtyard_id")
    assert set(groups.groups) == set(courtyards.index)
    for name, members in groups:
        row = courtyards.loc[name]
        assert len(members) == int(row["households"]) == float(row["weight"])
        assert set(members["head_household_id"]) == {row["head_household_id"]}
        assert set(members["village_id"]) == {row["village_id"]}
        assert set(members["grid_id"]) == {row["grid_id"]}
        assert members["d"].mean() == pytest.approx(float(row["mean_distance_m"]), abs=1e-5)
        status = "undersize" if len(members) < 10 else "oversize" if len(members) > 30 else "within"
        assert row["status"] == status
        assert (row["unavoidable"] == "") == (row["reason"] == "") == (status == "within")
    small = courtyards[courtyards["village_id"] == "小村"].iloc[0]
    assert small["unavoidable"] == "proved"
    assert "小村" in small["reason"]
    assert "7 households" in small["reason"]
    assert courtyards["grid_id"].nunique() == summary["grids"]
    grids = read(done / "out" / "grids.csv")
    assert list(grids) == list(output.GRIDS)
    assert grids["grid_id"].tolist() == list(dict.fromkeys(courtyards["grid_id"]))
    assert set(grids["centre_courtyard_id"]) <= set(courtyards.index)
    links = read(done / "out" / "links.csv")
    village = households.set_index("household_id")["village_id"]
    assert (village[links["u"]].to_numpy() == village[links["v"]].to_numpy()).all()


def test_summary(done: Path) -> None:
    summary = json.loads((done / "out" / "summary.json").read_text())
    assert [name for name in summary if name in SUMMARY] == SUMMARY
    assert summary["households"] == 307
    assert summary["broken_courtyards"] == summary["broken_proved_unavoidable"] == 1
    assert summary["broken_households"] == 7
    assert summary["lower_bound_total_distance_m"] is None
    assert summary["gap"] is None
    assert summary["version"] == gridgov.__version__
    assert {"reading", "neighbours", "partition", "writing"} <= set(summary["seconds"])
    assert all(seconds >= 0 for seconds in summary["seconds"].values())


def test_findings(done: Path) -> None:
    findings = json.loads((done / "out" / "findings.json").read_text())["findings"]
    assert [list(finding) for finding in findings] == [
        ["code", "severity", "message", "records"] for _ in findings
    ]
    assert any(finding["code"] == "village_too_small" for finding in findings)


def test_manifest(done: Path) -> None:
    manifest = json.loads((done / "out" / "manifest.json").read_text())
    assert manifest["version"] == gridgov.__version__
    assert manifest["options"]["grids"] == 5
    assert manifest["options"]["min"] == 10
    for entry in manifest["inputs"]:
        data = Path(entry["file"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["bytes"] == len(data)
    assert len(manifest["inputs"]) == 2


def test_outlines(done: Path) -> None:
    document = json.loads((done / "out" / "courtyards.geojson").read_text())
    assert document["crs"] is None
    frame = geopandas.read_file(done / "out" / "courtyards.geojson")
    assert frame.geometry.is_valid.all()
    households = read(done / "out" / "households.csv")
    given = read(done / "town" / "households.csv")
    points = shapely.points(given[["x_m", "y_m"]].astype(float).to_numpy())
    of = frame.set_index("courtyard_id").geometry.loc[households["courtyard_id"]].to_numpy()
    assert shapely.distance(of, points).max() <= 0.002


def test_pictures(done: Path) -> None:
    assert (done / "out" / "map.png").read_bytes().startswith(b"\x89PNG")
    report = (done / "out" / "report.html").read_text()
    assert report.lstrip().lower().startswith("<!doctype html>")
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", report)


@pytest.mark.usefixtures("without_pictures")
def test_same_input_same_bytes(done: Path, run: Run) -> None:
    written = []
    for place, threads in (("a", 1), ("b", 2)):
        outcome = run(
            "partition", done / "town" / "households.csv", "--threads", threads, "--out", place
        )
        assert outcome.code == 1
        written.append({path.name: path.read_bytes() for path in Path(place).iterdir()})
    for name in ("households.csv", "courtyards.csv", "links.csv", "courtyards.geojson"):
        assert written[0][name] == written[1][name]


@pytest.mark.usefixtures("without_pictures")
class TestSave:
    @pytest.fixture
    def partition(self) -> gridgov.Partition:
        return gridgov.partition([(i % 8 * 10.0, i // 8 * 10.0) for i in range(40)])

    def test_save(self, partition: gridgov.Partition, tmp_path: Path) -> None:
        partition.save(tmp_path / "out")
        written = sorted(path.name for path in (tmp_path / "out").iterdir())
        assert written == [name for name in FILES if name != "grids.csv"]  # none were asked for
        with pytest.raises(FileExistsError):
            partition.save(tmp_path / "out")
        partition.save(tmp_path / "out", force=True, language="zh")
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_save_where_nothing_can_be(self, partition: gridgov.Partition, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OSError, match="cannot be written"):
            partition.save(tmp_path / "file" / "out")


class TestDestination:
    def test_a_failure_in_the_end_keeps_what_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "old").write_text("old")
        rename = Path.rename

        def fail(self: Path, target: Path) -> Path:
            if self.name == "new":
                raise OSError(5, "Input/output error")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fail)
        destination = output.Destination(tmp_path / "out", force=True)
        with pytest.raises(Faults), destination.open() as directory:
            (directory / "new").write_text("new")
        assert (tmp_path / "out" / "old").read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_link_to_a_directory(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with output.Destination(tmp_path / "link", force=True).open() as directory:
            (directory / "file").write_text("new")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "file").read_text() == "new"

    def test_the_mode_is_the_users(self, tmp_path: Path) -> None:
        import os

        before = os.umask(0o022)
        try:
            with output.Destination(tmp_path / "out", force=False).open():
                pass
        finally:
            os.umask(before)
        assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_large_results_are_written_quickly(tmp_path: Path) -> None:
    import time

    rows = 300_000
    ids = pd.array(np.char.add("H", np.arange(rows).astype(str)), dtype="str")
    frame = pd.DataFrame(dict.fromkeys(output.HOUSEHOLDS[:5], ids))
    frame["distance_to_head_m"] = np.random.default_rng(0).random(rows) * 100
    begun = time.process_time()
    output.write_frame(frame, output.HOUSEHOLDS, tmp_path / "h.csv")
    assert time.process_time() - begun < 5  # .5 s on a free machine
    assert tables.read(tmp_path / "h.csv").rows == rows


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class TestConsole:
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_at_a_terminal(self, language: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        out, err = Terminal(), Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("TERM", "xterm")
        console = Console(language)
        console.summary([("households", "12"), ("nothing", ""), ("户数", "[bold]x")])
        console.table(["algorithm", "m"], [["a", "1.5"], ["b", "22.5"]])
        with console.progress("say.solving") as advance:
            assert advance is not None
            advance(0.5)
        shown = out.getvalue()
        assert "[bold]x" in shown
        assert "nothing" not in shown
        assert "22.5" in shown

    def test_progress_only_where_someone_looks_on(self) -> None:
        for console in (Console("en"), Console("en", quiet=True)):
            with console.progress("say.solving") as advance:
                assert advance is None

    def test_findings_are_cut_but_for_errors(self, capsys: Any) -> None:
        many = [
            Fault("header_only", severity=severity)
            for severity in ("note", "warning", "error")
            for _ in range(20)
        ]
        Console("en").findings(many, "f.json")
        lines = capsys.readouterr().out.splitlines()
        kinds = [line.split(":")[0] for line in lines]
        assert kinds[:30] == ["error"] * 20 + ["warning"] * 10
        assert lines[30] == "… and 30 more, all in f.json"

    def test_an_ascii_stream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
        Console("zh").summary([("户数", "1")])
        assert raw.getvalue() == b"??  1\n"

    @pytest.mark.parametrize(
        ("value", "shown"), [(10.0, "10"), (1.25, "1.2"), (0, "0"), (100, "100"), (None, "")]
    )
    def test_number(self, value: Any, shown: str) -> None:
        assert number(value) == shown
