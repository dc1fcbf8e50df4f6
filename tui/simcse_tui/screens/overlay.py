"""A list over a screen: a heading, a line to type in, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.screen import ModalScreen
from textual.widget import Widget

from simcse_tui.keys import Key, action_of
from simcse_tui.look import Look
from simcse_tui.screens.frame import key_row
from simcse_tui.screens.page import name_of, passed_on, paste_on
from simcse_tui.text.line import Line
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import Lines


class Overlay(ModalScreen[object], inherit_bindings=False):
    """context: of keys.py.  typing: whether the field has the keys from the beginning."""

    BINDINGS: ClassVar = []
    AUTO_FOCUS = ""
    CSS = "Overlay { layout: vertical; } Overlay #keys, Overlay #field { height: 1; }"

    def __init__(self, look: Look, table: Sequence[Key], context: str, prompt: str, *, typing: bool) -> None:
        super().__init__()
        self.look, self.table, self.context, self.prompt, self.typing = look, table, context, prompt, typing
        self.chosen = 0

    def rows(self, width: int, height: int) -> Sequence[Line]:
        """The lines of the list."""
        raise NotImplementedError

    def count(self) -> int:
        """How many rows can be chosen."""
        raise NotImplementedError

    def compose(self) -> Iterable[Widget]:
        yield Field(self.look, id="field", prompt=self.prompt)
        yield Lines(self.rows, self.look, id="rows")
        yield Lines(lambda width, _: [key_row(self.look, self.table, (self.context,), "", width)], self.look, id="keys")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Field) if self.typing else None)

    def on_field_changed(self) -> None:
        self.chosen = 0
        self.query_one("#rows", Lines).redraw()

    @property
    def typed(self) -> str:
        """What was typed, folded for comparing."""
        return self.query_one(Field).value.strip().casefold() if self.is_mounted else ""

    def on_paste(self, event: events.Paste) -> None:
        paste_on(self, event)

    def on_key(self, event: events.Key) -> None:
        if passed_on(self, event):
            return
        key = name_of(event)
        typing_in_help = self.context == "help" and self.focused is not None
        action = action_of(key, (self.context,), self.table)
        if typing_in_help and key in {"enter", "escape"}:
            action = "stop_typing"
        if not action:
            return
        event.stop()
        event.prevent_default()
        handler = getattr(self, f"do_{action}")
        handler()

    def do_stop_typing(self) -> None:
        self.set_focus(None)

    def do_search_help(self) -> None:
        self.set_focus(self.query_one(Field))

    def do_cancel(self) -> None:
        self.dismiss(None)

    def do_close(self) -> None:
        self.dismiss(None)

    def do_up(self) -> None:
        self._move(-1)

    def do_down(self) -> None:
        self._move(1)

    def do_page_up(self) -> None:
        self._move(-self.size.height // 2)

    def do_page_down(self) -> None:
        self._move(self.size.height // 2)

    def _move(self, rows: int) -> None:
        self.chosen = max(0, min(self.chosen + rows, self.count() - 1))
        self.query_one("#rows", Lines).redraw()
