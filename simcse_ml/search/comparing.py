"""Two models on one corpus: how much of their nearest lists they share, and which queries moved most.

Ranks and percentiles compare across models; raw cosines do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.many import nearest_many
from simcse_ml.search.neighbours import top
from simcse_ml.search.space import DenseSpace, Space

QUERIES = 1000
NEAREST = 10
DRAWS = 1000
DEEP = 100
"""ranks within which a hit of one model counts as one of the other too, only moved"""
Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Interval:
    """mean, and the 95 % interval of it over resampled queries."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Ranked:
    """One row of a merged list. left, right: 1-based rank by each model.  left_score, right_score: cosines."""

    row: int
    left: int
    right: int
    left_score: float
    right_score: float


def query_rows(count: int, wanted: int = QUERIES, seed: int = 3) -> Rows:
    """The rows that serve as queries, rising, the same for every model of a corpus."""
    draw = np.random.default_rng(seed)
    return np.sort(draw.choice(count, min(wanted, count), replace=False)).astype(np.int64)


def nearest_rows(space: Space, rows: Rows, k: int = NEAREST) -> Iterator[Rows]:
    """(n, k) nearest of each of `rows`, itself left out, a block of queries after another; -1 where there are fewer."""
    if isinstance(space, DenseSpace):
        for part in nearest_many(space.store, space.units(rows), k + 1):
            yield _without(part.rows, rows[part.queries], k)
        return
    for row in rows.tolist():
        found = [hit.row for hit in top(space.scores(space.vector_of_row(row)), k + 1)]
        yield _without(np.array([found], np.int64), np.array([row]), k)


def overlap(left: Rows, right: Rows) -> NDArray[np.float64]:
    """(n, k) and (n, k) nearest rows -> (n,) share that both have."""
    same = (left[:, :, None] == right[:, None, :]) & (left[:, :, None] >= 0)
    there = np.maximum((left >= 0).sum(axis=1), 1)
    return np.asarray(same.any(axis=2).sum(axis=1) / there, np.float64)


def interval(values: NDArray[np.float64], seed: int = 4) -> Interval:
    """Mean of (n,) values with its bootstrap interval."""
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    draw = np.random.default_rng(seed)
    means = values[draw.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))


def merged(left: Floats, right: Floats, k: int, without: int | None = None) -> list[Ranked]:
    """Cosines (rows,) of one query by each model -> everything in either's `k` best, by the better of its two ranks.

    without: the row that is the query itself.
    """
    sides = [np.array(scores, np.float32) for scores in (left, right)]
    if without is not None:
        for scores in sides:
            scores[without] = -np.inf
    k = min(k, len(left) - (without is not None))
    rows = sorted({hit.row for scores in sides for hit in top(iter([(slice(0, len(scores)), scores)]), k)})
    ranks = [_ranks(scores, rows) for scores in sides]
    found = [
        Ranked(row, first, second, float(sides[0][row]), float(sides[1][row]))
        for row, first, second in zip(rows, *ranks, strict=True)
    ]
    return sorted(found, key=lambda one: (min(one.left, one.right), one.left, one.row))


def _ranks(scores: Floats, rows: Sequence[int]) -> list[int]:
    """1-based; of equal scores the lower row comes first, as in the lists."""
    ranks = []
    for row in rows:
        better = int((scores > scores[row]).sum())
        ranks.append(1 + better + int((scores[:row] == scores[row]).sum()))
    return ranks


def _without(found: Rows, own: Rows, k: int) -> Rows:
    """Lists (n, k + 1) -> (n, k) without each one's own row, filled with -1."""
    kept = np.full((len(found), k), -1, np.int64)
    for place, (row, mine) in enumerate(zip(found, own, strict=True)):
        others = row[row != mine][:k]
        kept[place, : len(others)] = others
    return kept
