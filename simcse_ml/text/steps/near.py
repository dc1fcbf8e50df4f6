"""Near repeats: sentences that share 80 % of their 5-character shingles with an earlier one (MinHash, rensa).

Looked for within windows of WINDOW sentences: memory is that of one window, whatever the size of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WINDOW = 50_000
"""sentences compared with each other"""
SHINGLE = 5
PERMUTATIONS = 64
BANDS = 16
"""bands of four values: at a similarity of 0.8 a pair is missed with probability 0.0002, at 0.5 met with 0.64 and then
refused by its estimate"""
THRESHOLD = 0.8
_SEED = 1
_CHUNK = 4096


def near_repeats(texts: Sequence[str]) -> NDArray[np.bool_]:
    """(n,) true for sentences much like an earlier one of `texts` that is itself kept."""
    digests = np.concatenate(
        [_digests(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
        or [np.zeros((0, PERMUTATIONS), np.uint32)]
    )  # (n, PERMUTATIONS)
    like = _candidates(digests)
    dropped = np.zeros(len(texts), np.bool_)
    for later, earlier in like:
        if not dropped[earlier] and not dropped[later]:
            dropped[later] = np.mean(digests[later] == digests[earlier]) >= THRESHOLD
    return dropped


def _digests(texts: Sequence[str]) -> NDArray[np.uint32]:
    """(n, PERMUTATIONS) MinHash values of the shingles of each text, without its blanks and case."""
    from rensa import RMinHash

    hashes, offsets = _shingle_hashes(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, PERMUTATIONS, _SEED)
    return np.asarray(matrix.to_rows(), np.uint32)


def _candidates(digests: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Pairs (later, earlier) that agree in a band; a group's members are compared with its first only. Sorted."""
    width = PERMUTATIONS // BANDS
    pairs: list[NDArray[np.int64]] = []
    for band in range(BANDS):
        part = np.ascontiguousarray(digests[:, band * width : (band + 1) * width])
        keys = part.view(np.dtype((np.void, part.dtype.itemsize * width))).ravel()
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        earlier = first[inverse]
        later = np.flatnonzero(earlier != np.arange(len(earlier)))
        pairs.append(np.stack([later, earlier[later]], axis=1))
    return [(int(later), int(earlier)) for later, earlier in np.unique(np.concatenate(pairs), axis=0)]


def _shingle_hashes(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Hashes of all shingles, text after text, and the offsets (n + 1,). A short text is one shingle, padded."""
    plain = ["".join(unicodedata.normalize("NFKC", text).casefold().split()).ljust(SHINGLE) for text in texts]
    points = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in plain], np.int64)
    with np.errstate(over="ignore"):
        hashes = np.zeros(max(0, len(points) - SHINGLE + 1), np.uint64)
        for at in range(SHINGLE):
            hashes = hashes * np.uint64(0x100000001B3) + points[at : at + len(hashes)]
        hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    counts = lengths - SHINGLE + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = np.cumsum(lengths) - lengths
    flat = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts) + np.repeat(starts, counts)
    return np.ascontiguousarray(hashes[flat]), offsets.astype(np.uint64)
