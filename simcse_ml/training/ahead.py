"""Batches made ready while a GPU computes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import torch

from simcse_ml.objectives.contract import LossBatch
from simcse_ml.ragged import Ragged
from simcse_ml.training.data import Batches

Prepared = tuple[tuple[Ragged, ...], LossBatch]


def batches_ahead(data: Batches, start: int, end: int, device: torch.device) -> Iterator[Prepared]:
    """What `data.at` gives for the steps from `start` to before `end`, in order.

    On a GPU the next one is made in a thread meanwhile; a batch is a function of its step, so nothing else changes. On
    a processor the thread would only take a core from the step.
    """
    if device.type == "cpu":
        yield from (data.at(step) for step in range(start, end))
        return
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as maker:
        coming = maker.submit(data.at, start) if start < end else None
        for step in range(start, end):
            assert coming is not None
            ready = coming.result()
            coming = maker.submit(data.at, step + 1) if step + 1 < end else None
            yield ready
