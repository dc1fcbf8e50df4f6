"""A process that is not the first of a shared training: it waits for the run, takes its part of every step, and goes.

It prints nothing and writes nothing. Text, tokens and the run's folder are read from where the first process put them,
so several machines need a file system in common (docs/several-processes.md).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from simcse_ml.errors import Interrupted
from simcse_ml.events import silent
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.gathering import gather
from simcse_ml.jobs.request import Launch
from simcse_ml.runs.folder import open_run
from simcse_ml.runs.state import read_state


def follow(launch: Launch) -> None:
    """Until the first process has trained all stages, or was asked to stop: it alone says so and ends with that code,
    for a launcher kills the others as soon as one of them fails.

    Raises: UserError where this machine cannot do its part.
    """
    from simcse_ml.training.group import join, leave, told

    group = join(launch.rank, launch.size)
    folder = open_run(Path(told(group, "")))
    state = read_state(folder)
    from simcse_ml.jobs.fitting import fit_stages
    from simcse_ml.jobs.ready import make_ready
    from simcse_ml.jobs.train import request_of
    from simcse_ml.training.checkpoints import Checkpoints
    from simcse_ml.training.stopping import stop_on_signals

    decided: Any = state.machine["choice"]
    choice = Choice(**decided)
    gathered = gather(folder, replace(request_of(folder, state), launch=launch), choice, silent)
    ready = make_ready(folder, gathered, choice, silent)
    assert ready.resolved is not None, "the first process writes the plan before it calls the others"
    with stop_on_signals() as signalled, suppress(Interrupted):
        fit_stages(
            ready.fit,
            ready.resolved,
            checkpoints=Checkpoints(folder.checkpoints),
            evaluate=dict,
            stop_asked=signalled,
            resume_command="",
            keep_halvings=lambda stage, halvings: None,
            group=group,
        )
    leave(group)
