"""Valid command lines and files, spoilt at random: always an answer or a fault, never a trace."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gridgov import cli

Run = Callable[..., Any]  # the fixture of conftest.py

#: How many of each are tried; more by hand.
TRIALS = int(os.environ.get("GRIDGOV_RANDOM_INPUTS", "20"))

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
ROWS = [[f"h{i}", i % 8 * 10, i // 8 * 10, "v", i % 2, "g", i % 3 + 1] for i in range(40)]
HEADER = ["id", "x_m", "y_m", "village", "head", "group", "weight"]
LINES = {
    "partition": "partition h.csv --barriers b.geojson --head-column head --group-column group "
    "--links links.csv --min 5 --grids 2 --max-link-m 300 --crs planar --out new --json",
    "workbook": "partition h.xlsx --id-column id --weight-column weight --min 1 --max 40 "
    "--target 9 --effort draft --threads 1 --out new",
    "revise": "revise courtyards h.csv --keep 5 --lock v-1 v-2 --out new",
    "explain": "explain h17 --in courtyards --to v-2 --json",
    "verify": "verify h.csv courtyards/households.csv --links courtyards/links.csv --metric "
    "straight",
    "compare": "compare h.csv --algorithms hilbert,gridgov-draft --seed 3 --seconds 1",
    "simulate": "simulate township --households 60 --villages 2 --seed 3 --out new",
    "points lint": "points lint rules.toml --goods goods.csv --households ph.csv",
    "points settle": "points settle rules.toml --households ph.csv --register register.csv "
    "--exchanges exchanges.csv --goods goods.csv --as-of 2026-03-31 --out new --json",
    "points compare": "points compare rules.toml rules.toml --households ph.csv --register "
    "register.csv --as-of 2026-03-31 --out new",
    "points decompose": "points decompose --rules a=rules.toml b=rules.toml --register "
    "w=register.csv s=register.csv --as-of w=2026-02-28 s=2026-03-31 --households ph.csv "
    "--goods s=goods.csv --out new",
    "points verify": "points verify --in points --json",
    "points statement": "points statement h2 --in points",
    "points board": "points board --in points --json",
    "lists audit": "lists audit lists/manyue-actors.toml lists/manyue-town.toml "
    "--referral-hops-max 2",
    "lists decide": "lists decide lists/manyue-actors.toml lists/manyue-town.toml --actor manyue "
    "--matter certificate/residence --date 2026-03-01 --attribute age=40 name=x",
    "lists diff": "lists diff lists/manyue-actors.toml lists/manyue-actors.toml",
    "lists duties": "lists duties lists/manyue-actors.toml lists/manyue-town.toml "
    "lists/manyue-villages.toml "
    "--evidence lists/evidence.csv --as-of 2026-03-31 --out new",
    "lists workload": "lists workload lists/manyue-actors.toml lists/manyue-town.toml "
    "--capacity-hours 160 --from 2026-01-01 --months 3",
    "lists cases": "lists cases lists/cases.csv --as-of 2026-03-31",
    "lists match": "lists match lists/needs.csv lists/resources.csv lists/projects.csv --out new",
    "report": "report courtyards points duties workload audit --lang zh --out new.html",
    "doctor": "doctor --json",
}
MADE = {
    "courtyards": "partition h.csv --out courtyards",
    "points": LINES["points settle"].replace("--out new", "--out points"),
    "duties": LINES["lists duties"].replace("--out new", "--out duties"),
    "workload": LINES["lists workload"] + " --out workload",
    "audit": LINES["lists audit"] + " --out audit",
}
WORDS = ["-", "--", "x", "-1", "0", "1e999", "nan", "９", "a" * 5000, ".", "h.csv", "nothing", "=",
         "\udcff", "\0", "zh", "2026-02-30", "9" * 30, "--lang", "--json", "-h", "*"]  # fmt: skip
PIECES = [b"", b",", b'"', b"\n", b"\0", b"\xff", b"-", b"1e308", b"NaN", b"9" * 25, b"{", b"]",
          b"=", b"\xef\xbb\xbf", "，".encode(), "村".encode("gb18030"), b"#REF!", b"46027",
          b"0001-01-01", b"\x1b[2J", b"null", b"[" * 2000]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files and results that all lines read."""
    place = tmp_path_factory.mktemp("files")
    table = "\n".join(",".join(map(str, row)) for row in [HEADER, *ROWS]) + "\n"
    (place / "h.csv").write_text(table)
    book = openpyxl.Workbook()
    for row in [["户表"], HEADER, *ROWS]:
        book.worksheets[0].append(row)
    book.save(place / "h.xlsx")
    (place / "b.geojson").write_text(
        '{"type": "LineString", "coordinates": [[-5, 25], [90, 25]], "crs": null}'
    )
    links = [f"h{i},h{j},10" for i in range(40) for j in (i + 1, i + 8) if j < 40 and j % 8 != 0]
    (place / "links.csv").write_text("\n".join(["u,v,length_m", *links]) + "\n")
    shutil.copytree(EXAMPLES / "lists", place / "lists")
    points = EXAMPLES / "points"
    for name in ("register", "exchanges", "goods"):
        shutil.copy(points / f"{name}.csv", place)
    shutil.copy(points / "households.csv", place / "ph.csv")
    shutil.copy(points / "village-100.toml", place / "rules.toml")
    before = Path.cwd()
    os.chdir(place)
    try:
        for line in MADE.values():
            assert cli.main([*line.split(), "--quiet"]) in (0, 1)
    finally:
        os.chdir(before)
    return place


def spoilt_line(words: list[str], chance: random.Random) -> list[str]:
    words = list(words)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        at = chance.randrange(len(words))
        what = chance.randrange(6)
        if what == 0:
            del words[at]
        elif what == 1:
            words[at] = chance.choice(WORDS)
        elif what == 2:
            words.insert(at, chance.choice([*WORDS, chance.choice(words)]))
        elif what == 3:
            word = words[at]
            cut = chance.randrange(len(word) + 1)
            words[at] = word[:cut] + word[cut + 1 :]
        elif what == 4:
            words[at] += chance.choice(WORDS)
        else:
            other = chance.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        if not words:
            break
    return words


def spoilt_bytes(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        length = chance.choice([0, 1, 1, 4, 30, len(data)])
        data = data[:at] + chance.choice(PIECES) + data[at + length :]
    return data


def check(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code = cli.main(line)
    told = capsys.readouterr()
    assert code in (0, 1, 2), line
    assert "Traceback" not in told.out + told.err, line
    assert "failed inside" not in told.err, (line, told.err)
    assert "内部出错" not in told.err, (line, told.err)
    assert "\x1b" not in told.out + told.err, (line, told.err)
    assert code != 2 or told.err, line


def clean(place: Path) -> None:
    shutil.rmtree(place / "new", ignore_errors=True)
    (place / "new.html").unlink(missing_ok=True)


@pytest.fixture
def here(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "here"
    shutil.copytree(files, place)
    monkeypatch.chdir(place)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("GRIDGOV_TRACEBACK", raising=False)
    return place


@pytest.mark.usefixtures("without_pictures", "here")
def test_the_lines_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """Else this file would try nothing but the first of all faults."""
    for name, line in LINES.items():
        code = cli.main(line.split())
        assert code in (0, 1), (name, capsys.readouterr().err)
        clean(Path())


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("name", LINES)
def test_spoilt_lines(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"line {name}")
    for _ in range(TRIALS):
        check(spoilt_line(LINES[name].split(), chance), capsys)
        clean(here)


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("name", [name for name in LINES if name not in {"simulate", "doctor"}])
def test_spoilt_files(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"file {name}")
    line = LINES[name].split()
    read: list[Path] = []
    for word in line[1:]:
        path = here / word
        read += sorted(path.rglob("*.*")) if path.is_dir() else [path] if path.is_file() else []
    for _ in range(TRIALS if name != "report" else TRIALS // 4):  # pictures take their time
        path = chance.choice(read)
        data = path.read_bytes()
        path.write_bytes(spoilt_bytes(data, chance))
        check(line, capsys)
        path.write_bytes(data)
        clean(here)
