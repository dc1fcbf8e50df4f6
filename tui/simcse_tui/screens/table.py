"""The screens, in the order of their numbers. A module is loaded when its screen is first opened."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcse_tui.screens.page import Page


@dataclass(frozen=True)
class Entry:
    """number: its key, 1 to 7; 0 for one that is opened from another and has no tab.  name: its context in keys.py and
    its words "screen.<name>".  attribute: a Page.
    """

    number: int
    name: str
    module: str
    attribute: str


SCREENS: Sequence[Entry] = (
    Entry(1, "home", "simcse_tui.screens.home", "Home"),
    Entry(2, "new", "simcse_tui.screens.wizard", "New"),
    Entry(3, "live", "simcse_tui.screens.live", "Live"),
    Entry(4, "explore", "simcse_tui.screens.explore", "Explore"),
    Entry(5, "compare", "simcse_tui.screens.compare", "Compare"),
    Entry(6, "report", "simcse_tui.screens.report", "Report"),
    Entry(7, "doctor", "simcse_tui.screens.doctor", "Doctor"),
    Entry(0, "publish", "simcse_tui.screens.publish", "Publish"),
)


def entry_of(name: str) -> Entry:
    """The row of a screen. Raises: KeyError."""
    return {entry.name: entry for entry in SCREENS}[name]


def page_class(entry: Entry) -> type[Page]:
    """The class of a screen, loaded now."""
    found: type[Page] = getattr(importlib.import_module(entry.module), entry.attribute)
    return found
