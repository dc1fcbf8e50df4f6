"""Every key, once: dispatch, footer, help, palette and docs/tui.md are made from this table.

A context is a screen ("home"), a pane of it ("live.pins"), "everywhere", or one that stands alone while it lasts:
"field" (a text is being typed), "confirm" (a question waits), "help" and "palette".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from simcse_tui.keys_explore import ROWS as EXPLORE
from simcse_tui.keys_publish import ROWS as PUBLISH

ALONE = ("field", "confirm", "help", "palette")
"""contexts beside which no other counts"""

NEVER = (*(f"ctrl+{letter}" for letter in "hjklabsqzim"), "ctrl+enter", "[", "]", "{", "}", "@")
"""taken by tmux, by flow control or by old terminals, or typed with AltGr"""


@dataclass(frozen=True)
class Key:
    """keys: any of them.  action: the method `do_<action>` of the screen or app.  where: contexts.

    The words are strings.py's "key.<action>"; footer: shown at the bottom, the first of `keys`.
    """

    keys: tuple[str, ...]
    action: str
    where: tuple[str, ...]
    footer: bool = False


ANY = ("everywhere",)
KEYS: tuple[Key, ...] = (
    Key(("up", "k"), "up", ANY),
    Key(("down", "j"), "down", ANY),
    Key(("left", "h"), "left", ANY),
    Key(("right", "l"), "right", ANY),
    Key(("home", "g"), "first", ANY),
    Key(("end", "G"), "last", ANY),
    Key(("pageup", "ctrl+u"), "page_up", ANY),
    Key(("pagedown", "ctrl+d"), "page_down", ANY),
    Key(("tab",), "next_pane", ANY),
    Key(("shift+tab",), "previous_pane", ANY),
    Key(("?", "f1"), "help", ANY, footer=True),
    Key(("ctrl+p",), "palette", ANY),
    Key(("=",), "command", ANY),
    Key(("y",), "copy", ANY),
    Key(("v",), "code_points", ANY),
    Key(("r",), "reload", ANY),
    Key(("escape",), "close", ANY),
    Key(("q",), "quit", ANY, footer=True),
    Key(("ctrl+c",), "cancel", ANY),
    Key(("1", "f2"), "screen_1", ANY),
    Key(("2", "f3"), "screen_2", ANY),
    Key(("3", "f4"), "screen_3", ANY),
    Key(("4", "f5"), "screen_4", ANY),
    Key(("5", "f6"), "screen_5", ANY),
    Key(("6", "f7"), "screen_6", ANY),
    Key(("7", "f8"), "screen_7", ANY),
    Key(("enter",), "open", ("home",), footer=True),
    Key(("n",), "new", ("home", "live"), footer=True),
    Key(("/",), "filter", ("home", "live.log"), footer=True),
    Key(("/",), "pin", ("live.pins",), footer=True),
    Key(("space",), "unpin", ("live.pins",)),
    Key(("e",), "follow", ("live",)),
    Key(("S",), "stop", ("live",), footer=True),
    Key(("p",), "pause", ("live",)),
    Key(("s",), "sort", ("home",), footer=True),
    Key(("R",), "resume", ("home", "live"), footer=True),
    Key(("L",), "log", ("home", "live"), footer=True),
    Key(("delete",), "delete", ("home",)),
    Key(("enter",), "next", ("new",), footer=True),
    Key(("e",), "edit", ("new",), footer=True),
    Key(("E",), "evaluate", ("report",), footer=True),
    Key(("w",), "pairs", ("report",), footer=True),
    Key(("f",), "side", ("report",)),
    # while a text is typed
    Key(("enter",), "accept", ("field",), footer=True),
    Key(("escape",), "leave", ("field",), footer=True),
    Key(("ctrl+c",), "cancel", ("field", "confirm", "help", "palette")),
    Key(("tab",), "complete", ("field",)),
    # while a question waits
    Key(("enter",), "yes", ("confirm",), footer=True),
    Key(("escape", "n", "q"), "no", ("confirm",), footer=True),
    # help and palette
    Key(("up", "k"), "up", ("help",)),
    Key(("down", "j"), "down", ("help",)),
    Key(("pageup", "ctrl+u"), "page_up", ("help",)),
    Key(("pagedown", "ctrl+d"), "page_down", ("help",)),
    Key(("/",), "search_help", ("help",), footer=True),
    Key(("escape", "?", "f1", "q"), "close", ("help",), footer=True),
    Key(("up",), "up", ("palette",)),
    Key(("down",), "down", ("palette",)),
    Key(("enter",), "accept", ("palette",), footer=True),
    Key(("escape", "ctrl+p"), "close", ("palette",), footer=True),
    *(Key(*row) for row in (*EXPLORE, *PUBLISH)),
)


def contexts_of(screen: str, pane: str = "") -> tuple[str, ...]:
    """Where a key of `screen` is looked for, the nearest first."""
    if screen in ALONE:
        return (screen,)
    return (*((f"{screen}.{pane}",) if pane else ()), screen, "everywhere")


def rows_of(contexts: Sequence[str], table: Sequence[Key] = KEYS) -> list[Key]:
    """The rows that count in these contexts, those of the nearest context first."""
    return [row for context in contexts for row in table if context in row.where]


def action_of(key: str, contexts: Sequence[str], table: Sequence[Key] = KEYS) -> str:
    """What `key` does there, "" where it does nothing."""
    return next((row.action for row in rows_of(contexts, table) if key in row.keys), "")


def clashes(contexts: Sequence[str], table: Sequence[Key] = KEYS) -> list[str]:
    """Keys with two meanings in one context; there must be none."""
    seen: dict[str, str] = {}
    found = []
    for row in rows_of(contexts, table):
        for key in row.keys:
            if seen.setdefault(key, row.action) != row.action:
                found.append(f"{key} is {seen[key]} and {row.action} in {'+'.join(contexts)}")
    return found


def remapped(changes: Mapping[str, str], table: Sequence[Key] = KEYS) -> tuple[Key, ...]:
    """The table with the person's own keys: action -> key, in front of those it has.

    Raises: ValueError for an action that is not there, or a key that would have two meanings.
    """
    actions = {row.action for row in table}
    unknown = sorted(set(changes) - actions)
    if unknown:
        raise ValueError(f"no action is named {unknown[0]}")
    changed = tuple(
        replace(row, keys=(changes[row.action],)) if row.action in changes and row.where[0] not in ALONE else row
        for row in table
    )
    screens = {context for row in changed for context in row.where}
    for context in sorted(screens):
        screen, _, pane = context.partition(".")
        found = clashes(contexts_of(screen, pane), changed)
        if found:
            raise ValueError(found[0])
    return changed


def shown(key: str) -> str:
    """A key as people read it."""
    names = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "space": "space"}
    return names.get(key, key)
