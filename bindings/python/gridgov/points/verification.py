"""A directory of results proved anew: the chain, the sums, and that every file says the same."""

from __future__ import annotations

import filecmp
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov import tables
from gridgov.faults import Fault, Faults, printable
from gridgov.language import LANGUAGES
from gridgov.points import files
from gridgov.points.settlement import BALANCES, LEDGER, Settlement

MANIFEST, SUMMARY = "manifest.json", "summary.json"
#: What tells one row of a file from the others.
_KEYS = {
    "ledger.csv": ("posting_no",),
    "balances.csv": ("household_id",),
    "entries.csv": ("register_no", "rule_id"),
    "exchanges.csv": ("exchange_no",),
    "shop_months.csv": ("shop", "village", "month"),
}
#: What a ledger has by itself of the columns of balances.csv; `opening` and `earned` as one, since
#: both come from the issuer.
_ISSUED, _TAKEN = "opening + earned", ("deducted", "redeemed", "expired", "forfeited")
_SUMS = (_ISSUED, *_TAKEN, "balance")
#: What a state does not know.
_UNKNOWN_TO_STATE = {"left_out_villages"}
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass
class Verified:
    """What was proved, and what does not hold."""

    as_of: str
    postings: int
    hash: str  # the chain's last: noted elsewhere, it proves all before it
    conserved: bool
    files: list[str]
    findings: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_record(self) -> dict[str, Any]:
        """As JSON shows it, without the findings."""
        names = ("as_of", "postings", "hash", "conserved", "holds", "files")
        return {name: getattr(self, name) for name in names}


def verify(path: Path) -> Verified:
    """Proves the results in a directory. Raises `Faults`, all of them, where a file cannot be read.

    The ledger's chain and its sums are checked by themselves; then every file is held against what
    `state.bin`, which has a SHA-256 and checks of its own, says should stand there.
    """
    faults: list[Fault] = []
    directory = _trial(faults, partial(files.read, path))
    book, balances = (
        _trial(faults, partial(_table, path / name, *wanted))
        for name, wanted in (("ledger.csv", LEDGER), ("balances.csv", BALANCES))
    )
    for name in ("entries.csv", "exchanges.csv", "shop_months.csv"):
        _trial(faults, partial(tables.check_readable, str(path / name)))
    summary = _trial(faults, partial(_json, path / SUMMARY))
    manifest = _trial(faults, partial(_json, path / MANIFEST))
    if faults:
        raise Faults(faults)
    settled = directory.settlement()
    findings, postings, end = files.chain(book)
    sound = not findings
    findings += changed_rules(path, manifest)
    with tempfile.TemporaryDirectory() as place:
        for name, makers in _made(settled).items():
            compare = partial(_held_against, path / name, makers, Path(place) / name)
            findings += _trial(faults, compare) or []
    if faults:
        raise Faults(faults)
    conserved = False
    if sound:
        known = {(fault.file, fault.records) for fault in findings}
        wrong, conserved = _sums(book, balances)
        findings += [fault for fault in wrong if (fault.file, fault.records) not in known]
    findings += _summary(settled.summary, summary, str(path / SUMMARY))
    day = settled.as_of.isoformat()
    checked = [*_KEYS, SUMMARY, files.STATE, *(f"{files.RULES}/{p.name}" for p in _rules(path))]
    return Verified(day, postings, end, conserved, checked, findings)


def _trial(faults: list[Fault], read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Faults as error:
        faults.extend(error.faults)
        return None


def _table(path: Path, *wanted: str) -> tables.Table:
    table = tables.read(path, may_be_empty=True)
    table.require(*wanted)
    if table.faults:
        raise Faults(table.faults)
    return table


def _json(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(tables.read_bytes(str(file)).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or nested without end
        fields = {"reason": printable(str(error), 200)}
        raise Faults([Fault("not_json_at_all", fields, str(file))]) from None
    return read if isinstance(read, dict) else {}


def _rules(path: Path) -> list[Path]:
    return sorted((path / files.RULES).iterdir())


def changed_rules(path: Path, manifest: Any) -> list[Fault]:
    """Rule files of a directory that are not those that its manifest names as inputs."""
    inputs = manifest.get("inputs") if isinstance(manifest, dict) else None
    rows = inputs if isinstance(inputs, list) else []
    known = {one.get("sha256") for one in rows if isinstance(one, dict)}
    return [
        Fault("rules_not_as_settled", {}, str(file))
        for file, data in ((file, file.read_bytes()) for file in _rules(path))
        if not known & {hashlib.sha256(mark + data).hexdigest() for mark in (b"", _UTF8_MARK)}
    ]


def check_rules(path: Path) -> None:
    """Raises `Faults` where a directory's rule files are not those that were settled under; one
    without a manifest cannot be asked."""
    if not (path / MANIFEST).is_file():
        return
    changed = changed_rules(path, _json(path / MANIFEST))
    if changed:
        raise Faults(changed)


def _made(settled: Settlement) -> dict[str, list[Callable[[], pd.DataFrame]]]:
    """What should stand in each file; in either language where it has sentences."""
    return {
        "ledger.csv": [lambda: settled.ledger],
        "balances.csv": [lambda: settled.balances],
        "entries.csv": [partial(settled.entries_in, lang) for lang in LANGUAGES],
        "exchanges.csv": [partial(settled.exchanges_in, lang) for lang in LANGUAGES],
        "shop_months.csv": [lambda: settled.shop_months],
    }


def _held_against(
    path: Path, makers: Sequence[Callable[[], pd.DataFrame]], place: Path
) -> list[Fault]:
    """What differs from what should stand there, in the language with the fewest differences."""
    least: list[Fault] | None = None
    table = None
    for make in makers:
        files.write_frame(make(), place)
        if filecmp.cmp(place, path, shallow=False):
            return []
        key = _KEYS[path.name]
        table = table or _table(path, *key)
        found = list(_differences(table, tables.read(place, may_be_empty=True), key))
        if least is None or len(found) < len(least):
            least = found
    return least or []


def _differences(
    given: tables.Table, wanted: tables.Table, key: tuple[str, ...]
) -> Iterator[Fault]:
    """Cell by cell, rows paired by their key. The chain has proved hashes already."""
    columns = [name for name in wanted.names() if name != "hash"]
    missing = [name for name in columns if name not in given]
    for name in missing:
        yield Fault("result_column_missing", {"column": name}, given.path, given.header_line)
    there, due = (_index(table, key) for table in (given, wanted))
    at = due.get_indexer(there)
    at[np.asarray(there.duplicated())] = -1
    for row in np.flatnonzero(at < 0).tolist():
        yield _row_fault("result_row_added", given, row, there[row])
    for one in due[~np.isin(np.arange(len(due)), at)]:
        records = (_shown(one),)
        yield Fault("result_row_missing", {}, given.path, None, records)
    paired = np.flatnonzero(at >= 0)
    for name in columns:
        if name in missing or name in key:
            continue
        cells, due_cells = (
            np.array(table.texts(name), dtype=object)[rows]
            for table, rows in ((given, paired), (wanted, at[paired]))
        )
        for place in np.flatnonzero(cells != due_cells).tolist():
            fields = {
                "column": name,
                "given": printable(cells[place]),
                "wanted": printable(due_cells[place]),
            }
            row = int(paired[place])
            yield _row_fault("result_cell_changed", given, row, there[row], **fields)


def _index(table: tables.Table, key: tuple[str, ...]) -> pd.Index:
    parts = [table.texts(name) for name in key]
    return pd.Index(list(zip(*parts, strict=True)), tupleize_cols=False, dtype=object)


def _shown(key: Iterable[str]) -> str:
    return " ".join(part for part in key if part)


def _row_fault(
    code: str, table: tables.Table, row: int, key: Iterable[str], **fields: Any
) -> Fault:
    return Fault(code, fields, table.path, table.line(row), (_shown(key),))


def _sums(book: tables.Table, balances: tables.Table) -> tuple[list[Fault], bool]:
    """Whether each household's account is what the ledger's postings add up to, and whether what
    was issued is what is held and what went elsewhere: from these two files alone. A cell that is
    no number differs from the state's, and has been told."""
    try:
        moved = _moved(book)
        accounts = pd.DataFrame(
            {name: pd.Series(balances.texts(name)).astype("int64") for name in BALANCES[1:]},
        ).set_index(pd.Index(balances.texts("household_id"), dtype=object))
    except (ValueError, OverflowError):
        return [], False
    accounts = accounts.assign(**{_ISSUED: accounts["opening"] + accounts["earned"]})
    due = moved.reindex(accounts.index, fill_value=0)
    faults = []
    for name in _SUMS:
        given, wanted = accounts[name].to_numpy(), due[name].to_numpy()
        for row in np.flatnonzero(given != wanted).tolist():
            fields = {"column": name, "given": int(given[row]), "wanted": int(wanted[row])}
            key = (str(accounts.index[row]),)
            faults.append(_row_fault("balance_not_the_ledger_s", balances, row, key, **fields))
    for household in moved.index.difference(accounts.index):
        faults.append(Fault("result_row_missing", {}, balances.path, None, (str(household),)))
    elsewhere = sum(int(moved[name].sum()) for name in _TAKEN)
    issued, held = int(moved[_ISSUED].sum()), int(accounts["balance"].sum())
    return faults, issued == held + elsewhere


def _moved(book: tables.Table) -> pd.DataFrame:
    """What postings add up to, a row a household; ValueError for what is no number."""
    points = pd.Series(book.texts("points"), dtype="str").astype("int64")
    if float(points.astype("float64").sum()) >= 2**62:
        points = points.astype(object)  # Python's numbers do not overflow
    accounts = {
        side: pd.Series(book.texts(f"{side}_account"), dtype="str") for side in ("debit", "credit")
    }
    parts = []
    for side, other, sign in (("credit", "debit", 1), ("debit", "credit", -1)):
        rows = accounts[side].str.startswith("household:").to_numpy(dtype=bool)
        parts.append(
            pd.DataFrame(
                {
                    "household": accounts[side][rows].str.removeprefix("household:"),
                    "kind": accounts[other][rows].str.split(":", n=1).str[0],
                    "points": sign * points[rows],
                }
            )
        )
    moved = pd.concat(parts)
    households = pd.Index(sorted(moved["household"].unique()), dtype=object)

    def sums(rows: pd.DataFrame) -> pd.Series:
        return rows.groupby("household")["points"].sum().reindex(households, fill_value=0)

    of = {kind: sums(moved[moved["kind"] == kind]) for kind in ("issuer", *_TAKEN)}
    taken = {kind: -of[kind] for kind in _TAKEN}
    return pd.DataFrame({_ISSUED: of["issuer"], **taken, "balance": sums(moved)})


def _summary(wanted: dict[str, Any], given: dict[str, Any], file: str) -> list[Fault]:
    faults = []
    for key, value in wanted.items():
        if key in _UNKNOWN_TO_STATE or (key in given and given[key] == value):
            continue
        there = json.dumps(given[key], ensure_ascii=False) if key in given else "–"
        fields = {
            "column": key,
            "given": printable(there),
            "wanted": printable(json.dumps(value, ensure_ascii=False)),
        }
        faults.append(Fault("result_cell_changed", fields, file))
    return faults
