"""`simcse-ml report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simcse_ml.cli.options import JsonOption, resolve_config
from simcse_ml.cli.render import print_json, print_line, size


def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its name in the folder of runs.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to; else report.html in the run.")
    ] = None,
    sentences: Annotated[
        bool,
        typer.Option("--sentences", help="Show sentences of the text too: pins, and what was left out."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """A run as one HTML page: scores beside what costs nothing, curves, text, settings.

    The page stands alone: it holds no script, fetches nothing and, without --sentences, no sentence of the text.

    For example:
      simcse-ml report ja-corpus-3f2a
      simcse-ml report runs/ja-corpus-3f2a --sentences --out for-me.html
    """
    from simcse_ml.jobs.report import write_report
    from simcse_ml.jobs.runs import find_run

    written = write_report(find_run(run, resolve_config().runs_dir), out=out, shows_text=sentences)
    if json:
        print_json(written.__dict__)
        return
    holds = "with sentences of the text" if written.shows_text else "without any sentence of the text"
    print_line(f"{written.report} ({size(written.bytes)}, {holds})")
