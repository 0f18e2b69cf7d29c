"""Recurring duties and their evidence, village by village on many workers."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gridgov.distributed import results
from gridgov.distributed.villages import DATE, REAL, TEXT, WHOLE, Frames, Made, Work, first_column
from gridgov.errors import usage_error
from gridgov.inputs import choice
from gridgov.lists import duty
from gridgov.lists.catalogue import Catalogue, as_catalogue, catalogue
from gridgov.lists.columns import day_of

TABLES = {
    "windows": {
        "item": TEXT,
        "actor": TEXT,
        "village": TEXT,
        "person": TEXT,
        "opens": DATE,
        "due": DATE,
        "state": TEXT,
        "done_on": DATE,
    },
    "rates": {
        "village": TEXT,
        "by": TEXT,
        "key": TEXT,
        **dict.fromkeys(("windows", "met", "late", "missed", "waived", "pending"), WHOLE),
        "rate": REAL,
    },
}
MEASURES = dict.fromkeys(("windows", *duty.STATES, "unused_evidence"), WHOLE)
_LEVELS = ("courtyard", "grid", "village", "town", "district")
#: Tables of a catalogue on which no window depends.
_NOT_NEEDED = ("procedure", "referral", "delegation", "sanction")


def duties(
    catalogue: Any,
    evidence: Any,
    *,
    as_of: Any,
    holidays: Any = None,
    tables: tuple[str, ...] = tuple(TABLES),
    skip_faulty_villages: bool = False,
    client: Any = None,
    progress: results.ProgressLike = None,
) -> results.Result:
    """`gridgov.lists.duties` of every village of a catalogue.

    A window belongs to its actor's village; those of actors above or outside of the villages (the
    town's, the district's) are computed together, under the empty name. Villages without evidence
    have windows too. `windows` are those of the local call. Of `rates` the rows by actor and
    village are, too; by item and person they are a village's share, which add up to the local ones.

    Args:
        catalogue: Of the whole town: a `Catalogue`, or what `gridgov.lists.catalogue` takes.
        evidence: A Dask or Spark DataFrame `date, item, actor` and `waived`. It is split by the
            actor's village, as the catalogue has it; unknown actors go to the empty name.
        as_of: The day.
        holidays: A local table; see `gridgov.lists.duties`.
        tables: Which are wanted, of `windows, rates`.
        skip_faulty_villages, client, progress: See `gridgov.distributed.partition`.

    Raises:
        DataError: Every fault of every village, each a `VillageFinding`.
        UsageError: Missing columns, an engine that is missing.
    """
    for name in tables:
        choice(name, "tables", tuple(TABLES))
    day_of(as_of, "as_of")
    there = results.columns_of(evidence, "evidence")
    for column in ("date", "item", "actor"):
        if column not in there:
            raise usage_error(
                "column_missing", table="evidence", column=column, there=", ".join(there)
            )
    whole = as_catalogue(catalogue)
    work = DutiesWork(whole, as_of, holidays)
    work.tables = {name: TABLES[name] for name in TABLES if name in tables}
    return results.run(
        work,
        {"evidence": evidence},
        local={"parts": parts_of(whole)},
        village_of={"evidence": ("actor", village_of(whole))},
        split=False,
        skip_faulty_villages=skip_faulty_villages,
        client=client,
        progress=progress,
    )


def village_of(whole: Catalogue) -> dict[str, str]:
    """The village of each actor; none of those above and outside."""
    actors = whole._core.actors
    return {
        actor: village
        for actor, village in zip(actors["actor"], actors["village"], strict=True)
        if village
    }


def parts_of(whole: Catalogue) -> pd.DataFrame:
    """What belongs to one village alone, a row a village: its actors and their people, by file, as
    JSON. The empty name stands for those above and outside of all villages."""
    own = village_of(whole)
    texts, _, kinds = whole._given
    villages = sorted({"", *own.values()})
    parts: dict[str, list[dict[str, list[Any]]]] = {
        name: [{"actor": [], "person": []} for _ in texts] for name in villages
    }
    for at, (text, is_json) in enumerate(zip(texts, kinds, strict=True)):
        tables = _tables(text, is_json)
        for actor in tables.get("actor", ()):
            parts[own.get(actor["id"], "")][at]["actor"].append(actor)
        for person in tables.get("person", ()):
            posts: dict[str, list[str]] = {}
            for post in person.get("posts", ()):
                posts.setdefault(own.get(post.partition(".")[0], ""), []).append(post)
            for village, held in (posts or {"": []}).items():
                parts[village][at]["person"].append({**person, "posts": held})
    return pd.DataFrame(
        {
            "village": villages,
            "part": [json.dumps(parts[name], ensure_ascii=False, default=str) for name in villages],
        }
    ).astype("str")


class DutiesWork(Work):
    """`gridgov.lists.duties` of one village: the catalogue with its own actors alone."""

    measures = MEASURES
    told = {}  # noqa: RUF012
    key_columns = frozenset({"item", "actor", "waived"})

    def __init__(self, whole: Catalogue, as_of: Any, holidays: Any) -> None:
        self.tables = TABLES
        self.as_of, self.holidays = as_of, holidays
        self.village_columns = {"evidence": "actor", "parts": "village"}
        texts, _, kinds = whole._given
        levels = zip(whole._core.actors["actor"], whole._core.actors["level"], strict=True)
        self.levels = dict(levels)
        self.shared = []
        for text, is_json in zip(texts, kinds, strict=True):
            tables = _tables(text, is_json)
            left_out = ("actor", "person", *_NOT_NEEDED)
            self.shared.append({k: v for k, v in tables.items() if k not in left_out})
        #: Leads that are or name an actor, and the people of those actors, by file.
        self.leading = {
            lead: lead if lead in self.levels else lead.partition(".")[0]
            for tables in self.shared
            for item in tables.get("item", ())
            if (lead := item.get("lead", "")) in self.levels
            or ("." in lead and lead.partition(".")[0] in self.levels)
        }
        self.leaders: dict[str, list[list[dict[str, Any]]]] = {
            actor: [_people(_tables(*file), actor) for file in zip(texts, kinds, strict=True)]
            for actor in sorted(set(self.leading.values()))
        }

    def run(self, village: str, frames: Frames) -> Made:
        cut = self._cut(village, json.loads(frames["parts"]["part"].iloc[0]))
        found = duty.duties(
            cut, frames["evidence"], as_of=self.as_of, holidays=self.holidays,
            windows="windows" in self.tables,
        )  # fmt: skip
        tables = {"rates": first_column(found.rates, village)}
        if "windows" in self.tables:
            windows = found.windows
            named = pd.array([village if village else None] * len(windows), dtype="str")
            tables["windows"] = windows.assign(village=named)
        counts = {"windows": found.window_count, **found.counts}
        unused = {"unused_evidence": int(np.size(found.unused_evidence))}
        tables = {name: tables[name] for name in self.tables}
        return Made(tables, counts | unused, found.findings)

    def _cut(self, village: str, parts: list[dict[str, Any]]) -> Catalogue:
        """The catalogue of one village. An item of others stays, so that evidence of it is known,
        but recurs no more."""
        own = {actor["id"] for part in parts for actor in part["actor"]}
        levels = {self.levels[actor] for actor in own}
        spare = next((level for level in _LEVELS if level not in levels), _LEVELS[0])
        leading: set[str] = set()
        files: list[dict[str, Any]] = []
        for shared, part in zip(self.shared, parts, strict=True):
            items = [_item(item, village, own, levels) for item in shared.get("item", ())]
            leads = {item.get("lead", "") for item in items} & self.leading.keys()
            leading |= {self.leading[lead] for lead in leads}
            actors = [
                {k: v for k, v in actor.items() if k != "parent" or v in own}
                for actor in part["actor"]
            ]
            files.append({**shared, "actor": actors, "person": part["person"], "item": items})
        for actor in sorted(leading - own):  # of elsewhere, but answering for what is done here
            files[0]["actor"] = [*files[0]["actor"], {"id": actor, "level": spare}]
            for file, persons in zip(files, self.leaders[actor], strict=True):
                file["person"] = _joined(file["person"], persons)
        return catalogue(*files)


def _people(tables: Mapping[str, Any], actor: str) -> list[dict[str, Any]]:
    """Those who hold posts at an actor, with these posts alone."""
    held = (
        (person, [post for post in person.get("posts", ()) if post.partition(".")[0] == actor])
        for person in tables.get("person", ())
    )
    return [{**person, "posts": posts} for person, posts in held if posts]


def _joined(persons: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """People, each once, with the posts of both."""
    joined = {person["id"]: person for person in persons}
    for person in more:
        known = joined.get(person["id"], {**person, "posts": []})
        joined[person["id"]] = {**known, "posts": [*known["posts"], *person["posts"]]}
    return list(joined.values())


def _item(item: Mapping[str, Any], village: str, own: set[str], levels: set[str]) -> dict[str, Any]:
    """An item as one village has it."""
    actor = item.get("actor", "")
    named = item.get("villages", ["*"])
    mine = actor in own or (
        actor.removeprefix("level:") in levels
        and actor.startswith("level:")
        and ("*" in named or village in named)
    )
    dropped = {"assists", "procedure", "villages"}
    if not mine:
        dropped |= {"recurrence", "lead"}
    kept = {key: value for key, value in item.items() if key not in dropped}
    if actor not in own and not actor.startswith("level:"):
        kept["actor"] = f"level:{_LEVELS[0]}"
    return kept


def _tables(text: str, is_json: bool) -> dict[str, Any]:
    tables = json.loads(text) if is_json else tomllib.loads(text)
    plain: dict[str, Any] = _plain(tables)
    return plain


def _plain(value: Any) -> Any:
    """Tables as JSON holds them: dates as texts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
