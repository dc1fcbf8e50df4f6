"""Near repeats: sentences whose letters, marks and digits are nearly those of an earlier one (MinHash, rensa).

Blanks, punctuation, case and width do not count; of what is left, 5-character pieces are compared. One changed letter
changes five pieces, so with a similarity of 0.95 a sentence under some forty letters must be the same, and one of two
hundred may differ in a letter: words, numbers and negations keep sentences apart, as they should.
Equal letters are found over the whole text (verdicts.py), the others within windows of WINDOW sentences: memory is that
of one window, whatever the size of the text.
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
"""bands of four values: at a similarity of 0.8 a pair is missed with probability 0.0002, at 0.7 with 0.01"""
_SEED = 1
_CHUNK = 4096


def near_repeats(texts: Sequence[str], similarity: float) -> NDArray[np.bool_]:
    """(n,) true for sentences that are like an earlier one of `texts` that is itself kept, by `similarity` or more."""
    digests = np.concatenate(
        [_digests(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
        or [np.zeros((0, PERMUTATIONS), np.uint32)]
    )  # (n, PERMUTATIONS)
    like = _candidates(digests)
    dropped = np.zeros(len(texts), np.bool_)
    for later, earlier in like:
        if not dropped[earlier] and not dropped[later]:
            dropped[later] = np.mean(digests[later] == digests[earlier]) >= similarity
    return dropped


def _digests(texts: Sequence[str]) -> NDArray[np.uint32]:
    """(n, PERMUTATIONS) MinHash values of the shingles of each text."""
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
    plain = [plain_text(text).ljust(SHINGLE) for text in texts]
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


class _Kept(dict[int, int | None]):
    """For str.translate: letters, marks, digits and pictures stay."""

    def __missing__(self, point: int) -> int | None:
        category = unicodedata.category(chr(point))
        kept = self[point] = point if category[0] in "LMN" or category == "So" else None
        return kept


_KEPT = _Kept()


def plain_text(text: str) -> str:
    """The letters, marks, digits and pictures of a sentence, case and width folded; all of it if it has none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.translate(_KEPT) or folded
