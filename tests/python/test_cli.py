"""The commands: exit codes, what goes to stdout and to stderr, both languages, help."""

import itertools
import json
import re
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov
from gridgov import cli, commands, language, output

Run = Callable[..., Any]  # the fixture of conftest.py


@pytest.fixture
def town(run: Run, tmp_path: Path) -> Path:
    """A small township as files."""
    made = run("simulate", "township", "--households", 240, "--villages", 3, "--out", "town")
    assert made.code == 0
    return tmp_path / "town"


def layers(town: Path) -> list[Any]:
    return [
        "--barriers",
        town / "barriers.geojson",
        "--roads",
        town / "way_nodes.csv",
        town / "ways.csv",
    ]


@pytest.mark.usefixtures("without_pictures")
class TestPartition:
    def test_a_simulated_township_needs_no_further_option(self, run: Run, town: Path) -> None:
        outcome = run("partition", town / "households.csv", *layers(town), "--out", "out")
        assert outcome.code == 0
        assert outcome.err == "written to out\n"
        assert re.search(r"^households +240$", outcome.out, re.M)
        assert max(map(len, outcome.out.splitlines())) <= 80

    def test_json_is_one_object_and_nothing_else(self, run: Run, town: Path) -> None:
        outcome = run("partition", town / "households.csv", "--out", "out", "--json")
        assert outcome.code == 0
        summary = json.loads(outcome.out)
        assert summary["households"] == 240
        assert summary["findings"] == []
        written = json.loads(Path("out/summary.json").read_text())
        assert {name: summary[name] for name in written} == written

    def test_quiet(self, run: Run, town: Path) -> None:
        outcome = run("partition", town / "households.csv", "--out", "out", "--quiet")
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")

    def test_broken_rules_are_listed_and_exit_1(self, run: Run, households: Any) -> None:
        others = households(40, "w").split("\n", 1)[1].replace("h", "g")
        Path("h.csv").write_text(households(9) + others)
        outcome = run("partition", "h.csv", "--out", "out")
        assert outcome.code == 1
        (line,) = [line for line in outcome.out.splitlines() if line.startswith("error: ")]
        assert "village v" in line
        assert "9 households" in line
        assert Path("out/courtyards.csv").exists()
        quiet = run("partition", "h.csv", "--out", "out2", "--quiet")
        assert (quiet.code, quiet.out) == (1, "")
        assert quiet.err == line + "\n"

    def test_chinese(self, run: Run, households: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("h.csv").write_text(households(9))
        for place, name in enumerate(("LANG", "LC_MESSAGES", "LC_ALL")):
            monkeypatch.setenv(name, "zh_CN.UTF-8")
            monkeypatch.delenv("LC_ALL") if name == "LANG" else None
            outcome = run("partition", "h.csv", "--out", f"out{place}")
            assert "户数" in outcome.out
            assert "已写入" in outcome.err
            reason = pd.read_csv(f"out{place}/courtyards.csv")["reason"][0]
            assert "9户" in reason
            monkeypatch.delenv(name)
        outcome = run("partition", "h.csv", "--out", "en", "--lang", "en")
        assert "households" in outcome.out

    def test_force_replaces_a_directory_whole(self, run: Run, town: Path) -> None:
        Path("out").mkdir()
        Path("out/old.txt").write_text("old")
        outcome = run("partition", town / "households.csv", "--out", "out", "--force")
        assert outcome.code == 0
        assert not Path("out/old.txt").exists()
        assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []

    def test_directories_above_are_made(self, run: Run, town: Path) -> None:
        assert run("partition", town / "households.csv", "--out", "a/b/c").code == 0
        assert Path("a/b/c/households.csv").exists()

    def test_options_reach_the_library(self, run: Run, town: Path) -> None:
        outcome = run(
            "partition", town / "households.csv", *layers(town), "--min", 5, "--max", 12,
            "--target", 8, "--head-column", "may_be_head", "--weight-column", "people",
            "--group-column", "group", "--metric", "walk", "--grid-courtyards", 2, 20,
            "--effort", "draft", "--seed", 7, "--threads", 1, "--max-link-m", 5000,
            "--group-weight", 50, "--out", "out", "--json",
        )  # fmt: skip
        assert outcome.code in (0, 1)
        summary = json.loads(outcome.out)
        given = {"min": 5, "max": 12, "target": 8, "metric": "walk", "effort": "draft", "seed": 7,
                 "threads": 1}  # fmt: skip
        assert {name: summary[name] for name in given} == given
        assert summary["grids"] > 0
        frame = pd.read_csv(town / "households.csv", dtype={"id": str}).set_index("id")
        courtyards = pd.read_csv("out/courtyards.csv", dtype={"head_household_id": str})
        assert frame.loc[courtyards["head_household_id"], "may_be_head"].all()
        options = json.loads(Path("out/manifest.json").read_text())["options"]
        assert options["grid_courtyards"] == [2, 20]
        assert options["weight_column"] == "people"

    def test_an_interrupted_run_leaves_nothing(
        self, run: Run, town: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_arguments: Any, **_options: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(output, "write_outlines", interrupt)  # half of the files are there
        outcome = run("partition", town / "households.csv", "--out", "out")
        assert outcome.code == 130
        assert outcome.err == "interrupted; nothing was written\n"
        assert [path.name for path in Path().iterdir()] == ["town"]

    def test_gb18030_and_byte_order_mark(self, run: Run, households: Any) -> None:
        table = households(40, "东村")
        for name, encoding in (("gb.csv", "gb18030"), ("bom.csv", "utf-8-sig")):
            Path(name).write_text(table, encoding=encoding)
            assert run("partition", name, "--out", f"{name}.out").code == 0
            assert set(pd.read_csv(f"{name}.out/households.csv")["village_id"]) == {"东村"}

    def test_households_on_earth(self, run: Run) -> None:
        """lon,lat with barriers and ways in lon,lat; and the same places from a web map."""
        import numpy as np

        places = [(108.5 + i % 8 * 2e-4, 31.2 + i // 8 * 2e-4) for i in range(64)]
        lon, lat = map(np.array, zip(*places, strict=True))
        Path("h.csv").write_text(
            "id,lon,lat\n" + "".join(f"h{i},{x},{y}\n" for i, (x, y) in enumerate(places))
        )
        river = {"type": "LineString", "coordinates": [[108.50070, 31.19], [108.50070, 31.21]]}
        Path("b.geojson").write_text(json.dumps(river))
        outcome = run("partition", "h.csv", "--barriers", "b.geojson", "--out", "out", "--json")
        summary = json.loads(outcome.out)
        assert (outcome.code, summary["components"]) == (0, 2)
        assert "meridian" in summary["crs"]
        outlines = json.loads(Path("out/courtyards.geojson").read_text())
        assert "crs" not in outlines
        ring = outlines["features"][0]["geometry"]["coordinates"][0]
        assert all(108.4 < x < 108.6 and 31.1 < y < 31.3 for x, y in ring)

        shifted = np.transpose(gridgov._core.gcj02_from_wgs84(lon, lat)).tolist()
        Path("g.csv").write_text(
            "id,lon,lat\n" + "".join(f"h{i},{x!r},{y!r}\n" for i, (x, y) in enumerate(shifted))
        )
        outcome = run(
            "partition", "g.csv", "--crs", "gcj02", "--barriers", "b.geojson",
            "--barriers-crs", "EPSG:4326", "--out", "out2", "--json",
        )  # fmt: skip
        assert json.loads(outcome.out)["components"] == 2

    def test_both_kinds_of_coordinates(self, run: Run) -> None:
        """Planar households that know their lon,lat take barriers in lon,lat, and say where the
        courtyards lie."""
        rows = [(i, i % 8 * 20.0, i // 8 * 20.0) for i in range(64)]
        degree_m = 111195.0
        Path("h.csv").write_text(
            "id,x_m,y_m,lon,lat\n"
            + "".join(
                f"h{i},{x},{y},{11.5 + x / degree_m / 0.6427876:.8f},{50 + y / degree_m:.8f}\n"
                for i, x, y in rows
            )
        )
        lon = 11.5 + 70 / degree_m / 0.6427876
        river = {"type": "LineString", "coordinates": [[lon, 49.99], [lon, 50.01]]}
        Path("b.geojson").write_text(json.dumps(river))
        outcome = run("partition", "h.csv", "--barriers", "b.geojson", "--out", "out", "--json")
        assert json.loads(outcome.out)["components"] == 2
        outlines = json.loads(Path("out/courtyards.geojson").read_text())
        ring = outlines["features"][0]["geometry"]["coordinates"][0]
        assert all(11.49 < x < 11.51 and 49.99 < y < 50.01 for x, y in ring)

    def test_households_without_a_place(self, run: Run, households: Any) -> None:
        table = households(40).replace("village", "village,group").replace(",v\n", ",v,1组\n")
        Path("h.csv").write_text(table + "x,,,v,1组\n")
        refused = run("partition", "h.csv", "--group-column", "group", "--out", "out")
        assert refused.code == 2
        assert "h.csv:42: x: " in refused.err
        placed = run(
            "partition", "h.csv", "--group-column", "group", "--unlocated", "group", "--out", "out"
        )
        assert placed.code == 0
        frame = pd.read_csv("out/households.csv").set_index("household_id")
        assert not frame.loc["x", "located"]
        assert frame.loc["x", "courtyard_id"]


@pytest.mark.usefixtures("without_pictures")
class TestVerify:
    @pytest.fixture
    def done(self, run: Run, town: Path) -> list[Any]:
        assert run("partition", town / "households.csv", *layers(town), "--out", "out").code == 0
        return [town / "households.csv", "out/households.csv", "--links", "out/links.csv"]

    def test_what_partition_writes_holds(self, run: Run, done: list[Any]) -> None:
        outcome = run("verify", *done)
        assert (outcome.code, outcome.err) == (0, "every rule holds\n")

    def test_the_same_graph_from_the_same_ways(self, run: Run, done: list[Any], town: Path) -> None:
        assert run("verify", *done[:2], *layers(town)).code == 0

    def change(self, **changes: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        frame = pd.read_csv("out/households.csv", dtype=str, keep_default_na=False)
        for change in changes.values():
            frame = change(frame)
        frame.to_csv("claim.csv", index=False)

    def test_who_is_missing_unknown_or_there_twice(self, run: Run, done: list[Any]) -> None:
        frame = pd.read_csv("out/households.csv", dtype=str, keep_default_na=False)
        changed = pd.concat([frame.iloc[1:], frame.iloc[[5]], frame.iloc[[6]]])
        changed.iloc[-1, 0] = "nobody"
        changed.to_csv("claim.csv", index=False)
        outcome = run("verify", done[0], "claim.csv", *done[2:])
        assert outcome.code == 1
        rows = len(changed)
        assert f"claim.csv:{rows}: {frame['household_id'][5]}: " in outcome.out
        assert f"claim.csv:{rows + 1}: nobody: " in outcome.out
        missing = frame["household_id"][0]
        assert any(missing in line for line in outcome.out.splitlines() if "error" in line)

    def test_every_rule(self, run: Run, done: list[Any]) -> None:
        frame = pd.read_csv("out/households.csv", dtype=str, keep_default_na=False)
        cases = {
            "courtyard_oversize": frame.assign(
                courtyard_id=frame["village_id"], head_household_id="", distance_to_head_m=""
            ),
            "distance_wrong": frame.assign(distance_to_head_m="1.5"),
            "head_not_member": frame.assign(
                head_household_id=frame["head_household_id"].iloc[::-1].to_numpy()
            ),
        }
        for code, changed in cases.items():
            changed.to_csv("claim.csv", index=False)
            outcome = run("verify", done[0], "claim.csv", *done[2:], "--json")
            assert outcome.code == 1
            result = json.loads(outcome.out)
            assert code in {finding["code"] for finding in result["findings"]}
            assert result["holds"] is False

    def test_an_assignment_of_two_columns(self, run: Run, done: list[Any]) -> None:
        frame = pd.read_csv("out/households.csv", dtype=str)
        frame[["household_id", "courtyard_id"]].to_csv("claim.csv", index=False, sep="\t")
        assert run("verify", done[0], "claim.csv", *done[2:]).code == 0

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("", "claim.csv:1: the file is empty"),
            ("household_id,yard\na,b\n", "claim.csv:1: there is no column courtyard_id"),
            (
                "household_id,courtyard_id,distance_to_head_m\na,b,far\n",
                "claim.csv:2: a: distance_to_head_m is “far”",
            ),
        ],
    )
    def test_an_unreadable_assignment(
        self, content: str, expected: str, run: Run, done: list[Any]
    ) -> None:
        Path("claim.csv").write_text(content)
        outcome = run("verify", done[0], "claim.csv")
        assert outcome.code == 2
        assert expected in outcome.err

    def test_out(self, run: Run, done: list[Any]) -> None:
        assert run("verify", *done, "--out", "checked").code == 0
        assert json.loads(Path("checked/findings.json").read_text()) == {"findings": []}
        inputs = json.loads(Path("checked/manifest.json").read_text())["inputs"]
        assert len(inputs) == 3


class TestSimulate:
    def test_same_seed_same_bytes(self, run: Run, town: Path) -> None:
        command = ["simulate", "township", "--households", 240, "--villages", 3]
        assert run(*command, "--out", "again").code == 0
        for path in town.iterdir():
            assert path.read_bytes() == Path("again", path.name).read_bytes()
        assert run(*command, "--seed", 1, "--out", "other").code == 0
        assert (town / "ways.csv").read_bytes() != Path("other/ways.csv").read_bytes()

    def test_columns(self, town: Path) -> None:
        columns = {
            "households": "id,x_m,y_m,village,group,may_be_head,people",
            "way_nodes": "id,x_m,y_m",
            "ways": "u,v,length_m",
            "villages": "village,x_m,y_m",
        }
        for name, header in columns.items():
            assert (town / f"{name}.csv").read_text().split("\n", 1)[0] == header
        assert json.loads((town / "barriers.geojson").read_text())["crs"] is None

    def test_json(self, run: Run) -> None:
        outcome = run(
            "simulate", "township", "--households", 50, "--villages", 2, "--out", "t", "--json"
        )
        assert json.loads(outcome.out)["households"] == 50


class TestCompare:
    def test_table(self, run: Run, town: Path) -> None:
        outcome = run(
            "compare", town / "households.csv", "--algorithms", "gridgov-draft,gridgov-standard",
            "--out", "compared",
        )  # fmt: skip
        assert outcome.code == 0
        assert outcome.out.splitlines()[0].split()[0] == "algorithm"
        assert max(map(len, outcome.out.splitlines())) <= 80
        frame = pd.read_csv("compared/comparison.csv")
        assert frame["algorithm"].tolist() == ["gridgov-draft", "gridgov-standard"]
        assert (frame["broken_share"] == 0).all()

    def test_algorithms_that_break_rules(self, run: Run, town: Path) -> None:
        outcome = run("compare", town / "households.csv", "--json")
        result = json.loads(outcome.out)
        broken = [row["algorithm"] for row in result["algorithms"] if row["broken_share"] > 0]
        assert outcome.code == 0  # it is what one wanted to know
        assert {finding["severity"] for finding in result["findings"]} <= {"note"}
        assert [finding["records"][0] for finding in result["findings"]] == broken
        assert [row["algorithm"] for row in result["algorithms"]] == list(gridgov.algorithms())


class TestHelp:
    @pytest.mark.parametrize("lang", ["en", "zh"])
    @pytest.mark.parametrize(
        "command",
        [["partition"], ["verify"], ["compare"], ["simulate", "township"], ["simulate"], []],
    )
    def test_help(
        self, command: list[str], lang: str, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        outcome = run(*command, "--help", *(["--lang", lang] if command != ["simulate"] else []))
        if command == ["simulate"]:
            outcome = run("--lang", lang, "simulate", "--help")
        assert outcome.code == 0
        assert ("选项" in outcome.out) == (lang == "zh")
        if command and command != ["simulate"]:
            example = cli.COMMANDS[" ".join(command)].example
            assert example.split()[-1] in outcome.out
            assert "gridgov " + " ".join(command) in outcome.out

    def test_every_option_of_the_contract(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "120")
        shown = run("partition", "--help").out
        options = (
            "out force json quiet lang min max target weight-column id-column village-column links "
            "roads barriers max-link-m metric head-column pin-column group-column group-weight "
            "unlocated courtyards grids grid-courtyards effort seed threads crs ways-crs "
            "barriers-crs"
        )
        for option in options.split(" "):
            assert f"--{option} " in shown

    def test_examples_are_command_lines(self) -> None:
        import typer

        root = typer.main.get_command(cli.build("en"))
        of_commands = [(one.example, *one.more) for one in cli.COMMANDS.values()]
        for line in [*cli._FIRST_EXAMPLES, *itertools.chain(*of_commands)]:
            words = cli._spread(line.split()[1:])
            command = root.commands[words.pop(0)]
            if hasattr(command, "commands"):
                command = command.commands[words.pop(0)]
            command.make_context("gridgov", words).close()

    def test_version(self, run: Run) -> None:
        assert run("--version").out == f"gridgov {gridgov.__version__}\n"


class TestLanguage:
    def test_every_message_in_both_languages_with_the_same_blanks(self) -> None:
        for key, texts in language.MESSAGES.items():
            blanks = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
                for text in texts
            ]
            assert all(texts), key
            extra = {"kind"}  # fault.internal and the like may leave one out
            assert blanks[0] == blanks[1] or blanks[0] ^ blanks[1] <= extra, key
            if re.search("[a-z]{4}", re.sub(r"\{.*?\}", "", texts[0])):
                assert re.search("[一-鿿]", texts[1]), key

    def test_help_is_chinese_throughout(self) -> None:
        """Every argument, option and command of every page, as typer tells them to shells too."""
        import typer

        pages = [typer.main.get_command(cli.build("zh"))]
        for page in pages:
            pages += getattr(page, "commands", {}).values()
            for told in (page, *page.get_params(typer.Context(page))):
                assert re.search("[一-鿿]", told.help), (page.name, told.name)
        assert len(pages) == len(cli.COMMANDS) + 4

    def test_every_key_that_is_used_is_there_and_none_is_idle(self) -> None:
        source = "".join(
            path.read_text() for path in Path(language.__file__).parent.rglob("*.py")
        ).replace(Path(language.__file__).read_text(), "")
        stems = {key.split(".", 1)[1] for key in language.MESSAGES}
        for code in re.findall(r'Fault\(\s*f?"([a-z_0-9]+)"|\.fault\(\s*"([a-z_0-9]+)"', source):
            assert (code[0] or code[1]) in stems
        for code in re.findall(r'_Wrong\(\s*"([a-z_]+)"', source):
            assert code in stems
        idle = [
            key
            for key in language.MESSAGES
            if not re.search(rf"\b{re.escape(key.rsplit('.', 1)[-1])}\b", source)
            and not key.startswith(("fault.unknown_", "label.", "help.", "say."))
        ]
        assert idle == []

    @pytest.mark.parametrize(
        ("environment", "expected"),
        [
            ({}, "en"),
            ({"LANG": "zh_CN.UTF-8"}, "zh"),
            ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
            ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
            ({"LC_ALL": "", "LANG": "zh"}, "zh"),
        ],
    )
    def test_locale(self, environment: dict[str, str], expected: str) -> None:
        assert language.from_locale(environment) == expected


def test_a_failure_inside_is_told_without_a_trace(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> int:
        raise ZeroDivisionError("by zero\nand more")

    monkeypatch.setattr(commands, "partition", fail)
    outcome = run("partition", "h.csv", "--out", "out")
    assert outcome.code == 2
    assert "ZeroDivisionError: by zero" in outcome.err


class TestProcess:
    """As a program of its own."""

    def call(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gridgov", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, **options)

    def test_exit_codes_and_streams(self, tmp_path: Path) -> None:
        done = self.call(
            "simulate", "township", "--households", "60", "--villages", "1", "--out", "t",
            "--lang", "en", cwd=tmp_path,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "written to t\n")
        bad = self.call("partition", "no.csv", "--out", "o", "--lang", "en", cwd=tmp_path)
        assert (bad.returncode, bad.stdout) == (2, "")
        assert bad.stderr == "no.csv: there is no such file\n"

    def test_a_reader_that_goes_away(self, tmp_path: Path) -> None:
        rows = "".join(f"h{i},x,y\n" for i in range(9999))
        (tmp_path / "h.csv").write_text("id,x_m,y_m\n" + rows)
        line = f"{sys.executable} -m gridgov partition h.csv --out o --json | head -1"
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.stdout == "{\n"
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr

    def test_a_termination_leaves_nothing(self, tmp_path: Path) -> None:
        script = (
            "import os, signal, sys, time\n"
            "from gridgov import cli, output\n"
            "def stop(*_a, **_o): os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)\n"
            "output.write_outlines = stop\n"
            "sys.exit(cli.main(sys.argv[1:]))\n"
        )
        (tmp_path / "h.csv").write_text(
            "id,x_m,y_m\n" + "".join(f"h{i},{i},0\n" for i in range(40))
        )
        done = subprocess.run(
            [sys.executable, "-c", script, "partition", "h.csv", "--out", "o"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 130
        assert [path.name for path in tmp_path.iterdir()] == ["h.csv"]
