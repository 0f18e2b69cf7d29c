"""The command line: a thin face over the Python API.

Typer is handed functions whose signatures are made from `command_table`, with help in the reader's
language.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, NoReturn

import typer
import typer.core

from gridgov import __version__, help_pages
from gridgov.command_table import COMMANDS, IDS, OPTIONS, PECULIAR, SEVERAL, Command, Option
from gridgov.commands import BAD_INPUT, DONE, INTERRUPTED
from gridgov.console import Console, leave, steady_streams
from gridgov.faults import Fault, Faults, near, printable
from gridgov.language import LANGUAGES, MESSAGES, Language, from_locale, text

_REQUIRED = inspect.Parameter.empty
_COMPLETE = "_GRIDGOV_COMPLETE"  # set by the shell when it asks for completions
_COMPLETION_OPTIONS = ("--install-completion", "--show-completion")
_ROOT_OPTIONS = ("--help", "-h", "--version", "--lang", *_COMPLETION_OPTIONS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    steady_streams()
    given, language, faults = _language(sys.argv[1:] if arguments is None else arguments)
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
    shell = None
    if _COMPLETE not in os.environ:
        name = _command_of(given)
        _check_values(name, given)
        given = _spread(given)
        if given[0] in _COMPLETION_OPTIONS and len(given) == 2:
            shell = given.pop()
    with _terminable():
        command = typer.main.get_command(build(language, shell))
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


def _language(arguments: Sequence[str]) -> tuple[list[str], Language, list[Fault]]:
    """The command line without --lang, which may stand anywhere in it; and the language, known
    before anything can be said in it."""
    language, faults = from_locale(os.environ), []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
            break
        name, equals, value = word.partition("=")
        if name != "--lang":
            rest.append(word)
            continue
        value = value if equals else next(words, "")
        if value in LANGUAGES:
            language = next(one for one in LANGUAGES if one == value)
        else:
            fields = {"name": "--lang", "given": printable(value), "known": ", ".join(LANGUAGES)}
            faults.append(Fault("option_not_choice", fields))
    return rest, language, faults


# Mistakes in the command line: typer's own words are English only.


def _command_of(words: Sequence[str]) -> str:
    """The command that the words before the first option name; "" where help is asked for."""
    known = [name.split() for name in COMMANDS]
    named: list[str] = []
    for word in words:
        flag = word.partition("=")[0]
        if flag in (_ROOT_OPTIONS if not named else ("--help", "-h")):
            return ""
        if flag.startswith("-") and not named and flag in _flags(OPTIONS):
            raise Faults([Fault("option_before_command", {"given": flag})])
        if flag.startswith("-"):
            raise Faults([_unknown("option", flag, _ROOT_OPTIONS if not named else ("--help",))])
        names = list(dict.fromkeys(rest[0] for rest in known))
        if word not in names:
            raise Faults([_unknown("command", word, names)])
        named.append(word)
        known = [rest[1:] for rest in known if rest[0] == word]
        if not known[0]:
            return " ".join(named)
    names = list(dict.fromkeys(rest[0] for rest in known))
    raise Faults([Fault("missing_command", {"known": ", ".join(names)})])


def _flags(options: Mapping[str, Option]) -> dict[str, Option]:
    return {option.flag(name): option for name, option in options.items()}


def _check_values(name: str, arguments: Sequence[str]) -> None:
    """Whether every option has its values. An empty one is most often a variable of the shell that
    is not set, and would name the directory one stands in."""
    flags = _flags(OPTIONS | PECULIAR.get(name, {}))
    flag, missing = "", 0  # how many values the option before still needs
    for word in [*arguments, "--"]:
        if missing and (not word or word.startswith("--")):
            raise Faults([_missing_value(flag, flags[flag])])
        if missing:
            missing -= 1
            continue
        if not word:
            raise Faults([Fault("empty_argument")])
        if word == "--":
            return
        flag, equals, value = word.partition("=")
        option = flags.get(flag)
        if option is None:
            continue
        if option.kind is not bool:
            missing = len((option.metavar or "VALUE").split()) - len(equals)
            if equals and not value:
                raise Faults([_missing_value(flag, option)])
        elif equals:
            raise Faults([Fault("value_for_flag", {"name": flag, "given": printable(value)})])


def _missing_value(flag: str, option: Option) -> Fault:
    return Fault("missing_value", {"name": flag, "usage": option.metavar or ""})


def _check_text(given: Iterable[Any]) -> None:
    """Whether all but paths is text: bytes of another encoding come in as halves of surrogates."""
    for value in given:
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, str) and not one.isascii():
                try:
                    one.encode()
                except UnicodeEncodeError:
                    raise Faults([Fault("argument_not_text", {"given": printable(one)})]) from None


def _spread(arguments: list[str]) -> list[str]:
    """`--lock A B C` as `--lock A --lock B --lock C`, once the files have been named before it; and
    `--attribute k=v l=w` and the like."""
    for command, flags in _PAIRS.items():
        if " ".join(arguments[:2]) == command:
            return _spread_pairs(arguments, flags)
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


#: Options that take several words NAME=VALUE, by command.
_PAIRS = {
    "lists decide": {"--attribute"},
    "points decompose": {
        option.flag(name) for name, option in PECULIAR["points decompose"].items()
    },
}


def _spread_pairs(arguments: list[str], flags: Collection[str]) -> list[str]:
    spread: list[str] = []
    giving = ""
    for word in arguments:
        if word.startswith("-"):
            giving = word if word in flags else ""
        elif giving and "=" in word:
            if spread[-1] != giving:
                spread.append(giving)
        elif spread and spread[-1] != giving:
            giving = ""
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
    if kind == "BadOptionUsage":  # what `_check_values` has passed over, after "--"
        return Fault("missing_value", {"name": error.option_name, "usage": ""})
    message = error.format_message()
    extra = re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message)
    if extra:
        return Fault("extra_argument", {"given": printable(extra[1])})
    return Fault("usage", {"reason": printable(message, 200)})


def _unknown(kind: str, given: str, known: Sequence[str]) -> Fault:
    fields = {"given": printable(given), "known": ", ".join(known)}
    meant = near(given, known) if kind == "command" else _near_option(given, known)
    if meant is None:
        return Fault(f"unknown_{kind}", fields)
    return Fault(f"unknown_{kind}_near", fields | {"near": meant})


def _near_option(given: str, known: Sequence[str]) -> str | None:
    """An option by its name, or by the words that its name begins with: --wieght is
    --weight-column."""
    names = {name.lstrip("-"): name for name in known}
    for name in known:
        words = name.lstrip("-").split("-")
        for end in range(1, len(words)):
            names.setdefault("-".join(words[:end]), name)
    meant = near(given.lstrip("-"), names)
    return None if meant is None else names[meant]


def _name_of(parameter: Any) -> str:
    names = [name for name in parameter.opts if name.startswith("--")]
    return names[0] if names else str(parameter.name).upper()


def build(language: Language, shell: str | None = None) -> typer.Typer:
    """The commands as typer has them, with help in a language; `shell` is the one to complete for,
    if somebody names it."""

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
                    option.callback = _completing(option.callback, language, shell)
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


def _completing(does: Any, language: Language, shell: str | None) -> Any:
    """What typer does for completion, told in the reader's language."""
    if getattr(does, "told", False):
        return does

    def complete(ctx: Any, parameter: Any, wanted: Any) -> Any:
        said = io.StringIO()
        code = DONE
        try:
            with redirect_stdout(said), redirect_stderr(said):
                done = does(ctx, parameter, (shell or wanted) if wanted else wanted)
            if not wanted:
                return done
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else DONE
        except typer.Exit as error:
            code = error.exit_code
        if code != DONE:
            raise Faults([Fault("shell_unknown", {"given": printable(shell or "–")})])
        installed = re.match(r"(\w+) completion installed in (.+)", said.getvalue())
        if installed:
            fields = {"shell": installed[1], "path": installed[2]}
            typer.echo(text("say.completion_installed", language, **fields))
        else:
            typer.echo(said.getvalue().rstrip("\n"))
        raise typer.Exit

    complete.told = True  # type: ignore[attr-defined]
    return complete


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
        word = argument.upper() + "…" * (argument in SEVERAL)
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
        many = argument in SEVERAL
        annotations[argument] = Annotated[
            list[Path] if many else str if argument in IDS else Path,
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
        _check_text(given.values())
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
