"""The commands of points: files in and out, exit codes, the domain's figures, bad input."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytestmark = pytest.mark.usefixtures("without_pictures")
Run = Callable[..., Any]  # the fixture of conftest.py

HEAD = """[rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
below_floor = "clamp"
objection_days = 3
"""
STUDY = """
[[rule]]
id = "study"
deed = "study"
points = 2
caps = [{ over = "rule", scope = "household", period = "year", limit = 12 }]
"""
VOLUNTEER = """
[[rule]]
id = "volunteer"
title = { zh = "志愿服务", en = "volunteer service" }
deed = "volunteer"
points = 1
per = "hour"
units_max = 2
"""
VIOLATION = """
[[rule]]
id = "violation"
deed = "violation"
points = -10
freeze = "end_of_next_year"
veto = true
mend_days = 30
"""
HONOURS = '\n[[group]]\nid = "honour"\nhit_policy = "max"\n' + "".join(
    f'\n[[rule]]\nid = "{name}"\ndeed = "honour"\npoints = {given}\ngroup = "honour"\n'
    f"when = {{ level = '{test}' }}\n"
    for name, given, test in (
        ("national", 50, '"national"'),
        ("province", 30, '"national", "province"'),
        ("prefecture", 20, '"national", "province", "prefecture"'),
    )
)
RULES = HEAD + STUDY + VOLUNTEER + VIOLATION + HONOURS
HOUSEHOLDS = "household_id,village,name\nh1,east,张三\nh2,east,李四\nh3,west,王小五\n"
REGISTER = (
    "register_no,date,household_id,deed,units,stage,reverses,recorded_on,published_on,level\n"
)
GOODS = "good,title,points,stock,shop,effective_from,yuan\nkettle,壶,100,5,s1,2026-01-01,50\n"
EXCHANGES = "exchange_no,date,household_id,good,quantity,shop,returns\n"


def write(rows: list[str] | str, rules: str = RULES, households: str = HOUSEHOLDS) -> None:
    Path("rules.toml").write_text(rules, encoding="utf-8")
    Path("households.csv").write_text(households, encoding="utf-8")
    body = rows if isinstance(rows, str) else REGISTER + "".join(f"{row}\n" for row in rows)
    Path("register.csv").write_text(body, encoding="utf-8")


def settle(run: Run, *more: object, as_of: str = "2026-12-31", out: str = "out") -> Any:
    return run(
        "points", "settle", "rules.toml", "--households", "households.csv", "--register",
        "register.csv", "--as-of", as_of, "--out", out, *more,
    )  # fmt: skip


def table(name: str, out: str = "out") -> pd.DataFrame:
    return pd.read_csv(f"{out}/{name}.csv", keep_default_na=False)


def balances(out: str = "out") -> dict[str, int]:
    return dict(table("balances", out)[["household_id", "balance"]].itertuples(index=False))


class TestFigures:
    """The figures of real villages."""

    def test_fifteen_sessions_give_twelve(self, run: Run) -> None:
        write([f"r{i:02},2026-03-{i + 1:02},h1,study,,posted,,,," for i in range(15)])
        assert settle(run).code == 0
        assert balances() == {"h1": 12, "h2": 0, "h3": 0}
        assert table("entries")["reason_code"].tolist() == ["given"] * 6 + ["cap_clipped"] * 9

    def test_an_hour_a_point_two_hours_at_most(self, run: Run) -> None:
        write(
            ["r1,2026-03-01,h1,volunteer,1,posted,,,,", "r2,2026-03-02,h1,volunteer,5,posted,,,,"]
        )
        assert settle(run).code == 0
        assert table("entries")["points"].tolist() == [1, 2]

    def test_the_highest_honour_counts_once(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,honour,,posted,,,,province"])
        assert settle(run).code == 0
        entries = table("entries").set_index("rule_id")
        assert entries["points"].to_dict() == {"province": 30, "prefecture": 0}
        assert entries["reason_code"].to_dict() == {"province": "given", "prefecture": "outbid"}

    def test_a_violation_freezes_exchange_this_year_and_next(self, run: Run) -> None:
        write(
            ["r1,2026-03-01,h1,violation,,posted,,,,"],
            rules=RULES.replace(
                "objection_days = 3",
                'objection_days = 3\nopening = { points = 300, period = "year" }',
            ),
        )
        Path("goods.csv").write_text(GOODS)
        Path("exchanges.csv").write_text(
            EXCHANGES + "x0,2026-02-01,h1,kettle,1,s1,\nx1,2026-04-01,h1,kettle,1,s1,\n"
            "x2,2027-12-31,h1,kettle,1,s1,\nx3,2028-01-01,h1,kettle,1,s1,\n"
            "x4,2028-01-01,h1,pot,1,s1,\n"
        )
        given = ("--goods", "goods.csv", "--exchanges", "exchanges.csv")
        assert settle(run, *given, as_of="2028-12-31").code == 0
        found = table("exchanges").set_index("exchange_no")
        assert found["status"].to_dict() == {
            "x0": "accepted", "x1": "refused", "x2": "refused", "x3": "accepted", "x4": "refused",
        }  # fmt: skip
        assert found["reason_code"].tolist() == ["", "frozen", "frozen", "", "unknown_good"]
        months = table("shop_months")
        assert months["month"].tolist() == ["2026-02", "2028-01"]
        assert months["points"].tolist() == [100, 100]

    def test_a_base_of_a_hundred_and_the_black_list_below_sixty(self, run: Run) -> None:
        rules = RULES.replace(
            "objection_days = 3", 'objection_days = 3\nopening = { points = 65, period = "year" }'
        )
        write(
            ["r1,2026-03-01,h1,violation,,posted,,,,"],
            rules=rules + "\n[board]\nred = { top = 1 }\nblack = { at_most = 60 }\n",
        )
        assert settle(run, as_of="2026-03-20").code == 0
        shown = json.loads(run("points", "board", "--in", "out", "--json").out)
        east = [row for row in shown["ranking"] if row["village"] == "east"]
        assert [(row["household_id"], row["rank"], row["red"]) for row in east] == [
            ("h2", 1, True),
            ("h1", 2, False),
        ]
        assert [(row["rule_id"], row["until"]) for row in shown["black"]] == [
            ("", ""),
            ("violation", "2026-03-31"),
        ]
        assert east[1]["vetoed_by"] == "r1"
        assert east[1]["name"] == "张*"
        assert shown["black"][1]["reason"].startswith("violation: -10 points")
        chinese = run("points", "board", "--in", "out", "--lang", "zh", "--out", "boards")
        assert "整改期至2026-03-30" in chinese.out
        assert "结存回升后下榜" in chinese.out
        assert table("black", "boards")["reason"][0] == "余额55分，未达标准"
        unmasked = json.loads(run("points", "board", "--in", "out", "--unmasked", "--json").out)
        assert {row["name"] for row in unmasked["ranking"]} == {"张三", "李四", "王小五"}


class TestFiles:
    def test_all_files_and_keys(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,volunteer,5,posted,,,,", "r2,2026-03-01,h1,,,posted,r1,,,"])
        outcome = settle(run, "--json")
        assert outcome.code == 0
        assert {path.name for path in Path("out").iterdir()} == {
            "entries.csv", "exchanges.csv", "balances.csv", "balances.png", "ledger.csv",
            "shop_months.csv", "summary.json", "manifest.json", "state.bin", "rules",
            "households.csv",
        }  # fmt: skip
        lines = {
            "entries": "register_no,date,posted_on,household_id,rule_id,status,points,"
            "points_clipped,reason_code,reason",
            "balances": "household_id,opening,earned,deducted,redeemed,expired,forfeited,pending,"
            "balance",
            "ledger": "posting_no,date,debit_account,credit_account,points,source,hash",
        }
        for name, header in lines.items():
            assert Path(f"out/{name}.csv").read_text().splitlines()[0] == header
        summary = json.loads(Path("out/summary.json").read_text())
        assert {
            "issued", "held", "deducted", "redeemed", "expired", "forfeited", "pending",
            "conserved", "liability_yuan", "budget_yuan",
        } <= set(summary)  # fmt: skip
        assert summary["conserved"] is True
        assert json.loads(outcome.out) == summary | {"findings": []}
        manifest = json.loads(Path("out/manifest.json").read_text())
        assert [entry["file"] for entry in manifest["inputs"]] == [
            "rules.toml", "households.csv", "register.csv",
        ]  # fmt: skip

    def test_the_chain_is_what_the_guide_says(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,volunteer,5,posted,,,,", "r2,2026-03-01,h2,study,,posted,,,,"])
        assert settle(run).code == 0
        before = bytes(32)
        for row in table("ledger").astype(str).itertuples(index=False):
            fields = [field.encode() for field in row[:6]]
            packed = b"".join(b"%d:%s," % (len(f), f) for f in fields)
            before = hashlib.sha256(before + packed).digest()
            assert before.hex() == row[6]

    def test_previous_keeps_the_ledger_and_gives_the_same(self, run: Run) -> None:
        rows = ["r1,2026-03-01,h1,volunteer,5,posted,,,,", "r2,2026-05-01,h1,,,posted,r1,,,",
                "r3,2026-02-01,h2,study,,posted,,2026-06-01,,"]  # fmt: skip
        write(rows)
        assert settle(run, out="whole").code == 0
        write(rows[:1])
        assert settle(run, as_of="2026-03-31", out="first").code == 0
        write(rows)
        assert settle(run, "--previous", "first", out="second").code == 0
        old, new = (Path(f"{d}/ledger.csv").read_bytes() for d in ("first", "second"))
        assert new.startswith(old)
        for name in ("entries", "balances", "ledger", "exchanges"):
            whole = Path(f"whole/{name}.csv").read_bytes()
            assert Path(f"second/{name}.csv").read_bytes() == whole
        write([*rows, "r9,2026-03-02,h1,study,,posted,,,,"])
        late = settle(run, "--previous", "first", out="third")
        assert late.code == 2
        assert "register.csv:5: r9: " in late.err

    def test_a_changed_ledger_is_told(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,volunteer,5,posted,,,,"])
        assert settle(run, as_of="2026-03-31", out="first").code == 0
        path = Path("first/ledger.csv")
        path.write_text(path.read_text().replace(",2,r1,", ",9,r1,"))
        outcome = settle(run, "--previous", "first")
        assert outcome.code == 2
        assert "first/ledger.csv:2: " in outcome.err
        path.write_text(path.read_text().splitlines()[0] + "\n")
        assert "one of the two was changed" in settle(run, "--previous", "first").err
        Path("first/state.bin").write_bytes(b"nothing")
        assert settle(run, "--previous", "first").code == 2
        assert settle(run, "--previous", "nowhere").code == 2

    def test_statement(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,volunteer,5,posted,,,,", "r2,2026-03-02,h1,idling,,posted,,,,"])
        assert settle(run).code == 0
        shown = run("points", "statement", "h1", "--in", "out")
        assert shown.code == 0
        assert "volunteer service" in shown.out
        assert "r2" in shown.out
        assert "志愿服务" in run("points", "statement", "h1", "--in", "out", "--lang", "zh").out
        assert run("points", "statement", "h1", "--in", "out", "--out", "passbook").code == 0
        assert table("passbook", "passbook")["points"].tolist() == [2]
        assert table("without_effect", "passbook")["source"].tolist() == ["r2"]
        missing = run("points", "statement", "h11", "--in", "out")
        assert missing.code == 2
        assert "did you mean h1" in missing.err

    def test_tenths(self, run: Run) -> None:
        write(
            ["r1,2026-03-01,h1,volunteer,5,posted,,,,"],
            rules=RULES.replace("objection_days = 3", "objection_days = 3\nunit_scale = 10"),
        )
        assert settle(run).code == 0
        assert balances()["h1"] == 2
        assert "0.2 points" in run("points", "statement", "h1", "--in", "out").out

    def test_compare(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,volunteer,5,posted,,,,", "r2,2026-03-01,h3,study,,posted,,,,"])
        Path("new.toml").write_text(RULES.replace("units_max = 2", "units_max = 4"))
        outcome = run(
            "points", "compare", "rules.toml", "new.toml", "--households", "households.csv",
            "--register", "register.csv", "--as-of", "2026-12-31", "--out", "out",
        )  # fmt: skip
        assert outcome.code == 0
        rules = table("comparison_rules").set_index("rule_id")["change"].to_dict()
        assert rules["volunteer"] == 2
        assert table("comparison_households").to_numpy().tolist() == [["h1", 2, 4, 2]]
        assert table("comparison_villages")["change"].tolist() == [2, 0]
        summary = json.loads(Path("out/summary.json").read_text())
        assert (summary["gaining"], summary["losing"], summary["unchanged"]) == (1, 0, 2)
        assert summary["held"] == {"before": 4, "after": 6, "change": 2}
        assert Path("out/comparison.png").read_bytes().startswith(b"\x89PNG")


class TestBadInput:
    """Exit 2 names file and line; the fixture checks that nothing is written."""

    @pytest.mark.parametrize(
        ("row", "line"),
        [
            ("r1,0000-00-00,h1,study,,posted,,,,", 2),
            ("r1,2026-02-29,h1,study,,posted,,,,", 2),
            ("r1,1/3/2026,h1,study,,posted,,,,", 2),
            ("r1,2026-03-01,h9,study,,posted,,,,", 2),
            ("r1,2026-03-01,h1,volunteer,-1,posted,,,,", 2),
            ("r1,2026-03-01,h1,volunteer,1.5,posted,,,,", 2),
            ("r1,2026-03-01,h1,volunteer,99999999999999999999,posted,,,,", 2),
            ("r1,2026-03-01,h1,study,,perhaps,,,,", 2),
            ("r1,2026-03-01,h1,,,posted,nothing,,,", 2),
            ("r1,2026-03-01,h1,,,posted,r1,,,", 2),
            ("r0,2026-03-01,h1,study,,posted,,,,\nr0,2026-03-02,h1,study,,posted,,,,", 3),
            ("a,2026-03-01,h1,study,,posted,,,,\nb,2026-03-02,h1,,,posted,a,,,\n"
             "c,2026-03-03,h1,,,posted,b,,,", 4),
            ("a,2026-03-01,h1,study,,posted,,,,\nb,2026-03-02,h1,,,posted,a,,,\n"
             "c,2026-03-03,h1,,,posted,a,,,", 4),
        ],
    )  # fmt: skip
    def test_a_row_of_the_register(self, run: Run, row: str, line: int) -> None:
        write([row])
        outcome = settle(run)
        assert outcome.code == 2, outcome.out
        assert f"register.csv:{line}: " in outcome.err

    def test_the_last_day_of_all(self, run: Run) -> None:
        write(["r1,9999-12-31,h1,study,,posted,,,,"])
        assert settle(run).code == 0
        assert table("entries")["status"].tolist() == ["pending"]
        assert settle(run, as_of="2026-02-30", out="other").code == 2

    def test_a_row_twice(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,study,,posted,,,,"] * 2)
        assert settle(run).code == 0
        assert balances()["h1"] == 2

    def test_an_empty_register(self, run: Run) -> None:
        write([])
        assert settle(run).code == 0
        assert balances() == {"h1": 0, "h2": 0, "h3": 0}

    def test_gb18030_and_tabs_and_a_mark(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,study,,入账,,,,"])
        for name in ("households", "register"):
            text = Path(f"{name}.csv").read_text(encoding="utf-8")
            Path(f"{name}.csv").write_bytes(text.replace(",", "\t").encode("gb18030"))
        Path("rules.toml").write_bytes(b"\xef\xbb\xbf" + RULES.encode())
        assert settle(run).code == 0
        assert balances()["h1"] == 2

    def test_points_that_overflow(self, run: Run) -> None:
        rules = HEAD + VOLUNTEER.replace("points = 1\n", "points = 1000000000000\n").replace(
            "units_max = 2", "units_max = 1000000000"
        )
        write(["r1,2026-03-01,h1,volunteer,999999999,posted,,,,"], rules=rules)
        outcome = settle(run)
        assert outcome.code == 2
        assert "register.csv:2: r1: " in outcome.err

    def test_two_rules_of_a_unique_group(self, run: Run) -> None:
        rules = (
            HEAD
            + '\n[[group]]\nid = "g"\nhit_policy = "unique"\n'
            + "".join(
                f'\n[[rule]]\nid = "{name}"\ndeed = "study"\npoints = 1\ngroup = "g"\n'
                for name in "ab"
            )
        )
        write(["r1,2026-03-01,h1,study,,posted,,,,"], rules=rules)
        outcome = settle(run)
        assert outcome.code == 1
        assert "register.csv:2: r1: " in outcome.out
        assert table("entries")["status"].tolist() == ["error", "error"]

    def test_faulty_villages_are_left_out_if_wanted(self, run: Run) -> None:
        write(["r1,2026-02-29,h1,study,,posted,,,,", "r2,2026-03-01,h3,study,,posted,,,,"])
        assert settle(run).code == 2
        outcome = settle(run, "--skip-faulty-villages")
        assert outcome.code == 1
        assert "register.csv:2: r1: " in outcome.out
        assert balances() == {"h3": 2}
        assert json.loads(Path("out/summary.json").read_text())["left_out_villages"] == ["east"]

    def test_a_village_whose_ledger_goes_on_is_not_left_out(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,study,,posted,,,,"])
        assert settle(run, as_of="2026-03-31", out="first").code == 0
        write(["r2,2026-04-31,h1,study,,posted,,,,"])
        skip = ("--previous", "first", "--skip-faulty-villages")
        outcome = settle(run, *skip)
        assert outcome.code == 2
        assert "register.csv:2: r2: " in outcome.err
        assert "village east has faults and cannot be left out" in outcome.err
        assert "“east”的数据有误，但不能跳过" in settle(run, *skip, "--lang", "zh").err

    @pytest.mark.parametrize(
        ("rules", "said"),
        [
            (HEAD + 'group = "nobody"\n', "rules.toml:7"),
            (HEAD + VOLUNTEER + 'group = "nobody"\n', "rules.toml:"),
            (HEAD.replace("2026-01-01", "2026-02-30"), "rules.toml:"),
            (HEAD + VOLUNTEER.replace('"hour"', '"year"'), "rules.toml:"),
            (HEAD + VOLUNTEER + "when = { nowhere = '> 3' }\n", "rules.toml:"),
            (HEAD + VOLUNTEER + "when = { level = '> ' }\n", "rules.toml:"),
            (HEAD + VOLUNTEER + VOLUNTEER, "rules.toml:"),
            (HEAD + 'id = "w"\n', "rules.toml:7"),
            ("x = " + "[" * 200_000 + "\n", "rules.toml"),
            ("[rulebook", "rules.toml:1"),
            ("", "rules.toml"),
        ],
    )
    def test_a_rule_file(self, run: Run, rules: str, said: str) -> None:
        write(["r1,2026-03-01,h1,study,,posted,,,,"], rules=rules)
        outcome = settle(run)
        assert outcome.code == 2
        assert said in outcome.err

    def test_rulebooks_that_overlap(self, run: Run) -> None:
        write([])
        Path("other.toml").write_text(RULES.replace('id = "v"', 'id = "w"'))
        outcome = run(
            "points", "settle", "rules.toml", "other.toml", "--households", "households.csv",
            "--register", "register.csv", "--as-of", "2026-12-31", "--out", "out",
        )  # fmt: skip
        assert outcome.code == 2
        assert ".toml:" in outcome.err

    def test_missing_columns_and_files(self, run: Run) -> None:
        write("register_no,date,household_id,deed\nr1,2026-03-01,h1,study\n")
        outcome = settle(run)
        assert outcome.code == 2
        assert "register.csv:1: there is no column stage" in outcome.err
        write([])
        Path("register.csv").unlink()
        assert settle(run).code == 2
        write([], rules="")
        Path("rules.toml").write_bytes('[rulebook]\nid = "甲"\n'.encode("gb18030"))
        outcome = settle(run)
        assert "rules.toml:2: byte " in outcome.err


def test_lint(run: Run) -> None:
    write([])
    outcome = run("points", "lint", "rules.toml", "--json")
    assert outcome.code in (0, 1)
    codes = {found["code"] for found in json.loads(outcome.out)["findings"]}
    assert "lint_deduction_without_evidence" in codes
    assert run("points", "lint", "rules.toml", "--lang", "zh").code == outcome.code
    # With tables: what a household can earn in a year, and what all of them could ask for.
    capped = HEAD.replace("objection_days = 3", "objection_days = 3\nbudget_yuan = 10") + STUDY
    write([], rules=capped)
    assert run("points", "lint", "rules.toml").code == 0
    Path("goods.csv").write_text(GOODS)
    given = ("points", "lint", "rules.toml", "--goods", "goods.csv")
    found = json.loads(run(*given, "--json").out)["findings"]
    assert [one["code"] for one in found] == ["lint_good_out_of_reach"]
    more = json.loads(run(*given, "--households", "households.csv", "--json").out)["findings"]
    assert {one["code"] for one in more} == {
        "lint_good_out_of_reach",
        "lint_liability_beyond_budget",
    }
    Path("goods.csv").write_text(GOODS.replace(",100,", ",-1,"))
    wrong = run(*given)
    assert wrong.code == 2
    assert "goods.csv:2: kettle: " in wrong.err


MEETING = HEAD.replace("2026-01-01", "2020-01-01") + (
    '\n[[rule]]\nid = "meeting"\ndeed = "meeting"\npoints = {given}\n'
)
DECOMPOSE = (
    "points", "decompose", "--rules", "old=old.toml", "new=new.toml", "--register", "2025=r25.csv",
    "2026=r26.csv", "--households", "households.csv", "--as-of", "2025=2025-12-31",
    "2026=2026-12-31", "--out", "out",
)  # fmt: skip


def write_years() -> None:
    """Four meetings in 2025 and six in 2026; 2 points each by the old rules, 3 by the new."""
    Path("households.csv").write_text(HOUSEHOLDS, encoding="utf-8")
    for name, given in (("old", 2), ("new", 3)):
        Path(f"{name}.toml").write_text(MEETING.format(given=given), encoding="utf-8")
    for year, count in ((2025, 4), (2026, 6)):
        rows = [f"r{year}{i},{year}-03-01,h{1 + i % 3},meeting,,posted,,,," for i in range(count)]
        Path(f"r{year - 2000}.csv").write_text(REGISTER + "\n".join(rows) + "\n")


class TestDecompose:
    """What the picture shows is for test_points_plot.py."""

    def test_every_rulebook_against_every_register(self, run: Run) -> None:
        write_years()
        outcome = run(*DECOMPOSE, "--json")
        assert outcome.code == 0, outcome.err
        assert {path.name for path in Path("out").iterdir()} == {
            "decomposition_cells.csv", "decomposition_villages.csv",
            "decomposition_households.csv", "decomposition.png", "summary.json", "manifest.json",
        }  # fmt: skip
        summary = json.loads(Path("out/summary.json").read_text())
        assert json.loads(outcome.out) == summary | {"findings": []}
        assert summary == {
            "rulebooks": {"old": ["v"], "new": ["v"]},
            "registers": {"2025": "2025-12-31", "2026": "2026-12-31"},
            "unit_scale": 1,
            "points": {"old": {"2025": 8, "2026": 12}, "new": {"2025": 12, "2026": 18}},
            "before": 8,
            "after": 18,
            "change": 10,
            "rules_part": 5,
            "people_part": 5,
        }
        assert Path("out/decomposition_cells.csv").read_text() == (
            "rulebooks,register,points,rules_effect,people_effect,held,liability_yuan,budget_yuan\n"
            "old,2025,8,,,8,,\nold,2026,12,,4,12,,\nnew,2025,12,4,,12,,\nnew,2026,18,6,6,18,,\n"
        )
        assert Path("out/decomposition_villages.csv").read_text() == (
            "village,before,after,change,rules_part,people_part\n"
            "east,6,12,6,3.5,2.5\nwest,2,6,4,1.5,2.5\n"
        )
        parts = table("decomposition_households").set_index("household_id")
        assert parts["change"].to_dict() == {"h2": 4, "h3": 4, "h1": 2}
        assert (parts["rules_part"] + parts["people_part"] == parts["change"]).all()
        inputs = json.loads(Path("out/manifest.json").read_text())["inputs"]
        assert [one["file"] for one in inputs] == [
            "old.toml", "new.toml", "households.csv", "r25.csv", "r26.csv",
        ]  # fmt: skip
        shown = run(*DECOMPOSE, "--force", "--lang", "zh").out
        assert "规则变化带来      5\n" in shown
        assert run(*DECOMPOSE, "--force", "--quiet").out == ""

    def test_a_table_of_one_register_or_of_all(self, run: Run) -> None:
        write_years()
        goods = GOODS.replace("2026-01-01", "2020-01-01")
        Path("goods.csv").write_text(goods)
        Path("more.csv").write_text(HOUSEHOLDS + "h4,west,赵六\n")
        with Path("r26.csv").open("a") as file:
            file.write("r9,2026-04-01,h4,meeting,,posted,,,,\n")
        outcome = run(*DECOMPOSE)
        assert outcome.code == 2
        assert "r26.csv:8: r9: " in outcome.err
        own = ("--households", "2026=more.csv", "--goods", "2026=goods.csv")
        assert run(*DECOMPOSE, *own).code == 0
        cells = table("decomposition_cells")
        assert cells["points"].tolist() == [8, 14, 12, 21]
        assert cells["liability_yuan"].tolist() == ["", "7", "", "10.5"]
        assert run(*DECOMPOSE, *own[:2], "--goods", "goods.csv", "--force").code == 0
        assert table("decomposition_cells")["liability_yuan"].tolist() == [4, 7, 6, 10.5]

    def test_a_directory_of_rulebooks_and_a_name_with_an_equals_sign(self, run: Run) -> None:
        write_years()
        Path("a=b").mkdir()
        for name in ("new.toml", "households.csv"):
            Path(name).rename(Path("a=b") / name)
        given = [word.replace("new.toml", "a=b").replace("households.csv", "a=b/households.csv")
                 for word in DECOMPOSE]  # fmt: skip
        assert run(*given).code == 0
        assert table("decomposition_cells")["points"].tolist() == [8, 12, 12, 18]

    def test_the_same_as_settling_each_by_itself(self, run: Run) -> None:
        write([f"r{i:02},2026-03-{i + 1:02},h{1 + i % 3},study,,posted,,,," for i in range(20)])
        Path("late.csv").write_text(
            Path("register.csv").read_text() + "r90,2026-05-01,h1,violation,,posted,,,,\n"
        )
        Path("new.toml").write_text(RULES.replace("limit = 12", "limit = 8"))
        given = ("--register", "a=register.csv", "b=late.csv", "--households", "households.csv",
                 "--as-of", "2026-12-31", "--out", "both")  # fmt: skip
        assert run("points", "decompose", "--rules", "1=rules.toml", "2=new.toml", *given).code == 0
        expected = []
        for rules in ("rules.toml", "new.toml"):
            for register in ("register.csv", "late.csv"):
                assert run(
                    "points", "settle", rules, "--households", "households.csv", "--register",
                    register, "--as-of", "2026-12-31", "--out", "one", "--force",
                ).code == 0  # fmt: skip
                one = table("balances", "one")
                expected.append(int((one["earned"] - one["deducted"]).sum()))
        assert table("decomposition_cells", "both")["points"].tolist() == expected
        # Back from the last to the first the parts have the other sign.
        turned = ("--register", "b=late.csv", "a=register.csv", *given[3:-1], "back")
        assert (
            run("points", "decompose", "--rules", "2=new.toml", "1=rules.toml", *turned).code == 0
        )
        there, back = (
            json.loads(Path(f"{name}/summary.json").read_text()) for name in ("both", "back")
        )
        for part in ("change", "rules_part", "people_part"):
            assert there[part] == -back[part] != 0
        assert there["rules_part"] + there["people_part"] == there["change"]

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"old=old.toml": "old.toml"}, "--rules: “old.toml” has no name"),
            ({"new=new.toml": "old=new.toml"}, "--rules: the name old is given twice"),
            ({"2026=r26.csv": "2025=r26.csv"}, "--register: the name 2025 is given twice"),
            ({"2026=r26.csv": "2026="}, "--register: “2026=” has no name or no value"),
            ({"2026=2026-12-31": "2027=2026-12-31"}, "no register 2027; did you mean 2026?"),
            ({"2026=2026-12-31": "autumn=2026-12-31"}, "the registers are 2025, 2026"),
            ({"2026=2026-12-31": "2025=2026-12-31"}, "the register 2026 has no --as-of"),
            ({"2026=2026-12-31": "2025=2026-12-31"}, "--as-of: 2025=2026-12-31 is the second"),
            ({"households.csv": "2025=households.csv"}, "the register 2026 has no --households"),
            ({"2026=2026-12-31": "2026=2026-02-30"}, "2026-02-30"),
            ({"old=old.toml": "old=nowhere.toml"}, "nowhere.toml: there is no such file"),
            ({"2025=r25.csv": "2025=nowhere.csv"}, "nowhere.csv: there is no such file"),
            ({"households.csv": "x=y.csv"}, "--households: there is no register x"),
            ({"out": "."}, ". is there already"),
        ],
    )
    def test_what_is_wrong_with_the_call(
        self, run: Run, changed: dict[str, str], said: str
    ) -> None:
        write_years()
        outcome = run(*(changed.get(word, word) for word in DECOMPOSE))
        assert outcome.code == 2
        assert said in outcome.err
        assert run(*(changed.get(word, word) for word in DECOMPOSE), "--lang", "zh").code == 2

    def test_every_fault_of_every_file_once(self, run: Run) -> None:
        write_years()
        Path("old.toml").write_text("[rulebook")
        for name in ("r25", "r26"):
            Path(f"{name}.csv").write_text(REGISTER.replace("stage", "stadium"))
        outcome = run(*DECOMPOSE)
        assert "old.toml:1: " in outcome.err
        assert "r25.csv:1: there is no column stage" in outcome.err
        assert "r26.csv:1: there is no column stage" in outcome.err
        write_years()
        Path("r25.csv").write_text(REGISTER + "r1,2025-02-29,h1,meeting,,posted,,,,\n")
        Path("r26.csv").write_text(REGISTER + "r1,2026-02-29,h9,meeting,,posted,,,,\n")
        outcome = run(*DECOMPOSE)
        assert outcome.err.count("r25.csv:2: r1: ") == 1
        assert outcome.err.count("r26.csv:2: r1: ") == 2
        outcome = run(*DECOMPOSE, "--exchanges", "2026=households.csv")
        assert outcome.err == ("the register 2026 has no --goods; give --goods for it or for all\n")

    def test_villages_left_out_are_listed(self, run: Run) -> None:
        write_years()
        with Path("r25.csv").open("a") as file:
            file.write("r9,2025-02-29,h3,meeting,,posted,,,,\n")
        assert run(*DECOMPOSE).code == 2
        outcome = run(*DECOMPOSE, "--skip-faulty-villages", "--json")
        assert outcome.code == 1
        assert [one["line"] for one in json.loads(outcome.out)["findings"]] == [6]
        villages = table("decomposition_villages").set_index("village")
        assert villages.loc["west"].tolist() == [0, 6, 6, 1, 5]

    def test_nothing_and_hostile_names(self, run: Run) -> None:
        write_years()
        Path("r25.csv").write_text(REGISTER)
        Path("r26.csv").write_text(REGISTER)
        assert run(*DECOMPOSE).code == 0
        name = "_$x$\n\x1b[31m" + "村" * 100
        given = [word.replace("2025=", f"{name}=").replace("old=", "_=") for word in DECOMPOSE]
        outcome = run(*given, "--force")
        assert outcome.code == 0
        assert "\x1b" not in outcome.out
        assert set(json.loads(Path("out/summary.json").read_text())["registers"]) == {name, "2026"}


def rehashed(path: Path) -> None:
    """Writes a ledger's hashes anew, as who changes one would."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    before, lines = bytes(32), [header]
    for row in rows:
        fields = row.split(",")[:6]
        packed = b"".join(b"%d:%s," % (len(f.encode()), f.encode()) for f in fields)
        before = hashlib.sha256(before + packed).digest()
        lines.append(",".join([*fields, before.hex()]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class TestVerify:
    """`gridgov points verify`: 0 holds, 1 broken and told where, 2 cannot be read."""

    @pytest.fixture
    def settled(self, run: Run) -> Run:
        rules = RULES.replace(
            "objection_days = 3", 'objection_days = 3\nopening = { points = 150, period = "year" }'
        )
        write(
            [
                "r1,2026-03-01,h1,volunteer,5,posted,,,,",
                "r2,2026-03-02,h1,study,,posted,,,,",
                "r3,2026-03-03,h2,violation,,posted,,,,",
                "r4,2026-04-01,h2,,,posted,r3,,,",
                "r5,2026-04-01,h3,idling,,posted,,,,",
                "r6,2026-05-30,h3,study,,published,,,2026-05-30,",
            ],
            rules=rules,
        )
        Path("goods.csv").write_text(GOODS)
        Path("exchanges.csv").write_text(
            EXCHANGES + "x1,2026-04-01,h1,kettle,1,s1,\nx2,2026-04-02,h1,kettle,1,s1,\n"
        )
        given = ("--goods", "goods.csv", "--exchanges", "exchanges.csv")
        assert settle(run, *given, as_of="2026-05-31").code == 0
        return run

    def verify(self, run: Run, *more: str) -> tuple[int, list[dict[str, Any]]]:
        outcome = run("points", "verify", "--in", "out", "--json", *more)
        return outcome.code, json.loads(outcome.out)["findings"]

    def test_what_was_written_holds(self, settled: Run) -> None:
        outcome = settled("points", "verify", "--in", "out", "--json")
        assert outcome.code == 0, outcome.out
        told = json.loads(outcome.out)
        ledger = table("ledger")
        assert (told["postings"], told["hash"]) == (len(ledger), ledger["hash"].iloc[-1])
        assert (told["as_of"], told["conserved"], told["holds"]) == ("2026-05-31", True, True)
        assert told["files"] == [
            "ledger.csv", "balances.csv", "entries.csv", "exchanges.csv", "shop_months.csv",
            "summary.json", "state.bin", "rules/001.toml",
        ]  # fmt: skip
        shown = settled("points", "verify", "--in", "out", "--lang", "zh").out
        assert "账目连贯，收支相符" in shown
        assert told["hash"] in shown

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_results_that_go_on_hold(self, settled: Run, language: str) -> None:
        more = ("--previous", "out", "--lang", language)
        assert settle(settled, *more, out="second").code == 0
        assert settled("points", "verify", "--in", "second").code == 0

    def test_results_without_a_village_hold(self, run: Run) -> None:
        write(["r1,2026-02-29,h1,study,,posted,,,,", "r2,2026-03-01,h3,study,,posted,,,,"])
        assert settle(run, "--skip-faulty-villages").code == 1
        assert run("points", "verify", "--in", "out").code == 0

    def test_nothing_holds_too(self, run: Run) -> None:
        write([])
        assert settle(run).code == 0
        assert run("points", "verify", "--in", "out").code == 0

    def test_saved_again_by_a_spreadsheet_holds(self, settled: Run) -> None:
        for path in Path("out").glob("*.csv"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert self.verify(settled) == (0, [])

    def test_a_changed_posting_is_named(self, settled: Run) -> None:
        path = Path("out/ledger.csv")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if ",r2," in line)
        assert ",2,r2," in lines[at]
        lines[at] = lines[at].replace(",2,r2,", ",9,r2,")
        path.write_text("".join(lines), encoding="utf-8")
        code, found = self.verify(settled)
        assert code == 1
        assert [(one["code"], one["line"]) for one in found] == [
            ("ledger_hash_wrong", at + 1),
            ("result_cell_changed", at + 1),
        ]
        assert f"posting {at}" in found[0]["message"]
        assert found[1]["records"] == [str(at)]
        assert "points is “9” where state.bin has “2”" in found[1]["message"]
        # Whoever writes all the hashes anew is found out by the state and by the balances.
        rehashed(path)
        code, found = self.verify(settled)
        assert code == 1
        assert [(one["code"], one["file"]) for one in found] == [
            ("result_cell_changed", "out/ledger.csv"),
            ("balance_not_the_ledger_s", "out/balances.csv"),
            ("balance_not_the_ledger_s", "out/balances.csv"),
        ]
        assert [one["line"] for one in found] == [at + 1, 2, 2]
        assert (
            json.loads(settled("points", "verify", "--in", "out", "--json").out)["holds"] is False
        )
        outcome = settled("points", "verify", "--in", "out", "--lang", "zh")
        assert outcome.code == 1
        assert f"out/ledger.csv:{at + 1}: {at}: “points”是“9”" in outcome.out

    @pytest.mark.parametrize("which", ["removed", "doubled", "moved"])
    def test_postings_removed_doubled_and_moved(self, settled: Run, which: str) -> None:
        path = Path("out/ledger.csv")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        last = len(lines) - 1
        if which == "removed":
            del lines[last]
        elif which == "doubled":
            lines.append(lines[last])
        else:
            lines[last], lines[last - 1] = lines[last - 1], lines[last]
        path.write_text("".join(lines), encoding="utf-8")
        code, found = self.verify(settled)
        assert code == 1
        codes = {one["code"] for one in found}
        assert (
            codes
            & {
                "removed": {"result_row_missing"},
                "doubled": {"result_row_added"},
                "moved": {"ledger_number_wrong"},
            }[which]
        )

    @pytest.mark.parametrize(
        ("name", "old", "new", "said"),
        [
            ("balances.csv", "h1,150,", "h1,151,", "out/balances.csv:2: h1: opening is “151”"),
            ("entries.csv", "r2,2026-03-02", "r2,2026-03-01", "out/entries.csv:3: r2 study: date"),
            ("entries.csv", "given", "outbid", "reason_code is “outbid”"),
            ("exchanges.csv", "x2,", "x3,", "out/exchanges.csv:3: x3: "),
            ("exchanges.csv", "accepted", "refused", "status is “refused”"),
            ("shop_months.csv", "2026-04", "2026-05", "s1 east 2026-05"),
            ("summary.json", '"held": 35', '"held": 45', "out/summary.json: held is"),
            ("summary.json", '"conserved": true', '"conserved": false', "conserved is “false”"),
            ("rules/001.toml", "points = 150", "points = 100", "out/rules/001.toml: this is not"),
            ("balances.csv", ",balance\n", ",balances\n", "there is no column balance"),
            ("shop_months.csv", ",points,", ",pints,", "the column points is missing"),
        ],
    )
    def test_every_file_is_held_against_the_state(
        self, settled: Run, name: str, old: str, new: str, said: str
    ) -> None:
        path = Path("out") / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        outcome = settled("points", "verify", "--in", "out")
        assert outcome.code == (2 if "no column" in said else 1)
        assert said in outcome.out + outcome.err

    def test_any_digit_changed_is_found(self, settled: Run) -> None:
        for path in sorted(Path("out").glob("*.csv")):
            if path.name == "households.csv":  # names, which no state has
                continue
            data = path.read_bytes()
            digits = [i for i, byte in enumerate(data) if chr(byte).isdigit()]
            for at in digits[:: max(1, len(digits) // 8)]:
                path.write_bytes(data[:at] + b"%d" % ((data[at] - 47) % 10) + data[at + 1 :])
                assert settled("points", "verify", "--in", "out").code in (1, 2), (path, at)
            path.write_bytes(data)
        assert settled("points", "verify", "--in", "out").code == 0

    def test_what_cannot_be_read(self, settled: Run) -> None:
        assert settled("points", "verify", "--in", "nowhere").code == 2
        assert settled("points", "verify").code == 2
        state = Path("out/state.bin")
        data = state.read_bytes()
        for at in range(0, len(data), max(1, len(data) // 10)):
            state.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert settled("points", "verify", "--in", "out").code == 2
        Path("out/ledger.csv").unlink()
        Path("out/summary.json").write_text("[" * 100_000)
        outcome = settled("points", "verify", "--in", "out")
        assert outcome.code == 2
        for name in ("state.bin", "ledger.csv", "summary.json"):
            assert f"out/{name}: " in outcome.err

    def test_changed_rules_are_refused_by_who_shows_them(self, settled: Run) -> None:
        path = Path("out/rules/001.toml")
        path.write_text(path.read_text() + "\n[board]\nblack = { at_most = 500 }\n")
        for call in (("board",), ("statement", "h1")):
            outcome = settled("points", *call, "--in", "out")
            assert outcome.code == 2
            assert "out/rules/001.toml: this is not the rule file" in outcome.err


class TestThresholds:
    def test_they_are_told_by_village(self, run: Run) -> None:
        east, west = (
            RULES.replace('id = "v"', f'id = "{name}"', 1).replace('"*"', f'"{name}"')
            for name in ("east", "west")
        )
        lists = "\n[board]\nred = { top = 1, at_least = 2 }\nblack = { at_most = -5 }\n"
        households = HOUSEHOLDS + "h4,north,赵六\n"
        write(["r1,2026-03-01,h1,study,,posted,,,,"], rules=east + lists, households=households)
        Path("west.toml").write_text(west, encoding="utf-8")
        assert run(
            "points", "settle", "rules.toml", "west.toml", "--households", "households.csv",
            "--register", "register.csv", "--as-of", "2026-12-31", "--out", "out",
        ).code == 0  # fmt: skip
        told = json.loads(run("points", "board", "--in", "out", "--json").out)
        assert told["thresholds"] == [
            {"village": "east", "rulebook": "east", "red_top": 1, "red_at_least": 2,
             "black_at_most": -5},
            {"village": "north", "rulebook": None, "red_top": None, "red_at_least": None,
             "black_at_most": None},
            {"village": "west", "rulebook": "west", "red_top": None, "red_at_least": None,
             "black_at_most": None},
        ]  # fmt: skip
        assert told["unit_scale"] == 1
        assert "tied with the last red place" in told["ties"]
        shown = run("points", "board", "--in", "out", "--out", "board").out
        assert (
            "Thresholds (east): red, the first 1 with at least 2 points; black, a balance " in shown
        )
        assert "of at most -5 points, or a deduction with a term to mend" in shown
        assert "Thresholds (west): red, nobody; black, a deduction" in shown
        assert "No rulebook is in force" in shown
        assert told["ties"] in shown
        assert Path("board/thresholds.csv").read_text() == (
            "village,rulebook,red_top,red_at_least,black_at_most\n"
            "east,east,1,2,-5\nnorth,,,,\nwest,west,,,\n"
        )
        chinese = run("points", "board", "--in", "out", "--lang", "zh").out
        assert "红榜取前1名且结存不低于2分；黑榜结存不高于-5分，或" in chinese
        assert "名次并列" in chinese

    def test_in_tenths(self, run: Run) -> None:
        rules = RULES.replace("objection_days = 3", "objection_days = 3\nunit_scale = 10")
        write([], rules=rules + "\n[board]\nblack = { at_most = 15 }\n")
        assert settle(run).code == 0
        assert "at most 1.5 points" in run("points", "board", "--in", "out").out
        told = json.loads(run("points", "board", "--in", "out", "--json").out)
        assert (told["thresholds"][0]["black_at_most"], told["unit_scale"]) == (15, 10)


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", "docs/guide/points.md", "docs/guide/points.zh-CN.md"]
)
def test_the_shown_calls_work_one_after_the_other(run: Run, page: str) -> None:
    root = Path(__file__).parents[2]
    shell = re.findall(r"^```sh\n(.*?)^```$", (root / page).read_text("utf-8"), re.M | re.S)
    lines = "".join(shell).replace("\\\n", " ").splitlines()
    calls = [line for line in lines if line.startswith("./run gridgov points")]
    assert len(calls) >= 3
    for call in calls:
        words = shlex.split(call.replace("docs/examples", str(root / "docs/examples")))[2:]
        done = run(*words)
        assert done.code == 0, done.err
        assert done.out or done.err
