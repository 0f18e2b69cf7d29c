"""Draws the figures of docs/explanation: `./run python docs/images/figures.py`.

They show what the program itself computes of a small made-up village, so they cannot tell another
story than the code. Colours are those of Okabe & Ito, told apart by colour-blind readers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import gridgov

HERE = Path(__file__).parent
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933"]
SCALE = 1.0  # pixels a metre
MARGIN = 24


class Drawing:
    """An SVG with y upwards, in metres."""

    def __init__(self, width_m: float, height_m: float, title: str) -> None:
        self.width, self.height = width_m * SCALE + 2 * MARGIN, height_m * SCALE + 2 * MARGIN
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" font-family="sans-serif" '
            'font-size="13">',
            f"<title>{title}</title>",
            '<rect width="100%" height="100%" fill="white"/>',
        ]

    def at(self, x_m: float, y_m: float) -> tuple[str, str]:
        return f"{MARGIN + x_m * SCALE:.1f}", f"{self.height - MARGIN - y_m * SCALE:.1f}"

    def line(self, a: np.ndarray, b: np.ndarray, colour: str, width: float, dash: str = "") -> None:
        (x1, y1), (x2, y2) = self.at(*a), self.at(*b)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def dot(self, a: np.ndarray, colour: str, radius: float, ring: str = "white") -> None:
        x, y = self.at(*a)
        self.parts.append(
            f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" stroke="{ring}"/>'
        )

    def text(self, x_m: float, y_m: float, words: str, colour: str = "#222222") -> None:
        x, y = self.at(x_m, y_m)
        self.parts.append(f'<text x="{x}" y="{y}" fill="{colour}">{words}</text>')

    def save(self, name: str) -> None:
        (HERE / name).write_text("\n".join([*self.parts, "</svg>", ""]), encoding="utf-8")


def village() -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Fifty-two households in two hamlets on both sides of a river that has one bridge."""
    rng = np.random.default_rng(4)
    west = rng.normal((120, 120), (62, 48), (26, 2))
    east = rng.normal((400, 130), (66, 50), (26, 2))
    places = np.clip(np.concatenate([west, east]), (5, 5), (535, 245))
    households = pd.DataFrame(places, columns=["x_m", "y_m"])
    households.insert(0, "id", [f"h{i:02}" for i in range(len(places))])
    households["x_m"] += np.where(np.abs(households["x_m"] - 262) < 16, 40, 0)
    river = [np.array([(258.0, -20.0), (266.0, 190.0)]), np.array([(267.0, 214.0), (262.0, 280.0)])]
    return households, river


def network(drawing: Drawing, p: gridgov.Partition, places: np.ndarray, inside: bool) -> None:
    """The links: all alike, or those within a courtyard strongly."""
    labels = p.labels_
    for u, v in p.link_rows:
        same = inside and labels[u] == labels[v]
        colour = COLOURS[labels[u] % len(COLOURS)] if same else "#bbbbbb"
        drawing.line(places[u], places[v], colour, 2.2 if same else 1)


def draw_village() -> None:
    """Links, courtyards and distances of one village."""
    households, river = village()
    places = households[["x_m", "y_m"]].to_numpy()
    p = gridgov.partition(households, barriers=river, effort="best", target=17)
    heads = dict(zip(p.courtyards["courtyard_id"], p.courtyards["head_household_id"], strict=True))
    row = {name: i for i, name in enumerate(households["id"])}

    graph = Drawing(540, 270, "The neighbour graph; a river cuts links, a gap lets through")
    network(graph, p, places, inside=False)
    for part in river:
        graph.line(part[0], part[1], "#56B4E9", 6)
    for place in places:
        graph.dot(place, "#222222", 4)
    graph.text(280, 262, "river", "#0072B2")
    graph.save("neighbours.svg")

    found = Drawing(540, 270, "Courtyards: connected, each with a head")
    for part in river:
        found.line(part[0], part[1], "#56B4E9", 6)
    network(found, p, places, inside=True)
    for i, label in enumerate(p.labels_):
        head = i == row[heads[p.courtyards["courtyard_id"].iloc[label]]]
        found.dot(places[i], COLOURS[label % len(COLOURS)], 8 if head else 4, "black")
    found.save("courtyards.svg")

    walks = Drawing(540, 270, "What is made short: every household's distance to its head")
    for part in river:
        walks.line(part[0], part[1], "#56B4E9", 6)
    for i, label in enumerate(p.labels_):
        head = row[heads[p.courtyards["courtyard_id"].iloc[label]]]
        colour = COLOURS[label % len(COLOURS)]
        walks.line(places[i], places[head], colour, 1.4)
        walks.dot(places[i], colour, 8 if i == head else 4, "black")
    walks.save("walks.svg")
    print(p, p.courtyards[["courtyard_id", "households", "head_household_id", "status"]])


def draw_rules() -> None:
    """Three groups of households in a row: too few, within, in two pieces."""
    picture = Drawing(660, 150, "Six are too few; twelve are within; two pieces are not connected")
    lane = [(float(i % 4 * 36), float(i // 4 * 36)) for i in range(12)]
    groups = [
        ("undersize: 6", [lane[i] for i in range(6)], 20, COLOURS[5]),
        ("within: 12", lane, 220, COLOURS[2]),
        ("disconnected: 6 + 6", [*lane[:6], *[(x + 110, y) for x, y in lane[6:]]], 420, COLOURS[0]),
    ]
    for words, places, left, colour in groups:
        spots = np.array(places) + np.array((left, 24))
        for i, a in enumerate(spots):
            for b in spots[:i]:
                if np.hypot(*(a - b)) < 40:
                    picture.line(a, b, colour, 2.2)
        for spot in spots:
            picture.dot(spot, colour, 6, "black")
        picture.text(left, 128, words)
    picture.save("rules.svg")


if __name__ == "__main__":
    draw_village()
    draw_rules()
