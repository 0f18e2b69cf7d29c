"""Partitioners of others by name, to be compared with ours under one verifier.

Each needs a package of its own, which is imported when it is asked for and never otherwise. They
are given one connected component of the neighbour graph at a time, and the number of courtyards
that the rules give; beyond that they promise what they promise, and the verifier says which rules
they break.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov import _core, inputs
from gridgov.planes import Floats

Rows = NDArray[np.int64]
Clock = Callable[[], float]


class NoAnswer(Exception):
    """A peer gave up; the message says why."""


@dataclass(frozen=True)
class Region:
    """One connected component: places, weights, and links in compressed rows."""

    x_m: Floats
    y_m: Floats
    weights: Floats
    offsets: Rows
    targets: Rows
    lengths_m: Floats
    courtyards: int
    min: float
    max: float
    seed: int
    seconds: float  #: how long one that goes on improving may go on
    clock: Clock = time.perf_counter

    @property
    def places(self) -> Floats:
        """(n, 2) metres from the middle."""
        places = np.column_stack([self.x_m, self.y_m])
        return np.asarray(places - places.mean(axis=0))

    @property
    def link_weights(self) -> Rows:
        """100 at the median length and inverse to it, from 1 to 10,000: what graph partitioners cut
        least of."""
        typical_m = max(float(np.median(self.lengths_m)), 1e-3)
        inverse = 100 * typical_m / np.maximum(self.lengths_m, typical_m / 100)
        return np.maximum(inverse, 1).astype(np.int64)

    @property
    def whole_weights(self) -> Rows:
        """1 where all weigh the same, else thousandths."""
        alike = (self.weights == self.weights[0]).all()
        return np.where(alike, 1, np.ceil(self.weights * 1000)).astype(np.int64)

    @property
    def imbalance(self) -> float:
        """How far a courtyard may be from the mean weight, as a share of it, within both bounds."""
        mean = self.weights.sum() / self.courtyards
        return float(min(1 - self.min / mean, self.max / mean - 1))

    def links(self) -> Iterator[tuple[int, int]]:
        """Every link once."""
        of = np.repeat(np.arange(len(self.x_m)), np.diff(self.offsets))
        once = of < self.targets
        return zip(of[once].tolist(), self.targets[once].tolist(), strict=True)

    def distance_m(self, labels: Rows) -> float:
        """The total distance to the heads."""
        return float(sum(_medoid_distance_m(self.places[labels == k]) for k in np.unique(labels)))


def _medoid_distance_m(places: Floats) -> float:
    between = places[:, None] - places
    return float(np.sqrt((between**2).sum(axis=2)).sum(axis=1).min())


def _best_of_restarts(region: Region, label: Callable[[int], Rows]) -> Rows:
    """The shortest of as many runs, with seeds of their own, as there is time for; at least one."""
    end = region.clock() + region.seconds
    best = label(region.seed)
    shortest_m = region.distance_m(best)
    seed = region.seed
    while region.clock() < end:
        seed += 1
        labels = label(seed)
        distance_m = region.distance_m(labels)
        if distance_m < shortest_m:
            best, shortest_m = labels, distance_m
    return best


# ---- clustering of points ---------------------------------------------------------------------


def _k_means(region: Region) -> Rows:
    from sklearn.cluster import KMeans

    def label(seed: int) -> Rows:
        model = KMeans(region.courtyards, n_init=1, random_state=seed)
        return np.asarray(model.fit_predict(region.places, sample_weight=region.weights))

    return _best_of_restarts(region, label)


def _k_means_constrained(region: Region) -> Rows:
    from k_means_constrained import KMeansConstrained

    unit = float(region.weights.mean())  # it counts points

    def label(seed: int) -> Rows:
        model = KMeansConstrained(
            region.courtyards,
            size_min=math.ceil(region.min / unit),
            size_max=math.floor(region.max / unit),
            n_init=1,
            random_state=seed,
        )
        return np.asarray(model.fit_predict(region.places))

    return _best_of_restarts(region, label)


# ---- graph partitioning -----------------------------------------------------------------------


def _metis(region: Region) -> Rows:
    import pymetis

    _, part = pymetis.part_graph(
        region.courtyards,
        xadj=region.offsets,
        adjncy=region.targets,
        vweights=region.whole_weights,
        eweights=region.link_weights,
        recursive=False,
        contiguous=True,
        options=pymetis.Options(ufactor=500, seed=region.seed),
    )
    return np.asarray(part)


def _kahip(region: Region, *, mode: str, imbalance: float) -> Rows:
    import kahip

    # `imbalance` is the one of .1 to .5 at which the mode broke least where it was tried.
    _, part = kahip.kaffpa(
        region.whole_weights.tolist(),
        region.offsets.tolist(),
        region.link_weights.tolist(),
        region.targets.tolist(),
        region.courtyards,
        np.minimum(region.imbalance, imbalance),
        True,  # no output
        region.seed,
        getattr(kahip, mode),
    )
    return np.asarray(part)


# ---- spanning trees ---------------------------------------------------------------------------


def _gerrychain_graph(region: Region) -> Any:
    import gerrychain
    import networkx as nx

    graph = nx.Graph()
    for node, weight in enumerate(region.weights.tolist()):
        graph.add_node(node, weight=weight)
    graph.add_edges_from(region.links())
    return gerrychain.Graph.from_networkx(graph)


def _gerrychain_tree(region: Region) -> Rows:
    return np.array(list(_tree_cuts(region, _gerrychain_graph(region)).values()))


def _tree_cuts(region: Region, graph: Any) -> dict[int, int]:
    from gerrychain.partition import recursive_tree_part

    parts = recursive_tree_part(
        graph,
        range(region.courtyards),
        region.weights.sum() / region.courtyards,
        "weight",
        region.imbalance,
        rng=region.seed,
    )
    return dict(sorted(parts.items()))


def _gerrychain_recom(region: Region) -> Rows:
    from gerrychain import Partition
    from gerrychain.constraints import Validator
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.proposals import recom
    from gerrychain.tree import bipartition_tree

    end = region.clock() + region.seconds
    graph = _gerrychain_graph(region)
    places = region.places

    def distances_m(partition: Any) -> dict[int, float]:
        """By part; only of those that the last step changed."""
        parent = partition.parent
        known = {} if parent is None else dict(parent["distances_m"])
        changed = set(partition.parts)
        if parent is not None:
            flips = partition.flips or {}
            changed = set(flips.values()) | {parent.assignment.mapping[node] for node in flips}
        for part in changed:
            nodes = list(partition.parts[part])
            known[part] = _medoid_distance_m(places[nodes])
        return known

    start = Partition(graph, _tree_cuts(region, graph), {"distances_m": distances_m})
    optimizer = SingleMetricOptimizer(
        partial(
            recom,
            pop_col="weight",
            pop_target=region.weights.sum() / region.courtyards,
            epsilon=region.imbalance,
            # Two parts that no tree divides well are let go, and others taken.
            bipartition_tree_fn=partial(
                bipartition_tree, max_attempts=100, allow_pair_reselection=True
            ),
        ),
        Validator([]),
        start,
        lambda partition: sum(partition["distances_m"].values()),
        maximize=False,
        rng=region.seed,
    )
    best = start
    for _ in optimizer.tilted_run(10**9, p=0.0):
        best = optimizer.best_part
        if region.clock() >= end:
            break
    part_of = best.assignment.mapping
    return np.array([part_of[node] for node in range(len(places))])


# ---- regionalisation --------------------------------------------------------------------------


def _frame_and_weights(region: Region) -> tuple[Any, Any]:
    import geopandas
    import libpysal

    columns = {"x_m": region.x_m, "y_m": region.y_m, "weight": region.weights}
    points = geopandas.points_from_xy(region.x_m, region.y_m)
    rows = [row.tolist() for row in np.split(region.targets, region.offsets[1:-1])]
    return (
        geopandas.GeoDataFrame(columns, geometry=points),
        libpysal.weights.W(dict(enumerate(rows)), silence_warnings=True),
    )


def _spopt_max_p(region: Region) -> Rows:
    from spopt.region import MaxPHeuristic

    frame, w = _frame_and_weights(region)
    # It has no maximum and makes as many as the floor allows; at a higher floor, nearer to the
    # number wanted, it often does not end.
    mean = region.weights.sum() / region.courtyards
    model = MaxPHeuristic(frame, w, ["x_m", "y_m"], "weight", 0.8 * mean, top_n=5)
    before = np.random.get_state()  # noqa: NPY002 (spopt draws from NumPy's global state)
    np.random.seed(region.seed)  # noqa: NPY002
    try:
        model.solve()
    finally:
        np.random.set_state(before)  # noqa: NPY002
    return np.asarray(model.labels_)


def _spopt_skater(region: Region) -> Rows:
    from sklearn.metrics import pairwise
    from spopt.region import Skater

    frame, w = _frame_and_weights(region)
    model = Skater(
        frame,
        w,
        ["x_m", "y_m"],
        n_clusters=region.courtyards,
        floor=region.min,
        spanning_forest_kwds={"dissimilarity": pairwise.euclidean_distances},
    )
    model.solve()
    return np.asarray(model.labels_)


# ---- exact ------------------------------------------------------------------------------------


def _highs(region: Region) -> Rows:
    """The p-median model with both bounds; contiguity by cuts: whoever stands apart from the head
    needs someone of its courtyard around its piece (Oehrlein & Haunert 2017)."""
    import highspy

    nodes = len(region.x_m)
    if nodes > 500:
        raise NoAnswer("a component of more than 500 households")
    places = region.places
    distances_m = np.sqrt(((places[:, None] - places) ** 2).sum(axis=2))
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call, unused-ignore]
    model.silent()
    model.setOptionValue("threads", 1)
    model.setOptionValue("random_seed", region.seed)
    model.setOptionValue("mip_rel_gap", 1e-9)
    joins = model.addBinaries(nodes, nodes)  # [i, j]: the head of i is j
    model.addConstrs(joins[i, :].sum() == 1 for i in range(nodes))
    model.addConstrs(joins[i, j] <= joins[j, j] for i in range(nodes) for j in range(nodes))
    model.addConstr(sum(joins[j, j] for j in range(nodes)) == region.courtyards)
    for j in range(nodes):
        weight = (joins[:, j] * region.weights).sum()
        model.addConstr(weight >= region.min * joins[j, j])
        model.addConstr(weight <= region.max * joins[j, j])
    rows = np.split(region.targets, region.offsets[1:-1])
    end = region.clock() + max(region.seconds, 1.0)
    while True:
        model.setOptionValue("time_limit", model.getRunTime() + max(end - region.clock(), 0.1))
        model.minimize((joins * distances_m).sum())
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NoAnswer(f"not solved in {region.seconds:g} s")
        head_of = model.vals(joins).argmax(axis=1)
        cuts = 0
        for piece in _pieces_apart(rows, head_of):
            head = int(head_of[piece[0]])
            around = {int(near) for node in piece for near in rows[node]} - set(piece)
            for node in piece:
                model.addConstr(joins[node, head] <= sum(joins[near, head] for near in around))
                cuts += 1
        if cuts == 0:
            return np.asarray(head_of)


def _pieces_apart(rows: list[Rows], head_of: Rows) -> Iterator[list[int]]:
    """The connected pieces of courtyards that do not hold the head."""
    seen = np.zeros(len(rows), dtype=bool)
    for first in [*np.unique(head_of).tolist(), *range(len(rows))]:
        if seen[first]:
            continue
        seen[first] = True
        piece = [first]
        for node in piece:
            for near in rows[node].tolist():
                if not seen[near] and head_of[near] == head_of[node]:
                    seen[near] = True
                    piece.append(near)
        if head_of[first] != first:
            yield piece


@dataclass(frozen=True)
class Peer:
    """A partitioner of others."""

    label: Callable[[Region], Rows]
    modules: tuple[str, ...]  #: imported before its time is taken
    packages: str  #: as pip names them
    source: str
    improves: bool = False  #: goes on as long as it may


#: In the order of tables.
PEERS = {
    "metis-kway": Peer(_metis, ("pymetis",), "pymetis", "Karypis & Kumar 1998, METIS"),
    "kahip-fast": Peer(
        partial(_kahip, mode="FAST", imbalance=0.5),
        ("kahip",),
        "kahip",
        "Sanders & Schulz 2013, KaHIP",
    ),
    "kahip-strong": Peer(
        partial(_kahip, mode="STRONG", imbalance=0.3),
        ("kahip",),
        "kahip",
        "Sanders & Schulz 2013, KaHIP",
    ),
    "k-means": Peer(
        _k_means,
        ("sklearn.cluster",),
        "scikit-learn",
        "Arthur & Vassilvitskii 2007, k-means++",
        True,
    ),
    "k-means-constrained": Peer(
        _k_means_constrained,
        ("k_means_constrained",),
        "k-means-constrained",
        "Bradley, Bennett & Demiriz 2000, k-means by minimum-cost flow",
        True,
    ),
    "gerrychain-tree": Peer(
        _gerrychain_tree,
        ("gerrychain", "gerrychain.optimization", "networkx"),
        "gerrychain",
        "DeFord, Duchin & Solomon 2021, spanning-tree cuts",
    ),
    "gerrychain-recom": Peer(
        _gerrychain_recom,
        ("gerrychain", "gerrychain.optimization", "networkx"),
        "gerrychain",
        "DeFord, Duchin & Solomon 2021, ReCom, only shorter plans accepted",
        True,
    ),
    "spopt-max-p": Peer(
        _spopt_max_p,
        ("spopt.region", "libpysal", "geopandas"),
        "spopt",
        "Wei, Rey & Knaap 2021, max-p-regions",
    ),
    "spopt-skater": Peer(
        _spopt_skater,
        ("spopt.region", "libpysal", "geopandas"),
        "spopt",
        "Assunção et al. 2006, SKATER",
    ),
    "highs": Peer(
        _highs,
        ("highspy",),
        "highspy",
        "exact: a mixed-integer program by HiGHS, Huangfu & Hall 2018",
    ),
}


def missing(peer: Peer) -> bool:
    """Whether a module that it needs is not installed."""
    return any(find_spec(module.partition(".")[0]) is None for module in peer.modules)


def labels(
    peer: Peer,
    read: inputs.Inputs,
    graph: _core.Neighbours,
    options: _core.Options,
    *,
    min: float,
    max: float,
    seed: int,
    seconds: float,
    clock: Clock = time.perf_counter,
) -> NDArray[np.int32]:
    """Its courtyards: a label per household, component by component. Households without coordinates
    stand where their anchor does. Raises what the peer raises."""
    town = read.town
    households = town.households
    anchor = np.arange(households)
    if len(town.anchor_of):
        anchor = np.where(town.anchor_of < households, town.anchor_of, anchor)
    x_m, y_m = read.x_m[anchor], read.y_m[anchor]
    component_of = graph.component_of.astype(np.int64)
    weight_of = np.bincount(component_of, weights=town.weights, minlength=graph.components)
    counts = _core.courtyard_counts(weight_of.astype(np.float64), options)

    # Households by component, and links in compressed rows in that order.
    order = np.argsort(component_of, kind="stable")
    place = np.empty(households, dtype=np.int64)
    place[order] = np.arange(households)
    first = np.concatenate([[0], np.cumsum(np.bincount(component_of, minlength=graph.components))])
    u, v, length_m = graph.links()
    of, to = place[np.concatenate([u, v])], place[np.concatenate([v, u])]
    by_row = np.lexsort((to, of))
    to, lengths_m = to[by_row], np.concatenate([length_m, length_m])[by_row]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=households))])

    found = np.zeros(households, dtype=np.int32)
    next_label = 0
    for component, courtyards in enumerate(counts.tolist()):
        begin, end = first[component], first[component + 1]
        rows = order[begin:end]
        if courtyards == 1:
            found[rows] = next_label
            next_label += 1
            continue
        links = slice(offsets[begin], offsets[end])
        region = Region(
            x_m=x_m[rows],
            y_m=y_m[rows],
            weights=town.weights[rows],
            offsets=offsets[begin : end + 1] - offsets[begin],
            targets=to[links] - begin,
            lengths_m=lengths_m[links],
            courtyards=courtyards,
            min=min,
            max=max,
            seed=seed % 2**31,  # what all of them take
            seconds=seconds * len(rows) / households,
            clock=clock,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what their own libraries tell them
            answer = peer.label(region)
        parts = np.unique(answer, return_inverse=True)[1]
        found[rows] = parts + next_label
        next_label += int(parts.max()) + 1
    return found
