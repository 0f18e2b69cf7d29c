"""Workbooks (.xlsx): the rows of one sheet as texts.

Read as a stream, part by part (ECMA-376, SpreadsheetML), with what a table needs and openpyxl's own
streaming reader cannot tell: formulas that were never calculated, merged cells, numbers as they
stand in the file; and bounded, whatever a hostile file claims its rows, columns and sizes to be.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from gridgov import cells
from gridgov.faults import Faults, near, numbered, printable
from gridgov.sheet_xml import Damage, Merge, local, parse_shared, parse_sheet

#: Endings that only workbooks have, those included that are refused.
SUFFIXES = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods"}
)
#: What is unpacked at most of one part; a sheet of a million rows and ten columns has 500 MB.
PART_BYTES_MAX = 2 << 30
_SHARED_BYTES_MAX, _SMALL_PART_BYTES_MAX = 512 << 20, 64 << 20
#: A part of more than 16 MB that shrinks to less than a 400th is no table: it is meant to choke.
_RATIO_MAX, _RATIO_FROM_BYTES = 400, 16 << 20
CELLS_MAX = 100_000_000
_CELLS_AT_A_TIME = 1 << 19
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\3\4"
#: Dates that Chinese Excel writes by number alone: 2026年1月5日, 1月5日, 上午8时 and so on.
_CHINESE_DATE_FORMATS = {*range(27, 37), *range(50, 59)}


@dataclass
class Sheet:
    """A sheet's table: columns of texts; `rows` are the sheet's own numbers of its rows."""

    name: str
    header: list[str] = field(default_factory=list)
    header_row: int = 1
    columns: list[pa.Array] = field(default_factory=list)
    rows: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty(0, np.int64))
    since_1904: bool = False


def is_workbook(data: bytes) -> bool:
    """Whether a file's content is that of a workbook, whatever its name says."""
    return data.startswith(_ZIP) and b"[Content_Types].xml" in data


def read(name: str, data: bytes, sheet: str | None, known: Collection[str]) -> Sheet:
    """The table of a sheet (of the first that is not hidden, if none is named). `known` names the
    columns that are looked for, so that titles above the header are told from it. Merged cells are
    filled downwards, as they look. Raises `Faults`."""
    _check_kind(name, data)
    found = Sheet(sheet or "")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _Book(name, archive)
            found.name, part = book.sheet(sheet)
            found.since_1904 = book.since_1904
            _fill(found, name, book, part, known)
            if not found.header:
                others = [other for other in book.visible() if other != found.name]
                fields = {"sheet_name": printable(found.name), "others": _listed(others)}
                raise Faults([numbered("sheet_empty", fields, name)])
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, ET.ParseError,
        Damage, KeyError, IndexError, ValueError, EOFError, NotImplementedError, OSError,
        RuntimeError,
    ) as error:  # fmt: skip
        told = error.args[0] if isinstance(error, KeyError) and error.args else error
        reason = printable(str(told) or type(error).__name__, 200)
        raise Faults([numbered("workbook_damaged", {"reason": reason}, name)]) from None
    return found


def _check_kind(name: str, data: bytes) -> None:
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        code = "workbook_encrypted" if encrypted else "workbook_old"
        raise Faults([numbered(code, None, name)])
    if not data.startswith(_ZIP):
        raise Faults([numbered("workbook_not_xlsx", None, name)])


def _listed(names: list[str]) -> str:
    shown = ", ".join(printable(one, 31) for one in names[:20])
    return shown + (", …" if len(names) > 20 else "") if names else "–"


class _Book:
    """The parts of a workbook that its sheets need."""

    def __init__(self, name: str, archive: zipfile.ZipFile) -> None:
        self.name = name
        self._archive = archive
        # Some writers use backslashes, or other cases than they refer to.
        self._parts = {_key(info.filename): info for info in archive.infolist()}
        roots = self._relations("")
        book = next((t for kind, t in roots.values() if kind == "officeDocument"), None)
        if book is None or not book.endswith(".xml") or book.lower() not in self._parts:
            raise Faults([numbered("workbook_not_xlsx", None, name)])
        tree = self._tree(book)
        if local(tree.tag) != "workbook":
            raise Faults([numbered("workbook_not_xlsx", None, name)])
        self._relation_of = self._relations(book)
        self._sheets: dict[str, tuple[str, bool]] = {}  # name → part, whether it is visible
        self.since_1904 = False
        for element in tree.iter():
            kind = local(element.tag)
            if kind == "workbookPr":
                self.since_1904 = element.get("date1904", "0") in {"1", "true", "on"}
            elif kind == "sheet":
                key = next(v for k, v in element.attrib.items() if local(k) == "id" and "}" in k)
                of, target = self._relation_of[key]
                if of == "worksheet":
                    visible = element.get("state", "visible") == "visible"
                    self._sheets[element.attrib["name"]] = target, visible

    def visible(self) -> list[str]:
        """The names of the sheets that are not hidden."""
        return [name for name, (_, visible) in self._sheets.items() if visible]

    def sheet(self, wanted: str | None) -> tuple[str, str]:
        """A sheet's name and part."""
        if not self._sheets:
            fields = {"sheet_name": "–", "others": "–"}
            raise Faults([numbered("sheet_empty", fields, self.name)])
        if wanted is None:
            wanted = next(iter(self.visible()), next(iter(self._sheets)))
        if wanted not in self._sheets:
            there = self.visible() or list(self._sheets)
            meant = near(wanted, there) or there[0]
            fields = {
                "wanted": printable(wanted),
                "known": _listed(there),
                "near": printable(meant),
            }
            raise Faults([numbered("sheet_not_found", fields, self.name)])
        return wanted, self._sheets[wanted][0]

    def shared(self) -> list[str]:
        """The texts that cells refer to by number."""
        texts: list[str] = []
        part = self._related("sharedStrings")
        if part is not None:
            parse_shared(self.chunks(part, _SHARED_BYTES_MAX), texts.append)
        return texts

    def date_styles(self) -> set[str]:
        """The numbers of the styles that show a number as a date, as cells have them."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        part = self._related("styles")
        if part is None:
            return set()
        formats: dict[int, str] = dict(BUILTIN_FORMATS)
        styles: list[int] = []
        for element in self._tree(part):
            if local(element.tag) == "numFmts":
                for one in element:
                    formats[int(one.attrib["numFmtId"])] = one.get("formatCode", "")
            elif local(element.tag) == "cellXfs":
                styles = [int(one.get("numFmtId", "0")) for one in element]
        dates = {
            number
            for number, shown in formats.items()
            if is_date_format(shown) and not is_timedelta_format(shown)
        }
        dates |= _CHINESE_DATE_FORMATS - formats.keys()
        return {str(place) for place, number in enumerate(styles) if number in dates}

    def _related(self, kind: str) -> str | None:
        targets = (target for of, target in self._relation_of.values() if of == kind)
        return next((target for target in targets if target.lower() in self._parts), None)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → kind and target of what a part refers to."""
        folder, file = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{file}.rels")
        if place.lower() not in self._parts:
            return {}
        found = {}
        for element in self._tree(place):
            if element.get("TargetMode") != "External":
                target = element.get("Target", "").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = kind, target
        return found

    def _tree(self, part: str) -> ET.Element:
        data = b"".join(self.chunks(part, _SMALL_PART_BYTES_MAX))
        if b"<!DOCTYPE" in data:
            raise Damage("DOCTYPE")
        return ET.fromstring(data)

    def chunks(self, part: str, most: int = PART_BYTES_MAX) -> Iterator[bytes]:
        """A part, unpacked piece by piece. What it says of its size is what is read of it."""
        info = self._parts[_key(part)]
        size, packed = info.file_size, max(info.compress_size, 1)
        if size > most or (size > _RATIO_FROM_BYTES and size > _RATIO_MAX * packed):
            fields = {"size": _megabytes(size), "packed": _megabytes(packed)}
            raise Faults([numbered("workbook_too_large", fields, self.name)])
        with self._archive.open(info) as stream:
            yield from _pieces(stream)


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(1 << 20):
        yield piece


def _fill(sheet: Sheet, name: str, book: _Book, part: str, known: Collection[str]) -> None:
    rows = _Rows(name, sheet.name, known)
    merges = parse_sheet(
        book.chunks(part), book.shared(), book.date_styles(), sheet.since_1904, rows.add
    )
    rows.end()
    if rows.header is not None:
        rows.table(sheet, merges)


class _Rows:
    """The rows of a sheet on their way into columns. The first wait until the header is known."""

    def __init__(self, name: str, sheet: str, known: Collection[str]) -> None:
        self._name, self._sheet, self._known = name, sheet, known
        self._waiting: list[tuple[int, dict[int, str]]] = []
        self._above: list[tuple[int, dict[int, str]]] = []
        self.header: dict[int, str] | None = None
        self._header_row = 0
        self._columns: list[int] = []
        self._texts: list[list[str]] = []
        self._done: list[list[pa.Array]] = []
        self._numbers = array("q")
        self._batch = 1

    def add(self, number: int, row: dict[int, str]) -> None:
        """Takes a row; one of blanks only is none."""
        if not any(text.strip(cells.BLANKS) for text in row.values()):
            return
        if self.header is None:
            self._waiting.append((number, dict(row)))
            if len(self._waiting) == cells.HEADER_ROWS_MAX:
                self._begin()
            return
        self._numbers.append(number)
        for column, texts in zip(self._columns, self._texts, strict=True):
            texts.append(row.get(column, ""))
        if len(self._numbers) % self._batch == 0:
            self._flush()

    def end(self) -> None:
        """All rows have come."""
        if self.header is None and self._waiting:
            self._begin()
        self._flush()

    def _begin(self) -> None:
        rows = [row for _, row in self._waiting]
        # A header of two rows has merged names above, others below: it is read as one.
        both = [upper | lower for upper, lower in pairwise(rows)]
        place = cells.header_row([row.values() for row in (*rows, *both)], self._known)
        if place is None:  # the first row that is no title
            place = next((at for at, row in enumerate(rows) if len(row) > 1), 0)
        self.header = (rows + both)[place]
        place = place if place < len(rows) else place - len(rows) + 1
        self._header_row = self._waiting[place][0]
        self._above = self._waiting[:place]
        # A name may stand in the row above, merged with the cell of the header.
        above = {column for _, row in self._above for column in row}
        self._columns = sorted({*self.header, *above})
        self._texts = [[] for _ in self._columns]
        self._done = [[] for _ in self._columns]
        self._batch = max(1, _CELLS_AT_A_TIME // len(self._columns))
        waiting, self._waiting = self._waiting[place + 1 :], []
        for number, row in waiting:
            self.add(number, row)

    def _flush(self) -> None:
        count = len(self._numbers) * len(self._columns)
        if count > CELLS_MAX:
            fields = {"sheet_name": printable(self._sheet), "cells": count, "most": CELLS_MAX}
            raise Faults([numbered("sheet_too_large", fields, self._name)])
        for texts, done in zip(self._texts, self._done, strict=True):
            done.append(_texts(texts))
            texts.clear()

    def table(self, sheet: Sheet, merges: list[Merge]) -> None:
        """Columns that have a name, merged cells filled."""
        assert self.header is not None
        names = {column: cells.column_name(self.header.get(column, "")) for column in self._columns}
        above = dict(self._above)
        numbers = np.array(self._numbers, np.int64)
        begins, header = self._header_row + 1, self._header_row
        down: dict[int, list[Merge]] = {}
        for merge in merges:
            column, first, last = merge
            if first <= header <= last:
                begins = max(begins, last + 1)  # the rest of a header of several rows
                if not names.get(column) and first in above:
                    names[column] = cells.column_name(above[first].get(column, ""))
            elif first > header:
                down.setdefault(column, []).append(merge)
        kept = np.flatnonzero(numbers >= begins)
        sheet.header_row = header
        sheet.rows = numbers[kept]
        for column, pieces in zip(self._columns, self._done, strict=True):
            if names[column]:
                source = _filled(numbers, down.get(column, []))[kept]
                sheet.header.append(names[column])
                sheet.columns.append(pa.concat_arrays(pieces).take(pa.array(source)))


def _filled(numbers: np.ndarray[Any, Any], merges: list[Merge]) -> np.ndarray[Any, Any]:
    """For each row, the row whose cell it shows."""
    source = np.arange(len(numbers))
    done = 0
    for _, first, last in sorted(merges, key=lambda merge: merge[1]):
        if first <= done:  # merged cells do not overlap
            continue
        done = last
        begin, end = np.searchsorted(numbers, [first, last + 1])
        if begin < end and numbers[begin] == first:
            source[begin:end] = begin
    return source


def _texts(texts: list[str]) -> pa.Array:
    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half of a pair of surrogates
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        return pa.array(clean, pa.large_string())
