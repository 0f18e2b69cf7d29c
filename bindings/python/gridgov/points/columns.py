"""Tables as Python has them into the core's columns, without copies where the types allow it.

A table is a DataFrame, a mapping of columns, or an Arrow table. A column of the core is a tuple:
("texts", bytes, offsets) and ("codes", codes, bytes, offsets) as Arrow lays texts out, ("integers",
…), ("reals", …), ("days", …) and ("booleans", …).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov import inputs
from gridgov.errors import usage_error

Column = tuple[Any, ...]

_NO_NUMBER = np.iinfo(np.int64).min
_NO_DAY = np.iinfo(np.int32).max
_NO_CODE = np.iinfo(np.uint32).max
_FEN_MOST = 10**12

#: Of each table: the core's name of a column, its name in files, what it holds.
COLUMNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "households": (
        ("household_ids", "household_id", "key"),
        ("villages", "village", "key"),
    ),
    "persons": (
        ("person_ids", "person_id", "key"),
        ("household_ids", "household_id", "key"),
        ("valid_from", "valid_from", "date"),
        ("valid_to", "valid_to", "date"),
    ),
    "register": (
        ("register_nos", "register_no", "key"),
        ("dates", "date", "date"),
        ("household_ids", "household_id", "key"),
        ("person_ids", "person_id", "key"),
        ("deeds", "deed", "key"),
        ("units", "units", "number"),
        ("evidence", "evidence", "number"),
        ("witnesses", "witnesses", "number"),
        ("stages", "stage", "key"),
        ("reverses", "reverses", "key"),
        ("recorded_on", "recorded_on", "date"),
        ("published_on", "published_on", "date"),
        ("objections", "objection", "key"),
        ("reviewers", "reviewer", "key"),
        ("mended_on", "mended_on", "date"),
    ),
    "exchanges": (
        ("exchange_nos", "exchange_no", "key"),
        ("dates", "date", "date"),
        ("household_ids", "household_id", "key"),
        ("goods", "good", "key"),
        ("quantities", "quantity", "number"),
        ("shops", "shop", "key"),
        ("returns", "returns", "key"),
    ),
    "goods": (
        ("goods", "good", "key"),
        ("titles", "title", "key"),
        ("points", "points", "number"),
        ("stock", "stock", "number"),
        ("shops", "shop", "key"),
        ("effective_from", "effective_from", "date"),
    ),
}
#: The columns of a table that must be there.
REQUIRED = {
    "households": ("household_id",),
    "persons": ("person_id", "household_id"),
    "register": ("register_no", "date", "household_id", "deed", "stage"),
    "exchanges": ("exchange_no", "date", "household_id", "good", "quantity", "shop"),
    "goods": ("good", "points", "stock", "shop", "effective_from"),
}
#: Keys that seldom come twice; the others are coded, so that the core looks each up once.
_SINGLE = {
    "households": ("household_id",),
    "persons": ("person_id",),
    "register": ("register_no", "reverses"),
    "exchanges": ("exchange_no", "returns"),
    "goods": ("title",),
}
#: Of keys that name rows of another table: that table, and its core's column.
_REFERS = {
    "household_id": ("households", "household_ids"),
    "person_id": ("persons", "person_ids"),
}
#: Where a household's village is not told, as in `gridgov.partition`.
ONE_VILLAGE = "all"


def tables(given: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """All tables as the core takes them; `wanted` are the columns that rules name."""
    made: dict[str, Any] = {}
    names = set(wanted)
    frames = {
        table: frame_columns(frame, table) for table, frame in given.items() if frame is not None
    }
    there = {name for columns in frames.values() for name in columns}
    if not names <= there:
        names = there  # so that the core can tell which columns there are
    for table, columns in frames.items():
        known = {name for _, name, _ in COLUMNS[table]}
        for name in REQUIRED[table]:
            if name not in columns:
                raise usage_error(
                    "column_missing", table=table, column=name, there=", ".join(columns)
                )
        converted: dict[str, Any] = {}
        for core, name, kind in COLUMNS[table]:
            if name not in columns:
                continue
            if kind != "key" or name in _SINGLE[table]:
                converted[core] = _CONVERTERS[kind](columns[name])
            elif name in _REFERS:
                other, ids = _REFERS[name]
                converted[core] = reference(columns[name], made.get(other, {}).get(ids))
            else:
                converted[core] = word(columns[name])
        if table == "households" and "villages" not in converted:
            converted["villages"] = _constant(ONE_VILLAGE, len(columns["household_id"]))
        if table == "goods" and "yuan" in columns:
            converted["fen"] = fen(columns["yuan"])
        others = set() if table in ("exchanges", "goods") else names.intersection(columns) - known
        converted["columns"] = {name: named(columns[name]) for name in sorted(others)}
        made[table] = converted
    return made


def frame_columns(frame: Any, table: str) -> dict[str, Any]:
    """The columns of a table by name, whatever it is given as."""
    if isinstance(frame, pd.DataFrame):
        names = list(frame.columns)
        for name in names:
            if names.count(name) > 1:
                raise usage_error("column_duplicate", table=table, column=name)
        found = {str(name): frame[name] for name in names}
    elif isinstance(frame, pa.Table):
        found = dict(zip(frame.column_names, frame.columns, strict=True))
    elif isinstance(frame, Mapping):
        found = {str(name): column for name, column in frame.items()}
    else:
        raise usage_error(
            "type_wrong",
            option=table,
            given=type(frame).__name__,
            wanted="a DataFrame, a mapping of columns, or an Arrow table",
        )
    if table == "households" and "household_id" not in found and "id" in found:
        found["household_id"] = found["id"]
    return found


def key(values: Any) -> Column:
    """Ids and words."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return _arrow_key(values)
    if not isinstance(values, pd.Series | pd.Index | np.ndarray):
        values = list(values)
    series = pd.Series(values)
    if isinstance(series.dtype, pd.CategoricalDtype):
        # No category is −1, which as uint32 is _NO_CODE.
        of: Any = series.array  # whose codes are not copied, as those of series.cat are
        coded = of.codes.astype(np.int32, copy=False).view(np.uint32)
        return ("codes", coded, *key(series.cat.categories)[1:])
    if isinstance(series.dtype, pd.StringDtype | pd.ArrowDtype):
        return _arrow_key(pa.array(series, from_pandas=True))
    if series.dtype == object:
        try:
            return _arrow_key(pa.array(series.to_numpy(), pa.large_string(), from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            pass  # numbers or dates among the texts, or no UTF-8
    return ("texts", *_buffers(_large(inputs.texts(series))))


def _arrow_key(values: Any) -> Column:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
        if isinstance(values, pa.ChunkedArray):  # of dictionaries that differ
            values = pa.concat_arrays(values.unify_dictionaries().chunks)
    if pa.types.is_dictionary(values.type):
        codes = values.indices
        if codes.null_count:
            codes = pc.fill_null(pc.cast(codes, pa.int64()), _NO_CODE)
        categories = pc.fill_null(pc.cast(values.dictionary, pa.large_string()), "")
        return ("codes", codes.to_numpy(zero_copy_only=False).astype(np.uint32, copy=False),
                *_buffers(categories))  # fmt: skip
    if pa.types.is_floating(values.type) or pa.types.is_null(values.type):
        return ("texts", *_buffers(_large(inputs.texts(values.to_pandas()))))
    values = pc.cast(values, pa.large_string())
    return ("texts", *_buffers(pc.fill_null(values, "") if values.null_count else values))


def word(values: Any) -> Column:
    """Ids and words that come again and again: coded, so that the core looks each up once."""
    column = key(values)
    if column[0] == "codes":
        return column
    coded = strings(column[1:]).dictionary_encode()
    return ("codes", coded.indices.to_numpy().view(np.uint32), *_buffers(coded.dictionary))


def reference(values: Any, ids: Column | None) -> Column:
    """Ids of another table: places in its column, where they are all there and many, so that the
    core need not look them up."""
    if ids is None or ids[0] != "texts":
        return word(values)
    column = key(values)
    if column[0] == "codes":
        return column
    texts, known = strings(column[1:]), strings(ids[1:])
    if len(texts) < len(known):
        return column
    places = pc.index_in(texts, value_set=known)
    if places.null_count and pc.any(pc.greater(texts.filter(places.is_null()), "")).as_py():
        return column  # faults, for the core to tell
    return ("codes", pc.fill_null(places, -1).to_numpy().view(np.uint32), *ids[1:])


def number(values: Any) -> Column:
    """Whole numbers, or what is to be read as such."""
    series = _series(values)
    if series.dtype.kind in "iub" and not _beyond(series):
        if isinstance(series.dtype, np.dtype):
            return ("integers", series.to_numpy(dtype=np.int64))
        return ("integers", series.to_numpy(dtype=np.int64, na_value=_NO_NUMBER))
    if series.dtype.kind == "f":
        return ("reals", series.to_numpy(dtype=np.float64, na_value=np.nan))
    return key(series)


def _beyond(series: Any) -> bool:
    """Whether whole numbers are there that the core has no room for, or takes for a blank."""
    if series.dtype.itemsize < 8 or series.dtype.kind == "b":
        return False
    if series.dtype.kind == "u":
        return bool((series > np.iinfo(np.int64).max).any())
    return bool((series == _NO_NUMBER).any())


def date(values: Any) -> Column:
    """Days. Of a time of day the day counts."""
    if isinstance(values, pa.Array | pa.ChunkedArray) and pa.types.is_date32(values.type):
        days = pc.fill_null(pc.cast(values, pa.int32()), int(_NO_DAY))
        return ("days", days.to_numpy())
    series = _series(values).infer_objects()
    if series.dtype.kind == "M":
        if getattr(series.dtype, "tz", None) is not None:
            series = series.dt.tz_localize(None)
        stamps = series.to_numpy(dtype="datetime64[D]")
        days = stamps.astype(np.int64)
        return ("days", np.where(np.isnat(stamps), _NO_DAY, days).astype(np.int32))
    return key(series)


def named(values: Any) -> Column:
    """A column that conditions name, typed as it is."""
    series = _series(values)
    if series.dtype.kind == "b":
        if isinstance(series.dtype, np.dtype):
            return ("booleans", series.to_numpy(dtype=np.uint8))
        missing = series.isna().to_numpy()
        truths = series.fillna(value=False).to_numpy(dtype=np.uint8)
        return ("booleans", np.where(missing, np.uint8(255), truths))
    if series.dtype.kind in "iuf":
        return ("reals", series.to_numpy(dtype=np.float64, na_value=np.nan))
    if series.dtype.kind == "M":
        return date(series)
    return word(values)


def fen(values: Any) -> Column:
    """Yuan, with at most two decimals, as fen; what is no such amount goes on as the text it is,
    for the core to refuse by its row."""
    texts = inputs.texts(_series(values))
    made = [_fen(text.strip()) for text in texts]
    return ("texts", *_buffers(_large(made)))


def _fen(text: str) -> str:
    try:
        amount = Decimal(text) * 100
    except (ArithmeticError, ValueError):  # no number, or 1e999999999
        return text
    if not amount.is_finite() or amount != amount.to_integral_value():
        return text
    if 0 <= amount <= _FEN_MOST:
        return str(int(amount))
    return text if amount < 0 else text + "?"  # else many yuan would be taken for few fen


def _series(values: Any) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.to_pandas()
    if not isinstance(values, pd.Series | pd.Index | np.ndarray):
        values = list(values)
    return pd.Series(values)


def _constant(text: str, count: int) -> Column:
    return ("codes", np.zeros(count, np.uint32), *_buffers(_large([text])))


def _large(texts: list[str]) -> pa.Array:
    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # surrogates: bytes that were no UTF-8
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        return pa.array(clean, pa.large_string())


def _buffers(texts: pa.Array) -> tuple[Any, Any]:
    """(bytes, offsets) of large strings, as they lie there."""
    _, offsets, characters = texts.buffers()
    if offsets is None or len(texts) == 0:
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    ends = np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8)
    return np.frombuffer(characters or b"", np.uint8), ends


def strings(buffers: tuple[Any, ...]) -> pa.Array:
    """(bytes, offsets) of the core as Arrow's large strings, borrowed."""
    characters, offsets = buffers
    return pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(characters)
    )


_CONVERTERS = {"key": key, "number": number, "date": date}
