"""How long it will take, from a few real steps that leave no trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import mean

import torch
from torch import Tensor

from simcse_ml.training.checkpoints import Trained, trainable
from simcse_ml.training.loop import Stage

COMING = 200
"""batches whose lengths are looked at for the plan"""


@dataclass(frozen=True)
class Length:
    """steps of a stage, and the epochs that makes."""

    steps: int
    epochs: float


@contextmanager
def no_trace(trained: Trained) -> Iterator[None]:
    """Parameters, objective state and gradients are afterwards as they were; the optimizer must not step within."""
    kept: dict[str, Tensor] = {name: value.detach().clone() for name, value in trainable(trained.encoder).items()}
    state = {name: value.detach().clone() for name, value in trained.state.state_dict().items()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, value in trainable(trained.encoder).items():
                value.copy_(kept[name])
                value.grad = None
        trained.state.load_state_dict(state)
        for parameter in trained.state.parameters():
            parameter.grad = None


def seconds_per_step(stage: Stage, step: Callable[[int], None], *, rows: int) -> float:
    """Mean seconds of a step, from a few real ones: seconds a padded token, times the tokens of the batches to come.

    step: runs the first `rows` rows of batch number i.
    """
    per_epoch = stage.data.order.per_epoch
    step(per_epoch // 2)  # warms up
    seconds, tokens = 0.0, 0
    for index in sorted({per_epoch // 4, per_epoch * 3 // 4}):
        began = time.perf_counter()
        step(index)
        seconds += time.perf_counter() - began
        tokens += padded_tokens(stage, index, rows)
    coming = [padded_tokens(stage, index) for index in range(min(per_epoch, COMING))]
    return seconds / max(tokens, 1) * mean(coming)


def padded_tokens(stage: Stage, step: int, most: int | None = None) -> int:
    """Rows (at most so many) times the longest row of batch `step`: what a transformer computes for one view."""
    rows = stage.data.order.at(step)[1][:most]
    offsets = stage.data.rows.rows.offsets
    return len(rows) * int((offsets[rows + 1] - offsets[rows]).max(initial=1))


def planned_length(
    *, per_epoch: int, epochs: float, max_steps: int | None, seconds: float, limit: float | None
) -> Length:
    """Steps of a stage: the epochs, no more than max_steps, and no more than fit in `limit` seconds.

    seconds: per step.
    """
    steps = max(1, round(per_epoch * epochs))
    if max_steps is not None:
        steps = min(steps, max_steps)
    if limit is not None:
        steps = min(steps, max(1, int(limit / max(seconds, 1e-9))))
    return Length(steps, steps / per_epoch)
