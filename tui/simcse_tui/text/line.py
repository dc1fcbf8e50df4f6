"""One row of a screen: pieces of safe text, each with the role that a theme colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simcse_tui.text.safe import SafeText, safe_text
from simcse_tui.text.width import drawn, fit, wrapped

Role = Literal["", "dim", "head", "good", "warn", "bad", "accent", "bar"]


@dataclass(frozen=True)
class Line:
    """pieces: in order, the text of a person last.  chosen: the row of the cursor, shown reversed beside its ">"."""

    pieces: tuple[tuple[SafeText, Role], ...] = ()
    chosen: bool = False

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def within(self, room: int, end: str = "…") -> Line:
        """The same line in at most `room` cells."""
        kept: list[tuple[SafeText, Role]] = []
        left = room
        for text, role in self.pieces:
            cut = fit(text, left, end)
            if cut:
                kept.append((SafeText(cut), role))
            left -= drawn(cut)
            if left <= 0 or cut != text:
                break
        return Line(tuple(kept), self.chosen)


Piece = str | tuple[str, Role]


def line(*pieces: Piece, chosen: bool = False) -> Line:
    """A line of texts that may be anybody's: each becomes safe here."""
    pairs: list[tuple[str, Role]] = [(piece, "") if isinstance(piece, str) else piece for piece in pieces]
    return Line(tuple((safe_text(text), role) for text, role in pairs if text), chosen)


def paragraph(text: str, width: int, role: Role = "") -> list[Line]:
    """A text of our own in as many lines as it takes in `width` cells, two of them free at either side."""
    return [line(("  " + part, role)) for part in wrapped(text, width - 4)]


BLANK = Line()
