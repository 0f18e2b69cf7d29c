"""The command line: a thin face over the Python API. What it promises is in docs/ and in --help.

Annotations are evaluated here (no `from __future__ import annotations`): typer reads them, and the
help texts in them depend on the language.
"""

import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, NoReturn, Optional

import typer
import typer.core

from gridgov import commands
from gridgov.commands import BAD_INPUT, DONE, INTERRUPTED
from gridgov.console import Console
from gridgov.faults import Fault, Faults, near, printable
from gridgov.language import LANGUAGES, Language, from_locale, text


COMMANDS: dict[str, Any] = {
    "partition": {},
    "verify": {},
    "compare": {},
    "simulate": {"township": {}},
}
EXAMPLES = {
    "partition": "gridgov partition households.csv --barriers rivers.geojson --out result",
    "verify": "gridgov verify households.csv result/households.csv --links result/links.csv",
    "township": "gridgov simulate township --households 2400 --villages 7 --seed 1 --out town",
    "compare": "gridgov compare households.csv --algorithms gridgov-standard,hilbert",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language, faults = _language(given)
    console = Console(language, json="--json" in given, quiet="--quiet" in given)
    try:
        if faults:
            raise Faults(faults)
        _check_command(given)
        with _terminable():
            command = typer.main.get_command(build(language))
            code = command.main(args=given, prog_name="gridgov", standalone_mode=False)
            return code if isinstance(code, int) else DONE
    except Faults as error:
        console.faults(error.faults)
        return BAD_INPUT
    except KeyboardInterrupt:
        console.note("fault.interrupted")
        return INTERRUPTED
    except typer.Abort:
        return INTERRUPTED
    except MemoryError:
        console.faults([Fault("out_of_memory")])
        return BAD_INPUT
    except Exception as error:  # no stack trace for a user; the option below is for us
        if hasattr(error, "format_message"):  # typer's own: a mistake in the command line
            console.faults([_usage_fault(error)])
            return BAD_INPUT
        if os.environ.get("GRIDGOV_TRACEBACK"):
            raise
        reason = printable(next(iter(str(error).splitlines()), ""), 200)
        console.faults([Fault("internal", {"kind": type(error).__name__, "reason": reason})])
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
        if value in LANGUAGES:
            return value, []  # type: ignore[return-value]
        fields = {"name": "--lang", "given": printable(value), "known": ", ".join(LANGUAGES)}
        return default, [Fault("option_not_choice", fields)]
    return default, []


def _usage_fault(error: Any) -> Fault:
    """A mistake in the command line, as a fault: typer's own words are English only."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    if kind == "NoSuchOption":
        parameters = context.command.params if context is not None else []
        known = [name for parameter in parameters for name in parameter.opts]
        return _unknown("option", error.option_name, [n for n in known if n.startswith("--")])
    if kind == "MissingParameter":
        return Fault("missing_argument", {"name": _name_of(error.param)})
    if kind == "BadOptionUsage":
        return Fault("missing_value", {"name": error.option_name})
    message = error.format_message()
    extra = re.match(r"Got unexpected extra arguments?\(?s?\)? \((.*)\)", message)
    if extra:
        return Fault("extra_argument", {"given": printable(extra[1])})
    return Fault("usage", {"reason": printable(message, 200)})


def _unknown(kind: str, given: str, known: Sequence[str]) -> Fault:
    fields = {"given": printable(given), "known": ", ".join(known)}
    meant = near(given, known)
    if meant is None:
        return Fault(f"unknown_{kind}", fields)
    return Fault(f"unknown_{kind}_near", fields | {"near": meant})


def _check_command(arguments: Sequence[str]) -> None:
    """Whether the words before the first option name a command: typer's own check says it in
    English only."""
    words = list(arguments)
    while words[:1] and words[0].startswith("--lang"):
        words = words[1 if "=" in words[0] else 2 :]
    if {"--help", "-h", "--version"} & set(words):
        return
    known = COMMANDS
    while known:
        if not words or words[0].startswith("-"):
            raise Faults([Fault("missing_command", {"known": ", ".join(known)})])
        if words[0] not in known:
            raise Faults([_unknown("command", words[0], list(known))])
        known = known[words.pop(0)]


def _name_of(parameter: Any) -> str:
    if parameter is None:
        return ""
    long = [name for name in parameter.opts if name.startswith("--")]
    return long[0] if long else str(parameter.name).upper()


def _number_of(option: str) -> Callable[[Any], float]:
    def parse(given: Any) -> float:
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise Faults([Fault("option_not_number", {"name": option, "given": printable(given)})])
        return value

    return parse


def _choice_of(option: str, known: Sequence[str]) -> Callable[[Any], str]:
    def parse(given: Any) -> str:
        if given in known:
            return str(given)
        fields = {"name": option, "given": printable(given), "known": ", ".join(known)}
        meant = near(str(given), known)
        if meant is not None:
            raise Faults([Fault("option_not_choice_near", fields | {"near": meant})])
        raise Faults([Fault("option_not_choice", fields)])

    return parse


def _whole_of(option: str, least: int, most: int = 2**63 - 1) -> Callable[[Any], int]:
    def parse(given: Any) -> int:
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


def _options(language: Language) -> SimpleNamespace:
    """Every argument and option with its help in a language, as annotations."""

    def option(kind: Any, name: str, key: str, panel: str | None = None, **more: Any) -> Any:
        if panel is not None:
            more["rich_help_panel"] = text(f"help.panel.{panel}", language)
        return Annotated[kind, typer.Option(name, help=text(f"help.option.{key}", language), **more)]

    def whole(name: str, key: str, panel: str, least: int, metavar: str = "N") -> Any:
        parser = _whole_of(name, least)
        return option(Optional[int], name, key, panel, parser=parser, metavar=metavar)

    def real(name: str, key: str, panel: str, metavar: str = "WEIGHT") -> Any:
        return option(Optional[float], name, key, panel, parser=_number_of(name), metavar=metavar)

    def choice(name: str, key: str, panel: str, known: Sequence[str]) -> Any:
        parser = _choice_of(name, known)
        return option(str, name, key, panel, parser=parser, metavar="|".join(known))

    def file(name: str, key: str, panel: str) -> Any:
        return option(Optional[Path], name, key, panel, metavar="FILE")

    def column(name: str, key: str) -> Any:
        return option(Optional[str], name, key, "columns", metavar="COLUMN")

    def crs(name: str, key: str) -> Any:
        return option(Optional[str], name, key, "references", metavar="CRS")

    def argument(key: str) -> Any:
        hint = text(f"help.argument.{key}", language)
        return Annotated[Path, typer.Argument(metavar=key.upper(), help=hint, show_default=False)]

    return SimpleNamespace(
        households=argument("households"),
        assignment=argument("assignment"),
        min=real("--min", "min", "rules"),
        max=real("--max", "max", "rules"),
        target=real("--target", "target", "rules"),
        courtyards=whole("--courtyards", "courtyards", "rules", 1, "K"),
        grids=whole("--grids", "grids", "rules", 1),
        grid_courtyards=option(
            Optional[tuple[str, str]],
            "--grid-courtyards",
            "grid_courtyards",
            "rules",
            metavar="MIN MAX",
        ),
        metric=choice("--metric", "metric", "rules", ("straight", "walk")),
        group_weight=real("--group-weight", "group_weight", "rules", "METRES"),
        unlocated=choice("--unlocated", "unlocated", "rules", ("refuse", "group")),
        id_column=option(str, "--id-column", "id_column", "columns", metavar="COLUMN"),
        village_column=option(
            Optional[str],
            "--village-column",
            "village_column",
            "columns",
            metavar="COLUMN",
            show_default="village",
        ),
        weight_column=column("--weight-column", "weight_column"),
        head_column=column("--head-column", "head_column"),
        pin_column=column("--pin-column", "pin_column"),
        group_column=column("--group-column", "group_column"),
        links=file("--links", "links", "neighbours"),
        roads=option(
            Optional[tuple[Path, Path]], "--roads", "roads", "neighbours", metavar="NODES ROADS"
        ),
        barriers=file("--barriers", "barriers", "neighbours"),
        max_link=real("--max-link-m", "max_link", "neighbours", "METRES"),
        crs=crs("--crs", "crs"),
        ways_crs=crs("--ways-crs", "ways_crs"),
        barriers_crs=crs("--barriers-crs", "barriers_crs"),
        effort=choice("--effort", "effort", "search", ("draft", "standard", "best")),
        seed=option(
            int, "--seed", "seed", "search", parser=_whole_of("--seed", 0, 2**64 - 1), metavar="N"
        ),
        threads=option(
            int, "--threads", "threads", "search", parser=_whole_of("--threads", 0), metavar="N"
        ),
        bound=option(bool, "--bound", "bound", "search", hidden=True),
        certificate=option(Optional[Path], "--certificate", "bound", "search", hidden=True),
        algorithms=option(
            Optional[str], "--algorithms", "algorithms", "search", metavar="A,B,C"
        ),
        out=option(Path, "--out", "out", "output", metavar="DIR"),
        out_or_none=option(Optional[Path], "--out", "out", "output", metavar="DIR"),
        force=option(bool, "--force", "force", "output"),
        json=option(bool, "--json", "json", "output"),
        quiet=option(bool, "--quiet", "quiet", "output"),
        lang=option(Optional[str], "--lang", "lang", "output", metavar="en|zh"),
        simulated_households=option(
            int,
            "--households",
            "sim_households",
            parser=_whole_of("--households", 1, 100_000_000),
            metavar="N",
        ),
        simulated_villages=option(
            int,
            "--villages",
            "sim_villages",
            parser=_whole_of("--villages", 1, 100_000_000),
            metavar="V",
        ),
        simulated_seed=option(
            int, "--seed", "sim_seed", parser=_whole_of("--seed", 0, 2**64 - 1), metavar="S"
        ),
    )


def options_of(local: Mapping[str, Any]) -> SimpleNamespace:
    """A command's options, without the ones that say how it speaks."""
    spoken = {"language", "json", "quiet", "lang"}
    return SimpleNamespace(**{name: value for name, value in local.items() if name not in spoken})


def _spoken(help_option: Any, language: Language) -> Any:
    if help_option is not None:
        help_option.help = text("help.option.help", language)
    return help_option


def _name_panels(language: Language) -> None:
    """typer's own words in its help."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = text("help.panel.arguments", language)
    rich_utils.OPTIONS_PANEL_TITLE = text("help.panel.options", language)
    rich_utils.COMMANDS_PANEL_TITLE = text("help.panel.commands", language)
    rich_utils.DEFAULT_STRING = text("help.default", language)
    rich_utils.REQUIRED_LONG_STRING = text("help.required", language)


def build(language: Language) -> typer.Typer:
    """The commands, with help in a language."""
    o = _options(language)
    _name_panels(language)

    def help_of(key: str, example: str) -> str:
        title = text("help.example", language)
        return f"{text(key, language)}\n\n{title}: {EXAMPLES[example]}"

    settings = {"help_option_names": ["--help", "-h"]}

    class Group(typer.core.TyperGroup):
        def get_help_option(self, ctx: Any) -> Any:
            return _spoken(super().get_help_option(ctx), language)

    class Command(typer.core.TyperCommand):
        def get_help_option(self, ctx: Any) -> Any:
            return _spoken(super().get_help_option(ctx), language)

    app = typer.Typer(
        cls=Group,
        help=text("help.program", language),
        add_completion=False,
        context_settings=settings,
    )
    simulate = typer.Typer(
        cls=Group, help=text("help.simulate", language), context_settings=settings
    )
    app.add_typer(simulate, name="simulate")

    def show_version(wanted: bool) -> None:
        if wanted:
            from gridgov import __version__

            typer.echo(f"gridgov {__version__}")
            raise typer.Exit

    @app.callback()
    def program(
        version: Annotated[
            bool,
            typer.Option(
                "--version",
                help=text("help.version", language),
                callback=show_version,
                is_eager=True,
            ),
        ] = False,
        lang: o.lang = None,
    ) -> None:
        pass

    @app.command(cls=Command, help=help_of("help.partition", "partition"))
    def partition(
        households: o.households,
        out: o.out,
        min: o.min = 10,
        max: o.max = 30,
        target: o.target = 20,
        courtyards: o.courtyards = None,
        grids: o.grids = None,
        grid_courtyards: o.grid_courtyards = None,
        metric: o.metric = "straight",
        group_weight: o.group_weight = 100,
        unlocated: o.unlocated = "refuse",
        id_column: o.id_column = "id",
        village_column: o.village_column = None,
        weight_column: o.weight_column = None,
        head_column: o.head_column = None,
        pin_column: o.pin_column = None,
        group_column: o.group_column = None,
        links: o.links = None,
        roads: o.roads = None,
        barriers: o.barriers = None,
        max_link_m: o.max_link = None,
        crs: o.crs = None,
        ways_crs: o.ways_crs = None,
        barriers_crs: o.barriers_crs = None,
        effort: o.effort = "standard",
        seed: o.seed = 0,
        threads: o.threads = 0,
        bound: o.bound = False,
        force: o.force = False,
        json: o.json = False,
        quiet: o.quiet = False,
        lang: o.lang = None,
    ) -> int:
        return commands.partition(options_of(locals()), Console(language, json, quiet))

    @app.command(cls=Command, help=help_of("help.verify", "verify"))
    def verify(
        households: o.households,
        assignment: o.assignment,
        min: o.min = 10,
        max: o.max = 30,
        metric: o.metric = "straight",
        unlocated: o.unlocated = "refuse",
        id_column: o.id_column = "id",
        village_column: o.village_column = None,
        weight_column: o.weight_column = None,
        head_column: o.head_column = None,
        pin_column: o.pin_column = None,
        group_column: o.group_column = None,
        links: o.links = None,
        roads: o.roads = None,
        barriers: o.barriers = None,
        max_link_m: o.max_link = None,
        crs: o.crs = None,
        ways_crs: o.ways_crs = None,
        barriers_crs: o.barriers_crs = None,
        certificate: o.certificate = None,
        out: o.out_or_none = None,
        force: o.force = False,
        json: o.json = False,
        quiet: o.quiet = False,
        lang: o.lang = None,
    ) -> int:
        return commands.verify(options_of(locals()), Console(language, json, quiet))

    @app.command(cls=Command, help=help_of("help.compare", "compare"))
    def compare(
        households: o.households,
        algorithms: o.algorithms = None,
        min: o.min = 10,
        max: o.max = 30,
        target: o.target = 20,
        courtyards: o.courtyards = None,
        metric: o.metric = "straight",
        group_weight: o.group_weight = 100,
        unlocated: o.unlocated = "refuse",
        id_column: o.id_column = "id",
        village_column: o.village_column = None,
        weight_column: o.weight_column = None,
        head_column: o.head_column = None,
        pin_column: o.pin_column = None,
        group_column: o.group_column = None,
        links: o.links = None,
        roads: o.roads = None,
        barriers: o.barriers = None,
        max_link_m: o.max_link = None,
        crs: o.crs = None,
        ways_crs: o.ways_crs = None,
        barriers_crs: o.barriers_crs = None,
        seed: o.seed = 0,
        threads: o.threads = 1,
        out: o.out_or_none = None,
        force: o.force = False,
        json: o.json = False,
        quiet: o.quiet = False,
        lang: o.lang = None,
    ) -> int:
        return commands.compare(options_of(locals()), Console(language, json, quiet))

    @simulate.command(cls=Command, help=help_of("help.simulate.township", "township"))
    def township(
        out: o.out,
        households: o.simulated_households = 2400,
        villages: o.simulated_villages = 7,
        seed: o.simulated_seed = 0,
        force: o.force = False,
        json: o.json = False,
        quiet: o.quiet = False,
        lang: o.lang = None,
    ) -> int:
        return commands.township(options_of(locals()), Console(language, json, quiet))

    return app
