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

    def test_ten_megabytes_of_rules(self, run: Run) -> None:
        write(["r1,2026-03-01,h1,study,,posted,,,,"], rules=HEAD + "# " + "x" * 10_000_000 + "\n")
        assert settle(run).code in (0, 2)

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
