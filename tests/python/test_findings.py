"""Findings and exceptions: a catalogue without gaps, messages without blanks, pickling."""

import pickle
import re
from pathlib import Path

import pytest

import gridgov
from gridgov import DataError, UsageError, _core, errors


def test_codes_are_unique_and_python_s_are_the_seventh_thousand():
    codes = gridgov.codes()
    assert len(set(codes.values())) == len(codes)
    assert codes["duplicate_id"] == 1003
    assert all(
        (number // 1000 == 7) == (code in errors._CATALOGUE) for code, number in codes.items()
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_code_has_a_message_in_both_languages(lang):
    for number in _core.codes().values():
        assert _core.message_template(number, lang)
    for _, english, chinese in errors._CATALOGUE.values():
        assert re.findall(r"[一-鿿]", chinese)
        assert not re.findall(r"[一-鿿]", english)
        blanks = r"{(\w+)[:}]"  # `{count:row/rows}` is a number with its noun
        assert set(re.findall(blanks, english)) == set(re.findall(blanks, chinese))


def test_messages_are_filled_from_fields():
    found = errors.finding("column_missing", table="households", column="x_m", there="a, b")
    assert found.message() == "households: there is no column x_m; the columns are a, b"
    assert "x_m" in found.message("zh")
    assert str(found) == found.message("en")
    core = errors.finding("duplicate_id", records=["a"], table="households", row=2, first_row=1)
    assert (
        core.message()
        == "household a: rows 1 and 3 have the same id; give every row an id of its own"
    )
    for lang in ("de", ""):
        with pytest.raises(ValueError, match="'en' or 'zh'"):
            found.message(lang)
        with pytest.raises(ValueError, match="'en' or 'zh'"):
            core.message(lang)


def test_exceptions_survive_pickling():
    with pytest.raises(DataError) as bad:
        gridgov.partition([[0, 0], [1, 1]], ids=["a", "a"])
    with pytest.raises(UsageError) as wrong:
        gridgov.partition([[0, 0]], min=3, max=2)
    for error in (bad.value, wrong.value):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert again.findings == error.findings
        assert (str(again), again.code, again.number) == (str(error), error.code, error.number)
        assert again.records == error.records


def test_a_data_error_counts_the_other_faults():
    with pytest.raises(DataError, match=r"\(and 2 more\)$") as error:
        gridgov.partition([[0, 0]] * 3, weights=[0, -1, -2])
    assert error.value.records == ("0", "1", "2")
    assert [finding.row for finding in error.value.findings] == [0, 1, 2]


def test_the_guide_has_every_message_as_it_is():
    """docs/guide/findings.md: the templates themselves, for who translates codes by the table."""
    page = Path(__file__).parents[2] / "docs/guide/findings.md"
    lines = set(page.read_text(encoding="utf-8").splitlines())
    for code, number in gridgov.codes().items():
        texts = [
            errors.template(code, lang).replace("|", r"\|").replace("<", "&lt;")
            for lang in ("en", "zh")
        ]
        assert f"| {number} | `{code}` | {texts[0]} | {texts[1]} |" in lines, code
