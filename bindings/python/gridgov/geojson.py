"""GeoJSON (RFC 7946) read with care: whatever a file holds, its faults are named by line and
feature, and nothing else happens.
"""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from typing import Any

import shapely

from gridgov.faults import Fault, Faults, printable
from gridgov.tables import decode, read_bytes

_COLLECTION_DEPTH_MAX = 8
_TYPES = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


@dataclass(frozen=True)
class Features:
    """The features of a file: geometries (None where a feature has none) and properties."""

    text: str
    geometries: list[Any]
    properties: list[dict[str, Any]]
    #: The reference that a "crs" member names (GeoJSON of 2008); "planar" where that member is
    #: null, which says that there is none; None where there is no such member.
    crs: str | None

    @functools.cached_property
    def lines(self) -> list[int | None]:
        """The line on which each feature begins. Asked for only when there is a fault to name."""
        if not self.text:  # not from a text
            return [None] * len(self.geometries)
        return _lines(self.text, len(self.geometries))


class _Wrong(Exception):
    """A geometry's fault: a code and its fields."""

    def __init__(self, code: str, **fields: Any) -> None:
        self.code, self.fields = code, fields


def read(name: str) -> Features:
    """Reads a file of features, a feature, or a geometry. Raises `Faults`."""
    text = decode(name, read_bytes(name))
    if not text.strip():
        raise Faults([Fault("empty_file", {}, name, 1)])
    document = _parse(name, text)
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        raise Faults([Fault("not_geojson", {"there": _kind(document)}, name, 1)])
    kind = document["type"]
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            there = _kind(document) + ' without a list "features"'
            raise Faults([Fault("not_geojson", {"there": there}, name, 1)])
    elif kind == "Feature":
        features = [document]
    elif kind in _TYPES or kind == "GeometryCollection":
        features = [{"type": "Feature", "geometry": document}]
    else:
        raise Faults([Fault("not_geojson", {"there": f'"type": "{printable(kind)}"'}, name, 1)])
    return _features(name, text, features, _crs(name, document))


def _parse(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        fields = {"reason": printable(error.msg), "column": error.colno}
        raise Faults([Fault("not_json", fields, name, error.lineno)]) from None
    except RecursionError:
        raise Faults([Fault("nested_too_deeply", {}, name, 1)]) from None
    except ValueError as error:  # an integer of thousands of digits
        fields = {"reason": printable(error), "column": 1}
        raise Faults([Fault("not_json", fields, name, 1)]) from None


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return '{"' + '", "'.join(printable(key, 20) for key in list(value)[:5]) + '"}'
    if isinstance(value, list):
        return "[…]"
    return printable(json.dumps(value, ensure_ascii=False), 30)


def _crs(name: str, document: dict[str, Any]) -> str | None:
    if "crs" not in document:
        return None
    member = document["crs"]
    if member is None:
        return "planar"
    properties = member.get("properties") if isinstance(member, dict) else None
    crs = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(crs, str):
        raise Faults([Fault("crs_member", {"there": _kind(member)}, name, 1)])
    return crs


def _features(name: str, text: str, features: list[Any], crs: str | None) -> Features:
    geometries: list[Any] = []
    properties: list[dict[str, Any]] = []
    wrong: list[tuple[int, _Wrong]] = []
    for position, feature in enumerate(features):
        geometry = None
        try:
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                raise _Wrong("not_a_feature", there=_kind(feature))
            if feature.get("geometry") is not None:
                geometry = _geometry(feature["geometry"], 0)
        except _Wrong as fault:
            wrong.append((position, fault))
        geometries.append(geometry)
        given = feature.get("properties") if isinstance(feature, dict) else None
        properties.append(given if isinstance(given, dict) else {})
    read = Features(text, geometries, properties, crs)
    if wrong:
        raise Faults(
            Fault(fault.code, {"feature": at + 1, **fault.fields}, name, read.lines[at])
            for at, fault in wrong
        )
    return read


def _geometry(geometry: Any, depth: int) -> Any:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        if depth >= _COLLECTION_DEPTH_MAX:
            raise _Wrong("collection_too_deep", most=_COLLECTION_DEPTH_MAX)
        parts = [_geometry(part, depth + 1) for part in geometry["geometries"]]
        return shapely.GeometryCollection([part for part in parts if part is not None])
    if not isinstance(kind, str) or kind not in _TYPES:
        raise _Wrong("not_a_geometry", there=_kind(geometry))
    coordinates = geometry.get("coordinates")
    if coordinates == []:
        return None  # RFC 7946, 3.1: may be read as no geometry
    places = _places(coordinates, _TYPES[kind])
    try:
        match kind:
            case "Point":
                return shapely.Point(places)
            case "MultiPoint":
                return shapely.MultiPoint(places)
            case "LineString":
                return shapely.LineString(places)
            case "MultiLineString":
                return shapely.MultiLineString(places)
            case "Polygon":
                return shapely.Polygon(places[0], places[1:])
            case _:
                return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in places])
    except (ValueError, IndexError, shapely.errors.GEOSException) as error:
        reason = printable(next(iter(str(error).splitlines()), ""), 100)
        raise _Wrong("geometry_invalid", kind=kind, reason=reason) from None


def _places(coordinates: Any, depth: int) -> Any:
    """Coordinates `depth` lists deep, as pairs of finite numbers; heights are left out."""
    if not isinstance(coordinates, list):
        raise _Wrong("coordinates_wrong", there=_kind(coordinates))
    if depth > 0:
        return [_places(part, depth - 1) for part in coordinates]
    if len(coordinates) < 2:
        raise _Wrong("coordinates_wrong", there=printable(coordinates, 40))
    for value in coordinates[:2]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Wrong("coordinates_wrong", there=_kind(value))
        if (isinstance(value, int) and abs(value) > 1 << 53) or not math.isfinite(value):
            raise _Wrong("coordinates_wrong", there=printable(value, 40))
    return float(coordinates[0]), float(coordinates[1])


def _lines(text: str, count: int) -> list[int | None]:
    """The line on which each feature begins; None for each where that cannot be told."""
    member = text.find('"features"')
    if member < 0:
        return [1] * count
    start = text.find("[", member)
    decoder = json.JSONDecoder()
    lines: list[int | None] = []
    at, line, counted = start + 1, 1, 0
    try:
        while len(lines) < count:
            while text[at] in " \t\r\n,":
                at += 1
            line += text.count("\n", counted, at)
            counted = at
            lines.append(line)
            _, at = decoder.raw_decode(text, at)
    except (IndexError, ValueError, RecursionError):
        pass
    return lines if len(lines) == count else [None] * count
