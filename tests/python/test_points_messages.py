"""How faults and messages of points read: each place told once, in English and Chinese."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gridgov
from gridgov import errors, language, points
from gridgov.faults import Fault

pytestmark = pytest.mark.usefixtures("without_pictures")
Run = Callable[..., Any]  # the fixture of conftest.py

HEAD = """[rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
opening = { points = 20, period = "year" }
"""
MEETING = """
[[rule]]
id = "meeting"
deed = "meeting"
points = 2
"""
HOUSEHOLDS = "household_id,village,age\nh1,east,40\nh2,west,x\n"
REGISTER = "register_no,date,household_id,person_id,deed,units,stage,reverses\n"
GOODS = "good,title,points,stock,shop,effective_from,yuan\nkettle,水壶,10,5,s1,2026-01-01,50\n"
EXCHANGES = "exchange_no,date,household_id,good,quantity,shop\n"


def lint(run: Run, rules: str, *more: object) -> list[str]:
    Path("rules.toml").write_text(rules, encoding="utf-8")
    outcome = run("points", "lint", "rules.toml", *more)
    return (outcome.out + outcome.err).splitlines()


def settle(run: Run, *more: object, rules: str = HEAD + MEETING, **tables: str) -> Any:
    Path("rules.toml").write_text(rules, encoding="utf-8")
    tables = {"households": HOUSEHOLDS, "register": REGISTER} | tables
    options: list[object] = []
    for name, text in tables.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")
        options += [f"--{name}", f"{name}.csv"]
    if "--as-of" not in more:
        options += ["--as-of", "2026-12-31"]
    return run("points", "settle", "rules.toml", *options, "--out", "out", *more)


@pytest.mark.parametrize(
    ("rules", "english", "chinese"),
    [
        (
            MEETING + "when = { age = '>= ' }\n",
            "rules.toml:11: meeting: age: “>= ”: it ends at character 4 where one of these can ",
            "rules.toml:11: meeting: “age”：“>= ”：写到第4个字就结束了，",
        ),
        (
            MEETING + 'when = { "角色" = \'"党员", 群众\' }\n',
            'rules.toml:11: meeting: 角色: “"党员", 群众”: 群众 at character 7 is beyond ',
            'rules.toml:11: meeting: “角色”：“"党员", 群众”：第7个字起的 群众 不在',
        ),
        (
            MEETING + "per = 3\n",
            "rules.toml:11: meeting: per is of the kind “integer”; give one of the kind “text”",
            "rules.toml:11: meeting: “per”是整数；应为文字",
        ),
        (
            MEETING + 'group = "g"\n',
            "rules.toml:11: meeting: there is no group g in this rulebook; declare it with ",
            "rules.toml:11: meeting: 本规则文件里没有规则组“g”；",
        ),
        (
            MEETING + "units_max = -1\n",
            "rules.toml:11: meeting: units_max is -1; give a number from 0 to 1000000000",
            "rules.toml:11: meeting: “units_max”是-1；应在0到1000000000之间",
        ),
        (
            MEETING + MEETING,
            "rules.toml:12: rule meeting is given twice (first in line 7); give every one an id ",
            "rules.toml:12: 规则meeting重复（首次在第7行）；编号不得重复",
        ),
        (
            "\n[[rule]]\nid = 'a'\npoints = 1\n",
            "rules.toml:7: a: deed is missing or empty; give it",
            "rules.toml:7: a: “deed”没有填写；请补上",
        ),
        (
            "x = = 3\n",
            "rules.toml:6: this is no TOML: Error while parsing value",
            "rules.toml:6: 不是合格的TOML，第5列附近有误（解析器原文：",
        ),
        (
            MEETING.replace("2", "-2"),
            "warning: rules.toml:7: rule meeting deducts points without evidence or a witness "
            '(deed = "meeting"; evidence = 0; witnesses = 0; points = -2); ask for at least one',
            "警告：rules.toml:7: 规则“meeting”扣分不要求佐证或见证人"
            '（事项 = "meeting"；佐证 = 0；见证人 = 0；分值 = -2）；请至少要求一项',
        ),
    ],
)
def test_a_fault_of_a_rule_tells_its_place_once(
    run: Run, rules: str, english: str, chinese: str
) -> None:
    assert lint(run, HEAD + rules)[0].startswith(english)
    assert lint(run, HEAD + rules, "--lang", "zh")[0].startswith(chinese)


def test_two_files_with_one_rulebook_are_one_fault(run: Run) -> None:
    Path("rules").mkdir()
    for name in ("a", "b"):
        Path(f"rules/{name}.toml").write_text(HEAD + MEETING, encoding="utf-8")
    lines = run("points", "lint", "rules").err.splitlines()
    assert lines == ["rules/b.toml:1: rulebook v is given twice; give every one an id of its own"]
    Path("rules/b.toml").write_text((HEAD + MEETING).replace('"v"', '"w"'), encoding="utf-8")
    assert run("points", "lint", "rules", "--lang", "zh").err.startswith(
        "rules/b.toml:1: 规则文件w与v于2026-01-01在未指明规则的各村同时生效；"
    )


def test_a_cell_that_a_condition_cannot_read_names_the_rule(run: Run) -> None:
    rules = HEAD + MEETING + "when = { age = '>= 18' }\n"
    assert settle(run, rules=rules).err.splitlines() == [
        "households.csv:3: h2: age is “x”, which is no value of the type number that rule meeting "
        "asks for (rules.toml:11)"
    ]
    assert settle(run, "--lang", "zh", rules=rules).err.splitlines() == [
        "households.csv:3: h2: “age”是“x”，不是数字，而规则“meeting”（rules.toml 第11行）要用数字"
    ]
    register = REGISTER.replace("reverses", "level") + "r1,2026-03-01,h1,,meeting,1,posted,高\n"
    level = HEAD + MEETING + "when = { level = '> 1' }\n"
    assert settle(run, rules=level, register=register).err.startswith(
        "register.csv:2: r1: level is “高”, which is no value of the type number that rule meeting"
    )
    given = {"rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"}}
    given |= {"rule": [{"id": "a", "deed": "d", "points": 1, "when": {"age": "< 9"}}]}
    deeds = {name: ["1"] for name in ("register_no", "household_id", "deed")}
    deeds |= {"date": ["2026-01-01"], "stage": ["posted"]}
    with pytest.raises(gridgov.DataError) as error:
        points.settle(given, {"household_id": ["1"], "age": ["?"]}, deeds, as_of="2026-12-31")
    assert str(error.value) == (
        "1: age is “?”, which is no value of the type number that rule a asks for"
    )


def test_faults_of_tables_tell_their_place_once(run: Run) -> None:
    register = REGISTER + (
        "r1,2026-03-01,h9,,meeting,1,posted,\n"
        "r2,2026-13-01,h1,,meeting,-1,psted,\n"
        ",2026-03-01,h1,,meeting,1,posted,\n"
    )
    exchanges = EXCHANGES + "x1,2026-03-01,h9,kettle,0,s1\n"
    goods = GOODS + "pot,锅,x,5,s1,2026-01-01,\n"
    tables = {"register": register, "exchanges": exchanges, "goods": goods}
    english = settle(run, **tables).err.splitlines()
    assert english == [
        "register.csv:2: r1: there is no household h9 in HOUSEHOLDS; use its ids",
        "register.csv:3: r2: date is “2026-13-01”, which is no day of the calendar; give a date as "
        "YYYY-MM-DD",
        "register.csv:3: r2: units is “-1”; give a whole number from 0 to 1000000000",
        "register.csv:3: r2: the stage is “psted”; give declared, reviewed, published, posted or "
        "rejected",
        "register.csv:4: the id is empty; give every row an id",
        "exchanges.csv:2: x1: there is no household h9 in HOUSEHOLDS; use its ids",
        "exchanges.csv:2: x1: quantity is “0”; give a whole number from 1 to 1000000000",
        "goods.csv:3: pot: points is “x”; give a whole number from 0 to 1000000000000",
        "8 faults; nothing was written",
    ]
    chinese = settle(run, "--lang", "zh", **tables).err.splitlines()
    assert chinese[0] == "register.csv:2: r1: 户表里没有编号为h9的户；请用户表里的编号"
    assert chinese[4] == "register.csv:4: 编号为空；请补上编号"
    assert chinese[6] == "exchanges.csv:2: x1: “quantity”是“0”；应为1到1000000000的整数"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_finding_of_a_line_tells_its_place_twice(lang: errors.Language) -> None:
    """Every code of the catalogue, its blanks filled with their names."""
    for code, number in gridgov.codes().items():
        if number // 1000 not in (1, 8, 9, 10) and number // 100 != 71:
            continue  # not of a file's line
        blanks = re.findall(r"\{(\w+)[:}]", errors.template(code, lang))
        own = ("id", "records", "row", "kind", "table")
        fields = {name: f"<{name}>" for name in blanks if name not in own and not name.isdigit()}
        fields |= {"file": "f.csv", "line": "7"}
        found = errors.finding(code, records=["R-0", "R-1"], table="households", row=3, **fields)
        shown = Fault(code, file="f.csv", line=7, records=("R-0", "R-1"), finding=found)
        line = shown.render(lang)
        assert line.startswith("f.csv:7: "), line
        assert "f.csv" not in line[9:], line
        assert "(row 4)" not in line, line
        assert "（第4行）" not in line, line
        assert not re.search(r"R-0[:：] ?\w* ?R-0", line), line
        assert not re.match(r"f.csv:7: R-0: \w* ?“?R-0\b", line), line


def test_english_counts_one_as_one(run: Run) -> None:
    litter = MEETING.replace("2", "-2")
    assert lint(run, HEAD + litter)[-1] == "1 finding in 1 rulebook"
    assert lint(run, HEAD + MEETING)[-1] == "0 findings in 1 rulebook"
    assert lint(run, HEAD + litter, "--lang", "zh")[-1] == "1份规则，发现1处问题"
    one = HEAD.replace("opening", "# ") + MEETING.replace("2", '1\nper = "hour"')
    rows = REGISTER + "r1,2026-03-01,h1,,meeting,1,posted,\n"
    assert settle(run, rules=one, register=rows).code == 0
    told = run("points", "statement", "h1", "--in", "out").out
    assert "household h1, east: 1 point on 2026-12-31" in told
    assert "award: r1, meeting: 1 point × 1 hour" in told
    assert not re.search(r"\b1 (points|hours|days|rows|findings|lines)\b", told)


@pytest.mark.parametrize(("count", "shown"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_a_number_and_its_noun(count: int, shown: str) -> None:
    assert language.filled("{n:row/rows}", "en", {"n": count}) == shown
    assert language.filled("{n:row/rows}", "en", {"n": str(count)}) == shown
    found = errors.finding("link_across_villages", count=count)
    assert ("links between" in found.message()) == (count != 1)


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "0000-00-00", ""])
def test_a_day_that_is_none(run: Run, day: str) -> None:
    if day:
        assert settle(run, "--as-of", day).err == (
            f"--as-of: “{day}” is no date; write YYYY-MM-DD\n"
        )
        assert settle(run, "--as-of", day, "--lang", "zh").err == (
            f"--as-of：“{day}”不是日期；请写成 YYYY-MM-DD\n"
        )
    books = points.Rulebooks(HEAD + MEETING)
    with pytest.raises(gridgov.UsageError) as error:
        books.in_force("east", day)
    assert error.value.finding.message("zh") == f"date为{day}；应为日期，如2026-01-05"


def test_what_is_wanted_is_told_in_chinese() -> None:
    with pytest.raises(gridgov.UsageError) as error:
        gridgov.partition([[0, 0]], seed=-1)
    assert error.value.finding.message("zh") == "seed为-1；应为0到18446744073709551615的整数"


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EROFS, errno.ENOTDIR]
)
def test_the_system_s_reasons_are_told_in_chinese(number: int) -> None:
    reason = os.strerror(number)
    assert reason in language.text("fault.unreadable", "en", reason=reason)
    told = [
        language.text("fault.unreadable", "zh", reason=reason),
        language.text("fault.system", "zh", path="路径", reason=f"[Errno {number}] {reason}"),
        errors.finding("rules_unreadable", path="路径", reason=reason).message("zh"),
    ]
    assert not [text for text in told if re.search("[A-Za-z]", text)], told


def test_a_directory_that_explains_nothing_says_why(tmp_path: Path) -> None:
    def reason(directory: Path) -> str:
        with pytest.raises(gridgov.UsageError) as error:
            gridgov.explain(directory, "1")
        return error.value.finding.message("zh")

    missing = "（households.csv: 没有这个文件或文件夹）"
    assert missing in reason(tmp_path / "nowhere")
    out = tmp_path / "out"
    line = np.array([(10.0 * i, 0.0) for i in range(30)])
    gridgov.partition(line, min=10, max=20, target=15).save(out)
    rules = (out / "rules.json").read_text(encoding="utf-8")
    for wrong in ("{", "[]", rules.replace('"min"', '"mni"')):
        (out / "rules.json").write_text(wrong, encoding="utf-8")
        told = reason(out)
        assert "（rules.json" in told, told
        assert not re.search(r"Expecting|attribute|'min'|Errno", told), told


def test_reasons_name_goods_by_their_titles(run: Run) -> None:
    exchanges = EXCHANGES + (
        "x1,2026-03-01,h1,kettle,1,s1\nx2,2025-03-01,h1,kettle,1,s1\nx3,2026-03-01,h1,pan,1,s1\n"
    )
    tables = {"goods": GOODS, "exchanges": exchanges}
    assert settle(run, "--lang", "zh", **tables).code == 0
    reasons = Path("out/exchanges.csv").read_text(encoding="utf-8")
    assert "“水壶”1件，共10分" in reasons
    assert "“水壶”当日在超市“s1”没有定价" in reasons
    assert "没有“pan”这种物品" in reasons
    assert ",kettle,1,s1," in reasons  # ids stay ids
    statement = run("points", "statement", "h1", "--in", "out", "--lang", "zh").out
    assert "兑换：x1，“水壶”1件，共10分" in statement
    # Titles go on with the results, though no goods are given any more.
    rules = ("points", "settle", "rules.toml", "--households", "households.csv", "--register")
    more = ("register.csv", "--as-of", "2027-01-31", "--previous", "out", "--out", "out2")
    assert run(*rules, *more).code == 0
    assert "1 × 水壶, 10 points" in Path("out2/exchanges.csv").read_text(encoding="utf-8")
    assert Path("out2/goods.csv").read_text(encoding="utf-8") == "good,title\nkettle,水壶\n"


def test_titles_of_goods_in_python() -> None:
    def settled(rows: list[tuple[str, str, str]], previous: Any = None) -> points.Settlement:
        names = ("good", "title", "effective_from")
        goods = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        goods |= {"points": ["1"] * len(rows), "stock": ["9"] * len(rows)}
        goods |= {"shop": [f"s{i}" for i in range(len(rows))]}
        deeds: dict[str, list[str]] = {
            name: [] for name in ("register_no", "date", "household_id", "deed", "stage")
        }
        return points.settle(
            HEAD + MEETING, {"household_id": ["h"]}, deeds, as_of="2026-12-31", goods=goods,
            previous=previous,
        )  # fmt: skip

    rows = [("a", "old", "2026-01-01"), ("a", "new", "2026-05-01"), ("b", "", "2026-01-01")]
    made = settled(rows)
    assert made.good_titles == settled(rows[::-1]).good_titles == {"a": "new"}
    later = settled([("b", "\x1b[1m", "2026-01-01"), ("c", "C", "2026-01-01")], made)
    assert later.good_titles == {"a": "new", "c": "C"}
    assert made.state.settlement(HEAD + MEETING).good_titles == {"a": "new"}


def test_a_passbook_tells_what_was_taken_in_points(run: Run) -> None:
    tenths = HEAD.replace("opening", "unit_scale = 10\nopening") + MEETING
    exchanges = EXCHANGES + "x1,2026-03-01,h1,kettle,1,s1\n"
    assert settle(run, rules=tenths, goods=GOODS, exchanges=exchanges).code == 0
    told = run("points", "statement", "h1", "--in", "out").out
    assert "2026-03-01  -1.0  =1.0" in told
    assert "by lots: opening of 2026 1.0\n" in told
    chinese = run("points", "statement", "h1", "--in", "out", "--lang", "zh").out
    assert "对应的分：2026年基础分 1.0分\n" in chinese


def test_dates_and_gaps_are_told_as_they_stand(run: Run) -> None:
    register = REGISTER + "r1,2026-03-01,h1,,meeting,1,posted,\n"
    rules = HEAD + MEETING + "when = { date = '> 18' }\n"
    assert settle(run, rules=rules, register=register).err.startswith(
        "register.csv:2: r1: date is “2026-03-01”, which is no value of the type number that rule "
    )
    Path("rules").mkdir()
    later = HEAD.replace('"v"', '"w"').replace("2026-01-01", "2026-05-01")
    Path("rules/a.toml").write_text(HEAD + "effective_to = 2026-03-01\n" + MEETING)
    Path("rules/b.toml").write_text(later + MEETING)
    assert (
        "no rulebook is in force in villages that none names from 2026-03-01 to"
        in run("points", "lint", "rules").out
    )
    for name in ("a", "b"):
        path = Path(f"rules/{name}.toml")
        path.write_text(path.read_text().replace('"*"', '"east"'))
    assert (
        "2026-03-01至2026-04-30，“east”没有生效的积分办法"
        in run("points", "lint", "rules", "--lang", "zh").out
    )
