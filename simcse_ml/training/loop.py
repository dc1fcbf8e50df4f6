"""The training loop: one stage, step after step, from wherever the last checkpoint left it.

It knows no objective by name, no language and no file format. Events go to a sink, checkpoints to a store, and what is
looked at now and then is a callable.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from simcse_ml.errors import ExitCode, Interrupted, UserError
from simcse_ml.events import Evaluated, Saved, Sink, StepDone, Stopped
from simcse_ml.objectives.contract import HasAfterStep, Objective
from simcse_ml.training.ahead import Prepared, batches_ahead
from simcse_ml.training.checkpoints import Best, Checkpoints, Position, Trained, trainable
from simcse_ml.training.chunks import Drawn, Runner
from simcse_ml.training.data import Batches
from simcse_ml.training.group import ALONE, Group
from simcse_ml.training.halving import Chunking, KeepHalvings, run_until_it_fits
from simcse_ml.training.optimizer import rate_at, set_rate
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.shared_step import shared_step
from simcse_ml.training.step import StepResult, training_step

Evaluate = Callable[[], Mapping[str, float]]
"""Numbers of the moment; the one named "dev", if there is one, chooses the checkpoint (higher is better)."""


@dataclass(frozen=True)
class Stage:
    """One stage of a run."""

    index: int
    name: str
    objective: Objective
    data: Batches
    schedule: Schedule
    seed: int


@dataclass(frozen=True)
class Surroundings:
    """What the loop gets from outside.  group: the processes that train this together; one of them writes."""

    sink: Sink
    checkpoints: Checkpoints
    evaluate: Evaluate
    stop_asked: Callable[[], bool]
    resume_command: str = ""
    keep_halvings: KeepHalvings = lambda index, halvings: None
    group: Group = ALONE


def run_stage(stage: Stage, runner: Runner, trained: Trained, around: Surroundings, accelerator: Accelerator) -> None:
    """Train `trained` to the end of `stage`.

    Raises: Interrupted after a stop request, with a checkpoint written; UserError when the loss is no number any more.
    """
    start = _resume(stage, trained, around)
    if around.group.writes and start and (start == stage.schedule.steps or start % stage.schedule.evaluate_every == 0):
        # a kill between the checkpoint and its evaluation must not cost a best checkpoint
        _look(around, Position(stage.index, stage.name, start), trained, around.checkpoints.names()[-1])
    clock = _Clock(start, stage.schedule.steps)
    last_saved = time.monotonic()
    chunking = Chunking(stage.schedule, lambda halvings: around.keep_halvings(stage.index, halvings))
    coming = batches_ahead(stage.data, start, stage.schedule.steps, runner.device)
    for step, prepared in enumerate(coming, start):
        result = one_step(stage, step, prepared, chunking, runner, trained, accelerator, around)
        done = step + 1
        stop = around.group.any(around.stop_asked(), runner.device)
        if not around.group.writes:  # the first process tells, looks and saves for all
            if stop and done < stage.schedule.steps:
                raise Interrupted(around.resume_command)
            continue
        around.sink(clock.told(stage, done, result.loss))
        position = Position(stage.index, stage.name, done)
        at_end = done == stage.schedule.steps
        saved = ""
        if at_end or time.monotonic() - last_saved >= stage.schedule.checkpoint_seconds:
            saved = _save(around, position, trained)
            last_saved = time.monotonic()
        if at_end or done % stage.schedule.evaluate_every == 0:
            with clock.paused():
                _look(around, position, trained, saved)
        if stop and not at_end:
            _save(around, position, trained)
            around.sink(Stopped(stage.name, done, "asked"))
            raise Interrupted(around.resume_command)


def one_step(
    stage: Stage,
    step: int,
    prepared: Prepared,
    chunking: Chunking,
    runner: Runner,
    trained: Trained,
    accelerator: Accelerator,
    around: Surroundings,
) -> StepResult:
    """Batch `step` (from 0): gradients, clipping, optimizer, the objective's own update."""
    plan = stage.schedule
    views, batch = prepared[0], prepared[1].to(runner.device)
    rate = rate_at(
        step,
        steps=plan.steps,
        peak=plan.learning_rate,
        warmup_share=plan.warmup_share,
        schedule="constant" if plan.schedule == "constant" else "linear",
    )
    set_rate(trained.optimizer, rate)

    group = around.group

    def gradients(chunk_rows: int | None) -> StepResult:
        trained.optimizer.zero_grad(set_to_none=True)
        take: Callable[..., StepResult] = training_step if group.size == 1 else partial(shared_step, group=group)
        return take(
            stage.objective,
            runner,
            views,
            batch,
            drawn=Drawn(stage.seed, stage.name, step),
            chunk_rows=chunk_rows,
            backward=accelerator.backward,
            scale=trained.scaler.scale,
        )

    if group.size == 1:
        result = run_until_it_fits(
            gradients,
            chunking,
            views,
            stage=stage.name,
            step=step,
            state=trained.state,
            device=runner.device,
            sink=around.sink,
        )
    else:  # where one process is out of memory the others wait for it: the run ends, with what to do
        result = gradients(chunking.rows_at(step, views))
    trained.scaler.unscale_(trained.optimizer)
    norm = _clip(trained, plan.clip_norm)
    _require_finite(result.loss, norm, stage, step, trained)
    trained.scaler.step(trained.optimizer)
    trained.scaler.update()
    if isinstance(stage.objective, HasAfterStep):
        with torch.no_grad():
            stage.objective.after_step(trained.state, trained.encoder, result.vectors, batch)
    return result


def _resume(stage: Stage, trained: Trained, around: Surroundings) -> int:
    """The step to go on from; 0 where no checkpoint is of this stage."""
    latest = around.checkpoints.latest()
    if latest is None or latest.stage_index != stage.index:
        return 0
    around.checkpoints.load_latest(trained)
    return latest.step


def _save(around: Surroundings, position: Position, trained: Trained) -> str:
    name = around.checkpoints.save(position, trained)
    around.sink(Saved("checkpoint", str(around.checkpoints.folder / name)))
    return name


def _look(around: Surroundings, position: Position, trained: Trained, saved: str) -> None:
    """Evaluate; keep the checkpoint if it is the best on the dev set."""
    numbers = around.evaluate()
    score = numbers.get("dev")
    best = around.checkpoints.best()
    is_best = score is not None and (best is None or score > best.score)
    if is_best and score is not None:
        name = saved or _save(around, position, trained)
        around.checkpoints.mark_best(Best(name, score, position.step))
    around.sink(Evaluated(position.stage, position.step, numbers, best=is_best))


def _clip(trained: Trained, limit: float | None) -> Tensor:
    parameters = [*trainable(trained.encoder).values(), *trainable(trained.state).values()]
    return nn.utils.clip_grad_norm_(parameters, limit if limit is not None else math.inf)


def _require_finite(loss: float, norm: Tensor, stage: Stage, step: int, trained: Trained) -> None:
    """In fp16 the gradient may overflow: the scaler leaves that step out and takes a smaller scale, down to 1."""
    if math.isfinite(loss) and (bool(torch.isfinite(norm)) or trained.scaler.get_scale() > 1):
        return
    raise UserError(
        f"the loss or its gradient is no number any more at step {step + 1}; the last checkpoint is whole",
        where=f"stage {stage.name}",
        mend="lower training.learning_rate, or train with --precision fp32",
        exit_code=ExitCode.MACHINE,
    )


class _Clock:
    """Rows a second and time left, over the steps of this process; evaluations do not count."""

    def __init__(self, start: int, steps: int) -> None:
        self._first, self._steps, self._began = start, steps, time.monotonic()

    def told(self, stage: Stage, done: int, loss: float) -> StepDone:
        seconds = max(time.monotonic() - self._began, 1e-9)
        per_step = seconds / max(done - self._first, 1)
        plan = stage.schedule
        rate = rate_at(
            done - 1,
            steps=plan.steps,
            peak=plan.learning_rate,
            warmup_share=plan.warmup_share,
            schedule="constant" if plan.schedule == "constant" else "linear",
        )
        rows = stage.data.batch_size / per_step
        return StepDone(stage.name, done, self._steps, loss, rate, rows, per_step * (self._steps - done))

    def paused(self) -> _Pause:
        return _Pause(self)

    def skip(self, seconds: float) -> None:
        self._began += seconds


class _Pause:
    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        self._entered = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._clock.skip(time.monotonic() - self._entered)
