"""Tables as people have them: CSV in UTF-8 or GB18030, comma or tab; .xlsx, Parquet, GeoJSON,
GeoPackage, Shapefile. Columns are found by name. Every fault is kept with the file's line.

Cells are read as text first and converted column by column, so that a wrong cell is shown as it
stands in the file. Line numbers are worked out only when there is something to report.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gridgov.faults import Fault, Faults, near, printable
from gridgov.inputs import NO

LINE_BYTES_MAX = 1 << 20
_CSV_FIELD_MAX = 1 << 27  # the csv module's own limit is lower than ours on lines
_GEO = {".geojson", ".json", ".gpkg", ".shp"}
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|#?n/?a|null|none|#num!|#value!)", re.IGNORECASE)


class Table:
    """A table in memory: its texts, the faults found so far, and where its rows stand."""

    def __init__(
        self,
        path: str,
        columns: dict[str, pa.Array],
        rows: int,
        lines: Callable[[], np.ndarray],
        crs: str | None = None,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.path = path
        self.columns = columns
        self.rows = rows
        self.crs = crs  # of a geographic file, else None
        self.faults: list[Fault] = list(faults)
        self._lines: np.ndarray | Callable[[], np.ndarray] = lines
        self._ids: pa.Array | None = None

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
        records = () if row is None or self._ids is None else (self._ids[row].as_py(),)
        line = self.line(row) if row is not None else 1
        self.faults.append(Fault(code, fields, self.path, line, records))

    def names(self) -> list[str]:
        """The names of the columns that have one."""
        return [column for column in self.columns if not column.startswith("\0")]

    def header(self) -> str:
        """The columns as a message shows them."""
        return ", ".join(printable(column, 30) for column in self.names()[:20])

    def require(self, *names: str) -> bool:
        """Whether all columns are there; notes a fault for each that is not."""
        missing = [name for name in names if name not in self.columns]
        for name in missing:
            self._missing(name)
        return not missing

    def _missing(self, name: str) -> None:
        named = self.names()
        there = self.header()
        meant = near(name, named)
        only = next(iter(named), "")
        if len(self.columns) == 1 and (";" in only or "|" in only):
            self.fault("separator", name=name, there=there)
        elif meant is not None:
            self.fault("missing_column_near", name=name, there=there, near=printable(meant))
        else:
            self.fault("missing_column", name=name, there=there)

    def ids(self, name: str) -> list[str]:
        """A column of texts that names the rows of this table in its faults."""
        self._ids = self.columns[name]
        return self.texts(name)

    def texts(self, name: str) -> list[str]:
        """A column of texts as it stands; a cell of blanks only is empty."""
        column = self.columns[name]
        blank = pc.utf8_is_space(column)
        if pc.any(blank).as_py():
            column = pc.if_else(blank, _large(""), column)
        texts: list[str] = column.to_pylist()
        return texts

    def truths(self, name: str) -> np.ndarray:
        """A column of yes and no. No is empty, 0, false, no, n, f, none, null, nan, off, -, 否, 无,
        不, 不能, 不可, × or ✗; all else is yes."""
        cells = pc.utf8_lower(pc.utf8_trim_whitespace(self.columns[name]))
        no = pc.is_in(cells, value_set=pa.array(sorted(NO), cells.type))
        return ~np.asarray(no, dtype=bool)

    def numbers(self, name: str, empty: Literal["fault", "nan"] = "fault") -> np.ndarray:
        """A column of finite numbers. An empty cell is NaN where that is allowed. A cell at fault
        is noted, and a number from the middle of the column stands for it, so that whoever checks
        the numbers further does not find the same fault again."""
        cells = pc.utf8_trim_whitespace(self.columns[name])
        try:
            values = np.array(pc.cast(cells, pa.float64()))  # a copy: Arrow's memory is read-only
            if np.isfinite(values).all():
                return values
        except pa.ArrowInvalid:
            pass
        good = np.asarray(pc.match_substring_regex(cells, _NUMBER), dtype=bool)
        values = np.full(self.rows, math.nan)
        values[good] = np.asarray(cells.filter(pa.array(good)).to_pylist(), dtype=np.float64)
        finite = np.isfinite(values)
        instead = float(np.median(values[finite])) if finite.any() else 1.0
        for row in np.flatnonzero(~finite):
            cell = cells[int(row)].as_py()
            if cell == "" and empty == "nan":
                continue
            values[row] = instead
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


def read(path: str | Path, *, may_be_empty: bool = False) -> Table:
    """Reads a table whole. Raises `Faults` where it is no table, or has no row unless it may be
    empty; faults of cells are found when columns are asked for."""
    name = str(path)
    suffix = Path(name).suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        return _read_sheet(name, may_be_empty)
    if suffix in {".parquet", ".pq"}:
        return _read_parquet(name, may_be_empty)
    if suffix in _GEO:
        from gridgov import layers

        return layers.read_points(name)
    return _read_text(name, may_be_empty)


def read_bytes(name: str) -> bytes:
    """A file's bytes; `Faults` where it cannot be read."""
    check_readable(name)
    return Path(name).read_bytes()


def check_readable(name: str) -> None:
    """Raises `Faults` where a file is not there or cannot be read."""
    try:
        if Path(name).is_dir():
            raise Faults([Fault("is_a_directory", {}, name)])
        Path(name).open("rb").close()
    except FileNotFoundError:
        raise Faults([_not_found(name)]) from None
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


def _read_text(name: str, may_be_empty: bool) -> Table:
    data = read_bytes(name)
    text = decode(name, data)
    if not data.isascii():
        data = text.encode()
    if not text.strip():
        raise Faults([Fault("empty_file", {}, name, 1)])
    _check_lines(name, data)
    separator = _separator(text)
    header = _header(name, text, separator)

    dropped = False

    def drop(_row: Any) -> str:
        nonlocal dropped
        dropped = True
        return "skip"

    names = [str(column) for column in range(len(header))]
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(data),
            read_options=pa.csv.ReadOptions(
                block_size=max(16 << 20, 2 * LINE_BYTES_MAX), column_names=names
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=drop
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={column: pa.large_string() for column in names},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise Faults(
            [*_diagnose(name, text, separator, len(header))]
            or [Fault("unparsable", {"reason": printable(reason, 200)}, name)]
        ) from None
    faults = []
    if dropped or data.count(b'"') % 2 == 1:
        faults = _diagnose(name, text, separator, len(header))
    if (faults and table.num_rows < 2) or table.num_rows < (1 if may_be_empty else 2):
        raise Faults(faults or [Fault("header_only", {}, name, 1)])
    columns = {
        column: table.column(position).combine_chunks().slice(1)
        for position, column in enumerate(header)
    }
    lines = lambda: _lines(text, separator, len(header))[1:]  # noqa: E731
    return Table(name, columns, table.num_rows - 1, lines, faults=faults)


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


def _separator(text: str) -> str:
    first = _first_line(text)
    return "\t" if first.count("\t") > first.count(",") else ","


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


def _header(name: str, text: str, separator: str) -> list[str]:
    try:
        line, cells = next(iter(_rows(text, separator)))
    except (StopIteration, csv.Error):
        raise Faults([Fault("empty_file", {}, name, 1)]) from None
    header = [cell.strip() for cell in cells]
    faults = []
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            faults.append(_duplicate(name, column, header, line))
    if all(re.fullmatch(_NUMBER, cell) for cell in header):
        faults.append(Fault("no_header", {"cells": printable(", ".join(header))}, name, line))
    if faults:
        raise Faults(faults)
    # Columns without a name cannot be asked for; they keep their place under a name of their own.
    return [column or f"\0{position}" for position, column in enumerate(header)]


def _duplicate(name: str, column: str, header: list[str], line: int) -> Fault:
    fields: dict[str, Any] = {"name": printable(column), "count": header.count(column)}
    return Fault("duplicate_column", fields, name, line)


def _diagnose(name: str, text: str, separator: str, width: int) -> list[Fault]:
    """Rows of another length than the header, and a quote that is never closed."""
    faults = []
    last, last_row = 1, []
    try:
        for line, row in _rows(text, separator):
            last, last_row = line, row
            if len(row) != width:
                fields: dict[str, Any] = {"there": len(row), "wanted": width}
                faults.append(Fault("ragged_row", fields, name, line, tuple(row[:1])))
    except csv.Error as error:
        fields = {"reason": printable(error)}
        return [*faults, Fault("unparsable", fields, name, last + 1)]
    if text.count('"') % 2 == 1 and any("\n" in cell for cell in last_row):
        faults = [fault for fault in faults if fault.line != last]
        faults.append(Fault("open_quote", {}, name, last))
    return faults


def from_frame(
    name: str, frame: Any, first_line: int, crs: str | None = None, *, may_be_empty: bool = False
) -> Table:
    """A table from a frame of any types; whole numbers are written without a point."""
    header = [str(column).strip() for column in frame.columns]
    faults = [
        _duplicate(name, column, header, 1)
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
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
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    shown = str(value)
    return "" if shown in {"<NA>", "NaT"} else shown.encode(errors="replace").decode()


def _read_sheet(name: str, may_be_empty: bool) -> Table:
    import pandas as pd

    data = read_bytes(name)
    if not data:
        raise Faults([Fault("empty_file", {}, name, 1)])
    try:
        frame = pd.read_excel(io.BytesIO(data), dtype=object, keep_default_na=False, header=None)
    except Exception as error:  # whatever a broken file makes of the reader is a fault of the file
        raise Faults([unreadable(name, error)]) from None
    if frame.empty:
        raise Faults([Fault("empty_file", {}, name, 1)])
    frame.columns = [_cell(value) or f"\0{place}" for place, value in enumerate(frame.iloc[0])]
    return from_frame(name, frame.iloc[1:], first_line=2, may_be_empty=may_be_empty)


def _read_parquet(name: str, may_be_empty: bool) -> Table:
    import pyarrow.parquet

    data = read_bytes(name)
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(data))
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
