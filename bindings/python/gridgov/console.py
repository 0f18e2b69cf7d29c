"""What a command says: a summary on stdout, progress and messages on stderr, or one JSON object."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from gridgov.faults import Fault, Faults
from gridgov.help_pages import cells
from gridgov.language import Language, text
from gridgov.manifest import to_json

#: Warnings and notes beyond these are counted, not shown. Errors are all shown.
WARNINGS_SHOWN = 10
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Console:
    """How one command speaks."""

    language: Language
    json: bool = False
    quiet: bool = False

    def say(self, key: str, **fields: Any) -> str:
        """A text of the catalogue."""
        return text(key, self.language, **fields)

    def faults(self, faults: Sequence[Fault]) -> None:
        """Every fault of an input, on stderr; with --json also on stdout."""
        if self.json:
            self._write(
                sys.stdout,
                to_json({"findings": [fault.as_record(self.language) for fault in faults]}),
            )
        lines = [fault.render(self.language) for fault in faults]
        if len(lines) > 1:
            lines.append(self.say("say.faults", count=len(lines)))
        self._write(sys.stderr, "\n".join(lines))

    def result(self, value: Any) -> None:
        """A result as JSON, if JSON is wanted."""
        if self.json:
            self._write(sys.stdout, to_json(value))

    def summary(self, rows: Iterable[tuple[str, str]]) -> None:
        """Labels and values."""
        if self.json or self.quiet:
            return
        rows = [(label, value) for label, value in rows if value != ""]
        width = max(cells(label) for label, _ in rows)
        lines = [f"{label}{' ' * (width - cells(label))}  {value}" for label, value in rows]
        self._write(sys.stdout, "\n".join(lines))

    def text(self, paragraphs: str) -> None:
        """An answer in sentences; it is asked for, so that --quiet does not silence it."""
        if not self.json:
            self._write(sys.stdout, paragraphs)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first column is text and whose others are numbers."""
        if self.json or self.quiet:
            return
        widths = [max(map(cells, column)) for column in zip(header, *rows, strict=True)]
        for place, row in enumerate([header, *rows]):
            first = row[0] + " " * (widths[0] - cells(row[0]))
            others = [
                " " * (width - cells(cell)) + cell
                for width, cell in zip(widths[1:], row[1:], strict=True)
            ]
            line = "  ".join([first, *others]).rstrip()
            self._write(sys.stdout, line if place else _strong(line))

    def findings(self, faults: Iterable[Fault], file: str | None = None) -> None:
        """Findings, the gravest first: every error, and some of the others; `file` holds all."""
        if self.json:
            return
        ordered = sorted(faults, key=lambda fault: _ORDER[fault.severity])
        errors = [fault for fault in ordered if fault.severity == "error"]
        others = [] if self.quiet else ordered[len(errors) :]
        lines = [self.finding(fault) for fault in errors + others[:WARNINGS_SHOWN]]
        if len(others) > WARNINGS_SHOWN and file is not None:
            lines.append(self.say("say.more", count=len(others) - WARNINGS_SHOWN, file=file))
        if lines:
            self._write(sys.stderr if self.quiet else sys.stdout, "\n".join(lines))

    def finding(self, fault: Fault) -> str:
        """A finding in a line, its severity first."""
        colon = "：" if self.language == "zh" else ": "
        return f"{self.say('say.' + fault.severity)}{colon}{fault.render(self.language)}"

    def note(self, key: str, **fields: Any) -> None:
        """A message on stderr."""
        if not self.quiet:
            self._write(sys.stderr, self.say(key, **fields))

    @contextlib.contextmanager
    def progress(self, key: str) -> Iterator[Callable[[float], None] | None]:
        """A bar on stderr once the work has taken a second; only where a person looks on."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console as Terminal
        from rich.progress import Progress

        begun = time.monotonic()
        with Progress(console=Terminal(file=sys.stderr), transient=True) as bar:
            task = bar.add_task(self.say(key), total=1.0, visible=False)

            def advance(share: float) -> None:
                visible = time.monotonic() - begun > 1.0
                bar.update(task, completed=share, visible=visible)

            yield advance

    @staticmethod
    def _write(stream: TextIO, line: str) -> None:
        """A line; a reader that went away (`| head`) is no error of ours, a full disk is one."""
        try:
            encoding = stream.encoding or "utf-8"
            line = line.encode(encoding, errors="replace").decode(encoding)
            stream.write(line + "\n")
            stream.flush()
        except BrokenPipeError:
            leave(stream)
        except OSError as error:
            leave(stream)
            if stream is not sys.stderr:
                raise Faults([Fault("stdout_unwritable", {"reason": error.strerror})]) from None


def _strong(line: str) -> str:
    """A line in bold, on a terminal that takes it (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
    return line if plain or not sys.stdout.isatty() else f"\x1b[1m{line}\x1b[0m"


def steady_streams() -> None:
    """Makes stdout and stderr take any text, whatever the locale, and be there at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever called (`>&-`)
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave(stream: TextIO) -> None:
    """Writes what a stream still holds; if it takes nothing, sends that and all else to nowhere, so
    that leaving Python does not fail on it again."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def number(value: Any, decimals: int = 1) -> str:
    """A number for a person: at most so many decimals; empty where there is none."""
    if value is None or value != value:
        return ""
    shown = f"{value:.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
