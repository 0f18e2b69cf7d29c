"""The XML of a workbook's sheets and shared texts (ECMA-376, SpreadsheetML), as a stream.

One pass by expat: it holds no more than a row, and what a hostile file declares (document types,
rows and columns beyond Excel's) ends it with `Damage`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from gridgov import cells
from gridgov.faults import printable

ROWS_MAX, COLUMNS_MAX = 1 << 20, 1 << 14  # Excel's own
_SHARED_MAX = 1 << 24
_TOKEN_BYTES_MAX = 8 << 20  # a cell of Excel holds 32,767 characters
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_CONTROL = re.compile(r"_x00([01][0-9A-Fa-f])_")  # how OOXML writes a control character

#: Merged cells of several rows: their first column, first and last row.
Merge = tuple[int, int, int]


class Damage(Exception):
    """What the parts of a workbook say cannot be."""


def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def refuse(*_declared: Any) -> None:
        raise Damage("DOCTYPE")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _feed(parser: Any, pieces: Iterator[bytes], parts: list[str]) -> None:
    """Parses piece by piece, as long as no tag and no text (`parts`) grows beyond all measure."""
    fed = 0
    for piece in pieces:
        parser.Parse(piece, False)
        fed += len(piece)
        waiting = max(fed - parser.CurrentByteIndex, sum(map(len, parts)))
        if waiting > _TOKEN_BYTES_MAX:
            raise Damage(f"a text of more than {_TOKEN_BYTES_MAX >> 20} MB")
    parser.Parse(b"", True)


def _text(parts: list[str]) -> str:
    text = "".join(parts)
    if "_x00" in text:
        text = _CONTROL.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n")
    return text


def parse_shared(pieces: Iterator[bytes], found: Callable[[str], None]) -> None:
    """Hands on each text of the part of shared texts. Readings of characters (rPh) are left out."""
    parser = _parser()
    parts: list[str] = []
    readings = count = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal readings
        kind = local(tag)
        if kind == "t":
            parser.CharacterDataHandler = None if readings else parts.append
        elif kind == "rPh":
            readings += 1

    def end(tag: str) -> None:
        nonlocal readings, count
        kind = local(tag)
        if kind == "t":
            parser.CharacterDataHandler = None
        elif kind == "rPh":
            readings -= 1
        elif kind == "si":
            count += 1
            if count > _SHARED_MAX:
                raise Damage(f"more than {_SHARED_MAX} texts")
            found(_text(parts))
            parts.clear()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    _feed(parser, pieces, parts)


def parse_sheet(
    pieces: Iterator[bytes],
    shared: list[str],
    date_styles: set[str],
    since_1904: bool,
    found: Callable[[int, dict[int, str]], None],
) -> list[Merge]:
    """Hands on each row with its number and its texts by column (from 1); gives the merged cells
    that go over several rows."""
    parser = _parser()
    merges: list[Merge] = []
    column_of: dict[str, int] = {}
    row_number, column = 0, 0
    row: dict[int, str] = {}
    kind = style = ""
    value: str | None = None
    parts: list[str] = []
    formula = inline = False
    readings = 0
    c_tag = v_tag = f_tag = row_tag = t_tag = is_tag = reading_tag = merge_tag = ""

    def root(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal c_tag, v_tag, f_tag, row_tag, t_tag, is_tag, reading_tag, merge_tag
        space = tag[: len(tag) - len(local(tag))]
        names = ("c", "v", "f", "row", "t", "is", "rPh", "mergeCell")
        c_tag, v_tag, f_tag, row_tag, t_tag, is_tag, reading_tag, merge_tag = (
            space + name for name in names
        )
        parser.StartElementHandler = start

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row_number, column, kind, style, value, formula, inline, readings
        if tag == c_tag:
            reference = attributes.get("r")
            if reference is None:
                column += 1
            else:
                letters = reference.rstrip("0123456789")
                if letters not in column_of:
                    column_of[letters] = _column(letters)
                column = column_of[letters]
            kind = attributes.get("t", "n")
            style = attributes.get("s", "")
            value = None
            formula = inline = False
        elif tag == v_tag or (tag == t_tag and inline and not readings):
            if tag == v_tag:
                parts.clear()
            parser.CharacterDataHandler = parts.append
        elif tag == f_tag:
            formula = True
        elif tag == is_tag:
            inline = True
            parts.clear()
        elif tag == reading_tag:
            readings += 1
        elif tag == row_tag:
            number = int(attributes.get("r", row_number + 1))
            if not row_number < number <= ROWS_MAX:
                raise Damage(f"row {number} after row {row_number}")
            row_number, column = number, 0
            row.clear()
        elif tag == merge_tag:
            merge = _merge(attributes.get("ref", ""))
            if merge is not None:
                merges.append(merge)

    def end(tag: str) -> None:
        nonlocal value, readings
        if tag == c_tag:
            text = _cell(kind, style, value)
            if text:
                row[column] = text
            if column > COLUMNS_MAX:
                raise Damage(f"column {column}")
        elif tag == v_tag:
            parser.CharacterDataHandler = None
            value = "".join(parts)
        elif tag == t_tag:
            parser.CharacterDataHandler = None
        elif tag == is_tag:
            value = _text(parts)
        elif tag == reading_tag:
            readings -= 1
        elif tag == row_tag:
            found(row_number, row)

    def _cell(kind: str, style: str, value: str | None) -> str:
        if kind == "s":
            place = int(value or "")
            if place < 0:
                raise Damage(f"text {place}")
            return shared[place]
        if not value:  # a text may be empty, a number not
            return cells.UNCALCULATED if formula and kind != "str" else ""
        if kind == "n":
            if style in date_styles:
                return _date_text(value, since_1904)
            if value.isdigit() and len(value) < 16 and value.isascii() and value[0] != "0":
                return value
            return _number(value)
        if kind == "b":
            return "true" if value in {"1", "true"} else "false"
        if kind == "d":
            return value.removesuffix("Z").replace("T00:00:00", "").replace(".000", "")
        return _text([value])

    parser.StartElementHandler, parser.EndElementHandler = root, end
    _feed(parser, pieces, parts)
    return merges


def _column(letters: str) -> int:
    """A=1, Z=26, AA=27."""
    if not re.fullmatch(r"\$?[A-Z]{1,3}\$?", letters):
        raise Damage(f"cell {printable(letters)}")
    column = 0
    for letter in letters.strip("$"):
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _merge(reference: str) -> Merge | None:
    """The first column of merged cells and their rows; None where they are of one row."""
    begin, _, end = reference.partition(":")
    first, last = _REFERENCE.fullmatch(begin), _REFERENCE.fullmatch(end)
    if first is None or last is None or int(first[2]) >= int(last[2]):
        return None
    return _column(first[1]), int(first[2]), min(int(last[2]), ROWS_MAX)


def _number(value: str) -> str:
    """A number's text; what is no number (hostile files only) stays as it is, to be refused."""
    try:
        return cells.number_text(float(value)) if "_" not in value else value
    except (ValueError, OverflowError):
        return value


def _date_text(value: str, since_1904: bool) -> str:
    try:
        number = float(value)
        whole, seconds = divmod(round(number * 86400), 86400)
    except (ValueError, OverflowError):
        return value
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    time = f"{hour:02d}:{minute:02d}:{second:02d}"
    if 0 <= number < 1 and not (since_1904 and number == 0):
        return time
    day = cells.day_of_serial(whole, since_1904)
    if day is None:
        return _number(value)
    return f"{day.isoformat()} {time}" if seconds else day.isoformat()


def local(tag: str) -> str:
    """A tag without its namespace, of which there are several (transitional, strict)."""
    return tag.rpartition("}")[2]
