"""The altered copies that an objective's row loss learns from, behind the views of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcse_ml.objectives.contract import LossBatch, RowPass
from simcse_ml.ragged import Ragged
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.data import Batches
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.seeds import derive
from simcse_ml.views.contract import Alphabet
from simcse_ml.views.copies import IGNORED, masked, replaced

KINDS = {"masked": masked, "replaced": replaced}
STREAMS = 10
"""random numbers a copy may use: each has its own"""


@dataclass(frozen=True)
class CopyingData:
    """The batches of `inner`; for each of `passes` a copy and its labels stand behind the views."""

    inner: Batches
    passes: Sequence[RowPass]
    alphabet: Alphabet
    seed: int
    stage: str

    @property
    def batch_size(self) -> int:
        return self.inner.batch_size

    @property
    def order(self) -> BatchOrder:
        return self.inner.order

    @property
    def rows(self) -> TokenRows:
        return self.inner.rows

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        """Views, copies and batch of `step` (from 0)."""
        return self.of(step, *self.order.at(step))

    def of(self, step: int, epoch: int, ids: NDArray[np.int64]) -> tuple[tuple[Ragged, ...], LossBatch]:
        """The same for the rows `ids` (n,)."""
        views, batch = self.inner.of(step, epoch, ids)
        seed = derive(self.seed, "copies", self.stage)
        copies: list[Ragged] = []
        for number, one in enumerate(self.passes):
            make, stream = KINDS[one.kind], number * STREAMS
            copies += make(views[one.view], ids, self.alphabet, rate=one.rate, seed=seed, epoch=epoch, stream=stream)
        return (*views, *copies), batch


def copy_of(views: Sequence[Ragged], number: int, passes: int) -> tuple[Ragged, Ragged]:
    """The copy for pass `number` of `passes`, and its labels."""
    place = len(views) - 2 * (passes - number)
    return views[place], views[place + 1]


def terms(views: Sequence[Ragged], passes: int) -> int:
    """How many tokens of the batch have a label."""
    return sum(int((copy_of(views, number, passes)[1].ids != IGNORED).sum()) for number in range(passes))
