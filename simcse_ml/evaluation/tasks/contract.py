"""What a task is: a labelled set and its measure, told from how alike any two sides of vectors are.

Counting, an untouched backbone and a trained model are two sides of vectors each, so all of them run the same path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

    from simcse_ml.evaluation.intervals import Groups

Floats = NDArray[np.float64]
Side: TypeAlias = "NDArray[np.floating] | sparse.csr_matrix"
"""rows of vectors, dense or sparse"""


class Sides(NamedTuple):
    """left: (n, width), right: (m, width); products of rows say how alike they are, times `share`."""

    left: Side
    right: Side
    share: float = 1.0


class Task(Protocol):
    """name: of the set.  measure: what its score is called.  counted: what an outcome is of, in the plural.
    searches: whether the left side asks for documents of the right, which BM25 is the measure of.
    """

    @property
    def name(self) -> str: ...

    @property
    def measure(self) -> str: ...

    @property
    def counted(self) -> str: ...

    @property
    def searches(self) -> bool: ...

    @property
    def left(self) -> Sequence[str]:
        """(n,) the texts of the left side."""

    @property
    def right(self) -> Sequence[str]:
        """(m,) the texts of the right side."""

    def __len__(self) -> int:
        """How many outcomes there are."""

    def groups(self) -> Groups:
        """(outcomes,) numbers of independent groups."""

    def outcomes(self, ways: Sequence[Sides]) -> Floats:
        """(outcomes,) what each contributes, where two texts are as alike as the sum over `ways` says."""

    def value(self, outcomes: Floats) -> float:
        """The score, 0 to 1 or -1 to 1."""

    def resampled(self, outcomes: Mapping[str, Floats], groups: Groups, samples: int, seed: int) -> dict[str, Floats]:
        """{name: (samples,)} scores of resamples of groups; resample i is the same for every name."""
