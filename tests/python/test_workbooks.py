"""Workbooks as Excel, WPS and exporters save them, and workbooks that nobody should."""

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

from gridgov import cells, lists, tables, workbooks
from gridgov.faults import Fault, Faults

Run = Callable[..., Any]  # the fixture of conftest.py

COLUMNS = ("id", "x_m", "y_m", "village", "date")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
STRICT = 'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(
    rows: str,
    *,
    shared: str = "",
    styles: str = "",
    space: str = MAIN,
    book: str = "",
    after: str = "",
    sheets: str = '<sheet name="户表" sheetId="1" r:id="rId1"/>',
) -> dict[str, str]:
    """The parts of a workbook as Excel writes them: texts shared, dates by the style's number."""
    kinds = {"rId1": "worksheet", "rId2": "sharedStrings", "rId3": "styles"}
    targets = {"rId1": "worksheets/sheet1.xml", "rId2": "sharedStrings.xml", "rId3": "styles.xml"}
    relations = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kinds[key]}" Target="{targets[key]}"/>'
        for key in kinds
    )
    root = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f"<Relationships>{root}</Relationships>",
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{OFFICE}">{book}<sheets>{sheets}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {space}>{shared}</sst>",
        "xl/styles.xml": f"<styleSheet {space}>{styles}</styleSheet>",
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{rows}</sheetData>{after}"
        "</worksheet>",
    }


def save(path: Path, of: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in of.items():
            archive.writestr(name, content)
    return path


def excel(path: Path, *rows: list[Any], title: str = "户表", **merges: Any) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merges.get("merged", ()):
        sheet.merge_cells(area)
    book.epoch = merges.get("epoch", book.epoch)
    book.save(path)
    return path


def read(path: Path | str) -> tables.Table:
    return tables.read(path, columns=COLUMNS)


def faults_of(path: Path | str) -> list[Fault]:
    with pytest.raises(Faults) as caught:
        read(path)
    for fault in caught.value.faults:
        assert fault.render("en") != fault.render("zh")
    return caught.value.faults


# What is accepted


def test_titles_above_the_header_and_merged_cells(tmp_path: Path) -> None:
    table = read(
        excel(
            tmp_path / "t.xlsx",
            ["甘泉镇2026年农户登记表"],
            ["填表单位：", None, None, "甘泉镇"],
            [],
            ["ｉｄ", " x_m", "ｙ＿ｍ", "村", "village"],
            ["a", 1, "２．５", None, "东村"],
            ["b", 2, 3, None, None],
            [None, None, None, None, None],
            ["c", 3, 4, None, "西村　"],
            merged=["A1:E2", "E5:E7"],
        )
    )
    assert table.names() == ["id", "x_m", "y_m", "村", "village"]
    assert table.ids("id") == ["a", "b", "c"]
    assert table.numbers("x_m").tolist() == [1, 2, 3]
    assert table.numbers("y_m").tolist() == [2.5, 3, 4]
    assert table.texts("village") == ["东村", "东村", "西村"]
    assert table.faults == []
    assert (table.sheet, table.header_line) == ("户表", 4)
    assert [table.line(row) for row in range(3)] == [5, 6, 8]


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    """Names merged down beside one that has a row of names below it."""
    table = read(
        excel(
            tmp_path / "t.xlsx",
            ["id", "坐标", None, "village"],
            [None, "x_m", "y_m", None],
            ["a", 1, 2, "东村"],
            merged=["A1:A2", "B1:C1", "D1:D2"],
        )
    )
    assert table.names() == ["id", "x_m", "y_m", "village"]
    assert table.ids("id") == ["a"]
    assert table.texts("village") == ["东村"]


def test_which_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "字典", "hidden"
    hidden.append(["id"])
    for name, ids in (("东村", "ab"), ("西 村", "xyz")):
        sheet = book.create_sheet(name)
        sheet.append(["id", "x_m"])
        for one in ids:
            sheet.append([one, 1])
    book.create_sheet("空表")
    book.save(tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx").ids("id") == ["a", "b"]
    assert read(f"{tmp_path}/t.xlsx#西 村").ids("id") == ["x", "y", "z"]
    (fault,) = faults_of(f"{tmp_path}/t.xlsx#西村")
    assert fault.message("en") == (
        "there is no sheet 西村; did you mean 西 村? The sheets are 东村, 西 村, 空表"
    )
    (fault,) = faults_of(f"{tmp_path}/t.xlsx#空表")
    assert fault.code == "sheet_empty"
    (fault,) = faults_of(f"{tmp_path}/no.xlsx#东村")
    assert fault.code.startswith("not_found")
    (tmp_path / "t.xlsx").rename(tmp_path / "a.xlsx#东村")  # a file that is really called so
    (fault,) = faults_of(f"{tmp_path}/a.xlsx#西 村")
    assert fault.code.startswith("not_found")
    assert read(f"{tmp_path}/a.xlsx#东村").ids("id") == ["a", "b"]


SHARED = "<si><t>id</t></si><si><t>x_m</t></si><si><t>date</t></si>"
SHARED += "<si><r><t>甲</t></r><r><t>一</t></r><rPh><t>jia</t></rPh></si>"
STYLES = """<numFmts>
<numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>
<numFmt numFmtId="201" formatCode="0.00_);[Red]\\(0.00\\)"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="200"/><xf numFmtId="201"/>
<xf numFmtId="22"/></cellXfs>"""
ROWS = """<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s">
<v>2</v></c></row><row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="3">
<v>1.1000000000000001</v></c><c r="C2" s="1"><v>46027</v></c></row>
<row r="3"><c r="A3" t="inlineStr"><is><t>乙_x000D_
</t></is></c><c r="B3" s="3"><f>1+1</f><v>2</v></c><c r="C3" s="2"><v>46027.5</v></c></row>
<row r="4"><c r="A4"><v>7.0</v></c><c r="B4"><v>-3E-2</v></c><c r="C4" s="4">
<v>46027</v></c></row><row r="5"><c r="A5" t="str"><f>"x"&amp;1</f><v>x1</v></c>
<c r="B5"><v>5</v></c><c r="C5"><v>46027</v></c></row>
<row r="7"><c t="inlineStr"><is><t>z</t></is></c><c><v>6</v></c>
<c t="d"><v>2026-01-05T00:00:00</v></c></row>"""


@pytest.mark.parametrize("space", [MAIN, STRICT])
def test_as_excel_writes_it(space: str, tmp_path: Path) -> None:
    """Shared texts of several runs with readings, formats by number alone (31 is 2026年1月5日 in a
    Chinese Excel), 17 digits of 1.1, cells without a reference; both namespaces."""
    made = parts(ROWS, shared=SHARED, styles=STYLES, space=space)
    table = read(save(tmp_path / "t.xlsx", made))
    assert table.ids("id") == ["甲一", "乙", "7", "x1", "z"]
    assert table.numbers("x_m").tolist() == [1.1, 2, -0.03, 5, 6]
    assert table.columns["date"].to_pylist() == [
        "2026-01-05", "2026-01-05 12:00:00", "2026-01-05", "46027", "2026-01-05",
    ]  # fmt: skip
    assert table.cells("date", "date").to_pylist() == ["2026-01-05"] * 5
    assert [table.line(row) for row in range(5)] == [2, 3, 4, 5, 7]
    prefixed = {
        name: content.replace("<c", "<x:c").replace("</c", "</x:c").replace("<v", "<x:v")
        .replace("</v", "</x:v").replace("row", "x:row").replace("<worksheet", "<x:worksheet")
        .replace("</worksheet", "</x:worksheet").replace("sheetData", "x:sheetData")
        .replace("xmlns", "xmlns:x").replace("<is", "<x:is").replace("</is", "</x:is")
        .replace("<t", "<x:t").replace("</t", "</x:t").replace("<f", "<x:f").replace("</f", "</x:f")
        if "sheet1" in name else content
        for name, content in made.items()
    }  # fmt: skip
    again = read(save(tmp_path / "p.xlsx", prefixed))
    assert {n: c.to_pylist() for n, c in again.columns.items()} == {
        n: c.to_pylist() for n, c in table.columns.items()
    }


def test_a_workbook_by_its_content(tmp_path: Path) -> None:
    """What is called .csv and is a workbook is read as one."""
    assert read(excel(tmp_path / "t.xlsx", ["id", "x_m"], ["a", 1]).rename(tmp_path / "t.csv")).ids(
        "id"
    ) == ["a"]


DAY = dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [DAY, dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 5, 8, 30), "2026-01-05", "2026-1-5",
     "2026/1/5", "2026.01.05", "2026年1月5日", "2026 年 1 月 5 日", "2026年01月05号", "20260105",
     20260105, "２０２６－０１－０５", " 2026-01-05　", "2026/1/5 8:30", "2026-01-05T00:00:00.000"],
)  # fmt: skip
def test_days(cell: Any, tmp_path: Path) -> None:
    table = read(excel(tmp_path / "t.xlsx", ["id", "date"], ["a", cell]))
    assert table.cells("date", "date").to_pylist() == ["2026-01-05"]
    assert table.faults == []


def test_days_as_serial_numbers(tmp_path: Path) -> None:
    """A workbook says since when it counts; a text file does not."""
    rows = (["id", "date"], ["a", 46027], ["b", "46027"], ["c", 46027.75])
    for name, first, late in (("w.xlsx", None, False), ("m.xlsx", CALENDAR_MAC_1904, True)):
        path = excel(tmp_path / name, *rows, **({"epoch": first} if first else {}))
        days = read(path).cells("date", "date").to_pylist()
        assert days == [("2030-01-06" if late else "2026-01-05")] * 3
    (tmp_path / "t.csv").write_text("id,date\na,46027\nb,2026/1/5\n")
    table = read(tmp_path / "t.csv")
    assert table.cells("date", "date").to_pylist() == ["", "2026-01-05"]
    (fault,) = table.faults
    assert (fault.code, fault.line) == ("date_is_serial", 2)
    assert "2026-01-05, or 2030-01-06" in fault.message("en")


@pytest.mark.parametrize("serial", [1, 31, 59, 61, 367, 46027, 80000, 2958465])
def test_serials_as_openpyxl_counts_them(serial: int) -> None:
    assert cells.day_of_serial(serial, False) == from_excel(serial).date()
    if serial < 2957004:
        assert cells.day_of_serial(serial, True) == from_excel(serial, CALENDAR_MAC_1904).date()


@pytest.mark.parametrize(
    "cell", ["5/1/2026", "1.5", "5", "2026-13-01", "2026-02-30", "2026/1-5", "26/1/5", "202601",
             "2026-01-05-", "0000-00-00", "二〇二六年", "1e5"],
)  # fmt: skip
def test_no_days(cell: str, tmp_path: Path) -> None:
    """They stay as they are, for their reader to refuse."""
    table = read(excel(tmp_path / "t.xlsx", ["id", "date"], ["a", cell]))
    assert table.cells("date", "date").to_pylist() == [cell]


# What is refused


@pytest.mark.parametrize(
    "value", [500235198001011234.0, 1e17, 1e15, 2.0**53, -1e16, "5.00E+17", "1E+17"]
)
def test_ids_that_a_spreadsheet_has_spoilt(value: Any, tmp_path: Path) -> None:
    path = excel(tmp_path / "t.xlsx", ["id", "x_m"], ["a", 1], [value, 2], [999999999999999, 3])
    table = read(path)
    table.ids("id")
    (fault,) = table.faults
    assert (fault.code, fault.line, fault.sheet) == ("id_digits_lost", 3, "户表")
    assert fault.render("en").startswith(f"{path}#户表:3: id is ")
    assert "format to Text" in fault.message("en")
    assert "“文本”" in fault.message("zh")
    assert fault.as_record("zh")["sheet"] == "户表"


def test_ids_that_are_spoilt_in_other_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,x_m\n500235198001011234,1\n5.00E+17,2\n")
    pd.DataFrame({"id": [5e17], "x_m": [1]}).to_parquet(tmp_path / "t.parquet")
    for name, line in (("t.csv", 3), ("t.parquet", 1)):
        table = read(tmp_path / name)
        table.ids("id")
        assert [(fault.code, fault.line) for fault in table.faults] == [("id_digits_lost", line)]
    assert read(tmp_path / "t.csv").numbers("id").tolist() == [500235198001011234.0, 5e17]


def test_small_whole_numbers_are_ids_and_large_ones_numbers(tmp_path: Path) -> None:
    table = read(excel(tmp_path / "t.xlsx", ["id", "x_m"], [5.0, 1e17], [0, 1234567890123456.0]))
    assert table.ids("id") == ["5", "0"]
    assert table.numbers("x_m").tolist() == [1e17, 1234567890123456.0]
    assert table.faults == []


def test_formulas(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>x_m</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>B2</f><v>a</v></c><c r="B2"><f>1</f><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f>B3</f></c><c r="B3"><f>1</f><v></v></c></row>'
        '<row r="4"><c r="A4" t="e"><f>B</f><v>#REF!</v></c>'
        '<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    table = read(save(tmp_path / "t.xlsx", parts(rows)))
    assert len(set(table.ids("id"))) == 3
    assert table.numbers("x_m").tolist() == [1, 1, 1]
    assert sorted((fault.code, fault.line) for fault in table.faults) == [
        ("formula_error", 4), ("formula_error", 4),
        ("formula_uncalculated", 3), ("formula_uncalculated", 3),
    ]  # fmt: skip
    assert all(fault.records == () for fault in table.faults)


def test_files_that_are_no_workbooks(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
    opendocument = io.BytesIO()
    with zipfile.ZipFile(opendocument, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    for name, data, code in (
        ("locked.xlsx", ole + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
        ("old.xls", ole, "workbook_old"),
        ("wps.et", ole, "workbook_old"),
        ("text.xlsx", b"id,x_m\na,1\n", "workbook_not_xlsx"),
        ("page.xls", b"<html><table><tr><td>id</td></tr></table>", "workbook_not_xlsx"),
        ("t.ods", opendocument.getvalue(), "workbook_not_xlsx"),
        ("t.xlsx", b"", "empty_file"),
        ("z.xlsx", b"PK\3\4garbage", "workbook_damaged"),
    ):
        (tmp_path / name).write_bytes(data)
        assert [fault.code for fault in faults_of(tmp_path / name)] == [code], name


def cell(reference: str, value: str = "1") -> str:
    return f'<c r="{reference}"><v>{value}</v></c>'


HEADER = '<row r="1"><c t="str"><v>id</v></c><c t="str"><v>x_m</v></c></row>'
DAMAGE: dict[str, dict[str, Any]] = {
    "a document type": {"rows": '<!DOCTYPE x [<!ENTITY a "aaaa">]>'},
    "a text that is not there": {"rows": '<row r="2"><c t="s"><v>7</v></c></row>'},
    "a text before the first": {
        "rows": '<row r="2"><c t="s"><v>-1</v></c></row>',
        "shared": SHARED,
    },
    "a row beyond all": {"rows": f'<row r="99999999999">{cell("A2")}</row>'},
    "rows backwards": {"rows": f'<row r="5">{cell("A5")}</row><row r="4">{cell("A4")}</row>'},
    "a row of no number": {"rows": '<row r="x"/>'},
    "a column beyond all": {"rows": f'<row r="2">{cell("XFE2")}</row>'},
    "no column": {"rows": f'<row r="2">{cell("2")}</row>'},
    "a tag that is not closed": {"rows": "<row>"},
    "a sheet that is nowhere": {"sheets": '<sheet name="s" sheetId="1" r:id="rId9"/>'},
    "a text without end": {"rows": f"<row r='2'><c><v>{'1' * 20_000_000}</v></c></row>"},
    "a tag without end": {"rows": f"<row r='2' x='{'1' * 20_000_000}'/>"},
    "a style of no number": {"styles": "<cellXfs><xf numFmtId='x'/></cellXfs>"},
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = dict(DAMAGE[name])
    made = parts(HEADER + changes.pop("rows", ""), **changes)
    if name == "a document type":
        made["xl/worksheets/sheet1.xml"] = DAMAGE[name]["rows"] + made["xl/worksheets/sheet1.xml"]
    if "without end" in name:
        monkeypatch.setattr(workbooks, "_RATIO_MAX", 10_000)
    (fault,) = faults_of(save(tmp_path / "t.xlsx", made))
    assert fault.code == "workbook_damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_document_types_in_small_parts(part: str, tmp_path: Path) -> None:
    made = parts(HEADER + f'<row r="2">{cell("A2")}</row>')
    assert read(save(tmp_path / "t.xlsx", made)).rows == 1
    made[part] = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]>" + made[part]
    assert faults_of(save(tmp_path / "t.xlsx", made))[0].code == "workbook_damaged"


@given(st.integers(0, 10_000), st.binary(max_size=3))
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_damage_is_a_fault(tmp_path: Path, at: int, instead: bytes) -> None:
    path = excel(tmp_path / "t.xlsx", ["id", "x_m"], ["a", 1], ["b", dt.date(2026, 1, 5)])
    data = path.read_bytes()
    at %= len(data)
    path.write_bytes(data[:at] + instead + data[at + 1 :])
    faults: list[Fault] = []
    try:
        table = read(path)
        for name in table.names():
            assert len(table.texts(name)) == table.rows
    except Faults as error:
        faults = error.faults
    assert all(fault.render("zh") for fault in faults)


def test_bombs(tmp_path: Path) -> None:
    """What unpacks to far too much is refused before it is unpacked; what merely claims to be wide
    and long takes neither time nor memory."""
    bomb = parts(HEADER + "<row></row>" * 3_000_000)
    (fault,) = faults_of(save(tmp_path / "bomb.xlsx", bomb))
    assert fault.code == "workbook_too_large"
    begun = time.process_time()
    wide = "".join(f'<row r="{row}">{cell(f"XFD{row}")}</row>' for row in range(2, 20_000))
    far = f'<row r="1048576">{cell("A1048576")}</row>'
    areas = "".join(f'<mergeCell ref="A{row}:A1048576"/>' for row in range(2, 3000))
    made = parts(HEADER + wide + far, after=f"<mergeCells>{areas}</mergeCells>")
    table = read(save(tmp_path / "wide.xlsx", made))
    assert (table.rows, table.names()) == (19_999, ["id", "x_m"])
    assert time.process_time() - begun < 10


def test_a_sheet_of_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "CELLS_MAX", 100)
    path = excel(tmp_path / "t.xlsx", ["id", "x_m"], *([row, row] for row in range(60)))
    assert faults_of(path)[0].code == "sheet_too_large"


def test_header_faults_name_the_sheet(tmp_path: Path) -> None:
    path = excel(tmp_path / "t.xlsx", ["表"], ["id", "x_m", "x_m", "y_m"], ["a", 1, 2, 3])
    (fault,) = faults_of(path)
    assert fault.render("en") == (
        f"{path}#户表:2: 2 columns have the name x_m; give each column a name of its own"
    )
    (fault,) = faults_of(excel(path, ["表"], ["id", "x_m", "y_m"]))
    assert (fault.code, fault.line) == ("header_only", 2)
    table = read(excel(path, ["表"], ["id", "x_m", "y-m"], [1, 2, 3]))
    assert not table.require("y_m")
    assert table.faults[0].line == 2
    assert "did you mean y-m?" in table.faults[0].message("en")


def test_many_rows_are_read_faster_than_by_openpyxl(tmp_path: Path) -> None:
    """A million rows of six columns take 16 s where openpyxl's own streaming reader takes 50."""
    rows = 30_000
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("户")
    sheet.append(["id", "x_m", "y_m", "village"])
    for row in range(rows):
        sheet.append([f"H{row}", row / 8, row, f"村{row % 300}"])
    book.save(tmp_path / "t.xlsx")
    begun = time.process_time()
    table = read(tmp_path / "t.xlsx")
    ours = time.process_time() - begun
    assert table.rows == rows
    assert table.ids("id")[-1] == f"H{rows - 1}"
    assert np.array_equal(table.numbers("x_m"), np.arange(rows) / 8)
    begun = time.process_time()
    theirs = openpyxl.load_workbook(tmp_path / "t.xlsx", read_only=True)
    assert sum(1 for _ in theirs.worksheets[0].rows) == rows + 1
    theirs.close()
    assert ours < time.process_time() - begun


# The same table as a workbook and as CSV

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]),
    min_size=1,
    max_size=6,
).filter(lambda text: text.strip(cells.BLANKS) and text[0] not in "=#" and "_x00" not in text)
#: openpyxl writes 16 digits of a number, where Excel writes 17.
NUMBER = st.one_of(
    st.integers(-(10**14), 10**14),
    st.floats(-1e14, 1e14).map(lambda number: float(f"{number:.12g}")),
)
DATE = st.dates(dt.date(1900, 3, 2), dt.date(2199, 12, 31))
BLANK = st.sampled_from(["", "", " ", "　", "\u00a0", " \u200b"])
WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@st.composite
def styled(draw: Callable[..., Any], value: Any) -> Any:
    """A value as somebody put it into a cell: typed, or as a text with blanks, full-width."""
    kind = draw(st.sampled_from(["typed", "text", "wide"]))
    if isinstance(value, dt.date):
        text = draw(
            st.sampled_from(
                [f"{value:%Y-%m-%d}", f"{value.year}/{value.month}/{value.day}",
                 f"{value.year}年{value.month}月{value.day}日", f"{value:%Y%m%d}"]
            )
        )  # fmt: skip
    else:
        text = cells.number_text(float(value)) if isinstance(value, float) else str(value)
    if kind == "typed":
        return value
    if kind == "wide" and not isinstance(value, str):
        text = text.translate(WIDE)
    return draw(BLANK) + text + draw(BLANK)


ROW = st.tuples(TEXT, NUMBER, DATE)


@given(st.lists(ROW, min_size=1, max_size=12), st.data())
@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_workbook_reads_as_its_csv(tmp_path: Path, rows: list[Any], data: st.DataObject) -> None:
    header = ["id", "x_m", "date"]
    written = [[data.draw(styled(value)) for value in row] for row in rows]
    titles = data.draw(st.lists(st.sampled_from(["户表", "2026年"]), max_size=3))
    path = excel(tmp_path / "t.xlsx", *([title] for title in titles), header, *written)
    plain = pd.DataFrame(
        [[name, repr(float(number)), day.isoformat()] for name, number, day in rows], columns=header
    )
    plain.to_csv(tmp_path / "t.csv", index=False, encoding="utf-8")
    sheet, text = read(path), read(tmp_path / "t.csv")
    assert sheet.ids("id") == text.ids("id")
    assert sheet.numbers("x_m").tolist() == text.numbers("x_m").tolist()
    assert sheet.cells("date", "date").equals(text.cells("date", "date"))
    assert sheet.faults == text.faults == []
    assert sheet.line(0) == len(titles) + 2


# Through the commands


def test_titles_in_csv(tmp_path: Path) -> None:
    """As Excel saves such a sheet; lines are the file's."""
    path = tmp_path / "t.csv"
    path.write_text(
        '表,,\n"2026\n年",,\n,,\nid,x_m,y_m\na,1,2\n,,\nb,x,3\n,,\n', encoding="gb18030"
    )
    table = read(path)
    assert table.ids("id") == ["a", "b"]
    table.numbers("x_m")
    assert [(fault.code, fault.line) for fault in table.faults] == [("not_a_number", 8)]
    path.write_text("一,个,标题\nid\tx_m\na,b\t1\n")
    assert read(path).ids("id") == ["a,b"]
    path.write_text("表\nid,x_m\na,1,2\n")
    assert [(fault.code, fault.line) for fault in faults_of(path)] == [("ragged_row", 3)]
    path.write_text("a,id\nid,b\n")  # one name that is looked for makes no header
    assert read(path).ids("id") == ["b"]


@pytest.mark.usefixtures("without_pictures")
def test_columns_as_people_call_them(run: Run, tmp_path: Path) -> None:
    places = [(111.5 + i % 8 * 1e-4, 30.5 + i // 8 * 1e-4) for i in range(60)]
    rows = [[f"{i:03d}", x, y, "东村" if i < 30 else "西村"] for i, (x, y) in enumerate(places)]
    header = ["户编号", "经度", "纬度", "村"]
    excel(tmp_path / "t.xlsx", ["某镇农户登记表"], header, *rows, merged=["A1:D1"])
    excel(tmp_path / "e.xlsx", ["id", "lon", "lat", "village"], *rows)
    for name in ("t", "e"):
        done = run("partition", f"{name}.xlsx", "--out", name)
        assert done.code == 0, done.err
    assert Path("t/households.csv").read_bytes() == Path("e/households.csv").read_bytes()
    excel(tmp_path / "t.xlsx", [*header, "村名"], *([*row, "镇"] for row in rows))
    assert "say which it is by --village-column" in run("partition", "t.xlsx", "--out", "two").err
    assert run("partition", "t.xlsx", "--village-column", "村", "--out", "two").code == 0
    excel(tmp_path / "t.xlsx", ["门牌", *header[1:]], *rows)
    refused = run("partition", "t.xlsx", "--out", "no")
    assert "t.xlsx#户表:1: there is no column id; say which it is by --id-column" in refused.err


@pytest.mark.usefixtures("without_pictures")
def test_partition_of_a_workbook(run: Run, tmp_path: Path) -> None:
    rows = [
        [f"户{i}", i % 8 * 10.0, i // 8 * 10.0, "东村 " if i % 2 else "东村"] for i in range(40)
    ]
    header = ["户编号", "x_m", "y_m", "village"]
    excel(tmp_path / "town.xlsx", ["农户登记表"], header, *rows, merged=["A1:D1"])
    (tmp_path / "town.csv").write_text(
        "\n".join(",".join(map(str, row)) for row in [header, *rows]), encoding="gb18030"
    )
    for place in ("town.xlsx", "town.xlsx#户表", "town.csv"):
        done = run(
            "partition", place, "--id-column", "户编号", "--out", place.replace("#", "-") + ".d"
        )
        assert done.code == 0, done.err
    made = [Path(f"{place}.d/courtyards.csv").read_bytes() for place in ("town.xlsx", "town.csv")]
    assert made[0] == made[1]
    assert '"file": "town.xlsx#户表"' in Path("town.xlsx-户表.d/manifest.json").read_text()
    rows[4][0] = rows[3][0]
    rows[7][1] = "远"
    excel(tmp_path / "town.xlsx", ["农户登记表"], header, *rows)
    outcome = run("partition", "town.xlsx", "--id-column", "户编号", "--out", "out", "--lang", "zh")
    assert outcome.code == 2
    assert outcome.err.splitlines()[0].startswith("town.xlsx#户表:7: 户3: 第6行与第7行编号相同")
    assert outcome.err.splitlines()[1].startswith("town.xlsx#户表:10: 户7: “x_m”是“远”")


def test_points_of_workbooks(run: Run, tmp_path: Path) -> None:
    Path("rules.toml").write_text(
        '[rulebook]\nid = "v"\nvillages = ["*"]\neffective_from = 2026-01-01\n'
        '[[rule]]\nid = "r"\ndeed = "study"\npoints = 2\n'
    )
    titles = ["农户表", "2026年"]  # the ids of people are not used, so that 5e17 does no harm
    excel(tmp_path / "h.xlsx", titles, ["id", "village", "身份证"], [1.0, "东村", 5e17])
    header = ["register_no", "date", "household_id", "deed", "stage", "units"]
    days = [DAY, "2026年1月5日", "2026/1/5", 46027]
    rows = [[number, day, 1, "study", "posted ", "２"] for number, day in enumerate(days)]
    excel(tmp_path / "r.xlsx", ["登记表"], header, *rows)
    given = ("--households", "h.xlsx", "--register", "r.xlsx", "--as-of", "2026-03-31")
    done = run("points", "settle", "rules.toml", *given, "--out", "out")
    assert done.code == 0, done.err
    entries = pd.read_csv("out/entries.csv")
    assert entries["date"].tolist() == ["2026-01-05"] * 4
    rows[2][1], rows[3][2] = "5/1/2026", 5e17
    excel(tmp_path / "r.xlsx", ["登记表"], header, *rows)
    refused = run("points", "settle", "rules.toml", *given, "--out", "out2")
    assert refused.code == 2
    assert "r.xlsx#户表:6: household_id is 5E+17" in refused.err
    rows[3][2] = 1
    excel(tmp_path / "r.xlsx", ["登记表"], header, *rows)
    refused = run("points", "settle", "rules.toml", *given, "--out", "out2")
    assert refused.code == 2
    assert "r.xlsx#户表:5: " in refused.err


def test_lists_of_workbooks(run: Run, tmp_path: Path) -> None:
    header = ["need", "kind", "amount", "village", "priority", "from", "to"]
    excel(tmp_path / "n.xlsx", ["需求"], header, ["n1", "灯", 3.0, "a ", "１", DAY, "2026年2月1日"])
    source = ["id", "kind", "amount", "villages", "from", "to"]
    excel(tmp_path / "r.xlsx", source, ["r1", "灯 ", "４", "a", None, None])
    (tmp_path / "p.csv").write_text(",".join(source) + "\n")
    done = run("lists", "match", "n.xlsx", "r.xlsx", "p.csv", "--out", "m")
    assert done.code == 0, done.err
    assert Path("m/matches.csv").read_text().splitlines()[1].startswith("n1,r1,3")
    excel(tmp_path / "n.xlsx", ["需求"], header, ["n1", "灯", "x", "a", 1, "5/1/2026", None])
    refused = run("lists", "match", "n.xlsx", "r.xlsx", "p.csv", "--out", "m2")
    assert refused.code == 2
    assert all(line.startswith("n.xlsx#户表:3: ") for line in refused.err.splitlines()[:2])


def test_a_catalogue_of_a_workbook(tmp_path: Path) -> None:
    path = excel(
        tmp_path / "t.xlsx",
        ["甘泉镇履职事项清单"],
        ["序号", "事项\n名称", "清单类别", "生效日期"],
        [1.0, "低保对象走访", "基本履职", 46027],
        [2, "违法建设拆除", None, dt.date(2026, 2, 1)],
        [3, "防汛", "配合履职", "2026年3月1日"],
        merged=["A1:D1", "C3:C4"],
    )
    items = lists.from_table(f"{path}#户表", values={"actor": "level:town"})["item"]
    assert [(one["id"], one["list"], str(one["effective_from"])) for one in items] == [
        ("1", "must", "2026-01-05"), ("2", "must", "2026-02-01"), ("3", "assist", "2026-03-01"),
    ]  # fmt: skip
