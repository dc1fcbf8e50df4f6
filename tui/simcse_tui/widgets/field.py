"""A line to type in. The cursor moves and deletes by cluster, so no mark is ever parted from its letter.

It takes no key by itself: its screen gives it each one (`took`, `pasted`), so that what is typed ahead is taken in one
order. Otherwise the "q" behind an enter would end in a text that is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from simcse_ml.languages.clusters import clusters
from simcse_tui.look import Look
from simcse_tui.text.bidi import has_turned, order
from simcse_tui.text.safe import guarded, is_typed, safe_text
from simcse_tui.text.width import drawn
from simcse_tui.themes import THEMES
from simcse_tui.widgets.lines import styles_of

LONGEST = 4_000
"""characters that one line takes"""


class Field(Widget, can_focus=True):
    """prompt: what stands before the text. The text is kept as it was typed; shown, it is safe."""

    DEFAULT_CSS = "Field { width: 100%; height: 1; }"

    @dataclass
    class Changed(Message):
        """The text is another one now."""

        field: Field
        value: str

    def __init__(self, look: Look, *, prompt: str = "", value: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._look, self.prompt = look, prompt
        self._before: list[str] = clusters(value)
        self._after: list[str] = []

    @property
    def value(self) -> str:
        return "".join((*self._before, *self._after))

    def fill(self, prompt: str, value: str = "") -> None:
        """Begin anew with this text, the cursor at its end."""
        self.prompt, self._before, self._after = prompt, clusters(value), []
        self._moved()

    def insert(self, text: str) -> None:
        """Put text at the cursor; a mark joins the letter before it, and line ends become blanks."""
        kept = " ".join(text.split("\n")).replace("\r", " ").replace("\t", " ")
        joined = ("".join(self._before) + kept)[:LONGEST]
        self._before = clusters(joined)
        self._told()

    def pasted(self, event: events.Paste) -> None:
        """Put what was pasted at the cursor."""
        event.stop()
        self.insert(event.text)

    def took(self, event: events.Key) -> bool:
        """Edit by a key; False where it means nothing here."""
        if self._edited(event.key):
            event.stop()
            return True
        if event.character is not None and is_typed(event.character):
            event.stop()
            self.insert(event.character)
            return True
        return False

    def _edited(self, key: str) -> bool:
        match key:
            case "left" if self._before:
                self._after.insert(0, self._before.pop())
            case "right" if self._after:
                self._before.append(self._after.pop(0))
            case "home":
                self._after, self._before = [*self._before, *self._after], []
            case "end":
                self._before, self._after = [*self._before, *self._after], []
            case "backspace" if self._before:
                self._before.pop()
                self._told()
            case "delete" if self._after:
                self._after.pop(0)
                self._told()
            case "ctrl+u":
                self._before = []
                self._told()
            case "ctrl+w":
                while self._before and self._before[-1].isspace():
                    self._before.pop()
                while self._before and not self._before[-1].isspace():
                    self._before.pop()
                self._told()
            case "left" | "right" | "backspace" | "delete":
                return True
            case _:
                return False
        self._moved()
        return True

    def _told(self) -> None:
        self._moved()
        self.post_message(self.Changed(self, self.value))

    def _moved(self) -> None:
        self.refresh()
        if self.has_focus and self.is_mounted:
            self.app.cursor_position = self._cursor()

    def on_focus(self) -> None:
        self.app.cursor_position = self._cursor()

    def _cursor(self) -> Offset:
        """Where the terminal's own cursor stands: input methods open their window there."""
        x, y, width, _ = self.region
        cells = self._for_the_eye()
        before = self._left() if cells is None else self.prompt + "".join(_until_cursor(cells))
        return Offset(x + min(drawn(before), max(width - 1, 0)), y)

    def _for_the_eye(self) -> list[tuple[str, bool]] | None:
        """Clusters as they are drawn and whether the cursor is on them; None where that is the order of the text."""
        if self._look.bidi != "app" or not has_turned(self.value):
            return None
        cells = [safe_text(cluster) or " " for cluster in (*self._before, *self._after, " ")]
        if drawn(self.prompt) + sum(map(drawn, cells)) > self.size.width:
            return None
        return [(text, at == len(self._before)) for at, text in order(cells)]

    def _left(self) -> str:
        """Prompt and text before the cursor, without its beginning where there is no room for it."""
        typed = [safe_text(cluster) for cluster in self._before]
        room = max(self.size.width - drawn(self.prompt) - 2, 1)
        used = 0
        for index in range(len(typed) - 1, -1, -1):
            used += drawn(typed[index])
            if used > room:
                return self.prompt + "".join(typed[index + 1 :])
        return self.prompt + "".join(typed)

    def render_line(self, y: int) -> Strip:
        styles = styles_of(THEMES[self._look.theme])
        base, width = styles[""], self.size.width
        under = safe_text(self._after[0]) if self._after else " "
        cells = self._for_the_eye()
        if cells is None:
            cells = [(self._left(), False), (under or " ", True), (safe_text("".join(self._after[1:])), False)]
        else:
            cells = [(self.prompt, False), *cells]
        cursor = Style(reverse=True) if self.has_focus else Style()
        segments = [
            Segment(guarded(text, self._look.encoding), base + (cursor if is_under else Style()))
            for text, is_under in cells
        ]
        return Strip(segments).adjust_cell_length(width, base)


def _until_cursor(cells: list[tuple[str, bool]]) -> Iterator[str]:
    for text, is_under in cells:
        if is_under:
            return
        yield text
