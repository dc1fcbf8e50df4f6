"""Which rows make a batch: a function of (seed, epoch) alone, so that a run can be resumed anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from simcse_ml.training.seeds import numpy_generator

MEGABATCH = 50
"""batches within which rows are sorted by length (measured: +50 % speed, docs/decisions.md)"""

Indices = NDArray[np.int64]
Sampler = Callable[[Indices, Indices, int, np.random.Generator], list[Indices]]


def shuffled(rows: Indices, lengths: Indices, size: int, generator: np.random.Generator) -> list[Indices]:
    """Batches of `size` in random order; a last, smaller batch is left out unless it is the only one."""
    order = generator.permutation(rows)
    if len(order) <= size:
        return [order]
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def length_buckets(rows: Indices, lengths: Indices, size: int, generator: np.random.Generator) -> list[Indices]:
    """As shuffled, but rows of one batch are of like length, which saves padding.

    rows: (n,) corpus ids.  lengths: (n,) tokens of each.
    """
    order = generator.permutation(len(rows))
    if len(order) <= size:
        return [rows[order]]
    batches: list[Indices] = []
    whole = len(order) // size * size
    for start in range(0, whole, MEGABATCH * size):
        part = order[start : min(start + MEGABATCH * size, whole)]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [rows[part[at : at + size]] for at in range(0, len(part), size)]
    return [batches[index] for index in generator.permutation(len(batches))]


SAMPLERS: Mapping[str, Sampler] = {"shuffled": shuffled, "length_buckets": length_buckets}


class BatchOrder:
    """Batch number `step` of a stage; one epoch's order is kept at a time."""

    def __init__(self, sampler: str, rows: Indices, lengths: Indices, *, size: int, seed: int, stage: str) -> None:
        """rows: (n,) corpus ids to train on.  lengths: (n,) their tokens."""
        self._sampler, self._rows, self._lengths = SAMPLERS[sampler], rows, lengths
        self._size, self._seed, self._stage = size, seed, stage
        self._epoch = -1
        self._batches: list[Indices] = []
        self.per_epoch = len(self._of(0))

    def _of(self, epoch: int) -> list[Indices]:
        if epoch != self._epoch:
            generator = numpy_generator(self._seed, "order", self._stage, epoch)
            self._batches = self._sampler(self._rows, self._lengths, self._size, generator)
            self._epoch = epoch
        return self._batches

    def longest(self, count: int) -> Indices:
        """Corpus ids of the `count` longest rows."""
        return self._rows[np.argpartition(self._lengths, -count)[-count:]]

    def at(self, step: int) -> tuple[int, Indices]:
        """(epoch, corpus ids of the batch) for `step`, counted from 0."""
        epoch, index = divmod(step, self.per_epoch)
        return epoch, self._of(epoch)[index]
