"""The table of the command line: every option, and every command with its arguments, options and
examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import typer

from gridgov import commands
from gridgov.console import Console
from gridgov.faults import Fault, Faults, near, printable
from gridgov.language import Language, text

Parser = Callable[[str, Any], Any]


def _number(option: str, given: Any) -> float:
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Faults([Fault("option_not_number", {"name": option, "given": printable(given)})])
    return value


def _whole(least: int, most: int = 2**63 - 1) -> Parser:
    def parse(option: str, given: Any) -> int:
        try:
            value = int(given)
        except ValueError:
            fault = Fault("option_not_whole", {"name": option, "given": printable(given)})
            raise Faults([fault]) from None
        fields = {"name": option, "given": value, "least": least, "most": most}
        if value < least:
            raise Faults([Fault("option_too_small", fields)])
        if value > most:
            raise Faults([Fault("option_too_large", fields)])
        return value

    return parse


def _one_of(*known: str) -> Parser:
    def parse(option: str, given: Any) -> str:
        if given in known:
            return str(given)
        fields = {"name": option, "given": printable(given), "known": ", ".join(known)}
        meant = near(str(given), known)
        if meant is not None:
            raise Faults([Fault("option_not_choice_near", fields | {"near": meant})])
        raise Faults([Fault("option_not_choice", fields)])

    return parse


@dataclass(frozen=True)
class Option:
    """An option: what it is, what it is unless said, where help shows it."""

    panel: str
    kind: Any
    metavar: str | None = None
    default: Any = None
    parser: Parser | None = None
    shown_default: str | None = None
    hidden: bool = False
    help: str | None = None  # the catalogue's key, if not the option's own name
    repeated: bool = False

    def flag(self, name: str) -> str:
        """The word on the command line."""
        return "--" + name.rstrip("_").replace("_", "-")  # in_: a word of Python's own

    def annotation(self, name: str, language: Language) -> Any:
        """What typer reads."""
        flag = self.flag(name)
        info: dict[str, Any] = {
            "help": text(f"help.option.{self.help or name}", language),
            "rich_help_panel": text(f"help.panel.{self.panel}", language),
            "hidden": self.hidden,
            "metavar": self.metavar,
        }
        if self.shown_default is not None:
            info["show_default"] = self.shown_default
        kind = self.kind
        if self.parser is not None:
            parser = self.parser
            info["parser"] = lambda given: parser(flag, given)
        if self.default is None and not self.repeated:
            kind = kind | None
        return Annotated[kind, typer.Option(flag, **info)]


_SEED = _whole(0, 2**64 - 1)
_COUNT = _whole(1, 100_000_000)
OPTIONS: dict[str, Option] = {
    "out": Option("output", Path, "DIR"),
    "force": Option("output", bool, default=False),
    "json": Option("output", bool, default=False),
    "quiet": Option("output", bool, default=False),
    "lang": Option("output", str, "en|zh"),
    "min": Option("rules", float, "WEIGHT", 10, _number),
    "max": Option("rules", float, "WEIGHT", 30, _number),
    "target": Option("rules", float, "WEIGHT", 20, _number),
    "courtyards": Option("rules", int, "K", parser=_whole(1)),
    "grids": Option("rules", int, "N", parser=_whole(1)),
    "grid_courtyards": Option("rules", tuple[str, str], "MIN MAX"),
    "metric": Option("rules", str, "straight|walk", "straight", _one_of("straight", "walk")),
    "group_weight": Option("rules", float, "METRES", 100, _number),
    "unlocated": Option("rules", str, "refuse|group", "refuse", _one_of("refuse", "group")),
    "id_column": Option("columns", str, "COLUMN", "id"),
    "village_column": Option("columns", str, "COLUMN", shown_default="village"),
    "weight_column": Option("columns", str, "COLUMN"),
    "head_column": Option("columns", str, "COLUMN"),
    "pin_column": Option("columns", str, "COLUMN"),
    "group_column": Option("columns", str, "COLUMN"),
    "links": Option("neighbours", Path, "FILE"),
    "roads": Option("neighbours", tuple[Path, Path], "NODES ROADS"),
    "barriers": Option("neighbours", Path, "FILE"),
    "max_link_m": Option("neighbours", float, "METRES", parser=_number),
    "crs": Option("references", str, "CRS"),
    "ways_crs": Option("references", str, "CRS"),
    "barriers_crs": Option("references", str, "CRS"),
    "algorithms": Option("search", str, "A,B,C"),
    "seconds": Option("search", float, "S", 10, _number),
    "effort": Option(
        "search", str, "draft|standard|best", "standard", _one_of("draft", "standard", "best")
    ),
    "seed": Option("search", int, "N", 0, _SEED),
    "threads": Option("search", int, "N", 0, _whole(0)),
    "bound": Option("search", bool, default=False),
    "certificate": Option("search", Path, "FILE"),
    "keep": Option("changes", float, "METRES", parser=_number),
    "lock": Option("changes", list[str], "COURTYARD…", repeated=True),
    "in_": Option("wish", Path, "DIR", help="in"),
    "actor": Option("request", str, "ACTOR"),
    "matter": Option("request", str, "MATTER"),
    "date": Option("request", str, "DATE"),
    "village": Option("request", str, "VILLAGE"),
    "attribute": Option("request", list[str], "K=V…", repeated=True),
    "evidence": Option("record", Path, "FILE"),
    "holidays": Option("record", Path, "FILE"),
    "metrics": Option("record", Path, "FILE"),
    "as_of": Option("record", str, "DATE"),
    "referral_hops_max": Option("audit", int, "N", 3, _whole(0, 1000)),
    "title_similarity_min": Option("audit", int, "PERCENT", 70, _whole(0, 100)),
    "from_": Option("workload", str, "DATE", help="workload_from"),
    "months": Option("workload", int, "N", 12, _whole(1, 120)),
    "capacity_hours": Option("workload", float, "HOURS", parser=_number),
    "subsidy_percent": Option("workload", float, "PERCENT", parser=_number),
    "subsidy_posts": Option("workload", int, "N", parser=_whole(0, 1_000_000)),
    "catalogue": Option("record", list[Path], "CATALOGUE", repeated=True, help="cases_catalogue"),
    "to": Option("wish", str, "COURTYARD"),
    "previous": Option("tables", Path, "DIR"),
    "skip_faulty_villages": Option("tables", bool, default=False),
    "unmasked": Option("output", bool, default=False),
}
_POINTS = {
    name: Option("tables", Path, "FILE", help=f"points_{name}")
    for name in ("households", "persons", "register", "exchanges", "goods")
}
#: Options that are something else for one command.
PECULIAR = {
    "points lint": _POINTS,
    "points settle": _POINTS,
    "points compare": _POINTS,
    "points decompose": {
        "rules": Option("tables", list[str], "NAME=RULES…", repeated=True, help="named_rules"),
        "register": Option("tables", list[str], "NAME=FILE…", repeated=True, help="named_register"),
        **{
            name: Option(
                "tables", list[str], f"[NAME=]{what}…", repeated=True, help=f"named_{name}"
            )
            for name, what in (
                ("households", "FILE"),
                ("persons", "FILE"),
                ("exchanges", "FILE"),
                ("goods", "FILE"),
                ("as_of", "DATE"),
            )
        },
    },
    "compare": {"threads": Option("search", int, "N", 1, _whole(0))},  # so that seconds compare
    "simulate township": {
        "households": Option("township", int, "N", 2400, _COUNT, help="sim_households"),
        "villages": Option("township", int, "V", 7, _COUNT, help="sim_villages"),
        "seed": Option("township", int, "S", 0, _SEED, help="sim_seed"),
    },
    "lists flow": {"out": Option("output", Path, "FILE", help="flow_out")},
    "report": {
        "out": Option("output", Path, "FILE", help="report_out"),
        "force": Option("output", bool, default=False, help="report_force"),
        "catalogue": Option(
            "tables", list[Path], "CATALOGUE", repeated=True, help="report_catalogue"
        ),
    },
}


@dataclass(frozen=True)
class Command:
    """A command: what it runs, its arguments, its options in the order of its help."""

    run: Callable[[SimpleNamespace, Console], int]
    example: str
    options: str
    arguments: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # further examples


#: Arguments that are ids, and those that are several files; the others are one file.
IDS = {"household", "procedure"}
SEVERAL = {"catalogue", "rules", "dir"}
_OUTPUT = "out force json quiet lang "
_SETTLED = "households persons register exchanges goods as_of previous skip_faulty_villages threads"
_INPUT = (
    "id_column village_column weight_column head_column pin_column group_column unlocated "
    "links roads barriers max_link_m crs ways_crs barriers_crs "
)
COMMANDS = {
    "partition": Command(
        lambda options, console: commands.partition(options, console),
        "gridgov partition households.csv --barriers rivers.geojson --out result",
        f"{_OUTPUT} min max target courtyards grids grid_courtyards metric group_weight {_INPUT} "
        "effort seed threads bound",
        ("households",),
        required=("out",),
        more=(
            "gridgov partition town.xlsx#户表 --id-column 户编号 --village-column 村 --out result",
            "gridgov partition households.csv --crs gcj02 --min 8 --grids 15 --out result",
        ),
    ),
    "revise": Command(
        lambda options, console: commands.revise(options, console),
        "gridgov revise result households.csv --lock all-3 all-7 --out result2",
        f"{_OUTPUT} keep lock min max target courtyards grids grid_courtyards metric group_weight "
        f"{_INPUT} effort seed threads",
        ("previous", "households"),
        required=("out",),
    ),
    "explain": Command(
        lambda options, console: commands.explain(options, console),
        "gridgov explain h17 --in result --to all-3",
        "in_ to out force json quiet lang",
        ("household",),
        required=("in_",),
        more=("gridgov explain h17 --in result",),
    ),
    "verify": Command(
        lambda options, console: commands.verify(options, console),
        "gridgov verify households.csv result/households.csv --links result/links.csv",
        f"{_OUTPUT} min max metric {_INPUT} certificate",
        ("households", "assignment"),
    ),
    "compare": Command(
        lambda options, console: commands.compare(options, console),
        "gridgov compare households.csv --algorithms gridgov-standard,hilbert",
        f"{_OUTPUT} min max target courtyards metric group_weight {_INPUT} algorithms seed threads "
        "seconds",
        ("households",),
    ),
    "simulate township": Command(
        lambda options, console: commands.township(options, console),
        "gridgov simulate township --households 2400 --villages 7 --seed 1 --out town",
        f"{_OUTPUT} households villages seed",
        required=("out",),
    ),
    "points lint": Command(
        lambda options, console: _points().lint(options, console),
        "gridgov points lint rules.toml --goods goods.csv",
        "households goods json quiet lang",
        ("rules",),
    ),
    "points settle": Command(
        lambda options, console: _points().settle(options, console),
        "gridgov points settle rules.toml --households households.csv --register register.csv "
        "--as-of 2026-03-31 --out points",
        f"{_OUTPUT} {_SETTLED}",
        ("rules",),
        required=("households", "register", "as_of", "out"),
        more=(
            "gridgov points settle rules.toml --households town.xlsx --register april.xlsx "
            "--as-of 2026-04-30 --previous points --out points-april",
        ),
    ),
    "points compare": Command(
        lambda options, console: _points().compare(options, console),
        "gridgov points compare old.toml new.toml --households households.csv "
        "--register register.csv --as-of 2026-03-31 --out comparison",
        f"{_OUTPUT} {_SETTLED}",
        ("old", "new"),
        required=("households", "register", "as_of", "out"),
    ),
    "points decompose": Command(
        lambda options, console: _points().decompose(options, console),
        "gridgov points decompose --rules old=old.toml new=new.toml --households households.csv "
        "--register 2025=r25.csv 2026=r26.csv --as-of 2025=2025-12-31 2026=2026-12-31 "
        "--out decomposition",
        f"{_OUTPUT} rules register households as_of persons exchanges goods "
        "skip_faulty_villages threads",
        required=("rules", "register", "households", "as_of", "out"),
    ),
    "points verify": Command(
        lambda options, console: _points().verify(options, console),
        "gridgov points verify --in points",
        "in_ json quiet lang",
        required=("in_",),
    ),
    "points statement": Command(
        lambda options, console: _points().statement(options, console),
        "gridgov points statement h17 --in points",
        f"in_ {_OUTPUT}",
        ("household",),
        required=("in_",),
    ),
    "points board": Command(
        lambda options, console: _points().board(options, console),
        "gridgov points board --in points",
        f"in_ unmasked {_OUTPUT}",
        required=("in_",),
    ),
    "lists audit": Command(
        lambda options, console: _lists().audit(options, console),
        "gridgov lists audit province.toml town.toml",
        f"{_OUTPUT} referral_hops_max title_similarity_min",
        ("catalogue",),
    ),
    "lists decide": Command(
        lambda options, console: _lists().decide(options, console),
        "gridgov lists decide town.toml --actor ganquan --matter certificate/residence "
        "--date 2026-03-01 --attribute age=40",
        "actor matter date village attribute json quiet lang",
        ("catalogue",),
        required=("actor", "matter", "date"),
    ),
    "lists diff": Command(
        lambda options, console: _lists().diff(options, console),
        "gridgov lists diff town-2025.toml town-2026.toml",
        _OUTPUT,
        ("old", "new"),
    ),
    "lists duties": Command(
        lambda options, console: _lists().duties(options, console),
        "gridgov lists duties town.toml --evidence done.csv --holidays holidays.csv "
        "--as-of 2026-06-30 --out duties",
        f"{_OUTPUT} evidence holidays metrics as_of",
        ("catalogue",),
        required=("evidence", "as_of", "out"),
    ),
    "lists workload": Command(
        lambda options, console: _lists().workload(options, console),
        "gridgov lists workload town.toml --capacity-hours 160",
        f"{_OUTPUT} from_ months capacity_hours subsidy_percent subsidy_posts",
        ("catalogue",),
    ),
    "lists flow": Command(
        lambda options, console: _lists().flow(options, console),
        "gridgov lists flow town.toml low-income --out low-income.svg",
        _OUTPUT,
        ("catalogue", "procedure"),
        required=("out",),
    ),
    "lists cases": Command(
        lambda options, console: _lists().cases(options, console),
        "gridgov lists cases log.csv --as-of 2026-06-30 --catalogue town.toml",
        f"{_OUTPUT} as_of catalogue",
        ("log",),
        required=("as_of",),
    ),
    "lists match": Command(
        lambda options, console: _lists().match(options, console),
        "gridgov lists match needs.csv resources.csv projects.csv --out matched",
        _OUTPUT,
        ("needs", "resources", "projects"),
        required=("out",),
    ),
    "report": Command(
        lambda options, console: _report(options, console),
        "gridgov report partition points duties workload audit --catalogue town.toml "
        "--out report.html",
        "catalogue unmasked out force json quiet lang",
        ("dir",),
        required=("out",),
        more=("gridgov report partition points --lang zh --out report.html",),
    ),
    "doctor": Command(
        lambda _options, console: _doctor(console),
        "gridgov doctor",
        "json quiet lang",
    ),
}


def _points() -> Any:
    """The commands of points, loaded when one is run."""
    from gridgov.points import commands as points

    return points


def _lists() -> Any:
    """The commands of lists, loaded when one is run."""
    from gridgov.lists import commands as lists

    return lists


def _report(options: SimpleNamespace, console: Console) -> int:
    from gridgov.town.commands import report

    return report(options, console)


def _doctor(console: Console) -> int:
    from gridgov.doctor import doctor

    return doctor(console)
