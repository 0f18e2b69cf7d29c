"""FEEL unary tests from Python: columns of every kind, missing values, errors."""

import datetime as dt
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov import DataError, UsageError
from gridgov.conditions import UnaryTests

sys.path.insert(0, str(Path(__file__).parent))

import points_oracle as oracle

NUMBERS = [17.0, 18.0, None, 65.0]


def codes(error):
    return [found.code for found in error.value.findings]


@pytest.mark.parametrize(
    "column",
    [
        NUMBERS,
        np.array([17, 18, np.nan, 65]),
        pd.Series([17, 18, None, 65], dtype="Int32"),
        pd.Series([17, 18, None, 65], dtype="double[pyarrow]"),
        pd.Index(NUMBERS),
        pa.array([17, 18, None, 65]),
        pa.chunked_array([[17, 18], [None, 65]]),
        ["17", "18", "", "65"],
        pd.Series(["17", "18", None, "65"], dtype="str"),
        pd.Series(["17", "18", None, "65"], dtype="category"),
    ],
)
def test_numbers(column):
    def matches(text):
        return UnaryTests(text).matches(column).tolist()

    assert matches(">= 18") == [False, True, False, True]
    assert matches("(17..65]") == [False, True, False, True]
    assert matches("null, < 18") == [True, False, True, False]
    assert matches("not(18)") == [True, False, False, True]
    assert matches("-") == [True] * 4
    assert matches("not(null)") == [True, True, False, True]


@pytest.mark.parametrize(
    "column",
    [
        np.array(["2026-01-01", "NaT", "2026-03-01"], "M8[D]"),
        pd.Series(np.array(["2026-01-01", "NaT", "2026-03-01T23:59"], "M8[s]")),
        pd.Series(pd.to_datetime(["2026-01-01", None, "2026-03-01"])).dt.tz_localize("UTC"),
        [dt.date(2026, 1, 1), None, dt.date(2026, 3, 1)],
        pa.array([dt.date(2026, 1, 1), None, dt.date(2026, 3, 1)]),
        pd.Series(["2026-01-01", "", "2026-03-01"], dtype="category"),
    ],
)
def test_dates(column):
    tests = UnaryTests('> date("2026-01-01"), null')
    assert tests.type == "date"
    assert tests.matches(column).tolist() == [False, True, True]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([True, False, None], dtype="boolean"),
        pa.array([True, False, None]),
        ["yes", "no", ""],
        pd.Categorical(["是", "否", None]),
        pd.Series([True, False, None], dtype=object),
    ],
)
def test_booleans(column):
    assert UnaryTests("true").matches(column).tolist() == [True, False, False]
    assert UnaryTests("not(true)").matches(column).tolist() == [False, True, False]


def test_texts():
    tests = UnaryTests('"党员", "veteran"')
    for column in (
        ["党员", "student", None],
        np.array(["党员", "student", ""]),
        pd.Categorical(["党员", "student", None]),
        pd.Series(["党员", "student", None], dtype="str"),
        pa.array(["党员", "student", None]).dictionary_encode(),
    ):
        assert tests.matches(column).tolist() == [True, False, False]


def test_the_answer_is_ones_own():
    found = UnaryTests(">= 18").matches(np.array([17.0, 18.0]))
    assert found.dtype == bool
    found &= False
    assert UnaryTests("-").matches([]).shape == (0,)


def test_faults_of_the_text():
    for text, code in [
        (">= ", "condition_incomplete"),
        ("a + 1", "condition_unsupported"),
        ('18, "x"', "condition_mixed_types"),
        ("< true", "condition_order_undefined"),
        ('date("2026-02-30")', "condition_date_invalid"),
        ("[1..2", "condition_incomplete"),
    ]:
        with pytest.raises(DataError) as error:
            UnaryTests(text)
        assert codes(error) == [code]


def test_types():
    assert UnaryTests(">= 18", "number").type == "number"
    assert UnaryTests("-").type == "any"
    assert UnaryTests("-", "number").type == "number"
    with pytest.raises(DataError) as error:
        UnaryTests(">= 18", "text")
    assert codes(error) == ["condition_type_clash"]
    with pytest.raises(UsageError, match="real"):
        UnaryTests(">= 18", "real")
    for column in (np.array(["2026-01-01"], "M8[D]"), np.array([True])):
        with pytest.raises(UsageError) as clash:
            UnaryTests(">= 18").matches(pd.Series(column, name="age"))
        assert clash.value.finding.code == "condition_type_clash"
        assert clash.value.finding.fields["column"] == "age"
    with pytest.raises(UsageError):
        UnaryTests("not(null)", "date").matches([1.5])


def test_cells_that_cannot_be_read():
    with pytest.raises(DataError) as error:
        UnaryTests("> 1").matches(pd.Series(["2", "two", "3", "two", "?"], name="size"))
    first, second = error.value.findings
    assert (first.code, first.row, first.fields["value"]) == ("condition_unreadable_cell", 1, "two")
    assert (first.fields["column"], first.fields["count"]) == ("size", "2")
    assert (second.row, second.fields["value"]) == (4, "?")
    with pytest.raises(DataError) as infinite:
        UnaryTests("> 1").matches([1.0, float("-inf")])
    assert infinite.value.findings[0].row == 1
    with pytest.raises(DataError):
        UnaryTests("not(null)", "number").matches(pd.Series(["2", "two"], dtype="category"))


def test_what_they_have_in_common():
    adults, young = UnaryTests(">= 18"), UnaryTests("[10..20)")
    assert adults.overlap(young) == "18"
    assert adults.overlap(young, UnaryTests("< 18")) is None
    assert UnaryTests("(5..5)").overlap() is None
    assert UnaryTests("null").overlap(UnaryTests("null, 5")) == "null"
    assert young.beyond(adults) == "10"
    assert UnaryTests("[18..20]").beyond(adults) is None
    assert UnaryTests("(5..5)").empty
    assert UnaryTests("null, <5, >=5").everything


def test_equal_where_the_same_values_satisfy():
    assert UnaryTests("[5..7]") == UnaryTests("7, [5..7)")
    assert UnaryTests("[5..7]") != UnaryTests("[5..7)")
    assert UnaryTests("-") != UnaryTests("-", "number")
    assert UnaryTests("-") != "-"
    tests = UnaryTests("not(null)", "date")
    again = pickle.loads(pickle.dumps(tests))
    assert (again, again.text, again.type) == (tests, tests.text, "date")
    assert repr(tests) == "UnaryTests('not(null)', 'date')"


_value = st.integers(-3, 3).map(str)
_test = st.one_of(
    _value,
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), _value),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), _value, _value, st.sampled_from("])")),
    st.just("null"),
)
_tests = st.lists(_test, min_size=1, max_size=4).map(", ".join)
_cell = st.sampled_from(["", *(f"{n / 2:g}" for n in range(-8, 9))])


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.one_of(_tests, _tests.map("not({})".format)), st.lists(_cell, max_size=12))
def test_against_the_oracle(text, cells):
    wanted = [oracle.UnaryTests(text).holds(cell) for cell in cells]
    tests = UnaryTests(text, "number")
    assert tests.matches(cells).tolist() == wanted
    assert tests.matches(pd.Categorical(cells)).tolist() == wanted
    numbers = [float(cell) if cell else None for cell in cells]
    assert tests.matches(pd.Series(numbers, dtype=float)).tolist() == wanted
