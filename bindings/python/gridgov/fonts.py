"""Fonts for pictures: one with Chinese glyphs, found on this machine, set on one figure only."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from gridgov.errors import Language

#: Families with simplified Chinese, the ones to prefer first; Debian's fonts-wqy-microhei is what
#: ./run installs. The last one is Japanese in style, and still better than none.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "Droid Sans Fallback",
    "AR PL UMing CN",
    "SimSun",
    "Arial Unicode MS",
    "Noto Sans CJK JP",
)
#: Parts of the names of their files, for fonts newer than matplotlib's list of fonts.
_FILES = (
    "wqy-microhei",
    "wqy-zenhei",
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "msyh",
    "simhei",
    "uming",
    "droidsansfallback",
)
_LATIN = "DejaVu Sans"  # matplotlib's own, always there


@cache
def chinese_family() -> str | None:
    """The name of a family with Chinese glyphs; None, with a warning once, if there is none."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    for family in _FAMILIES:
        if family in known:
            return family
    for path in sorted(font_manager.findSystemFonts()):
        if any(part in Path(path).name.lower() for part in _FILES):
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):
                continue
            return font_manager.FontProperties(fname=path).get_name()
    warnings.warn(
        "no font with Chinese glyphs was found: Chinese will show as boxes in pictures "
        "(Debian: apt-get install fonts-wqy-microhei)",
        stacklevel=2,
    )
    return None


def families(language: Language = "en") -> list[str]:
    """Families to draw with, each helping out where the ones before it lack a glyph."""
    chinese = chinese_family()
    if chinese is None:
        return [_LATIN]
    return [chinese, _LATIN] if language == "zh" else [_LATIN, chinese]


def apply(artist: Artist, language: Language = "en") -> None:
    """Sets the families on every text below an artist, now and, for ticks, later. A `$` in an id
    is a `$`, no formula."""
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    names = families(language)
    for text in artist.findobj(Text):
        text.set_fontfamily(names)
        text.set_parse_math(False)
    for axes in artist.findobj(Axes):
        axes.tick_params(labelfontfamily=names)


@contextmanager
def without_bold() -> Iterator[None]:
    """While it lasts, matplotlib does not log that a Chinese font has no bold face: Debian's has
    none, and titles are readable in its regular one."""

    def keep(record: logging.LogRecord) -> bool:
        return "Failed to find font weight" not in record.getMessage()

    log = logging.getLogger("matplotlib.font_manager")
    log.addFilter(keep)
    try:
        yield
    finally:
        log.removeFilter(keep)
