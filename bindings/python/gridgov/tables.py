"""Tables as people have them: CSV in UTF-8 or GB18030, comma or tab; .xlsx, Parquet, GeoJSON,
GeoPackage, Shapefile. Columns are found by name, below titles if need be. Every fault is kept with
the file's line, or the sheet and its row.

Cells are read as text first and converted column by column, so that a wrong cell is shown as it
stands in the file. Line numbers are worked out only when there is something to report.
"""

from __future__ import annotations

import csv
import io
import math
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gridgov import cells as cell_texts
from gridgov import workbooks
from gridgov.faults import Fault, Faults, near, numbered, printable
from gridgov.inputs import NO

LINE_BYTES_MAX = 1 << 20
_CSV_FIELD_MAX = 1 << 27  # the csv module's own limit is lower than ours on lines
_GEO = {".geojson", ".json", ".gpkg", ".shp"}
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|n/?a|null|none)", re.IGNORECASE)
_OF_SHEET = re.compile(r"(.+\.xls[xm])#(.+)", re.IGNORECASE | re.DOTALL)

#: What a column's cells are: an id or a word of ours, a number, a day, or whatever somebody wrote.
Kind = Literal["key", "number", "date", "text"]


class Table:
    """A table in memory: its texts, the faults found so far, and where its rows stand.

    `sheet` is that of a workbook, else None; `since_1904` tells from when a workbook counts days.
    """

    def __init__(
        self,
        path: str,
        columns: dict[str, pa.Array],
        rows: int,
        lines: Callable[[], np.ndarray],
        crs: str | None = None,
        faults: Iterable[Fault] = (),
        sheet: str | None = None,
        since_1904: bool | None = None,
    ) -> None:
        self.path = path
        self.columns = columns
        self.rows = rows
        self.crs = crs  # of a geographic file, else None
        self.faults: list[Fault] = list(faults)
        self.sheet = sheet
        self.header_line = 1
        self._since_1904 = since_1904
        self._lines: np.ndarray | Callable[[], np.ndarray] = lines
        self._ids: pa.Array | None = None
        self._cells: dict[tuple[str, Kind], pa.Array] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def line(self, row: int) -> int | None:
        """The line on which a row (from 0) begins; a feature's or sheet's number where the file
        has no lines."""
        if callable(self._lines):
            self._lines = self._lines()
        return int(self._lines[row]) if 0 <= row < len(self._lines) else None

    def set_lines(self, lines: Callable[[], np.ndarray]) -> None:
        """Says where the rows stand, if the one who made the table knows better."""
        self._lines = lines

    def fault(self, code: str, row: int | None = None, **fields: Any) -> None:
        """Notes a fault of a row, or of the header."""
        file, line, records = self._place(row)
        self.faults.append(Fault(code, fields, file, line, records, sheet=self.sheet))

    def _numbered(self, code: str, row: int, **fields: Any) -> None:
        """Notes a fault that has a number."""
        file, line, records = self._place(row)
        self.faults.append(numbered(code, fields, file, line, records, self.sheet))

    def _place(self, row: int | None) -> tuple[str, int | None, tuple[str, ...]]:
        if row is None:
            return self.path, self.header_line, ()
        own = None if self._ids is None else self._ids[row].as_py()
        return self.path, self.line(row), () if own in {None, _no_id(row)} else (own,)

    def names(self) -> list[str]:
        """The names of the columns that have one."""
        return [column for column in self.columns if not column.startswith("\0")]

    def header(self) -> str:
        """The columns as a message shows them."""
        return ", ".join(printable(column, 30) for column in self.names()[:20])

    def require(self, *names: str, option: Mapping[str, str] | None = None) -> bool:
        """Whether all columns are there; notes a fault for each that is not. `option` tells of some
        by which option another column is named."""
        missing = [name for name in names if name not in self.columns]
        for name in missing:
            self._missing(name, (option or {}).get(name))
        return not missing

    def _missing(self, name: str, option: str | None) -> None:
        named = self.names()
        there = self.header()
        meant = near(name, named)
        only = next(iter(named), "")
        if len(self.columns) == 1 and (";" in only or "|" in only):
            self.fault("separator", name=name, there=there)
        elif meant is not None:
            self.fault("missing_column_near", name=name, there=there, near=printable(meant))
        elif option is not None:
            self.fault("missing_column_option", name=name, option=option, there=there)
        else:
            self.fault("missing_column", name=name, there=there)

    def ids(self, name: str) -> list[str]:
        """A column of texts that names the rows of this table in its faults."""
        cells = self.cells(name, "key")
        self._ids = cells
        texts: list[str] = cells.to_pylist()
        return texts

    def texts(self, name: str) -> list[str]:
        """A column of ids or names, without blanks around them; see `cells`."""
        texts: list[str] = self.cells(name, "key").to_pylist()
        return texts

    def cells(self, name: str, kind: Kind) -> pa.Array:
        """A column's texts, without blanks around them.

        A "number" has full-width digits as ASCII has them; a "date" that is one is YYYY-MM-DD,
        however it was written; a "text" stays as it is. Notes a fault for a formula without a
        result or gone wrong, for an id whose digits a spreadsheet has lost, and for a day's serial
        number where it is not known since when days are counted; in a "text", which may never be
        used, for none.
        """
        if (name, kind) not in self._cells:  # a fault is noted once
            self._cells[name, kind] = self._read(name, kind)
        return self._cells[name, kind]

    def _read(self, name: str, kind: Kind) -> pa.Array:
        given = cell_texts.trimmed(self.columns[name])
        if kind == "text":
            return given
        given = self._without_errors(name, given, kind)
        if kind == "number":
            return _each(given, cell_texts.folded) if _has_full_width(given) else given
        return self._days(name, given) if kind == "date" else self._keys(name, given)

    def _without_errors(self, name: str, given: pa.Array, kind: Kind) -> pa.Array:
        if not pc.any(pc.starts_with(given, "#")).as_py():
            return given
        wrong = cell_texts.errors_among(given)
        for row in np.flatnonzero(np.asarray(wrong, dtype=bool)).tolist():
            cell = given[row].as_py()
            if cell == cell_texts.UNCALCULATED:
                self._numbered("formula_uncalculated", row, column=name)
            else:
                self._numbered("formula_error", row, column=name, value=cell)
        # Ids of their own, so that nobody tells of empty ones, or of the same one twice.
        instead = [_no_id(row) if kind == "key" else "" for row in range(len(given))]
        return pc.if_else(wrong, pa.array(instead, given.type), given)

    def _keys(self, name: str, given: pa.Array) -> pa.Array:
        if not pc.any(pc.match_substring(given, "E+")).as_py():
            return given
        spoilt = cell_texts.spoilt_among(given)
        for row in np.flatnonzero(np.asarray(spoilt, dtype=bool)).tolist():
            self._numbered("id_digits_lost", row, column=name, value=given[row].as_py())
        return given

    def _days(self, name: str, given: pa.Array) -> pa.Array:
        """Few days make up a long column: each is read once."""
        coded = given.dictionary_encode()
        cells = coded.dictionary.to_pylist()
        days = [cell_texts.day(cell, self._since_1904) for cell in cells]
        for place, (cell, day) in enumerate(zip(cells, days, strict=True)):
            if day is not None:
                cells[place] = day.isoformat()
                continue
            serial = cell_texts.days_of_serial(cell)
            if serial is not None:
                cells[place] = ""
                of = {"value": cell, "since_1900": serial[0], "since_1904": serial[1]}
                for row in np.flatnonzero(np.asarray(coded.indices) == place).tolist():
                    self._numbered("date_is_serial", row, column=name, **of)
        return pa.array(cells, pa.large_string()).take(coded.indices)

    def truths(self, name: str) -> np.ndarray:
        """A column of yes and no. No is empty, 0, false, no, n, f, none, null, nan, off, -, 否, 无,
        不, 不能, 不可, × or ✗; all else is yes."""
        cells = pc.utf8_lower(self.cells(name, "number"))
        no = pc.is_in(cells, value_set=pa.array(sorted(NO), cells.type))
        return ~np.asarray(no, dtype=bool)

    def numbers(self, name: str, empty: Literal["fault", "nan"] = "fault") -> np.ndarray:
        """A column of finite numbers. An empty cell is NaN where that is allowed. A cell at fault
        is noted, and a number from the middle of the column stands for it, so that whoever checks
        the numbers further does not find the same fault again."""
        try:
            values = np.array(pc.cast(cell_texts.trimmed(self.columns[name]), pa.float64()))
            if np.isfinite(values).all():
                return values
        except pa.ArrowInvalid:
            pass
        cells = self.cells(name, "number")
        told = {
            fault.line
            for fault in self.faults
            if fault.finding is not None and fault.finding.fields.get("column") == name
        }
        good = np.asarray(pc.match_substring_regex(cells, _NUMBER), dtype=bool)
        values = np.full(self.rows, math.nan)
        values[good] = np.asarray(cells.filter(pa.array(good)).to_pylist(), dtype=np.float64)
        finite = np.isfinite(values)
        instead = float(np.median(values[finite])) if finite.any() else 1.0
        for row in np.flatnonzero(~finite):
            cell = cells[int(row)].as_py()
            gone_wrong = cell == "" and bool(told) and self.line(int(row)) in told
            if cell == "" and empty == "nan" and not gone_wrong:
                continue
            values[row] = instead
            if gone_wrong:
                continue
            if cell == "":
                self.fault("empty_number", int(row), name=name)
            else:
                self._wrong_number(name, int(row), cell, bool(good[row]))
        return values

    def _wrong_number(self, name: str, row: int, cell: str, too_large: bool) -> None:
        shown = printable(cell)
        if too_large:
            self.fault("number_too_large", row, name=name, cell=shown)
        elif _NOT_FINITE.fullmatch(cell):
            self.fault("number_not_finite", row, name=name, cell=shown)
        elif _THOUSANDS.fullmatch(cell):
            meant = cell.replace(",", "")
            self.fault("number_with_comma", row, name=name, cell=shown, meant=meant)
        elif _DECIMAL_COMMA.fullmatch(cell):
            meant = cell.replace(",", ".")
            self.fault("number_with_comma", row, name=name, cell=shown, meant=meant)
        else:
            self.fault("not_a_number", row, name=name, cell=shown)


def is_true(text: str) -> bool:
    """Whether a cell says yes: see `Table.truths`."""
    return text.strip().lower() not in NO


def _no_id(row: int) -> str:
    """What stands for an id that a formula did not give."""
    return f"#{row + 1}"


def _each(column: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """A column with each of its texts changed; each that comes again only once."""
    coded = column.dictionary_encode()
    return pa.array(map(change, coded.dictionary.to_pylist()), column.type).take(coded.indices)


def _has_full_width(column: pa.Array) -> bool:
    return not pc.all(pc.string_is_ascii(column)).as_py()


def read(path: str | Path, *, columns: Collection[str] = (), may_be_empty: bool = False) -> Table:
    """Reads a table whole. `path` may name a sheet: FILE.xlsx#SHEET. `columns` are those that are
    looked for: titles above the header are told by it. Raises `Faults` where it is no table, or has
    no row unless it may be empty; faults of cells are found when columns are asked for."""
    name = str(path)
    file, sheet = located(name)
    suffix = Path(file).suffix.lower()
    if suffix in {".parquet", ".pq"}:
        return _read_parquet(name, may_be_empty)
    if suffix in _GEO:
        from gridgov import layers

        return layers.read_points(name)
    data = read_bytes(name)
    if suffix in workbooks.SUFFIXES or workbooks.is_workbook(data):
        return _read_workbook(name, data, sheet, columns, may_be_empty)
    return _read_text(name, data, columns, may_be_empty)


def located(name: str) -> tuple[str, str | None]:
    """The file of FILE.xlsx#SHEET, and the sheet; a file that is really called so is a file.

    >>> located("town.xlsx#户"), located("town#1.csv")
    (('town.xlsx', '户'), ('town#1.csv', None))
    """
    parted = _OF_SHEET.fullmatch(name)
    if parted is None or Path(name).exists():
        return name, None
    return parted[1], parted[2]


def read_bytes(name: str) -> bytes:
    """A file's bytes; `Faults` where it cannot be read."""
    check_readable(name)
    return Path(located(name)[0]).read_bytes()


def check_readable(name: str) -> None:
    """Raises `Faults` where a file is not there or cannot be read."""
    try:
        path = Path(located(name)[0])
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Faults([Fault("is_a_directory", {}, name)])
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):  # /dev/zero has no end
            raise Faults([Fault("is_a_device", {}, name)])
        path.open("rb").close()
    except FileNotFoundError:
        raise Faults([_not_found(located(name)[0])]) from None
    except OSError as error:
        raise Faults([Fault("unreadable", {"reason": error.strerror or ""}, name)]) from None
    except ValueError:  # a NUL in the path
        raise Faults([Fault("not_found", {}, printable(name))]) from None


def _not_found(name: str) -> Fault:
    try:
        meant = near(Path(name).name, (entry.name for entry in Path(name).parent.iterdir()))
    except OSError:
        meant = None
    if meant is None:
        return Fault("not_found", {}, name)
    return Fault("not_found_near", {"near": str(Path(name).parent / meant)}, name)


def decode(name: str, data: bytes) -> str:
    """Text from UTF-8 (with or without BOM), GB18030, or UTF-16 with a BOM (Excel's "Unicode
    text"); `Faults` that name the first byte which is none of them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            pass
    nul = data.find(0)
    if nul >= 0:
        raise Faults([Fault("nul_byte", {"byte": nul + 1}, name, _line_of(data, nul))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf8 = error
    try:
        return data.decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        # The encoding that goes on for longer is the one that was meant.
        at = max(error.start, utf8.start)
    fields = {"byte": at + 1, "value": f"0x{data[at]:02X}"}
    raise Faults([Fault("encoding", fields, name, _line_of(data, at))])


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _read_text(name: str, data: bytes, known: Collection[str], may_be_empty: bool) -> Table:
    text = decode(name, data)
    if not data.isascii():
        data = text.encode()
    if not text.strip():
        raise Faults([Fault("empty_file", {}, name, 1)])
    _check_lines(name, data)
    separator, titles = _separator(text, known)
    if titles:
        text = _without_lines(text, titles)
        data = text.encode()
    header = _header(name, text, separator, titles)
    faults: list[Fault] = []
    try:
        table = _parsed(data, separator, len(header))
        if data.count(b'"') % 2 == 1:
            faults = _diagnose(name, text, separator, len(header), titles)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        faults = _diagnose(name, text, separator, len(header), titles) or [
            Fault("unparsable", {"reason": printable(reason, 200)}, name)
        ]
        # The other rows may have faults too.
        try:
            table = _parsed(_even_rows(text, separator, len(header)), separator, len(header))
        except (pa.ArrowInvalid, csv.Error):
            raise Faults(faults) from None
    found = [column.combine_chunks().slice(1) for column in table.columns]
    kept = _not_blank(found) if table.num_rows > 1 else None
    if kept is not None:
        found = [column.filter(kept) for column in found]
    rows = len(found[0])
    if (faults and rows < 1) or rows < (0 if may_be_empty and table.num_rows else 1):
        raise Faults(faults or [Fault("header_only", {}, name, 1 + titles)])

    def lines() -> np.ndarray:
        all_lines = _lines(text, separator, len(header))[1:] + titles
        return all_lines if kept is None else all_lines[np.asarray(kept, dtype=bool)]

    made = Table(name, dict(zip(header, found, strict=True)), rows, lines, faults=faults)
    made.header_line = 1 + titles
    return made


def _parsed(data: bytes, separator: str, width: int) -> pa.Table:
    """All rows, the header's too, as texts. Raises ArrowInvalid where one has another width."""
    names = [str(column) for column in range(width)]
    return pyarrow.csv.read_csv(
        _arrow_file(data),
        read_options=pa.csv.ReadOptions(
            block_size=max(16 << 20, 2 * LINE_BYTES_MAX), column_names=names
        ),
        parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types={column: pa.large_string() for column in names},
            strings_can_be_null=False,
        ),
    )


def _even_rows(text: str, separator: str, width: int) -> bytes:
    """The rows that are as wide as the header."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(row for _, row in _rows(text, separator) if len(row) == width)
    return kept.getvalue().encode()


def _arrow_file(data: bytes) -> pa.BufferReader:
    """Bytes in Arrow's own memory. Arrow's threads may let go of a file after it was read; were it
    an object of Python's, they would do so while Python exits, which ends in an abort
    (apache/arrow#34314)."""
    memory = pa.BufferOutputStream()
    memory.write(data)
    return pa.BufferReader(memory.getvalue())


def _not_blank(columns: list[pa.Array]) -> pa.Array | None:
    """Which rows hold anything; None where all do. Spreadsheets save rows of nothing but commas."""
    blank = None
    for column in columns:
        empty = pc.equal(cell_texts.trimmed(column), _large(""))
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return None
    return pc.invert(blank)


def _check_lines(name: str, data: bytes) -> None:
    ends = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero((ends == 10) | (ends == 13))
    edges = np.concatenate(([-1], breaks, [len(data)]))
    longest = int(np.argmax(np.diff(edges)))
    length = int(edges[longest + 1] - edges[longest] - 1)
    if length > LINE_BYTES_MAX:
        line = _line_of(data, int(edges[longest]) + 1)
        fields = {"length": length, "most": LINE_BYTES_MAX}
        raise Faults([Fault("line_too_long", fields, name, line)])


def _first_line(text: str) -> str:
    for line in io.StringIO(text[: LINE_BYTES_MAX * 2], newline=None):
        if line.strip():
            return line
    return ""


def _separator(text: str, known: Collection[str]) -> tuple[str, int]:
    """What separates the columns, and how many lines stand above their names."""
    first = _first_line(text)
    likely = "\t" if first.count("\t") > first.count(",") else ","
    begin = text[: LINE_BYTES_MAX * 2]
    for separator in (likely, "," if likely == "\t" else "\t") if known else ():
        try:
            rows = list(islice(_rows(begin, separator), cell_texts.HEADER_ROWS_MAX))
        except csv.Error:
            continue
        place = cell_texts.header_row([cells for _, cells in rows], known)
        if place is not None:
            return separator, rows[place][0] - 1 if place else 0
    return likely, 0


def _without_lines(text: str, count: int) -> str:
    lines = io.StringIO(text, newline="")
    for _ in range(count):
        lines.readline()
    return lines.read()


def _rows(text: str, separator: str, strict: bool = False) -> Iterable[tuple[int, list[str]]]:
    """Every row with the line that it begins on, blank lines left out: as Arrow reads them."""
    csv.field_size_limit(_CSV_FIELD_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    begins = 1
    for row in reader:
        if row:
            yield begins, row
        begins = reader.line_num + 1


def _lines(text: str, separator: str, width: int) -> np.ndarray:
    kept = (line for line, row in _rows(text, separator) if len(row) == width)
    return np.fromiter(kept, dtype=np.int64)


def _header(name: str, text: str, separator: str, titles: int) -> list[str]:
    try:
        line, cells = next(iter(_rows(text, separator)))
    except (StopIteration, csv.Error):
        raise Faults([Fault("empty_file", {}, name, 1)]) from None
    header = [cell_texts.column_name(cell) for cell in cells]
    faults = _header_faults(name, header, line + titles)
    if all(re.fullmatch(_NUMBER, cell) for cell in header):
        fields = {"cells": printable(", ".join(header))}
        faults.append(Fault("no_header", fields, name, line + titles))
    if faults:
        raise Faults(faults)
    # Columns without a name cannot be asked for; they keep their place under a name of their own.
    return [column or f"\0{position}" for position, column in enumerate(header)]


def _header_faults(
    name: str, header: list[str], line: int, sheet: str | None = None
) -> list[Fault]:
    """A fault for every name that several columns have."""
    twice = [one for one in dict.fromkeys(header) if one and header.count(one) > 1]
    return [
        Fault(
            "duplicate_column",
            {"name": printable(column), "count": header.count(column)},
            name,
            line,
            sheet=sheet,
        )
        for column in twice
    ]


def _diagnose(name: str, text: str, separator: str, width: int, titles: int) -> list[Fault]:
    """Rows of another length than the header, and a quote that is never closed."""
    faults = []
    last, last_row = 1, []
    try:
        for line, row in _rows(text, separator):
            last, last_row = line, row
            if len(row) != width:
                fields: dict[str, Any] = {"there": len(row), "wanted": width}
                faults.append(Fault("ragged_row", fields, name, line + titles, tuple(row[:1])))
    except csv.Error as error:
        fields = {"reason": printable(error)}
        return [*faults, Fault("unparsable", fields, name, last + 1 + titles)]
    if text.count('"') % 2 == 1 and any("\n" in cell for cell in last_row):
        faults = [fault for fault in faults if fault.line != last + titles]
        faults.append(Fault("open_quote", {}, name, last + titles))
    return faults


def from_frame(
    name: str, frame: Any, first_line: int, crs: str | None = None, *, may_be_empty: bool = False
) -> Table:
    """A table from a frame of any types; whole numbers are written without a point."""
    header = [str(column).strip() for column in frame.columns]
    faults = _header_faults(name, header, 1)
    if not header:
        faults.append(Fault("empty_file", {}, name, 1))
    elif not len(frame) and not may_be_empty:
        faults.append(Fault("header_only", {}, name, 1))
    if faults:
        raise Faults(faults)
    columns = {
        column: pa.array([_cell(value) for value in frame.iloc[:, position]], pa.large_string())
        for position, column in enumerate(header)
    }
    rows = len(frame)
    return Table(name, columns, rows, lambda: np.arange(rows) + first_line, crs)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return "" if value is None else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return "" if math.isnan(number) else cell_texts.number_text(number)
    shown = str(value)
    return "" if shown in {"<NA>", "NaT"} else shown.encode(errors="replace").decode()


def _read_workbook(
    name: str, data: bytes, sheet: str | None, known: Collection[str], may_be_empty: bool
) -> Table:
    if not data:
        raise Faults([Fault("empty_file", {}, name, 1)])
    found = workbooks.read(name, data, sheet, known)
    faults = _header_faults(name, found.header, found.header_row, found.name)
    if not faults and not len(found.rows) and not may_be_empty:
        faults.append(Fault("header_only", {}, name, found.header_row, sheet=found.name))
    if faults:
        raise Faults(faults)
    table = Table(
        name,
        dict(zip(found.header, found.columns, strict=True)),
        len(found.rows),
        lambda: found.rows,
        sheet=found.name,
        since_1904=found.since_1904,
    )
    table.header_line = found.header_row
    return table


def _read_parquet(name: str, may_be_empty: bool) -> Table:
    import pyarrow.parquet

    data = read_bytes(name)
    try:
        table = pyarrow.parquet.read_table(_arrow_file(data))
        if table.schema.metadata and b"geo" in table.schema.metadata:
            from gridgov import layers

            return layers.read_points(name)
        frame = table.to_pandas()
    except Faults:
        raise
    except Exception as error:
        raise Faults([unreadable(name, error)]) from None
    return from_frame(name, frame, first_line=1, may_be_empty=may_be_empty)


def unreadable(name: str, error: Exception) -> Fault:
    """The fault of a file that a reader could make nothing of."""
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    return Fault("unreadable", {"reason": printable(reason, 200)}, name)


def write_csv(frame: Any, path: Path, decimals: int = 6) -> None:
    """Writes a frame as CSV: UTF-8, LF, quotes only where a cell needs them, numbers with `.` and
    at most `decimals` decimals without trailing zeros; a missing value is an empty cell."""
    names = pa.array([str(column) for column in frame.columns], pa.large_string())
    header = ",".join(_quoted(names).to_pylist()) + "\n"
    with path.open("wb") as file:
        file.write(header.encode())
        step = 1 << 18  # rows at a time bound the memory
        for start in range(0, len(frame), step):
            part = frame.iloc[start : start + step]
            cells = [_texts(part[column], decimals) for column in part.columns]
            rows = pc.binary_join_element_wise(*cells, _large(",")) if len(cells) > 1 else cells[0]
            file.write("\n".join(rows.to_pylist()).encode() + b"\n")


def _texts(values: Any, decimals: int) -> pa.Array:
    if values.dtype.kind == "f":
        given = values.to_numpy(dtype=np.float64)
        # Rounding goes through given × 10^decimals: beyond this it would spoil digits.
        rounded = np.where(np.abs(given) < 2**52 / 10**decimals, np.round(given, decimals), given)
        numbers = rounded + 0.0  # −0 becomes 0
        texts = pc.cast(pa.array(numbers, from_pandas=True), pa.large_string())
        if pc.any(pc.match_substring(texts, "e")).as_py():  # 1e-05, 1e+17
            plain = [
                text
                if text is None or "e" not in text
                else f"{float(text):.{decimals}f}".rstrip("0").rstrip(".")
                for text in texts.to_pylist()
            ]
            texts = pa.array(plain, pa.large_string())
        texts = pc.replace_substring_regex(texts, r"\.0$", "")
    elif values.dtype.kind == "b":
        texts = pc.if_else(pa.array(values), _large("true"), _large("false"))
    elif values.dtype.kind in "iu":
        texts = pc.cast(pa.array(values), pa.large_string())
    else:
        texts = _quoted(pa.array(values.astype("str"), pa.large_string(), from_pandas=True))
    return pc.fill_null(texts, "")


def _quoted(texts: pa.Array) -> pa.Array:
    needs = pc.match_substring_regex(texts, '[",\r\n]')
    if not pc.any(needs).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    mark = _large('"')
    return pc.if_else(needs, pc.binary_join_element_wise(mark, doubled, mark, _large("")), texts)


def _large(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())
