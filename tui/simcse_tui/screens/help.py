"""Every key that counts where the person was, nearest first; `/` searches."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.keys import Key, contexts_of, rows_of, shown
from simcse_tui.look import Look
from simcse_tui.screens.overlay import Overlay
from simcse_tui.text.line import Line, line
from simcse_tui.text.width import padded


class Help(Overlay):
    """screen, pane: where help was asked for."""

    def __init__(self, look: Look, table: Sequence[Key], screen: str, pane: str) -> None:
        super().__init__(look, table, "help", f" {look.say('help.search')}", typing=False)
        self.places = contexts_of(screen, pane)

    def count(self) -> int:
        return len(self._found())

    def _found(self) -> list[Line]:
        typed = self.typed
        found: list[Line] = []
        for place in (*self.places, "field"):
            rows = [
                line(("  " + padded("  ".join(map(shown, row.keys)), 20, end=self.look.end), "accent"), words)
                for row in rows_of((place,), self.table)
                if typed in (words := self.look.say(f"key.{row.action}")).casefold() or typed in row.keys
            ]
            if rows:
                found += [line((f" {self.look.say('help.title')}: {self.look.say(f'where.{place}')}", "head")), *rows]
        return found or [line("  ", self.look.say("help.none"))]

    def rows(self, width: int, height: int) -> Sequence[Line]:
        found = self._found()
        top = max(0, min(self.chosen, len(found) - height))
        return found[top : top + height]
