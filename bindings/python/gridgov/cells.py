"""What a cell says: spaces and full-width forms that mean nothing, days as people write them, ids
that a spreadsheet has spoilt, the row that holds the names of columns.

Nothing here guesses: what could mean two things stays as it is, and is refused by whoever needs it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Around a cell these mean nothing: Unicode's blanks, and the invisible marks that come along when
#: texts are pasted from web pages and messengers.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f"
    "\u2060\u3000\ufeff"
)
#: Full-width forms of ASCII, which Chinese keyboards give, and the minus sign. Not all of NFKC:
#: that would make 102 of 10², and 1 of ①.
_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x2212: 0x2D, 0x3000: 0x20}
#: A whole number as spreadsheets show it once it is too long for them: 5.00E+17.
_SPOILT = r"^[+-]?[0-9](\.[0-9]+)?E\+[0-9]{2,3}$"
#: What stands in a cell whose formula went wrong, and (our own) in one that was never calculated.
UNCALCULATED = "#UNCALCULATED!"
_ERROR = (
    r"^#(N/A|REF!|DIV/0!|NAME\?|VALUE!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!"
    r"|CONNECT!|BUSY!|UNKNOWN!|UNCALCULATED!)$"
)
_IS_ERROR = re.compile(_ERROR)
_DAY = re.compile(
    r"([0-9]{4})(?:(-|/|\.)([0-9]{1,2})\2([0-9]{1,2})|\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]"
    r"|([0-9]{2})([0-9]{2}))"
    r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
#: Serial numbers of days that are taken for such: 1927 to 2173, or four years later.
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")
#: A header stands in one of the first rows that hold anything.
HEADER_ROWS_MAX = 30


def folded(text: str) -> str:
    """A text with full-width letters, digits and signs as ASCII has them, without blanks around it.

    >>> folded(" １２．５　")
    '12.5'
    """
    return text.translate(_FULL_WIDTH).strip(BLANKS)


def trimmed(cells: pa.Array) -> pa.Array:
    """Texts without blanks around them."""
    return pc.utf8_trim(cells, characters=BLANKS)


def column_name(cell: str) -> str:
    """The name of a column as its cell says it: full-width letters of an ASCII name as ASCII has
    them; blanks and line breaks that only lay out a Chinese name left out.

    >>> column_name("ｘ＿ｍ "), column_name("人数（人）"), column_name("事项 名称")
    ('x_m', '人数（人）', '事项名称')
    """
    ascii_name = folded(cell)
    if ascii_name.isascii():
        return " ".join(ascii_name.split())
    name = cell.strip(BLANKS)
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", name).replace("\n", " ")


def header_row(rows: Sequence[Iterable[str]], known: Collection[str]) -> int | None:
    """Which of the first rows holds the names of columns: the first with the most of the names that
    are looked for, two at least. None where no row has two."""
    best, most = None, 1
    for place, cells in enumerate(rows):
        found = len({column_name(cell) for cell in cells} & set(known))
        if found > most:
            best, most = place, found
    return best


def is_error(cell: str) -> bool:
    """Whether a cell is what a formula leaves that went wrong: #REF!, #N/A …"""
    return cell.startswith("#") and _IS_ERROR.match(cell) is not None


def errors_among(cells: pa.Array) -> pa.Array:
    """Which of many cells are such."""
    return pc.match_substring_regex(cells, _ERROR)


def spoilt_among(cells: pa.Array) -> pa.Array:
    """Which of many cells hold a long number of which a spreadsheet has kept 15 digits at most."""
    return pc.match_substring_regex(cells, _SPOILT)


def number_text(value: float) -> str:
    """A number as a cell's text: a whole one without a point. From 16 digits on, where spreadsheets
    put zeros for digits, it has an exponent, so that nobody takes it for an id.

    >>> number_text(5.0), number_text(0.5), number_text(500235198001011234.0)
    ('5', '0.5', '5.0023519800101126E+17')
    """
    if abs(value) < 1e15:
        return str(int(value)) if value.is_integer() else repr(value)
    return np.format_float_scientific(value, trim="-", exp_digits=2).upper()


def day_of_serial(serial: int, since_1904: bool) -> dt.date | None:
    """The day that a spreadsheet numbers so. Those that count from 1900 think that year had a 29
    February, number 60.

    >>> day_of_serial(46027, False), day_of_serial(44565, True), day_of_serial(60, False)
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 5), None)
    """
    if since_1904:
        first = dt.date(1904, 1, 1)
    elif 0 < serial < 60:
        first = dt.date(1899, 12, 31)
    elif serial > 60:
        first = dt.date(1899, 12, 30)
    else:
        return None
    try:
        return first + dt.timedelta(days=serial)
    except OverflowError:
        return None


def day(cell: str, since_1904: bool | None = None) -> dt.date | None:
    """The day that a cell means, year first; a time of day after it is left out. A serial number
    counts where it is known since when days are counted.

    >>> {day(text) for text in ("2026-01-05", "2026/1/5", "2026年1月5日", "20260105")}
    {datetime.date(2026, 1, 5)}
    >>> day("46027"), day("46027", since_1904=False), day("5/1/2026")
    (None, datetime.date(2026, 1, 5), None)
    """
    text = folded(cell)
    written = _DAY.fullmatch(text)
    if written:
        numbers = [written[at] or written[other] or written[last]
                   for at, other, last in ((3, 5, 7), (4, 6, 8))]  # fmt: skip
        try:
            return dt.date(int(written[1]), *map(int, numbers))
        except ValueError:
            return None
    serial = _SERIAL.fullmatch(text)
    if serial is None or since_1904 is None:
        return None
    return day_of_serial(int(serial[1]), since_1904)


def days_of_serial(cell: str) -> tuple[dt.date, dt.date] | None:
    """Of a cell that is a serial number: its day counted from 1900, and from 1904."""
    serial = _SERIAL.fullmatch(folded(cell))
    if serial is None:
        return None
    since_1900, since_1904 = (day_of_serial(int(serial[1]), late) for late in (False, True))
    assert since_1900 is not None
    assert since_1904 is not None
    return since_1900, since_1904
