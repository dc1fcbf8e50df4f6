"""What a person or a program reads: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from simcse_ml.cli.progress import progress_sink
from simcse_ml.display import safe

__all__ = ["clip", "note", "print_json", "print_line", "progress_sink", "size", "table"]


def print_line(text: str = "") -> None:
    """One line of the result on standard output, made safe for a terminal."""
    sys.stdout.write(safe(text) + "\n")


def print_json(value: object) -> None:
    """One JSON object on one line; flushed, because a program may be waiting for it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """One line beside the result, on standard error."""
    sys.stderr.write(safe(text) + "\n")


def table(rows: Sequence[Sequence[str]], *, head: Sequence[str] = (), right: Sequence[int] = ()) -> list[str]:
    """Lines of a table whose columns are aligned by terminal cells, not by letters.

    rows: cells as text, made safe here.  right: columns whose cells stand at the right (numbers).
    """
    from rich.cells import cell_len

    lines = [[safe(cell) for cell in row] for row in ([head, *rows] if head else rows)]
    if not lines:
        return []
    widths = [max((cell_len(row[i]) for row in lines if i < len(row)), default=0) for i in range(max(map(len, lines)))]

    def padded(row: list[str]) -> str:
        cells = []
        for i, cell in enumerate(row):
            blanks = " " * (widths[i] - cell_len(cell))
            cells.append(blanks + cell if i in right else cell + blanks)
        return "  ".join(cells).rstrip()

    return [padded(row) for row in lines]


def clip(text: str, cells: int) -> str:
    """`text` on one line in at most `cells` terminal cells, with "…" where something was left out."""
    from rich.cells import cell_len, set_cell_size

    shown = safe(text)
    return shown if cell_len(shown) <= cells else set_cell_size(shown, cells - 1).rstrip() + "…"


def size(count: float) -> str:
    """Bytes as people say them: 18.2 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _plain(value: object) -> object:
    """Paths and NumPy numbers inside a result."""
    if isinstance(value, Path):
        return str(value)
    for method in ("tolist", "as_json", "model_dump"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f"{type(value).__name__} has no JSON form")
