"""The READMEs and the docs: what they show runs as it stands, and they leave nothing out."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

import gridgov
from gridgov import _core, cli, language, lists, points

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
GUIDES = ("docs/guide/partition.md", "docs/guide/partition.zh-CN.md")
LISTS_GUIDES = ("docs/guide/lists.md", "docs/guide/lists.zh-CN.md")
POINTS_GUIDES = ("docs/guide/points.md", "docs/guide/points.zh-CN.md")
REPORT_GUIDES = ("docs/guide/report.md", "docs/guide/report.zh-CN.md")
FINDINGS = "docs/guide/findings.md"
PAGES = sorted([ROOT / name for name in READMES] + list((ROOT / "docs").rglob("*.md")))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks of a kind: ```python and so on."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)


def calls(page: Path) -> list[str]:
    """Every `./run …` of a page's shell blocks, a line each."""
    joined = "".join(blocks(page.read_text(encoding="utf-8"), "sh")).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.startswith("./run")]


def commands(group: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every command of the command line by its words."""
    found = {}
    for name, command in group.commands.items():
        inner = hasattr(command, "commands")
        found |= commands(command, (*path, name)) if inner else {(*path, name): command}
    return found


def command_line() -> dict[tuple[str, ...], Any]:
    return commands(typer.main.get_command(cli.build("en")))


@pytest.mark.parametrize("name", [*READMES, *GUIDES])
def test_python_runs_as_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = blocks(text_of(name), "python")
    assert shown
    for block in shown:
        exec(compile(block, name, "exec"), {"__name__": "__main__"})
    assert "gridgov.Partition" in capsys.readouterr().out


@pytest.mark.parametrize("name", LISTS_GUIDES)
def test_python_of_lists_runs_as_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(text_of(name), "python"):
        exec(compile(block, name, "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert "gridgov.lists.Catalogue" in printed
    assert "may_certify" in printed


@pytest.mark.parametrize("name", REPORT_GUIDES)
def test_python_of_the_report_runs_as_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(text_of(name), "python"):
        exec(compile(block, name, "exec"), {"__name__": "__main__"})
    assert "report.html True" in capsys.readouterr().out


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short(name: str) -> None:
    assert all(len(block.splitlines()) <= 20 for block in blocks(text_of(name), "python"))
    assert {"./run demo", "./run test"} <= set(calls(ROOT / name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_shell_lines_are_understood(page: Path) -> None:
    known = command_line()
    words_of_run = set(re.findall(r"^([a-z]+)\)$", text_of("run"), re.M))
    assert {"demo", "test", "bench", "gridgov", "python"} <= words_of_run
    for line in calls(page):
        words = shlex.split(line)[1:]
        assert words[0] in words_of_run, line
        if words[0] != "gridgov":
            continue
        arguments = cli._spread(words[1:])
        path = next(path for path in known if tuple(arguments[: len(path)]) == path)
        if "--help" not in arguments:
            known[path].make_context(path[-1], arguments[len(path) :])  # raises if it cannot parse


@pytest.mark.parametrize("name", [*GUIDES, *LISTS_GUIDES, *POINTS_GUIDES, *REPORT_GUIDES])
def test_a_guide_has_every_option(name: str) -> None:
    guide = text_of(name)
    part = Path(name).name.partition(".")[0]
    for path, command in command_line().items():
        if part != (path[0] if path[0] in ("points", "lists", "report") else "partition"):
            continue
        assert " ".join(path) in guide
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in guide, (path, option)


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_has_every_column_and_key(name: str) -> None:
    guide = text_of(name)
    p = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)], grids=2)
    town = gridgov.simulate_township(households=20, villages=1)
    assert p.grids is not None
    names = {*p.households, *p.courtyards, *p.grids, *p.links, *p.summary}
    names |= {*town.households, *town.villages, *town.way_nodes, *town.ways}
    names |= set(gridgov.compare([(float(i), 0.0) for i in range(20)]))
    assert {column for column in names if f"`{column}" not in guide} == set()


@pytest.mark.parametrize("name", LISTS_GUIDES)
def test_a_guide_has_every_column_and_key_of_lists(name: str) -> None:
    guide = text_of(name)
    town = {
        "catalogue": {"effective_from": "2026-01-01"},
        "actor": [{"id": "a", "level": "village"}],
        "person": [{"id": "p", "posts": ["a.clerk"], "capacity_hours": 0}],
        "item": [
            {"id": "M", "matter": "m", "list": "must", "actor": "a", "lead": "clerk", "hours": 1,
             "recurrence": "FREQ=MONTHLY"},
        ],
        "procedure": [{"id": "f", "step": [{"id": "s"}]}],
    }  # fmt: skip
    schema = json.loads(text_of("docs/schema/catalogue.schema.json"))
    names = {"kind", *schema["properties"]}
    for table in schema["$defs"].values():
        names |= set(table.get("properties", {})) - {"zh", "en"}
    duties = lists.duties(town, as_of="2026-02-01")
    load = lists.workload(town, months=1)
    names |= {*duties.windows, *duties.rates, *lists.duties(town, as_of="2026-02-01").counts}
    names |= {*load.persons, *load.posts, *load.months, *load.overloads[0].as_record()}
    log = {"case_id": ["1"], "date": ["2026-01-01"], "actor": ["a"], "event": ["opened"]}
    found = lists.cases(log, as_of="2026-01-02")
    names |= {*found.cases, *found.summary}
    matched = lists.match({"need": ["n"], "kind": ["k"], "amount": [1]})
    names |= {*matched.matches, *matched.unmet, *matched.summary}
    difference = lists.diff(town, town)
    names |= {*difference.items, *difference.loads, *difference.as_record()}
    names |= set(lists.procedure(town, "f").as_record())
    names |= set(lists.decide(town, actor="a", matter="m", date="2026-01-01").as_record())
    assert {key for key in names if f"{key}" not in guide} == set()


@pytest.mark.parametrize("name", POINTS_GUIDES)
def test_python_of_points_runs_as_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(text_of(name), "python"):
        exec(compile(block, name, "exec"), names)
    assert "gridgov.points.Settlement" in capsys.readouterr().out


@pytest.mark.parametrize("name", POINTS_GUIDES)
def test_a_guide_has_every_column_and_key_of_points(name: str) -> None:
    guide = text_of(name)
    rules = {
        "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        "rule": [{"id": "r", "deed": "d", "points": 2}],
    }
    register = {
        "register_no": ["r1"],
        "date": ["2026-03-01"],
        "household_id": ["h"],
        "deed": ["d"],
        "stage": ["posted"],
    }
    s = points.settle(rules, {"household_id": ["h"]}, register, as_of="2026-12-31")
    c = points.compare(rules, rules, {"household_id": ["h"]}, register, as_of="2026-12-31")
    year = {"households": {"household_id": ["h"]}, "register": register, "as_of": "2026-12-31"}
    d = points.decompose({"old": rules, "new": rules}, {"2026": year})
    board, statement = s.board(), s.statement("h")
    names = {*s.entries, *s.exchanges, *s.balances, *s.ledger, *s.shop_months, *s.summary}
    names |= {*c.households, *c.villages, *c.rules, *c.summary, *board.ranking, *board.black}
    names |= {*statement.lines, *statement.quiet, *statement.lots, *board.thresholds}
    names |= {*d.cells, *d.villages, *d.households, *d.summary}
    for part in ("status", "reason", "kind", "exchange_status", "refusal"):
        names |= set(_core.POINTS_WORDS[part]) - {""}
    assert {word for word in names if f"`{word}" not in guide} == set()


def test_every_finding_is_listed() -> None:
    page = text_of(FINDINGS)
    for code, number in gridgov.codes().items():
        row = re.search(rf"^\| {number} \| `{code}` \|(.*)\|(.*)\|$", page, re.M)
        assert row, f"{code} is not in {FINDINGS}: see docs/contributing.md"
        assert row[1].strip()
        assert row[2].strip()
    for key in language.MESSAGES:
        if key.startswith("fault."):
            assert f"| `{key.removeprefix('fault.')}` |" in page, f"{key} is not in {FINDINGS}"
