"""Bad input: a clear fault by file, line and id; exit 2; nothing written."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]  # the fixture of conftest.py

HEADER = "id,x_m,y_m,village\n"
GOOD = HEADER + "".join(f"h{i},{i % 8 * 10},{i // 8 * 10},v\n" for i in range(40))
NODES = "id,x_m,y_m\n" + "".join(f"n{i},{i * 10},0\n" for i in range(8))
WAYS = "u,v,length_m\n" + "".join(f"n{i},n{i + 1},10\n" for i in range(7))


def line(coordinates: object) -> str:
    geometry = {"type": "LineString", "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


#: name: what households.csv holds, what stderr must hold
TABLES: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", ["households.csv:1: the file is empty"]),
    "blank lines only": ("\n\n \n", ["households.csv:1: the file is empty"]),
    "byte order mark only": (b"\xef\xbb\xbf", ["households.csv:1: the file is empty"]),
    "header only": (HEADER, ["households.csv:1: there is a header and nothing below it"]),
    "no header": ("1,2,3\n4,5,6\n", ["households.csv:1: the first line holds numbers (1, 2, 3)"]),
    "no id column": (
        "ID,x_m,y_m\na,1,2\n",
        ["households.csv:1: there is no column id; did you mean ID? There are: ID, x_m, y_m"],
    ),
    "no coordinates": ("id,a\n1,2\n", ["households.csv:1: there are no coordinates", "id, a"]),
    "half a pair": ("id,x_m\na,1\n", ["households.csv:1: there is no column y_m"]),
    "semicolons": ("id;x_m;y_m\na;1;2\n", ["separate columns with commas or tabs"]),
    "columns twice": ("id,x_m,y_m,x_m\na,1,2,3\n", ["csv:1: 2 columns have the name x_m"]),
    "ragged": (
        HEADER + "a,1,2,v\nb,1\nc,1,2,v,w\n",
        ["csv:3: b: the row has 2 cells", "csv:4: c: the row has 5 cells"],
    ),
    "open quote": (HEADER + 'a,1,2,v\n"b,1,2,v\nc,1,2,v\n', ["csv:3: a quote opens here"]),
    "duplicate ids": (HEADER + "a,1,2,v\nb,2,2,v\na,3,2,v\n", ["csv:4: a: rows 2 and 4 have the"]),
    "empty id": (HEADER + "a,1,2,v\n ,2,2,v\n", ["csv:3: ", "the id is empty"]),
    "empty village": (HEADER + "a,1,2,v\nb,1,2,\n", ["csv:3: b: the village is empty"]),
    "empty coordinates": (HEADER + "a,1,2,v\nb,,,v\n", ["csv:3: b: "]),
    "half empty coordinates": (HEADER + "a,1,2,v\nb,1,,v\n", ["csv:3: b: y_m is empty"]),
    "text for a number": (HEADER + "a,1,2,v\nb,x,2,v\n", ["csv:3: b: x_m is “x”; give a number"]),
    "nan": (HEADER + "a,1,2,v\nb,nan,2,v\n", ["csv:3: b: x_m is “nan”; give a finite number"]),
    "inf": (HEADER + "a,1,-inf,v\nb,1,2,v\n", ["csv:2: a: y_m is “-inf”; give a finite number"]),
    "1e308": (HEADER + "a,1,1e308,v\nb,1,2,v\n", ["csv:2: a: y_m 1e+308 is too far out"]),
    "1e999": (HEADER + "a,1,1e999,v\nb,1,2,v\n", ["csv:2: a: y_m is 1e999, which is more than"]),
    "beyond 1e8 m": (HEADER + "a,100000001,1,v\nb,1,2,v\n", ["csv:2: a: x_m 100000001 is too far"]),
    "decimal comma": (HEADER + 'a,"1,5",2,v\nb,1,2,v\n', ["csv:2: a: x_m is “1,5”", "write 1.5"]),
    "thousands": (HEADER + 'a,"1,234,567.5",2,v\nb,1,2,v\n', ["write 1234567.5"]),
    "lon and lat swapped": (
        "id,lon,lat\na,31.1,108.2\nb,31.2,108.3\n",
        ["csv:2: a: ", "csv:3: b: ", "swapped"],
    ),
    "lon out of range": ("id,lon,lat\na,108.1,31.2\nb,208.2,31.2\n", ["csv:3: b: ", "208.2"]),
    "both out of range": ("id,lon,lat\na,108.1,31.2\nb,300,200\n", ["csv:3: b: ", "300", "200"]),
    "NUL": (HEADER.encode() + b"a,1,2,\0\n", ["households.csv:2: byte 26 is NUL"]),
    "no encoding": (HEADER.encode() + b"a,1,2,\xe6\xff\n", ["csv:2: byte 26 (0xE6) is neither"]),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["is NUL: this is no text"]),
    "a long line": (HEADER + "a" * 2_000_000 + ",1,2,v\n", ["csv:2: the line has 2000006 bytes"]),
    "after a cell of several lines": (
        HEADER + '"a\nb\nc",1,2,v\n\nd,x,2,v\n',
        ["households.csv:6: d: x_m is “x”"],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_table_of_households(name: str, run: Run, tmp_path: Path) -> None:
    content, expected = TABLES[name]
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "households.csv").write_bytes(data)
    outcome = run("partition", "households.csv", "--out", "out")
    assert outcome.code == 2
    for text in expected:
        assert text in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize("name", TABLES)
def test_faults_in_json_and_in_chinese(name: str, run: Run, tmp_path: Path) -> None:
    content, _ = TABLES[name]
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "households.csv").write_bytes(data)
    outcome = run("partition", "households.csv", "--out", "out", "--json", "--lang", "zh")
    assert outcome.code == 2
    findings = json.loads(outcome.out)["findings"]
    assert findings
    for finding in findings:
        assert finding["severity"] == "error"
        assert finding["file"] == "households.csv"
        assert finding["line"] >= 1
        assert any("一" <= character <= "鿿" for character in finding["message"])


#: name: arguments, files, what stderr must hold
LAYERS: dict[str, tuple[list[str], dict[str, str], list[str]]] = {
    "unknown id in links": (
        ["--links", "links.csv"],
        {"links.csv": "u,v,length_m\nh0,h1,10\nh1,nobody,10\n"},
        ["links.csv:3: link h1 to nobody: "],
    ),
    "link to itself": (
        ["--links", "links.csv"],
        {"links.csv": "u,v,length_m\nh0,h0,10\n"},
        ["links.csv:2: link h0 to h0: "],
    ),
    "link twice": (
        ["--links", "links.csv"],
        {"links.csv": "u,v,length_m\nh0,h1,10\nh1,h0,10\n"},
        ["links.csv:3: ", "rows 2 and 3"],
    ),
    "negative length": (
        ["--links", "links.csv"],
        {"links.csv": "u,v,length_m\nh0,h1,-1\n"},
        ["links.csv:2: link h0 to h1: ", "-1"],
    ),
    "length not a number": (
        ["--links", "links.csv"],
        {"links.csv": "u,v,length_m\nh0,h1,far\nh1,h2,\n"},
        ["links.csv:2: length_m is “far”", "links.csv:3: length_m is empty"],
    ),
    "links without lengths": (
        ["--links", "links.csv"],
        {"links.csv": "u,v\nh0,h1\n"},
        ["links.csv:1: there is no column length_m"],
    ),
    "unknown way node": (
        ["--roads", "nodes.csv", "ways.csv"],
        {"nodes.csv": NODES, "ways.csv": WAYS + "n1,n99,5\n"},
        ["ways.csv:9: way n1 to n99: "],
    ),
    "way node twice": (
        ["--roads", "nodes.csv", "ways.csv"],
        {"nodes.csv": NODES + "n0,5,5\n", "ways.csv": WAYS},
        ["nodes.csv:10: n0: "],
    ),
    "way node without place": (
        ["--roads", "nodes.csv", "ways.csv"],
        {"nodes.csv": NODES + "n9,5,\n", "ways.csv": WAYS},
        ["nodes.csv:10: n9: y_m is empty"],
    ),
    "ways elsewhere": (
        ["--roads", "nodes.csv", "ways.csv"],
        {"nodes.csv": NODES.replace(",0\n", ",9000000\n"), "ways.csv": WAYS},
        ["9000000"],
    ),
    "barriers elsewhere": (
        ["--barriers", "b.geojson"],
        {"b.geojson": line([[4e6, 5e6], [4.1e6, 5e6]])},
        ["b.geojson", "4000000", "70"],
    ),
    "barriers in degrees under metres": (
        ["--barriers", "b.geojson"],
        {"b.geojson": line([[108.1, 31.2], [108.101, 31.2]])},
        ["b.geojson:1: the barriers look like lon,lat"],
    ),
    "barriers in degrees, said so": (
        ["--barriers", "b.geojson", "--barriers-crs", "EPSG:4326"],
        {"b.geojson": line([[108.1, 31.2], [108.2, 31.2]])},
        ["b.geojson: barriers are in EPSG:4326, but where"],
    ),
    "barriers out of range": (
        ["--barriers", "b.geojson", "--barriers-crs", "EPSG:4326"],
        {"b.geojson": line([[31.2, 108.1], [31.2, 108.2]])},
        ["b.geojson:1: ", "swapped"],
    ),
    "no GeoJSON": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"type": "Topology"}'},
        ["b.geojson:1: not GeoJSON", "Topology"],
    ),
    "a list": (["--barriers", "b.geojson"], {"b.geojson": "[1]"}, ["b.geojson:1: not GeoJSON"]),
    "no JSON": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"type": "FeatureCollection",\n"features": [}'},
        ["b.geojson:2: not JSON"],
    ),
    "empty GeoJSON": (["--barriers", "b.geojson"], {"b.geojson": ""}, ["b.geojson:1: the file is"]),
    "no features": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"type": "FeatureCollection", "features": []}'},
        ["b.geojson:1: there is no line"],
    ),
    "points for barriers": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"type": "Point", "coordinates": [1, 2]}'},
        ["b.geojson:1: there is no line"],
    ),
    "10 MB of nesting": (
        ["--barriers", "b.geojson"],
        {"b.geojson": "[" * 10_000_000},
        ["b.geojson:1: nested more deeply"],
    ),
    "10 MB of nested objects": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"a":' * 2_000_000},
        ["b.geojson:1: nested more deeply"],
    ),
    "10 MB of nested coordinates": (
        ["--barriers", "b.geojson"],
        {"b.geojson": '{"type": "LineString", "coordinates": ' + "[" * 5_000_000 + "]" * 5_000_000},
        ["b.geojson:1: nested more deeply"],
    ),
    "NaN in GeoJSON": (
        ["--barriers", "b.geojson"],
        {"b.geojson": line([[0, 0], [float("nan"), 1]])},
        ["b.geojson:1: feature 1: found nan"],
    ),
    "text in GeoJSON": (
        ["--barriers", "b.geojson"],
        {"b.geojson": line([[0, 0], ["1", 1]])},
        ['b.geojson:1: feature 1: found "1"'],
    ),
    "a line of one point": (
        ["--barriers", "b.geojson"],
        {"b.geojson": line([[0, 0]])},
        ["b.geojson:1: feature 1: the LineString is invalid"],
    ),
    "an unknown reference": (["--crs", "EPSG:0"], {}, ["--crs: EPSG:0 is no reference"]),
    "a reference without its columns": (
        ["--crs", "EPSG:4326"],
        {},
        ["households.csv:1: --crs EPSG:4326 needs the columns lon,lat"],
    ),
    "a column that is not there": (
        ["--village-column", "dorf"],
        {},
        ["households.csv:1: there is no column dorf"],
    ),
    "a file that is not there": (
        ["--links", "househols.csv"],
        {},
        ["househols.csv: there is no such file; did you mean households.csv?"],
    ),
    "a directory": (["--links", "."], {}, [".: this is a directory"]),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str, run: Run, tmp_path: Path) -> None:
    arguments, files, expected = LAYERS[name]
    (tmp_path / "households.csv").write_text(GOOD)
    for file, content in files.items():
        (tmp_path / file).write_text(content)
    outcome = run("partition", "households.csv", *arguments, "--out", "out")
    assert outcome.code == 2
    for text in expected:
        assert text in outcome.err


WEIGHTS = {
    "negative weight": ("-1", "households.csv:3: b: "),
    "no weight": ("0", "households.csv:3: b: "),
    "empty weight": ("", "households.csv:3: b: w is empty"),
    "infinite weight": ("inf", "households.csv:3: b: w is “inf”"),
    "absurd weight": ("1e10", "households.csv:3: b: "),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(name: str, run: Run, tmp_path: Path) -> None:
    weight, expected = WEIGHTS[name]
    (tmp_path / "households.csv").write_text(f"id,x_m,y_m,w\na,1,2,1\nb,2,2,{weight}\n")
    outcome = run("partition", "households.csv", "--weight-column", "w", "--out", "out")
    assert outcome.code == 2
    assert expected in outcome.err


OPTIONS = {
    "min above max": (["--min", "30", "--max", "10"], "30"),
    "min 0": (["--min", "0"], "0"),
    "min below 0": (["--min", "-3"], "-3"),
    "min not a number": (["--min", "ten"], "--min: “ten” is no finite number"),
    "min nan": (["--min", "nan"], "--min: “nan” is no finite number"),
    "max inf": (["--max", "inf"], "--max: “inf” is no finite number"),
    "target above max": (["--target", "31"], "31"),
    "target below min": (["--target", "9"], "9"),
    "no courtyards": (["--courtyards", "0"], "--courtyards: 0 is too small"),
    "half a courtyard": (["--courtyards", "2.5"], "--courtyards: “2.5” is no whole number"),
    "no grids": (["--grids", "0"], "--grids: 0 is too small"),
    "grids by count and size": (["--grids", "2", "--grid-courtyards", "1", "2"], "grids"),
    "grids from 3 to 2": (["--grid-courtyards", "3", "2"], "min"),
    "grids of x": (["--grid-courtyards", "3", "x"], "--grid-courtyards: “3 x” is no whole number"),
    "links no longer than -1": (["--max-link-m", "-1"], "-1"),
    "group weight below 0": (["--group-weight", "-1"], "-1"),
    "unknown metric": (["--metric", "wlak"], "did you mean walk?"),
    "unknown effort": (["--effort", "hard"], "--effort: “hard” is none of draft, standard, best"),
    "seed below 0": (["--seed", "-1"], "--seed: -1 is too small"),
    "threads below 0": (["--threads", "-1"], "--threads: -1 is too small"),
    "unknown language": (["--lang", "fr"], "--lang: “fr” is none of en, zh"),
    "unknown option": (["--barier", "x"], "there is no option --barier; did you mean --barriers?"),
    "one file too many": (["more.csv"], "there is no place for more.csv"),
    "option without value": (["--seed"], "--seed needs a value"),
    "links and roads": (["--links", "a", "--roads", "b", "c"], "--links and --roads"),
    "a reference of nothing": (["--ways-crs", "EPSG:4326"], "--ways-crs needs --roads"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str, run: Run, tmp_path: Path) -> None:
    arguments, expected = OPTIONS[name]
    (tmp_path / "households.csv").write_text(GOOD)
    outcome = run("partition", "households.csv", "--out", "out", *arguments)
    assert outcome.code == 2
    assert expected in outcome.err


COMMANDS = {
    "none": ([], "a command is missing"),
    "unknown": (["divide"], "there is no command divide"),
    "misspelt": (["partitoin"], "did you mean partition?"),
    "misspelt below": (["simulate", "towship"], "did you mean township?"),
    "none below": (["simulate"], "the commands are township"),
    "no households": (["partition", "--out", "o"], "HOUSEHOLDS is missing"),
    "no place": (["partition", "households.csv"], "--out is missing"),
    "no assignment": (["verify", "households.csv"], "ASSIGNMENT is missing"),
    "later ones": (["settle", "a", "b"], "there is no command settle"),
    "more villages than households": (
        ["simulate", "township", "--households", "3", "--villages", "4", "--out", "o"],
        "3",
    ),
    "unknown algorithm": (["compare", "households.csv", "--algorithms", "magic"], "magic"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, run: Run, tmp_path: Path) -> None:
    arguments, expected = COMMANDS[name]
    (tmp_path / "households.csv").write_text(GOOD)
    outcome = run(*arguments)
    assert outcome.code == 2
    assert expected in outcome.err


def test_every_fault_of_every_file_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(
        "id,x_m,y_m,village\na,0,0,v\nb,1,x,v\na,5,5,\nd,,,v\ne,nan,4,v\nf,1e308,4,v\n"
    )
    (tmp_path / "l.csv").write_text("u,v,length_m\na,b,1\na,zz,1\nb,b,1\na,b,2\na,d,-4\na,e,q\n")
    outcome = run("partition", "h.csv", "--links", "l.csv", "--out", "out")
    assert outcome.code == 2
    places = [tuple(found.split(":")[:2]) for found in outcome.err.splitlines() if ".csv:" in found]
    expected = [("h.csv", line) for line in (3, 4, 4, 5, 6, 7)]
    expected += [("l.csv", line) for line in (3, 4, 5, 6, 7)]
    assert places == [(file, str(line)) for file, line in expected]
    assert "11 faults; nothing was written" in outcome.err


def test_layers_of_different_references(run: Run, tmp_path: Path) -> None:
    """Households near 108° E, barriers near 11° E: both boxes are named."""
    rows = "".join(f"h{i},{108.1 + i * 1e-4},31.2\n" for i in range(20))
    (tmp_path / "h.csv").write_text("id,lon,lat\n" + rows)
    (tmp_path / "b.geojson").write_text(line([[11.1, 49.5], [11.2, 49.5]]))
    outcome = run("partition", "h.csv", "--barriers", "b.geojson", "--out", "out")
    assert outcome.code == 2
    assert "b.geojson: " in outcome.err
    assert len(re.findall(r"\bx -?\d+", outcome.err)) == 2
    assert len(re.findall(r"\by -?\d+", outcome.err)) == 2


def test_hostile_text_does_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("id,x_m,y_m\n\x1b[2Ja,\x1b]0;x\x07,2\n")
    outcome = run("partition", "h.csv", "--out", "out")
    assert outcome.code == 2
    assert "\x1b" not in outcome.err
    assert "\x07" not in outcome.err


class TestOut:
    """The place of the result."""

    def test_a_directory_is_not_replaced(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "households.csv").write_text(GOOD)
        (tmp_path / "out").mkdir()
        outcome = run("partition", "households.csv", "--out", "out")
        assert outcome.code == 2
        assert "out is there already" in outcome.err
        assert "--force" in outcome.err

    def test_a_file_is_not_replaced(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "households.csv").write_text(GOOD)
        for force in ([], ["--force"]):
            outcome = run("partition", "households.csv", "--out", "households.csv", *force)
            assert outcome.code == 2
            assert "households.csv is a file" in outcome.err

    def test_a_directory_of_inputs_is_kept(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "households.csv").write_text(GOOD)
        for place in ("in", "."):
            outcome = run("partition", "in/households.csv", "--out", place, "--force")
            assert outcome.code == 2
            assert "would be lost" in outcome.err

    @pytest.mark.parametrize(
        "place", ["a" * 300, "b/" * 3000 + "b", "households.csv/out", "/proc/out"]
    )
    def test_places_that_cannot_be(self, place: str, run: Run, tmp_path: Path) -> None:
        (tmp_path / "households.csv").write_text(GOOD)
        outcome = run("partition", "households.csv", "--out", place)
        assert outcome.code == 2
        assert "cannot be written" in outcome.err
        assert len(outcome.err) < 500

    def test_unwritable(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import tempfile

        def refuse(*_arguments: object, **_options: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(tempfile, "mkdtemp", refuse)  # root may write anywhere
        (tmp_path / "households.csv").write_text(GOOD)
        outcome = run("partition", "households.csv", "--out", "out")
        assert outcome.code == 2
        assert "out cannot be written: Permission denied" in outcome.err

    def test_full_disk(
        self,
        run: Run,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from gridgov import tables

        def fail(*_arguments: object, **_options: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(tables, "write_csv", fail)
        (tmp_path / "households.csv").write_text(GOOD)
        outcome = run("partition", "households.csv", "--out", "out")
        assert outcome.code == 2
        assert "No space left on device" in outcome.err


@pytest.mark.usefixtures("without_pictures")
class TestUnlucky:
    """Data that are merely unlucky: done, with the reason; exit 1 where a rule cannot hold."""

    @pytest.mark.parametrize("count", [1, 2, 9])
    def test_too_few(self, count: int, run: Run, tmp_path: Path, households: Any) -> None:
        (tmp_path / "h.csv").write_text(households(count))
        outcome = run("partition", "h.csv", "--out", "out")
        assert outcome.code == 1
        assert "error: " in outcome.out
        summary = json.loads((tmp_path / "out" / "summary.json").read_text())
        assert summary["courtyards"] == summary["broken_courtyards"] == 1
        assert summary["broken_proved_unavoidable"] == 1

    def test_all_at_one_place(self, run: Run, tmp_path: Path) -> None:
        rows = "".join(f"h{i},5,5\n" for i in range(10_000))
        (tmp_path / "h.csv").write_text("id,x_m,y_m\n" + rows)
        outcome = run("partition", "h.csv", "--out", "out", "--json")
        assert outcome.code == 0
        assert json.loads(outcome.out)["courtyards"] == 500

    def test_all_on_a_line(self, run: Run, tmp_path: Path) -> None:
        rows = "".join(f"h{i},{i * 7.3},{i * 3.1}\n" for i in range(100))
        (tmp_path / "h.csv").write_text("id,x_m,y_m\n" + rows)
        assert run("partition", "h.csv", "--out", "out").code == 0

    def test_a_weight_over_max(self, run: Run, tmp_path: Path) -> None:
        rows = "".join(f"h{i},{i * 10},0,{31 if i == 5 else 1}\n" for i in range(40))
        (tmp_path / "h.csv").write_text("id,x_m,y_m,w\n" + rows)
        outcome = run("partition", "h.csv", "--weight-column", "w", "--out", "out")
        assert outcome.code == 1
        assert "h5" in outcome.out

    def test_barriers_that_cut_everything(self, run: Run, tmp_path: Path, households: Any) -> None:
        (tmp_path / "h.csv").write_text(households(64))
        lines = [[[-50, y], [150, y]] for y in range(-5, 90, 10)]
        lines += [[[x, -50], [x, 150]] for x in range(-5, 90, 10)]
        (tmp_path / "b.geojson").write_text(
            json.dumps({"type": "MultiLineString", "coordinates": lines})
        )
        outcome = run("partition", "h.csv", "--barriers", "b.geojson", "--out", "out", "--json")
        assert outcome.code == 1
        summary = json.loads(outcome.out)
        assert summary["components"] == summary["courtyards"] == 64
        assert summary["broken_proved_unavoidable"] == 64
