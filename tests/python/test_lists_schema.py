"""The published JSON Schema of catalogues: right by itself, and of one mind with the reader."""

import copy
import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gridgov import DataError, lists

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schema/catalogue.schema.json").read_text(encoding="utf-8"))
SHIPPED = sorted((ROOT / "docs/examples/lists").glob("*.toml"))

#: Every table with every key: each record is whole by itself and names only what is there.
WHOLE: dict[str, Any] = {
    "catalogue": {
        "id": "manyue-2026",
        "title": {"zh": "满月镇", "en": "Manyue"},
        "jurisdiction": "CN-50-开州-满月",
        "effective_from": "2026-01-01",
        "effective_to": "2028-01-01",
        "unlisted": "refer",
        "unlisted_certificate": "refuse",
    },
    "actor": [
        {"id": "manyue", "level": "town", "title": "满月镇"},
        {
            "id": "ganquan",
            "title": {"zh": "甘泉村"},
            "level": "village",
            "parent": "manyue",
            "powers": ["mediate"],
        },
    ],
    "person": [
        {"id": "p17", "title": "某人", "posts": ["ganquan.secretary"], "capacity_hours": 160.5}
    ],
    "item": [
        {
            "id": "B-031",
            "matter": "civil-affairs/low-income/visit",
            "except": ["civil-affairs/low-income/visit/audit"],
            "title": {"zh": "低保对象走访", "en": "visits"},
            "list": "must",
            "actor": "level:village",
            "lead": "secretary",
            "assists": ["manyue"],
            "villages": ["ganquan"],
            "effective_from": "2026-02-01",
            "effective_to": "2027-01-01",
            "basis": ["mediation-law", "a text"],
            "needs": ["mediate"],
            "hours": 1.5,
            "recurrence": "FREQ=MONTHLY;BYMONTHDAY=20",
            "due_days": 10,
            "workdays": True,
            "procedure": "low-income",
            "department": "district civil affairs bureau",
            "disclose": True,
            "when": {"age": ">= 60", "head": True, "size": 2, "share": 0.5},
        }
    ],
    "delegation": [
        {
            "from": "manyue",
            "to": "ganquan",
            "power": "enter-registry",
            "effective_from": "2026-01-01",
            "effective_to": "2027-01-01",
        }
    ],
    "referral": [{"from": "ganquan", "to": "manyue", "matter": "land/dispute"}],
    "procedure": [
        {
            "id": "low-income",
            "title": "低保",
            "limit_workdays": 20,
            "step": [
                {"id": "apply", "actor": "level:village", "workdays": 1, "next": ["both"]},
                {"id": "both", "parallel": True, "next": ["x", "y"]},
                {"id": "x", "title": "x", "next": ["meet"]},
                {"id": "y", "next": ["meet"]},
                {"id": "meet", "join": True, "loop_max": 2, "next": ["apply", "end"]},
                {"id": "end"},
            ],
        }
    ],
    "law": [
        {
            "id": "mediation-law",
            "title": {"zh": "人民调解法"},
            "in_force_from": "2011-01-01",
            "in_force_to": "2030-01-01",
        }
    ],
    "sanction": [{"id": "black-board", "title": "黑榜", "withholds": ["certificate/welfare"]}],
    "withdraw": [{"id": "old"}],
}
#: What `withdraw` takes away.
EARLIER = {
    "actor": [{"id": "manyue", "level": "town"}],
    "item": [{"id": "old", "matter": "a", "list": "must", "actor": "manyue"}],
}
ABSENT = object()


def as_json(value: Any) -> Any:
    """A TOML value as JSON has it: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(member) for key, member in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def schema_takes(document: Any) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def reader_takes(document: Any) -> bool:
    try:
        lists.catalogue(EARLIER, json.loads(json.dumps(document)))
    except DataError:
        return False
    return True


def objects(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths to every table that the schema describes key by key, but for titles and `when`."""
    if "properties" not in schema:
        return
    yield path
    for key, inner in schema["properties"].items():
        yield from objects(inner.get("items", inner), (*path, key))


TABLES = list(objects(SCHEMA))


def at(document: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """The last record of the table at a path."""
    for key in path:
        document = document[key]
        if isinstance(document, list):
            document = document[-1]
    return document


def described(path: tuple[str, ...]) -> dict[str, Any]:
    schema = SCHEMA
    for key in path:
        schema = schema["properties"][key]
        schema = schema.get("items", schema)
    return schema


def changed(path: tuple[str, ...], change: Callable[[dict[str, Any]], Any]) -> Any:
    document = copy.deepcopy(WHOLE)
    change(at(document, path))
    return document


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_catalogues_are_valid(path):
    document = as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_every_key_of_the_schema_is_read():
    assert schema_takes(WHOLE)
    lists.catalogue(EARLIER, WHOLE)
    used: dict[tuple[str, ...], set[str]] = {}

    def gather(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, list):
            for inner in value:
                gather(inner, path)
        elif isinstance(value, dict) and path in TABLES:
            used.setdefault(path, set()).update(value)
            for key, inner in value.items():
                gather(inner, (*path, key))

    gather(WHOLE, ())
    assert used == {path: set(described(path)["properties"]) for path in TABLES}


def test_every_key_that_is_read_is_in_the_schema():
    reader = (ROOT / "src/lists/read_catalogue.cpp").read_text(encoding="utf-8")
    getters = "text|texts|title|date|number|boolean|word|table|tables|integer"
    asked = set(re.findall(rf'\.(?:{getters})\("(\w+)"', reader))
    asked |= set(re.findall(r'count\(\w+, "(\w+)"', reader))
    asked |= set(re.findall(r'passed_on\(reader, "(\w+)"', reader))
    assert asked == {key for path in TABLES for key in described(path)["properties"]}


@pytest.mark.parametrize("path", TABLES, ids=".".join)
def test_both_refuse_an_unknown_key(path):
    document = changed(path, lambda table: table.update(villagez=["*"]))
    assert not schema_takes(document)
    assert not reader_takes(document)


NEEDED = [(path, key) for path in TABLES for key in described(path)["properties"]]


@pytest.mark.parametrize(
    ("path", "key"), NEEDED, ids=lambda part: part if isinstance(part, str) else ".".join(part)
)
def test_both_need_the_same_keys(path, key):
    document = changed(path, lambda table: table.pop(key, None))
    valid = schema_takes(document)
    assert valid == (key not in described(path).get("required", []))
    # Only the reader asks whether what others name is there.
    named = {((), "actor"), ((), "procedure"), (("procedure", "step"), "id")}
    if (path, key) not in named:
        assert reader_takes(document) == valid


#: Values that the reader refuses by themselves, and some that it takes.
VALUES: list[tuple[str, str, Any]] = [
    *(
        ("item", "id", value)
        for value in ("", " a", "a ", "a\n", "a\tb", "x" * 257, 7, "x" * 256, "甲 乙")
    ),
    *(("actor", "id", value) for value in ("a.b", "*", "level:village", "")),
    *(("person", "id", value) for value in ("a;b", "a.b", "")),
    *(("catalogue", "id", value) for value in (" x", "a\u0001", 5, True)),
    *(
        ("item", "matter", value)
        for value in (
            "",
            "/",
            "a//b",
            "/a",
            "a/",
            "a\tb",
            "a\n",
            "/".join("a" * 65),
            "/".join("a" * 64),
        )
    ),
    *(("item", "except", value) for value in (["a//b"], "a", [7], [], ["a"], [""])),
    *(("item", "list", value) for value in ("Must", "", "duty", None, "certify")),
    *(("item", "hours", value) for value in (-1, 1e6, 1e6 + 1, "2", True, 0)),
    *(("item", "due_days", value) for value in (-1, 36500, 36501, 1.5, "1", True)),
    *(("item", "workdays", value) for value in (1, "true", False)),
    *(("item", "disclose", value) for value in (0, "no", False)),
    *(("item", "when", value) for value in ({}, [], "age > 1", {"a": [1]}, {"a": ">= 1"})),
    *(("item", "title", value) for value in ("t", {"zh": "t"}, {"de": "t"}, 7, [])),
    *(
        ("item", "effective_from", value)
        for value in ("2026-1-1", "2026/01/01", 2026, "2026-01-02\n", "2026-01-02")
    ),
    *(("item", "basis", value) for value in ("law", [""], [1], [])),
    *(("item", "villages", value) for value in ("*", [""], ["*"], [])),
    *(("catalogue", "unlisted", value) for value in ("ask", "", "allow")),
    *(("actor", "level", value) for value in ("nation", "", "district")),
    *(("person", "posts", value) for value in (["secretary"], [".x"], ["ganquan."], [])),
    *(("person", "capacity_hours", value) for value in (-0.5, 1e7, "160", 0)),
    *(("delegation", "power", value) for value in ("", 1, "p")),
    *(("referral", "matter", value) for value in ("", "a//b", "a")),
    *(("procedure", "limit_workdays", value) for value in (-1, 36501, 2.5, 0)),
    *(("procedure", "step", value) for value in ([], [{}], [{"id": "a"}], [{"id": ""}])),
    *(("sanction", "withholds", value) for value in (["a//b"], [""], "a", [])),
    *(("law", "in_force_to", value) for value in ("2030", "2030-01-01")),
]


def told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:24] if not isinstance(value, str) else value[:24]


@pytest.mark.parametrize(("table", "key", "value"), VALUES, ids=told)
def test_both_take_the_same_values(table, key, value):
    document = changed((table,), lambda record: record.update({key: value}))
    if (table, key) == ("actor", "id") or (table, key, value) == ("actor", "level", "district"):
        document["item"][-1].pop("villages")  # which named it
        for other in ("person", "delegation", "referral"):
            document.pop(other)
        document["actor"][-1].pop("parent")
    if (table, key) == ("procedure", "step"):
        document["item"][-1].pop("procedure")
    assert schema_takes(document) == reader_takes(document)


#: Of every kind; blank, whole in other ways, absurd, holding nothing.
ANY: list[Any] = [
    *(None, "", True, False, [], {}, [None], [""], [{}], {"zh": None}, {"x": None}, [{"id": None}]),
    *(-1, 0, 1, 1.0, -0.0, 1e3, 2.5, 36500, 36500.0, 36501, 10**18, 1e18, 1e300),
    *("x", "x y", "*", "a/b", " ", "2026-01-02", "2026-1-2", ["x"], ["x", "x"], {"zh": "x"}),
]
#: Where the reader asks what no schema can: for what is named elsewhere, for terms in order, for
#: conditions, recurrences and catalogues that mean something.
ASKED = {
    *(((), table) for table in ("actor", "procedure")),
    *((("actor",), key) for key in ("id", "parent")),
    *((("item",), key) for key in ("actor", "villages", "recurrence", "procedure", "when")),
    *(((table,), key) for table in ("delegation", "referral") for key in ("from", "to")),
    *((("procedure",), "id"), (("procedure", "step"), "id"), (("procedure", "step"), "actor")),
    (("withdraw",), "id"),
}


@pytest.mark.parametrize(
    ("path", "key"), NEEDED, ids=lambda part: part if isinstance(part, str) else ".".join(part)
)
def test_both_take_the_same_of_everything(path, key):
    for value in ANY:
        document = changed(path, lambda table: table.update({key: copy.deepcopy(value)}))  # noqa: B023
        takes, reads = schema_takes(document), reader_takes(document)
        if (path, key) in ASKED and isinstance(value, str | list | dict) and takes:
            continue
        assert takes == reads, value
