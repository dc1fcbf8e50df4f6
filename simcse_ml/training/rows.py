"""Token rows of a whole corpus on disk, memory-mapped: made once, read at random."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.files import atomic_folder
from simcse_ml.ragged import Ragged

FORMAT = 1
Tokenize = Callable[[Sequence[str]], Ragged]
Told = Callable[[int], None]


@dataclass(frozen=True)
class TokenRows:
    """rows: all rows, memory-mapped.  hashes: (rows,) equal for equal tokens.  truncated: how many were cut.

    made: (n,) rising ids of the rows that have their tokens, where not all do; the others are empty.
    """

    rows: Ragged
    hashes: NDArray[np.int64]
    truncated: int
    made: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def among(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `ids` (n,) that have their tokens."""
        return ids if self.made is None else ids[np.isin(ids, self.made)]


def write_token_rows(
    folder: Path,
    texts: Iterator[list[str]],
    tokenize: Tokenize,
    *,
    max_tokens: int,
    told: Told,
    made: NDArray[np.int64] | None = None,
    total: int = 0,
) -> None:
    """Tokenize blocks of texts into `folder`, which appears whole or not at all.

    max_tokens: rows of that length count as truncated; 0 where nothing truncates.  made, total: `texts` are the rows
    with these rising ids among so many; None where they are all.
    """
    lengths: list[NDArray[np.int64]] = []
    hashes: list[NDArray[np.int64]] = []
    head = tail = done = 0
    with atomic_folder(folder) as building:
        with (building / "ids.i32").open("wb") as file:
            for block in texts:
                rows = tokenize(block)
                file.write(rows.ids.tobytes())
                lengths.append(rows.lengths)
                hashes.append(_hashes(rows))
                head, tail = rows.head, rows.tail
                done += len(rows)
                told(done)
        counts, marks = (np.concatenate(part) if part else np.zeros(0, np.int64) for part in (lengths, hashes))
        truncated = int((counts >= max_tokens).sum()) if max_tokens else 0
        if made is not None:
            counts, marks = _spread(counts, made, total), _spread(marks, made, total)
            np.save(building / "made.npy", made)
        offsets = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        np.save(building / "offsets.npy", offsets)
        np.save(building / "hashes.npy", marks)
        manifest = {"format": FORMAT, "head": head, "tail": tail, "truncated": truncated}
        (building / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def open_token_rows(folder: Path) -> TokenRows:
    """What write_token_rows left."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    offsets = np.load(folder / "offsets.npy")
    size = int(offsets[-1])
    ids = np.memmap(folder / "ids.i32", np.int32, "r", shape=(size,)) if size else np.zeros(0, np.int32)
    rows = Ragged(ids, offsets, manifest["head"], manifest["tail"])
    made = np.load(folder / "made.npy") if (folder / "made.npy").exists() else None
    return TokenRows(rows, np.load(folder / "hashes.npy"), manifest["truncated"], made)


def _spread(values: NDArray[np.int64], places: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """(total,) `values` (n,) at `places` (n,), 0 elsewhere."""
    spread = np.zeros(total, np.int64)
    spread[places] = values
    return spread


def _hashes(rows: Ragged) -> NDArray[np.int64]:
    digests = (hashlib.blake2b(rows.row(i).tobytes(), digest_size=8).digest() for i in range(len(rows)))
    return np.frombuffer(b"".join(digests), np.int64).copy()
