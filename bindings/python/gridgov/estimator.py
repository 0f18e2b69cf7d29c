"""Courtyards as scikit-learn's clusterers are used; scikit-learn itself is not needed."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import usage_error
from gridgov.options import Effort, Metric, Unlocated
from gridgov.partitioning import Partition, Progress, partition

_OPTIONS = tuple(inspect.signature(partition).parameters)[1:]


class Courtyards:
    """A clusterer whose clusters are courtyards: options first, then `fit` or `fit_predict`.

    Takes the keywords of `gridgov.partition`, which stand as attributes of the same names, and
    works in scikit-learn's pipelines and with its `clone`. There is no `predict`: where a new
    household belongs depends on all others; `gridgov.revise` says.

    Attributes:
        labels_: A courtyard per household, after `fit`; read-only.
        partition_: The whole result, after `fit`.
        n_features_in_: Columns of what was fitted.
        feature_names_in_: Their names, where it was a frame whose columns all have texts as names.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(24)]
        >>> courtyards = gridgov.Courtyards(min=5, max=15, target=12)
        >>> courtyards
        Courtyards(min=5, max=15, target=12)
        >>> courtyards.fit_predict(line).tolist()[:3]
        [0, 0, 0]
        >>> courtyards.partition_.summary["courtyards"]
        2
    """

    labels_: NDArray[np.int32]
    partition_: Partition
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    def __init__(
        self,
        *,
        ids: Any = None,
        weights: Any = None,
        villages: Any = None,
        heads: Any = None,
        pins: Any = None,
        groups: Any = None,
        previous: Any = None,
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
        bound: bool = False,
        crs: Any = None,
        roads_crs: Any = None,
        barriers_crs: Any = None,
        progress: Progress | None = None,
    ) -> None:
        self.ids = ids
        self.weights = weights
        self.villages = villages
        self.heads = heads
        self.pins = pins
        self.groups = groups
        self.previous = previous
        self.links = links
        self.roads = roads
        self.barriers = barriers
        self.max_link_m = max_link_m
        self.metric = metric
        self.min = min
        self.max = max
        self.target = target
        self.courtyards = courtyards
        self.grids = grids
        self.grid_courtyards = grid_courtyards
        self.group_weight = group_weight
        self.unlocated = unlocated
        self.effort = effort
        self.seed = seed
        self.threads = threads
        self.bound = bound
        self.crs = crs
        self.roads_crs = roads_crs
        self.barriers_crs = barriers_crs
        self.progress = progress

    def fit(self, X: Any, y: object = None) -> Courtyards:  # noqa: N803 (scikit-learn's name)
        """Partitions the households of `X`; `y` is ignored."""
        self.partition_ = partition(X, **self.get_params())
        self.labels_ = self.partition_.labels_
        self._note_features(X)
        return self

    def fit_predict(self, X: Any, y: object = None) -> NDArray[np.int32]:  # noqa: N803
        """Partitions the households of `X` and returns the labels."""
        return self.fit(X, y).labels_

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All options by name, as they are set."""
        return {name: getattr(self, name) for name in _OPTIONS}

    def set_params(self, **options: Any) -> Courtyards:
        """Sets options; UsageError for one that `gridgov.partition` does not have."""
        for name in options:
            if name not in _OPTIONS:
                known = ", ".join(_OPTIONS)
                raise usage_error("option_unknown", option="option", value=name, known=known)
        for name, value in options.items():
            setattr(self, name, value)
        return self

    def _note_features(self, given: Any) -> None:
        """What scikit-learn keeps of the table that was fitted."""
        self.__dict__.pop("feature_names_in_", None)
        if not isinstance(given, pd.DataFrame):
            self.n_features_in_ = 2 if np.ndim(given) == 2 else 1  # 1: a GeoSeries
            return
        self.n_features_in_ = given.shape[1]
        if all(isinstance(name, str) for name in given.columns):
            self.feature_names_in_ = np.array(given.columns, dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "labels_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="clusterer",
            target_tags=TargetTags(required=False),
            input_tags=InputTags(two_d_array=True, allow_nan=self.unlocated == "group"),
        )

    def __repr__(self) -> str:
        usual = inspect.signature(partition).parameters
        given = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value is not usual[name].default and not _equal(value, usual[name].default)
        )
        return f"Courtyards({', '.join(given)})"


def _equal(value: Any, usual: Any) -> bool:
    """Whether a value is the usual one; of arrays and frames it is not asked."""
    return isinstance(value, str | int | float) and bool(value == usual)
