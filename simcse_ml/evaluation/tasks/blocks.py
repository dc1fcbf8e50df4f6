"""How alike every left text is to every right one, some rows of the left at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.tasks.contract import Side, Sides
from simcse_ml.search.space import products

CELLS = 4_000_000
"""numbers held at once"""


def blocks(ways: Sequence[Sides]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """(rows of the left, (rows, m) float32), in order."""
    ways = [Sides(_narrow(one.left), _narrow(one.right), one.share) for one in ways]
    count, width = ways[0].left.shape[0], ways[0].right.shape[0]
    size = max(1, CELLS // max(1, width))
    for start in range(0, count, size):
        rows = slice(start, min(count, start + size))
        total = np.zeros((rows.stop - start, width), np.float32)
        for left, right, share in ways:
            total += np.float32(share) * products(left[rows], right)
        yield rows, total


def _narrow(side: Side) -> Side:
    return np.asarray(side, np.float32) if isinstance(side, np.ndarray) else side
