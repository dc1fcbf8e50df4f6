"""Columns before the one that holds text: fixed widths, dropped from the right where there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcse_tui.text.width import padded


@dataclass(frozen=True)
class Column:
    """right: numbers.  from_width: the narrowest window that shows it."""

    title: str
    width: int
    right: bool = False
    from_width: int = 0


def shown_columns(columns: Sequence[Column], width: int) -> list[int]:
    """Places of the columns that a window of that width shows."""
    return [place for place, column in enumerate(columns) if column.from_width <= width]


def cells_of(columns: Sequence[Column], texts: Sequence[str], width: int, end: str) -> str:
    """The cells that are shown, each in its width, two blanks between them and behind them."""
    kept = shown_columns(columns, width)
    return "".join(padded(texts[i], columns[i].width, right=columns[i].right, end=end) + "  " for i in kept)
