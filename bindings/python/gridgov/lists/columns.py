"""Columns for the core: texts as Arrow has them, days as NumPy has them; copied only where the type
is another."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov import inputs
from gridgov.errors import DataError, Finding, finding, usage_error

#: "No date" of the core's days.
NO_DAY = 2**31 - 1
NO_ROW = 2**32 - 1
_EPOCH = dt.date(1970, 1, 1).toordinal()
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

TextArray = tuple[NDArray[np.int64], NDArray[np.uint8]]
Columns = Mapping[str, Any]


def text_array(values: Any) -> TextArray:
    """Offsets and bytes of texts, borrowed where they are Arrow's large strings already; the
    missing are empty, whole numbers are written without a point.

    >>> offsets, data = text_array(["甲", None, "b"])
    >>> offsets.tolist(), bytes(data).decode()
    ([0, 3, 3, 4], '甲b')
    """
    array = _texts(values)
    if array.null_count:
        array = pc.fill_null(array, "")
    offsets = np.frombuffer(array.buffers()[1], np.int64)
    data = array.buffers()[2]
    return (
        offsets[array.offset : array.offset + len(array) + 1],
        np.frombuffer(data if data is not None else b"", np.uint8),
    )


def _texts(values: Any) -> pa.LargeStringArray:
    if isinstance(values, pd.Series | pd.Index):
        if isinstance(values.dtype, pd.CategoricalDtype):
            kinds = pd.Series(values).cat
            names = pa.array(inputs.texts(pd.Series(kinds.categories)), pa.large_string())
            codes = kinds.codes.to_numpy()
            return names.take(pa.array(codes, mask=codes < 0))
        if not isinstance(values.dtype, pd.StringDtype) and values.dtype != object:
            return pa.array(inputs.texts(values), pa.large_string())
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    if isinstance(values, pa.Array):
        return values if pa.types.is_large_string(values.type) else values.cast(pa.large_string())
    try:
        array = pa.array(values, from_pandas=True)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if pa.types.is_string(array.type) or pa.types.is_null(array.type):
            return array.cast(pa.large_string())
        if pa.types.is_large_string(array.type):
            return array
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        pass  # of several kinds
    return pa.array(inputs.texts(values), pa.large_string())


def day_of(value: Any, option: str) -> int:
    """A day from 1970-01-01 of a date, a time stamp or `YYYY-MM-DD`."""
    if isinstance(value, str):
        value = _parsed(value.strip())
    elif isinstance(value, np.datetime64):
        value = cast("dt.date | None", value.astype("datetime64[D]").item())
    elif isinstance(value, pd.Timestamp | dt.datetime):
        value = None if value is pd.NaT else value.date()
    if not isinstance(value, dt.date):
        raise usage_error("lists_date_wrong", option=option)
    return value.toordinal() - _EPOCH


def _parsed(text: str) -> dt.date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def day_array(values: Any, wrong: Callable[[int, Any], None] | None = None) -> NDArray[np.int32]:
    """Days from 1970-01-01 of a column of dates or of texts `YYYY-MM-DD`; NO_DAY where the cell is
    empty or no date. `wrong` is told the row and the cell of those that are no date.

    >>> day_array(["1970-01-02", "", None]).tolist()
    [1, 2147483647, 2147483647]
    """
    if isinstance(values, pa.ChunkedArray | pa.Array):
        if pa.types.is_date32(values.type):
            days = pc.fill_null(pc.cast(values, pa.int32()), NO_DAY)
            return np.asarray(days, dtype=np.int32)
        if not pa.types.is_temporal(values.type):
            return _days_of_texts(values, wrong)
        values = values.to_pandas()
    array = np.asarray(values)
    if array.dtype.kind == "M":
        days = array.astype("datetime64[D]").astype(np.int64)
        missing = np.isnat(array)
        return np.where(missing, NO_DAY, days).astype(np.int32)
    if array.dtype == object and all(isinstance(value, dt.date) for value in array):
        return np.array([day_of(value, "") for value in array], dtype=np.int32)
    return _days_of_texts(_texts(values), wrong)


def _days_of_texts(values: Any, wrong: Callable[[int, Any], None] | None) -> NDArray[np.int32]:
    """Few dates make up a long column: each is read once."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if not isinstance(values, pa.DictionaryArray):
        values = values.dictionary_encode()
    cells = values.dictionary.to_pylist()
    days = np.full(len(cells) + 1, NO_DAY, dtype=np.int32)
    bad = np.zeros(len(cells) + 1, dtype=bool)
    for at, cell in enumerate(cells):
        shown = str(cell if cell is not None else "").strip()
        day = _parsed(shown.removesuffix(" 00:00:00").removesuffix("T00:00:00"))
        if day is not None:
            days[at] = day.toordinal() - _EPOCH
        bad[at] = day is None and shown != ""
    indices = np.asarray(pc.fill_null(values.indices, len(cells)), dtype=np.int64)
    if wrong is not None and bad.any():
        for row in np.flatnonzero(bad[indices]):
            wrong(int(row), cells[indices[row]])
    return days[indices]


def whole_array(values: Any, table: str, column: str, faults: list[Finding]) -> NDArray[np.int64]:
    """A column of whole numbers; a fault for each cell that is none."""
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else None
    if array is None:
        given = np.asarray(values)
        if given.dtype.kind in "iu":
            return given.astype(np.int64)
    numbers = np.zeros(len(values), dtype=np.int64)
    for row, text in enumerate(_texts(values).to_pylist()):
        cell = (text or "").strip()
        if re.fullmatch(r"[+-]?[0-9]{1,18}(\.0*)?", cell):
            numbers[row] = int(cell.partition(".")[0])
        else:
            faults.append(
                finding("lists_not_whole", table=table, row=row, column=column, value=cell)
            )
    return numbers


def columns_of(
    table: Any, name: str, needed: Iterable[str], optional: Iterable[str] = ()
) -> dict[str, Any]:
    """Columns of a frame or a mapping by name; UsageError for a needed one that is not there."""
    if isinstance(table, pa.Table):
        table = {column: table.column(column) for column in table.column_names}
    if isinstance(table, pd.DataFrame):
        found = {c: inputs.column_of(table, c, name) for c in needed}
        return found | {c: inputs.column_of(table, c, name) for c in optional if c in table.columns}
    if not isinstance(table, Mapping):
        raise usage_error(
            "type_wrong",
            option=name,
            given=type(table).__name__,
            wanted="a DataFrame, an Arrow table, or a mapping of columns",
        )
    for column in needed:
        if column not in table:
            there = ", ".join(map(str, table))
            raise usage_error("column_missing", table=name, column=column, there=there)
    names = [*needed, *optional]
    return {column: table[column] for column in names if column in table}


def refuse(faults: list[Finding]) -> None:
    """Raises the faults, if there are any."""
    if faults:
        raise DataError(faults)


def dates(days: NDArray[np.int32]) -> NDArray[np.datetime64]:
    """Days of the core as NumPy's; NaT where there is none."""
    found = days.astype("datetime64[D]")
    found[days == NO_DAY] = np.datetime64("NaT")
    return found


def categorical(codes: NDArray[Any], names: list[str]) -> pd.Categorical:
    """Codes with their names; missing where the code is none."""
    numbers = codes.astype(np.int64)
    numbers[numbers >= len(names)] = -1
    unique = list(dict.fromkeys(names))
    if len(unique) != len(names):
        places = {name: at for at, name in enumerate(unique)}
        numbers = np.array([*(places[name] for name in names), -1])[numbers]
        names = unique
    kinds = pd.Index(pd.array(names, dtype="str"))
    return pd.Categorical.from_codes(numbers, categories=kinds)
