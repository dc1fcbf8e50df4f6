"""Hubs: sentences that are among the nearest of many others, whatever those say (Radovanović et al., JMLR 2010).

    hubs.npz   rows (sample,) and tenth (sample,): the cosine of each one's tenth nearest in the sample

A sentence enters the list of every sampled one that it is closer to than the tenth is, so that any row's count costs
one product with the sample.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_file
from simcse_ml.search.space import CountedSpace, Space, products

if TYPE_CHECKING:
    from pathlib import Path

STAGE = "hubs"
SAMPLE = 20_000
COUNTED_SAMPLE = 4_000
"""products of sparse rows take ten times as long"""
NEAREST = 10
STEP = 512
NEAR = 1e-6
"""products of blocks of another size differ by less"""
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Hubs:
    """rows: (sample,) of the corpus.  tenth: (sample,) cosine to the last of each one's list.  lists: their length."""

    space: Space
    rows: Rows
    tenth: Floats
    lists: int

    def times(self, rows: Rows) -> NDArray[np.float64]:
        """(n,) in how many of the sample's lists each row is, by how many are expected: 1 is usual, 5 a hub."""
        if not len(self.rows) or not self.lists or not len(rows):
            return np.full(len(rows), np.nan)
        near = products(self.space.units(rows), self.space.units(self.rows)) >= self.tenth - NEAR  # (n, sample)
        near &= rows[:, None] != self.rows
        return np.asarray(near.sum(axis=1) / self.lists, np.float64)


def hubs_of(space: Space, sink: Sink, *, seed: int = 1) -> Hubs:
    """The hub sample of a space: opened, or measured now and kept beside its vectors."""
    lists = min(NEAREST, max(0, _size(space) - 1))
    kept = _open(space.folder)
    if kept is not None:
        return Hubs(space, *kept, lists)
    draw = np.random.default_rng(seed)
    rows = np.sort(draw.choice(len(space), _size(space), replace=False)).astype(np.int64)
    units, tenth = space.units(rows), np.ones(len(rows), np.float32)
    sink(StageStarted(STAGE, total=len(rows)))
    for start in range(0, len(rows) if lists else 0, STEP):
        part = slice(start, min(start + STEP, len(rows)))
        scores = products(units[part], units)  # (step, sample)
        scores[np.arange(part.stop - part.start), np.arange(part.start, part.stop)] = -2.0
        tenth[part] = np.partition(scores, len(rows) - lists, axis=1)[:, len(rows) - lists]
        sink(Progress(STAGE, part.stop, len(rows)))
    buffer = io.BytesIO()
    np.savez(buffer, rows=rows, tenth=tenth)
    with atomic_file(space.folder / "hubs.npz") as file:
        file.write(buffer.getvalue())
    return Hubs(space, rows, tenth, lists)


def _size(space: Space) -> int:
    return min(len(space), COUNTED_SAMPLE if isinstance(space, CountedSpace) else SAMPLE)


def _open(folder: Path) -> tuple[Rows, Floats] | None:
    try:
        with np.load(folder / "hubs.npz", allow_pickle=False) as kept:
            return kept["rows"], kept["tenth"]
    except (OSError, ValueError, KeyError):
        return None
