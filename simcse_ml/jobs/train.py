"""`train`: raw text to a sentence-embedding model, scored beside what costs nothing; resumable at any moment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, Fault, Interrupted, UserError
from simcse_ml.events import Finished, Sink, tee
from simcse_ml.faultlog import report_of
from simcse_ml.files import sweep_partial, write_text
from simcse_ml.jobs.choosing import Choice, choose_backbone
from simcse_ml.jobs.gathering import gather
from simcse_ml.jobs.request import ALONE, Launch, TrainRequest, TrainResult
from simcse_ml.jobs.supervision import with_pairs
from simcse_ml.languages.table import lang_info
from simcse_ml.runs.control import clear_requests, stop_requested
from simcse_ml.runs.events_file import EventsFile
from simcse_ml.runs.folder import RunFolder, create_run, open_run
from simcse_ml.runs.lock import hold
from simcse_ml.runs.state import RunState, new_state, read_state, write_state
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.looking import settled
from simcse_ml.text.prepare import spooled
from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.sources.bytestream import open_bytes
from simcse_ml.text.sources.location import STDIN, hub_id, only_once

__all__ = ["TrainRequest", "TrainResult", "request_of", "resume", "train"]


def train(request: TrainRequest, sink: Sink) -> TrainResult:
    """Start a new run and bring it to its end.

    Raises: UserError; Interrupted with the command that resumes.
    """
    lang_info(request.language)
    if request.device not in {"auto", "cpu"}:  # said before text is prepared for a device that is not there
        from simcse_ml.training.devices import pick_device

        pick_device(request.device)
    request = with_pairs(replace(request, inputs=tuple(_absolute(name) for name in request.inputs)), sink)
    folder = create_run(request.runs_dir, language=request.language, inputs=request.inputs, out=request.out)
    request = replace(request, inputs=tuple(_lasting(name, folder) for name in request.inputs))
    state = new_state(
        language=request.language,
        inputs=request.inputs,
        recipe_name=request.recipe_name,
        asked={
            "recipe": request.recipe.model_dump(mode="json"),
            "cache_dir": str(request.cache_dir.resolve()),
            "device": request.device,
            "threads": request.threads,
            "encoding": request.encoding,
            "offline": request.offline,
            "yes": request.yes,
            "static_recipe": request.static_recipe.model_dump(mode="json") if request.static_recipe else None,
        },
    )
    with hold(folder):
        write_state(folder, state)
        write_text(folder.recipe, recipe_yaml(request.recipe))
        try:
            return _guarded(folder, request, sink)
        except UserError:
            if "schedules" not in read_state(folder).machine:  # it came to nothing: leave nothing behind
                shutil.rmtree(folder.path, ignore_errors=True)
            raise


def resume(run: Path, sink: Sink, launch: Launch = ALONE) -> TrainResult:
    """Bring an interrupted run to its end, on exactly the trajectory of an uninterrupted one.

    Raises: UserError where it is done already, is being trained, or its inputs are gone.
    """
    folder = open_run(run)
    with hold(folder):
        state = read_state(folder)
        if state.state == "done":
            raise UserError(
                "this run is done",
                where=str(run),
                mend=f'use it: simcse-ml search {run} "..."; or train anew',
                exit_code=ExitCode.USAGE,
            )
        for part in (folder.path, folder.checkpoints, folder.path / "work"):
            sweep_partial(part)
        clear_requests(folder)
        return _guarded(folder, replace(request_of(folder, state), launch=launch), sink)


def request_of(folder: RunFolder, state: RunState) -> TrainRequest:
    """What was asked, from run.json."""
    asked: dict[str, Any] = dict(state.asked)
    return TrainRequest(
        inputs=state.inputs,
        language=state.language,
        recipe=Recipe.model_validate(asked["recipe"]),
        recipe_name=state.recipe_name,
        runs_dir=folder.path.parent,
        cache_dir=Path(asked["cache_dir"]),
        out=folder.path,
        device=asked["device"],
        threads=asked["threads"],
        encoding=asked["encoding"],
        offline=asked["offline"],
        yes=asked["yes"],
        static_recipe=Recipe.model_validate(asked["static_recipe"]) if asked.get("static_recipe") else None,
    )


def _guarded(folder: RunFolder, request: TrainRequest, sink: Sink) -> TrainResult:
    """Run, and leave in run.json how it ended."""
    command = f"simcse-ml train --resume {folder.path}"
    with ExitStack() as stack:
        told = tee(stack.enter_context(EventsFile(folder.events)), sink)
        try:
            choice = _choice(folder, request, told)
            gathered = gather(folder, request, choice, told)
            from simcse_ml.jobs.training_run import work  # torch is loaded here

            result = work(folder, gathered, choice, told, stop_asked=_stop(folder), resume_command=command)
        except (Interrupted, KeyboardInterrupt) as stopped:
            write_state(folder, read_state(folder), state="stopped")
            raise Interrupted(command) from stopped
        except UserError as error:
            state = write_state(folder, read_state(folder), state="failed", problem=str(error))
            if "schedules" not in state.machine:
                raise
            mend = f"{error.mend}; `{command}` goes on"
            raise UserError(error.what, where=error.where, mend=mend, exit_code=error.exit_code) from error
        except Exception as fault:  # the job runner: what nobody foresaw is written down in the run
            write_text(folder.log, report_of(fault))
            write_state(folder, read_state(folder), state="failed", problem=f"a fault ({type(fault).__name__})")
            raise Fault(type(fault).__name__, folder.log, command) from fault
        told(Finished({"run": str(folder.path), "verdict": result.verdict}))
    return result


def _choice(folder: RunFolder, request: TrainRequest, sink: Sink) -> Choice:
    """The backbone, decided before anything heavy is loaded, so that one that is not to be had is said at once."""
    decided: Any = read_state(folder).machine.get("choice")
    if decided is not None:
        return Choice(**decided)
    language = settled(lang_info(request.language), [Path(name) for name in request.inputs], Hints(request.encoding))
    choice = choose_backbone(
        request.recipe.backbone,
        language,
        device=request.device,
        offline=request.offline,
        allow_large=request.yes,
        sink=sink,
    )
    write_state(folder, read_state(folder), machine={"choice": asdict(choice)})
    return choice


def _stop(folder: RunFolder) -> Callable[[], bool]:
    return lambda: stop_requested(folder)


def _absolute(name: str) -> str:
    """So that the run can be resumed from anywhere; a data set on the Hub with the commit it stands at now.

    Raises: UserError (INPUT) for a file that is not there or cannot be read, before a backbone is looked for.
    """
    if name == STDIN or only_once(name):
        return name
    data_set = hub_id(name)
    if data_set is not None:
        from simcse_ml.text.sources.hub import pinned

        return str(pinned(data_set))
    path = Path(name).expanduser()
    if not path.is_dir():
        open_bytes(path).close()
    return str(path.resolve())


def _lasting(name: str, folder: RunFolder) -> str:
    """Standard input or a pipe can be read only once, so it is kept in the run for a resume."""
    if not only_once(name):
        return name
    return str(spooled(name, folder.path / "work" / "standard-input.txt"))
