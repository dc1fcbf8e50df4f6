"""Commands that open a window: they are told from the others before the table of commands is built.

A window must be there within a second, so flags that need no thought are read here; whatever else was typed (`--help`,
a wrong flag) goes the way of all commands. The command's own function holds the same flags: tests/tui compares them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Window:
    """module, opener: where the function that opens it lives; its arguments are named as in `flags` and `places`.

    flags: flag -> (argument, whether a value follows).  places: arguments that stand without a flag, all of them.
    """

    module: str
    opener: str
    flags: Mapping[str, tuple[str, Literal["value", "switch"]]] = field(default_factory=dict)
    places: tuple[str, ...] = ()


WINDOWS: Mapping[str, Window] = {
    "tui": Window(
        "simcse_ml.cli.opening",
        "open_tui",
        {
            "--plain": ("plain", "switch"),
            "--ascii": ("ascii", "switch"),
            "--theme": ("theme", "value"),
            "--runs": ("runs", "value"),
        },
    ),
    "explore": Window(
        "simcse_ml.cli.opening",
        "open_explore",
        {
            "--index": ("index", "switch"),
            "--plain": ("plain", "switch"),
            "--ascii": ("ascii", "switch"),
            "--theme": ("theme", "value"),
        },
        ("model", "text"),
    ),
    "compare": Window(
        "simcse_ml.cli.opening",
        "open_compare",
        {"--plain": ("plain", "switch"), "--ascii": ("ascii", "switch"), "--theme": ("theme", "value")},
        ("left", "right"),
    ),
}


def quickly(arguments: Sequence[str]) -> int | None:
    """Open the window that was asked for, and return its exit code; None where this is for the table of commands."""
    window = WINDOWS.get(arguments[0]) if arguments else None
    given = None if window is None else parsed(window, arguments[1:])
    if window is None or given is None:
        return None
    code: int = getattr(importlib.import_module(window.module), window.opener)(**given)
    return code


def parsed(window: Window, arguments: Sequence[str]) -> dict[str, object] | None:
    """The arguments by name; None where anything in them is not plain."""
    found: dict[str, object] = {}
    standing: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            standing.append(word)
            continue
        name, kind = window.flags.get(word, ("", "switch"))
        if not name or name in found or (kind == "value" and not rest):
            return None
        found[name] = True if kind == "switch" else rest.pop(0)
    if len(standing) != len(window.places):
        return None
    return {**found, **dict(zip(window.places, standing, strict=False))}
