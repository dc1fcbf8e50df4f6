"""Opening the window, or printing what it would show."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from simcse_tui.look import Look
from simcse_tui.places import Places
from simcse_tui.text.bidi import EXPLICIT, IMPLICIT


def open_window(look: Look, places: Places, *, first: str = "home", wants: Mapping[str, str] | None = None) -> int:
    """Run until the person quits; returns the exit code."""
    from simcse_tui.app import Tui

    app = Tui(look, places, first=first, wants=wants)
    try:
        if look.bidi == "app":
            _tell(EXPLICIT)
        code = app.run(mouse=True)
    finally:
        if look.bidi == "app":
            _tell(IMPLICIT)
    for text in app.farewell:
        sys.stdout.write(f"{text}\n")
    return code if isinstance(code, int) else app.return_code or 0


def _tell(sequence: str) -> None:
    sys.stdout.write(sequence)
    sys.stdout.flush()
