"""Courtyards as scikit-learn's clusterers are used; scikit-learn itself is not needed."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import usage_error
from gridgov.partitioning import Partition, partition

_OPTIONS = tuple(inspect.signature(partition).parameters)[1:]


class Courtyards:
    """A clusterer whose clusters are courtyards: options first, then `fit` or `fit_predict`.

    Takes the keywords of `gridgov.partition`.

    Attributes:
        labels_: A courtyard per household, after `fit`.
        partition_: The whole result, after `fit`.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(24)]
        >>> gridgov.Courtyards(min=5, max=15, target=12).fit_predict(line).tolist()[:3]
        [0, 0, 0]
    """

    labels_: NDArray[np.int32]
    partition_: Partition

    def __init__(self, **options: Any) -> None:
        self._options: dict[str, Any] = {}
        self.set_params(**options)

    def fit(self, X: Any, y: object = None) -> Courtyards:  # noqa: N803 (scikit-learn's name)
        """Partitions the households of `X`; `y` is ignored."""
        self.partition_ = partition(X, **self._options)
        self.labels_ = self.partition_.labels_
        return self

    def fit_predict(self, X: Any, y: object = None) -> NDArray[np.int32]:  # noqa: N803
        """Partitions the households of `X` and returns the labels."""
        return self.fit(X, y).labels_

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The options that were given."""
        return dict(self._options)

    def set_params(self, **options: Any) -> Courtyards:
        """Sets options; UsageError for one that `gridgov.partition` does not have."""
        for name in options:
            if name not in _OPTIONS:
                known = ", ".join(_OPTIONS)
                raise usage_error("option_unknown", option="option", value=name, known=known)
        self._options |= options
        return self

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"Courtyards({given})"
