"""What a change of rules does: the same register under two sets of rulebooks.

Every set against every register: `gridgov.points.decomposition`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov import _core, notebook
from gridgov.points.rulebook import Given, Rulebooks
from gridgov.points.settlement import Settlement, settle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gridgov.errors import Language

#: Sums of a settlement that a comparison shows before and after.
_SUMS = ("issued", "held", "deducted", "redeemed", "expired", "forfeited", "pending")


class Comparison:
    """Two settlements of the same tables: who gains, who loses, by which rule; points and yuan.

    Attributes:
        before: The settlement under the old rulebooks.
        after: The settlement under the new ones.
        households: `household_id, before, after, change` of balances that differ, the greatest
            change first.
        villages: `village, before, after, change`, all.
        rules: `rule_id, before, after, change`: what each rule gave, deductions negative.

    Made by `compare`, or of two settlements of the same tables:

    Examples:
        >>> from gridgov import points
        >>> def settled(given):
        ...     rules = {
        ...         "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...         "rule": [{"id": "meeting", "deed": "meeting", "points": given}],
        ...     }
        ...     register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...                 "deed": ["meeting"], "stage": ["posted"]}
        ...     return points.settle(rules, {"household_id": ["h1"]}, register, as_of="2026-12-31")
        >>> c = points.Comparison(settled(2), settled(5))
        >>> c.households.values.tolist(), c.summary["issued"]["change"]
        ([['h1', 2, 5, 3]], 3)
    """

    def __init__(self, before: Settlement, after: Settlement) -> None:
        self.before, self.after = before, after
        made = _core.compare_points(before.core, after.core)
        self.households = _frame("household_id", made["households"])
        self.villages = _frame("village", made["villages"])
        self.rules = _frame("rule_id", made["rules"])
        self._counts = {name: made[name] for name in ("gaining", "losing", "unchanged")}

    @cached_property
    def by_household(self) -> pd.DataFrame:
        """By which rules each household gains and loses: `village, household_id, rule_id, before,
        after, change` of what each rule gave, where that differs; by village, household, rule."""
        made = _core.compare_points_by_rule(self.before.core, self.after.core)
        names = ("village", "household_id", "rule_id")
        frame = pd.DataFrame(
            {name: pd.Series(made[name], dtype="str") for name in names}
            | {name: made[name] for name in ("before", "after")}
        )
        return frame.assign(change=frame["after"] - frame["before"])

    @cached_property
    def by_village(self) -> pd.DataFrame:
        """The same by village: `village, rule_id, gaining, losing, before, after, change`, with the
        number of households that gain and that lose by the rule."""
        of = self.by_household.assign(
            gaining=lambda frame: frame["change"] > 0, losing=lambda frame: frame["change"] < 0
        )
        sums = ["gaining", "losing", "before", "after", "change"]
        summed: pd.DataFrame = of.groupby(["village", "rule_id"], as_index=False)[sums].sum()
        return summed

    @property
    def summary(self) -> dict[str, Any]:
        """Households that gain and lose, and the sums before, after and their change; yuan too."""
        before, after = self.before.summary, self.after.summary
        sums = {
            name: {
                "before": before[name],
                "after": after[name],
                "change": after[name] - before[name],
            }
            for name in _SUMS
        }
        yuan = {}
        for name in ("liability_yuan", "budget_yuan"):
            old, new = before[name], after[name]
            change = None if old is None or new is None else _hundredths(new - old)
            yuan[name] = {"before": old, "after": new, "change": change}
        return {
            "as_of": before["as_of"],
            "rulebooks": {"before": before["rulebooks"], "after": after["rulebooks"]},
            "unit_scale": self.unit_scale,
            **self._counts,
            **sums,
            **yuan,
        }

    @property
    def unit_scale(self) -> int:
        """Units that make a point when shown; 1 where the two differ."""
        old, new = self.before.unit_scale, self.after.unit_scale
        return old if old == new else 1

    def plot(self, *, lang: Language = "en", axes: Axes | None = None) -> Axes:
        """Draws who gains and who loses, and by which rules."""
        from gridgov.points import plot

        return plot.draw(self, language=lang, axes=axes)

    def _repr_html_(self) -> str:
        return notebook.summary_and_tables(self, {"rules": self.rules, "villages": self.villages})

    def __repr__(self) -> str:
        of = self._counts
        return (
            f"<gridgov.points.Comparison: {of['gaining']} households gain, {of['losing']} lose, "
            f"{of['unchanged']} as before>"
        )


def _hundredths(value: float) -> int | float:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _frame(name: str, of: tuple[list[str], Any, Any]) -> pd.DataFrame:
    ids, before, after = of
    frame = {name: pd.Series(ids, dtype="str"), "before": before, "after": after}
    return pd.DataFrame(frame | {"change": after - before})


def compare(
    old: Rulebooks | Given | list[Given],
    new: Rulebooks | Given | list[Given],
    households: Any,
    register: Any,
    **options: Any,
) -> Comparison:
    """Settles the same tables under two sets of rulebooks and compares them.

    Args:
        old: The rulebooks as they are.
        new: The rulebooks as they might be.
        households: See `settle`.
        register: See `settle`.
        **options: Those of `settle`.

    Examples:
        >>> from gridgov import points
        >>> def rules(given):
        ...     return {
        ...         "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...         "rule": [{"id": "meeting", "deed": "meeting", "points": given}],
        ...     }
        >>> register = {"register_no": ["r1"], "date": ["2026-03-01"], "household_id": ["h1"],
        ...             "deed": ["meeting"], "stage": ["posted"]}
        >>> c = points.compare(rules(2), rules(3), {"household_id": ["h1", "h2"]}, register,
        ...                    as_of="2026-12-31")
        >>> c
        <gridgov.points.Comparison: 1 households gain, 0 lose, 1 as before>
        >>> c.rules.values.tolist()
        [['meeting', 2, 3, 1]]
    """
    before = settle(old, households, register, **options)
    return Comparison(before, settle(new, households, register, **options))
