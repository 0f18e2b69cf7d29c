"""What a result was made from: version, options, and the SHA-256 of every input."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_PLACE = {"out", "force"}


def manifest(command: str, options: Mapping[str, Any], files: Iterable[Path]) -> dict[str, Any]:
    """The manifest of a run. It holds no time, and only options that bear on the result: the same
    run gives the same bytes, wherever they are put."""
    from gridgov import __version__

    return {
        "program": "gridgov",
        "version": __version__,
        "command": command,
        "options": {name: _plain(value) for name, value in options.items() if name not in _PLACE},
        "inputs": [digest(path) for path in dict.fromkeys(files)],
    }


def digest(path: Path) -> dict[str, Any]:
    """A file's name, size and SHA-256."""
    from gridgov.tables import located

    with Path(located(str(path))[0]).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return {"file": _plain(path), "bytes": file.tell(), "sha256": sha256}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value).encode(errors="replace").decode()  # names need not be UTF-8
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def to_json(value: Any, indent: int | None = 2) -> str:
    """JSON as gridgov writes it: UTF-8, keys in their order, null for what is not finite."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):  # a NumPy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
