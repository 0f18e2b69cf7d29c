"""The map as a page: whole, offline, and harmless whatever the ids hold."""

import json
import re
import shutil
import subprocess
import urllib.parse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import colours, map_page, outlines

HOSTILE = "</script><script>alert(1)</script>&<!--\u2028\"'"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def partition():
    town = gridgov.simulate_township(households=400, villages=3, seed=2)
    return gridgov.partition(town.households, barriers=town.barriers, roads=town.roads, grids=6)


def data_of(page: str, name: str = "town") -> dict:
    found = re.search(f'<script type="application/json" id="{name}">(.*)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_holds_the_town(partition, tmp_path, language):
    partition.to_html_map(tmp_path / "map.html", lang=language)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    town = data_of(page)
    homes, yards = town["households"], town["courtyards"]
    households = partition.households
    assert homes["id"] == households["household_id"].tolist()
    courtyard = [yards["id"][row] for row in homes["courtyard"]]
    assert courtyard == households["courtyard_id"].tolist()
    heads = [homes["id"][yards["head"][row]] for row in homes["courtyard"]]
    assert heads == households["head_household_id"].tolist()
    away_m = np.array(homes["away"]) / 10
    np.testing.assert_allclose(away_m, households["distance_to_head_m"], atol=0.0501)
    places = np.column_stack([homes["x"], homes["y"]]) / 10 + town["origin_m"]
    np.testing.assert_allclose(places, np.column_stack([partition.x_m, partition.y_m]), atol=0.0501)
    grids = [town["grids"]["id"][row] for row in yards["grid"]]
    assert grids == partition.courtyards["grid_id"].tolist()
    assert all(yards["rings"])
    assert {"way", "river", "passable"} <= set(town["lines"])
    for text in map_page.TEXTS[language].values():
        assert not text.isascii() or language == "en" or not text.islower()


def test_a_page_needs_nothing_else(partition):
    page = map_page.html(partition)
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"<(link|img|iframe|object|embed)\b|\bsrc=|@import|url\(", page)
    assert "default-src 'none'" in page
    script = page.rsplit("<script>", 1)[1]
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|fetch\(", script)


def test_neighbours_differ_in_colour(partition):
    town = map_page.contents(partition)
    hues = town["courtyards"]["hue"]
    for one, other in colours.neighbours(outlines.in_plane(partition), 5.0):
        assert town["fills"][hues[one]] != town["fills"][hues[other]]
    labels = np.asarray(partition.labels_)
    for u, v in partition.link_rows:
        if labels[u] != labels[v]:
            assert hues[labels[u]] != hues[labels[v]]
    grid = np.array(town["courtyards"]["grid"])
    for one, other in colours.neighbours(outlines.in_plane(partition), 5.0):
        first, second = grid[one], grid[other]
        assert first == second or town["grids"]["hue"][first] != town["grids"]["hue"][second]


def hostile() -> gridgov.Partition:
    frame = pd.DataFrame({"x_m": np.arange(40) * 10.0, "y_m": np.zeros(40)})
    frame["id"] = [f"{HOSTILE}{place}" for place in frame.index]
    frame["village"] = np.where(frame.index < 20, HOSTILE, "很长的村名" * 40)
    return gridgov.partition(frame, grids=2)


def test_hostile_ids_are_text():
    page = map_page.html(hostile(), title=HOSTILE)
    assert "<script>alert" not in page
    assert page.count("</script>") == 3
    assert HOSTILE + "7" in data_of(page)["households"]["id"]


@pytest.mark.parametrize("edge", ["one", "one place", "unlocated", "broken"])
def test_odd_towns(edge):
    places = {
        "one": [(0.0, 0.0)],
        "one place": [(5.0, 5.0)] * 45,
        "unlocated": [(np.nan, np.nan)] * 2 + [(10.0 * place, 0.0) for place in range(43)],
        "broken": [(10.0 * place, 0.0) for place in range(9)],
    }[edge]
    partition = gridgov.partition(np.array(places), groups=["g"] * len(places), unlocated="group")
    page = map_page.html(partition, language="zh")
    town = data_of(page)
    assert len(town["households"]["id"]) == len(places)
    assert town["households"]["x"].count(None) == (2 if edge == "unlocated" else 0)
    assert ("不合标准" in page) == (edge in ("one", "broken"))


def test_a_page_of_many_is_small():
    town = gridgov.simulate_township(households=20_000, villages=20, seed=0)
    partition = gridgov.partition(town.households, effort="draft")
    assert len(map_page.html(partition).encode()) < 90 * 20_000


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
@pytest.mark.parametrize("case", ["plain", "hostile"])
def test_a_browser_draws_it_and_finds_an_id(case, partition, tmp_path: Path):
    if case == "hostile":
        wanted, shown = f"{HOSTILE}7", hostile()
    else:
        shown = partition
        wanted = shown.households["household_id"].iloc[17]
    path = tmp_path / "map.html"
    shown.to_html_map(path)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=900,700"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000"]
    address = f"{path.as_uri()}#{urllib.parse.quote(wanted)}"
    done = subprocess.run(
        [*command, "--dump-dom", address], capture_output=True, encoding="utf-8", timeout=60
    )
    if done.returncode or "<html" not in done.stdout:
        pytest.skip(f"chromium does not run here: {done.stderr[-200:]}")
    assert f'data-drawn="{len(shown.households)}"' in done.stdout
    facts = re.search(r'<dl id="facts">(.*?)</dl>', done.stdout, re.S)
    assert facts
    row = shown.households.set_index("household_id").loc[wanted]
    text = re.sub(r"<[^>]*>", "\n", facts[1])
    assert "alert(1)" not in text or case == "hostile"
    assert "<script" not in facts[1]
    if case == "plain":
        assert row["courtyard_id"] in text
        assert f"{row['distance_to_head_m']:.1f} m" in text or "is the head" in text
