"""The palette: screens, actions, runs and themes by name; what is typed narrows the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simcse_tui.keys import Key, rows_of, shown
from simcse_tui.look import Look
from simcse_tui.screens.overlay import Overlay
from simcse_tui.screens.page import Page
from simcse_tui.screens.table import SCREENS
from simcse_tui.text.line import Line, line
from simcse_tui.text.width import padded
from simcse_tui.themes import THEMES

if TYPE_CHECKING:
    from simcse_tui.app import Tui


@dataclass(frozen=True)
class Offer:
    """label: what is chosen by name.  kind: what it is.  then: does it."""

    label: str
    kind: str
    then: Callable[[], None]


def offers(app: Tui, page: Page) -> list[Offer]:
    """Everything that can be chosen from here."""
    look = app.look
    found = [
        Offer(look.say(f"screen.{entry.name}"), look.say("palette.screen"), _opening(app, entry.name))
        for entry in SCREENS
    ]
    for row in rows_of(page.contexts(), app.table):
        if row.action not in {"palette", "close"} and not row.action.startswith("screen_"):
            key = look.say("palette.action", key=shown(row.keys[0]))
            found.append(Offer(look.say(f"key.{row.action}"), key, _acting(page, row.action)))
    found += [Offer(run.name, look.say("palette.run"), _opening(app, "home", run.name)) for run in app.store.runs]
    found += [Offer(look.say("palette.theme", name=name), "", _colouring(app, name)) for name in THEMES]
    return found


def _opening(app: Tui, name: str, run: str = "") -> Callable[[], None]:
    return lambda: app.open_page(name, **({"run": run} if run else {}))


def _acting(page: Page, action: str) -> Callable[[], None]:
    return lambda: page.act(action)


def _colouring(app: Tui, name: str) -> Callable[[], None]:
    return lambda: app.change_look(replace(app.look, theme=name))


class Palette(Overlay):
    """offers: in the order of the list."""

    def __init__(self, look: Look, table: Sequence[Key], offers: Sequence[Offer]) -> None:
        super().__init__(look, table, "palette", f" {look.say('palette.prompt')}", typing=True)
        self.offers = offers

    def _found(self) -> list[Offer]:
        parts = self.typed.split()
        return [offer for offer in self.offers if all(part in offer.label.casefold() for part in parts)]

    def count(self) -> int:
        return len(self._found())

    def do_accept(self) -> None:
        found = self._found()
        self.dismiss(found[self.chosen].then if found else None)

    def rows(self, width: int, height: int) -> Sequence[Line]:
        found = self._found()
        if not found:
            return [line("  ", self.look.say("palette.none"))]
        top = max(0, self.chosen - height + 1)
        return [
            line(
                "> " if place == self.chosen else "  ",
                (padded(offer.kind, 16, end=self.look.end), "dim"),
                offer.label,
                chosen=place == self.chosen,
            )
            for place, offer in enumerate(found[top : top + height], top)
        ]
