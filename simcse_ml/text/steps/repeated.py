"""Exact repeats: equal 64-bit hashes, found bucket by bucket on disk, so that memory does not grow with the text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUCKET_ROWS = 1 << 16
"""rows meant for a bucket; there are at most MAX_BUCKETS"""
MAX_BUCKETS = 256
_ENTRY = np.dtype([("hash", "<u8"), ("row", "<i8")])


def repeated_rows(hashes: Iterable[NDArray[np.uint64]], total: int, scratch: Path) -> Iterable[NDArray[np.int64]]:
    """Rows whose hash an earlier row has, in no order, a few at a time.

    hashes: (n,) pieces, `total` rows in all.  scratch: an empty folder for the buckets.
    """
    count = max(1, min(MAX_BUCKETS, -(-total // BUCKET_ROWS)))
    paths = [scratch / f"bucket-{number:03d}" for number in range(count)]
    files = [path.open("wb") for path in paths]
    try:
        first = 0
        for piece in hashes:
            entries = np.empty(len(piece), _ENTRY)
            entries["hash"], entries["row"] = piece, np.arange(first, first + len(piece))
            bucket = (piece % np.uint64(count)).astype(np.int64)
            for number in np.unique(bucket).tolist():
                files[number].write(entries[bucket == number].tobytes())
            first += len(piece)
    finally:
        for file in files:
            file.close()
    for path in paths:
        entries = np.fromfile(path, _ENTRY)
        path.unlink()
        order = np.argsort(entries["hash"], kind="stable")  # rows rise within a bucket: the earliest stays first
        ordered = entries["hash"][order]
        again = np.concatenate([[False], ordered[1:] == ordered[:-1]]) if len(ordered) else np.zeros(0, np.bool_)
        yield entries["row"][order[again]]
