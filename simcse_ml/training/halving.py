"""A step that does not fit in memory is run again in smaller chunks, and resuming knows from which step on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from simcse_ml.events import OomRetry, Sink
from simcse_ml.ragged import Ragged
from simcse_ml.training.failing import no_memory
from simcse_ml.training.memory import give_back, is_out_of_memory
from simcse_ml.training.schedule import Halving, Schedule, rows_of_chunk

Result = TypeVar("Result")
KeepHalvings = Callable[[int, Sequence[Halving]], None]
"""Writes down the halvings of the stage with that index, durably."""


class Chunking:
    """How the batch of each step of a stage is cut.

    A halving is written down before the step is tried again: whatever is killed afterwards, a resume from an earlier
    checkpoint takes the old size before that step and the new one from it on.
    """

    def __init__(self, schedule: Schedule, keep: Callable[[Sequence[Halving]], None]) -> None:
        self._schedule, self._halvings, self._keep = schedule, list(schedule.halvings), keep

    def rows_at(self, step: int, views: Sequence[Ragged]) -> int | None:
        """Rows of a chunk; None for the whole batch."""
        width = max(int(view.lengths.max(initial=1)) for view in views)
        return rows_of_chunk(self._schedule, self._halvings, step, len(views[0]), width)

    def halve(self, step: int, views: Sequence[Ragged]) -> int:
        """Half the rows from `step` on; returns them."""
        rows = -(-(self.rows_at(step, views) or len(views[0])) // 2)
        self._halvings.append((step, rows))
        self._keep(self._halvings)
        return rows


def run_until_it_fits(
    attempt: Callable[[int | None], Result],
    chunking: Chunking,
    views: Sequence[Ragged],
    *,
    stage: str,
    step: int,
    state: nn.Module,
    device: torch.device,
    sink: Sink,
) -> Result:
    """`attempt(chunk_rows)`, again with half the rows after each allocation that fails.

    attempt: of the batch `views`; it begins with gradients of zero and changes nothing but gradients and buffers of
    `state`, which are put back.
    Raises: UserError MACHINE where a single row is too much.
    """
    before = [buffer.clone() for buffer in state.buffers()]
    while True:
        rows = chunking.rows_at(step, views)
        try:
            return attempt(rows)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            failed = no_memory(error)
        if rows == 1:
            raise failed
        give_back(device)  # here the failed attempt's tensors are gone with its traceback
        _restore(state, before)
        sink(OomRetry(stage, step + 1, chunking.halve(step, views), failed.what))


@torch.no_grad()
def _restore(state: nn.Module, before: Sequence[Tensor]) -> None:
    for buffer, value in zip(state.buffers(), before, strict=True):
        buffer.copy_(value)
