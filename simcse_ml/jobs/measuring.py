"""What is measured before a training: precision, chunk size, seconds a step; all by real steps that leave no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from simcse_ml.events import Said, Sink, Warned
from simcse_ml.models.contract import Encoder
from simcse_ml.models.static import StaticEncoder
from simcse_ml.objectives.contract import LossBatch
from simcse_ml.ragged import Ragged
from simcse_ml.training.checkpoints import Trained
from simcse_ml.training.chunk_size import ON_CPU, ON_GPU, Room, room_for, tokens_of
from simcse_ml.training.chunks import Drawn, Runner
from simcse_ml.training.halving import Chunking
from simcse_ml.training.loop import Stage
from simcse_ml.training.memory import GIB, free_memory, give_back, is_out_of_memory
from simcse_ml.training.plan import COMING, no_trace, padded_tokens, seconds_per_step
from simcse_ml.training.precisions import (
    bf16_native,
    choose_precision,
    precisions_of,
    time_precisions,
)
from simcse_ml.training.schedule import ChunkTokens, Schedule
from simcse_ml.training.step import training_step

TRIAL_ROWS = {"cpu": 8}
"""rows of the steps that try a precision, by kind of device"""
TRIAL_ROWS_GPU = 64
"""with fewer a GPU waits for the processor in any precision"""
MEMORY_ROWS = 2
"""of the longest rows, whose forward tells the memory"""
TIMED_ROWS = {"cpu": 8}
"""rows of a batch that are timed for the plan, by kind of device"""
TIMED_ROWS_GPU = 512
RunnerOf = Callable[[str], Runner]


def find_precision(
    stage: Stage, trained: Trained, runner_of: RunnerOf, encoder: Encoder, device: torch.device, asked: str, sink: Sink
) -> str:
    """What `asked` becomes; a static table gains nothing from a half precision.

    Raises: UserError where no precision works.
    """
    if asked != "auto":
        if asked != "fp32" and device.type == "cpu" and not (asked == "bf16" and bf16_native(device)):
            sink(Warned(f"{asked} is only emulated on this processor: expect several times the time of fp32"))
        return asked
    if isinstance(encoder, StaticEncoder):
        return "fp32"
    tried = precisions_of(device)
    if tried == ("fp32",):
        sink(Said("machine", "fp32 for training: this processor does not compute in bf16 itself"))
        return "fp32"
    rows = TRIAL_ROWS.get(device.type, TRIAL_ROWS_GPU)

    def step(precision: str) -> float:
        return _part_of_a_step(stage, trained, runner_of(precision), 0, rows=rows)

    with no_trace(trained):
        trials = time_precisions(step, tried)
        while rows > 1 and any(is_out_of_memory(RuntimeError(trial.failure)) for trial in trials):
            rows //= 2
            give_back(device)
            trials = time_precisions(step, tried)
    chosen = choose_precision(trials, device)
    told = ", ".join(f"{t.precision} {t.failure or f'{1000 * t.seconds:.0f} ms'}" for t in trials)
    sink(Said("machine", f"{chosen} for training (one small step: {told})"))
    return chosen


def find_chunks(stage: Stage, trained: Trained, runner: Runner, asked: int | str, sink: Sink) -> Schedule:
    """The schedule of `stage` with its chunk size: as asked, or for `auto` from the free memory.

    A static table takes whole batches: it keeps one vector a sentence, and pieces that chunks share are summed once.
    """
    if asked == "auto" and isinstance(runner.encoder, StaticEncoder):
        return replace(stage.schedule, chunk_rows=None)
    if asked != "auto":
        return replace(stage.schedule, chunk_rows=asked if isinstance(asked, int) else None)
    longest = stage.data.order.longest(min(MEMORY_ROWS, stage.data.batch_size))
    views, batch = stage.data.of(0, 0, longest)
    tokens = len(longest) * max(int(view.lengths.max(initial=1)) for view in views)

    def forward() -> None:
        _step(stage, runner, views, batch, number=0, chunk_rows=None, keep_graph=True, backward=_nothing)

    with no_trace(trained):
        free = free_memory(runner.device)
        room = room_for(forward, tokens, trained, batch=stage.data.batch_size, free=free)
    chunks = tokens_of(room, most=ON_CPU if runner.device.type == "cpu" else ON_GPU)
    _say_chunks(stage, room, chunks, tokens // len(longest), sink)
    return replace(stage.schedule, chunk_tokens=chunks)


def _say_chunks(stage: Stage, room: Room, chunks: ChunkTokens, width: int, sink: Sink) -> None:
    """What is cut, where anything is; and where memory is short even so.  width: tokens of the longest row."""
    coming = [padded_tokens(stage, index) for index in range(min(stage.data.order.per_epoch, COMING))]
    cut = sum(tokens > chunks.whole for tokens in coming)
    if cut:
        which = "" if cut == len(coming) else f" in {100 * cut / len(coming):.0f} % of the steps, those of long ones,"
        size = f"{chunks.part:,} tokens ({chunks.part * room.token_bytes / GIB:.1f} of {room.free / GIB:.1f} GiB free)"
        told = f"{stage.data.batch_size:,} sentences go through{which} in chunks of {size}; all stay negatives"
        sink(Said("memory", told))
    if room.tokens < width:
        sink(Warned("memory is short even for one long sentence at a time: end other programs, or lower --max-tokens"))


def time_a_step(stage: Stage, trained: Trained, runner: Runner) -> float:
    """Mean seconds of a step, from part of a batch where it is large."""
    rows = stage.data.batch_size
    if not isinstance(runner.encoder, StaticEncoder):
        rows = min(rows, TIMED_ROWS.get(runner.device.type, TIMED_ROWS_GPU))

    def step(number: int) -> None:
        _part_of_a_step(stage, trained, runner, number, rows=rows)

    with no_trace(trained):
        return seconds_per_step(stage, step, rows=rows)


def _part_of_a_step(stage: Stage, trained: Trained, runner: Runner, number: int, *, rows: int) -> float:
    """The loss of the first `rows` rows of batch `number`, each through the encoder as often as in the whole batch;
    gradients are taken and thrown away.
    """
    views, batch = stage.data.at(number)
    few = tuple(view.take(np.arange(min(rows, len(view)))) for view in views)
    part = batch.rows(slice(rows))
    chunking = Chunking(stage.schedule, _nothing)
    twice = chunking.rows_at(number, views) is not None
    loss = _step(
        stage,
        runner,
        few,
        part,
        number=number,
        chunk_rows=chunking.rows_at(number, few),
        keep_graph=False if twice else None,
        backward=torch.autograd.backward,
    )
    trained.optimizer.zero_grad(set_to_none=True)
    return loss


def _step(
    stage: Stage,
    runner: Runner,
    views: tuple[Ragged, ...],
    batch: LossBatch,
    *,
    number: int,
    chunk_rows: int | None,
    keep_graph: bool | None,
    backward: Callable[[torch.Tensor], None],
) -> float:
    return training_step(
        stage.objective,
        runner,
        views,
        batch.to(runner.device),
        drawn=Drawn(stage.seed, stage.name, number),
        chunk_rows=chunk_rows,
        backward=backward,
        keep_graph=keep_graph,
    ).loss


def _nothing(unwanted: object) -> None:
    """Neither gradients nor halvings are of use in a trial."""
