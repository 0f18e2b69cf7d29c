"""FEEL unary tests (OMG DMN 1.3), as rulebooks and catalogues have them, over one's own columns.

>>> from gridgov.conditions import UnaryTests
>>> UnaryTests("[60..80), null").matches([59, 60, None, 80]).tolist()
[False, True, True, False]
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov import _core
from gridgov.inputs import choice
from gridgov.points import columns

__all__ = ["TYPES", "UnaryTests"]

#: What values can be.
TYPES = ("boolean", "number", "text", "date")


class UnaryTests:
    """A cell of a decision table: `>= 18`, `[2..5)`, `"party_member","veteran"`, `not(null)`, `-`.

    Read once, whole; immutable. Comparisons, open and closed ranges, lists, `not(…)`, numbers,
    texts, booleans, dates, null. What else FEEL has is refused by its name: arithmetic, names of
    columns, functions, times, durations.

    Args:
        text: The tests.
        type: What the values are: one of `TYPES`; None for the type that the tests compare with
            (that of `-`, `null` and `not(null)`, which fit every column, is `any`).

    Raises:
        DataError: What is wrong with the text, and where; tests that compare with another type.
        UsageError: No such type.

    Examples:
        >>> tests = UnaryTests('"party_member", "veteran"')
        >>> tests.type, tests.matches(["veteran", "student", None]).tolist()
        ('text', [True, False, False])
        >>> UnaryTests('>= date("2026-01-01")').matches(np.array(["2026-05-01"], "M8[D]"))
        array([ True])
        >>> UnaryTests(">= 18", type="text")
        Traceback (most recent call last):
        gridgov.errors.DataError: ...
        >>> UnaryTests("[10..20]").overlap(UnaryTests("< 12"))
        '10'
    """

    __slots__ = ("_core",)

    def __init__(self, text: str, type: str | None = None) -> None:
        self._core = _core.UnaryTests(
            str(text), None if type is None else choice(type, "type", TYPES)
        )

    @property
    def text(self) -> str:
        """The text that was read."""
        return self._core.text

    @property
    def type(self) -> str:
        """The type of the values: one of `TYPES`, or `any`."""
        return self._core.type

    @property
    def empty(self) -> bool:
        """Whether nothing satisfies them: `(5..5)`."""
        return self._core.empty

    @property
    def everything(self) -> bool:
        """Whether every value does, a missing one too: `-`, or `null, <5, >=5`."""
        return self._core.everything

    def matches(self, column: Any) -> NDArray[np.bool_]:
        """Which values of a column satisfy the tests.

        A missing value (None, NaN, NaT, pd.NA, an empty text, no category) satisfies only `null`
        and `-`, and lists that contain one; never `not(…)`. Of a categorical column the categories
        are asked, not the rows. Of a time of day the day counts.

        Args:
            column: An array, a Series, an Index, an Arrow array or a list: numbers, booleans,
                dates, or texts, which are read as the type of the tests
                (`18`, `2026-01-31`, `yes`, `是`).

        Returns:
            True or False a row.

        Raises:
            DataError: Texts that cannot be read as that type, and infinite numbers: each once, with
                its first row.
            UsageError: A column of another type.
        """
        name = getattr(column, "name", None)
        return self._core.matches(columns.named(column), "values" if name is None else str(name))

    def overlap(self, *others: UnaryTests) -> str | None:
        """The simplest value that satisfies these tests and all others, as FEEL writes it; None
        where there is none. Without others, a value that satisfies these. Exact."""
        return self._core.common_value([other._core for other in others])

    def beyond(self, other: UnaryTests) -> str | None:
        """A value that satisfies these tests and not the other, as FEEL writes it; None where the
        other covers these."""
        return self._core.value_beyond(other._core)

    def __eq__(self, other: object) -> bool:
        """Whether the same values of the same type satisfy both, however they are written."""
        return isinstance(other, UnaryTests) and self._core.same(other._core)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r}, {self.type!r})"

    def __reduce__(self) -> Any:
        return UnaryTests, (self.text, None if self.type == "any" else self.type)
