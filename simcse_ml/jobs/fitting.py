"""Device, precision, plan and the stages of a run: everything between an untrained encoder and a trained one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Planned, Said, Sink, StageStarted, Warned
from simcse_ml.jobs.resolved import Resolved
from simcse_ml.models.contract import Encoder
from simcse_ml.models.static import StaticEncoder
from simcse_ml.objectives.contract import LossBatch
from simcse_ml.objectives.table import make_objective
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import Recipe, StageSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.checkpoints import Checkpoints, Trained
from simcse_ml.training.chunks import Drawn, Runner
from simcse_ml.training.data import StageData, next_in_document, usable_views
from simcse_ml.training.devices import bf16_on_cpu, choose_precision, time_precisions
from simcse_ml.training.loop import Evaluate, Stage, Surroundings, run_stage
from simcse_ml.training.optimizer import make_optimizer
from simcse_ml.training.plan import no_trace, planned_length, seconds_per_step
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.seeds import torch_generator
from simcse_ml.training.step import training_step

TRIAL_ROWS = 8
"""rows of the steps that try a precision"""
TIMED_ROWS = 16
"""rows of a batch that are timed for the plan: a transformer's time goes by tokens, a static table's does not"""


@dataclass(frozen=True)
class Fit:
    """What is trained on what.  encoder: on its device, frozen where it should be."""

    encoder: Encoder
    recipe: Recipe
    corpus: Corpus
    rows: TokenRows
    device: torch.device
    sink: Sink


def trial(fit: Fit) -> str:
    """The precision that `auto` becomes, from real steps in each; fp32 for a static table, which gains nothing."""
    asked = fit.recipe.training.precision
    if asked != "auto" or isinstance(fit.encoder, StaticEncoder):
        return "fp32" if asked == "auto" else asked
    if fit.device.type == "cpu" and not bf16_on_cpu():
        fit.sink(Said("machine", "fp32 for training: this processor does not compute in bf16 itself"))
        return "fp32"
    stage, trained = _stage(fit, 0, _draft(fit.recipe)), _trained(fit, fit.recipe.stages[0])

    def step(precision: str) -> float:
        views, batch = stage.data.at(0)
        few = tuple(view.take(np.arange(min(TRIAL_ROWS, len(view)))) for view in views)
        rows = len(few[0])
        small = type(batch)(batch.row_ids[:rows], batch.text_hashes[:rows]).to(fit.device)
        result = training_step(
            stage.objective,
            _runner(fit, stage, trained, precision),
            few,
            small,
            drawn=Drawn(stage.seed, stage.name, 0),
            chunk_rows=None,
            backward=_backward,
        )
        trained.optimizer.zero_grad(set_to_none=True)
        return result.loss

    with no_trace(trained):
        trials = time_precisions(step, ("fp32", "bf16"))
    chosen = choose_precision(trials)
    told = ", ".join(f"{t.precision} {t.failure or f'{1000 * t.seconds:.0f} ms'}" for t in trials)
    fit.sink(Said("machine", f"{chosen} for training (one small step: {told})"))
    return chosen


def plan(fit: Fit, precision: str) -> tuple[Schedule, ...]:
    """One schedule a stage, from a few real steps that leave no trace."""
    schedules = []
    total = 0.0
    settings = fit.recipe.training
    limit = settings.time / len(fit.recipe.stages) if settings.time else None
    for index, stage_settings in enumerate(fit.recipe.stages):
        stage, trained = _stage(fit, index, _draft(fit.recipe)), _trained(fit, stage_settings)
        runner = _runner(fit, stage, trained, precision)
        size, chunk_rows = stage.data.batch_size, stage.schedule.chunk_rows
        rows = size if isinstance(fit.encoder, StaticEncoder) else min(size, TIMED_ROWS)
        twice = chunk_rows is not None and chunk_rows < size  # then every chunk goes through the encoder twice

        def step(
            number: int,
            stage: Stage = stage,
            runner: Runner = runner,
            trained: Trained = trained,
            rows: int = rows,
            twice: bool = twice,
        ) -> None:
            views, batch = stage.data.at(number)
            training_step(
                stage.objective,
                runner,
                tuple(view.take(np.arange(min(rows, len(view)))) for view in views),
                LossBatch(batch.row_ids[:rows], batch.text_hashes[:rows]).to(fit.device),
                drawn=Drawn(stage.seed, stage.name, number),
                chunk_rows=stage.schedule.chunk_rows,
                backward=_backward,
                keep_graph=False if twice else None,
            )
            trained.optimizer.zero_grad(set_to_none=True)

        with no_trace(trained):
            seconds = seconds_per_step(stage, step, rows=rows)
        length = planned_length(
            per_epoch=_per_epoch(fit, stage),
            epochs=settings.epochs,
            max_steps=settings.max_steps,
            seconds=seconds,
            limit=limit,
        )
        schedules.append(_draft(fit.recipe, steps=length.steps))
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
) -> None:
    """Train every stage that is not done; `fit.encoder` is the last state afterwards."""
    accelerator = Accelerator(cpu=fit.device.type == "cpu")
    latest = checkpoints.latest()
    for index, settings in enumerate(fit.recipe.stages):
        if latest is not None and latest.stage_index > index:
            continue
        stage, trained = _stage(fit, index, resolved.schedules[index]), _trained(fit, settings)
        fit.sink(StageStarted(stage.name, total=stage.schedule.steps))
        around = Surroundings(fit.sink, checkpoints, evaluate, stop_asked, resume_command)
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


def _backward(loss: torch.Tensor) -> None:
    loss.backward()  # type: ignore[no-untyped-call]


def _draft(recipe: Recipe, steps: int = 1) -> Schedule:
    settings = recipe.training
    return Schedule(
        steps=steps,
        learning_rate=settings.learning_rate,
        warmup_share=settings.warmup_share,
        schedule=settings.schedule,
        clip_norm=settings.clip_norm,
        chunk_rows=settings.chunk_rows,
        evaluate_every=max(1, -(-steps // settings.evaluations)),
        checkpoint_seconds=settings.checkpoint_seconds,
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


def _trained(fit: Fit, settings: StageSettings) -> Trained:
    objective = make_objective(settings.objective)
    training = fit.recipe.training
    state = objective.state(fit.encoder, torch_generator(training.seed, "state", settings.name)).to(fit.device)
    optimizer = make_optimizer(
        [*fit.encoder.parameters(), *state.parameters()],
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        device=fit.device,
    )
    return Trained(fit.encoder, state, optimizer)


def _runner(fit: Fit, stage: Stage, trained: Trained, precision: str) -> Runner:
    return Runner(fit.encoder, trained.state, stage.objective.passes, fit.device, precision)
