"""May this be asked of us, may we issue it, and who says so?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gridgov import _core
from gridgov.lists.catalogue import Language, as_catalogue
from gridgov.lists.columns import (
    categorical,
    columns_of,
    day_array,
    day_of,
    text_array,
)

VERDICTS = tuple(_core.VERDICTS)


@dataclass(frozen=True)
class NearestMiss:
    """The item that would apply if the fewest fields were others.

    Attributes:
        item: Its id.
        cost: How far it is: 1 for each field, and for each segment of its matter that differs.
        changes: `{"field", "from", "to"}` for each field that would have to change.

    Examples:
        >>> from gridgov import lists
        >>> town = {
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "C-1", "matter": "certificate", "list": "certify",
        ...               "actor": "ganquan", "when": {"age": ">= 18"}}],
        ... }
        >>> refused = lists.decide(town, actor="ganquan", matter="certificate", date="2026-03-01",
        ...                        attributes={"age": 17})
        >>> refused.nearest_miss
        NearestMiss(item='C-1', cost=1, changes=[{'field': 'age', 'from': 17, 'to': 18}])
    """

    item: str
    cost: int
    changes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Decision:
    """What the lists say of one request.

    Attributes:
        verdict: `must`, `assist`, `refuse_negative`, `refuse_reclaimed`, `may_certify`,
            `refuse_certificate` or `unlisted`.
        item: The deciding item's id; None where none applies.
        overridden: Ids of all other items that apply, the strictest first.
        default: What the jurisdiction says of what is not listed (`refuse`, `refer`, `allow`);
            only where no item applies.
        nearest_miss: Only where no item applies, and not always then.
        on_list: The deciding item's list.
        lead, assists: Who leads and who helps: `{"post", "persons"}`.
        basis: What the item rests on.
        department: Where a refusal sends people.
        file, line: Where the item stands.
        request: What was asked.

    Examples:
        >>> from gridgov import lists
        >>> town = {
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "N-7", "matter": "land", "list": "negative", "actor": "ganquan",
        ...               "department": "housing bureau", "basis": ["Act, art. 5"]}],
        ... }
        >>> refused = lists.decide(town, actor="ganquan", matter="land", date="2026-03-01")
        >>> refused.verdict, refused.item, refused.basis, refused.department
        ('refuse_negative', 'N-7', ['Act, art. 5'], 'housing bureau')
    """

    verdict: str
    item: str | None
    overridden: list[str]
    default: str | None
    nearest_miss: NearestMiss | None
    on_list: str | None
    title_zh: str | None
    title_en: str | None
    lead: dict[str, Any] | None
    assists: list[dict[str, Any]]
    basis: list[str]
    department: str | None
    file: str | None
    line: int | None
    request: dict[str, Any]
    _texts: tuple[str, str] = field(repr=False)

    def explanation(self, lang: Language = "en") -> str:
        """Why, in a few sentences."""
        return self._texts[0 if lang == "en" else 1]

    def as_record(self, lang: Language = "en") -> dict[str, Any]:
        """As `gridgov lists decide --json` shows it."""
        miss = self.nearest_miss
        return {
            "verdict": self.verdict,
            "item": self.item,
            "overridden": self.overridden,
            "nearest_miss": None if miss is None else {"item": miss.item, "changes": miss.changes},
            "default": self.default,
            "explanation": self.explanation(lang),
            "list": self.on_list,
            "lead": self.lead,
            "assists": self.assists,
            "basis": self.basis,
            "department": self.department,
            "file": self.file,
            "line": self.line,
        }

    def __repr__(self) -> str:
        by = f" by {self.item}" if self.item is not None else f", default {self.default}"
        return f"<gridgov.lists.Decision: {self.verdict}{by}>"

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(line) for line in self.explanation().splitlines())
        return f"<p><b>{escape(self.verdict)}</b><br>{lines}</p>"


def decide(
    catalogue: Any,
    *,
    actor: str,
    matter: str,
    date: Any,
    village: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Decision:
    """Decides one request.

    By list, strictly: negative, reclaimed, must, assist, certify; within a list the deepest matter,
    the later file, the smallest id.

    Args:
        catalogue: A `Catalogue`, or what `catalogue` takes.
        actor: Of whom it is asked: an actor's id.
        matter: What is asked: a path such as `civil-affairs/low-income/visit`.
        date: A date, or ISO 8601.
        village: A village's id; by default the one that the actor is or lies in.
        attributes: What the tests of `when` ask: numbers, texts, truths, dates.

    Raises:
        UsageError: The catalogue has no such actor or village; no such matter or date can be.

    Examples:
        >>> from gridgov import lists
        >>> town = lists.catalogue({
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [
        ...         {"id": "C-1", "matter": "certificate/residence", "list": "certify",
        ...          "actor": "level:village", "when": {"age": ">= 18"}},
        ...     ],
        ... })
        >>> ask = dict(actor="ganquan", matter="certificate/residence", date="2026-03-01")
        >>> lists.decide(town, **ask, attributes={"age": 40})
        <gridgov.lists.Decision: may_certify by C-1>
        >>> refused = lists.decide(town, **ask, attributes={"age": 17})
        >>> refused.verdict, refused.default, refused.nearest_miss.changes
        ('refuse_certificate', 'refuse', [{'field': 'age', 'from': 17, 'to': 18}])
    """
    whole = as_catalogue(catalogue)
    given = {str(name): _value(value) for name, value in (attributes or {}).items()}
    day = day_of(date, "date")
    told = _core.decide(whole._core, actor, matter, day, village or "", list(given.items()))
    miss = told.pop("nearest_miss")
    if miss is not None:
        for change in miss["changes"]:
            if change.pop("attribute"):
                change["from"] = _shown(given.get(change["field"]))
                change["to"] = _shown(attribute(change["to"]))
        miss = NearestMiss(**miss)
    texts, told["on_list"] = told.pop("explanations"), told.pop("list")
    request = {
        "actor": actor,
        "matter": matter,
        "date": dt.date.fromordinal(day + dt.date(1970, 1, 1).toordinal()),
        "village": village,
        "attributes": given,
    }
    return Decision(nearest_miss=miss, request=request, _texts=texts, **told)


def attribute(text: str) -> Any:
    """What `--attribute k=TEXT` gives: a FEEL literal where the text is one, else the text.

    >>> attribute("18"), attribute("true"), attribute('"18"'), attribute("党员")
    (18, True, '18', '党员')
    """
    return _plain(_core.attribute_value(text))


def _value(value: Any) -> Any:
    """A value as the core takes it; a missing one is None."""
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return None if pd.isna(value) else pd.Timestamp(value).date()
    if isinstance(value, dt.datetime):
        return value.date()
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _plain(value: Any) -> Any:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if whole else value


def _shown(value: Any) -> Any:
    """A value as JSON and `--attribute` know it."""
    return f'date("{value.isoformat()}")' if isinstance(value, dt.date) else _plain(value)


def decide_columns(requests: Any = None, *, catalogue: Any, **columns: Any) -> pd.DataFrame:
    """Decides requests by columns: a row each, none of it in Python.

    Args:
        requests: A frame, an Arrow table or a mapping with the columns `actor`, `matter`, `date`
            and, where wanted, `village`; columns with the name of an attribute that some `when`
            asks for are its values, others are left alone. Arrow's large strings are not copied.
        catalogue: A `Catalogue`, or what `catalogue` takes.
        columns: Instead of a frame: the columns by name.

    Returns:
        A frame with the requests' index: `verdict`, `item` (missing where none applies) and
        `status`: `ok`, or why a row could not be decided (`unknown_actor`, `unknown_village`,
        `matter_invalid`, `date_missing`).

    Examples:
        >>> from gridgov import lists
        >>> town = lists.catalogue({
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [
        ...         {"id": "N-1", "matter": "land/demolition", "list": "negative",
        ...          "actor": "level:village"},
        ...     ],
        ... })
        >>> lists.decide_columns(
        ...     catalogue=town, actor=["ganquan"] * 2, matter=["land/demolition/shed", "land"],
        ...     date=["2026-01-01"] * 2,
        ... )
                   verdict item status
        0  refuse_negative  N-1     ok
        1         unlisted  NaN     ok
    """
    whole = as_catalogue(catalogue)
    table = columns if requests is None else requests
    known = [name for name in whole._core.attributes if name not in _REQUEST]
    found = columns_of(table, "requests", ("actor", "matter", "date"), ("village", *known))
    verdicts, items, statuses = _core.decide_columns(
        whole._core,
        text_array(found["actor"]),
        text_array(found["matter"]),
        day_array(found["date"]),
        text_array(found["village"]) if "village" in found else None,
        [(name, *_attribute_array(found[name])) for name in known if name in found],
    )
    return pd.DataFrame(
        {
            "verdict": categorical(verdicts, _core.VERDICTS),
            "item": categorical(items, whole._core.items["item"]),
            "status": categorical(statuses, _core.ROW_STATUSES),
        },
        index=table.index if isinstance(table, pd.DataFrame) else None,
    )


_REQUEST = ("actor", "matter", "date", "village")


def _attribute_array(values: Any) -> tuple[str, Any]:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        kind = values.type
        if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
            values = values.to_pandas()
        elif pa.types.is_temporal(kind):
            return "dates", day_array(values)
        else:
            return "texts", text_array(values)
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    if pd.api.types.is_bool_dtype(series.dtype):
        flags = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return "booleans", np.where(np.isnan(flags), 255, flags).astype(np.uint8)
    if pd.api.types.is_numeric_dtype(series.dtype):
        return "numbers", series.to_numpy(dtype=np.float64, na_value=np.nan)
    if series.dtype.kind == "M":
        return "dates", day_array(series)
    cells = series.dropna()
    if series.dtype == object and len(cells) and all(isinstance(v, bool) for v in cells):
        return "booleans", np.array([255 if pd.isna(v) else int(v) for v in series], np.uint8)
    if series.dtype == object and len(cells) and all(isinstance(v, dt.date) for v in cells):
        return "dates", day_array(series)
    return "texts", text_array(values)
