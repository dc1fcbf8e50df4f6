"""At most so many sentences, as runs of neighbours, so that a sample of a text is still text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RUN = 64
"""neighbouring sentences in a run"""


def sampled(count: int, most: int, seed: int) -> NDArray[np.bool_]:
    """(count,) true for the `most` sentences to keep: seeded runs of RUN neighbours, the last one cut."""
    keep = np.zeros(count, np.bool_)
    if most >= count:
        keep[:] = True
        return keep
    run = min(RUN, most)
    runs = -(-count // run)
    order = np.random.default_rng([seed, 0x53414D50]).permutation(runs)
    left = most
    for number in order.tolist():
        start = number * run
        size = min(run, count - start, left)
        keep[start : start + size] = True
        left -= size
        if left == 0:
            break
    return keep
