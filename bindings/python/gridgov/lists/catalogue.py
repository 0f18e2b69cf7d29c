"""Catalogues: lists of items from files, one or more, or from dicts."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from gridgov import _core, notebook
from gridgov.errors import usage_error

Language = Literal["en", "zh"]
#: A file's tables, as `tomllib.load` gives them.
Tables = Mapping[str, Any]
LISTS = ("negative", "reclaimed", "must", "assist", "certify")
SUFFIXES = (".toml", ".json")


class Catalogue:
    """A merged and checked catalogue. Made by `catalogue`; immutable, safe to share by threads.

    Attributes:
        id, jurisdiction: Of the last file that says so.
        files: Their names, the most general first.

    Examples:
        >>> from gridgov import lists
        >>> town = lists.catalogue({
        ...     "catalogue": {"id": "manyue"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [{"id": "M-1", "matter": "visits", "list": "must", "actor": "ganquan"}],
        ... })
        >>> town.id, town.counts["must"], town.items["item"].tolist()
        ('manyue', 1, ['M-1'])
    """

    def __init__(self, core: _core.Catalogue, given: tuple[list[str], list[str], list[bool]]):
        self._core = core
        self._given = given
        self.head = core.head
        self.id: str = self.head["id"]
        self.jurisdiction: str = self.head["jurisdiction"]
        self.files: list[str] = self.head["files"]

    def __copy__(self) -> Catalogue:
        return Catalogue(self._core, self._given)

    def __deepcopy__(self, memo: object) -> Catalogue:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return _again, self._given

    @cached_property
    def items(self) -> pd.DataFrame:
        """A row an item: `item, list, matter, title_zh, title_en, actor, lead, villages,
        effective_from, effective_to, hours, recurrence, due_days, department, file, line`."""
        return _frame(self._core.items)

    @cached_property
    def actors(self) -> pd.DataFrame:
        """A row an actor: `actor, title_zh, title_en, level, parent, village`; by id."""
        return _frame(self._core.actors)

    @cached_property
    def persons(self) -> pd.DataFrame:
        """A row a person: `person, title_zh, title_en, posts, capacity_hours`; by id."""
        return _frame(self._core.persons)

    @cached_property
    def procedures(self) -> pd.DataFrame:
        """A row a procedure: `procedure, title_zh, title_en, steps, limit_workdays`; by id."""
        return _frame(self._core.procedures)

    @cached_property
    def referrals(self) -> pd.DataFrame:
        """A row a referral: `from, to, matter`; as written."""
        rows = self._core.referrals
        names = ("from", "to", "matter")
        return _frame({name: [row[at] for row in rows] for at, name in enumerate(names)})

    @cached_property
    def counts(self) -> dict[str, int]:
        """Items by list."""
        kinds = self._core.items["list"]
        return {name: kinds.count(name) for name in LISTS}

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        files = len(self.files)
        return (
            f"<gridgov.lists.Catalogue {self.id or '(no id)'}: {sum(self.counts.values())} items "
            f"({counts or 'none'}), {len(self._core.actors['actor'])} actors, {files} file"
            f"{'s' if files != 1 else ''}>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary_and_rows(self, self.items, "items")


#: What the functions of this package take for a catalogue.
CatalogueLike = Catalogue | str | os.PathLike[str] | Tables | Sequence[Any]


def catalogue(*sources: Any) -> Catalogue:
    """A catalogue of files or dicts, the most general first.

    A record of a later file with the id of an earlier one's replaces it; `withdraw` takes an item
    away; an item's dates are its own file's where it names none.

    Args:
        sources: Paths of TOML or JSON files; a directory stands for its files in the order of their
            names; a dict for a file's tables, as `tomllib.load` gives them. Dates may be dates or
            ISO 8601.

    Raises:
        DataError: Every fault of every file.
        OSError: A file cannot be read.

    Examples:
        >>> from gridgov import lists
        >>> town = {
        ...     "catalogue": {"id": "manyue", "effective_from": "2026-01-01"},
        ...     "actor": [{"id": "ganquan", "level": "village"}],
        ...     "item": [
        ...         {"id": "M-1", "matter": "civil-affairs/low-income", "list": "must",
        ...          "actor": "level:village", "hours": 1.5, "recurrence": "FREQ=MONTHLY"},
        ...     ],
        ... }
        >>> lists.catalogue(town)
        <gridgov.lists.Catalogue manyue: 1 items (1 must), 1 actors, 1 file>
    """
    texts: list[str] = []
    names: list[str] = []
    kinds: list[bool] = []
    for source in _spread(sources):
        if isinstance(source, Mapping):
            texts.append(json.dumps(_plain(source), ensure_ascii=False, default=_json))
            names.append(f"catalogue {len(names) + 1}")
            kinds.append(True)
        elif isinstance(source, str | os.PathLike):
            path = Path(source)
            texts.append(path.read_bytes().decode("utf-8", errors="surrogateescape"))
            names.append(str(path))
            kinds.append(path.suffix.lower() == ".json")
        else:
            raise usage_error(
                "type_wrong",
                option="catalogue",
                given=type(source).__name__,
                wanted="paths of TOML or JSON files, dicts of tables, or a Catalogue",
            )
    return _again(texts, names, kinds)


def _again(texts: list[str], names: list[str], kinds: list[bool]) -> Catalogue:
    data = [text.encode("utf-8", errors="surrogateescape") for text in texts]
    return Catalogue(_core.read_catalogue(data, names, kinds), (texts, names, kinds))


def as_catalogue(given: Any) -> Catalogue:
    """A catalogue of whatever stands for one."""
    if isinstance(given, Catalogue):
        return given
    return catalogue(given)


def files_of(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or those of a directory by name."""
    if not path.is_dir():
        return [path]
    return sorted(
        (one for one in path.iterdir() if one.suffix.lower() in SUFFIXES),
        key=lambda one: os.fsencode(one.name),
    )


def _spread(sources: Iterable[Any]) -> Iterable[Any]:
    for source in sources:
        if isinstance(source, str | os.PathLike):
            yield from files_of(Path(source))
        elif isinstance(source, Sequence):
            yield from _spread(source)
        else:
            yield source


def _plain(value: Any) -> Any:
    """Tables whose keys are texts: JSON has no others."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "item"):  # a NumPy scalar
        return value.item()
    raise usage_error(
        "type_wrong", option="catalogue", given=type(value).__name__, wanted="what TOML can hold"
    )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(columns))
    for name, values in columns.items():
        if values and all(isinstance(value, str) for value in values):
            frame[name] = pd.array(values, dtype="str")
    return frame
