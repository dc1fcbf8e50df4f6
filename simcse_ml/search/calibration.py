"""What a cosine is worth in this corpus: its place among random pairs, and among those that share as many letters.

pairs.npy   (2, pairs) float32: cosine and lexical overlap of random pairs
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_file
from simcse_ml.search.overlap import lexical_overlap, trigrams
from simcse_ml.search.space import Space, paired

STAGE = "yardstick"
PAIRS = 200_000
SENTENCES = 20_000
"""from which the pairs are drawn: reading and cutting 400,000 would take ten times as long"""
BAND = 0.02
"""of lexical overlap, to either side, that counts as equal"""
LEAST = 50
"""pairs of equal overlap below which no percentile is given"""
STEP = 10_000
Floats = NDArray[np.float32]
Texts = Callable[[NDArray[np.int64]], Sequence[str]]


@dataclass(frozen=True)
class Calibration:
    """cosines, overlaps: (pairs,) of random pairs, in the same order."""

    cosines: Floats
    overlaps: Floats

    def __len__(self) -> int:
        return len(self.cosines)

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(self.cosines)

    def percentile(self, cosines: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) percent of the random pairs that are less alike; NaN where there are none."""
        if not len(self):
            return np.full(np.shape(cosines), np.nan)
        below = np.searchsorted(self._sorted, np.asarray(cosines, np.float32), side="left")
        return np.asarray(100.0 * below / len(self), np.float64)

    def percentile_of_equal_overlap(self, cosine: float, overlap: float) -> float | None:
        """The same among pairs that share about as many trigrams; None where fewer than LEAST do.

        High here says: alike by more than its letters.
        """
        alike = self.cosines[np.abs(self.overlaps - overlap) <= BAND]
        return float(100.0 * (alike < cosine).mean()) if len(alike) >= LEAST else None

    @property
    def mean(self) -> float:
        """Of the cosines; near 1 means that all sentences look alike."""
        return float(self.cosines.mean()) if len(self) else float("nan")


def percentile_text(percent: float, pairs: int) -> str:
    """99.95, or ">99.999" past what `pairs` random pairs can tell apart.

    >>> percentile_text(100.0, 200_000), percentile_text(100.0, 4_000), percentile_text(97.126, 200_000)
    ('>99.999', '>99.9', '97.13')
    """
    if np.isnan(percent):
        return "--"
    digits = max(0, min(3, int(np.log10(max(pairs, 1))) - 2))
    most = 100.0 - 10.0**-digits
    if percent >= most:
        return f">{most:.{digits}f}"
    return f"{percent:.{digits if percent > 99 else min(digits, 2)}f}"


def open_calibration(folder: Path) -> Calibration | None:
    """What was measured before, None where there is none that can be read."""
    try:
        found = np.load(folder / "pairs.npy", allow_pickle=False)
    except (OSError, ValueError):
        return None
    return Calibration(found[0], found[1]) if found.ndim == 2 and len(found) == 2 else None


def calibrate(space: Space, texts: Texts, sink: Sink, *, pairs: int = PAIRS, seed: int = 0) -> Calibration:
    """The calibration of a space: opened, or measured now and kept beside its vectors.

    texts: rows (n,) -> their sentences.
    """
    found = open_calibration(space.folder)
    if found is not None:
        return found
    draw = np.random.default_rng(seed)
    rows = _sample(len(space), SENTENCES, draw)
    left, right = _pairs(len(rows), pairs, draw)
    sink(StageStarted(STAGE, total=len(left)))
    grams = [trigrams(text) for text in texts(rows)]
    units = space.units(rows)
    cosines, overlaps = np.zeros(len(left), np.float32), np.zeros(len(left), np.float32)
    for start in range(0, len(left), STEP):
        part = slice(start, start + STEP)
        cosines[part] = paired(units[left[part]], units[right[part]])
        both = zip(left[part].tolist(), right[part].tolist(), strict=True)
        overlaps[part] = [lexical_overlap(grams[i], grams[j]) for i, j in both]
        sink(Progress(STAGE, min(start + STEP, len(left)), len(left)))
    measured = Calibration(cosines, overlaps)
    buffer = io.BytesIO()
    np.save(buffer, np.stack([cosines, overlaps]))
    with atomic_file(space.folder / "pairs.npy") as file:
        file.write(buffer.getvalue())
    return measured


def _sample(count: int, most: int, draw: np.random.Generator) -> NDArray[np.int64]:
    return np.sort(draw.choice(count, min(count, most), replace=False)).astype(np.int64)


def _pairs(count: int, most: int, draw: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of two different numbers below `count`: all of them where they are no more than `most`."""
    if count * (count - 1) // 2 <= most:
        left, right = np.triu_indices(count, k=1)
        return left.astype(np.int64), right.astype(np.int64)
    left = draw.integers(0, count, most)
    return left, (left + draw.integers(1, count, most)) % count
