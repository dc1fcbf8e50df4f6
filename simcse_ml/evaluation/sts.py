"""Semantic textual similarity: the cosine of two sentences beside what people said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simcse_ml.text.labelled.sts import PairSet

EmbedFn = Callable[[Sequence[str]], NDArray[np.float32]]
"""texts -> (texts, dim), raw"""
Floats = NDArray[np.float64]


class HasSides(Protocol):
    """Texts on a left and on a right side."""

    @property
    def left(self) -> Sequence[str]: ...

    @property
    def right(self) -> Sequence[str]: ...


def cosine_scores(embed: EmbedFn, pairs: PairSet, *, centre: Floats | None = None) -> Floats:
    """(n,) cosine of each pair.

    centre: (dim,) from `mean_direction` of other text than the test; subtracted before the cosine.
    """
    vectors, left, right = embed_pairs(embed, pairs)
    return pair_cosines(vectors, left, right, centre=centre)


def embed_pairs(embed: EmbedFn, pairs: HasSides) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """(distinct sentences, dim) vectors, each sentence embedded once, and the rows of both sides (n,)."""
    rows = {text: row for row, text in enumerate(dict.fromkeys((*pairs.left, *pairs.right)))}
    vectors = np.asarray(embed(list(rows)), np.float64)
    left = np.array([rows[text] for text in pairs.left], np.int64)
    right = np.array([rows[text] for text in pairs.right], np.int64)
    return vectors, left, right


def pair_cosines(
    vectors: Floats, left: NDArray[np.int64], right: NDArray[np.int64], *, centre: Floats | None = None
) -> Floats:
    """(n,) cosines of vectors[left] with vectors[right]; 0 where one of them is a zero vector."""
    units = unit_rows(vectors)
    if centre is not None:
        units = unit_rows(units - centre)
    cosines: Floats = np.einsum("nd,nd->n", units[left], units[right])
    return cosines


def mean_direction(vectors: NDArray[np.floating]) -> Floats:
    """(dim,) mean of the unit vectors of a sample, the `centre` of the centred scores."""
    mean: Floats = unit_rows(vectors).mean(axis=0)
    return mean


def unit_rows(vectors: NDArray[np.floating]) -> Floats:
    """(n, dim) float64 with rows of length 1; zero rows stay zero."""
    wide = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    units: Floats = np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
    return units


def spearman(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Rank correlation with mean ranks for ties; 0 where one side is constant and so says nothing."""
    from scipy.stats import rankdata  # a second of imports, which a training needs only after its first steps

    a, b = (rankdata(side) - (len(side) + 1) / 2 for side in (first, second))
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else 0.0
