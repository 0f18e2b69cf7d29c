"""`gridgov.points` from Python: rulebooks, tables of every kind, states, frames, faults as data."""

import json
import pickle
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gridgov import DataError, UsageError, points
from gridgov.points import columns

TOML = """
[rulebook]
id = "v-2026"
villages = ["*"]
effective_from = 2026-01-01
opening = { points = 10, period = "year" }
below_floor = "clamp"
budget_yuan = 100

[board]
red = { top = 1 }
black = { at_most = 0 }

[[rule]]
id = "volunteer"
title = { zh = "志愿<b>服务", en = "volunteer <b>service" }
deed = "volunteer"
points = 1
per = "hour"
units_max = 2
expires_after_months = 12

[[rule]]
id = "study"
deed = "study"
points = 5
when = { age = ">= 18", resident = "true" }
caps = [ { over = "rule", scope = "household", period = "year", limit = 8 } ]

[[rule]]
id = "litter"
deed = "litter"
points = -20
evidence_min = 1
mend_days = 30
veto = true
"""
DICT: dict[str, Any] = {
    "rulebook": {
        "id": "v-2026",
        "villages": ["*"],
        "effective_from": date(2026, 1, 1),
        "opening": {"points": 10, "period": "year"},
        "below_floor": "clamp",
        "budget_yuan": 100,
    },
    "board": {"red": {"top": 1}, "black": {"at_most": 0}},
    "rule": [
        {
            "id": "volunteer",
            "title": {"zh": "志愿<b>服务", "en": "volunteer <b>service"},
            "deed": "volunteer",
            "points": np.int64(1),
            "per": "hour",
            "units_max": 2,
            "expires_after_months": 12,
        },
        {
            "id": "study",
            "deed": "study",
            "points": 5,
            "when": {"age": ">= 18", "resident": "true"},
            "caps": [{"over": "rule", "scope": "household", "period": "year", "limit": 8}],
        },
        {
            "id": "litter",
            "deed": "litter",
            "points": -20,
            "evidence_min": 1,
            "mend_days": 30,
            "veto": np.True_,
        },
    ],
}
HOUSEHOLDS = {"household_id": ["h1", "户2", "h3"], "village": ["east", "east", "west"]}
PERSONS = {
    "person_id": ["p1", "p2", "p3"],
    "household_id": ["h1", "户2", "h3"],
    "age": [40, None, 12],
    "resident": [True, None, True],
}
REGISTER: dict[str, list[Any]] = {
    "register_no": ["r1", "r2", "r3", "r4", "r5", "r6", "r7"],
    "date": ["2026-03-01"] * 3 + ["2026-03-02"] * 3 + ["2026-03-03"],
    "household_id": ["h1", "h1", "户2", "户2", "h3", "h3", "h1"],
    "person_id": ["p1", "p1", None, "p2", "p3", None, "p1"],
    "deed": ["study", "study", "volunteer", "study", "study", "litter", "idling"],
    "units": [None, None, 5, None, None, None, None],
    "evidence": [None, None, None, None, None, "photo; witness", None],
    "stage": ["posted"] * 7,
    "mended_on": [None] * 7,
}
GOODS = {
    "good": ["soap"],
    "points": [4],
    "stock": [9],
    "shop": ["s"],
    "effective_from": ["2026-01-01"],
    "yuan": ["1.50"],
}
EXCHANGES = {
    "exchange_no": ["x1", "x2"],
    "date": ["2026-03-05", "2026-03-05"],
    "household_id": ["h1", "h3"],
    "good": ["soap", "soap"],
    "quantity": [2, 2],
    "shop": ["s", "s"],
}
BALANCES = {"h1": 10, "户2": 12, "h3": 0}  # 10 + 5 + 3 − 8, 10 + 2, 10 − 10 with 10 not taken
ALL: dict[str, Any] = {
    "persons": PERSONS,
    "exchanges": EXCHANGES,
    "goods": GOODS,
    "as_of": "2026-03-31",
}


def settled(register: Any = REGISTER, rules: Any = TOML, **more: Any) -> points.Settlement:
    return points.settle(rules, HOUSEHOLDS, register, **(ALL | more))


@pytest.fixture(scope="module")
def s() -> points.Settlement:
    return settled()


def balances(of: points.Settlement) -> dict[str, int]:
    return dict(zip(of.balances["household_id"], of.balances["balance"].tolist(), strict=True))


class TestRulebooks:
    def test_toml_json_dicts_files_and_directories_are_one(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text("\ufeff" + TOML, encoding="utf-8")
        as_json = json.dumps(DICT, default=lambda v: str(v) if isinstance(v, date) else v.item())
        (tmp_path / "inner").mkdir()
        (tmp_path / "inner" / "a.json").write_text(as_json, encoding="utf-8")
        (tmp_path / "inner" / "notes.txt").write_text("no rules")
        read = points.Rulebooks(TOML)
        given = [DICT, tmp_path / "a.toml", str(tmp_path / "inner"), [DICT], read]
        for other in map(points.Rulebooks, given):
            assert [b | {"file": ""} for b in other] == [b | {"file": ""} for b in read]
        for rules in (DICT, tmp_path / "a.toml"):
            assert balances(settled(rules=rules)) == BALANCES

    def test_what_they_say(self) -> None:
        books = points.Rulebooks([TOML, DICT | {"rulebook": DICT["rulebook"] | {
            "id": "a-2027", "villages": ["east"], "effective_from": "2027-01-01"}}])  # fmt: skip
        assert (len(books), books.ids) == (2, ["a-2027", "v-2026"])
        assert books.in_force("east", date(2026, 12, 31)) == "v-2026"
        assert books.in_force("east", np.datetime64("2027-01-01")) == "a-2027"
        assert books.in_force("east", pd.Timestamp("2025-12-31 10:00")) is None
        assert books.columns() == {"age", "resident"}
        assert repr(books) == "<gridgov.points.Rulebooks: a-2027, v-2026; 6 rules>"
        again = pickle.loads(pickle.dumps(books))
        assert again.describe() == books.describe()
        assert [book["effective_from"] for book in books] == [date(2027, 1, 1), date(2026, 1, 1)]

    def test_every_fault_is_told_with_its_place(self, tmp_path: Path) -> None:
        wrong = TOML.replace("points = 5", 'points = "5"').replace('per = "hour"', 'per = "year"')
        path = tmp_path / "wrong.toml"
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(DataError) as error:
            points.Rulebooks(path)
        lines = [finding.fields["line"] for finding in error.value.findings]
        assert sorted(lines) == sorted(
            str(place + 1)
            for place, line in enumerate(wrong.splitlines())
            if line in ('points = "5"', 'per = "year"')
        )
        assert {finding.fields["file"] for finding in error.value.findings} == {str(path)}
        assert all(finding.message("zh") for finding in error.value.findings)
        with pytest.raises(DataError) as twice:
            points.Rulebooks([TOML, DICT | {"rulebook": DICT["rulebook"] | {"id": "w"}}])
        assert set(twice.value.records) == {"v-2026", "w"}

    @pytest.mark.parametrize(
        "given", [5, [5], "no-such-file.toml", {"rulebook": {"id": 1.5j}}, {"rule": object()}]
    )
    def test_what_is_no_rulebook(self, given: Any) -> None:
        with pytest.raises(UsageError):
            points.Rulebooks(given)


def tables_of_all_kinds() -> dict[str, Callable[[dict[str, Any]], Any]]:
    def frame(table: dict[str, Any], dtype: str = "object") -> pd.DataFrame:
        return pd.DataFrame({name: pd.Series(cells, dtype=dtype) for name, cells in table.items()})

    def typed(table: dict[str, Any], texts: str) -> pd.DataFrame:
        kinds = {"age": "Int64", "resident": "boolean", "units": "Int16", "quantity": "int32"}
        return pd.DataFrame(
            {
                name: pd.to_datetime(pd.Series(cells))
                if name in ("date", "effective_from", "mended_on")
                else pd.Series(cells, dtype=kinds.get(name, texts))
                for name, cells in table.items()
            }
        )

    def arrow(table: dict[str, Any]) -> pa.Table:
        made = {}
        for name, cells in table.items():
            if name in ("date", "effective_from"):
                array = pa.array([date.fromisoformat(cell) for cell in cells])
            elif all(isinstance(cell, str) for cell in cells):
                chunks = (cells[:1], cells[1:]) if len(cells) > 1 else (cells,)
                parts = [pa.array(part, pa.string()).dictionary_encode() for part in chunks]
                array = pa.chunked_array(parts)
            else:
                array = pa.array(cells)
            made[name] = array
        return pa.table(made)

    return {
        "objects": frame,
        "named rows": lambda t: frame(t).set_index(pd.Index([f"row {i}" for i, _ in
                                                            enumerate(next(iter(t.values())))])),
        "str": lambda t: typed(t, "str"),
        "nullable strings": lambda t: typed(t, "string[python]"),
        "Arrow strings": lambda t: typed(t, "string[pyarrow]"),
        "categories": lambda t: typed(t, "category"),
        "numpy": lambda t: {name: np.array(cells, dtype=object) for name, cells in t.items()},
        "Arrow": arrow,
    }  # fmt: skip


class TestTables:
    @pytest.mark.parametrize("kind", tables_of_all_kinds())
    def test_of_every_kind_settle_alike(self, s: points.Settlement, kind: str) -> None:
        make = tables_of_all_kinds()[kind]
        found = points.settle(
            TOML, make(HOUSEHOLDS), make(REGISTER), persons=make(PERSONS),
            exchanges=make(EXCHANGES), goods=make(GOODS), as_of=pd.Timestamp("2026-03-31"),
        )  # fmt: skip
        assert balances(found) == BALANCES
        assert found.state == s.state

    def test_ids_may_be_whole_numbers(self) -> None:
        register = {
            "register_no": [1, 2],
            "date": pd.to_datetime(["2026-03-01"] * 2),
            "household_id": [7.0, 8.0],
            "deed": ["volunteer"] * 2,
            "units": [1.0, np.nan],
            "stage": ["posted"] * 2,
        }
        rules = TOML.replace("when = ", "# when = ")
        s = points.settle(rules, {"id": np.array([7, 8])}, register, as_of="2026-03-31")
        assert balances(s) == {"7": 11, "8": 11}
        assert s.villages == ["all"]

    def test_arrays_are_not_copied(self) -> None:
        texts = pa.array(["a", "bc", ""] * 5, pa.large_string())
        _, bytes_, offsets = columns.key(texts)
        assert bytes_.__array_interface__["data"][0] == texts.buffers()[2].address
        assert offsets.__array_interface__["data"][0] == texts.buffers()[1].address
        frame = pd.DataFrame({"n": np.arange(9), "x": np.arange(9.0)})
        for convert, name in ((columns.number, "n"), (columns.number, "x"), (columns.named, "x")):
            assert np.shares_memory(convert(frame[name])[1], frame[name].to_numpy())
        coded = pd.Series(pd.Categorical.from_codes([0, -1, 299], [f"c{i}" for i in range(300)]))
        assert columns.key(coded)[1].tolist() == [0, 2**32 - 1, 299]
        names = [f"c{i}" for i in range(40_000)]
        many = pd.Series(pd.Categorical.from_codes(np.arange(40_000), names))
        assert np.shares_memory(columns.key(many)[1], many.array.codes)

    def test_words_are_coded(self) -> None:
        texts = ["b", "", "a", None, "b"]
        for values in (
            pa.array(texts, pa.large_string()),
            pa.chunked_array([texts[:2], texts[2:]], pa.string()),
            pa.array(["z", *texts], pa.large_string())[1:],  # borrowed from where it begins
            pd.Series(texts, dtype="str"),
            pd.Series(texts, dtype=object),
        ):
            kind, codes, *buffers = columns.word(values)
            found = columns.strings(tuple(buffers)).to_pylist()
            assert (kind, codes.dtype) == ("codes", np.uint32)
            assert sorted(found) == ["", "a", "b"]
            assert [found[code] for code in codes] == ["b", "", "a", "", "b"]
        coded = pd.Series(pd.Categorical(texts))
        assert columns.word(coded)[1].tolist() == columns.key(coded)[1].tolist()
        assert columns.word([])[1].tolist() == []

    def test_ids_of_another_table_are_places_in_it(self) -> None:
        ids = columns.key(pa.array(["b", "a", "c", "a"], pa.large_string()))
        texts = pa.array(["a", None, "c", "", "b", "a"], pa.large_string())
        kind, codes, *buffers = columns.reference(texts, ids)
        none = 2**32 - 1
        assert (kind, codes.tolist()) == ("codes", [1, none, 2, none, 0, 1])
        assert all(mine is theirs for mine, theirs in zip(buffers, ids[1:], strict=True))
        # What is not there, and few rows beside a large table, are left to the core as texts.
        assert columns.reference(pa.array(["a", "d", "", "b"]), ids)[0] == "texts"
        assert columns.reference(pa.array(["a"]), ids)[0] == "texts"
        assert columns.reference(pa.array([], pa.string()), ids)[0] == "texts"
        nothing = pa.array([], pa.string())
        assert columns.reference(nothing, columns.key(nothing))[1].tolist() == []
        # Without texts to refer to they are words.
        coded = columns.key(pd.Series(pd.Categorical(["a", "b"])))
        for others in (None, coded):
            assert columns.reference(texts, others)[0] == "codes"
        assert columns.reference(pd.Series(["a"] * 9, dtype="category"), ids)[1].tolist() == [0] * 9

    @pytest.mark.parametrize("blank", ["", None])
    def test_many_rows_settle_alike_as_texts_and_as_categories(self, blank: str | None) -> None:
        many = 40
        names = [f"h{i}" for i in (3, 1, 2)]
        rows = np.arange(many)
        person = [blank if i % 4 == 0 else f"p{i % 3}" for i in range(many)]
        texts = pd.DataFrame(
            {
                "register_no": [f"r{i:02}" for i in range(many)],
                "date": pd.Timestamp("2026-03-01") + pd.to_timedelta(rows % 30, unit="D"),
                "household_id": pd.Series([names[i % 3] for i in range(many)], dtype="str"),
                "person_id": pd.Series(person, dtype="str"),
                "deed": pd.Series(["study", "volunteer", "litter", "idling"] * 10, dtype="str"),
                "units": 1,
                "stage": pd.Series(["posted"] * many, dtype="str"),
            }
        )
        coded = texts.astype(dict.fromkeys(("household_id", "person_id", "deed"), "category"))
        persons = pd.DataFrame(
            {"person_id": ["p2", "p0", "p1"], "household_id": names, "age": [20, 70, 12]}
        ).assign(resident=True)
        settlements = [
            points.settle(
                TOML, {"household_id": names}, register, persons=persons, as_of="2026-03-31"
            )
            for register in (texts, coded)
        ]
        frames = [s.entries for s in settlements]
        pd.testing.assert_frame_equal(*frames)
        assert frames[0]["points"].ne(0).any()
        assert settlements[0].state == settlements[1].state

    def test_texts_and_categories_have_the_same_faults(self) -> None:
        wrong = {"household_id": "h9", "person_id": "p9", "stage": "done", "deed": ""}
        told = []
        for kind in ("str", "category"):
            register = {name: list(cells) for name, cells in REGISTER.items()}
            for name, cell in wrong.items():
                register[name][1] = cell
            frame = pd.DataFrame(register).astype(dict.fromkeys(wrong, kind))
            with pytest.raises(DataError) as caught:
                settled(frame)
            told.append([(f.code, f.row, f.records, f.fields) for f in caught.value.findings])
        assert told[0] == told[1]
        assert len(told[0]) == len(wrong)

    def test_results_are_read_only_and_tables_stay_as_they_are(self) -> None:
        register = pd.DataFrame(REGISTER)
        before = register.copy(deep=True)
        s = settled(register)
        pd.testing.assert_frame_equal(register, before)
        for group in (s.core.entries(), s.core.households(), s.core.lots(), s.core.exchanges()):
            for column in group.values():
                for array in column if isinstance(column, tuple) else (column,):
                    assert not array.flags.writeable
        s.balances["balance"] = 0
        assert sum(s.core.households()["balance"]) == sum(BALANCES.values())

    @pytest.mark.parametrize(
        ("table", "column", "row", "cell", "code", "record"),
        [
            ("register", "household_id", 1, "h9", "points_unknown_household", "r2"),
            ("register", "units", 2, -1, "points_number_invalid", "r3"),
            ("register", "units", 2, 1.5, "points_number_invalid", "r3"),
            ("register", "date", 0, "2026-02-29", "points_date_invalid", "r1"),
            ("register", "date", 0, "0000-00-00", "points_date_invalid", "r1"),
            ("register", "stage", 6, "perhaps", "points_stage_unknown", "r7"),
            ("exchanges", "quantity", 1, 0, "points_number_invalid", "x2"),
            ("exchanges", "household_id", 0, "", "points_value_missing", "x1"),
            ("goods", "points", 0, 10**13, "points_number_invalid", "soap"),
            ("goods", "yuan", 0, "1.234", "points_number_invalid", "soap"),
            ("persons", "household_id", 0, "h9", "points_unknown_household", "p1"),
            ("households", "village", 2, "", "empty_village", "h3"),
        ],
    )  # fmt: skip
    def test_faults_are_data(
        self, table: str, column: str, row: int, cell: Any, code: str, record: str
    ) -> None:
        given = {"households": HOUSEHOLDS, "register": REGISTER} | ALL
        cells = list(given[table][column])
        cells[row] = cell
        with pytest.raises(DataError) as error:
            points.settle(TOML, **(given | {table: given[table] | {column: cells}}))
        first = error.value.findings[0]
        core_table = "deeds" if table == "register" else table
        assert (first.code, first.table, first.row) == (code, core_table, row)
        assert first.records == (record,)
        assert first.message("zh") != first.message("en")
        again = pickle.loads(pickle.dumps(error.value))
        assert again.findings == error.value.findings

    def test_all_faults_of_all_tables_at_once(self) -> None:
        register = REGISTER | {"date": ["never"] * 7, "stage": ["perhaps"] * 7}
        with pytest.raises(DataError) as error:
            settled(register, goods=GOODS | {"stock": [-1]})
        found = {(f.table, f.row) for f in error.value.findings}
        assert found >= {("deeds", row) for row in range(7)} | {("goods", 0)}

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"as_of": "2026-02-30"}, "option_out_of_range"),
            ({"as_of": None}, "option_out_of_range"),
            ({"previous": 5}, "type_wrong"),
            ({"persons": 5}, "type_wrong"),
            ({"goods": {"good": ["soap"]}}, "column_missing"),
            ({"persons": pd.DataFrame([["p", "h", "h"]], columns=["person_id", "household_id",
                                                                  "household_id"])},
             "column_duplicate"),
        ],
    )  # fmt: skip
    def test_callers_mistakes(self, more: dict[str, Any], code: str) -> None:
        with pytest.raises(UsageError) as error:
            settled(**more)
        assert error.value.code == code

    def test_a_column_that_no_table_has(self) -> None:
        with pytest.raises(DataError) as error:
            points.settle(TOML, HOUSEHOLDS, REGISTER, as_of="2026-03-31")
        assert {f.fields["column"] for f in error.value.findings} == {"age", "resident"}


class TestSettlement:
    def test_golden(self, s: points.Settlement) -> None:
        assert balances(s) == BALANCES
        of = s.entries.set_index("register_no")
        assert of["points"].to_dict() == {
            "r1": 5, "r2": 3, "r3": 2, "r4": 0, "r5": 0, "r6": -10, "r7": 0,
        }  # fmt: skip
        assert of["reason_code"].to_dict() == {
            "r1": "given", "r2": "cap_clipped", "r3": "given", "r4": "condition_failed",
            "r5": "condition_failed", "r6": "below_floor", "r7": "no_rule",
        }  # fmt: skip
        assert of["points_clipped"].to_dict()["r2"] == 2
        assert s.exchanges["reason_code"].tolist() == ["", "insufficient_balance"]
        assert s.shop_months[["shop", "village", "month", "points"]].to_numpy().tolist() == [
            ["s", "east", "2026-03", 8]
        ]
        assert s.village_of.to_dict() == dict(zip(*HOUSEHOLDS.values(), strict=True))
        summary = s.summary
        assert (summary["held"], summary["liability_yuan"], summary["budget_yuan"]) == (
            22,
            8.25,
            200,
        )
        assert summary["conserved"]
        assert s.holds
        assert s.as_of == date(2026, 3, 31)
        assert s.entries["date"].dtype.kind == "M"
        assert isinstance(s.entries["status"].dtype, pd.CategoricalDtype)

    def test_reasons_in_two_languages(self, s: points.Settlement) -> None:
        chinese = s.entries_in("zh")["reason"]
        assert chinese.str.contains("[一-鿿]").all()
        assert not s.entries["reason"].str.contains("户$").any()
        assert s.exchanges_in("zh")["reason"].tolist() != s.exchanges["reason"].tolist()
        same = s.entries_in("zh").drop(columns="reason")
        pd.testing.assert_frame_equal(same, s.entries.drop(columns="reason"))

    def test_sums_agree_between_the_frames(self, s: points.Settlement) -> None:
        b = s.balances.set_index("household_id")
        assert (b["opening"] + b["earned"] - b["deducted"] - b["redeemed"] - b["expired"]
                - b["forfeited"] == b["balance"]).all()  # fmt: skip
        for account, sign in (("credit_account", 1), ("debit_account", -1)):
            b["balance"] -= sign * (
                s.ledger[s.ledger[account].str.startswith("household:")]
                .assign(household=lambda f, a=account: f[a].str.removeprefix("household:"))
                .groupby("household")["points"].sum().reindex(b.index, fill_value=0)
            )  # fmt: skip
        assert (b["balance"] == 0).all()
        left = s.lots.groupby("household_id", observed=False)["left"].sum()
        assert left.to_dict() == BALANCES

    def test_shows_itself(self, s: points.Settlement) -> None:
        assert repr(s) == (
            "<gridgov.points.Settlement: as of 2026-03-31, 3 households, 7 register rows, "
            "22 points held>"
        )
        shown = s._repr_html_()
        assert "<table" in shown
        assert "户2" in shown
        many = {"household_id": [f"<b>{i}" for i in range(12)]}
        empty = {name: [] for name in REGISTER}
        html = points.settle(TOML, many, empty, persons=PERSONS | {"household_id": many[
            "household_id"][:3]}, as_of="2026-03-31")._repr_html_()  # fmt: skip
        assert "2 more households" in html
        assert "<b>1" not in html

    def test_pickles(self, s: points.Settlement) -> None:
        again = pickle.loads(pickle.dumps(s))
        assert repr(again) == repr(s)
        for name in ("entries", "exchanges", "balances", "ledger", "lots", "shop_months"):
            pd.testing.assert_frame_equal(getattr(again, name), getattr(s, name))
        assert again.state == s.state

    def test_without_a_state(self, s: points.Settlement) -> None:
        light = settled(keep_state=False)
        assert light.summary == s.summary
        for name in ("entries", "new_entries", "ledger", "balances"):
            pd.testing.assert_frame_equal(getattr(light, name), getattr(s, name))
        for use in (lambda: light.state, lambda: pickle.dumps(light)):
            with pytest.raises(UsageError) as error:
                use()
            assert error.value.code == "points_no_state"
        onwards = settled(previous=s, as_of="2026-04-30", keep_state=False)
        assert onwards.state.as_of == date(2026, 4, 30)

    def test_faulty_villages_left_out(self, s: points.Settlement) -> None:
        wrong = REGISTER | {"date": [*REGISTER["date"][:4], "never", *REGISTER["date"][5:]]}
        partly = settled(wrong, skip_faulty_villages=True)
        assert (partly.left_out, partly.villages, partly.holds) == (["west"], ["east"], False)
        assert [f.records for f in partly.findings] == [("r5",)]
        assert balances(partly) == {h: BALANCES[h] for h in ("h1", "户2")}
        # A village whose ledger goes on cannot be left out, and is named.
        later = {name: [cells[4]] for name, cells in wrong.items()} | {"register_no": ["r8"]}
        with pytest.raises(DataError) as error:
            settled(later, previous=s, as_of="2026-04-30", skip_faulty_villages=True)
        assert [f.code for f in error.value.findings][-1] == "points_village_goes_on"
        assert error.value.records == ("r8", "west")
        assert "west" in error.value.findings[-1].message("zh")
        # One that comes anew can.
        more = {"household_id": [*HOUSEHOLDS["household_id"], "h4"],
                "village": [*HOUSEHOLDS["village"], "north"]}  # fmt: skip
        new = points.settle(
            TOML, more, later | {"household_id": ["h4"]}, previous=s, skip_faulty_villages=True,
            **(ALL | {"as_of": "2026-04-30"}),
        )  # fmt: skip
        assert new.left_out == ["north"]
        assert balances(new) == BALANCES

    def test_progress_and_what_it_raises(self) -> None:
        seen: list[float] = []
        settled(progress=seen.append)
        assert seen[-1] == 1
        assert seen == sorted(seen)

        def stop(_share: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            settled(progress=stop)

    def test_signals_stop_the_work(self) -> None:
        count = 500_000
        register = pd.DataFrame(
            {
                "register_no": pd.Series(np.arange(count)).astype("str"),
                "date": np.datetime64("2026-03-01"),
                "household_id": pd.Categorical.from_codes(
                    np.arange(count) % 3, ["h1", "户2", "h3"]
                ),
                "deed": pd.Categorical.from_codes(np.zeros(count, np.int8), ["volunteer"]),
                "stage": pd.Categorical.from_codes(np.zeros(count, np.int8), ["posted"]),
            }
        )

        class Alarm(Exception):
            pass

        def ring(*_: object) -> None:
            raise Alarm

        armed: list[float] = []

        def arm(share: float) -> None:
            if not armed:
                signal.setitimer(signal.ITIMER_REAL, 0.001)
            armed.append(share)

        before = signal.signal(signal.SIGALRM, ring)
        try:
            with pytest.raises(Alarm):
                settled(register, progress=arm)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert armed[-1] < 1


class TestPosting:
    def test_in_parts_is_the_same_as_at_once(self, s: points.Settlement) -> None:
        state: points.State | None = None
        seen: list[str] = []
        for day in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-31"):
            rows = [i for i, d in enumerate(REGISTER["date"]) if d <= day]
            part = {name: [cells[i] for i in rows] for name, cells in REGISTER.items()}
            events = {"households": HOUSEHOLDS, "register": part, "persons": PERSONS,
                      "goods": GOODS}  # fmt: skip
            if day == "2026-03-31":
                events["exchanges"] = EXCHANGES
            entries, state = points.post(events, state, rulebooks=TOML, as_of=day)
            seen += entries["register_no"].tolist()
            state = points.State.from_bytes(state.to_bytes())
            again, same = points.post(events, state, rulebooks=TOML, as_of=day)
            assert len(again) == 0
            assert same == state
        assert sorted(seen) == REGISTER["register_no"]
        assert state == s.state
        assert state is not None
        pd.testing.assert_frame_equal(state.settlement(TOML).ledger, s.ledger)

    def test_a_state_is_bytes(self, s: points.Settlement) -> None:
        data = s.state.to_bytes()
        assert data == settled(threads=1).state.to_bytes()
        assert repr(s.state) == "<gridgov.points.State: as of 2026-03-31>"
        assert points.State().as_of is None
        assert points.State() != s.state
        assert pickle.loads(pickle.dumps(s.state)) == s.state
        assert points.State.from_bytes(memoryview(data)) == s.state
        with pytest.raises(TypeError):
            hash(s.state)

    @pytest.mark.parametrize("place", [0, 9, 20, 100, -1])
    def test_a_damaged_state_is_refused(self, s: points.Settlement, place: int) -> None:
        data = bytearray(s.state.to_bytes())
        data[place] ^= 1
        with pytest.raises(DataError) as error:
            points.State.from_bytes(bytes(data))
        assert error.value.code.startswith("points_state_")
        with pytest.raises(DataError):
            points.State.from_bytes(bytes(data[: len(data) // 2]))

    def test_callers_mistakes(self, s: points.Settlement) -> None:
        with pytest.raises(UsageError) as unknown:
            points.post({"households": HOUSEHOLDS, "deeds": {}}, rulebooks=TOML, as_of="2026-03-31")
        assert unknown.value.code == "option_unknown"
        with pytest.raises(UsageError):
            points.post({}, rulebooks=TOML, as_of="2026-03-31")
        with pytest.raises(UsageError):
            settled(previous=s, as_of="2026-03-30")
        late = {name: [cells[2]] for name, cells in REGISTER.items()} | {"register_no": ["r9"]}
        with pytest.raises(DataError) as past:
            settled(late, previous=s, as_of="2026-04-30")
        assert past.value.code == "points_posts_in_the_past"
        changed = REGISTER | {"units": [None, None, 1, None, None, None, None]}
        with pytest.raises(DataError) as told:
            settled(changed, previous=s, as_of="2026-04-30")
        assert told.value.records == ("r3",)


class TestLedger:
    def test_goes_on(self, s: points.Settlement) -> None:
        first = settled({n: c[:2] for n, c in REGISTER.items()}, exchanges=None, as_of="2026-03-01")
        end = first.ledger.attrs["end"]
        rest = s.ledger_after("2026-03-01", *end)
        assert points.verify_ledger(s.ledger) == []
        assert points.verify_ledger(rest, posting_no=end[0], hash=end[1]) == []
        # Rows of 1 March that only the whole has come before the rest.
        assert s.ledger_after("2026-03-31").empty
        assert rest["date"].min() > pd.Timestamp("2026-03-01")

    @pytest.mark.parametrize("column", ["posting_no", "date", "debit_account", "credit_account",
                                        "points", "source", "hash"])  # fmt: skip
    def test_any_changed_cell_shows(self, s: points.Settlement, column: str) -> None:
        cells = s.ledger.astype(object)
        cells.loc[2, column] = cells.loc[2, column] + {
            "posting_no": 1, "points": 1, "date": pd.Timedelta(days=1),
        }.get(column, "0")  # fmt: skip
        found = points.verify_ledger(cells)
        assert found
        assert found[0].row == 2

    def test_kinds_of_tables(self, s: points.Settlement) -> None:
        texts = s.ledger.assign(date=s.ledger["date"].dt.strftime("%Y-%m-%d")).astype(str)
        for ledger in (texts, dict(texts), pa.Table.from_pandas(s.ledger), s.ledger[:0]):
            assert points.verify_ledger(ledger) == []
        with pytest.raises(UsageError) as error:
            points.verify_ledger(s.ledger.drop(columns="hash"))
        assert error.value.code == "column_missing"


class TestStatement:
    def test_golden(self, s: points.Settlement) -> None:
        of = s.statement("h1")
        assert of.lines[["kind", "source", "points", "balance"]].to_numpy().tolist() == [
            ["opening", "opening of 2026", 10, 10],
            ["award", "r1", 5, 15],
            ["award", "r2", 3, 18],
            ["redemption", "x1", -8, 10],
        ]
        assert of.quiet["source"].tolist() == ["r7"]
        assert (of.balance, of.pending, of.village) == (10, 0, "east")
        assert of.lots["left"].sum() == 10
        assert repr(of) == "<gridgov.points.Statement: h1, 4 lines, 10 points>"

    def test_lines_add_up_for_everyone(self, s: points.Settlement) -> None:
        for household, balance in BALANCES.items():
            of = s.statement(household, lang="zh")
            assert (of.lines["points"].cumsum() == of.lines["balance"]).all()
            assert of.balance == balance
            assert json.loads(json.dumps(of.as_dict()))["balance"] == balance
            assert household in str(of)

    def test_html_is_escaped(self, s: points.Settlement) -> None:
        of = s.statement("户2")
        assert "volunteer <b>service" in str(of)
        assert "<b>service" not in of._repr_html_()
        assert "志愿<b>服务" in str(s.statement("户2", "zh"))

    def test_an_unknown_household(self, s: points.Settlement) -> None:
        with pytest.raises(UsageError) as error:
            s.statement("h9")
        assert error.value.code == "points_household_unknown"


class TestBoard:
    NAMES = {"h1": "张三", "户2": "欧阳修", "h3": "Li <b>"}  # noqa: RUF012

    def test_golden(self, s: points.Settlement) -> None:
        board = s.board().with_names(self.NAMES)
        assert board.ranking[["household_id", "name", "rank", "red", "vetoed_by"]].to_numpy(
        ).tolist() == [
            ["户2", "欧**", 1, True, ""],
            ["h1", "张*", 2, False, ""],
            ["h3", "L*****"[: len("Li <b>")], 1, False, "r6"],
        ]  # fmt: skip
        assert board.red["household_id"].tolist() == ["户2"]
        assert board.black[["household_id", "register_no", "rule_id", "until"]].to_numpy(
        ).tolist() == [["h3", "", "", ""], ["h3", "r6", "litter", "2026-04-01"]]  # fmt: skip
        assert board.unmasked().ranking["name"].tolist() == ["欧阳修", "张三", "Li <b>"]
        assert repr(board) == "<gridgov.points.Board: 3 households, 1 red, 2 black lines>"
        assert "Li <b>" not in board.unmasked()._repr_html_()

    def test_reasons(self, s: points.Settlement) -> None:
        english, chinese = s.board().black["reason"], s.board(lang="zh").black["reason"]
        assert "0 points" in english[0]
        assert "2026-04-01" in english[1]
        assert chinese.str.contains("[一-鿿]").all()
        assert s.board("zh").unmasked().black["reason"].tolist() == chinese.tolist()

    def test_mended_is_off_the_list(self) -> None:
        mended = REGISTER | {"mended_on": [None] * 5 + ["2026-03-20", None]}
        assert settled(mended).board().black["register_no"].tolist() == [""]
        assert len(settled(mended, as_of="2026-03-19").board().black) == 2

    def test_personal_numbers_are_masked(self) -> None:
        number = "500234199001011234"
        register = {name: [cells[5]] for name, cells in REGISTER.items()}
        s = points.settle(
            TOML.replace("when = ", "# when = "),
            {"household_id": [number]},
            register | {"household_id": [number]},
            as_of="2026-03-31",
        )
        for frame in (s.board().ranking, s.board().black):
            assert frame["household_id"].unique().tolist() == ["500***********1234"]
        assert s.board().unmasked().ranking["household_id"].tolist() == [number]


MORE = TOML.replace("units_max = 2", "units_max = 4").replace("limit = 8", "limit = 5")


class TestCompare:
    def compare(self, old: Any, new: Any, **more: Any) -> points.Comparison:
        return points.compare(old, new, HOUSEHOLDS, REGISTER, **(ALL | more))

    def test_golden(self) -> None:
        c = self.compare(TOML, MORE)
        # h1 loses 3 of its second session; 户2 gains two hours.
        assert c.households.to_numpy().tolist() == [["h1", 10, 7, -3], ["户2", 12, 14, 2]]
        assert c.villages.to_numpy().tolist() == [["east", 22, 21, -1], ["west", 0, 0, 0]]
        assert c.rules.set_index("rule_id")["change"].to_dict() == {
            "volunteer": 2, "study": -3, "litter": 0,
        }  # fmt: skip
        assert (c.summary["gaining"], c.summary["losing"], c.summary["unchanged"]) == (1, 1, 1)
        assert c.summary["liability_yuan"] == {"before": 8.25, "after": 7.88, "change": -0.37}
        assert "1 households gain" in repr(c)
        assert "<table" in c._repr_html_()

    def test_turned_round_and_with_itself(self) -> None:
        there, back = self.compare(TOML, MORE), self.compare(MORE, TOML)
        for name in ("households", "villages", "rules"):
            one, other = (
                getattr(of, name).set_index(getattr(of, name).columns[0])["change"].sort_index()
                for of in (there, back)
            )
            pd.testing.assert_series_equal(one, -other)
        same = self.compare(TOML, DICT)
        assert same.households.empty
        assert (same.rules["change"] == 0).all()

    def test_pickles_and_without_a_state(self) -> None:
        c = self.compare(TOML, MORE)
        again = pickle.loads(pickle.dumps(c))
        assert again.summary == c.summary
        pd.testing.assert_frame_equal(again.households, c.households)
        assert self.compare(TOML, MORE, keep_state=False).summary == c.summary

    def test_drawn(self, tmp_path: Path) -> None:
        from matplotlib.figure import Figure

        axes = Figure().subplots()
        c = self.compare(TOML, MORE)
        assert c.plot(axes=axes) is axes
        assert axes.get_title(loc="left") == "1 gain, 1 lose, 1 as before"
        assert sum(bar.get_height() for bar in axes.patches) == 2
        assert "增加1户" in c.plot(lang="zh").get_title(loc="left")
        assert "nothing" in self.compare(TOML, TOML).plot().texts[0].get_text()

    def test_callers_mistakes(self) -> None:
        with pytest.raises(TypeError):
            self.compare(TOML, MORE, nonsense=1)
        with pytest.raises(DataError):
            self.compare(TOML, MORE.replace("limit = 5", "limit = -1"))

    def test_decomposed(self) -> None:
        half = {name: cells[:4] for name, cells in REGISTER.items()}
        year = {"households": HOUSEHOLDS, "persons": PERSONS, "as_of": "2026-03-31"}
        of = points.decompose(
            {"old": TOML, "new": MORE},
            {"half": year | {"register": half}, "whole": year | {"register": REGISTER}},
        )
        # Earned less deducted. half: r1 to r4; whole: also −10 of h3.
        assert of.points.to_numpy().tolist() == [[10, 0], [9, -1]]
        assert of.rules_effect.to_numpy().tolist() == [[-1, -1]]
        assert of.people_effect.to_numpy().tolist() == [[-10], [-10]]
        assert of.rules_part + of.people_part == of.points.loc["new", "whole"] - of.points.loc[
            "old", "half"]  # fmt: skip
        assert repr(of) == "<gridgov.points.Decomposition: rules -1, people -10>"
        assert pickle.loads(pickle.dumps(of)).points.equals(of.points)
        for wrong in (({}, {"a": year}), ({"a": TOML}, {})):
            with pytest.raises(UsageError):
                points.decompose(*wrong)


#: A rulebook that there is nothing to say about.
SOUND = TOML.replace(
    "expires_after_months = 12",
    'expires_after_months = 12\ncaps = [{ over = "rule", scope = "household", period = "year", '
    "limit = 30 }]",
)


class TestLint:
    def test_golden(self) -> None:
        assert points.lint(SOUND) == []
        rules = SOUND.replace("limit = 8", "limit = 4").replace("evidence_min = 1\n", "")
        found = points.lint(rules)
        assert {f.code: f.records for f in found} == {
            "lint_cap_below_award": ("study",),
            "lint_deduction_without_evidence": ("litter",),
        }
        for finding in found:
            assert finding.severity in ("warning", "note")
            assert finding.fields["witness"]
            assert finding.message("zh") != finding.message("en")

    def test_goods_and_households(self) -> None:
        def codes(goods: dict[str, Any], households: Any = HOUSEHOLDS) -> list[str]:
            return [f.code for f in points.lint(SOUND, households=households, goods=GOODS | goods)]

        # 10 + 30 + 8 points a household and year, four of them a piece of soap.
        assert codes({"points": [48]}) == []
        assert codes({"points": [49]}) == ["lint_good_out_of_reach"]
        # Budgets are of 100 yuan; 2 households of east could ask for 96 points at 4 a piece.
        assert codes({"yuan": ["4.16"]}) == []
        assert codes({"yuan": ["4.17"]}) == ["lint_liability_beyond_budget"]
        assert codes({"yuan": ["4.17"]}, households=None) == []

    def test_what_cannot_be_read(self) -> None:
        with pytest.raises(DataError):
            points.lint(TOML.replace("limit = 8", "limit = -8"))
        with pytest.raises(DataError):
            points.lint(TOML, goods=GOODS | {"points": [-1]})
        with pytest.raises(UsageError):
            points.lint(TOML, goods={"good": ["soap"]})
