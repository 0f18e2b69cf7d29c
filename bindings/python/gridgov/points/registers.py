"""Several sets of rulebooks and several registers from one command line, each with a name.

`--rules NAME=RULES` and `--register NAME=FILE` give names; every other table and the day is of one
register where it is given as `NAME=VALUE`, and of all where it is given alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gridgov.faults import Fault, Faults, near, printable
from gridgov.points import reading
from gridgov.points.rulebook import Rulebooks

#: The tables of a register beside itself.
OTHERS = ("households", "persons", "exchanges", "goods")
_NEEDED = ("households", "as_of")


def named(option: str, given: Iterable[str]) -> dict[str, str]:
    """Values by the name before their first `=`. Raises `Faults` for one without a name, and for a
    name given twice."""
    found: dict[str, str] = {}
    faults = []
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            faults.append(Fault("name_missing", {"name": option, "given": printable(one)}))
        elif name in found:
            faults.append(Fault("name_twice", {"name": option, "given": printable(name)}))
        found.setdefault(name, value)
    if faults:
        raise Faults(faults)
    return found


class Registers:
    """Registers by name, with the tables and the day of each, as the command line names them.

    Raises `Faults`: every value that belongs to no register or to one twice, and every register
    that lacks its households or its day.
    """

    def __init__(self, registers: Iterable[str], given: Mapping[str, Iterable[str] | None]) -> None:
        self.files = named("--register", registers)
        self._faults: list[Fault] = []
        self.of_all: dict[str, str] = {}
        self.own: dict[str, dict[str, str]] = {name: {} for name in self.files}
        for option in (*OTHERS, "as_of"):
            for one in given.get(option) or ():
                self._sort(option, one)
        self._check()
        if self._faults:
            raise Faults(self._faults)

    def _sort(self, option: str, one: str) -> None:
        flag = _flag(option)
        name, equals, value = one.partition("=")
        register = name if equals and name in self.files else None
        if register is None and equals and not (option != "as_of" and Path(one).exists()):
            self._faults.append(self._unknown(flag, name))
            return
        place = self.of_all if register is None else self.own[register]
        if not value and register is not None:
            self._faults.append(Fault("name_missing", {"name": flag, "given": printable(one)}))
        elif option in place:
            self._faults.append(Fault("given_twice", {"name": flag, "given": printable(one)}))
        place.setdefault(option, one if register is None else value)

    def _unknown(self, flag: str, name: str) -> Fault:
        known = ", ".join(map(printable, self.files))
        fields = {"name": flag, "given": printable(name), "known": known}
        meant = near(name, self.files)
        if meant is None:
            return Fault("register_unknown", fields)
        return Fault("register_unknown_near", fields | {"near": printable(meant)})

    def _check(self) -> None:
        for name in self.files:
            of = self.of(name)
            needed = (*_NEEDED, "goods") if "exchanges" in of else _NEEDED
            for option in needed:
                if option not in of:
                    fields = {"name": _flag(option), "given": printable(name)}
                    self._faults.append(Fault("register_lacks", fields))

    def of(self, name: str) -> dict[str, str]:
        """What is given for a register, be it for it alone or for all."""
        return self.of_all | self.own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    @property
    def paths(self) -> list[Path]:
        """Every file."""
        given = [self.of_all, *self.own.values()]
        others = [Path(of[option]) for of in given for option in OTHERS if option in of]
        return [*map(Path, self.files.values()), *others]

    def read(self) -> dict[str, reading.Inputs]:
        """The tables of each register; what is of all is read once. Faults are collected."""
        shared = reading.Inputs()
        reading.read_tables(shared, _paths(self.of_all))
        read = {}
        for name in self:
            inputs = reading.Inputs(
                tables=dict(shared.tables),
                read=dict(shared.read),
                names=dict(shared.names),
                files=list(shared.files),
                faults=list(shared.faults),
            )
            own = _paths(self.own[name]) | {"register": Path(self.files[name])}
            reading.read_tables(inputs, own)
            read[name] = inputs
        return read


def _paths(of: Mapping[str, str]) -> dict[str, Path | None]:
    return {option: Path(of[option]) for option in OTHERS if option in of}


def _flag(option: str) -> str:
    return "--" + option.replace("_", "-")


def read_rules(given: Mapping[str, str]) -> tuple[dict[str, Rulebooks], list[Path], list[Fault]]:
    """Sets of rulebooks by name, the files they stand in, and every fault of them."""
    books: dict[str, Rulebooks] = {}
    files: list[Path] = []
    faults: list[Fault] = []
    for name, path in given.items():
        inputs = reading.Inputs()
        made = reading.read_rules(inputs, [Path(path)])
        files += inputs.files
        faults += inputs.in_order(inputs.faults)
        if made is not None:
            books[name] = made
    return books, files, faults
