"""Device, precision, plan and the stages of a run: everything between an untrained encoder and a trained one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Planned, Sink, StageStarted, Warned
from simcse_ml.jobs.measuring import find_chunks, find_precision, time_a_step
from simcse_ml.jobs.resolved import Resolved
from simcse_ml.models.contract import Encoder
from simcse_ml.models.static import StaticEncoder
from simcse_ml.objectives.table import make_objective
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import Recipe, StageSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.checkpoints import Checkpoints, Trained
from simcse_ml.training.chunks import Runner
from simcse_ml.training.data import StageData, next_in_document, usable_views
from simcse_ml.training.group import ALONE, Group
from simcse_ml.training.halving import KeepHalvings
from simcse_ml.training.loop import Evaluate, Stage, Surroundings, run_stage
from simcse_ml.training.optimizer import make_optimizer
from simcse_ml.training.plan import planned_length
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.seeds import torch_generator


@dataclass(frozen=True)
class Fit:
    """What is trained on what.  encoder: on its device, frozen where it should be.  shares: processes to plan for."""

    encoder: Encoder
    recipe: Recipe
    corpus: Corpus
    rows: TokenRows
    device: torch.device
    sink: Sink
    shares: int = 1


def trial(fit: Fit) -> str:
    """The precision that `auto` becomes."""
    stage = _stage(fit, 0, _draft(fit.recipe))
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
        stage = _stage(fit, index, _draft(fit.recipe))
        trained = _trained(fit, stage_settings, precision)
        runner = _runner(fit, stage, trained, precision)
        draft = find_chunks(stage, trained, runner, settings.chunk_rows, fit.sink)
        stage = replace(stage, schedule=draft)
        seconds = time_a_step(stage, trained, runner)
        length = planned_length(
            per_epoch=_per_epoch(fit, stage),
            epochs=settings.epochs,
            max_steps=settings.max_steps,
            seconds=seconds,
            limit=limit,
        )
        planned = _draft(fit.recipe, steps=length.steps, shares=fit.shares)
        schedules.append(replace(planned, chunk_rows=draft.chunk_rows, chunk_tokens=draft.chunk_tokens))
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
            continue
        stage = _stage(fit, index, resolved.schedules[index])
        trained = _trained(fit, settings, resolved.precision)
        fit.sink(StageStarted(stage.name, total=stage.schedule.steps))
        around = Surroundings(fit.sink, checkpoints, evaluate, stop_asked, resume_command, keep_halvings, group)
        run_stage(stage, _runner(fit, stage, trained, resolved.precision), trained, around, accelerator)


def training_rows(corpus: Corpus, rows: Ragged) -> NDArray[np.int64]:
    """Corpus ids of the training sentences with at least two tokens of their own.

    Raises: UserError where fewer than two are left.
    """
    train = corpus.train_rows
    body = rows.lengths[train] - rows.head - rows.tail
    kept: NDArray[np.int64] = train[body >= 2]
    if len(kept) < 2:
        raise UserError(
            f"only {len(kept)} sentences have two tokens or more",
            where="corpus",
            mend="give more text, or a backbone that knows its script",
            exit_code=ExitCode.INPUT,
        )
    return kept


def _draft(recipe: Recipe, *, steps: int = 1, shares: int = 1) -> Schedule:
    settings = recipe.training
    return Schedule(
        steps=steps,
        learning_rate=settings.learning_rate,
        warmup_share=settings.warmup_share,
        schedule=settings.schedule,
        clip_norm=settings.clip_norm,
        chunk_rows=None,
        evaluate_every=max(1, -(-steps // settings.evaluations)),
        checkpoint_seconds=settings.checkpoint_seconds,
        shares=shares,
    )


def _stage(fit: Fit, index: int, schedule: Schedule) -> Stage:
    settings = fit.recipe.stages[index]
    seed = fit.recipe.training.seed
    ids = training_rows(fit.corpus, fit.rows.rows)
    views, left_out = usable_views(settings.views, ordered=fit.corpus.ordered)
    if left_out and schedule.steps > 1:
        fit.sink(Warned(left_out))
    allowed = np.zeros(len(fit.rows), np.bool_)
    allowed[ids] = True
    size = min(fit.recipe.training.batch_size, len(ids))
    sampler = "shuffled" if isinstance(fit.encoder, StaticEncoder) else "length_buckets"
    lengths = fit.rows.rows.lengths[ids]
    data = StageData(
        rows=fit.rows,
        order=BatchOrder(sampler, ids, lengths, size=size, seed=seed, stage=settings.name),
        views=views,
        next_rows=next_in_document(fit.corpus.documents, allowed),
        batch_size=size,
        seed=seed,
        stage=settings.name,
        max_tokens=fit.encoder.max_tokens,
    )
    return Stage(index, settings.name, make_objective(settings.objective), data, schedule, seed)


def _per_epoch(fit: Fit, stage: Stage) -> int:
    """Batches that all training sentences would make, also where only some of them have their tokens."""
    every = fit.corpus.train_rows
    return round(stage.data.order.per_epoch * len(every) / len(fit.rows.among(every)))


def _trained(fit: Fit, settings: StageSettings, precision: str) -> Trained:
    objective = make_objective(settings.objective)
    training = fit.recipe.training
    state = objective.state(fit.encoder, torch_generator(training.seed, "state", settings.name)).to(fit.device)
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
