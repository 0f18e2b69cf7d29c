"""A settlement as a directory of files, and such a directory read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov import output, tables
from gridgov.errors import DataError, Finding, Language
from gridgov.faults import Fault, Faults, printable
from gridgov.points import ledger
from gridgov.points.decomposition import Decomposition
from gridgov.points.rulebook import Rulebooks, kind_of
from gridgov.points.settlement import LEDGER, NO_HASH, Settlement, State

STATE, LEDGER_FILE, RULES, NAMES = "state.bin", "ledger.csv", "rules", "households.csv"
TITLES = "goods.csv"


@dataclass(frozen=True)
class Directory:
    """What a directory of results holds that later commands need."""

    path: Path
    state: State
    rulebooks: Rulebooks
    names: dict[str, str]

    @property
    def files(self) -> list[Path]:
        """What it was read from."""
        return [self.path / STATE, self.path / LEDGER_FILE]

    def settlement(self) -> Settlement:
        """The settlement, with the rulebooks that it was made under."""
        return self.state.settlement(self.rulebooks)


def write(
    settlement: Settlement,
    directory: Path,
    *,
    language: Language,
    manifest: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
    before: Ledger | None = None,
) -> None:
    """Writes the files of `gridgov points settle`."""
    from gridgov.points import time_plot

    _write(settlement.entries_in(language), directory / "entries.csv")
    _write(settlement.exchanges_in(language), directory / "exchanges.csv")
    _write(settlement.balances, directory / "balances.csv")
    _write(settlement.shop_months, directory / "shop_months.csv")
    time_plot.save_over_time(settlement, directory / "balances.png", language=language)
    write_ledger(settlement, directory / LEDGER_FILE, before)
    if names is not None:
        of = {"household_id": list(names), "name": list(names.values())}
        _write(pd.DataFrame(of, dtype="str"), directory / NAMES)
    if settlement.good_titles:
        goods = sorted(settlement.good_titles.items())
        _write(pd.DataFrame(goods, columns=["good", "title"], dtype="str"), directory / TITLES)
    (directory / RULES).mkdir()
    for place, (kind, text, _) in enumerate(settlement.rulebooks.sources):
        path = directory / RULES / f"{place + 1:03d}.{kind}"
        path.write_text(text, encoding="utf-8", newline="\n")
    (directory / STATE).write_bytes(settlement.state.to_bytes())
    output.write_json(directory / "summary.json", settlement.summary)
    output.write_json(directory / "manifest.json", manifest)


def _write(frame: pd.DataFrame, path: Path) -> None:
    """CSV with dates as ISO 8601 writes them."""
    shown = {
        name: frame[name].dt.strftime("%Y-%m-%d") if frame[name].dtype.kind == "M" else frame[name]
        for name in frame.columns
    }
    tables.write_csv(pd.DataFrame(shown), path)


@dataclass(frozen=True)
class Ledger:
    """A ledger to go on from: its bytes, and where its chain ends."""

    data: bytes
    as_of: Any
    posting_no: int
    hash: str


def write_ledger(settlement: Settlement, path: Path, before: Ledger | None) -> None:
    """The ledger; what was there before stays as it is, byte by byte."""
    if before is None:
        _write(settlement.ledger, path)
        return
    added = settlement.ledger_after(before.as_of, before.posting_no, before.hash)
    _write(added, path)
    new = path.read_bytes().split(b"\n", 1)[1]
    old = before.data if before.data.endswith(b"\n") else before.data + b"\n"
    path.write_bytes(old + new)


def read(path: Path) -> Directory:
    """Reads a directory that `gridgov points settle` wrote. `Faults` where it is none."""
    data = _bytes(path, STATE)
    try:
        state = State.from_bytes(data)
    except DataError as error:
        raise Faults(
            Fault(found.code, file=str(path / STATE), finding=found) for found in error.findings
        ) from None
    rules = path / RULES
    try:
        inner = sorted(rules.iterdir())
        sources = [(kind_of(p), p.read_text(encoding="utf-8"), str(p)) for p in inner]
        books = Rulebooks.of_sources(sources)
    except DataError as error:
        raise Faults(map(rule_fault, error.findings)) from None
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from None
    names = {}
    if (path / NAMES).is_file():
        table = tables.read(path / NAMES)
        if table.require("household_id", "name"):
            names = dict(zip(table.texts("household_id"), table.texts("name"), strict=True))
    titles = {}
    if (path / TITLES).is_file():
        table = tables.read(path / TITLES)
        if table.require("good", "title"):
            titles = dict(zip(table.texts("good"), table.texts("title"), strict=True))
    return Directory(path, State(state.core, titles), books, names)


def read_ledger(of: Directory) -> Ledger:
    """A directory's ledger, once its chain is proved whole and its end is the state's."""
    path = of.path / LEDGER_FILE
    data = _bytes(of.path, LEDGER_FILE)
    table = tables.read(path, may_be_empty=True)
    if not table.require(*LEDGER):
        raise Faults(table.faults)
    faults, posting_no, end = chain(table)
    if faults:
        raise Faults(faults)
    made = of.settlement().ledger.attrs["end"]
    if (posting_no, end) != tuple(made):
        fields = {"ledger": posting_no, "state": made[0]}
        raise Faults([Fault("ledger_not_the_state_s", fields, str(path))])
    return Ledger(data, of.state.as_of, posting_no, end)


def chain(table: tables.Table) -> tuple[list[Fault], int, str]:
    """What is wrong with a ledger's chain, by line; and where it ends."""
    findings, posting_no, end = ledger.chain(
        {name: table.columns[name] for name in LEDGER}, 0, NO_HASH
    )
    faults = [
        Fault(
            found.code,
            file=table.path,
            line=None if found.row is None else table.line(found.row),
            records=tuple(found.records),
            finding=found,
        )
        for found in findings
    ]
    return faults, posting_no, end


def _bytes(path: Path, name: str) -> bytes:
    if not path.is_dir():
        raise Faults([Fault("not_points_results", {"reason": name}, printable(path, 200))])
    try:
        return (path / name).read_bytes()
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: Exception) -> Faults:
    reason = getattr(error, "filename", None) or str(error)
    return Faults([Fault("not_points_results", {"reason": printable(reason, 200)}, str(path))])


def rule_fault(found: Finding) -> Fault:
    """A finding about a rule file, by its file and line."""
    line = found.fields.get("line", "")
    return Fault(
        found.code,
        file=found.fields.get("file") or None,
        line=int(line) if line.isdigit() and int(line) > 0 else None,
        records=tuple(found.records),
        severity=found.severity,
        finding=found,
    )


def write_comparison(comparison: Any, directory: Path, *, language: Language) -> None:
    """Writes the files of `gridgov points compare`, but for the manifest."""
    from gridgov.points import plot

    for name in ("households", "villages", "rules"):
        _write(getattr(comparison, name), directory / f"comparison_{name}.csv")
    for name in ("household", "village"):
        frame = getattr(comparison, f"by_{name}")
        _write(frame, directory / f"comparison_{name}_rules.csv")
    output.write_json(directory / "summary.json", comparison.summary)
    plot.save(comparison, directory / "comparison.png", language=language)


def write_decomposition(made: Decomposition, directory: Path, *, language: Language) -> None:
    """Writes the files of `gridgov points decompose`, but for the manifest."""
    from gridgov.points import decomposition_plot

    for name in ("cells", "villages", "households"):
        _write(getattr(made, name), directory / f"decomposition_{name}.csv")
    output.write_json(directory / "summary.json", made.summary)
    decomposition_plot.save(made, directory / "decomposition.png", language=language)


write_frame = _write
