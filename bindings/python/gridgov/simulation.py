"""A plausible township made up from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgov import _core, notebook
from gridgov.options import integer

if TYPE_CHECKING:
    import geopandas


@dataclass(frozen=True, eq=False)
class Township:
    """Tables of a township, in metres of a plane without a name.

    Attributes:
        households: `id, x_m, y_m, village, group, may_be_head, people`.
        villages: `village, x_m, y_m`: a place for each name on a map.
        way_nodes: `id, x_m, y_m`.
        ways: `u, v, length_m`.
        barriers: `kind, bridge, geometry`: rivers and expressways.

    Examples:
        >>> import gridgov
        >>> gridgov.simulate_township(households=300, villages=3)
        <gridgov.Township: 300 households in 3 villages, 258 ways, 11 barriers>
    """

    households: pd.DataFrame
    villages: pd.DataFrame
    way_nodes: pd.DataFrame
    ways: pd.DataFrame
    barriers: geopandas.GeoDataFrame

    @property
    def roads(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """`way_nodes` and `ways`, as `gridgov.partition` takes them."""
        return self.way_nodes, self.ways

    def __repr__(self) -> str:
        return (
            f"<gridgov.Township: {len(self.households)} households in {len(self.villages)} "
            f"villages, {len(self.ways)} ways, {len(self.barriers)} barriers>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.households, "households")


def simulate_township(*, households: int = 2400, villages: int = 7, seed: int = 0) -> Township:
    """Makes a township: villages in valleys, a river each, ways and bridges.

    The same numbers give the same township on any machine.

    Args:
        households: How many, at least one a village.
        villages: How many.
        seed: Another seed, another township.

    Examples:
        >>> import gridgov
        >>> town = gridgov.simulate_township(households=300, villages=3, seed=1)
        >>> town.households["village"].nunique()
        3
        >>> p = gridgov.partition(town.households, barriers=town.barriers)
        >>> p.summary["villages"]
        3
    """
    import geopandas
    import shapely

    made = _core.simulate_township(
        households=integer(households, "households", -(2**63)),
        villages=integer(villages, "villages", -(2**63)),
        seed=integer(seed, "seed", 0, 2**64 - 1),
    )
    sizes = np.diff(made["barrier_offsets"])
    places = np.column_stack([made["barrier_x_m"], made["barrier_y_m"]])
    lines = shapely.linestrings(places, indices=np.repeat(np.arange(len(sizes)), sizes))
    return Township(
        households=pd.DataFrame(
            {
                "id": made["household_ids"],
                "x_m": made["x_m"],
                "y_m": made["y_m"],
                "village": made["household_villages"],
                "group": made["household_groups"],
                "may_be_head": made["may_be_head"].astype(bool),
                "people": made["people"],
            }
        ),
        villages=pd.DataFrame(
            {
                "village": made["village_names"],
                "x_m": made["village_x_m"],
                "y_m": made["village_y_m"],
            }
        ),
        way_nodes=pd.DataFrame(
            {"id": made["way_node_ids"], "x_m": made["way_node_x_m"], "y_m": made["way_node_y_m"]}
        ),
        ways=pd.DataFrame(
            {"u": made["way_u"], "v": made["way_v"], "length_m": made["way_length_m"]}
        ),
        barriers=geopandas.GeoDataFrame(
            {"kind": made["barrier_kind"], "bridge": made["barrier_is_bridge"].astype(bool)},
            geometry=lines,
        ),
    )
