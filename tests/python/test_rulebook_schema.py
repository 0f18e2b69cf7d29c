"""The published JSON Schema of rulebooks: right by itself, and of one mind with the examples."""

import copy
import datetime as dt
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import gridgov
from gridgov import points

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schema/rulebook.schema.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "docs/examples/points").glob("*.toml"))


def as_json(value: Any) -> Any:
    """A TOML value as JSON has it: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(member) for key, member in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def rulebook() -> dict[str, Any]:
    path = ROOT / "docs/examples/points/village-100.toml"
    return as_json(tomllib.loads(path.read_text(encoding="utf-8")))


def is_valid(document: Any) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid(path):
    document = as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_example_of_the_contract_s_keys_is_valid():
    document = rulebook()
    document["rulebook"] |= {"effective_to": "2027-01-01", "unit_scale": 10, "title": "points"}
    document["board"] = {"red": {"top": 10, "at_least": 5}, "black": {"at_most": 60}}
    document["rule"][0] |= {
        "per": "hour",
        "units_max": 2,
        "witness_min": 1,
        "cooldown_days": 7,
        "expires_after_months": 24,
        "freeze": "P1Y6M",
        "veto": False,
        "mend_days": 30,
        "nearest_of": ["charity"],
        "citation": "art. 7",
    }
    assert is_valid(document)


BROKEN = [
    ("rulebook", "id", ""),
    ("rulebook", "id", 7),
    ("rulebook", "villages", []),
    ("rulebook", "villages", ["*", "a"]),
    ("rulebook", "villages", ["a", "a"]),
    ("rulebook", "effective_from", "2026-1-1"),
    ("rulebook", "unit_scale", 3),
    ("rulebook", "opening", {"period": "year"}),
    ("rulebook", "below_floor", "stop"),
    ("rulebook", "objection_days", -1),
    ("rulebook", "vilages", ["*"]),
    ("rule", "deed", ""),
    ("rule", "points", 2.5),
    ("rule", "points", "2"),
    ("rule", "per", "hours"),
    ("rule", "when", {"age": 18}),
    ("rule", "caps", [{"over": "rule", "scope": "household", "period": "month"}]),
    ("rule", "caps", {"over": "rule"}),
    ("rule", "freeze", "P1W"),
    ("rule", "freeze", "P0M"),
    ("rule", "freeze", "P1201M"),
    ("rule", "freeze", "P101Y"),
    ("rule", "group", ""),
    ("rule", "nonsense", None),
    ("rulebook", "effective_to", None),
    ("rule", "mend_days", 0),
    ("rule", "expires_after_months", 1201),
    ("group", "hit_policy", "most"),
]


@pytest.mark.parametrize(("table", "key", "value"), BROKEN)
def test_what_reading_refuses_the_schema_refuses(table, key, value):
    document = copy.deepcopy(rulebook())
    target = document[table] if table == "rulebook" else document[table][0]
    target[key] = value
    assert not is_valid(document)


TEXTS = ["x", "*", "none", "2026-01-01", "2027-01-01", "year", "hour"]
DURATIONS = [
    "P0M",
    "P0Y",
    "P0Y0M",
    "P3M",
    "P03M",
    "P1Y6M",
    "P1Y12M",
    "P0Y3M",
    "P100Y",
    "P101Y",
    "P100Y0M",
    "P100Y1M",
    "P99Y11M",
    "P1200M",
    "P1201M",
    "P99999999999M",
    "P1W",
    "P",
    "PM",
    "P1Y",
]
NUMBERS = [-1, 0, 1, 100, 1200, 1201, 36_500, 36_501, 10**9, 10**12, 10**12 + 1, 2.5]
NUMBERS += [1.0, -0.0, 1e3, 36_501.0, 1e300]  # JSON has one kind of numbers
OTHERS = [None, "", True, [], [""], ["x"], {}, {"zh": "x"}]
VALUES = [*OTHERS, *TEXTS, *NUMBERS, *DURATIONS]


@pytest.mark.parametrize("table", ["rulebook", "group", "rule"])
def test_what_the_schema_accepts_is_read(table):
    for key in [*SCHEMA["$defs"][table]["properties"], "nonsense"]:
        for value in VALUES:
            document = {
                "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
                "group": [{"id": "g"}, {"id": "x"}],
                "rule": [{"id": "r", "deed": "d", "points": 1, "group": "x"}],
            }
            (document[table] if table == "rulebook" else document[table][0])[key] = value
            # What no schema can say: terms in order, groups declared, conditions that can be read.
            if (key, value) in [("effective_to", "2026-01-01"), ("when", {"zh": "x"})]:
                continue
            if (table, key, value) == ("group", "id", "x"):  # an id given twice
                continue
            if (table, key) == ("rule", "group") and value not in ["", "x", None, 1]:
                continue
            try:
                points.lint(document)
                read = True
            except gridgov.DataError:
                read = False
            assert read == is_valid(document), (key, value)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("rulebook", "id"),
        ("rulebook", "villages"),
        ("rulebook", "effective_from"),
        ("rule", "id"),
        ("rule", "deed"),
        ("rule", "points"),
        ("group", "id"),
    ],
)
def test_what_must_be_there_must_be_there(table, key):
    document = rulebook()
    del (document[table] if table == "rulebook" else document[table][0])[key]
    assert not is_valid(document)
    assert not is_valid({})


def test_the_schema_has_the_keys_and_words_that_the_reader_asks_for():
    reader = (ROOT / "src/points/read_rulebook.cpp").read_text(encoding="utf-8")
    getters = "text|integer|boolean|date|texts|title|table|tables|word|narrow"
    asked = set(re.findall(rf'(?:{getters})\((?:reader, |inner, )?"(\w+)"', reader))
    known: set[str] = set()
    for definition in [SCHEMA, *SCHEMA["$defs"].values()]:
        known |= set(definition.get("properties", {}))
        for inner in definition.get("properties", {}).values():
            known |= set(inner.get("properties", {}))
    assert asked == known - {"zh", "en"}
    words = (ROOT / "src/points/words.cpp").read_text(encoding="utf-8")
    for definition in SCHEMA["$defs"].values():
        for key, inner in definition.get("properties", {}).items():
            for word in inner.get("enum", []):
                assert key == "unit_scale" or f'"{word}"' in words, word
