"""`gridgov.lists` from Python: frames, dicts, columns and threads in; frames and objects out."""

import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import gridgov
from gridgov import DataError, UsageError, lists
from gridgov.lists import columns

TOWN = {
    "catalogue": {"id": "t", "unlisted": "refer", "effective_from": date(2026, 1, 1)},
    "actor": [
        {"id": "town", "level": "town"},
        {"id": "a", "level": "village", "parent": "town", "title": {"zh": "甲村", "en": "A"}},
        {"id": "b", "level": "village", "parent": "town"},
    ],
    "person": [{"id": "p1", "posts": ["a.clerk"], "capacity_hours": 10}],
    "item": [
        {
            "id": "M-1",
            "matter": "aid/visit",
            "list": "must",
            "actor": "level:village",
            "lead": "clerk",
            "hours": 4,
            "recurrence": "FREQ=MONTHLY",
            "due_days": 5,
            "title": {"zh": "走访", "en": "visits <b>"},
        },
        {
            "id": "C-1",
            "matter": "certificate/home",
            "list": "certify",
            "actor": "level:village",
            "when": {"age": ">= 18", "resident": "true", "since": '< date("2026-01-01")'},
        },
        {"id": "N-1", "matter": "aid/visit/count", "list": "negative", "actor": "a"},
    ],
}
ASK = {"actor": "a", "matter": "aid/visit", "date": "2026-03-01"}


@pytest.fixture(scope="module")
def town() -> lists.Catalogue:
    return lists.catalogue(TOWN)


def test_a_catalogue_shows_itself(town: lists.Catalogue) -> None:
    assert (
        repr(town)
        == "<gridgov.lists.Catalogue t: 3 items (1 negative, 1 must, 1 certify), 3 actors, 1 file>"
    )
    assert town.items["item"].tolist() == ["C-1", "M-1", "N-1"]
    assert town.items["effective_from"].tolist() == [date(2026, 1, 1)] * 3
    assert town.actors["village"].tolist() == ["a", "b", ""]
    assert town.persons.loc[0, "posts"] == ["a.clerk"]
    assert "<table" in town._repr_html_()
    again = pickle.loads(pickle.dumps(town))
    assert repr(again) == repr(town)
    assert lists.decide(again, **ASK).item == "M-1"


def test_files_and_dicts_make_the_same(tmp_path: Path, town: lists.Catalogue) -> None:
    path = tmp_path / "town.toml"
    lists.write_toml(TOWN, path)
    read = lists.catalogue(path)
    drop = ["file", "line"]
    pd.testing.assert_frame_equal(read.items.drop(columns=drop), town.items.drop(columns=drop))
    assert read.items.loc[0, "file"] == str(path)
    later = {"withdraw": [{"id": "N-1"}], "item": [TOWN["item"][0] | {"list": "assist"}]}
    both = lists.catalogue([path], later)
    assert both.counts == {"negative": 0, "reclaimed": 0, "must": 0, "assist": 1, "certify": 1}


def test_faults_carry_codes_and_records() -> None:
    with pytest.raises(DataError) as error:
        lists.catalogue({"item": [{"id": "A", "matter": "a", "list": "must", "actor": "nobody"}]})
    assert error.value.code == "catalogue_unknown_actor"
    assert error.value.records == ("A",)
    with pytest.raises(UsageError) as wrong:
        lists.decide(TOWN, actor="nobody", matter="a", date="2026-01-01")
    assert wrong.value.code == "request_unknown_actor"
    for day in ("2026-1-1", "tomorrow", None, 5):
        with pytest.raises(UsageError, match="date"):
            lists.decide(TOWN, actor="a", matter="a", date=day)
    with pytest.raises(UsageError):
        lists.catalogue(5)
    with pytest.raises(FileNotFoundError):
        lists.catalogue("no-such-file.toml")
    with pytest.raises(UsageError, match="no procedure"):
        lists.procedure(TOWN, "none")


def test_a_decision_explains_itself(town: lists.Catalogue) -> None:
    found = lists.decide(town, **ASK)
    assert (found.verdict, found.item, found.on_list) == ("must", "M-1", "must")
    assert found.lead == {"post": "a.clerk", "persons": ["p1"]}
    assert "visits" in found.explanation()
    assert "走访" in found.explanation("zh")
    assert "visits <b>" not in found._repr_html_()
    assert "visits &lt;b&gt;" in found._repr_html_()
    assert repr(found) == "<gridgov.lists.Decision: must by M-1>"
    over = lists.decide(
        town, actor="a", matter="aid/visit/count/all", date=pd.Timestamp("2026-03-01")
    )
    assert (over.verdict, over.overridden, over.lead) == ("refuse_negative", ["M-1"], None)
    assert pickle.loads(pickle.dumps(over)) == over


def test_attributes_of_every_type(town: lists.Catalogue) -> None:
    ask = {"actor": "a", "matter": "certificate/home", "date": date(2026, 3, 1)}
    good = {"age": np.int64(18), "resident": np.True_, "since": np.datetime64("2025-12-31")}
    assert lists.decide(town, **ask, attributes=good).verdict == "may_certify"
    missed = lists.decide(town, **ask, attributes=good | {"age": float("nan")}).nearest_miss
    assert missed is not None
    assert missed.changes == [{"field": "age", "from": None, "to": 18}]
    late = lists.decide(town, **ask, attributes=good | {"since": date(2026, 5, 1)}).nearest_miss
    assert late is not None
    assert late.changes == [
        {"field": "since", "from": 'date("2026-05-01")', "to": 'date("2025-12-31")'}
    ]


def columns_of_all_kinds() -> list[object]:
    matters = ["aid/visit", "certificate/home", "aid/visit/count", "x"]
    data = {
        "actor": ["a", "a", "a", "b"],
        "matter": matters,
        "date": ["2026-03-01"] * 4,
        "age": [None, 18, None, 3],
        "resident": [None, True, False, None],
        "since": [None, "2025-01-01", None, None],
        "note": ["left alone"] * 4,
    }
    frame = pd.DataFrame(data)
    typed = frame.assign(
        actor=frame["actor"].astype("category"),
        matter=frame["matter"].astype("string[pyarrow]"),
        date=pd.to_datetime(frame["date"]),
        age=frame["age"].astype("Int64"),
        resident=frame["resident"].astype("boolean"),
        since=pd.to_datetime(frame["since"]),
    )
    arrow = pa.table(
        {
            "actor": pa.array(data["actor"]).dictionary_encode(),
            "matter": pa.chunked_array([pa.array(matters[:1]), pa.array(matters[1:])]),
            "date": pa.array([date(2026, 3, 1)] * 4),
            "age": pa.array(data["age"]),
            "resident": pa.array(data["resident"]),
            "since": pa.array([None, date(2025, 1, 1), None, None]),
        }
    )
    return [data, frame, typed, arrow]


@pytest.mark.parametrize("kind", range(4))
def test_columns_of_every_kind_decide_alike(town: lists.Catalogue, kind: int) -> None:
    found = lists.decide_columns(columns_of_all_kinds()[kind], catalogue=town)
    assert found["verdict"].tolist() == ["must", "may_certify", "refuse_negative", "unlisted"]
    assert found["item"].tolist()[:3] == ["M-1", "C-1", "N-1"]
    assert found["item"].isna().tolist() == [False, False, False, True]
    assert set(found["status"]) == {"ok"}


def test_rows_that_cannot_be_decided_say_why(town: lists.Catalogue) -> None:
    frame = pd.DataFrame(
        {
            "actor": ["a", "z", "a", "a"],
            "matter": ["x", "x", "x//y", "x"],
            "date": ["2026-01-01", "2026-01-01", "2026-01-01", "nonsense"],
            "village": ["q", "", "", ""],
        },
        index=list("wxyz"),
    )
    found = lists.decide_columns(frame, catalogue=town)
    assert found["status"].tolist() == [
        "unknown_village",
        "unknown_actor",
        "matter_invalid",
        "date_missing",
    ]
    assert found.index.tolist() == list("wxyz")
    with pytest.raises(UsageError) as error:
        lists.decide_columns(frame.drop(columns="date"), catalogue=town)
    assert error.value.code == "column_missing"
    assert lists.decide_columns(frame[:0], catalogue=town).empty


def test_large_strings_are_not_copied() -> None:
    array = pa.array(["a", "bc", ""] * 5, pa.large_string())
    offsets, data = columns.text_array(array)
    assert data.__array_interface__["data"][0] == array.buffers()[2].address
    assert offsets.__array_interface__["data"][0] == array.buffers()[1].address
    part = array.slice(1, 2)
    offsets, data = columns.text_array(part)
    assert [bytes(data[a:b]).decode() for a, b in pairwise(offsets)] == [
        "bc",
        "",
    ]


def test_threads_decide_at_once(town: lists.Catalogue) -> None:
    frame = pd.DataFrame(
        {"actor": "a", "matter": ["aid/visit/x", "x"] * 2000, "date": "2026-03-01"}
    )
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: lists.decide_columns(frame, catalogue=town), range(8)))
    for found in results[1:]:
        pd.testing.assert_frame_equal(found, results[0])


def test_duties_and_rates(town: lists.Catalogue) -> None:
    evidence = pd.DataFrame(
        {"date": [date(2026, 1, 3)], "item": ["M-1"], "actor": ["a"], "waived": [""]}
    )
    found = lists.duties(town, evidence, as_of="2026-02-10")
    mine = found.windows[found.windows["actor"] == "a"]
    assert mine["state"].tolist() == ["met", "missed"]
    assert mine["person"].tolist() == ["p1", "p1"]
    assert str(mine["opens"].iloc[0])[:10] == "2026-01-01"
    assert found.counts == {"pending": 0, "met": 1, "late": 0, "missed": 3, "waived": 0}
    alone = lists.duties(town, evidence, as_of="2026-02-10", windows=False)
    pd.testing.assert_frame_equal(alone.rates, found.rates)
    assert alone.windows.empty
    stray = evidence.assign(date=[date(2025, 1, 3)])
    assert lists.duties(town, stray, as_of="2026-02-10").unused_evidence.tolist() == [0]
    with pytest.raises(DataError) as error:
        lists.duties(town, evidence, as_of="2026-01-02")
    assert error.value.code == "evidence_in_future"
    assert "<table" in found._repr_html_()


def test_working_days_move() -> None:
    calendar = lists.WorkingDays({"date": ["2026-02-17", "2026-02-28"], "kind": ["off", "work"]})
    assert not calendar.is_working("2026-02-17")
    assert calendar.is_working(date(2026, 2, 28))
    assert calendar.count("2026-02-16", "2026-03-02") == 10
    with pytest.raises(DataError):
        lists.WorkingDays({"date": ["2026-02-17"], "kind": ["holiday"]})


def test_recurrences_are_days() -> None:
    days = lists.occurrences(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2024-01-01", until="2028-12-31"
    )
    assert days.dtype == np.dtype("datetime64[D]")
    assert days.astype(str).tolist() == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]
    with pytest.raises(UsageError) as error:
        lists.occurrences("FREQ=HOURLY", "2026-01-01", until="2026-01-02")
    assert error.value.code == "recurrence_too_frequent"


def test_workload_in_frames(town: lists.Catalogue) -> None:
    load = lists.workload(town, months=2, subsidy_percent=40)
    assert load.feasible
    assert load.overloaded == []
    assert load.persons["hours"].tolist() == [4, 4]
    assert load.persons["subsidy"].tolist() == [True, True]
    tight = lists.workload(town, months=1, start="2026-05-31", capacity_hours=1)
    assert tight.months["month"].tolist() == ["2026-05"]
    with pytest.raises(UsageError):
        lists.workload(town, months=0)
    with pytest.raises(UsageError):
        lists.workload(town, capacity_hours=float("nan"))


def test_cases_and_levels() -> None:
    log = {
        "case_id": ["1", "1"],
        "date": ["2026-01-01", "2026-01-05"],
        "actor": ["甲", "乙"],
        "event": ["opened", "solved"],
    }
    found = lists.cases(
        log, as_of="2026-02-01", levels={"actor": ["甲", "乙"], "level": ["village", "town"]}
    )
    assert found.cases.loc[0, ["hops", "village_days", "solved_at"]].tolist() == [1, 4, "town"]
    assert found.solved_by_level["town"] == 1
    with pytest.raises(DataError) as error:
        lists.cases(log | {"event": ["opened", "sloved"]}, as_of="2026-02-01")
    assert error.value.code == "case_event_unknown"


def test_match_says_why() -> None:
    needs = pd.DataFrame({"need": ["n"], "kind": ["lamp"], "amount": [3], "village": ["a"]})
    found = lists.match(needs, {"id": ["r"], "kind": ["lamp"], "amount": [2], "villages": ["*"]})
    assert found.unmet[["amount", "reason_code"]].to_numpy().tolist() == [[1, "too_little"]]
    assert re.search("[一-鿿]", found.unmet_in("zh").loc[0, "reason"])
    with pytest.raises(DataError) as error:
        lists.match(needs.assign(amount=[1.5]))
    assert error.value.code == "lists_not_whole"
    with pytest.raises(DataError):
        lists.match(needs.assign(amount=[-1]))
    assert lists.match(needs).unmet["reason_code"].tolist() == ["none_of_the_kind"]


def test_difference_in_frames() -> None:
    newer = TOWN | {"item": [TOWN["item"][0] | {"hours": 5}, *TOWN["item"][1:]]}
    found = lists.diff(TOWN, newer)
    assert found.heavier["post"].tolist() == ["clerk", "clerk"]
    assert found.items["change"].tolist() == ["heavier"]
    assert "M-1" in found.text()
    assert lists.diff(TOWN, TOWN).items.empty


def test_a_spreadsheet_becomes_a_catalogue(tmp_path: Path) -> None:
    sheet = pd.DataFrame(
        {
            "编号": ["1", "2", ""],
            "事项名称": ["低保 走访", "拆除/违建", ""],
            "清单类别": ["基本履职事项", "上级部门收回事项", ""],
            "周期": ["每季度", "", ""],
            "时限": ["20个工作日", "", ""],
            "法律依据": ["甲法第一条；乙法", "", ""],
            "生效日期": ["2026年1月5日", "2026/2/1", ""],
        }
    )
    path = tmp_path / "county.xlsx"
    sheet.to_excel(path, index=False)
    for given in (sheet, path):
        tables = lists.from_table(given, values={"actor": "level:town"}, prefix="T-")
        first, second = tables["item"]
        assert first == {
            "id": "T-1",
            "matter": "低保 走访",
            "title": {"zh": "低保 走访"},
            "list": "must",
            "actor": "level:town",
            "basis": ["甲法第一条", "乙法"],
            "recurrence": "FREQ=MONTHLY;INTERVAL=3",
            "due_days": 20,
            "workdays": True,
            "effective_from": date(2026, 1, 5),
        }
        assert (second["list"], second["matter"]) == ("reclaimed", "拆除／违建")
    tables["actor"] = [{"id": "t", "level": "town"}]
    lists.write_toml(tables, tmp_path / "t.toml")
    assert len(lists.catalogue(tmp_path / "t.toml").items) == 2
    with pytest.raises(DataError) as error:
        lists.from_table(sheet.assign(清单类别="自选"), values={"actor": "level:town"})
    assert {one.row for one in error.value.findings} >= {0, 1}
    with pytest.raises(UsageError):
        lists.from_table(sheet, columns={"title": "没有"})


def test_lists_is_a_part_of_the_package() -> None:
    assert set(lists.__all__) <= set(dir(lists))
    assert gridgov.codes()["lists_not_whole"] == 7151
