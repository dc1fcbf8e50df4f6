"""Pair by pair: where a model and people order a labelled set alike, and where they do not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.overlap import lexical_overlap, trigrams

if TYPE_CHECKING:
    from simcse_ml.text.labelled.sts import PairSet

Side = Literal["both", "over", "under"]
SIDES: tuple[Side, ...] = ("both", "over", "under")
GRID = 5
"""cells of a side of the scatter: fifths of the set"""


@dataclass(frozen=True)
class JudgedPair:
    """gold: as in the file.  lex: shared runs of letters, 0 to 1.

    gold_pct, model_pct: percent of the set's pairs that are less alike by people, by the model; of equal ones the half.
    """

    left: str
    right: str
    gold: float
    gold_pct: float
    model_pct: float
    lex: float

    @property
    def gap(self) -> float:
        """Percent that the model puts it too high, negative for too low."""
        return self.model_pct - self.gold_pct

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "gap": self.gap}


@dataclass(frozen=True)
class JudgedSet:
    """worst: the pairs with the largest gaps first.  grid: (GRID, GRID) pairs, people downwards, the model across."""

    name: str
    pairs: int
    worst: tuple[JudgedPair, ...]
    grid: tuple[tuple[int, ...], ...]

    def as_json(self) -> dict[str, object]:
        return {
            "set": self.name,
            "pairs": self.pairs,
            "worst": [one.as_json() for one in self.worst],
            "grid": [list(row) for row in self.grid],
        }


def judge(pairs: PairSet, scores: NDArray[np.floating], *, count: int, side: Side = "both") -> JudgedSet:
    """The `count` pairs that the model orders most unlike people.

    scores: (n,) cosines.  side: over: only those that it takes for more alike than people do; under: for less.
    Spearman's correlation sees ranks alone, so ranks are what is compared (as percents of the set).
    """
    gold, model = percents(pairs.gold), percents(scores)
    gaps = model - gold
    wanted = {"both": np.abs(gaps), "over": gaps, "under": -gaps}[side]
    order = [row for row in np.argsort(-wanted, kind="stable").tolist() if wanted[row] > 0][:count]
    worst = tuple(_pair(pairs, row, gold, model) for row in order)
    return JudgedSet(pairs.name, len(pairs), worst, grid(gold, model))


def percents(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) percent of the values that are smaller, of equal ones the half.

    >>> percents(np.array([1.0, 3.0, 3.0, 9.0])).tolist()
    [12.5, 50.0, 50.0, 87.5]
    """
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = 100 * (rankdata(values) - 0.5) / len(values)
    return ranks


def grid(gold: NDArray[np.float64], model: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    """How many pairs fall into each fifth by people (downwards, the most alike first) and by the model (across).

    gold, model: (n,) of `percents`, under 100.
    """
    rows, columns = ((side * GRID // 100).astype(int) for side in (gold, model))
    counts = np.zeros((GRID, GRID), int)
    np.add.at(counts, (GRID - 1 - rows, columns), 1)
    return tuple(tuple(row) for row in counts.tolist())


def _pair(pairs: PairSet, row: int, gold: NDArray[np.float64], model: NDArray[np.float64]) -> JudgedPair:
    left, right = pairs.left[row], pairs.right[row]
    lex = lexical_overlap(trigrams(left), trigrams(right))
    return JudgedPair(left, right, float(pairs.gold[row]), float(gold[row]), float(model[row]), lex)
