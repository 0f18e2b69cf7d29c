"""`gridgov lists`, end to end: files in, files and JSON out, exit codes; and input of the worst."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from gridgov import language

from .conftest import Run

ROOT = Path(__file__).parents[2]
TOWN = """
[catalogue]
id = "manyue-2026"
jurisdiction = "CN-50-开州-满月"
effective_from = 2026-01-01
unlisted = "refer"
unlisted_certificate = "refuse"

[[actor]]
id = "district"
level = "district"
powers = ["enter-registry"]
[[actor]]
id = "manyue"
level = "town"
parent = "district"
[[actor]]
id = "ganquan"
title = { zh = "甘泉村", en = "Ganquan village" }
level = "village"
parent = "manyue"
powers = ["mediate"]
[[actor]]
id = "shuanglin"
level = "village"
parent = "manyue"

[[person]]
id = "p17"
posts = ["ganquan.secretary", "ganquan.grid-03"]
capacity_hours = 3
[[person]]
id = "p18"
posts = ["shuanglin.secretary"]
capacity_hours = 160

[[item]]
id = "B-031"
matter = "civil-affairs/low-income/visit"
except = ["civil-affairs/low-income/visit/audit"]
title = { zh = "低保对象走访", en = "visits to low-income households" }
list = "must"
actor = "level:village"
lead = "secretary"
basis = ["mediation-law"]
needs = ["enter-registry"]
hours = 4
recurrence = "FREQ=MONTHLY;BYMONTHDAY=20"
due_days = 5
workdays = true
procedure = "low-income"

[[item]]
id = "N-001"
matter = "land/demolition"
title = { zh = "违法建设拆除", en = "demolition" }
list = "negative"
actor = "level:village"
basis = ["三清单, item 3"]
department = "district housing bureau"

[[item]]
id = "C-001"
matter = "certificate/residence"
list = "certify"
actor = "level:village"
lead = "secretary"
basis = ["民发〔2020〕20号"]
when = { age = ">= 18", role = '"resident","returnee"' }

[[delegation]]
from = "district"
to = "ganquan"
power = "enter-registry"
[[delegation]]
from = "district"
to = "shuanglin"
power = "enter-registry"

[[procedure]]
id = "low-income"
limit_workdays = 20
[[procedure.step]]
id = "apply"
title = { zh = "申请", en = "apply" }
actor = "ganquan"
workdays = 1
next = ["check"]
[[procedure.step]]
id = "check"
title = { zh = "审核", en = "check" }
actor = "manyue"
workdays = 5
next = ["apply", "grant"]
loop_max = 2
[[procedure.step]]
id = "grant"
actor = "manyue"
workdays = 1
next = []

[[law]]
id = "mediation-law"
title = { zh = "人民调解法", en = "People's Mediation Law" }
"""
DONE = """date,item,actor,person,village,note,waived
2026-01-22,B-031,ganquan,p17,ganquan,,
2026-03-01,B-031,ganquan,p17,ganquan,snow,
2026-03-25,B-031,ganquan,,,,town agreed
"""
DECIDE = ("lists", "decide", "town.toml", "--json", "--actor", "ganquan", "--date", "2026-03-01")


@pytest.fixture
def town(run: Run) -> Run:
    Path("town.toml").write_text(TOWN, encoding="utf-8")
    Path("done.csv").write_text(DONE, encoding="utf-8")
    return run


def told(run: Run, *arguments: object, code: int = 0) -> Any:
    outcome = run(*arguments)
    assert outcome.code == code, outcome.err + outcome.out
    return json.loads(outcome.out)


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults(run: Run, *arguments: object) -> list[str]:
    outcome = run(*arguments)
    assert outcome.code == 2, outcome.out + outcome.err
    return outcome.err.strip().splitlines()


# ------------------------------------------------------------------------------------ decide


def test_decide_has_the_contracts_keys(town: Run) -> None:
    answer = told(town, *DECIDE, "--matter", "civil-affairs/low-income/visit/home")
    assert {key: answer[key] for key in ("verdict", "item", "overridden", "default")} == {
        "verdict": "must",
        "item": "B-031",
        "overridden": [],
        "default": None,
    }
    assert answer["nearest_miss"] is None
    assert answer["findings"] == []
    assert answer["lead"] == {"post": "ganquan.secretary", "persons": ["p17"]}
    assert (answer["file"], answer["line"]) == (
        "town.toml",
        TOWN[: TOWN.index("[[item]]")].count("\n") + 1,
    )
    assert "People's Mediation Law" in answer["explanation"]


def test_a_refusal_names_the_department(town: Run) -> None:
    answer = told(town, *DECIDE, "--matter", "land/demolition/shed")
    assert (answer["verdict"], answer["item"]) == ("refuse_negative", "N-001")
    assert answer["department"] == "district housing bureau"
    outcome = town(
        *[word for word in DECIDE if word != "--json"],
        "--matter",
        "land/demolition",
        "--lang",
        "zh",
    )
    assert outcome.code == 0
    assert "district housing bureau" in outcome.out
    assert re.search("[一-鿿]", outcome.out)


def test_attributes_decide_and_the_nearest_miss_says_how(town: Run) -> None:
    ask = (*DECIDE, "--matter", "certificate/residence")
    assert told(town, *ask, "--attribute", "age=18", "role=resident")["verdict"] == "may_certify"
    assert (
        told(town, *ask, "--attribute", "age=18", "--attribute", 'role="resident"')["verdict"]
        == "may_certify"
    )
    answer = told(town, *ask, "--attribute", "age=17")
    assert (answer["verdict"], answer["item"]) == ("refuse_certificate", None)
    assert answer["default"] == "refuse"
    assert answer["nearest_miss"] == {
        "item": "C-001",
        "changes": [
            {"field": "age", "from": 17, "to": 18},
            {"field": "role", "from": None, "to": "resident"},
        ],
    }
    unlisted = told(town, *DECIDE, "--matter", "forest/fire")
    assert (unlisted["verdict"], unlisted["default"]) == ("unlisted", "refer")
    assert unlisted["nearest_miss"] is None


def test_an_expired_catalogue_says_since_when(town: Run) -> None:
    Path("old.toml").write_text(
        TOWN.replace("effective_from = 2026-01-01", "effective_to = 2026-01-01"), encoding="utf-8"
    )
    ask = [word if word != "town.toml" else "old.toml" for word in DECIDE]
    answer = told(town, *ask, "--matter", "civil-affairs/low-income/visit")
    assert answer["verdict"] == "unlisted"
    change = {"field": "date", "from": "2026-03-01", "to": "2025-12-31"}
    assert answer["nearest_miss"] == {"item": "B-031", "changes": [change]}


# ------------------------------------------------------------------------- audit, diff, flow


def test_audit_exits_by_errors(town: Run) -> None:
    clean = town("lists", "audit", "town.toml", "--json")
    found = json.loads(clean.out)["findings"]
    assert clean.code == (1 if any(one["severity"] == "error" for one in found) else 0)
    assert not [one for one in found if one["code"] == "item_conflict"]
    extra = '[[item]]\nid = "X-1"\nmatter = "land"\nlist = "assist"\nactor = "ganquan"\n'
    extra += (
        '[[item]]\nid = "X-2"\nmatter = "land/demolition/shed"\nlist = "must"\nactor = "ganquan"\n'
    )
    Path("extra.toml").write_text(extra, encoding="utf-8")
    answer = told(
        town, "lists", "audit", "town.toml", "extra.toml", "--json", "--out", "audit", code=1
    )
    by_code = {one["code"]: one for one in answer["findings"]}
    assert by_code["item_conflict"]["records"][:2] == ["N-001", "X-2"]
    assert by_code["item_conflict"]["severity"] == "error"
    assert by_code["item_exception"]["severity"] == "note"
    assert json.loads(Path("audit/findings.json").read_text())["findings"] == answer["findings"]
    assert {"version", "options", "inputs"} <= set(
        json.loads(Path("audit/manifest.json").read_text())
    )
    shown = town("lists", "audit", "town.toml", "extra.toml", "--lang", "zh")
    assert shown.code == 1
    assert "N-001" in shown.out


def test_diff_tells_who_carries_more(town: Run) -> None:
    changed = TOWN.replace("hours = 4", "hours = 6").replace(
        'lead = "secretary"\nbasis = ["民', 'lead = "grid-03"\nbasis = ["民'
    )
    Path("next.toml").write_text(changed, encoding="utf-8")
    answer = told(town, "lists", "diff", "town.toml", "next.toml", "--json", "--out", "diff")
    heavier = {(row["actor"], row["post"]): row for row in answer["heavier"]}
    assert heavier["ganquan", "secretary"]["hours_newer"] == 72
    assert [row["item"] for row in answer["moved"]] == ["C-001"]
    assert rows("diff/loads.csv")[0].keys() >= {
        "actor",
        "post",
        "shift",
        "items_older",
        "hours_newer",
    }
    assert town("lists", "diff", "town.toml", "next.toml").code == 0


def test_flow_draws_svg_and_mermaid(town: Run) -> None:
    answer = told(town, "lists", "flow", "town.toml", "low-income", "--out", "f.mmd", "--json")
    assert (answer["sound"], answer["workdays_max"], answer["limit_workdays"]) == (True, 19, 20)
    assert Path("f.mmd").read_text(encoding="utf-8").startswith("flowchart")
    outcome = town("lists", "flow", "town.toml", "low-income", "--out", "f.svg", "--lang", "zh")
    if shutil.which("dot") is None:
        assert outcome.code == 2
        assert "graphviz" in outcome.err
    else:
        assert outcome.code == 0
        assert "申请" in Path("f.svg").read_text(encoding="utf-8")
    assert town("lists", "flow", "town.toml", "low-income", "--out", "f.mmd").code == 2
    assert town("lists", "flow", "town.toml", "low-income", "--out", "f.mmd", "--force").code == 0
    tight = TOWN.replace("limit_workdays = 20", "limit_workdays = 18")
    Path("tight.toml").write_text(tight, encoding="utf-8")
    over = town("lists", "flow", "tight.toml", "low-income", "--out", "g.mmd")
    assert over.code == 1
    assert Path("g.mmd").exists()


def test_flow_refuses_what_it_cannot_draw(town: Run) -> None:
    assert ".svg" in faults(town, "lists", "flow", "town.toml", "low-income", "--out", "f.png")[0]
    assert (
        "low-income" in faults(town, "lists", "flow", "town.toml", "lowincome", "--out", "f.mmd")[0]
    )
    assert faults(town, "lists", "flow", "town.toml", "low-income", "--out", "no/such/f.mmd")


# ------------------------------------------------------------------ duties, workload, cases


def test_duties_writes_the_contracts_files(town: Run) -> None:
    Path("holidays.csv").write_text("date,kind\n2026-02-20,off\n2026-02-28,work\n")
    answer = told(
        town, "lists", "duties", "town.toml", "--evidence", "done.csv",
        "--holidays", "holidays.csv", "--as-of", "2026-03-31", "--out", "d", "--json",
    )  # fmt: skip
    table = rows("d/windows.csv")
    assert list(table[0]) == [
        "item",
        "actor",
        "village",
        "person",
        "opens",
        "due",
        "state",
        "done_on",
    ]
    ganquan = [
        [row[name] for name in ("opens", "due", "state", "done_on")]
        for row in table
        if row["actor"] == "ganquan"
    ]
    assert ganquan == [
        ["2026-01-20", "2026-01-27", "met", "2026-01-22"],
        ["2026-02-20", "2026-02-27", "late", "2026-03-01"],
        ["2026-03-20", "2026-03-27", "waived", ""],
    ]
    assert {row["person"] for row in table} == {"p17", "p18"}
    rates = rows("d/rates.csv")
    assert list(rates[0]) == [
        "by",
        "key",
        "windows",
        "met",
        "late",
        "missed",
        "waived",
        "pending",
        "rate",
    ]
    mine = next(row for row in rates if (row["by"], row["key"]) == ("actor", "ganquan"))
    assert (mine["met"], mine["late"], mine["waived"], mine["rate"]) == ("1", "1", "1", "0.5")
    assert (answer["windows"], answer["missed"]) == (6, 3)
    manifest = json.loads(Path("d/manifest.json").read_text())
    assert [one["file"] for one in manifest["inputs"]] == ["town.toml", "done.csv", "holidays.csv"]


def test_metrics_are_the_towns_own(town: Run) -> None:
    Path("four.toml").write_text('[[metric]]\nid = "in-time"\nmatters = ["civil-affairs"]\n')
    told(
        town, "lists", "duties", "town.toml", "--evidence", "done.csv", "--metrics", "four.toml",
        "--as-of", "2026-03-31", "--out", "d", "--json",
    )  # fmt: skip
    metric = [row for row in rows("d/rates.csv") if row["by"] == "metric"]
    assert [(row["key"], row["windows"]) for row in metric] == [("in-time", "6")]


def test_bad_evidence_is_named_by_line(town: Run) -> None:
    Path("bad.csv").write_text(
        "date,item,actor\n2026-01-22,B-031,ganquan\n2026-13-01,B-031,ganquan\n"
        "2026-01-22,B-999,ganquan\n2026-12-01,B-031,ganquan\n",
        encoding="utf-8-sig",
    )
    lines = faults(
        town, "lists", "duties", "town.toml", "--evidence", "bad.csv", "--as-of", "2026-03-31",
        "--out", "d",
    )  # fmt: skip
    assert [line.split(": ")[0] for line in lines[:-1]] == ["bad.csv:3", "bad.csv:4", "bad.csv:5"]
    assert not any("(row" in line for line in lines)


def test_nothing_done_yet_and_no_projects(town: Run) -> None:
    Path("none.csv").write_text("date,item,actor\n")
    answer = told(
        town, "lists", "duties", "town.toml", "--evidence", "none.csv", "--as-of", "2026-01-31",
        "--out", "d", "--json",
    )  # fmt: skip
    assert (answer["windows"], answer["missed"], answer["rate"]) == (2, 2, 0)
    Path("n.csv").write_text("need,kind,amount,village,priority,from,to\nn,lamp,1,a,1,,\n")
    Path("p.csv").write_text("id,kind,amount,villages,from,to\n")
    answer = told(town, "lists", "match", "n.csv", "p.csv", "p.csv", "--out", "m", "--json")
    assert answer["reasons"] == {"none_of_the_kind": 1}


def test_workload_proves_an_overload(town: Run) -> None:
    answer = told(town, "lists", "workload", "town.toml", "--json", "--out", "w", code=1)
    assert answer["feasible"] is False
    assert answer["overloaded"] == ["p17"]
    proof = answer["overloads"][0]
    assert (proof["duties"], proof["persons"]) == ([{"item": "B-031", "actor": "ganquan"}], ["p17"])
    assert (proof["hours"], proof["capacity_hours"]) == (4, 3)
    assert rows("w/persons.csv")[0].keys() >= {"person", "month", "hours", "capacity_hours"}
    assert [*rows("w/posts.csv")[0]] == ["actor", "post", "persons", "month", "hours"]
    paid = told(
        town, "lists", "workload", "town.toml", "--json", "--months", 1, "--from", "2026-05-09",
        "--subsidy-percent", 120, "--subsidy-posts", 2, code=1,
    )  # fmt: skip
    assert paid["subsidy"] == [{"person": "p17", "month": "2026-05"}]


LOG = """case_id,date,actor,event,kind,note
7,2026-01-05,ganquan,opened,dispute,
7,2026-01-06,manyue,referred,,
7,2026-01-20,ganquan,returned,,
7,2026-02-20,ganquan,solved,,
8,2026-01-05,ganquan,opened,need,
"""


def test_cases_go_in_circles(town: Run) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    answer = told(
        town, "lists", "cases", "log.csv", "--as-of", "2026-03-01", "--catalogue", "town.toml",
        "--json", "--out", "c",
    )  # fmt: skip
    assert (answer["cases"], answer["open"], answer["with_circles"]) == (2, 1, 1)
    assert answer["solved_at"]["village"] == 1
    table = rows("c/cases.csv")
    assert (table[0]["hops"], table[0]["circles"], table[0]["town_days"]) == ("2", "1", "14")
    assert [row["solved_at"] for row in table] == ["village", ""]
    assert sum(answer["solved_at"].values()) == 1
    assert [one["code"] for one in answer["findings"]].count("case_circle") == 1
    assert town("lists", "cases", "log.csv", "--as-of", "2026-03-01").code == 0


def test_match_writes_matches_and_reasons(run: Run) -> None:
    Path("needs.csv").write_text(
        "need,kind,amount,village,priority,from,to\n"
        "n1,lamp,3,a,1,,\nn2,lamp,3,b,2,,\nn3,pump,1,a,1,2026-01-01,2026-02-01\n"
    )
    Path("resources.csv").write_text("id,kind,amount,villages,from,to\nr1,lamp,4,a;b,,\n")
    Path("projects.csv").write_text("id,kind,amount,villages,from,to\nx1,pump,9,*,2026-02-01,\n")
    files = ("needs.csv", "resources.csv", "projects.csv")
    answer = told(run, "lists", "match", *files, "--out", "m", "--json")
    assert [list(row.values())[:3] for row in rows("m/matches.csv")] == [
        ["n1", "r1", "1"],
        ["n2", "r1", "3"],
    ]
    unmet = rows("m/unmet.csv")
    assert list(unmet[0]) == ["need", "amount", "reason_code", "reason"]
    assert [(row["need"], row["reason_code"]) for row in unmet] == [
        ("n1", "taken_by_higher_priority"),
        ("n3", "out_of_time"),
    ]
    assert answer["reasons"] == {"out_of_time": 1, "taken_by_higher_priority": 1}
    Path("needs.csv").write_text(
        "need,kind,amount,village,priority,from,to\nn1,lamp,x,a,1,,\nn1,lamp,1,a,1,1-1-2026,\n"
    )
    lines = faults(run, "lists", "match", *files, "--out", "m2")
    assert lines[0].startswith("needs.csv:2: ")
    assert lines[1].startswith("needs.csv:3: ")


# -------------------------------------------------------------------------------- bad input


def audit_faults(run: Run, text: str) -> list[str]:
    Path("bad.toml").write_text(text, encoding="utf-8")
    return faults(run, "lists", "audit", "bad.toml")


ITEM = '[[item]]\nid = "A"\nmatter = "a"\nlist = "must"\nactor = "x"\n'
ACTOR = '[[actor]]\nid = "x"\nlevel = "village"\n'


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        (ACTOR + 'parent = "y"\n' + ACTOR.replace("x", "y") + 'parent = "x"\n', 1, "x"),
        (ITEM, 1, "x"),
        (ACTOR + ITEM + 'lead = "nobody.nowhere.else"\nprocedure = "none"\n', 4, "none"),
        (ACTOR + '[[person]]\nid = "p"\nposts = ["nobody"]\n', 4, "nobody"),
        (ACTOR + '[[person]]\nid = "p"\nposts = ["z.clerk"]\n', 4, "z"),
        (ACTOR + ITEM + ITEM, 9, "A"),
        (ACTOR + ITEM + 'recurrence = "FREQ=SECONDLY;COUNT=3155760000"\n', 4, "SECONDLY"),
        (ACTOR + ITEM + 'recurrence = "FREQ=DAILY;COUNT=99999999999999999999"\n', 4, "COUNT"),
        (ACTOR + ITEM.replace('"a"', f'"{"/".join("a" * 1000)}"'), 4, "64"),
        (ACTOR + ITEM + 'when = { age = ">= eighteen" }\n', 4, "eighteen"),
        (ACTOR + '[[delegation]]\nfrom = "x"\nto = "z"\npower = "p"\n', 4, "z"),
        ('[[withdraw]]\nid = "A"\n', 1, "A"),
        ("[catalogue\n", 1, ""),
        ("x = " + "[" * 5000 + "]" * 5000, 1, ""),
    ],
)  # fmt: skip
def test_bad_catalogues_are_named_by_line(run: Run, text: str, line: int, named: str) -> None:
    lines = audit_faults(run, text)
    assert lines[0].startswith("bad.toml:"), lines
    assert any(named in one for one in lines)
    if line > 1:
        assert int(lines[0].split(":")[1]) >= line
    chinese = run("lists", "audit", "bad.toml", "--lang", "zh")
    assert chinese.code == 2
    assert re.search("[一-鿿]", chinese.err)


def test_all_faults_of_all_files_are_told_at_once(run: Run) -> None:
    Path("a.toml").write_text(ACTOR + ITEM.replace("must", "may"))
    Path("b.toml").write_text(ITEM.replace('"x"', '"nobody"').replace('"A"', '"B"'))
    lines = faults(run, "lists", "audit", "a.toml", "b.toml", "missing.toml")
    assert any(line.startswith("missing.toml: ") for line in lines)
    lines = faults(run, "lists", "audit", "a.toml", "b.toml")
    assert any(line.startswith("a.toml:") for line in lines)
    assert any(line.startswith("b.toml:") for line in lines)


def test_mistakes_in_a_request_are_refused(town: Run) -> None:
    ask = [word for word in DECIDE if word != "--json"]
    assert (
        "ganqaun"
        in faults(town, *ask[:3], "--actor", "ganqaun", "--date", "2026-03-01", "--matter", "a")[0]
    )
    assert faults(town, *ask, "--matter", "a//b")
    assert faults(town, *ask, "--matter", "a", "--village", "manyue")
    assert faults(town, *ask, "--matter", "a", "--attribute", "age")
    assert "YYYY-MM-DD" in faults(town, *ask[:5], "--date", "2026-3-1", "--matter", "a")[0]
    assert faults(town, "lists", "decide", "town.toml", "--actor", "ganquan")
    assert (
        "lists decide" in faults(town, "lists", "decid")[0]
        or "decide" in faults(town, "lists", "decid")[0]
    )


def test_json_stands_beside_toml_and_a_directory_for_its_files(town: Run) -> None:
    folder = Path("layers")
    folder.mkdir()
    shutil.copy("town.toml", folder / "1-town.toml")
    item = {"id": "J-1", "matter": "forest", "list": "must", "actor": "ganquan"}
    (folder / "2-more.json").write_text(json.dumps({"item": [item]}))
    ask = [word if word != "town.toml" else "layers" for word in DECIDE]
    assert told(town, *ask, "--matter", "forest/fire")["item"] == "J-1"
    (folder / "2-more.json").write_text('{"item": [')
    assert faults(town, "lists", "audit", "layers")[0].startswith("layers/2-more.json:1")


def test_a_hundred_thousand_items_are_read_and_audited(run: Run) -> None:
    blocks = [ACTOR]
    blocks += [
        f'[[item]]\nid = "I{n}"\nmatter = "m{n % 500}/s{n}"\nlist = "must"\nactor = "x"\n'
        'basis = ["b"]\n'
        for n in range(100_000)
    ]
    Path("big.toml").write_text("".join(blocks))
    answer = told(
        run,
        "lists",
        "decide",
        "big.toml",
        "--actor",
        "x",
        "--matter",
        "m7/s99507",
        "--date",
        "2026-01-01",
        "--json",
    )
    assert answer["item"] == "I99507"
    told(run, "lists", "audit", "big.toml", "--json")


def test_every_command_has_help_with_an_example(run: Run) -> None:
    for name in ("audit", "decide", "diff", "duties", "workload", "flow", "cases", "match"):
        for lang in language.LANGUAGES:
            outcome = run("lists", name, "--help", "--lang", lang)
            assert outcome.code == 0
            assert f"gridgov lists {name}" in " ".join(outcome.out.split())


def guide_lines() -> list[str]:
    """The calls of the guide on the shipped examples."""
    text = (ROOT / "docs/guide/lists.md").read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(r"^\./run (gridgov lists .*docs/examples.*)$", text, re.M)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("line", guide_lines(), ids=lambda line: line.split()[2])
def test_the_guide_s_calls_work(run: Run, line: str, lang: str) -> None:
    words = shlex.split(line.replace("docs/examples", str(ROOT / "docs/examples")))[1:]
    if "flow" in words and shutil.which("dot") is None:
        pytest.skip("needs Graphviz")
    done = run(*words, "--lang", lang)
    assert done.code == 0, done.err
    assert done.out


def test_the_guide_shows_seven_commands_on_the_examples() -> None:
    commands = {line.split()[2] for line in guide_lines()}
    assert commands == {"audit", "decide", "duties", "workload", "flow", "cases", "match"}
