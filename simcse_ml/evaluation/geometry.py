"""Numbers that need no labels: where the vectors lie on the sphere. NumPy only.

They tell a collapsed model from a living one. They do not tell a good model from a better one: the rank of models by
any of them is not the rank by people's judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024
ROWS_FOR_NUMBERS = 2000
"""sentences the label-free numbers are taken from; enough for two digits, and a second of work"""

WORTH = (
    "no labelled set was given: these numbers show whether the vectors have collapsed, not whether they are good; "
    "--sts FILE gives a score"
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Geometry:
    """mean_cosine: of distinct pairs, -1 .. 1.  uniformity: about -4 (spread) .. 0 (one point).

    alignment: mean squared distance of twins, 0 .. 4, None without twins.  effective_rank: 1 .. min(rows, dim).
    """

    mean_cosine: float
    uniformity: float
    alignment: float | None
    effective_rank: float
    rows: int
    dim: int

    def as_json(self) -> dict[str, float | int | None]:
        """The same as a mapping."""
        return {
            "mean_cosine": self.mean_cosine,
            "uniformity": self.uniformity,
            "alignment": self.alignment,
            "effective_rank": self.effective_rank,
            "rows": self.rows,
            "dim": self.dim,
        }

    def lines(self) -> list[str]:
        """For people: the numbers, then what they mean."""
        numbers = [
            f"random pairs    {self.mean_cosine:5.2f}   mean cosine of two sentences; 0 is spread, 1 is one point",
            f"uniformity      {self.uniformity:5.2f}   about -4 is spread, 0 is one point",
            f"effective rank  {self.effective_rank:5.0f}   of at most {min(self.rows, self.dim)}",
        ]
        if self.alignment is not None:
            numbers.append(f"alignment       {self.alignment:5.2f}   distance of twins; 0 is equal, 4 is opposite")
        return [*numbers, *readings(self)]


def measure(vectors: NDArray[np.floating], twins: NDArray[np.floating] | None = None) -> Geometry:
    """Geometry of `vectors` (n, dim), normalised here; over the full set, not per batch.

    twins: (n, dim) vectors of the same meaning (another dropout mask, a translation) for the alignment.
    """
    units = _unit(vectors)
    return Geometry(
        mean_cosine=mean_cosine(units),
        uniformity=uniformity(units),
        alignment=None if twins is None else alignment(units, _unit(twins)),
        effective_rank=effective_rank(units),
        rows=len(units),
        dim=units.shape[1],
    )


def mean_cosine(units: Floats) -> float:
    """Mean cosine of all distinct pairs of unit rows, from the length of their sum."""
    count = len(units)
    if count < 2:
        return 1.0
    total = units.sum(axis=0)
    return float((total @ total - (units * units).sum()) / (count * (count - 1)))


def uniformity(units: Floats, t: float = 2.0) -> float:
    """The value ln E exp(-t ||f(x) - f(y)||^2) over distinct pairs (Wang and Isola, arXiv 2005.10242)."""
    count = len(units)
    if count < 2:
        return 0.0
    total = 0.0
    for start in range(0, count, BLOCK):
        block = units[start : start + BLOCK]
        distances = np.clip(2.0 - 2.0 * (block @ units[start:].T), 0.0, None)  # (block, rest)
        above = np.triu(np.ones((len(block), len(block)), np.bool_), k=1)
        near = np.exp(-t * distances)
        total += float(near[:, len(block) :].sum() + near[:, : len(block)][above].sum())
    return float(np.log(total / (count * (count - 1) / 2)))


def alignment(units: Floats, twins: Floats, a: float = 2.0) -> float:
    """E ||f(x) - f(x+)||^a over rows (Wang and Isola)."""
    return float((np.linalg.norm(units - twins, axis=1) ** a).mean())


def effective_rank(units: Floats) -> float:
    """Exponential of the entropy of the singular values of unit rows, not centred (RankMe, arXiv 2210.02885)."""
    if not len(units):
        return 0.0
    values = np.linalg.svd(units, compute_uv=False)
    total = values.sum()
    if total <= 0:
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def readings(geometry: Geometry) -> list[str]:
    """What the numbers say in words; nothing where there is nothing to worry about."""
    said = []
    if geometry.mean_cosine >= 0.9:
        said.append(
            f"mean random cosine {geometry.mean_cosine:.2f}; all sentences look alike: use differences, not levels"
        )
    elif geometry.mean_cosine >= 0.6:
        said.append(f"mean random cosine {geometry.mean_cosine:.2f}; vectors lie in a narrow cone, centring may help")
    room = min(geometry.rows, geometry.dim)
    if room >= 8 and geometry.effective_rank < 0.1 * room:
        said.append(f"effective rank {geometry.effective_rank:.0f} of {room}; most dimensions are unused")
    return said


def _unit(vectors: NDArray[np.floating]) -> Floats:
    wide = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    units: Floats = np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
    return units
