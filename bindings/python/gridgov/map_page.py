"""The map as a page: one HTML file to look into, by mouse, finger or keys; no network needed.

The page draws on a canvas, so that 100,000 households move smoothly; what it draws is a table of
whole decimetres within the file. Ids stand in it as JSON without `<`, `>` and `&`: whatever an id
holds, it is text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov import _core, colours, outlines, plot

if TYPE_CHECKING:
    from gridgov.errors import Language
    from gridgov.partitioning import Partition

#: Things nearer than this are neighbours to the eye and differ in colour.
_NEAR_M = 5.0
#: Outlines lose corners that stand out by less than this.
_DETAIL_M = 0.5
#: From so many ways on, they are left out.
_WAYS_MOST = 60_000
_NONE = -1

TEXTS = {
    "en": {
        "hint": "Drag to move, wheel or two fingers to zoom. Keys: arrows, + and −, 0 for all.",
        "search": "Find a household or courtyard by its id",
        "find": "Find",
        "none_found": "No id holds this.",
        "more_found": "{count} more: type more of the id.",
        "colour_by": "Colours",
        "by_courtyard": "by courtyard",
        "by_grid": "by grid",
        "whole": "Whole town",
        "nearer": "Zoom in",
        "farther": "Zoom out",
        "print": "Print",
        "legend": "Legend",
        "household": "Household",
        "courtyard": "Courtyard",
        "grid": "Grid",
        "village": "Village",
        "head": "Head",
        "is_head": "is the head",
        "distance": "Distance to the head",
        "households": "Households",
        "status": "Status",
        "unlocated": "without coordinates, not on the map",
        "selected": "Selected",
        "canvas": "Map of the courtyards. Arrow keys move it, plus and minus zoom, zero shows all.",
        "no_script": "This map needs scripts, which are switched off here. map.png shows the same.",
        "metres": "{} m",
        "kilometres": "{} km",
    },
    "zh": {
        "hint": "拖动平移；滚轮或双指缩放。键盘：方向键平移，+、− 缩放，0 看全图。",
        "search": "按户编号或院落编号查找",
        "find": "查找",
        "none_found": "没有这样的编号。",
        "more_found": "另有 {count} 个，请多输几位编号。",
        "colour_by": "着色",
        "by_courtyard": "按院落",
        "by_grid": "按网格",
        "whole": "全图",
        "nearer": "放大",
        "farther": "缩小",
        "print": "打印",
        "legend": "图例",
        "household": "农户",
        "courtyard": "院落",
        "grid": "网格",
        "village": "村",
        "head": "院长",
        "is_head": "本户为院长",
        "distance": "到院长家的距离",
        "households": "户数",
        "status": "是否合标准",
        "unlocated": "没有坐标，图上未标",
        "selected": "选中",
        "canvas": "院落划分图。方向键平移，加号减号缩放，数字0看全图。",
        "no_script": "浏览器禁用了脚本，无法显示互动地图，请看 map.png。",
        "metres": "{} 米",
        "kilometres": "{} 公里",
    },
}


def write(
    partition: Partition,
    path: str | PathLike[str],
    *,
    language: Language = "en",
    title: str | None = None,
) -> None:
    """Writes the page. language: "en" or "zh". title: absent, a plain one.

    Opened with `#ID` at the end of its address, it shows that household or courtyard.
    """
    page = html(partition, language=language, title=title)
    Path(path).write_text(page, encoding="utf-8", errors="replace", newline="\n")


def html(partition: Partition, *, language: Language = "en", title: str | None = None) -> str:
    """The text of the page; see `write`."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridgov", package_path=""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    text = TEXTS[language]
    map_text = plot.TEXTS[language]
    town = contents(partition, language)
    lines = [name for name in ("way", "river", "barrier", "passable") if town["lines"].get(name)]
    return environment.get_template("map_page.html.jinja").render(
        t=text,
        language=language,
        title=title or map_text["title"],
        headline=plot.headline(partition, language),
        has_grids=bool(town["grids"]["id"]),
        any_broken=any(town["courtyards"]["broken"]),
        lines=[(name, map_text[name], plot.LINE_COLOURS[name]) for name in lines],
        broken=map_text["broken"],
        sample=colours.lighter(colours.PALETTE[0], 0.45),
        sample_edge=colours.darker(colours.PALETTE[0], 0.3),
        town=embedded(town),
        words=embedded(text),
    )


def embedded(value: Any) -> str:
    """JSON that may stand in a script element: no `<`, `>`, `&` and no ends of lines within."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def contents(partition: Partition, language: Language = "en") -> dict[str, Any]:
    """What the page draws: columns by name, lengths in whole decimetres from `origin_m`."""
    courtyards, households = partition.courtyards, partition.households
    shapes = outlines.in_plane(partition)
    places = np.column_stack([partition.x_m, partition.y_m]).astype(np.float64)
    located = np.asarray(np.isfinite(places).all(axis=1))
    origin = places[located].min(axis=0).round() if located.any() else np.zeros(2)
    at_dm = np.zeros((len(places), 2), dtype=np.int64)
    at_dm[located] = np.rint(10 * (places[located] - origin))
    at_x: list[int] = at_dm[:, 0].tolist()
    row_of = {one: row for row, one in enumerate(households["household_id"])}
    village, villages = _coded(courtyards["village_id"])
    grid, grids = _coded(courtyards["grid_id"], absent="")
    hue, grid_hue = _hues(partition, shapes, grid, len(grids))
    away_m = households["distance_to_head_m"].to_numpy(dtype=float)
    away_dm = np.where(np.isfinite(away_m), np.rint(10 * np.nan_to_num(away_m)), _NONE)
    # Simplifying shares no corners between outlines: half a metre is less than their lines.
    simple = shapely.simplify(shapes, _DETAIL_M)
    return {
        "origin_m": origin.tolist(),
        "households": {
            "id": households["household_id"].tolist(),
            "x": [x if there else None for x, there in zip(at_x, located.tolist(), strict=True)],
            "y": at_dm[:, 1].tolist(),
            "courtyard": np.asarray(partition.labels_).tolist(),
            "away": away_dm.astype(np.int64).tolist(),
        },
        "courtyards": {
            "id": courtyards["courtyard_id"].tolist(),
            "village": village.tolist(),
            "grid": grid.tolist(),
            "head": [row_of.get(one, _NONE) for one in courtyards["head_household_id"]],
            "hue": hue.tolist(),
            "households": courtyards["households"].tolist(),
            "broken": (courtyards["status"] != "within").astype(int).tolist(),
            "status": [
                _core.status_text(one, chinese=language == "zh") for one in courtyards["status"]
            ],
            "rings": [_rings(shape, origin) for shape in simple],
        },
        "villages": villages,
        "grids": {"id": grids, "hue": grid_hue.tolist()},
        "fills": _fills(max(hue.max(initial=0), grid_hue.max(initial=0)), 0.45, lighten=True),
        "edges": _fills(max(hue.max(initial=0), grid_hue.max(initial=0)), 0.3, lighten=False),
        "lines": {
            name: [_flat(line, origin) for line in lines]
            for name, lines in plot.lines_of(partition, ways_most=_WAYS_MOST).items()
        },
        "line_colours": plot.LINE_COLOURS,
    }


def _coded(column: Any, absent: str | None = None) -> tuple[NDArray[np.int64], list[str]]:
    """A column as places in a list of its names in order of appearance; −1 for the absent one."""
    names = [name for name in dict.fromkeys(column.tolist()) if name != absent]
    place = {name: row for row, name in enumerate(names)}
    return np.array([place.get(name, _NONE) for name in column], dtype=np.int64), names


def _hues(
    partition: Partition, shapes: NDArray[Any], grid: NDArray[np.int64], grids: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Colour numbers of courtyards and of grids: neighbours, near or linked, differ."""
    labels = np.asarray(partition.labels_)
    near = colours.neighbours(shapes, _NEAR_M)
    across = np.unique(np.sort(labels[partition.link_rows], axis=1), axis=0)
    pairs = np.concatenate([near, across.reshape(-1, 2)]).astype(np.int64)
    of_grids = grid[pairs]
    of_grids = np.unique(np.sort(of_grids[(of_grids >= 0).all(axis=1)], axis=1), axis=0)
    return colours.assign(len(shapes), pairs), colours.assign(grids, of_grids)


def _fills(most: int, share: float, *, lighten: bool) -> list[str]:
    change = colours.lighter if lighten else colours.darker
    return [change(colours.colour(number), share) for number in range(int(most) + 1)]


def _rings(shape: Any, origin: NDArray[np.float64]) -> list[list[int]]:
    """All rings of a polygon or several; with the even-odd rule, holes are holes."""
    rings: Iterable[Any] = shapely.get_rings(shapely.get_parts(shape))
    return [_flat(shapely.get_coordinates(ring), origin) for ring in rings]


def _flat(line: NDArray[np.float64], origin: NDArray[np.float64]) -> list[int]:
    """A line as x, y, x, y … in decimetres."""
    flat: list[int] = np.rint(10 * (line - origin)).astype(np.int64).ravel().tolist()
    return flat
