"""`simcse-ml tui`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PlainOption = Annotated[bool, typer.Option("--plain", help="Print screens as lines, for screen readers and pipes.")]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="No boxes, blocks or braille.")]
ThemeOption = Annotated[
    str | None, typer.Option("--theme", metavar="NAME", help="dark, light, high-contrast, ansi or none.")
]


def tui(
    *,
    plain: PlainOption = False,
    ascii: AsciiOption = False,
    theme: ThemeOption = None,
    runs: Annotated[Path | None, typer.Option("--runs", metavar="FOLDER", help="Where the runs are.")] = None,
) -> None:
    """Train, watch, search and compare in one window of the terminal.

    For example:
      simcse-ml tui
      simcse-ml tui --plain
    """
    from simcse_ml.cli.opening import open_tui

    raise typer.Exit(open_tui(plain=plain, ascii=ascii, theme=theme, runs=runs))
