"""The rows around every screen: tabs above, message and keys below."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.keys import Key, rows_of, shown
from simcse_tui.look import Look
from simcse_tui.screens.table import SCREENS
from simcse_tui.text.line import Line, Piece, line
from simcse_tui.text.width import drawn, fit

WIDTH, HEIGHT = 50, 15
"""the smallest window that a screen is drawn in"""
NARROW = 80
"""below this many columns there is one pane"""


def tab_row(look: Look, current: str, status: tuple[str, str], width: int) -> Line:
    """Tabs at the left, device and training at the right; in a narrow window only the name of the screen.

    status: the device and what is trained, which stands alone where there is no room for both.
    """
    if width < NARROW:
        entry = next((entry for entry in SCREENS if entry.name == current), None)
        name = look.say(f"screen.{current}")
        left: list[Piece] = [(f" {entry.number} {name}" if entry and entry.number else f" {name}", "bar")]
    else:
        left = []
        for entry in SCREENS:
            if entry.number or entry.name == current:
                mark, number = ">" if entry.name == current else " ", f"{entry.number} " if entry.number else ""
                left.append((f"{mark}{number}{look.say(f'screen.{entry.name}')} ", "bar"))
    used = sum(drawn(piece[0]) for piece in left)
    room = max(0, width - used - 2)
    device, training = status
    both = f"{device}  {training}"
    right = both if drawn(both) <= room else fit(training, room, look.end)
    gap = " " * max(1, width - used - drawn(right) - 1)
    return line(*left, (f"{gap}{right} ", "bar"))


def key_row(look: Look, table: Sequence[Key], contexts: Sequence[str], layout: str, width: int) -> Line:
    """The keys of the nearest context; in a narrow window only the one for help."""
    rows = [row for row in rows_of(contexts, table) if row.footer]
    if width < NARROW and len(contexts) > 1:
        rows = [row for row in rows if row.action == "help"]
    pieces: list[Piece] = []
    if layout and layout != "wide":
        pieces.append((f"kbd:{layout}  ", "warn"))
    for row in rows:
        pieces += [(f"{shown(row.keys[0])} ", "accent"), (f"{look.say(f'key.{row.action}')}  ", "dim")]
    return line(" ", *pieces)


def small(look: Look, width: int, height: int) -> list[Line]:
    """What is said where no screen has room."""
    return [line(look.say("frame.small", width=width, height=height)), line(look.say("frame.small_plain"))]
