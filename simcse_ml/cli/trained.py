"""What a person sees when a run has ended: tables, the verdict, what to type next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from simcse_ml.cli.environment import launched
from simcse_ml.cli.options import resolve_config
from simcse_ml.cli.render import print_json, print_line, progress_sink

if TYPE_CHECKING:
    from simcse_ml.jobs.request import TrainResult

INDENT = "  "


def resumed(run: str, with_inputs: bool, *, quiet: bool, json: bool) -> TrainResult:
    """Go on with a run. Raises: BadParameter where new inputs were named too."""
    from simcse_ml.jobs.runs import find_run

    if with_inputs:
        raise typer.BadParameter("a resumed run knows its inputs; leave them out", param_hint="--resume")
    folder = find_run(run, resolve_config().runs_dir)
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.train import resume

        return resume(folder.path, sink, launched())


def show_trained(result: TrainResult, *, json: bool) -> None:
    """The result on standard output."""
    if json:
        print_json(as_json(result))
        return
    for table in result.tables:
        print_line()
        for line in table.lines():
            print_line(INDENT + line)
    if not result.tables:
        print_line()
        for line in result.geometry.lines():
            print_line(INDENT + line)
    print_line()
    print_line(result.verdict)
    print_line(f"Kept:     {result.model} ({result.selected_by})")
    if result.tables:
        print_line("Sure?     the same command with --seeds 3 says whether other seeds agree")
    run = shlex.quote(str(result.run))
    print_line(f'Try it:   simcse-ml explore {run}   or   simcse-ml search {run} "a sentence to look for"')


def as_json(result: TrainResult) -> dict[str, object]:
    """The result for machines."""
    return {
        "run": str(result.run),
        "model": str(result.model),
        "tables": [table.as_json() for table in result.tables],
        "geometry": result.geometry.as_json(),
        "verdict": result.verdict,
        "selected_by": result.selected_by,
    }
