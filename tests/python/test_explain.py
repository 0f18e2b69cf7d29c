"""Explanations: prices against brute force, directories that explain themselves, the command."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gridgov

Run = Callable[..., Any]  # the fixture of conftest.py

RULES: dict[str, Any] = {"min": 3, "max": 5, "target": 4}


def divisions(names: list[int], parts: int) -> Iterator[list[list[int]]]:
    """All divisions of a few into so many sets of 3 to 5."""
    if parts == 0:
        if not names:
            yield []
        return
    if not names:
        return
    first, rest = names[0], names[1:]
    for size in (2, 3, 4):
        for others in itertools.combinations(rest, size):
            left = [name for name in rest if name not in others]
            for more in divisions(left, parts - 1):
                yield [[first, *others], *more]


@pytest.mark.parametrize("seed", range(4))
def test_a_price_equals_brute_force(seed: int) -> None:
    places = np.random.default_rng(seed).uniform(0, 100, (11, 2))
    p = gridgov.partition(places, effort="best", **RULES)
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    beside = np.zeros((11, 11), dtype=bool)
    beside[p.link_rows[:, 0], p.link_rows[:, 1]] = True
    beside |= beside.T

    def connected(part: list[int]) -> bool:
        seen = {part[0]}
        while True:
            more = {b for a in seen for b in part if beside[a, b]} - seen
            if not more:
                return len(seen) == len(part)
            seen |= more

    def length(division: list[list[int]]) -> float:
        return sum(distance[np.ix_(part, part)].sum(axis=0).min() for part in division)

    legal = [
        (length(division), division)
        for division in divisions(list(range(11)), len(p.courtyards))
        if all(map(connected, division))
    ]
    now = p.summary["total_distance_m"]
    for household in range(11):
        for row, courtyard in p.courtyards.iterrows():
            head = int(courtyard["head_household_id"])
            wish = gridgov.explain(p, household, to=courtyard["courtyard_id"])
            price = wish.prices[0]
            assert price.proved
            granted = [
                metres
                for metres, division in legal
                if any(household in part and head in part for part in division)
            ]
            if p.labels_[household] == row:
                assert price.price_m == 0
            elif granted:
                assert price.outcome == "granted"
                assert price.price_m == pytest.approx(min(granted) - now, abs=1e-3)
            else:
                assert price.outcome == "impossible"
                assert wish.findings[0].severity == "error"


def test_who_has_to_come_along_and_both_languages() -> None:
    p = gridgov.partition([(10.0 * i, 0.0) for i in range(45)], min=10, max=20, target=15)
    answer = gridgov.explain(p, 13, to="all-2")
    price = answer.prices[0]
    assert price.outcome == "granted"
    between = range(14, int(p.courtyards["households"].iloc[0]))
    assert price.fewest_moved == {str(place): "all-2" for place in between}
    assert {finding.code for finding in price.alone_breaks} == {"wish_not_beside", "wish_splits"}
    assert "14 → all-2" in answer.text("en")
    assert "院落all-2" in answer.text("zh")
    around = gridgov.explain(p, 13)
    assert [price.courtyard_id for price in around.prices] == ["all-2"]
    assert around.findings == []
    for wrong in ({"household": 99}, {"household": 3, "to": "all-9"}):
        with pytest.raises(gridgov.UsageError) as error:
            gridgov.explain(p, **wrong)
        assert error.value.code.startswith("unknown_")
    with pytest.raises(gridgov.UsageError):
        gridgov.explain(7, 3)


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("metric", ["straight", "walk"])
def test_a_directory_explains_itself(tmp_path: Path, metric: Any) -> None:
    made = gridgov.simulate_township(households=120, villages=2, seed=3)
    households = made.households
    options: dict[str, Any] = {
        "weights": "people",
        "heads": "may_be_head",
        "groups": "group",
        "roads": (made.way_nodes, made.ways),
        "pins": ["p" if row in (3, 4) else "" for row in range(len(households))],
        "metric": metric,
        "min": 20,
        "max": 100,
        "target": 60,
    }
    p = gridgov.partition(households, **options)
    p.save(tmp_path / "result")
    for household in households["id"].iloc[[0, 3, 60]]:
        mine, its = gridgov.explain(p, household), gridgov.explain(tmp_path / "result", household)
        assert mine.text() == its.text()
        assert [price.moved for price in mine.prices] == [price.moved for price in its.prices]
    revised = gridgov.revise(tmp_path / "result", households[5:], **options | {"pins": None})
    revised.save(tmp_path / "revised")
    name = households["id"].iloc[40]
    assert (
        gridgov.explain(revised, name).text() == gridgov.explain(tmp_path / "revised", name).text()
    )


@pytest.mark.usefixtures("without_pictures")
class TestCommand:
    def test_the_answer_in_words_and_as_json(
        self, run: Run, tmp_path: Path, households: Any
    ) -> None:
        (tmp_path / "h.csv").write_text(households(64))
        assert run("partition", "h.csv", "--out", "r").code == 0
        outcome = run("explain", "h0", "--in", "r")
        assert outcome.code == 0
        assert outcome.out.startswith("household h0 is in courtyard v-1, ")
        others = [line.split(":")[0] for line in outcome.out.splitlines()[1:]]
        assert others
        record = json.loads(run("explain", "h0", "--in", "r", "--to", others[0], "--json").out)
        assert record["courtyard_id"] == "v-1"
        assert record["prices"][0]["courtyard_id"] == others[0]
        assert "findings" in record
        chinese = run("explain", "h0", "--in", "r", "--lang", "zh", "--out", "why")
        assert chinese.out.startswith("户h0在院落v-1")
        assert json.loads(Path("why/explanation.json").read_text())["household_id"] == "h0"

    def test_a_wish_that_cannot_be_is_exit_1(self, run: Run, tmp_path: Path) -> None:
        rows = [f"h{i},{i * 10.0},0,{'east' if i < 12 else 'west'}" for i in range(24)]
        (tmp_path / "h.csv").write_text("\n".join(["id,x_m,y_m,village", *rows]) + "\n")
        assert run("partition", "h.csv", "--out", "r").code == 0
        outcome = run("explain", "h11", "--in", "r", "--to", "west-1")
        assert outcome.code == 1
        assert "never crosses a village" in outcome.out

    def test_faults(self, run: Run, tmp_path: Path, households: Any) -> None:
        (tmp_path / "h.csv").write_text(households(20))
        assert run("partition", "h.csv", "--out", "r").code == 0
        assert run("explain", "nobody", "--in", "r").code == 2
        assert run("explain", "h0", "--in", "r", "--to", "nowhere").code == 2
        assert run("explain", "h0", "--in", "nothing").code == 2
        assert run("explain", "h0").code == 2
        for broken in ("rules.json", "town.csv"):
            (tmp_path / "r" / broken).write_text("{")
            assert "r does not hold what is needed" in run("explain", "h0", "--in", "r").err
