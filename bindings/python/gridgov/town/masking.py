"""Names and personal numbers hidden, as the boards hide them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gridgov.points.boards import mask_name, mask_number


class Mask:
    """Hides names and numbers, unless nothing is to be hidden.

    >>> mask = Mask(True)
    >>> mask.learn(["p17", "张三丰", "500234199001011234"])
    >>> mask.person("p17"), mask.person("张三丰"), mask.text("张三丰: 500234199001011234")
    ('p17', '张**', '张**: 500***********1234')
    """

    def __init__(self, masked: bool) -> None:
        self.masked = masked
        self._persons: re.Pattern[str] | None = None

    def learn(self, persons: Iterable[str]) -> None:
        """Ids of people that are names, to be hidden in sentences too."""
        names = sorted(filter(_is_name, persons), key=lambda name: (-len(name), name))
        self._persons = re.compile("|".join(map(re.escape, names))) if names else None

    def name(self, name: str) -> str:
        """Somebody's name."""
        return mask_name(name) if self.masked else name

    def person(self, person: str) -> str:
        """An id of somebody: a name, a number, or anything else, which hides nobody."""
        if not self.masked:
            return person
        return mask_name(person) if _is_name(person) else mask_number(person)

    def text(self, text: str) -> str:
        """A sentence, or an id of a household."""
        if not self.masked:
            return text
        if self._persons is not None:
            text = self._persons.sub(lambda found: mask_name(found[0]), text)
        return mask_number(text)


def _is_name(person: str) -> bool:
    """Whether an id is a name: letters of people's own, no code of ASCII and digits."""
    return (
        len(person) > 1
        and not person.isascii()
        and all(unicodedata.category(c)[0] in "LMZ" or c in "·•" for c in person)
    )
