"""The screens as plain lines: for screen readers, pipes, and windows that are too small.

In a terminal a line that is typed is pressed key by key: `j j enter`, `4`; what follows `/` is typed as text.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.pilot import Pilot

from simcse_tui.look import Look
from simcse_tui.places import Places
from simcse_tui.text.safe import guarded
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import Lines

SIZE = (100, 60)
"""columns and rows that the screens are laid out for"""
SOON = 0.2
"""seconds for what needs no work"""
LONG = 2.0
"""seconds of work after which it is told what is being waited for"""
QUIT = "q"

if TYPE_CHECKING:
    from simcse_tui.app import Tui


def print_screens(look: Look, places: Places, *, first: str, wants: Mapping[str, str]) -> int:
    """Print the screen `first`; where a person types, press what is typed and print again, until q."""
    from simcse_tui.app import Tui

    app = Tui(look, places, first=first, wants=wants)

    async def lines_and_keys(pilot: Pilot[object]) -> None:
        await pilot.pause()
        await _print_at_rest(app)
        while sys.stdin.isatty():
            sys.stdout.write("keys> ")
            sys.stdout.flush()
            typed = await asyncio.to_thread(sys.stdin.readline)
            if not typed or typed.strip() == QUIT:
                break
            await pilot.press(*keys_of(typed.rstrip("\n")))
            await _print_at_rest(app)
        app.exit(0)

    app.run(headless=True, size=SIZE, mouse=False, auto_pilot=lines_and_keys)
    return app.return_code or 0


async def _print_at_rest(app: Tui) -> None:
    """Print what stands there once nothing is on its way any more; before, if that takes long, what is waited for."""
    await asyncio.sleep(SOON)
    began, told = time.monotonic(), False
    while app.front is not None and app.front.busy:
        if not told and time.monotonic() - began > LONG:
            told = True
            _print(app)
        await asyncio.sleep(SOON)
    _print(app)


def keys_of(typed: str) -> list[str]:
    """What a typed line presses: names of keys with blanks between them; after "/" the rest is text, then enter."""
    if typed.startswith("/"):
        return ["/", *("space" if letter == " " else letter for letter in typed[1:].strip()), "enter"]
    return typed.split()


def _print(app: Tui) -> None:
    for widget in app.screen.query("Lines, Field"):
        if not widget.display:
            continue
        texts = [row.plain for row in widget.rows] if isinstance(widget, Lines) else []
        if isinstance(widget, Field):
            texts = [widget.prompt + widget.value]
        for text in texts:
            if text.strip():
                sys.stdout.write(guarded(text.rstrip(), app.look.encoding) + "\n")
    sys.stdout.flush()
