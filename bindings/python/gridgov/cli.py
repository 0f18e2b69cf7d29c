"""The command line: a thin face over the Python API.

Options stand in one table (`OPTIONS`), commands in another (`COMMANDS`); typer is handed functions
whose signatures are made from them, with help in the reader's language.
"""

from __future__ import annotations

import inspect
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, NoReturn

import typer
import typer.core

from gridgov import __version__, commands, help_pages
from gridgov.commands import BAD_INPUT, DONE, INTERRUPTED
from gridgov.console import Console, leave, steady_streams
from gridgov.faults import Fault, Faults, near, printable
from gridgov.language import LANGUAGES, MESSAGES, Language, from_locale, text

Parser = Callable[[str, Any], Any]

_REQUIRED = inspect.Parameter.empty
_COMPLETE = "_GRIDGOV_COMPLETE"  # set by the shell when it asks for completions
_ROOT_OPTIONS = ("--help", "-h", "--version", "--lang", "--install-completion", "--show-completion")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    steady_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    language, faults = _language(given)
    console = Console(language, json="--json" in given, quiet="--quiet" in given)
    try:
        return _run(given, language, faults)
    except Faults as error:
        return _told(console, error.faults)
    except (KeyboardInterrupt, typer.Abort):
        console.note("fault.interrupted")
        return INTERRUPTED
    except SystemExit as error:  # typer's, once completions are told
        return error.code if isinstance(error.code, int) else DONE
    except MemoryError:
        return _told(console, [Fault("out_of_memory")])
    except BrokenPipeError:  # a reader that went away (`| head`) is no error of ours
        leave(sys.stdout)
        return DONE
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own: a mistake in the command line
            return _told(console, [_usage_fault(error)])
        if os.environ.get("GRIDGOV_TRACEBACK"):
            raise
        if isinstance(error, OSError) and error.strerror:  # a full disk, a file that has gone
            leave(sys.stdout)
            path = printable(error.filename or "gridgov", 200)
            return _told(console, [Fault("system", {"path": path, "reason": error.strerror})])
        reason = printable(next(iter(str(error).splitlines()), ""), 200)
        return _told(console, [Fault("internal", {"kind": type(error).__name__, "reason": reason})])


def _run(given: list[str], language: Language, faults: Sequence[Fault]) -> int:
    if faults:
        raise Faults(faults)
    if _COMPLETE not in os.environ:
        _check_command(given)
        given = _spread(given)
    with _terminable():
        command = typer.main.get_command(build(language))
        code = command.main(
            args=given, prog_name="gridgov", complete_var=_COMPLETE, standalone_mode=False
        )
    if code == INTERRUPTED:  # typer's answer to Ctrl-C
        raise KeyboardInterrupt
    return code if isinstance(code, int) else DONE


def _told(console: Console, faults: Sequence[Fault]) -> int:
    try:
        console.faults(faults)
    except Faults as error:  # stdout cannot be written: the rest is for stderr alone
        Console(console.language).faults([*error.faults, *faults])
    return BAD_INPUT


@contextmanager
def _terminable() -> Iterator[None]:
    """A termination (kill, timeout, a closed terminal) ends like Ctrl-C: what is half made is
    removed."""

    def stop(_signal: int, _frame: Any) -> NoReturn:
        raise KeyboardInterrupt

    caught = (signal.SIGTERM, signal.SIGHUP)
    try:
        before = [signal.signal(number, stop) for number in caught]
    except ValueError:  # not the main thread: signals are somebody else's
        yield
        return
    try:
        yield
    finally:
        for caught_signal, handler in zip(caught, before, strict=True):
            signal.signal(caught_signal, handler)


def _language(arguments: Sequence[str]) -> tuple[Language, list[Fault]]:
    """The language, known before anything can be said in it."""
    default = from_locale(os.environ)
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--lang":
            continue
        if not equals:
            value = arguments[place + 1] if place + 1 < len(arguments) else ""
        for language in LANGUAGES:
            if value == language:
                return language, []
        fields = {"name": "--lang", "given": printable(value), "known": ", ".join(LANGUAGES)}
        return default, [Fault("option_not_choice", fields)]
    return default, []


# Mistakes in the command line: typer's own words are English only.


def _check_command(arguments: Sequence[str]) -> None:
    """Whether the words before the first option name a command."""
    words = list(arguments)
    while words and words[0].startswith("--lang"):
        words = words[1 if "=" in words[0] else 2 :]
    if (words and words[0] in _ROOT_OPTIONS) or {"--help", "-h", "--version"} & set(words):
        return
    if words and words[0].startswith("-"):
        raise Faults([_unknown("option", words[0].partition("=")[0], _ROOT_OPTIONS)])
    known: list[list[str]] = [name.split() for name in COMMANDS]
    while known[0]:
        names = list(dict.fromkeys(rest[0] for rest in known))
        if not words or words[0].startswith("-"):
            raise Faults([Fault("missing_command", {"known": ", ".join(names)})])
        if words[0] not in names:
            raise Faults([_unknown("command", words[0], names)])
        word = words.pop(0)
        known = [rest[1:] for rest in known if rest[0] == word]


def _spread(arguments: list[str]) -> list[str]:
    """`--lock A B C` as `--lock A --lock B --lock C`, once the files have been named before it; and
    `--attribute k=v l=w` likewise."""
    if arguments[:2] == ["lists", "decide"]:
        return _spread_attributes(arguments)
    files = next((i for i, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    if arguments[:1] != ["revise"] or files < 3:
        return arguments
    spread: list[str] = []
    locking = False
    for word in arguments:
        if locking and not word.startswith("-") and spread[-1] != "--lock":
            spread.append("--lock")
        elif word.startswith("-"):
            locking = word == "--lock"
        spread.append(word)
    return spread


def _spread_attributes(arguments: list[str]) -> list[str]:
    spread: list[str] = []
    giving = False
    for word in arguments:
        if word.startswith("-"):
            giving = word == "--attribute"
        elif giving and "=" in word:
            if spread[-1] != "--attribute":
                spread.append("--attribute")
        else:
            giving = False
        spread.append(word)
    return spread


def _usage_fault(error: Any) -> Fault:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        parameters = error.ctx.command.params if error.ctx is not None else []
        known = [name for parameter in parameters for name in parameter.opts]
        return _unknown("option", error.option_name, [n for n in known if n.startswith("--")])
    if kind == "MissingParameter":
        return Fault("missing_argument", {"name": _name_of(error.param)})
    if kind == "BadOptionUsage":
        return Fault("missing_value", {"name": error.option_name})
    message = error.format_message()
    extra = re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message)
    if extra:
        return Fault("extra_argument", {"given": printable(extra[1])})
    return Fault("usage", {"reason": printable(message, 200)})


def _unknown(kind: str, given: str, known: Sequence[str]) -> Fault:
    fields = {"given": printable(given), "known": ", ".join(known)}
    meant = near(given, known)
    if meant is None:
        return Fault(f"unknown_{kind}", fields)
    return Fault(f"unknown_{kind}_near", fields | {"near": meant})


def _name_of(parameter: Any) -> str:
    names = [name for name in parameter.opts if name.startswith("--")]
    return names[0] if names else str(parameter.name).upper()


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


# Options and commands


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
            "record", list[Path], "CATALOGUE", repeated=True, help="report_catalogue"
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
_IDS = {"household", "procedure"}
_SEVERAL = {"catalogue", "rules", "dir"}
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


def build(language: Language) -> typer.Typer:
    """The commands as typer has them, with help in a language."""

    def spoken(option: Any) -> Any:
        if option is not None:
            option.help = text("help.option.help", language)
        return option

    class SpokenGroup(typer.core.TyperGroup):
        def get_help_option(self, ctx: Any) -> Any:
            return spoken(super().get_help_option(ctx))

        def get_params(self, ctx: Any) -> Any:
            found: list[Any] = super().get_params(ctx)
            for option in found:
                if option.name in {"install_completion", "show_completion"}:
                    option.help = text(f"help.{option.name}", language)
            return found

        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(_group_page(ctx.command_path, language))

    class SpokenCommand(typer.core.TyperCommand):
        def get_help_option(self, ctx: Any) -> Any:
            return spoken(super().get_help_option(ctx))

        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(_command_page(ctx.command_path, language))

    def group(key: str, completes: bool = False) -> typer.Typer:
        return typer.Typer(
            cls=SpokenGroup,
            help=text(key, language),
            add_completion=completes,
            context_settings={"help_option_names": ["--help", "-h"]},
        )

    app = group("help.program", completes=True)
    app.callback()(_program(language))
    owners = {"": app}
    for name, command in COMMANDS.items():
        words = name.split()
        of = " ".join(words[:-1])
        if of not in owners:
            owners[of] = group(f"help.{of}")
            app.add_typer(owners[of], name=of)
        hint = text(f"help.{'.'.join(words)}", language)
        face = _face(name, command, language)
        owners[of].command(words[-1], cls=SpokenCommand, help=hint)(face)
    return app


def _name(path: str) -> str:
    """A command's name: all of its path but the program."""
    return path.partition(" ")[2]


def _group_page(path: str, language: Language) -> str:
    """Help of the whole program, or of a group of commands."""
    of = _name(path)
    first = len(of.split())
    within = [name for name in COMMANDS if not of or name.startswith(f"{of} ")]
    known: dict[str, str] = {}
    for name in within:
        word = name.split()[first]
        key = f"{of} {word}".strip().replace(" ", ".")
        known[word] = text(f"help.{key}", language)
    usage = f"{path} {text('help.usage.command', language)} …"
    page = help_pages.Page(usage, text(f"help.{of}" if of else "help.program", language))
    page.examples = [COMMANDS[name].example for name in within]
    options = [("--help, -h", text("help.option.help", language))]
    if not of:
        page.examples = _FIRST_EXAMPLES
        options = [
            ("--version", text("help.version", language)),
            ("--lang en|zh", text("help.option.lang", language)),
            ("--install-completion", text("help.install_completion", language)),
            ("--show-completion", text("help.show_completion", language)),
            *options,
        ]
    page.parts[text("help.panel.commands", language)] = list(known.items())
    page.parts[text("help.panel.options", language)] = options
    page.end = text("help.more", language)
    return _rendered(page, language)


#: From nothing to first results.
_FIRST_EXAMPLES = (
    "gridgov simulate township --out town",
    "gridgov partition town/households.csv --out result",
    "gridgov doctor",
)


def _command_page(path: str, language: Language) -> str:
    name = _name(path)
    command = COMMANDS[name]
    table = OPTIONS | PECULIAR.get(name, {})
    words = [path]
    parts: dict[str, list[tuple[str, str]]] = {}
    arguments = parts.setdefault(text("help.panel.arguments", language), [])
    for argument in command.arguments:
        word = argument.upper() + "…" * (argument in _SEVERAL)
        words.append(word)
        arguments.append((word, _argument_help(name, argument, language)))
    required = text("help.required", language)
    for option in command.options.split():
        said = table[option]
        word = f"{said.flag(option)} {said.metavar or ''}".strip()
        told = text(f"help.option.{said.help or option}", language)
        shown = said.shown_default or ("" if said.default in (None, False) else str(said.default))
        if option in command.required:
            words.append(word)
            told += f" {required}"
        elif shown:
            told += " " + text("help.default", language, value=shown)
        parts.setdefault(text(f"help.panel.{said.panel}", language), []).append((word, told))
    last = parts.setdefault(text("help.panel.options", language), [])
    last.append(("--help, -h", text("help.option.help", language)))
    words.append(text("help.usage.options", language))
    summary = text(f"help.{name.replace(' ', '.')}", language)
    page = help_pages.Page(" ".join(words), summary, (command.example, *command.more))
    page.parts = {title: entries for title, entries in parts.items() if entries}
    return _rendered(page, language)


def _rendered(page: help_pages.Page, language: Language) -> str:
    usage, example = text("help.usage", language), text("help.example", language)
    return page.render(usage, example, text("help.colon", language))


def _argument_help(name: str, argument: str, language: Language) -> str:
    own = f"help.argument.{name.replace(' ', '.')}.{argument}"
    return text(own if own in MESSAGES else f"help.argument.{argument}", language)


def _program(language: Language) -> Callable[..., None]:
    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"gridgov {__version__}")
            raise typer.Exit

    version = typer.Option(
        "--version", help=text("help.version", language), callback=show_version, is_eager=True
    )

    def program(**_given: Any) -> None:
        pass

    annotations = {
        "version": Annotated[bool, version],
        "lang": OPTIONS["lang"].annotation("lang", language),
    }
    _sign(program, annotations, {"version": False, "lang": None})
    return program


def _face(name: str, command: Command, language: Language) -> Callable[..., int]:
    """A function with the command's signature, for typer."""
    table = OPTIONS | PECULIAR.get(name, {})
    annotations: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for argument in command.arguments:
        hint = _argument_help(name, argument, language)
        many = argument in _SEVERAL
        annotations[argument] = Annotated[
            list[Path] if many else str if argument in _IDS else Path,
            typer.Argument(metavar=argument.upper() + "…" * many, help=hint, show_default=False),
        ]
        defaults[argument] = _REQUIRED
    for option in command.options.split():
        annotations[option] = table[option].annotation(option, language)
        defaults[option] = table[option].default
    for option in command.required:
        info = annotations[option].__metadata__[0]
        annotations[option] = Annotated[table[option].kind, info]
        defaults[option] = _REQUIRED

    def face(**given: Any) -> int:
        console = Console(language, given.pop("json"), given.pop("quiet"))
        del given["lang"]
        return command.run(SimpleNamespace(**given), console)

    _sign(face, annotations, defaults)
    return face


def _sign(
    function: Callable[..., Any], annotations: dict[str, Any], defaults: dict[str, Any]
) -> None:
    function.__annotations__ = annotations
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=kind
            )
            for name, kind in annotations.items()
        ]
    )
