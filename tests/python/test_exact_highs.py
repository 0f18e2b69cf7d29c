"""The exact solver against a mixed-integer model by HiGHS, written from the contract alone."""

from dataclasses import dataclass, field

import highspy
import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from gridgov import _core

Floats = NDArray[np.float64]


@dataclass
class Case:
    """A small town with one component; as HiGHS and as gridgov take it."""

    name: str
    households: int
    seed: int
    smallest: float = 10
    largest: float = 30
    walk: bool = False
    weighted: bool = False
    heads: bool = False
    pins: bool = False
    apart_pins: bool = False  # of households that are no neighbours
    links: str = "points"
    together: int = 1  # households at each place
    weights: Floats = field(init=False)

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        places = self.households // self.together
        centres = random.uniform(0, 900, (places // 12 + 1, 2))
        of = random.integers(len(centres), size=places)
        points = centres[of] + random.normal(0, 130, (places, 2))
        points = np.round(np.repeat(points, self.together, axis=0), 3)
        self.households = len(points)
        self.x_m, self.y_m = points.T.copy()
        self.weights = (
            random.integers(2, 8, self.households) / 4
            if self.weighted
            else np.ones(self.households)
        )
        self.may_be_head = (
            (random.random(self.households) < 0.4).astype(np.uint8)
            if self.heads
            else np.ones(self.households, np.uint8)
        )
        self.ids = [f"h{i:03}" for i in range(self.households)]
        self.pin_of = [""] * self.households
        given = None
        if self.links == "tree":
            # The shortest spanning tree and a few chords: contiguity binds.
            full = nx.Graph()
            for i in range(self.households):
                for j in range(i):
                    full.add_edge(i, j, weight=float(np.hypot(*(points[i] - points[j]))))
            tree = nx.minimum_spanning_tree(full)
            for i, j in random.integers(self.households, size=(self.households // 8, 2)):
                if i != j:
                    tree.add_edge(int(i), int(j), weight=full.edges[i, j]["weight"])
            edges = [(min(i, j), max(i, j), d["weight"]) for i, j, d in tree.edges(data=True)]
            given = (
                [self.ids[i] for i, _, _ in edges],
                [self.ids[j] for _, j, _ in edges],
                np.array([max(length, 0.001) for _, _, length in edges]),
            )
        if self.pins:
            for number in range(3):
                first = random.integers(self.households)
                near = np.argsort(np.hypot(*(points - points[first]).T))[1 + 20 * self.apart_pins]
                if not self.pin_of[first] and not self.pin_of[near] and first != near:
                    self.pin_of[first] = self.pin_of[near] = f"p{number}"
        self.town, _ = _core.make_town(
            self.x_m,
            self.y_m,
            ids=self.ids,
            weights=self.weights,
            may_be_head=self.may_be_head,
            pins=self.pin_of if self.pins else None,
            links=given,
        )
        self.graph = _core.neighbours(self.town, link_m_max=np.inf)
        assert self.graph.components == 1
        u, v, length_m = self.graph.links()
        self.network = nx.Graph()
        self.network.add_nodes_from(range(self.households))
        for i, j, length in zip(u.tolist(), v.tolist(), length_m.tolist(), strict=True):
            self.network.add_edge(i, j, weight=length)
        if self.walk:
            self.distance_m = nx.floyd_warshall_numpy(self.network)
        else:
            self.distance_m = np.hypot(
                self.x_m[:, None] - self.x_m[None, :], self.y_m[:, None] - self.y_m[None, :]
            )

    def options(self, effort: int = 0) -> _core.Options:
        return _core.Options(
            weight_min=self.smallest,
            weight_max=self.largest,
            weight_target=(self.smallest + self.largest) / 2,
            courtyards=None,
            walk=self.walk,
            effort=effort,
            group_weight_m=0,
            seed=0,
            threads=1,
        )

    def apart(self, members: list[int]) -> list[set[int]]:
        return list(nx.connected_components(self.network.subgraph(members)))

    def cost(self, labels: NDArray[np.int32]) -> float:
        """Metres of a division; checks that it is legal."""
        total = 0.0
        for label in np.unique(labels):
            members = np.flatnonzero(labels == label)
            assert len(self.apart(members.tolist())) == 1
            assert self.smallest <= self.weights[members].sum() <= self.largest
            allowed = members[self.may_be_head[members] > 0]
            total += self.distance_m[np.ix_(allowed, members)].sum(axis=1).min()
        for pin in set(self.pin_of) - {""}:
            assert len({labels[i] for i, name in enumerate(self.pin_of) if name == pin}) == 1
        return total


def optimum_by_highs(case: Case, courtyards: int) -> float:
    """Metres of the best division into so many, with cuts for contiguity while one is broken."""
    n = case.households
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 1e-5)
    heads = np.flatnonzero(case.may_be_head)
    x = {
        (int(j), i): model.addBinary(obj=float(case.distance_m[j, i]))
        for j in heads
        for i in range(n)
    }
    for i in range(n):
        model.addConstr(sum(x[int(j), i] for j in heads) == 1)
    model.addConstr(sum(x[int(j), int(j)] for j in heads) == courtyards)
    for j in map(int, heads):
        weight = sum(float(case.weights[i]) * x[j, i] for i in range(n))
        model.addConstr(weight <= case.largest * x[j, j])
        model.addConstr(weight >= case.smallest * x[j, j])
        for i in range(n):
            if i != j:
                model.addConstr(x[j, i] <= x[j, j])
        for pin in set(case.pin_of) - {""}:
            first, *others = [i for i, name in enumerate(case.pin_of) if name == pin]
            for other in others:
                model.addConstr(x[j, first] == x[j, other])
    while True:
        model.minimize()
        assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        value = model.getSolution().col_value
        broken = 0
        for j in map(int, heads):
            members = [i for i in range(n) if value[x[j, i].index] > 0.5]
            for piece in case.apart(members):
                if j in piece:
                    continue
                around = {k for i in piece for k in case.network[i]} - piece
                for k in heads:  # true of every head beyond the piece's neighbours
                    if int(k) in piece or int(k) in around:
                        continue
                    for i in piece:
                        model.addConstr(x[int(k), i] <= sum(x[int(k), c] for c in around))
                broken += 1
        if not broken:
            return float(model.getInfo().objective_function_value)


CASES = [
    Case("plain", 40, 1),
    Case("tight", 40, 2, smallest=12, largest=15),
    Case("weighted", 36, 3, smallest=9, largest=16, weighted=True),
    Case("few heads", 45, 4, smallest=8, largest=14, heads=True),
    Case("pins", 40, 5, smallest=9, largest=14, pins=True),
    Case("walk", 40, 6, smallest=9, largest=14, walk=True),
    Case("tree", 36, 7, smallest=8, largest=13, links="tree"),
    Case(
        "tree, walk, weights", 36, 8, smallest=8, largest=14, links="tree", walk=True, weighted=True
    ),
    Case("five at a place", 40, 9, smallest=7, largest=12, together=5),
    Case("sixty", 60, 10, smallest=10, largest=16),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_optimum(case: Case) -> None:
    start = _core.solve(case.town, case.graph, case.options(), None)
    division = _core.solve_exactly(case.town, case.graph, start.labels, case.options())
    (known,) = division.components
    assert known.status == "optimal"
    assert known.courtyards == len(set(start.labels.tolist())) >= 2
    by_highs = optimum_by_highs(case, known.courtyards)
    assert known.total_distance_m == pytest.approx(by_highs, rel=1e-6)
    assert case.cost(division.labels) == pytest.approx(known.total_distance_m, rel=1e-9)
    assert known.lower_bound_m <= known.total_distance_m


def test_a_limit_gives_a_lower_bound() -> None:
    case = Case("tight", 60, 11, smallest=14, largest=16)
    start = _core.solve(case.town, case.graph, case.options(), None)
    stopped = _core.solve_exactly(case.town, case.graph, start.labels, case.options(), work_limit=0)
    best = _core.solve_exactly(case.town, case.graph, start.labels, case.options())
    (bound,), (known,) = stopped.components, best.components
    assert (bound.status, known.status) == ("limit", "optimal")
    assert bound.lower_bound_m <= known.total_distance_m <= bound.total_distance_m
    assert bound.total_distance_m == pytest.approx(start.total_distance_m, rel=1e-9)


def test_nothing_is_proved_where_others_join_a_pin() -> None:
    case = Case("pins", 40, 5, smallest=9, largest=16, pins=True, apart_pins=True)
    start = _core.solve(case.town, case.graph, case.options(), None)
    division = _core.solve_exactly(case.town, case.graph, start.labels, case.options())
    assert {(known.status, known.lower_bound_m) for known in division.components} == {("limit", 0)}
    assert case.cost(division.labels) == pytest.approx(
        sum(known.total_distance_m for known in division.components), rel=1e-9
    )
