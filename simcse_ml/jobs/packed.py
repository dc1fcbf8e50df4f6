"""Vectors in 8 bits or 1 bit a number: smaller files, the loss measured, and what is needed to use them beside it.

int8     (rows, dim) int8; times `scales` of x.npy.json, about the vector it was
binary   (rows, dim / 8) uint8; a bit a number, 1 where it is above zero, the first in the highest bit (np.packbits)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.files import atomic_file, write_json
from simcse_ml.jobs.vector_file import header

PackedKind = Literal["int8", "binary"]
CODES: Mapping[PackedKind, str] = {"int8": "|i1", "binary": "|u1"}
BLOCK = 4096
NEIGHBOURS = 10
COMPARED, ASKED = 4_000, 200
"""rows that the loss is measured among, and how many of them look for their neighbours"""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Packed:
    """kept: share of the ten nearest neighbours (cosine) that are still among the ten; None for fewer rows than it
    takes.  among: rows it was measured on.  facts: the file beside the vectors.
    """

    kept: float | None
    among: int
    facts: Path


def pack(vectors: Vectors, out: Path, kind: PackedKind, model: str) -> Packed:
    """Write (rows, dim) `vectors` to `out` as `kind`, and facts_path(out); both whole or not at all.

    model: fingerprint.
    """
    scales = _scales(vectors) if kind == "int8" else None
    some = vectors[_spread(len(vectors), COMPARED)]
    kept = _kept(some, packed_rows(some, scales), scales)
    facts: dict[str, object] = {"kind": kind, "rows": len(vectors), "dim": vectors.shape[1], "model": model}
    facts |= {"neighbours_kept": kept, "measured_among": len(some)}
    write_json(facts_path(out), facts if scales is None else {**facts, "scales": scales.tolist()})
    with atomic_file(out) as file:
        width = packed_rows(vectors[:1], scales).shape[1]
        file.write(header(len(vectors), width, CODES[kind]))
        for start in range(0, len(vectors), BLOCK):
            file.write(packed_rows(vectors[start : start + BLOCK], scales).tobytes())
    return Packed(kept, len(some), facts_path(out))


def facts_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.json")


def packed_rows(vectors: Vectors, scales: Vectors | None) -> NDArray[np.int8] | NDArray[np.uint8]:
    """(n, dim) int8 by `scales` (dim,), or (n, dim / 8) bits where there are none."""
    if scales is None:
        bits: NDArray[np.uint8] = np.packbits(vectors > 0, axis=1)
        return bits
    rounded: NDArray[np.int8] = np.clip(np.rint(vectors / scales), -127, 127).astype(np.int8)
    return rounded


def _scales(vectors: Vectors) -> Vectors:
    """(dim,) what 1 stands for in each column: its largest number is 127."""
    largest = np.zeros(vectors.shape[1], np.float32)
    for start in range(0, len(vectors), BLOCK):
        np.maximum(largest, np.abs(vectors[start : start + BLOCK]).max(0), out=largest)
    return np.where(largest > 0, largest / np.float32(127), np.float32(1))


def _kept(vectors: Vectors, packed: NDArray[np.int8] | NDArray[np.uint8], scales: Vectors | None) -> float | None:
    if len(vectors) <= NEIGHBOURS:
        return None
    asked = _spread(len(vectors), ASKED)
    before = _nearest(_unit(vectors), asked)
    if scales is None:  # the dot product of signs falls as the number of unequal bits grows
        signs = np.unpackbits(packed.view(np.uint8), axis=1, count=vectors.shape[1]).astype(np.float32) * 2 - 1
        after = _nearest(signs, asked)
    else:
        after = _nearest(_unit(packed * scales), asked)
    same = sum(len(set(a) & set(b)) for a, b in zip(before.tolist(), after.tolist(), strict=True))
    return round(same / before.size, 4)


def _nearest(rows: Vectors, asked: NDArray[np.intp]) -> NDArray[np.intp]:
    """(asked, NEIGHBOURS) the rows with the largest dot products, the row itself left out."""
    products = rows[asked] @ rows.T
    products[np.arange(len(asked)), asked] = -np.inf
    return np.argsort(-products, axis=1, kind="stable")[:, :NEIGHBOURS]


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _spread(rows: int, most: int) -> NDArray[np.intp]:
    """At most `most` row numbers, evenly over all."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(np.intp))
