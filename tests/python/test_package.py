"""The package as it is delivered: names, import, notebooks; the wheel and the sdist."""

import inspect
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import gridgov
from gridgov import distributed, lists, points

sys.path.insert(0, str(Path(__file__).parent))
from results_cases import everything

ROOT = Path(__file__).parents[2]
LAYERS = (gridgov, points, lists, distributed)

# Names


@pytest.mark.parametrize("module", LAYERS)
def test_names_are_those_that_are_meant(module):
    assert dir(module) == sorted(module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        thing = getattr(module, name)
        assert inspect.getdoc(thing) or name == "__version__", name


def test_layers_are_there_without_an_import_of_their_own():
    code = "import gridgov; print(gridgov.points.settle, gridgov.lists.decide); gridgov.ponits"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "function settle" in done.stdout
    assert "function decide" in done.stdout
    assert "has no attribute 'ponits'" in done.stderr


def test_import_loads_no_more_than_it_must():
    """pandas and Arrow; what draws, reads files and solves beside us comes when it is needed."""
    code = "import sys, gridgov, gridgov.points, gridgov.lists; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "pandas" in loaded
    late = {"matplotlib", "geopandas", "shapely", "pyproj", "openpyxl", "jinja2", "rich", "typer"}
    late |= {
        "dask",
        "distributed",
        "highspy",
        "libpysal",
        "networkx",
        "pyspark",
        "scipy",
        "sklearn",
    }
    assert loaded & late == set()


# Notebooks


def test_every_result_has_a_repr_of_its_own():
    for name, thing in everything().items():
        text = repr(thing)
        assert "object at 0x" not in text, name
        assert len(text) < 500, name


SHOWN = [
    name for name in everything() if not re.search("Finding$|Error$|State|Miss|Proc|Over", name)
]


@pytest.mark.parametrize(
    "name", [name for name in SHOWN if name not in {"Courtyards", "lists.WorkingDays"}]
)
def test_notebooks_show_results(name):
    page = everything()[name]._repr_html_()
    assert "<p><b>" in page or name == "lists.Decision"
    assert page.count("<table") == page.count("</table>")
    assert "<table" in page or name in {"lists.Decision", "Findings"}


def test_notebooks_show_little_of_much_and_escape_it():
    count = 300
    ids = [f"<b>{row}</b>" for row in range(count)]
    register = {
        "register_no": [f"r{row}" for row in range(count)], "date": ["2026-03-01"] * count,
        "household_id": ids, "deed": ["meeting"] * count, "stage": ["posted"] * count,
    }  # fmt: skip
    rules = {
        "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        "rule": [{"id": "meeting", "deed": "meeting", "points": 2}],
    }
    s = points.settle(rules, {"household_id": ids}, register, as_of="2026-12-31")
    findings = gridgov.verify([(10.0 * row, 0.0) for row in range(60)], range(60)).findings
    shown = {
        "households": s._repr_html_(),
        "households of the board": s.board()._repr_html_(),
        "findings": findings._repr_html_(),
    }
    for name, page in shown.items():
        assert page.count("<tr") <= 12, name
        assert "… and " in page, name
        assert "<b>0</b>" not in page, name
    assert "&lt;b&gt;0" in shown["households"]


def test_findings_are_a_list_and_a_table():
    found = gridgov.verify([(10.0 * row, 0.0) for row in range(20)], ["a", "b"] * 10).findings
    assert isinstance(found, list)
    assert found.frame().columns.tolist() == ["severity", "code", "records", "message"]
    assert found.frame("zh")["message"].tolist() == [one.message("zh") for one in found]
    assert gridgov.Findings().frame().empty
    assert "0 findings" in gridgov.Findings()._repr_html_()
    for result in ("Partition", "Verification", "lists.Duties", "lists.Cases", "lists.Workload"):
        assert isinstance(everything()[result].findings, gridgov.Findings), result
    assert isinstance(everything()["DataError"].findings, gridgov.Findings)


def test_results_are_equal_to_themselves_alone():
    for name, thing in everything().items():
        assert thing == thing, name  # and no frame asks what its truth is
    assert everything()["lists.Duties"] != everything()["lists.Workload"]


# The wheel


def wheel() -> Path:
    """What ./run built last."""
    found = sorted((ROOT / "build/wheel").glob("gridgov-*.whl"))
    if not found:
        pytest.skip("no wheel in build/wheel: ./run builds it")
    return found[-1]


def needed_libraries(extension: Path) -> set[str]:
    told = subprocess.run(
        ["readelf", "--dynamic", extension], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", told.stdout))


@pytest.mark.skipif(shutil.which("readelf") is None, reason="no readelf")
def test_the_wheel_needs_nothing_of_the_system_but_the_compiler_s_libraries(tmp_path):
    with zipfile.ZipFile(wheel()) as archive:
        name = next(name for name in archive.namelist() if re.search(r"/_core\..*\.so$", name))
        extension = Path(archive.extract(name, tmp_path))
    usual = {"libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "libc.so.6", "ld-linux-x86-64.so.2"}
    assert needed_libraries(extension) <= usual, (
        "linked to what may not be there; if it is libcrypto: a stale cache, rm -r build/python"
    )
    exported = subprocess.run(
        ["nm", "--dynamic", "--defined-only", extension], capture_output=True, text=True, check=True
    ).stdout
    assert "PyInit__core" in exported
    assert "EVP_" not in exported  # ours shall not answer for the system's


def test_the_wheel_holds_the_package_and_nothing_else():
    with zipfile.ZipFile(wheel()) as archive:
        names = archive.namelist()
    package = ROOT / "bindings/python/gridgov"
    kept = {".py", ".pyi", ".jinja", ".typed"}
    mine = {
        f"gridgov/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.suffix in kept or path.name == "py.typed"
    }
    info = {name for name in names if ".dist-info/" in name}
    assert {Path(name).name for name in info} == {
        "METADATA", "WHEEL", "RECORD", "LICENSE", "entry_points.txt"
    }  # fmt: skip
    others = {name for name in set(names) - info - mine if not re.search(r"/_core\..*\.so$", name)}
    assert others == set()
    assert mine - set(names) == set() or wheel().stat().st_mtime < max(
        path.stat().st_mtime for path in package.rglob("*.py")
    )


# The sdist


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    """Built as `python -m build --sdist` does, by the backend itself; unpacked."""
    pytest.importorskip("scikit_build_core")
    directory = tmp_path_factory.mktemp("sdist")
    code = (
        f"from scikit_build_core.build import build_sdist; print(build_sdist({str(directory)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with tarfile.open(directory / done.stdout.split()[-1]) as archive:
        archive.extractall(directory)
    return next(path for path in directory.iterdir() if path.is_dir())


def test_the_sdist_holds_what_is_built_and_nothing_else(sdist):
    found = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    tops = {name.partition("/")[0] for name in found}
    assert tops == {
        "CMakeLists.txt", "LICENSE", "PKG-INFO", "README.md", "README.zh-CN.md", "bindings",
        "include", "pyproject.toml", "src",
    }  # fmt: skip
    kept = {".cpp", ".hpp", ".txt", ".py", ".pyi", ".jinja", ".typed", ".in"}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for top in ("include", "src", "bindings")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and (path.suffix in kept or path.name == "py.typed")
    }
    missing = {name for name in wanted - found if "__pycache__" not in name}
    assert missing == set()
    assert not any(re.search(r"\.(so|pyc|o|png|csv|xlsx)$", name) for name in found)


def test_the_sdist_can_be_configured(sdist, tmp_path):
    """CMake finds every source that its lists name."""
    if shutil.which("cmake") is None:
        pytest.skip("no cmake")
    pybind11 = pytest.importorskip("pybind11").get_cmake_dir()
    done = subprocess.run(
        ["cmake", "-S", sdist, "-B", tmp_path, "-DGRIDGOV_BUILD_PYTHON=ON",
         "-DGRIDGOV_BUILD_TESTS=OFF", f"-Dpybind11_DIR={pybind11}",
         f"-DPython_EXECUTABLE={sys.executable}"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(
    not os.environ.get("GRIDGOV_TEST_SDIST"),
    reason="builds all and installs all from an index: set GRIDGOV_TEST_SDIST=1 to run it",
)
def test_a_wheel_of_the_sdist_works_in_an_empty_environment(sdist, tmp_path):
    """`pip install` of the sdist, with the pinned versions of what it depends on."""
    run = {"check": True, "cwd": tmp_path}
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], **run)
    pip = [tmp_path / "venv/bin/pip", "install", "--quiet"]
    pins = ROOT / "bindings/python/constraints.txt"
    subprocess.run([*pip, "--constraint", pins, sdist], **run)
    code = (
        "import gridgov; from gridgov import points, _core;"
        "p = gridgov.partition([(10.0 * i, 0.0) for i in range(40)]); assert p.holds;"
        "print(_core.__file__)"
    )
    python = tmp_path / "venv/bin/python"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, **run)
    assert needed_libraries(Path(done.stdout.strip())).isdisjoint({"libcrypto.so.3"})
    subprocess.run([tmp_path / "venv/bin/gridgov", "doctor"], **run)
