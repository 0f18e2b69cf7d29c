"""Pictures of lists: duties by actor and month, workload, referrals with their circles."""

import io
import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.text import Text

from gridgov import lists
from gridgov.lists import pictures, referral_plot

pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")


def town(ways: list[tuple[str, ...]]) -> dict[str, Any]:
    names = sorted({name for way in ways for name in way[:2]} or {"a"})
    actors = [{"id": name, "title": {"zh": f"办{name}", "en": f"office {name}"}, "level": "village"}
              for name in names]  # fmt: skip
    return {
        "actor": actors,
        "referral": [
            {"from": way[0], "to": way[1], "matter": way[2] if len(way) > 2 else "land"}
            for way in ways
        ],
    }


def words(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.parametrize("length", range(1, 7))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_circle_of_any_length_is_marked_and_written_out(length, language):
    names = "abcdef"[:length]
    ring = [(one, names[(place + 1) % length]) for place, one in enumerate(names)]
    catalogue = lists.catalogue(town([*ring, (names[0], "z"), ("y", names[-1])]))
    found = referral_plot.referrals_of(catalogue)
    assert found.marked == set(ring)
    assert found.circles == [(tuple(names), "land")]
    figure = pictures.referral_figure(catalogue, language=language)
    arrows = [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == length + 2 - (length == 1)  # one that refers to itself has a loop
    thick = [arrow for arrow in arrows if arrow.get_linewidth() > 2]
    assert len(thick) == (length if length > 1 else 0)
    told = "办a" if language == "zh" else "office a"
    course = next(word for word in words(figure) if "→" in word)
    assert course.count("→") == length
    assert course.count(told) == 2


def test_a_circle_is_one_of_a_matter():
    """land goes there, housing comes back: no circle. What covers a matter carries it."""
    apart = lists.catalogue(town([("a", "b", "land"), ("b", "a", "housing")]))
    assert not referral_plot.referrals_of(apart).marked
    covered = lists.catalogue(town([("a", "b", "land"), ("b", "a", "land/field")]))
    assert referral_plot.referrals_of(covered).marked == {("a", "b"), ("b", "a")}


def test_marked_ways_are_those_that_return():
    """Against every simple circle, found by trying all orders of the actors."""
    random = np.random.default_rng(5)
    for _ in range(20):
        names = "abcde"
        ways = sorted({(names[i], names[j]) for i, j in random.integers(0, 5, (7, 2))})
        expected = {(one, one) for one, other in ways if one == other}
        for size in range(2, 6):
            for course in itertools.permutations(names, size):
                circle = list(zip(course, (*course[1:], course[0]), strict=True))
                if all(way in ways for way in circle):
                    expected |= set(circle)
        catalogue = lists.catalogue(town(ways))
        found = referral_plot.referrals_of(catalogue)
        assert found.marked == expected
        drawn = {way for course, _ in found.circles
                 for way in zip(course, (*course[1:], course[0]), strict=True)}  # fmt: skip
        assert drawn == expected


def test_many_actors_and_none():
    random = np.random.default_rng(0)
    ways = sorted({(f"n{a:03d}", f"n{b:03d}") for a, b in random.integers(0, 300, (400, 2))})
    catalogue = lists.catalogue(town(ways))
    figure = pictures.referral_figure(catalogue)
    shown = [word for word in words(figure) if word.startswith("office")]
    assert len([word for word in shown if "→" not in word]) == referral_plot.ACTORS_MAX
    file = io.BytesIO()
    pictures.referral_graph(lists.catalogue(town([])), file)
    assert file.getvalue().startswith(b"\x89PNG")


def test_names_on_the_ring_do_not_overlap():
    names = [f"{chr(97 + place)}{'x' * 30}" for place in range(9)]
    ways = list(itertools.pairwise(names))
    figure = pictures.referral_figure(lists.catalogue(town(ways)))
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [text.get_window_extent() for text in figure.axes[0].texts
             if text.get_text().startswith("office")]  # fmt: skip
    assert len(boxes) == 9
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes)


def windows(rows: list[tuple[str, str, str]]) -> Any:
    frame = pd.DataFrame(rows, columns=["actor", "opens", "state"])
    return SimpleNamespace(windows=frame.assign(opens=pd.to_datetime(frame["opens"])))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_heat_map_counts(language):
    rows = [("a", "2026-01-05", state) for state in ("met", "met", "met", "late")]
    rows += [("b", "2026-01-05", "missed"), ("b", "2026-02-05", "pending")]
    figure = pictures.duty_figure(windows(rows), language=language)
    ax = figure.axes[0]
    mesh = next(item for item in ax.collections if isinstance(item, QuadMesh))
    values = np.ma.filled(mesh.get_array().astype(float), np.nan).reshape(2, 2)
    np.testing.assert_array_equal(values, [[0, np.nan], [0.75, np.nan]])  # the lowest first
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2026-01", "2026-02"]
    dotted = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert len(dotted) == 1
    say = pictures._TEXTS[language]
    told = {text.get_text() for text in ax.texts}
    assert {f"75 ({say['late'].format(1)})", say["pending"].format(1)} <= told


@pytest.mark.parametrize("actors", [0, 1, 300])
def test_heat_map_of_few_and_many(actors):
    states = itertools.cycle(["met", "late", "missed", "pending", "waived"])
    rows = [(f"很长的村名字第{place}社区居民委员会", f"{2022 + place % 5}-03-01", next(states))
            for place in range(actors)]  # fmt: skip
    file = io.BytesIO()
    pictures.duty_heatmap(windows(rows), file, language="zh")
    assert len(file.getvalue()) < 600_000
    figure = pictures.duty_figure(windows(rows))
    assert len(figure.axes[0].get_yticklabels()) <= pictures.ROWS_MAX


def load(hours: list[float], capacity: float) -> Any:
    return SimpleNamespace(
        persons=pd.DataFrame(
            {"person": [f"p{k}" for k in range(len(hours))], "month": "2026-01", "hours": hours,
             "capacity_hours": capacity}
        )
    )  # fmt: skip


def test_bars_over_the_capacity_are_hatched():
    figure = pictures.workload_figure(load([12.0, 30.0, 20.0], 20.0))
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [bar.get_width() for bar in bars] == [30.0, 20.0, 12.0]
    assert [bool(bar.get_hatch()) for bar in bars] == [True, False, False]
    for hours, capacity in (([], 20.0), ([5.0] * 300, np.nan)):
        file = io.BytesIO()
        pictures.workload_bars(load(hours, capacity), file, language="zh")
        assert file.getvalue().startswith(b"\x89PNG")


def test_methods():
    catalogue = {
        "catalogue": {"effective_from": "2026-01-01"},
        "actor": [{"id": "a", "level": "village"}],
        "person": [{"id": "p", "posts": ["a.clerk"], "capacity_hours": 1}],
        "item": [{"id": "M", "matter": "m", "list": "must", "actor": "a", "lead": "clerk",
                  "hours": 2, "recurrence": "FREQ=MONTHLY"}],
    }  # fmt: skip
    assert lists.duties(catalogue, as_of="2026-02-01").plot(lang="zh").axes
    assert lists.workload(catalogue, months=2).plot().axes


def test_audit_writes_the_referrals(run, tmp_path):
    (tmp_path / "town.toml").write_text(
        '[[actor]]\nid = "a"\nlevel = "village"\n[[actor]]\nid = "b"\nlevel = "village"\n'
        '[[referral]]\nfrom = "a"\nto = "b"\nmatter = "land"\n'
    )
    assert run("lists", "audit", "town.toml", "--out", "out").code in (0, 1)
    assert (tmp_path / "out" / "referrals.png").read_bytes().startswith(b"\x89PNG")
