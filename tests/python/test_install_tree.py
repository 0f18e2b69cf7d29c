"""The wheel works from a folder of its own, and holds the package and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

USE = """
import sys
import numpy as np
import gridgov

assert gridgov.__file__.startswith(sys.argv[1]), gridgov.__file__
lane = np.arange(40.0)
courtyards = gridgov.partition(np.column_stack([25 * (lane % 20), 60 * (lane // 20)]))
assert len(courtyards.courtyards) == 2 and courtyards.holds
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that ./run built, or one built now."""
    built = sorted((ROOT / "build/wheel").glob("gridgov-*.whl"))
    if not built:
        folder = tmp_path_factory.mktemp("wheel")
        pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
        built = sorted(folder.glob("gridgov-*.whl"))
    return built[-1]


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *map(str, arguments)], check=True)


def test_package_from_an_install_tree(wheel: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    pip("install", "--no-deps", "--no-index", "--target", tree, wheel)
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    subprocess.run([sys.executable, "-c", USE, tree], check=True, cwd=tmp_path, env=environment)
    said = subprocess.run(
        [sys.executable, "-m", "gridgov", "--version"],
        check=True, cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert wheel.name.split("-")[1] in said.stdout


def test_wheel_holds_the_package_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"gridgov"}
    assert "gridgov/py.typed" in names
    assert [name for name in names if name.endswith(".pyi")]
    assert not [name for name in names if name.endswith((".hpp", ".cpp", ".a", ".pyc"))]
