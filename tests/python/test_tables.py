"""Tables as people save them, and tables as nobody should."""

import io
import json
import math
import time
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov import geojson, layers, tables
from gridgov.faults import Fault, Faults, near, printable

ROWS = "id,x_m,village\n甲1,1.5,东村\n乙2,-2,西村\n"


def read(path: Path, data: str | bytes) -> tables.Table:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tables.read(path)


def check_rows(table: tables.Table) -> None:
    assert table.ids("id") == ["甲1", "乙2"]
    assert table.numbers("x_m").tolist() == [1.5, -2.0]
    assert table.texts("village") == ["东村", "西村"]
    assert table.faults == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_separators_endings(
    encoding: str, separator: str, ending: str, tmp_path: Path
) -> None:
    text = ROWS.replace(",", separator).replace("\n", ending)
    check_rows(read(tmp_path / "t.csv", text.encode(encoding)))


def test_columns_in_any_order_others_ignored(tmp_path: Path) -> None:
    check_rows(read(tmp_path / "t.csv", "note,village, x_m ,id\n,东村, 1.5 ,甲1\nx,西村,-2,乙2\n"))


def test_no_newline_at_the_end_and_blank_lines(tmp_path: Path) -> None:
    check_rows(read(tmp_path / "t.csv", "\n" + ROWS.replace("\n", "\n\n").rstrip()))


def test_quotes(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", 'id,x_m\n"a ""b"", c\nd",1\n')
    assert table.texts("id") == ['a "b", c\nd']


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1),
        ("+1.5", 1.5),
        ("-.5", -0.5),
        ("1e3", 1000),
        ("1.", 1),
        (" 7 ", 7),
        ("1E-3", 0.001),
        ("１２．５", 12.5),
        ("　−３\u200b", -3),
        ("５ｅ２", 500),
    ],
)
def test_numbers(cell: str, value: float, tmp_path: Path) -> None:
    for other in ("0", "x"):  # the quick way, and the way where some cell is at fault
        table = read(tmp_path / "t.csv", f"id,x_m\na,{cell}\nb,{other}\n")
        assert table.numbers("x_m")[0] == value


@pytest.mark.parametrize(
    "cell", ["1_0", "0x10", "①", "10²", "1 2", "1e", "--1", "1.2.3", "a", "½", "١"]
)
def test_no_numbers(cell: str, tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", f"id,x_m\na,3\nb,{cell}\n")
    table.ids("id")
    assert np.isfinite(table.numbers("x_m")).all()
    (fault,) = table.faults
    assert (fault.code, fault.line, fault.records) == ("not_a_number", 3, ("b",))


def test_truths(tmp_path: Path) -> None:
    yes = ["1", "true", "Yes", "是", "√", "2", "anyone"]
    no = ["", "0", "false", "NO", "否", " ", "不", "None"]
    table = read(tmp_path / "t.csv", "id,h\n" + "".join(f'x,"{cell}"\n' for cell in yes + no))
    assert table.truths("h").tolist() == [True] * len(yes) + [False] * len(no)


def test_lines_with_cells_of_several_lines(tmp_path: Path) -> None:
    """Against the plain way to count: after each record, how many lines have gone."""
    rng = np.random.default_rng(3)
    text, expected = "id,x_m\n", []
    for row in range(200):
        text += "\n" * int(rng.integers(0, 2))
        expected.append(text.count("\n") + 1)
        text += f'"{row}{chr(10) * int(rng.integers(0, 3))}",x\n'
    table = read(tmp_path / "t.csv", text)
    table.numbers("x_m")
    assert [fault.line for fault in table.faults] == expected


def test_a_million_rows_take_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = 1_000_000
    frame = pd.DataFrame(
        {
            "id": np.char.add("H", np.arange(rows).astype(str)),
            "x_m": rng.random(rows) * 1e5,
            "y_m": rng.random(rows) * 1e5,
            "village": np.char.add("村", rng.integers(0, 300, rows).astype(str)),
        }
    )
    path = tmp_path / "big.csv"
    tables.write_csv(frame, path)
    begun = time.process_time()
    table = tables.read(path)
    assert len(table.ids("id")) == rows
    assert np.abs(table.numbers("x_m") - frame["x_m"]).max() < 5.1e-7
    assert table.numbers("y_m").shape == (rows,)
    assert table.texts("village")[-1] == frame["village"].iloc[-1]
    assert time.process_time() - begun < 10  # 2 s on a free machine


class TestOtherFormats:
    def frame(self) -> pd.DataFrame:
        return pd.DataFrame({"id": [1, 2], "x_m": [1.5, -2.0], "village": ["东村", "西村"]})

    def check(self, table: tables.Table) -> None:
        assert table.ids("id") == ["1", "2"]
        assert table.numbers("x_m").tolist() == [1.5, -2.0]
        assert table.texts("village") == ["东村", "西村"]

    def test_xlsx(self, tmp_path: Path) -> None:
        self.frame().to_excel(tmp_path / "t.xlsx", index=False)
        table = tables.read(tmp_path / "t.xlsx")
        self.check(table)
        assert table.line(1) == 3

    def test_xlsx_with_ids_as_numbers_and_empty_cells(self, tmp_path: Path) -> None:
        pd.DataFrame({"id": [1.0, 12345678901.0], "x_m": [1, None]}).to_excel(
            tmp_path / "t.xlsx", index=False
        )
        table = tables.read(tmp_path / "t.xlsx")
        assert table.ids("id") == ["1", "12345678901"]
        table.numbers("x_m")
        assert [(fault.code, fault.line) for fault in table.faults] == [("empty_number", 3)]

    def test_parquet(self, tmp_path: Path) -> None:
        self.frame().to_parquet(tmp_path / "t.parquet")
        self.check(tables.read(tmp_path / "t.parquet"))

    @pytest.mark.parametrize("name", ["t.geojson", "t.gpkg", "t.shp", "t.parquet"])
    def test_geographic(self, name: str, tmp_path: Path) -> None:
        points = geopandas.points_from_xy([108.1, 108.2], [31.1, 31.2], crs="EPSG:4326")
        frame = geopandas.GeoDataFrame({"id": ["a", "b"]}, geometry=points)
        if name.endswith("parquet"):
            frame.to_parquet(tmp_path / name)
        else:
            frame.to_file(tmp_path / name)
        table = tables.read(tmp_path / name)
        assert table.ids("id") == ["a", "b"]
        assert table.numbers("lon").tolist() == [108.1, 108.2]
        assert table.numbers("lat").tolist() == [31.1, 31.2]
        assert table.crs == "EPSG:4326"

    def test_projected(self, tmp_path: Path) -> None:
        points = geopandas.points_from_xy([500000.0], [3450000.0], crs="EPSG:4546")
        geopandas.GeoDataFrame({"id": ["a"]}, geometry=points).to_file(tmp_path / "t.gpkg")
        table = tables.read(tmp_path / "t.gpkg")
        assert table.numbers("x_m").tolist() == [500000.0]
        assert table.crs == "EPSG:4546"

    def test_polygons_are_no_points(self, tmp_path: Path) -> None:
        frame = geopandas.GeoDataFrame(
            {"id": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326"
        )
        frame.to_file(tmp_path / "t.geojson")
        with pytest.raises(Faults) as caught:
            tables.read(tmp_path / "t.geojson")
        assert caught.value.faults[0].code == "not_a_point"

    @pytest.mark.parametrize("name", ["t.xlsx", "t.parquet", "t.gpkg", "t.shp", "t.geojson"])
    @pytest.mark.parametrize("data", [b"", b"PK\3\4garbage", b"\0" * 100, b"PAR1xxxxPAR1", b"{}"])
    def test_broken_files(self, name: str, data: bytes, tmp_path: Path) -> None:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Faults):
            tables.read(tmp_path / name)


class TestWriting:
    def write(self, frame: pd.DataFrame, path: Path) -> bytes:
        tables.write_csv(frame, path)
        return path.read_bytes()

    def test_bytes(self, tmp_path: Path) -> None:
        frame = pd.DataFrame(
            {
                "text": ["plain", "a,b", 'q"r', None, "two\nlines", "村"],
                "number": [1.0, 2.5, 1e-6, 123456.1234567, math.nan, -0.0],
                "count": [1, 2, 3, 4, 5, 6],
                "flag": [True, False, True, False, True, False],
            }
        )
        assert self.write(frame, tmp_path / "t.csv").decode() == (
            "text,number,count,flag\n"
            "plain,1,1,true\n"
            '"a,b",2.5,2,false\n'
            '"q""r",0.000001,3,true\n'
            ",123456.123457,4,false\n"
            '"two\nlines",,5,true\n'
            "村,0,6,false\n"
        )

    def test_no_rows(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"u": pd.array([], "str"), "length_m": np.array([], dtype=float)})
        assert self.write(frame, tmp_path / "t.csv") == b"u,length_m\n"

    @given(
        st.lists(
            st.tuples(
                st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
                st.floats(-1e17, 1e17),
            ),
            min_size=1,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_what_is_written_is_read(self, rows: list[tuple[str, float]]) -> None:
        texts, numbers = zip(*rows, strict=True)
        frame = pd.DataFrame({"text": pd.array(texts, "str"), "number": numbers, "end": 1})
        buffer = io.BytesIO()

        class Buffered:
            def open(self, _mode: str) -> Any:
                buffer.close = lambda: None  # type: ignore[method-assign]
                return buffer

        tables.write_csv(frame, Buffered())  # type: ignore[arg-type]
        back = pd.read_csv(
            io.BytesIO(buffer.getvalue()), dtype={"text": "str"}, keep_default_na=False
        )
        assert back["text"].tolist() == list(texts)
        np.testing.assert_allclose(back["number"], numbers, rtol=1e-15, atol=5.1e-7)
        assert b"e+" not in buffer.getvalue().split(b"\n", 1)[0]


#: A directory that examples share is wanted here: each overwrites the file of the one before.
FUZZ = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["1", "nan", "", '"', '""', ",", "\t", "\n", "\r", "1,5", "\0", "\ufeff"]),
)


@given(st.one_of(st.binary(max_size=300), st.lists(CELL, max_size=60).map("".join)))
@settings(FUZZ, max_examples=300)
def test_any_bytes_are_a_table_or_a_fault(tmp_path: Path, data: bytes | str) -> None:
    raw = data if isinstance(data, bytes) else data.encode(errors="replace")
    (tmp_path / "t.csv").write_bytes(raw)
    try:
        table = tables.read(tmp_path / "t.csv")
        for name in table.columns:
            assert len(table.texts(name)) == table.rows
            assert np.isfinite(table.numbers(name)).all()
            assert len(table.truths(name)) == table.rows
        faults = table.faults
        lines = raw.count(b"\n") + raw.count(b"\r") + 1
        assert all(fault.line is not None and 1 <= fault.line <= lines for fault in faults)
    except Faults as error:
        faults = error.faults
        assert faults
    for fault in faults:
        assert "\n" not in fault.render("en")
        assert fault.render("zh")


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "1", 'x"y', "p,q", "r\ns", "村", ""]), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=20,
    ).filter(lambda rows: any(map(any, rows)))  # rows of nothing but separators are none
)
@settings(FUZZ, max_examples=100)
def test_cells_come_back(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    table = read(tmp_path / "t.csv", buffer.getvalue())
    columns = [table.columns[name].to_pylist() for name in "abc"]
    assert [list(row) for row in zip(*columns, strict=True)] == [row for row in rows if any(row)]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "features",
                    "geometry",
                    "coordinates",
                    "properties",
                    "crs",
                    "name",
                    "geometries",
                    "x",
                ]
            ),
            st.one_of(
                inner,
                st.sampled_from(
                    [
                        "FeatureCollection",
                        "Feature",
                        "Point",
                        "LineString",
                        "Polygon",
                        "MultiPolygon",
                        "GeometryCollection",
                    ]
                ),
            ),
            max_size=5,
        ),
    ),
    max_leaves=25,
)
GEOMETRY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "Circle"]),
        "coordinates": st.recursive(
            st.one_of(st.floats(), st.integers(-9, 9), st.none()),
            lambda inner: st.lists(inner, max_size=5),
            max_leaves=20,
        ),
    }
)
FEATURE = st.fixed_dictionaries(
    {"type": st.just("Feature"), "geometry": st.one_of(GEOMETRY, JSON), "properties": JSON}
)
DOCUMENT = st.one_of(
    JSON.map(json.dumps),
    st.fixed_dictionaries(
        {"type": st.just("FeatureCollection"), "features": st.lists(st.one_of(FEATURE, JSON))}
    ).map(json.dumps),
    st.text(max_size=40),
)


@given(DOCUMENT)
@settings(FUZZ, max_examples=300)
def test_any_text_is_geojson_or_a_fault(tmp_path: Path, document: str) -> None:
    path = tmp_path / "t.geojson"
    path.write_bytes(document.encode(errors="replace"))
    for reader in (
        lambda: geojson.read(str(path)),
        lambda: layers.read_points(str(path)),
        lambda: layers.barriers(path, None, on_earth=True),
        lambda: layers.barriers(
            path, None, on_earth=False, x_m=np.array([0.0, 9.0]), y_m=np.array([0.0, 9.0])
        ),
    ):
        faults: list[Fault] = []
        try:
            reader()
        except Faults as error:
            faults = error.faults
        assert all("\n" not in fault.render("en") for fault in faults)


class TestGeoJSON:
    def document(self, *features: str, **more: Any) -> str:
        rest = "".join(f', "{name}": {json.dumps(value)}' for name, value in more.items())
        return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + f"]{rest}}}"

    def line(self, *places: Any, **properties: Any) -> str:
        geometry = {"type": "LineString", "coordinates": places}
        return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry})

    def read(self, tmp_path: Path, document: str, **options: Any) -> tuple[Any, str]:
        path = tmp_path / "b.geojson"
        path.write_text(document)
        given = {"on_earth": True} | options
        return layers.barriers(path, given.pop("crs", None), **given)

    def test_lines_and_areas(self, tmp_path: Path) -> None:
        area = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
        lake = json.dumps({"type": "Feature", "properties": {"name": "湖"}, "geometry": area})
        frame, crs = self.read(tmp_path, self.document(self.line([0, 0], [1, 1, 9]), lake))
        assert crs == "EPSG:4326"
        assert frame.geometry.geom_type.tolist() == ["LineString", "Polygon"]
        assert frame["name"].tolist() == ["", "湖"]
        assert not shapely.has_z(frame.geometry).any()

    def test_bridges(self, tmp_path: Path) -> None:
        values = [True, "yes", "T", 1, "viaduct", False, "no", "F", 0, None, ""]
        features = [self.line([0, 0], [1, 1], bridge=value) for value in values]
        frame, _ = self.read(tmp_path, self.document(*features))
        assert frame["bridge"].tolist() == [True] * 5 + [False] * 6

    def test_features_without_lines_are_passed_over(self, tmp_path: Path) -> None:
        nothing = '{"type": "Feature", "properties": null, "geometry": null}'
        spot = self.line([2, 2], [2, 2])
        frame, _ = self.read(tmp_path, self.document(nothing, spot, self.line([0, 0], [1, 1])))
        assert len(frame) == 1

    def test_lines_of_faults(self, tmp_path: Path) -> None:
        document = self.document(
            self.line([0, 0], [1, 1]), self.line([0, 0], ["x", 1]), self.line([0], [1, 1])
        )
        with pytest.raises(Faults) as caught:
            self.read(tmp_path, document)
        assert [fault.line for fault in caught.value.faults] == [3, 4]

    def test_references(self, tmp_path: Path) -> None:
        near = self.document(self.line([0, 0], [100, 50]))
        far = self.document(self.line([500, 300], [1000, 800]))
        said = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
        metres = {"x_m": np.array([0.0, 2000.0]), "y_m": np.array([0.0, 2000.0])}
        assert self.read(tmp_path, near)[1] == "EPSG:4326"
        assert self.read(tmp_path, far, on_earth=False, **metres)[1] == "planar"
        assert self.read(tmp_path, near, on_earth=False, **metres)[1] == "planar"
        assert self.read(tmp_path, near, crs="gcj02")[1] == "gcj02"
        null = self.document(self.line([0, 0], [1, 1]), crs=None)
        assert self.read(tmp_path, null)[1] == "planar"
        named = self.document(self.line([0, 0], [1, 1]), crs=said)
        assert self.read(tmp_path, named)[1] == "EPSG:4326"


def test_faults_render() -> None:
    fault = Fault("empty_number", {"name": "x_m"}, "h.csv", 7, ("H1",))
    assert fault.render("en") == "h.csv:7: H1: x_m is empty; give a number"
    assert fault.render("zh") == "h.csv:7: H1: “x_m”为空；请填数字"
    assert printable("a\x1b[31m\nb") == "a�[31m�b"
    assert printable("x" * 100, 10) == "x" * 9 + "…"
    assert near("Vilage", ["village", "id"]) == "village"
    assert near("zzz", ["village", "id"]) is None
