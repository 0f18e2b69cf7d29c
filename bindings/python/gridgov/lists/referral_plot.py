"""The picture of referrals: who sends matters on to whom, circles marked and written out.

Actors stand on a ring, those of one circle side by side, so that the picture needs no other program
to lay it out and two actors never cover each other.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgov import fonts
from gridgov.lists.catalogue import Catalogue, Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_A4_WIDTH_INCH = 8.27
_INK, _SOFT, _LINE, _CIRCLE = "#2B2B2B", "#6E6E6E", "#8C8C8C", "#D55E00"
ACTORS_MAX = 120
_MATTERS_SHOWN_MAX, _CIRCLES_WRITTEN_MAX, _LABEL_MAX = 14, 10, 24

_TEXTS = {
    "en": {
        "title": "Referrals: who sends matters on to whom",
        "none": "no referrals",
        "circles": "Circles: a matter comes back to who sent it on (thick, vermilion)",
        "no_circles": "No circles: no matter comes back to who sent it on.",
        "more_circles": "{count} more circles",
        "more_actors": "{shown} of {count} actors, those on circles first",
        "circle": "{matter}: {course}",
    },
    "zh": {
        "title": "转办关系图",
        "none": "没有转办",
        "circles": "来回转办：事项又转回原单位（粗橙红线）",
        "no_circles": "没有来回转办。",
        "more_circles": "另有 {count} 处来回转办",
        "more_actors": "共 {count} 个主体，显示 {shown} 个，来回转办的在前",
        "circle": "{matter}：{course}",
    },
}


@dataclass(frozen=True)
class Referrals:
    """Who sends what on to whom.

    Attributes:
        names: Actors, in byte order of their ids.
        ways: The matters of each way from one to another.
        marked: Ways by which one and the same matter, or one that covers it, comes back.
        circles: A shortest circle through each of those: the actors, and the matter.
    """

    names: list[str]
    ways: dict[tuple[str, str], list[str]]
    marked: set[tuple[str, str]]
    circles: list[tuple[tuple[str, ...], str]]


def referrals_of(catalogue: Catalogue) -> Referrals:
    """The referrals of a catalogue, with their circles."""
    ways: dict[tuple[str, str], list[str]] = {}
    for one, other, matter in catalogue.referrals.itertuples(index=False):
        ways.setdefault((one, other), []).append(matter)
    names = sorted({name for way in ways for name in way}, key=str.encode)
    marked: set[tuple[str, str]] = set()
    circles: dict[tuple[str, ...], str] = {}
    for matter in sorted({matter for matters in ways.values() for matter in matters}):
        after: dict[str, list[str]] = {}
        for (one, other), matters in sorted(ways.items()):
            if any(_covers(above, matter) for above in matters):
                after.setdefault(one, []).append(other)
        part = _parts(after)
        for one, others in after.items():
            for other in others:
                if part[one] != part[other]:
                    continue
                marked.add((one, other))
                course = _course(after, other, one, part)
                least = course.index(min(course, key=str.encode))
                circles.setdefault((*course[least:], *course[:least]), matter)
    found = sorted(circles.items(), key=lambda circle: (len(circle[0]), circle[0]))
    return Referrals(names, ways, marked, found)


def _covers(above: str, matter: str) -> bool:
    return matter == above or matter.startswith(above + "/")


def _parts(after: dict[str, list[str]]) -> dict[str, int]:
    """The strongly connected part of each actor: Kosaraju's two walks, without recursion."""
    names = sorted({*after, *(name for others in after.values() for name in others)})
    before: dict[str, list[str]] = {}
    for one, others in after.items():
        for other in others:
            before.setdefault(other, []).append(one)
    order: list[str] = []
    seen: set[str] = set()
    for start in names:
        waiting = [(start, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(other, False) for other in after.get(name, [])]
    part: dict[str, int] = {}
    for start in reversed(order):
        reached = [start]
        while reached:
            name = reached.pop()
            if name not in part:
                part[name] = len(part) if name == start else part[start]
                reached += before.get(name, [])
    return part


def _course(
    after: dict[str, list[str]], start: str, end: str, part: dict[str, int]
) -> tuple[str, ...]:
    """A shortest course from `start` to `end` within their part."""
    came: dict[str, str] = {start: start}
    waiting = [start]
    for name in waiting:
        if name == end:
            break
        for other in after.get(name, []):
            if other not in came and part[other] == part[start]:
                came[other] = name
                waiting.append(other)
    course = [end]
    while course[-1] != start:
        course.append(came[course[-1]])
    return tuple(reversed(course))


@fonts.without_bold()
def figure_of(
    referrals: Referrals, titles: dict[str, str] | None = None, *, language: Language = "en"
) -> Figure:
    """The picture at the width of an A4 page. titles: what stands for an actor's id."""
    from matplotlib.figure import Figure

    texts, known = _TEXTS[language], titles or {}
    title_of = {name: cut(known.get(name) or name) for name in referrals.names}
    written = referrals.circles[:_CIRCLES_WRITTEN_MAX]
    lines = [
        texts["circle"].format(
            course=" → ".join(title_of[name] for name in (*course, course[0])), matter=cut(matter)
        )
        for course, matter in written
    ]
    if len(referrals.circles) > len(written):
        lines.append(texts["more_circles"].format(count=len(referrals.circles) - len(written)))
    below = 0.45 + 0.2 * len(lines)
    height = 7.4 + below if referrals.names else 2.0
    figure = Figure(figsize=(_A4_WIDTH_INCH, height))
    axes = figure.add_axes((0.0, below / height, 1.0, 1 - (below + 0.5) / height))
    _draw(axes, referrals, title_of, texts)
    figure.text(0.02, 1 - 0.25 / height, texts["title"], fontsize=12, color=_INK, va="center")
    if referrals.names:
        head = texts["circles" if lines else "no_circles"]
        figure.text(0.04, (below - 0.12) / height, head, fontsize=8.5, va="top",
                    color=_CIRCLE if lines else _SOFT)  # fmt: skip
    for place, line in enumerate(lines):
        figure.text(0.04, (below - 0.36 - 0.2 * place) / height, cut(line, 128), fontsize=8,
                    va="top", color=_INK)  # fmt: skip
    fonts.apply(figure, language)
    return figure


def _draw(axes: Axes, referrals: Referrals, title_of: dict[str, str], texts: Any) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.set_axis_off()
    if not referrals.names:
        axes.text(0.5, 0.5, texts["none"], ha="center", va="center", fontsize=10, color=_SOFT)
        return
    order = _ring(referrals)
    shown = order[:ACTORS_MAX]
    turn = np.pi / 2 - 2 * np.pi * np.arange(len(shown)) / len(shown)
    places = np.column_stack([np.cos(turn), np.sin(turn)]) if len(shown) > 1 else np.zeros((1, 2))
    at = dict(zip(shown, places, strict=True))
    reach = 1.85 if len(shown) > 1 else 1.0
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
    axes.set_aspect("equal")
    few = len(referrals.ways) <= _MATTERS_SHOWN_MAX
    for (one, other), matters in sorted(referrals.ways.items()):
        if one not in at or other not in at:
            continue
        circle = (one, other) in referrals.marked
        # Towards the middle of the ring; of two opposite ways one bends outwards.
        clockwise = at[one][0] * at[other][1] < at[one][1] * at[other][0]
        bend = 0.18 if clockwise or (other, one) in referrals.ways else -0.18
        style: dict[str, Any] = {
            "color": _CIRCLE if circle else _LINE,
            "linewidth": 2.4 if circle else 0.9,
            "zorder": 4 if circle else 3,
            "mutation_scale": 15 if circle else 10,
            "shrinkA": 7,
            "shrinkB": 7,
        }
        if one == other:
            spot = 0.86 * at[one]
            axes.plot(*_loop(at[one]), color=style["color"], linewidth=style["linewidth"], zorder=4)
        else:
            axes.add_patch(
                FancyArrowPatch(
                    tuple(at[one]), tuple(at[other]), arrowstyle="-|>",
                    connectionstyle=f"arc3,rad={bend}", **style,
                )
            )  # fmt: skip
            across = at[other] - at[one]  # the middle of a quadratic curve: half its control point
            spot = (at[one] + at[other]) / 2 + bend / 2 * np.array([across[1], -across[0]])
        if few:
            told = "\n".join(map(cut, matters[:2])) + ("\n…" if len(matters) > 2 else "")
            axes.text(spot[0], spot[1], told, fontsize=7, ha="center", va="center", zorder=6,
                      color=_INK, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85,
                                        "pad": 0.8})  # fmt: skip
    in_circle = {name for way in referrals.marked for name in way}
    size = float(np.clip(140 / len(shown), 6.0, 8.0))
    for name, angle in zip(shown, turn, strict=True):
        x, y = at[name]
        mine = name in in_circle
        axes.plot(x, y, "o", markersize=8 if mine else 6, color=_CIRCLE if mine else _INK,
                  markeredgecolor="white", zorder=5)  # fmt: skip
        _label(axes, x, y, angle, title_of[name], size, len(shown))
    if len(order) > len(shown):
        told = texts["more_actors"].format(shown=len(shown), count=len(order))
        axes.text(0.99, 0.99, told, transform=axes.transAxes, ha="right", va="top", fontsize=8,
                  color=_SOFT)  # fmt: skip


def _label(
    axes: Axes, x: float, y: float, angle: float, title: str, size: float, count: int
) -> None:
    """An actor's name outside the ring, along the ray, so that names of neighbours never meet."""
    if count == 1:
        axes.text(0, -0.08, title, ha="center", va="top", fontsize=size, color=_INK, zorder=6)
        return
    right = math.cos(angle) > -1e-9
    degrees = math.degrees(angle)
    flat = count <= 8 and abs(math.cos(angle)) > 0.3
    axes.text(
        1.05 * x, 1.05 * y, title, fontsize=size, color=_INK, zorder=6,
        rotation=0 if flat else (degrees if right else degrees + 180), rotation_mode="anchor",
        ha="left" if right else "right", va="center",
    )  # fmt: skip


def _ring(referrals: Referrals) -> list[str]:
    """Actors in the order of the ring: circle by circle, then who is joined to whom stands near."""
    order: dict[str, None] = {}
    for course, _ in referrals.circles:
        order |= dict.fromkeys(course)
    around: dict[str, list[str]] = {name: [] for name in referrals.names}
    for one, other in sorted(referrals.ways):
        around[one].append(other)
        around[other].append(one)
    waiting = [*order, *sorted(referrals.names, key=lambda name: (-len(around[name]), name))]
    while waiting:
        name = waiting.pop(0)
        order.setdefault(name)
        fresh = [other for other in around[name] if other not in order]
        order |= dict.fromkeys(fresh)
    return list(order)


def _loop(place: Any) -> tuple[Any, Any]:
    turn = np.linspace(0, 2 * np.pi, 40)
    return 0.93 * place[0] + 0.07 * np.cos(turn), 0.93 * place[1] + 0.07 * np.sin(turn)


def cut(text: str, most: int = _LABEL_MAX) -> str:
    """One line, no wider than so many Latin letters; a Chinese one is as wide as two."""
    line, wide = " ".join(text.split()), 0
    for place, letter in enumerate(line):
        wide += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if wide > most:
            return f"{line[: max(place - 1, 1)]}…"
    return line
