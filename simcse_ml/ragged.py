"""Rows of different lengths in one flat array: how token ids travel from disk to the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """ids: (total,) token ids, row after row.  offsets: (rows + 1,), row i is ids[offsets[i]:offsets[i+1]].

    head, tail: how many tokens at the start and the end of every row belong to the model (prompt and special
    tokens) and not to the sentence; views leave them where they are.
    """

    ids: Ids
    offsets: Offsets
    head: int = 0
    tail: int = 0

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(rows,) number of tokens of each row."""
        lengths: NDArray[np.int64] = np.diff(self.offsets)
        return lengths

    def row(self, index: int) -> Ids:
        """(length,) the tokens of one row."""
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    def take(self, rows: NDArray[np.int64]) -> Ragged:
        """The rows with the indices `rows` (n,), in that order, as a Ragged of its own."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]  # not of all rows: there may be millions
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        flat = np.repeat(self.offsets[:-1][rows], lengths) + inside
        return Ragged(np.asarray(self.ids[flat], np.int32), offsets, self.head, self.tail)

    def keep(self, mask: NDArray[np.bool_]) -> Ragged:
        """The same rows with only the tokens where `mask` (total,) is true."""
        kept = np.zeros(len(self.ids) + 1, np.int64)
        np.cumsum(mask, out=kept[1:])
        return Ragged(self.ids[mask], kept[self.offsets], self.head, self.tail)

    def body_mask(self) -> NDArray[np.bool_]:
        """(total,) true at the sentence's own tokens, false at head and tail."""
        inside = np.arange(len(self.ids)) - np.repeat(self.offsets[:-1], self.lengths)
        return (inside >= self.head) & (inside < np.repeat(self.lengths, self.lengths) - self.tail)


def from_lists(rows: Sequence[Sequence[int]], head: int = 0, tail: int = 0) -> Ragged:
    """Ragged rows from lists of ids."""
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    ids = np.fromiter((i for row in rows for i in row), np.int32, int(offsets[-1]))
    return Ragged(ids, offsets, head, tail)


def concatenate(parts: Sequence[Ragged]) -> Ragged:
    """All rows of `parts`, one after another; head and tail are those of the first."""
    ids = np.concatenate([part.ids for part in parts])
    lengths = np.concatenate([part.lengths for part in parts])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Ragged(ids, offsets, parts[0].head, parts[0].tail)
