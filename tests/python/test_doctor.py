"""`gridgov doctor`: what is here, what is missing, what for."""

import importlib.metadata
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gridgov
from gridgov import doctor, fonts, language

Run = Callable[..., Any]  # the fixture of conftest.py


def test_versions(run: Run) -> None:
    outcome = run("doctor", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert told["gridgov"] == gridgov.__version__
    versions = {part["name"]: part["version"] for part in told["parts"]}
    assert versions["numpy"] == importlib.metadata.version("numpy")
    assert versions["openpyxl"] == importlib.metadata.version("openpyxl")
    assert versions["graphviz"] == shutil.which("dot")
    assert all(part["version"] for part in told["parts"] if part["needed"])
    assert all(part["purpose"] and part["install"] for part in told["parts"])
    assert run("doctor", "--quiet").code == 0


def test_all_that_the_package_needs_is_looked_for() -> None:
    """The dependencies of pyproject.toml, by the names of their distributions."""
    needed = {part.name for part in doctor.PARTS if part.needed}
    root = Path(__file__).parents[2]
    listed = (root / "pyproject.toml").read_text().split("dependencies = [")[1].split("]")[0]
    assert needed == {line.strip(' ",').partition(">")[0] for line in listed.split() if line}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_a, **_o: None)
    monkeypatch.setattr(fonts, "chinese_family", lambda: None)
    monkeypatch.setattr(doctor.util, "find_spec", lambda _name: None)
    outcome = run("doctor", "--lang", lang)
    assert outcome.code == 0
    for part in doctor.PARTS:
        if not part.needed:
            assert part.install in outcome.out
            assert language.text(f"doctor.purpose.{part.name}", lang) in outcome.out


def test_a_part_that_is_needed_and_broken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(doctor.importlib, "import_module", fail)
    outcome = run("doctor")
    assert outcome.code == 1
    assert "pip install numpy" in outcome.out
    assert outcome.out.endswith("parts that gridgov needs are missing\n")
