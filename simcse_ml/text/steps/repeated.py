"""Repeats and boilerplate: equal 64-bit hashes, found bucket by bucket on disk, so that memory stays the same.

A line that stands in many documents belongs to none of them: "share this", "back to top", a licence, a page's head.
What counts is only how often and where it stands, so the rule holds for any language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BUCKET_ROWS = 1 << 16
"""rows meant for a bucket; there are at most MAX_BUCKETS"""
MAX_BUCKETS = 256
LEAST_PLACES = 5
"""a line that stands in fewer documents is no boilerplate"""
EVERYWHERE = 0.5
"""share of the documents from which a sentence is boilerplate even if it is long and ends with a stop"""
_ENTRY = np.dtype([("hash", "<u8"), ("row", "<i8"), ("place", "<i4"), ("loose", "?")])


class Piece(NamedTuple):
    """Columns of some rows, all (n,). places: the document of each row.  loose: short and without a stop."""

    hashes: NDArray[np.uint64]
    places: NDArray[np.int32]
    loose: NDArray[np.bool_]


@dataclass(frozen=True)
class Often:
    """How many documents a loose line, and any line, must stand in to be boilerplate; 0: none is."""

    loose: int
    any: int

    @classmethod
    def of(cls, share: float, places: int) -> Often:
        """For a corpus of `places` documents."""
        if share <= 0 or places < LEAST_PLACES:
            return cls(0, 0)
        return cls(max(LEAST_PLACES, round(share * places)), max(LEAST_PLACES, round(max(share, EVERYWHERE) * places)))


class Found(NamedTuple):
    """Rows, in no order. repeated: those whose hash an earlier row has.  boilerplate: those that stand everywhere."""

    repeated: NDArray[np.int64]
    boilerplate: NDArray[np.int64]


def repeated_rows(pieces: Iterable[Piece], total: int, often: Often, scratch: Path) -> Iterator[Found]:
    """What is repeated among `total` rows, a few rows at a time. scratch: an empty folder for the buckets."""
    count = max(1, min(MAX_BUCKETS, -(-total // BUCKET_ROWS)))
    for path in _buckets(pieces, count, scratch):
        entries = np.fromfile(path, _ENTRY)
        path.unlink()
        if len(entries):
            yield _found(entries, often)


def _buckets(pieces: Iterable[Piece], count: int, scratch: Path) -> list[Path]:
    """Files of entries, equal hashes in the same one, rows rising."""
    paths = [scratch / f"bucket-{number:03d}" for number in range(count)]
    files = [path.open("wb") for path in paths]
    try:
        first = 0
        for hashes, places, loose in pieces:
            entries = np.empty(len(hashes), _ENTRY)
            entries["hash"], entries["row"] = hashes, np.arange(first, first + len(hashes))
            entries["place"], entries["loose"] = places, loose
            bucket = (hashes % np.uint64(count)).astype(np.int64)
            for number in np.unique(bucket).tolist():
                files[number].write(entries[bucket == number].tobytes())
            first += len(hashes)
    finally:
        for file in files:
            file.close()
    return paths


def _found(entries: NDArray[np.void], often: Often) -> Found:
    order = np.argsort(entries["hash"], kind="stable")  # rows and places rise within a hash
    hashes, places, rows = entries["hash"][order], entries["place"][order], entries["row"][order]
    is_new = np.concatenate([[True], hashes[1:] != hashes[:-1]])
    group = np.cumsum(is_new) - 1
    if not often.any:
        return Found(rows[~is_new], rows[:0])
    is_new_place = is_new | np.concatenate([[True], places[1:] != places[:-1]])
    documents = np.bincount(group, is_new_place)
    needed = np.where(entries["loose"][order][is_new], often.loose, often.any)
    everywhere = (documents >= needed)[group]
    return Found(rows[~is_new & ~everywhere], rows[everywhere])
