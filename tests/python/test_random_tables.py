"""Any bytes as a table: read or refused, by line and in bounded time, never a trace; what a table
was written from is read back."""

import csv
import io
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from gridgov import cells, tables
from gridgov.faults import Fault, Faults
from gridgov.points.columns import COLUMNS

Run = Callable[..., Any]  # the fixture of conftest.py

#: How many of each are tried; more by hand.
EXAMPLES = int(os.environ.get("GRIDGOV_RANDOM_TABLES", "300"))
#: Seconds of this process that a table of some kilobytes may take, on a slow machine.
SECONDS_MOST = 5.0

PLACE = Path(__file__).parents[2] / "docs/examples/points"
REGISTER = (PLACE / "register.csv").read_text(encoding="utf-8")
KNOWN = [name for _, name, _ in COLUMNS["register"]]
KINDS: tuple[tables.Kind, ...] = ("key", "number", "date", "text")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "big5")
PIECES = [b"", b",", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xfe\xff",
          b"\xef", b"\xef\xbb\xbf", b"\x80", b"\x1a", b"nan", b"1e308", b"-1", b"46082", b"#REF!",
          b"5.00E+17", b"0000-00-00", b"9999-12-31", "2026年2月３０日".encode(), "村".encode("gbk"),
          "\u2028\u200b".encode(), b"x" * 3000, b"," * 500, b'"' * 501]  # fmt: skip

some = settings(
    max_examples=EXAMPLES,
    derandomize="GRIDGOV_RANDOM_TABLES" not in os.environ,
    deadline=None,  # of the clock; `read` counts the work
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def told(faults: list[Fault], lines: int) -> None:
    """Every fault can be shown, and stands on a line that is there."""
    for fault in faults:
        for language in ("en", "zh"):
            text = fault.render(language)
            assert text
            assert "\x1b" not in text
            assert "\n" not in text
        assert fault.line is None or 1 <= fault.line <= lines, fault


def read(data: bytes, place: Path) -> tables.Table | None:
    """The table of some bytes, every column read as every kind; nothing where it is none."""
    path = place / "table.csv"
    path.write_bytes(data)
    lines = 2 + max(data.count(b"\n") + data.count(b"\r"), data.count(b"\r\n"))
    began = time.process_time()
    try:
        table = tables.read(path, columns=KNOWN, may_be_empty=True)
    except Faults as error:
        faults = error.faults
        table = None
    assert time.process_time() - began < SECONDS_MOST
    if table is None:
        assert faults
        told(faults, lines)
        return None
    stands = [table.line(row) for row in range(table.rows)]
    assert None not in stands
    assert stands == sorted(set(stands))  # type: ignore[type-var]
    assert all(table.header_line < line <= lines for line in stands if line is not None)
    assert table.line(table.rows) is None
    for name in table.names():
        for kind in KINDS:
            assert len(table.cells(name, kind)) == table.rows
        assert len(table.numbers(name, empty="nan")) == table.rows
        assert len(table.truths(name)) == table.rows
    told(table.faults, lines)
    assert time.process_time() - began < SECONDS_MOST
    return table


@some
@given(data=st.binary(max_size=400))
@example(data=b"")
@example(data=b"\xff\xfe")
@example(data=b"\xfe\xff\x00")
@example(data=b"\xef\xbb\xbf\r\r\n")
@example(data=b'"')
@example(data=b'a,b\n"')
@example(data=b"a,b\n1\n")
@example(data=b"a\n\x1a")
@example(data=b"a,b\r\r\n1,2")
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    read(data, tmp_path)


@some
@given(
    pieces=st.lists(st.sampled_from([*PIECES, b"a", b"date", b"2026-03-01", b"1"]), max_size=40),
    header=st.sampled_from([b"", b"\xef\xbb\xbf", b"register_no,date\n", b"a\tb\tc\r\n", b"a\n"]),
)
def test_pieces_that_mean_something(pieces: list[bytes], header: bytes, tmp_path: Path) -> None:
    read(header + b"".join(pieces), tmp_path)


@some
@given(data=st.data())
def test_a_register_that_was_spoilt(data: Any, tmp_path: Path) -> None:
    encoding = data.draw(st.sampled_from(ENCODINGS))
    spoilt = REGISTER.encode(encoding, errors="replace")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt)))
        length = data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 60, len(spoilt)]))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=6))
        spoilt = spoilt[:at] + piece + spoilt[at + length :]
    read(spoilt, tmp_path)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from('",\t\n\r；，"\' 村x1'),
    max_size=8,
)


@some
@given(
    width=st.integers(2, 4),
    drawn=st.lists(st.lists(TEXT, min_size=4, max_size=4), max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    separator=st.sampled_from([",", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_was_written_is_read(
    width: int, drawn: list[list[str]], encoding: str, separator: str, end: str, tmp_path: Path
) -> None:
    header = KNOWN[:width]
    rows = [row[:width] for row in drawn]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    encoded = file.getvalue().encode(encoding)
    if encoding == "gb18030":
        assume(not _is_utf_8(encoded))
    table = read(encoded, tmp_path)
    assert table is not None
    kept = [row for row in rows if any(cell.strip(cells.BLANKS) for cell in row)]
    found = [table.cells(name, "text").to_pylist() for name in header]
    assert [list(row) for row in zip(*found, strict=True)] == [
        [cell.strip(cells.BLANKS) for cell in row] for row in kept
    ]


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not data.isascii()


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("name", ["register", "exchanges", "goods", "households"])
def test_a_settlement_of_spoilt_tables(name: str, run: Run) -> None:
    """Through the command: a result, faults of the data, or faults by file and line."""
    names = ("register", "exchanges", "goods", "households")
    sound = {name: (PLACE / f"{name}.csv").read_bytes() for name in names}
    chance = random.Random(name)
    line = ["points", "settle", str(PLACE / "village-100.toml"), "--as-of", "2026-12-31"]
    for of in names:
        Path(f"{of}.csv").write_bytes(sound[of])
        line += [f"--{of}", f"{of}.csv"]
    codes = []
    for _ in range(EXAMPLES // 10):
        spoilt = sound[name]
        for _ in range(chance.choice([1, 1, 2, 4])):
            at = chance.randrange(len(spoilt) + 1)
            length = chance.choice([0, 1, 1, 4, 30, len(spoilt)])
            spoilt = spoilt[:at] + chance.choice(PIECES) + spoilt[at + length :]
        Path(f"{name}.csv").write_bytes(spoilt)
        began = time.process_time()
        outcome = run(*line, "--out", "out", "--force", "--json")
        assert time.process_time() - began < SECONDS_MOST
        codes.append(outcome.code)
        if outcome.code == 2:
            for finding in json.loads(outcome.out)["findings"]:
                assert finding["file"] == f"{name}.csv" or finding["line"] is not None, finding
        else:
            assert json.loads(outcome.out)["conserved"]
    assert 2 in codes
    assert 0 in codes
