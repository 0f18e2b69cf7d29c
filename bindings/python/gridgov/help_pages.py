"""Help as plain text that fits the terminal, in either language.

Typer's own pages cut Chinese texts at 80 columns, since these have no blanks to break at.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Pages are never wider than is good to read, nor narrower than can be read at all.
WIDTH_MIN, WIDTH_MAX = 40, 100
_LABEL_MAX = 30
#: What may not begin a line, and what may not end one.
_CLOSING = "，。、；：！？）》」』”’…％%,.;:!?)]}"
_OPENING = "（《「『“‘([{"


@dataclass
class Page:
    """A page: how it is called, what it does, examples, and lists of words with what they mean."""

    usage: str
    summary: str
    examples: Sequence[str] = ()
    parts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    end: str = ""

    def render(self, usage: str, example: str, colon: str, width: int | None = None) -> str:
        """The page as text; `usage`, `example`, `colon` as the reader's language has them."""
        if width is None:
            width = shutil.get_terminal_size().columns
        width = min(max(width, WIDTH_MIN), WIDTH_MAX)
        called = command_line(f"{usage}: {self.usage}", width)
        lines = [*called, "", *wrap(self.summary, width)]
        if self.examples:
            lines += ["", f"{example}{colon}"]
            for one in self.examples:
                lines += [f"  {line}" for line in command_line(one, width - 2)]
        for title, entries in self.parts.items():
            lines += ["", f"{title}{colon}", *columns(entries, width)]
        if self.end:
            lines += ["", *wrap(self.end, width)]
        return "\n".join(lines)


def columns(entries: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Words on the left, what they mean on the right; a long word has a line of its own."""
    entries = list(entries)
    most = min(_LABEL_MAX, width // 2 - 4)
    left = max((cells(word) for word, _ in entries if cells(word) <= most), default=0)
    lines = []
    for word, meaning in entries:
        told = wrap(meaning, width - left - 4) or [""]
        if cells(word) > left:
            lines.append(f"  {word}")
        else:
            lines.append(f"  {word}{' ' * (left - cells(word))}  {told.pop(0)}".rstrip())
        lines += [" " * (left + 4) + line for line in told]
    return lines


def cells(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese characters take two.

    >>> cells("院落 3")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """Lines of a text no wider than `width`: broken at blanks, and between Chinese characters, but
    not before a mark that closes or after one that opens.

    >>> wrap("一个院落最少的权重（户数）。", 12)
    ['一个院落最少', '的权重（户', '数）。']
    """
    lines = [""]
    for piece in _pieces(text):
        line = lines[-1]
        if cells(line) + cells(piece.rstrip()) <= width:
            lines[-1] += piece
            continue
        lines[-1] = line.rstrip()
        while cells(piece.rstrip()) > width:  # a path, a long word
            cut = max(at for at in range(1, len(piece)) if at == 1 or cells(piece[:at]) <= width)
            lines.append(piece[:cut])
            piece = piece[cut:]
        lines.append(piece)
    return [line.rstrip() for line in lines if line.strip()]


def _pieces(text: str) -> list[str]:
    """What a line may be made of: words with the blanks behind them, single Chinese characters."""
    pieces: list[str] = []
    joined = True
    for character in " ".join(text.split()):
        before = pieces[-1][-1] if pieces else ""
        wide = unicodedata.east_asian_width(character) in "WF"
        joined = (
            character == " "
            or character in _CLOSING
            or before in _OPENING
            or not (before == " " or wide or unicodedata.east_asian_width(before) in "WF")
            if before
            else False
        )
        if joined:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def command_line(line: str, width: int) -> list[str]:
    """A line for a shell, continued by backslashes where it is too long; options stay together with
    their values."""
    groups: list[str] = []
    for word in line.split():
        if groups and groups[-1].split()[-1].startswith("--") and not word.startswith("-"):
            groups[-1] += f" {word}"
        else:
            groups.append(word)
    lines = [""]
    for group in groups:
        if lines[-1].strip() and cells(lines[-1]) + cells(group) + 3 > width:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {group}" if lines[-1] else group
    return lines
