"""Before and after a revision: everyone who moved is in the picture, in both languages."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

import gridgov
from gridgov import colours, moves_plot

pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")


def town(count: int = 60, shift: float = 0.0) -> pd.DataFrame:
    rows = np.arange(count)
    return pd.DataFrame(
        {
            "id": [f"h{row}" for row in rows],
            "x_m": rows % 10 * 10.0 + shift,
            "y_m": rows // 10 * 10.0,
        }
    )


@pytest.fixture(scope="module")
def revision() -> gridgov.Revision:
    """A courtyard too small, whose members move or are joined; two are new; one left."""
    frame = town(60)
    before = {name: "a" if row < 27 else "b" if row < 54 else "c" for row, name in
              enumerate(frame["id"])} | {"gone": "c"}  # fmt: skip
    new = pd.DataFrame({"id": ["n1", "n2"], "x_m": [95.0, 95.0], "y_m": [0.0, 10.0]})
    return gridgov.revise(before, pd.concat([frame, new], ignore_index=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_counts_moves_and_legend(revision, language):
    assert revision.moved > 0
    figure = moves_plot.page(revision, language=language)
    words = [text.get_text() for text in figure.findobj(Text)]
    text = moves_plot.TEXTS[language]
    counts = text["counts"].format(**revision.summary)
    assert any(counts in told for told in words)
    before, after = figure.axes
    assert before.get_title(loc="left") == text["before"]
    assert after.get_title(loc="left") == text["after"]
    legend = [entry.get_text() for entry in figure.legends[0].get_texts()]
    assert {text["moved"], text["entered"], text["head"]} <= set(legend)
    lines = [c for c in after.collections if isinstance(c, LineCollection)]
    assert sum(len(c.get_segments()) for c in lines) == revision.moved
    assert not [c for c in before.collections if isinstance(c, LineCollection)]
    diamonds = [line for line in before.lines if line.get_marker() == "D"]
    assert sum(len(line.get_xdata()) for line in diamonds) == revision.moved
    assert sorted(figure.get_size_inches()) == [8.27, 11.69]
    figure.savefig(io.BytesIO(), format="png", dpi=40)


def test_what_did_not_change_is_in_sight_too(revision):
    low, high = moves_plot._Change(revision, None).frame()
    places = np.column_stack([revision.x_m, revision.y_m])
    assert ((places > low) & (places < high)).all()


def test_colours_before_and_after_are_one_courtyard_s(revision):
    change = moves_plot._Change(revision, None)
    for shapes in change.shapes:
        for one, other in colours.neighbours(shapes, 0.0):
            assert change.hues[one] != change.hues[other]


def test_names_do_not_overlap(revision):
    figure = moves_plot.page(revision)
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


@pytest.mark.parametrize("edge", ["one", "nothing", "all left but one", "unlocated"])
def test_odd_revisions(edge):
    frame = town(40)
    before = dict.fromkeys(frame["id"], "c")
    given = {
        "one": ({"h0": "c"}, frame.head(1)),
        "nothing": (gridgov.partition(frame), frame),
        "all left but one": (before, frame.head(1)),
        "unlocated": (before, frame.assign(g="g", x_m=frame["x_m"].where(frame.index > 2))),
    }[edge]
    more = {"groups": "g", "unlocated": "group"} if edge == "unlocated" else {}
    revision = gridgov.revise(*given, **more)
    figure = revision.plot_changes(lang="zh")
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    ax = Figure().add_subplot()
    assert moves_plot.moves(revision, ax) is ax


def test_hostile_names_are_plain_text():
    frame = town(40)
    frame["village"] = r"$\frac{$" + "村" * 200
    before = gridgov.partition(frame)
    revision = gridgov.revise(before, frame.iloc[:-6])
    figure = revision.plot_changes(village=frame["village"][0])
    figure.savefig(io.BytesIO(), format="png", dpi=30)
