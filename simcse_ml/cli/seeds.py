"""`simcse-ml train --seeds N`: what is printed, and what to type after an interruption."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import typer

from simcse_ml.cli.render import print_json, print_line, table
from simcse_ml.errors import Interrupted

if TYPE_CHECKING:
    from simcse_ml.evaluation.seeds import SeedTable
    from simcse_ml.events import Sink
    from simcse_ml.jobs.request import TrainRequest
    from simcse_ml.jobs.seeds import SeedsResult

INDENT = "  "


def from_seeds(request: TrainRequest, count: int, sink: Sink) -> SeedsResult:
    """Train `count` times.  Raises: Interrupted with the command that goes on; BadParameter for several processes."""
    if request.launch.size > 1:
        raise typer.BadParameter("several processes train one seed; give --seed to each launch", param_hint="--seeds")
    from simcse_ml.jobs.seeds import train_seeds
    from simcse_ml.runs.folder import fresh_path

    named = request.out is not None
    out = request.out or fresh_path(request.runs_dir, language=request.language, inputs=request.inputs)
    try:
        return train_seeds(request, out, count, sink)
    except Interrupted as stopped:
        command = ["simcse-ml", *sys.argv[1:], *([] if named else ["--out", str(out)])]
        raise Interrupted(shlex.join(command)) from stopped


def show_seeds(result: SeedsResult, *, json: bool) -> None:
    """The result on standard output."""
    if json:
        print_json(result.as_json())
        return
    for one in result.tables:
        print_line()
        for line in _lines(one):
            print_line(INDENT + line)
    print_line()
    for one in result.tables:
        print_line(one.sentence())
    if not result.tables:
        print_line("No labelled set was given, so nobody can say what holds in all seeds; --sts FILE tells.")
    for seed, run in result.runs.items():
        print_line(f"seed {seed}:  {run}")
    first = shlex.quote(str(next(iter(result.runs.values()))))
    print_line(f"Try it:   simcse-ml explore {first}   (the first: to choose the best by --sts would flatter it)")


def _lines(one: SeedTable) -> list[str]:
    """A row for each thing that was scored, a column for each seed."""
    head = (f"{one.name}, Spearman x 100", *(f"seed {seed}" for seed in one.seeds), "mean", "deviation")
    rows = [
        (row.label, *(f"{score:.1f}" for score in row.scores), f"{row.mean:.1f}", f"{row.deviation:.1f}")
        for row in one.rows
    ]
    return table(rows, head=head, right=range(1, len(head)))
