"""What rules cause apart from what people do: every set of rulebooks against every register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import usage_error
from gridgov.points import columns
from gridgov.points.rulebook import Given, Rulebooks
from gridgov.points.settlement import Settlement, settle, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gridgov.errors import Language

#: First and last rulebooks and registers: both first, only one of them last, both last.
_CORNERS = ("before", "rules_only", "people_only", "after")
_MONEY = ("held", "liability_yuan", "budget_yuan")


class Decomposition:
    """All rulebooks against all registers: what rules cause apart from what people do.

    From the first register under the first rulebooks (`before`) to the last under the last
    (`after`), the change is the rules' part and the people's: Shapley's value, the mean of both
    orders, so that the two add up to it exactly.

    Attributes:
        points: Earned less deducted, a row a set of rulebooks, a column a register.
        rules_effect: From a set of rulebooks to the next, under each register.
        people_effect: From a register to the next, under each set of rulebooks.
        rules_part: Of the change, what the rules cause.
        people_part: Likewise, what people's doing causes.
        unit_scale: Units that make a point when shown; 1 where settlements differ.

    Examples:
        >>> from gridgov import points
        >>> def rules(given):
        ...     return {
        ...         "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...         "rule": [{"id": "meeting", "deed": "meeting", "points": given}],
        ...     }
        >>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...             "deed": ["meeting"], "stage": ["posted"]}
        >>> year = {"as_of": "2026-12-31", "households": {"household_id": ["h1"]},
        ...         "register": register}
        >>> d = points.decompose({"old": rules(2), "new": rules(3)}, {"2026": year})
        >>> d
        <gridgov.points.Decomposition: rules +1, people +0>
        >>> d.villages[["village", "change", "rules_part"]].values.tolist()
        [['all', 1, 1.0]]
    """

    def __init__(
        self, settlements: Sequence[Sequence[Settlement]], rows: Any, columns: Any
    ) -> None:
        count, width = len(settlements), len(settlements[0])
        flat = [one for row in settlements for one in row]
        made = _core.decompose_points([one.core for one in flat], count, width)
        self.points = pd.DataFrame(np.reshape(made["points"], (count, width)), rows, columns)
        self.rules_effect = pd.DataFrame(
            np.reshape(made["rules_effect"], (count - 1, width)), rows[1:], columns
        )
        self.people_effect = pd.DataFrame(
            np.reshape(made["people_effect"], (count, width - 1)), rows, columns[1:]
        )
        self.rules_part = made["rules_part_doubled"] / 2
        self.people_part = made["people_part_doubled"] / 2
        scales = {one.unit_scale for one in flat}
        self.unit_scale = scales.pop() if len(scales) == 1 else 1
        first, last = settlements[0], settlements[-1]
        self._corners = dict(zip(_CORNERS, (first[0], last[0], first[-1], last[-1]), strict=True))
        self._rulebooks = {
            name: row[0].rulebooks.ids for name, row in zip(rows, settlements, strict=True)
        }
        self._registers = {
            name: one.as_of.isoformat() for name, one in zip(columns, first, strict=True)
        }
        self._money = [{name: one.summary[name] for name in _MONEY} for one in flat]

    @property
    def summary(self) -> dict[str, Any]:
        """Sets of rulebooks with the ids of theirs, registers with their days, the points of every
        pair, and the change with its two parts."""
        points = self.points.to_numpy(dtype=np.int64).tolist()
        before, after = points[0][0], points[-1][-1]
        return {
            "rulebooks": self._rulebooks,
            "registers": self._registers,
            "unit_scale": self.unit_scale,
            "points": {
                name: dict(zip(self._registers, row, strict=True))
                for name, row in zip(self._rulebooks, points, strict=True)
            },
            "before": before,
            "after": after,
            "change": after - before,
            "rules_part": _plain(self.rules_part),
            "people_part": _plain(self.people_part),
        }

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every pair: `rulebooks, register, points, rules_effect, people_effect, held,
        liability_yuan, budget_yuan`. The effects are against the rulebooks, or the register,
        before; empty at the first."""
        rows, names = list(self.points.index), list(self.points.columns)
        effects = (self.rules_effect.reindex(rows), self.people_effect.reindex(columns=names))
        of: dict[str, Any] = {
            "rulebooks": np.repeat(np.array(rows, object), len(names)),
            "register": np.tile(np.array(names, object), len(rows)),
            "points": self.points.to_numpy().ravel(),
        }
        for name, effect in zip(("rules_effect", "people_effect"), effects, strict=True):
            of[name] = pd.array(effect.to_numpy(dtype=object).ravel(), dtype="Int64")
        frame = pd.DataFrame(of).astype({"rulebooks": "str", "register": "str"})
        for name in _MONEY:
            values = [one[name] for one in self._money]
            frame[name] = pd.Series(values, dtype="int64" if name == "held" else "float64")
        return frame

    @cached_property
    def households(self) -> pd.DataFrame:
        """`household_id, before, after, change, rules_part, people_part` of households with a part
        that is not 0, the greatest change first; one that a register does not have counts as 0."""
        parts = self._parts("household_id")
        moved = parts[(parts["rules_part"] != 0) | (parts["people_part"] != 0)]
        order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
        return moved.loc[order].reset_index(drop=True)

    @cached_property
    def villages(self) -> pd.DataFrame:
        """`village, before, after, change, rules_part, people_part`, all."""
        return self._parts("village")

    def _parts(self, by: str) -> pd.DataFrame:
        net = {name: _net(one, by) for name, one in self._corners.items()}
        ids = sorted(set().union(*(one.index for one in net.values())))
        of = {name: one.reindex(ids, fill_value=0).to_numpy() for name, one in net.items()}
        before, after = of["before"], of["after"]
        rules = (of["rules_only"] - before) + (after - of["people_only"])
        people = (of["people_only"] - before) + (after - of["rules_only"])
        return pd.DataFrame(
            {
                by: pd.Series(ids, dtype="str"),
                "before": before,
                "after": after,
                "change": after - before,
                "rules_part": rules / 2,
                "people_part": people / 2,
            }
        )

    def plot(self, *, lang: Language = "en", axes: Axes | None = None) -> Axes:
        """Draws the points of every register, a line a set of rulebooks: from line to line what the
        rules do, along a line what people do."""
        from gridgov.points import decomposition_plot

        return decomposition_plot.draw(self, language=lang, axes=axes)

    def __getstate__(self) -> dict[str, Any]:
        """Pickles without the settlements, which may have kept no state."""
        made = {"households": self.households, "villages": self.villages}
        return {name: value for name, value in vars(self).items() if name != "_corners"} | made

    def __repr__(self) -> str:
        return (
            f"<gridgov.points.Decomposition: rules {self.rules_part:+g}, "
            f"people {self.people_part:+g}>"
        )

    def _repr_html_(self) -> str:
        named = self.points.rename_axis(index="rulebooks").reset_index()
        return notebook.summary_and_rows(self, named, "sets of rulebooks")


def _net(settlement: Settlement, by: str) -> pd.Series:
    """Earned less deducted, by household or by village."""
    of = settlement.core.households()
    points = of["earned"] - of["deducted"]
    if by == "household_id":
        ids = columns.strings(of["ids"]).to_pylist()
        return pd.Series(points, index=ids, dtype="int64")
    sums = np.zeros(len(settlement.villages), np.int64)
    np.add.at(sums, np.asarray(of["villages"], np.int64), points)
    return pd.Series(sums, index=settlement.villages, dtype="int64")


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def halves(units: float, scale: int) -> str:
    """Units, perhaps with a half, as points.

    >>> halves(12.5, 1), halves(3, 10), halves(-0.5, 10)
    ('12.5', '0.3', '-0.05')
    """
    return shown(int(units), scale) if units == int(units) else shown(int(units * 10), scale * 10)


def decompose(
    rulebooks: Mapping[str, Rulebooks | Given | list[Given]],
    registers: Mapping[str, Mapping[str, Any]],
) -> Decomposition:
    """Settles every register under every set of rulebooks.

    Args:
        rulebooks: Sets of rulebooks by a name.
        registers: What `settle` takes, by a name: a mapping with `households, register, as_of` and
            further options.

    Examples:
        >>> from gridgov import points
        >>> def rules(given):
        ...     return {
        ...         "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2025-01-01"},
        ...         "rule": [{"id": "meeting", "deed": "meeting", "points": given}],
        ...     }
        >>> def year(year, meetings):
        ...     return {"as_of": f"{year}-12-31", "households": {"household_id": ["h1"]},
        ...             "register": {"register_no": [f"r{i}" for i in range(meetings)],
        ...                          "date": [f"{year}-03-01"] * meetings,
        ...                          "household_id": ["h1"] * meetings,
        ...                          "deed": ["meeting"] * meetings,
        ...                          "stage": ["posted"] * meetings}}
        >>> d = points.decompose({"2 points": rules(2), "3 points": rules(3)},
        ...                      {"2025": year(2025, 4), "2026": year(2026, 6)})
        >>> d.points.values.tolist(), d.rules_part, d.people_part
        ([[8, 12], [12, 18]], 5.0, 5.0)
    """
    for option, given in (("rulebooks", rulebooks), ("registers", registers)):
        if not given:
            raise usage_error(
                "option_out_of_range", option=option, value="{}", wanted="at least one"
            )
    books = {name: Rulebooks(given) for name, given in rulebooks.items()}
    settled = [[settle(book, **given) for given in registers.values()] for book in books.values()]
    return Decomposition(settled, list(books), list(registers))
