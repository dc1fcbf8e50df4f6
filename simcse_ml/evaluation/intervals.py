"""How sure a score is: bootstrap over groups of pairs that share sentences.

Pairs with a sentence in common are no independent draws, so whole groups are drawn. A resample is a vector of how often
each pair was drawn; ranks with multiplicity then follow from cumulative sums over an order found once, which is exactly
the rank correlation of the drawn pairs written out, and needs no sort per resample.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.sts import spearman

LEAST_GROUPS = 10
"""with fewer independent groups a bootstrap pretends to know; the interval is then the whole range"""
LEVEL = 0.95
_CELLS = 4_000_000
"""numbers held at once: resamples are made in blocks of this size"""

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % percentile interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the sign is sure."""
        return self.low > 0.0 or self.high < 0.0


def groups_of(left: Sequence[Hashable], right: Sequence[Hashable]) -> Groups:
    """(n,) a group number a pair; pairs that share one of theirs, directly or through others, share the group."""
    from scipy import sparse  # .5 s, before a training's first step
    from scipy.sparse.csgraph import connected_components

    nodes = {one: node for node, one in enumerate(dict.fromkeys((*left, *right)))}
    first = np.array([nodes[one] for one in left], np.int64)
    second = np.array([nodes[one] for one in right], np.int64)
    edges = sparse.coo_matrix((np.ones(len(first), np.int8), (first, second)), (len(nodes), len(nodes)))
    _, label = connected_components(edges, directed=False)
    _, groups = np.unique(label[first], return_inverse=True)
    return np.asarray(groups, np.int64)


def bootstrap_spearman(
    gold: Floats, scores: Mapping[str, Floats], groups: Groups, samples: int, seed: int
) -> dict[str, Interval]:
    """Spearman of each of `scores` (n,) with `gold` (n,), with intervals; all from the same resamples."""
    drawn = resample_spearman(gold, scores, groups, samples, seed)
    return {name: interval_of(spearman(values, gold), drawn[name], groups) for name, values in scores.items()}


def paired_difference(gold: Floats, first: Floats, second: Floats, groups: Groups, samples: int, seed: int) -> Interval:
    """Spearman of `first` minus that of `second`, on the same resamples: how sure the difference is."""
    drawn = resample_spearman(gold, {"first": first, "second": second}, groups, samples, seed)
    return difference(spearman(first, gold) - spearman(second, gold), drawn["first"] - drawn["second"], groups)


def interval_of(value: float, drawn: Floats, groups: Groups) -> Interval:
    """The interval of a score from its resamples (samples,)."""
    return _interval(value, drawn, limit=1.0, known=_enough(groups))


def difference(value: float, drawn: Floats, groups: Groups) -> Interval:
    """The interval of a paired difference from its resamples (samples,)."""
    return _interval(value, drawn, limit=2.0, known=_enough(groups))


def resample_spearman(
    gold: Floats, scores: Mapping[str, Floats], groups: Groups, samples: int, seed: int
) -> dict[str, Floats]:
    """{name: (samples,)} Spearman of each resample; resample i is the same for every name."""
    rank_gold = _weighted_ranker(gold)
    rankers = {name: _weighted_ranker(values) for name, values in scores.items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in scores}
    for weights in _resamples(groups, samples, seed):  # (block, n)
        gold_ranks = rank_gold(weights)
        for name, ranker in rankers.items():
            drawn[name].append(_weighted_correlation(ranker(weights), gold_ranks, weights))
    return {name: np.concatenate(parts) for name, parts in drawn.items()}


def resample_mean(values: Mapping[str, Floats], groups: Groups, samples: int, seed: int) -> dict[str, Floats]:
    """{name: (samples,)} mean of each resample of `values` {name: (n,)}; resample i is the same for every name."""
    drawn: dict[str, list[Floats]] = {name: [] for name in values}
    for weights in _resamples(groups, samples, seed):  # (block, n)
        total = weights.sum(axis=1)
        for name, one in values.items():
            drawn[name].append(weights @ one / total)
    return {name: np.concatenate(parts) for name, parts in drawn.items()}


def _resamples(groups: Groups, samples: int, seed: int) -> Iterator[Floats]:
    """Blocks of (rows, n): how often each pair is drawn when as many groups as there are are drawn with replacement."""
    generator = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    rows = max(1, _CELLS // len(groups))
    for start in range(0, samples, rows):
        size = min(rows, samples - start)
        picks = generator.integers(0, count, (size, count)) + np.arange(size)[:, None] * count
        times = np.bincount(picks.ravel(), minlength=size * count).reshape(size, count)
        yield times[:, groups].astype(np.float64)


def _weighted_ranker(values: Floats) -> Callable[[Floats], Floats]:
    """From weights (rows, n) to (rows, n) mean ranks of `values` when value i stands there weights[i] times."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    new = np.concatenate([[True], in_order[1:] != in_order[:-1]])
    starts = np.flatnonzero(new)
    tie = np.empty(len(values), np.int64)  # (n,) which run of equal values each pair is in
    tie[order] = np.cumsum(new) - 1

    def ranks(weights: Floats) -> Floats:
        totals = np.add.reduceat(weights[:, order], starts, axis=1)  # (rows, runs)
        means = np.cumsum(totals, axis=1) - (totals - 1.0) / 2.0
        spread: Floats = means[:, tie]
        return spread

    return ranks


def _weighted_correlation(a: Floats, b: Floats, weights: Floats) -> Floats:
    """(rows,) correlation of a and b (rows, n) under `weights`; 0 where one of them is constant."""
    total = weights.sum(axis=1, keepdims=True)
    middle = (total + 1.0) / 2.0  # the mean of ranks 1 .. total
    a, b = a - middle, b - middle
    weighted = weights * a
    both = np.einsum("rn,rn->r", weighted, b)
    scale = np.sqrt(np.einsum("rn,rn->r", weighted, a) * np.einsum("rn,rn,rn->r", weights, b, b))
    correlations: Floats = np.divide(both, scale, out=np.zeros_like(both), where=scale > 0)
    return correlations


def _enough(groups: Groups) -> bool:
    return len(groups) > 0 and int(groups.max()) + 1 >= LEAST_GROUPS


def _interval(value: float, drawn: Floats, *, limit: float, known: bool) -> Interval:
    if not known:
        return Interval(value, -limit, limit)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))
