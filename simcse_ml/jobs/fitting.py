"""Device, precision, plan and the stages of a run: everything between an untrained encoder and a trained one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from accelerate import Accelerator

from simcse_ml.events import Planned, StageStarted
from simcse_ml.jobs.language import hand_over, state_at_end
from simcse_ml.jobs.measuring import find_chunks, find_precision, time_a_step
from simcse_ml.jobs.resolved import Resolved
from simcse_ml.jobs.staging import Fit, batches_per_epoch, draft, stage_of
from simcse_ml.objectives.contract import state_of
from simcse_ml.objectives.table import make_objective
from simcse_ml.settings.language import TRAINS_HEAD
from simcse_ml.settings.schema import StageSettings
from simcse_ml.training.checkpoints import Checkpoints, Trained
from simcse_ml.training.chunks import Runner
from simcse_ml.training.group import ALONE, Group
from simcse_ml.training.halving import KeepHalvings
from simcse_ml.training.loop import Evaluate, Stage, Surroundings, run_stage
from simcse_ml.training.optimizer import make_optimizer
from simcse_ml.training.plan import planned_length
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.seeds import torch_generator


def trial(fit: Fit) -> str:
    """The precision that `auto` becomes."""
    stage = stage_of(fit, 0, draft(fit, 0))
    trained = _trained(fit, fit.recipe.stages[0], "fp32")
    asked = fit.recipe.training.precision

    def runner_of(precision: str) -> Runner:
        return _runner(fit, stage, trained, precision)

    return find_precision(stage, trained, runner_of, fit.encoder, fit.device, asked, fit.sink)


def plan(fit: Fit, precision: str) -> tuple[Schedule, ...]:
    """One schedule a stage, from a few real steps that leave no trace."""
    schedules = []
    total = 0.0
    settings = fit.recipe.training
    limit = settings.time / len(fit.recipe.stages) if settings.time else None
    for index, stage_settings in enumerate(fit.recipe.stages):
        stage = stage_of(fit, index, draft(fit, index))
        trained = _trained(fit, stage_settings, precision)
        runner = _runner(fit, stage, trained, precision)
        chunked = find_chunks(stage, trained, runner, settings.chunk_rows, fit.sink)
        stage = replace(stage, schedule=chunked)
        seconds = time_a_step(stage, trained, runner)
        length = planned_length(
            per_epoch=batches_per_epoch(fit, stage),
            epochs=settings.epochs,
            max_steps=stage_settings.max_steps or settings.max_steps,
            seconds=seconds,
            limit=limit,
        )
        planned = draft(fit, index, steps=length.steps)
        schedules.append(replace(planned, chunk_rows=chunked.chunk_rows, chunk_tokens=chunked.chunk_tokens))
        total += length.steps * seconds
        fit.sink(Planned(length.steps, stage.data.batch_size, length.epochs, total, stage.name))
    return tuple(schedules)


def fit_stages(
    fit: Fit,
    resolved: Resolved,
    *,
    checkpoints: Checkpoints,
    evaluate: Evaluate,
    stop_asked: Callable[[], bool],
    resume_command: str,
    keep_halvings: KeepHalvings,
    group: Group = ALONE,
) -> None:
    """Train every stage that is not done; `fit.encoder` is the last state afterwards.

    keep_halvings: writes down that a stage's chunks became smaller.  group: all of it calls this.
    """
    accelerator = Accelerator(cpu=fit.device.type == "cpu")
    latest = checkpoints.latest()
    for index, settings in enumerate(fit.recipe.stages):
        if latest is not None and latest.stage_index > index:
            if settings.objective.kind == TRAINS_HEAD:
                hand_over(settings, fit.speech, state_at_end(settings, checkpoints))
            continue
        stage = stage_of(fit, index, resolved.schedules[index])
        trained = _trained(fit, settings, resolved.precision)
        fit.sink(StageStarted(stage.name, total=stage.schedule.steps))
        around = Surroundings(fit.sink, checkpoints, evaluate, stop_asked, resume_command, keep_halvings, group)
        run_stage(stage, _runner(fit, stage, trained, resolved.precision), trained, around, accelerator)
        hand_over(settings, fit.speech, trained.state.state_dict())


def _trained(fit: Fit, settings: StageSettings, precision: str) -> Trained:
    objective = make_objective(settings.objective)
    training = fit.recipe.training
    state = state_of(objective, fit.encoder, torch_generator(training.seed, "state", settings.name)).to(fit.device)
    optimizer = make_optimizer(
        [*fit.encoder.parameters(), *state.parameters()],
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        device=fit.device,
    )
    scaler = torch.amp.GradScaler(fit.device.type, enabled=precision == "fp16")
    return Trained(fit.encoder, state, optimizer, scaler)


def _runner(fit: Fit, stage: Stage, trained: Trained, precision: str) -> Runner:
    return Runner(fit.encoder, trained.state, stage.objective.passes, fit.device, precision)
