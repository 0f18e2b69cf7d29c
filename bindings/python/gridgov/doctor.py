"""What is here: versions of gridgov and its parts, which optional ones are missing, what they are
for, and how to install them."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any

from gridgov.console import Console

#: Exit codes of gridgov.commands: all is here; a part is missing without which commands fail.
_WELL, _UNWELL = 0, 1


@dataclass(frozen=True)
class Part:
    """A part that gridgov can use: its name, the commands that install it, how to find its version.

    `module` is imported if it is needed, and only looked for if it is optional.
    """

    name: str
    install: str
    module: str = ""
    needed: bool = False
    find: Callable[[], str | None] | None = None

    def version(self) -> str | None:
        """Its version; None where it is missing, or cannot be used."""
        if self.find is not None:
            return self.find()
        try:
            if self.needed:
                importlib.import_module(self.module)
            elif util.find_spec(self.module) is None:
                return None
            return metadata.version(self.name)
        except (ImportError, ValueError, OSError):
            return None


def _graphviz() -> str | None:
    return shutil.which("dot")


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None)


def _chinese_font() -> str | None:
    from gridgov.fonts import chinese_family

    return chinese_family()


def _needed(name: str, module: str = "") -> Part:
    return Part(name, f"pip install {name}", module or name, needed=True)


def _optional(name: str, module: str = "", extra: str = "") -> Part:
    wanted = f"'{name}[{extra}]'" if extra else name
    return Part(name, f"pip install {wanted}", module or name)


PARTS = (
    _needed("numpy"),
    _needed("pandas"),
    _needed("pyarrow"),
    _needed("geopandas"),
    _needed("shapely"),
    _needed("pyproj"),
    _needed("matplotlib"),
    _needed("openpyxl"),
    _needed("jinja2"),
    _needed("rich"),
    _needed("typer"),
    Part("graphviz", "apt-get install graphviz", find=_graphviz),
    Part("chinese_font", "apt-get install fonts-wqy-microhei", find=_chinese_font),
    _optional("networkx"),
    _optional("libpysal"),
    _optional("dask", extra="dataframe"),
    _optional("distributed"),
    _optional("pyspark"),
    Part("java", "apt-get install default-jre-headless", find=_java),
)


def doctor(console: Console) -> int:
    """`gridgov doctor`"""
    found = [(part, part.version()) for part in PARTS]
    missing = [part for part, version in found if version is None]
    unwell = any(part.needed for part in missing)
    say = console.say
    about = _about(console)
    console.result(about | {"parts": [_record(part, version, console) for part, version in found]})
    rows = [(say(f"label.doctor.{name}"), str(value)) for name, value in about.items()]
    rows += [(_name(part, console), version or say("doctor.missing")) for part, version in found]
    console.summary(rows)
    told = [
        say(
            "doctor.install",
            name=_name(part, console),
            purpose=_purpose(part, console),
            install=part.install,
        )
        for part in missing
    ]
    console.text("\n".join([*told, say("doctor.unwell" if unwell else "doctor.well")]))
    return _UNWELL if unwell else _WELL


def _about(console: Console) -> dict[str, Any]:
    from gridgov import __version__

    return {
        "gridgov": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": len(os.sched_getaffinity(0)),
        "language": console.language,
        "encoding": getattr(sys.stdout, "encoding", None) or "",
    }


def _name(part: Part, console: Console) -> str:
    return console.say("doctor.name.chinese_font") if part.name == "chinese_font" else part.name


def _purpose(part: Part, console: Console) -> str:
    return console.say(f"doctor.purpose.{'needed' if part.needed else part.name}")


def _record(part: Part, version: str | None, console: Console) -> dict[str, Any]:
    return {
        "name": part.name,
        "version": version,
        "needed": part.needed,
        "purpose": _purpose(part, console),
        "install": part.install,
    }
