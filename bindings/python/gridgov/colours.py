"""Colours for a map: courtyards unlike their neighbours, told apart by colour-blind eyes too."""

from __future__ import annotations

import colorsys
import heapq
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

#: Okabe and Ito's palette (2008) without black and vermilion: red is kept for what is broken.
PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#0072B2")
#: Paul Tol's "muted" ones (2021) that stay apart from those; for the rare places that need more.
_RESERVE = ("#882255", "#999933", "#44AA99", "#DDDDDD")


def colour(number: int) -> str:
    """The colour of a number from 0: the palette's, then the reserve's, then made up, never twice
    within the first few dozen."""
    known = (*PALETTE, *_RESERVE)
    if number < len(known):
        return known[number]
    turn = (number - len(known)) * 0.61803398875 % 1.0
    red, green, blue = colorsys.hsv_to_rgb(turn, 0.45 + 0.1 * (number % 4), 0.85)
    return f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}"


def neighbours(shapes: NDArray[Any], distance_m: float = 0.0) -> NDArray[np.intp]:
    """Pairs (k, 2) of outlines, first below second, that touch or are at most that far apart."""
    tree = shapely.STRtree(shapes)
    pairs = tree.query(shapes, predicate="dwithin", distance=distance_m).T
    return np.asarray(pairs[pairs[:, 0] < pairs[:, 1]])


def assign(count: int, pairs: Iterable[Any]) -> NDArray[np.intp]:
    """A colour number for each of `count` things so that no two of a pair share one.

    Brélaz's DSATUR (1979): next is whichever sees the most colours around it. It takes the colour
    used least so far of those free in PALETTE, so that a map is not mostly of one colour. Pairs of
    a thing with itself say nothing.
    """
    around: list[set[int]] = [set() for _ in range(count)]
    for one, other in pairs:
        if one != other:
            around[one].add(int(other))
            around[other].add(int(one))
    seen: list[set[int]] = [set() for _ in range(count)]
    used = [0] * len(PALETTE)
    colours = np.full(count, -1, dtype=np.intp)
    queue = [(0, -len(around[thing]), thing) for thing in range(count)]
    heapq.heapify(queue)
    while queue:
        saturation, _, thing = heapq.heappop(queue)
        if colours[thing] >= 0 or -saturation < len(seen[thing]):
            continue  # coloured, or queued again since
        free = [number for number in range(len(PALETTE)) if number not in seen[thing]]
        if free:
            chosen = min(free, key=lambda number: (used[number], number))
            used[chosen] += 1
        else:
            chosen = len(PALETTE)
            while chosen in seen[thing]:
                chosen += 1
        colours[thing] = chosen
        for other in around[thing]:
            if colours[other] < 0 and chosen not in seen[other]:
                seen[other].add(chosen)
                heapq.heappush(queue, (-len(seen[other]), -len(around[other]), other))
    return colours


def lighter(colour: str, share: float) -> str:
    """A colour mixed with white: 0 is the colour, 1 is white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)


def darker(colour: str, share: float) -> str:
    """A colour mixed with black: 0 is the colour, 1 is black."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * (1 - share)):02X}" for part in parts)
