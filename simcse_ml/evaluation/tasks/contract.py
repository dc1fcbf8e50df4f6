"""What a task is: a labelled set and its measure, told from how alike any two sides of vectors are.

Counting, an untouched backbone and a trained model are two sides of vectors each, so all of them run the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.intervals import Groups, resample_mean, resample_spearman
from simcse_ml.evaluation.sts import spearman

if TYPE_CHECKING:
    from scipy import sparse

Floats = NDArray[np.float64]
Side: TypeAlias = "NDArray[np.floating] | sparse.csr_matrix"
"""rows of vectors, dense or sparse"""


class Sides(NamedTuple):
    """left: (n, width), right: (m, width); products of rows say how alike they are, times `share`."""

    left: Side
    right: Side
    share: float = 1.0


@dataclass(frozen=True)
class Task:
    """name: of the set.  measure: what its score is called.  counted: what an outcome is of, in the plural.
    left: (n,) and right: (m,) the texts of the two sides.  groups: (outcomes,) numbers of independent groups.
    outcomes: what each contributes, (outcomes,), where two texts are as alike as the sum over some Sides says.
    gold: (outcomes,) what people said; the score is the Spearman correlation with it, without it the mean.
    searches: whether the left side asks for documents of the right, which BM25 is the measure of.
    """

    name: str
    measure: str
    counted: str
    left: Sequence[str]
    right: Sequence[str]
    groups: Groups
    outcomes: Callable[[Sequence[Sides]], Floats]
    gold: Floats | None = None
    searches: bool = False

    def __len__(self) -> int:
        return len(self.groups)

    def value(self, outcomes: Floats) -> float:
        """The score, 0 to 1 or -1 to 1."""
        return float(outcomes.mean()) if self.gold is None else spearman(outcomes, self.gold)

    def resampled(self, outcomes: Mapping[str, Floats], samples: int, seed: int) -> dict[str, Floats]:
        """{name: (samples,)} scores of resamples of groups; resample i is the same for every name."""
        if self.gold is None:
            return resample_mean(outcomes, self.groups, samples, seed)
        return resample_spearman(self.gold, outcomes, self.groups, samples, seed)
