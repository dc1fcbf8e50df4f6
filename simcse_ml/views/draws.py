"""Random numbers that depend on (seed, epoch, row, token) and on nothing else, so any batch can be made again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser (Steele, Lea, Flood 2014): every input bit changes half of the output bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def uniform(keys: NDArray[np.int64], *, seed: int, epoch: int, stream: int) -> NDArray[np.float64]:
    """One number in [0, 1) for each of `keys` (n,); stream tells apart the draws of one purpose from another's."""
    with np.errstate(over="ignore"):
        base = np.array([seed, epoch, stream], np.uint64)
        start = _mix(_mix(_mix(base[0] * _STEP + _STEP) + base[1]) * _STEP + base[2])
        mixed = _mix(keys.astype(np.uint64) * _STEP + start)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def token_keys(row_ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(total,) a key for every token of rows with these corpus ids: row id and place in the row."""
    ends = np.cumsum(lengths)
    inside = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    keys: NDArray[np.int64] = np.repeat(row_ids, lengths) * (1 << 20) + inside
    return keys
