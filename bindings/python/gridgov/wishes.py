"""Why a household is where it is, and what another courtyard would cost it.

What a result's other tables do not hold (coordinates, weights, pins, ways) stands in the
directory's `town.csv` and `rules.json`, so that it explains itself, wherever it is taken.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov import _core, inputs, notebook, tables
from gridgov.errors import Finding, Language, usage_error
from gridgov.language import text
from gridgov.options import longest_link_m, partition_options
from gridgov.partitioning import Partition, frame_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_HOUSEHOLD = 2**32 - 1


@dataclass(frozen=True)
class Price:
    """What it costs a household to be in another courtyard.

    Attributes:
        courtyard_id: That courtyard: to share one with the head that it has now.
        outcome: `granted`; `impossible` (proved); `not_found`.
        proved: Whether the price, or that there is none, is proved; else it is the best found.
        price_m: Metres that all distances to heads together would be longer; None if not granted.
        slack_m: Metres that they could be shorter even without the wish, as far as found.
        own_distance_m: The household's own distance to its head then.
        moved: The others who would change courtyard, and where to.
        fewest_price_m, fewest_moved: The same of the way, of those found, that moves fewest others.
        alone_price_m: Metres, if only the household moved; None where that breaks a rule.
        alone_breaks: The rules that it would break.
        notes: Who has to come along; and what stands in the way of a wish that is not granted.
    """

    courtyard_id: str
    outcome: str
    proved: bool
    price_m: float | None
    slack_m: float
    own_distance_m: float | None
    moved: dict[str, str]
    fewest_price_m: float | None
    fewest_moved: dict[str, str]
    alone_price_m: float | None
    alone_breaks: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def as_record(self, lang: Language = "en") -> dict[str, Any]:
        """As JSON shows it."""
        record = dict(self.__dict__)
        record["alone_breaks"] = [_record(finding, lang) for finding in self.alone_breaks]
        record["notes"] = [_record(finding, lang) for finding in self.notes]
        return record

    def text(self, lang: Language = "en") -> str:
        """As a person reads it: one or a few sentences."""
        parts = [_outcome_text(self, lang)]
        if self.outcome == "granted" and self.alone_breaks:
            breaks = _joined([finding.message(lang) for finding in self.alone_breaks], lang)
            parts.append(text("wish.alone_breaks", lang, breaks=breaks))
        for finding in [*self.notes, *([] if self.outcome == "granted" else self.alone_breaks)]:
            parts.append(finding.message(lang))
        return text("wish.joint", lang).join(dict.fromkeys(parts))


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a household is where it is.

    Attributes:
        household_id, courtyard_id, head_household_id: Who, where, and with whom as head.
        distance_m: To that head; None where it is not known.
        nearest_courtyard_id, nearest_distance_m: The courtyard with the nearest head (straight
            line), among those that links join to the household.
        prices: Other courtyards with the price of each, the nearest head first; or the one asked
            for.
        wished_courtyard_id: The one asked for; empty where all around are told.

    Examples:
        >>> import gridgov
        >>> p = gridgov.partition([(10.0 * i, 0.0) for i in range(45)], min=10, max=20, target=15)
        >>> found = gridgov.explain(p, "16")
        >>> found
        <gridgov.Explanation: household 16 in courtyard all-2, 60.0 m from its head; 2 priced>
        >>> found.frame()[["courtyard_id", "outcome", "price_m"]].values.tolist()[0]
        ['all-1', 'granted', 20.0]
    """

    household_id: str
    courtyard_id: str
    head_household_id: str
    distance_m: float | None
    nearest_courtyard_id: str
    nearest_distance_m: float | None
    prices: list[Price]
    wished_courtyard_id: str = ""

    @property
    def findings(self) -> list[Finding]:
        """What stands in the way of the wish that was asked for (an error), and notes on it."""
        if self.wished_courtyard_id == "":
            return []
        return [finding for price in self.prices for finding in price.notes]

    def frame(self, lang: Language = "en") -> pd.DataFrame:
        """A row per courtyard priced: `courtyard_id, outcome, proved, price_m, moved, text`."""
        return pd.DataFrame(
            {
                "courtyard_id": pd.array([one.courtyard_id for one in self.prices], dtype="str"),
                "outcome": pd.array([one.outcome for one in self.prices], dtype="str"),
                "proved": np.array([one.proved for one in self.prices], dtype=bool),
                "price_m": np.array([one.price_m for one in self.prices], dtype=np.float64),
                "moved": np.array([len(one.moved) for one in self.prices], dtype=np.int64),
                "text": pd.array([one.text(lang) for one in self.prices], dtype="str"),
            }
        )

    def __repr__(self) -> str:
        away = "" if self.distance_m is None else f", {self.distance_m:.1f} m from its head"
        return (
            f"<gridgov.Explanation: household {self.household_id} in courtyard "
            f"{self.courtyard_id}{away}; {len(self.prices)} priced>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.frame(), "courtyards")

    def as_record(self, lang: Language = "en") -> dict[str, Any]:
        """As JSON shows it."""
        record = dict(self.__dict__)
        record["prices"] = [price.as_record(lang) for price in self.prices]
        return record

    def text(self, lang: Language = "en") -> str:
        """As a person reads it."""
        lines = [_place_text(self, lang)]
        for price in self.prices:
            lines.append(f"{price.courtyard_id}: {price.text(lang)}")
        return "\n".join(lines)


def explain(source: Any, household: Any, to: Any = None) -> Explanation:
    """Why a household is where it is, and what it would cost to be elsewhere.

    The price of a wish is found by solving again with the household held in the courtyard that it
    wishes for: proved by enumeration where at most 14 households hang together, else the best that
    a local search finds, never worse than moving it alone, exchanging it, or handing others on.

    Args:
        source: A `Partition` (of `partition` or `revise`), or a directory that they wrote.
        household: Its id.
        to: The id of the courtyard that it wishes for; without it all around are priced.

    Raises:
        UsageError: Unknown ids; a directory that does not hold what is needed.

    Examples:
        >>> import gridgov
        >>> p = gridgov.partition([(10.0 * i, 0.0) for i in range(45)], min=10, max=20, target=15)
        >>> wish = gridgov.explain(p, 14, to="all-2")
        >>> wish.courtyard_id, wish.prices[0].outcome
        ('all-1', 'granted')
    """
    partition, town = _of(source)
    ids = partition["household_id"]
    row_of = {name: row for row, name in enumerate(ids)}
    name = inputs.texts([household])[0]
    if name not in row_of:
        raise usage_error("unknown_household", household=name)
    labels, courtyard_ids = pd.factorize(np.array(partition["courtyard_id"], dtype=object))
    names = [str(one) for one in courtyard_ids]
    heads = np.full(len(names), _NO_HOUSEHOLD, dtype=np.uint32)
    heads[labels] = [row_of.get(head, _NO_HOUSEHOLD) for head in partition["head_household_id"]]
    wished = -1
    if to is not None:
        asked = inputs.texts([to])[0]
        if asked not in names:
            raise usage_error("unknown_courtyard", courtyard=asked)
        wished = names.index(asked)
    found = _core.explain(
        town.read.town,
        town.graph,
        labels=labels.astype(np.int32),
        courtyard_ids=names,
        heads=heads,
        household=row_of[name],
        to=wished,
        options=town.options,
    )
    own = names[labels[row_of[name]]]
    return Explanation(
        household_id=name,
        courtyard_id=own,
        head_household_id=partition["head_household_id"][row_of[name]],
        distance_m=_finite(partition["distance_to_head_m"][row_of[name]]),
        nearest_courtyard_id="" if found["nearest"] < 0 else names[found["nearest"]],
        nearest_distance_m=_finite(found["nearest_distance_m"]),
        prices=[_price(one, ids, names) for one in found["around"]],
        wished_courtyard_id="" if wished < 0 else names[wished],
    )


def _price(found: Mapping[str, Any], ids: list[str], names: list[str]) -> Price:
    def moves(who: str, where: str) -> dict[str, str]:
        pairs = zip(found[who], found[where], strict=True)
        return {ids[row]: names[label] for row, label in pairs}

    return Price(
        courtyard_id=names[found["courtyard"]],
        outcome=found["outcome"],
        proved=found["proved"],
        price_m=_finite(found["price_m"]),
        slack_m=found["slack_m"],
        own_distance_m=_finite(found["own_distance_then_m"]),
        moved=moves("moved", "moved_to"),
        fewest_price_m=_finite(found["fewest_price_m"]),
        fewest_moved=moves("fewest_moved", "fewest_moved_to"),
        alone_price_m=_finite(found["alone_price_m"]),
        alone_breaks=found["alone_breaks"],
        notes=found["notes"],
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _record(finding: Finding, lang: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message(lang),
        "records": list(finding.records),
    }


# Texts


def _metres(value: float) -> str:
    shown = f"{abs(value):.1f}"
    return shown.removesuffix(".0")


def _joined(parts: list[str], lang: Language) -> str:
    return text("wish.joint", lang).join(parts)


def _who(moved: Mapping[str, str], lang: Language) -> str:
    shown = [f"{household} → {courtyard}" for household, courtyard in list(moved.items())[:12]]
    listed = text("wish.comma", lang).join(shown)
    more = len(moved) - len(shown)
    return listed if more <= 0 else text("wish.and_more", lang, listed=listed, count=more)


def _outcome_text(price: Price, lang: Language) -> str:
    if price.outcome != "granted" or price.price_m is None:
        return text(f"wish.{price.outcome}", lang)
    parts = []
    if price.slack_m > 0.05 and price.fewest_price_m is not None:
        # What would be shorter anyway is not this wish's doing: the least change comes first.
        key = "wish.costs" if price.fewest_price_m >= 0 else "wish.saves"
        sure = text("wish.moving_fewest", lang)
        parts.append(text(key, lang, metres=_metres(price.fewest_price_m), sure=sure))
        if price.fewest_moved:
            count = len(price.fewest_moved)
            parts.append(text("wish.others", lang, count=count, who=_who(price.fewest_moved, lang)))
        else:
            parts.append(text("wish.nobody_else", lang))
        fields = {"slack": _metres(price.slack_m), "own": _metres(price.price_m + price.slack_m)}
        parts.append(text("wish.slack_own", lang, count=len(price.moved), **fields))
        return _joined(parts, lang)
    key = "wish.costs" if price.price_m >= 0 else "wish.saves"
    sure = text("wish.proved" if price.proved else "wish.best_found", lang)
    parts.append(text(key, lang, metres=_metres(price.price_m), sure=sure))
    if price.slack_m > 0.05:
        parts.append(text("wish.slack", lang, metres=_metres(price.slack_m)))
    if price.moved:
        count = len(price.moved)
        parts.append(text("wish.others", lang, count=count, who=_who(price.moved, lang)))
    else:
        parts.append(text("wish.nobody_else", lang))
    if price.fewest_price_m is not None and len(price.fewest_moved) < len(price.moved):
        metres = _metres(price.fewest_price_m)
        if price.fewest_moved:
            who = _who(price.fewest_moved, lang)
            count = len(price.fewest_moved)
            parts.append(text("wish.fewest", lang, count=count, who=who, metres=metres))
        else:
            parts.append(text("wish.alone", lang, metres=metres))
    return _joined(parts, lang)


def _place_text(explanation: Explanation, lang: Language) -> str:
    fields = {
        "household": explanation.household_id,
        "courtyard": explanation.courtyard_id,
        "head": explanation.head_household_id,
    }
    if explanation.distance_m is None:
        return text("wish.place_unknown", lang, **fields)
    parts = [text("wish.place", lang, **fields, metres=_metres(explanation.distance_m))]
    if explanation.nearest_courtyard_id == explanation.courtyard_id:
        parts.append(text("wish.nearest_own", lang))
    elif explanation.nearest_distance_m is not None:
        parts.append(
            text(
                "wish.nearest_other",
                lang,
                courtyard=explanation.nearest_courtyard_id,
                metres=_metres(explanation.nearest_distance_m),
            )
        )
    return _joined(parts, lang)


# What has to be known of the town


@dataclass(frozen=True)
class _Town:
    """A town made again from what was kept of it."""

    read: inputs.Inputs
    graph: _core.Neighbours
    options: _core.Options


def town_tables(partition: Partition) -> dict[str, pd.DataFrame]:
    """What the tables of a result do not hold: households `id, x_m, y_m, village` (and `weight,
    head, pin, group` where they say something), and the ways where walks follow them."""
    weights, may_be_head, pins, groups = partition._town_columns
    columns: dict[str, Any] = {
        "id": np.array(partition._ids, dtype=object),
        "x_m": partition.x_m,
        "y_m": partition.y_m,
        "village": partition.households["village_id"].to_numpy(dtype=object),
    }
    if np.any(weights != 1):
        columns["weight"] = weights
    if not np.all(may_be_head):
        columns["head"] = may_be_head.astype(np.int64)
    if pins:
        columns["pin"] = np.array(pins, dtype=object)
    if groups:
        columns["group"] = np.array(groups, dtype=object)
    result = {"town": frame_of(columns)}
    if _walks_on_ways(partition.rules) and partition.roads is not None:
        result["town_nodes"], result["town_ways"] = partition.roads
    return result


def _walks_on_ways(rules: Mapping[str, Any]) -> bool:
    return rules.get("metric") == "walk" and rules.get("neighbours") == "ways"


def write_town(partition: Partition, directory: Path) -> None:
    """Writes what `explain` needs into a directory of results."""
    for name, frame in town_tables(partition).items():
        tables.write_csv(frame, directory / f"{name}.csv")
    (directory / "rules.json").write_text(
        json.dumps(partition.rules, indent=2) + "\n", encoding="utf-8", newline="\n"
    )


def _of(source: Any) -> tuple[dict[str, list[Any]], _Town]:
    if isinstance(source, Partition):
        return _columns(source.households), _town(town_tables(source), source.links, source.rules)
    if isinstance(source, str | os.PathLike):
        return _read(Path(source))
    raise usage_error(
        "type_wrong",
        option="source",
        given=type(source).__name__,
        wanted="a Partition, or a directory of results",
    )


def _columns(households: pd.DataFrame) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        name: inputs.texts(inputs.column_of(households, name, "households"))
        for name in ("household_id", "courtyard_id", "head_household_id")
    }
    distance = pd.to_numeric(households["distance_to_head_m"], errors="coerce")
    columns["distance_to_head_m"] = distance.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    return columns


def _read(directory: Path) -> tuple[dict[str, list[Any]], _Town]:
    """A directory of results."""
    part = "households.csv"
    try:
        households = _texts_of(directory / part)
        part = "links.csv"
        links = _texts_of(directory / part)
        part = "rules.json"
        rules = json.loads((directory / part).read_text(encoding="utf-8"))
        town = {}
        for name in ("town", *(("town_nodes", "town_ways") if _walks_on_ways(rules) else ())):
            part = f"{name}.csv"
            town[name] = _texts_of(directory / part)
        part = "rules.json, households.csv, town.csv"
        return _columns(households), _town(town, links, rules)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if hasattr(error, "finding") or hasattr(error, "findings"):
            raise
        reason = f"{part}: {error.strerror}" if isinstance(error, OSError) else part
        raise usage_error("directory_unexplained", path=directory, reason=reason) from None


def _texts_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _town(town: Mapping[str, pd.DataFrame], links: pd.DataFrame, rules: Mapping[str, Any]) -> _Town:
    frame = town["town"]
    named = {"weight": "weights", "head": "heads", "pin": "pins", "group": "groups"}
    given: dict[str, Any] = {}
    for name, option in named.items():
        if name in frame.columns:
            given[option] = frame[name]
    if _walks_on_ways(rules):
        given["roads"] = (town["town_nodes"], town["town_ways"])
    else:
        given["links"] = links
    read = inputs.read(frame[["id", "x_m", "y_m", "village"]], **given, unlocated="group")
    limit = rules["max_link_m"] if _walks_on_ways(rules) else None
    graph = _core.neighbours(read.town, link_m_max=longest_link_m(limit), threads=1)
    options = partition_options(
        min=rules["min"],
        max=rules["max"],
        target=rules["target"],
        metric=rules["metric"],
        group_weight=rules["group_weight"],
        threads=1,
    )
    return _Town(read, graph, options)
