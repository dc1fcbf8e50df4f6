"""Near-duplicates among hits: one stands for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.overlap import Grams, mutual_overlap

COSINE = 0.98
OVERLAP = 0.8


def fold(cosines: NDArray[np.floating], grams: Sequence[Grams]) -> list[int]:
    """(n, n) cosines of hits and their trigrams, best first -> for each, the place of the hit that it is folded into.

    A hit that stands for itself has its own place. Both must be alike: a cosine alone would fold what a model cannot
    tell apart, letters alone what differs in a "not".
    """
    places: list[int] = []
    for place in range(len(grams)):
        alike = (
            first
            for first in range(place)
            if places[first] == first
            and cosines[place, first] > COSINE
            and mutual_overlap(grams[place], grams[first]) > OVERLAP
        )
        places.append(next(alike, place))
    return places
