"""Fixtures for all Python tests: the command line called in this process, tables of households."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gridgov import cli


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Runs a command in an empty directory. On exit 2 nothing may have been written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("GRIDGOV_TRACEBACK", raising=False)

    def run(*arguments: object) -> Outcome:
        before = snapshot(tmp_path)
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        if code == 2:
            assert snapshot(tmp_path) == before
            assert captured.err != ""
        return Outcome(code, captured.out, captured.err)

    return run


def snapshot(directory: Path) -> dict[str, bytes | None]:
    """Every file and folder below a directory."""
    return {
        str(path.relative_to(directory)): path.read_bytes() if path.is_file() else None
        for path in directory.rglob("*")
    }


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the slow files out, for tests that are about the others."""
    from gridgov import map_page, moves_plot, plot, report
    from gridgov.points import decomposition_plot, time_plot

    def write(_partition: Any, path: Path, **_options: Any) -> None:
        path.write_bytes(b"")

    monkeypatch.setattr(plot, "save_map", write)
    monkeypatch.setattr(plot, "save_histograms", write)
    monkeypatch.setattr(moves_plot, "save", write)
    monkeypatch.setattr(map_page, "write", write)
    monkeypatch.setattr(report, "write", write)
    monkeypatch.setattr(time_plot, "save_over_time", write)
    monkeypatch.setattr(decomposition_plot, "save", write)


@pytest.fixture(scope="session")
def households() -> Callable[..., str]:
    """Makes tables of households in rows of eight."""
    return household_table


def household_table(count: int = 40, village: str = "v", spacing_m: float = 10.0) -> str:
    """A table of households in rows of eight."""
    rows = [
        f"h{place},{place % 8 * spacing_m},{place // 8 * spacing_m},{village}"
        for place in range(count)
    ]
    return "\n".join(["id,x_m,y_m,village", *rows]) + "\n"
