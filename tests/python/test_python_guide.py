"""The guide of the Python package: what it shows runs as it stands."""

import re
from pathlib import Path

import pytest

import gridgov

GUIDE = Path(__file__).parents[2] / "docs/guide"


def blocks(name: str) -> list[str]:
    text = (GUIDE / name).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)


@pytest.mark.parametrize("name", ["python.md", "python.zh-CN.md"])
def test_python_runs_as_written(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}  # one after the other, as they are read
    for block in blocks(name):
        exec(compile(block, name, "exec"), names)
    printed = capsys.readouterr().out
    assert "gridgov.Partition: 60 households, 3 courtyards" in printed
    assert "weight_not_positive 1009 ('h0', 'h1')" in printed
    assert "Courtyards(min=5, max=15, target=10) 6 0" in printed


def test_both_languages_show_the_same():
    assert blocks("python.md") == blocks("python.zh-CN.md")


def test_everything_that_pickles_is_named():
    for name in ("python.md", "python.zh-CN.md"):
        text = (GUIDE / name).read_text(encoding="utf-8")
        for thing in ("Rulebooks", "State", "Catalogue", "WorkingDays", "Courtyards"):
            assert thing in text, (name, thing)
        for thing in (gridgov.UsageError, gridgov.DataError):
            assert thing.__name__ in text, (name, thing)
