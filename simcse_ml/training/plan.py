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


def seconds_per_step(stage: Stage, step: Callable[[int], None]) -> float:
    """Mean seconds of a few steps spread over the first epoch, so that short and long batches are both seen.

    step: runs batch number i.
    """
    last = max(stage.data.order.per_epoch - 1, 0)
    step(last // 2)  # warms up
    times = []
    for index in sorted({last // 4, last * 3 // 4}):
        began = time.perf_counter()
        step(index)
        times.append(time.perf_counter() - began)
    return mean(times)


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
