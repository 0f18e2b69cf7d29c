"""Pictures of points: balances over time, the board, who gains and who loses."""

import io
import pickle

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import gridgov
from gridgov import points
from gridgov.points import decomposition_plot, plot, time_plot

pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")
RULES = {
    "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2025-01-01"},
    "rule": [
        {"id": "meeting", "deed": "meeting", "points": 2},
        {"id": "bad", "deed": "bad", "points": -5},
    ],
}
EMPTY = {name: [] for name in ("register_no", "date", "household_id", "deed", "stage")}


def town(households: int = 60, deeds: int = 500) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(0)
    ids = [f"h{place:03d}" for place in range(households)]
    villages = np.where(np.arange(households) < households // 3, "甘泉村", "双河村" * 30)
    days = np.datetime64("2025-02-01") + random.integers(0, 400, deeds)
    register = pd.DataFrame(
        {
            "register_no": [f"r{place}" for place in range(deeds)],
            "date": days.astype(str),
            "household_id": np.array(ids)[random.integers(0, households, deeds)],
            "deed": random.choice(["meeting", "meeting", "bad"], deeds),
            "stage": "posted",
        }
    )
    return pd.DataFrame({"household_id": ids, "village": villages}), register


@pytest.fixture(scope="module")
def settlement() -> points.Settlement:
    return points.settle(RULES, *town(), as_of="2026-03-31")


def test_month_ends_are_the_ledger_s(settlement):
    held = time_plot.month_ends(settlement)
    assert held.columns[0] == "2025-02"
    assert held.columns[-1] == "2026-03"
    assert held.iloc[:, -1].tolist() == settlement.balances["balance"].tolist()
    earlier = points.settle(
        RULES, town()[0], town()[1].query("date <= '2025-08-31'"), as_of="2025-08-31"
    )
    assert held["2025-08"].tolist() == earlier.balances["balance"].tolist()
    part = time_plot.month_ends(settlement, "甘泉村")
    assert len(part) == 20
    assert part.equals(held.loc[part.index])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bands_hold_the_households(settlement, language):
    ax = settlement.plot(lang=language)
    most, half = ax.collections[:2]
    held = time_plot.month_ends(settlement).to_numpy()
    low, high = np.quantile(held[:, -1], [0.1, 0.9])
    last = most.get_paths()[0].vertices
    ends = last[last[:, 0] == held.shape[1] - 1][:, 1]
    assert (ends.min(), ends.max()) == (low, high)
    assert half.get_label() == time_plot._TEXTS[language]["half"]
    assert ax.lines[0].get_ydata()[-1] == np.median(held[:, -1])
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert "2025-02" in names


def test_one_household(settlement):
    balances = settlement.balances.set_index("household_id")["balance"]
    household = balances.idxmax()
    ax = settlement.plot(household=household)
    assert ax.lines[0].get_ydata()[-1] == balances[household]
    assert household in ax.get_title(loc="left")
    with pytest.raises(gridgov.UsageError):
        settlement.plot(household="nobody")
    number = "500234199001011234"
    one = points.settle(RULES, {"household_id": [number]}, EMPTY, as_of="2026-03-31")
    assert number not in one.plot(household=number).get_title(loc="left")
    assert "nothing" in one.plot(household=number).texts[0].get_text()


def test_on_given_axes(settlement):
    ax = Figure().add_subplot()
    assert settlement.plot(ax, village="甘泉村", lang="zh") is ax
    assert "甘泉村" in ax.get_title(loc="left")


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def test_board_is_masked_as_the_board_is(settlement):
    names = {one: f"张三{one}" for one in settlement.balances["household_id"]}
    board = settlement.board().with_names(names)
    told = " ".join(words(board.plot()))
    assert "张三" not in told
    assert "张*" in told
    assert "张三" in " ".join(words(board.unmasked().plot()))


def test_board_shows_ranks_lists_and_how_many_are_left_out(settlement):
    rules = RULES | {"board": {"red": {"top": 3}, "black": {"at_most": 1}}}
    settled = points.settle(rules, *town(), as_of="2026-03-31")
    board = settled.board("zh")
    figure = board.plot()
    ax = figure.axes[0]
    village = board.ranking["village"].iloc[0]
    ranking = board.ranking[board.ranking["village"] == village]
    bars = [bar.get_width() for bar in ax.patches]
    listed = [bool(bar.get_hatch()) for bar in ax.patches]
    first = [bar for bar, black in zip(bars, listed, strict=True) if not black]
    assert first == ranking["balance"].head(len(first)).tolist()
    assert bars == sorted(bars, reverse=True)
    assert f"共 {len(ranking)} 户" in ax.get_title(loc="right")
    told = [text.get_text() for text in ax.texts]
    assert sum("红榜" in one for one in told) == ranking["red"].sum() > 0
    black = board.black[board.black["village"] == village]["household_id"].nunique()
    assert sum("黑榜" in one for one in told) == black > 0
    assert sum(listed) == black < len(bars)
    only = board.plot(village="甘泉村")
    assert len(only.axes) == 1
    assert len(only.axes[0].patches) == 20
    assert only.axes[0].get_title(loc="right") == ""


@pytest.mark.parametrize("households", [0, 1])
def test_nothing_to_draw(households):
    ids = {"household_id": [f"h{place}" for place in range(households)]}
    settled = points.settle(RULES, ids, EMPTY, as_of="2026-03-31")
    for draw in (
        lambda file: time_plot.save_over_time(settled, file, dpi=30),
        lambda file: time_plot.board(settled.board(), file, dpi=30),
        lambda file: plot.save(points.compare(RULES, RULES, ids, EMPTY, as_of="2026-03-31"), file),
    ):
        file = io.BytesIO()
        draw(file)
        assert file.getvalue().startswith(b"\x89PNG")


def test_many_villages_and_hostile_ids():
    ids = [f"$_{place}$<b>\n" + "x" * 100 for place in range(300)]
    households = pd.DataFrame({"household_id": ids, "village": [f"v{k % 30}" for k in range(300)]})
    settled = points.settle(RULES, households, EMPTY, as_of="2026-03-31")
    file = io.BytesIO()
    time_plot.board(settled.board(), file, dpi=50)
    told = " ".join(words(settled.board().plot()))
    assert "22 more villages" in told
    comparison = points.compare(
        RULES,
        RULES | {"rule": [{"id": "村" * 200, "deed": "meeting", "points": 3}]},
        *town(),
        as_of="2026-03-31",
    )
    plot.save(comparison, file, language="zh", dpi=50)
    assert max(map(len, words(comparison.plot().figure))) < 80


def test_gains_and_losses_stand_on_their_sides():
    better = RULES | {"rule": [{"id": "meeting", "deed": "meeting", "points": 3}, RULES["rule"][1]]}
    comparison = points.compare(RULES, better, *town(), as_of="2026-03-31")
    bars = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in
            comparison.plot().patches]  # fmt: skip
    assert sum(height for at, height in bars if at > 0) == comparison.summary["gaining"]
    assert sum(height for at, height in bars if at < 0) == comparison.summary["losing"]


def better(given: int = 3) -> dict[str, object]:
    return RULES | {"rule": [{"id": "meeting", "deed": "meeting", "points": given}]}


@pytest.fixture(scope="module")
def decomposition() -> points.Decomposition:
    registers = {}
    for year, deeds in (("2025", 200), ("2026", 500)):
        households, register = town(60, deeds)
        registers[year] = {"households": households, "register": register, "as_of": "2026-03-31"}
    return points.decompose({"old": RULES, "new": better(4)}, registers)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_line_a_set_of_rulebooks(decomposition, language):
    ax = decomposition.plot(lang=language)
    lines = [line.get_ydata().tolist() for line in ax.lines[:2]]
    assert lines == decomposition.points.to_numpy().tolist()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["new", "old"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2025", "2026"]
    assert len({line.get_marker() for line in ax.lines[:2]}) == 2
    own = Figure().add_subplot()
    assert decomposition.plot(axes=own) is own


def test_the_parts_lie_between_the_first_and_the_last(decomposition):
    ax = Figure().add_subplot()
    decomposition_plot._steps(ax, decomposition, "en")
    first, rules, people, last = ax.patches
    assert (first.get_x(), first.get_width()) == (0, decomposition.points.iloc[0, 0])
    assert rules.get_x() == first.get_width()
    assert rules.get_width() == decomposition.rules_part > 0
    assert people.get_x() == rules.get_x() + rules.get_width()
    assert people.get_x() + people.get_width() == last.get_width()
    assert last.get_width() == decomposition.points.iloc[-1, -1]
    assert people.get_hatch()
    told = [text.get_text() for text in ax.texts]
    assert told[1] == f"+{decomposition.rules_part:g}"


def test_villages_and_households_add_up_to_the_parts(decomposition):
    for frame in (decomposition.villages, decomposition.households):
        assert (frame["rules_part"] + frame["people_part"] == frame["change"]).all()
        assert frame["rules_part"].sum() == decomposition.rules_part
        assert frame["people_part"].sum() == decomposition.people_part
    change = decomposition.households["change"].abs().tolist()
    assert change == sorted(change, reverse=True)
    rows = decomposition_plot._villages(decomposition, "en")
    assert {name for name, _, _ in rows} == set(decomposition.villages["village"])
    ax = Figure().add_subplot()
    decomposition_plot._by_village(ax, rows, 1, "en")
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(
        decomposition.rules_part + decomposition.people_part
    )


def test_a_decomposition_of_nothing_of_much_and_of_hostile_names():
    empty = {"households": {"household_id": ["h"]}, "register": EMPTY, "as_of": "2026-03-31"}
    file = io.BytesIO()
    one = points.decompose({"a": RULES}, {"b": empty})
    decomposition_plot.save(one, file, dpi=30)
    assert one.households.empty
    assert one.villages["change"].tolist() == [0]
    households, register = town(90, 300)
    names = [f"_{k}$x$\n\x1b" + "村" * 99 for k in range(30)]
    households["village"] = [names[k % 30] for k in range(90)]
    huge = RULES | {"rule": [{"id": "meeting", "deed": "meeting", "points": 10**11}]}
    rulebooks = {f"_{k}$y$<b>" + "y" * 99: RULES for k in range(11)} | {"huge": huge}
    year = {"households": households, "register": register, "as_of": "2026-03-31"}
    many = points.decompose(
        rulebooks, {f"_{k}" + "z" * 99: year | {"keep_state": False} for k in range(13)}
    )
    decomposition_plot.save(many, file, language="zh", dpi=50)
    again = pickle.loads(pickle.dumps(many))
    assert again.villages.equals(many.villages)
    assert again.summary == many.summary
    ax = many.plot()
    assert "8 of 12 sets of rulebooks" in ax.get_title(loc="right")
    assert len(ax.get_legend().get_texts()) == 8
    assert max(map(len, words(ax.figure))) < 80
    assert len(ax.get_xticklabels()) <= 12
    assert len(decomposition_plot._villages(many, "en")) == 12
    assert file.getvalue().startswith(b"\x89PNG")


def test_halves_in_tenths():
    rules = [
        {"rulebook": {"id": "v", "villages": ["*"], "effective_from": "2025-01-01",
                      "unit_scale": 10},
         "rule": [{"id": "meeting", "deed": "meeting", "points": given}]}
        for given in (2, 3)
    ]  # fmt: skip
    years = {
        str(count): {
            "households": {"household_id": ["h"]},
            "register": {
                "register_no": [f"r{k}" for k in range(count)],
                "date": ["2026-03-01"] * count,
                "household_id": ["h"] * count,
                "deed": ["meeting"] * count,
                "stage": ["posted"] * count,
            },
            "as_of": "2026-03-31",
        }
        for count in (1, 2)
    }
    of = points.decompose({"old": rules[0], "new": rules[1]}, years)
    assert (of.unit_scale, of.rules_part, of.people_part) == (10, 1.5, 2.5)
    ax = Figure().add_subplot()
    decomposition_plot._steps(ax, of, "en")
    assert [text.get_text() for text in ax.texts] == ["0.2", "+0.15", "+0.25", "0.6"]
    assert "change +0.4: by the rules +0.15" in ax.get_title(loc="left")


def test_the_command_line_writes_them(run, tmp_path):
    households, register = town(10, 60)
    households.to_csv(tmp_path / "households.csv", index=False)
    register.to_csv(tmp_path / "register.csv", index=False)
    (tmp_path / "rules.toml").write_text(
        '[rulebook]\nid = "v"\nvillages = ["*"]\neffective_from = 2025-01-01\n'
        '[[rule]]\nid = "meeting"\ndeed = "meeting"\npoints = 2\n'
    )
    tables = ["--households", "households.csv", "--register", "register.csv"]
    settled = ["points", "settle", "rules.toml", *tables, "--as-of", "2026-03-31"]
    assert run(*settled, "--out", "out").code == 0
    assert run("points", "statement", "h001", "--in", "out", "--out", "book").code == 0
    assert run("points", "board", "--in", "out", "--out", "board", "--lang", "zh").code == 0
    years = ["--register", "a=register.csv", "b=register.csv", "--as-of", "a=2025-12-31",
             "b=2026-03-31", "--households", "households.csv"]  # fmt: skip
    assert run("points", "decompose", "--rules", "r=rules.toml", *years, "--out", "parts").code == 0
    for name in (
        "out/balances.png",
        "book/passbook.png",
        "board/board.png",
        "parts/decomposition.png",
    ):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
