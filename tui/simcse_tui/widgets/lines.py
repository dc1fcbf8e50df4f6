"""Rows of a screen, made by a function from (width, height) to lines; only rows that changed are painted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from simcse_tui.look import Look
from simcse_tui.text.bidi import for_the_eye
from simcse_tui.text.line import BLANK, Line, Role
from simcse_tui.text.safe import guarded
from simcse_tui.text.width import drawn
from simcse_tui.themes import THEMES, Theme

_CHOSEN = Style(reverse=True)
Draw = Callable[[int, int], Sequence[Line]]


def styles_of(theme: Theme) -> dict[Role, Style]:
    """Rich styles of the roles, on the theme's ground."""
    base = Style.parse(theme.base)
    return {"": base, **{role: base + Style.parse(text) for role, text in theme.roles.items()}}


def strip_of(row: Line, width: int, styles: dict[Role, Style], look: Look) -> Strip:
    """The row in exactly `width` cells, after a last look at its characters."""
    base = styles[""]
    fitted = row.within(width, look.end)
    pieces = for_the_eye(fitted.pieces) if look.bidi == "app" else fitted.pieces
    segments = [
        Segment(guarded(text, look.encoding), base + _CHOSEN if row.chosen else styles.get(role, base))
        for text, role in pieces
    ]
    used = sum(drawn(segment.text) for segment in segments)
    last = styles.get(fitted.pieces[-1][1], base) if fitted.pieces and fitted.pieces[-1][1] == "bar" else base
    segments.append(Segment(" " * max(0, width - used), last + Style(reverse=row.chosen)))
    return Strip(segments, width).adjust_cell_length(width, base)


class Lines(Widget):
    """draw: called when something changed; it must be quick and touch nothing."""

    DEFAULT_CSS = "Lines { width: 100%; height: 1fr; }"
    can_focus = False

    def __init__(self, draw: Draw, look: Look, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._draw, self._look = draw, look
        self._styles = styles_of(THEMES[look.theme])
        self.rows: Sequence[Line] = ()

    def relook(self, look: Look) -> None:
        """Another theme, language or set of glyphs."""
        self._look, self._styles = look, styles_of(THEMES[look.theme])
        self.redraw(everything=True)

    def redraw(self, *, everything: bool = False) -> None:
        """Make the rows anew and paint those that differ."""
        width, height = self.size
        if not width or not height:
            return
        before, self.rows = self.rows, list(self._draw(width, height))[:height]
        if everything or len(before) != len(self.rows):
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(before, self.rows, strict=True))
            if old is not new and old != new
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        self.redraw(everything=True)

    def render_line(self, y: int) -> Strip:
        row = self.rows[y] if y < len(self.rows) else BLANK
        return strip_of(row, self.size.width, self._styles, self._look)
