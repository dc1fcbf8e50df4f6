"""The arguments of a template, by position and by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST = 60
"""an argument may give its own number; a higher one is nonsense"""
_NAMED = re.compile(r"\s*([^\W\d][\w -]*?)\s*=(?!=)")
_NUMBERED = re.compile(r"\s*(\d{1,2})\s*=")


@dataclass(frozen=True)
class Arguments:
    positional: Sequence[str]
    named: Mapping[str, str]

    def at(self, number: int) -> str:
        """The argument at that place, from 1; empty if there is none."""
        return self.positional[number - 1] if len(self.positional) >= number else ""


def arguments_of(fields: Sequence[str]) -> Arguments:
    """The arguments in `fields`, trimmed. `1=text` is one by position, `name=text` by its folded name."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for text in fields:
        if numbered := _NUMBERED.match(text):
            at = int(numbered[1])
            if 1 <= at <= MOST:
                positional += [""] * (at - len(positional))
                positional[at - 1] = text[numbered.end() :].strip()
        elif name := _NAMED.match(text):
            named[name[1].casefold()] = text[name.end() :].strip()
        else:
            positional.append(text.strip())
    return Arguments(positional, named)
