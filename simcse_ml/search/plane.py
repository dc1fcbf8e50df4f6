"""The map: sentences projected on the two directions in which a sample of them differs most.

    map.npz   points (count, 2) float32, kept () share of the variance that the two directions hold

A picture to orient oneself by, never what neighbours are taken from.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_file
from simcse_ml.search.space import Space

STAGE = "map"
SAMPLE = 50_000
STEP = 8192
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Plane:
    """points: (count, 2).  kept: share of the variance, 0 to 1."""

    points: Floats
    kept: float

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """left, bottom, right, top of the box that holds all points."""
        if not len(self.points):
            return 0.0, 0.0, 1.0, 1.0
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def inside(self, left: float, bottom: float, right: float, top: float) -> Rows:
        """The rows whose points lie in a box, rising."""
        x, y = self.points[:, 0], self.points[:, 1]
        return np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top)).astype(np.int64)

    def density(
        self, columns: int, lines: int, box: tuple[float, float, float, float] | None = None
    ) -> NDArray[np.int64]:
        """(lines, columns) how many points fall in each cell of `box`, the top line first."""
        left, bottom, right, top = box or self.extent
        counts, _, _ = np.histogram2d(
            self.points[:, 1],
            self.points[:, 0],
            bins=(lines, columns),
            range=((bottom, max(top, bottom + 1e-9)), (left, max(right, left + 1e-9))),
        )
        return counts[::-1].astype(np.int64)

    def trust(self, row: int, nearest: Rows) -> float:
        """Share of a row's nearest (n,) in the full space that are among its n nearest on the map."""
        if not len(nearest):
            return 0.0
        apart = np.square(self.points - self.points[row]).sum(axis=1)
        apart[row] = np.inf
        there = np.argpartition(apart, min(len(nearest), len(apart) - 1))[: len(nearest)]
        return float(np.isin(there, nearest).mean())


def plane_of(space: Space, sink: Sink, *, seed: int = 2) -> Plane:
    """The map of a space: opened, or made now and kept beside its vectors."""
    kept = _open(space.folder, len(space))
    if kept is not None:
        return kept
    draw = np.random.default_rng(seed)
    rows = np.sort(draw.choice(len(space), min(SAMPLE, len(space)), replace=False)).astype(np.int64)
    middle, axes, share = _directions(space.units(rows))
    points = np.zeros((len(space), 2), np.float32)
    sink(StageStarted(STAGE, total=len(space)))
    for start in range(0, len(space), STEP):
        part = np.arange(start, min(start + STEP, len(space)))
        points[part] = np.asarray(space.units(part) @ axes) - middle @ axes
        sink(Progress(STAGE, int(part[-1]) + 1, len(space)))
    made = Plane(points, share)
    buffer = io.BytesIO()
    np.savez(buffer, points=points, kept=np.float64(share))
    with atomic_file(space.folder / "map.npz") as file:
        file.write(buffer.getvalue())
    return made


def _directions(units: Floats | sparse.csr_matrix) -> tuple[Floats, Floats, float]:
    """Units (n, width) -> mean (width,), axes (width, 2) and the share of variance they hold; signs are fixed."""
    if sparse.issparse(units):
        return _sparse_directions(units)
    middle = units.mean(axis=0)
    centred = units - middle
    values, vectors = np.linalg.eigh(centred.T @ centred)  # rising
    axes = vectors[:, ::-1][:, :2]
    if axes.shape[1] < 2:
        axes = np.concatenate([axes, np.zeros((len(axes), 2 - axes.shape[1]))], axis=1)
    share = float(values[-2:].sum() / values.sum()) if values.sum() > 0 else 0.0
    return middle, _signed(axes), share


def _sparse_directions(units: sparse.csr_matrix) -> tuple[Floats, Floats, float]:
    """The same for counts, without a dense copy of them."""
    from scipy.sparse.linalg import LinearOperator, svds

    count, width = units.shape
    middle = np.asarray(units.mean(axis=0), np.float32).ravel()
    if min(count, width) <= 2:
        return middle, np.zeros((width, 2), np.float32), 0.0
    ones = np.ones(count, np.float32)
    centred = LinearOperator(
        (count, width),
        matvec=lambda x: units @ x.ravel() - ones * (middle @ x.ravel()),
        rmatvec=lambda y: units.T @ y.ravel() - middle * y.sum(),
        dtype=np.float32,
    )
    _, values, rows = svds(centred, k=2, random_state=0)
    whole = float(units.multiply(units).sum() - count * (middle @ middle))
    order = np.argsort(-values)
    share = float(np.square(values).sum() / whole) if whole > 0 else 0.0
    return middle, _signed(rows[order].T), share


def _signed(axes: NDArray[np.floating]) -> Floats:
    """With the largest entry of each axis positive: the same map each time."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return (axes * np.where(largest < 0, -1.0, 1.0)).astype(np.float32)


def _open(folder: Path, count: int) -> Plane | None:
    try:
        with np.load(folder / "map.npz", allow_pickle=False) as kept:
            made = Plane(kept["points"], float(kept["kept"]))
    except (OSError, ValueError, KeyError):
        return None
    return made if made.points.shape == (count, 2) else None
