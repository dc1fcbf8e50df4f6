"""Linear maps that mend the shape of a cloud of vectors: centring, whitening, taking directions out, cutting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLAT = 1e-6
"""of the mean variance: directions with less hold rounding alone. Every encoder that ends in a layer norm has one; with
fewer vectors than dimensions there are many
"""


@dataclass(frozen=True)
class Moments:
    """mean: (dim,).  covariance: (dim, dim), about the mean."""

    mean: Floats
    covariance: Floats

    @property
    def second(self) -> Floats:
        """(dim, dim) about zero."""
        return self.covariance + np.outer(self.mean, self.mean)


@dataclass(frozen=True)
class Affine:
    """x -> x @ matrix + shift.  matrix: (dim, out).  shift: (out,)."""

    matrix: Floats
    shift: Floats

    def of(self, vectors: NDArray[np.floating]) -> Floats:
        """(n, dim) -> (n, out)."""
        moved: Floats = vectors @ self.matrix + self.shift
        return moved

    def then(self, other: Affine) -> Affine:
        """Both, `other` last."""
        return Affine(self.matrix @ other.matrix, self.shift @ other.matrix + other.shift)

    def moments(self, moments: Moments) -> Moments:
        """What `moments` become."""
        return Moments(moments.mean @ self.matrix + self.shift, self.matrix.T @ moments.covariance @ self.matrix)


class Sums:
    """Moments of vectors that come in blocks; nothing of them is kept."""

    def __init__(self, dim: int) -> None:
        self._weight = 0.0
        self._first = np.zeros(dim)
        self._second = np.zeros((dim, dim))

    def add(self, vectors: NDArray[np.floating], weights: NDArray[np.floating] | None = None) -> None:
        """vectors: (n, dim).  weights: (n,), 1 each where there are none."""
        block = vectors.astype(np.float64)
        weighted = block if weights is None else block * weights[:, None]
        self._weight += float(len(block) if weights is None else weights.sum())
        self._first += weighted.sum(0)
        self._second += block.T @ weighted

    def moments(self) -> Moments:
        """Of everything so far; at least one vector."""
        mean = self._first / self._weight
        return Moments(mean, self._second / self._weight - np.outer(mean, mean))


def unchanged(dim: int) -> Affine:
    """X -> x."""
    return Affine(np.eye(dim), np.zeros(dim))


def centring(moments: Moments) -> Affine:
    """X -> x - mean."""
    return Affine(np.eye(len(moments.mean)), -moments.mean)


def whitening(moments: Moments) -> Affine:
    """X -> (x - mean) U S^(-1/2), the largest variances first: afterwards the covariance is the identity.

    Su et al. 2021 (arXiv 2103.15316, section 3.2). Where we differ: a FLAT direction becomes 0, where 1 / sqrt(S) would
    make numbers as large as any out of what the order of a sum decides.
    """
    matrix = _directions(moments.covariance)
    variances = np.einsum("ij,ij->j", matrix, moments.covariance @ matrix)
    told = variances > FLAT * variances.mean()
    scaled = np.where(told, matrix / np.sqrt(np.where(told, variances, 1.0)), 0.0)
    return Affine(scaled, -moments.mean @ scaled)


def without_directions(spread: Floats, count: int) -> Affine:
    """X -> x - x V V^T, V the `count` principal directions of `spread`, (dim, dim): second moments about zero as SIF
    has it (Arora et al. 2017, algorithm 1), or a covariance as all-but-the-top (Mu and Viswanath, arXiv 1702.01417).
    """
    first = _directions(spread)[:, :count]
    return Affine(np.eye(len(spread)) - first @ first.T, np.zeros(len(spread)))


def cut(dim: int, kept: int) -> Affine:
    """X -> its first `kept` numbers."""
    return Affine(np.eye(dim)[:, :kept], np.zeros(kept))


def _directions(spread: Floats) -> Floats:
    """(dim, dim) eigenvectors as columns, that of the largest value first; signs as LAPACK has them."""
    _, vectors = np.linalg.eigh((spread + spread.T) / 2)
    return vectors[:, ::-1]
