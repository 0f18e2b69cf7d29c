"""Households come and go: courtyards brought up to date with the fewest households moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import _core, inputs
from gridgov.errors import usage_error
from gridgov.options import (
    Effort,
    Metric,
    Unlocated,
    grid_rules,
    longest_link_m,
    number,
    partition_options,
    threads_used,
)
from gridgov.partitioning import (
    Clock,
    Partition,
    Progress,
    frame_of,
    rules_of,
    summary_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gridgov.errors import Language

_NO_HOUSEHOLD = 2**32 - 1

#: The ids that lived once and live no more, in a directory of results.
RETIRED = "retired_courtyards.csv"


class Revision(Partition):
    """A partition with the ids of the one before, and what changed.

    Attributes:
        kept, moved, entered, left: Counts of households.
        moved_lower_bound: No division that breaks as little moves fewer: proved.
        retired_ids: Courtyards that lived once and live no more.

    `courtyards` has two columns more: `previous_head_household_id`, the head before where it still
    is a member and may be head, and `previous_head_extra_m`, by how much the total distance of the
    courtyard would rise if that one were head again.

    Examples:
        >>> import gridgov
        >>> road = [(10.0 * i, 0.0) for i in range(40)]
        >>> after = gridgov.revise(gridgov.partition(road), road[:38])
        >>> after.left, after.changes[["household_id", "why"]].values.tolist()
        (2, [['38', 'left'], ['39', 'left']])
    """

    kept: int
    moved: int
    entered: int
    left: int
    moved_lower_bound: int
    retired_ids: list[str]

    def __init__(
        self,
        read: inputs.Inputs,
        graph: _core.Neighbours,
        revised: _core.Revision,
        grouped: _core.Grids | None,
        summary: dict[str, Any],
    ) -> None:
        super().__init__(read, graph, revised.partition, grouped, summary)
        self.kept, self.moved = revised.kept, revised.moved
        self.entered, self.left = revised.entered, revised.left
        self.moved_lower_bound = revised.moved_lower_bound
        self.retired_ids = revised.retired_ids
        self._changes = revised.changes
        heads = np.array([*self._ids, ""], dtype=object)
        before = np.where(
            revised.previous_head == _NO_HOUSEHOLD, len(self._ids), revised.previous_head
        )
        self._courtyards |= {
            "previous_head_household_id": heads[before],
            "previous_head_extra_m": np.array(revised.previous_head_extra_m),
        }

    @cached_property
    def changes(self) -> pd.DataFrame:
        """A row per household whose courtyard changed: `household_id, from_courtyard_id,
        to_courtyard_id, why`; why is `entered`, `left`, `undersize`, `oversize`, `disconnected` or
        `shorter`. The town's households by id, then those that left by id.
        """
        names = ("household_id", "from_courtyard_id", "to_courtyard_id", "why")
        columns = zip(names, self._changes, strict=True)
        return frame_of({name: np.array(values, dtype=object) for name, values in columns})

    def plot_changes(self, *, village: str | None = None, lang: Language = "en") -> Figure:
        """A figure of A4: courtyards before and after, who moved and to which head; of a village,
        or of all that changed."""
        from gridgov import moves_plot

        drawn: Figure = moves_plot.page(self, village=village, language=lang)
        return drawn

    def __repr__(self) -> str:
        rest = super().__repr__().split(": ", 1)[1]
        return f"<gridgov.Revision: {self.moved} moved, {self.entered} entered, {rest}"


def revise(
    previous: Any,
    households: Any,
    *,
    keep: float | None = None,
    lock: Sequence[str] = (),
    retired: Iterable[str] = (),
    ids: Any = None,
    weights: Any = None,
    villages: Any = None,
    heads: Any = None,
    pins: Any = None,
    groups: Any = None,
    links: Any = None,
    roads: Any = None,
    barriers: Any = None,
    max_link_m: float | None = None,
    metric: Metric = "straight",
    min: float = 10,
    max: float = 30,
    target: float = 20,
    courtyards: int | None = None,
    grids: int | None = None,
    grid_courtyards: Sequence[int] | None = None,
    group_weight: float = 100.0,
    unlocated: Unlocated = "refuse",
    effort: Effort = "standard",
    seed: int = 0,
    threads: int = 0,
    crs: Any = None,
    roads_crs: Any = None,
    barriers_crs: Any = None,
    progress: Progress | None = None,
) -> Revision:
    """Brings courtyards up to date: everyone whom no rule forces stays.

    In this order: least weight in courtyards that break a size; fewest households moved; the number
    of courtyards nearest to what the target gives; least total distance. Courtyards keep their ids;
    new ones have ids that no courtyard had before.

    Args:
        previous: Who was where: a directory that `partition` or `revise` wrote, a `Partition`, a
            frame `household_id, courtyard_id` (and `head_household_id`, where known), or a mapping
            from household to courtyard. An empty courtyard is none.
        households: Everyone now, as `gridgov.partition` takes them; the other keywords mean what
            they mean there.
        keep: A household may also move where that saves at least so many metres for each household
            moved. Default: only where a rule forces it.
        lock: Ids of courtyards that are left alone: nobody is moved out of them or into them.
        retired: Ids of courtyards that lived even before: they are not given again. A directory
            knows its own.

    Raises:
        UsageError: As `partition`, and for a lock that is no previous courtyard.
        DataError: As `partition`, and for households that come twice in the previous assignment.

    Examples:
        >>> import gridgov
        >>> road = [(10.0 * i, 0.0) for i in range(40)]
        >>> before = gridgov.partition(road[:38])
        >>> after = gridgov.revise(before, road)
        >>> after.moved, after.entered, after.left
        (0, 2, 0)
        >>> after.changes["why"].tolist()
        ['entered', 'entered']
    """
    clock = Clock()
    options = partition_options(
        min=min,
        max=max,
        target=target,
        courtyards=courtyards,
        metric=metric,
        effort=effort,
        group_weight=group_weight,
        seed=seed,
        threads=threads,
    )
    keep_m = None if keep is None else number(keep, "keep")
    rules = grid_rules(grids, grid_courtyards)
    link_m_max = longest_link_m(max_link_m)
    if isinstance(lock, str):
        lock = (lock,)
    before, retired_before = _previous(previous)
    read = inputs.read(
        households,
        ids=ids,
        weights=weights,
        villages=villages,
        heads=heads,
        pins=pins,
        groups=groups,
        links=links,
        roads=roads,
        barriers=barriers,
        unlocated=unlocated,
        crs=crs,
        roads_crs=roads_crs,
        barriers_crs=barriers_crs,
    )
    clock.stage("input")
    graph = _core.neighbours(read.town, link_m_max=link_m_max, threads=threads_used(threads))
    clock.stage("neighbours")
    head_ids = None
    if "head_household_id" in before.columns:
        head_ids = inputs.texts(before["head_household_id"])
    revised = _core.revise(
        read.town,
        graph,
        household_ids=inputs.texts(inputs.column_of(before, "household_id", "assignment")),
        courtyard_ids=inputs.texts(inputs.column_of(before, "courtyard_id", "assignment")),
        head_ids=head_ids,
        retired_ids=[*retired_before, *map(str, retired)],
        options=options,
        keep_m=keep_m,
        locked=[str(name) for name in lock],
        progress=progress,
    )
    clock.stage("revision")
    grouped = None
    if rules.wanted:
        grouped = _core.group_into_grids(read.town, graph, revised.partition, rules, options, None)
        clock.stage("grids")
    summary = summary_of(
        read,
        graph,
        revised.partition,
        grouped,
        None,
        min=min,
        max=max,
        target=target,
        metric=metric,
        seed=seed,
        effort=effort,
        threads=threads,
        seconds=clock.seconds,
    )
    summary |= {
        "kept": revised.kept,
        "moved": revised.moved,
        "entered": revised.entered,
        "left": revised.left,
        "moved_lower_bound": revised.moved_lower_bound,
    }
    result = Revision(read, graph, revised, grouped, summary)
    result.rules = rules_of(summary, group_weight, max_link_m)
    return result


def _previous(given: Any) -> tuple[pd.DataFrame, list[str]]:
    """Who was where, and the ids that lived before."""
    if isinstance(given, Revision):
        return given.households, given.retired_ids
    if isinstance(given, Partition):
        return given.households, []
    if isinstance(given, pd.DataFrame):
        return given, []
    if isinstance(given, str | os.PathLike):
        return read_previous(Path(given))
    if isinstance(given, pd.Series):
        given = dict(zip(given.index.tolist(), given.tolist(), strict=True))
    if isinstance(given, Mapping):
        columns = {"household_id": list(given.keys()), "courtyard_id": list(given.values())}
        return pd.DataFrame(columns, dtype=object), []
    raise usage_error(
        "type_wrong",
        option="previous",
        given=type(given).__name__,
        wanted="a directory of results, a Partition, a mapping, or a frame household_id, "
        "courtyard_id",
    )


def read_previous(directory: Path) -> tuple[pd.DataFrame, list[str]]:
    """What a directory of results says of who was where. OSError where it cannot be read."""
    frame = _texts_of(directory / "households.csv")
    return frame, read_retired(directory)


def read_retired(directory: Path) -> list[str]:
    """The ids that lived before; none where no table says so."""
    path = directory / RETIRED
    return _texts_of(path)["courtyard_id"].tolist() if path.is_file() else []


def _texts_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
