"""`simcse-ml explore`."""

from __future__ import annotations

from typing import Annotated

import typer


def explore(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A run, a model folder, a Hub id, or builtin:counting.")
    ],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What to explore; a run may go without.")] = None,
    *,
    index: Annotated[
        bool, typer.Option("--index", help="First make an approximate index: hits at once above a million sentences.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a window: for screen readers.")] = False,
    ascii: Annotated[bool, typer.Option("--ascii", help="No signs beyond ASCII of our own.")] = False,
    theme: Annotated[str | None, typer.Option("--theme", metavar="NAME", help="Colours of the window.")] = None,
) -> None:
    """Look around in a text by meaning: neighbours with a yardstick, why two are close, a map, exports.

    The vectors are made the first time, with progress; stopped, they go on where they were. builtin:counting needs no
    model and no training.

    For example:
      simcse-ml explore builtin:counting corpus.txt
      simcse-ml explore runs/ja-corpus-3f2a
    """
    from simcse_ml.cli.opening import open_explore

    raise typer.Exit(open_explore(model=model, text=text, index=index, plain=plain, ascii=ascii, theme=theme))
