"""Pictures: of the right size, not empty, in both languages, whatever the ids hold."""

import io
import logging
import re
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import gridgov
from gridgov import colours, fonts, outlines, plot

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    CHINESE = fonts.chinese_family()
needs_chinese = pytest.mark.skipif(CHINESE is None, reason="no font with Chinese glyphs")
pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")
LANGUAGES = ["en", pytest.param("zh", marks=needs_chinese)]


@pytest.fixture(scope="module")
def partition():
    town = gridgov.simulate_township(households=400, villages=3, seed=2)
    return gridgov.partition(town.households, barriers=town.barriers, roads=town.roads, grids=6)


def picture(partition, **options):
    file = io.BytesIO()
    plot.save_map(partition, file, format="png", **options)
    return Image.open(file).convert("RGB")


@pytest.mark.parametrize("language", LANGUAGES)
def test_map_is_a_page_with_much_on_it(partition, language):
    image = picture(partition, language=language, dpi=100)
    assert sorted(image.size) == [827, 1169]
    found = image.getcolors(image.width * image.height)
    assert len(found) > 200
    assert max(count for count, _ in found) < 0.9 * image.width * image.height


def test_same_partition_same_bytes(partition, tmp_path):
    for name in ("a", "b"):
        plot.save_map(partition, tmp_path / f"{name}.png", dpi=60)
        plot.save_map(partition, tmp_path / f"{name}.svg", dpi=60)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_settings_of_matplotlib_stay(partition):
    before = dict(mpl.rcParams)
    picture(partition, language="zh", dpi=50)
    plot.sizes(partition, Figure().add_subplot(), language="zh")
    assert dict(mpl.rcParams) == before


def test_map_on_given_axes(partition):
    ax = Figure(figsize=(4, 3)).add_subplot()
    assert partition.plot(ax=ax, title="") is ax
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    places = np.column_stack([partition.x_m, partition.y_m])
    assert ((places >= low) & (places <= high)).all()
    assert ax.get_aspect() == 1
    assert ax.get_title(loc="left") == ""


def test_map_of_a_village(partition):
    village = partition.courtyards["village_id"].iloc[0]
    ax = Figure(figsize=(8, 8)).add_subplot()
    plot.map(partition, ax, village=village)
    whole = plot.map(partition, Figure(figsize=(8, 8)).add_subplot())
    assert np.ptp(ax.get_xlim()) < np.ptp(whole.get_xlim())
    assert ax.get_title(loc="left") == village
    rows = (partition.households["village_id"] == village).to_numpy()
    assert (partition.x_m[rows] > ax.get_xlim()[0]).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_legend_and_furniture(partition, language):
    ax = plot.map(partition, Figure(figsize=(8, 8)).add_subplot(), language=language)
    text = plot.TEXTS[language]
    legend = [entry.get_text() for entry in ax.get_legend().get_texts()]
    for name in ("household", "head", "courtyard", "grid", "link", "way", "river", "passable"):
        assert text[name] in legend
    assert text["broken"] not in legend
    words = [entry.get_text() for entry in ax.findobj(Text)]
    assert text["north"] in words
    assert set(partition.households["village_id"]) <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_broken_courtyards_are_marked(language):
    partition = gridgov.partition([(10.0 * place, 0.0) for place in range(9)])
    ax = plot.map(partition, Figure().add_subplot(), language=language)
    legend = [entry.get_text() for entry in ax.get_legend().get_texts()]
    assert plot.TEXTS[language]["broken"] in legend


@pytest.mark.parametrize("edge", ["one", "one place", "line", "far", "unlocated"])
def test_odd_towns_are_drawn(edge):
    places = {
        "one": [(0.0, 0.0)],
        "one place": [(5.0, 5.0)] * 45,
        "line": [(10.0 * place, 0.0) for place in range(45)],
        "far": [(10.0 * place, 0.0) for place in range(45)] + [(9e7, 9e7)],
        "unlocated": [(np.nan, np.nan)] * 2 + [(10.0 * place, 0.0) for place in range(43)],
    }[edge]
    partition = gridgov.partition(np.array(places), groups=["g"] * len(places), unlocated="group")
    assert sorted(picture(partition, dpi=40).size) == [330, 467]
    for draw in (plot.sizes, plot.distances):
        figure = Figure()
        draw(partition, figure.add_subplot())
        figure.savefig(io.BytesIO(), format="png")


@needs_chinese
def test_hostile_names_are_plain_text():
    frame = pd.DataFrame({"x_m": np.arange(40) * 10.0, "y_m": np.zeros(40)})
    frame["village"] = np.where(frame.index < 20, r"$\frac{$", "x" * 300 + "\n村_^{")
    frame["id"] = [f"$_{place}$<b>" for place in frame.index]
    partition = gridgov.partition(frame)
    picture(partition, dpi=50, language="zh")
    picture(partition, dpi=50, language="en", village=r"$\frac{$")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [plot.sizes, plot.distances])
def test_charts(partition, draw, language):
    figure = Figure(figsize=(5, 3))
    ax = draw(partition, figure.add_subplot(), language=language)
    bars = sum(bar.get_height() for bar in ax.patches)
    counted = partition.summary["courtyards" if draw is plot.sizes else "households"]
    assert 0.99 * counted <= bars <= counted
    figure.savefig(io.BytesIO(), format="png")
    assert ax.get_xlabel()


def test_fractional_and_huge_weights():
    weights = np.r_[np.full(60, 0.37), 25.0, 29.5]
    places = [(10.0 * place, 0.0) for place in range(62)]
    ax = plot.sizes(gridgov.partition(places, weights=weights), Figure().add_subplot())
    assert ax.get_xlabel() == plot.TEXTS["en"]["weight"]


def test_neighbours_on_the_map_have_colours_of_their_own(partition):
    shapes = outlines.in_plane(partition)
    drawn = plot._Map(partition, Figure(figsize=(8, 8)).add_subplot(), "en")
    drawn.draw(None, None, None)
    for one, other in colours.neighbours(shapes, 0.0):
        assert drawn.hues[one] != drawn.hues[other]


def test_headline_and_village_table(partition):
    table = plot.village_table(partition)
    assert table["households"].sum() == partition.summary["households"]
    assert table["courtyards"].sum() == partition.summary["courtyards"]
    assert "400 households" in plot.headline(partition, "en")
    assert "400 户" in plot.headline(partition, "zh")


@needs_chinese
def test_chinese_font_has_the_glyphs_that_we_write():
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont(CHINESE)
    known = set(ft2font.FT2Font(path).get_charmap())
    written = "".join(plot.TEXTS["zh"].values())
    missing = {letter for letter in written if ord(letter) > 127 and ord(letter) not in known}
    assert not missing


def test_no_chinese_font_is_said_once(monkeypatch):
    from matplotlib import font_manager

    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/nowhere/arial.ttf"])
    fonts.chinese_family.cache_clear()
    try:
        with pytest.warns(UserWarning, match="fonts-wqy-microhei"):
            assert fonts.families("zh") == ["DejaVu Sans"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert fonts.families("en") == ["DejaVu Sans"]
    finally:
        fonts.chinese_family.cache_clear()


def test_a_font_without_bold_is_no_matter(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("matplotlib.font_manager")
    with fonts.without_bold():
        log.warning("findfont: Failed to find font weight %s, now using %s.", "bold", 400)
        log.warning("something else")
    log.warning("findfont: Failed to find font weight %s, now using %s.", "bold", 400)
    assert [record.getMessage().split()[0] for record in caplog.records] == [
        "something",
        "findfont:",
    ]


def test_histograms_mark_the_limits(partition):
    figure = plot.histograms(partition, language="zh")
    sizes, distances = figure.axes
    words = [entry.get_text() for entry in sizes.findobj(Text)]
    for name, value in (("min", 10), ("max", 30), ("target", 20)):
        assert plot.TEXTS["zh"][name].format(value) in words
    marks = {line.get_xdata()[0] for line in sizes.lines}
    assert marks == {10, 20, 30}
    mean_m = partition.summary["mean_distance_m"]
    assert any(line.get_xdata()[0] == pytest.approx(mean_m) for line in distances.lines)


@needs_chinese
@pytest.mark.parametrize("name", ["pictures.md", "pictures.zh-CN.md"])
def test_the_guide_s_pictures_are_made_as_shown(name, tmp_path, monkeypatch):
    root = Path(__file__).parents[2]
    text = (root / "docs" / "guide" / name).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
        exec(compile(block, name, "exec"), names)
    made = {path.stem for path in (tmp_path / "pictures").glob("*.png")}
    suffix = name.removeprefix("pictures").removesuffix(".md")
    shown = set(re.findall(rf"images/picture-(\w+){re.escape(suffix)}\.png", text))
    assert shown == made | {"page"}
    for one in shown:
        assert (root / "docs" / "images" / f"picture-{one}{suffix}.png").stat().st_size < 150_000


def test_colours_stay_apart_for_colour_blind_eyes():
    """Viénot, Brettel and Mollon's simulation (1999) of both kinds of red-green blindness; colours
    as the maps fill with them, compared in CIELAB, where 2.3 is just noticeable."""
    kinds = {
        "none": np.eye(3),
        "protanopia": np.array(
            [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]
        ),
        "deuteranopia": np.array(
            [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]
        ),
    }
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )

    def lab(colour: str, kind: np.ndarray) -> np.ndarray:
        share = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        white = to_xyz.sum(axis=1)
        ratio = to_xyz @ np.clip(kind @ linear, 0, 1) / white
        root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
        return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])

    for kind in kinds.values():
        for share in (0.0, 0.45, 0.55):
            seen = [lab(colours.lighter(one, share), kind) for one in colours.PALETTE]
            for place, one in enumerate(seen):
                for other in seen[:place]:
                    assert np.linalg.norm(one - other) > 6
        for one, other in (("#D55E00", "#0072B2"), ("#D1281F", "#2B2B2B"), ("#D55E00", "#6E6E6E")):
            assert np.linalg.norm(lab(one, kind) - lab(other, kind)) > 15
