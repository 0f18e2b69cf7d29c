"""The rulebooks that docs/examples/points ships, settled: the figures that villages use."""

from pathlib import Path
from typing import Any

import pytest

from gridgov import points

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "points"


def settled(book: str, rows: list[dict[str, Any]], as_of: str = "2026-12-31") -> Any:
    names = sorted({name for row in rows for name in row})
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    count = len(rows)
    register = {
        "register_no": [f"r{place:02}" for place in range(count)],
        "household_id": ["h1"] * count,
        "stage": ["posted"] * count,
        "evidence": [2] * count,
        "witnesses": [2] * count,
    } | columns
    return points.settle(
        points.Rulebooks(EXAMPLES / book),
        {"household_id": ["h1"], "village": ["v"]},
        register,
        persons={"person_id": ["p1"], "household_id": ["h1"], "role": ["party_member"]},
        as_of=as_of,
    )


def deeds(deed: str, dates: list[str], **more: Any) -> list[dict[str, Any]]:
    return [{"deed": deed, "date": date, "person_id": "p1"} | more for date in dates]


MONDAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 6) for day in (5, 12, 19)]


@pytest.mark.parametrize(("book", "base"), [("village-50.toml", 50), ("village-100.toml", 100)])
class TestVillages:
    def test_fifteen_sessions_of_two_give_twelve(self, book: str, base: int) -> None:
        s = settled(book, deeds("study", MONDAYS, level=""))
        assert len(MONDAYS) == 15
        assert s.balances["earned"].tolist() == [12]
        assert s.entries["points"].tolist() == [2] * 6 + [0] * 9
        assert set(s.entries["reason_code"][6:]) == {"cap_clipped"}

    def test_volunteering_is_a_point_an_hour_two_hours_a_time(self, book: str, base: int) -> None:
        rows = [
            {"deed": "volunteer", "date": "2026-03-01", "units": 1, "level": ""},
            {"deed": "volunteer", "date": "2026-03-02", "units": 2, "level": ""},
            {"deed": "volunteer", "date": "2026-03-03", "units": 5, "level": ""},
        ]
        assert settled(book, rows).entries["points"].tolist() == [1, 2, 2]

    @pytest.mark.parametrize(
        ("level", "given"),
        [("national", 50), ("province", 30), ("prefecture", 20), ("county", 15), ("street", 10)],
    )
    def test_the_highest_honour_of_a_deed_counts_once(
        self, book: str, base: int, level: str, given: int
    ) -> None:
        s = settled(book, deeds("honour", ["2026-03-01"], level=level))
        assert s.balances["earned"].tolist() == [given]
        assert set(s.entries["reason_code"]) <= {"given", "outbid"}

    def test_the_base_is_opened_on_the_first_day(self, book: str, base: int) -> None:
        s = settled(book, deeds("study", ["2026-03-01"], level=""), "2026-03-31")
        assert s.balances["opening"].tolist() == [base]
        assert s.balances["balance"].tolist() == [base + 2]


def test_a_violation_freezes_exchange_this_year_and_next() -> None:
    import tomllib

    rules = tomllib.loads((EXAMPLES / "village-50.toml").read_text(encoding="utf-8"))["rule"]
    freezing = [rule for rule in rules if rule.get("freeze") == "end_of_next_year"]
    assert freezing
    for rule in freezing:
        exchanges = {
            "exchange_no": ["x1", "x2", "x3"],
            "date": ["2026-06-01", "2027-12-31", "2028-01-01"],
            "household_id": ["h1"] * 3,
            "good": ["soap"] * 3,
            "quantity": [1] * 3,
            "shop": ["s"] * 3,
        }
        goods = {"good": ["soap"], "points": [1], "stock": [9], "shop": ["s"],
                 "effective_from": ["2026-01-01"]}  # fmt: skip
        s = points.settle(
            points.Rulebooks(EXAMPLES / "village-50.toml"),
            {"household_id": ["h1"], "village": ["v"]},
            {"register_no": ["r1"], "date": ["2026-05-01"], "household_id": ["h1"],
             "deed": [rule["deed"]], "level": [""], "stage": ["posted"], "evidence": [2],
             "witnesses": [2], "person_id": ["p1"]},
            persons={"person_id": ["p1"], "household_id": ["h1"], "role": ["party_member"]},
            exchanges=exchanges, goods=goods, as_of="2028-06-30",
        )  # fmt: skip
        assert s.exchanges["status"].tolist() == ["refused", "refused", "accepted"], rule["id"]
        assert s.exchanges["reason_code"].tolist()[:2] == ["frozen", "frozen"]


def test_a_party_member_loses_forty_for_illegal_building_and_is_on_the_black_list() -> None:
    rows = deeds("illegal_building", ["2026-03-01"]) + deeds("rescue", ["2026-03-02"])
    s = settled("party-members.toml", rows, "2026-03-31")
    assert dict(zip(s.entries["register_no"], s.entries["points"], strict=True)) == {
        "r00": -40, "r01": 20,
    }  # fmt: skip
    assert "illegal_building" in s.board().black["rule_id"].tolist()
    nobody = settled("party-members.toml", [row | {"person_id": ""} for row in rows], "2026-03-31")
    assert set(nobody.entries["reason_code"]) == {"condition_failed"}
