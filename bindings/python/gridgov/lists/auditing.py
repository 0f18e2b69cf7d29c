"""What is wrong with a catalogue as a whole, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import Findings
from gridgov.lists.catalogue import Language, as_catalogue
from gridgov.options import integer

ITEM_CHANGES = ("added", "removed", "moved", "relisted", "heavier", "lighter")


def audit(
    catalogue: Any, *, referral_hops_max: int = 3, title_similarity_min: int = 70
) -> Findings:
    """Everything that is wrong with a catalogue, each with a concrete witness.

    Args:
        catalogue: A `Catalogue`, or what `catalogue` takes.
        referral_hops_max: The most referrals before somebody must deal with a matter.
        title_similarity_min: From how many percent on two titles are near.

    Returns:
        Findings by code; `records` are item ids first, `fields` hold the witness.

    Examples:
        >>> from gridgov import lists
        >>> item = {"actor": "level:village", "basis": ["Act, art. 1"]}
        >>> found = lists.audit({
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [
        ...         {"id": "M-1", "matter": "land/dispute", "list": "must", **item},
        ...         {"id": "N-1", "matter": "land", "list": "negative", **item},
        ...     ],
        ... })
        >>> [(finding.code, finding.severity, finding.records[:2]) for finding in found][0]
        ('item_conflict', 'error', ('N-1', 'M-1'))
    """
    return Findings(
        _core.audit(
            as_catalogue(catalogue)._core,
            integer(referral_hops_max, "referral_hops_max", 0, 1000),
            integer(title_similarity_min, "title_similarity_min", 0, 100),
        )
    )


def conflicts(catalogue: Any) -> pd.DataFrame:
    """Items that contradict each other: `refusing, granting, exception` and a request to which
    both apply: `actor, matter, date, village, attributes`. `exception` is true where the refusing
    matter lies strictly below the other: that is no fault.

    Args:
        catalogue: A `Catalogue`, or what `catalogue` takes.

    Examples:
        >>> from gridgov import lists
        >>> found = lists.conflicts({
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [
        ...         {"id": "M-1", "matter": "land", "list": "must", "actor": "ganquan"},
        ...         {"id": "N-1", "matter": "land", "list": "negative", "actor": "ganquan"},
        ...     ],
        ... })
        >>> found[["refusing", "granting", "exception", "actor", "matter"]].values.tolist()
        [['N-1', 'M-1', False, 'ganquan', 'land']]
    """
    rows = [
        {"refusing": refusing, "granting": granting, "exception": exception, **request}
        for refusing, granting, exception, request in _core.conflicts(as_catalogue(catalogue)._core)
    ]
    names = ("refusing", "granting", "exception", "actor", "matter", "date", "village")
    return pd.DataFrame(rows, columns=[*names, "attributes"])


@dataclass(frozen=True, eq=False)
class Difference:
    """What changed from one catalogue to another.

    Attributes:
        items: A row a changed item: `change` (`added`, `removed`, `moved`, `relisted`, `heavier`,
            `lighter`), `item, older_item, newer_item, hours_older, hours_newer, leads_older,
            leads_newer`.
        loads: A row an actor and post that leads in either: `actor, post, shift` (`heavier`,
            `lighter`, `same`), `items_older, items_newer, hours_older, hours_newer`; hours a year.

    Examples:
        >>> from gridgov import lists
        >>> def year(*items):
        ...     return {"actor": [{"id": "ganquan", "level": "village"}], "item": [
        ...         {"id": id, "matter": id, "list": "must", "actor": "ganquan"} for id in items]}
        >>> lists.diff(year("M-1"), year("M-1", "M-2"))
        <gridgov.lists.Difference: 1 added; 1 posts heavier, 0 lighter>
    """

    items: pd.DataFrame
    loads: pd.DataFrame
    _texts: tuple[str, str]

    @property
    def heavier(self) -> pd.DataFrame:
        """Who carries more."""
        return self.loads[self.loads["shift"] == "heavier"]

    @property
    def lighter(self) -> pd.DataFrame:
        """Who carries less."""
        return self.loads[self.loads["shift"] == "lighter"]

    @property
    def moved(self) -> pd.DataFrame:
        """Items that others act under or lead now."""
        return self.items[self.items["change"] == "moved"]

    def text(self, lang: Language = "en") -> str:
        """The difference in a few lines."""
        return self._texts[0 if lang == "en" else 1]

    def as_record(self) -> dict[str, Any]:
        """As `gridgov lists diff --json` shows it."""
        items: list[dict[Any, Any]] = self.items.to_dict("records")
        loads = {
            shift: self.loads[self.loads["shift"] == shift].drop(columns="shift").to_dict("records")
            for shift in ("heavier", "lighter")
        }
        return loads | {
            change if change not in loads else f"items_{change}": [
                {name: value for name, value in item.items() if name != "change"}
                for item in items
                if item["change"] == change
            ]
            for change in ("moved", "added", "removed", "relisted", "heavier", "lighter")
        }

    def __repr__(self) -> str:
        counts = self.items["change"].value_counts()
        told = ", ".join(f"{counts[name]} {name}" for name in ITEM_CHANGES if name in counts)
        return (
            f"<gridgov.lists.Difference: {told or 'no item changed'}; {len(self.heavier)} posts "
            f"heavier, {len(self.lighter)} lighter>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_tables(self, {"posts": self.loads, "items": self.items})


def diff(older: Any, newer: Any) -> Difference:
    """Compares two catalogues: who carries more, who less, what moved.

    Items are the same where their ids are, and of the rest where list and matter are. Hours are
    those of the twelve months from each catalogue's beginning.

    Examples:
        >>> from gridgov import lists
        >>> def year(hours):
        ...     return {
        ...         "catalogue": {"effective_from": "2026-01-01"},
        ...         "actor": [{"id": "ganquan", "level": "village"}],
        ...         "item": [{"id": "M-1", "matter": "a", "list": "must", "actor": "ganquan",
        ...                   "hours": hours, "recurrence": "FREQ=MONTHLY"}],
        ...     }
        >>> d = lists.diff(year(1), year(2))
        >>> d.heavier[["actor", "hours_older", "hours_newer"]].values.tolist()
        [['ganquan', 12.0, 24.0]]
    """
    before, after = as_catalogue(older), as_catalogue(newer)
    items, loads, texts = _core.difference(before._core, after._core)
    return Difference(_table(items, _ITEM), _table(loads, _LOAD), texts)


_ITEM = (
    "change",
    "item",
    "older_item",
    "newer_item",
    "hours_older",
    "hours_newer",
    "leads_older",
    "leads_newer",
)
_LOAD = ("actor", "post", "shift", "items_older", "items_newer", "hours_older", "hours_newer")


def _table(rows: list[dict[str, Any]], names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(names))
